import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { analyzers, matchSchemas } from "../src/analyzers/index.ts";
import { defaultConfig } from "../src/core/config.ts";
import { applyEdits } from "../src/core/edits.ts";
import type { Finding } from "../src/core/finding.ts";
import { scan } from "../src/review/index.ts";
import { examplesOf, loadRules } from "../src/rules/index.ts";
import { memoryTree } from "../src/trees/memory.ts";
import { exampleAdvisories } from "./support/example-advisories.ts";

const everything = loadRules(ruleFiles, matchSchemas, { profile: "all" });
const pathOf = new Map(analyzers.map((analyzer) => [analyzer.kind, analyzer.examplePath]));

describe.each(everything.rules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  const cases = examplesOf(rule, pathOf.get(rule.kind) ?? "example.py");
  // The rule alone, so that the examples of one do not depend on another.
  const alone = { ...everything, rules: [rule], byId: new Map([[rule.id, rule]]) };

  it("has examples of both kinds, and each bad one says where", () => {
    expect(cases.some((one) => one.good)).toBe(true);
    expect(cases.some((one) => !one.good)).toBe(true);
    for (const one of cases) expect(one.expected.length > 0, one.name).toBe(!one.good);
  });

  it("says of no example that it does not have what becomes of it", () => {
    const names = cases.filter((one) => !one.good).map((one) => one.name);
    for (const name of Object.keys(rule.examples.fixed)) expect(names).toContain(name);
  });

  it.each(cases.map((one) => [one.good ? "is silent" : "reports", one.name, one] as const))(
    "%s: %s",
    async (_kind, _name, example) => {
      const result = await scan({
        tree: memoryTree(example.files),
        rules: alone,
        config: defaultConfig,
        today: "2026-01-01",
        advisories: exampleAdvisories,
      });
      expect(result.skipped).toEqual([]);
      expect(
        result.new.map((finding) => `${finding.path}:${finding.region.startLine}`).sort(),
      ).toEqual([...example.expected].sort());
      if (example.fixed !== undefined)
        expect(fixAll(example.files, result.new)).toEqual(
          trimmed({ ...example.files, ...example.fixed }),
        );
    },
  );
});

/** The files after all fixes of all findings; two findings may propose the same edit. */
function fixAll(files: Readonly<Record<string, string>>, findings: readonly Finding[]) {
  const edits = new Map(
    findings
      .flatMap((finding) => finding.fix?.edits ?? [])
      .map((edit) => [JSON.stringify(edit), edit]),
  );
  const fixed = Object.entries(files).map(([path, text]) => [
    path,
    applyEdits(
      text,
      [...edits.values()].filter((edit) => edit.path === path),
    ),
  ]);
  return trimmed(Object.fromEntries(fixed));
}

/** Marks leave blanks behind at the ends of lines. */
function trimmed(files: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replace(/[ \t]+$/gm, "")]),
  );
}
