import { dict } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { constant, type DictValue, type Value } from "./values.ts";

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
  return dict(new Map(entries), value.site);
}
