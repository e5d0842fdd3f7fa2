/**
 * What operators and built-in functions do with objects of classes of the tree: methods of special names say it, and for a class
 * that extends `dict`, `list` or `str` the value of that type which the object holds.
 */

import { ownValue } from "../../core/own-value.ts";
import { ancestry, inherited, outsideBase } from "./ancestry.ts";
import { bindingIn, type Machine } from "./machine.ts";
import { bitsOf, memberValue } from "./members.ts";
import {
  constant,
  type InstanceValue,
  type Site,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";

/** The result of a special method; undefined where the value is no object of the tree, or its class has no such method. */
export function callSpecial(
  machine: Machine,
  value: Value,
  method: string,
  site: Site,
  ...positional: readonly Value[]
): Value | undefined {
  if (value.kind !== "instance") return undefined;
  const found = inherited(machine, value.class, method);
  if (found?.kind !== "function") return undefined;
  const given = { positional, keywords: new Map(), open: false };
  return machine.call({ ...found, receiver: value.self ?? value }, given, site);
}

/** What becomes of a value in a text: of an object of the tree, what its class says. */
export function writtenOut(machine: Machine, value: Value, site: Site): Value {
  return (
    callSpecial(machine, value, "__str__", site) ??
    callSpecial(machine, value, "__repr__", site) ??
    value
  );
}

/** What stands for a value where its truth is asked. */
export function tested(machine: Machine, value: Value, site: Site): Value {
  if (!machine.eager || value.kind !== "instance") return value;
  const answer =
    callSpecial(machine, value, "__bool__", site) ?? callSpecial(machine, value, "__len__", site);
  if (answer !== undefined) return answer;
  if (value.data !== undefined) return value.data;
  const bits = bitsOf(value);
  if (bits !== undefined) return constant(bits !== 0, site);
  const isPlain = outsideBase(machine, value.class) === undefined && !hasMember(value);
  return isPlain ? constant(true, site) : value;
}

/** The value of one of Python's own types that stands for an object; of any other value itself. */
export function plainOf(value: Value): Value {
  return (value.kind === "instance" ? (value.data ?? memberValue(value)) : undefined) ?? value;
}

const DATA_ENUMERATIONS = new Set(["enum.IntEnum", "enum.StrEnum", "enum.IntFlag"]);

/** The same of an object that is a value of one of Python's own types, as a framework takes it; undefined for any other. */
export function dataOf(machine: Machine, value: InstanceValue): Value | undefined {
  if (value.data !== undefined) return value.data;
  const isData = ancestry(machine, value.class).some(
    (one) =>
      one.kind === "symbol" &&
      (Object.hasOwn(DATA_TYPES, one.name) || DATA_ENUMERATIONS.has(one.name)),
  );
  return isData ? memberValue(value) : undefined;
}

function hasMember({ attributes }: InstanceValue): boolean {
  return bindingIn(attributes, "value") !== undefined;
}

const COMPARISONS: Readonly<Record<string, readonly [string, string]>> = {
  Eq: ["__eq__", "__eq__"],
  NotEq: ["__ne__", "__ne__"],
  Lt: ["__lt__", "__gt__"],
  LtE: ["__le__", "__ge__"],
  Gt: ["__gt__", "__lt__"],
  GtE: ["__ge__", "__le__"],
};

/** `left op right` where one of them is an object whose class compares by itself; undefined where none does. */
export function compareSpecial(
  machine: Machine,
  op: string,
  left: Value,
  right: Value,
  site: Site,
): boolean | undefined {
  if (!machine.eager || (left.kind !== "instance" && right.kind !== "instance")) return undefined;
  if (op === "In" || op === "NotIn") {
    const answer = callSpecial(machine, right, "__contains__", site, left);
    const holds = answer && truth(tested(machine, answer, site));
    return holds === undefined ? undefined : holds === (op === "In");
  }
  const [own, reflected] = COMPARISONS[op] ?? [];
  if (own === undefined || reflected === undefined) return undefined;
  const answer =
    callSpecial(machine, left, own, site, right) ??
    callSpecial(machine, right, reflected, site, left);
  if (answer !== undefined) return truth(tested(machine, answer, site));
  if (op !== "NotEq") return undefined;
  const equal = compareSpecial(machine, "Eq", left, right, site);
  return equal === undefined ? undefined : !equal;
}

const OPERATORS: Readonly<Record<string, string>> = {
  Add: "add",
  Sub: "sub",
  Mult: "mul",
  Div: "truediv",
  FloorDiv: "floordiv",
  Mod: "mod",
  BitOr: "or",
  BitAnd: "and",
};

/** `left op right` where the class of one of them says what that is; undefined where neither does. */
export function operateSpecial(
  machine: Machine,
  op: string,
  left: Value,
  right: Value,
  site: Site,
): Value | undefined {
  const name = OPERATORS[op];
  if (name === undefined) return undefined;
  return (
    callSpecial(machine, left, `__${name}__`, site, right) ??
    callSpecial(machine, right, `__r${name}__`, site, left)
  );
}

/** What a descriptor gives that was found on a class; undefined where the value is none. */
export function described(
  machine: Machine,
  found: Value | undefined,
  owner: Value,
  site: Site,
): Value | undefined {
  if (found?.kind !== "instance") return undefined;
  const none = constant(null, site);
  const [instance, type] = owner.kind === "instance" ? [owner, owner.class] : [none, owner];
  return callSpecial(machine, found, "__get__", site, instance, type);
}

const DATA_TYPES: Readonly<Record<string, string>> = {
  "builtins.dict": "dict",
  "collections.OrderedDict": "dict",
  "collections.UserDict": "dict",
  "builtins.list": "list",
  "collections.UserList": "list",
  "builtins.tuple": "tuple",
  "builtins.set": "set",
  "builtins.str": "str",
  "builtins.int": "int",
  "builtins.float": "float",
};

/** The one of Python's own types that the objects of a class are values of too, by the name of its constructor. */
export function dataType(machine: Machine, value: InstanceValue): string | undefined {
  return ownValue(DATA_TYPES, outsideBase(machine, value.class) ?? "");
}

/** `super()` of a class that extends one of Python's own types: what the object holds. */
export function heldBySuper(receiver: Value | undefined, base: SymbolValue): Value | undefined {
  return receiver?.kind === "instance" && Object.hasOwn(DATA_TYPES, base.name)
    ? receiver.data
    : undefined;
}
