/** How bad an advisory is: the base score of its CVSS vectors, or the publisher's word. */
import cvss from "ae-cvss-calculator";
import { type Severity, severities } from "../core/finding.ts";
import type { Advisory } from "./advisory.ts";

const MAX_LENGTH = 512;

/** What we use of the library's untyped answer. */
interface Vector {
  isBaseFullyDefined(): boolean;
  calculateScores(normalise: boolean): { readonly base?: number };
}

/** The base score of a vector of CVSS 2, 3.0, 3.1 or 4.0; undefined where it is not complete. */
export function baseScore(vector: string): number | undefined {
  if (vector.length > MAX_LENGTH) return undefined;
  try {
    const parsed: Vector | null = cvss.fromVector(vector);
    if (parsed === null || !parsed.isBaseFullyDefined()) return undefined;
    return parsed.calculateScores(false).base;
  } catch {
    // Metrics with values that do not exist.
    return undefined;
  }
}

/** The worst of the advisory's vectors; where it has none that can be read, its publisher's word, or nothing. */
export function severityOf({ vectors, severity }: Advisory): Severity | undefined {
  const scores = vectors.flatMap((vector) => baseScore(vector) ?? []);
  return scores.length === 0 ? severity : ratingOf(Math.max(...scores));
}

/** The qualitative rating of a score (CVSS 3.1, table 14); `none` counts as low, because somebody published it. */
function ratingOf(score: number): Severity {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}

/** The worst of several; undefined where none is known. */
export function worst(list: readonly (Severity | undefined)[]): Severity | undefined {
  return severities.find((severity) => list.includes(severity));
}
