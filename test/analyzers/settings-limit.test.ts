import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { readConfig } from "../../src/core/config.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const rules = loadRules(
  ruleFiles.filter((file) => /^models\/|\/password-minimum-low\.yml$/.test(file.path)),
  matchSchemas,
);
const NAME = "django.contrib.auth.password_validation.MinimumLengthValidator";
const settings = (length: number) =>
  `ROOT_URLCONF = "a.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\nAUTH_PASSWORD_VALIDATORS = [\n    {"NAME": "${NAME}", "OPTIONS": {"min_length": ${length}}},\n]\n`;

describe("the limit of a rule that measures a setting", () => {
  it.each([
    [10, undefined, 1],
    [12, undefined, 0],
    [12, 15, 1],
    [10, 8, 0],
    [7, 8, 1],
  ])("min_length %s under a limit of %s: %s findings", async (length, limit, count) => {
    const yaml =
      limit === undefined ? "" : `rules: { settings/password-minimum-low: { limit: ${limit} } }\n`;
    const result = await scan({
      tree: memoryTree({ "a/settings.py": settings(length) }),
      rules,
      config: readConfig("portcullis.yml", yaml === "" ? "{}" : yaml),
      today: "2026-01-01",
    });
    expect(result.new).toHaveLength(count);
    for (const finding of result.new) expect(finding.fix?.title).toContain(`to \`${limit ?? 12}\``);
  });
});

describe("a tree with more files that may hold settings than one project has", () => {
  it("is told which files were not looked at", async () => {
    const paths = Array.from({ length: 70 }, (_, index) => `site${index + 10}/settings.py`);
    const files = Object.fromEntries(paths.map((path) => [path, settings(14)]));
    const { skipped } = await scan({
      tree: memoryTree(files),
      rules,
      config: readConfig("portcullis.yml", "{}"),
      today: "2026-01-01",
    });
    expect(skipped).toEqual([
      { path: "site70/settings.py", reason: expect.stringContaining("the first of 10 files") },
    ]);
  });

  it("is looked at first where an entry point names a file", async () => {
    const paths = Array.from({ length: 70 }, (_, index) => `site${index + 10}/settings.py`);
    const files = Object.fromEntries(paths.map((path) => [path, settings(14)]));
    const { new: found } = await scan({
      tree: memoryTree({
        ...files,
        "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site79.settings")\n',
        "site79/settings.py": settings(4),
      }),
      rules,
      config: readConfig("portcullis.yml", "{}"),
      today: "2026-01-01",
    });
    expect(found.map((finding) => finding.path)).toEqual(["site79/settings.py"]);
  });
});
