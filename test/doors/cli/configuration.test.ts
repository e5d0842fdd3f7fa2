// Where configuration, rules and suppressions come from, and what is said when they are wrong.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { portcullis } from "../../support/command-line.ts";
import { pullRequest } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { type JsonReport, PICKLE, places, QUIET, SQL } from "./samples.ts";

const CONFIG = ".github/portcullis.yml";

const OWN_RULE = `id: shop/print-order
kind: call
title: An order is printed
severity: low
confidence: high
cwe: [532]
message: "\`{call}\` writes an order to the log."
remedy: Leave it out.
match:
  calls: [shop.orders.print_order]
examples:
  bad:
    printed: |
      from shop.orders import print_order
      print_order(1)  # expect
  good:
    saved: |
      from shop.orders import save_order
      save_order(1)
`;
const PRINTS = "from shop.orders import print_order\nprint_order(7)\n";

async function reviewed(repo: string, ...args: string[]) {
  const { status, stdout, stderr } = await portcullis([
    "review",
    "--repo",
    repo,
    "--format",
    "json",
    ...args,
  ]);
  if (stdout === "") throw new Error(`status ${status}: ${stderr}`);
  const report: JsonReport = JSON.parse(stdout);
  return { status, report, found: places(report.findings.new) };
}

describe.concurrent("the configuration", () => {
  it("is that of base: what the change itself writes into it does not count", async () => {
    const off = "rules:\n  injection/sql-execute: off\n";
    const added = await pullRequest({ "a.py": QUIET }, { "a.py": SQL, [CONFIG]: off });
    expect((await reviewed(added)).found).toEqual(["injection/sql-execute a.py:3"]);
    // Not even a broken one.
    const broken = await pullRequest({ "a.py": QUIET }, { "a.py": SQL, [CONFIG]: "rules: [" });
    expect((await reviewed(broken)).found).toHaveLength(1);
    const atBase = await pullRequest(
      { "a.py": QUIET, [CONFIG]: off },
      { "a.py": SQL, [CONFIG]: null },
    );
    expect((await reviewed(atBase)).found).toEqual([]);
  });

  it("sets the threshold, which --fail-on overrides", async () => {
    const repo = await pullRequest(
      { "a.py": QUIET, [CONFIG]: "fail-on: medium\n" },
      { "a.py": PICKLE },
    );
    expect((await reviewed(repo)).status).toBe(1);
    expect((await reviewed(repo, "--fail-on", "high")).status).toBe(0);
  });

  it("switches rules off or down, everywhere or by path, and leaves paths out", async () => {
    const config = `paths:
  exclude: ["legacy/**"]
rules:
  bandit:B608: { severity: low, paths: { include: ["scripts/**"] } }
  deserialization/*: off
`;
    const files = {
      "legacy/a.py": SQL,
      "scripts/a.py": SQL,
      "shop/a.py": SQL,
      "shop/b.py": PICKLE,
    };
    const repo = await pullRequest({ [CONFIG]: config, "x.py": QUIET }, files);
    const { report } = await reviewed(repo);
    expect(report.findings.new.map((one) => `${one.severity} ${one.path}`)).toEqual([
      "high shop/a.py",
      "low scripts/a.py",
    ]);
  });

  it("allows findings with a reason, until they expire", async () => {
    const config = `allow:
  - { rule: injection/sql-execute, path: "a.py", reason: "reviewed in March", expires: 2999-01-31 }
  - { rule: injection/*, path: "b.py", reason: "until the rewrite", expires: 2020-01-31 }
`;
    const repo = await pullRequest(
      { [CONFIG]: config, "x.py": QUIET },
      { "a.py": SQL, "b.py": SQL },
    );
    const { found, report } = await reviewed(repo);
    expect(found).toEqual(["injection/sql-execute b.py:3"]);
    expect(places(report.suppressed)).toEqual(["injection/sql-execute a.py:3"]);
    expect(report.notes).toEqual([
      expect.stringContaining('until the rewrite" expired on 2020-01-31'),
    ]);
  });

  it("comes from --config instead, for a review and for a scan", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "other.yml");
    await writeFile(file, "rules:\n  injection/sql-execute: off\n");
    const repo = await pullRequest({ "a.py": QUIET, [CONFIG]: "rules: [" }, { "a.py": SQL });
    expect((await reviewed(repo, "--config", file)).found).toEqual([]);
    await writeFile(join(folder, "a.py"), SQL);
    expect((await portcullis(["scan", folder, "--config", file])).status).toBe(0);
    const { status, stderr } = await portcullis(["scan", folder, "--config", "nowhere.yml"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^portcullis: nowhere\.yml: the configuration cannot be read\n/);
  });

  it.each([
    ["fail-onn: high\n", ':1: unknown key "fail-onn". Did you mean "fail-on"?'],
    [
      "fail-on: hgh\n",
      ':1: fail-on: must be one of critical, high, medium, low, never. Did you mean "high"?',
    ],
    ["\n\npaths: src\n", ":3: paths: must be a mapping."],
    ["paths: { includes: [a] }\n", ':1: paths: unknown key "includes". Did you mean "include"?'],
    [
      "rules:\n  injection/sql-execute: of\n",
      ':2: rules.injection/sql-execute: must be one of off, false, critical, high, medium, low, or a mapping. Did you mean "off"?',
    ],
    [
      "rules:\n  injection/sql-execut: off\n",
      ':2: rules: there is no rule "injection/sql-execut". Did you mean "injection/sql-execute"?',
    ],
    [
      "allow:\n  - { rule: bandit:B60, path: a, reason: b }\n",
      ':2: allow: there is no rule "bandit:B60". Did you mean "bandit:B603"?',
    ],
    ["allow:\n  - rule: injection/*\n    path: a\n", ":2: allow.0.reason: is missing"],
    [
      "allow:\n  - { rule: a, reason: b }\n",
      ":2: allow.0: needs `fingerprint`, or `rule` and `path`",
    ],
    [
      "allow:\n  - { fingerprint: a, reason: b, expires: soon }\n",
      ":2: allow.0.expires: must be a date",
    ],
    ["rules: [\n", ":2: "],
    ["just words\n", ":1: must be a mapping."],
    ['"\\e[31m\\u202e": x\n', ':1: unknown key "<U+001B>[31m<U+202E>".'],
  ])("is refused with file, line and hint: %j", async (text, message) => {
    const folder = await temporaryFolder();
    const file = join(folder, "c.yml");
    await writeFile(file, text);
    const { status, stdout, stderr } = await portcullis(["scan", folder, "--config", file]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`portcullis: ${file}${message}`);
  });

  it("lists all of its mistakes in the order of the file", async () => {
    const text = "fail-on: hgh\nfrmeworks: [django]\nrules:\n  secrets/*: lo\n";
    const repo = await pullRequest({ "a.py": QUIET, [CONFIG]: text }, { "a.py": SQL });
    const { status, stderr } = await portcullis(["review", "--repo", repo]);
    expect(status).toBe(2);
    expect(
      [...stderr.matchAll(/\.github\/portcullis\.yml:(\d+): /g)].map((match) => match[1]),
    ).toEqual(["1", "2", "4"]);
  });

  it("may be empty", async () => {
    const repo = await pullRequest({ "a.py": QUIET, [CONFIG]: "# nothing yet\n" }, { "a.py": SQL });
    expect((await reviewed(repo)).found).toHaveLength(1);
  });
});

describe.concurrent("rules of a repository", () => {
  const RULE = ".portcullis/rules/shop/print-order.yml";

  it("are those of base", async () => {
    const repo = await pullRequest(
      { [RULE]: OWN_RULE, "a.py": QUIET },
      { [RULE]: null, "a.py": PRINTS },
    );
    const { status, found } = await reviewed(repo);
    expect(found).toEqual(["shop/print-order a.py:2"]);
    expect(status).toBe(0);
    const late = await pullRequest({ "a.py": QUIET }, { [RULE]: OWN_RULE, "a.py": PRINTS });
    expect((await reviewed(late)).found).toEqual([]);
  });

  it("can be named in the configuration and in comments", async () => {
    const config = "rules:\n  shop/*: { severity: critical }\n";
    const head = {
      "a.py": `${PRINTS}print_order(8)  # portcullis: ignore[shop/print-order] a sample\n`,
    };
    const repo = await pullRequest({ [RULE]: OWN_RULE, [CONFIG]: config, "a.py": QUIET }, head);
    const { status, report } = await reviewed(repo);
    expect(report.findings.new.map((one) => one.severity)).toEqual(["critical"]);
    expect(places(report.suppressed)).toEqual(["shop/print-order a.py:3"]);
    expect(status).toBe(1);
  });

  it.each([
    [RULE, OWN_RULE.replace("title:", "titel:"), ':3: unknown key "titel". Did you mean "title"?'],
    [
      RULE,
      OWN_RULE.replace("kind: call", "kind: calls"),
      ':2: no rule kind "calls". Did you mean "call"?',
    ],
    [
      RULE,
      OWN_RULE.replace("  calls:", "  cals:"),
      ':10: match: unknown key "cals". Did you mean "calls"?',
    ],
    [
      RULE,
      OWN_RULE.replace("low", "lo"),
      ":4: severity: must be one of critical, high, medium, low.",
    ],
    [RULE.replace("print", "show"), OWN_RULE, ':1: the id is "shop/print-order"'],
    [RULE, "a: [", ":1: "],
  ])("are refused with file and line (%s, %#)", async (path, text, message) => {
    const repo = await pullRequest({ [path]: text, "a.py": QUIET }, { "a.py": SQL });
    const { status, stdout, stderr } = await portcullis(["review", "--repo", repo]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`${path}${message}`);
  });

  it("are run on their examples, which say what is wrong with them", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, RULE);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, OWN_RULE);
    const right = await portcullis(["rules", "--check", folder]);
    expect([right.status, right.stdout.split("\n").at(-2)]).toEqual([
      0,
      "examples run: 2, wrong: 0",
    ]);
    await writeFile(path, OWN_RULE.replaceAll("save_order", "print_order"));
    const wrong = await portcullis(["rules", "--check", folder]);
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toContain(
      "FAIL  shop/print-order, not reported: saved\n      example.py:2 is reported\n",
    );
  });

  it("may not take the id of a built-in one", async () => {
    const repo = await pullRequest(
      {
        ".portcullis/rules/injection/sql-execute.yml": OWN_RULE.replace(
          "shop/print-order",
          "injection/sql-execute",
        ),
      },
      { "a.py": SQL },
    );
    const { status, stderr } = await portcullis(["review", "--repo", repo]);
    expect(status).toBe(2);
    expect(stderr).toContain("injection/sql-execute: the id belongs to a built-in rule");
  });
});

describe.concurrent("suppressions", () => {
  it("that the change adds are listed, whoever they were written for", async () => {
    const line = (comment: string, call: string) =>
      `    cursor.execute("SELECT ${call} FROM t WHERE a = '" + request.args["a"] + "'")  ${comment}\n`;
    const source = `from flask import request\ndef find(cursor):\n${[
      line("# portcullis: ignore[injection/sql-execute] only in tests", "a"),
      line("# nosec B608", "b"),
      line("# noqa: S608", "c"),
      line("# portcullis: ignore[injection/sql-execute]", "d"),
      line("# portcullis: ignore[injection/sql-exec] a typing error", "e"),
      line("# nosec B101", "f"),
    ].join("")}`;
    const repo = await pullRequest({ "a.py": QUIET }, { "a.py": source });
    const { found, report } = await reviewed(repo);
    expect(places(report.suppressed)).toEqual(
      [3, 4, 5].map((n) => `injection/sql-execute a.py:${n}`),
    );
    expect(report.suppressed.every(({ by }) => by.added)).toBe(true);
    expect(found).toEqual([6, 7, 8].map((n) => `injection/sql-execute a.py:${n}`));
    expect(report.notes).toEqual([
      expect.stringContaining("a.py:6: a suppression must give a reason"),
      expect.stringContaining('a.py:7: a suppression names the unknown rule "injection/sql-exec"'),
    ]);
    const { stdout } = await portcullis(["review", "--repo", repo]);
    expect(stdout).toContain("Suppressed by this change");
    expect(stdout).toContain("by a `# portcullis: ignore` comment at a.py:3: only in tests");
  });
});
