// What happens when an analysis does not end well. The built program is bounded in time and memory, so others stand in for it.
import { describe, expect, it } from "vitest";
import { AnalysisThreads } from "../../../src/pull-request/index.ts";
import { analysisProgram, QUIET, SQL, type StartedApp, setting, until } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
]);

/** A program of a thread that answers a request with that statement. */
function program(statement: string): URL {
  const source = `import { parentPort } from "node:worker_threads";
parentPort.on("message", () => { ${statement} });`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

async function opened(threads: AnalysisThreads, env = {}): Promise<StartedApp> {
  const app = await start({ threads, env });
  await app.github.openPullRequest({ head: commit(1) });
  await app.sendPullRequest("opened");
  return app;
}

describe.concurrent("an analysis", () => {
  it("that never ends is cut off by the deadline, and nobody else waits for it", async () => {
    const threads = new AnalysisThreads({ program: program("for (;;);"), memory: 64, most: 1 });
    const app = await opened(threads, { PORTCULLIS_DEADLINE_SECONDS: "1" });
    await until(() => app.github.checkRuns.length === 1);
    expect((await fetch(`${app.server.url}/health`)).status).toBe(200);
    const [check] = await app.concluded();
    expect(check).toMatchObject({
      conclusion: "neutral",
      title: "The review took too long",
      completions: 1,
    });
    expect(check?.summary).toContain("cut off by its deadline");
    expect(app.github.reviews).toEqual([]);
  });

  it("that never ends does not keep the server from stopping", async () => {
    const threads = new AnalysisThreads({ program: program("for (;;);"), memory: 64, most: 1 });
    const app = await opened(threads, { PORTCULLIS_GRACE_SECONDS: "0" });
    await until(() => app.calls().some((call) => call.includes("graphql")));
    await app.server.stop();
    expect(app.github.checkRuns).toMatchObject([{ status: "completed", conclusion: "neutral" }]);
  });

  it("that takes too much memory ends alone, and says so", async () => {
    const hungry = program("const all = []; for (;;) all.push(new Array(1_000).fill({}));");
    const app = await opened(new AnalysisThreads({ program: hungry, memory: 16, most: 1 }));
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The review could not be done" });
    expect(check?.summary).toContain("more memory than it may");
    expect((await fetch(`${app.server.url}/health`)).status).toBe(200);
  });

  it.each([
    ["throws", "throw new Error('a line of code')"],
    ["ends its thread", "process.exit()"],
  ])("that %s leaves a neutral check, and quotes nothing", async (_, statement) => {
    const app = await opened(
      new AnalysisThreads({ program: program(statement), memory: 64, most: 1 }),
    );
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The review failed" });
    expect(check?.summary).not.toContain("a line of code");
    expect(app.log).not.toContain("a line of code");
  });

  it("that waits for a thread is not forgotten when the one before it is cut off", async () => {
    const threads = new AnalysisThreads({ program: program("for (;;);"), memory: 64, most: 1 });
    const app = await opened(threads, { PORTCULLIS_DEADLINE_SECONDS: "1" });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened", 2);
    const checks = await app.concluded(2);
    expect(checks.map((check) => [check.title, check.completions])).toEqual([
      ["The review took too long", 1],
      ["The review took too long", 1],
    ]);
  });

  it("that went well can be followed by the next one", async () => {
    const threads = new AnalysisThreads({ program: await analysisProgram(), memory: 512, most: 1 });
    const app = await opened(threads);
    const [first] = await app.concluded();
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened", 2);
    const [, second] = await app.concluded(2);
    expect([first, second].map((check) => check?.title)).toEqual([
      "1 new finding (1 high)",
      "1 new finding (1 high)",
    ]);
  });
});
