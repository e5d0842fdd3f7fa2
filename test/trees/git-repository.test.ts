import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { RevisionError } from "../../src/core/errors.ts";
import { type GitRepository, openRepository } from "../../src/trees/index.ts";
import { commit, git, makeRepository, temporaryFolder, write } from "./repository.ts";

const base = temporaryFolder();

const open: GitRepository[] = [];
afterAll(() => {
  for (const repository of open) repository.close();
});

async function opened(dir: string): Promise<GitRepository> {
  const repository = await openRepository(dir);
  open.push(repository);
  return repository;
}

/** Message and hint of the error that a person gets. */
async function failure(promise: Promise<unknown>): Promise<{ message: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof RevisionError)) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  throw new Error("nothing went wrong");
}

async function withVariable<T>(name: string, value: string, run: () => Promise<T>): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

/** `main` with two commits; `topic` leaves the first of them, has two of its own, and merges main back in the second. */
const history = join(base, "history");
const first = makeRepository(history, { "a.py": "1" });
git(history, ["checkout", "-q", "-b", "topic"]);
const topic = commit(history, { "b.py": "1" });
git(history, ["branch", "-q", "diverged"]);
git(history, ["checkout", "-q", "main"]);
const main = commit(history, { "a.py": "2" });
git(history, ["checkout", "-q", "topic"]);
git(history, ["merge", "-q", "--no-edit", "main"]);
const merged = git(history, ["rev-parse", "HEAD"]);
git(history, ["tag", "-a", "-m", "tagged", "v1", first]);
git(history, ["checkout", "-q", "--orphan", "alone"]);
const alone = commit(history, { "c.py": "1" });

test("resolves branches, tags, ids and their abbreviations", async () => {
  const repository = await opened(history);
  const revisions = ["topic", "v1", first, first.slice(0, 12), "main~1", "HEAD", "refs/heads/main"];
  expect(await Promise.all(revisions.map((revision) => repository.resolve(revision)))).toEqual([
    merged,
    first,
    first,
    first,
    first,
    alone,
    main,
  ]);
});

test("says what to do about an unknown revision", async () => {
  const repository = await opened(history);
  const unknown = "0123456789012345678901234567890123456789";
  for (const revision of ["nowhere", unknown, "main:a.py"]) {
    expect(await failure(repository.resolve(revision))).toEqual({
      message: `unknown revision ${revision}`,
      hint: `Fetch it first: git fetch origin ${revision}`,
    });
  }
  for (const revision of ["--output=x", "", "main\nmain"]) {
    const { message } = await failure(repository.resolve(revision));
    expect(message).toBe(`${JSON.stringify(revision)} is not a revision`);
  }
  expect((await failure(repository.changes(unknown, "main"))).message).toContain(
    "unknown revision",
  );
});

test("finds the commit to compare with", async () => {
  const repository = await opened(history);
  const cases = [
    ["base is an ancestor", first, topic, first],
    ["base is the parent", first, main, first],
    ["base was merged into head", main, merged, main],
    ["the range is reversed", merged, first, merged],
    ["they have diverged", main, topic, first],
    ["they are the same", main, main, main],
  ] as const;
  for (const [name, from, to, expected] of cases) {
    expect(await repository.reviewBase(from, to), name).toBe(expected);
  }
  expect(await repository.mergeBase(main, topic)).toBe(first);
  expect(await repository.mergeBase(main, alone)).toBeUndefined();
  expect(await failure(repository.reviewBase(main, alone))).toEqual({
    message: `${main} and ${alone} have no common ancestor in this clone`,
    hint: "Their histories are unrelated: name another base.",
  });
});

test("shows what a diverged branch changes, not what its base has gained", async () => {
  const repository = await opened(history);
  const from = await repository.reviewBase("main", topic);
  expect((await repository.changes(from, topic)).map(({ path }) => path)).toEqual(["b.py"]);
});

test("compares by default with the default branch, the one at origin first", async () => {
  const clone = join(base, "clone");
  git(base, ["clone", "-q", history, clone]);
  git(clone, ["checkout", "-q", "topic"]);
  git(clone, ["remote", "set-head", "origin", "main"]);
  git(clone, ["branch", "-q", "master", first]);
  const repository = await opened(clone);
  expect(await repository.defaultBase("HEAD")).toBe(main);
  git(clone, ["remote", "set-head", "origin", "--delete"]);
  expect(await repository.defaultBase("HEAD")).toBe(main);
  expect(await repository.resolve("alone"), "a branch at origin only").toBe(alone);
  expect((await failure(repository.defaultBase("alone"))).message).toContain("no common ancestor");
  git(clone, ["remote", "remove", "origin"]);
  expect(await repository.defaultBase("HEAD")).toBe(first);
});

test("compares in a bare repository with the branch that HEAD names", async () => {
  const bare = join(base, "bare.git");
  git(base, ["clone", "-q", "--mirror", history, bare]);
  git(bare, ["symbolic-ref", "HEAD", "refs/heads/topic"]);
  git(bare, ["branch", "-D", "main"]);
  const repository = await opened(bare);
  expect(repository).toMatchObject({ root: bare, isBare: true });
  expect(await repository.defaultBase(main)).toBe(main);
  git(bare, ["symbolic-ref", "HEAD", "refs/heads/none"]);
  expect((await failure(repository.resolve("HEAD"))).hint).toBe("Name the revision: --head REV.");
});

test("knows a default branch of another name from the configuration, or says that there is none", async () => {
  const dir = join(base, "trunk");
  const id = makeRepository(dir, { "a.py": "1" });
  git(dir, ["branch", "-m", "trunk"]);
  const repository = await opened(dir);
  await withVariable("GIT_CONFIG_GLOBAL", "/dev/null", async () => {
    expect(await failure(repository.defaultBase("HEAD"))).toEqual({
      message: `${dir} has no default branch to compare with`,
      hint: "Name the base: --base REV.",
    });
  });
  git(dir, ["config", "init.defaultBranch", "trunk"]);
  expect(await repository.defaultBase("HEAD")).toBe(id);
});

test("says how to deepen a shallow clone that lacks the common ancestor", async () => {
  const clone = join(base, "shallow");
  git(base, ["clone", "-q", "--depth=1", "--no-single-branch", `file://${history}`, clone]);
  const repository = await opened(clone);
  expect(repository.isShallow()).toBe(true);
  expect((await opened(history)).isShallow()).toBe(false);
  expect(await failure(repository.reviewBase("main", "diverged"))).toEqual({
    message: `${main} and ${topic} have no common ancestor in this clone`,
    hint: "The clone is shallow. Deepen it: git fetch --deepen=200 origin, or fetch-depth: 0 for actions/checkout.",
  });
});

test("opens a work tree from any folder, and a linked one", async () => {
  const dir = join(base, "tree");
  const from = makeRepository(dir, { "pkg/sub/a.py": "1" });
  const linked = join(base, "linked");
  git(dir, ["worktree", "add", "-q", "-b", "other", linked]);
  write(linked, { "pkg/b.py": "b\n" });
  for (const [folder, root] of [
    [dir, dir],
    [join(dir, "pkg/sub"), dir],
    [join(linked, "pkg"), linked],
  ] as const) {
    const repository = await opened(folder);
    expect(repository).toMatchObject({ root, isBare: false });
    const entries = await repository.tree(await repository.resolve("HEAD")).list();
    expect(entries.map(({ path }) => path)).toEqual(["pkg/sub/a.py"]);
  }
  const repository = await opened(linked);
  expect((await repository.changesOfWorkingTree("HEAD")).map(({ path }) => path)).toEqual([
    "pkg/b.py",
  ]);
  const head = commit(linked);
  expect((await repository.changes(from, head)).map(({ path }) => path)).toEqual(["pkg/b.py"]);
});

test("reads a repository with SHA-256 ids", async () => {
  const dir = join(base, "sha256");
  git(base, ["init", "-q", "-b", "main", "--object-format=sha256", dir]);
  const from = commit(dir, { "d/a.py": "1\n" });
  const head = commit(dir, { "d/a.py": "2\n" });
  const repository = await opened(dir);
  expect(await repository.reviewBase(from, head)).toBe(from);
  expect(await repository.changes(from, head)).toMatchObject([{ path: "d/a.py" }]);
  const content = (await repository.tree(head).read(["d/a.py"])).get("d/a.py");
  expect(content).toMatchObject({ kind: "bytes", bytes: Buffer.from("2\n") });
});

test("says what is wrong with a folder that it cannot open", async () => {
  const plain = join(base, "plain");
  write(plain, { "a.py": "" });
  expect(await failure(openRepository(plain))).toMatchObject({
    message: `${plain} is not a git repository`,
  });
  expect(await failure(openRepository(join(plain, "no")))).toMatchObject({
    message: `${plain}/no: no such folder`,
  });
  expect(await failure(openRepository(join(plain, "a.py")))).toMatchObject({
    message: `${plain}/a.py is not a folder`,
  });
  rmSync(plain, { recursive: true });
});

test("says how to trust a repository that belongs to another user", async () => {
  await withVariable("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1", async () => {
    expect(await failure(openRepository(history))).toEqual({
      message: `git does not trust ${history}: it belongs to another user`,
      hint: `If you trust it: git config --global --add safe.directory ${history}`,
    });
  });
});

test("says that git is not installed", async () => {
  await withVariable("PATH", base, async () => {
    expect(await failure(openRepository(history))).toEqual({
      message: "git cannot be started",
      hint: "Install git, and put it on the PATH.",
    });
  });
});
