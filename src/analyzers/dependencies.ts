/**
 * What a project installs. A review looks at the manifests that a change touches and at what they include; the other manifests of
 * their folders are read for what they tell: a lock file says what a range comes to, and whether something was there before.
 */
import { isTestPath } from "../core/config.ts";
import {
  compareText,
  type RawFinding,
  type Region,
  type Severity,
  type Skipped,
  severities,
} from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import type { ToldPackage } from "../core/source-tree.ts";
import {
  adviceOf,
  advisoryFact,
  counterpartOf,
  ecosystems,
  folderOf,
  formatOf,
  isLookedUp,
  type Locked,
  lockedIn,
  lockFor,
  type ManifestProblem,
  type Package,
  type ReadFile,
  readManifest,
  readManifests,
  satisfies,
  stateOf,
  type VulnerableEntry,
  vulnerabilities,
  vulnerableEntries,
} from "../dependencies/index.ts";
import { analyzer, type NamedPackage, type Prepared, type SurveyedProject } from "./analyzer.ts";
import { check, DependencyMatch } from "./dependency-checks.ts";

/** Files that are data of tests, or somebody else's: nobody installs from them. */
const NOT_INSTALLED =
  /(?:^|\/)(?:node_modules|vendor|site-packages|fixtures?|test_?data|__fixtures__|__snapshots__|cassettes)\//i;

/** Manifests and lock files: which packages they bring, and from where. */
export const dependencies = analyzer({
  kind: "dependency",
  match: DependencyMatch,
  examplePath: "requirements.txt",
  prepare: (rules): Prepared => ({
    triggers: [],
    concerns: (path) => isManifest(path) || mayBeIncluded(path),
    survey: (project) => survey(project, rules),
    packages: (project) => {
      const { files, locked } = readAll(project);
      return files.flatMap((file) =>
        questionsOf(file, locked).map((question) => ({ ...question, path: file.path })),
      );
    },
    expects: (paths, touched) => toRead([...paths].filter(isManifest), touched),
  }),
});

/** Texts that a manifest may include whatever they are called, and not what is mostly no list of packages. */
function mayBeIncluded(path: string): boolean {
  return /\.(?:txt|in|pip)$/i.test(path) && !NOT_INSTALLED.test(path) && !ELSEWHERE.test(path);
}

const ELSEWHERE =
  /(?:^|\/)(?:docs?|templates|static|locales?|licen[cs]es|data|tests?)\/|(?:^|\/)(?:robots|humans|security|readme|licen[cs]e|copying|changelog|changes|news|authors|cmakelists|manifest)[^/]*$/i;

function isManifest(path: string): boolean {
  return !NOT_INSTALLED.test(path) && formatOf(path) !== undefined;
}

/** What could not be read of a file; where that is much, the first of it and how much. */
function unreadParts(path: string, problems: readonly ManifestProblem[]): Skipped[] {
  const [first, ...rest] = problems;
  if (first === undefined) return [];
  const { reason, line } = first;
  const where = line === undefined ? reason : `line ${line}: ${reason}`;
  const more = rest.length === 0 ? "" : `, and ${rest.length} more such places`;
  return [{ path, reason: where + more }];
}

interface Manifests {
  readonly files: readonly ReadFile[];
  /** Those of them of which nothing but packages is known. */
  readonly told: readonly ReadFile[];
  /** Those that the change touches, and what they include. */
  readonly own: ReadonlySet<string>;
  readonly locked: Locked;
}

function survey(project: SurveyedProject, rules: readonly Rule<DependencyMatch>[]): RawFinding[] {
  if (rules.length === 0) return [];
  const manifests = readAll(project);
  for (const { path, format, manifest } of manifests.files) {
    if (!manifests.own.has(path)) continue;
    // Of images only the name counts, and one that is an argument has none.
    if (format.ecosystem === "Docker") continue;
    for (const part of unreadParts(path, manifest.problems)) project.skip(part);
  }
  return rules.flatMap((rule) => {
    if (rule.match.check === "advisories") {
      for (const { path } of manifests.told)
        if (project.lookUp(path, []) !== undefined) project.skip({ path, reason: ONLY_PACKAGES });
      return advisories(project, manifests, rule);
    }
    if (rule.match.check === "vulnerable-floor") return lowFloors(project, manifests, rule.id);
    const { own, told } = manifests;
    const files = manifests.files.filter((file) => !told.includes(file));
    return files
      .filter(({ path }) => own.has(path))
      .flatMap((file) => check(rule.match, file, files))
      .map((found) => ({ ...found, ruleId: rule.id }));
  });
}

/**
 * The manifests that a change touches, and those beside them that tell something of the same packages: where there is a lock file, on
 * this side or the other, it says what a range comes to and whether something was there before. Nobody is asked about the others.
 */
function readAll(project: SurveyedProject): Manifests {
  const all = project.once("manifests", ({ paths }) =>
    [...paths].filter(isManifest).sort(compareText),
  );
  const { touched } = project;
  const chosen = touched === undefined ? all : all.filter((path) => touched.has(path));
  const own = new Set(chosen);
  const read = readManifests(
    toRead(all, touched ?? all),
    { read: (path) => project.read(path) },
    (format, _, path) =>
      project.once(`${format.id} ${path}`, (watched) =>
        readManifest(format, watched.read(path) ?? "", path, {
          read: (beside) => watched.read(beside),
        }),
      ),
  );
  const told = chosen.flatMap((path) => toldManifest(path, project.told(path)));
  const files = [...read, ...told];
  // A file may be touched that only an include tells of.
  for (const { manifest } of files)
    for (const { target } of manifest.includes) if (touched?.has(target)) own.add(target);
  const byPath = new Map(files.map((file) => [file.path, file]));
  // The set grows while it is walked: included files include others.
  for (const path of own)
    for (const { target } of byPath.get(path)?.manifest.includes ?? []) own.add(target);
  return { files, told, own, locked: lockedIn(files) };
}

const ONLY_PACKAGES =
  "only its packages were compared, as the server's dependency graph lists them";

/** A manifest of which nobody has read where its packages stand. */
function toldManifest(path: string, packages: readonly ToldPackage[] | undefined): ReadFile[] {
  const format = formatOf(path);
  if (format === undefined || packages === undefined) return [];
  const region = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
  const entries = packages.flatMap(({ name, version, isForDevelopment, ...one }): Package[] => {
    const ecosystem = ecosystems.find((known) => known === one.ecosystem);
    if (ecosystem === undefined) return [];
    const scope = isForDevelopment ? "dev" : "main";
    const location = { path, region };
    const source = { kind: "registry" } as const;
    return [{ ecosystem, name, version, kind: "locked", scope, location, source }];
  });
  const nothing = { includes: [], indexes: [], options: [], problems: [] };
  return [{ path, format, manifest: { ...nothing, packages: entries } }];
}

/** Of manifests those that a change touches, and those that tell more of the same packages. */
function toRead(all: readonly string[], touched: Iterable<string>): string[] {
  const own = new Set(touched);
  // A file that is new, or gone, has neighbours on the other side too.
  const concerned = [...own].filter(isManifest);
  const groups = new Set(concerned.map(groupOf));
  const withLock = new Set(
    [...all, ...concerned].filter((path) => formatOf(path)?.role === "lock").map(groupOf),
  );
  const tells = (path: string) => groups.has(groupOf(path)) && withLock.has(groupOf(path));
  const isLoose = [...own].some((path) => !isManifest(path) && mayBeIncluded(path));
  const mayInclude = (path: string) => isLoose && formatOf(path)?.tool === "pip";
  // What a pin is compiled into does not follow by itself.
  const isCounterpart = (path: string) => own.has(counterpartOf(path) ?? path);
  return all.filter(
    (path) => own.has(path) || tells(path) || mayInclude(path) || isCounterpart(path),
  );
}

/** Manifests of one folder and ecosystem may speak of the same packages. */
function groupOf(path: string): string {
  return `${folderOf(path)}\0${formatOf(path)?.ecosystem}`;
}

function advisories(
  project: SurveyedProject,
  { files, own, locked }: Manifests,
  { id, severity }: Rule<DependencyMatch>,
): RawFinding[] {
  const found = files.flatMap((file) => {
    const index = project.lookUp(file.path, questionsOf(file, locked));
    return index === undefined ? [] : vulnerableEntries(file, locked, index);
  });
  // Where to go depends on all advisories of a package.
  const full = found.flatMap(({ file, entry: { ecosystem, name } }) => {
    const index = project.lookUp(file.path, [{ ecosystem, name }]);
    return index === undefined ? [] : [file];
  });
  return [...new Set(full)].flatMap((file) => {
    const index = project.lookUp(file.path, []);
    const entries = index === undefined ? [] : vulnerableEntries(file, locked, index);
    return entries.flatMap((entry) => toFindings(id, severity, entry, !own.has(file.path)));
  });
}

/** Requirements whose oldest version is affected, though not all that they allow. */
function lowFloors(
  project: SurveyedProject,
  { files, own, locked }: Manifests,
  ruleId: string,
): RawFinding[] {
  const pinned = new Set(
    files.flatMap(({ path, manifest }) =>
      manifest.packages.flatMap(({ name, version }) =>
        version === undefined ? [] : [`${folderOf(path)} ${name}`],
      ),
    ),
  );
  return files
    .filter(({ path }) => own.has(path))
    .flatMap((file) =>
      file.manifest.packages.flatMap((entry): RawFinding[] => {
        const { ecosystem, name, shownName = name, range = "" } = entry;
        const floor = floorOf(entry);
        const isSettled =
          lockFor(locked, file.path, entry) !== undefined ||
          pinned.has(`${folderOf(file.path)} ${name}`);
        if (floor === undefined || isSettled) return [];
        const index = project.lookUp(file.path, [{ ecosystem, name }]);
        const flaws = index?.find(ecosystem, name, floor) ?? [];
        if (index === undefined || flaws.length === 0) return [];
        const { supported, clean } = index.wayFrom(ecosystem, name, floor);
        const target = supported ?? clean;
        if (target === undefined || satisfies(ecosystem, target, range) !== true) return [];
        const ids = flaws.map((flaw) => flaw.ids[0]);
        const listed = ids.slice(0, MAX_IDS).join(", ");
        return [
          {
            ruleId,
            path: file.path,
            region: entry.nameRegion ?? entry.location.region,
            subject: `${ecosystem}:${name} ${floor}`,
            values: {
              name: shownName,
              floor,
              target,
              vulnerabilities: vulnerabilities(ids.length),
              advisories: ids.length > MAX_IDS ? `${listed} and others` : listed,
            },
          },
        ];
      }),
    );
}

const MAX_IDS = 4;

/** The oldest version that a requirement of the project itself names. */
function floorOf({ ecosystem, kind, direct, scope, source, version, range = "" }: Package) {
  const counts = ecosystem === "PyPI" && kind === "requirement" && direct === true;
  if (!counts || source.kind !== "registry" || version !== undefined || range.includes("||"))
    return undefined;
  return scope === "main" || scope === "extra"
    ? /(?:^|,)\s*(?:>=|~=)\s*([^,\s]+)/.exec(range)?.[1]
    : undefined;
}

type VersionQuestion = Omit<NamedPackage, "path">;

function questionsOf(file: ReadFile, locked: Locked): VersionQuestion[] {
  return file.manifest.packages.filter(isLookedUp).flatMap((entry): VersionQuestion[] => {
    const { ecosystem, name, range } = entry;
    const version = entry.version ?? lockFor(locked, file.path, entry)?.entry.version;
    if (version !== undefined) return [{ ecosystem, name, version }];
    return range === undefined ? [] : [{ ecosystem, name, range }];
  });
}

/** One for each flaw, so that old ones can be told from new ones. */
function toFindings(
  ruleId: string,
  fallback: Severity,
  found: VulnerableEntry,
  isContext: boolean,
): RawFinding[] {
  const { file, entry, version, flaws, target, isEditable } = found;
  const state = stateOf(found);
  const advice = adviceOf(found);
  const { versionRegion } = entry;
  return flaws.map((flaw): RawFinding => {
    const fact = advisoryFact(flaw);
    return {
      ruleId,
      path: file.path,
      region: lineOf(entry),
      subject: `${entry.ecosystem}:${entry.name} ${fact.id}`,
      severity: severityFor(flaw.severity ?? unknownSeverity(found, fallback), found),
      package: {
        ecosystem: entry.ecosystem,
        name: entry.name,
        scope: entry.scope,
        ...(found.wayIn !== undefined && { wayIn: found.wayIn }),
        advisories: [fact],
        state,
        advice,
        isLock: entry.kind === "locked",
        isFromLock: entry.kind === "locked" || entry.version === undefined,
        isExported: found.written === "exported",
        block: entry.location.region,
        isContext,
        ...(version !== undefined && { version }),
        ...(target !== undefined && { target }),
      },
      ...(isEditable &&
        target !== undefined &&
        versionRegion !== undefined && {
          fix: {
            title: `Move \`${entry.shownName ?? entry.name}\` to ${target}`,
            edits: [{ path: file.path, region: versionRegion, text: target }],
          },
        }),
    };
  });
}

/** The line to be edited, where a version can be: of a table in TOML the name may stand far above it. */
function lineOf({ location, nameRegion, versionRegion }: Package): Region {
  const line = nameRegion ?? location.region;
  return versionRegion !== undefined && versionRegion.startLine !== line.startLine
    ? versionRegion
    : line;
}

/** What nobody has scored: of a package that the project asks for itself it counts for more. */
function unknownSeverity({ entry }: VulnerableEntry, fallback: Severity): Severity {
  return entry.direct === false ? lower(fallback) : fallback;
}

/** What only developers and tests install is one step less harmful. */
function severityFor(severity: Severity, { entry, file }: VulnerableEntry): Severity {
  const isMain = (entry.scope === "main" || entry.scope === "extra") && !isTestPath(file.path);
  return isMain ? severity : lower(severity);
}

function lower(severity: Severity): Severity {
  return severities[severities.indexOf(severity) + 1] ?? severity;
}
