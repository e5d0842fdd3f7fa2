import { pathsThat } from "../core/source-tree.ts";
import { type FileUnit, isProgram } from "./analyzer.ts";

/** In a tree of more modules nobody is asked. */
const MAX_MODULES = 1500;
/** In a tree of more modules none is read for this that is not at hand. */
const MAX_READ = 100;

/**
 * The texts of all modules that are no tests, for what one file alone does not tell; in a large tree that of the file itself, or those
 * at hand.
 */
export function textsAround({
  path: own,
  project,
}: Pick<FileUnit, "path" | "project">): { path: string; text: string }[] {
  const modules = pathsThat(project.paths, isProgram);
  return (modules.length > MAX_MODULES ? [own] : modules).flatMap((path) => {
    const text = modules.length > MAX_READ ? project.atHand?.(path) : project.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
}
