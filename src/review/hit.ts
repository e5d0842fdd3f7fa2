import { minimatch } from "minimatch";
import { type Config, defaultConfig } from "../core/config.ts";
import type {
  Affected,
  Excerpt,
  Finding,
  Location,
  Origin,
  ProposedFix,
  RawFinding,
  Region,
  Severity,
} from "../core/finding.ts";
import { ownValue } from "../core/own-value.ts";
import type { Rule } from "../core/rule.ts";
import { maskKeyLike } from "../core/secret.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { packageValues } from "./packages.ts";
import { type SuppressionComment, silences } from "./suppressions.ts";

/** A finding, and what the comparison of two revisions has to know of it. Plain data: it may cross threads. */
export interface Hit {
  readonly finding: Finding;
  readonly absent?: string;
  readonly foundations?: readonly string[];
  readonly affects?: readonly Affected[];
  readonly measure?: number;
  readonly protection?: "kept" | "missing";
  readonly within?: string;
  readonly sets?: string;
  readonly origin?: Origin;
  /** Not yet proven. */
  readonly proposal?: ProposedFix;
  /** Regions of the finding's file that hold secrets. */
  readonly secrets?: readonly Region[];
  /** A part of its way was not read. */
  readonly isDoubtful?: boolean;
  readonly suppression?: {
    readonly at: Location;
    readonly dialect: SuppressionComment["dialect"];
    readonly reason?: string;
  };
}

/** What the file of a finding adds to it. */
export interface FileContext {
  readonly lines: readonly string[];
  /** Regions that hold secrets. */
  readonly secrets: readonly Region[];
  /** In the order of their lines. */
  readonly comments: readonly SuppressionComment[];
  /** Those of them that count for the whole file. */
  readonly wholeFile: readonly SuppressionComment[];
  /** Lines of the statement around a region. */
  statement(region: Region): { readonly startLine: number; readonly endLine: number };
}

const MAX_EXCERPT_LINES = 8;
/** No person wrote or reads a longer line, and a file may have a secret at a thousand places of it. */
const MAX_EXCERPT_LINE = 5_000;
/** Shorter texts are words, and taking them out of a sentence would say more than it hides. */
const MIN_SECRET = 8;

/** Makes the finding that everyone sees of what an analyzer reported; undefined when the configuration switches it off. */
export function toHit(
  raw: RawFinding,
  rule: Rule,
  config: Config,
  context: FileContext,
): Hit | undefined {
  const severity = severityFor(rule, raw.path, config, raw.severity ?? rule.severity);
  if (severity === "off") return undefined;
  const values: Readonly<Record<string, string>> = {
    ...(raw.package !== undefined && packageValues(raw.package)),
    ...raw.values,
  };
  const comment = suppressionOf(raw.region, rule, context);
  const excerpt = raw.absent === undefined ? excerptOf(raw.region, context) : undefined;
  const finding: Finding = {
    ruleId: raw.ruleId,
    path: raw.path,
    region: raw.region,
    message: redact(
      capitalise(
        (raw.message ?? rule.message).replace(
          /\{(\w+)\}/g,
          (whole, name: string) => ownValue(values, name) ?? whole,
        ),
      ),
      context,
    ),
    severity,
    confidence: raw.confidence ?? rule.confidence,
    trace: (raw.trace ?? []).map((step) => ({ ...step, message: redact(step.message, context) })),
    related: (raw.related ?? []).map((step) => ({
      ...step,
      message: redact(step.message, context),
    })),
    absence: raw.absent !== undefined,
    ...(raw.aliases !== undefined && { aliases: raw.aliases }),
    ...(raw.package !== undefined && { package: raw.package }),
    ...(excerpt !== undefined && { excerpt }),
    fingerprint: fingerprintOf(raw),
  };
  return {
    finding,
    ...(raw.absent !== undefined && { absent: raw.absent }),
    ...(raw.foundations !== undefined && { foundations: raw.foundations }),
    ...(raw.affects !== undefined && { affects: raw.affects }),
    ...(raw.measure !== undefined && { measure: raw.measure }),
    ...(raw.protection !== undefined && { protection: raw.protection }),
    ...(raw.within !== undefined && { within: raw.within }),
    ...(raw.sets !== undefined && { sets: raw.sets }),
    ...(raw.origin !== undefined && { origin: raw.origin }),
    ...(raw.fix !== undefined && { proposal: raw.fix }),
    ...(raw.secrets !== undefined && { secrets: raw.secrets }),
    ...(comment !== undefined && {
      suppression: {
        at: comment.at,
        dialect: comment.dialect,
        ...(comment.reason !== undefined && { reason: redact(comment.reason, context) }),
      },
    }),
  };
}

/** A sentence without the secrets of the file that it speaks of. */
export function redact(sentence: string, { lines, secrets }: FileContext): string {
  let redacted = sentence;
  for (const { startLine, startColumn, endLine, endColumn } of secrets) {
    if (startLine !== endLine) continue;
    const secret = (lines[startLine - 1] ?? "")
      .slice(startColumn - 1, endColumn)
      .replace(/^\w{0,2}["']+|["']+$/g, "");
    if (secret.length >= MIN_SECRET) redacted = redacted.replaceAll(secret, "*".repeat(8));
  }
  return redacted;
}

/**
 * Masks in each excerpt what any of the findings says is a secret: not every analyzer sees every other's. Of two findings about
 * one secret the one stays that knows what the secret is for, a rule about that setting.
 */
export function hideSecrets(given: readonly Hit[]): Hit[] {
  const telling = given.filter((hit) => (hit.secrets ?? []).length > 0);
  const hits = given.filter((hit) => !telling.some((other) => tellsMore(other, hit)));
  const secrets = new Map<string, Region[]>();
  for (const { finding, secrets: regions = [] } of hits) {
    if (regions.length > 0)
      secrets.set(finding.path, [...(secrets.get(finding.path) ?? []), ...regions]);
  }
  return hits.map((hit) => {
    const regions = secrets.get(hit.finding.path);
    const { excerpt } = hit.finding;
    if (regions === undefined || excerpt === undefined) return hit;
    const lines = excerpt.lines.map((line, index) =>
      mask(line, excerpt.startLine + index, regions),
    );
    return { ...hit, finding: { ...hit.finding, excerpt: { ...excerpt, lines } } };
  });
}

/** True when both are about one secret, and only the second is from the rules that know no more than that it is one. */
function tellsMore(other: Hit, hit: Hit): boolean {
  const isGeneral = ({ finding }: Hit) => finding.ruleId.startsWith("secrets/");
  if (!isGeneral(hit) || isGeneral(other) || hit.finding.path !== other.finding.path) return false;
  return (hit.secrets ?? []).some((mine) =>
    (other.secrets ?? []).some((its) => overlap(mine, its)),
  );
}

function overlap(a: Region, b: Region): boolean {
  const isBefore = (first: Region, second: Region) =>
    first.endLine < second.startLine ||
    (first.endLine === second.startLine && first.endColumn < second.startColumn);
  return !isBefore(a, b) && !isBefore(b, a);
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What the configuration makes of a rule at a path. The last entry that speaks of both wins. */
function severityFor(rule: Rule, path: string, config: Config, own: Severity): Severity | "off" {
  if (config.rules === defaultConfig.rules) return own;
  let severity: Severity | "off" = own;
  for (const [name, setting] of Object.entries(config.rules)) {
    if (!names(name, rule)) continue;
    if (typeof setting === "string") severity = setting;
    else if (
      setting.severity !== undefined &&
      (setting.paths === undefined || isIncluded(path, setting.paths))
    ) {
      severity = setting.severity;
    }
  }
  return severity;
}

/** True when a name in the configuration means the rule: its id, a glob over ids, or an alias. */
export function names(name: string, rule: Rule): boolean {
  return name === rule.id || rule.aliases.includes(name) || minimatch(rule.id, name);
}

/** True when a path is among those that `include` and `exclude` leave. */
export function isIncluded(
  path: string,
  paths: { readonly include: readonly string[]; readonly exclude: readonly string[] },
): boolean {
  const matches = (glob: string) => minimatch(path, glob, { dot: true });
  return (
    (paths.include.length === 0 || paths.include.some(matches)) && !paths.exclude.some(matches)
  );
}

/** The comment that silences a rule at a region of a file. */
export function suppressionOf(
  region: Region,
  rule: Rule,
  context: Pick<FileContext, "comments" | "wholeFile" | "statement">,
): SuppressionComment | undefined {
  const { comments } = context;
  if (comments.length === 0) return undefined;
  const { startLine, endLine } = context.statement(region);
  const lineOf = (index: number) => comments[index]?.at.region.startLine ?? 0;
  for (let at = lowest(comments.length, (index) => lineOf(index) >= startLine - 1); ; at++) {
    const comment = comments[at];
    if (comment === undefined || lineOf(at) > endLine) break;
    const covers = lineOf(at) >= startLine || (comment.dialect === "portcullis" && comment.alone);
    if (covers && silences(comment, rule)) return comment;
  }
  return context.wholeFile.find((comment) => silences(comment, rule));
}

/** The lowest number below `count` from which on the test holds; `count` where it holds nowhere. */
export function lowest(count: number, test: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function excerptOf(region: Region, context: FileContext): Excerpt | undefined {
  const end = Math.min(region.endLine, region.startLine + MAX_EXCERPT_LINES - 1);
  const given = context.lines.slice(region.startLine - 1, end);
  if (given.some((line) => line.length > MAX_EXCERPT_LINE)) return undefined;
  const lines = given
    // What no rule knows for a secret is masked by its looks, as it is where code is quoted in messages.
    .map((line, index) => maskKeyLike(mask(line, region.startLine + index, context.secrets)));
  return { startLine: region.startLine, lines };
}

/** Replaces what secrets cover of a line, character by character. */
export function mask(line: string, number: number, secrets: readonly Region[]): string {
  let masked = line;
  for (const secret of secrets) {
    if (number < secret.startLine || number > secret.endLine) continue;
    const from = number === secret.startLine ? secret.startColumn - 1 : 0;
    const to = number === secret.endLine ? secret.endColumn : masked.length;
    masked =
      masked.slice(0, from) +
      "*".repeat(Math.max(0, Math.min(to, masked.length) - from)) +
      masked.slice(to);
  }
  return masked;
}
