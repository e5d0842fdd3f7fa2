import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import packageJson from "../../../package.json" with { type: "json" };
import { githubChecksum } from "../../../src/core/token-checksums.ts";
import {
  checkRunPayload,
  checkSuitePayload,
  deliver,
  type GitHubStandIn,
  issueCommentPayload,
  mergeGroupPayload,
  pullRequestPayload,
  reviewCommentPayload,
  signedDelivery,
  startGitHub,
} from "../../github/index.ts";
import { bundlePath, gitEnvironment } from "../../support/command-line.ts";
import { repository } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { environmentFor, PICKLE, QUIET, SECRET, SQL, setting, until } from "./setting.ts";

// Made here, so that no file of ours holds one.
const TOKEN_BODY = "x7Kq2mZ9".repeat(4).slice(0, 30);
const PLANTED = `ghp_${TOKEN_BODY}${githubChecksum(TOKEN_BODY)}`;
const LEAKY = `TOKEN = "${PLANTED}"\n${SQL.replace("SELECT *", `SELECT '${PLANTED}'`)}`;

const { start, commit } = setting([
  { branch: "main", files: { "app.py": QUIET } },
  { branch: "feature", from: "main", files: { "app.py": SQL } },
  { branch: "leaky", from: "main", files: { "app.py": LEAKY } },
]);

/** No secret, which the log would hide: words that must not come there at all. */
const WORDS = "as nobody has said before";

describe.concurrent("npm start", () => {
  const children: ChildProcess[] = [];
  const open: GitHubStandIn[] = [];
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const github of open) {
      await github.close();
      github.expectNoViolations();
    }
  });

  const program = async (env: Readonly<Record<string, string>>, words: readonly string[] = []) => {
    expect(packageJson.scripts.start).toBe("node dist/app.js");
    const cwd = await temporaryFolder();
    await copyFile(new URL("../../../app.yml", import.meta.url), join(cwd, "app.yml"));
    const app = join(dirname(await bundlePath()), "app.js");
    const child = spawn(process.execPath, [app, ...words], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...gitEnvironment, ...env },
    });
    children.push(child);
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    return { child, output, cwd };
  };

  it("serves deliveries, each once, and lets the running review end when it is told to stop", async () => {
    const folder = await repository(
      [
        { branch: "main", files: { "app.py": QUIET, "load.py": QUIET } },
        {
          branch: "first",
          from: "main",
          files: { "app.py": SQL, "keys.py": `TOKEN = "${PLANTED}"\n` },
        },
        { branch: "second", from: "main", files: { "load.py": PICKLE } },
      ],
      { bare: true },
    );
    const github = await startGitHub({ repository: folder, owner: "acme", name: "shop" });
    open.push(github);
    const sent: unknown[] = [];
    github.onRequest(({ body }) => void sent.push(body));
    // Where Probot alone would log what it sends.
    const { child, output } = await program({ ...environmentFor(github), LOG_LEVEL: "debug" });
    await until(() => output.stdout.includes("listening on"));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0] ?? "";
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const path = `${url}/api/github/webhooks`;
    const send = async (action: "opened" | "synchronize", id: string) => {
      const payload = await pullRequestPayload(github, action, 1);
      const answer = await deliver(path, "pull_request", payload, { secret: SECRET, id });
      return answer.status;
    };
    const concluded = (count: number) =>
      until(
        () =>
          github.checkRuns.length === count &&
          github.checkRuns.every((run) => run.status === "completed"),
      );

    const said = { title: `Add ${PLANTED}`, body: `${PLANTED} ${WORDS}` };
    await github.openPullRequest({ head: "first", ...said });
    expect(await send("opened", "1")).toBe(200);
    await concluded(1);
    expect(github.checkRuns).toMatchObject([{ conclusion: "failure", completions: 1 }]);
    expect(github.reviews).toHaveLength(1);
    const paths = () => github.reviewComments.map(({ path }) => path);
    expect(paths()).toEqual(["keys.py", "app.py"]);

    github.resetCalls();
    expect(await send("opened", "1")).toBe(200);
    await until(() => output.stdout.includes('"result":"known"'));
    expect(github.calls).toEqual([]);

    await github.push(1, "second");
    expect(await send("synchronize", "2")).toBe(200);
    await until(() => github.checkRuns.length === 2);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    await until(() => output.stdout.includes("shutting down"));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect(await send("synchronize", "3")).toBe(503);
    expect((await ended)[0]).toBe(0);
    expect(github.checkRuns[1]).toMatchObject({ conclusion: "success", completions: 1 });
    expect(paths()).toEqual(["keys.py", "app.py", "load.py"]);
    for (const { path, body } of github.reviewComments)
      expect(body.includes("Fixed as of"), path).toBe(path !== "load.py");
    const written = github.calls.filter(({ path: to }) => /comments|reviews/.test(to));
    expect(written.map(({ method }) => method)).toEqual(["POST", "PATCH", "PATCH"]);

    expect(output.stderr).toBe("");
    expect(output.stdout).toContain('"level":20');
    expectNoSecret(output.stdout);
    expect(output.stdout).not.toContain(WORDS);
    // What the review says.
    expect(output.stdout).not.toContain("Portcullis found");
    expect(sent.length).toBeGreaterThan(10);
    expectNoSecret(JSON.stringify(sent));
    for (const line of output.stdout.trim().split("\n"))
      expect(() => JSON.parse(line)).not.toThrow();
  }, 60_000);

  it("with --setup serves a page that gives app.yml to GitHub", async () => {
    expect(packageJson.scripts.setup).toBe("node dist/app.js --setup");
    const { child, output, cwd } = await program({ PORT: "0", HOST: "127.0.0.1" }, ["--setup"]);
    const url = () => /Listening on (http:\S+)/.exec(output.stdout + output.stderr)?.[1];
    await until(() => url() !== undefined);
    const page = await (await fetch(`${url()}/probot`)).text();
    const text = /name="manifest"[^>]* value='([^']*)'/.exec(page)?.[1];
    child.kill("SIGKILL");
    const { redirect_url: back, version: _, ...sent } = JSON.parse(text ?? "");
    const file = await readFile(join(cwd, "app.yml"), "utf8");
    expect(sent).toEqual(parse(file));
    expect(back).toContain("/probot/setup");
  });

  it.each([
    [{ WEBHOOK_SECRET: "development" }, "WEBHOOK_SECRET is the default, which everybody knows"],
    [{ WEBHOOK_SECRET: "" }, "WEBHOOK_SECRET is missing"],
  ])("refuses to start with %j", async (env, message) => {
    const github = await startGitHub({ repository: ".", owner: "acme", name: "shop" });
    open.push(github);
    const { child, output } = await program({ ...environmentFor(github), ...env });
    expect((await once(child, "close"))[0]).toBe(2);
    expect(output.stderr).toContain(`portcullis: ${message}\n  Set a long random text`);
    expect(output.stdout).toBe("");
  });
});

describe.concurrent("the server", () => {
  it("takes nothing without the right signature", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(1) });
    const payload = await pullRequestPayload(app.github, "opened", 1);
    const wrong = await deliver(app.url, "pull_request", payload, { secret: "development" });
    expect(wrong.status).toBe(400);
    const { headers, body } = signedDelivery("pull_request", payload, SECRET);
    const { "x-hub-signature-256": _, ...unsigned } = headers;
    const without = await fetch(app.url, { method: "POST", headers: unsigned, body });
    expect(without.status).toBe(400);
    const changed = await fetch(app.url, { method: "POST", headers, body: `${body} ` });
    expect(changed.status).toBe(400);
    await app.idle();
    expect(app.calls()).toEqual([]);
  });

  it("knows no other paths, and reads no body that is too large", async () => {
    const app = await start();
    expect((await fetch(`${app.server.url}/`)).status).toBe(404);
    expect((await fetch(`${app.server.url}/probot`)).status).toBe(404);
    const stream = new Blob(["{}"]).stream();
    const chunked = { method: "POST", body: stream, duplex: "half" as const };
    expect((await fetch(app.url, chunked)).status).toBe(411);
    const headers = { "content-length": 26_214_401 };
    const large = request(app.url, { method: "POST", headers });
    large.flushHeaders();
    const [answer]: unknown[] = await once(large, "response");
    expect(answer).toMatchObject({ statusCode: 413 });
    large.destroy();
  });

  it("answers what is not as GitHub sends it, logs none of it, and is there for the next", async () => {
    const app = await start();
    const { github } = app;
    await github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    const { id: said } = github.comment(1, "ada", "/portcullis help");
    const { id: replied } = github.reply(github.reviewComments[0]?.id ?? 0, "ada", "/portcullis x");
    const run = check?.id ?? 0;
    const group = await mergeGroupPayload(github, "checks_requested", {
      number: 1,
      headSha: commit(1),
    });
    const real = [
      ["pull_request", await pullRequestPayload(github, "synchronize", 1, { before: commit(1) })],
      ["pull_request", await pullRequestPayload(github, "closed", 1)],
      ["check_run", checkRunPayload(github, "rerequested", run)],
      ["check_run", checkRunPayload(github, "requested_action", run, { identifier: "x" })],
      ["check_suite", checkSuitePayload(github, commit(1))],
      ["merge_group", group],
      ["issue_comment", issueCommentPayload(github, said)],
      ["pull_request_review_comment", await reviewCommentPayload(github, replied)],
    ] as const;
    const parts = ["repository", "installation", "pull_request", "check_run", "check_suite"];
    const others = ["merge_group", "issue", "comment", "requested_action"];
    const values = [undefined, null, 5, PLANTED, [], {}, { id: PLANTED, head_sha: PLANTED }];
    github.resetCalls();
    const statuses = new Set<number>();
    for (const [event, payload] of real) {
      for (const part of [...parts, ...others].filter((name) => name in payload)) {
        for (const value of values) {
          const wrong = { ...payload, [part]: value };
          statuses.add((await deliver(app.url, event, wrong, { secret: SECRET })).status);
        }
      }
    }
    const pull = await pullRequestPayload(github, "opened", 1);
    const about = fieldsOf(pull["pull_request"]);
    const side = (name: string, more: object) => ({
      pull_request: { ...about, [name]: { ...fieldsOf(about[name]), ...more } },
    });
    const strange: object[] = [
      { pull_request: { ...about, title: PLANTED.repeat(8_000) } },
      { pull_request: { ...about, changed_files: 0, additions: 0, deletions: 0 } },
      { pull_request: { ...about, updated_at: PLANTED, draft: 5, user: null } },
      { number: PLANTED },
      { sender: undefined },
      { action: PLANTED },
      side("head", { repo: null }),
      side("head", { sha: 5 }),
      side("base", { repo: null }),
    ];
    for (const more of strange) {
      const { status } = await deliver(
        app.url,
        "pull_request",
        { ...pull, ...more },
        { secret: SECRET },
      );
      statuses.add(status);
    }
    const { headers } = signedDelivery("pull_request", pull, SECRET);
    const post = async (body: string, without: string[] = []) => {
      const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
      const sent = {
        ...headers,
        "x-hub-signature-256": signature,
        "x-github-delivery": randomUUID(),
      };
      const left = Object.entries(sent).filter(([name]) => !without.includes(name));
      return (await fetch(app.url, { method: "POST", headers: Object.fromEntries(left), body }))
        .status;
    };
    expect(await post(`{"action": "${PLANTED}"`)).toBe(400);
    expect(await post(`[${PLANTED}]`)).toBe(400);
    for (const name of [
      "x-github-event",
      "x-github-delivery",
      "x-hub-signature-256",
      "content-type",
    ])
      expect([name, await post(JSON.stringify(pull), [name])]).toEqual([
        name,
        expect.toBeOneOf([400, 415]),
      ]);
    statuses.add(await post(`{"action":"opened","deep":${"[".repeat(9_000)}${"]".repeat(9_000)}}`));
    statuses.add(
      await post(JSON.stringify({ ...pull, installation: null, deep: PLANTED.repeat(500_000) })),
    );
    await app.idle();
    // Some make sense all the same, as those of a webhook that was not sent to an App.
    expect([...statuses].sort()).toEqual([200, 500]);
    expectNoSecret(app.log);
    expectNoSecret(JSON.stringify(github.calls.map(({ path }) => path)));

    await github.openPullRequest({ number: 2, head: "leaky" });
    await app.sendPullRequest("opened", 2);
    await until(() =>
      github.checkRuns.some(
        ({ externalId, status }) => externalId === "pull-request-2" && status === "completed",
      ),
    );
  });

  it("is heard of a payload that it cannot read, and logs none of it", async () => {
    const app = await start();
    await app.github.openPullRequest({ head: commit(1) });
    const payload = await pullRequestPayload(app.github, "opened", 1);
    const broken = { ...payload, pull_request: { number: PLANTED, body: `${PLANTED} ${WORDS}` } };
    const answer = await deliver(app.url, "pull_request", broken, { secret: SECRET });
    expect(answer.status).toBe(500);
    expect(app.log).toContain('"level":50');
    expectNoSecret(app.log);
    expect(app.log).not.toContain(WORDS);
  });

  it("ends what still runs after the grace period, and says so in the check", async () => {
    const app = await start({ env: { PORTCULLIS_GRACE_SECONDS: "0" } });
    await app.github.openPullRequest({ head: commit(1) });
    app.github.inject({ match: (call) => call.operation === "graphql", fault: { hang: 60_000 } });
    await app.sendPullRequest("opened");
    await until(() => app.calls().some((call) => call.includes("graphql")));
    await app.server.stop();
    expect(app.github.checkRuns).toMatchObject([{ status: "completed", conclusion: "neutral" }]);
    expect(app.github.checkRuns[0]?.summary).toContain("shut down");
  });

  it("cuts a review off at its deadline", async () => {
    const app = await start({ env: { PORTCULLIS_DEADLINE_SECONDS: "1" } });
    await app.github.openPullRequest({ head: commit(1) });
    app.github.inject({ match: (call) => call.operation === "graphql", fault: { hang: 60_000 } });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The review took too long" });
    expect(app.github.reviews).toEqual([]);
  });

  it("ends a review whose deadline is over before it has begun", async () => {
    const app = await start({ env: { PORTCULLIS_DEADLINE_SECONDS: "1" } });
    await app.github.openPullRequest({ head: commit(1) });
    app.github.inject({
      match: (call) => call.operation === "checks/list-for-ref",
      fault: { hang: 1_200 },
    });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "neutral", title: "The review took too long" });
    expect(app.calls().filter((call) => call.includes("compare"))).toEqual([]);
  });

  it("waits no longer for one request than it has to", async () => {
    const app = await start({ env: { PORTCULLIS_REQUEST_TIMEOUT_SECONDS: "1" } });
    await app.github.openPullRequest({ head: commit(1) });
    app.github.inject({
      match: (call) => call.operation?.startsWith("repos/compare") === true,
      fault: { hang: 60_000 },
    });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.conclusion).toBe("failure");
    expect(app.github.reviewComments).toHaveLength(1);
  });
});

describe.concurrent("a secret in the code", () => {
  it("reaches neither GitHub nor the log", async () => {
    const app = await start({ github: { collaborators: { ada: "write" } } });
    const { number } = await app.github.openPullRequest({
      head: "leaky",
      title: `Add ${PLANTED}`,
      body: PLANTED,
    });
    // Everything that can fail, fails once: errors are logged, too.
    for (const path of ["/pulls/1/reviews", "/graphql"]) {
      app.github.inject({
        match: (call) => call.method === "POST" && call.path.endsWith(path),
        fault: { status: 422, body: { message: `Refused: ${PLANTED}`, errors: [PLANTED] } },
      });
    }
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check?.title).toBe("3 new findings (2 critical, 1 high)");
    const { id } = app.github.comment(number, "ada", `/portcullis help ${PLANTED}`);
    await app.send("issue_comment", issueCommentPayload(app.github, id));
    await until(() => app.log.includes('"command"'));
    for (const { body } of app.github.calls) expectNoSecret(JSON.stringify(body ?? ""));
    expectNoSecret(app.log);
    expect(app.log).toContain('"level":20');
  });
});

describe.concurrent("app.yml", () => {
  it("asks for no more than is used", async () => {
    const manifest = parse(await readFile(new URL("../../../app.yml", import.meta.url), "utf8"));
    expect(manifest).toMatchObject({
      public: false,
      default_permissions: {
        metadata: "read",
        contents: "read",
        pull_requests: "write",
        checks: "write",
        issues: "read",
        merge_queues: "read",
      },
    });
    expect(Object.keys(manifest.default_permissions)).toHaveLength(6);
    // GitHub refuses a manifest that asks for what comes by itself.
    expect(manifest.default_events).not.toContain("installation");
    // The README says of each what it is for.
    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    const [, table = ""] =
      /\| permission \| why [^\n]*\n\| ---[^\n]*\n([\s\S]*?)\n\n/.exec(readme) ?? [];
    const explained = [...table.matchAll(/^\| ([\w ]+): (\w+) \| \S/gm)].map(
      ([, name = "", access]) => [name.replaceAll(" ", "_"), access],
    );
    expect(Object.fromEntries(explained)).toEqual(manifest.default_permissions);
  });
});

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** Plain, in base64 at any offset, and in a URL. */
function expectNoSecret(text: string): void {
  const forms = [
    PLANTED,
    TOKEN_BODY,
    encodeURIComponent(PLANTED),
    encodeURIComponent(`"${PLANTED}`),
  ];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.from("\0".repeat(offset) + PLANTED).toString("base64");
    forms.push(encoded.slice(4, -4));
  }
  expect(forms.filter((form) => text.includes(form))).toEqual([]);
}
