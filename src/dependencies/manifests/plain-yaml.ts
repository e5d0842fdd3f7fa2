/**
 * YAML as programs write it: block mappings and lists, and values on one line. The general parser takes two seconds for a lock of
 * 20,000 packages, this one a tenth of that; it knows no anchors and no tags, and of folded text only where it ends.
 */
import { MAX_DEPTH, type ParsedDocument, type Problem } from "../../core/document.ts";
import { Tape } from "../../core/tape.ts";

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

/** Writes what it reads to a tape; what reads a value gives the offset behind it. */
class PlainYamlReader {
  private readonly text: string;
  private readonly tape: Tape;
  private readonly problems: Problem[] = [];
  /** The line that is next to be read, and where those behind it begin. */
  private line: Line | undefined;
  private rest: number;
  /** While the lines of a block text are skipped: the indentation of its key. */
  private skipBelow: number | undefined;

  constructor(text: string) {
    this.text = text;
    this.tape = new Tape(text, wordOf);
    this.rest = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.line = this.nextLine();
  }

  read(): ParsedDocument {
    if (this.line === undefined) {
      const root = { kind: "plain", value: "", start: 0, end: this.text.length } as const;
      return { root, problems: [] };
    }
    this.block(this.line.indent, 0);
    for (; this.line !== undefined; this.step()) this.note("does not belong to what is above");
    return { root: this.tape.nodeAt(0), problems: this.problems };
  }

  private step(): void {
    this.line = this.nextLine();
  }

  /** The next line with content; comments, document marks and the lines of block texts are none. */
  private nextLine(): Line | undefined {
    const { text } = this;
    while (this.rest < text.length) {
      const start = this.rest;
      const found = text.indexOf("\n", start);
      const stop = found < 0 ? text.length : found;
      this.rest = stop + 1;
      let end = stop;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      let at = start;
      while (at < end && text.charCodeAt(at) === SPACE) at++;
      const indent = at - start;
      if (at >= end || text.charCodeAt(at) === HASH) continue;
      if (this.skipBelow !== undefined && indent > this.skipBelow) continue;
      this.skipBelow = undefined;
      if (indent === 0 && (text.startsWith("---", at) || text.charCodeAt(at) === 37)) continue;
      // `key: |` or `key: >-`: the lines below are a text.
      const last =
        text.charCodeAt(end - 1) === DASH || text.charCodeAt(end - 1) === 43 ? end - 2 : end - 1;
      const mark = text.charCodeAt(last);
      if ((mark === 124 || mark === 62) && text.charCodeAt(last - 1) === SPACE)
        this.skipBelow = indent;
      return { indent, at, end };
    }
    return undefined;
  }

  /** The list or mapping whose lines stand at an indentation. */
  private block(indent: number, depth: number): number {
    const { line } = this;
    return line !== undefined && this.isItem(line)
      ? this.list(indent, depth)
      : this.map(indent, depth);
  }

  private list(indent: number, depth: number): number {
    const start = this.line?.at ?? 0;
    const place = this.tape.open("list", start);
    let end = start;
    for (;;) {
      const { line } = this;
      if (line === undefined || line.indent !== indent || !this.isItem(line)) break;
      const at = this.skipSpace(line.at + 1, line.end);
      const rest: Line = { indent: indent + at - line.at, at, end: line.end };
      if (at >= line.end) end = this.below(indent, depth, line);
      else if (this.isItem(rest) || this.keyEnd(rest) !== undefined) {
        // `- name: x` begins a mapping that is indented as far as its first key.
        this.line = rest;
        end = this.nested(rest.indent, depth, rest);
      } else end = this.scalar(rest);
    }
    this.tape.close(place, end);
    return end;
  }

  private map(indent: number, depth: number): number {
    const start = this.line?.at ?? 0;
    const place = this.tape.open("map", start);
    let end = start;
    for (;;) {
      const { line } = this;
      if (line === undefined || line.indent < indent) break;
      if (line.indent > indent) {
        // The rest of a text that goes on over several lines.
        this.step();
        continue;
      }
      if (this.isItem(line)) break;
      end = (this.isLongKey(line) ? this.longEntry(line, depth) : this.entry(line, depth)) ?? end;
    }
    this.tape.close(place, end);
    return end;
  }

  private entry(line: Line, depth: number): number | undefined {
    const colon = this.keyEnd(line);
    if (colon === undefined) {
      this.note("expected `key: value`");
      this.step();
      return undefined;
    }
    const keyEnd = writeScalar(this.tape, line.at, colon, "key");
    const at = this.skipSpace(colon + 1, line.end);
    const isEmpty = at >= line.end || this.text.charCodeAt(at) === HASH;
    const end = isEmpty
      ? this.below(line.indent, depth, line)
      : this.scalar({ indent: line.indent + at - line.at, at, end: line.end });
    return Math.max(keyEnd, end);
  }

  /** `? key` with `: value` on the next line, as long keys are written. */
  private longEntry(line: Line, depth: number): number | undefined {
    this.step();
    const mark = this.tape.end;
    const keyAt = this.skipSpace(line.at + 1, line.end);
    const keyEnd = writeScalar(this.tape, keyAt, line.end, "key");
    const below = this.line;
    if (below === undefined || below.indent !== line.indent || this.text[below.at] !== ":") {
      this.tape.cutTo(mark);
      return undefined;
    }
    const at = this.skipSpace(below.at + 1, below.end);
    const rest: Line = { indent: below.indent + at - below.at, at, end: below.end };
    if (at >= below.end) return Math.max(keyEnd, this.below(line.indent, depth, below));
    if (this.keyEnd(rest) === undefined) return Math.max(keyEnd, this.scalar(rest));
    this.line = rest;
    return Math.max(keyEnd, this.nested(rest.indent, depth, rest));
  }

  /** The value of a key or dash that ends its line: what is indented further, or a list at the same indentation. */
  private below(indent: number, depth: number, line: Line): number {
    this.step();
    const next = this.line;
    const isDeeper = next !== undefined && next.indent > indent;
    const isList =
      next !== undefined && next.indent === indent && !this.isItem(line) && this.isItem(next);
    if (next !== undefined && (isDeeper || isList)) return this.nested(next.indent, depth, line);
    this.tape.add("plain", line.end, line.end);
    return line.end;
  }

  private nested(indent: number, depth: number, line: Line): number {
    if (depth < MAX_DEPTH) return this.block(indent, depth + 1);
    this.note("nested too deep");
    while ((this.line?.indent ?? -1) >= indent) this.step();
    // Not what stands there: an empty value in its place.
    this.tape.add("plain", line.at, line.end, EMPTY);
    return line.end;
  }

  /** A value on one line; the line is used up. */
  private scalar({ at, end }: Line): number {
    this.step();
    const code = this.text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN) {
      const mark = this.tape.end;
      const flow = new FlowReader(this.tape, at, end).value(0);
      if (flow !== undefined) return flow;
      this.tape.cutTo(mark);
      this.note("brackets that are not closed on their line", at);
    }
    return writeScalar(this.tape, at, end);
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

  private note(reason: string, offset = this.line?.at ?? 0): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ offset, reason });
  }
}

const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** How a scalar is written, as its form on the tape. */
const QUOTED = 1;
const EMPTY = 2;

function wordOf(written: string, form: number): string {
  if (form === EMPTY) return "";
  const raw = written.slice(1, Math.max(1, written.length - 1));
  return written.startsWith('"') ? raw.replace(/\\(.)/g, "$1") : raw.replaceAll("''", "'");
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

/** Writes what stands between two offsets, without quotes and comment; gives the offset behind it. */
function writeScalar(tape: Tape, at: number, end: number, kind?: "key"): number {
  const { text } = tape;
  const quote = text.charCodeAt(at);
  if (quote === QUOTE || quote === APOSTROPHE) {
    const close = quotedEnd(text, at, end);
    tape.add(kind ?? "text", at, close, QUOTED);
    return close;
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
  // Versions such as `1.2` are texts to us; only what cannot be a name or version is not.
  const isNoText = stop - at <= 5 && /^(?:true|false|null|~)?$/.test(text.slice(at, stop));
  tape.add(kind ?? (isNoText ? "plain" : "text"), at, stop);
  return stop;
}

/** `{a: b, c: [d]}` on one line; keys and values need no quotes. What reads gives the offset behind, undefined after an error. */
class FlowReader {
  private readonly text: string;
  private readonly tape: Tape;
  private readonly end: number;
  private at: number;

  constructor(tape: Tape, at: number, end: number) {
    this.text = tape.text;
    this.tape = tape;
    this.at = at;
    this.end = end;
  }

  value(depth: number): number | undefined {
    this.skipSpace();
    const start = this.at;
    const code = this.text.charCodeAt(start);
    if (code === OPEN || code === OPEN_BRACE) {
      if (depth > MAX_DEPTH) return undefined;
      return code === OPEN ? this.list(depth) : this.map(depth);
    }
    this.at = this.isQuoted() ? quotedEnd(this.text, start, this.end) : this.endOf(CLOSE, false);
    return writeScalar(this.tape, start, this.at);
  }

  private list(depth: number): number | undefined {
    const place = this.tape.open("list", this.at++);
    for (;;) {
      this.skipSpace();
      if (this.at >= this.end) return undefined;
      if (this.take(CLOSE)) break;
      if (this.value(depth + 1) === undefined) return undefined;
      this.skipSpace();
      if (!this.take(COMMA) && this.text.charCodeAt(this.at) !== CLOSE) return undefined;
    }
    this.tape.close(place, this.at);
    return this.at;
  }

  private map(depth: number): number | undefined {
    const place = this.tape.open("map", this.at++);
    for (;;) {
      this.skipSpace();
      if (this.at >= this.end) return undefined;
      if (this.take(CLOSE_BRACE)) break;
      const from = this.at;
      const end = this.isQuoted() ? quotedEnd(this.text, from, this.end) : this.endOf(NaN, true);
      writeScalar(this.tape, from, end, "key");
      this.at = end;
      this.skipSpace();
      if (!this.take(COLON)) writeScalar(this.tape, end, end);
      else if (this.value(depth + 1) === undefined) return undefined;
      this.skipSpace();
      if (!this.take(COMMA) && this.text.charCodeAt(this.at) !== CLOSE_BRACE) return undefined;
    }
    this.tape.close(place, this.at);
    return this.at;
  }

  private isQuoted(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === QUOTE || code === APOSTROPHE;
  }

  /** Where a word without quotes ends: before a comma, a closing bracket or, if it is a key, its colon. */
  private endOf(bracket: number, isKey: boolean): number {
    let at = this.at;
    for (; at < this.end; at++) {
      const code = this.text.charCodeAt(at);
      if (code === COMMA || code === CLOSE_BRACE || code === bracket) break;
      if (!isKey || code !== COLON) continue;
      const next = this.text.charCodeAt(at + 1);
      if (next === SPACE || Number.isNaN(next)) break;
    }
    return at;
  }

  private take(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code || this.at >= this.end) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (this.at < this.end && this.text.charCodeAt(this.at) === SPACE) this.at++;
  }
}
