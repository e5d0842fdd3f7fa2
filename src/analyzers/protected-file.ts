/** What protects something of a file by standing in there, or in a module that the file hands it to. */
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
  const modules = [...importsIn(file.text), ...namedByText(file)].flatMap(
    ({ dotted, level, names }) => modulesAt(project, file.path, dotted, level, names),
  );
  return [...new Set(modules)].slice(0, MAX_MODULES).some((path) => {
    // Few of them are worth parsing.
    const text = project.read(path);
    const other = text !== undefined && text.search(pattern) >= 0 ? project.file(path) : undefined;
    return other !== undefined && holds(other, pattern, project);
  });
}

const DATA_TEXT = /["']([\w./-]{0,80}\w\.(?:json|toml|cfg|ini|ya?ml|env|conf|py))["']/g;

/** The texts of files that a text of the file names, from its folder or from that of the whole program. */
function dataNamedBy({ path, text }: ModuleFile, project: Project): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const names = new Set([...text.matchAll(DATA_TEXT)].map(([, name = ""]) => name));
  const paths = [...names].slice(0, MAX_MODULES).flatMap((name) => {
    const plain = name.replace(/^\.\//, "");
    return [`${folder}${plain}`, plain];
  });
  return [...new Set(paths)].flatMap((one) => (project.paths.has(one) && project.read(one)) || []);
}

const DOTTED_TEXT = /(["'])([A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80}){0,8})(?:\1|\.\{)/g;

/** What the only argument of a call may name as a text, as an import would: a module, or one and what stands in it. */
function namedByText({ text }: ModuleFile): ReturnType<typeof importsIn> {
  return [...text.matchAll(DOTTED_TEXT)].flatMap(({ index, 2: dotted = "" }) => {
    if (!/\(\s{0,80}[fF]?$/.test(text.slice(Math.max(0, index - 100), index))) return [];
    const owner = dotted.slice(0, Math.max(0, dotted.lastIndexOf(".")));
    return [dotted, owner]
      .filter((one) => one !== "")
      .map((one) => ({ dotted: one, level: 0, names: [] }));
  });
}

/** Neither an import nor a comment protects anything, nor what is left out unless the environment asks for it. */
function holds(file: ModuleFile, pattern: RegExp, project: Project): boolean {
  const code = new CodeText(file.text.replace(IMPORT, (text) => text.replace(/[^\n]/g, " ")));
  const starts = lineStarts(code.text);
  const isOff = offByDefault(file, project);
  return [...code.text.matchAll(pattern)]
    .slice(0, MAX_PLACES)
    .some(
      ({ index }) =>
        code.quietAround(index) === undefined &&
        !isOff(toRegion(starts, index, index + 1).startLine),
    );
}
