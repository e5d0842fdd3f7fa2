// What the README shows is what a user gets: its output, its configuration, its rule.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { analyzers, matchSchemas } from "../../../src/analyzers/index.ts";
import { defaultConfig, readConfig } from "../../../src/core/config.ts";
import { matchesRule, scan } from "../../../src/review/index.ts";
import { examplesOf, extendRules, loadRules } from "../../../src/rules/index.ts";
import { memoryTree } from "../../../src/trees/index.ts";
import { portcullis } from "../../support/command-line.ts";
import { pullRequest } from "../../support/repository.ts";

const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
const builtIn = loadRules(ruleFiles, matchSchemas, { profile: "all" });

function block(name: string): string {
  const text = new RegExp(`<!-- tested: ${name} -->\\n\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(
    readme,
  )?.[1];
  if (text === undefined) throw new Error(`README.md has no block marked "tested: ${name}"`);
  return text;
}

it("shows a report as it is", async () => {
  const view = (body: string) =>
    `from django.db import connection\n\n\ndef search(request):\n    with connection.cursor() as cursor:\n        ${body}\n`;
  const repo = await pullRequest(
    {
      "orders/views.py": view(
        `cursor.execute("SELECT id FROM orders WHERE title = %s", [request.GET["q"]])`,
      ),
    },
    {
      "orders/views.py": view(
        `cursor.execute(f"SELECT id FROM orders WHERE title = '{request.GET['q']}'")`,
      ),
    },
  );
  const { stdout, status } = await portcullis(["review"], { cwd: repo });
  expect(`$ portcullis review\n${stdout}`).toBe(block("output"));
  expect(status).toBe(1);
});

it("shows a configuration that is valid and names rules that exist", () => {
  const config = readConfig("README.md", block("configuration"));
  const names = [...Object.keys(config.rules), ...config.allow.flatMap(({ rule }) => rule ?? [])];
  const unknown = names.filter((name) => !builtIn.rules.some((rule) => matchesRule(name, rule)));
  expect(unknown).toEqual([]);
});

it("shows a rule whose examples hold", async () => {
  const own = loadRules([{ path: "shop/print-order.yml", text: block("rule") }], matchSchemas, {
    folder: ".portcullis/rules",
  });
  const rules = extendRules(builtIn, own);
  const cases = own.rules.flatMap((rule) => examplesOf(rule, "example.py"));
  expect(cases).toHaveLength(3);
  for (const { name, files, expected } of cases) {
    const { new: found } = await scan({
      tree: memoryTree(files),
      rules,
      config: defaultConfig,
      today: "2026-01-01",
    });
    expect(
      found.map(({ path, region }) => `${path}:${region.startLine}`),
      name,
    ).toEqual(expected);
    expect(found.every(({ ruleId }) => ruleId === "shop/print-order")).toBe(true);
  }
});

it("names every kind of rule", () => {
  const sentence = /The kinds are ([^;]+);/.exec(readme)?.[1] ?? "";
  const kinds = [...sentence.matchAll(/`([\w-]+)`/g)].map((match) => match[1]);
  expect(kinds.sort()).toEqual(analyzers.map((analyzer) => analyzer.kind).sort());
});
