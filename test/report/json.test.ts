import { expect, it } from "vitest";
import { json } from "../../src/report/json.ts";
import { absence, at, commented, finding, report } from "./samples.ts";

it("writes one document with everything that was found", () => {
  const rendered = json.render(
    report({
      new: [finding()],
      fixed: [absence()],
      suppressed: [commented({ reason: "why" })],
      skipped: [
        { path: "a.py", reason: "too large" },
        { path: "a.py", reason: "not UTF-8" },
      ],
      binary: ["logo.png"],
      notes: ["A note."],
    }),
  );
  const shared = {
    ruleId: "injection/sql-raw-query",
    title: "Raw SQL built from request data",
    severity: "high",
    confidence: "high",
    cwe: [89],
    aliases: ["bandit:B608", "ruff:S608"],
    path: "shop/views.py",
    region: { startLine: 12, startColumn: 31, endLine: 12, endColumn: 79 },
    message: "Request data becomes part of the SQL text given to `Person.objects.raw`.",
    remedy: "Keep the SQL text constant and pass the value as a query parameter.",
    trace: finding().trace,
    related: finding().related,
    fix: finding().fix,
  };
  expect(JSON.parse(rendered)).toEqual({
    schema: 1,
    tool: { name: "portcullis", version: "1.2.3" },
    command: "review",
    base: "1a2b3c4",
    head: "5d6e7f8",
    findings: {
      new: [{ ...shared, fingerprint: "0123456789abcdef0123456789abcdef" }],
      fixed: [
        {
          ruleId: "settings/csrf-middleware-missing",
          title: "CSRF protection is not in MIDDLEWARE",
          severity: "medium",
          confidence: "medium",
          cwe: [352],
          aliases: ["django:security.W003"],
          path: "shop/settings.py",
          region: at(40),
          message: "`MIDDLEWARE` does not contain `django.middleware.csrf.CsrfViewMiddleware`.",
          remedy: "Put the middleware back.",
          trace: [],
          related: [],
          fingerprint: "fedcba9876543210fedcba9876543210",
        },
      ],
      unchanged: [],
    },
    suppressed: [
      {
        ...shared,
        fingerprint: "11111111111111111111111111111111",
        by: {
          kind: "comment",
          dialect: "nosec",
          added: true,
          reason: "why",
          at: { path: "shop/views.py", region: at(12, 80, 90) },
        },
      },
    ],
    skipped: [
      { path: "a.py", reason: "too large" },
      { path: "a.py", reason: "not UTF-8" },
    ],
    binary: ["logo.png"],
    notes: ["A note."],
    summary: {
      files: 12,
      new: { total: 1, critical: 0, high: 1, medium: 0, low: 0 },
      fixed: 1,
      unchanged: 0,
      suppressed: 1,
      skipped: 1,
      failOn: "high",
      failing: 1,
    },
  });
});

it("keeps every list of an empty review", () => {
  const document = JSON.parse(json.render(report()));
  expect(document).toMatchObject({
    findings: { new: [], fixed: [], unchanged: [] },
    suppressed: [],
    skipped: [],
    notes: [],
    summary: { failing: 0 },
  });
});

it("has no base after a scan", () => {
  const { base: _base, ...review } = report().review;
  const document = JSON.parse(json.render({ ...report(), review, command: "scan" }));
  expect(document).not.toHaveProperty("base");
});

it("ends with a line break", () => {
  expect(json.render(report()).endsWith("}\n")).toBe(true);
});
