import { z } from "zod";
import type { Api } from "./api.ts";
import { attempt, GitHubError } from "./errors.ts";

/** GitHub's own names of ecosystems. */
export type AdvisoryEcosystem = "actions" | "composer" | "go" | "npm" | "pip" | "rubygems" | "rust";

export interface AdvisoryQuery {
  /** All where absent. */
  readonly ecosystem?: AdvisoryEcosystem;
  /** `name` or `name@version`, between commas. */
  readonly affects: string;
  /** Where the page begins; the first one where absent. */
  readonly after?: string;
}

/**
 * What the dependency graph says that the commits from `base` to `head` add and remove: all of it, or the first page. Fails where the
 * repository has none.
 */
export async function readDependencyChanges(
  api: Api,
  base: string,
  head: string,
): Promise<{ readonly data: unknown; readonly isWhole: boolean }> {
  const { data, headers } = await attempt("compare dependencies", "contents: read", () =>
    api.rest.dependencyGraph.diffRange({ ...api.name, basehead: `${base}...${head}` }),
  );
  return { data, isWhole: headers.link?.includes('rel="next"') !== true };
}

/** One page of what GitHub's advisory database says of packages, and the header that names the next one. */
export async function readAdvisories(
  api: Api,
  query: AdvisoryQuery,
): Promise<{ readonly data: unknown; readonly link: string | undefined }> {
  const { data, headers } = await attempt("read the advisories of packages", "metadata: read", () =>
    api.rest.securityAdvisories.listGlobalAdvisories({ ...query, per_page: 100 }),
  );
  return { data, link: headers.link };
}

export interface NamedPackage {
  readonly ecosystem: AdvisoryEcosystem;
  readonly name: string;
}

interface List {
  readonly severities: string;
  readonly ends: readonly ("first" | "last")[];
}

/** GitHub gives a hundred of a list, from either end. Few packages have more flaws of one severity; one of them is Django. */
const PAGE = 100;
const LISTS: readonly List[] = [
  { severities: "CRITICAL, LOW", ends: ["first"] },
  { severities: "HIGH", ends: ["first", "last"] },
  { severities: "MODERATE", ends: ["first", "last"] },
];
/** For more packages than so many each is one list. Those that have more flaws are then left to whoever asks otherwise. */
const FEW = 20;
const ONE_LIST: readonly List[] = [
  { severities: "CRITICAL, HIGH, MODERATE, LOW", ends: ["first"] },
];
const FIELDS = `{ totalCount nodes {
  vulnerableVersionRange firstPatchedVersion { identifier } package { ecosystem name }
  advisory {
    ghsaId summary severity publishedAt withdrawnAt identifiers { value } epss { percentage }
    cvssSeverities { cvssV3 { vectorString } cvssV4 { vectorString } }
  }
} }`;
const Part = z.object({ totalCount: z.number(), nodes: z.array(z.unknown()) });
/** What such a list mostly weighs: few are asked about for their flaws, and of many most have none. */
const BYTES = 10_000;
const BYTES_OF_MANY = 3_000;

/**
 * Everything that the database says of packages, as nodes of `securityVulnerabilities`, in the order asked; undefined where that is more
 * than one call gives. It is no call of its own where files are asked for at the same time. The case of names makes no difference.
 */
export function readVulnerabilities(
  api: Api,
  packages: readonly NamedPackage[],
  isSpare: boolean,
): Promise<(readonly unknown[] | undefined)[]> {
  const lists = packages.length > FEW ? ONE_LIST : LISTS;
  return Promise.all(
    packages.map(async (one) => {
      const key = `${one.ecosystem} ${one.name}`;
      const known = await api.vulnerabilities.get(key)?.catch(() => undefined);
      if (known !== undefined) return known;
      const asked = vulnerabilitiesOf(api, one, { lists, isSpare });
      api.vulnerabilities.set(key, asked);
      return asked;
    }),
  );
}

async function vulnerabilitiesOf(
  { queue }: Api,
  { ecosystem, name }: NamedPackage,
  { lists, isSpare }: { readonly lists: readonly List[]; readonly isSpare: boolean },
): Promise<readonly unknown[] | undefined> {
  const about = `ecosystem: ${ecosystem.toUpperCase()}, package: ${JSON.stringify(name)}, classifications: [GENERAL]`;
  const task = "read the advisories of packages";
  const bytes = lists === ONE_LIST ? BYTES_OF_MANY : BYTES;
  const found = await Promise.all(
    lists.map(async ({ severities, ends }) => {
      const filter = `${about}, severities: [${severities}]`;
      const parts = await Promise.all(
        ends.map(async (end) => {
          const field = `securityVulnerabilities(${filter}, ${end}: ${PAGE}) ${FIELDS}`;
          const permission = "metadata: read";
          const answer = await queue.ask({ field, task, permission, bytes, isSpare });
          const part = Part.safeParse(answer);
          if (part.success) return part.data;
          if (answer === undefined) return undefined;
          throw new GitHubError(`cannot ${task}: the answer is not as expected`, { status: 422 });
        }),
      );
      const isWhole = parts.every((part) => (part?.totalCount ?? Infinity) <= ends.length * PAGE);
      return isWhole ? parts.flatMap((part) => part?.nodes ?? []) : undefined;
    }),
  );
  return found.every((list) => list !== undefined) ? found.flat() : undefined;
}
