/**
 * What did not run because an environment variable is not set. A name that only such code sets is bound to nothing, or to what it
 * was before, and nothing in its value tells why; the code that would have set it does.
 */
import { blocksOf, type Expression, type Statement } from "../ast.ts";
import { bindingIn, type Frame, type Machine } from "./machine.ts";
import {
  type Binding,
  constant,
  type EnvironmentRead,
  type Scope,
  type Site,
  type Value,
} from "./values.ts";

/** A statement that sets or changes a name, and did not run. */
export interface PassedOver {
  readonly environment: EnvironmentRead;
  readonly site: Site;
  /** True where it binds the name anew; else it changes what the name is bound to. */
  readonly rebinds: boolean;
  /** What it would have bound the name to, where that is written there as it is. */
  readonly value?: Value;
  /** Where the name had been set at that time; if it was set elsewhere since, the statement makes no difference. */
  readonly before: Site | undefined;
}

/** Remembers for the names of a module or class what a block would have done to them. */
export function passOver(
  machine: Machine,
  frame: Frame,
  body: readonly Statement[],
  environment: EnvironmentRead,
): void {
  if (!machine.eager || frame.function !== undefined) return;
  for (const statement of body) {
    for (const [name, value] of settingNames(statement)) {
      const site: Site = { file: frame.file, node: statement };
      const before = bindingIn(frame.scope, name)?.site;
      // It ran, before what the variable was asked for.
      if (before?.node === statement) continue;
      const written = value?.nodeType === "Constant" ? value.value : undefined;
      const isPlain = typeof written === "boolean" || typeof written === "string";
      remember(machine, frame.scope, name, {
        environment,
        site,
        before,
        rebinds: value !== undefined,
        ...((isPlain || typeof written === "number") && { value: constant(written, site) }),
      });
    }
    const isScope = /^(?:FunctionDef|AsyncFunctionDef|ClassDef)$/.test(statement.nodeType);
    if (!isScope)
      for (const block of blocksOf(statement)) passOver(machine, frame, block, environment);
  }
}

/** Hands what was passed over on to a scope that takes a name from another. */
export function passOn(
  machine: Machine,
  from: Scope,
  to: Scope,
  isTaken: (name: string) => boolean,
) {
  for (const [name, statements] of machine.passedOver.get(from) ?? [])
    if (isTaken(name)) for (const one of statements) remember(machine, to, name, one);
}

function remember(machine: Machine, scope: Scope, name: string, statement: PassedOver): void {
  const known = machine.passedOver.get(scope) ?? new Map<string, readonly PassedOver[]>();
  machine.passedOver.set(scope, known);
  known.set(name, [...(known.get(name) ?? []), statement]);
}

/** What was passed over and would have made a name something else than it is now. */
export function passedOver(
  machine: Machine,
  scope: Scope,
  name: string,
  binding: Binding | undefined,
): readonly PassedOver[] {
  const statements = machine.passedOver.get(scope)?.get(name) ?? [];
  return statements.filter(({ before }) => before?.node === binding?.site.node);
}

/** The names that a statement itself sets, or whose lists and dicts it changes; with the value, where it is one for that name alone. */
function settingNames(node: Statement): (readonly [string, Expression?])[] {
  switch (node.nodeType) {
    case "Assign":
      return node.targets.flatMap((target): (readonly [string, Expression?])[] =>
        target.nodeType === "Name"
          ? [[target.id, node.value]]
          : namesIn(target).map((name) => [name]),
      );
    case "AnnAssign":
      return node.value && node.target.nodeType === "Name" ? [[node.target.id, node.value]] : [];
    case "AugAssign":
      return namesIn(node.target).map((name) => [name]);
    case "Expr": {
      const { value } = node;
      return value.nodeType === "Call" && value.func.nodeType === "Attribute"
        ? namesIn(value.func.value).map((name) => [name])
        : [];
    }
    default:
      return [];
  }
}

/** The names in a target: those of a tuple, or the one whose member or attribute is meant. */
function namesIn(target: Expression): string[] {
  switch (target.nodeType) {
    case "Name":
      return [target.id];
    case "Tuple":
    case "List":
      return target.elts.flatMap(namesIn);
    case "Starred":
    case "Subscript":
    case "Attribute":
      return namesIn(target.value);
    default:
      return [];
  }
}
