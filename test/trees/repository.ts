import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  // Git's housekeeping would double the time that the tests take.
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "maintenance.auto",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "gc.auto",
  GIT_CONFIG_VALUE_1: "0",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** A folder that is gone after the test file's last test. Call it at the top of the file. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-trees-")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function git(dir: string, args: readonly string[], input: string | Uint8Array = ""): string {
  return execFileSync("git", args, {
    cwd: dir,
    env: environment,
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  }).trim();
}

export function write(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** A new repository whose branch is `main`. */
export function makeRepository(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): string {
  mkdirSync(dir, { recursive: true });
  git(dir, ["init", "-q", "-b", "main", "--template="]);
  return commit(dir, files);
}

/** Writes the files and commits everything on disk; returns the commit's id. */
export function commit(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): string {
  write(dir, files);
  git(dir, ["add", "-A"]);
  git(dir, ["commit", "-q", "--allow-empty", "-m", "change"]);
  return git(dir, ["rev-parse", "HEAD"]);
}

/** Adds a commit to `main` without writing its files to disk; faster where there are thousands. Returns its id. */
export function importCommit(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const parts: (string | Uint8Array)[] = [
    "commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 0\n",
  ];
  const hasParent = git(dir, ["branch", "--list", "main"]) !== "";
  if (hasParent) parts.push("from refs/heads/main^0\n");
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    parts.push(`M 100644 inline ${path}\ndata ${bytes.length}\n`, bytes, "\n");
  }
  const script = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)),
  );
  git(dir, ["fast-import", "--quiet"], script);
  return git(dir, ["rev-parse", "refs/heads/main"]);
}
