/**
 * A program as text, asked about single places before anybody parses it: is this a comment, what is given to the call that
 * begins here. Answers are about the text alone, and where it cannot tell, it says so.
 */

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
const FROM_IMPORT =
  /^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+(\([^)]{0,2000}\)|(?:\\\r?\n|[^\\\n])*)/gm;
/** Words that do not stand for a value that somebody else may have chosen. */
const LITERAL_WORDS: ReadonlySet<string> = new Set("True False None and or not in is".split(" "));

const [LINE_END, BACKSLASH] = [10, 92];

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export class CodeText {
  /** Of bytes one character for each, so that places in the bytes are places in it. */
  readonly text: string;
  #quiet: readonly Stretch[] | undefined;
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

  /** True for a name that may have come from another module under that name. */
  mayImport(name: string): boolean {
    this.#imported ??= importedIn(this.text);
    return this.#imported.has(name) || this.#imported.has("*");
  }

  /** True where two words stand on one line, whatever they do there. */
  standTogether(a: string, b: string): boolean {
    return this.#holds(`^(?=[^\\n]*\\b${a}\\b)[^\\n]*\\b${b}\\b`);
  }

  /** True where an attribute is mentioned without being called. */
  mentions(owner: string, name: string): boolean {
    return this.#holds(`\\b${owner}\\s*\\.\\s*${name}\\b(?!\\s*\\()`);
  }

  #holds(pattern: string): boolean {
    let answer = this.#holdings.get(pattern);
    if (answer === undefined) {
      answer = this.#holdings.size >= MAX_SEARCHES || new RegExp(pattern, "m").test(this.text);
      this.#holdings.set(pattern, answer);
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

function importedIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, list = ""] of text.matchAll(FROM_IMPORT)) {
    // A list that is too long to be read may hold anything.
    if (list.startsWith("(") && !list.endsWith(")")) names.add("*");
    for (const one of list.replace(/#[^\n]*/g, "").matchAll(/\*|\w+/g)) names.add(one[0]);
  }
  return names;
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
  };
  for (let at = open + 1; at < end; at++) {
    const char = text.charAt(at);
    if (/\s/.test(char)) continue;
    if (char === "#") {
      const isAbove = text.slice(start, at).trim() === "";
      at = text.indexOf("\n", at);
      if (at < 0) return { at: end };
      // A comment above an argument is no part of it.
      if (isAbove) start = at + 1;
    } else if (char === '"' || char === "'") {
      at = endOfText(text, at, end) - 1;
      if (at < 0) return { at: end };
    } else if (/[\w\x80-\xff]/.test(char)) {
      const [word = char] = /^[\w\x80-\xff]+/.exec(text.slice(at, at + 200)) ?? [];
      const next = text.charAt(at + word.length);
      const isFirst = depth === 1 && text.slice(start, at).trim() === "";
      if (next === '"' || next === "'") {
        // The prefix of a text: in a formatted one is code.
        if (/[ft]/i.test(word)) isLiteral = false;
      } else if (
        isFirst &&
        /^\s*=(?!=)/.test(text.slice(at + word.length, at + word.length + 20))
      ) {
        keyword = word;
        at = text.indexOf("=", at + word.length);
        start = at + 1;
        continue;
      } else if (!/^\d/.test(word) && !LITERAL_WORDS.has(word)) isLiteral = false;
      at += word.length - 1;
    } else if (char === "(" || char === "[" || char === "{") depth++;
    else if (char === ")" || char === "]" || char === "}") {
      depth--;
      if (depth > 0) continue;
      finish(at);
      return { found, at };
    } else if (depth === 1 && char === ",") finish(at);
    else if (depth === 1 && char === "*" && text.slice(start, at).trim() === "") {
      spread = text.charAt(at + 1) === "*" ? "**" : "*";
      at += spread.length - 1;
      start = at + 1;
    }
  }
  return { at: end };
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
