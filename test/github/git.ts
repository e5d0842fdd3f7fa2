/**
 * The real git repository behind the stand-in. Objects are read through one long-lived
 * `git cat-file --batch-command`; everything that names commits by hash never changes and is kept.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly size: number;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly oid: string;
  /** Bytes; only blobs have one. */
  readonly size?: number;
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  /** Of the head, or of the base for a removed file. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks with three lines of context; empty for binary files and pure renames. */
  readonly patch: string;
}

export interface CommitInfo {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

const ZERO = "0".repeat(40);

/** Settings of the person who runs the tests must not change diffs. */
const ENVIRONMENT = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C" };

class GitError extends Error {}

export class GitRepository {
  readonly #directory: string;
  readonly #mergeBases = new Map<string, Promise<string | undefined>>();
  readonly #ranges = new Map<string, Promise<readonly string[]>>();
  readonly #diffs = new Map<string, Promise<readonly ChangedFile[]>>();
  readonly #texts = new Map<string, Promise<string>>();
  readonly #trees = new Map<string, Promise<readonly TreeEntry[]>>();
  readonly #commits = new Map<string, Promise<CommitInfo>>();
  #reader: ObjectReader | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The commit hash of a revision; `undefined` when there is none. */
  async resolve(revision: string): Promise<string | undefined> {
    return (await this.object(`${revision}^{commit}`))?.oid;
  }

  /** Hash, type and size of an object such as `<commit>:<path>`; `undefined` when there is none. */
  object(expression: string): Promise<GitObject | undefined> {
    return this.#objects().info(expression);
  }

  async content(expression: string): Promise<Buffer | undefined> {
    return (await this.#objects().contents(expression))?.content;
  }

  mergeBase(base: string, head: string): Promise<string | undefined> {
    return once(this.#mergeBases, `${base} ${head}`, async () => {
      const found = (await this.#run(["merge-base", base, head], [0, 1])).toString().trim();
      return found === "" ? undefined : found;
    });
  }

  /** Commits of `head` that are not in `base`, oldest first. */
  commitsBetween(base: string, head: string): Promise<readonly string[]> {
    return once(this.#ranges, `${base} ${head}`, async () => {
      const output = await this.#run(["rev-list", "--reverse", head, `^${base}`]);
      return output.toString().split("\n").filter(Boolean);
    });
  }

  /** What changed from one commit to another, renames found as git finds them, sorted by path. */
  changes(base: string, head: string): Promise<readonly ChangedFile[]> {
    return once(this.#diffs, `${base} ${head}`, () => this.#changes(base, head));
  }

  diffText(base: string, head: string): Promise<string> {
    return this.#text(["diff", ...DIFF_OPTIONS, "-p", base, head]);
  }

  /** A mail for each commit of `head` that is not in `base`, oldest first; merges have none. */
  patchText(base: string, head: string): Promise<string> {
    return this.#text(["format-patch", "--stdout", ...DIFF_OPTIONS, `${base}..${head}`]);
  }

  tree(oid: string, recursive: boolean): Promise<readonly TreeEntry[]> {
    return once(this.#trees, `${oid} ${recursive}`, async () => {
      const flags = recursive ? ["-r", "-t"] : [];
      const output = await this.#run(["ls-tree", "-l", "-z", ...flags, oid]);
      return output.toString().split("\0").filter(Boolean).map(parseTreeEntry);
    });
  }

  commit(oid: string): Promise<CommitInfo> {
    return once(this.#commits, oid, async () => {
      const content = await this.content(oid);
      if (content === undefined) throw new GitError(`no commit ${oid}`);
      return parseCommit(oid, content.toString());
    });
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  #text(args: readonly string[]): Promise<string> {
    return once(this.#texts, args.join(" "), async () => (await this.#run(args)).toString());
  }

  #objects(): ObjectReader {
    this.#reader ??= new ObjectReader(this.#directory);
    return this.#reader;
  }

  async #changes(base: string, head: string): Promise<readonly ChangedFile[]> {
    const raw = (
      await this.#run(["diff", ...DIFF_OPTIONS, "-z", "--raw", "--numstat", base, head])
    ).toString();
    const patches = splitPatches(await this.diffText(base, head));
    return parseChanges(raw, patches);
  }

  #run(args: readonly string[], accepted: readonly number[] = [0]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", ["-C", this.#directory, ...args], {
        env: { ...process.env, ...ENVIRONMENT },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", reject);
      child.on("close", (code) => {
        if (code !== null && accepted.includes(code)) resolve(Buffer.concat(out));
        else reject(new GitError(`git ${args[0]}: ${Buffer.concat(err).toString().trim()}`));
      });
    });
  }
}

function once<T>(
  kept: Map<string, Promise<T>>,
  key: string,
  compute: () => Promise<T>,
): Promise<T> {
  const found = kept.get(key) ?? compute();
  kept.set(key, found);
  return found;
}

const DIFF_OPTIONS = ["--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "-M", "-U3"];

interface Waiting {
  readonly wantsContent: boolean;
  readonly done: (found: (GitObject & { readonly content: Buffer }) | undefined) => void;
  readonly failed: (error: Error) => void;
}

/** Speaks git's batch protocol (git-cat-file(1), `--batch-command`): answers come in order. */
class ObjectReader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that must have arrived before looking again. */
  #needed = 1;

  constructor(directory: string) {
    const args = ["-C", directory, "cat-file", "--batch-command"];
    this.#child = spawn("git", args, { env: { ...process.env, ...ENVIRONMENT } });
    this.#child.stdout.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      if (this.#length >= this.#needed) this.#read();
    });
    this.#child.stdin.on("error", () => {});
    const fail = () => {
      for (const { failed } of this.#waiting.splice(0)) failed(new GitError("git cat-file ended"));
    };
    this.#child.on("error", fail);
    this.#child.on("close", fail);
    this.#child.unref();
  }

  info(expression: string): Promise<GitObject | undefined> {
    return this.#ask("info", expression);
  }

  contents(expression: string): Promise<(GitObject & { content: Buffer }) | undefined> {
    return this.#ask("contents", expression);
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  #ask(command: "info" | "contents", expression: string) {
    return new Promise<(GitObject & { content: Buffer }) | undefined>((done, failed) => {
      if (/[\n\0]/.test(expression)) return done(undefined);
      this.#waiting.push({ wantsContent: command === "contents", done, failed });
      this.#child.stdin.write(`${command} ${expression}\n`);
    });
  }

  #read(): void {
    let data = Buffer.concat(this.#chunks);
    for (;;) {
      const [first] = this.#waiting;
      const end = data.indexOf(10);
      this.#needed = data.length + 1;
      if (first === undefined || end < 0) break;
      const words = data.toString("utf8", 0, end).split(" ");
      const [oid = "", type = "", size = ""] = words;
      const found = words.length === 3 && /^[0-9a-f]{40,64}$/.test(oid) && /^\d+$/.test(size);
      const contentLength = found && first.wantsContent ? Number(size) : -1;
      const total = end + 1 + contentLength + 1;
      if (data.length < total) {
        this.#needed = total;
        break;
      }
      const content = data.subarray(end + 1, end + 1 + Math.max(contentLength, 0));
      this.#waiting.shift();
      first.done(found ? { oid, type, size: Number(size), content } : undefined);
      data = data.subarray(total);
    }
    this.#chunks = [data];
    this.#length = data.length;
  }
}

/** One entry per `diff --git` line, hunks only. Content lines never start with `d`. */
function splitPatches(diff: string): readonly string[] {
  return diff
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((section) => {
      const start = section.search(/^@@ /m);
      return start < 0 ? "" : section.slice(start).replace(/\n$/, "");
    });
}

const STATUSES: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  C: "copied",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** `git diff -z --raw --numstat`: first all raw records, then all counts, in the same order. */
function parseChanges(output: string, patches: readonly string[]): readonly ChangedFile[] {
  const tokens = output.split("\0");
  const files: Omit<ChangedFile, "additions" | "deletions" | "patch">[] = [];
  let i = 0;
  while (tokens[i]?.startsWith(":")) {
    const [, , before = "", after = "", letter = ""] = (tokens[i] ?? "").split(" ");
    const status = STATUSES[letter.charAt(0)] ?? "changed";
    const isMoved = status === "renamed" || status === "copied";
    const first = tokens[i + 1] ?? "";
    const oid = after === ZERO ? before : after;
    if (isMoved) files.push({ path: tokens[i + 2] ?? "", status, oid, previousPath: first });
    else files.push({ path: first, status, oid });
    i += isMoved ? 3 : 2;
  }
  let section = 0;
  return files.map((file) => {
    const [added = "", deleted = "", path = ""] = (tokens[i] ?? "").split("\t");
    i += path === "" ? 3 : 1;
    const patch = patches[section] ?? "";
    section += file.status === "changed" ? 2 : 1;
    const additions = Number(added) || 0;
    return { ...file, additions, deletions: Number(deleted) || 0, patch };
  });
}

function parseTreeEntry(record: string): TreeEntry {
  const [meta = "", path = ""] = record.split("\t");
  const [mode = "", type = "", oid = "", size = ""] = meta.split(/ +/);
  // A partial clone does not know the size of what it lacks.
  const hasSize = type === "blob" && /^\d+$/.test(size);
  return { path, mode, type, oid, ...(hasSize && { size: Number(size) }) };
}

function parseCommit(oid: string, source: string): CommitInfo {
  const end = source.indexOf("\n\n");
  const lines = source.slice(0, end).split("\n");
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    oid,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    message: source.slice(end + 2).replace(/\n$/, ""),
  };
}

function parseSignature(source: string): Signature {
  const [, name = "", email = "", seconds = "0"] = /^(.*) <(.*)> (\d+)/.exec(source) ?? [];
  const date = `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
  return { name, email, date };
}
