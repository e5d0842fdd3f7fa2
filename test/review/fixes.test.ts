import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Edit, Region } from "../../src/core/finding.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { withFixes } from "../../src/review/fixes.ts";
import type { Hit } from "../../src/review/hit.ts";
import { scan } from "../../src/review/index.ts";
import type { Observed } from "../../src/review/observed.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";
import { bareFinding } from "../report/samples.ts";

/** Finds each `bad` and each `worse`, and cannot read what says `broken`. */
async function look(tree: SourceTree, paths: readonly string[]): Promise<Observed> {
  const hits: Hit[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (const [path, content] of await tree.read(paths)) {
    const text = content.kind === "bytes" ? new TextDecoder().decode(content.bytes) : "";
    if (text.includes("broken")) skipped.push({ path, reason: "broken" });
    for (const [index, line] of text.split("\n").entries()) {
      for (const match of line.matchAll(/bad|worse/g)) {
        const region = at(index + 1, match.index + 1, match.index + match[0].length);
        hits.push({ finding: bareFinding({ path, region, fingerprint: match[0] }) });
      }
    }
  }
  return { hits, skipped, notes: [], binary: [], files: paths.length, surveys: new Set() };
}

const nothing: Observed = {
  hits: [],
  skipped: [],
  notes: [],
  binary: [],
  files: 0,
  surveys: new Set(),
};

function at(line: number, startColumn: number, endColumn: number): Region {
  return { startLine: line, startColumn, endLine: line, endColumn };
}

/** The first finding's fix after these edits were proposed for it. */
async function fixOf(
  text: string,
  edits: readonly Omit<Edit, "path">[],
  secrets: readonly Region[] = [],
) {
  const tree = memoryTree({ "a.py": text });
  const inspected = await look(tree, ["a.py"]);
  const [first, ...others] = inspected.hits;
  if (first === undefined) throw new Error("nothing was found");
  const proposal = { title: "Do.", edits: edits.map((edit) => ({ path: "a.py", ...edit })) };
  const hits = [{ ...first, proposal, secrets }, ...others];
  const side = {
    tree,
    scanner: { inspect: look, survey: async () => nothing },
    paths: async () => new Set(["a.py"]),
    inspected: { ...inspected, hits },
    surveyed: nothing,
  };
  return (await withFixes(hits, side))[0]?.finding.fix;
}

describe("a proposed fix", () => {
  it("is offered when the finding is gone after it, as edits and as lines", async () => {
    expect(await fixOf("x = bad\n", [{ region: at(1, 5, 7), text: "good" }])).toEqual({
      title: "Do.",
      edits: [{ path: "a.py", region: at(1, 5, 7), text: "good" }],
      replacements: [{ path: "a.py", startLine: 1, removed: ["x = bad"], added: ["x = good"] }],
    });
  });

  it("takes the line beside an insertion along", async () => {
    const edits = [
      { region: at(1, 1, 0), text: "import os\n" },
      { region: at(3, 5, 7), text: "os.x" },
    ];
    expect((await fixOf("import re\n\nx = bad\n", edits))?.replacements).toEqual([
      { path: "a.py", startLine: 1, removed: ["import re"], added: ["import os", "import re"] },
      { path: "a.py", startLine: 3, removed: ["x = bad"], added: ["x = os.x"] },
    ]);
  });

  it.each([
    ["the finding is still there", "x = bad\n", at(1, 1, 1), "y"],
    ["it has another copy of the finding", "x = bad\n", at(1, 5, 7), "bad or bad"],
    ["another finding appears", "x = bad\n", at(1, 5, 7), "worse"],
    ["the file cannot be read any more", "x = bad\n", at(1, 5, 7), "broken"],
    ["nothing changes", "x = bad\n", at(1, 5, 7), "bad"],
    ["the file's encoding is unknown", "# coding: nonsense\nx = bad\n", at(2, 5, 7), "good"],
  ])("is dropped when %s", async (_why, text, region, replacement) => {
    expect(await fixOf(text, [{ region, text: replacement }])).toBeUndefined();
  });

  it("of one of two equal findings is offered when one is gone", async () => {
    const fix = await fixOf("x = bad\ny = bad\n", [{ region: at(1, 5, 7), text: "good" }]);
    expect(fix?.replacements).toHaveLength(1);
  });

  it("masks a secret that it removes, and is dropped when it would show one", async () => {
    const edits = [{ region: at(1, 5, 7), text: "good" }];
    expect((await fixOf("x = bad\n", edits, [at(1, 5, 7)]))?.replacements[0]?.removed).toEqual([
      "x = ***",
    ]);
    expect(await fixOf("x = bad or 'token'\n", edits, [at(1, 13, 17)])).toBeUndefined();
  });
});

describe("of a file with very many flaws", () => {
  it("the first have their fix, and no time is spent on the others", async () => {
    const calls = Array.from({ length: 25 }, (_, index) => `a${index} = yaml.load(text)\n`);
    const result = await scan({
      tree: memoryTree({
        "a.py": `import yaml\ndef f(text):\n${calls.map((call) => `    ${call}`).join("")}`,
        "b.py": "import yaml\ndef f(text):\n    return yaml.load(text)\n",
      }),
      rules: loadRules(ruleFiles, matchSchemas),
      config: defaultConfig,
      today: "2026-01-01",
    });
    const fixed = (path: string) =>
      result.new.filter((finding) => finding.path === path && finding.fix !== undefined);
    expect(result.new.filter(({ path }) => path === "a.py")).toHaveLength(25);
    expect(fixed("a.py").map(({ region }) => region.startLine)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 3),
    );
    expect(fixed("b.py")).toHaveLength(1);
  });
});
