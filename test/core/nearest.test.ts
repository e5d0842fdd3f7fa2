import { describe, expect, it } from "vitest";
import { didYouMean, editDistance, nearest } from "../../src/core/nearest.ts";

describe("the distance of two words", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["ab", "abc", 1],
    ["abc", "acb", 1],
    ["abcd", "badc", 2],
    ["kitten", "sitting", 3],
    ["a", "b", 1],
  ])("%j and %j is %i", (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
  });
});

describe("who wrote", () => {
  it.each([
    ["hihg", ["critical", "high", "low"], "high"],
    ["HIGH", ["low", "high"], "high"],
    ["fail_on", ["fail-on", "comment-on"], "fail-on"],
    [
      "injection/sql-raw-qeury",
      ["injection/sql-raw-query", "injection/sql-execute"],
      "injection/sql-raw-query",
    ],
    ["zebra", ["high", "low"], undefined],
    ["anything", [], undefined],
    ["x".repeat(100_000), ["high"], undefined],
  ])("%j meant, of %j, %j", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

it("names the guess, or else all that is allowed", () => {
  expect(didYouMean("lwo", ["low", "high"])).toBe(' Did you mean "low"?');
  expect(didYouMean("zebra", ["low", "high"])).toBe(" Allowed: low, high.");
});
