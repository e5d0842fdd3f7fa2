import { type Dirent, existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
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
  const folder = resolve(root);
  requireFolder(root);
  const read = diskReader(folder, options.maxBytes ?? MAX_FILE_BYTES);
  return {
    revision: root,
    list: async () => walk(folder, isBelowGit(folder) ? await workTreeFiles(folder) : undefined),
    read: async (paths) => new Map(paths.map((path) => [path, read(path)])),
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

function walk(root: string, listed: readonly string[] | undefined): TreeEntry[] {
  // Nothing listed means that git ignores the whole folder: whoever names it wants it read.
  const known = listed === undefined || listed.length === 0 ? undefined : toKnown(listed);
  const entries: TreeEntry[] = [];
  const pending: { prefix: string; known: Known | undefined }[] = [{ prefix: "", known }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { prefix, known } = folder;
    const children = readFolder(`${root}/${prefix}`);
    if (children === "denied" && prefix === "") {
      throw new RevisionError(`${root}: permission denied`, {
        hint: "Run as a user who may read the folder.",
      });
    }
    if (children === "denied") entries.push({ path: prefix.slice(0, -1), kind: "file" });
    else if (prefix === "" || !children.some((child) => child.name === ENVIRONMENT_MARK)) {
      for (const child of children) {
        const path = prefix + child.name;
        if (!child.isDirectory()) {
          if (known === undefined || has(known.files, path)) {
            entries.push({ path, kind: child.isSymbolicLink() ? "symlink" : "file" });
          }
        } else if (!isSkippedFolder(child.name)) {
          if (known === undefined || has(known.files, `${path}/`))
            pending.push({ prefix: `${path}/`, known: undefined });
          else if (has(known.files, path)) entries.push({ path, kind: "submodule" });
          else if (has(known.folders, path)) pending.push({ prefix: `${path}/`, known });
        }
      }
    }
  }
  return entries;
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

/** A folder that may not be listed stands for its files: reading it tells why. One that is gone is empty. */
function readFolder(folder: string): readonly Dirent[] | "denied" {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? [] : "denied";
  }
}
