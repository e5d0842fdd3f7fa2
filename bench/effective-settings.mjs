// @ts-check
// Compares the values that the evaluator gives a project's settings with those that the framework itself gave.
//
//   node bench/effective-settings.mjs FOLDER [--only TEXT]   FOLDER holds cases/<id>/case.json and effective.json
//
// A setting that is not set (or, in a class, is set to the default by the class that all extend) has the framework's default, which is read from the first case that does not set it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "../scripts/build.mjs";

const { values, positionals } = parseArgs({
  options: { only: { type: "string", default: "" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write("Name the folder that holds cases/ and effective.json.\n");
  process.exit(2);
}
/** @typedef {{ settings: Record<string, unknown>, explicit: string[] }} Effective */
/** @type {Record<string, Effective>} */
const effective = JSON.parse(readFileSync(join(folder, "effective.json"), "utf8"));

const out = mkdtempSync(join(tmpdir(), "portcullis-effective-"));
try {
  // Node 20 does not run TypeScript.
  await bundle(
    { effective: fileURLToPath(new URL("effective-settings.ts", import.meta.url)) },
    out,
  );
  /** @type {typeof import("./effective-settings.ts")} */
  const { settingsIn } = await import(pathToFileURL(join(out, "effective.js")).href);
  /** @type {Map<string, string>} */
  const defaults = new Map();
  for (const { settings, explicit } of Object.values(effective))
    for (const [name, value] of Object.entries(settings))
      if (!explicit.includes(name)) defaults.set(name, JSON.stringify(value));
  let right = 0;
  let unknown = 0;
  let wrong = 0;
  for (const [id, { settings, explicit }] of Object.entries(effective)) {
    if (!id.includes(values.only)) continue;
    const root = join(folder, "cases", id);
    const { entry_file: entry, class: chosen } = JSON.parse(
      readFileSync(join(root, "case.json"), "utf8"),
    );
    /** @type {Record<string, string>} */
    const files = {};
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      const path = name.split(sep).join("/");
      if (path !== "case.json" && statSync(join(root, name)).isFile())
        files[path] = readFileSync(join(root, name), "utf8");
    }
    const ours = settingsIn(files, entry, chosen);
    for (const [name, value] of Object.entries(settings)) {
      const set = ours.get(name);
      // What is set to None by a variable that is not there is not set at all.
      const got = set === undefined ? (defaults.get(name) ?? "null") : set;
      if (got === JSON.stringify(value)) right++;
      else if (got.includes('"?"')) {
        unknown++;
        process.stdout.write(`${id} ${name}: ${JSON.stringify(value)}, not known: ${got}\n`);
      } else {
        wrong++;
        process.stdout.write(`${id} ${name}: ${JSON.stringify(value)}, ours ${got}\n`);
      }
    }
    for (const name of explicit)
      if (!ours.has(name) && JSON.stringify(settings[name]) !== defaults.get(name))
        process.stdout.write(`${id} ${name}: set, but not for us\n`);
  }
  process.stdout.write(`${right} right, ${wrong} wrong, ${unknown} not known\n`);
  process.exitCode = wrong + unknown > 0 ? 1 : 0;
} finally {
  rmSync(out, { recursive: true, force: true });
}
