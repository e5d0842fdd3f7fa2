import { setFlagsFromString } from "node:v8";

/**
 * Tells V8 that this process lives for seconds, its threads included.
 *
 * Why: V8 optimises a function after 66 kB of its bytecode were run, on threads of its own. Over a whole tree that takes as
 * much of the processors as the scan itself, and most of those functions are hardly run again. With thirty times that budget
 * only what stays hot is optimised. A server, which runs the same code for days, keeps V8's own.
 */
export function runShort(): void {
  setFlagsFromString("--interrupt-budget=2000000");
}
