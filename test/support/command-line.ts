import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    await build({ outdir: folder });
    await writeFile(ended, "built");
  } catch (error) {
    await writeFile(ended, "failed");
    throw error;
  }
  return join(folder, "cli.js");
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
