/** What `urllib.parse` makes of addresses and queries that are known. Of the rest only the host is told. */
import { dict, sequence } from "./containers.ts";
import { argument, type Machine } from "./machine.ts";
import { namespaceOf } from "./objects.ts";
import { keepEnvironment } from "./unset.ts";
import {
  type Arguments,
  asString,
  constant,
  type Site,
  type SymbolValue,
  text,
  type Value,
} from "./values.ts";

/** RFC 3986, appendix B; without a scheme that is one, the text is a path. */
const ADDRESS =
  /^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?<netloc>[^/?#]*))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/s;
const MAX_TEXT = 10_000;

/** The result of such a call; undefined for any other, and where it cannot be told. */
export function callUrl(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  if (!callee.name.startsWith("urllib.parse.") || given.open) return undefined;
  const name = callee.name.slice("urllib.parse.".length);
  if (/^url(?:parse|split)\(\)\.geturl$/.test(name)) return together(callee, site);
  const [source = given.keywords.get(name === "urljoin" ? "base" : "url")] = given.positional;
  if (name === "urljoin" && source !== undefined && !machine.eager) {
    const joined = onSameHost(source, argument(given, 1, "url"), site);
    if (joined !== undefined) return joined;
  }
  const written = source && asString(source);
  if (source === undefined || written === undefined || written.length > MAX_TEXT) return undefined;
  const keep = (value: Value) => keepEnvironment(source, value);
  const word = (made: string) => keep(constant(made, site));
  switch (name) {
    case "urlparse":
    case "urlsplit":
      return given.positional.length > 1
        ? undefined
        : namespaceOf(
            machine,
            callee.name,
            new Map([...partsOf(written, site)].map(([key, value]) => [key, keep(value)])),
            site,
          );
    case "urljoin": {
      const other = argument(given, 1, "url");
      const added = other && asString(other);
      if (added === undefined || given.positional.length > 2) return undefined;
      const made = urlJoined(written, added);
      return made === undefined ? undefined : word(made);
    }
    case "quote":
    case "quote_plus": {
      const said = argument(given, 1, "safe");
      const safe = said === undefined ? (name === "quote" ? "/" : "") : asString(said);
      if (safe === undefined) return undefined;
      const made = quoted(written, name === "quote" ? safe : `${safe} `);
      return word(name === "quote" ? made : made.replaceAll(" ", "+"));
    }
    case "unquote":
      return word(unquoted(written));
    case "unquote_plus":
      return word(unquoted(written.replaceAll("+", " ")));
    case "parse_qs": {
      const lists = new Map<string, string[]>();
      for (const [key, value] of pairsOf(written))
        lists.set(key, [...(lists.get(key) ?? []), value]);
      const entries = [...lists].map(([key, values]) => {
        const value = sequence("list", values.map(word), site);
        return [`s${key}`, { key: constant(key, site), value }] as const;
      });
      return dict(new Map(entries), site);
    }
    case "parse_qsl":
      return sequence(
        "list",
        pairsOf(written).map(([key, value]) =>
          sequence("tuple", [constant(key, site), word(value)], site),
        ),
        site,
      );
    default:
      return undefined;
  }
}

/** `urljoin(base, "/items/" + key)`: what begins with a path of its own leads to the host of the base, whatever follows. */
function onSameHost(base: Value, path: Value | undefined, site: Site): Value | undefined {
  const start = path?.kind === "text" ? path.parts[0] : path && asString(path);
  if (path === undefined || typeof start !== "string" || !OWN_PATH.test(start)) return undefined;
  // Of what is known, more is.
  const isKnown = asString(base) !== undefined && asString(path) !== undefined;
  return isKnown ? undefined : text([base, path], site);
}

/** Two slashes would begin a host, and a colon end the name of a protocol. */
const OWN_PATH = /^(?:\/[^/\\]|[\w.-]+[/?])/;

/** The attributes of a parsed address, as Python has them. */
function partsOf(text: string, site: Site): ReadonlyMap<string, Value> {
  const {
    scheme = "",
    netloc = "",
    path = "",
    query = "",
    fragment = "",
  } = ADDRESS.exec(text)?.groups ?? {};
  const at = netloc.lastIndexOf("@");
  const [, user, , password] =
    (at < 0 ? undefined : /^([^:]*)(:(.*))?$/s.exec(netloc.slice(0, at))) ?? [];
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(netloc.slice(at + 1)) ?? [];
  const hostname = host?.replace(/^\[|\]$/g, "").toLowerCase();
  const parts: Readonly<Record<string, string | number | null>> = {
    scheme: scheme.toLowerCase(),
    netloc,
    path,
    query,
    fragment,
    params: "",
    username: user ?? null,
    password: password ?? null,
    hostname: hostname || null,
    port: port === undefined ? null : Number(port),
  };
  return new Map(Object.entries(parts).map(([name, value]) => [name, constant(value, site)]));
}

/** `urljoin(base, url)` of addresses of the web; undefined for others, and where a part of them is left to habit. */
function urlJoined(base: string, url: string): string | undefined {
  if (url === "" || base === "") return url || base;
  if (/[;\\\s]/.test(base + url)) return undefined;
  const [from, to] = [ADDRESS.exec(base)?.groups, ADDRESS.exec(url)?.groups];
  if (from === undefined || to === undefined) return undefined;
  const scheme = (to["scheme"] ?? from["scheme"] ?? "").toLowerCase();
  if (!/^(?:|https?|ftp|file)$/.test(from["scheme"]?.toLowerCase() ?? "")) return undefined;
  if (scheme !== (from["scheme"] ?? "").toLowerCase()) return url;
  const query = to["query"];
  const end = `${query === undefined ? "" : `?${query}`}${to["fragment"] === undefined ? "" : `#${to["fragment"]}`}`;
  const start = (netloc: string | undefined) =>
    `${scheme && `${scheme}:`}${netloc === undefined ? "" : `//${netloc}`}`;
  if (to["netloc"]) return `${start(to["netloc"])}${to["path"] ?? ""}${end}`;
  const below = to["path"] ?? "";
  if (below === "") {
    const kept = query === undefined && from["query"] !== undefined ? `?${from["query"]}` : "";
    return `${start(from["netloc"])}${from["path"] ?? ""}${kept}${end}`;
  }
  const folder = (from["path"] ?? "").replace(/[^/]*$/, "");
  const whole = below.startsWith("/")
    ? below
    : folder === "" && from["netloc"]
      ? `/${below}`
      : `${folder}${below}`;
  return `${start(from["netloc"])}${withoutDots(whole)}${end}`;
}

/** RFC 3986, 5.2.4. */
function withoutDots(path: string): string {
  const parts: string[] = [];
  const segments = path.split("/");
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "..") {
      if (parts.length > 1) parts.pop();
      if (isLast) parts.push("");
    } else if (segment === ".") {
      if (isLast) parts.push("");
    } else parts.push(segment);
  }
  return parts.join("/");
}

/** `parsed.geturl()`. */
function together({ base }: SymbolValue, site: Site): Value | undefined {
  const parts = base?.kind === "symbol" ? base.call?.keywords : undefined;
  const [scheme, netloc, path, query, fragment] = ["scheme", "netloc", "path", "query", "fragment"]
    .map((name) => parts?.get(name))
    .map((part) => part && asString(part));
  if (scheme === undefined) return undefined;
  const made = [
    scheme && `${scheme}:`,
    netloc && `//${netloc}`,
    path,
    query && `?${query}`,
    fragment && `#${fragment}`,
  ];
  return constant(made.join(""), site);
}

/** What is neither a letter, a digit nor one of `_.-~` nor safe, as its bytes. */
function quoted(text: string, safe: string): string {
  return [...text]
    .map((char) =>
      /[\w.~-]/.test(char) || safe.includes(char)
        ? char
        : encodeURIComponent(char.replace(/\p{Surrogate}/u, "\ufffd")).replace(
            /[!'()*]/,
            (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
          ),
    )
    .join("");
}

function unquoted(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The pairs of a query; one without a value does not count. */
function pairsOf(query: string): [string, string][] {
  return query.split("&").flatMap((pair): [string, string][] => {
    const [, key, value] = /^([^=]*)=(.+)$/s.exec(pair) ?? [];
    const plain = (one: string) => unquoted(one.replaceAll("+", " "));
    return key === undefined || value === undefined ? [] : [[plain(key), plain(value)]];
  });
}
