import type { Change } from "../core/change.ts";
import type { Config } from "../core/config.ts";
import { GitHubError, type Threads } from "../github/index.ts";
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
  const plan = planConversation({
    review: report.review,
    rules: report.rules,
    config,
    threads: threads.own,
    saidByOthers: threads.saidByOthers,
    listens: services.listens === true,
    changes,
    headSha: target.headSha,
  });
  if (pullRequest.draft && !config["comment-on-drafts"]) return false;
  if (plan.uncommented > 0) {
    remarks.push(
      `${plan.uncommented} more ${plan.uncommented === 1 ? "finding has" : "findings have"} no comment of their own: see below.`,
    );
  }
  if (plan.comments.length + plan.onFiles.length + plan.reopen.length + plan.close.length === 0)
    return false;
  // Deliveries may be late and out of order: nothing is written for a head that is not the pull request's any more.
  const now = await github.pullRequest(pullRequest.number);
  if (now.head.sha !== target.headSha) throw new Superseded("The pull request has a newer commit.");
  if (now.state === "closed") return false;
  signal.throwIfAborted();
  try {
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
  if (plan.comments.length > 0) {
    const count = report.review.new.length;
    const body = `Portcullis found ${count} new ${count === 1 ? "problem" : "problems"} in this change. The check has the whole report.`;
    const { refused } = await github.postReview(number, { headSha, body, comments: plan.comments });
    if (refused.length > 0)
      remarks.push(
        `GitHub refused ${refused.length} of the comments; their findings are listed below.`,
      );
  }
  for (const { path, body } of plan.onFiles)
    await github.commentOnFile(number, { headSha, path }, body);
  for (const { thread, body } of plan.reopen) await github.updateComment(thread.comment.id, body);
  if (plan.reopen.length > 0) await github.unresolveThreads(plan.reopen.map((one) => one.thread));
  for (const { thread, body } of plan.close) await github.updateComment(thread.comment.id, body);
  if (plan.close.length > 0) await github.resolveThreads(plan.close.map((one) => one.thread));
}
