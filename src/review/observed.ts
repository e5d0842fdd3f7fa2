import { analyzers } from "../analyzers/index.ts";
import type { RawFinding, Skipped } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

/** What one side of a review, or one part of a scan, showed. Plain data. */
export interface Observed {
  readonly hits: readonly Hit[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
  /** Paths of files that are not text. */
  readonly binary: readonly string[];
  /** How many files were read. */
  readonly files: number;
  /** The analyzers, by their place in the list, whose survey of the tree may say something else for what some file holds. */
  readonly surveys: ReadonlySet<number>;
  /** Paths that a survey asked for: another one of nearly the same tree will ask for them too. */
  readonly asked?: readonly string[];
  /** Paths beside what was looked at that the tree did not give, to save calls. */
  readonly spared?: readonly string[];
  /** Paths of files of which nothing but packages was told. */
  readonly told?: readonly string[];
  /** Paths of files that may be read at the end. */
  readonly putOff?: readonly string[];
}

/** Gathers what is observed. */
export class Collector implements Observed {
  hits: Hit[] = [];
  readonly skipped: Skipped[] = [];
  readonly notes: string[] = [];
  readonly binary: string[] = [];
  files = 0;
  readonly surveys = new Set<number>();
  asked: readonly string[] = [];
  spared: readonly string[] = [];
  told: readonly string[] = [];
  readonly putOff: string[] = [];

  /** Adds what another one gathered. */
  add(other: Collector): void {
    for (const hit of other.hits) this.hits.push(hit);
    for (const part of other.skipped) this.skipped.push(part);
    for (const note of other.notes) this.notes.push(note);
    for (const path of other.binary) this.binary.push(path);
    this.files += other.files;
    for (const index of other.surveys) this.surveys.add(index);
  }

  /** What makes the data of a file harmless on its way may stand in a module that was not read. */
  doubtFlows(): void {
    this.hits = this.hits.map((hit) =>
      hit.finding.trace.length === 0
        ? hit
        : { ...hit, finding: { ...hit.finding, confidence: "low" }, isDoubtful: true },
    );
  }

  /** The crash of an analyzer, which its place in the list names, costs what it would have said, and is said. */
  guard(index: number, path: string, run: () => readonly RawFinding[]): readonly RawFinding[] {
    try {
      return run();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.skipped.push({
        path,
        reason: `the ${analyzers[index]?.kind} analyzer failed (a bug of ours): ${message}`,
      });
      return [];
    }
  }
}
