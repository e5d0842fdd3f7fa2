import type { Expression, Statement } from "../ast.ts";
import { inherited } from "./ancestry.ts";
import { assign } from "./assignment.ts";
import { type Branch, merge } from "./branches.ts";
import { type Completion, isImportOfTree, NORMAL, type StatementMachine } from "./completion.ts";
import { takes } from "./exceptions.ts";
import { evaluate } from "./expressions.ts";
import { bind, type Frame } from "./machine.ts";
import { callSpecial } from "./special-methods.ts";
import { markUnset, markWrites } from "./unset.ts";
import { constant, derived, type InstanceValue, type Site, truth, type Value } from "./values.ts";

/** Runs the body and, where it is sure to raise, the handler that takes it; else the handlers beside what follows the body. */
export function executeTry(
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
  const doubts = machine.doubts.count;
  const body = machine.heap.branch(() => machine.run(node.body, frame));
  machine.catchers.pop();
  const isSure = machine.eager && machine.doubts.count === doubts && body.result.kind !== "raise";
  const completion =
    body.result.kind === "raise" && body.result.exception !== undefined
      ? caught(machine, node, frame, body, body.result)
      : uncaught(machine, isSure ? { ...node, handlers: [] } : node, frame, body);
  const last = machine.run(node.finalbody, frame);
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
  if (environment === undefined) return machine.run(handler.body, frame);
  const before = frame.returns.length;
  const { result, writes } = machine.heap.branch(() => machine.run(handler.body, frame));
  machine.heap.apply(markWrites(writes, environment));
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
  return takes(value, "ModuleNotFoundError") === true && takes(value, "ValueError") === false;
}

/** Enters each context, runs the body, and takes the exceptions that the contexts take. */
export function executeWith(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "With" | "AsyncWith" }>,
  frame: Frame,
  site: Site,
): Completion {
  const managers: InstanceValue[] = [];
  const completion = enterAndRun(machine, node, frame, site, managers);
  const none = constant(null, site);
  for (const manager of managers) callSpecial(machine, manager, "__exit__", site, none, none, none);
  return completion;
}

function enterAndRun(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "With" | "AsyncWith" }>,
  frame: Frame,
  site: Site,
  managers: InstanceValue[],
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
    if (value.kind !== "instance") continue;
    managers.push(value);
    if (takesAll(machine, value, site))
      suppressed.push({ kind: "symbol", name: "builtins.BaseException", site });
  }
  if (suppressed.length === 0) return machine.run(node.body, frame);
  const taking = (exception: string) => suppressed.some((one) => takes(one, exception) === true);
  machine.catchers.push(taking);
  const doubts = machine.doubts.count;
  const body = machine.heap.branch(() => machine.run(node.body, frame));
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
