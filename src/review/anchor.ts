/** Where a reviewer should look at a finding that no line of head shows: the hunk that took the missing text away. */
import type { Change, Hunk } from "../core/change.ts";
import type { Finding, Region } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

/** A change together with the lines of its file at base. */
export interface ChangeWithBase {
  readonly change: Change;
  readonly baseLines: readonly string[];
  readonly headLines: readonly string[];
}

/**
 * Moves the finding of an absence to the hunk whose removed lines held the text that is absent now, if there is one. What the change
 * itself has written without it stays where it is, unless that very hunk took it away.
 */
export function anchorAbsence(hit: Hit, changes: readonly ChangeWithBase[]): Finding {
  const { finding, absent } = hit;
  if (absent === undefined) return finding;
  const places = changes.flatMap((one) =>
    (one.change.hunks ?? []).flatMap((hunk) => {
      const removed = hunk.removed.find((range) =>
        one.baseLines.slice(range.start - 1, range.end).some((line) => line.includes(absent)),
      );
      return removed === undefined ? [] : [{ ...one, hunk, line: removed.start }];
    }),
  );
  const { startLine, endColumn } = finding.region;
  // What is nowhere in the file is told at its very first character.
  const isNowhere = startLine === 1 && endColumn === 1;
  const written = changes
    .filter(({ change }) => change.path === finding.path && !isNowhere)
    .flatMap(({ change }) => change.hunks ?? [])
    .find(({ added }) => added.some(({ start, end }) => start <= startLine && startLine <= end));
  const place =
    written === undefined
      ? (places.find((one) => one.change.path === finding.path) ?? places[0])
      : places.find((one) => one.hunk === written);
  if (place === undefined || place.change.status === "removed") return finding;
  const related =
    place.change.path === finding.path
      ? finding.related
      : [
          { path: finding.path, region: finding.region, message: "is where it is missed" },
          ...finding.related,
        ];
  return {
    ...finding,
    path: place.change.path,
    region: lineRegion(headLineFor(place.hunk, place.line), place.headLines),
    related,
  };
}

/** The line of head that stands where a line of base was removed; it lies in the hunk, context included. */
function headLineFor(hunk: Hunk, baseLine: number): number {
  const removedBefore = countBefore(hunk.removed, baseLine);
  const offset = baseLine - hunk.oldStart - removedBefore;
  // Added lines that stand above it push it down.
  let line = hunk.newStart + offset;
  for (const range of hunk.added) if (range.start <= line) line += range.end - range.start + 1;
  const replaced = hunk.added.find((range) => range.end + 1 === line);
  const last = hunk.newStart + Math.max(hunk.newLines, 1) - 1;
  return Math.max(1, Math.min(replaced?.start ?? line, last));
}

function countBefore(ranges: readonly { start: number; end: number }[], line: number): number {
  return ranges.reduce(
    (sum, range) => sum + Math.max(0, Math.min(range.end + 1, line) - range.start),
    0,
  );
}

/** A line, from 1, without the space around what stands on it. */
export function lineRegion(line: number, lines: readonly string[]): Region {
  const text = lines[line - 1] ?? "";
  const start = text.search(/\S/);
  return {
    startLine: line,
    startColumn: Math.max(0, start) + 1,
    endLine: line,
    endColumn: Math.max(1, text.trimEnd().length),
  };
}
