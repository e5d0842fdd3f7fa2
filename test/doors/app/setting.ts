/** The App as `npm start` runs it, on a port of its own, with the stand-in as its GitHub. */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";
import {
  createLog,
  LimitedOctokit,
  type RunningServer,
  readSettings,
  startServer,
} from "../../../src/app/index.ts";
import { AnalysisThreads } from "../../../src/pull-request/index.ts";
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
import { bundlePath } from "../../support/command-line.ts";

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
  /** Minutes that it has been running for; a new one does not know what one before it has done. */
  readonly minutes?: number;
  /** Other threads than those that all Apps share. */
  readonly threads?: AnalysisThreads;
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
  async concluded(count = 1, patience?: number): Promise<readonly Readonly<CheckRun>[]> {
    await until(() => {
      const { checkRuns } = this.github;
      return checkRuns.length >= count && checkRuns.every((run) => run.status === "completed");
    }, patience);
    await this.idle();
    expect(this.github.checkRuns).toHaveLength(count);
    return this.github.checkRuns;
  }

  /** Waits until no job runs, and GitHub has heard nothing for a moment. */
  async idle(): Promise<void> {
    let seen = -1;
    const isRunning = () => this.#count("job begins") > this.#count("job ends");
    while (isRunning() || seen !== this.github.calls.length) {
      seen = this.github.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  #count(message: string): number {
    return this.#log.filter((line) => line.includes(`"msg":"${message}"`)).length;
  }

  /** Since the start or the last reset, as `GET /pulls/1`; without the requests for tokens. */
  calls(): string[] {
    return this.github.calls
      .map(({ method, path }) => `${method} ${path.replace(/^\/repos\/[^/]+\/[^/]+/, "")}`)
      .filter((call) => !call.includes("access_tokens"));
  }
}

/** Polls. Throws after a minute, or so many milliseconds: a busy machine must not fail a test. */
export async function until(isTrue: () => boolean, patience = 60_000): Promise<void> {
  for (const end = Date.now() + patience; !isTrue(); ) {
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
// A limit on requests under way costs several turns of the timer each time: octokit.test.ts is about it.
const atOnce = { key: () => ({ schedule: (_: unknown, run: () => unknown) => run() }) };
/** Octokit with pauses that a test can wait for; its retries and handlers stay. */
const SwiftOctokit = LimitedOctokit.defaults(
  (options: Readonly<Record<string, object | undefined>>) => ({
    ...options,
    retry: { retryAfterBaseValue: SECOND },
    throttle: {
      ...options["throttle"],
      global: atOnce,
      write: atOnce,
      notifications: atOnce,
      retryAfterBaseValue: SECOND,
    },
  }),
);

/**
 * An App at the same GitHub that after so many requests does nothing more, as if its process had been killed. Never stops. `minutes` as
 * for others.
 */
export async function startMortal(
  github: GitHubStandIn,
  requests: number,
  minutes = 0,
): Promise<RunningServer> {
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
  return startServer(settings, { log, Octokit, since: Date.now() - 60_000 * minutes });
}

/** Lets requests to post there wait for each other, until so many have come. Returns its end. */
export function meetBefore(
  where: "reviews" | "check-runs",
  github: GitHubStandIn,
  count: number,
): () => void {
  let arrived = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return github.onRequest(async ({ method, path }) => {
    if (method !== "POST" || !path.endsWith(`/${where}`)) return;
    arrived += 1;
    if (arrived === count) open();
    await all;
  });
}

/** As it is built. */
export async function analysisProgram(): Promise<URL> {
  return pathToFileURL(join(dirname(await bundlePath()), "app.js"));
}

// Kept for all files of a worker, as the build is: threads are slow to start, and hold nothing of those whom they served.
let shared: Promise<AnalysisThreads> | undefined;

function sharedThreads(): Promise<AnalysisThreads> {
  shared ??= analysisProgram().then(
    (program) => new AnalysisThreads({ program, memory: 1_024, most: 2 }),
  );
  return shared;
}

let installations = 5_000;

/** An App and its GitHub, which holds that repository. Whoever starts them stops both. */
export async function startApp(
  repository: GitHubOptions["repository"],
  given: AppOptions = {},
): Promise<StartedApp> {
  installations += 1;
  const github = await startGitHub({
    repository,
    owner: "acme",
    name: "shop",
    // Octokit shares tokens and limits of an installation within a process.
    installationId: installations,
    ...given.github,
  });
  const log: string[] = [];
  const read = readSettings({ ...environmentFor(github), ...given.env });
  const { requestTimeout = read.requestTimeout } = given;
  const settings = { ...read, requestTimeout };
  const server = await startServer(settings, {
    log: createLog(settings, { write: (line) => void log.push(line) }),
    Octokit: SwiftOctokit,
    delays: given.delays ?? [1, 1],
    since: Date.now() - 60_000 * (given.minutes ?? 0),
    threads: given.threads ?? (await sharedThreads()),
  });
  return new StartedApp(github, server, log);
}

/**
 * Makes the repository once for all tests of a file, and an App whenever asked; all are closed and checked at the end. The tests mostly
 * wait for Octokit's own queues, so they run beside each other.
 */
export function setting(commits: Parameters<typeof sampleRepository>[0]) {
  let sample: SampleRepository;
  const open: StartedApp[] = [];
  beforeAll(async () => {
    sample = await sampleRepository(commits);
  });
  afterAll(async () => {
    await Promise.all(
      open.map(async ({ server, github }) => {
        await server.stop();
        await github.close();
      }),
    );
    await sample.remove();
    for (const { github } of open) github.expectNoViolations();
  });
  const start = async (given: AppOptions = {}): Promise<StartedApp> => {
    const app = await startApp(sample.git, given);
    open.push(app);
    return app;
  };
  return { start, commit: (index: number) => sample.commits[index] ?? "" };
}
