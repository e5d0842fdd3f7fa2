// Questions to GraphQL that are asked at the same time travel together: files of several commits, and the threads of a pull
// request, are one call. Each question is one field, of a repository or beside them. GitHub fails a query as a whole that asks for too much, without
// saying how much that is; it is then halved. A field that fails alone fails alone.
import { askGraphql, type GraphqlAnswer, type Octokit, type RepositoryName } from "./api.ts";
import { GitHubError, type GraphqlProblem, problemError } from "./errors.ts";

export interface Question {
  /** Whose field it is; absent for one of GitHub as a whole. */
  readonly repository?: RepositoryName;
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

/** Of repositories: a hundred paths at two commits, and what else a review asks for. In use elsewhere: 50 to 250 files. */
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
      const whole = problemOfAll(answer);
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
      const beside = batch.filter(({ repository }) => repository === undefined);
      if (beside.length > 0 && beside.length < batch.length && error instanceof GitHubError) {
        // An older server may not know the field, and must not keep the files back for it.
        await this.#send(
          batch.filter(({ repository }) => repository !== undefined),
          state,
        );
        for (const { isSpare, resolve } of beside) if (isSpare === true) resolve(undefined);
        return this.#send(
          beside.filter(({ isSpare }) => isSpare !== true),
          state,
        );
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
  fields: number;
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
    if (last !== undefined && add(last, question)) continue;
    const { fields, bytes } = weigh(question);
    batches.push({ questions: [question], fields, bytes });
  }
  for (const question of waiting.filter(({ isSpare }) => isSpare === true))
    if (!batches.some((batch) => add(batch, question))) left.push(question);
  return { batches: batches.map(({ questions }) => questions), left };
}

function weigh({ repository, bytes = USUAL_BYTES }: Waiting) {
  return { fields: repository === undefined ? 0 : 1, bytes };
}

/** False where the question does not fit in. */
function add(batch: Batch, question: Waiting): boolean {
  const { fields, bytes } = weigh(question);
  if (batch.fields + fields > MAX_FIELDS || batch.bytes + bytes > MAX_BYTES) return false;
  batch.questions.push(question);
  batch.fields += fields;
  batch.bytes += bytes;
  return true;
}

/** What is wrong with an answer as a whole: none of it can be believed then. */
function problemOfAll({ data, problems }: GraphqlAnswer): GraphqlProblem | undefined {
  return problems.find(
    ({ path, type }) =>
      path === undefined ||
      // What GitHub answers before it ends a query that takes too much is a part of it.
      type === "RESOURCE_LIMITS_EXCEEDED" ||
      // A field that fails and may not be null takes all others with it.
      Object.keys(data).length === 0,
  );
}

/** Questions by the field that they are asked of, which is empty for the query itself, with the alias that each has there. */
function aliases(batch: readonly Waiting[]): Map<string, Map<string, Waiting>> {
  const byRepository = new Map<string, Map<string, Waiting>>();
  batch.forEach((question, index) => {
    const { owner, repo } = question.repository ?? {};
    const key =
      owner === undefined
        ? ""
        : `repository(owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(repo)})`;
    const known = byRepository.get(key) ?? new Map<string, Waiting>();
    byRepository.set(key, known.set(`f${index}`, question));
  });
  return byRepository;
}

function documentOf(batch: readonly Waiting[]): string {
  const parts = [...aliases(batch)].map(([repository, questions], index) => {
    const fields = Array.from(questions, ([alias, { field }]) => `${alias}: ${field}`).join("\n");
    return repository === "" ? fields : `r${index}: ${repository} {\n${fields}\n}`;
  });
  return `query {\n${parts.join("\n")}\n}`;
}

function deliver(batch: readonly Waiting[], { data, problems }: GraphqlAnswer): void {
  [...aliases(batch)].forEach(([repository, questions], index) => {
    const isBeside = repository === "";
    const node = isBeside ? data : data[`r${index}`];
    const values = new Map(
      typeof node === "object" && node !== null ? Object.entries(node) : undefined,
    );
    for (const [alias, { task, permission, resolve, reject }] of questions) {
      const problem = problems.find(({ path = [] }) =>
        isBeside
          ? path[0] === alias
          : path[0] === `r${index}` && (path.length === 1 || path[1] === alias),
      );
      if (problem !== undefined) reject(problemError(task, permission, problem));
      else resolve(values.get(alias) ?? null);
    }
  });
}
