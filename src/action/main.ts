// The Action's program, which `action.yml` starts in the job's workspace.

import { isMainThread, parentPort } from "node:worker_threads";
import * as core from "@actions/core";
import { context } from "@actions/github";
import * as z from "zod";
import { PortcullisError } from "../core/errors.ts";
import { deadline, toPullRequest } from "../github/index.ts";
import { AnalysisThreads, serveAnalyses } from "../pull-request/index.ts";
import { withoutSecrets } from "../setup/index.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { publish } from "./publish.ts";
import type { Result } from "./result.ts";
import { reviewChange } from "./review.ts";
import { scanCheckout } from "./scan.ts";

/** Milliseconds. A review takes seconds; whatever hangs must not cost the job its own hours. */
const DEADLINE = 15 * 60_000;

/** Megabytes for the objects of an analysis: less than GitHub's smallest runners have. */
const MEMORY = 4_096;

const Event = z.object({
  pull_request: z.unknown().optional(),
  merge_group: z.object({ base_sha: z.string(), head_sha: z.string() }).optional(),
});

async function main(signal: AbortSignal): Promise<void> {
  const inputs = readInputs();
  core.setSecret(inputs.token);
  const workspace = process.env["GITHUB_WORKSPACE"] ?? process.cwd();
  const result = await perform(inputs, workspace, signal);
  const { report } = result;
  if (report !== undefined) {
    const { sarifFile } = inputs;
    await publish(result, report, { workspace, ...(sarifFile !== undefined && { sarifFile }) });
    return;
  }
  core.setOutput("conclusion", result.conclusion);
  const said = result.remarks.join("\n");
  if (result.conclusion === "cancelled") core.notice(said);
  // The check run stays neutral, but a job that has checked nothing is not green: it can be run again.
  else fail(said, inputs);
}

/** What triggered the workflow decides: a change is reviewed, anything else is a scan of what is checked out. */
async function perform(inputs: Inputs, workspace: string, signal: AbortSignal): Promise<Result> {
  const name = context.repo;
  const event = Event.parse(context.payload);
  // The same file is the program of its threads.
  const threads = new AnalysisThreads({
    program: new URL(import.meta.url),
    memory: MEMORY,
    most: 1,
  });
  if (event.pull_request !== undefined) {
    const pullRequest = toPullRequest(event.pull_request);
    // Of the head itself: the commit that the workflow runs on is a merge that nobody has pushed.
    const target = { headSha: pullRequest.head.sha, baseSha: pullRequest.base.sha, pullRequest };
    return reviewChange({ inputs, name, workspace, target, threads, signal });
  }
  if (event.merge_group !== undefined) {
    const { base_sha: baseSha, head_sha: headSha } = event.merge_group;
    const target = { headSha, baseSha };
    return reviewChange({ inputs, name, workspace, target, threads, signal });
  }
  // A scan has opened nothing that would have to be closed.
  const stop = () => {
    core.setFailed("The scan was cut off.");
    process.exit();
  };
  signal.addEventListener("abort", stop, { once: true });
  return scanCheckout({ inputs, name, workspace });
}

function fail(message: string, inputs?: Inputs): void {
  if (inputs?.failOn === "never") core.warning(message);
  else core.setFailed(message);
}

function start(): void {
  const cancelled = new AbortController();
  // A cancelled job gets some seconds to end: enough to close the check run.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => cancelled.abort());

  main(deadline(DEADLINE, cancelled.signal))
    .catch((error: unknown) => {
      if (error instanceof PortcullisError) {
        const { message, hint } = error;
        core.setFailed(withoutSecrets(hint === undefined ? message : `${message}\n${hint}`));
        return;
      }
      core.setFailed("Something went wrong on our side. Please report it with the lines below.");
      const stack = error instanceof Error ? error.stack : String(error);
      core.info(withoutSecrets(stack ?? ""));
    })
    // What was cut off may still wait for an answer.
    .finally(() => process.stdout.write("", () => process.exit()));
}

if (isMainThread) start();
else if (parentPort !== null) serveAnalyses(parentPort);
