/** Requests to services that publish advisories: bounded in time and size, tried again where that may help. */
import { setTimeout as pause } from "node:timers/promises";

/** Why there is no answer, in words that end a sentence. */
export class NoAnswer extends Error {
  /** True where the service refused the question itself. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal = false) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

/** How requests are made; every part may be left out. */
export interface HttpOptions {
  readonly fetch?: typeof fetch;
  /** For one request, in milliseconds. */
  readonly timeout?: number;
  /** Waits so many milliseconds before the next try. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface JsonAnswer {
  readonly data: unknown;
  readonly headers: Headers;
}

const TIMEOUT = 10_000;
const TRIES = 3;
const FIRST_PAUSE = 300;
/** A service that wants us to wait longer is not waited for: somebody waits for the review. */
const LONGEST_PAUSE = 5_000;
const MAX_BYTES = 32_000_000;

/** Throws `NoAnswer` when every try has failed. */
export async function requestJson(
  url: string,
  init: RequestInit,
  options: HttpOptions = {},
): Promise<JsonAnswer> {
  const wait = options.wait ?? pause;
  let last = new NoAnswer("it did not answer");
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const outcome = await attemptOnce(url, init, options);
    if ("data" in outcome) return outcome;
    last = outcome.failure;
    const after = outcome.retryAfter ?? FIRST_PAUSE * 2 ** attempt;
    if (last.isRefusal || after > LONGEST_PAUSE) break;
    if (attempt + 1 < TRIES) await wait(after);
  }
  throw last;
}

type Outcome = JsonAnswer | { readonly failure: NoAnswer; readonly retryAfter?: number };

async function attemptOnce(url: string, init: RequestInit, options: HttpOptions): Promise<Outcome> {
  const timeout = options.timeout ?? TIMEOUT;
  let response: Response;
  let body: string | undefined;
  try {
    response = await (options.fetch ?? fetch)(url, {
      ...init,
      signal: AbortSignal.timeout(timeout),
    });
    body = await textOf(response);
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const reason = isLate
      ? `it did not answer within ${timeout / 1000} seconds`
      : "it could not be reached";
    return { failure: new NoAnswer(reason) };
  }
  const { status, headers } = response;
  if (status === 429 || (status === 403 && headers.get("x-ratelimit-remaining") === "0")) {
    const seconds = Number(headers.get("retry-after") ?? Number.NaN);
    return {
      failure: new NoAnswer("its limit of requests is reached"),
      retryAfter: Number.isFinite(seconds) ? seconds * 1000 : LONGEST_PAUSE + 1,
    };
  }
  if (status >= 500) return { failure: new NoAnswer(`it answered with an error (${status})`) };
  if (!response.ok) return { failure: new NoAnswer(`it refused the request (${status})`, true) };
  if (body === undefined) return { failure: new NoAnswer("its answer is too large", true) };
  try {
    return { data: JSON.parse(body), headers };
  } catch {
    return { failure: new NoAnswer("its answer was cut off or is no JSON") };
  }
}

/** Undefined for more than we take. */
async function textOf(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) return undefined;
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
