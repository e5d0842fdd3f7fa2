/** Texts that other parts of the standard library make of texts: templates, encodings, copies without indentation. */
import { formatBraces } from "./formatting.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

const TEMPLATE = /^string\.Template\(\)\.(?:safe_)?substitute$/;
const MAX_TEXT = 100_000;

/** The result of such a call; undefined for any other, and where it cannot be told. */
export function callText(callee: SymbolValue, given: Arguments, site: Site): Value | undefined {
  if (TEMPLATE.test(callee.name)) return substitute(callee, given, site);
  const [first] = given.positional;
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
