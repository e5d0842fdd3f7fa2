import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import type { FileContent, SourceTree } from "../../src/core/source-tree.ts";
import { RULES_FOLDER, setUp } from "../../src/setup/index.ts";
import { memoryTree } from "../../src/trees/index.ts";

const CONFIG = ".github/portcullis.yml";
const OWN = `${RULES_FOLDER}/shop/own.yml`;
const BINARY = Uint8Array.of(0x66, 0, 1);
const profile = "default";

/** A tree in which one path gives what it is told to. */
function treeWith(path: string, content: FileContent): SourceTree {
  const tree = memoryTree({ [path]: "" });
  return {
    ...tree,
    read: async (paths) => new Map([...(await tree.read(paths)), [path, content]]),
  };
}

describe("the configuration of a tree", () => {
  it.each([
    ["UTF-8 with a mark", Buffer.from("\ufefffail-on: low\n")],
    ["UTF-16", Buffer.from("\ufefffail-on: low\n", "utf16le")],
    ["Latin-1", Buffer.from("# caf\u00e9\nfail-on: low\n", "latin1")],
    ["lines of Windows", "# first\r\nfail-on: low\r\n"],
    ["JSON", '{"fail-on": "low"}'],
  ])("is read from %s", async (_, content) => {
    const { config } = await setUp(memoryTree({ [CONFIG]: content }), { profile });
    expect(config["fail-on"]).toBe("low");
  });

  it.each([CONFIG, OWN])("is not passed over in silence where %s is no text", async (path) => {
    const failed = setUp(memoryTree({ [path]: BINARY }), { profile });
    await expect(failed).rejects.toThrow(`${path}:1: cannot be read: binary`);
    await expect(failed).rejects.toBeInstanceOf(ConfigError);
  });

  it("is not passed over in silence where it cannot be had", async () => {
    const tree = treeWith(CONFIG, { kind: "unreadable", reason: "a folder" });
    await expect(setUp(tree, { profile })).rejects.toThrow(`${CONFIG}:1: cannot be read: a folder`);
    // What is not used need not be readable.
    const config = { path: "other.yml", yaml: "fail-on: low" };
    expect((await setUp(tree, { profile, config })).config["fail-on"]).toBe("low");
  });
});
