/** What a few functions and containers of the standard library do, and objects that the models say hold data. */

import type { Container } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { dict, membersOf, sequence, writeEntries } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { isFloat } from "./numbers.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  type DictValue,
  derived,
  everyArgument,
  isMissing,
  keyOf,
  MAX_TEXT,
  type Site,
  type SymbolValue,
  type Value,
  writeOut,
} from "./values.ts";

/** Calls a value: what the interpreter does with any callee. */
type Call = (callee: Value, given: Arguments) => Value;

/** The result of calling something from outside the tree; undefined where it is nothing that is known here. */
export function callLibrary(
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  call: Call,
): Value | undefined {
  const [first, second] = given.positional;
  switch (callee.name) {
    case "functools.partial()":
      return callPartial(callee, given, call);
    case "builtins.map":
      return first === undefined || second === undefined
        ? undefined
        : each(second, site, (item) => call(first, { ...NO_ARGUMENTS, positional: [item] }));
    case "functools.reduce": {
      if (first === undefined || second === undefined) return undefined;
      const items = second.kind === "sequence" ? second.contents.content.items : [second];
      const [start, ...rest] = given.positional[2] ? [given.positional[2], ...items] : items;
      if (start === undefined || rest.length > MAX_REDUCED) return undefined;
      return rest.reduce(
        (sum, item) => call(first, { ...NO_ARGUMENTS, positional: [sum, item] }),
        start,
      );
    }
    case "getopt.getopt":
    case "getopt.gnu_getopt": {
      // The names of options are among those that the program lists; their values and the other arguments are data.
      const data = derived(first === undefined ? [] : [first], site);
      const name = derived([...given.positional.slice(1), ...given.keywords.values()], site);
      // Without a place of its own: how many pairs there are is not known, but what is in them is.
      const options = sequence("list", [sequence("tuple", [name, data], site)], undefined, true);
      return sequence("tuple", [options, sequence("list", [data], site, true)], site);
    }
    case "asyncio.gather":
      return given.open ? undefined : sequence("list", given.positional, site);
    case "collections.defaultdict": {
      const toDict: Value = { kind: "symbol", name: "builtins.dict", site };
      const made = call(toDict, { ...given, positional: given.positional.slice(1) });
      return first === undefined || made.kind !== "dict" ? made : { ...made, factory: first };
    }
    case "collections.Counter":
      return countOf(first, site);
    case "json.dumps":
      return first && jsonOf(first, given, site);
    case "builtins.dict":
      return first && copyOfUnknown(first, given, site);
    case "collections.OrderedDict":
      return first === undefined || first.kind === "dict"
        ? dict(first?.contents.content.entries ?? new Map(), site, first?.contents.content.open)
        : undefined;
    case "collections.deque":
      if (second !== undefined || given.keywords.size > 0) return undefined;
      if (first === undefined) return sequence("list", [], site);
      return first.kind === "sequence"
        ? sequence("list", first.contents.content.items, site, first.contents.content.open)
        : undefined;
    default:
      return undefined;
  }
}

/** `dict(data)` of something that is not known: whatever stands in it, until a key is set anew. */
function copyOfUnknown(data: Value, given: Arguments, site: Site): DictValue | undefined {
  if (data.kind !== "symbol" && data.kind !== "unknown") return undefined;
  const inside = { key: derived([data], site), value: derived([data], site) };
  const named = [...given.keywords].map(
    ([key, value]) => [`s${key}`, { key: constant(key), value }] as const,
  );
  return dict(
    new Map<string, { key: Value; value: Value }>([["?*", inside], ...named]),
    site,
    true,
  );
}

/** What a `Counter` gives for what it has not counted, and does not remember. */
const NOUGHT = "collections.Counter.__missing__";

/** `Counter(items)`: how often each is there, and nought for all else. */
function countOf(items: Value | undefined, site: Site): DictValue | undefined {
  const members = items === undefined ? [] : membersOf(items);
  const factory: Value = { kind: "symbol", name: NOUGHT, site };
  if (items?.kind === "dict") return { ...dict(items.contents.content.entries, site), factory };
  if (members === undefined) return undefined;
  const counts = new Map<string, { key: Value; count: number }>();
  for (const key of members) {
    const id = keyOf(key);
    if (id === undefined) return undefined;
    counts.set(id, { key, count: (counts.get(id)?.count ?? 0) + 1 });
  }
  const entries = [...counts].map(
    ([id, { key, count }]) => [id, { key, value: constant(count, site) }] as const,
  );
  return { ...dict(new Map(entries), site), factory };
}

/** `json.dumps(value)` as it is written without further wishes. */
function jsonOf(value: Value, given: Arguments, site: Site): Value | undefined {
  if (given.open || given.positional.length > 1) return undefined;
  for (const name of given.keywords.keys())
    if (!/^(?:ensure_ascii|default)$/.test(name)) return undefined;
  const written = writeJson(value, 0);
  return written === undefined || written.length > MAX_TEXT ? undefined : constant(written, site);
}

function writeJson(value: Value, depth: number): string | undefined {
  if (depth > MAX_JSON_DEPTH || isMissing(value)) return undefined;
  if (value.kind === "constant") {
    const plain = value.value;
    if (typeof plain === "number" && (isFloat(value) || !Number.isSafeInteger(plain)))
      return writeOut(value);
    // What is not ASCII is written in another way.
    return typeof plain === "bigint" || plain instanceof Bytes || !isAscii(plain)
      ? undefined
      : JSON.stringify(plain);
  }
  if (value.kind === "sequence" && value.type !== "set") {
    const items = membersOf(value)?.map((item) => writeJson(item, depth + 1));
    return items === undefined || items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  if (value.kind !== "dict" || value.contents.content.open) return undefined;
  const pairs = [...value.contents.content.entries.values()].map((entry) => {
    const [key, one] = [asString(entry.key), writeJson(entry.value, depth + 1)];
    return key === undefined || one === undefined || !isAscii(key)
      ? undefined
      : `${JSON.stringify(key)}: ${one}`;
  });
  return pairs.includes(undefined) ? undefined : `{${pairs.join(", ")}}`;
}

const MAX_JSON_DEPTH = 20;
const isAscii = (value: unknown) => typeof value !== "string" || /^\p{ASCII}*$/u.test(value);

const NO_ARGUMENTS: Arguments = { positional: [], keywords: new Map(), open: false };
const MAX_REDUCED = 64;

function callPartial(callee: SymbolValue, given: Arguments, call: Call): Value | undefined {
  const [inner, ...kept] = callee.call?.positional ?? [];
  if (inner === undefined) return undefined;
  return call(inner, {
    positional: [...kept, ...given.positional],
    keywords: new Map([...(callee.call?.keywords ?? []), ...given.keywords]),
    open: given.open || callee.call?.open === true,
  });
}

function each(items: Value, site: Site, make: (item: Value) => Value): Value | undefined {
  if (items.kind !== "sequence") return undefined;
  const { content } = items.contents;
  if (content.items.length > MAX_REDUCED) return undefined;
  return sequence("list", content.items.map(make), site, content.open);
}

/** What a `defaultdict` gives for a key that it does not hold: what its factory makes, and from then on it holds that. */
export function fillIn(
  machine: Machine,
  owner: DictValue,
  key: Value,
  site: Site,
  call: Call,
): Value | undefined {
  const { entries, open } = owner.contents.content;
  // Under a key that is not known stands something of its own, which is not told from what else may be there.
  const id = keyOf(key) ?? `?${entries.size}`;
  if (owner.factory === undefined || open || entries.has(id)) return undefined;
  if (owner.factory.kind === "symbol" && owner.factory.name === NOUGHT) return constant(0, site);
  const value = call(owner.factory, NO_ARGUMENTS);
  writeEntries(machine, owner, new Map([...entries, [id, { key, value }]]), open, site);
  return value;
}

/** The object that a call makes, with a place for its data, where the models say that it holds some. */
export function withContents(machine: Machine, value: SymbolValue): SymbolValue {
  const container = containerOf(machine, value.name);
  if (container === undefined) return value;
  const { call, site } = value;
  const { made } = container;
  const first = made === undefined ? undefined : call && givenAt(call, made);
  const contents = dict(new Map());
  if (first !== undefined && site !== undefined) put(machine, contents, [], first, site);
  return { ...value, contents };
}

function givenAt(given: Arguments, place: number | string): Value | undefined {
  return typeof place === "number" ? given.positional[place] : given.keywords.get(place);
}

function containerOf(machine: Machine, type: string): Container | undefined {
  return machine.models.containers.find((one) => nameMatches(one.type, type));
}

/** A method of such an object; undefined where the models say nothing of it. */
export function callContainer(
  machine: Machine,
  owner: SymbolValue,
  method: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { contents } = owner;
  const container = contents && containerOf(machine, owner.name);
  if (contents === undefined || container === undefined) return undefined;
  const at = (place: number | string) => givenAt(given, place);
  const write = container.writes.find((one) => one.method === method);
  if (write !== undefined) {
    const value = at(write.value) ?? derived(everyArgument(given), site);
    put(
      machine,
      contents,
      write.keys.map((place) => at(place) ?? derived([])),
      value,
      site,
    );
    return constant(null, site);
  }
  const read = container.reads.find((one) => one.method === method);
  if (read === undefined) return undefined;
  if (container.shared && contents.contents.content.entries.size === 0) return undefined;
  const keys = read.keys.map((place) => at(place) ?? derived([]));
  return container.filled && !isPut(contents, keys) ? undefined : take(contents, keys, site);
}

/** True where something was surely put in at keys. */
function isPut(contents: DictValue, keys: readonly Value[]): boolean {
  const id = keyOf(sequence("tuple", keys));
  return id !== undefined && contents.contents.content.entries.has(id);
}

/** Puts a value at keys; what has no key, or one that is not known, may come out everywhere. */
function put(
  machine: Machine,
  contents: DictValue,
  keys: readonly Value[],
  value: Value,
  site: Site,
): void {
  const { entries } = contents.contents.content;
  const id = keyOf(sequence("tuple", keys));
  const isKeyed =
    keys.length > 0 && id !== undefined && keys.every((key) => key.kind === "constant");
  writeEntries(
    machine,
    contents,
    new Map([
      ...entries,
      [isKeyed ? id : `?${entries.size}`, { key: sequence("tuple", keys), value }],
    ]),
    true,
    site,
  );
}

/** What may come out at keys; with fewer of them than were put in, anything below. */
export function take(contents: DictValue, keys: readonly Value[], site: Site): Value {
  const { entries } = contents.contents.content;
  const wanted = keys.map((key) => (key.kind === "constant" ? keyOf(key) : undefined));
  const fitting = [...entries].filter(([id, { key }]) => {
    const held = memberIds(key);
    return (
      id.startsWith("?") ||
      wanted.every(
        (one, index) => one === undefined || held[index] === undefined || held[index] === one,
      )
    );
  });
  const exact = fitting.filter(([id]) => !id.startsWith("?"));
  const [only] = exact;
  if (only !== undefined && fitting.length === 1) return only[1].value;
  return derived(
    fitting.map(([, entry]) => entry.value),
    site,
  );
}

function memberIds(key: Value): readonly (string | undefined)[] {
  return key.kind === "sequence" ? key.contents.content.items.map(keyOf) : [];
}

/** `owner[key]` of an object that holds data; `above` are the keys of what it was taken from. */
export function containerMember(
  machine: Machine,
  owner: SymbolValue,
  key: Value,
  site: Site,
): Value | undefined {
  const { contents } = owner;
  if (contents === undefined) return undefined;
  const keys = [...(owner.keys ?? []), key];
  const container = containerOf(machine, owner.name.replace(/(?:\[\])+$/, ""));
  const depth = Math.max(
    0,
    ...(container?.reads.map((one) => one.keys.length) ?? []),
    ...[...contents.contents.content.entries.values()].map((entry) => memberIds(entry.key).length),
  );
  if (container?.filled === true && !isPut(contents, keys)) return undefined;
  if (keys.length >= depth) return take(contents, keys, site);
  return { kind: "symbol", name: `${owner.name}[]`, base: owner, key, site, contents, keys };
}

/** `owner[key] = value`. */
export function putMember(
  machine: Machine,
  owner: SymbolValue,
  key: Value,
  value: Value,
  site: Site,
): void {
  const { contents, keys = [] } = owner;
  if (contents === undefined) return;
  // Where that is not sure, what was there before may still be.
  if (containerOf(machine, owner.name)?.filled === true && machine.conditions.length > 0) return;
  if (value.kind === "dict")
    for (const entry of value.contents.content.entries.values())
      put(machine, contents, [...keys, key, entry.key], entry.value, site);
  else put(machine, contents, [...keys, key], value, site);
}
