/** Comments once they exist, on lines and on the conversation; reactions; who may do what. */

import {
  type Answer,
  type Call,
  commentBody,
  created,
  type Handlers,
  needs,
  notFound,
  numberParameter,
  ok,
  paged,
  parameter,
  Refusal,
} from "../call.ts";
import { issueCommentObject, reactionObject, reviewCommentObject } from "../comment-objects.ts";
import { apiDescription } from "../description.ts";
import { text } from "../json.ts";
import { userObject } from "../objects.ts";
import { type IssueComment, now, type Reaction, type ReviewComment } from "../state.ts";
import { findPull } from "./pulls.ts";

/** Which of the two counts for a pull request's conversation is reported both ways; either will do. */
const onIssues = (access: "read" | "write") => [
  needs("issues", access),
  needs("pull_requests", access),
];

export const comments: Handlers = {
  "pulls/list-review-comments": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => {
      const pull = findPull(call);
      const found = visible(call).filter((comment) => comment.pull === pull.number);
      return listReviewComments(call, found);
    },
  },
  "pulls/list-review-comments-for-repo": {
    needs: [needs("pull_requests", "read")],
    answer: (call) => listReviewComments(call, visible(call)),
  },
  "pulls/get-review-comment": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => ok(await reviewCommentObject(call, findReviewComment(call))),
  },
  "pulls/update-review-comment": {
    needs: [needs("pull_requests", "write")],
    answer: async (call) => {
      const comment = findReviewComment(call);
      edit(call, comment, "PullRequestReviewComment");
      return ok(await reviewCommentObject(call, comment));
    },
  },
  "pulls/delete-review-comment": {
    needs: [needs("pull_requests", "write")],
    answer: (call) => {
      const comment = findReviewComment(call);
      const all = call.repository.reviewComments;
      all.splice(all.indexOf(comment), 1);
      return { status: 204 };
    },
  },
  "reactions/create-for-pull-request-review-comment": {
    needs: [needs("pull_requests", "write")],
    answer: (call) => react(call, findReviewComment(call).reactions),
  },
  "issues/list-comments": {
    needs: onIssues("read"),
    answer: (call) => {
      const { number } = findPull(call, "issue_number");
      const since = call.query.get("since") ?? "";
      const found = call.repository.issueComments.filter(
        (comment) => comment.issue === number && comment.updatedAt >= since,
      );
      const { items, headers } = paged(call, found);
      return { ...ok(items.map((comment) => issueCommentObject(call, comment))), headers };
    },
  },
  "issues/create-comment": {
    needs: onIssues("write"),
    answer: (call) => {
      const pull = findPull(call, "issue_number");
      const comment: IssueComment = {
        id: call.world.nextId(),
        issue: pull.number,
        author: call.token.actor.login,
        createdAt: now(),
        updatedAt: now(),
        body: commentBody(call, "IssueComment"),
        minimized: undefined,
        reactions: [],
      };
      call.repository.issueComments.push(comment);
      return created(issueCommentObject(call, comment));
    },
  },
  "issues/get-comment": {
    needs: onIssues("read"),
    answer: (call) => ok(issueCommentObject(call, findIssueComment(call))),
  },
  "issues/update-comment": {
    needs: onIssues("write"),
    answer: (call) => {
      const comment = findIssueComment(call);
      edit(call, comment, "IssueComment");
      return ok(issueCommentObject(call, comment));
    },
  },
  "issues/delete-comment": {
    needs: onIssues("write"),
    answer: (call) => {
      const comment = findIssueComment(call);
      const all = call.repository.issueComments;
      all.splice(all.indexOf(comment), 1);
      return { status: 204 };
    },
  },
  "reactions/create-for-issue-comment": {
    needs: onIssues("write"),
    answer: (call) => react(call, findIssueComment(call).reactions),
  },
  "repos/get-collaborator-permission-level": {
    needs: [needs("metadata", "read")],
    answer: (call) => {
      const login = parameter(call, "username");
      const given = call.world.collaborators.get(login);
      const role = given ?? (call.repository.isPrivate ? "none" : "read");
      // Finer roles show as the nearest of the four old ones (description, same operation).
      const permission = role === "maintain" ? "write" : role === "triage" ? "read" : role;
      const user = apiDescription().example("collaborator", {
        ...userObject(call.api, login),
        permissions: undefined,
        role_name: role,
      });
      return ok({ permission, role_name: role, user });
    },
  },
};

/** Comments of a pending review are its author's alone, and not listed. */
function visible(call: Call): readonly ReviewComment[] {
  const pending = new Set(
    call.repository.reviews.filter(({ state }) => state === "PENDING").map(({ id }) => id),
  );
  return call.repository.reviewComments.filter(({ reviewId }) => !pending.has(reviewId));
}

async function listReviewComments(call: Call, found: readonly ReviewComment[]): Promise<Answer> {
  const since = call.query.get("since") ?? "";
  const sorted = found.filter(({ updatedAt }) => updatedAt >= since);
  if (call.query.get("direction") === "desc") sorted.reverse();
  const { items, headers } = paged(call, sorted);
  const body = await Promise.all(items.map((comment) => reviewCommentObject(call, comment)));
  return { status: 200, body, headers };
}

function findReviewComment(call: Call): ReviewComment {
  const id = numberParameter(call, "comment_id");
  const comment = call.repository.reviewComments.find((candidate) => candidate.id === id);
  if (comment === undefined) throw notFound();
  return comment;
}

function findIssueComment(call: Call): IssueComment {
  const id = numberParameter(call, "comment_id");
  const comment = call.repository.issueComments.find((candidate) => candidate.id === id);
  if (comment === undefined) throw notFound();
  return comment;
}

function edit(call: Call, comment: ReviewComment | IssueComment, resource: string): void {
  comment.body = commentBody(call, resource);
  comment.updatedAt = now();
}

/** 201 for a new reaction, 200 for one that the same user gave before. */
function react(call: Call, reactions: Reaction[]): Answer {
  const content = text(call.body, "content");
  if (content === undefined) throw new Refusal(422, "content is required");
  const author = call.token.actor.login;
  const known = reactions.find((given) => given.author === author && given.content === content);
  if (known) return ok(reactionObject(call.api, known));
  const reaction = { id: call.world.nextId(), content, author, createdAt: now() };
  reactions.push(reaction);
  return created(reactionObject(call.api, reaction));
}
