/** What an annotation says of a value: which classes it may be of, and whether anything of those can do harm at all. */
import { nameMatches } from "../../core/name-pattern.ts";
import type { Expression } from "../ast.ts";
import { ancestry } from "./ancestry.ts";
import { sequence } from "./containers.ts";
import { isEnumeration } from "./fields.ts";
import { type Machine, newFrame } from "./machine.ts";
import {
  alternativesOf,
  type ClassValue,
  type FunctionValue,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** What may be in an annotation, put in a row. */
export interface Described {
  /** Qualified names of classes outside the tree. */
  readonly names: readonly string[];
  readonly classes: readonly ClassValue[];
  /** Classes of modules of the tree that were not entered. */
  readonly imported: readonly SymbolValue[];
  /** What stands beside the type: `Annotated[int, Query()]`. */
  readonly beside: readonly SymbolValue[];
  /** True where whatever the value is, it is a number, a date, one of some words or the like. */
  readonly isHarmless: boolean;
  /** What each member of a list of such may be. */
  readonly members: readonly Value[];
  /** What the keys and the values of a dict of such may be. */
  readonly entries: readonly (readonly [key: Value, value: Value])[];
}

/** An annotation as a value, for what is asked of it later. */
export function annotationOf(
  machine: Machine,
  where: Pick<FunctionValue, "file" | "closure">,
  node: Expression,
): Value {
  const site: Site = { file: where.file, node };
  if (node.nodeType !== "BinOp")
    return machine.evaluate(node, newFrame(where.file, where.closure, where.closure, 0));
  const sides = [node.left, node.right].map((side) => annotationOf(machine, where, side));
  const base: SymbolValue = { kind: "symbol", name: "typing.Union" };
  return { kind: "symbol", name: "typing.Union[]", key: sequence("tuple", sides), base, site };
}

const EITHER = /\.(?:Optional|Union|Annotated)\[\]$/;
const ANNOTATED = /\.Annotated\[\]$/;
const LITERAL = /\.Literal\[\]$/;
const LISTS =
  /\.(?:list|List|set|Set|frozenset|FrozenSet|tuple|Tuple|Sequence|Iterable|Iterator|Collection|deque)\[\]$/;
const DICTS = /\.(?:dict|Dict|Mapping|MutableMapping|OrderedDict|defaultdict|DefaultDict)\[\]$/;
/** Annotations that are longer are made by programs. */
const MAX_PARTS = 60;

/** Reads an annotation that was evaluated. */
export function readAnnotation(machine: Machine, annotation: Value): Described {
  const names: string[] = [];
  const classes: ClassValue[] = [];
  const imported: SymbolValue[] = [];
  const beside: SymbolValue[] = [];
  const members: Value[] = [];
  const entries: (readonly [Value, Value])[] = [];
  let [types, harmless] = [0, 0];
  const waiting: Value[] = [annotation];
  for (let left = MAX_PARTS; waiting.length > 0 && left > 0; left--) {
    const next = waiting.shift();
    const either = next && alternativesIn(machine, next);
    if (either !== undefined) {
      waiting.unshift(...either.types);
      beside.push(...either.beside);
      continue;
    }
    // `None` says nothing.
    if (next === undefined || next.kind === "constant") continue;
    types++;
    if (isHarmlessType(machine, next)) harmless++;
    if (next.kind === "class") classes.push(next);
    if (next.kind !== "symbol") continue;
    if (next.imported !== undefined) imported.push(next);
    else names.push(next.name.replace(/\[\]$/, ""));
    if (LISTS.test(next.name) && next.key !== undefined) members.push(next.key);
    if (DICTS.test(next.name) && next.key?.kind === "sequence") {
      const [key, value] = next.key.contents.content.items;
      if (key !== undefined && value !== undefined) entries.push([key, value]);
    }
  }
  const isHarmless = types > 0 && harmless === types;
  return { names, classes, imported, beside, members, entries, isHarmless };
}

/** The parts of an annotation that names several types, or a type with something beside it; undefined for any other. */
function alternativesIn(
  machine: Machine,
  value: Value,
): { types: readonly Value[]; beside: readonly SymbolValue[] } | undefined {
  if (value.kind === "union") return { types: alternativesOf(value), beside: [] };
  if (value.kind === "sequence") return { types: value.contents.content.items, beside: [] };
  if (value.kind !== "symbol" || value.key === undefined) return undefined;
  const outer = value.name.replace(/\[\]$/, "");
  if (!EITHER.test(value.name) && !machine.models.wrapping.includes(outer)) return undefined;
  const [first, ...more] =
    value.key.kind === "sequence" ? value.key.contents.content.items : [value.key];
  // Only the first part of `Annotated[…]` is a type.
  if (!ANNOTATED.test(value.name) || first === undefined) return { types: [value.key], beside: [] };
  return { types: [first], beside: more.filter((one) => one.kind === "symbol") };
}

function isHarmlessType(machine: Machine, type: Value): boolean {
  if (type.kind === "class") return isEnumeration(machine, type);
  if (type.kind !== "symbol" || type.imported !== undefined) return false;
  if (LITERAL.test(type.name)) return true;
  if (LISTS.test(type.name) && type.key !== undefined)
    return readAnnotation(machine, type.key).isHarmless;
  return isHarmlessName(machine, type.name);
}

/** What a list of which only the annotation tells is called. */
export const LISTED = "builtins.list()";

/** The first class outside the tree, and none of Python's own, that an annotation names. */
export function outsideClass(machine: Machine, annotation: Value): string | undefined {
  return readAnnotation(machine, annotation).names.find(
    (one) => !/^(?:builtins|typing)\./.test(one),
  );
}

/** True for a type, or the name of a call of it, of which no value does harm. */
export function isHarmlessName(machine: Machine, name: string): boolean {
  const plain = name.replace(/\(\)$/, "");
  return machine.models.harmless.some((one) => nameMatches(one, plain));
}

/** What the annotations of a value's classes say of one of its attributes; undefined where they say nothing. */
export function attributeType(
  machine: Machine,
  { classes }: Described,
  name: string,
): Value | undefined {
  for (const owner of classes)
    for (const one of ancestry(machine, owner)) {
      if (one.kind !== "class") continue;
      for (const node of one.node.body)
        if (
          node.nodeType === "AnnAssign" &&
          node.target.nodeType === "Name" &&
          node.target.id === name
        )
          return annotationOf(machine, { file: one.file, closure: one.scope }, node.annotation);
    }
  return undefined;
}
