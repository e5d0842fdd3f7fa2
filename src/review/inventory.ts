import { tellsOfAdvisories } from "../analyzers/index.ts";
import type { AllowEntry, Config } from "../core/config.ts";
import { type AdvisoryFact, compareText, type Region, type Skipped } from "../core/finding.ts";
import { joinModels } from "../core/models.ts";
import type { Rule } from "../core/rule.ts";
import type { SourceTree } from "../core/source-tree.ts";
import {
  type AdvisorySource,
  advisoryFact,
  type Ecosystem,
  flawsOf,
  formatOf,
  isLookedUp,
  lockedIn,
  lockFor,
  type Package,
  type Question,
  readManifests,
  type Scope,
} from "../dependencies/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { allowanceOf, expiryNotes } from "./allow.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { hideInAll } from "./hide.ts";
import { isIncluded, suppressionOf } from "./hit.ts";
import { LookUps } from "./look-ups.ts";
import { packageSubject } from "./packages.ts";
import { TreeProject } from "./project.ts";
import { commentsOf, type SuppressionComment } from "./suppressions.ts";

/** Includes of includes, and answers to what they ask. */
const MAX_ROUNDS = 16;

/** One entry of a manifest. */
export interface Dependency {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** The one that is asked for, or that the lock file of the folder says; absent where neither tells. */
  readonly version?: string;
  /** What is allowed, where the entry does not name one version. */
  readonly range?: string;
  readonly file: string;
  readonly line: number;
  readonly kind: Package["kind"];
  readonly scope: Scope;
  readonly direct?: boolean;
  readonly licence?: string;
  readonly source: Package["source"];
  /** One for each flaw, worst first; absent where nobody was asked, or nobody could tell. */
  readonly advisories?: readonly KnownAdvisory[];
}

/** An advisory, and why it need not count: a comment or an entry of the configuration says so. */
export interface KnownAdvisory extends AdvisoryFact {
  readonly allowed?: { readonly reason: string; readonly expires?: string };
}

export interface Inventory {
  /** By file, in the order of each. */
  readonly dependencies: readonly Dependency[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
}

interface Request {
  readonly tree: SourceTree;
  /** Exceptions and comments speak of them. */
  readonly rules: RuleSet;
  readonly config: Config;
  /** The day as `YYYY-MM-DD`: exceptions may have expired. */
  readonly today: string;
  readonly advisories?: AdvisorySource;
}

/** Everything that the manifests of a tree name, each entry once, with what is published about it. */
export async function inventory(request: Request): Promise<Inventory> {
  const { tree, config, advisories } = request;
  const paths = new Set(
    (await tree.list())
      .filter(({ kind, path }) => kind === "file" && isIncluded(path, config.paths))
      .map(({ path }) => path),
  );
  const lookUps = advisories && new LookUps(advisories);
  const project = new TreeProject(tree, paths, joinModels([]), config, { lookUps });
  const manifests = [...paths].filter((path) => formatOf(path) !== undefined).sort(compareText);
  let dependencies: Dependency[] = [];
  let allowances = new Allowances(request);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const files = readManifests(manifests, { read: (path) => project.read(path) });
    const locked = lockedIn(files);
    allowances = new Allowances(request);
    dependencies = files.flatMap(({ path, manifest }) => {
      for (const { reason, line } of manifest.problems)
        project.skip({ path, reason: line === undefined ? reason : `line ${line}: ${reason}` });
      return manifest.packages.map((entry) => {
        const version = entry.version ?? lockFor(locked, path, entry)?.entry.version;
        const one = toDependency(path, entry, version, project);
        return allowances.mark(one, entry, project.read(path) ?? "");
      });
    });
    if (!(await project.readWanted())) break;
  }
  const asked = lookUps?.asked;
  const told = new Set(project.skipped.map(({ path }) => path));
  const binary = manifests.filter((path) => project.read(path) === undefined && !told.has(path));
  const found: Inventory = {
    dependencies,
    skipped: [
      ...project.skipped,
      ...binary.map((path) => ({ path, reason: "a binary file" })),
      ...project.unchecked,
    ],
    notes: [
      ...(asked === undefined ? [] : [`Advisories: ${asked}.`]),
      ...expiryNotes(allowances.expired),
    ],
  };
  return hideInAll(found, request.rules);
}

function toDependency(
  file: string,
  entry: Package,
  version: string | undefined,
  project: TreeProject,
): Dependency {
  const { ecosystem, name, range, direct, licence } = entry;
  const question: Question | undefined =
    !isLookedUp(entry) || (version ?? range) === undefined
      ? undefined
      : { ecosystem, name, ...(version !== undefined && { version }) };
  const index = question && project.lookUp(file, [question]);
  const flaws =
    index === undefined || question === undefined || project.isOpen(question)
      ? undefined
      : flawsOf(entry, version, index);
  // That some of what a range allows is affected says nothing of what gets in.
  const isTold = flaws !== undefined && (version !== undefined || flaws.length > 0);
  return {
    ecosystem,
    name,
    ...(version !== undefined && { version }),
    ...(range !== undefined && { range }),
    file,
    line: (entry.nameRegion ?? entry.location.region).startLine,
    kind: entry.kind,
    scope: entry.scope,
    ...(direct !== undefined && { direct }),
    ...(licence !== undefined && { licence }),
    source: entry.source,
    ...(isTold && { advisories: flaws.map(advisoryFact) }),
  };
}

/** Which advisories of a list need not count. */
class Allowances {
  readonly expired = new Set<AllowEntry>();
  readonly #request: Request;
  readonly #rules: readonly Rule[];
  readonly #comments = new Map<string, readonly SuppressionComment[]>();

  constructor(request: Request) {
    this.#request = request;
    this.#rules = request.rules.rules.filter(tellsOfAdvisories);
  }

  /** The same entry of a file with this text, its advisories marked. */
  mark(one: Dependency, { location, nameRegion }: Package, text: string): Dependency {
    const [first, ...others] = one.advisories ?? [];
    if (first === undefined) return one;
    const all = [first, ...others] as const;
    const region = nameRegion ?? location.region;
    const advisories = all.map((fact) => {
      const allowed = this.#rules
        .map(
          (rule) =>
            this.#commented(one, region, text, rule) ?? this.#configured(one, fact, all, rule),
        )
        .find((found) => found !== undefined);
      return allowed === undefined ? fact : { ...fact, allowed };
    });
    return { ...one, advisories };
  }

  #commented({ file }: Dependency, region: Region, text: string, rule: Rule) {
    const comments = this.#comments.get(file) ?? commentsOf(file, text, undefined);
    this.#comments.set(file, comments);
    const wholeFile = comments.filter((comment) => comment.wholeFile);
    const comment = suppressionOf(region, rule, { comments, wholeFile, statement: () => region });
    return comment && { reason: comment.reason ?? `a \`${comment.dialect}\` comment` };
  }

  #configured(
    { ecosystem, name, file }: Dependency,
    fact: AdvisoryFact,
    all: readonly [AdvisoryFact, ...AdvisoryFact[]],
    rule: Rule,
  ): KnownAdvisory["allowed"] {
    // An entry may name one flaw, or all that a finding tells of together.
    for (const advisories of [[fact] as const, all]) {
      const subject = packageSubject({ ecosystem, name, advisories });
      const { valid, expired } = allowanceOf(
        {
          path: file,
          fingerprint: fingerprintOf({ ruleId: rule.id, subject }),
          package: { ecosystem, name, advisories },
        },
        rule,
        this.#request,
      );
      for (const entry of expired) this.expired.add(entry);
      if (valid !== undefined) {
        const { reason, expires } = valid;
        return { reason, ...(expires !== undefined && { expires }) };
      }
    }
    return undefined;
  }
}
