// The first step: the bundle that the ref carries, or one that is built on the spot, as in built.test.ts. That the bundle needs nothing beside it is what all other
// tests of this folder show: they run it from a folder without sources and packages.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pullRequestPayload } from "../../github/index.ts";
import { git } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { plainCheckout } from "./plain-checkout.ts";
import { releasedAction, runAction } from "./runner.ts";
import { atGitHub, type Shop, shop } from "./shop.ts";

/** Set where the registry of packages may be asked: in `.ci/run`. */
const mayUseNetwork = process.env["PORTCULLIS_NETWORK_TESTS"] === "1";

let theShop: Shop;
beforeAll(async () => {
  theShop = await shop();
});
afterAll(() => theShop.sample.remove());

describe("a ref without a bundle", () => {
  it.runIf(mayUseNetwork)(
    "is installed and built in under 15 seconds, and the second time without installing",
    () =>
      atGitHub(theShop, async (github) => {
        const action = await plainCheckout();
        const cache = await temporaryFolder();
        const environment = {
          RUNNER_TOOL_CACHE: join(cache, "tools"),
          npm_config_cache: join(cache, "npm"),
        };
        const { number } = await github.openPullRequest({ head: "feature" });
        const payload = await pullRequestPayload(github, "opened", number);
        const runOnce = () =>
          runAction({
            event: "pull_request",
            payload,
            api: github.url,
            token: github.actionsToken(),
            action,
            environment,
          });
        const first = await runOnce();
        const second = await runOnce();
        for (const { outputs, printed } of [first, second])
          expect(outputs, printed).toMatchObject({ conclusion: "failure", new: "2" });
        expect(first.printed).toContain("installing packages");
        expect(second.printed).not.toContain("installing packages");
        expect(first.seconds["program"]).toBeLessThan(15);
        expect(second.seconds["program"]).toBeLessThan(5);
        expect(await readdir(action)).not.toContain("node_modules");
        expect(await readdir(action)).not.toContain("dist");
      }),
    120_000,
  );

  it(
    "that cannot be installed says what to do",
    () =>
      atGitHub(theShop, async (github) => {
        const cache = await temporaryFolder();
        const result = await runAction({
          event: "schedule",
          payload: {},
          api: github.url,
          token: github.actionsToken(),
          action: await plainCheckout(),
          environment: {
            RUNNER_TOOL_CACHE: cache,
            npm_config_cache: cache,
            npm_config_registry: "http://127.0.0.1:9",
            npm_config_fetch_retries: "0",
          },
        });
        expect(result.status).toBe(1);
        expect(result.annotations.map((one) => one.message)).toEqual([
          "The packages that Portcullis is built with could not be installed. Use a release tag, which needs none.",
        ]);
        expect(await readdir(join(cache, "portcullis"))).toEqual([]);
      }),
    30_000,
  );
});

describe("a runner", () => {
  it.each([
    ["has no Node.js", undefined, "Node.js is not on the PATH."],
    ["has an old Node.js", "v18.20.0", "Node.js v18.20.0 is too old"],
  ])("that %s is told so", async (_, version, message) => {
    const bin = await temporaryFolder();
    for (const tool of ["bash", "dirname"]) {
      const { stdout } = await promisify(execFile)("sh", ["-c", `command -v ${tool}`]);
      await symlink(stdout.trim(), join(bin, tool));
    }
    if (version !== undefined) {
      const fake = `#!${join(bin, "bash")}\nif [ "$1" = --version ]; then echo ${version}; else exit 1; fi\n`;
      await writeFile(join(bin, "node"), fake, { mode: 0o755 });
    }
    const result = await runAction({
      event: "schedule",
      payload: {},
      api: "http://127.0.0.1:9",
      token: "t",
      action: await releasedAction(),
      environment: { PATH: bin },
    });
    expect(result.status).toBe(1);
    expect(result.annotations[0]?.message).toContain(message);
  });
});

describe("a release", () => {
  it("is a tag on a commit that holds the bundle, and moves no branch", async () => {
    const clone = await plainCheckout();
    const released = await releasedAction();
    await mkdir(join(clone, "dist"));
    await copyFile(join(released, "dist/action.js"), join(clone, "dist/action.js"));
    await git(clone, ["init", "--quiet", "--initial-branch=main"]);
    await git(clone, ["add", "."]);
    await git(clone, ["commit", "--quiet", "--message", "All"]);
    const head = await git(clone, ["rev-parse", "HEAD"]);
    const { version } = JSON.parse(await readFile(join(clone, "package.json"), "utf8"));
    const tag = (words: readonly string[]) =>
      promisify(execFile)("bash", [join(clone, "scripts/tag-release.sh"), ...words]);

    await expect(tag(["9.9.9"])).rejects.toThrow("package.json does not say 9.9.9");
    await expect(tag(["$(touch x)"])).rejects.toThrow("is no version");
    await tag([version]);
    expect(await git(clone, ["ls-tree", "--name-only", `v${version}`, "dist/"])).toBe(
      "dist/action.js",
    );
    expect(await git(clone, ["rev-parse", `v${version}^{commit}`])).toBe(
      await git(clone, ["rev-parse", `v${version.split(".")[0]}^{commit}`]),
    );
    expect(await git(clone, ["rev-parse", `v${version}^{commit}~1`])).toBe(head);
    expect(await git(clone, ["rev-parse", "main", "HEAD"])).toBe(`${head}\n${head}`);
    expect(await git(clone, ["status", "--porcelain"])).toBe("");
    await expect(tag([version])).rejects.toThrow("exists");
    await rm(clone, { recursive: true });
  });
});
