/**
 * `npm start`. The bundle holds Probot and everything else, like that of the command line: it starts in a tenth of a second, and a
 * container needs one file and Node. The same file is the program of its threads.
 */
import { isMainThread, parentPort } from "node:worker_threads";
import { run } from "probot";
import { PortcullisError } from "../core/errors.ts";
import { AnalysisThreads, serveAnalyses } from "../pull-request/index.ts";
import { withoutSecrets } from "../setup/index.ts";
import { readSettings, startServer } from "./index.ts";

/** Exit status, as of the command line: the run itself failed. */
const FAILED = 2;

async function main(words: readonly string[]): Promise<void> {
  try {
    process.loadEnvFile();
  } catch {
    // Most have none: variables come from the environment.
  }
  if (words.includes("--setup")) return setUp();
  const settings = readSettings(process.env);
  const program = new URL(import.meta.url);
  const threads = new AnalysisThreads({
    program,
    memory: settings.memory,
    most: settings.concurrency,
  });
  const server = await startServer(settings, { threads });
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(FAILED);
    isStopping = true;
    server.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

/** Probot's page that makes a GitHub App from app.yml and keeps its keys in .env. It takes no webhooks. */
async function setUp(): Promise<void> {
  // A channel at a third party, through which all webhooks would go.
  process.env["NO_SMEE_SETUP"] ??= "true";
  for (const name of ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH"]) delete process.env[name];
  await run(() => {});
}

function fail(error: unknown): void {
  if (error instanceof PortcullisError) {
    const hint = error.hint === undefined ? "" : `  ${error.hint}\n`;
    process.stderr.write(withoutSecrets(`portcullis: ${error.message}\n${hint}`));
  } else {
    // Without its message, which may quote what it was given.
    const stack = error instanceof Error ? error.stack?.match(/^\s+at .*$/gm)?.join("\n") : "";
    process.stderr.write(`portcullis: this is a bug of ours, please report it.\n${stack}\n`);
  }
  process.exit(FAILED);
}

if (isMainThread) {
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  main(process.argv.slice(2)).catch(fail);
} else if (parentPort !== null) {
  serveAnalyses(parentPort);
}
