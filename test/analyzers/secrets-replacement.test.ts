import { describe, expect, it } from "vitest";
import { applyEdits } from "../../src/core/edits.ts";
import { makeUp } from "../../src/rules/index.ts";
import { scanOf } from "../support/review.ts";

const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");

/** The file after the fix of its only finding; undefined where none is offered. `KEY` stands for a token. */
async function fixed(source: string): Promise<string | undefined> {
  const text = source.replaceAll("KEY", TOKEN);
  const { new: found } = await scanOf({ "a.py": text }, { rules: ["secrets/github-token"] });
  expect(found).toHaveLength(1);
  const edits = found[0]?.fix?.edits;
  return edits === undefined ? undefined : applyEdits(text, edits);
}

describe("a secret that is all that a name is given is read from the environment instead", () => {
  it.each([
    [
      "a variable",
      'import os\nGITHUB_TOKEN = "KEY"\n',
      'import os\nGITHUB_TOKEN = os.environ["GITHUB_TOKEN"]\n',
    ],
    [
      "one with a type",
      'import os\ntoken: str = "KEY"  # why\n',
      'import os\ntoken: str = os.environ["TOKEN"]  # why\n',
    ],
    [
      "an attribute",
      "import os\nself.githubToken = 'KEY'\n",
      'import os\nself.githubToken = os.environ["GITHUB_TOKEN"]\n',
    ],
    [
      "a keyword",
      'import os\nlogin(user="me", api_token="KEY")\n',
      'import os\nlogin(user="me", api_token=os.environ["API_TOKEN"])\n',
    ],
    [
      "a member",
      'import os\nX = {"github-token": "KEY", "b": 1}\n',
      'import os\nX = {"github-token": os.environ["GITHUB_TOKEN"], "b": 1}\n',
    ],
    [
      "an item",
      'import os\nCONFIG["TOKEN"] = "KEY"\n',
      'import os\nCONFIG["TOKEN"] = os.environ["TOKEN"]\n',
    ],
    [
      "in a function",
      'import os\ndef f():\n    token = "KEY"\n    g(token)\n',
      'import os\ndef f():\n    token = os.environ["TOKEN"]\n    g(token)\n',
    ],
    [
      "without the import",
      'import sys\nTOKEN = "KEY"\n',
      'import os\nimport sys\nTOKEN = os.environ["TOKEN"]\n',
    ],
    ["without any import", 'TOKEN = "KEY"\n', 'import os\n\nTOKEN = os.environ["TOKEN"]\n'],
    [
      "behind a docstring and the future",
      '"""About."""\nfrom __future__ import annotations\nTOKEN = "KEY"\n',
      '"""About."""\nfrom __future__ import annotations\nimport os\n\nTOKEN = os.environ["TOKEN"]\n',
    ],
    [
      "with other line ends",
      'import sys\r\nTOKEN = "KEY"\r\n',
      'import os\r\nimport sys\r\nTOKEN = os.environ["TOKEN"]\r\n',
    ],
  ])("%s", async (_what, source, expected) => {
    expect(await fixed(source)).toBe(expected);
  });
});

describe("what the module reads the environment with is used:", () => {
  it.each([
    [
      "decouple",
      'from decouple import config\nTOKEN = "KEY"\n',
      'from decouple import config\nTOKEN = config("TOKEN")\n',
    ],
    [
      "django-environ, under a name of the project's",
      'import environ\nenvironment = environ.Env(DEBUG=(bool, False))\nTOKEN = "KEY"\n',
      'import environ\nenvironment = environ.Env(DEBUG=(bool, False))\nTOKEN = environment("TOKEN")\n',
    ],
    [
      "environs, under another name",
      'from environs import Env as E\nenv = E()\nX = {"token": "KEY"}\n',
      'from environs import Env as E\nenv = E()\nX = {"token": env("TOKEN")}\n',
    ],
    [
      "the standard library, where two of them could be meant",
      'import os\nfrom decouple import config\nimport environ\nenv = environ.Env()\nTOKEN = "KEY"\n',
      'import os\nfrom decouple import config\nimport environ\nenv = environ.Env()\nTOKEN = os.environ["TOKEN"]\n',
    ],
    [
      "and where it comes later",
      'import os\nTOKEN = "KEY"\nfrom decouple import config\n',
      'import os\nTOKEN = os.environ["TOKEN"]\nfrom decouple import config\n',
    ],
    [
      "and where its name is given to something else",
      'import os\nfrom decouple import config\nconfig = load()\nTOKEN = "KEY"\n',
      'import os\nfrom decouple import config\nconfig = load()\nTOKEN = os.environ["TOKEN"]\n',
    ],
  ])("%s", async (_what, source, expected) => {
    expect(await fixed(source)).toBe(expected);
  });
});

it.each([
  ["a part of a text", 'import os\nurl = "https://KEY@github.com/a"\n'],
  ["bytes", 'import os\ntoken = b"KEY"\n'],
  ["two literals", 'import os\ntoken = "KEY" ""\n'],
  ["a text with holes", 'import os\ntoken = f"KEY{x}"\n'],
  ["an argument without a name", 'import os\nlogin("KEY")\n'],
  ["a docstring", '"""KEY"""\n'],
  ["a comment", "# KEY\n"],
  ["two names at once", 'import os\na = b = "KEY"\n'],
  ["a module in which os is something else", 'os = 1\ntoken = "KEY"\n'],
  ["a module in which os is another", 'import other as os\ntoken = "KEY"\n'],
  ["a module in which a function has its own os", 'import os\ndef f(os):\n    token = "KEY"\n'],
  ["a file that does not parse", 'import os\ntoken = "KEY"\nx = (\n'],
])("offers nothing for %s", async (_what, source) => {
  expect(await fixed(source)).toBeUndefined();
});
