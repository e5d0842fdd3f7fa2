import type { ClassNode, FunctionNode, LambdaNode, Placed } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import type { Cell } from "./heap.ts";
import { isFloat, writeNumber } from "./numbers.ts";

/** A node and the file it stands in. */
export interface Site {
  readonly file: ModuleFile;
  readonly node: Placed;
}

interface Base {
  /** The expression that made the value. */
  readonly site?: Site;
  /** Set where the value is what an environment variable falls back to: the variable was unset. */
  readonly environment?: EnvironmentRead;
  /** Set where a file of data of the tree says it. */
  readonly heldIn?: DataPlace;
  /** Set where the value is that of a variable which this file of the tree lists. */
  readonly listedIn?: string;
  /** What the value asks, where it is the answer of a comparison or put together from such answers. */
  readonly test?: Test;
  /** What is so where the value turns out to be empty: `set(data) - NAMES`. */
  readonly empty?: Test;
  /** Tests that came out so before a function returned the value as its answer. */
  readonly known?: readonly Value[];
  /** What is known of the value where it stands, because code got there only past a test. */
  readonly checks?: readonly Check[];
  /** With `checks`: the same value before anything was known of it. */
  readonly unchecked?: Value;
}

/** A place in a file of data: the keys that lead there, the outermost first. */
export interface DataPlace {
  readonly path: string;
  readonly keys: readonly string[];
}

/** What a truth value tells of other values. */
export type Test =
  | { readonly kind: "not"; readonly operand: Value }
  | { readonly kind: "and" | "or"; readonly operands: readonly Value[] }
  | { readonly kind: "compare"; readonly op: string; readonly left: Value; readonly right: Value };

/** One thing that is known of a value. */
export type Check = {
  /** Names of what was done to the value before it was tested, the last thing first; `?` for what has no name. */
  readonly through: readonly string[];
  /** Where the value was the key to what was tested: what it was looked up in. */
  readonly keyOf?: Value;
  readonly site?: Site;
  /** Set where another value may have been tested in place of this: it is known of a union that holds both. */
  readonly amongOthers?: true;
} & (
  | {
      readonly kind: "compare";
      readonly op: string;
      /** The operand on the other side, and the side on which the value stood. */
      readonly other: Value;
      readonly side: "left" | "right";
      readonly holds: boolean;
    }
  | {
      readonly kind: "call";
      readonly call: string;
      /** Where the value was given. */
      readonly place: "receiver" | number | string;
      readonly receiver?: Value;
      readonly given: Arguments;
      /** The call's answer, or that it raised no error. */
      readonly holds: boolean | "returns";
    }
  /** Every character of the value is in a text, or is one of the members of something. */
  | { readonly kind: "characters"; readonly among: Value }
  /** One of several tests let the value through: what each of them says, if it was that one. */
  | { readonly kind: "either"; readonly of: readonly (readonly Check[])[] }
);

export interface EnvironmentRead {
  readonly name: string;
  readonly site: Site;
  /** Further variables without which the value would be another: those before it in `a or b`. */
  readonly also?: readonly string[];
  /**
   * Set where the read has no default and gives None while the variable is unset. Code that asks for None gets that answer;
   * a rule that asks for the value does not know it, because a deployment will set it.
   */
  readonly missing?: true;
  /** Set where the value is not what the variable falls back to, but what was found under that. */
  readonly isKey?: true;
  /** Set where it is no variable but a file outside the tree that is not there; `name` is its path. */
  readonly file?: true;
  /** Set where it is not unset: the file of the tree that sets it, be that a program or a list of variables. */
  readonly setIn?: string;
}

export class Bytes {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Primitive = string | number | bigint | boolean | null | Bytes;

export interface ConstantValue extends Base {
  readonly kind: "constant";
  readonly value: Primitive;
  /** Set where the value is the text of this file of the tree. */
  readonly file?: string;
}

/** A string made of parts of which at least one is not known. */
export interface TextValue extends Base {
  readonly kind: "text";
  readonly parts: readonly (string | Value)[];
}

export interface Items {
  readonly items: readonly Value[];
  /** True where members may be there that we do not know. */
  readonly open: boolean;
  /** Of a list that is open, what else may be in it, at whichever place: what only one of two branches put in. */
  readonly maybe?: readonly Value[];
  /** Of a list that is open, its first member, where that is known: what is not known follows it. */
  readonly begins?: Value;
  /** Set for what a dict holds that is made of the environment: there may be more variables. */
  readonly variables?: VariableNames;
  /** Of a list that is open: only how many there are is not known, and which of these. */
  readonly isOfThese?: true;
  /** Of a list that is open: none of its members is sure to be there. */
  readonly mayBeEmpty?: true;
  /** Tests that hold where it turns out to be empty: of what it would have been given something under. */
  readonly whenEmpty?: readonly Value[];
  /** What was taken out of it in place, and where. */
  readonly taken?: readonly Taken[];
}

export interface Taken {
  readonly value: Value;
  readonly site: Site;
}

/** A list, tuple or set. Its contents live in a cell, because lists are shared and changed in place. */
export interface SequenceValue extends Base {
  readonly kind: "sequence";
  readonly type: "list" | "tuple" | "set";
  readonly contents: Cell<Items>;
  /** The names of its members, where they have any: a named tuple. */
  readonly fields?: readonly string[];
}

export interface Entries {
  /** By `keyOf` the key; by `?` and more where that is not known, and by `?*` what may be any number of entries. */
  readonly entries: ReadonlyMap<string, { readonly key: Value; readonly value: Value }>;
  readonly open: boolean;
  /** Of a dict that is open: none of its entries is sure to be there. */
  readonly mayBeEmpty?: true;
  /** As for a list. */
  readonly whenEmpty?: readonly Value[];
  /** Set where the environment is among what the dict was made of: a key that it does not hold may be a variable, of which name. */
  readonly variables?: VariableNames;
}

/** How the keys of a dict are made of the names of variables: without what those begin with, in lower case. */
export interface VariableNames {
  readonly start: string;
  readonly isLower: boolean;
}

export interface DictValue extends Base {
  readonly kind: "dict";
  readonly contents: Cell<Entries>;
  /** The dicts of a `ChainMap`, the first of which counts. */
  readonly maps?: readonly DictValue[];
  /** What makes the value of a key that is missing: `defaultdict(factory)`. */
  readonly factory?: Value;
  /** Set for a reader of files with sections of options, which is a dict of sections: how one option stands for another, `%(name)s` or `${name}`. */
  readonly options?: "expanding" | "extended" | "plain";
  /** True for a section of such a reader. */
  readonly section?: true;
  /** True where its entries are attributes as well. */
  readonly attributes?: true;
  /** Set where the entries are the names of a scope: `globals()`, `vars(module)`. */
  readonly scope?: Scope;
}

/**
 * Something from outside the tree, known by its qualified name: `os.path.join`, `django.db.connection.cursor()`. Calls end
 * in `()`, subscripts in `[]`, so that the name tells how the value came about; `base` and `call` lead back along that way.
 */
export interface SymbolValue extends Base {
  readonly kind: "symbol";
  readonly name: string;
  /** What the last attribute, subscript or call was applied to. */
  readonly base?: Value;
  readonly call?: Arguments;
  readonly key?: Value;
  /** The data that it holds, by tuples of keys, and the keys that lead to this part of it. */
  readonly contents?: DictValue;
  readonly keys?: readonly Value[];
  /** The annotation of the value: what its attributes and members are. */
  readonly type?: Value;
  /** Set where a class of this module of the tree, which was not entered, says what the value is. */
  readonly awaits?: string;
  /** The text of a path, where the value is a `pathlib.Path` of which that is known. */
  readonly path?: Value;
  /** Set for a part of an address that holds no `/`. */
  readonly isSegment?: true;
  /** How many characters a text has of which nothing else is known. */
  readonly characters?: number;
  /** The generator behind a context, and what it was called with: it runs when the context is entered. */
  readonly manager?: { readonly callee: FunctionValue; readonly given: Arguments };
  /** Set where the name is bound nowhere. */
  readonly unbound?: true;
  /** Set where the name was imported from a module of the tree that was not entered (yet). */
  readonly imported?: { readonly path: string; readonly name: string };
  /** The folder of a package without an `__init__.py`: its attributes are the modules that lie there. */
  readonly folder?: string;
}

/** An environment variable without a default: any text, or an error. */
export interface EnvironmentValue extends Base {
  readonly kind: "environment";
  readonly name: string;
}

export interface FunctionValue extends Base {
  readonly kind: "function";
  readonly node: FunctionNode | LambdaNode;
  readonly name: string;
  readonly file: ModuleFile;
  readonly closure: Scope;
  /** The instance or class of a bound method. */
  readonly receiver?: Value;
  /** Decorators, outermost first. */
  readonly decorators: readonly Value[];
  readonly defaults: ReadonlyMap<string, Value>;
  /** Set on what a function is handed that runs around others: what calling it makes of a value. */
  readonly reads?: (given: Value) => Value;
  /** Set for the function alone, as what decorators put around it calls it: whether that has happened. */
  readonly bare?: { ran: boolean };
}

export interface ClassValue extends Base {
  readonly kind: "class";
  readonly node: ClassNode;
  readonly name: string;
  readonly file: ModuleFile;
  readonly bases: readonly Value[];
  readonly scope: Scope;
  /** Outermost first. */
  readonly decorators?: readonly Value[];
  readonly metaclass?: Value;
  /** Set on what `super()` gives: the class that methods found in it get. */
  readonly self?: ClassValue | undefined;
}

export interface InstanceValue extends Base {
  readonly kind: "instance";
  readonly class: ClassValue;
  readonly attributes: Scope;
  readonly call?: Arguments;
  /** Set on what `super()` gives: the instance that methods found in it get. */
  readonly self?: InstanceValue;
  /** What an object of a class that extends one of Python's own types is as a value of that type. */
  readonly data?: Value;
}

export interface ModuleValue extends Base {
  readonly kind: "module";
  /** Path of the module's file in the tree. */
  readonly path: string;
}

export interface Alternative {
  readonly value: Value;
  /** The condition under which this one holds, as it is written; absent on "otherwise" without a condition of its own. */
  readonly when?: Condition;
}

export interface Condition {
  readonly site: Site;
  readonly holds: boolean;
}

/** One of a few values, depending on conditions that were not decided. */
export interface UnionValue extends Base {
  readonly kind: "union";
  readonly alternatives: readonly Alternative[];
  /** What a function returned, each answer as it was given: one may itself be one of several. */
  readonly answers?: readonly Value[];
}

/** Nothing is known, but for what it was made of: a flow of data goes through it all the same. */
export interface UnknownValue extends Base {
  readonly kind: "unknown";
  readonly from: readonly Value[];
  /** Set where the value is surely a number, a date, one of some words or the like. */
  readonly isHarmless?: true;
  /** Set where a function of which nothing is known made it: it may be something else by then. */
  readonly isMade?: true;
  /** Set where the value is a parameter of a function that is looked at on its own, with its default. */
  readonly parameter?: {
    readonly name: string;
    readonly function: string;
    readonly fallback?: Value;
    /** Its annotation, where that names classes of the tree. */
    readonly type?: Value;
    /** The module of such a class, where that was not entered. */
    readonly awaits?: string;
    /** The class whose method the function is. */
    readonly owner?: ClassValue;
    /** What decorates the function: it may be what hands the value on. */
    readonly decorators?: readonly Value[];
  };
}

export type Value =
  | ConstantValue
  | TextValue
  | SequenceValue
  | DictValue
  | SymbolValue
  | EnvironmentValue
  | FunctionValue
  | ClassValue
  | InstanceValue
  | ModuleValue
  | UnionValue
  | UnknownValue;

/** The arguments of one call, evaluated. `open` says that `*args` or `**kwargs` of unknown content were among them. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
  readonly open: boolean;
  /** What was spread by `**` and is not known by its keys. */
  readonly spread?: readonly Value[];
}

/** What a name is bound to, and where that was done last. */
export interface Binding {
  readonly value: Value;
  readonly site: Site;
  /** Undecided conditions under which the name was set, outermost first; empty when it is set on every path. */
  readonly when: readonly Condition[];
  /** Files of the modules that passed the name on with `import *`, the one that set it first; absent where it was set here. */
  readonly through?: readonly string[];
}

/** Names of a module, class, function call or instance. A name without a binding was deleted, or is not set on every path. */
export interface Scope {
  readonly names: Map<string, Cell<Binding | undefined>>;
  readonly parent?: Scope;
  readonly kind: "module" | "class" | "function";
}

export const UNKNOWN: UnknownValue = { kind: "unknown", from: [] };

export function constant(value: Primitive, site?: Site): ConstantValue {
  return site === undefined ? { kind: "constant", value } : { kind: "constant", value, site };
}

/** An unknown value made from others, as they are now: lists and dicts may be changed later, and changes are taken back. */
export function derived(made: readonly Value[], site?: Site): UnknownValue {
  const from = made.some(isChangeable) ? made.map(asNow) : made;
  return site === undefined ? { kind: "unknown", from } : { kind: "unknown", from, site };
}

function isChangeable({ kind }: Value): boolean {
  return kind === "sequence" || kind === "dict";
}

/** A list or dict that keeps what is in it now; any other value as it is. */
function asNow(value: Value): Value {
  if (value.kind === "sequence") return { ...value, contents: { ...value.contents } };
  // The names of a scope are read when they are asked for.
  if (value.kind === "dict" && value.scope === undefined)
    return { ...value, contents: { ...value.contents } };
  return value;
}

/** Python's truth of a value; undefined when it is not known. */
export function truth(value: Value): boolean | undefined {
  switch (value.kind) {
    case "constant":
      if (value.value instanceof Bytes) return value.value.text !== "";
      return Boolean(value.value);
    case "text":
      return value.parts.some((part) => typeof part === "string" && part !== "") ? true : undefined;
    case "sequence": {
      const { content } = value.contents;
      return isSurelyThere(content) ? true : content.open ? undefined : false;
    }
    case "dict": {
      const { content } = value.contents;
      return isSurelyThere(content) ? true : content.open || content.variables ? undefined : false;
    }
    case "function":
    case "class":
    case "module":
      return true;
    case "instance":
      return value.class.bases.every(
        (one) => one.kind === "symbol" && one.name === "builtins.object",
      ) && !["__bool__", "__len__"].some((name) => value.class.scope.names.has(name))
        ? true
        : undefined;
    case "symbol":
      // A type or function of Python's own.
      return value.path !== undefined || /^(?:builtins\.\w+|re\.Match\(\))$/.test(value.name)
        ? true
        : undefined;
    case "union": {
      const all = new Set(value.alternatives.map((alternative) => truth(alternative.value)));
      return all.size === 1 ? [...all][0] : undefined;
    }
    default:
      return undefined;
  }
}

/** True for a list or dict in which something surely is. */
export function isSurelyThere(content: Items | Entries): boolean {
  const count = "items" in content ? content.items.length : content.entries.size;
  return count > 0 && !content.mayBeEmpty;
}

/** The values that a value may be: its alternatives, or itself. */
export function alternativesOf(value: Value): readonly Value[] {
  return value.kind === "union"
    ? alternativesIn(value).map((alternative) => alternative.value)
    : [value];
}

/** Every value that was given to a call. */
export function everyArgument(given: Arguments | undefined): readonly Value[] {
  if (given === undefined) return [];
  return [...given.positional, ...given.keywords.values(), ...(given.spread ?? [])];
}

/** How many characters a text has, where that is known; all of it need not be. */
export function lengthOf(value: Value | undefined): number | undefined {
  if (value?.kind === "symbol") return value.characters;
  if (value?.kind === "constant")
    return value.value instanceof Bytes ? value.value.text.length : asString(value)?.length;
  if (value?.kind !== "text") return undefined;
  const lengths = value.parts.map((part) =>
    typeof part === "string" ? part.length : lengthOf(part),
  );
  return lengths.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
}

/** The string, if the value is one known string. */
export function asString(value: Value | undefined): string | undefined {
  return value?.kind === "constant" && typeof value.value === "string" ? value.value : undefined;
}

/** A text that is equal for equal dictionary keys; undefined when the key is not known. `1`, `1.0` and `True` are one key. */
export function keyOf(value: Value): string | undefined {
  if (value.kind === "constant") {
    if (typeof value.value === "string") return `s${value.value}`;
    if (value.value instanceof Bytes) return `b${value.value.text}`;
    if (value.value === null) return "None";
    return `n${Number(value.value)}`;
  }
  // What calls give may be another thing each time.
  if (value.kind === "symbol") return value.call === undefined ? `@${value.name}` : undefined;
  if (value.kind === "instance") return memberKey(value);
  if (value.kind === "sequence" && value.type === "tuple" && !value.contents.content.open) {
    let keys = "";
    for (const item of value.contents.content.items) {
      const key = keyOf(item);
      if (key === undefined || keys.length > MAX_KEY) return undefined;
      keys += `${key},`;
    }
    return `(${keys})`;
  }
  return undefined;
}

/** Bases that make a member of an enumeration equal to its value. */
const EQUAL_TO_VALUE = new Set([
  "builtins.str",
  "builtins.int",
  "enum.StrEnum",
  "enum.IntEnum",
  "enum.IntFlag",
]);

/** Classes extend each other no deeper than that, unless they go in a circle. */
const MAX_BASES = 8;

/** True for an enumeration whose members are equal to their values. */
export function standsForValue({ bases }: ClassValue, depth = 0): boolean {
  return bases.some((one) =>
    one.kind === "symbol"
      ? EQUAL_TO_VALUE.has(one.name)
      : one.kind === "class" && depth < MAX_BASES && standsForValue(one, depth + 1),
  );
}

/** The key of a member of an enumeration; undefined for other objects, which may be equal to anything. */
function memberKey({ class: type, attributes, call }: InstanceValue): string | undefined {
  const name = asString(attributes.names.get("name")?.content?.value);
  const value = attributes.names.get("value")?.content?.value;
  if (name === undefined || value === undefined || call !== undefined) return undefined;
  return standsForValue(type) ? keyOf(value) : `!${type.file.path}:${type.name}.${name}`;
}

/** Something that is the same (to a `Set`) for values that are surely the same. */
export function identityOf(value: Value): unknown {
  switch (value.kind) {
    case "constant":
      if (value.value instanceof Bytes) return `b${value.value.text}`;
      return typeof value.value === "string" ? `s${value.value}` : value.value;
    case "symbol":
      return identityOfSymbol(value);
    case "sequence":
    case "dict":
      return value.contents;
    case "instance":
      return value.attributes;
    case "module":
      return `m${value.path}`;
    case "environment":
      return `e${value.name}`;
    default:
      return value;
  }
}

/** What calls and subscripts give may be another thing each time; an attribute is that of its owner. */
function identityOfSymbol(value: SymbolValue): unknown {
  if (value.call !== undefined || value.key !== undefined) return value;
  if (value.base === undefined) return `@${value.name}`;
  const owner = identityOf(value.base);
  if (typeof owner === "object") return owner === null ? `@${value.name} of None` : value;
  return value.base.kind === "symbol" ? `@${value.name}` : `@${value.name} of ${String(owner)}`;
}

/** Tuples within tuples may have keys of any length; nobody means such a key. */
const MAX_KEY = 1000;

/** True when both are surely the same value; false says nothing. */
export function isSame(a: Value, b: Value): boolean {
  return a === b || identityOf(a) === identityOf(b);
}

/** More alternatives than this are as good as unknown. */
const MAX_ALTERNATIVES = 6;

/** The value that is one of several. Alternatives are flattened, equal ones joined, too many become unknown. */
export function union(alternatives: readonly Alternative[], site?: Site): Value {
  const [alone] = alternatives;
  // Most values are what a single call gives.
  if (alone !== undefined && alternatives.length === 1)
    return alone.value.kind === "union" && site !== undefined
      ? { ...alone.value, site }
      : alone.value;
  const flat: Alternative[] = [];
  const seen = new Map<unknown, number>();
  for (const alternative of alternatives) {
    const inner =
      alternative.value.kind === "union" ? alternativesIn(alternative.value) : [alternative];
    for (const one of inner) {
      const identity = identityOf(one.value.unchecked ?? one.value);
      const at = seen.get(identity);
      const known = at === undefined ? undefined : flat[at];
      if (at === undefined || known === undefined) {
        seen.set(identity, flat.length);
        flat.push(one);
      } else flat[at] = { ...known, value: knownOfBoth(known.value, one.value) };
    }
  }
  const [only] = flat;
  if (only !== undefined && flat.length === 1) return only.value;
  if (flat.length === 0) return UNKNOWN;
  if (flat.length > MAX_ALTERNATIVES) {
    const all = flat.map((alternative) => alternative.value);
    return joinLists(all) ?? derived(all, site);
  }
  return {
    kind: "union",
    alternatives: flat,
    ...(site !== undefined && { site }),
  };
}

/** Lists of one type as one that holds what all of them do; undefined where not all are such. */
function joinLists([first, ...others]: readonly Value[]): SequenceValue | undefined {
  if (first?.kind !== "sequence") return undefined;
  let { content } = first.contents;
  for (const one of others) {
    if (one.kind !== "sequence" || one.type !== first.type) return undefined;
    content = first.contents.join(content, one.contents.content);
  }
  return { ...first, contents: { ...first.contents, content } };
}

/** The alternatives of a union; what is known of the union is known of each. */
function alternativesIn(value: UnionValue): readonly Alternative[] {
  const { checks } = value;
  if (checks === undefined) return value.alternatives;
  return value.alternatives.map((one) => ({
    ...one,
    value: {
      ...one.value,
      checks: [...(one.value.checks ?? []), ...checks],
      unchecked: one.value.unchecked ?? one.value,
    },
  }));
}

/** How many tests of one side are kept beside those of another. */
const MAX_EITHER = 4;

function isEither({ kind }: Check): boolean {
  return kind === "either";
}

/** One value that comes from two sides, with what is known of it on both. */
function knownOfBoth(a: Value, b: Value): Value {
  if (a.kind === "constant" && a.test !== b.test) {
    const { kind, value, site, environment, test } = a;
    const plain = { kind, value, ...(site && { site }), ...(environment && { environment }) };
    // What led to the one side, or to the other.
    const operands = [test, b.test].flatMap((one) => (one ? [{ ...UNKNOWN, test: one }] : []));
    return operands.length < 2 ? plain : { ...plain, test: { kind: "or", operands } };
  }
  if (a.checks === undefined) return a;
  const [ofA, ofB] = [a.checks, b.checks ?? []];
  const checks = ofA.filter((check) => ofB.includes(check));
  if (checks.length === ofA.length) return a;
  const of = [ofA, ofB].map((known) => known.filter((check) => !checks.includes(check)));
  if (of.every((known) => known.length > 0 && known.length <= MAX_EITHER && !known.some(isEither)))
    checks.push({ kind: "either", of, through: [] });
  const unchecked = a.unchecked ?? a;
  return checks.length === 0 ? unchecked : { ...a, checks, unchecked };
}

/** Longer texts are not kept, nor texts of more parts. */
export const MAX_TEXT = 100_000;
const MAX_PARTS = 1000;

/** Joins neighbouring strings; a text without holes is a constant. Constants among the parts are written out. */
export function text(parts: readonly (string | Value)[], site?: Site): Value {
  const environment = parts
    .map((part) => (typeof part === "string" ? undefined : part.environment))
    .find(Boolean);
  const value = joinParts(
    parts.map((part) => (typeof part === "string" ? part : asNow(part))),
    site,
  );
  return environment === undefined ? value : { ...value, environment };
}

function joinParts(parts: readonly (string | Value)[], site: Site | undefined): Value {
  const joined: (string | Value)[] = [];
  let length = 0;
  for (const part of parts) {
    for (const piece of flattenPart(part)) {
      length += typeof piece === "string" ? piece.length : 1;
      const last = joined.at(-1);
      if (typeof piece === "string" && typeof last === "string")
        joined[joined.length - 1] = last + piece;
      else if (piece !== "") joined.push(piece);
    }
    // A text that doubles in every step would fill the memory.
    if (length > MAX_TEXT || joined.length > MAX_PARTS)
      return derived(
        parts.filter((one) => typeof one !== "string"),
        site,
      );
  }
  const [only] = joined;
  if (only === undefined) return constant("", site);
  if (joined.length === 1 && typeof only === "string") return constant(only, site);
  return site === undefined
    ? { kind: "text", parts: joined }
    : { kind: "text", parts: joined, site };
}

function flattenPart(part: string | Value): readonly (string | Value)[] {
  if (typeof part === "string") return [part];
  if (part.kind === "symbol" && part.path !== undefined) return flattenPart(part.path);
  return part.kind === "text" ? partsOf(part) : [writeOut(part) ?? part];
}

/** The parts of a text, with what is known of the text, as of something that was put together of each. */
export function partsOf({ parts, checks }: TextValue): readonly (string | Value)[] {
  if (checks === undefined) return parts;
  const known = parts.length === 1 ? checks : checks.map(ofPart);
  return parts.map((part) =>
    typeof part === "string"
      ? part
      : {
          ...part,
          checks: [...(part.checks ?? []), ...known],
          unchecked: part.unchecked ?? part,
        },
  );
}

/** What was done to parts that were put together. */
export const JOINED = "+";

function ofPart(check: Check): Check {
  const through = [...check.through, JOINED];
  return check.kind === "either"
    ? { ...check, through, of: check.of.map((checks) => checks.map(ofPart)) }
    : { ...check, through };
}

/** True for the None that an unset variable without a default gives: nobody means that None. */
export function isMissing(value: Value): boolean {
  return value.kind === "constant" && value.value === null && value.environment?.missing === true;
}

/** What `str()` makes of a constant; undefined for anything else. */
export function writeOut(value: Value): string | undefined {
  if (value.kind !== "constant" || isMissing(value)) return undefined;
  if (value.value === null) return "None";
  if (typeof value.value === "boolean") return value.value ? "True" : "False";
  if (value.value instanceof Bytes) return undefined;
  if (typeof value.value === "number")
    return Number.isFinite(value.value) ? writeNumber(value.value, isFloat(value)) : undefined;
  return String(value.value);
}
