/**
 * What the applications of a program are configured with in the end. A class of settings that an application loads is not all there is:
 * what the program sets afterwards takes the place of what the class says, and what it had set before is gone. So the program is run
 * as it is deployed, from where servers begin, and the configuration of each application is looked at when that is done.
 */
import { isTestPath } from "../core/config.ts";
import type { Location } from "../core/finding.ts";
import { pathsThat } from "../core/source-tree.ts";
import {
  alternativesOf,
  type Binding,
  bindingIn,
  type CallObservation,
  type Configuration,
  everyArgument,
  type FunctionValue,
  Interpreter,
  type Load,
  mayBind,
  type Site,
  type Value,
  type World,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { argumentAt } from "./observed-call.ts";
import { type Facts, matchersOf } from "./settings-facts.ts";
import type { Loaded } from "./settings-loads.ts";
import { stageDeployed } from "./stages.ts";

/** Whether what is said of a name counts in the end; it may not be known. */
export type Standing = "stands" | "open" | "replaced";

/** The applications of a program. */
export interface Applications {
  /** What they load, and where. */
  readonly loaded: readonly (Loaded & { readonly at: Location })[];
  /** The variables that the program had set when a module was imported. */
  variablesAt(path: string): ReadonlyMap<string, Binding>;
  /** The standing of a name that a module, or a class of it, sets: the best that it has in any application that loads it. */
  standingOf(loaded: Loaded, name: string): Standing;
  /** The same for what a call sets that a file makes on an application's configuration. */
  standingAt(call: CallObservation, name: string): Standing;
  /** True where a function surely sets up no application, though one could be handed to it. `files` are all that name it. */
  neverCalls(called: FunctionValue, files: readonly string[]): boolean;
}

const NONE: Applications = {
  loaded: [],
  variablesAt: () => new Map(),
  standingOf: () => "stands",
  standingAt: () => "stands",
  neverCalls: () => false,
};

/** The applications that some files of a project make, or those that start it. `mayBeOld` where they need not be found anew. */
export function applicationsOf(
  project: Project,
  facts: Facts,
  files: readonly string[],
  mayBeOld = false,
): Applications {
  if (formsOf(project, facts).length === 0 || files.length === 0) return NONE;
  const key = `applications of ${facts.framework}`;
  return project.once(key, (watched) => findApplications(watched, facts, files), mayBeOld);
}

function findApplications(project: Project, facts: Facts, files: readonly string[]): Applications {
  const making = makingPattern(project, facts);
  const makers = files.filter((path) => making.test(project.read(path) ?? ""));
  if (makers.length === 0) return NONE;
  const { servedBy } = matchersOf(facts);
  const starting = startingFiles(project, facts);
  const run = new Run(project, facts, new Set([...starting, ...makers]));
  for (const path of [...starting.filter(servedBy), ...makers]) run.module(path);
  // What nothing calls is called here, with what its parameters are by default.
  for (const path of makers) run.functions(path, making);
  // What a developer starts with does not count beside what a server does.
  if (!run.hasLoaded) for (const path of starting) run.module(path);
  return run;
}

function formsOf({ models }: Project, { framework }: Facts) {
  return models.configurations.filter((one) => one.framework === framework);
}

/** The files that start a program. */
function startingFiles(project: Project, facts: Facts): string[] {
  const { namedIn, notDeployed } = matchersOf(facts);
  return [...pathsThat(project.paths, namedIn)]
    .filter((path) => path.endsWith(".py") && !isTestPath(path) && !notDeployed(path))
    .sort();
}

/** What is found in the text of a file that makes an application, or has one load its settings. */
function makingPattern(project: Project, facts: Facts): RegExp {
  const calls = (facts.loads?.calls ?? []).map((one) => `\\.${one.replaceAll(".", "\\.")}\\(`);
  const makers = formsOf(project, facts).flatMap((one) => one.makers);
  return new RegExp([...calls, `(?:${makers.join("|")})\\(`].join("|"));
}

/** Tells of modules by their texts whether they may hold settings, or put some into a configuration or into the environment. */
function relevance(project: Project, facts: Facts): RegExp {
  const forms = formsOf(project, facts).flatMap(({ mapping, members, methods }) => {
    const taking = [...Object.keys(methods), "update", "setdefault"].join("|");
    const set = "\\[[^\\]\\n]{1,80}\\]\\s*=[^=]";
    return [
      `\\.${mapping}\\b\\s*(?:${set}|\\|=|\\.(?:${taking})\\()`,
      `\\.(?:${Object.keys(members).join("|")})\\s*=[^=]`,
    ];
  });
  // As a name, a keyword, or the key of a dict.
  const marked = `(?:^|[\\s"'({[,])(?:${facts.marks.join("|")})["']?\\]?\\s*[:=](?!=)`;
  return new RegExp([...forms, marked, "^(?!\\s)[^#\\n]*\\benviron\\b"].join("|"), "m");
}

/** What was set under a name by a call, in a configuration. */
interface Written {
  readonly into: Configuration;
  readonly call: CallObservation;
}

/** A program that runs as it is deployed, and what its applications come to. */
class Run implements Applications {
  readonly #interpreter: Interpreter;
  readonly #written = new Map<string, Written[]>();
  readonly #called = new Set<string>();
  readonly #variables = new Map<string, ReadonlyMap<string, Binding>>();
  /** True once an application was handed to something that is not known. */
  #isLost = false;

  constructor(project: Project, facts: Facts, roots: ReadonlySet<string>) {
    const { paths } = matchersOf(facts);
    const relevant = relevance(project, facts);
    // Of all else that a program imports nothing is looked at: it may be the whole of it.
    const isWanted = (path: string) =>
      roots.has(path) || paths(path) || relevant.test(project.read(path) ?? "");
    const world: World = {
      models: project.models,
      paths: project.paths,
      resolve: (...asked) => project.resolve(...asked),
      nameOf: (path) => project.nameOf(path),
      read: (path) => project.read(path),
      file: (path) => (isWanted(path) ? project.file(path) : undefined),
    };
    this.#interpreter = new Interpreter(world, {
      eager: true,
      configures: true,
      stage: stageDeployed(project.models.stages),
      observe: (call) => this.#note(call),
      entering: (path, variables) => this.#variables.set(path, variables),
    });
  }

  module(path: string): void {
    this.#interpreter.module(path);
  }

  /** Calls the functions of a file that make something, unless something else did. */
  functions(path: string, making: RegExp): void {
    for (const value of this.#interpreter.functionsIn(path))
      if (!this.#called.has(placeOf(value)) && making.test(value.file.source(value.node)))
        this.#interpreter.callByDefault(value);
  }

  get #configurations(): readonly Configuration[] {
    return this.#interpreter.configurations?.all ?? [];
  }

  get hasLoaded(): boolean {
    return this.#configurations.some(({ loads }) => loads.length > 0);
  }

  get loaded(): Applications["loaded"] {
    return this.#configurations.flatMap(({ loads }) =>
      loads.map((load) => ({
        ...loadedBy(load),
        at: load.site.file.location(load.site.node),
      })),
    );
  }

  variablesAt(path: string): ReadonlyMap<string, Binding> {
    return this.#variables.get(path) ?? new Map();
  }

  standingOf(loaded: Loaded, name: string): Standing {
    const key = keyOf(loaded);
    return best(
      this.#configurations.flatMap((into) =>
        into.loads
          .filter((load) => keyOf(loadedBy(load)) === key)
          .map((load) => this.#standing(into, name, load.names.get(name)?.value)),
      ),
    );
  }

  standingAt(call: CallObservation, name: string): Standing {
    const written = this.#written.get(placeOf(call.site)) ?? [];
    return best(written.map((one) => this.#standing(one.into, name, valueSet(one.call, name))));
  }

  neverCalls(called: FunctionValue, files: readonly string[]): boolean {
    const { configurations, exhausted } = this.#interpreter;
    return (
      this.#configurations.length > 0 &&
      !exhausted &&
      !this.#isLost &&
      configurations?.isCut === false &&
      !this.#called.has(placeOf(called)) &&
      files.every((path) => this.#interpreter.moduleThatRan(path) !== undefined)
    );
  }

  /** The standing of what was set under a name, in a configuration as it is at the end. */
  #standing(into: Configuration, name: string, set: Value | undefined): Standing {
    if (into.refused.has(name)) return "replaced";
    if (mayBind(this.#interpreter, into.names, name, () => true)) return "open";
    const last = bindingIn(into.names, name)?.value;
    if (last === undefined) return "stands";
    return set !== undefined && isAmong(set, last) ? "stands" : "replaced";
  }

  #note(call: CallObservation): void {
    const callees = alternativesOf(call.callee);
    const given = everyArgument(call.arguments);
    // What is handed to something else than the program's own code and its tables may be called there.
    const isSeen = callees.every(
      (one) =>
        one.kind === "function" ||
        one.kind === "class" ||
        (one.kind === "symbol" && /^(?:dict|sequence)$/.test(one.base?.kind ?? "")),
    );
    for (const value of [...callees, ...(isSeen ? [] : given)])
      if (value.kind === "function") this.#called.add(placeOf(value));
    const configurations = this.#interpreter.configurations;
    for (const { kind, ...callee } of callees) {
      if (kind === "unknown" && given.some((one) => configurations?.isConfigured(one)))
        this.#isLost = true;
      const base = "base" in callee ? callee.base : undefined;
      const into = base && configurations?.ofMapping(base);
      if (into === undefined) continue;
      const place = placeOf(call.site);
      this.#written.set(place, [...(this.#written.get(place) ?? []), { into, call }]);
    }
  }
}

function best(standings: readonly Standing[]): Standing {
  if (standings.length === 0 || standings.includes("stands")) return "stands";
  return standings.includes("open") ? "open" : "replaced";
}

/** What a call sets under a name: under the key that is its first argument, or by keyword or mapping. */
function valueSet(call: CallObservation, name: string): Value | undefined {
  const { positional, keywords } = call.arguments;
  const [first, second] = positional;
  if (first?.kind === "constant") return second;
  return keywords.get(name) ?? argumentAt(call, name);
}

/** True for a value that is another one, or one of those that it may be. */
function isAmong(value: Value, of: Value): boolean {
  const places = alternativesOf(value).flatMap(({ site }) => (site ? [placeOf(site)] : []));
  return alternativesOf(of).some(
    (one) => one === value || (one.site !== undefined && places.includes(placeOf(one.site))),
  );
}

/** A place that stays the same where a file is parsed again. */
function placeOf({ file, node }: Pick<Site, "file" | "node">): string {
  return `${file.path}:${node.lineno}:${node.col_offset}:${node.end_lineno}:${node.end_col_offset}`;
}

function loadedBy({ from }: Load): Loaded {
  return typeof from === "string" ? { path: from } : { path: from.file.path, class: from.name };
}

/** What names a module, or a class of it. */
export function keyOf({ path, class: name = "" }: Loaded): string {
  return `${path} ${name}`;
}
