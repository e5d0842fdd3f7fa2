import { debug } from "@actions/core";
import { createClient, type RepositoryName } from "../github/index.ts";
import {
  type AnalysisThreads,
  type Log,
  reviewCommit,
  type Target,
} from "../pull-request/index.ts";
import { BlobCache } from "../trees/index.ts";
import { findCheckout, NearbyTrees } from "./checkout.ts";
import type { Inputs } from "./inputs.ts";
import { createOctokit } from "./octokit.ts";
import { overrideConfig } from "./overrides.ts";
import { everySecret, type Result } from "./result.ts";
import { today, version } from "./version.ts";

export interface ReviewTask {
  readonly inputs: Inputs;
  readonly name: RepositoryName;
  readonly workspace: string;
  readonly target: Pick<Target, "baseSha" | "headSha" | "pullRequest">;
  /** The job has to be able to end while they are at work. */
  readonly threads: AnalysisThreads;
  readonly signal: AbortSignal;
}

/** Reviews a pull request, or the head of a merge queue, and publishes it as far as the token may. Nothing of it is run. */
export async function reviewChange(task: ReviewTask): Promise<Result> {
  const { inputs, name, workspace, target, threads, signal } = task;
  const { configPath, profile, workingDirectory } = inputs;
  const checkout = await findCheckout(workspace, workingDirectory);
  const prefix = checkout?.isRepository === true ? checkout.prefix : workingDirectory;
  const nearby = new NearbyTrees(checkout);
  try {
    const outcome = await reviewCommit(
      {
        github: createClient(createOctokit(inputs.token), name),
        name,
        cache: new BlobCache(),
        version,
        today: today(),
        log,
        signal,
        analyse: (request, end) => threads.analyse(request, end),
        override: (config) => overrideConfig(config, inputs, prefix),
        setup: { profile, ...(configPath !== undefined && { configPath }) },
        nearby: (commits) => nearby.read(commits),
      },
      // A job has to say how its own commit fares, whatever an earlier run has said of it.
      { ...target, again: true },
    );
    const { report, trees } = outcome;
    return {
      ...outcome,
      secrets: report === undefined ? new Set() : await everySecret(report, trees),
    };
  } finally {
    nearby.close();
  }
}

const log: Log = {
  info: (fields, message) => debug(`${message} ${JSON.stringify(fields)}`),
  warn: (fields, message) => debug(`${message} ${JSON.stringify(fields)}`),
};
