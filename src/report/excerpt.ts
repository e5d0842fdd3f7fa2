import type { Excerpt, Region } from "../core/finding.ts";
import { visible } from "./escape.ts";

/** Columns of the terminal that a line of code may fill; a longer line is cut around the marked part. */
const MAX_WIDTH = 100;

/** How the parts of a drawing are coloured. */
interface Paint {
  gutter(text: string): string;
  mark(text: string): string;
}

const unpainted: Paint = { gutter: String, mark: String };

/**
 * Lines of code as a compiler shows them: numbers in a gutter, carets under the region. A region of several lines has `>` in
 * the gutter instead. Tabs become four spaces, wide characters count twice, characters that mislead are spelt out.
 */
export function drawExcerpt(excerpt: Excerpt, region: Region, paint: Paint = unpainted): string[] {
  const lastLine = excerpt.startLine + excerpt.lines.length - 1;
  const gutter = String(lastLine).length;
  const isBlock = region.endLine > region.startLine;
  const drawn: string[] = [];
  for (const [index, line] of excerpt.lines.entries()) {
    const source = line.replace(/\r$/, "");
    const number = excerpt.startLine + index;
    const isMarked =
      number >= region.startLine && number <= Math.max(region.startLine, region.endLine);
    const from = number === region.startLine ? region.startColumn - 1 : 0;
    const shown = layOut(source, isMarked ? from : 0, isMarked && !isBlock ? region.endColumn : 0);
    const border = isMarked && isBlock ? paint.mark(">") : paint.gutter("|");
    drawn.push(
      `${paint.gutter(String(number).padStart(gutter))} ${border} ${shown.text}`.trimEnd(),
    );
    if (isMarked && !isBlock) {
      const carets = `${" ".repeat(shown.before)}${paint.mark("^".repeat(shown.marked))}`;
      drawn.push(`${" ".repeat(gutter)} ${paint.gutter("|")} ${carets}`);
    }
  }
  if (region.endLine > lastLine) drawn.push(`${" ".repeat(gutter)} ${paint.mark(">")} ...`);
  return drawn;
}

interface Line {
  readonly text: string;
  /** Terminal columns before the marked part, and under it: at least 1. */
  readonly before: number;
  readonly marked: number;
}

/** Lays out one line; `from` and `to` are offsets in it, the end not included. Looks only at the part that is shown. */
function layOut(source: string, from: number, to: number): Line {
  const fits = source.length <= MAX_WIDTH || Math.max(from, to) < MAX_WIDTH * 0.8;
  const start = fits ? 0 : charStart(source, Math.max(0, from - MAX_WIDTH / 4));
  let text = start > 0 ? "..." : "";
  let width = text.length;
  let before: number | undefined;
  let after: number | undefined;
  let offset = start;
  for (const char of source.slice(start, start + 4 * MAX_WIDTH)) {
    if (offset >= from) before ??= width;
    if (offset >= to) after ??= width;
    const shown = char === "\t" ? "    " : visible(char);
    if (width + widthOf(shown) > MAX_WIDTH) break;
    text += shown;
    width += widthOf(shown);
    offset += char.length;
  }
  const end = width;
  if (offset < source.length) text += "...";
  before ??= end;
  return { text, before, marked: Math.max(1, (after ?? end) - before) };
}

/** The offset itself, or the one before it where it would split a surrogate pair. */
function charStart(source: string, offset: number): number {
  const code = source.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}

const ZERO_WIDTH = /^(?:\p{Mn}|\p{Me}|\u200c|\u200d|[\ufe00-\ufe0f])$/u;
const DOUBLE_WIDTH =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;

/** Columns that a text fills in a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    if (char < "\u0300") width += 1;
    else if (!ZERO_WIDTH.test(char)) width += DOUBLE_WIDTH.test(char) ? 2 : 1;
  }
  return width;
}
