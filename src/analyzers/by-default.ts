/**
 * What a program does only when it is asked to, by a call or by the environment. In `def create_app(testing=False)` the branch under
 * `if testing:` is not the state that is deployed, as long as nothing in the tree but tests calls the function with another value;
 * nor is `if settings.CHECK:`, when `CHECK` is off while its variable is unset, or `if ENV == "local":`, when nobody knows `ENV`.
 */
import type { Models } from "../core/models.ts";
import { nameMatches } from "../core/name-pattern.ts";
import {
  type CallNode,
  cellOf,
  type Expression,
  type FunctionNode,
  Interpreter,
  isKind,
  lastName,
  type MatchCase,
  type ModuleFile,
  newScope,
  type Placed,
  type Scope,
  type Site,
  type Statement,
  truth,
  UNKNOWN,
  type Value,
  walk,
  wayTo,
} from "../python/index.ts";
import type { FileUnit, Project } from "./analyzer.ts";
import { wordsOf } from "./name-words.ts";
import { programsBefore } from "./programs.ts";
import { asksWhetherRun, isRunItself } from "./run-files.ts";
import { conditionsAround, type Ground, type PlaceCondition } from "./setting-conditions.ts";
import { asksForDevelopment } from "./stages.ts";
import { textsAround } from "./texts-around.ts";

type Scalar = string | number | bigint | boolean | null;
type Scalars = ReadonlyMap<string, Scalar>;
const NOTHING: Scalars = new Map();

/** What a test is asked with. */
interface Given {
  /** What is known of parameters, by their names. */
  readonly parameters: Scalars;
  readonly switches: Models["switches"];
  /** Asked where these do not tell. */
  readonly otherwise: (test: Expression) => boolean | undefined;
}

/** A test on the way to a place, which has to come out as it `holds`. */
interface Condition {
  readonly test: Expression;
  readonly holds: boolean;
  /** Within which it stands, the outermost first. */
  readonly functions: readonly FunctionNode[];
}

/**
 * True for a node in a branch that the defaults of the parameters around it leave out, and no call in the tree enters; and in one of
 * which it is not known whether it is entered, and which is by its words for developers and tests. What a file does only when it is run
 * itself is for developers, too, unless it is started so, or `whenRun` what is done then counts.
 */
export function isLeftOutByDefault(
  node: Placed,
  file: ModuleFile,
  unit: FileUnit,
  whenRun = false,
): boolean {
  const way = wayTo(node, file.body);
  const conditions = conditionsOn(way);
  if (conditions.length === 0) return false;
  if (!whenRun && isForWhoRuns(conditions, file, unit)) return true;
  const isOut = (parameters: Scalars) => isLeftOut(conditions, parameters, file, unit);
  if (conditions.some((one) => comesOut(one, NOTHING, file, unit) === !one.holds)) return true;
  const defaults = defaultsOn(way);
  if (!isOut(defaults)) return false;
  return !callsInto(way, unit).some(
    ({ by, given }) =>
      !isOut(new Map([...defaults, ...given])) && !isForDevelopers(by.call, by.file, unit),
  );
}

/**
 * True for a node in a branch of which nothing in the tree tells whether it is entered: neither the modules that its file imports, nor
 * the defaults of the parameters around it, nor what a call of their functions gives.
 */
export function isUndecided({ node, file }: Site, unit: FileUnit): boolean {
  const way = wayTo(node, file.body);
  const conditions = conditionsOn(way).filter(({ test }) => !asksWhoRuns(test));
  if (conditions.length === 0) return false;
  const defaults = defaultsOn(way);
  const holdWith = (parameters: Scalars) =>
    conditions.every((one) => comesOut(one, parameters, file, unit) === one.holds);
  return (
    !holdWith(defaults) &&
    !callsInto(way, unit).some(({ given }) => holdWith(new Map([...defaults, ...given])))
  );
}

/** What the parameters of the functions on the way to a place are by default. */
function defaultsOn(way: readonly Placed[]): Scalars {
  return new Map(way.flatMap((one) => (isFunction(one) ? [...defaultsOf(one)] : [])));
}

/** The calls in the tree of the functions on the way to a place, with the constants that each gives; of a class for its `__init__`. */
function callsInto(
  way: readonly Placed[],
  unit: FileUnit,
): readonly { readonly by: CallIn; readonly given: Scalars }[] {
  return way.flatMap((one, depth) => {
    if (!isFunction(one)) return [];
    const owner = way[depth - 1];
    const isMethod = owner !== undefined && isKind(owner, "ClassDef");
    const called = isMethod && one.name === "__init__" ? owner.name : one.name;
    return callsOf(called, unit).map((by) => ({ by, given: givenTo(one, by.call, isMethod) }));
  });
}

/** True for a call that is made only while the program is developed, by its module's name or by what stands around it. */
export function isForDevelopers(call: Placed, file: ModuleFile, unit: FileUnit): boolean {
  const { developing } = unit.project.models.stages;
  return (
    wordsOf(file.path).some((word) => developing.includes(word)) ||
    isLeftOut(conditionsOn(wayTo(call, file.body)), NOTHING, file, unit)
  );
}

/** True where a file has to be run itself for what stands under some conditions, and nothing that starts the program does so. */
function isForWhoRuns(conditions: readonly Condition[], file: ModuleFile, unit: FileUnit): boolean {
  const asks = ({ test, holds }: Condition): boolean =>
    holds &&
    (asksWhetherRun(test) ||
      (isKind(test, "BoolOp") &&
        test.op.nodeType === "And" &&
        test.values.some((one) => asksWhetherRun(one))));
  return (
    conditions.some((one) => one.functions.length === 0 && asks(one)) &&
    !run.ask(unit, file.path, () => isRunItself(file, unit.project))
  );
}

function isLeftOut(
  conditions: readonly Condition[],
  parameters: Scalars,
  file: ModuleFile,
  unit: FileUnit,
): boolean {
  const { stages } = unit.project.models;
  return conditions.some((one) => {
    const { test, holds } = one;
    const outcomeOf = (part: Expression) =>
      comesOut({ ...one, test: part }, parameters, file, unit);
    const answer = outcomeOf(test);
    return answer === undefined
      ? asksForDevelopment(test, holds, outcomeOf, stages)
      : answer !== holds;
  });
}

function comesOut(
  { test, functions }: Condition,
  parameters: Scalars,
  file: ModuleFile,
  unit: FileUnit,
): boolean | undefined {
  const { switches } = unit.project.models;
  const otherwise = (part: Expression) => judgeOf(file, unit).outcome(part, functions);
  return outcome(test, { parameters, switches, otherwise });
}

/** What has to hold, or not to, before a place is reached: by the branch it stands in, or past a return. */
function conditionsOn(way: readonly Placed[]): Condition[] {
  return way.flatMap((one, depth) => {
    const next = way[depth + 1];
    if (next === undefined) return [];
    const functions = way.slice(0, depth + 1).filter(isFunction);
    const found: Condition[] = [];
    if ((isKind(one, "If") || isKind(one, "IfExp")) && next !== one.test) {
      const isElse = [one.orelse].flat().some((part) => part === next);
      found.push({ test: one.test, holds: !isElse, functions });
    }
    const asked =
      isKind(one, "Match") && isKind(next, "MatchCase") ? testOf(one.subject, next) : undefined;
    if (asked !== undefined) found.push({ test: asked, holds: true, functions });
    const body = "body" in one && Array.isArray(one.body) ? one.body : [];
    for (const before of body.slice(0, Math.max(0, body.indexOf(next)))) {
      if (isKind(before, "If") && before.orelse.length === 0 && leaves(before.body))
        found.push({ test: before.test, holds: false, functions });
    }
    return found;
  });
}

const testsOfCases = new WeakMap<MatchCase, Expression>();

/** What a case asks, as an `if` would: `subject == A`, or `subject in (A, B)`; undefined where it asks for no values. */
function testOf(subject: Expression, one: MatchCase): Expression | undefined {
  const known = testsOfCases.get(one);
  if (known !== undefined) return known;
  const values = valuesIn(one.pattern);
  const [first] = values;
  if (first === undefined) return undefined;
  const { lineno, col_offset } = subject;
  const place = { lineno, col_offset };
  const all: Expression = { nodeType: "Tuple", elts: values, ctx: { nodeType: "Load" }, ...place };
  const test: Expression = {
    nodeType: "Compare",
    left: subject,
    ops: [{ nodeType: values.length === 1 ? "Eq" : "In" }],
    comparators: [values.length === 1 ? first : all],
    ...place,
  };
  testsOfCases.set(one, test);
  return test;
}

/** The values of which a pattern asks for one; none where it asks for anything else. */
function valuesIn(pattern: MatchCase["pattern"]): Expression[] {
  if (pattern.nodeType === "MatchValue") return [pattern.value];
  if (pattern.nodeType === "MatchAs") return pattern.pattern ? valuesIn(pattern.pattern) : [];
  if (pattern.nodeType !== "MatchOr") return [];
  const each = pattern.patterns.map(valuesIn);
  return each.every((one) => one.length > 0) ? each.flat() : [];
}

function leaves(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  return last !== undefined && (isKind(last, "Return") || isKind(last, "Raise"));
}

function isFunction(node: Placed): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

/** True where something of one of the names is called in the tree, and not only when the environment asks for it. */
export function isCalledByDefault(names: readonly string[], unit: FileUnit): boolean {
  return names.some((name) =>
    callsOf(name, unit).some(({ call, file }) => !judgeOf(file, unit).isOff(call.lineno ?? 1)),
  );
}

interface CallIn {
  readonly call: CallNode;
  readonly file: ModuleFile;
}

/** What the conditions of a file come to, as the modules are that it imports. */
interface Judge {
  readonly outcome: (test: Expression, functions: readonly FunctionNode[]) => boolean | undefined;
  /** True for a line that a condition is around which surely comes out the other way. */
  readonly isOff: (line: number) => boolean;
  /** What answers the conditions. */
  readonly ground: (functions: readonly FunctionNode[]) => Ground;
}

/** The conditions around a place, the innermost first, as the modules are that its file imports; but for who runs the file. */
export function conditionsIn(site: Site, unit: FileUnit): PlaceCondition[] {
  return conditionsAround(site, (_, functions) =>
    judgeOf(site.file, unit).ground(functions),
  ).filter(({ text }) => !text.includes("__name__"));
}

/** What an expression at a place is, as the modules are that its file imports: with what a variable that is not set leaves of it. */
export function valueIn(node: Expression, { file }: Site, unit: FileUnit): Value | undefined {
  const functions = wayTo(node, file.body).filter(isFunction);
  const { interpreter, scope } = judgeOf(file, unit).ground(functions);
  return interpreter.valueIn(file.path, node, scope);
}

/** Tells of lines of a file whether a condition around them surely comes out the other way, as the modules are that it imports. */
export function offByDefault(file: ModuleFile, project: Project): (line: number) => boolean {
  return judge(file, project).isOff;
}

function judge(file: ModuleFile, project: Project): Judge {
  let made: Interpreter | undefined;
  const ground: Judge["ground"] = (functions) => {
    if (made === undefined) {
      made = new Interpreter(project, { eager: true });
      for (const program of programsBefore(file.path, project)) made.module(program);
    }
    return { interpreter: made, scope: scopeIn(made, file, functions) };
  };
  const answers = new Map<Expression, boolean | undefined>();
  const outcomeOf: Judge["outcome"] = (test, functions) => {
    if (!answers.has(test)) {
      const { interpreter, scope } = ground(functions);
      const answer = asksWhoRuns(test) ? undefined : interpreter.valueIn(file.path, test, scope);
      answers.set(test, answer && truth(answer));
    }
    return answers.get(test);
  };
  const isOff = (
    body: readonly Statement[],
    line: number,
    functions: readonly FunctionNode[] = [],
  ): boolean => {
    const around = body.find((one) => one.lineno <= line && (one.end_lineno ?? one.lineno) >= line);
    if (around === undefined) return false;
    const within = isFunction(around) ? [...functions, around] : functions;
    for (const [part, isElse] of bodiesOf(around)) {
      const [first, last] = [part[0], part.at(-1)];
      if (first === undefined || last === undefined) continue;
      if (first.lineno > line || (last.end_lineno ?? last.lineno) < line) continue;
      if (isElse !== undefined && isKind(around, "If") && outcomeOf(around.test, within) === isElse)
        return true;
      return isOff(part, line, within);
    }
    return false;
  };
  return { outcome: outcomeOf, isOff: (line) => isOff(file.body, line), ground };
}

/** True for a test that a file passes when it is run itself. */
function asksWhoRuns(test: Expression): boolean {
  return [...walk(test)].some((one) => isKind(one, "Name") && one.id === "__name__");
}

/** The names of a module as functions in it see them: those that a function binds are its own, known where it binds them once. */
export function scopeIn(
  interpreter: Interpreter,
  file: ModuleFile,
  functions: readonly FunctionNode[],
): Scope | undefined {
  const module = interpreter.module(file.path);
  return functions.reduce<Scope | undefined>((around, one) => {
    if (around === undefined) return undefined;
    const scope = newScope("function", around);
    const bind = (name: string, value: Value) => {
      cellOf(scope, name).content = { value, site: { file, node: one }, when: [] };
    };
    const bound = namesBoundBy(one);
    for (const name of bound.keys()) bind(name, UNKNOWN);
    for (const statement of one.body) {
      const target = isKind(statement, "Assign") ? statement.targets[0] : undefined;
      if (!isKind(statement, "Assign") || target?.nodeType !== "Name") continue;
      const value =
        bound.get(target.id) === 1 && interpreter.valueIn(file.path, statement.value, scope);
      if (value) bind(target.id, value);
    }
    return scope;
  }, module);
}

/** The names that the text of a function binds, its parameters and those of functions within included, and how often. */
function namesBoundBy(called: FunctionNode): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const note = (name: string) => found.set(name, (found.get(name) ?? 0) + 1);
  for (const node of walk(called)) {
    if (isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "Lambda")) {
      const { posonlyargs, args, kwonlyargs, vararg, kwarg } = node.args;
      for (const one of [...posonlyargs, ...args, ...kwonlyargs, vararg, kwarg])
        if (one) note(one.arg);
    }
    if (isKind(node, "Name") && node.ctx.nodeType === "Store") note(node.id);
  }
  return found;
}

/** The statements within a statement; of a condition's, whether they run where it does not hold. */
function bodiesOf(node: Statement): readonly (readonly [readonly Statement[], boolean?])[] {
  if (isKind(node, "If"))
    return [
      [node.body, false],
      [node.orelse, true],
    ];
  if (isKind(node, "Try"))
    return [
      [node.body],
      ...node.handlers.map((handler) => [handler.body] as const),
      [node.orelse],
      [node.finalbody],
    ];
  const otherwise = isKind(node, "For") || isKind(node, "AsyncFor") || isKind(node, "While");
  return "body" in node && Array.isArray(node.body)
    ? [[node.body], ...(otherwise ? [[node.orelse] as const] : [])]
    : [];
}

/** For a constant, which asks for nothing. */
const ALONE: Given = { parameters: NOTHING, switches: {}, otherwise: () => undefined };

/** How a test comes out; undefined where what is given does not tell. */
function outcome(test: Expression, given: Given): boolean | undefined {
  if (isKind(test, "UnaryOp") && test.op.nodeType === "Not") {
    const inner = outcome(test.operand, given);
    return inner === undefined ? undefined : !inner;
  }
  if (isKind(test, "BoolOp")) {
    const answers = test.values.map((one) => outcome(one, given));
    const decisive = test.op.nodeType === "Or";
    if (answers.includes(decisive)) return decisive;
    return answers.includes(undefined) ? undefined : !decisive;
  }
  if (isKind(test, "Compare")) {
    const [op, other] = [test.ops[0]?.nodeType, test.comparators[0]];
    const left = scalarOf(test.left, given);
    const right = other && test.ops.length === 1 ? scalarOf(other, given) : undefined;
    if (left === undefined || right === undefined) return given.otherwise(test);
    if (op === "Eq" || op === "Is") return left === right;
    return op === "NotEq" || op === "IsNot" ? left !== right : given.otherwise(test);
  }
  const value = scalarOf(test, given);
  return value === undefined ? given.otherwise(test) : Boolean(value);
}

function scalarOf(node: Expression, given: Given): Scalar | undefined {
  if (isKind(node, "Name")) return given.parameters.get(node.id);
  if (!isKind(node, "Constant")) return switchedTo(node, given.switches);
  const { value } = node;
  return value === null || /^(?:string|number|bigint|boolean)$/.test(typeof value)
    ? value
    : undefined;
}

/** What something is that an application has until it is told otherwise: `app.testing`, `app.config["DEBUG"]`, `config.get("ENV")`. */
function switchedTo(node: Expression, switches: Models["switches"]): Scalar | undefined {
  const name = writtenName(node);
  if (name === undefined) return undefined;
  return Object.entries(switches).find(([pattern]) => nameMatches(pattern, name))?.[1];
}

/** `a.b`, and `a.b[KEY]` for a member under a text however it is asked for; undefined for anything else. */
function writtenName(node: Expression): string | undefined {
  if (isKind(node, "Name")) return node.id;
  if (isKind(node, "Attribute")) {
    const owner = writtenName(node.value);
    return owner === undefined ? undefined : `${owner}.${node.attr}`;
  }
  const taken = takenFrom(node);
  const name = taken && writtenName(taken.owner);
  const key = taken?.key;
  return name === undefined || key?.nodeType !== "Constant" ? undefined : `${name}[${key.value}]`;
}

/** What a member is taken from, and under what, in `owner[key]` and `owner.get(key)`. */
function takenFrom(node: Expression): { owner: Expression; key: Expression } | undefined {
  if (isKind(node, "Subscript")) return { owner: node.value, key: node.slice };
  if (!isKind(node, "Call") || !isKind(node.func, "Attribute")) return undefined;
  const [key] = node.args;
  return node.func.attr === "get" && key ? { owner: node.func.value, key } : undefined;
}

/** The constants that parameters have by default, but for those that the function sets itself. */
function defaultsOf(called: FunctionNode): Scalars {
  const { posonlyargs, args, kwonlyargs, defaults, kw_defaults } = called.args;
  const positional = [...posonlyargs, ...args];
  const pairs = [
    ...defaults.map(
      (value, at) => [positional[positional.length - defaults.length + at], value] as const,
    ),
    ...kw_defaults.map((value, at) => [kwonlyargs[at], value] as const),
  ];
  const found = new Map<string, Scalar>();
  for (const [parameter, node] of pairs) {
    const value = node ? scalarOf(node, ALONE) : undefined;
    if (parameter !== undefined && value !== undefined) found.set(parameter.arg, value);
  }
  if (found.size > 0)
    for (const node of called.body.flatMap((one) => [...walk(one)])) {
      if (isKind(node, "Name") && node.ctx.nodeType === "Store") found.delete(node.id);
      if (isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "Lambda"))
        for (const one of [...node.args.posonlyargs, ...node.args.args, ...node.args.kwonlyargs])
          found.delete(one.arg);
    }
  return found;
}

/** The constants that a call gives to parameters. */
function givenTo({ args }: FunctionNode, call: CallNode, isMethod: boolean): Scalars {
  const names = [...args.posonlyargs, ...args.args].slice(isMethod ? 1 : 0).map((one) => one.arg);
  const spread = call.args.findIndex((one) => one.nodeType === "Starred");
  const positional = spread < 0 ? call.args : call.args.slice(0, spread);
  const found = new Map<string, Scalar>();
  const note = (name: string | undefined, node: Expression) => {
    const value = scalarOf(node, ALONE);
    if (name !== undefined && value !== undefined) found.set(name, value);
  };
  positional.forEach((node, at) => {
    note(names[at], node);
  });
  for (const { arg, value } of call.keywords) note(arg, value);
  return found;
}

/** What is asked of the tree for one file is asked once, though the file may have thousands of findings. */
class PerFile<T> {
  readonly #known = new WeakMap<FileUnit, Map<string, T>>();

  ask(unit: FileUnit, key: string, make: () => T): T {
    const answers = this.#known.get(unit) ?? new Map<string, T>();
    this.#known.set(unit, answers);
    const answer = answers.get(key) ?? make();
    answers.set(key, answer);
    return answer;
  }
}

const named = new PerFile<boolean>();
const run = new PerFile<boolean>();
const calls = new PerFile<readonly CallIn[]>();
const judges = new PerFile<Judge>();

function judgeOf(file: ModuleFile, unit: FileUnit): Judge {
  return judges.ask(unit, file.path, () => judge(file, unit.project));
}

/** True where a module that is no test names one of some words. */
export function isNamedInTree(names: readonly string[], unit: FileUnit): boolean {
  if (names.length === 0) return false;
  const pattern = new RegExp(`\\b(?:${names.join("|")})\\b`);
  return named.ask(unit, names.join(" "), () =>
    textsAround(unit).some(({ text }) => pattern.test(text)),
  );
}

/** The calls of what has a name, in all modules that are no tests; in a large tree those of the file itself. */
function callsOf(name: string, unit: FileUnit): readonly CallIn[] {
  return calls.ask(unit, name, () => findCalls(name, unit));
}

function findCalls(name: string, unit: FileUnit): CallIn[] {
  return textsAround(unit).flatMap(({ path, text }) => {
    const file = text.includes(`${name}(`) ? unit.project.file(path) : undefined;
    const nodes = file?.body.flatMap((statement) => [...walk(statement)]) ?? [];
    return nodes.flatMap((call) =>
      file !== undefined && isKind(call, "Call") && lastName(call.func) === name
        ? [{ call, file }]
        : [],
    );
  });
}
