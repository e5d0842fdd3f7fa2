import { describe, expect, it } from "vitest";
import type { FileContent } from "../../src/core/source-tree.ts";
import { BlobCache, type CommitReader, githubTree } from "../../src/trees/index.ts";

type Files = Readonly<Record<string, string>>;

/** A reader over commits in memory, which counts what it is asked. A blob's id is made of its content. */
function readerOf(commits: Readonly<Record<string, Files>>) {
  const asked: string[] = [];
  const answer = (
    text: string | undefined,
  ): { readonly content: FileContent; readonly id?: string } => {
    if (text === undefined) return { content: { kind: "missing" } };
    if (text === "huge") return { content: { kind: "unreadable", reason: "huge" }, id: "h" };
    return { content: { kind: "bytes", bytes: Buffer.from(text) }, id: `id of ${text}` };
  };
  const reader: CommitReader = {
    tree: async (sha) => {
      asked.push(`tree ${sha}`);
      const entries = Object.entries(commits[sha] ?? {}).map(([path, text]) => ({
        path,
        kind: text === "->" ? ("symlink" as const) : ("file" as const),
        size: text.length,
        id: `id of ${text}`,
      }));
      return { entries, truncated: false };
    },
    spareFiles: async (requests) => {
      // In the same call.
      const paths = requests.map(({ sha, path }) => ` ${sha}:${path}`);
      asked.push(`${asked.pop()}${paths.join("")}`);
      return requests.map(({ sha, path }) => answer(commits[sha]?.[path]));
    },
    files: async (requests) => {
      asked.push(requests.map(({ sha, path }) => `${sha}:${path}`).join(" "));
      return requests.map(({ sha, path }) => answer(commits[sha]?.[path]));
    },
  };
  return { reader, asked };
}

const base = { "a.py": "1", "old.py": "same", "gone.py": "2", "link.py": "->", "b.py": "b" };
const head = { "a.py": "3", "new.py": "same", "link.py": "->", "b.py": "b", "added.py": "4" };
const changes = [
  { status: "modified", path: "a.py" },
  { status: "renamed", path: "new.py", previousPath: "old.py" },
  { status: "removed", path: "gone.py" },
  { status: "added", path: "added.py" },
] as const;

describe("a tree at GitHub", () => {
  it("is listed once, and base without a call", async () => {
    const { reader, asked } = readerOf({ base, head });
    const after = githubTree(reader, "head");
    const before = githubTree(reader, "base", { before: { tree: after, changes } });
    const paths = async (tree: typeof after) => (await tree.list()).map(({ path }) => path).sort();
    expect(await paths(after)).toEqual(Object.keys(head).sort());
    expect(await paths(before)).toEqual(Object.keys(base).sort());
    expect(await paths(before)).toEqual(Object.keys(base).sort());
    expect(asked).toEqual(["tree head"]);
  });

  it("tells what stood there before from what stands there now, where a patch fits", async () => {
    const texts = { "a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z = 1\n" };
    const { reader, asked } = readerOf({
      base: texts,
      head: { "a.py": "x = 2\n", "b2.py": "y = 2\n", "c.py": "z = 3\n" },
    });
    const patch = (name: string) => `@@ -1 +1 @@\n-${name} = 1\n+${name} = 2`;
    const before = githubTree(reader, "base", {
      patched: {
        tree: githubTree(reader, "head"),
        patches: new Map([
          ["a.py", { path: "a.py", patch: patch("x") }],
          ["b.py", { path: "b2.py", patch: patch("y") }],
          ["c.py", { path: "c.py", patch: patch("z") }],
        ]),
      },
    });
    const contents = await before.read(Object.keys(texts));
    const read = [...contents].map(([path, content]) => [
      path,
      content.kind === "bytes" ? Buffer.from(content.bytes).toString() : content.kind,
    ]);
    expect(Object.fromEntries(read)).toEqual(texts);
    expect(asked).toEqual(["head:a.py head:b2.py head:c.py", "base:c.py"]);
  });

  it("reads of a large file only what its patch shows, where that tells enough, and keeps it for nobody else", async () => {
    const filling = `${"-".repeat(99)}\n`.repeat(6_000);
    const text = (value: number) => `a\n${filling}b\nvalue = ${value}\nc\n`;
    const { reader, asked } = readerOf({
      base: { "large.yml": text(1), "small.yml": "x = 1\n" },
      head: { "large.yml": text(2), "small.yml": "x = 2\n" },
    });
    const patches = new Map([
      [
        "large.yml",
        { path: "large.yml", patch: "@@ -6002,3 +6002,3 @@\n b\n-value = 1\n+value = 2\n c" },
      ],
      ["small.yml", { path: "small.yml", patch: "@@ -1 +1 @@\n-x = 1\n+x = 2" }],
    ]);
    const cache = new BlobCache();
    const after = githubTree(reader, "head", { cache, shown: { patches } });
    const changed = ["large.yml", "small.yml"].map(
      (path) => ({ status: "modified", path }) as const,
    );
    const before = githubTree(reader, "base", {
      cache,
      before: { tree: after, changes: changed },
      patched: { tree: after, patches },
      shown: { patches, after },
    });
    await after.list();
    const paths = ["large.yml", "small.yml"];
    const [old, now] = [await before.read(paths), await after.read(paths)];
    const lines = (contents: ReadonlyMap<string, FileContent>) =>
      paths.map((path) => {
        const content = contents.get(path);
        return content?.kind === "bytes" ? Buffer.from(content.bytes).toString().split("\n") : [];
      });
    const empty = Array.from({ length: 6_001 }, () => "");
    expect(lines(old)).toEqual([
      [...empty, "b", "value = 1", "c"],
      ["x = 1", ""],
    ]);
    expect(lines(now)).toEqual([
      [...empty, "b", "value = 2", "c"],
      ["x = 2", ""],
    ]);
    expect(asked).toEqual(["tree head", "head:small.yml"]);
    for (const sha of ["head", "base"]) {
      const whole = await githubTree(reader, sha, { cache }).read(["large.yml"]);
      expect(lines(whole)[0]).toHaveLength(6_005);
    }
  });

  it("spares what lies beside the change, and large files of which lines tell enough, where there is no room", async () => {
    const large = "x".repeat(600_000);
    const texts = { "own.py": "1", "beside.py": "2", "large.js": large, "large.py": `#${large}` };
    const { reader, asked } = readerOf({ head: texts });
    const paths = Object.keys(texts);
    const own = new Set(paths.filter((path) => path !== "beside.py"));
    const isSlight = (path: string) => path.endsWith(".js");
    const giveBack = () => {};
    const treeWith = async (room: number, more: Partial<CommitReader> = {}, isNew = false) => {
      const hasRoom = (calls: number) => calls <= room;
      const priceOf = () => (isNew ? 1 : 2);
      const limit = { own, kept: 1, hasRoom, claim: hasRoom, giveBack, isSlight, priceOf };
      const tree = githubTree({ ...reader, ...more }, "head", { limit });
      await tree.list();
      return tree;
    };
    const kinds = (contents: ReadonlyMap<string, FileContent>) =>
      paths.map((path) => {
        const content = contents.get(path);
        return content?.kind === "unreadable" ? (content.isSpared ?? false) : content?.kind;
      });
    const spareFiles: CommitReader["spareFiles"] = async (some) => some.map(() => undefined);
    const poor = await treeWith(1, { spareFiles });
    expect(kinds((await poor.readBeside?.(paths)) ?? new Map())).toEqual([
      "bytes",
      true,
      false,
      false,
    ]);
    expect(asked.at(-1)).toBe("head:own.py");
    expect(kinds(await poor.read(["beside.py"]))).toContain("bytes");
    const along = await treeWith(1);
    expect(kinds((await along.readBeside?.(paths)) ?? new Map())).toEqual([
      "bytes",
      "bytes",
      false,
      false,
    ]);
    // What more is to be said of waits for nothing.
    for (const isNew of [true, false]) {
      const frugal = await treeWith(2, { spareFiles }, isNew);
      expect(kinds(await frugal.read(paths))[3]).toBe(isNew ? "bytes" : false);
    }
    // One call for the small ones, one that is kept, and one for it in each of the trees that have it.
    for (const isNew of [true, false]) {
      const careful = await treeWith(3, { spareFiles }, isNew);
      expect(kinds(await careful.read(["own.py", "large.js"]))[2]).toBe(isNew ? "bytes" : false);
    }
    // As many as there is room for.
    const programs = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`${index}.py`, `${index}${large}`]),
    );
    for (const most of [0, 4]) {
      const hasRoom = (calls: number) => calls <= most;
      const limit = { kept: 1, hasRoom, claim: hasRoom, giveBack, isSlight, priceOf: () => 1 };
      const changed = new Set(Object.keys(programs));
      const hostile = githubTree(readerOf({ head: programs }).reader, "head", {
        limit: { ...limit, own: changed },
      });
      await hostile.list();
      const contents = [...(await hostile.read(Object.keys(programs))).values()];
      expect(contents.filter(({ kind }) => kind === "bytes")).toHaveLength(most);
    }
    // Until nothing else is read.
    const last = await treeWith(2, { spareFiles });
    expect(kinds(await last.read(["own.py", "large.js"]))[2]).toBe(false);
    expect(kinds((await last.readLast?.(["large.js"])) ?? new Map())[2]).toBe("bytes");
    const rich = await treeWith(9, { spareFiles });
    expect(kinds((await rich.readBeside?.(paths)) ?? new Map())).toEqual([
      "bytes",
      "bytes",
      "bytes",
      "bytes",
    ]);
  });

  it("believes no patch that does not lead to the blob", async () => {
    const { reader, asked } = readerOf({
      base: { "a.py": "x = 0\n" },
      head: { "a.py": "x = 2\n" },
    });
    const id = "5f3d1dc9ef1d2a1a4a1d2bd2ac0b5ec3d6b4ad2e";
    const listing: CommitReader = {
      ...reader,
      tree: async () => ({ entries: [{ path: "a.py", kind: "file", id }], truncated: false }),
    };
    const patches = new Map([["a.py", { path: "a.py", patch: "@@ -1 +1 @@\n-x = 1\n+x = 2" }]]);
    const tree = githubTree(reader, "head");
    const before = githubTree(listing, "base", { patched: { tree, patches } });
    expect(await before.isListedWhole()).toBe(true);
    await before.read(["a.py"]);
    expect(asked).toEqual(["head:a.py", "base:a.py"]);
  });

  it("reads each blob once, in this review and in the next", async () => {
    const cache = new BlobCache();
    const { reader, asked } = readerOf({ base, head });
    const tree = githubTree(reader, "head", { cache });
    const first = await tree.read(["a.py", "new.py", "gone.py", "a.py"]);
    expect([...first.keys()]).toEqual(["a.py", "new.py", "gone.py"]);
    expect(first.get("gone.py")).toEqual({ kind: "missing" });
    expect(await tree.read(["a.py", "gone.py"])).toEqual(
      new Map([
        ["a.py", { kind: "bytes", bytes: Buffer.from("3") }],
        ["gone.py", { kind: "missing" }],
      ]),
    );
    expect(asked).toEqual(["head:a.py head:new.py head:gone.py"]);

    // Another commit with the same blob, known from its list.
    const other = githubTree(reader, "base", { cache });
    await other.list();
    await other.read(["old.py", "a.py"]);
    // With what lies beside it, which comes in the same call.
    expect(asked.slice(1)).toEqual(["tree base", "base:a.py base:gone.py base:b.py"]);
    await other.read(["b.py", "gone.py"]);
    expect(asked).toHaveLength(3);
  });

  it("follows no link once it is listed, and leaves the tree never", async () => {
    const { reader, asked } = readerOf({ head });
    const tree = githubTree(reader, "head");
    await tree.list();
    const contents = await tree.read(["link.py", "../a.py", "/a.py", ""]);
    expect([...contents.values()].map(({ kind }) => kind)).toEqual(Array(4).fill("unreadable"));
    expect(asked).toEqual(["tree head"]);
  });

  it("lists what is known to exist even where GitHub does not", async () => {
    const { reader } = readerOf({ head });
    const tree = githubTree(reader, "head", { known: ["far/away.py", "a.py"] });
    const paths = (await tree.list()).map(({ path }) => path);
    expect(paths).toHaveLength(6);
    expect(paths).toContain("far/away.py");
  });

  it("asks again after a failure", async () => {
    const { reader } = readerOf({ head });
    let failures = 1;
    const flaky: CommitReader = {
      ...reader,
      tree: (sha) => (failures-- > 0 ? Promise.reject(new Error("no")) : reader.tree(sha)),
    };
    const tree = githubTree(flaky, "head");
    await expect(tree.list()).rejects.toThrow("no");
    expect(await tree.list()).toHaveLength(5);
  });

  it("remembers what cannot be read", async () => {
    const { reader, asked } = readerOf({ head: { "x.py": "huge" } });
    const tree = githubTree(reader, "head");
    await tree.read(["x.py"]);
    expect((await tree.read(["x.py"])).get("x.py")).toMatchObject({ reason: "huge" });
    expect(asked).toHaveLength(1);
  });
});

it("asks once for what two trees want at the same time", async () => {
  const asked: string[] = [];
  const entries = [{ path: "a.py", kind: "file", id: "1", size: 1 }] as const;
  let answer = () => {};
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const reader: CommitReader = {
    tree: async () => ({ entries, truncated: false }),
    spareFiles: async (requests) => requests.map(() => undefined),
    files: async (requests) => {
      asked.push(...requests.map(({ sha, path }) => `${sha}:${path}`));
      await gate;
      return requests.map(() => ({
        content: { kind: "bytes", bytes: Uint8Array.of(97) },
        id: "1",
      }));
    },
  };
  const cache = new BlobCache();
  const trees = ["base", "head"].map((sha) => githubTree(reader, sha, { cache }));
  for (const tree of trees) await tree.list();
  const read = trees.map((tree) => tree.read(["a.py"]));
  await new Promise((resolve) => setImmediate(resolve));
  answer();
  for (const contents of await Promise.all(read))
    expect(contents.get("a.py")).toMatchObject({ kind: "bytes" });
  expect(asked).toEqual(["base:a.py"]);
});

it("asks nobody for what is in an empty file", async () => {
  const asked: string[] = [];
  const reader: CommitReader = {
    tree: async () => ({
      entries: [
        { path: "shop/__init__.py", kind: "file", id: "1", size: 0 },
        { path: "shop/views.py", kind: "file", id: "2", size: 1 },
      ],
      truncated: false,
    }),
    spareFiles: async (requests) => requests.map(() => undefined),
    files: async (requests) => {
      asked.push(...requests.map(({ path }) => path));
      return requests.map(() => ({ content: { kind: "bytes", bytes: Uint8Array.of(97) } }));
    },
  };
  const tree = githubTree(reader, "head");
  await tree.list();
  const contents = await tree.read(["shop/__init__.py", "shop/views.py"]);
  expect(contents.get("shop/__init__.py")).toEqual({ kind: "bytes", bytes: new Uint8Array() });
  expect(asked).toEqual(["shop/views.py"]);
});

it("asks for itself where the other one has failed", async () => {
  const asked: string[] = [];
  const entries = [{ path: "a.py", kind: "file", id: "1", size: 1 }] as const;
  const reader: CommitReader = {
    tree: async () => ({ entries, truncated: false }),
    spareFiles: async (requests) => requests.map(() => undefined),
    files: async (requests) => {
      asked.push(...requests.map(({ sha }) => sha));
      await new Promise((resolve) => setImmediate(resolve));
      if (asked.length === 1) throw new Error("down");
      return requests.map(() => ({
        content: { kind: "bytes", bytes: Uint8Array.of(97) },
        id: "1",
      }));
    },
  };
  const cache = new BlobCache();
  const [base, head] = ["base", "head"].map((sha) => githubTree(reader, sha, { cache }));
  await Promise.all([base?.list(), head?.list()]);
  const [first, second] = await Promise.allSettled([base?.read(["a.py"]), head?.read(["a.py"])]);
  expect(first.status).toBe("rejected");
  expect(second).toMatchObject({ status: "fulfilled" });
  expect(asked).toEqual(["base", "head"]);
});

it("fails for whoever asked, and for nobody else", async () => {
  const reader: CommitReader = {
    tree: async () => ({ entries: [], truncated: false }),
    spareFiles: async (requests) => requests.map(() => undefined),
    files: async () => {
      throw new Error("down");
    },
  };
  const strays: unknown[] = [];
  const note = (reason: unknown) => strays.push(reason);
  process.on("unhandledRejection", note);
  await expect(githubTree(reader, "head").read(["a.py"])).rejects.toThrow("down");
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(strays).toEqual([]);
});

describe("a cache of blobs", () => {
  const bytes = (count: number) => ({ kind: "bytes", bytes: new Uint8Array(count) }) as const;

  it("lets go of what was not used for longest", () => {
    const cache = new BlobCache(5_000);
    for (const id of ["a", "b", "c", "d"]) cache.set(id, bytes(1_000));
    expect(cache.get("a")).toBeDefined();
    cache.set("e", bytes(1_000));
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("a")).toBeDefined();
    expect(cache.bytes).toBeLessThanOrEqual(5_000);
  });

  it("keeps nothing that would push all else out", () => {
    const cache = new BlobCache(5_000);
    cache.set("a", bytes(4_000));
    expect(cache.get("a")).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});
