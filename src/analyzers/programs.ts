/**
 * Programs that servers start with, as `main.py` does that sets variables of the environment and then imports the application: what
 * that reads while it is imported is set.
 */
import type { Project } from "./analyzer.ts";
import { wordsOf } from "./name-words.ts";
import { importsIn, modulesAt } from "./taint/index.ts";

const NAMES = ["main.py", "asgi.py", "wsgi.py", "server.py"];
const SETS = /^(?:os\.)?environ(?:\.(?:setdefault|update)\(|\[[^\]\n]{1,80}\][ \t]*=(?!=))/m;
const IMPORT = /^(?:from|import)[ \t][^\n]*/gm;

/** Those beside a module or above it that set variables before they import what stands in its part of the tree. */
export function programsBefore(path: string, project: Project): readonly string[] {
  return project.once(`programs before ${path}`, (watched) => findPrograms(path, watched));
}

function findPrograms(path: string, project: Project): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  const places = folders.map((_, depth) => folders.slice(0, depth + 1).join("/"));
  return ["", ...places.map((folder) => `${folder}/`)]
    .flatMap((folder) => NAMES.map((name) => folder + name))
    .filter((one) => one !== path && project.paths.has(one) && setsBefore(one, path, project));
}

function setsBefore(program: string, path: string, project: Project): boolean {
  const { developing } = project.models.stages;
  if (wordsOf(program).some((word) => developing.includes(word))) return false;
  const text = project.read(program) ?? "";
  const part = /^[^/]*\/?/.exec(path)?.[0] ?? "";
  const leads = (line: string) =>
    importsIn(line).some(({ dotted, level, names }) =>
      modulesAt(project, program, dotted, level, names).some((one) => one.startsWith(part)),
    );
  const first = [...text.matchAll(IMPORT)].find(([line]) => leads(line));
  return first !== undefined && SETS.test(text.slice(0, first.index));
}
