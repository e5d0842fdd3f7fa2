import { describe, expect, it } from "vitest";
import { isSlowPattern } from "../../src/analyzers/slow-pattern.ts";

describe("isSlowPattern", () => {
  it.each([
    "^(\\w+\\s?)*$",
    "(a+)+$",
    "(?:[a-z]*)*x",
    "^((?P<word>a+)|b)*$",
    "(x(\\d+)?)*y|(\\d+)+z",
    "^(([a-z])+.)+[A-Z]([a-z])+$|(a{2,})*b",
    "(.*,?)+;",
    "([]a]+)+$",
  ])("finds the repetition of a repetition in %s", (pattern) => {
    expect(isSlowPattern(pattern)).toBe(true);
  });

  it.each([
    "^[a-z]+$",
    "^(\\w+\\.)*\\w+$",
    "(\\w+\\s?)*",
    "(a+)?b",
    "(ab)+c",
    "(a{1,3})+b",
    "\\(a+\\)+b",
    "[(a+)+]b",
    "(a++)+b",
    "(?>a+)+b",
    "(?=a+)+b",
    "(a+",
    "",
  ])("finds none in %s", (pattern) => {
    expect(isSlowPattern(pattern)).toBe(false);
  });

  it("gives up on what nobody writes by hand", () => {
    expect(isSlowPattern("(a+)+".repeat(1000))).toBe(false);
    expect(isSlowPattern("(".repeat(1500))).toBe(false);
  });
});
