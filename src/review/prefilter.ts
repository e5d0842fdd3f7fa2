import type { Prepared } from "../analyzers/index.ts";
import { type Word, WordFinder } from "../core/word-finder.ts";

/** What one pass over the bytes of a file told. */
export interface Hits {
  /** The analyzers that have to look at the file, by their place in the list. */
  readonly analyzers: readonly number[];
  readonly words: ReadonlySet<string>;
  /** Offsets in bytes of the whole words for which files are inspected, ascending; where they are many, not all. */
  readonly offsets: readonly number[];
}

const MAX_OFFSETS = 5000;

interface Trigger {
  readonly analyzer: number;
  readonly words: readonly number[];
  /** Those of the words that tell which lines matter. */
  readonly telling: readonly number[];
}

/** Tells from the bytes of a file which analyzers have to look at it. */
export class Prefilter {
  readonly #finder: WordFinder;
  readonly #words: readonly Word[];
  /** By word: whether its places are kept. */
  readonly #placed: readonly boolean[];
  /** By word: the triggers that begin with it. There are thousands, and most files hold a few words. */
  readonly #triggers: readonly (readonly Trigger[])[];

  constructor(prepared: readonly Prepared[]) {
    const words = new Map<string, number>();
    const list: Word[] = [];
    const tests = new Map<Word["accept"], number>();
    const idOf = (word: Word): number => {
      tests.set(word.accept, tests.get(word.accept) ?? tests.size);
      const key = `${word.whole} ${tests.get(word.accept)} ${word.text}`;
      const id = words.get(key) ?? list.push(word) - 1;
      words.set(key, id);
      return id;
    };
    const triggers = prepared.flatMap((one, analyzer) =>
      one.triggers.map((trigger) => ({
        analyzer,
        words: trigger.map(idOf),
        telling: trigger.filter((word) => word.elsewhere !== true).map(idOf),
      })),
    );
    const inspected = triggers.filter(
      (trigger) => prepared[trigger.analyzer]?.inspect !== undefined,
    );
    const byWord = new Map<number, Trigger[]>();
    for (const trigger of triggers) {
      const first = trigger.words[0] ?? -1;
      byWord.set(first, [...(byWord.get(first) ?? []), trigger]);
    }
    this.#triggers = list.map((_, id) => byWord.get(id) ?? []);
    const placed = new Set(inspected.flatMap((trigger) => trigger.telling));
    this.#placed = list.map((word, id) => word.whole && placed.has(id));
    this.#words = list;
    this.#finder = new WordFinder(list);
  }

  /** Undefined when no analyzer has anything to look for. */
  look(bytes: Uint8Array): Hits | undefined {
    const seen = new Set<number>();
    const places: { readonly word: number; readonly offset: number }[] = [];
    this.#finder.find(bytes, (word, offset) => {
      seen.add(word);
      if (this.#placed[word] && places.length < MAX_OFFSETS) places.push({ word, offset });
    });
    if (seen.size === 0) return undefined;
    const analyzers = new Set<number>();
    // A word that only triggers with others, which are not there, says nothing of the lines that it stands on.
    const telling = new Set<number>();
    for (const first of seen) {
      for (const trigger of this.#triggers[first] ?? []) {
        if (!trigger.words.every((word) => seen.has(word))) continue;
        analyzers.add(trigger.analyzer);
        for (const word of trigger.telling) telling.add(word);
      }
    }
    if (analyzers.size === 0) return undefined;
    return {
      analyzers: [...analyzers].sort((a, b) => a - b),
      words: new Set([...seen].map((word) => this.#words[word]?.text ?? "")),
      offsets: places.filter(({ word }) => telling.has(word)).map(({ offset }) => offset),
    };
  }
}
