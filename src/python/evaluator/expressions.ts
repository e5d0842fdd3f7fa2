import type { BinaryNode, CallNode, Comprehension, ConstantNode, Expression } from "../ast.ts";
import { inherited } from "./ancestry.ts";
import { attribute, knownSymbol, symbol } from "./attributes.ts";
import { BUILTIN_NAMES, type Call, callBuiltin } from "./builtins.ts";
import { asGiven, dict, memberAt, membersOf, sequence, sliceOf, someMember } from "./containers.ts";
import { secondsOf } from "./durations.ts";
import { applyCast, readEnvironment, readEnvironmentFile } from "./environment.ts";
import { formatted } from "./formatting.ts";
import { callContainer, callLibrary, containerMember, fillIn, withContents } from "./library.ts";
import { bind, bindingIn, cellOf, type Frame, lookUp, type Machine, newScope } from "./machine.ts";
import { callMethod } from "./methods.ts";
import { binary, compare, unary } from "./operators.ts";
import { newOptions } from "./option-files.ts";
import { fileText, pathInTree, pathSubscript } from "./paths.ts";
import { note, recall, refine } from "./refine.ts";
import { reflect, runOrRead } from "./reflection.ts";
import { routePath } from "./routes.ts";
import {
  type Alternative,
  type Arguments,
  alternativesOf,
  asString,
  Bytes,
  constant,
  derived,
  type EnvironmentRead,
  everyArgument,
  keyOf,
  type Primitive,
  type Scope,
  type Site,
  type SymbolValue,
  text,
  truth,
  UNKNOWN,
  union,
  type Value,
} from "./values.ts";

/** Longer known iterables are not unrolled in a comprehension. */
const MAX_UNROLLED = 256;

/** Evaluates an expression in a frame. Never throws on any program; what cannot be told is unknown. */
export function evaluate(machine: Machine, node: Expression, frame: Frame): Value {
  if (!machine.enter()) return UNKNOWN;
  const value = evaluateNode(machine, node, frame);
  machine.leave();
  return value;
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
      const value = attribute(machine, evaluate(machine, node.value, frame), node.attr, site);
      return routePath(machine, frame, value) ?? value;
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
      const value = evaluate(machine, node.value, frame);
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
      return unary(node.op.nodeType, evaluate(machine, node.operand, frame), site);
    case "BoolOp":
      return evaluateBoolean(machine, node.op.nodeType === "And", node.values, frame, site);
    case "Compare":
      return evaluateCompare(machine, node, frame, site);
    case "IfExp": {
      const test = evaluate(machine, node.test, frame);
      const decided = truth(test);
      if (decided !== undefined)
        return keepEnvironment(test, evaluate(machine, decided ? node.body : node.orelse, frame));
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
    value = binary(sum.op.nodeType, value, evaluate(machine, sum.right, frame), site);
  }
  return value;
}

function keepEnvironment(from: Value, value: Value): Value {
  return from.environment === undefined || value.environment !== undefined
    ? value
    : { ...value, environment: from.environment };
}

function evaluateName(machine: Machine, name: string, frame: Frame, site: Site): Value {
  const value = lookUp(machine, frame, name);
  if (value !== undefined) return value;
  // A star import of a module outside the tree may have brought the name, but hides no built-in one by habit.
  const star = frame.stars.at(-1);
  if (star === undefined && !BUILTIN_NAMES.has(name)) machine.raise({ exception: "NameError" });
  if (BUILTIN_NAMES.has(name))
    return knownSymbol(machine, { kind: "symbol", name: `builtins.${name}`, site });
  return star === undefined
    ? derived([], site)
    : symbol(machine, { kind: "symbol", name: `${star}.${name}`, site });
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
    const value = keepEnvironment(passed, evaluate(machine, node, frame));
    operands.push(value);
    const decided = truth(value);
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
      open.push({ value, when });
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
    const asked = askedVariable(machine, op.nodeType, left, right);
    if (asked !== undefined) variables.push({ name: asked, site });
    // Asked whether a variable is set, the environment that sets none says no.
    if (asked === undefined) return compare(op.nodeType, left, right);
    const isSet = bindingIn(machine.variables, asked) !== undefined;
    return isSet === (op.nodeType === "In");
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

/** The variable in `"NAME" in os.environ`. */
function askedVariable(
  machine: Machine,
  op: string,
  left: Value,
  right: Value,
): string | undefined {
  if ((op !== "In" && op !== "NotIn") || right.kind !== "symbol") return undefined;
  return machine.models.environment.has(`${right.name}[]`) ? asString(left) : undefined;
}

function evaluateDisplay(
  machine: Machine,
  node: Extract<Expression, { nodeType: "List" | "Tuple" | "Set" }>,
  frame: Frame,
  site: Site,
): Value {
  const items: Value[] = [];
  let open = false;
  for (const element of node.elts) {
    if (element.nodeType !== "Starred") {
      items.push(evaluate(machine, element, frame));
      continue;
    }
    const inner = evaluate(machine, element.value, frame);
    const members = membersOf(inner);
    machine.step((members?.length ?? 0) >> 6);
    items.push(...(members ?? (inner.kind === "sequence" ? inner.contents.content.items : [])));
    open ||= members === undefined;
  }
  return sequence(
    node.nodeType === "List" ? "list" : node.nodeType === "Set" ? "set" : "tuple",
    items,
    site,
    open,
  );
}

function evaluateDict(
  machine: Machine,
  node: Extract<Expression, { nodeType: "Dict" }>,
  frame: Frame,
  site: Site,
): Value {
  const entries = new Map<string, { key: Value; value: Value }>();
  let open = false;
  node.values.forEach((valueNode, index) => {
    const keyNode = node.keys[index];
    const value = evaluate(machine, valueNode, frame);
    if (keyNode === null || keyNode === undefined) {
      if (value.kind === "dict") {
        for (const [id, entry] of value.contents.content.entries) entries.set(id, entry);
        open ||= value.contents.content.open;
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
  return dict(entries, site, open);
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
    if (owner.kind === "sequence" && !owner.contents.content.open) {
      return sequence(owner.type, sliceOf(owner.contents.content.items, lower, upper, step), site);
    }
    return derived([owner], site);
  }
  const key = evaluate(machine, node.slice, frame);
  const made =
    owner.kind === "dict"
      ? fillIn(machine, owner, key, site, (callee, given) =>
          callValue(machine, callee, given, site, frame),
        )
      : undefined;
  return made ?? recall(machine, frame, subscript(machine, owner, key, site));
}

/** A part of a text whose bounds lie in the literals at its ends; undefined for any other. */
function sliceOfText(
  parts: readonly (string | Value)[],
  lower: number | undefined,
  upper: number | undefined,
  site: Site,
): Value | undefined {
  const [first, last] = [parts[0], parts.at(-1)];
  const start = typeof first === "string" ? first : "";
  const end = typeof last === "string" ? last : "";
  if (lower !== undefined && lower < 0)
    return -lower <= end.length ? constant(end.slice(lower, upper), site) : undefined;
  if (upper !== undefined && upper >= 0)
    return upper <= start.length ? constant(start.slice(lower, upper), site) : undefined;
  const [from, to] = [lower ?? 0, -(upper ?? 0)];
  if (from > start.length || to > end.length || parts.length < 2) return undefined;
  const inner = parts.slice(
    typeof first === "string" ? 1 : 0,
    typeof last === "string" ? -1 : undefined,
  );
  return text([start.slice(from), ...inner, end.slice(0, end.length - to)], site);
}

/** `owner[key]`. */
export function subscript(machine: Machine, owner: Value, key: Value, site: Site): Value {
  if (owner.kind === "union") {
    return union(
      owner.alternatives.map((one) => ({
        ...one,
        value: subscript(machine, one.value, key, site),
      })),
      site,
    );
  }
  if (owner.kind === "symbol") {
    const held = containerMember(owner, key, site);
    if (held !== undefined) return held;
    const name = `${owner.name}[]`;
    const reader = machine.models.environment.get(name);
    if (reader !== undefined) {
      const variable = asString(key) ?? "?";
      const set = bindingIn(machine.variables, variable)?.value;
      if (set !== undefined) return { ...set, environment: { name: variable, site } };
      machine.raise({ exception: reader.raises, environment: { name: variable, site } });
      return { kind: "environment", name: variable, site };
    }
    if (owner.name === "sys.modules") {
      const dotted = asString(key);
      const module = dotted === undefined ? undefined : machine.importByName(dotted, site);
      if (module !== undefined) return module;
    }
    return (
      pathSubscript(owner, key, site) ??
      symbol(machine, { kind: "symbol", name, base: owner, key, site })
    );
  }
  if (owner.kind === "instance" && machine.eager) {
    const method = inherited(machine, owner.class, "__getitem__");
    const given = { positional: [key], keywords: new Map(), open: false };
    const item =
      method?.kind === "function"
        ? machine.call({ ...method, receiver: owner }, given, site)
        : undefined;
    return item ?? derived([owner, key], site);
  }
  if (owner.kind === "class" && machine.eager) {
    const name = asString(key);
    const member = name === undefined ? undefined : bindingIn(owner.scope, name)?.value;
    if (member !== undefined) return member;
  }
  const member = memberAt(owner, key, site);
  if (member === undefined && owner.kind === "dict" && keyOf(key) !== undefined)
    machine.raise({ exception: "KeyError" });
  else if (member === undefined && owner.kind === "sequence" && key.kind === "constant")
    machine.raise({ exception: "IndexError" });
  return member ?? derived([owner, key], site);
}

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
  first?: Frame,
): boolean {
  const [loop, ...inner] = generators;
  if (loop === undefined) {
    each();
    return true;
  }
  if (!machine.enter()) return false;
  const iterable = evaluate(machine, loop.iter, first ?? frame);
  const site: Site = { file: frame.file, node: loop.target };
  const members = membersOf(iterable);
  const rounds =
    members !== undefined && members.length <= MAX_UNROLLED
      ? members
      : [someMember(iterable, site)];
  let known = rounds === members;
  for (const member of rounds) {
    assign(loop.target, member, site);
    const asked = loop.ifs.map((test) => evaluate(machine, test, frame));
    const tests = asked.map(truth);
    if (tests.includes(false)) continue;
    for (const test of asked) refine(machine, frame, test, true);
    if (tests.includes(undefined)) known = false;
    known = runLoops(machine, inner, frame, each, assign) && known;
  }
  machine.leave();
  return known;
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

function evaluateComprehension(
  machine: Machine,
  node: Extract<Expression, { nodeType: "ListComp" | "SetComp" | "GeneratorExp" }>,
  frame: Frame,
  site: Site,
): Value {
  const { inner, assign } = comprehensionFrame(machine, frame);
  const items: Value[] = [];
  const known = runLoops(
    machine,
    node.generators,
    inner,
    () => items.push(evaluate(machine, node.elt, inner)),
    assign,
    frame,
  );
  return sequence(node.nodeType === "SetComp" ? "set" : "list", items, site, !known);
}

function evaluateDictComprehension(
  machine: Machine,
  node: Extract<Expression, { nodeType: "DictComp" }>,
  frame: Frame,
  site: Site,
): Value {
  const { inner, assign } = comprehensionFrame(machine, frame);
  const entries = new Map<string, { key: Value; value: Value }>();
  const each = () => {
    const key = evaluate(machine, node.key, inner);
    entries.set(keyOf(key) ?? `?${entries.size}`, {
      key,
      value: evaluate(machine, node.value, inner),
    });
  };
  const known = runLoops(machine, node.generators, inner, each, assign, frame);
  return dict(entries, site, !known || [...entries.keys()].some((key) => key.startsWith("?")));
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
    const value = evaluate(machine, keyword.value, frame);
    if (keyword.arg !== undefined && keyword.arg !== null) keywords.set(keyword.arg, value);
    else if (value.kind === "dict") {
      for (const entry of value.contents.content.entries.values()) {
        const name = asString(entry.key);
        if (name !== undefined) keywords.set(name, entry.value);
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
  const callee = evaluate(machine, node.func, frame);
  const given = evaluateArguments(machine, node, frame);
  const site: Site = { file: frame.file, node };
  const observation = { site, callee, arguments: asGiven(given) };
  machine.observe?.(
    frame.function === undefined ? observation : { ...observation, within: frame.function },
  );
  const value = union(
    alternativesOf(callee).map((one) => ({ value: callValue(machine, one, given, site, frame) })),
    site,
  );
  return recall(machine, frame, value);
}

/** What a call of a value gives. */
export function callValue(
  machine: Machine,
  callee: Value,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value {
  switch (callee.kind) {
    case "function": {
      const result = machine.call(callee, given, site);
      if (result === undefined) return derived([callee, ...everyArgument(given)], site);
      if (machine.learned.size > 0) note(machine, frame, machine.learned);
      return result;
    }
    case "class":
      return machine.instantiate(callee, given, site);
    case "instance": {
      const method = machine.eager ? inherited(machine, callee.class, "__call__") : undefined;
      const result =
        method?.kind === "function"
          ? machine.call({ ...method, receiver: callee }, given, site)
          : undefined;
      return result ?? derived([callee, ...everyArgument(given)], site);
    }
    case "symbol":
      return callSymbol(machine, callee, given, site, frame);
    default:
      return derived([callee, ...everyArgument(given)], site);
  }
}

function callSymbol(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value {
  const reader = machine.models.environment.get(callee.name);
  const read = reader && readEnvironment(machine, reader, given, { site, callee });
  if (read !== undefined) return read;
  const passed = callPassed(machine, callee, given, site, frame);
  if (passed !== undefined) return passed;
  if (callee.base !== undefined) {
    const method = callee.name.slice(callee.name.lastIndexOf(".") + 1);
    const call = (one: Value, ...positional: readonly Value[]) =>
      callValue(machine, one, { positional, keywords: new Map(), open: false }, site, frame);
    const result =
      callee.base.kind === "symbol"
        ? callContainer(machine, callee.base, method, given, site)
        : callMethod(machine, callee.base, method, given, site, call);
    if (result !== undefined) return result;
  }
  if (readEnvironmentFile(machine, callee, given, site)) return constant(true, site);
  const cast = machine.models.casts.get(callee.name);
  const [word] = given.positional;
  if (cast !== undefined && word !== undefined && asString(word) !== undefined)
    return keepEnvironment(word, applyCast(machine, cast, word, site));
  const library = () =>
    callLibrary(callee, given, site, (inner, more) => callValue(machine, inner, more, site, frame));
  // A rule that follows data wants to know what may be in a list, one that judges values what is.
  const known = machine.eager ? undefined : library();
  if (known !== undefined) return known;
  const including = machine.models.includes.find((one) => one.call === callee.name);
  if (including !== undefined) {
    for (const file of given.positional) include(machine, file, including.optional, frame);
    return constant(null, site);
  }
  // Only a machine that enters modules runs files; a rule that looks for flaws wants to see that the program does.
  const reflected =
    reflect(machine, callee, given, site, frame) ??
    (machine.eager ? runOrRead(machine, callee, given, site, frame) : undefined);
  if (reflected !== undefined) return reflected;
  if (callee.name.startsWith("builtins.") && !isBoundMethod(callee)) {
    const call = (one: Value, ...positional: readonly Value[]) =>
      callValue(machine, one, { positional, keywords: new Map(), open: false }, site, frame);
    const unbound = callUnbound(callee.name, given, call, machine, site);
    if (unbound !== undefined) return unbound;
    const result = callBuiltin(
      callee.name.slice("builtins.".length),
      given,
      site,
      call,
      (exception) => machine.raise({ exception }),
    );
    if (result !== undefined) return result;
  }
  const late = machine.eager ? library() : undefined;
  if (late !== undefined) return late;
  const value = knownSymbol(machine, {
    kind: "symbol",
    name: `${callee.name}()`,
    base: callee,
    call: asGiven(given),
    site,
  });
  return value.kind === "symbol" ? withContents(machine, value) : value;
}

/** Calls that pass on what they got: partial applications, caches, copies, and what keeps a text a text. */
function callPassed(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  if (!machine.eager) return undefined;
  const [first, ...rest] = given.positional;
  switch (callee.name) {
    case "functools.partial()": {
      const [inner, ...before] = callee.call?.positional ?? [];
      if (inner === undefined || callee.call === undefined) return undefined;
      const keywords = new Map([...callee.call.keywords, ...given.keywords]);
      const positional = [...before, ...given.positional];
      return callValue(machine, inner, { positional, keywords, open: given.open }, site, frame);
    }
    case "functools.wraps()":
    case "functools.lru_cache()":
    case "functools.cache":
      return first;
    case "functools.lru_cache":
      return first?.kind === "function" ? first : undefined;
    case "copy.copy":
    case "copy.deepcopy":
      return first && copyOf(first, callee.name === "copy.deepcopy" ? 12 : 1, site);
    case "types.MappingProxyType":
      return first;
    case "configparser.ConfigParser":
    case "configparser.RawConfigParser":
    case "configparser.SafeConfigParser":
      return newOptions(site);
    case "itertools.chain":
    case "itertools.chain.from_iterable": {
      const lists =
        callee.name === "itertools.chain" ? given.positional : first && membersOf(first);
      const members = lists?.map(membersOf);
      return members === undefined || members.includes(undefined)
        ? undefined
        : sequence(
            "list",
            members.flatMap((one) => one ?? []),
            site,
          );
    }
    case "builtins.eval":
    case "ast.literal_eval": {
      const word = asString(first);
      return word === undefined || rest.length > 0 || first === undefined
        ? undefined
        : keepEnvironment(first, machine.literal(word, site) ?? derived([first], site));
    }
    default: {
      const owner = callee.base;
      if (callee.name !== "datetime.timedelta().total_seconds" || owner === undefined)
        return undefined;
      const seconds = secondsOf(owner);
      return seconds === undefined ? undefined : constant(seconds, site);
    }
  }
}

/** A value whose lists and dicts are copies, down to some depth. */
function copyOf(value: Value, depth: number, site: Site): Value {
  if (depth === 0) return value;
  if (value.kind === "sequence") {
    const { items, open } = value.contents.content;
    return sequence(
      value.type,
      items.map((item) => copyOf(item, depth - 1, site)),
      site,
      open,
    );
  }
  if (value.kind !== "dict") return value;
  const { entries, open } = value.contents.content;
  return dict(
    new Map(
      [...entries].map(([id, entry]) => [
        id,
        { key: entry.key, value: copyOf(entry.value, depth - 1, site) },
      ]),
    ),
    site,
    open,
  );
}

/** True for `"a".join`, false for `str.join` and for built-in functions. */
function isBoundMethod({ base }: SymbolValue): boolean {
  return base !== undefined && base.kind !== "symbol";
}

/** `str.join(",", items)`: the method of the first argument. */
function callUnbound(
  name: string,
  given: Arguments,
  call: Call,
  machine: Machine,
  site: Site,
): Value | undefined {
  const [, type, method] = /^builtins\.(str|list|dict|set|tuple)\.(\w+)$/.exec(name) ?? [];
  const [receiver, ...positional] = given.positional;
  if (type === undefined || method === undefined || method === "fromkeys" || receiver === undefined)
    return undefined;
  const rest = { ...given, positional };
  // Of a text that is not known nothing but what it was made of is.
  return (
    callMethod(machine, receiver, method, rest, site, call) ??
    derived([receiver, ...positional], site)
  );
}

/** Runs files, named relative to the one that runs, as if their text stood here. */
function include(machine: Machine, file: Value, optional: string, frame: Frame): void {
  const isOptional = file.kind === "symbol" && file.name === optional;
  const named = isOptional ? file.call?.positional[0] : file;
  const path = asString(named);
  const inTree = named === undefined ? undefined : pathInTree(named);
  const folder = frame.file.path.split("/").slice(0, -1).join("/");
  const whole =
    inTree ?? (path === undefined ? undefined : pathInTree(fileText(`${folder}/${path}`)));
  if (whole === undefined) return;
  for (const one of machine.files.matching(whole)) machine.runFile(frame, one);
}
