/** What arrives where a sink wants data. */
import type { Program } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  alternativesOf,
  type CallObservation,
  possibleItems,
  type Value,
} from "../../python/index.ts";
import { argumentAt } from "../observed-call.ts";
import { filledBraces } from "./braces.ts";
import { commandsIn, optionsIn } from "./command-line.ts";
import { shownByFormat } from "./lazy-format.ts";
import type { Sink } from "./match.ts";

/** The values that arrive where a sink wants them; `programs` tell which arguments of one are commands. */
export function arrivals(
  sink: Sink,
  call: CallObservation,
  programs: readonly Program[],
): readonly Value[] {
  const { positional, keywords } = call.arguments;
  const place = sink.argument ?? (sink.call === undefined ? "value" : "any");
  if (sink.set !== undefined) return positional.slice(place === "key" ? 0 : 1).slice(0, 1);
  // Behind what is returned stands what the decorator was given.
  if (sink.return !== undefined)
    return positional
      .slice(0, 1)
      .flatMap(alternativesOf)
      .flatMap((one) =>
        sink.entry !== undefined && one.kind === "sequence" && one.type === "tuple"
          ? one.contents.content.items
          : bodyOf(one),
      );
  if (sink["fills-braces"] !== undefined) {
    const filled = filledBraces(call, sink["fills-braces"]);
    return filled === undefined ? [] : [filled];
  }
  if (place === "spread") return (call.arguments.spread ?? []).flatMap(namesIn);
  if (place === "any") {
    const shown = sink.fills === true ? shownByFormat(positional) : positional;
    return [...shown, ...keywords.values()];
  }
  if (place === "key")
    return call.callee.kind === "symbol" && call.callee.key ? [call.callee.key] : [];
  if (place === "receiver")
    return alternativesOf(call.callee).flatMap((one) =>
      one.kind === "symbol" && one.base && nameMatches(sink.call ?? "", one.name) ? [one.base] : [],
    );
  const value = argumentAt(call, place);
  if (value !== undefined && sink.at === "first") return firstOf(value);
  if (value !== undefined && sink.at === "command")
    return alternativesOf(value).flatMap((one) =>
      commandsIn(one, typeof place === "number" ? positional.slice(place + 1) : [], programs),
    );
  if (value !== undefined && sink.at === "body") return alternativesOf(value).flatMap(bodyOf);
  if (value?.kind === "sequence" && sink.at === "option") {
    const { items, maybe = [] } = value.contents.content;
    return optionsIn(items, maybe, programs);
  }
  return value === undefined ? [] : [value];
}

/** What names the keywords of what is spread: of a dict its keys, of anything else the value itself. */
function namesIn(value: Value): readonly Value[] {
  if (value.kind === "dict")
    return [...value.contents.content.entries.values()].map(({ key }) => key);
  if (value.kind === "union") return alternativesOf(value).flatMap(namesIn);
  // One of more dicts than are told apart.
  const isOneOfMany = value.kind === "unknown" && value.from.length > 1;
  return isOneOfMany && value.from.every(({ kind }) => kind === "dict")
    ? value.from.flatMap(namesIn)
    : [value];
}

/** Of a tuple the first member: the rest is the status and the headers. Of anything else, the value itself. */
function bodyOf(value: Value): readonly Value[] {
  return value.kind === "sequence" && value.type === "tuple" ? firstOf(value) : [value];
}

/** The first member of a list; of anything else, the value itself. */
function firstOf(value: Value): readonly Value[] {
  return value.kind === "sequence" ? value.contents.content.items.slice(0, 1) : [value];
}

/** How deep dicts and lists are looked into. */
const MAX_NESTED = 5;

/** What a dict, or one in it, holds under some keys. */
export function heldUnder(value: Value, keys: readonly string[], depth = 0): readonly Value[] {
  if (depth > MAX_NESTED) return [];
  const inside = (one: Value) =>
    alternativesOf(one).flatMap((each) => heldUnder(each, keys, depth + 1));
  if (value.kind === "sequence") return possibleItems(value).flatMap(inside);
  if (value.kind !== "dict") return [];
  return [...value.contents.content.entries].flatMap(([key, held]) =>
    keys.includes(key.slice(1)) ? alternativesOf(held.value) : inside(held.value),
  );
}
