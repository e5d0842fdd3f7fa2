import { describe, expect, it } from "vitest";
import { crossChecked } from "../../src/advisories/index.ts";
import { type Advisory, AdvisoryIndex, type AdvisorySource } from "../../src/dependencies/index.ts";

const record = (id: string, name: string, fixed: string, aliases: string[] = []): Advisory => ({
  id,
  aliases,
  summary: `Flaw ${id}`,
  url: `https://example.org/${id}`,
  vectors: [],
  cwe: [],
  affected: [
    {
      ecosystem: "PyPI",
      name,
      ranges: [
        [
          { kind: "introduced", version: "0" },
          { kind: "fixed", version: fixed },
        ],
      ],
      versions: [],
    },
  ],
});

const source: AdvisorySource = {
  name: "the test",
  ask: async (questions) => ({
    advisories: [
      record("PYSEC-1", "django", "4.2", ["GHSA-1"]),
      record("GHSA-2", "flask", "3"),
    ].filter(({ affected }) => questions.some(({ name }) => affected[0]?.name === name)),
    unanswered: [],
  }),
};

const change = (name: string, version: string, ...ids: string[]) => ({
  change_type: "added",
  manifest: "requirements.txt",
  ecosystem: "pip",
  name,
  version,
  package_url: `pkg:pypi/${name}@${version}`,
  license: null,
  source_repository_url: null,
  scope: "runtime",
  vulnerabilities: ids.map((id) => ({
    severity: "high",
    advisory_ghsa_id: id,
    advisory_summary: `Named ${id}`,
    advisory_url: `https://github.com/advisories/${id}`,
  })),
});

async function hitsOf(changes: () => Promise<unknown>, name: string, version: string) {
  const question = { ecosystem: "PyPI", name, version } as const;
  const { advisories, unanswered } = await crossChecked(source, changes).ask([question]);
  expect(unanswered).toEqual([]);
  return new AdvisoryIndex(advisories)
    .find("PyPI", name, version)
    .map(({ ids, severity, fixed }) => `${ids.join(" ")} ${severity ?? "-"} ${fixed ?? "-"}`);
}

describe("the dependency graph as a second opinion", () => {
  it.each([
    [
      "an advisory that the source has",
      change("Django", "4.1", "GHSA-1"),
      "django",
      "4.1",
      ["GHSA-1 PYSEC-1 - 4.2"],
    ],
    [
      "an advisory that the source does not have",
      change("jinja2", "3.0", "GHSA-9"),
      "jinja2",
      "3.0",
      ["GHSA-9 high -"],
    ],
    [
      "a version that the source's record does not hold",
      change("django", "4.2", "GHSA-1"),
      "django",
      "4.2",
      ["GHSA-1 PYSEC-1 - -"],
    ],
    ["another version", change("jinja2", "3.0", "GHSA-9"), "jinja2", "3.1", []],
    ["another package", change("jinja2", "3.0", "GHSA-9"), "flask", "3", []],
    ["nothing wrong", change("flask", "2", ...[]), "flask", "2", ["GHSA-2 - 3"]],
    [
      "what the change removes, which base has",
      { ...change("jinja2", "3.0", "GHSA-9"), change_type: "removed" },
      "jinja2",
      "3.0",
      ["GHSA-9 high -"],
    ],
    [
      "an ecosystem that nobody knows",
      { ...change("jinja2", "3.0", "GHSA-9"), ecosystem: "bazel" },
      "jinja2",
      "3.0",
      [],
    ],
  ])("names %s", async (_name, changed, name, version, expected) => {
    expect(await hitsOf(async () => [changed], name, version)).toEqual(expected);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["the repository has none", () => Promise.reject(new Error("403"))],
    ["it answers with something else", async () => ({ message: "Not Found" })],
    ["a change is of another shape", async () => [{ change_type: "added", name: 3 }]],
    [
      "an address is none of the web",
      async () => [
        {
          ...change("flask", "2", "GHSA-8"),
          vulnerabilities: [{ advisory_ghsa_id: "GHSA-8", advisory_url: "javascript:alert(1)" }],
        },
      ],
    ],
  ])("says nothing where %s", async (_name, changes) => {
    expect(await hitsOf(changes, "flask", "2")).toEqual(["GHSA-2 - 3"]);
  });

  it("is all there is of the packages that it names where the source may not be asked", async () => {
    const asked: string[] = [];
    const noting: AdvisorySource = {
      name: "the test",
      ask: (questions) => {
        asked.push(...questions.map(({ name }) => name));
        return source.ask(questions);
      },
    };
    const changes = async () => [change("Django", "4.1", "GHSA-7")];
    const checked = crossChecked(noting, changes, () => false);
    const { advisories } = await checked.ask([
      { ecosystem: "PyPI", name: "django", version: "4.1" },
      { ecosystem: "PyPI", name: "flask", version: "2" },
    ]);
    expect(asked).toEqual(["flask"]);
    expect(advisories.map(({ id }) => id)).toEqual(["GHSA-2", "GHSA-7"]);
  });

  it("is asked once, and only when there is a question", async () => {
    let asked = 0;
    const checked = crossChecked(source, async () => {
      asked++;
      return [];
    });
    expect(asked).toBe(0);
    const question = { ecosystem: "PyPI", name: "flask" } as const;
    await Promise.all([checked.ask([question]), checked.ask([question])]);
    expect(asked).toBe(1);
  });
});
