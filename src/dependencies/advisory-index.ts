/**
 * Advisories by package. Records that name each other as aliases are one group: a person wants to hear of a flaw once. Groups are
 * made over all records of a package, so that a flaw keeps its name whichever of its records applies to a version.
 */
import type { Severity } from "../core/finding.ts";
import { compareText } from "../core/finding.ts";
import type { Advisory } from "./advisory.ts";
import { type Affected, affectedVersions } from "./affected.ts";
import { type Ecosystem, normaliseName } from "./package.ts";
import { severityOf, worst } from "./severity.ts";
import {
  compareKeys,
  holds,
  intersect,
  isWithin,
  type Key,
  schemeOf,
  type Version,
  type VersionSet,
} from "./versions/index.ts";

/** One flaw that affects a version: what all records say of it. */
export interface Hit {
  /** All its names, the best known first: GHSA, CVE, PYSEC, others. */
  readonly ids: readonly [string, ...string[]];
  /** The records that apply, the fullest first. */
  readonly records: readonly [Advisory, ...Advisory[]];
  readonly severity?: Severity;
  /** The version in which it is mended: the lowest above the given one that every record with such a version knows. */
  readonly fixed?: string;
}

/** Where to go from a version. */
export interface Way {
  /** The lowest version that mends all of what affects the given one and can be mended. */
  readonly fix?: string;
  /** The lowest version above that nothing is known to affect. */
  readonly clean?: string;
  /** The lowest clean version above one that no fix follows directly: it is listed beside the ranges, or up to a last affected one. */
  readonly beside?: string;
  /** The lowest clean version of a branch that advisories still cover, where `clean` belongs to one that they no longer do. */
  readonly supported?: string;
}

interface Record {
  readonly advisory: Advisory;
  readonly affected: Affected;
  readonly group: Group;
  readonly severity: Severity | undefined;
}

interface Group {
  readonly ids: readonly [string, ...string[]];
}

/** What was worked out for a package, and for versions of it: many manifests pin the same ones, and each proof of a fix asks again. */
interface Known {
  readonly records: readonly Record[];
  readonly hits: Map<string, readonly Hit[]>;
  readonly ways: Map<string, Way>;
}

/** So many later advisories have to pass over a branch before it counts as given up. */
const PASSED_OVER = 3;
/** Steps from fix to fix until a version is clean. */
const MAX_STEPS = 50;

/** Answers questions about packages from a fixed list of records; what a package's records mean is worked out when it is asked for. */
export class AdvisoryIndex {
  readonly #byPackage = new Map<Ecosystem, Map<string, Advisory[]>>();
  /** By the very lists of `#byPackage`. */
  readonly #known = new Map<readonly Advisory[], Known>();

  constructor(advisories: Iterable<Advisory>) {
    for (const advisory of advisories) {
      if (advisory.withdrawn !== undefined) continue;
      for (const { ecosystem, name } of advisory.affected) {
        const byName = this.#byPackage.get(ecosystem) ?? new Map<string, Advisory[]>();
        this.#byPackage.set(ecosystem, byName);
        const known = byName.get(name);
        if (known === undefined) byName.set(name, [advisory]);
        else if (known.at(-1) !== advisory) known.push(advisory);
      }
    }
  }

  /** All records of a package, also those that apply to no version that anyone asks for. */
  advisoriesOf(ecosystem: Ecosystem, name: string): readonly Advisory[] {
    const byName = this.#byPackage.get(ecosystem);
    return byName?.get(normaliseName(ecosystem, name)) ?? [];
  }

  /** The flaws that affect a version, worst first. */
  find(ecosystem: Ecosystem, name: string, version: string): readonly Hit[] {
    const known = this.#knownOf(ecosystem, name);
    // Of most packages of a lock nothing is published: their versions need no reading.
    if (known === undefined) return [];
    return remembered(known.hits, version, () => {
      const parsed = schemeOf(ecosystem).parse(version);
      const hitting = known.records.filter(({ affected }) =>
        parsed === undefined ? affected.unreadable.has(version) : holds(affected.set, parsed.key),
      );
      return toHits(hitting, parsed);
    });
  }

  /** The flaws that affect every version of a set, and those that affect some. */
  findInRange(ecosystem: Ecosystem, name: string, range: VersionSet): { all: Hit[]; some: Hit[] } {
    const { records = [] } = this.#knownOf(ecosystem, name) ?? {};
    const all = records.filter(({ affected }) => range.length > 0 && isWithin(range, affected.set));
    const some = records.filter(
      (record) => !all.includes(record) && intersect(range, record.affected.set).length > 0,
    );
    return { all: toHits(all, undefined), some: toHits(some, undefined) };
  }

  /** Where to go from a version that something affects. */
  wayFrom(ecosystem: Ecosystem, name: string, version: string): Way {
    const known = this.#knownOf(ecosystem, name);
    if (known === undefined) return {};
    return remembered(known.ways, version, () => {
      const start = schemeOf(ecosystem).parse(version);
      if (start === undefined) return {};
      const { records } = known;
      const fix = nextFix(records, start);
      if (fix === undefined) return wayBeside(records, start);
      const clean = cleanAbove(records, start);
      if (clean === undefined) return { fix: fix.text };
      return { fix: fix.text, ...cleanWay(records, clean) };
    });
  }

  /** Where to go from a set of versions all of which something affects. */
  wayFromRange(ecosystem: Ecosystem, name: string, range: VersionSet): Way {
    const [lowest] = range;
    if (lowest === undefined) return {};
    const { records = [] } = this.#knownOf(ecosystem, name) ?? {};
    const clean = laterFixes(records, lowest.from).find((one) => isClean(records, one));
    return clean === undefined ? {} : cleanWay(records, clean);
  }

  /** Undefined where nothing is published. */
  #knownOf(ecosystem: Ecosystem, name: string): Known | undefined {
    const advisories = this.advisoriesOf(ecosystem, name);
    if (advisories.length === 0) return undefined;
    return remembered(this.#known, advisories, () => {
      const plain = normaliseName(ecosystem, name);
      const groups = groupByAlias(advisories);
      const records = advisories.flatMap((advisory): Record[] => {
        const group = groups.get(advisory);
        return group === undefined
          ? []
          : advisory.affected
              .filter((one) => one.ecosystem === ecosystem && one.name === plain)
              .map((one) => ({
                advisory,
                affected: affectedVersions(one),
                group,
                severity: severityOf(advisory),
              }));
      });
      return { records, hits: new Map(), ways: new Map() };
    });
  }
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

/** Joins records that share a name. `related` records are other flaws. */
function groupByAlias(advisories: readonly Advisory[]): Map<Advisory, Group> {
  const parent = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root))
      root = up;
    return root;
  };
  for (const { id, aliases } of advisories)
    for (const alias of [id, ...aliases]) parent.set(rootOf(alias), rootOf(id));
  const names = new Map<string, Set<string>>();
  for (const { id, aliases } of advisories) {
    const root = rootOf(id);
    names.set(root, new Set([...(names.get(root) ?? []), id, ...aliases]));
  }
  const groups = new Map<string, Group>();
  return new Map(
    advisories.map((advisory) => {
      const root = rootOf(advisory.id);
      const ids = [...(names.get(root) ?? [])].sort(
        (a, b) => fameOf(a) - fameOf(b) || compareText(a, b),
      );
      const group = groups.get(root) ?? { ids: [ids[0] ?? advisory.id, ...ids.slice(1)] as const };
      groups.set(root, group);
      return [advisory, group];
    }),
  );
}

const FAMOUS = ["GHSA-", "CVE-", "PYSEC-"];

function fameOf(id: string): number {
  const at = FAMOUS.findIndex((prefix) => id.startsWith(prefix));
  return at < 0 ? FAMOUS.length : at;
}

function toHits(records: readonly Record[], version: Version | undefined): Hit[] {
  const byGroup = new Map<Group, Record[]>();
  for (const record of records)
    byGroup.set(record.group, [...(byGroup.get(record.group) ?? []), record]);
  const hits = [...byGroup].flatMap(([{ ids }, members]): Hit[] => {
    const advisories = [...new Set(members.map((one) => one.advisory))].sort(
      (a, b) => b.vectors.length - a.vectors.length || fameOf(a.id) - fameOf(b.id),
    );
    const [first, ...rest] = advisories;
    if (first === undefined) return [];
    const severity = worst(members.map((one) => one.severity));
    const fixed =
      version &&
      highest(
        members.flatMap(
          ({ affected }) => fixOf(affected, version) ?? laterFix(affected, version) ?? [],
        ),
      );
    return [
      {
        ids,
        records: [first, ...rest],
        ...(severity !== undefined && { severity }),
        ...(fixed !== undefined && { fixed: fixed.text }),
      },
    ];
  });
  return hits.sort(
    (a, b) => rank(a.severity) - rank(b.severity) || compareText(a.ids[0], b.ids[0]),
  );
}

function rank(severity: Severity | undefined): number {
  // What has no score is more often serious than not: it stands before the low ones.
  const order = ["critical", "high", "medium", undefined, "low"];
  return order.indexOf(severity);
}

/** The end of the stretch that holds a version, where the record names one: of several the highest. */
function fixOf(affected: Affected, version: Version): Version | undefined {
  return highest(
    affected.stretches
      .filter(
        ({ from, to }) => compareKeys(from, version.key) <= 0 && compareKeys(version.key, to) < 0,
      )
      .flatMap((stretch) => stretch.fixed ?? []),
  );
}

function highest(versions: readonly Version[]): Version | undefined {
  return [...versions].sort((a, b) => compareKeys(b.key, a.key))[0];
}

function isClean(records: readonly Record[], { key }: Version): boolean {
  return !records.some(({ affected }) => holds(affected.set, key));
}

/** The way to the lowest clean version, and past it where its branch is given up. */
function cleanWay(records: readonly Record[], clean: Version): Way {
  const supported = isGivenUp(records, clean)
    ? laterFixes(records, clean.key).find(
        (one) => isClean(records, one) && !isGivenUp(records, one),
      )
    : undefined;
  return { clean: clean.text, ...(supported !== undefined && { supported: supported.text }) };
}

/** The lowest version above one that ends every stretch in which it stands and that has an end. */
function nextFix(records: readonly Record[], version: Version): Version | undefined {
  const hitting = records.filter(({ affected }) => holds(affected.set, version.key));
  return highest(hitting.flatMap(({ affected }) => fixOf(affected, version) ?? []));
}

/** Where to go from a version that stands in no stretch which a fix ends: listed beside the ranges, or up to a last affected one. */
function wayBeside(records: readonly Record[], version: Version): Way {
  const hitting = records.filter(({ affected }) => holds(affected.set, version.key));
  const ends = hitting.map(({ affected }) => laterFix(affected, version));
  const end = highest(ends.filter((one) => one !== undefined));
  if (end === undefined || ends.includes(undefined)) return {};
  const clean = isClean(records, end) ? end : cleanAbove(records, end);
  return clean === undefined ? {} : { beside: clean.text };
}

/** The first version behind one with which a record says that something is mended. */
function laterFix({ stretches, set }: Affected, { key }: Version): Version | undefined {
  return stretches
    .flatMap(({ fixed }) => fixed ?? [])
    .filter((fixed) => compareKeys(fixed.key, key) > 0 && !holds(set, fixed.key))
    .sort((a, b) => compareKeys(a.key, b.key))[0];
}

function cleanAbove(records: readonly Record[], start: Version): Version | undefined {
  let version = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (step > 0 && isClean(records, version)) return version;
    const next = nextFix(records, version) ?? laterFixes(records, version.key)[0];
    if (next === undefined || compareKeys(next.key, version.key) <= 0) return undefined;
    version = next;
  }
  return undefined;
}

/** All versions behind a place in their order that mend something. */
function laterFixes(records: readonly Record[], from: Key): Version[] {
  return records
    .flatMap(({ affected }) => affected.stretches.flatMap((stretch) => stretch.fixed ?? []))
    .filter((fixed) => compareKeys(fixed.key, from) > 0 && !fixed.isPrerelease)
    .sort((a, b) => compareKeys(a.key, b.key));
}

/**
 * True where advisories have passed over a version's branch: several that were published after the last one which names the branch,
 * and that go through later branches one by one, each from its first release on. What is in the first release of the next branch
 * is mostly in this one too; it is clean only because nobody looks any more.
 */
function isGivenUp(records: readonly Record[], version: Version): boolean {
  const branch = branchOf(version);
  const namesBranch = ({ affected }: Record) =>
    affected.stretches.some(({ fixed }) => fixed !== undefined && branchOf(fixed) === branch);
  const last = records
    .filter(namesBranch)
    .map(({ advisory }) => advisory.published ?? "")
    .sort(compareText)
    .at(-1);
  if (last === undefined) return false;
  const passing = new Set<Group>();
  for (const record of records) {
    if ((record.advisory.published ?? "") <= last || namesBranch(record)) continue;
    const firsts = record.affected.stretches.flatMap(({ introduced }) => introduced ?? []);
    const later = firsts.filter(
      (first) => compareKeys(first.key, version.key) > 0 && isFirstOfBranch(first),
    );
    if (later.length >= 2) passing.add(record.group);
  }
  return passing.size >= PASSED_OVER;
}

function branchOf({ release }: Version): string {
  return `${release[0] ?? 0}.${release[1] ?? 0}`;
}

function isFirstOfBranch({ release, isPrerelease }: Version): boolean {
  return !isPrerelease && release.slice(2).every((number) => number === 0);
}
