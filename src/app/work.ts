import type { Probot } from "probot";
import packageJson from "../../package.json" with { type: "json" };
import { deadline, type GitHubRepository } from "../github/index.ts";
import {
  type Analyse,
  CHECK_NAME,
  type Outcome,
  reviewCommit,
  runCommand,
  type Target,
} from "../pull-request/index.ts";
import { BlobCache } from "../trees/index.ts";
import { clientFor, type JobClient } from "./octokit.ts";
import type { Turn } from "./queue/index.ts";
import type { Settings } from "./settings.ts";
import { mergeGroupJob, type Place, reviewJob, type TaskJob } from "./task.ts";

export interface Workshop {
  readonly app: Probot;
  readonly settings: Pick<Settings, "deadline" | "requestTimeout">;
  /** Puts a job in the queue that follows from another. */
  readonly add: (job: TaskJob) => Promise<unknown>;
  /** In this thread where it is left out. */
  readonly analyse?: Analyse | undefined;
  /** Since when this process takes deliveries, in milliseconds. */
  readonly since: number;
}

/** A delivery usually arrives within seconds; what is older may be a second one of what another process has done. */
const MAX_AGE = 60_000;
/** How far our clock and GitHub's may be apart. */
const MAX_SKEW = 60_000;

/**
 * True when what a delivery tells of has just happened, and cannot have been told to a process before this one.
 *
 * Of two processes that are told of it at the same moment each makes a check run. GitHub creates none on a condition, takes the same
 * external id twice and deletes none, so that a look before would cost every review a call and only narrow the gap. They find each other
 * along the way instead: see `isOvertaken`.
 */
function isFresh({ position, again }: TaskJob, since: number): boolean {
  if (position === undefined || again) return false;
  const age = Date.now() - position.at;
  return age > -MAX_SKEW && age < MAX_AGE && position.at > since + MAX_SKEW;
}

/** What a worker does with a job. Contents are cached for all of its jobs. */
export function createWork({ app, settings, add, analyse, since }: Workshop) {
  const cache = new BlobCache();
  const withoutGraph = new Set<string>();

  const review = async (
    place: Place,
    target: Target,
    { github, calls }: JobClient,
    { isLast }: Turn,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const started = Date.now();
    const about = {
      repository: `${place.owner}/${place.repo}`,
      head: target.headSha,
      ...(target.pullRequest !== undefined && { pullRequest: target.pullRequest.number }),
    };
    const outcome = await reviewCommit(
      {
        github,
        name: { owner: place.owner, repo: place.repo },
        cache,
        withoutGraph,
        version: packageJson.version,
        today: new Date().toISOString().slice(0, 10),
        log: {
          info: (fields, message) => app.log.info({ ...about, ...fields }, message),
          warn: (fields, message) => app.log.warn({ ...about, ...fields }, message),
        },
        signal,
        willRetry: !isLast,
        calls,
        listens: true,
        ...(analyse !== undefined && { analyse }),
      },
      target,
    );
    app.log.info({ ...about, ...toFields(outcome, started) }, "review");
    return outcome;
  };

  /** The head as it is now, whatever became of the one that was meant. */
  const reviewAgain = async (
    id: string,
    place: Place,
    github: GitHubRepository,
    number: number,
  ) => {
    const pullRequest = await github.pullRequest(number);
    if (pullRequest.state === "closed") return undefined;
    return reviewJob(`${id}/${number}`, place, pullRequest, { again: true });
  };

  const enqueue = async (job: TaskJob | undefined): Promise<void> => {
    if (job !== undefined) await add(job);
  };

  return async (job: TaskJob, turn: Turn): Promise<void> => {
    const { id, task } = job;
    const { place } = task;
    const signal = deadline(settings.deadline, turn.signal);
    const client = await clientFor(app, place, { timeout: settings.requestTimeout, signal });
    const { github } = client;
    switch (task.kind) {
      case "review": {
        const { pullRequest, dismissal } = task;
        const { head, base } = pullRequest;
        const target = {
          headSha: head.sha,
          baseSha: base.sha,
          pullRequest,
          again: job.again,
          isFirst: turn.isFirst && isFresh(job, since),
          ...(job.position?.before !== undefined && { since: job.position.at }),
          ...(dismissal !== undefined && { dismissal }),
        };
        const { conclusion } = await review(place, target, client, turn, signal);
        // A delivery that came late may have ended the review of the true head.
        if (conclusion === "cancelled" && !signal.aborted)
          await enqueue(await reviewAgain(id, place, github, pullRequest.number));
        return;
      }
      case "merge-group": {
        const { headSha, baseSha } = task;
        await review(place, { headSha, baseSha, again: job.again }, client, turn, signal);
        return;
      }
      case "rerun": {
        const { externalId, headSha } = task;
        const keys =
          externalId === undefined ? await github.checkIds(headSha, CHECK_NAME) : [externalId];
        for (const key of keys) {
          const [, number, baseSha] =
            /^(?:pull-request-(\d+)|merge-queue-([0-9a-f]{40,64}))$/.exec(key) ?? [];
          if (number !== undefined) {
            await enqueue(await reviewAgain(id, place, github, Number(number)));
          } else if (baseSha !== undefined) {
            await enqueue(mergeGroupJob(`${id}/merge`, place, { headSha, baseSha, again: true }));
          }
        }
        return;
      }
      case "command": {
        const { kind: _, place: __, ...request } = task;
        const needsReview = await runCommand({ github, ...request });
        app.log.info({ action: request.command.kind, pullRequest: task.number }, "command");
        if (!needsReview) return;
        await enqueue(await reviewAgain(id, place, github, task.number));
        return;
      }
      case "dismiss": {
        const { number, headSha, dismissal } = task;
        const permission = await github.permission(dismissal.by);
        const pullRequest = await github.pullRequest(number);
        const isMeant = pullRequest.state === "open" && pullRequest.head.sha === headSha;
        const isAllowed = permission === "admin" || permission === "write";
        app.log.info(
          { action: "dismiss", pullRequest: number, result: isMeant && isAllowed },
          "button",
        );
        if (isMeant && isAllowed)
          await enqueue(
            reviewJob(`${id}/${number}`, place, pullRequest, { again: true, dismissal }),
          );
        return;
      }
      default: {
        const never: never = task;
        return never;
      }
    }
  };
}

function toFields({ conclusion, report, hasComments }: Outcome, started: number) {
  return {
    conclusion,
    findings: report?.review.new.length ?? 0,
    comments: hasComments ? 1 : 0,
    milliseconds: Date.now() - started,
  };
}
