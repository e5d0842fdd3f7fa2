/**
 * GitHub's advisory database (https://docs.github.com/rest/security-advisories/global-advisories). It is asked for many packages at
 * once and answers with whole records, page by page.
 */
import * as z from "zod";
import type {
  Advisory,
  AdvisorySource,
  AffectedPackage,
  Answer,
  Ecosystem,
  Question,
  RangeEvent,
} from "../dependencies/index.ts";
import { ecosystems, normaliseName } from "../dependencies/index.ts";
import { type HttpOptions, NoAnswer, requestJson } from "./http.ts";
import { byReason } from "./osv.ts";
import { pageOf, severityWord } from "./osv-record.ts";

const ecosystemNames = {
  PyPI: "pip",
  npm: "npm",
  Go: "go",
  RubyGems: "rubygems",
  "crates.io": "rust",
  Packagist: "composer",
  "GitHub Actions": "actions",
} as const satisfies Partial<Record<Ecosystem, string>>;
type KnownEcosystem = keyof typeof ecosystemNames;

interface PageQuery {
  /** All where absent. */
  readonly ecosystem?: (typeof ecosystemNames)[KnownEcosystem];
  readonly affects: string;
  readonly after?: string;
}

/**
 * One page of `GET /advisories`, 100 records at most; `link` is the header that names the next one. Throws `NoAnswer`, or an error
 * whose message says why, where there is none.
 */
export type AdvisoryPages = (
  query: PageQuery,
) => Promise<{ readonly data: unknown; readonly link: string | undefined }>;

/**
 * All that `securityVulnerabilities` of GraphQL has of packages, as its nodes, in the order asked; undefined where that is too much. Throws
 * as `AdvisoryPages` does.
 */
export type VulnerabilityLists = (
  packages: readonly {
    readonly ecosystem: (typeof ecosystemNames)[KnownEcosystem];
    readonly name: string;
  }[],
) => Promise<readonly (readonly unknown[] | undefined)[]>;

function isKnown(ecosystem: Ecosystem): ecosystem is KnownEcosystem {
  return ecosystem in ecosystemNames;
}

/** The ecosystem that GitHub calls so; undefined for those that we know no versions of. */
export function ecosystemOf(name: string | undefined): Ecosystem | undefined {
  return ecosystems.find((key) => isKnown(key) && ecosystemNames[key] === name);
}

/** The service allows so many packages; addresses of more than 8,000 characters are refused on the way. */
const MAX_PACKAGES = 1_000;
const MAX_CHARACTERS = 7_500;
const MAX_PAGES = 30;
/** So many packages are asked about in one query; of more it would take too long. */
const MAX_LISTED = 200;

const texts = z.string().nullish();
const Vector = z.looseObject({ vector_string: texts }).nullish();
const GraphqlVector = z.looseObject({ vectorString: texts }).nullish();
const Epss = z.looseObject({ percentage: z.number().nullish() });
const GitHubRecord = z.looseObject({
  ghsa_id: z.string(),
  cve_id: texts,
  summary: texts,
  severity: texts,
  published_at: texts,
  withdrawn_at: texts,
  identifiers: z.array(z.looseObject({ value: z.string() })).nullish(),
  cvss: Vector,
  cvss_severities: z.looseObject({ cvss_v3: Vector, cvss_v4: Vector }).nullish(),
  cwes: z.array(z.looseObject({ cwe_id: z.string() })).nullish(),
  // The schema has an object, and examples have it in a list.
  epss: z
    .union([Epss, z.tuple([Epss], z.unknown())])
    .nullish()
    .catch(undefined),
  vulnerabilities: z
    .array(
      z.looseObject({
        package: z.looseObject({ ecosystem: z.string(), name: texts }).nullish(),
        vulnerable_version_range: texts,
        // Older answers wrap the version in an object.
        first_patched_version: z
          .union([z.string(), z.looseObject({ identifier: z.string() })])
          .nullish(),
      }),
    )
    .nullish(),
});
type GitHubRecord = z.infer<typeof GitHubRecord>;

/** Advisories from GitHub, over whichever client asks for the pages, or for the lists of a few packages where it can. */
export function githubAdvisories(pages: AdvisoryPages, lists?: VulnerabilityLists): AdvisorySource {
  return {
    name: "GitHub",
    ask: async (questions) => {
      const { advisories, open } = await listed(questions, lists);
      const others = await answer(open, pages);
      return { ...others, advisories: [...advisories, ...others.advisories] };
    },
  };
}

/** Asks with nothing but `fetch`. A token raises the limit of requests; without one GitHub allows 60 an hour. */
export function advisoryPages(
  options: HttpOptions & { readonly token?: string; readonly baseUrl?: string },
): AdvisoryPages {
  return async (parameters) => {
    const query = new URLSearchParams({ ...parameters, per_page: "100" });
    const { data, headers } = await requestJson(
      `${options.baseUrl ?? "https://api.github.com"}/advisories?${query}`,
      {
        headers: {
          accept: "application/vnd.github+json",
          "x-github-api-version": "2022-11-28",
          "user-agent": "portcullis",
          ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        },
      },
      options,
    );
    return { data, link: headers.get("link") ?? undefined };
  };
}

/** What the lists tell, and the questions that they leave open. */
async function listed(
  questions: readonly Question[],
  lists: VulnerabilityLists | undefined,
): Promise<{ readonly advisories: readonly Advisory[]; readonly open: readonly Question[] }> {
  const packages = new Map(
    questions.flatMap(({ ecosystem, name }) =>
      isKnown(ecosystem) ? [[packageKey({ ecosystem, name }), { ecosystem, name }] as const] : [],
    ),
  );
  if (lists === undefined || packages.size === 0 || packages.size > MAX_LISTED)
    return { advisories: [], open: questions };
  try {
    const found = await lists(listable([...packages.values()]));
    const told = new Set([...packages.keys()].filter((_, index) => found[index] !== undefined));
    return {
      advisories: fromNodes(found.flatMap((nodes) => nodes ?? [])),
      open: questions.filter((question) => !told.has(packageKey(question))),
    };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { advisories: [], open: questions };
  }
}

/** Packages as GitHub knows them: the first of those in ecosystems that it knows, as many as it lists in one query. */
export function listable(packages: readonly Question[]): Parameters<VulnerabilityLists>[0] {
  return packages
    .flatMap(({ ecosystem, name }) =>
      isKnown(ecosystem) ? [{ ecosystem: ecosystemNames[ecosystem], name }] : [],
    )
    .slice(0, MAX_LISTED);
}

function packageKey({ ecosystem, name }: Question): string {
  return `${ecosystem}\0${name}`;
}

const GraphqlNode = z.looseObject({
  vulnerableVersionRange: z.string(),
  firstPatchedVersion: z.looseObject({ identifier: z.string() }).nullish(),
  package: z.looseObject({ ecosystem: z.string(), name: z.string() }),
  advisory: z.looseObject({
    ghsaId: z.string(),
    summary: texts,
    severity: texts,
    publishedAt: texts,
    withdrawnAt: texts,
    identifiers: z.array(z.looseObject({ value: z.string() })).nullish(),
    epss: Epss.nullish(),
    cvssSeverities: z.looseObject({ cvssV3: GraphqlVector, cvssV4: GraphqlVector }).nullish(),
  }),
});

/** Each node is one range of one package; an advisory may have several. Throws `NoAnswer` for what cannot be understood. */
function fromNodes(values: readonly unknown[]): Advisory[] {
  const nodes = z.array(GraphqlNode).safeParse(values);
  if (!nodes.success) throw new NoAnswer("one of its records cannot be understood");
  const records = new Map<string, GitHubRecord>();
  for (const { advisory, package: of, ...range } of nodes.data) {
    const { ghsaId, cvssSeverities: scores } = advisory;
    const known = records.get(ghsaId);
    records.set(ghsaId, {
      ghsa_id: ghsaId,
      summary: advisory.summary,
      severity: advisory.severity,
      published_at: advisory.publishedAt,
      withdrawn_at: advisory.withdrawnAt,
      identifiers: advisory.identifiers,
      epss: advisory.epss,
      cvss_severities: {
        cvss_v3: vectorOf(scores?.cvssV3),
        cvss_v4: vectorOf(scores?.cvssV4),
      },
      vulnerabilities: [
        ...(known?.vulnerabilities ?? []),
        {
          package: { ecosystem: of.ecosystem.toLowerCase(), name: of.name },
          vulnerable_version_range: range.vulnerableVersionRange,
          first_patched_version: range.firstPatchedVersion,
        },
      ],
    });
  }
  return Array.from(records.values(), toAdvisory);
}

function vectorOf(score: z.infer<typeof GraphqlVector>) {
  return score && { vector_string: score.vectorString };
}

async function answer(questions: readonly Question[], pages: AdvisoryPages): Promise<Answer> {
  const advisories = new Map<string, Advisory>();
  const failed = new Map<Question, string>();
  for (const { ecosystem, batch } of batchesOf(questions.filter((one) => isKnown(one.ecosystem)))) {
    try {
      for (const one of await read(ecosystem, batch, pages)) advisories.set(one.id, one);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      for (const question of batch) failed.set(question, error.message);
    }
  }
  return { advisories: [...advisories.values()], unanswered: byReason(failed) };
}

/** One for all ecosystems where they fit in: the few records of namesakes elsewhere do no harm. */
function* batchesOf(questions: readonly Question[]): Generator<{
  readonly ecosystem?: (typeof ecosystemNames)[KnownEcosystem];
  readonly batch: readonly Question[];
}> {
  const [all, ...others] = split(questions);
  const asked = ecosystems
    .filter(isKnown)
    .filter((one) => questions.some((q) => q.ecosystem === one));
  if (all !== undefined && others.length === 0 && asked.length > 1) return yield { batch: all };
  for (const ecosystem of asked)
    for (const batch of split(questions.filter((one) => one.ecosystem === ecosystem)))
      yield { ecosystem: ecosystemNames[ecosystem], batch };
}

function split(questions: readonly Question[]): Question[][] {
  const batches: Question[][] = [];
  let length = 0;
  for (const question of questions) {
    const more = encodeURIComponent(nameOf(question)).length + 3;
    const last = batches.at(-1);
    if (last === undefined || last.length >= MAX_PACKAGES || length + more > MAX_CHARACTERS) {
      batches.push([question]);
      length = more;
    } else {
      last.push(question);
      length += more;
    }
  }
  return batches;
}

function nameOf({ name, version }: Question): string {
  return version === undefined ? name : `${name}@${version}`;
}

async function read(
  ecosystem: PageQuery["ecosystem"],
  batch: readonly Question[],
  pages: AdvisoryPages,
): Promise<Advisory[]> {
  const found: Advisory[] = [];
  const first: PageQuery = {
    ...(ecosystem !== undefined && { ecosystem }),
    affects: batch.map(nameOf).join(","),
  };
  let parameters: PageQuery | undefined = first;
  for (let page = 0; parameters !== undefined; page++) {
    if (page >= MAX_PAGES) throw new NoAnswer("its answer has too many pages");
    const { data, link } = await pages(parameters);
    const records = z.array(z.unknown()).safeParse(data);
    if (!records.success) throw new NoAnswer("its answer cannot be understood");
    for (const value of records.data) {
      const record = GitHubRecord.safeParse(value);
      if (!record.success) throw new NoAnswer("one of its records cannot be understood");
      found.push(toAdvisory(record.data));
    }
    const after = nextCursor(link);
    parameters = after === undefined ? undefined : { ...first, after };
  }
  return found;
}

function nextCursor(link: string | undefined): string | undefined {
  const next = link?.split(",").find((part) => /rel="next"/.test(part));
  const url = next === undefined ? undefined : /<([^>]+)>/.exec(next)?.[1];
  if (url === undefined || !URL.canParse(url)) return undefined;
  return new URL(url).searchParams.get("after") ?? undefined;
}

function toAdvisory(record: GitHubRecord): Advisory {
  const { ghsa_id: id, published_at: published, withdrawn_at: withdrawn } = record;
  const severity = severityWord(record.severity);
  const score = Array.isArray(record.epss) ? record.epss[0] : record.epss;
  const epss = score?.percentage;
  const names = [record.cve_id, ...(record.identifiers ?? []).map(({ value }) => value)];
  const vectors = [record.cvss_severities?.cvss_v4, record.cvss_severities?.cvss_v3, record.cvss];
  return {
    id,
    aliases: [...new Set(names.flatMap((name) => (name == null || name === id ? [] : [name])))],
    summary: record.summary ?? "",
    url: pageOf(id),
    vectors: [...new Set(vectors.flatMap((one) => one?.vector_string ?? []))],
    cwe: (record.cwes ?? []).flatMap(
      ({ cwe_id: cwe }) => Number(/^CWE-(\d+)$/.exec(cwe)?.[1]) || [],
    ),
    affected: affectedOf(record),
    ...(published != null && { published }),
    ...(withdrawn != null && { withdrawn }),
    ...(severity !== undefined && { severity }),
    ...(epss != null && { epss }),
  };
}

/** Several entries of one package are its ranges. */
function affectedOf({ vulnerabilities }: GitHubRecord): AffectedPackage[] {
  const byPackage = new Map<
    string,
    { -readonly [K in keyof AffectedPackage]: AffectedPackage[K] }
  >();
  for (const one of vulnerabilities ?? []) {
    const ecosystem = ecosystemOf(one.package?.ecosystem);
    if (ecosystem === undefined || one.package?.name == null) continue;
    const name = normaliseName(ecosystem, one.package.name);
    const patched =
      typeof one.first_patched_version === "object"
        ? one.first_patched_version?.identifier
        : one.first_patched_version;
    const { events, versions } = rangeOf(one.vulnerable_version_range ?? "", patched);
    const key = `${ecosystem}\0${name}`;
    const known = byPackage.get(key) ?? { ecosystem, name, ranges: [], versions: [] };
    if (events.length > 0) known.ranges = [...known.ranges, events];
    known.versions = [...known.versions, ...versions];
    byPackage.set(key, known);
  }
  return [...byPackage.values()];
}

/**
 * `>= 4.2, < 4.2.16` as events. Between the last version of `<= 1.2` and the first patched one nothing was released, so that the
 * latter ends the range where it is known.
 */
function rangeOf(
  text: string,
  patched: string | null | undefined,
): { events: RangeEvent[]; versions: string[] } {
  const events: RangeEvent[] = [];
  const versions: string[] = [];
  for (const part of text.split(",")) {
    const [, operator, version] = /^\s*(>=|<=|>|<|=)\s*(\S+)\s*$/.exec(part) ?? [];
    if (operator === undefined || version === undefined) continue;
    if (operator === "=") versions.push(version);
    else if (operator === "<") events.push({ kind: "fixed", version });
    else if (operator === "<=")
      events.push(
        patched == null ? { kind: "last_affected", version } : { kind: "fixed", version: patched },
      );
    else events.push({ kind: operator === ">" ? "after" : "introduced", version });
  }
  const isOpen =
    events.length > 0 && !events.some(({ kind }) => kind === "introduced" || kind === "after");
  if (isOpen) events.unshift({ kind: "introduced", version: "0" });
  return { events, versions };
}
