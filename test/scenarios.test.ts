import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../src/analyzers/index.ts";
import { defaultConfig } from "../src/core/config.ts";
import { ConfigError } from "../src/core/errors.ts";
import type { Finding } from "../src/core/finding.ts";
import { readYaml } from "../src/core/yaml.ts";
import { review } from "../src/review/index.ts";
import { loadRules } from "../src/rules/index.ts";
import { memoryTree } from "../src/trees/memory.ts";
import { changesBetween } from "./support/changes.ts";

/** `rules` picks the rules of the scenario, so that another rule's findings do not break it. */
const Expected = z.strictObject({
  about: z.string(),
  rules: z.array(z.string()).min(1),
  new: z.array(z.string()).default([]),
  fixed: z.array(z.string()).default([]),
  unchanged: z.array(z.string()).default([]),
  suppressed: z.array(z.string()).default([]),
  renames: z.record(z.string(), z.string()).default({}),
});

const folder = join(import.meta.dirname, "scenarios");
const everything = loadRules(ruleFiles, matchSchemas, { profile: "all" });

it.each(readdirSync(folder).sort())("%s", async (name) => {
  const text = readFileSync(join(folder, name, "expected.yml"), "utf8");
  const expected = readYaml(`${name}/expected.yml`, text, Expected, ConfigError);
  const [base, head] = [
    readFiles(join(folder, name, "base")),
    readFiles(join(folder, name, "head")),
  ];
  const rules = everything.rules.filter((rule) => expected.rules.includes(rule.id));
  expect(rules).toHaveLength(expected.rules.length);
  const result = await review({
    base: memoryTree(base, "base"),
    head: memoryTree(head, "head"),
    changes: changesBetween(base, head, expected.renames),
    rules: { ...everything, rules, byId: new Map(rules.map((rule) => [rule.id, rule])) },
    config: defaultConfig,
    today: "2026-01-01",
  });
  // An analyzer that fails says nothing, which is what some scenarios expect.
  expect(result.skipped.filter(({ reason }) => reason.includes("a bug of ours"))).toEqual([]);
  const shown = (findings: readonly Finding[]) =>
    findings.map((one) => `${one.ruleId} ${one.path}:${one.region.startLine}`).sort();
  expect({
    new: shown(result.new),
    fixed: shown(result.fixed),
    unchanged: shown(result.unchanged),
    suppressed: shown(result.suppressed.map((one) => one.finding)),
  }).toEqual({
    new: [...expected.new].sort(),
    fixed: [...expected.fixed].sort(),
    unchanged: [...expected.unchanged].sort(),
    suppressed: [...expected.suppressed].sort(),
  });
});

function readFiles(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const path = join(root, entry);
    if (statSync(path).isFile())
      files[relative(root, path).replaceAll("\\", "/")] = readFileSync(path, "utf8");
  }
  return files;
}
