import { z } from "zod";
import { type Api, askGraphql } from "./api.ts";
import { cutCharacters } from "./cut.ts";
import { besideNoDraft } from "./drafts.ts";
import { attempt, doOnce, GitHubError, ONCE, problemError } from "./errors.ts";
import { MAX_BODY_CHARACTERS } from "./marker.ts";
import type { Place } from "./place.ts";

export type Permission = "admin" | "write" | "read" | "none";

export type Reaction = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

/** A comment at a place, or without one on the whole file. */
interface NewComment {
  readonly headSha: string;
  readonly path: string;
  readonly body: string;
  readonly place?: Place;
}

const NEEDED = "pull_requests: write";

/** Posts a single comment: at its place, or on the whole file. Returns its id. */
export function postComment(
  api: Api,
  number: number,
  { headSha, path, body: text, place }: NewComment,
): Promise<number> {
  const body = toBody(text);
  const where = place === undefined ? { subject_type: "file" as const } : anchorOf(place);
  const post = async () => {
    const { data } = await attempt(`comment on ${path}`, NEEDED, () =>
      api.rest.pulls.createReviewComment({
        ...api.name,
        pull_number: number,
        commit_id: headSha,
        path,
        body,
        ...where,
        ...ONCE,
      }),
    );
    return data.id;
  };
  const find = () => findComment(api, number, body, (comment) => comment.path === path);
  return besideNoDraft(api, number, () => doOnce(post, find));
}

/** Answers in the thread of the comment, unless the same answer is among the newest comments. Returns the comment's id. */
export async function postReply(
  api: Api,
  number: number,
  commentId: number,
  text: string,
): Promise<number> {
  const body = toBody(text);
  const post = async () => {
    const { data } = await attempt("reply to a comment", NEEDED, () =>
      api.rest.pulls.createReplyForReviewComment({
        ...api.name,
        pull_number: number,
        comment_id: commentId,
        body,
        ...ONCE,
      }),
    );
    return data.id;
  };
  // A reply to a reply is one to the thread's first comment.
  const find = () =>
    findComment(api, number, body, (comment) => comment.in_reply_to_id !== undefined);
  return (await find()) ?? besideNoDraft(api, number, () => doOnce(post, find));
}

/**
 * Writes on the conversation of the pull request, unless the same text stands among the hundred comments from `since` on, a time by
 * GitHub's clock. Returns the comment's id.
 */
export async function postConversation(
  api: Api,
  number: number,
  text: string,
  since: string,
): Promise<number> {
  const body = toBody(text);
  const post = async () => {
    const { data } = await attempt("comment on the pull request", NEEDED, () =>
      api.rest.issues.createComment({ ...api.name, issue_number: number, body, ...ONCE }),
    );
    return data.id;
  };
  const find = async () => {
    const { data } = await attempt("list comments", "pull_requests: read", () =>
      api.rest.issues.listComments({ ...api.name, issue_number: number, since, per_page: 100 }),
    );
    return data.find((comment) => isSame(comment.body ?? "", body))?.id;
  };
  return (await find()) ?? doOnce(post, find);
}

const Approval = z.object({
  node: z
    .object({
      reactionGroups: z
        .array(z.object({ content: z.string(), viewerHasReacted: z.boolean() }))
        .nullish(),
    })
    .nullish(),
});

/** False where the comment is gone. */
export async function readApproval(api: Api, nodeId: string): Promise<boolean> {
  const document = `query { node(id: ${JSON.stringify(nodeId)}) { ... on Reactable { reactionGroups { content viewerHasReacted } } } }`;
  const permission = "pull_requests: read";
  const task = "read the reactions to a comment";
  const { data, problems } = await askGraphql(api.graphql, task, permission, document);
  const [problem] = problems;
  if (problem?.type === "NOT_FOUND") return false;
  if (problem !== undefined) throw problemError(task, permission, problem);
  const groups = Approval.parse(data).node?.reactionGroups ?? [];
  return groups.some(
    ({ content, viewerHasReacted }) => content === "THUMBS_UP" && viewerHasReacted,
  );
}

/** Replaces the text of a review comment; false when somebody deleted it. */
export async function editComment(api: Api, commentId: number, text: string): Promise<boolean> {
  try {
    await attempt("edit a comment", NEEDED, () =>
      api.rest.pulls.updateReviewComment({
        ...api.name,
        comment_id: commentId,
        body: toBody(text),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return false;
    throw error;
  }
}

/** Also where somebody has deleted it already. */
export async function deleteComment(api: Api, commentId: number): Promise<void> {
  try {
    await attempt("delete a comment", NEEDED, () =>
      api.rest.pulls.deleteReviewComment({ ...api.name, comment_id: commentId }),
    );
  } catch (error) {
    if (!(error instanceof GitHubError && error.status === 404)) throw error;
  }
}

/** Also where somebody has deleted the comment: then nobody misses the reaction. */
export async function addReaction(
  api: Api,
  comment: { readonly kind: "review" | "conversation"; readonly id: number },
  content: Reaction,
): Promise<void> {
  const given = { ...api.name, comment_id: comment.id, content };
  try {
    await attempt("react to a comment", NEEDED, async () => {
      if (comment.kind === "review")
        await api.rest.reactions.createForPullRequestReviewComment(given);
      else await api.rest.reactions.createForIssueComment(given);
    });
  } catch (error) {
    if (!(error instanceof GitHubError && error.status === 404)) throw error;
  }
}

/** What a person may do in the repository: `maintain` shows as write, `triage` as read. Strangers of a private one have none. */
export async function readPermission(api: Api, login: string): Promise<Permission> {
  try {
    const { data } = await attempt(`read the permission of ${login}`, "metadata: read", () =>
      api.rest.repos.getCollaboratorPermissionLevel({ ...api.name, username: login }),
    );
    const known = ["admin", "write", "read"] as const;
    return known.find((permission) => permission === data.permission) ?? "none";
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return "none";
    throw error;
  }
}

/** GitHub takes no empty body, and none that is too long. */
export function toBody(body: string): string {
  return cutCharacters(body.trim() === "" ? "Portcullis" : body, MAX_BODY_CHARACTERS);
}

/** Line and side, as REST wants them. */
export function anchorOf({ line, startLine, side }: Place) {
  const isRange = startLine !== undefined && startLine < line;
  return { line, side, ...(isRange && { start_line: startLine, start_side: side }) };
}

/** True for texts that differ in line ends and outer space at most, which GitHub may change. */
export function isSame(stored: string, sent: string): boolean {
  return stored.replaceAll("\r\n", "\n").trim() === sent.replaceAll("\r\n", "\n").trim();
}

/** The latest comment with that text, among the newest hundred. */
async function findComment(
  api: Api,
  number: number,
  body: string,
  fits: (comment: { readonly path: string; readonly in_reply_to_id?: number }) => boolean,
): Promise<number | undefined> {
  const { data } = await attempt("list comments", "pull_requests: read", () =>
    api.rest.pulls.listReviewComments({
      ...api.name,
      pull_number: number,
      sort: "created",
      direction: "desc",
      per_page: 100,
    }),
  );
  return data.find((comment) => isSame(comment.body, body) && fits(comment))?.id;
}
