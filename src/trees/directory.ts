import { type Dirent, existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { RevisionError } from "../core/errors.ts";
import type { SourceTree, TreeEntry } from "../core/source-tree.ts";
import { diskReader, errorCode, requireFolder } from "./disk.ts";
import { workTreeFiles } from "./git/index.ts";
import { ENVIRONMENT_MARK, isSkippedFolder, MAX_FILE_BYTES } from "./paths.ts";

/**
 * The files below a folder as they are now, in git or not. `list` leaves out version control, caches, installed packages
 * and virtual environments, and in a git work tree what git ignores; `read` takes any path inside. No link is followed.
 * Throws `RevisionError` where there is no such folder.
 */
export async function directoryTree(
  root: string,
  options: { maxBytes?: number } = {},
): Promise<SourceTree> {
  requireFolder(root);
  const folder = realpathSync(root);
  const read = diskReader(folder, options.maxBytes ?? MAX_FILE_BYTES);
  return {
    revision: root,
    list: async () => walk(folder, isBelowGit(folder) ? await workTreeFiles(folder) : undefined),
    read: async (paths) => new Map(paths.map((path) => [path, read(path)])),
    readNow: read,
  };
}

/** Spares folders outside of git the price of a process. */
function isBelowGit(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (at === dirname(at)) return false;
  }
}

/** What git knows of a folder: files, and the folders on the way to them. A nested repository is one entry with a slash at its end. */
interface Known {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

interface Folder {
  /** The folder's path with a slash at its end; empty for the root. */
  readonly prefix: string;
  /** Undefined where everything counts. */
  readonly known: Known | undefined;
}

function walk(root: string, listed: readonly string[] | undefined): TreeEntry[] {
  // Nothing listed means that git ignores the whole folder: whoever names it wants it read.
  const known = listed === undefined || listed.length === 0 ? undefined : toKnown(listed);
  const entries: TreeEntry[] = [];
  const pending: Folder[] = [{ prefix: "", known }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const children = readFolder(`${root}/${folder.prefix}`);
    if (children === undefined) {
      entries.push(toDenied(root, folder.prefix));
    } else if (folder.prefix === "" || !children.some(({ name }) => name === ENVIRONMENT_MARK)) {
      for (const child of children) visit(folder, child, entries, pending);
    }
  }
  return entries;
}

/** Adds a child to the entries, or to the folders still to be read, or to neither. */
function visit({ prefix, known }: Folder, child: Dirent, entries: TreeEntry[], pending: Folder[]) {
  const path = prefix + child.name;
  if (!child.isDirectory()) {
    const kind = child.isSymbolicLink() ? "symlink" : "file";
    if (known === undefined || has(known.files, path)) entries.push({ path, kind });
  } else if (isSkippedFolder(child.name)) {
    return;
  } else if (known === undefined || has(known.files, `${path}/`)) {
    pending.push({ prefix: `${path}/`, known: undefined });
  } else if (has(known.files, path)) {
    entries.push({ path, kind: "submodule" });
  } else if (has(known.folders, path)) {
    pending.push({ prefix: `${path}/`, known });
  }
}

/** A folder that may not be listed stands for its files: reading it tells why. */
function toDenied(root: string, prefix: string): TreeEntry {
  if (prefix !== "") return { path: prefix.slice(0, -1), kind: "file" };
  throw new RevisionError(`${root}: permission denied`, {
    hint: "Run as a user who may read the folder.",
  });
}

function toKnown(listed: readonly string[]): Known {
  const folders = new Set<string>();
  for (const path of listed) {
    for (
      let end = path.lastIndexOf("/", path.length - 2);
      end > 0;
      end = path.lastIndexOf("/", end - 1)
    ) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return { files: new Set(listed), folders };
}

/** On macOS the disk may spell a name with combining characters where git has composed ones. */
function has(known: ReadonlySet<string>, path: string): boolean {
  return known.has(path) || known.has(path.normalize("NFC"));
}

/** Undefined where the folder may not be listed. One that is gone is empty. */
function readFolder(folder: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? [] : undefined;
  }
}
