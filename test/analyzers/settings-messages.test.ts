import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { readConfig } from "../../src/core/config.ts";
import type { Location } from "../../src/core/finding.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";
import { reviewOf, scanOf } from "../support/review.ts";

const rules = loadRules(
  ruleFiles.filter((file) =>
    /^models\/|\/(?:hsts-not-set|session-cookie-insecure|allowed-hosts-wildcard|forwarded-host-trusted|proxy-header-name-wrong|common-middleware-missing|secret-key-hardcoded|password-validators-empty|password-minimum-low|flask-app-cookie-insecure|flask-app-broker-without-tls|api-cors-any-origin-with-credentials|api-debug)\.yml$/.test(
      file.path,
    ),
  ),
  matchSchemas,
);

const START = `import os
import environ
env = environ.Env(PROXY=(bool, False))
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
`;
const SECURITY = "django.middleware.security.SecurityMiddleware";
const COMMON = "django.middleware.common.CommonMiddleware";
const SESSION = "django.contrib.sessions.middleware.SessionMiddleware";
const MIDDLEWARE = `MIDDLEWARE = ["${SECURITY}", "${COMMON}"]\n`;
const WITH_SESSION = `MIDDLEWARE = ["${SECURITY}", "${COMMON}", "${SESSION}"]; SECURE_HSTS_SECONDS = 3600\n`;

const CLASSES = `import environ
env = environ.Env(PROXY=(bool, False), MORE=(bool, False))
class Base(Configuration):
    ROOT_URLCONF = "shop.urls"
    INSTALLED_APPS = []
    MIDDLEWARE = ["${SECURITY}"]
    if env("MORE"):
        MIDDLEWARE.append("${COMMON}")
`;

async function findings(files: Readonly<Record<string, string>>) {
  const config = readConfig("portcullis.yml", "{}");
  return (await scan({ tree: memoryTree(files), rules, config, today: "2026-01-01" })).new;
}

/** Place and first clause of each finding in `shop/settings.py`, which is deployed, and the modules beside it. */
async function told(files: Readonly<Record<string, string>>): Promise<string[]> {
  return (await findings(files)).map(({ path, region, message }) => {
    const [clause = ""] = message.split(
      /[.,:] (?=which|so |[A-Z`])|: (?:whoever|an error|the scripts)/,
    );
    return `${path}:${region.startLine} ${clause}`;
  });
}

describe("a setting of an application is less sure in a branch", () => {
  const head = "from flask import Flask\n";
  const off = 'app.config["SESSION_COOKIE_SECURE"] = False\n';
  it.each([
    [
      "which nothing in the tree decides",
      `def make(plain):\n  app = Flask(__name__)\n  if plain:\n    ${off}`,
      "medium",
    ],
    [
      "that a package may decide",
      `from other import plain\napp = Flask(__name__)\nif plain():\n  ${off}`,
      "medium",
    ],
    ["than in none", `def make(plain):\n  app = Flask(__name__)\n  ${off}`, "high"],
    [
      "than in one that a default enters",
      `def make(plain=True):\n  app = Flask(__name__)\n  if plain:\n    ${off}`,
      "high",
    ],
    [
      "than in one that a call enters",
      `def make(plain):\n  app = Flask(__name__)\n  if plain:\n    ${off}application = make(True)\n`,
      "high",
    ],
    [
      "than in one that an unset variable enters",
      `import os\napp = Flask(__name__)\nif not os.environ.get("TLS"):\n  ${off}`,
      "high",
    ],
  ])("%s", async (_, code, confidence) => {
    const found = await findings({ "shop/app.py": head + code });
    expect(found.map((one) => [one.ruleId, one.confidence])).toEqual([
      ["settings/flask-app-cookie-insecure", confidence],
    ]);
  });
});

describe("what a finding says of a setting that a variable decides", () => {
  it.each([
    [
      "writes out a tuple of texts",
      `${START}MIDDLEWARE = ["${COMMON}"]\nSECURE_PROXY_SSL_HEADER = ("X-Forwarded-Proto", "https")\n`,
      ['shop/settings.py:7 `SECURE_PROXY_SSL_HEADER` is `("X-Forwarded-Proto", "https")`'],
    ],
    [
      "names the variable that another setting of the rule is read from",
      `${START}MIDDLEWARE = ["${COMMON}"]\nUSE_X_FORWARDED_HOST = True\nALLOWED_HOSTS = env.list("HOSTS", default=["*"])\n`,
      [
        "shop/settings.py:7 `USE_X_FORWARDED_HOST` is `True`, and `ALLOWED_HOSTS` accepts any name while the environment variable `HOSTS` is unset",
        "shop/settings.py:8 `ALLOWED_HOSTS` lists `*` while the environment variable `HOSTS` is unset",
      ],
    ],
    [
      "names the variable, and the statement that does not run",
      `${START}${MIDDLEWARE}if env("PROXY"):\n    SECURE_HSTS_SECONDS = 3600\n`,
      [
        "shop/settings.py:8 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "also where the variable was read before, by a helper",
      `${START}${MIDDLEWARE}def on(name):\n    return os.environ.get(name, "0") == "1"\nTLS = on("TLS")\nif not TLS:\n    pass\nelse:\n    SECURE_HSTS_SECONDS = 3600\n`,
      [
        "shop/settings.py:13 `SECURE_HSTS_SECONDS` is not set while the environment variable `TLS` is unset",
      ],
    ],
    [
      "also within further conditions",
      `${START}${MIDDLEWARE}if os.getenv("STAGE", "dev") == "live":\n    for _ in range(1):\n        if True:\n            SECURE_HSTS_SECONDS: int = 3600\n`,
      [
        "shop/settings.py:10 `SECURE_HSTS_SECONDS` is not set while the environment variable `STAGE` is unset",
      ],
    ],
    [
      "also where the variable has to be there",
      `${START}${MIDDLEWARE}try:\n    SECURE_HSTS_SECONDS = int(os.environ["HSTS"])\nexcept KeyError:\n    pass\n`,
      [
        "shop/settings.py:8 `SECURE_HSTS_SECONDS` is not set while the environment variable `HSTS` is unset",
      ],
    ],
    [
      "with the value that was set before, at its place",
      `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = False\nif os.environ.get("TLS"):\n    SESSION_COOKIE_SECURE = True\n`,
      [
        "shop/settings.py:7 `SESSION_COOKIE_SECURE` is `False` while the environment variable `TLS` is unset",
      ],
    ],
    [
      "but not where the code would set the same flaw",
      `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = False\nif os.environ.get("DEV"):\n    SESSION_COOKIE_SECURE = False\n`,
      ["shop/settings.py:7 `SESSION_COOKIE_SECURE` is `False`"],
    ],
    [
      "and no condition that asks nothing",
      `${START}${WITH_SESSION}if True:\n    SESSION_COOKIE_SECURE = False\n`,
      ["shop/settings.py:8 `SESSION_COOKIE_SECURE` is `False`"],
    ],
    [
      "but not where it is set anew behind that",
      `${START}${WITH_SESSION}if os.environ.get("TLS"):\n    SESSION_COOKIE_SECURE = True\nSESSION_COOKIE_SECURE = False\n`,
      ["shop/settings.py:9 `SESSION_COOKIE_SECURE` is `False`"],
    ],
    [
      "of a list that would get the member",
      `${START}MIDDLEWARE = ["${SECURITY}"]\nSECURE_HSTS_SECONDS = 3600\nif env("PROXY"):\n    MIDDLEWARE.append("${COMMON}")\n`,
      [
        `shop/settings.py:6 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`PROXY\` is unset`,
      ],
    ],
    [
      "but not of one that would get another",
      `${START}MIDDLEWARE = ["${SECURITY}"]\nSECURE_HSTS_SECONDS = 3600\nif env("PROXY"):\n    MIDDLEWARE += ["shop.middleware.Proxy"]\n`,
      [`shop/settings.py:6 \`MIDDLEWARE\` does not list \`${COMMON}\``],
    ],
    [
      "of hosts that are named only where the variable is set",
      `${START}${MIDDLEWARE}SECURE_HSTS_SECONDS = 3600\nALLOWED_HOSTS = ["*"]\nif "HOSTS" in os.environ:\n    ALLOWED_HOSTS = os.environ["HOSTS"].split()\n`,
      [
        "shop/settings.py:8 `ALLOWED_HOSTS` lists `*` while the environment variable `HOSTS` is unset",
      ],
    ],
    [
      "with a list that holds nothing",
      `${START.replace("[]", '["django.contrib.auth"]')}${MIDDLEWARE}SECURE_HSTS_SECONDS = 3600\nAUTH_PASSWORD_VALIDATORS = []\nif env("PROXY"):\n    AUTH_PASSWORD_VALIDATORS = [{"NAME": "shop.Long"}]\n`,
      [
        "shop/settings.py:8 `AUTH_PASSWORD_VALIDATORS` is `[]` while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "of a key that is replaced where the variable is set",
      `${START}${MIDDLEWARE}SECURE_HSTS_SECONDS = 3600\nSECRET_KEY = "${"k3y-Zx9q".repeat(8)}"\nif os.environ.get("KEY"):\n    SECRET_KEY = os.environ["KEY"]\n`,
      [
        "shop/settings.py:8 `SECRET_KEY` is written in the code while the environment variable `KEY` is unset",
      ],
    ],
    [
      "of a function that sets names of the module",
      `${START}${MIDDLEWARE}def harden(names):\n    if env("PROXY"):\n        names["SECURE_HSTS_SECONDS"] = 3600\nharden(globals())\n`,
      [
        "shop/settings.py:9 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "of a function that ends before it sets them",
      `${START}${MIDDLEWARE}def harden():\n    if not env("PROXY"):\n        return\n    globals().update(SECURE_HSTS_SECONDS=3600)\nharden()\n`,
      [
        "shop/settings.py:10 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "of a function that is not called, which sets a name and changes a list",
      `${START}MIDDLEWARE = ["${SECURITY}"]\ndef harden(layers):\n    global SECURE_HSTS_SECONDS\n    SECURE_HSTS_SECONDS = 3600\n    layers.append("${COMMON}")\nif env("PROXY"):\n    harden(MIDDLEWARE)\n`,
      [
        `shop/settings.py:6 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`PROXY\` is unset`,
        "shop/settings.py:9 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "but not of one that ends for another reason",
      `${START}${MIDDLEWARE}def harden(stage):\n    if env("PROXY"):\n        pass\n    if stage == "dev":\n        return\n    globals()["SECURE_HSTS_SECONDS"] = 3600\nharden("dev")\n`,
      ["shop/settings.py:1 `SECURE_HSTS_SECONDS` is not set"],
    ],
    [
      "of a class that the settings are taken from, and its base",
      `from configurations import Configuration\n${CLASSES}class Live(Base):\n    if env("PROXY"):\n        SECURE_HSTS_SECONDS = 3600\n`,
      [
        `shop/settings.py:7 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`MORE\` is unset`,
        "shop/settings.py:12 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
    [
      "but not of a base whose setting the class sets anew",
      `from configurations import Configuration\n${CLASSES}class Live(Base):\n    MIDDLEWARE = ["${SECURITY}"]\n    SECURE_HSTS_SECONDS = 3600\n`,
      [`shop/settings.py:11 \`MIDDLEWARE\` does not list \`${COMMON}\``],
    ],
    [
      "of a member that an expression in the list leaves out",
      `${START}SECURE_HSTS_SECONDS = 3600\nMIDDLEWARE = ["${SECURITY}", *(["${COMMON}"] if env("PROXY") else [])]\n`,
      [
        `shop/settings.py:7 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`PROXY\` is unset`,
      ],
    ],
    [
      "of one that is nothing, and filtered out",
      `${START}SECURE_HSTS_SECONDS = 3600\nSTATELESS = os.environ.get("STATELESS", "1") == "1"\nMIDDLEWARE = list(filter(None, ["${SECURITY}", None if STATELESS else "${COMMON}"]))\n`,
      [
        `shop/settings.py:8 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`STATELESS\` is unset`,
      ],
    ],
    [
      "of one that a comprehension passes over",
      `${START}SECURE_HSTS_SECONDS = 3600\nMIDDLEWARE = [one for one in ["${SECURITY}", "${COMMON}"] if env("PROXY") or one != "${COMMON}"]\n`,
      [
        `shop/settings.py:7 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`PROXY\` is unset`,
      ],
    ],
    [
      "of one in another list that goes into it",
      `${START}SECURE_HSTS_SECONDS = 3600\nMORE = []\nif env("PROXY"):\n    MORE.append("${COMMON}")\nMIDDLEWARE = ["${SECURITY}"] + MORE\n`,
      [
        `shop/settings.py:10 \`MIDDLEWARE\` does not list \`${COMMON}\` while the environment variable \`PROXY\` is unset`,
      ],
    ],
    [
      "but not of one that goes into another list",
      `${START}SECURE_HSTS_SECONDS = 3600\nMORE = ["${COMMON}"] if env("PROXY") else []\nMIDDLEWARE = ["${SECURITY}"]\n`,
      [`shop/settings.py:8 \`MIDDLEWARE\` does not list \`${COMMON}\``],
    ],
    [
      "of a function that gives one of several values",
      `${START}${MIDDLEWARE}def read(name, default):\n    text = os.environ.get(name, default)\n    if isinstance(default, KINDS):\n        return str(text) == "1"\n    return text\nfrom shop.kinds import KINDS\nSECURE_HSTS_SECONDS = read("HSTS", 0)\n`,
      [
        "shop/settings.py:13 `SECURE_HSTS_SECONDS` is `False` or `0` while the environment variable `HSTS` is unset",
      ],
    ],
    [
      "of a function that reads several variables into one dict, the right one",
      `${START}${WITH_SESSION}def load(names):\n    read = {}\n    for name in names:\n        text = os.environ.get(name)\n        if text is None:\n            read[name] = False\n        else:\n            read[name] = text == "1"\n    return read\nREAD = load(["OTHER", "TLS"])\nSESSION_COOKIE_SECURE = READ["TLS"]\n`,
      [
        "shop/settings.py:17 `SESSION_COOKIE_SECURE` is `False` while the environment variable `TLS` is unset",
      ],
    ],
    [
      "of a class method that sets its attributes",
      `from configurations import Configuration\n${CLASSES}class Live(Base):\n    MIDDLEWARE = ["${SECURITY}", "${COMMON}"]\n    @classmethod\n    def pre_setup(cls):\n        if env("PROXY"):\n            cls.SECURE_HSTS_SECONDS = 3600\n`,
      [
        "shop/settings.py:15 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
      ],
    ],
  ])("%s", async (_name, text, expected) => {
    expect(await told({ "shop/settings.py": text })).toEqual(expected);
  });

  it.each([
    [
      "all names of a module",
      "from .live import *",
      "from .tls import *\n",
      "SECURE_HSTS_SECONDS = 3600\n",
    ],
    ["one name of a module", "from .live import SECURE_HSTS_SECONDS", "", ""],
  ])("leads to an import of %s that does not run", async (_name, statement, live, tls) => {
    const files = {
      "shop/settings/__init__.py": `from .base import *\nif env("PROXY"):\n    ${statement}\n`,
      "shop/settings/base.py": `${START}${MIDDLEWARE}`,
      "shop/settings/live.py": live,
      "shop/settings/tls.py": tls,
    };
    expect(await told(files)).toEqual([
      "shop/settings/__init__.py:3 `SECURE_HSTS_SECONDS` is not set while the environment variable `PROXY` is unset",
    ]);
  });

  it.each([
    [
      "toml",
      'import tomllib\nDATA = tomllib.loads(PATH.read_text())\nSESSION_COOKIE_SECURE = DATA["web"]["secure"]',
      "secure = true\n[web]\nsecure = false\n",
      3,
    ],
    [
      "yaml",
      "import yaml\nglobals().update(yaml.safe_load(PATH.open()))",
      "OTHER: 1\nSESSION_COOKIE_SECURE: false\n",
      2,
    ],
    [
      "json",
      'import json\nwith open(PATH) as file:\n    SESSION_COOKIE_SECURE = bool(json.load(file)["secure"])',
      '{\n  "secure": 0\n}\n',
      2,
    ],
    [
      "ini",
      'import configparser\nREAD = configparser.ConfigParser()\nREAD.read(PATH)\nSESSION_COOKIE_SECURE = READ["web"].getboolean("Secure")',
      "[db]\nsecure = yes\n[web]\nsecure = no\n",
      4,
    ],
  ])("names the file of data that says so: %s", async (format, lines, data, line) => {
    const path = `shop/site.${format}`;
    const [one] = await findings({
      "shop/settings.py": `from pathlib import Path\n${START}${WITH_SESSION}PATH = Path(__file__).parent / "site.${format}"\n${lines}\n`,
      [path]: data,
    });
    expect(one?.message).toMatch(`is \`False\`, as \`${path}\` says.`);
    expect(one?.related.map((step) => [step.path, step.region.startLine])).toEqual([[path, line]]);
  });

  it("tells a password once that an address was put together of", async () => {
    const both = loadRules(
      ruleFiles.filter((file) =>
        /^models\/|\/(?:hardcoded-credential|flask-database-credentials-hardcoded)\.yml$/.test(
          file.path,
        ),
      ),
      matchSchemas,
    );
    const text =
      'DB_PASSWORD = "Tr0ub4dor3x"\nSQLALCHEMY_TRACK_MODIFICATIONS = False\nSQLALCHEMY_DATABASE_URI = f"postgresql://shop:{DB_PASSWORD}@db.example.org/shop"\n';
    const tree = memoryTree({ "config.py": text });
    const config = readConfig("portcullis.yml", "{}");
    const told = await scan({ tree, rules: both, config, today: "2026-01-01" });
    expect(told.new.map(({ ruleId, region }) => [ruleId, region.startLine])).toEqual([
      ["settings/flask-database-credentials-hardcoded", 3],
    ]);
  });

  it("names the variable that chose the module", async () => {
    const files = {
      "shop/settings/__init__.py": `import os\nfrom importlib import import_module\n${"chosen = import_module(f\".{os.environ.get('STAGE', 'live')}\", __name__)"}\nglobals().update(vars(chosen))\n`,
      "shop/settings/live.py": `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = False\n`,
    };
    expect(await told(files)).toEqual([
      "shop/settings/live.py:7 `SESSION_COOKIE_SECURE` is `False` in `shop/settings/__init__.py` while the environment variable `STAGE` is unset",
    ]);
  });

  it("leads to the module that would set it, through those that build on it", async () => {
    const files = {
      "shop/settings/base.py": `${START}${MIDDLEWARE}if env("PROXY"):\n    SECURE_HSTS_SECONDS = 3600\n`,
      "shop/settings/live.py": "from .base import *\n",
    };
    expect(await told(files)).toEqual([
      "shop/settings/base.py:8 `SECURE_HSTS_SECONDS` is not set in `shop/settings/live.py` while the environment variable `PROXY` is unset",
    ]);
  });

  it("names the module that is deployed, and those between", async () => {
    const files = {
      "shop/settings/base.py": `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = False\n`,
      "shop/settings/common.py": "from .base import *\n",
      "shop/settings/live.py": "from .common import *\n",
      "shop/settings/other.py": "from .common import *\n",
    };
    expect(await told(files)).toEqual([
      "shop/settings/base.py:7 `SESSION_COOKIE_SECURE` is `False` in `shop/settings/live.py` by way of `shop/settings/common.py`",
    ]);
  });

  it.each([
    [
      "puts a list together",
      "[one.strip() for one in text.split(',')]",
      "shop/settings.py:8",
      ["shop/lists.py:2"],
    ],
    ["holds the member", "['*', text]", "shop/lists.py:2", ["shop/settings.py:1"]],
  ])("stands where a function is called that %s", async (_name, answer, place, related) => {
    const [one] = await findings({
      "shop/lists.py": `def listed(text):\n    return ${answer}\n`,
      "shop/settings.py": `from shop.lists import listed\n${START}${WITH_SESSION.replace("\n", "; SESSION_COOKIE_SECURE = True\n")}ALLOWED_HOSTS = listed(os.environ.get("HOSTS", "*"))\n`,
    });
    const shown = (step: Location) => `${step.path}:${step.region.startLine}`;
    expect([one && shown(one), one?.related.map(shown)]).toEqual([place, related]);
  });

  it.each([
    ["as every installation does", "from .dev import *", true],
    [
      "while a variable is unset",
      'if os.environ.get("STAGE") == "live":\n    from .live import *\nelse:\n    from .dev import *',
      false,
    ],
    [
      "by the name that a variable gives",
      `from importlib import import_module\n${"chosen = import_module(f\".{os.environ.get('STAGE', 'dev')}\", __name__)"}\nglobals().update(vars(chosen))`,
      false,
    ],
  ])("has no edit of a module that is imported only %s", async (_name, lines, isCertain) => {
    const [one] = await findings({
      "shop/settings/__init__.py": `import os\n${lines}\n`,
      "shop/settings/live.py": `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = True\n`,
      "shop/settings/dev.py": `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = False\n`,
      "shop/wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    });
    expect([one?.path, one?.fix !== undefined]).toEqual(["shop/settings/dev.py", isCertain]);
  });

  it("stands where a setting was set that is imported by its name", async () => {
    const files = {
      "shop/const.py": "SAFE = True\nSESSION_COOKIE_SECURE = False\n",
      "shop/settings.py": `from shop.const import SESSION_COOKIE_SECURE\n${START}${WITH_SESSION}`,
    };
    expect(await told(files)).toEqual([
      "shop/const.py:2 `SESSION_COOKIE_SECURE` is `False` in `shop/settings.py`",
    ]);
  });

  it.each([
    [
      "a condition, and the variable behind it",
      'TLS = os.environ.get("TLS") == "1"\nif not TLS:\n    SESSION_COOKIE_SECURE = False',
      "under `if not TLS` while the environment variable `TLS` is unset",
    ],
    [
      "the condition under which another name got the value",
      'TLS = env("PROXY")\nif TLS:\n    secure = True\nelse:\n    secure = False\nSESSION_COOKIE_SECURE = secure',
      "under the `else` of `if TLS` while the environment variable `PROXY` is unset",
    ],
    [
      "a condition that no variable decides",
      "DEBUG = False\nif not DEBUG:\n    SESSION_COOKIE_SECURE = False",
      "under `if not DEBUG`",
    ],
    [
      "the other way of a condition",
      'TLS = env("PROXY")\nif TLS:\n    SESSION_COOKIE_SECURE = True\nelse:\n    SESSION_COOKIE_SECURE = False',
      "under the `else` of `if TLS` while the environment variable `PROXY` is unset",
    ],
    [
      "what is matched",
      'match os.environ.get("STAGE", "dev"):\n    case "live":\n        SESSION_COOKIE_SECURE = True\n    case _:\n        SESSION_COOKIE_SECURE = False',
      "while the environment variable `STAGE` is unset",
    ],
    [
      "what was read before it is matched",
      'STAGE = os.environ.get("STAGE", "dev")\nmatch STAGE:\n    case "dev":\n        SESSION_COOKIE_SECURE = False',
      'under `case "dev"` while the environment variable `STAGE` is unset',
    ],
    [
      "the key that is looked up",
      'STAGES = {"dev": {"safe": False}, "live": {"safe": True}}\nSESSION_COOKIE_SECURE = STAGES[os.environ.get("STAGE", "dev")]["safe"]',
      "while the environment variable `STAGE` is unset",
    ],
    [
      "what each of several conditions asks",
      'if env("PROXY"):\n    SESSION_COOKIE_SECURE = True\nelif "CI" in os.environ:\n    SESSION_COOKIE_SECURE = True\nelse:\n    SESSION_COOKIE_SECURE = False',
      "while the environment variables `PROXY` and `CI` are unset",
    ],
    [
      "of several conditions only what would help",
      'if env("PROXY"):\n    SESSION_COOKIE_SECURE = True\nelif "CI" in os.environ:\n    SESSION_COOKIE_SECURE = False\nelse:\n    SESSION_COOKIE_SECURE = False',
      "while the environment variable `PROXY` is unset",
    ],
    [
      "all variables of which one has to be set",
      'SESSION_COOKIE_SECURE = env("PROXY") or env.bool("TLS", default=False)',
      "while the environment variables `PROXY` and `TLS` are unset",
    ],
  ])("names %s", async (_name, lines, why) => {
    const [one] = await told({ "shop/settings.py": `${START}${WITH_SESSION}${lines}\n` });
    expect(one?.slice(one.indexOf("`SESSION"))).toBe(
      `\`SESSION_COOKIE_SECURE\` is \`False\` ${why}`,
    );
  });

  it.each([
    ["its own literal", "SESSION_COOKIE_SECURE = False", true],
    ["the default of its variable", 'SESSION_COOKIE_SECURE = env("SAFE", default=False)', true],
    ["a name of its own", "_safe = False\nSESSION_COOKIE_SECURE = _safe", true],
    [
      "a name that others read",
      "safe = False\nSESSION_COOKIE_SECURE = X = safe, safe\nSESSION_COOKIE_SECURE = safe",
      false,
    ],
    ["a second target", "SESSION_COOKIE_SECURE = OTHER = False", false],
    ["a condition that is sure", "if True:\n    SESSION_COOKIE_SECURE = False", true],
    ["a condition on a variable", 'if not env("PROXY"):\n    SESSION_COOKIE_SECURE = False', false],
    ["one way of a choice", 'SESSION_COOKIE_SECURE = True if env("PROXY") else False', false],
    [
      "a value that a condition replaces",
      'SESSION_COOKIE_SECURE = False\nif env("PROXY"):\n    SESSION_COOKIE_SECURE = True',
      false,
    ],
  ])("has an edit only where that is certain: %s", async (_name, lines, isCertain) => {
    const [one] = await findings({ "shop/settings.py": `${START}${WITH_SESSION}${lines}\n` });
    expect([one?.ruleId, one?.fix !== undefined]).toEqual([
      "settings/session-cookie-insecure",
      isCertain,
    ]);
  });

  it.each([
    [
      "names that it puts together",
      '[{"NAME": PATH + name} for name in ("MinimumLengthValidator", "CommonPasswordValidator")]',
      false,
    ],
    [
      "members of another list",
      '[{"NAME": one["NAME"], "OPTIONS": {}} for one in [{"NAME": PATH + "MinimumLengthValidator"}]]',
      false,
    ],
    [
      "what it filters",
      '[one for one in [{"NAME": PATH + "MinimumLengthValidator", "OPTIONS": {"min_length": 8}}] if one]',
      true,
    ],
  ])(
    "edits an element of a comprehension only where that is a member itself: %s",
    async (_name, list, isCertain) => {
      const lines = `INSTALLED_APPS = ["django.contrib.auth"]\nPATH = "django.contrib.auth.password_validation."\nAUTH_PASSWORD_VALIDATORS = ${list}\n`;
      const told = await findings({ "shop/settings.py": `${START}${WITH_SESSION}${lines}` });
      const one = told.find(({ ruleId }) => ruleId === "settings/password-minimum-low");
      expect([one !== undefined, one?.fix !== undefined]).toEqual([true, isCertain]);
    },
  );

  it.each([
    [
      "a file that is read by a call",
      'environ.Env.read_env()\nSAFE = env.bool("SAFE")',
      "shop/.env",
    ],
    [
      "a file that is looked for",
      'from decouple import config\nSAFE = config("SAFE", default=True, cast=bool)',
      ".env",
    ],
    [
      "the program",
      'os.environ["SAFE"] = "off"\nSAFE = env.bool("SAFE", default=True)',
      "shop/settings.py",
    ],
  ])("does not call a variable unset that is set by %s", async (_name, lines, by) => {
    const files = {
      "shop/settings.py": `${START}${WITH_SESSION}${lines}\nSESSION_COOKIE_SECURE = SAFE\n`,
      ...(by.endsWith(".env") && { [by]: "SAFE=off\n" }),
    };
    expect(await told(files)).toEqual([
      `shop/settings.py:9 \`SESSION_COOKIE_SECURE\` is \`False\`, as \`${by}\` sets the environment variable \`SAFE\``,
    ]);
  });

  it.each([
    [
      "the classes of a class",
      "for one in reversed(Live.__mro__):\n    globals().update(vars(one))",
      [],
    ],
    ["a file that is not there", "globals().update(load())", []],
    [
      "names that are not known",
      "for name, value in load():\n    setattr(sys.modules[__name__], name, value)",
      [],
    ],
    [
      "names of another kind",
      'for name, value in load():\n    globals()[f"PLUGIN_{name}"] = value',
      ["shop/settings.py:1 `SECURE_HSTS_SECONDS` is not set"],
    ],
    [
      "a text that is not there, if it may be missing",
      'try:\n    exec(open("/etc/shop.py").read())\nexcept FileNotFoundError:\n    pass',
      ["shop/settings.py:1 `SECURE_HSTS_SECONDS` is not set"],
    ],
    ["a text that is not there", 'exec(open("/etc/shop.py").read())', []],
    ["what gets all names", "load(globals())", []],
    ["some function that gets all names", "for one in load():\n    one(globals())", []],
    ["a file that a variable names", 'include(os.environ["MORE"])', []],
    ["what is loaded after it", "SECURE_HSTS_SECONDS = 0\nglobals().update(load())", []],
    ["what a star brings after it", "SECURE_HSTS_SECONDS = 0\nfrom site_settings import *", []],
    [
      "what was loaded before it",
      "globals().update(load())\nSECURE_HSTS_SECONDS = 0",
      ["shop/settings.py:15 `SECURE_HSTS_SECONDS` is `0`"],
    ],
    [
      "names that begin in another way",
      'SECURE_HSTS_SECONDS = 0\nfor name, value in load():\n    if name.startswith("PLUGIN_"):\n        globals()[name] = value',
      ["shop/settings.py:14 `SECURE_HSTS_SECONDS` is `0`"],
    ],
    [
      "what only looks at it",
      "SECURE_HSTS_SECONDS = 0\nprint(globals())",
      ["shop/settings.py:14 `SECURE_HSTS_SECONDS` is `0`"],
    ],
  ])("does not judge a name that may be set by %s", async (_name, lines, expected) => {
    const live =
      "import sys\nfrom plugins import load\nfrom split_settings.tools import include\nclass Base:\n    SECURE_HSTS_SECONDS = 3600\nclass Live(Base):\n    X = 1\n";
    expect(await told({ "shop/settings.py": `${START}${MIDDLEWARE}${live}${lines}\n` })).toEqual(
      expected,
    );
  });

  const OFF = "`SESSION_COOKIE_SECURE` is `False`";
  const UNSET = `shop/settings.py:7 ${OFF} while the environment variable \`SAFE\` is unset`;
  const IMAGE = 'CMD ["gunicorn", "shop.wsgi"]\n';
  it.each([
    ["an image", { Dockerfile: `FROM a\nENV SAFE=1 X=2\n${IMAGE}` }, []],
    ["the stage of an image", { Dockerfile: `FROM a AS b\nENV SAFE 1\nFROM b\n${IMAGE}` }, []],
    [
      "a stage that does not run",
      { Dockerfile: `FROM a AS b\nENV SAFE=1\nFROM a\n${IMAGE}` },
      [UNSET],
    ],
    ["an image for development", { "Dockerfile.dev": `FROM a\nENV SAFE=1\n${IMAGE}` }, [UNSET]],
    [
      "an image that a variable of its making decides",
      { Dockerfile: `FROM a\nARG SAFE=0\nARG MORE\nENV SAFE=$SAFE MORE=$MORE\n${IMAGE}` },
      [`shop/settings.py:7 ${OFF}, as \`Dockerfile\` sets the environment variable \`SAFE\``],
    ],
    [
      "a script that an image starts",
      {
        Dockerfile: 'FROM a\nENTRYPOINT ["/app/start.sh"]\n',
        "bin/start.sh": "export SAFE=$" + "{SAFE:-1}\nexec gunicorn shop.wsgi\n",
      },
      [],
    ],
    [
      "a file of the server's composed program",
      {
        "docker-compose.prod.yml":
          "services: { web: { command: gunicorn shop.wsgi, env_file: .env.prod } }",
        ".env.prod": "SAFE=1\n",
      },
      [],
    ],
    [
      "no file that composes programs for developers",
      {
        "docker-compose.yml":
          "services: { web: { command: gunicorn shop.wsgi, environment: [SAFE=1] } }",
      },
      [UNSET],
    ],
    [
      "another program beside the server",
      {
        "docker-compose.prod.yml":
          "services: { web: { command: gunicorn shop.wsgi }, work: { command: celery, environment: [SAFE=1] } }",
      },
      [UNSET],
    ],
    ["a platform", { "app.json": '{"env": {"SAFE": {"value": "1"}}}' }, []],
    [
      "two files, in two ways",
      { "app.json": '{"env": {"SAFE": "1"}}', Procfile: "web: SAFE=0 gunicorn a" },
      [],
    ],
    ["the program of the server", { "shop/wsgi.py": 'import os\nos.environ["SAFE"] = "1"\n' }, []],
    ["a program of a developer", { "manage.py": 'import os\nos.environ["SAFE"] = "1"\n' }, [UNSET]],
  ])("judges settings with the variables of %s", async (_name, files, expected) => {
    const starting =
      'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n';
    const more = Object.entries(files).map(([path, text]) => [
      path,
      path.endsWith(".py") ? starting + text : text,
    ]);
    const settings = 'SESSION_COOKIE_SECURE = os.environ.get("SAFE", "0") == "1"\n';
    const all = {
      "shop/wsgi.py": starting,
      "shop/settings.py": `${START}${WITH_SESSION}${settings}`,
      ...Object.fromEntries(more),
    };
    expect(await told(all)).toEqual(expected);
  });

  it("tells of a variable that only its deployment's file changes", async () => {
    const deployed = (safe: string) => ({
      "shop/wsgi.py":
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
      "shop/settings.py": `${START}${WITH_SESSION}SESSION_COOKIE_SECURE = os.environ.get("SAFE") == "1"\n`,
      Dockerfile: `FROM a\nENV SAFE=${safe}\n${IMAGE}`,
    });
    const rules = ["settings/session-cookie-insecure"];
    const review = await reviewOf(deployed("1"), deployed("0"), { rules });
    expect(review.new.map(({ message }) => message.split(".")[0])).toEqual([
      `${OFF}, as \`Dockerfile\` sets the environment variable \`SAFE\``,
    ]);
  });

  it.each([
    [
      "names the member that is too wide",
      "cors-origin-pattern-too-wide",
      '["^https://shop\\\\.example$", "^https://.*shop\\\\.example$"]',
      "A pattern in `CORS_ALLOWED_ORIGIN_REGEXES` (`^https://.*shop\\.example$`) matches",
    ],
    [
      "says of a list in words what is wrong with it",
      "cors-any-origin",
      '["^https://shop\\\\.example$", "^https://.*$"]',
      "`CORS_ALLOWED_ORIGIN_REGEXES` lets every site in.",
    ],
  ])("%s", async (_name, rule, patterns, beginning) => {
    const text = `ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["corsheaders"]\nCORS_ALLOWED_ORIGIN_REGEXES = ${patterns}\n`;
    const scanned = await scanOf({ "shop/settings.py": text }, { rules: [`settings/${rule}`] });
    expect(scanned.new.map(({ message }) => message.slice(0, beginning.length))).toEqual([
      beginning,
    ]);
  });

  it("names the module once that a server is started with", async () => {
    const startedWith = (name: string) => ({
      "shop/wsgi.py": `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.${name}")\n`,
      "shop/settings/base.py": 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\nDEBUG = True\n',
      "shop/settings/local.py": "from .base import *\n",
      "shop/settings/live.py": "from .base import *\nDEBUG = False\n",
    });
    const rules = ["settings/development-settings-started"];
    const review = await reviewOf(startedWith("live"), startedWith("local"), { rules });
    expect(review.new.map(({ message }) => message.split(":")[0])).toEqual([
      "This starts the server with `shop/settings/local.py`, in which `DEBUG` is `True`",
    ]);
  });
});

const FASTAPI = "from fastapi import FastAPI\n";
const FLASK = "import os\nfrom flask import Flask\napp = Flask(__name__)\n";
const SECURE = "`SESSION_COOKIE_SECURE` is `False`";
const CORS =
  "from fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, ";

describe("what a finding says of what a call sets", () => {
  it.each([
    [
      "the value alone where nothing else decides",
      `${FLASK}app.config["SESSION_COOKIE_SECURE"] = False\n`,
      [`main.py:4 ${SECURE}`],
    ],
    [
      "the variable that is not set",
      `${FLASK}app.config["SESSION_COOKIE_SECURE"] = os.environ.get("SCHEME", "http") == "https"\n`,
      [`main.py:4 ${SECURE} while the environment variable \`SCHEME\` is unset`],
    ],
    [
      "the condition, and what that owes to a variable",
      `${FLASK}if os.getenv("STAGE", "eu") != "us":\n    app.config.update(SESSION_COOKIE_SECURE=False)\n`,
      [
        `main.py:5 ${SECURE} under \`if os.getenv("STAGE", "eu") != "us"\` while the environment variable \`STAGE\` is unset`,
      ],
    ],
    [
      "what a parameter is by default",
      `${FLASK}def create(secure=False):\n    app = Flask(__name__)\n    app.config["SESSION_COOKIE_SECURE"] = secure\n`,
      [`main.py:6 ${SECURE}, unless a caller says otherwise`],
    ],
    [
      "no address, which may hold a password",
      `${FLASK}app.config["CELERY_BROKER_URL"] = os.environ.get("BROKER", "redis://:pw-4-All@queue.example.org/0")\n`,
      [
        "main.py:4 `CELERY_BROKER_URL` leads to another host, without TLS while the environment variable `BROKER` is unset",
      ],
    ],
    [
      "the file of data that says it",
      `import json\n${FLASK}conf = json.load(open("conf.json"))\napp.config["SESSION_COOKIE_SECURE"] = conf["secure"]\n`,
      [`main.py:6 ${SECURE}, as \`conf.json\` says`],
    ],
    [
      "the modules by way of which it came",
      `${FASTAPI}from core import settings\napp = FastAPI(debug=settings.debug)\n`,
      [
        "main.py:3 `debug` is `True` while the environment variable `DEBUG` is unset, as `conf.py` says by way of `core.py`",
      ],
    ],
    [
      "the variables of all that it takes",
      `${FASTAPI}from conf import settings\n${CORS}allow_origins=[str(one) for one in settings.origins], allow_credentials=settings.cookies)\n`,
      [
        "main.py:5 `allow_origins` lists `*` while the environment variable `ORIGINS` is unset, as `conf.py` says, together with credentials while the environment variable `COOKIES` is unset",
      ],
    ],
  ])("names %s", async (_name, main, expected) => {
    const files = {
      "main.py": main,
      "core.py": "from conf import settings\n",
      "conf.py":
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    debug: bool = True\n    origins: list[str] = ["*"]\n    cookies: bool = True\nsettings = Settings()\n',
      "conf.json": '{"secure": false}',
    };
    expect(await told(files)).toEqual(expected);
  });
});
