/**
 * Splits Python text into its top-level statements without parsing it, so that one broken statement does not cost the whole
 * file. The scanner knows strings, comments, brackets and continuation lines. Where a bracket or a string is never closed it
 * takes the next line that can only begin a statement (`def`, `class`, `import`, a decorator at column 0) as a new start.
 */

/** A stretch of whole lines, counted from 0; `end` is not included. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

const CONTINUES = /^(?:elif|else|except|finally|[)\]}])\b|^[)\]}]/;
const CAN_ONLY_BEGIN = /^(?:(?:async\s+)?def|class|import|from|@)\b|^@/;
const PREFIXED_QUOTE = /'''|"""|'|"/y;

/** The top-level statements of a text given by its lines; together they cover every line. */
export function topLevelChunks(lines: readonly string[]): Chunk[] {
  const starts: number[] = [];
  let depth = 0;
  let quote: string | undefined;
  let continued = false;
  let decorated = false;
  lines.forEach((line, index) => {
    const atMargin = /^[^\s#]/.test(line);
    if (
      atMargin &&
      CAN_ONLY_BEGIN.test(line) &&
      (depth > 0 || (quote !== undefined && quote.length === 1))
    ) {
      depth = 0;
      quote = undefined;
      continued = false;
    }
    const begins =
      atMargin && depth === 0 && quote === undefined && !continued && !CONTINUES.test(line);
    if (begins && !decorated) starts.push(index);
    if (begins) decorated = line.startsWith("@");
    ({ depth, quote } = scanLine(line, depth, quote));
    continued = quote === undefined && line.endsWith("\\");
    // A string in single quotes ends with its line unless the line is continued.
    if (quote?.length === 1 && !line.endsWith("\\")) quote = undefined;
  });
  if (starts[0] !== 0) starts.unshift(0);
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? lines.length }));
}

const BEGINS_ANEW = /^\s*(?:(?:async\s+)?def|class|import|raise|return|try|while)\b/;

/** The lines of a part of a text, joined where brackets, strings or backslashes go on. */
export function logicalLines(lines: readonly string[]): Chunk[] {
  const starts: number[] = [];
  let depth = 0;
  let quote: string | undefined;
  let continued = false;
  lines.forEach((line, index) => {
    if (depth > 0 && quote === undefined && BEGINS_ANEW.test(line)) depth = 0;
    if (depth === 0 && quote === undefined && !continued) starts.push(index);
    ({ depth, quote } = scanLine(line, depth, quote));
    continued = quote === undefined && line.endsWith("\\");
    if (quote?.length === 1 && !line.endsWith("\\")) quote = undefined;
  });
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? lines.length }));
}

/** A comment, from its `#` to the end of its line; lines count from 1. */
export interface Comment {
  readonly line: number;
  readonly text: string;
}

/**
 * The comments of a text given by its lines, within brackets or not, whether the text is Python as a whole or not. The parser's own
 * list lacks most of those within brackets.
 */
export function commentsIn(lines: readonly string[]): Comment[] {
  const comments: Comment[] = [];
  let quote: string | undefined;
  lines.forEach((line, index) => {
    const scanned = scanLine(line, 0, quote);
    quote = scanned.quote?.length === 1 && !line.endsWith("\\") ? undefined : scanned.quote;
    if (scanned.comment !== undefined)
      comments.push({ line: index + 1, text: line.slice(scanned.comment) });
  });
  return comments;
}

function scanLine(
  line: string,
  depthBefore: number,
  quoteBefore: string | undefined,
): { depth: number; quote: string | undefined; comment: number | undefined } {
  let depth = depthBefore;
  let quote = quoteBefore;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (quote !== undefined) {
      if (char === "\\") at++;
      else if (line.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = undefined;
      }
      continue;
    }
    if (char === "#") return { depth, quote, comment: at };
    if (char === "'" || char === '"') {
      PREFIXED_QUOTE.lastIndex = at;
      quote = PREFIXED_QUOTE.exec(line)?.[0];
      at += (quote?.length ?? 1) - 1;
    } else if (char === "(" || char === "[" || char === "{") depth++;
    else if (char === ")" || char === "]" || char === "}") depth = Math.max(0, depth - 1);
  }
  return { depth, quote, comment: undefined };
}
