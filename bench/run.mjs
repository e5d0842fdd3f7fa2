// @ts-check
// Times a whole-tree scan against Bandit, both in one run and in turn, so that the ratio holds on any machine.
//
//   npm run bench -- --tree FOLDER              a checkout of a Python project
//   npm run bench -- --repo GITDIR [--rev REV]  exported from a git repository, bare or not
//
// Bandit is Debian's package `bandit`, or whatever `bandit` is on the PATH.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, median } from "./measure.mjs";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values } = parseArgs({
  options: {
    tree: { type: "string" },
    repo: { type: "string" },
    rev: { type: "string", default: "HEAD" },
    rounds: { type: "string", default: "3" },
  },
});

/** @param {string} repo */
function exportTree(repo) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  // A clone may lack large blobs, so each is asked for by itself; only Python counts for Bandit anyway.
  const archive = execFileSync(
    "git",
    [
      "-C",
      repo,
      "archive",
      values.rev,
      "--",
      "*.py",
      "*.html",
      "*.txt",
      "*.yml",
      "*.yaml",
      "*.toml",
      "*.md",
    ],
    {
      maxBuffer: 1 << 30,
    },
  );
  execFileSync("tar", ["x", "-C", folder], { input: archive });
  return folder;
}

/** @param {string} folder */
function countLines(folder) {
  let files = 0;
  let lines = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".py")) continue;
    files++;
    lines += readFileSync(join(folder, name), "latin1").split("\n").length - 1;
  }
  return { files, lines };
}

const exported = values.repo === undefined ? undefined : exportTree(values.repo);
const folder = values.tree ?? exported;
if (folder === undefined) {
  process.stderr.write("Name a project: --tree FOLDER or --repo GITDIR.\n");
  process.exit(2);
}
try {
  const { files, lines } = countLines(folder);
  process.stdout.write(`${files} Python files, ${lines} lines\n`);
  /** @type {ReturnType<typeof measure>[]} */
  const ours = [];
  /** @type {ReturnType<typeof measure>[]} */
  const theirs = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(measure(["node", cli, "scan", folder, "--format", "json"]));
    theirs.push(measure(["bandit", "-q", "-r", folder, "-f", "json"]));
  }
  const row = (/** @type {string} */ name, /** @type {typeof ours} */ runs) =>
    process.stdout.write(
      `${name.padEnd(10)}  wall ${median(runs.map((run) => run.wall)).toFixed(2)} s  cpu ${median(runs.map((run) => run.cpu)).toFixed(2)} s  peak ${median(runs.map((run) => run.peakMegabytes)).toFixed(0)} MB  (status ${runs[0]?.status})\n`,
    );
  row("portcullis", ours);
  row("bandit", theirs);
  const ratio = median(ours.map((run, index) => (theirs[index]?.wall ?? Number.NaN) / run.wall));
  process.stdout.write(`portcullis is ${ratio.toFixed(1)} times faster (median of pairs)\n`);
} finally {
  if (exported !== undefined) rmSync(exported, { recursive: true, force: true });
}
