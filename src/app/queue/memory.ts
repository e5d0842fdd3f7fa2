import { PortcullisError } from "../../core/errors.ts";
import { Superseded } from "../../pull-request/index.ts";
import {
  type Added,
  isLate,
  type Job,
  type OnFailure,
  type Position,
  type Queue,
  type Work,
} from "./queue.ts";

export interface MemoryQueueOptions<Task> {
  readonly work: Work<Task>;
  readonly onFailure: OnFailure<Task>;
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** Milliseconds before each further try of a job that failed. */
  readonly delays?: readonly number[];
}

interface Entry<Task> {
  readonly job: Job<Task>;
  readonly failures: number;
  /** Set while it waits for its next try. */
  timer?: NodeJS.Timeout | undefined;
}

interface Run<Task> {
  readonly job: Job<Task>;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** GitHub's hiccups pass in seconds, its incidents in minutes, and requests that are used up come back within the hour. */
const DELAYS = [15_000, 120_000, 900_000, 3_600_000];
/** Deliveries and keys that it remembers. */
const MEMORY = 10_000;

/** Keeps jobs in the process: what waits when it ends is lost, but for GitHub's redelivery. */
export class MemoryQueue<Task> implements Queue<Task> {
  readonly #options: MemoryQueueOptions<Task>;
  readonly #delays: readonly number[];
  readonly #waiting = new Map<string, Entry<Task>>();
  readonly #running = new Map<string, Run<Task>>();
  readonly #newest = new Map<string, Position>();
  readonly #taken = new Map<string, true>();
  readonly #begun = new Map<string, true>();
  #isAccepting = true;

  constructor(options: MemoryQueueOptions<Task>) {
    this.#options = options;
    this.#delays = options.delays ?? DELAYS;
  }

  get isAccepting(): boolean {
    return this.#isAccepting;
  }

  async add(job: Job<Task>): Promise<Added> {
    if (!this.#isAccepting) return "closed";
    if (this.#taken.has(job.id)) return "known";
    if (isLate(job.position, this.#newest.get(job.key))) return "late";
    remember(this.#taken, job.id, true);
    if (job.position !== undefined) remember(this.#newest, job.key, job.position);

    const running = this.#running.get(job.key);
    const isUnderWay =
      running?.job.version === job.version && !running.controller.signal.aborted && !job.again;
    const waiting = this.#drop(job.key);
    if (isUnderWay && waiting === undefined) return "known";
    if (running !== undefined && running.job.version !== job.version)
      running.controller.abort(new Superseded("The pull request has a newer commit or base."));
    const again = job.again || (waiting?.version === job.version && waiting.again);
    this.#waiting.set(job.key, { job: { ...job, again }, failures: 0 });
    this.#start();
    return "queued";
  }

  async cancel(key: string, reason: string, position?: Position): Promise<void> {
    if (isLate(position, this.#newest.get(key))) return;
    if (position !== undefined) remember(this.#newest, key, position);
    this.#drop(key);
    this.#running.get(key)?.controller.abort(new Superseded(reason));
  }

  async close(grace: number): Promise<void> {
    this.#isAccepting = false;
    for (const entry of this.#waiting.values()) this.#wake(entry);
    this.#start();
    let timer: NodeJS.Timeout | undefined;
    const isOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, grace);
    });
    await Promise.race([this.#settled(), isOver]);
    clearTimeout(timer);
    this.#waiting.clear();
    for (const { controller } of this.#running.values()) {
      controller.abort(
        new PortcullisError("Portcullis was shut down during the review.", {
          hint: "Re-run the check once it is back.",
        }),
      );
    }
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.race([...this.#running.values()].map((run) => run.ended));
    }
  }

  /** Takes out what waits for the key. */
  #drop(key: string): Job<Task> | undefined {
    const entry = this.#waiting.get(key);
    if (entry === undefined) return undefined;
    clearTimeout(entry.timer);
    this.#waiting.delete(key);
    return entry.job;
  }

  #wake(entry: Entry<Task>): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
  }

  #start(): void {
    for (const [key, entry] of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) return;
      if (entry.timer !== undefined || this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const controller = new AbortController();
      const ended = this.#run(entry, controller).finally(() => {
        this.#running.delete(key);
        this.#start();
      });
      this.#running.set(key, { job: entry.job, controller, ended });
    }
  }

  async #run({ job, failures }: Entry<Task>, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const delay = this.#delays[failures];
    const isLast = delay === undefined || !this.#isAccepting;
    const version = `${job.key} ${job.version}`;
    const isFirst = !this.#begun.has(version);
    remember(this.#begun, version, true);
    try {
      await this.#options.work(job, { signal, isFirst, isLast });
    } catch (error) {
      const triesAgain =
        delay !== undefined && this.#isAccepting && !signal.aborted && !this.#waiting.has(job.key);
      if (triesAgain) this.#postpone({ job, failures: failures + 1 }, delay);
      // Whoever sends it again means it.
      else this.#taken.delete(job.id);
      this.#options.onFailure(job, error, triesAgain);
    }
  }

  #postpone(entry: Entry<Task>, delay: number): void {
    entry.timer = setTimeout(() => {
      this.#wake(entry);
      this.#start();
    }, delay);
    this.#waiting.set(entry.job.key, entry);
  }
}

/** Keeps the newest. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MEMORY) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
