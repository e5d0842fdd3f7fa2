// @ts-check
// Measures how long the evaluator needs for the settings modules of a tree, once Node has warmed up.
//
//   node bench/settings-time.mjs FOLDER…
//
// One line for each module: milliseconds of processor time to evaluate it with all that it imports (files parsed before),
// as the least of several rounds, because other work on the machine only ever adds.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../scripts/build.mjs";

const ROUNDS = 12;
const RUNS = 10;

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write("Name a folder.\n");
  process.exit(2);
}
const out = mkdtempSync(join(tmpdir(), "portcullis-settings-time-"));
try {
  await bundle({ time: fileURLToPath(new URL("effective-settings.ts", import.meta.url)) }, out);
  /** @type {typeof import("./effective-settings.ts")} */
  const { projectOf, settingsTimes } = await import(pathToFileURL(join(out, "time.js")).href);
  for (const folder of folders) {
    const paths = new Set(
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) =>
        path.split(sep).join("/"),
      ),
    );
    /** @type {Map<string, string | undefined>} */
    const texts = new Map();
    /** @param {string} path */
    const read = (path) => {
      if (!texts.has(path)) {
        try {
          texts.set(path, readFileSync(join(folder, path), "utf8"));
        } catch {
          texts.set(path, undefined);
        }
      }
      return texts.get(path);
    };
    const { modules, run, find } = settingsTimes(projectOf(paths, read));
    const report = (/** @type {string} */ name, /** @type {() => unknown} */ work) => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < ROUNDS; round++) {
        const before = process.cpuUsage();
        for (let count = 0; count < RUNS; count++) work();
        const { user, system } = process.cpuUsage(before);
        best = Math.min(best, (user + system) / 1000 / RUNS);
      }
      process.stdout.write(`${best.toFixed(2)} ms  ${name}\n`);
    };
    for (const path of modules) report(`${folder}/${path}`, () => run(path));
    report(`${folder}, all of them found and told apart`, find);
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
