/**
 * Who calls the functions of a file: a sink in a helper says nothing of the data that another module hands to it. Which modules
 * import a file, and name a request, is told from their texts; only those are run, with the file entered.
 */
import { isTestPath } from "../../core/config.ts";
import { compareText } from "../../core/finding.ts";
import type { Models } from "../../core/models.ts";
import { type CallObservation, Interpreter } from "../../python/index.ts";
import { AskedOnce, type FileUnit, isPython, type Project } from "../analyzer.ts";
import { type ImportLine, importsIn, modulesAt, type SourceTests } from "./sources.ts";

/** Packages hand on what their modules define. */
const PACKAGE = /(?:^|\/)__init__\.py$/;
/** In a tree of more modules nobody is asked: to find out who imports what would cost more than it tells. */
const MAX_MODULES = 1500;
/** Modules that are run for the functions of one file. */
const MAX_CALLERS = 2;
/** How often one is run, because data goes through further modules. */
const MAX_ROUNDS = 3;
/** Modules that are entered then. */
const MAX_ENTERED = 8;

/** Modules that name a request and use what in a file holds something, and by which names they may do so. */
export type Callers = (holds: Holds) => {
  readonly names: ReadonlySet<string>;
  readonly paths: readonly string[];
};

/** Tells of a part of a file, by its text and its lines (from 1, both included), whether it is meant. */
type Holds = (text: string, line: number, end: number) => boolean;

/** The modules of a tree that have to do with requests, by the modules of the tree that they import. */
export class Importers {
  readonly hostileIn: (text: string) => ((part: string) => boolean) | undefined;
  /** What a module imports that has to do with requests; nothing of any other. */
  readonly #imports: AskedOnce<readonly ImportLine[]>;
  readonly #known = new WeakMap<
    ReadonlySet<string>,
    { readonly open: Set<string>; readonly by: Map<string, Set<string>> }
  >();

  constructor(models: Models, sources: SourceTests) {
    const routed = routedIn(models);
    const hostileIn = sources.hostileIn(requestGroups(models));
    this.hostileIn = (text) => {
      const inPart = hostileIn(text);
      return inPart && ((part) => inPart(part) || routed.test(part));
    };
    this.#imports = new AskedOnce((text) => (hostileIn(text) ? importsIn(text) : []));
  }

  /** Undefined for a file that none of them imports. */
  callersOf({ path, text, project }: FileUnit): Callers | undefined {
    if (!this.#index(project).has(path)) return undefined;
    return (holds) => {
      const names = reaching(text, holds);
      return { names, paths: this.#naming(path, names, project) };
    };
  }

  /** The nearest of those that name one of a module's names where they may be handed a request. */
  #naming(path: string, names: ReadonlySet<string>, project: Project): readonly string[] {
    if (names.size === 0) return [];
    const near = (other: string) => commonFolders(path, other);
    const named = new RegExp(`\\b(?:${[...names].join("|")})\\b`);
    const found: string[] = [];
    const importers = [...(this.#index(project).get(path) ?? [])];
    for (const other of importers.sort((a, b) => near(b) - near(a) || compareText(a, b))) {
      if (found.length === MAX_CALLERS) break;
      if (other !== path && this.#mayHandOn(project.atHand?.(other) ?? "", named))
        found.push(other);
    }
    return found;
  }

  /** True for a text with a name in a function or class that may be handed a request. */
  #mayHandOn(text: string, named: RegExp): boolean {
    const isHanded = named.test(text) ? this.hostileIn(text) : undefined;
    return (
      isHanded !== undefined &&
      definitionsIn(text).some((one) => named.test(one.text) && isHanded(one.text))
    );
  }

  #index(project: Project): ReadonlyMap<string, ReadonlySet<string>> {
    let index = this.#known.get(project.paths);
    if (index === undefined) {
      const modules = [...project.paths].filter((path) => isPython(path) && !isTestPath(path));
      const isSmall = modules.length <= MAX_MODULES;
      index = { open: new Set(isSmall ? modules : []), by: new Map() };
      this.#known.set(project.paths, index);
    }
    const { open, by } = index;
    // What is not at hand now may be later.
    for (const path of open) {
      const lines = project.tells?.(path, this.#imports);
      if (lines === undefined) continue;
      open.delete(path);
      for (const line of lines) addImport(path, line, project, by);
    }
    return by;
  }
}

/** The groups of sources that belong to what comes with a request. */
export function requestGroups(models: Models): ReadonlySet<string> {
  const groups = new Set(["remote", "linkable"]);
  // A set grows while it is walked, and holds each group once.
  for (const name of groups)
    for (const inner of models.sources.get(name)?.includes ?? []) groups.add(inner);
  return groups;
}

/** The decorators of functions that are handed parts of a request. */
function routedIn(models: Models): RegExp {
  const names = models.parameters.flatMap(({ decorated }) =>
    decorated.map((one) => one.replace(/\(\)$/, "").replace(/^.*\./, "")),
  );
  return new RegExp(`^[ \\t]*@[\\w.]+\\.(?:${[...new Set(names)].join("|")})\\(`, "m");
}

function addImport(
  importer: string,
  { dotted, level, names }: ImportLine,
  project: Project,
  by: Map<string, Set<string>>,
): void {
  for (const target of modulesAt(project, importer, dotted, level, names)) {
    add(by, target, importer);
    const text = PACKAGE.test(target) ? project.atHand?.(target) : undefined;
    for (const inner of text === undefined ? [] : importsIn(text))
      if (inner.names.some((name) => name === "*" || names.includes(name)))
        for (const module of modulesAt(project, target, inner.dotted, inner.level, inner.names))
          add(by, module, importer);
  }
}

function commonFolders(path: string, other: string): number {
  const folders = path.split("/");
  const others = other.split("/");
  const differs = folders.findIndex((folder, index) => folder !== others[index]);
  return differs < 0 ? folders.length : differs;
}

function add(by: Map<string, Set<string>>, target: string, importer: string): void {
  const known = by.get(target);
  if (known === undefined) by.set(target, new Set([importer]));
  else known.add(importer);
}

interface Definition {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** What stands at the left edge of a text: functions and classes with what stands above them, each with its first line (from 1). */
export function definitionsIn(text: string): readonly Definition[] {
  const lines = text.split("\n");
  const starts: { readonly name: string; readonly line: number }[] = [];
  let above: number | undefined;
  lines.forEach((line, index) => {
    const name = /^(?:async[ \t]+def|def|class)[ \t]+(\w+)/.exec(line)?.[1];
    if (name !== undefined) starts.push({ name, line: (above ?? index) + 1 });
    // A decorator may go on over some lines.
    if (line.startsWith("@")) above ??= index;
    else if (name !== undefined || /^\w/.test(line)) above = undefined;
  });
  return starts.map(({ name, line }, index) => ({
    name,
    line,
    text: lines.slice(line - 1, (starts[index + 1]?.line ?? lines.length + 1) - 1).join("\n"),
  }));
}

/** How far up callers in the same file are looked at. */
const CALLER_ROUNDS = 2;

/** The names of functions and classes of a text that hold something, or name one that does. */
function reaching(text: string, holds: Holds): ReadonlySet<string> {
  const all = definitionsIn(text);
  const names = new Set<string>();
  all.forEach((one, index) => {
    if (holds(one.text, one.line, (all[index + 1]?.line ?? Number.POSITIVE_INFINITY) - 1))
      names.add(one.name);
  });
  for (let round = 0; round < CALLER_ROUNDS && names.size > 0; round++) {
    const called = new RegExp(`\\b(?:${[...names].join("|")})\\b`);
    for (const one of all) if (called.test(one.text)) names.add(one.name);
  }
  return names;
}

/** Whoever answers what the calls that were seen show may ask for further modules to be entered, and is then asked anew. */
export type Answer<T> = (
  calls: readonly CallObservation[],
  enter: (path: string) => void,
) => T | undefined;

/** What the calls show that are seen when a module runs that calls functions of a file by one of some names. */
export function askCaller<T>(
  caller: string,
  path: string,
  names: ReadonlySet<string>,
  project: Project,
  answer: Answer<T>,
): T | undefined {
  const entered = new Set([path, ...packagesOf(path, project)]);
  for (let round = 1; ; round++) {
    const calls = runOnce(caller, path, names, entered, project);
    const before = entered.size;
    const found = answer(calls, (module) => {
      if (entered.size < MAX_ENTERED) entered.add(module);
    });
    if (entered.size === before || round === MAX_ROUNDS) return found;
  }
}

/** The packages that a module is in: they may hand on what it defines. */
function packagesOf(path: string, project: Project): string[] {
  const folders = path.split("/").slice(0, -1);
  return folders
    .map((_, index) => [...folders.slice(0, index + 1), "__init__.py"].join("/"))
    .filter((one) => project.paths.has(one));
}

/** The runs for the file that was asked about last: it is looked at again when it asks for more of its own modules. */
interface Runs {
  readonly path: string;
  readonly calls: Map<string, readonly CallObservation[]>;
}

const lastRuns = new WeakMap<Project, Runs>();

function runOnce(
  caller: string,
  path: string,
  names: ReadonlySet<string>,
  entered: ReadonlySet<string>,
  project: Project,
): readonly CallObservation[] {
  const last = lastRuns.get(project);
  const runs = last?.path === path ? last : { path, calls: new Map() };
  lastRuns.set(project, runs);
  const key = [caller, ...names, "", ...entered].join(" ");
  const calls = runs.calls.get(key) ?? runCaller(caller, names, entered, project);
  runs.calls.set(key, calls);
  return calls;
}

function runCaller(
  caller: string,
  names: ReadonlySet<string>,
  entered: ReadonlySet<string>,
  project: Project,
): readonly CallObservation[] {
  const file = project.file(caller);
  if (file === undefined) return [];
  const calls: CallObservation[] = [];
  const observe = (call: CallObservation) => calls.push(call);
  const interpreter = new Interpreter(project, { eager: false, entered, observe });
  interpreter.module(caller);
  const called = new RegExp(`\\b(?:${[...names].join("|")})\\b`);
  const lines = file.lines.flatMap((line, index) => (called.test(line) ? [index + 1] : []));
  interpreter.runFunctions(caller, (start, end) =>
    lines.some((line) => line >= start && line <= end),
  );
  return calls;
}
