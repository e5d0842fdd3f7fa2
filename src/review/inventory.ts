import type { Config } from "../core/config.ts";
import { type AdvisoryFact, compareText, type Skipped } from "../core/finding.ts";
import { joinModels } from "../core/models.ts";
import type { SourceTree } from "../core/source-tree.ts";
import {
  type AdvisorySource,
  advisoryFact,
  type Ecosystem,
  formatOf,
  isLookedUp,
  lockedIn,
  lockFor,
  type Package,
  type Question,
  readManifests,
  type Scope,
} from "../dependencies/index.ts";
import { isIncluded } from "./hit.ts";
import { LookUps } from "./look-ups.ts";
import { TreeProject } from "./project.ts";

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
  readonly advisories?: readonly AdvisoryFact[];
}

export interface Inventory {
  /** By file, in the order of each. */
  readonly dependencies: readonly Dependency[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
}

/** Everything that the manifests of a tree name, each entry once, with what is published about it. */
export async function inventory(request: {
  readonly tree: SourceTree;
  readonly config: Config;
  readonly advisories?: AdvisorySource;
}): Promise<Inventory> {
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
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const files = readManifests(manifests, { read: (path) => project.read(path) });
    const locked = lockedIn(files);
    dependencies = files.flatMap(({ path, manifest }) => {
      for (const { reason, line } of manifest.problems)
        project.skip({ path, reason: line === undefined ? reason : `line ${line}: ${reason}` });
      return manifest.packages.map((entry) => {
        const version = entry.version ?? lockFor(locked, path, entry)?.entry.version;
        return toDependency(path, entry, version, project);
      });
    });
    if (!(await project.readWanted())) break;
  }
  const asked = lookUps?.asked;
  return {
    dependencies,
    skipped: [...project.skipped, ...project.unchecked],
    notes: asked === undefined ? [] : [`Advisories: ${asked}.`],
  };
}

function toDependency(
  file: string,
  entry: Package,
  version: string | undefined,
  project: TreeProject,
): Dependency {
  const { ecosystem, name, range, direct, licence } = entry;
  const question: Question | undefined =
    version === undefined || !isLookedUp(entry) ? undefined : { ecosystem, name, version };
  const index = question && project.lookUp(file, [question]);
  const facts =
    index === undefined ||
    version === undefined ||
    question === undefined ||
    project.isOpen(question)
      ? undefined
      : index.find(ecosystem, name, version).map(advisoryFact);
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
    ...(facts !== undefined && { advisories: facts }),
  };
}
