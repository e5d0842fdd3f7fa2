import type { DataFormat, Models } from "../../core/models.ts";
import type { Expression } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import type { Completion } from "./completion.ts";
import type { Configurations } from "./configurations.ts";
import type { Exception } from "./exceptions.ts";
import type { Cell, Heap, Writes } from "./heap.ts";
import type { Learned } from "./learned.ts";
import type { PassedOver } from "./passed-over.ts";
import type { Files } from "./paths.ts";
import type { Prepared } from "./prepared.ts";
import type { Stage } from "./stage.ts";
import type { UnknownNames } from "./unknown-names.ts";
import type {
  Arguments,
  Binding,
  ClassValue,
  Condition,
  EnvironmentRead,
  FunctionValue,
  Scope,
  Site,
  SymbolValue,
  Value,
} from "./values.ts";
import { derived, UNKNOWN, union } from "./values.ts";

/** One call that was reached, with everything evaluated. */
export interface CallObservation {
  readonly site: Site;
  readonly callee: Value;
  readonly arguments: Arguments;
  /** The function whose body the call stands in; absent at module level. */
  readonly within?: FunctionValue | undefined;
}

/** A test and how it came out. */
export interface Fact {
  readonly test: Value;
  readonly holds: boolean;
}

/** Where execution stands: the code of one module or of one function call. */
export interface Frame {
  readonly file: ModuleFile;
  readonly scope: Scope;
  readonly globals: Scope;
  readonly function?: FunctionValue | undefined;
  /** Names declared `global` or `nonlocal`, and the scope they belong to. */
  readonly foreign: Map<string, Scope>;
  readonly returns: Value[];
  /** What runs at its `yield`, where the function is a generator that waits for it. */
  readonly pause?: Pause | undefined;
  /** What was yielded so far; `open` when not all of it is known. A function that yielded is a generator. */
  readonly yields: { readonly items: Value[]; open: boolean; any: boolean };
  /** Variables that would have to be set for the function to have gone another way. */
  readonly unset: EnvironmentRead[];
  /** The one of them because of which the block runs that the function is in. */
  because: EnvironmentRead | undefined;
  /** How many conditions stood around the code when the frame was made. */
  readonly depth: number;
  /** Where `:=` binds a name: comprehensions have a scope of their own, but not for that. */
  readonly outer?: Frame;
  /** External modules whose names were imported with `*`: an unknown name may be theirs. */
  readonly stars: string[];
  /** Tests that came out one way on every path to the code that runs now. */
  readonly facts: Fact[];
}

/** A frame that nothing has happened in. */
export function newFrame(
  file: ModuleFile,
  scope: Scope,
  globals: Scope,
  depth: number,
  called?: FunctionValue,
  pause?: Pause,
): Frame {
  return {
    file,
    scope,
    globals,
    function: called,
    pause,
    foreign: new Map(),
    returns: [],
    yields: { items: [], open: false, any: false },
    unset: [],
    because: undefined,
    depth,
    stars: [],
    facts: [],
  };
}

/** An exception, and the variable that would have to be set for it not to come. */
export interface Raised {
  readonly exception: Exception;
  /** The exception itself. */
  readonly value?: Value;
  readonly environment?: EnvironmentRead;
}

/** What runs where a generator waits at its `yield`, as the body of a `with` does. */
export interface Pause {
  readonly at: (yielded: Value) => void;
  /** How the generator ended. */
  ended?: Completion;
}

/** What expressions and statements need of the interpreter that runs them. */
export interface Machine {
  readonly heap: Heap;
  readonly models: Models;
  /** Conditions that were not decided, around the code that runs now; outermost first. */
  readonly conditions: Condition[];
  /** True where modules of the tree are entered as soon as one of their names is read. */
  readonly eager: boolean;
  /** True where what is found, a row of a table, has the methods that another module gives its class. */
  readonly rows: boolean;
  /** True for modules of the tree that are to be entered. */
  enters(path: string): boolean;
  readonly observe: ((call: CallObservation) => void) | undefined;
  /** The exception that the expression just evaluated is sure to raise, where something around it waits for that. */
  raised: Raised | undefined;
  /** For each `try` whose body runs, whether one of its handlers is sure to take an exception. */
  readonly catchers: ((exception: Exception) => boolean)[];
  /** Raises an exception if some `try` around the code that runs is sure to take it; otherwise nothing happens. */
  raise(raised: Raised): void;
  /** The names of data that some test was made of, whatever the scope. */
  readonly structures: Set<string>;
  /** What the function that was called last surely tested. */
  readonly learned: Learned;
  /** Counts one unit of work; false when the budget is used up, and everything is unknown from there on. */
  step(cost?: number): boolean;
  /** Goes one level deeper into the program, which costs a step; false when it is nested too deeply or the budget is used up. */
  enter(): boolean;
  leave(): void;
  /** The value of an expression in a frame. Never throws on any program; what cannot be told is unknown. */
  evaluate(node: Expression, frame: Frame): Value;
  /** Runs a function's body; undefined where that is not to be done (too deep, no budget). */
  call(callee: FunctionValue, given: Arguments, site: Site, pause?: Pause): Value | undefined;
  /**
   * Runs a call of a function that does not belong to the code that happens to need it, with steps of its own, and takes its writes
   * back; undefined where that function runs already.
   */
  apart<R>(
    callee: FunctionValue,
    run: () => R,
  ): { readonly result: R; readonly writes: Writes } | undefined;
  /** Makes an instance of a class of the tree and runs its `__init__`. */
  instantiate(callee: Value & { kind: "class" }, given: Arguments, site: Site): Value;
  /** The value of a name imported from a module of the tree; undefined when it cannot be told. */
  resolve(imported: SymbolValue): Value | undefined;
  readonly files: Files;
  /** How often something was met that is not known, and so might raise an error. */
  readonly doubts: { count: number };
  /** The attributes that the program gave to an object of a class outside the tree, by the arguments that made it. */
  readonly objects: WeakMap<Arguments, Scope>;
  /** What says where the program runs; absent where all of it is to be seen. */
  readonly stage?: Stage | undefined;
  /** What such objects are configured with; absent where nobody asks. */
  readonly configurations?: Configurations;
  /** Modules outside the tree of which a module, by its scope, imported all names. */
  readonly stars: WeakMap<Scope, readonly string[]>;
  /** Of the names of a module or class, by its scope, what did not run because a variable is not set. */
  readonly passedOver: WeakMap<Scope, Map<string, readonly PassedOver[]>>;
  /** Files, by their paths, of which a variable that is not set chose that they run. */
  readonly chosen: Map<string, EnvironmentRead>;
  /** What methods that a framework calls first leave in an object of a class, by the scope of the class. */
  readonly prepared: WeakMap<Scope, Map<FunctionValue["node"], Prepared>>;
  /** Names that scopes got which are not known. */
  readonly unknownNames: UnknownNames;
  /** Environment variables that the program sets, or takes from a file of the tree. */
  readonly variables: Scope;
  /** What stands before the names of variables within the contexts that are open, by the class whose readers put it there. */
  readonly prefixes: Map<string, string>;
  /** The classes that come after the one in whose body the frame's function stands, in the order of a class's ancestry. */
  afterOwner(type: ClassValue, frame: Frame): readonly (ClassValue | SymbolValue)[];
  /** The class whose body a scope is. */
  ownerOf(scope: Scope): ClassValue | undefined;
  /** The value of a text that is one expression: in a frame any, without one only of literals. */
  literal(text: string, site: Site, within?: Frame): Value | undefined;
  /** What a text of some format says; undefined where it is broken. */
  parseData(format: DataFormat, text: string): unknown;
  /** The module of the tree that a dotted name means in the file of a site; undefined for any other. */
  importByName(dotted: string, site: Site): Value | undefined;
  /** Runs a file of the tree in a frame, as if its text stood there; false when there is no such file at hand. */
  runFile(frame: Frame, path: string): boolean;
  /** Runs a text in a frame as `exec` does; false where it is not to be read. */
  runText(frame: Frame, text: string, site: Site): boolean;
  /** Looks for modules in a folder of the tree too, from here on. */
  searchIn(folder: string): void;
  /** The dotted name of a module's file. */
  nameOf(path: string): string;
  /** The file of the tree that an import in a frame names; undefined when its text is not at hand. */
  fileOf(frame: Frame, dotted: string, level: number): ModuleFile | undefined;
  /** What a module of the tree assigns to a name at its top level, whether it was entered or not; undefined for all else. */
  assignedIn(path: string, name: string): Expression | undefined;
  /** The module below a package of the tree, by the package's file; undefined when there is none of that name. */
  submodule(path: string, name: string, site: Site): Value | undefined;
  /** The names of a module of the tree after it ran; undefined when it cannot be read. */
  module(path: string): Scope | undefined;
}

const joinBindings = (a: Binding | undefined, b: Binding | undefined): Binding | undefined => {
  if (a === undefined || b === undefined) {
    const known = a ?? b;
    // Not set on every path: the name may be missing, which no rule needs to know, so the known value stands with its conditions.
    return known;
  }
  const alternatives = [b, a].map((binding) => {
    const when = binding.when.at(-1);
    return when === undefined ? { value: binding.value } : { value: binding.value, when };
  });
  const shared = new Set(b.when);
  return {
    value: union(alternatives, b.site),
    site: b.site,
    when: a.when.filter((condition) => shared.has(condition)),
    ...(b.through !== undefined && { through: b.through }),
  };
};

/** The cell of a name in one scope; made when it is missing. */
export function cellOf(scope: Scope, name: string): Cell<Binding | undefined> {
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  const cell: Cell<Binding | undefined> = { content: undefined, join: joinBindings };
  scope.names.set(name, cell);
  return cell;
}

export function newScope(kind: Scope["kind"], parent?: Scope): Scope {
  return parent === undefined ? { names: new Map(), kind } : { names: new Map(), kind, parent };
}

/** Binds a name in the frame where Python would. */
export function bind(machine: Machine, frame: Frame, name: string, value: Value, site: Site): void {
  bindIn(machine, frame.foreign.get(name) ?? frame.scope, name, value, site);
}

/** Binds a name in a scope, under the conditions that hold now. */
export function bindIn(
  machine: Machine,
  scope: Scope,
  name: string,
  value: Value,
  site: Site,
): void {
  machine.heap.write(cellOf(scope, name), { value, site, when: [...machine.conditions] });
}

/** The binding of a name in a scope, without its parents. */
export function bindingIn(scope: Scope, name: string): Binding | undefined {
  return scope.names.get(name)?.content;
}

/** The value of a name as Python looks it up, but for the built-in names; undefined when nothing binds it. */
export function lookUp(machine: Machine, frame: Frame, name: string): Value | undefined {
  let scope: Scope | undefined = frame.foreign.get(name) ?? frame.scope;
  for (; scope !== undefined; scope = scope.parent) {
    // The body of a class is not a scope for the functions in it.
    if (scope.kind === "class" && scope !== frame.scope) continue;
    const binding = scope.names.get(name)?.content;
    if (binding === undefined) continue;
    return asFound(machine, binding.value);
  }
  return undefined;
}

/** What a name stands for that a module took from another one, where that is entered; any other value as it is. */
export function asFound(machine: Machine, value: Value): Value {
  return value.kind === "symbol" && value.imported && machine.enters(value.imported.path)
    ? (machine.resolve(value) ?? value)
    : value;
}

/** True for a name that some scope binds, be it on some paths only. */
export function isMentioned(frame: Frame, name: string): boolean {
  if (frame.foreign.has(name)) return true;
  for (let scope: Scope | undefined = frame.scope; scope !== undefined; scope = scope.parent)
    if (scope.names.has(name)) return true;
  return false;
}

/** The argument at a position or, failing that, under a keyword. */
export function argument(
  given: Arguments,
  ...places: readonly (number | string)[]
): Value | undefined {
  for (const place of places) {
    const value = typeof place === "number" ? given.positional[place] : given.keywords.get(place);
    if (value !== undefined) return value;
  }
  if (given.spread !== undefined) return derived(given.spread);
  return given.open ? UNKNOWN : undefined;
}
