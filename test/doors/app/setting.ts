/** The App as `npm start` runs it, on a port of its own, with the stand-in as its GitHub. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import {
  createLog,
  LimitedOctokit,
  type RunningServer,
  readSettings,
  startServer,
} from "../../../src/app/index.ts";
import {
  type CheckRun,
  deliver,
  type GitHubOptions,
  type GitHubStandIn,
  type PullRequestAction,
  pullRequestPayload,
  startGitHub,
} from "../../github/index.ts";
import { type SampleRepository, sampleRepository } from "../../github/sample-repository.ts";

export const SECRET = "not-the-default-one";

/** `injection/sql-execute`, high, at line 3. */
export const SQL = `from flask import request
def find(cursor):
    cursor.execute("SELECT * FROM t WHERE name = '" + request.args["name"] + "'")
`;
/** `deserialization/pickle-load`, medium, at line 3. */
export const PICKLE = `import pickle
def load(data):
    return pickle.loads(data)
`;
/** `injection/sql-execute`, in another function. */
export const SECOND_SQL = SQL.replace("find", "search").replace("name =", "title =");
export const QUIET = "def nothing():\n    return 1\n";

type Environment = Readonly<Record<string, string>>;

export interface AppOptions {
  readonly github?: Partial<GitHubOptions>;
  readonly env?: Environment;
  /** Milliseconds before a job that failed is tried again. */
  readonly delays?: readonly number[];
  /** Milliseconds for one request to GitHub. */
  readonly requestTimeout?: number;
}

export class StartedApp {
  readonly github: GitHubStandIn;
  readonly server: RunningServer;
  readonly #log: string[];

  constructor(github: GitHubStandIn, server: RunningServer, log: string[]) {
    this.github = github;
    this.server = server;
    this.#log = log;
  }

  get url(): string {
    return `${this.server.url}/api/github/webhooks`;
  }

  /** What was logged so far. */
  get log(): string {
    return this.#log.join("");
  }

  /** Sends an event as GitHub does, and gives the delivery's id. */
  async send(
    event: string,
    payload: Readonly<Record<string, unknown>>,
    id: string = randomUUID(),
  ): Promise<string> {
    const { status } = await deliver(this.url, event, payload, { secret: SECRET, id });
    expect(status).toBe(200);
    return id;
  }

  async sendPullRequest(
    action: PullRequestAction,
    number = 1,
    extra: Parameters<typeof pullRequestPayload>[3] & { readonly id?: string } = {},
  ): Promise<string> {
    const { id, ...rest } = extra;
    return this.send(
      "pull_request",
      await pullRequestPayload(this.github, action, number, rest),
      id,
    );
  }

  /** Waits for so many check runs, all of them concluded. */
  async concluded(count = 1): Promise<readonly Readonly<CheckRun>[]> {
    await until(() => {
      const { checkRuns } = this.github;
      return checkRuns.length >= count && checkRuns.every((run) => run.status === "completed");
    });
    await this.idle();
    expect(this.github.checkRuns).toHaveLength(count);
    return this.github.checkRuns;
  }

  /** Waits until the App has done something, and then nothing for a moment. */
  async quiet(): Promise<void> {
    await until(() => /"msg":"(?:review|command|job failed)/.test(this.log));
    await this.idle();
  }

  /** Waits until GitHub has heard nothing for a moment: for what must not happen. */
  async idle(): Promise<void> {
    let seen = -1;
    while (seen !== this.github.calls.length) {
      seen = this.github.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Since the start or the last reset, as `GET /pulls/1`; without the requests for tokens. */
  calls(): string[] {
    return this.github.calls
      .map(({ method, path }) => `${method} ${path.replace(/^\/repos\/[^/]+\/[^/]+/, "")}`)
      .filter((call) => !call.includes("access_tokens"));
  }
}

/** Polls. Throws after five seconds. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isTrue(); ) {
    if (Date.now() > end) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function environmentFor(github: GitHubStandIn): Environment {
  return {
    APP_ID: String(github.appId),
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET: SECRET,
    HOST: "127.0.0.1",
    PORT: "0",
    GHE_HOST: new URL(github.url).host,
    GHE_PROTOCOL: "http",
    LOG_LEVEL: "trace",
  };
}

/** Milliseconds that stand for one second of Octokit's pauses. */
const SECOND = 1;
const atOnce = { key: () => ({ schedule: (_: unknown, run: () => unknown) => run() }) };
/** Octokit with pauses that a test can wait for; its retries and handlers stay. */
const SwiftOctokit = LimitedOctokit.defaults(
  (options: Readonly<Record<string, object | undefined>>) => ({
    ...options,
    retry: { retryAfterBaseValue: SECOND },
    throttle: {
      ...options["throttle"],
      write: atOnce,
      notifications: atOnce,
      retryAfterBaseValue: SECOND,
    },
  }),
);

/** An App at the same GitHub that after so many requests does nothing more, as if its process had been killed. Never stops. */
export async function startMortal(github: GitHubStandIn, requests: number): Promise<RunningServer> {
  let left = requests;
  const Octokit = SwiftOctokit.plugin((octokit) => {
    octokit.hook.wrap("request", (request, options) => {
      // Octokit shares requests for tokens within a process, and this one goes on.
      if (options.url.endsWith("/access_tokens")) return request(options);
      left -= 1;
      return left < 0 ? new Promise(() => {}) : request(options);
    });
  });
  const settings = readSettings(environmentFor(github));
  const log = createLog({ logLevel: "silent", logFormat: "json" });
  return startServer(settings, { log, Octokit });
}

/**
 * Makes the repository once for all tests of a file, and an App whenever asked. Both are checked and closed after each test, or
 * after all with `keep`.
 */
export function setting(
  commits: Parameters<typeof sampleRepository>[0],
  options: { readonly keep?: boolean } = {},
) {
  let sample: SampleRepository;
  const open: StartedApp[] = [];
  beforeAll(async () => {
    sample = await sampleRepository(commits);
  });
  afterAll(() => sample.remove());
  const after = options.keep === true ? afterAll : afterEach;
  after(async () => {
    const started = open.splice(0);
    await Promise.all(
      started.map(async ({ server, github }) => {
        await server.stop();
        await github.close();
      }),
    );
    for (const { github } of started) github.expectNoViolations();
  });
  const start = async (given: AppOptions = {}): Promise<StartedApp> => {
    const github = await startGitHub({
      repository: sample.directory,
      owner: "acme",
      name: "shop",
      ...given.github,
    });
    const log: string[] = [];
    const read = readSettings({ ...environmentFor(github), ...given.env });
    const { requestTimeout = read.requestTimeout } = given;
    const settings = { ...read, requestTimeout };
    const server = await startServer(settings, {
      log: createLog(settings, { write: (line) => void log.push(line) }),
      Octokit: SwiftOctokit,
      delays: given.delays ?? [20, 20],
    });
    const app = new StartedApp(github, server, log);
    open.push(app);
    return app;
  };
  return { start, commit: (index: number) => sample.commits[index] ?? "" };
}
