// What the routes of a program say of the parts of an address: which of them may hold what does harm.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

/** The lines that are marked with `# expect` are told of, and no others. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "parts with a regex, by the routes of aiohttp": {
    "app/views.py": `
import sink
from aiohttp import web
routes = web.RouteTableDef()
@routes.get(r"/a/{number:\\d+}/{code:[a-z]{2,3}}/{name}/{rest:.*}")
async def a(request):
    sink.sql(request.match_info["number"])
    sink.sql(request.match_info.get("code"))
    sink.sql(request.match_info["name"])  # expect
    sink.sql(request.match_info["rest"])  # expect
async def b(request):
    sink.sql(request.match_info["key"])
async def c(request):
    sink.sql(request.match_info["key"])  # expect
async def d(request):
    sink.sql(request.match_info["key"])  # expect
app = web.Application()
app.router.add_get(r"/b/{key:[0-9a-f]{8}}", b)
app.add_routes([web.get("/c/{key}", c), web.post("/d/{key:[^/]{8}}", d)])
`,
  },
  "parts with a regex, by a module of routes of aiohttp": {
    "app/routes.py": `
from app import views
def setup(app):
    app.router.add_get(r"/a/{key:\\d+}", views.a)
    app.router.add_get(r"/b/{key:.+}", views.b)
`,
    "app/views.py": `
import sink
from aiohttp import web
async def a(request):
    sink.sql(request.match_info["key"])
async def b(request):
    sink.sql(request.match_info["key"])  # expect
`,
  },
  "parts that a converter makes numbers, by the routes of Starlette": {
    "app/views.py": `
import sink
from starlette.routing import Route
from starlette.convertors import Convertor, register_url_convertor
class Word(Convertor):
    regex = "[a-z]+"
register_url_convertor("word", Word())
async def a(request):
    sink.sql(request.path_params["number"])
    sink.sql(request.path_params["name"])  # expect
    sink.sql(request.path_params["rest"])  # expect
    sink.sql(request.path_params["word"])
routes = [Route("/a/{number:int}/{name}/{word:word}/{rest:path}", a)]
`,
  },
  "parts that a converter makes numbers, by the routes of Falcon": {
    "app/views.py": `
import falcon, sink
class Show:
    def on_get(self, req, resp, number, name):
        sink.sql(number)
        sink.sql(name)  # expect
app = falcon.App()
app.add_route("/a/{number:int(4)}/{name}", Show())
`,
  },
  "parts with a regex, by the routes of Bottle": {
    "app/views.py": `
import sink
from bottle import route
@route("/a/<number:int>/<word:re:[a-z]+>/<name>/<rest:re:.+>/<path:path>")
def a(number, word, name, rest, path):
    sink.sql(number)
    sink.sql(word)
    sink.sql(name)  # expect
    sink.sql(rest)  # expect
    sink.sql(path)  # expect
`,
  },
  "parts with a regex, by the routes of Sanic": {
    "app/views.py": `
import sink
from sanic import Sanic
app = Sanic("a")
@app.get("/a/<number:int>/<word:[a-z]+>/<name:str>/<rest:.+>")
async def a(request, number, word, name, rest):
    sink.sql(number)
    sink.sql(word)
    sink.sql(name)  # expect
    sink.sql(rest)  # expect
`,
  },
  "parts with a regex, by the routes of Pyramid": {
    "app/routes.py": `
def includeme(config):
    config.add_route("show", "/show/{number:\\d+}/{name}")
`,
    "app/views.py": `
import sink
from pyramid.view import view_config
@view_config(route_name="show")
def show(request):
    sink.sql(request.matchdict["number"])
    sink.sql(request.matchdict["name"])  # expect
`,
  },
  "converters of a program's own with Flask": {
    "app/converters.py": `
from werkzeug.routing import BaseConverter
class Sha(BaseConverter):
    regex = r"[0-9a-f]{40}"
class Any(BaseConverter):
    regex = ".*"
class Regex(BaseConverter):
    def __init__(self, url_map, *items):
        super().__init__(url_map)
        self.regex = items[0]
`,
    "app/views.py": `
import sink
from flask import Flask
from app.converters import Any, Regex, Sha
app = Flask(__name__)
app.url_map.converters["sha"] = Sha
app.url_map.converters["rest"] = Any
app.url_map.converters["regex"] = Regex
@app.route("/a/<sha:revision>/<rest:path>/<other:key>")
def a(revision, path, key):
    sink.command(revision)
    sink.command(path)  # expect
    sink.command(key)  # expect
@app.route('/b/<regex("[a-z]{8}"):word>/<regex("[^/]+"):name>/<any(x, y):one>')
def b(word, name, one):
    sink.command(word)
    sink.command(name)  # expect
    sink.command(one)
`,
  },
  "converters of a program's own with Django": {
    "app/converters.py": `
class Year:
    regex = "[0-9]{4}"
class Any:
    regex = ".*"
`,
    "app/urls.py": `
from django.urls import path, register_converter
from . import converters, views
from .converters import Any
register_converter(converters.Year, "yyyy")
register_converter(Any, "any")
urlpatterns = [path("<yyyy:year>/<any:name>/", views.show)]
`,
    "app/views.py": `
import sink
from django.http import HttpResponse
def show(request, year, name):
    sink.sql(year)
    sink.sql(name)  # expect
`,
  },
  "routes that are put together of texts of the module": {
    "app/urls.py": `
from django.urls import re_path
from . import views
CODE = r"(?P<code>[0-9a-f]{8})"
NAME = r"(?P<name>.+)"
urlpatterns = [re_path(rf"^a/{CODE}/{NAME}$", views.a), re_path("^b/" + CODE + "$", views.b), re_path(f"^{x}$", views.c)]
`,
    "app/views.py": `
import sink
from django.http import HttpResponse
def a(request, code, name):
    sink.sql(code)
    sink.sql(name)  # expect
def b(request, code):
    sink.sql(code)
def c(request, code):
    sink.sql(code)  # expect
`,
  },
  "a function far from all URLs that others call, and one that nobody does": {
    "site/urls.py":
      'from django.urls import path\nfrom site import pages\nurlpatterns = [path("", pages.index)]\n',
    "site/pages.py": `
from django.http import HttpResponse
from other.views.files import analyse
def index(request):
    return analyse(request, {"folder": "/srv"})
`,
    "other/views/files.py": `
import sink
from django.http import HttpResponse
def analyse(request, data):
    sink.path(data["folder"])
def show(request, name):
    sink.path(name)  # expect
`,
  },
  "parts that a router of Django REST framework reads": {
    "app/urls.py": `
from rest_framework.routers import DefaultRouter
from .views import Codes, Names, Texts
router = DefaultRouter()
router.register("codes", Codes)
router.register("names", Names)
router.register("texts", Texts)
urlpatterns = router.urls
`,
    "app/views.py": `
import sink
from django.http import HttpResponse
from rest_framework.viewsets import ViewSet
class Codes(ViewSet):
    lookup_value_regex = "[0-9a-f]{32}"
    def retrieve(self, request, pk=None, name=None):
        sink.sql(pk)
        sink.sql(name)  # expect
class Names(ViewSet):
    lookup_field = "name"
    lookup_value_converter = "int"
    def retrieve(self, request, name=None):
        sink.sql(name)
class Texts(ViewSet):
    lookup_value_regex = ".+"
    def retrieve(self, request, pk=None):
        sink.sql(pk)  # expect
`,
  },
};

describe("A part of an address", () => {
  it.each(Object.entries(cases))("is as harmless as its route: %s", async (_, files) => {
    const found = await follow(files);
    const lines = found.map((one) => `${one.path}:${one.region.startLine}`);
    const expected = Object.entries(files).flatMap(([path, text]) =>
      text
        .split("\n")
        .flatMap((line, at) => (line.endsWith("# expect") ? [`${path}:${at + 1}`] : [])),
    );
    expect([...new Set(lines)].sort()).toEqual(expected.sort());
  });
});
