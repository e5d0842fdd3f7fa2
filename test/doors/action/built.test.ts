// The scenarios of a workflow from a ref that is built first: once for all, as by a job whose program the others find. The other tests of
// the action run its scenarios with the bundle of a release tag, and nothing beside it.
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type GitHubStandIn, mergeGroupPayload, pullRequestPayload } from "../../github/index.ts";
import { installed, plainCheckout } from "./plain-checkout.ts";
import { type Job, type JobResult, runAction } from "./runner.ts";
import { atGitHub, checkout, readsOfTrees, type Shop, shop } from "./shop.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000, maxConcurrency: 5 });

let theShop: Shop;
beforeAll(async () => {
  theShop = await shop();
});
afterAll(() => theShop.sample.remove());

const found = { conclusion: "failure", new: "2", critical: "1", high: "1" };
const paths = ["app/find.py", "app/payments.py"];
const commented = (github: GitHubStandIn) => github.reviewComments.map(({ path }) => path).sort();

describe.concurrent("with a plain checkout", () => {
  let action: string;
  let packages: string;
  let first: JobResult;
  beforeAll(async () => {
    action = await plainCheckout();
    const { environment, packages: folder } = await installed();
    packages = folder;
    await atGitHub(theShop, async (github) => {
      const job = { event: "schedule", payload: {}, api: github.url, token: github.actionsToken() };
      first = await runAction({ ...job, action, environment });
    });
  });
  const run = (github: GitHubStandIn, job: Pick<Job, "event" | "payload"> & Partial<Job>) => {
    const done = { program: first.steps["program"] ?? {} };
    return runAction({ api: github.url, token: github.actionsToken(), action, done, ...job });
  };

  it("is built from packages that were installed before, without the network", async () => {
    expect(first.annotations.map((one) => one.message)).toEqual([
      expect.stringContaining("There is nothing to scan"),
    ]);
    // Nothing of the build stays behind.
    expect(await readdir(packages)).toEqual(["node_modules"]);
    // What was built stands elsewhere, so that nothing takes it for a release.
    expect(await readdir(action), first.printed).not.toContain("dist");
    expect(await readdir(action)).not.toContain("node_modules");
  });

  const opened = async (github: GitHubStandIn, pull = {}) => {
    const { number } = await github.openPullRequest({ head: "feature", ...pull });
    return pullRequestPayload(github, "opened", number);
  };

  it("a pull request of the same repository gets its check and its review, without a checkout", () =>
    atGitHub(theShop, async (github) => {
      const payload = await opened(github);
      const result = await run(github, { event: "pull_request", payload });
      expect(result.outputs).toMatchObject(found);
      expect(github.checkRuns).toMatchObject([{ conclusion: "failure", completions: 1 }]);
      expect(github.reviews).toHaveLength(1);
      expect(commented(github)).toEqual(paths);
    }));

  it("a fork, whose token may only read, gets annotations", () =>
    atGitHub(theShop, async (github) => {
      const payload = await opened(github, { fork: "outsider/shop", author: "outsider" });
      const token = github.actionsToken({ readOnly: true });
      const result = await run(github, { event: "pull_request", payload, token });
      expect(result.outputs).toMatchObject(found);
      expect(github.checkRuns).toEqual([]);
      const files = result.annotations.flatMap(({ properties }) => properties["file"] ?? []);
      expect(files.sort()).toEqual(paths);
    }));

  it("a merge queue gets a check on its head", () =>
    atGitHub(theShop, async (github) => {
      const { number } = await github.openPullRequest({ head: "feature" });
      const group = { number, headSha: theShop.merge };
      const payload = await mergeGroupPayload(github, "checks_requested", group);
      const result = await run(github, { event: "merge_group", payload });
      expect(result.outputs).toMatchObject(found);
      expect(github.checkRuns).toMatchObject([{ suite: { headSha: theShop.merge } }]);
      expect(github.reviews).toEqual([]);
    }));

  it("a shallow clone is completed by the two commits", () =>
    atGitHub(theShop, async (github) => {
      const payload = await opened(github);
      const workspace = await checkout(theShop, theShop.merge);
      const result = await run(github, { event: "pull_request", payload, workspace });
      expect(result.outputs).toMatchObject(found);
      expect(result.printed).toContain(`at ${theShop.mergeBase} and ${theShop.head}`);
      expect(readsOfTrees(github)).toBe(0);
    }));
});
