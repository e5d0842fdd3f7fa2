// What a review will probably ask for next. A module that is looked at imports others, which import others: each step is a call to a
// server, and a call may bring two hundred files as well as one. So files that lie near come along.
import type { TreeEntry } from "../core/source-tree.ts";

/** Files and bytes that come along with one question. */
const MAX_FILES = 200;
const MAX_BYTES = 2_000_000;
const MAX_FILE_BYTES = 60_000;
const PYTHON = /\.py$/;
/** What nothing imports but its like. */
const ASIDE = /(?:^|\/)(?:tests?|migrations|node_modules|docs?)\/|(?:^|\/)test_[^/]*$/;

/** Python modules near the given ones, nearest first; none where more is asked for than a question holds, or no module. */
export function neighbours(
  paths: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
  isKnown: (entry: TreeEntry) => boolean,
): TreeEntry[] {
  const modules = paths.filter((path) => PYTHON.test(path));
  const spare = MAX_FILES - paths.length;
  if (modules.length === 0 || spare <= 0) return [];
  const wanted = new Set(paths);
  const folders = [...new Set(modules.map(folderOf))].map((folder) => folder.split("/"));
  const distances = new Map<string, number>();
  const distanceOf = (folder: string): number => {
    const known = distances.get(folder);
    if (known !== undefined) return known;
    const parts = folder.split("/");
    const distance = Math.min(...folders.map((one) => steps(one, parts)));
    distances.set(folder, distance);
    return distance;
  };
  let bytes = 0;
  return [...listed.values()]
    .filter(
      (entry) =>
        entry.kind === "file" &&
        (entry.size ?? 0) <= MAX_FILE_BYTES &&
        PYTHON.test(entry.path) &&
        !ASIDE.test(entry.path) &&
        !wanted.has(entry.path) &&
        !isKnown(entry),
    )
    .map((entry) => ({ entry, distance: distanceOf(folderOf(entry.path)) }))
    .sort((a, b) => a.distance - b.distance || (a.entry.size ?? 0) - (b.entry.size ?? 0))
    .slice(0, spare)
    .filter(({ entry }) => {
      bytes += entry.size ?? 0;
      return bytes <= MAX_BYTES;
    })
    .map(({ entry }) => entry);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Folders to go through from one to the other. */
function steps(from: readonly string[], to: readonly string[]): number {
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  return from.length + to.length - 2 * common;
}
