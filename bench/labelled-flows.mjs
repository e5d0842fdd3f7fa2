// @ts-check
// Scores a scan against files in which comments say where a tool must report (`# ruleid: x`) and where it must not (`# ok: x`),
// as in the test files of semgrep/semgrep-rules. The corpus is yours to give, and stays outside of this repository:
//
//   node bench/labelled-flows.mjs --corpus FOLDER/python [--profile all] [--bandit] [--misses] [--hits]
//
// Counted are the rules below a folder `security` whose YAML names a CWE. A label is found when a finding with that CWE, or with one
// of its family, stands between the labelled statement and the end of the block that holds it: tools report a flow at its sink, labels
// may stand at its start. A finding on an `ok` counts only on the labelled statement itself and up to the next label.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse } from "yaml";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    profile: { type: "string", default: "all" },
    bandit: { type: "boolean", default: false },
    misses: { type: "boolean", default: false },
    hits: { type: "boolean", default: false },
  },
});
const corpus = values.corpus;
if (corpus === undefined || !existsSync(corpus)) {
  process.stderr.write("Name a folder of labelled Python files: --corpus FOLDER.\n");
  process.exit(2);
}

/** CWEs that tools use for one another: a label of one is found by any of its family. */
const FAMILIES = [
  [74, 75, 77, 78, 88, 155, 553],
  [74, 79, 80, 83, 87, 96, 116, 1336],
  // The corpus names 915 and 704 for SQL that is put together.
  [74, 89, 564, 943, 915, 704],
  [74, 94, 95, 96, 97, 1336, 913],
  [22, 23, 36, 73, 98, 706, 35, 24],
  [74, 91, 643, 90],
  [74, 93, 113, 117],
  [20, 601, 644, 807, 348],
  [918, 939, 441, 610],
  [502, 915],
  [611, 776, 827, 20],
  [1333, 400, 730, 185],
  [295, 297, 298, 299, 322, 599],
  [310, 326, 327, 328, 321, 916, 1240, 757],
  [330, 331, 335, 338, 340, 1241],
  [259, 321, 522, 798, 312, 256, 1392],
  [345, 347, 287, 290, 306, 522, 327, 757, 288, 1390],
  [200, 209, 489, 497, 215, 11, 94, 668],
  [614, 1004, 1275, 315, 732],
  [319, 311, 300, 523, 5, 939, 350],
  [276, 732, 279, 281],
  [200, 605, 668, 1327],
  [521, 1391, 258],
  [532, 200, 312, 117, 522],
  [352],
  [942, 346, 16],
  [1236],
  [704, 681, 20, 1287],
  [134],
  [250, 269],
];

/** @param {number} a @param {number} b */
const related = (a, b) => a === b || FAMILIES.some((one) => one.includes(a) && one.includes(b));

/** @param {string} folder @returns {string[]} */
const filesIn = (folder) => readdirSync(folder, { recursive: true, encoding: "utf8" });

/** The CWEs of the rules below `security`, by folder and rule. @type {Map<string, number[]>} */
const cwes = new Map();
for (const path of filesIn(corpus)) {
  if (!/(?:^|\/)security\/.*\.ya?ml$/.test(path) || /\.test\.ya?ml$/.test(path)) continue;
  /** @type {{ rules?: { id: string, metadata?: { cwe?: string | string[] } }[] }} */
  const file = parse(readFileSync(join(corpus, path), "utf8"));
  for (const rule of file?.rules ?? []) {
    const named = [rule.metadata?.cwe ?? []].flat().join(" ");
    const numbers = [...named.matchAll(/CWE-(\d+)/g)].map((match) => Number(match[1]));
    // Rules of different folders share ids.
    if (numbers.length > 0) cwes.set(`${dirname(path)} ${rule.id}`, numbers);
  }
}

/**
 * @typedef {{ path: string, line: number, end: number, next: number, rule: string, bad: boolean, cwe: number[] }} Label
 * @typedef {{ path: string, start: number, end: number, cwe: number[], rule: string }} Found
 */

/** The last line of the block that holds a line, by indentation; brackets and long strings that are open do not end one.
 * @param {readonly string[]} lines @param {number} first */
function endOfBlock(lines, first) {
  const indent = (/** @type {string} */ line) => line.length - line.trimStart().length;
  const own = indent(lines[first] ?? "");
  let depth = 0;
  /** The quotes of a long string that is open. */
  let quotes = "";
  let last = first;
  for (let at = first; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (quotes === "" && (line.trim() === "" || line.trimStart().startsWith("#"))) continue;
    if (at > first && depth <= 0 && quotes === "" && indent(line) < own) break;
    for (const [token] of line.matchAll(/\\.|"""|'''|"[^"\\]*"|'[^'\\]*'|[([{}\])]/g)) {
      if (quotes !== "") quotes = token === quotes ? "" : quotes;
      else if (token === '"""' || token === "'''") quotes = token;
      else if ("([{".includes(token)) depth++;
      else if (")]}".includes(token)) depth--;
    }
    last = at;
  }
  return last;
}

/** @returns {Label[]} */
function labels() {
  /** @type {Label[]} */
  const found = [];
  for (const path of filesIn(corpus ?? "")) {
    // What a fix made of a test keeps the labels of what it fixed.
    if (!/(?:^|\/)security\/.*\.(?:py|html|mako)$/.test(path) || /\.fixed\./.test(path)) continue;
    const lines = readFileSync(join(corpus ?? "", path), "utf8").split(/\r?\n/);
    const marks = lines.map((line) =>
      /(?:#|<!--|\{#)\s*(todo|deep|pro)?(ruleid|ok|fn|fp)\s*:\s*([\w.-]+(?:\s*,\s*[\w.-]+)*)/.exec(
        line,
      ),
    );
    for (const [index, mark] of marks.entries()) {
      // What the tool of the labels itself misses (`fn`) or gets wrong (`fp`) is not counted, but ends what stands before it.
      if (mark === null || mark[1] !== undefined || /^f[np]$/.test(mark[2] ?? "")) continue;
      let at = /^\s*(?:#|<!--|\{#)/.test(lines[index] ?? "") ? index + 1 : index;
      while (
        at < lines.length &&
        (marks[at] !== null || /^\s*(?:#.*)?$/.test(lines[at] ?? "")) &&
        at !== index
      )
        at++;
      const next = marks.findIndex((one, place) => one !== null && place > at);
      for (const rule of (mark[3] ?? "").split(/\s*,\s*/)) {
        const cwe = cwes.get(`${dirname(path)} ${rule}`);
        if (cwe === undefined) continue;
        found.push({
          path,
          line: at + 1,
          end: endOfBlock(lines, at) + 1,
          next: next < 0 ? lines.length : next,
          rule,
          bad: mark[2] === "ruleid",
          cwe,
        });
      }
    }
  }
  return found;
}

/** @param {string} folder @returns {Found[]} */
function scan(folder) {
  const run = spawnSync(
    "node",
    [cli, "scan", folder, "--format", "sarif", "--profile", values.profile],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (run.status !== 0 && run.status !== 1) throw new Error(run.stderr);
  const [report] = JSON.parse(run.stdout).runs;
  /** @type {Map<string, number[]>} */
  const byRule = new Map(
    report.tool.driver.rules.map(
      (/** @type {{ id: string, properties: { tags: string[] } }} */ rule) => [
        rule.id,
        rule.properties.tags.flatMap((tag) => {
          const number = /^external\/cwe\/cwe-(\d+)$/.exec(tag)?.[1];
          return number === undefined ? [] : [Number(number)];
        }),
      ],
    ),
  );
  return report.results.map((/** @type {any} */ result) => {
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    return {
      path: decodeURIComponent(artifactLocation.uri),
      start: region?.startLine ?? 1,
      end: region?.endLine ?? region?.startLine ?? 1,
      cwe: byRule.get(result.ruleId) ?? [],
      rule: result.ruleId,
    };
  });
}

/** @param {string} folder @returns {Found[]} */
function bandit(folder) {
  const run = spawnSync("bandit", ["-q", "-r", folder, "-f", "json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(run.stdout).results.map((/** @type {any} */ one) => ({
    path: relative(folder, one.filename),
    start: one.line_number,
    end: Math.max(one.line_number, ...one.line_range),
    cwe: [one.issue_cwe.id],
    rule: one.test_id,
  }));
}

// Where the corpus stands must not matter: a folder called `tests` above it would switch most rules off.
const folder = mkdtempSync(join(tmpdir(), "portcullis-flows-"));
try {
  cpSync(corpus, folder, { recursive: true });
  execFileSync("git", ["init", "-q", folder]);
  const found = values.bandit ? bandit(folder) : scan(folder);
  const all = labels();
  /** @type {Map<string, { bad: number, found: number, ok: number, hit: number }>} */
  const byRule = new Map();
  for (const label of all) {
    const last = label.bad ? label.end : Math.min(label.end, label.next);
    const by = found.filter(
      (one) =>
        one.path === label.path &&
        one.end >= label.line &&
        one.start <= last &&
        one.cwe.some((a) => label.cwe.some((b) => related(a, b))),
    );
    const key = `${dirname(label.path)}/${label.rule}`;
    const count = byRule.get(key) ?? { bad: 0, found: 0, ok: 0, hit: 0 };
    byRule.set(key, count);
    if (label.bad) {
      count.bad++;
      if (by.length > 0) count.found++;
      else if (values.misses)
        process.stdout.write(`miss ${label.path}:${label.line} ${label.rule} CWE-${label.cwe}\n`);
    } else {
      count.ok++;
      if (by.length > 0) {
        count.hit++;
        if (values.hits)
          process.stdout.write(
            `hit ${label.path}:${label.line} ${label.rule} by ${[...new Set(by.map((one) => `${one.rule}@${one.start}`))]}\n`,
          );
      }
    }
  }
  const total = { bad: 0, found: 0, ok: 0, hit: 0 };
  for (const [rule, count] of [...byRule].sort(
    (a, b) => b[1].bad - b[1].found - (a[1].bad - a[1].found),
  )) {
    for (const key of /** @type {const} */ (["bad", "found", "ok", "hit"]))
      total[key] += count[key];
    if (count.found < count.bad || count.hit > 0)
      process.stdout.write(
        `${rule.padEnd(52)} found ${count.found} of ${count.bad}, hit ${count.hit} of ${count.ok} ok\n`,
      );
  }
  const percent = (/** @type {number} */ part, /** @type {number} */ whole) =>
    `${((100 * part) / whole).toFixed(1)}%`;
  process.stdout.write(
    `found ${total.found} of ${total.bad} (${percent(total.found, total.bad)}); hit ${total.hit} of ${total.ok} ok (${percent(total.hit, total.ok)})\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
