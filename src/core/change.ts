/** Lines `start` to `end` of a file, counted from 1, both included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** One hunk of a diff. Line counts of 0 mean that this side has no line there (`oldStart` is then the line before). */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Lines of head that the change adds. */
  readonly added: readonly LineRange[];
  /** Lines of base that the change removes. */
  readonly removed: readonly LineRange[];
}

/** What a change does to one path. Hunks are absent where the file is binary, a submodule, or too large to compare. */
export interface Change {
  readonly status: "added" | "modified" | "renamed" | "removed";
  readonly path: string;
  /** The path at base, of a renamed file. */
  readonly previousPath?: string;
  readonly hunks?: readonly Hunk[];
}

const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Reads the hunks of one file's unified diff: git's own, or the `patch` of GitHub's file list. Headers above are passed over. */
export function parseHunks(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let lines: string[] = [];
  let header: RegExpExecArray | undefined;
  const close = () => {
    if (header !== undefined) hunks.push(toHunk(header, lines));
    lines = [];
  };
  for (const line of patch.split("\n")) {
    const next = HUNK_HEADER.exec(line);
    if (next !== null) {
      close();
      header = next;
    } else if (header !== undefined) {
      lines.push(line);
    }
  }
  close();
  return hunks;
}

function toHunk(header: RegExpExecArray, lines: readonly string[]): Hunk {
  const oldStart = Number(header[1]);
  const newStart = Number(header[3]);
  const oldLines = header[2] === undefined ? 1 : Number(header[2]);
  const newLines = header[4] === undefined ? 1 : Number(header[4]);
  const added: number[] = [];
  const removed: number[] = [];
  // A side without lines names the line before the hunk.
  let oldLine = oldLines === 0 ? oldStart + 1 : oldStart;
  let newLine = newLines === 0 ? newStart + 1 : newStart;
  const [oldEnd, newEnd] = [oldLine + oldLines, newLine + newLines];
  for (const line of lines) {
    // What follows the lines that the header counts belongs to no hunk.
    if (oldLine >= oldEnd && newLine >= newEnd) break;
    if (line.startsWith("+")) added.push(newLine++);
    else if (line.startsWith("-")) removed.push(oldLine++);
    else if (line.startsWith(" ") || line === "" || line === "\r") {
      // With `diff.suppressBlankEmpty` an empty line of context has no space in front.
      oldLine++;
      newLine++;
    }
  }
  return {
    oldStart,
    oldLines,
    newStart,
    newLines,
    added: toRanges(added),
    removed: toRanges(removed),
  };
}

/** Joins ascending line numbers to ranges. */
export function toRanges(lines: readonly number[]): LineRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last.end + 1) last.end = line;
    else ranges.push({ start: line, end: line });
  }
  return ranges;
}

/** True where some range shares a line with `startLine` to `endLine`. */
export function touches(ranges: readonly LineRange[], startLine: number, endLine: number): boolean {
  return ranges.some((range) => range.start <= endLine && range.end >= startLine);
}
