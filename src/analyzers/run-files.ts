/** Whether a program is started by running one of its files: what that does only then is as it is deployed, or else a developer's. */
import { pathsThat } from "../core/source-tree.ts";
import { type Expression, isKind, type ModuleFile } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { knownMatcher } from "./settings-facts.ts";

/** More files that start something do not start one program. */
const MAX_FILES = 40;

/** True for the comparison that holds where a file is run itself. */
export function asksWhetherRun(test: Expression): boolean {
  if (!isKind(test, "Compare") || test.ops.length !== 1 || test.ops[0]?.nodeType !== "Eq")
    return false;
  const sides = [test.left, test.comparators[0]];
  return (
    sides.some((one) => one?.nodeType === "Name" && one.id === "__name__") &&
    sides.some((one) => one?.nodeType === "Constant" && one.value === "__main__")
  );
}

/** True where something that starts the program runs the file itself, as `python shop/main.py` and `python -m shop.main` do. */
export function isRunItself({ path }: ModuleFile, project: Project): boolean {
  const { in: globs, by } = project.models.runs;
  const name = escaped(path.slice(path.lastIndexOf("/") + 1));
  const dotted = escaped(project.nameOf(path).replace(/\.__main__$/, ""));
  const command = new RegExp(
    `\\b(?:${by.map(escaped).join("|")})[\\d.]*(?:["',\\s]+-\\w+)*?["',\\s]+(?:(?:[\\w.-]+/|/)*${name}|-m["',\\s]+${dotted})(?![\\w.])`,
  );
  return pathsThat(project.paths, knownMatcher(globs))
    .slice(0, MAX_FILES)
    .some((one) => command.test((project.readFree ?? project.read).call(project, one) ?? ""));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
