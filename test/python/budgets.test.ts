import { describe, expect, it } from "vitest";
import { runModule } from "../support/python.ts";

const run = (source: string) => runModule({ "m.py": source }, "m.py", { functions: true });
const times = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

describe("a program that would never end, or fill the memory, ends", () => {
  const lists = `a = [1]\n${"a = [a, a]\n".repeat(60)}b = [1]\n${"b = [b, b]\n".repeat(60)}`;
  it.each([
    [
      "loops within loops",
      `r = range(60)\n${times(12, (i) => `${" ".repeat(i)}for i${i} in r:\n`)}${" ".repeat(12)}x = 1\n`,
    ],
    ["a comprehension of many loops", `r = range(60)\nx = [1 ${"for a in r ".repeat(12)}]\n`],
    [
      "calls that call twice",
      `def f0(): return 1\n${times(40, (i) => `def f${i + 1}(): return f${i}() + f${i}()\n`)}x = f40()\n`,
    ],
    [
      "a function that every other calls",
      `def f():\n${"  x = [1, 2, 3]\n".repeat(2000)}${times(300, (i) => `def g${i}(): f()\n`)}`,
    ],
    [
      "functions that call each other",
      "def f(): return g() + g()\ndef g(): return f() + f()\nx = f()\n",
    ],
    ["a generator of itself", "def f():\n  for a in f(): yield a\nx = f()\n"],
    [
      "a function of many parameters of which each asks what those before it are",
      `import django\ndef f(${times(60, (i) => `a${i}, `)}**more): pass\n`,
    ],
    ["while true", "x = []\nwhile True:\n  x.append(x)\n"],
    ["a text added to itself", `x = 'a'\n${"x = x + x\n".repeat(60)}`],
    ["a text formatted twice", `x = 'a'\n${"x = f'{x}{x}'\n".repeat(60)}`],
    ["a text with a hole formatted twice", `x = unknown\n${"x = f'{x}{x}'\n".repeat(60)}`],
    ["a text inserted twice", `x = 'a'\n${"x = '%s%s' % (x, x)\n".repeat(60)}`],
    ["a text put in braces twice", `x = 'a'\n${"x = '{0}{0}'.format(x)\n".repeat(60)}`],
    ["a text replaced by two", `x = 'a'\n${"x = x.replace('a', 'aa')\n".repeat(60)}`],
    ["a text joined with itself", `x = 'ab'\n${"x = x.join([x, x, x])\n".repeat(60)}`],
    ["a text times a large number", "x = 'a' * 10 ** 12\n"],
    ["a list times a large number", "x = [0] * 10 ** 12\ny = [] * 10 ** 12\nz = () * 10 ** 12\n"],
    ["a list extended by itself", `x = [1]\n${"x.extend(x)\n".repeat(60)}`],
    ["a list added to itself in place", `x = [1]\n${"x += x\n".repeat(60)}`],
    ["a list that unpacks itself", `x = [1]\n${"x = [*x, *x]\n".repeat(60)}`],
    ["a list put into its middle", `x = [1]\n${"x[:0] = x\n".repeat(60)}`],
    ["a call with all of a list twice", `x = [1]\n${"x = (lambda *a: a)(*x, *x)\n".repeat(60)}`],
    ["a dict that grows", times(1500, (i) => `d['k${i}'] = ${i}\n`).replace(/^/, "d = {}\n")],
    ["a list that grows", `x = []\n${"x.append(1)\n".repeat(3200)}`],
    ["a tuple as a key of tuples", `t = (1,)\n${"t = (t, t)\n".repeat(60)}d = {}\nd[t] = 1\n`],
    ["equal lists of lists of lists", `${lists}x = a == b\n`],
    ["a list looked for in lists", `${lists}x = a in [b, b]\n`],
    [
      "a list that holds itself",
      "a = []\na.append(a)\nb = []\nb.append(b)\nx = a == b\ny = a in b\n",
    ],
    [
      "sets of many members",
      `a = {${times(2500, (i) => `${i},`)}}\nb = {${times(2500, (i) => `-${i},`)}}\n${"x = a | b\nx = a & b\nx = a - b\n".repeat(100)}`,
    ],
    [
      "long lists that branches change",
      `x = [${times(2500, (i) => `${i},`)}]\n${times(150, (i) => `if u${i}: x.append(${i})\n`)}`,
    ],
    [
      "many alternatives",
      `def f(a):\n${times(3000, (i) => `  if a == ${i}: return ${i}\n`)}x = f(unknown)\n`,
    ],
    ["many operands", `x = ${"unknown or ".repeat(10_000)}1\n`],
    [
      "many names imported over and over",
      `${times(500, (i) => `n${i} = 1\n`)}${"from m import *\n".repeat(1500)}`,
    ],
    [
      "diamonds of classes",
      `class C0: pass\n${times(30, (i) => `class C${i + 1}(${`C${i}, `.repeat(20)}): pass\n`)}x = C30().missing\n`,
    ],
    [
      "a format of open brackets",
      `x = '${"%(".repeat(40_000)}' % y\nz = '${"{:".repeat(40_000)}'.format(y)\n`,
    ],
    ["a slice in tiny steps", "x = 'abc'[::0.0000001]\n"],
    ["a large range", "x = range(10 ** 15)\ny = [i for i in range(0, 10 ** 15, 10 ** 13)]\n"],
    [
      "decorators and defaults",
      `def d(f): return d(d(f))\n${"@d\n".repeat(500)}def g(a=d(d)): return g\n`,
    ],
    [
      "super without end",
      "class A:\n  def f(self): return super().f()\nclass B(A):\n  def f(self): return super().f() + self.f()\nx = B().f()\n",
    ],
    [
      "properties of each other",
      "class A:\n  @property\n  def a(self): return self.b + self.b\n  @property\n  def b(self): return self.a + self.a\nx = A().a\n",
    ],
  ])("%s", (_what, source) => {
    expect(() => run(source)).not.toThrow();
  });
});

describe("depth is bounded", () => {
  const deep = 5000;
  it.each([
    ["sums", `x = ${"1 + ".repeat(deep)}1\n`, false],
    ["texts put together", `x = ${"'a' + ".repeat(deep)}'a'\n`, false],
    ["alternatives", `x = ${"unknown or ".repeat(deep)}1\n`, false],
    ["powers", `x = ${"1 ** ".repeat(600)}1\n`, true],
    ["conditions", `x = ${"1 if u else ".repeat(600)}1\n`, true],
    ["calls", `x = a${"()".repeat(deep)}\n`, true],
    ["attributes", `x = a${".b".repeat(deep)}\n`, true],
    ["subscripts", `x = a${"[0]".repeat(deep)}\n`, true],
    ["branches", `if u: x = 0\n${times(600, (i) => `elif u${i}: x = ${i}\n`)}`, true],
    ["blocks", `${times(300, (i) => `${" ".repeat(i)}if u:\n`)}${" ".repeat(300)}x = 1\n`, true],
    [
      "functions",
      `${times(300, (i) => `${" ".repeat(i)}def f():\n`)}${" ".repeat(300)}pass\n`,
      false,
    ],
    ["loops of a comprehension", `x = [1 ${"for a in b ".repeat(600)}]\n`, true],
  ])("of %s", (_what, source, exhausted) => {
    const { interpreter, value } = run(`${source}y = 2\n`);
    expect(interpreter.exhausted).toBe(exhausted);
    expect(value("y")).toBe("2");
  });

  it("also that of modules that import modules", () => {
    const files = Object.fromEntries(
      Array.from({ length: 1500 }, (_, i) => [`m${i}.py`, `from m${i + 1} import *\n`]),
    );
    expect(() => runModule(files, "m0.py")).not.toThrow();
  });
});

describe("a budget that is used up", () => {
  const heavy = `for a in range(64):\n  for b in range(64):\n    for c in range(64):\n      x = 1\n`;

  it("is told, and leaves what was known before", () => {
    const { interpreter, value } = run(`before = 1\n${heavy}after = 2\n`);
    expect(interpreter.exhausted).toBe(true);
    expect([value("before"), value("after")]).toEqual(["1", "unset"]);
  });

  it("is not told of a program that stays within it", () => {
    const { interpreter } = run(`x = ['a', 'b']\nfor a in x:\n  y = f'{a}'\n`);
    expect(interpreter.exhausted).toBe(false);
  });

  it("of one module is not that of the next", () => {
    const { value } = runModule(
      { "m.py": "from heavy import *\nafter = 2\n", "heavy.py": heavy },
      "m.py",
    );
    expect(value("after")).toBe("2");
  });
});
