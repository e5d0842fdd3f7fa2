import { type Expression, lastName, type SliceNode, type Statement } from "../ast.ts";
import { scopeOf, setAttribute } from "./attributes.ts";
import { ofBoth } from "./choices.ts";
import { memberAt, membersOf, sequence, writeEntries, writeItems } from "./containers.ts";
import { readEnvironment, unsetVariable } from "./environment.ts";
import { evaluate } from "./expressions.ts";
import { asMember } from "./instances.ts";
import { putMember } from "./library.ts";
import { bind, bindIn, cellOf, type Frame, type Machine } from "./machine.ts";
import { callMethod } from "./methods.ts";
import { binary } from "./operators.ts";
import { callSpecial } from "./special-methods.ts";
import { bindUnknown, isUnknownName } from "./unknown-names.ts";
import { markUnset } from "./unset.ts";
import {
  asString,
  constant,
  derived,
  keyOf,
  type Scope,
  type SequenceValue,
  type Site,
  type Value,
} from "./values.ts";

/** Calls that take a text apart: which part it is says something of it. */
const TAKES_APART = /\.(?:groups|r?split|r?partition)\(\)$/;

/** One of the parts that a text was taken apart into, where they are not known; undefined for a member of anything else. */
function partIn(parts: Value, place: number, site: Site): Value | undefined {
  if (parts.kind !== "symbol" || place < 0 || !TAKES_APART.test(parts.name)) return undefined;
  return { kind: "symbol", name: `${parts.name}[]`, base: parts, key: constant(place, site), site };
}

/**
 * Keeps what a function was given, under a name that Python has not, where its parameter gets another value: what tests say of that
 * value, they say of the argument. `path = os.path.realpath(path)`
 */
function keepGiven(machine: Machine, { scope, function: callee }: Frame, name: string): void {
  if (machine.observe === undefined || callee === undefined) return;
  const given = scope.names.get(name)?.content;
  if (given?.site.node.nodeType !== "Arg") return;
  const kept = cellOf(scope, ` ${name}`);
  if (kept.content === undefined) machine.heap.write(kept, given);
}

/** Binds a target of an assignment, a loop, a `with` or a pattern. */
export function assign(
  machine: Machine,
  frame: Frame,
  target: Expression,
  value: Value,
  site: Site,
): void {
  switch (target.nodeType) {
    case "Name":
      keepGiven(machine, frame, target.id);
      bind(
        machine,
        frame,
        target.id,
        namedAfter(
          machine,
          frame.scope.kind,
          target.id,
          frame.scope.kind === "class" ? asMember(machine, frame.scope, target.id, value) : value,
        ),
        site,
      );
      return;
    case "Tuple":
    case "List": {
      const starred = target.elts.findIndex((element) => element.nodeType === "Starred");
      const members = membersOf(value);
      target.elts.forEach((element, index) => {
        if (element.nodeType === "Starred") {
          const after = target.elts.length - index - 1;
          const rest = members?.slice(index, members.length - after) ?? [derived([value], site)];
          assign(
            machine,
            frame,
            element.value,
            sequence("list", rest, site, members === undefined),
            site,
          );
          return;
        }
        const place = starred >= 0 && index > starred ? index - target.elts.length : index;
        assign(
          machine,
          frame,
          element,
          memberAt(value, constant(place), site) ??
            partIn(value, place, site) ??
            derived([value], site),
          site,
        );
      });
      return;
    }
    case "Attribute": {
      const owner = evaluate(machine, target.value, frame);
      // Of an object of the project or of an unknown one, the attribute's name is all there is to tell.
      if (owner.kind === "symbol" || owner.kind === "unknown" || owner.kind === "instance")
        observeStore(
          machine,
          frame,
          `${owner.kind === "symbol" ? owner.name : "?"}.${target.attr}`,
          owner,
          [constant(target.attr, site), value],
          target,
        );
      const because = owner.kind === "instance" ? frame.because : undefined;
      const stored = because === undefined ? value : markUnset(value, because);
      setAttribute(machine, owner, target.attr, stored, site);
      return;
    }
    case "Subscript": {
      const whole = evaluate(machine, target.value, frame);
      if (whole.kind === "instance" && target.slice.nodeType !== "Slice") {
        const key = evaluate(machine, target.slice, frame);
        if (callSpecial(machine, whole, "__setitem__", site, key, value) !== undefined) return;
      }
      const owner = whole.kind === "instance" ? (whole.data ?? whole) : whole;
      if (owner.kind === "dict") {
        const key =
          target.slice.nodeType === "Slice" ? derived([]) : evaluate(machine, target.slice, frame);
        const { entries, open } = owner.contents.content;
        const id = keyOf(key);
        const name = asString(key);
        const stored = frame.because === undefined ? value : markUnset(value, frame.because);
        // A dict of the project has no other name than the one that it goes by here.
        const called = lastName(target.value);
        if (called !== undefined)
          observeStore(machine, frame, `${called}[]`, owner, [key, value], target);
        if (owner.scope !== undefined && name !== undefined)
          bindIn(machine, owner.scope, name, value, value.site ?? site);
        else if (owner.scope !== undefined && isUnknownName(key))
          bindUnknown(machine, owner.scope, key, { file: frame.file, node: target.slice });
        else
          writeEntries(
            machine,
            owner,
            new Map([...entries, [id ?? `?${entries.size}`, { key, value: stored }]]),
            open || id === undefined,
            site,
          );
      } else if (owner.kind === "sequence")
        setItem(machine, frame, owner, target.slice, value, site);
      else if (owner.kind === "symbol") {
        const key =
          target.slice.nodeType === "Slice" ? derived([]) : evaluate(machine, target.slice, frame);
        observeStore(machine, frame, `${owner.name}[]`, owner, [key, value], target);
        putMember(machine, owner, key, value, site);
        const variable = asString(key);
        if (variable !== undefined && machine.models.environment.has(`${owner.name}[]`))
          bindIn(machine, machine.variables, variable, value, site);
      }
      return;
    }
    default:
      return;
  }
}

/** An assignment to a part of something from outside the tree is observed as a call of `name=` with key and value. */
function observeStore(
  machine: Machine,
  frame: Frame,
  name: string,
  base: Value,
  positional: readonly Value[],
  node: Expression,
): void {
  observeCall(machine, frame, `${name}=`, base, positional, { file: frame.file, node });
}

/** Tells who watches calls of one that is written in another way. */
function observeCall(
  machine: Machine,
  frame: Frame,
  name: string,
  base: Value,
  positional: readonly Value[],
  site: Site,
): void {
  const call = {
    site,
    callee: { kind: "symbol", name, base, site },
    arguments: { positional, keywords: new Map(), open: false },
  } as const;
  machine.observe?.(frame.function === undefined ? call : { ...call, within: frame.function });
}

/** An attribute of a class whose value is read from the variable that is named after the attribute. */
export function namedAfter(
  machine: Machine,
  kind: Scope["kind"],
  name: string,
  value: Value,
): Value {
  if (kind !== "class" || value.kind !== "symbol" || value.call === undefined) return value;
  const reader = machine.models.environment.get(value.name.replace(/\(\)$/, ""));
  if (reader?.attribute === undefined || value.site === undefined) return value;
  const read = { site: value.site, callee: value };
  return readEnvironment(machine, reader, value.call, read, name) ?? value;
}

function setItem(
  machine: Machine,
  frame: Frame,
  owner: SequenceValue,
  slice: Expression,
  value: Value,
  site: Site,
): void {
  const { items, open } = owner.contents.content;
  if (slice.nodeType === "Slice") {
    setSlice(machine, frame, owner, slice, value, site);
    return;
  }
  const key = evaluate(machine, slice, frame);
  const at = key.kind === "constant" && typeof key.value === "number" ? key.value : undefined;
  const place = at === undefined ? -1 : at < 0 ? items.length + at : at;
  if (place >= 0 && place < items.length)
    writeItems(machine, owner, items.with(place, value), open, site);
  else writeItems(machine, owner, [...items, value], true, site);
}

/** `owner[lower:upper] = value`. What is replaced is gone; where that is not known, nothing is surely there any more. */
function setSlice(
  machine: Machine,
  frame: Frame,
  owner: SequenceValue,
  slice: SliceNode,
  value: Value,
  site: Site,
): void {
  const { items, open } = owner.contents.content;
  const bound = (part: Expression | undefined, fallback: number) => {
    if (!part) return fallback;
    const known = evaluate(machine, part, frame);
    if (known.kind !== "constant" || !Number.isInteger(known.value)) return undefined;
    const at = Number(known.value);
    return Math.min(Math.max(at < 0 ? items.length + at : at, 0), items.length);
  };
  const [start, end] = [bound(slice.lower, 0), bound(slice.upper, items.length)];
  const members = membersOf(value);
  const isWhole = !slice.lower && !slice.upper;
  if (slice.step || start === undefined || end === undefined || (open && !isWhole)) {
    writeItems(machine, owner, [derived([...items, value])], true, site);
    return;
  }
  const middle = members ?? [derived([value])];
  const after = items.slice(Math.max(start, end));
  writeItems(
    machine,
    owner,
    [...items.slice(0, start), ...middle, ...after],
    members === undefined,
    site,
  );
}

/** `target op= value`: lists, sets and dicts change in place, all else is bound anew. */
export function augment(
  machine: Machine,
  frame: Frame,
  node: Extract<Statement, { nodeType: "AugAssign" }>,
  site: Site,
): void {
  const left = evaluate(machine, node.target, frame);
  const right = evaluate(machine, node.value, frame);
  // `+=` changes a list in place: every name that shares it sees the change.
  if (left.kind === "sequence" && left.type === "list" && node.op.nodeType === "Add") {
    callMethod(
      machine,
      left,
      "extend",
      { positional: [right], keywords: new Map(), open: false },
      site,
    );
    assign(machine, frame, node.target, left, site);
    return;
  }
  const isSet = left.kind === "sequence" && left.type === "set";
  if ((left.kind === "dict" || isSet) && node.op.nodeType === "BitOr") {
    const given = { positional: [right], keywords: new Map(), open: false };
    callMethod(machine, left, "update", given, site);
    assign(machine, frame, node.target, left, site);
    return;
  }
  // A mapping from outside takes a dict in as `update` does, and stays what it is.
  if (left.kind === "symbol" && right.kind === "dict" && node.op.nodeType === "BitOr") {
    observeCall(machine, frame, `${left.name}.update`, left, [right], site);
    return;
  }
  const value = ofBoth(machine, left, right, site, (a, b) => binary(node.op.nodeType, a, b, site));
  assign(machine, frame, node.target, value, site);
}

/** `del target`. */
export function remove(machine: Machine, frame: Frame, target: Expression): void {
  if (target.nodeType === "Name")
    machine.heap.write(cellOf(frame.foreign.get(target.id) ?? frame.scope, target.id), undefined);
  if (target.nodeType === "Attribute") {
    const scope = scopeOf(machine, evaluate(machine, target.value, frame));
    const cell = scope?.names.get(target.attr);
    if (cell !== undefined) machine.heap.write(cell, undefined);
  }
  if (target.nodeType === "Tuple" || target.nodeType === "List")
    for (const element of target.elts) remove(machine, frame, element);
  if (target.nodeType !== "Subscript") return;
  const owner = evaluate(machine, target.value, frame);
  const site: Site = { file: frame.file, node: target };
  if (target.slice.nodeType === "Slice") {
    if (owner.kind === "sequence")
      setSlice(machine, frame, owner, target.slice, sequence("list", [], site), site);
    return;
  }
  const key = evaluate(machine, target.slice, frame);
  const variable = asString(key);
  if (owner.kind === "symbol" && variable !== undefined)
    if (machine.models.environment.has(`${owner.name}[]`)) unsetVariable(machine, variable);
  const method = owner.kind === "dict" || owner.kind === "sequence" ? "pop" : undefined;
  if (method !== undefined)
    callMethod(
      machine,
      owner,
      method,
      { positional: [key], keywords: new Map(), open: false },
      site,
    );
}
