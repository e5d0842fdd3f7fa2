// What a review looks at beside the files that changed: whoever has to fetch them pays for each.
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { review } from "../../src/review/index.ts";
import { loadRules, type RuleSet } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { changesBetween } from "../support/changes.ts";

type Files = Readonly<Record<string, string>>;

const rules = loadRules(ruleFiles, matchSchemas);
const site: Files = {
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
  "requirements.txt": "django==4.2.1\nrequests==2.31.0\n",
  "shop/settings.py": `from shop.choices import SIZES, debug
INSTALLED_APPS = []
MIDDLEWARE = []
DEBUG = debug
`,
  "shop/choices.py":
    "from shop.catalogue import all_sizes\nfrom shop.flags import debug\nSIZES = all_sizes()\n",
  "shop/catalogue.py": "from shop.colours import RED\ndef all_sizes():\n    return ['s', 'm']\n",
  "shop/colours.py": "RED = 'red'\n",
  "shop/flags.py": "debug = False\n",
  "shop/conf/settings/pages.py":
    "from shop.pages import Page\nclass Settings(Page):\n    name = 'x'\n",
  "shop/pages.py":
    "from shop.colours import RED\nfrom django import forms\nclass Page(forms.Form):\n    pass\n",
  "shop/views.py": "from django.conf import settings\ndef name():\n    return 'a'\n",
};

/** The paths that are read of head, in order, after some files became others. */
async function readAfter(change: Files, applied: RuleSet = rules): Promise<string[]> {
  const after = { ...site, ...change };
  const read = new Set<string>();
  const tree = memoryTree(after, "head");
  const head: SourceTree = {
    ...tree,
    // As of a server, which has sent nothing else yet.
    free: async () => [],
    read: (paths) => {
      for (const path of paths) read.add(path);
      return tree.read(paths);
    },
  };
  await review({
    base: memoryTree(site, "base"),
    head,
    changes: changesBetween(site, after, {}),
    rules: applied,
    config: defaultConfig,
    today: "2026-01-01",
  });
  return [...read].sort();
}

describe("settings are", () => {
  it("not looked at where no rule speaks of them", async () => {
    const flows = { ...rules, rules: rules.rules.filter((rule) => rule.kind === "taint") };
    const change = { "shop/settings.py": `${site["shop/settings.py"]}MORE = SIZES\n` };
    expect(await readAfter(change)).toContain("shop/choices.py");
    expect(await readAfter(change, flows)).not.toContain("shop/choices.py");
  });

  it("not looked at after a new version of a package that they do not depend on", async () => {
    const change = { "requirements.txt": "django==4.2.9\nrequests==2.32.0\n" };
    expect(await readAfter(change)).toEqual(["requirements.txt"]);
  });

  it.each([
    ["another series of the framework", { "requirements.txt": "django==3.2\n" }],
    ["a framework that is not used any more", { "requirements.txt": "flask==3.0\n" }],
    ["a file that may set one", { "shop/views.py": "import shop\nshop.settings.DEBUG = True\n" }],
    ["a file that changes one", { "shop/views.py": "def f(s):\n    s.MIDDLEWARE.append('a')\n" }],
    ["a file that names one", { "shop/views.py": "VALUES = {'DEBUG': True}\n" }],
    ["values for them", { "deploy/live.env": "DEBUG=1\n" }],
    [
      "another name of their module where the project is started",
      {
        "compose.yml":
          "services:\n  web:\n    environment:\n      DJANGO_SETTINGS_MODULE: shop.live\n",
      },
    ],
  ])("looked at after %s", async (_what, change) => {
    expect(await readAfter(change)).toContain("shop/settings.py");
  });

  it.each([
    [
      "a file that reads one",
      { "shop/views.py": "def f(settings):\n    return settings.DEBUG == 1\n" },
    ],
    ["a text that names one", { "docs/settings.rst": "Set DEBUG to False.\n" }],
    [
      "a variable of one's own where the project is started",
      { "compose.yml": "services:\n  web:\n    environment:\n      DEBUG: 1\n" },
    ],
    ["a step of the tests that names one", { ".github/workflows/ci.yml": "env: { DEBUG: 1 }\n" }],
  ])("not looked at after %s", async (_what, change) => {
    expect(await readAfter(change)).toEqual(Object.keys(change));
  });

  it("looked at together with the modules whose names they use, and no others", async () => {
    const read = await readAfter({ "shop/settings.py": `${site["shop/settings.py"]}X = 1\n` });
    expect(read).toEqual([
      "manage.py",
      "requirements.txt",
      "shop/catalogue.py",
      "shop/choices.py",
      "shop/conf/settings/pages.py",
      "shop/flags.py",
      "shop/settings.py",
    ]);
  });
});
