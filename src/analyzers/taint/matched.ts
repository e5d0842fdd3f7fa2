/** What a match of a regex holds: no more than the regex, or one of its groups, lets through. */
import type { Guard } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  type Arguments,
  asString,
  constant,
  type SymbolValue,
  type Value,
} from "../../python/index.ts";
import { allowsOnlyHarmless, groupsOf } from "./regex.ts";

/** What a call gets at a place: `receiver`, a position or a keyword. */
export function inputAt(
  given: Arguments | undefined,
  receiver: Value | undefined,
  place: number | string,
): Value | undefined {
  if (place === "receiver") return receiver;
  return typeof place === "number" ? given?.positional[place] : given?.keywords.get(place);
}

/** True for a match, or some of its groups, that can hold nothing harmful, whatever the text was that it was found in. */
export function isMatchedHarmless(value: SymbolValue, guards: readonly Guard[]): boolean {
  const whole = patternOf(value, guards);
  if (whole !== undefined && allowsOnlyHarmless(whole, "whole")) return true;
  const { match, keys } = groupsAsked(value);
  const pattern = match && patternOf(match, guards);
  // A pattern of several lines may hold comments, and groups in them.
  if (pattern === undefined || pattern.includes("\n")) return false;
  const groups = groupsOf(pattern);
  const asked =
    keys === undefined
      ? groups
      : keys.map((key) => {
          if (key.kind !== "constant") return undefined;
          // Group 0 is all that the pattern found.
          if (key.value === 0) return { source: pattern };
          return typeof key.value === "number"
            ? groups[key.value - 1]
            : groups.find(({ name }) => name === key.value);
        });
  return asked.length > 0 && asked.every((one) => one && allowsOnlyHarmless(one.source, "whole"));
}

interface Asked {
  readonly match?: SymbolValue;
  /** Undefined for all groups. */
  readonly keys?: readonly Value[];
}

/**
 * What a value is a group of: `match.group(1)`, `match["name"]`, `match.groups()`, and a member of
 * those; `findall` gives all of them.
 */
function groupsAsked(value: SymbolValue): Asked {
  const { name, base, call, key } = value;
  if (name.endsWith(".findall()")) return { match: value };
  if (base?.kind !== "symbol") return {};
  if (call === undefined) {
    if (!name.endsWith("[]") || key === undefined) return {};
    if (!/\.(?:groups|groupdict)\(\)$/.test(base.name)) return { match: base, keys: [key] };
    const all = groupsAsked(base).match;
    if (all === undefined) return {};
    const isPlace = key.kind === "constant" && typeof key.value === "number" && key.value >= 0;
    return { match: all, keys: isPlace ? [{ ...key, value: Number(key.value) + 1 }] : [key] };
  }
  const match = base.base?.kind === "symbol" ? base.base : undefined;
  if (match === undefined) return {};
  if (name.endsWith(".group()"))
    return { match, keys: call.positional.length === 0 ? [constant(0)] : call.positional };
  const isAll = /\.(?:groups|groupdict)\(\)$/.test(name) && call.positional.length === 0;
  return isAll && call.keywords.size === 0 ? { match } : {};
}

/** The regex of a call that looks for one; undefined where that is not known. */
function patternOf(value: SymbolValue, guards: readonly Guard[]): string | undefined {
  if (value.call === undefined) return undefined;
  const called = value.name.slice(0, -2);
  for (const { call, pattern } of guards) {
    if (call === undefined || pattern === undefined || !nameMatches(call, called)) continue;
    const receiver = value.base?.kind === "symbol" ? value.base.base : undefined;
    const given = inputAt(value.call, receiver, pattern);
    const isMade = pattern === "receiver" && given?.kind === "symbol";
    const text = isMade ? asString(given.call?.positional[0]) : regexIn(given);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The text of a regex, be it compiled, as far as it is known. */
export function regexIn(value: Value | undefined): string | undefined {
  return asString(value && regexOf(value));
}

/** A regex before it was compiled: that of `re.compile(regex).match(data)` and of `re.match(re.compile(regex), data)`. */
export function regexOf(value: Value): Value | undefined {
  const isCompiled = value.kind === "symbol" && value.name === "re.compile()";
  return isCompiled ? value.call?.positional[0] : value;
}
