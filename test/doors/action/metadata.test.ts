// What `action.yml` says is what GitHub takes, what the program reads, and what the README tells.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadParser, type Parser } from "./parser.ts";
import { readAction, root } from "./runner.ts";

const read = (path: string) => readFile(join(root, path), "utf8");

let parser: Parser;
beforeAll(async () => {
  parser = await loadParser();
});

describe("action.yml", () => {
  it("is valid to GitHub's own parser", async () => {
    expect(parser.actionProblems(await read("action.yml"))).toEqual([]);
  });

  it("would be refused by that parser without a shell", async () => {
    const text = (await read("action.yml")).replace("shell: bash", "");
    expect(parser.actionProblems(text)).toEqual([expect.stringContaining("shell")]);
  });

  it("hands every input over in an environment variable, and writes none into a script", async () => {
    const { inputs, runs } = await readAction();
    const [, review] = runs.steps;
    for (const name of Object.keys(inputs)) {
      const variable = `INPUT_${name.toUpperCase().replaceAll("-", "_")}`;
      expect(review?.env[variable]).toBe(`\${{ inputs.${name} }}`);
    }
    expect(runs.steps.filter((step) => step.run.includes("${{"))).toEqual([]);
  });
});

describe("workflows", () => {
  it("of this repository are valid to GitHub's own parser", async () => {
    const names = await readdir(join(root, ".github/workflows"));
    expect(names).toContain("release.yml");
    for (const name of names)
      expect(parser.workflowProblems(await read(`.github/workflows/${name}`)), name).toEqual([]);
  });
});
