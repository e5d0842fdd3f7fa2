// With the pauses that GitHub asks for: the other tests of the App take them out.
import { afterAll, beforeAll, expect, it } from "vitest";
import { LimitedOctokit } from "../../src/app/octokit.ts";
import { type GitHubStandIn, startGitHub } from "../github/index.ts";
import { type SampleRepository, sampleRepository } from "../github/sample-repository.ts";

const name = { owner: "acme", repo: "shop" };

let sample: SampleRepository;
beforeAll(async () => {
  sample = await sampleRepository([{ branch: "main", files: { "app.py": "x = 1\n" } }]);
});
afterAll(() => sample.remove());

const silent = () => {};
/** A client of that GitHub, with limits of its own: Octokit shares those of an id within a process. */
function client(github: GitHubStandIn, id: string) {
  const Octokit = LimitedOctokit.defaults(
    (options: Readonly<Record<string, object | undefined>>) => ({
      ...options,
      throttle: { ...options["throttle"], id },
    }),
  );
  return new Octokit({
    baseUrl: github.url,
    auth: { token: github.installationToken() },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

type Rest = ReturnType<typeof client>["rest"];

/** A test with a GitHub of its own, since most of them wait. */
function atGitHub(id: string, test: (github: GitHubStandIn, rest: Rest) => Promise<void>) {
  return async () => {
    const github = await startGitHub({
      repository: sample.git,
      owner: name.owner,
      name: name.repo,
    });
    try {
      await github.openPullRequest({ number: 1, head: "main" });
      await test(github, client(github, id).rest);
      github.expectNoViolations();
    } finally {
      await github.close();
    }
  };
}

it(
  "has few requests under way at once, of the hundred that GitHub allows",
  atGitHub("few", async (github, rest) => {
    let [now, most] = [0, 0];
    github.onRequest(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
    });
    const reads = Array.from({ length: 40 }, () => rest.pulls.get({ ...name, pull_number: 1 }));
    await Promise.all(reads);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
  }),
);

it.concurrent(
  "writes a second apart, whoever asks for it",
  atGitHub("apart", async (github, rest) => {
    const times: number[] = [];
    github.onRequest(({ method }) => {
      if (method === "POST") times.push(performance.now());
    });
    const [head_sha = ""] = sample.commits;
    const write = () =>
      rest.checks.create({ ...name, name: "Portcullis", head_sha, status: "queued" });
    // The first call of all takes longer.
    await rest.pulls.get({ ...name, pull_number: 1 });
    await Promise.all([write(), write()]);
    const [first = 0, second = 0] = times;
    // A busy machine takes one of them in late.
    expect(second - first).toBeGreaterThan(700);
  }),
);

it.concurrent(
  "waits as long as a limit asks for, unless that is more than a minute",
  atGitHub("waits", async (github, rest) => {
    github.limitSecondary({ retryAfter: 1 });
    const start = performance.now();
    await rest.pulls.get({ ...name, pull_number: 1 });
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(github.calls.map(({ status }) => status)).toEqual([403, 200]);
    github.limitSecondary({ retryAfter: 61 });
    const read = rest.pulls.get({ ...name, pull_number: 1 });
    await expect(read).rejects.toMatchObject({ status: 403 });
    expect(github.calls).toHaveLength(3);
  }),
);

it.concurrent(
  "gives up after two tries that met the limit again",
  atGitHub("again", async (github, rest) => {
    const limit = github.limitSecondary({ retryAfter: 1, times: 9 });
    const read = rest.pulls.get({ ...name, pull_number: 1 });
    await expect(read).rejects.toMatchObject({ status: 403 });
    expect(limit.hits).toBe(3);
  }),
);
