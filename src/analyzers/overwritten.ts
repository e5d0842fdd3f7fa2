/**
 * Of what a program sets by name, in `app.config["X"] = …`, `app.config.update(X=…)` or `app.config.from_object("shop.live")`, the
 * last counts: what is set again further down, wherever the program got that far, was never in force.
 */
import type { Models } from "../core/models.ts";
import { nameMatches } from "../core/name-pattern.ts";
import {
  argument,
  asString,
  bindingIn,
  type CallObservation,
  type FunctionValue,
  Interpreter,
  isKind,
  type Placed,
  type Site,
  truth,
  walk,
  wayTo,
} from "../python/index.ts";
import type { FileUnit, Project } from "./analyzer.ts";
import type { Applications } from "./applications.ts";
import { argumentAt, calleeNames } from "./observed-call.ts";
import { type Loaded, loadedBy } from "./settings-loads.ts";
import { applicationsIn } from "./settings-modules.ts";
import { textsAround } from "./texts-around.ts";

type Store = Models["stores"][number];

/** True where calls further down surely set anew, or may have set anew, each of some names that a call sets. */
export function isOverwritten(
  call: CallObservation,
  names: readonly string[],
  calls: readonly CallObservation[],
  unit: FileUnit,
): boolean {
  const store = unit.project.models.stores.find((one) =>
    is(call, keyed(one), one.mapping, one.defaulting),
  );
  const owner = store && ownerOf(call);
  if (store === undefined || owner === undefined || names.length === 0) return false;
  const later = calls.filter(
    (one) =>
      one.site.file === call.site.file &&
      one.within?.node === call.within?.node &&
      is(one, keyed(store), store.mapping, store.loading) &&
      ownerOf(one) === owner &&
      comesAfter(one, call),
  );
  return (
    names.every((name) => later.some((one) => sets(one, name, store, unit.project))) ||
    isOutOfForce(call, names, unit)
  );
}

const applications = new WeakMap<FileUnit, readonly Applications[]>();

/** True for a call of which nothing is left in any application that it sets up, or in a function that sets up none. */
function isOutOfForce(call: CallObservation, names: readonly string[], unit: FileUnit): boolean {
  const all = applications.get(unit) ?? applicationsIn(unit.project);
  applications.set(unit, all);
  return all.some(
    (one) =>
      names.every((name) => one.standingAt(call, name) !== "stands") ||
      isNeverCalled(call, one, unit),
  );
}

/** True for a call in a function that would have to be handed an application, and never is. */
function isNeverCalled(
  { within, site }: CallObservation,
  all: Applications,
  unit: FileUnit,
): boolean {
  if (within === undefined || !takes(within, rootOf(site.node))) return false;
  const word = new RegExp(`\\b${within.name}\\b`);
  const naming = textsAround(unit).filter(({ text }) => word.test(text));
  return all.neverCalls(
    within,
    naming.map(({ path }) => path),
  );
}

function takes({ node: { args } }: FunctionValue, name: string | undefined): boolean {
  return [...args.posonlyargs, ...args.args, ...args.kwonlyargs].some((one) => one.arg === name);
}

/** The name that what is set begins with: `app` of `app.config["X"]`. */
function rootOf(node: Placed): string | undefined {
  let at: Placed = isKind(node, "AugAssign")
    ? node.target
    : isKind(node, "Call")
      ? node.func
      : node;
  while (isKind(at, "Attribute") || isKind(at, "Subscript")) at = at.value;
  return isKind(at, "Name") ? at.id : undefined;
}

/** True where a file sets each of some names, on whatever it does, further down than it calls what sets them. */
export function isSetBelow(
  { file, node }: Site,
  names: readonly string[],
  calls: readonly CallObservation[],
  project: Project,
): boolean {
  const below = calls.filter(
    ({ site }) => site.file === file && (site.node.lineno ?? 0) > (node.end_lineno ?? 0),
  );
  const isSet = (name: string) =>
    project.models.stores.some((store) =>
      below.some(
        (one) =>
          is(one, keyed(store), store.mapping, store.loading) && sets(one, name, store, project),
      ),
    );
  return names.length > 0 && names.every(isSet);
}

/** The names by which assignments to members are observed. */
function keyed(store: Store): readonly string[] {
  return store.keyed.map((one) => `${one}=`);
}

function is(call: CallObservation, ...patterns: readonly (readonly string[])[]): boolean {
  return calleeNames(call).some((name) =>
    patterns.some((some) => some.some((one) => nameMatches(one, name))),
  );
}

/** What something is set on, as it is written. */
function ownerOf({ site: { file, node } }: CallObservation): string | undefined {
  if (isKind(node, "AugAssign")) return file.source(node.target);
  const target = isKind(node, "Call") ? node.func : node;
  return isKind(target, "Attribute") || isKind(target, "Subscript")
    ? file.source(target.value)
    : undefined;
}

/** True for a call that is made whenever the other was: further down, in its block or in one around it, with no way out between them. */
function comesAfter({ site }: CallObservation, { site: first }: CallObservation): boolean {
  const [end = 0, begin = 0] = [first.node.end_lineno, site.node.lineno];
  if (begin <= end) return false;
  const way = wayTo(site.node, site.file.body);
  const other = wayTo(first.node, first.file.body);
  const parting = way.findIndex((one, depth) => one !== other[depth]);
  const [own, around] = [way[parting], way[parting - 1]];
  if (own === undefined || !isPlain(way.slice(parting))) return false;
  // Two branches of one statement exclude each other.
  if (around !== undefined && !isBody(around, own, other[parting])) return false;
  return ![...walk(around ?? site.file.body.find((one) => one === own) ?? own)].some(
    (one) => isKind(one, "Return") && (one.lineno ?? 0) > end && (one.lineno ?? 0) < begin,
  );
}

/** True for a way that leads through nothing but a statement of its own, which runs as soon as it is reached. */
function isPlain(way: readonly Placed[]): boolean {
  return !way.some((one) => "body" in one);
}

/** True where two statements stand in the same block of one. */
function isBody(around: Placed, one: Placed, other: Placed | undefined): boolean {
  return ["body", "orelse", "finalbody"].some((name) => {
    const block: unknown = Reflect.get(around, name);
    return Array.isArray(block) && block.includes(one) && block.includes(other);
  });
}

/** True where a call surely sets a name, or where nobody can tell what it sets. */
function sets(call: CallObservation, name: string, store: Store, project: Project): boolean {
  const [first] = call.arguments.positional;
  if (is(call, keyed(store))) return first === undefined || (asString(first) ?? name) === name;
  if (is(call, store.mapping)) {
    if (argumentAt(call, name) !== undefined || call.arguments.open) return true;
    return first !== undefined && (first.kind !== "dict" || first.contents.content.open);
  }
  const silent = store.silent === undefined ? undefined : argument(call.arguments, store.silent);
  const node = isKind(call.site.node, "Call") ? call.site.node.args[0] : undefined;
  const loaded = node && loadedBy(project, call.site.file, node);
  if (loaded === undefined || loaded.length === 0)
    return silent === undefined || truth(silent) === false;
  return loaded.some((one) => hasName(project, one, name));
}

/** True where a module, a class of it or a file of data sets a name. */
function hasName(project: Project, { path, class: chosen }: Loaded, name: string): boolean {
  if (!path.endsWith(".py")) return (project.read(path) ?? "").split(/\W+/).includes(name);
  const interpreter = new Interpreter(project, { eager: true });
  const module = interpreter.module(path);
  if (module === undefined || chosen === undefined)
    return module === undefined || bindingIn(module, name) !== undefined;
  const found = bindingIn(module, chosen)?.value;
  const owner = found?.kind === "symbol" ? interpreter.resolve(found) : found;
  if (owner?.kind !== "class") return true;
  return interpreter
    .ancestry(owner)
    .some((one) =>
      one.kind === "class"
        ? bindingIn(one.scope, name) !== undefined
        : one.name !== "builtins.object",
    );
}
