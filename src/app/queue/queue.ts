/** One piece of work. Plain data, so that an engine can keep it wherever it likes. */
export interface Job<Task> {
  /** The delivery that asked for it. The same one is not taken twice, unless it failed. */
  readonly id: string;
  /** Of the jobs with one key one runs at a time, and only the newest waits. */
  readonly key: string;
  /** What is worked on: a job for another version ends the one that runs. */
  readonly version: string;
  /** True when this version is to be worked on even though it is being, or was. */
  readonly again: boolean;
  /** Left out by what did not come in a delivery, and is never late. */
  readonly position?: Position;
  readonly task: Task;
}

/** Where a delivery stands among those of its key: they may arrive in any order. */
export interface Position {
  /** Milliseconds by GitHub's clock, which tells them to the second. */
  readonly at: number;
  readonly head: string;
  /** The head that it replaced, which orders pushes of the same second. */
  readonly before?: string;
}

/** `known`: the delivery was taken already, or what it asks for is under way. `late`: a newer one was taken. */
export type Added = "queued" | "known" | "late" | "closed";

/** What a worker is told beside its job. */
export interface Turn {
  /** Aborted when the job is to end; the reason says why. */
  readonly signal: AbortSignal;
  /** True when, as far as the queue knows, nobody has worked on this version for this key before. */
  readonly isFirst: boolean;
  /** False when the job will be tried again should it throw. */
  readonly isLast: boolean;
}

/** Does one job. What it throws counts as a failure, and the job is tried again a little later. */
export type Work<Task> = (job: Job<Task>, turn: Turn) => Promise<void>;

/** Called with every failure. */
export type OnFailure<Task> = (job: Job<Task>, error: unknown, triesAgain: boolean) => void;

export interface Queue<Task> {
  /** Settles once the job is safe with the queue, not when it is done. */
  add(job: Job<Task>): Promise<Added>;
  /** Drops the job that waits and ends the one that runs, unless the position is late. */
  cancel(key: string, reason: string, position?: Position): Promise<void>;
  /** False once it was closed. */
  readonly isAccepting: boolean;
  /**
   * Takes nothing more and lets the work go on for so many milliseconds; then ends it. An engine that outlives the process
   * keeps what waits; settles when nothing runs.
   */
  close(grace: number): Promise<void>;
}

/** True when `position` is older than the newest that was taken. */
export function isLate(position: Position | undefined, newest: Position | undefined): boolean {
  if (position === undefined || newest === undefined) return false;
  if (position.at !== newest.at) return position.at < newest.at;
  return position.head === newest.before && position.before !== newest.head;
}
