// `npm start` on a range of a real project, which no file of ours can hold:
// PORTCULLIS_REAL_RANGE="CLONE BASE HEAD" npx vitest run test/doors/app/real-range.test.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { deliver, pullRequestPayload, startGitHub } from "../../github/index.ts";
import { bundlePath, gitEnvironment } from "../../support/command-line.ts";
import { git } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { environmentFor, PICKLE, SECRET, SQL, until } from "./setting.ts";

const [clone, base = "", head = ""] = (process.env["PORTCULLIS_REAL_RANGE"] ?? "").split(" ");

it.runIf(base !== "" && head !== "")(
  "of a real project gets one check and one review, and a push edits one comment and posts one",
  async () => {
    const folder = await temporaryFolder();
    await git(folder, ["clone", "--quiet", "--bare", "--shared", clone ?? "", "."]);
    // The project's own change, with a flaw that the next push exchanges for another.
    const commit = (branch: string, from: string, changes: string) =>
      git(
        folder,
        ["fast-import", "--quiet"],
        Buffer.from(
          `commit refs/heads/${branch}\ncommitter Test <test@example.org> 1700000000 +0000\ndata 4\nTest\nfrom ${from}\n${changes}\n`,
        ),
      );
    const file = (path: string, text: string) =>
      `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`;
    await commit("base", base, "");
    await commit("first", head, file("flaw_one.py", SQL));
    await commit("second", "refs/heads/first", `D flaw_one.py\n${file("flaw_two.py", PICKLE)}`);

    const github = await startGitHub({ repository: folder, owner: "acme", name: "shop" });
    const app = join(dirname(await bundlePath()), "app.js");
    const child = spawn(process.execPath, [app], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", ...gitEnvironment, ...environmentFor(github) },
    });
    let log = "";
    child.stdout.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
    try {
      await until(() => log.includes("listening on"));
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0] ?? "";
      const send = async (action: "opened" | "synchronize", id: string) => {
        const payload = await pullRequestPayload(github, action, 1);
        const path = `${url}/api/github/webhooks`;
        expect((await deliver(path, "pull_request", payload, { secret: SECRET, id })).status).toBe(
          200,
        );
      };
      const concluded = (count: number) =>
        until(
          () =>
            github.checkRuns.length === count &&
            github.checkRuns.every((run) => run.status === "completed"),
        );
      const calls = () => github.calls.filter(({ path }) => !path.endsWith("access_tokens")).length;

      await github.openPullRequest({ head: "first", base: "base" });
      await send("opened", "1");
      await concluded(1);
      expect(github.reviews).toHaveLength(1);
      const comments = github.reviewComments.length;
      console.log(`${github.checkRuns[0]?.title}: ${comments} comments, ${calls()} calls`);
      console.log(github.reviewComments.map(({ path, body }) => `${path}: ${body}`).join("\n\n"));

      github.resetCalls();
      await send("opened", "1");
      await until(() => log.includes('"result":"known"'));
      expect(github.calls).toEqual([]);

      await github.push(1, "second");
      await send("synchronize", "2");
      await concluded(2);
      expect(github.reviews).toHaveLength(2);
      expect(github.reviewComments).toHaveLength(comments + 1);
      const edited = github.reviewComments.filter(({ body }) => body.includes("Fixed as of"));
      expect(edited.map(({ path }) => path)).toEqual(["flaw_one.py"]);
      console.log(`${github.checkRuns[1]?.title}: ${calls()} calls`);
      github.expectNoViolations();
    } finally {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
      await github.close();
    }
  },
  120_000,
);
