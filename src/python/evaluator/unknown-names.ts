/**
 * Names that a program gives a scope by a text that is not known: `globals()[name] = value` for names out of a file that is not
 * there. What the scope does not bind may be one of those, so that nobody can say that it is not set.
 */
import type { Machine } from "./machine.ts";
import { asString, type Scope, type Value } from "./values.ts";

/** What such names begin with, by their scope: each is a text of which the start may be known. */
export type UnknownNames = WeakMap<Scope, ReadonlySet<string>>;

/** Remembers that a scope got a name that is not known, as far as its start is. Names that it has stay as they are. */
export function bindUnknown(machine: Machine, scope: Scope, key: Value): void {
  const [part] = key.kind === "text" ? key.parts : [];
  const start = typeof part === "string" ? part : "";
  addStarts(machine.unknownNames, scope, [start]);
}

/** Hands what one scope may bind on to another that takes all its names. */
export function passUnknown(
  { unknownNames }: Pick<Machine, "unknownNames">,
  from: Scope,
  to: Scope,
): void {
  addStarts(unknownNames, to, unknownNames.get(from) ?? []);
}

/** True where a name that a scope does not bind may be bound all the same. */
export function mayBind(
  { unknownNames }: Pick<Machine, "unknownNames">,
  scope: Scope,
  name: string,
): boolean {
  return [...(unknownNames.get(scope) ?? [])].some((start) => name.startsWith(start));
}

/** True for a key that no name can be told from. */
export function isUnknownName(key: Value): boolean {
  return asString(key) === undefined && key.kind !== "constant";
}

function addStarts(unknownNames: UnknownNames, scope: Scope, starts: Iterable<string>): void {
  const all = new Set([...(unknownNames.get(scope) ?? []), ...starts]);
  if (all.size > 0) unknownNames.set(scope, all);
}
