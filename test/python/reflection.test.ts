import { describe, expect, it } from "vitest";
import { runModule } from "../support/python.ts";

type Files = Readonly<Record<string, string>>;
const x = (source: string, files: Files = {}, path = "m.py") =>
  runModule({ [path]: `${source}\n`, ...files }, path).value("X");

describe("the environment as a whole", () => {
  it.each([
    ["X = {**os.environ}.get('A', 3)", "3~A"],
    ["os.environ['A'] = '1'\nX = {'A': '0', **os.environ}['A']", '"1"'],
    ["X = ({'A': 'no'} | dict(os.environ))['A']", '"no"~A'],
    ["os.environ['A'] = '1'\nX = ({'A': '0'} | os.environ)['A']", '"1"'],
    ["os.environ['A'] = '1'\nX = (os.environ | {'A': '0'})['A']", '"0"'],
    ["X = [n for n in os.environ if n.startswith('A')]", "[]"],
    ["os.environ['A'] = '1'\nX = {k: v for k, v in os.environ.items()}", '{"A": "1"}'],
    ["X = set(os.environ) >= {'A'}", "False"],
    ["from collections import ChainMap\nX = ChainMap(os.environ, {'A': 2})['A']", "2~A"],
    ["d = {'A': '0'}\nd.update(os.environ)\nX = [d['A'], d.get('B', 1)]", '["0"~A, 1~B]'],
    ["d = {'A': '0'}\nd |= os.environ\nX = d['A']", '"0"~A'],
    ["X = {'A': None, **os.environ}['A']", "None~A"],
    ["X = dict(os.environ)['A']", "env A"],
    ["d = dict(os.environ, A='0')\nX = [d['A'], d.get('B')]", '["0", None~B]'],
    ["d = dict(os.environ)\nd.setdefault('A', '0')\nX = d['A']", '"0"~A'],
    ["d = dict(os.environ)\nd['A'] = '1'\nX = [d['A'], os.environ.get('A', 0)]", '["1", 0~A]'],
    ["d = {**os.environ}\nX = d['A'] if 'A' in d else 'no'", '"no"~A'],
    ["d = {**os.environ}\ntry: X = d['A']\nexcept KeyError: X = 1", "1~A"],
    ["d = {k: v for k, v in os.environ.items() if k[0] == 'A'}\nX = d.get('A')", "None~A"],
    ["d = {k.lower(): v for k, v in os.environ.items()}\nX = d.get('a', 1)", "1~A"],
    [
      "d = {k[len('W_'):].lower(): v for k, v in os.environ.items() if k.startswith('W_')}\nX = d.get('a', 1)",
      "1~W_A",
    ],
    [
      "d = {k.removeprefix('W_'): v for k, v in os.environ.items()}\ne = {k.lower(): v for k, v in d.items()}\nX = [d.get('A', 1), e.get('a', 2), 'A' in d]",
      "[1~W_A, 2~W_A, False~W_A]",
    ],
    ["d = {k[2:]: v for k, v in os.environ.items()}\nX = d.get('A', 1)", "? | 1"],
    ["X = 'A' in os.environ.keys()", "False~A"],
    ["X = bool(dict(os.environ))", "builtins.bool()"],
    ["d = dict(os.environ)\nd.clear()\nX = d.get('A', 1)", "1"],
    [
      "class E(dict):\n  def on(self, n): return self.get(n, 'off') == 'on'\nX = E(os.environ).on('A')",
      "False~A",
    ],
    [
      "class E(dict):\n  def __init__(self): super().__init__(os.environ)\n  def __missing__(self, n): return 'no'\nX = E()['A']",
      '"no"~A',
    ],
    [
      "class E(dict):\n  def __init__(self): dict.__init__(self, os.environ)\nX = E()['A']",
      "env A",
    ],
    [
      "from collections import UserDict\nclass E(UserDict):\n  def on(self, n): return self.data.get(n, 'on') == 'on'\nX = E(os.environ).on('A')",
      "True~A",
    ],
  ])("%j", (source, expected) => {
    expect(x(`import os\n${source}`)).toBe(expected);
  });
});

describe("settings out of parts and files", () => {
  const toml =
    "[default]\nDEBUG = true\nA = 1\n[development]\nA = 2\n[production]\nDEBUG = false\n";
  const made =
    "from dynaconf import Dynaconf\ns = Dynaconf(settings_files=['s.toml'], environments=True";
  const take = "import importlib, pkgutil\nX = []\n";
  it.each([
    [
      "of the stage that is named",
      `${made}, env='production')\nX = [s.DEBUG, s.debug, s['A'], s.get('a')]`,
      "[False~DYNACONF_DEBUG, False~DYNACONF_DEBUG, 1~DYNACONF_A, 1~DYNACONF_A]",
    ],
    [
      "of all stages that may be deployed",
      `${made}, envvar_prefix='APP')\nX = [s.DEBUG, s.A]`,
      "[False~APP_DEBUG, 1~APP_A]",
    ],
    ["that some stage says otherwise", `${made.replace("s.toml", "t.toml")})\nX = s.DEBUG`, "?"],
    ["that no file says", `${made})\nX = s.NONE`, "?"],
    [
      "as attributes of data",
      "from box import Box\nb = Box({'a': {'b': [{'c': 1}]}})\nb.a.d = 2\nX = [b.a.b[0].c, b['a'].d]",
      "[1, 2]",
    ],
    [
      "of the modules of a package",
      `import p\n${take}for _, n, k in pkgutil.iter_modules(p.__path__): X.append((n, k, importlib.import_module('p.' + n).A))`,
      '[("a", False, 1), ("b", True, 2)]',
    ],
    [
      "of the modules below a package",
      `import p\n${take}for m in pkgutil.walk_packages(p.__path__, 'p.'): X.append(m.name)`,
      '["p.a", "p.b", "p.b.c"]',
    ],
    ["of a module that is run", "import runpy\nX = runpy.run_module('p.a')['A']", "1"],
  ])("%s", (_, source, expected) => {
    const files = {
      "s.toml": toml,
      "t.toml": `${toml}[staging]\nDEBUG = true\n`,
      "p/__init__.py": "",
      "p/a.py": "A = 1\n",
      "p/b/__init__.py": "A = 2\n",
      "p/b/c.py": "",
    };
    expect(x(source, files)).toBe(expected);
  });
});

describe("texts by way of the standard library", () => {
  it.each([
    ["import hashlib\nX = hashlib.md5(b'x').hexdigest()", '"9dd4e461268c8034f5c8564e155c67a6"'],
    ["import hashlib\nX = hashlib.new('sha1', b'a').hexdigest()[:6]", '"86f7e4"'],
    ["import re\nX = bool(re.match('^(1|true)$', 'TRUE', re.I))", "True"],
    [
      "import os, shlex\nX = shlex.split(os.environ.get('A', \"a 'b c' d\\\\ e ''\"))",
      '["a"~A, "b c"~A, "d e"~A, ""~A]~A',
    ],
    ["import shlex\nX = shlex.split('a # b\\nc', comments=True)", '["a", "c"]'],
    ['import shlex\nX = shlex.split("a \'b")', "shlex.split()"],
    [
      "import csv, io, os\nX = next(csv.reader(io.StringIO(os.environ.get('A', 'a,*'))))",
      '["a"~A, "*"~A]~A',
    ],
    ["import csv, os\nX = list(csv.reader([os.environ.get('A', 'a')]))[0]", '["a"~A]~A'],
    [
      "import os, re\nX = re.split('[;,]', os.environ.get('A', 'a;b,c'))",
      '["a"~A, "b"~A, "c"~A]~A',
    ],
    [
      "import os\nX = tuple(filter(None, map(str.strip, os.environ.get('A', 'a, ,b').split(','))))",
      '("a"~A, "b"~A)~A',
    ],
    ["import base64, json\nX = json.loads(base64.b64decode('WyIqIl0='))", '["*"]'],
    ["X = 'abc'.translate(str.maketrans('ab', 'xy', 'c'))", '"xy"'],
    ["X = 'abc'.translate({ord('a'): None})", '"bc"'],
    ["X = 'a\\tbc\\td'.expandtabs(4)", '"a   bc  d"'],
    ["X = '{:>{w}}|{:{}}'.format('a', 'b', 2, w=3)", '"  a|b "'],
    ["import base64\nX = base64.b64encode(b'a' * 2 + b'b').decode()", '"YWFi"'],
    [
      "from urllib.parse import urljoin\nX = urljoin('https://a.org/b/c', '../d?e#f')",
      '"https://a.org/d?e#f"',
    ],
    [
      "from urllib.parse import urljoin\nX = urljoin('https://a.org', 'd/./e/..')",
      '"https://a.org/d/"',
    ],
    [
      "from urllib.parse import urljoin\nX = urljoin('https://a.org/b', '//c.org/d')",
      '"https://c.org/d"',
    ],
    [
      "from urllib.parse import urljoin\nX = urljoin('https://a.org/b', 'redis://c')",
      '"redis://c"',
    ],
    ["from urllib.parse import urljoin\nX = urljoin('/a/b', 'c')", '"/a/c"'],
    ["import os\nX = os.path.relpath('/a/b/c', '/a/d')", '"../b/c"'],
    [
      "import os\nX = os.path.isdir(os.path.join(os.path.dirname(__file__), 'b', os.pardir, 'zz'))",
      "False",
    ],
    ["X = bytes.fromhex('6162').decode()", '"ab"'],
    ["X = 'a'.encode().hex()", '"61"'],
    ["import sys\nX = 'pytest' in sys.modules", "False"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });

  it("knows no digest of a hash that is fed later", () => {
    expect(
      x("import hashlib\nh = hashlib.md5(b'x')\nh.update(b'y')\nX = h.hexdigest()"),
    ).not.toMatch(/9dd4/);
  });
});

describe("texts that are made anew each time, of which the length is known", () => {
  const random = "from django.utils.crypto import get_random_string as r\n";
  it.each([
    ["X = len(r(20))", "20"],
    ["X = [len(r(20)[:9]), len(r(20)[15:]), len(r(20)[-4:]), len(r(9)[:20])]", "[9, 5, 4, 9]"],
    ["X = len(('k-' + r(20) + '!')[1:12])", "11"],
    ["X = ('k-' + r(20) + '-end')[20:]", '<django.utils.crypto.get_random_string()[] + "-end">'],
    ["import secrets\nX = len(secrets.token_hex(8)[::2])", "8"],
    ["X = r(unknown)[:4]", "?"],
    ["X = len(r(5000)[:4])", "builtins.len()"],
  ])("%j", (source, expected) => {
    expect(x(`${random}${source}`)).toBe(expected);
  });
});

describe("names by their text", () => {
  it.each([
    ["globals()['X'] = 1", "1"],
    ["locals()['X'] = 1", "1"],
    ["vars()['X'] = 1", "1"],
    ["globals().update({'X': 1}, Y=2)", "1"],
    ["globals().update(X=1)", "1"],
    ["globals().setdefault('X', 1)", "1"],
    ["X = 1\nglobals().setdefault('X', 2)", "1"],
    ["A = 1\nX = globals()['A']", "1"],
    ["X = globals().get('A', 2)", "2"],
    ["A = 1\nX = 'A' in globals()", "True"],
    ["X = 1\ndel globals()['X']", "unset"],
    ["X = 1\nY = globals().pop('X')", "unset"],
    ["for n in ['X', 'Y']:\n  globals()[n] = n", '"X"'],
    ["for n, v in {'X': 1}.items():\n  globals()[n] = v", "1"],
    ["def f(**k):\n  for n, v in k.items(): globals()[n.upper()] = v\nf(x=[1])", "[1]"],
    ["X = 1\nif unknown: globals()['X'] = 2", "2 | 1"],
    ["X = 1\nglobals()[unknown] = 2", "1"],
    ["import sys\nsetattr(sys.modules[__name__], 'X', 1)", "1"],
    ["import sys\nthis = sys.modules[__name__]\nthis.X = 1", "1"],
    ["import sys\nX = getattr(sys.modules[__name__], 'A', 3)", "3"],
    ["import sys\nX = hasattr(sys.modules[__name__], 'sys')", "True"],
    ["import sys\nsys.modules[__name__].__dict__.update(X=1)", "1"],
    ["class A: b = 1\nX = {k: v for k, v in vars(A).items()}", '{"b": 1}'],
    ["class A:\n  b = 1\n  c = 2\nX = [n for n in dir(A)]", '["b", "c"]'],
    [
      "import inspect, sys\nclass A:\n  Y = 1\n  @classmethod\n  def load(cls, name):\n    for n, v in inspect.getmembers(cls()):\n      if n.isupper(): setattr(sys.modules[name], n, v)\nclass B(A):\n  @property\n  def X(self): return self.Y + 1\nB.load(__name__)",
      "2",
    ],
    ["class A: pass\nsetattr(A, 'b', 1)\nX = A.b", "1"],
    ["class A: pass\na = A()\na.b = 1\nX = vars(a)", '{"b": 1}'],
    ["class A: pass\nX = getattr(A(), 'b', 2)", "2"],
    ["class A: b = 1\ndelattr(A, 'b')\nX = hasattr(A, 'b')", "False"],
    ["class A: pass\na = A()\na.b = 1\ndel a.b\nX = hasattr(a, 'b')", "False"],
    ["X = [isinstance(v, (list, str)) for v in ([], 'a', 1, None)]", "[True, True, False, False]"],
    [
      "X = [isinstance(True, int), isinstance({}, dict), isinstance(1, bool)]",
      "[True, True, False]",
    ],
    ["X = isinstance(unknown, str)", "builtins.isinstance()"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

it.each([
  ["setattr(sys.modules[__name__], n, v)"],
  ["globals()[n] = v"],
  ["globals().update({n: v})"],
])("what %s sets stands where its value does", (statement) => {
  const source = `import sys\nV = {\n  'X': [\n    1],\n}\nfor n, v in V.items():\n  ${statement}\n`;
  const { scope } = runModule({ "m.py": source }, "m.py");
  expect(scope.names.get("X")?.content?.site.node.lineno).toBe(3);
});

describe("options of a file", () => {
  const ini =
    "[DEFAULT]\nhome = /h\n[a]\npath = %(home)s/x\nrate = 5%%\nmany = one\n  two\n[b]\non = yes\n";
  const read = (reader: string) =>
    `import configparser\nc = configparser.${reader}\nc.read('c.ini')\n`;
  it.each([
    [
      `${read("ConfigParser()")}X = [c['a']['path'], c.get('a', 'rate'), c['a']['many']]`,
      '["/h/x", "5%", "one\\ntwo"]',
    ],
    [
      `${read("ConfigParser()")}X = [c.sections(), c.items('b')]`,
      '[["a", "b"], [("home", "/h"), ("on", "yes")]]',
    ],
    [`${read("RawConfigParser()")}X = c['a']['path']`, '"%(home)s/x"'],
    [`${read("ConfigParser(interpolation=None)")}X = c.get('a', 'rate')`, '"5%%"'],
    [`${read("ConfigParser(interpolation=ExtendedInterpolation())")}X = c.get('a', 'rate')`, "?"],
    [
      `import configparser as p\nc = p.ConfigParser(interpolation=p.ExtendedInterpolation())\nc.read_string('[a]\\nx = /h\\ny = \${x}/y$$\\n[b]\\nz = \${a:x}/z %(x)s')\nX = [c['a']['y'], c['b']['z']]`,
      '["/h/y$", "/h/z %(x)s"]',
    ],
    [
      "import configparser\nc = configparser.ConfigParser()\nc.read(['c.ini', 'd.ini'])\nX = [c['a']['path'], c['b']['on']]",
      '["/d/x", "yes"]',
    ],
  ])("%j", (source, expected) => {
    expect(x(source, { "c.ini": ini, "d.ini": "[DEFAULT]\nhome = /d\n" })).toBe(expected);
  });
});

describe("settings that a package takes from files", () => {
  it.each([
    ["DEBUG = true\n", "[True, 1]"],
    ["[default]\ndebug = true\n", "[True, 1]"],
    ["[default]\ndebug = true\n[production]\ndebug = false\n", "[False, 1]"],
    ["[development]\nkey = 2\n[default]\ndebug = true\n", "[True, 1]"],
    ["[default", "[False, 1]"],
  ])("%j", (toml, expected) => {
    const source =
      "import dynaconf\nDEBUG = False\nKEY = 1\nsettings = dynaconf.DjangoDynaconf(__name__)\nX = [DEBUG, KEY]";
    expect(x(source, { "settings.toml": toml })).toBe(expected);
  });
});

describe("code by its text", () => {
  it.each([
    ["exec('X = 1')", "1"],
    ["A = {}\nexec('B = 2', A)\nX = A['B']", "2"],
    ["exec(compile('A = 1\\nX = A + 1', 'f', 'exec'))", "2"],
    ["S = 'exec(S)\\nX = 1'\nexec(S)", "1"],
    ["exec('X = (')", "unset"],
    ["exec(unknown)", "unset"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("expressions by their text", () => {
  it.each([
    ["X = eval('60 * 0')", "0"],
    ["A = 3\nX = eval('A + 1 if A else 0')", "4"],
    ["X = eval('len([1, 2])')", "2"],
    ["def f():\n  a = 1\n  return eval('a')\nX = f()", "1"],
    ["S = 'eval(S)'\nX = eval(S)", "?"],
    ["X = eval('A = 1')", "?"],
    ["X = eval('1 +')", "?"],
    ["X = eval(unknown)", "builtins.eval()"],
    ["import ast\nX = ast.literal_eval('60 * f()')", "?"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("tables", () => {
  it.each([
    ['X = list(csv.reader([\'a,b\', \'c,"d,""e"""\']))', '[["a", "b"], ["c", "d,\\"e\\""]]'],
    [
      "X = {r['k']: r['v'] for r in csv.DictReader(['k,v', 'x,1', '', 'y'])}",
      '{"x": "1", "y": None}',
    ],
    ["import io\nX = next(csv.reader(io.StringIO('a;b'), delimiter=';'))", '["a", "b"]'],
    ["with open('t.csv') as f:\n  X = dict(csv.reader(f))", '{"DEBUG": "yes", "SSL": "no"}'],
    ["X = list(csv.reader(unknown))", "[?, ...]"],
    ["X = list(csv.reader(['a|b'], dialect='piped'))", "[?, ...]"],
  ])("%j", (source, expected) => {
    expect(x(`import csv\n${source}`, { "t.csv": "DEBUG,yes\nSSL,no\n" })).toBe(expected);
  });
});

describe("classes and dicts that stand on others", () => {
  it.each([
    ["class A: pass\nclass B(A): pass\nX = [issubclass(B, A), issubclass(A, B)]", "[True, False]"],
    ["class A: pass\nX = issubclass(A, (int, object))", "True"],
    [
      "from datetime import timedelta as t\nX = [t(hours=1) < t(minutes=5), t(1) >= t(hours=24)]",
      "[False, True]",
    ],
    ["gone = None\nX = getattr(gone, 'A', 3)", "3"],
    ["import types\nX = getattr(types.SimpleNamespace(b=1), 'a', 3)", "3"],
    [
      "import types\nX = getattr(types.SimpleNamespace(**unknown), 'a', 3)",
      "types.SimpleNamespace().a | 3",
    ],
    ["import types\nn = types.SimpleNamespace()\nn.a = 1\nX = getattr(n, 'a', 3)", "1"],
    ["X = [issubclass(bool, int), issubclass(int, bool)]", "[True, False]"],
    ["import other\nclass A(other.B): pass\nX = issubclass(A, other.C)", "builtins.issubclass()"],
    [
      "from collections import ChainMap\nb = ChainMap({'a': 1})\nc = b.new_child({'a': 2})\nX = [c['a'], c.parents['a'], len(c.maps), b['a']]",
      "[2, 1, 2, 1]",
    ],
    [
      "from collections import OrderedDict\nd = OrderedDict(a=1, b=2)\nd.move_to_end('a')\nX = list(d)",
      '["b", "a"]',
    ],
    ["from collections import Counter\nX = Counter('abb').most_common(1)", '[("b", 2)]'],
    ["X = [{1}.isdisjoint([2]), {1}.isdisjoint([1])]", "[True, False]"],
  ])("%j", (source, expected) => {
    expect(x(source)).toBe(expected);
  });
});

describe("modules by their text", () => {
  const files = {
    "conf/__init__.py": "",
    "conf/prod.py": "A = 1\nB = 2\n_C = 3\n",
    "plain.py": "A = 5\n",
  };
  it.each([
    ["import importlib\nX = importlib.import_module('plain').A", "5"],
    ["from importlib import import_module as i\nX = i('conf.prod').A", "1"],
    ["from importlib import import_module\nX = import_module('.prod', 'conf').A", "1"],
    ["from importlib import import_module\nX = import_module('.prod', package=__package__).A", "1"],
    ["X = __import__('plain').A", "5"],
    ["X = __import__('conf.prod', fromlist=['A']).A", "1"],
    [
      "import os\nfrom importlib import import_module\nX = import_module('conf.' + os.environ.get('E', 'prod')).A",
      "1",
    ],
    [
      "from importlib import import_module\nm = import_module('conf.prod')\nfor n in dir(m):\n  if n.isupper(): globals()[n] = getattr(m, n)\nX = [A, B]",
      "[1, 2]",
    ],
    [
      "from conf import prod\nglobals().update({k: v for k, v in vars(prod).items() if k.isupper()})\nX = [A, B]",
      "[1, 2]",
    ],
    ["from conf import prod\nX = prod.__dict__['A']", "1"],
    [
      "import pkgutil, conf\nfrom importlib import import_module\nX = [import_module(f'conf.{m.name}').A for m in pkgutil.iter_modules(conf.__path__) if m.name != 'm']",
      "[1]",
    ],
    [
      "import pkgutil, conf\nX = [name for _, name, _ in pkgutil.iter_modules(conf.__path__, prefix='conf.')]",
      '["conf.m", "conf.prod"]',
    ],
    ["import pkgutil\nX = [1 for m in pkgutil.iter_modules(unknown)]", "[1, ...]"],
    ["import plain\nplain.A = 6\nX = plain.A", "6"],
    [
      "from importlib import import_module\ntry:\n  X = import_module('.gone', 'conf').A\nexcept ImportError:\n  X = 7",
      "7",
    ],
    [
      "from importlib import import_module\nX = import_module('elsewhere').A",
      "importlib.import_module().A",
    ],
    ["exec(open('conf/prod.py').read())\nX = A", "1"],
    ["exec(open('prod.py').read())\nX = A", "1"],
    ["exec(open('gone.py').read())\nX = A", "?"],
    ["exec(open(__file__.replace('m', 'n')).read())\nX = 1", "1"],
    [
      "import os\nexec(open(os.path.join(os.path.dirname(__file__), 'prod.py')).read())\nX = A",
      "1",
    ],
    [
      "from pathlib import Path\nexec(compile((Path(__file__).parent / 'prod.py').read_text(), 'prod', 'exec'))\nX = A",
      "1",
    ],
    [
      "from pathlib import Path\nn = {}\nwith open(Path(__file__).with_name('prod.py')) as f: exec(f.read(), n)\nX = n['B']",
      "2",
    ],
    [
      "import runpy, os\nX = runpy.run_path(os.path.join(os.path.dirname(__file__), 'prod.py'))['A']",
      "1",
    ],
    ["X = [__name__, __package__]", '["conf.m", "conf"]'],
  ])("%j", (source, expected) => {
    expect(x(source, files, "conf/m.py")).toBe(expected);
  });

  it("of files that execute each other", () => {
    const loop = (other: string) =>
      `import os\nexec(open(os.path.join(os.path.dirname(__file__), '${other}.py')).read())\nX = 1\n`;
    expect(x(loop("n"), { "n.py": loop("m") })).toBe("1");
  });

  it("that split-settings includes by a pattern, in the order of their names", () => {
    const parts = {
      "conf/parts/b.py": "X.append('b')\n",
      "conf/parts/a.py": "X = ['a']\n",
      "conf/other.py": "X = 1\n",
    };
    const source = "from split_settings.tools import include\ninclude('parts/*.py')";
    expect(x(source, parts, "conf/m.py")).toBe('["a", "b"]');
  });
});

describe("paths", () => {
  const files = { "conf/a.txt": "text\nmore\n", "top.txt": "", "top.json": '{"a": 1}' };
  const root = "builtins.__root__";
  it.each([
    ["import os\nX = os.path.dirname(os.path.abspath(__file__))", `<${root} + "/conf">`],
    ["import os\nX = os.path.dirname(os.path.dirname(__file__))", `<${root}>`],
    [
      "import os\nX = os.path.join(os.path.dirname(__file__), '..', 'x')",
      `<${root} + "/conf/../x">`,
    ],
    [
      "import os\nX = os.path.normpath(os.path.join(os.path.dirname(__file__), '..', 'x'))",
      `<${root} + "/x">`,
    ],
    ["import os\nX = os.path.join('a', 'b', '/c')", '"/c"'],
    ["import os\nX = os.path.join('a', unknown)", "os.path.join()"],
    ["import os\nX = os.path.basename('/a/b')", '"b"'],
    ["import os\nX = os.path.exists(os.path.join(os.path.dirname(__file__), 'a.txt'))", "True"],
    ["import os\nX = os.path.isfile(os.path.join(os.path.dirname(__file__), 'no'))", "False"],
    ["import os\nX = os.path.isdir(os.path.dirname(__file__))", "True"],
    // A deployment's own files are not there, as its variables are not set; what comes with a system may be.
    ["import os\nX = os.path.exists('/etc/key')", "False~/etc/key"],
    ["import os\nX = os.path.exists('/usr/bin/node')", "os.path.exists()"],
    [
      "from pathlib import Path\nX = 1 if Path('/run/secrets/k').is_file() else 2",
      "2~/run/secrets/k",
    ],
    [
      "try:\n  with open('/run/secrets/k') as f: X = f.read()\nexcept OSError: X = 'k'",
      '"k"~/run/secrets/k',
    ],
    ["try:\n  open('/run/log/k', 'w')\nexcept OSError: pass\nelse: X = 1", "1"],
    // What is in the tree is there to be read.
    [
      "import json\ntry:\n  with open('top.json') as f: X = json.load(f)['a']\nexcept OSError: X = 2",
      "1",
    ],
    [
      "import json\nfrom pathlib import Path\ntry: X = json.loads((Path(__file__).parent.parent / 'top.json').read_text())\nexcept FileNotFoundError: X = {}",
      '{"a": 1}',
    ],
    [
      "try:\n  X = open('conf/a.txt').read(); other()\nexcept OSError: X = 'b'",
      '"b" | "text\\nmore\\n"',
    ],
    ["try:\n  open('top.json', 'w')\n  X = 1\nexcept OSError: X = 2", "2 | 1"],
    [
      "import os\nX = sorted(os.listdir(os.path.dirname(__file__)), reverse=True)",
      '["m.py", "a.txt"]',
    ],
    [
      "import glob, os\nX = [os.path.basename(p) for p in sorted(glob.glob(os.path.join(os.path.dirname(__file__), '*.*')))]",
      '["a.txt", "m.py"]',
    ],
    [
      "from pathlib import Path\nX = [p.name for p in Path(__file__).parent.glob('a*')]",
      '["a.txt"]',
    ],
    [
      "from pathlib import Path\nX = sorted(p.suffix for p in Path(__file__).parent.iterdir())",
      '[".py", ".txt"]',
    ],
    [
      "from pathlib import Path\nX = str(Path(__file__).resolve().parent / 'd' / 'e')",
      `<${root} + "/conf/d/e">`,
    ],
    [
      "from pathlib import Path\nX = f\"sqlite:///{Path(__file__).parent / 'x.db'}\"",
      `<"sqlite:///" + ${root} + "/conf/x.db">`,
    ],
    ["from pathlib import Path\nX = str(Path(__file__).parents[1])", `<${root}>`],
    ["from pathlib import Path\nX = (Path(__file__).parent.parent / 'top.txt').exists()", "True"],
    [
      "from pathlib import Path\nX = Path('/a/b.tar.gz').stem + Path('c.txt').suffix",
      '"b.tar.txt"',
    ],
    ["from pathlib import Path\nX = Path(__file__).with_suffix('.ini').name", '"m.ini"'],
    [
      "from pathlib import Path\nX = Path(__file__).parent.joinpath('a.txt').read_text()",
      '"text\\nmore\\n"',
    ],
    [
      "from pathlib import Path\nX = open(Path(__file__).parent / 'a.txt').readlines()",
      '["text\\n", "more\\n"]',
    ],
    [
      "from pathlib import Path\nwith (Path(__file__).parent / 'a.txt').open() as f: X = f.readline()",
      '"text\\n"',
    ],
    ["from pathlib import Path\nX = Path(unknown).parent", "pathlib.Path().parent"],
    ["import environ\nX = str((environ.Path(__file__) - 2)('static'))", `<${root} + "/static">`],
  ])("%j", (source, expected) => {
    expect(x(source, files, "conf/m.py")).toBe(expected);
  });
});

describe("data in the tree", () => {
  const files = {
    "c.json": '{"a": [1, true, null, "x"], "n": {"b": 2.5}}',
    "c.yml": "a: &a [1, yes, ~, off]\nn: {b: x}\ny: {<<: {n: no}, b: *a}\n",
    "c.toml": "# c\n[a]\nb = 1_000\nc = [true, 'x', 2.5]\n[[a.d]]\ne = 0x1f\n",
    "broken.toml": "a = = 1\n",
    "c.ini": "[web]\nDebug = yes ; no\nhosts: a,b\n# c\n[db]\nport=5\n",
    "c.env": "# c\nA=1\nexport B='x y'\n",
    "broken.json": "{",
    "deep.json": "[".repeat(5000),
  };
  const at = (name: string) => `open(os.path.join(os.path.dirname(__file__), '${name}'))`;
  it.each([
    [
      `import json, os\nX = json.load(${at("c.json")})`,
      '{"a": [1, True, None, "x"], "n": {"b": 2.5}}',
    ],
    [`import json, os\nwith ${at("c.json")} as f: X = json.load(f)['n']['b']`, "2.5"],
    [`import json, os\nX = json.loads(${at("c.json")}.read())['a'][3]`, '"x"'],
    [`import yaml, os\nX = yaml.safe_load(${at("c.yml")})['n']`, '{"b": "x"}'],
    [
      `import yaml, os\nX = yaml.safe_load(${at("c.yml")})['y']`,
      '{"n": False, "b": [1, True, None, False]}',
    ],
    [
      `import tomllib, os\nX = tomllib.load(${at("c.toml")})`,
      '{"a": {"b": 1000, "c": [True, "x", 2.5], "d": [{"e": 31}]}}',
    ],
    ["import tomli\nX = tomli.loads('a = \"b\"')['a']", '"b"'],
    [
      `import os\ntry: import tomllib\nexcept ModuleNotFoundError: import tomli as tomllib\nDATA = tomllib.load(${at("c.toml")})\nglobals().update(DATA['a'])\nX = b`,
      "1000",
    ],
    [`import tomllib, os\nX = tomllib.load(${at("broken.toml")})`, "tomllib.load()"],
    ["import json\nX = json.loads('[1]')", "[1]"],
    [
      "from dotenv import dotenv_values\nfrom pathlib import Path\nX = dotenv_values(Path(__file__).parent / 'c.env')",
      '{"A": "1", "B": "x y"}',
    ],
    ["from dotenv import dotenv_values\nX = dotenv_values('/srv/app/.env')", "{}"],
    [
      "import os\nfrom dotenv import dotenv_values\nfrom pathlib import Path\nd = {**dotenv_values(Path(__file__).parent / 'c.env'), **dotenv_values(Path(__file__).parent / '.env'), **os.environ}\nX = [d['A'], d.get('C', 1)]",
      '["1"~A, 1~C]',
    ],
    ["from dotenv import dotenv_values\nX = dotenv_values().get('A', 1)", "1~A"],
    [
      `import os\nwith ${at("c.env")} as f: X = [line.strip() for line in f if line[0] != '#']`,
      '["A=1", "export B=\'x y\'"]',
    ],
    [
      "import configparser, os\nc = configparser.ConfigParser({'a': 'off'})\nc.read(os.path.join(os.path.dirname(__file__), 'c.ini'))\nX = [c.getboolean('web', 'a'), c['db'].getint('port'), c['db'].getboolean('x', fallback=True)]",
      "[False, 5, True]",
    ],
    [
      "import configparser, os\nc = configparser.ConfigParser()\nc.read(os.path.join(os.path.dirname(__file__), 'c.ini'))\nX = [c.get('web', 'hosts'), c.getint('db', 'port'), c['web']['hosts'], c.get('db', 'name', fallback='n'), c.has_section('x')]",
      '["a,b", 5, "a,b", "n", False]',
    ],
    [
      "import configparser\nc = configparser.ConfigParser()\nc.read('/etc/c.ini')\nX = c.get('a', 'b', fallback=1)",
      "1",
    ],
    [
      "import configparser\nc = configparser.ConfigParser()\nc.read_file(unknown)\nX = c.get('a', 'b')",
      "?",
    ],
    [`import json, os\nX = json.load(${at("broken.json")})`, "json.load()"],
    [`import json, os\nX = json.load(${at("gone.json")})`, "json.load()"],
    [`import yaml, os\nX = yaml.safe_load(${at("deep.json")})`, "yaml.safe_load()"],
  ])("%j", (source, expected) => {
    expect(x(source, files)).toBe(expected);
  });
});

describe("variables that the program sets, or that a file of the tree holds", () => {
  const env = "# a\nexport A=b # c\nB='c d'\nC=\"e#f\"\nD=True\nE=1,2\n\nnonsense\n";
  it.each([
    ["import os\nos.environ['A'] = 'b'\nX = os.environ['A']", {}, '"b"~A'],
    ["import os\nos.environ.setdefault('A', 'b')\nX = os.getenv('A', 'c')", {}, '"b"~A'],
    ["import os\nos.environ['A'] = 'b'\nX = 'A' in os.environ", {}, "True~A"],
    ["import os\nif unknown: os.environ['A'] = 'b'\nX = os.getenv('A', 'c')", {}, '"b"~A'],
    // As the package reads it, what follows the `#` belongs to the value, unless it is told otherwise.
    [
      "import environ\nenviron.Env.read_env()\nX = environ.Env()('A')",
      { ".env": env },
      '"b # c"~A',
    ],
    [
      "import environ\nenviron.Env.read_env(parse_comments=True)\nX = environ.Env()('A')",
      { ".env": env },
      '"b"~A',
    ],
    [
      "import environ, os\nenv = environ.Env(D=(bool, False))\nenv.read_env(os.path.join(os.path.dirname(__file__), '.env'))\nX = env('D')",
      { ".env": env },
      "True~D",
    ],
    [
      "import environ\nenviron.Env.read_env()\nX = environ.Env()('Z', default=1)",
      { ".env": env },
      "1~Z",
    ],
    ["import environ\nX = environ.Env()('A', default=1)", { ".env": env }, "1~A"],
    [
      "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nX = os.environ['B']",
      { ".env": env },
      '"c d"~B',
    ],
    [
      "import os\nfrom dotenv import find_dotenv, load_dotenv\nload_dotenv(find_dotenv())\nX = os.environ['B']",
      { ".env": env },
      '"c d"~B',
    ],
    ["from dotenv import dotenv_values\nX = dotenv_values()['B']", { ".env": env }, '"c d"'],
    [
      "import os\nfrom dotenv import load_dotenv\nload_dotenv('/etc/env')\nX = os.environ['B']",
      { ".env": env },
      "env B",
    ],
    [
      "import os\nfrom dotenv import load_dotenv\nos.environ['A'] = 'z'\nload_dotenv()\nX = os.environ['A']",
      { ".env": env },
      '"z"~A',
    ],
    [
      "import os\nfrom dotenv import load_dotenv\nos.environ['A'] = 'z'\nload_dotenv(override=True)\nX = os.environ['A']",
      { ".env": env },
      '"b"~A',
    ],
    [
      "from decouple import config\nX = config('D', default=False, cast=bool)",
      { ".env": env },
      "True~D",
    ],
    [
      "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass W(BaseModel):\n  a: bool = True\n  b: int = 1\nclass C(BaseSettings):\n  model_config = SettingsConfigDict(env_file='.env', env_nested_delimiter='__', env_prefix='P_')\n  w: W = W()\nc = C()\nX = [c.w.a, c.w.b]",
      { ".env": "P_W__A=false\n" },
      "[False, 1]",
    ],
    [
      "from decouple import config, Csv\nX = config('E', cast=Csv(int))",
      { ".env": env },
      "[1, 2]~E",
    ],
    [
      "from decouple import config\nX = config('C')",
      { "settings.ini": "[settings]\nC = x\n", ".env": env },
      '"x"~C',
    ],
    ["from decouple import config\nX = config('C')", {}, "env C"],
    ["from decouple import config\nX = config('Z', default=1, cast=bool)", {}, "True~Z"],
    [
      "from decouple import config\nX = config('Z', default='deny', cast=str.upper)",
      {},
      '"DENY"~Z',
    ],
    ["from decouple import config\nX = config('Z', default='a', cast=unknown)", {}, "?~Z"],
    [
      "from decouple import Config, RepositoryEnv\nimport os\nX = Config(RepositoryEnv(os.path.join(os.path.dirname(__file__), 'e')))('A')",
      { e: env },
      '"b # c"~A',
    ],
    [
      "from decouple import AutoConfig\nfrom pathlib import Path\nconfig = AutoConfig(search_path=Path(__file__).parent.joinpath('conf'))\nX = config('D', cast=bool)",
      { "conf/.env": env },
      "True~D",
    ],
    [
      "from decouple import AutoConfig\nX = AutoConfig('conf')('D', cast=bool)",
      { "conf/.env": env, ".env": "D=no\n" },
      "True~D",
    ],
    [
      "from decouple import Config, RepositoryEnv\nX = Config(RepositoryEnv('e')).get('D', cast=bool)",
      { e: env },
      "True~D",
    ],
    [
      "from decouple import config\nX = config('C')",
      { "settings.ini": "[other]\nC = y\n[settings]\nC = 5%%\n[more]\nC = z\n" },
      '"5%"~C',
    ],
    [
      "from decouple import config\nX = config('C')",
      { "settings.ini": "[settings]\nc: '%(d)s/e'\nD = f\n" },
      "\"'f/e'\"~C",
    ],
    [
      "from decouple import config, Csv\nX = config('C', default='\"a, b\", c', cast=Csv())",
      {},
      '["a, b", "c"]~C',
    ],
    [
      "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nX = os.environ['B']",
      { ".env": `A=a#b # c\nB="$\{A}/\\n$\{Z:-z}$\{Y}"\n` },
      '"a#b/\\nz"~B',
    ],
    [
      "import os\nfrom dotenv import load_dotenv\nload_dotenv(interpolate=False)\nX = os.environ['B']",
      { ".env": `A=a\nB=$\{A}\n` },
      `"$\{A}"~B`,
    ],
    [
      "import environ\nenviron.Env.read_env()\nX = environ.Env()('B')",
      { ".env": `A=a\nB=$\{A}\n` },
      `"$\{A}"~B`,
    ],
  ])("%j", (source, files: Files, expected) => {
    expect(x(source, files)).toBe(expected);
  });
});

describe("attributes of a class that a program makes names of a module", () => {
  const LOADER =
    "import inspect, sys\ndef load(cls, name):\n  module = sys.modules[name]\n  for key, value in inspect.getmembers(cls()):\n    if key.isupper(): setattr(module, key, value)\n";
  const CLASS =
    "class Base:\n  X = 1\nclass Live(Base):\n  @property\n  def X(self): return super().X + 1\n";
  it.each([
    [
      "by a helper of another module",
      `from tools.load import load\n${CLASS}load(Live, __name__)`,
      { "tools/__init__.py": "", "tools/load.py": LOADER },
      "m.py",
    ],
    [
      "in a folder that is no package",
      `from tools.load import load\n${CLASS}load(Live, __name__)`,
      { "tools/load.py": LOADER },
      "shop/live.py",
    ],
    [
      "by a class method of the base",
      `from tools.load import load\nclass Loads:\n  @classmethod\n  def install(cls, name): load(cls, name)\n${CLASS.replace("Base:", "Base(Loads):")}Live.install(__name__)`,
      { "tools/load.py": LOADER },
      "m.py",
    ],
    [
      "by a decorator that asks the class for its module",
      `from tools.load import export\n${CLASS.replace("class Live", "@export\nclass Live")}`,
      { "tools/load.py": `${LOADER}def export(cls):\n  load(cls, cls.__module__)\n  return cls\n` },
      "m.py",
    ],
    [
      "by a class that does so to those that extend it",
      `import sys\nclass Loads:\n  def __init_subclass__(cls):\n    for key in dir(cls):\n      if key.isupper(): setattr(sys.modules[cls.__module__], key, getattr(cls(), key))\n${CLASS.replace("Base:", "Base(Loads):")}`,
      {},
      "m.py",
    ],
  ])("%s", (_name, source, files, path) => {
    expect(x(source, files, path)).toBe("2");
  });
});
