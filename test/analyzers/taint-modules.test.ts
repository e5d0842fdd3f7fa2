// Data that goes through other functions of its file, and through other files of the tree.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

/** Where something is found, as `path:line`. */
async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  return (await follow(files)).map((one) => `${one.path}:${one.region.startLine}`).sort();
}

const lines = (...all: readonly string[]) => all.join("\n");

const view = (imports: string, ...body: string[]) =>
  [
    "import sink",
    "from flask import request",
    imports,
    "def view():",
    ...body.map((line) => `    ${line}`),
  ].join("\n");

describe("in one file, data arrives", () => {
  it("in a helper that the view calls", async () => {
    const text = `import sink
from flask import request
def run(sql):
    sink.sql(sql)
def view():
    run("a" + request.args["q"])
def other():
    run("a")
`;
    expect(await found({ "a.py": text })).toEqual(["a.py:4"]);
    const [finding] = await follow({ "a.py": text });
    expect(finding?.trace.map((step) => `${step.region.startLine} ${step.message}`)).toEqual([
      "6 `request.args` is request data",
      '6 goes into `request.args["q"]`',
      '6 goes into `"a" + request.args["q"]`',
      '6 goes into `run("a" + request.args["q"])`',
      "4 reaches `sink.sql`",
    ]);
  });

  it.each([
    [
      "by way of helpers that only hand it on",
      ["def low(x):", "    sink.sql(x)", "def mid(x):", "    low(x)"],
      ["mid(request.args)"],
      ["9 is request data", "9 goes into `mid(request.args)`", "7 goes into `low(x)`"],
    ],
    [
      "from a helper that gives it",
      ["def given():", "    return request.args"],
      ["a = given()", "sink.sql(a)"],
      ["5 is request data", "7 comes out of `given()`"],
    ],
    [
      "from one call or another of a helper",
      ["def given():", "    return request.args"],
      ["a = given()", "b = given()", "sink.sql(a)"],
      ["5 is request data"],
    ],
    [
      "into one helper and then another, and not from other calls of them",
      ["def built(x):", '    return "a" + x', "def run(x):", "    sink.sql(x)"],
      ["a = built(request.args)", 'built("b")', 'run("c")', "run(a)", 'run("d")'],
      [
        "9 is request data",
        "9 goes into `built(request.args)`",
        '5 goes into `"a" + x`',
        "12 goes into `run(a)`",
      ],
    ],
    [
      "in an object",
      [
        "class Query:",
        "    def __init__(self, x):",
        '        self.x = "a" + x',
        "    def run(self):",
        "        sink.sql(self.x)",
      ],
      ["query = Query(request.args)", "query.run()"],
      [
        "10 is request data",
        "10 goes into `Query(request.args)`",
        '6 goes into `"a" + x`',
        "11 goes into `query.run()`",
      ],
    ],
  ])("with the calls that it goes through: %s", async (_name, helpers, body, steps) => {
    const text = [
      "import sink",
      "from flask import request",
      "",
      ...helpers,
      "def view():",
      ...body.map((line) => `    ${line}`),
    ].join("\n");
    const [finding] = await follow({ "a.py": text });
    const told = finding?.trace.map(
      (step) => `${step.region.startLine} ${step.message.replace("`request.args` is", "is")}`,
    );
    expect(told?.slice(0, -1)).toEqual(steps);
  });

  it("in a helper of a helper, and in a method", async () => {
    expect(
      await found({
        "a.py": `import sink
from flask import request
class Runner:
    def __init__(self, sql):
        self.sql = sql
    def run(self):
        sink.sql(self.sql)
def prepare(name):
    Runner("a" + name).run()
def view():
    prepare(request.args["q"])
`,
      }),
    ).toEqual(["a.py:7"]);
  });

  it("in functions that a function defines", async () => {
    expect(
      await found({
        "a.py": `def init(app):
    @app.route("/a")
    def first():
        import sink
        from flask import request
        q = request.args.get("q")
        sink.sql(q)
    @app.route("/b")
    def second():
        import sink
        sink.sql("a")
`,
      }),
    ).toEqual(["a.py:7"]);
  });
});

describe("the path of a request", () => {
  const served = (route: string) => `import sink
from flask import Flask, request
app = Flask(__name__)
@app.route("${route}")
def view():
    sink.sql(request.path.split("/")[1])
`;

  it("is constant where a function serves one path", async () => {
    expect(await found({ "a.py": served("/a/b") })).toEqual([]);
  });

  it("is data where the path has parameters", async () => {
    expect(await found({ "a.py": served("/<name>/b") })).toEqual(["a.py:6"]);
  });
});

describe("across files", () => {
  const helpers = `import html
def same(a):
    return a
def clean(a):
    return html.escape(a)
def constant(a):
    return "b"
def check(a):
    if a not in ("a", "b"):
        raise ValueError(a)
class Wrapper:
    def __init__(self, request):
        self.request = request
    def field(self, name):
        return self.request.form.get(name)
    def safe(self, name):
        return "bar"
class Thing:
    def run(self, a):
        return a
def make():
    return Thing()
`;

  it.each([
    ["a function", "from helpers import same", "sink.html(same(request.args['q']))"],
    ["a module", "import pkg.deep", "sink.html(pkg.deep.same(request.args['q']))"],
    [
      "a function under another name",
      "from helpers import same as s",
      "sink.html(s(request.args['q']))",
    ],
    ["a class", "from helpers import Wrapper", "sink.html(Wrapper(request).field('q'))"],
    ["a factory", "import helpers", "sink.html(helpers.make().run(request.args['q']))"],
    [
      "a module of a package without an `__init__.py`",
      "import loose.deeper.deep",
      "sink.html(loose.deeper.deep.Wrapper(request).field('q'))",
    ],
    ["a package that passes it on", "from pkg import same", "sink.html(same(request.args['q']))"],
    ["a member of the package", "import pkg", "sink.html(pkg.same(request.args['q']))"],
    [
      "what cleans for another kind of sink",
      "from helpers import clean",
      "sink.sql(clean(request.args['q']))",
    ],
    [
      "a module that is not in the tree",
      "from nowhere import same",
      "sink.html(same(request.args['q']))",
    ],
  ])("data goes through %s", async (_name, imports, line) => {
    const files = {
      "views.py": view(imports, line),
      "helpers.py": helpers,
      "pkg/__init__.py": "from .deep import same\n",
      "pkg/deep.py": "def same(a):\n    return f'<{a}>'\n",
      "loose/deeper/deep.py": helpers,
    };
    expect(await found(files)).toEqual(["views.py:5"]);
  });

  it.each([
    ["a member of a package that cleans", "import pkg", "sink.html(pkg.clean(request.args['q']))"],
    ["a function that cleans", "from helpers import clean", "sink.html(clean(request.args['q']))"],
    [
      "one of a package without an `__init__.py`",
      "import loose.deep",
      "sink.html(loose.deep.clean(request.args['q']))",
    ],
    [
      "a function that returns something else",
      "from helpers import constant",
      "sink.html(constant(request.args['q']))",
    ],
    [
      "a method that returns something else",
      "from helpers import Wrapper",
      "sink.html(Wrapper(request).safe('q'))",
    ],
  ])("data does not go through %s", async (_name, imports, line) => {
    const pkg = { "pkg/__init__.py": "from .deep import clean\n", "pkg/deep.py": helpers };
    const files = { "helpers.py": helpers, "loose/deep.py": helpers, ...pkg };
    expect(await found({ "views.py": view(imports, line), ...files })).toEqual([]);
  });

  it("two files may want the same third one", async () => {
    const text = view(
      "from helpers import clean, same",
      "q = same(request.args['q'])",
      "sink.html(clean(q))",
      "sink.html(q)",
    );
    const files = { "a.py": text, "b.py": text, "c.py": text, "helpers.py": helpers };
    expect(await found(files)).toEqual(["a.py:7", "b.py:7", "c.py:7"]);
  });

  it("a check that a helper of another module leaves to a third one counts", async () => {
    const files = {
      "views.py": view("from helpers import next_page", "sink.redirect(next_page(request))"),
      "helpers.py":
        "from checks import is_ours\ndef next_page(request):\n    url = request.args.get('next')\n    if url and is_ours(url):\n        return url\n    return '/'\n",
      "checks.py":
        "from django.utils.http import url_has_allowed_host_and_scheme\ndef is_ours(url):\n    return url_has_allowed_host_and_scheme(url, allowed_hosts=None)\n",
    };
    expect(await found(files)).toEqual([]);
    expect(
      await found({ ...files, "checks.py": "def is_ours(url):\n    return bool(url)\n" }),
    ).toEqual(["views.py:5"]);
  });

  it.each([
    ["a helper that is given the request", "", "check(request)"],
    ["a helper that is asked of the request", "", "if not is_fine(request): return"],
    ["what is around the view", "@checked", "pass"],
  ])(
    "what is read of the request again was checked in another module by %s",
    async (_, above, before) => {
      const views = lines(
        "import sink",
        "from flask import request",
        "from checks import check, checked, is_fine",
        above,
        "def view():",
        `    ${before}`,
        "    sink.sql(request.args['x'])",
      );
      const checks = (test: string) =>
        lines(
          "from functools import wraps",
          "from flask import abort, request as current",
          "def is_fine(request):",
          `    return ${test.replace("current", "request")}`,
          "def check(request):",
          "    if not is_fine(request):",
          "        abort(400)",
          "def insist():",
          `    if not ${test}:`,
          "        abort(400)",
          "def checked(view):",
          "    @wraps(view)",
          "    def inner(*args, **kwargs):",
          "        insist()",
          "        return view(*args, **kwargs)",
          "    return inner",
        );
      const files = { "views.py": views, "checks.py": checks("current.args['x'].isalnum()") };
      expect(await found(files)).toEqual([]);
      const others = { ...files, "checks.py": checks("current.args['y'].isalnum()") };
      expect(await found(others)).toEqual(["views.py:7"]);
    },
  );

  it.each([
    ["escapes what it gives", "html.escape(made(*args))", []],
    ["hands it on", "made(*args)", ["views.py:8"]],
  ])("what another module puts around a helper %s", async (_, result, expected) => {
    const views = lines(
      "import sink",
      "from flask import request",
      "from around import around",
      "@around",
      "def made(text):",
      "    return text",
      "def view():",
      "    sink.html(made(request.args['x']))",
    );
    const inner = lines("    def inner(*args):", `        return ${result}`, "    return inner");
    const around = lines("import html", "def around(made):", inner);
    expect(await found({ "views.py": views, "around.py": around })).toEqual(expected);
  });

  it("a check in another module counts", async () => {
    const text = view(
      "from helpers import check",
      "q = request.args['q']",
      "check(q)",
      "sink.sql(q)",
    );
    expect(await found({ "views.py": text, "helpers.py": helpers })).toEqual([]);
  });
});

describe("what a decorator of another module hands on", () => {
  const guards = (...checks: readonly string[]) => `from flask import request
def with_name(view):
    def inner(*args):
        name = request.args["name"]
${checks.map((line) => `        ${line}\n`).join("")}        return view(name, *args)
    return inner
`;
  const views = `import sink
from flask import request
from guards import with_name
@with_name
def page(name):
    sink.sql("a" + name)
def other():
    return request.args["q"]
`;

  it("arrives in the function", async () => {
    expect(await found({ "guards.py": guards(), "views.py": views })).toEqual(["views.py:6"]);
  });

  it("does no harm where that was checked", async () => {
    const checked = guards('if name not in ("a", "b"):', "    raise ValueError");
    expect(await found({ "guards.py": checked, "views.py": views })).toEqual([]);
  });
});

describe("what another module hands to a helper", () => {
  const db = `import sink
def rows(name):
    return sink.sql("select " + name)
def all_rows(name, table):
    return rows(name + table)
class Store:
    def __init__(self, root):
        self.root = root
    def read(self, name):
        return sink.path(self.root + name)
`;

  it.each([
    ["a function", "from db import rows", "rows(request.args['q'])", "db.py:3"],
    ["a function by its module", "import db", "db.rows(request.args['q'])", "db.py:3"],
    [
      "a helper of the helper",
      "from db import all_rows",
      "all_rows(request.args['q'], 't')",
      "db.py:3",
    ],
    ["a method", "from db import Store", "Store('/srv/').read(request.args['q'])", "db.py:10"],
    ["what a package hands on", "from pkg import rows", "rows(request.args['q'])", "pkg/deep.py:3"],
    ["a member of the package", "import pkg", "pkg.rows(request.args['q'])", "pkg/deep.py:3"],
    ["a module of the package", "import pkg", "pkg.deep.rows(request.args['q'])", "pkg/deep.py:3"],
    [
      "an object that has the name of its module",
      "from pkg import item",
      "item.read(request.args['q'])",
      "pkg/item.py:10",
    ],
    ["what a module hands on", "import given", "given.rows(request.args['q'])", "db.py:3"],
  ])("arrives at the sink in %s", async (_name, imports, line, place) => {
    const files = {
      "db.py": db,
      "given.py": "from db import rows\n",
      "pkg/__init__.py": `from . import deep\nfrom .deep import rows\nfrom .item import item\n__all__ = ["rows"]\n`,
      "pkg/deep.py": db,
      "pkg/item.py": `${db}item = Store('/srv/')\n`,
      "views.py": view(imports, line),
    };
    expect(await found(files)).toEqual([place]);
  });

  const jobs = lines(
    "import sink",
    "def keep(driver, folder):",
    "    driver.path(folder + driver.name)",
    "def add(owner, **fields):",
    "    return sink.add(owner=owner, **fields)",
    "class Store:",
    "    def __init__(self, root):",
    "        self.root = root",
    "    def put(self, driver):",
    "        driver.path(self.root + driver.name)",
  );
  const driver = (name: string) => `d = sink.Driver()\n    keep(d, ${name})`;

  it.each([
    [
      "a method of what is handed over",
      "from jobs import keep",
      driver("request.args['q']"),
      ["jobs.py:3"],
    ],
    ["the same of a number", "from jobs import keep", driver("str(int(request.args['q']))"), []],
    ["a method of something else", "from jobs import keep", "keep(form, request.args['q'])", []],
    [
      "names that are spread",
      "from jobs import add",
      "add(1, **request.get_json())",
      ["jobs.py:5"],
    ],
    ["names that are written out", "from jobs import add", "add(1, total=request.args['q'])", []],
    [
      "a method of what an object is handed",
      "from jobs import Store",
      "Store(request.args['q']).put(sink.Driver())",
      ["jobs.py:10"],
    ],
  ])("tells what the sink is: %s", async (_name, imports, line, places) => {
    expect(await found({ "jobs.py": jobs, "views.py": view(imports, line) })).toEqual(places);
  });

  it("arrives from the last of several modules", async () => {
    const harmless = (path: string) => [path, view("from db import rows", "rows('name')")];
    const files = Object.fromEntries(["a.py", "b.py", "c.py", "d.py"].map(harmless));
    const last = view("from db import rows", "rows(request.args['q'])");
    expect(await found({ ...files, "db.py": db, "views.py": last })).toEqual(["db.py:3"]);
  });

  it("arrives from a module that comes after more than may be run, where none of those calls the function", async () => {
    const filler = "# so that no third one of its length may be run\n".repeat(200);
    const harmless = (path: string) => [path, view("from db import rows", `rows('x')\n${filler}`)];
    const files = Object.fromEntries(["a.py", "b.py", "c.py", "d.py"].map(harmless));
    const last = view("from db import other", "other(request.args['q'])");
    const both = `${db}def other(name):\n    sink.path(name)\n`;
    expect(await found({ ...files, "db.py": both, "views.py": last })).toEqual(["db.py:12"]);
  });

  it("is told once where the helper's file is looked at again for another module", async () => {
    const helpers = `import sink
from other import named
def rows(name):
    return sink.sql(name)
def all_rows(name):
    rows(name)
    return sink.sql(named(name))
`;
    const files = {
      "helpers.py": helpers,
      "other.py": "def named(name):\n    return 'select ' + name\n",
      "views.py": view(
        "from helpers import all_rows, rows",
        "all_rows(request.args['p'])\n    rows(request.args['q'])",
      ),
    };
    expect(await found(files)).toEqual(["helpers.py:4", "helpers.py:7"]);
  });

  it("arrives by way of another module where the helper is called directly, too", async () => {
    const files = {
      "db.py": db,
      "between.py": "from db import rows\ndef named(name):\n    return rows(name)\n",
      "views.py": view(
        "from between import named\nfrom db import rows",
        "rows('name')\n    named(request.args['q'])",
      ),
    };
    expect(await found(files)).toEqual(["db.py:3"]);
  });

  it.each([
    ["a constant", "from db import rows", "rows('name')"],
    ["a number", "from db import rows", "rows(int(request.args['q']))"],
    [
      "what was checked",
      "from db import rows",
      "q = request.args['q']\n    if q in ('a', 'b'): rows(q)",
    ],
    ["the name of another module's function", "from other import rows", "rows(request.args['q'])"],
  ])("is nothing where it is %s", async (_name, imports, line) => {
    expect(await found({ "db.py": db, "views.py": view(imports, line) })).toEqual([]);
  });

  it.each([
    ["a function", "from db import rows as all_of", "all_of(request.args['q'])", "db.py:3"],
    [
      "an object of the module",
      "from db import store",
      "store.read(request.args['q'])",
      "db.py:10",
    ],
  ])("arrives where what is imported is %s under another name", async (_name, ...rest) => {
    const [imports, line, place] = rest;
    const files = { "db.py": `${db}store = Store('/srv/')\n`, "views.py": view(imports, line) };
    expect(await found(files)).toEqual([place]);
  });

  const layered = {
    "app/db.py": `import sink
def rows(name):
    return sink.sql("select " + name)
def read(name):
    return sink.path("/srv/" + name)
def show(name):
    return sink.html("<p>" + name)
def ask(host):
    return sink.ssrf("http://" + host)
`,
    "app/repository.py": `from app import db
def find(name):
    return db.rows(name)
class Files:
    def get(self, name):
        return db.read(name)
    def shown(self, name):
        return db.show(name)
def reach(host):
    return db.ask(host)
`,
    "app/service.py": `from app.repository import Files, find as look_up
from . import repository
class Service:
    def __init__(self):
        self.files = Files()
    def one(self, name):
        return look_up(name)
    def file(self, name):
        return self.files.get(name)
    def shown(self, name):
        return self.files.shown(name)
def reach(host):
    return repository.reach(host)
service = Service()
`,
  };

  it.each([
    ["SQL", "from app.service import service", "service.one(request.args['q'])", "app/db.py:3"],
    [
      "a path",
      "from app.service import Service",
      "Service().file(request.args['q'])",
      "app/db.py:5",
    ],
    ["HTML", "from app.service import service", "service.shown(request.args['q'])", "app/db.py:7"],
    ["an address", "from app import service", "service.reach(request.args['q'])", "app/db.py:9"],
    ["SQL", "from app.repository import find", "find(request.args['q'])", "app/db.py:3"],
    ["a path", "from app.repository import Files", "Files().get(request.args['q'])", "app/db.py:5"],
  ])("arrives below further modules: %s, %s", async (_name, imports, line, place) => {
    expect(await found({ ...layered, "app/views.py": view(imports, line) })).toEqual([place]);
  });

  it.each([
    ["from app.service import service", "service.one('name')\n    request.args['q']"],
    ["from app.service import service", "service.one(int(request.args['q']))"],
    ["from app.repository import find", "find(str(len(request.args['q'])))"],
  ])("is nothing below further modules where it is harmless: %s, %s", async (imports, line) => {
    expect(await found({ ...layered, "app/views.py": view(imports, line) })).toEqual([]);
  });

  it.each([
    ["a helper", "def mid(name):\n    return rows(name)", "mid(request.args['q'])"],
    [
      "a helper's helper",
      "def inner(name):\n    return rows(name)\ndef mid(name):\n    return inner(name)",
      "mid(request.args['q'])",
    ],
    [
      "an object that holds one",
      "class Asked:\n    def __init__(self):\n        self.all = Store('/srv/')\n    def read(self):\n        return self.all.read(request.args['q'])",
      "Asked().read()",
    ],
    [
      "another method",
      "class Asked:\n    def below(self, name):\n        return rows(name)\n    def get(self):\n        return self.below(request.args['q'])",
      "Asked().get()",
    ],
  ])("arrives by way of %s of the view's own module", async (_name, helper, line) => {
    const text = view(`from db import rows, Store\n${helper}`, line);
    expect((await found({ "db.py": db, "views.py": text })).length).toBe(1);
  });

  it.each([
    ["arrives", "request.args['q']", ["mixins.py:4"]],
    ["is nothing where it is harmless", "str(int(request.args['q']))", []],
  ])("%s in a method that a class inherits", async (_name, given, places) => {
    const files = {
      "mixins.py": `import sink
class Reads:
    def read(self, name):
        return sink.path("/srv/" + name)
`,
      "views.py": `from flask import request
from flask.views import MethodView
from mixins import Reads
class Page(Reads, MethodView):
    def get(self):
        return self.read(${given})
`,
    };
    expect(await found(files)).toEqual(places);
  });

  const generic = `import sink
from typing import Generic, TypeVar
M = TypeVar("M")
class Crud(Generic[M]):
    def where(self, clause):
        return sink.sql("select " + clause)
class Notes(Crud[int]):
    def titled(self, title):
        return self.where("title = " + title)
notes = Notes()
plain = Crud[str]()
`;

  it.each([
    ["is extended", "notes.titled(request.args['q'])", ["crud.py:6"]],
    ["is extended in the caller's module", "Own().where(request.args['q'])", ["crud.py:6"]],
    ["is made", "plain.where(request.args['q'])", ["crud.py:6"]],
    ["is given a number", "notes.titled(str(int(request.args['q'])))", []],
  ])(
    "arrives in a class that names the types of its members, where it %s",
    async (_name, ...rest) => {
      const [line, places] = rest;
      const text = view("from crud import Crud, notes, plain\nclass Own(Crud[int]): pass", line);
      expect(await found({ "crud.py": generic, "views.py": text })).toEqual(places);
    },
  );

  const importer = `import sink
from dataclasses import dataclass
class Importer:
    def __init__(self, root):
        self.root = root
    def fetch(self):
        return sink.path(self.root)
@dataclass
class Row:
    name: str
    def rows(self):
        return sink.sql("select " + self.name)
`;

  it.each([
    ["makes an object of it", "Importer(request.args['q']).fetch()", ["jobs.py:7"]],
    ["makes a row of it", "Row(request.args['q']).rows()", ["jobs.py:12"]],
    ["makes an object of a constant", "Importer('/srv').fetch()\n    request.args['q']", []],
    ["makes a row of a number", "Row(str(int(request.args['q']))).rows()", []],
  ])("is what an object holds where the caller %s", async (_name, line, places) => {
    const text = view("from jobs import Importer, Row", line);
    expect(await found({ "jobs.py": importer, "views.py": text })).toEqual(places);
  });

  it.each(["client or sink", "client if client is not None else sink"])(
    "arrives in what an object takes if it is handed nothing: %s",
    async (client) => {
      const store = `import sink
class Store:
    def __init__(self, client=None, name=None):
        self.client = ${client}
        self.name = name or str(sink)
    def read(self, name):
        self.client.path(name)
        sink.html(self.name)
`;
      const call = "Store(name=request.args['a']).read(request.args['q'])";
      const files = { "store.py": store, "views.py": view("from store import Store", call) };
      expect(await found(files)).toEqual(["store.py:7", "store.py:8"]);
    },
  );

  const served = (parameter: string) => `from typing import Annotated
from fastapi import Depends, FastAPI
from db import Store
from made import store
app = FastAPI()
@app.get("/a")
def a(name: str, store: ${parameter}):
    store.read(name)
`;

  it.each([
    "Store = Depends(store)",
    "Annotated[Store, Depends(store)]",
    "Annotated[Store, Depends()]",
  ])("arrives in an object that a framework fills in: %s", async (parameter) => {
    const made = "from db import Store\ndef store() -> Store:\n    return Store('/srv/')\n";
    const files = { "db.py": db, "made.py": made, "app.py": served(parameter) };
    expect(await found(files)).toEqual(["db.py:10"]);
  });

  it("arrives in what another module's definition of a type says that is filled in", async () => {
    const files = {
      "db.py": `import sink
class Reader:
    def __init__(self, driver: sink.Driver):
        self.driver = driver
    def read(self, name):
        self.driver.path("/srv/" + name)
`,
      "deps.py": `from typing import Annotated
import sink
from fastapi import Depends
def driver():
    return sink.Driver()
Driver = Annotated[sink.Driver, Depends(driver)]
`,
      "app.py": `from fastapi import FastAPI
from db import Reader
from deps import Driver
app = FastAPI()
@app.get("/a")
def a(name: str, driver: Driver):
    Reader(driver).read(name)
`,
    };
    expect(await found(files)).toEqual(["db.py:6"]);
  });

  const row = (found: string) => ({
    "models.py": `import sink
from django.db import models
class Page(models.Model):
    def read(self, name):
        sink.path("/srv/" + name)
    def own(self, name):
        sink.path("/srv/" + self.name)
`,
    "views.py": `from django.shortcuts import get_object_or_404
from models import Page
def view(request):
    ${found}
`,
  });

  it.each([
    'Page.objects.get(pk=1).read(request.GET["q"])',
    'Page.objects.filter(a=1).first().read(request.GET["q"])',
    'get_object_or_404(Page, pk=1).read(request.GET["q"])',
  ])("arrives in a method of an object that was looked up: %s", async (text) => {
    expect(await found(row(text))).toEqual(["models.py:5"]);
  });

  it.each([
    'Page.objects.get(pk=request.GET["q"]).read("a")',
    'Page.objects.get(pk=request.GET["q"]).own(request.GET["q"])',
  ])("is not what an object is looked up by: %s", async (text) => {
    expect(await found(row(text))).toEqual([]);
  });

  const hook = (base: readonly string[], own: readonly string[]) => ({
    "base.py": ["import sink", "class Base:", ...base.map((line) => `    ${line}`)].join("\n"),
    "app.py": ["import sink", "from base import Base", "class Own(Base):"]
      .concat(own.map((line) => `    ${line}`))
      .join("\n"),
  });
  const merged = ({ "base.py": base, "app.py": own }: ReturnType<typeof hook>) => ({
    "a.py": [base, ...own.split("\n").slice(2)].join("\n"),
  });
  const readsHook = ["def get(self, request):", "    sink.path('/srv/' + self.of(request))"];
  const abstract = ["def of(self, request):", "    raise NotImplementedError"];
  const callsHook = ["def get(self, request):", "    self.of(request.GET['q'])", ...abstract];
  const opens = ["def of(self, name):", "    sink.path('/srv/' + name)"];

  it.each([
    [
      "from a method of its own",
      readsHook.concat(abstract),
      ["def of(self, request):", "    return request.GET['q']"],
      "base.py:4",
      "a.py:4",
    ],
    ["in a method of its own", callsHook, opens, "app.py:5", "a.py:9"],
  ])("arrives where what a class inherits calls it: %s", async (_, base, own, two, one) => {
    expect(await found(hook(base, own))).toEqual([two]);
    expect(await found(merged(hook(base, own)))).toEqual([one]);
  });

  it.each([
    [
      "a number",
      readsHook.concat(abstract),
      ["def of(self, request):", "    return int(request.GET['q'])"],
    ],
    ["for another class", callsHook.map((line) => line.replace("self.of(r", "self.by(r")), opens],
    ["overridden", callsHook, ["def get(self, request):", "    self.of('a')", ...opens]],
  ])("does not arrive where what a class inherits calls it: %s", async (_, base, own) => {
    expect(await found(hook(base, own))).toEqual([]);
    expect(await found(merged(hook(base, own)))).toEqual([]);
  });

  it("arrives in a method that what the class of an object extends calls", async () => {
    const files = {
      "base.py":
        "class Store:\n    def read(self, name):\n        return self.load(name + '.txt')\n",
      "disk.py": `import sink
from base import Store
class Disk(Store):
    def load(self, name):
        sink.path("/srv/" + name)
`,
      "app.py": `from flask import request
from disk import Disk
store = Disk()
def view():
    store.read(request.args["q"])
`,
    };
    expect(await found(files)).toEqual(["disk.py:5"]);
  });

  const form = (field: string) => `from django import forms
from db import Store
class Named(forms.Form):
    name = forms.${field}
def view(request):
    form = Named(request.POST)
    if form.is_valid():
        Store("/srv/").read(form.cleaned_data["name"])
`;
  const checking = (test: string) =>
    `\n    def clean(self):\n        data = super().clean()\n        if ${test}:\n            raise Refused("no")\n        return data`;
  const apart = (text: string) => {
    const [definition = "", view = ""] = text.split("def view");
    return {
      "entry.py": definition,
      "views.py": `from db import Store\nfrom entry import Named\ndef view${view}`,
    };
  };
  const schema = (field: string) => ({
    "formats.py": `from marshmallow import Schema, fields\nclass Named(Schema):\n    name = fields.${field}\nnamed = Named()\n`,
    "app.py": `from flask import request
from db import Store
from formats import named
def view():
    Store("/srv/").read(named.load(request.get_json())["name"])
`,
  });
  const page = `from django.views import View
from db import Store
class Page(View):
    def get(self, request, name):
        Store("/srv/").read(name)
`;
  const urls = (route: string, views = ".views") => `from django.urls import path, re_path
from ${views} import Page
urlpatterns = [${route}]
`;

  it.each([
    ["any text of a form", { "views.py": form("CharField()") }, ["db.py:10"]],
    [
      "any text of a form beside one with a check",
      {
        "views.py": `${form("CharField()")}class Other(forms.Form):\n    def clean(self):\n        self.check()\n`,
      },
      ["db.py:10"],
    ],
    [
      "what a form checks that another one extends",
      {
        "views.py": form("CharField()")
          .replace("forms.Form", "Base")
          .replace(
            "class Named",
            "class Base(forms.Form):\n    def clean(self):\n        self.check()\nclass Named",
          ),
      },
      [],
    ],
    [
      "any text of a form that checks another field as a whole",
      { "views.py": form(`CharField()${checking('data["kind"] not in KINDS')}`) },
      ["db.py:10"],
    ],
    [
      "a text of a form that checks it as a whole",
      { "views.py": form(`CharField()${checking('data["name"] not in NAMES')}`) },
      [],
    ],
    [
      "a text of a form that asks much in one line",
      {
        "views.py": form(
          `CharField()\n    def clean(self):\n        return data["name"], ${"x if x.exists() else ".repeat(3000)}x`,
        ),
      },
      [],
    ],
    [
      "a text of a form that hands on all of its fields",
      { "views.py": form(`CharField()${checking("is_wrong(data)")}`) },
      [],
    ],
    ["any text of a form of a module of any name", apart(form("CharField()")), ["db.py:10"]],
    ["a number of a form of a module of any name", apart(form("IntegerField()")), []],
    ["any text of a schema", schema("String()"), ["db.py:10"]],
    ["a number of a schema", schema("Integer()"), []],
    ["a choice of a form", { "views.py": form("ChoiceField(choices=ALL)") }, []],
    ["a field that the form does not tell", { "views.py": form("OwnField()") }, []],
    [
      "a part of the address",
      { "app/views.py": page, "app/urls.py": urls('path("<path:name>", Page.as_view())') },
      ["db.py:10"],
    ],
    [
      "a number of the address",
      { "app/views.py": page, "app/urls.py": urls('path("<int:name>", Page.as_view())') },
      [],
    ],
    [
      "a part of the address of which only another view's route says more",
      {
        "app/views.py": page,
        "app/urls.py": urls('router.register("all", Page), path("<int:name>", other)'),
      },
      ["db.py:10"],
    ],
    [
      "letters of an address whose module imports the views of another package",
      {
        "app/views.py": page,
        "site/urls.py": urls('re_path("(?P<name>[a-f0-9]+)", Page.as_view())', "app.views"),
      },
      [],
    ],
  ])("is weighed where it is %s", async (_name, files, places) => {
    expect(await found({ "db.py": db, ...files })).toEqual(places);
  });

  it("is told with the steps in both files", async () => {
    const files = {
      "db.py": db,
      "views.py": view("from db import rows", "rows(request.args['q'])"),
    };
    const [finding] = await follow(files);
    expect(
      finding?.trace.map((step) => `${step.path}:${step.region.startLine} ${step.message}`),
    ).toEqual([
      "views.py:5 `request.args` is request data",
      "views.py:5 goes into `request.args['q']`",
      "views.py:5 goes into `rows(request.args['q'])`",
      'db.py:3 goes into `"select " + name`',
      "db.py:3 reaches `sink.sql`",
    ]);
  });
});

describe("a type that another module gives a name", () => {
  const route = (name: string) => ({
    "app/api.py": `import sink
from fastapi import Depends, FastAPI
from app.types import ${name}
app = FastAPI()
def named(given: ${name}):
    return given.name
@app.get("/a")
def a(given: ${name}, inner=Depends(named)):
    sink.sql(given.name)
    sink.sql(inner)
`,
    "app/types.py": `from typing import Annotated
from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session
def connect():
    return Session()
DbSession = Annotated[Session, Depends(connect)]
class Asked(BaseModel):
    name: str
Paged = Annotated[Asked, Query()]
`,
  });

  it("is no data of the request where it says what is to be called", async () => {
    expect(await found(route("DbSession"))).toEqual([]);
  });

  it.each(["Asked", "Paged"])("is data of the request where it does not: %s", async (name) => {
    expect(await found(route(name))).toEqual(["app/api.py:10", "app/api.py:9"]);
  });
});
