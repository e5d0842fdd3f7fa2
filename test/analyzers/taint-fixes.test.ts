// Fixes of SQL text that is built from data: what they write, and that a real database then does the same with harmless data,
// and no harm with hostile data.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { applyEdits } from "../../src/core/edits.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const everything = loadRules(ruleFiles, matchSchemas);
const rules = {
  ...everything,
  rules: everything.rules.filter((rule) => /^injection\/(?:sql|html)/.test(rule.id)),
};

/** The text after every fix that is offered; undefined when none is. */
async function fixed(text: string): Promise<string | undefined> {
  const tree = memoryTree({ "app.py": text });
  const result = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  const edits = result.new.flatMap((finding) => finding.fix?.edits ?? []);
  return edits.length === 0 ? undefined : applyEdits(text, edits);
}

/** What is found in a text. */
async function reported(text: string): Promise<readonly string[]> {
  const tree = memoryTree({ "app.py": text });
  const result = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  return result.new.map((finding) => finding.ruleId);
}

/** A function that reads what `name` and `age` of a request find, and the statement in it. */
const reader = (...lines: string[]) =>
  [
    "import sqlite3",
    "from flask import request",
    "def read(connection):",
    '    name = request.args["name"]',
    ...lines.map((line) => `    ${line}`),
  ].join("\n");

const rewritten: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "an f-string",
    [`return connection.execute(f"SELECT id FROM people WHERE name = '{name}'").fetchall()`],
    [`return connection.execute("SELECT id FROM people WHERE name = ?", [name]).fetchall()`],
  ],
  [
    "an f-string of several lines",
    [
      "return connection.execute(",
      '    "SELECT id FROM people "',
      `    f"WHERE name = '{name}' AND 1 = 1"`,
      ").fetchall()",
    ],
    [
      "return connection.execute(",
      '    "SELECT id FROM people "',
      '    "WHERE name = ? AND 1 = 1", [name]',
      ").fetchall()",
    ],
  ],
  [
    "a text in three quotes",
    [
      'return connection.execute(f"""',
      "    SELECT id FROM people",
      "    WHERE name = '{name.strip()}'",
      '""").fetchall()',
    ],
    [
      'return connection.execute("""',
      "    SELECT id FROM people",
      "    WHERE name = ?",
      '""", [name.strip()]).fetchall()',
    ],
  ],
  [
    "a percent format",
    [`return connection.execute("SELECT id FROM people WHERE name = '%s'" % name).fetchall()`],
    [`return connection.execute("SELECT id FROM people WHERE name = ?", [name]).fetchall()`],
  ],
  [
    "a percent format of two",
    [
      `return connection.execute("SELECT id FROM people WHERE name = '%s' OR name = '%s'" % (name, name)).fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE name = ? OR name = ?", [name, name]).fetchall()`,
    ],
  ],
  [
    "str.format",
    [
      `return connection.execute("SELECT id FROM people WHERE name = '{}'".format(name)).fetchall()`,
    ],
    [`return connection.execute("SELECT id FROM people WHERE name = ?", [name]).fetchall()`],
  ],
  [
    "str.format by name",
    [
      `return connection.execute("SELECT id FROM people WHERE name = '{n}'".format(n=name)).fetchall()`,
    ],
    [`return connection.execute("SELECT id FROM people WHERE name = ?", [name]).fetchall()`],
  ],
  [
    "a sum",
    [`return connection.execute("SELECT id FROM people WHERE name = '" + name + "'").fetchall()`],
    [`return connection.execute("SELECT id FROM people WHERE name = ?", [name]).fetchall()`],
  ],
  [
    "text that has a name",
    [
      `query = f"SELECT id FROM people WHERE name = '{name}' ORDER BY id"`,
      "return connection.execute(query).fetchall()",
    ],
    [
      `query = "SELECT id FROM people WHERE name = ? ORDER BY id"`,
      "return connection.execute(query, [name]).fetchall()",
    ],
  ],
  [
    "a value of an insertion",
    [
      `connection.execute(f"INSERT INTO people (id, name) VALUES (9, '{name}')")`,
      'return connection.execute("SELECT name FROM people").fetchall()',
    ],
    [
      'connection.execute("INSERT INTO people (id, name) VALUES (9, ?)", [name])',
      'return connection.execute("SELECT name FROM people").fetchall()',
    ],
  ],
];

/** The same with a number, which stands without quotes. */
const numbers: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "a number in an f-string",
    [`return connection.execute(f"SELECT name FROM people WHERE id = {name}").fetchall()`],
    [`return connection.execute("SELECT name FROM people WHERE id = ?", [name]).fetchall()`],
  ],
  [
    "a number in a sum",
    [`return connection.execute("SELECT name FROM people WHERE id = " + name).fetchall()`],
    [`return connection.execute("SELECT name FROM people WHERE id = ?", [name]).fetchall()`],
  ],
];

/** The same for a driver that is not at hand: what stands in for it gives the statement to sqlite3. */
const drivers: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    "SQLAlchemy's text()",
    "from sqlalchemy import text",
    [
      `found = connection.execute(text(f"SELECT id FROM people WHERE name = '{name}' OR name = '{name.strip()}'"))`,
      "return found.fetchall()",
    ],
    [
      `found = connection.execute(text("SELECT id FROM people WHERE name = :name OR name = :value_2").bindparams(name=name, value_2=name.strip()))`,
      "return found.fetchall()",
    ],
  ],
  [
    "SQLAlchemy's text() of a text that has a name",
    "from sqlalchemy import text",
    [
      `query = "SELECT id FROM people WHERE name = '" + name + "'"`,
      "return connection.execute(text(query)).fetchall()",
    ],
    [
      `query = "SELECT id FROM people WHERE name = :name"`,
      "return connection.execute(text(query).bindparams(name=name)).fetchall()",
    ],
  ],
  [
    "asyncpg",
    "import asyncpg",
    [`return connection.fetch(f"SELECT id FROM people WHERE name = '{name}' OR name = '{name}'")`],
    [`return connection.fetch("SELECT id FROM people WHERE name = $1 OR name = $2", name, name)`],
  ],
  [
    "cx_Oracle",
    "import cx_Oracle",
    [
      `found = connection.execute(f"SELECT id FROM people WHERE name = '{name}' OR name = '{name.strip()}'")`,
      "return found.fetchall()",
    ],
    [
      'found = connection.execute("SELECT id FROM people WHERE name = :1 OR name = :2", [name, name.strip()])',
      "return found.fetchall()",
    ],
  ],
  [
    "psycopg2",
    "import psycopg2",
    [
      `found = connection.execute("SELECT id FROM people WHERE name = '%s'" % name)`,
      "return found.fetchall()",
    ],
    [
      'found = connection.execute("SELECT id FROM people WHERE name = %s", [name])',
      "return found.fetchall()",
    ],
  ],
];

const left: readonly (readonly [string, readonly string[]])[] = [
  ["a table's name", ['return connection.execute(f"SELECT id FROM {name}")']],
  ["an order", ['return connection.execute(f"SELECT id FROM people ORDER BY {name}")']],
  [
    "a part of a pattern",
    [`return connection.execute(f"SELECT id FROM people WHERE name LIKE '%{name}%'")`],
  ],
  ["a layout", [`return connection.execute(f"SELECT id FROM people WHERE name = '{name:>9}'")`]],
  [
    "text that is used twice",
    [
      `query = f"SELECT id FROM people WHERE name = '{name}'"`,
      "print(query)",
      "return connection.execute(query)",
    ],
  ],
  [
    "text that is added to",
    [
      `query = f"SELECT id FROM people WHERE name = '{name}'"`,
      "query += ' ORDER BY id'",
      "return connection.execute(query)",
    ],
  ],
  [
    "parameters beside it",
    [`return connection.execute(f"SELECT id FROM people WHERE id = ? AND name = '{name}'", [1])`],
  ],
  [
    "a comment in the statement",
    [`return connection.execute(f"SELECT id FROM people -- '{name}'")`],
  ],
];

describe("the fix of SQL text", () => {
  it.each([...rewritten, ...numbers])("binds the data of %s", async (_name, before, after) => {
    expect(await fixed(reader(...before))).toBe(reader(...after));
  });

  it.each(drivers)("binds the data of %s", async (_name, imports, before, after) => {
    const withDriver = (lines: readonly string[]) =>
      reader(...lines).replace("import sqlite3", imports);
    expect(await fixed(withDriver(before))).toBe(withDriver(after));
  });

  it.each([...rewritten, ...numbers])(
    "leaves nothing to report of %s",
    async (_name, _before, after) => {
      expect(await reported(reader(...after))).toEqual([]);
    },
  );

  it.each(drivers)("leaves nothing to report of %s", async (_name, imports, _before, after) => {
    expect(await reported(reader(...after).replace("import sqlite3", imports))).toEqual([]);
  });

  it.each(left)("is not offered for %s", async (_name, body) => {
    expect(await fixed(reader(...body))).toBeUndefined();
  });

  it.each([
    [
      "django",
      "from django.db import connection\nfrom django.http import HttpRequest\ndef read(request):\n    with connection.cursor() as cursor:\n        cursor.execute(SQL)\n",
    ],
    [
      "psycopg2",
      "import psycopg2\nfrom flask import request\ndef read():\n    psycopg2.connect('').cursor().execute(SQL)\n",
    ],
  ])("writes %%s for %s", async (_name, text) => {
    const sql = `"SELECT a FROM b WHERE c = '%s'" % request.GET["c"]`.replace(
      "GET",
      text.includes("flask") ? "args" : "GET",
    );
    const value = sql.slice(sql.indexOf("request"));
    expect(await fixed(text.replace("SQL", sql))).toBe(
      text.replace("SQL", `"SELECT a FROM b WHERE c = %s", [${value}]`),
    );
  });

  it("is not offered where the driver is not known", async () => {
    expect(
      await fixed(
        `from flask import request\ndef read(cursor):\n    cursor.execute(f"SELECT a FROM b WHERE c = '{request.args['c']}'")\n`,
      ),
    ).toBeUndefined();
  });

  it("keeps what a database does with harmless data, and hostile data does nothing", () => {
    const program = `
import json, sqlite3, sys
def run(text, name):
    connection = sqlite3.connect(":memory:")
    connection.executescript("CREATE TABLE people (id INTEGER, name TEXT); INSERT INTO people VALUES (1, 'ann'), (2, 'bob')")
    class Request: args = {"name": name}
    scope = {"request": Request, "text": Text}
    style = "%s" if "import psycopg2" in text else ":1" if "import cx_Oracle" in text else "?"
    for line in ("from flask import request", "from sqlalchemy import text", "import asyncpg", "import cx_Oracle", "import psycopg2"):
        text = text.replace(line, "")
    exec(text, scope)
    return scope["read"](Driver(connection, style))
class Text(str):
    values = {}
    def bindparams(self, **values):
        self.values = values
        return self
class Driver:
    def __init__(self, connection, style):
        self.connection, self.style = connection, style
    def execute(self, sql, values=None):
        if values and self.style == "%s":
            return self.connection.execute((sql % tuple("?" for _ in values)), values)
        if values and self.style == ":1":
            return self.connection.execute(sql, {str(n): one for n, one in enumerate(values, 1)})
        return self.connection.execute(str(sql), sql.values if isinstance(sql, Text) else values or [])
    def fetch(self, sql, *values):
        return self.connection.execute(sql, {str(n): one for n, one in enumerate(values, 1)}).fetchall()
for before, after, harmless in json.load(sys.stdin):
    assert run(before, harmless) == run(after, harmless) != [], after
    hostile = "x' OR '1' = '1"
    assert len(run(after, hostile)) in (0, 3), after
print("done")
`;
    const pairs = [
      ...rewritten.map(([, before, after]) => [reader(...before), reader(...after), "ann"]),
      ...numbers.map(([, before, after]) => [reader(...before), reader(...after), "2"]),
      ...drivers.map(([, imports, ...both]) => [
        ...both.map((lines) => reader(...lines).replace("import sqlite3", imports)),
        "ann",
      ]),
    ];
    const result = spawnSync("python3", ["-c", program], {
      input: JSON.stringify(pairs),
      encoding: "utf8",
    });
    expect(result.stderr).toBe("");
    expect(result.stdout).toBe("done\n");
  });
});

describe("the fix of HTML that is marked safe", () => {
  it("lets a function escape the data", async () => {
    const text = `from django.utils.safestring import mark_safe
from django.http import HttpRequest
def show(request: HttpRequest):
    name = request.GET["name"]
    return mark_safe(f"<b class='{name}'>{name}</b>")
`;
    expect(await fixed(text)).toBe(`from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.http import HttpRequest
def show(request: HttpRequest):
    name = request.GET["name"]
    return format_html("<b class='{}'>{}</b>", name, name)
`);
  });
});
