import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../scripts/generated-files.ts";
import { RuleShape } from "../src/core/rule.ts";
import { messageOf, renderRulePage, shownExamples } from "../src/rules/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string) => (existsSync(root + path) ? readFileSync(root + path, "utf8") : "");

describe("generated files", () => {
  const files = generatedFiles(read("README.md"));

  it("are current (if not: npm run docs)", () => {
    const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
    expect(stale).toEqual([]);
  });

  it("hold a schema that knows every key of the configuration", () => {
    const schema = JSON.parse(files.get("schema/portcullis.schema.json") ?? "");
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties["fail-on"].enum).toContain("never");
    expect(schema.properties.allow.items.required).toEqual(["reason"]);
    expect(schema.properties.allow.items.anyOf).toContainEqual({ required: ["rule", "path"] });
  });

  it("say in the README what each key of the configuration means", () => {
    const [table = ""] =
      /<!-- configuration: [\s\S]*?<!-- end -->/.exec(files.get("README.md") ?? "") ?? [];
    const rows = [...table.matchAll(/^\| `([\w-]+)` \| (.*?) \| /gm)];
    const keys = Object.keys(
      JSON.parse(files.get("schema/portcullis.schema.json") ?? "").properties,
    );
    expect(rows.map((row) => row[1])).toEqual(keys);
    expect(rows.filter((row) => row[2] === "").map((row) => row[1])).toEqual([]);
  });
});

describe("a rule's page", () => {
  const rule = RuleShape.parse({
    id: "injection/sample",
    kind: "calls",
    title: "A sample",
    severity: "high",
    confidence: "medium",
    cwe: [89, 7],
    owasp: ["A03:2021", "A99:2030"],
    aliases: ["bandit:B608", "ruff:S608", "django:security.W004"],
    message: "{data} reaches `{call}` near `{% url %}` ({length} characters).",
    remedy: "Do not.",
    references: ["https://example.org/why"],
    match: {},
    examples: {
      bad: { "a secret": 'key = "{{secret:ghp_[A-Za-z0-9]{30}<checksum>}}"  # expect\n' },
      good: { "in two files": { "a.py": "import b\n", "b.html": "```\n<p>\n```\n" } },
    },
  });
  const page = renderRulePage(rule);

  it("says without a finding what the message says with one", () => {
    expect(messageOf(rule)).toBe("Data reaches the call near `{% url %}`.");
    expect(messageOf({ ...rule, match: { call: "eval" } })).toContain("reaches `eval` near");
  });

  it("links each weakness, and names what it knows of OWASP's categories", () => {
    expect(page).toContain("[CWE-89](https://cwe.mitre.org/data/definitions/89.html), [CWE-7](");
    expect(page).toContain("| OWASP | A03:2021 Injection, A99:2030 |");
  });

  it("gives our comment and those of other tools", () => {
    expect(page).toContain("# portcullis: ignore[injection/sample] the reason");
    expect(page).toContain("counts too: `# nosec B608`, `# noqa: S608`.");
  });

  it("shows no secret, not even a made-up one, and marks what is reported", () => {
    expect(shownExamples(rule)[0]?.files[0]?.text).toBe('key = "ghp_…"  # reported');
  });

  it("fences code that holds a fence", () => {
    expect(page).toContain("`b.html`\n\n````html\n```\n<p>\n```\n````");
  });
});
