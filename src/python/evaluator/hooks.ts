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
      const named = membersNamed(method);
      const hooks = own.filter((one) => one.name !== method.name && named.has(one.name));
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

const members = new WeakMap<FunctionValue["node"], ReadonlySet<string>>();

/** What a method names of its own object: found once, for as many classes as inherit it. */
function membersNamed({ file, node }: FunctionValue): ReadonlySet<string> {
  const known = members.get(node);
  if (known !== undefined) return known;
  const text = file.lines.slice(node.lineno - 1, node.end_lineno ?? node.lineno).join("\n");
  const named = new Set([...text.matchAll(/\b(?:self|cls)\.(\w+)/g)].map(([, name = ""]) => name));
  members.set(node, named);
  return named;
}
