import { describe, expect, it } from "vitest";
import { walk } from "../../src/python/ast.ts";
import { ModuleFile } from "../../src/python/module-file.ts";

function firstNode(file: ModuleFile, nodeType: string) {
  for (const statement of file.body)
    for (const node of walk(statement)) if (node.nodeType === nodeType) return node;
  throw new Error(`no ${nodeType}`);
}

describe("the region of a node, and its text", () => {
  it.each([
    ["on one line", "x = f(1)\n", "Call", [1, 5, 1, 8], "f(1)"],
    ["behind letters of two bytes", "é = 'é'; x = f('é')\n", "Call", [1, 14, 1, 19], "f('é')"],
    ["behind letters of three bytes", "x = '中文'; y = f(1)\n", "Call", [1, 15, 1, 18], "f(1)"],
    ["behind letters of four bytes", "x = '😀'; y = f(1)\n", "Call", [1, 15, 1, 18], "f(1)"],
    ["with such letters inside", "x = f('😀é')\n", "Call", [1, 5, 1, 12], "f('😀é')"],
    ["over several lines", "x = f(\n    'é',\n)\n", "Call", [1, 5, 3, 1], "f(\n    'é',\n)"],
    ["over lines that end in CRLF", "x = f(\r\n  1)\r\n", "Call", [1, 5, 2, 4], "f(\n  1)"],
    ["behind tabs", "if a:\n\tf(1)\n", "Call", [2, 2, 2, 5], "f(1)"],
    ["behind a broken line", "print 'é'\ny = f(1)\n", "Call", [2, 5, 2, 8], "f(1)"],
    ["in a decorator", "@f(1)\ndef g(): pass\n", "Call", [1, 2, 1, 5], "f(1)"],
    ["in a formatted text", "x = f'é{f(1)}'\n", "Call", [1, 9, 1, 12], "f(1)"],
    ["of a text over several lines", "x = '''a\né'''\n", "Constant", [1, 5, 2, 4], "'''a\né'''"],
    ["at the end without a line end", "f(1)", "Call", [1, 1, 1, 4], "f(1)"],
    ["behind lone carriage returns", "x = 1\rf(1)\r", "Call", [2, 1, 2, 4], "f(1)"],
  ])("%s", (_what, text, nodeType, [startLine, startColumn, endLine, endColumn], source) => {
    const file = new ModuleFile("a.py", text);
    const node = firstNode(file, nodeType);
    expect(file.location(node)).toEqual({
      path: "a.py",
      region: { startLine, startColumn, endLine, endColumn },
    });
    expect(file.source(node)).toBe(source);
  });
});

it("stays within the text for a node without a place", () => {
  const file = new ModuleFile("a.py", "x\n");
  expect(file.region({ nodeType: "Module" })).toEqual({
    startLine: 1,
    startColumn: 1,
    endLine: 1,
    endColumn: 1,
  });
});

it.each([
  ["x = 1  # nosec\n", 1],
  ["x = 1  # NOQA\n", 1],
  ["x = 1  # portcullis: ignore[a/b] why\n", 1],
  ["x = 1  # nothing of the kind\n", 0],
])("keeps comments where one may be a suppression: %j", (text, count) => {
  expect(new ModuleFile("a.py", text).comments).toHaveLength(count);
});
