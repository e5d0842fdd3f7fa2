/** What protects something of a file by standing in there, or in a module that the file hands it to; or leaves it to what nobody can read. */
import { lineStarts, toRegion } from "../core/edits.ts";
import { CodeText, type ModuleFile } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { offByDefault } from "./by-default.ts";
import { importsIn, modulesAt } from "./taint/index.ts";

/** Modules that a file may leave it to; an application is put together from few. */
const MAX_MODULES = 20;
/** Places in one of them that are looked at. */
const MAX_PLACES = 50;
const IMPORT =
  /^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import\b(?:[ \t]*\([^)]{0,2000}\)|(?:\\\r?\n|[^\\\n])*)/gm;

/**
 * True where code of the file, or of a module of the tree that it imports or names by a text, is found by a regular expression; or by
 * another one the text of a file of data that it names.
 */
export function isProtectedIn(
  file: ModuleFile,
  pattern: RegExp,
  project: Project,
  inData?: RegExp,
): boolean {
  if (holds(file, pattern, project)) return true;
  if (inData !== undefined && dataNamedBy(file, project).some((text) => text.search(inData) >= 0))
    return true;
  return modulesOf(file, project).some((path) => {
    const other = fileWith(path, pattern, project);
    return other !== undefined && holds(other, pattern, project);
  });
}

/**
 * What the file, or such a module, leaves it to that is not in the tree, as code that a regular expression finds: each once, sorted. What
 * its group `file` names does not count where the tree has it.
 */
export function leftTo(file: ModuleFile, pattern: RegExp, project: Project): readonly string[] {
  const others = modulesOf(file, project).flatMap((path) => fileWith(path, pattern, project) ?? []);
  const found = [file, ...others].flatMap((one) =>
    [...placesIn(one, pattern, project)].flatMap(({ 0: text, groups }) =>
      pathsNamed(groups?.["file"], one.path, project).length > 0 ? [] : [text],
    ),
  );
  return [...new Set(found)].sort();
}

/** The modules of the tree that a file imports, or names by a text, and those whose classes these extend. */
function modulesOf(file: ModuleFile, project: Project): readonly string[] {
  const modules = new Set(
    [...importsIn(file.text), ...namedIn(file.text)].flatMap(({ dotted, level, names }) =>
      modulesAt(project, file.path, dotted, level, names),
    ),
  );
  // A class of settings has what those have that it extends.
  for (const path of modules) {
    if (modules.size > MAX_MODULES) break;
    for (const base of basesOf(path, project)) modules.add(base);
  }
  return [...modules].slice(0, MAX_MODULES);
}

/** The modules of the tree that a module has the bases of its classes from, or all its names. */
function basesOf(path: string, project: Project): readonly string[] {
  const text = project.read(path) ?? "";
  const bases = new Set(
    [...text.matchAll(BASES)].flatMap(([, list = ""]) => list.match(/\w+/g) ?? []),
  );
  return importsIn(text)
    .filter(({ names, dotted }) =>
      names.length === 0
        ? bases.has(dotted.slice(dotted.lastIndexOf(".") + 1))
        : names.some((name) => name === "*" || bases.has(name)),
    )
    .flatMap(({ dotted, level, names }) => modulesAt(project, path, dotted, level, names));
}

const BASES = /^[ \t]*class[ \t]+\w+\(([^()\n]{1,300})\)/gm;

/** A module in whose text something is found: few are worth parsing. */
function fileWith(path: string, pattern: RegExp, project: Project): ModuleFile | undefined {
  const text = project.read(path);
  return text !== undefined && text.search(pattern) >= 0 ? project.file(path) : undefined;
}

const DATA_TEXT = /["']([\w./-]{0,80}\w\.(?:json|toml|cfg|ini|ya?ml|env|conf|py))["']/g;

/** The texts of files that a text of the file names. */
function dataNamedBy({ path, text }: ModuleFile, project: Project): readonly string[] {
  const names = new Set([...text.matchAll(DATA_TEXT)].map(([, name = ""]) => name));
  const paths = [...names].slice(0, MAX_MODULES).flatMap((name) => pathsNamed(name, path, project));
  return [...new Set(paths)].flatMap((one) => project.read(one) ?? []);
}

/** The files of the tree that a module means by a name: from its folder, or from that of the whole program. */
function pathsNamed(name: string | undefined, path: string, { paths }: Project): readonly string[] {
  if (name === undefined) return [];
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const plain = name.replace(/^\.\//, "");
  return [`${folder}${plain}`, plain].filter((one) => paths.has(one));
}

const DOTTED_TEXT = /(["'])([A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80}){0,8})(?:\1|\.\{)/g;

/** What the only argument of a call may name as a text, as an import would: a module, or one and what stands in it. */
export function namedIn(text: string): ReturnType<typeof importsIn> {
  return [...text.matchAll(DOTTED_TEXT)].flatMap(({ index, 2: dotted = "" }) => {
    if (!/\(\s{0,80}[fF]?$/.test(text.slice(Math.max(0, index - 100), index))) return [];
    const owner = dotted.slice(0, Math.max(0, dotted.lastIndexOf(".")));
    return [dotted, owner]
      .filter((one) => one !== "")
      .map((one) => ({ dotted: one, level: 0, names: [] }));
  });
}

function holds(file: ModuleFile, pattern: RegExp, project: Project): boolean {
  return placesIn(file, pattern, project).next().done !== true;
}

/** Neither an import nor a comment does anything, nor what is left out unless the environment asks for it. */
function* placesIn(
  file: ModuleFile,
  pattern: RegExp,
  project: Project,
): Generator<RegExpMatchArray, void> {
  const code = new CodeText(file.text.replace(IMPORT, (text) => text.replace(/[^\n]/g, " ")));
  const starts = lineStarts(code.text);
  const isOff = offByDefault(file, project);
  for (const place of [...code.text.matchAll(pattern)].slice(0, MAX_PLACES)) {
    const { startLine } = toRegion(starts, place.index, place.index + 1);
    if (code.quietAround(place.index) === undefined && !isOff(startLine)) yield place;
  }
}
