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
  scope: "dev",
  wayIn: ["till", "<basket>", "shop"],
  advisories: [flaw, { ...flaw, id: "PYSEC-2024-2", aliases: [], url: "javascript:alert(1)" }],
  state: "`Shop` 2.0",
  advice: "Move to 2.1.",
  isLock: false,
  isFromLock: false,
  isExported: false,
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

  it.each<[string, Partial<PackageFact>, string, boolean]>([
    [
      "one advisory",
      { advisories: [flaw] },
      '{ advisory: "GHSA-aaaa-bbbb-cccc", package: "shop"',
      false,
    ],
    ["each of several", {}, '{ advisory: "GHSA-aaaa-bbbb-cccc", package: "shop"', true],
    ["a name that would have to be quoted", { name: 'a"b' }, "{ fingerprint: ", false],
  ])("says how to accept %s", (_name, more, entry, isOneOfSeveral) => {
    const shown = report({
      new: [finding({ path: "requirements.txt", package: { ...fact, ...more } })],
    });
    const text = formats.find(({ id }) => id === "text")?.render(shown);
    expect(text).toContain(entry);
    expect(text?.includes("an entry like it for each of the other advisories")).toBe(
      isOneOfSeveral,
    );
  });

  it("lists them as links on a page, where they lead to the web", () => {
    const text = rendered("html");
    expect(text).toContain('<a href="https://github.com/advisories/GHSA-aaaa-bbbb-cccc"');
    expect(text).toContain("&lt;changed&gt;");
    expect(text).not.toContain('href="javascript:');
  });

  it("stands in a table of packages on a page, apart from other findings", () => {
    const text = rendered("html");
    expect(text).toContain(
      "1 package with 2 published flaws, 2 of them known to be exploited, a version to move to for each.",
    );
    expect(text).toContain('<a href="#finding-1">shop</a>');
    expect(text).toContain("by till → &lt;basket&gt;");
    for (const cell of ["2.0", "2.1", "dev"]) expect(text).toContain(`<td>${cell}</td>`);
    expect(text).not.toContain('<h2 id="findings">');
    const page = formats.find(({ id }) => id === "html");
    const { target: _, ...open } = fact;
    const both = [finding({ package: open }), finding({})];
    const mixed = page?.render(report({ new: both })) ?? "";
    expect(mixed).toContain("no fixed version for 1.");
    expect(mixed).toContain('<h2 id="findings">Findings</h2>');
    expect(mixed).toContain('<a href="#finding-2">');
  });

  it("hands them out as data", () => {
    const { findings } = JSON.parse(rendered("json"));
    expect(findings.new[0].package).toEqual({
      ecosystem: "PyPI",
      name: "shop",
      version: "2.0",
      target: "2.1",
      scope: "dev",
      wayIn: ["till", "<basket>", "shop"],
      advisories: fact.advisories,
    });
  });
});
