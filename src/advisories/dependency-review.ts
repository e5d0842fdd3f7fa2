/**
 * What GitHub's own dependency graph says of a change (https://docs.github.com/rest/dependency-graph/dependency-review): the packages
 * that it adds, each with its advisories. Not every repository has it, and it knows nothing of what is there already; so it is no
 * source by itself, only a second opinion.
 */
import * as z from "zod";
import type { Advisory, AdvisorySource, Answer, Question } from "../dependencies/index.ts";
import { normaliseName } from "../dependencies/index.ts";
import { ecosystemOf } from "./github.ts";
import { severityWord } from "./osv-record.ts";

/** The answer of `GET /repos/{owner}/{repo}/dependency-graph/compare/{basehead}`; rejects where the repository has no such thing. */
export type DependencyChanges = () => Promise<unknown>;

const Changes = z.array(
  z.looseObject({
    change_type: z.string(),
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

/**
 * Asks one source, and adds the advisories that the dependency graph names for a package and version where the source does not. It is
 * asked once, when the first question comes. What it cannot tell is left to the source: nothing is open because of it.
 */
export function crossChecked(source: AdvisorySource, changes: DependencyChanges): AdvisorySource {
  let opinion: Promise<readonly Advisory[]> | undefined;
  return {
    get name() {
      return source.name;
    },
    ask: async (questions) => {
      opinion ??= changes().then(namedBy, () => []);
      const [answer, named] = await Promise.all([source.ask(questions), opinion]);
      return { ...answer, advisories: withNamed(answer, named, questions) };
    },
  };
}

/** One record for each advisory and package, with the versions that are added. */
function namedBy(data: unknown): Advisory[] {
  const changes = Changes.safeParse(data);
  if (!changes.success) return [];
  return changes.data
    .filter((change) => change.change_type === "added")
    .flatMap(({ ecosystem: theirs, name, version, vulnerabilities }) => {
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
