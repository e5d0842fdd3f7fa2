/** What a framework fills with data and the annotation gives a class: the class says what its attributes are. */
import type { Models } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import { ancestry, inherited } from "./ancestry.ts";
import {
  attributeType,
  type Described,
  LISTED,
  outsideClass,
  readAnnotation,
} from "./annotations.ts";
import { sequence } from "./containers.ts";
import { fieldsOf } from "./fields.ts";
import { argument, type Machine } from "./machine.ts";
import { matching } from "./refine.ts";
import { symbol } from "./symbols.ts";
import {
  asString,
  type ClassValue,
  type FunctionValue,
  type Site,
  type SymbolValue,
  type UnknownValue,
  type Value,
} from "./values.ts";

/** An attribute of what a framework filled in, or of a parameter, where the class that its annotation names says what that is. */
export function typedAttribute(
  machine: Machine,
  owner: SymbolValue | UnknownValue,
  name: string,
  site: Site,
): Value | undefined {
  const of = owner.kind === "symbol" ? owner.type : owner.parameter?.type;
  if (of === undefined) return undefined;
  const said = readAnnotation(machine, of);
  const type = attributeType(machine, said, name);
  if (type !== undefined && readAnnotation(machine, type).isHarmless)
    return { kind: "unknown", from: [], isHarmless: true, site };
  // Only what would be told of a parameter asks its module.
  const awaits = owner.kind === "symbol" ? said.imported[0]?.imported?.path : undefined;
  if (type === undefined && awaits === undefined) return undefined;
  const filled = symbol(machine, {
    kind: "symbol",
    name: `${owner.kind === "symbol" ? owner.name : "?"}.${name}`,
    base: owner,
    site,
    ...(type && { type }),
    ...(awaits !== undefined && { awaits }),
  });
  const described = type === undefined ? filled : asDescribed(machine, said, name, type, filled);
  return checkedBy(machine, said, name, described, site);
}

/** The text of an attribute, as what stands beside its type or is its default says that a framework leaves it. */
function asDescribed(
  machine: Machine,
  { classes }: Described,
  name: string,
  type: Value,
  filled: Value,
): Value {
  const defaults = classes.flatMap(
    (one) => fieldsOf(machine, one).find((field) => field.name === name)?.value ?? [],
  );
  return asAnnotated(machine, type, filled, defaults);
}

/** A text that a framework fills something of an annotated type with, as what stands beside the type leaves it, or is the default. */
export function asAnnotated(
  machine: Machine,
  type: Value,
  filled: Value,
  defaults: readonly Value[] = [],
): Value {
  const { beside, names, classes, imported } = readAnnotation(machine, type);
  // What is said of one of several types says nothing of the others.
  if (names.length + classes.length + imported.length > 1) return filled;
  let value = filled;
  for (const one of [type, ...beside, ...defaults]) {
    if (one.kind !== "symbol" || one.call === undefined) continue;
    const { call } = one;
    const called = one.name.replace(/\(\)$/, "");
    for (const fact of machine.models.fields) {
      // What decides itself what becomes of a text may leave it as it is.
      if (!nameMatches(fact.call, called) || fact.when === "around") continue;
      const pattern = argument(call, ...fact.patterns);
      if (pattern !== undefined) value = matching(value, pattern);
      const made = argument(call, ...fact.functions);
      if (made?.kind === "function") value = resultOf(machine, made, value, filled.site);
    }
  }
  return value;
}

/** What the methods make of an attribute of which a class says that they check it. */
function checkedBy(
  machine: Machine,
  { classes }: Described,
  name: string,
  filled: Value,
  site: Site,
): Value {
  let value = filled;
  if (machine.models["field-checks"].length === 0) return value;
  for (const owner of classes)
    for (const { content } of methodsOf(machine, owner)) {
      const method = content?.value;
      if (method?.kind !== "function" || !checks(machine, method, name)) continue;
      value = resultOf(machine, { ...method, receiver: owner }, value, site);
    }
  return value;
}

function methodsOf(machine: Machine, owner: ClassValue) {
  return ancestry(machine, owner).flatMap((one) =>
    one.kind === "class" ? [...one.scope.names.values()] : [],
  );
}

/** True for a method of a class whose result takes the place of one of its attributes. */
function checks(machine: Machine, { decorators }: FunctionValue, name: string): boolean {
  return decorators.some(
    (one) =>
      one.kind === "symbol" &&
      machine.models["field-checks"].some(
        ({ decorator, every }) =>
          nameMatches(decorator, one.name) &&
          one.call?.positional.some((field) => [name, every].includes(asString(field) ?? "")),
      ),
  );
}

function resultOf(
  machine: Machine,
  made: FunctionValue,
  value: Value,
  site: Site | undefined,
): Value {
  if (site === undefined) return value;
  return (
    machine.call(made, { positional: [value], keywords: new Map(), open: true }, site) ?? value
  );
}

/**
 * The class of a value that a framework filled in, where that is one of the tree and its objects have no attributes but those
 * that it is annotated with: `body.model_dump()` gives their names, not the sender's.
 */
export function recordOf(machine: Machine, owner: SymbolValue): ClassValue | undefined {
  if (owner.type === undefined) return undefined;
  const { classes, names, imported } = readAnnotation(machine, owner.type);
  const [only] = classes.length === 1 && names.length + imported.length === 0 ? classes : [];
  const fact = only && recordFact(machine, only);
  if (only === undefined || fact === undefined) return undefined;
  const { options, key, values } = fact.only;
  const takesMore = options.some((one) => {
    const said = inherited(machine, only, one);
    const option = said && optionIn(machine, said, key);
    return option !== undefined && !values.some((value) => says(option, value));
  });
  return takesMore ? undefined : only;
}

/** What is known of a class that extends nothing of which nothing is known. */
export function recordFact(machine: Machine, owner: ClassValue) {
  const bases = ancestry(machine, owner).flatMap((one) =>
    one.kind === "symbol" && one.name !== "builtins.object" ? [one] : [],
  );
  const facts = bases.map(({ name, imported: from }) =>
    from === undefined
      ? machine.models.records.find((fact) => fact.extends.includes(name))
      : undefined,
  );
  return facts.includes(undefined) ? undefined : facts[0];
}

/** What is known of the nearest class outside the tree that makes a class one of records, whatever else it extends. */
export function recordBase(machine: Machine, owner: ClassValue) {
  for (const one of ancestry(machine, owner)) {
    if (one.kind !== "symbol") continue;
    const fact = machine.models.records.find(({ extends: bases }) => bases.includes(one.name));
    if (fact !== undefined) return fact;
  }
  return undefined;
}

/** A value by its key in a dict, in what a call is given or in a class. */
function optionIn(machine: Machine, said: Value, key: string): Value | undefined {
  if (said.kind === "class") return inherited(machine, said, key);
  if (said.kind === "symbol") return said.call?.open === true ? said : said.call?.keywords.get(key);
  const entries = said.kind === "dict" ? said.contents.content.entries : undefined;
  return entries?.get(`s${key}`)?.value;
}

/** True for a text, or the member of that name: `Extra.forbid`. */
function says(option: Value, word: string): boolean {
  return option.kind === "symbol" ? option.name.endsWith(`.${word}`) : asString(option) === word;
}

/** Some member of a value whose annotation says what its members are; undefined for any other. */
export function typedMember(machine: Machine, owner: Value, site: Site): Value | undefined {
  if (owner.kind !== "symbol" || owner.type === undefined) return undefined;
  const { members, entries } = readAnnotation(machine, owner.type);
  const [type] = members;
  if (type !== undefined) return ofType(machine, owner, "[]", type, site);
  return harmless(machine, entries[0]?.[1], site);
}

/** A value of a type that an annotation names, where none of those does harm. */
function harmless(machine: Machine, type: Value | undefined, site: Site): Value | undefined {
  if (type === undefined || !readAnnotation(machine, type).isHarmless) return undefined;
  return { kind: "unknown", from: [], isHarmless: true, site };
}

/** A part of a value, of a type that an annotation names. */
function ofType(
  machine: Machine,
  owner: SymbolValue,
  part: string,
  type: Value,
  site: Site,
): Value {
  const known = harmless(machine, type, site);
  if (known !== undefined) return known;
  const listed = owner.name === LISTED ? outsideClass(machine, type) : undefined;
  if (listed !== undefined) return symbol(machine, { kind: "symbol", name: `${listed}()`, site });
  return symbol(machine, {
    kind: "symbol",
    name: `${owner.name}${part}`,
    base: owner,
    type,
    site,
  });
}

/** What a loop gets of a value whose annotation, or a fact, says what that is; undefined for any other. */
export function eachMember(machine: Machine, owner: Value, site: Site): Value | undefined {
  if (owner.kind !== "symbol") return undefined;
  if (owner.type !== undefined) {
    const { members, entries } = readAnnotation(machine, owner.type);
    const [type] = members;
    if (type !== undefined) return ofType(machine, owner, "[]", type, site);
    return harmless(machine, entries[0]?.[0], site);
  }
  const view = VIEW.exec(owner.name)?.[1];
  const method = view === undefined ? undefined : owner.base;
  const holder = method?.kind === "symbol" ? method.base : owner;
  if (holder?.kind !== "symbol") return undefined;
  const [entry] = holder.type === undefined ? [] : readAnnotation(machine, holder.type).entries;
  if (entry !== undefined && view !== undefined) {
    const keys = ofType(machine, holder, ".keys()", entry[0], site);
    const values = ofType(machine, holder, "[]", entry[1], site);
    if (view === "items") return sequence("tuple", [keys, values], site);
    return view === "keys" ? keys : values;
  }
  const meant = membersMeant(machine.models);
  const of = (part: string) =>
    symbol(machine, { kind: "symbol", name: `${holder.name}${part}`, base: holder, site });
  if (!isMeant(meant, `${holder.name}.keys()`))
    return holder === owner && isMeant(meant, `${owner.name}[]`) ? of("[]") : undefined;
  if (view === "values") return of("[]");
  return view === "items" ? sequence("tuple", [of(".keys()"), of("[]")], site) : of(".keys()");
}

/**
 * What something holds under a key as the models tell, by its own name or that of the parameter that it is; undefined where they do
 * not.
 */
export function meantMember(
  machine: Machine,
  owner: Value,
  key: Value | undefined,
  site: Site,
): Value | undefined {
  const { members } = machine.models;
  if (members.length === 0 || (owner.kind !== "symbol" && owner.kind !== "unknown"))
    return undefined;
  const text = asString(key);
  const fact = members.find((one) => one.key === text);
  if (fact === undefined) return undefined;
  const name = owner.kind === "symbol" ? owner.name : `?.${owner.parameter?.name}`;
  if (!fact.of.some((of) => nameMatches(of, name))) return undefined;
  return symbol(machine, { kind: "symbol", name: fact.is, base: owner, site });
}

/** What gives the names or the values of what holds something by names. */
const VIEW = /\.(items|keys|values)\(\)$/;

interface Meant {
  readonly names: ReadonlySet<string>;
  /** What names end in: `*.request.files[]`. */
  readonly ends: readonly string[];
}

function isMeant({ names, ends }: Meant, name: string): boolean {
  return names.has(name) || ends.some((end) => name.endsWith(end));
}

const knownMembers = new WeakMap<Models, Meant>();

/**
 * What facts say of members of a value, `tarfile.open()[]`, `KafkaConsumer()[].value`, and of the names under which it holds
 * something, which a loop over it gets: `flask.request.files.keys()`.
 */
function membersMeant(models: Models): Meant {
  const known = knownMembers.get(models);
  if (known !== undefined) return known;
  const parts = [...models.sources.values()].flatMap(({ values }) =>
    values.flatMap((value) =>
      [...value.matchAll(/\[\]|\.keys\(\)$/g)].map((part) =>
        value.slice(0, part.index + part[0].length),
      ),
    ),
  );
  const isEnd = (part: string) => part.startsWith("*.");
  const meant = {
    names: new Set(parts.filter((part) => !isEnd(part))),
    ends: [...new Set(parts.filter(isEnd).map((part) => part.slice(1)))],
  };
  knownMembers.set(models, meant);
  return meant;
}
