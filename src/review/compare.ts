/**
 * What a change made worse. Findings of base and head are matched as a multiset by fingerprint: first within a file (renames
 * followed), then across files, so that moved code is not new. Of several equal findings the ones on added lines are new. What is
 * left is matched one to one: a flaw that is written anew in its function, with other names or by other means, is the old one, and so
 * is one that the same data reaches where the change has moved the code.
 * Where the rule measures how bad a flaw is, an old one that became worse is new too, and so is one that other data reaches than before
 * of which more is known: a function built a query of what its callers decide, and now a caller hands it what is an
 * attacker's. A flaw of which what runs with it had it before has only moved. A protection that is missing is new only where base
 * kept it.
 */
import { type Change, touches } from "../core/change.ts";
import { confidences, type Finding } from "../core/finding.ts";
import { AffectedModules } from "./affected.ts";
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
        (isWorse(hit, partner) ? worse : unchanged).push(hit);
      }
    }
    fresh = remaining;
    left = left.filter((hit) => !matched.has(hit));
  }
  const removed = new Map(
    changes.map(({ path, previousPath = path, hunks, status }) => [
      previousPath,
      status === "removed" || hunks === undefined ? undefined : hunks.flatMap((one) => one.removed),
    ]),
  );
  const isRemoved = ({ path, region }: Finding) =>
    removed.has(path) &&
    (removed.get(path) === undefined ||
      touches(removed.get(path) ?? [], region.startLine, region.endLine));
  const isTouched = (hit: Hit, side: Side) =>
    side === "base" ? isRemoved(hit.finding) : isAdded(hit.finding);
  for (const likenessOf of likenesses) {
    const pairs = alike(left, fresh, (hit, side) => {
      const path = side === "base" ? hit.finding.path : basePathOf(hit.finding.path);
      return likenessOf(hit, path, () => isTouched(hit, side));
    });
    for (const [before, after] of pairs) (isWorse(after, before) ? worse : unchanged).push(after);
    const isMatched = new Set(pairs.values());
    fresh = fresh.filter((hit) => !isMatched.has(hit));
    left = left.filter((hit) => !pairs.has(hit));
  }
  const before = new AffectedModules(base.filter(counts), (path) => path);
  const after = new AffectedModules(head.filter(counts), basePathOf);
  unchanged.push(...fresh.filter((hit) => after.isAllIn(before, hit)));
  // An old flaw reaches a module more, which the change takes its own value from.
  const isEdited = ({ status, hunks }: Change) =>
    status === "modified" || (status === "renamed" && hunks?.length !== 0);
  const isSpread = (hit: Hit) =>
    after.notIn(before, hit).some(({ path }) => {
      const change = byPath.get(path);
      return path !== hit.finding.path && change !== undefined && isEdited(change);
    });
  return {
    new: [
      ...fresh.filter((hit) => !after.isAllIn(before, hit)),
      ...unchanged.filter(isSpread),
      ...worse,
      ...lost,
    ],
    fixed: left.filter((hit) => !before.isAllIn(after, hit)),
    unchanged: unchanged.filter((hit) => !isSpread(hit)),
  };
}

function isWorse(hit: Hit, before: Hit): boolean {
  if ((hit.measure ?? 0) > (before.measure ?? hit.measure ?? 0)) return true;
  const sureness = ({ finding }: Hit) => confidences.indexOf(finding.confidence);
  return hit.origin?.data !== before.origin?.data && sureness(hit) < sureness(before);
}

type Side = "base" | "head";

/**
 * What makes two findings of different code the same flaw, the closest likeness first; undefined for findings that have none of the
 * kind. `isTouched` is true for what stands on a line that the change takes away or adds.
 */
const likenesses: readonly ((
  hit: Hit,
  path: string,
  isTouched: () => boolean,
) => readonly unknown[] | undefined)[] = [
  // It says the same in the same function: names are others.
  ({ finding, within }, path) =>
    within === undefined ? undefined : [...ruleOf(finding), path, within, finding.message],
  // In the same function what is called is another.
  ({ finding, within, origin }, path) =>
    within === undefined || within === ""
      ? undefined
      : [...ruleOf(finding), path, within, origin?.data],
  // The same function takes the same data: where it goes then has moved.
  ({ finding, origin }, path) =>
    origin === undefined ? undefined : [...ruleOf(finding), path, origin.within, origin.data],
  // All of it has moved.
  ({ finding, origin }, _path, isTouched) =>
    origin !== undefined && isTouched()
      ? [...ruleOf(finding), finding.message, origin.data]
      : undefined,
  // The same setting, of which the value is written in another way, or in another place.
  ({ sets }, path) => (sets === undefined ? undefined : [path, sets]),
  ({ sets }, _path, isTouched) => (sets !== undefined && isTouched() ? [sets] : undefined),
];

/** What two findings of one rule have in common that are equally bad. */
function ruleOf({ ruleId, severity, confidence }: Finding): readonly string[] {
  return [ruleId, severity, confidence];
}

/** Findings of base and head that are each the only one of their kind. */
function alike(
  base: readonly Hit[],
  head: readonly Hit[],
  likenessOf: (hit: Hit, side: Side) => readonly unknown[] | undefined,
): ReadonlyMap<Hit, Hit> {
  const pairs = new Map<string, { base: Hit[]; head: Hit[] }>();
  const add = (hit: Hit, side: Side) => {
    const likeness = likenessOf(hit, side);
    if (likeness === undefined) return;
    const key = JSON.stringify(likeness);
    const pair = pairs.get(key) ?? { base: [], head: [] };
    pair[side].push(hit);
    pairs.set(key, pair);
  };
  for (const hit of base) add(hit, "base");
  for (const hit of head) add(hit, "head");
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
