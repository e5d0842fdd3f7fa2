/**
 * A document as a reader writes it down: a flat list of numbers, four for each key and value, from which nodes are made when
 * somebody asks for them. A lock file of 20,000 packages has a million values, a tenth of which anyone looks at; as objects they
 * would keep the garbage collector busy for longer than they take to be read.
 */
import type { DocumentNode, Entries, Entry, ListNode, MapNode, Span } from "./document.ts";

const KINDS = ["text", "plain", "list", "map", "key", "made"] as const;
type Kind = (typeof KINDS)[number];

/** Bits that hold the kind; the form stands above them. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;
/** Numbers of one record: kind and form, start, end, and where the next value is written. */
const RECORD = 4;
/** Collections with more records than this are kept once made: they are asked for again and again. */
const LARGE = 64 * RECORD;

const TEXT = 0;
const PLAIN = 1;
const LIST = 2;
const MAP = 3;
const KEY = 4;
const MADE = 5;

/** The value of a key or text as it is written, quotes included. `form` is what the reader noted of it; 0 is never asked for. */
export type Decode = (written: string, form: number) => string;

/**
 * What is written is called by its place, a number. A map is a row of keys, each with its value behind it; of equal keys the
 * last one counts.
 */
export class Tape {
  static readonly RECORD = RECORD;
  readonly text: string;
  private readonly decode: Decode;
  private readonly made = new Map<number, DocumentNode>();
  private data: Int32Array;
  private used = 0;

  constructor(text: string, decode: Decode) {
    this.text = text;
    this.decode = decode;
    this.data = new Int32Array(Math.max(64, text.length >> 2));
  }

  /** The place at which the next record will stand. */
  get end(): number {
    return this.used;
  }

  /** Forgets what was written from a place on. */
  cutTo(place: number): void {
    this.used = place;
  }

  /** Writes a value without parts, or the key of the value that comes next. A form of 0 means: as it stands. */
  add(kind: "text" | "plain" | "key", start: number, end: number, form = 0): number {
    const code = kind === "text" ? TEXT : kind === "plain" ? PLAIN : KEY;
    return this.put(code | (form << KIND_BITS), start, end);
  }

  /** Begins a collection: what is written until it is closed is inside. */
  open(kind: "list" | "map", start: number): number {
    return this.put(kind === "list" ? LIST : MAP, start, start);
  }

  close(place: number, end: number): void {
    this.data[place + 2] = end;
    this.data[place + 3] = this.used;
  }

  /** Puts a node of the reader's own in the place of a collection. */
  replace(place: number, node: DocumentNode): void {
    this.data[place] = MADE;
    this.made.set(place, node);
  }

  kindAt(place: number): Kind {
    return KINDS[(this.data[place] ?? 0) & KIND_MASK] ?? "plain";
  }

  startAt(place: number): number {
    return this.data[place + 1] ?? 0;
  }

  endAt(place: number): number {
    return this.data[place + 2] ?? 0;
  }

  /** Where what follows a value or key is written. */
  after(place: number): number {
    return this.data[place + 3] ?? 0;
  }

  /** Where the first part of a collection, or the value of a key, is written. */
  inside(place: number): number {
    return place + RECORD;
  }

  /** The value of a key, a text or a plain value. */
  wordAt(place: number): string {
    const form = (this.data[place] ?? 0) >> KIND_BITS;
    const written = this.text.slice(this.startAt(place), this.endAt(place));
    return form === 0 ? written : this.decode(written, form);
  }

  /** True where a key is a given word. */
  isKey(place: number, word: string): boolean {
    if ((this.data[place] ?? 0) >> KIND_BITS !== 0) return this.wordAt(place) === word;
    const start = this.startAt(place);
    return this.endAt(place) - start === word.length && this.text.startsWith(word, start);
  }

  /** True where two keys are the same word. */
  areSame(one: number, other: number): boolean {
    if ((this.data[other] ?? 0) >> KIND_BITS !== 0) return this.isKey(one, this.wordAt(other));
    if ((this.data[one] ?? 0) >> KIND_BITS !== 0) return this.isKey(other, this.wordAt(one));
    let at = this.startAt(one);
    let too = this.startAt(other);
    const end = this.endAt(one);
    if (end - at !== this.endAt(other) - too) return false;
    while (at < end) if (this.text.charCodeAt(at++) !== this.text.charCodeAt(too++)) return false;
    return true;
  }

  /** A key with its value. */
  entryAt(place: number): Entry {
    return {
      key: this.wordAt(place),
      start: this.startAt(place),
      end: this.endAt(place),
      value: this.nodeAt(place + RECORD),
    };
  }

  nodeAt(place: number): DocumentNode {
    const start = this.startAt(place);
    const end = this.endAt(place);
    switch (this.kindAt(place)) {
      case "text":
        return { kind: "text", value: this.wordAt(place), start, end };
      case "list":
      case "map": {
        const known = this.made.get(place);
        if (known !== undefined) return known;
        const node =
          this.kindAt(place) === "list" ? this.listAt(place) : new TapeMap(this, place, start, end);
        if (this.after(place) - place > LARGE) this.made.set(place, node);
        return node;
      }
      case "made": {
        const known = this.made.get(place);
        if (known !== undefined) return known;
        break;
      }
      default:
    }
    return { kind: "plain", value: this.wordAt(place), start, end };
  }

  private listAt(place: number): ListNode {
    const items: DocumentNode[] = [];
    const stop = this.after(place);
    for (let at = place + RECORD; at < stop; at = this.after(at)) items.push(this.nodeAt(at));
    return { kind: "list", items, start: this.startAt(place), end: this.endAt(place) };
  }

  private put(code: number, start: number, end: number): number {
    const place = this.used;
    this.used = place + RECORD;
    if (this.used > this.data.length) {
      const longer = new Int32Array(this.data.length * 2);
      longer.set(this.data);
      this.data = longer;
    }
    this.data[place] = code;
    this.data[place + 1] = start;
    this.data[place + 2] = end;
    this.data[place + 3] = this.used;
    return place;
  }
}

/** A map that stands on a tape as one row of keys and values. */
class TapeMap implements MapNode, Entries, Span {
  readonly kind = "map";
  readonly start: number;
  readonly end: number;
  private readonly tape: Tape;
  private readonly place: number;
  /** Places by key, once a large map is asked. */
  private places: ReadonlyMap<string, number> | undefined;

  constructor(tape: Tape, place: number, start: number, end: number) {
    this.tape = tape;
    this.place = place;
    this.start = start;
    this.end = end;
  }

  get entries(): Entries {
    return this;
  }

  get(key: string): Entry | undefined {
    const { tape } = this;
    const stop = tape.after(this.place);
    let found: number | undefined;
    if (stop - this.place > LARGE) found = this.byKey().get(key);
    else
      for (let at = tape.inside(this.place); at < stop; at = tape.after(tape.inside(at)))
        if (tape.isKey(at, key)) found = at;
    return found === undefined ? undefined : tape.entryAt(found);
  }

  *values(): IterableIterator<Entry> {
    for (const place of this.byKey().values()) yield this.tape.entryAt(place);
  }

  private byKey(): ReadonlyMap<string, number> {
    if (this.places !== undefined) return this.places;
    const { tape } = this;
    const places = new Map<string, number>();
    const stop = tape.after(this.place);
    for (let at = tape.inside(this.place); at < stop; at = tape.after(tape.inside(at)))
      places.set(tape.wordAt(at), at);
    this.places = places;
    return places;
  }
}
