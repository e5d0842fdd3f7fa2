// What a review will probably ask for next. A module that is looked at imports others, which import others: each step is a call to a
// server, and a call may bring two hundred files as well as one. So files that will do come along.
import type { TreeEntry } from "../core/source-tree.ts";
import { resolveModule } from "../python/index.ts";

/** Files and bytes that come along with one question. */
const MAX_FILES = 230;
const MAX_BYTES = 5_000_000;
/** A text that is longer does not come whole. */
const MAX_TEXT_BYTES = 512_000;
/** What is only near: all of it, and one file. */
const MAX_GUESSED_BYTES = 3_000_000;
const MAX_GUESS_BYTES = 100_000;
const PYTHON = /\.py$/;
const PACKAGE = /(?:^|\/)__init__\.py$/;
/** What modules show by its name below that folder, and pages include. */
const PAGE = /(?:^|\/)templates\/(.*\.(?:html?|djhtml|jinja2?|j2|tpl|txt|xml|js))$/i;
const PAGE_NAME = /["']([\w./ -]{1,200}\.(?:html?|djhtml|jinja2?|j2|tpl|txt|xml|js))["']/gi;
/** One in so many of what is only near is such a page, before all modules that lie near have come; more are once pages are asked for. */
const SHARE_OF_PAGES = 5;
const SHARE_ONCE_ASKED = 1.5;
/** So many are beside what is asked for after all else: of what that imports nothing is known, and most of it stands there. */
const SHARE_OF_SIBLINGS = 4;
/** What nothing imports but its like. */
const ASIDE = /(?:^|\/)(?:tests?|migrations|node_modules|docs?)\/|(?:^|\/)test_[^/]*$/;
/** `from a.b import c, d` with its names as far as the line goes, or over the lines of its brackets; `import a.b`. */
const IMPORT =
  /^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]{0,4000}|[^\n#]{0,400})|import[ \t]+([\w.]+))/gm;
/** `"shop.orders.middleware.Limits"`. */
const DOTTED = /["']([A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,8})["']/g;

/** What will probably be asked for of a tree, whatever else is. */
export interface Expected {
  readonly read: readonly string[];
  /** Files whose imports are of no interest. */
  readonly searched: readonly string[];
}

/** A few lines of a file by its path, such as its patch, from which something can be told before it is here. */
export type Glimpses = ReadonlyMap<string, string>;

export interface Around {
  /** What is asked for now. */
  readonly paths: readonly string[];
  /** What was asked for before. */
  readonly asked: Iterable<string>;
  /** The content of what is here already; undefined for what is not, and is not on its way. */
  readonly contentOf: (entry: TreeEntry) => Uint8Array | "coming" | undefined;
}

/**
 * Tells which files of a tree will probably be asked for after others, likeliest first: what is looked at in any such tree, what is
 * imported, what lies near, what pages it may show.
 */
export function readAhead(
  listed: ReadonlyMap<string, TreeEntry>,
  { read, searched }: Expected = { read: [], searched: [] },
  glimpses: Glimpses = new Map(),
): (around: Around) => TreeEntry[] {
  const imports = new Map<string, Imports>();
  const byName = pageNames(listed);
  // What stands there now, without what was taken out.
  const glimpseOf = (path: string) => glimpses.get(path)?.replace(/^(?:-.*|[+ ])/gm, "");
  return ({ paths, asked, contentOf }) => {
    const most = MAX_FILES - paths.length;
    if (most <= 0) return [];
    const wanted = new Set(paths);
    const chosen = new Map<string, TreeEntry>();
    let bytes = 0;
    /** The content of what is here; what is not is chosen, unless it weighs too much. */
    const consider = (
      path: string,
      { files, each, all }: { readonly files: number; readonly each: number; readonly all: number },
    ): Uint8Array | undefined => {
      const entry = listed.get(path);
      if (entry === undefined || entry.kind !== "file" || chosen.has(path)) return undefined;
      const content = contentOf(entry);
      if (content !== undefined) return content === "coming" ? undefined : content;
      const { size = 0 } = entry;
      if (wanted.has(path) || size > each || bytes + size > all || chosen.size >= files)
        return undefined;
      bytes += size;
      chosen.set(path, entry);
      return undefined;
    };
    const all = [...new Set([...asked, ...paths])];
    const modules = all.filter((path) => PYTHON.test(path));
    const asPages = all.filter((path) => PAGE.test(path));
    const isAsked = new Set(all);
    const fresh = paths.filter((path) => PYTHON.test(path));
    const beside = fresh.length < modules.length ? siblings(fresh, listed) : [];
    const room = most - Math.min(beside.length, most / SHARE_OF_SIBLINGS);
    const likely = { files: room, each: MAX_TEXT_BYTES, all: MAX_BYTES };
    for (const path of [...read, ...searched]) consider(path, likely);
    // The list grows while it is walked: what is imported imports others. What is read for its own sake is followed in any case. What
    // was looked at on the way from a change is no nearer to it than what the change imports.
    const starts = [...new Set([...read, ...modules.filter((path) => glimpses.has(path))])];
    const open = [...starts];
    const queued = new Set(open);
    const follow = (more: readonly string[]): void => {
      for (const one of more) {
        if (queued.has(one)) continue;
        queued.add(one);
        open.push(one);
      }
    };
    const visited = new Set<string>();
    const visit = (path: string): void => {
      visited.add(path);
      const content = consider(path, likely);
      const text = content === undefined ? glimpseOf(path) : decode(content);
      if (text === undefined || chosen.size >= room) return;
      if (!PYTHON.test(path)) {
        follow(pagesIn(text, byName));
        return;
      }
      const { whole, others } = imports.get(path) ?? importsOf(path, text, listed);
      if (content !== undefined) imports.set(path, { whole, others });
      // What a module takes over whole is as good as a part of it.
      for (const one of whole) if (!visited.has(one)) visit(one);
      const shown = isAsked.has(path) ? pagesIn(text, byName) : [];
      follow([...others, ...shown]);
    };
    for (const path of starts) if (!visited.has(path)) visit(path);
    follow([...modules, ...asPages]);
    for (const path of open) if (!visited.has(path)) visit(path);
    const centres = modules.length > 0 ? modules : read.filter((path) => PYTHON.test(path));
    const near = neighbours(centres, listed);
    const shown = pages([...asPages, ...centres], listed);
    const guess = { files: most, each: MAX_GUESS_BYTES, all: MAX_GUESSED_BYTES };
    const share = asPages.length > 0 ? SHARE_ONCE_ASKED : SHARE_OF_PAGES;
    const kept = Math.min(shown.length, (most - chosen.size) / share);
    for (const path of beside) consider(path, { ...guess, all: MAX_BYTES });
    for (const path of near) consider(path, { ...guess, files: most - kept });
    for (const path of [...shown, ...near]) consider(path, guess);
    return [...chosen.values()];
  };
}

function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

interface Imports {
  /** Modules whose names are all imported. */
  readonly whole: readonly string[];
  readonly others: readonly string[];
}

/** The modules of the tree that another imports, by what stands in its text. */
function importsOf(from: string, text: string, listed: ReadonlyMap<string, TreeEntry>): Imports {
  const whole = new Set<string>();
  const others = new Set<string>();
  const add = (dotted: string, level: number, found = others) => {
    const target = resolveModule((path) => listed.has(path), from, dotted, level);
    if (target.kind === "tree") found.add(target.path);
  };
  for (const [, dots = "", module = "", names = "", plain] of text.matchAll(IMPORT)) {
    if (plain !== undefined) {
      add(plain, 0);
      continue;
    }
    add(module, dots.length, names.trimStart().startsWith("*") ? whole : others);
    // A name may be a module of the package.
    for (const [name] of names.matchAll(/\w+/g))
      add(module === "" ? name : `${module}.${name}`, dots.length);
  }
  // Settings name modules, and what is in them, as texts.
  for (const [, dotted = ""] of text.matchAll(DOTTED)) {
    add(dotted, 0);
    add(dotted.slice(0, dotted.lastIndexOf(".")), 0);
  }
  return { whole: [...whole], others: [...others] };
}

/** Pages by the name that they have below the folder of templates; the shortest path where several have one. */
function pageNames(listed: ReadonlyMap<string, TreeEntry>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const path of listed.keys()) {
    const name = PAGE.exec(path)?.[1];
    const known = name === undefined ? undefined : names.get(name);
    if (name !== undefined && (known === undefined || path.length < known.length))
      names.set(name, path);
  }
  return names;
}

/** The pages that a module names, or another page. */
function pagesIn(text: string, names: ReadonlyMap<string, string>): readonly string[] {
  return [...text.matchAll(PAGE_NAME)].flatMap(([, name = ""]) => names.get(name) ?? []);
}

/** Python modules near some others, nearest first. */
function neighbours(
  modules: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  return byDistance(
    modules.map(folderOf),
    [...listed.values()].filter(({ path }) => PYTHON.test(path) && !ASIDE.test(path)),
    folderOf,
  );
}

/** Python modules in the folders of some others, as `neighbours` gives them. */
function siblings(
  modules: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  const folders = new Set(modules.map(folderOf));
  return neighbours(modules, listed).filter((path) => folders.has(folderOf(path)));
}

/** Pages near some modules and pages, nearest first: `shop/templates/orders/` is where `shop/orders/` has its own. */
function pages(
  others: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  const placeOf = (path: string) => folderOf(path).replace(/(?:^|\/)templates(?=\/|$)/, "");
  return byDistance(
    others.map(placeOf),
    [...listed.values()].filter(({ path }) => PAGE.test(path) && !ASIDE.test(path)),
    placeOf,
  );
}

/**
 * The entries' paths, by how far their folder is from the nearest of others. Of those equally far what stands for the whole folder comes
 * first, as much is imported through it; then the largest do: the more a module defines, the more is imported from it.
 */
function byDistance(
  others: readonly string[],
  entries: readonly TreeEntry[],
  placeOf: (path: string) => string,
): readonly string[] {
  if (others.length === 0) return [];
  const folders = [...new Set(others)].map((folder) => folder.split("/"));
  const distances = new Map<string, number>();
  const distanceOf = (folder: string): number => {
    const known = distances.get(folder);
    if (known !== undefined) return known;
    const parts = folder.split("/");
    const distance = Math.min(...folders.map((one) => steps(one, parts)));
    distances.set(folder, distance);
    return distance;
  };
  return entries
    .map(({ path, size = 0 }) => ({
      path,
      size,
      isPackage: Number(PACKAGE.test(path)),
      distance: distanceOf(placeOf(path)),
    }))
    .sort((a, b) => a.distance - b.distance || b.isPackage - a.isPackage || b.size - a.size)
    .map(({ path }) => path);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Folders to go through from one to the other. */
function steps(from: readonly string[], to: readonly string[]): number {
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  return from.length + to.length - 2 * common;
}
