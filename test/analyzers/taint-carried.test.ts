// Data that one part of a program puts on an object and another part finds there.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

const lines = (...all: readonly string[]) => all.join("\n");
const FLASK = ["import sink", "from flask import g, request"];

/** A hook that puts something on `g`, and a view of another module that uses it. */
const apart = (put: string, use: string, more: readonly string[] = []) => ({
  "app/hooks.py": lines("from flask import g, request", ...more, "def load():", `    ${put}`),
  "app/views.py": lines("import sink", "from flask import g", "def view():", `    ${use}`),
});

const django = (put: string, use: string) => ({
  "shop/middleware.py": lines(
    "class Tenants:",
    "    def __init__(self, get_response):",
    "        self.get_response = get_response",
    "    def __call__(self, request):",
    `        ${put}`,
    "        return self.get_response(request)",
  ),
  "shop/views.py": lines(
    "import sink",
    "from django.http import HttpResponse",
    "def view(request):",
    `    ${use}`,
  ),
});

const contexts = (put: string) => ({
  "app/context.py": lines(
    "from contextvars import ContextVar",
    'schema: ContextVar[str] = ContextVar("schema", default="public")',
    'other = ContextVar("other")',
    "def current():",
    "    return schema.get()",
  ),
  "app/main.py": lines(
    "from fastapi import FastAPI, Request",
    "from app.context import other, schema",
    "app = FastAPI()",
    '@app.middleware("http")',
    "async def choose(request: Request, call_next):",
    `    ${put}`,
    "    return await call_next(request)",
  ),
  "app/db.py": lines(
    "import sink",
    "from app.context import schema",
    "def rows():",
    "    sink.sql('select ' + schema.get())",
  ),
  "app/far.py": lines(
    "import sink",
    "from app.context import current",
    "def rows():",
    "    sink.sql('select ' + current())",
  ),
});

const local = (put: string, more = "") => ({
  "core/locals.py": lines(
    "import threading",
    "_local = threading.local()",
    `${more}`,
    "class Middleware:",
    "    def __call__(self, request):",
    `        ${put}`,
    "def region():",
    '    return getattr(_local, "region", "eu")',
  ),
  "core/jobs.py": lines(
    "import sink",
    "from core.locals import region",
    "def run():",
    "    sink.command('ls ' + region())",
  ),
});

const path = 'sink.path("/srv/" + g.lang)';

describe("what another part of a program left", () => {
  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ["on an object", apart('g.lang = request.args["l"]', path), ["app/views.py:4"]],
    [
      "on one that is asked by a method",
      apart('g.lang = request.args["l"]', 'sink.path("/srv/" + g.get("lang", "en"))'),
      ["app/views.py:4"],
    ],
    [
      "by the name of the attribute",
      apart('setattr(g, "lang", request.args["l"])\n    g.lang = None', path),
      ["app/views.py:4"],
    ],
    [
      "in the same module",
      {
        "a.py": lines(
          ...FLASK,
          "def load():",
          '    g.q = request.args["q"]',
          "def view():",
          "    sink.sql(g.q)",
        ),
      },
      ["a.py:6"],
    ],
    [
      "in a decorator",
      {
        "decorators.py": lines(
          ...FLASK,
          "from functools import wraps",
          "def tenant(view):",
          "    @wraps(view)",
          "    def inner(*args, **kwargs):",
          '        g.tenant = request.headers.get("X-Tenant")',
          "        return view(*args, **kwargs)",
          "    return inner",
        ),
        "views.py": lines(
          ...FLASK,
          "from decorators import tenant",
          "@tenant",
          "def view():",
          "    sink.sql('a' + g.tenant)",
        ),
      },
      ["views.py:6"],
    ],
    [
      "where it is not there otherwise",
      apart('g.lang = None\n    if "l" in request.args:\n        g.lang = request.args["l"]', path),
      ["app/views.py:4"],
    ],
    [
      "by way of a helper of a third module",
      {
        ...apart("g.lang = read(request)", path, ["from app.read import read"]),
        "app/read.py": lines("def read(request):", '    return request.args["l"]'),
      },
      ["app/views.py:4"],
    ],
    [
      "on a request of Django",
      django('request.tenant = request.headers["X-Tenant"]', "sink.sql('a ' + request.tenant)"),
      ["shop/views.py:4"],
    ],
    [
      "on a request that a method has",
      {
        ...django('request.tenant = request.headers["X-Tenant"]', ""),
        "shop/views.py": lines(
          "import sink",
          "from django.views import View",
          "class Show(View):",
          "    def get(self, request):",
          "        sink.sql('a ' + self.request.tenant)",
        ),
      },
      ["shop/views.py:5"],
    ],
    [
      "in the state of a request",
      {
        "main.py": lines(
          "import sink",
          "from fastapi import FastAPI, Request",
          "app = FastAPI()",
          '@app.middleware("http")',
          "async def choose(request: Request, call_next):",
          '    request.state.tenant = request.headers.get("x-tenant")',
          "    return await call_next(request)",
          '@app.get("/")',
          "def show(request: Request):",
          "    sink.sql('a ' + request.state.tenant)",
        ),
      },
      ["main.py:10"],
    ],
    [
      "in a variable of the context",
      contexts('schema.set(request.headers["x"])'),
      ["app/db.py:4", "app/far.py:4"],
    ],
    [
      "in a variable of the thread",
      local('_local.region = request.META["HTTP_X_REGION"]'),
      ["core/jobs.py:4"],
    ],
  ])("arrives: %s", async (_name, files, places) => {
    const found = await follow(files);
    expect(found.map((one) => `${one.path}:${one.region.startLine}`).sort()).toEqual(places);
    expect(new Set(found.map((one) => one.confidence))).toEqual(new Set(["medium"]));
  });

  it("is told with the place where it was left", async () => {
    const [finding] = await follow(apart('g.lang = request.args["l"]', path));
    expect(finding?.trace.map((step) => `${step.path}:${step.region.startLine}`)).toEqual([
      "app/hooks.py:3",
      "app/hooks.py:3",
      "app/hooks.py:3",
      "app/views.py:4",
      "app/views.py:4",
      "app/views.py:4",
    ]);
  });

  const languages = ["LANGUAGES = {'en', 'de'}"];
  it.each<[string, Readonly<Record<string, string>>]>([
    ["a number", apart('g.lang = int(request.args["l"])', path)],
    ["a constant", apart('g.lang = "en"\n    request.args["l"]', path)],
    [
      "one of some texts",
      apart('l = request.args["l"]\n    g.lang = l if l in LANGUAGES else "en"', path, languages),
    ],
    [
      "what a helper of another module has checked",
      {
        ...apart('l = request.args["l"]\n    check(l)\n    g.lang = l', path, [
          "from app.read import check",
        ]),
        "app/read.py": lines(
          "def check(l):",
          "    if l not in ('en', 'de'):",
          "        raise ValueError(l)",
        ),
      },
    ],
    [
      "what was looked up",
      apart('g.lang = Page.query.get(request.args["l"])', path, ["from app.models import Page"]),
    ],
    ["another attribute", apart('g.other = request.args["l"]\n    g.lang = load_lang()', path)],
    [
      "what is no data elsewhere",
      {
        ...apart('g.lang = request.args["l"]', path),
        "app/other.py": lines(
          "from flask import g, session",
          "def load():",
          "    g.lang = session['lang']",
        ),
      },
    ],
    [
      "what only tests put there",
      {
        ...apart('g.lang = ""', path),
        "tests/test_a.py": apart('g.lang = request.args["l"]', "")["app/hooks.py"],
      },
    ],
    [
      "what is checked where it is used",
      apart('g.lang = request.args["l"]', `if g.lang in ("en", "de"):\n        ${path}`),
    ],
    [
      "what something that was left makes of it",
      apart(
        'g.lang = request.args["l"]\n    g.shop = Shop(g)',
        "sink.sql('a ' + g.shop.find(g.lang))",
      ),
    ],
    [
      "an attribute of another kind of object",
      {
        ...apart('g.lang = request.args["l"]', ""),
        "app/views.py": lines(
          "import sink",
          "def view(form):",
          '    sink.path("/srv/" + form.lang)',
        ),
      },
    ],
    ["another variable of the context", contexts('other.set(request.headers["x"])')],
    [
      "an attribute of another object of the thread",
      local('_other.region = request.META["HTTP_X_REGION"]', "_other = threading.local()"),
    ],
    [
      "a row that a middleware finds",
      django(
        'request.tenant = Tenant.objects.get(slug=request.GET["t"]).slug',
        "sink.sql('a ' + request.tenant)",
      ),
    ],
  ])("is nothing where it is %s", async (_name, files) => {
    expect(await follow(files)).toEqual([]);
  });
});
