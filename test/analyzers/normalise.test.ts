import { describe, expect, it } from "vitest";
import { normalise } from "../../src/analyzers/subject.ts";

describe("code that is the same but for its layout has one form", () => {
  it.each([
    [["f(a,b)", "f( a , b )", "f(\n    a,\n    b,\n)", "f(a,  # why\n  b)", "f(a, b, )"], "f(a,b)"],
    [["f('a')", 'f("a")', "f('''a''')", 'f( """a""" )'], 'f("a")'],
    [["a if b else c", "a   if\tb\n else c", "a if b \\\n else c"], "a if b else c"],
    [["[1, 2]", "[1,2,]", "[\n 1,\n 2,\n]", "[1, 2 , ]"], "[1,2]"],
    [["{'a': 1}", '{"a":1,}'], '{"a":1}'],
    [["x = a+b", "x=a + b"], "x=a+b"],
    [["not a", "not  a", "not # b\n a"], "not a"],
    [["f(a)(b)", "f( a ) ( b )"], "f(a)(b)"],
    [["f(*a, **b)", "f(* a,** b,)"], "f(*a,**b)"],
    [["", " \n ", "# only a comment"], ""],
    [[`a  ${" ".repeat(500)}b`, "a b"], "a b"],
  ])("%j", (sources, expected) => {
    expect(sources.map(normalise)).toEqual(sources.map(() => expected));
  });
});

describe("code that differs keeps its difference", () => {
  it.each([
    ["f('a b')", "f('ab')"],
    ["f('a')", "f(a)"],
    ["f('# a')", "f('')"],
    ["notin", "not in"],
    ["f('a', 'b')", "f('a' 'b')"],
    ["f(b'a')", "f('a')"],
    ["f(r'a')", "f('a')"],
    ["f(f'{a}')", "f('{a}')"],
    ["f(a)", "f(a, b)"],
    ["f('a,')", "f('a')"],
    ["f('a, ')", "f('a')"],
  ])("%s and %s", (a, b) => {
    expect(normalise(a)).not.toBe(normalise(b));
  });
});

it.each(["'", '"', "'''", "'\\", "\\", "f('a", "(((", ",)", '"""\\'])(
  "ends on the broken text %j",
  (source) => {
    expect(() => normalise(source)).not.toThrow();
  },
);

it("takes time by the length of the text", () => {
  const source = `f(${"[], ".repeat(60_000)}${"a , ".repeat(60_000)})`;
  expect(normalise(source)).toHaveLength(2 + 3 * 60_000 + 2 * 60_000);
});
