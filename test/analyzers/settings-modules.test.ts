import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import type { Project } from "../../src/analyzers/analyzer.ts";
import { mayHoldSettings, settingsModules } from "../../src/analyzers/settings-modules.ts";
import { type Config, defaultConfig } from "../../src/core/config.ts";
import { bindingIn, ModuleFile, moduleName, resolveModule } from "../../src/python/index.ts";
import { loadRules } from "../../src/rules/index.ts";

const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);

const FULL = "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'a.urls'\n";
const manage = (name: string) =>
  `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${name}")\n`;

type Files = Readonly<Record<string, string>>;

/** The settings modules of a tree; a deployed one is marked with `*`. */
function modulesIn(files: Files, config?: Partial<Config>): string[] {
  const modules = settingsModules(projectOf(files, config));
  return modules.map((one) => (one.deployed ? `${one.path} *` : one.path));
}

/** What is told not to have been looked at. */
function skippedIn(files: Files, config: Partial<Config>): string[] {
  const skipped: string[] = [];
  settingsModules(projectOf(files, config), ({ path }) => skipped.push(path));
  return skipped;
}

function projectOf(files: Files, config: Partial<Config> = {}): Project {
  const parsed = new Map(
    Object.entries(files).map(([path, text]) => [path, new ModuleFile(path, text)]),
  );
  const has = (path: string) => parsed.has(path);
  return {
    models,
    config: { ...defaultConfig, ...config },
    paths: new Set(Object.keys(files)),
    read: (path) => files[path],
    file: (path) => parsed.get(path),
    resolve: (from, dotted, level) => resolveModule(has, from, dotted, level),
    nameOf: (path) => moduleName(has, path),
    once(_key, make) {
      return make(this);
    },
  };
}

describe("settings modules, and which of them are deployed (*)", () => {
  it.each([
    ["none", { "manage.py": "", "app/views.py": FULL }, []],
    ["one by its name", { "shop/settings.py": FULL }, ["shop/settings.py *"]],
    [
      "one that an image sets over what its server starts with",
      {
        "shop/settings/__init__.py": "from .dev import *\n",
        "shop/settings/dev.py": FULL,
        "shop/settings/live.py": FULL,
        "shop/wsgi.py": manage("shop.settings.live"),
        Dockerfile: 'ENV DJANGO_SETTINGS_MODULE=shop.settings\nCMD ["gunicorn", "shop.wsgi"]\n',
      },
      ["shop/settings/__init__.py *", "shop/settings/dev.py", "shop/settings/live.py *"],
    ],
    [
      "none that only the making of an image starts, unless it is named as one that is deployed",
      {
        "shop/settings/image.py": FULL,
        "shop/settings/live.py": FULL,
        "shop/settings/site.py": FULL,
        "shop/wsgi.py": manage("shop.settings.site"),
        Dockerfile:
          'RUN cd shop && \\\n  DJANGO_SETTINGS_MODULE=shop.settings.image python manage.py collectstatic\nRUN DJANGO_SETTINGS_MODULE=shop.settings.live true\nCMD ["gunicorn", "shop.wsgi"]\n',
      },
      ["shop/settings/live.py *", "shop/settings/site.py *"],
    ],
    [
      "none that only the making of an image starts, by an option of a command",
      {
        "shop/settings/image.py": FULL,
        "shop/settings/other.py": FULL,
        "shop/settings/site.py": FULL,
        "shop/settings/work.py": FULL,
        "shop/wsgi.py": manage("shop.settings.site"),
        Dockerfile:
          'RUN python manage.py collectstatic --noinput --settings=shop.settings.image\nRUN ["./manage.py", "compress", "--settings", "shop.settings.other"]\nRUN ./manage.py check --settings shop.settings.work\nCMD ["./manage.py", "runworker", "--settings", "shop.settings.work"]\n',
      },
      ["shop/settings/site.py *", "shop/settings/work.py *"],
    ],
    [
      "none that only the making of an image starts, in a file with the ends of lines of Windows",
      {
        "shop/settings/image.py": FULL,
        "shop/settings/site.py": FULL,
        "shop/wsgi.py": manage("shop.settings.site"),
        Dockerfile:
          'RUN cd shop && \\\r\n  DJANGO_SETTINGS_MODULE=shop.settings.image python manage.py collectstatic\r\nCMD ["gunicorn", "shop.wsgi"]\r\n',
      },
      ["shop/settings/site.py *"],
    ],
    [
      "one that sets too little is none",
      { "app/settings.py": "INSTALLED_APPS = []\nTIMEOUT = 3\n" },
      [],
    ],
    [
      "one of another name, which manage.py names",
      { "manage.py": manage("shop.conf"), "shop/conf.py": "USE_TZ = True\n" },
      ["shop/conf.py *"],
    ],
    [
      "one that wsgi.py names in another way",
      {
        "shop/wsgi.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.conf'\n",
        "shop/conf.py": "USE_TZ = True\n",
      },
      ["shop/conf.py *"],
    ],
    [
      "not what a server loads by default, where the file that starts it names one that builds on that",
      {
        "shop/wsgi.py": manage("shop.settings"),
        "shop/settings.py": FULL,
        "shop/site.py": "from shop.settings import *\n",
        "deploy/shop.service":
          "[Service]\nEnvironment=DJANGO_SETTINGS_MODULE=shop.site\nExecStart=gunicorn shop.wsgi\n",
      },
      ["shop/settings.py", "shop/site.py *"],
    ],
    [
      "what a server loads, though another module builds on it",
      {
        "shop/wsgi.py": manage("shop.settings"),
        "shop/settings.py": FULL,
        "worker/settings.py": "from shop.settings import *\n",
      },
      ["shop/settings.py *", "worker/settings.py *"],
    ],
    [
      "but no package that is there only because a program starts with a module of it",
      {
        "manage.py": manage("shop.settings.live"),
        "shop/settings/__init__.py": "from .dev import *\n",
        "shop/settings/base.py": FULL,
        "shop/settings/dev.py": "from .base import *\n",
        "shop/settings/live.py": "from .base import *\n",
      },
      [
        "shop/settings/__init__.py",
        "shop/settings/base.py",
        "shop/settings/dev.py",
        "shop/settings/live.py *",
      ],
    ],
    [
      "nor one for development that programs other than the server start with",
      {
        "manage.py": manage("shop.settings"),
        "shop/wsgi.py": manage("shop.settings.live"),
        "shop/settings/__init__.py": "from .dev import *\n",
        "shop/settings/dev.py": FULL,
        "shop/settings/live.py": FULL,
      },
      ["shop/settings/__init__.py", "shop/settings/dev.py", "shop/settings/live.py *"],
    ],
    [
      "but a package of which programs start with a module for development alone",
      {
        "manage.py": manage("shop.settings.dev"),
        "shop/settings/__init__.py": FULL,
        "shop/settings/dev.py": "from . import *\n",
      },
      ["shop/settings/__init__.py *", "shop/settings/dev.py"],
    ],
    [
      "no part of one framework's settings that has names of another one",
      {
        "shop/django/base.py": `${FULL}from shop.settings.cookies import *\n`,
        "shop/django/settings.py": "from .base import *\n",
        "shop/settings/cookies.py":
          "SESSION_COOKIE_SECURE = False\nSESSION_COOKIE_HTTPONLY = True\n",
      },
      ["shop/django/settings.py *"],
    ],
    [
      "but not what others are made to build on",
      {
        "shop/wsgi.py": manage("shop.settings.base"),
        "shop/settings/base.py": FULL,
        "shop/settings/live.py": "from .base import *\n",
      },
      ["shop/settings/base.py", "shop/settings/live.py *"],
    ],
    [
      "none of a project for tests",
      { "testproject/settings.py": FULL, "shop/settings.py": FULL },
      ["shop/settings.py *", "testproject/settings.py"],
    ],
    [
      "a package that manage.py names",
      { "manage.py": manage("shop.conf"), "shop/__init__.py": "", "shop/conf/__init__.py": FULL },
      ["shop/conf/__init__.py *"],
    ],
    [
      "one that a container's environment names",
      { Dockerfile: "FROM x\nENV DJANGO_SETTINGS_MODULE shop.conf\n", "shop/conf.py": FULL },
      ["shop/conf.py *"],
    ],
    [
      "one that a service of compose names",
      {
        "docker-compose.prod.yml":
          "services:\n  web:\n    environment:\n      - DJANGO_SETTINGS_MODULE=shop.conf\n",
        "shop/conf.py": FULL,
      },
      ["shop/conf.py *"],
    ],
    [
      "one that its name says is deployed, though only what developers start names it",
      {
        "manage.py": manage("shop.settings.dev"),
        "docker-compose.yml":
          "services:\n  web:\n    environment:\n      DJANGO_SETTINGS_MODULE: shop.settings.production\n",
        "shop/settings/base.py": FULL,
        "shop/settings/dev.py": "from .base import *\n",
        "shop/settings/production.py": "from .base import *\n",
      },
      ["shop/settings/base.py", "shop/settings/dev.py", "shop/settings/production.py *"],
    ],
    ...[
      ["docker-compose.prod.yml", "bin/serve", " *"],
      ["docker-compose.eu.yml", "gunicorn shop.wsgi", " *"],
      ["docker-compose.yml", "gunicorn shop.wsgi --reload", ""],
      ["docker-compose.local.yml", "gunicorn shop.wsgi", ""],
      ["docker-compose.yml", "python manage.py runserver", ""],
    ].map(
      ([file = "", command = "", deployed = ""]): [string, Record<string, string>, string[]] => [
        `one that ${file} names beside ${command}`,
        {
          "manage.py": manage("shop.settings.live"),
          [file]: `services:\n  web:\n    command: ${command}\n    environment:\n      DJANGO_SETTINGS_MODULE: shop.settings.eu\n`,
          "shop/settings/base.py": FULL,
          "shop/settings/live.py": "from .base import *\n",
          "shop/settings/eu.py": "from .base import *\n",
        },
        ["shop/settings/base.py", `shop/settings/eu.py${deployed}`, "shop/settings/live.py *"],
      ],
    ),
    [
      "not one that only tests name",
      {
        "manage.py": manage("shop.live"),
        "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.other\n",
        "shop/live.py": FULL,
        "shop/other.py": FULL,
      },
      ["shop/live.py *", "shop/other.py"],
    ],
    [
      "one that tests name too",
      {
        "wsgi.py": manage("shop.live"),
        "pyproject.toml":
          "[project]\ndependencies = ['django']\n[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = 'shop.live'\n",
        "shop/live.py": FULL,
      },
      ["shop/live.py *"],
    ],
    [
      "one that tests alone name, where there is no other",
      { "tox.ini": "[testenv]\nsetenv = DJANGO_SETTINGS_MODULE=shop.conf\n", "shop/conf.py": FULL },
      ["shop/conf.py *"],
    ],
    [
      "not one whose name says otherwise, though the server starts with it where nothing else is said",
      { "shop/wsgi.py": manage("shop.settings.local"), "shop/settings/local.py": FULL },
      ["shop/settings/local.py"],
    ],
    [
      "one whose name says otherwise, where the image of a server is made with it and there is no other",
      {
        Dockerfile:
          'ENV PORT=80 \\\n  DJANGO_SETTINGS_MODULE=s.settings.dev\nCMD ["gunicorn", "s.wsgi"]\n',
        "s/wsgi.py": manage("s.settings.dev"),
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\nDEBUG = True\n",
      },
      ["s/settings/base.py", "s/settings/dev.py *"],
    ],
    [
      "not where there is another one",
      {
        Dockerfile: "ENV DJANGO_SETTINGS_MODULE s.settings.dev\nCMD gunicorn s.wsgi\n",
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\nDEBUG = True\n",
        "s/settings/live.py": "from .base import *\nDEBUG = False\n",
      },
      ["s/settings/base.py", "s/settings/dev.py", "s/settings/live.py *"],
    ],
    [
      "not where the image starts what developers use",
      {
        Dockerfile:
          "RUN pip install gunicorn\nENV DJANGO_SETTINGS_MODULE=s.settings.dev\nCMD python manage.py runserver\n",
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\nDEBUG = True\n",
      },
      ["s/settings/base.py *", "s/settings/dev.py"],
    ],
    [
      "not for a step of making the image",
      {
        Dockerfile:
          "RUN DJANGO_SETTINGS_MODULE=s.settings.dev ./manage.py collectstatic\nCMD gunicorn s.wsgi\n",
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\nDEBUG = True\n",
      },
      ["s/settings/base.py *", "s/settings/dev.py"],
    ],
    [
      "not the project of an example",
      {
        Dockerfile: "ENV DJANGO_SETTINGS_MODULE=demo.settings\nCMD gunicorn demo.wsgi\n",
        "demo/settings.py": FULL,
      },
      ["demo/settings.py"],
    ],
    [
      "not what another takes names from",
      {
        "s/settings/base.py": FULL,
        "s/settings/production.py": `from .base import INSTALLED_APPS\nMIDDLEWARE = []\nROOT_URLCONF = ''\n`,
      },
      ["s/settings/base.py", "s/settings/production.py *"],
    ],
    [
      "whatever order they run in, a list that one changes in place is another's too only where both import it",
      {
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\nMIDDLEWARE.append('dev')\n",
        "s/settings/live.py":
          "from .base import *\nassert 'dev' not in MIDDLEWARE\nif 'dev' in MIDDLEWARE: del ROOT_URLCONF, INSTALLED_APPS\n",
      },
      ["s/settings/base.py", "s/settings/dev.py", "s/settings/live.py *"],
    ],
    [
      "one in a folder of its own",
      { "backend/manage.py": manage("config.live"), "backend/config/live.py": FULL },
      ["backend/config/live.py *"],
    ],
    [
      "one in src, known by its name",
      { "manage.py": manage("shop.conf"), "src/shop/__init__.py": "", "src/shop/conf.py": FULL },
      ["src/shop/conf.py *"],
    ],
    [
      "not what another builds on",
      { "s/settings/base.py": FULL, "s/settings/production.py": "from .base import *\n" },
      ["s/settings/base.py", "s/settings/production.py *"],
    ],
    [
      "not what another builds on twice over",
      {
        "s/settings/a.py": FULL,
        "s/settings/b.py": "from .a import *\nUSE_TZ = True\n",
        "s/settings/c.py": "from .b import *\n",
      },
      ["s/settings/a.py", "s/settings/b.py", "s/settings/c.py *"],
    ],
    [
      "a package that passes one of its modules on",
      { "s/settings/__init__.py": "from .live import *\n", "s/settings/live.py": FULL },
      ["s/settings/__init__.py *", "s/settings/live.py"],
    ],
    [
      "not those for development and tests",
      {
        "s/settings/base.py": FULL,
        "s/settings/dev.py": "from .base import *\n",
        "s/settings/local.py": "from .base import *\n",
        "s/settings/test.py": "from .base import *\n",
        "s/settings/production.py": "from .base import *\n",
        "s/settings_test.py": FULL,
        "tests/settings.py": FULL,
        "example/settings.py": FULL,
      },
      [
        "example/settings.py",
        "s/settings/base.py",
        "s/settings/dev.py",
        "s/settings/local.py",
        "s/settings/production.py *",
        "s/settings/test.py",
        "s/settings_test.py",
        "tests/settings.py",
      ],
    ],
    [
      "those whose path only begins like a word for development",
      { "devices/settings.py": FULL, "localisation/settings.py": FULL, "city/settings.py": FULL },
      ["city/settings.py *", "devices/settings.py *", "localisation/settings.py *"],
    ],
    [
      "what imports by name only",
      {
        "s/settings/base.py": FULL,
        "s/settings/live.py":
          "from .base import INSTALLED_APPS, MIDDLEWARE\nINSTALLED_APPS += ['a']\nMIDDLEWARE += ['b']\n",
      },
      ["s/settings/base.py *", "s/settings/live.py *"],
    ],
    [
      "two that import each other",
      {
        "s/settings/a.py": `from .b import *\n${FULL}`,
        "s/settings/b.py": `from .a import *\n${FULL}`,
      },
      ["s/settings/a.py *", "s/settings/b.py *"],
    ],
    [
      "one that does not parse as a whole",
      { "shop/settings.py": `print 'a'\n${FULL}` },
      ["shop/settings.py *"],
    ],
  ])("%s", (_what, files, expected) => {
    expect(modulesIn(files)).toEqual(expected);
  });

  it("are those of the frameworks that the configuration names, where it names some", () => {
    const files = { "shop/settings.py": FULL };
    expect(modulesIn(files, { frameworks: ["django"] })).toEqual(["shop/settings.py *"]);
    expect(modulesIn(files, { frameworks: ["flask"] })).toEqual([]);
  });

  it("are deployed when the configuration says so, and no others", () => {
    const files = { "s/settings/dev.py": FULL, "s/settings/live.py": FULL, "odd/place.py": FULL };
    expect(modulesIn(files, { "settings-modules": ["s/settings/dev.py", "odd/*.py"] })).toEqual([
      "odd/place.py *",
      "s/settings/dev.py *",
      "s/settings/live.py",
    ]);
  });
});

describe("what a class says that an application loads", () => {
  const HEAD = "import os\nfrom flask import Flask\nfrom config import Config, Safe\n";
  const APP = `${HEAD}app = Flask(__name__)\n`;
  const LOAD = "app.config.from_object(Config)\n";
  const SET = 'app.config["SESSION_COOKIE_SECURE"] = True\n';
  const inFactory = (...lines: readonly string[]) =>
    `${HEAD}def create_app():\n    app = Flask(__name__)\n${lines.map((one) => `    ${one}`).join("")}    return app\n`;
  const config = [
    "class Config:",
    "    SECRET_KEY = 'dev'",
    "    DEBUG = True",
    "    SESSION_COOKIE_SECURE = False",
    "class Safe:",
    "    DEBUG = False",
    "    SESSION_COOKIE_SECURE = True",
  ].join("\n");

  it.each<[string, Files, string]>([
    ["stands", { "app.py": APP + LOAD }, "stands"],
    ["is replaced by what is set later", { "app.py": APP + LOAD + SET }, "replaced"],
    ["stands where that was set before", { "app.py": APP + SET + LOAD }, "stands"],
    [
      "is replaced in a function that makes the application",
      { "app.py": inFactory(LOAD, SET) },
      "replaced",
    ],
    [
      "is replaced by a helper of another module",
      {
        "app.py": `${APP}from safe import harden\n${LOAD}harden(app)\n`,
        "safe.py": "def harden(app):\n    app.config.update(SESSION_COOKIE_SECURE=True)\n",
      },
      "replaced",
    ],
    [
      "is replaced by a mapping",
      { "app.py": `${APP}${LOAD}app.config.from_mapping({"SESSION_COOKIE_SECURE": True})\n` },
      "replaced",
    ],
    [
      "is replaced by another class",
      { "app.py": `${APP}for one in (Config, Safe):\n    app.config.from_object(one)\n` },
      "replaced",
    ],
    [
      "is replaced by a file of data",
      {
        "app.py": `${APP}import tomllib\n${LOAD}app.config.from_file("live.toml", load=tomllib.load, text=False)\n`,
        "live.toml": "SESSION_COOKIE_SECURE = true\n",
      },
      "replaced",
    ],
    [
      "stands beside a default",
      { "app.py": `${APP}${LOAD}app.config.setdefault("SESSION_COOKIE_SECURE", True)\n` },
      "stands",
    ],
    [
      "stands under a condition that does not hold",
      {
        "app.py": `${APP}${LOAD}if app.config["SESSION_COOKIE_SECURE"] is None:\n    ${SET}`,
      },
      "stands",
    ],
    [
      "is replaced under one that does",
      { "app.py": `${APP}${LOAD}if not app.config["SESSION_COOKIE_SECURE"]:\n    ${SET}` },
      "replaced",
    ],
    [
      "stands where only a developer asks for something else",
      { "app.py": `${APP}${LOAD}if os.environ["STAGE"] == "dev":\n    ${SET}` },
      "stands",
    ],
    [
      "is replaced where it is deployed",
      { "app.py": `${APP}${LOAD}if os.environ["STAGE"] == "production":\n    ${SET}` },
      "replaced",
    ],
    [
      "is replaced where the program does not start with it",
      {
        "app.py": `${APP}${LOAD}if not app.config["SESSION_COOKIE_SECURE"]:\n    raise ValueError\n`,
      },
      "replaced",
    ],
    [
      "is not known beside a file that has to be there",
      { "app.py": `${APP}${LOAD}app.config.from_pyfile("/etc/shop.cfg")\n` },
      "open",
    ],
    [
      "stands beside a file that may be missing",
      { "app.py": `${APP}${LOAD}app.config.from_pyfile("shop.cfg", silent=True)\n` },
      "stands",
    ],
    [
      "stands where one of two applications leaves it",
      {
        "app.py": `${APP}${LOAD}${SET}other = Flask("other")\nother.config.from_object(Config)\n`,
      },
      "stands",
    ],
  ])("%s", (_, files, expected) => {
    const modules = settingsModules(projectOf({ ...files, "config.py": config }));
    const module = modules.find((one) => one.class?.name === "Config");
    expect(module?.standingOf("SESSION_COOKIE_SECURE")).toBe(expected);
  });

  it("is judged with the variables that the program sets before it imports it", () => {
    const files = {
      "wsgi.py": 'import os\nos.environ["A"] = "1"\nfrom app import app\nos.environ["B"] = "1"\n',
      "app.py":
        "from flask import Flask\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n",
      "config.py":
        "import os\nclass Config:\n    DEBUG = os.environ.get('A') == '1'\n    TESTING = os.environ.get('B') == '1'\n",
    };
    const [module] = settingsModules(projectOf(files));
    const settingIn = (name: string) => module && bindingIn(module.scope, name)?.value;
    expect(settingIn("DEBUG")).toMatchObject({ kind: "constant", value: true });
    expect(settingIn("TESTING")).toMatchObject({ kind: "constant", value: false });
  });
});

describe("what the configuration names", () => {
  it("is told where there is no such file", () => {
    const patterns = ["s/live.py", "odd/*.py", "s/notes.txt", "gone.py"];
    const files = { "s/live.py": FULL, "s/notes.txt": "" };
    expect(skippedIn(files, { "settings-modules": patterns })).toEqual([
      "odd/*.py",
      "s/notes.txt",
      "gone.py",
    ]);
    expect(skippedIn(files, {})).toEqual([]);
  });
});

describe("a path may hold settings, or be of a program that names them", () => {
  it.each([
    ["shop/settings.py", true],
    ["settings.py", true],
    ["shop/settings/deep/live.py", true],
    ["shop/settings_live.py", true],
    ["manage.py", true],
    ["shop/asgi.py", true],
    ["shop/views.py", false],
    ["shop/settings.html", false],
    ["odd/place.py", true],
    ["settings.ini", true],
    ["compose.yml", false],
  ])("%s: %s", (path, expected) => {
    const config = { ...defaultConfig, "settings-modules": ["odd/*.py"] };
    expect(mayHoldSettings(path, models, config)).toBe(expected);
  });
});
