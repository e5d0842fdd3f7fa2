import { describe, expect, it } from "vitest";
import { formatOf, manifestFormats } from "../../../src/dependencies/manifests/index.ts";
import { manifestOf, places, rows } from "./rows.ts";
import { samples } from "./samples.ts";

const all = Object.entries(samples);

describe("each format", () => {
  it("has a sample", () => {
    expect(Object.keys(samples).sort()).toEqual(manifestFormats.map(({ id }) => id).sort());
  });

  it.each(all)("is known by its path: %s", (id, { path }) => {
    expect(formatOf(path)?.id).toBe(id);
    expect(formatOf(`some/folder.d/${path}`)?.id ?? id).toBe(id);
    expect(formatOf(`${path}~`)?.id).not.toBe(id);
  });

  it.each(all)("gives its packages: %s", (_, { path, text, files, rows: expected }) => {
    expect(rows(path, text, files)).toEqual(expected);
  });

  it.each(all)(
    "is read with Windows' line ends: %s",
    (_, { path, text, files, rows: expected }) => {
      const crlf = text.replaceAll("\n", "\r\n");
      expect(rows(path, crlf, files)).toEqual(expected);
      expect(
        places(path, crlf, files).map(({ lines, name, version }) => [lines, name, version]),
      ).toEqual(
        places(path, text, files).map(({ lines, name, version }) => [lines, name, version]),
      );
    },
  );

  it.each(all)("is read with a byte order mark: %s", (_, { path, text, files, rows: expected }) => {
    expect(rows(path, `\ufeff${text}`, files)).toEqual(expected);
  });

  it.each(all)(
    "is read without a line end at its end: %s",
    (_, { path, text, files, rows: expected }) => {
      expect(rows(path, text.trimEnd(), files)).toEqual(expected);
    },
  );

  it.each(all)("finds nothing in an empty file: %s", (_, { path }) => {
    for (const text of ["", "\n", "\ufeff", " \r\n\r\n"])
      expect(manifestOf(path, text)).toMatchObject({ packages: [], problems: [] });
  });

  it.each(all)("reads what stands before a break: %s", (_, { path, text, files }) => {
    const whole = new Set(rows(path, text, files).map((row) => row.split(" ", 1)[0]));
    const half = text.slice(0, text.length / 2);
    const found = rows(path, half, files).map((row) => row.split(" ", 1)[0] ?? "");
    // The last name may be cut in two.
    for (const name of found.slice(0, -1)) expect(whole).toContain(name);
  });

  it.each(all)("keeps places within the file: %s", (_, { path, text, files }) => {
    const lines = text.split("\n");
    for (const one of manifestOf(path, text, files).packages) {
      const { region } = one.location;
      expect(one.location.path).toBe(path);
      expect(region.startLine).toBeLessThanOrEqual(region.endLine);
      expect(region.endColumn).toBeLessThanOrEqual((lines[region.endLine - 1] ?? "").length);
      const inner = one.nameRegion ?? region;
      expect(inner.startLine).toBeGreaterThanOrEqual(region.startLine);
      expect(inner.endLine).toBeLessThanOrEqual(region.endLine);
    }
    for (const { entry } of places(path, text, files)) expect(entry).not.toBe("");
  });

  it.each(all)("replaces a version where it says so: %s", (_, { path, text, files }) => {
    const found = manifestOf(path, text, files).packages;
    for (const [index, { version }] of places(path, text, files).entries())
      if (version !== "") expect(version).toBe(found[index]?.version);
  });
});

describe("a file of another shape than its format's says so", () => {
  it.each([
    ["pnpm-lock.yaml", "a: [", "brackets that are not closed on their line", 1],
    ["pnpm-lock.yaml", "packages:\n  - a@1.0.0", "`packages` is a list, not a mapping", 2],
    ["pnpm-lock.yaml", "packages: {}\nsnapshots: none", "`snapshots` is a text, not a mapping", 2],
    ["Pipfile.lock", "[]", "the file is a list, not a mapping"],
    ["Pipfile.lock", '{"default": ["a"]}', "`default` is a list, not a mapping", 1],
    ["Pipfile", "packages = 3", "`packages` is a single value, not a mapping", 1],
    ["uv.lock", "package = 3", "`package` is a single value, not a list", 1],
    ["uv.lock", 'package = ["a"]', "a package that is no table", 1],
    ["poetry.lock", '[package]\nname = "a"', "`package` is a mapping, not a list", 1],
    ["pdm.lock", 'package = "a"', "`package` is a text, not a list", 1],
    ["Cargo.lock", "package = true", "`package` is a single value, not a list", 1],
    ["pylock.toml", "packages = 1", "`packages` is a single value, not a list", 1],
    ["composer.lock", "null", "the file is null, not a mapping"],
    ["composer.lock", '{"packages": {"a/b": "1"}}', "`packages` is a mapping, not a list", 1],
    ["composer.lock", '{"packages": ["a/b"]}', "a package without a name", 1],
    ["package.json", '"a"', "the file is a text, not a mapping"],
    ["package.json", '{"dependencies": ["a"]}', "`dependencies` is a list, not a mapping", 1],
    ["package-lock.json", '{"packages": ["a"]}', "`packages` is a list, not a mapping", 1],
    ["package-lock.json", '{"dependencies": "a"}', "`dependencies` is a text, not a mapping", 1],
    ["bun.lock", '{"packages": ["a"]}', "`packages` is a list, not a mapping", 1],
    [
      "pyproject.toml",
      '[project]\ndependencies = "a"',
      "`project.dependencies` is a text, not a list",
      2,
    ],
    [
      "pyproject.toml",
      '[tool.poetry]\ndependencies = ["a"]',
      "`dependencies` is a list, not a mapping",
      2,
    ],
    ["environment.yml", "dependencies:\n  a: 1", "`dependencies` is a mapping, not a list", 2],
    ["environment.yml", "nothing", "the file is a text, not a mapping"],
    ["go.mod", "module a\nrequire (\n", "a block that does not end", 2],
    ["go.mod", "require example.org/a", "a requirement without a version", 1],
  ] as const)("%s: %s", (path, text, reason, line?: number) => {
    expect(manifestOf(path, text)).toMatchObject({
      packages: [],
      problems: [{ reason, ...(line !== undefined && { line }) }],
    });
  });

  it.each([
    ["composer.lock", '{"packages": [], "packages-dev": null}'],
    ["package.json", '{"dependencies": [], "devDependencies": null}'],
    ["pnpm-lock.yaml", "# nothing yet\n"],
    ["pnpm-lock.yaml", "packages:\n"],
    ["environment.yml", "dependencies:\n"],
    ["uv.lock", "version = 1\npackage = []"],
    ["go.mod", "module a\n\ngo 1.22\n\nrequire ()\n"],
  ])("and one that holds nothing does not: %s: %s", (path, text) => {
    expect(manifestOf(path, text)).toMatchObject({ packages: [], problems: [] });
  });
});
