import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { extendedBy, scopeOfClass, settingsClasses } from "../../src/analyzers/settings-classes.ts";
import { bindingIn } from "../../src/python/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { runModule, show } from "../support/python.ts";

const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);
const facts = models.settings.find((one) => (one.classes?.base.length ?? 0) > 0);
const HEAD = "from configurations import Configuration, values\n";

/** The classes of a module that no other extends, each with the value of one setting. */
function valuesIn(files: Readonly<Record<string, string>>, setting: string): string[] {
  const { interpreter, scope } = runModule(files, "m.py");
  const form = facts?.classes;
  if (facts === undefined || form === undefined) throw new Error("no facts");
  const classes = settingsClasses(interpreter, scope, facts, form, new Set());
  const extended = extendedBy(interpreter, classes);
  return classes
    .filter((one) => !extended.has(one))
    .map((one) => {
      const names = scopeOfClass(interpreter, scope, one, form, facts.defaults);
      return `${one.name} ${show(bindingIn(names, setting)?.value)}`;
    });
}

describe("the settings that a class comes to", () => {
  it.each([
    ["set in it", "class A(Configuration):\n  DEBUG = True\n", ["A True"]],
    ["not set", "class A(Configuration):\n  OTHER = True\n", ["A unset"]],
    [
      "one for each class that no other extends",
      "class A(Configuration):\n  DEBUG = True\nclass B(A):\n  DEBUG = 1\nclass C(A): pass\n",
      ["B 1", "C True"],
    ],
    ["the default wins over the module", "DEBUG = 1\nclass A(Configuration): pass\n", ["A unset"]],
    [
      "a plain mixin on the left wins",
      "class M:\n  DEBUG = 1\nclass A(Configuration):\n  DEBUG = 2\nclass B(M, A): pass\n",
      ["B 1"],
    ],
    [
      "a plain mixin that does not set it leaves it",
      "class M:\n  OTHER = 1\nclass A(Configuration):\n  DEBUG = 2\nclass B(M, A): pass\n",
      ["B 2"],
    ],
    [
      "a mixin that is itself such a class brings the default",
      "class M(Configuration):\n  OTHER = 1\nclass A(Configuration):\n  DEBUG = 2\nclass B(M, A): pass\n",
      ["B unset"],
    ],
    [
      "to the right of the base it brings nothing",
      "class M(Configuration):\n  OTHER = 1\nclass A(Configuration):\n  DEBUG = 2\nclass B(A, M): pass\n",
      ["B 2"],
    ],
    [
      "a property",
      "class A(Configuration):\n  N = 1\n  @property\n  def DEBUG(self): return self.N + 1\n",
      ["A 2"],
    ],
    ["a method", "class A(Configuration):\n  def DEBUG(self): return 3\n", ["A 3"]],
    [
      "a class method that runs first",
      "class A(Configuration):\n  @classmethod\n  def pre_setup(cls):\n    cls.DEBUG = 4\n",
      ["A 4"],
    ],
    [
      "a list of the base that is added to",
      "class A(Configuration):\n  DEBUG = [1]\nclass B(A):\n  DEBUG = A.DEBUG + [2]\n",
      ["B [1, 2]"],
    ],
    [
      "a property that asks the base",
      "class A(Configuration):\n  @property\n  def DEBUG(self): return [1]\nclass B(A):\n  @property\n  def DEBUG(self): return super().DEBUG + [2]\n",
      ["B [1, 2]"],
    ],
    [
      "named after its variable",
      "class A(Configuration):\n  DEBUG = values.BooleanValue(False)\n",
      ["A False~DJANGO_DEBUG"],
    ],
    [
      "with a prefix and a name of its own",
      "class A(Configuration):\n  DEBUG = values.Value('a', environ_name='B', environ_prefix='C')\n",
      ['A "a"~C_B'],
    ],
    [
      "without a prefix",
      "class A(Configuration):\n  DEBUG = values.Value('a', environ_prefix=None)\n",
      ['A "a"~DEBUG'],
    ],
    [
      "that no variable decides",
      "class A(Configuration):\n  DEBUG = values.Value('a', environ=False)\n",
      ['A "a"'],
    ],
    [
      "that must be given",
      "class A(Configuration):\n  DEBUG = values.SecretValue()\n",
      ["A env DJANGO_DEBUG"],
    ],
    [
      "that must be given, whatever the default",
      "class A(Configuration):\n  DEBUG = values.Value('a', environ_required=True)\n",
      ["A env DJANGO_DEBUG"],
    ],
    [
      "an address",
      "class A(Configuration):\n  DEBUG = values.DatabaseURLValue('sqlite:///a')\n  X = 1\n",
      [
        'A {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "a", "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}}~DATABASE_URL',
      ],
    ],
  ])("%s", (_what, source, expected) => {
    expect(valuesIn({ "m.py": HEAD + source }, "DEBUG")).toEqual(expected);
  });

  it("also where the class comes from another module", () => {
    const files = {
      "m.py": "from base import Base\nclass A(Base): pass\n",
      "base.py": `${HEAD}class Base(Configuration):\n  DEBUG = 5\n`,
    };
    expect(valuesIn(files, "DEBUG")).toEqual(["A 5"]);
  });
});
