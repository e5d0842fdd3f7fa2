/** Advisories in one shape, whoever publishes them, and the port through which they come. */
import type { Severity } from "../core/finding.ts";
import type { Ecosystem } from "./package.ts";

/** One record of one database. Several records may speak of one flaw: `aliases` tells. */
export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** A page for people. */
  readonly url: string;
  /** ISO 8601. */
  readonly published?: string;
  /** When it was taken back: such a record is never reported. */
  readonly withdrawn?: string;
  /** CVSS vectors of any version. */
  readonly vectors: readonly string[];
  /** The publisher's own word, for records without a vector. */
  readonly severity?: Severity;
  /** Probability of an attack within 30 days, 0 to 1 (FIRST's EPSS). */
  readonly epss?: number;
  /** True where it is in a list of what is known to be attacked. */
  readonly exploited?: boolean;
  readonly cwe: readonly number[];
  readonly affected: readonly AffectedPackage[];
}

/** What a record says of one package; it applies where any range holds the version or `versions` lists it. */
export interface AffectedPackage {
  readonly ecosystem: Ecosystem;
  /** Normalised. */
  readonly name: string;
  /** OSV's events, range by range, in any order (https://ossf.github.io/osv-schema/#affectedrangesevents-fields). */
  readonly ranges: readonly (readonly RangeEvent[])[];
  readonly versions: readonly string[];
}

export interface RangeEvent {
  /** OSV's words, and `after` for ranges that begin behind a version. A `limit` ends a range, and mends nothing. */
  readonly kind: "introduced" | "after" | "fixed" | "last_affected" | "limit";
  /** `0` of an `introduced` stands for the beginning. */
  readonly version: string;
}

/** A package to be looked up. */
export interface Question {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** All advisories of the package where absent. */
  readonly version?: string;
}

/** What a source could say. Advisories that do not apply may be among them: whoever asks decides. */
export interface Answer {
  readonly advisories: readonly Advisory[];
  /** Questions without an answer, in groups of one reason each. */
  readonly unanswered: readonly {
    readonly questions: readonly Question[];
    readonly reason: string;
  }[];
}

/** Where advisories come from. */
export interface AdvisorySource {
  /** For people: `OSV.dev`, `advisories.zip of 2026-01-31`. */
  readonly name: string;
  /** Never throws: what could not be asked is in `unanswered`. */
  ask(questions: readonly Question[]): Promise<Answer>;
}
