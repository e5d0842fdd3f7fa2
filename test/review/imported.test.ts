// What is read before it is asked for, where reading costs no request.
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src/core/config.ts";
import { joinModels } from "../../src/core/models.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { readImported } from "../../src/review/imported.ts";
import { TreeProject } from "../../src/review/project.ts";
import { memoryTree } from "../../src/trees/index.ts";

const files = {
  "shop/views.py": "import django\nfrom shop import forms\nfrom .queries import by_name\n",
  "shop/forms.py": "",
  "shop/queries.py": "from shop.tables import names\n",
  "shop/tables.py": "import shop.words\n",
  "shop/words.py": "",
  "shop/other.py": "",
};

async function readFor(more: Partial<SourceTree> = {}) {
  const tree = memoryTree(files);
  const reads: string[][] = [];
  const noted: SourceTree = {
    ...tree,
    ...more,
    read: (paths) => {
      reads.push([...paths].sort());
      return tree.read(paths);
    },
  };
  const project = new TreeProject(
    noted,
    new Set(Object.keys(files)),
    joinModels([]),
    defaultConfig,
  );
  await readImported([{ path: "shop/views.py", text: files["shop/views.py"] }], project);
  return { reads, project };
}

describe("the modules that a file imports", () => {
  it("are at hand from the start, and what they import", async () => {
    const { reads, project } = await readFor();
    expect(reads).toEqual([["shop/forms.py", "shop/queries.py"], ["shop/tables.py"]]);
    expect(project.read("shop/queries.py")).toBe(files["shop/queries.py"]);
    expect(project.missed).toBe(0);
    project.read("shop/words.py");
    expect(project.missed).toBe(1);
  });

  it.each<[string, Partial<SourceTree>]>([
    ["where each is a request", { free: async () => [] }],
    ["where a request may be spared", { readBeside: async () => new Map() }],
    ["where a file needs no wait", { readNow: () => ({ kind: "unreadable", reason: "gone" }) }],
  ])("are not read ahead %s", async (_, more) => {
    expect((await readFor(more)).reads).toEqual([]);
  });
});
