// @ts-check
// Advisory look-ups against real data: `node bench/advisories.mjs ADVISORIES CASES`. The cases are a JSON file of
// {cases: [{package, version, expect, fix?, clean?, not?, reports?}]}; see test/advisories for what the fields mean.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { build } from "esbuild";

const [data, casesFile] = process.argv.slice(2);
if (data === undefined || casesFile === undefined) {
  console.error("usage: node bench/advisories.mjs ADVISORIES CASES");
  process.exit(2);
}
const bundle = await build({
  stdin: {
    contents: `export { readCollection } from "./src/advisories/file.ts"; export { AdvisoryIndex } from "./src/dependencies/index.ts";`,
    resolveDir: new URL("../", import.meta.url).pathname,
    loader: "ts",
  },
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
  banner: {
    js: `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`,
  },
});
const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, "advisories.mjs");
writeFileSync(program, bundle.outputFiles[0]?.contents ?? "");
const { readCollection, AdvisoryIndex } = await import(program);

let start = performance.now();
const { advisories, date } = readCollection(data);
const index = new AdvisoryIndex(advisories);
console.log(
  `${advisories.length} advisories of ${date} read in ${(performance.now() - start).toFixed(0)} ms`,
);

/** @type {{cases: {package: string, version: string, expect: string[], not?: string[], fix?: string, clean?: string, reports?: number}[]}} */
const { cases } = JSON.parse(readFileSync(casesFile, "utf8"));
let wrong = 0;
for (const one of cases) {
  const hits = index.find("PyPI", one.package, one.version);
  const records = hits.flatMap((/** @type {{records: {id: string}[]}} */ hit) =>
    hit.records.map(({ id }) => id),
  );
  const way = hits.length > 0 ? index.wayFrom("PyPI", one.package, one.version) : {};
  const problems = [
    JSON.stringify([...records].sort()) !== JSON.stringify([...one.expect].sort()) &&
      `found ${records}`,
    one.not?.some((id) => records.includes(id)) && "found what must not be found",
    one.reports !== undefined && hits.length !== one.reports && `${hits.length} reports`,
    way.fix !== one.fix && `fix ${way.fix}`,
    way.clean !== one.clean && `clean ${way.clean}`,
  ].filter((problem) => problem !== false && problem !== undefined);
  if (problems.length > 0) {
    wrong++;
    console.log(
      `wrong: ${one.package} ${one.version}: ${problems.join("; ")}; expected ${JSON.stringify(one)}`,
    );
  }
}
console.log(`${cases.length - wrong} of ${cases.length} cases right`);

const ROUNDS = 20_000;
start = performance.now();
for (let round = 0; round < ROUNDS; round++) {
  const one = cases[round % cases.length];
  if (one !== undefined) index.find("PyPI", one.package, one.version);
}
console.log(`${(((performance.now() - start) * 1000) / ROUNDS).toFixed(1)} µs a look-up`);
process.exitCode = wrong > 0 ? 1 : 0;
