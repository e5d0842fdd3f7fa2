/** Classes that fill their instances by themselves: members of an enumeration, data classes, settings from the environment. */

import { ancestry, inherited, outsideBases } from "./ancestry.ts";
import { asGiven, dict, sequence } from "./containers.ts";
import { variablesOf } from "./environment-classes.ts";
import {
  defaultOf,
  extendsAny,
  FLAGS,
  fieldNames,
  fieldsOf,
  isEnumeration,
  isFieldCall,
} from "./fields.ts";
import { checks, isRecord } from "./filled.ts";
import { bindIn, bindingIn, cellOf, type Frame, type Machine, newScope } from "./machine.ts";
import { memberValue } from "./members.ts";
import { compare } from "./operators.ts";
import {
  type Arguments,
  alternativesOf,
  type ClassValue,
  constant,
  derived,
  type InstanceValue,
  type Site,
  union,
  type Value,
} from "./values.ts";

const DATA_CLASSES = new Set([
  "dataclasses.dataclass",
  "attr.s",
  "attr.attrs",
  "attrs.define",
  "attr.define",
]);
const TYPED_DICTS = new Set(["typing.TypedDict", "typing_extensions.TypedDict"]);
const TUPLES = new Set(["typing.NamedTuple"]);

/** Calls a value. */
export type Call = (callee: Value, ...positional: readonly Value[]) => Value;

/** Makes members of the attributes of an enumeration. */
export function makeMembers(machine: Machine, owner: ClassValue, site: Site): void {
  if (!isEnumeration(machine, owner)) return;
  const values: Value[] = [];
  for (const [name, cell] of owner.scope.names) {
    const binding = cell.content;
    if (binding === undefined || name.startsWith("_") || binding.value.kind === "function")
      continue;
    const attributes = newScope("class");
    const isAuto = binding.value.kind === "symbol" && binding.value.name === "enum.auto()";
    const value = isAuto ? automaticValue(machine, owner, name, values, site) : binding.value;
    values.push(value);
    cellOf(attributes, "value").content = { ...binding, value };
    cellOf(attributes, "name").content = { ...binding, value: constant(name, site) };
    const member: InstanceValue = {
      kind: "instance",
      class: owner,
      attributes,
      site: binding.site,
    };
    machine.heap.write(cell, { ...binding, value: member });
  }
}

/** What `auto()` stands for, after members with other values. */
function automaticValue(
  machine: Machine,
  owner: ClassValue,
  name: string,
  values: readonly Value[],
  site: Site,
): Value {
  const own = inherited(machine, owner, "_generate_next_value_");
  if (own?.kind === "function") {
    const before = sequence("list", values, site);
    const positional = [constant(name, site), constant(1), constant(values.length), before];
    const made = machine.call(own, { positional, keywords: new Map(), open: false }, site);
    return made ?? derived([], site);
  }
  if (extendsAny(machine, owner, new Set(["enum.StrEnum"])))
    return constant(name.toLowerCase(), site);
  const numbers = values.map((one) => (one.kind === "constant" ? Number(one.value) : Number.NaN));
  if (numbers.some(Number.isNaN)) return derived([], site);
  const highest = Math.max(0, ...numbers);
  const isFlag = extendsAny(machine, owner, FLAGS);
  return constant(isFlag ? 2 ** Math.floor(Math.log2(2 * highest || 1)) : highest + 1, site);
}

/** The instance that a call of a class gives where the class says what is in it; undefined where its `__init__` does. */
export function instanceOf(
  machine: Machine,
  callee: ClassValue,
  given: Arguments,
  site: Site,
  instance: InstanceValue,
  call: Call,
): Value | undefined {
  if (isEnumeration(machine, callee)) return findMember(machine, callee, given, site);
  if (extendsAny(machine, callee, TYPED_DICTS)) return typedDict(given, site);
  const environment = machine.models.environmentClasses.find((form) =>
    extendsAny(machine, callee, new Set([form.base])),
  );
  const isData =
    environment !== undefined ||
    isDataClass(callee) ||
    extendsAny(machine, callee, TUPLES) ||
    isRecord(machine, callee);
  if (!isData) return undefined;
  const read =
    environment === undefined ? undefined : variablesOf(machine, callee, environment, site);
  fieldsOf(machine, callee).forEach((field, index) => {
    const named = given.keywords.get(field.name) ?? given.positional[index];
    const fallback = field.value && defaultOf(machine, field.value, call);
    const plain = named ?? (read === undefined ? fallback : read(field, fallback));
    const set = plain && converted(machine, field.value, plain, call);
    const value =
      set && environment !== undefined ? validated(machine, callee, field.name, set, site) : set;
    if (value !== undefined)
      bindIn(machine, instance.attributes, field.name, value, field.site ?? site);
  });
  return namedTupleOf(machine, callee, instance, site) ?? instance;
}

/** A `TypedDict` is a dict of what it is given. */
function typedDict(given: Arguments, site: Site): Value | undefined {
  const [first] = given.positional;
  if (given.open || (first !== undefined && first.kind !== "dict")) return undefined;
  const named = [...given.keywords].map(
    ([name, value]) => [`s${name}`, { key: constant(name, site), value }] as const,
  );
  return dict(new Map([...(first?.contents.content.entries ?? []), ...named]), site);
}

/** A named tuple of a class that adds nothing to it is a tuple. */
function namedTupleOf(
  machine: Machine,
  { bases, node }: ClassValue,
  { class: type, attributes }: InstanceValue,
  site: Site,
): Value | undefined {
  const isTuple = bases.some((one) => one.kind === "symbol" && one.name === "typing.NamedTuple");
  if (!isTuple || node.body.some((one) => one.nodeType.endsWith("FunctionDef"))) return undefined;
  const fields = fieldNames(machine, type);
  const items = fields.map((name) => bindingIn(attributes, name)?.value ?? derived([], site));
  return { ...sequence("tuple", items, site), fields };
}

/** What the methods that look over a field of a class make of its value, defaults included. */
function validated(
  machine: Machine,
  owner: ClassValue,
  field: string,
  value: Value,
  site: Site,
): Value {
  let result = value;
  for (const one of ancestry(machine, owner).reverse()) {
    if (one.kind !== "class") continue;
    for (const { content } of one.scope.names.values()) {
      if (content?.value.kind !== "function" || !checks(machine, content.value, field)) continue;
      const given = { positional: [result], keywords: new Map(), open: false };
      const made = machine.call({ ...content.value, receiver: owner }, given, site);
      const { environment } = result;
      result = { ...(made ?? derived([result], site)), ...(environment && { environment }) };
    }
  }
  return result;
}

/** Some member of an enumeration, for a rule that follows data: whichever it is, it is written in the code. */
export function anyMember(owner: ClassValue, site: Site): InstanceValue {
  const members = written(owner).map(([name, value]) => ({ name: constant(name, site), value }));
  const either = (all: readonly Value[]) =>
    union(
      all.map((value) => ({ value })),
      site,
    );
  const name = either(members.map((one) => one.name));
  const value = either(members.map((one) => one.value));
  return memberOf(owner, name, value, site);
}

/** The members of an enumeration, as a rule that follows data sees them. */
export function allMembers(owner: ClassValue, site: Site): InstanceValue[] {
  return written(owner).map(([name, value]) => memberOf(owner, constant(name, site), value, site));
}

/** What the body of an enumeration sets, by its names. */
function written(owner: ClassValue): (readonly [string, Value])[] {
  return [...owner.scope.names].flatMap(([name, { content }]) =>
    content === undefined || name.startsWith("_") || content.value.kind === "function"
      ? []
      : [[name, content.value] as const],
  );
}

function memberOf(owner: ClassValue, name: Value, value: Value, site: Site): InstanceValue {
  const attributes = newScope("class");
  cellOf(attributes, "name").content = { value: name, site, when: [] };
  cellOf(attributes, "value").content = { value, site, when: [] };
  return { kind: "instance", class: owner, attributes, site };
}

function findMember(
  machine: Machine,
  owner: ClassValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  const [wanted] = given.positional;
  if (wanted === undefined || given.positional.length > 1) return undefined;
  let isKnown = true;
  for (const cell of owner.scope.names.values()) {
    const member = cell.content?.value;
    const value = member && memberValue(member);
    if (member === undefined || value === undefined) continue;
    const same = member === wanted ? true : compare("Eq", value, wanted);
    if (same === true)
      return wanted.environment === undefined
        ? member
        : { ...member, environment: wanted.environment };
    if (same === undefined) isKnown = false;
  }
  if (isKnown) machine.raise({ exception: "ValueError" });
  return derived([wanted], site);
}

/** What a field, by what the class sets it to, makes of the value that it is given, or of its default. */
export function converted(
  machine: Machine,
  field: Value | undefined,
  given: Value,
  call: Call,
): Value {
  const converter =
    field?.kind === "symbol" && isFieldCall(machine, field.name)
      ? field.call?.keywords.get("converter")
      : undefined;
  return converter === undefined ? given : call(converter, given);
}

function isDataClass({ decorators = [] }: ClassValue): boolean {
  return decorators.some(
    (one) => one.kind === "symbol" && DATA_CLASSES.has(one.name.replace(/\(\)$/, "")),
  );
}

/** What is spread into a class without a constructor of its own, the one of each base outside of the tree may get. */
export function observeMaking(
  machine: Machine,
  made: Value,
  given: Arguments,
  frame: Frame,
  site: Site,
): void {
  for (const one of machine.observe === undefined ? [] : alternativesOf(made)) {
    if (one.kind !== "class" || inherited(machine, one, "__init__") !== undefined) continue;
    for (const base of outsideBases(machine, one)) {
      const callee = { kind: "symbol", name: `${base.name}.__init__`, base, site } as const;
      machine.observe?.({ site, callee, arguments: asGiven(given), within: frame.function });
    }
  }
}
