import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type History, readAdditions } from "../../core/history.ts";
import { EMPTY_TREES } from "./changes.ts";
import { notStarted, startGit } from "./process.ts";

/** Who has more commits in one change has them from a merge or an import. */
const MAX_COMMITS = 250;
const MAX_BYTES = 20_000_000;

/** As `OPTIONS` mark it. */
const COMMIT = /^\0([0-9a-f]+)$/;

const OPTIONS = [
  "--reverse",
  "--no-merges",
  "--format=%x00%H",
  "-p",
  "-U0",
  "-M",
  "--diff-filter=AMR",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-show-signature",
  "--no-notes",
];

/**
 * What the commits between two revisions add, merges left out. Reads no more than some megabytes; empty where the clone lacks
 * the history or a part of it.
 */
export function historyBetween(gitFolder: string, base: string, head: string): Promise<History> {
  return new Promise((done, fail) => {
    const range = EMPTY_TREES.some((id) => id === base) ? [head] : [`${base}..${head}`];
    const child = startGit(
      gitFolder,
      ["log", `--max-count=${MAX_COMMITS + 1}`, ...OPTIONS, ...range, "--"],
      {
        GIT_DIR: gitFolder,
        GIT_INDEX_FILE: join(gitFolder, "portcullis-no-index"),
        GIT_ATTR_SOURCE: EMPTY_TREES.find((id) => id.length === head.length) ?? EMPTY_TREES[0],
      },
    );
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      if (bytes > MAX_BYTES) return;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) child.kill();
    });
    child.stderr.resume();
    child.on("error", (cause) => fail(notStarted(cause)));
    child.on("close", () => {
      const output = Buffer.concat(chunks).toString("utf8");
      const commits = output.split("\0").length - 1;
      done({
        additions: readAdditions(output, COMMIT),
        isComplete: bytes <= MAX_BYTES && commits <= MAX_COMMITS,
      });
    });
    child.stdin.on("error", () => undefined).end();
  });
}
