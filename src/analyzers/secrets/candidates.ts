import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Confidence, ProposedFix, RawFinding, Severity } from "../../core/finding.ts";
import type { Rule } from "../../core/rule.ts";
import type { Secret } from "../../core/secret.ts";
import type { FileUnit, Trigger } from "../analyzer.ts";
import { howToKeep, severityIn } from "./context.ts";
import { readFromEnvironment } from "./replacement.ts";

/** A stretch of a file that a finder takes for a secret. Offsets are UTF-16 units, the end is not included. */
export interface Candidate {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  readonly secret: Secret;
  /** Fills the rule's message. Never the secret or a part of it beyond the fixed prefix of its format. */
  readonly values: Readonly<Record<string, string>>;
  /** Where these differ from the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** What it is at the most in a test: only what opens something there already is worse. */
  readonly inTests?: Severity;
  readonly fix?: ProposedFix;
}

/** A stretch that a finder knows to be no secret, whatever later ones take it for: a public key, or a token that is broken. */
export interface Cleared {
  readonly start: number;
  readonly end: number;
  readonly rule?: undefined;
}

/** A rule and what it says of secrets of one kind. */
export interface Part<Match> {
  readonly rule: Rule;
  readonly match: Match;
}

/** One way to find secrets: by the form of the text itself, or by its name and place. */
export interface Finder {
  readonly triggers: readonly Trigger[];
  /** False for paths at which it finds nothing: tests make passwords up, and manuals show them. Without it, true for all. */
  wants?(path: string): boolean;
  /** In any order; where two candidates overlap, the one that comes first stays. */
  find(unit: FileUnit): readonly (Candidate | Cleared)[];
}

/** A finder that asks for no more than a text and the words of its triggers that stand in it. */
export interface TextFinder extends Finder {
  find(unit: Pick<FileUnit, "text" | "words">): readonly (Candidate | Cleared)[];
}

const MAX_PER_FILE = 200;

/** Findings of one file, of candidates in the order of their finders: of two that overlap, the earlier one is right. */
export function toFindings(
  unit: FileUnit,
  candidates: readonly (Candidate | Cleared)[],
): RawFinding[] {
  if (candidates.length === 0) return [];
  const starts = lineStarts(unit.text);
  const kept: Candidate[] = [];
  const taken = new Intervals();
  for (const candidate of candidates) {
    if (kept.length >= MAX_PER_FILE) break;
    if (taken.add(candidate.start, candidate.end) && candidate.rule !== undefined)
      kept.push(candidate);
  }
  if (kept.length === 0) return [];
  const how = howToKeep(unit.path, unit.text);
  return kept.map((candidate) => {
    const region = toRegion(starts, candidate.start, candidate.end);
    const severity = severityIn(
      unit.path,
      candidate.severity ?? candidate.rule.severity,
      candidate.inTests,
    );
    const fix = candidate.fix ?? readFromEnvironment(unit, region);
    return {
      ruleId: candidate.rule.id,
      path: unit.path,
      region,
      subject: candidate.secret.digest(),
      values: { ...candidate.values, how },
      secrets: [region],
      ...(severity !== candidate.rule.severity && { severity }),
      ...(candidate.confidence !== undefined && { confidence: candidate.confidence }),
      ...(fix !== undefined && { fix }),
    };
  });
}

/** Stretches that do not overlap; few of them, so a list does. */
class Intervals {
  readonly #taken: (readonly [number, number])[] = [];

  /** False, and not added, where it overlaps one that is there. */
  add(start: number, end: number): boolean {
    if (this.#taken.some(([from, to]) => start < to && from < end)) return false;
    this.#taken.push([start, end]);
    return true;
  }
}
