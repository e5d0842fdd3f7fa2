/**
 * Names as words: `DB_PASSWORD`, `db-password`, `dbPassword` and `db.password` are all `db password`. Whether a name means a
 * secret is asked of whole words, so that `tokenizer`, `passwords_max` and `monkey` do not.
 */
export function wordsOf(name: string): string[] {
  return name
    .slice(0, MAX_NAME)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/^(\D+)\d+$/, "$1"))
    .filter((word) => word !== "");
}

/** A longer name is no name. */
const MAX_NAME = 120;

/** Names that are made of certain words. */
export class NamePattern {
  readonly #phrases: readonly string[];
  readonly #void: ReadonlySet<string>;
  readonly #voidEnds: ReadonlySet<string>;
  readonly #memory = new Map<string, boolean>();

  /** `phrases` are words in a row (`api key`); `without` are words that a name must not have, `notLast` those it must not end with. */
  constructor(phrases: readonly string[], without: readonly string[], notLast: readonly string[]) {
    // Written together or apart: `apikey` is `api key`.
    this.#phrases = phrases.flatMap((phrase) => [` ${phrase} `, ` ${phrase.replaceAll(" ", "")} `]);
    this.#void = new Set(without);
    this.#voidEnds = new Set(notLast);
  }

  matches(name: string): boolean {
    let answer = this.#memory.get(name);
    if (answer === undefined) {
      answer = this.#judge(wordsOf(name));
      if (this.#memory.size > MAX_REMEMBERED) this.#memory.clear();
      this.#memory.set(name, answer);
    }
    return answer;
  }

  #judge(words: readonly string[]): boolean {
    const last = words.at(-1);
    if (last === undefined || this.#voidEnds.has(last)) return false;
    if (words.some((word) => this.#void.has(word))) return false;
    const whole = ` ${words.join(" ")} `;
    return this.#phrases.some((phrase) => whole.includes(phrase));
  }
}

const MAX_REMEMBERED = 10_000;
