import { describe, expect, it } from "vitest";
import { parseHunks, toRanges, touches } from "../../src/core/change.ts";

const range = (start: number, end = start) => ({ start, end });

describe("reads from a patch", () => {
  it.each([
    [
      "one changed line",
      ["@@ -1,3 +1,3 @@", " a", "-b", "+c", " d"],
      [
        {
          oldStart: 1,
          oldLines: 3,
          newStart: 1,
          newLines: 3,
          added: [range(2)],
          removed: [range(2)],
        },
      ],
    ],
    [
      "no newline at the end of either side",
      ["@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"],
      [
        {
          oldStart: 1,
          oldLines: 1,
          newStart: 1,
          newLines: 1,
          added: [range(1)],
          removed: [range(1)],
        },
      ],
    ],
    [
      "a pure insertion without context, which stands behind line 4",
      ["@@ -4,0 +5,2 @@ def f():", "+a", "+b"],
      [{ oldStart: 4, oldLines: 0, newStart: 5, newLines: 2, added: [range(5, 6)], removed: [] }],
    ],
    [
      "a pure deletion without context",
      ["@@ -5,2 +4,0 @@", "-a", "-b"],
      [{ oldStart: 5, oldLines: 2, newStart: 4, newLines: 0, added: [], removed: [range(5, 6)] }],
    ],
    [
      "a new file",
      ["--- /dev/null", "+++ b/a.py", "@@ -0,0 +1,2 @@", "+a", "+b"],
      [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2, added: [range(1, 2)], removed: [] }],
    ],
    [
      "a file that is gone",
      ["@@ -1,2 +0,0 @@", "-a", "-b"],
      [{ oldStart: 1, oldLines: 2, newStart: 0, newLines: 0, added: [], removed: [range(1, 2)] }],
    ],
    [
      "several hunks",
      ["@@ -1,2 +1,3 @@", " a", "+b", " c", "@@ -10,3 +11,2 @@ class C:", " x", "-y", " z"],
      [
        { oldStart: 1, oldLines: 2, newStart: 1, newLines: 3, added: [range(2)], removed: [] },
        { oldStart: 10, oldLines: 3, newStart: 11, newLines: 2, added: [], removed: [range(11)] },
      ],
    ],
    [
      "lines whose content begins with -- and ++, and one that looks like a header",
      ["@@ -1,2 +1,3 @@", "--- a", "+++ b", "+@@ -1 +1 @@", " -- c"],
      [
        {
          oldStart: 1,
          oldLines: 2,
          newStart: 1,
          newLines: 3,
          added: [range(1, 2)],
          removed: [range(1)],
        },
      ],
    ],
    [
      "stretches that do not touch",
      ["@@ -1,4 +1,5 @@", "+a", " b", "-c", "+d", " e", "+f", " g"],
      [
        {
          oldStart: 1,
          oldLines: 4,
          newStart: 1,
          newLines: 5,
          added: [range(1), range(3), range(5)],
          removed: [range(2)],
        },
      ],
    ],
    [
      "an empty line of context without its space",
      ["@@ -1,3 +1,4 @@", " a", "", "+b", " c", ""],
      [{ oldStart: 1, oldLines: 3, newStart: 1, newLines: 4, added: [range(3)], removed: [] }],
    ],
    [
      "Windows line ends",
      ["@@ -1,3 +1,3 @@\r", " a\r", "\r", "-b\r", "+c\r", ""],
      [
        {
          oldStart: 1,
          oldLines: 3,
          newStart: 1,
          newLines: 3,
          added: [range(3)],
          removed: [range(3)],
        },
      ],
    ],
    [
      "a hunk, and not what follows it",
      ["@@ -1 +1 @@", "-a", "+b", "diff --git a/x b/x", "--- a/x", "+++ b/x", "-- ", "2.40.0"],
      [
        {
          oldStart: 1,
          oldLines: 1,
          newStart: 1,
          newLines: 1,
          added: [range(1)],
          removed: [range(1)],
        },
      ],
    ],
    ["a binary file: nothing", ["Binary files a/x.png and b/x.png differ"], []],
    ["nothing: nothing", [""], []],
  ])("%s", (_what, lines, expected) => {
    expect(parseHunks(lines.join("\n"))).toEqual(expected);
  });
});

it("joins neighbouring lines to ranges", () => {
  expect(toRanges([1, 2, 3, 5, 7, 8])).toEqual([range(1, 3), range(5), range(7, 8)]);
  expect(toRanges([])).toEqual([]);
});

describe("a range is touched", () => {
  it.each([
    [3, 3, true],
    [1, 3, true],
    [5, 9, true],
    [1, 9, true],
    [4, 4, true],
    [1, 2, false],
    [6, 9, false],
  ])("by lines %i to %i: %s", (start, end, expected) => {
    expect(touches([range(3, 5)], start, end)).toBe(expected);
  });
});
