/** Whether a value is of one of Python's own types. */

import { ownValue } from "../../core/own-value.ts";
import { isFloat } from "./numbers.ts";
import type { Value } from "./values.ts";

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

/** `isinstance(value, type)` for a single type; undefined where it is not known. */
export function isOfType(value: Value, type: Value): boolean | undefined {
  if (value.kind === "instance" && value.data !== undefined && type.kind === "symbol")
    return isOfType(value.data, type);
  // A class of the tree that a literal would be an instance of extends one of Python's own; nobody asks that.
  if (type.kind === "class") return structured(value);
  return type.kind === "symbol"
    ? ownValue(TYPES, type.name.replace("builtins.", ""))?.(value)
    : undefined;
}
