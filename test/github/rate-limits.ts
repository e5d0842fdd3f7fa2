/** The primary rate limit: two budgets an hour, told in the headers of every answer. */

import type { Fields } from "./json.ts";

export type Resource = "core" | "graphql";

interface Budget {
  limit: number;
  used: number;
  /** Seconds since 1970. */
  reset: number;
}

const HOUR = 3600;

export class RateLimits {
  readonly #budgets: Record<Resource, Budget>;

  /** Requests, or GraphQL points, per hour. */
  constructor(limit: number) {
    const reset = Math.floor(Date.now() / 1000) + HOUR;
    this.#budgets = { core: { limit, used: 0, reset }, graphql: { limit, used: 0, reset } };
  }

  /** Leaves so many requests, until `resetIn` seconds from now. */
  set(resource: Resource, remaining: number, resetIn = HOUR): void {
    const budget = this.#budgets[resource];
    budget.used = budget.limit - remaining;
    budget.reset = Math.ceil(Date.now() / 1000) + resetIn;
  }

  /** Counts one request; false when none was left. */
  spend(resource: Resource): boolean {
    const budget = this.#budgets[resource];
    if (Date.now() / 1000 >= budget.reset) {
      budget.used = 0;
      budget.reset = Math.floor(Date.now() / 1000) + HOUR;
    }
    if (budget.used >= budget.limit) return false;
    budget.used += 1;
    return true;
  }

  headers(resource: Resource): Record<string, string> {
    const { limit, used, reset } = this.#budgets[resource];
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(limit - used),
      "x-ratelimit-used": String(used),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": resource,
    };
  }

  /** As `GET /rate_limit` shows them. */
  overview(): Fields {
    const core = this.#show("core");
    return { resources: { core, graphql: this.#show("graphql"), search: core }, rate: core };
  }

  /** As GraphQL's `rateLimit` shows them. */
  graphqlNode(): Fields {
    const { limit, used, reset } = this.#budgets.graphql;
    const resetAt = new Date(reset * 1000).toISOString();
    return { limit, used, remaining: limit - used, resetAt, cost: 1, nodeCount: 0 };
  }

  #show(resource: Resource): Fields {
    const { limit, used, reset } = this.#budgets[resource];
    return { limit, used, remaining: limit - used, reset };
  }
}
