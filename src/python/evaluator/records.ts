/**
 * Objects that are records of named values - data classes, settings classes, named tuples, namespaces - and the calls that
 * take them apart again: `asdict(record)`, `record.model_dump()`, `fields(record)`, iterating over one.
 */

import { inherited, outsideBase } from "./ancestry.ts";
import { attribute } from "./attributes.ts";
import { dict, membersOf, sequence } from "./containers.ts";
import { extendsAny, fieldNames, isEnumeration } from "./fields.ts";
import { recordFact, recordOf } from "./filled.ts";
import { allMembers } from "./instances.ts";
import { bindIn, bindingIn, type Machine, newScope } from "./machine.ts";
import { classOf, fieldOf, NAMESPACES, namespaceOf } from "./objects.ts";
import { linesOf, openedFile } from "./reflection.ts";
import {
  type Arguments,
  asString,
  type ClassValue,
  constant,
  type InstanceValue,
  keyOf,
  type SequenceValue,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";
import { wholeEnvironment } from "./whole-environment.ts";

/** Functions and methods that make a dict of a record. */
const TO_DICT = new Set(["dataclasses.asdict", "attr.asdict", "attrs.asdict"]);
const DUMPS = /\.(?:model_dump|dict)$/;

const MAX_DEPTH = 8;

/** The result of a call that makes a record or takes one apart; undefined for any other. */
export function callRecord(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  const [first] = given.positional;
  if (callee.name === "collections.namedtuple()") return namedTuple(callee, given, site);
  if (NAMESPACES.has(callee.name))
    return namespaceOf(machine, callee.name, given.keywords, site, given.open);
  // What another thread has set, it does not hold here; what another function has, it may.
  if (callee.name === "threading.local")
    return namespaceOf(machine, callee.name, new Map(), site, true);
  if (callee.base?.kind === "sequence" && callee.base.fields !== undefined)
    return tupleMethod(callee.base, callee.base.fields, callee.name, given, site);
  if (callee.base?.kind === "instance" && DUMPS.test(callee.name))
    return dump(machine, callee.base, given, site);
  if (callee.base?.kind === "instance")
    return copied(machine, callee.base, callee.name, given, site);
  const filled = callee.base?.kind === "symbol" ? callee.base : undefined;
  if (filled?.type !== undefined && dumps(machine, filled, callee.name))
    return dump(machine, filled, given, site);
  const record = first?.kind === "instance" || first?.kind === "class" ? first : undefined;
  if (record === undefined) return undefined;
  if (TO_DICT.has(callee.name)) return toDict(machine, record, site, 0);
  switch (callee.name) {
    case "dataclasses.fields":
    case "attr.fields":
    case "attrs.fields":
      return sequence(
        "tuple",
        fieldNames(machine, classOf(record)).map((name) => fieldOf(machine, name, site)),
        site,
      );
    case "dataclasses.astuple":
      return sequence(
        "tuple",
        fieldNames(machine, classOf(record)).map((name) => attribute(machine, record, name, site)),
        site,
      );
    case "dataclasses.replace":
      return record.kind === "instance" ? replaced(machine, record, given, site) : undefined;
    default:
      return undefined;
  }
}

/** True for a method of something that a framework filled in which gives its attributes by their names. */
function dumps(machine: Machine, filled: SymbolValue, method: string): boolean {
  const owner = recordOf(machine, filled);
  const fact = owner && recordFact(machine, owner);
  return fact?.dumps.includes(method.slice(method.lastIndexOf(".") + 1)) === true;
}

/** What iterating over a value goes through, where the value is an object or a class that says so; else the value itself. */
export function iterated(machine: Machine, value: Value, site: Site): Value {
  if (value.kind === "class" && isEnumeration(machine, value)) {
    const members = machine.eager
      ? [...value.scope.names].flatMap(([name, { content }]) =>
          content?.value.kind === "instance" && !name.startsWith("_") ? [content.value] : [],
        )
      : allMembers(value, site);
    return sequence("list", members, site);
  }
  if (!machine.eager && value.kind !== "instance") return value;
  const variables = wholeEnvironment(machine, value)?.contents.content.entries;
  if (variables !== undefined)
    return sequence(
      "list",
      [...variables.values()].map((entry) => entry.key),
      site,
    );
  const opened = value.kind === "symbol" ? openedFile(machine, value) : undefined;
  if (opened !== undefined) return linesOf(opened.text, site);
  if (value.kind !== "instance") return value;
  const method = inherited(machine, value.class, "__iter__");
  const none: Arguments = { positional: [], keywords: new Map(), open: false };
  if (method?.kind === "function")
    return machine.call({ ...method, receiver: value }, none, site) ?? value;
  if (value.data !== undefined) return value.data;
  if (!givesPairs(machine, outsideBase(machine, value.class))) return value;
  return sequence(
    "list",
    fieldNames(machine, value.class).map((name) =>
      sequence("tuple", [constant(name, site), attribute(machine, value, name, site)], site),
    ),
    site,
  );
}

/** True for a class outside the tree whose instances give pairs of name and value where they are iterated over. */
function givesPairs({ models }: Machine, base: string | undefined): boolean {
  return (
    base !== undefined &&
    (models.records.some((fact) => fact.extends.includes(base)) ||
      models.environmentClasses.some((form) => form.base === base))
  );
}

/** `Point(1, y=2)`, where `Point = namedtuple("Point", "x y")`. */
function namedTuple({ call }: SymbolValue, given: Arguments, site: Site): Value | undefined {
  const written = call?.positional[1] ?? call?.keywords.get("field_names");
  const names =
    asString(written)
      ?.split(/[\s,]+/)
      .filter(Boolean) ??
    (written && membersOf(written)?.map(asString));
  if (names === undefined || given.open) return undefined;
  const fallbacks = call?.keywords.get("defaults");
  const defaults = (fallbacks && membersOf(fallbacks)) ?? [];
  const items: Value[] = [];
  for (const [index, name] of names.entries()) {
    const value =
      given.positional[index] ??
      given.keywords.get(name ?? "") ??
      defaults[index - (names.length - defaults.length)];
    if (name === undefined || value === undefined) return undefined;
    items.push(value);
  }
  return { ...sequence("tuple", items, site), fields: names.map(String) };
}

/** `tuple._asdict()`, `tuple._replace(x=1)`. */
function tupleMethod(
  record: SequenceValue,
  fields: readonly string[],
  name: string,
  given: Arguments,
  site: Site,
): Value | undefined {
  const { items } = record.contents.content;
  const memberOf = (field: string, index: number) =>
    given.keywords.get(field) ?? items[index] ?? constant(null, site);
  if (name.endsWith("._replace"))
    return { ...sequence("tuple", fields.map(memberOf), site), fields };
  if (!name.endsWith("._asdict")) return undefined;
  return dict(
    new Map(
      fields.map((field, index) => [
        `s${field}`,
        { key: constant(field, site), value: memberOf(field, index) },
      ]),
    ),
    site,
  );
}

/** `record.model_dump(exclude={"a"})`. */
function dump(
  machine: Machine,
  record: InstanceValue | SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  const whole = toDict(machine, record, site, 0);
  if (whole?.kind !== "dict") return whole;
  const named = (keyword: string) => {
    const names = given.keywords.get(keyword);
    return names && new Set(membersOf(names)?.map(keyOf));
  };
  const [included, excluded] = [named("include"), named("exclude")];
  const entries = [...whole.contents.content.entries].filter(
    ([id]) => included?.has(id) !== false && excluded?.has(id) !== true,
  );
  return dict(new Map(entries), site);
}

function toDict(
  machine: Machine,
  record: ClassValue | InstanceValue | SymbolValue,
  site: Site,
  depth: number,
): Value | undefined {
  const owner = record.kind === "symbol" ? recordOf(machine, record) : classOf(record);
  const names = owner === undefined ? [] : fieldNames(machine, owner);
  if (names.length === 0) return undefined;
  return dict(
    new Map(
      names.map((name) => [
        `s${name}`,
        {
          key: constant(name, site),
          value: plain(machine, attribute(machine, record, name, site), site, depth + 1),
        },
      ]),
    ),
    site,
  );
}

/** Records within a record become dicts too. */
function plain(machine: Machine, value: Value, site: Site, depth: number): Value {
  if (depth > MAX_DEPTH) return value;
  if (value.kind === "instance")
    return bindingIn(value.attributes, "value") === undefined
      ? (toDict(machine, value, site, depth) ?? value)
      : value;
  const members = value.kind === "sequence" ? membersOf(value) : undefined;
  if (value.kind !== "sequence" || !members?.some((one) => one.kind === "instance")) return value;
  return sequence(
    value.type,
    members.map((one) => plain(machine, one, site, depth + 1)),
    site,
  );
}

/** `record.model_copy(update={"a": 1})`. */
function copied(
  machine: Machine,
  record: InstanceValue,
  name: string,
  given: Arguments,
  site: Site,
): InstanceValue | undefined {
  const method = name.slice(name.lastIndexOf(".") + 1);
  const { records, environmentClasses } = machine.models;
  const isSettings = environmentClasses.some(({ base }) =>
    extendsAny(machine, record.class, new Set([base])),
  );
  const fact = isSettings
    ? records.find((one) => method in one.copies)
    : recordFact(machine, record.class);
  const keyword = fact?.copies[method];
  if (keyword === undefined) return undefined;
  const changes = given.keywords.get(keyword);
  if (changes !== undefined && changes.kind !== "dict") return undefined;
  const entries = [...(changes?.contents.content.entries.values() ?? [])];
  const named = entries.flatMap((one) => {
    const key = asString(one.key);
    return key === undefined ? [] : [[key, one.value] as const];
  });
  if (named.length < entries.length || changes?.contents.content.open) return undefined;
  return replaced(machine, record, { ...given, keywords: new Map(named) }, site);
}

function replaced(
  machine: Machine,
  record: InstanceValue,
  given: Arguments,
  site: Site,
): InstanceValue {
  const attributes = newScope("class");
  for (const [name, { content }] of record.attributes.names)
    if (content !== undefined) bindIn(machine, attributes, name, content.value, content.site);
  for (const [name, value] of given.keywords)
    bindIn(machine, attributes, name, value, value.site ?? site);
  return { ...record, attributes };
}
