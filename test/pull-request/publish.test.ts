import { describe, expect, it } from "vitest";
import { type Change, parseHunks } from "../../src/core/change.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { PullRequest } from "../../src/github/index.ts";
import { converse } from "../../src/pull-request/publish.ts";
import { BlobCache } from "../../src/trees/index.ts";
import { name, type Started, setting } from "../github-client/setting.ts";
import { at, bareFinding, report } from "../report/samples.ts";

const { start, commit } = setting([
  { branch: "main", files: { "app.py": "a\n", "other.py": "x\n" } },
  { branch: "feature", from: "main", files: { "app.py": "b\nc\nd\n" } },
]);

const found = (path: string, line: number) =>
  bareFinding({ path, region: at(line), fingerprint: `${path}:${line}` });
const shown = (path: string): Change => ({
  status: "modified",
  path,
  hunks: parseHunks("@@ -1 +1,3 @@\n-a\n+b\n+c\n+d"),
});

/** What is written about these findings on a pull request that changes `app.py`, and what is said of the writing itself. */
async function written(
  { github, client }: Pick<Started, "github" | "client">,
  findings: readonly ReturnType<typeof found>[],
  { state, ...config }: Partial<typeof defaultConfig> & Partial<Pick<PullRequest, "state">> = {},
) {
  await github.openPullRequest({ number: 1, head: "feature" });
  const pullRequest = { ...(await client.pullRequest(1)), ...(state && { state }) };
  const threads = await client.threads(1);
  github.resetCalls();
  const remarks: string[] = [];
  const hasWritten = await converse(
    {
      github: client,
      name,
      cache: new BlobCache(),
      version: "1.2.3",
      today: "2026-01-31",
      log: { info() {}, warn() {} },
      signal: new AbortController().signal,
    },
    { headSha: commit(1), baseSha: commit(0), pullRequest, again: false },
    {
      report: report({ new: findings }),
      config: { ...defaultConfig, ...config },
      changes: ["app.py", "other.py"].map(shown),
      threads,
    },
    remarks,
  );
  return { hasWritten, remarks };
}

describe("the remarks of a review", () => {
  it.each([
    [1, "2 more findings have no comment of their own: see below."],
    [2, "1 more finding has no comment of their own: see below."],
    [3, undefined],
  ])("with room for %i comments tell how many are left out", async (most, remark) => {
    const started = await start();
    const findings = [1, 2, 3].map((line) => found("app.py", line));
    const { hasWritten, remarks } = await written(started, findings, { "max-comments": most });
    expect(started.github.reviewComments).toHaveLength(most);
    expect([hasWritten, remarks]).toEqual([true, remark === undefined ? [] : [remark]]);
  });

  it("tell how many comments GitHub has refused, while the others stand", async () => {
    const started = await start();
    const findings = [found("app.py", 2), found("other.py", 1)];
    const { hasWritten, remarks } = await written(started, findings);
    expect(started.github.reviewComments).toMatchObject([{ path: "app.py", anchor: { line: 2 } }]);
    expect([hasWritten, remarks]).toEqual([
      true,
      ["GitHub refused 1 of the comments; their findings are listed below."],
    ]);
  });
});

it("nothing is asked or said where the pull request was closed from the start", async () => {
  const started = await start();
  const { hasWritten, remarks } = await written(started, [found("app.py", 2)], { state: "closed" });
  expect([hasWritten, remarks, started.calls()]).toEqual([false, [], []]);
});
