import { type Module, moveDown, parse as parseStrict, type Statement } from "./ast.ts";
import { type Chunk, logicalLines, topLevelChunks } from "./logical-lines.ts";

/** A part of the file that could not be read. Lines count from 1, both included. */
export interface Unread {
  readonly startLine: number;
  readonly endLine: number;
  readonly reason: string;
}

export interface Parsed {
  readonly body: readonly Statement[];
  readonly unread: readonly Unread[];
}

const LINE_END = /\r\n|\r|\n/;
/** How often one broken statement is mended and parsed again before it is given up. */
const MAX_MENDS = 12;
/** Characters that recovery may parse in all, so that a hostile file costs its own budget and no more. */
const MAX_RECOVERY_CHARACTERS = 8_000_000;

/**
 * Parses a module and never throws: where the text is not Python that the parser knows, the smallest statement around the
 * error is left out and reported. Line numbers stay those of the text.
 */
export function parseModule(text: string): Parsed {
  const whole = attempt(text);
  if (whole.module !== undefined) return { body: whole.module.body, unread: [] };
  return recover(text);
}

function recover(text: string): Parsed {
  const lines = text.split(LINE_END);
  const body: Statement[] = [];
  const unread: Unread[] = [];
  let budget = MAX_RECOVERY_CHARACTERS;
  for (const chunk of topLevelChunks(lines)) {
    const part = lines.slice(chunk.start, chunk.end);
    if (part.every((line) => /^\s*(?:#|$)/.test(line))) continue;
    for (let mend = 0; ; mend++) {
      const source = `${part.join("\n")}\n`;
      budget -= source.length;
      const result =
        budget > 0 ? attempt(source) : { error: "too much of the file is not Python", line: 0 };
      if (result.module !== undefined) {
        moveDown(result.module.body, chunk.start);
        for (const statement of result.module.body) body.push(statement);
        break;
      }
      const mended = mend < MAX_MENDS && budget > 0 ? mendLine(part, result.line - 1) : undefined;
      if (mended === undefined) {
        unread.push({ ...toLines(chunk, part), reason: result.error });
        break;
      }
      for (const { start, end } of mended)
        unread.push({
          startLine: chunk.start + start + 1,
          endLine: chunk.start + end,
          reason: result.error,
        });
    }
  }
  return { body, unread: mergeUnread(unread) };
}

type Attempt =
  | { readonly module: Module; readonly error?: undefined }
  | { readonly module?: undefined; readonly error: string; readonly line: number };

function attempt(text: string): Attempt {
  const deep = lineOfNestedTexts(text);
  if (deep !== undefined) return { error: "nested too deeply", line: deep };
  try {
    return { module: parseStrict(withoutFormFeeds(text)) };
  } catch (error) {
    // Deep nesting exhausts the parser's stack: as unreadable as a syntax error.
    if (error instanceof RangeError) return { error: "nested too deeply", line: 0 };
    const message = error instanceof Error ? error.message : String(error);
    const place = /(?: at line \d+)?(?: at line (\d+), column \d+)?$/.exec(message);
    return { error: message.slice(0, place?.index), line: Number(place?.[1] ?? 0) };
  }
}

/** Deeper formatted texts in formatted texts are not parsed: each level costs the parser the length of all that is in it. */
const MAX_NESTED_TEXTS = 100;
const NESTED_TEXT = /\{[^{}"'\n]{0,40}[fFtT][rR]?["']/g;

/** The line at which formatted texts are nested more deeply than that; braces in other texts count only together with them. */
function lineOfNestedTexts(text: string): number | undefined {
  // Few programs have so many braces at all.
  let braces = 0;
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1))
    if (++braces > MAX_NESTED_TEXTS) break;
  if (braces <= MAX_NESTED_TEXTS) return undefined;
  let nested = 0;
  for (const _ of text.matchAll(NESTED_TEXT)) if (++nested > MAX_NESTED_TEXTS) break;
  if (nested <= MAX_NESTED_TEXTS) return undefined;
  let depth = 0;
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) line++;
    else if (code === 123) depth++;
    else if (code === 125) depth = Math.max(0, depth - 1);
    if (depth > MAX_NESTED_TEXTS) return line;
  }
  return undefined;
}

/** Python starts counting the indentation anew at a form feed, and takes it for a space elsewhere; the parser knows none. */
function withoutFormFeeds(text: string): string {
  return text.includes("\f") ? text.replace(/^[ \t\f]*\f/gm, "").replace(/\f/g, " ") : text;
}

/**
 * Changes `part` in place so that the parser may accept it, and tells the lines that are lost; undefined when there is
 * nothing left to try. `except A, B:` (Python 2, and Python 3.14 without parentheses) loses what follows the comma and
 * nothing else; any other simple statement becomes `pass`. Where one is Python 2's `print`, so do all of them at once.
 */
function mendLine(part: string[], index: number): readonly Chunk[] | undefined {
  // The parser may notice an error only on the line after it.
  for (const at of [index, index - 1]) {
    const line = part[at];
    if (line === undefined) continue;
    const handler = /^(\s*except\b\s*\*?\s*[\w.]+)(\s*,[\s\w.,]*)(:.*)$/.exec(line);
    if (handler !== null) {
      part[at] = `${handler[1]}${" ".repeat(handler[2]?.length ?? 0)}${handler[3]}`;
      return [];
    }
  }
  const statements = logicalLines(part);
  const broken = statements.find((one) => one.start <= index && index < one.end);
  if (broken === undefined) return undefined;
  const alike = PRINT.test(part[broken.start] ?? "")
    ? statements.filter((one) => PRINT.test(part[one.start] ?? ""))
    : [broken];
  const lost = alike.filter((one) => passOver(part, one));
  return lost.length > 0 ? lost : undefined;
}

const PRINT = /^\s*print(?:\s+["'\w`%]|\s*>>)/;

/** Puts `pass` in the place of a simple statement; false where it is none, or was replaced before. */
function passOver(part: string[], { start, end }: Chunk): boolean {
  const statement = /^(\s*)(\S.*)$/.exec(part[start] ?? "");
  const last = part.slice(start, end).findLast((line) => line.trim() !== "");
  if (
    statement === null ||
    /^(?:pass\b|#)/.test(statement[2] ?? "") ||
    last?.trimEnd().endsWith(":")
  )
    return false;
  part.fill("", start, end);
  part[start] = `${statement[1]}pass`;
  return true;
}

function toLines(chunk: Chunk, part: readonly string[]): { startLine: number; endLine: number } {
  let end = part.length;
  while (end > 1 && part[end - 1]?.trim() === "") end--;
  return { startLine: chunk.start + 1, endLine: chunk.start + end };
}

function mergeUnread(unread: readonly Unread[]): Unread[] {
  const merged: Unread[] = [];
  for (const part of [...unread].sort((a, b) => a.startLine - b.startLine)) {
    const last = merged.at(-1);
    if (last !== undefined && part.startLine <= last.endLine + 1) {
      merged[merged.length - 1] = { ...last, endLine: Math.max(last.endLine, part.endLine) };
    } else merged.push(part);
  }
  return merged;
}
