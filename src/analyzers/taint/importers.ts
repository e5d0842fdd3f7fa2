/**
 * Who calls the functions of a file: a sink in a helper says nothing of the data that another module hands to it. Which modules
 * import a file, and name a request, is told from their texts; only those are run, with the file entered.
 */
import { compareText } from "../../core/finding.ts";
import type { Models } from "../../core/models.ts";
import { pathsThat } from "../../core/source-tree.ts";
import {
  type CallObservation,
  Interpreter,
  type ModuleFile,
  type Statement,
} from "../../python/index.ts";
import { AskedOnce, type FileUnit, isProgram, type Project } from "../analyzer.ts";
import { type ImportLine, importsIn, modulesAt, type SourceTests } from "./sources.ts";

type FunctionNode = Extract<Statement, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;

/** Packages hand on what their modules define. */
const PACKAGE = /(?:^|\/)__init__\.py$/;
/** In a tree of more modules nobody is asked: to find out who imports what would cost more than it tells. */
export const MAX_MODULES = 1500;
/** Modules that are run for the functions of one file: two, and more as long as all of them together are no longer than that. */
const MAX_CALLERS = 16;
const FEW_CALLERS = 2;
const MAX_CALLERS_CHARACTERS = 20_000;
/** How often one is run, because data goes through further modules. */
const MAX_ROUNDS = 3;
/** Modules that are entered then, beside those on the way and their packages. */
const MAX_ENTERED = 5;
/** Modules in a row, between the one that is handed a request and the one that is asked about … */
const MAX_BETWEEN = 2;
/** … in a tree of no more modules than that: each more takes as long again to run. */
const MAX_MODULES_BETWEEN = 600;
/** Modules between them that are looked at. */
const MAX_LAYERS = 24;

/** A module that is handed a request, and the way from there to what in another one holds something. */
export interface Caller {
  readonly path: string;
  /** Where it names what the next module on the way has. */
  readonly uses: RegExp;
  /** Further modules that the way goes through. */
  readonly through: readonly string[];
}

/** A module on the way, with the names of what leads on. */
interface Layer {
  readonly path: string;
  /** The modules as whose members the names are known. */
  readonly as: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly through: readonly string[];
}

/** Who uses what in a file holds something. */
export type Callers = (holds: Holds) => Iterable<Caller>;

/** Tells of a part of a file, by its text and its lines (from 1, both included), whether it is meant. */
type Holds = (text: string, line: number, end: number) => boolean;

/** True where the last of some modules may be run for the functions of a file, too. */
export function isAffordable(callers: readonly Caller[], project: Project): boolean {
  if (callers.length <= FEW_CALLERS) return true;
  const paths = callers.flatMap(({ path, through }) => [path, ...through]);
  const sizes = paths.map((path) => project.atHand?.(path)?.length ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0) <= MAX_CALLERS_CHARACTERS;
}

/** The modules of a tree, by the modules of the tree that they import. */
export class Importers {
  readonly hostileIn: (text: string) => ((part: string) => boolean) | undefined;
  readonly #imports = new AskedOnce<readonly ImportLine[]>(importsIn);
  readonly #known = new WeakMap<ReadonlySet<string>, Index>();

  constructor(models: Models, sources: SourceTests) {
    const routed = routedIn(models);
    const routing = routingIn(models);
    const hostileIn = sources.hostileIn(requestGroups(models));
    this.hostileIn = (text) => {
      const inPart = hostileIn(text);
      if (routing.isIn(text)) return (part) => inPart?.(part) === true || routing.call.test(part);
      return inPart && ((part) => inPart(part) || routed.test(part));
    };
  }

  /** Undefined for a file that none of them imports. */
  callersOf({ path, text, project }: FileUnit): Callers | undefined {
    if (!this.#index(project).by.has(path)) return undefined;
    return (holds) => this.#leadingTo(path, reaching(text, holds), project);
  }

  /** The nearest of those that name one of a module's names where they may be handed a request. */
  *#leadingTo(module: string, names: ReadonlySet<string>, project: Project): Generator<Caller> {
    const { by, isSmall } = this.#index(project);
    const mostBetween = isSmall ? MAX_BETWEEN : 0;
    const found: Caller[] = [];
    const seen = new Set([module]);
    let layer: Layer[] = [{ path: module, as: [module], names, through: [] }];
    for (let between = 0; between <= mostBetween && layer.length > 0; between++) {
      const next: Layer[] = [];
      // A list grows while it is walked: what is only handed on is as near as where it stands.
      for (const { path, as, names, through } of layer) {
        if (names.size === 0) continue;
        const near = (other: string) => commonFolders(path, other);
        const importers = [...(by.get(path) ?? [])];
        for (const other of importers.sort((a, b) => near(b) - near(a) || compareText(a, b))) {
          if (found.length === MAX_CALLERS) return;
          if (other === module) continue;
          // One that was met before may lead here by another way, too.
          const isKnown = seen.has(other);
          const text = project.atHand?.(other) ?? "";
          const uses = usesOf(text, as, names);
          const own = naming(text, uses);
          const further = [...through, other];
          const passed =
            own.size === 0 || PACKAGE.test(other) ? passedOn(text, as, names) : new Set<string>();
          if (passed.size > 0 && !isKnown && layer.length < MAX_LAYERS)
            layer.push({ path: other, as: [...as, other], names: passed, through: further });
          if (own.size + passed.size > 0) seen.add(other);
          if (own.size === 0) continue;
          const isSame = (one: Caller) => one.path === other && one.uses.source === uses.source;
          if (!found.some(isSame) && this.#mayHandOn(text, own)) {
            const caller = { path: other, uses, through };
            found.push(caller);
            yield caller;
          }
          if (!isKnown && next.length < MAX_LAYERS)
            next.push({ path: other, as: [other], names: own, through: further });
        }
      }
      layer = next;
    }
  }

  /** True for a text in which what has one of some names, a function or a class, may be handed a request. */
  #mayHandOn(text: string, names: ReadonlySet<string>): boolean {
    const isHanded = this.hostileIn(text);
    return (
      isHanded !== undefined &&
      definitionsIn(text).some((one) => names.has(one.name) && isHanded(one.text))
    );
  }

  #index(project: Project): Index {
    let index = this.#known.get(project.paths);
    if (index === undefined) {
      const modules = pathsThat(project.paths, isProgram);
      const open = new Set(modules.length <= MAX_MODULES ? modules : []);
      const isSmall = modules.length <= MAX_MODULES_BETWEEN;
      const parts = new Set(modules.flatMap((one) => one.replace(/\.py$/, "").split("/")));
      index = { open, by: new Map(), parts, isSmall };
      this.#known.set(project.paths, index);
    }
    const { open, by, parts } = index;
    // What is not at hand now may be later.
    for (const path of open) {
      const lines = project.tells?.(path, this.#imports);
      if (lines === undefined) continue;
      open.delete(path);
      for (const line of lines) if (mayBeIn(parts, line)) addImport(path, line, project, by);
    }
    return index;
  }
}

interface Index {
  /** Whether modules between two are looked at. */
  readonly isSmall: boolean;
  /** Modules that were not at hand yet. */
  readonly open: Set<string>;
  readonly by: Map<string, Set<string>>;
  /** What folders and modules of the tree are called. */
  readonly parts: ReadonlySet<string>;
}

/** False for what is surely imported from elsewhere: to find out for sure takes many questions. */
function mayBeIn(parts: ReadonlySet<string>, { dotted, level }: ImportLine): boolean {
  return level > 0 || parts.has(dotted.split(".", 1)[0] ?? "");
}

/** The groups of sources that belong to what comes with a request. */
export function requestGroups(models: Models): ReadonlySet<string> {
  const groups = new Set(["remote", "linkable", "upload"]);
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

/** Which texts hold the URLs of a program, and the calls in them that name what is handed parts of an address. */
function routingIn({ urlconfs }: Models): { isIn(text: string): boolean; call: RegExp } {
  const known = urlconfs.filter((one) => one.modules.length > 0 && !one.rare);
  const calls = known.flatMap((one) => one.calls);
  return {
    isIn: (text) => known.some(({ list }) => text.includes(list)),
    call: new RegExp(`(?<![\\w.])(?:${oneOf(calls)})\\(`),
  };
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
  return grown(text, all, NEVER, names);
}

/** The names of functions, classes and objects of a text that use something, or what does. */
function naming(text: string, uses: RegExp): ReadonlySet<string> {
  return uses.test(text) ? grown(text, definitionsIn(text), uses, new Set()) : new Set();
}

/** Adds to some names of what stands at the left edge of a text those of what uses it, in a row. */
function grown(
  text: string,
  definitions: readonly Definition[],
  uses: RegExp,
  names: Set<string>,
): ReadonlySet<string> {
  const objects = [...text.matchAll(OBJECT)].map(([, name = "", of = ""]) => ({ name, text: of }));
  const all = [...definitions, ...objects];
  for (const one of all) if (uses.test(one.text)) names.add(one.name);
  for (let round = 0; round < CALLER_ROUNDS; round++) {
    const before = names.size;
    const used = bare(names);
    for (const one of all) if (used.test(one.text)) names.add(one.name);
    if (names.size === before) break;
  }
  return names;
}

/** What is made once for all, `store = Store()`, as far as it stands on one line. */
const OBJECT = /^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)(.*)/gm;

const NEVER = /(?!)/;

/** Where one of some names stands that is no member of anything. */
function bare(names: Iterable<string>): RegExp {
  return new RegExp(`(?<![\\w.])(?:${oneOf(names)})\\b`);
}

function oneOf(names: Iterable<string>): string {
  return [...names].join("|") || NEVER.source;
}

/** Where a text may name what modules have under some names: as it imports them, or as members of a module or its packages. */
function usesOf(text: string, as: readonly string[], names: ReadonlySet<string>): RegExp {
  if (!new RegExp(`\\b(?:${oneOf(names)})\\b`).test(text)) return NEVER;
  const imported = new Set(importsIn(text).flatMap((one) => one.names));
  const plain = imported.has("*") ? names : [...names].filter((name) => imported.has(name));
  const modules = [...new Set(as.flatMap((one) => one.replace(/\.py$/, "").split("/")))];
  const aliases = [...text.matchAll(ALIAS)].map(([, name = "", alias = ""]) => ({ name, alias }));
  const under = (some: Iterable<string>) => {
    const known = new Set(some);
    return [...known, ...aliases.flatMap(({ name, alias }) => (known.has(name) ? [alias] : []))];
  };
  const members = `(?:${oneOf(under(modules.map((one) => one.replace(/\W/g, "\\W"))))})\\.(?:${oneOf(names)})`;
  return new RegExp(`(?<![\\w.])(?:${oneOf(under(plain))})\\b|\\b${members}\\b`);
}

/** Of what some modules have under some names, what others find by way of one that imports it, or such a module. */
function passedOn(
  text: string,
  modules: readonly string[],
  names: ReadonlySet<string>,
): ReadonlySet<string> {
  const imported = new Set(importsIn(text).flatMap((one) => one.names));
  const isWhole = imported.has("*") || modules.some((one) => imported.has(lastPart(one)));
  return isWhole ? names : new Set([...names].filter((name) => imported.has(name)));
}

function lastPart(module: string): string {
  return module.replace(/(?:\/__init__)?\.py$/, "").replace(/^.*\//, "");
}

const ALIAS = /\b(\w+)[ \t]+as[ \t]+(\w+)/g;

/** Whoever answers what the calls that were seen show may ask for further modules to be entered, and is then asked anew. */
export type Answer<T> = (
  calls: readonly CallObservation[],
  enter: (path: string) => void,
) => T | undefined;

/** What the calls show that are seen when a module runs that calls functions of a file, be it by way of others. */
export function askCaller<T>(
  caller: Caller,
  path: string,
  project: Project,
  answer: Answer<T>,
): T | undefined {
  const onTheWay = [path, ...caller.through];
  const entered = new Set(onTheWay.flatMap((one) => [one, ...packagesOf(one, project)]));
  const most = entered.size + MAX_ENTERED;
  for (let round = 1; ; round++) {
    const calls = runOnce(caller, path, entered, project);
    const before = entered.size;
    const found = answer(calls, (module) => {
      if (entered.size < most) entered.add(module);
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
  caller: Caller,
  path: string,
  entered: ReadonlySet<string>,
  project: Project,
): readonly CallObservation[] {
  const last = lastRuns.get(project);
  const runs = last?.path === path ? last : { path, calls: new Map() };
  lastRuns.set(project, runs);
  const key = [caller.path, caller.uses.source, ...entered].join(" ");
  const calls = runs.calls.get(key) ?? runCaller(caller, entered, project);
  runs.calls.set(key, calls);
  return calls;
}

function runCaller(
  { path, uses }: Caller,
  entered: ReadonlySet<string>,
  project: Project,
): readonly CallObservation[] {
  const file = project.file(path);
  if (file === undefined) return [];
  const calls: CallObservation[] = [];
  const observe = (call: CallObservation) => calls.push(call);
  const interpreter = new Interpreter(project, { eager: false, entered, rows: true, observe });
  interpreter.module(path);
  const isUse = usesIn(file, uses);
  const lines = file.lines.flatMap((line, index) => (isUse(line) ? [index + 1] : []));
  lines.push(...inheritingIn(file, isUse));
  interpreter.runFunctions(path, (start, end) =>
    lines.some((line) => line >= start && line <= end),
  );
  return calls;
}

/** Where the methods stand of classes that extend something that is used: what they inherit they call as their own. */
function inheritingIn({ body, lines }: ModuleFile, isUse: (line: string) => boolean): number[] {
  return body.flatMap((one) => {
    if (one.nodeType !== "ClassDef" || one.bases.length === 0) return [];
    const head = lines.slice(one.lineno - 1, Math.max(one.lineno, (one.body[0]?.lineno ?? 1) - 1));
    return head.some(isUse) ? one.body.filter(isFunction).map(({ lineno }) => lineno) : [];
  });
}

/** Tells of a line of a file whether it uses what has one of some names elsewhere, or what of the file itself does. */
function usesIn(file: ModuleFile, uses: RegExp): (line: string) => boolean {
  const { text, lines } = file;
  const around = bare(naming(text, uses));
  const known = { test: (line: string) => uses.test(line) || around.test(line) };
  const members = new Set<string>();
  const ofObject = () => new RegExp(`\\b(?:self|cls)\\.(?:${oneOf(members)})\\b`);
  const methods = file.body.flatMap((one) =>
    one.nodeType === "ClassDef" ? one.body.filter(isFunction) : [],
  );
  for (let round = 0; round < CALLER_ROUNDS; round++) {
    const own = ofObject();
    const isUse = (line: string) => known.test(line) || own.test(line);
    for (const { name, lineno, end_lineno = lineno } of methods) {
      const used = lines.slice(lineno - 1, end_lineno).filter(isUse);
      if (used.length > 0) members.add(name);
      for (const line of used) {
        const attribute = /^[ \t]+self\.(\w+)[ \t]*(?::[^=]+)?=(?!=)/.exec(line)?.[1];
        if (attribute !== undefined) members.add(attribute);
      }
    }
  }
  const own = ofObject();
  return (line) => known.test(line) || own.test(line);
}

function isFunction(node: Statement): node is FunctionNode {
  return node.nodeType === "FunctionDef" || node.nodeType === "AsyncFunctionDef";
}
