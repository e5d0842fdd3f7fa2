// Which files data of a source may come to, told by their text and by that of what they import.
import { expect, it } from "vitest";
import type { FileUnit, Project } from "../../src/analyzers/analyzer.ts";
import { TaintMatch } from "../../src/analyzers/taint/match.ts";
import { SourceTests } from "../../src/analyzers/taint/sources.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { resolveModule } from "../../src/python/index.ts";
import { models } from "../support/python.ts";

type Files = Readonly<Record<string, string>>;

function projectOf(files: Files, isAtHand: boolean): Project {
  const paths = new Set(Object.keys(files));
  return {
    models,
    config: defaultConfig,
    paths,
    read: (path) => files[path],
    ...(isAtHand && { tells: (path, question) => question.ask(files[path] ?? "") }),
    file: () => undefined,
    once: (_, make) => make(projectOf(files, isAtHand)),
    resolve: (from, dotted, level) => resolveModule((path) => paths.has(path), from, dotted, level),
    nameOf: (path) => path,
  };
}

function mayHold(from: string[], files: Files, isAtHand = true): boolean {
  const match = TaintMatch.parse({ harm: "sql", from, to: [{ call: "sink.sql" }] });
  const unit: FileUnit = {
    path: "a.py",
    text: files["a.py"] ?? "",
    words: new Set(),
    triggers: new Map(),
    project: projectOf(files, isAtHand),
    python: () => undefined,
    enter: () => {},
  };
  return new SourceTests(models).of(match)(unit);
}

const FLASK = "from flask import request\ndef asked(): return request.args";
const BASE = "class Base(View):\n  def asked(self): return self.request.GET";

it.each<[string, Files, boolean]>([
  ["names the request", { "a.py": "def show(request): pass" }, true],
  ["is handed values", { "a.py": "def show(name): pass" }, false],
  ["calls who asks", { "a.py": "from b import asked", "b.py": FLASK }, true],
  ["calls who asks, of a package", { "a.py": "from . import b", "b.py": FLASK }, true],
  ["imports a module as a whole", { "a.py": "import b", "b.py": FLASK }, true],
  ["calls who asks nobody", { "a.py": "from b import asked", "b.py": "def asked(): pass" }, false],
  [
    "extends a class that has a request",
    { "a.py": "from b import Base\nclass Show(Base): pass", "b.py": BASE },
    true,
  ],
  [
    "extends one of all that it imports",
    { "a.py": "from b import *\nclass Show(Base): pass", "b.py": BASE },
    true,
  ],
  ["speaks of a request", { "a.py": "# a request\ndef show(name): return 'a request'" }, false],
  ["is annotated in quotes", { "a.py": 'def show(asked: "HttpRequest | None"): pass' }, true],
  ["asks for it by its name", { "a.py": 'def show(self): return getattr(self, "request")' }, true],
  ["asks a view for a part of the address", { "a.py": "class A(View):\n  x = self.kwargs" }, true],
  ["hands keywords on", { "a.py": "class A(Model):\n  def save(self, **kwargs): pass" }, false],
  ["deletes", { "a.py": "class A(Model):\n  def delete(self, name): pass" }, false],
  ["deletes a resource", { "a.py": "class A(Resource):\n  def delete(self, name): pass" }, true],
  ["handles an event", { "a.py": "def handle(event): pass" }, false],
  ["is called for an event", { "a.py": "def handler(event): pass" }, true],
  [
    "extends a view through a package",
    {
      "a.py": "from b import Base\nclass A(Base):\n  x = self.kwargs",
      "b/__init__.py": "from .inner import Base",
      "b/inner.py": "from .views import More\nclass Base(More): pass",
      "b/views.py": "class More(DetailView): pass",
    },
    true,
  ],
  // Who is not handed the request itself cannot hand it on.
  ["imports such a class", { "a.py": "from b import Base\nBase.x", "b.py": BASE }, false],
])("request data and a file that %s", (_, files, expected) => {
  expect(mayHold(["remote"], files)).toBe(expected);
});

it("knows nothing of modules that are not at hand", () => {
  expect(mayHold(["request-input"], { "a.py": "from b import x", "b.py": "" }, false)).toBe(true);
});

it("takes every file where a source has no word of its own", () => {
  expect(mayHold(["error-text"], { "a.py": "run(text)" })).toBe(true);
});

it("finds a number that can be predicted in the module that makes it", () => {
  const code = "import random\ndef code(): return random.random()";
  expect(mayHold(["random"], { "a.py": "from b import code", "b.py": code })).toBe(true);
  expect(mayHold(["random"], { "a.py": "from b import code", "b.py": "" })).toBe(false);
});

it.each<[string, string, string, boolean]>([
  ["is handed a request", "", "def show(request): run(request.GET)", true],
  ["speaks of one", "", "def show(name):\n  # from the request\n  run(name)", false],
  ["stands beside one that is", "def show(request): pass", "def tell(name): run(name)", false],
  ["asks for what is imported", "from flask import request", "def show(): run(request.args)", true],
  ["asks a form", "", "def save(form): run(form.cleaned_data)", true],
  ["asks a view for a part of the address", "", "class A(View):\n  x = self.kwargs", true],
  // Whoever sends messages is one of the program's own parts, as a rule.
  [
    "is handed a message",
    "import pika",
    "def take(ch, method, properties, body): run(body)",
    false,
  ],
])("hostile data and a part of a text that %s", (_, rest, part, expected) => {
  const isHostile = new SourceTests(models).hostileIn(["remote"])(`${rest}\n\n${part}\n`);
  expect(isHostile?.(part) ?? false).toBe(expected);
});
