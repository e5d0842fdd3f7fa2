import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/core/rule.ts";
import { examplesOf, makeUp } from "../../src/rules/index.ts";

type Examples = Rule["examples"];

const rule = (bad: Examples["bad"], good: Examples["good"] = {}): Rule => ({
  id: "a/b",
  kind: "call",
  title: "A title",
  severity: "high",
  confidence: "high",
  cwe: [1],
  owasp: [],
  aliases: [],
  message: "m",
  remedy: "r",
  references: [],
  profile: "default",
  match: {},
  examples: { bad, good, fixed: {} },
});

describe("the lines that an example marks", () => {
  it.each([
    ["one", "a\nb()  # expect\nc\n", ["x.py:2"], "a\nb()  \nc\n"],
    ["several", "a()  # expect\nb\nc()  # expect\n", ["x.py:1", "x.py:3"], "a()  \nb\nc()  \n"],
    ["with a remark", "a()  # expect: because\n", ["x.py:1"], "a()  \n"],
    ["without a space", "a()  #expect\n", ["x.py:1"], "a()  \n"],
    ["the last, without a line end", "a\nb()  # expect", ["x.py:2"], "a\nb()  "],
    ["in a template", "<form>{# expect #}\n", ["x.py:1"], "<form>{# expect #}\n"],
    ["in HTML", "<form><!-- expect -->\n", ["x.py:1"], "<form><!-- expect -->\n"],
    ["behind CRLF", "a\r\nb()  # expect\r\n", ["x.py:2"], "a\r\nb()  \r\n"],
    [
      "none",
      "a()  # expected by nobody\n# what to do\n",
      [],
      "a()  # expected by nobody\n# what to do\n",
    ],
  ])("%s", (_what, text, expected, file) => {
    expect(examplesOf(rule({ one: text }), "x.py")).toEqual([
      { name: "one", good: false, files: { "x.py": file }, expected },
    ]);
  });
});

it("reads examples of several files, bad ones first", () => {
  const cases = examplesOf(
    rule({ "two files": { "a.py": "x  # expect\n", "b/c.py": "y  # expect\n" } }, { fine: "z\n" }),
    "x.py",
  );
  expect(cases.map(({ name, good, expected }) => ({ name, good, expected }))).toEqual([
    { name: "two files", good: false, expected: ["a.py:1", "b/c.py:1"] },
    { name: "fine", good: true, expected: [] },
  ]);
  expect(cases[1]?.files).toEqual({ "x.py": "z\n" });
});

describe("a made-up secret", () => {
  it("has the form that is asked for, the same every time", () => {
    const made = makeUp("AKIA[A-Z2-7]{16}");
    expect(made).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(makeUp("AKIA[A-Z2-7]{16}")).toBe(made);
    expect(makeUp("a[x]{3}-[0-9a-f]{8}")).toMatch(/^axxx-[0-9a-f]{8}$/);
    expect(makeUp("[A-Za-z0-9+/=_-]{40}")).toMatch(/^[A-Za-z0-9+/=_-]{40}$/);
    expect(makeUp("plain")).toBe("plain");
  });

  it("does not look like a placeholder", () => {
    expect(makeUp("[A-Za-z0-9]{36}")).not.toMatch(/(.)\1{5}|x{4}|EXAMPLE|0123456789|abcdefgh/i);
  });

  it("of GitHub ends in its checksum", () => {
    expect(makeUp("ghp_[A-Za-z0-9]{30}<checksum>")).toMatch(/^ghp_[A-Za-z0-9]{36}$/);
  });

  it("stands in the example, and not in its source", () => {
    const source = 'key = "{{secret:ghp_[A-Za-z0-9]{30}<checksum>}}"  # expect\n';
    const [example] = examplesOf(rule({ one: source }), "x.py");
    expect(example?.files["x.py"]).toMatch(/^key = "ghp_[A-Za-z0-9]{36}"\s*$/);
    expect(example?.expected).toEqual(["x.py:1"]);
  });
});

it("says what fixes make of a bad example, secrets filled in", () => {
  const examples = {
    bad: { one: "key = 1  # expect\n" },
    good: {},
    fixed: { one: { "x.py": "key = '{{secret:AB[A-Z]{4}}}'\n" } },
  };
  expect(examplesOf({ ...rule({}), examples }, "x.py")[0]?.fixed).toEqual({
    "x.py": `key = '${makeUp("AB[A-Z]{4}")}'\n`,
  });
});
