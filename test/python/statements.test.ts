import { describe, expect, it } from "vitest";
import { runModule } from "../support/python.ts";

const x = (source: string) => runModule({ "m.py": `${source}\n` }, "m.py").value("X");

describe("a while loop runs as long as its condition is decided", () => {
  it.each([
    ["X = []\ni = 0\nwhile i < 3:\n  X.append(i)\n  i += 1", "[0, 1, 2]"],
    ["X = 0\nwhile True:\n  X += 1\n  if X > 3: break\nelse:\n  X = -1", "4"],
    [
      "n = 4\nX = []\nwhile n:\n  n -= 1\n  if n % 2: continue\n  X.append(n)\nelse: X.append('e')",
      '[2, 0, "e"]',
    ],
    ["def f():\n  n = 0\n  while True:\n    n += 1\n    if n == 3: return n\nX = f()", "3"],
    ["X = 0\nwhile unknown: X = 1", "1 | 0"],
    ["X = 0\nwhile True:\n  X = 1\n  if unknown: break", "1"],
    ["X = 1\nwhile True: pass", "1"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("generators", () => {
  const gen = "def g(n):\n  yield 1\n  yield from [2, 3]\n  for i in range(n): yield i * 10\n";
  it.each([
    [`${gen}X = list(g(2))`, "[1, 2, 3, 0, 10]"],
    [`${gen}X = [*g(0)]`, "[1, 2, 3]"],
    [`${gen}X = next(g(0))`, "1"],
    [`${gen}X = ','.join(str(i) for i in g(0))`, '"1,2,3"'],
    ["def g():\n  yield 1\n  if unknown: yield 2\nX = list(g())", "[1, 2, ...]"],
    ["def g():\n  while True: yield 1\nX = list(g())", "[1, 1, ...]"],
    ["def g(m):\n  yield from m\nX = list(g(unknown))", "[?, ...]"],
    [
      "from contextlib import contextmanager\n@contextmanager\ndef c(): yield 5\nwith c() as v: X = v",
      "5",
    ],
    [
      "class C:\n  def __enter__(self): return 6\n  def __exit__(self, *a): pass\nwith C() as v: X = v",
      "6",
    ],
  ])("%j", (source, expected) => {
    const shown = x(source);
    expect(shown.length > 100 ? `[1, 1, ${shown.slice(-4)}` : shown).toBe(expected);
  });
});

describe("contexts that a generator makes", () => {
  const made =
    "from contextlib import contextmanager\nX = []\n@contextmanager\ndef c(n):\n  X.append(n)\n  try: yield n * 2\n  finally: X.append(-n)\n";
  const taking =
    "from contextlib import contextmanager\n@contextmanager\ndef c(e):\n  try: yield\n  except e: log.append(1)\nlog = []\n";
  it.each([
    [`${made}with c(1): X.append(0)`, "[1, 0, -1]"],
    [`${made}with c(1) as a, c(2) as b: X += [a, b]`, "[1, 2, 2, 4, -2, -1]"],
    [`${made}m = c(1)\nX.append(0)\nwith m: pass`, "[0, 1, -1]"],
    [`${made}def f():\n  with c(1): return X.append(0)\nf()`, "[1, 0, -1]"],
    [
      `${made}for i in 1, 2:\n  with c(i):\n    if i == 1: continue\n    X.append(0)`,
      "[1, -1, 2, 0, -2]",
    ],
    [`${made}try:\n  with c(1): raise KeyError\nexcept KeyError: X.append(0)`, "[1, -1, 0]"],
    [`${taking}X = 1\nwith c(KeyError):\n  {}['a']\n  X = 2\nX = [X, log]`, "[1, [1]]"],
    [`${taking}try:\n  with c(ValueError): {}['a']\nexcept KeyError: X = log`, "[]"],
    [
      "class C:\n  def __init__(self, n): self.n = n\n  def __enter__(self): X.append(self.n)\n  def __exit__(self, *a): X.append(-self.n)\nX = []\nwith C(1), C(2): X.append(0)",
      "[1, 2, 0, -2, -1]",
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("exceptions of the project's own", () => {
  const own =
    "class E(KeyError):\n  def __init__(self, n): self.n = n\nclass F(E): pass\ndef f(): raise F('a')\n";
  it.each([
    [`${own}try: f()\nexcept F as e: X = e.n`, '"a"'],
    [`${own}try: f()\nexcept E as e: X = e.n`, '"a"'],
    [`${own}try: f()\nexcept LookupError: X = 1`, "1"],
    [`${own}try: f()\nexcept ValueError: X = 1\nexcept (OSError, KeyError): X = 2`, "2"],
    [`${own}X = 0\ntry: {}['a']\nexcept E: X = 1\nexcept KeyError: X = 2`, "2"],
    [`${own}try:\n  try: f()\n  except E: raise\nexcept F as e: X = e.n`, '"a"'],
    [
      `${own}try:\n  try: int('x')\n  except ValueError as v: raise F('b') from v\nexcept E as e: X = e.n`,
      '"b"',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("decorators", () => {
  it.each([
    ["def now(f): return f()\n@now\ndef X(): return [1]", "[1]"],
    [
      "class B:\n  all = {}\n  def __init_subclass__(cls, key=None): B.all[key] = cls\nclass C(B, key='c'): v = 1\nX = B.all['c'].v",
      "1",
    ],
    ["def d(f): return f\n@d\ndef g(): return 1\nX = g()", "1"],
    [
      "def d(f):\n  def w(*a, **k): return [f(*a, **k)]\n  return w\n@d\ndef g(v): return v\nX = g(2)",
      "[2]",
    ],
    [
      "import functools\ndef d(tag):\n  def e(f):\n    @functools.wraps(f)\n    def w(*a): return (tag, f(*a))\n    return w\n  return e\n@d('t')\ndef g(a): return a\nX = g(1)",
      '("t", 1)',
    ],
    ["import functools\n@functools.lru_cache(maxsize=None)\ndef g(a): return a\nX = g(1)", "1"],
    ["@unknown\ndef g(a): return a\nX = g(1)", "1"],
    ["@unknown(3)\nclass A: b = 1\nX = A.b", "1"],
    ["import functools\np = functools.partial(lambda a, b=1: [a, b], 5)\nX = p(b=6)", "[5, 6]"],
    ["def d(f): return 3\n@d\ndef X(): return 1", "3"],
    [
      "class d:\n  def __init__(self, f): self.f = f\n  def __call__(self, a): return [self.f(a)]\n@d\ndef g(a): return a\nX = g(1)",
      "[1]",
    ],
    [
      "class d:\n  def __init__(self, n): self.n = n\n  def __call__(self, f): return lambda: f() * self.n\n@d(3)\ndef g(): return 2\nX = g()",
      "6",
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("functions that call themselves", () => {
  const deep =
    "def deep(a, b):\n  for k, v in b.items():\n    if isinstance(v, dict) and isinstance(a.get(k), dict): deep(a[k], v)\n    else: a[k] = v\n  return a\n";
  it.each([
    [
      `${deep}X = deep({'a': {'b': 1, 'c': 2}}, {'a': {'b': 5}, 'd': 1})`,
      '{"a": {"b": 5, "c": 2}, "d": 1}',
    ],
    ["def f(n): return n if n < 1 else f(n - 1)\nX = f(4)", "0"],
    ["def f(n): return f(n + 1)\nX = f(0)", "?"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("match", () => {
  it.each([
    ["match [1, 2, 3]:\n  case [a, *b]: X = (a, b)", "(1, [2, 3])"],
    ["match [1, 2, 3]:\n  case [*a, b]: X = (a, b)", "([1, 2], 3)"],
    ["match [1]:\n  case []: X = 0\n  case [_, _]: X = 2\n  case [_]: X = 1", "1"],
    ["match (1, 'a'):\n  case (2, _): X = 0\n  case (1, str() as s): X = s", '"a"'],
    [
      "match {'e': 'p', 'n': [1, 2]}:\n  case {'e': 'q'}: X = 0\n  case {'e': e, 'n': [a, *r]} if a == 1: X = (e, r)",
      '("p", [2])',
    ],
    ["match {'a': 1, 'b': 2}:\n  case {'a': 1, **r}: X = r", '{"b": 2}'],
    ["match {}:\n  case {'a': _}: X = 1\n  case _: X = 2", "2"],
    ["match 5:\n  case str(): X = 0\n  case int(n) if n > 3: X = n", "5"],
    ["match 'ab':\n  case [a, b]: X = 1\n  case _: X = 2", "2"],
    ["match unknown:\n  case [a]: X = 1\n  case _: X = 2", "2 | 1"],
    [
      "import os\nmatch os.environ.get('E', 'prod'):\n  case 'dev': X = 1\n  case 'prod' | 'live': X = 2",
      "2~E",
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("exceptions that are sure to come", () => {
  it.each([
    ["try: X = int('a')\nexcept ValueError: X = 2\nelse: X = 3", "2"],
    ["try: X = [1][5]\nexcept IndexError: X = 2", "2"],
    ["try: X = None.a\nexcept AttributeError: X = 2", "2"],
    ["try: X = missing\nexcept NameError: X = 2", "2"],
    ["try: X = 'a'.index('b')\nexcept ValueError: X = 2", "2"],
    ["class A: pass\ntry: X = A().b\nexcept AttributeError: X = 2", "2"],
    ["try: X = int('5')\nexcept ValueError: X = 2", "5"],
    ["X = ['a', 'b']\ntry: X.remove('a')\nexcept ValueError: pass", '["b"]'],
    ["X = ['a', 'b']\ntry: X.remove('c')\nexcept ValueError: X = 2", "2"],
    [
      "from contextlib import suppress\nX = ['a', 'b']\nwith suppress(ValueError): X.remove('a')",
      '["b"]',
    ],
    [
      "from contextlib import suppress\nX = 1\nwith suppress(KeyError):\n  X = {}['a']\n  X = 3",
      "1",
    ],
    [
      "from contextlib import suppress\nX = 1\nwith suppress(ImportError):\n  from .gone import X",
      "1",
    ],
    [
      "from contextlib import suppress\nX = 1\nwith suppress(ImportError):\n  import elsewhere\n  X = 2",
      "2 | 1",
    ],
    ["def f(): raise KeyError('a')\ntry: X = f()\nexcept KeyError: X = 4", "4"],
    ["X = {}['a']\nX = 1", "1"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("an import of the own package that is not there", () => {
  it.each([
    ["try: from pkg.local import *\nexcept ImportError: X = 1", "1"],
    ["try: from pkg.local import Y as X\nexcept ImportError: X = 1", "1"],
    ["try: import pkg.local\nexcept ImportError: X = 1", "1"],
    ["X = 2\nfrom pkg.local import *", "2"],
    ["X = 2\ntry: from other.local import *\nexcept ImportError: X = 1", "1 | 2"],
  ])("%j", (source, expected) => {
    const files = { "pkg/__init__.py": "", "pkg/settings.py": `${source}\n` };
    expect(runModule(files, "pkg/settings.py").value("X")).toBe(expected);
  });
});

describe("contexts that take exceptions", () => {
  const quiet = (answer: string) =>
    `class Q:\n  def __enter__(self): return self\n  def __exit__(self, *e): return ${answer}\nX = 1\n`;
  it.each([
    [`${quiet("True")}with Q():\n  X = 2\n  raise ValueError\n  X = 3`, "2"],
    [`${quiet("True")}with Q():\n  raise ValueError\nX = 3`, "3"],
    [
      `${quiet("False")}try:\n  with Q():\n    raise ValueError\n  X = 2\nexcept ValueError: X = 4`,
      "4",
    ],
    [
      "class Q:\n  def __enter__(self): return []\n  def __exit__(self, *e): A.append(1)\nA = []\nwith Q() as q: q.append(2)\nX = A",
      "[1]",
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("classes that fill their instances", () => {
  const data =
    "from dataclasses import dataclass, field\n@dataclass\nclass C:\n  a: int\n  b: list = field(default_factory=lambda: ['z'])\n  c: int = 3\n";
  const enums = "from enum import Enum\nclass E(Enum):\n  DEV = 'dev'\n  PROD = 'prod'\n";
  const pydantic =
    "from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field\n";
  it.each([
    [`${data}c = C(1)\nX = [c.a, c.b, c.c]`, '[1, ["z"], 3]'],
    [`${data}c = C(1, c=5, b=[])\nX = [c.a, c.b, c.c]`, "[1, [], 5]"],
    [
      `${data}@dataclass(frozen=True)\nclass D(C):\n  d: int = 4\n  @property\n  def e(self): return self.a + self.d\nX = D(1).e`,
      "5",
    ],
    [
      "from typing import NamedTuple\nclass C(NamedTuple):\n  a: int\n  b: int = 2\nX = C(1).b",
      "2",
    ],
    [`${enums}X = E.PROD.value + E.DEV.name`, '"prodDEV"'],
    [`${enums}X = [E('prod') is E.PROD, E('prod') == E.DEV, E.PROD == 'prod']`, "[True, False, ?]"],
    [`${enums}X = E['DEV'].value`, '"dev"'],
    ["from enum import Enum\nclass E(str, Enum):\n  A = 'a'\nX = E.A == 'a'", "True"],
    [`${enums}try: X = E('x')\nexcept ValueError: X = 0`, "0"],
    [`import os\n${enums}X = 1 if E(os.environ.get('V', 'dev')) == E.DEV else 2`, "1~V"],
    [`${pydantic}class S(BaseSettings):\n  debug: bool = True\nX = S().debug`, "True~DEBUG"],
    [
      `${pydantic}class S(BaseSettings):\n  debug: bool = 'no'\n  n: int = '5'\nX = [S().debug, S().n]`,
      "[False~DEBUG, 5~N]",
    ],
    [`${pydantic}class S(BaseSettings):\n  key: str\nX = S().key`, "env KEY"],
    [
      `${pydantic}class S(BaseSettings):\n  model_config = SettingsConfigDict(env_prefix='APP_')\n  debug: bool = Field(False, alias='D')\n  n: int = 1\nX = [S().debug, S().n]`,
      "[False~D, 1~APP_N]",
    ],
    [
      `${pydantic}class S(BaseSettings):\n  debug: bool = False\n  class Config:\n    env_prefix = 'P_'\nX = S(debug=True).debug`,
      "True",
    ],
    [
      "class E:\n  def __init__(self, p): self.p = p\n  def __call__(self, n): return self.p + n\nX = E('a')('b')",
      '"ab"',
    ],
    ["class E:\n  def __getitem__(self, n): return n\nX = E()['b']", '"b"'],
    ["class E:\n  def __getattr__(self, n): return n\nX = E().b", '"b"'],
    [
      "class A:\n  def f(self): return ['a'] + super().f()\nclass B:\n  def f(self): return ['b']\nclass C(A, B): pass\nX = C().f()",
      '["a", "b"]',
    ],
    [
      "class A:\n  @property\n  def p(self): return [1]\nclass B(A):\n  q = 2\n  @property\n  def p(self): return super().p + [self.q]\nX = B().p",
      "[1, 2]",
    ],
    ["class A: pass\nX = A().__class__.__name__", '"A"'],
    ["from typing import TypedDict\nclass T(TypedDict):\n  a: int\nX = T(a=1)['a']", "1"],
    [
      `${pydantic}from pydantic import field_validator\nclass S(BaseSettings):\n  a: str = 'b'\n  @field_validator('a')\n  @classmethod\n  def up(cls, v): return v.upper()\nX = S().a`,
      '"B"~A',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("what a class makes of its fields, or refuses", () => {
  const pydantic =
    "import os, secrets\nfrom enum import Enum\nfrom typing import Annotated, Optional\nfrom pydantic import *\nfrom pydantic import AfterValidator, BaseModel, BeforeValidator, Field, field_validator, model_validator, root_validator, validator\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n";
  it.each([
    [
      "with what the fields before hold",
      "class S(BaseSettings):\n  env: str = 'prod'\n  d: bool = True\n  @field_validator('d')\n  @classmethod\n  def f(cls, v, info): return v and info.data['env'] == 'dev'\nX = S().d",
      "False~ENV",
    ],
    [
      "with what the fields before hold, as a parameter",
      "class S(BaseSettings):\n  env: str = 'prod'\n  d: bool = True\n  @validator('d')\n  def f(cls, v, values, **kwargs): return v and values.get('env') == 'dev'\nX = S().d",
      "False~ENV",
    ],
    [
      "before a text is read as a type",
      "class S(BaseSettings):\n  a: int = 'n5'\n  @field_validator('a', mode='before')\n  def f(cls, v): return v.lstrip('n')\nX = S().a",
      "5~A",
    ],
    [
      "with a function beside the type",
      "def both(v): return v.split(',')\nclass S(BaseSettings):\n  a: Annotated[list[str] | str, BeforeValidator(both)] = 'a,b'\nX = S().a",
      '["a"~A, "b"~A]~A',
    ],
    [
      "with another value, which no variable changes",
      "class S(BaseSettings):\n  a: bool = True\n  @field_validator('*')\n  def f(cls, v): return False\nX = S().a",
      "False",
    ],
    [
      "with a value that it draws in place of one that it knows",
      "class S(BaseSettings):\n  a: str = 'weak'\n  @field_validator('a')\n  def f(cls, v): return secrets.token_hex() if v == 'weak' else v\nX = S().a",
      "secrets.token_hex()~A",
    ],
    [
      "with an error for a value that it knows",
      "class S(BaseSettings):\n  a: str = 'weak'\n  b: int = 1\n  @field_validator('a')\n  def f(cls, v):\n    if v == 'weak': raise ValueError('weak')\n    return v\nX = [S().a, S().b]",
      "[env A, 1~B]",
    ],
    [
      "by a method that a class which extends it has anew",
      "class S(BaseSettings):\n  a: int = 1\n  @field_validator('a')\n  def f(cls, v): return 2\nclass T(S):\n  @field_validator('a')\n  def f(cls, v): return v + 2\nX = T().a",
      "3~A",
    ],
    [
      "around all else that is made of them",
      "class S(BaseSettings):\n  k: bool = 'no'\n  n: int = 1\n  @field_validator('k', mode='wrap')\n  def f(cls, v, handler): return not handler(v)\n  @field_validator('n', mode='wrap')\n  def g(cls, v, handler, info): return handler(v)\nX = [S().k, S().n]",
      "[True~K, 1~N]",
    ],
    [
      "around all else, beside their type",
      "from pydantic import WrapValidator\ndef flip(v, handler): return not handler(v)\nclass S(BaseSettings):\n  k: Annotated[bool, WrapValidator(flip)] = True\nX = S().k",
      "False~K",
    ],
    [
      "around the whole",
      "class S(BaseSettings):\n  k: bool = False\n  n: int = 1\n  @model_validator(mode='wrap')\n  @classmethod\n  def f(cls, data, handler):\n    made = handler(data)\n    made.k = True\n    return made\nX = [S().k, S().n]",
      "[True, 1~N]",
    ],
    [
      "around the whole, of other data",
      "class S(BaseSettings):\n  a: bool = False\n  @model_validator(mode='wrap')\n  @classmethod\n  def f(cls, data, handler): return handler({'a': True})\nX = S().a",
      "?.a",
    ],
    [
      "in a copy",
      "class S(BaseSettings):\n  k: bool = False\n  n: int = 1\nX = [S().model_copy(update={'k': True}).k, S().model_copy().n, S(n=2).copy(update=dict(k=1)).n]",
      "[True, 1~N, 2]",
    ],
    [
      "once all of them are there",
      "class S(BaseSettings):\n  env: str = 'dev'\n  a: bool = False\n  @model_validator(mode='after')\n  def f(self):\n    if self.env == 'dev': self.a = True\n    return self\nX = S().a",
      "True~ENV",
    ],
    [
      "with an error once all of them are there",
      "class S(BaseSettings):\n  env: str = 'live'\n  a: str = 'weak'\n  b: int = 1\n  @model_validator(mode='after')\n  def f(self):\n    if self.a == 'weak' and self.env != 'dev': raise ValueError\n    return self\ns = S()\nX = [s.env, s.a, s.b]",
      "[env ENV, env A, 1~B]",
    ],
    [
      "before any of them is there",
      "class S(BaseSettings):\n  a: bool = False\n  b: int = 1\n  @model_validator(mode='before')\n  @classmethod\n  def f(cls, data):\n    data.setdefault('a', True)\n    return data\nX = [S().a, S(b=2).b]",
      "[True, 2]",
    ],
    [
      "as a dict, once all of them are there",
      "class S(BaseSettings):\n  a: bool = False\n  b: int = 1\n  @root_validator\n  def f(cls, values):\n    values['a'] = True\n    return values\nX = [S().a, S().b]",
      "[True, 1~B]",
    ],
    [
      "by a hook of the object",
      "class S(BaseSettings):\n  a: list = Field(default_factory=list)\n  def model_post_init(self, context): self.a.append('x')\nX = S().a",
      '["x"]~A',
    ],
    [
      "but for defaults of a model",
      "class M(BaseModel):\n  a: int = 1\n  b: int = Field(1, validate_default=True)\n  @field_validator('a', 'b')\n  def f(cls, v): return v + 1\nX = [M().a, M().b, M(a=1).a]",
      "[1, 2, 2]",
    ],
    [
      "but for defaults where an option says so",
      "class S(BaseSettings):\n  model_config = SettingsConfigDict(validate_default=False)\n  a: int = 1\n  @field_validator('a')\n  def f(cls, v): return v + 1\nX = S().a",
      "1~A",
    ],
    [
      "of types that hold others, or None",
      "class E(str, Enum):\n  A = 'a'\nclass S(BaseSettings):\n  model_config = SettingsConfigDict(env_file='.env')\n  a: list[str] = []\n  b: Optional[bool] = None\n  c: bool | None = None\n  d: E = 'a'\ns = S()\nX = [s.a, s.b, s.c, s.d is E.A]",
      '[["x", "y"]~A, False~B, True~C, True~D]',
    ],
    [
      "with a factory that asks for the fields before",
      "class S(BaseSettings):\n  env: str = 'dev'\n  a: bool = Field(default_factory=lambda data: data['env'] == 'dev')\nX = S().a",
      "True~A",
    ],
    [
      "in a data class",
      "from dataclasses import dataclass, field, KW_ONLY\n@dataclass(frozen=True)\nclass C:\n  n: int = field(init=False, default=0)\n  a: int = 1\n  def __post_init__(self): object.__setattr__(self, 'n', self.a + 1)\nX = C(2).n",
      "3",
    ],
    [
      "in a data class that refuses all",
      "from dataclasses import dataclass\n@dataclass\nclass C:\n  a: str = 'weak'\n  def __post_init__(self):\n    if self.a == 'weak': raise ValueError\nX = C().a",
      "?.a",
    ],
    [
      "with the field's own methods",
      "from attrs import define, field\n@define\nclass C:\n  env: str = field(default='DEV', converter=str.lower)\n  a: bool = field()\n  b: str = field(default='weak')\n  @a.default\n  def _(self): return self.env == 'dev'\n  @b.validator\n  def check(self, attribute, value):\n    if value == 'weak': raise ValueError\nX = [C().a, C().b]",
      "[True, ?]",
    ],
    [
      "after attrs",
      "import attr\n@attr.s(auto_attribs=True)\nclass C:\n  a: bool = attr.ib(init=False, default=False)\n  def __attrs_post_init__(self): self.a = True\nX = C().a",
      "True",
    ],
  ])("%s", (_, source, expected) => {
    const files = { ".env": 'A=["x", "y"]\nB=no\nC=yes\n' };
    const { value } = runModule({ "m.py": `${pydantic}${source}\n`, ...files }, "m.py");
    expect(value("X")).toBe(expected);
  });
});

describe("what the standard library gives for known values", () => {
  it.each([
    [
      "from datetime import timedelta\nX = int(timedelta(hours=1, minutes=30).total_seconds())",
      "5400",
    ],
    ["import datetime\nX = datetime.timedelta(weeks=52).days", "364"],
    [
      "from datetime import timedelta\nX = timedelta(days=unknown).days",
      "datetime.timedelta().days",
    ],
    ["import copy\nA = [[1]]\nX = copy.deepcopy(A)\nA[0].append(2)", "[[1]]"],
    ["import copy\nA = [[1]]\nX = copy.copy(A)\nA[0].append(2)", "[[1, 2]]"],
    ["from itertools import chain\nX = list(chain([1], (2,)))", "[1, 2]"],
    ["import ast, os\nX = ast.literal_eval(os.environ.get('A', \"['a', -1]\"))", '["a", -1]~A'],
    ["X = eval('True')", "True"],
    [
      "from collections import Counter\nC = Counter(['a', 'b', 'a'])\nX = [C['a'], C['z'], len(C)]",
      "[2, 0, 2]",
    ],
    [
      "from collections import defaultdict\nD = defaultdict(bool, a=True)\nX = [D['a'], D['b'], len(D)]",
      "[True, False, 2]",
    ],
    [
      "from collections import defaultdict\nA = {'a': 1}\nD = defaultdict(lambda: 2, A, c=3)\nX = [D['a'], D['b'], D['c'], len(A)]",
      "[1, 2, 3, 1]",
    ],
    ["from collections import defaultdict\nX = defaultdict(int, [('a', 1)])['a']", "1"],
    ["from collections import defaultdict\nX = defaultdict(int, unknown())['a']", "?"],
    [
      "from collections import defaultdict\nX = defaultdict(list); X['a'].append(1); X = X['a']",
      "[1]",
    ],
    [
      "import json\nX = json.dumps({'a': [1, None, True], 'b': 'c'})",
      String.raw`"{\"a\": [1, null, true], \"b\": \"c\"}"`,
    ],
    ["import json\nX = json.dumps([unknown])", "json.dumps()"],
    ["import json\ntry: X = json.loads('{a')\nexcept ValueError: X = 0", "0"],
    ["import json\ntry: X = json.loads('{a')\nexcept json.JSONDecodeError: X = 0", "0"],
    ["from operator import itemgetter\nX = itemgetter(0, 2)('abc')", '("a", "c")'],
    ["from operator import methodcaller\nX = methodcaller('split', ',')('a,b')", '["a", "b"]'],
    [
      "from pathlib import Path\ntry: X = Path('/run/secrets/k').read_text()\nexcept OSError: X = 'd'",
      '"d"~/run/secrets/k',
    ],
    ["X = eval('f()')", "?"],
    ["from collections import OrderedDict\nX = OrderedDict([('a', 1)])", '{"a": 1}'],
    [
      "import sys\nX = [sys.version_info >= (3, 8), sys.platform == 'win32', 'runserver' in sys.argv]",
      "[True, False, False]",
    ],
    ["from typing import TYPE_CHECKING\nX = TYPE_CHECKING", "False"],
    [
      "X = [{1} ^ {2}, {1} <= {1, 2}, {1, 2} < {1, 2}, [1, 2] < [1, 3]]",
      "[{1, 2}, True, False, True]",
    ],
    [
      "X = [{'a': 1} == {'a': 1}, {'a': 1} == {'a': 2}, {'a': unknown} == {'a': 1}]",
      "[True, False, ?]",
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("a helper that asks for a variable", () => {
  it.each([
    [
      "def n(v, d):\n  try: return int(v)\n  except (TypeError, ValueError): return d\nX = n(os.environ.get('A'), 3)",
      "3~A",
    ],
    [
      "def b(n, d):\n  if n in os.environ: return os.environ[n] == '1'\n  return d\nX = b('A', True)",
      "True~A",
    ],
    [
      "def b(n, d):\n  v = os.environ.get(n)\n  if v is None: return d\n  return v == '1'\nX = b('A', True)",
      "True~A",
    ],
    [
      "def b(n, d=None):\n  v = os.getenv(n)\n  if not v: return d\n  return v\nX = b('A')",
      "None~A",
    ],
    [
      "def b(n):\n  if n not in os.environ: raise RuntimeError(n)\n  return os.environ[n]\nX = b('A')",
      "env A",
    ],
    ["if 'A' in os.environ: X = os.environ['A']\nelse: X = 'd'", '"d"~A'],
    ["X = 'd'\nif os.environ.get('A'): X = os.environ['A']", '"d"'],
    ["D = os.environ.get('D', '1') == '1'\nif D: X = 'x'", '"x"'],
  ])("%j", (source, expected) => {
    expect(x(`import os\n${source}`)).toBe(expected);
  });
});
