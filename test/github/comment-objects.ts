/** Reviews, comments and reactions as GitHub shows them over REST, and where comments stand now. */

import type { GitRepository } from "./git.ts";
import { movedLine } from "./hunks.ts";
import type { Fields } from "./json.ts";
import { example, type Place, pageUrl, repositoryUrl, userObject } from "./objects.ts";
import type { Anchor, IssueComment, Reaction, Repository, Review, ReviewComment } from "./state.ts";

export function reviewObject(place: Place, review: Review): Fields {
  const pull = `${repositoryUrl(place)}/pulls/${review.pull}`;
  const html = `${pageUrl(place)}/pull/${review.pull}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userObject(place.api, review.author),
    body: review.body,
    state: review.state,
    commit_id: review.commitId,
    ...(review.state === "PENDING" ? {} : { submitted_at: review.submittedAt }),
    html_url: html,
    pull_request_url: pull,
    author_association: "NONE",
    _links: { html: { href: html }, pull_request: { href: pull } },
  };
}

/**
 * Where a comment's lines are in the newest head; `undefined` when the comment is outdated: one of
 * its lines was changed since.
 */
export async function currentAnchor(
  repository: Repository,
  comment: ReviewComment,
): Promise<Anchor | undefined> {
  const { anchor } = comment;
  const pull = repository.pulls.get(comment.pull);
  if (anchor === undefined || pull === undefined) return undefined;
  const newBase = await repository.mergeBase(pull);
  const ends = [anchor.startLine ?? anchor.line, anchor.line];
  const moved: number[] = [];
  for (const line of ends) {
    const [from, to] =
      anchor.side === "RIGHT" ? [comment.commitId, pull.headSha] : [comment.mergeBase, newBase];
    const at = await movedBetween(repository.git, from, to, anchor.path, line);
    if (at === undefined) return undefined;
    moved.push(at);
  }
  const [start = anchor.line, line = anchor.line] = moved;
  return { ...anchor, line, startLine: anchor.startLine === undefined ? undefined : start };
}

async function movedBetween(
  git: GitRepository,
  from: string,
  to: string,
  path: string,
  line: number,
): Promise<number | undefined> {
  if (from === to) return line;
  const files = await git.changes(from, to);
  const file = files.find((changed) => (changed.previousPath ?? changed.path) === path);
  if (file === undefined) return line;
  if (file.path !== path || file.status === "removed") return undefined;
  return movedLine(file.patch, line);
}

export async function reviewCommentObject(place: Place, comment: ReviewComment): Promise<Fields> {
  const url = `${repositoryUrl(place)}/pulls/comments/${comment.id}`;
  const pull = `${repositoryUrl(place)}/pulls/${comment.pull}`;
  const html = `${pageUrl(place)}/pull/${comment.pull}#discussion_r${comment.id}`;
  const { anchor } = comment;
  const current = await currentAnchor(place.repository, comment);
  const head = place.repository.pulls.get(comment.pull)?.headSha ?? comment.commitId;
  return example("pull-request-review-comment", {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    url,
    html_url: html,
    pull_request_url: pull,
    pull_request_review_id: comment.reviewId,
    user: userObject(place.api, comment.author),
    body: comment.body,
    path: comment.path,
    diff_hunk: comment.diffHunk,
    commit_id: current === undefined && anchor !== undefined ? comment.commitId : head,
    original_commit_id: comment.commitId,
    subject_type: anchor === undefined ? "file" : "line",
    ...(comment.inReplyTo === undefined ? {} : { in_reply_to_id: comment.inReplyTo }),
    ...(anchor === undefined
      ? { line: null, position: 1 }
      : anchorFields(anchor, current, comment)),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: "NONE",
    reactions: reactionsObject(url, comment.reactions),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
  });
}

function anchorFields(
  original: Anchor,
  current: Anchor | undefined,
  comment: ReviewComment,
): Fields {
  return {
    side: original.side,
    line: current?.line ?? null,
    original_line: original.line,
    position: current === undefined ? null : comment.position,
    original_position: comment.position,
    start_side: original.startLine === undefined ? null : (original.startSide ?? original.side),
    start_line: current?.startLine ?? null,
    original_start_line: original.startLine ?? null,
  };
}

export function issueCommentObject(place: Place, comment: IssueComment): Fields {
  const url = `${repositoryUrl(place)}/issues/comments/${comment.id}`;
  return example("issue-comment", {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url,
    html_url: `${pageUrl(place)}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(place)}/issues/${comment.issue}`,
    user: userObject(place.api, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: "NONE",
    performed_via_github_app: null,
    reactions: reactionsObject(url, comment.reactions),
  });
}

const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;

function reactionsObject(url: string, reactions: readonly Reaction[]): Fields {
  const counts = REACTIONS.map((content) => [
    content,
    reactions.filter((reaction) => reaction.content === content).length,
  ]);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

export function reactionObject(api: string, reaction: Reaction): Fields {
  return {
    id: reaction.id,
    node_id: `REA_${reaction.id}`,
    user: userObject(api, reaction.author),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}
