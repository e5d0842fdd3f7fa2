/** Dicts that hold the environment, or are made of it: what they do not hold may be a variable. */
import { AS_THEY_ARE, dict, variableNamed } from "./containers.ts";
import type { Machine } from "./machine.ts";
import {
  asString,
  constant,
  type DictValue,
  type EnvironmentRead,
  keyOf,
  type Site,
  type Value,
} from "./values.ts";

/**
 * The environment as a mapping, where the program takes it as a whole: it holds what the program sets, for a deployment that
 * sets nothing. Undefined for any other value.
 */
export function wholeEnvironment(machine: Machine, value: Value): DictValue | undefined {
  if (!machine.eager || value.kind !== "symbol") return undefined;
  if (!machine.models.environment.has(`${value.name}[]`)) return undefined;
  const entries = [...machine.variables.names].flatMap(([name, { content }]) =>
    content === undefined
      ? []
      : ([[`s${name}`, { key: constant(name), value: content.value }]] as const),
  );
  return dict(new Map(entries), value.site, false, AS_THEY_ARE);
}

/** The variable that a key stands for which a dict made of the environment, or the list of its keys, does not hold; else undefined. */
export function unsetVariable(owner: Value, key: Value, site: Site): EnvironmentRead | undefined {
  const name = asString(key);
  if (name === undefined || (owner.kind !== "dict" && owner.kind !== "sequence")) return undefined;
  const { open, variables } = owner.contents.content;
  if (!variables || open) return undefined;
  const isThere =
    owner.kind === "dict"
      ? owner.contents.content.entries.has(keyOf(key) ?? "")
      : owner.contents.content.items.some((one) => asString(one) === name);
  return isThere ? undefined : { name: variableNamed(name, variables), site };
}
