// Of each pull request one may have one review that is not submitted yet, and while there is one, GitHub takes neither another review
// nor a comment nor a reply of the same author (https://github.com/namanshergill/diohub/issues/18). A run that was cut off between the
// two calls of `submitWithFiles` leaves such a draft behind.
import type { Api } from "./api.ts";
import { attempt, GitHubError } from "./errors.ts";

const PAGE = 100;
const PENDING = /pending review/i;

/** Posts a second time where a draft of ours stood in the way, without it. */
export async function besideNoDraft<T>(
  api: Api,
  number: number,
  post: () => Promise<T>,
): Promise<T> {
  try {
    return await post();
  } catch (error) {
    const isInTheWay =
      error instanceof GitHubError && error.status === 422 && PENDING.test(error.message);
    // Where the token is a person's, so may be the draft.
    const isDiscarded =
      isInTheWay && (await discardDrafts(api, number, ({ user }) => user?.type === "Bot"));
    if (!isDiscarded) throw error;
    return post();
  }
}

interface Draft {
  readonly id: number;
  readonly user: { readonly type: string } | null;
}

/** Deletes reviews on a pull request that are not submitted; false where there are none. Others' are never seen. */
export async function discardDrafts(
  api: Api,
  number: number,
  isMeant: (draft: Draft) => boolean,
): Promise<boolean> {
  let isAny = false;
  for await (const review of listReviews(api, number)) {
    const { id, state } = review;
    if (state !== "PENDING" || !isMeant(review)) continue;
    isAny = true;
    await attempt("delete the draft of a review", "pull_requests: write", () =>
      api.rest.pulls.deletePendingReview({ ...api.name, pull_number: number, review_id: id }),
    );
  }
  return isAny;
}

/** All reviews of a pull request. */
export async function* listReviews(api: Api, number: number) {
  for (let page = 1; ; page++) {
    const { data } = await attempt("list reviews", "pull_requests: read", () =>
      api.rest.pulls.listReviews({ ...api.name, pull_number: number, per_page: PAGE, page }),
    );
    yield* data;
    if (data.length < PAGE) return;
  }
}
