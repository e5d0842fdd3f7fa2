import { describe, expect, it } from "vitest";
import { diffHunks } from "../../src/core/diff.ts";
import type { Finding } from "../../src/core/finding.ts";
import { anchorAbsence, type ChangeWithBase } from "../../src/review/anchor.ts";

const finding: Finding = {
  ruleId: "a/b",
  path: "settings.py",
  region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
  message: "",
  severity: "high",
  confidence: "high",
  trace: [],
  related: [],
  absence: true,
  fingerprint: "x",
};

function changed(
  path: string,
  before: readonly string[],
  after: readonly string[],
): ChangeWithBase {
  const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
  return {
    change: { status: "modified", path, hunks: diffHunks(join(before), join(after)) },
    baseLines: before,
    headLines: after,
  };
}

const place = (one: Finding) =>
  `${one.path}:${one.region.startLine}:${one.region.startColumn}-${one.region.endColumn}`;

const list = ["MIDDLEWARE = [", '    "a",', '    "gone",', '    "b",', "]"];
const filler = (count: number) => Array.from({ length: count }, (_, i) => `x${i} = 1`);

describe("an absence is shown where the change took the text away:", () => {
  it.each([
    ["in the middle of a list", list, list.toSpliced(2, 1), "settings.py:3:5-8"],
    ["as the first line of the file", ['"gone"', ...filler(3)], filler(3), "settings.py:1:1-6"],
    ["as the last line of the file", [...filler(3), '"gone"'], filler(3), "settings.py:3:1-6"],
    ["with everything else", ['"gone"'], [], "settings.py:1:1-1"],
    ["replaced by another", list, list.with(2, '    "other",'), "settings.py:3:5-12"],
    [
      "replaced by several",
      list,
      list.toSpliced(2, 1, '    "c",', '    "d",'),
      "settings.py:3:5-8",
    ],
    [
      "in a comment now",
      list,
      list.with(2, '    # "gone",').with(2, '    # "g",'),
      "settings.py:3:5-10",
    ],
    [
      "behind lines that the same hunk adds",
      list,
      ["new = 1", "newer = 2", ...list.toSpliced(2, 1)],
      "settings.py:5:5-8",
    ],
    [
      "behind a line that the same hunk takes away",
      ["old = 1", ...list],
      list.toSpliced(2, 1),
      "settings.py:3:5-8",
    ],
    [
      "far down, behind another hunk",
      [...filler(30), ...list],
      ["new = 1", ...filler(30), ...list.toSpliced(2, 1)],
      "settings.py:34:5-8",
    ],
    [
      "far down, behind a hunk that takes lines away",
      [...filler(30), ...list],
      [...filler(30).slice(2), ...list.toSpliced(2, 1)],
      "settings.py:31:5-8",
    ],
  ])("%s", (_what, before, after, expected) => {
    const change = changed("settings.py", before, after);
    const anchored = anchorAbsence({ finding, absent: "gone" }, [change]);
    expect(place(anchored)).toBe(expected);
    const { startLine } = anchored.region;
    const isInHunk = change.change.hunks?.some(
      (hunk) =>
        startLine >= Math.max(1, hunk.newStart) &&
        startLine < Math.max(1, hunk.newStart) + Math.max(1, hunk.newLines),
    );
    expect(isInHunk).toBe(true);
  });

  it("or where another hunk writes it anew without it", () => {
    const after = [...list.slice(0, 1), ...list.slice(3), ...filler(30), "MIDDLEWARE = [*rest]"];
    const change = changed("settings.py", [...list, ...filler(30)], after);
    const region = {
      startLine: after.length,
      startColumn: 1,
      endLine: after.length,
      endColumn: 20,
    };
    const anchored = anchorAbsence({ finding: { ...finding, region }, absent: "gone" }, [change]);
    expect(place(anchored)).toBe(`settings.py:${after.length}:1-20`);
  });

  it("lies within a hunk wherever the line stood, on every place of a file", () => {
    for (let size = 1; size <= 14; size++) {
      for (let at = 0; at < size; at++) {
        for (const added of [[], ["p"], ["p", "q"]]) {
          const before = filler(size).with(at, "gone");
          const change = changed("settings.py", before, before.toSpliced(at, 1, ...added));
          const { startLine } = anchorAbsence({ finding, absent: "gone" }, [change]).region;
          const hunk = change.change.hunks?.[0];
          const first = Math.max(1, hunk?.newStart ?? 0);
          expect(startLine).toBeGreaterThanOrEqual(first);
          expect(startLine).toBeLessThan(first + Math.max(1, hunk?.newLines ?? 0));
          if (added.length > 0) expect(startLine).toBe(at + 1);
        }
      }
    }
  });
});

describe("it stays where it is", () => {
  it.each([
    ["when no change took the text away", "gone", [changed("settings.py", ["a"], ["b"])]],
    ["when nothing changed", "gone", []],
    ["when the finding is no absence", undefined, [changed("settings.py", ["gone"], ["b"])]],
    [
      "when the file with the text is gone",
      "gone",
      [
        {
          ...changed("old.py", ["gone"], []),
          change: { status: "removed", path: "old.py", hunks: diffHunks("gone\n", "") },
        } as const,
      ],
    ],
    [
      "when the lines of the change are not known",
      "gone",
      [
        {
          change: { status: "modified", path: "settings.py" },
          baseLines: ["gone"],
          headLines: ["b"],
        } as const,
      ],
    ],
  ])("%s", (_what, absent, changes) => {
    const hit = absent === undefined ? { finding } : { finding, absent };
    expect(anchorAbsence(hit, changes)).toEqual(finding);
  });
});

describe("of several places", () => {
  const here = changed("settings.py", list, list.toSpliced(2, 1));
  const there = changed("base.py", ["a", "gone", "b"], ["a", "b"]);

  it("that in the finding's own file is taken", () => {
    expect(place(anchorAbsence({ finding, absent: "gone" }, [there, here]))).toBe(
      "settings.py:3:5-8",
    );
  });

  it("one in another file is taken where there is no other, and the finding's own is named", () => {
    const anchored = anchorAbsence({ finding, absent: "gone" }, [there]);
    expect(place(anchored)).toBe("base.py:2:1-1");
    expect(anchored.related).toEqual([
      { path: "settings.py", region: finding.region, message: "is where it is missed" },
    ]);
  });
});
