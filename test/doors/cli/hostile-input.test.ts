// Files that no person would want to read. None of them ends a run: what was not read is named with the reason.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { portcullis } from "../../support/command-line.ts";
import { git, pullRequest } from "../../support/repository.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { type JsonReport, places, QUIET, SQL } from "./samples.ts";

const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(SQL, "utf16le")]);
const deep = `x = ${"(".repeat(20_000)}${")".repeat(20_000)}\n${SQL}`;

/** Each file with the line at which its flaw is found, if it is, and the reason for which (part of) it was not read, if any. */
const files: Readonly<
  Record<string, { content: string | Uint8Array; line?: number; reason?: RegExp; note?: RegExp }>
> = {
  "broken.py": {
    content: `${SQL}def broken(:\n    pass\n`,
    line: 3,
    reason: /^lines? 4.* could not be parsed: /,
  },
  "python2.py": {
    content: `print "hello"\n${SQL}`,
    line: 4,
    reason: /^line 1 could not be parsed: /,
  },
  "except.py": {
    content: `${SQL}try:\n    find(1)\nexcept ValueError, KeyError:\n    pass\n`,
    line: 3,
  },
  "latin1.py": {
    content: Buffer.from(`# caf\xe9\n${SQL}`, "latin1"),
    line: 4,
    note: /not valid UTF-8, read as Latin-1/,
  },
  "cookie.py": {
    content: Buffer.from(`# -*- coding: latin-1 -*-\n# caf\xe9\n${SQL}`, "latin1"),
    line: 5,
  },
  "odd-cookie.py": {
    content: `# coding: klingon\n${SQL}`,
    line: 4,
    note: /unknown encoding "klingon"/,
  },
  "bom.py": { content: `\ufeff${SQL}`, line: 3 },
  "utf16.py": { content: utf16, line: 3 },
  "crlf.py": { content: SQL.replace(/\n/g, "\r\n"), line: 3 },
  "cr.py": { content: SQL.replace(/\n/g, "\r"), line: 3 },
  "nul.py": { content: `${SQL}x = "\0"\n`, reason: /NUL/ },
  "large.py": { content: `${SQL}# ${"x".repeat(5_000_000)}\n`, reason: /larger than 5 MB/ },
  "long-line.py": { content: `x = "${"y".repeat(1_000_000)}"\n${SQL}`, line: 4 },
  "deep.py": { content: deep, line: 4, reason: /could not be parsed/ },
  "empty.py": { content: "" },
  "no-newline.py": { content: SQL.trimEnd(), line: 3 },
  "form-\u202efeed.py": { content: `\f${SQL}\n\f\n`, line: 3 },
};
const expected = Object.entries(files);

describe.each(["review", "scan"] as const)("portcullis %s", (command) => {
  let report: JsonReport;
  let outcome: Awaited<ReturnType<typeof portcullis>>;

  beforeAll(async () => {
    const contents = Object.fromEntries(expected.map(([path, { content }]) => [path, content]));
    if (command === "review") {
      const repo = await pullRequest(
        { "quiet.py": QUIET },
        { ...contents, "out.py": { link: "../out.py" }, vendored: { submodule: "1".repeat(40) } },
      );
      outcome = await portcullis(["review", "--repo", repo, "--format", "json"]);
    } else {
      const folder = await temporaryFolder();
      const outside = await temporaryFolder();
      await writeFile(join(outside, "out.py"), SQL);
      for (const [path, content] of Object.entries(contents))
        await writeFile(join(folder, path), content);
      await symlink(join(outside, "out.py"), join(folder, "out.py"));
      await symlink(outside, join(folder, "outside"));
      await symlink(".", join(folder, "loop"));
      await symlink("nowhere.py", join(folder, "dangling.py"));
      outcome = await portcullis(["scan", folder, "--format", "json"]);
    }
    report = JSON.parse(outcome.stdout);
  });

  it("ends as usual", () => {
    expect([outcome.status, outcome.stderr]).toEqual([1, ""]);
  });

  it.each(expected)("deals with %j", (path, { line, reason, note }) => {
    const found = report.findings.new.filter((one) => one.path === path);
    expect(places(found)).toEqual(
      line === undefined ? [] : [`injection/sql-execute ${path}:${line}`],
    );
    const reasons = report.skipped.filter((one) => one.path === path).map((one) => one.reason);
    expect(reasons).toEqual(reason === undefined ? [] : [expect.stringMatching(reason)]);
    const notes = report.notes.filter((one) => one.startsWith(`${path}:`));
    expect(notes).toEqual(note === undefined ? [] : [expect.stringMatching(note)]);
  });

  it("names the links that it does not follow, and reads nothing behind them", () => {
    const links = report.skipped.filter(({ reason }) => /link|submodule/.test(reason));
    expect(links.map(({ path }) => path).sort()).toEqual(
      command === "review" ? ["out.py", "vendored"] : ["dangling.py", "loop", "out.py", "outside"],
    );
    expect(report.findings.new.filter(({ path }) => /out|loop/.test(path))).toEqual([]);
  });
});

describe("a clone without blobs", () => {
  it("is reviewed as far as it goes, without the network", async () => {
    const upstream = await pullRequest(
      { "a.py": QUIET, "b.py": QUIET },
      { "a.py": SQL, "b.py": `${QUIET}# more\n` },
    );
    await git(upstream, ["config", "uploadpack.allowFilter", "true"]);
    const clone = await temporaryFolder();
    await git(clone, [
      "clone",
      "--quiet",
      "--bare",
      "--filter=blob:none",
      `file://${upstream}`,
      ".",
    ]);
    const { status, stdout } = await portcullis([
      "review",
      "--repo",
      clone,
      "--base",
      "main",
      "--head",
      "feature",
      "--format",
      "json",
    ]);
    const report: JsonReport = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(report.findings.new).toEqual([]);
    expect(report.skipped.map(({ path, reason }) => `${path}: ${reason}`).sort()).toEqual([
      "a.py: the clone lacks this blob",
      "b.py: the clone lacks this blob",
    ]);
  });
});

describe("portcullis scan", () => {
  it("takes a folder that is not in git, and leaves out what no project wrote", async () => {
    const folder = await temporaryFolder();
    const paths = [
      "app/a.py",
      "node_modules/x/a.py",
      ".venv/lib/a.py",
      "__pycache__/a.py",
      ".git/a.py",
    ];
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), SQL);
    }
    await writeFile(join(folder, ".venv/pyvenv.cfg"), "");
    const { status, stdout } = await portcullis(["scan", "--format", "json"], { cwd: folder });
    expect(places(JSON.parse(stdout).findings.new)).toEqual(["injection/sql-execute app/a.py:3"]);
    expect(status).toBe(1);
  });

  it("leaves out what git ignores", async () => {
    const folder = await temporaryFolder();
    await git(folder, ["init", "--quiet"]);
    await writeFile(join(folder, ".gitignore"), "ignored.py\n");
    for (const name of ["ignored.py", "new.py"]) await writeFile(join(folder, name), SQL);
    const { stdout } = await portcullis(["scan", folder, "--format", "json"]);
    expect(places(JSON.parse(stdout).findings.new)).toEqual(["injection/sql-execute new.py:3"]);
  });

  it("names a folder that is not there, or no folder", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "a.py"), SQL);
    for (const path of ["nowhere", join(folder, "a.py")]) {
      const { status, stdout, stderr } = await portcullis(["scan", path]);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toBe(
        `portcullis: ${path} is not a folder\n  Name the folder that you want to scan.\n`,
      );
    }
  });
});
