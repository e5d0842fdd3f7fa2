// A review is refused whole when one comment has a line that GitHub does not take, and the refusal does not say which. The anchors
// are checked before, so it happens only when the pull request moved meanwhile, or GitHub sees its diff differently. Then the anchors
// are held against what GitHub lists now; if that does not help, the comments go one by one. None is lost: what has no line
// goes to its file, and what has no file comes back to the caller. Comments on files are no part of what REST takes for a review:
// many of them are added to one that only its author sees yet, by one document of GraphQL, which also submits it.
import type { Api } from "./api.ts";
import { anchorOf, isSame, postComment, toBody } from "./comments.ts";
import { besideNoDraft, listReviews } from "./drafts.ts";
import { attempt, doOnce, GitHubError, ONCE } from "./errors.ts";
import { type FileComment, submitWithFiles } from "./file-comments.ts";
import { isPlaceable, type Place } from "./place.ts";
import { listChanges } from "./pull-requests.ts";
import type { Threads } from "./threads.ts";

export interface DraftComment extends Place {
  readonly body: string;
}

export interface DraftReview {
  readonly headSha: string;
  readonly body: string;
  readonly comments: readonly DraftComment[];
  /** Comments on whole files. */
  readonly onFiles?: readonly FileComment[];
}

export interface PostedReview {
  /** Absent where there were comments on files alone, which went one by one. */
  readonly id?: number;
  /** Comments whose lines GitHub refused, and which stand at their file. */
  readonly onFiles: readonly DraftComment[];
  /** Comments that GitHub refused altogether: they have to be said elsewhere. */
  readonly refused: readonly FileComment[];
  /** What stands in the conversation then, where GitHub told it along. */
  readonly threads?: Threads | undefined;
}

const NEEDED = "pull_requests: write";
/** Refusals of the review itself, which no comment is to blame for. */
const NOT_THE_COMMENTS = /commit_id|pending review|No commit found|locked/i;

/** Posts one review of event COMMENT. Throws `GitHubError` of status 422 when its commit is no longer part of the pull request. */
export async function postReview(
  api: Api,
  number: number,
  review: DraftReview,
): Promise<PostedReview> {
  const { comments, onFiles = [], headSha } = review;
  if (onFiles.length > 0 && comments.length + onFiles.length > 1) {
    const posted = await postTogether(api, number, review, onFiles);
    if (posted !== undefined) return posted;
  }
  const posted =
    comments.length === 0 && onFiles.length > 0 ? NONE : await post(api, number, review);
  if (onFiles.length === 0) return posted;
  const { refused } = await postOnFiles(api, number, headSha, onFiles);
  return { ...posted, refused: [...posted.refused, ...refused] };
}

const NONE: PostedReview = { onFiles: [], refused: [] };

/** Comments on lines and on files in two calls; undefined where GitHub would not have it so, and nothing is left of it. */
async function postTogether(
  api: Api,
  number: number,
  review: DraftReview,
  onFiles: readonly FileComment[],
): Promise<PostedReview | undefined> {
  const draft = await tryReview(api, number, review, false);
  if (draft instanceof GitHubError) return undefined;
  const submitted = await submitWithFiles(api, number, draft, review.body, onFiles);
  if (submitted === undefined) return undefined;
  const { left, threads } = submitted;
  const { refused } = await postOnFiles(api, number, review.headSha, left);
  return { id: draft.id, onFiles: [], refused, threads };
}

async function post(api: Api, number: number, review: DraftReview): Promise<PostedReview> {
  const whole = await tryReview(api, number, review);
  if (!(whole instanceof GitHubError)) return { id: whole.id, onFiles: [], refused: [] };
  if (review.comments.length === 0) throw whole;

  const { changes } = await listChanges(api, number);
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const placeable = review.comments.filter((comment) =>
    isPlaceable(comment, byPath.get(comment.path)),
  );
  const others = review.comments.filter((comment) => !placeable.includes(comment));
  if (others.length > 0) {
    const fewer = await tryReview(api, number, { ...review, comments: placeable });
    if (!(fewer instanceof GitHubError))
      return { id: fewer.id, ...(await postOnFiles(api, number, review.headSha, others)) };
  }

  const bare = await tryReview(api, number, { ...review, comments: [] });
  if (bare instanceof GitHubError) throw bare;
  const offending = [...others];
  for (const place of placeable) {
    const { path, body } = place;
    const comment = { headSha: review.headSha, path, body, place };
    const posted = await unlessRefused(() => postComment(api, number, comment));
    if (!posted) offending.push(place);
  }
  return { id: bare.id, ...(await postOnFiles(api, number, review.headSha, offending)) };
}

interface Created {
  readonly id: number;
  /** For GraphQL. */
  readonly nodeId: string;
}

/** The review, or the refusal that some comment may be to blame for. Without `submits` only its author sees it yet. */
async function tryReview(
  api: Api,
  number: number,
  review: DraftReview,
  submits = true,
): Promise<Created | GitHubError> {
  const body = toBody(review.body);
  const post = async (): Promise<Created> => {
    const { data } = await attempt(`review pull request ${number}`, NEEDED, () =>
      api.rest.pulls.createReview({
        ...api.name,
        pull_number: number,
        commit_id: review.headSha,
        ...(submits && { event: "COMMENT" }),
        body,
        comments: review.comments.map((comment) => ({
          path: comment.path,
          body: toBody(comment.body),
          ...anchorOf(comment),
        })),
        ...ONCE,
      }),
    );
    return { id: data.id, nodeId: data.node_id };
  };
  const postOnce = () => doOnce(post, () => findReview(api, number, review.headSha, body));
  try {
    return await besideNoDraft(api, number, postOnce);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422) throw error;
    if (!NOT_THE_COMMENTS.test(error.message)) return error;
    throw error;
  }
}

/** Replaces the text above the comments of a review. */
export async function editReview(
  api: Api,
  number: number,
  reviewId: number,
  text: string,
): Promise<void> {
  await attempt("edit a review", NEEDED, () =>
    api.rest.pulls.updateReview({
      ...api.name,
      pull_number: number,
      review_id: reviewId,
      body: toBody(text),
    }),
  );
}

async function postOnFiles<Comment extends FileComment>(
  api: Api,
  number: number,
  headSha: string,
  comments: readonly Comment[],
): Promise<{ readonly onFiles: readonly Comment[]; readonly refused: readonly Comment[] }> {
  const onFiles: Comment[] = [];
  const refused: Comment[] = [];
  for (const comment of comments) {
    const { path, body } = comment;
    const posted = await unlessRefused(() => postComment(api, number, { headSha, path, body }));
    (posted ? onFiles : refused).push(comment);
  }
  return { onFiles, refused };
}

async function unlessRefused(post: () => Promise<unknown>): Promise<boolean> {
  try {
    await post();
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 422) return false;
    throw error;
  }
}

/** The review with that text on that commit; the newest are on the last page. */
async function findReview(
  api: Api,
  number: number,
  headSha: string,
  body: string,
): Promise<Created | undefined> {
  for await (const review of listReviews(api, number))
    if (review.commit_id === headSha && isSame(review.body, body))
      return { id: review.id, nodeId: review.node_id };
  return undefined;
}
