import { getOctokit } from "@actions/github";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import type { Octokit } from "../github/index.ts";

/** Seconds. A job is paid by the minute: what takes longer than this is not waited for. */
const MAX_WAIT = 120;
const MAX_RETRIES = 2;

/**
 * At the server that the workflow runs on, github.com or another; waits for rate limits and repeats what failed. Queries have a queue
 * of their own: to the plugin all of GraphQL is writing, and would wait a second behind each write.
 */
export function createOctokit(token: string): Octokit {
  return { rest: queued(token, "rest").rest, graphql: queued(token, "graphql").graphql };
}

function queued(token: string, id: string) {
  const isWorthWaiting = (seconds: number, _request: unknown, _octokit: unknown, retries: number) =>
    seconds <= MAX_WAIT && retries < MAX_RETRIES;
  return getOctokit(
    token,
    {
      // Octokit would print addresses and parameters of what failed.
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      throttle: { id, onRateLimit: isWorthWaiting, onSecondaryRateLimit: isWorthWaiting },
    },
    retry,
    throttling,
  );
}

function ignore(): void {}
