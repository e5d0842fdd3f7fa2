/**
 * Secrets known by their form. The prefilter's automaton finds out which keywords a file holds; only at one of these a regular
 * expression per format is tried, at one offset. Patterns repeat nothing without a bound, so a file costs a time that grows
 * with its length, whatever it holds.
 */
import { Buffer } from "node:buffer";
import * as z from "zod";
import { confidences, severities } from "../../core/finding.ts";
import type { Rule } from "../../core/rule.ts";
import { Secret } from "../../core/secret.ts";
import type { Word } from "../../core/word-finder.ts";
import type { Candidate, Cleared, Part, TextFinder } from "./candidates.ts";
import { checkNames, checks } from "./checks.ts";
import { entropy, isPlaceholder } from "./context.ts";
import { type Span, standing, valueBehind } from "./names.ts";

const Format = z.strictObject({
  /** What it is, as a noun: `Stripe secret key`. */
  name: z.string().min(3),
  /** Literal texts of which each secret holds one, or, with `at: name`, the provider's names in lower case. */
  keywords: z.array(z.string().min(1)).min(1),
  /** Matches the whole secret and nothing else. Every repetition must have a bound. */
  pattern: z.string().min(3).refine(isPattern, "must be a regular expression of JavaScript"),
  /**
   * `start`: the secret begins with the keyword. `inside`: it holds it. `name`: it is the value of a name that holds it.
   * `beside`: it stands a few lines from a text that begins with the keyword and that `anchor` matches.
   */
  at: z.enum(["start", "inside", "name", "beside"]).default("start"),
  anchor: z.string().refine(isPattern, "must be a regular expression of JavaScript").optional(),
  /** False for keys that are made to be seen: what begins like one is not reported, by no rule. */
  secret: z.boolean().default(true),
  /** True where nothing else begins with the keywords: what does and has another form is broken, and no secret of another kind. */
  own: z.boolean().default(false),
  check: z.enum(checkNames).default("none"),
  /** Bits a character, as a floor against placeholders. */
  entropy: z.number().min(0).default(3),
  /** The first 16 hex digits of the SHA-256 of keys that the provider publishes as samples. */
  public: z.array(z.string().regex(/^[0-9a-f]{16}$/)).default([]),
  severity: z.enum(severities).optional(),
  confidence: z.enum(confidences).optional(),
  /** The form of a made-up secret for the tests, `ghp_[A-Za-z0-9]{30}<checksum>`, where the pattern is none itself. */
  sample: z.string().min(8).optional(),
  /** Where the format is written down. */
  source: z.url(),
});
type Format = z.infer<typeof Format>;

/** Rows of one family of formats. */
export const Formats = z.array(Format).min(1);

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "y").source !== "";
  } catch {
    return false;
  }
}

interface Entry {
  readonly rule: Rule;
  readonly format: Format;
  readonly pattern: RegExp;
  readonly anchor: RegExp | undefined;
}

/** A keyword that has to stand in one way, and the formats that it may be of. */
interface FormatWord {
  readonly word: Word;
  readonly entries: Entry[];
}

/** Who keeps more of them in one file does not need to read of each. */
const MAX_FOUND = 500;
/** How far a secret may stand from what it belongs to. */
const LINES_BESIDE = 5;
const MAX_BESIDE = 600;
/** Longest text before a keyword `inside` a secret. */
const REACH_BACK = 120;
/** As far as a broken token is followed. */
const REACH_ON = 400;
/**
 * Not around a token: what would make it a part of something else. Written escapes (`\n`, `%3D`) end in letters and part all the
 * same, as the dashes of an option do.
 */
const WORD = /[A-Za-z0-9_-]/;
const ESCAPE = /(?:\\[nrt]|%[0-9A-Fa-f]{2}|\\u[0-9a-f]{4}|(?<![\w.-])--)$/;
const TOKEN_CHARACTER = /[\w~.-]/;

/** Finds what the formats of the rules describe. */
export function findTokens(rules: readonly Part<readonly Format[]>[]): TextFinder {
  const byWord = new Map<string, FormatWord>();
  for (const { rule, match: formats } of rules) {
    for (const format of formats) {
      const anchor =
        format.anchor === undefined ? undefined : new RegExp(`(?:${format.anchor})(?![\\w-])`, "y");
      const entry = {
        rule,
        format,
        anchor,
        pattern: new RegExp(`(?:${format.pattern})(?![\\w-])`, "dy"),
      };
      for (const text of format.keywords.flatMap((keyword) => spellings(format, keyword))) {
        // One text may begin a token and name a provider: how it has to stand differs.
        const accept = standing[format.own && format.at === "start" ? "own" : format.at];
        const key = `${format.at} ${format.own} ${text}`;
        const known = byWord.get(key);
        if (known !== undefined) known.entries.push(entry);
        else
          byWord.set(key, {
            word: { text, whole: false, accept },
            entries: [entry],
          });
      }
    }
  }
  const words = [...byWord.values()];
  const byText = new Map<string, FormatWord[]>();
  for (const one of words) byText.set(one.word.text, [...(byText.get(one.word.text) ?? []), one]);
  return {
    triggers: words.map(({ word }) => [word]),
    find: ({ text, words: standing }) => {
      const wanted = [...standing].flatMap((word) => byText.get(word) ?? []);
      if (wanted.length === 0) return [];
      const found = new Map<number, Candidate>();
      const cleared: Cleared[] = [];
      for (const { word, entries, offset } of placesOf(wanted, text)) {
        if (found.size >= MAX_FOUND) break;
        for (const entry of entries) {
          const candidate = candidateAt(text, offset, word.text, entry);
          if (candidate !== undefined && entry.format.secret) {
            if (!found.has(candidate.start)) found.set(candidate.start, candidate);
          } else if (clears(entry.format, candidate) && cleared.length < MAX_FOUND) {
            const end = clearedEnd(text, offset, entry.format.at);
            if (!goesOn(text, end)) cleared.push({ start: offset, end });
          }
        }
      }
      return [...found.values(), ...cleared];
    },
  };
}

/**
 * Where some words stand in a text, in the order of their ends, the longest first. A file holds few of all there are: to look for
 * each of those costs less than to look for all at once.
 */
function placesOf(words: readonly FormatWord[], text: string) {
  // One byte a UTF-16 unit, so that offsets are those of the text. What is cut off can only make a keyword too many.
  const bytes = Buffer.from(text, "latin1");
  const places: (FormatWord & { readonly offset: number; readonly end: number })[] = [];
  for (const one of words) {
    const { text: sought, accept } = one.word;
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      const end = at + sought.length;
      if (accept?.(bytes, at, end) !== false) places.push({ ...one, offset: at, end });
    }
  }
  return places.sort((a, b) => a.end - b.end || a.offset - b.offset);
}

/** A provider's name as it is written in variables, constants and types. */
function spellings({ at }: Format, keyword: string): readonly string[] {
  if (at !== "name") return [keyword];
  const capitalised = keyword.slice(0, 1).toUpperCase() + keyword.slice(1);
  return [...new Set([keyword, keyword.toUpperCase(), capitalised])];
}

/** What stands before a text that a form shows in an empty field: `placeholder="…"`, `placeholder: "…"`. */
const HINT = /\bplaceholder["']?\s{0,4}[:=]\s{0,4}\{?["'`]$/i;
const HINT_LENGTH = 30;

function isHint(text: string, start: number): boolean {
  return HINT.test(text.slice(Math.max(0, start - HINT_LENGTH), start));
}

/** A line of base64 is 64 or 76 signs long, and an address has a dot or a dash before so many. */
const MIN_BLOB = 60;
const BLOB_BEFORE = new RegExp(`[A-Za-z0-9+/]{${MIN_BLOB}}$`);

/** True for the middle of a font, an image or the like in base64, where any text of its signs stands sooner or later. */
function isInBlob(text: string, start: number): boolean {
  return BLOB_BEFORE.test(text.slice(Math.max(0, start - MIN_BLOB), start));
}

function candidateAt(
  text: string,
  offset: number,
  keyword: string,
  entry: Entry,
): Candidate | undefined {
  const { rule, format } = entry;
  const span = spanAt(text, offset, keyword, entry);
  if (span === undefined) return undefined;
  const [start, end] = span;
  const found = text.slice(start, end);
  if (
    isPlaceholder(found) ||
    isHint(text, start) ||
    entropy(found) < format.entropy ||
    isInBlob(text, start)
  )
    return undefined;
  const verdict = checks[format.check](found);
  if (verdict === undefined) return undefined;
  const secret = new Secret(found);
  if (format.public.includes(secret.digest().slice(0, 16))) return undefined;
  const shown = format.at === "start" ? `\`${keyword.slice(0, 4)}…\`, ` : "";
  const note = verdict.note === undefined ? "" : `, ${verdict.note}`;
  const severity = verdict.severity ?? format.severity;
  const confidence = verdict.confidence ?? format.confidence;
  return {
    rule,
    start,
    end,
    secret,
    values: { what: format.name, shown: `${shown}${secret.length} characters${note}` },
    ...(severity !== undefined && { severity }),
    ...(confidence !== undefined && { confidence }),
  };
}

function spanAt(text: string, offset: number, keyword: string, entry: Entry): Span | undefined {
  const { format, pattern, anchor } = entry;
  switch (format.at) {
    case "start":
      return tokenAround(text, offset, offset, pattern);
    case "inside":
      return tokenAround(text, tokenStart(text, offset), offset, pattern);
    case "name": {
      const span = valueBehind(text, offset + keyword.length, pattern);
      if (span === undefined) return undefined;
      return looksGenerated(text.slice(...span)) ? span : undefined;
    }
    case "beside": {
      if (anchor === undefined) return undefined;
      anchor.lastIndex = offset;
      return anchor.test(text) ? tokenBeside(text, offset, pattern) : undefined;
    }
  }
}

/** False for words, also long ones with lines between them: made-up texts have a digit, or letters of both cases. */
function looksGenerated(value: string): boolean {
  return /\d/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value) && !/[_-]/.test(value));
}

/** The first token of a form on the lines around an offset. */
function tokenBeside(text: string, offset: number, pattern: RegExp): Span | undefined {
  let start = offset;
  for (let lines = 0; start > 0 && start > offset - MAX_BESIDE; start--)
    if (text[start - 1] === "\n" && ++lines > LINES_BESIDE) break;
  const last = Math.min(text.length, offset + MAX_BESIDE);
  for (let at = start, lines = 0; at < last; at++) {
    if (text[at] === "\n" && at > offset && ++lines > LINES_BESIDE) return undefined;
    if (/[\w+/.-]/.test(text[at - 1] ?? "")) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [at, at + match[0].length];
  }
  return undefined;
}

function tokenAround(
  text: string,
  start: number,
  keyword: number,
  pattern: RegExp,
): Span | undefined {
  if (WORD.test(text[start - 1] ?? "") && !ESCAPE.test(text.slice(Math.max(0, start - 6), start)))
    return undefined;
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const end = start + match[0].length;
  if (end <= keyword) return undefined;
  return match.indices?.groups?.["secret"] ?? [start, end];
}

/** True where what was found, or was not, is no secret of another kind either. */
function clears({ own, at }: Format, found: Candidate | undefined): boolean {
  return own && (at === "start" || found !== undefined);
}

/** True where a text ends and another one is put behind it: what looks broken may be a piece. */
function goesOn(text: string, end: number): boolean {
  return /^["']\s{0,80}\+?\s{0,80}[bfr]?["']/.test(text.slice(end, end + 170));
}

/** A broken token ends where no sign of a token follows; what a name may be given, with its line. */
function clearedEnd(text: string, start: number, at: Format["at"]): number {
  let end = start;
  if (at === "name") {
    while (end < start + REACH_ON && end < text.length && text[end] !== "\n") end++;
    return end;
  }
  while (end < start + REACH_ON && /[\w~.+/=-]/.test(text[end] ?? "")) end++;
  return end;
}

function tokenStart(text: string, keyword: number): number {
  let start = keyword;
  while (start > keyword - REACH_BACK && TOKEN_CHARACTER.test(text[start - 1] ?? "")) start--;
  return start;
}
