import { diffArrays } from "diff";
import type { Change, Hunk, LineRange } from "./change.ts";
import type { FileContent, SourceTree } from "./source-tree.ts";
import { decodeText } from "./text.ts";

/** Lines around a change that git, and GitHub, show with it. */
const CONTEXT = 3;
/**
 * Lines added and removed up to which the shortest difference is looked for. The work grows with the square: this much takes
 * about a tenth of a second.
 */
const MAX_EDITS = 1_500;
/** The work, as squares of edits, that the files of one change get together; those after them are compared in a coarse way. */
const MAX_WORK = 50 * MAX_EDITS ** 2;
/** Files read at a time. */
const BATCH = 100;

/** A stretch that differs: so many lines from the given ones on, counted from 0. */
interface Edit {
  readonly oldStart: number;
  readonly newStart: number;
  oldCount: number;
  newCount: number;
}

/**
 * The hunks between two texts, with three lines of context, as `git diff` gives them. Where the texts have more than 1,500
 * lines of difference, everything between their common start and end is one change.
 */
export function diffHunks(before: string, after: string): Hunk[] {
  return hunksWithin(before, after, MAX_EDITS);
}

function hunksWithin(before: string, after: string, maxEdits: number): Hunk[] {
  const [oldLines, newLines] = [splitLines(before), splitLines(after)];
  const shortest = Math.min(oldLines.length, newLines.length);
  let start = 0;
  while (start < shortest && oldLines[start] === newLines[start]) start++;
  let end = 0;
  while (end < shortest - start && oldLines.at(-1 - end) === newLines.at(-1 - end)) end++;
  const oldMiddle = oldLines.slice(start, oldLines.length - end);
  const newMiddle = newLines.slice(start, newLines.length - end);
  const edits = editsBetween(oldMiddle, newMiddle, start, maxEdits);
  return group(edits).map((group) => toHunk(group, oldLines.length, newLines.length));
}

/** The same changes, with hunks for those at `paths` (of head) made from the contents of both trees. Binary files stay without. */
export async function fillHunks(
  changes: readonly Change[],
  paths: readonly string[],
  base: SourceTree,
  head: SourceTree,
): Promise<Change[]> {
  const wanted = new Set(paths);
  const lacking = changes.filter((change) => wanted.has(change.path) && change.hunks === undefined);
  const filled = new Map<string, readonly Hunk[]>();
  let work = MAX_WORK;
  for (let from = 0; from < lacking.length; from += BATCH) {
    const batch = lacking.slice(from, from + BATCH);
    const [before, after] = await Promise.all([
      base.read(batch.filter(({ status }) => status !== "added").map(basePath)),
      head.read(batch.filter(({ status }) => status !== "removed").map(({ path }) => path)),
    ]);
    for (const change of batch) {
      const [old, now] = [
        change.status === "added" ? "" : textOf(before.get(basePath(change))),
        change.status === "removed" ? "" : textOf(after.get(change.path)),
      ];
      if (old === undefined || now === undefined) continue;
      const hunks = hunksWithin(old, now, Math.min(MAX_EDITS, Math.floor(Math.sqrt(work))));
      filled.set(change.path, hunks);
      if (change.status === "modified" || change.status === "renamed")
        work = Math.max(0, work - Math.min(MAX_EDITS, editsIn(hunks)) ** 2);
    }
  }
  return changes.map((change) => {
    const hunks = filled.get(change.path);
    return hunks === undefined ? change : { ...change, hunks };
  });
}

function editsIn(hunks: readonly Hunk[]): number {
  return hunks
    .flatMap((hunk) => [...hunk.added, ...hunk.removed])
    .reduce((sum, { start, end }) => sum + end - start + 1, 0);
}

function basePath(change: Change): string {
  return change.previousPath ?? change.path;
}

function textOf(content: FileContent | undefined): string | undefined {
  const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
  return decoded !== undefined && "text" in decoded ? decoded.text : undefined;
}

/** With their line feeds: a last line that lost its own has changed. */
function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function editsBetween(
  oldLines: readonly string[],
  newLines: readonly string[],
  offset: number,
  maxEdits: number,
): Edit[] {
  if (oldLines.length === 0 && newLines.length === 0) return [];
  const whole = {
    oldStart: offset,
    newStart: offset,
    oldCount: oldLines.length,
    newCount: newLines.length,
  };
  if (oldLines.length === 0 || newLines.length === 0) return [whole];
  const parts = diffArrays([...oldLines], [...newLines], { maxEditLength: maxEdits });
  if (parts === undefined) return [whole];

  const edits: Edit[] = [];
  let [oldAt, newAt] = [offset, offset];
  let open: Edit | undefined;
  for (const { count, added, removed } of parts) {
    if (!added && !removed) {
      oldAt += count;
      newAt += count;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { oldStart: oldAt, newStart: newAt, oldCount: 0, newCount: 0 };
      edits.push(open);
    }
    if (added) {
      open.newCount += count;
      newAt += count;
    } else {
      open.oldCount += count;
      oldAt += count;
    }
  }
  return edits;
}

/** Edits whose context touches share a hunk. */
function group(edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    const gap = before === undefined ? 0 : edit.oldStart - before.oldStart - before.oldCount;
    if (last !== undefined && gap <= 2 * CONTEXT) last.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

function toHunk(edits: readonly Edit[], oldTotal: number, newTotal: number): Hunk {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) throw new Error("a hunk without a change");
  // The same number of lines on both sides, or the sides would not fit together.
  const before = Math.min(CONTEXT, first.oldStart, first.newStart);
  const oldEnd = last.oldStart + last.oldCount;
  const newEnd = last.newStart + last.newCount;
  const after = Math.min(CONTEXT, oldTotal - oldEnd, newTotal - newEnd);
  const side = (start: number, end: number) => {
    const lines = end + after - (start - before);
    return { start: start - before + (lines === 0 ? 0 : 1), lines };
  };
  const [old, now] = [side(first.oldStart, oldEnd), side(first.newStart, newEnd)];
  return {
    oldStart: old.start,
    oldLines: old.lines,
    newStart: now.start,
    newLines: now.lines,
    added: ranges(edits.map(({ newStart, newCount }) => [newStart, newCount])),
    removed: ranges(edits.map(({ oldStart, oldCount }) => [oldStart, oldCount])),
  };
}

function ranges(stretches: readonly (readonly [start: number, count: number])[]): LineRange[] {
  return stretches
    .filter(([, count]) => count > 0)
    .map(([start, count]) => ({ start: start + 1, end: start + count }));
}
