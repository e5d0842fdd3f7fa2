// Programs that nobody writes by hand, and what it costs to follow data through them.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

const HEAD = 'import sink\nfrom flask import request\ndef view():\n    x = request.args["x"]\n';
const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

/** By name: a program, and whether the data in it must be found to arrive. */
const programs: readonly (readonly [string, string, boolean])[] = [
  [
    "10,000 assignments",
    `${HEAD}${times(10_000, (i) => `    y${i} = x\n`)}    sink.sql(x)\n`,
    false,
  ],
  [
    "a chain of assignments",
    `${HEAD}    y0 = x\n${times(200, (i) => `    y${i + 1} = y${i} + "a"\n`)}    sink.sql(y200)\n`,
    true,
  ],
  [
    "tests within tests",
    `${HEAD}${times(80, (i) => `${" ".repeat(4 + i)}if x != "${i}":\n`)}${" ".repeat(84)}sink.sql(x)\n`,
    true,
  ],
  [
    "tests after tests",
    `${HEAD}${times(1000, (i) => `    if x == "${i}":\n        return\n`)}    sink.sql(x)\n`,
    true,
  ],
  [
    "checks of many names",
    `${HEAD}${times(200, (i) => `    y${i} = x + "${i}"\n`)}${times(200, (i) => `    if y${i} in request.args:\n        return\n`)}    sink.sql(x)\n`,
    true,
  ],
  [
    "comparisons with each other",
    `${HEAD}    y = request.args["y"]\n${times(300, () => "    if x == y:\n        return\n")}    sink.sql(x)\n`,
    true,
  ],
  [
    "helpers that call each other",
    `${HEAD}    sink.sql(f0(x))\n${times(60, (i) => `def f${i}(a):\n    return f${(i + 1) % 60}(a) + f${(i + 2) % 60}(a)\n`)}`,
    false,
  ],
  [
    "a helper that calls itself",
    `${HEAD}    sink.sql(f(x))\ndef f(a):\n    return f(a + "a") if a else f(a) + a\n`,
    false,
  ],
  [
    "a huge dict",
    `${HEAD}    d = {${times(5000, (i) => `"k${i}": "v", `)}"x": x}\n    sink.sql(d["x"])\n`,
    false,
  ],
  [
    "a dict that grows",
    `${HEAD}    d = {}\n${times(3000, (i) => `    d["${i}"] = x\n`)}    sink.sql(d["1"])\n`,
    false,
  ],
  [
    "a function of many parameters",
    `import sink\nfrom django.http import HttpRequest\ndef view(request, ${times(60, (i) => `a${i}, `)}b):\n    sink.sql(request.GET["x"])\n`,
    true,
  ],
  [
    "a configuration of many keys",
    `import configparser\n${HEAD}    c = configparser.ConfigParser()\n${times(1500, (i) => `    c.set("s", "${i}", x)\n`)}    sink.sql(c.get("s", "1"))\n`,
    false,
  ],
  [
    "partials of partials",
    `from functools import partial\n${HEAD}    f = g\n${times(300, () => "    f = partial(f, x)\n")}    sink.sql(f())\ndef g(*a):\n    return a[0]\n`,
    false,
  ],
  [
    "values of many alternatives",
    `${HEAD}${times(60, (i) => `    y${i} = x if request.args["${i}"] else ${i === 0 ? "x" : `y${i - 1}`}\n`)}    sink.sql(y59)\n`,
    true,
  ],
  [
    "an address of many choices",
    `${HEAD}${times(40, (i) => `    y${i} = "a" if request.args["${i}"] else "b"\n`)}    sink.ssrf("http://" + ${times(40, (i) => `y${i} + `)}x)\n`,
    true,
  ],
  [
    "texts of a source's words",
    `import sink\nx = "${"request.".repeat(40_000)}!"\n${times(5000, () => 'x = "request of"\n')}sink.sql(x)\n`,
    false,
  ],
  [
    "imports and classes that do not end",
    `import sink\n${times(10_000, () => "from b import (c\nclass A[B\nclass C(D\n")}sink.sql(c)\n`,
    false,
  ],
  ["many sinks", `${HEAD}${times(2000, () => "    sink.sql(x + x)\n")}`, true],
];

describe("a program of", () => {
  it.each(programs)(
    "%s is followed within bounds",
    { timeout: 20_000 },
    async (_name, text, arrives) => {
      const found = await follow({ "a.py": text });
      if (arrives) expect(found.length).toBeGreaterThan(0);
    },
  );
});
