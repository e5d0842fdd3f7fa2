// Fixes of SQL text that is built from data: what they write, and that a real database then does the same with harmless data,
// and no harm with hostile data.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { casesOf } from "../../src/cli/rule-examples.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { applyEdits } from "../../src/core/edits.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const everything = loadRules(ruleFiles, matchSchemas);
const rules = {
  ...everything,
  rules: everything.rules.filter((rule) =>
    /^injection\/(?:sql|html|ssrf$)|^deserialization\/untrusted$|^crypto\/password-/.test(rule.id),
  ),
};

/** The text after every fix that is offered; undefined when none is. */
async function fixed(text: string, asked = rules): Promise<string | undefined> {
  const tree = memoryTree({ "app.py": text });
  const result = await scan({ tree, rules: asked, config: defaultConfig, today: "2026-01-01" });
  const edits = result.new.flatMap((finding) => finding.fix?.edits ?? []);
  return edits.length === 0 ? undefined : applyEdits(text, edits);
}

/** The bad examples of rules for SQL for which a fix is offered, each with what becomes of it. */
async function fixesOfExamples(): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const rule of everything.rules.filter(({ cwe }) => cwe.includes(89)))
    for (const { good, files } of casesOf(rule)) {
      const [text, ...others] = Object.values(files);
      if (good || text === undefined || others.length > 0) continue;
      const alone = { ...everything, rules: [rule], byId: new Map([[rule.id, rule]]) };
      const after = await fixed(text, alone);
      if (after !== undefined) found.push([text, after]);
    }
  expect(found.length).toBeGreaterThan(5);
  return found;
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
    "a percent format by name",
    [
      `return connection.execute("SELECT id FROM people WHERE name = '%(n)s' AND id < %(most)d" % {"n": name, "most": 9}).fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE name = ? AND id < ?", [name, 9]).fetchall()`,
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
    "a part of a pattern",
    [`return connection.execute(f"SELECT id FROM people WHERE name LIKE '%{name}%'").fetchall()`],
    [
      `return connection.execute("SELECT id FROM people WHERE name LIKE ?", [f"%{name}%"]).fetchall()`,
    ],
  ],
  [
    "a part of a pattern in a percent format",
    [
      `return connection.execute("SELECT id FROM people WHERE name LIKE '%%%s%%'" % request.args["name"]).fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE name LIKE ?", [f'%{request.args["name"]}%']).fetchall()`,
    ],
  ],
  [
    "a part of a pattern in a sum",
    [
      `return connection.execute("SELECT id FROM people WHERE name LIKE '" + name + "%' ORDER BY id").fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE name LIKE ? ORDER BY id", [f"{name}%"]).fetchall()`,
    ],
  ],
  [
    "the only column of an insertion",
    [
      `connection.execute(f"INSERT INTO people (name) VALUES ('{name}')")`,
      'return connection.execute("SELECT name FROM people").fetchall()',
    ],
    [
      'connection.execute("INSERT INTO people (name) VALUES (?)", [name])',
      'return connection.execute("SELECT name FROM people").fetchall()',
    ],
  ],
  [
    "an argument of a function",
    [`return connection.execute(f"SELECT id FROM people WHERE name = lower('{name}')").fetchall()`],
    [`return connection.execute("SELECT id FROM people WHERE name = lower(?)", [name]).fetchall()`],
  ],
  [
    "a text between parameters, in their order",
    [
      `return connection.execute(f"SELECT id FROM people WHERE id > ? AND name = '{name}' AND id < ?", (0, 9)).fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE id > ? AND name = ? AND id < ?", (0, name, 9)).fetchall()`,
    ],
  ],
  [
    "a text before a parameter, beside a mark in quotes",
    [
      `return connection.execute("SELECT id FROM people WHERE name = '" + name + "' AND name <> '?' AND id > ?", [0]).fetchall()`,
    ],
    [
      `return connection.execute("SELECT id FROM people WHERE name = ? AND name <> '?' AND id > ?", [name, 0]).fetchall()`,
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
  [
    "a number of rows",
    ['return connection.execute(f"SELECT name FROM people LIMIT {name}").fetchall()'],
    ['return connection.execute("SELECT name FROM people LIMIT ?", [name]).fetchall()'],
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
  ...["pymssql", "pg8000"].map((driver): [string, string, string[], string[]] => [
    driver,
    `import ${driver}`,
    [
      `found = connection.execute("SELECT id FROM people WHERE name = '" + name + "'")`,
      "return found.fetchall()",
    ],
    [
      'found = connection.execute("SELECT id FROM people WHERE name = %s", [name])',
      "return found.fetchall()",
    ],
  ]),
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
    "psycopg2 of a part of a pattern",
    "import psycopg2",
    [
      `found = connection.execute(f"SELECT id FROM people WHERE name LIKE '%{name}%'")`,
      "return found.fetchall()",
    ],
    [
      'found = connection.execute("SELECT id FROM people WHERE name LIKE %s", [f"%{name}%"])',
      "return found.fetchall()",
    ],
  ],
  [
    "psycopg2 beside a percent sign",
    "import psycopg2",
    [
      `found = connection.execute(f"SELECT id FROM people WHERE name = '{name}' AND name NOT LIKE '%z%'")`,
      "return found.fetchall()",
    ],
    [
      `found = connection.execute("SELECT id FROM people WHERE name = %s AND name NOT LIKE '%%z%%'", [name])`,
      "return found.fetchall()",
    ],
  ],
  [
    "psycopg2 beside a parameter",
    "import psycopg2",
    [
      `found = connection.execute(f"SELECT id FROM people WHERE id > %s AND name = '{name}' AND name NOT LIKE 'z%%'", [0])`,
      "return found.fetchall()",
    ],
    [
      `found = connection.execute("SELECT id FROM people WHERE id > %s AND name = %s AND name NOT LIKE 'z%%'", [0, name])`,
      "return found.fetchall()",
    ],
  ],
  [
    "asyncpg beside a parameter",
    "import asyncpg",
    [`return connection.fetch(f"SELECT id FROM people WHERE id > $1 AND name = '{name}'", 0)`],
    [`return connection.fetch("SELECT id FROM people WHERE id > $1 AND name = $2", 0, name)`],
  ],
  [
    "SQLAlchemy's text() beside a parameter",
    "from sqlalchemy import text",
    [
      `query = text(f"SELECT id FROM people WHERE id > :value AND name = '{name}'")`,
      `return connection.execute(query, {"value": 0}).fetchall()`,
    ],
    [
      `query = text("SELECT id FROM people WHERE id > :value AND name = :name").bindparams(name=name)`,
      `return connection.execute(query, {"value": 0}).fetchall()`,
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

/** Calls that take parameters each in their own way, in a view of `name`. */
const calls: readonly (readonly [string, string, string, string])[] = [
  [
    "extra conditions",
    "from shop.models import Person",
    `Person.objects.extra(where=[f"name = '{name}'"])`,
    'Person.objects.extra(where=["name = %s"], params=[name])',
  ],
  [
    "extra conditions with parameters",
    "from shop.models import Person",
    `Person.objects.filter(a=1).extra(where=["id > %%s AND name = '%s'" % name], params=[0])`,
    'Person.objects.filter(a=1).extra(where=["id > %s AND name = %s"], params=[0, name])',
  ],
  [
    "databases",
    'from databases import Database\ndatabase = Database("sqlite://")',
    `database.fetch_all(f"SELECT id FROM people WHERE id > :id AND name = '{name}'", {"id": 0})`,
    'database.fetch_all("SELECT id FROM people WHERE id > :id AND name = :name", {"id": 0, "name": name})',
  ],
  [
    "databases without parameters",
    'from databases import Database\ndatabase = Database("sqlite://")',
    `database.execute(f"DELETE FROM people WHERE name = '{name}'")`,
    'database.execute("DELETE FROM people WHERE name = :name", values={"name": name})',
  ],
  [
    "peewee",
    'from peewee import SqliteDatabase\ndatabase = SqliteDatabase("a.db")',
    `database.execute_sql(f"SELECT id FROM people WHERE name = '{name}'")`,
    'database.execute_sql("SELECT id FROM people WHERE name = ?", [name])',
  ],
  [
    "pandas over sqlite3",
    'import sqlite3\nimport pandas as pd\ndatabase = sqlite3.connect("a.db")',
    `pd.read_sql(f"SELECT id FROM people WHERE name = '{name}'", con=database)`,
    'pd.read_sql("SELECT id FROM people WHERE name = ?", con=database, params=[name])',
  ],
  [
    "pandas over psycopg2",
    'import psycopg2\nimport pandas as pd\ndatabase = psycopg2.connect("")',
    `pd.read_sql_query("SELECT id FROM people WHERE id > %%s AND name = '%s'" % name, database, params=[0])`,
    'pd.read_sql_query("SELECT id FROM people WHERE id > %s AND name = %s", database, params=[0, name])',
  ],
  [
    "psycopg's composed text",
    "import psycopg2\nfrom psycopg2 import sql\ncursor = psycopg2.connect('').cursor()",
    `cursor.execute(sql.SQL(f"SELECT id FROM people WHERE name = '{name}' AND name <> '{{x}}'"))`,
    `cursor.execute(sql.SQL("SELECT id FROM people WHERE name = {} AND name <> '{{x}}'").format(sql.Literal(name)))`,
  ],
  [
    "an expression of Django",
    "from shop.models import Person\nfrom django.db.models.expressions import RawSQL",
    `Person.objects.annotate(a=RawSQL("name = '%s' AND id > %%s" % name, [0]))`,
    'Person.objects.annotate(a=RawSQL("name = %s AND id > %s", [name, 0]))',
  ],
];

const view = (imports: string, call: string) =>
  `from django.http import HttpRequest\n${imports}\ndef read(request: HttpRequest):\n    name = request.GET["name"]\n    return ${call}\n`;

/** A view that shows `name` of the request in some way. */
const shown = (expression: string) => `from django.utils.safestring import mark_safe
from markdown import markdown
def show(request):
    name = request.GET["name"]
    return ${expression}
`;

/** Texts that are marked as HTML, and what is written for them. */
const escaped: readonly (readonly [string, string, string])[] = [
  ...[
    ["<b class='{name}'>{name}</b>", `"<b class='{}'>{}</b>", name, name`],
    [
      `<a href='/people/{name}'>{name.strip()}</a>`,
      `"<a href='/people/{}'>{}</a>", name, name.strip()`,
    ],
    ["<style>a {{ b: c }}</style><b>{name}</b>", '"<style>a {{ b: c }}</style><b>{}</b>", name'],
    ["{mark_safe('<i></i>')}<b>{name}</b>", `"{}<b>{}</b>", mark_safe('<i></i>'), name`],
  ].map(
    ([markup, given]) =>
      [
        `a view with ${markup}`,
        shown(`mark_safe(f"${markup}")`),
        `from django.utils.html import format_html\n${shown(`format_html(${given})`)}`,
      ] as const,
  ),
  [
    "Markup",
    `from flask import request\nfrom markupsafe import Markup\ndef show():\n    name = request.args["name"]\n    return {"page": Markup(f"<b class='{name}'>{name}</b>")}\n`,
    `from flask import request\nfrom markupsafe import Markup\ndef show():\n    name = request.args["name"]\n    return {"page": Markup("<b class='{}'>{}</b>").format(name, name)}\n`,
  ],
];

const left: readonly (readonly [string, readonly string[]])[] = [
  ["a table's name", ['return connection.execute(f"SELECT id FROM {name}")']],
  ["an order", ['return connection.execute(f"SELECT id FROM people ORDER BY {name}")']],
  [
    "a column's new name",
    [`return connection.execute(f"SELECT id AS '{name}' FROM people").fetchall()`],
  ],
  [
    "a default of a column",
    [`connection.execute(f"ALTER TABLE people ADD COLUMN town TEXT DEFAULT '{name}'")`],
  ],
  [
    "a condition of a view",
    [`connection.execute(f"CREATE VIEW v AS SELECT 1 WHERE 'a' = '{name}'")`],
  ],
  [
    "a name that is bound again before the call",
    [
      `sql = f"SELECT id FROM people WHERE name = '{name}'"`,
      "name = name.upper()",
      "return connection.execute(sql).fetchall()",
    ],
  ],
  [
    "an attribute that is set before the call",
    [
      "connection.q = name",
      `sql = f"SELECT id FROM people WHERE name = '{connection.q}'"`,
      "connection.q = 'x'",
      "return connection.execute(sql).fetchall()",
    ],
  ],
  [
    "a name that a loop around the call binds",
    [
      `sql = f"SELECT id FROM people WHERE name = '{name}'"`,
      "for name in range(3):",
      "    connection.execute(sql)",
    ],
  ],
  [
    "what gives something else when it is asked again",
    [
      "given = iter(request.args.values())",
      `sql = "SELECT id FROM people WHERE name = '" + next(given) + "'"`,
      "log(next(given))",
      "return connection.execute(sql).fetchall()",
    ],
  ],
  ["a pragma", ['connection.execute(f"PRAGMA user_version = {name}")']],
  ["a setting", [`connection.execute(f"SET search_path = '{name}'")`]],
  ["an identifier in quotes", [`connection.execute(f'SELECT id FROM people WHERE "{name}" = 1')`]],
  [
    "a column of the list",
    [`connection.execute(f"INSERT INTO people(id, '{name}') VALUES (1, 2)")`],
  ],
  ["a script", [`connection.executescript(f"UPDATE people SET name = '{name}';")`]],
  [
    "two statements",
    [`connection.execute(f"UPDATE people SET name = '{name}'; SELECT id FROM people")`],
  ],
  [
    "numbers in one text",
    ['return connection.execute(f"SELECT id FROM people WHERE id IN ({name})").fetchall()'],
  ],
  [
    "texts in one text",
    [
      `names = "', '".join(request.args.getlist("name"))`,
      `return connection.execute("SELECT id FROM people WHERE name IN ('" + names + "')").fetchall()`,
    ],
  ],
  [
    "a row in one text",
    [
      `row = "', '".join(request.args.getlist("name"))`,
      `connection.execute(f"INSERT INTO people (id, name) VALUES ('{row}')")`,
    ],
  ],
  [
    "a number that is compared with what is no column",
    ['return connection.execute(f"SELECT 1 FROM people HAVING count(*) > {name}").fetchall()'],
  ],
  [
    "a table of which a column follows",
    ['return connection.execute(f"SELECT id FROM people WHERE id = {name}.id").fetchall()'],
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
    "parameters beside it that are not written out",
    [`return connection.execute(f"SELECT id FROM people WHERE id = ? AND name = '{name}'", ids)`],
  ],
  [
    "more marks than parameters beside it",
    [`return connection.execute(f"SELECT id FROM people WHERE id > ? AND name = '{name}'", [])`],
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

  it("binds the data of a model's raw query", async () => {
    const view = (given: string) =>
      `from shop.models import Person\ndef read(request):\n    name = request.GET["name"]\n    return list(Person.objects.raw(${given}))\n`;
    const after = view('"SELECT * FROM person WHERE name = %s", [name]');
    expect(await fixed(view(`f"SELECT * FROM person WHERE name = '{name}'"`))).toBe(after);
    expect(await reported(after)).toEqual([]);
  });

  it.each(calls)(
    "binds the data of %s where its call takes parameters",
    async (_name, imports, before, after) => {
      expect(await fixed(view(imports, before))).toBe(view(imports, after));
      expect(await reported(view(imports, after))).toEqual([]);
    },
  );

  it.each([
    ["import pymysql", "LIMIT {name}"],
    ["import MySQLdb", "LIMIT 5 OFFSET {name}"],
    ["import asyncpg", "WHERE id = {name}"],
    ["import pg8000", "WHERE id = {name}"],
    ["import asyncpg", "WHERE born = '{name}'::date"],
  ])("is not offered where the driver wants a number or a date: %s, %s", async (imports, end) => {
    const body = reader(`connection.execute(f"SELECT id FROM people ${end}")`);
    expect(await fixed(body.replace("import sqlite3", imports))).toBeUndefined();
  });

  it("binds a number as a number", async () => {
    const withDriver = (line: string) => reader(line).replace("import sqlite3", "import pymysql");
    expect(
      await fixed(
        withDriver(
          `connection.execute("SELECT id FROM people WHERE name = '%s' LIMIT %d" % (name, SIZE))`,
        ),
      ),
    ).toBe(
      withDriver(
        'connection.execute("SELECT id FROM people WHERE name = %s LIMIT %s", [name, SIZE])',
      ),
    );
  });

  it("is not offered where the driver is not known", async () => {
    expect(
      await fixed(
        `from flask import request\ndef read(cursor):\n    cursor.execute(f"SELECT a FROM b WHERE c = '{request.args['c']}'")\n`,
      ),
    ).toBeUndefined();
  });

  it("keeps what a database does with harmless data, and hostile data does nothing", async () => {
    const pairs = [
      ...rewritten.map(([, before, after]) => [reader(...before), reader(...after), "ann"]),
      ...numbers.map(([, before, after]) => [reader(...before), reader(...after), "2"]),
      ...drivers.map(([, imports, ...both]) => [
        ...both.map((lines) => reader(...lines).replace("import sqlite3", imports)),
        "ann",
      ]),
      ...calls.map(([, imports, ...both]) => [...both.map((call) => view(imports, call)), "ann"]),
      ...(await fixesOfExamples()).map((both) => [...both, "ann"]),
    ];
    const hostile = ["x' OR 1 = 1 OR 'a' = 'b", "x') OR 1 = 1 --"];
    const cases = pairs.map(([before, after, harmless]) => ({ before, after, harmless, hostile }));
    const tags = escaped.map(([, before, after]) => ({
      before,
      after,
      harmless: "ann",
      hostile: ["<script>"],
    }));
    const result = spawnSync("python3", ["test/support/drivers.py"], {
      input: JSON.stringify([...cases, ...tags]),
      encoding: "utf8",
    });
    expect(result.stderr).toBe("");
    expect(result.stdout).toBe("done\n");
  });
});

describe("the fix of a call that data must not reach", () => {
  it.each([
    ["yaml.load(text, Loader=yaml.UnsafeLoader)", "yaml.safe_load(text)"],
    ["yaml.load(text, yaml.Loader)", "yaml.safe_load(text)"],
    ["list(yaml.load_all(text, Loader=yaml.FullLoader))", "list(yaml.safe_load_all(text))"],
    ["yaml.unsafe_load(text)", "yaml.safe_load(text)"],
  ])("calls the safe function instead of %s", async (before, after) => {
    const view = (value: string) =>
      `import yaml\nfrom flask import request\ndef read():\n    text = request.data\n    return ${value}\n`;
    expect(await fixed(view(before))).toBe(view(after));
    expect(await reported(view(after))).toEqual([]);
  });
});

describe("a flow into a sink that is given to another one", () => {
  it.each([
    ["urlopen(Request(name))", ["injection/ssrf"]],
    ["[req := Request(name), urlopen(req)]", ["injection/ssrf"]],
    ["urlopen(Request(name), urlopen(name).read())", ["injection/ssrf", "injection/ssrf"]],
    ["cursor.execute(sql.SQL('SELECT * FROM ' + name))", ["injection/sql-text"]],
    ["cursor.execute(sql.SQL('SELECT {}').format(sql.SQL(name)))", ["injection/sql-text"]],
    [
      "session.query(User).from_statement(text('SELECT * FROM users WHERE id = ' + name))",
      ["injection/sql-text"],
    ],
    ["HttpResponse(mark_safe('<b>' + name))", ["injection/html-marked-safe"]],
    ["HttpResponse(format_html('<b>{}</b>', name) + name)", ["injection/html"]],
    [
      "user.setPassword('md5$' + hashlib.md5(password.encode()).hexdigest())",
      ["crypto/password-hashed-fast"],
    ],
  ])("is told once: %s", async (given, ids) => {
    const text = `import hashlib
from urllib.request import Request, urlopen
from psycopg2 import sql
from sqlalchemy import text
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
def show(request: HttpRequest, cursor, session):
    name = request.GET["name"]
    return ${given}
`;
    expect(await reported(text)).toEqual(ids);
  });
});

describe("the fix of HTML that is marked safe", () => {
  it.each(escaped)("lets a function escape the data of %s", async (_name, before, after) => {
    expect(await fixed(before)).toBe(after);
    expect(await reported(after)).toEqual([]);
  });

  it.each([
    ["a script", "<script>var name = '{name}';</script>"],
    ["a style", "<style>.{name} { color: red }</style>"],
    ["an event's handler", `<a onclick=\\"greet('{name}')\\">hi</a>`],
    ["a style of a tag", "<b style='color: {name}'>hi</b>"],
    ["an address", "<a href='{name}'>hi</a>"],
    ["an address that is code", "<a href='javascript:greet({name})'>hi</a>"],
    ["a value without quotes", "<b class={name}>hi</b>"],
    ["a tag's name", "<{name}>hi</b>"],
    ["attributes", "<b {name}>hi</b>"],
    ["a comment", "<!-- {name} --><b>hi</b>"],
    ["markup that was joined", "<ul>{''.join('<li>' + x + '</li>' for x in name)}</ul>"],
    ["markup that was put together", "<ul>{'<li>' + name + '</li>'}</ul>"],
    ["what a function made", "<p>{markdown(name)}</p>"],
  ])("is not offered for %s", async (_name, markup) => {
    const escaped = markup.replace("{ color: red }", "{{ color: red }}");
    const text = shown(`mark_safe(f"${escaped}")`);
    expect(await reported(text)).not.toEqual([]);
    expect(await fixed(text)).toBeUndefined();
  });
});
