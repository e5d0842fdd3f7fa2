/**
 * A JSON reader that keeps places, reads comments and trailing commas (bun.lock has them), and hands over what stands before an
 * error. `JSON.parse` does none of it.
 */
import {
  type DocumentNode,
  MAX_DEPTH,
  type ParsedDocument,
  type Problem,
} from "../../core/document.ts";
import { Tape } from "../../core/tape.ts";

/** Reads a JSON document. Reading ends at the first error; what was read up to there is handed over. */
export function parseJson(text: string): ParsedDocument {
  return new JsonReader(text).read();
}

const QUOTE = 34;
const COMMA = 44;
const SLASH = 47;
const COLON = 58;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

class JsonReader {
  private readonly text: string;
  private readonly tape: Tape;
  private readonly problems: Problem[] = [];
  private at: number;

  constructor(text: string) {
    this.text = text;
    this.tape = new Tape(text, wordOf);
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  read(): ParsedDocument {
    this.skipBlank();
    const nothing: DocumentNode = { kind: "plain", value: "", start: 0, end: this.text.length };
    if (this.at >= this.text.length) return { root: nothing, problems: [] };
    const root = this.value(0) ? this.tape.nodeAt(0) : nothing;
    this.skipBlank();
    if (this.at < this.text.length) this.fail("text after the end");
    return { root, problems: this.problems };
  }

  /** Writes a value to the tape; false where there is none, which is noted. */
  private value(depth: number): boolean {
    const start = this.at;
    const code = this.text.charCodeAt(this.at);
    if (code === QUOTE) return this.quoted("text");
    if (code === OPEN_BRACE || code === OPEN) {
      if (depth > MAX_DEPTH) return this.fail("nested too deep");
      if (code === OPEN) this.list(depth);
      else this.map(depth);
      return true;
    }
    while (isPlain(this.text.charCodeAt(this.at))) this.at++;
    if (this.at === start) return this.fail("expected a value");
    this.tape.add("plain", start, this.at);
    return true;
  }

  private list(depth: number): void {
    const place = this.tape.open("list", this.at++);
    for (;;) {
      this.skipBlank();
      if (this.closes(CLOSE) || !this.value(depth + 1) || !this.separates(CLOSE)) break;
    }
    this.tape.close(place, this.at);
  }

  private map(depth: number): void {
    const { tape } = this;
    const place = tape.open("map", this.at++);
    for (;;) {
      this.skipBlank();
      if (this.closes(CLOSE_BRACE)) break;
      const mark = tape.end;
      const isKey = this.text.charCodeAt(this.at) === QUOTE && this.quoted("key");
      this.skipBlank();
      if (!isKey || this.text.charCodeAt(this.at) !== COLON) {
        tape.cutTo(mark);
        this.fail("expected a key");
        break;
      }
      this.at++;
      this.skipBlank();
      if (!this.value(depth + 1)) {
        tape.cutTo(mark);
        break;
      }
      if (!this.separates(CLOSE_BRACE)) break;
    }
    tape.close(place, this.at);
  }

  private closes(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  /** True after a comma; false where the collection ends, with or without an error. */
  private separates(close: number): boolean {
    this.skipBlank();
    if (this.text.charCodeAt(this.at) === COMMA) {
      this.at++;
      return true;
    }
    if (!this.closes(close)) this.fail("expected a comma or a closing bracket");
    return false;
  }

  private quoted(kind: "text" | "key"): boolean {
    const { text } = this;
    const start = this.at;
    let form = SIMPLE;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        this.tape.add(kind, start, this.at, form);
        return true;
      }
      if (code === BACKSLASH) {
        form = ESCAPED;
        at++;
      }
    }
    this.at = text.length;
    return this.fail("unclosed string");
  }

  private skipBlank(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 32 || code === 10 || code === 13 || code === 9) this.at++;
      else if (code === SLASH && this.text.startsWith("//", this.at)) this.skipPast("\n");
      else if (code === SLASH && this.text.startsWith("/*", this.at)) this.skipPast("*/");
      else return;
    }
  }

  private skipPast(mark: string): void {
    const end = this.text.indexOf(mark, this.at + 2);
    this.at = end < 0 ? this.text.length : end + mark.length;
  }

  /** Notes the first error and ends the reading: after it every place is a guess. */
  private fail(reason: string): false {
    if (this.problems.length === 0) this.problems.push({ offset: this.at, reason });
    this.at = this.text.length;
    return false;
  }
}

function isPlain(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 46
  );
}

/** How a string is written, as its form on the tape. */
const SIMPLE = 1;
const ESCAPED = 2;

function wordOf(written: string, form: number): string {
  const raw = written.slice(1, -1);
  return form === ESCAPED ? unescaped(raw) : raw;
}

function unescaped(raw: string): string {
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === "string" ? value : raw;
  } catch {
    return raw;
  }
}
