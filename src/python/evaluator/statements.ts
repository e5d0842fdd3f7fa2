import type { ClassNode, Expression, FunctionNode, Pattern, SliceNode, Statement } from "../ast.ts";
import { inherited, outsideBase } from "./ancestry.ts";
import { scopeOf, setAttribute } from "./attributes.ts";
import {
  dict,
  memberAt,
  membersOf,
  sequence,
  someMember,
  writeEntries,
  writeItems,
} from "./containers.ts";
import { readEnvironment } from "./environment.ts";
import { defaultsOf, evaluate } from "./expressions.ts";
import { passGuard } from "./guards.ts";
import type { Writes } from "./heap.ts";
import { makeMembers } from "./instances.ts";
import { putMember } from "./library.ts";
import { bind, bindIn, cellOf, type Fact, type Frame, type Machine, newScope } from "./machine.ts";
import { callMethod } from "./methods.ts";
import { binary, compare } from "./operators.ts";
import { refine, refineReturned } from "./refine.ts";
import { isOfType } from "./types.ts";
import {
  asString,
  type Binding,
  type ClassValue,
  constant,
  derived,
  type EnvironmentRead,
  type FunctionValue,
  isSame,
  keyOf,
  type Scope,
  type SequenceValue,
  type Site,
  truth,
  type Value,
} from "./values.ts";

/** Longer known iterables are not unrolled: the body runs for "some member". Settings modules set names from long lists. */
const MAX_UNROLLED = 64;
const MAX_UNROLLED_SETTINGS = 1000;
/** Rounds of a loop of unknown length: the second sees what the first left behind. */
const ROUNDS = 2;

/** A function's answer tells of the tests right before it; of more, nobody can make sense. */
const MAX_FACTS = 8;

/** How a block ended. `raise` names the exception where it is sure to be raised. */
export type Completion =
  | { readonly kind: "normal" | "return" | "break" | "continue" }
  | {
      readonly kind: "raise";
      readonly exception: string | undefined;
      /** The exception itself. */
      readonly value?: Value;
      /** The variable that would have to be set for the exception not to come. */
      readonly environment?: EnvironmentRead;
    };

const NORMAL: Completion = { kind: "normal" };

/** What statements need beyond `Machine`: the parts that know the tree and keep a record of definitions. */
export interface StatementMachine extends Machine {
  /** The value that an import binds, or "absent" when the module is surely not there. */
  importModule(frame: Frame, dotted: string, level: number, site: Site): Value | "absent";
  importName(
    frame: Frame,
    dotted: string,
    level: number,
    name: string,
    site: Site,
  ): Value | "absent";
  /** Brings every public name of a module into the frame; "absent" when the module is surely not there. */
  importStar(frame: Frame, dotted: string, level: number, site: Site): "done" | "absent";
  /** True when the module named in an import is in the tree. */
  isInTree(frame: Frame, dotted: string, level: number): boolean;
  /** Told of every function and class that is defined. */
  defined(value: FunctionValue): void;
  own(value: ClassValue): void;
  /** How often some branch left a block that others went on with. */
  readonly exits: { undecided: number };
  /** For each `try` whose body runs, whether one of its handlers is sure to take an exception. */
  readonly catchers: ((exception: string) => boolean)[];
}

/** Runs statements in order until one of them leaves the block. */
export function execute(
  machine: StatementMachine,
  body: readonly Statement[],
  frame: Frame,
): Completion {
  const facts = frame.facts.length;
  let completion: Completion = NORMAL;
  for (const node of body) {
    if (!machine.enter()) break;
    completion = executeOne(machine, node, frame);
    machine.leave();
    if (machine.raised !== undefined) {
      completion = { kind: "raise", ...machine.raised };
      machine.raised = undefined;
    }
    if (completion.kind === "raise") completion = passGuard(machine, node, frame, completion);
    if (completion.kind !== "normal") break;
  }
  frame.facts.length = facts;
  return completion;
}

/** A yes or no that a function returns says what must have been so for it to get there. */
function withFacts(value: Value, frame: Frame): Value {
  if (frame.facts.length === 0 || value.kind !== "constant" || typeof value.value !== "boolean")
    return value;
  const operands = frame.facts
    .slice(-MAX_FACTS)
    .map(
      ({ test, holds }): Value =>
        holds ? test : { ...derived([test]), test: { kind: "not", operand: test } },
    );
  return { ...value, test: { kind: "and", operands } };
}

/** What a call that stands alone leaves behind: it may have raised an error, or never come back. */
function afterCall(machine: StatementMachine, frame: Frame, value: Value): Completion {
  if (value.kind === "symbol" && machine.models.aborts.has(value.name.replace(/\(\)$/, "")))
    return { kind: "raise", exception: undefined };
  refineReturned(machine, frame, value);
  return NORMAL;
}

function executeOne(machine: StatementMachine, node: Statement, frame: Frame): Completion {
  const site: Site = { file: frame.file, node };
  switch (node.nodeType) {
    case "Expr":
      return afterCall(machine, frame, evaluate(machine, node.value, frame));
    case "Assign": {
      const value = evaluate(machine, node.value, frame);
      if (machine.raised !== undefined) return NORMAL;
      for (const target of node.targets) assign(machine, frame, target, value, site);
      return NORMAL;
    }
    case "AnnAssign":
      if (node.value !== undefined && node.value !== null) {
        const value = evaluate(machine, node.value, frame);
        if (machine.raised === undefined) assign(machine, frame, node.target, value, site);
      }
      return NORMAL;
    case "AugAssign":
      augment(machine, frame, node, site);
      return NORMAL;
    case "If":
      return executeIf(machine, node, frame);
    case "For":
    case "AsyncFor":
      return executeFor(machine, node, frame, site);
    case "While":
      return executeWhile(machine, node, frame);
    case "Try":
    case "TryStar":
      return executeTry(machine, node, frame);
    case "With":
    case "AsyncWith":
      return executeWith(machine, node, frame, site);
    case "Match":
      return executeMatch(machine, node, frame);
    case "FunctionDef":
    case "AsyncFunctionDef":
      define(machine, node, frame, site);
      return NORMAL;
    case "ClassDef":
      defineClass(machine, node, frame, site);
      return NORMAL;
    case "Return": {
      const value = node.value ? evaluate(machine, node.value, frame) : constant(null, site);
      const [unset] = frame.unset;
      const marked = unset === undefined ? value : markUnset(value, unset);
      if (machine.raised === undefined) frame.returns.push(withFacts(marked, frame));
      if (node.value) observeReturn(machine, frame, value, { file: frame.file, node: node.value });
      return { kind: "return" };
    }
    case "Raise": {
      if (!node.exc) return { kind: "raise", exception: undefined };
      const value = evaluate(machine, node.exc, frame);
      return { kind: "raise", exception: exceptionName(value), value };
    }
    case "Assert":
      refine(machine, frame, evaluate(machine, node.test, frame), true);
      return NORMAL;
    case "Delete":
      for (const target of node.targets) remove(machine, frame, target);
      return NORMAL;
    case "Import":
    case "ImportFrom":
      return executeImport(machine, node, frame, site);
    case "Global":
      for (const name of node.names) frame.foreign.set(name, frame.globals);
      return NORMAL;
    case "Nonlocal":
      for (const name of node.names) {
        let scope: Scope | undefined = frame.scope.parent;
        while (scope !== undefined && scope.names.get(name)?.content === undefined)
          scope = scope.parent;
        if (scope !== undefined) frame.foreign.set(name, scope);
      }
      return NORMAL;
    case "Break":
      return { kind: "break" };
    case "Continue":
      return { kind: "continue" };
    default:
      return NORMAL;
  }
}

function exceptionName(value: Value): string | undefined {
  return value.kind === "symbol"
    ? value.name.replace(/\(\)$/, "").replace(/^builtins\./, "")
    : undefined;
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
      bind(
        machine,
        frame,
        target.id,
        namedAfter(machine, frame.scope.kind, target.id, value),
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
          memberAt(value, constant(place), site) ?? derived([value], site),
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
      setAttribute(machine, owner, target.attr, value, site);
      return;
    }
    case "Subscript": {
      const owner = evaluate(machine, target.value, frame);
      if (owner.kind === "dict") {
        const key =
          target.slice.nodeType === "Slice" ? derived([]) : evaluate(machine, target.slice, frame);
        const { entries, open } = owner.contents.content;
        const id = keyOf(key);
        const name = asString(key);
        if (owner.scope !== undefined && name !== undefined)
          bindIn(machine, owner.scope, name, value, value.site ?? site);
        else
          writeEntries(
            machine,
            owner,
            new Map([...entries, [id ?? `?${entries.size}`, { key, value }]]),
            open || id === undefined,
            site,
          );
      } else if (owner.kind === "sequence") setItem(machine, frame, owner, target.slice, value);
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
  const site: Site = { file: frame.file, node };
  const call = {
    site,
    callee: { kind: "symbol", name: `${name}=`, base, site },
    arguments: { positional, keywords: new Map(), open: false },
  } as const;
  machine.observe?.(frame.function === undefined ? call : { ...call, within: frame.function });
}

/** What a framework gets from a function is observed as a call of `decorator->` or `Base.method->` with what is returned. */
function observeReturn(machine: Machine, frame: Frame, value: Value, site: Site): void {
  const within = frame.function;
  if (machine.observe === undefined || within === undefined) return;
  const names = within.decorators.flatMap((one) => (one.kind === "symbol" ? [one.name] : []));
  if (within.receiver?.kind === "instance") {
    const base = outsideBase(machine, within.receiver.class);
    if (base !== undefined) names.push(`${base}.${within.name}`);
  }
  for (const name of names)
    machine.observe({
      site,
      callee: { kind: "symbol", name: `${name}->`, site },
      arguments: { positional: [value], keywords: new Map(), open: false },
      within,
    });
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
): void {
  const { items, open } = owner.contents.content;
  if (slice.nodeType === "Slice") {
    setSlice(machine, frame, owner, slice, value);
    return;
  }
  const key = evaluate(machine, slice, frame);
  const at = key.kind === "constant" && typeof key.value === "number" ? key.value : undefined;
  const place = at === undefined ? -1 : at < 0 ? items.length + at : at;
  if (place >= 0 && place < items.length)
    writeItems(machine, owner, items.with(place, value), open);
  else writeItems(machine, owner, [...items, value], true);
}

/** `owner[lower:upper] = value`. What is replaced is gone; where that is not known, nothing is surely there any more. */
function setSlice(
  machine: Machine,
  frame: Frame,
  owner: SequenceValue,
  slice: SliceNode,
  value: Value,
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
    writeItems(machine, owner, [derived([...items, value])], true);
    return;
  }
  const middle = members ?? [derived([value])];
  const after = items.slice(Math.max(start, end));
  writeItems(
    machine,
    owner,
    [...items.slice(0, start), ...middle, ...after],
    members === undefined,
  );
}

function augment(
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
  assign(machine, frame, node.target, binary(node.op.nodeType, left, right, site), site);
}

function remove(machine: Machine, frame: Frame, target: Expression): void {
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
      setSlice(machine, frame, owner, target.slice, sequence("list", [], site));
    return;
  }
  const key = evaluate(machine, target.slice, frame);
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

interface Branch {
  readonly result: Completion;
  readonly writes: Writes;
}

/** Runs a block whose condition is not decided. */
function fork(
  machine: StatementMachine,
  body: readonly Statement[],
  frame: Frame,
  test: Site,
  fact: Fact,
): Branch {
  return machine.heap.branch(() => {
    machine.conditions.push({ site: test, holds: fact.holds });
    frame.facts.push(fact);
    refine(machine, frame, fact.test, fact.holds);
    const completion = execute(machine, body, frame);
    frame.facts.pop();
    machine.conditions.pop();
    return completion;
  });
}

function leaves({ result }: Branch): boolean {
  return result.kind === "return" || result.kind === "raise";
}

/** Goes on with what the branches that reach the next statement wrote. Leaving a loop early reaches what follows the loop. */
function merge(machine: StatementMachine, branches: readonly Branch[]): Completion {
  const live = branches.filter(
    (branch) => branch.result.kind !== "return" && branch.result.kind !== "raise",
  );
  if (live.length > 0) {
    machine.heap.join(live.map((branch) => branch.writes));
    const kinds = new Set(live.map((branch) => branch.result.kind));
    if (kinds.size > 1 || live.length < branches.length) machine.exits.undecided++;
    const [only] = live;
    return kinds.size === 1 && live.length === branches.length && only !== undefined
      ? only.result
      : NORMAL;
  }
  return (
    branches.find((branch) => branch.result.kind === "return")?.result ?? {
      kind: "raise",
      exception: undefined,
    }
  );
}

function executeIf(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "If" }>,
  frame: Frame,
): Completion {
  const test = evaluate(machine, node.test, frame);
  if (machine.raised !== undefined) return NORMAL;
  const decided = truth(test);
  const site: Site = { file: frame.file, node: node.test };
  if (decided !== undefined) {
    const chosen = decided ? node.body : node.orelse;
    const { environment } = test;
    if (environment === undefined) return execute(machine, chosen, frame);
    // What a helper returns from here on, it returns because the variable is not set.
    if (frame.function !== undefined) frame.unset.push(environment);
    if (frame.function !== undefined || !isWithin(environment.site, site))
      return execute(machine, chosen, frame);
    const { result, writes } = machine.heap.branch(() => execute(machine, chosen, frame));
    machine.heap.apply(markWrites(writes, environment));
    return result;
  }
  const yes = fork(machine, node.body, frame, site, { test, holds: true });
  const no = fork(machine, node.orelse, frame, site, { test, holds: false });
  const completion = merge(machine, [yes, no]);
  // Where one branch leaves the function, the rest of the block runs only after the other.
  if (leaves(yes) !== leaves(no)) frame.facts.push({ test, holds: leaves(no) });
  return completion;
}

/** True where one node stands within another. */
function isWithin(inner: Site, outer: Site): boolean {
  if (inner.file !== outer.file) return false;
  const [a, b] = [inner.file.region(inner.node), outer.file.region(outer.node)];
  const starts = a.startLine - b.startLine || a.startColumn - b.startColumn;
  return starts >= 0 && (a.endLine - b.endLine || a.endColumn - b.endColumn) <= 0;
}

function longest(machine: Machine): number {
  return machine.eager ? MAX_UNROLLED_SETTINGS : MAX_UNROLLED;
}

function executeFor(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "For" | "AsyncFor" }>,
  frame: Frame,
  site: Site,
): Completion {
  const iterable = evaluate(machine, node.iter, frame);
  const members = membersOf(iterable);
  if (members !== undefined && members.length <= longest(machine)) {
    for (const member of members) {
      assign(machine, frame, node.target, member, site);
      const completion = execute(machine, node.body, frame);
      if (completion.kind === "break") return NORMAL;
      if (completion.kind === "return" || completion.kind === "raise") return completion;
    }
    return execute(machine, node.orelse, frame);
  }
  const test: Site = { file: frame.file, node: node.iter };
  for (let round = 0; round < ROUNDS; round++) {
    const branch = machine.heap.branch(() => {
      assign(
        machine,
        frame,
        node.target,
        someMember(iterable, { file: frame.file, node: node.target }),
        site,
      );
      machine.conditions.push({ site: test, holds: true });
      const completion = execute(machine, node.body, frame);
      machine.conditions.pop();
      return completion;
    });
    machine.heap.join([branch.writes, new Map()]);
  }
  return execute(machine, node.orelse, frame);
}

function executeWhile(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "While" }>,
  frame: Frame,
): Completion {
  const test: Site = { file: frame.file, node: node.test };
  let holds = truth(evaluate(machine, node.test, frame));
  // As long as the condition is decided, and the loop is not left by a way that is not, it runs as Python would run it.
  for (let round = 0; holds !== undefined && round < longest(machine); round++) {
    if (!holds) return execute(machine, node.orelse, frame);
    const before = machine.exits.undecided;
    const { result, writes } = machine.heap.branch(() => execute(machine, node.body, frame));
    machine.heap.apply(writes);
    if (machine.exits.undecided !== before) break;
    if (result.kind === "break") return NORMAL;
    if (result.kind === "return" || result.kind === "raise") return result;
    holds = truth(evaluate(machine, node.test, frame));
  }
  for (let round = 0; round < ROUNDS; round++) {
    const asked = evaluate(machine, node.test, frame);
    if (truth(asked) === false) return execute(machine, node.orelse, frame);
    const branch = fork(machine, node.body, frame, test, { test: asked, holds: true });
    machine.heap.join([branch.writes, new Map()]);
  }
  return execute(machine, node.orelse, frame);
}

function executeTry(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Try" | "TryStar" }>,
  frame: Frame,
): Completion {
  const taking = (exception: string) =>
    node.handlers.some(
      (handler) =>
        !handler.type || takes(evaluate(machine, handler.type, frame), exception) === true,
    );
  machine.catchers.push(taking);
  const body = machine.heap.branch(() => execute(machine, node.body, frame));
  machine.catchers.pop();
  const completion =
    body.result.kind === "raise" && body.result.exception !== undefined
      ? caught(machine, node, frame, body, body.result)
      : uncaught(machine, node, frame, body);
  const last = execute(machine, node.finalbody, frame);
  return last.kind === "normal" ? completion : last;
}

/** The body is sure to raise: the first handler that takes the exception runs, and it alone. */
function caught(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Try" | "TryStar" }>,
  frame: Frame,
  body: Branch,
  { exception, environment, value: raised }: Extract<Completion, { kind: "raise" }>,
): Completion {
  const takers = node.handlers.map((handler) =>
    handler.type ? takes(evaluate(machine, handler.type, frame), exception ?? "") : true,
  );
  const first = takers.findIndex((answer) => answer !== false);
  if (takers[first] === undefined && first >= 0) return uncaught(machine, node, frame, body);
  machine.heap.apply(body.writes);
  const handler = node.handlers[first];
  if (handler === undefined) return body.result;
  if (handler.name)
    bind(machine, frame, handler.name, raised ?? derived([]), { file: frame.file, node: handler });
  if (environment === undefined) return execute(machine, handler.body, frame);
  const before = frame.returns.length;
  const { result, writes } = machine.heap.branch(() => execute(machine, handler.body, frame));
  machine.heap.apply(markWrites(writes, environment));
  const returned = frame.returns.splice(before);
  frame.returns.push(...returned.map((value) => markUnset(value, environment)));
  return result.kind === "raise" ? { ...result, environment } : result;
}

/** What a handler sets where a variable is not set is what that variable falls back to. */
function markWrites(writes: Writes, environment: EnvironmentRead): Writes {
  return new Map(
    [...writes].map(([cell, content]) => [
      cell,
      isBinding(content) ? { ...content, value: markUnset(content.value, environment) } : content,
    ]),
  );
}

function markUnset(value: Value, { name, site }: EnvironmentRead): Value {
  if (value.environment !== undefined || value.kind === "environment") return value;
  const isNone = value.kind === "constant" && value.value === null;
  return { ...value, environment: isNone ? { name, site, missing: true } : { name, site } };
}

function isBinding(content: unknown): content is Binding {
  return typeof content === "object" && content !== null && "value" in content && "when" in content;
}

/** What each built-in exception that programs raise and catch on purpose is derived from. */
const PARENTS: Readonly<Record<string, string>> = {
  ArithmeticError: "Exception",
  AttributeError: "Exception",
  Exception: "BaseException",
  FileNotFoundError: "OSError",
  IOError: "OSError",
  ImportError: "Exception",
  IndexError: "LookupError",
  KeyError: "LookupError",
  LookupError: "Exception",
  ModuleNotFoundError: "ImportError",
  NameError: "Exception",
  NotImplementedError: "RuntimeError",
  OSError: "Exception",
  PermissionError: "OSError",
  RuntimeError: "Exception",
  StopIteration: "Exception",
  TypeError: "Exception",
  ValueError: "Exception",
  ZeroDivisionError: "ArithmeticError",
};

/** Whether a handler for a class of exceptions takes one; undefined where that is not known. */
function takes(handled: Value, exception: string): boolean | undefined {
  if (handled.kind === "sequence") {
    const answers = membersOf(handled)?.map((one) => takes(one, exception)) ?? [undefined];
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  }
  if (handled.kind !== "symbol") return undefined;
  const type = handled.name.replace(/^builtins\./, "");
  if (type === "BaseException" || type === "Exception") return true;
  const wanted = type === "IOError" ? "OSError" : type;
  for (let name: string | undefined = exception; name !== undefined; name = PARENTS[name])
    if (name === wanted) return true;
  return exception in PARENTS && wanted in PARENTS ? false : undefined;
}

function uncaught(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Try" | "TryStar" }>,
  frame: Frame,
  body: Branch,
): Completion {
  const main = machine.heap.branch(() => {
    machine.heap.apply(body.writes);
    return body.result.kind === "normal" ? execute(machine, node.orelse, frame) : body.result;
  });
  // Imports of modules that are there raise no ImportError.
  const surelyImports =
    body.result.kind === "normal" && node.body.every((one) => isImportOfTree(machine, one, frame));
  const reached = node.handlers.filter(
    (handler) => !surelyImports || !takesOnlyImportErrors(machine, handler.type, frame),
  );
  const handlers = reached.map((handler) =>
    machine.heap.branch(() => {
      // The exception may have come before or after any write of the body.
      machine.heap.join([body.writes, new Map()]);
      const site: Site = { file: frame.file, node: handler };
      const type = handler.type ? evaluate(machine, handler.type, frame) : derived([]);
      if (handler.name)
        bind(
          machine,
          frame,
          handler.name,
          { kind: "symbol", name: "builtins.Exception()", base: type, site },
          site,
        );
      return execute(machine, handler.body, frame);
    }),
  );
  return merge(machine, [main, ...handlers]);
}

function isImportOfTree(machine: StatementMachine, node: Statement, frame: Frame): boolean {
  if (node.nodeType === "Pass") return true;
  if (node.nodeType === "ImportFrom")
    return machine.isInTree(frame, node.module ?? "", node.level ?? 0);
  return (
    node.nodeType === "Import" &&
    node.names.every((alias) => machine.isInTree(frame, alias.name, 0))
  );
}

function takesOnlyImportErrors(
  machine: StatementMachine,
  type: Expression | undefined,
  frame: Frame,
): boolean {
  // A handler that takes an error which is no ImportError takes others too.
  if (!type) return false;
  const value = evaluate(machine, type, frame);
  return takes(value, "ModuleNotFoundError") === true && takes(value, "ValueError") === false;
}

function executeWith(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "With" | "AsyncWith" }>,
  frame: Frame,
  site: Site,
): Completion {
  const suppressed: Value[] = [];
  for (const item of node.items) {
    const value = evaluate(machine, item.context_expr, frame);
    const enter =
      value.kind === "instance" ? inherited(machine, value.class, "__enter__") : undefined;
    const given = { positional: [], keywords: new Map(), open: false };
    const entered =
      enter?.kind === "function" && value.kind === "instance"
        ? (machine.call({ ...enter, receiver: value }, given, site) ?? derived([value], site))
        : value;
    if (item.optional_vars) assign(machine, frame, item.optional_vars, entered, site);
    if (value.kind === "symbol" && value.name === "contextlib.suppress()")
      suppressed.push(...(value.call?.positional ?? []));
  }
  if (suppressed.length === 0) return execute(machine, node.body, frame);
  const taking = (exception: string) => suppressed.some((one) => takes(one, exception) === true);
  machine.catchers.push(taking);
  const body = machine.heap.branch(() => execute(machine, node.body, frame));
  machine.catchers.pop();
  const { result, writes } = body;
  if (result.kind === "raise" && result.exception !== undefined && taking(result.exception)) {
    machine.heap.apply(writes);
    return NORMAL;
  }
  // What is suppressed may have come before or after any write of the body.
  return merge(machine, [body, { result: NORMAL, writes: new Map() }]);
}

function executeMatch(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Match" }>,
  frame: Frame,
): Completion {
  const subject = evaluate(machine, node.subject, frame);
  const open: Branch[] = [];
  for (const branch of node.cases) {
    const site: Site = { file: frame.file, node: branch.pattern };
    const fits = matches(machine, frame, branch.pattern, subject);
    if (fits === false) continue;
    const { result: run, writes } = machine.heap.branch(() => {
      bindPattern(machine, frame, branch.pattern, subject, site);
      const guard = branch.guard ? truth(evaluate(machine, branch.guard, frame)) : true;
      if (guard === false) return { guard, result: NORMAL };
      machine.conditions.push({ site, holds: true });
      refine(machine, frame, asPattern(machine, frame, branch.pattern, subject), true);
      const result = execute(machine, branch.body, frame);
      machine.conditions.pop();
      return { guard, result };
    });
    if (run.guard === false) continue;
    open.push({ result: run.result, writes });
    if (fits === true && run.guard === true) return merge(machine, open);
  }
  return merge(machine, [...open, { result: NORMAL, writes: new Map() }]);
}

/** A pattern of constants as the comparison that it is. */
function asPattern(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
): Value {
  const patterns = pattern.nodeType === "MatchOr" ? pattern.patterns : [pattern];
  const values = patterns.flatMap((one) =>
    one.nodeType === "MatchValue" ? [evaluate(machine, one.value, frame)] : [],
  );
  if (values.length < patterns.length) return derived([subject]);
  const right = sequence("tuple", values);
  return { ...derived([subject]), test: { kind: "compare", op: "In", left: subject, right } };
}

function matches(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
): boolean | undefined {
  switch (pattern.nodeType) {
    case "MatchValue":
      return compare("Eq", subject, evaluate(machine, pattern.value, frame));
    case "MatchSingleton":
      return subject.kind === "constant"
        ? isSame(subject, constant(pattern.value))
        : compare("Is", subject, constant(pattern.value));
    case "MatchOr": {
      const answers = pattern.patterns.map((one) => matches(machine, frame, one, subject));
      return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
    }
    case "MatchAs":
      return pattern.pattern ? matches(machine, frame, pattern.pattern, subject) : true;
    case "MatchStar":
      return true;
    case "MatchSequence":
      return matchesSequence(machine, frame, pattern.patterns, subject);
    case "MatchMapping": {
      if (subject.kind !== "dict") return isPlain(subject) ? false : undefined;
      return allOf(
        pattern.patterns.map((part, index) => {
          const key = pattern.keys[index];
          const id = key && keyOf(evaluate(machine, key, frame));
          const { entries, open } = subject.contents.content;
          const entry = id === undefined ? undefined : entries.get(id);
          if (entry === undefined) return open || id === undefined ? undefined : false;
          return matches(machine, frame, part, entry.value);
        }),
      );
    }
    case "MatchClass": {
      const type = evaluate(machine, pattern.cls, frame);
      const isOne = isOfType(subject, type);
      if (isOne !== true || pattern.kwd_patterns.length > 0)
        return isOne === false ? false : undefined;
      return allOf(pattern.patterns.map((part) => matches(machine, frame, part, subject)));
    }
    default:
      return undefined;
  }
}

function allOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function isPlain(value: Value): boolean {
  return ["constant", "text", "sequence", "dict", "function", "class", "module"].includes(
    value.kind,
  );
}

function matchesSequence(
  machine: StatementMachine,
  frame: Frame,
  patterns: readonly Pattern[],
  subject: Value,
): boolean | undefined {
  if (subject.kind !== "sequence" || subject.type === "set")
    return isPlain(subject) ? false : undefined;
  const members = membersOf(subject);
  if (members === undefined) return undefined;
  const star = patterns.findIndex((one) => one.nodeType === "MatchStar");
  const wanted = patterns.length - (star < 0 ? 0 : 1);
  if (star < 0 ? members.length !== wanted : members.length < wanted) return false;
  return allOf(
    patterns.map((part, index) => {
      if (index === star) return true;
      const member =
        members[star >= 0 && index > star ? members.length - patterns.length + index : index];
      return member === undefined ? undefined : matches(machine, frame, part, member);
    }),
  );
}

/** Names in a pattern hold the subject or a part of it. */
function bindPattern(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
  site: Site,
): void {
  switch (pattern.nodeType) {
    case "MatchAs":
      if (pattern.name) bind(machine, frame, pattern.name, subject, site);
      if (pattern.pattern) bindPattern(machine, frame, pattern.pattern, subject, site);
      return;
    case "MatchStar":
      if (pattern.name) bind(machine, frame, pattern.name, subject, site);
      return;
    case "MatchSequence": {
      const star = pattern.patterns.findIndex((one) => one.nodeType === "MatchStar");
      const members = membersOf(subject);
      const after = pattern.patterns.length - star - 1;
      pattern.patterns.forEach((part, index) => {
        const place = star >= 0 && index > star ? index - pattern.patterns.length : index;
        const rest = members?.slice(star, members.length - after);
        const value =
          index === star
            ? rest && sequence("list", rest, site)
            : memberAt(subject, constant(place), site);
        bindPattern(machine, frame, part, value ?? derived([subject], site), site);
      });
      return;
    }
    case "MatchMapping":
      pattern.patterns.forEach((part, index) => {
        const key = pattern.keys[index];
        const value =
          key === undefined ? undefined : memberAt(subject, evaluate(machine, key, frame), site);
        bindPattern(machine, frame, part, value ?? derived([subject], site), site);
      });
      if (pattern.rest) {
        const taken = new Set(pattern.keys.map((key) => keyOf(evaluate(machine, key, frame))));
        const left =
          subject.kind === "dict"
            ? [...subject.contents.content.entries].filter(([id]) => !taken.has(id))
            : [];
        const open = subject.kind !== "dict" || subject.contents.content.open;
        bind(machine, frame, pattern.rest, dict(new Map(left), site, open), site);
      }
      return;
    case "MatchClass":
      // `str(name)`: the one position of a built-in type is the subject itself.
      if (
        pattern.patterns.length === 1 &&
        isOfType(subject, evaluate(machine, pattern.cls, frame))
      ) {
        for (const part of pattern.patterns) bindPattern(machine, frame, part, subject, site);
        return;
      }
      for (const part of [...pattern.patterns, ...pattern.kwd_patterns])
        bindPattern(machine, frame, part, derived([subject], site), site);
      return;
    case "MatchOr":
      for (const part of pattern.patterns) bindPattern(machine, frame, part, subject, site);
      return;
    default:
      return;
  }
}

function define(machine: StatementMachine, node: FunctionNode, frame: Frame, site: Site): void {
  const value: FunctionValue = {
    kind: "function",
    node,
    name: node.name,
    file: frame.file,
    closure: frame.scope,
    decorators: node.decorator_list.map((decorator) => evaluate(machine, decorator, frame)),
    defaults: defaultsOf(machine, node.args, frame),
    site,
  };
  machine.defined(value);
  bind(machine, frame, node.name, decorated(machine, value, site), site);
}

/** What the decorators of the tree make of a function, as far as that is a function; all others leave it as it is. */
function decorated(machine: StatementMachine, value: FunctionValue, site: Site): Value {
  let result = value;
  if (!machine.eager) return result;
  for (const decorator of [...value.decorators].reverse()) {
    if (decorator.kind !== "function") continue;
    const given = { positional: [result], keywords: new Map(), open: false };
    const made = machine.call(decorator, given, site);
    if (made?.kind === "function") result = made;
  }
  return result;
}

function defineClass(machine: StatementMachine, node: ClassNode, frame: Frame, site: Site): void {
  const scope = newScope("class", frame.scope);
  const value: ClassValue = {
    kind: "class",
    node,
    name: node.name,
    file: frame.file,
    bases: node.bases.map((base) => evaluate(machine, base, frame)),
    decorators: node.decorator_list.map((decorator) => evaluate(machine, decorator, frame)),
    scope,
    site,
  };
  machine.own(value);
  for (const keyword of node.keywords) evaluate(machine, keyword.value, frame);
  execute(machine, node.body, { ...frame, scope, foreign: new Map() });
  if (machine.eager) makeMembers(machine, value, site);
  bind(machine, frame, node.name, value, site);
}

function executeImport(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Import" | "ImportFrom" }>,
  frame: Frame,
  site: Site,
): Completion {
  const missing: Completion = { kind: "raise", exception: "ModuleNotFoundError" };
  if (node.nodeType === "Import") {
    for (const alias of node.names) {
      const bound = alias.asname ? alias.name : (alias.name.split(".")[0] ?? alias.name);
      const value = machine.importModule(frame, bound, 0, site);
      if (value === "absent") return missing;
      bind(machine, frame, alias.asname ?? bound, value, site);
    }
    return NORMAL;
  }
  const [dotted, level] = [node.module ?? "", node.level ?? 0];
  for (const alias of node.names) {
    if (alias.name === "*") {
      if (machine.importStar(frame, dotted, level, site) === "absent") return missing;
      continue;
    }
    const value = machine.importName(frame, dotted, level, alias.name, site);
    if (value === "absent") return missing;
    bind(machine, frame, alias.asname ?? alias.name, value, site);
  }
  return NORMAL;
}
