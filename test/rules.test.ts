import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../src/analyzers/index.ts";
import { casesOf, runExample } from "../src/cli/rule-examples.ts";
import { loadRules } from "../src/rules/index.ts";
import { exampleAdvisories } from "./support/example-advisories.ts";

const everything = loadRules(ruleFiles, matchSchemas, { profile: "all" });

describe.each(everything.rules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  const cases = casesOf(rule);

  it("has examples of both kinds", () => {
    expect(new Set(cases.map((one) => one.good))).toEqual(new Set([false, true]));
  });

  it("says of no example that it does not have what becomes of it", () => {
    const names = cases.filter((one) => !one.good).map((one) => one.name);
    for (const name of Object.keys(rule.examples.fixed)) expect(names).toContain(name);
  });

  it.each(cases.map((one) => [one.good ? "is silent" : "reports", one.name, one] as const))(
    "%s: %s",
    async (_kind, _name, example) => {
      expect(await runExample(rule, everything, example, exampleAdvisories)).toEqual([]);
    },
  );
});
