// Tests that data has to pass before it reaches a sink: which of them make it harmless, and for which kind of sink.
import { describe, expect, it } from "vitest";
import { follow, linesIn } from "../support/taint.ts";

/** Each body is one line of Python per array member; the last one is the sink. */
/** A helper that reads a part of the request itself. */
const INSIST =
  "from flask import abort\ndef insist():\n    if not request.args['y'].isalnum():\n        abort(400)";

/** A function with something around it. */
const around = (...body: readonly string[]) =>
  [
    "import html, cache",
    "def around(function):",
    "    def inner(*args, **kwargs):",
    ...body.map((line) => `        ${line}`),
    "    return inner",
    "@around",
    "def made(text):",
    "    return text",
  ].join("\n");

const harmless: readonly (readonly [string, readonly string[], string?])[] = [
  ...[
    ["return html.escape(function(*args))"],
    ["text, = args", "return function(html.escape(text))"],
    ["if not args[0].isalnum():", "    raise ValueError", "return function(*args, **kwargs)"],
  ].map((body): [string, string[], string] => [
    `what is around a function escapes or tests: ${body.join(" ")}`,
    ["sink.html(made(x))"],
    around(...body),
  ]),
  [
    "what an object around a function makes of what it gives",
    ["sink.html(made(x))"],
    "import html\nclass Escaped:\n    def __init__(self, function):\n        self.function = function\n    def __call__(self, *args):\n        return html.escape(self.function(*args))\n@Escaped\ndef made(text):\n    return text",
  ],
  [
    "what a helper reads of the request and insists on",
    ["insist()", "sink.command(request.args['y'])"],
    INSIST,
  ],
  [
    "an attribute of a form that a helper finds in a folder once it is resolved",
    [
      "y = Upload()",
      "if not is_in('/srv', y.name.data):",
      "    return",
      "sink.path('/srv/' + y.name.data)",
    ],
    `
import os
from flask_wtf import FlaskForm
from wtforms import StringField
class Upload(FlaskForm):
    name = StringField()
def is_in(folder, name):
    return os.path.realpath(os.path.join(folder, name)).startswith(folder + os.sep)
`,
  ],
  [
    "what a compiled regex matches",
    [
      "if not re.match(CODE, x) or not re.fullmatch(re.compile('[a-z]+'), x):",
      "    return",
      "sink.path('/srv/' + re.search(CODE, x)[0] + x)",
    ],
    "import re\nCODE = re.compile('^[0-9a-f]{8}$')",
  ],
  ...[
    "os.path.commonpath(['/srv', os.path.realpath(y)]) != '/srv'",
    "os.path.commonprefix([str(y.resolve()), '/srv']) != '/srv'",
    "Path('/srv') not in y.resolve().parents",
    "Path(os.path.normpath(y)).parent != Path('/srv')",
  ].map((check): [string, string[], string] => [
    `a path whose dots are taken out before it is compared with a folder: ${check}`,
    ["y = Path('/srv') / x", `if ${check}:`, "    return", "sink.path(y)"],
    "import os\nfrom pathlib import Path",
  ]),
  ...[
    "x.translate(str.maketrans('', '', './'))",
    "x.translate({ord('/'): None, ord('.'): '_'})",
    "re.sub(r'[\\\\/:*?\"<>|]', '', x)",
    "re.sub('(?u)[^-\\\\w.]', '', x)",
    "re.sub('/+|\\\\s', '-', x)",
    "re.sub('[^\\\\w\\\\s(),-]', '', x)",
    "NAMES.sub('_', x)",
  ].map((name): [string, string[], string] => [
    `a name without slashes: ${name}`,
    [`sink.path('/srv/' + ${name})`],
    "import re\nNAMES = re.compile('[^A-Za-z0-9_.-]')",
  ]),
  [
    "a text without what begins a tag",
    ["sink.html(x.replace('<', '&lt;') + re.sub('[<>]', '', x))"],
    "import re",
  ],
  [
    "what a function of another package renders",
    ["sink.html(render_page(x) + '<hr>' + pages.render(name=x))"],
    "import pages\nfrom pages.parts import render_page",
  ],
  [
    "a path that is below a folder or the folder itself",
    [
      "y = os.path.realpath('/srv/' + x)",
      "if y != '/srv' and not y.startswith('/srv' + os.sep):",
      "    return",
      "sink.path(y)",
    ],
    "import os",
  ],
  [
    "a path that a helper finds below a folder, or to be the folder itself",
    ["if is_safe('/srv', '/srv/' + x):", "    sink.path('/srv/' + x)"],
    `
import os
def is_safe(root, path):
    root = os.path.realpath(root)
    path = os.path.realpath(os.path.normpath(path))
    return path.startswith(root + os.sep) or path == root
`,
  ],
  [
    "a resolved path that is relative to a folder",
    ["y = os.path.realpath('/srv/' + x)", "Path(y).relative_to('/srv')", "sink.path(y)"],
    "import os\nfrom pathlib import Path",
  ],
  [
    "one of two texts, where it is not empty",
    [
      "y = request.form['y'] if unknown() else request.args['y']",
      "if y and not re.fullmatch('[a-z]+', y):",
      "    y = 'a'",
      "sink.sql(y)",
    ],
    "import re",
  ],
  [
    "what a helper of some length checks that is called from afar",
    ["crawl(x)"],
    `
import re
def check(name):
${Array.from({ length: 40 }, (_, at) => `    a${at} = [${at}]\n`).join("")}    if not re.fullmatch("[a-z]+", name):
        raise ValueError
def fetch(name):
    check(name)
    sink.ssrf(name)
def page(name):
    fetch(name)
def crawl(name):
    page(name)
`,
  ],
  ["the last part of a path", ["sink.path('/srv/' + x.split('/')[-1])"]],
  [
    "the file of a path",
    ["folder, name = os.path.split(x)", "sink.path('/srv/' + (name or ntpath.basename(folder)))"],
    "import ntpath, os",
  ],
  [
    "what follows the last slash",
    ["sink.path('/srv/' + x.rsplit('/', 1)[-1] + x.rpartition('/')[2])"],
  ],
  [
    "a path none of whose parts leads up",
    ["if x.startswith('/') or '..' in x.split('/'):", "    return", "sink.path('/srv/' + x)"],
  ],
  [
    "a path of which no part leads up",
    ["if any(p in ('', '.', '..') for p in x.split('/')):", "    return", "sink.path('/srv/' + x)"],
  ],
  [
    "an address that begins with one of two",
    ["if x.startswith(('https://a.example/', 'https://b.example/')):", "    sink.ssrf(x)"],
  ],
  [
    "an address that begins with any of two",
    [
      "if any(x.startswith(y) for y in ('https://a.example/', 'https://b.example/')):",
      "    sink.ssrf(x)",
    ],
  ],
  [
    "of letters and of some marks, one by one",
    ["if all(c.isalnum() or c in '-_' for c in x):", "    sink.command(x)"],
  ],
  [
    "none of whose characters is no digit",
    ["if not any(not c.isdigit() for c in x):", "    sink.command(x)"],
  ],
  [
    "an address that begins with a host in a zone that the settings name",
    [
      "if not x.startswith(f'https://sns.{settings.ZONE}.example.com/'):",
      "    raise E",
      "sink.ssrf(x)",
    ],
    "from django.conf import settings",
  ],
  [
    "a name with dots and a plus, as far as one was given",
    [
      "y = ''",
      "if 'name' in request.args:",
      "    y = request.args['name']",
      "    if not re.match(r'^[A-Za-z0-9_.+-]+$', y):",
      "        return",
      "sink.path('/srv/' + y)",
    ],
    "import re",
  ],
  [
    "a path that stays in a folder of which not all is known",
    [
      "folder = vault.files('shop') / 'docs'",
      "y = folder / x",
      "if not y.resolve().is_relative_to(folder.resolve()):",
      "    return",
      "sink.path(y)",
    ],
    "import vault",
  ],
  [
    "what begins with a text that the program chose, which it asks for",
    [
      "y = f'/web/{x}'",
      "if not y.startswith('/'):",
      "    y = x",
      "sink.redirect(y if y.startswith('/web') else '/' + x)",
    ],
  ],
  ["a list of constants", ['if x in ("a", "b"):', "    sink.sql(x)"]],
  [
    "one of two tests, whichever way the program went",
    ["if x == 'a':", "    y = 1", "elif x not in y.columns.keys():", "    x = 'b'", "sink.sql(x)"],
  ],
  ["a list, left early", ['if x not in ["a", "b"]:', "    return None", "sink.sql(x)"]],
  ["a list, with an error", ['if x not in {"a", "b"}:', "    raise ValueError(x)", "sink.code(x)"]],
  [
    "a list of the class's own",
    ["if x not in ALLOWED:", "    return", "sink.sql(x)"],
    'ALLOWED = frozenset(["a"])',
  ],
  [
    "a list from elsewhere",
    ["if x not in settings.NAMES:", "    return", "sink.sql(x)"],
    "from django.conf import settings",
  ],
  ["equality", ['if x == "asc":', "    sink.sql(x)"]],
  [
    "a name under which a table has a known value",
    ['if settings.KINDS.get(x) == "a":', "    sink.sql(x)"],
    "from django.conf import settings",
  ],
  [
    "each of a list",
    [
      'xs = request.args["y"].split(",")',
      "for y in xs:",
      "    if not y.isdigit():",
      "        return None",
      'sink.sql(" ".join(xs))',
    ],
  ],
  [
    "none of whose parts, looked at in a loop, leads up",
    ["for y in x.split('/'):", "    if y == '..':", "        return", "sink.path('/srv/' + x)"],
  ],
  [
    "of letters alone, looked at in a loop",
    ["for y in x:", "    if not y.isalnum():", "        return", "sink.command(x)"],
  ],
  [
    "what a helper looked at in a loop",
    ["if not is_below(x):", "    return", "sink.path('/srv/' + x)"],
    "def is_below(x):\n    for y in x.split('/'):\n        if y in ('', '.', '..'):\n            return False\n    return True",
  ],
  [
    "an address of which every server was looked at",
    ["y = x if unknown() else 'http://' + x", "insist(y)", "sink.ssrf(y)"],
    "import ipaddress, socket\nfrom urllib.parse import urlparse\ndef insist(x):\n    for y in socket.getaddrinfo(urlparse(x).hostname, None):\n        if ipaddress.ip_address(y[4][0]).is_private:\n            raise ValueError(x)",
  ],
  [
    "quoted, beside a host",
    [
      "sink.ssrf(f'https://{quote(x, safe=str())}.example.com/')",
      "sink.ssrf(f'https://user:{quote_plus(x)}@example.com/')",
      "sink.redirect(quote_plus(x))",
      "sink.redirect('/' + quote_plus(x))",
    ],
    "from urllib.parse import quote, quote_plus",
  ],
  [
    "an address that is not a private one",
    ["if ip_address(gethostbyname(x)).is_private:", "    return", "sink.ssrf('http://' + x)"],
    "from ipaddress import ip_address\nfrom socket import gethostbyname",
  ],
  [
    "a path whose folder is the one that it should be",
    [
      "y = Path('/srv') / x",
      "if y.resolve().parent != Path('/srv'):",
      "    return",
      "sink.path(y)",
    ],
    "from pathlib import Path",
  ],
  [
    "a name without its folder and ending",
    ["sink.path(Path(x).stem + Path(x).suffix)"],
    "from pathlib import Path",
  ],
  [
    "quoted with all slashes",
    ["sink.redirect(quote(x, safe='@~'))"],
    "from urllib.parse import quote",
  ],
  [
    "what only debug mode lets through",
    ["if not settings.DEBUG and not x.isdigit():", "    return", "sink.sql(x)"],
    "from django.conf import settings",
  ],
  ["an address within the page", ["sink.redirect('page.' + x)"]],
  [
    "a query or nothing behind an address",
    ["y = '?' + x if unknown() else ''", "sink.redirect(address() + y)"],
  ],
  ["a file in memory", ["sink.path(io.BytesIO(x.encode()))"], "import io"],
  [
    "of letters alone, with or without its end",
    ["y = x[:-1] if unknown() else x", "if not y.isalnum():", "    return", "sink.command(y)"],
  ],
  [
    "an address of which every server is to be reached from everywhere",
    [
      "if not all(ip_address(y[4][0]).is_global for y in getaddrinfo(urlparse(x).hostname, 80)):",
      "    return",
      "sink.ssrf(x)",
    ],
    "from ipaddress import ip_address\nfrom socket import getaddrinfo\nfrom urllib.parse import urlparse",
  ],
  [
    "what was signed",
    ["sink.redirect(Signer().unsign(x))"],
    "from django.core.signing import Signer",
  ],
  [
    "what a token holds that was signed",
    ['sink.redirect("/" + str(AccessToken(x)["page"]))'],
    "from rest_framework_simplejwt.tokens import AccessToken",
  ],
  ["inequality, left early", ['if x != "asc":', "    return", "sink.sql(x)"]],
  ["a conditional expression", ['y = x if x in ("a", "b") else "a"', "sink.sql(y)"]],
  ["a negation", ['if not (x in ("a", "b")):', "    return", "sink.sql(x)"]],
  ["both of two tests", ['if x and x in ("a", "b"):', "    sink.sql(x)"]],
  ["either of two, left early", ['if not x or x not in ("a", "b"):', "    return", "sink.sql(x)"]],
  ["an assertion", ['assert x in ("a", "b")', "sink.sql(x)"]],
  [
    "a match of constants with a name",
    ["match x:", '    case "a" | ("b" as y) as z:', "        sink.sql(z)"],
  ],
  ["the guard of a match", ["match x:", '    case y if y in ("a", "b"):', "        sink.sql(y)"]],
  [
    "a match of numbers, alone and in a dict",
    [
      "match x:",
      "    case int() | float():",
      "        sink.sql(x)",
      '    case {"n": int(n), "m": int() as m}:',
      '        sink.sql(f"{n} {m}")',
    ],
  ],
  ["a match of constants", ["match x:", '    case "a" | "b":', "        sink.sql(x)"]],
  [
    "a comprehension's test",
    ['ys = [y for y in request.args.getlist("y") if y in ("a", "b")]', "sink.sql(ys)"],
  ],
  [
    "a folder above it",
    ["p = (ROOT / x).resolve()", "if ROOT not in p.parents:", "    return", "sink.path(p)"],
    "from pathlib import Path\nROOT = Path('/srv').resolve()",
  ],
  [
    "a set of characters",
    ['if not set(x) <= set("0123456789+-*/. ()"):', "    return", "sink.code(x)"],
  ],
  [
    "a set of characters, asked of the larger one",
    ['if set("0123456789") >= set(x):', "    sink.sql(x)"],
  ],
  [
    "a set of characters, by a method",
    ['if not set(x).issubset("0123456789"):', "    return", "sink.sql(x)"],
  ],
  [
    "a set of names, beyond which nothing is left",
    ["others = set(x) - {'a', 'b'}", "if others:", "    return", "sink.sql(', '.join(x))"],
  ],
  [
    "a set of names, by a method, beyond which nothing is left",
    ["if set(x).difference(['a', 'b']):", "    return", "sink.sql(', '.join(x))"],
  ],
  [
    "the names of a dict, beyond which nothing is left",
    [
      "y = request.get_json()",
      "if y.keys() - {'a', 'b'}:",
      "    return",
      "sink.sql(', '.join(k for k in y))",
    ],
  ],
  [
    "the names of a dict, one by one",
    [
      "y = request.get_json()",
      "if any(k not in ('a', 'b') for k in y.keys()):",
      "    return",
      "sink.sql(', '.join(k for k, v in y.items()))",
    ],
  ],
  [
    "numbers, taken apart",
    ["a, b = tuple(int(one) for one in x.split('x'))", "sink.sql(f'{a}{b}')"],
  ],
  [
    "read in another way than it is tested",
    [
      "y = request.get_json()",
      "if y.get('a') not in ('b', 'c'):",
      "    return",
      "sink.sql(y['a'])",
    ],
  ],
  ["what it has in common with constants", ["sink.sql(', '.join(set(x) & {'a', 'b'}))"]],
  [
    "what it has in common with a dict",
    ["sink.sql(', '.join({'a': 1, 'b': 2}.keys() & x.keys()))"],
  ],
  ["what a list has in common with it", ["sink.sql(', '.join(set(x).intersection(['a', 'b'])))"]],
  ["those that a dict has", ["sink.sql(', '.join(filter({'a': 1}.__contains__, x)))"]],
  [
    "none of some characters, as a text",
    [`if any(c in x for c in "'\\""):`, "    return", `sink.sql(f"SELECT '{x}'")`],
  ],
  [
    "a quote that is not found",
    [`if x.find("'") != -1:`, "    return", `sink.sql(f"SELECT '{x}'")`],
  ],
  ["a quote that occurs", [`if x.count("'") > 0:`, "    return", `sink.sql(f"SELECT '{x}'")`]],
  [
    "what a handler would set if anything could raise an error",
    ["try:", "    y = 'a'", "except Exception:", "    y = x", "sink.sql(y)"],
  ],
  [
    "what no version does that runs",
    ["if sys.version_info < (3, 0):", "    sink.sql(x)"],
    "import sys",
  ],
  ["a set that holds all of it", ['if not {"a", "b"}.issuperset(x):', "    return", "sink.sql(x)"]],
  [
    "each of its characters",
    ['if not all(c in "0123456789+-" for c in x):', "    return", "sink.code(x)"],
  ],
  [
    "any of its characters",
    ['if any(c not in ["a", "b"] for c in x):', "    return", "sink.sql(x)"],
  ],
  [
    "each of several, by a list",
    [
      "ys = request.args.getlist('y')",
      "if not all(y in COLUMNS for y in ys):",
      "    return",
      "sink.sql(', '.join(ys))",
    ],
    "COLUMNS = ('name', 'size')",
  ],
  [
    "characters without a tag's",
    ['if not all(c in "abc&;" for c in x):', "    return", "sink.html(x)"],
  ],
  ["digits, or the end", ["x.isdigit() or abort(400)", "sink.sql(x)"], "from flask import abort"],
  [
    "what a function makes of each of several",
    [
      "ys = request.args.getlist('y')",
      "sink.html(''.join(map(lambda y: f'<td>{len(y)}</td>', ys)))",
    ],
  ],
  [
    "numbers that are made of each of several",
    ["sink.sql(','.join(map(str, map(int, x.split(',')))))"],
  ],
  ["nothing, or a constant", ['sink.sql(x and "a")']],
  ["all that is left of digits", ["sink.command(re.sub(r'\\D', '', x))"], "import re"],
  [
    "all that is left of letters and digits, by a regex made before",
    ["sink.command(re.compile(r'[\\W_]+').sub('', x))"],
    "import re",
  ],
  [
    "what its storage makes of it, which shares a folder",
    [
      "if os.path.commonpath((storage.path('a/' + x), storage.path('a'))) != storage.path('a'):",
      "    return",
      "sink.path(os.path.join('a', x))",
    ],
    "import os\nfrom shop.files import storage",
  ],
  [
    "one of a list, as a flag says",
    [
      "ok = False",
      "if x in ('a', 'b'):",
      "    ok = True",
      "if not ok:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "one of two lists, as a flag says that is set for each",
    [
      "ok = False",
      "if x in ('a', 'b'):",
      "    ok = True",
      "elif x == 'c':",
      "    ok = True",
      "if ok:",
      "    sink.sql(x)",
    ],
  ],
  [
    "one of a list, or there is an error",
    [
      "error = None",
      "if x not in ('a', 'b'):",
      "    error = 'no'",
      "if error is not None:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "one of a list, or there is something in a list of errors",
    [
      "errors = []",
      "if not request.args.get('y'):",
      "    errors.append('y')",
      "if x not in ('a', 'b'):",
      "    errors.append('x')",
      "if errors:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "one of a list, or there is something in a dict of errors",
    [
      "errors = {}",
      "if x not in ('a', 'b'):",
      "    errors['x'] = 'no'",
      "if len(errors) > 0:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "none of several texts in it, as a flag says",
    [
      "ok = True",
      "for bad in ('/', '..'):",
      "    if bad in x:",
      "        ok = False",
      "if ok:",
      "    sink.path('/srv/' + x)",
    ],
  ],
  [
    "equal to a member of a list, or the loop comes to its end",
    [
      "for name in unknown():",
      "    if name == x:",
      "        break",
      "else:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "matched by one of two regexes, or the loop comes to its end",
    [
      "for regex in ('[a-z]+', '[0-9]+'):",
      "    if re.fullmatch(regex, x):",
      "        break",
      "else:",
      "    raise ValueError",
      "sink.sql(x)",
    ],
    "import re",
  ],
  ...[
    "not re.match(settings.NAMES, x)",
    "not re.compile(settings.NAMES).fullmatch(x)",
    "not any(re.fullmatch(name, x) for name in settings.NAMES)",
  ].map((test): readonly [string, readonly string[], string] => [
    `what the settings say may pass, ${test}`,
    [`if ${test}:`, "    return", "sink.sql(x)"],
    "import re\nfrom django.conf import settings",
  ]),
  ...["settings.SHOP", "tuple(settings.SHOPS)"].map(
    (start): readonly [string, readonly string[], string] => [
      `an address that begins as the settings say, ${start}`,
      [`if not x.startswith(${start}):`, "    return", "sink.ssrf(x)"],
      "from django.conf import settings",
    ],
  ),
  ["digits", ["if not x.isdigit():", "    return", "sink.sql(x)"]],
  [
    "a number, or an error",
    ["try:", "    int(x)", "except ValueError:", "    return", "sink.sql(x)"],
  ],
  [
    "a number that is kept, or an error",
    ["try:", "    n = int(x)", "except ValueError:", "    return", "sink.sql(x)"],
  ],
  [
    "a number that is compared, or an error",
    [
      "try:",
      "    if uuid.UUID(x) == OWN:",
      "        return",
      "except ValueError:",
      "    return",
      "sink.sql(x)",
    ],
    "import uuid",
  ],
  [
    "an address of four numbers",
    ["ip = IPv4Address(x)", "sink.command(x)", "sink.command(str(ip))"],
    "from ipaddress import IPv4Address",
  ],
  ...[
    ["found = NAMES.get(x)", "if found is None:", "    return", "sink.sql(x)"],
    ["if not NAMES.get(x):", "    return", "sink.sql(x)"],
    ["try:", "    NAMES[x]", "except KeyError:", "    return", "sink.sql(x)"],
    ["found = NAMES[x]", "sink.sql(x)"],
  ].map((lines): [string, string[], string] => [
    `what is a key of the program's: ${lines[0]}`,
    lines,
    "NAMES = {'a': 'b', 'c': 'd'}",
  ]),
  ["a type", ["if isinstance(x, int):", "    sink.sql(x)"]],
  [
    "a regex for all of it",
    ['if not re.fullmatch(r"[a-z0-9_]+", x):', "    return", "sink.sql(x)"],
    "import re",
  ],
  [
    "a regex with both ends",
    ['if not re.match(r"^\\w+$", x):', "    return", "sink.sql(x)"],
    "import re",
  ],
  ...[
    String.raw`re.fullmatch(r"sns\.[a-z0-9-]+\.shop\.com(\.cn)?", urlparse(x).hostname or "")`,
    String.raw`re.compile(r"^(?:[a-z]+\.)?shop\.com$").match(urlparse(x).hostname)`,
    String.raw`re.search(r"\.shop\.com$", urlparse(x).netloc)`,
  ].map((test): [string, string[], string] => [
    `a regex of hosts, ${test}`,
    [`if not ${test}:`, "    return", "sink.ssrf(x)"],
    "import re\nfrom urllib.parse import urlparse",
  ]),
  [
    "groups of a regex",
    [
      'found = re.match(r"(\\w+)[(](?P<year>\\d{4})=([^(\\]]*)", x)',
      'sink.sql(found.group(1) + found[1] + found["year"] + found.group("year", 1) + found.groups()[1])',
      "name, year, _ = found.groups()",
      "sink.sql(name + year)",
    ],
    "import re",
  ],
  [
    "what a regex finds",
    ['for y in re.findall(r"\\d+", x) + re.findall(r"id=(\\d+)", x):', "    sink.command(y)"],
    "import re",
  ],
  [
    "no part of a path is the folder above",
    [
      "y = PurePosixPath(x)",
      'if ".." in y.parts or y.is_absolute():',
      "    return",
      'sink.path(Path("/srv") / y)',
    ],
    "from pathlib import Path, PurePosixPath",
  ],
  ["a yes or no", ["sink.sql(strtobool(x))"], "from distutils.util import strtobool"],
  [
    "encodings without marks",
    ["sink.command(x.encode().hex())", 'sink.path("/srv/" + quote(x, safe="") + ".txt")'],
    "from urllib.parse import quote",
  ],
  [
    "a compiled regex",
    ["if not NAME.fullmatch(x):", "    return", "sink.sql(x)"],
    'import re\nNAME = re.compile(r"[a-z]+")',
  ],
  [
    "data read a second time",
    ['if request.args["y"] not in ("a", "b"):', "    return", 'sink.sql(request.args["y"])'],
  ],
  [
    "an attribute",
    ["self.y = x", 'if self.y not in ("a", "b"):', "    return", "sink.sql(self.y)"],
  ],
  [
    "a changed copy",
    ["y = x.strip().lower()", 'if y not in ("a", "b"):', "    return", "sink.sql(y)"],
  ],
  [
    "a helper that answers",
    ["if not is_known(x):", "    return", "sink.sql(x)"],
    "def is_known(name):\n    return name in ('a', 'b')",
  ],
  [
    "a helper with two answers",
    ["if not is_known(x):", "    return", "sink.sql(x)"],
    "def is_known(name):\n    if name in ('a', 'b'):\n        return True\n    return False",
  ],
  [
    "a helper that raises",
    ["check(x)", "sink.sql(x)"],
    "def check(name):\n    if name not in ('a', 'b'):\n        raise ValueError(name)",
  ],
  [
    "a helper that returns it checked",
    ["sink.sql(checked(x))"],
    "def checked(name):\n    if name not in ('a', 'b'):\n        raise ValueError(name)\n    return name",
  ],
  ["a table", ['sink.sql({"a": "A", "b": "B"}[x])']],
  ["a table with a default", ['sink.sql({"a": "A", "b": "B"}.get(x, "A"))']],
  ["no `..`", ['if ".." in x:', "    return", "sink.path(x)"]],
  ["no quote", ['if "\'" in x:', "    return", "sink.xpath(f\"/a[@b='{x}']\")"]],
  [
    "no quote in a text that becomes part of another",
    ['y = "a" + x', 'if "\'" in y:', "    return", "sink.xpath(f\"/a[@b='{y}']\")"],
  ],
  [
    "no quote in what is left of a text",
    [
      'y = ("ab" + x + "cd")[2:-2]',
      "if '\"' in y:",
      "    return",
      "sink.sql(f'SELECT 1 FROM t WHERE a = \"{y}\"')",
    ],
  ],
  [
    "quotes taken out of a text",
    ['y = ("ab" + x + "cd")[2:-2]', "sink.xpath(f\"/a[@b='{y.replace(chr(39), '')}']\")"],
  ],
  [
    "a separator taken out of a text that becomes part of a path",
    ['y = f"report-{x}.txt".lower().replace("/", "_")', 'sink.path(f"/srv/{y}")'],
  ],
  ["quotes taken out", ["sink.xpath(f\"/a[@b='{x.replace(chr(39), '')}']\")"]],
  [
    "a whole text that is one of a list",
    ['y = f"{x}.html"', "if y not in PAGES:", "    return", 'sink.path(f"/srv/{y}")'],
    "PAGES = frozenset(['a.html'])",
  ],
  [
    "a regex for the text that it is a part of",
    [
      'y = f"{x}.html"',
      'if not re.fullmatch(r"[\\w.]+", y):',
      "    return",
      'sink.path(f"/srv/{y}")',
    ],
    "import re",
  ],
  ["no `../` below a folder", ['if "../" in x:', "    return", 'sink.path(f"/srv/files/{x}")']],
  [
    "no `../` below a folder from elsewhere, with an ending",
    ['if "../" in x:', "    return", 'sink.path(settings.ROOT + "/" + x + ".txt")'],
    "from django.conf import settings",
  ],
  [
    "the last of the names of some data",
    [
      'y = ""',
      "for y in request.form.keys():",
      "    pass",
      "if not y.isalnum():",
      "    return",
      "sink.sql(y)",
    ],
  ],
  [
    "a literal only, in what is left of a text",
    [
      'y = ("ab" + x + "cd")[2:-2]',
      'if not y.startswith("\'") or not y.endswith("\'") or "\'" in y[1:-1]:',
      "    return",
      "sink.code(y)",
    ],
  ],
  ["characters that a test passes", ["sink.command(''.join(filter(str.isalnum, x)))"]],
  [
    "characters that a function passes",
    ["sink.command(''.join(filter(lambda c: c in '0123456789', x)))"],
  ],
  [
    "names that a function passes",
    ["sink.sql(','.join(filter(lambda y: y in NAMES, request.args.getlist('y'))))"],
    "NAMES = {'a'}",
  ],
  [
    "nothing but letters and digits, by what is not found",
    ["if re.search(r'[^A-Za-z0-9]', x):", "    return", "sink.command(x)"],
    "import re",
  ],
  [
    "letters and digits but for dashes",
    ["if not x.replace('-', '').replace('_', '').isalnum():", "    return", "sink.sql(x)"],
  ],
  [
    "equal to one of a list",
    ["if not any(x == y for y in NAMES):", "    return", "sink.sql(x)"],
    "NAMES = ['a', 'b']",
  ],
  [
    "equal to one of a list from elsewhere",
    ["if not any(y == x for y in settings.NAMES):", "    return", "sink.sql(x)"],
    "from django.conf import settings",
  ],
  ["the constant side of pairs", ["sink.sql(','.join(c for c, v in zip(['a', 'b'], x)))"]],
  [
    "the other side of pairs",
    ["sink.sql(','.join(c for c, v in zip(COLUMNS, x)))"],
    "from app import COLUMNS",
  ],
  [
    "a resolved path below its root",
    [
      "p = os.path.realpath(os.path.join(ROOT, x))",
      "if not p.startswith(ROOT):",
      "    return",
      "sink.path(p)",
    ],
    'import os\nROOT = "/srv/"',
  ],
  [
    "pathlib, as texts",
    [
      "p = (ROOT / x).resolve()",
      "if not str(p).startswith(str(ROOT)):",
      "    return",
      "sink.path(p)",
    ],
    'import pathlib\nROOT = pathlib.Path("/srv")',
  ],
  [
    "pathlib, relative",
    ["p = (ROOT / x).resolve()", "if not p.is_relative_to(ROOT):", "    return", "sink.path(p)"],
    'import pathlib\nROOT = pathlib.Path("/srv")',
  ],
  [
    "the host of the address",
    [
      "u = urlparse(x)",
      'if u.netloc not in ("a.example", "b.example"):',
      "    return",
      "sink.redirect(x)",
    ],
    "from urllib.parse import urlparse",
  ],
  [
    "the beginning of the address",
    ['if not x.startswith("https://a.example/"):', "    return", "sink.ssrf(x)"],
  ],
  [
    "a path of this site",
    ['if not x.startswith("/") or x.startswith("//"):', "    return", "sink.redirect(x)"],
  ],
  ["a path behind its only slash", ["sink.redirect('/' + x.lstrip('/') + '?a=1')"]],
  [
    "parameters of an address",
    ["sink.redirect(url_concat('/a', parse(x)))", "sink.ssrf(address('/a', {'b': x}))"],
    "from tornado.httputil import url_concat",
  ],
  [
    "a path of this site, whatever it was made of before",
    [
      "if x.startswith('///'):",
      "    x = '//' + x.lstrip('/')",
      "u = urlparse(x)",
      "if u.netloc == HOST:",
      "    x = '/' + u.path.lstrip('/')",
      "    if u.query:",
      "        x = x + '?' + u.query",
      "    if u.fragment:",
      "        x = x + '#' + u.fragment",
      "    u = urlparse(x)",
      "if x and (u.netloc or not x.startswith('/')):",
      "    x = ''",
      "sink.redirect(x)",
    ],
    "from settings import HOST\nfrom urllib.parse import urlparse",
  ],
  [
    "a literal only",
    [
      'if not x.startswith("\'") or not x.endswith("\'") or "\'" in x[1:-1]:',
      "    return",
      "sink.code(x)",
    ],
  ],
  [
    "an address without a host",
    ["if urlparse(x).netloc:", "    return", "sink.redirect(x)"],
    "from urllib.parse import urlparse",
  ],
  [
    "an address that each round of a loop found without a host",
    ["if not is_local(x):", "    return", "sink.redirect(x)"],
    "from urllib.parse import urlparse\ndef is_local(url):\n    for one in (url, url.replace('\\\\', '/')):\n        if urlparse(one).netloc:\n            return False\n    return True",
  ],
  [
    "what a helper asks last, past what it refused before",
    ["if is_local(x):", "    sink.redirect(x)"],
    "from urllib.parse import urlparse\ndef is_local(url):\n    if not url:\n        return False\n    parts = urlparse(url)\n    if parts.netloc:\n        return False\n    return parts.path in PATHS",
  ],
  [
    "what a helper of a helper compares",
    ["if is_local(x):", "    sink.redirect(x)"],
    "from urllib.parse import urlparse\ndef same(url):\n    if url.startswith('///'):\n        return False\n    return urlparse(url).scheme in ('http', 'https') and urlparse(url).netloc == HOST\ndef is_local(url):\n    return same(url) and same(url.replace('\\\\', '/'))",
  ],
  [
    "each part of a version",
    ["if not all(part.isdigit() for part in x.split('.')):", "    return", "sink.command(x)"],
  ],
  ...[
    'not re.match(r"^https://[a-z]+\\.example\\.com/", x)',
    'not re.fullmatch(r"https?://(?:[\\w-]+\\.)*example\\.com(?:/.*)?", x) or not re.search(r"\\Ahttps:\\/\\/example\\.com\\/", x)',
  ].map((check): [string, string[], string] => [
    `an address that begins with one of our hosts: ${check}`,
    [`if ${check}:`, "    return", "sink.ssrf(x)"],
    "import re",
  ]),
  [
    "a path without dots below a folder",
    ['if not re.fullmatch(r"[\\w/]+", x):', "    return", "sink.path('/srv/' + x)"],
    "import re",
  ],
  [
    "how a path is seen from the folder that it has to be in",
    ["y = os.path.relpath(x, '/srv')", "if y.startswith('..'):", "    return", "sink.path(y)"],
    "import os",
  ],
  [
    "all that a pattern found, with the number of that group",
    ['y = re.match(r"(\\w+)-\\d", x)', "sink.command(y.group(0) + y.group())"],
    "import re",
  ],
  [
    "the value of a member",
    ["try:", "    Mode(x)", "except ValueError:", "    return", "sink.command(x)"],
    'import enum\nclass Mode(enum.Enum):\n    A = "a"\n    B = "b"',
  ],
  [
    "each part, joined again",
    [
      "y = x.split(',')",
      "if not all(z.isdigit() for z in y):",
      "    return",
      "sink.command(' '.join(y))",
    ],
  ],
  [
    "what a helper looks at under its parameter's name",
    ["check(x)", "sink.path(x)"],
    "import os\ndef check(path):\n    path = os.path.realpath(path)\n    if not path.startswith('/srv/'):\n        raise ValueError",
  ],
  [
    "the same way to write a path",
    ["y = Path(x).as_posix()", "if y != OWN:", "    return", "sink.path(x)"],
    "from pathlib import Path\nOWN = 'a'",
  ],
  [
    "one of two things that a helper compares",
    ["if not is_in(x):", "    return", "sink.path(x)"],
    "import os\ndef is_in(path):\n    if path == ROOT:\n        return True\n    return os.path.commonprefix([os.path.realpath(path), ROOT]) == ROOT",
  ],
  ["one of two allow-lists", ['if x not in ("a", "b") and x != "c":', "    return", "sink.sql(x)"]],
  ...[
    'not re.match("^/[a-z]+", x)',
    'not re.match("/[-a-z0-9_.]", x)',
    'not re.fullmatch(r"/\\w.*", x)',
    'not re.search(r"\\A/[^/\\\\]", x)',
    'not x or not re.compile("/a").match(x)',
  ].map((check): [string, string[], string] => [
    `an address that begins with one slash: ${check}`,
    [`if ${check}:`, "    return", "sink.redirect(x)"],
    "import re",
  ]),
];

const harmful: readonly (readonly [string, readonly string[], string?])[] = [
  ...[
    ["return function(*args, **kwargs)"],
    ["return cache.get_or_set('made', lambda: function(*args))"],
    ["if args:", "    print(args)", "return function(*args)"],
  ].map((body): [string, string[], string] => [
    `what is around a function hands on: ${body.join(" ")}`,
    ["sink.html(made(x))"],
    around(...body),
  ]),
  [
    "another part of the request than a helper insists on",
    ["insist()", "sink.command(request.args['z'])"],
    INSIST,
  ],
  [
    "what a helper insists on where something else is there",
    ["if 'z' in request.args:", "    insist()", "sink.command(request.args['y'])"],
    INSIST,
  ],
  [
    "what a helper insists on unless it returns before",
    ["insist()", "sink.command(request.args['y'])"],
    INSIST.replace("    if not", "    if 'z' in request.args:\n        return\n    if not"),
  ],
  ...[
    "x.translate(str.maketrans('', '', '.'))",
    "x.translate({ord('/'): None, ord('|'): '/'})",
    "re.sub('^/', '', x)",
    "re.sub('(a|/|b)c', '', x)",
    "re.sub('[/]', '/', x)",
    "re.sub('(?u)[^-\\\\w./]', '', x)",
    "re.compile('[a-z]').sub('', x)",
  ].map((name): [string, string[], string] => [
    `a name in which slashes are left: ${name}`,
    [`sink.path('/srv/' + ${name})`],
    "import re",
  ]),
  ["a text without whole tags", ["sink.html(re.sub('<[^>]+>', '', x))"], "import re"],
  ...[
    "os.path.commonpath(['/srv', str(y)]) != '/srv'",
    "os.path.commonprefix(['/srv', str(y)]) != '/srv'",
    "Path('/srv') not in y.parents",
    "not str(y.absolute()).startswith('/srv/')",
  ].map((check): [string, string[], string] => [
    `a path of which the dots still stand when it is compared with a folder: ${check}`,
    ["y = Path('/srv') / x", `if ${check}:`, "    return", "sink.path(y)"],
    "import os\nfrom pathlib import Path",
  ]),
  [
    "a path that is relative to a folder before it is resolved",
    ["Path('/srv/' + x).relative_to('/srv')", "sink.path('/srv/' + x)"],
    "from pathlib import Path",
  ],
  [
    "what a compiled regex finds somewhere",
    ["if not re.search(CODE, x):", "    return", "sink.path('/srv/' + x)"],
    "import re\nCODE = re.compile('[0-9a-f]{8}')",
  ],
  ["a match of any text", ["match x:", '    case "a" | str() as y:', "        sink.sql(y)"]],
  [
    "a match of a text beside a number",
    ["match x:", "    case [int(y), z]:", "        sink.sql(z)"],
  ],
  ...[
    'not re.match(r"^https://[a-z]+.example.com/", x)',
    'not re.match(r"^https://[a-z]+\\.example\\.com", x)',
    'not re.search(r"https://example\\.com/", x)',
    'not re.match(r"^https://[^/]+\\.example\\.com/", x)',
    'not re.match(r"^https://example\\.com/|^http://", x)',
  ].map((check): [string, string[], string] => [
    `an address whose host may be another one: ${check}`,
    [`if ${check}:`, "    return", "sink.ssrf(x)"],
    "import re",
  ]),
  [
    "a path with dots below a folder",
    ['if not re.fullmatch(r"[\\w./]+", x):', "    return", "sink.path('/srv/' + x)"],
    "import re",
  ],
  [
    "a path without dots that may begin at the root",
    ['if not re.fullmatch(r"[\\w/]+", x):', "    return", "sink.path(x)"],
    "import re",
  ],
  [
    "a value of which an enumeration may say what it stands for",
    ["Mode(x)", "sink.command(x)"],
    'import enum\nclass Mode(enum.Enum):\n    A = "a"\n    @classmethod\n    def _missing_(cls, value):\n        return cls.A',
  ],
  [
    "each part between marks that a shell reads",
    ["if not all(part.isdigit() for part in x.split(';')):", "    return", "sink.command(x)"],
  ],
  [
    "what a helper looks at instead of its parameter",
    ["check(x)", "sink.path(x)"],
    "import os\ndef check(path):\n    path = os.path.realpath(OTHER)\n    if not path.startswith('/srv/'):\n        raise ValueError",
  ],
  [
    "what may be a key or not",
    ["found = NAMES.get(x, 'e')", "if found is None:", "    return", "sink.sql(x)"],
    "NAMES = {'a': 'b'}",
  ],
  [
    "an address that may have a zone behind it",
    ["ip = ip_address(x)", "sink.command(x)"],
    "from ipaddress import ip_address",
  ],
  [
    "what a helper compares unless it let all through before",
    ["if not is_in(x):", "    return", "sink.path(x)"],
    "import os\ndef is_in(path):\n    if DEBUG:\n        return True\n    return os.path.commonprefix([os.path.realpath(path), ROOT]) == ROOT",
  ],
  [
    "one of two of which another was looked at, maybe, read anew",
    [
      "z = request.args['z']",
      "y = z if unknown() else request.args['x']",
      "if not y.isalnum():",
      "    return",
      "sink.command(request.args['x'])",
    ],
  ],
  [
    "one of two of which another was looked at, maybe",
    [
      "z = request.args['z']",
      "y = z if unknown() else x",
      "if not y.isalnum():",
      "    return",
      "sink.command(x)",
    ],
  ],
  ["what may become another address", ["sink.redirect('http' + x)"]],
  ["an address or a query", ["y = '?' + x if unknown() else x", "sink.redirect(y + '')"]],
  ["a path behind two slashes", ["sink.redirect('//' + x.lstrip('/'))"]],
  ["a path behind a slash", ["sink.redirect('/' + x.rstrip('/'))"]],
  ["a path without its first letters", ["sink.redirect('/' + x.lstrip('-'))"]],
  ["an address with parameters", ["sink.redirect(address(x, {'a': 'b'}))"]],
  ["what an address is made of alone", ["sink.redirect(address({'host': x}))"]],
  [
    "one of two addresses where the other was looked at",
    [
      "u = urlparse(x)",
      "if unknown():",
      "    x = '//' + request.args['y']",
      "if x and (u.netloc or not x.startswith('/')):",
      "    x = ''",
      "sink.redirect(x)",
    ],
    "from urllib.parse import urlparse",
  ],
  [
    "quoted with slashes left",
    ["sink.redirect(quote(x, safe='/'))"],
    "from urllib.parse import quote",
  ],
  [
    "parts of something else, looked at in a loop",
    [
      "for y in unknown().split('/'):",
      "    if y == '..':",
      "        return",
      "sink.path('/srv/' + x)",
    ],
  ],
  [
    "looked at in a loop that some rounds leave early",
    [
      "for y in x.split('/'):",
      "    if unknown(y):",
      "        continue",
      "    if y == '..':",
      "        return",
      "sink.path('/srv/' + x)",
    ],
  ],
  [
    "a comparison of a method that all objects have",
    ["if x.constructor('a') == 0:", "    pass", "sink.sql(x)"],
  ],
  [
    "of letters, or ending in a digit",
    ["if re.search(r'^[a-z]+|[0-9]+$', x):", "    sink.command(x)"],
    "import re",
  ],
  [
    "of all signs from A to z",
    ["if re.fullmatch(r'[A-z]+', x):", "    sink.command(x)"],
    "import re",
  ],
  [
    "other characters beside those of a second text",
    ["if set(x).difference('0123456789', request.args['y']):", "    return", "sink.sql(x)"],
  ],
  ["all but the first part of a path", ["sink.path('/srv/' + '/'.join(x.split('/')[1:]))"]],
  ["what follows the first slash", ["sink.path('/srv/' + x.split('/', 1)[1])"]],
  ["each part of a path", ["sink.path('/srv/' + '/'.join(p for p in x.split('/')))"]],
  ["a part between dots", ["sink.path('/srv/' + x.split('.')[0])"]],
  [
    "a path of which some part leads nowhere up",
    ["if any(p not in ('', '.', '..') for p in x.split('/')):", "    sink.path('/srv/' + x)"],
  ],
  [
    "an address that begins with one of two, of which one is open",
    ["if x.startswith(('https://a.example/', 'https://')):", "    sink.ssrf(x)"],
  ],
  [
    "of letters or quotes, one by one",
    ["if all(c.isalnum() or c in '\"; ' for c in x):", "    sink.command(x)"],
  ],
  [
    "one of whose characters is a letter",
    ["if any(c.isalnum() for c in x):", "    sink.command(x)"],
  ],
  [
    "whose parts are known to be letters or short",
    ["if all(c.isalnum() or len(c) < 9 for c in x):", "    sink.command(x)"],
  ],
  [
    "of which nothing of a set is lacking",
    ["if {'a', 'b'} - set(x):", "    return", "sink.sql(', '.join(x))"],
  ],
  [
    "read under another name than the one that is tested",
    [
      "y = request.get_json()",
      "if y.get('a') not in ('b', 'c'):",
      "    return",
      "sink.sql(y['b'])",
    ],
  ],
  ["taken apart", ["a, b = tuple(one for one in x.split('x'))", "sink.sql(a)"]],
  ["or one of a set", ["sink.sql(', '.join(set(x) | {'a', 'b'}))"]],
  ["in common with other data", ["sink.sql(', '.join(set(x) & set(request.args)))"]],
  [
    "under names that are known",
    ["y = request.get_json()", "if not set(y) <= {'a', 'b'}:", "    return", "sink.sql(y['a'])"],
  ],
  [
    "a value of a dict whose names are known",
    [
      "y = request.get_json()",
      "if any(k not in ('a', 'b') for k in y):",
      "    return",
      "for v in y.values():",
      "    sink.sql(v)",
    ],
  ],
  [
    "with a quote elsewhere than at its beginning",
    [`if x.find("'") == 0:`, "    return", `sink.sql(f"SELECT '{x}'")`],
  ],
  [
    "without one of some characters",
    [`if all(c in x for c in "'\\""):`, "    return", `sink.sql(f"SELECT '{x}'")`],
  ],
  [
    "left by a handler of what may raise an error",
    ["try:", "    y = int(x)", "except ValueError:", "    y = x", "sink.sql(y)"],
  ],
  ["the other branch", ['if x in ("a", "b"):', "    pass", "else:", "    sink.sql(x)"]],
  ["the answer is not used", ['x in ("a", "b")', "sink.sql(x)"]],
  [
    "a flag that is set for something else, too",
    [
      "ok = False",
      "if x in ('a', 'b'):",
      "    ok = True",
      "if request.args.get('y'):",
      "    ok = True",
      "if not ok:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "bound anew after a flag was set",
    [
      "ok = False",
      "if x in ('a', 'b'):",
      "    ok = True",
      "x = request.args['z']",
      "if not ok:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "an error only under a further condition",
    [
      "error = None",
      "if request.args.get('y'):",
      "    if x not in ('a', 'b'):",
      "        error = 'no'",
      "if error:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "errors that are forgotten",
    [
      "errors = []",
      "if x not in ('a', 'b'):",
      "    errors.append('x')",
      "errors = []",
      "if errors:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "errors about something else, in a dict",
    [
      "errors = {}",
      "if not request.args.get('y'):",
      "    errors['y'] = 'no'",
      "if errors:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "errors only under a further condition",
    [
      "errors = []",
      "if request.args.get('y'):",
      "    if x not in ('a', 'b'):",
      "        errors.append('x')",
      "if errors:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "a loop that ends for something else, too",
    [
      "for name in unknown():",
      "    if name == x:",
      "        break",
      "    if name == 'any':",
      "        break",
      "else:",
      "    return",
      "sink.sql(x)",
    ],
  ],
  [
    "a loop after whose end all goes on",
    [
      "for name in unknown():",
      "    if name == x:",
      "        break",
      "else:",
      "    y = 1",
      "sink.sql(x)",
    ],
  ],
  [
    "what the settings say may not pass",
    ["if re.search(settings.BAD, x):", "    return", "sink.sql(x)"],
    "import re\nfrom django.conf import settings",
  ],
  [
    "a regex that the request brings as settings",
    ["if not re.match(request.get_json().settings, x):", "    return", "sink.sql(x)"],
    "import re",
  ],
  [
    "a regex of the request",
    ["if not re.match(request.args['y'], x):", "    return", "sink.sql(x)"],
    "import re",
  ],
  ["after the branches have met", ['if x in ("a", "b"):', "    pass", "sink.sql(x)"]],
  ["left early the wrong way round", ['if x in ("a", "b"):', "    return", "sink.sql(x)"]],
  ["either of two tests", ['if x in ("a", "b") or request.args:', "    sink.sql(x)"]],
  ["a list that the request brings", ['if x in request.args.getlist("names"):', "    sink.sql(x)"]],
  ["equal to other data of the request", ['if x == request.args["y"]:', "    sink.sql(x)"]],
  ["only that it is there", ["if x is not None:", "    sink.sql(x)"]],
  ["its length", ["if len(x) == 3:", "    sink.sql(x)"]],
  [
    "bound anew after the test",
    ['if x not in ("a", "b"):', "    return", 'x = request.args["z"]', "sink.sql(x)"],
  ],
  [
    "no part of a path is some name",
    ["y = PurePosixPath(x)", 'if "etc" in y.parts:', "    return", "sink.path(y)"],
    "from pathlib import PurePosixPath",
  ],
  ["a text, which any data is", ["if not isinstance(x, str):", "    return", "sink.sql(x)"]],
  [
    "another group of a regex",
    [
      'found = re.match(r"(\\w+)[(](?P<rest>.*)", x)',
      "name, rest = found.groups()",
      "sink.sql(rest)",
    ],
    "import re",
  ],
  [
    "all groups of a regex",
    ['sink.sql("".join(re.match(r"(\\w+)-(.*)", x).groups()))'],
    "import re",
  ],
  ["all that a regex finds", ['sink.sql(re.match(r"(\\w+)=", x).group())'], "import re"],
  [
    "a group by a number that is data",
    ['sink.sql(re.match(r"(\\w+)-(.*)", x).group(int(request.args["y"])))'],
    "import re",
  ],
  [
    "an encoding with marks",
    ['sink.command(quote(x, safe=";"))'],
    "from urllib.parse import quote",
  ],
  [
    "a regex without an end",
    ['if not re.match(r"^\\w+", x):', "    return", "sink.sql(x)"],
    "import re",
  ],
  ...[
    're.fullmatch(r"[a-z.]+", urlparse(x).hostname)',
    String.raw`re.fullmatch(r".*shop\.com", urlparse(x).hostname)`,
    String.raw`re.search(r"shop\.com$", urlparse(x).hostname)`,
    String.raw`re.match(r"shop\.com", urlparse(x).hostname)`,
  ].map((test): [string, string[], string] => [
    `a regex that leaves the host open, ${test}`,
    [`if not ${test}:`, "    return", "sink.ssrf(x)"],
    "import re\nfrom urllib.parse import urlparse",
  ]),
  [
    "a regex that allows anything",
    ['if not re.fullmatch(r".*", x):', "    return", "sink.sql(x)"],
    "import re",
  ],
  [
    "one of two texts, of which the other was tested",
    [
      'y = request.args["y"]',
      'z = x if request.args.get("z") else y',
      "if not y.isalnum():",
      "    return",
      "sink.sql(z)",
    ],
  ],
  ["characters that a test of nothing passes", ["sink.command(''.join(filter(None, x)))"]],
  [
    "characters that a test passes which says little",
    ["sink.command(''.join(filter(str.isprintable, x)))"],
  ],
  [
    "some letters and digits, by what is not found",
    ["if re.search(r'[^A-Za-z0-9;]', x):", "    return", "sink.command(x)"],
    "import re",
  ],
  [
    "no letters, by what is not found",
    ["if re.search(r'[a-z]', x):", "    return", "sink.command(x)"],
    "import re",
  ],
  [
    "letters and digits but for quotes",
    ['if not x.replace("\'", "").isalnum():', "    return", "sink.sql(x)"],
  ],
  [
    "equal to all of a list",
    ["if all(x == y for y in NAMES):", "    return", "sink.sql(x)"],
    "NAMES = ['a', 'b']",
  ],
  [
    "other than some of a list",
    ["if not any(x != y for y in NAMES):", "    return", "sink.sql(x)"],
    "NAMES = ['a', 'b']",
  ],
  [
    "equal to one of what the request brings",
    ["if not any(x == y for y in request.args.getlist('y')):", "    return", "sink.sql(x)"],
  ],
  ["the data of pairs", ["sink.sql(','.join(v for c, v in zip(['a', 'b'], x)))"]],
  [
    "no quote, outside of quotes",
    ['if "\'" in x:', "    return", 'sink.sql(f"SELECT 1 FROM t WHERE a = {x}")'],
  ],
  ["no quote, between others", ['if "\'" in x:', "    return", "sink.xpath(f'/a[@b=\"{x}\"]')"]],
  ["quotes taken out, between others", ['sink.xpath(f\'/a[@b="{x.replace(chr(39), "")}"]\')']],
  [
    "a beginning of the text that it is a part of",
    ['y = "/srv/" + x', 'if not y.startswith("/srv/"):', "    return", "sink.path(y)"],
  ],
  ["no `../` at the beginning of a path", ['if "../" in x:', "    return", 'sink.path(f"{x}/a")']],
  ["no `../` of all of a path", ['if "../" in x:', "    return", "sink.path(x)"]],
  ["no `../` before more of a path", ['if "../" in x:', "    return", 'sink.path(f"/srv/{x}/a")']],
  [
    "no `../` before more data",
    ['if "../" in x:', "    return", 'y = request.args["y"]', 'sink.path(f"/srv/{x}{y}")'],
  ],
  [
    "no `../` in what may begin at the root",
    ['if "../" in x:', "    return", 'sink.path(os.path.join("/srv", x))'],
    "import os",
  ],
  [
    "no `../` in what may begin at the root, with pathlib",
    ['if "../" in x:', "    return", 'sink.path(Path("/srv") / x)'],
    "from pathlib import Path",
  ],
  ["no `..`, in SQL", ['if ".." in x:', "    return", "sink.sql(x)"]],
  [
    "a path that was not resolved",
    ["p = os.path.join(ROOT, x)", "if not p.startswith(ROOT):", "    return", "sink.path(p)"],
    'import os\nROOT = "/srv/"',
  ],
  [
    "the host, but then a file is opened",
    ["u = urlparse(x)", 'if u.netloc not in ("a.example",):', "    return", "sink.path(x)"],
    "from urllib.parse import urlparse",
  ],
  [
    "the scheme of the address",
    ["u = urlparse(x)", 'if u.scheme not in ("http", "https"):', "    return", "sink.ssrf(x)"],
    "from urllib.parse import urlparse",
  ],
  [
    "a beginning that does not end the host",
    ['if not x.startswith("https://a.example"):', "    return", "sink.ssrf(x)"],
  ],
  [
    "a helper that answers yes to all",
    ["if not is_known(x):", "    return", "sink.sql(x)"],
    "def is_known(name):\n    if name in ('a', 'b'):\n        return True\n    return True",
  ],
  [
    "a helper that checks something else",
    ["check(request.args['y'])", "sink.sql(x)"],
    "def check(name):\n    if name not in ('a', 'b'):\n        raise ValueError(name)",
  ],
  [
    "a helper that lets some through",
    ["check(x)", "sink.sql(x)"],
    "def check(name):\n    if name.startswith('a'):\n        return\n    if name not in ('b', 'c'):\n        raise ValueError(name)",
  ],
  [
    "characters that make names",
    ['if not set(x) <= set("abcdefghijklmnopqrstuvwxyz()._"):', "    return", "sink.code(x)"],
  ],
  ["characters that end a text", ['if not set(x) <= set("abc\' ;"):', "    return", "sink.sql(x)"]],
  [
    "characters that are not known",
    ["if not set(x) <= set(request.args['y']):", "    return", "sink.sql(x)"],
  ],
  [
    "characters that it may lack",
    ['if not set("0123456789") <= set(x):', "    return", "sink.sql(x)"],
  ],
  [
    "a set of the request that holds all of it",
    ["if not set(request.args['y']).issuperset(x):", "    return", "sink.sql(x)"],
  ],
  [
    "a set that does not hold all of it",
    ['if {"a", "b"}.issuperset(x):', "    return", "sink.sql(x)"],
  ],
  ["one of its characters", ['if any(c in "0123456789" for c in x):', "    sink.sql(x)"]],
  [
    "characters of another",
    [
      'y = request.args["y"]',
      'if not all(c in "0123456789" for c in y):',
      "    return",
      "sink.sql(x)",
    ],
  ],
  ["digits, and the end", ["x.isdigit() and abort(400)", "sink.sql(x)"], "from flask import abort"],
  [
    "a module that is called like what every object has",
    ["if not constructor:", "    sink.sql(x)"],
    "import constructor",
  ],
  [
    "quoted, as a host",
    ["sink.ssrf('https://' + quote(x, safe='') + '/a')"],
    "from urllib.parse import quote",
  ],
  [
    "quoted with pluses, as a host",
    ["sink.redirect(f'//{quote_plus(x)}')"],
    "from urllib.parse import quote_plus",
  ],
  [
    "an address that is only not the machine's own",
    ["if ip_address(gethostbyname(x)).is_loopback:", "    return", "sink.ssrf('http://' + x)"],
    "from ipaddress import ip_address\nfrom socket import gethostbyname",
  ],
  [
    "what a function leaves of each of several",
    ["ys = request.args.getlist('y')", "sink.html(''.join(map(lambda y: f'<td>{y}</td>', ys)))"],
  ],
  ["each of several, as it is", ["sink.sql(','.join(map(str, x.split(','))))"]],
  ["a constant, and then the data", ['sink.sql(request.args.get("y") and x)']],
  ["a table with the data as default", ['sink.sql({"a": "A"}.get(x, x))']],
  [
    "some of a list",
    [
      'xs = request.args["y"].split(",")',
      "for y in xs:",
      "    if y.isdigit():",
      "        break",
      'sink.sql(" ".join(xs))',
    ],
  ],
  [
    "each of a list but those that are passed over",
    [
      'xs = request.args["y"].split(",")',
      "for y in xs:",
      "    if y.startswith('-'):",
      "        continue",
      "    if not y.isdigit():",
      "        return None",
      'sink.sql(" ".join(xs))',
    ],
  ],
  [
    "another element of the same data",
    ["data = request.args", 'if data["y"] == "a":', '    sink.sql(data["z"])'],
  ],
  [
    "another element of the same data, read with a method",
    [
      "data = request.get_json()",
      'if data.get("y") != "a":',
      "    return",
      'sink.sql(data.get("z"))',
    ],
  ],
  [
    "a name under which the request brings a known value",
    [
      "for name in request.args:",
      '    if request.args.get(name) == "a":',
      "        sink.sql(name)",
    ],
  ],
  [
    "an address that begins with a host that the request names",
    [
      "y = request.args['y']",
      "if not x.startswith(f'https://{y}/'):",
      "    return",
      "sink.ssrf(x)",
    ],
  ],
  [
    "an address that begins with a host and goes on",
    ["if not x.startswith(f'https://{settings.ZONE}'):", "    return", "sink.ssrf(x)"],
    "from django.conf import settings",
  ],
  [
    "the folder of a path",
    ["folder, name = os.path.split(x)", "sink.path('/srv/' + folder)"],
    "import os",
  ],
  [
    "one of two tests, or none of them",
    ["if x == 'a':", "    y = 1", "elif y and x not in ('b', 'c'):", "    x = 'b'", "sink.sql(x)"],
  ],
  [
    "another element of the same request",
    ['if request.args["y"] not in ("a", "b"):', "    return", 'sink.sql(request.args["z"])'],
  ],
  [
    "an address that some rounds of a loop do not look at",
    ["if not is_local(x):", "    return", "sink.redirect(x)"],
    "from urllib.parse import urlparse\ndef is_local(url):\n    for one in (url, url.strip()):\n        if one:\n            continue\n        if urlparse(one).netloc:\n            return False\n    return True",
  ],
  [
    "an allow-list, or something else",
    ['if x not in ("a", "b") and not x.startswith("c"):', "    return", "sink.sql(x)"],
  ],
  ...[
    'not re.match("/(?!/)", x)',
    'not re.match("/.*", x)',
    'not re.match(r"/[^/]", x)',
    'not re.match("/[a-z]*", x)',
    'not re.match("/[a-z/]", x)',
    'not re.match("/[ -~]+$", x)',
    'not re.match("^/[A-z]+", x)',
    `not re.match("${"[".repeat(60_000)}", x)`,
    'not re.match("/[a-z]|//", x)',
    'not re.search("/[a-z]", x)',
    're.match("/[a-z]", x)',
    'not re.match("/[a-z]", x.strip("/"))',
  ].map((check): [string, string[], string] => [
    `an address that may have a host: ${check.slice(0, 50)}`,
    [`if ${check}:`, "    return", "sink.redirect(x)"],
    "import re",
  ]),
  [
    "an address that has a host",
    ["if not urlparse(x).netloc:", "    return", "sink.redirect(x)"],
    "from urllib.parse import urlparse",
  ],
];

function rows(table: typeof harmless) {
  return table.map(([name, body, before = ""]) => [name, body, before] as const);
}

describe("data that passed a test", () => {
  it.each(rows(harmless))("is harmless: %s", async (_name, body, before) => {
    expect(await linesIn(body.join("\n"), before)).toEqual([]);
  });

  it.each(rows(harmful))("is not harmless: %s", async (_name, body, before) => {
    expect(await linesIn(body.join("\n"), before)).toEqual([body.length]);
  });
});

describe("How sure it is that a page shows data", () => {
  it.each([
    ["that is put into a text", "_('<p>{}').format(x)", "high"],
    ["that takes a place in a text", "open('page.html').read().replace('NAME', x)", "high"],
    ["that a method of an unknown object was given", "request.user.pay(x)", "medium"],
    ["that a function of a library was given", "bank.pay(x)", "medium"],
    ["that a function out of a table was given", "bank.ACTIONS[request.args['a']](x)", "medium"],
  ])("%s", async (_, page, confidence) => {
    const lines = ["import bank, sink", "from flask import request", "from texts import _"];
    const view = ["def view():", "    x = request.args.get('x')", `    sink.html(${page})`];
    const found = await follow({ "app/views.py": [...lines, ...view].join("\n") });
    expect(found.map((one) => [one.region.startLine, one.confidence])).toEqual([[6, confidence]]);
  });

  it.each([
    ["data", "x", ["high"]],
    ["a text", "'<p>' + x", ["high"]],
    ["a text with what a library makes of data", "'<p>' + bank.pay(x)", ["medium"]],
    ["what a library makes of data, such as an answer", "bank.pay(x)", []],
    ["what it makes of what it made of data", "bank.account(x).pay()", []],
    ["data in other words", "x.strip().lower()", ["high"]],
    ["what a function that nobody knows makes of data", "helpers.redirect_to(x)", []],
  ])("%s, where a view returns it", async (_, page, confidences) => {
    const lines = ["import bank, sink", "from flask import request", "from lib import helpers"];
    const view = ["@sink.view()", "def view():", "    x = request.args.get('x')"];
    const found = await follow({
      "app/views.py": [...lines, ...view, `    return ${page}`].join("\n"),
      "lib.py":
        "class Helpers(dict):\n    def __getattr__(self, key):\n        return self[key]\nhelpers = Helpers()",
    });
    expect(found.map((one) => one.confidence)).toEqual(confidences);
  });
});
