/** What `itertools` and `operator` make of values that are known. */

import { ownValue } from "../../core/own-value.ts";
import { memberAt, membersOf, sequence, sliceOf } from "./containers.ts";
import type { Machine } from "./machine.ts";
import { binary, compare, unary } from "./operators.ts";
import { type Arguments, constant, derived, type Site, truth, type Value } from "./values.ts";

/** Calls a value with plain arguments. */
type Call = (callee: Value, ...positional: readonly Value[]) => Value;

/** More members than that are not put together. */
const MAX_MEMBERS = 1000;

/** The result of such a function by its qualified name; undefined for any other, and where it cannot be told. */
export function callIterator(
  name: string,
  given: Arguments,
  site: Site,
  call: Call,
): Value | undefined {
  if (name.startsWith("operator.")) return callOperator(name.slice(9), given, site);
  if (!name.startsWith("itertools.")) return undefined;
  const members = iterate(name.slice(10), given, site, call);
  return members === undefined || members.length > MAX_MEMBERS
    ? undefined
    : sequence("list", members, site);
}

/** `next(iterator, default)`: takes the first member that is left out of an iterator whose members are known. */
export function callNext(machine: Machine, given: Arguments, site: Site): Value | undefined {
  const [iterator, fallback] = given.positional;
  if (!machine.eager || iterator?.kind !== "sequence") return undefined;
  const { content } = iterator.contents;
  const [next, ...rest] = content.items;
  if (content.open) return undefined;
  if (next === undefined && fallback === undefined) machine.raise({ exception: "StopIteration" });
  if (next === undefined) return fallback ?? derived([], site);
  machine.step(rest.length >> 6);
  machine.heap.write(iterator.contents, { ...content, items: rest });
  return next;
}

function iterate(
  name: string,
  given: Arguments,
  site: Site,
  call: Call,
): readonly Value[] | undefined {
  const [first, second] = given.positional;
  if (first === undefined || given.open) return undefined;
  const own = name === "islice" ? (membersOf(first) ?? startOf(first, site)) : membersOf(first);
  const other = second && membersOf(second);
  const tuple = (items: readonly Value[]) => sequence("tuple", items, site);
  /** How many of the members that come first pass a test; undefined where one of the answers is not known. */
  const passing = () => {
    const answers = other?.map((member) => truth(call(first, member)));
    const end = answers?.findIndex((answer) => answer !== true) ?? 0;
    if (answers === undefined || answers[end] === undefined)
      return end < 0 ? other?.length : undefined;
    return end;
  };
  switch (name) {
    case "islice": {
      const bounds = given.positional.slice(1).map(numberOf);
      if (own === undefined || bounds.includes("?")) return undefined;
      // Of what goes on for ever no more is made than is asked for.
      const [last] = bounds.length > 1 ? [bounds[1]] : bounds;
      if (membersOf(first) === undefined && !(typeof last === "number" && last <= own.length))
        return undefined;
      const known = bounds.map((one) => (typeof one === "number" ? one : undefined));
      return known.length === 1
        ? own.slice(0, known[0])
        : sliceOf(own, known[0], known[1], known[2] ?? 1);
    }
    case "repeat": {
      const count = second && numberOf(second);
      return typeof count === "number" && count <= MAX_MEMBERS
        ? Array.from({ length: Math.max(0, count) }, () => first)
        : undefined;
    }
    case "takewhile":
    case "dropwhile": {
      const end = passing();
      if (end === undefined) return undefined;
      return name === "takewhile" ? other?.slice(0, end) : other?.slice(end);
    }
    case "filterfalse": {
      const answers = other?.map((member) => truth(call(first, member)));
      return answers === undefined || answers.includes(undefined)
        ? undefined
        : other?.filter((_, index) => answers[index] === false);
    }
    case "compress": {
      const answers = other?.map(truth);
      return answers === undefined || answers.includes(undefined)
        ? undefined
        : own?.filter((_, index) => answers[index] === true);
    }
    case "starmap": {
      const lists = other?.map(membersOf);
      return lists === undefined || lists.includes(undefined)
        ? undefined
        : lists.map((list) => call(first, ...(list ?? [])));
    }
    case "accumulate": {
      const sums: Value[] = [];
      for (const member of own ?? []) {
        const last = sums.at(-1);
        const sum =
          last && (second ? call(second, last, member) : binary("Add", last, member, site));
        sums.push(sum ?? member);
      }
      return own && sums;
    }
    case "pairwise":
      return own?.slice(1).flatMap((member, index) => {
        const before = own[index];
        return before === undefined ? [] : [tuple([before, member])];
      });
    case "product": {
      const times = numberOf(given.keywords.get("repeat") ?? constant(1));
      if (typeof times !== "number" || times * given.positional.length > 10) return undefined;
      const once = given.positional.map(membersOf);
      if (once.includes(undefined)) return undefined;
      const lists = Array.from({ length: times }, () => once).flat();
      return lists
        .reduce<readonly (readonly Value[])[]>(
          (rows, list) =>
            rows.length * (list?.length ?? 0) > MAX_MEMBERS
              ? []
              : rows.flatMap((row) => (list ?? []).map((member) => [...row, member])),
          [[]],
        )
        .map(tuple);
    }
    case "zip_longest": {
      const lists = given.positional.map(membersOf);
      if (lists.includes(undefined)) return undefined;
      const fill = given.keywords.get("fillvalue") ?? constant(null, site);
      const longest = Math.max(...lists.map((list) => list?.length ?? 0));
      return Array.from({ length: longest }, (_, index) =>
        tuple(lists.map((list) => list?.[index] ?? fill)),
      );
    }
    case "groupby": {
      const key = second ?? given.keywords.get("key");
      const groups: { readonly by: Value; readonly members: Value[] }[] = [];
      for (const member of own ?? []) {
        const by = key === undefined ? member : call(key, member);
        const last = groups.at(-1);
        const isSame = last && compare("Eq", last.by, by);
        if (last !== undefined && isSame === undefined) return undefined;
        if (isSame) last?.members.push(member);
        else groups.push({ by, members: [member] });
      }
      return own && groups.map((one) => tuple([one.by, sequence("list", one.members, site)]));
    }
    case "batched": {
      const size = second && numberOf(second);
      if (own === undefined || typeof size !== "number" || size < 1) return undefined;
      return Array.from({ length: Math.ceil(own.length / size) }, (_, index) =>
        tuple(own.slice(index * size, (index + 1) * size)),
      );
    }
    case "combinations":
    case "permutations": {
      const size = second === undefined ? own?.length : numberOf(second);
      if (own === undefined || typeof size !== "number" || size > 6 || own.length > 12)
        return undefined;
      return chosen(own, size, name === "permutations").map(tuple);
    }
    default:
      return undefined;
  }
}

/** All ways to choose so many of some members, in the order in which Python gives them. */
function chosen(
  members: readonly Value[],
  size: number,
  inAnyOrder: boolean,
): readonly (readonly Value[])[] {
  if (size === 0) return [[]];
  return members
    .flatMap((member, index) => {
      const rest = inAnyOrder ? members.toSpliced(index, 1) : members.slice(index + 1);
      return chosen(rest, size - 1, inAnyOrder).map((more) => [member, ...more]);
    })
    .slice(0, MAX_MEMBERS + 1);
}

/** The first members of `count()` and `cycle()`, which go on for ever. */
function startOf(value: Value, site: Site): readonly Value[] | undefined {
  if (value.kind !== "symbol" || value.call === undefined || value.call.open) return undefined;
  const [first, second] = value.call.positional;
  if (value.name === "itertools.repeat()" && first !== undefined && second === undefined)
    return Array.from({ length: MAX_MEMBERS }, () => first);
  if (value.name === "itertools.cycle()") {
    const members = first && membersOf(first);
    return members === undefined || members.length === 0
      ? undefined
      : Array.from({ length: MAX_MEMBERS }, (_, index) => members[index % members.length] ?? value);
  }
  if (value.name !== "itertools.count()") return undefined;
  const start = numberOf(first ?? value.call.keywords.get("start") ?? constant(0));
  const step = numberOf(second ?? value.call.keywords.get("step") ?? constant(1));
  return typeof start === "number" && typeof step === "number"
    ? Array.from({ length: MAX_MEMBERS }, (_, index) => constant(start + index * step, site))
    : undefined;
}

/** A whole number, undefined for None, `?` for anything else. */
function numberOf(value: Value): number | undefined | "?" {
  if (value.kind !== "constant") return "?";
  if (value.value === null) return undefined;
  return typeof value.value === "number" ? value.value : "?";
}

const COMPARISONS: Readonly<Record<string, string>> = {
  eq: "Eq",
  ne: "NotEq",
  lt: "Lt",
  le: "LtE",
  gt: "Gt",
  ge: "GtE",
  is_: "Is",
  is_not: "IsNot",
};
const OPERATIONS: Readonly<Record<string, string>> = {
  add: "Add",
  concat: "Add",
  iadd: "Add",
  sub: "Sub",
  mul: "Mult",
  truediv: "Div",
  floordiv: "FloorDiv",
  mod: "Mod",
  pow: "Pow",
  or_: "BitOr",
  ior: "BitOr",
  and_: "BitAnd",
  iand: "BitAnd",
  xor: "BitXor",
  ixor: "BitXor",
  isub: "Sub",
  imul: "Mult",
  lshift: "LShift",
  rshift: "RShift",
};

function callOperator(name: string, given: Arguments, site: Site): Value | undefined {
  const [first, second] = given.positional;
  if (first === undefined) return undefined;
  if (name === "not_") return unary("Not", first, site);
  if (name === "neg") return unary("USub", first, site);
  if (name === "invert" || name === "inv") return unary("Invert", first, site);
  if (name === "truth") return answer(truth(first), site);
  if (second === undefined) return undefined;
  const comparison = ownValue(COMPARISONS, name);
  if (comparison !== undefined) return answer(compare(comparison, first, second), site);
  if (name === "contains") return answer(compare("In", second, first), site);
  if (name === "getitem") return memberAt(first, second, site);
  const operation = ownValue(OPERATIONS, name);
  return operation === undefined ? undefined : binary(operation, first, second, site);
}

function answer(known: boolean | undefined, site: Site): Value {
  return known === undefined ? derived([], site) : constant(known, site);
}
