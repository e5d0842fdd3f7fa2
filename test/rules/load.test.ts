import { describe, expect, it } from "vitest";
import * as z from "zod";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { RuleError } from "../../src/core/errors.ts";
import { extendRules, loadRules } from "../../src/rules/index.ts";

const kinds = new Map<string, z.ZodType>([
  ["call", z.strictObject({ calls: z.array(z.string()).min(1), where: z.string().optional() })],
  ["setting", z.strictObject({ setting: z.string() })],
]);

const RULE = `id: area/one
kind: call
title: A title
severity: high
confidence: medium
cwe: [89]
aliases: [bandit:B608]
message: What {call} does.
remedy: Do not.
match:
  calls: [eval]
examples:
  bad: { one: "eval(x)  # expect" }
  good: { one: "x" }
`;

const rule = (id: string, change: (text: string) => string = (text) => text) => ({
  path: `${id}.yml`,
  text: change(RULE.replace("area/one", id)),
});

const load = (...files: readonly { path: string; text: string }[]) => loadRules(files, kinds);

it("reads rules in an order that does not depend on that of the files", () => {
  const [a, b, c] = [rule("a/x"), rule("b/x"), rule("b/y")];
  const ids = ["a/x", "b/x", "b/y"];
  expect(load(c, a, b).rules.map((one) => one.id)).toEqual(ids);
  expect(load(b, c, a).rules.map((one) => one.id)).toEqual(ids);
  expect([...load(a, b).byId.keys()]).toEqual(["a/x", "b/x"]);
});

describe("refuses a rule, by its file and line,", () => {
  it.each([
    [
      "of a kind that no analyzer reads",
      (text: string) => text.replace("kind: call", "kind: cal"),
      '2: no rule kind "cal". Did you mean "call"?',
    ],
    [
      "of a kind like no other",
      (text: string) => text.replace("kind: call", "kind: regex"),
      '2: no rule kind "regex". Allowed: call, setting.',
    ],
    ["without a kind", (text: string) => text.replace("kind: call\n", ""), "1: kind: is missing"],
    [
      "whose id is not its path",
      (text: string) => text.replace("area/one", "area/two"),
      '1: the id is "area/two", but the file\'s place says "area/one"',
    ],
    [
      "whose id has no family",
      (text: string) => text.replace("area/one", "one"),
      "1: id: must look like family/kebab-name",
    ],
    [
      "whose id is in camel case",
      (text: string) => text.replace("area/one", "area/oneTwo"),
      "1: id: must look like family/kebab-name",
    ],
    [
      "with a misspelt key",
      (text: string) => text.replace("remedy:", "remdy:"),
      '9: unknown key "remdy". Did you mean "remedy"?',
    ],
    [
      "with a misspelt key under match",
      (text: string) => text.replace("  calls: [eval]", "  calls: [eval]\n  wher: x"),
      '12: match: unknown key "wher". Did you mean "where"?',
    ],
    ["that matches nothing", (text: string) => text.replace("[eval]", "[]"), "11: match.calls: "],
    [
      "without match",
      (text: string) => text.replace("match:\n  calls: [eval]\n", ""),
      "1: match: is missing",
    ],
    [
      "with a misspelt severity",
      (text: string) => text.replace("severity: high", "severity: hgih"),
      '4: severity: must be one of critical, high, medium, low. Did you mean "high"?',
    ],
    ["without a weakness", (text: string) => text.replace("cwe: [89]", "cwe: []"), "6: cwe: "],
    [
      "with an alias of no tool",
      (text: string) => text.replace("bandit:B608", "B608"),
      "7: aliases.0: must look like bandit:B608",
    ],
    [
      "without examples of one kind",
      (text: string) => text.replace(/ {2}good: .*\n/, ""),
      "12: examples.good: is missing",
    ],
    [
      "with a reference that is no address",
      (text: string) => `${text}references: [nowhere]\n`,
      "15: references.0: ",
    ],
    [
      "with an OWASP category of another form",
      (text: string) => `${text}owasp: [A3]\n`,
      "15: owasp.0: must look like A03:2021",
    ],
    ["that is broken YAML", (text: string) => text.replace("cwe: [89]", "cwe: [89"), "7: "],
  ])("%s", (_what, change, expected) => {
    const file = { path: "area/one.yml", text: change(RULE) };
    expect(() => load(file)).toThrow(RuleError);
    expect(() => load(file)).toThrow(`rules/area/one.yml:${expected}`);
  });

  it("that two files hold", () => {
    expect(() => load(rule("a/x"), { ...rule("a/x"), path: "a/x.yaml" })).toThrow(
      "rules/a/x: two files hold the rule",
    );
  });

  it("in the folder that is named", () => {
    const file = rule("a/x", (text) => text.replace("kind: call", "kind: no"));
    expect(() => loadRules([file], kinds, { folder: ".portcullis/rules" })).toThrow(
      ".portcullis/rules/a/x.yml:2: ",
    );
  });

  it("whose pattern is no regular expression", () => {
    const file = rule("secrets/x", (text) =>
      text
        .replace("kind: call", "kind: secret")
        .replace(
          "calls: [eval]",
          "formats:\n    - name: A key\n      keywords: [key]\n      source: https://example.org\n      pattern: 'key('",
        ),
    );
    expect(() => loadRules([file], matchSchemas)).toThrow(
      "rules/secrets/x.yml:15: match.formats.0.pattern: must be a regular expression",
    );
  });
});

describe("a profile", () => {
  const files = [
    rule("a/default"),
    rule("a/bandit", (text) => `${text}profile: bandit\n`),
    rule("a/audit", (text) => `${text}profile: audit\n`),
    rule("a/both", (text) => `${text}profile: [bandit, audit]\n`),
  ];
  it.each([
    ["default", ["a/default"]],
    ["bandit", ["a/bandit", "a/both", "a/default"]],
    ["audit", ["a/audit", "a/both", "a/default"]],
    ["all", ["a/audit", "a/bandit", "a/both", "a/default"]],
  ] as const)("%s picks %j", (profile, ids) => {
    expect(loadRules(files, kinds, { profile }).rules.map((one) => one.id)).toEqual(ids);
  });
});

describe("models", () => {
  const model = (name: string, text: string) => ({ path: `models/${name}.yml`, text });

  it("of several files add up", () => {
    const { models } = load(
      model("b", "about: b\nsources: {http: [b.x]}\ncleaners: [b.clean]\n"),
      model("a", "about: a\nsources: {http: [a.x], file: [a.y]}\ntypes: {a.f(): a.T()}\n"),
    );
    expect(models.sources.get("http")?.values).toEqual(["a.x", "b.x"]);
    expect(models.sources.get("file")?.values).toEqual(["a.y"]);
    expect(Object.fromEntries(models.types)).toEqual({ "a.f()": "a.T()" });
    expect(models.cleaners).toEqual(["b.clean"]);
  });

  it.each([
    ["about: a\nsorces: {}\n", '2: unknown key "sorces". Did you mean "sources"?'],
    ["sources: {}\n", "1: about: is missing"],
    ["about: a\ncleaners: ['a b']\n", "2: cleaners.0: must be a qualified name"],
    [
      "about: a\nenvironment:\n  - call: f\n    cast: boolean\n",
      "4: environment.0.cast: must be one of",
    ],
  ])("are checked: %j", (text, expected) => {
    expect(() => load(model("a", text))).toThrow(`rules/models/a.yml:${expected}`);
  });
});

describe("a repository's own rules", () => {
  const own = load(rule("a/x"), {
    path: "models/a.yml",
    text: "about: a\nsources: {http: [a.x]}\n",
  });

  it("join ours, with their models", () => {
    const added = load(rule("b/x"), {
      path: "models/b.yml",
      text: "about: b\nsources: {http: [b.x]}\ncleaners: [b.c]\n",
    });
    const both = extendRules(own, added);
    expect(both.rules.map((one) => one.id)).toEqual(["a/x", "b/x"]);
    expect(both.byId.get("b/x")?.title).toBe("A title");
    expect(both.models.sources.get("http")?.values).toEqual(["a.x", "b.x"]);
    expect(both.models.cleaners).toEqual(["b.c"]);
    expect(own.rules).toHaveLength(1);
    expect(own.models.sources.get("http")?.values).toEqual(["a.x"]);
  });

  it("leave what ours say of a group as it is", () => {
    const ours = load({
      path: "models/a.yml",
      text: "about: a\nsources: {files: {data: a file, confidence: low, values: [a.x]}}\n",
    });
    const added = load({ path: "models/b.yml", text: "about: b\nsources: {files: [b.x]}\n" });
    expect(extendRules(ours, added).models.sources.get("files")).toEqual({
      data: "a file",
      confidence: "low",
      values: ["a.x", "b.x"],
      "caught-as": [],
      named: [],
      "unless-named": [],
      includes: [],
    });
  });

  it("may not take the place of one of ours", () => {
    expect(() => extendRules(own, load(rule("a/x"), rule("b/x")))).toThrow(RuleError);
    expect(() => extendRules(own, load(rule("a/x")))).toThrow(
      "a/x: the id belongs to a built-in rule",
    );
  });
});
