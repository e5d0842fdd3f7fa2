/**
 * How a keyword has to stand in a file before it is worth a regular expression, and where the value of a name is, in whatever
 * language. All of it reads a bounded stretch around one place.
 */
import { Buffer } from "node:buffer";
import type { Word } from "../../core/word-finder.ts";

export type Span = readonly [start: number, end: number];

/** What may belong to a key or token, by byte. */
const IN_TOKEN = tableOf(
  "-_.~+/=:%$|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
);
const IN_NAME = tableOf("-_.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
/** Shorter ones are words. */
const MIN_REST = 12;
const MIN_OWN_REST = 6;
const MIN_TOKEN = 20;
const MAX_NAME = 60;
const MAX_REST_OF_NAME = 40;

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of characters) table[char.charCodeAt(0)] = 1;
  return table;
}

const isLower = (byte: number) => byte >= 97 && byte <= 122;
const isUpper = (byte: number) => byte >= 65 && byte <= 90;
const isDigit = (byte: number) => byte >= 48 && byte <= 57;

/** By the place of a format's keyword: whether a keyword may be one where it stands. */
export const standing: Readonly<
  Record<"start" | "own" | "inside" | "name" | "beside", NonNullable<Word["accept"]>>
> = {
  start: (bytes, start, end) =>
    beginsToken(bytes, start) && runFrom(bytes, end, MIN_REST) >= MIN_REST,
  // What nothing else begins with is known in a broken token too.
  own: (bytes, start, end) =>
    beginsToken(bytes, start) && runFrom(bytes, end, MIN_OWN_REST) >= MIN_OWN_REST,
  beside: (bytes, start, end) =>
    beginsToken(bytes, start) && runFrom(bytes, end, MIN_REST) >= MIN_REST,
  inside: (bytes, start, end) =>
    runBefore(bytes, start, MIN_TOKEN) + (end - start) + runFrom(bytes, end, MIN_TOKEN) >=
    MIN_TOKEN,
  name: (bytes, start, end) => {
    if (!beginsWord(bytes, start)) return false;
    const from = start - nameBefore(bytes, start);
    let to = end;
    while (to < end + MAX_REST_OF_NAME && IN_NAME[bytes[to] ?? 0] === 1) to++;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
    return SAYS_SECRET.test(name) && !SAYS_METADATA.test(name);
  },
};

/** True where no letter, digit or `_` stands before, or only the end of a written escape (`\n`, `%3D`), or the dashes of an option. */
function beginsToken(bytes: Uint8Array, start: number): boolean {
  const before = bytes[start - 1] ?? 0;
  if (!isLower(before) && !isUpper(before) && !isDigit(before) && before !== 95 && before !== 45)
    return true;
  if (before === 45) return bytes[start - 2] === 45 && IN_NAME[bytes[start - 3] ?? 0] !== 1;
  return bytes[start - 2] === 92 || bytes[start - 3] === 37 || bytes[start - 6] === 92;
}

/** True where the word is not the end of another: `blob` does not hold the provider Lob, `myLob` does. */
function beginsWord(bytes: Uint8Array, start: number): boolean {
  const before = bytes[start - 1] ?? 0;
  const first = bytes[start] ?? 0;
  if (isLower(first)) return !isLower(before) && !isUpper(before);
  return !isUpper(before);
}

function runFrom(bytes: Uint8Array, start: number, most: number): number {
  let length = 0;
  while (length < most && IN_TOKEN[bytes[start + length] ?? 0] === 1) length++;
  return length;
}

function runBefore(bytes: Uint8Array, end: number, most: number): number {
  let length = 0;
  while (length < most && IN_TOKEN[bytes[end - 1 - length] ?? 0] === 1) length++;
  return length;
}

function nameBefore(bytes: Uint8Array, end: number): number {
  let length = 0;
  while (length < MAX_NAME && IN_NAME[bytes[end - 1 - length] ?? 0] === 1) length++;
  return length;
}

const SAYS_SECRET =
  /key|token|secret|pass|pwd|auth|cred|bearer|license|licence|webhook|sign|_?sid$|pat$|dsn/i;
/** The last word of names that speak of a secret and do not hold it. */
const SAYS_METADATA =
  /(?:name|(?<![a-z])id|Id|ID|url|uri|path|file|header|prefix|type|ttl|length|hash|arn|label|list|index|version|count|public|hint|help|format|regex|pattern)s?$/i;

const REST_OF_NAME = /[\w.-]{0,40}/y;
/** `"`, `']`, `")`: what ends a name that is a text, a key of a mapping, or the argument of a call. */
const CLOSING = /\\?["'`]?[\])}]{0,2}/y;
/** A type before the equals sign: Go's `string`, or Python's `: str`. */
const TYPE = /[ \t]{0,4}(?:string|String|str)(?=[ \t]{0,4}[=:])/y;
const OPERATOR = /\s{0,8}(?:[:?+.|]{0,3}=>?|:|,|>|\|\||->)/y;
const OPENING =
  /\s{0,60}[([{]{0,2}\s{0,20}(?:[bBrRuUfF]{0,2}\\?["'`]{1,3})?(?:Bearer |Token |Basic )?/y;
/** A type, a call or a keyword argument between the operator and the value: `str =`, `SecretStr(`, `default=`. */
const WRAPPER = /\s{0,8}[A-Za-z_][\w.]{0,40}(?:\[[\w., ]{0,40}\])?\s{0,2}[=(]/y;
const MAX_WRAPPERS = 3;

/** Where the value of a name stands that goes on at `end`, if the value is all that the pattern matches. */
export function valueBehind(text: string, end: number, pattern: RegExp): Span | undefined {
  let at = skip(REST_OF_NAME, text, end) ?? end;
  at = skip(CLOSING, text, at) ?? at;
  at = skip(TYPE, text, at) ?? at;
  let behind = skip(OPERATOR, text, at);
  for (let wrapper = 0; behind !== undefined && wrapper <= MAX_WRAPPERS; wrapper++) {
    const start = skip(OPENING, text, behind) ?? behind;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match !== null) return [start, start + match[0].length];
    behind = skip(WRAPPER, text, behind);
  }
  return undefined;
}

function skip(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
