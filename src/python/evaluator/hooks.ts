/**
 * Hooks: a method that a class inherits calls one that the class has of its own, `self.path_of(request)`. What happens then shows
 * only where the inherited one runs with an object of that class.
 */
import { ancestry, inherited } from "./ancestry.ts";
import type { Machine } from "./machine.ts";
import type { ClassValue, FunctionValue } from "./values.ts";

/** A method that a class inherits from another one of the tree, and what it calls of the class. */
export interface Hooked {
  readonly method: FunctionValue;
  readonly hooks: readonly FunctionValue[];
}

/** The inherited methods of a class that name some of its own ones. */
export function hookedIn(machine: Machine, type: ClassValue): readonly Hooked[] {
  if (type.bases.length === 0) return [];
  const own = methodsOf(type);
  if (own.length === 0) return [];
  const found: Hooked[] = [];
  for (const base of ancestry(machine, type).slice(1))
    for (const method of base.kind === "class" ? methodsOf(base) : []) {
      const hooks = own.filter((one) => one.name !== method.name && names(method, one.name));
      if (hooks.length > 0 && inherited(machine, type, method.name) === method)
        found.push({ method, hooks });
    }
  return found;
}

function methodsOf({ scope }: ClassValue): readonly FunctionValue[] {
  return [...scope.names.values()].flatMap(({ content }) =>
    content?.value.kind === "function" ? [content.value] : [],
  );
}

function names({ file, node }: FunctionValue, name: string): boolean {
  const asMember = new RegExp(`\\b(?:self|cls)\\.${name}\\b`);
  return file.lines
    .slice(node.lineno - 1, node.end_lineno ?? node.lineno)
    .some((line) => asMember.test(line));
}
