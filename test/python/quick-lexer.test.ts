import { Lexer } from "py-ast";
import { describe, expect, it } from "vitest";
import { scanCarefully } from "../../src/python/quick-lexer.ts";

/** Tokens, or why there are none: quickly, and as the package's own lexer gives them. */
function bothWays(text: string) {
  const tokensOf = (lexer: Lexer) => {
    try {
      return lexer.tokenize();
    } catch (error) {
      return String(error);
    }
  };
  const careful = Object.assign(new Lexer(text), { scanToken: scanCarefully });
  return { quick: tokensOf(new Lexer(text)), careful: tokensOf(careful) };
}

describe("the quick way through Python", () => {
  it.each([
    ["nothing", ""],
    ["blank lines and comments", "\n  \n# a\n  # é 😀 b\n\t# c\nx\n#"],
    ["blocks", "if a:\n    b\n    if c:\n\td\n    e\nf\n"],
    ["a block that ends nowhere", "if a:\n    b\n  c\n"],
    ["brackets over lines", "f(\n  a,\n\tb[\n0]\n, {c: 1})\nd\n"],
    ["a bracket too many", "a)\nb\n(c\n"],
    ["keywords and names", "match = not None\nasync def printé(true, True): pass\nnone, _, __a1\n"],
    ["numbers", "0 1_000 0x1F 1.5 .5 1e5 1j 1if x else 0o7\n1 .real a.b 1..real\n"],
    ["texts", "'a' \"b\\\"\" '\\\n' \"\" 'é😀' u'é' b'c' rb\"\\\" f'{x!r}' F\"{'a'}\"\n"],
    ["texts over lines", 'x = """a\né"\\"""" + b""\n""" \'\'\'"""\'\'\'\n\'\'\'\'\'\'y\n'],
    ["texts that do not end", "x = 'abc\ny\n"],
    ["texts over lines that do not end", 'x = """abc\ny\n'],
    ["halves of characters", "'\ud83d' '\ude00' '\ud83d\ude00\ude00' x\n"],
    ["signs", "a=b==c:=d;e->f...g.h;i<=j**k//l@m\\\nn!=~o\n"],
    ["characters that mean nothing", "a = $b\n"],
    ["Windows line ends", "a\r\nif b:\r    c\r\n"],
    ["names beyond ASCII", "größe = ñ\nℌ = a·b\n"],
    ["the same word twice", "print(print, printer)\nprint\n"],
  ])("gives the tokens that the careful way gives: %s", (_, text) => {
    const { quick, careful } = bothWays(text);
    expect(quick).toEqual(careful);
  });
});
