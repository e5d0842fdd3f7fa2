import { getOctokit } from "@actions/github";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import type { Octokit } from "../github/index.ts";

/** A job is paid by the minute: what takes longer than this is not waited for. */
const MAX_WAIT_SECONDS = 120;
const MAX_RETRIES = 2;

/** At the server that the workflow runs on, github.com or another; waits for rate limits and repeats what failed. */
export function createOctokit(token: string): Octokit {
  const isWorthWaiting = (seconds: number, _request: unknown, _octokit: unknown, retries: number) =>
    seconds <= MAX_WAIT_SECONDS && retries < MAX_RETRIES;
  return getOctokit(
    token,
    {
      // Octokit would print addresses and parameters of what failed.
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      throttle: { onRateLimit: isWorthWaiting, onSecondaryRateLimit: isWorthWaiting },
    },
    retry,
    throttling,
  );
}

function ignore(): void {}
