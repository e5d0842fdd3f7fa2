import { inherited, outsideBase } from "./ancestry.ts";
import { entryAsAttribute, setEntry } from "./attribute-dicts.ts";
import { configuredAttribute, setConfigured } from "./configurations.ts";
import { constructedAttribute } from "./constructed.ts";
import { chained, dict, memberAt, namespace, sequence } from "./containers.ts";
import { durationAttribute } from "./durations.ts";
import { defaultOf } from "./fields.ts";
import { typedAttribute } from "./filled.ts";
import { asFound, bindIn, bindingIn, type Machine } from "./machine.ts";
import { fieldTable, newObject, ownAttribute } from "./objects.ts";
import { pathAttribute } from "./paths.ts";
import { preparedAttribute } from "./prepared.ts";
import { rowMethod } from "./rows.ts";
import { callSpecial, described } from "./special-methods.ts";
import { knownSymbol, symbol } from "./symbols.ts";
import { typeOf } from "./types.ts";
import {
  type Alternative,
  type Arguments,
  type Binding,
  type ClassValue,
  constant,
  derived,
  type FunctionValue,
  type InstanceValue,
  type Scope,
  type Site,
  type SymbolValue,
  union,
  type Value,
} from "./values.ts";

const NO_ARGUMENTS: Arguments = { positional: [], keywords: new Map(), open: false };

/** `owner.name`. */
export function attribute(machine: Machine, owner: Value, name: string, site: Site): Value {
  if (name === "__dict__") {
    const names = namesOf(machine, owner, site);
    if (names !== undefined) return names;
  }
  const type = name === "__class__" ? typeOf(owner, site) : undefined;
  if (type !== undefined) return type;
  if (owner.kind === "class" || owner.kind === "instance") {
    const table = fieldTable(machine, owner, name, site);
    if (table !== undefined) return table;
  }
  if (name === "__module__" && (owner.kind === "class" || owner.kind === "function"))
    return constant(machine.nameOf(owner.file.path), site);
  if (name === "__name__" && (owner.kind === "class" || owner.kind === "function"))
    return constant(owner.name, site);
  switch (owner.kind) {
    case "symbol":
      return (
        ownAttribute(machine, owner, name) ??
        configuredAttribute(machine, owner, name, site) ??
        folderAttribute(machine, owner, name, site) ??
        pathAttribute(owner, name, site) ??
        durationAttribute(owner, name, site) ??
        typedAttribute(machine, owner, name, site) ??
        rowMethod(machine, owner, name, site) ??
        knownSymbol(machine, { kind: "symbol", name: `${owner.name}.${name}`, base: owner, site })
      );
    case "module":
      return moduleAttribute(machine, owner, name, site);
    case "instance":
      return instanceAttribute(machine, owner, name, site);
    case "class": {
      const found = classAttribute(machine, owner, name, site);
      return found?.kind === "function" && decoratorsOf(found).includes("builtins.classmethod")
        ? { ...found, receiver: owner.self ?? owner }
        : (found ?? derived([owner], site));
    }
    case "union":
      return union(
        owner.alternatives.map(
          (one): Alternative => ({ ...one, value: attribute(machine, one.value, name, site) }),
        ),
        site,
      );
    case "sequence":
    case "dict":
    case "constant":
    case "text":
      if (owner.kind === "sequence" && owner.fields?.includes(name)) {
        const member = owner.contents.content.items[owner.fields.indexOf(name)];
        if (member !== undefined) return member;
      }
      if (owner.kind === "dict" && owner.maps !== undefined) {
        if (name === "maps") return sequence("list", owner.maps, site);
        if (name === "parents") return chained(owner.maps.slice(1), site);
      }
      if (owner.kind === "dict" && owner.attributes && METHODS["dict"]?.test(name) !== true) {
        const entry = entryAsAttribute(owner, name, site);
        if (entry !== undefined) return entry;
      }
      if (owner.kind === "constant" && owner.value === null)
        machine.raise({
          exception: "AttributeError",
          ...(owner.environment && { environment: owner.environment }),
        });
      // Methods are looked up by name when they are called.
      return { kind: "symbol", name: `${typeName(owner)}.${name}`, base: owner, site };
    case "unknown":
      // A member of an enumeration has a harmless value, a date a harmless year.
      if (owner.isHarmless) return { ...owner, site };
      return (
        typedAttribute(machine, owner, name, site) ?? {
          kind: "symbol",
          name: `?.${name}`,
          base: owner,
          site,
        }
      );
    default:
      return { kind: "symbol", name: `?.${name}`, base: owner, site };
  }
}

/** A module, or a folder of them, of a package without an `__init__.py`. */
function folderAttribute(
  machine: Machine,
  owner: SymbolValue,
  name: string,
  site: Site,
): Value | undefined {
  if (owner.folder === undefined) return undefined;
  const inner = { base: owner, folder: `${owner.folder}/${name}`, site };
  return (
    machine.submodule(`${owner.folder}/__init__.py`, name, site) ??
    symbol(machine, { kind: "symbol", name: `${owner.name}.${name}`, ...inner })
  );
}

/** A name of a module of the tree; a machine that does not enter the module gives a symbol for it. */
function moduleAttribute(
  machine: Machine,
  owner: Value & { kind: "module" },
  name: string,
  site: Site,
): Value {
  if (machine.enters(owner.path)) {
    const scope = machine.module(owner.path);
    const bound = scope === undefined ? undefined : bindingIn(scope, name)?.value;
    if (bound !== undefined) return asFound(machine, bound);
    return machine.submodule(owner.path, name, site) ?? derived([owner], site);
  }
  const below = machine.submodule(owner.path, name, site);
  if (below !== undefined) return below;
  const imported = { path: owner.path, name };
  return { kind: "symbol", name: `${machine.nameOf(owner.path)}.${name}`, imported, site };
}

function typeName(value: Value): string {
  if (value.kind === "sequence") return `builtins.${value.type}`;
  return value.kind === "dict" ? "builtins.dict" : "builtins.str";
}

function instanceAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  site: Site,
): Value {
  const found = inherited(machine, owner.class, name);
  const set = bindingIn(owner.attributes, name);
  const own = set ?? (found === undefined ? earlierAttribute(machine, owner, name, site) : set);
  const answer = described(machine, found, owner, site);
  if (answer !== undefined) return answer;
  if (own !== undefined) return own.value;
  if (found?.kind === "function") {
    const decorated = decoratorsOf(found);
    if (decorated.includes("builtins.staticmethod")) return found;
    const bound = {
      ...found,
      receiver: decorated.includes("builtins.classmethod")
        ? (owner.self?.class ?? owner.class)
        : (owner.self ?? owner),
    };
    const isProperty = decorated.some((decorator) => /(^|\.)(cached_)?property$/.test(decorator));
    return isProperty ? (machine.call(bound, NO_ARGUMENTS, site) ?? derived([owner], site)) : bound;
  }
  const getter = found && getterOf(found);
  if (getter !== undefined && machine.eager)
    return (
      machine.call({ ...getter, receiver: owner.self ?? owner }, NO_ARGUMENTS, site) ??
      derived([owner], site)
    );
  if (found !== undefined)
    return owner.call === undefined
      ? found
      : (defaultOf(machine, found, called(machine, site)) ?? found);
  // `collections.UserDict` and its like keep what they hold under that name.
  if (owner.data !== undefined && name === "data") return owner.data;
  // The methods of the type that the class extends.
  if (owner.data !== undefined && hasMethod(owner.data, name))
    return attribute(machine, owner.data, name, site);
  const fallback = inherited(machine, owner.class, "__getattr__");
  if (fallback?.kind === "function")
    return (
      machine.call(
        { ...fallback, receiver: owner },
        { positional: [constant(name, site)], keywords: new Map(), open: false },
        site,
      ) ?? derived([owner], site)
    );
  // `__getattr__ = dict.get`
  if (fallback?.kind === "symbol" && owner.data?.kind === "dict") {
    const member = memberAt(owner.data, constant(name, site), site);
    if (fallback.name === "builtins.dict.get") return member ?? constant(null, site);
    if (fallback.name === "builtins.dict.__getitem__" && member !== undefined) return member;
  }
  const external = outsideBase(machine, owner.class);
  if (external === undefined) machine.raise({ exception: "AttributeError" });
  if (external === undefined) return { kind: "symbol", name: `?.${name}`, base: owner, site };
  return (
    configuredAttribute(machine, owner, name, site) ??
    symbol(machine, { kind: "symbol", name: `${external}().${name}`, base: owner, site })
  );
}

/** Calls what a field makes its default of. */
function called(machine: Machine, site: Site) {
  return (callee: Value): Value =>
    (callee.kind === "function" && machine.call(callee, NO_ARGUMENTS, site)) ||
    derived([callee], site);
}

/** What ran before a method that is looked at on its own has set an attribute to. */
function earlierAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  site: Site,
): Binding | undefined {
  return (
    preparedAttribute(machine, owner, name, site) ??
    constructedAttribute(machine, owner.self ?? owner, name, site)
  );
}

/** The names that values of Python's own types have for all to use, as far as the evaluator knows what they do. */
const METHODS: Readonly<Record<string, RegExp>> = {
  dict: /^(?:get|setdefault|pop|update|popitem|keys|values|items|copy|clear)$/,
  sequence:
    /^(?:append|extend|insert|remove|pop|clear|index|count|sort|reverse|copy|add|discard|update|union)$/,
  constant: /^(?:lower|upper|strip|[lr]strip|split|startswith|endswith|replace|join|format|title)$/,
};

function hasMethod(data: Value, name: string): boolean {
  return /^__\w+__$/.test(name) || METHODS[data.kind]?.test(name) === true;
}

/** The function of `name = property(function)`; undefined for anything else. */
export function getterOf(value: Value): FunctionValue | undefined {
  if (value.kind !== "symbol" || value.name !== "builtins.property()") return undefined;
  const getter = value.call?.positional[0] ?? value.call?.keywords.get("fget");
  return getter?.kind === "function" ? getter : undefined;
}

function decoratorsOf(value: FunctionValue): string[] {
  return value.decorators.map((decorator) => (decorator.kind === "symbol" ? decorator.name : ""));
}

/** An attribute of a class or of its bases in the tree; for what comes from outside, a symbol below the first outside base. */
function classAttribute(
  machine: Machine,
  owner: ClassValue,
  name: string,
  site: Site,
): Value | undefined {
  const found = inherited(machine, owner, name);
  const external = found === undefined ? outsideBase(machine, owner) : undefined;
  if (external === undefined) return described(machine, found, owner, site) ?? found;
  return symbol(machine, { kind: "symbol", name: `${external}.${name}`, base: owner, site });
}

/** The names of a module, class or instance. */
export function scopeOf(machine: Machine, owner: Value | undefined): Scope | undefined {
  if (owner?.kind === "instance") return owner.attributes;
  if (owner?.kind === "class") return owner.scope;
  if (owner?.kind === "symbol" && owner.call !== undefined) return machine.objects.get(owner.call);
  // A machine that does not enter modules must not change them.
  return owner?.kind === "module" && machine.eager ? machine.module(owner.path) : undefined;
}

/** The names of a value as a dict; those of `object` are none that a program asks for. */
export function namesOf(machine: Machine, owner: Value, site: Site): Value | undefined {
  const scope = scopeOf(machine, owner);
  if (scope !== undefined) return namespace(scope, site);
  return owner.kind === "symbol" && owner.name === "builtins.object"
    ? dict(new Map(), site)
    : undefined;
}

/** `owner.name = value`, or `setattr(owner, name, value)`. */
export function setAttribute(
  machine: Machine,
  owner: Value,
  name: string,
  value: Value,
  site: Site,
): void {
  const found = owner.kind === "instance" ? inherited(machine, owner.class, name) : undefined;
  // A descriptor that is set by itself.
  if (found?.kind === "instance" && callSpecial(machine, found, "__set__", site, owner, value))
    return;
  if (owner.kind === "dict" && owner.attributes) setEntry(machine, owner, name, value, site);
  callSpecial(machine, owner, "__setattr__", site, constant(name, site), value);
  setConfigured(machine, owner, name, value, site);
  const scope = scopeOf(machine, owner) ?? newObject(machine, owner);
  if (scope !== undefined) bindIn(machine, scope, name, value, site);
}
