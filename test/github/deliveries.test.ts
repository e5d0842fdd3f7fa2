import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  apiDescription,
  baseChange,
  checkRunPayload,
  checkSuitePayload,
  deliver,
  type GitHubStandIn,
  installationPayload,
  issueCommentPayload,
  mergeGroupPayload,
  pullRequestPayload,
  reviewCommentPayload,
  signedDelivery,
  startGitHub,
} from "./index.ts";
import { client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

const repo = { owner: "acme", repo: "shop" };
let sample: SampleRepository;
let github: GitHubStandIn;
let base: string;
let head: string;

beforeAll(async () => {
  sample = await sampleRepository([
    { branch: "main", files: { "app.py": "a\n" } },
    { branch: "feature", from: "main", files: { "app.py": "b\n" } },
  ]);
  [base = "", head = ""] = sample.commits;
});
afterAll(() => sample.remove());
beforeEach(async () => {
  github = await startGitHub({ repository: sample.directory, owner: "acme", name: "shop" });
  await github.openPullRequest({ number: 12, head: "feature", author: "ada" });
});
afterEach(async () => {
  await github.close();
  github.expectNoViolations();
});

const ours = {
  repository: { full_name: "acme/shop", name: "shop", owner: { login: "acme" } },
  installation: { id: 5150 },
};

test.each([
  "opened",
  "reopened",
  "synchronize",
  "ready_for_review",
  "converted_to_draft",
  "edited",
  "closed",
] as const)("pull_request.%s is described and speaks of the stand-in's state", async (action) => {
  const payload = await pullRequestPayload(github, action, 12, {
    before: base,
    changes: baseChange("develop", base),
  });
  expect(payload).toMatchObject({
    ...ours,
    action,
    number: 12,
    sender: { login: "ada" },
    pull_request: {
      number: 12,
      head: { sha: head },
      base: { ref: "main" },
      user: { login: "ada" },
    },
  });
  if (action === "synchronize") expect(payload).toMatchObject({ before: base, after: head });
  if (action === "edited")
    expect(payload).toMatchObject({ changes: { base: { ref: { from: "develop" } } } });
  expect(described(`pull-request-${action.replaceAll("_", "-")}`, payload)).toEqual([]);
});

test("merge_group names the queue's branch and has no pull request", async () => {
  for (const action of ["checks_requested", "destroyed"] as const) {
    const payload = await mergeGroupPayload(github, action, { number: 12, headSha: head });
    expect(payload).toMatchObject({
      ...ours,
      action,
      merge_group: {
        head_sha: head,
        base_sha: base,
        head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${base}`,
        base_ref: "refs/heads/main",
      },
    });
    expect(payload).not.toHaveProperty("pull_request");
    expect(described(`merge-group-${action.replaceAll("_", "-")}`, payload)).toEqual([]);
  }
});

test("check_run and check_suite name our run, App and pull request", async () => {
  const octokit = client(github);
  const { data } = await octokit.rest.checks.create({
    ...repo,
    name: "Portcullis",
    head_sha: head,
  });
  const again = checkRunPayload(github, "rerequested", data.id);
  const run = {
    id: data.id,
    head_sha: head,
    name: "Portcullis",
    app: { id: 4711 },
    pull_requests: [{ number: 12 }],
  };
  expect(again).toMatchObject({ ...ours, action: "rerequested", check_run: run });
  expect(described("check-run-rerequested", again)).toEqual([]);
  const button = checkRunPayload(github, "requested_action", data.id, {
    identifier: "rerun",
    sender: "ada",
  });
  expect(button).toMatchObject({
    requested_action: { identifier: "rerun" },
    sender: { login: "ada" },
  });
  expect(described("check-run-requested-action", button)).toEqual([]);
  const suite = checkSuitePayload(github, head);
  expect(suite).toMatchObject({ check_suite: { head_sha: head, pull_requests: [{ number: 12 }] } });
  expect(described("check-suite-rerequested", suite)).toEqual([]);
});

test("comments carry their text and author", async () => {
  const spoken = github.comment(12, "eve", "/portcullis rescan");
  const onIssue = issueCommentPayload(github, spoken.id);
  expect(onIssue).toMatchObject({
    ...ours,
    issue: { number: 12, pull_request: { url: `${github.url}/repos/acme/shop/pulls/12` } },
    comment: { body: "/portcullis rescan", user: { login: "eve" } },
  });
  expect(described("issue-comment-created", onIssue)).toEqual([]);

  const { data } = await client(github).rest.pulls.createReviewComment({
    ...repo,
    pull_number: 12,
    commit_id: head,
    path: "app.py",
    line: 1,
    body: "Look here.",
  });
  const answer = github.reply(data.id, "eve", "/portcullis dismiss tested");
  const onLine = await reviewCommentPayload(github, answer.id);
  expect(onLine).toMatchObject({
    ...ours,
    pull_request: { number: 12 },
    comment: {
      in_reply_to_id: data.id,
      body: "/portcullis dismiss tested",
      user: { login: "eve" },
    },
  });
  expect(described("pull-request-review-comment-created", onLine)).toEqual([]);
});

test("installation.created lists the repositories and permissions", () => {
  const payload = installationPayload(github);
  expect(payload).toMatchObject({
    installation: { id: 5150, permissions: { checks: "write" } },
    repositories: [{ full_name: "acme/shop" }],
  });
  expect(described("installation-created", payload)).toEqual([]);
});

test("a delivery is signed over its exact body, and keeps its id when sent again", async () => {
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(202).end("queued");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const payload = await pullRequestPayload(github, "opened", 12);
  for (let i = 0; i < 2; i += 1) {
    const answer = await deliver(`http://127.0.0.1:${port}/`, "pull_request", payload, {
      secret: "s3cret",
      id: "delivery-1",
    });
    expect(answer).toEqual({ status: 202, body: "queued" });
  }
  server.close();
  for (const { headers, body } of received) {
    const signature = createHmac("sha256", "s3cret").update(body).digest("hex");
    expect(headers).toMatchObject({
      "x-github-event": "pull_request",
      "x-github-delivery": "delivery-1",
      "x-hub-signature-256": `sha256=${signature}`,
    });
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(payload)));
  }
  const ids = [1, 2].map(() => signedDelivery("ping", {}, "s").headers["x-github-delivery"]);
  expect(new Set(ids).size).toBe(2);
});

test("payloads over 25 MB are not sent", async () => {
  const huge = deliver(github.url, "push", { text: "x".repeat(26_214_400) }, { secret: "s" });
  await expect(huge).rejects.toThrow("25 MB");
});

function described(name: string, payload: unknown): readonly string[] {
  return apiDescription().webhookProblems(name, JSON.parse(JSON.stringify(payload)));
}
