import { ProbotOctokit } from "probot";
import { describe, expect, it, vi } from "vitest";
import { createClient, type DraftComment, withMarker } from "../../src/github/index.ts";
import type { Injection, SeenRequest } from "../github/index.ts";
import { clientFor, name, type Started, setting } from "./setting.ts";

const numbered = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`);
const { start, commit } = setting([
  { branch: "main", files: { "app.py": numbered.join(""), "other.py": "x\n" } },
  {
    branch: "feature",
    from: "main",
    files: { "app.py": numbered.with(9, "changed\n").join(""), "new.py": "a\nb\nc\n" },
  },
  { branch: "feature", files: { "app.py": numbered.with(29, "changed\n").join("") } },
]);

const marked = (fingerprint: string, text = "Flaw.") =>
  withMarker(text, { fingerprint, state: "open" });
const comment = (path: string, line: number, given: Partial<DraftComment> = {}): DraftComment => ({
  path,
  side: "RIGHT",
  line,
  body: marked(`${path}:${line}`),
  ...given,
});

/** A pull request at the first commit of its branch. */
async function opened(options: Parameters<typeof start>[0] = {}): Promise<Started> {
  const started = await start(options);
  await started.github.openPullRequest({ number: 1, head: commit(1), headRef: "feature" });
  return started;
}

const review = (...comments: DraftComment[]) => ({
  headSha: commit(1),
  body: "Two problems.",
  comments,
});

const onFiles = ["app.py", "new.py", "app.py"].map((path, index) => ({
  path,
  body: `On the file, ${index}.`,
}));
const isSubmission = ({ body }: SeenRequest) =>
  JSON.stringify(body).includes("submitPullRequestReview");
const together = () => ({ ...review(comment("app.py", 10)), onFiles });

/** As a run leaves it that was cut off between the two calls of a review with comments on files. */
async function leaveDraft({ github, client }: Pick<Started, "github" | "client">) {
  github.inject({ match: isSubmission, fault: { hang: 60_000 } });
  void client.postReview(1, together()).catch(() => {});
  await vi.waitFor(() => expect(github.calls.some(isSubmission)).toBe(true), 30_000);
  expect(github.reviews.map(({ state }) => state)).toContain("PENDING");
}

describe("a review", () => {
  it("is one call, with its comments at their lines", async () => {
    const { github, client, calls } = await opened();
    const posted = await client.postReview(
      1,
      review(
        comment("app.py", 10),
        comment("new.py", 3, { startLine: 1 }),
        comment("new.py", 2, { startLine: 2 }),
      ),
    );
    expect(posted).toEqual({ id: github.reviews[0]?.id, onFiles: [], refused: [] });
    expect(github.reviews).toMatchObject([{ state: "COMMENTED", body: "Two problems." }]);
    expect(github.reviewComments).toMatchObject([
      { path: "app.py", anchor: { line: 10, startLine: undefined } },
      { path: "new.py", anchor: { line: 3, startLine: 1 } },
      { path: "new.py", anchor: { line: 2, startLine: undefined } },
    ]);
    expect(calls()).toEqual(["POST /pulls/1/reviews"]);
  });

  it("loses no comment when GitHub refuses some lines", async () => {
    const { github, client, calls } = await opened();
    const [good, outside, elsewhere] = [
      comment("app.py", 10),
      comment("app.py", 35),
      comment("other.py", 1),
    ];
    const posted = await client.postReview(1, review(good, outside, elsewhere));
    expect(posted).toMatchObject({ onFiles: [outside], refused: [elsewhere] });
    expect(github.reviewComments).toMatchObject([
      { anchor: { line: 10 } },
      { path: "app.py", anchor: undefined, body: outside.body },
    ]);
    expect(github.reviews.filter(({ body }) => body !== "")).toHaveLength(1);
    expect(calls()).toHaveLength(5);
  });

  it("posts its comments one by one when nothing tells which is refused", async () => {
    const { github, client } = await opened();
    github.inject({
      match: ({ method, path, body }) =>
        method === "POST" &&
        path.endsWith("/reviews") &&
        JSON.stringify(body).includes('"comments":[{'),
      fault: { status: 422, body: { message: "Unprocessable Entity", errors: ["No idea"] } },
      times: 9,
    });
    github.inject({
      match: ({ path, body }) =>
        path.endsWith("/comments") && JSON.stringify(body).includes('"line":2'),
      fault: { status: 422, body: { message: "Validation Failed" } },
    });
    const posted = await client.postReview(
      1,
      review(comment("app.py", 10), comment("new.py", 2), comment("new.py", 3)),
    );
    expect(posted.onFiles).toMatchObject([{ path: "new.py", line: 2 }]);
    expect(posted.refused).toEqual([]);
    expect(github.reviewComments.map(({ path, anchor }) => [path, anchor?.line])).toEqual([
      ["app.py", 10],
      ["new.py", 3],
      ["new.py", undefined],
    ]);
  });

  it("takes comments on files along in a second call, and tells what stands there then", async () => {
    const { github, client, calls } = await opened();
    const all = [...onFiles, { path: "new.py", body: marked("f1") }];
    const posted = await client.postReview(1, {
      ...review(comment("app.py", 10)),
      onFiles: [...all, { path: "other.py", body: "Not of the change." }],
    });
    expect(posted.refused).toMatchObject([{ path: "other.py" }]);
    expect(posted.threads?.own.map(({ marker }) => marker.fingerprint)).toEqual([
      "app.py:10",
      "f1",
    ]);
    expect(github.reviews).toMatchObject([{ state: "COMMENTED", body: "Two problems." }]);
    expect(github.reviewComments.map(({ path, anchor }) => [path, anchor?.line])).toEqual([
      ["app.py", 10],
      ...all.map(({ path }) => [path, undefined]),
    ]);
    // What was not taken is tried by itself.
    expect(calls()).toEqual(["POST /pulls/1/reviews", "POST /graphql", "POST /pulls/1/comments"]);
  });

  it("takes no more than 49 of them along, and says the others one by one", async () => {
    const { github, client, calls } = await opened({ limits: { contentPerMinute: 1_000 } });
    const many = Array.from({ length: 51 }, (_, index) => ({
      path: "app.py",
      body: marked(`f${index}`),
    }));
    const posted = await client.postReview(1, { ...review(), onFiles: many });
    expect(posted.refused).toEqual([]);
    expect(github.reviewComments.map(({ body }) => body)).toEqual(many.map(({ body }) => body));
    expect(calls().slice(1)).toEqual([
      "POST /graphql",
      "POST /pulls/1/comments",
      "POST /pulls/1/comments",
    ]);
  });

  it("of one comment on a file needs no draft", async () => {
    const { github, client, calls } = await opened();
    await client.postReview(1, { ...review(), onFiles: onFiles.slice(0, 1) });
    expect(github.reviewComments).toMatchObject([{ path: "app.py", anchor: undefined }]);
    expect(calls()).toEqual(["POST /pulls/1/comments"]);
  });

  it.each<[string, Injection | undefined]>([
    ["a draft was left by a run that was cut off", undefined],
    [
      "the draft is refused",
      { match: ({ path }) => path.endsWith("/reviews"), fault: { status: 422, body: {} } },
    ],
    [
      "GraphQL knows no comments on files",
      {
        match: isSubmission,
        fault: {
          status: 200,
          body: { errors: [{ message: "Argument 'subjectType' is unknown" }] },
        },
      },
    ],
    ["GraphQL is down", { match: isSubmission, fault: { status: 502, body: { message: "Down" } } }],
    ["the answer of GraphQL is lost", { match: isSubmission, fault: "after" }],
  ])("says everything once where %s", async (_, fault) => {
    const { github, client } = await opened();
    if (fault === undefined) await leaveDraft({ github, client });
    else github.inject(fault);
    const posted = await client.postReview(1, together());
    expect(posted.refused).toEqual([]);
    expect(github.reviews.filter(({ state }) => state === "PENDING")).toEqual([]);
    expect(github.reviews.filter(({ body }) => body !== "")).toHaveLength(1);
    expect(github.reviewComments.map(({ body }) => body).sort()).toEqual(
      [...together().comments, ...onFiles].map(({ body }) => body).sort(),
    );
    expect((await client.threads(1)).own).toHaveLength(1);
  });

  it("of a commit that a force push took away is refused", async () => {
    const { github, client, calls } = await opened();
    await github.push(1, "main");
    await expect(client.postReview(1, review(comment("app.py", 10)))).rejects.toMatchObject({
      status: 422,
    });
    expect(calls()).toHaveLength(1);
    expect(github.reviewComments).toEqual([]);
  });

  it.each([
    ["that was not performed", { status: 502, body: {} }],
    ["whose answer was lost", "after"],
    ["on a broken connection", { reset: true }],
  ] as const)("is posted once over a call %s", async (_, fault) => {
    const { github, client } = await opened();
    github.inject({ match: ({ method }) => method === "POST", fault });
    const posted = await client.postReview(1, review(comment("app.py", 10)));
    expect(posted.id).toBe(github.reviews[0]?.id);
    expect(github.reviews).toHaveLength(1);
    expect(github.reviewComments).toHaveLength(1);
  });

  it("is not taken for one that says the same of another commit", async () => {
    const { github, client } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    await github.push(1, commit(2));
    const fault = { status: 502, body: {} };
    github.inject({ match: ({ method }) => method === "POST", fault });
    await client.postReview(1, { ...review(comment("app.py", 30)), headSha: commit(2) });
    expect(github.reviews.map(({ commitId }) => commitId)).toEqual([commit(1), commit(2)]);
  });

  it("is not repeated by an Octokit that retries", async () => {
    const { github, calls } = await opened();
    const octokit = new ProbotOctokit({
      baseUrl: github.url,
      auth: { token: github.installationToken() },
      retry: { retryAfterBaseValue: 1 },
      throttle: { enabled: false },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const client = createClient(octokit, name);
    github.inject({ match: ({ method }) => method === "POST", fault: "after" });
    await client.postReview(1, review(comment("app.py", 10)));
    expect(github.reviews).toHaveLength(1);
    expect(calls()).toEqual(["POST /pulls/1/reviews", "GET /pulls/1/reviews"]);
    // What may be repeated is.
    github.inject({ match: ({ method }) => method === "GET", fault: { status: 502 }, times: 2 });
    expect(await client.pullRequest(1)).toMatchObject({ number: 1 });
    github.inject({ match: () => true, fault: { status: 502 } });
    expect(await client.files([{ sha: commit(0), path: "other.py" }])).toHaveLength(1);
  });

  it("is cut to what GitHub takes, and never empty", async () => {
    const { github, client } = await opened();
    const long = marked("a", "x".repeat(80_000));
    await client.postReview(1, {
      ...review(comment("app.py", 10, { body: long })),
      body: "x".repeat(80_000),
    });
    await client.postReview(1, { headSha: commit(1), body: " ", comments: [] });
    expect(github.reviews.map(({ body }) => body.length)).toEqual([65_536, 10]);
    expect((await client.threads(1)).own).toMatchObject([{ marker: { fingerprint: "a" } }]);
  });

  it("counts as said when another bot has said it, and as ours only when we have", async () => {
    const { github, client } = await opened();
    await client.postReview(1, review(comment("app.py", 10, { body: marked("a") })));
    const id = github.reviewComments[0]?.id ?? 0;
    const authors = { b: "github-actions[bot]", c: "ada" };
    for (const [fingerprint, author] of Object.entries(authors)) {
      await client.postReview(1, review(comment("app.py", 10, { body: marked(fingerprint) })));
      const all = github.world.repositories[0]?.reviewComments ?? [];
      const last = all.pop();
      if (last !== undefined) all.push({ ...last, author });
    }
    // A reply says nothing of its own.
    github.reply(id, "helper[bot]", marked("d"));
    const { own, saidByOthers } = await client.threads(1);
    expect(own.map(({ marker }) => marker.fingerprint)).toEqual(["a"]);
    expect([...saidByOthers.keys()]).toEqual(["b"]);
  });

  it("without permission names it", async () => {
    const { github, client } = await opened({
      permissions: { metadata: "read", contents: "read", pull_requests: "read" },
    });
    await expect(client.postReview(1, review(comment("app.py", 10)))).rejects.toMatchObject({
      missingPermission: "pull_requests: write",
    });
    expect(github.reviews).toEqual([]);
  });
});

describe("threads", () => {
  it("of ours are told from those of others by their author and marker", async () => {
    const { github, client, calls } = await opened();
    const eve = clientFor(github, github.userToken("eve"));
    await eve.postReview(1, review(comment("app.py", 10)));
    await client.postReview(
      1,
      review(comment("new.py", 1), comment("app.py", 10, { body: "No marker." })),
    );
    const own = github.reviewComments[1]?.id ?? 0;
    github.reply(own, "ada", "/portcullis dismiss not reachable");
    github.resetCalls();
    const { own: threads } = await client.threads(1);
    expect(threads).toMatchObject([
      {
        path: "new.py",
        line: 1,
        isResolved: false,
        isOutdated: false,
        canResolve: false,
        marker: { fingerprint: "new.py:1", state: "open" },
        comment: { id: own, isOwn: true, author: "portcullis" },
        replies: [{ author: "ada", isOwn: false, body: "/portcullis dismiss not reachable" }],
      },
    ]);
    expect(calls()).toHaveLength(1);
  });

  it("are read in pages of a hundred", async () => {
    const { client, calls, github } = await opened({ limits: { contentPerMinute: 1000 } });
    const comments = Array.from({ length: 110 }, (_, i) =>
      comment("new.py", 1, { body: marked(`f${i}`) }),
    );
    await client.postReview(1, review(...comments));
    github.resetCalls();
    const { own: threads } = await client.threads(1);
    expect(threads.map(({ marker }) => marker.fingerprint)).toEqual(
      comments.map((_, i) => `f${i}`),
    );
    expect(calls()).toHaveLength(2);
  });

  it("are outdated once their line is changed", async () => {
    const { github, client } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    await github.push(1, commit(2));
    expect((await client.threads(1)).own).toMatchObject([{ isOutdated: true, line: undefined }]);
  });

  it("are minimised in one call where resolving them takes more than we may", async () => {
    const { github, client, calls } = await opened();
    await client.postReview(1, review(comment("app.py", 10), comment("new.py", 1)));
    const { own: threads } = await client.threads(1);
    github.resetCalls();
    const closed = await client.resolveThreads(threads);
    expect([...closed.values()]).toEqual(["minimized", "minimized"]);
    expect(github.reviewComments.map(({ minimized }) => minimized)).toEqual([
      "resolved",
      "resolved",
    ]);
    expect(calls()).toEqual(["POST /graphql"]);
    await client.unresolveThreads((await client.threads(1)).own);
    expect(github.reviewComments.map(({ minimized }) => minimized)).toEqual([undefined, undefined]);
  });

  it("are closed fifty in a call", async () => {
    const { client, calls, github } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    const { own } = await client.threads(1);
    github.resetCalls();
    await client.resolveThreads(Array.from({ length: 51 }, () => own).flat());
    expect(calls()).toEqual(["POST /graphql", "POST /graphql"]);
  });

  it("are resolved in one call where we may, and reopened", async () => {
    const { github, client, calls } = await opened({
      permissions: { metadata: "read", contents: "write", pull_requests: "write" },
    });
    await client.postReview(1, review(comment("app.py", 10), comment("new.py", 1)));
    const { own: threads } = await client.threads(1);
    github.resetCalls();
    expect([...(await client.resolveThreads(threads)).values()]).toEqual(["resolved", "resolved"]);
    expect(calls()).toEqual(["POST /graphql"]);
    const { own: resolved } = await client.threads(1);
    expect(resolved.every(({ isResolved }) => isResolved)).toBe(true);
    github.resetCalls();
    expect([...(await client.resolveThreads(resolved)).values()]).toEqual(["resolved", "resolved"]);
    expect(calls()).toEqual([]);
    await client.unresolveThreads(resolved);
    expect(github.threads.map(({ resolvedBy }) => resolvedBy)).toEqual([undefined, undefined]);
  });

  it("are minimised when GitHub forbids what it said was allowed, else left to their text", async () => {
    const { github, client } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    const threads = (await client.threads(1)).own.map((thread) => ({
      ...thread,
      canResolve: true,
    }));
    expect([...(await client.resolveThreads(threads)).values()]).toEqual(["minimized"]);
    github.setPermissions({ metadata: "read", pull_requests: "read" });
    expect([...(await client.resolveThreads(threads)).values()]).toEqual(["edited"]);
  });
});

const SINCE = "2020-01-01T00:00:00Z";

describe("comments", () => {
  it("are not written again where the same stands there", async () => {
    const { github, client } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    const id = github.reviewComments[0]?.id ?? 0;
    const first = [await client.reply(1, id, "Done."), await client.comment(1, "All.", SINCE)];
    const second = [await client.reply(1, id, "Done."), await client.comment(1, "All.", SINCE)];
    expect(second).toEqual(first);
    expect(await client.comment(1, "Something else.", SINCE)).not.toBe(first[1]);
    // GitHub may end lines as it likes.
    const lines = "Of two lines,\r\nas a form sends them.\r\n";
    const { id: stored } = github.comment(1, "portcullis[bot]", lines);
    expect(await client.comment(1, lines.replaceAll("\r", ""), SINCE)).toBe(stored);
  });

  it("tell whether we have approved them", async () => {
    const { github, client } = await opened();
    const { id } = github.comment(1, "ada", "Well?");
    expect(await client.hasApproved(`IC_${id}`)).toBe(false);
    await client.react({ kind: "conversation", id }, "eyes");
    expect(await client.hasApproved(`IC_${id}`)).toBe(false);
    await client.react({ kind: "conversation", id }, "+1");
    expect(await client.hasApproved(`IC_${id}`)).toBe(true);
    // Somebody has deleted them.
    expect(await client.hasApproved("IC_1")).toBe(false);
    await client.react({ kind: "conversation", id: 1 }, "+1");
    await client.react({ kind: "review", id: 1 }, "+1");
  });

  it("are edited, answered and put on files", async () => {
    const { github, client, calls } = await opened();
    await client.postReview(1, review(comment("app.py", 10)));
    const id = github.reviewComments[0]?.id ?? 0;
    expect(await client.updateComment(id, "Fixed.")).toBe(true);
    expect(await client.updateComment(999, "Gone.")).toBe(false);
    await client.reply(1, id, "Done.");
    await client.commentOnFile(1, { headSha: commit(1), path: "new.py" }, "On the file.");
    await client.comment(1, "On all.", SINCE);
    await client.react({ kind: "review", id }, "+1");
    await client.react({ kind: "conversation", id: github.issueComments[0]?.id ?? 0 }, "eyes");
    expect(github.reviewComments).toMatchObject([
      { body: "Fixed.", reactions: [{ content: "+1" }] },
      { body: "Done.", inReplyTo: id },
      { body: "On the file.", anchor: undefined },
    ]);
    expect(github.issueComments).toMatchObject([
      { body: "On all.", reactions: [{ content: "eyes" }] },
    ]);
    // Two of them look whether the text stands there already.
    expect(calls()).toHaveLength(10);
  });

  it.each([{ status: 502, body: {} }, "after"] as const)(
    "are written once over an accident: %j",
    async (fault) => {
      const { github, client } = await opened();
      await client.postReview(1, review(comment("app.py", 10)));
      const id = github.reviewComments[0]?.id ?? 0;
      const failing = { match: ({ method }: { method: string }) => method === "POST", fault };
      github.inject(failing);
      await client.reply(1, id, "Done.");
      github.inject(failing);
      await client.commentOnFile(1, { headSha: commit(1), path: "new.py" }, "On the file.");
      github.inject(failing);
      await client.comment(1, "On all.", SINCE);
      expect(github.reviewComments.map(({ body }) => body).slice(1)).toEqual([
        "Done.",
        "On the file.",
      ]);
      expect(github.issueComments).toHaveLength(1);
    },
  );

  it.each<[string, (client: Started["client"], replied: number) => Promise<unknown>]>([
    [
      "one on a file",
      (client) => client.commentOnFile(1, { headSha: commit(1), path: "app.py" }, "Said."),
    ],
    [
      "one on a file, as a review",
      (client) =>
        client.postReview(1, { ...review(), onFiles: [{ path: "app.py", body: "Said." }] }),
    ],
    ["a reply", (client, replied) => client.reply(1, replied, "Said.")],
  ])("are taken though a run that was cut off has left a draft: %s", async (_, say) => {
    const started = await opened();
    await started.client.postReview(1, review(comment("app.py", 10)));
    const [first] = started.github.reviewComments;
    await leaveDraft(started);
    await say(started.client, first?.id ?? 0);
    expect(started.github.reviews.map(({ state }) => state)).not.toContain("PENDING");
    expect(started.github.reviewComments.map(({ body }) => body)).toEqual([first?.body, "Said."]);
  });

  it("of a draft that was left count as unsaid: nobody else sees them", async () => {
    const started = await opened();
    await leaveDraft(started);
    const { own, saidByOthers } = await started.client.threads(1);
    expect([own, [...saidByOthers]]).toEqual([[], []]);
  });

  it("never cost a person the draft of a review", async () => {
    const { github } = await opened();
    const client = clientFor(github, github.userToken("ada"));
    await leaveDraft({ github, client });
    await expect(
      client.commentOnFile(1, { headSha: commit(1), path: "app.py" }, "Said."),
    ).rejects.toMatchObject({ status: 422 });
    expect(github.reviews.map(({ state }) => state)).toEqual(["PENDING"]);
  });

  it("on a file that the pull request leaves alone are refused", async () => {
    const { client } = await opened();
    await expect(
      client.commentOnFile(1, { headSha: commit(1), path: "other.py" }, "x"),
    ).rejects.toMatchObject({ status: 422 });
  });
});

describe("a person's permission", () => {
  it.each([
    ["ada", "admin"],
    ["mia", "write"],
    ["tom", "read"],
    ["stranger", "read"],
  ])("of %s is %s", async (login, permission) => {
    const { client } = await start({
      collaborators: { ada: "admin", mia: "maintain", tom: "triage" },
    });
    expect(await client.permission(login)).toBe(permission);
  });

  it("is none where GitHub knows nobody of that name", async () => {
    const { github, client } = await start();
    const fault = { status: 404, body: { message: "Not Found" } };
    github.inject({ match: ({ path }) => path.endsWith("/permission"), fault });
    expect(await client.permission("nobody")).toBe("none");
  });
});
