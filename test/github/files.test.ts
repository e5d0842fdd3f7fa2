import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type GitHubOptions, type GitHubStandIn, type Limits, startGitHub } from "./index.ts";
import { client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

const repo = { owner: "acme", repo: "shop" };
const many = (count: number, prefix: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}/${i}.txt`, `${i}\n`]));
const numbered = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`);

let sample: SampleRepository;
let base: string;
let head: string;
let other: string;
const open: GitHubStandIn[] = [];

beforeAll(async () => {
  sample = await sampleRepository([
    {
      branch: "main",
      files: {
        "app.py": numbered.join(""),
        "old/name.py": "same content, long enough to be found as a rename\nin two lines\n",
        "gone.py": "gone\n",
        "logo.png": Buffer.from([1, 0, 2]),
        "link.py": { mode: "120000", content: "app.py" },
        ".github/portcullis.yml": "fail-on: high\n",
      },
    },
    {
      branch: "feature",
      from: "main",
      files: { "app.py": numbered.with(9, "changed\n").join("") },
    },
    {
      branch: "feature",
      files: {
        "new file.py": "new\n",
        "old/name.py": null,
        "new/name.py": "same content, long enough to be found as a rename\nin two lines\n",
        "gone.py": null,
        "logo.png": Buffer.from([1, 0, 3]),
      },
    },
    { branch: "main", files: { "unrelated.py": "x = 1\n" } },
    { branch: "wide", from: "main", files: many(310, "wide") },
    { branch: "long", from: "main", files: { "long.txt": "x\n".repeat(2000), "z.txt": "z\n" } },
    { branch: "big", from: "main", files: { "big.txt": "y".repeat(1_100_000) } },
  ]);
  [base = "", , head = "", other = ""] = sample.commits;
});
afterAll(() => sample.remove());
afterEach(async () => {
  for (const github of open.splice(0)) {
    await github.close();
    github.expectNoViolations();
  }
});

async function start(options: Partial<GitHubOptions> = {}) {
  const github = await startGitHub({
    repository: sample.directory,
    owner: "acme",
    name: "shop",
    ...options,
  });
  open.push(github);
  return { github, octokit: client(github) };
}

describe("a pull request", () => {
  test("is shown as described, with the recorded base and counts from the merge base", async () => {
    const { github, octokit } = await start();
    await github.openPullRequest({ number: 7, base: "main", head: "feature", draft: true });
    const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: 7 });
    expect(data).toMatchObject({
      number: 7,
      draft: true,
      state: "open",
      head: { sha: head, ref: "feature", repo: { full_name: "acme/shop" } },
      base: { sha: other, ref: "main" },
      changed_files: 5,
      commits: 2,
    });
  });

  test("lists its files against the merge base with git's own patches", async () => {
    const { github, octokit } = await start();
    await github.openPullRequest({ head: "feature" });
    const { data } = await octokit.rest.pulls.listFiles({ ...repo, pull_number: 1 });
    expect(data.map(({ filename, status }) => `${status} ${filename}`)).toEqual([
      "modified app.py",
      "removed gone.py",
      "modified logo.png",
      "added new file.py",
      "renamed new/name.py",
    ]);
    expect(data[0]?.patch).toBe(
      [
        "@@ -7,7 +7,7 @@ line 6",
        ...[" line 7", " line 8", " line 9", "-line 10", "+changed"],
        ...[" line 11", " line 12", " line 13"],
      ].join("\n"),
    );
    expect(data[4]).toMatchObject({ previous_filename: "old/name.py", additions: 0 });
    expect(data.filter(({ patch }) => patch === undefined).map(({ filename }) => filename)).toEqual(
      ["logo.png", "new/name.py"],
    );
  });

  test("pages files by 30, by 100 at most, and ends at the limit", async () => {
    const { github, octokit } = await start({ limits: { pullFiles: 250 } });
    await github.openPullRequest({ head: "wide" });
    const ask = { ...repo, pull_number: 1 };
    const first = await octokit.rest.pulls.listFiles(ask);
    expect(first.data).toHaveLength(30);
    expect(first.headers.link).toContain('rel="next"');
    expect((await octokit.rest.pulls.listFiles({ ...ask, per_page: 150 })).data).toHaveLength(100);
    expect(
      await octokit.paginate(octokit.rest.pulls.listFiles, { ...ask, per_page: 100 }),
    ).toHaveLength(250);
  });

  test("leaves out patches over the limit of a file or of the whole diff", async () => {
    const shown = async (limits: Partial<Limits>) => {
      const { github, octokit } = await start({ limits });
      await github.openPullRequest({ head: "long" });
      const { data } = await octokit.rest.pulls.listFiles({ ...repo, pull_number: 1 });
      expect(data.map(({ additions }) => additions)).toEqual([2000, 1]);
      return data.map(({ patch }) => patch !== undefined);
    };
    expect(await shown({})).toEqual([true, true]);
    expect(await shown({ patchLines: 100 })).toEqual([false, true]);
    expect(await shown({ patchBytes: 100 })).toEqual([false, true]);
    expect(await shown({ diffLines: 2001 })).toEqual([true, false]);
    expect(await shown({ diffBytes: 6020 })).toEqual([true, false]);
  });

  test("answers 406 when its diff is too long to be sent as text", async () => {
    const { github, octokit } = await start();
    await github.openPullRequest({ head: "wide" });
    await github.openPullRequest({ head: "feature" });
    const diff = { ...repo, mediaType: { format: "diff" } };
    await expect(octokit.rest.pulls.get({ ...diff, pull_number: 1 })).rejects.toMatchObject({
      status: 406,
    });
    for (const limits of [{ diffLines: 20 }, { diffBytes: 200 }]) {
      const small = await start({ limits });
      await small.github.openPullRequest({ head: "feature" });
      await expect(small.octokit.rest.pulls.get({ ...diff, pull_number: 1 })).rejects.toMatchObject(
        { status: 406 },
      );
    }
    const { data } = await octokit.rest.pulls.get({ ...diff, pull_number: 2 });
    expect(String(data)).toContain("diff --git a/app.py b/app.py");
  });

  test("follows pushes, closing, drafts and a changed base", async () => {
    const { github, octokit } = await start();
    const { number } = await github.openPullRequest({ head: "feature", fork: "eve/shop" });
    await github.push(number, "long");
    github.closePullRequest(number, true);
    await github.changeBase(number, base);
    const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: number });
    expect(data).toMatchObject({ state: "closed", merged: true, head: { repo: { fork: true } } });
    expect(data.base.sha).toBe(base);
    expect(data.head.sha).toBe(sample.commits[5]);
  });
});

describe("compare", () => {
  test("gives the merge base, files on the first page only, and counts both ways", async () => {
    const { octokit } = await start({ limits: { compareFiles: 200 } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...repo,
      basehead: "main...feature",
    });
    expect(data.merge_base_commit.sha).toBe(base);
    expect(data).toMatchObject({ status: "diverged", ahead_by: 2, behind_by: 1, total_commits: 2 });
    expect(data.files).toHaveLength(5);
    const wide = { ...repo, basehead: "main...wide", per_page: 1 };
    const pages = await Promise.all(
      [1, 2].map((page) => octokit.rest.repos.compareCommitsWithBasehead({ ...wide, page })),
    );
    expect(pages.map((page) => page.data.files?.length)).toEqual([200, 0]);
  });

  test("lists 250 commits at most, and 404 for unknown commits", async () => {
    const { octokit } = await start({ limits: { compareCommits: 1 } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...repo,
      basehead: `${base}...${head}`,
    });
    expect(data.commits.map(({ sha }) => sha)).toEqual([head]);
    expect(data.total_commits).toBe(2);
    const unknown = { ...repo, basehead: `main...${"1".repeat(40)}` };
    await expect(octokit.rest.repos.compareCommitsWithBasehead(unknown)).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("contents", () => {
  const raw = { format: "raw" } as const;

  test("come as base64, as raw text, as a directory, and through a symbolic link", async () => {
    const { octokit } = await start();
    const file = await octokit.rest.repos.getContent({ ...repo, path: ".github/portcullis.yml" });
    expect(file.data).toMatchObject({ type: "file", encoding: "base64", size: 14 });
    const text = await octokit.rest.repos.getContent({
      ...repo,
      path: "app.py",
      ref: head,
      mediaType: raw,
    });
    expect(String(text.data)).toContain("changed\n");
    const root = await octokit.rest.repos.getContent({ ...repo, path: "" });
    expect(root.data).toHaveLength(7);
    const link = await octokit.rest.repos.getContent({ ...repo, path: "link.py" });
    expect(link.data).toMatchObject({ type: "file", size: numbered.join("").length });
  });

  test("are 404 for a missing path, ref or repository", async () => {
    const { octokit } = await start();
    const paths = [
      { ...repo, path: "no.py" },
      { ...repo, path: "app.py", ref: "no" },
      { ...repo, repo: "no", path: "app.py" },
    ];
    for (const path of paths) {
      await expect(octokit.rest.repos.getContent(path)).rejects.toMatchObject({ status: 404 });
    }
  });

  test("over 1 MB come only raw, or empty as an object", async () => {
    const { octokit } = await start();
    const big = { ...repo, path: "big.txt", ref: "big" };
    await expect(octokit.rest.repos.getContent(big)).rejects.toMatchObject({ status: 403 });
    const object = await octokit.rest.repos.getContent({ ...big, mediaType: { format: "object" } });
    expect(object.data).toMatchObject({ content: "", encoding: "none", size: 1_100_000 });
    const text = await octokit.rest.repos.getContent({ ...big, mediaType: raw });
    expect(String(text.data)).toHaveLength(1_100_000);
  });

  test("list 1,000 entries of a directory at most", async () => {
    const { octokit } = await start({ limits: { directoryEntries: 100 } });
    const { data } = await octokit.rest.repos.getContent({ ...repo, path: "wide", ref: "wide" });
    expect(data).toHaveLength(100);
  });

  test("of other repositories are found too", async () => {
    const { octokit } = await start({
      others: [{ repository: sample.directory, owner: "acme", name: ".github" }],
    });
    const path = { owner: "acme", repo: ".github", path: ".github/portcullis.yml" };
    expect((await octokit.rest.repos.getContent(path)).status).toBe(200);
  });
});

describe("git objects", () => {
  test("blobs come as base64 and raw; those over 100 MB do not come", async () => {
    const { octokit } = await start({ limits: { largestBytes: 1_000_000 } });
    const { data: tree } = await octokit.rest.git.getTree({
      ...repo,
      tree_sha: "big",
      recursive: "1",
    });
    const sha = (path: string) => tree.tree.find((entry) => entry.path === path)?.sha ?? "";
    const small = { ...repo, file_sha: sha("unrelated.py") };
    const { data } = await octokit.rest.git.getBlob(small);
    expect(Buffer.from(data.content, "base64").toString()).toBe("x = 1\n");
    const raw = await octokit.rest.git.getBlob({ ...small, mediaType: { format: "raw" } });
    expect(String(raw.data)).toBe("x = 1\n");
    const big = { ...repo, file_sha: sha("big.txt") };
    await expect(octokit.rest.git.getBlob(big)).rejects.toMatchObject({ status: 403 });
    const none = { ...repo, file_sha: "2".repeat(40) };
    await expect(octokit.rest.git.getBlob(none)).rejects.toMatchObject({ status: 404 });
  });

  test("trees say when they are truncated, by entries or by size", async () => {
    for (const limits of [{ treeEntries: 50 }, { treeBytes: 5000 }]) {
      const { octokit } = await start({ limits });
      const { data } = await octokit.rest.git.getTree({
        ...repo,
        tree_sha: "wide",
        recursive: "1",
      });
      expect(data.truncated).toBe(true);
      expect(data.tree.length).toBeLessThan(100);
    }
    const { octokit } = await start();
    const whole = await octokit.rest.git.getTree({ ...repo, tree_sha: "wide", recursive: "1" });
    expect(whole.data.truncated).toBe(false);
    const flat = await octokit.rest.git.getTree({ ...repo, tree_sha: "wide" });
    expect(flat.data.tree.some(({ path }) => path?.includes("/"))).toBe(false);
  });

  test("commits have files; their pull requests are found", async () => {
    const { github, octokit } = await start();
    await github.openPullRequest({ number: 3, head: "feature" });
    const { data } = await octokit.rest.repos.getCommit({ ...repo, ref: "feature" });
    expect(data.files?.map(({ filename }) => filename)).toContain("new file.py");
    const pulls = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      ...repo,
      commit_sha: head,
    });
    expect(pulls.data.map(({ number }) => number)).toEqual([3]);
  });
});
