/** The entry points of a project: where manage.py, wsgi.py, an image and their like name the settings module that they start with. */
import { lineStarts, toRegion } from "../core/edits.ts";
import { pathsThat } from "../core/source-tree.ts";
import type { Project } from "./analyzer.ts";
import { type Facts, matchersOf } from "./settings-facts.ts";

/** A place in which an environment variable is set. */
export interface EntryPoint {
  readonly file: string;
  readonly line: number;
  /** What it is set to: a module's name, or a class's. */
  readonly name: string;
  /** What starts there. */
  readonly use: "other" | "tests" | "build";
  /** True for a file that a web server loads. */
  readonly isServer: boolean;
  /** True for the image of a server. */
  readonly isImage: boolean;
}

/** More files than this do not start one project. */
const MAX_ENTRY_FILES = 80;

/** The places in the files of a project that start it, and its tests, at which a variable is set. */
export function entryPoints(
  project: Project,
  facts: Facts,
  variable: string,
): readonly EntryPoint[] {
  const key = `entry points of ${facts.framework} ${variable}`;
  return project.once(key, (watched) => findEntryPoints(watched, facts, variable));
}

function findEntryPoints(project: Project, facts: Facts, variable: string): EntryPoint[] {
  const { servedBy, images } = matchersOf(facts);
  const found: EntryPoint[] = [];
  for (const file of entryFiles(project.paths, facts)) {
    const text = project.read(file) ?? "";
    const started = isStartedInTests(file, text, facts) ? "tests" : "other";
    const image = started === "other" ? servedName(file, text, facts) : undefined;
    const starts = lineStarts(text);
    const isBuilding = started === "other" && images(file) ? buildSteps(text) : undefined;
    for (const { 1: name, index } of text.matchAll(namesGivenIn(file, facts, variable))) {
      if (name === undefined) continue;
      const use = isBuilding?.(index) ? "build" : started;
      found.push({
        file,
        line: toRegion(starts, index, index + 1).startLine,
        name,
        use,
        isServer: use === "other" && servedBy(file),
        isImage: use === "other" && name === image,
      });
    }
  }
  return found;
}

/** Tells of places in the text of an image whether they are in a command that it is made with: what that is given is gone when it runs. */
export function buildSteps(text: string): (index: number) => boolean {
  const steps = [...text.matchAll(/^[ \t]*RUN[ \t](?:[^\\\n]|\\(?:\r\n|[\s\S]))*/gim)].map(
    ({ 0: step, index }) => ({ start: index, end: index + step.length }),
  );
  return (index) => steps.some((one) => one.start <= index && index < one.end);
}

/**
 * The modules that nothing but the making of an image starts, as `RUN DJANGO_SETTINGS_MODULE=shop.settings.image … collectstatic`
 * does, where a server is started with another: what stands in them is in no program that runs. A module that is named as one that
 * is deployed, or that others are made to build on, is none.
 */
export function startedInBuilds(project: Project, facts: Facts): ReadonlySet<string> {
  return project.once(`settings of builds of ${facts.framework}`, (watched) => {
    const { deployed, notDeployed } = matchersOf(facts);
    const entries = entryPoints(watched, facts, facts.variable);
    const modulePaths = new ModulePaths(watched);
    const byUse = (use: EntryPoint["use"]) =>
      entries.filter((entry) => entry.use === use).flatMap((entry) => modulePaths.of(entry));
    const built = byUse("build");
    if (built.length === 0) return new Set<string>();
    const started = new Set(byUse("other"));
    const isServed = [...started].some((path) => !notDeployed(path));
    return new Set(
      built.filter(
        (path) => isServed && !started.has(path) && !deployed(path) && !FOUNDATION.test(path),
      ),
    );
  });
}

/** What servers start with by default, but other modules are made to build on. */
export const FOUNDATION = /(?:^|[/_])(?:base|common|core|defaults?|shared)(?:\.py|\/__init__\.py)$/;

/** True for what starts tests: a program in a folder for tests or examples starts nothing else. */
export function isStartedInTests(file: string, text: string, facts: Facts): boolean {
  const { namedInTests, notDeployed } = matchersOf(facts);
  return namedInTests(file) || (notDeployed(file) && !composesServer(file, text, facts));
}

/** True for a file that starts several programs as they are deployed, by its name or because one of them is a server. */
function composesServer(path: string, text: string, facts: Facts): boolean {
  const { composed, notDeployedComposed, deployed, serves, develops } = matchersOf(facts);
  if (!composed(path) || notDeployedComposed(path)) return false;
  if (deployed(path)) return true;
  const run = text.replace(/^\s*#.*$/gm, "");
  return serves(run) && !develops(run);
}

/** The name that the image of a server gives to the variable; undefined for any other file. */
export function servedName(path: string, text: string, facts: Facts): string | undefined {
  const { images, serves } = matchersOf(facts);
  if (!images(path)) return undefined;
  const lines = text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
  const of = (instruction: RegExp) => lines.filter((line) => instruction.test(line)).join("\n");
  if (!serves(of(/^\s*(?:CMD|ENTRYPOINT)\b/i))) return undefined;
  return [...of(/^\s*ENV\b/i).matchAll(namesGivenTo(facts.variable))].at(-1)?.[1];
}

/**
 * `setdefault("NAME", "module")`, `environ["NAME"] = "module"`, `NAME=module`, `NAME: module`, `- NAME=module`, `ENV NAME module`; and
 * `--option=module`, where commands have one for it.
 */
export function namesGivenTo(variable: string, option?: string): RegExp {
  const given = `\\b${variable}\\b['"]?(?:(?:\\s*[,=:\\]])+\\s*|[ \\t]+)`;
  const either = option === undefined ? given : `(?:${given}|${option}(?:=|['"]?[ \\t,]{1,9}))`;
  return new RegExp(`${either}['"]?([A-Za-z_][\\w.]*)`, "g");
}

/** The same in a file: who makes an image names the module by the option, too. */
export function namesGivenIn(file: string, facts: Facts, variable: string): RegExp {
  const mayBeOption = variable === facts.variable && matchersOf(facts).images(file);
  return namesGivenTo(variable, mayBeOption ? facts.option : undefined);
}

/** The files that start a project or its tests, those nearest to its top first. */
export function entryFiles(paths: ReadonlySet<string>, facts: Facts): string[] {
  return [...pathsThat(paths, matchersOf(facts).starting)]
    .sort((a, b) => a.split("/").length - b.split("/").length)
    .slice(0, MAX_ENTRY_FILES);
}

/** Where the modules are that entry points name. */
export class ModulePaths {
  readonly #project: Project;
  #byName: Map<string, string> | undefined;

  constructor(project: Project) {
    this.#project = project;
  }

  of({ file, name }: EntryPoint): string[] {
    const { paths } = this.#project;
    const dotted = name.replaceAll(".", "/");
    // Beside the file that names it, or from a folder above: which of them is the root is not said.
    const places = foldersOf(file).flatMap((folder) => [
      `${folder}${dotted}.py`,
      `${folder}${dotted}/__init__.py`,
    ]);
    const path = places.find((one) => paths.has(one)) ?? this.#named(name);
    return path === undefined ? [] : [path];
  }

  #named(name: string): string | undefined {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const path of this.#project.paths)
        if (path.endsWith(".py")) this.#byName.set(this.#project.nameOf(path), path);
    }
    return this.#byName.get(name);
  }
}

/** The folders that hold a file, nearest first, each with its slash. */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts
    .map((_, index) => parts.slice(0, parts.length - 1 - index).join("/"))
    .map((folder) => (folder === "" ? "" : `${folder}/`));
}
