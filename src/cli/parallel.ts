/**
 * Spreads a scan over the machine's processors. Every thread takes the next stretch of paths from a shared counter, this one
 * included, so that none waits for another. Threads run the bundle itself; where there is no bundle (in tests) this thread does
 * everything.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Config } from "../core/config.ts";
import type { Profile } from "../core/rule.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { forTrees, type Observed, Scanner } from "../review/index.ts";
import type { RuleFile } from "../rules/index.ts";
import { buildRules, type Setup } from "../setup/index.ts";
import { directoryTree } from "../trees/index.ts";

/** Paths that a thread takes at a time: what they made it parse is held until they are done. */
const STRETCH = 40;
/** Below this many paths another thread costs more than it gives. */
const WORTH_A_THREAD = 800;
const MAX_THREADS = 8;

/** Threads that were started before it was known what they are to do. */
export interface Threads {
  /** Gives every thread its job and waits for what they found. */
  run(job: Job): Promise<Stretch[]>;
}

interface Request {
  readonly root: string;
  readonly threads: Threads;
  readonly paths: readonly string[];
  readonly all: ReadonlySet<string>;
  readonly setup: Setup;
  readonly profile: Profile;
  readonly tree: SourceTree;
}

/** What a thread is told. */
export interface Job {
  readonly root: string;
  readonly paths: readonly string[];
  readonly all: ReadonlySet<string>;
  readonly config: Config;
  readonly profile: Profile;
  readonly ownRules: readonly RuleFile[];
  readonly counter: SharedArrayBuffer;
}

/** What the paths from a place in the list on showed. */
interface Stretch {
  readonly start: number;
  readonly observed: Observed;
}

/** Inspects files on all processors; the result is what one `Scanner` would give. */
export async function inspectInParallel(request: Request): Promise<Observed> {
  const { root, threads, paths, all, setup, profile, tree } = request;
  const counter = new SharedArrayBuffer(4);
  const job: Job = {
    root,
    paths,
    all,
    config: setup.config,
    profile,
    ownRules: setup.ownRules,
    counter,
  };
  const others = threads.run(job);
  const own = takeStretches(
    new Scanner(forTrees(setup.rules), setup.config),
    tree,
    job,
    showProgress,
  );
  const stretches = (await Promise.all([own, others])).flat();
  // In the order of the paths, whoever took them.
  const parts = stretches.sort((a, b) => a.start - b.start).map((stretch) => stretch.observed);
  return {
    hits: parts.flatMap((part) => part.hits),
    skipped: parts.flatMap((part) => part.skipped),
    notes: parts.flatMap((part) => part.notes),
    binary: parts.flatMap((part) => part.binary),
    files: parts.reduce((sum, part) => sum + part.files, 0),
    surveys: new Set(parts.flatMap((part) => [...part.surveys])),
  };
}

/** Overwrites one line on a terminal, and takes it away at the end. Nobody wants it in a log. */
function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY !== true || of < WORTH_A_THREAD) return;
  process.stderr.write(done < of ? `\r${done} of ${of} files` : "\r\u001b[K");
}

async function takeStretches(
  scanner: Scanner,
  tree: SourceTree,
  job: Job,
  progress?: (done: number, of: number) => void,
): Promise<Stretch[]> {
  const next = new Int32Array(job.counter);
  const parts: Stretch[] = [];
  for (;;) {
    const start = Atomics.add(next, 0, STRETCH);
    progress?.(Math.min(start, job.paths.length), job.paths.length);
    if (start >= job.paths.length) return parts;
    const paths = job.paths.slice(start, start + STRETCH);
    parts.push({ start, observed: await scanner.inspect(tree, paths, async () => job.all) });
  }
}

/**
 * Starts a thread for each further processor, where there are enough files for it. A thread needs as long to load the program
 * as this one needs to read rules and configuration, so the earlier this is called, the sooner it helps.
 */
export function startThreads(files: number): Threads {
  const bundle = fileURLToPath(import.meta.url);
  const threads = bundle.endsWith(".js")
    ? Math.min(availableParallelism(), MAX_THREADS, Math.ceil(files / WORTH_A_THREAD))
    : 1;
  const workers = Array.from({ length: Math.max(0, threads - 1) }, () => new Worker(bundle));
  const answers = Promise.all(workers.map(answerOf));
  // Whoever gives them a job is told what went wrong.
  answers.catch(() => {});
  // Nobody waits for a thread without a job: the run may end before there is one, for a configuration with a mistake.
  for (const worker of workers) worker.unref();
  return {
    async run(job) {
      for (const worker of workers) {
        worker.ref();
        worker.postMessage(job);
      }
      return (await answers).flat();
    },
  };
}

function answerOf(worker: Worker): Promise<Stretch[]> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** What a thread does with the job that it is told. */
export async function work(job: Job): Promise<Stretch[]> {
  const scanner = new Scanner(forTrees(buildRules(job.profile, job.ownRules)), job.config);
  return takeStretches(scanner, await directoryTree(job.root), job);
}
