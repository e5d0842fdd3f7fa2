/**
 * Files that a change does not touch, and of which something else is to be said all the same: modules whose functions are handed
 * data by functions that it touches, and modules that use functions which it takes something out of, a check perhaps. Found by the
 * texts alone, and few: most changes have none that a rule would look at.
 */
import { definitionsIn, importsIn } from "../analyzers/index.ts";
import type { Change } from "../core/change.ts";
import { isTestPath } from "../core/config.ts";
import { compareText } from "../core/finding.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import { resolveModule } from "../python/index.ts";

/** A change of more modules is a change of everything. */
const MAX_CHANGED = 20;
/** Modules of either kind that are looked at, and those that are read to find who uses a function: the nearest ones. */
const MAX_BESIDE = 6;
const MAX_READ = 30;

/** The paths of such files in head, in order. */
export async function filesBeside(
  head: SourceTree,
  paths: ReadonlySet<string>,
  changes: readonly Change[],
): Promise<readonly string[]> {
  const own = new Set(changes.map((change) => change.path));
  const changed = changes.filter(
    ({ path, status, hunks }) => isModule(path) && status !== "removed" && hunks !== undefined,
  );
  if (changed.length === 0 || changed.length > MAX_CHANGED) return [];
  const texts = await textsOf(
    head,
    changed.map((change) => change.path),
  );
  const has = (path: string) => paths.has(path);
  const found = new Set<string>();
  for (const change of changed) {
    const touched = touchedIn(texts.get(change.path) ?? "", change);
    const called = calledBy(change.path, texts.get(change.path) ?? "", touched, has).filter(
      (path) => isModule(path) && !own.has(path),
    );
    for (const path of nearest(called, change.path).slice(0, MAX_BESIDE)) found.add(path);
    const weakened = touched.filter((one) => one.lost).map((one) => one.name);
    if (weakened.length === 0) continue;
    const others = [...paths].filter((path) => isModule(path) && !own.has(path));
    const candidates = nearest(others, change.path).slice(0, MAX_READ);
    const named = new RegExp(`\\b(?:${weakened.join("|")})\\b`);
    const using = [...(await textsOf(head, candidates))].flatMap(([path, text]) =>
      named.test(text) && modulesOf(path, text, has).has(change.path) ? [path] : [],
    );
    for (const path of using.slice(0, MAX_BESIDE)) found.add(path);
  }
  return [...found].sort(compareText);
}

/** True for the program itself: no test of it. */
export function isModule(path: string): boolean {
  return /\.pyw?$/.test(path) && !isTestPath(path);
}

async function textsOf(
  tree: SourceTree,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [path, content] of await tree.read(paths)) {
    const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
    if (decoded !== undefined && "text" in decoded) texts.set(path, decoded.text);
  }
  return texts;
}

interface Touched {
  readonly name: string;
  readonly text: string;
  /** True where base has lines in it that head has not. */
  readonly lost: boolean;
}

/** The functions and classes of a module that a change touches. */
function touchedIn(text: string, { hunks = [] }: Change): readonly Touched[] {
  const all = definitionsIn(text);
  return all.flatMap(({ name, text: own, line }, index) => {
    const end = (all[index + 1]?.line ?? Number.POSITIVE_INFINITY) - 1;
    const inside = hunks.filter(
      (hunk) =>
        hunk.added.some((lines) => lines.start <= end && lines.end >= line) ||
        (hunk.newStart >= line && hunk.newStart <= end),
    );
    return inside.length === 0
      ? []
      : [{ name, text: own, lost: inside.some((hunk) => hunk.removed.length > 0) }];
  });
}

type Has = (path: string) => boolean;

/** The modules of the tree whose names stand in what a change touches. */
function calledBy(path: string, text: string, touched: readonly Touched[], has: Has): string[] {
  const body = touched.map((one) => one.text).join("\n");
  if (body === "") return [];
  return importsIn(text).flatMap((line) => {
    const names = line.names.length > 0 ? line.names : [line.dotted.split(".").at(-1) ?? ""];
    const isUsed = names.some((name) => name === "*" || new RegExp(`\\b${name}\\b`).test(body));
    return isUsed ? targetsOf(path, line, has) : [];
  });
}

function modulesOf(path: string, text: string, has: Has): ReadonlySet<string> {
  return new Set(importsIn(text).flatMap((line) => targetsOf(path, line, has)));
}

function targetsOf(
  path: string,
  { dotted, level, names }: ReturnType<typeof importsIn>[number],
  has: Has,
): string[] {
  const inner = names.map((name) => (dotted === "" ? name : `${dotted}.${name}`));
  return [dotted, ...inner].flatMap((one) => {
    const target = resolveModule(has, path, one, level);
    return target.kind === "tree" ? [target.path] : [];
  });
}

/** Paths by how many folders they share with one, most first. */
function nearest(paths: readonly string[], to: string): readonly string[] {
  const folders = to.split("/").slice(0, -1);
  const shared = (path: string) => {
    const differs = path.split("/").findIndex((folder, index) => folder !== folders[index]);
    return differs < 0 ? folders.length : differs;
  };
  return [...new Set(paths)].sort((a, b) => shared(b) - shared(a) || compareText(a, b));
}
