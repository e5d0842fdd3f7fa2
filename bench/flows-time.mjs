// @ts-check
// What it costs to follow data: parsing every Python file of a tree, against a scan with the taint rules alone, which parses the files
// that may hold a sink and follows data in them. Each in a process of its own and in turn; the ratio is of their processor times.
// Twice the time of parsing is where following data would add as much as parsing takes. The rules are those of the programs, read
// and checked when they are built.
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
const FLOWS = `
import { buildRules } from "./setup.js";
import { defaultConfig, directoryTree, scan } from "./lib.js";
const [folder] = process.argv.slice(2);
const all = buildRules("default");
const rules = all.rules.filter((rule) => rule.kind === "taint");
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
  writeFileSync(join(folder, "flows.js"), FLOWS);
  const names = /** @type {const} */ (["parse", "flows"]);
  /** @type {Record<(typeof names)[number], number[]>} */
  const seconds = { parse: [], flows: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const { status, cpu } = measure(["node", join(folder, `${name}.js`), tree]);
      if (status !== 0) throw new Error(`${name} failed`);
      seconds[name].push(cpu);
    }
  const parse = median(seconds.parse);
  const flows = median(seconds.flows);
  process.stdout.write(
    `parse ${parse.toFixed(2)} s, flows ${flows.toFixed(2)} s of processor time: ${(flows / parse).toFixed(2)} times\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
