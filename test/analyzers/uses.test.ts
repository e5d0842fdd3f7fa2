import { describe, expect, it } from "vitest";
import type { Use } from "../../src/analyzers/analyzer.ts";
import { ArgumentTest } from "../../src/analyzers/argument-test.ts";
import {
  givenData,
  mayPass,
  useOfCall,
  useOfReturn,
  useOfStore,
} from "../../src/analyzers/uses.ts";
import { CodeText } from "../../src/python/index.ts";
import { models } from "../support/python.ts";

/** Asks about the name that begins behind `@` in a text. */
function asks(use: Use, marked: string, name: string): boolean {
  const start = marked.indexOf("@");
  const code = new CodeText(new TextEncoder().encode(marked.replace("@", "")));
  return use(code, start, start + name.length);
}

const anything = () => true;

describe("a function that may be called", () => {
  it.each([
    ["import requests\nrequests.@get(url)", true],
    ["import requests as r\nr.@get(url)", true],
    ["http = requests\nhttp\\\n  .@get(url)", true],
    ["self.requests.@get(url)", true],
    ["__import__('requests').@get(url)", true],
    ["class A:\n  get = requests.get\n  def f(self): self.@get(url)", true],
    ["run(requests.@get, url)", true],
    ["getattr(requests, '@get')(url)", true],
    ["from requests import @get as fetch", true],
    ["from requests import get\n@get(url)", true],
    ["from requests import *\n@get(url)", true],
    ["f'{requests.@get(url)}'", true],
    ["data.@get(key)", false],
    ["f().@get(key)", false],
    ["data[0].@get(key)", false],
    ["@get(url)", false],
    ["from requests import @get", false],
    ["def @get(self): pass", false],
    ["f(@get=1)", false],
    ["requests.@get.cache", false],
    ["# requests.@get(url)", false],
    ["'requests.@get(url)'", false],
  ])("%j: %j", (text, expected) => {
    expect(asks(useOfCall("requests.get", models, anything), text, "get")).toBe(expected);
  });

  it.each([
    ["requests.Session().get", "session.@get(url)", true],
    ["requests.Session().get", "@get(url)", true],
    ["*.raw", "Person.objects.@raw(text)", true],
    ["open", "@open(path)", true],
    ["open", "builtins.@open(path)", true],
    ["open", "Image.@open(path)", false],
    ["open", "# Reads the file.\n@open(path)", true],
    ["open", "try:  # The new way...\n  @open(path)", true],
    ["open", "(Image.\n  @open(path))", false],
    // Models say that another name stands for it.
    ["flask.request.get_json", "asked.@get_json(x)", true],
  ])("%s in %j: %j", (pattern, text, expected) => {
    const name = pattern.slice(pattern.lastIndexOf(".") + 1);
    expect(asks(useOfCall(pattern, models, anything), text, name)).toBe(expected);
  });
});

describe("data that may be given", () => {
  it.each([
    ["f(x)", [0], true],
    ["f('x')", [0], false],
    ["f('x', y)", [0], false],
    ["f('x', y)", ["any"], true],
    ["f('x', 1)", ["any"], false],
    ["f(*x)", [3], true],
    ["f('x', path=y)", [1, "path"], true],
    ["f('x')", [1, "path"], false],
    ["f('x')", ["receiver"], true],
    ["f(a=x)", ["spread"], false],
    ["f(**x)", ["spread"], true],
    ["f(x, a='y')", ["keywords"], false],
    ["f(x, a=y)", ["keywords"], true],
    ["f(x", [3], true],
    ["run(f, x)", [3], true],
  ])("%s at %j: %j", (text, places, expected) => {
    const use = useOfCall("m.f", models, givenData(places, []));
    const marked = `from m import f\n${text.replace("f", "@f").replace("@f(f", "f(@f")}`;
    expect(asks(use, marked.replace("@f(", "@f(").replace("run(@f", "run(@f"), "f")).toBe(expected);
  });

  it.each([
    [{ argument: "shell", is: "truthy" }, "f(x, shell=True)", true],
    [{ argument: "shell", is: "truthy" }, "f(x, shell=how)", true],
    [{ argument: "shell", is: "truthy" }, "f(x, **how)", true],
    [{ argument: "shell", is: "truthy" }, "f(x, shell=False)", false],
    [{ argument: "shell", is: "truthy" }, "f(x)", false],
    [{ argument: "timeout", is: "missing" }, "f(x)", true],
  ])("%j of %s: %j", (test, text, expected) => {
    const written = new CodeText(new TextEncoder().encode(text)).argumentsAt(1) ?? [];
    expect(mayPass(ArgumentTest.parse(test), written)).toBe(expected);
  });
});

it.each([
  ["'{}'.@format(x)", false],
  ['r"{}" .@format(x)', true],
  ["f'{x}'.@format(y)", true],
  ["f'{x}' '{}'.@format(y)", true],
  ["text.@format(x)", true],
])("what a method is called on is data: %s: %j", (text, expected) => {
  const use = useOfCall("*.format", models, givenData(["receiver"], []));
  expect(asks(use, text, "format")).toBe(expected);
});

it.each([
  ["app.config.@update({'DEBUG': how})", true],
  ["app.config.@update(entries)", true],
  ["app.config.@update(NAME='a')", false],
])("a dict may hold what is given by keyword: %s: %j", (text, expected) => {
  const test = ArgumentTest.parse({ argument: "DEBUG", is: "truthy" });
  const use = useOfCall("*.config.update", models, (written) => mayPass(test, written));
  expect(asks(use, text, "update")).toBe(expected);
});

it.each([
  ["orders.@update(entries)", false],
  ["orders.@update({'a': b})", false],
  ["orders.@update(**entries)", true],
  ["orders.@update(name='a', **entries)", true],
])("a dict in %j is what keyword arguments would be: spread %j", (text, expected) => {
  const use = useOfCall("*.objects.update", models, givenData(["spread"], []));
  expect(asks(use, text, "update")).toBe(expected);
});

describe("what may be assigned to", () => {
  it.each([
    ["*.token", "user.@token = x", true],
    ["*.token", "user.@token, b = x", true],
    ["*.token", "user.@token += x", true],
    ["*.token", "user.@token: str = x", true],
    ["*.token", "for user.@token in x: pass", true],
    ["*.token", "user.@token = None  # not yet", false],
    ["*.token", "user.@token = 'a' + x", true],
    ["*.token", "user.@token == x", false],
    ["*.token", "f(user.@token)", false],
    ["*.token", "user.@token.x", false],
    ["*.token", "@token = x", false],
    ["flask.session[]", "@session['a'] = x", true],
    ["flask.session[]", "@session[f(']')] = x", true],
    ["flask.session[]", "s = @session\ns[x] = y", true],
    ["flask.session[]", "x = @session['a']\n", false],
    ["flask.session[]", "@session.get('a')", false],
    ["django.http.HttpResponse()[]", "r = @HttpResponse('')\nr['a'] = x", true],
    ["django.http.HttpResponse()[]", "from django.http import @HttpResponse", false],
  ])("%s in %j: %j", (pattern, text, expected) => {
    const name = /(\w+)(?:\(\))?(?:\[\])?$/.exec(pattern)?.[1] ?? "";
    expect(asks(useOfStore(pattern, { data: true }), text, name)).toBe(expected);
  });
});

describe("what may return to a framework", () => {
  it.each([
    ["*.route()", "  @app.@route('/')", true],
    ["*.route()", "x = app.@route('/')", false],
    ["*.route()", "add(app.@route)", true],
    ["flask.views.MethodView.get", "  async def @get(self): pass", true],
    ["flask.views.MethodView.get", "self.@get()", false],
  ])("%s in %j: %j", (pattern, text, expected) => {
    const name = /(\w+)(?:\(\))?$/.exec(pattern)?.[1] ?? "";
    const marked = text.replace("@app", "\u0000app");
    const start = marked.indexOf("@");
    const code = new CodeText(
      new TextEncoder().encode(marked.replace("@", "").replace("\u0000", "@")),
    );
    expect(useOfReturn(pattern)(code, start, start + name.length)).toBe(expected);
  });
});
