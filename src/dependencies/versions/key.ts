/**
 * Versions as points on a line, and ranges as stretches of it. Each scheme turns a version into a key, a flat list that is compared
 * element by element, where a list that ends first comes first. So every cut between two versions is a key too: the version's own
 * with something appended. That is why a stretch needs no flags for open and closed ends: all are `[from, to)`.
 */

/** Elements at one place are of one type, apart from the infinities; `bigint` where a number would lose digits. */
export type Key = readonly (number | bigint | string)[];

/** All versions from `from` on that come before `to`. */
export interface Interval {
  readonly from: Key;
  readonly to: Key;
}

/** Ascending and apart from each other. */
export type VersionSet = readonly Interval[];

/** Before and after every version. */
export const FIRST: Key = [];
export const LAST: Key = [Number.POSITIVE_INFINITY];

export function compareKeys(a: Key, b: Key): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const [x, y] = [a[at], b[at]];
    if (x === y || x === undefined || y === undefined) continue;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** The cut right behind one version, before all others. */
export function behind(key: Key): Key {
  return [...key, Number.NEGATIVE_INFINITY];
}

export function holds(set: VersionSet, key: Key): boolean {
  return set.some(({ from, to }) => compareKeys(from, key) <= 0 && compareKeys(key, to) < 0);
}

/** Sorts and joins stretches that touch. Empty ones fall out. */
export function unite(intervals: readonly Interval[]): VersionSet {
  const sorted = intervals
    .filter(({ from, to }) => compareKeys(from, to) < 0)
    .sort((a, b) => compareKeys(a.from, b.from));
  const joined: { from: Key; to: Key }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last === undefined || compareKeys(last.to, from) < 0) joined.push({ from, to });
    else if (compareKeys(last.to, to) < 0) last.to = to;
  }
  return joined;
}

export function intersect(a: VersionSet, b: VersionSet): VersionSet {
  const found: Interval[] = [];
  for (const one of a) {
    for (const other of b) {
      const from = compareKeys(one.from, other.from) < 0 ? other.from : one.from;
      const to = compareKeys(one.to, other.to) < 0 ? one.to : other.to;
      if (compareKeys(from, to) < 0) found.push({ from, to });
    }
  }
  return unite(found);
}

export function complement(set: VersionSet): VersionSet {
  const found: Interval[] = [];
  let from = FIRST;
  for (const interval of set) {
    found.push({ from, to: interval.from });
    from = interval.to;
  }
  found.push({ from, to: LAST });
  return unite(found);
}

/** True where every version of `a` is one of `b`. */
export function isWithin(a: VersionSet, b: VersionSet): boolean {
  return intersect(a, complement(b)).length === 0;
}

/** A number as written, of any length. */
export function toNumber(digits: string): number | bigint {
  return digits.length > 15 ? BigInt(digits) : Number(digits);
}
