/** What the methods of strings, lists, sets and dicts do, as far as a rule may want to know. */
import { dict, memberAt, membersOf, sequence, writeEntries, writeItems } from "./containers.ts";
import { formatBraces } from "./formatting.ts";
import { argument, type Machine } from "./machine.ts";
import { compare } from "./operators.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  type DictValue,
  derived,
  identityOf,
  isSame,
  keyOf,
  MAX_TEXT,
  type SequenceValue,
  type Site,
  text,
  truth,
  union,
  type Value,
} from "./values.ts";

const NONE: Value = { kind: "constant", value: null };

/** The result of `receiver.name(...)`; undefined when the method or the receiver is not one of ours. */
export function callMethod(
  machine: Machine,
  receiver: Value,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  switch (receiver.kind) {
    case "constant":
    case "text":
      return textMethod(receiver, name, given, site);
    case "sequence":
      return sequenceMethod(machine, receiver, name, given, site);
    case "dict":
      return dictMethod(machine, receiver, name, given, site);
    default:
      return undefined;
  }
}

const PREDICATE = /^(?:startswith|endswith|is[a-z]+)$/;

function textMethod(
  receiver: Value,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const own = asString(receiver);
  const first = given.positional[0];
  if (name === "format" && own !== undefined)
    return formatBraces(own, given.positional, given.keywords, given.open, site);
  if (name === "join" && first !== undefined) {
    const members = membersOf(first);
    if (members === undefined) return derived([receiver, first], site);
    return text(
      members.flatMap((member, index) => (index === 0 ? [member] : [receiver, member])),
      site,
    );
  }
  if (own === undefined) {
    // What it tells of the text is asked of the call.
    if (PREDICATE.test(name)) return undefined;
    if (receiver.kind === "constant" && receiver.value instanceof Bytes && name === "decode")
      return constant(receiver.value.text, site);
    return derived([receiver, ...given.positional], site);
  }
  const words = given.positional.map(asString);
  if (words.includes(undefined) || given.keywords.size > 0 || given.open)
    return derived([receiver, ...given.positional], site);
  const folded = foldText(
    own,
    name,
    words.filter((word) => word !== undefined),
  );
  if (folded === undefined) return derived([receiver, ...given.positional], site);
  const value = Array.isArray(folded)
    ? sequence(
        "list",
        folded.map((word) => constant(word, site)),
        site,
      )
    : constant(folded, site);
  return receiver.environment === undefined
    ? value
    : { ...value, environment: receiver.environment };
}

function foldText(
  own: string,
  name: string,
  [a, b]: readonly string[],
): string | boolean | number | Bytes | string[] | undefined {
  switch (name) {
    case "lower":
    case "casefold":
      return own.toLowerCase();
    case "upper":
      return own.toUpperCase();
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
      return strip(own, a, true, true);
    case "lstrip":
      return strip(own, a, true, false);
    case "rstrip":
      return strip(own, a, false, true);
    case "startswith":
      return a === undefined ? undefined : own.startsWith(a);
    case "endswith":
      return a === undefined ? undefined : own.endsWith(a);
    case "removeprefix":
      return a !== undefined && own.startsWith(a) ? own.slice(a.length) : own;
    case "removesuffix":
      return a !== undefined && a !== "" && own.endsWith(a) ? own.slice(0, -a.length) : own;
    case "replace":
      // Each `replace` may double a text.
      return a === undefined || b === undefined || own.length * b.length > MAX_TEXT
        ? undefined
        : own.replaceAll(a, () => b);
    case "split":
      return a === undefined
        ? own.split(/\s+/).filter((word) => word !== "")
        : a === ""
          ? undefined
          : own.split(a);
    case "splitlines":
      return own.replace(/(?:\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);
    case "find":
      return a === undefined ? undefined : own.indexOf(a);
    case "count":
      return a === undefined || a === "" ? undefined : own.split(a).length - 1;
    case "isdigit":
      return /^\d+$/.test(own);
    case "encode":
      return new Bytes(own);
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

function sequenceMethod(
  machine: Machine,
  receiver: SequenceValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { items, open } = receiver.contents.content;
  const write = (next: readonly Value[], nextOpen = open) =>
    writeItems(machine, receiver, next, nextOpen);
  const first = given.positional[0];
  const second = given.positional[1];
  switch (name) {
    case "popleft":
      return sequenceMethod(
        machine,
        receiver,
        "pop",
        { ...given, positional: [constant(0)] },
        site,
      );
    case "appendleft":
      if (first !== undefined) write([first, ...items]);
      return NONE;
    case "append":
    case "add":
      if (first !== undefined)
        write(
          name === "add" && items.some((item) => isSame(item, first)) ? items : [...items, first],
        );
      return NONE;
    case "extend":
    case "update": {
      const more = first === undefined ? [] : membersOf(first);
      write(
        [...items, ...(more ?? (first?.kind === "sequence" ? first.contents.content.items : []))],
        open || more === undefined,
      );
      return NONE;
    }
    case "insert": {
      if (second === undefined) return NONE;
      // At an index that is not known the new item may be anywhere; where it stands matters less than that it is there.
      const at =
        first?.kind === "constant" && typeof first.value === "number" ? first.value : items.length;
      const place = at < 0 ? Math.max(0, items.length + at) : at;
      write([...items.slice(0, place), second, ...items.slice(place)]);
      return NONE;
    }
    case "remove":
    case "discard": {
      if (first === undefined) return NONE;
      const at = items.findIndex((item) => isSame(item, first));
      if (at >= 0) write([...items.slice(0, at), ...items.slice(at + 1)]);
      else if (first.kind !== "constant") write(items, true);
      return NONE;
    }
    case "pop": {
      const at =
        first === undefined
          ? -1
          : first.kind === "constant" && typeof first.value === "number"
            ? first.value
            : undefined;
      if (at === undefined || open) {
        write(items, true);
        return derived([...items], site);
      }
      const place = at < 0 ? items.length + at : at;
      if (!(place >= 0 && place < items.length)) return derived([], site);
      write([...items.slice(0, place), ...items.slice(place + 1)]);
      return items[place] ?? derived([], site);
    }
    case "clear":
      write([], false);
      return NONE;
    case "reverse":
      write([...items].reverse());
      return NONE;
    case "sort":
      write(sorted(items, given));
      return NONE;
    case "copy":
      return sequence(receiver.type, items, site, open);
    case "index": {
      const at = first === undefined ? -1 : items.findIndex((item) => isSame(item, first));
      return at >= 0 && !open ? constant(at, site) : derived([], site);
    }
    case "count":
      return open || first === undefined
        ? derived([], site)
        : constant(items.filter((item) => isSame(item, first)).length, site);
    case "union":
    case "difference":
    case "intersection": {
      const more = first === undefined ? [] : membersOf(first);
      if (more === undefined || open)
        return sequence("set", name === "union" ? items : [], site, true);
      if (name === "union") return sequence("set", [...items, ...more], site);
      const others = new Set(more.map(identityOf));
      return sequence(
        "set",
        items.filter((item) => others.has(identityOf(item)) === (name === "intersection")),
        site,
      );
    }
    default:
      return undefined;
  }
}

/** The values in the order in which `sort(reverse=…)` puts them; as they are where that cannot be told. */
export function sorted(items: readonly Value[], given: Arguments): readonly Value[] {
  const reverse = given.keywords.get("reverse");
  const backwards = reverse === undefined ? false : truth(reverse);
  const keys = items.map((item) => (item.kind === "constant" ? item.value : undefined));
  const [first] = keys;
  const isSortable =
    (typeof first === "string" || typeof first === "number") &&
    keys.every((key) => typeof key === typeof first);
  if (!isSortable || backwards === undefined || given.keywords.has("key")) return items;
  const forwards = [...items].sort((a, b) => (compare("Lt", a, b) ? -1 : 1));
  return backwards ? forwards.reverse() : forwards;
}

function dictMethod(
  machine: Machine,
  receiver: DictValue,
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { entries, open } = receiver.contents.content;
  const write = (next: typeof entries, nextOpen = open) =>
    writeEntries(machine, receiver, next, nextOpen);
  const first = given.positional[0];
  const fallback = argument(given, 1, "default") ?? NONE;
  switch (name) {
    case "get":
    case "setdefault":
    case "pop": {
      if (first === undefined) return undefined;
      const id = keyOf(first);
      const known = id === undefined ? undefined : entries.get(id)?.value;
      if (id !== undefined && name === "setdefault" && known === undefined)
        write(new Map([...entries, [id, { key: first, value: fallback }]]));
      if (id !== undefined && name === "pop")
        write(new Map([...entries].filter(([key]) => key !== id)));
      if (known !== undefined) return known;
      if (id === undefined || open || first.kind !== "constant")
        return union(
          [{ value: memberAt(receiver, first, site) ?? derived([], site) }, { value: fallback }],
          site,
        );
      return fallback;
    }
    case "update": {
      const more =
        first?.kind === "dict"
          ? first.contents.content
          : { entries: new Map<string, never>(), open: first !== undefined };
      const named = [...given.keywords].map(
        ([key, value]): [string, { key: Value; value: Value }] => [
          `s${key}`,
          { key: constant(key, site), value },
        ],
      );
      const loose = [
        ...(first === undefined || first.kind === "dict" ? [] : [first]),
        ...(given.spread ?? []),
      ];
      const unnamed = loose.map((value, index): [string, { key: Value; value: Value }] => [
        `?*${entries.size + index}`,
        { key: derived([value], site), value: derived([value], site) },
      ]);
      write(
        new Map([...entries, ...more.entries, ...named, ...unnamed]),
        open || more.open || given.open,
      );
      return NONE;
    }
    case "keys":
      return sequence(
        "list",
        [...entries.values()].map((entry) => entry.key),
        site,
        open,
      );
    case "values":
      return sequence(
        "list",
        [...entries.values()].map((entry) => entry.value),
        site,
        open,
      );
    case "items":
      return sequence(
        "list",
        [...entries.values()].map((entry) => sequence("tuple", [entry.key, entry.value], site)),
        site,
        open,
      );
    case "copy":
      return dict(entries, site, open);
    case "clear":
      write(new Map(), false);
      return NONE;
    default:
      return undefined;
  }
}
