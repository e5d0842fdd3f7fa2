import { createHash } from "node:crypto";
import type { Finding, Location, Severity, Step } from "../core/finding.ts";
import { severities } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { Suppressed } from "../review/index.ts";
import { advisoriesOf, titleOf, whyOf } from "./advisories.ts";
import { oneLine, shorten } from "./escape.ts";
import { drawExcerpt } from "./excerpt.ts";
import { diffLines } from "./fix.ts";
import { isPackageRow, packageTable, type Row } from "./html-packages.ts";
import { style } from "./html-style.ts";
import { type Markup, markup, type Part } from "./markup.ts";
import type { Format, Report } from "./report.ts";
import { howToSilence, silencedBy } from "./silence.ts";
import {
  countBySeverity,
  countFailing,
  headline,
  howMany,
  otherCounts,
  splitSuppressed,
  verdict,
} from "./summary.ts";

/** One page for a browser, complete in itself: it loads nothing and runs nothing, so it may be sent around and kept. */
export const html = { id: "html", render } as const satisfies Format;

/** A browser lays out so many findings without a pause; the table still names every one of the first `MAX_ROWS`. */
const MAX_DETAILS = 1_000;
const MAX_ROWS = 10_000;
/** Entries of a list that is there for completeness, and steps of a trace. */
const MAX_LISTED = 500;
/** Characters of one text: a path, a reason or a message may be of any length. */
const MAX_TEXT = 2_000;

/** What a page may do that nobody should have to trust: show its own style sheet, and nothing else. */
const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;

function render(report: Report): string {
  // The style sheet must stand as it is hashed, unescaped. Nothing of the repository comes before its place.
  return page(report)
    .toString()
    .replace("/* style */", () => style);
}

function page(report: Report): Markup {
  const { review, rules, version } = report;
  const found = review.new;
  const failing = countFailing(report);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Portcullis: ${headline(report)}</title>
<style>/* style */</style>
</head>
<body>
<header>
<h1>${headline(report)}</h1>
<p class="${failing > 0 ? "fail" : "pass"}">${verdict(report)}</p>
<p class="soft">${scope(report)}</p>
${counts(found)}
</header>
<main>
${tables(found, rules)}
${found.slice(0, MAX_DETAILS).map((finding, index) => article(finding, rules.get(finding.ruleId), index))}
${found.length > MAX_DETAILS && markup`<p class="soft">The details of ${found.length - MAX_DETAILS} findings are left out, the least severe. The JSON report holds them all.</p>`}
${others(report)}
</main>
<footer><p class="soft">Portcullis ${version}</p></footer>
</body>
</html>
`;
}

/** What was looked at. */
function scope(report: Report): string {
  const { review } = report;
  const files = howMany(review.files, "file");
  const what =
    report.command === "scan"
      ? `${files} scanned.`
      : `${files} reviewed, ${review.base} against ${review.head}.`;
  const rest = otherCounts(report);
  return rest === "" ? what : `${what} Also: ${rest}.`;
}

function counts(found: readonly Finding[]): Markup {
  const bySeverity = countBySeverity(found);
  return markup`<ul class="counts">${severities.map(
    (severity) => markup`<li><b class="${severity}">${bySeverity[severity]}</b>${severity}</li>`,
  )}</ul>`;
}

/** Packages apart from all else: their readers want to know other things. */
function tables(found: readonly Finding[], rules: ReadonlyMap<string, Rule>): Part {
  const all = found.slice(0, MAX_ROWS).map(
    (finding, index): Row => ({
      finding,
      ...(index < MAX_DETAILS && { anchor: `finding-${index + 1}` }),
    }),
  );
  const packages = all.filter(isPackageRow);
  const others = all.filter((row) => !isPackageRow(row));
  const rest = found.length - all.length;
  return [
    packages.length > 0 && [
      markup`<h2 id="packages">Vulnerable packages</h2>\n`,
      packageTable(packages, { badge: ({ severity }) => badge(severity), place, link }),
    ],
    others.length > 0 && markup`<h2 id="findings">Findings</h2>\n${table(others, rules)}`,
    rest > 0 && markup`<p class="soft">… and ${rest} more</p>`,
  ];
}

function table(found: readonly Row[], rules: ReadonlyMap<string, Rule>): Markup {
  const rows = found.map(({ finding, anchor }) => {
    const name = titleOf(finding, rules.get(finding.ruleId));
    const title = anchor === undefined ? name : markup`<a href="#${anchor}">${name}</a>`;
    return markup`<tr><td>${badge(finding.severity)}</td><td>${title}</td><td>${place(finding)}</td></tr>\n`;
  });
  return markup`<div class="wide"><table>
<thead><tr><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col">Place</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`;
}

function article(finding: Finding, rule: Rule | undefined, index: number): Markup {
  const { write, where } = howToSilence(finding);
  const doubt = finding.confidence === "high" ? "" : ` (${finding.confidence} confidence)`;
  const about: readonly [string, Part][] = [
    ["Why", prose(whyOf(finding))],
    ["Advisories", finding.package !== undefined && advisories(finding)],
    ["How to fix it", rule !== undefined && prose(rule.remedy)],
    ["Trace", finding.trace.length > 0 && trace(finding.trace)],
    ["See also", finding.related.length > 0 && markup`<ul>${steps(finding.related)}</ul>`],
    ["Suggested change", finding.fix !== undefined && [prose(finding.fix.title), diff(finding)]],
    ["To dismiss it", markup`write <code>${write}</code> ${prose(where)}`],
    ["Known as", rule !== undefined && known(rule)],
    ["Read more", rule !== undefined && rule.references.length > 0 && links(rule.references)],
  ];
  return markup`<article id="finding-${index + 1}">
<h3>${badge(finding.severity)}: ${titleOf(finding, rule)}</h3>
<p>${place(finding)} <span class="soft">${finding.ruleId}${doubt}</span></p>
${excerpt(finding)}
<dl>
${about.map(([name, value]) => value !== false && markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
</article>
`;
}

function excerpt(finding: Finding): Part {
  if (finding.excerpt === undefined) return undefined;
  const lines = drawExcerpt(finding.excerpt, finding.region).map((line) =>
    /^ +\| +\^+$/.test(line) ? markup`<span class="carets">${line}</span>\n` : markup`${line}\n`,
  );
  return markup`<pre>${lines}</pre>`;
}

function diff(finding: Finding): Markup {
  const lines = diffLines(finding).map((line) => {
    if (line.startsWith("+")) return markup`<ins class="add">${line}</ins>\n`;
    return line.startsWith("-") ? markup`<del class="del">${line}</del>\n` : markup`${line}\n`;
  });
  return markup`<pre>${lines}</pre>`;
}

function advisories(finding: Finding): Markup {
  const { listed, more } = advisoriesOf(finding);
  return markup`<ul>${listed.map(
    ({ id, url, text }) => markup`<li>${link(url, id)} ${prose(text)}</li>`,
  )}${more > 0 && markup`<li>… and ${more} more</li>`}</ul>`;
}

function trace(list: readonly Step[]): Markup {
  return markup`<details open><summary>${howMany(list.length, "step")} from source to sink</summary><ol>${steps(list)}</ol></details>`;
}

function steps(list: readonly Step[]): Part {
  const rest = list.length - MAX_LISTED;
  return [
    ...list
      .slice(0, MAX_LISTED)
      .map((step) => markup`<li>${place(step)} ${prose(step.message)}</li>`),
    rest > 0 && markup`<li>… and ${rest} more</li>`,
  ];
}

function known(rule: Rule): Part {
  const names = [...rule.cwe.map((number) => `CWE-${number}`), ...rule.owasp, ...rule.aliases];
  return names.length > 0 && names.join(", ");
}

function links(references: readonly string[]): Markup {
  return markup`<ul>${references.map((reference) => markup`<li>${link(reference, reference)}</li>`)}</ul>`;
}

/** A custom rule of the repository may name any address: only the web's become links. */
function link(address: string, name: string): Markup {
  return /^https?:\/\//i.test(address)
    ? markup`<a href="${address}" rel="noreferrer noopener">${name}</a>`
    : markup`${name}`;
}

function others(report: Report): Part {
  const { review } = report;
  const { added, standing } = splitSuppressed(report);
  const brief = (finding: Finding) =>
    markup`${badge(finding.severity)} ${report.rules.get(finding.ruleId)?.title ?? finding.ruleId} at ${place(finding)}`;
  const silenced = ({ finding, by }: Suppressed) => {
    const { who, at } = silencedBy(by);
    const reason = by.reason === undefined ? markup`<b>no reason given</b>` : quote(by.reason);
    return markup`${brief(finding)}, by ${prose(who)}${at !== undefined && [" at ", place(at)]}: ${reason}`;
  };
  return [
    list("Suppressed by this change", added.map(silenced)),
    list("Suppressed before", standing.map(silenced)),
    list("Fixed", review.fixed.map(brief)),
    list(
      "Not read in full",
      review.skipped.map(({ path, reason }) => markup`${quote(path)}: ${prose(reason)}`),
    ),
    list("Notes", review.notes.map(prose)),
  ];
}

function list(name: string, entries: readonly Part[]): Part {
  if (entries.length === 0) return undefined;
  const rest = entries.length - MAX_LISTED;
  return markup`<h2>${name} (${entries.length})</h2>
<ul>
${entries.slice(0, MAX_LISTED).map((entry) => markup`<li>${entry}</li>\n`)}${rest > 0 && markup`<li>… and ${rest} more</li>\n`}</ul>
`;
}

function badge(severity: Severity): Markup {
  return markup`<span class="${severity}">${severity}</span>`;
}

/** A long path may be broken after a slash. */
function place({ path, region }: Location): Markup {
  const parts = `${shorten(path, MAX_TEXT)}:${region.startLine}`.split("/");
  return markup`<code>${parts.map((part, index) => [index > 0 && markup`/<wbr>`, part])}</code>`;
}

function quote(text: string): Markup {
  return markup`<code>${shorten(text, MAX_TEXT)}</code>`;
}

/** Our messages: what stands between single backticks is code. */
function prose(text: string): Part {
  return oneLine(shorten(text, MAX_TEXT))
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? quote(part) : part));
}
