// Three sources, one truth: the same made-up advisories behind a file, OSV.dev and GitHub, whose stand-ins speak real HTTP.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpOptions } from "../../src/advisories/http.ts";
import {
  advisoryPages,
  fileAdvisories,
  githubAdvisories,
  osvAdvisories,
} from "../../src/advisories/index.ts";
import { AdvisoryIndex, type AdvisorySource, type Question } from "../../src/dependencies/index.ts";
import { createClient } from "../../src/github/index.ts";
import { apiDescription, type GitHubStandIn, startGitHub } from "../github/index.ts";
import { client } from "../github/sample-client.ts";
import { type SampleRepository, sampleRepository } from "../github/sample-repository.ts";
import { temporaryFolder } from "../support/temporary-folders.ts";
import { type OsvStandIn, startOsv } from "./osv-server.ts";

const PACKAGES = 40;
const VERSIONS = ["0.9", "1.2.0", "1.5.3+local.1", "2.0rc1", "3.1.4"];

/**
 * A few flaws for each package, with one, two or no bounds, some of them a last affected version; every second one is known by two
 * records to OSV.dev, and some were withdrawn.
 */
const flaws = Array.from({ length: PACKAGES }, (_, number) => {
  const name = `package-${number}`;
  return Array.from({ length: number % 7 }, (_, flaw) => {
    const [from, to] = [
      `${(number + flaw) % 3}.${flaw}`,
      `${((number + flaw) % 3) + 1}.${number % 5}`,
    ];
    const end = (["none", "fixed", "last", "fixed", "fixed"] as const)[(number + flaw) % 5];
    return {
      id: `${String(number).padStart(4, "x")}-${"cfghjm"[flaw] ?? "p"}222`,
      name,
      from,
      to,
      end,
      isTwice: flaw % 2 === 0,
      withdrawn: number % 7 === 3 ? "2024-02-01T00:00:00Z" : null,
    };
  });
}).flat();

const osvRecords = flaws.flatMap(({ id, name, from, to, end, isTwice, withdrawn }) => {
  const record = {
    id: `GHSA-aaaa-${id}`,
    aliases: [`CVE-2024-${id}`],
    summary: `Flaw ${id}`,
    modified: "2024-01-01T00:00:00Z",
    ...(withdrawn !== null && { withdrawn }),
    affected: [
      {
        package: { ecosystem: "PyPI", name },
        ranges: [
          {
            type: "ECOSYSTEM",
            events: [
              ...(end === "fixed" ? [{ fixed: to }] : []),
              { introduced: from },
              ...(end === "last" ? [{ last_affected: to }] : []),
            ],
          },
        ],
      },
    ],
  };
  return isTwice
    ? [record, { ...record, id: `PYSEC-2024-${id}`, aliases: [`CVE-2024-${id}`, record.id] }]
    : [record];
});

const githubRecords = flaws.map(({ id, name, from, to, end, withdrawn }) =>
  apiDescription().example("global-advisory", {
    ghsa_id: `GHSA-aaaa-${id}`,
    cve_id: `CVE-2024-${id}`,
    type: "reviewed",
    summary: `Flaw ${id}`,
    identifiers: [{ type: "GHSA", value: `GHSA-aaaa-${id}` }],
    withdrawn_at: withdrawn,
    vulnerabilities: [
      {
        package: { ecosystem: "pip", name },
        vulnerable_version_range: `>= ${from}${end === "none" ? "" : `, ${end === "last" ? "<=" : "<"} ${to}`}`,
        first_patched_version: end === "fixed" ? to : null,
        vulnerable_functions: [],
      },
    ],
  }),
);

/** So many serious flaws have two packages more, of which nobody but GitHub knows. */
const CROWDS = { Popular: 150, crowded: 250 } as const;
const crowds = Object.entries(CROWDS).flatMap(([name, count]) =>
  Array.from({ length: count }, (_, number) =>
    apiDescription().example("global-advisory", {
      ghsa_id: `GHSA-${name}-${number}`,
      type: "reviewed",
      severity: "high",
      withdrawn_at: null,
      vulnerabilities: [
        {
          package: { ecosystem: "pip", name },
          vulnerable_version_range: "< 3.0",
          first_patched_version: "3.0",
          vulnerable_functions: [],
        },
      ],
    }),
  ),
);

const questions: readonly Question[] = Array.from({ length: PACKAGES }, (_, number) =>
  VERSIONS.map((version) => ({ ecosystem: "PyPI" as const, name: `package-${number}`, version })),
).flat();

/** The best known name of each flaw, and where it is fixed, by question. */
async function groupsOf(
  source: AdvisorySource,
  asked: readonly Question[] = questions,
): Promise<Record<string, string[]>> {
  const { advisories, unanswered } = await source.ask(asked);
  expect(unanswered).toEqual([]);
  const index = new AdvisoryIndex(advisories);
  return Object.fromEntries(
    asked.map(({ ecosystem, name, version = "" }) => [
      `${name} ${version}`,
      index.find(ecosystem, name, version).map(({ ids, fixed }) => `${ids[0]} ${fixed ?? "-"}`),
    ]),
  );
}

let repository: SampleRepository;
let github: GitHubStandIn;
let osv: OsvStandIn;
const noWait = async () => {};

beforeAll(async () => {
  repository = await sampleRepository([{ branch: "main", files: { "README.md": "" } }]);
  github = await startGitHub({
    repository: repository.directory,
    owner: "acme",
    name: "shop",
    advisories: [...githubRecords, ...crowds],
  });
  osv = await startOsv(osvRecords, { page: 2 });
});
afterAll(async () => {
  await osv.close();
  await github.close();
  github.expectNoViolations();
  await repository.remove();
});

/** What may come in the place of an answer. */
const faults = {
  "an error": () => new Response("{}", { status: 500 }),
  "a limit": () => new Response("{}", { status: 429, headers: { "retry-after": "1" } }),
  "a cut connection": () => {
    throw new TypeError("fetch failed");
  },
  "half an answer": async (answer) => {
    const text = await (await answer()).text();
    return new Response(text.slice(0, text.length / 2));
  },
  "a page of HTML": () => new Response("<html>Maintenance</html>"),
} as const satisfies Record<
  string,
  (answer: () => Promise<Response>) => Response | Promise<Response>
>;

/** The first answer to each request is none; `count` is told how many were not. */
function failing(fault: keyof typeof faults, count: () => void): typeof fetch {
  const seen = new Set<string>();
  return async (input, init) => {
    const request = `${String(input)} ${String(init?.body)}`;
    const answer = () => fetch(input, init);
    if (seen.has(request)) return answer();
    seen.add(request);
    count();
    return faults[fault](answer);
  };
}

function githubSource(options: HttpOptions = {}): AdvisorySource {
  return githubAdvisories(
    advisoryPages({
      baseUrl: github.url,
      token: github.installationToken(),
      wait: noWait,
      ...options,
    }),
  );
}

/** As the App asks: in GraphQL, and page by page for what that leaves open. */
function listingSource(): AdvisorySource {
  const repository = createClient(client(github), { owner: "acme", repo: "shop" });
  return githubAdvisories(
    (query) => repository.advisories(query),
    (packages) => repository.vulnerabilities(packages),
  );
}

function osvSource(options: HttpOptions = {}): AdvisorySource {
  return osvAdvisories({ baseUrl: osv.url, wait: noWait, ...options });
}

describe("the sources", () => {
  let expected: Record<string, string[]>;
  beforeAll(async () => {
    const path = join(await temporaryFolder(), "all.ndjson");
    writeFileSync(path, osvRecords.map((record) => `${JSON.stringify(record)}\n`).join(""));
    expected = await groupsOf(fileAdvisories(path));
  });

  it("give the same groups for 200 packages and versions", async () => {
    expect(Object.keys(expected)).toHaveLength(200);
    expect(Object.values(expected).flat().length).toBeGreaterThan(60);
    const pages = () => osv.calls.filter((call) => call.includes("querybatch")).length;
    const before = pages();
    expect(await groupsOf(osvSource())).toEqual(expected);
    expect(pages() - before).toBeGreaterThan(1);
    const asked: string[] = [];
    const counted: typeof fetch = (input, init) => {
      asked.push(String(input));
      return fetch(input, init);
    };
    expect(await groupsOf(githubSource({ fetch: counted }))).toEqual(expected);
    expect(asked.filter((url) => url.includes("after=")).length).toBeGreaterThan(0);
  });

  it("give the same where GitHub lists all that it knows of a few packages", async () => {
    const before = github.calls.length;
    const few = questions.slice(0, 20 * VERSIONS.length);
    const found = await groupsOf(listingSource(), few);
    expect(found).toEqual(
      Object.fromEntries(Object.entries(expected).filter(([question]) => question in found)),
    );
    expect(Object.keys(found)).toHaveLength(few.length);
    expect(github.calls.slice(before).map(({ path }) => path)).toEqual(["/graphql"]);
  });

  it.each([
    ["OSV.dev", "an error", osvSource],
    ["OSV.dev", "a limit", osvSource],
    ["OSV.dev", "a cut connection", osvSource],
    ["OSV.dev", "half an answer", osvSource],
    ["OSV.dev", "a page of HTML", osvSource],
    ["GitHub", "an error", githubSource],
    ["GitHub", "a limit", githubSource],
    ["GitHub", "a cut connection", githubSource],
    ["GitHub", "half an answer", githubSource],
    ["GitHub", "a page of HTML", githubSource],
  ] as const)(
    "give the same where every answer of %s is first %s",
    async (_name, fault, source) => {
      let struck = 0;
      const spoilt = source({
        fetch: failing(fault, () => {
          struck++;
        }),
      });
      expect(await groupsOf(spoilt)).toEqual(expected);
      expect(struck).toBeGreaterThan(1);
    },
  );
});

describe("OSV.dev", () => {
  it("is asked for each record once", async () => {
    const source = osvSource();
    await source.ask(questions);
    const before = osv.calls.length;
    await source.ask(questions);
    expect(osv.calls.slice(before).filter((call) => call.includes("/v1/vulns/"))).toEqual([]);
  });

  it.each([
    ["an error", { status: 500 }],
    ["a limit with a short pause", { status: 429, headers: { "retry-after": "1" } }],
    ["half an answer", { body: '{"results": [' }],
  ])("is asked again after %s", async (_name, fault) => {
    let strikes = 2;
    osv.fault = () => (strikes-- > 0 ? fault : undefined);
    const answer = await osvSource().ask(questions.slice(5, 10));
    osv.fault = undefined;
    expect(answer.unanswered).toEqual([]);
    expect(answer.advisories.length).toBeGreaterThan(0);
  });

  it.each([
    ["an error", { status: 503 }, "it answered with an error (503)"],
    [
      "a limit",
      { status: 429, headers: { "retry-after": "3600" } },
      "its limit of requests is reached",
    ],
    ["a refusal", { status: 403 }, "it refused the request (403)"],
    ["a page of HTML", { body: "<html>" }, "its answer was cut off or is no JSON"],
    ["another shape", { body: '{"results": {}}' }, "its answer cannot be understood"],
    [
      "fewer answers than questions",
      { body: '{"results": [{}]}' },
      "its answer cannot be understood",
    ],
  ])("leaves questions open after %s", async (_name, fault, reason) => {
    osv.fault = () => fault;
    const asked = questions.slice(5, 7);
    const answer = await osvSource().ask(asked);
    osv.fault = undefined;
    expect(answer.advisories).toEqual([]);
    expect(answer.unanswered.map((one) => one.reason)).toEqual([reason]);
    expect(new Set(answer.unanswered[0]?.questions)).toEqual(new Set(asked));
  });

  it("leaves only those open of which a record is missing", async () => {
    const asked = questions.slice(5, 20);
    const broken = osvRecords.find(({ affected }) => affected[0]?.package.name === "package-2");
    osv.fault = (path) => (path.endsWith(`/${broken?.id}`) ? { status: 500 } : undefined);
    const answer = await osvSource().ask(asked);
    osv.fault = undefined;
    const open = answer.unanswered.flatMap((one) => one.questions.map(({ name }) => name));
    expect(new Set(open)).toEqual(new Set(["package-2"]));
  });

  it("answers the others where one question is refused", async () => {
    const odd = { ecosystem: "PyPI", name: "package-1", version: "not a version" } as const;
    const answer = await osvSource().ask([
      ...questions.slice(5, 10),
      odd,
      ...questions.slice(10, 12),
    ]);
    expect(answer.unanswered).toEqual([
      { questions: [odd], reason: "it refused the request (400)" },
    ]);
  });

  it("is not waited for without end", async () => {
    const source = osvAdvisories({
      baseUrl: osv.url,
      timeout: 20,
      wait: noWait,
      fetch: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    });
    const answer = await source.ask(questions.slice(0, 1));
    expect(answer.unanswered.map((one) => one.reason)).toEqual([
      "it did not answer within 0.02 seconds",
    ]);
  });
});

describe("GitHub", () => {
  it.each([
    ["Popular", 0],
    ["crowded", 3],
  ] as const)("tells all flaws of what is %s in one query and %i pages", async (called, pages) => {
    const before = github.calls.length;
    const name = called.toLowerCase();
    const { advisories, unanswered } = await listingSource().ask([{ ecosystem: "PyPI", name }]);
    expect(unanswered).toEqual([]);
    expect(new Set(advisories.map(({ id }) => id)).size).toBe(CROWDS[called]);
    expect(github.calls.length - before).toBe(1 + pages);
  });

  it("is asked for many packages at once, page by page", async () => {
    const before = github.calls.length;
    await githubSource().ask(questions);
    // 200 versions, and no more than 100 records a page.
    expect(github.calls.length - before).toBeLessThanOrEqual(3);
  });

  it.each([
    [{ status: 500 }, 1],
    [{ reset: true } as const, 2],
  ])("is asked again after %j", async (fault, times) => {
    github.inject({ match: () => true, fault, times });
    const answer = await githubSource().ask(questions.slice(5, 10));
    expect(answer.unanswered).toEqual([]);
    expect(answer.advisories.length).toBeGreaterThan(0);
  });

  it.each([
    [{ status: 502 }, "it answered with an error (502)"],
    [
      { status: 403, headers: { "x-ratelimit-remaining": "0" } },
      "its limit of requests is reached",
    ],
    [{ status: 401 }, "it refused the request (401)"],
    [{ status: 429, headers: { "retry-after": "3600" } }, "its limit of requests is reached"],
    [{ status: 200, body: { advisories: [] } }, "its answer cannot be understood"],
    [{ status: 200, body: [{ id: 3 }] }, "one of its records cannot be understood"],
  ])("leaves questions open after %j", async (fault, reason) => {
    const injected = github.inject({ match: () => true, fault, times: 9 });
    const answer = await githubSource().ask(questions.slice(5, 7));
    injected.remove();
    expect(answer.unanswered).toEqual([{ questions: questions.slice(5, 7), reason }]);
  });

  it("reads every form of a range", async () => {
    const rows: readonly (readonly [
      range: string,
      patched: string | null,
      hit: string,
      clean: string,
    ])[] = [
      ["= 1.5.0", null, "1.5", "1.5.1"],
      ["<= 1.5", null, "1.5", "1.6"],
      ["<= 1.5", "2.0", "1.7", "2.0"],
      ["< 2", "2", "0.1", "2"],
      [">= 1.0", null, "9", "0.9"],
      ["> 1.0, < 2", "2", "1.0.1", "1.0"],
    ];
    for (const [range, patched, hit, clean] of rows) {
      const source = githubAdvisories(async () => ({
        data: [
          {
            ghsa_id: "GHSA-x",
            vulnerabilities: [
              {
                package: { ecosystem: "pip", name: "Shop" },
                vulnerable_version_range: range,
                first_patched_version: patched,
              },
            ],
          },
        ],
        link: undefined,
      }));
      const { advisories } = await source.ask([{ ecosystem: "PyPI", name: "shop" }]);
      const index = new AdvisoryIndex(advisories);
      expect([
        range,
        index.find("PyPI", "shop", hit).length,
        index.find("PyPI", "shop", clean).length,
      ]).toEqual([range, 1, 0]);
    }
  });

  it.each([
    ["an object", { percentage: 0.42, percentile: 0.9 }, 0.42],
    ["a list", [{ percentage: 0.42, percentile: "9e-1" }], 0.42],
    ["nothing", null, undefined],
    ["words", "0.42", undefined],
  ])("takes the probability of an attack from %s", async (_, epss, expected) => {
    const source = githubAdvisories(async () => ({
      data: [{ ghsa_id: "GHSA-x", epss, vulnerabilities: [] }],
      link: undefined,
    }));
    const { advisories } = await source.ask([{ ecosystem: "PyPI", name: "shop" }]);
    expect(advisories.map((one) => one.epss)).toEqual([expected]);
  });
});
