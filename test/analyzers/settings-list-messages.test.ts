// What a finding says of a list of which only some members are wrong.
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const rules = loadRules(
  ruleFiles.filter((file) =>
    /^models\/|\/(?:allowed-hosts-wildcard|security-check-silenced|referrer-policy-\w+)\.yml$/.test(
      file.path,
    ),
  ),
  matchSchemas,
);

const START = `import os
import environ
env = environ.Env()
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
`;

/** The first clause of each finding of a settings module that begins like others. */
async function told(text: string): Promise<string[]> {
  const tree = memoryTree({ "shop/settings.py": `${START}${text}\n` });
  const { new: found } = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  return found.map(({ message }) => message.split(/, (?=so |which )/)[0] ?? "");
}

describe("names the variables that decide whether a member is in a list", () => {
  const any = "`ALLOWED_HOSTS` lists `*`";
  const unset = (name: string) => `${any} while the environment variable \`${name}\` is unset`;
  it.each([
    ['ALLOWED_HOSTS = ["a"] + os.environ.get("MORE", "*").split(",")', unset("MORE")],
    ['ALLOWED_HOSTS = os.getenv("A", "a").split(",") + os.getenv("B", "*").split(",")', unset("B")],
    [
      'ALLOWED_HOSTS = (os.getenv("A") or os.getenv("B", "*")).split(",")',
      `${any} while the environment variables \`A\` and \`B\` are unset`,
    ],
    [
      'ALLOWED_HOSTS = os.getenv("A", os.getenv("B", "*")).split()',
      `${any} while the environment variables \`A\` and \`B\` are unset`,
    ],
    ['ALLOWED_HOSTS = ["localhost", os.environ.get("HOST", "*")]', unset("HOST")],
    [
      'ALLOWED_HOSTS = env.list("A", default=["a"])\nALLOWED_HOSTS.extend(os.environ.get("MORE", "* b").split())',
      unset("MORE"),
    ],
    [
      'ALLOWED_HOSTS = []\nfor one in os.environ.get("A", "a,*").split(","):\n    ALLOWED_HOSTS.append(one.strip())',
      unset("A"),
    ],
    [
      'ALLOWED_HOSTS = os.environ.get("A", "a").split()\nif not os.environ.get("STRICT"):\n    ALLOWED_HOSTS.append("*")',
      `${any} under \`if not os.environ.get("STRICT")\` while the environment variable \`STRICT\` is unset`,
    ],
    ['ALLOWED_HOSTS = os.environ.get("A", "a").split()\nALLOWED_HOSTS += ["*"]', any],
    [
      'ALLOWED_HOSTS = os.environ.get("A", "a").split()\nALLOWED_HOSTS = [*ALLOWED_HOSTS, "*"]',
      any,
    ],
    ['DEFAULT = ["*"]\nALLOWED_HOSTS = env.list("A", default=DEFAULT)', unset("A")],
    [
      'try:\n    ALLOWED_HOSTS = os.environ["A"].split()\nexcept KeyError:\n    ALLOWED_HOSTS = ["*"]',
      unset("A"),
    ],
    [
      'import csv, io\nALLOWED_HOSTS = next(csv.reader(io.StringIO(os.getenv("A", "a,*"))))',
      unset("A"),
    ],
    ['import re\nALLOWED_HOSTS = re.split("[;,]", os.getenv("A", "a;*"))', unset("A")],
    ['import shlex\nALLOWED_HOSTS = shlex.split(os.getenv("A", "a \'*\'"))', unset("A")],
  ])("%s", async (text, expected) => {
    expect(await told(text)).toEqual([expected]);
  });
});

describe("names all members that are wrong, and no others", () => {
  it.each([
    [
      'SILENCED_SYSTEM_CHECKS = ["models.W042", "security.W004", "security.W008"]',
      "`SILENCED_SYSTEM_CHECKS` hides `security.W004` and `security.W008`",
    ],
    [
      'SILENCED_SYSTEM_CHECKS = [f"security.W{n:03}" for n in range(1, 13)]',
      "`SILENCED_SYSTEM_CHECKS` hides `security.W001`, `security.W002`, `security.W003`, `security.W004`, `security.W005`, `security.W006` and 6 more",
    ],
    [
      'SECURE_REFERRER_POLICY = ["same-orgin", "origin", "non"]',
      "`SECURE_REFERRER_POLICY` holds `same-orgin` and `non`",
    ],
    [
      'SECURE_REFERRER_POLICY = "origin, same-orgin"',
      "`SECURE_REFERRER_POLICY` holds `same-orgin`",
    ],
    ['SECURE_REFERRER_POLICY = ""', '`SECURE_REFERRER_POLICY` is `""`'],
    [
      'SECURE_REFERRER_POLICY = os.getenv("POLICY", "no-referrer,unsafe-url")',
      "`SECURE_REFERRER_POLICY` ends in `unsafe-url` while the environment variable `POLICY` is unset",
    ],
    ['SECURE_REFERRER_POLICY = ["unsafe-url"]', "`SECURE_REFERRER_POLICY` is `unsafe-url`"],
  ])("%s", async (text, expected) => {
    expect(await told(text)).toEqual([expected]);
  });
});
