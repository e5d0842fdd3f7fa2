import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../scripts/build.mjs";
import { sharedFolder } from "./temporary-folders.ts";

/** What a run of the command line left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

// The one module of the tests that keeps state: one build for all files.
let bundle: Promise<string> | undefined;

/** Runs the bundle as a user does, as a process of its own. Standard output is no terminal. Never throws for an exit status. */
export async function portcullis(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  bundle ??= buildOnce();
  const cli = await bundle;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      {
        cwd: options.cwd ?? tmpdir(),
        env: { ...process.env, ...gitEnvironment, ...options.env },
        maxBuffer: 100_000_000,
      },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** The bundle's path, for tests that start it in a way of their own. */
export async function bundlePath(): Promise<string> {
  bundle ??= buildOnce();
  return bundle;
}

/** Each worker comes here once; the first one builds, and the others wait for it. */
async function buildOnce(): Promise<string> {
  const folder = sharedFolder("bundle");
  const ended = join(folder, "ended");
  try {
    await mkdir(folder);
  } catch {
    for (;;) {
      const outcome = await readFile(ended, "utf8").catch(() => undefined);
      if (outcome === "built") return join(folder, "cli.js");
      if (outcome !== undefined) throw new Error("the build has failed in another worker");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  try {
    // What an installation has just built is built once.
    if (await isCurrent(dist)) await cp(dist, folder, { recursive: true });
    else await build({ outdir: folder });
    await writeFile(ended, "built");
  } catch (error) {
    await writeFile(ended, "failed");
    throw error;
  }
  return join(folder, "cli.js");
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
/** What a build is made of. */
const SOURCES = ["src", "rules", "scripts", "package.json", "package-lock.json"];

/** True where a build is newer than all that it is made of; a folder changes when a file in it is gone. */
async function isCurrent(built: string): Promise<boolean> {
  // Written last.
  const end = await stat(join(built, "THIRD_PARTY_LICENSES.txt")).catch(() => undefined);
  if (end === undefined) return false;
  const within = async (path: string): Promise<string[]> =>
    path.includes(".") ? [] : await readdir(join(root, path), { recursive: true });
  for (const source of SOURCES)
    for (const name of ["", ...(await within(source))])
      if ((await stat(join(root, source, name))).mtimeMs >= end.mtimeMs) return false;
  return true;
}

/** Keeps the settings of whoever runs the tests out of them. */
export const gitEnvironment = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.org",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.org",
};
