// Objects that one module makes of a library, and another one uses: that one does not name the library.
import { expect, it } from "vitest";
import { follow } from "../support/taint.ts";

type Files = Readonly<Record<string, string>>;

/** Where something is found, as `path:line`. */
async function found(files: Files): Promise<string[]> {
  return (await follow(files)).map((one) => `${one.path}:${one.region.startLine}`).sort();
}

/** A view that imports something and hands data to it; what it does stands from line 4 on. */
const view = (imports: string, ...body: readonly string[]) =>
  ["from flask import request", imports, "def view():", ...body.map((one) => `    ${one}`)].join(
    "\n",
  );

const DRIVER = "import sink\ndriver = sink.Driver()\n";
const USE = 'driver.path("/srv/" + request.args["x"])';

it.each<readonly [string, Files, string, readonly string[]]>([
  ["an object", { "ext.py": DRIVER }, "from ext import driver", [USE]],
  [
    "one with another name here",
    { "ext.py": DRIVER },
    "from ext import driver as d",
    [`d${USE.slice(6)}`],
  ],
  [
    "one with a type",
    { "ext.py": "from sink import Driver\ndriver: Driver = Driver()" },
    "from ext import driver",
    [USE],
  ],
  ["one by way of its module", { "ext.py": DRIVER }, "import ext", [`ext.${USE}`]],
  [
    "one by way of its module and package",
    { "app/__init__.py": "", "app/ext.py": DRIVER },
    "from app import ext",
    [`ext.${USE}`],
  ],
  [
    "one that a package hands on",
    { "app/__init__.py": "from .ext import driver", "app/ext.py": DRIVER },
    "from app import driver",
    [USE],
  ],
  [
    "one that a package hands on with all else",
    { "app/__init__.py": "from .ext import *", "app/ext.py": DRIVER },
    "from app import driver",
    [USE],
  ],
  ["one that is imported with all else", { "ext.py": DRIVER }, "from ext import *", [USE]],
  [
    "one that is made where it can be",
    {
      "ext.py":
        "try:\n    import sink\n    driver = sink.Driver()\nexcept ImportError:\n    driver = None",
    },
    "from ext import driver",
    [USE],
  ],
  [
    "one that a helper of its module makes",
    {
      "ext.py":
        "import sink\ndef make():\n    one = sink.Driver()\n    return one\ndriver = make()",
    },
    "from ext import driver",
    [USE],
  ],
  [
    "one that a third module knows how to make",
    {
      "make.py": "import sink\ndef make():\n    return sink.Driver()",
      "ext.py": "from make import make\ndriver = make()",
    },
    "from ext import driver",
    [USE],
  ],
  [
    "what a function gives",
    { "ext.py": "import sink\ndef get():\n    return sink.Driver()" },
    "from ext import get",
    ["driver = get()", USE],
  ],
  [
    "what a function gives at once",
    { "ext.py": "import sink\ndef get():\n    return sink.Driver()" },
    "from ext import get",
    [`get()${USE.slice(6)}`],
  ],
  [
    "what a context gives",
    {
      "ext.py":
        "import sink\nfrom contextlib import contextmanager\n@contextmanager\ndef opened():\n    yield sink.Driver()",
    },
    "from ext import opened",
    ["with opened() as driver:", `    ${USE}`],
  ],
  [
    "an object of a class that extends one",
    { "ext.py": "import sink\nclass Own(sink.Driver):\n    pass" },
    "from ext import Own",
    ["driver = Own()", USE],
  ],
  [
    "what an object has",
    {
      "ext.py":
        "import sink\nclass Clients:\n    def __init__(self):\n        self.driver = sink.Driver()\nclients = Clients()",
    },
    "from ext import clients",
    [`clients.${USE}`],
  ],
  [
    "what a class has",
    { "ext.py": "import sink\nclass Settings:\n    driver = sink.Driver()" },
    "from ext import Settings",
    [`Settings.${USE}`],
  ],
])("data arrives in %s", async (_, files, imports, body) => {
  const at = body.length + 3;
  expect(await found({ ...files, "views.py": view(imports, ...body) })).toEqual([`views.py:${at}`]);
});

it.each<readonly [string, Files, string, readonly string[]]>([
  [
    "an object of a class of the program",
    {
      "ext.py":
        "import sink\nclass Own:\n    def path(self, name):\n        return self.pages[name]\ndriver = Own()",
    },
    "from ext import driver",
    [USE],
  ],
  [
    "another object of a module that makes one",
    { "ext.py": `${DRIVER}other = {}` },
    "from ext import other",
    [`other.path(request.args["x"])`],
  ],
  [
    "an object of another module",
    { "ext.py": DRIVER, "own.py": "driver = {}" },
    "from own import driver",
    [USE],
  ],
  [
    "an object that is given no data",
    { "ext.py": DRIVER },
    "from ext import driver",
    ["driver.path(request.args['x'] and 'a')"],
  ],
  [
    "a function of a module that makes one",
    { "ext.py": `${DRIVER}def path(name):\n    return name` },
    "import ext",
    ["ext.path(request.args['x'])"],
  ],
])("data does not arrive in %s", async (_, files, imports, body) => {
  expect(await found({ ...files, "views.py": view(imports, ...body) })).toEqual([]);
});

it("data arrives where a helper uses one, and a view hands data to the helper", async () => {
  const files = {
    "ext.py": DRIVER,
    "store.py": "from ext import driver\ndef load(name):\n    return driver.path('/srv/' + name)",
    "views.py": view("from store import load", "load(request.args['x'])"),
  };
  expect(await found(files)).toEqual(["store.py:3"]);
});

it("modules that import each other end the search", async () => {
  const files = {
    "a.py": "from b import driver",
    "b.py": "from c import *\ndriver = driver or other",
    "c.py": "from a import driver as other\nfrom b import *",
    "views.py": view("from a import driver", USE),
  };
  expect(await found(files)).toEqual([]);
});

it("is told with the place where the object is made", async () => {
  const files = { "ext.py": DRIVER, "views.py": view("from ext import driver", USE) };
  const [finding] = await follow(files);
  expect(finding?.related).toMatchObject([
    { path: "ext.py", region: { startLine: 2 }, message: "makes what it is called on" },
  ]);
});

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

it.each<readonly [string, string, string]>([
  ["one name bound many times", times(20_000, () => "driver = driver or other\n"), ""],
  ["many names bound to the next", times(20_000, (i) => `driver${i || ""} = driver${i + 1}\n`), ""],
  ["the word import many times", `x = "${"import ".repeat(60_000)}"\n${DRIVER}`, ""],
  ["many objects of many names", DRIVER, times(5000, (i) => `    own${i}.path(own${i})\n`)],
  [
    "contexts that do not end",
    DRIVER,
    `    ${"with driver as ".repeat(20_000)}driver.path(driver)\n`,
  ],
])("a module of %s is read within bounds", { timeout: 20_000 }, async (_, module, body) => {
  const files = { "ext.py": module, "views.py": `${view("from ext import driver", USE)}\n${body}` };
  await expect(follow(files)).resolves.toBeDefined();
});
