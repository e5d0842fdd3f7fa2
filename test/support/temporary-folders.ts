import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VARIABLE = "PORTCULLIS_TEST_FOLDER";

/** Vitest's global setup: one folder for all that tests write, gone when they end. Workers are ended without a word, so they cannot. */
export async function setup(): Promise<() => void> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-test-"));
  process.env[VARIABLE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** A path that is the same for all workers of a run. */
export function sharedFolder(name: string): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error("the tests' folder is missing: see vitest.config.ts");
  return join(folder, name);
}

/** A new empty folder, gone when the tests end. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(process.env[VARIABLE] ?? tmpdir(), "folder-"));
}
