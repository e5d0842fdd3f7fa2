import { expect, it } from "vitest";
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
const TOKENS =
  "( ) [ ] { } : , . = += == # ' \" ''' \\ * ** @ \n \r \t \f \0 é 😀 if else for in def class return yield lambda not and or None 0 1e9 -1 x y os import from try except: pass * % f' {x} <<".split(
    " ",
  );

it("never throws, whatever is made of a program", () => {
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
  for (let round = 0; round < 1000; round++) {
    let text = pick(SNIPPETS) ?? "";
    for (let count = 1 + next(4); count > 0; count--) text = mutate(text);
    const lines = text.split(/\r\n|\r|\n/).length;
    try {
      const { body, unread } = parseModule(text, { comments: round % 2 === 0 });
      for (const part of [...body, ...unread]) {
        const line = "lineno" in part ? part.lineno : part.endLine;
        if (line < 1 || line > lines) throw new Error(`line ${line} of ${lines}`);
      }
      runModule({ "m.py": text, "base.py": "APPS = ['c']\n" }, "m.py", { functions: true });
    } catch (error) {
      throw new Error(`round ${round}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  expect(seed).toBeGreaterThan(0);
});
