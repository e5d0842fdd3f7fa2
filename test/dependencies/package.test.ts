import { describe, expect, it } from "vitest";
import { keyOf, normaliseName, type Package } from "../../src/dependencies/index.ts";

describe("normaliseName", () => {
  it.each([
    ["PyPI", "Flask_Cors", "flask-cors"],
    ["PyPI", "zope.interface", "zope-interface"],
    ["PyPI", "a-_.b", "a-b"],
    ["npm", "@Types/Node", "@Types/Node"],
    ["GitHub Actions", "Actions/Checkout", "actions/checkout"],
    ["Packagist", "Symfony/Yaml", "symfony/yaml"],
    ["Go", "github.com/Foo/bar", "github.com/Foo/bar"],
  ] as const)("of %s makes %s to %s", (ecosystem, name, expected) => {
    expect(normaliseName(ecosystem, name)).toBe(expected);
  });
});

describe("keyOf", () => {
  const region = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 9 };
  const entry: Package = {
    ecosystem: "npm",
    name: "a",
    kind: "locked",
    scope: "main",
    location: { path: "package-lock.json", region },
    source: { kind: "registry" },
  };

  it.each([
    [{}, "a"],
    [{ version: "1.0.0" }, "a@1.0.0"],
    [{ version: "1.0.0", key: "node_modules/b/node_modules/a" }, "node_modules/b/node_modules/a"],
  ])("tells entries apart: %j", (more, expected) => {
    expect(keyOf({ ...entry, ...more })).toBe(expected);
  });
});
