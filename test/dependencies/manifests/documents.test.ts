// The readers of TOML, JSON and YAML below the formats: values, places, and what is left after an error.
import { describe, expect, it } from "vitest";
import type { DocumentNode, ParsedDocument } from "../../../src/core/document.ts";
import { parseToml } from "../../../src/core/toml.ts";
import { parseJson } from "../../../src/dependencies/manifests/json.ts";
import { parsePlainYaml } from "../../../src/dependencies/manifests/plain-yaml.ts";
import { parseYaml } from "../../../src/dependencies/manifests/yaml.ts";

/** A document as JavaScript has it; what is no text is wrapped, to tell `1` from `"1"`. */
function plain(node: DocumentNode): unknown {
  if (node.kind === "text") return node.value;
  if (node.kind === "plain") return { is: node.value };
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries(
    [...node.entries.values()].map(({ key, value }) => [key, plain(value)]),
  );
}

/** The text at each key and each text of a document, in the order of the document. */
function placed(text: string, { root }: ParsedDocument): string[] {
  const found: string[] = [];
  const visit = (node: DocumentNode) => {
    if (node.kind === "text") found.push(text.slice(node.start, node.end));
    if (node.kind === "list") node.items.forEach(visit);
    if (node.kind !== "map") return;
    for (const entry of node.entries.values()) {
      found.push(text.slice(entry.start, entry.end));
      visit(entry.value);
    }
  };
  visit(root);
  return found;
}

describe("TOML", () => {
  it.each([
    [
      "texts",
      `a = "x"\nb = 'y\\n'\nc = """\nl1\nl2"""\nd = '''q'''''`,
      { a: "x", b: "y\\n", c: "l1\nl2", d: "q''" },
    ],
    ["escapes", `a = "\\t\\"\\\\ \\u00e9 \\U0001F600"`, { a: '\t"\\ é 😀' }],
    ["a line that goes on in a text", 'a = """x \\\n   y"""', { a: "x y" }],
    ["quotes before the closing ones", 'a = """x"""""', { a: 'x""' }],
    [
      "other values",
      "a = 1_0\nb = true\nc = 2024-01-01 10:00:00\nd = -0.5e3",
      {
        a: { is: "1_0" },
        b: { is: "true" },
        c: { is: "2024-01-01 10:00:00" },
        d: { is: "-0.5e3" },
      },
    ],
    ["lists over lines", "a = [\n  'x', # one\n  # two\n  ['y'],\n]", { a: ["x", ["y"]] }],
    ["tables in a line", "a = { b = 'x', c.d = 'y' }", { a: { b: "x", c: { d: "y" } } }],
    [
      "dotted and quoted keys",
      `a."b.c".'d' = "x"\na.e = "y"`,
      { a: { "b.c": { d: "x" }, e: "y" } },
    ],
    [
      "tables",
      "x = 'top'\n[a.b]\nc = 'x'\n[a]\nd = 'y'",
      { x: "top", a: { b: { c: "x" }, d: "y" } },
    ],
    [
      "lists of tables",
      "[[a]]\nn = '1'\n[a.b]\nc = 'x'\n[[a]]\nn = '2'\n[[a.d]]\ne = 'y'",
      {
        a: [
          { n: "1", b: { c: "x" } },
          { n: "2", d: [{ e: "y" }] },
        ],
      },
    ],
    [
      "keys that look like something of JavaScript",
      "__proto__ = 'x'\nconstructor = 'y'",
      JSON.parse('{"__proto__": "x", "constructor": "y"}'),
    ],
    [
      "Windows' line ends",
      "[a]\r\nb = 'x' # c\r\nd = [\r\n'y'\r\n]\r\n",
      { a: { b: "x", d: ["y"] } },
    ],
  ])("has %s", (_, text, expected) => {
    const document = parseToml(text);
    expect(plain(document.root)).toEqual(expected);
    expect(document.problems).toEqual([]);
  });

  it.each([
    ["a statement without a value", "a =\nb = 'x'", { b: "x" }],
    ["a text that is not closed", "a = 'x\nb = 'y'", { b: "y" }],
    ["a list that is not closed", "a = ['x'\nb = 'y'\n[t]\nc = 'z'", { t: { c: "z" } }],
    ["a header that is not closed", "[a\nx = '1'\n[b]\ny = '2'", { b: { y: "2" } }],
    ["text behind a value", "a = 'x' y\nb = 'z'", { a: "x", b: "z" }],
    [
      "a value where a table is",
      "a = 'x'\n[a.b]\nc = 'y'\n[d]\ne = 'z'",
      { a: "x", d: { e: "z" } },
    ],
    [
      "marks of a merge",
      "a = 'x'\n<<<<<<< HEAD\nb = 'y'\n=======\nb = 'z'\n>>>>>>> other\nc = 'w'",
      { a: "x", b: "y", c: "w" },
    ],
  ])("is read on after %s", (_, text, expected) => {
    const document = parseToml(text);
    expect(plain(document.root)).toEqual(expected);
    expect(document.problems.length).toBeGreaterThan(0);
  });

  it("keeps places", () => {
    const text = '\ufeffa = \'x\'\n[b."c"]\nd = { e = "y" }\n';
    expect(placed(text, parseToml(text))).toEqual(["a", "'x'", "b", '[b."c"]', "d", "e", '"y"']);
  });
});

describe("JSON", () => {
  it.each([
    [
      "every kind of value",
      '{"a": "x", "b": [1, -2.5e3, true, null], "c": {}}',
      { a: "x", b: [{ is: "1" }, { is: "-2.5e3" }, { is: "true" }, { is: "null" }], c: {} },
    ],
    ["escapes", '{"a\\"": "\\u00e9\\n\\/"}', { 'a"': "é\n/" }],
    [
      "comments and trailing commas",
      '{ // one\n "a": ["x",], /* two */ "b": "y",\n}',
      { a: ["x"], b: "y" },
    ],
    ["the last of equal keys", '{"a": "x", "a": "y"}', { a: "y" }],
  ])("has %s", (_, text, expected) => {
    expect(plain(parseJson(text).root)).toEqual(expected);
    expect(parseJson(text).problems).toEqual([]);
  });

  it.each([
    ['{"a": "x", "b": ', { a: "x" }],
    ['{"a": {"b": "x"', { a: { b: "x" } }],
    ['{"a": ["x" "y"]}', { a: ["x"] }],
    ['{"a": "x"} {"b": "y"}', { a: "x" }],
    ['{"a": "x", b: "y"}', { a: "x" }],
    ['{"a": "x', {}],
  ])("hands over what stands before an error: %s", (text, expected) => {
    const document = parseJson(text);
    expect(plain(document.root)).toEqual(expected);
    expect(document.problems).toHaveLength(1);
  });

  it("keeps places", () => {
    const text = '\ufeff{"a": ["x", {"b": "y"}]}';
    expect(placed(text, parseJson(text))).toEqual(['"a"', '"x"', '"b"', '"y"']);
  });
});

describe.each([
  ["YAML as programs write it", parsePlainYaml],
  ["YAML", parseYaml],
])("%s", (_, parse) => {
  it.each([
    [
      "mappings",
      "a: x\nb:\n  c: y\n  d:\n    e: z\nf: w",
      { a: "x", b: { c: "y", d: { e: "z" } }, f: "w" },
    ],
    ["lists", "a:\n- x\n- y\nb:\n  - - z\n    - w", { a: ["x", "y"], b: [["z", "w"]] }],
    ["lists of mappings", "- a: x\n  b: y\n-\n  c: z", [{ a: "x", b: "y" }, { c: "z" }]],
    ["quotes", `'a b': "x: y"\n"c": 'it''s' # no\nd: e#f`, { "a b": "x: y", c: "it's", d: "e#f" }],
    [
      "flow collections",
      "a: {b: x, c: [y, 'z, w'], 'd': {}}",
      { a: { b: "x", c: ["y", "z, w"], d: {} } },
    ],
    ["keys with colons", "/a@1:2: x\n'@s/b@npm:^1': y", { "/a@1:2": "x", "@s/b@npm:^1": "y" }],
    ["comments and marks", "---\n# one\na: x # two\n\n  # three\nb: y", { a: "x", b: "y" }],
    ["long keys", "? 'a, b'\n: c: x\n  d: y\ne: z", { "a, b": { c: "x", d: "y" }, e: "z" }],
    ["Windows' line ends", "a:\r\n  b: x\r\n  c:\r\n    - y\r\n", { a: { b: "x", c: ["y"] } }],
  ])("has %s", (_name, text, expected) => {
    const document = parse(text);
    expect(plain(document.root)).toEqual(expected);
    expect(document.problems).toEqual([]);
  });

  it("keeps places", () => {
    const text = "a: 'x'\nb:\n  - c: y\n";
    expect(placed(text, parse(text))).toEqual(["a", "'x'", "b", "c", "y"]);
  });
});

describe("YAML as programs write it", () => {
  it("skips texts over several lines", () => {
    const text = "a: |-\n  b: no\n  # no\nc: >\n  no\n\n  no\nd: long\n  text\ne: x";
    const { root } = parsePlainYaml(text);
    expect(root.kind === "map" && [...root.entries.values()].map(({ key }) => key)).toEqual([
      "a",
      "c",
      "d",
      "e",
    ]);
  });

  it("is read on after a line that fits nowhere", () => {
    const { root, problems } = parsePlainYaml("a: x\n<<<<<<< HEAD\nb: y");
    expect(plain(root)).toEqual({ a: "x", b: "y" });
    expect(problems).toHaveLength(1);
  });
});

describe("YAML", () => {
  it("follows aliases, within bounds", () => {
    expect(plain(parseYaml("a: &x [p]\nb: *x").root)).toEqual({ a: ["p"], b: ["p"] });
    const bomb = `a: &a [x, x]\n${Array.from({ length: 40 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? "a" : `b${n - 1}`}, *a, *a]`).join("\n")}`;
    expect(parseYaml(bomb).root.kind).toBe("map");
  });
});
