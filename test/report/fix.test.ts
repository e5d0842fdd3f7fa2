import { expect, it } from "vitest";
import type { Edit } from "../../src/core/finding.ts";
import { diffLines } from "../../src/report/fix.ts";
import { at, bareFinding } from "./samples.ts";

const excerpt = { startLine: 5, lines: ["a = 1", "b = 2", "c = 3", "d = 4"] };

function diff(edits: readonly Omit<Edit, "path">[], changes = {}): string[] {
  const located = edits.map((edit) => ({ path: "shop/views.py", ...edit }));
  return diffLines(bareFinding({ excerpt, fix: { title: "Fix.", edits: located }, ...changes }));
}

it("is empty where there is no fix", () => {
  expect(diffLines(bareFinding({ excerpt }))).toEqual([]);
});

it("shows changed lines with one line around them", () => {
  expect(diff([{ region: at(6, 5, 5), text: "two" }])).toEqual([
    " a = 1",
    "-b = 2",
    "+b = two",
    " c = 3",
  ]);
});

it("shows an insertion and a removal", () => {
  expect(diff([{ region: at(6, 1, 0), text: "new\n" }])).toEqual([" a = 1", "+new", " b = 2"]);
  expect(diff([{ region: at(6, 1, 6), text: "" }])).toEqual([" a = 1", "-b = 2", " c = 3"]);
});

it("shows only the new text where the excerpt lacks the old", () => {
  expect(diff([{ region: at(90, 1, 3), text: "import os\n" }])).toEqual([
    "@@ line 90 @@",
    "+import os",
  ]);
  expect(diff([{ region: at(90, 1, 3), text: "" }])).toEqual(["@@ line 90 @@", "(nothing)"]);
});

it("shortens long lines and long fixes", () => {
  const lines = diff([{ region: at(6, 1, 5), text: `${"y".repeat(900)}\n${"z\n".repeat(100)}` }]);
  expect(Math.max(...lines.map((line) => line.length))).toBe(200);
  expect(lines).toHaveLength(61);
  expect(lines.at(-1)).toMatch(/^@@ \d+ more lines @@$/);
});
