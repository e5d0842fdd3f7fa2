export interface Word {
  /** ASCII. */
  readonly text: string;
  /** Found only where no letter, digit or `_` stands on the other side of a letter, digit or `_` at its ends. */
  readonly whole: boolean;
  /** Found only where this holds of the bytes and of the word's first byte and the one behind its last. */
  readonly accept?: (bytes: Uint8Array, start: number, end: number) => boolean;
}

const ROOT = 0;
const NONE = -1;
/** Rows that the table has room for at first. */
const FIRST_ROWS = 256;

/**
 * Finds many words in bytes in one pass (Aho and Corasick 1975). Most files of a project hold no word that any rule waits
 * for; they are done after this pass, neither decoded nor parsed. It costs one table look-up a byte. The table is filled
 * where texts lead: of its thousands of rows a run needs a few hundred, and a small one hardly any.
 */
export class WordFinder {
  /** By row of a state plus class of a byte: twice the row of the next state, plus 1 when some word ends there; or `NONE`. */
  #next: Int32Array;
  /** By row: its state. */
  readonly #states: number[] = [];
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  readonly #trie: Trie;
  /** By state: where its row begins; nothing where it has none yet. */
  readonly #rows: number[] = [];
  /** By state: the state of its longest suffix that begins a word; nothing where that was not asked for yet. */
  readonly #fallbacks: number[] = [];
  /** By row: the indices of the words that end there. */
  readonly #ends: (readonly number[])[] = [];
  readonly #lengths: readonly number[];
  readonly #startsInWord: readonly boolean[];
  readonly #endsInWord: readonly boolean[];
  readonly #accepts: readonly Word["accept"][];

  constructor(words: readonly Word[]) {
    this.#lengths = words.map((word) => word.text.length);
    this.#startsInWord = words.map((word) => word.whole && isWordByte(word.text.charCodeAt(0)));
    this.#endsInWord = words.map(
      (word) => word.whole && isWordByte(word.text.charCodeAt(word.text.length - 1)),
    );
    this.#accepts = words.map((word) => word.accept);
    // Class 0 is every byte that occurs in no word.
    let classes = 1;
    for (const { text } of words) {
      for (let at = 0; at < text.length; at++) {
        const byte = text.charCodeAt(at);
        if (this.#classOf[byte] === 0) this.#classOf[byte] = classes++;
      }
    }
    this.#classes = classes;
    this.#trie = new Trie(words, this.#classOf);
    this.#next = new Int32Array(FIRST_ROWS * classes).fill(NONE);
    this.#rowOf(ROOT);
  }

  /** Calls `found` with the index of a word and the offset of its first byte, for every place where a word stands. */
  find(bytes: Uint8Array, found: (word: number, offset: number) => void): void {
    let next = this.#next;
    const classOf = this.#classOf;
    const { length } = bytes;
    let step = 0;
    for (let at = 0; at < length; at++) {
      const row = step >> 1;
      const byte = classOf[bytes[at] ?? 0] ?? 0;
      step = next[row + byte] ?? 0;
      // `NONE` is odd, too.
      if ((step & 1) === 0) continue;
      if (step === NONE) {
        step = this.#fill(row, byte);
        next = this.#next;
      }
      if ((step & 1) === 1) this.#report(step >> 1, bytes, at, found);
    }
  }

  /** Finds out where a byte leads from a row, and writes it into the table. */
  #fill(row: number, byte: number): number {
    const target = this.#goOn(this.#stateAt(row), byte);
    const to = this.#rowOf(target);
    const step = 2 * to + (this.#ends[to / this.#classes]?.length === 0 ? 0 : 1);
    this.#next[row + byte] = step;
    return step;
  }

  #stateAt(row: number): number {
    return this.#states[row / this.#classes] ?? ROOT;
  }

  #rowOf(state: number): number {
    const known = this.#rows[state];
    if (known !== undefined) return known;
    const row = this.#states.length * this.#classes;
    if (row === this.#next.length) {
      const larger = new Int32Array(2 * row).fill(NONE);
      larger.set(this.#next);
      this.#next = larger;
    }
    this.#states.push(state);
    this.#ends.push(this.#endsOf(state));
    this.#rows[state] = row;
    return row;
  }

  /** The state behind a byte: where a word cannot go on, its longest suffix that begins a word does. */
  #goOn(from: number, byte: number): number {
    let state = from;
    for (;;) {
      const child = this.#trie.child(state, byte);
      if (child !== NONE) return child;
      if (state === ROOT) return ROOT;
      state = this.#fallbackOf(state);
    }
  }

  #fallbackOf(state: number): number {
    const known = this.#fallbacks[state];
    if (known !== undefined) return known;
    const parent = this.#trie.parentOf(state);
    const fallback =
      parent === ROOT ? ROOT : this.#goOn(this.#fallbackOf(parent), this.#trie.byteOf(state));
    this.#fallbacks[state] = fallback;
    return fallback;
  }

  /** The indices of the words that end in a state, the longest word first. */
  #endsOf(state: number): readonly number[] {
    if (state === ROOT) return this.#trie.wordsAt(ROOT);
    const shorter = this.#endsOf(this.#fallbackOf(state));
    const own = this.#trie.wordsAt(state);
    return own.length === 0 ? shorter : [...own, ...shorter];
  }

  #report(
    row: number,
    bytes: Uint8Array,
    last: number,
    found: (word: number, offset: number) => void,
  ): void {
    for (const word of this.#ends[row / this.#classes] ?? []) {
      const start = last - (this.#lengths[word] ?? 0) + 1;
      if (this.#startsInWord[word] && start > 0 && isWordByte(bytes[start - 1] ?? 0)) continue;
      if (this.#endsInWord[word] && isWordByte(bytes[last + 1] ?? 0)) continue;
      if (this.#accepts[word]?.(bytes, start, last + 1) === false) continue;
      found(word, start);
    }
  }
}

/**
 * Words by their beginnings. A state is the number of a beginning; `ROOT` is the empty one. What follows a beginning is sorted out
 * when somebody asks: a small text meets few of thousands of words.
 */
class Trie {
  readonly #texts: readonly string[];
  readonly #classOf: Uint8Array;
  readonly #parents: number[] = [NONE];
  readonly #bytes: number[] = [0];
  readonly #lengths: number[] = [0];
  /** By state: the indices of the words that begin so. */
  readonly #words: (readonly number[])[];
  /** By state: the indices of the words that are so, once its children are known. */
  readonly #own: (readonly number[] | undefined)[] = [];
  readonly #children: ReadonlyMap<number, number>[] = [];

  constructor(words: readonly Word[], classOf: Uint8Array) {
    this.#texts = words.map(({ text }) => text);
    this.#classOf = classOf;
    this.#words = [[...words.keys()]];
  }

  child(state: number, byte: number): number {
    if (this.#own[state] === undefined) this.#branch(state);
    return this.#children[state]?.get(byte) ?? NONE;
  }

  parentOf(state: number): number {
    return this.#parents[state] ?? ROOT;
  }

  byteOf(state: number): number {
    return this.#bytes[state] ?? 0;
  }

  /** The indices of the words that are this beginning. */
  wordsAt(state: number): readonly number[] {
    return this.#own[state] ?? this.#branch(state);
  }

  #branch(state: number): readonly number[] {
    const length = this.#lengths[state] ?? 0;
    const own: number[] = [];
    const groups = new Map<number, number[]>();
    for (const word of this.#words[state] ?? []) {
      const text = this.#texts[word] ?? "";
      if (text.length === length) {
        own.push(word);
        continue;
      }
      const byte = this.#classOf[text.charCodeAt(length)] ?? 0;
      const group = groups.get(byte);
      if (group === undefined) groups.set(byte, [word]);
      else group.push(word);
    }
    const children = new Map<number, number>();
    for (const [byte, words] of groups) {
      children.set(byte, this.#parents.push(state) - 1);
      this.#bytes.push(byte);
      this.#lengths.push(length + 1);
      this.#words.push(words);
    }
    this.#own[state] = own;
    this.#children[state] = children;
    return own;
  }
}

/** Letters, digits, `_`, and every byte of a character beyond ASCII. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 95 ||
    byte >= 128
  );
}
