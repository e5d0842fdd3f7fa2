/** Texts in which a call puts what it is given where braces stand, and escapes it: `format_html("<b>{}</b>", name)`. */
import {
  asString,
  type CallObservation,
  type Site,
  type TextValue,
  type Value,
} from "../../python/index.ts";

const BRACES = /\{\{|\}\}|\{(\w*)(?:![rs])?(?::[^{}]*)?\}/g;

/** The text that such a call makes; undefined where its format is not known. */
export function filledBraces(
  { callee, arguments: given, site }: CallObservation,
  from: "first" | "receiver",
): TextValue | undefined {
  const maker = callee.kind === "symbol" ? callee.base : undefined;
  const [format, values] =
    from === "first"
      ? [given.positional[0], given.positional.slice(1)]
      : [maker?.kind === "symbol" ? maker.call?.positional[0] : undefined, given.positional];
  const text = asString(format);
  return text === undefined ? undefined : fill(text, values, given.keywords, site);
}

function fill(
  text: string,
  values: readonly Value[],
  named: ReadonlyMap<string, Value>,
  site: Site,
): TextValue {
  const parts: (string | Value)[] = [];
  let at = 0;
  let next = 0;
  for (const { 0: mark, 1: name, index } of text.matchAll(BRACES)) {
    parts.push(text.slice(at, index));
    at = index + mark.length;
    if (name === undefined) {
      parts.push(mark.slice(1));
      continue;
    }
    const place = name === "" ? next++ : /^\d+$/.test(name) ? Number(name) : name;
    const value = typeof place === "number" ? values[place] : named.get(place);
    // A letter stands for what is not known.
    parts.push(value ?? "x");
  }
  parts.push(text.slice(at));
  return { kind: "text", parts, site };
}
