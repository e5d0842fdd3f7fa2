import { keyOf, type Package } from "./package.ts";

/** Longer ways are told by their ends. */
const MAX_STEPS = 60;

/** How packages of one manifest get in, worked out once for all of them. */
export type WaysIn = (entry: Package) => readonly string[] | undefined;

/**
 * Names from a package that the project asks for itself down to the given one, the shortest way there is. Undefined where the
 * manifest does not tell, and for what the project asks for itself.
 */
export function waysIn(packages: readonly Package[]): WaysIn {
  const byKey = new Map<string, Package>();
  const children = new Map<string, string[]>();
  for (const one of packages) {
    const key = keyOf(one);
    byKey.set(key, one);
    for (const parent of one.parents ?? []) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [key]);
      else known.push(key);
    }
  }
  // Breadth first from all that is asked for, so that each package is reached from the nearest; a map keeps the order of its keys.
  const from = new Map<string, string | undefined>();
  for (const [key, one] of byKey) if (one.direct === true) from.set(key, undefined);
  for (const [key] of from)
    for (const child of children.get(key) ?? []) if (!from.has(child)) from.set(child, key);
  return (entry) => {
    if (entry.direct === true || (entry.parents ?? []).length === 0) return undefined;
    const names: string[] = [];
    let key: string | undefined = keyOf(entry);
    if (!from.has(key)) return undefined;
    for (; key !== undefined && names.length < MAX_STEPS; key = from.get(key)) {
      const one = byKey.get(key);
      names.unshift(one?.shownName ?? one?.name ?? key);
    }
    return names;
  };
}
