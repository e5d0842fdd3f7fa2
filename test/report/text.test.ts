import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { text } from "../../src/report/text.ts";
import {
  absence,
  at,
  bareFinding,
  commented,
  finding,
  fullReport,
  middlewareRule,
  report,
} from "./samples.ts";

describe("the text report", () => {
  it("shows everything that a review found", () => {
    expect(text.render(fullReport())).toMatchInlineSnapshot(`
      "high: Raw SQL built from request data [injection/sql-raw-query]
       --> shop/views.py:12:31

        11 |     name = request.GET["name"]
        12 |     return Person.objects.raw(f"SELECT * FROM person WHERE name = '{name}'")
           |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        why      Request data becomes part of the SQL text given to \`Person.objects.raw\`.
        trace    1. shop/views.py:11  \`request.GET["name"]\` is request data
                 2. shop/views.py:12  becomes part of the SQL text
        related  shop/models.py:3  \`Person\` is a Django model
        fix      Keep the SQL text constant and pass the value as a query parameter.
        change   Pass the name as a query parameter.
                 -    return Person.objects.raw(f"SELECT * FROM person WHERE name = '{name}'")
                 +    return Person.objects.raw("SELECT * FROM person WHERE name = %s", [name])
        silence  # portcullis: ignore[injection/sql-raw-query] the reason (at the end of the line)

      medium: CSRF protection is not in MIDDLEWARE [settings/csrf-middleware-missing] (medium confidence)
       --> shop/settings.py:40

        why      \`MIDDLEWARE\` does not contain \`django.middleware.csrf.CsrfViewMiddleware\`.
        fix      Put the middleware back.
        silence  { fingerprint: "fedcba9876543210fedcba9876543210", reason: "the reason" }
                 under \`allow\` in \`.github/portcullis.yml\` on the base branch

      Suppressed by this change
        high: Raw SQL built from request data [injection/sql-raw-query] at shop/views.py:12
          by a \`# nosec\` comment at shop/views.py:12: no reason given

      Fixed
        low: Raw SQL built from request data [injection/sql-raw-query] at shop/old.py:7

      Not read in full
        shop/legacy.py: line 3: Python 2 print statement
        shop/huge.py: larger than 1 MB

      Notes
        The exception for secrets/* in .github/portcullis.yml expired on 2026-01-01.

      2 new findings (1 high, 1 medium); 1 fixed, 2 unchanged, 3 suppressed, 2 files were not read in full. Fails: 1 new finding is high or worse.
      "
    `);
  });

  it("reads the same without colour", () => {
    const coloured = text.render(fullReport({ colour: true }));
    expect(coloured).toContain("\u001b[31m");
    expect(stripVTControlCharacters(coloured)).toBe(text.render(fullReport()));
  });

  it.each([
    [report(), "No new findings in 12 files.\n"],
    [report({ files: 1 }), "No new findings in 1 file.\n"],
    [report({ files: 0 }), "No new findings: no file to read.\n"],
    [report({}, { command: "scan" }), "No findings in 12 files.\n"],
    [
      report({ fixed: [finding()], unchanged: [finding()] }),
      /\n\nNo new findings in 12 files; 1 fixed, 1 unchanged\.\n$/,
    ],
  ])("is short where there is nothing new (%#)", (nothing, expected) => {
    expect(text.render(nothing)).toMatch(expected);
  });

  it("is green only where all was read", () => {
    const skipped = [{ path: "a.py", reason: "too large" }];
    expect(text.render(report({}, { colour: true }))).toContain("\u001b[32mNo new findings");
    expect(text.render(report({ skipped }, { colour: true }))).toContain(
      "\u001b[33mNo new findings",
    );
  });

  it("does not call a review clean in which something was skipped", () => {
    const skipped = ["a.py", "b.py", "b.py"].map((path) => ({ path, reason: "too large" }));
    expect(text.render(report({ skipped }))).toBe(
      [
        "Not read in full",
        "  a.py: too large",
        "  b.py: too large",
        "  b.py: too large",
        "",
        "No new findings in what was read; 2 files were not read in full.",
        "",
      ].join("\n"),
    );
  });

  it("lists no more than twenty skipped files, and counts the rest", () => {
    const skipped = Array.from({ length: 500 }, (_, n) => ({ path: `${n}.py`, reason: "x" }));
    const lines = text.render(report({ skipped })).split("\n");
    expect(lines).toHaveLength(25);
    expect(lines).toContain("  ... and 480 more");
  });

  it("lists every suppression that the change adds, and no other", () => {
    const suppressed = [
      ...Array.from({ length: 30 }, () => commented({ reason: "tests only" })),
      commented({ added: false, reason: "standing" }),
    ];
    const shown = text.render(report({ suppressed }));
    expect(shown.match(/a `# nosec` comment at shop\/views.py:12: tests only/g)).toHaveLength(30);
    expect(shown).not.toContain("standing");
    expect(shown).toContain("31 suppressed");
  });

  it.each([
    ["high", "Fails: 1 new finding is high or worse."],
    ["low", "Fails: 2 new findings are low or worse."],
    ["critical", "Passes: no new finding is critical."],
    ["never", "Passes whatever is found: the threshold is never."],
  ] as const)("says whether the threshold %s is reached", (failOn, expected) => {
    expect(text.render(report({ new: [finding(), absence()] }, { failOn }))).toContain(expected);
  });

  it("does not speak of new findings after a scan", () => {
    const shown = text.render(report({ new: [finding()] }, { command: "scan" }));
    expect(shown).toContain("1 finding (1 high). Fails: 1 finding is high or worse.");
    expect(shown).not.toContain("new");
  });

  it.each([
    ["shop/views.py", false, "# portcullis: ignore[injection/sql-raw-query] the reason (at"],
    ["shop/a.html", false, "{# portcullis: ignore[injection/sql-raw-query] the reason #} (at"],
    ["Pipfile.lock", false, '{ fingerprint: "0123456789abcdef0123456789abcdef"'],
    ["shop/views.py", true, '{ fingerprint: "0123456789abcdef0123456789abcdef"'],
  ])("says how to silence a finding in %s (absence: %s)", (path, isAbsence, expected) => {
    const shown = text.render(report({ new: [bareFinding({ path, absence: isAbsence })] }));
    expect(shown).toContain(expected);
  });

  it("wraps prose at 100 columns and aligns what follows", () => {
    const shown = text.render(
      report({ new: [bareFinding({ message: "some words ".repeat(30) })] }),
    );
    const lines = shown.split("\n").filter((line) => line.includes("some words"));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/^ {11}\S/);
  });

  it("lets no text of the repository control the terminal", () => {
    const evil = "\u001b]0;owned\u0007\u202e\nx";
    const shown = text.render(
      report({
        new: [
          finding({
            path: evil,
            message: evil,
            excerpt: { startLine: 12, lines: [evil] },
            trace: [{ path: evil, message: evil, region: at(1) }],
          }),
        ],
        suppressed: [commented({ reason: evil })],
        skipped: [{ path: evil, reason: evil }],
        notes: [evil],
      }),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(shown).toContain("--> <U+001B>]0;owned<U+0007><U+202E><U+000A>x:12:31");
  });

  it("reports a finding whose rule is not known under the rule's id", () => {
    const shown = text.render(report({ new: [bareFinding({ ruleId: "own/rule" })] }));
    expect(shown).toContain("high: own/rule [own/rule]");
  });

  it("folds a remedy that its rule wrote in several lines", () => {
    const rules = new Map([[middlewareRule.id, { ...middlewareRule, remedy: "One.\n\nTwo.\n" }]]);
    expect(text.render(report({ new: [absence()] }, { rules }))).toContain(
      "  fix      One. Two.\n",
    );
  });
});
