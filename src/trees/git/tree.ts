import { RevisionError } from "../../core/errors.ts";
import type { FileContent, SourceTree, TreeEntry } from "../../core/source-tree.ts";
import {
  belowLink,
  isInside,
  link,
  MAX_FILE_BYTES,
  missing,
  outside,
  tooLarge,
  unreadable,
} from "../paths.ts";
import type { GitObject, ObjectReader } from "./objects.ts";

/** A commit may name the same folder in itself a billion times over; nobody keeps this many files. */
const MAX_ENTRIES = 1_000_000;

interface GitEntry {
  readonly kind: "folder" | TreeEntry["kind"];
  readonly id: string;
}

type Folder = ReadonlyMap<string, GitEntry>;

/**
 * Reads git's folders as objects, each once: base and head share most of theirs, and neither needs a process of its own.
 * Undefined stands for a folder that the clone lacks.
 */
export function folderReader(objects: ObjectReader): (name: string) => Promise<Folder | undefined> {
  const known = new Map<string, Promise<Folder | undefined>>();
  const load = async (name: string): Promise<Folder | undefined> => {
    const object = await objects.read(name);
    return object.kind === "object" && object.type === "tree"
      ? parseFolder(object.bytes, object.id.length / 2)
      : undefined;
  };
  return (name) => {
    const folder = known.get(name) ?? load(name);
    known.set(name, folder);
    return folder;
  };
}

/** The files of a commit, straight from the object database: links and submodules are listed, their contents unreadable. */
export function gitTree(
  objects: ObjectReader,
  folders: ReturnType<typeof folderReader>,
  commit: string,
): SourceTree {
  const root = async (): Promise<Folder> => {
    const folder = await folders(`${commit}^{tree}`);
    if (folder !== undefined) return folder;
    throw new RevisionError(`the clone lacks the files of ${commit}`, {
      hint: `git fetch origin ${commit}`,
    });
  };

  const list = async (): Promise<TreeEntry[]> => {
    const entries: TreeEntry[] = [];
    let level = [{ prefix: "", folder: await root() }];
    while (level.length > 0) {
      const below: { prefix: string; id: string }[] = [];
      for (const { prefix, folder } of level) {
        for (const [name, { kind, id }] of folder) {
          if (kind === "folder") below.push({ prefix: `${prefix}${name}/`, id });
          else entries.push({ path: prefix + name, kind, id });
        }
        if (entries.length + below.length > MAX_ENTRIES) {
          throw new RevisionError(`${commit} has more than ${MAX_ENTRIES} files`, {
            hint: "Review a part of it.",
          });
        }
      }
      level = await Promise.all(
        below.map(async ({ prefix, id }) => {
          const folder = await folders(id);
          if (folder !== undefined) return { prefix, folder };
          throw new RevisionError(`the clone lacks the folder ${prefix} of ${commit}`, {
            hint: "Clone with all folders: --filter=tree:0 leaves them out.",
          });
        }),
      );
    }
    return entries;
  };

  const readOne = async (top: Folder, path: string): Promise<FileContent> => {
    if (!isInside(path)) return outside;
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = top;
    for (const name of names) {
      const entry = folder.get(name);
      if (entry?.kind === "symlink") return belowLink;
      if (entry?.kind === "submodule")
        return unreadable("in a submodule, whose files are another repository's");
      if (entry?.kind !== "folder") return missing;
      const next = await folders(entry.id);
      if (next === undefined) return unreadable("the clone lacks its folder");
      folder = next;
    }
    const entry = folder.get(last);
    if (entry === undefined) return missing;
    switch (entry.kind) {
      case "folder":
        return missing;
      case "symlink":
        return link;
      case "submodule":
        return unreadable("a submodule");
      case "file":
        return toContent(await objects.read(entry.id), () => objects.parts(entry.id));
      default:
        return entry.kind satisfies never;
    }
  };

  let listed: Promise<TreeEntry[]> | undefined;
  return {
    revision: commit,
    list: () => {
      listed ??= list();
      return listed;
    },
    read: async (paths) => {
      const top = await root();
      return new Map(
        await Promise.all(paths.map(async (path) => [path, await readOne(top, path)] as const)),
      );
    },
  };
}

function toContent(object: GitObject, parts: () => AsyncIterable<Uint8Array>): FileContent {
  switch (object.kind) {
    case "object":
      return object.type === "blob"
        ? { kind: "bytes", bytes: object.bytes }
        : unreadable(`a ${object.type}, not a file`);
    case "missing":
      return unreadable("the clone lacks this blob");
    case "large":
      return tooLarge(MAX_FILE_BYTES, parts);
    case "failed":
      return unreadable("git cannot read this blob");
    default:
      return object satisfies never;
  }
}

/** A tree object: mode, space, name, zero byte, and the id's bytes, once per entry (gitformat-pack calls none of it text). */
function parseFolder(bytes: Buffer, idBytes: number): Folder {
  const entries = new Map<string, GitEntry>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) break;
    const name = bytes.toString("utf8", space + 1, end);
    // Names that no git would make, but an attacker could.
    if (isInside(name) && !name.includes("/")) {
      entries.set(name, {
        kind: kindOf(bytes.toString("latin1", at, space)),
        id: bytes.toString("hex", end + 1, end + 1 + idBytes),
      });
    }
    at = end + 1 + idBytes;
  }
  return entries;
}

function kindOf(mode: string): GitEntry["kind"] {
  switch (mode) {
    case "40000":
    case "040000":
      return "folder";
    case "120000":
      return "symlink";
    case "160000":
      return "submodule";
    default:
      return "file";
  }
}
