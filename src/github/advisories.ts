import type { Api } from "./api.ts";
import { attempt } from "./errors.ts";

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

/** What the dependency graph says that the commits from `base` to `head` add and remove. Fails where the repository has none. */
export async function readDependencyChanges(
  api: Api,
  base: string,
  head: string,
): Promise<unknown> {
  const { data } = await attempt("compare dependencies", "contents: read", () =>
    api.rest.dependencyGraph.diffRange({ ...api.name, basehead: `${base}...${head}` }),
  );
  return data;
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
