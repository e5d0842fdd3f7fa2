import { bindingIn, type Machine } from "./machine.ts";
import type { ClassValue, SymbolValue, Value } from "./values.ts";

/** Real classes have fewer ancestors; more of them are a program that grows with every step up. */
const MAX_ANCESTORS = 60;

/** A class and all that it is derived from, depth first, each once: classes of the tree, and symbols for those outside. */
export function ancestry(machine: Machine, owner: ClassValue): (ClassValue | SymbolValue)[] {
  const found = new Set<ClassValue | SymbolValue>();
  const waiting: Value[] = [owner];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const known =
      machine.eager && next.kind === "symbol" && next.imported !== undefined
        ? (machine.resolve(next) ?? next)
        : next;
    if ((known.kind !== "class" && known.kind !== "symbol") || found.has(known)) continue;
    if (found.size >= MAX_ANCESTORS) break;
    found.add(known);
    if (known.kind === "class") waiting.push(...[...known.bases].reverse());
  }
  return [...found];
}

/** What the first class of the tree that has the name binds it to. */
export function inherited(machine: Machine, owner: ClassValue, name: string): Value | undefined {
  for (const one of ancestry(machine, owner)) {
    const own = one.kind === "class" ? bindingIn(one.scope, name) : undefined;
    if (own !== undefined) return own.value;
  }
  return undefined;
}

/** The qualified name of the first ancestor outside the tree. */
export function outsideBase(machine: Machine, owner: ClassValue): string | undefined {
  const base = ancestry(machine, owner).find(
    (one) => one.kind === "symbol" && one.name !== "builtins.object",
  );
  return base?.name;
}
