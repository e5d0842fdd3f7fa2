import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import { createNodeMiddleware, Probot } from "probot";
import { boundedFetch } from "../github/index.ts";
import type { Analyse, AnalysisThreads } from "../pull-request/index.ts";
import { listen } from "./events.ts";
import { createLog } from "./log.ts";
import { LimitedOctokit } from "./octokit.ts";
import { MemoryQueue } from "./queue/index.ts";
import { type Settings, SettingsError } from "./settings.ts";
import type { Task } from "./task.ts";
import { createWork } from "./work.ts";

export interface ServerOptions {
  readonly log?: Logger;
  /** A class of its own, with other limits. */
  readonly Octokit?: typeof LimitedOctokit;
  /** Milliseconds before each further try of a job that failed. */
  readonly delays?: readonly number[];
  /** Where to analyse; in this thread where they are left out. */
  readonly threads?: AnalysisThreads;
  /** Since when this process takes deliveries, in milliseconds; since now where it is left out. */
  readonly since?: number;
}

export interface RunningServer {
  /** Without a path. */
  readonly url: string;
  /** Takes nothing more, lets running reviews end, and closes. */
  stop(): Promise<void>;
}

/** GitHub sends no more. */
const MAX_PAYLOAD = 26_214_400;

/** The App and its server, listening. Throws `SettingsError` where the port is not to be had. */
export async function startServer(
  settings: Settings,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const log = options.log ?? createLog(settings);
  const app = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    baseUrl: settings.baseUrl,
    log,
    Octokit: options.Octokit ?? LimitedOctokit,
    // For the tokens, too.
    request: { fetch: boundedFetch({ timeout: settings.requestTimeout }) },
  });
  const queue = queueFor(app, settings, options);
  const receive = await createNodeMiddleware((probot) => listen(probot, queue, settings.appId), {
    probot: app,
    webhooksPath: settings.webhookPath,
  });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, "request failed");
      response.destroy();
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split("?")[0];
    if (path === "/health") return say(response, 200, "up");
    if (path === "/ready")
      return queue.isAccepting ? say(response, 200, "ready") : say(response, 503, "shutting down");
    const refusal = path === settings.webhookPath ? refuse(request) : undefined;
    if (refusal !== undefined) return say(response, ...refusal);
    await receive(request, response, () => say(response, 404, "not found"));
  };
  await open(server, settings);
  const url = urlOf(server, settings);
  log.info(`listening on ${url}`);
  return {
    url,
    async stop() {
      log.info("shutting down");
      await queue.close(settings.grace);
      server.closeIdleConnections();
      await new Promise((resolve) => server.close(resolve));
      log.info("shut down");
    },
  };
}

/** The queue of this process, and the workers at its end. */
export function queueFor(
  app: Probot,
  settings: Pick<Settings, "concurrency" | "deadline" | "requestTimeout">,
  { delays, threads, since = Date.now() }: Pick<ServerOptions, "delays" | "threads" | "since"> = {},
): MemoryQueue<Task> {
  const analyse: Analyse | undefined =
    threads && ((request, signal) => threads.analyse(request, signal));
  const work = createWork({ app, settings, add: (job) => queue.add(job), analyse, since });
  const queue: MemoryQueue<Task> = new MemoryQueue({
    concurrency: settings.concurrency,
    work: async (job, turn) => {
      app.log.debug({ job: job.key }, "job begins");
      try {
        await work(job, turn);
      } finally {
        app.log.debug({ job: job.key }, "job ends");
      }
    },
    onFailure: (job, error, triesAgain) => {
      const fields = { job: job.key, delivery: job.id, err: error };
      if (triesAgain) app.log.warn(fields, "job failed, will be tried again");
      else app.log.error(fields, "job failed");
    },
    ...(delays !== undefined && { delays }),
  });
  return queue;
}

/** Before anything is read: without a signature nobody may fill our memory. */
function refuse({ headers, method }: IncomingMessage): [number, string] | undefined {
  if (method !== "POST") return undefined;
  const length = headers["content-length"];
  if (length === undefined) return [411, "length required"];
  if (Number(length) > MAX_PAYLOAD) return [413, "too large"];
  return undefined;
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
}

async function open(server: Server, { port, host }: Settings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new SettingsError(`cannot listen on ${host}:${port} (${error.code})`, {
          hint: "Set PORT and HOST to an address that is free.",
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, { host }: Settings): string {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
