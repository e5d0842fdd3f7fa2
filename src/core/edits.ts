import type { Edit, Region } from "./finding.ts";

/**
 * Applies edits to one text, last place first, so that none moves another. Edits must not overlap; where two do, the
 * later place wins and the other is left out. Insertions at one place stand in the order in which they are given.
 */
export function applyEdits(text: string, edits: readonly Pick<Edit, "region" | "text">[]): string {
  const starts = lineStarts(text);
  const spans = edits
    .map((edit) => ({ ...toSpan(starts, text.length, edit.region), text: edit.text }))
    .reverse()
    .sort((a, b) => b.start - a.start || b.end - a.end);
  let result = text;
  let limit = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    if (span.end > limit) continue;
    result = result.slice(0, span.start) + span.text + result.slice(span.end);
    limit = span.start;
  }
  return result;
}

/** Offsets at which the lines of a text begin; a line ends with LF, CRLF or a lone CR, as Python reads it. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes("\r")) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

/** The region of the text between two offsets, the end not included. */
export function toRegion(starts: readonly number[], start: number, end: number): Region {
  const first = lineAt(starts, start);
  const last = lineAt(starts, Math.max(start, end - 1));
  return {
    startLine: first + 1,
    startColumn: start - (starts[first] ?? 0) + 1,
    endLine: last + 1,
    endColumn: Math.max(start, end - 1) - (starts[last] ?? 0) + 1,
  };
}

function toSpan(
  starts: readonly number[],
  length: number,
  region: Region,
): { start: number; end: number } {
  const start = (starts[region.startLine - 1] ?? length) + region.startColumn - 1;
  const end = (starts[region.endLine - 1] ?? length) + region.endColumn;
  return { start, end: Math.max(start, end) };
}

/** Index of the line that holds an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
