// @ts-check
// What Bandit reports and a scan with `--profile bandit` does not: by Bandit's test id, over one or more trees.
//
//   node bench/bandit-parity.mjs [--missing] TREE...
//
// A result of Bandit counts as found when a finding whose rule names its id covers one of the lines of its statement. Tests are left
// out on both sides: only secrets are looked for there.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { missing: { type: "boolean", default: false } },
});
/** As `isTestPath` in src/core/config.ts. */
const TEST_PATH =
  /(?:^|\/)(?:(?:unit|integration|functional)?_?tests?|testing|test_?data|fixtures?|cassettes?|__tests__|specs?|e2e)\/|(?:^|\/)(?:test_[^/]*|tests?|conftest|[^/]*_tests?|factories)\.py$/i;
const options = { encoding: /** @type {const} */ ("utf8"), maxBuffer: 1 << 30 };

/** @type {Map<string, { all: number, found: number }>} */
const byId = new Map();
for (const tree of positionals) {
  const root = resolve(tree);
  const bandit = JSON.parse(spawnSync("bandit", ["-q", "-r", root, "-f", "json"], options).stdout);
  const ours = JSON.parse(
    spawnSync("node", [cli, "scan", root, "--profile", "bandit", "--format", "sarif"], options)
      .stdout,
  );
  const [run] = ours.runs;
  /** @type {Map<string, string[]>} */
  const aliases = new Map(
    run.tool.driver.rules.map((/** @type {any} */ rule) => [rule.id, rule.properties.tags]),
  );
  /** @type {Map<string, { start: number, end: number, ids: string[] }[]>} */
  const byPath = new Map();
  for (const result of run.results) {
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    const path = decodeURIComponent(artifactLocation.uri);
    const list = byPath.get(path) ?? [];
    byPath.set(path, list);
    list.push({
      start: region.startLine,
      end: region.endLine ?? region.startLine,
      ids: aliases.get(result.ruleId) ?? [],
    });
  }
  for (const one of bandit.results) {
    const path = relative(root, one.filename);
    if (TEST_PATH.test(path)) continue;
    const lines = [one.line_number, ...one.line_range];
    const found = (byPath.get(path) ?? []).some(
      (hit) =>
        hit.ids.includes(`bandit:${one.test_id}`) &&
        lines.some((line) => line >= hit.start && line <= hit.end),
    );
    const count = byId.get(one.test_id) ?? { all: 0, found: 0 };
    byId.set(one.test_id, count);
    count.all++;
    if (found) count.found++;
    else if (values.missing) {
      const text = readFileSync(join(root, path), "utf8").split("\n")[one.line_number - 1] ?? "";
      process.stdout.write(
        `${one.test_id} ${path}:${one.line_number} ${text.trim().slice(0, 120)}\n`,
      );
    }
  }
}
let [all, found] = [0, 0];
for (const [id, count] of [...byId].sort()) {
  process.stdout.write(`${id} ${count.found} of ${count.all}\n`);
  all += count.all;
  found += count.found;
}
process.stdout.write(`${found} of ${all} (${((100 * found) / all).toFixed(1)}%)\n`);
