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
  // Numbers stand for keys: there are tens of thousands. Of packages with one key the last one counts, at the first one's place.
  const numbers = new Map<string, number>();
  const keyed: Package[] = [];
  const children = packages.map((one) => {
    const key = keyOf(one);
    const number = numbers.get(key) ?? keyed.length;
    if (number === keyed.length) numbers.set(key, number);
    keyed[number] = one;
    return number;
  });
  const below = edgesIn(packages, numbers, children);
  // Breadth first from all that is asked for, so that each package is reached from the nearest.
  const from = new Int32Array(keyed.length).fill(UNREACHED);
  const reached: number[] = [];
  for (const [number, one] of keyed.entries()) {
    if (one.direct !== true) continue;
    from[number] = ASKED_FOR;
    reached.push(number);
  }
  for (const number of reached) {
    for (let edge = below.first[number] ?? 0; edge !== 0; edge = below.next[edge] ?? 0) {
      const child = below.child[edge] ?? 0;
      if (from[child] !== UNREACHED) continue;
      from[child] = number;
      reached.push(child);
    }
  }
  return (entry) => {
    if (entry.direct === true || (entry.parents ?? []).length === 0) return undefined;
    let number = numbers.get(keyOf(entry)) ?? UNREACHED;
    if (number < 0 || from[number] === UNREACHED) return undefined;
    const names: string[] = [];
    for (; number >= 0 && names.length < MAX_STEPS; number = from[number] ?? UNREACHED) {
      const one = keyed[number];
      names.unshift(one?.shownName ?? one?.name ?? "");
    }
    return names;
  };
}

const ASKED_FOR = -1;
const UNREACHED = -2;

/** Who asks for whom, a chain of edges for each parent, in the order of the packages; 0 is no edge. */
function edgesIn(
  packages: readonly Package[],
  numbers: ReadonlyMap<string, number>,
  children: readonly number[],
) {
  const first = new Int32Array(numbers.size);
  const last = new Int32Array(numbers.size);
  const child = [0];
  const next = [0];
  for (const [index, { parents = [] }] of packages.entries()) {
    for (const parent of parents) {
      const number = numbers.get(parent);
      if (number === undefined) continue;
      const edge = child.push(children[index] ?? 0) - 1;
      next.push(0);
      if (first[number] === 0) first[number] = edge;
      else next[last[number] ?? 0] = edge;
      last[number] = edge;
    }
  }
  return { first, child, next };
}
