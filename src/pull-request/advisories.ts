import {
  crossChecked,
  githubAdvisories,
  listable,
  NoAnswer,
  osvAdvisories,
} from "../advisories/index.ts";
import type { Config } from "../core/config.ts";
import type { AdvisorySource, Question } from "../dependencies/index.ts";
import { GitHubError, type GitHubRepository } from "../github/index.ts";
import type { Budget } from "./budget.ts";
import type { DependencyGraph } from "./dependency-graph.ts";

/** Shared by all reviews of the process: it keeps the records that it has fetched. */
const osv = osvAdvisories();

/**
 * Whom a review asks about packages: GitHub, whose token is there, unless the configuration names OSV.dev or nobody. A path in it means
 * the command line: on a server it would be a file of the server's. Of a range of commits the repository's dependency graph is asked
 * too, where it has one, and where there is room for that second opinion.
 */
export function advisorySource(
  github: Pick<GitHubRepository, "advisories" | "vulnerabilities">,
  { advisories = "github" }: Config,
  range?: {
    readonly graph: Pick<DependencyGraph, "changes">;
    readonly budget: Budget;
    /** Calls that reading files may take meanwhile. */
    readonly reads?: number;
  },
  elsewhere: AdvisorySource = osv,
): AdvisorySource | undefined {
  if (advisories === "off") return undefined;
  const isElsewhere = advisories === "osv";
  const source = isElsewhere ? elsewhere : globalAdvisories(github, range?.budget);
  if (range === undefined) return source;
  const { graph, budget, reads = 0 } = range;
  // GitHub's own database answers at the same time.
  return crossChecked(
    source,
    () => graph.changes(reads + (isElsewhere ? 0 : 1)),
    () => isElsewhere || budget.hasRoom(),
  );
}

/** Lets what GitHub knows of packages come along with what is asked for anyway: a review will probably ask about them. Never throws. */
export async function askAhead(
  github: Pick<GitHubRepository, "vulnerabilities">,
  packages: readonly Question[],
): Promise<void> {
  const isSpare = true;
  await github.vulnerabilities(listable(packages), isSpare).catch(() => undefined);
}

/** Of a change of very many packages, those beyond the first few hundred are asked about where there is room for it. */
function globalAdvisories(
  github: Pick<GitHubRepository, "advisories" | "vulnerabilities">,
  budget: Budget | undefined,
): AdvisorySource {
  let questions = 0;
  return githubAdvisories(
    async (query) => {
      // What is begun is brought to its end: half of an answer is none.
      if (query.after === undefined) questions++;
      if (query.after === undefined && questions > 1 && budget?.hasRoom() === false)
        throw new NoAnswer("a review may not cost more calls");
      return orNoAnswer(github.advisories(query));
    },
    (packages) => orNoAnswer(github.vulnerabilities(packages)),
  );
}

async function orNoAnswer<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitHubError) throw new NoAnswer(error.message);
    throw error;
  }
}
