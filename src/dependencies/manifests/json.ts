/**
 * A JSON reader that keeps places, reads comments and trailing commas (bun.lock has them), and hands over what stands before an
 * error. `JSON.parse` does none of it.
 */
import {
  type DocumentNode,
  type Entry,
  MAX_DEPTH,
  type ParsedDocument,
  type Problem,
} from "../../core/document.ts";

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
  private readonly problems: Problem[] = [];
  private at: number;

  constructor(text: string) {
    this.text = text;
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  read(): ParsedDocument {
    this.skipBlank();
    const nothing: DocumentNode = { kind: "plain", value: "", start: 0, end: this.text.length };
    if (this.at >= this.text.length) return { root: nothing, problems: [] };
    const root = this.value(0) ?? nothing;
    this.skipBlank();
    if (this.at < this.text.length) this.fail("text after the end");
    return { root, problems: this.problems };
  }

  private value(depth: number): DocumentNode | undefined {
    const start = this.at;
    const code = this.text.charCodeAt(this.at);
    if (code === QUOTE) {
      const value = this.quoted();
      return value === undefined ? undefined : { kind: "text", value, start, end: this.at };
    }
    if (code === OPEN_BRACE || code === OPEN) {
      if (depth > MAX_DEPTH) return this.fail("nested too deep");
      return code === OPEN ? this.list(depth) : this.map(depth);
    }
    while (isPlain(this.text.charCodeAt(this.at))) this.at++;
    if (this.at === start) return this.fail("expected a value");
    return { kind: "plain", value: this.text.slice(start, this.at), start, end: this.at };
  }

  private list(depth: number): DocumentNode {
    const start = this.at++;
    const items: DocumentNode[] = [];
    for (;;) {
      this.skipBlank();
      if (this.closes(CLOSE)) break;
      const item = this.value(depth + 1);
      if (item === undefined) break;
      items.push(item);
      if (!this.separates(CLOSE)) break;
    }
    return { kind: "list", start, end: this.at, items };
  }

  private map(depth: number): DocumentNode {
    const start = this.at++;
    const entries = new Map<string, Entry>();
    for (;;) {
      this.skipBlank();
      if (this.closes(CLOSE_BRACE)) break;
      const keyStart = this.at;
      const key = this.text.charCodeAt(this.at) === QUOTE ? this.quoted() : undefined;
      const keyEnd = this.at;
      this.skipBlank();
      if (key === undefined || this.text.charCodeAt(this.at) !== COLON) {
        this.fail("expected a key");
        break;
      }
      this.at++;
      this.skipBlank();
      const value = this.value(depth + 1);
      // As in JavaScript, the last of several equal keys counts.
      if (value !== undefined) entries.set(key, { key, start: keyStart, end: keyEnd, value });
      if (value === undefined || !this.separates(CLOSE_BRACE)) break;
    }
    return { kind: "map", start, end: this.at, entries };
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

  private quoted(): string | undefined {
    const start = ++this.at;
    let isEscaped = false;
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        const raw = this.text.slice(start, this.at++);
        return isEscaped ? unescaped(raw) : raw;
      }
      if (code === BACKSLASH) {
        isEscaped = true;
        this.at++;
      }
    }
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
  private fail(reason: string): undefined {
    if (this.problems.length === 0) this.problems.push({ offset: this.at, reason });
    this.at = this.text.length;
    return undefined;
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

function unescaped(raw: string): string {
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === "string" ? value : raw;
  } catch {
    return raw;
  }
}
