// What a change does to files that it does not touch: a helper is handed what comes with a request, or a view loses its check.
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { SourceTree } from "../../src/core/source-tree.ts";
import { type Review, review } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/index.ts";
import { changesBetween } from "../support/changes.ts";

type Files = Readonly<Record<string, string>>;

const rules = loadRules(ruleFiles, matchSchemas);

/** A tree of which only what was read is at hand, as of a git revision. */
function waiting(files: Files, free?: readonly string[]): SourceTree {
  const { readNow: _, ...tree } = memoryTree(files, "tree");
  return {
    ...tree,
    ...(free && { free: async (paths) => paths.filter((one) => free.includes(one)) }),
  };
}

/** With `free`, of trees on a server that has sent no other files yet. */
function reviewed(base: Files, change: Files, free?: readonly string[]): Promise<Review> {
  return compared(base, { ...base, ...change }, { free });
}

interface Comparison {
  readonly renames?: Readonly<Record<string, string>>;
  readonly free?: readonly string[] | undefined;
}

function compared(base: Files, head: Files, { renames, free }: Comparison): Promise<Review> {
  return review({
    base: waiting(base, free),
    head: waiting(head, free),
    changes: changesBetween(base, head, renames),
    rules,
    config: defaultConfig,
    today: "2026-01-01",
  });
}

const told = (one: Review) =>
  one.new.map(({ ruleId, path, region }) => `${ruleId} ${path}:${region.startLine}`);

const helper: Files = {
  "site/ops.py": `import os


def restart(unit):
    os.system("systemctl restart " + unit)
`,
};
const app = (unit: string, ...more: string[]): Files => ({
  "site/app.py": `from flask import Flask, request
from site.ops import restart

app = Flask(__name__)


@app.route("/restart", methods=["POST"])
def again():
    restart(${unit})
    return "done"
${more.join("\n")}`,
});
const base = { ...helper, ...app('"web"') };

describe("a helper that a change does not touch", () => {
  it("is told where the change hands it what comes with a request", async () => {
    const one = await reviewed(base, app('request.form["unit"]'));
    expect(told(one)).toEqual(["injection/command site/app.py:9"]);
    const [finding] = one.new;
    expect(finding?.related).toEqual([
      expect.objectContaining({ path: "site/ops.py", message: "is where it does harm" }),
    ]);
    expect(finding?.excerpt?.lines.join("\n")).toContain('request.form["unit"]');
    expect(finding?.fix).toBeUndefined();
  });

  it("is not told again where it was handed that before", async () => {
    const before = { ...helper, ...app('request.form["unit"]') };
    const rewritten = app('request.form["name"]', "", "", "OTHER = 1", "");
    expect(told(await reviewed(before, rewritten))).toEqual([]);
  });

  it("is told once more where another function hands it such data, too", async () => {
    const before = { ...helper, ...app('request.form["unit"]') };
    const more = (unit: string) =>
      app(
        'request.form["unit"]',
        "",
        '@app.route("/stop")',
        "def stop():",
        `    restart(${unit})`,
        "",
      );
    expect(told(await reviewed(before, more('request.args["name"]')))).toEqual([
      "injection/command site/app.py:14",
    ]);
    expect(told(await reviewed(before, more('"db"')))).toEqual([]);
  });

  it("is silenced by a comment where it is told", async () => {
    const silenced = app(
      'request.form["unit"]  # portcullis: ignore[injection/command] only root gets here\n    ',
    );
    const one = await reviewed(base, silenced);
    expect(told(one)).toEqual([]);
    expect(one.suppressed.map(({ finding }) => finding.ruleId)).toEqual(["injection/command"]);
  });

  it.each([
    ["a number", 'str(int(request.form["unit"]))'],
    ["a constant", '"db"'],
    ["a member of a list", '{"web": "web", "db": "db"}[request.form["unit"]]'],
  ])("is not told of %s", async (_, unit) => {
    expect(told(await reviewed(base, app(unit)))).toEqual([]);
  });

  it("is looked at on a server only where that has sent it", async () => {
    const change = app('request.form["unit"]');
    expect(told(await reviewed(base, change, []))).toEqual([]);
    expect(told(await reviewed(base, change, ["site/ops.py"]))).toEqual([
      "injection/command site/app.py:9",
    ]);
  });

  it("says nothing of what else it does wrong", async () => {
    const more = { "site/ops.py": `${helper["site/ops.py"]}\n\ndef all():\n    eval(input())\n` };
    expect(told(await reviewed({ ...base, ...more }, app('request.form["unit"]')))).toEqual([
      "injection/command site/app.py:9",
    ]);
  });
});

describe("a view that a change does not touch", () => {
  const view: Files = {
    "site/views.py": `import sqlite3

from flask import Blueprint, request

from .checks import column

pages = Blueprint("pages", __name__)


@pages.route("/rows")
def rows():
    order = column(request.args["order"])
    return sqlite3.connect("a.db").execute("SELECT * FROM a ORDER BY " + order).fetchall()
`,
  };
  const checks = (...body: string[]): Files => ({
    "site/checks.py": ["def column(name):", ...body.map((line) => `    ${line}`), ""].join("\n"),
  });
  const checked = checks('if name not in ("a", "b"):', "    raise ValueError(name)", "return name");

  it("is told when the function that checks its data does so no more", async () => {
    const one = await reviewed({ ...view, ...checked }, checks("return name"));
    expect(told(one)).toEqual(["injection/sql-execute site/views.py:13"]);
  });

  it("is told when a type lets any text through", async () => {
    const api = `import os
from fastapi import FastAPI
from .schemas import Asked

app = FastAPI()


@app.post("/a")
def take(asked: Asked):
    os.system(f"rm {asked.name}")
`;
    const schema = (type: string): Files => ({
      "site/schemas.py": `from pydantic import BaseModel\n\n\nclass Asked(BaseModel):\n    name: ${type}\n`,
    });
    const one = await reviewed({ "site/api.py": api, ...schema("int") }, schema("str"));
    expect(told(one)).toEqual(["injection/command site/api.py:10"]);
  });

  it("is told when a table falls back on what it is asked for", async () => {
    const table = (otherwise: string) => checks(`return {"age": "born"}.get(name, ${otherwise})`);
    const one = await reviewed({ ...view, ...table("'id'") }, table("name"));
    expect(told(one)).toEqual(["injection/sql-execute site/views.py:13"]);
  });

  it("is silent when that function is written anew", async () => {
    const anew = checks(
      'allowed = {"a", "b"}',
      "if name in allowed:",
      "    return name",
      "raise KeyError",
    );
    expect(told(await reviewed({ ...view, ...checked }, anew))).toEqual([]);
  });

  it("is silent where there was no check before", async () => {
    const before = { ...view, ...checks("return name") };
    expect(told(await reviewed(before, checks("# As it is.", "return name")))).toEqual([]);
  });
});

describe("a module between a view and a helper", () => {
  const rest: Files = {
    "site/db.py":
      "import sqlite3\ndef query(sql):\n    return sqlite3.connect('a.db').execute(sql).fetchall()\n",
    "site/views.py":
      "from flask import Blueprint, request\nfrom .rows import ordered\npages = Blueprint('p', __name__)\n@pages.route('/a')\ndef show():\n    return ordered(request.args['by'])\n",
  };
  const rows = (...body: string[]): Files => ({
    "site/rows.py": [
      "from .db import query",
      "def ordered(by):",
      ...body.map((line) => `    ${line}`),
      '    return query("SELECT * FROM a ORDER BY " + by)',
      "",
    ].join("\n"),
  });
  const checked = rows('by = by if by in ("a", "b") else "a"');

  it.each([
    ["told", "takes its check away", checked, rows(), ["injection/sql-execute site/rows.py:3"]],
    [
      "silent",
      "checks in another way",
      checked,
      rows('if by not in ("a", "b"):', "    raise KeyError"),
      [],
    ],
    ["silent", "never checked", rows("print(by)"), rows(), []],
  ])("is %s where it %s", async (_, __, before, after, expected) => {
    expect(told(await reviewed({ ...rest, ...before }, after))).toEqual(expected);
  });
});

describe("a helper that a change makes worse", () => {
  const store = (...body: string[]): Files => ({
    "site/store.py": [
      "def full(name):",
      ...body.map((line) => `    ${line}`),
      "def read(name):",
      "    return open(full(name)).read()",
      "",
    ].join("\n"),
  });
  const view: Files = {
    "site/views.py":
      "from flask import Blueprint, request\nfrom .store import read\npages = Blueprint('p', __name__)\n@pages.route('/a')\ndef show():\n    return read(request.args['n'])\n",
  };

  it("is told where callers that it does not touch hand it data", async () => {
    const before = store("return '/srv/' + os.path.basename(name)");
    const one = await reviewed({ ...view, ...before }, store("return '/srv/' + name"));
    expect(told(one)).toEqual(["injection/path site/store.py:2"]);
  });

  it("is silent where they did so before", async () => {
    const before = store("return '/srv/' + name.strip()");
    expect(told(await reviewed({ ...view, ...before }, store("return '/srv/' + name")))).toEqual(
      [],
    );
  });

  it.each([
    ["other names", "def read(path):", '    return open("/srv/" + path).read()'],
    ["another text", "def read(name):", '    return open(f"/srv/{name}").read()'],
    ["other means", "def read(name):", '    return (Path("/srv") / name).read_text()'],
    [
      "more arguments",
      "def read(name):",
      '    return open("/srv/" + name, encoding="utf-8").read()',
    ],
  ])("is silent where it only does the same with %s", async (_, ...lines) => {
    const file = (...own: string[]) => ({
      "site/store.py": ["from pathlib import Path", ...own, ""].join("\n"),
    });
    const before = file("def read(name):", '    return open("/srv/" + name).read()');
    expect(told(await reviewed({ ...view, ...before }, file(...lines)))).toEqual([]);
    const checked = file(
      "def read(name):",
      '    return open("/srv/" + name.rsplit("/", 1)[-1]).read()',
    );
    expect(told(await reviewed({ ...view, ...checked }, file(...lines)))).toEqual([
      "injection/path site/store.py:3",
    ]);
  });

  it.each([
    ["silent", "did so before", "name.strip()", []],
    ["told", "were checked", "os.path.basename(name)", ["injection/path site/storage.py:2"]],
  ])("is %s in a renamed file where they %s", async (_, __, was, expected) => {
    const shared = { "site/views.py": (view["site/views.py"] ?? "").replace(".store", "site") };
    const filed = (module: string) => ({ "site/__init__.py": `from .${module} import read\n` });
    const moved = store("return '/srv/' + name")["site/store.py"] ?? "";
    const one = await compared(
      { ...shared, ...filed("store"), ...store(`return '/srv/' + ${was}`) },
      { ...shared, ...filed("storage"), "site/storage.py": moved },
      { renames: { "site/store.py": "site/storage.py" } },
    );
    expect(told(one)).toEqual(expected);
  });

  it("is told once where its caller stands in the same file", async () => {
    const whole = (full: string): Files => ({
      "site/views.py": `import os
from flask import Blueprint, request
pages = Blueprint("p", __name__)
def read(name):
    return open("/srv/" + ${full}).read()
@pages.route("/a")
def show():
    return read(request.args["n"])
`,
    });
    const one = await reviewed(whole("os.path.basename(name)"), whole("name"));
    expect(told(one)).toEqual(["injection/path site/views.py:5"]);
  });
});

describe("a page that another one includes", () => {
  const pages: Files = {
    "site/views.py": "from django.shortcuts import render\n",
    "site/words.py": "def marked(word):\n    return word\n",
    "site/templates/list.html": '<h1>Words</h1>{% include "entry.html" %}\n',
    "site/templates/entry.html": "<p>{{ word|safe }}</p>\n",
  };
  const view = (word: string): Files => ({
    "site/views.py": `from django.shortcuts import render

from .words import marked


def list(request):
    return render(request, "list.html", {"word": ${word}})
`,
  });
  const shown = ["injection/template-unescaped site/views.py:7"];

  it("is read on a server where data of a request goes in, and elsewhere in any case", async () => {
    const plain = view('request.GET["q"]');
    const marked = view('marked(request.GET["q"])');
    expect(told(await reviewed(pages, plain))).toEqual(shown);
    expect(told(await reviewed(pages, marked))).toEqual(shown);
    const text = view("f\"<b>{request.GET['q']}</b>\"");
    expect(told(await reviewed(pages, plain, []))).toEqual(shown);
    expect(told(await reviewed(pages, text, []))).toEqual(shown);
    expect(told(await reviewed(pages, marked, []))).toEqual([]);
    const made = view('marked(request.GET["q"])');
    const words = {
      "site/words.py": "from words import Form\n\n\ndef marked(word):\n    return Form(word)\n",
    };
    expect(told(await reviewed(pages, { ...made, ...words }))).toEqual(shown);
    expect(told(await reviewed(pages, { ...made, ...words }, []))).toEqual([]);
  });
});

describe("a route or a field in another file than the view", () => {
  const urls = (...routes: string[]): Files => ({
    "site/urls.py": [
      "from django.urls import path, re_path",
      "from . import views",
      "urlpatterns = [",
      ...routes,
      "]\n",
    ].join("\n"),
  });
  const forms = (...lines: string[]): Files => ({
    "site/forms.py": `from django import forms\nclass Names(forms.Form):\n${lines.join("\n")}\n`,
  });
  const views: Files = {
    "site/views.py": `import os
from django.http import FileResponse
from .forms import Names
def show(request, name):
    return FileResponse(open("/srv/" + name, "rb"))
def remove(request):
    form = Names(request.POST)
    if form.is_valid():
        os.system("rm /srv/" + form.cleaned_data["name"])
`,
  };
  const route = (one: string) => `    path("${one}/", views.show),`;
  const group = (one: string) => `    re_path(\n        r"^${one}$",\n        views.show,\n    ),`;

  it.each([
    [urls(route("<int:name>")), urls(route("<path:name>")), ["injection/path site/urls.py:4"]],
    [urls(), urls(route("<name>")), ["injection/path site/urls.py:4"]],
    [urls(group("(\\d+)")), urls(group("(.+)")), ["injection/path site/urls.py:5"]],
    [urls(route("<path:name>")), urls('    path("other/", views.remove),', route("a/<name>")), []],
    [urls(route("<slug:name>")), urls(route("a/<slug:name>")), []],
    [
      forms("    name = forms.IntegerField()"),
      forms("    name = forms.CharField()"),
      ["injection/command site/forms.py:3"],
    ],
    [
      forms("    name = forms.CharField(validators=[known])"),
      forms("    name = forms.CharField(max_length=9)"),
      ["injection/command site/forms.py:3"],
    ],
    [forms("    name = forms.CharField()"), forms("    name = forms.CharField(max_length=9)"), []],
  ])("is told where it lets any text in: %o", async (before, after, expected) => {
    const rest = { ...urls(), ...forms("    name = forms.IntegerField()"), ...views };
    expect(told(await reviewed({ ...rest, ...before }, after))).toEqual(expected);
  });
});
