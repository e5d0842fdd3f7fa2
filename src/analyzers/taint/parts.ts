/** What values are made of, whatever that says of them. */
import {
  alternativesOf,
  type CallObservation,
  everyArgument,
  type Value,
} from "../../python/index.ts";
import { type ForeignCalls, isWithin } from "./checkers.ts";
import { modulesOf } from "./flow.ts";

/** Parts of a value that are looked at. */
const MAX_PARTS = 50;

/** A value and all that it is made of, as far as it is not too much. */
function partsIn(whole: Value): ReadonlySet<Value> {
  const parts = new Set([whole]);
  for (const value of parts) {
    if (parts.size > MAX_PARTS) break;
    for (const part of [...partsOf(value), ...argumentsOf(value)]) parts.add(part);
  }
  return parts;
}

/** Modules, not entered yet, that something comes from which a value is or is made of. */
export function modulesIn(whole: Value): readonly string[] {
  return [...partsIn(whole)].flatMap((value) => (value.kind === "symbol" ? modulesOf(value) : []));
}

/**
 * Modules, not entered yet, because of which a call may be harmless: they tell what it is given, or have helpers that were given the
 * same, or decorators of a function that gets it, which may have checked it.
 */
export function modulesAround(call: CallObservation, seen: ForeignCalls): ReadonlySet<string> {
  const given = everyArgument(call.arguments);
  const found = new Set(given.flatMap(modulesIn));
  if (seen.all.length + seen.decorated.size === 0) return found;
  const parts = new Set(
    given.flatMap((one) => [...partsIn(one)].flatMap(withHolders)).map(originalOf),
  );
  const names = new Set([...parts].flatMap(readingIn));
  const isPart = (value: Value) =>
    [...partsIn(value)].some(
      (one) => parts.has(originalOf(one)) || readingIn(one).some((name) => names.has(name)),
    );
  for (const { call: other, modules } of seen.all)
    if (everyArgument(other.arguments).some(isPart)) for (const path of modules) found.add(path);
  for (const [called, modules] of seen.decorated) {
    const isGiven = [...parts].some(({ site }) => site !== undefined && isWithin(site, called));
    if (isGiven) for (const path of modules) found.add(path);
  }
  return found;
}

/** A value, and all that it is read from: `request` of `request.args["x"]`. */
function withHolders(value: Value): readonly Value[] {
  const found = [value];
  for (let at = value; at.kind === "symbol" && at.base !== undefined; at = at.base)
    found.push(at.base);
  return found;
}

/** What is read of something, which another value may be that is read in the same way: `request.args["x"]`. */
function readingIn(value: Value): readonly string[] {
  return value.kind === "symbol" && value.base !== undefined ? [value.name] : [];
}

function originalOf(value: Value): Value {
  return value.unchecked ?? value;
}

/** What an object of many kinds is made of. */
function partsOf(value: Value): readonly Value[] {
  if (value.kind === "union") return alternativesOf(value);
  if (value.kind === "unknown") return value.from;
  if (value.kind === "text") return value.parts.filter((part) => typeof part !== "string");
  return value.kind === "sequence" ? value.contents.content.items : [];
}

/** What something was taken from, and what was handed to the calls that it is the result of. */
function argumentsOf(value: Value): readonly Value[] {
  const found: Value[] = [];
  let at: Value | undefined = value;
  for (; at?.kind === "symbol"; at = at.base) found.push(...everyArgument(at.call));
  return at === undefined || at === value ? found : [...found, at];
}
