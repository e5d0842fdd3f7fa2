import { wordsOf } from "../../name-words.ts";

/** Names that are made of certain words. */
export class NamePattern {
  readonly #phrases: readonly string[];
  readonly #ends: ReadonlySet<string>;
  readonly #void: readonly string[];
  readonly #voidEnds: ReadonlySet<string>;
  readonly #memory = new Map<string, boolean>();

  /**
   * `phrases` are words in a row (`api key`), `ends` words that count as last ones; `without` are words or phrases that a name must
   * not have, `notLast` words it must not end with.
   */
  constructor(
    phrases: readonly string[],
    ends: readonly string[],
    without: readonly string[],
    notLast: readonly string[],
  ) {
    // Written together or apart: `apikey` is `api key`.
    this.#phrases = phrases.flatMap((phrase) => [` ${phrase} `, ` ${phrase.replaceAll(" ", "")} `]);
    this.#ends = new Set(ends);
    this.#void = without.map((phrase) => ` ${phrase} `);
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

  /** True for a text that is a name itself, and of something else: `pwd_hash2`, `password-field`. */
  isOtherName(text: string): boolean {
    const [, last] = NAME.exec(text) ?? [];
    return last !== undefined && this.#voidEnds.has(last.toLowerCase());
  }

  #judge(words: readonly string[]): boolean {
    const last = words.at(-1);
    if (last === undefined || this.#voidEnds.has(last)) return false;
    const whole = ` ${words.join(" ")} `;
    if (this.#void.some((phrase) => whole.includes(phrase))) return false;
    return this.#ends.has(last) || this.#phrases.some((phrase) => whole.includes(phrase));
  }
}

const NAME = /^[A-Za-z]{2,40}(?:[_.-][A-Za-z]{2,40}){0,8}[_.-]([A-Za-z]{2,40})[_.-]?\d{0,2}$/;
const MAX_REMEMBERED = 10_000;
