import { expect, it } from "vitest";
import type { Replacement } from "../../src/core/finding.ts";
import { diffLines, suggestionOf } from "../../src/report/fix.ts";
import { bareFinding } from "./samples.ts";

function fixedBy(...replacements: readonly Partial<Replacement>[]) {
  const whole = replacements.map((one) => ({
    path: "shop/views.py",
    startLine: 5,
    removed: [],
    added: [],
    ...one,
  }));
  return bareFinding({ fix: { title: "Fix.", edits: [], replacements: whole } });
}

it("is empty where there is no fix", () => {
  expect(diffLines(bareFinding())).toEqual([]);
  expect(suggestionOf(bareFinding())).toBeUndefined();
});

it("shows changed lines, and one line beside an insertion", () => {
  expect(diffLines(fixedBy({ removed: ["b = 2"], added: ["b = two"] }))).toEqual([
    "-b = 2",
    "+b = two",
  ]);
  expect(diffLines(fixedBy({ removed: ["a = 1"], added: ["a = 1", "b = 2"] }))).toEqual([
    " a = 1",
    "+b = 2",
  ]);
});

it("says where each of several changes goes, and in which other file", () => {
  const first = { startLine: 1, removed: ["import re"], added: ["import os", "import re"] };
  const second = { startLine: 9, removed: ["x = 1"], added: ["x = os.x"] };
  expect(diffLines(fixedBy(first, second))).toEqual([
    "@@ line 1 @@",
    "+import os",
    " import re",
    "@@ line 9 @@",
    "-x = 1",
    "+x = os.x",
  ]);
  expect(diffLines(fixedBy({ ...second, path: "shop/base.py" }))[0]).toBe(
    "@@ shop/base.py, line 9 @@",
  );
});

it("is a suggestion where it is one change of the finding's own file", () => {
  const change = { startLine: 5, removed: ["b = 2"], added: ["b = two"] };
  expect(suggestionOf(fixedBy(change))?.added).toEqual(["b = two"]);
  expect(suggestionOf(fixedBy(change, { ...change, startLine: 9 }))).toBeUndefined();
  expect(suggestionOf(fixedBy({ ...change, path: "shop/base.py" }))).toBeUndefined();
});

it("shortens long lines and long fixes", () => {
  const added = ["y".repeat(900), ...Array.from({ length: 100 }, () => "z")];
  const lines = diffLines(fixedBy({ removed: ["b = 2"], added }));
  expect(Math.max(...lines.map((line) => line.length))).toBe(200);
  expect(lines).toHaveLength(61);
  expect(lines.at(-1)).toMatch(/^@@ \d+ more lines @@$/);
});
