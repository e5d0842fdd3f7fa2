/** Which versions one record speaks of, by the rules of the OSV schema. */
import type { AffectedPackage, RangeEvent } from "./advisory.ts";
import type { Ecosystem } from "./package.ts";
import {
  behind,
  compareKeys,
  FIRST,
  holds,
  type Key,
  LAST,
  schemeOf,
  unite,
  type Version,
  type VersionSet,
} from "./versions/index.ts";

/** A stretch of affected versions, and the version that ends it, where the record names one. */
interface Stretch {
  readonly from: Key;
  readonly to: Key;
  readonly fixed?: Version;
  /** The version with which it begins, where one is named. */
  readonly introduced?: Version;
}

export interface Affected {
  /** In the order of the record, ascending within each of its ranges. */
  readonly stretches: readonly Stretch[];
  /** All affected versions. */
  readonly set: VersionSet;
  /** Listed versions that cannot be read as such, as they are written. */
  readonly unreadable: ReadonlySet<string>;
}

/** Order of events at one version: where a flaw ends and begins again, it goes on. */
const ORDER: Readonly<Record<RangeEvent["kind"], number>> = {
  fixed: 0,
  limit: 0,
  introduced: 1,
  after: 1,
  last_affected: 2,
};

/** Reads the ranges and the list of versions of one package in a record. A range with a bound that cannot be read says nothing. */
export function affectedVersions({ ecosystem, ranges, versions }: AffectedPackage): Affected {
  const scheme = schemeOf(ecosystem);
  const stretches = ranges.flatMap((events) => stretchesOf(events, ecosystem));
  const listed = versions.map((text) => ({ text, version: scheme.parse(text) }));
  const points = listed.flatMap(({ version }) =>
    version === undefined ? [] : [{ from: version.key, to: behind(version.key) }],
  );
  return {
    stretches,
    set: unite([...stretches, ...points]),
    unreadable: new Set(listed.filter((one) => one.version === undefined).map((one) => one.text)),
  };
}

/** The listed versions that the ranges do not hold anyway. */
export function versionsBesideRanges(affected: AffectedPackage): string[] {
  const scheme = schemeOf(affected.ecosystem);
  const { set } = affectedVersions({ ...affected, versions: [] });
  return affected.versions.filter((text) => {
    const version = scheme.parse(text);
    return version === undefined || !holds(set, version.key);
  });
}

function stretchesOf(events: readonly RangeEvent[], ecosystem: Ecosystem): Stretch[] {
  const scheme = schemeOf(ecosystem);
  const bounds: { kind: RangeEvent["kind"]; version?: Version; at: Key }[] = [];
  for (const { kind, version: text } of events) {
    const isStart = kind === "introduced" && text === "0";
    const version = isStart ? undefined : scheme.parse(text);
    if (version === undefined && !isStart) return [];
    const at =
      version === undefined
        ? FIRST
        : kind === "last_affected" || kind === "after"
          ? scheme.behindRelease(version)
          : version.key;
    bounds.push({ kind, at, ...(version !== undefined && { version }) });
  }
  bounds.sort((a, b) => compareKeys(a.at, b.at) || ORDER[a.kind] - ORDER[b.kind]);
  const stretches: Stretch[] = [];
  let open: (typeof bounds)[number] | undefined;
  for (const bound of bounds) {
    if (bound.kind === "introduced" || bound.kind === "after") {
      const last = stretches.at(-1);
      // What ends where it begins again has not ended there.
      if (last !== undefined && compareKeys(last.to, bound.at) === 0) {
        stretches.pop();
        const { from: at, introduced: version } = last;
        open = { kind: bound.kind, at, ...(version !== undefined && { version }) };
      }
      open ??= bound;
      continue;
    }
    if (open === undefined) continue;
    stretches.push({
      from: open.at,
      to: bound.at,
      ...(open.version !== undefined && { introduced: open.version }),
      ...(bound.kind === "fixed" && bound.version !== undefined && { fixed: bound.version }),
    });
    open = undefined;
  }
  if (open !== undefined)
    stretches.push({
      from: open.at,
      to: LAST,
      ...(open.version !== undefined && { introduced: open.version }),
    });
  return stretches;
}
