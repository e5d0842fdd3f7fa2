import { expect, it } from "vitest";
import { defaultConfig } from "../../src/core/config.ts";
import type { AdvisorySource } from "../../src/dependencies/index.ts";
import { GitHubError } from "../../src/github/index.ts";
import { advisorySource } from "../../src/pull-request/advisories.ts";
import { Budget } from "../../src/pull-request/budget.ts";
import { DependencyGraph } from "../../src/pull-request/dependency-graph.ts";

const elsewhere: AdvisorySource = {
  name: "elsewhere",
  ask: async () => ({ advisories: [], unanswered: [] }),
};

// Of six calls the last concludes the check.
it.each([
  ["GitHub, and nobody counts", undefined, undefined, 0, 1],
  ["GitHub, and two calls are left", undefined, 3, 0, 1],
  ["GitHub, and two are left, of which files may take one", undefined, 3, 1, 0],
  ["GitHub, and one is left, which it takes itself", undefined, 4, 0, 0],
  ["somebody else, and one call is left", "osv", 4, 0, 1],
  ["somebody else, and none is left", "osv", 5, 0, 0],
])(
  "asks the dependency graph for a second opinion: of %s",
  async (_, advisories, sent, reads, times) => {
    let asked = 0;
    const github = {
      advisories: async () => ({ data: [], link: undefined }),
      vulnerabilities: async () => [[]],
      dependencyChanges: async () => {
        asked++;
        return { data: [], isWhole: true };
      },
    };
    const budget = new Budget(sent === undefined ? undefined : () => sent, 1);
    const config = { ...defaultConfig, ...(advisories !== undefined && { advisories }) };
    const services = { github, name: { owner: "acme", repo: "shop" }, today: "2026-01-01" };
    const graph = new DependencyGraph(services, { baseSha: "base", headSha: "head" }, budget);
    const range = { graph, budget, reads };
    const source = advisorySource(github, config, range, elsewhere);
    const question = { ecosystem: "PyPI", name: "shop", version: "1" } as const;
    expect(await source?.ask([question])).toEqual({ advisories: [], unanswered: [] });
    expect(asked).toBe(times);
  },
);

it.each([
  ["has no dependency graph", { status: 404 }, 1],
  ["does not let us see its dependency graph", { status: 403 }, 1],
  ["was asked too much of a moment ago", { status: 403, isLimit: true }, 2],
  ["does not answer as it should", { status: 502 }, 2],
])("asks a repository again only for what it may have: one that %s", async (_, reason, times) => {
  let asked = 0;
  const dependencyChanges = async () => {
    asked++;
    throw new GitHubError("cannot compare dependencies", reason);
  };
  const services = {
    github: { dependencyChanges },
    name: { owner: "acme", repo: "shop" },
    today: "2026-01-01",
    withoutGraph: new Set<string>(),
  };
  for (const headSha of ["one", "two"]) {
    const target = { baseSha: "base", headSha };
    const graph = new DependencyGraph(services, target, new Budget(undefined, 1));
    expect(await graph.changes(0)).toEqual([]);
  }
  expect(asked).toBe(times);
});
