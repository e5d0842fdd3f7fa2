import { membersOf } from "./containers.ts";
import { asString, derived, type Site, text, type Value } from "./values.ts";

/** One conversion of printf-style formatting: `%s`, `%(name)s`, `%05.2f`, `%%`. */
const PERCENT =
  /%(?:\((?<key>[^)]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?<type>[diouxXeEfFgGcrsa%])/g;
/** One field of `str.format`, or a doubled brace. */
const FIELD =
  /\{\{|\}\}|\{(?<name>[^{}:!.[]*)(?<path>(?:\.\w+|\[[^\]{}]*\])*)(?:![rsa])?(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}/g;

/** What `%d` and its like write is a number, whatever came in. */
const NUMERIC = new Set("diouxXeEfFgGc");

/** `format % values`, as a text of parts. */
export function formatPercent(format: Value, values: Value, site: Site): Value | undefined {
  const template = asString(format);
  if (template === undefined) return derived([format, values], site);
  const positional =
    values.kind === "sequence" && values.type === "tuple" ? membersOf(values) : [values];
  const parts: (string | Value)[] = [];
  let last = 0;
  let next = 0;
  for (const match of template.matchAll(PERCENT)) {
    parts.push(template.slice(last, match.index));
    last = match.index + match[0].length;
    const type = match.groups?.["type"] ?? "s";
    if (type === "%") {
      parts.push("%");
      continue;
    }
    const key = match.groups?.["key"];
    const value =
      key === undefined
        ? positional?.[next++]
        : values.kind === "dict"
          ? values.contents.content.entries.get(`s${key}`)?.value
          : undefined;
    parts.push(hole(value ?? derived([values], site), NUMERIC.has(type), site));
  }
  parts.push(template.slice(last));
  return text(parts, site);
}

/** `format.format(*positional, **keywords)`, as a text of parts. */
export function formatBraces(
  template: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  open: boolean,
  site: Site,
): Value {
  const parts: (string | Value)[] = [];
  let last = 0;
  let next = 0;
  for (const match of template.matchAll(FIELD)) {
    parts.push(template.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[0] === "{{" || match[0] === "}}") {
      parts.push(match[0][0] ?? "");
      continue;
    }
    const name = match.groups?.["name"] ?? "";
    const value =
      name === ""
        ? positional[next++]
        : /^\d+$/.test(name)
          ? positional[Number(name)]
          : keywords.get(name);
    const whole = value ?? derived(open ? [...positional, ...keywords.values()] : [], site);
    parts.push(match.groups?.["path"] ? derived([whole], site) : whole);
  }
  parts.push(template.slice(last));
  return text(parts, site);
}

/** A number's digits cannot break out of anything: the hole forgets where they came from. */
function hole(value: Value, numeric: boolean, site: Site): Value {
  return numeric && value.kind !== "constant" ? derived([], site) : value;
}
