/**
 * A TOML reader that keeps places and goes on after an error. The parsers at hand lack one or the other: smol-toml has no
 * places, toml-eslint-parser stops at the first error and takes three seconds for a lock of 20,000 packages, where this one takes
 * a tenth of that. It does not validate: what TOML forbids (a table defined twice, a bad date) is read in the obvious way.
 */
import type {
  DocumentNode,
  Entries,
  Entry,
  ListNode,
  MapNode,
  ParsedDocument,
  Problem,
  Span,
} from "./document.ts";
import { MAX_DEPTH } from "./document.ts";
import { Tape } from "./tape.ts";

interface KeyPart extends Span {
  readonly name: string;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COMMA = 44;
const DOT = 46;
const EQUALS = 61;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** More unreadable places than this say nothing new. */
const MAX_PROBLEMS = 20;

/** Reads a TOML 1.0 document. A statement that cannot be read is left out; reading goes on at the next line. */
export function parseToml(text: string): ParsedDocument {
  return new TomlReader(text).read();
}

/** The data of a TOML document; undefined where a part of it cannot be read. Dates and times are texts. */
export function plainToml(text: string): unknown {
  const { root, problems } = parseToml(text);
  return problems.length > 0 ? undefined : plain(root);
}

function plain(node: DocumentNode): unknown {
  switch (node.kind) {
    case "text":
      return node.value;
    case "list":
      return node.items.map(plain);
    case "map":
      return Object.fromEntries(
        [...node.entries.values()].map(({ key, value }) => [key, plain(value)]),
      );
    case "plain": {
      if (node.value === "true" || node.value === "false") return node.value === "true";
      const digits = node.value.replace(/(?<=[\da-f])_(?=[\da-f])/gi, "");
      const number = /^[+-]?(?:\d|0[xob])/.test(digits) ? Number(digits) : Number.NaN;
      return Number.isNaN(number) ? node.value : number;
    }
    default: {
      const never: never = node;
      return never;
    }
  }
}

/** A list that headers add tables to. */
class TableList implements ListNode {
  readonly kind = "list";
  readonly start: number;
  readonly end: number;
  readonly items: DocumentNode[];

  constructor({ start, end }: Span, items: DocumentNode[]) {
    this.start = start;
    this.end = end;
    this.items = items;
  }

  /** The table that the list's name stands for in a header: its last one. */
  get last(): Table | undefined {
    const last = this.items.at(-1);
    return last instanceof Table ? last : undefined;
  }
}

/** Keys from which on a table is searched by hash. */
const MANY_KEYS = 16;

/**
 * A table that grows statement by statement. Its own values stay on the tape; what headers and dotted keys open below it are
 * objects like itself.
 */
class Table implements MapNode, Entries {
  readonly kind = "map";
  readonly start: number;
  end: number;
  private readonly tape: Tape;
  /** In the order of the text: the place of a key on the tape, or the complement of an index of `made`. */
  private readonly places: number[] = [];
  private made: Entry[] | undefined;
  /** Indexes of `places` by key, once there are many. */
  private byKey: Map<string, number> | undefined;

  constructor(tape: Tape, { start, end }: Span) {
    this.tape = tape;
    this.start = start;
    this.end = end;
  }

  get entries(): Entries {
    return this;
  }

  get(key: string): Entry | undefined {
    return this.entryAt(this.find(key));
  }

  *values(): IterableIterator<Entry> {
    for (const index of this.places.keys()) {
      const entry = this.entryAt(index);
      if (entry !== undefined) yield entry;
    }
  }

  /** Adds a key of the tape that is not known yet. */
  add(place: number): void {
    if (this.find(place) === undefined) this.push(place, place);
  }

  /** Adds a key of the tape, or puts it in the place of an equal one. */
  put(place: number): void {
    const known = this.find(place);
    if (known === undefined) this.push(place, place);
    else this.places[known] = place;
  }

  /** Opens a table or a list of tables under a key that is not known yet. */
  open<Opened extends Table | TableList>(entry: Entry & { readonly value: Opened }): Opened {
    this.made ??= [];
    this.push(~(this.made.push(entry) - 1), entry.key);
    return entry.value;
  }

  /** What a key opened; null where a value stands in the way, undefined where nothing does. */
  opened(key: string): Table | TableList | null | undefined {
    const index = this.find(key);
    const entry = this.entryAt(index);
    if (index === undefined || entry === undefined) return undefined;
    const { value } = entry;
    if (value instanceof Table || value instanceof TableList) return value;
    if (value.kind !== "map" && value.kind !== "list") return null;
    // TOML forbids to add to what is complete in its own line.
    const open =
      value.kind === "map"
        ? this.opening(value)
        : new TableList(
            value,
            value.items.map((item) => (item.kind === "map" ? this.opening(item) : item)),
          );
    this.made ??= [];
    this.places[index] = ~(this.made.push({ ...entry, value: open }) - 1);
    return open;
  }

  private opening(node: MapNode): Table {
    if (node instanceof Table) return node;
    const table = new Table(this.tape, node);
    table.made = [...node.entries.values()];
    for (const [index, { key }] of table.made.entries()) table.push(~index, key);
    return table;
  }

  private entryAt(index: number | undefined): Entry | undefined {
    const place = index === undefined ? undefined : this.places[index];
    if (place === undefined) return undefined;
    return place < 0 ? this.made?.[~place] : this.tape.entryAt(place);
  }

  /** The index of a key, or of one that equals a key of the tape. */
  private find(key: string | number): number | undefined {
    const { tape, places } = this;
    if (this.byKey !== undefined)
      return this.byKey.get(typeof key === "string" ? key : tape.wordAt(key));
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0;
      const known = place < 0 ? this.made?.[~place]?.key : place;
      if (known !== undefined && areSame(tape, known, key)) return index;
    }
    return undefined;
  }

  private push(place: number, key: string | number): void {
    const { tape, places } = this;
    const index = places.push(place) - 1;
    if (this.byKey === undefined && places.length > MANY_KEYS)
      this.byKey = new Map([...this.values()].map((entry, at) => [entry.key, at]));
    else this.byKey?.set(typeof key === "string" ? key : tape.wordAt(key), index);
  }
}

/** True where two keys, each a word or a place on the tape, are equal. */
function areSame(tape: Tape, one: string | number, other: string | number): boolean {
  if (typeof one === "string")
    return typeof other === "string" ? one === other : tape.isKey(other, one);
  return typeof other === "string" ? tape.isKey(one, other) : tape.areSame(one, other);
}

class TomlReader {
  private readonly text: string;
  private readonly tape: Tape;
  private readonly problems: Problem[] = [];
  private readonly root: Table;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tape = new Tape(text, wordOf);
    this.root = new Table(this.tape, { start: 0, end: text.length });
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  read(): ParsedDocument {
    let table = this.root;
    for (;;) {
      this.skipBlank();
      if (this.at >= this.text.length) break;
      const start = this.at;
      if (this.code() === OPEN) {
        // What follows an unreadable header belongs to no table that is known.
        table = this.header() ?? new Table(this.tape, { start, end: start });
      } else this.statement(table);
      table.end = Math.max(table.end, this.at);
      if (!this.endOfLine()) this.fail("unexpected text");
    }
    return { root: this.root, problems: this.problems };
  }

  /** `[a.b]` or `[[a.b]]`: the table that the next lines fill. */
  private header(): Table | undefined {
    const start = this.at;
    const mark = this.tape.end;
    const isElement = this.text.charCodeAt(this.at + 1) === OPEN;
    this.at += isElement ? 2 : 1;
    const isRead = this.key();
    const key = this.partsFrom(mark);
    this.tape.cutTo(mark);
    const close = isElement ? "]]" : "]";
    if (!isRead || !this.text.startsWith(close, this.at)) return this.fail("bad header");
    this.at += close.length;
    const last = key.pop();
    if (last === undefined) return undefined;
    const span = { start, end: this.at };
    const parent = this.descend(this.root, key, span);
    if (parent === undefined) return this.fail("the header names a value");
    const known = parent.opened(last.name);
    if (known === null) return this.fail("the header names a value");
    if (!isElement) {
      // A table may be opened after one of its parts: `[a.b]` before `[a]`.
      if (known === undefined)
        return parent.open({ key: last.name, ...span, value: new Table(this.tape, span) });
      return latest(known) ?? this.fail("the header names a value");
    }
    if (known instanceof Table) return this.fail("the header names a value");
    const list = known ?? parent.open({ key: last.name, ...span, value: new TableList(span, []) });
    const table = new Table(this.tape, span);
    list.items.push(table);
    return table;
  }

  /** `a.b = value`. */
  private statement(table: Table): undefined {
    const mark = this.tape.end;
    if (!this.key()) return this.drop(mark, "expected a key");
    if (this.code() !== EQUALS) return this.drop(mark, "expected `=`");
    this.at++;
    this.skipSpace();
    const last = this.tape.end - Tape.RECORD;
    if (!this.value(0)) {
      this.tape.cutTo(mark);
      return undefined;
    }
    const parent = last === mark ? table : this.parentOf(table, mark, this.at);
    if (parent === undefined) return this.drop(mark, "a key is under a value");
    parent.add(last);
    return undefined;
  }

  /** The table that the last part of a dotted key belongs to. */
  private parentOf(table: Table, key: number, end: number): Table | undefined {
    const parts = this.partsFrom(key);
    const last = parts.pop();
    return last && this.descend(table, parts, { start: last.start, end });
  }

  /** The table under a dotted key, made where it is missing; undefined where a value is in the way. */
  private descend(from: Table, path: readonly KeyPart[], span: Span): Table | undefined {
    let here = from;
    for (const { name, ...place } of path) {
      const known = here.opened(name);
      const next =
        known === undefined
          ? here.open({ key: name, ...place, value: new Table(this.tape, span) })
          : latest(known);
      if (next === undefined) return undefined;
      here = next;
    }
    return here;
  }

  /** Writes the parts of a key to the tape; false where it is none. */
  private key(): boolean {
    for (;;) {
      this.skipSpace();
      const start = this.at;
      const code = this.code();
      let form: number | undefined = 0;
      if (code === QUOTE || code === APOSTROPHE) {
        form = this.quoted(code);
        if (form === undefined) return false;
      } else {
        this.at = bareEnd(this.text, start);
        if (this.at === start) return false;
      }
      this.tape.add("key", start, this.at, form);
      this.skipSpace();
      if (this.code() !== DOT) return true;
      this.at++;
    }
  }

  /** The parts of a key that begins at a place of the tape. */
  private partsFrom(mark: number): KeyPart[] {
    const { tape } = this;
    const parts: KeyPart[] = [];
    for (let at = mark; at < tape.end && tape.kindAt(at) === "key"; at += Tape.RECORD)
      parts.push({ name: tape.wordAt(at), start: tape.startAt(at), end: tape.endAt(at) });
    return parts;
  }

  /** Writes a value to the tape; false where there is none, which is noted. */
  private value(depth: number): boolean {
    const start = this.at;
    const code = this.code();
    if (code === QUOTE || code === APOSTROPHE) {
      const form = this.isTriple(code) ? this.tripled(code) : this.quoted(code);
      if (form === undefined) return this.refuse("unclosed string");
      this.tape.add("text", start, this.at, form);
      return true;
    }
    if (code === OPEN || code === OPEN_BRACE) {
      if (depth > MAX_DEPTH) return this.refuse("nested too deep");
      return code === OPEN ? this.list(depth) : this.inlineTable(depth);
    }
    this.at = plainEnd(this.text, start);
    // Dates may hold one space: `2024-01-01 10:00:00`.
    if (this.code() === SPACE && /^\d\d:\d\d/.test(this.text.slice(this.at + 1, this.at + 6)))
      this.at = plainEnd(this.text, this.at + 1);
    if (this.at === start) return this.refuse("expected a value");
    this.tape.add("plain", start, this.at);
    return true;
  }

  private list(depth: number): boolean {
    const place = this.tape.open("list", this.at++);
    for (;;) {
      this.skipBlank();
      if (this.code() === CLOSE) break;
      if (!this.value(depth + 1)) return false;
      this.skipBlank();
      if (this.code() === COMMA) this.at++;
      else if (this.code() !== CLOSE) return this.refuse("expected `,` or `]`");
    }
    this.tape.close(place, ++this.at);
    return true;
  }

  private inlineTable(depth: number): boolean {
    const { tape } = this;
    const place = tape.open("map", this.at++);
    let isDotted = false;
    for (;;) {
      this.skipBlank();
      if (this.code() === CLOSE_BRACE) break;
      const mark = tape.end;
      if (!this.key() || this.code() !== EQUALS) return this.refuse("expected `key = value`");
      isDotted ||= tape.end - mark > Tape.RECORD;
      this.at++;
      this.skipSpace();
      if (!this.value(depth + 1)) return false;
      this.skipBlank();
      if (this.code() === COMMA) this.at++;
      else if (this.code() !== CLOSE_BRACE) return this.refuse("expected `,` or `}`");
    }
    tape.close(place, ++this.at);
    return !isDotted || this.undotted(place);
  }

  /** Puts tables in each other as the dotted keys of a table on one line say. */
  private undotted(place: number): boolean {
    const { tape } = this;
    const table = new Table(tape, { start: tape.startAt(place), end: tape.endAt(place) });
    for (let at = tape.inside(place); at < tape.end; ) {
      let value = at;
      while (tape.kindAt(value) === "key") value = tape.inside(value);
      const parent = this.parentOf(table, at, tape.endAt(value));
      if (parent === undefined) return this.refuse("a key is under a value");
      parent.put(value - Tape.RECORD);
      at = tape.after(value);
    }
    tape.replace(place, table);
    return true;
  }

  private isTriple(code: number): boolean {
    return this.text.charCodeAt(this.at + 1) === code && this.text.charCodeAt(this.at + 2) === code;
  }

  /** The form of a string on one line; undefined where it is not closed. */
  private quoted(quote: number): number | undefined {
    const { text } = this;
    let form = SIMPLE;
    for (let at = this.at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.at = at + 1;
        return form;
      }
      if (code === NEWLINE) {
        this.at = at;
        return undefined;
      }
      if (code === BACKSLASH && quote === QUOTE) {
        form = ESCAPED;
        at++;
      }
    }
    this.at = text.length;
    return undefined;
  }

  private tripled(quote: number): number | undefined {
    const mark = String.fromCharCode(quote).repeat(3);
    let end = this.at + 3;
    for (;;) {
      end = this.text.indexOf(mark, end);
      if (end < 0) {
        this.at = this.text.length;
        return undefined;
      }
      if (quote === APOSTROPHE || !isBackslashed(this.text, end)) break;
      end++;
    }
    // Up to two quotes may stand before the closing three.
    while (this.text.charCodeAt(end + 3) === quote) end++;
    this.at = end + 3;
    return TRIPLED;
  }

  private code(): number {
    return this.text.charCodeAt(this.at);
  }

  private skipSpace(): void {
    while (this.code() === SPACE || this.code() === TAB) this.at++;
  }

  /** Skips spaces, ends of lines and comments. */
  private skipBlank(): void {
    for (;;) {
      const code = this.code();
      if (code === SPACE || code === NEWLINE || code === TAB || code === RETURN) this.at++;
      else if (code === HASH) this.skipLine();
      else return;
    }
  }

  private skipLine(): void {
    const end = this.text.indexOf("\n", this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  private endOfLine(): boolean {
    this.skipSpace();
    const code = this.code();
    return Number.isNaN(code) || code === NEWLINE || code === RETURN || code === HASH;
  }

  private fail(reason: string): undefined {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ offset: this.at, reason });
    this.skipLine();
    return undefined;
  }

  private refuse(reason: string): false {
    this.fail(reason);
    return false;
  }

  private drop(mark: number, reason: string): undefined {
    this.tape.cutTo(mark);
    return this.fail(reason);
  }
}

/** The table that a name stands for while reading: of a list of tables, its last one. */
function latest(node: Table | TableList | null): Table | undefined {
  return node instanceof TableList ? node.last : (node ?? undefined);
}

/** How a string is written, as its form on the tape. */
const SIMPLE = 1;
const ESCAPED = 2;
const TRIPLED = 3;

function wordOf(written: string, form: number): string {
  if (form === SIMPLE) return written.slice(1, -1);
  if (form === ESCAPED) return unescaped(written.slice(1, -1));
  const raw = written.slice(3, -3).replace(/^\r?\n/, "");
  return written.startsWith("'") ? raw : unescaped(raw);
}

function bareEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBare(text.charCodeAt(at))) at++;
  return at;
}

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isPlain(text.charCodeAt(at))) at++;
  return at;
}

function isBare(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 95
  );
}

/** Characters of numbers, dates and booleans. */
function isPlain(code: number): boolean {
  return isBare(code) || code === 43 || code === 46 || code === 58;
}

/** True where an odd number of backslashes stands before an offset. */
function isBackslashed(text: string, offset: number): boolean {
  let start = offset;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (offset - start) % 2 === 1;
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

function unescaped(raw: string): string {
  return raw.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([ \t]*\r?\n\s*)|([\s\S]))/g,
    (whole, short?: string, long?: string, fold?: string, one?: string) => {
      const point = short ?? long;
      if (point !== undefined) {
        const number = Number.parseInt(point, 16);
        return number > 0x10ffff ? whole : String.fromCodePoint(number);
      }
      if (fold !== undefined) return "";
      return ESCAPES[one ?? ""] ?? one ?? "";
    },
  );
}
