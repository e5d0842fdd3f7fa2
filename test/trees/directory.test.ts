import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { directoryTree, MAX_FILE_BYTES } from "../../src/trees/index.ts";
import { git, makeRepository, temporaryFolder, write } from "./repository.ts";

const base = temporaryFolder();

/** What reading one path gives: its text, or the reason why not. */
async function readOne(tree: SourceTree, path: string): Promise<string> {
  const content = (await tree.read([path])).get(path);
  if (content?.kind === "bytes") return Buffer.from(content.bytes).toString("utf8");
  return content?.kind === "unreadable" ? content.reason : (content?.kind ?? "no answer");
}

async function listed(tree: SourceTree): Promise<string[]> {
  return (await tree.list())
    .map(({ path, kind }) => (kind === "file" ? path : `${path} (${kind})`))
    .sort();
}

test("walks a folder outside of git, past caches, packages and virtual environments", async () => {
  const dir = join(base, "plain");
  write(dir, {
    "a.py": "",
    "src/ünï codé.py": "",
    ".hidden/b.py": "",
    "node_modules/x/index.js": "",
    "src/__pycache__/a.pyc": "",
    ".tox/py/a.py": "",
    "my env/pyvenv.cfg": "",
    "my env/lib/a.py": "",
    "envs/b.py": "",
  });
  symlinkSync("a.py", join(dir, "link.py"));
  symlinkSync("src", join(dir, "linked"));
  expect(await listed(await directoryTree(dir))).toEqual([
    ".hidden/b.py",
    "a.py",
    "envs/b.py",
    "link.py (symlink)",
    "linked (symlink)",
    "src/ünï codé.py",
  ]);
});

test("lists in a work tree what git tracks or would track, and what is on disk", async () => {
  const dir = join(base, "work");
  makeRepository(dir, {
    ".gitignore": "*.log\nbuild/\n",
    "a.py": "",
    "gone.py": "",
    "pkg/b.py": "",
  });
  write(dir, { "a.log": "", "build/x.py": "", "build/kept.py": "", "pkg/new.py": "" });
  git(dir, ["add", "-f", "build/kept.py"]);
  git(dir, ["rm", "-q", "gone.py"]);
  makeRepository(join(dir, "nested"), { "c.py": "" });
  makeRepository(join(dir, "module"), { "d.py": "" });
  git(dir, ["add", "module"]);
  expect(await listed(await directoryTree(dir))).toEqual([
    ".gitignore",
    "a.py",
    "build/kept.py",
    "module (submodule)",
    "nested/c.py",
    "pkg/b.py",
    "pkg/new.py",
  ]);
  expect(await listed(await directoryTree(join(dir, "pkg")))).toEqual(["b.py", "new.py"]);
});

test("walks a folder that git ignores as a whole", async () => {
  const dir = join(base, "ignored");
  makeRepository(dir, { ".gitignore": "out/\n" });
  write(dir, { "out/deep/a.py": "" });
  expect(await listed(await directoryTree(join(dir, "out")))).toEqual(["deep/a.py"]);
  expect(await listed(await directoryTree(join(dir, "out/deep")))).toEqual(["a.py"]);
});

test("walks when git is not to be had", async () => {
  const dir = join(base, "without-git");
  makeRepository(dir, { ".gitignore": "*.log\n" });
  write(dir, { "a.log": "" });
  const path = process.env["PATH"];
  process.env["PATH"] = dir;
  try {
    expect(await listed(await directoryTree(dir))).toEqual([".gitignore", "a.log"]);
  } finally {
    process.env["PATH"] = path;
  }
});

test("reads files, empty and large ones too, and follows no link", async () => {
  const dir = join(base, "read");
  write(base, { "secret.txt": "secret" });
  write(dir, {
    "a.py": "x = 1\r\n",
    "empty.py": "",
    "big.py": "x".repeat(1_500_000),
    "d/b.py": "b",
  });
  symlinkSync("a.py", join(dir, "inside.py"));
  symlinkSync("../secret.txt", join(dir, "outside.txt"));
  symlinkSync("..", join(dir, "up"));
  symlinkSync("d", join(dir, "same"));
  execFileSync("mkfifo", [join(dir, "pipe")]);
  const tree = await directoryTree(dir);
  const expected = {
    "a.py": "x = 1\r\n",
    "empty.py": "",
    "big.py": "x".repeat(1_500_000),
    "d/b.py": "b",
    d: "missing",
    "no.py": "missing",
    "no/a.py": "missing",
    "a.py/b": "missing",
    "inside.py": "a symbolic link, which is not followed",
    "outside.txt": "a symbolic link, which is not followed",
    "up/secret.txt": "below a symbolic link, which is not followed",
    "same/b.py": "below a symbolic link, which is not followed",
    pipe: "not a regular file",
    "../secret.txt": "not a path inside of the tree",
    "d/../a.py": "not a path inside of the tree",
    "./a.py": "not a path inside of the tree",
    "d//b.py": "not a path inside of the tree",
    "": "not a path inside of the tree",
    "a\0.py": "not a path inside of the tree",
    [join(dir, "a.py")]: "not a path inside of the tree",
  };
  for (const [path, result] of Object.entries(expected)) {
    expect(await readOne(tree, path), path).toBe(result);
  }
});

test("keeps the contents of a batch apart", async () => {
  const dir = join(base, "batch");
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`f${index}.py`, `${index}`.repeat(index * 20)]),
  );
  write(dir, files);
  const contents = await (await directoryTree(dir)).read(Object.keys(files));
  const texts = Array.from(contents, ([path, content]) => [
    path,
    content.kind === "bytes" ? Buffer.from(content.bytes).toString() : content.kind,
  ]);
  expect(Object.fromEntries(texts)).toEqual(files);
});

test("reads nothing larger than the limit", async () => {
  const dir = join(base, "limit");
  write(dir, {
    "fits.txt": "12345",
    "large.txt": "123456",
    "huge.txt": "x".repeat(MAX_FILE_BYTES + 1),
  });
  const small = await directoryTree(dir, { maxBytes: 5 });
  expect(await readOne(small, "fits.txt")).toBe("12345");
  expect(await readOne(small, "large.txt")).toBe("larger than 5 bytes");
  expect(await readOne(await directoryTree(dir), "huge.txt")).toBe("larger than 5 MB");
});

test("says of a name that is not UTF-8 why it cannot be read", async () => {
  const dir = join(base, "names");
  mkdirSync(dir);
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/bad`), Buffer.from([0xff])]), "x");
  const tree = await directoryTree(dir);
  expect(await listed(tree)).toEqual(["bad\uFFFD"]);
  expect(await readOne(tree, "bad\uFFFD")).toBe("its name is not UTF-8");
});

test.skipIf(process.getuid?.() === 0)("says that permission is denied", async () => {
  const dir = join(base, "permission");
  write(dir, { "a.py": "", "locked/b.py": "" });
  chmodSync(join(dir, "a.py"), 0);
  chmodSync(join(dir, "locked"), 0);
  const tree = await directoryTree(dir);
  expect(await listed(tree)).toEqual(["a.py", "locked"]);
  expect(await readOne(tree, "a.py")).toBe("permission denied");
  expect(await readOne(tree, "locked")).toBe("permission denied");
  chmodSync(join(dir, "locked"), 0o700);
});

test("refuses what is no folder", async () => {
  write(base, { "file.py": "" });
  await expect(directoryTree(join(base, "no"))).rejects.toThrow("no: no such folder");
  await expect(directoryTree(join(base, "file.py"))).rejects.toThrow("file.py is not a folder");
});
