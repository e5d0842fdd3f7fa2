import { z } from "zod";
import { PortcullisError } from "../core/errors.ts";

/** GitHub refused, or could not be reached. What the request held is not kept: it may end up in a log. */
export class GitHubError extends PortcullisError {
  /** HTTP status, or the one that fits an error of GraphQL. 500 stands for a broken connection, too. */
  readonly status: number;
  /** What the token lacks, as `pull_requests: write`, where that is the reason. */
  readonly missingPermission: string | undefined;
  /** True where too much was asked of GitHub in too short a time, which may come with the status of a refusal. */
  readonly isLimit: boolean;

  constructor(
    message: string,
    options: { status: number; hint?: string; missingPermission?: string; isLimit?: boolean },
  ) {
    super(message, options);
    this.status = options.status;
    this.missingPermission = options.missingPermission;
    this.isLimit = options.isLimit ?? false;
  }

  /** True when GitHub may have done what was asked all the same, or would another time. */
  get isUncertain(): boolean {
    return this.status >= 500;
  }
}

export const GraphqlProblem = z.object({
  type: z.string().optional(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
});
export type GraphqlProblem = z.infer<typeof GraphqlProblem>;

/** Octokit's RequestError, by its shape: doors may bring a copy of the class of their own. */
const RequestFailure = z.object({ status: z.number(), message: z.string() });

const MAX_MESSAGE = 300;
const LACKS_PERMISSION = /not accessible by (?:integration|personal access token)/i;
const LIMIT = /rate limit|abuse detection/i;
/** GraphQL errors are 200 to HTTP; their types are not listed anywhere. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  // A query that was ended for what it took: as good as a timeout.
  RESOURCE_LIMITS_EXCEEDED: 502,
  SERVICE_UNAVAILABLE: 503,
  UNPROCESSABLE: 422,
};

/**
 * Runs one call and names its failure: `task` completes "cannot …", `permission` is what the call needs. Anything but an
 * answer of GitHub, an abort for example, is passed on as it is.
 */
export async function attempt<T>(
  task: string,
  permission: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = RequestFailure.safeParse(
      error instanceof Error ? { ...error, message: error.message } : error,
    );
    if (!failure.success || isAbort(error)) throw error;
    throw failureOf(task, permission, failure.data.status, failure.data.message);
  }
}

/** A failed part of a GraphQL answer. */
export function problemError(
  task: string,
  permission: string,
  problem: GraphqlProblem,
): GitHubError {
  const isTimeout = /something went wrong|timed? ?out/i.test(problem.message);
  const status = STATUS_OF_TYPE[problem.type ?? ""] ?? (isTimeout ? 502 : 422);
  return failureOf(task, permission, status, problem.message);
}

/**
 * Does once what must not be done twice. Where the outcome is uncertain (a broken connection, a 502), `find` looks whether it was
 * done; only if not, it is tried a second time. Octokit must not retry such calls itself: pass `ONCE` with them.
 */
export async function doOnce<T>(
  perform: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof GitHubError && error.isUncertain)) throw error;
      const done = await find();
      if (done !== undefined) return done;
      if (tries > 1) throw error;
    }
  }
}

/** Tells `@octokit/plugin-retry` to leave a call alone. */
export const ONCE = { request: { retries: 0 } } as const;

function failureOf(task: string, permission: string, status: number, text: string): GitHubError {
  const isMissing = status === 403 && LACKS_PERMISSION.test(text);
  const [first = ""] = text.split("\n- ", 1);
  const why = isMissing ? `the token lacks ${permission}` : first.slice(0, MAX_MESSAGE);
  return new GitHubError(`cannot ${task}: ${why} (${status})`, {
    status,
    isLimit: isLimit(status, text),
    hint: hintFor(status, text, isMissing ? permission : undefined),
    ...(isMissing && { missingPermission: permission }),
  });
}

function hintFor(status: number, text: string, missing: string | undefined): string {
  if (missing !== undefined)
    return `Grant ${missing} to the App, and accept it for the installation, or under "permissions" of the workflow.`;
  if (status === 401)
    return "The token is wrong or has expired: check the App's key, or the workflow's token.";
  if (isLimit(status, text)) return "GitHub's rate limit is used up: try again in some minutes.";
  if (status === 404)
    return "Check that the App is installed on the repository, and that the commit still exists.";
  if (status >= 500)
    return "GitHub does not answer as it should: try again, see https://www.githubstatus.com.";
  return "If this happens again, please report it with this message.";
}

function isLimit(status: number, text: string): boolean {
  return status === 429 || LIMIT.test(text);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}
