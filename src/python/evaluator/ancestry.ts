import { bindingIn, type Machine } from "./machine.ts";
import type { ClassValue, SymbolValue, Value } from "./values.ts";

/** Real classes have fewer ancestors; more of them are a program that grows with every step up. */
const MAX_ANCESTORS = 60;

/** The bases of a class that are classes or symbols; names that a module passes on lead to the class itself. */
export function basesOf(machine: Machine, owner: ClassValue): (ClassValue | SymbolValue)[] {
  return owner.bases
    .map((base) =>
      base.kind === "symbol" && base.imported !== undefined && machine.enters(base.imported.path)
        ? (machine.resolve(base) ?? base)
        : base,
    )
    .filter((base) => base.kind === "class" || base.kind === "symbol");
}

/**
 * A class and all that it is derived from, each once, in the order in which Python looks for an attribute: classes of the
 * tree, and symbols for those outside. A base that several classes share comes after all of them.
 */
export function ancestry(machine: Machine, owner: ClassValue): (ClassValue | SymbolValue)[] {
  const found = new Set<ClassValue | SymbolValue>();
  const waiting: (ClassValue | SymbolValue)[] = [owner];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.size >= MAX_ANCESTORS || found.has(next)) continue;
    found.add(next);
    if (next.kind === "class") waiting.push(...basesOf(machine, next).reverse());
  }
  return afterSubclasses(machine, [...found]);
}

/** Moves each class behind those that extend it; the order is otherwise kept. A circle stays as it is. */
function afterSubclasses(
  machine: Machine,
  classes: readonly (ClassValue | SymbolValue)[],
): (ClassValue | SymbolValue)[] {
  const extending = new Map<unknown, number>();
  const bases = new Map(
    classes.map((one) => [one, one.kind === "class" ? basesOf(machine, one) : []] as const),
  );
  for (const list of bases.values())
    for (const base of new Set(list)) extending.set(base, (extending.get(base) ?? 0) + 1);
  const ordered: (ClassValue | SymbolValue)[] = [];
  const left = new Set(classes);
  while (left.size > 0) {
    const [first] = left;
    const next = [...left].find((one) => (extending.get(one) ?? 0) === 0) ?? first;
    if (next === undefined) break;
    left.delete(next);
    ordered.push(next);
    for (const base of new Set(bases.get(next) ?? []))
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

/** The qualified name of the first ancestor outside the tree. */
export function outsideBase(machine: Machine, owner: ClassValue): string | undefined {
  const base = ancestry(machine, owner).find(
    (one) => one.kind === "symbol" && one.name !== "builtins.object",
  );
  return base?.name;
}
