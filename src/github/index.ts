import type { Octokit as RestOctokit } from "@octokit/rest";
import type { Change } from "../core/change.ts";
import { PortcullisError } from "../core/errors.ts";
import type { Region } from "../core/finding.ts";
import type { FileContent, TreeEntry } from "../core/source-tree.ts";

/** What is needed of an Octokit: Probot's, that of `@actions/github` and that of `@octokit/rest` all have it. */
export type Octokit = Pick<RestOctokit, "rest" | "graphql">;

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** GitHub refused, or could not be reached. */
export class GitHubError extends PortcullisError {
  /** HTTP status; that of the nearest meaning for an error of GraphQL. */
  readonly status: number;
  /** What the token lacks, as `pull_requests: write`, where that is the reason. */
  readonly missingPermission: string | undefined;

  constructor(
    message: string,
    options: { status: number; hint?: string; cause?: unknown; missingPermission?: string },
  ) {
    super(message, options);
    this.status = options.status;
    this.missingPermission = options.missingPermission;
  }
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly title: string;
  readonly author: { readonly login: string; readonly isBot: boolean };
  readonly base: { readonly ref: string; readonly sha: string };
  /** `repository` is its full name, undefined once the fork was deleted. */
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repository: string | undefined;
  };
  readonly isFork: boolean;
  /** Undefined where a webhook leaves it out. */
  readonly changedFiles: number | undefined;
}

export interface ChangeList {
  readonly changes: readonly Change[];
  /** Paths of text files whose hunks GitHub leaves out because they are too large: our own diff has to fill them in. */
  readonly needsDiff: readonly string[];
  /** True when GitHub lists fewer files than there are. */
  readonly truncated: boolean;
  /** The head that was listed, where GitHub tells: it may have moved since. */
  readonly headSha: string | undefined;
}

export interface Comparison extends ChangeList {
  readonly mergeBase: string;
}

export interface FileRequest {
  /** A commit id, or a name such as `HEAD`. */
  readonly sha: string;
  readonly path: string;
  /** Another repository than the client's own. */
  readonly repository?: RepositoryName;
  /** Bytes and blob id, where known: saves a call for large files. */
  readonly size?: number;
  readonly id?: string;
}

export interface ReadFile {
  readonly content: FileContent;
  /** The blob's id. */
  readonly id?: string;
}

export interface CommitTree {
  readonly entries: readonly TreeEntry[];
  readonly truncated: boolean;
}

export interface StartCheck {
  readonly headSha: string;
  readonly name: string;
  readonly externalId: string;
  readonly detailsUrl?: string;
  readonly title?: string;
  readonly summary?: string;
  /** Looks for a run with the same external id first (one more call): a redelivery, or a restart. */
  readonly resume?: boolean;
}

/** A check run of ours, as far as it is known to have come. */
export interface CheckRun {
  readonly id: number;
  readonly isCompleted: boolean;
  /** Annotations that it has already: they come first in `completeCheck` and are not sent again. */
  readonly annotations: number;
}

export interface Annotation {
  readonly path: string;
  readonly region: Region;
  readonly level: "notice" | "warning" | "failure";
  readonly title?: string;
  readonly message: string;
  readonly details?: string;
}

/** A button, cut to 20, 40 and 20 characters. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CompleteCheck {
  readonly conclusion:
    | "success"
    | "failure"
    | "neutral"
    | "cancelled"
    | "skipped"
    | "timed_out"
    | "action_required";
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
  /** Three at most. */
  readonly actions?: readonly CheckAction[];
}

/** What a comment of ours is about, hidden in its body. */
export interface Marker {
  readonly fingerprint: string;
  readonly state: "open" | "fixed" | "dismissed";
  readonly rule?: string;
  /** Who dismissed it, and why. */
  readonly by?: string;
  readonly reason?: string;
  /** The commit that fixed it. */
  readonly commit?: string;
}

export interface Thread {
  /** GraphQL id. */
  readonly id: string;
  readonly path: string;
  /** Of the head now; undefined for an outdated thread or one on a whole file. */
  readonly line: number | undefined;
  readonly isResolved: boolean;
  readonly isOutdated: boolean;
  readonly canResolve: boolean;
  readonly marker: Marker;
  /** Its first comment, ours. */
  readonly comment: ThreadComment;
  /** The first 20, oldest first. */
  readonly replies: readonly ThreadComment[];
}

export interface ThreadComment {
  /** REST id, and GraphQL id. */
  readonly id: number;
  readonly nodeId: string;
  readonly author: string | undefined;
  /** Written by whoever the token stands for. */
  readonly isOwn: boolean;
  readonly isMinimized: boolean;
  readonly body: string;
}

/** Where in a diff a comment may stand. */
export interface Place {
  readonly path: string;
  readonly side: "LEFT" | "RIGHT";
  readonly line: number;
  /** The first of several lines, before `line`. */
  readonly startLine?: number;
}

export interface DraftComment extends Place {
  readonly body: string;
}

export interface DraftReview {
  readonly headSha: string;
  readonly body: string;
  readonly comments: readonly DraftComment[];
}

export interface PostedReview {
  readonly id: number;
  /** Comments whose lines GitHub refused, and which stand at their file. */
  readonly onFiles: readonly DraftComment[];
  /** Comments that GitHub refused altogether: say them elsewhere. */
  readonly refused: readonly DraftComment[];
}

/** How far a thread could be closed: `edited` means that only its text can tell. */
export type Closing = "resolved" | "minimized" | "edited";

export type Permission = "admin" | "write" | "read" | "none";

export type Reaction = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

const later = (): never => {
  throw new Error("not written yet");
};

export class GitHubRepository {
  readonly octokit: Octokit;
  readonly name: RepositoryName;

  constructor(octokit: Octokit, name: RepositoryName) {
    this.octokit = octokit;
    this.name = name;
  }

  pullRequest = (_number: number): Promise<PullRequest> => later();
  /** From the pull request's file list, up to 3,000. `changedFiles`, where known, lets the pages load at the same time. */
  changes = (_number: number, _changedFiles?: number): Promise<ChangeList> => later();
  /** Merge base and up to 300 changes in one call; undefined without a common ancestor. */
  compare = (_base: string, _head: string): Promise<Comparison | undefined> => later();
  /** Undefined without a common ancestor. */
  mergeBase = (_base: string, _head: string): Promise<string | undefined> => later();
  /** In the order asked. Calls made at the same time share their queries, with `ownThreads` too. */
  files = (_requests: readonly FileRequest[]): Promise<readonly ReadFile[]> => later();
  tree = (_sha: string): Promise<CommitTree> => later();
  startCheck = (_start: StartCheck): Promise<CheckRun> => later();
  completeCheck = (_run: CheckRun, _result: CompleteCheck): Promise<void> => later();
  ownThreads = (_number: number): Promise<readonly Thread[]> => later();
  postReview = (_number: number, _review: DraftReview): Promise<PostedReview> => later();
  commentOnFile = (
    _number: number,
    _comment: { readonly headSha: string; readonly path: string; readonly body: string },
  ): Promise<number> => later();
  reply = (_number: number, _commentId: number, _body: string): Promise<number> => later();
  updateComment = (_commentId: number, _body: string): Promise<void> => later();
  /** A comment on the conversation. */
  comment = (_number: number, _body: string): Promise<number> => later();
  /** One call for all of them; by thread id. */
  resolveThreads = (_threads: readonly Thread[]): Promise<ReadonlyMap<string, Closing>> => later();
  unresolveThreads = (_threads: readonly Thread[]): Promise<void> => later();
  permission = (_login: string): Promise<Permission> => later();
  react = (
    _comment: { readonly kind: "review" | "conversation"; readonly id: number },
    _reaction: Reaction,
  ): Promise<void> => later();
}

export function createClient(octokit: Octokit, name: RepositoryName): GitHubRepository {
  return new GitHubRepository(octokit, name);
}

/** The pull request of a webhook or of REST, which look alike. */
export function toPullRequest(_data: unknown): PullRequest {
  return later();
}

/** A body with its marker at the end, cut to what GitHub takes. */
export function withMarker(_body: string, _marker: Marker): string {
  return later();
}

/** The marker at the end of a body; undefined without one, or with one of another version. */
export function readMarker(_body: string): Marker | undefined {
  return later();
}

/** Where a comment about a region of head may stand; undefined outside of the hunks. */
export function placeInHunks(_region: Region, _change: Change): Place | undefined {
  return later();
}
