import { type Probot, ProbotOctokit } from "probot";
import { boundedFetch, createClient, type GitHubRepository } from "../github/index.ts";
import type { Place } from "./task.ts";

/** Longer than this no review waits for a limit: its job fails, and is tried again later. */
const MAX_WAIT_SECONDS = 60;
const MAX_RETRIES = 2;

interface Limited {
  readonly method: string;
  readonly url: string;
}

interface Warning {
  readonly log: { warn(message: string): void };
}

function mayRetry(limit: string) {
  return (retryAfter: number, { method, url }: Limited, { log }: Warning, retries: number) => {
    log.warn(`${limit} limit at ${method} ${url}: ${retryAfter} seconds`);
    return retries < MAX_RETRIES && retryAfter <= MAX_WAIT_SECONDS;
  };
}

/**
 * Probot's Octokit, which also goes on after a secondary limit, and logs no request body. In the function form: Probot lays its own
 * handlers over the object form, without a word.
 */
export const LimitedOctokit = ProbotOctokit.defaults((options: OctokitOptions) => ({
  ...options,
  log: withoutFields(options.log),
  throttle: {
    ...options.throttle,
    onRateLimit: mayRetry("primary"),
    onSecondaryRateLimit: mayRetry("secondary"),
  },
}));

type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;
type LogMethod = (message: string) => void;
type OctokitLog = Readonly<Record<"debug" | "info" | "warn" | "error", LogMethod>>;

/** Probot gives what was sent as the first argument. */
function withoutFields(log: OctokitLog | undefined): OctokitLog {
  const only =
    (level: keyof OctokitLog) =>
    (...given: readonly unknown[]) => {
      const message = given.find((one) => typeof one === "string");
      if (message !== undefined) log?.[level](message);
    };
  return { debug: only("debug"), info: only("info"), warn: only("warn"), error: only("error") };
}

export interface JobClient {
  readonly github: GitHubRepository;
  /** Requests that it has sent so far, without those for tokens. */
  readonly calls: () => number;
}

/** A client for one job: signed in for the installation, and silent once the signal is aborted. */
export async function clientFor(
  app: Probot,
  place: Place,
  limits: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<JobClient> {
  let sent = 0;
  const octokit = await app.auth(place.installation);
  const bounded = boundedFetch(limits);
  octokit.hook.before("request", (options) => {
    options.request = { ...options.request, fetch: bounded };
    if (!options.url.endsWith("/access_tokens")) sent += 1;
  });
  const github = createClient(octokit, { owner: place.owner, repo: place.repo });
  return { github, calls: () => sent };
}
