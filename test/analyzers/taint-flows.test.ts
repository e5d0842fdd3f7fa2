// Ways that data takes through Python, and look-alikes in which it does not arrive.
import { describe, expect, it } from "vitest";
import { linesIn } from "../support/taint.ts";

type Row = readonly [name: string, body: readonly string[], before?: string];

const WORD = `class Word:
    def __init__(self, word):
        self.word = word
    def __str__(self):
        return self.word
    def __add__(self, other):
        return "a"
    def __call__(self, given):
        return "a"`;
const BAG = `class Bag:
    def __init__(self, held):
        self.held = held
    def __getitem__(self, key):
        return self.held[key]`;

const WORDS = `class Words:
    def __init__(self, word):
        self.word = word
    def __iter__(self):
        yield "a"
        yield self.word`;

const arrives: readonly Row[] = [
  [
    "out of a loop that ends early",
    [
      "y = 'a'",
      "for z in x.split():",
      "    if unknown():",
      "        y = z",
      "        break",
      "sink.sql(y)",
    ],
  ],
  [
    "from a round that ends early",
    [
      "y = 'a'",
      "for z in x.split():",
      "    if unknown():",
      "        y = z",
      "        continue",
      "    y = y + 'b'",
      "sink.sql(y)",
    ],
  ],
  [
    "what a round had before it ended early",
    [
      "y = ''",
      "for z in x.split():",
      "    y = z",
      "    if z not in ('a', 'b'):",
      "        continue",
      "sink.sql(y)",
    ],
  ],
  [
    "on every way out of a round",
    [
      "for z in x.split():",
      "    try:",
      "        if z not in ('a', 'b'):",
      "            continue",
      "    finally:",
      "        sink.sql(z)",
    ],
  ],
  ["in the text of an object", ['sink.sql(f"a {Word(x)}")'], WORD],
  ["called by name of a member", ["sink.sql(Bag({'a': x})['a'])"], BAG],
  ["out of a set", ["sink.sql(({x} | {'a'}).pop())"]],
  ["in a copy, under another key", ["d = dict(x)", "d['a'] = 'b'", "sink.sql(d['c'])"]],
  [
    "picked out of something unknown",
    ["a, b = operator.itemgetter('a', 'b')(json.loads(x))", "sink.sql(b)"],
    "import json, operator",
  ],
  ["picked out of a tuple", ["sink.sql(operator.itemgetter(1)(('a', x)))"], "import operator"],
  ["in a template", ["sink.sql(Template('a $b').substitute(b=x))"], "from string import Template"],
  [
    "in a variable of a context",
    ["word.set(x)", "sink.sql(word.get())"],
    "import contextvars\nword = contextvars.ContextVar('word')",
  ],
  [
    "handed on to a function in a thread",
    ["loop.run_in_executor(None, sink.sql, x)"],
    "from asyncio import get_event_loop\nloop = get_event_loop()",
  ],
  [
    "handed on to what makes a coroutine of a function",
    ["await sync_to_async(sink.sql, thread_sensitive=True)(x)"],
    "from asgiref.sync import sync_to_async",
  ],
  [
    "out of a function that was made a coroutine",
    ["sink.sql(await database_sync_to_async(lambda y: 'a' + y)(x))"],
    "from channels.db import database_sync_to_async",
  ],
  [
    "handed on as a tuple",
    ["threading.Thread(target=sink.sql, args=(x,)).start()"],
    "import threading",
  ],
  ["in a name that is bound nowhere", ["sink.sql(shop.label(x))"]],
  [
    "in a list that is given as it is",
    ["ys = []", 'ys.append("a")', "ys.append(x)", "sink.sql(ys)"],
  ],
  [
    "in a dict that is given as it is",
    ["d = {}", 'd["a"] = {"b": []}', 'd["a"]["b"].append(x)', "sink.sql(d)"],
  ],
  [
    "in a list that something is made of",
    ["ys = []", "ys.append(x)", "sink.sql(make(ys))"],
    "from elsewhere import make",
  ],
  ["cut out of a text", ['y = "16" + x + "abcd"', 'sink.sql(y[len("16"):len(y) - 4])']],
  ["in a dict, by a key of a format", ['sink.sql("{0[c]}".format({"a": "b", "c": x}))']],
  [
    "in a list, put in on one way only",
    ['ys = ["a"]', "if unknown():", "    ys.append(x)", 'sink.sql(" ".join(ys))'],
  ],
  [
    "in a list, put in on one way only, before others",
    ["ys = []", "if unknown():", "    ys.append(x)", 'ys.append("b")', "sink.sql(ys[0])"],
  ],
  [
    "in a list, put in at one place on two ways",
    [
      "ys = []",
      "if unknown():",
      "    ys.append(x)",
      "else:",
      '    ys.append("b")',
      "sink.sql(ys[0])",
    ],
  ],
  [
    "in a list that is filled in a loop",
    ["ys = []", "for y in x.split():", '    ys.append("a=" + y)', 'sink.sql(f"a {ys}")'],
  ],
  [
    "in a list that is extended",
    ["ys = ['a']", 'ys.extend(x.split(","))', 'sink.sql(",".join(ys))'],
  ],
  ["in a list that is spread", ["sink.sql(' '.join(['a', *x.split()]))"]],
  ["in a list behind another", ["sink.sql(' '.join(['a'] + x.split()))"]],
  ["in a list before another", ["for y in x.split() + ['a']:", "    sink.sql(y)"]],
  ["mapped to where it ends", ["list(map(sink.sql, ['a', x]))"]],
  [
    "in a section of options",
    ["c = ConfigParser()", 'c["s"] = {}', 'c["s"]["b"] = x', 'sink.sql(c["s"]["b"])'],
    "from configparser import ConfigParser",
  ],
  ["in a file beside one that is missing", ["sink.sql(x)"], "from .elsewhere import unheard_of"],
  [
    "in a named tuple made by a call",
    ["sink.sql(P('a', x).b)"],
    "from collections import namedtuple\nP = namedtuple('P', 'a b')",
  ],
  ["assigned", ["y = x", "sink.sql(y)"]],
  ["assigned to several names", ["y = z = x", "sink.sql(z)"]],
  ["unpacked", ['y, z = "a", x', "sink.sql(z)"]],
  ["unpacked with a star", ['y, *z = "a", x, "b"', "sink.sql(z[0])"]],
  ["by `:=`", ["if (y := x):", "    sink.sql(y)"]],
  ["formatted", ['sink.sql("a %s" % x)']],
  ["formatted by name", ['sink.sql("a %(k)s" % {"k": x})']],
  ["in braces", ['sink.sql("a {} {y}".format("b", y=x))']],
  ["by format_map", ['sink.sql("a {y}".format_map({"y": x}))']],
  ["in an f-string with a layout", ['sink.sql(f"a {x!r:>30}")']],
  ["added", ['y = "a"', 'y += "b" + x', "sink.sql(y)"]],
  ["joined", ['sink.sql(",".join(["a", x]))']],
  ["a template", ['sink.sql(Template("$a").substitute(a=x))'], "from string import Template"],
  ["sliced", ["sink.sql(x[1:-1])"]],
  ["split", ['sink.sql(x.split(",")[0])']],
  ["partitioned", ['y, _, z = x.partition(",")', "sink.sql(z)"]],
  ["replaced in", ['sink.sql(x.replace("a", "b"))']],
  ["replaced into", ['sink.sql("a b".replace("b", x))']],
  [
    "there and back in base64",
    ["y = base64.b64encode(x.encode()).decode()", "sink.sql(base64.b64decode(y).decode())"],
    "import base64",
  ],
  [
    "there and back in a URL",
    ["sink.sql(unquote_plus(x))"],
    "from urllib.parse import unquote_plus",
  ],
  ["there and back in JSON", ['sink.sql(json.loads(json.dumps({"a": x}))["a"])'], "import json"],
  ["in a list", ['ys = ["a", x]', "sink.sql(ys[1])"]],
  ["appended", ["ys = []", "ys.append(x)", "sink.sql(ys[0])"]],
  [
    "behind others that were taken out",
    ['ys = ["a", "b"]', "ys.append(x)", "ys.pop(0)", "sink.sql(ys[1])"],
  ],
  ["inserted", ['ys = ["a"]', "ys.insert(0, x)", "sink.sql(ys[0])"]],
  ["in a list of unknown length", ["ys = list(unknown())", "ys.append(x)", "sink.sql(ys[-1])"]],
  ["in a loop over a list", ['for y in ["a", x]:', "    sink.sql(y)"]],
  ["in a dict", ['d = {"a": "b", "c": x}', 'sink.sql(d["c"])']],
  ["in a dict, later", ["d = {}", 'd["a"] = x', 'sink.sql(d.get("a"))']],
  ["in a copy of a dict", ['d = {"a": x}', "e = d.copy()", 'd["a"] = "b"', 'sink.sql(e["a"])']],
  ["in a dict that is updated", ["d = {}", "d.update(a=x)", 'sink.sql(d["a"])']],
  ["in a dict, spread", ['d = {"a": x}', 'e = {**d, "b": 1}', 'sink.sql(e["a"])']],
  ["under a key that is not known", ["d = {}", "d[unknown()] = x", 'sink.sql(d["a"])']],
  ["in a dict's values", ['for y in {"a": x}.values():', "    sink.sql(y)"]],
  ["in a dict's items", ['for k, y in {"a": x}.items():', "    sink.sql(y)"]],
  ["in a nested dict", ['d = {"a": {"b": [x]}}', 'sink.sql(d["a"]["b"][0])']],
  [
    "in a defaultdict",
    ["d = defaultdict(list)", 'd["a"].append(x)', 'sink.sql(d["a"][0])'],
    "from collections import defaultdict",
  ],
  [
    "in a defaultdict, under a key that is not known",
    [
      "d = defaultdict(list)",
      "d[x[-2:]].append(x)",
      "for k, ys in d.items():",
      "    sink.sql(ys[0])",
    ],
    "from collections import defaultdict",
  ],
  ["in a set", ["for y in {x}:", "    sink.sql(y)"]],
  [
    "in a deque",
    ["q = deque()", "q.append(x)", "sink.sql(q.popleft())"],
    "from collections import deque",
  ],
  [
    "in a configuration",
    [
      "c = configparser.ConfigParser()",
      'c.add_section("s")',
      'c.set("s", "a", "b")',
      'c.set("s", "c", x)',
      'sink.sql(c.get("s", "c"))',
    ],
    "import configparser",
  ],
  [
    "in a buffer",
    ["b = io.StringIO()", 'b.write("a")', "b.write(x)", "sink.sql(b.getvalue())"],
    "import io",
  ],
  ["in a buffer made with it", ["b = io.StringIO(x)", "sink.sql(b.read())"], "import io"],
  [
    "in a buffer of bytes",
    ["b = io.BytesIO(x.encode())", "sink.path(b.read().decode())"],
    "import io",
  ],
  ["in a buffer that is handed on", ["b = io.BytesIO()", "b.write(x)", "sink.sql(b)"], "import io"],
  ["in bytes that grow", ["b = bytearray()", "b.extend(x.encode())", "sink.sql(b.decode())"]],
  ["in bytes that grew", ["b = bytearray(b'a')", "b += x.encode()", "sink.sql(bytes(b).decode())"]],
  [
    "in what a thread keeps",
    ["kept.word = x", "sink.sql(kept.word)"],
    "import threading\nkept = threading.local()",
  ],
  ["joined from an object", ['sink.sql("".join(Words(x)))'], WORDS],
  ["a list that an object extends", ["y = []", "y.extend(Words(x))", "sink.sql(y[1])"], WORDS],
  ["zipped", ['for a, y in zip(["a"], [x]):', "    sink.sql(y)"]],
  ["counted", ["for i, y in enumerate([x]):", "    sink.sql(y)"]],
  ["the second of some", ["a, y = [z.strip() for z in x.split()]", "sink.sql(y)"]],
  ["counted without an end", ["for i, y in enumerate(x.split(), 1):", "    sink.sql(y)"]],
  [
    "waited for with another",
    [
      "async def other():",
      "    return 'a'",
      "async def own():",
      "    return x",
      "y, z = await asyncio.gather(other(), own())",
      "sink.sql(z)",
    ],
    "import asyncio",
  ],
  ["mapped", ["for y in map(str.strip, [x]):", "    sink.sql(y)"]],
  ["mapped by a lambda", ['ys = list(map(lambda y: y + "a", [x]))', "sink.sql(ys[0])"]],
  ["filtered", ["ys = list(filter(None, [x]))", "sink.sql(ys[0])"]],
  ["sorted", ['for y in sorted(["a", x]):', "    sink.sql(y)"]],
  ["reduced", ['sink.sql(reduce(lambda a, b: a + b, ["a", x]))'], "from functools import reduce"],
  ["in a comprehension", ["ys = [y.upper() for y in [x]]", "sink.sql(ys[0])"]],
  ["in a dict comprehension", ['d = {k: v for k, v in [("a", x)]}', 'sink.sql(d["a"])']],
  ["in a generator expression", ["sink.sql(','.join(y for y in [x]))"]],
  ["chosen by what is not known", ['y = x if unknown() else "a"', "sink.sql(y)"]],
  ["the default of what may be missing", ["y = unknown() or x", "sink.sql(y)"]],
  [
    "in the live branch",
    ["n = 7 * 6", "if n > 40:", "    y = x", "else:", '    y = "a"', "sink.sql(y)"],
  ],
  [
    "in the live case",
    [
      "match 'ABC'[1]:",
      "    case 'A':",
      '        y = "a"',
      "    case 'B' | 'C':",
      "        y = x",
      "    case _:",
      '        y = "b"',
      "sink.sql(y)",
    ],
  ],
  ["in a loop", ['y = ""', "for c in x:", "    y += c", "sink.sql(y)"]],
  ["in a while loop", ['y = ""', "while unknown():", "    y = y + x", "sink.sql(y)"]],
  ["in a function's result", ["sink.sql(f(x))"], "def f(a):\n    b = a.strip()\n    return b"],
  [
    "in one of two results",
    ["sink.sql(f(x))"],
    "def f(a):\n    if unknown():\n        return 'a'\n    return a",
  ],
  ["by keyword", ["sink.sql(f(b=x))"], "def f(a=1, *, b):\n    return b"],
  ["in *args", ["sink.sql(f('a', x))"], "def f(*args):\n    return args[1]"],
  ["in **kwargs", ["sink.sql(f(a=x))"], "def f(**kwargs):\n    return kwargs['a']"],
  [
    "passed on in *args",
    ["sink.sql(f('a', x))"],
    "def g(a, b):\n    return b\ndef f(*args, **kwargs):\n    return g(*args, **kwargs)",
  ],
  ["in a tuple of results", ["y, z = f(x)", "sink.sql(z)"], "def f(a):\n    return 'b', a"],
  [
    "from a generator",
    ["for y in f(x):", "    sink.sql(y)"],
    "def f(a):\n    yield 'b'\n    yield a",
  ],
  ["from a nested function", ["def g():", "    return x", "sink.sql(g())"]],
  [
    "from a closure",
    ["sink.sql(f(x)())"],
    "def f(a):\n    def g():\n        return a\n    return g",
  ],
  [
    "through a decorated function",
    ["sink.sql(f(x))"],
    "import functools\ndef log(f):\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n    return inner\n@log\ndef f(a):\n    return a",
  ],
  [
    "through a function that is called by a name",
    ["sink.sql({'f': f}['f'](x))"],
    "def f(a):\n    return a",
  ],
  [
    "through a partial",
    ["sink.sql(partial(f, x)())"],
    "from functools import partial\ndef f(a):\n    return a",
  ],
  ["in an attribute", ["o = C()", "o.a = x", "sink.sql(o.a)"], "class C:\n    pass"],
  [
    "in an attribute, from the constructor",
    ["sink.sql(C(x).a)"],
    "class C:\n    def __init__(self, a):\n        self.a = a",
  ],
  [
    "in an attribute, by methods",
    ["o = C()", "o.set(x)", "sink.sql(o.get())"],
    "class C:\n    def set(self, a):\n        self.a = a\n    def get(self):\n        return self.a",
  ],
  [
    "through a property",
    ["sink.sql(C(x).b)"],
    "class C:\n    def __init__(self, a):\n        self._a = a\n    @property\n    def b(self):\n        return self._a",
  ],
  [
    "through an inherited method",
    ["sink.sql(D(x).get())"],
    "class C:\n    def __init__(self, a):\n        self.a = a\n    def get(self):\n        return self.a\nclass D(C):\n    def __init__(self, a):\n        super().__init__(a)",
  ],
  [
    "through a static method",
    ["sink.sql(C.f(x))"],
    "class C:\n    @staticmethod\n    def f(a):\n        return a",
  ],
  [
    "through a class method",
    ["sink.sql(C.f(x).a)"],
    "class C:\n    def __init__(self, a):\n        self.a = a\n    @classmethod\n    def f(cls, a):\n        return cls(a)",
  ],
  [
    "through a dataclass",
    ["sink.sql(C(x).a)"],
    "from dataclasses import dataclass\n@dataclass\nclass C:\n    a: str\n    b: int = 0",
  ],
  [
    "through a named tuple",
    ["sink.sql(C('a', x).b)"],
    "from typing import NamedTuple\nclass C(NamedTuple):\n    a: str\n    b: str",
  ],
  [
    "through a factory",
    ["sink.sql(make().run(x))"],
    "class A:\n    def run(self, a):\n        return a\nclass B:\n    def run(self, a):\n        return 'b'\ndef make():\n    return A() if len('ab') == 2 else B()",
  ],
  [
    "through `with`",
    ["with C(x) as o:", "    sink.sql(o.a)"],
    "class C:\n    def __init__(self, a):\n        self.a = a\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        pass",
  ],
  [
    "in an exception",
    ["try:", "    raise ValueError(x)", "except ValueError as e:", "    sink.sql(str(e))"],
  ],
  [
    "past an exception",
    ["try:", "    y = x", "    unknown()", "except ValueError:", "    pass", "sink.sql(y)"],
  ],
  ["through a global", ["global y", "y = x", "sink.sql(g())"], "y = ''\ndef g():\n    return y"],
  ["through something unknown", ["sink.sql(unknown(x))"]],
  [
    "through a recursive function",
    ["sink.sql(f(x, 3))"],
    "def f(a, n):\n    return a if n == 0 else f(a + 'b', n - 1)",
  ],
  ["awaited", ["async def g():", "    return x", "async def h():", "    sink.sql(await g())"]],
];

const stays: readonly Row[] = [
  ["what it is counted by", ["for i, y in enumerate(x.split(), 1):", "    sink.sql(f'{i}')"]],
  [
    "names by the numbers of its parts",
    ["names = ', '.join(f':p{i}' for i, _ in enumerate(x.split()))", "sink.sql(names)"],
  ],
  [
    "what is waited for beside it",
    [
      "async def other():",
      "    return 'a'",
      "async def own():",
      "    return x",
      "y, z = await asyncio.gather(other(), own())",
      "sink.sql(y)",
    ],
    "import asyncio",
  ],
  ["in a buffer of something else", ["b = io.StringIO('a')", "sink.sql(b.read())"], "import io"],
  [
    "in bytes that did not grow by it",
    ["b = bytearray()", "b.extend(b'a')", "sink.sql(b.decode())"],
  ],
  [
    "in what a thread keeps by another name",
    ["kept.word = x", "kept.other = 'a'", "sink.sql(kept.other)"],
    "import threading\nkept = threading.local()",
  ],
  ["joined from an object that gives others", ["Words(x)", 'sink.sql("".join(Words("b")))'], WORDS],
  [
    "passed over in a round",
    ["for y in x.split():", "    if y not in ('a', 'b'):", "        continue", "    sink.sql(y)"],
  ],
  [
    "a loop that ends before",
    [
      "while unknown():",
      "    y = x",
      "    if not y.isalnum():",
      "        break",
      "    sink.sql(y)",
    ],
  ],
  [
    "behind a loop that ends with a check",
    ["while x not in ('a', 'b'):", "    x = 'a'", "sink.sql(x)"],
  ],
  ["what an object says instead", ["sink.sql(Word('a') + x)"], WORD],
  ["under another key of an object", ["sink.sql(Bag({'a': x, 'b': 'c'})['b'])"], BAG],
  [
    "in a copy, under a key that is set anew",
    ["d = dict(x)", "d['a'] = 'b'", "sink.sql(d.pop('a'))"],
  ],
  [
    "the keys of a dict",
    [
      "d = {}",
      "for k in x:",
      "    if k == 'a':",
      "        d['a'] = x[k]",
      "sink.sql(', '.join(d))",
    ],
  ],
  ["the neighbour in a tuple", ["sink.sql(operator.itemgetter(0)(('a', x)))"], "import operator"],
  ["what is called whatever it is given", ["sink.sql(Word('a')(x))"], WORD],
  [
    "a context that gives something else",
    ["with contextlib.nullcontext('a') as y:", "    sink.sql(y)"],
    "import contextlib",
  ],
  [
    "a deep copy's other part",
    ['d = {"a": x, "b": "c"}', "e = copy.deepcopy(d)", 'sink.sql(e["b"])'],
    "import copy",
  ],
  ["in a list, but only later", ['ys = ["a"]', "sink.sql(ys)", "ys.append(x)"]],
  ["the constant beginning of a text", ['y = "help" + x + "me"', "sink.sql(y[:4])"]],
  ["the constant end of a text", ['y = "help" + x + "me"', "sink.sql(y[-2:])"]],
  ["in a dict, by another key of a format", ['sink.sql("{0[a]}".format({"a": "b", "c": x}))']],
  ["another name", ['y = "a"', "sink.sql(y)"]],
  ["bound anew", ['x = "a"', "sink.sql(x)"]],
  ["unpacked, the other one", ['y, z = "a", x', "sink.sql(y)"]],
  ["in a list, the other one", ['ys = ["a", x]', "sink.sql(ys[0])"]],
  [
    "behind others that were taken out",
    ['ys = ["a", "b"]', "ys.append(x)", "ys.pop(0)", "sink.sql(ys[0])"],
  ],
  ["taken out again", ['ys = ["a", x, "b"]', "ys.pop(1)", "sink.sql(ys[1])"]],
  ["removed again", ['ys = ["a", x]', "ys.remove(x)", "sink.sql(ys[0])"]],
  [
    "a copy from before",
    ['ys = ["a"]', "zs = ys[:]", "ys.append(x)", "for z in zs:", "    sink.sql(z)"],
  ],
  ["in a dict, the other key", ['d = {"a": "b", "c": x}', 'sink.sql(d["a"])']],
  ["in a dict, written over", ['d = {"a": x}', 'd["a"] = "b"', 'sink.sql(d["a"])']],
  [
    "a copy of a dict from before",
    ["d = {}", "e = dict(d)", 'd["a"] = x', 'sink.sql(e.get("a", ""))'],
  ],
  ["in a dict's keys", ['for k in {"a": x}:', "    sink.sql(k)"]],
  [
    "in a configuration, the other key",
    [
      "c = configparser.ConfigParser()",
      'c.add_section("s")',
      'c.set("s", "a", "b")',
      'c.set("s", "c", x)',
      'sink.sql(c.get("s", "a"))',
    ],
    "import configparser",
  ],
  [
    "in a configuration, the other section",
    [
      "c = configparser.ConfigParser()",
      'c.set("s", "a", x)',
      'c.set("t", "a", "b")',
      'sink.sql(c["t"]["a"])',
    ],
    "import configparser",
  ],
  [
    "the dead branch",
    ["n = 7 * 6", "if n > 40:", '    y = "a"', "else:", "    y = x", "sink.sql(y)"],
  ],
  ["the dead branch of an expression", ['y = "a" if 7 * 18 + 106 > 200 else x', "sink.sql(y)"]],
  [
    "the dead branch by a text",
    ['if "b" in "abc" and len("abc") == 3:', '    y = "a"', "else:", "    y = x", "sink.sql(y)"],
  ],
  [
    "the dead case",
    [
      "match 'ABC'[1]:",
      "    case 'A':",
      "        y = x",
      "    case 'B' | 'C':",
      '        y = "a"',
      "    case _:",
      "        y = x",
      "sink.sql(y)",
    ],
  ],
  [
    "the dead default",
    [
      "match 'ABC'[1]:",
      "    case 'B':",
      '        y = "a"',
      "    case _:",
      "        y = x",
      "sink.sql(y)",
    ],
  ],
  ["a number", ["sink.sql(int(x))"]],
  ["a number in a text", ['sink.sql(f"a {int(x)}")']],
  ["a number's format", ['sink.sql("a %d" % x)']],
  ["its length", ["sink.sql(str(len(x)))"]],
  ["whether it is there", ["sink.sql(str(bool(x)))"]],
  ["the answer to a question", ['sink.sql(str(x == "a"))']],
  ["a function's constant", ["sink.sql(f(x))"], "def f(a):\n    return 'b'"],
  ["a function's other argument", ["sink.sql(f('a', x))"], "def f(a, b):\n    return a"],
  [
    "another attribute",
    ["o = C(x)", "sink.sql(o.b)"],
    "class C:\n    def __init__(self, a):\n        self.a = a\n        self.b = 'b'",
  ],
  [
    "another instance",
    ["o, p = C(), C()", "o.a = x", "p.a = 'b'", "sink.sql(p.a)"],
    "class C:\n    pass",
  ],
  [
    "a factory of the other kind",
    ["sink.sql(make().run(x))"],
    "class A:\n    def run(self, a):\n        return a\nclass B:\n    def run(self, a):\n        return 'b'\ndef make():\n    return A() if len('ab') == 3 else B()",
  ],
  [
    "an overridden method",
    ["sink.sql(D().run(x))"],
    "class C:\n    def run(self, a):\n        return a\nclass D(C):\n    def run(self, a):\n        return 'd'",
  ],
  [
    "a neighbour in a named tuple made by a call",
    ["sink.sql(P('a', x).a)"],
    "from collections import namedtuple\nP = namedtuple('P', 'a b')",
  ],
  [
    "a neighbour in a dataclass made a dict",
    ["sink.sql(asdict(C('a', x))['a'])"],
    "from dataclasses import asdict, dataclass\n@dataclass\nclass C:\n    a: str\n    b: str",
  ],
  [
    "a neighbour in a section of options",
    [
      "c = ConfigParser()",
      'c["s"] = {}',
      'c["s"]["a"] = "b"',
      'c["s"]["b"] = x',
      'sink.sql(c["s"]["a"])',
    ],
    "from configparser import ConfigParser",
  ],
  ["a number, converted by a multi-dict", ["sink.sql(request.args.get('n', type=int))"]],
  ["put into marked text", ["sink.html(Markup('<b>%s</b>') % x)"], "from markupsafe import Markup"],
  ["escaped by what marks", ["sink.html(Markup.escape(x))"], "from markupsafe import Markup"],
  ["without ends of lines", ["sink.log(x.replace('\\r', '').replace('\\n', ' '))"]],
  ["a hash", ["sink.sql(hashlib.sha256(x.encode()).hexdigest())"], "import hashlib"],
  ["the content of a file", ["sink.sql(open(x).read())"]],
];

function rows(table: readonly Row[]) {
  return table.map(([name, body, before = ""]) => [name, body, before] as const);
}

describe("data in an address", () => {
  it.each([
    ["behind a query", ["sink.redirect(unknown() + '?a=' + x)"], []],
    ["behind a folder", ["sink.redirect(f'{unknown()}/a/{x}')"], []],
    ["at its beginning", ["sink.redirect(x + '?a=1')"], [1]],
    ["behind two slashes", ["sink.redirect('//' + x)"], [1]],
    ["in its host", ["sink.ssrf(f'https://{x}.example/')"], [1]],
  ] as const)("%s", async (_name, body, expected) => {
    expect(await linesIn(body.join("\n"))).toEqual(expected);
  });
});

describe("data", () => {
  it.each(rows(arrives))("arrives: %s", async (_name, body, before) => {
    const sink = body.findIndex((line) => line.includes("sink."));
    expect(await linesIn(body.join("\n"), before)).toEqual([sink + 1]);
  });

  it.each(rows(stays))("does not arrive: %s", async (_name, body, before) => {
    expect(await linesIn(body.join("\n"), before)).toEqual([]);
  });
});
