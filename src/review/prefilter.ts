import type { Prepared, Trigger, Use } from "../analyzers/index.ts";
import { type Word, WordFinder } from "../core/word-finder.ts";
import { CodeText } from "../python/index.ts";

/** What one pass over the bytes of a file told. */
export interface Hits {
  /** The analyzers that have to look at the file, by their place in the list. */
  readonly analyzers: readonly number[];
  readonly words: ReadonlySet<string>;
  /**
   * The triggers that the file satisfies. Of those for which files are inspected, with the places of their whole words: for each,
   * offsets in bytes, ascending; where they are many, not all.
   */
  readonly triggers: ReadonlyMap<Trigger, readonly Places[]>;
  /** The text in which offsets are places, where it was looked at what words are used for. */
  readonly code?: CodeText | undefined;
}

/** Where one word stands. Triggers share what they have in common. */
export type Places = readonly number[];

const MAX_OFFSETS = 5000;

/** A word of a trigger, by its place in the list of words to be found. */
interface Wanted {
  readonly word: number;
  readonly use: Use | undefined;
  /** It tells which lines matter. */
  readonly isTelling: boolean;
}

interface Entry {
  readonly analyzer: number;
  readonly trigger: Trigger;
  readonly wanted: readonly Wanted[];
}

/** One list, because lists are told apart by which they are. */
const NO_TRIGGERS: readonly Trigger[] = [];

/**
 * The prefilters of a set of analyzers. Paths of different kinds have different ones: whatever is looked for costs time in each
 * file, and in tests, or in what is no program, most of it says nothing.
 */
export class Prefilters {
  readonly #prepared: readonly Prepared[];
  readonly #lists = new Map<readonly Trigger[], number>();
  readonly #made = new Map<string, Prefilter>();

  constructor(prepared: readonly Prepared[]) {
    this.#prepared = prepared;
  }

  /** The one that looks in files at a path for what some analyzers, by their place in the list, wait for. */
  at(path: string, analyzers: readonly number[]): Prefilter {
    let key = "";
    for (const analyzer of analyzers)
      key += `${analyzer} ${this.#numberOf(this.#triggersAt(analyzer, path))},`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = new Prefilter(
      analyzers.map((analyzer) => ({
        analyzer,
        triggers: this.#triggersAt(analyzer, path),
        isInspector: this.#prepared[analyzer]?.inspect !== undefined,
      })),
    );
    this.#made.set(key, made);
    return made;
  }

  #triggersAt(analyzer: number, path: string): readonly Trigger[] {
    const { triggers = NO_TRIGGERS, triggersAt } = this.#prepared[analyzer] ?? {};
    return triggersAt?.(path) ?? triggers;
  }

  #numberOf(triggers: readonly Trigger[]): number {
    const number = this.#lists.get(triggers) ?? this.#lists.size;
    this.#lists.set(triggers, number);
    return number;
  }
}

/** What one analyzer waits for. */
interface Sought {
  readonly analyzer: number;
  readonly triggers: readonly Trigger[];
  readonly isInspector: boolean;
}

/** Tells from the bytes of a file which analyzers have to look at it. */
export class Prefilter {
  readonly #finder: WordFinder;
  readonly #words: readonly Word[];
  /** By word: whether its places are kept. */
  readonly #placed: readonly boolean[];
  /** By word: the triggers of which it is the one that stands in the fewest. There are thousands, and most files hold a few words. */
  readonly #entries: readonly (readonly Entry[])[];

  constructor(sought: readonly Sought[]) {
    const list: Word[] = [];
    const wholes = new Map<Word["accept"], Map<string, number>>();
    const parts = new Map<Word["accept"], Map<string, number>>();
    const idOf = (word: Word): number => {
      const alike = word.whole ? wholes : parts;
      const ids = alike.get(word.accept) ?? new Map<string, number>();
      alike.set(word.accept, ids);
      const known = ids.get(word.text);
      if (known !== undefined) return known;
      const id = list.push(word) - 1;
      ids.set(word.text, id);
      return id;
    };
    const placed = new Set<number>();
    const entries: Entry[] = [];
    const counts: number[] = [];
    for (const { analyzer, triggers, isInspector } of sought)
      for (const trigger of triggers) {
        const wanted = trigger.map((word) => ({
          word: idOf(word),
          use: word.use,
          isTelling:
            (word.whole || word.use !== undefined) && word.elsewhere !== true && isInspector,
        }));
        for (const { word, use, isTelling } of wanted) {
          if (isTelling || use !== undefined) placed.add(word);
          counts[word] = (counts[word] ?? 0) + 1;
        }
        entries.push({ analyzer, trigger, wanted });
      }
    const byWord: Entry[][] = list.map(() => []);
    for (const entry of entries) {
      let rarest = entry.wanted[0]?.word ?? -1;
      for (const { word } of entry.wanted)
        if ((counts[word] ?? 0) < (counts[rarest] ?? 0)) rarest = word;
      byWord[rarest]?.push(entry);
    }
    this.#entries = byWord;
    this.#placed = list.map((_, id) => placed.has(id));
    this.#words = list;
    this.#finder = new WordFinder(list);
  }

  /** Undefined when no analyzer has anything to look for. In a program, what a word is used for counts, too. */
  look(bytes: Uint8Array, isProgram: boolean): Hits | undefined {
    const seen = new Set<number>();
    const places = new Map<number, number[]>();
    let count = 0;
    this.#finder.find(bytes, (word, offset) => {
      seen.add(word);
      if (!this.#placed[word] || count >= MAX_OFFSETS) return;
      count++;
      const known = places.get(word);
      if (known === undefined) places.set(word, [offset]);
      else known.push(offset);
    });
    if (seen.size === 0) return undefined;
    const uses = isProgram && count < MAX_OFFSETS ? new Uses(bytes, this.#words) : undefined;
    const analyzers = new Set<number>();
    const triggers = new Map<Trigger, readonly Places[]>();
    for (const first of seen) {
      for (const { analyzer, trigger, wanted } of this.#entries[first] ?? []) {
        if (!wanted.every(({ word }) => seen.has(word))) continue;
        const found = wanted.map(({ word, use }) => {
          const at = places.get(word) ?? [];
          return use === undefined || uses === undefined ? at : uses.of(word, use, at);
        });
        const isUsed = ({ use }: Wanted, index: number) =>
          use === undefined || found[index]?.length !== 0;
        if (uses !== undefined && !wanted.every(isUsed)) continue;
        analyzers.add(analyzer);
        triggers.set(
          trigger,
          found.filter((_, index) => wanted[index]?.isTelling === true),
        );
      }
    }
    if (analyzers.size === 0) return undefined;
    return {
      analyzers: [...analyzers].sort((a, b) => a - b),
      words: new Set([...seen].map((word) => this.#words[word]?.text ?? "")),
      triggers,
      code: uses?.code,
    };
  }
}

/** What the words of one program are used for; asked once for each word and use. */
class Uses {
  readonly #bytes: Uint8Array;
  readonly #words: readonly Word[];
  readonly #known = new Map<Use, Map<number, readonly number[]>>();
  code: CodeText | undefined;

  constructor(bytes: Uint8Array, words: readonly Word[]) {
    this.#bytes = bytes;
    this.#words = words;
  }

  /** Those of the places of a word at which it is used so. */
  of(word: number, use: Use, places: readonly number[]): readonly number[] {
    const known = this.#known.get(use) ?? new Map<number, readonly number[]>();
    this.#known.set(use, known);
    let found = known.get(word);
    if (found === undefined) {
      this.code ??= new CodeText(this.#bytes);
      const { code } = this;
      const length = this.#words[word]?.text.length ?? 0;
      found = places.filter((place) => use(code, place, place + length));
      known.set(word, found);
    }
    return found;
  }
}
