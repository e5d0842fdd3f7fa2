/**
 * What GitHub's own dependency graph says of a change (https://docs.github.com/rest/dependency-graph/dependency-review): the packages
 * that it adds and removes, each with its advisories. Not every repository has it, and it knows nothing of what stays; so it is a second
 * opinion, and stands alone only where a review can afford no more.
 */
import * as z from "zod";
import type { ToldPackage } from "../core/source-tree.ts";
import type { Advisory, AdvisorySource, Answer, Question } from "../dependencies/index.ts";
import { normaliseName } from "../dependencies/index.ts";
import { ecosystemOf } from "./github.ts";
import { severityWord } from "./osv-record.ts";

/** A package that a change adds to a manifest, or takes out of it. */
interface PackageChange extends ToldPackage {
  readonly kind: "added" | "removed";
  /** The manifest's path. */
  readonly path: string;
}

/** The answer of `GET /repos/{owner}/{repo}/dependency-graph/compare/{basehead}`; rejects where the repository has no such thing. */
export type DependencyChanges = () => Promise<unknown>;

const Changes = z.array(
  z.looseObject({
    change_type: z.string(),
    manifest: z.string(),
    scope: z.string().nullish(),
    ecosystem: z.string(),
    name: z.string(),
    version: z.string(),
    vulnerabilities: z
      .array(
        z.looseObject({
          severity: z.string().nullish(),
          advisory_ghsa_id: z.string(),
          advisory_summary: z.string().nullish(),
          advisory_url: z.url({ protocol: /^https$/ }),
        }),
      )
      .default([]),
  }),
);

/** What an answer says of packages; undefined where it cannot be understood. */
export function changedPackages(data: unknown): readonly PackageChange[] | undefined {
  return Changes.safeParse(data).data?.flatMap((change): PackageChange[] => {
    const ecosystem = ecosystemOf(change.ecosystem);
    const kind = (["added", "removed"] as const).find((one) => one === change.change_type);
    if (kind === undefined || ecosystem === undefined || change.version === "") return [];
    return [
      {
        kind,
        path: change.manifest,
        ecosystem,
        name: normaliseName(ecosystem, change.name),
        version: change.version,
        isForDevelopment: change.scope === "development",
      },
    ];
  });
}

/**
 * Asks one source, and adds the advisories that the dependency graph names for a package and version where the source does not. It is
 * asked once, when the first question comes. What it cannot tell is left to the source: nothing is open because of it. Where the source
 * may not be asked, what the graph says of the packages that it names is all.
 */
export function crossChecked(
  source: AdvisorySource,
  changes: DependencyChanges,
  maySourceBeAsked: () => boolean = () => true,
): AdvisorySource {
  let opinion: Promise<Opinion> | undefined;
  return {
    get name() {
      return source.name;
    },
    ask: async (questions) => {
      opinion ??= changes().then(opinionOf, () => opinionOf([]));
      const told = maySourceBeAsked() ? undefined : (await opinion).told;
      const open = questions.filter((question) => told?.has(keyOf(question)) !== true);
      const nothing = { advisories: [], unanswered: [] };
      const [answer, { named }] = await Promise.all([
        open.length === 0 ? nothing : source.ask(open),
        opinion,
      ]);
      return { ...answer, advisories: withNamed(answer, named, questions) };
    },
  };
}

interface Opinion {
  readonly named: readonly Advisory[];
  /** The packages that the graph speaks of. */
  readonly told: ReadonlySet<string>;
}

function opinionOf(data: unknown): Opinion {
  return { named: namedBy(data), told: new Set((changedPackages(data) ?? []).map(keyOf)) };
}

function keyOf({ ecosystem, name }: Pick<ToldPackage, "ecosystem" | "name">): string {
  return `${ecosystem}\0${name}`;
}

/** One record for each advisory and package, with the versions that come and go: what had the flaw before is not worse now. */
function namedBy(data: unknown): Advisory[] {
  const changes = Changes.safeParse(data);
  if (!changes.success) return [];
  return changes.data.flatMap(({ ecosystem: theirs, name, version, vulnerabilities }) => {
    const ecosystem = ecosystemOf(theirs);
    if (ecosystem === undefined || version === "") return [];
    return vulnerabilities.map((one): Advisory => {
      const severity = severityWord(one.severity);
      return {
        id: one.advisory_ghsa_id,
        aliases: [],
        summary: one.advisory_summary ?? "",
        url: one.advisory_url,
        vectors: [],
        cwe: [],
        affected: [
          { ecosystem, name: normaliseName(ecosystem, name), ranges: [], versions: [version] },
        ],
        ...(severity !== undefined && { severity }),
      };
    });
  });
}

/** The records of an answer, to which the named versions are added; those that it does not have stand for themselves. */
function withNamed(
  { advisories }: Answer,
  named: readonly Advisory[],
  questions: readonly Question[],
): Advisory[] {
  const known = new Map(advisories.map((one) => [one.id, one]));
  const byName = new Map(
    advisories.flatMap((one) => [one.id, ...one.aliases].map((name) => [name, one.id] as const)),
  );
  for (const one of named) {
    const isAsked = one.affected.some(({ ecosystem, name }) =>
      questions.some((question) => question.ecosystem === ecosystem && question.name === name),
    );
    const id = byName.get(one.id) ?? one.id;
    const before = known.get(id);
    if (before === undefined && !isAsked) continue;
    known.set(
      id,
      before === undefined ? one : { ...before, affected: [...before.affected, ...one.affected] },
    );
  }
  return [...known.values()];
}
