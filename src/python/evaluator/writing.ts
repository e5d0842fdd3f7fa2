/** How Python writes values: `str`, `repr`, and the layouts of `format`. */
import { isFloat, writeNumber } from "./numbers.ts";
import { Bytes, isMissing, MAX_TEXT, type Value } from "./values.ts";

/** `repr(value)`; undefined where some part is not known. */
export function repr(value: Value, depth = 0): string | undefined {
  if (depth > 8 || isMissing(value)) return undefined;
  if (value.kind === "constant") {
    if (typeof value.value === "string") return quote(value.value);
    if (value.value instanceof Bytes) return `b${quote(value.value.text)}`;
    return writePlain(value);
  }
  if (value.kind === "sequence" && !value.contents.content.open) {
    const items = value.contents.content.items.map((item) => repr(item, depth + 1));
    if (items.includes(undefined)) return undefined;
    const inner = items.join(", ");
    if (inner.length > MAX_TEXT) return undefined;
    if (value.type === "list") return `[${inner}]`;
    if (value.type === "tuple") return items.length === 1 ? `(${inner},)` : `(${inner})`;
    return items.length === 0 ? "set()" : `{${inner}}`;
  }
  if (value.kind === "dict" && !value.contents.content.open) {
    const items = [...value.contents.content.entries.values()].map((entry) => {
      const [key, written] = [repr(entry.key, depth + 1), repr(entry.value, depth + 1)];
      return key === undefined || written === undefined ? undefined : `${key}: ${written}`;
    });
    return items.includes(undefined) ? undefined : `{${items.join(", ")}}`;
  }
  return undefined;
}

/** `str(value)`; undefined where some part is not known. */
export function str(value: Value): string | undefined {
  if (value.kind === "constant")
    return typeof value.value === "string" ? value.value : writePlain(value);
  return repr(value);
}

function writePlain(value: Value & { kind: "constant" }): string | undefined {
  if (isMissing(value)) return undefined;
  if (value.value === null) return "None";
  if (typeof value.value === "boolean") return value.value ? "True" : "False";
  if (typeof value.value === "number")
    return Number.isFinite(value.value) ? writeNumber(value.value, isFloat(value)) : undefined;
  return value.value instanceof Bytes ? undefined : String(value.value);
}

function quote(text: string): string | undefined {
  // Whether other characters are printable is a long table.
  if (/[^\x20-\x7e\n\t\r\u00a1-\u024f]/.test(text)) return undefined;
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r");
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

const LAYOUT =
  /^(?:(?<fill>.)?(?<align>[<>^=]))?(?<sign>[-+ ])?(?<other>#)?(?<zero>0)?(?<width>\d{1,4})?(?<group>[,_])?(?:\.(?<precision>\d{1,3}))?(?<type>[bcdeEfFgGnosxX%])?$/s;

/** `format(value, layout)`; undefined where value or layout is not one of those that programs use. */
export function format(value: Value, layout: string): string | undefined {
  if (layout === "") return str(value);
  const parts = LAYOUT.exec(layout)?.groups;
  if (parts === undefined || value.kind !== "constant" || isMissing(value)) return undefined;
  const { width = "0", zero, align, sign = "-", type } = parts;
  const plain = value.value;
  const fill = parts["fill"] ?? (zero ? "0" : " ");
  if (typeof plain === "string" || plain === null) {
    if (plain === null || (type !== undefined && type !== "s")) return undefined;
    const cut =
      parts["precision"] === undefined ? plain : plain.slice(0, Number(parts["precision"]));
    return pad(cut, Number(width), fill, align ?? "<");
  }
  if (typeof plain !== "number" && typeof plain !== "boolean") return undefined;
  const digits = writeDigits(Math.abs(Number(plain)), isFloat(value), parts);
  if (digits === undefined) return undefined;
  const mark = Number(plain) < 0 ? "-" : sign === "-" ? "" : sign;
  if (align === "=" || (align === undefined && zero))
    return mark + digits.padStart(Number(width) - mark.length, fill);
  return pad(mark + digits, Number(width), fill, align ?? ">");
}

function writeDigits(
  size: number,
  float: boolean,
  parts: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { type, group, precision } = parts;
  const places = precision === undefined ? 6 : Number(precision);
  const grouped = (text: string) =>
    group === undefined
      ? text
      : text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, group));
  const base = { b: 2, o: 8, x: 16, X: 16 }[type ?? ""];
  if (places > 100) return undefined;
  if (base !== undefined) {
    if (!Number.isInteger(size)) return undefined;
    const text = size.toString(base);
    const prefixed = parts["other"] ? `0${type?.toLowerCase()}${text}` : text;
    return type === "X" ? prefixed.toUpperCase() : prefixed;
  }
  switch (type) {
    case "f":
    case "F":
      return grouped(size.toFixed(places));
    case "%":
      return `${(size * 100).toFixed(places)}%`;
    case "e":
      return size.toExponential(places).replace(/([+-])(\d)$/, "$10$2");
    case "d":
    case "n":
    case undefined:
      if (precision !== undefined || float)
        return type === undefined && precision === undefined
          ? grouped(writeNumber(size, float))
          : type === undefined
            ? String(Number(size.toPrecision(Math.max(1, places))))
            : undefined;
      return Number.isInteger(size) ? grouped(String(size)) : undefined;
    case "g":
      return String(Number(size.toPrecision(Math.max(1, places))));
    default:
      return undefined;
  }
}

function pad(text: string, width: number, fill: string, align: string): string {
  if (align === "<") return text.padEnd(width, fill);
  if (align === ">") return text.padStart(width, fill);
  const before = Math.floor(Math.max(0, width - text.length) / 2);
  return text.padStart(text.length + before, fill).padEnd(Math.max(width, text.length), fill);
}
