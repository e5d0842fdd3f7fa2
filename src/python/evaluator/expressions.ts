import type { BinaryNode, CallNode, ConstantNode, Expression } from "../ast.ts";
import { attribute } from "./attributes.ts";
import { BUILTIN_NAMES } from "./builtins.ts";
import { callValue } from "./calls.ts";
import { isChoice, ofBoth, ofEach } from "./choices.ts";
import { evaluateComprehension, evaluateDictComprehension } from "./comprehensions.ts";
import {
  asGiven,
  beginningWith,
  dict,
  membersOf,
  overlaid,
  possibleItems,
  sequence,
  sliceOf,
  someOf,
} from "./containers.ts";
import { formatted } from "./formatting.ts";
import { observeMaking } from "./instances.ts";
import { fillIn } from "./library.ts";
import { bind, bindingIn, type Frame, isMentioned, lookUp, type Machine } from "./machine.ts";
import { bitsOf } from "./members.ts";
import { binary, compare, unary } from "./operators.ts";
import { asFalse, recall, recallDirect, refine } from "./refine.ts";
import { openedFile } from "./reflection.ts";
import { routePath } from "./routes.ts";
import { compareSpecial, operateSpecial, plainOf, tested, writtenOut } from "./special-methods.ts";
import { holds, memberDeployed } from "./stage.ts";
import { sliceByLength, sliceOfText, subscript } from "./subscripts.ts";
import { knownSymbol, symbol } from "./symbols.ts";
import { keepBoth, keepEnvironment, readOf } from "./unset.ts";
import {
  type Alternative,
  type Arguments,
  alternativesOf,
  asString,
  Bytes,
  constant,
  derived,
  type EnvironmentRead,
  keyOf,
  type Primitive,
  type Site,
  text,
  UNKNOWN,
  union,
  type Value,
  type VariableNames,
} from "./values.ts";
import { unsetVariable, wholeEnvironment } from "./whole-environment.ts";

/** Evaluates an expression in a frame. Never throws on any program; what cannot be told is unknown. */
export function evaluate(machine: Machine, node: Expression, frame: Frame): Value {
  if (!machine.enter()) {
    machine.doubts.count++;
    return UNKNOWN;
  }
  const doubts = machine.doubts.count;
  const value = evaluateNode(machine, node, frame);
  machine.leave();
  // The doubt was whether the file is there to be read.
  if (node.nodeType === "Call" && isOfFile(machine, node, value)) machine.doubts.count = doubts;
  else if (isDoubtful(node, value)) machine.doubts.count++;
  return value;
}

/** True for what a call itself brings of a file of the tree: its text, what that says, or the file that it opens. */
function isOfFile(machine: Machine, node: Expression, value: Value): boolean {
  if (value.site?.node !== node) return false;
  if (value.kind === "symbol") {
    if (openedFile(machine, value) === undefined) return false;
    const mode = value.call?.positional[1];
    return mode === undefined || /^[brt]+$/.test(asString(mode) ?? "");
  }
  return value.heldIn !== undefined || (value.kind === "constant" && value.file !== undefined);
}

/**
 * True for a value that is not known, and for what comes from outside the tree but for names that are merely imported. The
 * method of a list that is known is there.
 */
function isDoubtful(node: Expression, value: Value): boolean {
  if (value.kind === "symbol")
    return (
      value.call !== undefined ||
      (node.nodeType !== "Name" && value.base?.kind !== "sequence" && value.base?.kind !== "dict")
    );
  return value.kind === "unknown" || value.kind === "union" || value.kind === "environment";
}

function evaluateNode(machine: Machine, node: Expression, frame: Frame): Value {
  const site: Site = { file: frame.file, node };
  switch (node.nodeType) {
    case "Constant":
      return isEllipsis(node)
        ? { kind: "symbol", name: "builtins.Ellipsis", site }
        : constant(toPrimitive(node), site);
    case "Name":
      return evaluateName(machine, node.id, frame, site);
    case "Attribute": {
      const owner = evaluateOwner(machine, node.value, frame);
      const value = attribute(machine, owner, node.attr, site);
      return routePath(machine, frame, value) ?? recallDirect(machine, frame, value);
    }
    case "Call":
      return evaluateCall(machine, node, frame);
    case "JoinedStr":
    case "TemplateStr":
      return text(
        node.values.map((part) => evaluate(machine, part, frame)),
        site,
      );
    case "FormattedValue":
    case "Interpolation": {
      const value = writtenOut(machine, evaluate(machine, node.value, frame), site);
      const conversion = CONVERSIONS[node.conversion];
      const layout = node.format_spec ? asString(evaluate(machine, node.format_spec, frame)) : "";
      const isText = value.kind === "text" || asString(value) !== undefined;
      const isPlain = (conversion ?? "s") === "s" && layout === "";
      if (isPlain && isText) return value;
      const written = layout === undefined ? undefined : formatted(value, conversion, layout);
      if (written !== undefined) return keepEnvironment(value, constant(written, site));
      // Quoted, padded or cut it is no longer what it was.
      return isPlain ? value : derived([value], site);
    }
    case "BinOp":
      return evaluateBinary(machine, node, frame);
    case "UnaryOp":
      return unary(node.op.nodeType, operandOf(machine, node, frame, site), site);
    case "BoolOp":
      return evaluateBoolean(machine, node.op.nodeType === "And", node.values, frame, site);
    case "Compare":
      return evaluateCompare(machine, node, frame, site);
    case "IfExp": {
      const test = evaluate(machine, node.test, frame);
      const decided = holds(machine, node.test, test, frame, site);
      if (decided !== undefined)
        return keepBoth(test, evaluate(machine, decided ? node.body : node.orelse, frame));
      const where: Site = { file: frame.file, node: node.test };
      const [first, second] = [node.body, node.orelse].map((branch) =>
        machine.heap.branch(() => {
          refine(machine, frame, test, branch === node.body);
          return evaluate(machine, branch, frame);
        }),
      );
      if (first === undefined || second === undefined) return UNKNOWN;
      machine.heap.join([first.writes, second.writes]);
      return union(
        [
          { value: first.result, when: { site: where, holds: true } },
          { value: second.result, when: { site: where, holds: false } },
        ],
        site,
      );
    }
    case "List":
    case "Tuple":
    case "Set":
      return evaluateDisplay(machine, node, frame, site);
    case "Dict":
      return evaluateDict(machine, node, frame, site);
    case "Subscript":
      return evaluateSubscript(machine, node, frame, site);
    case "ListComp":
    case "SetComp":
    case "GeneratorExp":
      return evaluateComprehension(machine, node, frame, site);
    case "DictComp":
      return evaluateDictComprehension(machine, node, frame, site);
    case "Lambda":
      return {
        kind: "function",
        node,
        name: "<lambda>",
        file: frame.file,
        closure: frame.scope,
        decorators: [],
        defaults: defaultsOf(machine, node.args, frame),
        site,
      };
    case "NamedExpr": {
      const value = evaluate(machine, node.value, frame);
      if (node.target.nodeType === "Name")
        bind(machine, frame.outer ?? frame, node.target.id, value, site);
      return value;
    }
    case "Await":
      return evaluate(machine, node.value, frame);
    case "Yield":
    case "YieldFrom": {
      const value =
        node.value === undefined ? constant(null, site) : evaluate(machine, node.value, frame);
      yieldValue(machine, node.nodeType === "YieldFrom", value, frame);
      frame.pause?.at(value);
      return derived([], site);
    }
    case "Starred":
      return evaluate(machine, node.value, frame);
    case "Slice":
      for (const part of [node.lower, node.upper, node.step])
        if (part !== undefined) evaluate(machine, part, frame);
      return UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** More than that many times it is taken for a generator without end. */
const MAX_YIELDS = 256;

/** Adds to what a generator yields. Where that happens only under some condition, or in a loop without end, more is possible. */
function yieldValue(machine: Machine, isFrom: boolean, value: Value, frame: Frame): void {
  const { yields } = frame;
  yields.any = true;
  const members = isFrom ? membersOf(value) : [value];
  const isSure = members !== undefined && machine.conditions.length === frame.depth;
  if (!isSure || yields.items.length >= MAX_YIELDS) yields.open = true;
  if (yields.items.length < MAX_YIELDS) yields.items.push(...(members ?? [derived([value])]));
}

/** By the code that the parser gives for `!s`, `!r` and `!a`. */
const CONVERSIONS: Readonly<Record<number, string>> = { 115: "s", 114: "r", 97: "a" };

/** The parser gives `...` as a string, but one without quotes. */
function isEllipsis(node: ConstantNode): boolean {
  return node.value === "..." && node.quote_style === undefined;
}

function toPrimitive({ value, quote_style: quotes = "" }: ConstantNode): Primitive {
  if (typeof value === "string") return /^r?b/i.test(quotes) ? new Bytes(value) : value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return value;
  return value === null || value === undefined ? null : String(value);
}

/** Long sums lean to the left: a loop goes down that side, so that their length does not count as depth. */
function evaluateBinary(machine: Machine, node: BinaryNode, frame: Frame): Value {
  const sums = [node];
  let left = node.left;
  for (; left.nodeType === "BinOp"; left = left.left) sums.push(left);
  let value = evaluate(machine, left, frame);
  for (const sum of sums.reverse()) {
    const site: Site = { file: frame.file, node: sum };
    const right = evaluate(machine, sum.right, frame);
    const op = sum.op.nodeType;
    value = ofBoth(
      machine,
      value,
      right,
      site,
      (a, b) =>
        operateSpecial(machine, op, a, b, site) ??
        binary(op, merged(machine, op, a, b), merged(machine, op, b, a), site),
    );
  }
  return value;
}

/** An operand as the operator takes it: beside a dict, `|` takes the environment as one. */
function merged(machine: Machine, op: string, value: Value, other: Value): Value {
  const variables =
    op === "BitOr" && other.kind === "dict" ? wholeEnvironment(machine, value) : undefined;
  // Flags that are put together are flags.
  return variables ?? (bitsOf(value) === undefined ? plainOf(value) : value);
}

function evaluateName(machine: Machine, name: string, frame: Frame, site: Site): Value {
  const value = lookUp(machine, frame, name);
  if (value !== undefined) return value;
  // A star import of a module outside the tree may have brought the name, but hides no built-in one by habit.
  const star = frame.stars.at(-1);
  if (star === undefined && !BUILTIN_NAMES.has(name)) machine.raise({ exception: "NameError" });
  if (BUILTIN_NAMES.has(name))
    return knownSymbol(machine, { kind: "symbol", name: `builtins.${name}`, site });
  if (star !== undefined)
    return knownSymbol(machine, { kind: "symbol", name: `${star}.${name}`, site });
  // Functions see what their module imported; whichever it may be from, for a rule that follows data.
  const stars = machine.eager ? undefined : machine.stars.get(frame.globals);
  if (stars === undefined) return derived([], site);
  const found = stars.map((one) =>
    symbol(machine, { kind: "symbol", name: `${one}.${name}`, site }),
  );
  return union(
    found.map((value) => ({ value })),
    site,
  );
}

/**
 * What an attribute is taken from, or what is called. A name that is bound nowhere most likely stands for the module of that
 * name: pieces of code often come without their imports, and a rule that looks for flaws wants to know them all the same.
 */
function evaluateOwner(machine: Machine, node: Expression, frame: Frame): Value {
  const owner = evaluate(machine, node, frame);
  const isUnbound =
    !machine.eager &&
    node.nodeType === "Name" &&
    owner.kind === "unknown" &&
    !isMentioned(frame, node.id);
  return isUnbound && owner.site !== undefined
    ? symbol(machine, { kind: "symbol", name: node.id, unbound: true, site: owner.site })
    : owner;
}

function evaluateBoolean(
  machine: Machine,
  isAnd: boolean,
  nodes: readonly Expression[],
  frame: Frame,
  site: Site,
): Value {
  const open: Alternative[] = [];
  const operands: Value[] = [];
  // What an unset variable falls back to may decide that the next operand counts; that it may be set is not forgotten.
  let passed: Value = UNKNOWN;
  for (const [index, node] of nodes.entries()) {
    const value = keepBoth(passed, evaluate(machine, node, frame));
    operands.push(value);
    const decided = holds(machine, node, value, frame, site);
    if (decided === !isAnd || index === nodes.length - 1) {
      if (open.length === 0) return value;
      const test = { kind: isAnd ? "and" : "or", operands } as const;
      return { ...union([...open, { value }], site), test };
    }
    passed = value;
    // `x or default`: where x is unset the default counts, and that it may be set is not forgotten.
    if (decided === undefined) {
      const when = { site: { file: frame.file, node }, holds: !isAnd };
      if (value.kind === "environment" && !isAnd) {
        const rest = evaluateBoolean(machine, isAnd, nodes.slice(index + 1), frame, site);
        return union([...open, { value: markEnvironment(value, rest) }], site);
      }
      open.push({ value: isAnd ? asFalse(machine, value) : value, when });
    }
  }
  return UNKNOWN;
}

function markEnvironment(read: Value & { kind: "environment" }, value: Value): Value {
  return value.environment !== undefined || read.site === undefined
    ? value
    : { ...value, environment: { name: read.name, site: read.site } };
}

function evaluateCompare(
  machine: Machine,
  node: Extract<Expression, { nodeType: "Compare" }>,
  frame: Frame,
  site: Site,
): Value {
  const operands = [node.left, ...node.comparators].map((operand) =>
    evaluate(machine, operand, frame),
  );
  const variables: EnvironmentRead[] = [];
  const answers = node.ops.map((op, index) => {
    const [left, right] = [operands[index], operands[index + 1]];
    if (left === undefined || right === undefined) return undefined;
    const asked = askedVariable(machine, op.nodeType, left, right, site);
    // Asked whether a variable is set, the environment that sets none says no.
    if (asked === undefined)
      return (
        askedModule(machine, op.nodeType, left, right) ??
        compareSpecial(machine, op.nodeType, left, right, site) ??
        compare(op.nodeType, comparable(left), comparable(right))
      );
    const set = bindingIn(machine.variables, asked)?.value;
    variables.push(set === undefined ? { name: asked, site } : readOf(asked, site, set));
    return (set !== undefined) === (op.nodeType === "In");
  });
  const decided = answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
  const value = decided === undefined ? comparison(node, operands, site) : constant(decided, site);
  const [variable] = variables;
  if (variable !== undefined) return { ...value, environment: variable };
  const read = operands.find((operand) => operand.environment !== undefined);
  return read === undefined ? value : keepEnvironment(read, value);
}

function comparison(
  node: Extract<Expression, { nodeType: "Compare" }>,
  operands: readonly Value[],
  site: Site,
): Value {
  const [left, right, more] = operands;
  const op = node.ops[0]?.nodeType;
  const value = derived(operands, site);
  if (left === undefined || right === undefined || more !== undefined || op === undefined)
    return value;
  return { ...value, test: { kind: "compare", op, left, right } };
}

/** An object that holds a value of one of Python's own types is compared as that. */
function comparable(value: Value): Value {
  return value.kind === "instance" ? (value.data ?? value) : value;
}

/** What an operator of one operand is applied to. */
function operandOf(
  machine: Machine,
  node: Extract<Expression, { nodeType: "UnaryOp" }>,
  frame: Frame,
  site: Site,
): Value {
  const value = evaluate(machine, node.operand, frame);
  if (node.op.nodeType === "Not") return tested(machine, value, site);
  return bitsOf(value) === undefined ? plainOf(value) : value;
}

/** The variable in `"NAME" in os.environ`, or in a dict that is made of that. */
function askedVariable(
  machine: Machine,
  op: string,
  left: Value,
  right: Value,
  site: Site,
): string | undefined {
  if (op !== "In" && op !== "NotIn") return undefined;
  if (right.kind !== "symbol") return unsetVariable(comparable(right), left, site)?.name;
  return machine.models.environment.has(`${right.name}[]`) ? asString(left) : undefined;
}

/** `"pytest" in sys.modules`: a server has not loaded it. */
function askedModule(machine: Machine, op: string, left: Value, right: Value): boolean | undefined {
  if (!machine.eager || right.kind !== "symbol" || right.name !== "sys.modules") return undefined;
  if (!machine.models.neverLoaded.has(asString(left) ?? "")) return undefined;
  return op === "In" ? false : op === "NotIn" ? true : undefined;
}

function evaluateDisplay(
  machine: Machine,
  node: Extract<Expression, { nodeType: "List" | "Tuple" | "Set" }>,
  frame: Frame,
  site: Site,
): Value {
  const type = node.nodeType === "List" ? "list" : node.nodeType === "Set" ? "set" : "tuple";
  let items: Value[] = [];
  let maybe: Value[] = [];
  let open = false;
  const parts: Value[] = [];
  for (const element of node.elts) {
    if (element.nodeType !== "Starred") {
      items.push(evaluate(machine, element, frame));
      continue;
    }
    const inner = evaluate(machine, element.value, frame);
    if (isChoice(machine, inner)) {
      parts.push(sequence(type, items, site, open, maybe), inner);
      [items, maybe, open] = [[], [], false];
      continue;
    }
    const members = membersOf(inner);
    machine.step((members?.length ?? 0) >> 6);
    open ||= members === undefined;
    if (members !== undefined) items.push(...members);
    else if (inner.kind === "sequence") {
      items.push(...inner.contents.content.items);
      maybe.push(...(inner.contents.content.maybe ?? []));
    } else maybe.push(derived([inner]));
  }
  const leading = parts.length > 0 || node.elts[0]?.nodeType === "Starred" ? undefined : items[0];
  const last = beginningWith(leading, sequence(type, items, site, open, maybe));
  return parts.length === 0
    ? last
    : [...parts, last].reduce((all, part) =>
        ofBoth(machine, all, part, site, (a, b) => binary("Add", a, asType(b, type), site)),
      );
}

/** What is spread into a display is of the display's type. */
function asType(value: Value, type: "list" | "set" | "tuple"): Value {
  return value.kind === "sequence" ? { ...value, type } : value;
}

function evaluateDict(
  machine: Machine,
  node: Extract<Expression, { nodeType: "Dict" }>,
  frame: Frame,
  site: Site,
): Value {
  let entries = new Map<string, { key: Value; value: Value }>();
  let open = false;
  let variables: VariableNames | undefined;
  const parts: Value[] = [];
  node.values.forEach((valueNode, index) => {
    const keyNode = node.keys[index];
    const whole = evaluate(machine, valueNode, frame);
    const isSpread = keyNode === null || keyNode === undefined;
    const value = isSpread ? (wholeEnvironment(machine, whole) ?? plainOf(whole)) : whole;
    if (isSpread && isChoice(machine, value)) {
      parts.push(dict(entries, site, open, variables), value);
      [entries, open, variables] = [new Map(), false, undefined];
      return;
    }
    if (isSpread) {
      if (value.kind === "dict") {
        const whole = overlaid({ entries, open }, value.contents.content, site);
        entries = new Map(whole.entries);
        open = whole.open;
        variables ??= whole.variables;
      } else {
        const member = derived([value], site);
        entries.set(`?*${index}`, { key: member, value: member });
        open = true;
      }
      return;
    }
    const key = evaluate(machine, keyNode, frame);
    // A key that is not known gets a place of its own, so that its value is not lost.
    entries.set(keyOf(key) ?? `?${index}`, { key, value });
    open ||= keyOf(key) === undefined;
  });
  const last = dict(entries, site, open, variables);
  return parts.length === 0
    ? last
    : [...parts, last].reduce((all, part) =>
        ofBoth(machine, all, part, site, (a, b) => binary("BitOr", a, b, site)),
      );
}

function evaluateSubscript(
  machine: Machine,
  node: Extract<Expression, { nodeType: "Subscript" }>,
  frame: Frame,
  site: Site,
): Value {
  const owner = evaluate(machine, node.value, frame);
  if (node.slice.nodeType === "Slice") {
    const bounds = [node.slice.lower, node.slice.upper, node.slice.step].map((part) => {
      if (part === undefined) return { known: true, value: undefined };
      const value = evaluate(machine, part, frame);
      const number =
        value.kind === "constant" && Number.isInteger(value.value)
          ? Number(value.value)
          : undefined;
      return { known: number !== undefined, value: number };
    });
    if (bounds.some((bound) => !bound.known)) return derived([owner], site);
    const [lower, upper, step] = bounds.map((bound) => bound.value);
    if (step === 0) return derived([owner], site);
    return ofEach(machine, owner, site, (one) => slice(one, lower, upper, step, site));
  }
  const key = evaluate(machine, node.slice, frame);
  const deployed = memberDeployed(machine, owner, key, site);
  if (deployed !== undefined) return deployed;
  const made =
    owner.kind === "dict"
      ? fillIn(machine, owner, key, site, (callee, given) =>
          callValue(machine, callee, given, site, frame),
        )
      : undefined;
  return made ?? recall(machine, frame, subscript(machine, owner, key, site));
}

/** `owner[lower:upper:step]`. */
function slice(
  owner: Value,
  lower: number | undefined,
  upper: number | undefined,
  step: number | undefined,
  site: Site,
): Value {
  const string = asString(owner);
  if (string !== undefined)
    return keepEnvironment(
      owner,
      constant(sliceOf([...string], lower, upper, step).join(""), site),
    );
  if (owner.kind === "text" && step === undefined) {
    const part = sliceOfText(owner.parts, lower, upper, site);
    if (part !== undefined) return part;
  }
  if (owner.kind === "text" || owner.kind === "symbol") {
    const part = sliceByLength(owner, lower, upper, step, site);
    if (part !== undefined) return part;
  }
  if (owner.kind === "sequence" && !owner.contents.content.open) {
    return sequence(owner.type, sliceOf(owner.contents.content.items, lower, upper, step), site);
  }
  // Whichever part of it that is, nothing else is in there.
  if (owner.kind === "sequence" && owner.contents.content.isOfThese)
    return someOf([], owner.type, site, possibleItems(owner));
  return derived([owner], site);
}

/** The values of a function's defaults by parameter name, evaluated where the function is defined. */
export function defaultsOf(
  machine: Machine,
  parameters: Extract<Expression, { nodeType: "Lambda" }>["args"],
  frame: Frame,
): Map<string, Value> {
  const defaults = new Map<string, Value>();
  const positional = [...parameters.posonlyargs, ...parameters.args];
  const offset = positional.length - parameters.defaults.length;
  parameters.defaults.forEach((node, index) => {
    const name = positional[offset + index]?.arg;
    if (name !== undefined) defaults.set(name, evaluate(machine, node, frame));
  });
  parameters.kw_defaults.forEach((node, index) => {
    const name = parameters.kwonlyargs[index]?.arg;
    if (name !== undefined && node !== null) defaults.set(name, evaluate(machine, node, frame));
  });
  return defaults;
}

function evaluateArguments(machine: Machine, node: CallNode, frame: Frame): Arguments {
  const positional: Value[] = [];
  const keywords = new Map<string, Value>();
  const spread: Value[] = [];
  let open = false;
  for (const item of node.args) {
    if (item.nodeType !== "Starred") {
      positional.push(evaluate(machine, item, frame));
      continue;
    }
    const inner = evaluate(machine, item.value, frame);
    const members = membersOf(inner);
    machine.step((members?.length ?? 0) >> 6);
    if (members === undefined) {
      open = true;
      positional.push(derived([inner], { file: frame.file, node: item }));
    } else positional.push(...members);
  }
  for (const keyword of node.keywords) {
    const whole = evaluate(machine, keyword.value, frame);
    const isNamed = keyword.arg !== undefined && keyword.arg !== null;
    const value = isNamed ? whole : plainOf(whole);
    if (keyword.arg !== undefined && keyword.arg !== null) keywords.set(keyword.arg, value);
    else if (value.kind === "dict") {
      for (const entry of value.contents.content.entries.values()) {
        const name = asString(entry.key);
        // No name may be given twice: what is spread is not known to have one that is written out.
        if (name !== undefined) keywords.set(name, keywords.get(name) ?? entry.value);
        else spread.push(entry.key);
      }
      open ||= value.contents.content.open;
    } else {
      open = true;
      spread.push(value);
    }
  }
  return { positional, keywords, open, ...(spread.length > 0 && { spread }) };
}

function evaluateCall(machine: Machine, node: CallNode, frame: Frame): Value {
  const callee = evaluateOwner(machine, node.func, frame);
  const given = evaluateArguments(machine, node, frame);
  const site: Site = { file: frame.file, node };
  machine.observe?.({ site, callee, arguments: asGiven(given), within: frame.function });
  if (given.spread !== undefined) observeMaking(machine, callee, given, frame, site);
  const value = callEach(machine, callee, given, site, frame);
  return recall(machine, frame, value);
}

/** What a call of one of several values gives. One of them is called: where it counts what they do, each does it on its own. */
function callEach(
  machine: Machine,
  callee: Value,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value {
  const all = alternativesOf(callee);
  const call = (one: Value) => callValue(machine, one, given, site, frame);
  if (machine.configurations === undefined || all.length < 2)
    return union(
      all.map((one) => ({ value: call(one) })),
      site,
    );
  const branches = all.map((one) => machine.heap.branch(() => call(one)));
  machine.heap.join(branches.map(({ writes }) => writes));
  return union(
    branches.map(({ result }) => ({ value: result })),
    site,
  );
}
