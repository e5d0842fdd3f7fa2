import { compareFindings } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

/**
 * Findings of one flaw in several files that build on the same ones, as one: the first tells it, and names the others. Comes after base
 * and head were compared, so that a file more that has the flaw is new.
 */
export function joinShared(hits: readonly Hit[]): Hit[] {
  const groups: Hit[][] = [];
  for (const hit of [...hits].sort((a, b) => compareFindings(a.finding, b.finding))) {
    const group = groups.find((one) => one.some((other) => isShared(hit, other)));
    if (group === undefined) groups.push([hit]);
    else group.push(hit);
  }
  return groups.flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.length === 0 ? first : naming(first, others)],
  );
}

function isShared(hit: Hit, other: Hit): boolean {
  return (
    hit.finding.fingerprint === other.finding.fingerprint &&
    (hit.foundations ?? []).some((path) => other.foundations?.includes(path))
  );
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
