import { Worker } from "node:worker_threads";
import { PortcullisError } from "../core/errors.ts";
import type { Analysis, AnalysisRequest } from "./analysis.ts";
import { type FromThread, type Question, type ToThread, toError } from "./analysis-messages.ts";

export interface AnalysisThreadsOptions {
  /** A program that does `serveAnalyses` in a thread. */
  readonly program: URL;
  /** Megabytes that the objects of one analysis may take. */
  readonly memory: number;
  /** Threads at the same time; further analyses wait. */
  readonly most: number;
}

/**
 * Analyses in threads of their own.
 *
 * Why: the analysis is synchronous, and its input hostile. In the thread of a server one file could keep everybody waiting, health checks
 * and deadlines included; another thread can be ended in the middle of a loop, and runs out of memory alone. A thread that did its
 * work is kept for the next request, with its rules loaded; one whose work was cut off or failed is not.
 */
export class AnalysisThreads {
  readonly #options: AnalysisThreadsOptions;
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(options: AnalysisThreadsOptions) {
    this.#options = options;
  }

  /** See `Analyse`. Throws `PortcullisError` where the memory did not suffice. */
  async analyse(request: AnalysisRequest, signal: AbortSignal): Promise<Analysis> {
    if (this.#busy < this.#options.most) this.#busy += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await this.#analyse(request, signal);
    } finally {
      // A place that somebody waits for is handed over, and never free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  async #analyse(request: AnalysisRequest, signal: AbortSignal): Promise<Analysis> {
    const worker = this.#idle.pop() ?? this.#start();
    worker.ref();
    try {
      const analysis = await converse(worker, request, signal);
      worker.unref();
      this.#idle.push(worker);
      return analysis;
    } catch (error) {
      void worker.terminate();
      throw error;
    }
  }

  #start(): Worker {
    const { program, memory } = this.#options;
    const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: memory } });
    // Also when nobody waits for it: without a listener an error would end the process.
    worker.on("error", () => {});
    worker.on("exit", () => {
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return worker;
  }
}

/** One request, and the thread's questions until it is answered. */
function converse(
  worker: Worker,
  request: AnalysisRequest,
  signal: AbortSignal,
): Promise<Analysis> {
  const { base, head, advisories, history, hold, ...rest } = request;
  const trees = { base, head };
  let answers = 0;
  let letGo: (() => void) | undefined;
  let isOver = false;
  // From then on the thread computes what to ask next, until it says so.
  const say = (message: ToThread) => {
    if (message.kind !== "analyse") answers += 1;
    if (!isOver) letGo ??= hold?.();
    worker.postMessage(message);
  };
  const idle = () => {
    letGo?.();
    letGo = undefined;
  };
  const answer = async (id: number, question: Question): Promise<void> => {
    if (question.kind === "ask") {
      const asked = advisories?.ask(question.packages);
      const nobody = { advisories: [], unanswered: [] };
      say({ kind: "advisories", id, answer: (await asked) ?? nobody });
      return;
    }
    if (question.kind === "history") {
      const nothing = { additions: [], isComplete: true };
      say({ kind: "history", id, history: (await history?.()) ?? nothing });
      return;
    }
    const tree = trees[question.side];
    if (question.kind === "list") say({ kind: "entries", id, entries: await tree.list() });
    else if (question.kind === "free")
      say({ kind: "paths", id, paths: (await tree.free?.(question.paths)) ?? question.paths });
    else {
      const { kind, paths } = question;
      const own =
        kind === "read-beside"
          ? tree.readBeside?.(paths)
          : kind === "read-last"
            ? tree.readLast?.(paths)
            : undefined;
      say({ kind: "contents", id, contents: await (own ?? tree.read(paths)) });
    }
  };
  return new Promise<Analysis>((resolve, reject) => {
    const onMessage = (message: FromThread) => {
      if (message.kind === "questions") {
        for (const { id, question } of message.asked) answer(id, question).catch(fail);
        if (message.answered === answers) idle();
      } else if (message.kind === "failed") fail(toError(message.failure));
      else {
        release();
        resolve(message.analysis);
      }
    };
    const onError = (error: Error) => fail(isOutOfMemory(error) ? tooMuchMemory() : error);
    const onExit = () => fail(new Error("the analysis thread has ended"));
    const onAbort = () => fail(signal.reason);
    const release = () => {
      isOver = true;
      idle();
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      worker.off("messageerror", onError);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown) => {
      release();
      reject(error);
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.on("messageerror", onError);
    signal.addEventListener("abort", onAbort);
    const revisions = { base: base.revision, head: head.revision };
    const hasHistory = history !== undefined;
    say({
      kind: "analyse",
      request: { ...rest, revisions, advisories: advisories?.name, hasHistory },
    });
  });
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function tooMuchMemory(): PortcullisError {
  return new PortcullisError("The analysis of this change took more memory than it may.", {
    hint: "Leave out large generated files with `paths.exclude` in the configuration.",
  });
}
