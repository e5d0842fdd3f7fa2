import type { Severity } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { Review } from "../review/index.ts";

/** All that a report needs to know. Rendering adds nothing of its own: the same report gives the same text everywhere. */
export interface Report {
  readonly review: Review;
  /** By id. A finding whose rule is missing is reported under its id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Portcullis's own version. */
  readonly version: string;
  /** Whether escape codes for colours may be used; only `text` has any. */
  readonly colour: boolean;
  readonly failOn: Severity | "never";
  readonly command: "review" | "scan";
}

/** One way to write a report down. Pure: the door decides where the string goes. */
export interface Format {
  readonly id: string;
  render(report: Report): string;
}
