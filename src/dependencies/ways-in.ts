import { keyOf, type Package } from "./package.ts";

/** Longer ways are told by their ends. */
const MAX_STEPS = 60;

/**
 * How each package of one manifest gets in: names from a package that the project asks for itself down to it, the shortest way
 * there is. Undefined where the manifest does not tell, and for what the project asks for itself.
 */
export function wayIn(packages: readonly Package[], entry: Package): readonly string[] | undefined {
  if (entry.direct === true || (entry.parents ?? []).length === 0) return undefined;
  const byKey = new Map(packages.map((one) => [keyOf(one), one]));
  const from = new Map<string, string | undefined>([[keyOf(entry), undefined]]);
  // Breadth first, so that the first one found is the nearest; a map keeps the order in which keys are added.
  for (const [key] of from) {
    const current = byKey.get(key);
    if (current === undefined) continue;
    if (current.direct === true) return follow(key, from, byKey);
    for (const parent of current.parents ?? []) if (!from.has(parent)) from.set(parent, key);
  }
  return undefined;
}

function follow(
  start: string,
  from: ReadonlyMap<string, string | undefined>,
  byKey: ReadonlyMap<string, Package>,
): string[] {
  const names: string[] = [];
  for (
    let key: string | undefined = start;
    key !== undefined && names.length < MAX_STEPS;
    key = from.get(key)
  ) {
    const one = byKey.get(key);
    names.push(one?.shownName ?? one?.name ?? key);
  }
  return names;
}
