import type { Finding, Location, Skipped } from "../core/finding.ts";

/** A finding that someone has silenced. */
export interface Suppressed {
  readonly finding: Finding;
  readonly by: Suppression;
}

export type Suppression =
  | {
      readonly kind: "comment";
      /** Where the comment stands. */
      readonly at: Location;
      /** Whose comment it is: ours, or one written for another tool. */
      readonly dialect: "portcullis" | "nosec" | "noqa";
      readonly reason?: string;
      /** True when the change under review adds the comment: a reviewer has to see it. */
      readonly added: boolean;
    }
  | { readonly kind: "configuration"; readonly reason: string; readonly expires?: string }
  /** Someone with write access said so in the pull request. */
  | { readonly kind: "dismissal"; readonly who: string; readonly reason: string };

/** What a review or a scan found. A scan has no base: all its findings count as new. */
export interface Review {
  /** Revision names; `base` is absent in a scan. */
  readonly base?: string;
  readonly head: string;
  /** Worst first, each list. */
  readonly new: readonly Finding[];
  readonly fixed: readonly Finding[];
  readonly unchanged: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** What was not looked at, and why. A review in which something was skipped never just says "nothing found". */
  readonly skipped: readonly Skipped[];
  /** Images, archives and other files that are not text. They are not read, as everyone expects, and do not count as skipped. */
  readonly binary: readonly string[];
  /** What else the reader should know, a sentence each: an expired exception, a suppression that silences nothing. */
  readonly notes: readonly string[];
  /** How many files were read at head. */
  readonly files: number;
}
