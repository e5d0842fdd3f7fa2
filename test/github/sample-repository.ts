/** Small git repositories for tests, written by one `git fast-import` each. */

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GitRepository } from "./git.ts";

interface SampleCommit {
  /** Branch that the commit is put on; it is made when it is new. */
  readonly branch: string;
  /** Branch to start from, for a new branch. */
  readonly from?: string;
  /** Second parent, for a merge. */
  readonly merge?: string;
  /** Content by path; null deletes; an object sets the mode too (`120000` is a symbolic link). */
  readonly files: Readonly<Record<string, string | Buffer | null | SampleFile>>;
  readonly message?: string;
}

interface SampleFile {
  readonly mode: string;
  readonly content: string;
}

export interface SampleRepository {
  readonly directory: string;
  /** Shared by all that look at it: what was read once is not read again. */
  readonly git: GitRepository;
  /** Hash of each commit, in the order given. */
  readonly commits: readonly string[];
  remove(): Promise<void>;
}

const run = promisify(execFile);

/** A bare repository with these commits. */
export async function sampleRepository(
  commits: readonly SampleCommit[],
): Promise<SampleRepository> {
  const directory = await mkdtemp(join(tmpdir(), "portcullis-github-"));
  await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", directory]);
  const marks = join(directory, "marks");
  const child = spawn("git", [
    "-C",
    directory,
    "fast-import",
    "--quiet",
    `--export-marks=${marks}`,
  ]);
  const done = new Promise<void>((resolve, reject) => {
    let problems = "";
    child.stderr.on("data", (chunk: Buffer) => {
      problems += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(problems))));
  });
  child.stdin.on("error", () => {});
  child.stdin.end(Buffer.concat(fastImport(commits)));
  await done;
  const byMark = new Map(
    (await readFile(marks, "utf8")).split("\n").map((line) => {
      const [mark = "", sha = ""] = line.split(" ");
      return [mark, sha] as const;
    }),
  );
  const git = new GitRepository(directory);
  return {
    directory,
    git,
    commits: commits.map((_, i) => byMark.get(`:${i + 1}`) ?? ""),
    remove: async () => {
      git.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The stream of git-fast-import(1). */
function fastImport(commits: readonly SampleCommit[]): readonly Buffer[] {
  const parts: Buffer[] = [];
  const line = (words: string) => parts.push(Buffer.from(`${words}\n`));
  const data = (content: string | Buffer) => {
    const bytes = Buffer.from(content);
    line(`data ${bytes.length}`);
    parts.push(bytes, Buffer.from("\n"));
  };
  commits.forEach(({ branch, from, merge, files, message }, i) => {
    line(`commit refs/heads/${branch}`);
    line(`mark :${i + 1}`);
    line(`committer Ada Example <ada@example.com> ${1_600_000_000 + i * 60} +0000`);
    data(message ?? `Change ${i + 1}`);
    if (from !== undefined) line(`from refs/heads/${from}`);
    if (merge !== undefined) line(`merge refs/heads/${merge}`);
    for (const [path, given] of Object.entries(files)) {
      if (given === null) {
        line(`D ${path}`);
        continue;
      }
      const isFile = typeof given === "object" && !Buffer.isBuffer(given);
      line(`M ${isFile ? given.mode : "100644"} inline ${path}`);
      data(isFile ? given.content : given);
    }
  });
  return parts;
}
