import { describe, expect, it } from "vitest";
import type { Annotation, CheckRun, CompleteCheck, StartCheck } from "../../src/github/index.ts";
import { clientFor, setting } from "./setting.ts";

const { start, commit } = setting([{ branch: "main", files: { "a.py": "x = 1\n" } }]);

const beginning = (given: Partial<StartCheck> = {}): StartCheck => ({
  headSha: commit(0),
  name: "Portcullis",
  externalId: "pull request 1",
  ...given,
});
const ending = (given: Partial<CompleteCheck> = {}): CompleteCheck => ({
  conclusion: "success",
  title: "Nothing new",
  summary: "All is well.",
  ...given,
});
const annotations = (count: number, given: Partial<Annotation> = {}): Annotation[] =>
  Array.from({ length: count }, (_, i) => ({
    path: "a.py",
    region: { startLine: i + 1, startColumn: 1, endLine: i + 1, endColumn: 5 },
    level: "warning",
    title: "Flaw",
    message: `Number ${i + 1}`,
    ...given,
  }));

describe("a check run", () => {
  it("is one call to start and one to end", async () => {
    const { github, client, calls } = await start();
    const run = await client.startCheck(
      beginning({ title: "Reviewing", summary: "Reading 3 files." }),
    );
    expect(github.checkRuns[0]).toMatchObject({ status: "in_progress", title: "Reviewing" });
    expect(await client.completeCheck(run, ending({ text: "Details" }))).toBe(0);
    expect(github.checkRuns).toHaveLength(1);
    expect(github.checkRuns[0]).toMatchObject({
      externalId: "pull request 1",
      conclusion: "success",
      title: "Nothing new",
      summary: "All is well.",
      text: "Details",
      completions: 1,
    });
    expect(calls()).toEqual(["POST /check-runs", `PATCH /check-runs/${run.id}`]);
  });

  it("sends 120 annotations in three calls, and the conclusion last", async () => {
    const { github, client, calls } = await start();
    const run = await client.startCheck(beginning());
    const seen: (string | null | undefined)[] = [];
    github.onRequest(() => {
      seen.push(github.checkRuns[0]?.conclusion);
    });
    expect(await client.completeCheck(run, ending({ annotations: annotations(120) }))).toBe(120);
    expect(seen).toEqual([null, null, null]);
    expect(calls()).toHaveLength(4);
    expect(github.checkRuns[0]?.annotations.map((given) => given["message"])).toEqual(
      annotations(120).map(({ message }) => message),
    );
    expect(github.checkRuns[0]?.completions).toBe(1);
  });

  it("has no more than a thousand annotations", async () => {
    const { github, client } = await start();
    const run = await client.startCheck(beginning());
    const sent = await client.completeCheck(run, ending({ annotations: annotations(1_010) }));
    expect(sent).toBe(1_000);
    expect(github.checkRuns[0]?.annotations).toHaveLength(1_000);
  });

  it("cuts every text to its limit", async () => {
    const { github, client } = await start();
    const run = await client.startCheck(beginning());
    const long = "é\0".repeat(70_000);
    const action = { label: long, description: long, identifier: "dismiss".repeat(9) };
    await client.completeCheck(run, {
      conclusion: "failure",
      title: long,
      summary: long,
      text: long,
      annotations: [
        ...annotations(1, { title: long, message: long, details: long }),
        ...annotations(1, {
          message: " ",
          region: { startLine: 0, startColumn: 0, endLine: 0, endColumn: 0 },
        }),
        ...annotations(1, {
          region: { startLine: 2, startColumn: 9, endLine: 4, endColumn: 1 },
        }),
      ],
      actions: [action, action, action, action],
    });
    const [stored] = github.checkRuns;
    expect(stored?.actions).toHaveLength(3);
    expect(stored?.actions[0]?.["identifier"]).toBe("dismissdismissdismis");
    expect(Buffer.byteLength(stored?.summary ?? "")).toBeLessThanOrEqual(65_535);
    expect(stored?.annotations[1]).toEqual({
      path: "a.py",
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 1,
      annotation_level: "warning",
      message: "Flaw",
      title: "Flaw",
    });
    // Columns are for one line only.
    expect(stored?.annotations[2]).not.toHaveProperty("start_column");
  });

  it("concludes without the annotations that GitHub refuses", async () => {
    const { github, client } = await start();
    const run = await client.startCheck(beginning());
    github.inject({
      match: ({ method }) => method === "PATCH",
      fault: { status: 422, body: { message: "Validation Failed" } },
    });
    const sent = await client.completeCheck(run, ending({ annotations: annotations(10) }));
    expect(sent).toBe(0);
    expect(github.checkRuns[0]).toMatchObject({ conclusion: "success", completions: 1 });
  });

  it.each([
    ["that was not performed", { status: 502, body: {} }],
    ["whose answer was lost", "after"],
    ["on a broken connection", { reset: true }],
  ] as const)("is made and ended once over a call %s", async (_, fault) => {
    const { github, client } = await start();
    github.inject({ match: ({ method }) => method === "POST", fault });
    const run = await client.startCheck(beginning());
    github.inject({ match: ({ method }) => method === "PATCH", fault });
    expect(await client.completeCheck(run, ending({ annotations: annotations(60) }))).toBe(60);
    github.inject({ match: ({ method }) => method === "PATCH", fault });
    await client.completeCheck({ ...run, annotations: 60 }, ending());
    expect(github.checkRuns).toHaveLength(1);
    expect(github.checkRuns[0]?.annotations).toHaveLength(60);
    expect(github.checkRuns[0]?.completions).toBe(1);
  });

  it("is made anew over an accident where an earlier one is over", async () => {
    const { github, client } = await start();
    await client.completeCheck(await client.startCheck(beginning()), ending());
    const fault = { status: 502, body: {} };
    github.inject({ match: ({ method }) => method === "POST", fault });
    expect(await client.startCheck(beginning())).toMatchObject({ isCompleted: false });
    expect(github.checkRuns.map(({ status }) => status)).toEqual(["completed", "in_progress"]);
  });

  it("goes on where a killed process left it", async () => {
    const { github, client, calls } = await start();
    const first = await client.startCheck(beginning());
    github.inject({
      match: ({ method }) => method === "PATCH" && github.checkRuns[0]?.annotations.length === 50,
      fault: { status: 401, body: { message: "Bad credentials" } },
    });
    const result = ending({ annotations: annotations(70) });
    await expect(client.completeCheck(first, result)).rejects.toMatchObject({ status: 401 });

    github.resetCalls();
    const again = await client.startCheck(beginning({ resume: true }));
    expect(again).toEqual({ id: first.id, isCompleted: false, annotations: 50 });
    expect(await client.completeCheck(again, result)).toBe(70);
    expect(calls().map((call) => call.slice(0, 5))).toEqual(["GET /", "PATCH", "PATCH"]);
    expect(github.checkRuns[0]?.annotations).toHaveLength(70);
    expect(await client.startCheck(beginning({ resume: true }))).toMatchObject({
      isCompleted: true,
    });
    // Another pull request with the same head has a run of its own.
    await client.startCheck(beginning({ resume: true, externalId: "pull request 2" }));
    expect(github.checkRuns).toHaveLength(2);
    // Though it is not the latest of that name.
    expect(await client.startCheck(beginning({ resume: true }))).toMatchObject({ id: first.id });
    expect(github.checkRuns).toHaveLength(2);
  });

  it("is overtaken by a later one for the same that is under way", async () => {
    const { github, client, calls } = await start();
    const workflow = clientFor(github, github.actionsToken());
    const question = { sha: commit(0), path: "a.py" };
    const isOvertaken = async (run: CheckRun) =>
      (await Promise.all([client.isOvertaken(run, beginning()), client.files([question])]))[0];

    const first = await client.startCheck(beginning());
    await client.startCheck(beginning({ externalId: "pull request 2" }));
    await workflow.startCheck(beginning());
    github.resetCalls();
    expect(await isOvertaken(first)).toBe(false);
    expect(calls()).toEqual(["POST /graphql"]);

    const second = await client.startCheck(beginning());
    expect([await isOvertaken(first), await isOvertaken(second)]).toEqual([true, false]);
    github.setPermissions({ metadata: "read", contents: "read" });
    expect(await isOvertaken(first)).toBe(false);
    github.setPermissions({ metadata: "read", contents: "read", checks: "write" });
    await client.completeCheck(second, ending());
    expect(await isOvertaken(first)).toBe(false);
    // No call is made for it alone.
    github.resetCalls();
    expect(await client.isOvertaken(first, beginning())).toBe(false);
    expect(calls()).toEqual([]);
  });

  it("that is taken up again ends those that it has overtaken", async () => {
    const { github, client } = await start();
    const workflow = clientFor(github, github.actionsToken());
    await client.startCheck(beginning());
    await client.startCheck(beginning({ externalId: "pull request 2" }));
    await workflow.startCheck(beginning());
    const newest = await client.startCheck(beginning());
    expect(await client.startCheck(beginning({ resume: true }))).toMatchObject({ id: newest.id });
    expect(github.checkRuns.map(({ conclusion }) => conclusion)).toEqual([
      "cancelled",
      null,
      null,
      null,
    ]);
    expect(github.checkRuns[0]).toMatchObject({ completions: 1, status: "completed" });
  });

  it("is never taken for that of another App", async () => {
    const { github, client } = await start();
    const workflow = clientFor(github, github.actionsToken());
    const theirs = await workflow.startCheck(beginning({ resume: true }));
    await workflow.completeCheck(theirs, ending());
    const ours = await client.startCheck(beginning({ resume: true }));
    expect(ours).toMatchObject({ isCompleted: false });
    expect(ours.id).not.toBe(theirs.id);
    expect(await client.startCheck(beginning({ resume: true }))).toMatchObject({
      id: ours.id,
      isCompleted: false,
    });
    expect(github.checkRuns).toHaveLength(2);
  });

  it("without permission names it", async () => {
    const { client } = await start({ permissions: { metadata: "read", checks: "read" } });
    await expect(client.startCheck(beginning())).rejects.toMatchObject({
      status: 403,
      missingPermission: "checks: write",
    });
  });

  it("fails with a hint when the limit is used up", async () => {
    const { github, client } = await start();
    github.limitSecondary();
    const error = await client.startCheck(beginning()).catch((reason) => reason);
    const hint = expect.stringContaining("rate limit");
    expect(error).toMatchObject({ status: 403, isLimit: true, hint });
    expect(error.missingPermission).toBeUndefined();
  });
});
