import { describe, expect, it } from "vitest";
import {
  code,
  fence,
  html,
  plain,
  prose,
  sarifText,
  shorten,
  visible,
} from "../../src/report/escape.ts";

describe("visible", () => {
  it.each([
    ["a\u001b[31mb", "a<U+001B>[31mb"],
    ["x\u202ey", "x<U+202E>y"],
    ["two\nlines\r\n", "two<U+000A>lines<U+000D><U+000A>"],
    ["zero\u200bwidth", "zero<U+200B>width"],
    ["tag\u{e0041}", "tag<U+E0041>"],
    ["half \ud83d pair", "half <U+D83D> pair"],
    ["naïve 漢字 🙂", "naïve 漢字 🙂"],
  ])("spells out what would fool a reader: %j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe("shorten", () => {
  it("never leaves half a character behind", () => {
    expect(shorten("ab🙂cd", 4)).toBe("ab…");
    expect(shorten("abcd", 4)).toBe("abcd");
  });
});

describe("plain", () => {
  it.each([
    ["a mention", "ask @org/team", "ask @&#8203;org/team"],
    ["an address", "me@example.com", "me@&#8203;example.com"],
    ["an issue", "closes #12 and GH-3", "closes #&#8203;12 and GH&#8203;-3"],
    ["a commit", "see 1a2b3c4d", "see 1&#8203;a2b3c4d"],
    ["an image", "![x](y)", "!\\[x\\](y)"],
    ["an address of the web", "http://a.b", "http:&#8203;//a.b"],
    ["one without a scheme", "x_www.a.b", "x\\_www&#8203;.a.b"],
    ["HTML", "<img src=x>", "\\<img src=x\\>"],
    ["the end of a comment", "-->", "\\--\\>"],
    ["an entity", "&lt;", "&#38;lt;"],
    ["a formula", "$x$", "&#36;x&#36;"],
    ["an emoji", ":tada:", ":&#8203;tada:"],
    ["emphasis", "**a** _b_ ~c~", "\\*\\*a\\*\\* \\_b\\_ \\~c\\~"],
    ["a cell's border", "a|b", "a\\|b"],
    ["a heading", "# a", "\\# a"],
    ["a list", "1. a", "1\\. a"],
    ["a further line", "a\n\n- b", "a - b"],
    ["code", "`a`", "\\`a\\`"],
  ])("takes the life out of %s", (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it("leaves ordinary prose as it is", () => {
    const text = "The pin django 4.2.1 (see CVE-2024-1234): upgrade to 4.2.9, please!";
    expect(plain(text)).toBe(text);
  });
});

describe("prose", () => {
  it.each([
    ["sinks `a.b_c` here", "sinks `a.b_c` here"],
    ["`x`, then _y_", "`x`, then \\_y\\_"],
    ["a `lone tick and @me", "a \\`lone tick and @&#8203;me"],
    ["`a` @you `b`", "`a` @&#8203;you `b`"],
    ["`a|b`", "<code>a&#124;b</code>"],
  ])("keeps code and nothing else: %j", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

describe("code", () => {
  it.each([
    ["shop/views.py", "`shop/views.py`"],
    [" padded", "`  padded `"],
    ["@org/team #1 <b>", "`@org/team #1 <b>`"],
    ["a`b", "<code>a&#96;b</code>"],
    ["a|b\\", "<code>a&#124;b&#92;</code>"],
    ["<!-- x -->", "<code>&#60;&#33;&#45;&#45; x &#45;&#45;&#62;</code>"],
    ["a|me@b.cc", "<code>a&#124;me&#64;&#8203;b&#46;cc</code>"],
    ["a\n\nb", "`a<U+000A><U+000A>b`"],
    ["", "<code>&nbsp;</code>"],
  ])("cannot be left by what stands in it: %j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });
});

describe("fence", () => {
  it("is longer than any run of backticks inside", () => {
    expect(fence(["````", "x"])).toBe("`````\n````\nx\n`````");
    expect(fence(["x"], "python")).toBe("```python\nx\n```");
  });

  it("lets no hidden marker be forged and no control character pass", () => {
    expect(fence(["<!-- a -->\u001b\tb\rc"])).toBe(
      "```\n<!\u200b-- a --\u200b><U+001B>\tb<U+000D>c\n```",
    );
  });
});

describe("html", () => {
  it("escapes what could open a tag or leave an attribute", () => {
    expect(html(`<a b="x" c='y'>&\n`)).toBe(
      "&#60;a b&#61;&#34;x&#34; c&#61;&#39;y&#39;&#62;&#38;&#60;U&#43;000A&#62;",
    );
    expect(html("shop/my-views_2.py")).toBe("shop/my-views_2.py");
  });
});

describe("sarifText", () => {
  it.each([
    ["see [here](https://evil.example)", "see [here] (https://evil.example)."],
    ["done!", "done!"],
    ["two\n  lines", "two lines."],
  ])("ends with a full stop and holds no link: %j", (text, expected) => {
    expect(sarifText(text)).toBe(expected);
  });

  it("is at most 1,024 characters long", () => {
    expect(sarifText("a".repeat(5_000))).toHaveLength(1_024);
  });
});
