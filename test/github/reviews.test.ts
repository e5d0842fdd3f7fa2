import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GitHubStandIn, startGitHub } from "./index.ts";
import { client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

const repo = { owner: "acme", repo: "shop" };
const pull = { ...repo, pull_number: 1 };
const lines = Array.from({ length: 60 }, (_, i) => `line ${i + 1}\n`);
const changed = lines.with(9, "changed 10\n").with(39, "changed 40\n");

let sample: SampleRepository;
let github: GitHubStandIn;
let octokit: ReturnType<typeof client>;
let first: string;
let head: string;

beforeAll(async () => {
  sample = await sampleRepository([
    { branch: "main", files: { "app.py": lines.join(""), "logo.png": Buffer.from([0]) } },
    { branch: "feature", from: "main", files: { "app.py": changed.join("") } },
    { branch: "feature", files: { "logo.png": Buffer.from([0, 1]), "new.py": "a\nb\nc\n" } },
    // Two lines before line 10 move it down; line 40 is changed once more.
    {
      branch: "later",
      from: "feature",
      files: { "app.py": ["x\n", "y\n", ...changed.with(39, "again 40\n")].join("") },
    },
    { branch: "forced", from: "main", files: { "app.py": lines.with(19, "forced\n").join("") } },
  ]);
  [, first = "", head = ""] = sample.commits;
});
afterAll(() => sample.remove());
beforeEach(async () => {
  github = await startGitHub({ repository: sample.directory, owner: "acme", name: "shop" });
  await github.openPullRequest({ head: "feature" });
  octokit = client(github);
});
afterEach(async () => {
  await github.close();
  github.expectNoViolations();
});

const review = (comments: readonly Record<string, unknown>[], more: Record<string, unknown> = {}) =>
  octokit.request("POST /repos/acme/shop/pulls/1/reviews", {
    commit_id: head,
    event: "COMMENT",
    body: "Found something.",
    comments,
    ...more,
  });
const right = { path: "app.py", body: "b", side: "RIGHT" };

describe("a review", () => {
  test("stores its comments with hunk, lines and author", async () => {
    const { data } = await review([
      { ...right, line: 10 },
      { ...right, start_line: 8, start_side: "RIGHT", line: 11 },
      { ...right, side: "LEFT", line: 40 },
      { path: "new.py", body: "b", line: 3 },
    ]);
    expect(data).toMatchObject({
      state: "COMMENTED",
      user: { login: "portcullis[bot]", type: "Bot" },
    });
    const { data: comments } = await octokit.rest.pulls.listReviewComments(pull);
    expect(
      comments.map(({ path, line, side, start_line }) => [path, line, side, start_line]),
    ).toEqual([
      ["app.py", 10, "RIGHT", null],
      ["app.py", 11, "RIGHT", 8],
      ["app.py", 40, "LEFT", null],
      ["new.py", 3, "RIGHT", null],
    ]);
    expect(comments[0]?.diff_hunk).toBe(
      "@@ -7,7 +7,7 @@ line 6\n line 7\n line 8\n line 9\n-line 10\n+changed 10",
    );
    const { data: reviews } = await octokit.rest.pulls.listReviews(pull);
    expect(reviews.map(({ id }) => id)).toEqual([data.id]);
  });

  test("may count lines by position in the diff", async () => {
    await review([{ path: "app.py", body: "b", position: 5 }]);
    expect(github.reviewComments[0]?.anchor).toMatchObject({ side: "RIGHT", line: 10 });
  });

  test.each([
    ["a line outside every hunk", { ...right, line: 25 }, "line must be part of the diff"],
    [
      "a context line on the left",
      { ...right, side: "LEFT", line: 9 },
      "line must be part of the diff",
    ],
    ["a deleted line on the right", { ...right, line: 60 }, "line must be part of the diff"],
    ["a comment without a line", right, "line must be part of the diff"],
    ["a range over two hunks", { ...right, start_line: 10, line: 40 }, "same hunk"],
    ["a range that ends at its start", { ...right, start_line: 10, line: 10 }, "same hunk"],
    ["a file that was not changed", { ...right, path: "no.py", line: 1 }, "path is invalid"],
    ["a binary file", { ...right, path: "logo.png", line: 1 }, "line must be part of the diff"],
    ["a body over 65,536 characters", { ...right, line: 10, body: "b".repeat(65_537) }, "too long"],
    ["a comment without text", { ...right, line: 10, body: " " }, "blank"],
  ])("is refused whole for %s", async (_, comment, words) => {
    await expect(review([{ ...right, line: 10 }, comment])).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(words),
    });
    expect(github.reviews).toHaveLength(0);
    expect(github.reviewComments).toHaveLength(0);
  });

  test.each([
    ["a body over 65,536 characters", { body: "b".repeat(65_537) }],
    ["no body", { body: "" }],
    ["a commit that is not of the pull request", { commit_id: "4".repeat(40) }],
  ])("is refused for %s", async (_, more) => {
    await expect(review([], more)).rejects.toMatchObject({ status: 422 });
  });

  test("is refused for a commit that a force push removed", async () => {
    await github.push(1, "forced");
    await expect(review([])).rejects.toMatchObject({ status: 422 });
  });

  test("without an event is pending, its author's alone, and the only one", async () => {
    await review([{ ...right, line: 10 }], { event: undefined });
    expect((await octokit.rest.pulls.listReviewComments(pull)).data).toHaveLength(0);
    await expect(review([], { event: undefined })).rejects.toMatchObject({ status: 422 });
    const alone = { ...pull, body: "Alone.", commit_id: head, path: right.path };
    const refusal = { status: 422, message: expect.stringContaining("one pending review") };
    await expect(
      octokit.rest.pulls.createReviewComment({ ...alone, subject_type: "file" }),
    ).rejects.toMatchObject(refusal);
    const other = client(github, github.userToken("ada"));
    expect((await other.rest.pulls.listReviews(pull)).data).toHaveLength(0);
  });

  test("needs write permission on pull requests", async () => {
    github.setPermissions({ metadata: "read", contents: "read", pull_requests: "read" });
    await expect(review([])).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
    });
  });
});

describe("after a push", () => {
  test("comments move with their lines, or are outdated with line and position null", async () => {
    await review([
      { ...right, line: 10 },
      { ...right, line: 40 },
      { ...right, start_line: 8, line: 9 },
    ]);
    await github.push(1, "later");
    const { data } = await octokit.rest.pulls.listReviewComments(pull);
    expect(
      data.map(({ line, start_line, original_line }) => [line, start_line, original_line]),
    ).toEqual([
      [12, null, 10],
      [null, null, 40],
      [11, 10, 9],
    ]);
    expect(data[1]?.position).toBeNull();
    expect(data[1]?.original_commit_id).toBe(head);
    expect(data[0]?.commit_id).toBe(sample.commits[3]);
  });

  test("an older commit of the pull request may still be reviewed", async () => {
    await expect(
      review([{ path: "app.py", body: "b", line: 40 }], { commit_id: first }),
    ).resolves.toBeDefined();
  });
});

describe("a single comment", () => {
  test("may stand on a whole file, also on one without a patch", async () => {
    const { data } = await octokit.rest.pulls.createReviewComment({
      ...pull,
      commit_id: head,
      path: "logo.png",
      body: "b",
      subject_type: "file",
    });
    expect(data).toMatchObject({ subject_type: "file", path: "logo.png" });
  });

  test("needs a line in the diff, a known path and a body within the limit", async () => {
    const comment = { ...pull, commit_id: head, path: "app.py", body: "b" };
    for (const bad of [
      {},
      { line: 25 },
      { path: "no.py", line: 1 },
      { line: 10, body: "b".repeat(65_537) },
    ]) {
      await expect(
        octokit.rest.pulls.createReviewComment({ ...comment, ...bad }),
      ).rejects.toMatchObject({
        status: 422,
      });
    }
    await octokit.rest.pulls.createReviewComment({ ...comment, line: 10 });
    expect(github.reviewComments).toHaveLength(1);
  });

  test("is answered, edited, reacted to and deleted", async () => {
    await review([{ ...right, line: 10 }]);
    const id = github.reviewComments[0]?.id ?? 0;
    const user = client(github, github.userToken("ada"));
    const { data: reply } = await user.rest.pulls.createReplyForReviewComment({
      ...pull,
      comment_id: id,
      body: "Why?",
    });
    expect(reply).toMatchObject({
      in_reply_to_id: id,
      user: { login: "ada", type: "User" },
      line: 10,
    });
    const comment = { ...repo, comment_id: id };
    expect(
      (await octokit.rest.pulls.updateReviewComment({ ...comment, body: "Fixed." })).data.body,
    ).toBe("Fixed.");
    const eyes = { ...comment, content: "eyes" } as const;
    const statuses = [
      (await octokit.rest.reactions.createForPullRequestReviewComment(eyes)).status,
      (await octokit.rest.reactions.createForPullRequestReviewComment(eyes)).status,
    ];
    expect(statuses).toEqual([201, 200]);
    expect((await octokit.rest.pulls.deleteReviewComment(comment)).status).toBe(204);
    await expect(octokit.rest.pulls.deleteReviewComment(comment)).rejects.toMatchObject({
      status: 404,
    });
  });

  test("lists are paged", async () => {
    await review(Array.from({ length: 35 }, () => ({ ...right, line: 10 })));
    expect((await octokit.rest.pulls.listReviewComments(pull)).data).toHaveLength(30);
    const all = await octokit.paginate(octokit.rest.pulls.listReviewComments, {
      ...pull,
      per_page: 20,
    });
    expect(all).toHaveLength(35);
  });
});

describe("the conversation", () => {
  test("is written, edited, reacted to and deleted with permission on pull requests alone", async () => {
    const issue = { ...repo, issue_number: 1 };
    const { data } = await octokit.rest.issues.createComment({ ...issue, body: "Summary" });
    const comment = { ...repo, comment_id: data.id };
    await octokit.rest.issues.updateComment({ ...comment, body: "Edited" });
    await octokit.rest.reactions.createForIssueComment({ ...comment, content: "+1" });
    github.comment(1, "ada", "/portcullis help");
    const { data: listed } = await octokit.rest.issues.listComments(issue);
    expect(listed.map(({ body, user }) => [body, user?.login])).toEqual([
      ["Edited", "portcullis[bot]"],
      ["/portcullis help", "ada"],
    ]);
    await octokit.rest.issues.deleteComment(comment);
    expect(github.issueComments).toHaveLength(1);
  });

  test("takes 65,536 characters and no more, and nothing without permission", async () => {
    const issue = { ...repo, issue_number: 1 };
    await octokit.rest.issues.createComment({ ...issue, body: "é".repeat(65_536) });
    const long = octokit.rest.issues.createComment({ ...issue, body: "b".repeat(65_537) });
    await expect(long).rejects.toMatchObject({ status: 422 });
    const readOnly = client(github, github.actionsToken({ readOnly: true }));
    const refused = readOnly.rest.issues.createComment({ ...issue, body: "b" });
    await expect(refused).rejects.toMatchObject({ status: 403 });
  });

  test("knows who may write", async () => {
    github.world.collaborators.set("ada", "maintain");
    const of = async (username: string) => {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
        ...repo,
        username,
      });
      return [data.permission, data.role_name];
    };
    expect(await of("ada")).toEqual(["write", "maintain"]);
    expect(await of("eve")).toEqual(["read", "read"]);
  });
});
