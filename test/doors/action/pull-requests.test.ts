import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type GitHubStandIn,
  mergeGroupPayload,
  type OpenPullRequest,
  pullRequestPayload,
} from "../../github/index.ts";
import { git } from "../../support/repository.ts";
import { type Job, runAction } from "./runner.ts";
import { atGitHub, checkout, KEY, readsOfTrees, type Shop, shop } from "./shop.ts";

// Writes go out a second apart, as GitHub asks for.
vi.setConfig({ testTimeout: 120_000, maxConcurrency: 20 });

let theShop: Shop;
beforeAll(async () => {
  theShop = await shop();
});
afterAll(() => theShop.sample.remove());

/** Opens the pull request and runs the Action for it. */
async function runForPull(
  github: GitHubStandIn,
  options: Partial<Job> & { readonly pull?: Partial<OpenPullRequest> } = {},
) {
  const { pull, ...job } = options;
  const { number } = await github.openPullRequest({ head: "feature", ...pull });
  const result = await runAction({
    event: "pull_request",
    payload: await pullRequestPayload(github, "opened", number),
    api: github.url,
    token: github.actionsToken(),
    ...job,
  });
  return { number, result };
}

describe.concurrent("a pull request", () => {
  it("of the same repository gets a check and a review, and the job fails", () =>
    atGitHub(theShop, async (github) => {
      const { result } = await runForPull(github);
      const [check] = github.checkRuns;
      expect(github.checkRuns).toHaveLength(1);
      expect(check).toMatchObject({ conclusion: "failure", completions: 1, name: "Portcullis" });
      // Not the merge commit that the workflow runs on.
      expect(check?.suite.headSha).toBe(theShop.head);
      expect(check?.annotations.map((one) => one["path"])).toEqual([
        "app/payments.py",
        "app/find.py",
      ]);
      expect(github.reviews).toHaveLength(1);
      expect(github.reviewComments.map((comment) => comment.path).sort()).toEqual([
        "app/find.py",
        "app/payments.py",
      ]);
      expect(result.status).toBe(1);
      expect(result.outputs).toMatchObject({
        conclusion: "failure",
        new: "2",
        critical: "1",
        high: "1",
        medium: "0",
        low: "0",
        "sarif-file": "",
      });
      const fingerprints: unknown = JSON.parse(result.outputs["fingerprints"] ?? "");
      expect(fingerprints).toEqual([
        expect.stringMatching(/^[0-9a-f]{32}$/),
        expect.stringMatching(/^[0-9a-f]{32}$/),
      ]);
      // The check has them: a second time, on the same lines, they would only be in the way.
      expect(result.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
        "error: 2 new findings (1 critical, 1 high). Fails on findings that are high or worse.",
      ]);
      expect(result.summary).toContain("2 new findings (1 critical, 1 high)");
    }));

  it("is not commented on a second time", () =>
    atGitHub(theShop, async (github) => {
      const { number } = await runForPull(github);
      await runAction({
        event: "pull_request",
        payload: await pullRequestPayload(github, "reopened", number),
        api: github.url,
        token: github.actionsToken(),
      });
      expect(github.reviewComments).toHaveLength(2);
      expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["failure", "failure"]);
    }));

  it("passes by threshold, gets no comment where none is wanted, and leaves SARIF", () =>
    atGitHub(theShop, async (github) => {
      const { result } = await runForPull(github, {
        with: { "fail-on": "never", comment: "false", "sarif-file": "out/portcullis.sarif" },
      });
      expect(result.status).toBe(0);
      expect(result.outputs).toMatchObject({
        conclusion: "neutral",
        "sarif-file": "out/portcullis.sarif",
      });
      expect(github.reviewComments).toEqual([]);
      expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["neutral"]);
    }));

  it("gets comments from the severity on that is asked for", () =>
    atGitHub(theShop, async (github) => {
      await runForPull(github, { with: { comment: "critical" } });
      expect(github.reviewComments.map((comment) => comment.path)).toEqual(["app/payments.py"]);
    }));

  it("is reviewed in the part that is wanted", () =>
    atGitHub(theShop, async (github) => {
      const { result } = await runForPull(github, { with: { "working-directory": "docs" } });
      expect(result.outputs).toMatchObject({ conclusion: "success", new: "0" });
    }));

  it.each([
    ["a fork", { fork: "outsider/shop", author: "outsider" }],
    ["Dependabot", { author: "dependabot[bot]" }],
  ])("of %s, whose token may only read, gets annotations, a summary and a failing job", (_, pull) =>
    atGitHub(theShop, async (github) => {
      const token = github.actionsToken({ readOnly: true });
      const { result } = await runForPull(github, { token, pull });
      expect(github.checkRuns).toEqual([]);
      expect(github.reviews).toEqual([]);
      expect(result.status).toBe(1);
      expect(result.outputs).toMatchObject({ conclusion: "failure", new: "2" });
      expect(
        result.annotations.map(({ level, properties }) => [
          level,
          properties["file"],
          properties["line"],
        ]),
      ).toEqual([
        ["error", "app/payments.py", "3"],
        ["error", "app/find.py", "3"],
        ["notice", undefined, undefined],
        ["error", undefined, undefined],
      ]);
      expect(result.annotations[2]?.message).toContain("`checks: write` is missing");
      expect(result.summary).toContain("`checks: write` is missing");
      expect(result.summary).toContain("app/find.py:3");
    }),
  );

  it("of a fork fails no job in advisory mode", () =>
    atGitHub(theShop, async (github) => {
      const token = github.actionsToken({ readOnly: true });
      const { result } = await runForPull(github, { token, with: { "fail-on": "never" } });
      expect(result.status).toBe(0);
      expect(result.outputs).toMatchObject({ conclusion: "neutral", new: "2" });
    }));

  it("is reviewed for pull_request_target too, from the base's checkout, without its head on disk", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.main);
      const { result } = await runForPull(github, {
        event: "pull_request_target",
        workspace,
        pull: { fork: "outsider/shop" },
      });
      expect(result.outputs).toMatchObject({ conclusion: "failure", new: "2" });
      expect(github.reviews).toHaveLength(1);
      expect(await git(workspace, ["rev-parse", "HEAD"])).toBe(theShop.main);
      expect(await git(workspace, ["status", "--porcelain"])).toBe("");
    }));

  it("at an Enterprise Server is reviewed there", () =>
    atGitHub(theShop, async (github) => {
      const { result } = await runForPull(github, { api: github.enterpriseUrl });
      expect(result.outputs).toMatchObject({ conclusion: "failure", new: "2" });
      expect(github.reviews).toHaveLength(1);
    }));

  it("is configured by its base", () =>
    atGitHub(theShop, async (github) => {
      const { result } = await runForPull(github, { with: { config: "portcullis.yml" } });
      expect(result.status).toBe(1);
      expect(result.annotations.map((one) => one.message).join()).toContain(
        "There is no configuration at `portcullis.yml` in the base.",
      );
      expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["neutral"]);
    }));

  it.each(["SIGINT", "SIGTERM"] as const)(
    "whose job is cancelled by %s gets its check closed",
    (signal) =>
      atGitHub(theShop, async (github) => {
        let interrupt = () => {};
        github.onRequest(({ operation }) => {
          if (operation === "repos/compare-commits-with-basehead") interrupt();
        });
        const { result } = await runForPull(github, {
          onStart: (child) => {
            interrupt = () => child.kill(signal);
          },
        });
        expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["cancelled"]);
        expect(result.outputs["conclusion"]).toBe("cancelled");
      }),
  );

  it("that gets a newer commit meanwhile is left to the run for that", () =>
    atGitHub(theShop, async (github) => {
      github.onRequest(async ({ operation }) => {
        if (operation === "repos/compare-commits-with-basehead")
          await github.push(1, theShop.merge);
      });
      const { result } = await runForPull(github);
      expect(result.status).toBe(0);
      expect(result.outputs["conclusion"]).toBe("cancelled");
      expect(github.reviews).toEqual([]);
      expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["cancelled"]);
    }));

  it.each([
    ["fails", "high", 1],
    ["does not fail", "never", 0],
  ])(
    "%s the job, with a neutral check, where GitHub does not answer, to fail on %s",
    (_, failOn, status) =>
      atGitHub(theShop, async (github) => {
        github.inject({
          match: ({ operation }) => operation === "repos/compare-commits-with-basehead",
          fault: { status: 404 },
          times: 10,
        });
        const { result } = await runForPull(github, { with: { "fail-on": failOn } });
        expect(result.status).toBe(status);
        expect(github.checkRuns.map((check) => check.conclusion)).toEqual(["neutral"]);
      }),
  );
});

describe.concurrent("a checkout", () => {
  const same = { conclusion: "failure", new: "2", critical: "1", high: "1" };

  it("that is shallow is completed by the two commits, and contents are read from it", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge);
      const { result } = await runForPull(github, { workspace });
      expect(result.outputs).toMatchObject(same);
      expect(result.printed).toContain(
        `from the checkout, at ${theShop.mergeBase} and ${theShop.head}`,
      );
      expect(readsOfTrees(github)).toBe(0);
      // Its own history is as shallow as it was.
      expect(await git(workspace, ["rev-list", "--count", "HEAD"])).toBe("1");
    }));

  it("with the whole history is read without fetching", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge, { depth: 0 });
      await git(workspace, ["remote", "remove", "origin"]);
      const { result } = await runForPull(github, { workspace });
      expect(result.outputs).toMatchObject(same);
      expect(readsOfTrees(github)).toBe(0);
      expect(await git(workspace, ["rev-parse", "--is-shallow-repository"])).toBe("false");
    }));

  it("that cannot be completed is passed over, and the log says how to help", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge);
      await git(workspace, ["remote", "set-url", "origin", "file:///does/not/exist"]);
      const { result } = await runForPull(github, { workspace });
      expect(result.outputs).toMatchObject(same);
      expect(result.printed).toContain("With `fetch-depth: 0`, actions/checkout fetches them.");
      expect(readsOfTrees(github)).toBe(1);
    }));

  it("without contents is passed over", () =>
    atGitHub(theShop, async (github) => {
      await git(theShop.sample.directory, ["config", "uploadpack.allowFilter", "true"]);
      const workspace = await checkout(theShop, theShop.merge, { depth: 0, filter: "blob:none" });
      const { result } = await runForPull(github, { workspace });
      expect(result.outputs).toMatchObject(same);
      expect(readsOfTrees(github)).toBe(1);
    }));

  it("runs nothing that it holds or configures", () =>
    atGitHub(theShop, async (github) => {
      const workspace = await checkout(theShop, theShop.merge);
      const trap = join(workspace, "trap.sh");
      await writeFile(trap, `#!/bin/sh\ntouch "${workspace}/sprung"\n`, { mode: 0o755 });
      await writeFile(join(workspace, "package.json"), `{ "imports": { "#rules": "./trap.js" } }`);
      await git(workspace, ["config", "core.fsmonitor", trap]);
      await git(workspace, ["config", "core.hooksPath", workspace]);
      await writeFile(join(workspace, "reference-transaction"), `#!/bin/sh\n${trap}\n`, {
        mode: 0o755,
      });
      const { result } = await runForPull(github, { workspace });
      expect(result.outputs).toMatchObject(same);
      expect(await readdir(workspace)).not.toContain("sprung");
    }));
});

describe.concurrent("a merge queue", () => {
  it("gets a check on its own head, and no comment", () =>
    atGitHub(theShop, async (github) => {
      const { number } = await github.openPullRequest({ head: "feature" });
      const result = await runAction({
        event: "merge_group",
        payload: await mergeGroupPayload(github, "checks_requested", {
          number,
          headSha: theShop.merge,
        }),
        api: github.url,
        token: github.actionsToken(),
      });
      expect(result.status).toBe(1);
      expect(github.checkRuns.map((check) => [check.suite.headSha, check.conclusion])).toEqual([
        [theShop.merge, "failure"],
      ]);
      expect(github.reviews).toEqual([]);
      expect(result.outputs).toMatchObject({ conclusion: "failure", new: "2" });
    }));
});

describe.concurrent("a secret", () => {
  it.each([
    ["a checkout with its history", 0, 1],
    // Its only commit seems to add all that it holds, and nothing else.
    ["GitHub where the checkout is shallow", 1, 2],
    ["GitHub", undefined, 2],
  ])("that was taken out again is found in %s", (_, depth, compared) =>
    atGitHub(theShop, async (github) => {
      const last = theShop.sample.commits.at(-1) ?? "";
      const workspace = depth === undefined ? undefined : await checkout(theShop, last, { depth });
      const { result } = await runForPull(github, {
        pull: { head: "taken-back" },
        ...(workspace !== undefined && { workspace }),
      });
      expect(result.status).toBe(1);
      expect(result.outputs).toMatchObject({ conclusion: "failure", new: "1" });
      const [check] = github.checkRuns;
      expect(check?.summary).toContain("a later one took it out again");
      expect(JSON.stringify(check) + result.printed + result.summary).not.toContain(KEY);
      const patches = github.calls.filter(({ path }) => path.includes("/compare/"));
      expect(patches).toHaveLength(compared);
    }),
  );

  it("is masked before anything is printed, and printed nowhere", () =>
    atGitHub(theShop, async (github) => {
      const token = github.actionsToken({ readOnly: true });
      const { result } = await runForPull(github, { token, with: { "sarif-file": "a.sarif" } });
      expect(result.masks).toContain(KEY);
      expect(result.masks).toContain(token);
      const [before = "", ...after] = result.printed.split(`::add-mask::${KEY}\n`);
      expect(before).not.toContain("::stop-commands::");
      expect(before + after.join("")).not.toContain(KEY);
      expect(result.summary).not.toContain(KEY);
      expect(JSON.stringify(result.outputs)).not.toContain(KEY);
    }));
});
