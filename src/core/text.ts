/** How the bytes of a file become text. */
export type Decoded =
  | { readonly text: string; readonly note?: string }
  | { readonly reason: string };

const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
/** A NUL in the first bytes means that the file is not text (the test that git uses). */
const SNIFFED = 8000;

/**
 * Decodes a source file: byte order marks, UTF-16, Python's coding cookie (PEP 263), UTF-8. What is not valid UTF-8 is read as
 * Latin-1 with a note, because every byte of a program's structure is ASCII. Binary content is refused with a reason.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes) };
  if (a === 0xfe && b === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes) };
  if (bytes.subarray(0, SNIFFED).includes(0)) return { reason: "binary" };
  const body = a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes;
  const declared = cookieOf(body);
  if (declared !== undefined && !/^utf-?8/i.test(declared)) {
    const decoder = decoderFor(declared);
    if (decoder !== undefined) return { text: decoder.decode(body) };
    return { text: latin1(body), note: `unknown encoding "${declared}", read as Latin-1` };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(body) };
  } catch {
    return { text: latin1(body), note: "not valid UTF-8, read as Latin-1" };
  }
}

/** Decodes a file that comes in parts, told by the first of them; undefined for what is not text. What is no UTF-8 is passed over. */
export function decoderOf(first: Uint8Array) {
  const label = utf16Label(first);
  if (label === "" && first.subarray(0, SNIFFED).includes(0)) return undefined;
  return new TextDecoder(label === "" ? "utf-8" : label);
}

/** UTF-16 as UTF-8 and all else as it is: what words written in ASCII can be looked for in. */
export function searchable(bytes: Uint8Array): Uint8Array {
  const label = utf16Label(bytes);
  return label === "" ? bytes : new TextEncoder().encode(new TextDecoder(label).decode(bytes));
}

/** The encoding that a byte order mark of two bytes names; empty where there is none. */
function utf16Label([a, b]: Uint8Array): "" | "utf-16le" | "utf-16be" {
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : "";
}

/** The encoding that one of the first two lines declares. */
function cookieOf(bytes: Uint8Array): string | undefined {
  const [first = "", second = ""] = latin1(bytes.subarray(0, 400)).split(/\r\n|\r|\n/, 2);
  // Behind code a comment on the second line is only a comment.
  const isBlank = /^[ \t\f]*(?:#.*)?$/.test(first);
  return COOKIE.exec(first)?.[1] ?? (isBlank ? COOKIE.exec(second)?.[1] : undefined);
}

function decoderFor(label: string) {
  // Python knows most encodings with and without separators: latin-1, latin_1, latin1.
  for (const name of [label.replace(/_/g, "-"), label.replace(/[-_]/g, "")]) {
    try {
      const decoder = new TextDecoder(name);
      // A line that reads as ASCII cannot be UTF-16: whoever says so wants the rest to be misread.
      if (!decoder.encoding.startsWith("utf-16")) return decoder;
    } catch {
      // Not a name that browsers know.
    }
  }
  return undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
