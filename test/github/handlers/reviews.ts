/** Reviews and the comments in them. A review with one bad comment is refused whole. */

import {
  type Call,
  commentBody,
  created,
  type Handlers,
  invalid,
  needs,
  notFound,
  numberParameter,
  ok,
  paged,
  Refusal,
} from "../call.ts";
import { reviewCommentObject, reviewObject } from "../comment-objects.ts";
import { anchorProblem, atPosition, excerpt } from "../hunks.ts";
import { type Fields, integer, list, text } from "../json.ts";
import {
  type Anchor,
  now,
  type PullRequest,
  type Repository,
  type Review,
  type ReviewComment,
  type Side,
  type World,
} from "../state.ts";
import { findPull, withPatches } from "./pulls.ts";

const STATES: Readonly<Record<string, Review["state"]>> = {
  APPROVE: "APPROVED",
  COMMENT: "COMMENTED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
};

export const reviews: Handlers = {
  "pulls/list-reviews": {
    needs: [needs("pull_requests", "read")],
    answer: (call) => {
      const pull = findPull(call);
      const visible = call.repository.reviews.filter(
        (review) =>
          review.pull === pull.number &&
          (review.state !== "PENDING" || review.author === call.token.actor.login),
      );
      const { items, headers } = paged(call, visible);
      return { status: 200, body: items.map((review) => reviewObject(call, review)), headers };
    },
  },
  "pulls/get-review": {
    needs: [needs("pull_requests", "read")],
    answer: (call) => {
      const id = numberParameter(call, "review_id");
      const review = call.repository.reviews.find((candidate) => candidate.id === id);
      if (review?.pull !== findPull(call).number) throw notFound();
      return ok(reviewObject(call, review));
    },
  },
  "pulls/update-review": {
    needs: [needs("pull_requests", "write")],
    answer: (call) => {
      const id = numberParameter(call, "review_id");
      const review = call.repository.reviews.find((candidate) => candidate.id === id);
      if (review?.pull !== findPull(call).number) throw notFound();
      if (review.author !== call.token.actor.login)
        throw unprocessable(["Can not edit the body of a review by another user"]);
      reviewBody(call);
      review.body = text(call.body, "body") ?? "";
      return ok(reviewObject(call, review));
    },
  },
  "pulls/create-review": {
    needs: [needs("pull_requests", "write")],
    answer: async (call) => {
      const pull = findPull(call);
      const event = text(call.body, "event");
      const state = event === undefined ? "PENDING" : (STATES[event] ?? "COMMENTED");
      const needsBody = event === "COMMENT" || event === "REQUEST_CHANGES";
      if (needsBody || call.body["body"] !== undefined) reviewBody(call);
      const author = call.token.actor.login;
      const commitId = await commitOf(call, pull);
      const place = await diffOf(call, pull, commitId);
      const comments = list(call.body, "comments") ?? [];
      const drafts = comments.map((comment) => reviewDraft(call, place, comment));
      const problems = drafts.filter((draft) => typeof draft === "string");
      if (problems.length > 0) throw unprocessable(problems);
      refuseBesideDraft(call, pull, "User can only have one pending review per pull request");
      const body = text(call.body, "body") ?? "";
      const given = { pull: pull.number, author, body, state, commitId };
      const review = addReview(call.world, call.repository, given);
      for (const draft of drafts) {
        if (typeof draft !== "string")
          addComment(call.world, call.repository, review, place, draft);
      }
      return ok(reviewObject(call, review));
    },
  },
  "pulls/delete-pending-review": {
    needs: [needs("pull_requests", "write")],
    answer: (call) => {
      const id = numberParameter(call, "review_id");
      const { reviews: all, reviewComments } = call.repository;
      const review = all.find((candidate) => candidate.id === id);
      if (review?.pull !== findPull(call).number || review.author !== call.token.actor.login)
        throw notFound();
      if (review.state !== "PENDING")
        throw unprocessable(["Can not delete a non-pending pull request review"]);
      all.splice(all.indexOf(review), 1);
      for (const comment of reviewComments.filter(({ reviewId }) => reviewId === id))
        reviewComments.splice(reviewComments.indexOf(comment), 1);
      return ok(reviewObject(call, review));
    },
  },
  "pulls/create-review-comment": {
    needs: [needs("pull_requests", "write")],
    answer: async (call) => {
      const pull = findPull(call);
      const body = commentBody(call, "PullRequestReviewComment");
      const inReplyTo = integer(call.body, "in_reply_to");
      if (inReplyTo !== undefined) {
        refuseBesideDraft(call, pull);
        return created(await reviewCommentObject(call, replyOf(call, pull, inReplyTo, body)));
      }
      const commitId = await commitOf(call, pull);
      const place = await diffOf(call, pull, commitId);
      const path = text(call.body, "path") ?? "";
      const patch = place.patches.get(path);
      if (patch === undefined) throw invalid("PullRequestReviewComment", "path", "path is invalid");
      const isFile = text(call.body, "subject_type") === "file";
      const anchor = isFile ? undefined : anchorOf(call.body, path, patch);
      if (!isFile && anchor === undefined) {
        throw invalid("PullRequestReviewComment", "line", "line is required");
      }
      const problem = anchor && anchorProblem(patch, anchor);
      if (problem !== undefined) throw threadProblem(problem);
      refuseBesideDraft(call, pull);
      const author = call.token.actor.login;
      const given = { pull: pull.number, author, body: "", state: "COMMENTED", commitId } as const;
      const review = addReview(call.world, call.repository, given);
      const comment = addComment(call.world, call.repository, review, place, {
        path,
        anchor,
        body,
      });
      return created(await reviewCommentObject(call, comment));
    },
  },
  "pulls/create-reply-for-review-comment": {
    needs: [needs("pull_requests", "write")],
    answer: async (call) => {
      const pull = findPull(call);
      const body = commentBody(call, "PullRequestReviewComment");
      refuseBesideDraft(call, pull);
      const comment = replyOf(call, pull, numberParameter(call, "comment_id"), body);
      return created(await reviewCommentObject(call, comment));
    },
  },
};

/** A review that is not submitted keeps its author from all else that makes one; for single comments, see diohub issue 18. */
function refuseBesideDraft(call: Call, pull: PullRequest, message?: string): void {
  const isInTheWay = call.repository.reviews.some(
    (other) =>
      other.pull === pull.number &&
      other.author === call.token.actor.login &&
      other.state === "PENDING",
  );
  if (!isInTheWay) return;
  if (message !== undefined) throw unprocessable([message]);
  const reason = "user_id can only have one pending review per pull request";
  throw invalid("PullRequestReview", "user_id", reason);
}

interface Draft {
  readonly path: string;
  readonly anchor: Anchor | undefined;
  readonly body: string;
}

interface DiffPlace {
  readonly commitId: string;
  readonly mergeBase: string;
  /** Shown patch by path. */
  readonly patches: ReadonlyMap<string, string>;
}

function unprocessable(errors: readonly string[]): Refusal {
  return new Refusal(422, "Unprocessable Entity", errors);
}

/** A review's body may be empty only where none is required. */
function reviewBody(call: Call): void {
  const body = text(call.body, "body") ?? "";
  const most = call.world.limits.bodyCharacters;
  const isRequired = text(call.body, "event") !== "APPROVE" && call.body["event"] !== undefined;
  if (isRequired && body.trim() === "") throw unprocessable(["Review body can't be blank"]);
  if ([...body].length > most) {
    throw unprocessable([`Body is too long (maximum is ${most} characters)`]);
  }
}

/** `commit_id`, which must be one of the pull request's commits; the newest one by default. */
async function commitOf(call: Call, pull: PullRequest): Promise<string> {
  const given = text(call.body, "commit_id") ?? pull.headSha;
  const base = await call.repository.mergeBase(pull);
  const commits = await call.repository.git.commitsBetween(base, pull.headSha);
  if (given === pull.headSha || commits.includes(given)) return given;
  throw unprocessable(["commit_id is not part of the pull request"]);
}

function diffOf(call: Call, pull: PullRequest, commitId: string): Promise<DiffPlace> {
  return diffAt(call.world, call.repository, pull, commitId);
}

export async function diffAt(
  { limits }: World,
  repository: Repository,
  pull: PullRequest,
  commitId: string,
): Promise<DiffPlace> {
  const mergeBase = await repository.mergeBase(pull, commitId);
  const files = await repository.git.changes(mergeBase, commitId);
  const shown = withPatches(limits, files).slice(0, limits.pullFiles);
  const patches = new Map(shown.map(({ file, patch }) => [file.path, patch]));
  return { commitId, mergeBase, patches };
}

function side(value: string | undefined): Side | undefined {
  return value === "LEFT" || value === "RIGHT" ? value : undefined;
}

function anchorOf(from: Fields, path: string, patch: string): Anchor | undefined {
  const line = integer(from, "line");
  const startLine = integer(from, "start_line");
  const position = integer(from, "position");
  if (line === undefined) {
    const found = position === undefined ? undefined : atPosition(patch, position);
    return found && { path, ...found, startLine: undefined, startSide: undefined };
  }
  const ownSide = side(text(from, "side")) ?? "RIGHT";
  const startSide = side(text(from, "start_side")) ?? ownSide;
  return { path, side: ownSide, line, startLine, startSide };
}

/** A comment of a review, or what is wrong with it in the words seen from GitHub. */
function reviewDraft(call: Call, place: DiffPlace, from: Fields): Draft | string {
  const path = text(from, "path") ?? "";
  const body = text(from, "body") ?? "";
  const patch = place.patches.get(path);
  if (body.trim() === "") return "Pull request review thread body can't be blank";
  if ([...body].length > call.world.limits.bodyCharacters) return "Body is too long";
  if (patch === undefined) return "Pull request review thread path is invalid";
  const anchor = anchorOf(from, path, patch);
  const problem = anchor === undefined ? "line" : anchorProblem(patch, anchor);
  if (problem === "start_line") {
    return "Pull request review thread start line must be part of the same hunk as the line.";
  }
  if (problem === "line") {
    return "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank";
  }
  return { path, anchor, body };
}

function threadProblem(field: "line" | "start_line"): Refusal {
  const name = `pull_request_review_thread.${field}`;
  const words =
    field === "line" ? "must be part of the diff" : "must be part of the same hunk as the line.";
  return invalid("PullRequestReviewComment", name, `${name} ${words}`);
}

function addReview(
  world: World,
  repository: Repository,
  given: Pick<Review, "pull" | "author" | "body" | "state" | "commitId">,
): Review {
  const review: Review = { id: world.nextId(), submittedAt: now(), ...given };
  repository.reviews.push(review);
  return review;
}

export function addComment(
  world: World,
  repository: Repository,
  review: Review,
  place: DiffPlace,
  draft: Draft,
): ReviewComment {
  const id = world.nextId();
  const patch = place.patches.get(draft.path) ?? "";
  const shown = draft.anchor ? excerpt(patch, draft.anchor) : { diffHunk: "", position: 1 };
  const comment: ReviewComment = {
    id,
    pull: review.pull,
    reviewId: review.id,
    author: review.author,
    path: draft.path,
    anchor: draft.anchor,
    commitId: place.commitId,
    mergeBase: place.mergeBase,
    ...shown,
    thread: { id: `PRRT_${id}`, pull: review.pull, root: id, resolvedBy: undefined },
    inReplyTo: undefined,
    createdAt: now(),
    updatedAt: now(),
    body: draft.body,
    minimized: undefined,
    reactions: [],
  };
  repository.reviewComments.push(comment);
  return comment;
}

function replyOf(call: Call, pull: PullRequest, to: number, body: string): ReviewComment {
  const parent = call.repository.reviewComments.find(({ id }) => id === to);
  if (parent === undefined || parent.pull !== pull.number) throw notFound();
  return addReply(call.world, call.repository, parent, call.token.actor.login, body);
}

/** Stores an answer in the parent's thread; a single comment is a review of its own. */
export function addReply(
  world: World,
  repository: Repository,
  parent: ReviewComment,
  author: string,
  body: string,
): ReviewComment {
  const { pull, commitId } = parent;
  const review = addReview(world, repository, {
    pull,
    author,
    body: "",
    state: "COMMENTED",
    commitId,
  });
  const comment: ReviewComment = {
    ...parent,
    id: world.nextId(),
    reviewId: review.id,
    author,
    inReplyTo: parent.thread.root,
    createdAt: now(),
    updatedAt: now(),
    body,
    minimized: undefined,
    reactions: [],
  };
  repository.reviewComments.push(comment);
  return comment;
}
