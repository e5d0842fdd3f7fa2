// The App and a workflow with the Action on one repository: two checks, and each finding said once.
import { describe, expect, it } from "vitest";
import { pullRequestPayload } from "../../github/index.ts";
import { meetBefore, QUIET, SQL, type StartedApp, setting } from "../app/setting.ts";
import { runAction } from "./runner.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": QUIET } },
]);

const runForPull = async ({ github }: StartedApp) =>
  runAction({
    event: "pull_request",
    payload: await pullRequestPayload(github, "opened", 1),
    api: github.url,
    token: github.actionsToken(),
  });

describe.concurrent("the App and the Action", () => {
  it("say a finding once when they review at the same moment", async () => {
    // The App waits for the Action, which has to start first.
    const app = await start({ requestTimeout: 120_000 });
    await app.github.openPullRequest({ head: commit(1) });
    meetBefore("reviews", app.github, 2);
    await Promise.all([app.sendPullRequest("opened"), runForPull(app)]);
    await app.concluded(2);
    expect(app.github.checkRuns.map((run) => run.conclusion)).toEqual(["failure", "failure"]);
    expect(app.github.reviews).toHaveLength(2);
    expect(app.github.reviewComments).toHaveLength(1);
  });

  it.each([
    ["the App", ["portcullis[bot]"]],
    ["the Action", ["github-actions[bot]"]],
  ])("say a finding once and have a check each, when %s comes first", async (first, authors) => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(1) });
    if (first === "the Action") await runForPull(app);
    await app.sendPullRequest("opened");
    await app.concluded(first === "the Action" ? 2 : 1);
    if (first === "the App") await runForPull(app);

    const { checkRuns, reviewComments } = app.github;
    expect(checkRuns.map((run) => [run.conclusion, run.completions])).toEqual([
      ["failure", 1],
      ["failure", 1],
    ]);
    expect(new Set(checkRuns.map((run) => run.suite.appId)).size).toBe(2);
    expect(reviewComments.map(({ author }) => author)).toEqual(authors);

    // Whoever said it takes it back, and only the App's check has buttons that somebody answers to.
    await app.github.push(1, commit(2));
    await app.sendPullRequest("synchronize", 1, { before: commit(1) });
    await app.concluded(3);
    await runForPull(app);
    expect(checkRuns.slice(2).map((run) => run.conclusion)).toEqual(["success", "success"]);
    expect(reviewComments).toHaveLength(1);
    expect(reviewComments[0]?.body).toContain("Fixed as of");
    const withButtons = checkRuns.filter((run) => run.actions.length > 0);
    expect(withButtons.map((run) => run.suite.appId)).toEqual([app.github.appId]);
    expect(reviewComments[0]?.body.includes("reply `/portcullis dismiss`")).toBe(
      first === "the App",
    );
  });
});
