import type { ClassNode, FunctionNode, Statement } from "../ast.ts";
import { ancestry, inherited, outsideBase } from "./ancestry.ts";
import { assign, augment, remove } from "./assignment.ts";
import { executeFor, executeIf, executeMatch, executeWhile } from "./branches.ts";
import { type Completion, isImportOfTree, NORMAL, type StatementMachine } from "./completion.ts";
import { dict, namespace, sequence } from "./containers.ts";
import { exceptionOf } from "./exceptions.ts";
import { defaultsOf, evaluate } from "./expressions.ts";
import { asNoted, withFacts } from "./facts.ts";
import { passGuard } from "./guards.ts";
import { executeTry, executeWith } from "./handlers.ts";
import { makeMembers } from "./instances.ts";
import { bind, bindingIn, type Frame, type Machine, newScope } from "./machine.ts";
import { parameterType } from "./parameters.ts";
import { passOver } from "./passed-over.ts";
import { refine, refineReturned } from "./refine.ts";
import { markUnset } from "./unset.ts";
import {
  type Arguments,
  type ClassValue,
  constant,
  type FunctionValue,
  type Scope,
  type Site,
  truth,
  type Value,
} from "./values.ts";
import { decorate } from "./wrapped.ts";

/** Runs statements in order until one of them leaves the block. `keepsFacts` where what they were sure of is so behind them. */
export function execute(
  machine: StatementMachine,
  body: readonly Statement[],
  frame: Frame,
  keepsFacts = false,
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
    if (completion.kind === "return" && completion.environment !== undefined)
      passOver(machine, frame, body.slice(body.indexOf(node) + 1), completion.environment);
    if (completion.kind !== "normal") break;
  }
  if (!keepsFacts) frame.facts.length = facts;
  return completion;
}

/** What a call that stands alone leaves behind: it may have raised an error, or never come back. */
function afterCall(machine: StatementMachine, frame: Frame, value: Value): Completion {
  if (isAbort(machine, value)) return { kind: "raise", exception: undefined };
  refineReturned(machine, frame, value);
  // `data.isdigit() or abort(400)`
  const { test } = value;
  if (test?.kind === "or" || test?.kind === "and") {
    const [asked, last, ...more] = test.operands;
    if (asked !== undefined && last !== undefined && more.length === 0 && isAbort(machine, last))
      refine(machine, frame, asked, test.kind === "or");
  }
  return NORMAL;
}

/** True for the answer of a call that never gives one. */
function isAbort({ models }: StatementMachine, value: Value): boolean {
  return value.kind === "symbol" && models.aborts.has(value.name.replace(/\(\)$/, ""));
}

function executeOne(machine: StatementMachine, node: Statement, frame: Frame): Completion {
  const site: Site = { file: frame.file, node };
  switch (node.nodeType) {
    case "Expr":
      return afterCall(machine, frame, evaluate(machine, node.value, frame));
    case "Assign": {
      const value = asNoted(machine, evaluate(machine, node.value, frame), frame);
      if (machine.raised !== undefined) return NORMAL;
      for (const target of node.targets) assign(machine, frame, target, value, site);
      refineReturned(machine, frame, value);
      return NORMAL;
    }
    case "AnnAssign":
      if (node.value !== undefined && node.value !== null) {
        const value = evaluate(machine, node.value, frame);
        if (machine.raised === undefined) assign(machine, frame, node.target, value, site);
        refineReturned(machine, frame, value);
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
      // A dict that several variables filled owes each what stands under its own key.
      const isShared = value.kind === "dict" && frame.unset.some((one) => one.name !== unset?.name);
      const marked = unset === undefined || isShared ? value : markUnset(value, unset);
      if (machine.raised === undefined) frame.returns.push(withFacts(marked, frame));
      if (node.value) observeReturn(machine, frame, value, { file: frame.file, node: node.value });
      return { kind: "return" };
    }
    case "Raise": {
      if (!node.exc) return { kind: "raise", exception: undefined };
      const value = evaluate(machine, node.exc, frame);
      return { kind: "raise", exception: exceptionOf(value), value };
    }
    case "Assert": {
      const test = evaluate(machine, node.test, frame);
      if (truth(test) !== true) machine.doubts.count++;
      refine(machine, frame, test, true);
      return NORMAL;
    }
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
    case "Break": {
      const loop = machine.loops.at(-1);
      if (loop !== undefined) loop.ways++;
      return { kind: "break" };
    }
    case "Continue":
      return { kind: "continue" };
    default:
      return NORMAL;
  }
}

/** What a framework gets from a function is observed as a call of `decorator->`, `Base.method->` or the like with what is returned. */
function observeReturn(machine: Machine, frame: Frame, value: Value, site: Site): void {
  const within = frame.function;
  if (machine.observe === undefined || within === undefined) return;
  const nothing = { positional: [], keywords: new Map() };
  const names = new Map<string, Pick<Arguments, "positional" | "keywords">>();
  for (const one of within.decorators)
    if (one.kind === "symbol") names.set(one.name, one.call ?? nothing);
  if (within.receiver?.kind === "instance") {
    const base = outsideBase(machine, within.receiver.class);
    if (base !== undefined) names.set(`${base}.${within.name}`, nothing);
  }
  // Or of what the framework gives it: `aws.lambda-event()->`.
  const [first] = within.receiver === undefined ? within.node.args.args : [];
  const filled = first && parameterType(machine, within, first.arg, undefined).is;
  if (filled !== undefined) names.set(filled, nothing);
  for (const [name, { positional, keywords }] of names)
    machine.observe({
      site,
      callee: { kind: "symbol", name: `${name}->`, site },
      // Behind what is returned, what the decorator was told of it.
      arguments: { positional: [value, ...positional], keywords, open: false },
      within,
    });
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

/** What the decorators of the tree make of a function or class, as far as that is one; all others leave it as it is. */
function decorated(
  machine: StatementMachine,
  value: FunctionValue | ClassValue,
  site: Site,
): Value {
  let result = value;
  if (!machine.eager) return result;
  for (const decorator of [...(value.decorators ?? [])].reverse()) {
    const made = decorate(machine, decorator, result, site);
    if (made?.kind === "function" || made?.kind === "class") result = made;
    // What is no function is what the name stands for from here on, so that nothing is left to decorate.
    else if (made !== undefined && isKnown(made)) return made;
  }
  return result;
}

function isKnown({ kind }: Value): boolean {
  return ["constant", "sequence", "dict", "class", "instance"].includes(kind);
}

function defineClass(machine: StatementMachine, node: ClassNode, frame: Frame, site: Site): void {
  const scope = newScope("class", frame.scope);
  const keywords = new Map(
    node.keywords.map((one) => [one.arg, evaluate(machine, one.value, frame)] as const),
  );
  const metaclass = keywords.get("metaclass");
  const value: ClassValue = {
    kind: "class",
    node,
    name: node.name,
    file: frame.file,
    bases: node.bases.map((base) => withoutTypes(evaluate(machine, base, frame))),
    decorators: node.decorator_list.map((decorator) => evaluate(machine, decorator, frame)),
    scope,
    site,
    ...(metaclass && { metaclass }),
  };
  machine.own(value);
  execute(machine, node.body, { ...frame, scope, foreign: new Map() });
  if (machine.eager) makeMembers(machine, value, site);
  if (machine.eager) {
    tellBases(machine, value, frame, site);
    tellMetaclass(machine, value, site);
  }
  bind(machine, frame, node.name, decorated(machine, value, site), site);
}

/** What is extended where the types of its members are named too: `Manager["Page"]`, `Repository[User]`. */
function withoutTypes(base: Value): Value {
  const isSubscripted = base.kind === "symbol" && base.key !== undefined;
  return isSubscripted && base.base?.kind === "symbol" ? base.base : base;
}

/** Calls the `__init_subclass__` of the nearest base that has one. */
function tellBases(machine: StatementMachine, made: ClassValue, frame: Frame, site: Site): void {
  for (const base of ancestry(machine, made).slice(1)) {
    const hook =
      base.kind === "class" ? bindingIn(base.scope, "__init_subclass__")?.value : undefined;
    if (hook?.kind !== "function") continue;
    const keywords = new Map(
      made.node.keywords.flatMap((one): [string, Value][] =>
        one.arg ? [[one.arg, evaluate(machine, one.value, frame)]] : [],
      ),
    );
    machine.call({ ...hook, receiver: made }, { positional: [], keywords, open: false }, site);
    return;
  }
}

/** Calls the `__init__` of the class of the tree that a class is an instance of. */
function tellMetaclass(machine: StatementMachine, made: ClassValue, site: Site): void {
  const [meta] = ancestry(machine, made).flatMap((one) =>
    one.kind === "class" && one.metaclass !== undefined ? [one.metaclass] : [],
  );
  const init = meta?.kind === "class" ? inherited(machine, meta, "__init__") : undefined;
  if (init?.kind !== "function") return;
  const module = constant(machine.nameOf(made.file.path), site);
  const names = namespace(made.scope, site).contents.content.entries;
  const own = new Map([...names, ["s__module__", { key: constant("__module__"), value: module }]]);
  const positional = [
    constant(made.name, site),
    sequence("tuple", made.bases, site),
    dict(own, site),
  ];
  machine.call({ ...init, receiver: made }, { positional, keywords: new Map(), open: false }, site);
}

function executeImport(
  machine: StatementMachine,
  node: Extract<Statement, { nodeType: "Import" | "ImportFrom" }>,
  frame: Frame,
  site: Site,
): Completion {
  const completion = importAll(machine, node, frame, site);
  // What is outside the tree may not be installed; what is surely not there leaves nothing to doubt.
  if (completion.kind === "normal" && !isImportOfTree(machine, node, frame)) machine.doubts.count++;
  return completion;
}

function importAll(
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
      // The module below it runs as well, and where a handler waits for that it counts whether it is there.
      const below = bound === alias.name ? value : machine.importModule(frame, alias.name, 0, site);
      if (below === "absent" && machine.catchers.some((takes) => takes("ModuleNotFoundError")))
        return missing;
      const folder = value === below ? undefined : packageFolder(value, below, alias.name);
      const named = folder === undefined ? value : { ...value, folder };
      bind(machine, frame, alias.asname ?? bound, named, site);
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

/** The folder of the package that a dotted name begins with, where only the module at its end is a file of the tree. */
function packageFolder(top: Value, module: Value | "absent", dotted: string): string | undefined {
  if (top.kind !== "symbol" || module === "absent" || module.kind !== "module") return undefined;
  const parts = module.path.replace(/(?:\/__init__)?\.py$/, "").split("/");
  return parts.slice(0, parts.length - dotted.split(".").length + 1).join("/");
}
