import { changedPackages } from "../advisories/index.ts";
import type { ToldPackage } from "../core/source-tree.ts";
import { GitHubError, type GitHubRepository } from "../github/index.ts";
import type { Budget } from "./budget.ts";
import type { Services, Target } from "./services.ts";

/** What GitHub does not have, or does not let us see. */
const ABSENT: readonly number[] = [403, 404];

type Asking = Pick<Services, "name" | "today" | "withoutGraph"> & {
  readonly github: Pick<GitHubRepository, "dependencyChanges">;
};

/** The repository's dependency graph, as far as it tells of one change: asked once, where it has one, and where there is room. */
export class DependencyGraph {
  readonly #services: Asking;
  readonly #target: Pick<Target, "baseSha" | "headSha">;
  readonly #budget: Budget;
  #answer: Promise<{ readonly data: unknown; readonly isWhole: boolean } | undefined> | undefined;

  constructor(services: Asking, target: Pick<Target, "baseSha" | "headSha">, budget: Budget) {
    this.#services = services;
    this.#target = target;
    this.#budget = budget;
  }

  /** Its answer as it comes; an empty list where there is none, or no room for the question and so many other calls. */
  async changes(others: number): Promise<unknown> {
    return (await this.#ask(others))?.data ?? [];
  }

  /** Packages that only one side of the change names in a manifest, by its path there; undefined where the graph tells nothing of it. */
  async packagesOf(
    kind: "added" | "removed",
    path: string,
    previousPath: string,
  ): Promise<readonly ToldPackage[] | undefined> {
    const answer = await this.#ask(0);
    if (answer?.isWhole !== true) return undefined;
    const told = changedPackages(answer.data)?.filter(
      (one) => one.path === (one.kind === "added" ? path : previousPath),
    );
    if (told === undefined || told.length === 0) return undefined;
    return told.filter((one) => one.kind === kind);
  }

  async #ask(others: number) {
    const { github, name, today, withoutGraph } = this.#services;
    const key = `${name.owner}/${name.repo} ${today}`;
    if (this.#answer !== undefined) return this.#answer;
    if (withoutGraph?.has(key) === true || !this.#budget.hasRoom(1 + others)) return undefined;
    const { baseSha, headSha } = this.#target;
    this.#answer = github.dependencyChanges(baseSha, headSha).catch((error: unknown) => {
      if (!(error instanceof GitHubError)) throw error;
      if (ABSENT.includes(error.status) && !error.isLimit) withoutGraph?.add(key);
      return undefined;
    });
    return this.#answer;
  }
}
