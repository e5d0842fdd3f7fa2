import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "./index.ts";
import { appClient, client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

const repo = { owner: "acme", repo: "shop" };
let sample: SampleRepository;
let github: GitHubStandIn;

beforeAll(async () => {
  sample = await sampleRepository([
    { branch: "main", files: { "app.py": "a\n" } },
    { branch: "feature", from: "main", files: { "app.py": "b\n" } },
  ]);
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

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${github.url}${path}`, {
    headers: { authorization: `Bearer ${github.installationToken()}`, ...headers },
  });

describe("the App", () => {
  test("signs in with its key, on github.com and on an Enterprise Server", async () => {
    await start();
    for (const baseUrl of [github.url, github.enterpriseUrl]) {
      const octokit = appClient(github, { baseUrl, installationId: github.installationId });
      const { data } = await octokit.rest.repos.get(repo);
      expect(data.url).toBe(`${baseUrl}/repos/acme/shop`);
      expect((await octokit.rest.apps.getAuthenticated()).data?.slug).toBe("portcullis");
      const { data: installation } = await octokit.rest.apps.getRepoInstallation(repo);
      expect(installation.id).toBe(github.installationId);
      expect(await octokit.graphql("{ viewer { login } }")).toEqual({
        viewer: { login: "portcullis[bot]" },
      });
    }
    expect(github.calls.map(({ path }) => path)).toContain("/api/graphql");
  });

  test("is refused with another key, without a token, with an unknown one", async () => {
    const octokit = await start();
    const other = await startGitHub({
      repository: sample.directory,
      owner: "acme",
      name: "shop",
      app: { id: 4712 },
    });
    await other.close();
    const stranger = appClient(github, { privateKey: other.privateKey });
    await expect(stranger.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    await expect(octokit.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    await expect(client(github, "ghs_unknown").rest.repos.get(repo)).rejects.toMatchObject({
      status: 401,
    });
    expect((await fetch(`${github.url}/repos/acme/shop`)).status).toBe(401);
  });

  test("gets tokens with fewer permissions, never with more", async () => {
    await start();
    const app = appClient(github);
    const installation_id = github.installationId;
    const { data } = await app.rest.apps.createInstallationAccessToken({
      installation_id,
      permissions: { contents: "read" },
    });
    const pulls = client(github, data.token).rest.pulls.get({ ...repo, pull_number: 1 });
    await expect(pulls).rejects.toMatchObject({ status: 403 });
    const more = app.rest.apps.createInstallationAccessToken({
      installation_id,
      permissions: { contents: "write" },
    });
    await expect(more).rejects.toMatchObject({ status: 422 });
  });

  test("is redirected from a repository's old name, reading and writing", async () => {
    const octokit = await start();
    github.rename("store");
    const { data } = await octokit.rest.repos.get(repo);
    expect(data.full_name).toBe("acme/store");
    await octokit.rest.issues.createComment({ ...repo, issue_number: 1, body: "b" });
    expect(github.issueComments).toHaveLength(1);
  });
});

describe("limits", () => {
  test("the primary one is counted down in headers and answers 403 when it is spent", async () => {
    const octokit = await start({ rateLimit: 3 });
    const first = await octokit.rest.repos.get(repo);
    expect(first.headers["x-ratelimit-remaining"]).toBe("2");
    const { data } = await octokit.rest.rateLimit.get();
    expect(data.resources.core).toMatchObject({ limit: 3, used: 1 });
    github.setRemaining("core", 0, 30);
    await expect(octokit.rest.repos.get(repo)).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-ratelimit-remaining": "0" } },
    });
  });

  test("the secondary one strikes on demand", async () => {
    const octokit = await start();
    const limit = github.limitSecondary({
      match: ({ method }) => method === "POST",
      retryAfter: 7,
    });
    await octokit.rest.repos.get(repo);
    const comment = { ...repo, issue_number: 1, body: "b" };
    await expect(octokit.rest.issues.createComment(comment)).rejects.toMatchObject({
      status: 403,
      response: { headers: { "retry-after": "7" } },
    });
    await octokit.rest.issues.createComment(comment);
    expect(limit.hits).toBe(1);
  });

  test("the secondary one strikes for too much content in a minute", async () => {
    const octokit = await start({ limits: { contentPerMinute: 2 } });
    const comment = { ...repo, issue_number: 1, body: "b" };
    await octokit.rest.issues.createComment(comment);
    await octokit.rest.issues.createComment(comment);
    await expect(octokit.rest.issues.createComment(comment)).rejects.toThrow(
      /secondary rate limit/,
    );
  });

  test("the secondary one strikes for too many requests at once", async () => {
    await start({ limits: { concurrentRequests: 3 } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => get("/repos/acme/shop/compare/main...feature")),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(403);
  });
});

describe("faults", () => {
  test("an error is answered so many times", async () => {
    const octokit = await start();
    const fault = { status: 502, headers: { "x-fault": "1" }, body: { message: "Bad Gateway" } };
    const injected = github.inject({
      match: ({ operation }) => operation === "repos/get",
      times: 2,
      fault,
    });
    for (let i = 0; i < 2; i += 1) {
      await expect(octokit.rest.repos.get(repo)).rejects.toMatchObject({ status: 502 });
    }
    expect((await octokit.rest.repos.get(repo)).status).toBe(200);
    expect(injected.hits).toBe(2);
  });

  test("a reset or a hang performs nothing; 'after' performs and cuts the answer off", async () => {
    const octokit = await start();
    const comment = { ...repo, issue_number: 1, body: "b" };
    const match = ({ method }: { readonly method: string }) => method === "POST";
    const stored: number[] = [];
    for (const fault of [{ reset: true }, { hang: 20 }, "after"] as const) {
      github.inject({ match, fault });
      await expect(octokit.rest.issues.createComment(comment)).rejects.toMatchObject({
        status: 500,
      });
      stored.push(github.issueComments.length);
    }
    expect(stored).toEqual([0, 0, 1]);
    expect(github.calls.map(({ status }) => status)).toEqual([0, 0, 0]);
  });

  test("a hook may act between two calls", async () => {
    const octokit = await start();
    const stop = github.onRequest(({ operation }) => {
      if (operation === "pulls/get") github.closePullRequest(1);
    });
    const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: 1 });
    expect(data.state).toBe("closed");
    stop();
    github.edit(1, { state: "open" });
    expect((await octokit.rest.pulls.get({ ...repo, pull_number: 1 })).data.state).toBe("open");
  });

  test("closing does not wait for a hanging request", async () => {
    await start();
    github.inject({ match: () => true, fault: { hang: 60_000 } });
    const pending = get("/repos/acme/shop").catch(() => "cut");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await github.close();
    expect(await pending).toBe("cut");
  });
});

describe("the description", () => {
  test("is held against paths, parameters and bodies", async () => {
    const octokit = await start();
    await expect(octokit.request("GET /repos/acme/shop/nothing")).rejects.toMatchObject({
      status: 404,
    });
    await expect(octokit.request("GET /repos/acme/shop/labels")).rejects.toMatchObject({
      status: 501,
    });
    await octokit.request("GET /repos/acme/shop/pulls/1/files?pre_page=3");
    await octokit.request("POST /repos/acme/shop/issues/1/comments", { body: "b", bdoy: "c" });
    const noBody = octokit.request("POST /repos/acme/shop/issues/1/comments", {});
    await expect(noBody).rejects.toMatchObject({ status: 422 });
    const wrong = octokit.request("GET /repos/acme/shop/pulls/one");
    await expect(wrong).rejects.toMatchObject({ status: 422 });
    expect(() => github.expectNoViolations()).toThrow(
      [
        "6 violations of GitHub's API:",
        "- GET /repos/acme/shop/nothing: GitHub has no such operation",
        "- GET /repos/acme/shop/labels: the stand-in does not answer issues/list-labels-for-repo",
        "- GET /repos/acme/shop/pulls/1/files: request: query parameter pre_page is not in the description",
        "- POST /repos/acme/shop/issues/1/comments: request: body/bdoy is not in the description",
        "- POST /repos/acme/shop/issues/1/comments: request: body missing",
        "- GET /repos/acme/shop/pulls/one: request: pull_number must be integer",
      ].join("\n"),
    );
    expect(github.violations).toEqual([]);
  });

  test("is held against answers", async () => {
    const octokit = await start({ advisories: [{ ghsa_id: "GHSA-1", type: "reviewed" }] });
    await octokit.rest.securityAdvisories.listGlobalAdvisories();
    expect(github.takeViolations()).toEqual([
      expect.stringContaining("200 response: response/0 must have"),
    ]);
  });

  test("requests that are not JSON, or name no client, are refused", async () => {
    await start();
    const headers = { authorization: `Bearer ${github.installationToken()}` };
    const init = { method: "POST", headers, body: "{" };
    expect((await fetch(`${github.url}/repos/acme/shop/issues/1/comments`, init)).status).toBe(400);
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      request(`${github.url}/repos/acme/shop`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test("an unchanged answer is 304", async () => {
    await start();
    const first = await get("/repos/acme/shop");
    const etag = first.headers.get("etag") ?? "";
    expect((await get("/repos/acme/shop", { "if-none-match": etag })).status).toBe(304);
  });

  test("the call log names operations and statuses, and is reset", async () => {
    const octokit = await start();
    await octokit.rest.repos.get(repo);
    expect(github.calls).toMatchObject([
      { method: "GET", path: "/repos/acme/shop", status: 200, operation: "repos/get" },
    ]);
    github.resetCalls();
    expect(github.calls).toEqual([]);
  });
});

describe("security data", () => {
  const sarif = (log: unknown) => gzipSync(JSON.stringify(log)).toString("base64");
  const upload = { ...repo, commit_sha: "5".repeat(40), ref: "refs/pull/1/head" };
  const log = {
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "p", rules: [{}, {}] } }, results: [{}, {}] }],
  };

  test("SARIF is taken with permission and within the limits", async () => {
    const octokit = await start({ permissions: { metadata: "read", security_events: "write" } });
    const { status } = await octokit.rest.codeScanning.uploadSarif({
      ...upload,
      sarif: sarif(log),
    });
    expect(status).toBe(202);
    expect(github.sarifUploads[0]).toMatchObject({ ref: "refs/pull/1/head", sarif: log });
    for (const bad of [
      "bm8=",
      sarif({ version: "2.1.0" }),
      sarif({ ...log, runs: Array(21).fill({}) }),
    ]) {
      await expect(
        octokit.rest.codeScanning.uploadSarif({ ...upload, sarif: bad }),
      ).rejects.toMatchObject({ status: 400 });
    }
    await github.close();
    for (const limits of [{ sarifBytes: 10 }, { sarifResults: 1 }, { sarifRules: 1 }]) {
      const limited = await start({ limits, permissions: { security_events: "write" } });
      const refused = limited.rest.codeScanning.uploadSarif({ ...upload, sarif: sarif(log) });
      await expect(refused).rejects.toMatchObject({ status: limits.sarifBytes ? 413 : 400 });
      await github.close();
    }
    const without = await start();
    await expect(
      without.rest.codeScanning.uploadSarif({ ...upload, sarif: sarif(log) }),
    ).rejects.toMatchObject({ status: 403 });
  });

  test("advisories are filtered by package, version and ecosystem, and paged by cursor", async () => {
    const { apiDescription } = await import("./index.ts");
    const advisory = (ghsa_id: string, ecosystem: string, name: string, range: string) =>
      apiDescription().example("global-advisory", {
        ghsa_id,
        type: "reviewed",
        severity: "high",
        vulnerabilities: [
          {
            package: { ecosystem, name },
            vulnerable_version_range: range,
            first_patched_version: "2.0",
            vulnerable_functions: [],
          },
        ],
      });
    const octokit = await start({
      advisories: [
        advisory("GHSA-a", "pip", "django", ">= 1.0, < 2.0"),
        advisory("GHSA-b", "pip", "flask", "< 1.0"),
        advisory("GHSA-c", "npm", "django", "< 9.0"),
      ],
    });
    const list = octokit.rest.securityAdvisories.listGlobalAdvisories;
    const ids = async (more: Parameters<typeof list>[0]) =>
      (await list(more)).data.map(({ ghsa_id }) => ghsa_id);
    expect(await ids({ ecosystem: "pip", affects: "django@1.5,flask@0.9" })).toEqual([
      "GHSA-a",
      "GHSA-b",
    ]);
    expect(await ids({ ecosystem: "pip", affects: "django@2.0" })).toEqual([]);
    const pages = await octokit.paginate(list, { per_page: 1 });
    expect(pages.map(({ ghsa_id }) => ghsa_id)).toEqual(["GHSA-a", "GHSA-b", "GHSA-c"]);
  });

  test("the dependency graph answers its list, or 404, or 403", async () => {
    const octokit = await start();
    const ask = () =>
      octokit.rest.dependencyGraph.diffRange({ ...repo, basehead: "main...feature" });
    await expect(ask()).rejects.toMatchObject({ status: 404 });
    github.repository().dependencyChanges = "forbidden";
    await expect(ask()).rejects.toMatchObject({ status: 403 });
    github.repository().dependencyChanges = [];
    expect((await ask()).data).toEqual([]);
  });
});
