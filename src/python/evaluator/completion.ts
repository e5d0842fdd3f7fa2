import type { Statement } from "../ast.ts";
import type { Exception } from "./exceptions.ts";
import type { Writes } from "./heap.ts";
import type { Fact, Frame, Machine } from "./machine.ts";
import type { ClassValue, EnvironmentRead, FunctionValue, Site, Value } from "./values.ts";

/** How a block ended. `raise` names the exception where it is sure to be raised. */
export type Completion =
  | { readonly kind: "normal" | "break" | "continue" }
  | {
      readonly kind: "return";
      /** The variable that would have to be set for what follows to run. */
      readonly environment?: EnvironmentRead;
    }
  | {
      readonly kind: "raise";
      readonly exception: Exception | undefined;
      /** The exception itself. */
      readonly value?: Value;
      /** The variable that would have to be set for the exception not to come. */
      readonly environment?: EnvironmentRead;
    };

export const NORMAL: Completion = { kind: "normal" };

/** How a block that may or may not run ended, and what it wrote. */
export interface Branch {
  readonly result: Completion;
  readonly writes: Writes;
}

/** What was written in a round up to the ways out of it, and out of the loop, that others did not take. */
export interface Loop {
  readonly continued: Writes[];
  readonly broken: Writes[];
  /** What was so on ways out of it, and how many there were of which that may be said. */
  readonly left: Fact[];
  ways: number;
  /** Within how many branches the round runs. */
  depth: number;
}

/** What statements need beyond `Machine`: the parts that know the tree and keep a record of definitions. */
export interface StatementMachine extends Machine {
  /** Runs statements in order until one of them leaves the block. */
  run(body: readonly Statement[], frame: Frame, keepsFacts?: boolean): Completion;
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
  /** Each loop that runs, innermost last; undefined where something runs on every way out, as what stands under `finally`. */
  readonly loops: (Loop | undefined)[];
  /** How often some branch left a block that others went on with. */
  readonly exits: { undecided: number };
}

/** True for an import that nothing outside the tree is needed for. */
export function isImportOfTree(machine: StatementMachine, node: Statement, frame: Frame): boolean {
  if (node.nodeType === "Pass") return true;
  if (node.nodeType === "ImportFrom")
    return machine.isInTree(frame, node.module ?? "", node.level ?? 0);
  return (
    node.nodeType === "Import" &&
    node.names.every((alias) => machine.isInTree(frame, alias.name, 0))
  );
}

/** True for a method that leaves it to the classes that extend its own what it does. */
export function isAbstract(completion: Completion, { returns }: Frame): boolean {
  return (
    completion.kind === "raise" &&
    completion.exception === "NotImplementedError" &&
    returns.length === 0
  );
}
