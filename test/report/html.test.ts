import { describe, expect, it } from "vitest";
import { html } from "../../src/report/html.ts";
import { markup } from "../../src/report/markup.ts";
import { absence, at, bareFinding, commented, finding, fullReport, report } from "./samples.ts";

const text = (page: string) =>
  page
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]+>/g, "")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

describe("a template", () => {
  it("escapes text and keeps markup", () => {
    const bold = markup`<b>${"<i>&\"'"}</b>`;
    expect(String(markup`<p title="${'"'}">${bold}${[1, false, undefined, ["<"]]}</p>`)).toBe(
      '<p title="&quot;"><b>&lt;i&gt;&amp;&quot;&#39;</b>1&lt;</p>',
    );
  });

  it("spells out what a reader would not see, but for line breaks and tabs", () => {
    expect(String(markup`${"a\u202eb\n\tc\u0000"}`)).toBe("a&lt;U+202E&gt;b\n\tc&lt;U+0000&gt;");
  });
});

describe("the page", () => {
  it("shows everything that a review found", () => {
    const shown = text(html.render(fullReport()));
    for (const part of [
      "2 new findings (1 high, 1 medium)",
      "Fails: 1 new finding is high or worse.",
      "12 files reviewed, 1a2b3c4 against 5d6e7f8. Also: 1 fixed, 2 unchanged, 3 suppressed",
      "shop/views.py:12 injection/sql-raw-query",
      "12 |     return Person.objects.raw(f\"SELECT * FROM person WHERE name = '{name}'\")",
      "   |                               ^^^^^^",
      "Keep the SQL text constant and pass the value as a query parameter.",
      '2 steps from source to sinkshop/views.py:11 request.GET["name"] is request data',
      "shop/models.py:3 Person is a Django model",
      '+    return Person.objects.raw("SELECT * FROM person WHERE name = %s", [name])',
      "CWE-89, A03:2021, bandit:B608, ruff:S608",
      "write # portcullis: ignore[injection/sql-raw-query] the reason at the end of the line",
      "settings/csrf-middleware-missing (medium confidence)",
      "Suppressed by this change (1)",
      "by a # nosec comment at shop/views.py:12: no reason given",
      "Suppressed before (2)",
      "by the configuration until 2027-01-31: API without cookies",
      "Fixed (1)",
      "shop/legacy.py: line 3: Python 2 print statement",
      "expired on 2026-01-01",
    ]) {
      expect(shown).toContain(part);
    }
  });

  it("says so where there is nothing new, and does not call a review clean that skipped something", () => {
    const clean = text(html.render(report()));
    expect(clean).toContain("No new findings in 12 files");
    expect(clean).not.toContain("Not read in full");
    const skipped = html.render(report({ skipped: [{ path: "a.py", reason: "too large" }] }));
    expect(text(skipped)).toContain(
      "No new findings in what was read; 1 file was not read in full",
    );
    expect(text(skipped)).toContain("a.py: too large");
  });

  it("counts by severity, and calls a scan a scan", () => {
    const found = [finding({ severity: "critical" }), finding(), absence()];
    const page = html.render(report({ new: found }, { command: "scan" }));
    expect(page.match(/<li><b class="\w+">\d+<\/b>/g)).toEqual([
      '<li><b class="critical">1</b>',
      '<li><b class="high">1</b>',
      '<li><b class="medium">1</b>',
      '<li><b class="low">0</b>',
    ]);
    expect(text(page)).toContain("12 files scanned.");
  });

  it("lets no text of the repository become markup", () => {
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>/* style */</style>`;
    const page = html.render(
      report({
        base: evil,
        new: [
          finding({
            path: evil,
            message: `Calls \`${evil}\` ${evil}.`,
            excerpt: { startLine: 12, lines: [evil] },
            trace: [{ path: evil, region: at(1), message: evil }],
            related: [{ path: evil, region: at(1), message: evil }],
            fix: {
              title: evil,
              edits: [],
              replacements: [{ path: evil, startLine: 12, removed: [evil], added: [evil] }],
            },
          }),
        ],
        fixed: [bareFinding({ path: evil })],
        suppressed: [{ ...commented({ reason: evil }), finding: bareFinding({ path: evil }) }],
        skipped: [{ path: evil, reason: evil }],
        notes: [evil],
      }),
    );
    expect(page).not.toMatch(/<script|<img/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    const quotes = page.replace(/<style>.*<\/style>/s, "").match(/<[^>]*>/g) ?? [];
    for (const tag of quotes) expect(tag).toMatch(/^<\/?[a-z0-9!]+(?: [a-z-]+(?:="[^"<>]*")?)*>$/);
  });

  it("links only to the web, whatever a rule of the repository names", () => {
    const rules = new Map(
      [...fullReport().rules].map(([id, rule]) => [
        id,
        { ...rule, references: ["javascript:alert(1)", "https://example.org/a?b&c"] },
      ]),
    );
    const page = html.render(report({ new: [finding()] }, { rules }));
    expect(page.match(/href="(?!#)[^"]*"/g)).toEqual(['href="https://example.org/a?b&amp;c"']);
    expect(page).toContain("<li>javascript:alert(1)</li>");
  });

  it("stays of a size that a browser shows, whatever was found", () => {
    const huge = "/漢<".repeat(50_000);
    const step = { path: huge, region: at(1), message: huge };
    const evil = bareFinding({ path: huge, message: huge, related: [step] });
    const many = Array.from({ length: 12_000 }, (_, n) => bareFinding({ region: at(n + 1) }));
    const page = html.render(report({ new: many, fixed: many }));
    expect(page.match(/<article/g)).toHaveLength(1_000);
    expect(page.match(/<tr>/g)).toHaveLength(10_001);
    expect(text(page)).toContain("… and 2000 more");
    expect(text(page)).toContain("The details of 11000 findings are left out");
    expect(text(page)).toContain("… and 11500 more");
    expect(html.render(report({ new: [evil], notes: [huge] })).length).toBeLessThan(200_000);
  });
});
