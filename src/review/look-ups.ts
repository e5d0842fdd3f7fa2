import {
  type Advisory,
  AdvisoryIndex,
  type AdvisorySource,
  type Question,
} from "../dependencies/index.ts";

/** Questions about packages and their answers, each asked once: both sides of a review and every proof of a fix ask the same. */
export class LookUps {
  readonly #source: AdvisorySource;
  readonly #answered = new Set<string>();
  readonly #failed = new Map<string, string>();
  readonly #wanted = new Map<string, Question>();
  readonly #known = new Map<string, Advisory>();
  #index = new AdvisoryIndex([]);
  #asking: Promise<void> = Promise.resolve();

  constructor(source: AdvisorySource) {
    this.#source = source;
  }

  /** Who was asked; undefined as long as nobody was. */
  get asked(): string | undefined {
    return this.#answered.size === 0 ? undefined : this.#source.name;
  }

  /** What is known so far, and which of the questions have no answer. Those that are new are noted to be asked. */
  find(questions: readonly Question[]): {
    readonly index: AdvisoryIndex;
    readonly failed: readonly (readonly [Question, string])[];
  } {
    const failed: [Question, string][] = [];
    for (const question of questions) {
      const key = keyOf(question);
      const reason = this.#failed.get(key);
      if (reason !== undefined) failed.push([question, reason]);
      else if (!this.#answered.has(key)) this.#wanted.set(key, question);
    }
    return { index: this.#index, failed };
  }

  isAnswered(question: Question): boolean {
    const key = keyOf(question);
    return this.#answered.has(key) && !this.#failed.has(key);
  }

  /** Asks what was noted; false where that was nothing. One side of a review may wait for what the other one has asked. */
  async askWanted(): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    if (wanted.length === 0) return false;
    this.#asking = this.#asking.then(() =>
      this.#ask(wanted.filter(([key]) => !this.#answered.has(key)).map(([, question]) => question)),
    );
    await this.#asking;
    return true;
  }

  async #ask(questions: readonly Question[]): Promise<void> {
    if (questions.length === 0) return;
    const { advisories, unanswered } = await this.#source.ask(questions);
    for (const question of questions) this.#answered.add(keyOf(question));
    for (const { questions: open, reason } of unanswered)
      for (const question of open)
        this.#failed.set(keyOf(question), `${this.#source.name}: ${reason}`);
    const before = this.#known.size;
    for (const advisory of advisories) this.#known.set(advisory.id, advisory);
    if (this.#known.size > before) this.#index = new AdvisoryIndex(this.#known.values());
  }
}

function keyOf({ ecosystem, name, version }: Question): string {
  return `${ecosystem}\0${name}\0${version ?? ""}`;
}
