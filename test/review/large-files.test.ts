import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { windowsOf } from "../../src/review/windows.ts";
import { makeUp } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { placesOf, reviewOfTrees, scanOfTree } from "../support/review.ts";

const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const PEM = `-----BEGIN PRIVATE KEY-----\n${`${makeUp("[A-Za-z0-9+/]{64}")}\n`.repeat(26)}-----END PRIVATE KEY-----`;
const LINE = "INSERT INTO orders VALUES (1, 'a word', 'http://shop.io/a?b=c');\n";

/** A tree of one file that is too large to be had as a whole. */
function treeOf(path: string, texts: () => Iterable<string | Uint8Array>): SourceTree {
  return {
    revision: "tree",
    list: async () => [{ path, kind: "file" }],
    read: async (paths) =>
      new Map(
        paths.map((asked) => [
          asked,
          {
            kind: "unreadable",
            reason: "larger than 5 MB",
            parts: async function* () {
              for (const text of texts()) yield Buffer.from(text);
            },
          },
        ]),
      ),
  };
}

function* filled(count: number, text: string, at: number, inside: string): Generator<string> {
  const part = text.repeat(count);
  for (let index = 0; index < 10; index++) yield index === at ? part + inside + part : part;
}

it.each([
  ["in one of many lines", LINE, `token: ${TOKEN}\n`, "secrets/github-token"],
  ["over several lines", LINE, `${PEM}\n`, "secrets/private-key"],
  ["in a line without end", "function f(a){return a};", `t="${TOKEN}";`, "secrets/github-token"],
])("finds a secret %s of a large file, at its place", async (_what, text, secret, ruleId) => {
  const count = Math.ceil(500_000 / text.length);
  // At the seam of two windows.
  const texts = () => filled(count, text, 7, secret);
  const whole = [...texts()].join("");
  const before = whole.slice(0, whole.indexOf(secret.startsWith(PEM) ? PEM : TOKEN));
  const { new: found, skipped } = await scanOfTree(treeOf("dump.sql", texts));
  expect(found.map((one) => [one.ruleId, one.region.startLine, one.region.startColumn])).toEqual([
    [ruleId, before.split("\n").length, before.length - before.lastIndexOf("\n")],
  ]);
  expect(skipped).toEqual([]);
});

it("gives every sign of a file to one window, and sees around it, wherever its parts end", async () => {
  const text = Array.from(
    { length: 997 },
    (_, index) => `${index % 7}é${"\r\n".repeat(index % 3)}`,
  ).join("");
  for (const size of [1, 7, 300, 100_000]) {
    const bytes = Buffer.from(text);
    const parts = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    let own = "";
    for await (const window of windowsOf(parts(), { step: 100, reach: 40, context: 20 })) {
      const before = text.slice(0, own.length - window.from);
      expect(window.lines).toBe(before.split("\n").length - 1);
      expect(window.columns).toBe(before.length - (before.lastIndexOf("\n") + 1));
      own += window.text.slice(window.from, window.to);
    }
    expect(own).toBe(text);
  }
});

it("says of a program that is too large that the rest was not looked at", async () => {
  const { new: found, skipped } = await scanOfTree(
    treeOf("a.py", () => ["x = 1\n", `token = "${TOKEN}"\n`]),
  );
  expect(found.map((one) => one.region.startLine)).toEqual([2]);
  expect(skipped).toEqual([{ path: "a.py", reason: "larger than 5 MB" }]);
});

it("says of a file that a server does not give, whatever it is, that it was not looked at", async () => {
  const reason = "larger than 5 MB";
  const tree: SourceTree = {
    revision: "commit",
    list: async () => [{ path: "dump.sql", kind: "file" }],
    read: async () => new Map([["dump.sql", { kind: "unreadable", reason }]]),
  };
  const { new: found, skipped } = await scanOfTree(tree);
  expect([found, skipped]).toEqual([[], [{ path: "dump.sql", reason }]]);
});

it("reads no further in what is not text", async () => {
  let read = 0;
  const { new: found } = await scanOfTree(
    treeOf("disk.img", function* () {
      for (; read < 100; read++) yield Buffer.from(`\0${TOKEN}`);
    }),
  );
  expect([found, read]).toEqual([[], 0]);
});

it("stops where a file holds more secrets than anybody reads", async () => {
  const { new: found, notes } = await scanOfTree(
    treeOf("dump.sql", function* () {
      for (let part = 0; part < 100; part++)
        yield `password: "kT9#v${part}Lq2mZx" postgres://u:p${part}Zk3x9@h.io/ \n`.repeat(10_000);
    }),
  );
  expect(found.length).toBeGreaterThan(100);
  expect(found.length).toBeLessThan(1_000);
  expect(notes.join()).toContain("only the first");
});

describe("a file that a server puts off", () => {
  const path = "views.py";
  const textOf = (...flaws: readonly string[]) =>
    ["import os", "from flask import request", ...flaws, ""].join("\n");
  const run = 'def run():\n    os.system(request.args["n"])';
  const show = 'def show():\n    return eval(request.args["n"])';
  const sides = { base: { [path]: textOf(run, show) }, head: { [path]: textOf(run, run) } };
  /** Of the file it has nothing at first, and in the end only if it is to be had. */
  const puttingOff = (files: Readonly<Record<string, string>>, isToBeHad: boolean): SourceTree => {
    const { readNow: _, ...tree } = memoryTree(files);
    const off = { kind: "unreadable", reason: "too dear", isPutOff: true } as const;
    const nothing = async () => new Map([[path, off]]);
    return { ...tree, read: nothing, readLast: isToBeHad ? tree.read : nothing };
  };

  it.each([
    ["head", ["head"]],
    ["base", ["base"]],
    ["both", ["base", "head"]],
  ] as const)("is compared as a whole where that is done in %s", async (_, late) => {
    const treeOfSide = (side: "base" | "head") =>
      late.some((one) => one === side) ? puttingOff(sides[side], true) : memoryTree(sides[side]);
    const one = await reviewOfTrees(treeOfSide("base"), treeOfSide("head"), sides);
    const lists = [one.new, one.unchanged, one.fixed].map(placesOf);
    expect(lists).toEqual([["views.py:6"], ["views.py:4"], ["views.py:6"]]);
    expect(one.skipped).toEqual([]);
  });

  it("counts nothing as mended that head does not give in the end", async () => {
    const head = puttingOff(sides.head, false);
    const one = await reviewOfTrees(memoryTree(sides.base), head, sides);
    expect([one.new, one.fixed, one.skipped]).toEqual([[], [], [{ path, reason: "too dear" }]]);
  });
});
