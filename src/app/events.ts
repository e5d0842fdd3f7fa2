// Events in, jobs out. A webhook has to be answered within seconds, so nothing is asked of GitHub here.
import type { Probot } from "probot";
import { z } from "zod";
import { toPullRequest } from "../github/index.ts";
import { readCommand, reasonOfButton } from "../pull-request/index.ts";
import type { Position, Queue } from "./queue/index.ts";
import {
  mergeGroupJob,
  mergeGroupKey,
  type Place,
  pullRequestKey,
  reviewJob,
  singleJob,
  type Task,
  type TaskJob,
} from "./task.ts";

const Id = z.int().positive();
const Commit = z.string().regex(/^[0-9a-f]{40,64}$/);

/** What says where a delivery is from. It was signed, but by whoever knows the secret. */
const Delivered = z.object({
  installation: z.object({ id: Id }).optional(),
  repository: z
    .object({
      id: Id,
      name: z.string().min(1),
      owner: z.object({ login: z.string().min(1) }),
    })
    .optional(),
});

interface Received {
  readonly id: string;
  readonly name: string;
  readonly payload: { readonly action: string };
}

/** Answers that a webhook gets while the App shuts down. */
class ShuttingDown extends Error {
  readonly status = 503;
}

/** Listens to everything that asks for a review, and puts it in the queue. `appId` tells our checks from those of others. */
export function listen(app: Probot, queue: Queue<Task>, appId: number): void {
  const add = async (received: Received, make: (place: Place) => TaskJob | undefined) => {
    const place = placeOf(received.payload);
    const about = {
      delivery: received.id,
      event: `${received.name}.${received.payload.action}`,
      ...(place !== undefined && { repository: `${place.owner}/${place.repo}` }),
    };
    const job = place === undefined ? undefined : make(place);
    if (job === undefined) {
      app.log.debug(about, "nothing to do");
      return;
    }
    const result = await queue.add(job);
    app.log.info({ ...about, job: job.key, result }, "delivery");
    if (result === "closed") throw new ShuttingDown("shutting down");
  };

  app.on(
    [
      "pull_request.opened",
      "pull_request.reopened",
      "pull_request.synchronize",
      "pull_request.ready_for_review",
      "pull_request.converted_to_draft",
      "pull_request.edited",
    ],
    (context) => {
      const { payload } = context;
      // Titles and texts are edited, too.
      if (payload.action === "edited" && payload.changes.base === undefined) return;
      return add(context, (place) => {
        const pullRequest = toPullRequest(payload.pull_request);
        if (pullRequest.state === "closed") return undefined;
        return reviewJob(context.id, place, pullRequest, {
          // The commit may have a check already that says less than is to be said now.
          again: ["reopened", "ready_for_review", "edited"].includes(payload.action),
          position: positionOf(
            payload.pull_request,
            payload.action === "synchronize" ? payload.before : undefined,
          ),
        });
      });
    },
  );

  app.on("pull_request.closed", async ({ payload, log }) => {
    const place = placeOf(payload);
    if (place === undefined) return;
    const key = pullRequestKey(place, payload.number);
    await queue.cancel(key, "The pull request was closed.", positionOf(payload.pull_request));
    log.info({ job: key }, "closed");
  });

  app.on("merge_group.checks_requested", (context) =>
    add(context, (place) => {
      const { head_sha: head, base_sha: base } = context.payload.merge_group;
      const group = { headSha: Commit.parse(head), baseSha: Commit.parse(base), again: false };
      return mergeGroupJob(context.id, place, group);
    }),
  );

  app.on("merge_group.destroyed", async ({ payload }) => {
    const place = placeOf(payload);
    if (place === undefined) return;
    const key = mergeGroupKey(place, payload.merge_group.head_sha);
    await queue.cancel(key, "The merge queue has dropped this commit.");
  });

  app.on("check_run.rerequested", (context) =>
    add(context, (place) => {
      const { app: owner, head_sha: headSha, external_id: externalId } = context.payload.check_run;
      if (owner?.id !== appId) return undefined;
      return singleJob(context.id, {
        kind: "rerun",
        place,
        headSha: Commit.parse(headSha),
        ...(typeof externalId === "string" && { externalId }),
      });
    }),
  );

  app.on("check_suite.rerequested", (context) =>
    add(context, (place) => {
      const { app: owner, head_sha: headSha } = context.payload.check_suite;
      if (owner?.id !== appId) return undefined;
      return singleJob(context.id, {
        kind: "rerun",
        place,
        headSha: Commit.parse(headSha),
      });
    }),
  );

  app.on("check_run.requested_action", (context) =>
    add(context, (place) => {
      const { check_run: run, requested_action: button, sender } = context.payload;
      const reason = reasonOfButton(button?.identifier ?? "");
      const [, number] = /^pull-request-(\d+)$/.exec(run.external_id ?? "") ?? [];
      if (run.app?.id !== appId || reason === undefined || number === undefined) return undefined;
      return singleJob(context.id, {
        kind: "dismiss",
        place,
        number: Number(number),
        headSha: Commit.parse(run.head_sha),
        dismissal: { by: sender.login, reason },
      });
    }),
  );

  app.on("issue_comment.created", (context) => {
    const { issue, comment } = context.payload;
    if (issue.pull_request === undefined || isBot(comment.user)) return;
    const command = readCommand(comment.body);
    if (command === undefined) return;
    return add(context, (place) =>
      singleJob(context.id, {
        kind: "command",
        place,
        command,
        number: Id.parse(issue.number),
        author: comment.user?.login ?? "ghost",
        comment: {
          kind: "conversation",
          id: Id.parse(comment.id),
          nodeId: comment.node_id,
          createdAt: comment.created_at,
        },
      }),
    );
  });

  app.on("pull_request_review_comment.created", (context) => {
    const { comment, pull_request: pullRequest } = context.payload;
    if (isBot(comment.user)) return;
    const command = readCommand(comment.body);
    if (command === undefined) return;
    return add(context, (place) =>
      singleJob(context.id, {
        kind: "command",
        place,
        command,
        number: Id.parse(pullRequest.number),
        author: comment.user?.login ?? "ghost",
        comment: {
          kind: "review",
          id: Id.parse(comment.id),
          nodeId: comment.node_id,
          createdAt: comment.created_at,
        },
        // A command that begins a thread has nothing to be about.
        ...(comment.in_reply_to_id !== undefined && { inReplyTo: comment.in_reply_to_id }),
      }),
    );
  });

  app.on(["installation", "installation_repositories"], ({ name, payload, log }) => {
    const { id: installation } = payload.installation;
    log.info({ event: `${name}.${payload.action}`, installation }, "installation");
  });
}

/** Undefined for a webhook that was not sent to an App: there is nobody to sign in as. */
function placeOf(payload: unknown): Place | undefined {
  const { installation, repository } = Delivered.parse(payload);
  if (installation === undefined || repository === undefined) return undefined;
  return {
    installation: installation.id,
    repositoryId: repository.id,
    owner: repository.owner.login,
    repo: repository.name,
  };
}

function positionOf(
  pullRequest: { readonly updated_at: string; readonly head: { readonly sha: string } },
  before?: string,
): Position {
  return {
    at: Date.parse(pullRequest.updated_at),
    head: pullRequest.head.sha,
    ...(before !== undefined && { before }),
  };
}

/** Answers to ourselves, or to another bot, would have no end. */
function isBot(user: { readonly type?: string | undefined } | null): boolean {
  return user?.type === "Bot";
}
