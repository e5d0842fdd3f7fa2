import type { Command } from "commander";
import { review } from "../review/index.ts";
import { setUp } from "../setup/index.ts";
import { openRepository } from "../trees/index.ts";
import { advisorySource } from "./advisories.ts";
import { finish } from "./finish.ts";
import { createLog } from "./log.ts";
import { addCommonOptions, type CommonOptions, setupOptions } from "./options.ts";
import { today } from "./today.ts";

interface ReviewOptions extends CommonOptions {
  readonly repo: string;
  readonly base?: string;
  readonly head: string;
}

/** `portcullis review`: reviews a git range. Nothing is checked out and nothing of the range is run. */
export function addReview(program: Command, done: (status: number) => void): void {
  addCommonOptions(
    program
      .command("review")
      .summary("review a git range and report what it makes worse")
      .description("Reviews a git range and reports only what it makes worse.")
      .option("--repo <folder>", "the git repository, bare or not", ".")
      .option(
        "--base <revision>",
        "compare with this revision (default: the merge base with the default branch)",
      )
      .option("--head <revision>", "the revision to review", "HEAD"),
  )
    .addHelpText(
      "after",
      `
Examples:
  $ portcullis review                                  the current branch against the default branch
  $ portcullis review --base v1.4 --head release       two revisions
  $ portcullis review --format sarif --output out.sarif
  $ portcullis review --fail-on critical               let everything below pass`,
    )
    .action(async (options: ReviewOptions) => done(await runReview(options)));
}

/** Reviews as the options say and gives the exit status. */
export async function runReview(options: ReviewOptions): Promise<number> {
  const log = await createLog(options.verbose);
  const repository = await openRepository(options.repo);
  try {
    const head = await repository.resolve(options.head);
    const base =
      options.base === undefined
        ? await repository.defaultBase(head)
        : await repository.reviewBase(await repository.resolve(options.base), head);
    log.debug({ base, head }, "comparing");
    const trees = { base: repository.tree(base), head: repository.tree(head) };
    // Asked for at once, so that git is through when it is needed.
    const history = repository.history(base, head);
    // Who waits for it hears of its failure; where the review ends before, nobody does.
    history.catch(() => undefined);
    const [setup, changes] = await Promise.all([
      setUp(trees.base, setupOptions(options)),
      repository.changes(base, head),
    ]);
    log.debug({ rules: setup.rules.rules.length, changes: changes.length }, "read");
    const advisories = advisorySource(options.advisories, setup.config);
    const result = await review({
      ...trees,
      ...(advisories !== undefined && { advisories }),
      changes,
      history: () => history,
      rules: setup.rules,
      config: setup.config,
      today: today(),
    });
    log.debug(
      {
        new: result.new.length,
        fixed: result.fixed.length,
        unchanged: result.unchanged.length,
        skipped: result.skipped.length,
      },
      "reviewed",
    );
    const same = `Base and head are the same commit, ${base}: there is nothing to compare.`;
    const notes = base === head ? [same, ...result.notes] : result.notes;
    return finish({ ...result, notes }, setup, options, "review");
  } finally {
    repository.close();
  }
}
