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
  /** Milliseconds that stand for one second of Octokit's pauses. */
  readonly second?: number;
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
      await new Promise((resolve) => setTimeout(resolve, 25));
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

/** Octokit with pauses that a test can wait for; its retries and handlers stay. */
function octokitFor(second: number): typeof LimitedOctokit {
  const atOnce = { key: () => ({ schedule: (_: unknown, run: () => unknown) => run() }) };
  return LimitedOctokit.defaults((options: Readonly<Record<string, object | undefined>>) => ({
    ...options,
    retry: { retryAfterBaseValue: second },
    throttle: {
      ...options["throttle"],
      write: atOnce,
      notifications: atOnce,
      retryAfterBaseValue: second,
    },
  }));
}

/** Makes the repository once for all tests of a file, and an App whenever asked. Both are checked and closed after each test. */
export function setting(commits: Parameters<typeof sampleRepository>[0]) {
  let sample: SampleRepository;
  const open: StartedApp[] = [];
  beforeAll(async () => {
    sample = await sampleRepository(commits);
  });
  afterAll(() => sample.remove());
  afterEach(async () => {
    const started = open.splice(0);
    await Promise.all(
      started.map(async ({ server, github }) => {
        await server.stop();
        await github.close();
      }),
    );
    for (const { github } of started) github.expectNoViolations();
  });
  const start = async (options: AppOptions = {}): Promise<StartedApp> => {
    const github = await startGitHub({
      repository: sample.directory,
      owner: "acme",
      name: "shop",
      ...options.github,
    });
    const log: string[] = [];
    const settings = readSettings({ ...environmentFor(github), ...options.env });
    const server = await startServer(settings, {
      log: createLog(settings, { write: (line) => void log.push(line) }),
      Octokit: octokitFor(options.second ?? 1),
      delays: options.delays ?? [20, 20],
    });
    const app = new StartedApp(github, server, log);
    open.push(app);
    return app;
  };
  return { start, commit: (index: number) => sample.commits[index] ?? "" };
}
