// A pull request that brings a package with a published advisory, as GitHub's own database knows it.
import { describe, expect, it } from "vitest";
import { apiDescription, type SeenRequest } from "../../github/index.ts";
import { setting } from "./setting.ts";

const { start, commit } = setting([
  { branch: "main", files: { "requirements.txt": "flask==3.1.0\n" } },
  {
    branch: "feature",
    from: "main",
    files: { "requirements.txt": "flask==3.1.0\ndjango==4.2.1\n" },
  },
  {
    branch: "wide",
    from: "main",
    files: {
      "requirements.txt": "flask==3.1.0\ndjango==4.2.1\n",
      ...Object.fromEntries(
        Array.from({ length: 110 }, (_, index) => [`notes/${index}.txt`, `${index}\n`]),
      ),
    },
  },
]);

const advisories = [
  apiDescription().example("global-advisory", {
    ghsa_id: "GHSA-aaaa-bbbb-cccc",
    cve_id: "CVE-2024-1",
    type: "reviewed",
    severity: "high",
    summary: "Queries can be changed",
    identifiers: [{ type: "GHSA", value: "GHSA-aaaa-bbbb-cccc" }],
    withdrawn_at: null,
    cvss: null,
    cvss_severities: null,
    vulnerabilities: [
      {
        package: { ecosystem: "pip", name: "django" },
        vulnerable_version_range: ">= 4.2, < 4.2.16",
        first_patched_version: "4.2.16",
        vulnerable_functions: [],
      },
    ],
  }),
];

const asksForLists = ({ body }: SeenRequest) =>
  JSON.stringify(body ?? null).includes("securityVulnerabilities");

describe("a dependency with an advisory", () => {
  it("gets a comment on its line, with the version to go to", async () => {
    const app = await start({ github: { advisories } });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ conclusion: "failure", title: "1 new finding (1 high)" });
    expect(app.github.reviewComments).toHaveLength(1);
    const [comment] = app.github.reviewComments;
    expect(comment).toMatchObject({ path: "requirements.txt" });
    expect(comment?.body).toContain("GHSA-aaaa-bbbb-cccc");
    expect(comment?.body).toContain("```suggestion\ndjango==4.2.16\n```");
  });

  it("is told where only the repository's dependency graph names it, and there is a call left to ask it", async () => {
    const app = await start({ minutes: 5 });
    app.github.repository().dependencyChanges = [
      {
        change_type: "added",
        manifest: "requirements.txt",
        ecosystem: "pip",
        name: "django",
        version: "4.2.1",
        package_url: "pkg:pypi/django@4.2.1",
        license: "BSD-3-Clause",
        source_repository_url: "https://github.com/django/django",
        scope: "runtime",
        vulnerabilities: [
          {
            severity: "critical",
            advisory_ghsa_id: "GHSA-aaaa-bbbb-dddd",
            advisory_summary: "Queries can be changed",
            advisory_url: "https://github.com/advisories/GHSA-aaaa-bbbb-dddd",
          },
        ],
      },
    ];
    await app.github.openPullRequest({ head: commit(2) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ title: "1 new finding (1 critical)" });
    expect(app.github.reviewComments[0]?.body).toContain(
      "[GHSA-aaaa-bbbb-dddd](<https://github.com/advisories/GHSA-aaaa-bbbb-dddd>)",
    );
    expect(app.calls().length, app.calls().join("\n")).toBeLessThanOrEqual(7 + 3);
  });

  it("costs at most one question for each side, one for where to go, and the second opinion", async () => {
    const app = await start({ github: { advisories } });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    await app.concluded();
    const asked = app.calls().filter((call) => /advisories|dependency-graph/.test(call));
    expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(4);
  });

  it.each([
    ["does not know such lists", { status: 200, body: { errors: [{ message: "No such field" }] } }],
    ["does not give them", { status: 503 }],
  ])("is looked up in another way where a server %s", async (_, fault) => {
    const app = await start({ github: { advisories } });
    app.github.inject({ match: asksForLists, fault, times: 20 });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(check).toMatchObject({ title: "1 new finding (1 high)" });
  });

  it("is not passed over in silence where the database does not answer", async () => {
    const app = await start({ github: { advisories } });
    const match = (request: SeenRequest) => request.path === "/advisories" || asksForLists(request);
    app.github.inject({ match, fault: { status: 503 }, times: 20 });
    await app.github.openPullRequest({ head: commit(1) });
    await app.sendPullRequest("opened");
    const [check] = await app.concluded();
    expect(`${check?.title} ${check?.summary} ${check?.text}`).toContain(
      "not checked for advisories",
    );
  });
});
