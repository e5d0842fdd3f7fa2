import type {
  Confidence,
  Finding,
  Fix,
  PackageFact,
  Region,
  Severity,
  Skipped,
  Step,
} from "../core/finding.ts";
import type { Suppression } from "../review/index.ts";
import type { Format, Report } from "./report.ts";
import { countBySeverity, countFailing, countSkipped } from "./summary.ts";

/** For programs: one JSON document, `JsonReport`. */
export const json = { id: "json", render } as const satisfies Format;

/**
 * The document. Within one `schema` number keys are only ever added. Lists are there even when empty; other keys are left
 * out where there is nothing to say. Lines and columns (UTF-16 units) count from 1, the end included; paths are relative to
 * the root, with forward slashes. Findings stand worst first.
 */
interface JsonReport {
  readonly schema: 1;
  readonly tool: { readonly name: "portcullis"; readonly version: string };
  readonly command: "review" | "scan";
  /** The revision compared against; a scan has none, and all its findings are in `new`. */
  readonly base?: string;
  readonly head: string;
  readonly findings: {
    readonly new: readonly JsonFinding[];
    readonly fixed: readonly JsonFinding[];
    readonly unchanged: readonly JsonFinding[];
  };
  /** Silenced findings, each with who silenced it: a comment (and whether the change adds it), or the configuration. */
  readonly suppressed: readonly (JsonFinding & { readonly by: Suppression })[];
  /** Files, or parts of them, that were not looked at. A file may occur more than once. */
  readonly skipped: readonly Skipped[];
  /** Paths of files that are not text, which nobody expects to be read. */
  readonly binary: readonly string[];
  readonly notes: readonly string[];
  readonly summary: {
    readonly files: number;
    readonly new: Readonly<Record<Severity | "total", number>>;
    readonly fixed: number;
    readonly unchanged: number;
    readonly suppressed: number;
    /** Files that occur in `skipped`. */
    readonly skipped: number;
    readonly failOn: Severity | "never";
    /** How many new findings reach `failOn`; the exit status is 1 unless it is 0. */
    readonly failing: number;
  };
}

interface JsonFinding {
  readonly ruleId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Numbers of the Common Weakness Enumeration. */
  readonly cwe: readonly number[];
  /** The same rule in other tools: `bandit:B608`. */
  readonly aliases: readonly string[];
  readonly path: string;
  readonly region: Region;
  readonly message: string;
  readonly remedy?: string;
  /** From the source to the sink. */
  readonly trace: readonly Step[];
  readonly related: readonly Step[];
  /** The package that the finding is about, with its advisories, worst first. */
  readonly package?: Pick<
    PackageFact,
    "ecosystem" | "name" | "version" | "target" | "scope" | "wayIn" | "advisories"
  >;
  /** Edits of the finding's file; an edit whose region ends before it starts inserts. */
  readonly fix?: Fix;
  /** The same for the same flaw at every commit. */
  readonly fingerprint: string;
}

function render(report: Report): string {
  return `${JSON.stringify(toJson(report), undefined, 2)}\n`;
}

function toJson(report: Report): JsonReport {
  const { review } = report;
  const convert = (finding: Finding) => toFinding(finding, report);
  return {
    schema: 1,
    tool: { name: "portcullis", version: report.version },
    command: report.command,
    ...(review.base === undefined ? {} : { base: review.base }),
    head: review.head,
    findings: {
      new: review.new.map(convert),
      fixed: review.fixed.map(convert),
      unchanged: review.unchanged.map(convert),
    },
    suppressed: review.suppressed.map(({ finding, by }) => ({ ...convert(finding), by })),
    skipped: review.skipped,
    binary: review.binary,
    notes: review.notes,
    summary: {
      files: review.files,
      new: { total: review.new.length, ...countBySeverity(review.new) },
      fixed: review.fixed.length,
      unchanged: review.unchanged.length,
      suppressed: review.suppressed.length,
      skipped: countSkipped(report),
      failOn: report.failOn,
      failing: countFailing(report),
    },
  };
}

/** Names every key, so that what the engine adds to a finding does not become part of the format by accident. */
function toFinding(finding: Finding, { rules }: Report): JsonFinding {
  const rule = rules.get(finding.ruleId);
  return {
    ruleId: finding.ruleId,
    title: rule?.title ?? finding.ruleId,
    severity: finding.severity,
    confidence: finding.confidence,
    cwe: rule?.cwe ?? [],
    aliases: rule?.aliases ?? [],
    path: finding.path,
    region: finding.region,
    message: finding.message,
    ...(rule === undefined ? {} : { remedy: rule.remedy }),
    trace: finding.trace,
    related: finding.related,
    ...(finding.package === undefined ? {} : { package: toPackage(finding.package) }),
    ...(finding.fix === undefined ? {} : { fix: finding.fix }),
    fingerprint: finding.fingerprint,
  };
}

function toPackage(fact: PackageFact) {
  const { ecosystem, name, version, target, scope, wayIn, advisories } = fact;
  return {
    ecosystem,
    name,
    ...(version === undefined ? {} : { version }),
    ...(target === undefined ? {} : { target }),
    scope,
    ...(wayIn === undefined ? {} : { wayIn }),
    advisories,
  };
}
