// Which commits `portcullis review` compares, and what it makes of the kinds of changes that git knows.
import { describe, expect, it } from "vitest";
import { portcullis } from "../../support/command-line.ts";
import { git, pullRequest, repository } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { type JsonReport, PICKLE, places, QUIET, SQL } from "./samples.ts";

async function reviewed(repo: string, ...args: string[]) {
  const { status, stdout, stderr } = await portcullis([
    "review",
    "--repo",
    repo,
    "--format",
    "json",
    ...args,
  ]);
  if (stdout === "") throw new Error(`status ${status}: ${stderr}`);
  const report: JsonReport = JSON.parse(stdout);
  return { status, report, found: places(report.findings.new) };
}

describe.concurrent("portcullis review", () => {
  it("compares the branch that is checked out with the default branch", async () => {
    const repo = await repository([
      { branch: "main", files: { "old.py": SQL } },
      { branch: "feature", files: { "new.py": SQL.replace("find", "find_more") } },
      // What others do on the default branch meanwhile is not the branch's doing.
      { branch: "main", files: { "theirs.py": PICKLE } },
      { branch: "feature", files: { "quiet.py": QUIET } },
    ]);
    const { status, found, report } = await reviewed(repo);
    expect(found).toEqual(["injection/sql-execute new.py:3"]);
    expect(report.findings.fixed).toEqual([]);
    expect(report.base).toBe(await git(repo, ["merge-base", "main", "feature"]));
    expect(report.head).toBe(await git(repo, ["rev-parse", "feature"]));
    expect(status).toBe(1);
  });

  it("takes the default branch of origin where there is one", async () => {
    const upstream = await pullRequest({ "a.py": QUIET }, { "a.py": SQL });
    await git(upstream, ["symbolic-ref", "HEAD", "refs/heads/main"]);
    const clone = await temporaryFolder();
    await git(clone, ["clone", "--quiet", "--branch", "feature", upstream, "."]);
    expect((await reviewed(clone)).found).toEqual(["injection/sql-execute a.py:3"]);
    // From a folder within, paths stay those of the repository; a remote branch needs no prefix.
    const elsewhere = await reviewed(clone, "--base", "main", "--head", "feature");
    expect(elsewhere.report.base).toBe(await git(upstream, ["rev-parse", "main"]));
  });

  it("compares the revisions that it is given, in either direction", async () => {
    const repo = await pullRequest(
      { "a.py": SQL, "b.py": QUIET },
      { "a.py": QUIET, "b.py": PICKLE },
    );
    const forward = await reviewed(repo, "--base", "main", "--head", "feature");
    expect(forward.found).toEqual(["deserialization/pickle-load b.py:3"]);
    expect(places(forward.report.findings.fixed)).toEqual(["injection/sql-execute a.py:3"]);
    const back = await reviewed(repo, "--base", "feature", "--head", "main");
    expect(back.found).toEqual(["injection/sql-execute a.py:3"]);
    expect(places(back.report.findings.fixed)).toEqual(["deserialization/pickle-load b.py:3"]);
  });

  it("takes abbreviated ids, tags and relative names", async () => {
    const repo = await pullRequest({ "a.py": QUIET }, { "a.py": SQL });
    await git(repo, ["tag", "-a", "-m", "release", "v1", "feature"]);
    const short = (await git(repo, ["rev-parse", "main"])).slice(0, 10);
    expect((await reviewed(repo, "--base", short, "--head", "v1")).found).toHaveLength(1);
    expect((await reviewed(repo, "--base", "v1~1", "--head", "v1")).found).toHaveLength(1);
  });

  it("reads a bare repository", async () => {
    const repo = await pullRequest({ "a.py": QUIET }, { "a.py": SQL }, { bare: true });
    expect((await reviewed(repo, "--base", "main", "--head", "feature")).found).toHaveLength(1);
    await git(repo, ["symbolic-ref", "HEAD", "refs/heads/main"]);
    expect((await reviewed(repo, "--head", "feature")).found).toHaveLength(1);
  });

  it("says that there is nothing to compare, and passes", async () => {
    const repo = await pullRequest({ "a.py": QUIET }, { "a.py": SQL });
    const { status, report } = await reviewed(repo, "--base", "feature");
    expect(status).toBe(0);
    expect(report.notes).toEqual([expect.stringContaining("the same commit")]);
  });

  it("passes at once where no Python, template or secret changes", async () => {
    const repo = await pullRequest({ "README.md": "a\n" }, { "README.md": "b\n" });
    const { status, report } = await reviewed(repo);
    expect([status, report.findings.new, report.skipped, report.notes]).toEqual([0, [], [], []]);
  });

  it("follows renames and copes with every kind of change", async () => {
    const commit = "1234567890123456789012345678901234567890";
    const repo = await pullRequest(
      {
        "moved.py": SQL,
        "deleted.py": "def run(data):\n    return eval(data)\n",
        "mode.py": SQL,
        "image.png": new Uint8Array([137, 80, 78, 71, 0, 1]),
        "link.py": { link: "mode.py" },
        "becomes-link.py": SQL,
        vendored: { submodule: commit },
        "with space.py": QUIET,
      },
      {
        "moved.py": null,
        "app/mövéd.py": `${SQL}# moved\n`,
        "deleted.py": null,
        "mode.py": { mode: "100755", text: SQL },
        "image.png": new Uint8Array([137, 80, 78, 71, 0, 2]),
        "link.py": { link: "elsewhere.py" },
        "becomes-link.py": { link: "mode.py" },
        vendored: { submodule: commit.replace("1", "2") },
        "new-link.py": { link: "../../etc/passwd" },
        "loop.py": { link: "loop.py" },
        "with space.py": PICKLE,
      },
    );
    const { status, found, report } = await reviewed(repo);
    expect(found).toEqual(["deserialization/pickle-load with space.py:3"]);
    expect(status).toBe(0);
    expect(places(report.findings.unchanged)).toContain("injection/sql-execute app/mövéd.py:3");
    expect(places(report.findings.fixed)).toEqual(
      expect.arrayContaining([
        "injection/code-eval deleted.py:2",
        "injection/sql-execute becomes-link.py:3",
      ]),
    );
    const skipped = Object.fromEntries(report.skipped.map(({ path, reason }) => [path, reason]));
    expect(skipped).toEqual({
      "becomes-link.py": "a symbolic link, which is not followed",
      "link.py": "a symbolic link, which is not followed",
      "loop.py": "a symbolic link, which is not followed",
      "new-link.py": "a symbolic link, which is not followed",
      vendored: "a submodule",
    });
  });

  it("reviews a first commit against the empty tree", async () => {
    const repo = await repository([{ branch: "main", files: { "a.py": SQL } }]);
    const empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    expect((await reviewed(repo, "--base", empty)).found).toHaveLength(1);
  });

  it("reviews a change of 3,000 files", async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `app/module_${index}.py`);
    const base = Object.fromEntries(names.map((name) => [name, QUIET]));
    const head = Object.fromEntries(names.map((name, index) => [name, `${QUIET}# ${index}\n`]));
    const repo = await pullRequest(base, { ...head, [names[1234] ?? ""]: SQL });
    const { found, report } = await reviewed(repo);
    expect(found).toEqual(["injection/sql-execute app/module_1234.py:3"]);
    expect(report.summary.files).toBe(3000);
    expect(report.skipped).toEqual([]);
  });
});

describe.concurrent("portcullis review, where it cannot,", () => {
  const failing = async (args: string[], cwd?: string) => {
    const outcome = await portcullis(args, cwd === undefined ? {} : { cwd });
    expect(outcome.stdout).toBe("");
    expect(outcome.status).toBe(2);
    return outcome.stderr;
  };

  it("names a folder that is no repository", async () => {
    expect(await failing(["review"], await temporaryFolder())).toMatch(
      /^portcullis: \. is not a git repository\n {2}.*portcullis scan/,
    );
    expect(await failing(["review", "--repo", "nowhere"])).toMatch(
      /^portcullis: nowhere: no such folder\n/,
    );
  });

  it("names a revision that is not there", async () => {
    const repo = await pullRequest({ "a.py": QUIET }, { "a.py": SQL });
    const flags = ["review", "--repo", repo];
    expect(await failing([...flags, "--base", "v9"])).toMatch(
      /^portcullis: unknown revision v9\n {2}Fetch it first: git fetch origin v9\n$/,
    );
    expect(await failing([...flags, "--head", "0".repeat(40)])).toContain("unknown revision 0000");
    // Not taken for one of git's own options.
    expect(await failing([...flags, "--base=--output=/tmp/x"])).toContain("is not a revision");
  });

  it("says that a repository has no commit, or no default branch", async () => {
    const empty = await temporaryFolder();
    await git(empty, ["init", "--quiet"]);
    expect(await failing(["review", "--repo", empty])).toMatch(/names no commit\n {2}Name the rev/);
    const odd = await repository([{ branch: "trunk", files: { "a.py": QUIET } }]);
    expect(await failing(["review", "--repo", odd])).toMatch(
      /no default branch to compare with\n {2}Name the base: --base REV/,
    );
  });

  it("says that two histories are unrelated", async () => {
    const repo = await repository([
      { branch: "main", files: { "a.py": QUIET } },
      { branch: "other", from: null, files: { "a.py": SQL } },
    ]);
    expect(await failing(["review", "--repo", repo])).toMatch(
      /no common ancestor in this clone\n {2}Their histories are unrelated/,
    );
  });

  it("says how to deepen a shallow clone", async () => {
    const upstream = await repository([
      { branch: "main", files: { "a.py": QUIET } },
      { branch: "feature", files: { "b.py": SQL } },
      { branch: "main", files: { "c.py": QUIET } },
      { branch: "feature", files: { "d.py": SQL } },
    ]);
    const clone = await temporaryFolder();
    await git(clone, [
      "clone",
      "--quiet",
      "--depth=1",
      "--no-single-branch",
      `file://${upstream}`,
      ".",
    ]);
    expect(await failing(["review", "--repo", clone, "--base", "origin/main"])).toMatch(
      /The clone is shallow\. Deepen it: git fetch --deepen/,
    );
  });
});
