import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import { makeUp } from "../../src/rules/index.ts";
import { reviewOf, scanOf } from "../support/review.ts";

const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const AWS = makeUp("AKIA[A-Z2-7]{16}");
const LOOKS = makeUp("S3cr[A-Za-z0-9]{14}99");
const KEY = makeUp("[a-z0-9(=!&%]{50}").replace(/[^a-z0-9]/g, "+");
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${makeUp("[A-Za-z0-9+/]{64}")}\n${makeUp("[A-Za-z0-9+/]{40}")}\n-----END RSA PRIVATE KEY-----`;

/** The secret, its lines, and what they become in other forms. */
function formsOf(secret: string): string[] {
  return secret
    .split("\n")
    .filter((line) => !line.startsWith("-----"))
    .flatMap((line) => [
      line,
      encodeURIComponent(line),
      Buffer.from(line).toString("base64").replace(/=+$/, ""),
      Buffer.from(line).toString("hex"),
      [...line].reverse().join(""),
      line.slice(8),
      line.slice(0, -8),
    ]);
}

const SETTINGS = "INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'a'\n";

const PLANTED: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ["alone in a program", TOKEN, { "a.py": `token = "${TOKEN}"\n` }],
  ["in a text file", AWS, { "notes.txt": `key: ${AWS}\n` }],
  ["twice on one line", TOKEN, { "a.txt": `${TOKEN} ${TOKEN}\n` }],
  ["next to another", AWS, { "a.txt": `${TOKEN} ${AWS}\n` }],
  ["over several lines", PEM, { "a.py": `key = """${PEM}"""\n` }],
  ["on the line of another finding", TOKEN, { "a.py": `eval(x); token = "${TOKEN}"\n` }],
  ["within another finding", TOKEN, { "a.py": `eval(x + "${TOKEN}")\n` }],
  ["within another finding of several lines", AWS, { "a.py": `eval(\n    x,\n    "${AWS}",\n)\n` }],
  [
    "within what flows into a command",
    TOKEN,
    {
      "a.py": `import os\nfrom flask import request\nos.system("run ${TOKEN} " + request.args["a"])\n`,
    },
  ],
  [
    "within the name of what flows in",
    TOKEN,
    {
      "a.py": `import os\nfrom flask import request\nos.system("run " + request.args["${TOKEN}"])\n`,
    },
  ],
  [
    "within what flows in over several lines",
    AWS,
    {
      "a.py": `import os\nfrom flask import request\na = request.args["a"]\nb = f"${AWS} {a}"\nos.system(b)\n`,
    },
  ],
  ["as the secret key", KEY, { "settings.py": `${SETTINGS}SECRET_KEY = "${KEY}"\n` }],
  [
    "as the secret key's default",
    KEY,
    { "settings.py": `import os\n${SETTINGS}SECRET_KEY = os.environ.get("K", "${KEY}")\n` },
  ],
  [
    "as the secret key under another name",
    KEY,
    { "settings.py": `${SETTINGS}K = "${KEY}"\nSECRET_KEY = K\n` },
  ],
  ["as the secret key, in bytes", KEY, { "settings.py": `${SETTINGS}SECRET_KEY = b"${KEY}"\n` }],
  [
    "as the secret key, put together",
    KEY,
    { "settings.py": `${SETTINGS}SECRET_KEY = "${KEY.slice(0, 20)}" "${KEY.slice(20)}"\n` },
  ],
  [
    "as the secret key of another module",
    KEY,
    {
      "settings.py": `${SETTINGS}from keys import *\nDEBUG = True\n`,
      "keys.py": `SECRET_KEY = "${KEY}"\n`,
    },
  ],
  [
    "as the secret key on the line of a call",
    KEY,
    { "settings.py": `${SETTINGS}SECRET_KEY = "${KEY}"; eval(x)\n` },
  ],
  [
    "on the line of a wrong setting",
    TOKEN,
    { "settings.py": `${SETTINGS}DEBUG = True; TOKEN = "${TOKEN}"\n` },
  ],
  ["behind a wrong setting", TOKEN, { "settings.py": `${SETTINGS}DEBUG = True  # ${TOKEN}\n` }],
  ["as the value of a wrong setting", TOKEN, { "settings.py": `${SETTINGS}DEBUG = "${TOKEN}"\n` }],
  ["among the hosts", TOKEN, { "settings.py": `${SETTINGS}ALLOWED_HOSTS = ["*", "${TOKEN}"]\n` }],
  [
    "in a template",
    TOKEN,
    {
      "manage.py": "import django\n",
      "templates/a.html": `{% load a %}<form method="post" action="${TOKEN}">{{ a }}</form>\n`,
    },
  ],
  [
    "in a comment that silences",
    TOKEN,
    { "a.py": `eval(x)  # portcullis: ignore[injection/code-eval] uses ${TOKEN}\n` },
  ],
  ["in a comment with a fault", TOKEN, { "a.py": `eval(x)  # portcullis: ignore[${TOKEN}] why\n` }],
  [
    "silenced itself",
    TOKEN,
    { "a.py": `x = "${TOKEN}"  # portcullis: ignore[secrets/github-token] a sample\n` },
  ],
  ["in what is not Python", TOKEN, { "a.py": `${TOKEN} ${TOKEN}\nx = '${TOKEN}\neval(y)\n` }],
  [
    "as a password in a command, known by nothing but its looks",
    LOOKS,
    {
      "a.py": `import os\nfrom flask import request\nos.system("mysql -p ${LOOKS} " + request.args["a"])\n`,
    },
  ],
  [
    "in an address within code that is quoted",
    "hunter-number-two",
    { "a.py": `eval(get("ftp://me:hunter-number-two@files.internal/a"))\n` },
  ],
  ["in a test", TOKEN, { "tests/a.py": `token = "${TOKEN}"\n` }],
  ["in UTF-8 behind other letters", TOKEN, { "a.py": `é = "😀中"; token = "${TOKEN}"; eval(x)\n` }],
  ["behind tabs and CRLF", TOKEN, { "a.py": `if a:\r\n\ttoken = "${TOKEN}"; eval(x)\r\n` }],
];

describe("a secret is shown by kind and place, never by its text:", () => {
  it.each(PLANTED)("%s", async (_what, secret, files) => {
    const scanned = await scanOf(files);
    expect(scanned.new.length + scanned.suppressed.length).toBeGreaterThan(0);
    const blank = Object.fromEntries(Object.keys(files).map((path) => [path, "\n"]));
    const added = await reviewOf(blank, files);
    const removed = await reviewOf(files, blank);
    const kept = await reviewOf(
      files,
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `${text}# more\n`])),
    );
    for (const result of [scanned, added, removed, kept]) {
      const said = JSON.stringify(result);
      for (const form of formsOf(secret)) expect(said).not.toContain(form);
    }
  });
});

it("masks a secret with as many signs, and nothing else of its line", async () => {
  const { new: found } = await scanOf({ "a.py": `eval(x); token = "${TOKEN}"  # why\n` });
  const lines = found.map((one) => one.excerpt?.lines);
  expect(lines).toEqual(found.map(() => [`eval(x); token = "${"*".repeat(TOKEN.length)}"  # why`]));
  expect(found.map((one) => one.ruleId).sort()).toEqual([
    "injection/code-eval",
    "secrets/github-token",
  ]);
});

it("shows at most eight lines of a finding", async () => {
  const { new: found } = await scanOf({ "a.py": `eval(\n${"    a,\n".repeat(30)})\n` });
  expect(found.map((one: Finding) => one.excerpt?.lines.length)).toEqual([8]);
});

describe("a secret is known again", () => {
  it("where it moves to another file, or into other quotes", async () => {
    const base = { "a.py": `x = "${TOKEN}"\n`, "b.py": "\n" };
    const head = { "a.py": "\n", "b.py": `y = ['${TOKEN}']\n` };
    const { new: found, fixed, unchanged } = await reviewOf(base, head);
    expect([found.length, fixed.length, unchanged.length]).toEqual([0, 0, 1]);
  });

  it("but another one in its place is new", async () => {
    const other = makeUp("gho_[A-Za-z0-9]{30}<checksum>");
    const { new: found, fixed } = await reviewOf(
      { "a.py": `x = "${TOKEN}"\n` },
      { "a.py": `x = "${other}"\n` },
    );
    expect([found.length, fixed.length]).toEqual([1, 1]);
  });
});

it.each([
  ["decoys of a token", "ghp_a"],
  ["decoys of a key", "-----BEGIN PRIVATE KEY-----\n"],
  ["decoys of many kinds", "AKIA SG. xoxb- sk_live_ AIza pypi- "],
])("finds a token behind many %s", async (_what, decoy) => {
  const { new: found } = await scanOf({
    "a.txt": `${decoy.repeat(150_000 / decoy.length)}\n${TOKEN}\n`,
  });
  expect(found.map((one) => one.ruleId)).toEqual(["secrets/github-token"]);
});
