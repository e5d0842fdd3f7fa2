import { describe, expect, it } from "vitest";
import type { AllowEntry, Config } from "../../src/core/config.ts";
import { fingerprintOf } from "../../src/review/fingerprint.ts";
import { type Options, placesOf, reviewOf, scanOf } from "../support/review.ts";

const EVAL = "injection/code-eval";
const rules = [EVAL, "injection/os-system", "secrets/github-token"];
const FILES = { "app/a.py": "eval(x)\n", "lib/b.py": "import os\nos.system(x)\neval(x)\n" };
const ALL = ["app/a.py:1", "lib/b.py:2", "lib/b.py:3"];
const scan = (config: Partial<Config>, options: Options = {}) =>
  scanOf(FILES, { rules, config, ...options });

describe("rules by configuration", () => {
  const severities = async (setting: Config["rules"]) => {
    const { new: found } = await scan({ rules: setting });
    return found.map((one) => `${one.path}:${one.region.startLine} ${one.severity}`).sort();
  };
  const low = (place: string) => `${place} low`;
  const high = (place: string) => `${place} high`;
  const cases: readonly (readonly [string, Config["rules"], readonly string[]])[] = [
    ["left alone", {}, ALL.map(high)],
    ["switched off by id", { [EVAL]: "off" }, [high("lib/b.py:2")]],
    ["switched off by glob", { "injection/*": "off" }, []],
    ["switched off by alias", { "bandit:B605": "off" }, [high("app/a.py:1"), high("lib/b.py:3")]],
    [
      "with another severity",
      { [EVAL]: "low" },
      [low("app/a.py:1"), high("lib/b.py:2"), low("lib/b.py:3")],
    ],
    [
      "off in some paths",
      { [EVAL]: { severity: "off", paths: { include: ["lib/**"], exclude: [] } } },
      [high("app/a.py:1"), high("lib/b.py:2")],
    ],
    [
      "with another severity but in some paths",
      { [EVAL]: { severity: "low", paths: { include: [], exclude: ["app/**"] } } },
      [high("app/a.py:1"), high("lib/b.py:2"), low("lib/b.py:3")],
    ],
    [
      "where the last word counts",
      { "injection/*": "off", [EVAL]: "low" },
      [low("app/a.py:1"), low("lib/b.py:3")],
    ],
    ["where the last word counts, off", { [EVAL]: "low", "injection/*": "off" }, []],
    [
      "named without a severity",
      { [EVAL]: { paths: { include: ["app/**"], exclude: [] } } },
      ALL.map(high),
    ],
    ["of another name", { "injection/code": "off", "*": "off" }, ALL.map(high)],
    ["all of them", { "**": "off" }, []],
  ];
  it.each(cases)("%s", async (_what, setting, expected) => {
    expect(await severities(setting)).toEqual(expected);
  });
});

describe("paths by configuration", () => {
  it.each([
    [{ include: [], exclude: [] }, ALL],
    [{ include: ["app/**"], exclude: [] }, ["app/a.py:1"]],
    [{ include: [], exclude: ["lib/**"] }, ["app/a.py:1"]],
    [{ include: ["**/*.py"], exclude: ["app/*"] }, ["lib/b.py:2", "lib/b.py:3"]],
    [{ include: ["app"], exclude: [] }, []],
    [{ include: ["*.py"], exclude: [] }, []],
    [{ include: ["**/{a,c}.py"], exclude: [] }, ["app/a.py:1"]],
  ])("%j", async (paths, expected) => {
    expect(placesOf((await scan({ paths })).new)).toEqual(expected);
  });

  it("count for hidden folders, and for a review", async () => {
    const hidden = { ".github/a.py": "eval(x)\n" };
    const exclude = { paths: { include: [], exclude: ["**/*.py"] } };
    expect((await scanOf(hidden, { rules, config: exclude })).new).toEqual([]);
    expect((await scanOf(hidden, { rules })).new).toHaveLength(1);
    expect((await reviewOf({}, FILES, { rules, config: exclude })).new).toEqual([]);
  });
});

describe("an exception", () => {
  const fingerprint = fingerprintOf({ ruleId: EVAL, subject: "eval(x)" });
  const reason = "known";
  const cases: readonly (readonly [string, AllowEntry, readonly string[]])[] = [
    ["by rule and path", { rule: EVAL, path: "app/**", reason }, ["app/a.py:1"]],
    ["by rule and exact path", { rule: EVAL, path: "lib/b.py", reason }, ["lib/b.py:3"]],
    [
      "by a glob of rules",
      { rule: "injection/*", path: "lib/*", reason },
      ["lib/b.py:2", "lib/b.py:3"],
    ],
    ["by alias", { rule: "ruff:S605", path: "**", reason }, ["lib/b.py:2"]],
    ["by fingerprint, wherever it stands", { fingerprint, reason }, ["app/a.py:1", "lib/b.py:3"]],
    ["by another fingerprint", { fingerprint: "0".repeat(32), reason }, []],
    ["by another path", { rule: EVAL, path: "other/**", reason }, []],
    ["for an advisory", { advisory: "CVE-1", package: "x", reason }, []],
  ];
  it.each(cases)("%s", async (_what, entry, expected) => {
    const { new: found, suppressed, notes } = await scan({ allow: [entry] });
    expect(placesOf(suppressed.map((one) => one.finding))).toEqual(expected);
    expect(placesOf(found)).toEqual(ALL.filter((place) => !expected.includes(place)));
    for (const one of suppressed) expect(one.by).toEqual({ kind: "configuration", reason });
    expect(notes).toEqual([]);
  });

  const entry = { rule: EVAL, path: "**", reason, expires: "2026-06-30" };
  it.each([
    ["2026-06-29", 2, []],
    ["2026-06-30", 2, []],
    ["2026-07-01", 0, ['The exception "known" expired on 2026-06-30: its findings count again.']],
  ])("until a day, on %s", async (today, count, expected) => {
    const { suppressed, notes } = await scan({ allow: [entry] }, { today });
    expect(suppressed).toHaveLength(count);
    for (const one of suppressed) expect(one.by).toMatchObject({ expires: "2026-06-30" });
    expect(notes).toEqual(expected);
  });

  it("that has expired is not told where another one holds", async () => {
    const other = { rule: "injection/*", path: "**", reason: "also" };
    const { new: found, notes } = await scan({ allow: [entry, other] }, { today: "2027-01-01" });
    expect([found, notes]).toEqual([[], []]);
  });

  it("of a finding that was there is not shown in every review, and that of a new one is", async () => {
    const allow = [{ rule: EVAL, path: "**", reason }];
    const head = { ...FILES, "app/a.py": "eval(x)\ny = 1\n", "app/new.py": "eval(y)\n" };
    const result = await reviewOf(FILES, head, { rules, config: { allow } });
    expect(placesOf(result.suppressed.map((one) => one.finding))).toEqual(["app/new.py:1"]);
    expect([result.new, result.fixed]).toEqual([[], []]);
  });
});

describe("a review", () => {
  it("of nothing says nothing", async () => {
    expect(await reviewOf(FILES, FILES, { rules })).toMatchObject({
      base: "base",
      head: "head",
      new: [],
      fixed: [],
      unchanged: [],
      suppressed: [],
      skipped: [],
      notes: [],
      files: 0,
    });
  });

  it("numbers equal new findings, so that none is lost", async () => {
    const { new: found } = await reviewOf(
      {},
      { "a.py": "eval(x)\neval(x)\n\neval(x)\n" },
      { rules },
    );
    const [first = "", ...others] = found.map((one) => one.fingerprint);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(others).toEqual([`${first}:2`, `${first}:3`]);
    expect(placesOf(found)).toEqual(["a.py:1", "a.py:2", "a.py:4"]);
  });

  it("shows the worst first, then by place", async () => {
    const head = { "b.py": "eval(x)\n", "a.py": "\neval(y)\neval(z)\n" };
    const paths = { include: ["b.py"], exclude: [] };
    const config: Partial<Config> = { rules: { [EVAL]: { severity: "critical", paths } } };
    const { new: found } = await reviewOf({}, head, { rules, config });
    expect(found.map((one) => `${one.severity} ${one.path}:${one.region.startLine}`)).toEqual([
      "critical b.py:1",
      "high a.py:2",
      "high a.py:3",
    ]);
  });

  it.each([
    [
      "a rename keeps what was found",
      { "a.py": "eval(x)\n" },
      { "b.py": "eval(x)\n" },
      { "a.py": "b.py" },
      [],
    ],
    [
      "a rename with a change shows only that",
      { "a.py": "eval(x)\n\n\n\n" },
      { "b.py": "eval(x)\n\n\n\neval(y)\n" },
      { "a.py": "b.py" },
      ["b.py:5"],
    ],
    [
      "a rename out of the tests counts",
      { "tests/a.py": "eval(x)\n" },
      { "app/a.py": "eval(x)\n" },
      { "tests/a.py": "app/a.py" },
      ["app/a.py:1"],
    ],
    [
      "a rename into the tests does not",
      { "app/a.py": "eval(x)\n" },
      { "tests/a.py": "eval(x)\n" },
      { "app/a.py": "tests/a.py" },
      [],
    ],
    [
      "a rename that makes a program of a text counts",
      { "a.txt": "eval(x)\n" },
      { "a.py": "eval(x)\n" },
      { "a.txt": "a.py" },
      ["a.py:1"],
    ],
    [
      "a copy counts",
      { "a.py": "eval(x)\n" },
      { "a.py": "eval(x)\n", "b.py": "eval(x)\n" },
      {},
      ["b.py:1"],
    ],
    [
      "a move does not",
      { "a.py": "eval(x)\n", "b.py": "\n" },
      { "a.py": "\n", "b.py": "eval(x)\n" },
      {},
      [],
    ],
    [
      "other quotes, spaces and lines do not",
      { "a.py": "eval(x + 'a')\n" },
      { "a.py": 'y = 1\n\neval(\n    x + "a",\n)\n' },
      {},
      [],
    ],
    [
      "request data of a view in a class does",
      { "a.py": "\n" },
      {
        "a.py":
          "from django.views import View\nimport os\nclass V(View):\n    def get(self, request):\n        os.system('a ' + self.request.GET['b'])\n",
      },
      {},
      ["a.py:5"],
    ],
  ])("%s", async (_what, base, head, renames, expected) => {
    const { new: found } = await reviewOf(base, head, {
      rules,
      renames: Object.fromEntries(Object.entries(renames)),
    });
    expect(placesOf(found)).toEqual(expected);
  });
});
