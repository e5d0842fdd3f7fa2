import type { Config } from "../core/config.ts";
import type { Profile } from "../core/rule.ts";
import type { GitHubRepository, PullRequest, RepositoryName } from "../github/index.ts";
import type { BlobCache } from "../trees/index.ts";
import type { Analyse } from "./analysis.ts";
import type { NearbyCommits } from "./commits.ts";
import type { Dismissal } from "./dismissal.ts";

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a door lends to a review. */
export interface Services {
  readonly github: GitHubRepository;
  readonly name: RepositoryName;
  /** Contents by blob id, kept between reviews. */
  readonly cache: BlobCache;
  /** Repositories that have no dependency graph today, as `owner/name YYYY-MM-DD`: kept between reviews, too. */
  readonly withoutGraph?: Set<string>;
  readonly version: string;
  /** The day as `YYYY-MM-DD`. */
  readonly today: string;
  readonly log: Log;
  /** Aborted when the review is to end: a newer head, a closed pull request, a deadline. The reason says which. */
  readonly signal: AbortSignal;
  /** True when the caller will try again should this throw: then trouble with GitHub is thrown, and the check stays open for then. */
  readonly willRetry?: boolean;
  /** True where commands in comments and buttons of the check are answered. */
  readonly listens?: boolean;
  /** Requests that the client has sent so far, where they are counted: then a review leaves out what is only nice to have. */
  readonly calls?: () => number;
  /** Does the analysis somewhere else than in this thread, which a hostile file could keep busy. */
  readonly analyse?: Analyse;
  /** Overrides of the repository's configuration, from an action's inputs. */
  readonly override?: (config: Config) => Config;
  /** Which rules apply, and where in base the configuration stands, unless at its usual path. */
  readonly setup?: { readonly profile?: Profile; readonly configPath?: string };
  /** Both commits from somewhere nearer than GitHub; undefined where they are not all there. */
  readonly nearby?: (commits: {
    readonly base: string;
    readonly head: string;
  }) => Promise<NearbyCommits | undefined>;
}

export interface Target {
  readonly headSha: string;
  /** The tip that the change is to be merged into; the merge base with it is what is compared. */
  readonly baseSha: string;
  /** Absent on the head of a merge queue: then there is a check and no conversation. */
  readonly pullRequest?: PullRequest;
  /**
   * True when someone asked for a new run. Otherwise a check run that the commit has already is taken up again where it was cut
   * off, and left alone where it is complete: a delivery may come twice.
   */
  readonly again: boolean;
  /** When somebody pushed this head, by GitHub's clock, in milliseconds: it may be one that was the head before. */
  readonly since?: number;
  /** True when the commit can have no check run of ours yet: none is then looked for, which is a call. */
  readonly isFirst?: boolean;
  /** Someone wants all findings that are left in this head dismissed. */
  readonly dismissal?: Dismissal;
}
