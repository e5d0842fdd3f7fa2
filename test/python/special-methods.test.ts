import { describe, expect, it } from "vitest";
import { runModule } from "../support/python.ts";

const x = (source: string) => runModule({ "m.py": `${source}\n` }, "m.py").value("X");

const bag =
  "class Bag(dict):\n  def __getattr__(self, name): return self[name]\n  def on(self, name): return self.get(name, False)\nb = Bag(debug=True, ssl=False)\n";
const off = "class Off(dict):\n  def __missing__(self, key): return False\no = Off(csrf=True)\n";
const box =
  "class Box:\n  def __init__(self, *items): self.items = items\n  def __len__(self): return len(self.items)\n  def __contains__(self, x): return x in self.items\n  def __eq__(self, other): return len(self) == len(other)\n  def __add__(self, other): return Box(*self.items, *other.items)\n  def __str__(self): return '-'.join(self.items)\n";
const flag =
  "class Flag:\n  def __init__(self, default): self.default = default\n  def __set_name__(self, owner, name): self.name = name\n  def __get__(self, instance, owner=None): return self.default\nclass Conf:\n  debug = Flag(True)\n";
const point =
  "class P:\n  __match_args__ = ('a', 'b')\n  def __init__(self, a, b): self.a, self.b = a, b\n";

describe("objects whose classes say what operators do with them", () => {
  it.each([
    [`${bag}X = b.debug`, "True"],
    [
      `${bag}X = [b.on('ssl'), b.on('gone'), b['debug'], len(b), 'ssl' in b]`,
      "[False, False, True, 2, True]",
    ],
    [`${bag}b['new'] = 1\nX = b.new`, "1"],
    [`${bag}X = {**Bag(a=1), 'b': 2}`, '{"a": 1, "b": 2}'],
    [`${bag}X = sorted(b)`, '["debug", "ssl"]'],
    [`${bag}X = 1 if Bag() else 2`, "2"],
    [`${bag}X = isinstance(b, dict) and isinstance(b, Bag)`, "True"],
    [`${off}X = [o['csrf'], o['gone'], o.get('gone')]`, "[True, False, None]"],
    [
      "class D(dict):\n  def __init__(self, *a, **k):\n    super().__init__(*a, **k)\n    self['z'] = 1\nX = D(y=2)['y'] + D()['z']",
      "3",
    ],
    [
      "class D(dict):\n  def __getitem__(self, k): return super().__getitem__(k) + 1\nX = D(a=1)['a']",
      "2",
    ],
    ["class L(list):\n  def first(self): return self[0]\nX = L([3, 4]).first()", "3"],
    ["class S(str): pass\nX = S('ab') + 'c'", '"abc"'],
    [`${box}X = not Box()`, "True"],
    [
      `${box}X = ['a' in Box('a'), 'a' not in Box('b'), Box('a') == Box('b'), Box() != Box(1)]`,
      "[True, True, True, True]",
    ],
    [`${box}X = str(Box('a') + Box('b'))`, '"a-b"'],
    [`${box}X = 0\nwhile Box(*range(3 - X)): X += 1`, "3"],
    [`${box}X = bool(Box(1)) and len(Box(1, 2))`, "2"],
    [`${flag}X = [Conf.debug, Conf().debug]`, "[True, True]"],
    [
      "class V:\n  def __get__(self, i, o=None): return i._v\n  def __set__(self, i, v): i._v = v * 2\nclass A:\n  v = V()\na = A()\na.v = 4\nX = a.v",
      "8",
    ],
    [`${point}match P(1, 0):\n  case P(2, b=0): X = 'a'\n  case P(1, b=0): X = 'b'`, '"b"'],
    [`${point}match P(1, [2]):\n  case P(a=n, b=[m]): X = n + m`, "3"],
    ["match 3.5:\n  case int(): X = 1\n  case float(q): X = q", "3.5"],
    [
      "from enum import IntEnum\nclass A(IntEnum):\n  D = 5\n  W = D * 7\nX = [int(A.W), list(A.__members__)]",
      '[35, ["D", "W"]]',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("flags", () => {
  it.each([
    ["X = [S.B in on, S.A in on, S.B not in on]", "[False, True, True]"],
    ["X = [on.value, bool(on & S.B), bool(on & S.C)]", "[5, False, True]"],
    ["X = [on == S.A | S.C, on == S.C, S.AC == on]", "[True, False, True]"],
    ["X = 1 if on & S.B else 2", "2"],
    ["X = (on & ~S.A) == S.C", "True"],
    ["X = [(~S.AC) is S.B, (~S.B).value]", "[True, 5]"],
    [
      "class T(enum.Flag):\n  A = enum.auto()\n  B = enum.auto()\n  ALL = A | B\n  C = enum.auto()\nX = [T.ALL.value, T.B in (T.ALL & ~T.A), T.C.value]",
      "[3, True, 4]",
    ],
    [
      "class I(enum.IntFlag):\n  A = 1\n  B = 2\nX = [I.A | I.B == 3, I.B in (I.A | I.B), I.A + 1]",
      "[True, True, 2]",
    ],
  ])("%j", (source, expected) => {
    const flags =
      "import enum\nclass S(enum.Flag):\n  A = enum.auto()\n  B = enum.auto()\n  C = enum.auto()\n  AC = 5\non = S.A | S.C\n";
    expect(x(`${flags}${source}`)).toBe(expected);
  });
});

describe("enumerations with values of their own making", () => {
  it.each([
    ["class E(Enum):\n  A = 5\n  B = auto()\nX = E.B.value", "6"],
    [
      "class B(str, Enum):\n  def _generate_next_value_(name, start, count, last): return name.lower() + '!'\nclass E(B):\n  A = auto()\nX = [E.A.value, E.A == 'a!']",
      '["a!", True]',
    ],
    [
      "E = Enum('E', 'A B')\nX = [E.A.value, E['B'].value, E(2) is E.B, [m.name for m in E]]",
      '[1, 2, True, ["A", "B"]]',
    ],
    ["E = Enum('E', {'A': 'x', 'B': 'y'})\nX = [E.A.value, E('y') is E.B]", '["x", True]'],
    ["E = Enum('E', ['A', 'B'], start=0)\nX = [E.A.value, E.B.value]", "[0, 1]"],
    ["E = Enum('E', [('A', 'x')])\nX = E.A.value", '"x"'],
    ["E = IntEnum('E', 'A, B')\nX = [E.B > 1, E.A == 1]", "[True, True]"],
    ["E = Enum('E', 'A', type=str)\nX = E.A == 1", "True"],
    ["E = Enum('E', unknown)\nX = E.A", "enum.Enum().A"],
  ])("%j", (source, expected) => {
    expect(x(`from enum import Enum, IntEnum, auto\n${source}`)).toBe(expected);
  });
});

describe("what classes tell of themselves", () => {
  it.each([
    [
      "X = [True.__class__ is bool, type('a').__name__, (1).__class__]",
      "[True, builtins.str.__name__, builtins.int]",
    ],
    [
      "class A: pass\ndef f(): pass\nimport os\nX = [isinstance(one, A) for one in (f, A, os, A(), 1)]",
      "[False, False, False, True, False]",
    ],
    ["class A: pass\nX = isinstance(unknown, A)", "builtins.isinstance()"],
    [
      "class A:\n  def names(self): return [*self.__annotations__]\nclass B(A):\n  x: int = 1\n  y: str\nclass C(B): pass\nX = [B().names(), C().names()]",
      '[["x", "y"], ["x", "y"]]',
    ],
    [
      "made = []\nclass M(type):\n  def __init__(cls, name, bases, names):\n    super().__init__(name, bases, names)\n    made.append((cls.a, name, names['b'], names['__module__'], len(bases)))\nclass A(metaclass=M): a = b = 1\nclass B(A): b = 2\nX = made",
      '[(1, "A", 1, "m", 0), (1, "B", 2, "m", 1)]',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("classes that a call makes", () => {
  const base = "class B:\n  a = 1\n  def f(self): return self.b\n";
  it.each([
    ["C = type('C', (B,), {'b': 2})\nX = [C.a, C.b, C().f(), C.__name__]", '[1, 2, 2, "C"]'],
    ["X = type('C', (), dict(b=2)).b", "2"],
    ["X = type('C', (object,), {'b': True})().b", "True"],
    ["C = type('C', (B,), {'f': lambda self: 3})\nX = C().f()", "3"],
    ["X = issubclass(type('C', (B,), {}), B)", "True"],
    ["X = type('C', (B,), unknown)", "builtins.type()"],
  ])("%j", (source, expected) => {
    expect(x(`${base}${source}`)).toBe(expected);
  });
});

describe("functions of the standard library with values that are known", () => {
  it.each([
    ["import re\nX = re.split(r'[;,]\\s*', 'a; b,c')", '["a", "b", "c"]'],
    ["import re\nX = 1 if re.match(r'(dev|local)', 'develop') else 2", "1"],
    ["import re\nX = re.match('b', 'ab')", "None"],
    ["import re\nX = re.search(r'v=(\\w+)', 'x v=de').group(1)", '"de"'],
    ["import re\nX = re.search('(?P<a>b)', 'ab')['a']", '"b"'],
    [
      "import re\nX = re.compile('(?P<a>.)(?P<b>.)', re.I).match('xy').groupdict()",
      '{"a": "x", "b": "y"}',
    ],
    ["import re\nX = re.findall(r'\\d+', 'a1b22')", '["1", "22"]'],
    ["import re\nX = re.sub(r'(\\d)', r'<\\1>', 'a1')", '"a<1>"'],
    ["import re\nX = re.fullmatch('a+', 'aab') is None", "True"],
    ["import re\nX = [bool(re.match(p, 'a\\n')) for p in ('a$', r'a\\Z')]", "[True, False]"],
    ["import re\nX = re.match(r'\\A(\\w+)=([$].*)$', 'a=$b\\n').groups()", '("a", "$b")'],
    ["import re\nX = re.escape('a.b')", '"a\\\\.b"'],
    // What may take long, or differs between the languages, is not run.
    ["import re\nX = re.match('(a+)+$', 'a' * 60 + 'b')", "re.match()"],
    ["import re\nX = re.match('(a|a)*$', 'a' * 60 + 'b')", "re.match()"],
    ["import re\nX = re.match('a*a*a*a*a*a*$', 'a' * 90 + 'b')", "re.match()"],
    ["import re\nX = re.match('\\w', 'é')", "re.match()"],
    [`from string import Template\nX = Template('/$a/$\{b}$$').substitute(a='x', b=1)`, '"/x/1$"'],
    ["from string import Template\nX = Template('{}$a').safe_substitute({'a': 'x'})", '"{}x"'],
    ["import string\nX = string.digits[:3]", '"012"'],
    ["import base64\nX = base64.b64decode('c2hvcnQ=').decode()", '"short"'],
    ["from itertools import *\nX = list(islice('abcd', 1, 3))", '["b", "c"]'],
    ["from itertools import *\nX = list(takewhile(lambda n: n < 3, [1, 2, 3, 1]))", "[1, 2]"],
    ["from itertools import *\nX = list(dropwhile(lambda n: n < 3, [1, 2, 3, 1]))", "[3, 1]"],
    [
      "from itertools import *\nX = [a + b for a, b in product('ab', 'cd')]",
      '["ac", "ad", "bc", "bd"]',
    ],
    ["from itertools import *\nX = list(accumulate([1, 2, 3]))", "[1, 3, 6]"],
    [
      "from itertools import *\nX = [[k, list(g)] for k, g in groupby([1, 1, 2, 1], key=lambda n: n > 1)]",
      "[[False, [1, 1]], [True, [2]], [False, [1]]]",
    ],
    ["from itertools import *\nX = list(islice(count(5, 2), 1, 3))", "[7, 9]"],
    ["from itertools import *\nX = ''.join(islice(cycle('ab'), 3))", '"aba"'],
    [
      "from itertools import *\nX = [a + b for a, b in product('ab', repeat=2)]",
      '["aa", "ab", "ba", "bb"]',
    ],
    [
      "from itertools import *\nX = [a + b for a, b in combinations('abc', 2)]",
      '["ab", "ac", "bc"]',
    ],
    ["from itertools import *\nX = [a + b for a, b in permutations('ab')]", '["ab", "ba"]'],
    ["from itertools import *\nX = [list(b) for b in batched('abc', 2)]", '[["a", "b"], ["c"]]'],
    ["from itertools import *\nX = list(islice(count(), unknown))", "[?, ...]"],
    [
      "from itertools import *\nX = list(zip_longest([1], [2, 3], fillvalue=0))",
      "[(1, 2), (0, 3)]",
    ],
    [
      "import operator\nfrom functools import reduce\nX = reduce(operator.mul, [60, 60, 24])",
      "86400",
    ],
    [
      "import operator\nX = [operator.not_(1), operator.contains([1], 1), operator.gt(2, 1)]",
      "[False, True, True]",
    ],
    ["from contextlib import nullcontext\nwith nullcontext(5) as v: X = v", "5"],
    ["from pydantic import SecretStr\nX = SecretStr('ab').get_secret_value()", '"ab"'],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("values that are told apart by what they are", () => {
  const helper =
    "import os\nM = object()\ndef e(n, d=M, cast=None):\n  v = os.environ.get(n, M)\n  if v is M:\n    if d is M: return 'none'\n    v = d\n  if cast is bool: return v == '1'\n  return cast(v) if cast is not None else v\n";
  it.each([
    [
      `${helper}X = [e('A'), e('A', '1', bool), e('A', '2', int), e('A', 'a', lambda v: [v])]`,
      '["none"~A, True~A, 2~A, ["a"]~A]',
    ],
    [
      "class C: pass\nclass D: pass\nX = [C is C, C is D, C is None, C == '0', C is unknown]",
      "[True, False, False, False, ?]",
    ],
    [
      "M = object()\nN = object()\nX = [M is M, M is N, M is None, M == [], M is unknown]",
      "[True, False, False, False, ?]",
    ],
    [
      "X = [int is int, int is str, int is None, list == [], int is unknown]",
      "[True, False, False, False, ?]",
    ],
    ["X = [type(1) is int, type(1.5) is float, type(True) is int]", "[True, True, False]"],
    ["import re\nX = re.match('a', 'ab') is not None", "True"],
    [
      "class A(dict):\n  __getattr__ = dict.get\n  def __setattr__(self, k, v): self[k] = v\na = A(b=1)\na.c = 2\nX = [a.b, a['c'], a.d]",
      "[1, 2, None]",
    ],
    ["class M(type): pass\nclass A(metaclass=M): pass\nX = hasattr(A, 'b')", "builtins.hasattr()"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("addresses and their parts", () => {
  const address = "postgres://u:p%40@Db.example.com:5432/n?a=1&b=2&a=3";
  it.each([
    [
      `u = urlparse('${address}')\nX = [u.scheme, u.hostname, u.port]`,
      '["postgres", "db.example.com", 5432]',
    ],
    [
      `u = urlsplit('${address}')\nX = [u.username, unquote(u.password), u.path[1:]]`,
      '["u", "p@", "n"]',
    ],
    [`X = parse_qs(urlparse('${address}').query)`, '{"a": ["1", "3"], "b": ["2"]}'],
    [`X = urlparse('${address}').geturl()`, `"${address}"`],
    ["u = urlparse('redis://[::1]')\nX = [u.hostname, u.port, u.password]", '["::1", None, None]'],
    ["u = urlparse('a/b')\nX = [u.scheme, u.netloc, u.path]", '["", "", "a/b"]'],
    ["import os\nX = urlparse(os.environ.get('A', 'http://h/p')).hostname", '"h"~A'],
    ["X = urlparse(unknown).hostname", "urllib.parse.urlparse().hostname"],
    [
      "X = [quote('a b/c'), quote('a/b', safe=''), quote_plus('a b/c')]",
      '["a%20b/c", "a%2Fb", "a+b%2Fc"]',
    ],
  ])("%j", (source, expected) => {
    expect(x(`from urllib.parse import *\n${source}`)).toBe(expected);
  });

  it.each([
    ["parse('postgres://h/n', conn_max_age=60)['CONN_MAX_AGE']", "60"],
    ["parse('postgres://h/n', ssl_require=True)['OPTIONS']", '{"sslmode": "require"}'],
    [
      "parse('postgres://h/n?a=b', ssl_require=True)['OPTIONS']",
      '{"a": "b", "sslmode": "require"}',
    ],
    ["'OPTIONS' in parse('postgres://h/n', ssl_require=False)", "False"],
    ["{'a': 1, **config(conn_max_age=60)}", '{"a": 1}'],
  ])("%j", (expression, expected) => {
    expect(x(`from dj_database_url import config, parse\nX = ${expression}`)).toBe(expected);
  });
});

describe("variables that the program sets", () => {
  it.each([
    ["import os\nos.environ.update(A='1')\nX = os.environ['A']", '"1"~A'],
    ["import os\nos.environ.update({'A': '1'})\nX = os.getenv('A', '2')", '"1"~A'],
    ["import os\nos.environ['A'] = '1'\nos.environ.pop('A')\nX = os.getenv('A', '2')", '"2"~A'],
    ["import os\nos.environ['A'] = '1'\ndel os.environ['A']\nX = os.getenv('A', '2')", '"2"~A'],
    [
      "import os, environ\nos.environ['A'] = 'a=1,b=2'\nX = environ.Env().dict('A')",
      '{"a": "1", "b": "2"}~A',
    ],
    [
      "import os, environ\nos.environ['A'] = '{\"a\": [1]}'\nX = environ.Env().json('A')",
      '{"a": [1]}~A',
    ],
    ["import os, environ\nos.environ['A'] = '(a,b)'\nX = environ.Env().tuple('A')", '("a", "b")~A'],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});
