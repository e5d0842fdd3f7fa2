import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from "node:fs";
import { posix } from "node:path";
import { RevisionError } from "../core/errors.ts";
import type { FileContent } from "../core/source-tree.ts";
import { belowLink, isInside, link, missing, outside, tooLarge, unreadable } from "./paths.ts";

/**
 * Files are read into shared slabs: an allocation per file costs as much as the reading. A slab lives as long as one of its
 * files is in use.
 */
const SLAB_BYTES = 1_048_576;

/** Non-blocking, so that opening a pipe does not wait for its writer. Windows knows neither flag. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CAN_REFUSE_LINKS = constants.O_NOFOLLOW !== undefined;

type FolderState = "folder" | "link" | "absent";

/**
 * Reads files below a folder, one call a file, and follows no link on the way. Synchronous: for thousands of small files
 * this takes a fraction of what the asynchronous calls do.
 */
export function diskReader(root: string, maxBytes: number): (path: string) => FileContent {
  const folders = new Map<string, FolderState>([["", "folder"]]);
  let slab = Buffer.alloc(0);
  let used = 0;

  const stateOf = (folder: string): FolderState => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const above = stateOf(parentOf(folder));
    const state = above === "folder" ? folderState(`${root}/${folder}`) : above;
    folders.set(folder, state);
    return state;
  };

  const readOpen = (file: number, path: string): FileContent => {
    const stats = fstatSync(file);
    if (stats.isDirectory()) return missing;
    if (!stats.isFile()) return unreadable("not a regular file");
    if (stats.size > maxBytes) return tooLarge(maxBytes, () => partsOf(path));
    if (slab.length - used < stats.size) {
      slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, stats.size));
      used = 0;
    }
    const start = used;
    const end = start + stats.size;
    while (used < end) {
      const count = readSync(file, slab, used, end - used, null);
      if (count === 0) break;
      used += count;
    }
    return { kind: "bytes", bytes: slab.subarray(start, used) };
  };

  return (path) => {
    if (!isInside(path)) return outside;
    const parent = stateOf(parentOf(path));
    if (parent === "link") return belowLink;
    if (parent === "absent") return explain("ENOENT", path);
    const file = `${root}/${path}`;
    try {
      if (!CAN_REFUSE_LINKS && lstatSync(file).isSymbolicLink()) return link;
      const handle = openSync(file, OPEN_FLAGS);
      try {
        return readOpen(handle, file);
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      return explain(errorCode(error), path);
    }
  };
}

/** The bytes of a regular file; ends early where it can no longer be read. */
async function* partsOf(path: string): AsyncGenerator<Uint8Array> {
  let file: number;
  try {
    file = openSync(path, OPEN_FLAGS);
  } catch (error) {
    errorCode(error);
    return;
  }
  try {
    if (!fstatSync(file).isFile()) return;
    for (;;) {
      const part = Buffer.allocUnsafe(SLAB_BYTES);
      const count = readSync(file, part, 0, SLAB_BYTES, null);
      if (count === 0) return;
      yield part.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

/** Throws `RevisionError` unless there is a folder at the path. */
export function requireFolder(path: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    const reason = errorCode(cause) === "ENOENT" ? "no such folder" : "cannot be read";
    throw new RevisionError(`${path}: ${reason}`, { hint: "Check the path.", cause });
  }
  if (!isFolder)
    throw new RevisionError(`${path} is not a folder`, { hint: "Name the folder that it is in." });
}

/** The code of a failed system call. Throws on what is no such failure: that is a bug, not a state of the disk. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  throw error;
}

function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === "." ? "" : parent;
}

function folderState(folder: string): FolderState {
  try {
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) return "absent";
    if (stats.isSymbolicLink()) return "link";
    return stats.isDirectory() ? "folder" : "absent";
  } catch (error) {
    // Opening the file fails for the same reason, and says it.
    errorCode(error);
    return "folder";
  }
}

function explain(code: string, path: string): FileContent {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
    case "ENAMETOOLONG":
    case "EISDIR":
      // Names that are not UTF-8 reach us with this mark in the place of their bytes.
      return path.includes("\uFFFD") ? unreadable("its name is not UTF-8") : missing;
    case "ELOOP":
    case "EMLINK":
      return link;
    case "EACCES":
    case "EPERM":
      return unreadable("permission denied");
    case "ENXIO":
      return unreadable("not a regular file");
    default:
      return unreadable(`cannot be read (${code})`);
  }
}
