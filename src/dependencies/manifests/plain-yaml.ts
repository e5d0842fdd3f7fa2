/**
 * YAML as programs write it: block mappings and lists, and values on one line. The general parser takes two seconds for a lock of
 * 20,000 packages, this one a tenth of that; it knows no anchors and no tags, and of folded text only where it ends.
 */
import {
  type DocumentNode,
  type Entry,
  MAX_DEPTH,
  type ParsedDocument,
  type Problem,
} from "../../core/document.ts";

/** Reads a document. A line that fits nowhere is left out and noted. */
export function parsePlainYaml(text: string): ParsedDocument {
  return new PlainYamlReader(text).read();
}

interface Line {
  /** Columns before the content. */
  readonly indent: number;
  readonly at: number;
  readonly end: number;
}

const MAX_PROBLEMS = 20;

class PlainYamlReader {
  private readonly text: string;
  private readonly lines: Line[];
  private readonly problems: Problem[] = [];
  private next = 0;

  constructor(text: string) {
    this.text = text;
    this.lines = contentLines(text);
  }

  read(): ParsedDocument {
    const first = this.lines[0];
    if (first === undefined) {
      const root: DocumentNode = { kind: "plain", value: "", start: 0, end: this.text.length };
      return { root, problems: [] };
    }
    const root = this.block(first.indent, 0);
    for (; this.next < this.lines.length; this.next++)
      this.note("does not belong to what is above");
    return { root, problems: this.problems };
  }

  /** The list or mapping whose lines stand at an indentation. */
  private block(indent: number, depth: number): DocumentNode {
    const line = this.lines[this.next];
    return line !== undefined && this.isItem(line)
      ? this.list(indent, depth)
      : this.map(indent, depth);
  }

  private list(indent: number, depth: number): DocumentNode {
    const items: DocumentNode[] = [];
    const start = this.lines[this.next]?.at ?? 0;
    let end = start;
    for (;;) {
      const line = this.lines[this.next];
      if (line === undefined || line.indent !== indent || !this.isItem(line)) break;
      const at = this.skipSpace(line.at + 1, line.end);
      const rest: Line = { indent: indent + at - line.at, at, end: line.end };
      let item: DocumentNode;
      if (at >= line.end) item = this.below(indent, depth, line);
      else if (this.isItem(rest) || this.keyEnd(rest) !== undefined) {
        // `- name: x` begins a mapping that is indented as far as its first key.
        this.lines[this.next] = rest;
        item = this.nested(rest.indent, depth, rest);
      } else item = this.scalar(rest);
      items.push(item);
      end = item.end;
    }
    return { kind: "list", items, start, end };
  }

  private map(indent: number, depth: number): DocumentNode {
    const entries = new Map<string, Entry>();
    const start = this.lines[this.next]?.at ?? 0;
    let end = start;
    for (;;) {
      const line = this.lines[this.next];
      if (line === undefined || line.indent < indent) break;
      if (line.indent > indent) {
        // The rest of a text that goes on over several lines.
        this.next++;
        continue;
      }
      if (this.isItem(line)) break;
      const entry = this.isLongKey(line) ? this.longEntry(line, depth) : this.entry(line, depth);
      if (entry === undefined) continue;
      entries.set(entry.key, entry);
      end = Math.max(entry.end, entry.value.end);
    }
    return { kind: "map", entries, start, end };
  }

  private entry(line: Line, depth: number): Entry | undefined {
    const colon = this.keyEnd(line);
    if (colon === undefined) {
      this.note("expected `key: value`");
      this.next++;
      return undefined;
    }
    const place = this.keyIn(line.at, colon);
    const at = this.skipSpace(colon + 1, line.end);
    const rest: Line = { indent: line.indent + at - line.at, at, end: line.end };
    const isEmpty = at >= line.end || this.text.charCodeAt(at) === HASH;
    const value = isEmpty ? this.below(line.indent, depth, line) : this.scalar(rest);
    return { ...place, value };
  }

  /** `? key` with `: value` on the next line, as long keys are written. */
  private longEntry(line: Line, depth: number): Entry | undefined {
    this.next++;
    const place = this.keyIn(this.skipSpace(line.at + 1, line.end), line.end);
    const below = this.lines[this.next];
    if (below === undefined || below.indent !== line.indent || this.text[below.at] !== ":")
      return undefined;
    const at = this.skipSpace(below.at + 1, below.end);
    const rest: Line = { indent: below.indent + at - below.at, at, end: below.end };
    if (at >= below.end) return { ...place, value: this.below(line.indent, depth, below) };
    if (this.keyEnd(rest) === undefined) return { ...place, value: this.scalar(rest) };
    this.lines[this.next] = rest;
    return { ...place, value: this.nested(rest.indent, depth, rest) };
  }

  /** The value of a key or dash that ends its line: what is indented further, or a list at the same indentation. */
  private below(indent: number, depth: number, line: Line): DocumentNode {
    this.next++;
    const next = this.lines[this.next];
    const isDeeper = next !== undefined && next.indent > indent;
    const isList =
      next !== undefined && next.indent === indent && !this.isItem(line) && this.isItem(next);
    if (next !== undefined && (isDeeper || isList)) return this.nested(next.indent, depth, line);
    return { kind: "plain", value: "", start: line.end, end: line.end };
  }

  private nested(indent: number, depth: number, line: Line): DocumentNode {
    if (depth < MAX_DEPTH) return this.block(indent, depth + 1);
    this.note("nested too deep");
    while ((this.lines[this.next]?.indent ?? -1) >= indent) this.next++;
    return { kind: "plain", value: "", start: line.at, end: line.end };
  }

  /** A value on one line; the line is used up. */
  private scalar({ at, end }: Line): DocumentNode {
    this.next++;
    const code = this.text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN) {
      const flow = new FlowReader(this.text, at, end).value(0);
      if (flow !== undefined) return flow;
    }
    return scalarNode(this.text, at, end);
  }

  private keyIn(at: number, end: number): { key: string; start: number; end: number } {
    const node = scalarNode(this.text, at, end);
    return { key: node.value, start: node.start, end: node.end };
  }

  private isItem({ at, end }: Line): boolean {
    if (this.text.charCodeAt(at) !== DASH) return false;
    return at + 1 >= end || this.text.charCodeAt(at + 1) === SPACE;
  }

  private isLongKey({ at }: Line): boolean {
    return this.text.charCodeAt(at) === 63 && this.text.charCodeAt(at + 1) === SPACE;
  }

  /** The offset of the colon behind a key; undefined where the line is no `key: value`. */
  private keyEnd({ at, end }: Line): number | undefined {
    const { text } = this;
    const quote = text.charCodeAt(at);
    let from = at;
    if (quote === QUOTE || quote === APOSTROPHE)
      from = this.skipSpace(quotedEnd(text, at, end), end);
    for (;;) {
      const colon = indexWithin(text, COLON, from, end);
      if (colon === undefined) return undefined;
      if (from !== at && colon !== from && (quote === QUOTE || quote === APOSTROPHE))
        return undefined;
      if (colon + 1 >= end || text.charCodeAt(colon + 1) === SPACE) return colon;
      from = colon + 1;
    }
  }

  private skipSpace(from: number, end: number): number {
    let at = from;
    while (at < end && this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  private note(reason: string): void {
    const offset = this.lines[this.next]?.at ?? 0;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ offset, reason });
  }
}

const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const DASH = 45;
const COLON = 58;
const OPEN = 91;
const OPEN_BRACE = 123;

/** The lines with content; comments, document marks and the lines of block texts are none. */
function contentLines(text: string): Line[] {
  const lines: Line[] = [];
  let skipBelow: number | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    let end = stop;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    let at = start;
    while (at < end && text.charCodeAt(at) === SPACE) at++;
    const indent = at - start;
    start = stop + 1;
    if (at >= end || text.charCodeAt(at) === HASH) continue;
    if (skipBelow !== undefined && indent > skipBelow) continue;
    skipBelow = undefined;
    if (indent === 0 && (text.startsWith("---", at) || text.charCodeAt(at) === 37)) continue;
    lines.push({ indent, at, end });
    // `key: |` or `key: >-`: the lines below are a text.
    const last =
      text.charCodeAt(end - 1) === DASH || text.charCodeAt(end - 1) === 43 ? end - 2 : end - 1;
    const mark = text.charCodeAt(last);
    if ((mark === 124 || mark === 62) && text.charCodeAt(last - 1) === SPACE) skipBelow = indent;
  }
  return lines;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === 13 || code === 9;
}

/** As `indexOf`, but within a line: a search that runs to the end of the text for each line would take its square. */
function indexWithin(text: string, code: number, from: number, end: number): number | undefined {
  for (let at = from; at < end; at++) if (text.charCodeAt(at) === code) return at;
  return undefined;
}

/** The offset behind the closing quote, or the end. */
function quotedEnd(text: string, at: number, end: number): number {
  const quote = text.charCodeAt(at);
  for (let offset = at + 1; offset < end; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 92 && quote === QUOTE) offset++;
    else if (code === quote) {
      if (quote === QUOTE || text.charCodeAt(offset + 1) !== quote) return offset + 1;
      offset++;
    }
  }
  return end;
}

function scalarNode(
  text: string,
  at: number,
  end: number,
): Extract<DocumentNode, { kind: "text" | "plain" }> {
  const quote = text.charCodeAt(at);
  if (quote === QUOTE || quote === APOSTROPHE) {
    const close = quotedEnd(text, at, end);
    const raw = text.slice(at + 1, Math.max(at + 1, close - 1));
    const value = quote === QUOTE ? raw.replace(/\\(.)/g, "$1") : raw.replaceAll("''", "'");
    return { kind: "text", value, start: at, end: close };
  }
  let stop = end;
  for (let mark = indexWithin(text, HASH, at + 1, end); mark !== undefined; ) {
    if (text.charCodeAt(mark - 1) === SPACE) {
      stop = mark - 1;
      break;
    }
    mark = indexWithin(text, HASH, mark + 1, end);
  }
  while (stop > at && isBlank(text.charCodeAt(stop - 1))) stop--;
  const value = text.slice(at, stop);
  // Versions such as `1.2` are texts to us; only what cannot be a name or version is not.
  const kind = /^(?:true|false|null|~)?$/.test(value) ? "plain" : "text";
  return { kind, value, start: at, end: stop };
}

/** `{a: b, c: [d]}` on one line; keys and values need no quotes. */
class FlowReader {
  private readonly text: string;
  private readonly end: number;
  private at: number;

  constructor(text: string, at: number, end: number) {
    this.text = text;
    this.at = at;
    this.end = end;
  }

  value(depth: number): DocumentNode | undefined {
    this.skipSpace();
    const start = this.at;
    const char = this.text[start];
    if (char === "[" || char === "{") {
      if (depth > MAX_DEPTH) return undefined;
      return char === "[" ? this.list(depth) : this.map(depth);
    }
    const end = this.isQuoted()
      ? quotedEnd(this.text, start, this.end)
      : this.until((code) => code === ",", "]}");
    this.at = end;
    return scalarNode(this.text, start, end);
  }

  private list(depth: number): DocumentNode | undefined {
    const start = this.at++;
    const items: DocumentNode[] = [];
    for (;;) {
      this.skipSpace();
      if (this.at >= this.end) return undefined;
      if (this.take("]")) return { kind: "list", items, start, end: this.at };
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.skipSpace();
      if (!this.take(",") && this.text[this.at] !== "]") return undefined;
    }
  }

  private map(depth: number): DocumentNode | undefined {
    const start = this.at++;
    const entries = new Map<string, Entry>();
    for (;;) {
      this.skipSpace();
      if (this.at >= this.end) return undefined;
      if (this.take("}")) return { kind: "map", entries, start, end: this.at };
      const from = this.at;
      const end = this.isQuoted()
        ? quotedEnd(this.text, from, this.end)
        : this.until((char, next) => char === ":" && (next === " " || next === undefined), ",}");
      const { value: key } = scalarNode(this.text, from, end);
      this.at = end;
      this.skipSpace();
      const value = this.take(":") ? this.value(depth + 1) : scalarNode(this.text, end, end);
      if (value === undefined) return undefined;
      entries.set(key, { key, start: from, end, value });
      this.skipSpace();
      if (!this.take(",") && this.text[this.at] !== "}") return undefined;
    }
  }

  private isQuoted(): boolean {
    return this.text[this.at] === '"' || this.text[this.at] === "'";
  }

  private until(
    stops: (char: string, next: string | undefined) => boolean,
    closing: string,
  ): number {
    let at = this.at;
    for (; at < this.end; at++) {
      const char = this.text[at] ?? "";
      if (closing.includes(char) || stops(char, this.text[at + 1])) break;
    }
    return at;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char || this.at >= this.end) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (this.at < this.end && this.text.charCodeAt(this.at) === SPACE) this.at++;
  }
}
