import { type FileContent, LINK_NOT_FOLLOWED } from "../core/source-tree.ts";

/** Larger files are not read as a whole: no source file or manifest of a real project comes near. */
export const MAX_FILE_BYTES = 5_000_000;
/** Behind so many bytes nothing of a file is read, not even in parts. */
const MAX_PARTS_BYTES = 200_000_000;

/** Folders that hold tools' copies and caches, never a project's own code, whether git tracks them or not. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  ".eggs",
  ".git",
  ".hg",
  ".hypothesis",
  ".jj",
  ".mypy_cache",
  ".nox",
  ".pytest_cache",
  ".pytype",
  ".ruff_cache",
  ".svn",
  ".tox",
  "__pycache__",
  "__pypackages__",
  "bower_components",
  "node_modules",
]);

/** The file that marks a folder as a virtual environment (PEP 405). */
export const ENVIRONMENT_MARK = "pyvenv.cfg";

/** True for a folder's own name, not its path, that a walk passes by. */
export function isSkippedFolder(name: string): boolean {
  return SKIPPED_FOLDERS.has(name);
}

/** True for a path that stays in its tree by its spelling alone; links are another question. */
export function isInside(path: string): boolean {
  if (path === "" || path.includes("\0")) return false;
  if (process.platform === "win32" && /[\\:]/.test(path)) return false;
  return !/(^|\/)\.{0,2}(\/|$)/.test(path);
}

/** What every tree answers for paths that it does not read. */
export const missing = { kind: "missing" } as const satisfies FileContent;
export const outside = unreadable("not a path inside of the tree");
export const link = unreadable(LINK_NOT_FOLLOWED);
export const belowLink = unreadable("below a symbolic link, which is not followed");

/** The answer for what is there but cannot be had. The reason is a noun phrase or short clause, shown after the path. */
export function unreadable(reason: string): FileContent {
  return { kind: "unreadable", reason };
}

/** The answer for a file over the limit, and its bytes for who can do with parts of them. */
export function tooLarge(maxBytes: number, parts?: () => AsyncIterable<Uint8Array>): FileContent {
  const reason = `larger than ${maxBytes < 1_000_000 ? `${maxBytes} bytes` : `${maxBytes / 1_000_000} MB`}`;
  if (parts === undefined) return unreadable(reason);
  return { kind: "unreadable", reason, parts: () => limited(parts()) };
}

async function* limited(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of parts) {
    yield part;
    bytes += part.length;
    if (bytes >= MAX_PARTS_BYTES) return;
  }
}
