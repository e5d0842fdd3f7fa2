// Where the edit of a setting is proposed.
import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const rules = loadRules(
  ruleFiles.filter(({ path }) =>
    /^models\/|\/(?:flask-debug-enabled|flask-app-debug|debug-enabled)\.yml$/.test(path),
  ),
  matchSchemas,
);

const FLASK =
  "import json, os, tomllib, yaml\nfrom dotenv import load_dotenv\nfrom flask import Flask\napp = Flask(__name__)\n";
const DJANGO =
  'import environ, json, tomllib, yaml\nfrom pathlib import Path\nROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\nHERE = Path(__file__).parent\n';

/** The file of each finding, and what its edit would put there. */
async function edits(files: Readonly<Record<string, string>>) {
  const tree = memoryTree(files);
  const { new: found } = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  return found.map(({ path, fix }) => [path, fix?.edits[0]?.text]);
}

it.each([
  [
    "a module of Python",
    'app.config.from_pyfile("config.py")',
    { "config.py": "DEBUG = True\nTESTING = False\n" },
    ["config.py", "False"],
  ],
  [
    "no file of JSON",
    'app.config.from_file("config.json", load=json.load)',
    { "config.json": '{"DEBUG": true, "TESTING": false}\n' },
    ["config.json", undefined],
  ],
  [
    "no file of TOML",
    'app.config.from_file("config.toml", load=tomllib.load, text=False)',
    { "config.toml": "DEBUG = true\nTESTING = false\n" },
    ["config.toml", undefined],
  ],
  [
    "no file of YAML",
    'app.config.from_file("config.yml", load=yaml.safe_load)',
    { "config.yml": "DEBUG: true\nTESTING: false\n" },
    ["config.yml", undefined],
  ],
  [
    "no list of variables",
    'load_dotenv()\napp.config["DEBUG"] = os.environ["DEBUG"] == "1"',
    { ".env": "DEBUG=1\n" },
    ["app.py", undefined],
  ],
])("puts the setting of an application right in %s", async (_, text, files, expected) => {
  expect(await edits({ "app.py": `${FLASK}${text}\n`, ...files })).toEqual([expected]);
});

it.each([
  ["a module of Python", "DEBUG = True", {}, "False"],
  [
    "no file of JSON",
    'DEBUG = json.loads((HERE / "site.json").read_text())["debug"]',
    { "shop/site.json": '{"debug": true}\n' },
    undefined,
  ],
  [
    "no file of TOML",
    'DEBUG = tomllib.loads((HERE / "site.toml").read_text())["debug"]',
    { "shop/site.toml": "debug = true\n" },
    undefined,
  ],
  [
    "no file of YAML",
    'DEBUG = yaml.safe_load(open(HERE / "site.yml"))["debug"]',
    { "shop/site.yml": "debug: true\n" },
    undefined,
  ],
  [
    "no list of variables",
    'env = environ.Env()\nenviron.Env.read_env(HERE / ".env")\nDEBUG = env.bool("DEBUG")',
    { "shop/.env": "DEBUG=on\n" },
    undefined,
  ],
])("puts what a settings module takes right in %s", async (_, text, files, expected) => {
  const found = await edits({ "shop/settings.py": `${DJANGO}${text}\n`, ...files });
  expect(found).toEqual([["shop/settings.py", expected]]);
});
