import { expect, it } from "vitest";
import { commentsIn } from "../../src/python/logical-lines.ts";
import { parseModule } from "../../src/python/parse.ts";
import { runModule } from "../support/python.ts";

const SNIPPETS = [
  "import os\nfrom .base import *\nDEBUG = os.environ.get('DEBUG', 'False') == 'True'\nAPPS += ['a']\nif DEBUG:\n    APPS.append('b')\nelse:\n    APPS.remove('a')\n",
  "def f(a, b=2, *c, d=None, **e):\n    try:\n        for x in a:\n            if x: break\n        else:\n            return b\n    except (KeyError, ValueError) as g:\n        raise\n    finally:\n        del c\n    return {**e, 'k': d}\nX = f(*[1], **{'d': 3})\n",
  "class A(Base, metaclass=M):\n    n: int = 1\n    def __init__(self, v): self.v = v\n    @property\n    def p(self): return self.v + super().p\n    @classmethod\n    async def c(cls): await cls.x\nX = A(2).p\n",
  "x = [a * b for a in range(3) for b in (1, 2) if a % b]\ny = {k: v for k, v in {'a': 1}.items()}\nz = (lambda *q: q[::-1])(1, *x)\nw = f'{x!r:>{y}} {z=}' + '%s-%(a)d' % (x,) + '{0[a]}{}'.format(y)\n",
  "match x:\n    case [1, *rest] if rest: y = rest\n    case {'k': v, **o}: y = v\n    case A(b=1) | None: y = 1\n    case _: pass\nwhile (n := n - 1) > 0:\n    if n: continue\n    global q\n    q = [n] * n\n",
  "T = 'é' + '''a\n# b''' # c\nwith open(T) as f, g: x[1:2] = f.read().split(',')\nx.sort(); x[0] |= {1}; del x[1:]\nassert not x, 'm'\nprint >>f, `x`\nexec 'a'\n",
];
const SETTINGS = [
  "import os, sys\nfrom pathlib import Path\nB = Path(__file__).resolve().parent / 'a'\nfor n, v in {'X': [1], 'Y': os.getenv('Z', 'q')}.items():\n    setattr(sys.modules[__name__], n, v)\nglobals().update({k: v for k, v in vars().items() if k.isupper()})\n",
  "from enum import Enum\nfrom dataclasses import dataclass, field\nclass E(str, Enum):\n    A = 'a'\n@dataclass\nclass C(object):\n    a: int = 1\n    b: list = field(default_factory=list)\nX = C(b=[E('a')]).b[0] == E.A\n",
  "import environ\nenv = environ.Env(D=(bool, False))\nenv.read_env('.env')\nD = env('D')\nH = env.list('H', default=['a'])\nDB = env.db(default='sqlite:///x')\ntry:\n    K = os.environ['K']\nexcept KeyError:\n    K = f'{D!r:>{5}}-{1_000:,}'\n",
  "from contextlib import contextmanager, suppress\n@contextmanager\ndef c(n=1):\n    yield from range(n)\n    while n: n -= 1; yield n\nwith suppress(ImportError), c(2) as v:\n    from .gone import *\n    X = [*map(str, sorted(v, key=lambda k: -k))]\n",
  "import re, operator\nfrom itertools import *\nclass D(dict):\n    def __missing__(self, k): return k * 2\n    def __bool__(self): return len(self) > 1\nclass G:\n    def __get__(self, i, o): return D(a=re.match(r'(a|b)+(?P<c>\\d*)', 'ab1'))\n    def __eq__(self, o): return self == o\nclass A(list):\n    g = G()\nX = [*product('ab', A().g['z']), A([1]) + [2], G() == A.g] if D() else re.sub('a*', 'b', 'ca')\n",
];
const TOKENS =
  "( ) [ ] { } : , . = += == # ' \" ''' \\ * ** @ \n \r \t \f \0 é 😀 if else for in def class return yield lambda not and or None 0 1e9 -1 x y os import from try except: pass * % f' {x} <<".split(
    " ",
  );

it("never throws on any of 20,000 programs, whatever is made of them", () => {
  let seed = 20260101;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const pick = <T>(items: readonly T[]): T | undefined => items[next(items.length)];
  const mutate = (text: string): string => {
    const at = next(text.length + 1);
    const length = next(12);
    switch (next(6)) {
      case 0:
        return text.slice(0, at) + text.slice(at + length);
      case 1:
        return text.slice(0, at) + (pick(TOKENS) ?? "") + text.slice(at);
      case 2:
        return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
      case 3: {
        const other = pick(SNIPPETS) ?? "";
        const from = next(other.length);
        return text.slice(0, at) + other.slice(from, from + 30) + text.slice(at);
      }
      case 4: {
        const lines = text.split("\n");
        const moved = lines.splice(next(lines.length), 1);
        lines.splice(next(lines.length + 1), 0, ...moved);
        return lines.join("\n");
      }
      default:
        return text.slice(0, at) + (pick(TOKENS) ?? "") + text.slice(at + length);
    }
  };
  for (let round = 0; round < 20_000; round++) {
    let text = pick(round % 3 === 0 ? SETTINGS : SNIPPETS) ?? "";
    for (let count = 1 + next(4); count > 0; count--) text = mutate(text);
    const lines = text.split(/\r\n|\r|\n/).length;
    try {
      // What runs is parsed anyway; the places of its parts are looked at in some.
      const { body, unread } = round % 4 === 0 ? parseModule(text) : { body: [], unread: [] };
      if (round % 8 === 0) commentsIn(text.split(/\r\n|\r|\n/));
      for (const part of [...body, ...unread]) {
        const line = "lineno" in part ? part.lineno : part.endLine;
        if (line < 1 || line > lines) throw new Error(`line ${line} of ${lines}`);
      }
      const files = { "m.py": text, "base.py": "APPS = ['c']\n", ".env": text };
      runModule(files, "m.py", { functions: true, eager: round % 2 === 0 });
    } catch (error) {
      throw new Error(`round ${round}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  expect(seed).toBeGreaterThan(0);
}, 300_000);
