// @ts-check
// Reviews real fixes of security problems backwards, from the fix to its parent, and says where the flaw was found. The list and
// the repositories are yours to give:
//
//   node bench/security-fixes.mjs --list security-fixes.json --mirrors FOLDER [--profile all]
//
// `--list` is a JSON list of { repo: "owner/name", fix, parent, file, lines, kind, cwe }; `--mirrors` holds bare repositories as
// `owner+name/repo`. A flaw is found by a new finding in its file within three lines of it; the CWEs are printed to be compared.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values } = parseArgs({
  options: {
    list: { type: "string" },
    mirrors: { type: "string" },
    profile: { type: "string", default: "default" },
  },
});
if (values.list === undefined || values.mirrors === undefined) {
  process.stderr.write("Give --list FILE and --mirrors FOLDER.\n");
  process.exit(2);
}

let [all, found, missing] = [0, 0, 0];
for (const one of JSON.parse(readFileSync(values.list, "utf8"))) {
  const repo = join(values.mirrors, one.repo.replace("/", "+"), "repo");
  if (!existsSync(repo)) {
    missing++;
    process.stdout.write(`no repository  ${one.repo}\n`);
    continue;
  }
  all++;
  const run = spawnSync(
    "node",
    [
      cli,
      "review",
      "--repo",
      repo,
      "--base",
      one.fix,
      "--head",
      one.parent,
      "--profile",
      values.profile,
      "--format",
      "sarif",
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (run.status !== 0 && run.status !== 1) {
    process.stdout.write(`failed  ${one.repo}: ${run.stderr.trim()}\n`);
    continue;
  }
  const [{ results, tool }] = JSON.parse(run.stdout).runs;
  /** @type {string[]} */
  const hits = [];
  /** @type {string[]} */
  const others = [];
  for (const result of results) {
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    const at = `${artifactLocation.uri}:${region?.startLine ?? 1} ${result.ruleId}${result.suppressions?.length > 0 ? " (suppressed)" : ""}`;
    const near = one.lines.some(
      (/** @type {number} */ line) =>
        line >= (region?.startLine ?? 1) - 3 &&
        line <= (region?.endLine ?? region?.startLine ?? 1) + 3,
    );
    if (result.baselineState === "unchanged" || result.baselineState === "absent") continue;
    if (decodeURIComponent(artifactLocation.uri) === one.file && near) {
      const rule = tool.driver.rules.find(
        (/** @type {{ id: string }} */ known) => known.id === result.ruleId,
      );
      const cwe = rule.properties.tags
        .filter((/** @type {string} */ tag) => tag.includes("/cwe/"))
        .join(" ");
      hits.push(`${at} ${cwe.replaceAll("external/cwe/", "")}`);
    } else others.push(at);
  }
  if (hits.length > 0) found++;
  process.stdout.write(
    `${hits.length > 0 ? "found " : "missed"}  ${one.repo} ${one.kind} (${one.cwe}, ${one.file}:${one.lines})\n`,
  );
  for (const hit of hits) process.stdout.write(`          ${hit}\n`);
  for (const other of others) process.stdout.write(`        elsewhere: ${other}\n`);
}
process.stdout.write(
  `${found} of ${all} found${missing > 0 ? `; ${missing} repositories are not there` : ""}\n`,
);
