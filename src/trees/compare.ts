import type { Change } from "../core/change.ts";
import { compareText } from "../core/finding.ts";
import type { TreeEntry } from "../core/source-tree.ts";

/**
 * The changes between two trees that list the ids of what they hold, by path. Files that were moved unchanged are renames; one that
 * was edited as well is removed and added. Only renames have hunks, none: the contents are not looked at.
 */
export function changesBetween(base: readonly TreeEntry[], head: readonly TreeEntry[]): Change[] {
  const before = new Map(base.map((entry) => [entry.path, entry]));
  const after = new Map(head.map((entry) => [entry.path, entry]));
  const gone = new Map<string, string[]>();
  for (const { path, id, kind } of base) {
    if (after.has(path) || id === undefined || kind !== "file") continue;
    gone.set(id, [...(gone.get(id) ?? []), path]);
  }
  const changes: Change[] = [];
  const moved = new Set<string>();
  for (const { path, id, kind } of head) {
    const old = before.get(path);
    if (old !== undefined) {
      if (old.id !== id || old.kind !== kind) changes.push({ status: "modified", path });
      continue;
    }
    const previousPath = takeNearest(gone.get(id ?? ""), path);
    if (previousPath === undefined || kind !== "file") {
      changes.push({ status: "added", path });
    } else {
      moved.add(previousPath);
      changes.push({ status: "renamed", path, previousPath, hunks: [] });
    }
  }
  for (const { path } of base)
    if (!after.has(path) && !moved.has(path)) changes.push({ status: "removed", path });
  return changes.sort((a, b) => compareText(a.path, b.path));
}

/** Takes one of several equal files out: the one of the same name, or the first. */
function takeNearest(paths: string[] | undefined, path: string): string | undefined {
  if (paths === undefined) return undefined;
  const name = nameOf(path);
  const same = paths.findIndex((one) => nameOf(one) === name);
  return paths.splice(Math.max(0, same), 1)[0];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
