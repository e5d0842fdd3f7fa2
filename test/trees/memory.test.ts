import { expect, test } from "vitest";
import { memoryTree } from "../../src/trees/index.ts";

const tree = memoryTree({ "a.py": "é\n", "b/c.bin": new Uint8Array([0, 255]) }, "base");

test("lists what it was made of, with sizes in bytes", async () => {
  expect(tree.revision).toBe("base");
  expect(await tree.list()).toEqual([
    { path: "a.py", kind: "file", size: 3 },
    { path: "b/c.bin", kind: "file", size: 2 },
  ]);
});

test("reads text as UTF-8, bytes as they are, and has an answer for every path", async () => {
  const contents = await tree.read(["a.py", "b/c.bin", "b", "no.py", "../a.py"]);
  expect([...contents.values()]).toEqual([
    { kind: "bytes", bytes: new Uint8Array([0xc3, 0xa9, 10]) },
    { kind: "bytes", bytes: new Uint8Array([0, 255]) },
    { kind: "missing" },
    { kind: "missing" },
    { kind: "unreadable", reason: "not a path inside of the tree" },
  ]);
});
