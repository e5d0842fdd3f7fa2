// The layout's promises that neither the compiler nor the linter can see as a whole: who imports whom, that every member
// of a family is listed, that a rule's id is its path, and that the rule pages are current.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { RuleShape } from "../src/core/rule.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Folders of src, left to right: a folder may import those of earlier levels, and none of its own level. */
const levels = [
  ["core"],
  ["python", "rules"],
  ["dependencies"],
  ["analyzers"],
  ["review"],
  ["report", "trees", "advisories", "github", "setup"],
  ["pull-request"],
  ["app", "action", "cli"],
];
const doors = ["app", "action", "cli"];
const engine = ["core", "python", "rules", "analyzers", "dependencies", "review", "report"];
const pureNodeModules = ["node:crypto", "node:buffer"];

const families = [
  "src/analyzers",
  "src/dependencies/manifests",
  "src/report",
  "src/trees",
  "src/advisories",
  "src/app/queue",
  existsSync(`${root}src/cli/commands`) ? "src/cli/commands" : "src/cli",
];
/** Programs, which nothing imports. */
const entryPoints = ["src/cli/main.ts", "src/app/main.ts"];

type Sources = ReadonlyMap<string, string>;

describe("imports", () => {
  const sources = readSources();

  it("point left only and go through index.ts", () => {
    expect(importProblems(sources)).toEqual([]);
  });

  it("bring no input or output into the engine", () => {
    expect(builtinProblems(sources)).toEqual([]);
  });

  // The checks above pass on an empty list too, so they are shown to see what they look for.
  it.each([
    ["src/core/a.ts", "../review/index.ts", "may not import review"],
    ["src/python/a.ts", "../rules/index.ts", "may not import rules"],
    ["src/trees/a.ts", "../github/index.ts", "may not import github"],
    ["src/dependencies/manifests/a.ts", "../../report/index.ts", "may not import report"],
    ["src/review/a.ts", "../python/names.ts", "through src/python/index.ts"],
    ["src/dependencies/a.ts", "./manifests/b.ts", "through src/dependencies/manifests/index.ts"],
    ["src/index.ts", "./review/scan.ts", "through src/review/index.ts"],
    ["src/review/a.ts", "../index.ts", "may not import the public API"],
    ["src/utils/a.ts", "../core/errors.ts", "no such folder in the layout"],
  ])("of %s may not be %s", (path, specifier, problem) => {
    const found = importProblems(new Map([[path, `import { x } from "${specifier}";\n`]]));
    expect(found).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ["src/review/a.ts", "../core/errors.ts"],
    ["src/review/a.ts", "../python/index.ts"],
    ["src/dependencies/manifests/a.ts", "../pep440.ts"],
    ["src/dependencies/manifests/a.ts", "../../core/errors.ts"],
    ["src/dependencies/a.ts", "./manifests/index.ts"],
    ["src/index.ts", "./core/errors.ts"],
    ["src/cli/a.ts", "../index.ts"],
    ["src/cli/a.ts", "../../package.json"],
    ["src/cli/a.ts", "#rules"],
  ])("of %s may be %s", (path, specifier) => {
    expect(importProblems(new Map([[path, `import { x } from "${specifier}";\n`]]))).toEqual([]);
  });

  it.each([
    `import { readFileSync } from "node:fs";`,
    `import fs from "fs";`,
    `export * from "node:fs/promises";`,
    `import "node:process";`,
    `const fs = await import("node:fs");`,
    `import {\n  a,\n} from "node:http";`,
  ])("of the engine may not be: %s", (line) => {
    expect(builtinProblems(new Map([["src/review/a.ts", line]]))).toHaveLength(1);
    expect(builtinProblems(new Map([["src/cli/a.ts", line]]))).toEqual([]);
  });
});

describe("families", () => {
  it.each(families.filter((family) => existsSync(root + family)))(
    "%s lists its members",
    (family) => {
      expect(unlistedMembers(family, readSources())).toEqual([]);
    },
  );

  it("print the missing line", () => {
    const sources = new Map([
      ["src/report/index.ts", `import { text } from "./text.ts";`],
      ["src/report/text.ts", `import { escape } from "./escape.ts";`],
      ["src/report/escape.ts", ""],
      ["src/report/code-climate.ts", ""],
    ]);
    expect(unlistedMembers("src/report", sources)).toEqual([
      `src/report/index.ts lacks: import { codeClimate } from "./code-climate.ts";`,
    ]);
  });
});

describe("rules", () => {
  const files = filesUnder("rules").filter((path) => !path.startsWith("rules/models/"));

  it("are named after their path", () => {
    const wrong = files
      .map((path) => ({ path, id: /^id:[ \t]*(\S+)/m.exec(read(path))?.[1] }))
      .filter(({ path, id }) => path !== `rules/${id}.yml`);
    expect(wrong).toEqual([]);
  });

  it("end in .yml, as other files are not read", () => {
    expect(filesUnder("rules").filter((path) => !path.endsWith(".yml"))).toEqual([]);
  });

  it("have current pages", async () => {
    if (!existsSync(`${root}docs/rules`) || !existsSync(`${root}src/rules/index.ts`)) return;
    const module: Record<string, unknown> = await import(`${root}src/rules/index.ts`);
    const render = module["renderRulePage"];
    if (typeof render !== "function") return;

    const pages = files.map((path) => ({
      page: path.replace(/^rules\//, "docs/rules/").replace(/\.yml$/, ".md"),
      text: String(render(RuleShape.parse(parse(read(path))))),
    }));
    const stale = pages.filter(({ page, text }) => !existsSync(root + page) || read(page) !== text);
    expect(stale.map(({ page }) => page)).toEqual([]);

    const expected = new Set([
      ...pages.map(({ page }) => page),
      "docs/rules/index.md",
      "docs/rules/README.md",
    ]);
    expect(filesUnder("docs/rules").filter((path) => !expected.has(path))).toEqual([]);
  });
});

/** Imports that point right or sideways, or past a folder's index.ts, as messages. */
function importProblems(sources: Sources): string[] {
  const problems: string[] = [];
  for (const { path, line, specifier } of imports(sources)) {
    const from = folderOf(path);
    const level = levels.findIndex((names) => names.includes(from ?? ""));
    if (from !== undefined && level < 0) {
      problems.push(`${path}:${line}: src/${from}: no such folder in the layout`);
      continue;
    }
    const target = posix.join(posix.dirname(path), specifier);
    if (!specifier.startsWith(".") || !target.startsWith("src/")) continue;

    const to = folderOf(target);
    if (to === undefined) {
      if (from !== undefined && !doors.includes(from)) {
        problems.push(`${path}:${line}: ${from} may not import the public API`);
      }
      continue;
    }
    const allowed = from === undefined || from === to || levels.slice(0, level).flat().includes(to);
    if (!allowed) problems.push(`${path}:${line}: ${from} may not import ${to}`);

    const door = entranceOf(target, path);
    if (door !== undefined && door !== target)
      problems.push(`${path}:${line}: import ${target} through ${door}`);
  }
  return problems;
}

/** Modules of Node in the engine, but for those that only compute, as messages. */
function builtinProblems(sources: Sources): string[] {
  return imports(sources)
    .filter(({ path }) => engine.includes(folderOf(path) ?? ""))
    .filter(({ specifier }) => isBuiltin(specifier) && !pureNodeModules.includes(specifier))
    .map(({ path, line, specifier }) => `${path}:${line}: the engine may not import ${specifier}`);
}

/**
 * The lines that are missing in a family's index.ts. A file that another member imports is that member's helper and
 * need not be listed.
 */
function unlistedMembers(family: string, sources: Sources): string[] {
  const used = new Set(
    imports(sources)
      .filter(({ path }) => path.startsWith(`${family}/`))
      .map(({ path, specifier }) => posix.join(posix.dirname(path), specifier)),
  );
  return [...sources.keys()]
    .filter((path) => posix.dirname(path) === family && posix.basename(path) !== "index.ts")
    .filter((path) => !used.has(path) && !entryPoints.includes(path))
    .map((path) => {
      const file = posix.basename(path);
      const name = file.replace(/\.ts$/, "").replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
      return `${family}/index.ts lacks: import { ${name} } from "./${file}";`;
    });
}

function imports(sources: Sources): { path: string; line: number; specifier: string }[] {
  return [...sources].flatMap(([path, text]) =>
    [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"\n]+)"/g)].map((match) => ({
      path,
      line: text.slice(0, match.index + match[0].length).split("\n").length,
      specifier: match[1] ?? "",
    })),
  );
}

/** The folder of src that a file is in, or undefined for a file of src itself. */
function folderOf(path: string): string | undefined {
  const [, folder, ...rest] = path.split("/");
  return rest.length > 0 ? folder : undefined;
}

/** The index.ts of the outermost folder that holds the target and not the importer; core has no such door. */
function entranceOf(target: string, importer: string): string | undefined {
  const parts = target.split("/").slice(0, -1);
  for (let depth = 2; depth <= parts.length; depth++) {
    const folder = parts.slice(0, depth).join("/");
    if (folder !== "src/core" && !importer.startsWith(`${folder}/`)) return `${folder}/index.ts`;
  }
  return undefined;
}

function readSources(): Sources {
  return new Map(
    filesUnder("src")
      .filter((path) => path.endsWith(".ts"))
      .map((path) => [path, read(path)]),
  );
}

function filesUnder(folder: string): string[] {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      posix.join(entry.parentPath.slice(root.length).split(sep).join("/"), entry.name),
    )
    .sort();
}

function read(path: string): string {
  return readFileSync(root + path, "utf8");
}
