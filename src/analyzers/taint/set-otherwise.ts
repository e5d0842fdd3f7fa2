/** Whether a program says of a response that it is of another type than the one that would do harm. */
import { nameMatches } from "../../core/name-pattern.ts";
import { asString, type CallObservation, type Value } from "../../python/index.ts";
import { calleeNames } from "../observed-call.ts";

/**
 * True where the function that makes a call, or a method that a framework calls before it on the same object, sets one of the
 * attributes to a text without the word that matters. `*.headers[Content-Type]` is a member, `*.set_header(Content-Type)` a
 * method that is given the name first, and then the text.
 */
export function isSetOtherwise(
  attributes: Readonly<Record<string, string>>,
  { within }: CallObservation,
  calls: readonly CallObservation[],
  preparers: readonly string[],
): boolean {
  const wanted = Object.entries(attributes);
  if (wanted.length === 0 || within === undefined) return false;
  const runsBefore = ({ within: other }: CallObservation) =>
    other !== undefined &&
    (other.node === within.node ||
      (preparers.includes(other.name) && isOfOneClass(other.receiver, within.receiver)));
  return calls.filter(runsBefore).some((other) =>
    wanted.some(([pattern, word]) => {
      const text = textSetBy(other, pattern);
      return text !== undefined && !text.includes(word);
    }),
  );
}

function isOfOneClass(one: Value | undefined, other: Value | undefined): boolean {
  return (
    one?.kind === "instance" && other?.kind === "instance" && one.class.node === other.class.node
  );
}

/** The text that a call sets what a pattern means to; undefined for all other calls. */
function textSetBy(call: CallObservation, pattern: string): string | undefined {
  const [, of = pattern, open, member] = /^(.*)([[(])(.+)[\])]$/.exec(pattern) ?? [];
  const name = { "[": `${of}[]=`, "(": of }[open ?? ""] ?? `${of}=`;
  if (!calleeNames(call).some((one) => nameMatches(name, one))) return undefined;
  const [key, value] = call.arguments.positional;
  const isMeant = member === undefined || isSameHeader(key, member);
  return isMeant && value !== undefined ? asString(value) : undefined;
}

/** The names of headers may be written in capitals or not. */
function isSameHeader(key: Value | undefined, name: string): boolean {
  return (key && asString(key))?.toLowerCase() === name.toLowerCase();
}
