/** Texts that other parts of the standard library make of texts: templates, encodings, copies without indentation. */
import { createHash } from "node:crypto";
import { isKind } from "../ast.ts";
import { dict } from "./containers.ts";
import { formatBraces } from "./formatting.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  keyOf,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

const TEMPLATE = /^string\.Template\(\)\.(?:safe_)?substitute$/;
const MAX_TEXT = 100_000;

/** The result of such a call; undefined for any other, and where it cannot be told. */
export function callText(callee: SymbolValue, given: Arguments, site: Site): Value | undefined {
  if (TEMPLATE.test(callee.name)) return substitute(callee, given, site);
  const hashed = callHash(callee, given, site);
  if (hashed !== undefined) return hashed;
  const [first] = given.positional;
  if (callee.name === "builtins.str.maketrans") return tableOf(given.positional, site);
  const word = textOf(first);
  if (word === undefined || word.length > MAX_TEXT || given.positional.length > 1) return undefined;
  switch (callee.name) {
    case "base64.b64decode":
    case "base64.standard_b64decode":
    case "base64.urlsafe_b64decode": {
      const decoded = decodeBase64(word);
      return decoded === undefined ? undefined : constant(new Bytes(decoded), site);
    }
    case "base64.b64encode":
      return isAscii(word) ? constant(new Bytes(btoa(word)), site) : undefined;
    case "base64.urlsafe_b64encode":
      return isAscii(word)
        ? constant(new Bytes(btoa(word).replaceAll("+", "-").replaceAll("/", "_")), site)
        : undefined;
    case "builtins.bytes.fromhex": {
      const plain = word.replaceAll(/\s/g, "");
      if (!/^(?:[0-7][\da-f])*$/i.test(plain)) return undefined;
      const codes = plain.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
      return constant(new Bytes(String.fromCharCode(...codes)), site);
    }
    case "textwrap.dedent": {
      const indents = word.split("\n").flatMap((line) => /^([ \t]*)\S/.exec(line)?.[1] ?? []);
      const least = Math.min(...indents.map((one) => one.length));
      return constant(
        word
          .split("\n")
          .map((line) => (/\S/.test(line) ? line.slice(least) : ""))
          .join("\n"),
        site,
      );
    }
    default:
      return undefined;
  }
}

const HASHES = new Set(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]);

/** `hashlib.sha256(b"text").hexdigest()`, where nothing can come between the two calls. */
function callHash(callee: SymbolValue, given: Arguments, site: Site): Value | undefined {
  const [, made = ""] = /^hashlib\.(\w+)\(\)\.hexdigest$/.exec(callee.name) ?? [];
  const hash = callee.base?.kind === "symbol" ? callee.base.call : undefined;
  const [name, content] =
    made === "new"
      ? [asString(hash?.positional[0]), hash?.positional[1]]
      : [made, hash?.positional[0]];
  const { node } = site;
  if (name === undefined || !HASHES.has(name) || content === undefined || given.open)
    return undefined;
  if (!isKind(node, "Call") || !isKind(node.func, "Attribute") || !isKind(node.func.value, "Call"))
    return undefined;
  const word =
    content.kind === "constant" && content.value instanceof Bytes ? content.value.text : "";
  // What is not ASCII may have been other bytes.
  if (word === "" || !isAscii(word) || word.length > MAX_TEXT) return undefined;
  return constant(createHash(name).update(word).digest("hex"), site);
}

/** `str.maketrans("ab", "xy")`: a dict by the numbers of the characters. */
function tableOf(given: readonly Value[], site: Site): Value | undefined {
  const [from, to, gone] = given.map((one) => [...(asString(one) ?? "")]);
  const [whole] = given;
  const pairs: [Value, Value][] =
    given.length === 1 && whole?.kind === "dict"
      ? [...whole.contents.content.entries.values()].map(({ key, value }) => [
          constant(asString(key)?.codePointAt(0) ?? "", site),
          value,
        ])
      : (from ?? []).map((char, index) => [
          constant(char.codePointAt(0) ?? 0, site),
          constant(to?.[index] ?? "", site),
        ]);
  for (const char of gone ?? [])
    pairs.push([constant(char.codePointAt(0) ?? 0, site), constant(null, site)]);
  if (given.length > 1 && given.some((one) => asString(one) === undefined)) return undefined;
  const keyed = pairs.map(([key, value]) => [keyOf(key) ?? "", { key, value }] as const);
  return keyed.some(([id]) => !id.startsWith("n")) ? undefined : dict(new Map(keyed), site);
}

/** What `"text".translate(table)` gives; undefined where part of the table is not known. */
export function translated(own: string, table: Value | undefined): string | undefined {
  if (table?.kind !== "dict" || table.contents.content.open) return undefined;
  const { entries } = table.contents.content;
  let made = "";
  for (const char of own) {
    const value = entries.get(`n${char.codePointAt(0)}`)?.value;
    if (value === undefined) made += char;
    else if (value.kind !== "constant" || value.value instanceof Bytes) return undefined;
    else if (typeof value.value === "number") made += String.fromCodePoint(value.value);
    else if (value.value !== null) made += String(value.value);
  }
  return made.length > MAX_TEXT ? undefined : made;
}

/** True where `text.translate(table)` leaves none of a character, whatever the text is. */
export function takesOut(character: string, table: Value | undefined): boolean {
  if (table?.kind !== "dict" || translated(character, table) === undefined) return false;
  const { entries } = table.contents.content;
  // What is not in the table stays as it is.
  if (!entries.has(`n${character.codePointAt(0)}`)) return false;
  const made = [...entries.keys()].map((key) =>
    translated(String.fromCodePoint(Number(key.slice(1)) || 0), table),
  );
  return made.every((one) => one !== undefined && !one.includes(character));
}

/** `Template("$a ${b}").substitute(a=1)`: the same as `format` once the places are written as that has them. */
function substitute(callee: SymbolValue, given: Arguments, site: Site): Value | undefined {
  const made = callee.base?.kind === "symbol" ? callee.base.call : undefined;
  const written = asString(made?.positional[0]);
  const [mapping] = given.positional;
  if (written === undefined || (mapping !== undefined && mapping.kind !== "dict")) return undefined;
  const entries = mapping === undefined ? [] : [...mapping.contents.content.entries.values()];
  const named = new Map(given.keywords);
  for (const { key, value } of entries) {
    const name = asString(key);
    if (name !== undefined && !named.has(name)) named.set(name, value);
  }
  const layout = written
    .replace(/[{}]/g, "$&$&")
    .replace(/\$(?:(\$)|(\w+)|\{\{(\w+)\}\})/g, (whole, dollar, plain, braced) => {
      if (dollar !== undefined) return dollar;
      const name = String(plain ?? braced);
      // What has no value stays as it stands, or is an error.
      return named.has(name) ? `{${name}}` : whole;
    });
  return formatBraces(layout, [], named, given.open, site);
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === "constant" && value.value instanceof Bytes
    ? value.value.text
    : asString(value);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e\s]*$/.test(text);
}

/** The text that bytes of Base64 hold, where it is plain ASCII. */
function decodeBase64(word: string): string | undefined {
  const plain = word.replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.length % 4 !== 0) return undefined;
  const decoded = atob(plain);
  return isAscii(decoded) ? decoded : undefined;
}
