import { describe, expect, it } from "vitest";
import { CodeText } from "../../src/python/index.ts";

const code = (text: string) => new CodeText(new TextEncoder().encode(text));

describe("what a call is given", () => {
  it.each([
    ["f()", []],
    ["f('a', x)", ["'a'", "x?"]],
    ["f(1, [2, (3, None)], {'a': True})", ["1", "[2, (3, None)]", "{'a': True}"]],
    ["f('a' % x, -1)", ["'a' % x?", "-1"]],
    ["f(a=1, b=x, c==d)", ["a=1", "b=x?", "c==d?"]],
    ["f(*items, **more)", ["*items?", "**more?"]],
    ["f(2 ** n, a * b)", ["2 ** n?", "a * b?"]],
    ["f(f'{x}', r'\\d', b'x')", ["f'{x}'?", "r'\\d'", "b'x'"]],
    ["f('(', \")\", '''\n)''')", ["'('", '")"', "'''\n)'''"]],
    ["f(  # ) not yet\n  x,\n)", ["x?"]],
    ["f(\n  # a = 1\n  b=x,  # why\n  # and\n  *more,\n)", ["b=x?", "*more?"]],
    ["f(x for x in y)", ["x for x in y?"]],
    ["f('é', é)", ["'Ã©'", "Ã©?"]],
  ])("%s", (text, expected) => {
    const found = code(text).argumentsAt(1);
    const shown = found?.map(
      ({ spread = "", keyword, text: written, isLiteral }) =>
        `${spread}${keyword === undefined ? "" : `${keyword}=`}${written}${isLiteral ? "" : "?"}`,
    );
    expect(shown).toEqual(expected);
  });

  it.each([
    ["is not closed", "f(x, (y)"],
    ["holds a text that is not closed", "f('x)\n)"],
    ["ends in a comment", "f(x # )"],
    ["is longer than any", `f(${"x, ".repeat(20_000)})`],
  ])("cannot be told where the call %s", (_, text) => {
    expect(code(text).argumentsAt(1)).toBeUndefined();
  });
});

describe("what stands around a place", () => {
  it.each([
    ["a = 1  # b @here", "# b @here"],
    ['a = "x @here"', '"x @here"'],
    ['a = r"x\\" @here"', '"x\\" @here"'],
    ['"""\n@here "no end" \\"""\n"""', '"""\n@here "no end" \\"""\n"""'],
    ["'#' @here", undefined],
    ['f"{@here}"', undefined],
    ['f"@here"', '"@here"'],
    ['"no end\n@here"', undefined],
    ['""" no end @here', undefined],
    ["'''a''' @here '''b'''", undefined],
  ])("%j", (text, expected) => {
    expect(code(text).quietAround(text.indexOf("@here"))).toBe(expected);
  });

  it("takes a lone carriage return for the end of a line", () => {
    const text = "# it's\rrun(x)";
    expect(code(text).quietAround(text.indexOf("run"))).toBeUndefined();
  });

  // Work that grew with the square of the text would outlast the runner's limit for one test.
  it("comes to an end in a hostile file", () => {
    const text = `${"'''\n\"\"\"\n\\'\n".repeat(50_000)}`;
    code(text).quietAround(text.length - 1);
    const imports = "from a import (\n".repeat(50_000);
    expect(code(imports).mayImport("x")).toBe(true);
  });
});

describe("what the imports bind", () => {
  it.each([
    ["import a", { a: [{ dotted: "a", level: 0 }] }],
    ["import a.b, c as d", { a: [{ dotted: "a", level: 0 }], d: [{ dotted: "c", level: 0 }] }],
    ["import a.b as c", { c: [{ dotted: "a.b", level: 0 }] }],
    ["from a.b import c as d", { d: [{ dotted: "a.b", level: 0, name: "c" }] }],
    ["from .. import a", { a: [{ dotted: "", level: 2, name: "a" }] }],
    ["from .a import (  # why\n    b,\n)", { b: [{ dotted: "a", level: 1, name: "b" }] }],
    [
      "from a import b, \\\n    c",
      { b: [{ dotted: "a", level: 0, name: "b" }], c: [{ dotted: "a", level: 0, name: "c" }] },
    ],
    ["from a import *", { "*": [{ dotted: "a", level: 0, name: "*" }] }],
    [
      "try:\n    import a\nexcept ImportError:\n    from b import a",
      {
        a: [
          { dotted: "a", level: 0 },
          { dotted: "b", level: 0, name: "a" },
        ],
      },
    ],
    ["x = important", {}],
    ["important = 1\nreimport a", {}],
  ])("%j", (text, expected) => {
    expect(Object.fromEntries(code(text).imports)).toEqual(expected);
  });
});

describe("what may be imported", () => {
  it.each([
    ["from a import x, y", true],
    ["  from .a import (  # why\n    z,\n    x,\n)", true],
    ["from a import z, \\\n    x", true],
    ["from a import *", true],
    ["from a import xy", false],
    ["import x", false],
  ])("%j", (text, expected) => {
    expect(code(text).mayImport("x")).toBe(expected);
  });
});
