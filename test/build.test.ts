import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import packageJson from "../package.json" with { type: "json" };
import { build } from "../scripts/build.mjs";
import { bundlePath } from "./support/command-line.ts";

const run = promisify(execFile);

// Before 20.19 Node takes a file for an ES module only if a package.json says so.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const detectsModules = major > 20 || (major === 20 && minor >= 19);
const selfContained = detectsModules ? ["cli.js"] : ["cli.js", "package.json"];

describe("the bundle", () => {
  const folders: string[] = [];
  const temporaryFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-build-"));
    folders.push(folder);
    return folder;
  };
  let dist = "";
  // A folder that holds cli.js and nothing else, so that whatever is not in the bundle is missed.
  let alone = "";

  beforeAll(async () => {
    // The one that all tests share.
    dist = dirname(await bundlePath());
    alone = await temporaryFolder();
    for (const file of selfContained) await copyFile(join(dist, file), join(alone, file));
  });
  afterAll(() =>
    Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))),
  );

  it("is the same, byte for byte, when built again elsewhere", async () => {
    const again = await temporaryFolder();
    await build({ outdir: again });
    const names = await readdir(again);
    expect(await readdir(dist)).toEqual(expect.arrayContaining(names));
    for (const name of names) {
      const [first, second] = await Promise.all(
        [dist, again].map((folder) => readFile(join(folder, name))),
      );
      expect(second?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  it("can be executed", async () => {
    expect((await readFile(join(dist, "cli.js"), "utf8")).startsWith("#!/usr/bin/env node\n")).toBe(
      true,
    );
    expect((await stat(join(dist, "cli.js"))).mode & 0o111).toBe(0o111);
  });

  it("names no path of the machine it was built on", async () => {
    const text = await readFile(join(dist, "cli.js"), "utf8");
    expect(text.includes(process.cwd())).toBe(false);
  });

  it("tells its version without any package beside it", async () => {
    const { stdout } = await run(process.execPath, ["cli.js", "--version"], { cwd: alone });
    expect(stdout.trim()).toBe(packageJson.version);
  });

  describe("what V8 compiled of it", () => {
    // Tells of each script with compiled code whether V8 takes it.
    const hook = `
      const vm = require("node:vm");
      vm.Script = class extends vm.Script {
        constructor(text, options) {
          super(text, options);
          process.stderr.write(\`rejected: \${this.cachedDataRejected}\\n\`);
        }
      };
      require("node:module").syncBuiltinESMExports();`;
    const start = async (folder: string) => {
      await writeFile(join(folder, "hook.cjs"), hook);
      const args = ["--require", "./hook.cjs", "cli.js", "--version"];
      return run(process.execPath, args, { cwd: folder });
    };
    const besides = async (code: Buffer) => {
      const folder = await temporaryFolder();
      for (const file of selfContained) await copyFile(join(dist, file), join(folder, file));
      await writeFile(join(folder, "cli.code"), code);
      return start(folder);
    };

    it("is taken by the version that made it", async () => {
      const { stderr } = await besides(await readFile(join(dist, "cli.code")));
      expect(stderr).toBe("rejected: false\n");
    });

    it("is left aside where it is that of another, and where there is none", async () => {
      const other = await readFile(join(dist, "cli.code"));
      // The second word is a hash of V8's version.
      other.writeUInt32LE(other.readUInt32LE(4) ^ 1, 4);
      const outcomes = [await besides(other), await besides(Buffer.from("")), await start(alone)];
      expect(outcomes.map(({ stdout }) => stdout.trim())).toEqual(
        outcomes.map(() => packageJson.version),
      );
      expect(outcomes.map(({ stderr }) => stderr.trim())).toEqual([
        "rejected: true",
        "rejected: true",
        "rejected: undefined",
      ]);
    });
  });

  it("lists every rule without the rules folder beside it", async () => {
    const { stdout } = await run(process.execPath, ["cli.js", "rules"], { cwd: alone });
    const ids = ruleFiles
      .filter(({ path }) => !path.startsWith("models/"))
      .map(({ path }) => path.replace(/\.yml$/, ""));
    expect(ids.filter((id) => !stdout.includes(id))).toEqual([]);
  });

  it("comes with the license of every package in it", async () => {
    const text = await readFile(join(dist, "THIRD_PARTY_LICENSES.txt"), "utf8");
    expect(text).toMatch(/^py-ast \S+ \(MIT\)$/m);
    expect(text).toMatch(/^yaml \S+ \(ISC\)$/m);
  });
});
