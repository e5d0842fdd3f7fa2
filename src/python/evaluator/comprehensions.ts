import type { Comprehension, Expression } from "../ast.ts";
import { asOne, ofEach } from "./choices.ts";
import {
  AS_THEY_ARE,
  dict,
  memberAt,
  membersOf,
  newItems,
  sequence,
  someMember,
  someOf,
  variableNamed,
} from "./containers.ts";
import { eachMember } from "./filled.ts";
import { cellOf, type Frame, type Machine, newScope } from "./machine.ts";
import { iterated } from "./records.ts";
import { passing, refine } from "./refine.ts";
import { keepEnvironment } from "./unset.ts";
import {
  type Arguments,
  constant,
  derived,
  keyOf,
  type Scope,
  type Site,
  truth,
  type Value,
  type VariableNames,
} from "./values.ts";

/** Longer known iterables are not unrolled in a comprehension. */
const MAX_UNROLLED = 256;

/**
 * Runs `each` for every round of a comprehension's loops; false when the rounds are not all known. What the first loop runs
 * over is evaluated in the frame around the comprehension.
 */
function runLoops(
  machine: Machine,
  generators: readonly Comprehension[],
  frame: Frame,
  each: () => void,
  assign: (target: Expression, value: Value, site: Site) => void,
  first?: Value,
): boolean {
  const [loop, ...inner] = generators;
  if (loop === undefined) {
    each();
    return true;
  }
  if (!machine.enter()) return false;
  const site: Site = { file: frame.file, node: loop.target };
  const over = first ?? asOne(machine, machine.evaluate(loop.iter, frame));
  const iterable = iterated(machine, over, site);
  const members = membersOf(iterable) ?? surelyIn(machine, iterable);
  const rounds =
    members !== undefined && members.length <= MAX_UNROLLED
      ? members
      : [eachMember(machine, iterable, site) ?? someMember(iterable, site)];
  let known = rounds === members && membersOf(iterable) !== undefined;
  for (const member of rounds) {
    assign(loop.target, member, site);
    const asked = loop.ifs.map((test) => machine.evaluate(test, frame));
    const tests = asked.map(truth);
    if (tests.includes(false)) continue;
    for (const test of asked) refine(machine, frame, test, true);
    if (tests.includes(undefined)) known = false;
    known = runLoops(machine, inner, frame, each, assign) && known;
  }
  machine.leave();
  return known;
}

/** The members that a list surely has which may have more: a rule that judges values wants to know what becomes of those. */
function surelyIn(machine: Machine, iterable: Value): readonly Value[] | undefined {
  const { items = [] } = iterable.kind === "sequence" ? iterable.contents.content : {};
  return machine.eager && items.length > 0 ? items : undefined;
}

function comprehensionFrame(machine: Machine, frame: Frame) {
  const scope: Scope = newScope("function", frame.scope);
  const inner: Frame = { ...frame, scope, outer: frame.outer ?? frame };
  const assign = (target: Expression, value: Value, site: Site) =>
    assignLocal(machine, inner, target, value, site);
  return { inner, assign };
}

function assignLocal(
  machine: Machine,
  frame: Frame,
  target: Expression,
  value: Value,
  site: Site,
): void {
  if (target.nodeType === "Name")
    machine.heap.write(cellOf(frame.scope, target.id), { value, site, when: [] });
  else if (target.nodeType === "Tuple" || target.nodeType === "List") {
    target.elts.forEach((element, index) => {
      assignLocal(
        machine,
        frame,
        element,
        memberAt(value, constant(index), site) ?? derived([value], site),
        site,
      );
    });
  }
}

/** A list, a set or what a generator gives; open where the rounds are not all known. */
export function evaluateComprehension(
  machine: Machine,
  node: Extract<Expression, { nodeType: "ListComp" | "SetComp" | "GeneratorExp" }>,
  frame: Frame,
  site: Site,
): Value {
  return ofFirst(machine, node.generators, frame, site, (first) => {
    const { inner, assign } = comprehensionFrame(machine, frame);
    const items: Value[] = [];
    const each = () => items.push(machine.evaluate(node.elt, inner));
    const known = runLoops(machine, node.generators, inner, each, assign, first);
    const type = node.nodeType === "SetComp" ? "set" : "list";
    if (known || items.length === 0) return sequence(type, items, site, !known);
    const some = machine.eager ? sequence(type, items, site, true) : someOf(items, type, site);
    return { ...some, contents: newItems({ ...some.contents.content, mayBeEmpty: true }) };
  });
}

/** `filter(test, items)`: of what may pass, that it passed is known. */
export function filtered(
  machine: Machine,
  { positional: [test, items] }: Arguments,
  site: Site,
  call: (callee: Value, item: Value) => Value,
): Value {
  if (test === undefined || items === undefined) return derived([], site);
  const iterable = iterated(machine, items, site);
  const known = membersOf(iterable);
  const members = known ?? surelyIn(machine, iterable);
  const kept: Value[] = [];
  const maybe: Value[] = [];
  for (const member of members ?? [someMember(iterable, site)]) {
    const isPlain = test.kind === "constant" && test.value === null;
    const answer = isPlain ? member : call(test, member);
    const decided = members === undefined ? undefined : truth(answer);
    if (decided === true) kept.push(member);
    else if (decided === undefined) maybe.push(passing(machine, member, answer));
  }
  const open = known === undefined || maybe.length > 0;
  return open && !machine.eager
    ? someOf(kept, "list", site, maybe)
    : sequence("list", kept, site, open, maybe);
}

/** `{key: value for …}`; open where the rounds or a key are not known. */
export function evaluateDictComprehension(
  machine: Machine,
  node: Extract<Expression, { nodeType: "DictComp" }>,
  frame: Frame,
  site: Site,
): Value {
  return ofFirst(machine, node.generators, frame, site, (first) => {
    const { inner, assign } = comprehensionFrame(machine, frame);
    const entries = new Map<string, { key: Value; value: Value }>();
    const each = () => {
      const key = machine.evaluate(node.key, inner);
      entries.set(keyOf(key) ?? `?${entries.size}`, {
        key,
        value: machine.evaluate(node.value, inner),
      });
    };
    const known = runLoops(machine, node.generators, inner, each, assign, first);
    const loose = !known || [...entries.keys()].some((key) => key.startsWith("?"));
    const variables = first?.kind === "sequence" ? first.contents.content.variables : undefined;
    const names = variables && namesUnder(node, variables);
    return dict(entries, site, loose || (variables !== undefined && names === undefined), names);
  });
}

/** What keys such as `key`, `key[4:]` or `key.removeprefix("APP_").lower()` are of the names that a comprehension runs over. */
function namesUnder(
  { key, generators }: Extract<Expression, { nodeType: "DictComp" }>,
  within: VariableNames,
): VariableNames | undefined {
  const [loop, more] = generators;
  const target = loop?.target.nodeType === "Tuple" ? loop.target.elts[0] : loop?.target;
  if (more !== undefined || target?.nodeType !== "Name") return undefined;
  const isName = (node: Expression) => node.nodeType === "Name" && node.id === target.id;
  const start = (loop?.ifs ?? []).map((test) => startAskedFor(test, isName)).find(Boolean) ?? "";
  const names = namesOf(key, isName, start);
  return (
    names && {
      start: variableNamed(names.start, within),
      isLower: names.isLower || within.isLower,
    }
  );
}

function namesOf(
  key: Expression,
  isName: (node: Expression) => boolean,
  start: string,
): VariableNames | undefined {
  if (isName(key)) return AS_THEY_ARE;
  if (key.nodeType === "Subscript" && isName(key.value))
    return key.slice.nodeType === "Slice" && key.slice.upper === undefined && start !== ""
      ? cutTo(key.slice.lower, start)
      : undefined;
  if (key.nodeType !== "Call" || key.func.nodeType !== "Attribute") return undefined;
  const { attr, value } = key.func;
  if (attr === "removeprefix" && isName(value)) {
    const cut = textOf(key.args[0]);
    return cut === undefined ? undefined : { start: cut, isLower: false };
  }
  const inner = key.args.length > 0 ? undefined : namesOf(value, isName, start);
  return attr === "lower" && inner !== undefined ? { ...inner, isLower: true } : undefined;
}

/** `key[4:]` or `key[len("APP_"):]`, where a name begins with that many characters. */
function cutTo(lower: Expression | undefined, start: string): VariableNames | undefined {
  const isLength =
    lower?.nodeType === "Call" && lower.func.nodeType === "Name" && lower.func.id === "len";
  const cut = isLength ? textOf(lower.args[0])?.length : numberOf(lower);
  return cut === start.length ? { start, isLower: false } : undefined;
}

/** `X_` of `name.startswith("X_")`. */
function startAskedFor(
  test: Expression,
  isName: (node: Expression) => boolean,
): string | undefined {
  if (test.nodeType !== "Call" || test.func.nodeType !== "Attribute") return undefined;
  const asks = test.func.attr === "startswith" && isName(test.func.value);
  return asks ? textOf(test.args[0]) : undefined;
}

function textOf(node: Expression | undefined): string | undefined {
  return node?.nodeType === "Constant" && typeof node.value === "string" ? node.value : undefined;
}

function numberOf(node: Expression | undefined): number | undefined {
  return node?.nodeType === "Constant" && typeof node.value === "number" ? node.value : undefined;
}

/** What a comprehension makes of what its first loop runs over, which is evaluated in the frame around it. */
function ofFirst(
  machine: Machine,
  [loop]: readonly Comprehension[],
  frame: Frame,
  site: Site,
  make: (first: Value | undefined) => Value,
): Value {
  const first = loop && machine.evaluate(loop.iter, frame);
  if (first === undefined) return make(first);
  // What it is made of may be what a variable falls back to.
  return ofEach(machine, first, site, (one) => keepEnvironment(one, make(one)));
}
