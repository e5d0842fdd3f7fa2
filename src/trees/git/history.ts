import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { CommitAdditions, History } from "../../core/history.ts";
import { EMPTY_TREES } from "./changes.ts";
import { notStarted, startGit } from "./process.ts";

/** Who has more commits in one change has them from a merge or an import. */
const MAX_COMMITS = 250;
const MAX_BYTES = 20_000_000;

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
        additions: readLog(output),
        isComplete: bytes <= MAX_BYTES && commits <= MAX_COMMITS,
      });
    });
    child.stdin.on("error", () => undefined).end();
  });
}

/** Reads what git writes with `OPTIONS`. The counts of each hunk tell its lines from what stands between hunks. */
export function readLog(output: string): CommitAdditions[] {
  const additions: CommitAdditions[] = [];
  let commit = "";
  let path: string | undefined;
  let lines: { number: number; text: string }[] = [];
  let [removed, added, number] = [0, 0, 0];
  for (const line of output.split("\n")) {
    if (removed > 0 && line.startsWith("-")) removed--;
    else if (added > 0 && line.startsWith("+")) {
      added--;
      lines.push({ number: number++, text: line.slice(1) });
    } else if (line.startsWith("\0")) {
      commit = line.slice(1);
      [removed, added, path] = [0, 0, undefined];
    } else if (line.startsWith("+++ ")) {
      path = pathOf(line.slice(4));
      lines = [];
      if (path !== undefined) additions.push({ commit, path, lines });
    } else {
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk === null || path === undefined) continue;
      removed = Number(hunk[1] ?? 1);
      number = Number(hunk[2]);
      added = Number(hunk[3] ?? 1);
    }
  }
  return additions.filter((part) => part.lines.length > 0);
}

/** `b/a.py`, `"b/\303\251.py"` with its bytes in octal, or `/dev/null`. A tab ends a path with spaces. */
function pathOf(written: string): string | undefined {
  const text = written.replace(/\t$/, "");
  const path = text.startsWith('"') ? unquoted(text.slice(1, -1)) : text;
  return path.startsWith("b/") ? path.slice(2) : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unquoted(text: string): string {
  const bytes = text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    /^\d/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
