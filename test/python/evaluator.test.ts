import { describe, expect, it } from "vitest";
import { runModule } from "../support/python.ts";

/** The final value of `X` in a module of one file. */
const x = (source: string) => runModule({ "m.py": `${source}\n` }, "m.py").value("X");

describe("assignments", () => {
  it.each([
    ["X = 1", "1"],
    ["X: int = 3", "3"],
    ["X: int", "unset"],
    ["X = Y = 2", "2"],
    ["X, Y = 1, 2; X = Y", "2"],
    ["X, *Y = [1, 2, 3]; X = Y", "[2, 3]"],
    ["*A, X = (1, 2, 3)", "3"],
    ["A, *X, B = 1, 2", "[]"],
    ["(A, (B, X)) = 1, (2, 3)", "3"],
    ["A = 1; B = 2; A, B = B, A; X = A", "2"],
    ["X = 1; X += 2", "3"],
    ["X = 'a'; X += 'b'", '"ab"'],
    ["X = 1\ndel X", "unset"],
    ["X = 1\ndel X\nX = 2", "2"],
    ["if (n := 5) > 3: X = n", "5"],
    ["Y = [y := 1, y + 1]; X = y", "1"],
    ["[y := i for i in [1, 2]]\nX = y", "2"],
    ["with open('a') as f, lock: X = 1", "1"],
    ["from unknown import Y\nX = Y", "unknown.Y"],
    ["X = ...", "builtins.Ellipsis"],
    ["X = b'a'", 'b"a"'],
    ["X = 12345678901234567890", "12345678901234567890"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("lists are shared and changed in place", () => {
  it.each([
    ["A = [1]; B = A; B.append(2); X = A", "[1, 2]"],
    ["A = [1]; B = A; B += [2]; X = A", "[1, 2]"],
    ["A = [1]; B = A; B = B + [2]; X = A", "[1]"],
    ["A = B = []; A.append(1); X = B", "[1]"],
    ["X = [1]; X += (2, 3)", "[1, 2, 3]"],
    ["X = [1]; X += 'ab'", '[1, "a", "b"]'],
    ["X = [1]; X.extend([2])", "[1, 2]"],
    ["X = [1, 2, 3]; X.insert(1, 9)", "[1, 9, 2, 3]"],
    ["X = [1, 2, 3]; X.insert(-1, 9)", "[1, 2, 9, 3]"],
    ["X = [1, 2, 3]; X.insert(100, 9)", "[1, 2, 3, 9]"],
    ["X = [1, 2, 3]; X.insert(-100, 9)", "[9, 1, 2, 3]"],
    ["X = [1, 2]; X.insert(X.index(2), 9)", "[1, 9, 2]"],
    ["X = [1, 2, 3, 2]; X.remove(2)", "[1, 3, 2]"],
    ["X = [1, 2]; X.remove(7)", "[1, 2]"],
    ["X = [1, 2]; X.remove(unknown)", "[1, 2, ...]"],
    ["X = [1, 2, 3]; X.pop()", "[1, 2]"],
    ["X = [1, 2, 3]; X.pop(0)", "[2, 3]"],
    ["X = [1, 2, 3]; X.pop(-9)", "[1, 2, 3]"],
    ["A = [1, 2, 3]; X = A.pop(-2)", "2"],
    ["A = [3, 1, 2]; A.sort(); X = A", "[1, 2, 3]"],
    ["A = ['b', 'a']; A.sort(reverse=True); X = A", '["b", "a"]'],
    ["A = [1, 2]; A.reverse(); X = A", "[2, 1]"],
    ["A = [1, 2]; A.clear(); X = A", "[]"],
    ["A = [1]; X = A.copy(); A.append(2)", "[1]"],
    ["A = [1]; X = list(A); A.append(2)", "[1]"],
    ["A = [1, 2, 3]; A[0] = 9; X = A", "[9, 2, 3]"],
    ["A = [1, 2, 3]; A[-1] = 9; X = A", "[1, 2, 9]"],
    ["A = [1, 2, 3]; A[:] = [7]; X = A", "[7]"],
    ["A = [1, 2, 3]; A[1:2] = []; X = A", "[1, 3]"],
    ["A = [1, 2, 3]; A[1:1] = [9, 8]; X = A", "[1, 9, 8, 2, 3]"],
    ["A = [1, 2, 3]; A[::2] = unknown; X = A", "[?, ...]"],
    ["A = [1, 2, 3]; del A[0]; X = A", "[2, 3]"],
    ["A = [1, 2, 3]; del A[1:]; X = A", "[1]"],
    ["A = [[1]]; A[0].append(2); X = A", "[[1, 2]]"],
    ["A = [[0]] * 2; A[0].append(1); X = A", "[[0, 1], [0, 1]]"],
    ["A = [1]; A.append(unknown()); X = A", "[1, ?]"],
    ["A = [1]; A.extend(unknown()); X = A", "[1, ...]"],
    ["A = [1]; A += unknown(); X = A", "[1, ...]"],
    ["X = [1] + unknown()", "[1, ...]"],
    ["X = [*[1], *(2,), 3]", "[1, 2, 3]"],
    ["X = [1, *unknown()]", "[1, ...]"],
    ["S = {1}; S.add(1); S.add(2); X = S", "{1, 2}"],
    ["S = {1}; T = S; T |= {2}; X = S", "{1, 2}"],
    ["S = {1}; S.update([1, 2]); X = S", "{1, 2}"],
    ["S = {1, 2}; S.discard(1); X = S", "{2}"],
    ["X = (1, 2) + (3,)", "(1, 2, 3)"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("dicts", () => {
  it.each([
    ["X = {'a': 1}['a']", "1"],
    ["X = {'a': 1}['b']", "?"],
    ["X = {'a': 1}.get('a')", "1"],
    ["X = {'a': 1}.get('b')", "None"],
    ["X = {'a': 1}.get('b', 2)", "2"],
    ["X = {'a': 1}.get(unknown, 2)", "? | 2"],
    ["X = {'a': {'b': [1]}}['a']['b'][0]", "1"],
    ["D = {'a': 1}; D['b'] = 2; X = D", '{"a": 1, "b": 2}'],
    ["D = {'a': 1}; D[unknown] = 2; X = D", '{"a": 1, ?: 2, ...}'],
    ["D = {'a': 1}; D.update(b=2); X = D", '{"a": 1, "b": 2}'],
    ["D = {}; D.update([('a', 1)]); X = D", '{"a": 1}'],
    ["D = {'a': 1}; D.update({'a': 3}, c=4); X = D", '{"a": 3, "c": 4}'],
    ["D = {'a': 1}; D.update(unknown); X = D", '{"a": 1, ...}'],
    ["D = {}; D.setdefault('a', []).append(1); X = D", '{"a": [1]}'],
    ["D = {'a': 1}; X = D.pop('a')", "1"],
    ["D = {'a': 1}; D.pop('a'); X = D", "{}"],
    ["X = {'a': 1}.pop('b', 5)", "5"],
    ["D = {'a': 1, 'b': 2}; del D['a']; X = D", '{"b": 2}'],
    ["X = {**{'a': 1}, 'a': 2}", '{"a": 2}'],
    ["X = {**unknown, 'a': 2}", '{"a": 2, ...}'],
    ["X = {'a': 1} | {'b': 2}", '{"a": 1, "b": 2}'],
    ["D = {'a': 1}; E = D; D |= {'b': 2}; X = E", '{"a": 1, "b": 2}'],
    ["X = list({'a': 1}.keys())", '["a"]'],
    ["X = list({'a': 1}.values())", "[1]"],
    ["X = [k + v for k, v in {'a': 'b'}.items()]", '["ab"]'],
    ["X = {1: 'a', 1.0: 'b'}[True]", '"b"'],
    ["X = {(1, 2): 3}[(1, 2)]", "3"],
    ["X = dict(a=1)", '{"a": 1}'],
    ["X = dict({'a': 1}, b=2)", '{"a": 1, "b": 2}'],
    ["X = {k: v for k, v in {'a': 1, 'b': 2}.items() if v > 1}", '{"b": 2}'],
    ["X = list({'a': 1})", '["a"]'],
    ["D = {'k': [1]}; D['k'] += [2]; X = D", '{"k": [1, 2]}'],
    [
      "DATABASES = {'default': {}}; DATABASES['default']['NAME'] = 'x'; X = DATABASES",
      '{"default": {"NAME": "x"}}',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("conditions", () => {
  it.each([
    ["X = 1 if True else 2", "1"],
    ["X = 1 if [] else 2", "2"],
    ["X = 1 if unknown else 2", "1 | 2"],
    ["X = 1 if unknown else 1", "1"],
    ["X = 'a' or 'b'", '"a"'],
    ["X = '' or 'b'", '"b"'],
    ["X = unknown or 'b'", '? | "b"'],
    ["X = 1 and 2 and 3", "3"],
    ["X = 0 and unknown", "0"],
    ["X = None or False", "False"],
    ["X = not unknown", "?"],
    ["X = 1 < 2 < 3", "True"],
    ["X = 1 < unknown < 0", "?"],
    ["X = 'a' in 'abc'", "True"],
    ["X = 'x' not in ['a']", "True"],
    ["X = 'x' in ['a', unknown]", "?"],
    ["X = 1 == 1.0", "True"],
    ["X = '1' == 1", "False"],
    ["X = unknown is None", "?"],
    ["X = [] is None", "False"],
    ["X = (1, 2) == [1, 2]", "False"],
    ["X = {'a', 'b'} == {'b', 'a'}", "True"],
    ["X = [1, unknown] == [2, 3]", "False"],
    ["if True:\n  X = 1\nelse:\n  X = 2", "1"],
    ["if 0:\n  X = 1\nelif 1:\n  X = 3\nelse:\n  X = 2", "3"],
    ["if unknown:\n  X = 1\nelse:\n  X = 2", "2 | 1"],
    ["X = 0\nif unknown:\n  X = 1", "1 | 0"],
    ["if unknown:\n  X = 1", "1"],
    ["X = [1]\nif unknown:\n  X.append(2)", "[1, ...]"],
    ["X = [1, 2]\nif unknown:\n  X.remove(2)", "[1, ...]"],
    ["X = [1]\nif unknown:\n  X.append(2)\nelse:\n  X.append(2)", "[1, 2]"],
    ["if unknown:\n  raise ValueError\nelse:\n  X = 2", "2"],
    ["if __name__ == '__main__':\n  X = 1\nelse:\n  X = 2", "2"],
    ["import sys\nX = 1 if 'test' in sys.argv else 2", "2"],
    ["X = 1\nassert unknown\nX = 2", "2"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("methods of a value that may be one of two", () => {
  it.each([
    ["X = ('A' if c else 'B').lower()", '"a" | "b"'],
    ["X = ({'A': 1} if c else {'B': 2}).get('A', 3)", "1 | 3"],
    ["l = ['A'] if c else ['B']\nl.append('C')\nX = l", '["A", "C"] | ["B", "C"]'],
    ["f = 'A'.lower if c else 'B'.lower\nX = f()", '"a" | "b"'],
    ["X = (other.a(1) if c else other.a(2)).b", "other.a().b | other.a().b"],
  ])("%j", (source, expected) => {
    expect(x(`import other\nfrom other import c\n${source}`)).toBe(expected);
  });
});

describe("lists and dicts that may be one of several", () => {
  it.each([
    ["X = [*M, 'z']", '["x", "a", "b", "z"] | ["a", "b", "z"]'],
    ["X = [*M, *['c']]", '["x", "a", "b", "c"] | ["a", "b", "c"]'],
    ["X = M + ['z']", '["x", "a", "b", "z"] | ["a", "b", "z"]'],
    ["X = ['z'] + M", '["z", "x", "a", "b"] | ["z", "a", "b"]'],
    ["M += ['z']\nX = M", '["x", "a", "b", "z"] | ["a", "b", "z"]'],
    ["X = [m for m in M if m != 'b']", '["x", "a"] | ["a"]'],
    [
      "X = [list(M), tuple(M), len(M)]",
      '[["x", "a", "b"] | ["a", "b"], ("x", "a", "b") | ("a", "b"), 3 | 2]',
    ],
    ["X = list(dict.fromkeys(M))", '["x", "a", "b"] | ["a", "b"]'],
    ["X = M[1:]", '["a", "b"] | ["b"]'],
    ["L = ['z']\nL.extend(M)\nX = L", '["z", "a", "b", ...]'],
    [
      "if d: M = ['y', *M]\nX = M",
      '["y", "x", "a", "b"] | ["y", "a", "b"] | ["x", "a", "b"] | ["a", "b"]',
    ],
    ["if d: M = ['y', *M]\nif e: M = ['z', *M]\nX = M", '["a", "b", ...]'],
    [
      "D = {'a': 1}\nif d: D = {'b': 2, **D}\nX = {**D, 'c': 3}",
      '{"b": 2, "a": 1, "c": 3} | {"a": 1, "c": 3}',
    ],
    ["D = {'a': 1}\nif d: D = {'b': 2}\nX = D | {'c': 3}", '{"b": 2, "c": 3} | {"a": 1, "c": 3}'],
  ])("%j", (source, expected) => {
    const start = "from other import c, d, e\nM = ['a', 'b']\nif c: M = ['x', *M]\n";
    expect(x(`${start}${source}`)).toBe(expected);
  });
});

describe("lists that may have more members keep those that they surely have", () => {
  it.each([
    ["X = [m for m in M]", '["a", "b", ...]'],
    ["X = [m for m in M if m != 'b']", '["a", ...]'],
    ["X = sorted(M)", '["a", "b", ...]'],
    ["X = list(filter(None, M))", '["a", "b", ...]'],
    ["X = list(dict.fromkeys(M))", '["a", "b", ...]'],
    ["X = list(reversed(list(dict.fromkeys(reversed(M)))))", '["a", "b", ...]'],
    ["X = any(m == 'b' for m in M)", "True"],
    ["X = all(m == 'a' for m in M)", "False"],
    ["X = any(m == 'c' for m in M)", "builtins.any()"],
  ])("%j", (source, expected) => {
    const start = "import other\nM = ['a', 'b']\nfor one in other.all():\n  M.extend(one.apps)\n";
    expect(x(`${start}${source}`)).toBe(expected);
  });
});

describe("loops and comprehensions", () => {
  it.each([
    ["X = 0\nfor i in [1, 2, 3]: X += i", "6"],
    ["X = []\nfor i in range(3): X.append(i)", "[0, 1, 2]"],
    ["X = []\nfor i in range(5):\n  if i == 3: break\n  X.append(i)", "[0, 1, 2]"],
    ["X = []\nfor i in range(4):\n  if i % 2: continue\n  X.append(i)", "[0, 2]"],
    ["X = 0\nfor i in []: X = 1\nelse: X = 2", "2"],
    ["X = 0\nfor i in [1]:\n  break\nelse: X = 2", "0"],
    ["X = 0\nfor i in unknown: X = 1", "1 | 0"],
    ["for i in unknown:\n  if i:\n    X = 1\n    break\nelse: X = 2", "2 | 1"],
    ["X = 0\nfor i in unknown: X = 1\nelse: X = 2", "2"],
    ["X = 0\nfor i in [1, 2]:\n  if unknown:\n    X = i\n    break\nelse: X = 3", "3 | 2 | 1 | 0"],
    ["X = 0\nfor i in unknown:\n  for j in unknown:\n    break\nelse: X = 2", "2"],
    ["X = 0\nwhile unknown:\n  if unknown2:\n    X = 1\n    break\nelse: X = 2", "2 | 1 | 0"],
    ["X = []\nfor i in unknown: X.append(1)", "[...]"],
    ["X = ''\nfor a, b in [('x', 'y')]: X += a + b", '"xy"'],
    ["X = 0\nwhile False: X = 1\nelse: X = 2", "2"],
    ["for n in ['A', 'B']:\n  globals()[n] = 1\nX = 1", "1"],
    ["X = [a for a in [1, 2, 3] if a != 2]", "[1, 3]"],
    ["X = [a * b for a in [1, 2] for b in [10, 20] if a * b > 10]", "[20, 20, 40]"],
    ["X = [a for a in unknown]", "[?, ...]"],
    ["X = 1 if [a for a in unknown] else 2", "1 | 2"],
    ["X = 1 if [a for a in [1, 2] if a > unknown] else 2", "1 | 2"],
    ["X = 1 if [a for a in [1, 2] if a > 1] else 2", "1"],
    ["X = [a for a in [1, 2] if unknown]", "[1, 2, ...]"],
    ["M = ['a.A', 'b.B']; X = [m for m in M if not m.startswith('a.')]", '["b.B"]'],
    ["M = ['a', 'b']; X = tuple(m for m in M if m not in ('b',))", '("a")'],
    ["X = {a: a * 2 for a in [1, 2]}", "{1: 2, 2: 4}"],
    ["X = {i for i in [1, 1, 2]}", "{1, 2}"],
    ["X = [[i, j] for i in range(2) for j in range(i)]", "[[1, 0]]"],
    ["i = 7\nY = [i for i in [1]]\nX = i", "7"],
    ["class A:\n  xs = [1, 2]\n  ys = [x + 1 for x in xs]\nX = A.ys", "[2, 3]"],
    ["X = list(enumerate('ab', 1))", '[(1, "a"), (2, "b")]'],
    ["X = any([0, 1])", "True"],
    ["X = all([])", "True"],
    ["X = any([0, unknown])", "builtins.any()"],
    ["X = max([1, 5, 2])", "5"],
    ["X = max('aaa', 'b', key=len)", '"aaa"'],
    ["X = sorted({'b', 'a'})", '["a", "b"]'],
    ["X = sorted(['b', 'A'], key=str.lower)", '["A", "b"]'],
    ["X = sorted({'b': 2, 'a': 1}.items(), key=lambda kv: kv[1])", '[("a", 1), ("b", 2)]'],
    ["X = sorted(['b', unknown])", '["b", ?, ...]'],
    ["X = list(zip('ab', [1, 2]))", '[("a", 1), ("b", 2)]'],
    ["X = dict(zip('ab', [1, 2]))", '{"a": 1, "b": 2}'],
    ["X = dict([('a', 1)])", '{"a": 1}'],
    ["X = dict.fromkeys(['a', 'b'])", '{"a": None, "b": None}'],
    ["X = list(map(str, [1, 2]))", '["1", "2"]'],
    ["X = list(filter(None, ['a', '', unknown]))", '["a", ...]'],
    ["X = list(filter(lambda n: n > 1, [1, 2]))", "[2]"],
    ["X = next(n for n in [1, 2] if n > 1)", "2"],
    ["X = next(iter([]), 7)", "7"],
    ["X = ['a'] * (not 0) + ['b'] * False", '["a"]'],
    ["i = iter([1, 2]); X = [next(i), next(i), next(i, 3)]", "[1, 2, 3]"],
    ["def g():\n  yield 1\n  yield 2\n  yield 3\ni = g(); X = next(i); X = list(i)", "[2, 3]"],
    [
      "def f(*a):\n  i = iter(a)\n  while True:\n    try: v = next(i)\n    except StopIteration: return None\n    if v: return v\nX = [f(0, 'b'), f()]",
      '["b", None]',
    ],
    [
      "class A:\n  n = 0\n  def __next__(self):\n    self.n += 1\n    return self.n\na = A(); X = [next(a), next(a)]",
      "[1, 2]",
    ],
    ["X = [int('0x1f', 0), int('12', 0), int('0x1f', 16), int('12', 3)]", "[31, 12, 31, 5]"],
    ["import operator\nX = [operator.xor(True, False), operator.lshift(1, 4)]", "[True, 16]"],
    [
      "from collections import deque\nX = deque([1, 2, 3]); X.rotate(); X.extendleft([7, 8])",
      "[8, 7, 3, 1, 2]",
    ],
    ["X = {1, 2, 3}; X.difference_update([1]); X.intersection_update({2, 9})", "{2}"],
    ["X = {1, 2}.symmetric_difference([2, 3])", "{1, 3}"],
    ["X = {1, 2}; X.difference_update(unknown)", "{...}"],
    [
      "from functools import singledispatch\n@singledispatch\ndef f(x): return 1\n@f.register(int)\ndef _(x): return 2\nX = f(0)",
      "?",
    ],
    [
      "class A:\n  def __getattr__(self, n):\n    if n == 'a': return 1\n    raise AttributeError(n)\nX = [getattr(A(), 'a', 2), getattr(A(), 'b', 2)]",
      "[1, 2]",
    ],
    [
      "from django.conf import global_settings as g\nX = [g.DEBUG, getattr(g, 'ALLOWED_HOSTS', ['*']) + ['a']]",
      '[False, ["a"]]',
    ],
    [
      "from django.conf.global_settings import *\nX = ['a', *PASSWORD_HASHERS[:1]]",
      '["a", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]',
    ],
    ["X = sum([1, 2]) + abs(-3) + round(2.5)", "8"],
    ["X = [divmod(7, 2), pow(2, 5), hex(255), chr(65), ord('A')]", '[(3, 1), 32, "0xff", "A", 65]'],
    ["X = min([], default=7)", "7"],
    ["X = len({1, 1})", "1"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("exceptions", () => {
  it.each([
    ["try:\n  X = 1\nexcept Exception:\n  X = 2", "1"],
    ["try:\n  X = 1\nfinally:\n  X = 3", "3"],
    ["try:\n  raise ValueError\nexcept ValueError:\n  X = 2", "2"],
    ["try:\n  raise KeyError('a')\nexcept LookupError:\n  X = 2", "2"],
    ["try:\n  raise FileNotFoundError()\nexcept IOError:\n  X = 2", "2"],
    ["try:\n  raise ValueError\nexcept (KeyError, ValueError):\n  X = 2", "2"],
    ["X = 1\ntry:\n  raise ValueError\nexcept KeyError:\n  X = 2\nX = 3", "1"],
    ["X = 1\ntry:\n  raise lib.Broken()\nexcept lib.Base:\n  X = 2\nX = 3", "3"],
    ["try:\n  raise ValueError\nexcept:\n  X = 2", "2"],
    ["try:\n  raise Own()\nexcept Exception as e:\n  X = 2", "2"],
    ["X = 1\nraise ValueError\nX = 2", "1"],
    ["try:\n  try:\n    raise ValueError\n  finally:\n    X = 1\nexcept ValueError:\n  X = 2", "2"],
    ["try:\n  import installed\n  X = 1\nexcept ImportError:\n  X = 2", "2 | 1"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("numbers", () => {
  it.each([
    ["7 // 2", "3"],
    ["-7 // 2", "-4"],
    ["-7 % 3", "2"],
    ["7 / 2", "3.5"],
    ["1 / 0", "?"],
    ["2 ** 10", "1024"],
    ["2 ** 53 + 1", "?"],
    ["10 ** 400", "?"],
    ["1 << 31", "2147483648"],
    ["5 << 30", "5368709120"],
    ["1 << 60", "?"],
    ["1 << -1", "?"],
    ["0xFFFFFFFF | 1", "4294967295"],
    ["0xFFFFFFFF & 0xFF00000000", "0"],
    ["~5", "-6"],
    ["-5", "-5"],
    ["+True", "1"],
    ["True + True", "2"],
    ["10 * 1024 * 1024", "10485760"],
    ["int('5')", "5"],
    ["int(' 7 ')", "7"],
    ["int('1_000')", "1000"],
    ["int('10', 2)", "2"],
    ["int('0x10')", "builtins.int()"],
    ["int('')", "builtins.int()"],
    ["int(None)", "builtins.int()"],
    ["int(3.9)", "3"],
    ["float('1.5')", "1.5"],
    ["float('nan')", "builtins.float()"],
    ["bool('False')", "True"],
    ["bool('')", "False"],
    ["len('é😀')", "2"],
    ["[] * 1000000000", "[]"],
    ["'' * 1000000000", '""'],
    ["'a' * 1000000000", "?"],
    ["[1] * 1000000000", "?"],
    ["3 * 'ab'", '"ababab"'],
    ["'a' * 1e999", "?"],
    ["[] * 1e999", "?"],
    ["'abc'[::1e-9]", "?"],
    ["range(1e999)", "builtins.range()"],
  ])("%s", (source, expected) => {
    expect(x(`X = ${source}`)).toBe(expected);
  });
});

describe("texts", () => {
  it.each([
    ["'a' 'b' + str(1)", '"ab1"'],
    ["'abc'[1]", '"b"'],
    ["'😀b'[1]", '"b"'],
    ["'abc'[-1]", '"c"'],
    ["'abc'[::-1]", '"cba"'],
    ["'abcdef'[4:1:-1]", '"edc"'],
    ["'abc'[2:1]", '""'],
    ["'abc'[-100:2]", '"ab"'],
    ["[1, 2, 3, 4, 5][3:-10:-1]", "[4, 3, 2, 1]"],
    ["[1, 2, 3][-2:]", "[2, 3]"],
    ["'abc'[unknown:]", "?"],
    ["'aBc'.lower().upper()", '"ABC"'],
    ['"it\'s a b-c".title()', '"It\'S A B-C"'],
    ["' a '.strip()", '"a"'],
    ["'xxaxx'.strip('x')", '"a"'],
    ["'a,b,c'.split(',')", '["a", "b", "c"]'],
    ["'a,b,c'.split(',', 1)", '["a", "b,c"]'],
    ["'a,b,c'.split(',', maxsplit=1)", '["a", "b,c"]'],
    ["' a  b '.split()", '["a", "b"]'],
    ["''.split(',')", '[""]'],
    ["'a\\nb\\n'.splitlines()", '["a", "b"]'],
    ["'abc'.startswith('a')", "True"],
    ["'abc'.startswith(('a', 'b'))", "True"],
    ["'abc'.replace('b', '$&')", '"a$&c"'],
    ["'aaa'.replace('a', 'b', 1)", '"baa"'],
    ["','.join(['a', 'b'])", '"a,b"'],
    ["','.join([])", '""'],
    ["','.join(['a', unknown])", '<"a," + ?>'],
    ["','.join(unknown)", "?"],
    ["'abc'.find('z')", "-1"],
    ["'a,b,c'.rsplit(',', 1)", '["a,b", "c"]'],
    ["'a b  c'.split(None, 1)", '["a", "b  c"]'],
    ["'abc'.endswith(('x', unknown))", "?"],
    ["'abc'.partition('b')", '("a", "b", "c")'],
    ["'abc'.rpartition('z')", '("", "", "abc")'],
    ["'abc'.center(9, '*') + '5'.zfill(3) + 'a'.ljust(3, '.')", '"***abc***005a.."'],
    ["'AB_C1'.isupper()", "True"],
    ["'1'.isupper()", "False"],
    ["'abcb'.rfind('b')", "3"],
    ["'abc'.index('z')", "?"],
    ["str.join(',', ['a', 'b'])", '"a,b"'],
    ["'abc'.removeprefix('a').removesuffix('c')", '"b"'],
    ["'a'.encode()", 'b"a"'],
    ["b'a'.decode()", '"a"'],
    ["'é'.encode().decode()", '"é"'],
    ["'é'.encode().decode('latin1')", "?"],
    ["'Straße'.casefold()", '"strasse"'],
    ["b'a' + b'b'", 'b"ab"'],
    ["'a' + unknown + 'b'", '<"a" + ? + "b">'],
    ["base / 'static'", '<? + "/static">'],
  ])("%s", (source, expected) => {
    expect(x(`X = ${source}`)).toBe(expected);
  });
});

describe("formatting", () => {
  it.each([
    ["f'{1}{\"a\"}'", '"1a"'],
    ["f'{{}}'", '"{}"'],
    ["f'a{unknown}b'", '<"a" + ? + "b">'],
    ["f'{1:03d}'", '"001"'],
    ["f'{\"a\"!r}'", "\"'a'\""],
    ["f'{\"a\"!s}'", '"a"'],
    ["f'{1=}'", '"1=1"'],
    ["'%s-%s' % ('a', 1)", '"a-1"'],
    ["'%s' % unknown", "<?>"],
    ["'%5s' % unknown", "<?>"],
    ["f'{unknown:>5}'", "<?>"],
    ["'%-5s|%+d|%e|%.3s' % ('a', 5, 12345.678, 'abcdef')", '"a    |+5|1.234568e+04|abc"'],
    [
      "'{:^5}|{:05d}|{:.2f}|{:,}|{:.0%}'.format('a', -42, 1.5, 1234567, 0.5)",
      '"  a  |-0042|1.50|1,234,567|50%"',
    ],
    ["f\"{[1, 'a', None, True, 1.0]}\"", "\"[1, 'a', None, True, 1.0]\""],
    ["str({'k': (1,)})", "\"{'k': (1,)}\""],
    ["str([unknown])", "<[?]>"],
    ["str(10 / 5) + str(1.0) + str(1e20) + str(0.1 + 0.2)", '"2.01.01e+200.30000000000000004"'],
    ["'%d' % 5", '"5"'],
    ["'%d' % True", '"1"'],
    ["'%d' % unknown", "<?>"],
    ["'%02d' % 5", '"05"'],
    ["'%.2f' % 1.5", '"1.50"'],
    ["'%x' % 255", '"ff"'],
    ["'%r' % 'a'", "\"'a'\""],
    ["'%5s' % 'a'", '"    a"'],
    ["'%*d' % (5, 3)", "?"],
    ["'%% %s' % 1", '"% 1"'],
    ["'%(a)s/%(b)s' % {'a': 1, 'b': 2}", '"1/2"'],
    ["'%(a)s' % {'b': 2}", "<?>"],
    ["'%s' % None", '"None"'],
    ["'{} {}'.format('a', 'b')", '"a b"'],
    ["'{1} {0}'.format('a', 'b')", '"b a"'],
    ["'{a}'.format(a='x')", '"x"'],
    ["'{a}'.format(**{'a': 'x'})", '"x"'],
    ["'{}'.format(*unknown)", "<?>"],
    ["'{:>5}'.format('a')", '"    a"'],
    ["'{!r}'.format('a')", "\"'a'\""],
    ["'{!s}'.format('a')", '"a"'],
    ["'{:{}} {}'.format('a', 5, 'b')", '"a     b"'],
    ["'{a[k]}'.format(a={'k': 1})", '"1"'],
    ["'{{{}}}'.format('a')", '"{a}"'],
    ["unknown % 1", "?"],
    ["unknown.format(1)", "?.format()"],
  ])("%s", (source, expected) => {
    expect(x(`X = ${source}`)).toBe(expected);
  });
});

describe("functions", () => {
  it.each([
    ["def f(a, b=2): return a + b\nX = f(1)", "3"],
    ["def f(a, b=2): return a - b\nX = f(b=5, a=1)", "-4"],
    ["def f(*a, **k): return (a, k)\nX = f(1, 2, z=3)", '((1, 2), {"z": 3})'],
    ["def f(a, /, b, *, c=4): return (a, b, c)\nX = f(1, b=2)", "(1, 2, 4)"],
    ["def f(a, *b): return b\nX = f(*[1, 2, 3])", "(2, 3)"],
    ["def f(a, b): return a - b\nX = f(*(5,), **{'b': 3})", "2"],
    ["def f(a): return a\nX = f(*unknown)", "?"],
    ["def f(): pass\nX = f()", "None"],
    ["def f(x):\n  if x: return 1\n  return 2\nX = f(0)", "2"],
    ["def f(x):\n  if x: return 1\n  return 2\nX = f(unknown)", "1 | 2"],
    ["def f(x=[]):\n  x.append(1)\n  return x\nf()\nX = f()", "[1, 1]"],
    ["def mk(n):\n  def g(m): return n + m\n  return g\nX = mk(1)(2)", "3"],
    ["def f(n): return 1 if n == 0 else n * f(n - 1)\nX = f(3)", "6"],
    ["def f(n): return 1 if n == 0 else n * f(n - 1)\nX = f(30)", "?"],
    ["def f(): return f()\nX = f()", "?"],
    ["def f():\n  global X\n  X = 5\nf()", "5"],
    ["X = 1\ndef f():\n  X = 5\nf()", "1"],
    ["def f():\n  n = 1\n  def g():\n    nonlocal n\n    n = 2\n  g()\n  return n\nX = f()", "2"],
    ["X = []\ndef f(v): X.append(v)\nf(1)\nf(2)", "[1, 2]"],
    ["X = (lambda a, b=1: a + b)(1)", "2"],
    ["fs = [lambda: 1, lambda: 2]\nX = fs[1]()", "2"],
    ["X = f()\ndef f(): return 1", "?"],
    ["async def f(): return 1\nasync def g():\n  return await f()\nX = g()", "1"],
    ["def f():\n  yield 1\nX = [i for i in f()]", "[1]"],
    ["def f(x):\n  while True:\n    if x: return 1\nX = f(unknown)", "1 | None"],
    ["def f(x):\n  try:\n    return 1\n  finally:\n    pass\nX = f(0)", "1"],
    ["getter = {'f': lambda: 3}\nX = getter['f']()", "3"],
    ["def f(a):\n  del a\n  return 1\nX = f(1)", "1"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("classes", () => {
  const base =
    "class A:\n  y = 1\n  def __init__(self, v=3): self.v = v\n  def m(self): return self.y\n";
  it.each([
    ["X = A", "class A"],
    ["X = A.y", "1"],
    ["X = A().y", "1"],
    ["X = A(4).v", "4"],
    ["X = A().m()", "1"],
    ["class B(A): y = 2\nX = B().m()", "2"],
    [
      "class B(A):\n  def __init__(self):\n    super().__init__(7)\n    self.w = self.v + 1\nX = B().w",
      "8",
    ],
    ["class B(A):\n  def m(self): return super().m() + 1\nX = B().m()", "2"],
    ["class B(A): pass\nclass C(B): pass\nX = C(5).v", "5"],
    ["a = A(); a.y = 2; X = a.m()", "2"],
    ["A.y = 2; X = A().m()", "2"],
    ["class B:\n  @staticmethod\n  def s(v): return v\nX = B.s(2)", "2"],
    ["class B:\n  k = 1\n  @classmethod\n  def c(cls, v): return cls.k + v\nX = B.c(2)", "3"],
    ["class B:\n  k = 1\n  @classmethod\n  def c(cls, v): return cls.k + v\nX = B().c(2)", "3"],
    ["class B:\n  @property\n  def p(self): return 4\nX = B().p", "4"],
    ["y = 9\nclass B:\n  y = 1\n  def m(self): return y\nX = B().m()", "9"],
    [
      "from django.views import View\nclass B(View): pass\nX = B().request.GET",
      "django.views.View().request.GET",
    ],
    ["class B(A, A): pass\nX = B().y", "1"],
    ["class A(A): pass\nX = A().y", "1"],
    ["X = A().missing", "?.missing"],
    ["if unknown:\n  class B: z = 1\nelse:\n  class B: z = 2\nX = B.z", "2 | 1"],
  ])("%j", (source, expected) => {
    expect(x(base + source)).toBe(expected);
  });
});

describe("match", () => {
  it.each([
    ["match 1:\n  case 1: X = 'a'\n  case _: X = 'b'", '"a"'],
    ["match 'q':\n  case 'p': X = 'a'\n  case _: X = 'b'", '"b"'],
    ["match 2:\n  case 1 | 2: X = 'a'\n  case _: X = 'b'", '"a"'],
    ["match unknown:\n  case 1: X = 'a'\n  case _: X = 'b'", '"b" | "a"'],
    ["match 5:\n  case n: X = n", "5"],
    ["match [1, 2]:\n  case [a, b]: X = b", "2"],
    ["match {'k': 7}:\n  case {'k': v}: X = v", "7"],
    ["X = 0\nmatch 'a':\n  case z if False: X = 1\n  case 'a': X = 2", "2"],
    ["match 1:\n  case True: X = 1\n  case _: X = 2", "2"],
    ["match None:\n  case None: X = 1\n  case _: X = 2", "1"],
    ["X = 0\nmatch unknown:\n  case Point(x=0): X = 1", "1 | 0"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("objects that are records of named values", () => {
  const data =
    "from dataclasses import *\n@dataclass\nclass A:\n  a: int = 1\n  b: list = field(default_factory=list)\n";
  const model =
    "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n  a: int = 1\n  b: str = 'x'\ns = S()\n";
  it.each([
    [`${data}X = asdict(A(2))`, '{"a": 2, "b": []}'],
    [`${data}X = asdict(A(b=[A(3)]))`, '{"a": 1, "b": [{"a": 3, "b": []}]}'],
    [`${data}X = [f.name for f in fields(A)]`, '["a", "b"]'],
    [`${data}X = {f.name: getattr(A(4), f.name) for f in fields(A(4))}`, '{"a": 4, "b": []}'],
    [`${data}X = astuple(A())`, "(1, [])"],
    [`${data}X = replace(A(), a=5).a`, "5"],
    [`${data}X = list(A.__dataclass_fields__)`, '["a", "b"]'],
    [`${model}X = s.model_dump()`, '{"a": 1~A, "b": "x"~B}'],
    [`${model}X = s.dict(exclude={'a'})`, '{"b": "x"~B}'],
    [`${model}X = dict(s)`, '{"a": 1~A, "b": "x"~B}'],
    [`${model}X = [n for n, v in s if v]`, '["a", "b"]'],
    [`${model}X = [n for n in type(s).model_fields]`, '["a", "b"]'],
    [
      "from collections import namedtuple\nP = namedtuple('P', 'a b')\np = P(1, b=2)\nX = [p.b, p[0], *p]",
      "[2, 1, 1, 2]",
    ],
    [
      "from collections import namedtuple\nP = namedtuple('P', ['a', 'b'], defaults=[3])\nX = P(1).b",
      "3",
    ],
    ["from types import SimpleNamespace as N\nn = N(a=1)\nn.b = 2\nX = [n.a, n.b]", "[1, 2]"],
    ["from types import SimpleNamespace as N\nX = vars(N(a=1))", '{"a": 1}'],
    [
      "from collections import ChainMap\nX = dict(ChainMap({'a': 1}, {'a': 2, 'b': 3}))",
      '{"a": 1, "b": 3}',
    ],
    [
      "from enum import Enum, auto\nclass E(Enum):\n  A = auto()\n  B = auto()\nX = [e.value for e in E]",
      "[1, 2]",
    ],
    [
      "from enum import StrEnum, auto\nclass E(StrEnum):\n  A = auto()\nX = [E.A == 'a', {'a': 1}[E.A], E('a').name]",
      '[True, 1, "A"]',
    ],
    ["from enum import IntEnum\nclass E(IntEnum):\n  A = 2\nX = E.A * 30", "60"],
    ["import enum\nclass E(enum.Enum):\n  A = 'a'\n  B = 'b'\nX = {E.A: 1, E.B: 2}[E('b')]", "2"],
    ["X = type([])(x for x in (1, 2))", "[1, 2]"],
    ["X = ('a', 'b')[True]", '"b"'],
    ["from operator import itemgetter\nX = itemgetter('a')({'a': 1})", "1"],
    [
      "from typing import NamedTuple\nclass C(NamedTuple):\n  a: int = 1\n  b: str = 'x'\na, b = C(2)\nX = [a, b, C()._asdict(), C()._replace(b='y').b]",
      '[2, "x", {"a": 1, "b": "x"}, "y"]',
    ],
    ["class A:\n  a = property(lambda self: 1)\nX = A().a", "1"],
    ["class A: pass\nX = 1 if A() else 2", "1"],
    [
      "def get(path, d):\n  for part in path.split('.'):\n    try:\n      d = d[part]\n    except (KeyError, TypeError):\n      return None\n  return d\nX = [get('a.b', {'a': {'b': 1}}), get('a.c', {'a': {}})]",
      "[1, None]",
    ],
    ["from typing import cast\nX = cast(int, 1)", "1"],
    ["class A:\n  def __bool__(self): return False\nX = 1 if A() else 2", "2"],
    [
      "from datetime import timedelta as t\nX = ((t(days=1) + t(hours=12)) * 2).total_seconds()",
      "259200",
    ],
    ["from datetime import timedelta as t\nX = t(days=30) // t(seconds=1)", "2592000"],
    ["from datetime import timedelta as t\nX = (t(days=1) - t(hours=1)).seconds", "82800"],
    [
      "class A:\n  def __iter__(self): return iter([1, 2])\nX = [*map(str, A())] + [x for x in A()]",
      '["1", "2", 1, 2]',
    ],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("reads of the environment give what an unset variable falls back to", () => {
  it.each([
    ["import os\nX = os.environ.get('A', 'b')", '"b"~A'],
    ["import os\nX = os.environ['A']", "env A"],
    ["from os import environ as e\nX = e.get('A', default='b')", '"b"~A'],
    ["from os import getenv\nX = getenv('A', 'b')", '"b"~A'],
    ["import os\nX = os.environ.get('A', 'b').lower() == 'b'", "True~A"],
    ["import os\nX = os.environ.get('A', '') or 'b'", '"b"~A'],
    ["from envparse import env\nX = [env.bool('A', default=True), env('B')]", "[True~A, env B]"],
    ["from getenv import env\nX = [env('A', True), env('B')]", "[True~A, None~B]"],
    [
      "from everett.manager import ConfigManager\nc = ConfigManager.basic_config()\nX = c('A', default='true', parser=bool)",
      "True~A",
    ],
    [
      "from goodconf import Field, GoodConf\nclass C(GoodConf):\n  debug: bool = Field(default=True)\n  key: str\nX = [C().debug, C().key]",
      "[True~DEBUG, env KEY]",
    ],
    [
      "from starlette.config import Config\nc = Config('.env', env_prefix='APP_')\nX = c('DEBUG', cast=bool, default=True)",
      "True~APP_DEBUG",
    ],
    ["import os\nX = os.environ.get('A') or 'b'", '"b"~A'],
    ["import os\nX = unknown or os.environ.get('A') or 'b'", '? | "b"~A'],
    ["import os\nX = not os.environ.get('A', '1')", "False~A"],
    ["import os\nX = int(os.environ.get('A', '5'))", "5~A"],
    ["import os\nX = bool(int(os.environ.get('A', '1')))", "True~A"],
    ["import os\nX = os.environ.get('A', 'a,b').split(',')", '["a"~A, "b"~A]~A'],
    ["import os\nX = [h for h in os.environ.get('A', 'a,b').split(',')]", '["a"~A, "b"~A]~A'],
    ["import os, json\nX = json.loads(os.environ.get('A', '[1]'))", "[1]~A"],
    ["import os\nX = os.environ.get('A', 'True') in ('True', '1')", "True~A"],
    ["import os\nX = 'x' + os.environ.get('A', 'b')", '"xb"~A'],
    ["import os\nX = f\"{os.environ.get('A', 'b')}\"", '"b"~A'],
    ["import os\nX = 1 if os.environ.get('A', '') else 2", "2~A"],
    ["import os\nX = os.environ.get('A', unknown)", "?~A"],
    ["import os\ndef env(n, d=None): return os.environ.get(n, d)\nX = env('A', 'b')", '"b"~A'],
    ["from decouple import config\nX = config('A', default='b')", '"b"~A'],
    ["from decouple import config\nX = config('A', default='0', cast=bool)", "False~A"],
    ["from decouple import config\nX = config('A', default='5', cast=int)", "5~A"],
    ["from decouple import config\nX = config('A')", "env A"],
    ["import environ\nenv = environ.Env()\nX = env.bool('A', default=True)", "True~A"],
    ["import environ\nenv = environ.Env()\nX = env('A', default='b')", '"b"~A'],
    ["import environ\nenv = environ.Env()\nX = env.list('A', default=['b'])", '["b"]~A'],
    ["import environ\nenv = environ.Env()\nX = env.bool('A', default='False')", '"False"~A'],
    ["import environ\nenv = environ.Env(A=(bool, True))\nX = env('A')", "True~A"],
    ["import environ\nenv = environ.Env(A=(bool, True))\nX = env.bool('A')", "True~A"],
    ["import environ\nenv = environ.FileAwareEnv()\nX = env('A')", "env A"],
    [
      "import environ\nenv = environ.Env()\nX = env.db(default='postgres://u:p@h:5/n')",
      '{"ENGINE": "django.db.backends.postgresql", "NAME": "n", "USER": "u", "PASSWORD": "p", "HOST": "h", "PORT": 5}~DATABASE_URL',
    ],
    ["import environ\nenv = environ.Env()\nX = env.db('A')", "env A"],
    ["from environs import Env\nenv = Env()\nX = env.list('A', ['b'])", '["b"]~A'],
    ["from environs import Env\nenv = Env()\nX = env.bool('A', False)", "False~A"],
    [
      "from environs import Env\nenv = Env()\nwith env.prefixed('P_'):\n  a = env.bool('A', True)\n  with env.prefixed('Q_') as e:\n    b = e('B')\n  c = env.int('C', 1)\nX = [a, b, c, env.str('D', 'd')]",
      '[True~P_A, env P_Q_B, 1~P_C, "d"~D]',
    ],
    [
      "import os\nfrom environs import env\nos.environ['P_A'] = 'off'\nwith env.prefixed('P_'):\n  X = env.bool('A', True)",
      "False~P_A",
    ],
    [
      "from decouple import config, Csv\nX = config('A', default='a, b', cast=Csv())",
      '["a", "b"]~A',
    ],
    ["from decouple import config, Csv\nX = config('A', '1,2', cast=Csv(int))", "[1, 2]~A"],
    [
      "from decouple import config\nX = config('A', default='a b', cast=lambda v: v.split())",
      '["a", "b"]~A',
    ],
    [
      "from decouple import config, Csv\nX = config('A', 'a; b', cast=Csv(delimiter=';', post_process=tuple))",
      '("a", "b")~A',
    ],
    [
      "import environ\nenv = environ.Env(P_A=(bool, True))\nenv.prefix = 'P_'\nX = env('A')",
      "True~P_A",
    ],
    [
      "import environ\nX = environ.Env().email_url(default='smtp+ssl://u:p@h:465')",
      '{"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_USE_SSL": True, "EMAIL_HOST": "h", "EMAIL_PORT": 465, "EMAIL_HOST_USER": "u", "EMAIL_HOST_PASSWORD": "p", "EMAIL_FILE_PATH": ""}~EMAIL_URL',
    ],
    [
      "import environ\nclass E(environ.Env):\n  def flag(self, n): return self.bool(n)\nenv = E(A=(bool, True))\nX = [env('A'), env.flag('A')]",
      "[True~A, True~A]",
    ],
    ["import os\nX = dict(os.environ).get('A', 'b')", '"b"~A'],
    ["import os\nX = os.environ.copy().get('A', 'b')", '"b"~A'],
    ["from distutils.util import strtobool as s\nX = s('off')", "0"],
    [
      "import dj_database_url as d\nX = d.config(default='sqlite:///db')['ENGINE']",
      '"django.db.backends.sqlite3"~DATABASE_URL',
    ],
    ["import dj_database_url as d\nX = d.parse('mysql://h/n')['NAME']", '"n"'],
    ["import os\ntry:\n  X = os.environ['A']\nexcept KeyError:\n  X = 'b'", '"b"~A'],
    ["import os\nX = 0\ntry:\n  X = os.environ['A']\nexcept Exception:\n  pass", "0"],
    ["import os\ntry:\n  X = os.environ['A']\nexcept ValueError:\n  X = 'b'", '"b" | env A'],
    [
      "import os\ndef get(n, d):\n  try:\n    return os.environ[n]\n  except KeyError:\n    return d\nX = get('A', 'b')",
      '"b"~A',
    ],
    [
      "import os\ndef get(n):\n  try:\n    return os.environ[n]\n  except KeyError:\n    raise RuntimeError(n)\nX = get('A')",
      "env A",
    ],
    ["try:\n  X = {'a': 1}['b']\nexcept KeyError:\n  X = 2", "2"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

it("remembers on which line a name was set last, and under which conditions", () => {
  const { scope } = runModule(
    { "m.py": "X = 1\nif unknown:\n    X = 2\nif other:\n    if more:\n        Y = 1\n" },
    "m.py",
  );
  expect(scope.names.get("X")?.content).toMatchObject({ site: { node: { lineno: 3 } }, when: [] });
  expect(scope.names.get("Y")?.content?.when).toMatchObject([
    { holds: true, site: { node: { id: "other" } } },
    { holds: true, site: { node: { id: "more" } } },
  ]);
});
