import type { Change, Hunk } from "../../core/change.ts";

/** What one record of `--raw` says, and the hunks that the patch adds to it. */
interface FileDiff {
  readonly status: Change["status"];
  readonly path: string;
  readonly previousPath: string | undefined;
  /** The blobs that a patch needs; none where only name or mode differ. */
  readonly blobs: readonly string[];
  /** Undefined for links and submodules, and once git has called the file binary. */
  hunks: Hunk[] | undefined;
}

interface OpenHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly added: Range[];
  readonly removed: Range[];
  oldLine: number;
  newLine: number;
  oldLeft: number;
  newLeft: number;
}

interface Range {
  start: number;
  end: number;
}

const NEWLINE = 10;
const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
/** Of a line that is cut by the end of a chunk, so much is kept: the longest hunk header is shorter. */
const KEPT_CHARACTERS = 100;

/**
 * Reads the output of `git diff --raw -p -z` piece by piece, so that the largest diff takes no memory. First come the raw
 * records with exact names, ended by an empty one; then a patch per record, in the same order, whose quoted names are not
 * needed. A record of changed type has two patches: the old file's removal and the new one's addition.
 */
export class DiffOutput {
  /** One per patch to come, and so twice the same for a changed type. */
  readonly #expected: FileDiff[] = [];
  readonly #diffs: FileDiff[] = [];
  #raw: Buffer | undefined = Buffer.alloc(0);
  #patches = 0;
  #current: FileDiff | undefined;
  #hunk: OpenHunk | undefined;
  #partial = "";

  push(chunk: Buffer): void {
    if (this.#raw === undefined) this.#readPatch(chunk);
    else this.#readRaw(this.#raw.length === 0 ? chunk : Buffer.concat([this.#raw, chunk]));
  }

  /** The raw records so far, in git's order. */
  get records(): readonly FileDiff[] {
    return this.#diffs;
  }

  /** The changes, in git's order, once the output is complete. */
  changes(): Change[] {
    if (this.#patches !== this.#expected.length) {
      throw new Error(
        `git diff gave ${this.#patches} patches for ${this.#expected.length} records`,
      );
    }
    return this.#diffs.map(toChange);
  }

  /** A record: `:oldmode newmode oldid newid status`, a path, and of renamed files another one, each ended by a zero byte. */
  #readRaw(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (bytes[at] === 0) {
        this.#raw = undefined;
        this.#readPatch(bytes.subarray(at + 1));
        return;
      }
      const fields: string[] = [];
      let end = at;
      while (fields.length < (/^:\S+ \S+ \S+ \S+ [RC]/.test(fields[0] ?? "") ? 3 : 2)) {
        const zero = bytes.indexOf(0, end);
        if (zero < 0) {
          this.#raw = bytes.subarray(at);
          return;
        }
        fields.push(bytes.toString("utf8", end, zero));
        end = zero + 1;
      }
      at = end;
      this.#addRecord(fields);
    }
    this.#raw = Buffer.alloc(0);
  }

  #addRecord([meta = "", first = "", second]: readonly string[]): void {
    const [oldMode = "", newMode = "", oldId = "", newId = "", score = ""] = meta
      .slice(1)
      .split(" ");
    const letter = score.charAt(0);
    // Unmerged: the same path has another record with its state on disk, and no patch of its own.
    if (letter === "U") return;
    const isText = [oldMode, newMode].every((mode) => mode === "000000" || mode.startsWith("100"));
    const diff: FileDiff = {
      status:
        letter === "A"
          ? "added"
          : letter === "D"
            ? "removed"
            : second === undefined
              ? "modified"
              : "renamed",
      path: second ?? first,
      previousPath: second === undefined ? undefined : first,
      blobs:
        oldId === newId
          ? []
          : [blobOf(oldMode, oldId), blobOf(newMode, newId)].filter((id) => id !== ""),
      hunks: isText ? [] : undefined,
    };
    this.#diffs.push(diff);
    this.#expected.push(diff);
    if (letter === "T") this.#expected.push(diff);
  }

  #readPatch(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, at);
      const hunk = this.#hunk;
      if (hunk !== undefined && newline >= 0 && this.#partial === "") {
        this.#readLine(hunk, chunk[at] ?? 0);
      } else {
        const end = newline < 0 ? chunk.length : newline;
        const room = KEPT_CHARACTERS - this.#partial.length;
        if (room > 0) this.#partial += chunk.toString("latin1", at, Math.min(end, at + room));
        if (newline < 0) return;
        if (hunk !== undefined) this.#readLine(hunk, this.#partial.charCodeAt(0));
        else this.#readHeader(this.#partial);
        this.#partial = "";
      }
      at = newline + 1;
    }
  }

  #readLine(hunk: OpenHunk, mark: number): void {
    switch (mark) {
      case 0x2b: // +
        extend(hunk.added, hunk.newLine++);
        hunk.newLeft--;
        break;
      case 0x2d: // -
        extend(hunk.removed, hunk.oldLine++);
        hunk.oldLeft--;
        break;
      case 0x20:
        hunk.oldLine++;
        hunk.newLine++;
        hunk.oldLeft--;
        hunk.newLeft--;
        break;
      default: // "\ No newline at end of file"
    }
    if (hunk.oldLeft <= 0 && hunk.newLeft <= 0) this.#hunk = undefined;
  }

  /** Lines outside of hunks. No content can pass for one: the hunk's own counts say where it ends. */
  #readHeader(line: string): void {
    if (line.startsWith("diff --git ")) {
      this.#current = this.#expected[this.#patches++];
    } else if (line.startsWith("Binary files ")) {
      if (this.#current !== undefined) this.#current.hunks = undefined;
    } else if (line.startsWith("@@ ")) {
      this.#openHunk(line);
    }
  }

  #openHunk(line: string): void {
    const [, oldStart, oldCount, newStart, newCount] = (HUNK_HEADER.exec(line) ?? []).map(
      (digits) => Number(digits ?? 1),
    );
    if (oldStart === undefined || newStart === undefined) return;
    const [oldLines, newLines] = [oldCount ?? 1, newCount ?? 1];
    const hunk = { oldStart, oldLines, newStart, newLines, added: [], removed: [] };
    this.#current?.hunks?.push(hunk);
    this.#hunk = {
      ...hunk,
      // A side without lines names the line before the hunk.
      oldLine: oldLines === 0 ? oldStart + 1 : oldStart,
      newLine: newLines === 0 ? newStart + 1 : newStart,
      oldLeft: oldLines,
      newLeft: newLines,
    };
  }
}

/** A record with what is known of its hunks. */
export function toChange({ status, path, previousPath, hunks }: FileDiff): Change {
  return {
    status,
    path,
    ...(previousPath === undefined ? {} : { previousPath }),
    ...(hunks === undefined ? {} : { hunks }),
  };
}

/** Empty for a side that has no file, a submodule, or the file on disk. */
function blobOf(mode: string, id: string): string {
  return mode === "160000" || /^0+$/.test(id) ? "" : id;
}

function extend(ranges: Range[], line: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && line === last.end + 1) last.end = line;
  else ranges.push({ start: line, end: line });
}
