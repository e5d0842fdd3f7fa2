// @ts-check
// Reviews real pull requests and says how it went. The list and the repositories are yours to give:
//
//   node bench/pull-requests.mjs --list prs.json --mirrors FOLDER [--out FOLDER] [--sarif-tool PROGRAM]
//
// `--list` is a JSON list of { repo: "owner/name", number, base, head }; `--mirrors` holds bare repositories as
// `owner+name/repo` or `owner/name.git`. With `--out`, every SARIF file is kept there. With `--sarif-tool`, Microsoft's
// Sarif.Multitool (npm: @microsoft/sarif-multitool) validates them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, median } from "./measure.mjs";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values } = parseArgs({
  options: {
    list: { type: "string" },
    mirrors: { type: "string" },
    out: { type: "string" },
    "sarif-tool": { type: "string" },
  },
});
const { list, mirrors } = values;
if (list === undefined || mirrors === undefined) {
  process.stderr.write("Give --list FILE and --mirrors FOLDER.\n");
  process.exit(2);
}
const out = values.out ?? mkdtempSync(join(tmpdir(), "portcullis-pull-requests-"));
mkdirSync(out, { recursive: true });

const times = [];
let silent = 0;
let crashed = 0;
let invalid = 0;
let missing = 0;
const byRule = new Map();
for (const { repo, number, base, head } of JSON.parse(readFileSync(list, "utf8"))) {
  const folder = [join(mirrors, repo.replace("/", "+"), "repo"), join(mirrors, `${repo}.git`)].find(
    (one) => existsSync(one),
  );
  if (folder === undefined) {
    missing++;
    continue;
  }
  const file = join(out, `${repo.replace("/", "+")}-${number}.sarif`);
  const run = measure([
    "node",
    cli,
    "review",
    "--repo",
    folder,
    "--base",
    base,
    "--head",
    head,
    "--format",
    "sarif",
    "--output",
    file,
  ]);
  if (run.status > 1) {
    crashed++;
    process.stdout.write(`${repo}#${number}: exit ${run.status}\n`);
    continue;
  }
  times.push(run.wall);
  const results = JSON.parse(readFileSync(file, "utf8")).runs[0].results.filter(
    (/** @type {{ suppressions?: unknown }} */ one) => one.suppressions === undefined,
  );
  if (results.length === 0) silent++;
  for (const result of results) {
    byRule.set(result.ruleId, (byRule.get(result.ruleId) ?? 0) + 1);
    const place = result.locations[0].physicalLocation;
    process.stdout.write(
      `${repo}#${number} ${result.ruleId} ${place.artifactLocation.uri}:${place.region?.startLine}: ${place.region?.snippet?.text?.trim().slice(0, 140) ?? ""}\n`,
    );
  }
  const tool = values["sarif-tool"];
  if (tool !== undefined) {
    const said = spawnSync(
      tool,
      [
        "validate",
        file,
        "--rule-kind",
        "Sarif;Ghas",
        "--level",
        "Error;Warning",
        "--log",
        "ForceOverwrite",
        "--output",
        `${file}.validation`,
      ],
      { encoding: "utf8" },
    );
    if (
      said.stdout.includes(": error ") ||
      !said.stdout.includes("Analysis completed successfully")
    ) {
      invalid++;
      process.stdout.write(`${file}: ${said.stdout}\n`);
    }
  }
}
process.stdout.write(
  `\n${times.length} reviewed, ${missing} without a mirror, ${crashed} failed, ${invalid} with invalid SARIF, ${silent} silent\n`,
);
process.stdout.write(
  `seconds: median ${median(times).toFixed(3)}, slowest ${Math.max(...times).toFixed(2)}\n`,
);
for (const [rule, count] of [...byRule].sort((a, b) => b[1] - a[1]))
  process.stdout.write(`${String(count).padStart(5)}  ${rule}\n`);
