/** Whether a value is of one of Python's own types. */

import { ownValue } from "../../core/own-value.ts";
import { isFloat } from "./numbers.ts";
import { asString, type Site, type Value } from "./values.ts";

const TYPES: Readonly<Record<string, (value: Value) => boolean | undefined>> = {
  str: (value) => typed(value, "string") ?? (value.kind === "text" ? true : undefined),
  bool: (value) => typed(value, "boolean"),
  int: (value) => (typed(value, "boolean") ? true : typed(value, "number") && !isFloat(value)),
  float: (value) => typed(value, "number") && isFloat(value),
  list: (value) => (value.kind === "sequence" ? value.type === "list" : structured(value)),
  tuple: (value) => (value.kind === "sequence" ? value.type === "tuple" : structured(value)),
  set: (value) => (value.kind === "sequence" ? value.type === "set" : structured(value)),
  dict: (value) => (value.kind === "dict" ? true : structured(value)),
  property: structured,
  classmethod: structured,
  staticmethod: structured,
  type: (value) => (value.kind === "class" ? true : structured(value)),
};

function typed(value: Value, type: string): boolean | undefined {
  if (value.kind === "constant") return typeof value.value === type;
  return value.kind === "sequence" || value.kind === "dict" ? false : undefined;
}

function structured(value: Value): false | undefined {
  return ["constant", "text", "sequence", "dict"].includes(value.kind) ? false : undefined;
}

/** True for what is an instance of no class of the tree: a function, a module, a class unless another one makes it. */
function isPlainThing(value: Value): boolean {
  if (value.kind === "class")
    return value.bases.length === 0 && !value.metaclass && !value.decorators?.length;
  if (value.kind === "symbol")
    return value.call === undefined && value.base === undefined && value.imported === undefined;
  return value.kind === "function" || value.kind === "module";
}

/** `isinstance(value, type)` for a single type; undefined where it is not known. */
export function isOfType(value: Value, type: Value): boolean | undefined {
  if (value.kind === "instance" && value.data !== undefined && type.kind === "symbol")
    return isOfType(value.data, type);
  // A class of the tree that a literal would be an instance of extends one of Python's own; nobody asks that.
  if (type.kind === "class") return isPlainThing(value) ? false : structured(value);
  return type.kind === "symbol"
    ? ownValue(TYPES, type.name.replace("builtins.", ""))?.(value)
    : undefined;
}

/** `type(value)`, for values whose class is known. */
export function typeOf(value: Value, site: Site): Value | undefined {
  if (value.kind === "instance") return value.class;
  const name =
    value.kind === "sequence"
      ? value.type
      : value.kind === "dict"
        ? "dict"
        : asString(value) !== undefined
          ? "str"
          : value.kind === "constant"
            ? typeOfConstant(value)
            : undefined;
  return name === undefined ? undefined : { kind: "symbol", name: `builtins.${name}`, site };
}

function typeOfConstant(value: Value & { kind: "constant" }): string | undefined {
  if (typeof value.value === "boolean") return "bool";
  if (typeof value.value !== "number") return undefined;
  return isFloat(value) ? "float" : "int";
}
