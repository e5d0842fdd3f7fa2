/** How an observed call is asked for its names and its arguments. */
import { alternativesOf, argument, type CallObservation, type Value } from "../python/index.ts";
import { type ArgumentTest, passesArgument } from "./argument-test.ts";

/** The qualified names that a call's callee may have. */
export function calleeNames(call: CallObservation): readonly string[] {
  // Every call of a program is asked by several analyzers, and few may be of different things.
  if (call.callee.kind === "symbol") return [call.callee.name];
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

/** The argument that a test asks, of the call or of the one that made what it is called on; `absent` where that is not known. */
export function testedAt(call: CallObservation, test: ArgumentTest): Value | "absent" | undefined {
  if (test.of === undefined) return argumentAt(call, test.argument);
  for (const callee of alternativesOf(call.callee))
    for (let at: Value | undefined = callee; at?.kind === "symbol"; at = at.base)
      if (at.call !== undefined && at.name === `${test.of}()`)
        return argument(at.call, ...[test.argument].flat());
  return "absent";
}

/** True where a call surely passes a test of an argument, or of a call out of sight that the test leaves unseen. */
export function surelyPasses(call: CallObservation, test: ArgumentTest): boolean {
  const value = testedAt(call, test);
  return value === "absent" ? test.unseen === true : passesArgument(test, value) === true;
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
