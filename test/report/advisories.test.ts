import { describe, expect, it } from "vitest";
import type { AdvisoryFact, Finding, PackageFact } from "../../src/core/finding.ts";
import { formats } from "../../src/report/index.ts";
import { finding, report } from "./samples.ts";

const flaw: AdvisoryFact = {
  id: "GHSA-aaaa-bbbb-cccc",
  aliases: ["CVE-2024-1", "PYSEC-2024-1"],
  severity: "high",
  fixed: "2.1",
  summary: "Prices can be <changed> by @anyone.",
  url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
  epss: 0.42,
  exploited: true,
};
const fact: PackageFact = {
  ecosystem: "PyPI",
  name: "shop",
  version: "2.0",
  target: "2.1",
  advisories: [flaw, { ...flaw, id: "PYSEC-2024-2", aliases: [], url: "javascript:alert(1)" }],
  state: "`Shop` 2.0",
  advice: "Move to 2.1.",
  isLock: false,
  isFromLock: false,
  block: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 9 },
  isContext: false,
};
const vulnerable: Finding = finding({ trace: [], related: [], package: fact });

function rendered(id: string): string {
  const shown = report({ new: [vulnerable] });
  return formats.find((format) => format.id === id)?.render(shown) ?? "";
}

describe("a finding about a package", () => {
  it("lists its advisories as links on GitHub", () => {
    const text = rendered("markdown");
    expect(text).toContain("**Why:** `Shop` 2\\.0 has 2 known vulnerabilities. Move to 2.1.");
    expect(text).toContain(
      "- [GHSA-aaaa-bbbb-cccc](<https://github.com/advisories/GHSA-aaaa-bbbb-cccc>) (high, CVE-2024-1, known to be exploited, EPSS 42%, fixed in 2.1): Prices can be ",
    );
    expect(text).not.toContain("<changed>");
    expect(text).toContain(": shop 2.0");
  });

  it("lists them as links on a page, where they lead to the web", () => {
    const text = rendered("html");
    expect(text).toContain('<a href="https://github.com/advisories/GHSA-aaaa-bbbb-cccc"');
    expect(text).toContain("&lt;changed&gt;");
    expect(text).not.toContain('href="javascript:');
  });

  it("hands them out as data", () => {
    const { findings } = JSON.parse(rendered("json"));
    expect(findings.new[0].package).toEqual({
      ecosystem: "PyPI",
      name: "shop",
      version: "2.0",
      target: "2.1",
      advisories: fact.advisories,
    });
  });
});
