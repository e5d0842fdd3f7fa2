/**
 * Python's `re` on texts that are known. A pattern runs only where its cost is bounded by its form: a repeated group holds neither
 * a repetition nor a choice, and text and pattern are short, so that no pattern of a hostile program takes long. ASCII alone,
 * where both languages agree on what a letter is.
 */

import { ownValue } from "../../core/own-value.ts";
import { dict, sequence } from "./containers.ts";
import type { Machine } from "./machine.ts";
import {
  type Arguments,
  asString,
  constant,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

const MAX_PATTERN = 200;
const MAX_TEXT = 2000;
/** Steps that matching may take at worst: the text's length, once more for each repetition. */
const MAX_STEPS = 4_000_000;
const FLAGS: Readonly<Record<string, string>> = {
  "re.I": "i",
  "re.IGNORECASE": "i",
  "re.M": "m",
  "re.MULTILINE": "m",
  "re.S": "s",
  "re.DOTALL": "s",
};
/** Where the flags stand behind the pattern, in functions that take more than a text. */
const FLAGS_PLACE: Readonly<Record<string, number>> = { split: 2, sub: 3, subn: 3 };
const MATCH = "re.Match()";
/** What stands for the beginning and the end of a text; `$` is before a line's end too that a text closes with. */
const ANCHORS: Readonly<Record<string, string>> = {
  "\\A": "(?<![\\s\\S])",
  "\\Z": "(?![\\s\\S])",
  $: "(?=\\n?(?![\\s\\S]))",
};

/** The result of a function or method of `re`; undefined where that is not known. */
export function callRegex(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  if (callee.base?.kind === "symbol" && callee.base.name === MATCH)
    return callMatch(callee.base, callee.name.slice(MATCH.length + 1), given, site);
  const { name, pattern, flags, rest } = askedOf(callee, given);
  if (name === "escape") {
    const word = asString(given.positional[0]);
    return word === undefined ? undefined : constant(word.replace(/[^\w]/g, "\\$&"), site);
  }
  const written = asString(pattern);
  const regex = written === undefined ? undefined : compiled(written, flags);
  if (regex === undefined) return undefined;
  const [first, second] = rest;
  const isSub = name === "sub" || name === "subn";
  const text = asString(isSub ? second : first);
  if (text === undefined || !isCheap(regex.source, text) || !machine.step(text.length >> 4))
    return undefined;
  const whole = (form: string) => new RegExp(form, regex.flags);
  switch (name) {
    case "match":
      return matchOf(whole(`^(?:${regex.source})`).exec(text), site, regex.flags.includes("m"));
    case "fullmatch":
      return matchOf(whole(`^(?:${regex.source})$`).exec(text), site, regex.flags.includes("m"));
    case "search":
      return matchOf(regex.exec(text), site);
    case "findall":
      return sequence(
        "list",
        [...text.matchAll(new RegExp(regex, `${regex.flags}g`))].map((found) => {
          const [all, ...groups] = found.map((one) => constant(one ?? "", site));
          if (groups.length > 1) return sequence("tuple", groups, site);
          return groups[0] ?? all ?? constant("", site);
        }),
        site,
      );
    case "split":
      return rest.length > 1 || given.keywords.size > 0 || regex.test("")
        ? undefined
        : sequence(
            "list",
            text.split(regex).map((one) => constant(one ?? null, site)),
            site,
          );
    case "sub": {
      const by = asString(first);
      if (by === undefined || rest.length > 2 || given.keywords.size > 0) return undefined;
      // What refers to groups is written differently.
      const form = by.replaceAll("$", "$$$$").replace(/\\(?:g<(\d+)>|(\d))/g, "$$$1$2");
      return /\\/.test(form)
        ? undefined
        : constant(text.replace(new RegExp(regex, `${regex.flags}g`), form), site);
    }
    default:
      return undefined;
  }
}

/** `re.search(pattern, text)` and `re.compile(pattern).search(text)` ask the same. */
function askedOf({ name, base }: SymbolValue, given: Arguments) {
  const isMethod = base?.kind === "symbol" && base.name === "re.compile()";
  const source = isMethod ? base.call : given;
  const [pattern, ...positional] = source?.positional ?? [];
  const called = /^re\.(?:compile\(\)\.)?(\w+)$/.exec(name)?.[1];
  const place = isMethod ? 0 : (ownValue(FLAGS_PLACE, called ?? "") ?? 1);
  return {
    name: called,
    pattern,
    flags: source?.keywords.get("flags") ?? positional[place],
    rest: isMethod ? given.positional : positional,
  };
}

/** JavaScript's form of a pattern; undefined where the two languages may differ, or it could take long. */
function compiled(pattern: string, flags: Value | undefined): RegExp | undefined {
  const options =
    flags === undefined ? "" : flags.kind === "symbol" ? ownValue(FLAGS, flags.name) : undefined;
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const isMultiline = `${options}${inline?.[1]}`.includes("m");
  const source = pattern
    .slice(inline?.[0].length ?? 0)
    .replace(/\(\?P</g, "(?<")
    .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replace(/\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\$/g, (one) =>
      one === "$" && isMultiline ? one : (ownValue(ANCHORS, one) ?? one),
    );
  const isForeign =
    source.length > MAX_PATTERN ||
    /[^\x20-\x7e]/.test(source) ||
    /\(\?(?![:=!]|<(?:[=!]|\w))|[*+?}][+]|\\[pPNkuU]/.test(source);
  if (options === undefined || isForeign || isNested(source)) return undefined;
  try {
    return new RegExp(source, [...new Set(options + (inline?.[1] ?? ""))].join(""));
  } catch {
    return undefined;
  }
}

/** True where a group that is repeated holds a repetition or a choice. */
function isNested(source: string): boolean {
  const open: boolean[] = [];
  const text = source.replace(/\\./g, "x").replace(/\[\^?\]?[^\]]*\]/g, "x");
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    const isFlag = char === "?" && text[at - 1] === "(";
    if (char === "(") open.push(false);
    else if (char === ")") {
      const holds = open.pop() === true;
      if (holds && /[*+?{]/.test(text[at + 1] ?? "")) return true;
      if (holds && open.length > 0) open[open.length - 1] = true;
    } else if (/[*+?{|]/.test(char) && !isFlag && open.length > 0) open[open.length - 1] = true;
  }
  return false;
}

/** True where matching takes few steps whatever the text: it can begin anywhere, and each repetition can end anywhere. */
function isCheap(source: string, text: string): boolean {
  if (text.length > MAX_TEXT || /[^\x20-\x7e\n\t\r]/.test(text)) return false;
  const repetitions = source.replace(/\\./g, "x").match(/[*+{]/g)?.length ?? 0;
  return (text.length + 1) ** (repetitions + 1) <= MAX_STEPS;
}

/** A match as an object: the groups as what it was made with. */
function matchOf(
  found: RegExpExecArray | null,
  site: Site,
  /** Where a line's beginning counts as the text's, what is found further on is not what was asked for. */
  onlyAtStart = false,
): Value {
  if (found === null || (onlyAtStart && found.index > 0)) return constant(null, site);
  const of = (group: string | undefined) => constant(group ?? null, site);
  const named = Object.entries(found.groups ?? {}).map(
    ([name, group]) => [name, of(group)] as const,
  );
  const call = { positional: found.map(of), keywords: new Map(named), open: false };
  return { kind: "symbol", name: MATCH, call, site };
}

/** A group of a match by its number or name; undefined for any other key. */
export function groupOf({ name, call }: SymbolValue, key: Value): Value | undefined {
  if (name !== MATCH || key.kind !== "constant") return undefined;
  return typeof key.value === "number"
    ? call?.positional[key.value]
    : call?.keywords.get(String(key.value));
}

function callMatch(
  match: SymbolValue,
  method: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { call } = match;
  if (call === undefined) return undefined;
  switch (method) {
    case "group": {
      const groups = (given.positional.length > 0 ? given.positional : [constant(0)]).map((key) =>
        groupOf(match, key),
      );
      if (groups.includes(undefined)) return undefined;
      const known = groups.filter((one) => one !== undefined);
      return known.length === 1 ? known[0] : sequence("tuple", known, site);
    }
    case "groups":
      return sequence("tuple", call.positional.slice(1), site);
    case "groupdict":
      return dict(
        new Map(
          [...call.keywords].map(([key, value]) => [
            `s${key}`,
            { key: constant(key, site), value },
          ]),
        ),
        site,
      );
    default:
      return undefined;
  }
}
