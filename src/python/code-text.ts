/**
 * A program as text, asked about single places before anybody parses it: is this a comment, what is given to the call that
 * begins here. Answers are about the text alone, and where it cannot tell, it says so.
 */

import { type Imported, importedNames } from "./import-names.ts";

/** What a call is given at one place, as far as its text tells. */
export interface WrittenArgument {
  /** `*items` and `**entries` stand for any number of arguments. */
  readonly spread?: "*" | "**";
  readonly keyword?: string;
  /** True where it is written out: texts, numbers, and lists of such, but no name. */
  readonly isLiteral: boolean;
  /** Without the keyword. */
  readonly text: string;
}

/** Longer calls are not looked at. */
const MAX_ARGUMENTS = 20_000;
/** In all calls of a program together, no more is looked at either. */
const MAX_ALTOGETHER = 1_000_000;
/** How often a whole program is searched. */
const MAX_SEARCHES = 500;
/** Words that do not stand for a value that somebody else may have chosen. */
const LITERAL_WORDS: ReadonlySet<string> = new Set("True False None and or not in is".split(" "));

const [LINE_END, DOUBLE_QUOTE, HASH, QUOTE, ASTERISK, COMMA, BACKSLASH] = [
  10, 34, 35, 39, 42, 44, 92,
];

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export class CodeText {
  /** Of bytes one character for each, so that places in the bytes are places in it. */
  readonly text: string;
  #quiet: readonly Stretch[] | undefined;
  #imports: ReadonlyMap<string, readonly Imported[]> | undefined;
  #imported: ReadonlySet<string> | undefined;
  readonly #holdings = new Map<string, boolean>();
  /** By the place of the parenthesis: several rules speak of one call. */
  readonly #arguments = new Map<number, ReadArguments>();
  #left = MAX_ALTOGETHER;

  constructor(code: Uint8Array | string) {
    const text =
      typeof code === "string"
        ? code
        : Buffer.from(code.buffer, code.byteOffset, code.byteLength).toString("latin1");
    // Alone, a carriage return ends a line too.
    this.text = text.includes("\r") ? text.replace(/\r(?!\n)/g, "\n") : text;
  }

  /** The comment or text around a place; undefined in code, and in texts that may hold code. */
  quietAround(place: number): string | undefined {
    this.#quiet ??= quietIn(this.text);
    let [low, high] = [0, this.#quiet.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#quiet[middle]?.end ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    const found = this.#quiet[low];
    return found === undefined || found.start > place
      ? undefined
      : this.text.slice(found.start, found.end);
  }

  /** What the imports bind, wherever they stand, by the name that it has here. */
  get imports(): ReadonlyMap<string, readonly Imported[]> {
    this.#imports ??= importedNames(this.text);
    return this.#imports;
  }

  /** True for a name that may have come from another module under that name. */
  mayImport(name: string): boolean {
    this.#imported ??= new Set(
      [...this.imports].flatMap(([as, all]) =>
        all.flatMap((one) => (one.name === undefined ? [] : [as, one.name])),
      ),
    );
    return this.#imported.has(name) || this.#imported.has("*");
  }

  /** True where two words stand on one line, whatever they do there. */
  standTogether(a: string, b: string): boolean {
    return this.#holds(`${a} ${b}`, () => standOnLine(this.text, a, b));
  }

  /** True where an attribute is mentioned without being called. */
  mentions(owner: string, name: string): boolean {
    return this.#holds(`${owner}.${name}`, () =>
      new RegExp(`\\b${owner}\\s*\\.\\s*${name}\\b(?!\\s*\\()`).test(this.text),
    );
  }

  #holds(what: string, search: () => boolean): boolean {
    let answer = this.#holdings.get(what);
    if (answer === undefined) {
      answer = this.#holdings.size >= MAX_SEARCHES || search();
      this.#holdings.set(what, answer);
    }
    return answer;
  }

  /** What stands between the parenthesis at a place and the one that closes it; undefined where that cannot be told. */
  argumentsAt(open: number): readonly WrittenArgument[] | undefined {
    return this.#argumentsIn(open).found;
  }

  /** The place behind the bracket that closes the one at a place; undefined where that cannot be told. */
  behindBrackets(open: number): number | undefined {
    const { found, at } = this.#argumentsIn(open);
    return found === undefined ? undefined : at + 1;
  }

  #argumentsIn(open: number): ReadArguments {
    const known = this.#arguments.get(open);
    if (known !== undefined) return known;
    const end = Math.min(this.text.length, open + Math.min(MAX_ARGUMENTS, this.#left));
    const read = argumentsIn(this.text, open, end);
    this.#left -= read.at - open;
    this.#arguments.set(open, read);
    return read;
  }
}

function quietIn(text: string): Stretch[] {
  const found: Stretch[] = [];
  const unclosed = new Set<string>();
  const sign = /["'#]/g;
  for (let next = sign.exec(text); next !== null; next = sign.exec(text)) {
    const { index: start, 0: first } = next;
    let end = 0;
    if (first === "#") {
      const line = text.indexOf("\n", start);
      end = line < 0 ? text.length : line;
    } else {
      const isTriple = text.startsWith(first.repeat(3), start);
      // Whatever comes behind one that is not closed is not closed either, and is not searched again.
      if (!isTriple || !unclosed.has(first)) end = endOfText(text, start, text.length);
      if (end === 0 && isTriple) unclosed.add(first);
    }
    if (end === 0) continue;
    sign.lastIndex = end;
    // Code may stand in a formatted text.
    if (first === "#" || !isFormatted(text, start) || !text.slice(start, end).includes("{"))
      found.push({ start, end });
  }
  return found;
}

/** True for a text in which code may stand, by the prefix before its first quote. */
function isFormatted(text: string, quote: number): boolean {
  return /\b(?:[ft]|[ft]r|r[ft])$/i.test(text.slice(Math.max(0, quote - 3), quote));
}

function standOnLine(text: string, a: string, b: string): boolean {
  const [first, second] = [new RegExp(`\\b${a}\\b`), new RegExp(`\\b${b}\\b`)];
  for (let end = 0, at = text.indexOf(a); at >= 0; at = text.indexOf(a, end)) {
    end = lineEndBehind(text, at);
    const line = text.slice(text.lastIndexOf("\n", at) + 1, end);
    if (line.includes(b) && first.test(line) && second.test(line)) return true;
  }
  return false;
}

function lineEndBehind(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** What is given to a call, where its closing bracket was found, and the place of that or of the end of the search. */
interface ReadArguments {
  readonly found?: readonly WrittenArgument[];
  readonly at: number;
}

function argumentsIn(text: string, open: number, end: number): ReadArguments {
  const found: WrittenArgument[] = [];
  let depth = 1;
  let start = open + 1;
  let isLiteral = true;
  let spread: "" | "*" | "**" = "";
  let keyword: string | undefined;
  let isBegun = false;
  const finish = (at: number) => {
    const written = text.slice(start, at).trim();
    if (written !== "")
      found.push({
        isLiteral,
        text: written,
        ...(spread !== "" && { spread }),
        ...(keyword !== undefined && { keyword }),
      });
    start = at + 1;
    isLiteral = true;
    spread = "";
    keyword = undefined;
    isBegun = false;
  };
  for (let at = open + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) continue;
    if (code === HASH) {
      at = text.indexOf("\n", at);
      if (at < 0) return { at: end };
      // A comment above an argument is no part of it.
      if (!isBegun) start = at + 1;
      continue;
    }
    const isFirst = depth === 1 && !isBegun;
    isBegun = true;
    if (code === DOUBLE_QUOTE || code === QUOTE) {
      at = endOfText(text, at, end) - 1;
      if (at < 0) return { at: end };
    } else if (isInWord(code)) {
      const behind = behindWord(text, at, Math.min(text.length, at + MAX_WORD));
      const next = text.charCodeAt(behind);
      if (next === DOUBLE_QUOTE || next === QUOTE) {
        // The prefix of a text: in a formatted one is code.
        if (/[ft]/i.test(text.slice(at, behind))) isLiteral = false;
      } else if (isFirst && /^\s*=(?!=)/.test(text.slice(behind, behind + 20))) {
        keyword = text.slice(at, behind);
        at = text.indexOf("=", behind);
        start = at + 1;
        isBegun = false;
        continue;
      } else if (!isDigit(code) && !LITERAL_WORDS.has(text.slice(at, behind))) isLiteral = false;
      at = behind - 1;
    } else if (isOpening(code)) depth++;
    else if (isClosing(code)) {
      depth--;
      if (depth > 0) continue;
      finish(at);
      return { found, at };
    } else if (depth === 1 && code === COMMA) finish(at);
    else if (isFirst && code === ASTERISK) {
      spread = text.charCodeAt(at + 1) === ASTERISK ? "**" : "*";
      at += spread.length - 1;
      start = at + 1;
      isBegun = false;
    }
  }
  return { at: end };
}

/** Longer words are looked at in parts. */
const MAX_WORD = 200;

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for a character of a word, by its code; of bytes each that is no ASCII may be part of one. */
export function isInWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === 95 ||
    (code >= 128 && code <= 255)
  );
}

function behindWord(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && isInWord(text.charCodeAt(at))) at++;
  return at;
}

function isOpening(code: number): boolean {
  return code === 40 || code === 91 || code === 123;
}

function isClosing(code: number): boolean {
  return code === 41 || code === 93 || code === 125;
}

/** The word at the end of a text; empty where there is none. */
export function lastWord(text: string): string {
  let start = text.length;
  while (start > 0 && isInWord(text.charCodeAt(start - 1))) start--;
  return text.slice(start);
}

/** The place behind the text that begins at a quote; 0 where it does not end. */
function endOfText(text: string, start: number, limit: number): number {
  const quote = text.charCodeAt(start);
  const isQuote = (at: number) => text.charCodeAt(at) === quote;
  const isTriple = isQuote(start + 1) && isQuote(start + 2);
  for (let at = start + (isTriple ? 3 : 1); at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === LINE_END && !isTriple) return 0;
    else if (code === quote && (!isTriple || (isQuote(at + 1) && isQuote(at + 2))))
      return at + (isTriple ? 3 : 1);
  }
  return 0;
}
