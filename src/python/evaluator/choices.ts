/**
 * Lists and dicts that may be one of several, because a condition was not decided. What is done to such a value is done to each of
 * them; a rule that follows data needs no more than what any of them may hold, so this is for those that judge values.
 */
import { sequence } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { type SequenceValue, type Site, type UnionValue, union, type Value } from "./values.ts";

/** True for a value that may be one of several, of which one at least is a list, tuple, set or dict. */
export function isChoice(machine: Machine, value: Value): value is UnionValue {
  return (
    machine.eager &&
    value.kind === "union" &&
    value.alternatives.some(({ value: one }) => one.kind === "sequence" || one.kind === "dict")
  );
}

/** What becomes of a value, or of each that it may be where it is a choice. */
export function ofEach(
  machine: Machine,
  value: Value,
  site: Site,
  make: (one: Value) => Value,
): Value {
  if (!isChoice(machine, value) || !machine.step(value.alternatives.length)) return make(value);
  return union(
    value.alternatives.map((one) => ({ ...one, value: make(one.value) })),
    site,
  );
}

/** What becomes of two values, each of which may be a choice. */
export function ofBoth(
  machine: Machine,
  left: Value,
  right: Value,
  site: Site,
  make: (left: Value, right: Value) => Value,
): Value {
  return ofEach(machine, left, site, (a) => ofEach(machine, right, site, (b) => make(a, b)));
}

/** A choice among lists as one list that surely holds what all of them do, and may hold more; any other value as it is. */
export function asOne(machine: Machine, value: Value): Value {
  if (!isChoice(machine, value)) return value;
  const lists = value.alternatives.flatMap((one) =>
    one.value.kind === "sequence" ? [one.value] : [],
  );
  const [first, ...others] = lists;
  if (first === undefined || lists.length < value.alternatives.length) return value;
  return others.reduce<SequenceValue>((a, b) => {
    const { items, open, maybe } = a.contents.join(a.contents.content, b.contents.content);
    return sequence(a.type, items, value.site, open, maybe);
  }, first);
}
