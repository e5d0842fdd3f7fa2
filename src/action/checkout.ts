/**
 * The repository as the workflow has checked it out, if it has.
 *
 * Why it is used at all: the API alone gives the same review, but a workflow's token has 1,000 requests an hour for a whole repository,
 * and contents are what costs most. Why only for contents: the merge base and the list of changes have to be GitHub's own, since
 * GitHub takes comments on those lines only; they come in one call. With the merge base known, two commits are all a clone has to
 * hold: a shallow one is completed by fetching them, and needs no history. Whatever goes wrong there, the API is left.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { info } from "@actions/core";
import { ConfigError, RevisionError } from "../core/errors.ts";
import type { NearbyCommits } from "../pull-request/index.ts";
import { withoutSecrets } from "../setup/index.ts";
import { completeCommits, type GitRepository, openRepository } from "../trees/index.ts";

export interface Checkout {
  /** The repository's top folder; where there is no repository, the folder itself. */
  readonly root: string;
  /** The part of it that is wanted, with forward slashes; empty for all. */
  readonly prefix: string;
  readonly isRepository: boolean;
}

/** Undefined where nothing was checked out. Throws `ConfigError` for a folder that the checkout does not have. */
export async function findCheckout(
  workspace: string,
  workingDirectory: string,
): Promise<Checkout | undefined> {
  if (!isFolder(workspace) || readdirSync(workspace).length === 0) return undefined;
  const folder = join(workspace, workingDirectory);
  if (!isFolder(folder)) {
    throw new ConfigError(
      `Wrong input working-directory: there is no folder ${workingDirectory}.`,
      {
        hint: "Name a folder of the workspace, as actions/checkout has left it.",
      },
    );
  }
  try {
    const repository = await openRepository(folder);
    repository.close();
    const prefix = relative(realpathSync(repository.root), realpathSync(folder));
    return {
      root: repository.root,
      prefix: prefix.split(sep).join("/"),
      isRepository: !repository.isBare,
    };
  } catch (error) {
    if (!(error instanceof RevisionError)) throw error;
    info(withoutSecrets(`${error.message}. ${error.hint ?? ""}`));
    return { root: folder, prefix: "", isRepository: false };
  }
}

/** Reads the two commits of a review from a checkout. Keeps processes, so `close` it. */
export class NearbyTrees {
  readonly #checkout: Checkout | undefined;
  #repository: GitRepository | undefined;

  constructor(checkout: Checkout | undefined) {
    this.#checkout = checkout;
  }

  /** Undefined, and a line in the log, where the API has to be asked. */
  async read(commits: {
    readonly base: string;
    readonly head: string;
  }): Promise<NearbyCommits | undefined> {
    if (this.#checkout?.isRepository !== true) {
      info("There is no checkout: files are read from GitHub.");
      return undefined;
    }
    const { root } = this.#checkout;
    const { base, head } = commits;
    try {
      if (!(await completeCommits(root, [base, head]))) {
        info(
          `The checkout does not hold ${base} and ${head}, and they could not be fetched: files are read from GitHub. ` +
            "With `fetch-depth: 0`, actions/checkout fetches them.",
        );
        return undefined;
      }
      this.#repository = await openRepository(root);
    } catch (error) {
      if (!(error instanceof RevisionError)) throw error;
      info(withoutSecrets(`${error.message}: files are read from GitHub.`));
      return undefined;
    }
    info(`Files are read from the checkout, at ${base} and ${head}.`);
    const repository = this.#repository;
    return {
      base: repository.tree(base),
      head: repository.tree(head),
      // At the edge of a shallow clone a commit seems to add everything.
      ...(!repository.isShallow() && { history: () => repository.history(base, head) }),
    };
  }

  close(): void {
    this.#repository?.close();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
