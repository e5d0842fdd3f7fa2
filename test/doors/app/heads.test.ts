// What a head can be: one that was the head before, one that is gone, one whose change is too large to be shown.
import { describe, expect, it } from "vitest";
import { pullRequestPayload } from "../../github/index.ts";
import { PICKLE, QUIET, SQL, type StartedApp, setting, until } from "./setting.ts";

const LONG = "name = 'a text that makes a patch long'\n".repeat(40);

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET, "load.py": QUIET, "long.py": LONG + SQL } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": QUIET, "load.py": PICKLE } },
  {
    branch: "large",
    from: "main",
    files: { "app.py": SQL, "long.py": `${SQL}${LONG.replaceAll("long", "far too long")}${SQL}` },
  },
]);
const [BASE, FIRST, SECOND] = [0, 1, 2] as const;

/** GitHub's clock tells pushes to the second. */
async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1_000);
  const now = second();
  await until(() => second() > now);
}

async function push(app: StartedApp, from: number, to: number): Promise<void> {
  await nextSecond();
  await app.github.push(1, commit(to));
  await app.sendPullRequest("synchronize", 1, { before: commit(from) });
}

it.concurrent("a head has its check, in progress, before anything of it is read", async () => {
  const app = await start({ minutes: 5 });
  await app.github.openPullRequest({ head: commit(FIRST) });
  const seen: string[] = [];
  app.github.onRequest(({ method, path }) => {
    if (path.endsWith("/access_tokens")) return;
    seen.push(`${method} with ${app.github.checkRuns.map((run) => run.status).join() || "none"}`);
  });
  await app.sendPullRequest("opened");
  await app.concluded();
  expect(seen[0]).toBe("POST with none");
  expect(new Set(seen.slice(1).map((one) => one.split(" with ")[1]))).toEqual(
    new Set(["in_progress"]),
  );
});

describe.concurrent("a branch that goes back to a commit that was its head before", () => {
  it("has its comments opened again, and a check that says so", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.concluded();
    await push(app, FIRST, SECOND);
    await app.concluded(2);
    expect(app.github.reviewComments[0]?.body).toContain("Fixed as of");
    await push(app, SECOND, FIRST);
    const [, , again] = await app.concluded(3);
    expect(again).toMatchObject({ conclusion: "failure", suite: { headSha: commit(FIRST) } });
    const [sql, pickle, ...rest] = app.github.reviewComments;
    expect(rest).toEqual([]);
    expect(sql?.body).not.toContain("Fixed as of");
    expect(sql?.minimized).toBeUndefined();
    expect(pickle?.body).toContain("Fixed as of");
  });

  it("is reviewed though the first review of it was cut off by the push between", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    let pushes = 0;
    app.github.onRequest(async ({ operation }) => {
      if (operation !== "graphql" || pushes > 0) return;
      pushes += 1;
      await app.github.push(1, commit(SECOND));
      await app.sendPullRequest("synchronize", 1, { before: commit(FIRST) });
      await app.github.push(1, commit(FIRST));
      await app.sendPullRequest("synchronize", 1, { before: commit(SECOND) });
    });
    await app.sendPullRequest("opened");
    await until(() => app.github.reviewComments.length > 0);
    await app.idle();
    expect(app.github.reviewComments.map(({ path }) => path)).toEqual(["app.py"]);
    const last = app.github.checkRuns.filter((run) => run.suite.headSha === commit(FIRST)).at(-1);
    expect(last).toMatchObject({ status: "completed", conclusion: "failure" });
  });

  it("is left alone when the delivery only comes twice, also to another process", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.concluded();
    await nextSecond();
    await app.github.push(1, commit(SECOND));
    const payload = await pullRequestPayload(app.github, "synchronize", 1, {
      before: commit(FIRST),
    });
    await app.send("pull_request", payload, "first");
    await app.concluded(2);
    await nextSecond();
    // Another id: nobody knows it.
    await app.send("pull_request", payload, "second");
    await app.idle();
    await app.concluded(2);
    expect(app.github.reviewComments).toHaveLength(2);
  });
});

it.concurrent("a head that is gone gets no comment, and holds nobody up", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: commit(FIRST) });
  const payload = structuredClone(await pullRequestPayload(app.github, "opened", 1));
  const gone = "0123456789".repeat(4);
  const text = JSON.stringify(payload).replaceAll(commit(FIRST), gone);
  await app.send("pull_request", JSON.parse(text));
  await app.idle();
  expect(app.github.reviewComments).toEqual([]);
  expect(app.github.checkRuns.every((run) => run.status === "completed")).toBe(true);
  await app.github.push(1, commit(SECOND));
  await app.sendPullRequest("synchronize", 1, { before: gone });
  await until(() => app.github.reviewComments.length > 0);
  await app.idle();
  expect(app.github.reviewComments.map(({ path }) => path)).toEqual(["load.py"]);
  expect(app.github.checkRuns.at(-1)).toMatchObject({ suite: { headSha: commit(SECOND) } });
});

it.concurrent("a file whose patch GitHub leaves out is compared all the same, and commented on as a whole", async () => {
  const app = await start({ github: { limits: { patchBytes: 500 } } });
  await app.github.openPullRequest({ head: "large", baseSha: commit(BASE) });
  await app.sendPullRequest("opened");
  const [check] = await app.concluded();
  expect(check?.title).toBe("2 new findings (2 high)");
  expect(check?.annotations.map((one) => [one["path"], one["start_line"]])).toEqual([
    ["app.py", 3],
    // The first copy is the new one, as only a comparison of the whole texts can tell.
    ["long.py", 3],
  ]);
  const places = app.github.reviewComments.map(({ path, anchor }) => [path, anchor?.line]);
  expect(places).toEqual([
    ["app.py", 3],
    ["long.py", undefined],
  ]);
});
