import { describe, expect, it } from "vitest";
import { GitHubError } from "../../src/github/index.ts";
import { githubTree } from "../../src/trees/index.ts";
import { client as octokit } from "../github/sample-client.ts";
import { clientFor, name, setting } from "./setting.ts";

const numbered = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`);
const many = (count: number, text = "x = 1\n") =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`many/${i}.py`, text]));
const renamed = "the same content, long enough to be found as a rename\nin two lines\n";
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("django==4.2\n", "utf16le")]);
const latin1 = Buffer.from("# -*- coding: latin-1 -*-\nname = 'é'\n", "latin1");

const { start, commit } = setting([
  {
    branch: "main",
    files: {
      "app.py": numbered.join(""),
      "old.py": renamed,
      "gone.py": "gone\n",
      "logo.png": Buffer.from([1, 0, 2]),
      "link.py": { mode: "120000", content: "app.py" },
      "big.py": "x = 1\n".repeat(100),
      "requirements.txt": utf16,
      "latin.py": latin1,
      'odd "name"\\ü.py': "odd\n",
      "bom.py": "\ufeffx = 1\n",
      "copy/of/big.py": "x = 1\n".repeat(100),
    },
  },
  {
    branch: "feature",
    from: "main",
    files: {
      "app.py": numbered.with(9, "changed\n").join(""),
      "old.py": null,
      "new.py": renamed,
      "gone.py": null,
      "logo.png": Buffer.from([1, 0, 3]),
      "big.py": "y = 2\n".repeat(100),
      "added.py": "a\nb\n",
    },
  },
  { branch: "main", files: { "later.py": "x = 1\n" } },
  { branch: "wide", from: "feature", files: many(250) },
  { branch: "hundred", from: "wide", files: many(100, "x = 2\n") },
]);

describe("a pull request", () => {
  it("is read in one call", async () => {
    const { github, client, calls } = await start();
    await github.openPullRequest({ number: 7, head: "feature", author: "ada", fork: "eve/shop" });
    expect(await client.pullRequest(7)).toMatchObject({
      number: 7,
      state: "open",
      merged: false,
      draft: false,
      author: { login: "ada", isBot: false },
      base: { ref: "main", sha: commit(2) },
      head: { sha: commit(1), repository: "eve/shop" },
      isFork: true,
      changedFiles: 6,
    });
    expect(calls()).toEqual(["GET /pulls/7"]);
  });

  it("that is not there is an error with a hint", async () => {
    const { client } = await start();
    const error = await client.pullRequest(404).catch((reason) => reason);
    expect(error).toBeInstanceOf(GitHubError);
    expect(error).toMatchObject({
      status: 404,
      message: expect.stringContaining("cannot read pull request 404"),
      hint: expect.stringContaining("installed"),
    });
  });

  it("names the permission that is missing", async () => {
    const { client } = await start({ permissions: { metadata: "read" } });
    await expect(client.pullRequest(1)).rejects.toMatchObject({
      status: 403,
      missingPermission: "pull_requests: read",
      hint: expect.stringContaining("Grant pull_requests: read"),
    });
  });
});

describe("changes", () => {
  const expected = [
    { status: "added", path: "added.py", hunks: [{ added: [{ start: 1, end: 2 }] }] },
    { status: "modified", path: "app.py", hunks: [{ added: [{ start: 10, end: 10 }] }] },
    { status: "modified", path: "big.py" },
    { status: "removed", path: "gone.py", hunks: [{ removed: [{ start: 1, end: 1 }] }] },
    { status: "modified", path: "logo.png" },
    { status: "renamed", path: "new.py", previousPath: "old.py", hunks: [] },
  ];

  it("have hunks but where GitHub leaves the patch out", async () => {
    const { github, client } = await start({ limits: { patchLines: 100 } });
    await github.openPullRequest({ number: 1, head: "feature" });
    const list = await client.changes(1);
    const byPath = [...list.changes].sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(byPath).toMatchObject(expected);
    expect(byPath[2]?.hunks).toBeUndefined();
    expect(byPath[4]?.hunks).toBeUndefined();
    expect(list).toMatchObject({ needsDiff: ["big.py"], truncated: false, headSha: commit(1) });
  });

  it("have no hunks where the patch is cut, or is against another file", async () => {
    const { github, client } = await start();
    await github.openPullRequest({ number: 1, head: "feature" });
    const { data } = await octokit(github).rest.pulls.listFiles({ ...name, pull_number: 1 });
    const body = data.map((file) => ({
      ...file,
      ...(file.filename === "app.py" && { patch: file.patch?.replace(/\n\+changed$/m, "") }),
      ...(file.filename === "added.py" && { status: "copied", previous_filename: "gone.py" }),
    }));
    github.inject({ match: ({ path }) => path.endsWith("/files"), fault: { status: 200, body } });
    const list = await client.changes(1);
    expect([...list.needsDiff].sort()).toEqual(["added.py", "app.py"]);
    expect(list.changes.filter(({ hunks }) => hunks !== undefined)).toMatchObject([
      { path: "big.py" },
      { path: "gone.py" },
      { path: "new.py" },
    ]);
  });

  it("come with the merge base in one call", async () => {
    const { client, calls } = await start({ limits: { patchLines: 100 } });
    const comparison = await client.compare(commit(2), commit(1));
    expect(comparison).toMatchObject({
      mergeBase: commit(0),
      needsDiff: ["big.py"],
      truncated: false,
      headSha: commit(1),
    });
    expect(comparison?.changes).toHaveLength(6);
    expect([...(comparison?.patches.keys() ?? [])]).toEqual(["added.py", "app.py"]);
    expect(calls()).toHaveLength(1);
  });

  it("of 256 files take three calls, at once where their number is known", async () => {
    const { github, client, calls } = await start();
    await github.openPullRequest({ number: 1, head: "wide" });
    expect((await client.changes(1, 256)).changes).toHaveLength(256);
    expect(calls()).toHaveLength(3);
    github.resetCalls();
    expect(await client.changes(1)).toMatchObject({ truncated: false });
    // A number that is out of date loses nothing.
    expect((await client.changes(1, 99)).changes).toHaveLength(256);
    expect(calls()).toHaveLength(6);
  });

  it("say when there are more than GitHub lists", async () => {
    const { github, client } = await start({ limits: { pullFiles: 200, compareFiles: 300 } });
    await github.openPullRequest({ number: 1, head: "wide" });
    const list = await client.changes(1, 256);
    expect(list.truncated).toBe(true);
    expect(list.changes).toHaveLength(200);
  });

  it("are asked for as far as GitHub lists them, however many there are", async () => {
    const { github, client, calls } = await start();
    await github.openPullRequest({ number: 1, head: "feature" });
    expect((await client.changes(1, 5_000)).truncated).toBe(true);
    expect(calls()).toHaveLength(30);
  });

  it("need no common ancestor to be asked for", async () => {
    const { client, github } = await start();
    github.inject({
      match: ({ path }) => path.includes("/compare/"),
      fault: { status: 404, body: { message: "No common ancestor between a and b." } },
    });
    expect(await client.compare(commit(2), commit(1))).toBeUndefined();
  });
});

describe("files", () => {
  const text = (content: unknown) => {
    if (typeof content !== "object" || content === null || !("bytes" in content)) return content;
    return content.bytes instanceof Uint8Array ? Buffer.from(content.bytes).toString() : content;
  };

  it("of base and head take one call, whoever asks", async () => {
    const { github, client, calls } = await start();
    await github.openPullRequest({ number: 1, head: "feature" });
    const [base, head, threads] = await Promise.all([
      client.files([
        { sha: commit(0), path: "app.py" },
        { sha: commit(0), path: "added.py" },
        { sha: commit(0), path: 'odd "name"\\ü.py' },
      ]),
      client.files([{ sha: commit(1), path: "app.py" }]),
      client.threads(1),
    ]);
    expect(text(base[0]?.content)).toBe(numbered.join(""));
    expect(base[1]?.content).toEqual({ kind: "missing" });
    expect(text(base[2]?.content)).toBe("odd\n");
    expect(text(head[0]?.content)).toContain("changed\n");
    expect(head[0]?.id).toMatch(/^[0-9a-f]{40}$/);
    expect(threads.own).toEqual([]);
    expect(calls()).toEqual(["POST /graphql"]);
  });

  it("that may be useful come along, and cost no call of their own", async () => {
    const { client, calls } = await start({ limits: { graphqlTextBytes: 500 } });
    const sha = commit(0);
    const spare = ["app.py", "big.py", "none.py"].map((path) => ({ sha, path }));
    const [, along] = await Promise.all([
      client.files([{ sha, path: 'odd "name"\\ü.py' }]),
      client.spareFiles(spare),
    ]);
    expect(text(along[0]?.content)).toBe(numbered.join(""));
    expect(along[1]).toBeUndefined();
    expect(along[2]?.content).toEqual({ kind: "missing" });
    expect(await client.spareFiles(spare)).toEqual([undefined, undefined, undefined]);
    expect(calls()).toEqual(["POST /graphql"]);
  });

  it("that may be useful are left out where GitHub finds the query too large", async () => {
    const { client, calls } = await start({ limits: { graphqlObjects: 3 } });
    const sha = commit(0);
    const [files, spare] = await Promise.all([
      client.files([{ sha, path: "app.py" }]),
      client.spareFiles(["big.py", "latin.py", "bom.py"].map((path) => ({ sha, path }))),
    ]);
    expect(text(files[0]?.content)).toBe(numbered.join(""));
    expect(spare).toEqual([undefined, undefined, undefined]);
    expect(calls()).toEqual(["POST /graphql", "POST /graphql"]);
  });

  it("that GraphQL does not give as they are come from their blobs", async () => {
    const { client, calls } = await start({ limits: { graphqlTextBytes: 300 } });
    const sha = commit(0);
    const files = await client.files(
      ["big.py", "latin.py", "requirements.txt", "bom.py", "logo.png"].map((path) => ({
        sha,
        path,
      })),
    );
    expect(text(files[0]?.content)).toBe("x = 1\n".repeat(100));
    expect(files[1]?.content).toEqual({ kind: "bytes", bytes: latin1 });
    expect(files[2]?.content).toEqual({ kind: "bytes", bytes: utf16 });
    expect(text(files[3]?.content)).toBe("\ufeffx = 1\n");
    // Nobody reads what is in an image.
    expect(files[4]?.content).toEqual({ kind: "bytes", bytes: Uint8Array.of(0) });
    expect(calls().filter((call) => call.startsWith("GET /git/blobs/"))).toHaveLength(3);
    expect(calls()).toHaveLength(4);
  });

  it("that are known to be too large for GraphQL are not asked for there in vain", async () => {
    const { github, client, calls } = await start();
    const [app] = await client.files([{ sha: commit(0), path: "app.py" }]);
    const large = { sha: commit(0), path: "app.py", size: 512_001, ...(app?.id && { id: app.id }) };
    github.resetCalls();
    const [[file], [spare]] = await Promise.all([
      client.files([large, { sha: commit(0), path: "bom.py" }]),
      client.spareFiles([{ ...large, path: "big.py" }]),
    ]);
    expect(text(file?.content)).toBe(numbered.join(""));
    expect(spare).toBeUndefined();
    expect(calls()).toEqual(["POST /graphql", `GET /git/blobs/${app?.id}`]);
    expect(JSON.stringify(github.calls[0]?.body)).not.toMatch(/app\.py|big\.py/);
    // One byte less comes with the others.
    github.resetCalls();
    await client.files([{ ...large, size: 512_000 }]);
    expect(calls()).toEqual(["POST /graphql"]);
  });

  it("that are the same at several paths and commits come from one blob", async () => {
    const { client, calls } = await start({ limits: { graphqlTextBytes: 300 } });
    const [base, head] = await Promise.all([
      client.files([{ sha: commit(0), path: "big.py" }]),
      client.files([{ sha: commit(1), path: "copy/of/big.py" }]),
    ]);
    for (const file of [base[0], head[0]]) expect(text(file?.content)).toBe("x = 1\n".repeat(100));
    expect(calls().filter((call) => call.startsWith("GET /git/blobs/"))).toHaveLength(1);
  });

  it("that are no files, or too large, say so", async () => {
    const { client, calls } = await start();
    const sha = commit(3);
    expect(await client.files([{ sha, path: "many" }])).toMatchObject([
      { content: { kind: "unreadable", reason: "a folder" } },
    ]);
    expect(await client.files([{ sha, path: "x.py", size: 6_000_000, id: "a" }])).toMatchObject([
      { content: { kind: "unreadable", reason: "larger than 5 MB" } },
    ]);
    expect(calls()).toHaveLength(1);
  });

  it("of a commit that is gone are not merely missing", async () => {
    const { client } = await start();
    const sha = "0123456789".repeat(4);
    await expect(client.files([{ sha, path: "app.py" }])).rejects.toMatchObject({ status: 404 });
  });

  it("of a repository that we may not see are missing", async () => {
    const { client } = await start();
    const repository = { owner: "acme", repo: ".github" };
    const [own, others] = await client.files([
      { sha: commit(0), path: "gone.py" },
      { repository, sha: "HEAD", path: ".github/portcullis.yml" },
    ]);
    expect(text(own?.content)).toBe("gone\n");
    expect(others?.content).toEqual({ kind: "missing" });
  });

  it("come in batches of 240", async () => {
    const { client, calls } = await start();
    const paths = Object.keys(many(250));
    const files = await client.files(paths.map((path) => ({ sha: commit(3), path })));
    expect(files.every(({ content }) => text(content) === "x = 1\n")).toBe(true);
    expect(calls()).toHaveLength(2);
  });

  it("come in batches of what GitHub can read at once", async () => {
    const { client, calls } = await start();
    const size = 390_000;
    const requests = Object.keys(many(40)).map((path) => ({ sha: commit(3), path, size }));
    expect(await client.files(requests)).toHaveLength(40);
    expect(calls()).toHaveLength(2);
  });

  it("name the limit where GraphQL's is used up, which is no failure to HTTP", async () => {
    const { github, client, calls } = await start();
    const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }];
    github.inject({
      match: ({ operation }) => operation === "graphql",
      fault: { status: 200, body: { errors } },
    });
    await expect(client.files([{ sha: commit(0), path: "app.py" }])).rejects.toMatchObject({
      status: 429,
      hint: expect.stringContaining("rate limit"),
    });
    expect(calls()).toHaveLength(1);
  });

  it("are asked for in halves when GitHub fails at all of them", async () => {
    const { client, calls } = await start({ limits: { graphqlObjects: 30 } });
    const requests = Array.from({ length: 50 }, (_, i) => ({
      sha: commit(3),
      path: `many/${i}.py`,
    }));
    const files = await client.files(requests);
    expect(files.every(({ content }) => text(content) === "x = 1\n")).toBe(true);
    expect(calls()).toHaveLength(3);
  });

  it("are asked for in halves when GitHub ends a query that takes too much", async () => {
    const { github, client, calls } = await start();
    // Observed: part of the answer, and an error that may name only one field (stats-organization/github-stats-extended#373).
    const error = {
      type: "RESOURCE_LIMITS_EXCEEDED",
      path: ["r0", "f0"],
      message: "Resource limits for this query exceeded.",
    };
    const body = { data: { r0: null }, errors: [error] };
    github.inject({
      match: ({ operation }) => operation === "graphql",
      fault: { status: 200, body },
    });
    const paths = Object.keys(many(50));
    const files = await client.files(paths.map((path) => ({ sha: commit(3), path })));
    expect(files.every(({ content }) => text(content) === "x = 1\n")).toBe(true);
    expect(calls()).toHaveLength(3);
  });

  it.each([{ status: 502, body: { message: "Bad gateway" } }, { reset: true } as const])(
    "survive an accident: %j",
    async (fault) => {
      const { github, client, calls } = await start();
      github.inject({ match: ({ operation }) => operation === "graphql", fault });
      const files = await client.files([{ sha: commit(0), path: "app.py" }]);
      expect(text(files[0]?.content)).toBe(numbered.join(""));
      expect(calls().length).toBeLessThanOrEqual(3);
    },
  );

  it("are not asked for for ever", async () => {
    const { github, client, calls } = await start();
    github.inject({ match: () => true, fault: { status: 502 }, times: 1000 });
    // Each on its own, and of a repository whose commit nobody checks: what is asked for together is given up with the first that fails,
    // while others still go on.
    const requests = Object.keys(many(200)).map((path) => ({
      sha: commit(3),
      path,
      repository: name,
    }));
    const answers = await Promise.allSettled(requests.map((request) => client.files([request])));
    expect(answers.every(({ status }) => status === "rejected")).toBe(true);
    expect(calls().length).toBeGreaterThan(10);
    expect(calls().length).toBeLessThan(30);
  });

  it("without permission name it", async () => {
    const { github, client } = await start();
    const poor = clientFor(github, github.installationToken({ metadata: "read" }));
    await expect(poor.files([{ sha: commit(0), path: "app.py" }])).rejects.toMatchObject({
      missingPermission: "contents: read",
    });
    expect(await client.files([{ sha: commit(0), path: "app.py" }])).toHaveLength(1);
  });
});

describe("a tree", () => {
  it("lists files, links and their blobs", async () => {
    const { client, calls } = await start();
    const { entries, truncated } = await client.tree(commit(0));
    expect(truncated).toBe(false);
    expect(entries).toContainEqual({
      path: "gone.py",
      kind: "file",
      size: 5,
      id: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(entries.find(({ path }) => path === "link.py")).toMatchObject({ kind: "symlink" });
    expect(calls()).toHaveLength(1);
  });

  it("says when GitHub lists only a part", async () => {
    const { client } = await start({ limits: { treeEntries: 3 } });
    expect(await client.tree(commit(0))).toMatchObject({ truncated: true });
  });
});

describe("a review of a hundred modified files", () => {
  it("takes five calls when there is nothing to say, with what they import", async () => {
    const { github, client, calls } = await start();
    await github.openPullRequest({ number: 1, base: "wide", head: "hundred" });
    const [baseSha, headSha] = [commit(3), commit(4)];
    const run = await client.startCheck({ headSha, name: "Portcullis", externalId: "1" });
    const comparison = await client.compare(baseSha, headSha);
    const changes = comparison?.changes ?? [];
    const head = githubTree(client, headSha);
    const base = githubTree(client, baseSha, { before: { tree: head, changes } });
    await head.list();
    const paths = changes.map(({ path }) => path);
    const config = ".github/portcullis.yml";
    const [, before, after] = await Promise.all([
      client.files([{ sha: "HEAD", path: config, repository: { owner: "acme", repo: ".github" } }]),
      base.read([config, ...paths]),
      head.read(paths),
      client.threads(1),
    ]);
    expect([before.size, after.size]).toEqual([101, 100]);
    expect(await base.list()).toHaveLength((await head.list()).length);
    // It has come along, as it lies beside the others.
    await head.read(["many/200.py"]);
    // What base has unchanged is known from head.
    await base.read(["many/200.py"]);
    await client.completeCheck(run, { conclusion: "success", title: "Fine", summary: "Fine." });
    expect(calls()).toEqual([
      "POST /check-runs",
      `GET /compare/${baseSha}...${headSha}`,
      `GET /git/trees/${headSha}`,
      "POST /graphql",
      `PATCH /check-runs/${run.id}`,
    ]);
  });
});
