/** Reads records of the OSV schema (https://ossf.github.io/osv-schema/), and the compact form of the same that we store. */
import * as z from "zod";
import type { Severity } from "../core/finding.ts";
import { ownValue } from "../core/own-value.ts";
import {
  type Advisory,
  type AffectedPackage,
  type Ecosystem,
  ecosystems,
  normaliseName,
  type RangeEvent,
} from "../dependencies/index.ts";

const texts = z.array(z.string()).nullish();
const Event = z.looseObject({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
});
const Vectors = z.array(z.looseObject({ type: z.string(), score: z.string() })).nullish();
const Own = z
  .looseObject({
    severity: z.string().nullish().catch(undefined),
    cwe_ids: texts.catch(undefined),
    epss: z.number().nullish().catch(undefined),
    known_exploited: z.boolean().nullish().catch(undefined),
  })
  .nullish();

const Common = {
  id: z.string().min(1),
  aliases: texts,
  summary: z.string().nullish(),
  details: z.string().nullish(),
  severity: Vectors,
  published: z.string().nullish(),
  modified: z.string().nullish(),
  withdrawn: z.string().nullish(),
  database_specific: Own,
};

const OsvRecord = z.looseObject({
  ...Common,
  affected: z
    .array(
      z.looseObject({
        package: z.looseObject({ ecosystem: z.string(), name: z.string() }).nullish(),
        ranges: z.array(z.looseObject({ type: z.string(), events: z.array(Event) })).nullish(),
        versions: texts,
        severity: Vectors,
        database_specific: Own,
      }),
    )
    .nullish(),
});

/** One package a record, its ranges as bare lists of events. */
const CompactRecord = z.looseObject({
  ...Common,
  package: z.string(),
  ecosystem: z.enum(ecosystems).default("PyPI"),
  ranges: z.array(z.array(Event)).nullish(),
  versions: texts,
});

const words: Readonly<Record<string, Severity>> = {
  critical: "critical",
  high: "high",
  moderate: "medium",
  medium: "medium",
  low: "low",
};
/** Longer ones are no summaries. */
const MAX_SUMMARY = 200;

/** A severity in a publisher's words; undefined for words that mean none. */
export function severityWord(word: string | null | undefined): Severity | undefined {
  return word == null ? undefined : ownValue(words, word.toLowerCase());
}

/** When a record was last changed, and what it says. */
export interface ReadRecord {
  readonly advisory: Advisory;
  readonly modified?: string;
}

/** Undefined for what is no record. Packages of ecosystems that we know no versions of are left out. */
export function readRecord(value: unknown): ReadRecord | undefined {
  const isCompact = typeof value === "object" && value !== null && "package" in value;
  const compact = isCompact ? CompactRecord.safeParse(value) : undefined;
  if (compact?.success === true) {
    const { package: name, ecosystem, ranges, versions } = compact.data;
    const events = (ranges ?? []).map((list) => list.flatMap(toEvents));
    const affected = {
      ecosystem,
      name: normaliseName(ecosystem, name),
      ranges: events,
      versions: versions ?? [],
    };
    return { ...toAdvisory(compact.data, [affected], []), ...modifiedOf(compact.data) };
  }
  const osv = OsvRecord.safeParse(value);
  if (!osv.success) return undefined;
  const entries = osv.data.affected ?? [];
  const affected = entries.flatMap((entry): AffectedPackage[] => {
    const ecosystem = ecosystemOf(entry.package?.ecosystem);
    if (ecosystem === undefined || entry.package == null) return [];
    const ranges = (entry.ranges ?? []).filter(({ type }) => type !== "GIT");
    return [
      {
        ecosystem,
        name: normaliseName(ecosystem, entry.package.name),
        ranges: ranges.map(({ events }) => events.flatMap(toEvents)),
        versions: entry.versions ?? [],
      },
    ];
  });
  const more = entries.flatMap((entry) => entry.severity ?? []);
  return { ...toAdvisory(osv.data, affected, more), ...modifiedOf(osv.data) };
}

function modifiedOf({ modified }: { modified?: string | null | undefined }) {
  return modified == null ? {} : { modified };
}

function toAdvisory(
  record: z.infer<z.ZodObject<typeof Common>>,
  affected: readonly AffectedPackage[],
  vectors: NonNullable<z.infer<typeof Vectors>>,
): { advisory: Advisory } {
  const { id, published, withdrawn, database_specific: own } = record;
  const severity = severityWord(own?.severity);
  const epss = own?.epss;
  return {
    advisory: {
      id,
      aliases: (record.aliases ?? []).filter((alias) => alias !== id),
      summary: summaryOf(record.summary, record.details),
      url: pageOf(id),
      vectors: [...new Set([...(record.severity ?? []), ...vectors].map(({ score }) => score))],
      cwe: (own?.cwe_ids ?? []).flatMap((one) => {
        const number = Number(/^CWE-(\d+)$/.exec(one)?.[1]);
        return Number.isInteger(number) ? [number] : [];
      }),
      affected,
      ...(published != null && { published }),
      ...(withdrawn != null && { withdrawn }),
      ...(severity !== undefined && { severity }),
      ...(epss != null && { epss }),
      ...(own?.known_exploited === true && { exploited: true }),
    },
  };
}

/** Where people read about an advisory. */
export function pageOf(id: string): string {
  return id.startsWith("GHSA-")
    ? `https://github.com/advisories/${encodeURIComponent(id)}`
    : `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
}

/** How records begin that say in the next sentence what is wrong. */
const EMPTY_WORDS =
  /^(?:An issue|A vulnerability) (?:was|has been) (?:discovered|found) in [^!?]*?\.(?= |$)/;

/** The versions that it begins with are known from the ranges. */
const VERSIONS =
  /^In [^.,]{1,60}(?:\.\d[^.,]{0,30})* before [\d.a-z]{1,20}(?:,? (?:and )?[\d.]{1,20}(?:\.x)? before [\d.a-z]{1,20}){0,9}, (?=\S)/;

/** Says what a package is, and not what is wrong with it. */
const INTRODUCTION =
  /^[\w."'-]{1,60}(?: \([^)]{0,40}\))? is (?:an?|the|another) (?!.*\b(?:vulnerab|allow|attack|inject|leak|bypass|flaw|risk)).*$/i;

/** The summary, else the first sentence of the details that says something. */
function summaryOf(summary?: string | null, details?: string | null): string {
  const text = (summary?.trim() || details || "").slice(0, 10 * MAX_SUMMARY);
  const [line = ""] = text
    .replace(/^#+ .*$/gm, "")
    .trim()
    .split(/\n\s*\n/);
  const flat = line
    .replace(/\s+/g, " ")
    .trim()
    .replace(EMPTY_WORDS, "")
    .replace(VERSIONS, "")
    .trim();
  const sentence = summary?.trim() ? flat : (/^.{20,}?[.!?](?= [A-Z])/.exec(flat)?.[0] ?? flat);
  if (INTRODUCTION.test(sentence)) return "";
  return sentence.length > MAX_SUMMARY ? `${sentence.slice(0, MAX_SUMMARY - 1)}…` : sentence;
}

function ecosystemOf(text: string | undefined): Ecosystem | undefined {
  return ecosystems.find((ecosystem) => ecosystem === text);
}

function toEvents(event: z.infer<typeof Event>): RangeEvent[] {
  return (["introduced", "fixed", "last_affected", "limit"] as const).flatMap((kind) => {
    const version = event[kind];
    // A limit of `*` is none.
    return version === undefined || version === "*" ? [] : [{ kind, version }];
  });
}
