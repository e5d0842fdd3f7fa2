// What `action.yml` says is what GitHub takes, what the program reads, and what the README tells.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
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

describe("the README", () => {
  it("lists the inputs and outputs as action.yml has them", async () => {
    const readme = await read("README.md");
    const { inputs, outputs } = await readAction();
    const shown = (value: string) =>
      value.startsWith("${{") ? " the workflow's own" : value === "" ? "" : ` \`${value}\``;
    const inputRows = Object.entries(inputs).map(
      ([name, { description, default: value }]) =>
        `| \`${name}\` | ${description} |${shown(value)} |`,
    );
    const outputRows = Object.entries(outputs).map(
      ([name, { description }]) => `| \`${name}\` | ${description} |`,
    );
    expect(tableAfter(readme, "inputs")).toEqual(inputRows);
    expect(tableAfter(readme, "outputs")).toEqual(outputRows);
  });

  it.each(["workflow", "code scanning"])("shows a %s that GitHub takes", async (name) => {
    const block = new RegExp(`<!-- tested: ${name} -->\\n\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``);
    const text = block.exec(await read("README.md"))?.[1] ?? "";
    expect(text).toContain("portcullis@v");
    expect(parser.workflowProblems(text)).toEqual([]);
    const { inputs, outputs } = await readAction();
    const workflow = z.looseObject({ jobs: z.record(z.string(), Steps) }).parse(parse(text));
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const own = steps.find((step) => step.uses?.includes("portcullis@"));
    expect(Object.keys(own?.with ?? {}).filter((input) => !(input in inputs))).toEqual([]);
    const used = [...text.matchAll(/steps\.portcullis\.outputs\.([\w-]+)/g)].map(([, one]) => one);
    expect(used.filter((one) => !(one !== undefined && one in outputs))).toEqual([]);
  });
});

const Steps = z.looseObject({
  steps: z.array(
    z.looseObject({
      uses: z.string().optional(),
      with: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** The rows of the table behind a mark, without its head. */
function tableAfter(readme: string, mark: string): string[] {
  const [, table = ""] =
    new RegExp(`<!-- ${mark}: tested against action.yml -->\\n\\n((?:\\|.*\\n)+)`).exec(readme) ??
    [];
  return table.trimEnd().split("\n").slice(2);
}

describe("workflows", () => {
  it("of this repository are valid to GitHub's own parser", async () => {
    const names = await readdir(join(root, ".github/workflows"));
    expect(names).toContain("release.yml");
    for (const name of names)
      expect(parser.workflowProblems(await read(`.github/workflows/${name}`)), name).toEqual([]);
  });
});
