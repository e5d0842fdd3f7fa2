/** What the methods of strings do with known arguments. */
import { Bytes, MAX_TEXT, type Primitive } from "./values.ts";

/** An argument of a method: a constant, or a tuple of texts. */
export type TextArgument = Primitive | readonly string[];

type Result = Primitive | readonly string[] | undefined;

/** The result of a method of a known string; undefined where Python would fail, or the method is not one of these. */
export function callTextMethod(
  own: string,
  name: string,
  given: readonly TextArgument[],
  keywords: ReadonlyMap<string, TextArgument>,
): Result {
  const [a, b] = given;
  const text = typeof a === "string" ? a : undefined;
  const other = typeof b === "string" ? b : undefined;
  const number = (value: TextArgument | undefined) =>
    typeof value === "number" && Number.isInteger(value) ? value : undefined;
  switch (name) {
    case "lower":
      return own.toLowerCase();
    case "casefold":
      return own.toLowerCase().replaceAll("ß", "ss");
    case "upper":
      return own.toUpperCase();
    case "swapcase":
      return own.replace(/\p{L}/gu, (char) =>
        char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
      );
    case "title":
      return own
        .toLowerCase()
        .replace(
          /(^|[^a-z])([a-z])/g,
          (_, before: string, char: string) => before + char.toUpperCase(),
        );
    case "capitalize":
      return own.slice(0, 1).toUpperCase() + own.slice(1).toLowerCase();
    case "strip":
    case "lstrip":
    case "rstrip":
      if (a !== undefined && a !== null && text === undefined) return undefined;
      return strip(own, text, name !== "rstrip", name !== "lstrip");
    case "startswith":
    case "endswith": {
      const tests = typeof a === "string" ? [a] : Array.isArray(a) ? a : undefined;
      if (tests === undefined || given.length > 1) return undefined;
      return tests.some((one) => (name === "startswith" ? own.startsWith(one) : own.endsWith(one)));
    }
    case "removeprefix":
      return text !== undefined && own.startsWith(text) ? own.slice(text.length) : own;
    case "removesuffix":
      return text && own.endsWith(text) ? own.slice(0, -text.length) : own;
    case "replace":
      return text === undefined || other === undefined
        ? undefined
        : replace(own, text, other, number(given[2]) ?? -1);
    case "split":
    case "rsplit": {
      const separator = a ?? keywords.get("sep") ?? null;
      const most = number(b ?? keywords.get("maxsplit")) ?? -1;
      if (separator !== null && (typeof separator !== "string" || separator === ""))
        return undefined;
      return split(own, separator, most, name === "rsplit");
    }
    case "splitlines":
      return own === "" ? [] : own.replace(/(?:\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);
    case "partition":
    case "rpartition": {
      if (!text) return undefined;
      const at = name === "partition" ? own.indexOf(text) : own.lastIndexOf(text);
      if (at < 0) return name === "partition" ? [own, "", ""] : ["", "", own];
      return [own.slice(0, at), text, own.slice(at + text.length)];
    }
    case "find":
    case "index":
    case "rfind":
    case "rindex": {
      if (text === undefined || given.length > 2) return undefined;
      const from = number(b) ?? 0;
      if (from < 0) return undefined;
      const at = name.startsWith("r") ? own.lastIndexOf(text) : own.indexOf(text, from);
      return at < 0 && name.endsWith("index") ? undefined : at;
    }
    case "count":
      return text ? own.split(text).length - 1 : undefined;
    case "zfill": {
      const width = number(a) ?? 0;
      const sign = /^[+-]/.exec(own)?.[0] ?? "";
      return width > MAX_TEXT
        ? undefined
        : sign + own.slice(sign.length).padStart(width - sign.length, "0");
    }
    case "ljust":
    case "rjust":
    case "center": {
      const width = number(a);
      if (width === undefined || width > MAX_TEXT) return undefined;
      const fill = other ?? " ";
      if (name === "ljust") return own.padEnd(width, fill);
      if (name === "rjust") return own.padStart(width, fill);
      const left = Math.max(0, width - own.length);
      // CPython puts the odd one to the left where the width is odd.
      const before = Math.floor(left / 2) + (left & width & 1);
      return own.padStart(own.length + before, fill).padEnd(Math.max(width, own.length), fill);
    }
    case "isdigit":
    case "isdecimal":
    case "isnumeric":
      return /^\d+$/.test(own);
    case "isalpha":
      return /^\p{L}+$/u.test(own);
    case "isalnum":
      return /^[\p{L}\p{N}]+$/u.test(own);
    case "isspace":
      return /^\s+$/.test(own);
    case "isupper":
      return own === own.toUpperCase() && own !== own.toLowerCase();
    case "islower":
      return own === own.toLowerCase() && own !== own.toUpperCase();
    case "isidentifier":
      return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(own);
    case "encode": {
      // Bytes hold the text that they were made of: of what is not ASCII only UTF-8 gives it back.
      const encoding = (text ?? keywords.get("encoding") ?? "utf-8").toString();
      return isUtf8(encoding) || isAscii(own) ? new Bytes(own) : undefined;
    }
    case "expandtabs": {
      const size = a === undefined ? (number(keywords.get("tabsize")) ?? 8) : number(a);
      return size === undefined || size > 100 ? undefined : expandTabs(own, size);
    }
    case "__str__":
      return own;
    case "__len__":
      return [...own].length;
    default:
      return undefined;
  }
}

function strip(own: string, chars: string | undefined, left: boolean, right: boolean): string {
  const drops = (char: string | undefined) =>
    char !== undefined && (chars === undefined ? /\s/.test(char) : chars.includes(char));
  let start = 0;
  let end = own.length;
  while (left && start < end && drops(own[start])) start++;
  while (right && end > start && drops(own[end - 1])) end--;
  return own.slice(start, end);
}

function expandTabs(own: string, size: number): string {
  let made = "";
  let column = 0;
  for (const char of own) {
    const width = size > 0 ? size - (column % size) : 0;
    made += char === "\t" ? " ".repeat(width) : char;
    column = char === "\n" || char === "\r" ? 0 : column + (char === "\t" ? width : 1);
  }
  return made;
}

function replace(own: string, from: string, to: string, most: number): string | undefined {
  // Each `replace` may double a text.
  if (own.length * to.length > MAX_TEXT) return undefined;
  if (most < 0) return own.replaceAll(from, () => to);
  if (from === "") return undefined;
  const parts = own.split(from);
  const head = parts.slice(0, most + 1).join(to);
  return [head, ...parts.slice(most + 1)].join(from);
}

function split(own: string, separator: string | null, most: number, fromRight: boolean): string[] {
  if (separator === null) {
    const words = own.split(/\s+/).filter((word) => word !== "");
    if (most < 0 || words.length <= most + 1) return words;
    const form = fromRight
      ? new RegExp(`^\\s*(.*?)${"\\s+(\\S+)".repeat(Math.min(most, 50))}\\s*$`, "s")
      : undefined;
    if (form !== undefined) return form.exec(own)?.slice(1) ?? words;
    let rest = own.trimStart();
    const first: string[] = [];
    for (let count = 0; count < most; count++) {
      const word = /^\S+/.exec(rest)?.[0] ?? "";
      first.push(word);
      rest = rest.slice(word.length).trimStart();
    }
    return [...first, rest];
  }
  const parts = own.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return fromRight
    ? [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), parts.slice(most).join(separator)];
}

/** True for a text of which every encoding makes the same bytes. */
export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** True for a name of UTF-8, in which bytes are kept. */
export function isUtf8(encoding: string): boolean {
  return /^utf[-_]?8$/i.test(encoding);
}
