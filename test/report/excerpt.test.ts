import { expect, it } from "vitest";
import { drawExcerpt } from "../../src/report/excerpt.ts";
import { at } from "./samples.ts";

function draw(startLine: number, lines: readonly string[], region = at(startLine)): string {
  return drawExcerpt({ startLine, lines }, region).join("\n");
}

it("underlines the region of one line and aligns the numbers", () => {
  expect(draw(9, ["x = 1", "run(cmd)"], at(10, 5, 7))).toBe(
    [" 9 | x = 1", "10 | run(cmd)", "   |     ^^^"].join("\n"),
  );
});

it("counts tabs and wide characters as a terminal shows them", () => {
  expect(draw(1, ["\tx('漢字🙂', y)"], at(1, 4, 9))).toBe(
    ["1 |     x('漢字🙂', y)", "  |       ^^^^^^^^"].join("\n"),
  );
});

it("does not count marks that combine with their neighbour", () => {
  expect(draw(1, ["e\u0301 = x"], at(1, 6, 6))).toBe(["1 | e\u0301 = x", "  |     ^"].join("\n"));
});

it("marks a region of several lines in the gutter", () => {
  const region = { startLine: 2, startColumn: 3, endLine: 3, endColumn: 1 };
  expect(draw(1, ["def f():", "  run(", ")", "pass"], region)).toBe(
    ["1 | def f():", "2 >   run(", "3 > )", "4 | pass"].join("\n"),
  );
});

it("says that the region goes on below the excerpt", () => {
  const region = { startLine: 1, startColumn: 1, endLine: 9, endColumn: 1 };
  expect(draw(1, ["run("], region)).toBe(["1 > run(", "  > ..."].join("\n"));
});

it("cuts a long line around the region", () => {
  const line = `${"a=1;".repeat(500)}eval(x)${";b=2".repeat(500)}`;
  const [code = "", carets = ""] = draw(1, [line], at(1, 2001, 2007)).split("\n");
  expect(code).toMatch(/^1 \| \.\.\..*;eval\(x\);.*\.\.\.$/);
  expect(code.length).toBeLessThan(115);
  expect(code.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("eval(x)");
});

it("cuts no character in half, wherever the cut falls", () => {
  for (const shift of [0, 1]) {
    const line = "x".repeat(shift) + "🙂".repeat(400);
    expect(draw(1, [line], at(1, 401, 402))).not.toMatch(/\p{Surrogate}|U\+D/u);
  }
});

it("shows one caret for an empty region and one past the end of the line", () => {
  expect(draw(1, ["ab"], at(1, 2, 1))).toBe(["1 | ab", "  |  ^"].join("\n"));
  expect(draw(1, ["ab"], at(1, 9, 9))).toBe(["1 | ab", "  |   ^"].join("\n"));
});

it("spells out characters that reorder the line, and keeps the carets in place", () => {
  expect(draw(1, ["\u202ex"], at(1, 2, 2))).toBe(["1 | <U+202E>x", "  |         ^"].join("\n"));
});

it("draws a file with CRLF line ends without them", () => {
  expect(draw(1, ["a\r"])).toBe(["1 | a", "  | ^"].join("\n"));
});

it("looks only at the part of a line that is shown", () => {
  const line = "x".repeat(20_000_000);
  const started = process.hrtime.bigint();
  draw(1, [line], at(1, 10_000_000));
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(200);
});
