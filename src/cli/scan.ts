import { statSync } from "node:fs";
import type { Command } from "commander";
import { RevisionError } from "../core/errors.ts";
import { scan } from "../review/index.ts";
import { setUp } from "../setup/index.ts";
import { directoryTree } from "../trees/index.ts";
import { advisorySource } from "./advisories.ts";
import { finish } from "./finish.ts";
import { createLog } from "./log.ts";
import { addCommonOptions, type CommonOptions, setupOptions } from "./options.ts";
import { inspectInParallel, startThreads } from "./parallel.ts";
import { today } from "./today.ts";

/** `portcullis scan`: looks at a whole folder, in git or not. */
export function addScan(program: Command, done: (status: number) => void): void {
  addCommonOptions(
    program
      .command("scan")
      .summary("scan a whole folder")
      .description("Scans a whole folder, in git or not, and reports everything that is found.")
      .argument("[path]", "the folder", "."),
  )
    .addHelpText(
      "after",
      `
Examples:
  $ portcullis scan                         this folder
  $ portcullis scan ../shop --format json
  $ portcullis scan --profile all           with the rules that are off by default`,
    )
    .action(async (path: string, options: CommonOptions) => done(await runScan(path, options)));
}

/** Scans as the options say and gives the exit status. */
export async function runScan(path: string, options: CommonOptions): Promise<number> {
  const log = await createLog(options.verbose);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RevisionError(`${path} is not a folder`, {
      hint: "Name the folder that you want to scan.",
    });
  }
  const folder = await directoryTree(path);
  // One walk does for all that follows.
  const entries = await folder.list();
  const threads = startThreads(entries.length);
  const tree = { ...folder, list: async () => entries };
  const setup = await setUp(tree, setupOptions(options));
  const advisories = advisorySource(options.advisories, setup.config);
  const result = await scan({
    tree,
    ...(advisories !== undefined && { advisories }),
    rules: setup.rules,
    config: setup.config,
    today: today(),
    inspect: (paths, all) =>
      inspectInParallel({ root: path, threads, paths, all, setup, profile: options.profile, tree }),
  });
  log.debug(
    { files: result.files, findings: result.new.length, skipped: result.skipped.length },
    "scanned",
  );
  return finish(result, setup, options, "scan");
}
