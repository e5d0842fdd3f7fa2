/** What protects something of a file by standing in there, or in a module that the file hands it to. */
import { CodeText, type ModuleFile } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { importsIn, modulesAt } from "./taint/index.ts";

/** Modules that a file may leave it to; an application is put together from few. */
const MAX_MODULES = 20;
const IMPORT =
  /^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import\b(?:[ \t]*\([^)]{0,2000}\)|(?:\\\r?\n|[^\\\n])*)/gm;

/** True where code of the file, or of a module of the tree that it imports, is found by a regular expression. */
export function isProtectedIn(file: ModuleFile, pattern: RegExp, project: Project): boolean {
  if (holds(file.text, pattern)) return true;
  const modules = importsIn(file.text).flatMap(({ dotted, level, names }) =>
    modulesAt(project, file.path, dotted, level, names),
  );
  return [...new Set(modules)]
    .slice(0, MAX_MODULES)
    .map((path) => project.read(path))
    .some((text) => text !== undefined && holds(text, pattern));
}

/** Neither an import nor a comment protects anything. */
function holds(text: string, pattern: RegExp): boolean {
  const code = new CodeText(text.replace(IMPORT, ""));
  return [...code.text.matchAll(pattern)].some(
    ({ index }) => code.quietAround(index) === undefined,
  );
}
