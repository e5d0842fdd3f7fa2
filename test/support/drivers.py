"""Runs code before and after a fix on a real sqlite3, whichever driver it is written for.

Reads a list of {before, after, harmless, hostile} from its input. The functions that a fix changed are called; where their driver is
not sqlite3, what stands in for it takes parameters as that driver does, refuses what that refuses, and hands the statement to
sqlite3. Tables and columns are made as statements name them. With harmless data both have to do the same, and not nothing; with
hostile data the code after the fix has to do what it does with any other text, and the code before something else with some of it.
"""
import ast, asyncio, html, inspect, json, re, sqlite3, sys, types

TEXTS = ("ann", "bob")


class Database:
    """One sqlite3 database, of which tables and columns are known from the statements that were tried before."""

    schema = {}

    def __init__(self):
        self.log = []
        self.real = sqlite3.connect(":memory:")
        for table, columns in self.schema.items():
            self.real.execute(f"CREATE TABLE {table} ({', '.join(['id INTEGER', *columns])})")
            for number, text in enumerate(TEXTS, 1):
                row = [number, *[text] * len(columns)]
                self.real.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def run(self, sql, values=()):
        try:
            cursor = self.real.execute(sql, values)
        except sqlite3.OperationalError as error:
            missing = re.match(r"no such (table|column): (\w+)$|table \w+ has no (column) named (\w+)", str(error))
            if missing is None:
                raise
            kind, name = missing[1] or missing[3], missing[2] or missing[4]
            if kind == "table":
                self.schema[name] = []
            else:
                for columns in self.schema.values():
                    if name not in columns:
                        columns.append(f"{name} TEXT")
            raise Unprepared from error
        rows = cursor.fetchall()
        self.log.append(rows)
        return Rows(rows)

    def tables(self):
        return [self.real.execute(f"SELECT * FROM {table}").fetchall() for table in self.schema]


class Unprepared(BaseException):
    """A statement named what was not there yet."""


class Rows(list):
    def fetchall(self):
        return list(self)

    def fetchone(self):
        return self[0] if self else None

    def __await__(self):
        yield from ()
        return self


class Connection:
    """A connection, and its cursor: parameters follow the statement in the style of the driver."""

    def __init__(self, style, module=None):
        self.style, self.module = style, module

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def execute(self, sql, params=None):
        if isinstance(sql, Text):
            return Database.now.run(str(sql), {**sql.values, **(params or {})})
        assert type(sql) in (str, SQL), "no statement"
        assert params is None or isinstance(params, (list, tuple)), "parameters are a list"
        return Database.now.run(*in_style(str(sql), params, self.style))

    def fetch(self, sql, *params):
        assert self.style == "$", "only asyncpg has it"
        return self.execute(sql, list(params) or None)


def in_style(sql, params, style):
    """A statement and its parameters as sqlite3 takes them. Without parameters a driver sends the text as it is."""
    if params is None:
        return sql, ()
    if style == "%s":
        return sql % tuple("?" for _ in params), tuple(params)
    if style in (":1", "$"):
        return sql, {str(number): one for number, one in enumerate(params, 1)}
    return sql, tuple(params)


class Text(str):
    """SQLAlchemy's `text()`."""

    values = {}

    def bindparams(self, **values):
        assert all(re.search(rf":{name}\b", self) for name in values), "no such parameter"
        bound = Text(self)
        bound.values = {**self.values, **values}
        return bound


class SQL(str):
    """`sql.SQL` of psycopg, which has no parameters of its own."""

    def __new__(cls, text):
        return super().__new__(cls, text)

    def format(self, *values):
        assert all(isinstance(one, Literal) for one in values)
        return SQL(str.format(self, *values))


class Literal:
    def __init__(self, value):
        self.value = value

    def __str__(self):
        return str(self.value) if isinstance(self.value, int) else "'" + self.value.replace("'", "''") + "'"

    def __format__(self, _):
        return str(self)


class QuerySet:
    """Conditions of Django: `extra` and `raw` always have parameters, be they none."""

    table = "person"

    def __getattr__(self, _):
        return lambda *_, **__: self

    def extra(self, where=(), params=()):
        return self.raw(f"SELECT id FROM {self.table} WHERE {' AND '.join(where)}", params)

    def annotate(self, **parts):
        return [self.raw(f"SELECT {part.sql} FROM {self.table}", part.params) for part in parts.values()]

    def raw(self, sql, params=()):
        return Database.now.run(*in_style(sql, params, "%s"))


class RawSQL:
    def __init__(self, sql, params):
        self.sql, self.params = sql, params


class Encode:
    """`databases`, whose values have names."""

    def __init__(self, _):
        pass

    def fetch_all(self, query, values=None):
        return Database.now.run(query, values or {})

    execute = fetch_one = fetch_all


class Peewee:
    def __init__(self, _):
        pass

    def execute_sql(self, sql, params=None):
        return Database.now.run(sql, params or ())


def read_sql(sql, con, params=None):
    return con.execute(sql, params)


class Markup(str):
    def format(self, *values, **named):
        return Markup(str.format(self, *map(escaped, values), **{name: escaped(one) for name, one in named.items()}))


def escaped(value):
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


class Anything(types.ModuleType):
    """A module of which any name may be imported, and what is imported may be called or be a base class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return {"objects": QuerySet(), "QuerySet": QuerySet}.get(name) or Anything(name)

    def __call__(self, *_, **__):
        return self

    def __mro_entries__(self, _):
        return (object,)


def module(name, **names):
    made = Anything(name)
    made.__dict__.update(names, __path__=[])
    return made


DRIVERS = {"sqlite3": "?", "psycopg2": "%s", "cx_Oracle": ":1", "asyncpg": "$", "pymysql": "%s", "pymssql": "%s", "pg8000": "%s"}


def modules(request):
    """What an example may import; `request` is what its framework hands over."""
    connections = {name: Connection(style) for name, style in DRIVERS.items()}
    for name, connection in connections.items():
        yield name, module(name, connect=lambda *_, connection=connection: connection, sql=module("sql", SQL=SQL, Literal=Literal))
    yield "flask", module("flask", request=request)
    yield "sqlalchemy", module("sqlalchemy", text=Text)
    yield "databases", module("databases", Database=Encode)
    yield "peewee", module("peewee", SqliteDatabase=Peewee)
    yield "pandas", module("pandas", read_sql=read_sql, read_sql_query=read_sql)
    yield "markupsafe", module("markupsafe", Markup=Markup)
    yield "django.db", module("django.db", connection=Connection("%s"))
    yield "django.db.models.expressions", module("expressions", RawSQL=RawSQL)
    yield "django.utils.safestring", module("safestring", mark_safe=Markup)
    yield "django.utils.html", module("html", format_html=lambda text, *values: Markup(text).format(*values))
    for name in ("shop", "shop.models", "django", "django.http", "django.utils", "django.db.models", "markdown", "fastapi"):
        yield name, module(name)


class Given(dict):
    """What came with a request, under every name the same."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def __missing__(self, _):
        return self.text

    def get(self, *_):
        return self.text


def changed(before, after):
    """The names of the functions that differ, each with that of its class."""
    found = []
    for (owner, one), (_, other) in zip(functions(before), functions(after), strict=True):
        if ast.dump(one) != ast.dump(other):
            found.append((owner, one.name))
    assert found, "nothing was fixed"
    return found


def functions(text):
    for node in ast.parse(text).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield (node.name if isinstance(node, ast.ClassDef) else None), one


def outcome(text, names, data):
    """What some functions of a module do: what they answer, the rows that statements give, and what is in the tables then."""
    request = types.SimpleNamespace(args=Given(data), GET=Given(data), POST=Given(data), form=Given(data))
    standing_in = dict(modules(request))
    style = next((one for name, one in {**DRIVERS, "django": "%s"}.items() if f"import {name}" in text or f"from {name}" in text), "?")
    held = {"request": request, "self": QuerySet(), "cursor": Connection(style), "connection": Connection(style), "session": Connection("named")}
    saved = {name: sys.modules.get(name) for name in standing_in}
    sys.modules.update(standing_in)
    try:
        while True:
            Database.now = Database()
            scope = {"Person": types.SimpleNamespace(objects=QuerySet())}
            try:
                exec(compile(text, "example", "exec"), scope)
                answers = []
                for owner, name in names:
                    function = getattr(scope[owner], name) if owner else scope[name]
                    given = [held.get(one, data) for one in inspect.signature(function).parameters]
                    answer = function(*given)
                    answers.append(asyncio.run(answer) if inspect.iscoroutine(answer) else answer)
                shown = [one for one in answers if isinstance(one, (str, list, dict))]
                return [shown, Database.now.log, Database.now.tables()]
            except Unprepared:
                continue
    except (sqlite3.Error, sqlite3.Warning) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        for name, one in saved.items():
            if one is None:
                del sys.modules[name]
            else:
                sys.modules[name] = one


def prove(before, after, harmless, hostile):
    Database.schema = {}
    names = changed(before, after)
    outcome(before, names, harmless)
    expected = outcome(before, names, harmless)
    assert not isinstance(expected, str), f"{before}\nfails on its own: {expected}"
    assert outcome(after, names, harmless) == expected, f"{after}\ndoes {outcome(after, names, harmless)} and not {expected}"
    was_open = False
    for one in hostile:
        neutral = re.sub(r"\W", "z", one)
        assert expected != outcome(after, names, neutral), f"{after}\ndoes the same with whatever it is given"
        done = outcome(after, names, one)
        assert as_neutral(done, one, neutral) == outcome(after, names, neutral), f"{after}\ndoes {done} with {one}"
        was_open |= outcome(before, names, one) != done
    assert was_open, f"{before}\nwas not to be attacked"


def as_neutral(done, hostile, neutral):
    """What was done with hostile data, as if that had been a word; HTML has to have it escaped."""
    if isinstance(done, (list, tuple, dict)):
        inner = done.items() if isinstance(done, dict) else done
        return type(done)(as_neutral(one, hostile, neutral) for one in inner)
    return done.replace(html.escape(hostile) if "<" in hostile else hostile, neutral) if isinstance(done, str) else done


for case in json.load(sys.stdin):
    prove(**case)
print("done")
