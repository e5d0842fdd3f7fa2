/**
 * Whether it is known what a function of the tree is called with. A function that was run on its own has parameters that may be
 * anything; where every place that names it is a call, and that call was seen with what it hands over, those say what they are.
 */
import { pathsThat } from "../../core/source-tree.ts";
import {
  type CallObservation,
  type Expression,
  type FunctionValue,
  isKind,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../../python/index.ts";
import { type FileUnit, isProgram, type Project } from "../analyzer.ts";
import { askCaller } from "./importers.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** In a tree of more modules nobody is asked, as nobody is asked for who hands data to a helper. */
const MAX_MODULES = 1500;
/** In a tree of more modules none is read for this that is not at hand. */
const MAX_READ = 100;
/** Other modules that name a function, all of which are run. */
const MAX_NAMING = 3;
/** Functions of a file that call each other in a row. */
const MAX_ROOTS = 5;

/**
 * What is wrong with a call, as some run shows it: nothing, what a parameter of the function around it may be, or something else.
 * Modules that data goes through may be asked for.
 */
export type Verdict = (
  call: CallObservation,
  calls: readonly CallObservation[],
  enter?: (path: string) => void,
) => boolean;

/**
 * True where a call is wrong only as long as nothing is known of parameters: all callers of the functions around it are seen, and none
 * of them hands over what makes it wrong.
 */
export function isSettledByCallers(
  call: CallObservation,
  isWrong: Verdict,
  unit: FileUnit,
): boolean {
  const python = unit.python();
  if (python === undefined || python.interpreter.exhausted) return false;
  const { calls, runs } = python;
  const roots = new Set<FunctionValue>();
  let next = 0;
  let root: FunctionValue | undefined;
  for (const [index, one] of calls.entries()) {
    for (; (runs[next]?.from ?? calls.length) <= index; next++) root = runs[next]?.function;
    if (one.site.node !== call.site.node || !isWrong(one, calls)) continue;
    if (root === undefined || roots.size === MAX_ROOTS) return false;
    roots.add(root);
  }
  return [...roots].every((one) => hasKnownCallers(one, call, isWrong, unit));
}

/** Decorators that call what they are around as it is called. */
const KEEPS_CALLERS =
  /^(?:builtins\.(?:static|class)method|functools\.(?:cache|lru_cache(?:\(\))?|wraps\(\)))$/;

function hasKnownCallers(
  called: FunctionValue,
  call: CallObservation,
  isWrong: Verdict,
  unit: FileUnit,
): boolean {
  const { file, node, name, closure, decorators } = called;
  if (file.path !== unit.path || node.nodeType === "Lambda" || /^__\w+__$/.test(name)) return false;
  // Whatever a decorator makes of it may be called by others.
  const isPlain = decorators.every((one) => one.kind === "symbol" && KEEPS_CALLERS.test(one.name));
  if (!isPlain || !/^\w+$/.test(name)) return false;
  const owner = closure.kind === "class" ? ownerOf(file, node) : undefined;
  // A class that extends another one may be called by that.
  if (closure.kind === "class" && (owner === undefined || owner.bases.length > 0)) return false;
  const inside = unit.python()?.calls ?? [];
  const all = usesOf(file, name, node, owner !== undefined);
  const around = closure.kind === "function" ? functionAround(file, node) : undefined;
  const own = all?.filter((one) => around === undefined || !isReturned(one, around));
  if (all === undefined || own === undefined || !areSeen(own, node, inside)) return false;
  // A function in another one is known nowhere else unless it is handed out.
  if (closure.kind === "function" && own.length === all.length)
    return inside.some((one) => isCallOf(one, node));
  // Whoever calls the function around it may be given it.
  const outer = around && usesOf(file, around.name, around, false);
  if (around !== undefined && (outer === undefined || !areSeen(outer, around, inside)))
    return false;
  const others = modulesUsing(around?.name ?? name, unit, owner !== undefined);
  if (others === undefined || (around !== undefined && others.length > 0)) return false;
  const uses = new RegExp(`\\b(?:${name}${owner === undefined ? "" : `|${owner.name}`})\\b`);
  let isCalled = inside.some((one) => isCallOf(one, node));
  for (const path of others) {
    const named = usesIn(unit.project.file(path), name);
    if (named === undefined) return false;
    // What has the same name and is no member is no method.
    const used = owner === undefined ? named : named.filter((one) => isKind(one, "Attribute"));
    // Something else that has the same name.
    if (used.length === 0) continue;
    const isHarmless = askCaller<boolean>(
      { path, uses, through: [] },
      unit.path,
      unit.project,
      (calls, enter) => {
        if (!areSeen(used, node, calls)) return false;
        return !calls.some((one) => one.site.node === call.site.node && isWrong(one, calls, enter));
      },
    );
    if (isHarmless !== true) return false;
    isCalled = true;
  }
  return isCalled;
}

/** The class whose method a function is. */
function ownerOf(file: ModuleFile, method: FunctionValue["node"]) {
  for (const statement of file.body)
    for (const node of walk(statement))
      if (isKind(node, "ClassDef") && node.body.some((one) => one === method)) return node;
  return undefined;
}

/** The plain function at the left edge of a file that defines another one in its body. */
function functionAround(file: ModuleFile, inner: FunctionValue["node"]) {
  return file.body.flatMap((one) =>
    one.nodeType === "FunctionDef" &&
    one.decorator_list.length === 0 &&
    one.body.some((statement) => statement === inner)
      ? [one]
      : [],
  )[0];
}

function isReturned(use: Placed, around: Statement): boolean {
  return [...walk(around)].some((one) => isKind(one, "Return") && one.value === use);
}

/** True where each place that uses a function is a call of it that was seen, with all that it hands over. */
function areSeen(
  uses: readonly Placed[],
  called: FunctionValue["node"],
  calls: readonly CallObservation[],
): boolean {
  const open = new Set(uses);
  for (const call of calls) {
    // Another function may have the same name.
    if (call.callee.kind !== "function") continue;
    if (isCallOf(call, called) && call.arguments.open && !isNamedBySpread(call)) return false;
    if (isKind(call.site.node, "Call")) open.delete(call.site.node.func);
    // What is handed to something that calls it was seen where it is called: `Thread(target=work, args=(name,))`.
    if (isCallOf(call, called) && isKind(call.site.node, "Call"))
      for (const use of handedIn(call.site.node)) open.delete(use);
  }
  return open.size === 0;
}

/** What a call is given, and what has the method that is called: `work` of `work.delay(name)`. */
function handedIn({ func, args, keywords }: CallNode): readonly Placed[] {
  const owner = isKind(func, "Attribute") ? [func.value] : [];
  return [...owner, ...args, ...keywords.map(({ value }) => value)];
}

type CallNode = Extract<Expression, { nodeType: "Call" }>;

/** True where all that a call leaves open is under the names of data that is known: `save(**form.cleaned_data)`. */
function isNamedBySpread({ arguments: { spread }, site: { node } }: CallObservation): boolean {
  const isAll = isKind(node, "Call") && node.args.every((one) => one.nodeType !== "Starred");
  return isAll && spread?.every((one) => one.kind === "symbol") === true;
}

function isCallOf({ callee }: CallObservation, called: FunctionValue["node"]): boolean {
  return callee.kind === "function" && callee.node === called;
}

/** Each call in a function asks the same of it, and a function may have thousands. */
const knownUses = new WeakMap<Placed, { readonly uses: readonly Placed[] | undefined }>();

/** The places of its own file that use a function, but for those in its body; undefined where it is named in another way. */
function usesOf(
  file: ModuleFile,
  name: string,
  node: Placed,
  isMethod: boolean,
): readonly Placed[] | undefined {
  const known = knownUses.get(node) ?? { uses: findUses(file, name, node, isMethod) };
  knownUses.set(node, known);
  return known.uses;
}

function findUses(
  file: ModuleFile,
  name: string,
  node: Placed,
  isMethod: boolean,
): readonly Placed[] | undefined {
  const within = new Set<Placed>(walk(node));
  const uses = usesIn(file, name)?.filter((one) => !within.has(one));
  // A function of a module is no attribute there, nor a method a plain name.
  return uses?.filter((one) => isKind(one, isMethod ? "Attribute" : "Name"));
}

/** The places of a file that use a name; undefined where a text, or a statement that gives it another name, has it. */
function usesIn(file: ModuleFile | undefined, name: string): readonly Placed[] | undefined {
  const uses: Placed[] = [];
  // The keys of a dict: nobody asks an object for what has such a name.
  const keys = new Set<Placed>();
  for (const statement of file?.body ?? []) {
    if (listsNames(statement)) continue;
    for (const node of walk(statement)) {
      if (isKind(node, "Dict")) for (const key of node.keys) if (key !== null) keys.add(key);
      if (isKind(node, "Subscript")) keys.add(node.slice);
      if (isKind(node, "Name") && node.id === name) uses.push(node);
      if (isKind(node, "Attribute") && node.attr === name) uses.push(node);
      if (isKind(node, "Constant") && node.value === name && !keys.has(node)) return undefined;
      if (isKind(node, "ImportFrom"))
        if (node.names.some((one) => one.asname && one.name === name)) return undefined;
    }
  }
  return file === undefined ? undefined : uses;
}

function listsNames(statement: Statement): boolean {
  return (
    statement.nodeType === "Assign" &&
    statement.targets.some((one) => one.nodeType === "Name" && one.id === "__all__")
  );
}

/**
 * Other modules that may call a function. An object of a class comes from a module that imports it, mostly: only where none of those
 * names the method, all others that do are asked.
 */
function modulesUsing(name: string, unit: FileUnit, isMethod: boolean): string[] | undefined {
  const near = modulesNaming(name, unit, true);
  return isMethod && near?.length === 0 ? modulesNaming(name, unit, false) : near;
}

/**
 * Other modules in which a name stands, for what an import is needed to name those that have one; undefined where they are many, or not
 * at hand.
 */
export function modulesNaming(
  name: string,
  { path: own, project }: FileUnit,
  isImported: boolean,
): string[] | undefined {
  const modules = pathsThat(project.paths, isProgram);
  if (modules.length > MAX_MODULES) return undefined;
  const named = new RegExp(`\\b${name}\\b`);
  const found: string[] = [];
  for (const path of modules) {
    if (path === own) continue;
    const text = modules.length > MAX_READ ? project.atHand?.(path) : project.read(path);
    if (text === undefined) return undefined;
    if (!named.test(text) || (isImported && !mayImport(path, text, own, project))) continue;
    if (found.length === MAX_NAMING) return undefined;
    found.push(path);
  }
  return found;
}

/** True where a module imports another one, or something of a package that holds it and may hand on what it has. */
function mayImport(path: string, text: string, module: string, project: Project): boolean {
  return importsIn(text).some(({ dotted, level, names }) =>
    modulesAt(project, path, dotted, level, names).some(
      (one) =>
        one === module ||
        (one.endsWith("__init__.py") && module.startsWith(one.slice(0, -"__init__.py".length))),
    ),
  );
}
