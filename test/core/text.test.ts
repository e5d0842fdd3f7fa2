import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { decodeText, searchable } from "../../src/core/text.ts";

const bytes = (text: string, encoding: BufferEncoding = "utf8") =>
  new Uint8Array(Buffer.from(text, encoding));
const joined = (...parts: readonly (readonly number[] | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const swapped = (text: string) => {
  const buffer = Buffer.from(text, "utf16le");
  return new Uint8Array(buffer.swap16());
};

describe("decodes", () => {
  it.each([
    ["UTF-8", bytes("é = '😀'\n"), "é = '😀'\n"],
    ["nothing", bytes(""), ""],
    [
      "a byte order mark, which is not part of the text",
      joined([0xef, 0xbb, 0xbf], bytes("x")),
      "x",
    ],
    ["UTF-16, little end first", joined([0xff, 0xfe], bytes("xé", "utf16le")), "xé"],
    ["UTF-16, big end first", joined([0xfe, 0xff], swapped("xé")), "xé"],
    ["Latin-1 that says so", bytes("# coding: latin-1\né", "latin1"), "# coding: latin-1\né"],
    [
      "Latin-1 by another name",
      bytes("# -*- coding: iso_8859_1 -*-\né", "latin1"),
      "# -*- coding: iso_8859_1 -*-\né",
    ],
    [
      "what the second line says",
      bytes("#!/usr/bin/python\n# vim: set fileencoding=latin1 :\né", "latin1"),
      "#!/usr/bin/python\n# vim: set fileencoding=latin1 :\né",
    ],
    ["UTF-8 that says so in Python's way", bytes("# coding: utf_8\né"), "# coding: utf_8\né"],
    ["UTF-8 with the name of its mark", bytes("# coding: utf-8-sig\né"), "# coding: utf-8-sig\né"],
    [
      "what is claimed behind code as UTF-8",
      bytes("x = 1\n# coding: latin-1\né"),
      "x = 1\n# coding: latin-1\né",
    ],
    [
      "what is claimed on the third line as UTF-8",
      bytes("#\n#\n# coding: latin-1\né"),
      "#\n#\n# coding: latin-1\né",
    ],
    [
      "what is claimed in code as UTF-8",
      bytes('x = "# coding: latin-1"\né'),
      'x = "# coding: latin-1"\né',
    ],
    ["a NUL far behind the start", bytes(`${"x".repeat(9000)}\0`), `${"x".repeat(9000)}\0`],
  ])("%s", (_what, input, text) => {
    expect(decodeText(input)).toEqual({ text });
  });
});

describe("reads as Latin-1, and says so,", () => {
  it.each([
    ["bytes that are no UTF-8", bytes("é", "latin1"), "é", "not valid UTF-8, read as Latin-1"],
    [
      "a character cut short",
      joined(bytes("a"), [0xe2, 0x82]),
      "aâ\u0082",
      "not valid UTF-8, read as Latin-1",
    ],
    [
      "surrogates written in UTF-8",
      Uint8Array.from([0xed, 0xa0, 0x80]),
      "í\u00a0\u0080",
      "not valid UTF-8, read as Latin-1",
    ],
    [
      "an encoding that nobody knows",
      bytes("# coding: klingon\nx"),
      "# coding: klingon\nx",
      'unknown encoding "klingon", read as Latin-1',
    ],
    [
      "a line of ASCII that claims to be UTF-16",
      bytes("# coding: utf-16le\nkey"),
      "# coding: utf-16le\nkey",
      'unknown encoding "utf-16le", read as Latin-1',
    ],
    [
      "the same under another name",
      bytes("# coding: unicode\nkey"),
      "# coding: unicode\nkey",
      'unknown encoding "unicode", read as Latin-1',
    ],
  ])("%s", (_what, input, text, note) => {
    expect(decodeText(input)).toEqual({ text, note });
  });
});

it.each([
  ["a NUL", "x\0y"],
  ["a NUL in the first line of a file that declares its encoding", "# coding: latin-1 \0\n"],
])("refuses %s as binary", (_what, text) => {
  expect(decodeText(bytes(text))).toEqual({ reason: "binary" });
});

it("makes UTF-16 searchable, and leaves the rest as it is", () => {
  expect(searchable(joined([0xff, 0xfe], bytes("key", "utf16le")))).toEqual(bytes("key"));
  expect(searchable(joined([0xfe, 0xff], swapped("key")))).toEqual(bytes("key"));
  const other = bytes("key");
  expect(searchable(other)).toBe(other);
});
