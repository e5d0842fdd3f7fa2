import { randomBytes } from "node:crypto";
import { chmodSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { type GitRepository, openRepository } from "../../src/trees/index.ts";
import { commit, git, importCommit, makeRepository, temporaryFolder } from "./repository.ts";

const base = temporaryFolder();

const open: GitRepository[] = [];
afterAll(() => {
  for (const repository of open) repository.close();
});

async function treeOf(dir: string, revision: string): Promise<SourceTree> {
  const repository = await openRepository(dir);
  open.push(repository);
  return repository.tree(await repository.resolve(revision));
}

/** What reading gives by path: a text, or the reason why not. */
async function readAll(tree: SourceTree, paths: readonly string[]): Promise<string[]> {
  return Array.from(await tree.read(paths), ([path, content]) => {
    if (content.kind === "bytes") return `${path}: ${Buffer.from(content.bytes).toString("utf8")}`;
    return `${path}: ${content.kind === "unreadable" ? content.reason : content.kind}`;
  });
}

const strange = [
  "a b/c d.py",
  'q"uo\te\\.py',
  "ünï/cödé.py",
  "line\nbreak.py",
  "-dash.py",
  ":(top)x",
];

test("lists and reads a commit's files whatever their names, not those on disk", async () => {
  const dir = join(base, "names");
  const first = makeRepository(
    dir,
    Object.fromEntries(strange.map((path, index) => [path, `${index}`])),
  );
  commit(dir, { "a b/c d.py": "later", "later.py": "" });
  const tree = await treeOf(dir, first);
  expect(tree.revision).toBe(first);
  const entries = await tree.list();
  expect(entries.map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual(
    strange.map((path) => `file ${path}`).sort(),
  );
  const id = git(dir, ["rev-parse", `${first}:a b/c d.py`]);
  expect(entries.find(({ path }) => path === "a b/c d.py")?.id).toBe(id);
  expect(await readAll(tree, strange)).toEqual(strange.map((path, index) => `${path}: ${index}`));
});

test("has an answer for every path, and follows no link", async () => {
  const dir = join(base, "kinds");
  makeRepository(dir, { "d/a.py": "a", "empty.py": "" });
  symlinkSync("d/a.py", join(dir, "inside"));
  symlinkSync("/etc/passwd", join(dir, "outside"));
  symlinkSync("d", join(dir, "folder"));
  git(dir, ["add", "-A"]);
  const id = git(dir, ["rev-parse", "HEAD"]);
  git(dir, ["update-index", "--add", "--cacheinfo", `160000,${id},module`]);
  git(dir, ["commit", "-q", "-m", "change"]);
  const tree = await treeOf(dir, "HEAD");
  const kinds = (await tree.list()).map(({ path, kind }) => `${path}: ${kind}`).sort();
  expect(kinds).toEqual([
    "d/a.py: file",
    "empty.py: file",
    "folder: symlink",
    "inside: symlink",
    "module: submodule",
    "outside: symlink",
  ]);
  const results = {
    "d/a.py": "a",
    "empty.py": "",
    d: "missing",
    "no.py": "missing",
    "no/a.py": "missing",
    "d/a.py/b": "missing",
    inside: "a symbolic link, which is not followed",
    outside: "a symbolic link, which is not followed",
    "folder/a.py": "below a symbolic link, which is not followed",
    module: "a submodule",
    "module/a.py": "in a submodule, whose files are another repository's",
    "../d/a.py": "not a path inside of the tree",
    "/d/a.py": "not a path inside of the tree",
  };
  expect(await readAll(tree, Object.keys(results))).toEqual(
    Object.entries(results).map(([path, result]) => `${path}: ${result}`),
  );
});

test("reads the empty tree and a commit without files", async () => {
  const dir = join(base, "empty");
  const id = makeRepository(dir);
  expect(await (await treeOf(dir, id)).list()).toEqual([]);
  const tree = await treeOf(dir, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  expect(await tree.list()).toEqual([]);
  expect(await readAll(tree, ["a.py"])).toEqual(["a.py: missing"]);
});

test("reads a bare repository that has no configuration and whose HEAD names no branch", async () => {
  const dir = join(base, "origin");
  const id = makeRepository(dir, { "a.py": "a" });
  const bare = join(base, "bare.git");
  git(base, ["clone", "-q", "--mirror", dir, bare]);
  git(bare, ["symbolic-ref", "HEAD", "refs/heads/none"]);
  rmSync(join(bare, "config"));
  expect(await readAll(await treeOf(bare, id), ["a.py"])).toEqual(["a.py: a"]);
});

test("never holds a blob over the limit, and reads on behind it", async () => {
  const dir = join(base, "large");
  makeRepository(dir);
  const sizes = { "fits.txt": 5_000_000, "large.txt": 5_000_001, "huge.txt": 20_000_001 };
  importCommit(dir, {
    ...Object.fromEntries(
      Object.entries(sizes).map(([path, size]) => [path, new Uint8Array(size)]),
    ),
    "a.txt": "a",
    "b.txt": "b",
  });
  const tree = await treeOf(dir, "main");
  const contents = await tree.read([
    "huge.txt",
    "a.txt",
    "large.txt",
    "fits.txt",
    "huge.txt",
    "b.txt",
  ]);
  const kinds = Array.from(contents, ([path, content]) => {
    if (content.kind === "bytes") return `${path}: ${content.bytes.length} bytes`;
    return `${path}: ${content.kind === "unreadable" ? content.reason : content.kind}`;
  });
  expect(kinds).toEqual([
    "huge.txt: larger than 5 MB",
    "a.txt: 1 bytes",
    "large.txt: larger than 5 MB",
    "fits.txt: 5000000 bytes",
    "b.txt: 1 bytes",
  ]);
});

test("reads many files at once, those of two commits together", async () => {
  const dir = join(base, "many");
  makeRepository(dir);
  const files = (text: string) =>
    Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`p${index % 9}/${index}.py`, text.repeat(index)]),
    );
  const first = importCommit(dir, files("a"));
  const second = importCommit(dir, files("b"));
  const repository = await openRepository(dir);
  open.push(repository);
  const paths = Object.keys(files(""));
  const [older, newer] = await Promise.all(
    [first, second].map((id) => readAll(repository.tree(id), paths)),
  );
  const expected = (text: string) => Object.entries(files(text)).map((entry) => entry.join(": "));
  expect(older).toEqual(expected("a"));
  expect(newer).toEqual(expected("b"));
});

test("says of a damaged blob that git cannot read it, and reads on", async () => {
  const dir = join(base, "damaged");
  makeRepository(dir, { "a.py": "a", "b.bin": randomBytes(200_000), "c.py": "c" });
  const fileOf = (path: string) => {
    const id = git(dir, ["rev-parse", `HEAD:${path}`]);
    return join(dir, ".git/objects", id.slice(0, 2), id.slice(2));
  };
  rmSync(fileOf("a.py"));
  chmodSync(fileOf("b.bin"), 0o644);
  truncateSync(fileOf("b.bin"), 100_000);
  expect(await readAll(await treeOf(dir, "HEAD"), ["a.py", "b.bin", "c.py"])).toEqual([
    "a.py: the clone lacks this blob",
    "b.bin: git cannot read this blob",
    "c.py: c",
  ]);
});

test("fetches nothing in a clone without blobs", async () => {
  const origin = join(base, "full");
  const from = makeRepository(origin, { "a.py": "a\n", "b.py": "b\n" });
  const head = commit(origin, { "a.py": "A\n" });
  git(origin, ["config", "uploadpack.allowFilter", "true"]);
  git(origin, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  const clone = join(base, "partial.git");
  git(base, ["clone", "-q", "--bare", "--filter=blob:none", `file://${origin}`, clone]);
  const objects = () => git(clone, ["count-objects", "-v"]);
  const before = objects();
  const repository = await openRepository(clone);
  open.push(repository);
  const tree = repository.tree(head);
  expect(await tree.list()).toHaveLength(2);
  expect(await readAll(tree, ["a.py", "b.py"])).toEqual([
    "a.py: the clone lacks this blob",
    "b.py: the clone lacks this blob",
  ]);
  expect(await repository.changes(from, head)).toEqual([{ status: "modified", path: "a.py" }]);
  expect(objects()).toBe(before);
});

test("refuses to read on when the repository is closed, or the commit is not there", async () => {
  const dir = join(base, "closed");
  const id = makeRepository(dir, { "a.py": "a" });
  const repository = await openRepository(dir);
  const nothing = repository.tree("0123456789012345678901234567890123456789");
  await expect(nothing.list()).rejects.toThrow("the clone lacks the files of 0123456789");
  await expect(nothing.read(["a.py"])).rejects.toThrow("the clone lacks the files of 0123456789");
  const tree = repository.tree(id);
  const pending = expect(tree.list()).rejects.toThrow("closed");
  repository.close();
  await pending;
  await expect(tree.read(["a.py"])).rejects.toThrow("closed");
});

test("gives up on a commit that names more files than anybody has", async () => {
  const dir = join(base, "bomb");
  makeRepository(dir);
  const mktree = (entries: readonly string[]) => git(dir, ["mktree"], `${entries.join("\n")}\n`);
  const blob = git(dir, ["hash-object", "-w", "--stdin"], "a");
  const names = Array.from({ length: 1001 }, (_, index) => `n${index}`);
  let tree = mktree(names.map((name) => `100644 blob ${blob}\t${name}`));
  for (let depth = 0; depth < 3; depth++) {
    tree = mktree(names.map((name) => `040000 tree ${tree}\t${name}`));
  }
  const id = git(dir, ["commit-tree", tree, "-m", "bomb"]);
  const bomb = await treeOf(dir, id);
  await expect(bomb.list()).rejects.toThrow("has more than 1000000 files");
  expect(await readAll(bomb, ["n1/n2/n3/n4"])).toEqual(["n1/n2/n3/n4: a"]);
});
