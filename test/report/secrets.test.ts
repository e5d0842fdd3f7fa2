import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { WordFinder } from "../../src/core/word-finder.ts";
import { formats, type Report } from "../../src/report/index.ts";
import { loadRules, makeUp } from "../../src/rules/index.ts";
import { reviewOf, scanOf } from "../support/review.ts";

const { rules } = loadRules(ruleFiles, matchSchemas);
const PEM = ["RSA PRIVATE KEY", "PRIVATE KEY"].map(
  (kind) =>
    `-----BEGIN ${kind}-----\\n${makeUp("[A-Za-z0-9+/]{64}")}\\n${makeUp("[A-Za-z0-9+/]{48}")}\\n-----END ${kind}-----`,
);
/** A made-up secret of every format, with the name that it needs. */
const PLANTED = [
  ...rules.flatMap((rule) =>
    formatsOf(rule.match)
      .filter(({ at, secret }) => at !== "beside" && secret !== false)
      .map(({ at, keywords, sample, pattern }) => ({
        name: at === "name" ? (keywords[0] ?? "").replace(/_$/, "") : "service",
        secret: makeUp(sample ?? pattern),
      })),
  ),
  ...PEM.map((secret) => ({ name: "tls", secret })),
];

interface Format {
  readonly at?: string;
  readonly secret?: boolean;
  readonly keywords: readonly string[];
  readonly sample?: string;
  readonly pattern: string;
}

function formatsOf(match: unknown): readonly Format[] {
  return (match as { formats?: readonly Format[] }).formats ?? [];
}

/** What must not be read anywhere: the part of a secret behind its prefix, plain, in base64 at any offset, and in a URL. */
function formsOf(secret: string): string[] {
  const parts = secret.startsWith("-----") ? secret.split("\\n").slice(1, -1) : [secret.slice(8)];
  return parts
    .filter((part) => part.length >= 12)
    .flatMap((part) => [
      part,
      encodeURIComponent(part),
      ...[0, 1, 2].map((offset) =>
        Buffer.from("\0".repeat(offset) + part)
          .toString("base64")
          .slice(4, -4),
      ),
    ]);
}

/** Secrets that only their place tells, each on its line and within another flaw. */
const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  "auth.py": (secret) => `requests.get(url, auth=("shop", "${secret}")); eval(x)\n`,
  "header.py": (secret) => `headers = {"Authorization": "Bearer ${secret}"}; eval(x)\n`,
  "query.py": (secret) => `eval(get("https://api.shop.io/?a=1&api_key=${secret}"))\n`,
  "settings.py": (secret) => `eval(f("host=db.shop.io user=shop password=${secret}"))\n`,
  "url.py": (secret) => `eval(get("postgres://shop:${secret}@db.shop.io/a"))\n`,
  "statement.py": (secret) => `run("CREATE USER a PASSWORD '${secret}'"); eval(x)\n`,
  "command.py": (secret) => `eval(run("curl -u shop:${secret} https://api.shop.io"))\n`,
  "jwt.py": (secret) => `import jwt\njwt.encode(eval(x), "${secret}")\n`,
  "flask.py": (secret) =>
    `from flask import Flask\napp = Flask(__name__)\napp.secret_key = "${secret}"; eval(x)\n`,
  "keys.py": (secret) => `API_KEYS = {"${secret}": "ada"}; eval(x)\n`,
  ".netrc": (secret) => `machine api.shop.io login shop password ${secret}\n`,
  "main.tf": (secret) => `variable "db_password" {\n  default = "${secret}"\n}\n`,
  "a.ipynb": (secret) =>
    `{"cells": [{"cell_type": "code", "source": [\n"%env API_TOKEN=${secret}\\n"\n]}]}\n`,
  "requirements.txt": (secret) =>
    `--index-url https://bot:${secret}@pypi.shop.io/simple\nshop @ git+https://bot:${secret}@git.shop.io/shop.git\n`,
  "package.json": (secret) =>
    `{"dependencies": {"shop": "git+https://bot:${secret}@git.shop.io/shop.git"}}\n`,
  "broken.yml": (secret) => `a: [b\n  c: }\nshop_password: ${secret}\n`,
  "broken.toml": (secret) => `[a\nshop_password = "${secret}"\n`,
  "broken.py": (secret) => `def f(:\n# password = "${secret}"\nx = = "${secret}"; eval(x)\n`,
  "gunicorn.py": (secret) => `raw_env = ["API_TOKEN=${secret}"]; eval(x)\n`,
  "options.py": (secret) => `parser.add_argument("--api-key", default="${secret}"); eval(x)\n`,
  "compose.yaml": (secret) => `environment:\n  API_TOKEN: "\${API_TOKEN:-${secret}}"\n`,
  "deploy.sh": (secret) => `curl -H "X-Api-Key: ${secret}" https://api.shop.io\n`,
};
const PLACED = Object.entries(PLACES).map(([path, textWith]) => {
  const secret = makeUp("[A-Za-z0-9]{20}7[A-Za-z0-9]{20}4");
  return { secret, path: `placed/${path}`, text: textWith(secret) };
});

const words = [...new Set([...PLANTED, ...PLACED].flatMap(({ secret }) => formsOf(secret)))];
const finder = new WordFinder(words.map((text) => ({ text, whole: false })));

function secretsIn(text: string): string[] {
  const found = new Set<string>();
  finder.find(Buffer.from(text), (word) => found.add(words[word]?.slice(0, 6) ?? ""));
  return [...found];
}

/** Every secret in a program, beside and within other flaws, in an environment file, and in YAML. */
const FILES: Readonly<Record<string, string>> = Object.fromEntries([
  ...PLACED.map(({ path, text }) => [path, text]),
  ...PLANTED.flatMap(({ name, secret }, index) => [
    [
      `${index}/app.py`,
      `import os\n${name}_api_token = "${secret}"; eval(x)\neval(y + "${name}_api_token='${secret}'")\n`,
    ],
    [`${index}/.env`, `DEBUG=1\n${name.toUpperCase()}_API_TOKEN=${secret}\n`],
    [`${index}/app.yml`, `app:\n  ${name}_api_token: ${secret}\n`],
  ]),
]);
const EMPTY = Object.fromEntries(Object.keys(FILES).map((path) => [path, "\n"]));

it.each([
  ["a scan", "scan", () => scanOf(FILES)],
  ["a review that adds them", "review", () => reviewOf(EMPTY, FILES)],
  ["a review that takes them out", "review", () => reviewOf(FILES, EMPTY)],
] as const)("no report of %s holds a secret, in whatever format", async (_what, command, run) => {
  const review = await run();
  const found = [...review.new, ...review.fixed];
  expect(found.length).toBeGreaterThan(PLANTED.length);
  const places = new Set(found.filter((one) => /^secrets/.test(one.ruleId)).map((one) => one.path));
  expect(PLACED.map((one) => one.path).filter((path) => !places.has(path))).toEqual([]);
  const report: Report = {
    review,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    version: "1.2.3",
    colour: false,
    failOn: "low",
    command,
  };
  expect(secretsIn(JSON.stringify(review))).toEqual([]);
  for (const format of formats)
    expect([format.id, secretsIn(format.render(report))]).toEqual([format.id, []]);
});

it("would find them", () => {
  const [first = ""] = Object.values(FILES);
  expect(secretsIn(first)).not.toEqual([]);
  expect(secretsIn(encodeURIComponent(first))).not.toEqual([]);
  expect(secretsIn(Buffer.from(first).toString("base64"))).not.toEqual([]);
});
