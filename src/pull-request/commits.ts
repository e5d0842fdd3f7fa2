/**
 * What a commit changes, and the two trees that it is seen from, in as few calls as it takes.
 *
 * GitHub's comparison gives the merge base and up to 300 files with their patches in one call. Where there are more, the two whole trees
 * tell the rest by blob ids, in two calls whatever their number; the pull request's own list would cost one for each hundred. GitHub's
 * own list is left for trees that are too large to be listed.
 */
import type { Change } from "../core/change.ts";
import { PortcullisError } from "../core/errors.ts";
import { type History, readAdditions } from "../core/history.ts";
import { mayBeUndone } from "../core/patch.ts";
import type { SourceTree, TreeEntry } from "../core/source-tree.ts";
import { formatOf, packagesNamedIn, type Question } from "../dependencies/index.ts";
import { type ChangeList, type Comparison, GitHubError } from "../github/index.ts";
import { expectedReads, isToldByLines } from "../review/index.ts";
import { buildRules } from "../setup/index.ts";
import { changesBetween, type GitHubTree, githubTree, type ReadingLimit } from "../trees/index.ts";
import { Budget, roundsOf } from "./budget.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import type { Services, Target } from "./services.ts";
import { Superseded } from "./superseded.ts";

/** What is compared. */
export interface Trees {
  readonly base: SourceTree;
  readonly head: SourceTree;
}

/** Trees that are not GitHub's, and what the commits between them added, where that is known there. */
export interface NearbyCommits extends Trees {
  readonly history?: (budget: Budget) => Promise<History>;
}

export interface Commits extends NearbyCommits {
  readonly changes: readonly Change[];
  /** Packages that the changes of manifests are probably about. */
  readonly named: readonly Question[];
  /** Paths whose hunks have to be made from the contents. */
  readonly needsDiff: readonly string[];
  /** Those of them for which GitHub itself shows no lines: it takes no comment there. */
  readonly withoutLines: ReadonlySet<string>;
  /** Paths of base that have to be read; the others are told by head and a patch. */
  readonly basePaths: readonly string[];
  /** True when there are more changes than are listed here. */
  readonly truncated: boolean;
  /** True where the trees are not GitHub's. */
  readonly isNearby: boolean;
  /** What the review may cost; the trees keep within it, too. */
  readonly budget: Budget;
  readonly graph: DependencyGraph;
}

/** Where the changes were made, and how they are read. */
interface Place {
  readonly mergeBase: string;
  readonly lent: NearbyCommits | undefined;
  readonly budget: Budget;
  readonly graph: DependencyGraph;
}

/** As many as GitHub lists. */
const MAX_COMMITS = 250;
const COMMIT = /^From ([0-9a-f]{40,64}) Mon Sep 17 00:00:00 2001$/;

/** As many as GitHub itself lists of a pull request. */
const MAX_CHANGES = 3_000;

export async function readCommits(services: Services, target: Target): Promise<Commits> {
  const { github } = services;
  const { baseSha, headSha } = target;
  const compared = await github.compare(baseSha, headSha);
  if (compared === undefined) throw unrelated();
  const { mergeBase } = compared;
  const commits = await readAt(services, target, compared, mergeBase);
  // What one commit adds is the change itself.
  if (commits.history !== undefined || compared.commits < 2) return commits;
  return { ...commits, history: (budget) => historyAtGitHub(services, compared, budget, headSha) };
}

/** In one call, where that leaves enough to conclude the check: a review has more urgent things to ask. */
async function historyAtGitHub(
  { github }: Services,
  { mergeBase, commits }: Comparison,
  budget: Budget,
  headSha: string,
): Promise<History> {
  const nothing = { additions: [], isComplete: false };
  if (commits > MAX_COMMITS || !budget.hasRoom()) return nothing;
  try {
    const text = await github.patches(mergeBase, headSha);
    if (text === undefined) return nothing;
    return { additions: readAdditions(text, COMMIT), isComplete: true };
  } catch (error) {
    if (error instanceof GitHubError) return nothing;
    throw error;
  }
}

async function readAt(
  services: Services,
  target: Target,
  compared: Comparison,
  mergeBase: string,
): Promise<Commits> {
  const { github, nearby } = services;
  const { pullRequest, headSha } = target;
  const lent = await nearby?.({ base: mergeBase, head: headSha });
  const budget = new Budget(services.calls, pullRequest?.changedFiles ?? compared.changes.length);
  const graph = new DependencyGraph(services, target, budget);
  const place = { mergeBase, lent, budget, graph };
  const isWhole = !compared.truncated || compared.changes.length === pullRequest?.changedFiles;
  if (isWhole) return commitsOf(services, target, { ...compared, truncated: false }, place);

  const { base, head } = lent ?? wholeTrees(services, compared, headSha, place);
  const [before, after] = await Promise.all([entriesOf(base), entriesOf(head)]);
  if (before !== undefined && after !== undefined) {
    const told = beyond(compared, lent ?? { base, head }, { before, after }, lent !== undefined);
    budget.allowFor(told.changes.length);
    return { ...told, budget, graph };
  }
  const listed =
    pullRequest === undefined
      ? { ...compared, truncated: true }
      : await github.changes(pullRequest.number, pullRequest.changedFiles);
  if (listed.headSha !== undefined && listed.headSha !== headSha)
    throw new Superseded("The pull request has a newer commit.");
  return commitsOf(services, target, listed, place);
}

function unrelated(): PortcullisError {
  return new PortcullisError("Base and head have no common ancestor.", {
    hint: "Rebase the branch on its base.",
  });
}

/** The commits with changes as GitHub lists them. */
function commitsOf(
  services: Services,
  { headSha }: Target,
  listed: ChangeList,
  { mergeBase, lent, budget, graph }: Place,
): Commits {
  const { changes, needsDiff, truncated } = listed;
  const withoutLines = new Set(needsDiff);
  const named = namedIn(listed);
  const about = { changes, named, needsDiff, truncated, withoutLines, budget, graph };
  if (lent !== undefined)
    return { ...lent, ...about, isNearby: true, basePaths: pathsAtBase(changes) };
  const told = toldOf(graph, changes);
  const known = changes
    .filter((change) => change.status !== "removed")
    .map((change) => change.path);
  const { github, cache } = services;
  const expected = expectation(services, changes);
  const limit = limitOf(services, budget, listed);
  const shown = shownPatches(services, listed);
  const head = githubTree(github, headSha, {
    cache,
    known,
    expected,
    limit,
    told: told.head,
    glimpses: listed.patches,
    shown: { patches: shown.head },
  });
  const patches = patchesByBasePath(listed);
  const base = githubTree(github, mergeBase, {
    cache,
    expected,
    limit,
    told: told.base,
    patched: { tree: head, patches },
    shown: { patches: shown.base, after: head },
    // A list of changes that is cut cannot tell what base held.
    ...(!truncated && { before: { tree: head, changes } }),
  });
  const basePaths = pathsAtBase(changes).filter((path) => !patches.has(path));
  return { base, head, ...about, isNearby: false, basePaths };
}

function wholeTrees(
  services: Services,
  compared: Comparison,
  headSha: string,
  { budget, graph }: Place,
): Trees {
  const { github, cache } = services;
  const expected = expectation(services, compared.changes);
  const limit = limitOf(services, budget, compared);
  const shown = shownPatches(services, compared);
  const told = toldOf(graph, compared.changes);
  const head = githubTree(github, headSha, {
    cache,
    expected,
    limit,
    told: told.head,
    glimpses: compared.patches,
    shown: { patches: shown.head },
  });
  const base = githubTree(github, compared.mergeBase, {
    cache,
    expected,
    limit,
    told: told.base,
    patched: { tree: head, patches: patchesByBasePath(compared) },
    shown: { patches: shown.base, after: head },
  });
  return { base, head };
}

/** What the dependency graph tells of the packages of changed manifests, for either tree. */
function toldOf(graph: DependencyGraph, changes: readonly Change[]) {
  const after = new Map(changes.map(({ path, previousPath = path }) => [path, previousPath]));
  const before = new Map(Array.from(after, ([path, previousPath]) => [previousPath, path]));
  const isManifest = (path: string) => formatOf(path) !== undefined;
  return {
    head: async (path: string) =>
      isManifest(path) ? graph.packagesOf("added", path, after.get(path) ?? path) : undefined,
    base: async (path: string) =>
      isManifest(path) ? graph.packagesOf("removed", before.get(path) ?? path, path) : undefined,
  };
}

/** What reading may cost. */
function limitOf({ setup }: Services, budget: Budget, listed: ChangeList): ReadingLimit {
  const { changes } = listed;
  const rules = buildRules(setup?.profile ?? "default");
  const patched = patchesByBasePath(listed);
  const alone = new Set(
    changes
      .filter(({ status }) => status === "added" || status === "removed")
      .map(({ path }) => path),
  );
  for (const [previousPath, { path }] of patched) alone.add(previousPath).add(path);
  const own = new Set(changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]));
  // Of a manifest without a patch nobody knows the packages before it is read: they are a call of their own.
  const questions = Number(
    changes.some(({ path, status }) => status !== "removed" && isOpen(path, listed)),
  );
  return {
    own,
    kept: roundsOf(changes.filter(isProgram).length),
    hasRoom: (calls) => budget.hasRoom(calls + questions),
    claim: (calls) => budget.claim(calls),
    giveBack: (calls) => budget.giveBack(calls),
    isSlight: (path) => isToldByLines(rules, path),
    priceOf: (path) => (own.has(path) && !alone.has(path) ? 2 : 1),
  };
}

function isOpen(path: string, { patches }: ChangeList): boolean {
  return formatOf(path) !== undefined && !patches.has(path);
}

/** What the built-in rules will read beside what is changed. */
function expectation({ setup }: Services, changes: readonly Change[]) {
  const touched = new Set(
    changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]),
  );
  return (paths: ReadonlySet<string>) =>
    expectedReads(buildRules(setup?.profile ?? "default"), paths, touched);
}

/** The patches of files that are told by their lines, for either tree. */
function shownPatches({ setup }: Services, { changes, patches }: ChangeList) {
  const rules = buildRules(setup?.profile ?? "default");
  const told = changes.flatMap(({ path, previousPath = path, status }) => {
    const patch = patches.get(path);
    const isTold = [path, previousPath].every((one) => isToldByLines(rules, one));
    return patch === undefined || !isTold ? [] : [{ path, previousPath, status, patch }];
  });
  return {
    head: new Map(told.map(({ path, patch }) => [path, { path, patch }] as const)),
    base: new Map(
      told
        .filter(({ status }) => status !== "added")
        .map(({ path, previousPath, patch }) => [previousPath, { path, patch }] as const),
    ),
  };
}

/** The first 300 changes as GitHub compares them, and what the trees tell beyond. Programs come first where there are too many. */
function beyond(
  compared: Comparison,
  trees: NearbyCommits,
  {
    before,
    after,
  }: { readonly before: readonly TreeEntry[]; readonly after: readonly TreeEntry[] },
  isNearby: boolean,
): Omit<Commits, "budget" | "graph"> {
  const known = new Set(
    compared.changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]),
  );
  const rest = changesBetween(before, after)
    .filter(({ path, previousPath }) => !known.has(path) && !known.has(previousPath ?? path))
    .sort((a, b) => Number(isProgram(b)) - Number(isProgram(a)));
  const all = [...compared.changes, ...rest];
  const changes = all.slice(0, MAX_CHANGES);
  const patches = patchesByBasePath(compared);
  return {
    ...trees,
    changes,
    named: namedIn(compared),
    needsDiff: [
      ...compared.needsDiff,
      ...rest.filter((change) => change.hunks === undefined).map(({ path }) => path),
    ],
    withoutLines: new Set(compared.needsDiff),
    basePaths: pathsAtBase(changes).filter((path) => isNearby || !patches.has(path)),
    truncated: all.length > changes.length,
    isNearby,
  };
}

function namedIn({ patches }: ChangeList): readonly Question[] {
  return Array.from(patches, ([path, patch]) => packagesNamedIn(path, patch)).flat();
}

export function isProgram({ path }: Change): boolean {
  return /\.pyw?$/.test(path);
}

function pathsAtBase(changes: readonly Change[]): string[] {
  return changes
    .filter((change) => change.status !== "added")
    .map((change) => change.previousPath ?? change.path);
}

function patchesByBasePath({ changes, patches }: ChangeList) {
  return new Map(
    changes.flatMap(({ path, previousPath, status }) => {
      const patch = patches.get(path);
      return status === "added" || patch === undefined || !mayBeUndone(patch)
        ? []
        : [[previousPath ?? path, { path, patch }] as const];
    }),
  );
}

/** Undefined where the list is cut, or does not tell contents apart. */
async function entriesOf(tree: SourceTree | GitHubTree): Promise<readonly TreeEntry[] | undefined> {
  if ("isListedWhole" in tree && !(await tree.isListedWhole())) return undefined;
  const entries = await tree.list();
  return entries.every((entry) => entry.id !== undefined) ? entries : undefined;
}
