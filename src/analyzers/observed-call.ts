/** How an observed call is asked for its names and its arguments. */
import { alternativesOf, argument, type CallObservation, type Value } from "../python/index.ts";

/** The qualified names that a call's callee may have. */
export function calleeNames(call: CallObservation): string[] {
  return alternativesOf(call.callee).flatMap((callee) =>
    callee.kind === "symbol" ? [callee.name] : [],
  );
}

/** A qualified name as a person would write it. */
export function shownName(name: string): string {
  return name
    .replace(/^(?:builtins|\?)\./, "")
    .replaceAll("()", "")
    .replaceAll("[]", "");
}

/** The argument that a rule names; undefined when it is not given. */
export function argumentAt(
  call: CallObservation,
  places: number | string | readonly (number | string)[],
): Value | undefined {
  const wanted = typeof places === "object" ? places : [places];
  return inMapping(call, wanted) ?? argument(call.arguments, ...wanted);
}

/** Methods to which a dict says the same as keyword arguments do. */
export const TAKES_MAPPING = /\.(?:update|from_mapping)$/;

/** What a dict that is given in place of keyword arguments has under one of some names. */
function inMapping(call: CallObservation, places: readonly (number | string)[]): Value | undefined {
  const [mapping] = call.arguments.positional;
  if (mapping?.kind !== "dict" || !calleeNames(call).some((name) => TAKES_MAPPING.test(name)))
    return undefined;
  const { entries } = mapping.contents.content;
  return places
    .map((place) => entries.get(`s${place}`)?.value)
    .find((value) => value !== undefined);
}
