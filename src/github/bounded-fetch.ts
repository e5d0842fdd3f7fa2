import { deadline } from "./deadline.ts";
export interface FetchLimits {
  /** Milliseconds for one request. */
  readonly timeout: number;
  /**
   * Once it is aborted nothing is read or written any more, except the check run, which has to be concluded, and tokens, for which
   * others may be waiting.
   */
  readonly signal?: AbortSignal;
}

/**
 * A `fetch` that gives up. A timeout looks to Octokit like a broken connection, which it may try again; an ended review like an
 * abort, which it does not.
 */
export function boundedFetch({ timeout, signal }: FetchLimits): typeof fetch {
  const ended = signal === undefined ? undefined : withoutReason(signal);
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const isExempt = /\/(?:check-runs(?:\/\d+)?|access_tokens)$/.test(url.pathname);
    const others = ended === undefined || isExempt ? [] : [ended];
    return fetch(input, { ...init, signal: deadline(timeout, ...others) });
  };
}

/** The reason says why the review ends; a request that ends with it has to show as aborted. */
function withoutReason(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener("abort", () => controller.abort(), { once: true });
  return controller.signal;
}
