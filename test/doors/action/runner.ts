// Runs `action.yml` as GitHub's runner does: step by step, each script by bash in a clean environment, with the files by which steps and
// runner talk to each other. It knows the few expressions that the file uses, and refuses any other.
import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod";
import { bundlePath } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

const Action = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({
    using: z.literal("composite"),
    steps: z.array(
      z.object({
        id: z.string(),
        shell: z.literal("bash"),
        run: z.string(),
        env: z.record(z.string(), z.string()).default({}),
      }),
    ),
  }),
});

export type Inputs = Readonly<Record<string, string>>;

export interface Job {
  /** As in `GITHUB_EVENT_NAME`. */
  readonly event: string;
  readonly payload: unknown;
  /** Address of the API. */
  readonly api: string;
  readonly token: string;
  /** The folder that the job runs in; a new, empty one by default. */
  readonly workspace?: string;
  readonly with?: Inputs;
  /** Where the action lies; by default a folder with nothing in it but what a release tag has. */
  readonly action?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
  /** Outputs of steps that another job has done for this one: they are not run again. */
  readonly done?: StepOutputs;
}

/** By the step's id. */
type StepOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface JobResult {
  /** Of the last step that ran: the first that fails is the last. */
  readonly status: number;
  /** All that was printed, as the runner gets it, commands included. */
  readonly printed: string;
  readonly masks: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly workspace: string;
  readonly steps: StepOutputs;
  /** What each step took, by its id. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export async function readAction(folder: string = root) {
  return Action.parse(parse(await readFile(join(folder, "action.yml"), "utf8")));
}

export async function runAction(job: Job): Promise<JobResult> {
  const action = job.action ?? (await releasedAction());
  const { inputs, outputs, runs } = await readAction(action);
  const folder = await temporaryFolder();
  const workspace = job.workspace ?? (await temporaryFolder());
  const given = { ...defaults(inputs), ...job.with };
  const steps = new Map(Object.entries(job.done ?? {}));
  const resolve = (text: string) => evaluate(text, { inputs: given, token: job.token, steps });

  const environment = await cleanEnvironment(job, folder, workspace, action);
  const seconds: Record<string, number> = {};
  let printed = "";
  let summary = "";
  let status = 0;
  for (const [index, step] of runs.steps.entries()) {
    if (steps.has(step.id)) continue;
    const file = (name: string) => join(folder, `${index}-${name}`);
    await writeFile(file("script.sh"), resolve(step.run));
    await writeFile(file("output"), "");
    await writeFile(file("summary"), "");
    const env = {
      ...environment,
      ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, resolve(text)])),
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
    };
    const words = ["--noprofile", "--norc", "-e", "-o", "pipefail", file("script.sh")];
    const start = performance.now();
    const ended = await run("bash", words, workspace, env, job.onStart);
    seconds[step.id] = (performance.now() - start) / 1_000;
    printed += ended.printed;
    status = ended.status;
    summary += await readFile(file("summary"), "utf8");
    steps.set(step.id, readOutputs(await readFile(file("output"), "utf8")));
    if (status !== 0) break;
  }
  return {
    status,
    printed,
    ...readCommands(printed),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, resolve(value)]),
    ),
    summary,
    workspace,
    steps: Object.fromEntries(steps),
    seconds,
  };
}

/** A folder with what a release tag has and the Action needs: no sources, no packages. */
export async function releasedAction(): Promise<string> {
  const folder = await temporaryFolder();
  const dist = dirname(await bundlePath());
  // Before 20.19 Node takes a file for an ES module only if a package.json says so.
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const detectsModules = major > 20 || (major === 20 && minor >= 19);
  const files = ["action.js", ...(detectsModules ? [] : ["package.json"])];
  await mkdir(join(folder, "dist"));
  await mkdir(join(folder, "scripts"));
  for (const file of files) await copyFile(join(dist, file), join(folder, "dist", file));
  for (const file of ["action.yml", "scripts/action-program.sh"])
    await copyFile(join(root, file), join(folder, file));
  return folder;
}

async function cleanEnvironment(job: Job, folder: string, workspace: string, action: string) {
  const event = join(folder, "event.json");
  await writeFile(event, JSON.stringify(job.payload));
  const api = new URL(job.api);
  const graphql = api.pathname.startsWith("/api/v3") ? "/api/graphql" : "/graphql";
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: action,
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: job.event,
    GITHUB_EVENT_PATH: event,
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_API_URL: job.api,
    GITHUB_GRAPHQL_URL: `${api.origin}${graphql}`,
    GITHUB_SERVER_URL: api.origin,
    RUNNER_TEMP: folder,
    ...job.environment,
  };
}

function defaults(inputs: z.infer<typeof Action>["inputs"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: text }]) => [name, text]),
  );
}

interface Scope {
  readonly inputs: Inputs;
  readonly token: string;
  readonly steps: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

function evaluate(text: string, scope: Scope): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    if (expression === "github.token") return scope.token;
    const [, input] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    // A default may be an expression itself.
    if (input !== undefined) return evaluate(scope.inputs[input] ?? "", scope);
    const [, step = "", output = ""] =
      /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
    if (step === "") throw new Error(`the runner of the tests does not know ${expression}`);
    return scope.steps.get(step)?.[output] ?? "";
  });
}

function run(
  command: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  onStart: Job["onStart"],
): Promise<{ readonly status: number; readonly printed: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, [...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", fail);
    child.on("close", (code) =>
      done({ status: code ?? -1, printed: Buffer.concat(chunks).toString() }),
    );
    onStart?.(child);
  });
}

/** `name=value`, or `name<<mark`, the value's lines, `mark`. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const [, name, mark] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && mark !== undefined) {
      const end = lines.indexOf(mark, index);
      outputs[name] = lines.slice(index + 1, end).join("\n");
      index = end;
    } else if (line !== "") {
      const [key = "", ...rest] = line.split("=");
      outputs[key] = rest.join("=");
    }
  }
  return outputs;
}

/** The commands among the lines, as the runner finds them: none while they are stopped. */
function readCommands(printed: string): Pick<JobResult, "masks" | "annotations"> {
  const masks: string[] = [];
  const annotations: Annotation[] = [];
  let stoppedUntil: string | undefined;
  for (const line of printed.split(/\r?\n/)) {
    const [, command = "", properties = "", data = ""] =
      /^\s*::([\w-]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (stoppedUntil !== undefined) {
      if (command === stoppedUntil) stoppedUntil = undefined;
    } else if (command === "stop-commands") stoppedUntil = data;
    else if (command === "add-mask") masks.push(unescaped(data));
    else if (command === "error" || command === "warning" || command === "notice") {
      const pairs = properties.split(",").map((pair) => pair.split("="));
      annotations.push({
        level: command,
        properties: Object.fromEntries(
          pairs.map(([key = "", value = ""]) => [key, unescaped(value)]),
        ),
        message: unescaped(data),
      });
    }
  }
  return { masks, annotations };
}

function unescaped(text: string): string {
  return text
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%25", "%");
}
