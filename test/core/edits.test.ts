import { describe, expect, it } from "vitest";
import { applyEdits, lineStarts, toRegion } from "../../src/core/edits.ts";

const edit = (place: readonly [number, number, number, number], text: string) => {
  const [startLine, startColumn, endLine, endColumn] = place;
  return { region: { startLine, startColumn, endLine, endColumn }, text };
};

describe("applies", () => {
  it.each([
    ["a replacement", "abc", [edit([1, 2, 1, 2], "X")], "aXc"],
    ["a deletion", "abc", [edit([1, 1, 1, 3], "")], ""],
    ["an insertion at the start", "abc", [edit([1, 1, 1, 0], "X")], "Xabc"],
    ["an insertion at the end", "abc", [edit([1, 4, 1, 3], "X")], "abcX"],
    ["an insertion in an empty text", "", [edit([1, 1, 1, 0], "X")], "X"],
    ["one over two lines", "ab\ncd\n", [edit([1, 2, 2, 1], "X")], "aXd\n"],
    ["one behind CRLF", "a\r\nb\r\nc", [edit([2, 1, 2, 1], "X")], "a\r\nX\r\nc"],
    ["one behind a lone CR", "a\rb\rc", [edit([3, 1, 3, 1], "X")], "a\rb\rX"],
    [
      "several in any order",
      "a b c",
      [edit([1, 1, 1, 1], "XX"), edit([1, 5, 1, 5], "Y")],
      "XX b Y",
    ],
    ["two that touch", "abcd", [edit([1, 1, 1, 2], "X"), edit([1, 3, 1, 4], "Y")], "XY"],
    [
      "insertions at one place in their order",
      "ab",
      [edit([1, 2, 1, 1], "X"), edit([1, 2, 1, 1], "Y")],
      "aXYb",
    ],
    [
      "an insertion before a replacement",
      "abc",
      [edit([1, 2, 1, 1], "X"), edit([1, 2, 1, 2], "Y")],
      "aXYc",
    ],
    [
      "the same the other way round",
      "abc",
      [edit([1, 2, 1, 2], "Y"), edit([1, 2, 1, 1], "X")],
      "aXYc",
    ],
    [
      "only the later of two that overlap",
      "abcd",
      [edit([1, 1, 1, 3], "X"), edit([1, 3, 1, 4], "Y")],
      "abY",
    ],
    [
      "only one of two at the same place",
      "abcd",
      [edit([1, 1, 1, 4], "X"), edit([1, 1, 1, 4], "Y")],
      "Y",
    ],
    ["nothing", "abc", [], "abc"],
    ["one behind the end as an insertion", "a\n", [edit([9, 1, 9, 3], "X")], "a\nX"],
    ["one behind a character of two units", "😀b", [edit([1, 3, 1, 3], "X")], "😀X"],
  ])("%s", (_what, text, edits, expected) => {
    expect(applyEdits(text, edits)).toBe(expected);
  });
});

it("finds where lines begin, whatever ends them", () => {
  expect(lineStarts("a\nb\r\nc\rd\n")).toEqual([0, 2, 5, 7, 9]);
  expect(lineStarts("")).toEqual([0]);
  expect(lineStarts("\r\r\n\n")).toEqual([0, 1, 3, 4]);
});

describe("the region between two offsets", () => {
  const text = "ab\r\ncd\n\nef";
  it.each([
    [0, 2, [1, 1, 1, 2]],
    [0, 1, [1, 1, 1, 1]],
    [4, 6, [2, 1, 2, 2]],
    [1, 5, [1, 2, 2, 1]],
    [7, 8, [3, 1, 3, 1]],
    [8, 10, [4, 1, 4, 2]],
    [8, 8, [4, 1, 4, 1]],
  ])("%i and %i", (start, end, [startLine, startColumn, endLine, endColumn]) => {
    expect(toRegion(lineStarts(text), start, end)).toEqual({
      startLine,
      startColumn,
      endLine,
      endColumn,
    });
  });

  it("covers exactly what an edit of it replaces", () => {
    const starts = lineStarts(text);
    for (let start = 0; start < text.length; start++) {
      for (let end = start + 1; end <= text.length; end++) {
        const replaced = applyEdits(text, [{ region: toRegion(starts, start, end), text: "X" }]);
        expect(replaced).toBe(`${text.slice(0, start)}X${text.slice(end)}`);
      }
    }
  });
});
