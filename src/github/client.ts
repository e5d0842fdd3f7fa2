import * as advisories from "./advisories.ts";
import type { Api, Octokit, RepositoryName } from "./api.ts";
import * as checkRuns from "./check-runs.ts";
import * as comments from "./comments.ts";
import * as files from "./files.ts";
import * as pullRequests from "./pull-requests.ts";
import { QueryQueue } from "./query-queue.ts";
import * as reviews from "./reviews.ts";
import * as threads from "./threads.ts";

/**
 * One repository at GitHub, as whoever the Octokit signs in for. Made for one review: it remembers which commits exist. Every
 * method throws `GitHubError`; texts are cut to what GitHub takes.
 */
export class GitHubRepository {
  readonly #api: Api;
  readonly #commits = new Map<string, Promise<void>>();

  constructor(octokit: Octokit, name: RepositoryName) {
    const { rest, graphql } = octokit;
    const queue = new QueryQueue(graphql);
    const [blobs, vulnerabilities] = [new Map(), new Map()];
    this.#api = { rest, graphql, name, queue, blobs, vulnerabilities };
  }

  pullRequest(number: number): Promise<pullRequests.PullRequest> {
    return pullRequests.readPullRequest(this.#api, number);
  }

  /** From the pull request's file list, one call per 100 files, 3,000 at most. `changedFiles`, where known, lets pages load at once. */
  changes(number: number, changedFiles?: number): Promise<pullRequests.ChangeList> {
    return pullRequests.listChanges(this.#api, number, changedFiles);
  }

  /** Merge base and up to 300 changes in one call; undefined without a common ancestor. */
  compare(base: string, head: string): Promise<pullRequests.Comparison | undefined> {
    return pullRequests.compareCommits(this.#api, base, head);
  }

  /** The patches of the commits between two, as `git format-patch` writes them. Refused where that is too much. */
  patches(base: string, head: string): Promise<string | undefined> {
    return pullRequests.readPatches(this.#api, base, head);
  }

  /** In the order asked, 240 in a query. Calls made at the same time share their queries, with `threads` too. */
  files(requests: readonly files.FileRequest[]): Promise<readonly files.ReadFile[]> {
    return files.readFiles(this.#api, this.#commits, requests);
  }

  /** What fits into queries that go out at the same time anyway; undefined for the rest. Never throws. */
  spareFiles(
    requests: readonly files.FileRequest[],
  ): Promise<readonly (files.ReadFile | undefined)[]> {
    return files.readSpareFiles(this.#api, requests);
  }

  /** Lets files and threads that are asked for wait for each other, until the function that it returns is called. */
  hold(): () => void {
    return this.#api.queue.hold();
  }

  tree(sha: string): Promise<files.CommitTree> {
    return files.readTree(this.#api, sha);
  }

  /** One page, 100 records at most. */
  advisories(query: advisories.AdvisoryQuery): ReturnType<typeof advisories.readAdvisories> {
    return advisories.readAdvisories(this.#api, query);
  }

  /**
   * Everything that GitHub says of packages, in the order asked, in queries that files share; undefined where that is too much. With
   * `isSpare` only what fits into queries that go out at the same time anyway, for whoever asks next.
   */
  vulnerabilities(
    packages: readonly advisories.NamedPackage[],
    isSpare = false,
  ): ReturnType<typeof advisories.readVulnerabilities> {
    return advisories.readVulnerabilities(this.#api, packages, isSpare);
  }

  dependencyChanges(
    base: string,
    head: string,
  ): ReturnType<typeof advisories.readDependencyChanges> {
    return advisories.readDependencyChanges(this.#api, base, head);
  }

  startCheck(start: checkRuns.StartCheck): Promise<checkRuns.CheckRun> {
    return checkRuns.startCheck(this.#api, start);
  }

  /** One call for each 50 annotations; returns how many the run has. */
  completeCheck(run: checkRuns.CheckRun, result: checkRuns.CompleteCheck): Promise<number> {
    return checkRuns.completeCheck(this.#api, run, result);
  }

  /** True when a later run of ours for the same is under way; see there. Costs no call unless there is another run. */
  isOvertaken(run: checkRuns.CheckRun, start: checkRuns.StartCheck): Promise<boolean> {
    return checkRuns.isOvertaken(this.#api, run, start);
  }

  /** External ids of the runs with that name on a commit, each once. */
  checkIds(headSha: string, name: string): Promise<readonly string[]> {
    return checkRuns.listExternalIds(this.#api, headSha, name);
  }

  /** Threads that a comment with a marker began. */
  threads(number: number): Promise<threads.Threads> {
    return threads.readThreads(this.#api, number);
  }

  /** One call, and another where there are comments on files too, unless GitHub refuses some comment. */
  postReview(number: number, review: reviews.DraftReview): Promise<reviews.PostedReview> {
    return reviews.postReview(this.#api, number, review);
  }

  /** Returns the comment's id. Throws with status 422 for a file that is not in the pull request. */
  commentOnFile(
    number: number,
    file: { readonly headSha: string; readonly path: string },
    body: string,
  ): Promise<number> {
    return comments.postComment(this.#api, number, { ...file, body });
  }

  /** Not a second time where the same text stands there already. */
  reply(number: number, commentId: number, body: string): Promise<number> {
    return comments.postReply(this.#api, number, commentId, body);
  }

  /** False when somebody deleted the comment. */
  updateComment(commentId: number, body: string): Promise<boolean> {
    return comments.editComment(this.#api, commentId, body);
  }

  /** Also where somebody has deleted it already. */
  deleteComment(commentId: number): Promise<void> {
    return comments.deleteComment(this.#api, commentId);
  }

  /** Replaces the text above the comments of a review. */
  editReview(number: number, reviewId: number, body: string): Promise<void> {
    return reviews.editReview(this.#api, number, reviewId, body);
  }

  /** Writes on the conversation, unless the same text stands among the first hundred comments since then, by GitHub's clock. */
  comment(number: number, body: string, since: string): Promise<number> {
    return comments.postConversation(this.#api, number, body, since);
  }

  /** How far each thread, by id, could be closed: resolved, else minimised, else not. One or two calls for all. */
  resolveThreads(own: readonly threads.Thread[]): Promise<ReadonlyMap<string, threads.Closing>> {
    return threads.closeThreads(this.#api, own);
  }

  unresolveThreads(own: readonly threads.Thread[]): Promise<void> {
    return threads.reopenThreads(this.#api, own);
  }

  /** Whether whoever the token stands for gave a comment, by its GraphQL id, a thumbs up. */
  hasApproved(nodeId: string): Promise<boolean> {
    return comments.readApproval(this.#api, nodeId);
  }

  permission(login: string): Promise<comments.Permission> {
    return comments.readPermission(this.#api, login);
  }

  react(
    comment: { readonly kind: "review" | "conversation"; readonly id: number },
    reaction: comments.Reaction,
  ): Promise<void> {
    return comments.addReaction(this.#api, comment, reaction);
  }
}

/** See `GitHubRepository`. */
export function createClient(octokit: Octokit, name: RepositoryName): GitHubRepository {
  return new GitHubRepository(octokit, name);
}
