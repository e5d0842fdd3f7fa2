/**
 * Which modules are settings modules, and which of them are deployed. A module counts when it sets enough of the names that
 * a framework's settings have; it is deployed when nothing else builds on it and its path does not say that it is for tests
 * or development. What manage.py, wsgi.py and their like name decides where the paths do not.
 */
import { minimatch } from "minimatch";
import type { Config } from "../core/config.ts";
import type { Models } from "../core/models.ts";
import { bindingIn, type ClassValue, Interpreter, type Scope } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { frameworkVersion, mayNameVersion } from "./framework-version.ts";
import { extendedBy, scopeOfClass, settingsClasses } from "./settings-classes.ts";

type Facts = Models["settings"][number];

export interface SettingsModule {
  readonly path: string;
  /** What the module's names are bound to; where a class of it holds the settings, that class's attributes come over them. */
  readonly scope: Scope;
  /** The class that holds the settings, where the project keeps them in classes. */
  readonly class?: ClassValue;
  readonly interpreter: Interpreter;
  readonly framework: string;
  /** The framework's series that the project runs, such as `4.2`; absent where its dependency files do not say. */
  readonly version?: string;
  readonly deployed: boolean;
}

/** More settings modules than this do not belong to one project. */
const MAX_MODULES = 60;

/** The settings modules of a tree after they ran, in the order of their paths. */
export function settingsModules(project: Project): SettingsModule[] {
  return project.models.settings.flatMap((facts) => modulesOf(project, facts));
}

/** True when the path alone says that the file may be a settings module, or name one. */
export function mayHoldSettings(path: string, models: Models, config: Config): boolean {
  if (mayNameVersion(path)) return true;
  return models.settings.some((facts) =>
    [...facts.paths, ...facts.namedIn, ...config["settings-modules"]].some((glob) =>
      minimatch(path, glob, { dot: true }),
    ),
  );
}

function modulesOf(project: Project, facts: Facts): SettingsModule[] {
  const named = namedModules(project, facts);
  const chosen = new Set(
    facts.classes ? namedIn(project, facts, facts.classes.variable).map(([, name]) => name) : [],
  );
  const configured = project.config["settings-modules"];
  const matches = (globs: readonly string[]) => (path: string) =>
    globs.some((glob) => minimatch(path, glob, { dot: true }));
  const byHabit = [...project.paths].filter(
    (path) => path.endsWith(".py") && matches([...facts.paths, ...configured])(path),
  );
  const candidates = [...new Set([...named, ...byHabit])].sort().slice(0, MAX_MODULES);
  const modules = candidates.flatMap((path) => {
    // One of its own for each: a list that a module changes in place is another's too where both import it.
    const interpreter = new Interpreter(project, { eager: true });
    const scope = interpreter.module(path);
    if (scope === undefined) return [];
    const ran: Ran = { path, scope, interpreter };
    const classes = facts.classes && settingsClasses(interpreter, scope, facts.classes);
    if (classes !== undefined && classes.length > 0) return ofClasses(ran, classes, facts, chosen);
    const marks = facts.marks.filter((mark) => bindingIn(scope, mark) !== undefined).length;
    return marks < (named.has(path) ? 1 : 2) ? [] : [ran];
  });
  const word = wordOf(facts);
  const serious = modules.filter((module) => !word.test(module.path));
  // What only tests and development build on is deployed as it is.
  const builtOn = new Set(
    serious.flatMap((module) => [...importedBy(project, module.scope, module.path)]),
  );
  const mayBeDeployed = serious.filter((module) => !builtOn.has(module.path));
  const deployed =
    configured.length > 0
      ? modules.filter((module) => matches(configured)(module.path))
      : mayBeDeployed;
  const version = modules.length === 0 ? undefined : frameworkVersion(project, facts);
  return modules.map((module) => ({
    ...module,
    framework: facts.framework,
    ...(version !== undefined && { version }),
    deployed: deployed.includes(module) && module.deployed !== false,
  }));
}

interface Ran {
  readonly path: string;
  readonly scope: Scope;
  readonly interpreter: Interpreter;
  readonly class?: ClassValue;
  /** False for a class that another one is deployed instead of. */
  readonly deployed?: boolean;
}

/** A module once for each class of it that no other extends, or that the project's entry points choose. */
function ofClasses(
  ran: Ran,
  classes: readonly ClassValue[],
  facts: Facts,
  chosen: ReadonlySet<string>,
): Ran[] {
  const { interpreter, scope } = ran;
  const form = facts.classes;
  if (form === undefined) return [];
  const extended = extendedBy(interpreter, classes);
  const word = wordOf(facts);
  const candidates = classes.filter((one) => chosen.has(one.name) || !extended.has(one));
  const serious = candidates.filter(
    (one) => !word.test(one.name.replace(/(?<=[a-z])(?=[A-Z])/g, "_")),
  );
  const named = serious.filter((one) => chosen.has(one.name));
  const deployed = named.length > 0 ? named : serious;
  return candidates.map((one) => ({
    ...ran,
    class: one,
    scope: scopeOfClass(interpreter, scope, one, form, facts.defaults),
    deployed: deployed.includes(one),
  }));
}

function wordOf(facts: Facts): RegExp {
  return new RegExp(`(?:^|[/_.-])(?:${facts.notDeployed.join("|")})(?=[/_.-]|$)`, "i");
}

/** What the project's entry points set an environment variable to, each with the file that does. */
function namedIn(project: Project, facts: Facts, variable: string): [file: string, name: string][] {
  const pattern = new RegExp(`\\b${variable}\\b['"]?(?:\\s*[,=:\\]])+\\s*['"]?([\\w.]+)`, "g");
  const found: [string, string][] = [];
  for (const file of project.paths) {
    if (!facts.namedIn.some((glob) => minimatch(file, glob, { dot: true }))) continue;
    for (const [, name] of project.read(file)?.matchAll(pattern) ?? [])
      if (name !== undefined) found.push([file, name]);
  }
  return found;
}

/** Paths of the modules that the project's entry points name. */
function namedModules(project: Project, facts: Facts): Set<string> {
  const paths = new Set<string>();
  const byName = new Map<string, string>();
  for (const [file, name] of namedIn(project, facts, facts.variable)) {
    if (byName.size === 0)
      for (const path of project.paths)
        if (path.endsWith(".py")) byName.set(project.nameOf(path), path);
    const dotted = name.replaceAll(".", "/");
    // Beside the file that names it, or from a folder above: which of them is the root is not said.
    const places = foldersOf(file).flatMap((folder) => [
      `${folder}${dotted}.py`,
      `${folder}${dotted}/__init__.py`,
    ]);
    const path = places.find((one) => project.paths.has(one)) ?? byName.get(name);
    if (path !== undefined) paths.add(path);
  }
  return paths;
}

/** The folders that hold a file, nearest first, each with its slash. */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts
    .map((_, index) => parts.slice(0, parts.length - 1 - index).join("/"))
    .map((folder) => (folder === "" ? "" : `${folder}/`));
}

/** The modules in which names of a module were really set: those that it builds on. */
function importedBy(project: Project, scope: Scope, own: string): Set<string> {
  const paths = new Set<string>();
  for (const cell of scope.names.values()) {
    const file = cell.content?.site.file.path;
    if (file !== undefined && file !== own && project.paths.has(file)) paths.add(file);
  }
  return paths;
}
