import { describe, expect, it } from "vitest";
import type { TreeEntry } from "../../src/core/source-tree.ts";
import { neighbours } from "../../src/trees/neighbours.ts";

const tree = (...paths: readonly string[]) =>
  new Map(paths.map((path): [string, TreeEntry] => [path, { path, kind: "file", size: 100 }]));
const near = (paths: readonly string[], listed: ReadonlyMap<string, TreeEntry>) =>
  neighbours(paths, listed, () => false).map(({ path }) => path);

describe("the neighbours of a module", () => {
  it("come nearest first, and are modules that others may import", () => {
    const listed = tree(
      "other/app/far.py",
      "shop/views.py",
      "shop/models.py",
      "shop/forms/order.py",
      "shop/tests/test_views.py",
      "shop/migrations/0001.py",
      "shop/style.css",
    );
    expect(near(["shop/views.py"], listed)).toEqual([
      "shop/models.py",
      "shop/forms/order.py",
      "other/app/far.py",
    ]);
  });

  it("are left out where they are known, too large, or no files", () => {
    const listed = new Map<string, TreeEntry>([
      ["a.py", { path: "a.py", kind: "file" }],
      ["known.py", { path: "known.py", kind: "file", id: "k" }],
      ["large.py", { path: "large.py", kind: "file", size: 100_000 }],
      ["link.py", { path: "link.py", kind: "symlink" }],
    ]);
    expect(neighbours(["a.py"], listed, ({ id }) => id === "k")).toEqual([]);
  });

  it("are as many as one question holds, with what was asked for", () => {
    const listed = tree(...Array.from({ length: 500 }, (_, index) => `shop/module_${index}.py`));
    const paths = [...listed.keys()];
    expect(near(paths.slice(0, 10), listed)).toHaveLength(190);
    expect(near(paths.slice(0, 300), listed)).toEqual([]);
    expect(near(["README.md"], listed)).toEqual([]);
  });

  it("are no more bytes than one question should weigh", () => {
    const listed = new Map(
      [...tree(...Array.from({ length: 100 }, (_, index) => `module_${index}.py`))].map(
        ([path, entry]): [string, TreeEntry] => [path, { ...entry, size: 50_000 }],
      ),
    );
    expect(near(["module_0.py"], listed)).toHaveLength(40);
  });
});
