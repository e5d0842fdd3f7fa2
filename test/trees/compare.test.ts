import { expect, it } from "vitest";
import { changesBetween } from "../../src/trees/index.ts";

const tree = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, id]) => ({
    path,
    kind: id === "link" ? ("symlink" as const) : ("file" as const),
    id,
  }));

it.each([
  ["nothing", { "a.py": "1" }, { "a.py": "1" }, []],
  [
    "what was edited, added and removed, by path",
    { "b.py": "1", "c.py": "2" },
    { "a.py": "3", "b.py": "4" },
    [
      { status: "added", path: "a.py" },
      { status: "modified", path: "b.py" },
      { status: "removed", path: "c.py" },
    ],
  ],
  [
    "a file that was moved",
    { "old/a.py": "1" },
    { "new/a.py": "1" },
    [{ status: "renamed", path: "new/a.py", previousPath: "old/a.py", hunks: [] }],
  ],
  [
    "equal files that were moved, each from the one of its name",
    { "a/x.py": "1", "a/y.py": "1" },
    { "b/y.py": "1", "b/z.py": "1" },
    [
      { status: "renamed", path: "b/y.py", previousPath: "a/y.py", hunks: [] },
      { status: "renamed", path: "b/z.py", previousPath: "a/x.py", hunks: [] },
    ],
  ],
  [
    "a copy beside its source as new",
    { "a.py": "1" },
    { "a.py": "1", "b.py": "1" },
    [{ status: "added", path: "b.py" }],
  ],
  ["a file that became a link", { a: "1" }, { a: "link" }, [{ status: "modified", path: "a" }]],
])("%s", (_, base, head, changes) => {
  expect(changesBetween(tree(base), tree(head))).toEqual(changes);
});
