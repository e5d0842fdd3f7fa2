import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { linesShown, mayBeUndone, textBefore } from "../../src/core/patch.ts";
import { git, repository } from "../support/repository.ts";

const lines = (count: number, other: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: count }, (_, index) => `${other[index] ?? `line ${index}`}\n`).join("");

it.each([
  ["a line that changed", lines(30), lines(30, { 12: "other" })],
  ["several hunks", lines(60), lines(60, { 1: "a", 30: "b", 59: "c" })],
  ["lines that were added at both ends", lines(9), `x\n${lines(9)}y\n`],
  ["lines that were removed", `a\n${lines(9)}b\nc\n`, lines(9)],
  ["a last line without its end", "a\nb\nc", "a\nb\nd"],
  ["an end that the last line gets", "a\nb", "a\nb\n"],
  ["an end that the last line loses", "a\nb\n", "a\nb"],
  ["ends of lines as on Windows", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"],
  ["ends of lines that change", "a\r\nb\r\n", "a\nb\n"],
  ["empty lines, and lines that look like a diff", "\n\n--- a\n@@ x\n\n", "\n\n+++ b\n@@ x\n\n"],
  ["a line feed of its own", "a\fb\n\u2028\n", "a\fb\n\u2028\nc\n"],
  ["other letters that stay", "é\nb\n", "é\nc\n"],
])("%s is told from git's own patch", async (_, before, after) => {
  const folder = await repository([
    { branch: "main", files: { "a.py": before } },
    { branch: "main", files: { "a.py": after } },
  ]);
  await git(folder, ["diff", "--text", "--output=diff", "main~1", "main"]);
  const diff = await readFile(join(folder, "diff"), "utf8");
  const patch = diff.slice(diff.indexOf("@@ "));
  expect(textBefore(after, patch)).toBe(before);
});

it.each([
  ["another text", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c"],
  ["a text that is shorter", "a\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c"],
  ["a patch that was cut", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B"],
  ["hunks in another order", "a\nb\n", "@@ -2 +2 @@\n-x\n+b\n@@ -1 +1 @@\n-y\n+a"],
  ["nothing to hold it against", "", "@@ -1 +0,0 @@\n-a"],
  ["letters that may have been others", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-\ufffd\n+b"],
  ["no patch", "a\n", ""],
])("nothing is told from %s", (_, after, patch) => {
  expect(textBefore(after, patch)).toBeUndefined();
});

it("a patch that removes what may have been other letters is known for it before it is tried", () => {
  expect(mayBeUndone("@@ -1,2 +1,2 @@\n é\n-b\n+ü")).toBe(true);
  expect(mayBeUndone("@@ -1,2 +1,2 @@\n a\n-ü\n+b")).toBe(false);
});

it("shows the lines of either side in their places", () => {
  const patch = [
    "@@ -2,3 +2,2 @@ def f():",
    " two",
    "-three",
    "-four",
    "+both",
    "@@ -9 +8,0 @@",
    "-nine",
    "\\ No newline at end of file",
  ].join("\n");
  expect(linesShown(patch, "before")).toBe("\ntwo\nthree\nfour\n\n\n\n\nnine");
  expect(linesShown(patch, "after")).toBe("\ntwo\nboth\n\n\n\n");
});
