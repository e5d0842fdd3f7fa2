/** What a class says of the names that its instances have: annotated attributes, and members of an enumeration. */
import type { ClassNode, Expression } from "../ast.ts";
import { ancestry } from "./ancestry.ts";
import { argument, bindingIn, type Machine } from "./machine.ts";
import type { ClassValue, Site, Value } from "./values.ts";

const ENUMERATIONS = new Set(
  ["Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"].map((one) => `enum.${one}`),
);
/** Those whose members are sets of bits. */
export const FLAGS: ReadonlySet<string> = new Set(["enum.Flag", "enum.IntFlag"]);

const FACTORIES = new Set(["attr.Factory()", "attrs.Factory()"]);

/** True for the qualified name of what a call gives that says what a field holds. */
export function isFieldCall({ models }: Machine, name: string): boolean {
  return name.endsWith("()") && models["field-calls"].has(name.slice(0, -2));
}

/** What a field holds by default whose attribute of the class has the value; undefined where it has to be given. */
export function defaultOf(
  machine: Machine,
  value: Value,
  call: (callee: Value) => Value,
): Value | undefined {
  if (value.kind === "symbol" && FACTORIES.has(value.name)) {
    const [factory] = value.call?.positional ?? [];
    return factory && call(factory);
  }
  if (value.kind !== "symbol" || value.call === undefined || !isFieldCall(machine, value.name))
    return value;
  const factory = value.call.keywords.get("default_factory") ?? value.call.keywords.get("factory");
  if (factory !== undefined) return call(factory);
  const first = value.call.positional[0];
  const fallback = argument(value.call, "default") ?? first;
  const isRequired = fallback?.kind === "symbol" && fallback.name === "builtins.Ellipsis";
  return isRequired ? undefined : fallback;
}

/** True for the qualified name of a class of which classes of named members are made. */
export function isEnumerationName(name: string): boolean {
  return ENUMERATIONS.has(name);
}

/** True for a class of named members. */
export function isEnumeration(machine: Machine, owner: ClassValue): boolean {
  return extendsAny(machine, owner, ENUMERATIONS);
}

/** The names of a class's annotated attributes, those of its bases first. */
export function fieldNames(machine: Machine, owner: ClassValue): string[] {
  return fieldsOf(machine, owner)
    .map((field) => field.name)
    .filter((name) => name !== "model_config");
}

/** An annotated attribute of a class. */
export interface Field {
  readonly name: string;
  readonly annotation: Expression | undefined;
  readonly value: Value | undefined;
  readonly site: Site | undefined;
  /** The class that says so last. */
  readonly from: ClassValue;
}

/** Those of the bases first, each once. */
export function fieldsOf(machine: Machine, owner: ClassValue): Field[] {
  const fields = new Map<string, Field>();
  for (const one of ancestry(machine, owner).reverse()) {
    if (one.kind !== "class") continue;
    const { body }: ClassNode = one.node;
    for (const node of body) {
      if (node.nodeType !== "AnnAssign" || node.target.nodeType !== "Name") continue;
      const { id: name } = node.target;
      const binding = bindingIn(one.scope, name);
      fields.set(name, {
        name,
        annotation: node.annotation,
        value: binding?.value,
        site: binding?.site ?? { file: one.file, node },
        from: one,
      });
    }
  }
  return [...fields.values()];
}

/** True for a class that extends one of these classes outside the tree, near or far. */
export function extendsAny(
  machine: Machine,
  owner: ClassValue,
  names: ReadonlySet<string>,
): boolean {
  return (
    owner.bases.length + (owner.decorators?.length ?? 0) > 0 &&
    ancestry(machine, owner).some((one) => one.kind === "symbol" && names.has(one.name))
  );
}
