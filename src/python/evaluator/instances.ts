/** Classes that fill their instances by themselves: members of an enumeration, data classes, settings from the environment. */

import { inherited, outsideBases } from "./ancestry.ts";
import { asGiven, dict, sequence } from "./containers.ts";
import { extendsAny, FLAGS, fieldNames, isEnumeration } from "./fields.ts";
import { type Call, fillRecord } from "./filling.ts";
import { bindingIn, cellOf, type Frame, type Machine, newScope } from "./machine.ts";
import { memberValue } from "./members.ts";
import { compare } from "./operators.ts";
import {
  type Arguments,
  alternativesOf,
  type ClassValue,
  constant,
  derived,
  type InstanceValue,
  type Scope,
  type Site,
  type Test,
  union,
  type Value,
} from "./values.ts";

const TYPED_DICTS = new Set(["typing.TypedDict", "typing_extensions.TypedDict"]);

/** What a name in a class is bound to: in the body of an enumeration, `auto()` is a value already for what follows. */
export function asMember(machine: Machine, scope: Scope, name: string, value: Value): Value {
  if (value.kind !== "symbol" || value.name !== "enum.auto()" || !machine.eager) return value;
  const owner = machine.ownerOf(scope);
  if (owner === undefined || value.site === undefined || !isEnumeration(machine, owner))
    return value;
  const before = [...scope.names].flatMap(([known, { content }]) =>
    content === undefined || known.startsWith("_") || content.value.kind === "function"
      ? []
      : [content.value],
  );
  return automaticValue(machine, owner, name, before, value.site);
}

/** Makes members of the attributes of an enumeration. */
export function makeMembers(machine: Machine, owner: ClassValue, site: Site): void {
  if (!isEnumeration(machine, owner)) return;
  for (const [name, cell] of owner.scope.names) {
    const binding = cell.content;
    if (binding === undefined || name.startsWith("_") || binding.value.kind === "function")
      continue;
    const attributes = newScope("class");
    cellOf(attributes, "value").content = binding;
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
  const made = fillRecord(machine, callee, given, site, instance, call);
  return made === instance ? (namedTupleOf(machine, callee, instance, site) ?? made) : made;
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

/** The member of an enumeration that a call of it gives, which raises an error for what is the value of none. */
export function memberFor(
  machine: Machine,
  owner: ClassValue,
  { positional: [asked] }: Arguments,
  site: Site,
): InstanceValue {
  const member = anyMember(owner, site);
  // A class may say what any other value stands for.
  if (asked === undefined || inherited(machine, owner, "_missing_") !== undefined) return member;
  const values = written(owner).map(([, value]) => value);
  const right = sequence("list", values, site);
  const test: Test = { kind: "compare", op: "In", left: asked, right };
  return { ...member, known: [{ kind: "unknown", from: [], site, test }] };
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
