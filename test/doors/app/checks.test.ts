import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeUp } from "../../../src/rules/index.ts";
import {
  checkRunPayload,
  checkSuitePayload,
  installationPayload,
  mergeGroupPayload,
} from "../../github/index.ts";
import { type SampleRepository, sampleRepository } from "../../github/sample-repository.ts";
import { QUIET, SQL, setting } from "./setting.ts";

const CONFIG = ".github/portcullis.yml";
// Made here, so that no file of ours holds one.
const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const LEAK = `token = "${TOKEN}"\n`;

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "feature", files: { "app.py": QUIET } },
  { branch: "wrong", from: "main", files: { [CONFIG]: "fail-on: high\nfail-onn: low\n" } },
  { branch: "on-wrong", from: "wrong", files: { "app.py": SQL } },
  { branch: "edits", from: "main", files: { "app.py": SQL, [CONFIG]: "fail-on: never\n" } },
  { branch: "breaks", from: "main", files: { "app.py": SQL, [CONFIG]: "\nfail-on: sometimes\n" } },
  { branch: "extending", from: "main", files: { [CONFIG]: "_extends: standards\n" } },
  { branch: "on-extending", from: "extending", files: { "app.py": SQL } },
  { branch: "astray", from: "main", files: { [CONFIG]: "\n_extends: nowhere/at-all\n" } },
  { branch: "on-astray", from: "astray", files: { "app.py": SQL } },
  { branch: "unrelated", files: { "app.py": SQL } },
  { branch: "leaks", from: "main", files: { "deploy/keys.py": LEAK } },
  { branch: "leaks", files: { "deploy/keys.py": null, "app.py": `${QUIET}\n` } },
]);
const [BASE, FIRST, SECOND] = [0, 1, 2] as const;

const ALL = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  checks: "write",
  merge_queues: "read",
} as const;

describe.concurrent("an installation that lacks a permission", () => {
  it("for checks gets its comments", async () => {
    const app = await start({ github: { permissions: { ...ALL, checks: "read" } } });
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.idle();
    expect(app.github.checkRuns).toEqual([]);
    expect(app.github.reviewComments).toHaveLength(1);
    expect(app.log).toContain('"permission":"checks: write"');
  });

  it("for checks altogether gets its comments", async () => {
    const { checks: _, ...rest } = ALL;
    const app = await start({ github: { permissions: rest } });
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    await app.idle();
    expect(app.github.reviewComments).toHaveLength(1);
  });

  it("for comments gets a check that says so", async () => {
    const app = await start({ github: { permissions: { ...ALL, pull_requests: "read" } } });
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "failure", title: "1 new finding (1 high)" });
    expect(check?.summary).toContain("`pull_requests: write` is missing");
    expect(check?.annotations).toHaveLength(1);
  });

  it("for pull requests altogether gets a check, too", async () => {
    const { pull_requests: _, ...rest } = ALL;
    const app = await start({ github: { permissions: rest } });
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "failure", title: "1 new finding (1 high)" });
    expect(check?.summary).toMatch(/`pull_requests: (?:read|write)` is missing/);
  });
});

describe.concurrent("a merge queue", () => {
  it("gets a check on its own commit, and no comment", async () => {
    const app = await start();
    const { number } = await app.github.openPullRequest({ head: commit(FIRST) });
    const group = { number, headSha: commit(FIRST) };
    await app.send("merge_group", await mergeGroupPayload(app.github, "checks_requested", group));
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "failure", suite: { headSha: commit(FIRST) } });
    expect(app.github.reviews).toEqual([]);

    await app.send("check_run", checkRunPayload(app.github, "rerequested", check?.id ?? 0));
    const [, again] = await app.concluded(2);
    expect(again).toMatchObject({ conclusion: "failure", suite: { headSha: commit(FIRST) } });
  });

  it("that drops the commit ends its review", async () => {
    const app = await start();
    const { number } = await app.github.openPullRequest({ head: commit(FIRST) });
    const group = { number, headSha: commit(FIRST), reason: "dequeued" };
    const stop = app.github.onRequest(async ({ operation }) => {
      if (operation !== "graphql") return;
      stop();
      await app.send("merge_group", await mergeGroupPayload(app.github, "destroyed", group));
    });
    await app.send("merge_group", await mergeGroupPayload(app.github, "checks_requested", group));
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("cancelled");
  });
});

describe.concurrent("a check that is asked for again", () => {
  it("is run again, without a second comment", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST), fork: "stranger/shop" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    await app.send("check_run", checkRunPayload(app.github, "rerequested", check?.id ?? 0));
    await app.concluded(2);
    await app.send("check_suite", checkSuitePayload(app.github, commit(FIRST)));
    const [, , third] = await app.concluded(3);
    expect(third?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toHaveLength(1);
  });

  it("reviews the head as it is now", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    const payload = checkRunPayload(app.github, "rerequested", check?.id ?? 0);
    await app.github.push(1, commit(SECOND));
    await app.send("check_run", payload);
    const [, again] = await app.concluded(2);
    expect(again).toMatchObject({ conclusion: "success", suite: { headSha: commit(SECOND) } });
  });

  it("is left alone when it is another App's", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    app.github.resetCalls();
    const run = checkRunPayload(app.github, "rerequested", check?.id ?? 0);
    await app.send("check_run", foreign(run, "check_run"));
    const suite = checkSuitePayload(app.github, commit(FIRST));
    await app.send("check_suite", foreign(suite, "check_suite"));
    const identifier = String(check?.actions[0]?.["identifier"]);
    for (const [button, change] of [
      ["unknown", (payload: Payload) => payload],
      [identifier, (payload: Payload) => foreign(payload, "check_run")],
    ] as const) {
      const pressed = { identifier: button, sender: "ada" };
      const payload = checkRunPayload(app.github, "requested_action", check?.id ?? 0, pressed);
      await app.send("check_run", change(payload));
    }
    await app.idle();
    expect(app.calls()).toEqual([]);
  });
});

describe.concurrent("the configuration", () => {
  const ORGANISATION = "fail-on: critical\n";
  let organisation: SampleRepository;
  beforeAll(async () => {
    organisation = await sampleRepository([{ branch: "main", files: { [CONFIG]: ORGANISATION } }]);
  });
  afterAll(() => organisation.remove());

  it("of base that is wrong is said, with its line", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "on-wrong", base: "wrong" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The configuration is wrong" });
    expect(check?.summary).toContain(`${CONFIG}:2`);
    expect(check?.summary).toContain("fail-on");
    expect(app.github.reviews).toEqual([]);
  });

  it("that a pull request brings does not rule its own review", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "edits" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
  });

  it("that a pull request breaks is marked on its line", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "breaks" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(check?.annotations).toContainEqual(
      expect.objectContaining({ path: CONFIG, start_line: 2, annotation_level: "failure" }),
    );
  });

  it("of the organisation holds where the repository has none", async () => {
    const app = await start({
      github: {
        others: [{ repository: organisation.git, owner: "acme", name: ".github" }],
      },
    });
    await app.github.openPullRequest({ head: commit(FIRST) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    expect(check?.title).toBe("1 new finding (1 high)");
  });
});

describe.concurrent("a configuration that builds on another", () => {
  const STRICTER = `_extends: acme/base:configs/all.yml
paths:
  exclude: ["vendor/**"]
rules:
  injection/*: low
`;
  const LAST = `fail-on: low
paths:
  exclude: ["other.py"]
rules:
  injection/sql-execute: critical
`;
  let standards: SampleRepository;
  let base: SampleRepository;
  let looped: SampleRepository;
  let elsewhere: SampleRepository;
  beforeAll(async () => {
    standards = await sampleRepository([{ branch: "main", files: { [CONFIG]: STRICTER } }]);
    base = await sampleRepository([{ branch: "main", files: { "configs/all.yml": LAST } }]);
    looped = await sampleRepository([
      { branch: "main", files: { "configs/all.yml": "_extends: standards\n" } },
    ]);
    elsewhere = await sampleRepository([
      { branch: "main", files: { "configs/all.yml": "launch-code: 0000\n" } },
    ]);
  });
  afterAll(async () => {
    await Promise.all([standards, base, looped, elsewhere].map((one) => one.remove()));
  });
  const at = (sample: SampleRepository, name: string) => ({
    repository: sample.git,
    owner: "acme",
    name,
  });

  it("is laid over it, and over what that builds on", async () => {
    const app = await start({ github: { others: [at(standards, "standards"), at(base, "base")] } });
    await app.github.openPullRequest({ head: "on-extending", base: "extending" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    // The severity is that of `standards`, the threshold that of `base`.
    expect(check).toMatchObject({ conclusion: "failure", title: "1 new finding (1 low)" });
  });

  it("says so where that is not there", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "on-astray", base: "astray" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The configuration is wrong" });
    expect(check?.summary).toContain(`${CONFIG}:2: _extends: nowhere/at-all:${CONFIG}`);
  });

  it("says so where they build on each other", async () => {
    const app = await start({
      github: { others: [at(standards, "standards"), at(looped, "base")] },
    });
    await app.github.openPullRequest({ head: "on-extending", base: "extending" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The configuration is wrong" });
    expect(check?.summary).toContain("leads back to itself");
  });

  it("tells no word of a file that is none", async () => {
    const app = await start({
      github: { others: [at(standards, "standards"), at(elsewhere, "base")] },
    });
    await app.github.openPullRequest({ head: "on-extending", base: "extending" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The configuration is wrong" });
    expect(check?.summary).toContain("acme/base:configs/all.yml is not a valid configuration");
    expect(check?.summary).not.toContain("launch");
  });

  it("is marked on its line by the pull request that leads it astray", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: "on-astray" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.annotations).toContainEqual(
      expect.objectContaining({ path: CONFIG, start_line: 2, annotation_level: "failure" }),
    );
  });
});

describe.concurrent("a secret that a commit adds and a later one takes out", () => {
  it("is told of, and never shown", async () => {
    const app = await start({ minutes: 5 });
    await app.github.openPullRequest({ head: "leaks" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(check?.summary).toContain("a later one took it out again");
    expect(check?.summary).toContain("deploy/keys.py");
    expect(JSON.stringify(check) + app.log).not.toContain(TOKEN);
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(6);
  });

  it("may be missed, and the check says so, where GitHub does not give the commits", async () => {
    const app = await start({ minutes: 5, github: { limits: { diffLines: 0 } } });
    await app.github.openPullRequest({ head: "leaks" });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("success");
    expect(check?.summary).toContain("more commits than were read");
  });
});

it.concurrent("a head without a common ancestor gets a check that says so", async () => {
  const app = await start();
  await app.github.openPullRequest({ head: "unrelated", baseSha: commit(BASE) });
  await app.sendPullRequest("opened");
  const [check] = await app.concluded();
  expect(check?.conclusion).toBe("neutral");
  expect(check?.summary).toContain("no common ancestor");
});

it.concurrent("installations are written down, and nothing else", async () => {
  const app = await start();
  await app.send("installation", installationPayload(app.github));
  await app.idle();
  // Their payloads have the same members that count here.
  const { repositories, ...rest } = installationPayload(app.github);
  await app.send("installation_repositories", {
    ...rest,
    action: "added",
    repository_selection: "selected",
    repositories_added: repositories,
    repositories_removed: [],
    requester: null,
  });
  await app.idle();
  expect(app.calls()).toEqual([]);
  expect(app.log).toMatch(/"event":"installation.created","installation":\d+/);
  expect(app.log).toMatch(/"event":"installation_repositories.added","installation":\d+/);
});

type Payload = Readonly<Record<string, unknown>>;

/** The same, of another App. */
function foreign(payload: Payload, key: string): Payload {
  const changed = structuredClone(payload);
  const about: unknown = changed[key];
  if (typeof about !== "object" || about === null) throw new Error(`no ${key}`);
  return { ...changed, [key]: { ...about, app: { id: 1, slug: "another" } } };
}
