// @ts-check
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

// Python's `resource` is the shortest way to the kernel's own accounting of a finished process.
const WRAPPER = `
import json, resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
wall = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"status": status, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peakMegabytes": usage.ru_maxrss / 1024}))
`;

/**
 * Runs a command to its end and tells how it went: seconds of wall and processor time, and peak memory.
 *
 * @param {readonly string[]} command
 * @returns {{ status: number, wall: number, cpu: number, peakMegabytes: number }}
 */
export function measure(command) {
  const result = spawnSync("python3", ["-c", WRAPPER, ...command], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`python3 is needed to measure: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

/**
 * The middle one of several numbers.
 *
 * @param {readonly number[]} values
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * What measurements on one tree are told on the command line: `--tree FOLDER [--rounds N]`. Ends the program where the tree is missing.
 *
 * @returns {{ tree: string, rounds: number }}
 */
export function readTreeOptions() {
  const { values } = parseArgs({
    options: { tree: { type: "string" }, rounds: { type: "string", default: "3" } },
  });
  if (values.tree === undefined) {
    process.stderr.write("Name a project: --tree FOLDER.\n");
    process.exit(2);
  }
  return { tree: values.tree, rounds: Number(values.rounds) };
}
