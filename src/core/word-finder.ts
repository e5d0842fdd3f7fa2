export interface Word {
  /** ASCII. */
  readonly text: string;
  /** Found only where no letter, digit or `_` stands on the other side of a letter, digit or `_` at its ends. */
  readonly whole: boolean;
  /** Found only where this holds of the bytes and of the word's first byte and the one behind its last. */
  readonly accept?: (bytes: Uint8Array, start: number, end: number) => boolean;
}

/**
 * Finds many words in bytes in one pass (Aho and Corasick 1975). Most files of a project hold no word that any rule waits
 * for; they are done after this pass, neither decoded nor parsed. The automaton is dense: one table look-up a byte.
 */
export class WordFinder {
  /** By row of a state plus class of a byte: twice the row of the next state, plus 1 when some word ends there. */
  readonly #next: Int32Array;
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  /** By state: the indices of the words that end there. */
  readonly #ends: readonly (readonly number[] | undefined)[];
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
    const alphabet = [
      ...new Set(words.flatMap((word) => [...word.text].map((char) => char.charCodeAt(0)))),
    ];
    // Class 0 is every byte that occurs in no word.
    alphabet.forEach((byte, index) => {
      this.#classOf[byte] = index + 1;
    });
    this.#classes = alphabet.length + 1;
    const children: Map<number, number>[] = [new Map()];
    const ends: (number[] | undefined)[] = [undefined];
    words.forEach((word, index) => {
      let state = 0;
      for (const char of word.text) {
        const byte = this.#classOf[char.charCodeAt(0)] ?? 0;
        let child = children[state]?.get(byte);
        if (child === undefined) {
          child = children.length;
          children[state]?.set(byte, child);
          children.push(new Map());
          ends.push(undefined);
        }
        state = child;
      }
      ends[state] = [...(ends[state] ?? []), index];
    });
    this.#next = this.#complete(children, ends);
    this.#ends = ends;
  }

  /** Fills the table breadth first: where a word cannot go on, its longest suffix that begins a word does. */
  #complete(children: readonly Map<number, number>[], ends: (number[] | undefined)[]): Int32Array {
    const next = new Int32Array(children.length * this.#classes);
    const fallback = new Int32Array(children.length);
    const queue = [0];
    for (let at = 0; at < queue.length; at++) {
      const state = queue[at] ?? 0;
      const row = state * this.#classes;
      const back = (fallback[state] ?? 0) * this.#classes;
      if (state !== 0) {
        const shorter = ends[fallback[state] ?? 0];
        if (shorter !== undefined) ends[state] = [...(ends[state] ?? []), ...shorter];
        // A whole row at once: a state has few children and hundreds of classes.
        next.copyWithin(row, back, back + this.#classes);
      }
      for (const [byte, child] of children[state] ?? []) {
        fallback[child] = state === 0 ? 0 : (next[back + byte] ?? 0);
        next[row + byte] = child;
        queue.push(child);
      }
    }
    // Rows instead of states save a multiplication a byte, the bit a look-up.
    return next.map((state) => 2 * state * this.#classes + (ends[state] === undefined ? 0 : 1));
  }

  /** Calls `found` with the index of a word and the offset of its first byte, for every place where a word stands. */
  find(bytes: Uint8Array, found: (word: number, offset: number) => void): void {
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    const { length } = bytes;
    let step = 0;
    for (let at = 0; at < length; at++) {
      step = next[(step >> 1) + (classOf[bytes[at] ?? 0] ?? 0)] ?? 0;
      if ((step & 1) === 1) this.#report((step >> 1) / classes, bytes, at, found);
    }
  }

  #report(
    state: number,
    bytes: Uint8Array,
    last: number,
    found: (word: number, offset: number) => void,
  ): void {
    for (const word of this.#ends[state] ?? []) {
      const start = last - (this.#lengths[word] ?? 0) + 1;
      if (this.#startsInWord[word] && start > 0 && isWordByte(bytes[start - 1] ?? 0)) continue;
      if (this.#endsInWord[word] && isWordByte(bytes[last + 1] ?? 0)) continue;
      if (this.#accepts[word]?.(bytes, start, last + 1) === false) continue;
      found(word, start);
    }
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
