/**
 * What a change made worse. Findings of base and head are matched as a multiset by fingerprint: first within a file (renames
 * followed), then across files, so that moved code is not new. Of several equal findings the ones on added lines are new. What is
 * left is matched one to one within a function: a flaw that is written anew, with other names, is the old one.
 * Where the rule measures how bad a flaw is, an old one that became worse is new too; a protection that is
 * missing is new only where base kept it.
 */
import { type Change, touches } from "../core/change.ts";
import type { Finding } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

export interface Comparison {
  readonly new: readonly Hit[];
  readonly fixed: readonly Hit[];
  readonly unchanged: readonly Hit[];
}

export function compare(
  base: readonly Hit[],
  head: readonly Hit[],
  changes: readonly Change[],
): Comparison {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const basePathOf = (path: string) => byPath.get(path)?.previousPath ?? path;
  // Of several that look alike, so many have lost it as are protected no more.
  const kept = new Map<string, number>();
  const count = (key: string, by: number) => kept.set(key, (kept.get(key) ?? 0) + by);
  for (const hit of base) if (hit.protection === "kept") count(keyAt(hit), 1);
  const baseKeyOf = (hit: Hit) => keyAt(hit, basePathOf(hit.finding.path));
  for (const hit of head) if (hit.protection === "kept") count(baseKeyOf(hit), -1);
  const lost = head.filter((hit) => {
    if (hit.protection !== "missing" || (kept.get(baseKeyOf(hit)) ?? 0) <= 0) return false;
    count(baseKeyOf(hit), -1);
    return true;
  });
  const counts = ({ protection }: Hit) => protection === undefined;
  const isAdded = (finding: Finding) => onAddedLine(finding, byPath.get(finding.path));
  const unchanged: Hit[] = [];
  const worse: Hit[] = [];
  let fresh: readonly Hit[] = head
    .filter(counts)
    .sort((a, b) => Number(isAdded(a.finding)) - Number(isAdded(b.finding)));
  let left: readonly Hit[] = base.filter(counts);
  for (const keyOf of [keyAt, (hit: Hit) => hit.finding.fingerprint]) {
    const waiting = new Map<string, Hit[]>();
    for (const hit of left) {
      const key = keyOf(hit, hit.finding.path);
      waiting.set(key, [...(waiting.get(key) ?? []), hit]);
    }
    const matched = new Set<Hit>();
    const remaining: Hit[] = [];
    for (const hit of fresh) {
      const partner = waiting.get(keyOf(hit, basePathOf(hit.finding.path)))?.shift();
      if (partner === undefined) remaining.push(hit);
      else {
        matched.add(partner);
        const isWorse = (hit.measure ?? 0) > (partner.measure ?? hit.measure ?? 0);
        (isWorse ? worse : unchanged).push(hit);
      }
    }
    fresh = remaining;
    left = left.filter((hit) => !matched.has(hit));
  }
  const rewritten = sameIn(left, fresh, basePathOf);
  unchanged.push(...rewritten.values());
  const isRewritten = new Set(rewritten.values());
  return {
    new: [...fresh.filter((hit) => !isRewritten.has(hit)), ...worse, ...lost],
    fixed: left.filter((hit) => !rewritten.has(hit)),
    unchanged,
  };
}

/** Findings of base and head that are each the only one that says so in its function. */
function sameIn(
  base: readonly Hit[],
  head: readonly Hit[],
  basePathOf: (path: string) => string,
): ReadonlyMap<Hit, Hit> {
  const pairs = new Map<string, { base: Hit[]; head: Hit[] }>();
  const add = (side: "base" | "head", hit: Hit, path: string) => {
    if (hit.within === undefined) return;
    const { ruleId, message, severity, confidence } = hit.finding;
    const key = JSON.stringify([path, hit.within, ruleId, message, severity, confidence]);
    const pair = pairs.get(key) ?? { base: [], head: [] };
    pair[side].push(hit);
    pairs.set(key, pair);
  };
  for (const hit of base) add("base", hit, hit.finding.path);
  for (const hit of head) add("head", hit, basePathOf(hit.finding.path));
  const found = new Map<Hit, Hit>();
  for (const pair of pairs.values()) {
    const [before, after] = [pair.base[0], pair.head[0]];
    if (pair.base.length === 1 && pair.head.length === 1 && before && after)
      found.set(before, after);
  }
  return found;
}

function keyAt({ finding }: Hit, path = finding.path): string {
  return `${path}\0${finding.fingerprint}`;
}

/** True when the finding stands on a line that the change adds; everything in a new file does. */
export function onAddedLine(finding: Finding, change: Change | undefined): boolean {
  if (change === undefined) return false;
  if (change.status === "added" || change.hunks === undefined) return true;
  const { startLine, endLine } = finding.region;
  return change.hunks.some((hunk) => touches(hunk.added, startLine, endLine));
}
