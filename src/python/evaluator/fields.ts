/** What a class says of the names that its instances have: annotated attributes, and members of an enumeration. */
import type { ClassNode, Expression } from "../ast.ts";
import { ancestry } from "./ancestry.ts";
import { bindingIn, type Machine } from "./machine.ts";
import type { ClassValue, Site, Value } from "./values.ts";

const ENUMERATIONS = new Set(
  ["Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"].map((one) => `enum.${one}`),
);
/** Those whose members are sets of bits. */
export const FLAGS: ReadonlySet<string> = new Set(["enum.Flag", "enum.IntFlag"]);

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
