import type { Change, Hunk } from "../core/change.ts";
import type { Region } from "../core/finding.ts";

/** Where in a diff a comment may stand. */
export interface Place {
  readonly path: string;
  readonly side: "LEFT" | "RIGHT";
  readonly line: number;
  /** The first of several lines, before `line`. */
  readonly startLine?: number;
}

/**
 * Where a comment about a region of head may stand: on all its lines where one hunk holds them, else on the first line that is in
 * a hunk, an added one by preference. Undefined outside of the hunks. The hunks have to be GitHub's own: where it gives no
 * patch, it takes no comment.
 */
export function placeInHunks(region: Region, change: Change): Place | undefined {
  const hunks = (change.hunks ?? []).filter((hunk) => hunk.newLines > 0);
  const { startLine, endLine } = region;
  const at = { path: change.path, side: "RIGHT" } as const;
  const whole = hunks.find((hunk) => startLine >= hunk.newStart && endLine <= lastLine(hunk));
  if (whole !== undefined)
    return { ...at, line: endLine, ...(startLine < endLine && { startLine }) };

  const shown = hunks
    .map((hunk) => ({ start: hunk.newStart, end: lastLine(hunk) }))
    .map((lines) => firstIn(lines, region));
  const added = hunks.flatMap((hunk) => hunk.added).map((lines) => firstIn(lines, region));
  const line = [...added, ...shown].find((candidate) => candidate !== undefined);
  return line === undefined ? undefined : { ...at, line };
}

/** True when GitHub will take a comment at that place. Only the right side is known. */
export function isPlaceable(place: Place, change: Change | undefined): boolean {
  const start = place.startLine ?? place.line;
  return (
    change?.hunks?.some((hunk) => start >= hunk.newStart && place.line <= lastLine(hunk)) ?? false
  );
}

function lastLine(hunk: Hunk): number {
  return hunk.newStart + hunk.newLines - 1;
}

function firstIn(lines: { readonly start: number; readonly end: number }, region: Region) {
  const line = Math.max(lines.start, region.startLine);
  return line <= Math.min(lines.end, region.endLine) ? line : undefined;
}
