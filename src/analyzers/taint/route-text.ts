/** What the text of a route says of the parts of an address: their names, and of each its kind or a regex of all that it may be. */
import type { Urlconf } from "../../core/models.ts";
import { groupsOf } from "./regex.ts";

/** What a part of an address may be, by the converter that a route names, and what that is given; or by a regex. */
export type PartKind =
  | { readonly converter: string; readonly given?: string | undefined }
  | { readonly regex: string };

export type NamedPart = readonly [name: string, kind: PartKind];

/** Longer routes are not written by hand. */
const MAX_ROUTE = 1000;
/** `<int:pk>`, `<name>`, `<any(a, b):word>`; no group of a regex. */
const KIND_FIRST = /(?<!\?P)<(?:(\w+)(?:\((.*?)\))?:)?(\w+)>/g;
/** What a part is that says nothing of its kind. */
const PLAIN = "str";

/** The parts of a route: those that its framework's way of writing names, or groups of a regex: named ones, or else each by its place. */
export function partsOf(route: string, { parts, unnamed }: Urlconf): readonly NamedPart[] {
  if (route.length > MAX_ROUTE) return [];
  if (parts.kind === "behind") return kindLast(route, parts);
  const found: NamedPart[] = [];
  for (const [, converter = PLAIN, given, name = ""] of route.matchAll(KIND_FIRST))
    found.push([name, { converter, given }]);
  const groups = groupsOf(route);
  for (const { name, source } of groups)
    if (name !== undefined) found.push([name, { regex: source }]);
  if (found.length > 0 || unnamed === undefined) return found;
  return groups.map(({ source }, index) => [String(index), { regex: source }]);
}

/** The route without its parts. */
export function besidesParts(route: string, urlconf: Urlconf): string {
  if (urlconf.parts.kind === "before") return route.replace(KIND_FIRST, "");
  return cut(route, urlconf.parts.within).rest;
}

/** `<pk:int>`, `<name:re:[a-z]+>`, `{name}`, `{pk:\d+}`. */
function kindLast(route: string, { within, regex }: Urlconf["parts"]): readonly NamedPart[] {
  return cut(route, within).parts.flatMap((part): NamedPart[] => {
    const [, name, kind = PLAIN] = /^\s*(\w+)\s*(?::\s*([\s\S]*?)\s*)?$/.exec(part) ?? [];
    if (name === undefined) return [];
    const [, converter, given] = /^(\w+)(?:\((.*)\))?$/.exec(kind) ?? [];
    // A word alone is a kind, which a regex of that word would be no more than.
    if (converter !== undefined) return [[name, { converter, given }]];
    return regex !== undefined && kind.startsWith(regex)
      ? [[name, { regex: kind.slice(regex.length) }]]
      : [[name, { converter: kind }]];
  });
}

/** What stands between the signs, each up to the one that closes it, and what stands beside them. */
function cut(route: string, signs: "<>" | "{}"): { parts: readonly string[]; rest: string } {
  const [open, close] = signs;
  const parts: string[] = [];
  let rest = "";
  let depth = 0;
  let start = 0;
  for (let at = 0; at < route.length; at++) {
    const char = route[at];
    if (depth > 0 && char === "\\") at++;
    else if (char === open && depth++ === 0) start = at + 1;
    else if (char === close && depth > 0 && --depth === 0) parts.push(route.slice(start, at));
    else if (depth === 0) rest += char;
  }
  return { parts, rest };
}
