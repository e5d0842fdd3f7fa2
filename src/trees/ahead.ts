// What a review will probably ask for next. A module that is looked at imports others, which import others: each step is a call to a
// server, and a call may bring two hundred files as well as one. So files that will do come along.
import type { TreeEntry } from "../core/source-tree.ts";
import { resolveModule } from "../python/index.ts";

/** Files and bytes that come along with one question. */
const MAX_FILES = 230;
const MAX_BYTES = 3_000_000;
const MAX_FILE_BYTES = 100_000;
const PYTHON = /\.py$/;
/** What nothing imports but its like. */
const ASIDE = /(?:^|\/)(?:tests?|migrations|node_modules|docs?)\/|(?:^|\/)test_[^/]*$/;
/** `from a.b import c, d` with its names as far as the line goes, or over the lines of its brackets; `import a.b`. */
const IMPORT =
  /^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]{0,4000}|[^\n#]{0,400})|import[ \t]+([\w.]+))/gm;

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
 * imported, what lies near.
 */
export function readAhead(
  listed: ReadonlyMap<string, TreeEntry>,
  expected: readonly string[],
): (around: Around) => TreeEntry[] {
  const imports = new Map<string, readonly string[]>();
  return ({ paths, asked, contentOf }) => {
    const most = MAX_FILES - paths.length;
    const wanted = new Set(paths);
    const chosen: TreeEntry[] = [];
    const seen = new Set<string>();
    let bytes = 0;
    /** The content of what is here; what is not is chosen. */
    const consider = (path: string): Uint8Array | undefined => {
      const entry = listed.get(path);
      if (entry === undefined || entry.kind !== "file" || seen.has(path)) return undefined;
      seen.add(path);
      const content = contentOf(entry);
      if (content !== undefined) return content === "coming" ? undefined : content;
      const { size = 0 } = entry;
      if (wanted.has(path) || size > MAX_FILE_BYTES || bytes + size > MAX_BYTES) return undefined;
      if (chosen.length >= most) return undefined;
      bytes += size;
      chosen.push(entry);
      return undefined;
    };
    if (most <= 0) return chosen;
    const modules = [...new Set([...asked, ...paths])].filter((path) => PYTHON.test(path));
    // The list grows while it is walked: what is imported imports others.
    const open = [...new Set([...expected, ...modules])];
    const queued = new Set(open);
    for (const path of open) {
      const content = consider(path);
      if (content === undefined || !PYTHON.test(path) || chosen.length >= most) continue;
      const targets = imports.get(path) ?? importsOf(path, content, listed);
      imports.set(path, targets);
      for (const one of targets) {
        if (queued.has(one)) continue;
        queued.add(one);
        open.push(one);
      }
    }
    if (chosen.length < most) for (const path of neighbours(modules, listed)) consider(path);
    return chosen;
  };
}

/** The modules of the tree that another imports, by what stands in its text. */
function importsOf(
  from: string,
  content: Uint8Array,
  listed: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  const found = new Set<string>();
  const add = (dotted: string, level: number) => {
    const target = resolveModule((path) => listed.has(path), from, dotted, level);
    if (target.kind === "tree") found.add(target.path);
  };
  const text = new TextDecoder().decode(content);
  for (const [, dots = "", module = "", names = "", plain] of text.matchAll(IMPORT)) {
    if (plain !== undefined) {
      add(plain, 0);
      continue;
    }
    add(module, dots.length);
    // A name may be a module of the package.
    for (const [name] of names.matchAll(/\w+/g))
      add(module === "" ? name : `${module}.${name}`, dots.length);
  }
  return [...found];
}

/** Python modules near some others, nearest first. */
function neighbours(
  modules: readonly string[],
  listed: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  if (modules.length === 0) return [];
  const folders = [...new Set(modules.map(folderOf))].map((folder) => folder.split("/"));
  const distances = new Map<string, number>();
  const distanceOf = (folder: string): number => {
    const known = distances.get(folder);
    if (known !== undefined) return known;
    const parts = folder.split("/");
    const distance = Math.min(...folders.map((one) => steps(one, parts)));
    distances.set(folder, distance);
    return distance;
  };
  return [...listed.values()]
    .filter(({ path }) => PYTHON.test(path) && !ASIDE.test(path))
    .map(({ path, size = 0 }) => ({ path, size, distance: distanceOf(folderOf(path)) }))
    .sort((a, b) => a.distance - b.distance || a.size - b.size)
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
