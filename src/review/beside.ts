/**
 * Files that a change does not touch, and of which something else is to be said all the same: modules whose functions are handed
 * data by functions that it touches, and modules that use functions which it takes something out of, a check perhaps, or that are used
 * by those, or that use an object which it makes of a library. Found by the texts alone, and few: most changes have none that a rule would look at.
 */
import { definitionsIn, importsIn, isPython } from "../analyzers/index.ts";
import type { Change } from "../core/change.ts";
import { isTestPath } from "../core/config.ts";
import { compareText } from "../core/finding.ts";
import { resolveModule } from "../python/index.ts";

/** A change of more modules is a change of everything. */
const MAX_CHANGED = 20;
/** Modules of either kind that are looked at, and those that are read to find who uses a function: the nearest ones. */
const MAX_BESIDE = 6;
const MAX_READ = 30;

/** What calls, looks up or asks something may check, convert or escape it, and a type limits it: what does is not told by its name. */
const MAY_CHECK =
  /^(?!\s*(?:#|["']|(?:import|from|def|class)\b))(?:.*(?:[([]|\b(?:if|in|assert|raise)\b)|\s*\w+\s*:\s*\w)/;

/** What of a change matters here. */
export interface Touch {
  readonly path: string;
  /** Its text in head. */
  readonly text: string;
  readonly functions: readonly Touched[];
}

export interface Touched {
  readonly name: string;
  readonly text: string;
  /** True where base has a line in it that may check something, and head has not; and for what head makes of a library. */
  readonly isWeakened: boolean;
  /** True where data of a request may stand in it. */
  readonly isHostile: boolean;
}

/** Of a text in which data of a request may stand, what tells of its parts whether it may stand there; undefined for any other. */
type HostileIn = (text: string) => ((part: string) => boolean) | undefined;

/** What a module makes of libraries, by the names that it gives it. */
type Makes = (text: string) => ReadonlyMap<string, string>;

/** The functions, classes and objects of modules that a change touches; none of a change of very many. */
export function touchesOf(
  changes: readonly Change[],
  base: ReadonlyMap<string, string>,
  head: ReadonlyMap<string, string>,
  hostileIn: HostileIn,
  makes: Makes,
): readonly Touch[] {
  const changed = changes.filter(({ path }) => isModule(path) && head.has(path));
  if (changed.length > MAX_CHANGED) return [];
  return changed.flatMap((change) => {
    const { path, previousPath = path } = change;
    const text = head.get(path) ?? "";
    const isHostile = hostileIn(text);
    const old = base.get(previousPath) ?? "";
    const touched = [aboveAll(text, change), ...touchedIn(text, change, old.split("\n"))];
    const functions = [...touched, ...madeAnew(makes(old), makes(text))]
      .map((one) => ({ ...one, isHostile: isHostile?.(one.text) === true }))
      .filter((one) => one.isHostile || one.isWeakened);
    return functions.length === 0 ? [] : [{ path, text, functions }];
  });
}

/** The paths of files of which something else may have to be said, as far as that can be told before they are read. */
export function candidatesOf(
  touches: readonly Touch[],
  paths: ReadonlySet<string>,
  changes: readonly Change[],
): readonly string[] {
  const own = new Set(changes.map((change) => change.path));
  const isOther = (path: string) => isModule(path) && !own.has(path);
  const has = (path: string) => paths.has(path);
  const found = new Set<string>();
  for (const touch of touches) {
    const called = nearest(calledBy(touch, has).filter(isOther), touch.path);
    for (const path of called.slice(0, MAX_BESIDE)) found.add(path);
    if (!touch.functions.some((one) => one.isWeakened)) continue;
    // What it does itself with data that others hand to it: they are known only beside it.
    found.add(touch.path);
    const around = nearest([...paths].filter(isOther), touch.path);
    for (const path of around.slice(0, MAX_READ)) found.add(path);
  }
  return [...found].sort(compareText);
}

/** True for a file that the change may hand other data to, or that may get from it what is checked no more. */
export function isConcerned(
  path: string,
  text: string,
  touches: readonly Touch[],
  paths: ReadonlySet<string>,
  hostileIn: HostileIn,
): boolean {
  const has = (one: string) => paths.has(one);
  return touches.some((touch) => {
    if (calledBy(touch, has).includes(path)) return true;
    if (touch.path === path) return touch.functions.some((one) => one.isWeakened);
    const weakened = touch.functions.flatMap((one) => (one.isWeakened ? [one.name] : []));
    return (
      weakened.length > 0 &&
      new RegExp(`\\b(?:${weakened.join("|")})\\b`).test(text) &&
      hostileIn(text) !== undefined &&
      importsIn(text).some((line) => targetsOf(path, line, has).includes(touch.path))
    );
  });
}

/** True for the program itself: no test of it. */
export function isModule(path: string): boolean {
  return isPython(path) && !isTestPath(path);
}

/** The functions and classes of a text that a change touches. */
function touchedIn(
  text: string,
  { hunks = [] }: Change,
  baseLines: readonly string[],
): readonly Omit<Touched, "isHostile">[] {
  const all = definitionsIn(text);
  return all.flatMap(({ name, text: own, line }, index) => {
    const end = (all[index + 1]?.line ?? Number.POSITIVE_INFINITY) - 1;
    const inside = hunks.filter(
      (hunk) =>
        hunk.added.some((lines) => lines.start <= end && lines.end >= line) ||
        // Of lines that are only taken out no more is known than what stands around them.
        (hunk.added.length === 0 &&
          hunk.newStart <= end &&
          hunk.newStart + Math.max(hunk.newLines, 1) > line),
    );
    const removed = inside.flatMap((hunk) =>
      hunk.removed.flatMap(({ start, end: last }) => baseLines.slice(start - 1, last)),
    );
    return inside.length === 0
      ? []
      : [{ name, text: own, isWeakened: removed.some((one) => MAY_CHECK.test(one)) }];
  });
}

/** Lines around a changed one that may be of the same call. */
const AROUND = 3;

/** What a change adds above the first function or class of a text, or around that: routes name there what is handed a request. */
function aboveAll(text: string, { hunks = [] }: Change): Omit<Touched, "isHostile"> {
  const lines = text.split("\n");
  const end = (definitionsIn(text)[0]?.line ?? Number.POSITIVE_INFINITY) - 1;
  const shown = hunks.flatMap(({ added }) =>
    added.flatMap((range) =>
      lines.slice(Math.max(range.start - 1 - AROUND, 0), Math.min(range.end + AROUND, end)),
    ),
  );
  const own = shown.filter((line) => !/^(?:from|import)\b/.test(line));
  return { name: "", text: own.join("\n"), isWeakened: false };
}

/** What a module makes of a library in head, and not, or of another one, in base: what it is used for may do harm now. */
function madeAnew(
  base: ReadonlyMap<string, string>,
  head: ReadonlyMap<string, string>,
): readonly Omit<Touched, "isHostile">[] {
  return [...head].flatMap(([name, made]) =>
    base.get(name) === made ? [] : [{ name, text: "", isWeakened: true }],
  );
}

type Has = (path: string) => boolean;

/** The modules of the tree whose names stand in what a change touches. */
function calledBy({ path, text, functions }: Touch, has: Has): string[] {
  const body = functions.map((one) => one.text).join("\n");
  return importsIn(text).flatMap((line) => {
    const names = line.names.length > 0 ? line.names : [line.dotted.split(".").at(-1) ?? ""];
    const isUsed = names.some((name) => name === "*" || new RegExp(`\\b${name}\\b`).test(body));
    return isUsed ? targetsOf(path, line, has) : [];
  });
}

/** The modules of the tree that an import of a file leads to, those among its names included. */
export function targetsOf(
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
