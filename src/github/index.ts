/**
 * The client for GitHub: what a review reads there and what it leaves there. Texts come as strings; what they say is decided elsewhere.
 *
 * Why it does not wait and retry: `@octokit/plugin-retry` and `@octokit/plugin-throttling` do. A door whose Octokit lacks them has
 * to add them; Probot's has both, but repeats nothing after a secondary limit unless it is given `onSecondaryRateLimit`, in the function
 * form of `defaults`. What must not happen twice (a review, a comment, annotations) is sent with `retries: 0`; after an
 * uncertain outcome the client looks whether it happened.
 */

export type { Octokit, RepositoryName } from "./api.ts";
export { boundedFetch, type FetchLimits } from "./bounded-fetch.ts";
export {
  type Annotation,
  type CheckAction,
  type CheckRun,
  type CompleteCheck,
  STOOD_IN_FOR,
  type StartCheck,
} from "./check-runs.ts";
export { createClient, type GitHubRepository } from "./client.ts";
export type { Permission, Reaction } from "./comments.ts";
export { deadline } from "./deadline.ts";
export { GitHubError } from "./errors.ts";
export type { CommitTree, FileRequest, ReadFile } from "./files.ts";
export { type Marker, readMarker, withMarker, withoutMarker } from "./marker.ts";
export { type Place, placeInHunks } from "./place.ts";
export {
  type ChangeList,
  type Comparison,
  type PullRequest,
  toPullRequest,
} from "./pull-requests.ts";
export type { DraftComment, DraftReview, PostedReview } from "./reviews.ts";
export { type Closing, type Thread, type ThreadComment, type Threads, twinsIn } from "./threads.ts";
