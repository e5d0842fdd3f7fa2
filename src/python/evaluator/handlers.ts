import type { Expression, Statement } from "../ast.ts";
import { inherited } from "./ancestry.ts";
import { assign } from "./assignment.ts";
import { merge } from "./branches.ts";
import {
  type Branch,
  type Completion,
  isImportOfTree,
  NORMAL,
  type StatementMachine,
} from "./completion.ts";
import { withinPrefix } from "./environment.ts";
import { type Exception, takes } from "./exceptions.ts";
import { evaluate } from "./expressions.ts";
import { bind, type Frame, type Pause } from "./machine.ts";
import { passOver } from "./passed-over.ts";
import { callSpecial } from "./special-methods.ts";
import { bindUnknown } from "./unknown-names.ts";
import { markUnset, markWrites } from "./unset.ts";
import {
  constant,
  derived,
  type InstanceValue,
  type Site,
  type SymbolValue,
  truth,
  type Value,
} from "./values.ts";

/** Runs the body and, where it is sure to raise, the handler that takes it; else the handlers beside what follows the body. */
export function executeTry(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Try" | "TryStar" }>,
  frame: Frame,
): Completion {
  const taking = (exception: Exception) =>
    node.handlers.some(
      (handler) =>
        (!handler.type ||
          takes(machine, evaluate(machine, handler.type, frame), exception) === true) &&
        !(IS_IMPORT.has(exception) && givesUp(machine, handler, frame)),
    );
  machine.catchers.push(taking);
  const doubts = machine.doubts.count;
  const isLast = node.finalbody.length === 0;
  if (!isLast) machine.loops.push(undefined);
  const body = machine.heap.branch(() => machine.run(node.body, frame));
  machine.catchers.pop();
  const isSure =
    (machine.eager && machine.doubts.count === doubts && body.result.kind !== "raise") ||
    node.body.every(raisesNothing);
  const completion =
    body.result.kind === "raise" && body.result.exception !== undefined
      ? caught(machine, node, frame, body, body.result)
      : uncaught(machine, isSure ? { ...node, handlers: [] } : node, frame, body);
  if (!isLast) machine.loops.pop();
  const last = machine.run(node.finalbody, frame);
  return last.kind === "normal" ? completion : last;
}

const IS_IMPORT: ReadonlySet<Exception> = new Set(["ImportError", "ModuleNotFoundError"]);

/** True for a handler behind which the program does not go on: a module that it waits for is there wherever the program runs. */
function givesUp(
  machine: StatementMachine,
  { body }: { readonly body: readonly Statement[] },
  frame: Frame,
): boolean {
  const last = body.at(-1);
  if (last?.nodeType !== "Expr") return last?.nodeType === "Raise";
  if (last.value.nodeType !== "Call") return false;
  const callee = evaluate(machine, last.value.func, frame);
  return callee.kind === "symbol" && machine.models.aborts.has(callee.name);
}

/** What a block imports is bound though the tree has none of it: where the program runs, somebody put it there. */
function imported(machine: StatementMachine, body: readonly Statement[], frame: Frame): Completion {
  for (const node of body) {
    if (node.nodeType !== "ImportFrom") continue;
    const site: Site = { file: frame.file, node };
    for (const { name, asname } of node.names)
      if (name === "*") bindUnknown(machine, frame.scope, derived([]));
      else bind(machine, frame, asname ?? name, derived([], site), site);
  }
  return NORMAL;
}

/** True for `name = "text"`. */
function raisesNothing(statement: Statement): boolean {
  return (
    statement.nodeType === "Assign" &&
    statement.value.nodeType === "Constant" &&
    statement.targets.every(({ nodeType }) => nodeType === "Name")
  );
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
    handler.type ? takes(machine, evaluate(machine, handler.type, frame), exception ?? "") : true,
  );
  const first = takers.findIndex((answer) => answer !== false);
  if (takers[first] === undefined && first >= 0) return uncaught(machine, node, frame, body);
  machine.heap.apply(body.writes);
  const handler = node.handlers[first];
  if (handler === undefined) return body.result;
  if (exception !== undefined && IS_IMPORT.has(exception) && givesUp(machine, handler, frame))
    return imported(machine, node.body, frame);
  if (handler.name)
    bind(machine, frame, handler.name, raised ?? derived([]), { file: frame.file, node: handler });
  const before = frame.returns.length;
  const { result, writes } = machine.heap.branch(() => {
    const completion = machine.run(handler.body, frame);
    // `raise` alone raises what is handled once more.
    const isAgain =
      completion.kind === "raise" &&
      completion.exception === undefined &&
      completion.value === undefined;
    return isAgain
      ? { ...body.result, ...completion, exception, ...(raised && { value: raised }) }
      : completion;
  });
  if (environment === undefined) {
    machine.heap.apply(writes);
    return result;
  }
  machine.heap.apply(markWrites(writes, environment));
  passOver(machine, frame, node.body, environment);
  const returned = frame.returns.splice(before);
  frame.returns.push(...returned.map((value) => markUnset(value, environment)));
  return result.kind === "raise" ? { ...result, environment } : result;
}

function uncaught(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Try" | "TryStar" }>,
  frame: Frame,
  body: Branch,
): Completion {
  const main = machine.heap.branch(() => {
    machine.heap.apply(body.writes);
    return body.result.kind === "normal" ? machine.run(node.orelse, frame) : body.result;
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
      return machine.run(handler.body, frame);
    }),
  );
  return merge(machine, [main, ...handlers]);
}

function takesOnlyImportErrors(
  machine: StatementMachine,
  type: Expression | undefined,
  frame: Frame,
): boolean {
  // A handler that takes an error which is no ImportError takes others too.
  if (!type) return false;
  const value = evaluate(machine, type, frame);
  return (
    takes(machine, value, "ModuleNotFoundError") === true &&
    takes(machine, value, "ValueError") === false
  );
}

type WithNode = Extract<Statement, { nodeType: "With" | "AsyncWith" }>;

/** Enters each context, runs the body, and takes the exceptions that the contexts take. */
export function executeWith(
  machine: StatementMachine,
  node: WithNode,
  frame: Frame,
  site: Site,
): Completion {
  return enterFrom(machine, node, 0, frame, site);
}

/** Enters the contexts from a place in the list on, the later ones within the earlier ones, and leaves them in turn. */
function enterFrom(
  machine: StatementMachine,
  node: WithNode,
  index: number,
  frame: Frame,
  site: Site,
): Completion {
  const item = node.items[index];
  if (item === undefined) return machine.run(node.body, frame);
  const manager = evaluate(machine, item.context_expr, frame);
  const within = (entered: Value) => {
    if (item.optional_vars) assign(machine, frame, item.optional_vars, entered, site);
    return enterFrom(machine, node, index + 1, frame, site);
  };
  const prefixed = withinPrefix(machine, manager, within);
  if (prefixed !== undefined) return prefixed;
  if (manager.kind === "symbol" && manager.manager !== undefined)
    return withinGenerator(machine, manager.manager, site, within);
  if (manager.kind === "symbol" && manager.name === "contextlib.suppress()") {
    const suppressed = manager.call?.positional ?? [];
    const taking = (exception: Exception) =>
      suppressed.some((one) => takes(machine, one, exception) === true);
    return suppressing(machine, node, frame, taking, () => within(manager));
  }
  if (manager.kind !== "instance") return within(manager);
  const enter = inherited(machine, manager.class, "__enter__");
  const given = { positional: [], keywords: new Map(), open: false };
  const entered =
    enter?.kind === "function"
      ? (machine.call({ ...enter, receiver: manager }, given, site) ?? derived([manager], site))
      : manager;
  const completion = takesAll(machine, manager, site)
    ? suppressing(
        machine,
        node,
        frame,
        () => true,
        () => within(entered),
      )
    : within(entered);
  const none = constant(null, site);
  callSpecial(machine, manager, "__exit__", site, none, none, none);
  return completion;
}

/** Runs what stands within a context that a generator makes where that generator waits; what it raises is raised there. */
function withinGenerator(
  machine: StatementMachine,
  { callee, given }: NonNullable<SymbolValue["manager"]>,
  site: Site,
  within: (entered: Value) => Completion,
): Completion {
  let completion: Completion | undefined;
  const pause: Pause = {
    at: (yielded) => {
      if (completion !== undefined) return;
      completion = within(yielded);
      if (completion.kind !== "raise" || completion.exception === undefined) return;
      const { exception, value, environment } = completion;
      machine.raised = { exception, ...(value && { value }), ...(environment && { environment }) };
    },
  };
  machine.call(callee, given, site, pause);
  machine.raised = undefined;
  if (completion === undefined) return within(derived([], site));
  if (pause.ended?.kind === "raise") return pause.ended;
  const isTaken = completion.kind === "raise" && completion.exception !== undefined;
  return isTaken ? NORMAL : completion;
}

/** Runs what stands within a context that takes exceptions. */
function suppressing(
  machine: StatementMachine,
  node: WithNode,
  frame: Frame,
  taking: (exception: Exception) => boolean,
  within: () => Completion,
): Completion {
  machine.catchers.push(taking);
  const doubts = machine.doubts.count;
  const body = machine.heap.branch(within);
  machine.catchers.pop();
  const isSure = machine.eager && machine.doubts.count === doubts;
  const { result, writes } = body;
  if (result.kind === "raise" && result.exception !== undefined && taking(result.exception)) {
    machine.heap.apply(writes);
    return NORMAL;
  }
  const imports = () => node.body.every((one) => isImportOfTree(machine, one, frame));
  if (result.kind === "normal" && (isSure || imports())) {
    machine.heap.apply(writes);
    return result;
  }
  // What is suppressed may have come before or after any write of the body.
  return merge(machine, [body, { result: NORMAL, writes: new Map() }]);
}

/** True for a context whose `__exit__` says of an exception that it is dealt with. */
function takesAll(machine: StatementMachine, manager: InstanceValue, site: Site): boolean {
  const type: Value = { kind: "symbol", name: "builtins.Exception", site };
  const { result } = machine.heap.branch(() =>
    callSpecial(machine, manager, "__exit__", site, type, derived([type]), derived([])),
  );
  return result !== undefined && truth(result) === true;
}
