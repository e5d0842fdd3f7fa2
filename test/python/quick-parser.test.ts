import { isDeepStrictEqual } from "node:util";
import { parse } from "py-ast";
import { describe, expect, it } from "vitest";
import { casesOf } from "../../src/cli/rule-examples.ts";
import { parseCarefully } from "../../src/python/quick-parser.ts";
import { buildRules } from "../../src/setup/index.ts";

/** A tree, or why there is none. */
function treeOf(make: (text: string) => object, text: string): unknown {
  try {
    return make(text);
  } catch (error) {
    return String(error);
  }
}

describe("the quick way through Python's grammar", () => {
  it.each([
    ["operators", "a | b ^ c & d << e >> f + g - h * i @ j / k // l % m\n"],
    ["operators on the left of others", "a * b + c * d - e << f & g | h - (i - j) - k\n"],
    ["signs before operands", "-a ** -b * ~c + not d\nx = await y ** z\n"],
    ["comparisons", "a < b > c == d >= e <= f != g in h not in i is j is not k\nnot a in b\n"],
    ["conditions", "a if b else c if d or e and not f else lambda x=1, *y: x or y\n"],
    ["expressions with a name", "if (a := b) and (c := d + 1): pass\nf(a := 1)\n[x := y, z]\n"],
    [
      "assignments",
      "a = b = c\na, *b = c,\na.b[c] = d\n(a) = [b, c] = d\na: int\na.b: c = d\n(a): int = 1\n",
    ],
    [
      "assignments of operations",
      "a += b\na -= 1; a *= 2; a /= 3; a //= 4; a %= 5; a @= 6; a &= 7; a |= 8\na ^= 1; a <<= 2; a >>= 3; a **= 4\n",
    ],
    [
      "texts",
      "'a' \"b\" '' \"\" '''c''' \"\"\"d\ne\"\"\"\nr'\\n' '\\n\\x41\\'' \"\\u00e9\" b'\\x00' Rb'\\1' u'f' U\"g\"\n",
    ],
    [
      "texts with a value",
      "f'{a}' f\"{b!r:>{c}}\" 'd' f'''{e}\\n'''\nrf'\\{x}' F\"{y['z']}\" t'{q}'\n",
    ],
    [
      "numbers",
      "0 + 1 + 42 + 1_000 + 0x1F + 0o7 + 0b1 + 1.5 + 1e5 + 1j + 999999999999999 + 9999999999999999\n00 + 123456789012345678901234567890\n",
    ],
    [
      "names and what else is one word",
      "a\nTrue, False, None\n...\nmatch\ntype = match\nprint\n_\n",
    ],
    [
      "calls",
      "f(a, *b, c=d, **e)\nf(x for x in y)\nf(a)(b).c[d:e, ::f]\nf(lambda: g, h if i else j)\n",
    ],
    [
      "displays",
      "[a, b, *c], {d: e, **f}, {g, *h}, (), (i,), [], {}\n[j for j in k if l if m], {n: o for n in p}, {q async for q in r}\n",
    ],
    [
      "statements",
      "def f(a, /, b: int = 1, *c, d=2, **e) -> g:\n    return a, b\nasync def h():\n    async with i as j, k:\n        yield\n    await l\n",
    ],
    [
      "matches",
      "match a:\n    case [b, *c] if d: pass\n    case {'e': -1, **f} | G(h=1): pass\n    case _: pass\n",
    ],
    ["types", "type A[T] = list[T]\ndef f[T: int, *Ts, **P](x): pass\n"],
    ["an operator without an operand", "a = b +\n"],
    ["an operand without an operator", "a = b c\n"],
    ["a target that is none", "a + b = c\nf() = d\n"],
    ["a bracket that does not close", "f(a, b\n"],
    ["nothing", ""],
  ])("gives the tree that the careful way gives: %s", (_, text) => {
    expect(treeOf(parse, text)).toEqual(treeOf(parseCarefully, text));
  });

  it("gives the trees of all examples of rules that the careful way gives", () => {
    const texts = buildRules("all").rules.flatMap((rule) =>
      casesOf(rule).flatMap(({ files }) => Object.values(files)),
    );
    const differs = (text: string) =>
      !isDeepStrictEqual(treeOf(parse, text), treeOf(parseCarefully, text));
    expect([...new Set(texts)].filter(differs)).toEqual([]);
  });
});
