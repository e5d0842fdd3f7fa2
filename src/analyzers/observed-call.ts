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
  return argument(call.arguments, ...(typeof places === "object" ? places : [places]));
}
