// Names that every object of JavaScript has of its own accord, in what other people write: none of them is a key of any table of ours.
import { expect, it } from "vitest";
import { placesOf, scanOf } from "../support/review.ts";

const NAMES = Object.getOwnPropertyNames(Object.prototype);

/** A flaw that is found where nothing goes wrong in the lines before it. */
const flawAfter = (lines: string, before = "") => `from flask import request
${before}
def find(cursor):
    x = request.args["name"]
    known = "a"
${lines.replace(/^(?=.)/gm, "    ")}
    cursor.execute("SELECT * FROM t WHERE name = '" + x + "'")
`;

/** What stands before the flaw, in the function and in the module. */
const programs: Readonly<Record<string, (name: string) => readonly [string, string?]>> = {
  "types.py": (name) => [
    `if isinstance(known, ${name}) or isinstance(x, (builtins.${name}, other.${name})): pass\nisinstance(known, builtins.${name})`,
    "import builtins",
  ],
  "bases.py": (name) => [
    "a = A(b=1)\na['b'], a.get(), B()[1], B().get()",
    `import builtins
from django.db import models
class A(builtins.${name}):
    ${name} = [Other]
    permission_classes = [${name}]
    def get(self):
        return super().${name}
class B(other.${name}, models.Model):
    email = models.EmailField(unique=True, ${name}=1)
    def get(self, **given):
        return super().get(${name}=1)`,
  ],
  "errors.py": (name) => [
    `try:\n    raise builtins.${name}("no")\nexcept (${name}, builtins.${name}, KeyError):\n    pass`,
    "import builtins",
  ],
  "operators.py": (name) => [
    `operator.${name}(1, 2) + operator.${name}("a", "b") + operator.${name}("a")`,
    "import operator",
  ],
  "patterns.py": (name) => [
    `re.${name}("a", known, re.I), re.match("a", known, re.${name}), re.match("a", known, ${name})`,
    "import re",
  ],
  "texts.py": (name) => [
    `json.loads('{"${name}": 1}')["${name}"], {"${name}": 2}["${name}"], "{${name}}".format(${name}=1)`,
    "import json",
  ],
  "addresses.py": (name) => [`url = "${name}://shop:Xk9vQ2mZ7pL4@db.acme-shop.net/shop"`],
};
const settings = (name: string) => `import environ
env = environ.Env(${name}=(bool, True))
INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = []
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": env.db(default="${name}://a:b@c/d", ${name}=True)}
CACHES = {"default": env.cache("${name}", default="${name}://a:b@c/d")}
`;
const filesFor = (name: string) => ({
  ...Object.fromEntries(
    Object.entries(programs).map(([path, write]) => [path, flawAfter(...write(name))]),
  ),
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
  "settings.py": settings(name),
});

it("names of objects in a program hide nothing", async () => {
  const plain = await scanOf(filesFor("plain"));
  expect(placesOf(plain.new).length).toBeGreaterThan(Object.keys(programs).length);
  for (const name of NAMES) {
    const { new: found, skipped } = await scanOf(filesFor(name));
    expect(skipped, name).toEqual([]);
    expect(placesOf(found), name).toEqual(placesOf(plain.new));
  }
});
