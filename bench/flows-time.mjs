// @ts-check
// What it costs to follow data, in processor time, and beside it what it costs to parse every Python file of a tree. Two answers,
// because a scan shares work: `alone` is a scan with the taint rules and no others, which starts, reads and searches every file
// itself, and parses those in which data may come to a sink; `adds` is what a scan with all rules takes more than one without
// the taint rules. Following data adds no more than parsing where they are at most 1 time of that. Each runs in a process of its
// own and in turn. The rules are those of the programs, read and checked when they are built.
//
//   node bench/flows-time.mjs --tree FOLDER [--rounds N]
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../scripts/build.mjs";
import { measure, median, readTreeOptions } from "./measure.mjs";

const { tree, rounds } = readTreeOptions();

const PARSE = `
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseModule } from "./python.js";
const [folder] = process.argv.slice(2);
for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  if (!path.endsWith(".py")) continue;
  parseModule(readFileSync(join(folder, path), "utf8"), { comments: false });
}
`;
const SCAN = `
import { buildRules } from "./setup.js";
import { defaultConfig, directoryTree, scan } from "./lib.js";
const [folder, which] = process.argv.slice(2);
const all = buildRules("default");
const isMeant = { alone: (isFlow) => isFlow, without: (isFlow) => !isFlow, all: () => true }[which];
const rules = all.rules.filter((rule) => isMeant(rule.kind === "taint"));
const byId = new Map(rules.map((rule) => [rule.id, rule]));
await scan({ tree: await directoryTree(folder), rules: { ...all, rules, byId }, config: defaultConfig, today: "2026-01-01" });
`;

const folder = mkdtempSync(join(tmpdir(), "portcullis-flows-time-"));
try {
  const source = (/** @type {string} */ path) =>
    fileURLToPath(new URL(`../src/${path}`, import.meta.url));
  const entries = {
    lib: source("index.ts"),
    setup: source("setup/index.ts"),
    python: source("python/parse.ts"),
  };
  await bundle(entries, folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "parse.js"), PARSE);
  writeFileSync(join(folder, "scan.js"), SCAN);
  const names = /** @type {const} */ (["parse", "alone", "without", "all"]);
  /** @type {Record<(typeof names)[number], number[]>} */
  const seconds = { parse: [], alone: [], without: [], all: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const program = name === "parse" ? "parse.js" : "scan.js";
      const { status, cpu } = measure(["node", join(folder, program), tree, name]);
      if (status !== 0) throw new Error(`${name} failed`);
      seconds[name].push(cpu);
    }
  const parse = median(seconds.parse);
  const alone = median(seconds.alone);
  const without = median(seconds.without);
  const added = median(seconds.all) - without;
  const inSeconds = (/** @type {number} */ value) => `${value.toFixed(2)} s`;
  const times = (/** @type {number} */ value) => `${(value / parse).toFixed(2)} times`;
  process.stdout.write(
    `parsing ${inSeconds(parse)}
flows alone ${inSeconds(alone)}: ${times(alone)}
flows add ${inSeconds(added)} to ${inSeconds(without)} of a scan: ${times(added)}
`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
