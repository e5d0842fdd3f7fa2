/**
 * Modules that a change does not touch, and that set something up with values which it does: `FastAPI(debug=DEBUG)` beside a changed
 * `conf.py`; or whose applications are protected by what it takes out of a helper. They are found by their texts, few and near, and looked at as they are on either side: what only one side shows comes of
 * the change.
 */
import { importsIn, isPython, namedIn } from "../analyzers/index.ts";
import type { Change, LineRange } from "../core/change.ts";
import { compareText } from "../core/finding.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { isModule, targetsOf } from "./beside.ts";
import { shownInChange } from "./brought.ts";
import { compare } from "./compare.ts";
import type { Hit } from "./hit.ts";
import { Collector, type Observed } from "./observed.ts";
import type { Scanner } from "./scanner.ts";

/** A change of more files that hold values is a change of everything. */
const MAX_CHANGED = 20;
/** Modules that are read to find those that take values, and those that are looked at: the nearest ones. */
const MAX_READ = 60;
const MAX_TAKERS = 6;
/** Modules through which a value comes at most. */
const MAX_STEPS = 3;

/** A line that gives a name a value, or a function or a parameter one, or is one of several that are a value. */
const VALUE =
  /^[ \t]*(?:[\w.[\]"']+[ \t]*(?::[^=\n]{1,200})?[-+|]?=(?!=)|(?:async[ \t]+)?def\b[^=\n]{1,300}=|return[ \t]+(?:not[ \t]+)?(?:True\b|False\b|None\b|["'[({\d]|[\w.]+\()|["'[\](){}\d]|(?:from|import)\b)/;

interface Side {
  readonly tree: SourceTree;
  /** Of the modules that the change touches. */
  readonly texts: ReadonlyMap<string, string>;
}

interface Request {
  readonly base: Side;
  readonly head: Side;
  /** The paths of head. */
  readonly all: () => Promise<ReadonlySet<string>>;
  readonly changes: readonly Change[];
  /** True for paths that findings may be told of. */
  readonly isIncluded: (path: string) => boolean;
}

/** What of either side the other one has not: what a change mends, and what it makes worse. */
export interface Taken extends Pick<Observed, "spared"> {
  readonly base: readonly Hit[];
  readonly head: readonly Hit[];
}

/** Looks at the modules that take values from what a change touches. */
export async function lookAtTakers(scanner: Scanner, request: Request): Promise<Taken> {
  const { changes, isIncluded } = request;
  const [base, head] = [request.base.tree, request.head.tree];
  const nothing = { base: [], head: [] };
  const lost = new Map(changes.map((one) => [one, scanner.guardedBy(takenOut(one, request))]));
  const guards = [...lost.values()].flat();
  const isSource = (one: Change) => changesValues(one, request) || (lost.get(one) ?? []).length > 0;
  const sources = changes
    .filter((one) => scanner.mayHoldValues(one.path) && isSource(one))
    .map(({ path }) => path);
  if (sources.length === 0 || sources.length > MAX_CHANGED) return nothing;
  const all = await request.all();
  const own = new Set(changes.map(({ path }) => path));
  const others = [...all].filter((path) => isModule(path) && !own.has(path) && isIncluded(path));
  const near = nearest(others, sources).slice(0, MAX_READ);
  // On a server, what was read anyway: few changes have anything to say here, and each would pay for a request.
  const candidates = head.free === undefined ? near : await head.free(near);
  if (candidates.length === 0) return nothing;
  const { files: opened, texts } = await scanner.open(head, candidates, "call", isModule);
  const taking = takersOf(sources, texts, all);
  const files = opened
    .filter((file) => taking.has(file.path))
    .filter((file) => scanner.asksModules(file) || scanner.isGuarded(file, guards))
    .slice(0, MAX_TAKERS);
  if (files.length === 0) return nothing;
  const look = (tree: SourceTree, paths: ReadonlySet<string>) =>
    scanner.inspectOpened(
      {
        tree,
        texts,
        seen: new Collector(),
        // What is entered for one side is nothing that the other one has to enter.
        files: files.map((file) => ({ ...file, entered: new Set<string>() })),
      },
      async () => paths,
    );
  const [before, after] = await Promise.all([
    look(withOld(head, base, changes), oldPaths(all, changes)),
    look(head, all),
  ]);
  const spared = [...(before.spared ?? []), ...(after.spared ?? [])];
  // Nothing is sure where a part of what they are made of is not known.
  if (spared.length > 0) return { ...nothing, spared };
  // Other protections are told of the file that loses them.
  const told = new Set(guards.map(({ ruleId }) => ruleId));
  const counts = ({ suppression, protection, finding }: Hit) =>
    suppression === undefined && (protection === undefined || told.has(finding.ruleId));
  const [old, now] = [before.hits.filter(counts), after.hits.filter(counts)];
  const compared = compare(old, now, changes);
  // Whether something has lost a protection is seen once more beside all else.
  const isKept = ({ protection }: Hit) => protection === "kept";
  const textOf = (path: string) => request.head.texts.get(path) ?? texts.get(path);
  return {
    base: [...compared.fixed, ...old.filter(isKept)],
    head: [
      ...compared.new.map((hit) => shownInChange(hit, changes, textOf)),
      ...now.filter(isKept),
    ],
  };
}

/** What a change takes out of a module. */
function takenOut({ path, previousPath = path, hunks = [] }: Change, { base }: Request): string {
  const lines = isPython(path) ? base.texts.get(previousPath)?.split("\n") : undefined;
  return hunks
    .flatMap(({ removed }) => removed)
    .flatMap(({ start, end }) => lines?.slice(start - 1, end) ?? [])
    .join("\n");
}

/** True for a change of data, or of lines of a module that may say what a value is. */
function changesValues({ path, previousPath = path, status, hunks }: Change, on: Request): boolean {
  if (status === "removed") return false;
  if (!isPython(path)) return true;
  const isValue = (text: string | undefined, ranges: readonly LineRange[]) => {
    const lines = text?.split("\n") ?? [];
    return ranges.some(({ start, end }) =>
      lines.slice(start - 1, end).some((line) => VALUE.test(line)),
    );
  };
  return (hunks ?? []).some(
    ({ added, removed }) =>
      isValue(on.head.texts.get(path), added) || isValue(on.base.texts.get(previousPath), removed),
  );
}

/** The modules of some texts that take something from the sources, by way of others of them too. */
function takersOf(
  sources: readonly string[],
  texts: ReadonlyMap<string, string>,
  paths: ReadonlySet<string>,
): ReadonlySet<string> {
  const has = (path: string) => paths.has(path);
  const imported = new Map(
    [...texts].map(([path, text]) => [
      path,
      new Set([...importsIn(text), ...namedIn(text)].flatMap((line) => targetsOf(path, line, has))),
    ]),
  );
  const names = sources.filter((path) => !isPython(path)).map(fileName);
  const found = new Set<string>();
  let last = new Set(sources);
  for (let step = 0; step < MAX_STEPS && last.size > 0; step++) {
    const next = new Set<string>();
    for (const [path, text] of texts) {
      if (found.has(path)) continue;
      const isNamed = step === 0 && names.some((name) => text.includes(name));
      if (isNamed || [...last].some((one) => imported.get(path)?.has(one))) next.add(path);
    }
    for (const path of next) found.add(path);
    last = next;
  }
  return found;
}

/** Head as it was before the change: what that does not touch is the same on both sides. */
function withOld(head: SourceTree, base: SourceTree, changes: readonly Change[]): SourceTree {
  const old = new Set(changes.flatMap(({ path, previousPath = path }) => [path, previousPath]));
  const { readNow, readBeside } = head;
  const both =
    (readHead: SourceTree["read"]): SourceTree["read"] =>
    async (paths) => {
      const [changed, same] = [
        paths.filter((path) => old.has(path)),
        paths.filter((path) => !old.has(path)),
      ];
      const read = await Promise.all([
        changed.length > 0 ? base.read(changed) : [],
        same.length > 0 ? readHead(same) : [],
      ]);
      return new Map(read.flatMap((one) => [...one]));
    };
  return {
    revision: base.revision,
    list: () => base.list(),
    read: both((paths) => head.read(paths)),
    ...(readBeside !== undefined && { readBeside: both(readBeside) }),
    ...(readNow !== undefined &&
      base.readNow !== undefined && {
        readNow: (path: string) => (old.has(path) ? base : head).readNow?.(path) ?? MISSING,
      }),
  };
}

const MISSING = { kind: "missing" } as const;

function oldPaths(paths: ReadonlySet<string>, changes: readonly Change[]): ReadonlySet<string> {
  const old = new Set(paths);
  for (const { path, status } of changes)
    if (status === "added" || status === "renamed") old.delete(path);
  for (const { path, previousPath = path, status } of changes)
    if (status !== "added") old.add(previousPath);
  return old;
}

/** Paths by how many folders lie between them and the nearest of some files, fewest first. */
function nearest(paths: readonly string[], to: readonly string[]): readonly string[] {
  const folders = [...new Set(to.map(folderOf))].map((folder) => folder.split("/"));
  const distances = new Map<string, number>();
  const distanceOf = (folder: string): number => {
    const parts = folder.split("/");
    const known = distances.get(folder) ?? Math.min(...folders.map((one) => steps(one, parts)));
    distances.set(folder, known);
    return known;
  };
  return paths
    .map((path) => ({ path, distance: distanceOf(folderOf(path)) }))
    .sort((a, b) => a.distance - b.distance || compareText(a.path, b.path))
    .map(({ path }) => path);
}

function steps(from: readonly string[], to: readonly string[]): number {
  const differs = to.findIndex((folder, index) => folder !== from[index]);
  const shared = differs < 0 ? to.length : differs;
  return from.length + to.length - 2 * shared;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
