/**
 * How a record - a data class, a settings class, a model - gets the values of its fields: from what it is given, from variables and
 * from defaults. A class may have methods that make something else of them, or refuse them: of one field, before or after it is
 * read as its type, or of all at once, before or after they are there. What is refused is not known: a program that starts has
 * something else there.
 */
import type { Models } from "../../core/models.ts";
import type { Expression } from "../ast.ts";
import { inherited } from "./ancestry.ts";
import { dict } from "./containers.ts";
import { applyCast } from "./environment.ts";
import { optionOf, typeNamed, type Variables, variablesOf } from "./environment-classes.ts";
import {
  defaultOf,
  extendsAny,
  type Field,
  fieldsOf,
  isEnumeration,
  isFieldCall,
} from "./fields.ts";
import { recordBase } from "./filled.ts";
import { bindIn, bindingIn, type Machine, newFrame } from "./machine.ts";
import { namespaceOf } from "./objects.ts";
import { checksBesideType, checksOf, type FieldCheck, type RecordChecks } from "./record-checks.ts";
import { keepEnvironment } from "./unset.ts";
import {
  type Arguments,
  asString,
  type ClassValue,
  constant,
  type DictValue,
  derived,
  type FunctionValue,
  type InstanceValue,
  type Site,
  truth,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** Calls a value. */
export type Call = (callee: Value, ...positional: readonly Value[]) => Value;

const TUPLES = new Set(["typing.NamedTuple"]);
const NOTHING: ReadonlyMap<string, Value> = new Map();

/** A record that is being made. */
interface Making {
  readonly machine: Machine;
  readonly owner: ClassValue;
  readonly instance: InstanceValue;
  readonly site: Site;
  readonly call: Call;
  readonly checks: RecordChecks;
  /** What is known of the package that the class is made by, and what the environment says where that is asked. */
  readonly fact: Models["environmentClasses"][number] | Models["records"][number] | undefined;
  readonly variables: Variables | undefined;
}

/** Fills a record. Gives what making it gives; undefined for a class that is no record. */
export function fillRecord(
  machine: Machine,
  owner: ClassValue,
  given: Arguments,
  site: Site,
  instance: InstanceValue,
  call: Call,
): Value | undefined {
  const environment = machine.models.environmentClasses.find((form) =>
    extendsAny(machine, owner, new Set([form.base])),
  );
  const fact = environment ?? recordBase(machine, owner);
  if (fact === undefined && !isDataClass(machine, owner) && !extendsAny(machine, owner, TUPLES))
    return undefined;
  const variables = environment && variablesOf(machine, owner, environment, site);
  const checks = checksOf(machine, owner);
  const making: Making = { machine, owner, instance, site, call, checks, fact, variables };
  const fields = fieldsOf(machine, owner);
  const named = givenTo(making, fields, given);
  for (const field of fields) {
    const value = named === undefined ? derived([], site) : heldBy(making, field, named);
    if (value !== undefined)
      bindIn(machine, instance.attributes, field.name, value, field.site ?? site);
  }
  return lookedOver(making, fields, asDict(named ?? NOTHING, site, named === undefined));
}

function isDataClass({ models }: Machine, { decorators = [] }: ClassValue): boolean {
  return decorators.some(
    (one) => one.kind === "symbol" && models["data-classes"].has(one.name.replace(/\(\)$/, "")),
  );
}

/** What the fields are given, by their names; undefined where a method made something of it that is not known. */
function givenTo(
  making: Making,
  fields: readonly Field[],
  given: Arguments,
): ReadonlyMap<string, Value> | undefined {
  const { machine, owner, site, checks, variables } = making;
  const named = new Map(given.keywords);
  const inOrder = fields.filter((field) => isByPlace(machine, field));
  given.positional.forEach((value, index) => {
    const name = inOrder[index]?.name;
    if (name !== undefined) named.set(name, value);
  });
  const early = checks.whole.filter(({ when }) => when === "early");
  if (early.length === 0) return named;
  const before = new Map(named);
  for (const field of fields) {
    const set = named.has(field.name) ? undefined : variables?.set(field);
    if (set !== undefined) before.set(field.name, set);
  }
  let values: Value = asDict(before, site, given.open);
  for (const { method } of early)
    values = run(machine, { ...method, receiver: owner }, [values], site);
  if (values.kind !== "dict") return undefined;
  const after = new Map<string, Value>();
  for (const { key, value } of values.contents.content.entries.values()) {
    const name = asString(key);
    if (name === undefined) return undefined;
    // What a variable says is read as such.
    if (named.has(name) || before.get(name) !== value) after.set(name, value);
  }
  return after;
}

/** False for a field that no argument is for by its place: `field(init=False)`, `field(kw_only=True)`, `ClassVar`. */
function isByPlace(machine: Machine, { annotation, value }: Field): boolean {
  if (annotation?.nodeType === "Subscript" && lastName(annotation.value) === "ClassVar")
    return false;
  return (
    saysOfField(machine, value, "init") !== false && saysOfField(machine, value, "kw_only") !== true
  );
}

function lastName(node: Expression): string {
  return node.nodeType === "Attribute" ? node.attr : node.nodeType === "Name" ? node.id : "";
}

/** The truth of a keyword of the call that says what a field is. */
function saysOfField(
  machine: Machine,
  field: Value | undefined,
  keyword: string,
): boolean | undefined {
  const said =
    field?.kind === "symbol" && isFieldCall(machine, field.name)
      ? field.call?.keywords.get(keyword)
      : undefined;
  return said && truth(said);
}

/** What a field holds before anything looks over the record as a whole. */
function heldBy(
  making: Making,
  field: Field,
  named: ReadonlyMap<string, Value>,
): Value | undefined {
  const { machine, call, fact, variables } = making;
  const given = named.get(field.name);
  const fallback = given === undefined ? defaultIn(making, field) : undefined;
  const convert = (value: Value, type: string, isDefault: boolean) =>
    validated(making, field, value, type, isDefault);
  if (given === undefined && variables !== undefined)
    return variables.read(field, fallback, convert);
  const plain = given ?? fallback;
  const set = plain && converted(machine, field.value, plain, call);
  if (set === undefined || fact === undefined) return set;
  const type = typeNamed(field.annotation);
  const isPlain = given !== undefined && /^(?:bool|int|float)$/.test(type);
  return convert(set, isPlain ? type : "text", given === undefined);
}

/** What a field holds that is given nothing: what a method of the class makes, or what stands in the class. */
function defaultIn(making: Making, field: Field): Value | undefined {
  const { machine, instance, site, call, checks } = making;
  const maker = checks.own.find((one) => one.gives === "default" && one.field === field.value);
  if (maker !== undefined) return run(machine, { ...maker.method, receiver: instance }, [], site);
  // A factory may ask for what the fields before have got.
  return (
    field.value &&
    defaultOf(machine, field.value, (factory) =>
      factory.kind === "function" && factory.node.args.args.length > factory.defaults.size
        ? call(factory, soFar(making))
        : call(factory),
    )
  );
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

/** What the class makes of a value of one field: a value of its type, by way of the methods that look it over. */
function validated(
  making: Making,
  field: Field,
  value: Value,
  type: string,
  isDefault: boolean,
): Value {
  const { machine, owner, fact, variables, checks } = making;
  const asked = fact?.validates.flatMap((name) => [
    saysOfField(machine, field.value, name),
    truthOf(optionOf(machine, owner, optionsOf(fact), name)),
  ]);
  // Settings are looked over whole, models only as far as they are given.
  const isLooked =
    !isDefault || (variables === undefined ? asked?.includes(true) : !asked?.includes(false));
  const own = checks.fields.filter(
    (one) => (isLooked || (isDefault && one.isAlways)) && one.isOf(field.name),
  );
  const beside = isLooked ? checksBesideType(machine, field) : [];
  const looked = (when: FieldCheck["when"], before: Value) => {
    const called = beside
      .filter((one) => one.when === when)
      .reduce((result, one) => keepSource(result, making.call(one.made, result)), before);
    return own
      .filter((one) => one.when === when)
      .reduce((result, one) => checkedBy(making, one, result), called);
  };
  type Read = (given: Value) => Value;
  const plain: Read = (given) =>
    looked("late", asTyped(making, field, looked("early", given), type));
  const besides = beside
    .filter((one) => one.when === "around")
    .reduce<Read>(
      (reads, one) => (given) =>
        keepSource(given, making.call(one.made, given, handler(one.made, reads))),
      plain,
    );
  const read = own
    .filter((one) => one.when === "around")
    .reduce<Read>((reads, one) => (given) => checkedBy(making, one, given, reads), besides);
  return read(value);
}

/** What a method is given that runs around all else that is made of a value: a call of it does the rest. */
function handler(method: FunctionValue, reads: (given: Value) => Value): FunctionValue {
  return { ...method, name: "handler", decorators: [], defaults: new Map(), reads };
}

/** What a method makes of the value of a field; `reads` does what it runs around. */
function checkedBy(
  making: Making,
  { method, others }: FieldCheck,
  value: Value,
  reads?: (given: Value) => Value,
): Value {
  const { machine, owner, site } = making;
  const positional = reads === undefined ? [value] : [value, handler(method, reads)];
  const keywords = new Map<string, Value>();
  const { attribute, parameter } = others;
  if (attribute !== undefined) {
    const data = new Map([[attribute, soFar(making)]]);
    positional.push(namespaceOf(machine, "types.SimpleNamespace", data, site, true));
  }
  if (parameter !== undefined) keywords.set(parameter, soFar(making));
  return keepSource(
    value,
    run(machine, { ...method, receiver: owner }, positional, site, keywords),
  );
}

/** What was made of a value owes to a variable what that did, unless it is a constant that it did not come from. */
function keepSource(from: Value, made: Value): Value {
  const isFixed = made.kind === "constant" && typeof made.value !== "string";
  return isFixed || made.kind === "environment" ? made : keepEnvironment(from, made);
}

/** The fields that are filled already, by their names. */
function soFar({ instance, site }: Making): DictValue {
  const { names } = instance.attributes;
  const values = [...names].flatMap(([name, { content }]) =>
    content === undefined ? [] : [[name, content.value] as const],
  );
  return asDict(new Map(values), site, false);
}

function asDict(values: ReadonlyMap<string, Value>, site: Site, open: boolean): DictValue {
  const entries = [...values].map(
    ([name, value]) => [`s${name}`, { key: constant(name, site), value }] as const,
  );
  return dict(new Map(entries), site, open);
}

/** What a method gives; unknown where it cannot be run, or is sure to raise an error. */
function run(
  machine: Machine,
  method: FunctionValue,
  positional: readonly Value[],
  site: Site,
  keywords: ReadonlyMap<string, Value> = NOTHING,
): Value {
  return (
    machine.call(method, { positional, keywords, open: false }, site) ?? derived(positional, site)
  );
}

function truthOf(value: Value | undefined): boolean | undefined {
  return value && truth(value);
}

function optionsOf(fact: NonNullable<Making["fact"]>): readonly string[] {
  return "options" in fact ? fact.options : fact.only.options;
}

/** A value as one of a type, where a text is read as such. */
function asTyped({ machine, call, site }: Making, field: Field, value: Value, type: string): Value {
  if (asString(value) === undefined) return value;
  const read = keepEnvironment(value, applyCast(machine, type, value, value.site ?? site));
  const { annotation, from } = field;
  if (read !== value || annotation?.nodeType !== "Name" || type === "str") return read;
  const named = machine.evaluate(annotation, newFrame(from.file, from.scope, from.scope, 0));
  return named.kind === "class" && isEnumeration(machine, named) ? call(named, value) : read;
}

/**
 * The record after all that runs once its fields are there: the record itself, unless that makes or refuses another. What runs around
 * the whole is given `data`; where it hands on other data than that, the record is not known.
 */
function lookedOver(making: Making, fields: readonly Field[], data: DictValue): Value {
  const { machine, owner, instance, site, checks } = making;
  const { attributes } = instance;
  const set = (name: string, value: Value) => bindIn(machine, attributes, name, value, site);
  for (const name of machine.models["made-hooks"]) {
    const hook = inherited(machine, owner, name);
    if (hook?.kind !== "function") continue;
    const given = { positional: [], keywords: NOTHING, open: true };
    if (machine.call({ ...hook, receiver: instance }, given, site) === UNKNOWN)
      return derived([], site);
  }
  for (const { method, field, gives } of checks.own) {
    const checked = gives === "nothing" && fields.find(({ value }) => value === field)?.name;
    const value = checked ? bindingIn(attributes, checked)?.value : undefined;
    if (!checked || value === undefined) continue;
    const positional = [derived([], site), value];
    if (run(machine, { ...method, receiver: instance }, positional, site) === UNKNOWN)
      set(checked, derived([], site));
  }
  for (const { method, when, getsFields } of checks.whole) {
    if (when === "early") continue;
    const { content } = data.contents;
    const rest = handler(method, (given) =>
      given.kind === "dict" && given.contents.content === content ? instance : derived([], site),
    );
    const made =
      when === "around"
        ? run(machine, { ...method, receiver: owner }, [data, rest], site)
        : getsFields
          ? run(machine, { ...method, receiver: owner }, [soFar(making)], site)
          : run(machine, { ...method, receiver: instance }, [], site);
    if (getsFields && made.kind === "dict") {
      for (const { key, value } of made.contents.content.entries.values()) {
        const name = asString(key);
        if (name !== undefined && bindingIn(attributes, name)?.value !== value) set(name, value);
      }
      continue;
    }
    // One that returns nothing has looked at it all the same.
    const isKept = made.kind === "constant" && made.value === null;
    if (made.kind !== "instance" && !isKept) return derived([], site);
  }
  return instance;
}
