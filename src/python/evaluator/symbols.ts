/** Symbols, values known by name alone, as the models know them. */
import { sequence } from "./containers.ts";
import { argument, type Machine } from "./machine.ts";
import { constant, type SymbolValue, type Value } from "./values.ts";

/** Gives a symbol the name that the models know it by. */
export function symbol(machine: Machine, value: SymbolValue): SymbolValue {
  const known = machine.models.types.get(value.name);
  return known === undefined ? value : { ...value, name: known };
}

/** What a symbol is, where the models know that; otherwise the symbol by the name that they know it by. */
export function knownSymbol(machine: Machine, value: SymbolValue): Value {
  const named = withLength(machine, symbol(machine, value));
  const { switches } = machine.models;
  // A module of the tree may have a name that every object knows.
  const switched = Object.hasOwn(switches, named.name) ? switches[named.name] : undefined;
  if (switched !== undefined) return constant(switched, value.site);
  const known = machine.models.values.get(named.name);
  // A rule that follows data wants to know of any place where a program may run, but not of any version.
  if (known === undefined || (!machine.eager && !isVersion(known))) return named;
  return typeof known === "object"
    ? sequence(
        isVersion(known) ? "tuple" : "list",
        known.map((item) => constant(item, value.site)),
        value.site,
      )
    : constant(known, value.site);
}

/** True for the numbers of a version; a single number may be a flag, which rules know by its name. */
function isVersion(known: unknown): boolean {
  return Array.isArray(known) && typeof known[0] === "number";
}

/** A text that is made anew each time, with how long it is. */
function withLength(machine: Machine, value: SymbolValue): SymbolValue {
  const form = machine.models.lengths.get(value.name);
  if (form === undefined) return value;
  if (typeof form === "number") return { ...value, characters: form };
  const asked = value.call && argument({ ...value.call, open: false }, ...form.of);
  const count = asked === undefined ? form.default : asked.kind === "constant" && asked.value;
  return typeof count === "number" && value.call?.open !== true
    ? { ...value, characters: Math.ceil(count * form.times) }
    : value;
}
