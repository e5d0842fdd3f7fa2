// Questions to GraphQL that are asked at the same time travel together: files of several commits, and the threads of a pull
// request, are one call. Each question is one field of a repository. GitHub fails a query as a whole that asks for too much, without
// saying how much that is; it is then halved. A field that fails alone fails alone.
import { askGraphql, type GraphqlAnswer, type Octokit, type RepositoryName } from "./api.ts";
import { GitHubError, problemError } from "./errors.ts";

export interface Question {
  readonly repository: RepositoryName;
  /** One field with its arguments and what is asked of it, in GraphQL. */
  readonly field: string;
  /** For the message of a failure: completes "cannot …", and what it needs. */
  readonly task: string;
  readonly permission: string;
  /** What the answer may weigh, if that is known. */
  readonly bytes?: number;
  /** True for what may turn out useful: it is asked where it fits into a query that goes out anyway, and else not answered. */
  readonly isSpare?: boolean;
}

interface Waiting extends Question {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A hundred paths at two commits, and what else a review asks for. In use elsewhere: 50 to 250 files. */
const MAX_FIELDS = 240;
const MAX_BYTES = 8_000_000;
/** A source file's usual weight, where it is not known. */
const USUAL_BYTES = 20_000;
/** Documents on their way at the same time. */
const MAX_PARALLEL = 4;
/** Of one batch, after which GitHub is taken to be down rather than overtaxed. */
const MAX_FAILURES = 10;

export class QueryQueue {
  readonly #graphql: Octokit["graphql"];
  #waiting: Waiting[] = [];
  #holds = 0;

  constructor(graphql: Octokit["graphql"]) {
    this.#graphql = graphql;
  }

  /** The field's value, which may be null; undefined for a spare question that was not asked. Rejects with `GitHubError`. */
  ask(question: Question): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // Not a microtask: those who ask together may be some awaits apart.
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
      this.#waiting.push({ ...question, resolve, reject });
    });
  }

  /** Lets questions wait for each other until the function that it returns is called: somebody computes what else to ask. */
  hold(): () => void {
    let isHeld = true;
    this.#holds++;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      setImmediate(() => void this.#flush());
    };
  }

  async #flush(): Promise<void> {
    if (this.#holds > 0) return;
    const { batches, left } = inBatches(this.#waiting);
    for (const { resolve } of left) resolve(undefined);
    this.#waiting = [];
    const state = { failures: 0 };
    const work = async () => {
      for (let next = batches.shift(); next !== undefined; next = batches.shift())
        await this.#send(next, state);
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL }, work));
  }

  async #send(batch: readonly Waiting[], state: { failures: number }): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      const answer = await askGraphql(
        this.#graphql,
        first.task,
        first.permission,
        documentOf(batch),
      );
      // What GitHub answers before it ends a query that takes too much is a part of it.
      const whole = answer.problems.find(
        ({ path, type }) => path === undefined || type === "RESOURCE_LIMITS_EXCEEDED",
      );
      if (whole !== undefined) throw problemError(first.task, first.permission, whole);
      deliver(batch, answer);
    } catch (error) {
      state.failures++;
      const isTooMuch = error instanceof GitHubError && error.isUncertain;
      const needed = batch.filter(({ isSpare }) => isSpare !== true);
      if (isTooMuch && needed.length < batch.length) {
        for (const { isSpare, resolve } of batch) if (isSpare === true) resolve(undefined);
        return this.#send(needed, state);
      }
      if (!isTooMuch || batch.length === 1 || state.failures >= MAX_FAILURES) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#send(batch.slice(0, middle), state);
      await this.#send(batch.slice(middle), state);
    }
  }
}

interface Batch {
  readonly questions: Waiting[];
  bytes: number;
}

/** As few batches as hold what has to be asked, filled up with what may be; what is left over is not asked. */
function inBatches(waiting: readonly Waiting[]): {
  readonly batches: (readonly Waiting[])[];
  readonly left: readonly Waiting[];
} {
  const batches: Batch[] = [];
  const left: Waiting[] = [];
  for (const question of waiting.filter(({ isSpare }) => isSpare !== true)) {
    const last = batches.at(-1);
    if (last === undefined || !add(last, question))
      batches.push({ questions: [question], bytes: question.bytes ?? USUAL_BYTES });
  }
  for (const question of waiting.filter(({ isSpare }) => isSpare === true))
    if (!batches.some((batch) => add(batch, question))) left.push(question);
  return { batches: batches.map(({ questions }) => questions), left };
}

/** False where the question does not fit in. */
function add(batch: Batch, question: Waiting): boolean {
  const { bytes = USUAL_BYTES } = question;
  if (batch.questions.length >= MAX_FIELDS || batch.bytes + bytes > MAX_BYTES) return false;
  batch.questions.push(question);
  batch.bytes += bytes;
  return true;
}

/** The questions of each repository, with the alias that they have in the document. */
function aliases(batch: readonly Waiting[]): Map<string, Map<string, Waiting>> {
  const byRepository = new Map<string, Map<string, Waiting>>();
  batch.forEach((question, index) => {
    const { owner, repo } = question.repository;
    const key = `repository(owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(repo)})`;
    const known = byRepository.get(key) ?? new Map<string, Waiting>();
    byRepository.set(key, known.set(`f${index}`, question));
  });
  return byRepository;
}

function documentOf(batch: readonly Waiting[]): string {
  const repositories = [...aliases(batch)].map(([repository, questions], index) => {
    const fields = Array.from(questions, ([alias, { field }]) => `${alias}: ${field}`);
    return `r${index}: ${repository} {\n${fields.join("\n")}\n}`;
  });
  return `query {\n${repositories.join("\n")}\n}`;
}

function deliver(batch: readonly Waiting[], { data, problems }: GraphqlAnswer): void {
  [...aliases(batch).values()].forEach((questions, index) => {
    const node = data[`r${index}`];
    const values = new Map(
      typeof node === "object" && node !== null ? Object.entries(node) : undefined,
    );
    for (const [alias, { task, permission, resolve, reject }] of questions) {
      const problem = problems.find(
        ({ path = [] }) => path[0] === `r${index}` && (path.length === 1 || path[1] === alias),
      );
      if (problem !== undefined) reject(problemError(task, permission, problem));
      else resolve(values.get(alias) ?? null);
    }
  });
}
