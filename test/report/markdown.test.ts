import { describe, expect, it } from "vitest";
import {
  CHECK_RUN_BYTES,
  markdown,
  renderFinding,
  renderMarkdown,
} from "../../src/report/markdown.ts";
import {
  absence,
  at,
  bareFinding,
  commented,
  finding,
  fullReport,
  report,
  sqlRule,
} from "./samples.ts";

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("the Markdown report", () => {
  it("shows everything that a review found", () => {
    expect(markdown.render(fullReport())).toMatchInlineSnapshot(`
      "## ❌ Portcullis: 2 new findings (1 high, 1 medium)

      Fails: 1 new finding is high or worse. Also: 1 fixed, 2 unchanged, 3 suppressed, 2 files were not read in full.

      | severity | where | what | rule |
      | --- | --- | --- | --- |
      | 🔴 high | \`shop/views.py:12\` | Raw SQL built from request data | \`injection/sql-raw-query\` |
      | 🟠 medium | \`shop/settings.py:40\` | CSRF protection is not in MIDDLEWARE | \`settings/csrf-middleware-missing\` |

      <details open>
      <summary><b>high</b>: Raw SQL built from request data at <code>shop/views.py:12</code></summary>

      **Why:** Request data becomes part of the SQL text given to \`Person.objects.raw\`.

      \`\`\`python
      11 |     name = request.GET["name"]
      12 |     return Person.objects.raw(f"SELECT * FROM person WHERE name = '{name}'")
         |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      \`\`\`

      <details>
      <summary>Trace: 2 steps from source to sink</summary>

      1. \`shop/views.py:11\` \`request.GET["name"]\` is request data
      1. \`shop/views.py:12\` becomes part of the SQL text

      </details>

      **See also:**

      - \`shop/models.py:3\` \`Person\` is a Django model

      **How to fix it:** Keep the SQL text constant and pass the value as a query parameter.

      **Suggested change:** Pass the name as a query parameter.

      \`\`\`diff
      -    return Person.objects.raw(f"SELECT * FROM person WHERE name = '{name}'")
      +    return Person.objects.raw("SELECT * FROM person WHERE name = %s", [name])
      \`\`\`

      **To dismiss it,** write \`# portcullis: ignore[injection/sql-raw-query] the reason\` at the end of the line.

      </details>

      <details open>
      <summary><b>medium</b>: CSRF protection is not in MIDDLEWARE at <code>shop/settings.py:40</code></summary>

      **Why:** \`MIDDLEWARE\` does not contain \`django.middleware.csrf.CsrfViewMiddleware\`. _(medium confidence)_

      **How to fix it:** Put the middleware back.

      **To dismiss it,** write \`{ fingerprint: "fedcba9876543210fedcba9876543210", reason: "the reason" }\` under \`allow\` in \`.github/portcullis.yml\` on the base branch.

      </details>

      ### Suppressed by this change (1)

      - 🔴 high \`injection/sql-raw-query\` at \`shop/views.py:12\`, by a \`# nosec\` comment at \`shop/views.py:12\`: **no reason given**

      <details>
      <summary>Suppressed before (2)</summary>

      - 🔴 high \`injection/sql-raw-query\` at \`shop/views.py:12\`, by a \`# portcullis: ignore\` comment at \`shop/views.py:12\`: \`constant table name\`
      - 🟠 medium \`settings/csrf-middleware-missing\` at \`shop/settings.py:40\`, by the configuration until 2027-01-31: \`API without cookies\`

      </details>

      <details>
      <summary>Fixed (1)</summary>

      - 🔵 low \`injection/sql-raw-query\` at \`shop/old.py:7\`

      </details>

      <details>
      <summary>Not read in full (2)</summary>

      - \`shop/legacy.py\`: line 3: Python 2 print statement
      - \`shop/huge.py\`: larger than 1 MB

      </details>

      ### Notes (1)

      - The exception for secrets/\\* in .github/portcullis.yml expired on 2026-01-01.
      "
    `);
  });

  it("is two lines where there is nothing new", () => {
    expect(markdown.render(report())).toBe(
      "## ✅ Portcullis: No new findings in 12 files\n\nPasses: no new finding is high or worse.\n",
    );
  });

  it("does not call a review clean in which something was skipped", () => {
    const shown = markdown.render(report({ skipped: [{ path: "a.py", reason: "too large" }] }));
    expect(shown).toContain(
      "## ⚠️ Portcullis: No new findings in what was read; 1 file was not read in full\n",
    );
    expect(shown).toContain("- `a.py`: too large");
  });

  it("lists the suppressions that the change adds first, and unfolded", () => {
    const suppressed = [commented({ added: false, reason: "old" }), commented({ reason: "new" })];
    const shown = markdown.render(report({ suppressed }));
    expect(shown).toContain("### Suppressed by this change (1)\n");
    expect(shown.indexOf("`new`")).toBeLessThan(shown.indexOf("`old`"));
  });

  it("unfolds a few findings and folds many", () => {
    const open = (count: number) =>
      markdown
        .render(report({ new: Array.from({ length: count }, () => finding()) }))
        .includes("<details open>");
    expect([open(3), open(4)]).toEqual([true, false]);
  });

  it("lets no text of the repository become markup", () => {
    const evil = "x`|\n\n# y @org/team #12 <img src=x> ![i](http://e.vil) --> </details>";
    const shown = markdown.render(
      report({
        new: [
          finding({
            path: evil,
            message: `Calls \`${evil}\`.`,
            excerpt: { startLine: 12, lines: ["```", "</details>", "<!-- portcullis -->"] },
            trace: [{ path: evil, region: at(1), message: evil }],
            related: [{ path: evil, region: at(1), message: evil }],
          }),
        ],
        suppressed: [{ ...commented({ reason: evil }), finding: bareFinding({ path: evil }) }],
        skipped: [{ path: evil, reason: evil }],
        notes: [evil],
      }),
    );
    const outsideFences = shown.replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, "");
    expect(outsideFences).not.toMatch(/^# /m);
    expect(outsideFences).not.toMatch(/(?<!\\)<img|!\[i\]|(?<!\\)-->|(?<!\\)<!--/);
    expect(outsideFences).not.toMatch(/@org|(?<!&)#12/);
    expect(shown).not.toMatch(/<!-- portcullis/);
    expect(outsideFences.match(/<\/details>/g)?.length).toBe(
      outsideFences.match(/^<details( open)?>$/gm)?.length,
    );
    const table = shown.split("\n").filter((line) => line.startsWith("| 🔴"));
    expect(table.map((line) => line.match(/(?<!\\)\|/g)?.length)).toEqual([5]);
  });
});

describe("the length limit", () => {
  const many = Array.from({ length: 3_000 }, (_, n) =>
    finding({ region: at(n + 1), severity: n < 10 ? "critical" : "low" }),
  );

  it("is kept by leaving out whole findings, with their number", () => {
    const shown = renderMarkdown(report({ new: many }), CHECK_RUN_BYTES);
    expect(bytes(shown)).toBeLessThanOrEqual(CHECK_RUN_BYTES);
    expect(bytes(shown)).toBeGreaterThan(CHECK_RUN_BYTES * 0.9);
    const rows = shown.match(/^\| (🟣|🔵)/gm)?.length ?? 0;
    const sections = shown.match(/^<summary><b>/gm)?.length ?? 0;
    expect(rows).toBeGreaterThan(200);
    expect(sections).toBeGreaterThan(10);
    expect(shown).toContain(`_${3_000 - rows} rows left out: the report would be too long.`);
    expect(shown).toContain(`_${3_000 - sections} descriptions left out: the report`);
    expect(shown.match(/<details>/g)?.length).toBe(shown.match(/<\/details>/g)?.length);
  });

  it("is kept by a job summary of any number of findings", () => {
    const found = Array.from({ length: 10 }, () => many).flat();
    expect(bytes(markdown.render(report({ new: found })))).toBeLessThanOrEqual(1_048_576);
  });

  it("is kept whatever the repository's texts hold", () => {
    const huge = "|`漢@".repeat(50_000);
    const place = { path: huge, region: at(1), message: huge };
    const evil = finding({
      path: huge,
      message: huge,
      trace: Array.from({ length: 200 }, () => place),
      related: Array.from({ length: 200 }, () => place),
      excerpt: { startLine: 12, lines: Array.from({ length: 9 }, () => huge) },
    });
    const repeat = <T>(item: T) => Array.from({ length: 300 }, () => item);
    const shown = renderMarkdown(
      report({
        new: repeat(evil),
        fixed: repeat(evil),
        suppressed: repeat({ ...commented({ reason: huge }), finding: evil }),
        skipped: repeat({ path: huge, reason: huge }),
        notes: repeat(huge),
      }),
      CHECK_RUN_BYTES,
    );
    expect(bytes(shown)).toBeLessThanOrEqual(CHECK_RUN_BYTES);
    expect(shown).toContain("<summary><b>");
    expect(bytes(renderFinding(evil, sqlRule))).toBeLessThan(CHECK_RUN_BYTES);
  });
});

describe("one finding", () => {
  it("is a comment that does not repeat its place", () => {
    expect(renderFinding(absence(), undefined)).toBe(
      [
        "**🟠 medium: settings/csrf-middleware-missing** (`settings/csrf-middleware-missing`)",
        "**Why:** `MIDDLEWARE` does not contain `django.middleware.csrf.CsrfViewMiddleware`. _(medium confidence)_",
        '**To dismiss it,** write `{ fingerprint: "fedcba9876543210fedcba9876543210", reason: "the reason" }` under `allow` in `.github/portcullis.yml` on the base branch.',
      ].join("\n\n"),
    );
  });
});
