import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import type { Finding } from "../../src/core/finding.ts";
import { compare, onAddedLine } from "../../src/review/compare.ts";
import type { Hit } from "../../src/review/hit.ts";

/** A hit written as `path:line fingerprint`. */
function hit(written: string): Hit {
  const [, path = "", line = "", fingerprint = ""] = /^(.*):(\d+) (.*)$/.exec(written) ?? [];
  const finding: Finding = {
    ruleId: "a/b",
    path,
    region: { startLine: Number(line), startColumn: 1, endLine: Number(line), endColumn: 2 },
    message: "",
    severity: "high",
    confidence: "high",
    trace: [],
    related: [],
    absence: false,
    fingerprint,
  };
  return { finding };
}

const shown = (hits: readonly Hit[]) =>
  hits
    .map(({ finding }) => `${finding.path}:${finding.region.startLine} ${finding.fingerprint}`)
    .sort();

const modified = (path: string, ...added: readonly number[]): Change => ({
  status: "modified",
  path,
  hunks: [
    {
      oldStart: 1,
      oldLines: 10,
      newStart: 1,
      newLines: 10,
      added: added.map((line) => ({ start: line, end: line })),
      removed: [],
    },
  ],
});

const renamed = (previousPath: string, path: string): Change => ({
  status: "renamed",
  path,
  previousPath,
  hunks: [],
});

describe("of base and head", () => {
  it.each([
    ["nothing", [], [], [], { new: [], fixed: [], unchanged: [] }],
    [
      "what is in both is unchanged, wherever it moved",
      ["a:1 x"],
      ["a:9 x"],
      [modified("a", 9)],
      { new: [], fixed: [], unchanged: ["a:9 x"] },
    ],
    [
      "what is only in head is new",
      ["a:1 x"],
      ["a:1 x", "a:2 y"],
      [modified("a", 2)],
      { new: ["a:2 y"], fixed: [], unchanged: ["a:1 x"] },
    ],
    [
      "what is only in base is fixed",
      ["a:1 x", "a:2 y"],
      ["a:2 y"],
      [modified("a")],
      { new: [], fixed: ["a:1 x"], unchanged: ["a:2 y"] },
    ],
    [
      "a second copy is new",
      ["a:1 x"],
      ["a:1 x", "a:5 x"],
      [modified("a", 5)],
      { new: ["a:5 x"], fixed: [], unchanged: ["a:1 x"] },
    ],
    [
      "a second copy above the first is new, not the first",
      ["a:1 x"],
      ["a:1 x", "a:5 x"],
      [modified("a", 1)],
      { new: ["a:1 x"], fixed: [], unchanged: ["a:5 x"] },
    ],
    [
      "two copies more are both new",
      ["a:1 x"],
      ["a:1 x", "a:2 x", "a:3 x"],
      [modified("a", 2, 3)],
      { new: ["a:2 x", "a:3 x"], fixed: [], unchanged: ["a:1 x"] },
    ],
    [
      "one copy of three is fixed",
      ["a:1 x", "a:2 x", "a:3 x"],
      ["a:1 x", "a:2 x"],
      [modified("a")],
      { new: [], fixed: ["a:3 x"], unchanged: ["a:1 x", "a:2 x"] },
    ],
    [
      "a renamed file's are unchanged",
      ["a:1 x"],
      ["b:1 x"],
      [renamed("a", "b")],
      { new: [], fixed: [], unchanged: ["b:1 x"] },
    ],
    [
      "two files that swap names",
      ["a:1 x", "b:1 y"],
      ["a:1 y", "b:1 x"],
      [renamed("b", "a"), renamed("a", "b")],
      { new: [], fixed: [], unchanged: ["a:1 y", "b:1 x"] },
    ],
    [
      "code that moved to another file",
      ["a:1 x"],
      ["b:7 x"],
      [modified("a"), modified("b", 7)],
      { new: [], fixed: [], unchanged: ["b:7 x"] },
    ],
    [
      "a copy in another file, while the first stays",
      ["a:1 x"],
      ["a:1 x", "b:7 x"],
      [modified("b", 7)],
      { new: ["b:7 x"], fixed: [], unchanged: ["a:1 x"] },
    ],
    [
      "a file's own comes before another's",
      ["a:1 x", "b:1 x"],
      ["b:1 x"],
      [modified("a"), modified("b")],
      { new: [], fixed: ["a:1 x"], unchanged: ["b:1 x"] },
    ],
    [
      "a new file at the place of a renamed one",
      ["a:1 x"],
      ["b:1 x", "a:1 x"],
      [renamed("a", "b"), { status: "added", path: "a" }],
      { new: ["a:1 x"], fixed: [], unchanged: ["b:1 x"] },
    ],
    [
      "a fingerprint like a path",
      ["a:1 a"],
      ["a:1 a"],
      [modified("a")],
      { new: [], fixed: [], unchanged: ["a:1 a"] },
    ],
  ] as const)("%s", (_what, base, head, changes, expected) => {
    const result = compare(base.map(hit), head.map(hit), changes);
    expect({
      new: shown(result.new),
      fixed: shown(result.fixed),
      unchanged: shown(result.unchanged),
    }).toEqual(expected);
  });

  it("each finding ends in exactly one list, on generated sets", () => {
    let seed = 11;
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    const some = () =>
      Array.from({ length: next(12) }, () =>
        hit(`${"ab"[next(2)]}:${1 + next(9)} ${"xyz"[next(3)]}`),
      );
    for (let round = 0; round < 200; round++) {
      const [base, head] = [some(), some()];
      const result = compare(base, head, [modified("a", 3), renamed("a", "b")]);
      expect(shown([...result.new, ...result.unchanged])).toEqual(shown(head));
      expect(result.fixed.length + result.unchanged.length).toBe(base.length);
      for (const one of result.new)
        expect(result.fixed.map(({ finding }) => finding.fingerprint)).not.toContain(
          one.finding.fingerprint,
        );
    }
  });
});

describe("a finding stands on an added line", () => {
  const finding = hit("a:3 x").finding;
  const long = { ...finding, region: { ...finding.region, endLine: 5 } };
  it.each([
    ["one that the change adds", finding, modified("a", 3), true],
    ["not one next to it", finding, modified("a", 2, 4), false],
    ["one of several lines", long, modified("a", 5), true],
    ["any of a new file", finding, { status: "added", path: "a", hunks: [] } as const, true],
    [
      "any where the lines are not known",
      finding,
      { status: "modified", path: "a" } as const,
      true,
    ],
    ["none of a pure rename", finding, renamed("b", "a"), false],
    ["none of a file that does not change", finding, undefined, false],
  ])("%s", (_what, one, change, expected) => {
    expect(onAddedLine(one, change)).toBe(expected);
  });
});

describe("what is written anew in a function", () => {
  const inFunction = (written: string, within: string, message = "a"): Hit => {
    const made = hit(written);
    return { ...made, within, finding: { ...made.finding, message } };
  };
  it.each([
    ["is unchanged", [["a:1 x", "f"]], [["a:2 y", "f"]], { new: [], unchanged: ["a:2 y"] }],
    [
      "is unchanged in a renamed file",
      [["b:1 x", "f"]],
      [["a:2 y", "f"]],
      { new: [], unchanged: ["a:2 y"] },
    ],
    [
      "is new in another function",
      [["a:1 x", "f"]],
      [["a:2 y", "g"]],
      { new: ["a:2 y"], unchanged: [] },
    ],
    [
      "is unchanged where it names something else",
      [["a:1 x", "f"]],
      [["a:2 y", "f", "b"]],
      { new: [], unchanged: ["a:2 y"] },
    ],
    [
      "is new where it names something else outside of functions",
      [["a:1 x", ""]],
      [["a:2 y", "", "b"]],
      { new: ["a:2 y"], unchanged: [] },
    ],
    [
      "is new where there is more of it",
      [["a:1 x", "f"]],
      [
        ["a:2 y", "f"],
        ["a:3 z", "f"],
      ],
      { new: ["a:2 y", "a:3 z"], unchanged: [] },
    ],
  ] as const)("%s", (_name, base, head, expected) => {
    const made = (side: readonly (readonly [string, string, string?])[]) =>
      side.map(([written, within, message]) => inFunction(written, within, message));
    const change = base[0][0].startsWith("b") ? renamed("b", "a") : modified("a", 2, 3);
    const result = compare(made(base), made(head), [change]);
    expect({ new: shown(result.new), unchanged: shown(result.unchanged) }).toEqual(expected);
  });
});

describe("what the same data reaches", () => {
  const reached = (written: string, within: string, from: string, message = "a"): Hit => {
    const made = hit(written);
    const [function_ = "", data = ""] = from.split(" ");
    return {
      ...made,
      within,
      origin: { within: function_, data },
      finding: { ...made.finding, message },
    };
  };
  const rewritten: Change = {
    status: "modified",
    path: "a",
    hunks: [
      {
        oldStart: 1,
        oldLines: 3,
        newStart: 1,
        newLines: 3,
        added: [{ start: 1, end: 3 }],
        removed: [{ start: 1, end: 3 }],
      },
    ],
  };
  const untouched: Change = { status: "modified", path: "a", hunks: [] };
  it.each([
    [
      "in a function that the code moved to, from where it is taken as before",
      reached("a:1 x", "f", "f data"),
      reached("a:2 y", "g", "f data", "b"),
      rewritten,
      "unchanged",
    ],
    [
      "where all of it moved",
      reached("a:1 x", "f", "f data"),
      reached("a:2 y", "g", "g data"),
      rewritten,
      "unchanged",
    ],
    [
      "where all of it moved and something else is called",
      reached("a:1 x", "f", "f data"),
      reached("a:2 y", "g", "g data", "b"),
      rewritten,
      "new",
    ],
    [
      "elsewhere, while the code stays",
      reached("a:1 x", "f", "f data"),
      reached("a:9 y", "g", "g data"),
      untouched,
      "new",
    ],
    [
      "where other data is taken",
      reached("a:1 x", "f", "f data"),
      reached("a:2 y", "f", "f other", "b"),
      rewritten,
      "new",
    ],
  ] as const)("%s", (_name, base, head, change, expected) => {
    const result = compare([base], [head], [change]);
    expect(result.new).toEqual(expected === "new" ? [head] : []);
    expect(result.unchanged).toEqual(expected === "new" ? [] : [head]);
  });
});

describe("an old flaw", () => {
  const running = (...paths: readonly string[]): Hit => ({
    ...hit("base:1 x"),
    affects: ["base", ...paths].map((path) => ({ path })),
  });
  const edited = { ...renamed("b", "a"), hunks: modified("a", 1).hunks ?? [] };
  const { hunks: _, ...unknown } = edited;
  it.each([
    ["is new for a module that gives up its own value", modified("a", 1), "new"],
    ["is new for one that is renamed besides", edited, "new"],
    ["is new for a renamed one of which no lines are known", unknown, "new"],
    ["is old for one that is only renamed", renamed("b", "a"), "unchanged"],
    ["is old for one that is added", { status: "added", path: "a" } as const, "unchanged"],
  ] as const)("%s", (_name, change, expected) => {
    const after = running("a");
    const result = compare([running()], [after], [change]);
    expect(result.new).toEqual(expected === "new" ? [after] : []);
    expect(result.unchanged).toEqual(expected === "new" ? [] : [after]);
  });

  it("is old for a module that ran with it under another name", () => {
    const result = compare([running("b")], [running("a")], [edited]);
    expect([result.new, result.unchanged]).toEqual([[], [running("a")]]);
  });
});
