import { describe, expect, it } from "vitest";
import { runModule, show } from "../support/python.ts";

/** The final value of `X` in `main.py`, or in the module named, of a tree. */
const x = (files: Readonly<Record<string, string>>, path = "main.py", eager = true) =>
  runModule(files, path, { eager }).value("X");

describe("a settings module that builds on others", () => {
  const base = "DEBUG = False\nAPPS = ['a']\nMIDDLEWARE = ['m.A', 'm.B']\n_HIDDEN = 1\n";
  it.each([
    ["from base import *\nX = DEBUG", "False"],
    ["from base import *\nDEBUG = True\nX = DEBUG", "True"],
    ["from base import *\nAPPS += ['b']\nX = APPS", '["a", "b"]'],
    ["from base import *\nAPPS.append('b')\nimport base\nX = base.APPS", '["a", "b"]'],
    ["from base import *\nMIDDLEWARE.remove('m.A')\nX = MIDDLEWARE", '["m.B"]'],
    [
      "from base import *\nMIDDLEWARE = [m for m in MIDDLEWARE if m != 'm.A']\nX = MIDDLEWARE",
      '["m.B"]',
    ],
    [
      "from base import *\nMIDDLEWARE.insert(MIDDLEWARE.index('m.B'), 'm.C')\nX = MIDDLEWARE",
      '["m.A", "m.C", "m.B"]',
    ],
    ["from base import *\nX = _HIDDEN", "?"],
    ["from base import _HIDDEN as H\nX = H", "1"],
    ["import base as b\nX = b.DEBUG", "False"],
    ["import base\nX = getattr(base, 'DEBUG', 7)", "False"],
    ["import base\nX = getattr(base, 'MISSING', 7)", "7"],
    ["X = 1\nif unknown:\n  from base import *\n  X = DEBUG", "False | 1"],
    ["def f():\n  from base import DEBUG\n  return DEBUG\nX = f()", "False"],
    ["try:\n  from .missing import *\nexcept ImportError:\n  DEBUG = True\nX = DEBUG", "True"],
    [
      "try:\n  from .missing import DEBUG\nexcept ModuleNotFoundError:\n  DEBUG = 7\nX = DEBUG",
      "7",
    ],
    ["DEBUG = 1\ntry:\n  from .missing import *\nexcept ImportError:\n  pass\nX = DEBUG", "1"],
    [
      "DEBUG = 1\ntry:\n  from .missing import *\n  DEBUG = 2\nexcept (ImportError, KeyError) as e:\n  pass\nX = DEBUG",
      "1",
    ],
    [
      "DEBUG = 1\ntry:\n  from local_settings import *\nexcept ImportError:\n  pass\nX = DEBUG",
      "1",
    ],
    [
      "try:\n  from .missing import DEBUG\nexcept ImportError as e:\n  raise RuntimeError('Copy it') from e\nX = DEBUG",
      "?",
    ],
    ["try:\n  from base import NOT_THERE\nexcept ImportError:\n  X = 7", "7"],
    [
      "try:\n  try:\n    from .missing import DEBUG as X\n  except ImportError:\n    from base import DEBUG as X\nexcept ImportError:\n  X = 7",
      "False",
    ],
    [
      "import contextlib\nX = 1\nwith contextlib.suppress(ImportError):\n  from base import DEBUG as X",
      "False",
    ],
    ["from base import *\nfrom base import *\nX = APPS", '["a"]'],
    [
      "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\nfrom apart import DEBUG as X",
      "5",
    ],
    ["from apart import DEBUG as X", "apart.DEBUG"],
    ["from main import *\nX = 1", "1"],
  ])("%j", (main, expected) => {
    const files = { "main.py": `${main}\n`, "base.py": base, "lib/apart.py": "DEBUG = 5\n" };
    expect(x(files)).toBe(expected);
  });

  it.each([
    "from .base import MIDDLEWARE\nMIDDLEWARE.remove('a')\n",
    "from .base import MIDDLEWARE\nMIDDLEWARE += ['c']\nMIDDLEWARE.pop(0)\n",
    "from . import base\nif True:\n  del base.MIDDLEWARE[0]\n",
    "from .base import *\nfrom .base import MIDDLEWARE as M\nM[:] = [m for m in M if m != 'a']\n",
    "from .base import *\nMIDDLEWARE.remove('a')\n",
  ])("sees a list that a neighbour changes while it is imported: %j", (extra) => {
    const files = {
      "p/__init__.py": "",
      "p/base.py": "MIDDLEWARE = ['a', 'b']\n",
      "p/extra.py": extra,
    };
    const shown = (main: string) => x({ ...files, "p/main.py": main }, "p/main.py");
    const expected = extra.includes("'c'") ? '["b", "c"]' : '["b"]';
    expect(shown("from .base import *\nfrom . import extra\nX = MIDDLEWARE\n")).toBe(expected);
    expect(shown("from .base import *\nimport p.extra\nX = MIDDLEWARE\n")).toBe(expected);
    expect(shown("from .base import *\nX = MIDDLEWARE\n")).toBe('["a", "b"]');
  });

  it("takes only what __all__ lists", () => {
    const files = { "main.py": "from base import *\nX = [A, _B, C]\n" };
    const listed = "__all__ = ['A', '_B']\nA = 1\n_B = 2\nC = 3\n";
    expect(x({ ...files, "base.py": listed })).toBe("[1, 2, ?]");
    const extended = "A = 1\n_B = 2\nC = 3\n__all__ = ['A']\n__all__ += ['C']\n";
    expect(x({ ...files, "base.py": extended })).toBe("[1, ?, 3]");
  });

  it("takes from a package what it binds itself, not the module of that name", () => {
    const files = {
      "main.py": "from conf import conf, other\nX = [conf, other.A]\n",
      "conf/__init__.py": "from .conf import conf\n",
      "conf/conf.py": "conf = 1\n",
      "conf/other.py": "A = 2\n",
    };
    expect(x(files)).toBe("[1, 2]");
  });

  it("follows a chain of packages", () => {
    const files = {
      "conf/__init__.py": "",
      "conf/settings/__init__.py": "from .production import *\n",
      "conf/settings/base.py": "from ..names import NAME\nX = [NAME]\n",
      "conf/settings/production.py": "from .base import *\nX.append('p')\n",
      "conf/names.py": "NAME = 'n'\n",
    };
    expect(x(files, "conf/settings/__init__.py")).toBe('["n", "p"]');
  });

  it("keeps the place where a name was really set", () => {
    const { scope } = runModule(
      { "main.py": "from base import *\n", "base.py": "\n\nX = 1\n" },
      "main.py",
    );
    const site = scope.names.get("X")?.content?.site;
    expect([site?.file.path, site?.node.lineno]).toEqual(["base.py", 3]);
  });

  it("tells through which modules a name came", () => {
    const { scope } = runModule(
      {
        "live.py": "from base import *\nA += [2]\nfrom local import *\n",
        "base.py": "from common import *\nB = 1\n",
        "common.py": "A = [1]\nC = 1\n",
        "local.py": "D = 1\n",
      },
      "live.py",
    );
    const through = (name: string) => scope.names.get(name)?.content?.through;
    expect([through("A"), through("B"), through("C"), through("D")]).toEqual([
      undefined,
      ["base.py"],
      ["common.py", "base.py"],
      ["local.py"],
    ]);
  });

  it("knows a module that a function entered first, once the function is over", () => {
    const files = {
      "main.py":
        "def a():\n  import base\n  return base.LIST\ndef b():\n  import base\n  return base.LIST\nif unknown:\n  Y = a()\nX = b()\n",
      "base.py": "LIST = [1]\nLIST.append(2)\n",
    };
    expect(x(files)).toBe("[1, 2]");
  });
});

describe("modules that import each other end", () => {
  it.each([
    ["by name", "from b import X, Y\n", "from a import Y\nX = 1\n", "1"],
    ["by star", "from b import *\nX = [X]\n", "from a import *\nX = 1\n", "[1]"],
    ["as modules", "import b\nX = b.Z\n", "import a\nZ = 2\n", "2"],
    ["in a circle of names that nobody sets", "from b import X\n", "from a import X\n", "b.X"],
    ["a module that imports itself", "from a import X\nX = 3\n", "", "3"],
  ])("%s", (_what, a, b, expected) => {
    const files = { "a.py": a, "b.py": b };
    expect(x(files, "a.py")).toBe(expected);
    expect(() => runModule(files, "a.py", { eager: false, functions: true })).not.toThrow();
  });

  it("in a circle that classes go round", () => {
    const files = {
      "a.py": "from b import C\nclass D(C): pass\nX = D().y\n",
      "b.py": "from a import C\n",
    };
    expect(() => runModule(files, "a.py", { eager: true })).not.toThrow();
    expect(() => runModule(files, "a.py", { eager: false })).not.toThrow();
  });
});

describe("a name from elsewhere is known by its qualified name", () => {
  const files = {
    "app/__init__.py": "from .db import run as execute\n",
    "app/db.py": "from django.db import connection\nfrom subprocess import run\nNAME = 'n'\n",
    "app/sub/__init__.py": "",
    "app/sub/leaf.py": "VALUE = 4\n",
  };
  it.each([
    ["import os\nX = os.path.join", "os.path.join"],
    ["import os.path\nX = os.path.join", "os.path.join"],
    ["import os.path as p\nX = p.join", "os.path.join"],
    ["from os import path as p\nX = p.join", "os.path.join"],
    ["from os.path import join as j\nX = j", "os.path.join"],
    ["import subprocess as sp\nrun = sp.run\nX = run", "subprocess.run"],
    [
      "from django.db import connection as c\nX = c.cursor().execute",
      "django.db.connection.cursor().execute",
    ],
    [
      "from django.db import connections\nX = connections['a'].cursor()",
      "django.db.connection.cursor()",
    ],
    ["from flask import request\nX = request.args['a']", "flask.request.args[]"],
    ["from os.path import *\nX = join", "os.path.join"],
    ["from os.path import *\nX = len", "builtins.len"],
    ["X = eval", "builtins.eval"],
    ["eval = 1\nX = eval", "1"],
    ["X = __import__('os').system", "builtins.__import__().system"],
    ["with open('a') as f: X = f.read", "builtins.open().read"],
    ["from app import execute\nX = execute", "subprocess.run"],
    ["from app.db import connection\nX = connection.cursor", "django.db.connection.cursor"],
    ["from app.db import *\nX = connection.cursor", "django.db.connection.cursor"],
    ["import app.db\nX = app.db.NAME", '"n"'],
    ["import app.sub.leaf\nX = app.sub.leaf.VALUE", "4"],
    ["from app import sub\nX = sub.leaf.VALUE", "4"],
    ["from app.sub import leaf\nX = leaf.VALUE", "4"],
    ["import app.db as d\nX = d.run", "subprocess.run"],
    ["class A:\n  run = __import__\nX = A.run", "builtins.__import__"],
    ["def f(g=print): return g\nX = f()", "builtins.print"],
    ["X = missing.name", "?.name"],
  ])("%j", (main, expected) => {
    expect(x({ ...files, "main.py": `${main}\n` })).toBe(expected);
  });

  it("resolves relative to a package in src", () => {
    const inSrc = {
      "src/lib/__init__.py": "",
      "src/lib/a.py": "from .b import f\nfrom lib.b import g\nX = [f, g]\n",
      "src/lib/b.py": "from os import system as f, popen as g\n",
    };
    expect(x(inSrc, "src/lib/a.py")).toBe("[os.system, os.popen]");
  });
});

describe("the calls that are seen", () => {
  const callsIn = (source: string) => {
    const { calls } = runModule({ "m.py": source }, "m.py", { eager: false, functions: true });
    return [...new Set(calls.map((call) => `${call.site.node.lineno} ${show(call.callee)}`))];
  };
  it.each([
    ["at the top", "import os\nos.system('a')\n", ["2 os.system"]],
    ["in a function", "import os\ndef f():\n  os.system('a')\n", ["3 os.system"]],
    ["in a method", "import os\nclass C:\n  def f(self):\n    os.system('a')\n", ["4 os.system"]],
    [
      "in a function within one",
      "import os\ndef f():\n  def g():\n    os.system('a')\n",
      ["4 os.system"],
    ],
    [
      "in a branch",
      "import os\nif a:\n  os.system('a')\nelse:\n  os.popen('a')\n",
      ["3 os.system", "5 os.popen"],
    ],
    ["in a loop", "import os\nfor a in b:\n  os.system(a)\n", ["3 os.system"]],
    ["in a handler", "import os\ntry:\n  pass\nexcept E:\n  os.system('a')\n", ["5 os.system"]],
    [
      "behind a handler for an error from elsewhere",
      "import os, r\ndef f():\n  try:\n    raise r.Timeout()\n  except r.Error:\n    pass\n  os.system('a')\n",
      ["4 r.Timeout", "7 os.system"],
    ],
    ["in a comprehension", "import os\nx = [os.system(a) for a in b]\n", ["2 os.system"]],
    ["in a default", "import os\ndef f(a=os.system('a')): pass\n", ["2 os.system"]],
    ["in a decorator", "import os\n@os.system('a')\ndef f(): pass\n", ["2 os.system"]],
    [
      "in the arguments of a class",
      "import os\nclass C(metaclass=os.system('a')): pass\n",
      ["2 os.system"],
    ],
    ["in a formatted text", "import os\nx = f\"{os.system('a')}\"\n", ["2 os.system"]],
    ["in a condition", "import os\nif os.system('a'): pass\n", ["2 os.system"]],
    ["in an assertion", "import os\nassert os.system('a')\n", ["2 os.system"]],
    [
      "in a match",
      "import os\nmatch os.system('a'):\n  case 1 if os.popen('b'): pass\n",
      ["2 os.system", "3 os.popen"],
    ],
    ["in a slice", "import os\nx = a[os.system('a'):]\n", ["2 os.system"]],
    ["awaited", "import os\nasync def f():\n  await os.system('a')\n", ["3 os.system"]],
    ["yielded", "import os\ndef f():\n  yield os.system('a')\n", ["3 os.system"]],
    [
      "under a name given in between",
      "import os\nrun = os.system\ndef f():\n  run('a')\n",
      ["4 os.system"],
    ],
    [
      "under one of two names",
      "import os\nif a:\n  run = os.system\nelse:\n  run = os.popen\nrun('a')\n",
      ["6 os.popen | os.system"],
    ],
    ["on self", "class C:\n  def f(self): self.g()\n  def g(self): pass\n", ["2 function g"]],
    [
      "of what a class elsewhere has",
      "from django.views import View\nclass C(View):\n  def f(self): self.request.GET.get('a')\n",
      ["3 django.views.View().request.GET.get"],
    ],
  ])("%s", (_what, source, expected) => {
    expect(callsIn(source)).toEqual(expected);
  });
});
