import colours from "picocolors";
import type { Finding, Severity, Step } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { oneLine, visible } from "./escape.ts";
import { drawExcerpt } from "./excerpt.ts";
import { diffLines } from "./fix.ts";
import type { Format, Report } from "./report.ts";
import { howToSilence, silencedBy } from "./silence.ts";
import { countFailing, headline, otherCounts, splitSuppressed, verdict } from "./summary.ts";

/** For a terminal: each finding as a compiler would show it, then what else there is to know, and one closing line. */
export const text = { id: "text", render } as const satisfies Format;

/** Prose is wrapped here; code and commands are not. */
const MAX_WIDTH = 100;
/** Entries of a list that is there for completeness. */
const MAX_LISTED = 20;
/** Width of the labels on the left, with the indent and the gap. */
const LABEL = 11;

type Colours = ReturnType<typeof colours.createColors>;

function render(report: Report): string {
  const paint = colours.createColors(report.colour);
  const { review } = report;
  const { added } = splitSuppressed(report);
  const blocks = [
    ...review.new.map((finding) => block(finding, report.rules.get(finding.ruleId), paint)),
    list(
      paint.bold("Suppressed by this change"),
      added.map((suppressed) => {
        const { finding, by } = suppressed;
        const { who, at } = silencedBy(by);
        const reason =
          by.reason === undefined ? paint.yellow("no reason given") : visible(by.reason);
        return [
          brief(finding, report, paint),
          `    by ${who}${at === undefined ? "" : ` at ${place(at, false)}`}: ${reason}`,
        ].join("\n");
      }),
      Number.POSITIVE_INFINITY,
    ),
    list(
      paint.bold("Fixed"),
      review.fixed.map((finding) => brief(finding, report, paint)),
    ),
    list(
      paint.bold("Not read in full"),
      review.skipped.map(({ path, reason }) => `  ${visible(path)}: ${visible(reason)}`),
    ),
    list(
      paint.bold("Notes"),
      review.notes.map((note) => wrap(note, 2).join("\n")),
    ),
    [closing(report, paint)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function block(finding: Finding, rule: Rule | undefined, paint: Colours): string[] {
  const tint = tintOf(finding.severity, paint);
  const doubt =
    finding.confidence === "high" ? "" : paint.dim(` (${finding.confidence} confidence)`);
  const { write, where } = howToSilence(finding);
  const lines = [
    `${tint(paint.bold(finding.severity))}${paint.bold(`: ${visible(rule?.title ?? finding.ruleId)}`)} ${paint.dim(`[${finding.ruleId}]`)}${doubt}`,
    ` ${paint.cyan("-->")} ${place(finding, !finding.absence)}`,
  ];
  if (finding.excerpt !== undefined) {
    const drawn = drawExcerpt(finding.excerpt, finding.region, { gutter: paint.cyan, mark: tint });
    lines.push("", ...drawn.map((line) => `  ${line}`));
  }
  lines.push("");
  lines.push(...labelled("why", wrap(finding.message, LABEL)));
  lines.push(...labelled("trace", steps(finding.trace, true)));
  lines.push(...labelled("related", steps(finding.related, false)));
  if (rule !== undefined) lines.push(...labelled("fix", wrap(rule.remedy, LABEL)));
  const diff = diffLines(finding).map(
    (line) => `${" ".repeat(LABEL)}${diffLine(visible(line.replaceAll("\t", "    ")), paint)}`,
  );
  if (finding.fix !== undefined)
    lines.push(...labelled("change", wrap(finding.fix.title, LABEL)), ...diff);
  const fits = LABEL + write.length + where.length < MAX_WIDTH;
  const silence = fits ? [`${write} ${paint.dim(`(${where})`)}`] : [write, paint.dim(where)];
  lines.push(
    ...labelled(
      "silence",
      silence.map((line) => " ".repeat(LABEL) + line),
    ),
  );
  return lines;

  function labelled(label: string, body: readonly string[]): string[] {
    const [first, ...rest] = body;
    if (first === undefined) return [];
    return [`  ${paint.dim(label.padEnd(LABEL - 2))}${first.slice(LABEL)}`, ...rest];
  }
}

/** One line per step, the places in a column of their own where they are short enough. */
function steps(trace: readonly Step[], isNumbered: boolean): string[] {
  const places = trace.map((step) => place(step, false));
  const width = Math.min(40, Math.max(0, ...places.map((shown) => shown.length)));
  return trace.flatMap((step, index) => {
    const number = isNumbered ? `${index + 1}. `.padStart(String(trace.length).length + 2) : "";
    const lead = `${" ".repeat(LABEL)}${number}${(places[index] ?? "").padEnd(width)}  `;
    const isLong = lead.length > 55;
    const lines = wrap(step.message, isLong ? LABEL + number.length : lead.length);
    return isLong
      ? [lead.trimEnd(), ...lines]
      : [`${lead}${(lines[0] ?? "").trimStart()}`, ...lines.slice(1)];
  });
}

function brief(finding: Finding, { rules }: Report, paint: Colours): string {
  const title = visible(rules.get(finding.ruleId)?.title ?? finding.ruleId);
  return `  ${tintOf(finding.severity, paint)(finding.severity)}: ${title} ${paint.dim(`[${finding.ruleId}]`)} at ${place(finding, false)}`;
}

function list(title: string, entries: readonly string[], limit = MAX_LISTED): string[] {
  if (entries.length === 0) return [];
  const rest = entries.length - limit;
  return [title, ...entries.slice(0, limit), ...(rest > 0 ? [`  ... and ${rest} more`] : [])];
}

function closing(report: Report, paint: Colours): string {
  const others = otherCounts(report);
  const line = `${[headline(report), others].filter((part) => part !== "").join("; ")}.`;
  if (report.review.new.length === 0) {
    return report.review.skipped.length === 0 ? paint.green(line) : paint.yellow(line);
  }
  const tint = countFailing(report) > 0 ? paint.red : paint.yellow;
  return `${tint(paint.bold(line))} ${verdict(report)}`;
}

function place({ path, region }: Pick<Finding, "path" | "region">, withColumn: boolean): string {
  const column = withColumn ? `:${region.startColumn}` : "";
  return `${visible(path)}:${region.startLine}${column}`;
}

/** Made safe to show, in lines no longer than `MAX_WIDTH`, all indented; a longer word keeps its own line. */
function wrap(sentence: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visible(oneLine(sentence)).split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > MAX_WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((text) => " ".repeat(indent) + text);
}

function diffLine(line: string, paint: Colours): string {
  if (line.startsWith("+")) return paint.green(line);
  return line.startsWith("-") ? paint.red(line) : paint.dim(line);
}

function tintOf(severity: Severity, paint: Colours): (text: string) => string {
  switch (severity) {
    case "critical":
    case "high":
      return paint.red;
    case "medium":
      return paint.yellow;
    case "low":
      return paint.blue;
    default:
      return severity satisfies never;
  }
}
