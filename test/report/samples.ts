import type { Finding, Region } from "../../src/core/finding.ts";
import type { Rule } from "../../src/core/rule.ts";
import type { Report } from "../../src/report/index.ts";
import type { Review, Suppressed, Suppression } from "../../src/review/index.ts";

/** A region of one line; columns from 1, the end included. */
export function at(startLine: number, startColumn = 1, endColumn = startColumn): Region {
  return { startLine, startColumn, endLine: startLine, endColumn };
}

export const sqlRule: Rule = {
  id: "injection/sql-raw-query",
  kind: "taint",
  title: "Raw SQL built from request data",
  severity: "high",
  confidence: "high",
  cwe: [89],
  owasp: ["A03:2021"],
  aliases: ["bandit:B608", "ruff:S608"],
  message: "Request data becomes part of the SQL text given to `{sink}`.",
  remedy: "Keep the SQL text constant and pass the value as a query parameter.",
  references: [
    "https://docs.djangoproject.com/en/stable/topics/security/#sql-injection-protection",
  ],
  profile: "default",
  match: {},
  examples: { bad: {}, good: {}, fixed: {} },
};

export const middlewareRule: Rule = {
  ...sqlRule,
  id: "settings/csrf-middleware-missing",
  kind: "settings",
  title: "CSRF protection is not in MIDDLEWARE",
  severity: "medium",
  confidence: "medium",
  cwe: [352],
  aliases: ["django:security.W003"],
  message: "`MIDDLEWARE` does not contain `{name}`.",
  remedy: "Put the middleware back.",
  references: [],
};

/** A finding of `sqlRule`, with everything that a finding can have. */
export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    ruleId: sqlRule.id,
    path: "shop/views.py",
    region: at(12, 31, 79),
    message: "Request data becomes part of the SQL text given to `Person.objects.raw`.",
    severity: "high",
    confidence: "high",
    trace: [
      {
        path: "shop/views.py",
        region: at(11, 12, 30),
        message: '`request.GET["name"]` is request data',
      },
      { path: "shop/views.py", region: at(12, 31, 79), message: "becomes part of the SQL text" },
    ],
    related: [{ path: "shop/models.py", region: at(3), message: "`Person` is a Django model" }],
    absence: false,
    excerpt: {
      startLine: 11,
      lines: [
        '    name = request.GET["name"]',
        "    return Person.objects.raw(f\"SELECT * FROM person WHERE name = '{name}'\")",
      ],
    },
    fix: {
      title: "Pass the name as a query parameter.",
      edits: [
        {
          path: "shop/views.py",
          region: at(12, 31, 75),
          text: '"SELECT * FROM person WHERE name = %s", [name]',
        },
      ],
      replacements: [
        {
          path: "shop/views.py",
          startLine: 12,
          removed: [
            "    return Person.objects.raw(f\"SELECT * FROM person WHERE name = '{name}'\")",
          ],
          added: ['    return Person.objects.raw("SELECT * FROM person WHERE name = %s", [name])'],
        },
      ],
    },
    fingerprint: "0123456789abcdef0123456789abcdef",
    ...changes,
  };
}

/** A finding with nothing but what every finding has. */
export function bareFinding(changes: Partial<Finding> = {}): Finding {
  const { excerpt: _excerpt, fix: _fix, ...rest } = finding();
  return { ...rest, trace: [], related: [], ...changes };
}

/** A finding of `middlewareRule`: no line of the file holds the flaw. */
export function absence(): Finding {
  return bareFinding({
    ruleId: middlewareRule.id,
    path: "shop/settings.py",
    region: at(40),
    message: "`MIDDLEWARE` does not contain `django.middleware.csrf.CsrfViewMiddleware`.",
    severity: "medium",
    confidence: "medium",
    absence: true,
    fingerprint: "fedcba9876543210fedcba9876543210",
  });
}

export function commented(
  changes: Partial<Extract<Suppression, { kind: "comment" }>> = {},
): Suppressed {
  return {
    finding: finding({ fingerprint: "11111111111111111111111111111111" }),
    by: {
      kind: "comment",
      at: { path: "shop/views.py", region: at(12, 80, 90) },
      dialect: "nosec",
      added: true,
      ...changes,
    },
  };
}

export function report(review: Partial<Review> = {}, changes: Partial<Report> = {}): Report {
  return {
    review: {
      base: "1a2b3c4",
      head: "5d6e7f8",
      new: [],
      fixed: [],
      unchanged: [],
      suppressed: [],
      skipped: [],
      binary: [],
      notes: [],
      files: 12,
      ...review,
    },
    rules: new Map([sqlRule, middlewareRule].map((rule) => [rule.id, rule])),
    version: "1.2.3",
    colour: false,
    failOn: "high",
    command: "review",
    ...changes,
  };
}

/** A review in which everything occurs. */
export function fullReport(changes: Partial<Report> = {}): Report {
  return report(
    {
      new: [finding(), absence()],
      fixed: [bareFinding({ severity: "low", path: "shop/old.py", region: at(7) })],
      unchanged: [bareFinding({ region: at(90) }), bareFinding({ region: at(99) })],
      suppressed: [
        commented(),
        commented({ added: false, dialect: "portcullis", reason: "constant table name" }),
        {
          finding: absence(),
          by: { kind: "configuration", reason: "API without cookies", expires: "2027-01-31" },
        },
      ],
      skipped: [
        { path: "shop/legacy.py", reason: "line 3: Python 2 print statement" },
        { path: "shop/huge.py", reason: "larger than 1 MB" },
      ],
      notes: ["The exception for secrets/* in .github/portcullis.yml expired on 2026-01-01."],
    },
    changes,
  );
}
