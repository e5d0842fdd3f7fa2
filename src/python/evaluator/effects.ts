/**
 * What code would do to the names of modules and classes if it ran, as far as its text tells: what it binds, in whatever way, and which
 * lists and dicts it changes.
 */
import { blocksOf, type CallNode, type Expression, type Statement } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import { scopeOf } from "./attributes.ts";
import { cellOf, type Frame, lookUp, type Machine, newFrame, newScope } from "./machine.ts";
import type { Scope, Site, Value } from "./values.ts";

/** What a statement would do to a name of a module or class. */
export interface Effect {
  readonly scope: Scope;
  readonly name: string;
  readonly site: Site;
  /** Where the name is set, if that is in a module that the statement imports. */
  readonly imported?: Site;
  /** True where it binds the name anew; else it changes what the name is bound to. */
  readonly rebinds: boolean;
  /** What it binds the name to, where one expression says that. */
  readonly value?: Expression | undefined;
}

/** Functions that call each other deeper than this, and modules that import each other, are not followed. */
const MAX_DEPTH = 4;

type ImportNode = Extract<Statement, { nodeType: "ImportFrom" }>;

/** What the statements of a block would do, those within further conditions too. */
export function effectsOf(
  machine: Machine,
  frame: Frame,
  body: readonly Statement[],
  depth = 0,
): Effect[] {
  return body.flatMap((node) => {
    if (!machine.step() || /^(?:FunctionDef|AsyncFunctionDef|ClassDef)$/.test(node.nodeType))
      return [];
    return [
      ...effectsOfOne(machine, frame, node, depth),
      ...blocksOf(node).flatMap((block) => effectsOf(machine, frame, block, depth)),
    ];
  });
}

function effectsOfOne(machine: Machine, frame: Frame, node: Statement, depth: number): Effect[] {
  const site: Site = { file: frame.file, node };
  const effects = (targets: readonly Expression[], value?: Expression) =>
    targets.flatMap((target) =>
      placesIn(machine, frame, target, value !== undefined).map(({ whole, ...place }) => ({
        ...place,
        site,
        rebinds: whole && value !== undefined,
        value: /^(?:Tuple|List)$/.test(target.nodeType) ? undefined : value,
      })),
    );
  switch (node.nodeType) {
    case "Assign":
      return effects(node.targets, node.value);
    case "AnnAssign":
      return node.value ? effects([node.target], node.value) : [];
    case "AugAssign":
      return effects([node.target]);
    case "Expr":
      return node.value.nodeType === "Call"
        ? effectsOfCall(machine, frame, node.value, site, depth)
        : [];
    case "Global":
      for (const name of node.names) frame.foreign.set(name, frame.globals);
      return [];
    case "ImportFrom":
      return effectsOfImport(machine, frame, node, site);
    default:
      return [];
  }
}

/** What a call would do that sets names by their text, that changes a list or dict, or that a function of the tree answers. */
function effectsOfCall(
  machine: Machine,
  frame: Frame,
  node: CallNode,
  site: Site,
  depth: number,
): Effect[] {
  const { func, args, keywords } = node;
  if (func.nodeType === "Attribute") {
    const owner = read(machine, frame, func.value);
    if (owner?.kind !== "dict" || owner.scope === undefined)
      return placesIn(machine, frame, func.value, false).map(({ scope, name }) => ({
        scope,
        name,
        site,
        rebinds: false,
      }));
    const { scope } = owner;
    return namesGiven(func.attr, node).map(([name, value]) => ({
      scope,
      name,
      site,
      rebinds: true,
      value,
    }));
  }
  if (func.nodeType !== "Name") return [];
  const callee = lookUp(machine, frame, func.id);
  if (callee === undefined && func.id === "setattr") {
    const [object, key, value] = args;
    const scope = object && scopeOf(machine, read(machine, frame, object));
    const name = textOf(key);
    return scope && name !== undefined ? [{ scope, name, site, rebinds: true, value }] : [];
  }
  if (callee?.kind !== "function" || callee.node.nodeType === "Lambda" || depth >= MAX_DEPTH)
    return [];
  let globals = callee.closure;
  while (globals.parent !== undefined) globals = globals.parent;
  const scope = newScope("function", callee.closure);
  const inner = newFrame(callee.file, scope, globals, frame.depth, callee);
  const { posonlyargs, args: parameters, kwonlyargs } = callee.node.args;
  const byPlace = [...posonlyargs, ...parameters];
  for (const [index, parameter] of [...byPlace, ...kwonlyargs].entries()) {
    const keyword = keywords.find((one) => one.arg === parameter.arg)?.value;
    const given = keyword ?? (index < byPlace.length ? args[index] : undefined);
    const value = given && read(machine, frame, given);
    if (value !== undefined) cellOf(scope, parameter.arg).content = { value, site, when: [] };
  }
  return effectsOf(machine, inner, callee.node.body, depth + 1);
}

/** What names an import would bind; with a star, those that the module's text sets. */
function effectsOfImport(machine: Machine, frame: Frame, node: ImportNode, site: Site): Effect[] {
  const { scope } = frame;
  if (scope.kind === "function") return [];
  return node.names.flatMap(({ name, asname }): Effect[] => {
    if (name !== "*") return [{ scope, name: asname ?? name, site, rebinds: true }];
    const file = machine.fileOf(frame, node.module ?? "", node.level ?? 0);
    return file === undefined
      ? []
      : namesSetIn(machine, file).map((one) => ({ scope, rebinds: true, ...one, site }));
  });
}

/** What a module's text sets at its top level and, by its own star imports, that of others. */
function namesSetIn(
  machine: Machine,
  file: ModuleFile,
  depth = 0,
): { name: string; value?: Expression | undefined; imported: Site }[] {
  const scope = newScope("module");
  const frame = newFrame(file, scope, scope, 0);
  const of = (body: readonly Statement[]): ReturnType<typeof namesSetIn> =>
    body.flatMap((node) => {
      const others =
        node.nodeType === "ImportFrom" && node.names.some(({ name }) => name === "*")
          ? machine.fileOf(frame, node.module ?? "", node.level ?? 0)
          : undefined;
      if (others !== undefined)
        return depth < MAX_DEPTH ? namesSetIn(machine, others, depth + 1) : [];
      const own = effectsOfOne(machine, frame, node, MAX_DEPTH);
      return [
        ...own.map(({ name, value, site }) => ({ name, value, imported: site })),
        ...blocksOf(node).flatMap(of),
      ];
    });
  return of(file.body).filter(({ name }) => !name.startsWith("_"));
}

interface Place {
  readonly scope: Scope;
  readonly name: string;
  /** False where a member or attribute of what the name is bound to is meant. */
  readonly whole: boolean;
}

/** The names of modules and classes that a target stands for: by itself, in a dict of all names, or as an attribute. */
function placesIn(machine: Machine, frame: Frame, target: Expression, isBound: boolean): Place[] {
  switch (target.nodeType) {
    case "Name": {
      const scope = isBound
        ? (frame.foreign.get(target.id) ?? frame.scope)
        : scopeThatBinds(frame, target.id);
      if (scope.kind !== "function") return [{ scope, name: target.id, whole: true }];
      return isBound ? [] : sharedWith(machine, frame, target);
    }
    case "Tuple":
    case "List":
      return target.elts.flatMap((one) => placesIn(machine, frame, one, isBound));
    case "Starred":
      return placesIn(machine, frame, target.value, isBound);
    case "Subscript":
    case "Attribute": {
      const owner = read(machine, frame, target.value);
      const isNamespace = owner?.kind === "dict" && owner.scope !== undefined;
      const name = target.nodeType === "Attribute" ? target.attr : textOf(target.slice);
      const scope =
        target.nodeType === "Attribute"
          ? scopeOf(machine, owner)
          : isNamespace
            ? owner.scope
            : undefined;
      if (scope !== undefined && name !== undefined) return [{ scope, name, whole: true }];
      if (isNamespace) return [];
      return placesIn(machine, frame, target.value, false).map((one) => ({ ...one, whole: false }));
    }
    default:
      return [];
  }
}

/** The scope in which Python finds a name; that of the frame where nothing binds it yet. */
function scopeThatBinds(frame: Frame, name: string): Scope {
  const foreign = frame.foreign.get(name);
  if (foreign !== undefined) return foreign;
  for (let at: Scope | undefined = frame.scope; at !== undefined; at = at.parent)
    if (at.names.has(name)) return at;
  return frame.scope;
}

/** The names of a function's module that are bound to the same list or dict as a name of the function. */
function sharedWith(machine: Machine, frame: Frame, node: Expression): Place[] {
  const value = read(machine, frame, node);
  if (value?.kind !== "sequence" && value?.kind !== "dict") return [];
  return [...frame.globals.names].flatMap(([name, { content }]) => {
    const other = content?.value;
    const isSame =
      (other?.kind === "sequence" || other?.kind === "dict") && other.contents === value.contents;
    return isSame ? [{ scope: frame.globals, name, whole: true }] : [];
  });
}

/** The value of what only looks something up, and so may be read though the code around it does not run. */
function read(machine: Machine, frame: Frame, node: Expression): Value | undefined {
  return onlyLooksUp(machine, frame, node) ? machine.evaluate(node, frame) : undefined;
}

function onlyLooksUp(machine: Machine, frame: Frame, node: Expression): boolean {
  switch (node.nodeType) {
    case "Name":
    case "Constant":
      return true;
    case "Attribute":
      return onlyLooksUp(machine, frame, node.value);
    case "Subscript":
      return onlyLooksUp(machine, frame, node.value) && onlyLooksUp(machine, frame, node.slice);
    case "Call": {
      const { func, args, keywords } = node;
      return (
        args.length + keywords.length === 0 &&
        func.nodeType === "Name" &&
        lookUp(machine, frame, func.id) === undefined
      );
    }
    default:
      return false;
  }
}

function textOf(node: Expression | null | undefined): string | undefined {
  return node?.nodeType === "Constant" && typeof node.value === "string" ? node.value : undefined;
}

/** The names and values of `update(X=1)`, `update({"X": 1})` and `setdefault("X", 1)`. */
function namesGiven(
  method: string,
  { args, keywords }: CallNode,
): [string, Expression | undefined][] {
  const [first, second] = args;
  if (method !== "update") return named(first, second);
  const written = first?.nodeType === "Dict" ? first : undefined;
  return [
    ...(written?.keys.flatMap((key, at) => named(key, written.values[at])) ?? []),
    ...keywords.flatMap(({ arg, value }): [string, Expression][] => (arg ? [[arg, value]] : [])),
  ];
}

function named(
  key: Expression | null | undefined,
  value: Expression | undefined,
): [string, Expression | undefined][] {
  const name = textOf(key);
  return name === undefined ? [] : [[name, value]];
}
