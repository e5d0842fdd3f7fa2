import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import type { Project } from "../../src/analyzers/analyzer.ts";
import { frameworkVersion } from "../../src/analyzers/framework-version.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { loadRules } from "../../src/rules/index.ts";

const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);

function versionIn(files: Readonly<Record<string, string>>): string | undefined {
  const project: Project = {
    models,
    config: defaultConfig,
    paths: new Set(Object.keys(files)),
    read: (path) => files[path],
    file: () => undefined,
    resolve: (_from, name) => ({ kind: "external", name, absent: false }),
    nameOf: (path) => path,
    once: (_key, make) => make(project),
  };
  const django = models.settings.find((facts) => facts.framework === "django");
  return django && frameworkVersion(project, django);
}

it.each([
  ["an exact pin", { "requirements.txt": "celery==5.3\nDjango==3.2.18\n" }, "3.2"],
  ["an extra", { "requirements.txt": "django[argon2]==4.1.1  # why\n" }, "4.1"],
  ["hashes", { "requirements.txt": "django==4.0.2 \\\n    --hash=sha256:aa\n" }, "4.0"],
  ["a range takes its newest", { "requirements.txt": "Django>=2.2,<4.0\n" }, "3.2"],
  ["a range within a series", { "requirements.txt": "Django>=4.2,<4.2.9\n" }, "4.2"],
  ["no upper bound", { "requirements.txt": "Django>=2.2\n" }, "6.1"],
  ["a compatible release", { "requirements.txt": "Django~=3.1.2\n" }, "3.1"],
  ["a compatible series", { "requirements.txt": "Django~=3.1\n" }, "3.2"],
  ["a star", { "requirements.txt": "Django==4.1.*\n" }, "4.1"],
  ["an exclusion", { "requirements.txt": "Django!=4.2.3,<5\n" }, "4.2"],
  ["another package of a like name", { "requirements.txt": "django-filter==2.0\n" }, undefined],
  ["a comment", { "requirements.txt": "# Django==1.8\nDjango==4.2\n" }, "4.2"],
  ["no version", { "requirements.txt": "Django\n" }, undefined],
  ["a file in a folder", { "requirements/base.txt": "Django==2.2.28\n" }, "2.2"],
  ["not the tests'", { "tests/requirements.txt": "Django==2.2\n" }, undefined],
  ["what was asked for", { "requirements.in": "Django<4\n" }, "3.2"],
  [
    "a list in pyproject.toml",
    { "pyproject.toml": '[project]\ndependencies = ["Django >=4.0,<4.1"]\n' },
    "4.0",
  ],
  [
    "a table of poetry",
    { "pyproject.toml": '[tool.poetry.dependencies]\ndjango = "^3.1"\n' },
    "3.2",
  ],
  [
    "a table in it",
    { "pyproject.toml": 'Django = {extras = ["argon2"], version = "~4.1"}\n' },
    "4.1",
  ],
  ["setup.py", { "setup.py": "setup(install_requires=['Django>=3.0,<3.2'])\n" }, "3.1"],
  ["setup.cfg", { "setup.cfg": "install_requires =\n    Django==2.0.1\n" }, "2.0"],
  ["a Pipfile", { Pipfile: '[packages]\ndjango = "==1.11.29"\n' }, "1.11"],
  ["any version in a Pipfile", { Pipfile: '[packages]\ndjango = "*"\n' }, undefined],
  [
    "Pipfile.lock before the Pipfile",
    {
      Pipfile: 'django = "*"\n',
      "Pipfile.lock": '{"default": {"django": {"hashes": ["sha256:aa"], "version": "==3.0.14"}}}',
    },
    "3.0",
  ],
  [
    "poetry.lock before pyproject.toml",
    {
      "pyproject.toml": 'django = "^4"\n',
      "poetry.lock": '[[package]]\nname = "Django"\nversion = "4.1.3"\n',
    },
    "4.1",
  ],
  ["uv.lock", { "uv.lock": '[[package]]\nname = "django"\nversion = "5.1.1"\n' }, "5.1"],
  [
    "the file nearest to the root",
    { "requirements.txt": "Django==4.2\n", "old/requirements.txt": "Django==1.8\n" },
    "4.2",
  ],
  ["a version that is too new to be known", { "requirements.txt": "Django==99.1\n" }, undefined],
])("reads Django's version: %s", (_what, files, expected) => {
  expect(versionIn(files)).toBe(expected);
});
