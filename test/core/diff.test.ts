import { structuredPatch } from "diff";
import { expect, it } from "vitest";
import { type Change, parseHunks } from "../../src/core/change.ts";
import { diffHunks, fillHunks } from "../../src/core/diff.ts";
import { memoryTree } from "../../src/trees/index.ts";

const lines = (count: number, word = "line") =>
  Array.from({ length: count }, (_, i) => `${word} ${i + 1}\n`);

it("shows a changed line with three lines of context", () => {
  const before = lines(20);
  expect(diffHunks(before.join(""), before.with(9, "changed\n").join(""))).toEqual([
    {
      oldStart: 7,
      oldLines: 7,
      newStart: 7,
      newLines: 7,
      added: [{ start: 10, end: 10 }],
      removed: [{ start: 10, end: 10 }],
    },
  ]);
});

it("numbers an empty side by the line before it", () => {
  expect(diffHunks("", "a\nb\n")).toEqual([
    {
      oldStart: 0,
      oldLines: 0,
      newStart: 1,
      newLines: 2,
      added: [{ start: 1, end: 2 }],
      removed: [],
    },
  ]);
  expect(diffHunks("a\n", "")).toMatchObject([{ oldStart: 1, newStart: 0, newLines: 0 }]);
});

it("has nothing to say of equal texts", () => {
  expect(diffHunks("a\n", "a\n")).toEqual([]);
  expect(diffHunks("", "")).toEqual([]);
});

it("sees a lost line feed at the end", () => {
  expect(diffHunks("a\nb\n", "a\nb")).toMatchObject([{ added: [{ start: 2, end: 2 }] }]);
});

it("agrees with a unified diff on many texts", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 200; round++) {
    const before = Array.from({ length: random(60) }, () => `${random(9)}\n`);
    const after = before.flatMap((line) =>
      random(8) > 0 ? [line] : Array.from({ length: random(3) }, () => `${random(9)}\n`),
    );
    const patch = structuredPatch("", "", before.join(""), after.join(""), "", "", { context: 3 });
    const text = patch.hunks.map(
      (hunk) =>
        `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines.join("\n")}`,
    );
    const ours = diffHunks(before.join(""), after.join(""));
    const theirs = parseHunks(text.join("\n"));
    // Several shortest differences exist; all change as many lines, and the hunks add up to the same.
    const sum = (hunks: typeof ours) =>
      hunks
        .flatMap((hunk) => [...hunk.added, ...hunk.removed])
        .reduce((total, range) => total + range.end - range.start + 1, 0);
    expect(sum(ours)).toBe(sum(theirs));
    expect(ours.reduce((total, hunk) => total + hunk.newLines - hunk.oldLines, 0)).toBe(
      after.length - before.length,
    );
  }
});

it("takes what is in between for one change when too much differs", () => {
  const before = ["same\n", ...lines(20_000, "old"), "end\n"].join("");
  const after = ["same\n", ...lines(20_000, "new"), "end\n"].join("");
  expect(diffHunks(before, after)).toMatchObject([
    {
      oldStart: 1,
      oldLines: 20_002,
      added: [{ start: 2, end: 20_001 }],
      removed: [{ start: 2, end: 20_001 }],
    },
  ]);
});

it("fills the hunks that are asked for from both trees, and leaves binary files without", async () => {
  const base = memoryTree({ "old.py": "a\nb\n", "logo.bin": new Uint8Array([0, 1]) });
  const head = memoryTree({
    "new.py": "a\nc\n",
    "logo.bin": new Uint8Array([0, 2]),
    "added.py": "x\n",
  });
  const changes: Change[] = [
    { status: "renamed", path: "new.py", previousPath: "old.py" },
    { status: "modified", path: "logo.bin" },
    { status: "added", path: "added.py" },
    { status: "modified", path: "other.py" },
  ];
  const filled = await fillHunks(changes, ["new.py", "logo.bin", "added.py"], base, head);
  expect(filled[0]?.hunks).toMatchObject([{ added: [{ start: 2, end: 2 }] }]);
  expect(filled[1]?.hunks).toBeUndefined();
  expect(filled[2]?.hunks).toMatchObject([{ newLines: 1 }]);
  expect(filled[3]?.hunks).toBeUndefined();
});
