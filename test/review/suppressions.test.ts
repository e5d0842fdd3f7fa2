import { describe, expect, it } from "vitest";
import { makeUp } from "../../src/rules/index.ts";
import { placesOf, reviewOf, scanOf } from "../support/review.ts";

const EVAL = "injection/code-eval";
const token = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const rules = [EVAL, "injection/os-system", "secrets/github-token"];

async function outcome(files: Readonly<Record<string, string>>) {
  const { new: found, suppressed, notes } = await scanOf(files, { rules });
  return {
    found: placesOf(found),
    suppressed: placesOf(suppressed.map((one) => one.finding)),
    notes,
  };
}

describe("a comment silences", () => {
  it.each([
    ["ours, with a reason", `eval(x)  # portcullis: ignore[${EVAL}] checked above`, [1]],
    ["ours, by an alias", "eval(x)  # portcullis: ignore[bandit:B307] checked above", [1]],
    [
      "ours, one of several names",
      `eval(x)  # portcullis: ignore[injection/os-system, ${EVAL}] why`,
      [1],
    ],
    ["ours, in capitals and without spaces", `eval(x)#PORTCULLIS:ignore[${EVAL}]why`, [1]],
    ["ours, alone on the line above", `# portcullis: ignore[${EVAL}] why\neval(x)`, [2]],
    [
      "ours, alone and indented above",
      `if a:\n    # portcullis: ignore[${EVAL}] why\n    eval(x)`,
      [3],
    ],
    [
      "ours, above a statement of several lines",
      `# portcullis: ignore[${EVAL}] why\nf(\n    eval(x),\n)`,
      [3],
    ],
    [
      "ours, behind another tool's",
      `eval(x)  # noqa: E501  # portcullis: ignore[${EVAL}] why`,
      [1],
    ],
    ["Bandit's, for everything", "eval(x)  # nosec", [1]],
    ["Bandit's, without a space", "eval(x)#nosec", [1]],
    ["Bandit's, by code", "eval(x)  # nosec B307", [1]],
    ["Bandit's, by code with a colon", "eval(x)  # nosec: B307", [1]],
    ["Bandit's, by several codes", "eval(x)  # nosec B101,B307", [1]],
    ["Bandit's, by codes with spaces", "eval(x)  # nosec B101 B307", [1]],
    ["Bandit's, by code and a remark", "eval(x)  # nosec B307 because it is checked", [1]],
    ["Bandit's, with a remark that names no test", "eval(x)  # nosec because it is checked", [1]],
    ["Bandit's, with a dash and a remark", "eval(x)  # nosec - false positive", [1]],
    ["Bandit's, in small letters", "eval(x)  # NOSEC b307", [1]],
    ["Ruff's, for everything", "eval(x)  # noqa", [1]],
    ["Ruff's, by code", "eval(x)  # noqa: S307", [1]],
    ["Ruff's, by several codes", "eval(x)  # noqa: E501, S307", [1]],
    ["Ruff's, by several codes with spaces", "eval(x)  # noqa: E501 S307", [1]],
    ["Ruff's, without spaces", "eval(x)  #noqa:S307", [1]],
    ["Ruff's, for the whole file", "# ruff: noqa\ny = 1\neval(x)", [3]],
    ["Ruff's, for the whole file by code", "y = 1\neval(x)\n# ruff: noqa: S307\n", [2]],
    ["flake8's, for the whole file", "# flake8: noqa\neval(x)", [2]],
    ["at the first line of a call of several", "f(  # nosec\n    eval(x),\n)", [2]],
    ["at the last line of a call of several", "f(\n    eval(x),\n)  # nosec", [2]],
    ["at a line between", "f(\n    eval(x),\n    # noqa: S307\n)", [2]],
    ["at the finding's own line of several", "f(\n    a,\n    eval(x),  # nosec\n)", [3]],
    ["in the head of a block", "if eval(x):  # nosec\n    pass", [1]],
    ["in the head of a block of several lines", "if (\n    eval(x)\n):  # nosec\n    pass", [2]],
    ["in a file that is not all Python", "print 'a'\neval(x)  # nosec\n", [2]],
    ["behind letters beyond ASCII", "f('é😀', eval(x))  # nosec", [1]],
    ["two findings of one line", "eval(x); eval(y)  # nosec", [1, 1]],
  ])("%s", async (_what, source, lines) => {
    const places = lines.map((line) => `a.py:${line}`);
    expect(await outcome({ "a.py": `${source}\n` })).toEqual({
      found: [],
      suppressed: places,
      notes: [],
    });
  });
});

describe("a comment does not silence", () => {
  it.each([
    ["another rule of ours", "eval(x)  # portcullis: ignore[injection/os-system] why", [1]],
    ["another code of Bandit's", "eval(x)  # nosec B101", [1]],
    ["another test of Bandit's by name", "eval(x)  # nosec assert_used", [1]],
    ["another code of Ruff's", "eval(x)  # noqa: E501", [1]],
    ["a code that only begins alike", "eval(x)  # noqa: S3070", [1]],
    ["Bandit's code in Ruff's comment", "eval(x)  # noqa: B307", [1]],
    ["Ruff's code in Bandit's comment", "eval(x)  # nosec S307, B1", [1]],
    ["the line below, when it is Bandit's", "# nosec\neval(x)", [2]],
    ["the line below, when it is Ruff's", "# noqa: S307\neval(x)", [2]],
    [
      "the line below, when it stands behind code",
      `y = 1  # portcullis: ignore[${EVAL}] why\neval(x)`,
      [2],
    ],
    ["two lines below", `# portcullis: ignore[${EVAL}] why\n\neval(x)`, [3]],
    ["the line above", `eval(x)\n# portcullis: ignore[${EVAL}] why`, [1]],
    ["another statement", "y = 1  # nosec\neval(x)\ny = 1  # nosec", [2]],
    ["the body of a block whose head it stands in", "if a:  # nosec\n    eval(x)", [2]],
    ["the head of a block in whose body it stands", "if eval(x):\n    pass  # nosec", [1]],
    ["from within a text", "eval(x + '# nosec')", [1]],
    ["from within a text of several lines", "eval(x + '''\n# nosec\n''')", [1]],
    ["the whole file from behind code", "y = 1  # ruff: noqa\neval(x)", [2]],
    ["the whole file by another code", "# ruff: noqa: E501\neval(x)", [2]],
    ["a word that only begins alike", "eval(x)  # nosecurity noqable", [1]],
  ])("%s", async (_what, source, lines) => {
    expect(await outcome({ "a.py": `${source}\n` })).toEqual({
      found: lines.map((line) => `a.py:${line}`),
      suppressed: [],
      notes: [],
    });
  });
});

describe("a comment of ours with a fault is told", () => {
  it.each([
    [
      "without a reason",
      `eval(x)  # portcullis: ignore[${EVAL}]`,
      "must give a reason: `portcullis: ignore[injection/code-eval] reason`. It was not honoured.",
    ],
    ["without a rule", "eval(x)  # portcullis: ignore because", "must name its rule"],
    ["with empty brackets", "eval(x)  # portcullis: ignore[] because", "must name its rule"],
    [
      "with a misspelt rule",
      "eval(x)  # portcullis: ignore[injection/code-evil] why",
      'names the unknown rule "injection/code-evil". Did you mean "injection/code-eval"?',
    ],
    [
      "with a rule like no other",
      "eval(x)  # portcullis: ignore[zzz] why",
      'names the unknown rule "zzz".',
    ],
    [
      "where nothing else is wrong",
      "eval(1)  # portcullis: ignore[zzz] why",
      'names the unknown rule "zzz".',
    ],
  ])("%s", async (_what, source, message) => {
    const { found, suppressed, notes } = await outcome({ "a.py": `${source}\n` });
    expect(suppressed).toEqual([]);
    expect(found).toEqual(source.startsWith("eval(x)") ? ["a.py:1"] : []);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("a.py:1: a suppression ");
    expect(notes[0]).toContain(message);
  });

  it("but not a thousand times", async () => {
    const { notes } = await outcome({
      "a.py": "eval(x)\n".concat("# portcullis: ignore\n".repeat(1000)),
    });
    expect(notes.length).toBeLessThanOrEqual(100);
  });
});

it("keeps reason, dialect and place of a comment", async () => {
  const source = `y = 1\neval(x)  # portcullis: ignore[${EVAL}]  checked by the form \n`;
  const { suppressed } = await scanOf({ "a.py": source }, { rules });
  expect(suppressed.map((one) => one.by)).toEqual([
    {
      kind: "comment",
      dialect: "portcullis",
      reason: "checked by the form",
      added: false,
      at: {
        path: "a.py",
        region: expect.objectContaining({ startLine: 2, startColumn: 10, endLine: 2 }),
      },
    },
  ]);
});

describe("in a file of another language", () => {
  const url = "https://example.org";
  it.each([
    ["a.yml", `key: ${token}  # portcullis: ignore[secrets/github-token] a sample`],
    ["a.js", `const a = "${token}"; // portcullis: ignore[secrets/github-token] a sample`],
    ["a.css", `a { b: "${token}" } /* portcullis: ignore[secrets/github-token] a sample */`],
    [
      "a.html",
      `<a href="${url}" x="${token}"> <!-- portcullis: ignore[secrets/github-token] a sample -->`,
    ],
    ["t.jinja", `${token} {# portcullis: ignore[secrets/github-token] a sample #}`],
    ["a.txt", `# portcullis: ignore[secrets/github-token] a sample\n${token}`],
  ])("%s", async (path, source) => {
    const { found, suppressed, notes } = await outcome({ [path]: `${source}\n` });
    expect({ found, suppressed: suppressed.length, notes }).toEqual({
      found: [],
      suppressed: 1,
      notes: [],
    });
  });
});

describe("a reviewer sees", () => {
  const plain = "def f(x):\n    return eval(x)\n";
  const quiet = "def f(x):\n    return eval(x)  # nosec\n";
  const seen = async (base: string, head: string) => {
    const result = await reviewOf({ "a.py": base }, { "a.py": head }, { rules });
    return {
      new: placesOf(result.new),
      fixed: placesOf(result.fixed),
      suppressed: result.suppressed.map((one) => one.by.kind === "comment" && one.by.added),
    };
  };
  it.each([
    [
      "a comment that silences an old finding",
      plain,
      quiet,
      { new: [], fixed: [], suppressed: [true] },
    ],
    [
      "a new finding that comes with its comment",
      "",
      quiet,
      { new: [], fixed: [], suppressed: [true] },
    ],
    ["no comment that was there", quiet, `${quiet}x = 1\n`, { new: [], fixed: [], suppressed: [] }],
    [
      "a finding whose comment is gone",
      quiet,
      plain,
      { new: ["a.py:2"], fixed: [], suppressed: [] },
    ],
    [
      "a second finding under an old comment for the whole file",
      `# ruff: noqa\n${plain}`,
      `# ruff: noqa\n${plain}eval(y)\n`,
      { new: [], fixed: [], suppressed: [false] },
    ],
  ])("%s", async (_what, base, head, expected) => {
    expect(await seen(base, head)).toEqual(expected);
  });
});
