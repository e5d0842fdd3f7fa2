import type { Change } from "../core/change.ts";
import type { Config } from "../core/config.ts";
import {
  GitHubError,
  type PostedReview,
  type PullRequest,
  readMarker,
  type Threads,
  twinsIn,
} from "../github/index.ts";
import type { Report } from "../report/index.ts";
import { type Plan, planConversation } from "./conversation.ts";
import type { Services, Target } from "./services.ts";
import { Superseded } from "./superseded.ts";

export interface Conversation {
  readonly report: Report;
  readonly config: Config;
  /** With hunks where GitHub takes comments, and only there. */
  readonly changes: readonly Change[];
  readonly threads: Threads | undefined;
}

/** Writes to the conversation what is new and what is gone; true when it wrote something. */
export async function converse(
  services: Services,
  target: Target,
  conversation: Conversation,
  remarks: string[],
): Promise<boolean> {
  const { github, signal } = services;
  const { pullRequest } = target;
  const { report, config, changes, threads } = conversation;
  if (pullRequest === undefined || threads === undefined || pullRequest.state === "closed")
    return false;
  const twins = twinsIn(threads);
  const plan = planConversation({
    review: report.review,
    rules: report.rules,
    config,
    threads: threads.own.filter((thread) => !twins.includes(thread)),
    saidByOthers: threads.saidByOthers,
    listens: services.listens === true,
    changes,
    headSha: target.headSha,
  });
  const isQuiet = ({ draft }: Pick<PullRequest, "draft">) => draft && !config["comment-on-drafts"];
  if (isQuiet(pullRequest)) return false;
  if (plan.uncommented > 0) {
    remarks.push(
      `${plan.uncommented} more ${plan.uncommented === 1 ? "finding has" : "findings have"} no comment of their own: see below.`,
    );
  }
  const steps = [plan.comments, plan.onFiles, plan.reopen, plan.close, twins];
  if (steps.every((step) => step.length === 0)) return false;
  // Deliveries may be late and out of order: nothing is written for a head that is not the pull request's any more.
  const now = await github.pullRequest(pullRequest.number);
  if (now.head.sha !== target.headSha) throw new Superseded("The pull request has a newer commit.");
  if (now.state === "closed" || isQuiet(now)) return false;
  signal.throwIfAborted();
  try {
    for (const { comment } of twins) await github.deleteComment(comment.id);
    await write(services, pullRequest.number, target.headSha, plan, report, remarks);
    return true;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { missingPermission, status } = error;
    if (missingPermission === undefined && services.willRetry === true) throw error;
    const why =
      missingPermission === undefined
        ? `GitHub answered with status ${status}`
        : `\`${missingPermission}\` is missing`;
    remarks.push(`Comments could not be written: ${why}. Everything is listed here instead.`);
    return false;
  }
}

async function write(
  { github }: Services,
  number: number,
  headSha: string,
  plan: Plan,
  report: Report,
  remarks: string[],
): Promise<void> {
  if (plan.comments.length + plan.onFiles.length > 0) {
    const count = report.review.new.length;
    const body = `Portcullis found ${count} new ${count === 1 ? "problem" : "problems"} in this change. The check has the whole report.`;
    const { comments, onFiles } = plan;
    const posted = await github.postReview(number, { headSha, body, comments, onFiles });
    if (posted.refused.length > 0)
      remarks.push(
        `GitHub refused ${posted.refused.length} of the comments; their findings are listed below.`,
      );
    await takeBackTwins(github, number, plan, posted);
  }
  for (const { thread, body } of plan.reopen) await github.updateComment(thread.comment.id, body);
  if (plan.reopen.length > 0) await github.unresolveThreads(plan.reopen.map((one) => one.thread));
  for (const { thread, body } of plan.close) await github.updateComment(thread.comment.id, body);
  if (plan.close.length > 0) await github.resolveThreads(plan.close.map((one) => one.thread));
}

/** What somebody else has said at the same moment is taken back. */
async function takeBackTwins(
  github: Services["github"],
  number: number,
  plan: Plan,
  posted: PostedReview,
): Promise<void> {
  const threads = posted.threads ?? (await github.threads(number));
  const reviewId = posted.id;
  const twins = twinsIn(threads);
  for (const { comment } of twins) await github.deleteComment(comment.id);
  if (reviewId === undefined) return;
  const left = threads.own.filter((thread) => !twins.includes(thread));
  if (left.some(({ comment }) => comment.reviewId === reviewId)) return;
  // What was posted a moment ago may not show yet: only what others are seen to say is said.
  const said = new Set([
    ...threads.saidByOthers.keys(),
    ...left.map(({ marker }) => marker.fingerprint),
  ]);
  const isSaid = [...plan.comments, ...plan.onFiles].every(({ body }) =>
    said.has(readMarker(body)?.fingerprint ?? ""),
  );
  // A review cannot be deleted.
  if (isSaid)
    await github.editReview(number, reviewId, "Another review of the same moment says the same.");
}
