import { compareFindings } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

/**
 * Findings of one flaw in several files that build on the same ones, as one: the first tells it, and names the others. Comes after base
 * and head were compared, so that a file more that has the flaw is new.
 */
export function joinShared(hits: readonly Hit[]): Hit[] {
  // By what tells the flaw; few are of something that files have in common, and there may be thousands.
  const groups = new Map<string, Hit[][]>();
  const joined: Hit[][] = [];
  for (const hit of [...hits].sort((a, b) => compareFindings(a.finding, b.finding))) {
    const { fingerprint } = hit.finding;
    const alike = groups.get(fingerprint) ?? [];
    groups.set(fingerprint, alike);
    const group = alike.find((one) => one.some((other) => isShared(hit, other)));
    if (group !== undefined) group.push(hit);
    else {
      const alone = [hit];
      alike.push(alone);
      joined.push(alone);
    }
  }
  return joined.flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.length === 0 ? first : naming(first, others)],
  );
}

function isShared({ foundations = [] }: Hit, other: Hit): boolean {
  return foundations.some((path) => other.foundations?.includes(path));
}

function naming(hit: Hit, others: readonly Hit[]): Hit {
  const { finding } = hit;
  const paths = [...new Set(others.map((one) => one.finding.path))].filter(
    (path) => path !== finding.path,
  );
  if (paths.length === 0) return hit;
  const message = `${finding.message} The same is so in ${paths.map((path) => `\`${path}\``).join(", ")}.`;
  return { ...hit, finding: { ...finding, message } };
}
