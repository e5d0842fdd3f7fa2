import type { Log, ReportingDescriptor, Result, Run } from "sarif";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import { renderSarif, sarif } from "../../src/report/sarif.ts";
import { absence, at, bareFinding, finding, fullReport, report, sqlRule } from "./samples.ts";

function runOf(rendered: string): Run {
  const log: Log = JSON.parse(rendered);
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

function resultsOf(...findings: Finding[]): Result[] {
  return runOf(sarif.render(report({ new: findings }))).results ?? [];
}

function ruleOf(rendered: string): ReportingDescriptor | undefined {
  return runOf(rendered).tool.driver.rules?.[0];
}

describe("a result", () => {
  it("carries place, code, flow, related places, fix and fingerprint", () => {
    expect(resultsOf(finding())).toEqual([
      {
        ruleId: "injection/sql-raw-query",
        ruleIndex: 0,
        kind: "fail",
        level: "error",
        baselineState: "new",
        message: {
          text: "Request data becomes part of the SQL text given to `Person.objects.raw`.",
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
              region: {
                startLine: 12,
                startColumn: 31,
                endLine: 12,
                endColumn: 80,
                snippet: { text: "f\"SELECT * FROM person WHERE name = '{name}'\")" },
              },
              contextRegion: {
                startLine: 11,
                endLine: 12,
                snippet: {
                  text: '    name = request.GET["name"]\n    return Person.objects.raw(f"SELECT * FROM person WHERE name = \'{name}\'")',
                },
              },
            },
          },
        ],
        partialFingerprints: { "portcullis/v1": "0123456789abcdef0123456789abcdef" },
        codeFlows: [
          {
            threadFlows: [
              {
                locations: [
                  {
                    location: {
                      physicalLocation: {
                        artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
                        region: { startLine: 11, startColumn: 12, endLine: 11, endColumn: 31 },
                      },
                      message: { text: '`request.GET["name"]` is request data.' },
                    },
                  },
                  {
                    location: {
                      physicalLocation: {
                        artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
                        region: { startLine: 12, startColumn: 31, endLine: 12, endColumn: 80 },
                      },
                      message: { text: "becomes part of the SQL text." },
                    },
                  },
                ],
              },
            ],
          },
        ],
        relatedLocations: [
          {
            id: 0,
            physicalLocation: {
              artifactLocation: { uri: "shop/models.py", uriBaseId: "%SRCROOT%" },
              region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 2 },
            },
            message: { text: "`Person` is a Django model." },
          },
        ],
        fixes: [
          {
            description: { text: "Pass the name as a query parameter." },
            artifactChanges: [
              {
                artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
                replacements: [
                  {
                    deletedRegion: { startLine: 12, startColumn: 31, endLine: 12, endColumn: 76 },
                    insertedContent: { text: '"SELECT * FROM person WHERE name = %s", [name]' },
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it.each([
    ["critical", "error"],
    ["high", "error"],
    ["medium", "warning"],
    ["low", "note"],
  ] as const)("of severity %s has the level %s", (severity, level) => {
    expect(resultsOf(finding({ severity }))[0]?.level).toBe(level);
  });

  it.each([
    ["a b/ü.py", "a%20b/%C3%BC.py"],
    ["100%/#1?.py", "100%25/%231%3F.py"],
    ["c:/x.py", "c%3A/x.py"],
    ["@app/x+y=z,(1).py", "@app/x+y=z,(1).py"],
    ["half\ud83d.py", "half%EF%BF%BD.py"],
    ["a\nb[1].py", "a%0Ab%5B1%5D.py"],
  ])("names the file %j as the URI %s", (path, uri) => {
    const [result] = resultsOf(bareFinding({ path }));
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(uri);
  });

  it("has an insertion as an empty region, and whole lines up to the start of the next", () => {
    const edits = [
      { path: "shop/views.py", region: at(12, 5, 4), text: "new" },
      { path: "shop/views.py", region: at(11, 1, 31), text: "" },
    ];
    const [result] = resultsOf(finding({ fix: { title: "Fix", edits, replacements: [] } }));
    const replaced = result?.fixes?.[0]?.artifactChanges[0]?.replacements;
    expect(replaced?.map((replacement) => replacement.deletedRegion)).toEqual([
      { startLine: 12, startColumn: 5, endLine: 12, endColumn: 5 },
      { startLine: 11, startColumn: 1, endLine: 12, endColumn: 1 },
    ]);
  });

  it("has a context only where that shows more than the region", () => {
    const excerpt = { startLine: 12, lines: ["run(x)"] };
    const [result] = resultsOf(finding({ region: at(12, 1, 6), excerpt }));
    const place = result?.locations?.[0]?.physicalLocation;
    expect(place?.region?.snippet).toEqual({ text: "run(x)" });
    expect(place).not.toHaveProperty("contextRegion");
  });

  it("holds no link that a file could have planted", () => {
    const [result] = resultsOf(bareFinding({ message: "Called by [x](https://evil.example)" }));
    expect(result?.message.text).toBe("Called by [x] (https://evil.example).");
  });
});

describe("a rule", () => {
  it("carries what code scanning shows and filters by", () => {
    expect(ruleOf(sarif.render(report({ new: [finding()] })))).toEqual({
      id: "injection/sql-raw-query",
      name: "InjectionSqlRawQuery",
      shortDescription: { text: "Raw SQL built from request data." },
      fullDescription: { text: "Request data becomes part of the SQL text given to the sink." },
      help: {
        text: "Request data becomes part of the SQL text given to the sink.\n\nHow to fix it: Keep the SQL text constant and pass the value as a query parameter.\nhttps://docs.djangoproject.com/en/stable/topics/security/#sql-injection-protection",
        markdown:
          "Request data becomes part of the SQL text given to the sink.\n\n**How to fix it.** Keep the SQL text constant and pass the value as a query parameter.\n\n- <https://docs.djangoproject.com/en/stable/topics/security/#sql-injection-protection>",
      },
      helpUri: "https://docs.djangoproject.com/en/stable/topics/security/#sql-injection-protection",
      defaultConfiguration: { level: "error" },
      properties: {
        tags: ["security", "external/cwe/cwe-089", "bandit:B608", "ruff:S608", "A03:2021"],
        precision: "high",
        "security-severity": "8.0",
        "problem.severity": "error",
      },
    });
  });

  it("occurs once, in the order of ids, and every result points at its own", () => {
    const run = runOf(sarif.render(report({ new: [absence(), finding(), finding()] })));
    expect(run.tool.driver.rules?.map((rule) => rule.id)).toEqual([
      "injection/sql-raw-query",
      "settings/csrf-middleware-missing",
    ]);
    expect(run.results?.map((result) => [result.ruleId, result.ruleIndex])).toEqual([
      ["injection/sql-raw-query", 0],
      ["injection/sql-raw-query", 0],
      ["settings/csrf-middleware-missing", 1],
    ]);
  });

  it("has the worst severity that was found of it, as configuration may have changed its own", () => {
    const found = [finding({ severity: "medium" }), finding({ severity: "critical" })];
    const rule = ruleOf(sarif.render(report({ new: found })));
    expect(rule?.properties?.["security-severity"]).toBe("9.5");
  });

  it("has at most twenty tags, what is filtered by first", () => {
    const aliases = Array.from({ length: 40 }, (_, n) => `bandit:B${n}`);
    const rules = new Map([[sqlRule.id, { ...sqlRule, aliases, cwe: [89, 1333] }]]);
    const tags = ruleOf(sarif.render(report({ new: [finding()] }, { rules })))?.properties?.tags;
    expect(tags).toHaveLength(20);
    expect(tags?.slice(0, 4)).toEqual([
      "security",
      "external/cwe/cwe-089",
      "external/cwe/cwe-1333",
      "bandit:B0",
    ]);
  });

  it("that is not known is described by its finding", () => {
    const rule = ruleOf(sarif.render(report({ new: [finding({ ruleId: "own/rule" })] })));
    expect(rule?.id).toBe("own/rule");
    expect(rule?.properties?.tags).toEqual(["security"]);
  });
});

describe("a run", () => {
  it("of a review leaves unchanged and fixed findings out and marks suppressed ones", () => {
    const { results = [] } = runOf(sarif.render(fullReport()));
    expect(results.map((result) => [result.baselineState, result.suppressions])).toEqual([
      ["new", undefined],
      ["new", undefined],
      [
        undefined,
        [
          {
            kind: "inSource",
            status: "accepted",
            justification: "No reason given, by a `# nosec` comment.",
            location: {
              physicalLocation: {
                artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
                region: { startLine: 12, startColumn: 80, endLine: 12, endColumn: 91 },
              },
            },
          },
        ],
      ],
      [undefined, [expect.objectContaining({ justification: "constant table name." })]],
      [
        undefined,
        [{ kind: "external", status: "accepted", justification: "API without cookies." }],
      ],
    ]);
  });

  it("can be had without the suppressed results", () => {
    expect(runOf(renderSarif(fullReport(), { suppressed: false })).results).toHaveLength(2);
  });

  it("of a scan has no baseline", () => {
    const run = runOf(sarif.render(report({ new: [finding()] }, { command: "scan" })));
    expect(run.results?.[0]).not.toHaveProperty("baselineState");
    expect(run.automationDetails).toEqual({ id: "portcullis/scan/" });
  });

  it("says what was skipped, and what else there is to know", () => {
    const skipped = [{ path: "a b.py", reason: "larger than 1 MB" }];
    const run = runOf(sarif.render(report({ skipped, notes: ["An exception expired."] })));
    expect(run.results).toEqual([]);
    expect(run.invocations).toEqual([
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          {
            level: "warning",
            message: { text: "Not read in full: larger than 1 MB." },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: "a%20b.py", uriBaseId: "%SRCROOT%" },
                },
              },
            ],
          },
          { level: "note", message: { text: "An exception expired." } },
        ],
      },
    ]);
  });

  it("keeps the worst 25,000 of 30,000 results and says so", () => {
    const found = Array.from({ length: 30_000 }, (_, n) =>
      bareFinding({ region: at(n + 1), severity: n % 2 === 0 ? "low" : "high" }),
    );
    const run = runOf(sarif.render(report({ new: found })));
    expect(run.results).toHaveLength(25_000);
    expect(run.results?.filter((result) => result.level === "error")).toHaveLength(15_000);
    expect(
      run.invocations?.[0]?.toolExecutionNotifications?.map((told) => told.message.text),
    ).toEqual([
      "5000 of 30000 results were left out, the least severe: a run may hold 25000.",
      "GitHub shows the worst 5000 results of a run.",
    ]);
  });

  it("cuts flows and related places to what GitHub accepts, and keeps both ends of a flow", () => {
    const steps = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ path: "a.py", region: at(n + 1), message: "x" }));
    const [result] = resultsOf(finding({ trace: steps(12_000), related: steps(3_000) }));
    const flow = result?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    const lines = flow.map((step) => step.location?.physicalLocation?.region?.startLine);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([10_000, 1, 12_000]);
    expect(result?.relatedLocations).toHaveLength(999);
  });
});
