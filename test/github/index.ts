/**
 * A stand-in for GitHub: a real HTTP server over a real git repository. It enforces GitHub's limits
 * and holds every request and response against GitHub's published description and schema.
 *
 * ```ts
 * const github = await startGitHub({ repository: directory, owner: "acme", name: "shop" });
 * const { number } = await github.openPullRequest({ base: "main", head: "feature" });
 * // ... point a client at github.url with github.installationToken() ...
 * github.expectNoViolations();
 * await github.close();
 * ```
 */

export {
  baseChange,
  checkRunPayload,
  checkSuitePayload,
  type Delivery,
  deliver,
  installationPayload,
  issueCommentPayload,
  mergeGroupPayload,
  type PullRequestAction,
  pullRequestPayload,
  reviewCommentPayload,
  signedDelivery,
} from "./deliveries.ts";
export { apiDescription } from "./description.ts";
export type { Fault, Injection, SeenRequest } from "./faults.ts";
export { GITHUB_LIMITS, type Limits } from "./limits.ts";
export type { LoggedCall, RequestHook } from "./server.ts";
export {
  type GitHubOptions,
  GitHubStandIn,
  type OpenPullRequest,
  type RepositoryOptions,
  startGitHub,
} from "./stand-in.ts";
export type {
  Anchor,
  CheckRun,
  IssueComment,
  Permissions,
  PullRequest,
  Repository,
  Review,
  ReviewComment,
  Thread,
} from "./state.ts";
