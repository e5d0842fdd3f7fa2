/**
 * Calls that read environment variables. A rule wants to know what a deployment gets that sets nothing, so a read gives its
 * default, marked with the variable's name; without a default it is an `environment` value, or None where the call gives that.
 */
import type { AddressForm, EnvironmentReader } from "../../core/models.ts";
import { dict, membersOf, sequence } from "./containers.ts";
import { argument, type Machine } from "./machine.ts";
import {
  type Arguments,
  asString,
  constant,
  derived,
  type Site,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";

const TRUE_WORDS = new Set(["true", "1", "yes", "on", "y", "t", "ok"]);
/** What the readers that we know call the parameter that names the variable. */
const NAME_PARAMETERS = [0, "key", "var", "varname", "name", "option"] as const;

interface Read {
  readonly site: Site;
  readonly callee: SymbolValue;
}

/**
 * The value of a call that reads a variable. `attribute` is the name of the class attribute that the call is assigned to;
 * undefined where the reader takes its variable's name from there and the call stands elsewhere.
 */
export function readEnvironment(
  machine: Machine,
  reader: EnvironmentReader,
  given: Arguments,
  read: Read,
  attribute?: string,
): Value | undefined {
  const closed = { ...given, open: false };
  const name =
    reader.attribute === undefined
      ? (asString(argument(closed, ...(reader.variable?.argument ?? NAME_PARAMETERS))) ??
        (closed.positional.length === 0 ? reader.variable?.name : undefined) ??
        "?")
      : variableOf(reader.attribute, closed, attribute);
  if (name === undefined) return undefined;
  const { site } = read;
  const planned = reader.scheme ? schemeOf(read.callee, name) : undefined;
  const fallback = argument(closed, ...reader.default) ?? planned;
  const asked = (place: readonly (number | string)[] | undefined) =>
    truth(argument(closed, ...(place ?? [])) ?? derived([]));
  if (asked(reader.attribute?.readsArgument) === false) return fallback ?? constant(null, site);
  const isRequired = asked(reader.attribute?.requiredArgument) === true;
  if (fallback === undefined || isRequired) {
    if (reader.otherwise === "error" || isRequired) {
      machine.raise({ exception: reader.raises, environment: { name, site } });
      return { kind: "environment", name, site };
    }
    return { kind: "constant", value: null, site, environment: { name, site, missing: true } };
  }
  const value =
    reader.castsDefault && machine.step()
      ? castDefault(machine, reader, closed, fallback, site)
      : fallback;
  const placed =
    reader.under === undefined
      ? value
      : dict(new Map([[`s${reader.under}`, { key: constant(reader.under, site), value }]]), site);
  return { ...placed, environment: { name, site } };
}

function variableOf(
  rule: NonNullable<EnvironmentReader["attribute"]>,
  given: Arguments,
  attribute: string | undefined,
): string | undefined {
  const named = asString(argument(given, ...rule.nameArgument)) ?? rule.name ?? attribute;
  if (named === undefined) return undefined;
  const prefix = argument(given, ...rule.prefixArgument);
  if (prefix === undefined) return rule.prefix + named;
  const own = asString(prefix);
  return own ? `${own.replace(/_$/, "")}_${named}` : named;
}

/** The default that the constructor of a reader gives a variable: the second of a pair, which is not cast. */
function schemeOf({ call, base }: SymbolValue, name: string): Value | undefined {
  // Of `env("A")` and of `env.bool("A")`.
  const constructed = call ?? (base?.kind === "symbol" ? base.call : undefined);
  const entry = constructed?.keywords.get(name);
  return entry?.kind === "sequence" ? entry.contents.content.items[1] : undefined;
}

function castDefault(
  machine: Machine,
  reader: EnvironmentReader,
  given: Arguments,
  value: Value,
  site: Site,
): Value {
  if (reader.cast !== "by-argument") return applyCast(machine, reader.cast, value, site);
  const cast = argument(given, ...reader.castArgument);
  if (cast === undefined) return value;
  if (cast.kind === "function") {
    const call = { positional: [value], keywords: new Map(), open: false };
    return machine.call(cast, call, site) ?? derived([value], site);
  }
  if (cast.kind !== "symbol") return derived([value], site);
  const known = machine.models.casts.get(cast.name) ?? cast.name.replace("builtins.", "");
  const inner = cast.call === undefined ? undefined : argument(cast.call, "cast", 0);
  const list = applyCast(machine, known, value, site);
  if (inner?.kind !== "symbol" || list.kind !== "sequence") return list;
  const each = inner.name.replace("builtins.", "");
  const items = membersOf(list)?.map((item) => applyCast(machine, each, item, site));
  return items === undefined ? list : sequence(list.type, items, site);
}

/** What a reader makes of a text; a value of another type is what it would make already. */
export function applyCast(machine: Machine, cast: string, value: Value, site: Site): Value {
  const word = asString(value);
  if (word === undefined) {
    const members = membersOf(value);
    const type = SEQUENCES.get(cast);
    return type !== undefined && members !== undefined && value.kind === "sequence"
      ? sequence(type, members, site)
      : value;
  }
  switch (cast) {
    case "bool":
      return constant(TRUE_WORDS.has(word.toLowerCase()), site);
    case "flag":
      return constant(TRUE_WORDS.has(word.toLowerCase()) ? 1 : 0, site);
    case "int":
    case "float":
      return word !== "" && Number.isFinite(Number(word)) ? constant(Number(word), site) : value;
    case "list":
    case "tuple":
    case "set": {
      const items = word.split(",").map((item) => item.trim());
      return sequence(
        cast,
        items.filter((item) => item !== "").map((item) => constant(item, site)),
        site,
      );
    }
    default: {
      const form = machine.models.addresses.get(cast);
      return form === undefined ? value : fromAddress(word, form, site);
    }
  }
}

const SEQUENCES: ReadonlyMap<string, "list" | "tuple" | "set"> = new Map([
  ["list", "list"],
  ["tuple", "tuple"],
  ["set", "set"],
]);

const ADDRESS =
  /^(?<scheme>[a-z0-9+]{1,40}):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<host>[^:/?#@]*)(?::(?<port>\d{1,5}))?(?:\/(?<name>[^?#]*))?/i;

/** The entries of a setting that is written as an address: a database, a cache. */
function fromAddress(url: string, form: AddressForm, site: Site): Value {
  const groups = ADDRESS.exec(url)?.groups ?? {};
  const scheme = (groups["scheme"] ?? "").replace(/\+.*$/, "").toLowerCase();
  const backend = form.schemes[scheme];
  if (backend === undefined) return dict(new Map(), site, true);
  const entries = [
    [form.backend, backend] as const,
    ...Object.entries(form.parts).map(
      ([key, part]) => [key, part === "address" ? url : (groups[part] ?? "")] as const,
    ),
  ];
  return dict(
    new Map(
      entries.map(([key, value]) => [
        `s${key}`,
        { key: constant(key, site), value: constant(value, site) },
      ]),
    ),
    site,
  );
}
