/**
 * Whether a regular expression may take exponentially long on some text: a repetition of a repetition splits a run of characters in
 * as many ways as there are, and where what follows does not fit, an engine that goes back tries them all. Told from the form of the
 * pattern alone, in one pass.
 */

/** One part of a sequence: a character, a set of them, or a group. */
interface Part {
  /** The sequences of a group of which one has to fit; empty for all else. */
  readonly branches: readonly (readonly Part[])[];
  /** May fit nothing. */
  readonly isOptional: boolean;
  /** May be repeated without end. */
  readonly isRepeated: boolean;
}

/** Patterns that are longer are not written by hand. */
const MAX_LENGTH = 2000;
/** Groups within groups. */
const MAX_DEPTH = 20;

/** True where a repetition holds a sequence of which all may be empty but another repetition, and something has to follow. */
export function isSlowPattern(pattern: string): boolean {
  if (pattern.length > MAX_LENGTH) return false;
  const branches = new Reader(pattern).branches(0);
  return branches?.some((branch) => isSlow(branch, false)) === true;
}

function isSlow(sequence: readonly Part[], isFollowed: boolean): boolean {
  return sequence.some((part, index) => {
    const mustGoOn = isFollowed || index + 1 < sequence.length;
    if (part.isRepeated && mustGoOn && part.branches.some(isEndless)) return true;
    return part.branches.some((branch) => isSlow(branch, mustGoOn || part.isRepeated));
  });
}

/** True for a sequence that is a repetition of one part, as far as it has to be anything. */
function isEndless(sequence: readonly Part[]): boolean {
  const needed = sequence.filter((part) => !part.isOptional);
  const [only] = needed;
  if (needed.length > 1) return false;
  return (only === undefined ? sequence : [only]).some(
    (part) => part.isRepeated || part.branches.some(isEndless),
  );
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The sequences between bars up to the end of a group; undefined for what is no pattern, or one that does not go back. */
  branches(depth: number): Part[][] | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const branches: Part[][] = [[]];
    for (; this.#at < this.#text.length; ) {
      const char = this.#text[this.#at++];
      if (char === ")") return depth === 0 ? undefined : branches;
      if (char === "|") {
        branches.push([]);
        continue;
      }
      const isGroup = char === "(";
      const inner = isGroup ? this.#group(depth) : [];
      if (inner === undefined) return undefined;
      if (char === "\\") this.#at++;
      else if (char === "[") this.#skipSet();
      const quantifier = this.#quantifier();
      if (quantifier === undefined) return undefined;
      branches.at(-1)?.push({ branches: inner, ...quantifier });
    }
    return depth === 0 ? branches : undefined;
  }

  /** What a group holds; nothing where it only looks ahead or behind. */
  #group(depth: number): Part[][] | undefined {
    const opening = /^\?(?:P?<\w+>|[aiLmsux-]*[:)]|<?[=!]|>|#|P=)/.exec(
      this.#text.slice(this.#at, this.#at + 80),
    )?.[0];
    if (opening === undefined && this.#text[this.#at] === "?") return undefined;
    // A comment, a reference, or an atomic group.
    if (opening !== undefined && /[>#=]$/.test(opening) && !/<|=$/.test(opening)) return undefined;
    this.#at += opening?.length ?? 0;
    if (opening?.endsWith(")")) return [];
    const inner = this.branches(depth + 1);
    return inner !== undefined && opening !== undefined && /[=!]$/.test(opening) ? [] : inner;
  }

  #skipSet(): void {
    if (this.#text[this.#at] === "^") this.#at++;
    // A bracket right at the start is one of the characters.
    if (this.#text[this.#at] === "]") this.#at++;
    for (; this.#at < this.#text.length && this.#text[this.#at] !== "]"; this.#at++)
      if (this.#text[this.#at] === "\\") this.#at++;
    this.#at++;
  }

  /** Undefined for a possessive one, which never gives back what it took. */
  #quantifier(): Omit<Part, "branches"> | undefined {
    const written = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})([?+]?)/.exec(
      this.#text.slice(this.#at, this.#at + 20),
    );
    if (written === null) return { isOptional: false, isRepeated: false };
    const [whole, least, comma, most, mode] = written;
    if (mode === "+") return undefined;
    this.#at += whole.length;
    return {
      isOptional: /^[*?]/.test(whole) || (least !== undefined && Number(least) === 0),
      isRepeated: /^[*+]/.test(whole) || (comma === "," && most === ""),
    };
  }
}
