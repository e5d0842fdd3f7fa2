import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { gitEnvironment } from "./command-line.ts";
import { temporaryFolder } from "./temporary-folders.ts";

/** A file's content, or an entry of another kind; null removes the path. */
export type Entry =
  | string
  | Uint8Array
  | { readonly mode: "100755"; readonly text: string }
  | { readonly link: string }
  | { readonly submodule: string }
  | null;
export type Files = Readonly<Record<string, Entry>>;

/** One commit: what it changes on a branch, which starts at the commit before unless `from` names another start or none. */
export interface Commit {
  readonly branch: string;
  readonly from?: string | null;
  readonly files: Files;
}

/**
 * Makes a git repository through `git fast-import`, which takes one process and no file on disk. Nothing is checked out:
 * a review reads no work tree. `HEAD` is the last commit's branch.
 */
export async function repository(
  commits: readonly Commit[],
  options: { readonly bare?: boolean } = {},
): Promise<string> {
  const folder = await temporaryFolder();
  const head = commits.at(-1)?.branch ?? "main";
  await git(folder, [
    "init",
    "--quiet",
    "--initial-branch",
    head,
    ...(options.bare ? ["--bare"] : []),
  ]);
  const chunks: Buffer[] = [];
  const line = (text: string) => chunks.push(Buffer.from(`${text}\n`));
  const data = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content);
    line(`data ${bytes.length}`);
    chunks.push(bytes);
    line("");
  };
  const started = new Set<string>();
  let previous: string | null = null;
  for (const [index, { branch, from, files }] of commits.entries()) {
    line(`commit refs/heads/${branch}`);
    line(`committer Test <test@example.org> ${1_700_000_000 + index} +0000`);
    data(`Commit ${index}`);
    const start: string | null = from === undefined ? previous : from;
    if (!started.has(branch) && start !== null) line(`from refs/heads/${start}`);
    for (const [path, entry] of Object.entries(files)) {
      if (entry === null) line(`D ${path}`);
      else if (typeof entry === "object" && "submodule" in entry)
        line(`M 160000 ${entry.submodule} ${path}`);
      else {
        const [mode, content] = toFile(entry);
        line(`M ${mode} inline ${path}`);
        data(content);
      }
    }
    started.add(branch);
    previous = branch;
  }
  await git(folder, ["fast-import", "--quiet"], Buffer.concat(chunks));
  return folder;
}

/** A repository with the branch `main` and one commit ahead of it on `feature`, which is checked out. */
export function pullRequest(base: Files, head: Files, options?: { readonly bare?: boolean }) {
  return repository(
    [
      { branch: "main", files: base },
      { branch: "feature", files: head },
    ],
    options,
  );
}

/** Runs git in a folder and gives what it prints. */
export async function git(
  folder: string,
  args: readonly string[],
  input?: Buffer,
): Promise<string> {
  const running = promisify(execFile)("git", [...args], {
    cwd: folder,
    env: { ...process.env, ...gitEnvironment },
  });
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}

function toFile(entry: Exclude<Entry, null | { readonly submodule: string }>) {
  if (typeof entry === "string" || entry instanceof Uint8Array) return ["100644", entry] as const;
  return "link" in entry ? (["120000", entry.link] as const) : ([entry.mode, entry.text] as const);
}
