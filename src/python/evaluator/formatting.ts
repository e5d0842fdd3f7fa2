import { memberAt, membersOf } from "./containers.ts";
import { asString, constant, derived, MAX_TEXT, type Site, text, type Value } from "./values.ts";
import { format, repr, str } from "./writing.ts";

/** One conversion of printf-style formatting: `%s`, `%(name)s`, `%05.2f`, `%%`. */
const PERCENT =
  /%(?:\((?<key>[^)]{0,200})\))?(?<layout>[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?)[hlL]?(?<type>[diouxXeEfFgGcrsa%])/g;
/** One field of `str.format`, or a doubled brace. */
const FIELD =
  /\{\{|\}\}|\{(?<name>[^{}:!.[]*)(?<path>(?:\.\w+|\[[^\]{}]*\])*)(?:!(?<conversion>[rsa]))?(?::(?<layout>[^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}/g;

/** What `%d` and its like write is a number, whatever came in. */
const NUMERIC = new Set("diouxXeEfFgGc");

/** `format % values`, as a text of parts. */
export function formatPercent(format: Value, values: Value, site: Site): Value | undefined {
  const template = asString(format);
  if (template === undefined || template.length > MAX_TEXT) return derived([format, values], site);
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
    const layout = match.groups?.["layout"] ?? "";
    // A width that is an argument too.
    if (layout.includes("*")) return derived([format, values], site);
    const value =
      key === undefined
        ? positional?.[next++]
        : values.kind === "dict"
          ? values.contents.content.entries.get(`s${key}`)?.value
          : undefined;
    const whole = value ?? derived([values], site);
    const known = percent(whole, type, layout);
    if (known !== undefined) {
      parts.push(known);
      continue;
    }
    const written = NUMERIC.has(type) ? numeral(whole, type, layout, site) : whole;
    parts.push(
      NUMERIC.has(type) || (type === "s" && layout === "") ? written : changed(whole, site),
    );
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
  if (template.length > MAX_TEXT) return derived([...positional, ...keywords.values()], site);
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
    const named = (name: string) =>
      name === ""
        ? positional[next++]
        : /^\d+$/.test(name)
          ? positional[Number(name)]
          : keywords.get(name);
    const value = named(match.groups?.["name"] ?? "");
    const given = value ?? derived(open ? [...positional, ...keywords.values()] : [], site);
    const { path = "", conversion, layout = "" } = match.groups ?? {};
    const whole = followPath(given, path, site);
    const filled = layout.replace(/\{(\w*)\}/g, (field, name) => {
      const inner = named(String(name));
      return (inner && str(inner)) ?? field;
    });
    const known = filled.includes("{") ? undefined : formatted(whole, conversion, filled);
    if (known !== undefined) {
      parts.push(known);
      continue;
    }
    parts.push((conversion ?? "s") !== "s" || layout !== "" ? changed(whole, site) : whole);
  }
  parts.push(template.slice(last));
  return text(parts, site);
}

/** `{0[key].name}`: members are looked up, attributes are not. */
function followPath(value: Value, path: string, site: Site): Value {
  let at = value;
  for (const step of path.match(/\.\w+|\[[^\]]*\]/g) ?? []) {
    const key = step.startsWith("[") ? step.slice(1, -1) : undefined;
    const member =
      key === undefined
        ? undefined
        : memberAt(at, constant(/^\d+$/.test(key) ? Number(key) : key, site), site);
    at = member ?? changed(at, site);
  }
  return at;
}

/** What `{value!conversion:layout}` writes; undefined where it is not known. */
export function formatted(
  value: Value,
  conversion: string | undefined,
  layout: string,
): string | undefined {
  if (conversion === undefined) return format(value, layout);
  const written = conversion === "s" ? str(value) : repr(value);
  return written === undefined ? undefined : format(constant(written), layout);
}

/** What a printf-style conversion writes; undefined where it is not known. */
function percent(value: Value, type: string, layout: string): string | undefined {
  if (type === "s" || type === "r" || type === "a")
    return formatted(
      value,
      type === "s" ? "s" : "r",
      layout.replace(/^(?=\d)/, ">").replace(/^-/, "<"),
    );
  if (type === "c") return asString(value);
  if (value.kind !== "constant" || typeof value.value === "string") return undefined;
  const whole = type === "i" || type === "u" || type === "d";
  const number =
    whole && typeof value.value === "number" ? constant(Math.trunc(value.value)) : value;
  return format(number, layout.replace(/^-/, "<") + (whole ? "d" : type));
}

/** A number's digits cannot break out of anything: the hole forgets where they came from. */
function numeral(value: Value, type: string, layout: string, site: Site): Value {
  const number = value.kind === "constant" ? Number(value.value) : Number.NaN;
  const isPlain = /[diu]/.test(type) && layout === "" && Number.isInteger(number);
  return isPlain ? constant(number, site) : { kind: "unknown", from: [], isHarmless: true, site };
}

/** A value that is not written as it is: quoted, padded or cut. */
function changed(value: Value, site: Site): Value {
  return derived([value], site);
}
