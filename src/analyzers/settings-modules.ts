/**
 * Which modules are settings modules, and which of them are deployed. A module counts when it sets enough of the names that
 * a framework's settings have; it is deployed when nothing else builds on it and its path does not say that it is for tests
 * or development. What manage.py, wsgi.py and their like name decides where the paths do not.
 */
import type { Config } from "../core/config.ts";
import type { Skipped } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import { pathsThat } from "../core/source-tree.ts";
import {
  asString,
  type Binding,
  bindingIn,
  type ClassValue,
  constant,
  Interpreter,
  type Scope,
  UNKNOWN,
} from "../python/index.ts";
import type { Project, SurveyedProject } from "./analyzer.ts";
import { type Applications, applicationsOf, keyOf, type Standing } from "./applications.ts";
import { frameworkVersion, isUnused, versionFiles } from "./framework-version.ts";
import { extendedBy, scopeOfClass, settingsClasses } from "./settings-classes.ts";
import { scopeOfData } from "./settings-data.ts";
import { deploymentOf, setIn, type Variables } from "./settings-deployment.ts";
import {
  buildSteps,
  type EntryPoint,
  entryFiles,
  entryPoints,
  FOUNDATION,
  ModulePaths,
  namesGivenIn,
  servedName,
  startedInBuilds,
} from "./settings-entries.ts";
import { type Facts, knownMatcher, type Matcher, matcher, matchersOf } from "./settings-facts.ts";
import { type Loaded, loadedSettings, prefixesIn } from "./settings-loads.ts";

export interface SettingsModule {
  readonly path: string;
  /** What the module's names are bound to; where a class of it holds the settings, that class's attributes come over them. */
  readonly scope: Scope;
  /** The class that holds the settings, where the project keeps them in classes. */
  readonly class?: ClassValue;
  readonly interpreter: Interpreter;
  /** Runs what settings name by dotted paths, as far as it has to: a class is known without all that its module imports. */
  readonly lookUp: Interpreter;
  /** Tells of what outside the tree gives the module names, by its dotted name, whether settings may be among them. */
  isElsewhere(source: string): boolean;
  readonly framework: string;
  /** The framework's series that the project runs, such as `4.2`; absent where its dependency files do not say. */
  readonly version?: string;
  /** What stands before the names of other packages' settings in place of what usually does. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly deployed: boolean;
  /** True where a program names it as what it starts with, or as its settings. */
  readonly isNamed: boolean;
  /** Whether what it says of a setting counts in the applications that load it. */
  standingOf(setting: string): Standing;
  /** The modules that it builds on, by their paths. */
  readonly buildsOn: ReadonlySet<string>;
  /** The files of a deployment that set variables for it. */
  readonly setBy: ReadonlySet<string>;
  /** Where servers and images are told to start with it. */
  readonly startedAt: readonly { readonly path: string; readonly line: number }[];
}

/** More settings modules than this do not belong to one project. */
const MAX_MODULES = 60;

/**
 * The settings modules of a tree after they ran, in the order of their paths. `skip` is told of files that were too many. Where only
 * some paths are `changed` since this was asked before, modules for tests and development that are none of them need not run again.
 */
export function settingsModules(
  project: Project,
  skip: (part: Skipped) => void = () => {},
  changed?: ReadonlySet<string>,
): SettingsModule[] {
  const { frameworks, "settings-modules": configured } = project.config;
  for (const pattern of configured)
    if (!pathsThat(project.paths, matcher([pattern])).some((path) => path.endsWith(".py")))
      skip({
        path: pattern,
        reason:
          "no Python file has such a path, which the configuration names under `settings-modules`",
      });
  const modules = project.models.settings
    .filter((facts) => frameworks.length === 0 || frameworks.some((one) => one === facts.framework))
    .flatMap((facts) => modulesOf(project, facts, skip, changed));
  // Frameworks share names: what the settings of another one are made of are none of this one.
  const isPartOfOther = ({ path, framework }: SettingsModule) => {
    const { unless = [] } =
      project.models.settings.find((one) => one.framework === framework) ?? {};
    return modules.some(
      (one) => one.buildsOn.has(path) && unless.some((name) => bindingIn(one.scope, name)),
    );
  };
  return modules.filter((module) => module.isNamed || !isPartOfOther(module));
}

/** True when the path alone says that the file may be a settings module, a program that names one, or hold values of one. */
export function mayHoldSettings(path: string, models: Models, config: Config): boolean {
  if (matcher(config["settings-modules"])(path)) return true;
  return models.settings.some((facts) => {
    // What tests run with is not worth reading a project's settings for.
    const { paths, namedIn, values } = matchersOf(facts);
    return paths(path) || values(path) || (namedIn(path) && path.endsWith(".py"));
  });
}

/** True for files that start a project, and of which its settings take no more than the names of their modules. */
export function mayNameSettings(path: string, models: Models): boolean {
  if (path.endsWith(".py")) return false;
  return models.settings.some((facts) => matchersOf(facts).namedIn(path));
}

/** The settings modules that such files name, of those that a change touches. */
export function namesOfSettings(project: SurveyedProject): string {
  const { models, paths, touched } = project;
  const variables = models.settings.flatMap((facts) =>
    [facts.variable, facts.classes?.variable ?? []].flat().map((variable) => ({ facts, variable })),
  );
  const named = [...(touched ?? paths)]
    .filter((path) => paths.has(path) && mayNameSettings(path, models))
    .sort()
    .flatMap((path) => {
      const text = project.read(path) ?? "";
      const servers = models.settings.map((facts) => servedName(path, text, facts) ?? "");
      const isBuilding = buildSteps(text);
      return [
        ...variables.flatMap(({ facts, variable }) =>
          [...text.matchAll(namesGivenIn(path, facts, variable))].map(({ 1: name, index }) => [
            path,
            variable,
            name,
            isBuilding(index),
          ]),
        ),
        ...(servers.some(Boolean) ? [[path, ...servers]] : []),
        ...models.settings.flatMap((facts) => [...(setIn(project, path, facts) ?? [])]),
      ];
    });
  return JSON.stringify(named);
}

/** Files that settings modules take values from, beside other modules. */
const VALUES = /(?:^|[/.])(?:env|ini|cfg|conf|json|ya?ml|toml|properties)(?:\.[\w-]+)?$/;
/** What may stand after an attribute that is more than read: it is set, or changed in place. */
const CHANGED =
  /^\s*(?:(?::[^=\n]*)?[-+|*]?=(?!=)|\.(?:append|extend|insert|remove|pop|update|setdefault|clear)\b)/;

/** False for a text that only reads settings, as `settings.DEBUG`, or that no settings module reads. */
export function mayTellOfSettings(
  path: string,
  text: string,
  names: ReadonlySet<string>,
  models: Models,
): boolean {
  if (!path.endsWith(".py")) {
    const starts = models.settings.some((facts) => {
      const { namedIn, namedInTests } = matchersOf(facts);
      return namedIn(path) || namedInTests(path);
    });
    return VALUES.test(path) && !starts;
  }
  for (const { 0: word, index } of text.matchAll(/\b[A-Za-z_]\w*/g)) {
    if (!names.has(word)) continue;
    const isRead =
      text[index - 1] === "." &&
      !CHANGED.test(text.slice(index + word.length, index + word.length + 200));
    if (!isRead) return true;
  }
  return false;
}

/** The files that are read before anything is known of a tree: where settings usually stand, and what names them. */
export function settingsFiles(paths: ReadonlySet<string>, models: Models): string[] {
  const files = models.settings.flatMap((facts) => [
    ...entryFiles(paths, facts),
    ...modulesAtPaths(paths, facts),
    ...loadingFiles(paths, facts),
  ]);
  return [...new Set([...files, ...versionFiles(paths)])];
}

function modulesAtPaths(paths: ReadonlySet<string>, facts: Facts): string[] {
  return pathsThat(paths, matchersOf(facts).paths).filter((path) => path.endsWith(".py"));
}

/** The paths at which settings modules stand by habit. */
export function usualSettings(paths: ReadonlySet<string>, models: Models): string[] {
  return [...new Set(models.settings.flatMap((facts) => modulesAtPaths(paths, facts)))];
}

/** The applications of a project, of each framework that configures some. */
export function applicationsIn(project: Project): readonly Applications[] {
  return project.models.settings.map((facts) =>
    applicationsOf(project, facts, loadingIn(project, facts)),
  );
}

/** True for a path at which modules stand that need the settings. */
export function isOfNeeding(path: string, models: Models): boolean {
  return models.settings.some((facts) => matchersOf(facts).needing(path));
}

function modulesOf(
  project: Project,
  facts: Facts,
  skip: (part: Skipped) => void,
  changed: ReadonlySet<string> | undefined,
): SettingsModule[] {
  const entries = entryPoints(project, facts, facts.variable);
  const modulePaths = new ModulePaths(project);
  const byUse = (use: EntryPoint["use"]) =>
    new Set(entries.filter((entry) => entry.use === use).flatMap((entry) => modulePaths.of(entry)));
  const [started, tested] = [byUse("other"), byUse("tests")];
  const loading = loadingIn(project, facts);
  const applications = applicationsOf(project, facts, loading, changed !== undefined);
  const loaded = [...loadedBy(project, facts, loading), ...applications.loaded];
  const named = new Set([...started, ...tested, ...loaded.map((one) => one.path)]);
  const chosen = new Set(
    facts.classes
      ? entryPoints(project, facts, facts.classes.variable)
          .filter((entry) => entry.use === "other")
          .map((entry) => entry.name)
      : [],
  );
  for (const one of loaded) if (one.class !== undefined) chosen.add(one.class);
  const configured = project.config["settings-modules"];
  const isConfigured = knownMatcher(configured);
  const {
    paths,
    images,
    prefixed,
    deployed: isDeployed,
    notDeployed: isDevelopment,
  } = matchersOf(facts);
  const byHabit = project.once(`usual settings of ${facts.framework}`, (watched) =>
    [...new Set([paths, isConfigured].flatMap((holds) => pathsThat(watched.paths, holds)))]
      .filter((path) => path.endsWith(".py"))
      .sort(),
  );
  const built = startedInBuilds(project, facts);
  const candidates = [...new Set([...[...named].sort(), ...byHabit])].filter(
    (path) => isConfigured(path) || !built.has(path),
  );
  const [first, ...more] = candidates.slice(MAX_MODULES);
  const worthRunning = candidates
    .slice(0, MAX_MODULES)
    .sort()
    .filter((path) => mayHaveMarks(project.read(path), facts, chosen, named.has(path)));
  if (worthRunning.length > 0 && isWithout(project, facts)) return [];
  const version =
    worthRunning.length === 0
      ? undefined
      : project.once(`version of ${facts.framework}`, (watched) =>
          frameworkVersion(watched, facts),
        );
  const prefixes =
    worthRunning.length === 0 || facts.prefixes.length === 0
      ? new Map<string, string>()
      : project.once(`prefixes of ${facts.framework}`, (watched) =>
          prefixesIn(watched, facts, [...pathsThat(watched.paths, prefixed)].sort()),
        );
  const mayBeOld = (path: string) =>
    changed !== undefined && configured.length === 0 && isDevelopment(path) && !changed.has(path);
  const modules = worthRunning.flatMap((path) => {
    const before = applications.variablesAt(path);
    const set = [...before].map(([name, { value }]) => `${name}=${asString(value)}`);
    const key = [facts.framework, version, path, ...chosen, ...set].join(" ");
    const make = (watched: Project) => run(watched, path, facts, chosen, version, before);
    const { ran, marks } = project.once(key, make, mayBeOld(path));
    return marks < (named.has(path) ? 1 : 2) ? [] : ran;
  });
  if (first !== undefined && modules.length > 0)
    skip({
      path: first,
      reason: `the first of ${more.length + 1} files that may hold settings of ${facts.framework} after ${MAX_MODULES} others, which alone were looked at: name those that count under \`settings-modules\``,
    });
  const isForTests = (path: string) =>
    tested.has(path) && !started.has(path) && modules.length > 1 && !isDeployed(path);
  // What an image sets counts over what the file that its server loads sets where nothing is set.
  const served = new Set(
    entries
      .filter((entry) => entry.isServer || entry.isImage)
      .flatMap((entry) => modulePaths.of(entry)),
  );
  const serious = modules.filter(
    (module) =>
      !isDevelopment(module.path) &&
      !isForTests(module.path) &&
      !(
        isPackageOf(module.path, started, isDevelopment) &&
        !served.has(module.path) &&
        (!started.has(module.path) || [...importedBy(project, module)].some(isDevelopment))
      ),
  );
  // What only tests and development build on is deployed as it is.
  const builtOn = new Set(serious.flatMap((module) => [...importedBy(project, module)]));
  const overridden = builtOnByStarted(project, facts, serious, entries, modulePaths);
  const mayBeDeployed =
    inImage(project, modules, serious, entries, modulePaths, isDevelopment) ??
    serious.filter(
      ({ path }) =>
        !builtOn.has(path) || (served.has(path) && !FOUNDATION.test(path) && !overridden.has(path)),
    );
  const deployed =
    configured.length > 0 ? modules.filter((module) => isConfigured(module.path)) : mayBeDeployed;
  const starting = entries
    .filter(({ use, isServer, file }) => isServer || (use === "other" && images(file)))
    .map((entry) => ({ at: { path: entry.file, line: entry.line }, paths: modulePaths.of(entry) }));
  // A class is loaded from where it stands, whatever module has a name for it.
  const asLoaded = ({ path, class: own }: Ran): Loaded =>
    own === undefined ? { path } : { path: own.file.path, class: own.name };
  const loadedAt = (module: Ran) => {
    const key = keyOf(asLoaded(module));
    return applications.loaded.flatMap((one) =>
      keyOf(one) === key ? [{ path: one.at.path, line: one.at.region.startLine }] : [],
    );
  };
  // Of several classes the files that start a server do not say which they mean.
  const startedAt = (module: Ran) => [
    ...starting.flatMap((one) =>
      module.class === undefined && one.paths.includes(module.path) ? [one.at] : [],
    ),
    ...loadedAt(module),
  ];
  return modules.map((module) => ({
    ...module,
    startedAt: startedAt(module),
    framework: facts.framework,
    ...(version !== undefined && { version }),
    prefixes,
    deployed: deployed.includes(module) && module.deployed !== false,
    isNamed: named.has(module.path),
    standingOf: (setting: string) => applications.standingOf(asLoaded(module), setting),
    buildsOn: importedBy(project, module),
  }));
}

/**
 * The modules that others build on with which a deployment's file starts the server: what it sets counts over what the file that its
 * server loads sets where nothing is set.
 */
function builtOnByStarted(
  project: Project,
  facts: Facts,
  modules: readonly Ran[],
  entries: readonly EntryPoint[],
  modulePaths: ModulePaths,
): ReadonlySet<string> {
  const started = new Set(
    entries
      .filter(
        ({ file, name, use }) =>
          use === "other" && setIn(project, file, facts)?.get(facts.variable)?.text === name,
      )
      .flatMap((entry) => modulePaths.of(entry)),
  );
  const beneath = modules
    .filter(({ path }) => started.has(path))
    .flatMap((module) => [...importedBy(project, module)]);
  return new Set(beneath.filter((path) => !started.has(path)));
}

/** True for a package of which a program starts with another module: it is there only because Python imports it before that one. */
function isPackageOf(path: string, started: ReadonlySet<string>, isDevelopment: Matcher): boolean {
  if (!path.endsWith("/__init__.py")) return false;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return [...started].some((one) => one !== path && one.startsWith(folder) && !isDevelopment(one));
}

/**
 * The module that the image of a server is made with, though its name says that it is for development: where the tree has nothing
 * else that could be deployed, that is what runs.
 */
function inImage(
  project: Project,
  modules: readonly Ran[],
  serious: readonly Ran[],
  entries: readonly EntryPoint[],
  modulePaths: ModulePaths,
  isDevelopment: Matcher,
): readonly Ran[] | undefined {
  const made = new Set(
    entries.filter((entry) => entry.isImage).flatMap((entry) => modulePaths.of(entry)),
  );
  if (made.size !== 1) return undefined;
  // A project for examples is none that is deployed, whatever its image starts.
  const named = modules.filter(
    ({ path }) => made.has(path) && !isDevelopment(path.slice(0, path.lastIndexOf("/"))),
  );
  const started = new Set(
    entries
      .filter((entry) => entry.use === "other" && !entry.isImage)
      .flatMap((entry) => modulePaths.of(entry)),
  );
  const builtOn = new Set(named.flatMap((module) => [...importedBy(project, module)]));
  const isOnlyOne = serious.every(({ path }) => builtOn.has(path) && !started.has(path));
  return named.length > 0 && isOnlyOne ? named : undefined;
}

interface Ran {
  readonly path: string;
  readonly scope: Scope;
  readonly interpreter: Interpreter;
  readonly lookUp: Interpreter;
  isElsewhere(source: string): boolean;
  readonly setBy: ReadonlySet<string>;
  readonly class?: ClassValue;
  /** False for a class that another one is deployed instead of. */
  readonly deployed?: boolean;
}

/** Runs a module, if it is there, and tells how many of the names it sets that settings have. */
function run(
  project: Project,
  path: string,
  facts: Facts,
  chosen: ReadonlySet<string>,
  version: string | undefined,
  before: ReadonlyMap<string, Binding>,
): { readonly ran: readonly Ran[]; readonly marks: number } {
  // One of its own for each: a list that a module changes in place is another's too where both import it.
  const values = versionValue(facts, version);
  const set = deploymentOf(project, facts).get(path) ?? new Map();
  const variables = new Map([...bindingsOf(project, set), ...before]);
  const interpreter = new Interpreter(project, {
    eager: true,
    variables,
    ...(values && { values }),
  });
  // A server sets variables before it comes to the settings.
  for (const file of settersBefore(project, path, facts)) interpreter.module(file);
  const scope = scopeOfData(project, interpreter, path) ?? interpreter.module(path);
  if (scope === undefined || facts.unless.some((name) => bindingIn(scope, name) !== undefined))
    return { ran: [], marks: 0 };
  const lookUp = new Interpreter(project, { eager: false });
  const elsewhere = facts.elsewhere === undefined ? undefined : new RegExp(facts.elsewhere);
  const isElsewhere = (source: string) => elsewhere?.test(source) === true;
  const setBy = new Set([...set.values()].map((one) => one.file));
  const ran: Ran = { path, scope, interpreter, lookUp, isElsewhere, setBy };
  const classes =
    facts.classes && settingsClasses(interpreter, scope, facts, facts.classes, chosen);
  if (classes !== undefined && classes.length > 0)
    return { ran: ofClasses(ran, classes, facts, chosen), marks: Number.POSITIVE_INFINITY };
  const marks = facts.marks.filter((mark) => bindingIn(scope, mark) !== undefined).length;
  return { ran: [ran], marks };
}

/** Variables as a program finds them that is started with them. */
function bindingsOf(project: Project, set: Variables): Map<string, Binding> {
  const node = { nodeType: "Constant", lineno: 1, col_offset: 0, end_lineno: 1, end_col_offset: 0 };
  const bindings = new Map<string, Binding>();
  for (const [name, { text, file: path }] of set) {
    const file = project.file(path);
    if (file === undefined) continue;
    const value = { ...(text === undefined ? UNKNOWN : constant(text)), listedIn: path };
    bindings.set(name, { value, site: { file, node }, when: [] });
  }
  return bindings;
}

/** The programs of servers that start with a module, as far as they set more of the environment than that. */
function settersBefore(project: Project, path: string, facts: Facts): string[] {
  const modulePaths = new ModulePaths(project);
  const servers = entryPoints(project, facts, facts.variable)
    .filter(
      (entry) => entry.isServer && entry.file !== path && modulePaths.of(entry).includes(path),
    )
    .map((entry) => entry.file);
  return [...servers, ...packagesOf(project, path)].filter((file) =>
    (project.read(file) ?? "")
      .split("\n")
      .some((line) => SETS_VARIABLE.test(line) && !line.includes(facts.variable)),
  );
}

/** The packages that a module lies in, the outermost first: Python imports them before it. */
function packagesOf({ paths }: Project, path: string): string[] {
  return path
    .split("/")
    .map((_, depth, parts) => [...parts.slice(0, depth), "__init__.py"].join("/"))
    .filter((one) => one !== path && paths.has(one));
}

/** A line at the top of a module that may set a variable, or take some from a file. */
const SETS_VARIABLE = /^(?![ \t]|from\b|import\b).*(?:\benviron\b|dotenv\(|read_env\()/;

/** True for a project that does not use the framework. */
function isWithout(project: Project, { package: name }: Facts): boolean {
  return (
    name !== undefined && project.once(`without ${name}`, (watched) => isUnused(watched, name))
  );
}

/** The version of the framework as a program sees it that asks for it. */
function versionValue(facts: Facts, series: string | undefined): Models["values"] | undefined {
  if (facts.version === undefined || series === undefined) return undefined;
  const [major = 0, minor = 0] = series.split(".").map(Number);
  return new Map([[facts.version, [major, minor, 0, "final", 0]]]);
}

/** What an application that is no test names as its settings. */
function loadedBy(project: Project, { loads }: Facts, files: readonly string[]): readonly Loaded[] {
  return loads === undefined ? [] : loadedSettings(project, loads, files);
}

function loadingIn(project: Project, facts: Facts): readonly string[] {
  return facts.loads === undefined || isWithout(project, facts)
    ? []
    : loadingFiles(project.paths, facts);
}

/** More files than this do not make one application. */
const MAX_LOADING_FILES = 40;

function loadingFiles(paths: ReadonlySet<string>, facts: Facts): string[] {
  const { loads, notDeployed } = matchersOf(facts);
  return pathsThat(paths, loads)
    .filter((path) => !notDeployed(path))
    .sort((a, b) => a.split("/").length - b.split("/").length)
    .slice(0, MAX_LOADING_FILES);
}

/** How a module comes to names that do not stand in its text: from another module, or made while it runs. */
const FROM_ELSEWHERE =
  /\bimport\s*\(?\s*\*|\b(?:globals|locals|vars|setattr|exec|include|importlib|import_module|__import__|__name__|runpy|sys\.modules)\b/;

/**
 * False for a file that cannot hold settings: neither does it set a name that they have, nor get it in another way. A class
 * comes to them by its bases, where an entry point chooses among classes.
 */
function mayHaveMarks(
  text: string | undefined,
  facts: Facts,
  chosen: ReadonlySet<string>,
  isNamed: boolean,
): boolean {
  if (text === undefined) return true;
  if (facts.marks.some((mark) => text.includes(mark))) return true;
  // Many modules of a program take names from others; of those that hold settings in plain classes the program names some.
  if (facts.classes?.plain === true && !isNamed) return false;
  return FROM_ELSEWHERE.test(text) || [...chosen].some((name) => text.includes(name));
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
  const { deployed, notDeployed } = matchersOf(facts);
  const inWords = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_");
  const isSerious = (one: ClassValue) => !notDeployed(inWords(one.name));
  const extended = extendedBy(interpreter, classes);
  // What only classes for tests and development extend is deployed as it is.
  const builtOn = extendedBy(interpreter, classes.filter(isSerious));
  const candidates = classes.filter(
    (one) => chosen.has(one.name) || !extended.has(one) || (isSerious(one) && !builtOn.has(one)),
  );
  const serious = candidates.filter(isSerious);
  // What takes all of a class for tests along is for tests as well, unless its name says otherwise.
  const isTrial = (one: ClassValue) =>
    !deployed(inWords(one.name)) &&
    interpreter.ancestry(one).some((base) => base.kind === "class" && !isSerious(base));
  const own = serious.filter((one) => !isTrial(one));
  const named = serious.filter((one) => chosen.has(one.name));
  const judged = [named, own, serious].find((some) => some.length > 0) ?? [];
  return candidates.map((one) => ({
    ...ran,
    class: one,
    scope: scopeOfClass(interpreter, scope, one, form, facts.defaults),
    deployed: judged.includes(one),
  }));
}

/** The modules that a module builds on: those that it imports from, and those in which names of it were really set. */
function importedBy(project: Project, { path: own, scope }: Ran): Set<string> {
  const paths = new Set<string>();
  for (const cell of scope.names.values()) {
    const value = cell.content?.value;
    const imported =
      value?.kind === "symbol"
        ? value.imported?.path
        : value?.kind === "module"
          ? value.path
          : undefined;
    // A module that sets nothing itself hands on what it builds on.
    const through = cell.content?.through ?? [];
    for (const path of [cell.content?.site.file.path, ...through, imported])
      if (path !== undefined && path !== own && project.paths.has(path)) paths.add(path);
  }
  return paths;
}
