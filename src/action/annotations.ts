// A step may leave ten errors, ten warnings and ten notices; what comes after them vanishes without a word (actions/toolkit,
// docs/problem-matchers.md). So the worst findings go first, and places are kept for the verdict and for what there is to say of the run.
import type { Finding, Severity } from "../core/finding.ts";

type Level = "error" | "warning" | "notice";

/** One error is the verdict; two notices are remarks and the number of findings that were cut. */
const ROOM: Readonly<Record<Level, number>> = { error: 9, warning: 10, notice: 8 };

const levels = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "notice",
} as const satisfies Record<Severity, Level>;

/** The findings that get an annotation, in their order, and how many get none. */
export function fitAnnotations(findings: readonly Finding[]): {
  readonly kept: readonly { readonly finding: Finding; readonly level: Level }[];
  readonly cut: number;
} {
  const left = { ...ROOM };
  const kept = findings.flatMap((finding) => {
    const level = levels[finding.severity];
    return left[level]-- > 0 ? [{ finding, level }] : [];
  });
  return { kept, cut: findings.length - kept.length };
}
