import { Buffer } from "node:buffer";

/** What one commit adds to one file. */
export interface CommitAdditions {
  /** The commit's full id. */
  readonly commit: string;
  readonly path: string;
  /** The added lines in their order, with their numbers in the file as the commit leaves it, from 1. */
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

/** What the commits of a change added, oldest first, whether or not it is there in the end. */
export interface History {
  readonly additions: readonly CommitAdditions[];
  /** False where there was more than is read. */
  readonly isComplete: boolean;
}

/**
 * What the patches of several commits add, in their order, as git writes them: each hunk's counts tell its lines from what stands between
 * hunks. `commit` matches the line that begins a commit, and its id.
 */
export function readAdditions(text: string, commit: RegExp): CommitAdditions[] {
  const additions: CommitAdditions[] = [];
  let id = "";
  let path: string | undefined;
  let lines: { number: number; text: string }[] = [];
  let [before, after, number] = [0, 0, 0];
  for (const line of text.split("\n")) {
    const isInside = before > 0 || after > 0;
    if (isInside && after > 0 && line.startsWith("+")) {
      after--;
      lines.push({ number: number++, text: line.slice(1) });
    } else if (isInside && before > 0 && line.startsWith("-")) {
      before--;
    } else if (isInside && before > 0 && after > 0 && /^(?: |$)/.test(line)) {
      before--;
      after--;
      number++;
    } else if (isInside && line.startsWith("\\")) {
      // No newline at the end of the file.
    } else {
      [before, after] = [0, 0];
      const [, started] = commit.exec(line) ?? [];
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (started !== undefined) {
        id = started;
        path = undefined;
      } else if (line.startsWith("+++ ")) {
        path = pathOf(line.slice(4));
        lines = [];
        if (path !== undefined) additions.push({ commit: id, path, lines });
      } else if (hunk !== null && path !== undefined) {
        before = Number(hunk[1] ?? 1);
        number = Number(hunk[2]);
        after = Number(hunk[3] ?? 1);
      }
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
