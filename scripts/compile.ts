// Lets V8 compile a program: `node --random-seed=1 --no-flush-bytecode --no-opt … TEXT CODE` runs the program of the file TEXT
// on the rules' examples and writes what V8 compiled for that to the file CODE. With the seed fixed, all code kept and none
// optimised, on one thread, the same text gives the same bytes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { casesOf } from "../src/cli/rule-examples.ts";
import { buildRules } from "../src/setup/index.ts";
import { runProgram } from "../src/setup/program.ts";

const [text = "", code = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "portcullis-examples-"));
// One example of each rule: with more files a scan starts threads.
for (const [index, rule] of buildRules("all").rules.entries()) {
  const [example] = casesOf(rule);
  for (const [path, content] of Object.entries(example?.files ?? {})) {
    const file = join(folder, String(index), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

process.argv = [
  process.execPath,
  text,
  ...["scan", folder, "--profile", "all", "--advisories", "off", "--fail-on", "never"],
];
const script = runProgram(readFileSync(text, "utf8"), pathToFileURL(text).href);
process.on("exit", (status) => {
  rmSync(folder, { recursive: true });
  if (status !== 0) return;
  // What V8 will compare with its flags in a run without ours.
  for (const flag of ["--random-seed=0", "--flush-bytecode", "--opt"]) setFlagsFromString(flag);
  writeFileSync(code, script.createCachedData());
});
