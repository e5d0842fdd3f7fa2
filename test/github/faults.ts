/** Trouble on demand: what a test can make happen to requests, and how often. */

import type { Fields } from "./json.ts";

/** A request as tests see it: for matching faults, for hooks, and in the call log. */
export interface SeenRequest {
  readonly method: string;
  /** Without the API prefix and the query, for example `/repos/o/r/pulls/1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Operation id of the description, `graphql`, or `undefined` for what GitHub does not have. */
  readonly operation: string | undefined;
}

export type Fault =
  /** Answered instead of being performed. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Not performed; no answer for so many milliseconds, then the connection is cut. */
  | { readonly hang: number }
  /** Not performed; the connection is cut at once. */
  | { readonly reset: true }
  /** Performed, then the connection is cut before the answer. */
  | "after";

export interface Injection {
  readonly match: (request: SeenRequest) => boolean;
  readonly fault: Fault;
  /** Once by default. */
  readonly times?: number;
}

interface Active extends Injection {
  left: number;
  hits: number;
}

export class Faults {
  readonly #active: Active[] = [];

  /** The latest injection goes first. `hits` tells how often it struck. */
  add(injection: Injection): { readonly hits: number; remove(): void } {
    const active: Active = { ...injection, left: injection.times ?? 1, hits: 0 };
    this.#active.unshift(active);
    const remove = () => {
      active.left = 0;
    };
    return {
      get hits() {
        return active.hits;
      },
      remove,
    };
  }

  /** The fault that strikes this request, if any; counts it. */
  take(request: SeenRequest): Fault | undefined {
    const active = this.#active.find(({ left, match }) => left > 0 && match(request));
    if (active === undefined) return undefined;
    active.left -= 1;
    active.hits += 1;
    return active.fault;
  }
}

/** The answer to a request over the secondary limit (docs, secondary rate limits). */
export function secondaryLimit(
  retryAfter: number,
): Exclude<Fault, string> & { status: number; body: Fields } {
  return {
    status: 403,
    headers: { "retry-after": String(retryAfter) },
    body: {
      message:
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation_url:
        "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    },
  };
}
