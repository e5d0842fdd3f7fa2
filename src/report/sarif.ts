import type {
  ArtifactLocation,
  CodeFlow,
  Log,
  Notification,
  PhysicalLocation,
  Result,
  Fix as SarifFix,
  Location as SarifLocation,
  Region as SarifRegion,
} from "sarif";
import type { Finding, Fix, Location, Region, Step } from "../core/finding.ts";
import { compareFindings } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { Suppression } from "../review/index.ts";
import { sarifText } from "./escape.ts";
import type { Format, Report } from "./report.ts";
import { describeRules, levelOf, tagsOf } from "./sarif-rules.ts";
import { silencedBy } from "./silence.ts";

/**
 * SARIF 2.1.0, for GitHub code scanning and every other viewer. A review reports its new findings and the suppressed ones;
 * unchanged findings are left out, since code scanning would show them on the pull request as if they were its work.
 */
export const sarif = {
  id: "sarif",
  render: (report) => renderSarif(report),
} as const satisfies Format;

/** GitHub's limits: beyond them an upload is rejected. Those of rules stand with the rules. */
const MAX_RESULTS = 25_000;
const MAX_LOCATIONS = 1_000;
const MAX_FLOW_LOCATIONS = 10_000;
/** What GitHub shows of the results, worst first. */
const SHOWN_RESULTS = 5_000;
/** Ours: skipped files and notes that are listed one by one. */
const MAX_NOTIFICATIONS = 1_000;
/** Ours: longer excerpts are minified code, which would swell the file and help nobody. */
const MAX_SNIPPET = 2_000;

const ROOT = "%SRCROOT%";

/**
 * The log as JSON text. GitHub shows suppressed results as open alerts (codeql-action issue 1230), so leave them out of what
 * is uploaded there with `suppressed: false`.
 */
export function renderSarif(
  report: Report,
  options: { readonly suppressed: boolean } = { suppressed: true },
): string {
  return `${JSON.stringify(toLog(report, options.suppressed))}\n`;
}

function toLog(report: Report, withSuppressed: boolean): Log {
  const { review, command, version } = report;
  const all: { finding: Finding; by?: Suppression }[] = [
    ...review.new.toSorted(compareFindings).map((finding) => ({ finding })),
    ...(withSuppressed
      ? review.suppressed.toSorted((a, b) => compareFindings(a.finding, b.finding))
      : []),
  ];
  const kept = all.slice(0, MAX_RESULTS);
  const rules = describeRules(
    kept.map(({ finding }) => finding),
    report.rules,
  );
  const indexes = new Map(rules.map((rule, index) => [rule.id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Portcullis",
            semanticVersion: version,
            rules,
          },
        },
        automationDetails: { id: `portcullis/${command}/` },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: toNotifications(report, all.length),
          },
        ],
        results: kept.map(({ finding, by }) => ({
          ...toResult(finding, indexes.get(finding.ruleId) ?? -1, report.rules.get(finding.ruleId)),
          // Only a comparison has a baseline, and what is silenced was not compared.
          ...(by === undefined && command === "review" ? { baselineState: "new" } : {}),
          ...(by === undefined ? {} : { suppressions: [toSuppression(by)] }),
        })),
      },
    ],
  };
}

function toResult(finding: Finding, ruleIndex: number, rule: Rule | undefined): Result {
  const { excerpt, fix } = finding;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    kind: "fail",
    level: levelOf(finding.severity),
    message: { text: sarifText(finding.message) },
    locations: [{ physicalLocation: withSnippets(finding) }],
    partialFingerprints: { "portcullis/v1": finding.fingerprint },
    // Where only some of the rule's aliases are right, the result's own tags replace those of the rule.
    ...(finding.aliases === undefined || rule === undefined
      ? {}
      : { properties: { tags: tagsOf({ ...rule, aliases: [...finding.aliases] }) } }),
    ...(finding.trace.length === 0 ? {} : { codeFlows: [toCodeFlow(finding.trace)] }),
    ...(finding.related.length === 0 ? {} : { relatedLocations: toRelated(finding.related) }),
    ...(fix === undefined
      ? {}
      : { fixes: [toFix(fix, excerpt?.startLine ?? 1, excerpt?.lines ?? [])] }),
  };
}

/** A finding's place with its code, in which secrets are masked already, and the lines around it. */
function withSnippets({ path, region, excerpt }: Finding): PhysicalLocation {
  const place = toPhysical({ path, region });
  if (excerpt === undefined) return place;
  const { startLine, lines } = excerpt;
  const endLine = startLine + lines.length - 1;
  const text = lines.join("\n");
  const isWhole =
    startLine <= region.startLine &&
    region.startLine <= region.endLine &&
    region.endLine <= endLine;
  if (!isWhole || text.length > MAX_SNIPPET) return place;
  const inside = lines.slice(region.startLine - startLine, region.endLine - startLine + 1);
  const afterLast = (inside.at(-1) ?? "").slice(region.endColumn).length;
  const all = inside.join("\n");
  const snippet = { text: all.slice(region.startColumn - 1, all.length - afterLast) };
  // SARIF 3.29.5: the context has to be larger than the region.
  const hasMore = startLine < region.startLine || endLine > region.endLine;
  return {
    ...place,
    region: { ...toRegion(region), snippet },
    ...(hasMore ? { contextRegion: { startLine, endLine, snippet: { text } } } : {}),
  };
}

/** A flow beyond the limit loses its middle: where the data comes from and where it ends matter most. */
function toCodeFlow(trace: readonly Step[]): CodeFlow {
  const half = MAX_FLOW_LOCATIONS / 2;
  const kept =
    trace.length > MAX_FLOW_LOCATIONS ? [...trace.slice(0, half), ...trace.slice(-half)] : trace;
  return { threadFlows: [{ locations: kept.map((step) => ({ location: toLocation(step) })) }] };
}

/** One place of the limit belongs to the result itself. */
function toRelated(related: readonly Step[]): SarifLocation[] {
  return related.slice(0, MAX_LOCATIONS - 1).map((step, id) => ({ id, ...toLocation(step) }));
}

function toLocation(step: Step): SarifLocation {
  return { physicalLocation: toPhysical(step), message: { text: sarifText(step.message) } };
}

function toPhysical({ path, region }: Location): PhysicalLocation {
  return { artifactLocation: toArtifact(path), region: toRegion(region) };
}

function toFix({ title, edits }: Fix, firstLine: number, lines: readonly string[]): SarifFix {
  return {
    description: { text: sarifText(title) },
    artifactChanges: [...new Set(edits.map((edit) => edit.path))].map((path) => ({
      artifactLocation: toArtifact(path),
      replacements: edits
        .filter((edit) => edit.path === path)
        .map(({ region, text }) => ({
          deletedRegion: toRegion(region, lines[region.endLine - firstLine]),
          insertedContent: { text },
        })),
    })),
  };
}

/** Our end is included, SARIF's is not. A region that takes in its last line's end stops at the start of the next line. */
function toRegion(region: Region, lastLine?: string): SarifRegion {
  const { startLine, startColumn, endLine } = region;
  const endColumn = region.endColumn + 1;
  if (lastLine !== undefined && region.endColumn > lastLine.length) {
    return { startLine, startColumn, endLine: endLine + 1, endColumn: 1 };
  }
  const isEmpty = endLine < startLine || (endLine === startLine && endColumn < startColumn);
  return isEmpty
    ? { startLine, startColumn, endLine: startLine, endColumn: startColumn }
    : { startLine, startColumn, endLine, endColumn };
}

function toArtifact(path: string): ArtifactLocation {
  // A lone surrogate has no UTF-8 form; encodeURI would throw.
  const encoded = encodeURI(path.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /[?#:]/g,
    encodeURIComponent,
  );
  return { uri: encoded, uriBaseId: ROOT };
}

function toSuppression(by: Suppression): NonNullable<Result["suppressions"]>[number] {
  const justification = sarifText(by.reason ?? `No reason given, by ${silencedBy(by).who}`);
  return by.kind === "comment"
    ? {
        kind: "inSource",
        status: "accepted",
        justification,
        location: { physicalLocation: toPhysical(by.at) },
      }
    : { kind: "external", status: "accepted", justification };
}

function toNotifications({ review }: Report, results: number): Notification[] {
  const details: Notification[] = [
    ...review.skipped.map(({ path, reason }) => ({
      ...notification("warning", `Not read in full: ${reason}`),
      locations: [{ physicalLocation: { artifactLocation: toArtifact(path) } }],
    })),
    ...review.notes.map((note) => notification("note", note)),
  ];
  const cut: string[] = [];
  if (results > MAX_RESULTS) {
    cut.push(
      `${results - MAX_RESULTS} of ${results} results were left out, the least severe: a run may hold ${MAX_RESULTS}.`,
    );
  }
  if (results > SHOWN_RESULTS)
    cut.push(`GitHub shows the worst ${SHOWN_RESULTS} results of a run.`);
  if (details.length > MAX_NOTIFICATIONS)
    cut.push(`${details.length - MAX_NOTIFICATIONS} notifications were left out.`);
  return [
    ...cut.map((text) => notification("warning", text)),
    ...details.slice(0, MAX_NOTIFICATIONS),
  ];
}

function notification(level: "warning" | "note", text: string): Notification {
  return { level, message: { text: sarifText(text) } };
}
