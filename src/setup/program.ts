import { createRequire } from "node:module";
import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/**
 * Runs a program from its text, a module in CommonJS. `url` names the file that the program takes for its own, and `code` is
 * what `createCachedData` of such a script once gave: V8 leaves it aside where the text, V8 itself or its flags are others.
 */
export function runProgram(text: string, url: string, code?: Buffer): Script {
  // First, because V8 compares its flags.
  runShort();
  const script = new Script(`(function (require, programUrl) {${text}\n})`, {
    // How stacks name it. Without its folder, which V8 would keep with the code.
    filename: basename(url),
    ...(code !== undefined && { cachedData: code }),
  });
  const run: (require: NodeJS.Require, programUrl: string) => void = script.runInThisContext();
  run(createRequire(url), url);
  return script;
}

/**
 * Tells V8 that this process lives for seconds, its threads included.
 *
 * Why: a collection of young objects waits for helpers on other threads, and a scan has one of its own for each processor, so
 * that each collects its own sooner. And V8 optimises a function after 66 kB of its bytecode were run, on threads of its own. Over a whole tree that takes as
 * much of the processors as the scan itself, and most of those functions are hardly run again. With thirty times that budget
 * only what stays hot is optimised. A server, which runs the same code for days, keeps V8's own.
 */
function runShort(): void {
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--interrupt-budget=2000000");
}
