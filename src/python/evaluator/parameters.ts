/** What a parameter is that no call gives: its annotation tells, or what the models know of the framework that fills it. */
import type { ParameterFact } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { isKind, lastName, walk } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import { ancestry, inherited } from "./ancestry.ts";
import {
  annotationOf,
  isHarmlessName,
  LISTED,
  outsideClass,
  readAnnotation,
} from "./annotations.ts";
import { fieldNames } from "./fields.ts";
import { argument, type Machine } from "./machine.ts";
import { newInstance } from "./objects.ts";
import { isHandedOver, isSegmentOf, routersOf, routeType } from "./routes.ts";
import {
  type Arguments,
  alternativesOf,
  asString,
  type ClassValue,
  type FunctionValue,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** What is known of a parameter that no call gives. */
export interface ParameterType {
  /** The qualified name of what it is. */
  readonly is?: string;
  /** Its annotation, where what it says of attributes is so: of what a framework fills in, and of classes of the tree. */
  readonly type?: Value;
  /** The module of a class that it names, where that was not entered. */
  readonly awaits?: string;
  /** A regex that the framework finds in it, or refuses the request. */
  readonly pattern?: Value;
  /** Set for a part of an address that holds no `/`. */
  readonly isSegment?: true;
  /** True where whatever it is can do no harm. */
  readonly isHarmless: boolean;
}

// By function: a fact about one parameter may ask what those before it are, and those ask again.
const known = new WeakMap<FunctionValue, Map<string, ParameterType>>();

/** What a parameter is, as far as its annotation or a framework tells. */
export function parameterType(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  owner: ClassValue | undefined,
): ParameterType {
  const types = known.get(callee) ?? new Map<string, ParameterType>();
  known.set(callee, types);
  const type = types.get(name) ?? findType(machine, callee, name, owner);
  types.set(name, type);
  return type;
}

function findType(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  owner: ClassValue | undefined,
): ParameterType {
  const { args } = callee.node;
  const all = [...args.posonlyargs, ...args.args, ...args.kwonlyargs];
  const annotation = all.find((one) => one.arg === name)?.annotation;
  const type = annotation ? annotationOf(machine, callee, annotation) : undefined;
  const said = type && readAnnotation(machine, type);
  const annotated = said?.names.find((one) => !one.startsWith("builtins."));
  const isHarmless = said?.isHarmless === true || isHarmlessOption(machine, callee, name);
  const fallback = callee.defaults.get(name);
  const given = fallback === undefined ? [] : alternativesOf(fallback);
  const described = [
    ...(said?.names ?? []),
    ...(said?.beside ?? []).map((one) => one.name),
    ...given.flatMap((one) => (one.kind === "symbol" ? [one.name] : [])),
  ];
  const names = all.map((other) => other.arg);
  const imported = said?.imported ?? [];
  const parameter: Parameter = { callee, name, owner, described, imported, all: names };
  const fact = factsOf(machine, callee, names).find((one) => fits(machine, one, parameter));
  // What the framework fills in is data of the annotated type: the type alone does not say where it comes from.
  if (fact !== undefined && (fact.decorated.length > 0 || fact.described.length > 0)) {
    const route = routeType(machine, callee, name);
    if (isHarmless || (route !== undefined && isHarmlessName(machine, route)))
      return { isHarmless: true };
    const asked = [...(said?.beside ?? []), ...given].flatMap((one) =>
      one.kind === "symbol" && one.call !== undefined ? [one.call] : [],
    );
    const pattern = fact.patterns
      .flatMap((place) => asked.map((call) => argument(call, place)))
      .find((one) => one !== undefined);
    const isSegment = isSegmentOf(machine, callee, name, fact.segments);
    const awaits = imported.find((one) => isLimiting(machine, one))?.imported?.path;
    return {
      is: route ?? fact.is,
      isHarmless,
      ...(type && { type }),
      ...(awaits !== undefined && { awaits }),
      ...(pattern && { pattern }),
      ...(isSegment && { isSegment }),
    };
  }
  if (annotated !== undefined) return { is: `${annotated}()`, isHarmless };
  if (fact !== undefined) return { is: fact.is, isHarmless };
  const isListed = said?.members.some((one) => outsideClass(machine, one) !== undefined) === true;
  if (type !== undefined && isListed) return { is: LISTED, type, isHarmless };
  const [awaited] = said?.imported ?? [];
  const isOurs = awaited !== undefined || (said?.classes.length ?? 0) > 0;
  const awaits = awaited?.imported?.path;
  return { isHarmless, ...(isOurs && type && { type }), ...(awaits !== undefined && { awaits }) };
}

/**
 * The calls that name what a framework is to call, of those in the definition of a type that another module gives a name:
 * `DbSession = Annotated[Session, Depends(get_db)]`.
 */
function askedBy(machine: Machine, type: SymbolValue): string[] {
  const calls = calledIn(machine, type);
  return machine.models.dependencies
    .filter(({ call }) => calls.includes(call.slice(call.lastIndexOf(".") + 1)))
    .map(({ call }) => `${call}()`);
}

/** True for what a program is told by an option of which a decorator says that it is a number, one of a few or the like. */
function isHarmlessOption(machine: Machine, { decorators }: FunctionValue, name: string): boolean {
  return decorators.some((one) => {
    if (one.kind !== "symbol" || one.call === undefined) return false;
    const { call } = one;
    const decorator = one.name.replace(/\(\)$/, "");
    return machine.models.options.some((fact) => {
      if (!nameMatches(fact.decorator, decorator) || optionName(call) !== name) return false;
      const type = call.keywords.get(fact.type);
      return type?.kind === "symbol" && fact.types.includes(type.name.replace(/\(\)$/, ""));
    });
  });
}

/** The parameter that an option fills: what it is told, or its first long name. */
function optionName({ positional }: Arguments): string | undefined {
  const names = positional.flatMap((one) => asString(one) ?? []);
  const name =
    names.find((one) => !one.startsWith("-")) ?? names.find((one) => one.startsWith("--"));
  return name?.replace(/^-+/, "").replace(/\/.*$/, "").replaceAll("-", "_").toLowerCase();
}

/** True for a type that another module gives a name, and whose definition says of which values it is. */
function isLimiting(machine: Machine, type: SymbolValue): boolean {
  const calls = calledIn(machine, type);
  return machine.models.fields.some(({ call }) =>
    calls.includes(call.slice(call.lastIndexOf(".") + 1)),
  );
}

/** The last names of what is called where another module gives a type its name. */
function calledIn(
  machine: Machine,
  { imported: from }: SymbolValue,
): readonly (string | undefined)[] {
  const definition = from && machine.assignedIn(from.path, from.name);
  if (definition === undefined) return [];
  return [...walk(definition)].flatMap((node) =>
    isKind(node, "Call") ? [lastName(node.func)] : [],
  );
}

/**
 * What a framework gives a parameter of which the default, or the annotation, names what it is to call: the result of that, whose
 * own parameters the framework fills in turn. Undefined for any other parameter.
 */
export function dependencyOf(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  site: Site,
): Value | undefined {
  const { args } = callee.node;
  const { annotation } = [...args.args, ...args.kwonlyargs].find((one) => one.arg === name) ?? {};
  const fallback = callee.defaults.get(name);
  if (fallback === undefined && annotation === undefined) return undefined;
  const said = annotation && readAnnotation(machine, annotationOf(machine, callee, annotation));
  for (const one of [...(fallback?.kind === "symbol" ? [fallback] : []), ...(said?.beside ?? [])]) {
    const fact = machine.models.dependencies.find((other) =>
      nameMatches(other.call, one.name.replace(/\(\)$/, "")),
    );
    if (fact === undefined || one.call === undefined) continue;
    const [type] = said?.classes ?? [];
    const called = argument(one.call, ...fact.argument) ?? type ?? said?.imported[0];
    // Of what another module makes, the annotation tells the class.
    if (called?.kind === "symbol" && type !== undefined) return newInstance(type, site);
    return called && resultOf(machine, called, fact.is, site);
  }
  // What is to be called is named by the module that has the type's definition, once that is entered.
  const alias = said?.imported.find((one) => askedBy(machine, one).length > 0);
  return alias && resultOf(machine, alias, "", site);
}

function resultOf(machine: Machine, called: Value, is: string, site: Site): Value | undefined {
  if (called.kind === "function") {
    // One that yields is entered like a context, and gives what it yields first.
    const manager: Value = { kind: "symbol", name: "contextlib.contextmanager" };
    const entered = { ...called, decorators: [...called.decorators, manager] };
    return machine.call(entered, filling(machine, called, is), site);
  }
  if (called.kind === "class") {
    const init = inherited(machine, called, "__init__");
    if (init?.kind === "function")
      return machine.instantiate(called, filling(machine, init, is), site);
    // One that is made by its annotated attributes is filled by their names.
    const isRecord = init === undefined && fieldNames(machine, called).length > 0;
    if (isRecord) return { kind: "symbol", name: is, type: called, site };
    return init === undefined ? newInstance(called, site) : undefined;
  }
  if (called.kind !== "symbol" || called.imported === undefined) return undefined;
  return { kind: "symbol", name: `${called.name}()`, base: called, call: OPEN, site };
}

const OPEN: Arguments = { positional: [], keywords: new Map(), open: true };

/** Data for each parameter of which nothing else is known. */
function filling(machine: Machine, callee: FunctionValue, is: string): Arguments {
  const { args } = callee.node;
  const keywords = new Map<string, Value>();
  for (const { arg, annotation, ...node } of [...args.args, ...args.kwonlyargs]) {
    if (arg === "self" || arg === "cls") continue;
    const type = annotation && annotationOf(machine, callee, annotation);
    const said = type && readAnnotation(machine, type);
    const { is: known, isHarmless } = parameterType(machine, callee, arg, undefined);
    const fallback = callee.defaults.get(arg);
    const isAsked =
      [...(fallback?.kind === "symbol" ? [fallback] : []), ...(said?.beside ?? [])].some(
        (one) => one.call !== undefined,
      ) || (said?.imported ?? []).some((one) => askedBy(machine, one).length > 0);
    if (known !== undefined || isHarmless || isAsked) continue;
    const site: Site = { file: callee.file, node };
    keywords.set(arg, { kind: "symbol", name: is, site, ...(type && { type }) });
  }
  return { positional: [], keywords, open: true };
}

interface Parameter {
  readonly callee: FunctionValue;
  readonly name: string;
  readonly owner: ClassValue | undefined;
  /** Qualified names in its annotation and of its default. */
  readonly described: readonly string[];
  /** Types that other modules give a name. */
  readonly imported: readonly SymbolValue[];
  /** The names of all parameters, in order. */
  readonly all: readonly string[];
}

const factsOfFunction = new WeakMap<FunctionValue, readonly ParameterFact[]>();

/** The facts that may hold of a function's parameters, by what it is itself. There are many, and few parameters get one. */
function factsOf(
  machine: Machine,
  callee: FunctionValue,
  names: readonly string[],
): readonly ParameterFact[] {
  const found =
    factsOfFunction.get(callee) ??
    machine.models.parameters.filter((fact) => {
      const { importing, "in-function": functions } = fact;
      if (importing !== undefined && !packagesOf(callee.file).has(importing)) return false;
      if (functions.length > 0 && !functions.some((one) => namesFunction(one, callee.name)))
        return false;
      if (fact.without.length > 0 && names.some((one) => fact.without.includes(one))) return false;
      return fact.decorated.length === 0 || isDecorated(machine, fact, callee);
    });
  factsOfFunction.set(callee, found);
  return found;
}

/** True for a function with one of the decorators that a fact asks for, or given to what routes as they do. */
function isDecorated(machine: Machine, fact: ParameterFact, callee: FunctionValue): boolean {
  const isOne = (one: Value) =>
    one.kind === "symbol" &&
    anyMatches(fact.decorated, [one.name]) &&
    isGiven(fact["decorator-given"], one.call);
  return callee.decorators.some(isOne) || anyMatches(fact.decorated, routersOf(machine, callee));
}

function fits(machine: Machine, fact: ParameterFact, parameter: Parameter): boolean {
  const { callee, name, owner, described, imported: types, all } = parameter;
  if (fact.name !== undefined && fact.name !== name) return false;
  if (fact.named.length > 0 && !fact.named.includes(name)) return false;
  if (fact.name === undefined && (name === "self" || name === "cls")) return false;
  if (fact.first === true && all.find((one) => one !== "self" && one !== "cls") !== name)
    return false;
  if (fact["in-path"] === true && isHandedOver(machine, callee, name)) return false;
  if (fact["method-of"].length > 0) {
    if (owner === undefined) return false;
    const bases = ancestry(machine, owner).flatMap((one) =>
      one.kind === "symbol" ? [one.name] : [],
    );
    if (!anyMatches(fact["method-of"], bases)) return false;
  }
  if (!anyMatches(fact.described, described)) return false;
  const isExcepted = (names: readonly string[]) =>
    fact.unless.length > 0 && names.length > 0 && anyMatches(fact.unless, names);
  if (isExcepted(described)) return false;
  if (fact.beside !== undefined && !all.includes(fact.beside)) return false;
  const at = all.indexOf(name);
  // `**kwargs` comes after all of them.
  const before = at < 0 ? all : all.slice(0, at);
  const isAfter = (one: string) => parameterType(machine, callee, one, owner).is === fact.after;
  if (fact.after !== undefined && !before.some(isAfter)) return false;
  // Asked last: the other module may have to be read for it.
  return fact.unless.length === 0 || !isExcepted(types.flatMap((one) => askedBy(machine, one)));
}

/** True where the first argument of a decorator is one of these, or a list that holds one; and where none are asked for. */
function isGiven(wanted: readonly (string | number)[], call: Arguments | undefined): boolean {
  const [first] = call?.positional ?? [];
  if (wanted.length === 0 || first === undefined) return wanted.length === 0;
  const given = first.kind === "sequence" ? first.contents.content.items : [first];
  return given.flatMap(alternativesOf).some((one) => {
    if (one.kind === "constant") return wanted.some((each) => each === one.value);
    return one.kind === "symbol" && wanted.some((each) => nameMatches(String(each), one.name));
  });
}

/** True for a function by its name, or by how that begins: `validate_*`. */
function namesFunction(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** True where no pattern is given, too. */
function anyMatches(patterns: readonly string[], names: readonly string[]): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => names.some((name) => nameMatches(pattern, name)))
  );
}

const imported = new WeakMap<ModuleFile, ReadonlySet<string>>();

/** The packages that imports at the top of a file name. */
function packagesOf(file: ModuleFile): ReadonlySet<string> {
  const found =
    imported.get(file) ??
    new Set(
      file.body.flatMap((node) => {
        if (node.nodeType === "ImportFrom") return [node.module?.split(".")[0] ?? ""];
        return node.nodeType === "Import"
          ? node.names.map((alias) => alias.name.split(".")[0] ?? "")
          : [];
      }),
    );
  imported.set(file, found);
  return found;
}
