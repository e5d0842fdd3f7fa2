/**
 * Whether a name that stands in a program can be the use that a rule speaks of, told by the text around it. Common names, `get`
 * or `save`, stand on a tenth of all lines, and running all those functions costs more than all else; most of them are called on
 * something else, or with nothing that could do harm. What the text does not tell counts.
 */
import type { Models } from "../core/models.ts";
import {
  type CodeText,
  constant,
  lastWord,
  type Value,
  type WrittenArgument,
} from "../python/index.ts";
import type { Use } from "./analyzer.ts";
import { type ArgumentTest, passesArgument } from "./argument-test.ts";
import { givenParts } from "./names.ts";
import { TAKES_MAPPING } from "./observed-call.ts";

/** What a call must be given, and whether what it is called on must be more than a text that is written out. */
export type Given = (written: readonly WrittenArgument[], isOnLiteral: boolean) => boolean;

/** What a name stands with: a bare name, or what it is an attribute of. */
interface Place {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the dot before it stands. */
  readonly dot: number | undefined;
}

/** A use of a function by its qualified name, or by its ending: a call with the right arguments, or a mention that is none. */
export function useOfCall(pattern: string, models: Models, given: Given): Use {
  const isOwned = ownerTest(pattern, models);
  const takesMapping = TAKES_MAPPING.test(pattern);
  return (code, start, end) => {
    const { text } = code;
    const place = placeOf(code, start, end);
    const inCode = isCode(code, place);
    if (!inCode) return inCode === undefined;
    const next = text.slice(place.end, place.end + 20).trimStart();
    const isCalled = /^\s*\(/.test(text.slice(place.end, place.end + 200));
    if (!isCalled && /^(?:\.|:|=(?!=))/.test(next)) return false;
    if (isDefinedOrImported(text, place)) return false;
    if (!isOwned(code, place)) return false;
    if (!isCalled) return true;
    const written = code.argumentsAt(text.indexOf("(", place.end));
    if (written === undefined) return true;
    return given(takesMapping ? written.map(asMapping) : written, isOnLiteral(code, place));
  };
}

/** True for `"…".name(`; not where another text stands before, which may be put together. */
function isOnLiteral(code: CodeText, { dot }: Place): boolean {
  if (dot === undefined || !/["']/.test(code.text.charAt(dot - 1))) return false;
  const literal = code.quietAround(dot - 1);
  if (literal === undefined) return false;
  const before = code.text.slice(Math.max(0, dot - literal.length - 200), dot - literal.length);
  return !/["']\s*\w{0,2}$/.test(before);
}

/** An argument that may be a dict says what keyword arguments would; `**` it is none. */
function asMapping(argument: WrittenArgument): WrittenArgument {
  const { keyword, isLiteral, spread, text } = argument;
  const isMapping = keyword === undefined && (!isLiteral || text.startsWith("{"));
  return isMapping ? { ...argument, spread: spread ?? "*" } : argument;
}

/** How far before a name it is looked where the function begins. */
const MAX_FUNCTION = 3000;

/**
 * A use of `**` that spreads what may be data into a call of what has the name of a class: in a function in which data comes in, or
 * that is given it by a function of the same text. What a function was given by names, and hands on, has the names that its callers
 * write; so has a dict that is written out.
 */
export function useOfSpread(
  comesIn: (text: string) => ((part: string) => boolean) | undefined,
): Use {
  return ({ text }, start, end) => {
    const [what] = /^\w+/.exec(text.slice(end, end + 80)) ?? [];
    if (what === undefined || !/^[A-Z]/.test(calledAround(text, start))) return false;
    const head = functionUpTo(text, end + what.length);
    if (isGiven(head, `\\*\\*${what}`)) return false;
    const inPart = comesIn(text);
    return inPart !== undefined && (inPart(head) || isGiven(head, what));
  };
}

/** How far before an argument the bracket is looked for in which it stands. */
const MAX_ARGUMENTS = 200;

/** The last name of what is called with the argument at a place; empty where that is not told. */
function calledAround(text: string, start: number): string {
  let open = 1;
  for (let at = start - 1; at >= 0 && at > start - MAX_ARGUMENTS; at--) {
    const char = text.charAt(at);
    if (char === ")") open++;
    else if (char === "(" && --open === 0)
      return /\w*$/.exec(text.slice(Math.max(0, at - 80), at))?.[0] ?? "";
  }
  return "";
}

/** The function in which a place stands, with what stands above it, up to there. */
function functionUpTo(text: string, end: number): string {
  const before = text.slice(Math.max(0, end - MAX_FUNCTION), end);
  let start = before.lastIndexOf("\n", before.lastIndexOf("def ")) + 1;
  for (;;) {
    const above = before.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^[ \t]*@/.test(before.slice(above, start))) return before.slice(start);
    start = above;
  }
}

/** True for a function that has a parameter of a name, as far as the lines of its head tell. */
function isGiven(head: string, name: string): boolean {
  return new RegExp(`\\bdef\\s+\\w+\\([^)]*(?<![\\w*])${name}\\b`).test(head);
}

/** A use of an attribute, or of what holds members: an assignment to it, or a mention that is none. */
export function useOfStore(pattern: string, { data }: { readonly data: boolean }): Use {
  const isMember = pattern.endsWith("[]");
  const isMade = pattern.endsWith("()[]");
  return (code, start, end) => {
    const place = placeOf(code, start, end);
    if (!isCode(code, place)) return false;
    // What is assigned to has a name of its own: only that such a thing is made can be seen.
    if (isMade) return !isDefinedOrImported(code.text, place);
    const rest = code.text.slice(place.end, place.end + 200).trimStart();
    if (isMember) {
      if (!rest.startsWith("[")) return !/^[.(]/.test(rest);
      const close = code.behindBrackets(code.text.indexOf("[", place.end));
      return close === undefined || isAssigned(code.text, close);
    }
    return (
      place.dot !== undefined &&
      isAssigned(code.text, place.end) &&
      !(data && LITERAL_VALUE.test(code.text.slice(place.end, place.end + 200)))
    );
  };
}

/** A use of a decorator above a function, or of a method by its definition. */
export function useOfReturn(pattern: string): Use {
  return (code, start, end) => {
    const { text } = code;
    const place = placeOf(code, start, end);
    if (!isCode(code, place)) return false;
    const line = lineBefore(text, place.start);
    if (!pattern.endsWith("()")) return /\bdef\s+$/.test(line);
    return /^\s*@/.test(line) || !/^\s*\(/.test(text.slice(place.end, place.end + 200));
  };
}

/**
 * Arguments of which one at these places is not written out, and which pass the tests. `any` is any of them; with `behind`, what
 * follows a position counts too.
 */
export function givenData(
  places: readonly (number | string)[],
  tests: readonly ArgumentTest[],
  behind = false,
): Given {
  return (written, isOnLiteral) => {
    if (!tests.every((test) => mayPass(test, written))) return false;
    if (places.includes("spread")) return written.some((one) => one.spread === "**");
    if (places.includes("receiver")) return !isOnLiteral;
    if (places.includes("key")) return true;
    if (written.some((one) => one.spread !== undefined)) return true;
    if (places.includes("any")) return written.some((one) => !one.isLiteral);
    if (places.includes("keywords"))
      return written.some((one) => one.keyword !== undefined && !one.isLiteral);
    const value = writtenAt(written, places);
    if (behind && value?.keyword === undefined)
      return written.slice(Number(places[0])).some((one) => !one.isLiteral);
    return value !== undefined && !value.isLiteral;
  };
}

/** Arguments that may pass a test. */
export function mayPass(test: ArgumentTest, written: readonly WrittenArgument[]): boolean {
  if (test.of !== undefined || written.some((one) => one.spread !== undefined)) return true;
  const value = writtenAt(written, [test.argument].flat());
  if (value === undefined) return passesArgument(test, undefined) === true;
  const literal = literalOf(value);
  return literal === undefined || passesArgument(test, literal) === true;
}

/** The first of some arguments, by position or keyword, that is given. */
export function writtenAt(
  written: readonly WrittenArgument[],
  places: readonly (number | string)[],
): WrittenArgument | undefined {
  const positional = written.filter((one) => one.keyword === undefined);
  for (const place of places) {
    const found =
      typeof place === "number" ? positional[place] : written.find((one) => one.keyword === place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value of an argument that is one plain literal. */
function literalOf({ text }: WrittenArgument): Value | undefined {
  if (/^\d{1,9}$/.test(text)) return constant(Number(text));
  if (text === "True" || text === "False") return constant(text === "True");
  if (text === "None") return constant(null);
  const plain = /^(["'])([^"'\\\n]*)\1$/.exec(text)?.[2];
  return plain === undefined || /[\x80-\xff]/.test(plain) ? undefined : constant(plain);
}

function placeOf(code: CodeText, start: number, end: number): Place {
  const { text } = code;
  const first = text.charAt(start) === "." ? start + 1 : start;
  const last = text.charAt(end - 1) === "(" ? end - 1 : end;
  let before = first - 1;
  while (before >= 0 && /[\s\\]/.test(text.charAt(before))) before--;
  // The full stop of a comment above is no dot.
  const isDotted = text.charAt(before) === "." && code.quietAround(before) === undefined;
  return {
    name: text.slice(first, last),
    start: first,
    end: last,
    dot: isDotted ? before : undefined,
  };
}

/** False in comments and in texts; undefined for a text that is the name alone, which `getattr` may be given. */
function isCode(code: CodeText, { name, start }: Place): boolean | undefined {
  const quiet = code.quietAround(start);
  if (quiet === undefined) return true;
  const isNamed =
    quiet.length < name.length + 10 && quiet.replace(/^[a-zA-Z]*["']+|["']+$/g, "") === name;
  return isNamed ? undefined : false;
}

function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
}

/** True for `def name`, and for a name that an import takes over under the same name: wherever it is used, it stands again. */
function isDefinedOrImported(text: string, { start, end }: Place): boolean {
  const line = lineBefore(text, start);
  if (/\b(?:def|class)\s+$/.test(line)) return true;
  if (!/^\s*(?:from|import)\s[^;]*$/.test(line)) return false;
  const lineEnd = text.indexOf("\n", end);
  return !/^\s+as\s/.test(text.slice(end, lineEnd < 0 ? text.length : lineEnd));
}

/** A text, number or the like that is all that is assigned. */
const LITERAL_VALUE =
  /^[ \t]*=[ \t]*(?:"[^"\\\n]*"|'[^'\\\n]*'|\d+|True|False|None)[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/;

/** True where what ends at a place may be assigned to. */
function isAssigned(text: string, end: number): boolean {
  return /^(?:=(?!=)|,|:|in\b|[-+*/%@&|^<>]{1,2}=)/.test(
    text.slice(end, end + 200).replace(/^[ \t]+/, ""),
  );
}

/** Tells whether a name may belong to what a pattern says it belongs to. */
function ownerTest(pattern: string, models: Models): (code: CodeText, place: Place) => boolean {
  const parts = pattern.split(".");
  const owner = parts.at(-2);
  if (pattern.startsWith("*.")) return () => true;
  if (owner === undefined)
    return ({ text }, { dot }) =>
      dot === undefined || /builtins(?:__)?$/.test(text.slice(Math.max(0, dot - 12), dot));
  // Values have any name; classes are known by those that extend them; what models call so is called something else in the code.
  const isKnownByName = /^[a-z]\w*$/.test(owner) && givenParts(parts, models) === 0;
  return (code, { name, dot }) => {
    if (dot === undefined) return !isKnownByName || code.mayImport(name);
    if (!isKnownByName) return true;
    const before = code.text.slice(Math.max(0, dot - 80), dot).trimEnd();
    const holder = lastWord(before);
    // `__import__("os").system`
    if (holder === "") return new RegExp(`\\b${owner}\\b`).test(before);
    return (
      holder === owner ||
      code.standTogether(holder, owner) ||
      // `run = subprocess.run` in a class, `self.run()` in its methods
      code.mentions(owner, name)
    );
  };
}
