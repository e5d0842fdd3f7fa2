/** What the getters of `operator` take from what they are given: `itemgetter("name")(row)`. */
import { attribute } from "./attributes.ts";
import { memberAt, sequence } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { subscript } from "./subscripts.ts";
import { type Arguments, asString, type Site, type SymbolValue, type Value } from "./values.ts";

/** The result of calling such a getter; undefined for any other call, and where what it takes is not known. */
export function callGetter(
  machine: Machine,
  { name, call: made }: SymbolValue,
  { positional: [owner] }: Arguments,
  site: Site,
): Value | undefined {
  if (owner === undefined || made === undefined) return undefined;
  const take = takers[name];
  const taken = take && made.positional.map((key) => take(machine, owner, key, site));
  if (taken === undefined || taken.includes(undefined)) return undefined;
  const found = taken.filter((one) => one !== undefined);
  return found.length === 1 ? found[0] : sequence("tuple", found, site);
}

type Take = (machine: Machine, owner: Value, key: Value, site: Site) => Value | undefined;

const takers: Readonly<Partial<Record<string, Take>>> = {
  // A rule that follows data wants to know what a member of something unknown was taken from.
  "operator.itemgetter()": (machine, owner, key, site) =>
    machine.eager ? memberAt(owner, key, site) : subscript(machine, owner, key, site),
  "operator.attrgetter()": (machine, owner, key, site) =>
    asString(key)
      ?.split(".")
      .reduce((value, one) => attribute(machine, value, one, site), owner),
};
