/**
 * Lines and hunks of one file's patch: where a review comment may stand, and where an old one stands
 * after a push. Rules observed, see GITHUB.md section 2: any line inside a hunk; the right side has
 * added and context lines, the left side deleted ones; a range lies in one hunk, start before end.
 */

import type { Anchor, Side } from "./state.ts";

interface Line {
  readonly source: string;
  /** Line number before the change; `undefined` for an added line. */
  readonly left: number | undefined;
  /** Line number after the change; `undefined` for a deleted line. */
  readonly right: number | undefined;
  /** Lines down from the first hunk header of the file. */
  readonly position: number;
}

interface Hunk {
  readonly header: string;
  readonly lines: readonly Line[];
  readonly oldEnd: number;
  readonly newEnd: number;
}

function parseHunks(patch: string): readonly Hunk[] {
  if (patch === "") return [];
  let position = -1;
  return patch.split(/^(?=@@ )/m).map((section) => {
    const [header = "", ...body] = section.replace(/\n$/, "").split("\n");
    const [, oldStart = "0", oldCount = "1", newStart = "0", newCount = "1"] =
      /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(header) ?? [];
    // git numbers an empty side by the line before it.
    let left = Number(oldStart) + (oldCount === "0" ? 1 : 0);
    let right = Number(newStart) + (newCount === "0" ? 1 : 0);
    position += 1;
    const lines = body.map((source): Line => {
      position += 1;
      const line = {
        source,
        left: /^[ -]/.test(source) ? left : undefined,
        right: /^[ +]/.test(source) ? right : undefined,
        position,
      };
      left += line.left === undefined ? 0 : 1;
      right += line.right === undefined ? 0 : 1;
      return line;
    });
    return { header, lines, oldEnd: left, newEnd: right };
  });
}

type AnchorProblem = "line" | "start_line";

/** Which end of an anchor is not part of the diff; `undefined` when a comment may stand there. */
export function anchorProblem(patch: string, anchor: Anchor): AnchorProblem | undefined {
  const hunk = parseHunks(patch).find(({ lines }) => lines.some(isAt(anchor.side, anchor.line)));
  if (hunk === undefined) return "line";
  if (anchor.startLine === undefined) return undefined;
  const start = hunk.lines.findIndex(isAt(anchor.startSide ?? anchor.side, anchor.startLine));
  const end = hunk.lines.findIndex(isAt(anchor.side, anchor.line));
  return start < 0 || start >= end ? "start_line" : undefined;
}

/** The hunk down to the commented line, as GitHub keeps it with the comment, and the position. */
export function excerpt(
  patch: string,
  anchor: Anchor,
): { readonly diffHunk: string; readonly position: number } {
  for (const { header, lines } of parseHunks(patch)) {
    const index = lines.findIndex(isAt(anchor.side, anchor.line));
    if (index < 0) continue;
    const shown = lines.slice(0, index + 1);
    const diffHunk = [header, ...shown.map(({ source }) => source)].join("\n");
    return { diffHunk, position: shown.at(-1)?.position ?? 1 };
  }
  return { diffHunk: "", position: 1 };
}

/** The place that is so many lines below a file's first hunk header (`position` of the API). */
export function atPosition(
  patch: string,
  position: number,
): { side: Side; line: number } | undefined {
  for (const { lines } of parseHunks(patch)) {
    const line = lines.find((candidate) => candidate.position === position);
    if (line?.right !== undefined) return { side: "RIGHT", line: line.right };
    if (line?.left !== undefined) return { side: "LEFT", line: line.left };
  }
  return undefined;
}

/** Where an old line is after a change; `undefined` when the change touched it. */
export function movedLine(patch: string, line: number): number | undefined {
  let offset = 0;
  for (const { lines, oldEnd, newEnd } of parseHunks(patch)) {
    const first = lines.find(({ left }) => left !== undefined)?.left ?? oldEnd;
    if (line < first) break;
    if (line < oldEnd) return lines.find(({ left }) => left === line)?.right;
    offset = newEnd - oldEnd;
  }
  return line + offset;
}

function isAt(side: Side, number: number): (line: Line) => boolean {
  return ({ left, right }) =>
    side === "RIGHT" ? right === number : right === undefined && left === number;
}
