import { describe, expect, it } from "vitest";
import { commentsIn as comments } from "../../src/python/logical-lines.ts";
import { parseModule } from "../../src/python/parse.ts";

const read = (text: string) => {
  const { body, unread } = parseModule(text);
  return {
    read: body
      .filter((node) => node.nodeType !== "Pass")
      .map((node) => `${node.nodeType} ${node.lineno}`),
    unread: unread.map(({ startLine, endLine }) => `${startLine}-${endLine}`),
  };
};

describe("Python that is read as it is", () => {
  it.each([
    ["nothing", "", []],
    ["empty lines", "\n \n\t\n", []],
    ["Windows line ends", "x = 1\r\ny = 2\r\n", ["Assign 1", "Assign 2"]],
    ["lone carriage returns", "x = 1\ry = 2\r", ["Assign 1", "Assign 2"]],
    ["no line end at the end", "x = 1\ny = 2", ["Assign 1", "Assign 2"]],
    ["tabs", "if x:\n\ty = 1\n\tz = 2\n", ["If 1"]],
    [
      "a form feed between functions",
      "x = 1\n\f\ndef f():\n    pass\n",
      ["Assign 1", "FunctionDef 3"],
    ],
    ["a form feed before a statement", "\fx = 1\n", ["Assign 1"]],
    ["a backslash at a line's end", "x = 1 + \\\n    2\ny = 3\n", ["Assign 1", "Assign 3"]],
    ["a text over several lines", 'x = """a\nb\n"""\ny = 1\n', ["Assign 1", "Assign 4"]],
    ["names beyond ASCII", "größe = 1\n", ["Assign 1"]],
    ["what Python 3.14 brought", "x = t'{y}'\n", ["Assign 1"]],
    [
      "what Python 3.12 brought",
      "type X[T] = list[T]\ndef f[T](x: T): pass\n",
      ["TypeAlias 1", "FunctionDef 2"],
    ],
    [
      "match as a statement and as a name",
      "match = 1\nmatch match:\n    case 1: pass\n",
      ["Assign 1", "Match 2"],
    ],
  ])("%s", (_what, text, expected) => {
    expect(read(text)).toEqual({ read: expected, unread: [] });
  });
});

describe("around what is not Python, the rest is read and the lines stay", () => {
  it.each([
    ["print of Python 2", "x = 1\nprint 'a'\ny = 2\n", ["Assign 1", "Assign 3"], ["2-2"]],
    [
      "print within a function",
      "def f():\n    print 'a'\n    return 1\ny = 2\n",
      ["FunctionDef 1", "Assign 4"],
      ["2-2"],
    ],
    ["print to a file", "print >>f, 'a'\ny = 2\n", ["Expr 1", "Assign 2"], []],
    ["exec of Python 2", "exec 'a' in b\ny = 2\n", ["Assign 2"], ["1-1"]],
    ["backticks", "x = `a`\ny = 2\n", ["Assign 2"], ["1-1"]],
    [
      "raise of Python 2",
      "def f():\n    raise E, 'a'\ny = 2\n",
      ["FunctionDef 1", "Assign 3"],
      ["2-2"],
    ],
    [
      "except with a name, of Python 2",
      "try:\n    a()\nexcept E, e:\n    b(e)\ny = 2\n",
      ["Try 1", "Assign 5"],
      [],
    ],
    [
      "except with two classes, of Python 3.14",
      "try:\n    a()\nexcept a.A, B:\n    b()\n",
      ["Try 1"],
      [],
    ],
    ["the operator <>", "if a:\n    x = a <> b\ny = 2\n", ["If 1", "Assign 3"], ["2-2"]],
    ["a long integer", "x = 0xFFL\ny = 2\n", ["Assign 2"], ["1-1"]],
    [
      "a bracket never closed",
      "f(1,\nx = 1\ndef g():\n    pass\ny = 2\n",
      ["FunctionDef 3", "Assign 5"],
      ["1-2"],
    ],
    ["a bracket never closed at the end", "x = 1\ny = (\n", ["Assign 1"], ["2-2"]],
    ["a bracket never opened", "x = 1)\ny = 2\n", ["Assign 2"], ["1-1"]],
    ["a text never ended", "x = 'abc\ny = 2\n", ["Assign 2"], ["1-1"]],
    ["a long text never ended", "x = 1\ny = '''abc\nz = 1\n", ["Assign 1"], ["2-3"]],
    ["a byte that Python knows no use for", "x = 1\0\ny = 2\n", ["Assign 2"], ["1-1"]],
    [
      "marks of a merge",
      "x = 1\n<<<<<<< ours\ny = 2\n=======\ny = 3\n>>>>>>> theirs\nz = 4\n",
      ["Assign 1", "Assign 3", "Assign 5", "Assign 7"],
      ["2-2", "4-4", "6-6"],
    ],
    ["Windows line ends", "x = 1\r\nprint 'a'\r\ny = 2\r\n", ["Assign 1", "Assign 3"], ["2-2"]],
    [
      "a form feed",
      "x = 1\n\fprint 'a'\n\fdef f(): pass\n",
      ["Assign 1", "FunctionDef 3"],
      ["2-2"],
    ],
    [
      "a broken statement of several lines",
      "class C:\n    def f(self):\n        print 'a', (\n            1)\n        return 1\ny = 2\n",
      ["ClassDef 1", "Assign 6"],
      ["3-4"],
    ],
    [
      "one bracket too few in a class",
      "class C:\n    x = f(1,\n    def g(self):\n        pass\ny = 2\n",
      [],
      ["1-5"],
    ],
    ["a template", "{% if x %}\nx = 1\n{% endif %}\n", ["Assign 2"], ["1-1", "3-3"]],
    [
      "a header that cannot be mended",
      "def f(a, (b, c)):\n    pass\ny = 2\n",
      ["Assign 3"],
      ["1-2"],
    ],
    ["only broken lines", "$$$\n???\n", [], ["1-2"]],
    ["a decorator", "@a b\ndef f(): pass\ny = 2\n", ["Assign 3"], ["1-2"]],
  ])("%s", (_what, text, expected, unread) => {
    expect(read(text)).toEqual({ read: expected, unread });
  });

  it("many prints in one class cost no more than themselves", () => {
    const methods = Array.from(
      { length: 60 },
      (_, i) => `    def f${i}(self):\n        print ${i}\n`,
    );
    const { body, unread } = parseModule(`class C:\n${methods.join("")}`);
    expect(body[0]).toMatchObject({ nodeType: "ClassDef", body: { length: 60 } });
    expect(unread).toHaveLength(60);
  });

  it("says why, without quoting the text", () => {
    const reasonOf = (text: string) => parseModule(text).unread[0]?.reason;
    expect(reasonOf("x = 'never-to-be-shown\n")).toBe("Unterminated string literal");
    expect(reasonOf("never_to be shown\n")).toBe("invalid syntax");
    expect(reasonOf(`x = ${"(".repeat(50_000)}\n`)).toBe("nested too deeply");
  });
});

describe("a large file", () => {
  it("is read to its end around one broken line", () => {
    const lines = Array.from({ length: 6500 }, (_, i) => `x${i} = ${i}`).with(3, "print 'a'");
    const { body, unread } = parseModule(lines.join("\n"));
    expect(body).toHaveLength(6500);
    expect(body.at(-1)).toMatchObject({ lineno: 6500, end_lineno: 6500, value: { lineno: 6500 } });
    expect(unread.map((part) => part.startLine)).toEqual([4]);
  });

  it.each([
    ["of broken lines", "$$$\n", 4000],
    ["of open brackets", "x = (\n", 4000],
    ["of open functions", "def f(\n", 2000],
    ["of prints in one block", "  print 'a'\n", 4000],
    ["of open texts", "x = '''\n'", 2000],
    ["of one long line", "x = [1,", 8000],
    ["of nested formatted texts", "f'{", 2000],
  ])("%s ends, and is told to be unread", (_what, line, count) => {
    const { unread } = parseModule(`if x:\n  y = 1\n${line.repeat(count)}`);
    expect(unread.length).toBeGreaterThan(0);
  });
});

describe("deep nesting is unread or read, never an error", () => {
  const deep = 8000;
  it.each([
    ["texts in formatted texts", `${'f"{'.repeat(deep)}1${'}"'.repeat(deep)}`],
    ["brackets", `${"(".repeat(deep)}1${")".repeat(deep)}`],
    ["lists", `${"[".repeat(deep)}${"]".repeat(deep)}`],
    ["dicts", `${"{1:".repeat(deep)}1${"}".repeat(deep)}`],
    ["signs", `${"-".repeat(deep)}1`],
    ["not", `${"not ".repeat(deep)}1`],
    ["sums", `${"1+".repeat(deep)}1`],
    ["powers", `${"1**".repeat(deep)}1`],
    ["conditions", `${"1 if a else ".repeat(deep)}1`],
    ["calls", `a${"()".repeat(deep)}`],
    ["attributes", `a${".b".repeat(deep)}`],
    ["lambdas", `${"lambda: ".repeat(deep)}1`],
  ])("of %s", (_what, text) => {
    const { body, unread } = parseModule(`x = ${text}\ny = 1\n`);
    expect(body.at(-1)).toMatchObject({ nodeType: "Assign", lineno: 2 });
    expect(body.length + unread.length).toBeGreaterThanOrEqual(2);
  });
});

describe("comments", () => {
  const commentsIn = (text: string) =>
    comments(text.split(/\r\n|\r|\n/)).map(({ line, text: found }) => `${line} ${found}`);
  it.each([
    ["behind code and alone", "x = 1  # a\n# b\n", ["1 # a", "2 # b"]],
    ["not within texts", "x = '# a'\ny = '''\n# b\n'''\n", []],
    ["within brackets", "x = [\n    1,  # a\n    # b\n]\n", ["2 # a", "3 # b"]],
    [
      "between the members of a call",
      "f(\n    a,\n    # a\n    b=1,  # b\n    # c\n)\n",
      ["3 # a", "4 # b", "5 # c"],
    ],
    ["around operators", "x = (1  # a\n    # b\n    + 2  # c\n)\n", ["1 # a", "2 # b", "3 # c"]],
    ["behind texts with marks in them", "x = '#' + \"#'\" + r'\\\\'  # a\n", ["1 # a"]],
    ["behind a text continued on the next line", "x = 'a\\\n# b'  # c\n", ["2 # c"]],
    ["in a file that is not all Python", "x = 1  # a\nprint 'a'\ny = 2  # b\n", ["1 # a", "3 # b"]],
    ["before broken code", "# a\nprint 'a'\n", ["1 # a"]],
    ["with Windows line ends", "x = 1  # a\r\n# b\r\n", ["1 # a", "2 # b"]],
    ["at the end without a line end", "x = 1 # a", ["1 # a"]],
  ])("%s", (_what, text, expected) => {
    expect(commentsIn(text)).toEqual(expected);
  });
});
