import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type GitHubStandIn, startGitHub } from "./index.ts";
import { client } from "./sample-client.ts";
import { type SampleRepository, sampleRepository } from "./sample-repository.ts";

const repo = { owner: "acme", repo: "shop" };
let sample: SampleRepository;
let github: GitHubStandIn;
let head: string;

beforeAll(async () => {
  sample = await sampleRepository([
    { branch: "main", files: { "app.py": "x = 1\n" } },
    { branch: "feature", from: "main", files: { "app.py": "x = 2\n" } },
  ]);
  head = sample.commits[1] ?? "";
});
afterAll(() => sample.remove());
afterEach(async () => {
  await github.close();
  github.expectNoViolations();
});

async function start(options: Partial<Parameters<typeof startGitHub>[0]> = {}) {
  github = await startGitHub({
    repository: sample.directory,
    owner: "acme",
    name: "shop",
    ...options,
  });
  await github.openPullRequest({ head: "feature" });
  return client(github);
}

const annotation = {
  path: "app.py",
  start_line: 1,
  end_line: 1,
  annotation_level: "warning",
  message: "m",
} as const;
const output = { title: "Portcullis", summary: "Nothing found" };

test("a run is created in progress, completed once, and found by name and App", async () => {
  const octokit = await start();
  const { data: run } = await octokit.rest.checks.create({
    ...repo,
    name: "Portcullis",
    head_sha: head,
    status: "in_progress",
    external_id: "acme/shop#1",
    output,
  });
  expect(run).toMatchObject({
    status: "in_progress",
    conclusion: null,
    pull_requests: [{ number: 1 }],
  });
  const { data: done } = await octokit.rest.checks.update({
    ...repo,
    check_run_id: run.id,
    conclusion: "success",
  });
  expect(done).toMatchObject({
    status: "completed",
    conclusion: "success",
    external_id: "acme/shop#1",
  });
  expect(done.completed_at).not.toBeNull();
  expect(github.checkRuns[0]?.completions).toBe(1);

  const list = { ...repo, ref: head, check_name: "Portcullis" };
  const own = await octokit.rest.checks.listForRef({ ...list, app_id: github.appId });
  expect(own.data.check_runs.map(({ id }) => id)).toEqual([run.id]);
  const others = await octokit.rest.checks.listForRef({ ...list, app_id: 1 });
  expect(others.data.total_count).toBe(0);
  expect((await octokit.rest.checks.get({ ...repo, check_run_id: run.id })).data.name).toBe(
    "Portcullis",
  );
});

test("the latest run of a name is listed, or all of them, in pages", async () => {
  const octokit = await start();
  for (const name of ["a", "a", "b"])
    await octokit.rest.checks.create({ ...repo, name, head_sha: head });
  const count = async (more: { filter?: "all"; per_page?: number }) => {
    const { data } = await octokit.rest.checks.listForRef({ ...repo, ref: "feature", ...more });
    return [data.total_count, data.check_runs.length];
  };
  expect(await count({})).toEqual([2, 2]);
  expect(await count({ filter: "all" })).toEqual([3, 3]);
  expect(await count({ filter: "all", per_page: 2 })).toEqual([3, 2]);
});

test("annotations come 50 a request and are appended", async () => {
  const octokit = await start();
  const fifty = Array.from({ length: 50 }, (_, i) => ({
    ...annotation,
    start_line: i + 1,
    end_line: i + 1,
  }));
  const { data: run } = await octokit.rest.checks.create({
    ...repo,
    name: "n",
    head_sha: head,
    output: { ...output, annotations: fifty },
  });
  const update = { ...repo, check_run_id: run.id };
  await octokit.rest.checks.update({ ...update, output: { ...output, annotations: [annotation] } });
  const listed = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...update,
    per_page: 30,
  });
  expect(listed).toHaveLength(51);
  expect(listed[49]).toMatchObject({ start_line: 50, title: null });

  const tooMany = { ...output, annotations: [...fifty, annotation] };
  await expect(octokit.rest.checks.update({ ...update, output: tooMany })).rejects.toMatchObject({
    status: 422,
  });
  expect(github.takeViolations()).toEqual([
    expect.stringContaining("body/output/annotations must NOT have more than 50 items"),
  ]);
  expect(github.checkRuns[0]?.annotations).toHaveLength(51);
});

/** Refused bodies of an update, and whether the description alone says so. */
const REFUSED: readonly (readonly [string, Record<string, unknown>, boolean])[] = [
  [
    "a summary over 65,535 characters",
    { output: { ...output, summary: "s".repeat(65_536) } },
    true,
  ],
  ["a text over 65,535 characters", { output: { ...output, text: "s".repeat(65_536) } }, true],
  ["an output without a title", { output: { summary: "s" } }, false],
  ["completed without a conclusion", { status: "completed" }, true],
  ["completed_at without a conclusion", { completed_at: "2020-01-01T00:00:00Z" }, false],
  ["the conclusion stale", { conclusion: "stale" }, false],
  ["an unknown conclusion", { conclusion: "fine" }, true],
  ["a status that is for Actions only", { status: "waiting" }, true],
  [
    "four actions",
    { actions: Array(4).fill({ label: "l", description: "d", identifier: "i" }) },
    true,
  ],
  [
    "a label over 20 characters",
    { actions: [{ label: "l".repeat(21), description: "d", identifier: "i" }] },
    true,
  ],
  [
    "a description over 40 characters",
    { actions: [{ label: "l", description: "d".repeat(41), identifier: "i" }] },
    true,
  ],
  [
    "an identifier over 20 characters",
    { actions: [{ label: "l", description: "d", identifier: "i".repeat(21) }] },
    true,
  ],
  ...(
    [
      ["an annotation title over 255 characters", { title: "t".repeat(256) }],
      ["an annotation message over 64 KB", { message: "é".repeat(32_769) }],
      ["an annotation without a message", { message: "" }],
      ["raw details over 64 KB", { raw_details: "r".repeat(65_537) }],
      ["columns over several lines", { end_line: 2, start_column: 1, end_column: 2 }],
      ["an end before the start", { start_line: 3 }],
    ] as const
  ).map(
    ([what, more]) =>
      [what, { output: { ...output, annotations: [{ ...annotation, ...more }] } }, false] as const,
  ),
];

test.each(REFUSED)("refuses %s", async (_, body, isDescribed) => {
  const octokit = await start();
  const { data: run } = await octokit.rest.checks.create({ ...repo, name: "n", head_sha: head });
  const url = `PATCH /repos/acme/shop/check-runs/${run.id}`;
  await expect(octokit.request(url, body)).rejects.toMatchObject({ status: 422 });
  expect(github.takeViolations().length > 0).toBe(isDescribed);
  expect(github.checkRuns[0]).toMatchObject({ status: "queued", annotations: [], actions: [] });
});

test("accepts what is just within the limits", async () => {
  const octokit = await start();
  const full = {
    ...annotation,
    title: "t".repeat(255),
    message: "m".repeat(65_536),
    start_column: 1,
    end_column: 2,
  };
  const { data } = await octokit.rest.checks.create({
    ...repo,
    name: "n",
    head_sha: head,
    conclusion: "neutral",
    output: {
      title: "t",
      summary: "s".repeat(65_535),
      text: "t".repeat(65_535),
      annotations: [full],
    },
    actions: Array(3).fill({
      label: "l".repeat(20),
      description: "d".repeat(40),
      identifier: "i".repeat(20),
    }),
  });
  expect(data.output.annotations_count).toBe(1);
});

test("unknown commits, other Apps' runs and missing permissions are refused", async () => {
  const octokit = await start();
  const unknown = octokit.rest.checks.create({ ...repo, name: "n", head_sha: "3".repeat(40) });
  await expect(unknown).rejects.toMatchObject({ status: 422 });
  const actions = client(github, github.actionsToken());
  const { data } = await actions.rest.checks.create({ ...repo, name: "n", head_sha: head });
  expect(data.app?.slug).toBe("github-actions");
  const update = octokit.rest.checks.update({
    ...repo,
    check_run_id: data.id,
    conclusion: "success",
  });
  await expect(update).rejects.toMatchObject({ status: 403 });
  const readOnly = client(github, github.actionsToken({ readOnly: true }));
  await expect(
    readOnly.rest.checks.create({ ...repo, name: "n", head_sha: head }),
  ).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining("Resource not accessible by integration"),
  });
});

test("a re-request resets the suite and not the run; forks have no pull requests", async () => {
  const octokit = await start();
  await github.openPullRequest({ head, fork: "eve/shop" });
  const { data } = await octokit.rest.checks.create({
    ...repo,
    name: "n",
    head_sha: head,
    conclusion: "failure",
  });
  expect(data.pull_requests.map(({ number }) => number)).toEqual([1]);
  const { status } = await octokit.rest.checks.rerequestRun({ ...repo, check_run_id: data.id });
  expect(status).toBe(201);
  expect(github.checkRuns[0]).toMatchObject({ conclusion: "failure", suite: { status: "queued" } });
});

test("the oldest run of a name goes when there are too many", async () => {
  const octokit = await start({ limits: { checkRunsPerName: 2 } });
  for (const external_id of ["1", "2", "3"]) {
    await octokit.rest.checks.create({ ...repo, name: "n", head_sha: head, external_id });
  }
  expect(github.checkRuns.map(({ externalId }) => externalId)).toEqual(["2", "3"]);
});
