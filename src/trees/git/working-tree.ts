import type { Change, Hunk } from "../../core/change.ts";
import { RevisionError } from "../../core/errors.ts";
import { diskReader } from "../disk.ts";
import { ENVIRONMENT_MARK, isSkippedFolder, MAX_FILE_BYTES } from "../paths.ts";
import { diff } from "./changes.ts";
import { runGit, toRevisionError } from "./process.ts";

/** Git calls a file binary when a zero byte is among its first so many. */
const SNIFFED_BYTES = 8000;

/**
 * The files of a folder that git tracks or would track, relative to the folder. A repository inside that is no submodule is
 * one path with a slash at its end. Undefined where the folder is in no work tree, or git cannot say.
 */
export async function workTreeFiles(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await listFiles(folder, ["--cached", "--others"]);
  } catch (error) {
    if (error instanceof RevisionError) return undefined;
    throw error;
  }
}

/** The changes from a commit to the files on disk, tracked and new. */
export async function changesOnDisk(root: string, base: string): Promise<Change[]> {
  const compare = async () => diff(root, [...(await withoutFilters(root)), "diff"], [base], {});
  const [tracked, others] = await Promise.all([compare(), listFiles(root, ["--others"])]);
  const environments = others
    .filter((path) => path.endsWith(`/${ENVIRONMENT_MARK}`))
    .map((path) => path.slice(0, -ENVIRONMENT_MARK.length));
  const read = diskReader(root, MAX_FILE_BYTES);
  const added: Change[] = [];
  for (const path of others) {
    if (path.endsWith("/") || path.split("/").some(isSkippedFolder)) continue;
    if (environments.some((folder) => path.startsWith(folder))) continue;
    const content = read(path);
    const hunks = content.kind === "bytes" ? wholeFile(content.bytes) : undefined;
    added.push({ status: "added", path, ...(hunks === undefined ? {} : { hunks }) });
  }
  return [...tracked, ...added];
}

async function listFiles(folder: string, which: readonly string[]): Promise<readonly string[]> {
  const { status, output, errors } = await runGit(folder, [
    "ls-files",
    "-z",
    ...which,
    "--exclude-standard",
  ]);
  if (status !== 0) throw toRevisionError(folder, "ls-files", errors);
  return output.toString("utf8").split("\0").slice(0, -1);
}

/** What a diff says of a new file; undefined for a binary one. */
function wholeFile(bytes: Uint8Array): Hunk[] | undefined {
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) return undefined;
  if (bytes.length === 0) return [];
  let lines = bytes.at(-1) === 10 ? 0 : 1;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return [
    {
      oldStart: 0,
      oldLines: 0,
      newStart: 1,
      newLines: lines,
      added: [{ start: 1, end: lines }],
      removed: [],
    },
  ];
}

/**
 * Options that switch off every configured filter: to compare files on disk with the index, git would run them. An attribute
 * of a file can name any filter that the configuration has.
 */
async function withoutFilters(root: string): Promise<string[]> {
  const { output } = await runGit(root, [
    "config",
    "-z",
    "--name-only",
    "--get-regexp",
    "^filter\\.",
  ]);
  const names = output.toString("utf8").split("\0").slice(0, -1);
  const odd = names.find((name) => name.includes("="));
  if (odd !== undefined) {
    // The option could not name it: its first equals sign ends the name.
    throw new RevisionError(`${root}: git is configured to run a filter with an odd name, ${odd}`, {
      hint: "Rename or remove it in the repository's configuration.",
    });
  }
  return names.flatMap((name) => ["-c", name.endsWith(".required") ? `${name}=false` : `${name}=`]);
}
