/** Harm if the finding is real, worst first. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** How often a finding of the rule is real, surest first. */
export const confidences = ["high", "medium", "low"] as const;
export type Confidence = (typeof confidences)[number];

/** True when `severity` is as bad as `threshold` or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(threshold);
}

/** A stretch of a file. Lines and columns (in UTF-16 units) count from 1; the end is included. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A region of a file. Paths are relative to the root of the tree, with forward slashes. */
export interface Location {
  readonly path: string;
  readonly region: Region;
}

/** One place worth seeing beside the finding's own, and what happens there. */
export interface Step extends Location {
  readonly message: string;
}

/** Replaces one region of a file; an empty region (end before start) inserts. */
export interface Edit extends Location {
  readonly text: string;
}

/** A change that may make a finding go away, as an analyzer proposes it. */
export interface ProposedFix {
  /** What the change does, as an imperative sentence. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A change that makes the finding go away: it was applied in memory and scanned again before it is offered. */
export interface Fix extends ProposedFix {
  /** The same change as whole lines, in the order of paths and lines; it holds no secret. */
  readonly replacements: readonly Replacement[];
}

/** Whole lines of a file, at least one, and what stands in their place. */
export interface Replacement {
  readonly path: string;
  readonly startLine: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** A published flaw of a package: all that the records of one flaw say. */
export interface AdvisoryFact {
  /** The best known name, and the others. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity?: Severity;
  /** The lowest version above in which it is mended. */
  readonly fixed?: string;
  readonly summary: string;
  readonly url: string;
  /** Probability of an attack within 30 days, 0 to 1 (FIRST's EPSS). */
  readonly epss?: number;
  /** True where it is in a list of what is known to be attacked. */
  readonly exploited?: boolean;
}

/** What a finding about a package speaks of. */
export interface PackageFact {
  readonly ecosystem: string;
  /** Normalised. */
  readonly name: string;
  readonly version?: string;
  /** The version to go to. */
  readonly target?: string;
  /** Who it is for: `main`, `dev`, `test` or `extra`. */
  readonly scope: string;
  /** Names from what the project asks for down to the package; absent where it asks for it itself, or nothing tells. */
  readonly wayIn?: readonly string[];
  /** Worst first. One as long as findings are compared, all of an entry when they are shown. */
  readonly advisories: readonly [AdvisoryFact, ...AdvisoryFact[]];
  /** What is said of the entry apart from its advisories, and what to do: sentences. */
  readonly state: string;
  readonly advice: string;
  readonly isLock: boolean;
  /** True where a lock file gave the version: what it says is said once more. */
  readonly isFromLock: boolean;
  /** True where a program wrote the line from a lock file: what is done about one such file mends all of them. */
  readonly isExported: boolean;
  /** The lines of the whole entry. */
  readonly block: Region;
  /** True for entries of files that were not changed: they tell what was known before. */
  readonly isContext: boolean;
}

/** Where the data of a flaw comes in. */
export interface Origin {
  /** The name of the function, with its class; empty for a module. */
  readonly within: string;
  readonly data: string;
}

/** What an analyzer reports. The engine adds the rest of a `Finding` from the rule and the file. */
export interface RawFinding extends Location {
  readonly ruleId: string;
  /**
   * What the finding is about, in a form that survives moved lines, renamed files and reformatting: a setting's name, or the
   * offending code without its layout. Never the value of a secret.
   */
  readonly subject: string;
  /** Fills `{name}` in the rule's message. */
  readonly values?: Readonly<Record<string, string>>;
  /** Where these differ from the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly message?: string;
  /** Other tools' names for the flaw in this very case, where only some of the rule's are right. */
  readonly aliases?: readonly string[];
  /** How bad the flaw is, in a measure of the rule's own; a change that raises it is told like a new finding. */
  readonly measure?: number;
  /**
   * Where the subject is a protection that not everyone has: `kept` is never shown, and a review tells that it is `missing` only
   * where base kept it.
   */
  readonly protection?: "kept" | "missing";
  /** The name of the function that it stands in, where a flaw that is written anew in there is still the same one. */
  readonly within?: string;
  /** Where a setting is what is wrong: its name, behind that of the rule, or of the one that judges it where settings are kept. */
  readonly sets?: string;
  /** Where data is what is wrong: the function that takes it, and what it takes, however that is written. */
  readonly origin?: Origin;
  /** From the source to the sink, in the order of execution. */
  readonly trace?: readonly Step[];
  /** What lets the data in as it is, where it is surely unchecked: a route, or the field of a form. */
  readonly entry?: Step;
  readonly related?: readonly Step[];
  /** Where a package is meant: findings of one entry are shown as one. */
  readonly package?: PackageFact;
  /** Dropped where a second scan shows that it does not make the finding go away, or makes another appear. */
  readonly fix?: ProposedFix;
  /** Regions of the finding's file that hold a secret's text: masked in every excerpt of that file. */
  readonly secrets?: readonly Region[];
  /**
   * The text that ought to be there, where the flaw is that something is absent and no line of the file holds it: a review
   * anchors the finding at the hunk that took it away.
   */
  readonly absent?: string;
  /** Files that the finding's own builds on, where others that build on them may have the same flaw: it is told once. */
  readonly foundations?: readonly string[];
  /** What runs with the flaw, where that may be another file than the one in which it stands, or more than one. */
  readonly affects?: readonly Affected[];
}

/** A file that a program runs with, and the class of it that is meant, if it is one. */
export interface Affected {
  readonly path: string;
  readonly class?: string;
}

/** Lines of a file, to be shown to a person. Secrets are masked with `*` of the same length. */
export interface Excerpt {
  readonly startLine: number;
  readonly lines: readonly string[];
}

export interface Finding extends Location {
  readonly ruleId: string;
  readonly message: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly trace: readonly Step[];
  readonly related: readonly Step[];
  /** True where the flaw is that something is not there: the region is only the place to look at. */
  readonly absence: boolean;
  /** Other tools' names for the flaw in this very case, where only some of the rule's are right. */
  readonly aliases?: readonly string[];
  /** Where a package is meant. */
  readonly package?: PackageFact;
  /** The finding's first lines as they stand in its file, secrets masked; absent where the flaw is an absence. */
  readonly excerpt?: Excerpt;
  readonly fix?: Fix;
  /** Identity across commits: 32 hex digits of SHA-256 over rule and subject, and `:2`, `:3` … for further copies. */
  readonly fingerprint: string;
}

/** A file, or a part of one, that was not looked at, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Orders findings as a person reads them: worst first, then by place. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareText(a.path, b.path) ||
    a.region.startLine - b.region.startLine ||
    a.region.startColumn - b.region.startColumn ||
    compareText(a.ruleId, b.ruleId)
  );
}

/** Orders by code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
