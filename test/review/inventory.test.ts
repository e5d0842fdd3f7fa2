import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { inventory } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const rules = loadRules(
  ruleFiles.filter(({ path }) => path === "dependencies/vulnerable-package.yml"),
  matchSchemas,
);

describe("a list of dependencies", () => {
  it("leaves out nothing without saying so", async () => {
    const { dependencies, skipped } = await inventory({
      tree: memoryTree({
        "a/requirements.txt": "flask==3.1.0\n\0\u0001",
        "b/requirements.txt": "flask==3.1.0\nflask=3.1.0\n",
        "c/pyproject.toml": "[project\n",
        "d/requirements.txt": "",
        "e/package-lock.json": '{"packages":',
      }),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(dependencies.map(({ file, line }) => `${file}:${line}`)).toEqual([
      "b/requirements.txt:1",
    ]);
    expect(skipped).toEqual([
      { path: "b/requirements.txt", reason: "line 2: not a requirement that pip would read" },
      { path: "c/pyproject.toml", reason: "line 1: bad header" },
      { path: "e/package-lock.json", reason: "line 1: expected a value" },
      { path: "a/requirements.txt", reason: "a binary file" },
    ]);
  });
});
