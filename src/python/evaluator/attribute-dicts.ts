/** Dicts whose entries are attributes as well, as packages make them of data: `Box(data).debug`. */
import { dict, sequence, writeEntries } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { keepOfLookup } from "./unset.ts";
import {
  type Arguments,
  constant,
  type DictValue,
  derived,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

const MAX_DEPTH = 12;

/** What a call gives that makes such a dict of data; undefined for any other. */
export function callAttributeDict(
  { eager, models }: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  if (!eager || !models["attribute-dicts"].has(callee.name)) return undefined;
  const [first] = given.positional;
  if (given.open || (first !== undefined && first.kind !== "dict")) return undefined;
  const named = [...given.keywords].map(
    ([name, value]) => [`s${name}`, { key: constant(name, site), value }] as const,
  );
  const { entries, open } = first?.contents.content ?? { entries: [], open: false };
  const made = dict(new Map([...entries, ...named]), site, open);
  return withAttributes({ ...first, ...made });
}

/** The same data, with the entries of all dicts in it as attributes too. */
export function withAttributes(value: Value, depth = 0): Value {
  if (depth > MAX_DEPTH) return value;
  const inner = (one: Value) => withAttributes(one, depth + 1);
  if (value.kind === "sequence" && value.contents.content.items.some(isHolder)) {
    const { items, open } = value.contents.content;
    return { ...value, contents: sequence(value.type, items.map(inner), undefined, open).contents };
  }
  if (value.kind !== "dict" || value.scope !== undefined) return value;
  const { entries, open } = value.contents.content;
  const made = [...entries].map(
    ([id, { key, value: one }]) => [id, { key, value: inner(one) }] as const,
  );
  const { contents } = dict(new Map(made), undefined, open);
  return { ...value, contents, attributes: true };
}

function isHolder({ kind }: Value): boolean {
  return kind === "dict" || kind === "sequence";
}

/** What such a dict has as an attribute; undefined where it has none of that name, and nothing is left out of it. */
export function entryAsAttribute(owner: DictValue, name: string, site: Site): Value | undefined {
  const { entries, open } = owner.contents.content;
  const found = entries.get(`s${name}`);
  if (found !== undefined) return keepOfLookup(owner, found.key, found.value);
  return open ? derived([owner], site) : undefined;
}

/** Sets an attribute of such a dict. */
export function setEntry(
  machine: Machine,
  owner: DictValue,
  name: string,
  value: Value,
  site: Site,
): void {
  const { entries, open } = owner.contents.content;
  const entry = { key: constant(name, site), value };
  writeEntries(machine, owner, new Map([...entries, [`s${name}`, entry]]), open, site);
}
