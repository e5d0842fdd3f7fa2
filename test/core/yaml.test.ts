import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigError, type PortcullisError, RuleError } from "../../src/core/errors.ts";
import { lineOfKey, readYaml } from "../../src/core/yaml.ts";

const Shape = z.strictObject({
  name: z.string().optional(),
  level: z.enum(["low", "medium", "high"]).optional(),
  nested: z.strictObject({ deeper: z.strictObject({ colour: z.string() }).optional() }).optional(),
  many: z.array(z.strictObject({ path: z.string(), count: z.number().optional() })).optional(),
  named: z.record(z.string(), z.strictObject({ size: z.enum(["s", "m"]) })).optional(),
  either: z.union([z.literal("off"), z.strictObject({ speed: z.number() })]).optional(),
  open: z.record(z.string(), z.string()).optional(),
});

function messageOf(text: string): string {
  return errorOf(text).message;
}

function errorOf(text: string): PortcullisError {
  try {
    readYaml("some/file.yml", text, Shape, ConfigError);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a wrong document names file, line and what is meant", () => {
  it.each([
    ["an unknown key", "name: a\nlevle: low\n", '2: unknown key "levle". Did you mean "level"?'],
    [
      "a key that resembles none",
      "zzzzzzzzzz: 1\n",
      '1: unknown key "zzzzzzzzzz". Allowed: name, level, nested, many, named, either, open.',
    ],
    [
      "a key two levels down",
      "nested:\n  deeper:\n    color: red\n    colour: red\n",
      '3: nested.deeper: unknown key "color". Did you mean "colour"?',
    ],
    [
      "a key of a list's member",
      "many:\n  - path: a\n  - path: b\n    cuont: 1\n",
      '4: many.1: unknown key "cuont". Did you mean "count"?',
    ],
    [
      "a key below a name that the author chose",
      "named:\n  mine:\n    size: s\n    siez: m\n",
      '4: named.mine: unknown key "siez". Did you mean "size"?',
    ],
    [
      "a key of one of several shapes",
      "either:\n  sped: 1\n  speed: 2\n",
      '2: either: unknown key "sped". Did you mean "speed"?',
    ],
    [
      "a misspelt value",
      "level: hihg\n",
      '1: level: must be one of low, medium, high. Did you mean "high"?',
    ],
    ["a value that resembles none", "level: 17\n", "1: level: must be one of low, medium, high."],
    [
      "a misspelt value in a mapping of names",
      "named:\n  mine:\n    size: M\n",
      '3: named.mine.size: must be one of s, m. Did you mean "m"?',
    ],
    ["a value of the wrong kind", "name:\n  - a\n", "1: name: must be a text."],
    ["a section left empty", "name: a\nmany:\n", "2: many: must be a list."],
    [
      "a missing key, at what should hold it",
      "many:\n  - count: 1\n",
      "2: many.0.path: is missing",
    ],
    ["a list in place of the whole", "- a\n", "1: must be a mapping."],
    ["a word in place of the whole", "\n\nhello\n", "1: must be a mapping."],
    ["a value in flow style", "{name: a,\n level: lwo}\n", "2: level: must be one of"],
    ["Windows line ends", "name: a\r\nlevel: lwo\r\n", "2: level: must be one of"],
    ["a key that is in quotes", 'name: a\n"levle": low\n', '2: unknown key "levle"'],
    ["the same key twice", "name: a\nlevel: low\nname: b\n", "3: Map keys must be unique"],
    ["a bracket left open", "name: a\nmany: [\n", "3: "],
    ["a tab for indentation", "nested:\n\tdeeper: 1\n", "2: "],
    ["two documents", "name: a\n---\nname: b\n", "2: "],
    ["an alias of nothing", "name: *nobody\n", "1: "],
  ])("%s", (_what, text, expected) => {
    expect(messageOf(text)).toContain(`some/file.yml:${expected}`);
  });
});

it("tells every problem, in the order of the lines", () => {
  expect(messageOf("level: lwo\nnested:\n  depper: {}\nnaem: a\n").split("\n")).toEqual([
    'some/file.yml:1: level: must be one of low, medium, high. Did you mean "low"?',
    'some/file.yml:3: nested: unknown key "depper". Did you mean "deeper"?',
    'some/file.yml:4: unknown key "naem". Did you mean "name"?',
  ]);
});

it("throws the error of its caller, with a hint", () => {
  expect(() => readYaml("a.yml", "level: 1\n", Shape, RuleError)).toThrow(RuleError);
  expect(errorOf("level: 1\n").hint).toBe("Correct the lines named above.");
  expect(errorOf("a: [\n").hint).toBe("Correct the YAML at that line.");
});

it.each(["", "\n", "# only a comment\n", "---\n", "{}\n", "null\n"])(
  "takes the empty document %j for an empty mapping",
  (text) => {
    expect(readYaml("a.yml", text, Shape, ConfigError)).toEqual({});
  },
);

describe("hostile documents are refused without harm", () => {
  const bomb = [
    "open: &a0 {x: y}",
    ...Array.from({ length: 12 }, (_, i) => `k${i}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`),
  ].join("\n");
  it.each([
    ["an alias bomb", bomb, "some/file.yml:1: too many aliases"],
    [
      "more than a million characters",
      `name: ${"a".repeat(1_000_001)}`,
      "some/file.yml:1: the file",
    ],
    [
      "brackets within brackets",
      `name: a\nopen: ${"[".repeat(100_000)}`,
      "some/file.yml:2: nested more than 100 levels deep",
    ],
    [
      "brackets over many lines",
      "{a: \n".repeat(5000),
      "some/file.yml:101: nested more than 100 levels deep",
    ],
    ["lists within lists", `name:\n${"- ".repeat(50_000)}a`, "some/file.yml:2: nested more than"],
    ["question marks", "? ".repeat(50_000), "some/file.yml:1: nested more than"],
  ])("%s", (_what, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  it("indentation, level after level", () => {
    const text = Array.from({ length: 1300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    expect(messageOf(text)).toContain("some/file.yml:1:");
  });

  it("names that objects have of their own accord", () => {
    expect(messageOf("__proto__: {name: a}\n")).toContain('unknown key "__proto__"');
    expect(messageOf("constructor: 1\n")).toContain('unknown key "constructor"');
    expect(messageOf("name: a\nopen:\n  a: b\n  __proto__: c\n")).toBe(
      'some/file.yml:4: open: unknown key "__proto__".',
    );
    expect(messageOf("named: &x\n  a: *x\n  __proto__: c\n")).toContain(
      'some/file.yml:3: named: unknown key "__proto__".',
    );
    expect(readYaml("a.yml", "open: {toString: a}\n", Shape, ConfigError).open).toEqual({
      toString: "a",
    });
  });
});

describe("the line of a key", () => {
  const text = "# a rule\nmatch:\n  calls:\n    - a\n    - b\nname: x\n";
  it.each([
    [["match"], 2],
    [["match", "calls"], 3],
    [["match", "calls", 1], 5],
    [["match", "calls", 7], 3],
    [["match", "other"], 2],
    [["name"], 6],
    [["nothing"], 1],
    [[], 1],
  ])("%j is %i", (keys, line) => {
    expect(lineOfKey(text, keys)).toBe(line);
  });
});
