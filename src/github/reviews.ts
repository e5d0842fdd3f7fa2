// A review is refused whole when one comment has a line that GitHub does not take, and the refusal does not say which. The anchors
// are checked before, so it happens only when the pull request moved meanwhile, or GitHub sees its diff differently. Then the anchors
// are held against what GitHub lists now; if that does not help, the comments go one by one. None is lost: what has no line
// goes to its file, and what has no file comes back to the caller.
import type { Api } from "./api.ts";
import { anchorOf, isSame, postComment, toBody } from "./comments.ts";
import { attempt, doOnce, GitHubError, ONCE } from "./errors.ts";
import { isPlaceable, type Place } from "./place.ts";
import { listChanges } from "./pull-requests.ts";

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
  /** Comments that GitHub refused altogether: they have to be said elsewhere. */
  readonly refused: readonly DraftComment[];
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
  const whole = await tryReview(api, number, review);
  if (typeof whole === "number") return { id: whole, onFiles: [], refused: [] };
  if (review.comments.length === 0) throw whole;

  const { changes } = await listChanges(api, number);
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const placeable = review.comments.filter((comment) =>
    isPlaceable(comment, byPath.get(comment.path)),
  );
  const others = review.comments.filter((comment) => !placeable.includes(comment));
  if (others.length > 0) {
    const fewer = await tryReview(api, number, { ...review, comments: placeable });
    if (typeof fewer === "number")
      return { id: fewer, ...(await postOnFiles(api, number, review.headSha, others)) };
  }

  const bare = await tryReview(api, number, { ...review, comments: [] });
  if (typeof bare !== "number") throw bare;
  const offending = [...others];
  for (const place of placeable) {
    const { path, body } = place;
    const comment = { headSha: review.headSha, path, body, place };
    const posted = await unlessRefused(() => postComment(api, number, comment));
    if (!posted) offending.push(place);
  }
  return { id: bare, ...(await postOnFiles(api, number, review.headSha, offending)) };
}

/** The review's id, or the refusal that some comment may be to blame for. */
async function tryReview(
  api: Api,
  number: number,
  review: DraftReview,
): Promise<number | GitHubError> {
  const body = toBody(review.body);
  const post = async () => {
    const { data } = await attempt(`review pull request ${number}`, NEEDED, () =>
      api.rest.pulls.createReview({
        ...api.name,
        pull_number: number,
        commit_id: review.headSha,
        event: "COMMENT",
        body,
        comments: review.comments.map((comment) => ({
          path: comment.path,
          body: toBody(comment.body),
          ...anchorOf(comment),
        })),
        ...ONCE,
      }),
    );
    return data.id;
  };
  try {
    return await doOnce(post, () => findReview(api, number, review.headSha, body));
  } catch (error) {
    const isRefusal = error instanceof GitHubError && error.status === 422;
    if (isRefusal && !NOT_THE_COMMENTS.test(error.message)) return error;
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

async function postOnFiles(
  api: Api,
  number: number,
  headSha: string,
  comments: readonly DraftComment[],
): Promise<Pick<PostedReview, "onFiles" | "refused">> {
  const onFiles: DraftComment[] = [];
  const refused: DraftComment[] = [];
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
): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const { data } = await attempt("list reviews", "pull_requests: read", () =>
      api.rest.pulls.listReviews({ ...api.name, pull_number: number, per_page: 100, page }),
    );
    const found = data.find((review) => review.commit_id === headSha && isSame(review.body, body));
    if (found !== undefined || data.length < 100) return found?.id;
  }
}
