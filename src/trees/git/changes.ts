import { join } from "node:path";
import type { Change } from "../../core/change.ts";
import { DiffOutput, toChange } from "./diff-output.ts";
import { runGit, toRevisionError } from "./process.ts";

/** The empty tree's id, which every git knows without having it: the base of a first commit. */
export const EMPTY_TREES = [
  "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
] as const;

/**
 * The lines a person sees in `git diff` with no configuration. Up to 1,000 files on each side, git compares contents to find
 * renames, which takes it half a second; beyond, it pairs those with equal contents or names.
 */
const DIFF_OPTIONS = [
  "-M",
  "-l1000",
  "--inter-hunk-context=0",
  "--diff-algorithm=myers",
  "--indent-heuristic",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--submodule=short",
  "--ignore-submodules=dirty",
  "-z",
  "--raw",
];

/** Both of these ask for patches. */
const PATCH = ["-p", "-U3"];

/** A command line holds this much on every system. */
const MAX_ARGUMENT_CHARACTERS = 25_000;

/**
 * The changes from one commit or tree to another, by their ids. `gitFolder` is the repository's own folder: seen from there,
 * files on disk and in the index do not exist, so their attributes cannot declare a file binary. Some versions of
 * git would read those of HEAD in a bare repository, hence the empty tree.
 */
export function changesBetween(gitFolder: string, base: string, head: string): Promise<Change[]> {
  return diff(gitFolder, ["diff-tree", "-r"], [base, head], {
    GIT_DIR: gitFolder,
    GIT_INDEX_FILE: join(gitFolder, "portcullis-no-index"),
    GIT_ATTR_SOURCE: EMPTY_TREES.find((id) => id.length === head.length) ?? EMPTY_TREES[0],
  });
}

/**
 * Runs one comparison: `command` is the git command with its own options, `revisions` what it compares. Where the clone lacks
 * a blob, the changes that need it have no hunks.
 */
export async function diff(
  folder: string,
  command: readonly string[],
  revisions: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Change[]> {
  const run = async (args: readonly string[]) => {
    const output = new DiffOutput();
    const onOutput = (chunk: Buffer) => output.push(chunk);
    const result = await runGit(folder, [...command, ...DIFF_OPTIONS, ...args], {
      environment,
      onOutput,
    });
    return { ...result, output };
  };
  const whole = await run([...PATCH, ...revisions, "--"]);
  if (whole.status === 0) return whole.output.changes();
  if (!/unable to read|could not fetch/.test(whole.errors))
    throw toRevisionError(folder, "diff", whole.errors);

  // The clone lacks some blob, over which git ends. Those files are left without hunks, and out of a second comparison.
  const raw = await run(["-M100%", ...revisions, "--"]);
  if (raw.status !== 0) throw toRevisionError(folder, "diff", raw.errors);
  const lacking = await lackingBlobs(
    folder,
    raw.output.records.flatMap((record) => record.blobs),
  );
  const isLacking = (record: { readonly blobs: readonly string[] }) =>
    record.blobs.some((id) => lacking.has(id));
  const left = raw.output.records.filter(isLacking);
  const excluded = left.map((record) => `:(exclude,literal)${record.path}`);
  const rest =
    excluded.join(" ").length > MAX_ARGUMENT_CHARACTERS
      ? undefined
      : await run([...PATCH, ...revisions, "--", ".", ...excluded]);
  const known =
    rest?.status === 0
      ? rest.output.changes()
      : raw.output.records.filter((record) => !isLacking(record)).map(bare);
  return [...known, ...left.map(bare)];
}

function bare(record: DiffOutput["records"][number]): Change {
  return toChange({ ...record, hunks: undefined });
}

async function lackingBlobs(folder: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const input = ids.map((id) => `${id}\n`).join("");
  const { output } = await runGit(folder, ["cat-file", "--batch-check"], { input });
  const present = new Set(output.toString("latin1").match(/^[0-9a-f]+(?= blob)/gm));
  return new Set(ids.filter((id) => !present.has(id)));
}
