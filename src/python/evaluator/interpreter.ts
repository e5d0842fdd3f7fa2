/**
 * One abstract interpreter serves every rule family. It runs a module as Python would, with values that may be known, made of
 * known parts, or unknown, and remembers for each where it came from. Nothing is executed: calls into code that is not in the
 * tree give a symbol that says what was called with what. Because values keep their operands, a rule that asks where data
 * came from walks the value, and no second pass over the program is needed.
 *
 * Work is counted in steps, never in time, so that results do not depend on the machine. Past a budget everything is unknown.
 */

import type { DataFormat, Models } from "../../core/models.ts";
import { plainToml } from "../../core/toml.ts";
import { plainYaml } from "../../core/yaml.ts";
import { type Expression, type Pattern, type Placed, type Statement, walk } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import { parseModule } from "../parse.ts";
import type { ImportTarget } from "../resolve-module.ts";
import { ancestry, basesOf, inherited } from "./ancestry.ts";
import { namedAfter } from "./assignment.ts";
import { attribute, getterOf } from "./attributes.ts";
import { bindParameters } from "./binding.ts";
import { type Completion, isAbstract, type Loop, type StatementMachine } from "./completion.ts";
import { Configurations } from "./configurations.ts";
import { sequence } from "./containers.ts";
import { variablesIn } from "./environment-files.ts";
import type { Exception } from "./exceptions.ts";
import { evaluate } from "./expressions.ts";
import { Heap, type Writes } from "./heap.ts";
import { hookedIn } from "./hooks.ts";
import { changesImported } from "./import-effects.ts";
import { instantiate } from "./instantiate.ts";
import { bringReadings, type Learned, learnedIn, NOTHING, type Readings } from "./learned.ts";
import {
  bindingIn,
  type CallObservation,
  cellOf,
  type Frame,
  newFrame,
  newScope,
  type Pause,
  type Raised,
} from "./machine.ts";
import { bindModuleNames } from "./module-names.ts";
import { newInstance } from "./objects.ts";
import type { PassedOver } from "./passed-over.ts";
import type { Files } from "./paths.ts";
import { matches } from "./patterns.ts";
import type { Prepared } from "./prepared.ts";
import { fromData } from "./reflection.ts";
import type { Stage } from "./stage.ts";
import { takeAll } from "./star-imports.ts";
import { execute } from "./statements.ts";
import { knownSymbol } from "./symbols.ts";
import { filesOf } from "./tree-files.ts";
import { fillFrom, type UnknownNames } from "./unknown-names.ts";
import {
  type Arguments,
  type Binding,
  type ClassValue,
  type Condition,
  constant,
  type EnvironmentRead,
  type FunctionValue,
  type Scope,
  type Site,
  type SymbolValue,
  union,
  type Value,
} from "./values.ts";
import { type Handed, handedByWrappers, type WrappingMachine } from "./wrapped.ts";

/** Steps that the top level of a module, and one function looked at on its own, may take. */
const MODULE_STEPS = 200_000;
const FUNCTION_STEPS = 20_000;
/** One call within another gets at most this part of the steps that are left. */
const NESTED_SHARE = 4;
/** What it may use in any case, as far as there is so much: a helper that checks something is short, however deep it is called. */
const NESTED_STEPS = 200;
/** Steps that all functions of one file may take together, each looked at on its own. */
const FILE_STEPS = 2_000_000;
/** Statements and expressions within others, calls included: the stack of the machine we run on must hold them. */
const MAX_NESTING = 250;
/** Calls within calls. */
const MAX_DEPTH = 8;
/** Methods of one file that are run for classes that only inherit them. */
const MAX_HOOKED = 4;
/** Folders in which the modules of one program are. */
const MAX_FOLDERS = 10;

/** What the interpreter sees of the tree. Modules are handed to it parsed, because it does no I/O. */
export interface World {
  readonly models: Models;
  /** Where an import in a file leads, as `resolveModule` tells. */
  resolve(from: string, dotted: string, level: number): ImportTarget;
  /** The dotted name of a module's file. */
  nameOf(path: string): string;
  /** The parsed module; undefined when its text is not at hand (the world remembers that it was wanted). */
  file(path: string): ModuleFile | undefined;
  /** The text of any file; undefined as above. Absent where only modules are read. */
  read?(path: string): string | undefined;
  /** Every file of the tree. Absent where nobody asks which there are. */
  readonly paths?: ReadonlySet<string>;
}

export interface InterpreterOptions {
  /** Enter modules of the tree as soon as one of their names is read; otherwise only when a rule asks. */
  readonly eager: boolean;
  /** Modules, by path, that are entered all the same. */
  readonly entered?: ReadonlySet<string>;
  /** What a call of a package finds, a row of a table, has the methods of its class in whatever module of the tree. */
  readonly rows?: boolean;
  /** What names outside the tree are in this project, where the models say otherwise. */
  readonly values?: Models["values"];
  /** Environment variables that are set where the program runs. */
  readonly variables?: ReadonlyMap<string, Binding>;
  /** Keeps what objects from outside the tree are configured with. */
  readonly configures?: boolean;
  /** Runs what is run where the program is deployed, as far as its words say so. */
  readonly stage?: Stage;
  readonly observe?: (call: CallObservation) => void;
  /** Told of each module before it runs, and of the variables that the program has set by then. */
  readonly entering?: (path: string, variables: ReadonlyMap<string, Binding>) => void;
  /** Told of each function that is run on its own, before it is. */
  readonly runs?: (value: FunctionValue) => void;
}

const MAX_LITERAL = 2000;
const MAX_TEXTS = 2;
/** What a literal is made of. */
const LITERALS = new Set(
  "Constant List Tuple Set Dict UnaryOp USub UAdd BinOp Add Sub Load".split(" "),
);
/** What a program says that sets variables, or takes some from a file. */
const SETS_VARIABLES = /\benviron\b|dotenv\(|read_env\(/;
/** Data files that are longer are not settings. */
const MAX_DATA = 200_000;

/** What a function gives that `contextlib.contextmanager` decorates. */
const MANAGER = "contextlib.contextmanager()";

function isManager({ decorators }: FunctionValue): boolean {
  return decorators.some(
    (one) => one.kind === "symbol" && one.name === "contextlib.contextmanager",
  );
}

const NO_ARGUMENTS: Arguments = { positional: [], keywords: new Map(), open: false };

export class Interpreter implements StatementMachine, WrappingMachine {
  readonly heap = new Heap();
  readonly models: Models;
  readonly conditions: Condition[] = [];
  readonly eager: boolean;
  readonly rows: boolean;
  readonly observe: ((call: CallObservation) => void) | undefined;
  readonly #runs: ((value: FunctionValue) => void) | undefined;
  readonly #entering: InterpreterOptions["entering"];
  readonly variables: Scope = newScope("module");
  readonly prefixes = new Map<string, string>();
  raised: Raised | undefined;
  readonly exits = { undecided: 0 };
  readonly loops: (Loop | undefined)[] = [];
  readonly catchers: ((exception: Exception) => boolean)[] = [];
  readonly structures = new Set<string>();
  readonly doubts = { count: 0 };
  readonly objects = new WeakMap<Arguments, Scope>();
  readonly configurations?: Configurations;
  readonly stage: Stage | undefined;
  readonly stars = new WeakMap<Scope, readonly string[]>();
  readonly passedOver = new WeakMap<Scope, Map<string, readonly PassedOver[]>>();
  readonly chosen = new Map<string, EnvironmentRead>();
  readonly prepared = new WeakMap<Scope, Map<FunctionValue["node"], Prepared>>();
  readonly unknownNames: UnknownNames = new WeakMap();
  learned: Learned = NOTHING;
  /** True once some budget ran out. */
  exhausted = false;
  readonly #entered: ReadonlySet<string>;
  readonly #world: World;
  readonly #modules = new Map<string, Scope>();
  /** Functions in the order in which they were defined, each once. */
  readonly #functions = new Map<FunctionValue["node"], FunctionValue>();
  readonly #callStack: FunctionValue["node"][] = [];
  /** What is known of data where each of the calls stands that run, by how it is read. */
  readonly #known: (() => Readings)[] = [];
  /** The class in whose body a method was defined. */
  readonly #owners = new Map<Scope, ClassValue>();
  /** Where the program told Python to look for modules too. */
  readonly #folders: string[] = [];
  /** Files that run as a part of another. */
  readonly #including = new Set<string>();
  /** Modules of which not all names are known: those that still run, and those that take all names of one outside the tree. */
  readonly #unfinished = new Set<string>();
  #steps = MODULE_STEPS;
  #fileSteps = FILE_STEPS;
  /** A function whose calls are noted instead of made. Meanwhile nobody watches: what runs then is told of on its own. */
  #noted: { readonly node: FunctionValue["node"]; readonly calls: Handed[] } | undefined;
  /** Texts that run as code within each other. */
  #texts = 0;
  #nesting = 0;

  readonly files: Files;

  constructor(world: World, options: InterpreterOptions) {
    this.#world = world;
    this.files = filesOf(world);
    const { values } = options;
    this.models =
      values === undefined
        ? world.models
        : { ...world.models, values: new Map([...world.models.values, ...values]) };
    for (const [name, binding] of options.variables ?? [])
      cellOf(this.variables, name).content = binding;
    this.eager = options.eager;
    if (options.configures === true) this.configurations = new Configurations();
    this.stage = options.stage;
    this.rows = options.rows === true;
    this.#entered = options.entered ?? new Set();
    const { observe } = options;
    this.observe =
      observe &&
      ((call) => {
        if (this.#noted === undefined) observe(call);
      });
    this.#runs = options.runs;
    this.#entering = options.entering;
  }

  enters(path: string): boolean {
    return this.eager || this.#entered.has(path);
  }

  step(cost = 1): boolean {
    if (this.#steps > 0) {
      this.#steps -= cost;
      return true;
    }
    this.exhausted = true;
    return false;
  }

  enter(): boolean {
    if (!this.step()) return false;
    if (this.#nesting >= MAX_NESTING) {
      this.exhausted = true;
      return false;
    }
    this.#nesting++;
    return true;
  }

  leave(): void {
    this.#nesting--;
  }

  raise(raised: Raised): void {
    // A rule that looks for flaws in code wants to see all of it, not only what runs where a variable is not set.
    if (this.eager && this.catchers.some((takes) => takes(raised.exception)))
      this.raised ??= raised;
  }

  run(body: readonly Statement[], frame: Frame, keepsFacts = false): Completion {
    return execute(this, body, frame, keepsFacts);
  }

  evaluate(node: Expression, frame: Frame): Value {
    return evaluate(this, node, frame);
  }

  /** What an expression comes to where its names are those of a module after it ran; undefined when that cannot be read. */
  valueIn(path: string, node: Expression, scope = this.module(path)): Value | undefined {
    const file = this.#world.file(path);
    return scope && file && evaluate(this, node, newFrame(file, scope, scope, 0));
  }

  /** Whether a value fits a pattern that stands in a module; undefined where that is not known. */
  fits(path: string, pattern: Pattern, subject: Value, scope: Scope): boolean | undefined {
    const file = this.#world.file(path);
    return file && matches(this, newFrame(file, scope, scope, 0), pattern, subject);
  }

  nameOf(path: string): string {
    return this.#world.nameOf(path);
  }

  fileOf(frame: Frame, dotted: string, level: number): ModuleFile | undefined {
    const target = this.#target(frame, dotted, level);
    return target.kind === "tree" ? this.#world.file(target.path) : undefined;
  }

  assignedIn(path: string, name: string): Expression | undefined {
    for (const node of this.#world.file(path)?.body ?? []) {
      const targets = node.nodeType === "Assign" ? node.targets : [];
      if (node.nodeType !== "Assign" && node.nodeType !== "TypeAlias") continue;
      const isNamed = [...targets, ...(node.nodeType === "TypeAlias" ? [node.name] : [])].some(
        (target) => target.nodeType === "Name" && target.id === name,
      );
      if (isNamed) return node.value;
    }
    return undefined;
  }

  /** The names of a module that has run; undefined for one that has not. */
  moduleThatRan(path: string): Scope | undefined {
    return this.#modules.get(path);
  }

  module(path: string): Scope | undefined {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const file = this.#world.file(path);
    if (file === undefined) return undefined;
    const scope = newScope("module");
    this.#entering?.(path, bindingsIn(this.variables));
    // Before it runs, so that modules that import each other end.
    this.#modules.set(path, scope);
    const site: Site = { file, node: { nodeType: "Module", lineno: 1 } };
    bindModuleNames(scope, path, this.nameOf(path), site, this.eager);
    const frame = newFrame(file, scope, scope, 0);
    this.#unfinished.add(path);
    this.#outside(MODULE_STEPS, () => execute(this, file.body, frame));
    this.#unfinished.delete(path);
    if (frame.stars.length > 0) this.#unfinished.add(path);
    return scope;
  }

  /** Runs what does not belong to the code that happens to need it, with steps of its own; gives what it used of them, too. */
  #outside<R>(steps: number, run: () => R): { readonly result: R; readonly used: number } {
    const outer = this.#steps;
    this.#steps = steps;
    const conditions = this.conditions.splice(0);
    const catchers = this.catchers.splice(0);
    const known = this.#known.splice(0);
    const result = this.heap.outside(run);
    const used = steps - this.#steps;
    this.conditions.push(...conditions);
    this.catchers.push(...catchers);
    this.#known.push(...known);
    this.#steps = outer;
    return { result, used };
  }

  apart<R>(
    callee: FunctionValue,
    run: () => R,
  ): { readonly result: R; readonly writes: Writes } | undefined {
    if (this.#callStack.includes(callee.node)) return undefined;
    const calls = this.#callStack.splice(0);
    const { raised, learned, exhausted } = this;
    const steps = Math.floor(Math.min(FUNCTION_STEPS, this.#fileSteps) / NESTED_SHARE);
    const { result, used } = this.#outside(steps, () => this.heap.branch(run));
    this.#fileSteps -= used;
    this.#callStack.push(...calls);
    this.raised = raised;
    this.learned = learned;
    // As of a call within a call, of which the rest is told.
    this.exhausted = exhausted;
    return result;
  }

  /**
   * Runs every function and method of a module on its own, with parameters of unknown value. Observers see the calls in them.
   * `wanted` picks functions by the lines of their text, decorators included (from 1, both included).
   */
  runFunctions(path: string, wanted: (startLine: number, endLine: number) => boolean): void {
    if (this.module(path) === undefined) return;
    const done = new Set<FunctionValue["node"]>();
    // Running a function may define further ones.
    for (let before = -1; before !== done.size; ) {
      before = done.size;
      for (const [node, value] of this.#functions) {
        if (done.has(node) || value.file.path !== path) continue;
        done.add(node);
        // A decorator says what a function is for: its words count as the function's own.
        const decorator = node.nodeType === "Lambda" ? undefined : node.decorator_list[0];
        const start = Math.min(node.lineno, decorator?.lineno ?? node.lineno);
        if (wanted(start, node.end_lineno ?? node.lineno)) this.#runAlone(value, done);
      }
    }
    let hooked = 0;
    for (const owner of this.#owners.values())
      for (const { method, hooks } of owner.file.path === path ? hookedIn(this, owner) : []) {
        const isMeant = [method, ...hooks].some(
          ({ file, node }) =>
            file.path === path && wanted(node.lineno, node.end_lineno ?? node.lineno),
        );
        if (isMeant && hooked++ < MAX_HOOKED) this.#runAlone(method, done, owner);
      }
  }

  #runAlone(
    value: FunctionValue,
    done: Set<FunctionValue["node"]>,
    owner = this.#owners.get(value.closure),
  ): void {
    const allowed = Math.min(FUNCTION_STEPS, this.#fileSteps);
    this.#steps = allowed;
    const site: Site = { file: value.file, node: value.node };
    const receiver = owner === undefined ? undefined : newInstance(owner, site);
    const isStatic = value.decorators.some(
      (decorator) => decorator.kind === "symbol" && decorator.name === "builtins.staticmethod",
    );
    const bound = receiver === undefined || isStatic ? value : { ...value, receiver };
    this.#runs?.(value);
    this.heap.branch(() => {
      const handed = handedByWrappers(this, bound, owner, site);
      this.#known.push(() => handed?.readings ?? NOTHING.readings);
      this.call(bound, handed?.given ?? { ...NO_ARGUMENTS, open: true }, site);
      this.#known.pop();
      // Functions in it see its names as they are now; once its writes are taken back, those are gone.
      for (const [node, inner] of this.#functions)
        if (
          !done.has(node) &&
          inner.file === value.file &&
          inner.closure !== value.closure &&
          isWithin(node, value.node)
        ) {
          done.add(node);
          if (this.#steps > 0) this.#runAlone(inner, done);
        }
    });
    this.#fileSteps -= allowed - this.#steps;
    if (this.#fileSteps <= 0) this.exhausted = true;
  }

  defined(value: FunctionValue): void {
    if (this.#noted === undefined && !this.#functions.has(value.node))
      this.#functions.set(value.node, value);
  }

  callsOf(callee: FunctionValue, run: () => void): readonly Handed[] {
    const calls: Handed[] = [];
    const outer = this.#noted;
    this.#noted = { node: callee.node, calls };
    try {
      this.heap.branch(run);
    } finally {
      this.#noted = outer;
    }
    return calls;
  }

  call(callee: FunctionValue, given: Arguments, site: Site, pause?: Pause): Value | undefined {
    if (this.#noted?.node === callee.node) {
      this.#noted.calls.push({ given, readings: this.#readings() });
      return undefined;
    }
    // It starts when something enters it.
    if (this.eager && pause === undefined && isManager(callee))
      return { kind: "symbol", name: MANAGER, manager: { callee, given }, site };
    if (
      this.#callStack.length >= MAX_DEPTH ||
      (!this.eager && this.#callStack.includes(callee.node)) ||
      this.#steps <= 0
    )
      return undefined;
    if (callee.bare !== undefined) callee.bare.ran = true;
    const scope = newScope("function", callee.closure);
    let globals = callee.closure;
    while (globals.parent !== undefined) globals = globals.parent;
    const frame = newFrame(callee.file, scope, globals, this.conditions.length, callee, pause);
    bindParameters(this, callee, given, scope, site, this.#owners.get(callee.closure));
    if (this.structures.size > 0) bringReadings(this, frame, this.#readings());
    this.#callStack.push(callee.node);
    this.#known.push(() => learnedIn(scope).readings);
    // A call within a call may use a part of what is left, so that one deep helper does not cost the rest of the function.
    const nested = this.#callStack.length > 1;
    const share = Math.max(Math.floor(this.#steps / NESTED_SHARE), NESTED_STEPS);
    const kept = nested ? Math.max(0, this.#steps - share) : 0;
    const { exhausted } = this;
    this.#steps -= kept;
    try {
      if (callee.node.nodeType === "Lambda") return evaluate(this, callee.node.body, frame);
      const completion = execute(this, callee.node.body, frame);
      if (pause !== undefined) pause.ended = completion;
      if (frame.yields.any) {
        const [first] = frame.yields.items;
        return first !== undefined && isManager(callee)
          ? first
          : sequence("list", frame.yields.items, site, frame.yields.open);
      }
      if (completion.kind === "raise" && frame.returns.length === 0) {
        if (this.configurations !== undefined) this.configurations.isCut = true;
        const { exception, environment, value } = completion;
        if (exception !== undefined)
          this.raise({
            exception,
            ...(value && { value }),
            ...(environment && { environment }),
          });
        // A helper that insists on a variable gives its value or nothing.
        if (environment !== undefined) return { kind: "environment", name: environment.name, site };
      }
      if (isAbstract(completion, frame) && callee.receiver?.kind === "instance")
        return { kind: "symbol", name: `?.${callee.name}`, base: callee.receiver, site };
      const returned =
        completion.kind === "normal" ? [...frame.returns, constant(null, site)] : frame.returns;
      // With several ways out, what holds at the last one need not hold at the others.
      this.learned = returned.length === 1 ? learnedIn(scope) : NOTHING;
      const result = union(
        returned.map((value) => ({ value })),
        site,
      );
      return result.kind === "union" && returned.length > 1
        ? { ...result, answers: returned }
        : result;
    } finally {
      this.#callStack.pop();
      this.#known.pop();
      this.#steps += kept;
      if (nested) this.exhausted = exhausted;
    }
  }

  #readings(): Readings {
    return this.#known.at(-1)?.() ?? NOTHING.readings;
  }

  instantiate(callee: ClassValue, given: Arguments, site: Site): Value {
    return instantiate(this, callee, given, site);
  }

  /** A class and all that it is derived from, nearest first; symbols for those outside the tree. */
  ancestry(value: ClassValue): (ClassValue | SymbolValue)[] {
    return ancestry(this, value);
  }

  /** The direct bases of a class that are classes or symbols, in order. */
  basesOf(value: ClassValue): (ClassValue | SymbolValue)[] {
    return basesOf(this, value);
  }

  /** Calls a class method that takes no arguments, if the class has one. What it sets stays. */
  callMethod(owner: ClassValue, name: string): void {
    this.#steps = FUNCTION_STEPS;
    const method = inherited(this, owner, name);
    if (method?.kind === "function" && method.site !== undefined)
      this.call({ ...method, receiver: owner }, NO_ARGUMENTS, method.site);
  }

  /** The functions and methods that the text of a module defines, as far as it ran. */
  functionsIn(path: string): readonly FunctionValue[] {
    return [...this.#functions.values()].filter(({ file }) => file.path === path);
  }

  /** Calls a function, or a method of a new object, with what its parameters are by default. What it sets stays. */
  callByDefault(value: FunctionValue): void {
    this.#steps = MODULE_STEPS;
    const site: Site = { file: value.file, node: value.node };
    const owner = this.#owners.get(value.closure);
    const receiver = owner === undefined ? undefined : newInstance(owner, site);
    this.call(receiver === undefined ? value : { ...value, receiver }, NO_ARGUMENTS, site);
  }

  /** What an instance of a class gives for an attribute that is bound so: a property is asked, a method is called. */
  readAttribute(owner: ClassValue, name: string, { value, site }: Binding): Value | undefined {
    if (value.kind !== "function" && getterOf(value) === undefined) return value;
    this.#steps = FUNCTION_STEPS;
    const read = attribute(this, newInstance(owner, site), name, site);
    const called = read.kind === "function" ? this.call(read, NO_ARGUMENTS, site) : read;
    return called && namedAfter(this, "class", name, called);
  }

  resolve(imported: SymbolValue): Value | undefined {
    const seen = new Set<string>();
    let value: Value | undefined = imported;
    // A name that one module merely passes on leads to the module that has it, unless they pass it on in a circle.
    while (value?.kind === "symbol" && value.imported !== undefined) {
      if (seen.has(value.name)) return undefined;
      seen.add(value.name);
      const scope = this.module(value.imported.path);
      value = scope === undefined ? undefined : bindingIn(scope, value.imported.name)?.value;
    }
    return value;
  }

  afterOwner(type: ClassValue, frame: Frame): readonly (ClassValue | SymbolValue)[] {
    const closure = frame.function?.closure;
    const owner = closure === undefined ? undefined : this.#owners.get(closure);
    const line = ancestry(this, type);
    return line.slice(
      line.findIndex((one) => one.kind === "class" && one.node === owner?.node) + 1,
    );
  }

  literal(text: string, site: Site, within?: Frame): Value | undefined {
    if (this.#texts >= MAX_TEXTS || text.length > MAX_LITERAL || !this.step(text.length))
      return undefined;
    const [statement, more] = parseModule(text.trim()).body;
    if (statement?.nodeType !== "Expr" || more !== undefined) return undefined;
    for (const node of walk(statement.value)) {
      if (within === undefined && !LITERALS.has(node.nodeType)) return undefined;
      standAt(node, site);
    }
    const scope = newScope("module");
    this.#texts++;
    const value = evaluate(this, statement.value, within ?? newFrame(site.file, scope, scope, 0));
    this.#texts--;
    return { ...value, site };
  }

  parseData(format: DataFormat, text: string): unknown {
    // Costs what it reads.
    if (text.length > MAX_DATA || !this.step(text.length >> 6)) return undefined;
    if (format === "yaml") return plainYaml(text);
    if (format === "toml") return plainToml(text);
    if (format === "env") return Object.fromEntries(variablesIn(text, { expands: true }) ?? []);
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /** Data as `parseData` gives it, as a value. */
  dataValue(data: unknown, site: Site): Value {
    return fromData(data, site, 0);
  }

  submodule(path: string, name: string, site: Site): Value | undefined {
    if (!/(?:^|\/)__init__\.py$/.test(path)) return undefined;
    const target = this.#world.resolve(path, name, 1);
    return target.kind === "tree" ? { kind: "module", path: target.path, site } : undefined;
  }

  runFile(frame: Frame, path: string): boolean {
    const file = this.#world.file(path);
    // Files that include each other would never end.
    if (file === undefined || file === frame.file || this.#including.has(file.path)) return false;
    this.#including.add(file.path);
    execute(this, file.body, { ...frame, file });
    this.#including.delete(file.path);
    return true;
  }

  runText(frame: Frame, text: string, site: Site): boolean {
    if (this.#texts >= MAX_TEXTS || text.length > MAX_LITERAL || !this.step(text.length))
      return false;
    const { body, unread } = parseModule(text);
    if (unread.length > 0) return false;
    // What it sets is set where the call stands.
    for (const statement of body) for (const node of walk(statement)) standAt(node, site);
    this.#texts++;
    execute(this, body, frame);
    this.#texts--;
    return true;
  }

  isInTree(frame: Frame, dotted: string, level: number): boolean {
    return this.#target(frame, dotted, level).kind === "tree";
  }

  importByName(dotted: string, site: Site): Value | undefined {
    if (this.nameOf(site.file.path) === dotted)
      return { kind: "module", path: site.file.path, site };
    const target = this.#world.resolve(site.file.path, dotted, 0);
    // A module that runs may be in a folder that is no package for whoever looks it up by its own name.
    const path =
      target.kind === "tree"
        ? target.path
        : [...this.#modules.keys()].find((one) => this.nameOf(one) === dotted);
    return path === undefined ? undefined : { kind: "module", path, site };
  }

  importModule(frame: Frame, dotted: string, level: number, site: Site): Value | "absent" {
    const target = this.#target(frame, dotted, level);
    if (target.kind === "tree") {
      this.#runForEffect(frame, target.path);
      return { kind: "module", path: target.path, site };
    }
    if (this.#isAbsent(target)) return "absent";
    return knownSymbol(this, { kind: "symbol", name: dotted, site });
  }

  importName(
    frame: Frame,
    dotted: string,
    level: number,
    name: string,
    site: Site,
  ): Value | "absent" {
    const target = this.#target(frame, dotted, level);
    const below = this.#target(frame, dotted === "" ? name : `${dotted}.${name}`, level);
    // A package may bind the name itself; only then is it not the submodule. And where a handler waits for it, it counts whether the
    // name is there. All else can wait until the name is used: of most modules that are imported nothing is.
    const counts = below.kind === "tree" || this.catchers.some((takes) => takes("ImportError"));
    const isMeant = this.eager ? counts : below.kind === "tree";
    if (target.kind === "tree" && this.#entering !== undefined)
      this.#runForEffect(frame, target.path);
    const isRun = isMeant && target.kind === "tree" && this.enters(target.path);
    const scope = isRun ? this.module(target.path) : undefined;
    const own = scope && bindingIn(scope, name)?.value;
    if (below.kind === "tree") this.#runForEffect(frame, below.path);
    if (below.kind === "tree" && (own === undefined || own.kind === "module"))
      return { kind: "module", path: below.path, site };
    if (target.kind === "tree") {
      if (scope !== undefined && own === undefined && !this.#unfinished.has(target.path))
        this.raise({ exception: "ImportError" });
      const value: SymbolValue = {
        kind: "symbol",
        name: `${this.nameOf(target.path)}.${name}`,
        imported: { path: target.path, name },
        site,
      };
      return value;
    }
    // A rule that looks for flaws wants to see the rest of a file whose neighbour is not at hand.
    if (this.#isAbsent(target) && dotted !== "" && this.eager) return "absent";
    return knownSymbol(this, { kind: "symbol", name: `${dotted}.${name}`, site });
  }

  importStar(frame: Frame, dotted: string, level: number, site: Site): "done" | "absent" {
    const target = this.#target(frame, dotted, level);
    if (target.kind !== "tree") {
      if (this.#isAbsent(target)) return "absent";
      frame.stars.push(dotted);
      if (frame.scope === frame.globals) this.stars.set(frame.globals, [...frame.stars]);
      // Where a handler waits for it, the package may as well be missing.
      if (!this.catchers.some((takes) => takes("ImportError")))
        fillFrom(this, frame.scope, dotted, { overwrites: true });
      return "done";
    }
    const scope = this.module(target.path);
    if (scope === undefined) return "done";
    takeAll(this, scope, frame.scope, target.path);
    return site === undefined ? "absent" : "done";
  }

  /**
   * Runs a module where its import stands: a neighbour of a settings module, imported as a whole, that changes what both of them import,
   * or whatever is imported once the program has set variables, or before it sets some.
   */
  #runForEffect(frame: Frame, path: string): void {
    const setsVariables = () =>
      this.variables.names.size > 0 || SETS_VARIABLES.test(frame.file.text);
    if (this.#entering !== undefined && setsVariables()) this.module(path);
    const folder = frame.file.path.slice(0, frame.file.path.lastIndexOf("/") + 1);
    if (!this.eager || !path.startsWith(folder) || this.#modules.has(path)) return;
    const file = this.#world.file(path);
    if (file !== undefined && changesImported(file)) this.module(path);
  }

  searchIn(folder: string): void {
    if (this.#folders.length < MAX_FOLDERS) this.#folders.push(folder);
  }

  #target(frame: Frame, dotted: string, level: number): ImportTarget {
    const target = this.#world.resolve(frame.file.path, dotted, level);
    if (target.kind === "tree" || level > 0) return target;
    const found = this.#folders.map((one) => this.#world.resolve(`${one}/?.py`, dotted, level));
    return found.find((one) => one.kind === "tree") ?? target;
  }

  /** A module that is surely missing. One of the file's own package may be made later, so it counts only where a handler waits. */
  #isAbsent(target: ImportTarget): boolean {
    if (target.kind !== "external" || target.absent) return target.kind === "external";
    return (
      target.beside === true &&
      this.eager &&
      this.catchers.some((takes) => takes("ModuleNotFoundError"))
    );
  }

  ownerOf(scope: Scope): ClassValue | undefined {
    return this.#owners.get(scope);
  }

  /** Remembers the class whose body a scope is, so that its methods get an instance of it. */
  own(value: ClassValue): void {
    this.#owners.set(value.scope, value);
  }
}

function bindingsIn({ names }: Scope): ReadonlyMap<string, Binding> {
  return new Map([...names].flatMap(([name, { content }]) => (content ? [[name, content]] : [])));
}

/** Gives a node of a text that runs as code the place of the call that runs it. */
function standAt(node: Placed, { node: call }: Site): void {
  const { lineno, col_offset, end_lineno, end_col_offset } = call;
  Object.assign(node, { lineno, col_offset, end_lineno, end_col_offset });
}

function isWithin(inner: FunctionValue["node"], outer: FunctionValue["node"]): boolean {
  return (
    inner.lineno >= outer.lineno && (inner.end_lineno ?? inner.lineno) <= (outer.end_lineno ?? 0)
  );
}
