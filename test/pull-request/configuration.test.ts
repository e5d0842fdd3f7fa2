import { Octokit } from "@octokit/rest";
import { describe, expect, it } from "vitest";
import { extendedBy, mergeConfigs, readConfig } from "../../src/core/config.ts";
import { createClient } from "../../src/github/index.ts";
import { checkOwnConfig, configAt } from "../../src/pull-request/configuration.ts";
import { setUp } from "../../src/setup/index.ts";
import { memoryTree } from "../../src/trees/index.ts";

describe("_extends", () => {
  it.each([
    ["standards", { owner: undefined, repo: "standards", path: ".github/portcullis.yml" }],
    ["acme/standards", { owner: "acme", repo: "standards", path: ".github/portcullis.yml" }],
    ["acme/a.b:x/y.yaml", { owner: "acme", repo: "a.b", path: "x/y.yaml" }],
    [".github", { owner: undefined, repo: ".github", path: ".github/portcullis.yml" }],
  ])("%s leads to a file in a repository", (value, expected) => {
    expect(extendedBy(readConfig("c.yml", `_extends: ${value}`))).toEqual(expected);
  });

  it.each(["a/b/c", "acme/x:key.pem", '"a\\" b"', "3", "[a]"])("%s is refused", (value) => {
    expect(() => readConfig("c.yml", `\n_extends: ${value}`)).toThrow(/^c\.yml:2: _extends: /);
  });
});

describe("configurations over one another", () => {
  const files = [
    "fail-on: critical\nrules: { secrets/*: off }\nallow: [{ fingerprint: a, reason: ours }]",
    "fail-on: low\ncomment-on: high\nrules: { secrets/*: low, 'injection/*': off }",
    "paths: { exclude: [vendor/**] }\nallow: [{ fingerprint: b, reason: all }]",
  ].map((yaml, index) => ({ path: `${index}.yml`, yaml }));

  it("join their lists, merge their mappings, and keep the first of all else", () => {
    expect(mergeConfigs(files)).toMatchObject({
      "fail-on": "critical",
      "comment-on": "high",
      "max-comments": 30,
      paths: { include: [], exclude: ["vendor/**"] },
      rules: { "injection/*": "off", "secrets/*": "off" },
      allow: [
        { fingerprint: "b", reason: "all" },
        { fingerprint: "a", reason: "ours" },
      ],
    });
  });

  it("name rules in an order in which the first has the last word", () => {
    expect(Object.keys(mergeConfigs(files).rules)).toEqual(["injection/*", "secrets/*"]);
  });
});

describe("a configuration that is no text", () => {
  const path = "security/portcullis.yml";
  const binary = memoryTree({ [path]: Uint8Array.of(0) });
  const empty = memoryTree({});

  it("is marked where a pull request brings it", async () => {
    const name = { owner: "acme", repo: "shop" };
    const services = { github: createClient(new Octokit(), name), name };
    const changes = [{ status: "added", path } as const];
    const setup = await setUp(empty, { profile: "default" });
    expect(await checkOwnConfig(services, path, binary, changes, setup)).toMatchObject([
      { path, region: { startLine: 1 }, message: `${path}:1: cannot be read: binary` },
    ]);
  });

  it("is an error where it rules", async () => {
    await expect(configAt(path, { base: binary, head: empty }, [])).rejects.toThrow("binary");
  });
});
