/**
 * Calls that read environment variables. A rule wants to know what a deployment gets that sets nothing, so a read gives its
 * default, marked with the variable's name; without a default it is an `environment` value, or None where the call gives that.
 */
import type { EnvironmentReader } from "../../core/models.ts";
import { fromAddress, withArguments } from "./addresses.ts";
import { dict, membersOf, sequence } from "./containers.ts";
import { variablesIn } from "./environment-files.ts";
import { argument, bindIn, bindingIn, type Machine } from "./machine.ts";
import { ownAttribute } from "./objects.ts";
import { nearest, pathInTree } from "./paths.ts";
import { fromData } from "./reflection.ts";
import { callTextMethod, type TextArgument } from "./text-methods.ts";
import { keepBoth, readOf } from "./unset.ts";
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
  const named =
    reader.attribute === undefined
      ? (asString(argument(closed, ...(reader.variable?.argument ?? NAME_PARAMETERS))) ??
        (closed.positional.length === 0 ? reader.variable?.name : undefined) ??
        "?")
      : variableOf(reader.attribute, closed, attribute);
  if (named === undefined) return undefined;
  const { site } = read;
  const name = openPrefix(machine, reader) + prefixOf(machine, reader, read.callee) + named;
  const set = variableSet(machine, reader, read, name);
  if (reader.call.endsWith(".pop")) unsetVariable(machine, name);
  if (set !== undefined) {
    const cast = castText(machine, reader, closed, read.callee, { name, text: set }, site);
    return { ...cast, environment: readOf(name, site, set) };
  }
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
    const none = reader.otherwise === "nothing" ? dict(new Map(), site) : constant(null, site);
    return { ...none, environment: { name, site, missing: true } };
  }
  const value =
    reader.castsDefault && machine.step()
      ? castDefault(machine, reader, closed, fallback, site)
      : fallback;
  if (reader.call.endsWith(".setdefault")) bindIn(machine, machine.variables, name, value, site);
  return keepBoth({ environment: { name, site } }, placeUnder(reader, value, site));
}

function placeUnder(reader: EnvironmentReader, value: Value, site: Site): Value {
  return reader.under === undefined
    ? value
    : dict(new Map([[`s${reader.under}`, { key: constant(reader.under, site), value }]]), site);
}

/** The text of a variable that the program or a file of the tree sets. */
export function variableIn(machine: Machine): (name: string) => string | undefined {
  return (name) => {
    const value = bindingIn(machine.variables, name)?.value;
    return value && asString(value);
  };
}

/** Forgets what the program set a variable to. */
export function unsetVariable(machine: Machine, name: string): void {
  const cell = machine.variables.names.get(name);
  if (cell !== undefined) machine.heap.write(cell, undefined);
}

/** `os.environ.update(A="1")`: true where the call sets variables, which then are set. */
export function setVariables(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): boolean {
  const [, owner] = /^(.*)\.update$/.exec(callee.name) ?? [];
  if (owner === undefined || !machine.models.environment.has(`${owner}[]`)) return false;
  const [first] = given.positional;
  const listed = first?.kind === "dict" ? [...first.contents.content.entries.values()] : [];
  for (const { key, value } of listed) {
    const name = asString(key);
    if (name !== undefined) bindIn(machine, machine.variables, name, value, site);
  }
  for (const [name, value] of given.keywords) bindIn(machine, machine.variables, name, value, site);
  return true;
}

/** What the program itself, or a file of the tree that it reads, sets a variable to. */
function variableSet(
  machine: Machine,
  reader: EnvironmentReader,
  { site, callee }: Read,
  name: string,
): Value | undefined {
  const known = bindingIn(machine.variables, name)?.value;
  if (known !== undefined) return { ...known, site: known.site ?? site };
  if (reader.files.length === 0) return undefined;
  const { path, variables } = fileOf(machine, reader, callee, site) ?? {};
  const text = variables?.get(name);
  return text === undefined || path === undefined
    ? undefined
    : { ...constant(text, site), listedIn: path };
}

/** The variables in the file that a reader was made with, or in the nearest one that it looks for. */
function fileOf(
  machine: Machine,
  reader: EnvironmentReader,
  { call, base }: SymbolValue,
  site: Site,
): { readonly path: string; readonly variables?: ReadonlyMap<string, string> } | undefined {
  // Of `config("A")` and of `config.get("A")`.
  const made = call ?? (base?.kind === "symbol" ? base.call : undefined);
  const source = made?.positional[0];
  const named = source?.kind === "symbol" ? source.call?.positional[0] : undefined;
  const folder = made && argument({ ...made, open: false }, ...reader.folder);
  // Programs run in the root of the tree.
  const start = folder && (pathInTree(folder) ?? asString(folder));
  const file =
    named === undefined || start !== undefined
      ? nearest(machine.files, site, reader.files, start)
      : machine.files.textOf(named);
  const isOptions = file !== undefined && /\.(?:ini|cfg)$/.test(file.path);
  const variables = variablesIn(file?.text, {
    expands: false,
    ...(isOptions && reader.section !== undefined && { section: reader.section }),
  });
  return file && { path: file.path, ...(variables && { variables }) };
}

/** Takes the variables of a file that a call names into the environment, but for those that are set. */
export function readEnvironmentFile(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): boolean {
  const form = machine.models.environmentFiles.get(callee.name);
  if (form === undefined) return false;
  const file = argument({ ...given, open: false }, ...form.file);
  const named = file?.kind === "symbol" && file.name === form.finder ? undefined : file;
  const source =
    named === undefined
      ? nearest(machine.files, site, [form.beside ?? []].flat())
      : machine.files.textOf(named);
  if (source === undefined) return true;
  const isAsked = (name: string) => truth(given.keywords.get(name) ?? derived([]));
  const lines = {
    expands: form.expands && isAsked("interpolate") !== false,
    comments: form.comments.some((name) => isAsked(name) === true),
  };
  const overwrites = ["overwrite", "override"].some((name) => isAsked(name) === true);
  for (const [name, value] of variablesIn(source.text, lines, variableIn(machine)) ?? [])
    if (overwrites || bindingIn(machine.variables, name) === undefined) {
      const listed = { ...constant(value, site), listedIn: source.path };
      bindIn(machine, machine.variables, name, listed, site);
    }
  return true;
}

/** What a reader makes of the text of a variable. */
function castText(
  machine: Machine,
  reader: EnvironmentReader,
  given: Arguments,
  callee: SymbolValue,
  { name, text }: { readonly name: string; readonly text: Value },
  site: Site,
): Value {
  const always = { ...reader, castsDefault: true };
  const value = castDefault(machine, always, given, text, site);
  if (!reader.scheme || reader.cast !== "text") return placeUnder(reader, value, site);
  // The type that the scheme names, or that the default has.
  const [type] = membersOf(schemeEntry(callee, name) ?? derived([])) ?? [];
  const fallback = argument(given, ...reader.default);
  const cast =
    type?.kind === "symbol"
      ? type.name.replace("builtins.", "")
      : fallback?.kind === "constant"
        ? typeof fallback.value === "boolean"
          ? "bool"
          : typeof fallback.value === "number"
            ? "int"
            : "text"
        : "text";
  return applyCast(machine, cast, text, site);
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

/** What the program told a reader to put before the name of every variable. */
function prefixOf(machine: Machine, reader: EnvironmentReader, callee: SymbolValue): string {
  const made = callee.call === undefined ? callee.base : callee;
  if (reader.prefixKeyword !== undefined && made?.kind === "symbol")
    return asString(made.call?.keywords.get(reader.prefixKeyword)) ?? "";
  if (reader.prefix === undefined) return "";
  if (made?.kind === "instance")
    return asString(bindingIn(made.attributes, reader.prefix)?.value) ?? "";
  if (made?.kind !== "symbol") return "";
  return asString(ownAttribute(machine, made, reader.prefix)) ?? "";
}

/** What the contexts around the code that runs put before the name of every variable that a reader reads. */
function openPrefix({ prefixes }: Machine, { call }: EnvironmentReader): string {
  if (prefixes.size === 0) return "";
  const [owner = ""] = /^.*\(\)/.exec(call) ?? [];
  return prefixes.get(owner) ?? "";
}

/** Runs what stands within a context that puts a text before the names of variables; undefined where a value is no such context. */
export function withinPrefix<R>(
  machine: Machine,
  manager: Value,
  run: (entered: Value) => R,
): R | undefined {
  if (manager.kind !== "symbol" || manager.call === undefined) return undefined;
  const method = manager.name.replace(/\(\)$/, "");
  const places = machine.models.environmentPrefixes.get(method);
  const prefix = places && asString(argument(manager.call, ...places));
  if (prefix === undefined) return undefined;
  const owner = method.slice(0, method.lastIndexOf("."));
  const outer = machine.prefixes.get(owner) ?? "";
  machine.prefixes.set(owner, outer + prefix);
  const { base } = manager;
  try {
    return run((base?.kind === "symbol" && base.name === method ? base.base : base) ?? manager);
  } finally {
    if (outer === "") machine.prefixes.delete(owner);
    else machine.prefixes.set(owner, outer);
  }
}

/** The default that the constructor of a reader gives a variable: the second of a pair, which is not cast. */
function schemeOf(callee: SymbolValue, name: string): Value | undefined {
  const entry = schemeEntry(callee, name);
  return entry?.kind === "sequence" ? entry.contents.content.items[1] : undefined;
}

function schemeEntry({ call, base }: SymbolValue, name: string): Value | undefined {
  // Of `env("A")` and of `env.bool("A")`.
  const isObject = base?.kind === "symbol" || base?.kind === "instance";
  const constructed = call ?? (isObject ? base.call : undefined);
  return constructed?.keywords.get(name);
}

function castDefault(
  machine: Machine,
  reader: EnvironmentReader,
  given: Arguments,
  value: Value,
  site: Site,
): Value {
  if (reader.cast !== "by-argument") return castInCall(machine, reader.cast, value, given, site);
  const cast = argument(given, ...reader.castArgument);
  if (cast === undefined) return value;
  if (cast.kind === "function") {
    const call = { positional: [value], keywords: new Map(), open: false };
    return machine.call(cast, call, site) ?? derived([value], site);
  }
  if (cast.kind !== "symbol") return derived([value], site);
  const known = machine.models.casts.get(cast.name) ?? cast.name.replace("builtins.", "");
  if (!CASTS.has(known) && !machine.models.addresses.has(known)) {
    const [, method] = /^str\.(\w+)$/.exec(known) ?? [];
    const word = asString(value);
    const made = method && word !== undefined && callTextMethod(word, method, [], NO_KEYWORDS);
    return typeof made === "string" ? constant(made, site) : derived([value], site);
  }
  const separator = asString(cast.call?.keywords.get("delimiter")) ?? ",";
  const word = cast.call === undefined ? undefined : asString(value);
  const list =
    word !== undefined && /["']/.test(word) && known === "list"
      ? sequence(
          "list",
          quotedWords(word, separator).map((one) => constant(one, site)),
          site,
        )
      : applyCast(machine, known, value, site, separator);
  if (cast.call === undefined || list.kind !== "sequence") return list;
  const named = (place: "cast" | "post_process", position?: number) => {
    const type = cast.call?.keywords.get(place) ?? cast.call?.positional[position ?? -1];
    return type?.kind === "symbol" ? type.name.replace("builtins.", "") : undefined;
  };
  const [each, whole] = [named("cast", 0) ?? "text", named("post_process") ?? list.type];
  const items = membersOf(list)?.map((item) => applyCast(machine, each, item, site));
  return items === undefined ? list : sequence(SEQUENCES.get(whole) ?? list.type, items, site);
}

/** The words between separators as a shell reads them: quotes hold a word together and are gone. */
function quotedWords(text: string, separator: string): string[] {
  const words = [""];
  let quote: string | undefined;
  for (const char of text) {
    if (char === quote) quote = undefined;
    else if (quote === undefined && (char === '"' || char === "'")) quote = char;
    else if (quote === undefined && separator.includes(char)) words.push("");
    else words.push(`${words.pop() ?? ""}${char}`);
  }
  return words.map((word) => word.trim()).filter((word) => word !== "");
}

/** What `applyCast` knows. */
const CASTS = new Set("text str bool flag int float list tuple set dict json".split(" "));
const NO_KEYWORDS: ReadonlyMap<string, TextArgument> = new Map();

/** What a reader makes of a text; a value of another type is what it would make already. */
export function applyCast(
  machine: Machine,
  cast: string,
  value: Value,
  site: Site,
  separator = ",",
): Value {
  const word = asString(value);
  const form = machine.models.addresses.get(cast);
  if (form !== undefined && value.kind === "text") {
    // The scheme is known, though not all of what follows.
    const [start] = value.parts;
    if (typeof start === "string") return fromAddress(start, form, site, value);
  }
  if (word === undefined) {
    const members = membersOf(value);
    const type = SEQUENCES.get(cast);
    if (cast === "bool" && value.kind === "constant" && typeof value.value === "number")
      return constant(value.value !== 0, site);
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
      const inner = cast === "tuple" ? word.replace(/^\(+|\)+$/g, "") : word;
      const items = inner.split(separator || ",").map((item) => item.trim());
      return sequence(
        cast,
        items.filter((item) => item !== "").map((item) => constant(item, site)),
        site,
      );
    }
    case "dict": {
      // `a=1,b=2`
      const pairs = word.split(",").flatMap((pair) => {
        const [, key, text = ""] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
        return key === undefined
          ? []
          : ([[`s${key}`, { key: constant(key, site), value: constant(text, site) }]] as const);
      });
      return dict(new Map(pairs), site);
    }
    case "json": {
      const data = machine.parseData("json", word);
      return data === undefined ? value : fromData(data, site, 0);
    }
    default:
      return form === undefined ? value : fromAddress(word, form, site);
  }
}

/** The same for a call that may say more than the text does. */
export function castInCall(
  machine: Machine,
  cast: string,
  value: Value,
  given: Arguments,
  site: Site,
): Value {
  const made = applyCast(machine, cast, value, site);
  const form = machine.models.addresses.get(cast);
  return form === undefined ? made : withArguments(made, form, given, site);
}

const SEQUENCES: ReadonlyMap<string, "list" | "tuple" | "set"> = new Map([
  ["list", "list"],
  ["tuple", "tuple"],
  ["set", "set"],
]);
