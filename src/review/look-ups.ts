import {
  type Advisory,
  AdvisoryIndex,
  type AdvisorySource,
  type Question,
} from "../dependencies/index.ts";

/** So many packages are asked about whole. */
const MAX_WHOLE = 20;

/** Questions about packages and their answers, each asked once: both sides of a review and every proof of a fix ask the same. */
export class LookUps {
  readonly #source: AdvisorySource;
  readonly #answered = new Set<string>();
  readonly #failed = new Map<string, string>();
  readonly #wanted = new Map<string, Question>();
  readonly #known = new Map<string, Advisory>();
  #index = new AdvisoryIndex([]);
  #asking: Promise<void> = Promise.resolve();
  #waiting = 0;
  #names: ReadonlySet<string> | undefined;

  constructor(source: AdvisorySource) {
    this.#source = source;
  }

  /** Who was asked; undefined as long as nobody was. */
  get asked(): string | undefined {
    return this.#answered.size === 0 ? undefined : this.#source.name;
  }

  /**
   * From now on nobody is asked about other packages than those. A few of them are asked about whole, whatever the version: where to go
   * from one version depends on the advisories of all, and would be a second question. Whatever else is known to be asked about them
   * is noted, so that all goes out at once.
   */
  narrow(packages: readonly Question[], others: readonly Question[]): void {
    this.#names = new Set(packages.map(nameOf));
    this.find(packages);
    this.find(others);
  }

  /** What is known so far, and which of the questions have no answer. Those that are new are noted to be asked: some are open then. */
  find(questions: readonly Question[]): {
    readonly index: AdvisoryIndex;
    readonly failed: readonly (readonly [Question, string])[];
    readonly isOpen: boolean;
  } {
    const failed: [Question, string][] = [];
    let isOpen = false;
    for (const given of questions) {
      const question = this.#asked(given);
      if (question === undefined) continue;
      const key = keyOf(question);
      const reason = this.#failed.get(key);
      if (reason !== undefined) failed.push([question, reason]);
      else if (!this.isAnswered(question)) {
        this.#wanted.set(key, question);
        isOpen = true;
      }
    }
    return { index: this.#index, failed, isOpen };
  }

  /** Whoever was told all of a package knows it of each version. */
  isAnswered({ ecosystem, name, version }: Question): boolean {
    const keys = [
      keyOf({ ecosystem, name }),
      ...(version === undefined ? [] : [keyOf({ ecosystem, name, version })]),
    ];
    return keys.some((key) => this.#answered.has(key) && !this.#failed.has(key));
  }

  /** Asks what was noted; false where that was nothing. Both sides of a review ask together where they can. */
  async askWanted(): Promise<boolean> {
    // What this side noted may be on its way already, with what the other side did.
    if (this.#wanted.size === 0 && this.#waiting === 0) return false;
    this.#waiting++;
    this.#asking = this.#asking.then(() => this.#askNow());
    await this.#asking;
    this.#waiting--;
    return true;
  }

  /** The question as it is asked; undefined where it is not. */
  #asked(question: Question): Question | undefined {
    if (this.#names === undefined) return question;
    if (!this.#names.has(nameOf(question))) return undefined;
    const { ecosystem, name } = question;
    return this.#names.size > MAX_WHOLE ? question : { ecosystem, name };
  }

  async #askNow(): Promise<void> {
    const questions = [...this.#wanted.values()].filter((question) => !this.isAnswered(question));
    this.#wanted.clear();
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

function nameOf({ ecosystem, name }: Question): string {
  return `${ecosystem}\0${name}`;
}

function keyOf({ ecosystem, name, version }: Question): string {
  return `${ecosystem}\0${name}\0${version ?? ""}`;
}
