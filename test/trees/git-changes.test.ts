import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { type GitRepository, openRepository } from "../../src/trees/index.ts";
import { commit, git, importCommit, makeRepository, temporaryFolder, write } from "./repository.ts";

const base = temporaryFolder();
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const open: GitRepository[] = [];
afterAll(() => {
  for (const repository of open) repository.close();
});

async function opened(dir: string): Promise<GitRepository> {
  const repository = await openRepository(dir);
  open.push(repository);
  return repository;
}

/** One line per change: status, paths, and of each hunk the lines that are gone and new; "no hunks" where it has no list. */
function summarise(changes: readonly Change[]): string[] {
  const lines = ({ start, end }: { start: number; end: number }) => `${start}-${end}`;
  return changes
    .map(({ status, path, previousPath, hunks }) =>
      [
        status,
        ...(previousPath === undefined ? [] : [previousPath]),
        path,
        ...(hunks?.map(
          ({ removed, added }) => `-${removed.map(lines).join()} +${added.map(lines).join()}`,
        ) ?? ["no hunks"]),
      ].join(" | "),
    )
    .sort();
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`);

test("tells what a commit does to files of every kind", async () => {
  const dir = join(base, "kinds");
  makeRepository(dir, {
    "edited.py": numbered(30).join(""),
    "gone.py": "x = 1\ny = 2\n",
    "old name.py": numbered(12).join(""),
    "moved.py": numbered(9).join("#"),
    "crlf.py": "a\r\nb\r\nc\r\n",
    "unended.py": "a\nb",
    "script.sh": "echo\n",
    "both.sh": "echo\n",
    "binary.png": "a\0b",
    "to-link.py": "a\n",
    "to-binary.bin": "text\n",
    "emptied.py": "a\n",
  });
  symlinkSync("gone.py", join(dir, "link"));
  const from = commit(dir);

  const edited = numbered(30);
  edited.splice(4, 1, "changed\n");
  edited.splice(24, 0, "new\n", "new\n");
  write(dir, {
    "edited.py": edited.join(""),
    "new dir/ünï.py": "a\n",
    "empty.py": "",
    "crlf.py": "a\r\nB\r\nc\r\n",
    "unended.py": "a\nb\nc",
    "both.sh": "exit\n",
    "binary.png": "a\0c",
    "to-binary.bin": "a\0b",
    "emptied.py": "",
    'q"uo\te\\.py': "--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/y b/y\n",
    "line\nbreak.py": "a\n",
  });
  for (const path of ["gone.py", "to-link.py", "link"]) rmSync(join(dir, path));
  renameSync(join(dir, "old name.py"), join(dir, "new name.py"));
  writeFileSync(join(dir, "new name.py"), `${numbered(12).join("")}more\n`);
  renameSync(join(dir, "moved.py"), join(dir, "there.py"));
  chmodSync(join(dir, "script.sh"), 0o755);
  chmodSync(join(dir, "both.sh"), 0o755);
  symlinkSync("edited.py", join(dir, "to-link.py"));
  symlinkSync("edited.py", join(dir, "link"));
  git(dir, ["update-index", "--add", "--cacheinfo", `160000,${from},module`]);
  git(dir, ["add", "-A", "--", ":!module"]);
  git(dir, ["commit", "-q", "-m", "change"]);

  const repository = await opened(dir);
  const expected = [
    "added | empty.py",
    "added | line\nbreak.py | - +1-1",
    "added | module | no hunks",
    "added | new dir/ünï.py | - +1-1",
    'added | q"uo\te\\.py | - +1-4',
    "modified | binary.png | no hunks",
    "modified | both.sh | -1-1 +1-1",
    "modified | crlf.py | -2-2 +2-2",
    "modified | edited.py | -5-5 +5-5 | - +25-26",
    "modified | emptied.py | -1-1 +",
    "modified | link | no hunks",
    "modified | script.sh",
    "modified | to-binary.bin | no hunks",
    "modified | to-link.py | no hunks",
    "modified | unended.py | -2-2 +2-3",
    "removed | gone.py | -1-2 +",
    "renamed | moved.py | there.py",
    "renamed | old name.py | new name.py | - +13-13",
  ];
  expect(summarise(await repository.changes(from, "HEAD"))).toEqual(expected);
});

test("gives hunks with three lines of context, as git prints them", async () => {
  const dir = join(base, "context");
  const from = makeRepository(dir, { "a.py": numbered(20).join("") });
  commit(dir, { "a.py": numbered(20).toSpliced(9, 1, "x\n", "y\n").join("") });
  const repository = await opened(dir);
  expect(await repository.changes(from, "HEAD")).toEqual([
    {
      status: "modified",
      path: "a.py",
      hunks: [
        {
          oldStart: 7,
          oldLines: 7,
          newStart: 7,
          newLines: 8,
          removed: [{ start: 10, end: 10 }],
          added: [{ start: 10, end: 11 }],
        },
      ],
    },
  ]);
});

test("compares with the empty tree, and a commit with itself", async () => {
  const dir = join(base, "first");
  const first = makeRepository(dir, { "a.py": "a\n" });
  const repository = await opened(dir);
  const from = await repository.reviewBase(await repository.resolve(EMPTY_TREE), first);
  expect(summarise(await repository.changes(from, first))).toEqual(["added | a.py | - +1-1"]);
  expect(await repository.changes(first, first)).toEqual([]);
});

test("reads names that are not UTF-8", async () => {
  const dir = join(base, "latin1");
  const from = makeRepository(dir);
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9])]), "a\n");
  const head = commit(dir);
  const repository = await opened(dir);
  expect(summarise(await repository.changes(from, head))).toEqual(["added | caf\uFFFD | - +1-1"]);
  const tree = repository.tree(head);
  const [entry] = await tree.list();
  expect(entry?.path).toBe("caf\uFFFD");
  expect((await tree.read(["caf\uFFFD"])).get("caf\uFFFD")?.kind).toBe("bytes");
});

test("follows 3,000 changed files, and lines beyond the size of a pipe, quickly", async () => {
  const dir = join(base, "many");
  makeRepository(dir);
  const files = (text: string) =>
    Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [
        `p${index % 60}/m${index}.py`,
        `${index}\n${text}`,
      ]),
    );
  const from = importCommit(dir, {
    ...files("a\nb\n"),
    "long.js": `a\n${"x".repeat(500_000)}\nb\n`,
  });
  const to = importCommit(dir, {
    ...files("a\nB\n"),
    "long.js": `A\n${"y".repeat(500_000)}\nB\nc\n`,
  });
  const repository = await opened(dir);
  const start = performance.now();
  const changes = await repository.changes(from, to);
  expect(performance.now() - start).toBeLessThan(3000);
  expect(changes).toHaveLength(3001);
  expect(summarise(changes.filter(({ path }) => path === "long.js"))).toEqual([
    "modified | long.js | -1-3 +1-4",
  ]);
  expect(new Set(summarise(changes).map((line) => line.replace(/^.*\.py/, "")))).toEqual(
    new Set([" | -3-3 +3-3", "modified | long.js | -1-3 +1-4"]),
  );
});

test("leaves files without hunks that are too large to compare", async () => {
  const dir = join(base, "large");
  makeRepository(dir);
  const from = importCommit(dir, { "a.txt": "a\n" });
  const to = importCommit(dir, { "a.txt": "b\n", "large.txt": "x\n".repeat(2_500_001) });
  expect(summarise(await (await opened(dir)).changes(from, to))).toEqual([
    "added | large.txt | no hunks",
    "modified | a.txt | -1-1 +1-1",
  ]);
});

test("leaves files without hunks whose blob the clone lacks, and compares the others", async () => {
  const dir = join(base, "lacking");
  const from = makeRepository(dir, {
    "a.py": "a\n",
    "b [1].py": "b\n",
    "c.py": numbered(9).join(""),
  });
  renameSync(join(dir, "c.py"), join(dir, "d.py"));
  const head = commit(dir, {
    "a.py": "A\n",
    "b [1].py": "B\n",
    "d.py": `${numbered(9).join("")}more\n`,
  });
  const blob = git(dir, ["rev-parse", "HEAD:b [1].py"]);
  rmSync(join(dir, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  const repository = await opened(dir);
  expect(summarise(await repository.changes(from, head))).toEqual([
    "modified | a.py | -1-1 +1-1",
    "modified | b [1].py | no hunks",
    "renamed | c.py | d.py | - +10-10",
  ]);
});

test("lets no attribute hide a file's lines", async () => {
  const dir = join(base, "attributes");
  const from = makeRepository(dir, { "a.py": "a\n" });
  const head = commit(dir, { "a.py": "b\n", ".gitattributes": "*.py binary\n* -diff\n" });
  const expected = ["added | .gitattributes | - +1-2", "modified | a.py | -1-1 +1-1"];
  expect(summarise(await (await opened(dir)).changes(from, head))).toEqual(expected);
  const bare = join(base, "attributes.git");
  git(base, ["clone", "-q", "--bare", dir, bare]);
  expect(summarise(await (await opened(bare)).changes(from, head))).toEqual(expected);
});

test("runs nothing that the repository configures, and minds no habits of the user", async () => {
  const dir = join(base, "hostile");
  const from = makeRepository(dir, { "a.py": "a\n", "b.py": "b\n" });
  commit(dir, { "a.py": "A\n", ".gitattributes": "*.py diff=evil filter=evil\n" });
  const ran = join(base, "ran");
  const script = join(base, "evil.sh");
  writeFileSync(script, `#!/bin/sh\ntouch '${ran}'\ncat\n`);
  chmodSync(script, 0o755);
  const settings = {
    "core.fsmonitor": script,
    "core.pager": script,
    "core.hooksPath": base,
    "diff.external": script,
    "diff.evil.textconv": script,
    "diff.evil.command": script,
    "filter.evil.clean": script,
    "filter.evil.process": script,
    "filter.evil.required": "true",
    "color.ui": "always",
    "diff.noprefix": "true",
    "diff.context": "0",
    "diff.interHunkContext": "50",
    "diff.renames": "false",
    "diff.submodule": "log",
    "diff.relative": "true",
    "diff.suppressBlankEmpty": "true",
    "core.quotePath": "false",
  };
  for (const [name, value] of Object.entries(settings)) git(dir, ["config", name, value]);
  write(dir, { "b.py": "B\n", "new.py": "new\n" });
  process.env["GIT_DIFF_OPTS"] = "-u0";
  process.env["GIT_DIR"] = join(base, "nowhere");
  try {
    const repository = await opened(dir);
    const expected = ["added | .gitattributes | - +1-1", "modified | a.py | -1-1 +1-1"];
    expect(summarise(await repository.changes(from, "HEAD"))).toEqual(expected);
    expect(summarise(await repository.changesOfWorkingTree(from))).toEqual([
      expected[0],
      "added | new.py | - +1-1",
      expected[1],
      "modified | b.py | -1-1 +1-1",
    ]);
  } finally {
    delete process.env["GIT_DIFF_OPTS"];
    delete process.env["GIT_DIR"];
  }
  expect(existsSync(ran)).toBe(false);
});

test("compares a commit with the files on disk, new ones included", async () => {
  const dir = join(base, "disk");
  const from = makeRepository(dir, {
    ".gitignore": "*.log\n",
    "same.py": "a\n",
    "staged.py": "a\n",
    "edited.py": "a\nb\n",
    "gone.py": "a\n",
    "sub/c.py": "c\n",
  });
  write(dir, {
    "same.py": "a\n",
    "staged.py": "b\n",
    "edited.py": "a\nB\n",
    "sub/new.py": "1\n2",
    "new.log": "",
    "new.bin": "\0",
    "new empty.py": "",
    "venv/pyvenv.cfg": "",
    "venv/lib/a.py": "",
    "node_modules/a.js": "",
  });
  git(dir, ["add", "staged.py"]);
  rmSync(join(dir, "gone.py"));
  symlinkSync("same.py", join(dir, "link.py"));
  const repository = await opened(join(dir, "sub"));
  expect(repository.root).toBe(dir);
  expect(summarise(await repository.changesOfWorkingTree(from))).toEqual([
    "added | link.py | no hunks",
    "added | new empty.py",
    "added | new.bin | no hunks",
    "added | sub/new.py | - +1-2",
    "modified | edited.py | -2-2 +2-2",
    "modified | staged.py | -1-1 +1-1",
    "removed | gone.py | -1-1 +",
  ]);
});

test("compares with the files on disk in the middle of a merge", async () => {
  const dir = join(base, "merging");
  const from = makeRepository(dir, { "a.py": "a\n", "b.py": "b\n" });
  git(dir, ["checkout", "-q", "-b", "other"]);
  commit(dir, { "a.py": "other\n", "b.py": "B\n" });
  git(dir, ["checkout", "-q", "main"]);
  commit(dir, { "a.py": "ours\n" });
  expect(() => git(dir, ["merge", "-q", "other"])).toThrow();
  const repository = await opened(dir);
  expect(summarise(await repository.changesOfWorkingTree(from))).toEqual([
    "modified | a.py | -1-1 +1-5",
    "modified | b.py | -1-1 +1-1",
  ]);
});

test("opens a repository without files on disk, but compares none with it", async () => {
  const dir = join(base, "bare.git");
  execFileSync("git", ["init", "-q", "--bare", dir]);
  const repository = await opened(dir);
  await expect(repository.changesOfWorkingTree("HEAD")).rejects.toThrow("is bare");
});
