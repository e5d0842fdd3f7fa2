import { asFound, bindingIn, type Machine } from "./machine.ts";
import type { ClassValue, SymbolValue, Value } from "./values.ts";

/** Real classes have fewer ancestors; more of them are a program that grows with every step up. */
const MAX_ANCESTORS = 60;

/** The bases of a class that are classes or symbols; names that a module passes on lead to the class itself. */
export function basesOf(machine: Machine, owner: ClassValue): (ClassValue | SymbolValue)[] {
  return owner.bases
    .map((base) => asFound(machine, base))
    .filter((base) => base.kind === "class" || base.kind === "symbol");
}

/**
 * A class and all that it is derived from, each once, in the order in which Python looks for an attribute: classes of the
 * tree, and symbols for those outside. A base that several classes share comes after all of them.
 */
export function ancestry(machine: Machine, owner: ClassValue): (ClassValue | SymbolValue)[] {
  const bases: Bases = new Map();
  const waiting: (ClassValue | SymbolValue)[] = [owner];
  let isChain = true;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (bases.size >= MAX_ANCESTORS || bases.has(next)) continue;
    const own = next.kind === "class" ? basesOf(machine, next) : [];
    bases.set(next, own);
    if (own.length > 1) isChain = false;
    waiting.push(...own.toReversed());
  }
  return isChain ? [...bases.keys()] : afterSubclasses(bases);
}

/** Classes with their direct bases. */
type Bases = Map<ClassValue | SymbolValue, readonly (ClassValue | SymbolValue)[]>;

/** Moves each class behind those that extend it; the order is otherwise kept. A circle stays as it is. */
function afterSubclasses(bases: Bases): (ClassValue | SymbolValue)[] {
  const extending = new Map<unknown, number>();
  for (const list of bases.values())
    for (const base of new Set(list)) extending.set(base, (extending.get(base) ?? 0) + 1);
  const ordered: (ClassValue | SymbolValue)[] = [];
  const left = new Set(bases.keys());
  while (left.size > 0) {
    let [next] = left;
    for (const one of left) {
      if ((extending.get(one) ?? 0) > 0) continue;
      next = one;
      break;
    }
    if (next === undefined) break;
    left.delete(next);
    ordered.push(next);
    for (const base of new Set(bases.get(next)))
      extending.set(base, (extending.get(base) ?? 0) - 1);
  }
  return ordered;
}

/** What the first class of the tree that has the name binds it to. */
export function inherited(machine: Machine, owner: ClassValue, name: string): Value | undefined {
  for (const one of ancestry(machine, owner)) {
    const own = one.kind === "class" ? bindingIn(one.scope, name) : undefined;
    if (own !== undefined) return own.value;
  }
  return undefined;
}

/** The ancestors outside the tree, or in modules of it that were not entered. */
export function outsideBases(machine: Machine, owner: ClassValue): readonly SymbolValue[] {
  return ancestry(machine, owner).flatMap((one) =>
    one.kind === "symbol" && one.name !== "builtins.object" ? [one] : [],
  );
}

/** The qualified name of the first of them. */
export function outsideBase(machine: Machine, owner: ClassValue): string | undefined {
  return outsideBases(machine, owner)[0]?.name;
}
