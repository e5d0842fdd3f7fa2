import type { Finding, Severity } from "../core/finding.ts";
import { isAtLeast, severities } from "../core/finding.ts";
import type { Suppressed } from "../review/index.ts";
import type { Report } from "./report.ts";

/** How many findings there are of each severity; all four are present. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const finding of findings) counts[finding.severity]++;
  return counts;
}

/** How many of the new findings reach the threshold; 0 where nothing can. */
export function countFailing({ review, failOn }: Report): number {
  return failOn === "never"
    ? 0
    : review.new.filter((finding) => isAtLeast(finding.severity, failOn)).length;
}

/** Files of which something was not read. One file may be skipped for several reasons. */
export function countSkipped({ review }: Report): number {
  return new Set(review.skipped.map((skipped) => skipped.path)).size;
}

/** What a reader should know first, without a full stop: `2 new findings (1 high, 1 low)`. Holds no text of the repository. */
export function headline(report: Report): string {
  const found = report.review.new;
  const skipped = countSkipped(report);
  if (found.length > 0)
    return `${howMany(found.length, findingWord(report))} (${severityList(found)})`;
  const nothing = report.command === "scan" ? "No findings" : "No new findings";
  if (skipped > 0) return `${nothing} in what was read; ${wereSkipped(skipped)}`;
  return report.review.files > 0
    ? `${nothing} in ${howMany(report.review.files, "file")}`
    : `${nothing}: no file to read`;
}

/** The rest of the count: `1 fixed, 4 unchanged, 2 suppressed, 3 files were not read in full`; empty where all is 0. */
export function otherCounts(report: Report): string {
  const { review } = report;
  const skipped = countSkipped(report);
  const parts = [
    review.fixed.length > 0 ? `${review.fixed.length} fixed` : "",
    review.unchanged.length > 0 ? `${review.unchanged.length} unchanged` : "",
    review.suppressed.length > 0 ? `${review.suppressed.length} suppressed` : "",
    skipped > 0 && review.new.length > 0 ? wereSkipped(skipped) : "",
    review.binary.length > 0 ? `${howMany(review.binary.length, "binary file")} not read` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Whether the run fails, and by which threshold, as a sentence. */
export function verdict(report: Report): string {
  const { failOn } = report;
  if (failOn === "never") return "Passes whatever is found: the threshold is never.";
  const threshold = failOn === "critical" ? "critical" : `${failOn} or worse`;
  const failing = countFailing(report);
  if (failing === 0) return `Passes: no ${findingWord(report)} is ${threshold}.`;
  return `Fails: ${howMany(failing, findingWord(report))} ${failing === 1 ? "is" : "are"} ${threshold}.`;
}

/** Silenced findings, those that the change itself silences apart from those that were silent before. */
export function splitSuppressed({ review }: Report): {
  added: Suppressed[];
  standing: Suppressed[];
} {
  const isAdded = ({ by }: Suppressed) => by.kind === "comment" && by.added;
  return {
    added: review.suppressed.filter(isAdded),
    standing: review.suppressed.filter((suppressed) => !isAdded(suppressed)),
  };
}

/** `1 file`, `2 files`. */
export function howMany(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function findingWord({ command }: Report): string {
  return command === "scan" ? "finding" : "new finding";
}

function severityList(findings: readonly Finding[]): string {
  const counts = countBySeverity(findings);
  return severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
    .join(", ");
}

function wereSkipped(count: number): string {
  return `${howMany(count, "file")} ${count === 1 ? "was" : "were"} not read in full`;
}
