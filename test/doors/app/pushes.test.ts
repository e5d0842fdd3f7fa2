import { describe, expect, it } from "vitest";
import { baseChange, pullRequestPayload } from "../../github/index.ts";
import { PICKLE, QUIET, SECOND_SQL, SQL, setting, until } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET, "load.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": QUIET, "load.py": PICKLE } },
  { branch: "feature", files: { "app.py": SQL } },
  { branch: "other", from: "main", files: { "load.py": PICKLE } },
  { branch: "quiet", from: "main", files: { "app.py": `${QUIET}\n` } },
  {
    branch: "outspoken",
    from: "main",
    files: { ".github/portcullis.yml": "comment-on-drafts: true\n" },
  },
  { branch: "on-outspoken", from: "outspoken", files: { "app.py": SQL } },
  { branch: "both", from: "main", files: { "app.py": SQL + SECOND_SQL } },
]);
const [BASE, FIRST, SECOND, THIRD, OTHER] = [0, 1, 2, 3, 4] as const;

describe.concurrent("a pull request that is opened", () => {
  it("gets one check run and one review", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({
      name: "Portcullis",
      conclusion: "failure",
      completions: 1,
      title: "1 new finding (1 high)",
    });
    expect(check?.annotations).toHaveLength(1);
    expect(app.github.reviews).toMatchObject([{ state: "COMMENTED" }]);
    expect(app.github.reviewComments).toMatchObject([{ path: "app.py" }]);
  });

  it("hears nothing when there is nothing to say", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "quiet" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    expect(app.github.reviews).toEqual([]);
    expect(app.github.issueComments).toEqual([]);
  });

  it("hears the same once, however often the delivery comes", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    const id = await app.sendPullRequest("opened");
    await app.sendPullRequest("opened", 1, { id });
    await app.concluded();
    app.github.resetCalls();
    await app.sendPullRequest("opened", 1, { id });
    await app.idle();
    expect(app.calls()).toEqual([]);
    // A process that knows nothing of the first delivery.
    const payload = await pullRequestPayload(app.github, "opened", 1);
    await app.send("pull_request", payload, "another-delivery");
    await app.idle();
    await app.concluded();
    expect(app.calls().filter((call) => /^POST/.test(call))).toEqual([]);
    expect(app.github.reviewComments).toHaveLength(1);
  });

  it("hears the same once when two deliveries come at once", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await Promise.all([app.sendPullRequest("opened"), app.sendPullRequest("opened")]);
    await app.concluded();
    expect(app.github.reviewComments).toHaveLength(1);
  });

  it("is reviewed beside others, two at a time", async () => {
    const app = await start();
    for (const head of [FIRST, SECOND, OTHER])
      await app.github.openPullRequest({ head: commit(head) });
    await Promise.all([1, 2, 3].map((number) => app.sendPullRequest("opened", number)));
    await app.concluded(3);
    expect(app.github.reviewComments.map(({ pull }) => pull).sort()).toEqual([1, 2, 3]);
  });
});

describe.concurrent("a push", () => {
  it("edits the comment of what it fixes, posts what it adds, and reopens what comes back", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.concluded();

    await app.github.push(1, commit(SECOND));
    app.github.resetCalls();
    await app.sendPullRequest("synchronize", 1, { before: commit(FIRST) });
    await app.concluded(2);
    const [sql, pickle, ...rest] = app.github.reviewComments;
    expect(rest).toEqual([]);
    expect(sql?.body).toContain(`Fixed as of ${commit(SECOND).slice(0, 12)}`);
    expect(sql?.minimized).toBe("resolved");
    expect(pickle).toMatchObject({ path: "load.py", minimized: undefined });
    expect(app.github.reviews).toHaveLength(2);
    expect(app.calls().filter((call) => call.startsWith("PATCH /pulls/comments"))).toHaveLength(1);

    await app.github.push(1, commit(THIRD));
    await app.sendPullRequest("synchronize", 1, { before: commit(SECOND) });
    const checks = await app.concluded(3);
    expect(checks[2]?.title).toBe("2 new findings (1 high, 1 medium)");
    expect(app.github.reviewComments).toHaveLength(2);
    expect(app.github.reviewComments[0]?.body).not.toContain("Fixed as of");
    expect(app.github.reviewComments[0]?.minimized).toBeUndefined();
    expect(app.github.reviews).toHaveLength(2);
  });

  it("ends the review of the head that it replaces, which then says nothing", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    let pushed = false;
    app.github.onRequest(async ({ operation }) => {
      if (operation !== "graphql" || pushed) return;
      pushed = true;
      await app.github.push(1, commit(OTHER));
      await app.sendPullRequest("synchronize", 1, { before: commit(FIRST) });
    });
    await app.sendPullRequest("opened");
    const [old, now] = await app.concluded(2);
    expect(old).toMatchObject({ conclusion: "cancelled", title: "Superseded", completions: 1 });
    expect(now).toMatchObject({ conclusion: "success", suite: { headSha: commit(OTHER) } });
    expect(app.github.reviewComments).toMatchObject([{ path: "load.py" }]);
  });

  it("is noticed before anything is posted, though its delivery is late", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    let isFirst = true;
    app.github.onRequest(async ({ operation }) => {
      if (operation !== "pulls/get" || !isFirst) return;
      isFirst = false;
      await app.github.push(1, commit(OTHER));
    });
    await app.sendPullRequest("opened");
    const [old, now] = await app.concluded(2);
    expect(old).toMatchObject({ conclusion: "cancelled" });
    expect(now).toMatchObject({ suite: { headSha: commit(OTHER) } });
    expect(app.github.reviewComments).toMatchObject([{ path: "load.py" }]);
    await app.sendPullRequest("synchronize", 1, { before: commit(FIRST) });
    await app.concluded(2);
  });

  it("is not undone by deliveries that arrive in another order", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.github.push(1, commit(SECOND));
    const older = await pullRequestPayload(app.github, "synchronize", 1, { before: commit(FIRST) });
    await app.github.push(1, commit(THIRD));
    const newer = await pullRequestPayload(app.github, "synchronize", 1, {
      before: commit(SECOND),
    });
    await app.send("pull_request", newer);
    await app.send("pull_request", older);
    const [check] = await app.concluded();
    expect(check?.suite.headSha).toBe(commit(THIRD));
    expect(app.github.reviewComments).toHaveLength(2);
  });
});

describe.concurrent("a pull request that is closed", () => {
  it("ends its review, and is reviewed again once it is reopened", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    const stop = app.github.onRequest(async ({ operation }) => {
      if (operation !== "graphql") return;
      stop();
      app.github.closePullRequest(1);
      await app.sendPullRequest("closed");
    });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({
      conclusion: "cancelled",
      summary: "The pull request was closed.",
    });
    expect(app.github.reviewComments).toEqual([]);

    app.github.edit(1, { state: "open" });
    await app.sendPullRequest("reopened");
    const [, again] = await app.concluded(2);
    expect(again?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toHaveLength(1);
  });
});

it.concurrent.each(["closed", "made a draft"])(
  "a pull request that is %s meanwhile hears nothing, though that delivery is late",
  async (change) => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    app.github.onRequest(({ operation }) => {
      if (operation !== "pulls/get") return;
      if (change === "closed") app.github.closePullRequest(1);
      else app.github.edit(1, { draft: true });
    });
    await app.sendPullRequest("opened");
    await app.concluded();
    expect(app.github.reviewComments).toEqual([]);
  },
);

describe.concurrent("the base of a pull request", () => {
  it("is compared anew when it is another branch", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(THIRD), base: "main" });
    await app.sendPullRequest("opened");
    await app.concluded();
    expect(app.github.reviewComments).toHaveLength(2);
    await app.github.moveBranch("release", commit(SECOND));
    await app.github.changeBase(1, "release");
    await app.sendPullRequest("edited", 1, { changes: baseChange("main", commit(BASE)) });
    const [, check] = await app.concluded(2);
    // The other finding is old on that branch.
    expect(check?.title).toBe("1 new finding (1 high)");
    expect(app.github.reviewComments.filter(({ body }) => body.includes("Fixed"))).toHaveLength(1);
  });

  it("is not looked at when only title or text are edited", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("edited", 1, { changes: { title: { from: "Before" } } });
    await app.idle();
    expect(app.calls()).toEqual([]);
  });

  it("may have moved on", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST), baseSha: commit(OTHER) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.title).toBe("1 new finding (1 high)");
  });
});

describe.concurrent("a draft", () => {
  it("gets a check, and comments once it is ready", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST), draft: true });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toEqual([]);
    app.github.edit(1, { draft: false });
    await app.sendPullRequest("ready_for_review");
    await app.concluded(2);
    expect(app.github.reviewComments).toHaveLength(1);
    app.github.edit(1, { draft: true });
    await app.github.push(1, commit(SECOND));
    // The push was told to nobody.
    await app.sendPullRequest("converted_to_draft");
    await app.concluded(3);
    expect(app.github.reviewComments).toHaveLength(1);
  });
});

it.concurrent("a draft gets comments where the configuration wants them", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "on-outspoken", base: "outspoken", draft: true });
  await app.sendPullRequest("opened");
  await app.concluded();
  expect(app.github.reviewComments).toHaveLength(1);
});

describe.concurrent("whoever opened it", () => {
  it.each([
    ["a fork", { fork: "stranger/shop" }],
    ["somebody whose fork was deleted", { fork: null }],
    ["a bot", { author: "dependabot[bot]" }],
  ])("%s is reviewed like all others", async (_, options) => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST), ...options });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toHaveLength(1);
  });
});

it.concurrent("a fork that is deleted does not stop the review", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "quiet", fork: null });
  await app.sendPullRequest("opened");
  const [check] = await app.concluded();
  expect(check?.conclusion).toBe("success");
});

describe.concurrent("a repository that was renamed", () => {
  it("keeps its conversation", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.concluded();
    app.github.rename("store");
    await app.github.push(1, commit(THIRD));
    await app.sendPullRequest("synchronize", 1, { before: commit(FIRST) });
    await app.concluded(2);
    expect(app.github.reviewComments).toHaveLength(2);
  });

  it("is followed when the delivery has the old name", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    const payload = await pullRequestPayload(app.github, "opened", 1);
    app.github.rename("store");
    await app.send("pull_request", payload);
    await app.concluded();
    expect(app.github.reviewComments).toHaveLength(1);
  });
});

describe.concurrent("two findings in one file", () => {
  it("are two comments of one review", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "both" });
    await app.sendPullRequest("opened");
    await app.concluded();
    await until(() => app.github.reviews.length === 1);
    expect(app.github.reviewComments.map(({ anchor }) => anchor?.line)).toEqual([3, 6]);
  });
});
