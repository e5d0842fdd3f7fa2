import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "./index.ts";
import { client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

let sample: SampleRepository;
let github: GitHubStandIn;
let head: string;

beforeAll(async () => {
  sample = await sampleRepository([
    { branch: "main", files: { "app.py": "a\nb\nc\n", "pkg/x.py": "x\n" } },
    {
      branch: "feature",
      from: "main",
      files: {
        "app.py": "a\nB\nc\n",
        "logo.png": Buffer.from([1, 0, 2]),
        "big.txt": "é".repeat(300_000),
      },
    },
    { branch: "later", from: "feature", files: { "app.py": "a\nBB\nc\n" } },
  ]);
  head = sample.commits[1] ?? "";
});
afterAll(() => sample.remove());
afterEach(async () => {
  await github.close();
  github.expectNoViolations();
});

async function start(options: Partial<GitHubOptions> = {}) {
  github = await startGitHub({
    repository: sample.directory,
    owner: "acme",
    name: "shop",
    ...options,
  });
  await github.openPullRequest({ head: "feature" });
  return client(github);
}

const inRepository = (selection: string) =>
  `query { repository(owner: "acme", name: "shop") { ${selection} } }`;
const blob = "... on Blob { text byteSize isBinary isTruncated oid }";

describe("objects", () => {
  test("come many in one query: text, binary, truncated, missing, trees", async () => {
    const octokit = await start();
    const object = (alias: string, path: string, selection = blob) =>
      `${alias}: object(expression: "${head}:${path}") { __typename ${selection} }`;
    const answer: unknown = await octokit.graphql(
      inRepository(
        [
          object("text", "app.py"),
          object("binary", "logo.png"),
          object("big", "big.txt"),
          object("missing", "no.py"),
          object(
            "tree",
            "pkg",
            "... on Tree { entries { name type object { ... on Blob { text } } } }",
          ),
        ].join(" "),
      ),
    );
    expect(answer).toMatchObject({
      repository: {
        text: { text: "a\nB\nc\n", byteSize: 6, isBinary: false, isTruncated: false },
        binary: { text: null, byteSize: 3, isBinary: true },
        big: { text: "é".repeat(256_000), byteSize: 600_000, isTruncated: true },
        missing: null,
        tree: { entries: [{ name: "x.py", type: "blob", object: { text: "x\n" } }] },
      },
    });
    expect(github.calls.filter(({ operation }) => operation === "graphql")).toHaveLength(1);
  });

  test("are refused whole when one query reads too much", async () => {
    for (const limits of [{ graphqlObjects: 1 }, { graphqlBytes: 7 }]) {
      const octokit = await start({ limits });
      const query = inRepository(
        ["a", "b"]
          .map((alias) => `${alias}: object(expression: "${head}:app.py") { ${blob} }`)
          .join(" "),
      );
      await expect(octokit.graphql(query)).rejects.toMatchObject({ status: 502 });
      await github.close();
    }
  });

  test("need permission on contents", async () => {
    const octokit = await start({ permissions: { metadata: "read", pull_requests: "write" } });
    const query = inRepository(`object(expression: "${head}:app.py") { ${blob} }`);
    await expect(octokit.graphql(query)).rejects.toMatchObject({
      errors: [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }],
    });
  });
});

const THREADS = `query($after: String, $first: Int = 100) {
  repository(owner: "acme", name: "shop") {
    pullRequest(number: 1) {
      reviewThreads(first: $first, after: $after) {
        nodes { id isResolved isOutdated path line viewerCanResolve
          comments(first: 10) { nodes { id databaseId body author { login } viewerDidAuthor isMinimized } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

async function comment(octokit: ReturnType<typeof client>, count = 1) {
  const one = { path: "app.py", body: "b", line: 2 };
  await octokit.rest.pulls.createReview({
    owner: "acme",
    repo: "shop",
    pull_number: 1,
    commit_id: head,
    event: "COMMENT",
    body: "Found something.",
    comments: Array(count).fill(one),
  });
}

describe("threads", () => {
  test("show their comments, the App without its suffix, and whether they are outdated", async () => {
    const octokit = await start();
    await comment(octokit);
    github.reply(github.reviewComments[0]?.id ?? 0, "ada", "Why?");
    const nodes = (thread: Record<string, unknown>) => ({
      repository: { pullRequest: { reviewThreads: { nodes: [thread] } } },
    });
    expect(await octokit.graphql(THREADS)).toMatchObject(
      nodes({
        isOutdated: false,
        line: 2,
        comments: {
          nodes: [
            { author: { login: "portcullis" }, viewerDidAuthor: true },
            { author: { login: "ada" }, body: "Why?", viewerDidAuthor: false },
          ],
        },
      }),
    );
    await github.push(1, "later");
    expect(await octokit.graphql(THREADS)).toMatchObject(nodes({ isOutdated: true, line: null }));
  });

  test("are paged by cursor", async () => {
    const octokit = await start();
    await comment(octokit, 3);
    const seen: unknown[] = [];
    let after: string | null = null;
    do {
      const answer: {
        repository: {
          pullRequest: {
            reviewThreads: {
              nodes: { id: string }[];
              pageInfo: { hasNextPage: boolean; endCursor: string };
            };
          };
        };
      } = await octokit.graphql(THREADS, { first: 2, after });
      const { nodes, pageInfo } = answer.repository.pullRequest.reviewThreads;
      seen.push(nodes.length);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([2, 1]);
  });

  test("need a page size from 1 to 100, and a query at most 500,000 nodes", async () => {
    const octokit = await start();
    const size = (args: string) =>
      octokit.graphql(
        inRepository(`pullRequest(number: 1) { reviewThreads${args} { nodes { id } } }`),
      );
    await expect(size("")).rejects.toMatchObject({
      errors: [{ type: "MISSING_PAGINATION_BOUNDARIES" }],
    });
    await expect(size("(first: 101)")).rejects.toMatchObject({
      errors: [{ type: "EXCESSIVE_PAGINATION" }],
    });
    const deep = `pullRequest(number: 1) { reviewThreads(first: 100) { nodes { comments(first: 100) { nodes {
      pullRequest { reviewThreads(first: 100) { nodes { id } } } } } } } }`;
    await expect(octokit.graphql(inRepository(deep))).rejects.toMatchObject({
      errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED" }],
    });
  });

  const resolve = `mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }`;

  test("are resolved with write permission on contents only", async () => {
    const octokit = await start();
    await comment(octokit);
    const id = github.threads[0]?.id;
    await expect(octokit.graphql(resolve, { id })).rejects.toMatchObject({
      errors: [{ type: "FORBIDDEN" }],
    });
    expect(github.threads[0]?.resolvedBy).toBeUndefined();
    github.setPermissions({ ...github.world.permissions, contents: "write" });
    expect(await octokit.graphql(resolve, { id })).toEqual({
      resolveReviewThread: { thread: { isResolved: true } },
    });
    await octokit.graphql(resolve.replace("resolveReviewThread", "unresolveReviewThread"), { id });
    expect(github.threads[0]?.resolvedBy).toBeUndefined();
  });

  test("comments are minimized, found by node, and shown again", async () => {
    const octokit = await start();
    await comment(octokit);
    const id = `PRRC_${github.reviewComments[0]?.id}`;
    const hide = `mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: RESOLVED }) {
      minimizedComment { isMinimized minimizedReason } } }`;
    expect(await octokit.graphql(hide, { id })).toEqual({
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "resolved" } },
    });
    const node =
      "query($id: ID!) { node(id: $id) { ... on PullRequestReviewComment { isMinimized } } }";
    expect(await octokit.graphql(node, { id })).toEqual({ node: { isMinimized: true } });
    const show = `mutation($id: ID!) { unminimizeComment(input: { subjectId: $id }) {
      unminimizedComment { isMinimized } } }`;
    await octokit.graphql(show, { id });
    expect(github.reviewComments[0]?.minimized).toBeUndefined();
    const readOnly = client(github, github.actionsToken({ readOnly: true }));
    await expect(readOnly.graphql(hide, { id })).rejects.toMatchObject({
      errors: [{ type: "FORBIDDEN" }],
    });
  });

  test("with nothing left in them are gone", async () => {
    const octokit = await start();
    await comment(octokit);
    const comment_id = github.reviewComments[0]?.id ?? 0;
    await octokit.rest.pulls.deleteReviewComment({ owner: "acme", repo: "shop", comment_id });
    expect(JSON.stringify(await octokit.graphql(THREADS))).toContain('"nodes":[]');
  });
});

test("other connections of a pull request, and an unknown one", async () => {
  const octokit = await start();
  await comment(octokit);
  github.comment(1, "ada", "Hello");
  const query = inRepository(`pullRequest(number: 1) { headRefOid isDraft state
    files(first: 10) { nodes { path changeType } }
    reviews(first: 10) { nodes { body state } }
    comments(first: 10) { totalCount nodes { body author { login } } } }`);
  expect(await octokit.graphql(query)).toMatchObject({
    repository: {
      pullRequest: {
        headRefOid: head,
        files: {
          nodes: [
            { path: "app.py", changeType: "MODIFIED" },
            { path: "big.txt" },
            { path: "logo.png" },
          ],
        },
        reviews: { nodes: [{ state: "COMMENTED" }] },
        comments: { totalCount: 1, nodes: [{ author: { login: "ada" } }] },
      },
    },
  });
  const unknown = octokit.graphql(inRepository("pullRequest(number: 9) { id }"));
  await expect(unknown).rejects.toMatchObject({ errors: [{ type: "NOT_FOUND" }] });
});

test("documents that the schema or the stand-in does not know are violations", async () => {
  const octokit = await start();
  await expect(octokit.graphql(inRepository("nme"))).rejects.toThrow();
  await expect(octokit.graphql(inRepository("stargazerCount"))).rejects.toThrow();
  await expect(octokit.graphql("query {")).rejects.toThrow();
  const variable = "query($id: ID!) { node(id: $id) { id } }";
  await expect(octokit.graphql(variable, {})).rejects.toThrow();
  expect(github.takeViolations()).toEqual([
    expect.stringContaining('Cannot query field "nme" on type "Repository"'),
    expect.stringContaining("does not know Repository.stargazerCount"),
    expect.stringContaining("Syntax Error"),
    expect.stringContaining('Variable "$id"'),
  ]);
});

test("the budget of points is told as an error in a 200", async () => {
  const octokit = await start();
  github.setRemaining("graphql", 0);
  await expect(octokit.graphql("{ viewer { login } }")).rejects.toMatchObject({
    errors: [{ type: "RATE_LIMITED" }],
  });
  expect(github.calls.at(-1)?.status).toBe(200);
});
