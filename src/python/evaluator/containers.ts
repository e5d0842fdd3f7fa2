import type { Cell } from "./heap.ts";
import { bindIn, bindingIn, type Machine } from "./machine.ts";
import { bindUnknown, isUnknownName } from "./unknown-names.ts";
import { markUnset } from "./unset.ts";
import {
  type Arguments,
  asString,
  constant,
  type DictValue,
  derived,
  type Entries,
  type Items,
  identityOf,
  isSame,
  isSurelyThere,
  keyOf,
  type Scope,
  type SequenceValue,
  type Site,
  type Test,
  union,
  type Value,
  type VariableNames,
} from "./values.ts";

/** Larger containers are kept as open: nothing that a rule asks about is that long. */
const MAX_MEMBERS = 3000;
/** A dict that is filled key by key is copied for each. */
const MAX_ENTRIES = 1000;

export function sequence(
  type: SequenceValue["type"],
  items: readonly Value[],
  site?: Site,
  open = false,
  maybe: readonly Value[] = [],
): SequenceValue {
  const contents = newItems(bounded(type === "set" ? distinct(items) : items, open, maybe));
  return site === undefined
    ? { kind: "sequence", type, contents }
    : { kind: "sequence", type, contents, site };
}

/** A list that is open, of which this member, if any, is known to stand first. */
export function beginningWith(first: Value | undefined, list: SequenceValue): SequenceValue {
  const { content } = list.contents;
  if (first === undefined || !content.open || list.type === "set") return list;
  return { ...list, contents: newItems({ ...content, begins: first }) };
}

/** The member that surely stands first; undefined where there is none, or it is not known. */
export function firstOf({ type, contents: { content } }: SequenceValue): Value | undefined {
  if (content.open) return content.begins;
  return type === "set" ? undefined : content.items[0];
}

/** A list or set of any number of some values. */
export function someOf(
  items: readonly Value[],
  type: SequenceValue["type"],
  site: Site,
  maybe: readonly Value[] = [],
): SequenceValue {
  const content = { ...bounded(items, true, maybe), isOfThese: true } as const;
  return { kind: "sequence", type, contents: newItems(content), site };
}

export function dict(
  entries: Entries["entries"],
  site?: Site,
  open = false,
  variables?: VariableNames,
): DictValue {
  const contents: Cell<Entries> = {
    content: {
      entries,
      open: open || entries.size > MAX_MEMBERS,
      ...(variables && { variables }),
    },
    join: joinEntries,
  };
  return site === undefined ? { kind: "dict", contents } : { kind: "dict", contents, site };
}

function bounded(items: readonly Value[], open: boolean, maybe: readonly Value[]): Items {
  const isLong = items.length > MAX_MEMBERS;
  const content = { items: isLong ? items.slice(0, MAX_MEMBERS) : items, open: open || isLong };
  return open && maybe.length > 0 ? { ...content, maybe } : content;
}

/** All that may be in a list, tuple or set, in no order behind what surely is. */
export function possibleItems({ contents: { content } }: SequenceValue): readonly Value[] {
  return content.maybe === undefined ? content.items : [...content.items, ...content.maybe];
}

/** The values without those that are surely there twice. */
function distinct(items: readonly Value[]): Value[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const identity = identityOf(item);
    const isNew = !seen.has(identity);
    seen.add(identity);
    return isNew;
  });
}

/** What is kept of what was taken out of a list, and how long a list is for that: settings are short. */
const MAX_TAKEN = 100;

/** Changes a list, tuple or set in place. Costs steps by its length, because it is copied. */
export function writeItems(
  machine: Machine,
  target: SequenceValue,
  items: readonly Value[],
  open: boolean,
  site: Site,
  more: readonly Value[] = [],
): void {
  machine.step(items.length >> 6);
  const { items: before, maybe = [], taken = [] } = target.contents.content;
  const content = bounded(
    target.type === "set" ? distinct(items) : items,
    open,
    maybe.length < MAX_MAYBE ? [...maybe, ...more] : maybe,
  );
  const mayLack = items.length <= before.length && before.length <= MAX_TAKEN;
  const lacking = mayLack ? before.filter((one) => !items.includes(one)) : [];
  const all = [...taken, ...lacking.map((value) => ({ value, site }))].slice(-MAX_TAKEN);
  machine.heap.write(target.contents, all.length === 0 ? content : { ...content, taken: all });
}

/** Changes a dict in place. Costs steps by its size, because it is copied. */
export function writeEntries(
  machine: Machine,
  target: DictValue,
  entries: Entries["entries"],
  open: boolean,
  site: Site,
  variables: VariableNames | null = target.contents.content.variables ?? null,
): void {
  machine.step(entries.size >> 6);
  if (target.scope !== undefined) {
    bindEntries(machine, target.scope, entries, site);
    if (open) bindUnknown(machine, target.scope, derived([]));
    return;
  }
  const before = target.contents.content;
  machine.heap.write(
    target.contents,
    entries.size > MAX_ENTRIES
      ? { ...before, open: true }
      : { entries, open, ...(variables && { variables }) },
  );
}

/** Gives a scope the names that it has as a dict. */
function bindEntries(
  machine: Machine,
  scope: Scope,
  entries: Entries["entries"],
  site: Site,
): void {
  for (const { key, value } of entries.values()) {
    const name = asString(key);
    if (isUnknownName(key)) bindUnknown(machine, scope, key);
    if (name !== undefined && bindingIn(scope, name)?.value !== value)
      // One call may set many names: where the value stands says more than where the call does.
      bindIn(machine, scope, name, value, value.site ?? site);
  }
  for (const [name, cell] of scope.names)
    if (cell.content !== undefined && !entries.has(`s${name}`)) machine.heap.write(cell, undefined);
}

/** The names of a scope as a dict; what is written to it is bound there. */
export function namespace(scope: Scope, site: Site): DictValue {
  const contents: Cell<Entries> = {
    get content() {
      const entries = new Map<string, { key: Value; value: Value }>();
      for (const [name, { content }] of scope.names)
        if (content !== undefined)
          entries.set(`s${name}`, { key: constant(name, content.site), value: content.value });
      return { entries, open: false };
    },
    // Written to by `writeEntries` alone, name by name.
    set content(_) {},
    join: (a) => a,
  };
  return { kind: "dict", contents, scope, site };
}

export function newItems(content: Items): Cell<Items> {
  return { content, join: joinItems };
}

/** What is kept of what only one of two branches has put into a list. */
const MAX_MAYBE = 32;

/**
 * Lists of one length hold at each place what either holds there. Of others, members that only one branch has may be there, and the
 * list is open: it surely holds only what both hold.
 */
function joinItems(a: Items, b: Items): Items {
  const [inA, inB] = [a, b].map(({ items }) => new Set(items.map(identityOf)));
  const shared = a.items.filter((item) => inB?.has(identityOf(item)));
  const taken = [...new Set([...(a.taken ?? []), ...(b.taken ?? [])])];
  const also = { ...(taken.length > 0 && { taken }), ...emptiness(a, b) };
  const isSameLength = a.items.length === b.items.length && !a.open && !b.open;
  if (isSameLength)
    return {
      items:
        shared.length === a.items.length
          ? shared
          : a.items.map((item, at) => union([{ value: b.items[at] ?? item }, { value: item }])),
      open: false,
      ...also,
    };
  const maybe = [
    ...(a.maybe ?? []),
    ...(b.maybe ?? []),
    ...a.items.filter((item) => !inB?.has(identityOf(item))),
    ...b.items.filter((item) => !inA?.has(identityOf(item))),
  ];
  return { ...bounded(shared, true, distinct(maybe).slice(0, MAX_MAYBE)), ...also };
}

function joinEntries(a: Entries, b: Entries): Entries {
  const entries = new Map<string, { key: Value; value: Value }>();
  const variables = a.variables ?? b.variables;
  let open = a.open || b.open;
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined) {
      open = true;
      entries.set(key, {
        key: entry.key,
        value: union([{ value: entry.value }, { value: derived([]) }]),
      });
    } else {
      const value = isSame(entry.value, other.value)
        ? entry.value
        : union([{ value: other.value }, { value: entry.value }]);
      entries.set(key, { key: entry.key, value });
    }
  }
  for (const [key, entry] of b.entries) {
    if (entries.has(key)) continue;
    open = true;
    entries.set(key, {
      key: entry.key,
      value: union([{ value: entry.value }, { value: derived([]) }]),
    });
  }
  const isThere = isSurelyThere(a) && isSurelyThere(b);
  return {
    entries,
    open,
    ...(variables && { variables }),
    ...(open && !isThere && { mayBeEmpty: true as const }),
    ...emptiness(a, b),
  };
}

/** What is so where two branches meet, and what only one of them may have left empty turns out to be that. */
function emptiness(a: Items | Entries, b: Items | Entries): Pick<Items, "whenEmpty"> {
  const whenEmpty = isSurelyThere(a) ? b.whenEmpty : isSurelyThere(b) ? a.whenEmpty : undefined;
  return whenEmpty === undefined ? {} : { whenEmpty };
}

/** The name of the variable that stands under a key. */
export function variableNamed(key: string, names: VariableNames = AS_THEY_ARE): string {
  return names.start + (names.isLower ? key.toUpperCase() : key);
}

export const AS_THEY_ARE: VariableNames = { start: "", isLower: false };

/** One dict's entries over another's. Beneath the environment an entry is what a variable falls back to. */
export function overlaid(below: Entries, above: Entries, site: Site): Entries {
  const beneath = above.variables
    ? [...below.entries].map(([id, entry]) => {
        const name = asString(entry.key);
        const value =
          name === undefined
            ? entry.value
            : markUnset(entry.value, { name: variableNamed(name, above.variables), site });
        return [id, { ...entry, value }] as const;
      })
    : below.entries;
  const variables = below.variables ?? above.variables;
  return {
    entries: new Map([...beneath, ...above.entries]),
    open: below.open || above.open,
    ...(variables && { variables }),
  };
}

/** The members that iterating over a value gives, in order; undefined when they are not all known. */
export function membersOf(value: Value): readonly Value[] | undefined {
  if (value.kind === "sequence")
    return value.contents.content.open ? undefined : value.contents.content.items;
  if (value.kind === "dict") {
    const { entries, open } = value.contents.content;
    return open ? undefined : [...entries.values()].map((entry) => entry.key);
  }
  if (value.kind === "constant" && typeof value.value === "string" && value.value.length <= 64) {
    return [...value.value].map((char) => ({ kind: "constant", value: char }));
  }
  return undefined;
}

/** The entries of a dict that is made of pairs; undefined where they are not all known. */
export function pairsOf(value: Value): Entries | undefined {
  const entries = new Map<string, { key: Value; value: Value }>();
  for (const pair of membersOf(value) ?? [undefined]) {
    const [key, second, ...more] = (pair && membersOf(pair)) ?? [];
    const id = key && keyOf(key);
    if (key === undefined || second === undefined || id === undefined || more.length > 0)
      return undefined;
    entries.set(id, { key, value: second });
  }
  return { entries, open: false };
}

/** One member of a value of which not all members are known: what it may be, and what it came from. */
export function someMember(value: Value, site: Site): Value {
  if (value.kind === "sequence") {
    const members = [...possibleItems(value), ...openPart(value)];
    const [first] = members;
    // All that the list holds was made by one display: its keys are known, and what stands under them.
    if (members.length === 1 && first?.kind === "dict") return first;
    return someTuple(value, site) ?? derived(members, site);
  }
  if (value.kind === "dict")
    return derived(
      [...value.contents.content.entries.values()].map((entry) => entry.key),
      site,
    );
  return derived([value], site);
}

/** Where all members that are known are tuples of one length, what each place in one of them may be. */
function someTuple(value: SequenceValue, site: Site): Value | undefined {
  const tuples: (readonly Value[])[] = [];
  for (const item of possibleItems(value)) {
    if (item.kind !== "sequence" || item.type !== "tuple" || item.contents.content.open)
      return undefined;
    tuples.push(item.contents.content.items);
  }
  const [first, ...others] = tuples;
  if (first === undefined || others.some((one) => one.length !== first.length)) return undefined;
  const rest = openPart(value);
  return sequence(
    "tuple",
    first.map((_, place) => derived([...tuples.flatMap((one) => one[place] ?? []), ...rest], site)),
    site,
  );
}

function openPart(value: SequenceValue): readonly Value[] {
  const { open, isOfThese } = value.contents.content;
  return open && isOfThese !== true && value.site !== undefined ? [derived([])] : [];
}

/** What subscripting with a known or unknown key gives; undefined when nothing can be told. */
export function memberAt(value: Value, at: Value, site: Site): Value | undefined {
  const isIndex = value.kind !== "dict" && at.kind === "constant" && typeof at.value === "boolean";
  const key = isIndex ? constant(Number(at.value)) : at;
  if (value.kind === "dict") {
    const id = keyOf(key);
    const { entries, open } = value.contents.content;
    // Something from outside may be equal to any key.
    if (id === undefined || (key.kind !== "constant" && !entries.has(id)))
      return oneOf(
        [...entries.values()].map((entry) => entry.value),
        site,
      );
    return entries.get(id)?.value ?? (open ? derived(looseIn(entries), site) : undefined);
  }
  if (value.kind === "sequence" && key.kind === "constant" && typeof key.value === "number") {
    const { items, open, isOfThese } = value.contents.content;
    if (open && isOfThese) return someMember(value, site);
    return open && (key.value < 0 || value.contents.content.maybe !== undefined)
      ? derived(possibleItems(value), site)
      : (items.at(key.value) ?? (open ? derived([], site) : undefined));
  }
  if (value.kind === "sequence") return derived([...possibleItems(value)], site);
  if (
    value.kind === "constant" &&
    typeof value.value === "string" &&
    key.kind === "constant" &&
    typeof key.value === "number"
  ) {
    const char = [...value.value].at(key.value);
    return char === undefined ? undefined : { kind: "constant", value: char, site };
  }
  return undefined;
}

/** `key in dict`, which is so where something was found under it. */
export function isKeyOf(key: Value, of: DictValue): Test {
  return { kind: "compare", op: "In", left: key, right: of };
}

/** One of some values, it is not known which: of functions, whichever it is may be called. */
export function oneOf(values: readonly Value[], site: Site): Value {
  const isCallable = ({ kind }: Value) => kind === "function" || kind === "symbol";
  return values.some(({ kind }) => kind === "function") && values.every(isCallable)
    ? union(
        values.map((value) => ({ value })),
        site,
      )
    : derived(values, site);
}

/** The values under keys that are not known. */
function looseIn(entries: Entries["entries"]): readonly Value[] {
  return [...entries].flatMap(([id, entry]) => (id.startsWith("?") ? [entry.value] : []));
}

/** How deep, and up to which length, containers within containers are kept as they are. */
const MAX_KEPT_DEPTH = 3;
const MAX_KEPT = 64;

/** Arguments as they are when a call is made: lists and dicts among them may be changed later, and changes are taken back. */
export function asGiven(given: Arguments): Arguments {
  if (!given.positional.some(isContainer) && ![...given.keywords.values()].some(isContainer))
    return given;
  return {
    ...given,
    positional: given.positional.map((value) => asItIs(value)),
    keywords: new Map([...given.keywords].map(([name, value]) => [name, asItIs(value)])),
  };
}

function isContainer(value: Value): boolean {
  if (value.kind === "symbol") return value.contents !== undefined;
  return value.kind === "sequence" || value.kind === "dict";
}

function asItIs(value: Value, depth = 0): Value {
  if (depth >= MAX_KEPT_DEPTH) return value;
  if (value.kind === "sequence") {
    const { content, join } = value.contents;
    const isNested = content.items.length <= MAX_KEPT && content.items.some(isContainer);
    const items = isNested ? content.items.map((one) => asItIs(one, depth + 1)) : content.items;
    return { ...value, contents: { content: { ...content, items }, join } };
  }
  if (value.kind === "symbol" && value.contents !== undefined) {
    const { contents } = value;
    return { ...value, contents: { ...contents, contents: { ...contents.contents } } };
  }
  if (value.kind !== "dict") return value;
  const { content, join } = value.contents;
  const isNested =
    content.entries.size <= MAX_KEPT &&
    [...content.entries.values()].some((entry) => isContainer(entry.value));
  const entries = isNested
    ? new Map(
        [...content.entries].map(([id, entry]) => [
          id,
          { key: entry.key, value: asItIs(entry.value, depth + 1) },
        ]),
      )
    : content.entries;
  return { ...value, contents: { content: { ...content, entries }, join } };
}

/** Python's `value[lower:upper:step]` for known bounds of a known sequence. */
export function sliceOf<T>(
  items: readonly T[],
  lower: number | undefined,
  upper: number | undefined,
  step = 1,
): T[] {
  if (step === 1) return items.slice(lower ?? 0, upper ?? items.length);
  const clamp = (index: number | undefined, fallback: number) =>
    index === undefined
      ? fallback
      : Math.min(
          Math.max(index < 0 ? index + items.length : index, step < 0 ? -1 : 0),
          items.length,
        );
  const picked: T[] = [];
  const start = clamp(lower, step < 0 ? items.length - 1 : 0);
  const end = clamp(upper, step < 0 ? -1 : items.length);
  for (let at = start; step < 0 ? at > end : at < end; at += step) {
    const item = items[at];
    if (item !== undefined) picked.push(item);
  }
  return picked;
}

const NO_ENTRIES: Entries = { entries: new Map(), open: false };

/** `ChainMap(…)`: the first dict that has a key counts. */
export function chained(dicts: readonly DictValue[], site: Site): DictValue {
  const whole = dicts
    .map((one) => one.contents.content)
    .reduceRight<Entries>((below, above) => overlaid(below, above, site), NO_ENTRIES);
  return { ...dict(whole.entries, site, whole.open, whole.variables), maps: dicts };
}
