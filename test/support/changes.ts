import type { Change } from "../../src/core/change.ts";
import { diffHunks } from "../../src/core/diff.ts";

/** The changes between two trees in memory, as git would list them. `renames` maps old paths to new ones. */
export function changesBetween(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  renames: Readonly<Record<string, string>> = {},
): Change[] {
  const renamedTo = new Set(Object.values(renames));
  const changes: Change[] = [];
  for (const [path, text] of Object.entries(base)) {
    const target = renames[path] ?? path;
    const now = head[target];
    if (now === undefined) changes.push({ status: "removed", path, hunks: diffHunks(text, "") });
    else if (target !== path)
      changes.push({
        status: "renamed",
        path: target,
        previousPath: path,
        hunks: diffHunks(text, now),
      });
    else if (now !== text) changes.push({ status: "modified", path, hunks: diffHunks(text, now) });
  }
  for (const [path, text] of Object.entries(head)) {
    if (base[path] === undefined && !renamedTo.has(path))
      changes.push({ status: "added", path, hunks: diffHunks("", text) });
  }
  return changes;
}
