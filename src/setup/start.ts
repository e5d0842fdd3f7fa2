/**
 * Starts a program that runs for seconds: its text and, where the build has left it beside the bundle, what V8 compiled of it.
 *
 * Why: to compile megabytes takes longer than to review a small change, and each thread does it again. Another version of V8
 * does not take what this one compiled, and compiles the text as it always does; so does a bundle that lies alone.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";

/** A main.ts with all that it imports, as one module in CommonJS. The build puts it here. */
declare const PROGRAM: string;

runProgram(PROGRAM, import.meta.url, compiledCode());

function compiledCode(): Buffer | undefined {
  try {
    return readFileSync(fileURLToPath(import.meta.url).replace(/\.js$/, ".code"));
  } catch {
    return undefined;
  }
}
