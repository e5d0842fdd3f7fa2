import type { BinaryNode, CallNode, Comprehension, ConstantNode, Expression } from "../ast.ts";
import { inherited, outsideBase } from "./ancestry.ts";
import { BUILTIN_NAMES, callBuiltin } from "./builtins.ts";
import { dict, memberAt, membersOf, sequence, sliceOf, someMember } from "./containers.ts";
import { applyCast, readEnvironment } from "./environment.ts";
import { callContainer, callLibrary, containerMember, fillIn, withContents } from "./library.ts";
import { bind, bindingIn, cellOf, type Frame, lookUp, type Machine, newScope } from "./machine.ts";
import { callMethod } from "./methods.ts";
import { binary, compare, unary } from "./operators.ts";
import { note, recall, refine } from "./refine.ts";
import { routePath } from "./routes.ts";
import {
  type Alternative,
  type Arguments,
  alternativesOf,
  asString,
  Bytes,
  type ClassValue,
  constant,
  derived,
  type EnvironmentRead,
  everyArgument,
  type FunctionValue,
  type InstanceValue,
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
      const isPlain = (node.conversion === -1 || node.conversion === 115) && !node.format_spec;
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
      frame.returns.push(derived([value], site));
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
  if (BUILTIN_NAMES.has(name)) return { kind: "symbol", name: `builtins.${name}`, site };
  return star === undefined
    ? derived([], site)
    : symbol(machine, { kind: "symbol", name: `${star}.${name}`, site });
}

/** Gives a symbol the name that the models know it by. */
export function symbol(machine: Machine, value: SymbolValue): SymbolValue {
  const known = machine.models.types.get(value.name);
  return known === undefined ? value : { ...value, name: known };
}

/** `owner.name`. */
export function attribute(machine: Machine, owner: Value, name: string, site: Site): Value {
  switch (owner.kind) {
    case "symbol":
      return symbol(machine, { kind: "symbol", name: `${owner.name}.${name}`, base: owner, site });
    case "module":
      return moduleAttribute(machine, owner, name, site);
    case "instance":
      return instanceAttribute(machine, owner, name, site);
    case "class": {
      const found = classAttribute(machine, owner, name, site);
      return found?.kind === "function" && decoratorsOf(found).includes("builtins.classmethod")
        ? { ...found, receiver: owner }
        : (found ?? derived([owner], site));
    }
    case "union":
      return union(
        owner.alternatives.map(
          (one): Alternative => ({ ...one, value: attribute(machine, one.value, name, site) }),
        ),
        site,
      );
    case "sequence":
    case "dict":
    case "constant":
    case "text":
      // Methods are looked up by name when they are called.
      return { kind: "symbol", name: `${typeName(owner)}.${name}`, base: owner, site };
    default:
      return { kind: "symbol", name: `?.${name}`, base: owner, site };
  }
}

/** A name of a module of the tree; a machine that does not enter the module gives a symbol for it. */
function moduleAttribute(
  machine: Machine,
  owner: Value & { kind: "module" },
  name: string,
  site: Site,
): Value {
  if (machine.enters(owner.path)) {
    const scope = machine.module(owner.path);
    const bound = scope === undefined ? undefined : bindingIn(scope, name)?.value;
    return bound ?? machine.submodule(owner.path, name, site) ?? derived([owner], site);
  }
  const below = machine.submodule(owner.path, name, site);
  if (below !== undefined) return below;
  const imported = { path: owner.path, name };
  return { kind: "symbol", name: `${machine.nameOf(owner.path)}.${name}`, imported, site };
}

function typeName(value: Value): string {
  if (value.kind === "sequence") return `builtins.${value.type}`;
  return value.kind === "dict" ? "builtins.dict" : "builtins.str";
}

function instanceAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  site: Site,
): Value {
  const own = bindingIn(owner.attributes, name);
  if (own !== undefined) return own.value;
  const found = inherited(machine, owner.class, name);
  if (found?.kind === "function") {
    const decorated = decoratorsOf(found);
    if (decorated.includes("builtins.staticmethod")) return found;
    const bound = {
      ...found,
      receiver: decorated.includes("builtins.classmethod") ? owner.class : owner,
    };
    const isProperty = decorated.some((decorator) => /(^|\.)(cached_)?property$/.test(decorator));
    return isProperty
      ? (machine.call(bound, { positional: [], keywords: new Map(), open: false }, site) ??
          derived([owner], site))
      : bound;
  }
  if (found !== undefined) return found;
  const external = outsideBase(machine, owner.class);
  if (external === undefined) return { kind: "symbol", name: `?.${name}`, base: owner, site };
  return symbol(machine, { kind: "symbol", name: `${external}().${name}`, base: owner, site });
}

function decoratorsOf(value: FunctionValue): string[] {
  return value.decorators.map((decorator) => (decorator.kind === "symbol" ? decorator.name : ""));
}

/** An attribute of a class or of its bases in the tree; for what comes from outside, a symbol below the first outside base. */
function classAttribute(
  machine: Machine,
  owner: ClassValue,
  name: string,
  site: Site,
): Value | undefined {
  const found = inherited(machine, owner, name);
  const external = found === undefined ? outsideBase(machine, owner) : undefined;
  if (external === undefined) return found;
  return symbol(machine, { kind: "symbol", name: `${external}.${name}`, base: owner, site });
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
    return asked === undefined ? compare(op.nodeType, left, right) : op.nodeType === "NotIn";
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
      ? fillIn(machine, owner, key, (callee, given) => callOne(machine, callee, given, site, frame))
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
      machine.raise({ exception: reader.raises, environment: { name: variable, site } });
      return { kind: "environment", name: variable, site };
    }
    return symbol(machine, { kind: "symbol", name, base: owner, key, site });
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
  const observation = { site, callee, arguments: given };
  machine.observe?.(
    frame.function === undefined ? observation : { ...observation, within: frame.function },
  );
  const value = union(
    alternativesOf(callee).map((one) => ({ value: callOne(machine, one, given, site, frame) })),
    site,
  );
  return recall(machine, frame, value);
}

function callOne(
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
  if (callee.base !== undefined) {
    const method = callee.name.slice(callee.name.lastIndexOf(".") + 1);
    const result =
      callee.base.kind === "symbol"
        ? callContainer(machine, callee.base, method, given, site)
        : callMethod(machine, callee.base, method, given, site);
    if (result !== undefined) return result;
  }
  const cast = machine.models.casts.get(callee.name);
  const [word] = given.positional;
  if (cast !== undefined && word !== undefined && asString(word) !== undefined)
    return keepEnvironment(word, applyCast(machine, cast, word, site));
  const known = callLibrary(callee, given, site, (inner, more) =>
    callOne(machine, inner, more, site, frame),
  );
  if (known !== undefined) return known;
  const including = machine.models.includes.find((one) => one.call === callee.name);
  if (including !== undefined) {
    for (const file of given.positional) include(machine, file, including.optional, frame);
    return constant(null, site);
  }
  if (callee.name === "importlib.import_module") {
    const dotted = asString(given.positional[0]);
    const module = dotted === undefined ? undefined : machine.importByName(frame, dotted, site);
    if (module !== undefined) return module;
  }
  if (callee.name.startsWith("builtins.") && callee.base === undefined) {
    const name = callee.name.slice("builtins.".length);
    if (name === "getattr") return callGetattr(machine, given, site);
    if (name === "super") return callSuper(frame, site);
    const result = callBuiltin(name, given, site);
    if (result !== undefined) return result;
  }
  const value = symbol(machine, {
    kind: "symbol",
    name: `${callee.name}()`,
    base: callee,
    call: given,
    site,
  });
  return withContents(machine, value);
}

/** Runs a file, named relative to the one that runs, as if its text stood here. */
function include(machine: Machine, file: Value, optional: string, frame: Frame): void {
  const isOptional = file.kind === "symbol" && file.name === optional;
  const path = asString(isOptional ? file.call?.positional[0] : file);
  if (path !== undefined) machine.runFile(frame, path);
}

function callGetattr(machine: Machine, given: Arguments, site: Site): Value {
  const [owner, nameValue, fallback] = given.positional;
  const name = asString(nameValue);
  if (owner === undefined || name === undefined) return derived(everyArgument(given), site);
  if (owner.kind === "module") {
    const scope = machine.module(owner.path);
    const binding = scope === undefined ? undefined : bindingIn(scope, name);
    return binding?.value ?? fallback ?? derived([owner], site);
  }
  const value = attribute(machine, owner, name, site);
  return fallback === undefined ? value : union([{ value }, { value: fallback }], site);
}

/** `super()`: an instance of the first base, with the attributes of `self`. */
function callSuper(frame: Frame, site: Site): Value {
  const receiver = frame.function?.receiver;
  const [base] =
    receiver?.kind === "instance"
      ? receiver.class.bases
      : receiver?.kind === "class"
        ? receiver.bases
        : [];
  if (base?.kind === "class" && receiver?.kind === "instance") return { ...receiver, class: base };
  if (base?.kind === "symbol") return { kind: "symbol", name: `${base.name}()`, base, site };
  return derived([], site);
}
