import type { Finding, Severity, Step } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { Suppressed } from "../review/index.ts";
import { advisoriesOf, titleOf, whyOf } from "./advisories.ts";
import { code, fence, html, plain, prose, shorten } from "./escape.ts";
import { drawExcerpt } from "./excerpt.ts";
import { diffLines, suggestionOf } from "./fix.ts";
import type { Format, Report } from "./report.ts";
import { howToSilence, silencedBy } from "./silence.ts";
import {
  countFailing,
  headline,
  howMany,
  otherCounts,
  splitSuppressed,
  verdict,
} from "./summary.ts";

/** For GitHub: a job's summary, or a comment. No longer than a summary may be, 1 MiB. */
export const markdown = {
  id: "markdown",
  render: (report) => renderMarkdown(report, JOB_SUMMARY_BYTES),
} as const satisfies Format;

/** What GitHub takes as the summary or the text of a check run, or as a comment. Bytes are never fewer than its characters. */
export const CHECK_RUN_BYTES = 65_535;
/** Leaves room for what else a comment holds. */
const MAX_COMMENT_BYTES = 60_000;
/** So that no finding can push the others out of a report. */
const MAX_SECTION_BYTES = 16_000;
const JOB_SUMMARY_BYTES = 1_048_576;

/** Entries of a list that is there for completeness. */
const MAX_LISTED = 50;
/** Characters of one entry's quoted text: a path or reason may be of any length. */
const MAX_QUOTED = 300;
const MAX_MESSAGE = 2_000;
/** Up to so many findings are unfolded from the start. */
const MAX_UNFOLDED = 3;

/**
 * The whole report in at most `maxBytes` bytes of UTF-8 (at least 5,000). Where that is too little, whole findings are left
 * out from the end, the least severe, and their number is stated.
 */
export function renderMarkdown(report: Report, maxBytes: number): string {
  const { review } = report;
  const tail = tailOf(report, Math.floor(maxBytes / 16));
  const head = `${title(report)}\n\n${closing(report)}`;
  if (review.new.length === 0) return `${[head, ...tail].join("\n\n")}\n`;

  // Every finding has its row before the first has its details.
  const room = maxBytes - bytes([head, ...tail].join("\n\n")) - 500;
  const rows = takeFitting(review.new, Math.floor(room / 2), (finding) => row(finding, report));
  const table = ["| severity | where | what | rule |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  const details = takeFitting(review.new, room - bytes(table), (finding) =>
    section(finding, report),
  );
  return `${[
    head,
    table,
    ...cutNote(review.new.length - rows.length, "row"),
    ...details,
    ...cutNote(review.new.length - details.length, "description"),
    ...tail,
  ].join("\n\n")}\n`;
}

/**
 * One finding without its place in the file: the body of a comment that stands at that place. It fits into a comment; a
 * trace that would burst it is left out. `suggest` is for a comment on exactly the lines that `suggestionOf` replaces.
 */
export function renderFinding(
  finding: Finding,
  rule: Rule | undefined,
  { suggest }: { readonly suggest: boolean } = { suggest: false },
): string {
  const name = plain(rule?.title ?? finding.ruleId);
  const heading = `**${badge(finding.severity)}: ${name}** (${code(finding.ruleId)})`;
  const whole = `${heading}\n\n${body(finding, rule, MAX_COMMENT_BYTES)}`;
  const lines = suggest ? suggestionOf(finding)?.added : undefined;
  if (lines === undefined) return whole;
  const suggestion = fence(lines, "suggestion");
  // What had to be made visible would be written into the file as it is shown.
  return suggestion.includes(`\n${lines.join("\n")}\n`) ? `${whole}\n\n${suggestion}` : whole;
}

function title(report: Report): string {
  const mark =
    countFailing(report) > 0
      ? "❌"
      : report.review.new.length + report.review.skipped.length > 0
        ? "⚠️"
        : "✅";
  return `## ${mark} Portcullis: ${headline(report)}`;
}

function closing(report: Report): string {
  const others = otherCounts(report);
  return others === "" ? verdict(report) : `${verdict(report)} Also: ${others}.`;
}

function row(finding: Finding, { rules }: Report): string {
  const what = prose(shorten(finding.message, MAX_QUOTED));
  const rule = rules.get(finding.ruleId);
  const name = rule && titleOf(finding, rule);
  return `| ${badge(finding.severity)} | ${place(finding)} | ${name === undefined ? what : plain(name)} | ${code(finding.ruleId)} |`;
}

function section(finding: Finding, { rules, review }: Report): string {
  const isOpen = review.new.length <= MAX_UNFOLDED;
  const rule = rules.get(finding.ruleId);
  const where = `${shorten(finding.path, MAX_QUOTED)}:${finding.region.startLine}`;
  const name = html(titleOf(finding, rule));
  const summary = `<summary><b>${finding.severity}</b>: ${name} at <code>${html(where)}</code></summary>`;
  return [
    `<details${isOpen ? " open" : ""}>\n${summary}`,
    body(finding, rule, MAX_SECTION_BYTES),
    "</details>",
  ].join("\n\n");
}

/** What there is to say of a finding; beyond the limit without the places that its file's author may multiply. */
function body(finding: Finding, rule: Rule | undefined, maxBytes: number): string {
  const whole = paragraphs(finding, rule).join("\n\n");
  if (bytes(whole) <= maxBytes) return whole;
  return paragraphs({ ...finding, trace: [], related: [] }, rule).join("\n\n");
}

function paragraphs(finding: Finding, rule: Rule | undefined): string[] {
  const doubt = finding.confidence === "high" ? "" : ` _(${finding.confidence} confidence)_`;
  const { write, where } = howToSilence(finding);
  const parts = [`**Why:** ${prose(shorten(whyOf(finding), MAX_MESSAGE))}${doubt}`];
  const { listed, more } = advisoriesOf(finding);
  if (listed.length > 0) {
    const links = listed.map(
      ({ id, url, text }) => `- [${plain(id)}](<${url}>) ${prose(shorten(text, MAX_QUOTED))}`,
    );
    parts.push([...links, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n"));
  }
  if (finding.excerpt !== undefined) {
    const language = /\.pyi?$/.test(finding.path) ? "python" : "";
    parts.push(fence(drawExcerpt(finding.excerpt, finding.region), language));
  }
  if (finding.trace.length > 0) {
    const summary = `<summary>Trace: ${howMany(finding.trace.length, "step")} from source to sink</summary>`;
    parts.push(`<details>\n${summary}`, steps(finding.trace, "1."), "</details>");
  }
  if (finding.related.length > 0) parts.push(`**See also:**\n\n${steps(finding.related, "-")}`);
  if (rule !== undefined) parts.push(`**How to fix it:** ${prose(rule.remedy)}`);
  if (finding.fix !== undefined) {
    parts.push(
      `**Suggested change:** ${prose(finding.fix.title)}`,
      fence(diffLines(finding), "diff"),
    );
  }
  parts.push(`**To dismiss it,** write ${code(write)} ${prose(where)}.`);
  return parts;
}

/** Markdown numbers a list by itself: `1.` before every step. */
function steps(list: readonly Step[], bullet: string): string {
  const lines = list
    .slice(0, MAX_LISTED)
    .map((step) => `${bullet} ${place(step)} ${prose(shorten(step.message, MAX_QUOTED))}`);
  const rest = list.length - lines.length;
  return [...lines, ...(rest > 0 ? [`${bullet} … and ${rest} more`] : [])].join("\n");
}

function tailOf(report: Report, maxBytes: number): string[] {
  const { review } = report;
  const { added, standing } = splitSuppressed(report);
  const brief = (finding: Finding) =>
    `${badge(finding.severity)} ${code(finding.ruleId)} at ${place(finding)}`;
  const silenced = ({ finding, by }: Suppressed) => {
    const { who, at } = silencedBy(by);
    const reason =
      by.reason === undefined ? "**no reason given**" : code(shorten(by.reason, MAX_QUOTED));
    return `${brief(finding)}, by ${prose(who)}${at === undefined ? "" : ` at ${place(at)}`}: ${reason}`;
  };
  return [
    list("Suppressed by this change", added.map(silenced), maxBytes, "open"),
    list("Suppressed before", standing.map(silenced), maxBytes),
    list("Fixed", review.fixed.map(brief), maxBytes),
    list(
      "Not read in full",
      review.skipped.map(
        ({ path, reason }) =>
          `${code(shorten(path, MAX_QUOTED))}: ${prose(shorten(reason, MAX_QUOTED))}`,
      ),
      maxBytes,
    ),
    list(
      "Notes",
      review.notes.map((note) => prose(shorten(note, 2 * MAX_QUOTED))),
      maxBytes,
      "open",
    ),
  ].filter((part) => part !== "");
}

function list(
  name: string,
  entries: readonly string[],
  maxBytes: number,
  state: "open" | "folded" = "folded",
): string {
  if (entries.length === 0) return "";
  const kept = takeFitting(entries.slice(0, MAX_LISTED), maxBytes - 200, (entry) => `- ${entry}`);
  const rest = entries.length - kept.length;
  const lines = [...kept, ...(rest > 0 ? [`- … and ${rest} more`] : [])].join("\n");
  if (state === "open") return `### ${name} (${entries.length})\n\n${lines}`;
  return `<details>\n<summary>${name} (${entries.length})</summary>\n\n${lines}\n\n</details>`;
}

function cutNote(count: number, noun: string): string[] {
  if (count === 0) return [];
  return [
    `_${howMany(count, noun)} left out: the report would be too long. The least severe findings are cut first._`,
  ];
}

/** Renders items from the start for as long as they fit, with a blank line after each. */
function takeFitting<T>(
  items: readonly T[],
  maxBytes: number,
  render: (item: T) => string,
): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const item of items) {
    const entry = render(item);
    used += bytes(entry) + 2;
    if (used > maxBytes) break;
    taken.push(entry);
  }
  return taken;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function place({ path, region }: Pick<Finding, "path" | "region">): string {
  return code(`${shorten(path, MAX_QUOTED)}:${region.startLine}`);
}

const dots: Readonly<Record<Severity, string>> = {
  critical: "🟣",
  high: "🔴",
  medium: "🟠",
  low: "🔵",
};

function badge(severity: Severity): string {
  return `${dots[severity]} ${severity}`;
}
