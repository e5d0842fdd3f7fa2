// What is written where: formats, files, exit statuses, colour, logs, and what never is.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import { formats } from "../../../src/report/index.ts";
import { makeUp } from "../../../src/rules/index.ts";
import { bundlePath, portcullis } from "../../support/command-line.ts";
import { pullRequest } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { PICKLE, QUIET, SQL } from "./samples.ts";

const names = formats.map((format) => format.id);
let high = "";
let medium = "";
beforeAll(async () => {
  [high, medium] = await Promise.all([
    pullRequest({ "a.py": QUIET }, { "a.py": SQL }),
    pullRequest({ "a.py": QUIET }, { "a.py": PICKLE }),
  ]);
});

describe.concurrent("the exit status", () => {
  it.each([
    ["0 below the threshold", () => medium, [], 0],
    ["1 at the threshold", () => high, [], 1],
    ["1 at a lower threshold", () => medium, ["--fail-on", "medium"], 1],
    ["1 over a lower threshold", () => high, ["--fail-on", "low"], 1],
    ["0 below a higher threshold", () => high, ["--fail-on", "critical"], 0],
    ["0 whatever is found, if asked for", () => high, ["--fail-on", "never"], 0],
  ] as const)("is %s", async (_name, repo, args, status) => {
    expect((await portcullis(["review", "--repo", repo(), ...args])).status).toBe(status);
  });
});

describe.concurrent("a report", () => {
  it.each(names)("as %s is the same on standard output and in a file", async (format) => {
    const file = join(await temporaryFolder(), "report");
    const args = ["review", "--repo", high, "--format", format];
    const [shown, written] = await Promise.all([
      portcullis(args),
      portcullis([...args, "--output", file]),
    ]);
    expect(shown.stdout).toMatch(/[^\n]\n$/);
    expect(shown.stdout).toContain("injection/sql-execute");
    expect(await readFile(file, "utf8")).toBe(shown.stdout);
    expect([written.status, written.stdout, written.stderr]).toEqual([1, "", ""]);
    if (format === "json" || format === "sarif") JSON.parse(shown.stdout);
  });

  it("cannot be written into a folder that is not there", async () => {
    const file = join(await temporaryFolder(), "nowhere", "report");
    const { status, stdout, stderr } = await portcullis([
      "review",
      "--repo",
      high,
      "--output",
      file,
    ]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`portcullis: ${file}: the report cannot be written there\n`);
  });

  it("of nothing is quiet", async () => {
    const { status, stdout, stderr } = await portcullis([
      "review",
      "--repo",
      high,
      "--base",
      "feature",
      "--head",
      "main",
    ]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("No new findings");
    expect(stdout).toContain("1 fixed");
  });

  it("has neither colour nor progress where no terminal is, whatever NO_COLOR says", async () => {
    for (const env of [{}, { NO_COLOR: "1" }, { NO_COLOR: "" }]) {
      const { stdout, stderr } = await portcullis(["review", "--repo", high], { env });
      expect(stdout).not.toContain("\u001b");
      expect(stderr).toBe("");
    }
  });

  it("may lose its reader", async () => {
    const cli = await bundlePath();
    const { stdout, stderr } = await promisify(execFile)("bash", [
      "-c",
      `"$0" "$1" rules | head -n 1; echo "\${PIPESTATUS[0]}"`,
      process.execPath,
      cli,
    ]);
    expect(stdout).toMatch(/^\S+ +\w+ +.+\n0\n$/);
    expect(stderr).toBe("");
  });
});

describe.concurrent("--verbose", () => {
  it("logs JSON lines to standard error, and changes nothing else", async () => {
    const args = ["review", "--repo", high, "--format", "json"];
    const [plain, verbose] = await Promise.all([
      portcullis(args),
      portcullis([...args, "--verbose"]),
    ]);
    expect(verbose.stdout).toBe(plain.stdout);
    expect(verbose.status).toBe(plain.status);
    const lines = verbose.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.msg)).toContain("reviewed");
  });
});

describe.concurrent("a secret", () => {
  // Put together here, so that this file holds none.
  const secrets = {
    stripe: makeUp("sk_live_[A-Za-z0-9]{24}"),
    github: makeUp("ghp_[A-Za-z0-9]{30}<checksum>"),
    key: makeUp("[A-Za-z0-9]{64}"),
    django: makeUp("[a-z0-9]{50}"),
  };
  const files = {
    "shop/settings.py": `ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\nSECRET_KEY = "${secrets.django}"\nSTRIPE = "${secrets.stripe}"\n`,
    "app/views.py": `from flask import request\ndef find(cursor):\n    cursor.execute("SELECT '${secrets.github}' FROM t WHERE a = '" + request.args["a"] + "'")\n`,
    "certs/server.key": `-----BEGIN PRIVATE KEY-----\n${secrets.key}\n${secrets.key}\n-----END PRIVATE KEY-----\n`,
    // Silenced and allowed ones are shown too, and no more of them.
    "app/silent.py": `TOKEN = "${secrets.github}"  # portcullis: ignore[secrets/github-token] revoked\n`,
    "app/broken.py": `def x(:\n    TOKEN = "${secrets.github}"\n`,
    // Where a parser says what it did not expect.
    "app/python2.py": `print "${secrets.github}"\nx = = "${secrets.stripe}"\ny = ${secrets.github} 1\n`,
  };
  const base = { "app/old.py": `TOKEN = "${secrets.github}"\n` };
  let repo = "";
  let folder = "";
  beforeAll(async () => {
    repo = await pullRequest(base, { ...files, "app/old.py": null });
    folder = await temporaryFolder();
    const unpack = `git -C "$0" archive feature | tar -x -C "$1"`;
    await promisify(execFile)("bash", ["-c", unpack, repo, folder]);
  });

  it.each(
    names.flatMap((format) =>
      (["review", "scan"] as const).map((command) => ({ format, command })),
    ),
  )("is found and nowhere repeated: $command --format $format", async ({ format, command }) => {
    const target = command === "review" ? ["review", "--repo", repo] : ["scan", folder];
    const { status, stdout, stderr } = await portcullis([
      ...target,
      "--format",
      format,
      "--verbose",
    ]);
    expect(status).toBe(1);
    for (const rule of [
      "secrets/stripe-key",
      "secrets/private-key",
      "secrets/github-token",
      "settings/secret-key-hardcoded",
      "injection/sql-execute",
    ])
      expect(stdout).toContain(rule);
    // Nor a stretch of one that is long enough to be of use.
    const said = `${stdout}${stderr}`;
    const leaks = Object.entries(secrets).flatMap(([name, secret]) =>
      [
        ...Array.from({ length: secret.length - 11 }, (_, at) => secret.slice(at, at + 12)),
        encodeURIComponent(secret),
        ...[0, 1, 2].map((offset) =>
          Buffer.from("\0".repeat(offset) + secret)
            .toString("base64")
            .slice(4, -4),
        ),
      ]
        .filter((stretch) => said.includes(stretch))
        .map((stretch) => `${name}: ${stretch.length} characters`),
    );
    expect(leaks).toEqual([]);
  });

  it.each([
    ["an option that there is not", ["scan", `--${secrets.github}`]],
    ["what an option is given", ["scan", "--format", secrets.github]],
    ["a command that there is not", [secrets.github]],
    ["a folder that there is not", ["scan", secrets.github]],
    ["a revision that there is not", ["review", "--base", secrets.github]],
    ["a file of advisories that there is not", ["deps", "--advisories", secrets.github]],
  ])("is not repeated by what complains of %s", async (_what, words) => {
    const { status, stdout, stderr } = await portcullis(words, { cwd: repo });
    expect(status).toBe(2);
    expect(stderr).toContain("********");
    expect(stdout + stderr).not.toContain(secrets.github.slice(8));
  });
});

describe.concurrent("portcullis rules", () => {
  it("lists, by family too, and explains by id and by other tools' names", async () => {
    const [all, family, one, alias, bare] = await Promise.all(
      [[], ["injection"], ["injection/sql-execute"], ["bandit:B608"], ["b608"]].map((words) =>
        portcullis(["rules", ...words]),
      ),
    );
    expect(all?.stdout).toMatch(/^settings\/debug-enabled +high +Debug mode is on/m);
    expect(
      family?.stdout
        .trimEnd()
        .split("\n")
        .every((line) => line.startsWith("injection/")),
    ).toBe(true);
    expect(one?.stdout).toMatch(
      /^injection\/sql-execute: .+\nSeverity: high\nConfidence: high\nCWE: 89\n/,
    );
    expect(one?.stdout).toContain(
      "How to silence: # portcullis: ignore[injection/sql-execute] the reason, or # nosec B608",
    );
    expect(alias?.stdout).toContain("injection/sql-execute: ");
    expect(alias?.stdout).toContain("injection/sql-raw-query: ");
    expect(bare?.stdout).toBe(alias?.stdout);
    expect([all, family, one, alias, bare].map((outcome) => outcome?.status)).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it("helps with a name that is misspelt", async () => {
    const { status, stdout, stderr } = await portcullis(["rules", "injection/sql-exekute"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      'portcullis: there is no rule "injection/sql-exekute". Did you mean "injection/sql-execute"?\n  `portcullis rules` lists them all.\n',
    );
    expect((await portcullis(["rules", "z".repeat(40)])).stderr).not.toContain("Did you mean");
  });
});

describe.concurrent("portcullis demo", () => {
  it("reviews its sample and passes", async () => {
    const { status, stdout, stderr } = await portcullis(["demo"]);
    expect([status, stderr]).toEqual([0, ""]);
    for (const rule of [
      "secrets/stripe-key",
      "injection/sql-execute",
      "settings/csrf-middleware-missing",
      "dependencies/vulnerable-package",
    ])
      expect(stdout).toContain(`[${rule}]`);
    expect(stdout).not.toContain("sk_live_");
  });
});

describe.concurrent("bad usage", () => {
  it.each([
    [["reviw"], "unknown command 'reviw'\n(Did you mean review?)"],
    [["review", "--formt", "json"], "unknown option '--formt'\n(Did you mean --format?)"],
    [["scan", "--format", "xml"], "Allowed choices are text, json, sarif, html, markdown"],
    [["scan", "--fail-on", "bad"], "Allowed choices are critical, high, medium, low, never"],
    [["scan", "--profile", "x"], "Allowed choices are default, bandit, audit, all"],
    [["scan", "--output"], "argument missing"],
    [["scan", "a", "b"], "too many arguments"],
    [["review", "somewhere"], "too many arguments"],
  ])("is refused: %j", async (args, message) => {
    const { status, stdout, stderr } = await portcullis(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toContain("--help");
  });

  it("without a command shows the help", async () => {
    const { status, stdout, stderr } = await portcullis([]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: portcullis");
  });

  it("is none: --help and --version", async () => {
    const [help, one, version] = await Promise.all(
      [["--help"], ["review", "--help"], ["--version"]].map((args) => portcullis(args)),
    );
    expect([help?.status, one?.status, version?.status]).toEqual([0, 0, 0]);
    expect(help?.stdout).toContain("Exit status:");
    expect(one?.stdout).toContain("Examples:");
    expect(version?.stdout).toBe(`${packageJson.version}\n`);
  });
});

describe.concurrent("--profile", () => {
  it("never finds less with all than by default", async () => {
    const shown = await Promise.all(
      ["default", "bandit", "all"].map((profile) =>
        portcullis(["review", "--repo", high, "--profile", profile]),
      ),
    );
    for (const { status, stdout } of shown) {
      expect(status).toBe(1);
      expect(stdout).toContain("injection/sql-execute");
    }
  });
});
