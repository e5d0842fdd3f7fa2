/**
 * What TOML, JSON and YAML have in common, with the place of each value. A finding is anchored at a line and a fix replaces a
 * version's own characters, so a reader works on these nodes and never searches the text again for what it has read.
 *
 * Offsets count UTF-16 units of the file's text from 0; an end is the offset after the last unit.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A string; its span includes the quotes. */
export interface TextNode extends Span {
  readonly kind: "text";
  readonly value: string;
}

/** A number, a boolean, a date or null, as it is written. */
export interface PlainNode extends Span {
  readonly kind: "plain";
  readonly value: string;
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly items: readonly DocumentNode[];
}

export interface MapNode extends Span {
  readonly kind: "map";
  readonly entries: Entries;
}

/** The entries of a mapping by key; their values are in the order they are written. A map is one. */
export interface Entries {
  get(key: string): Entry | undefined;
  values(): Iterable<Entry>;
}

/** A key with its value; the span is the key's. */
export interface Entry extends Span {
  readonly key: string;
  readonly value: DocumentNode;
}

export type DocumentNode = TextNode | PlainNode | ListNode | MapNode;

/** A part of a document that could not be read, and where. */
export interface Problem {
  readonly offset: number;
  readonly reason: string;
}

/** What could be read of a document. An unreadable part is left out and named in `problems`; nothing is thrown. */
export interface ParsedDocument {
  readonly root: DocumentNode;
  readonly problems: readonly Problem[];
}

/** Levels of nesting that are read; no manifest has as many, and recursion has to end somewhere. */
export const MAX_DEPTH = 100;

/** The node under a path of keys; undefined where a step is missing or is no mapping. */
export function at(node: DocumentNode | undefined, ...path: string[]): DocumentNode | undefined {
  let here = node;
  for (const key of path) here = here?.kind === "map" ? here.entries.get(key)?.value : undefined;
  return here;
}

/** The entries of the mapping under a path of keys, in the order they are written; none where there is no mapping. */
export function entriesAt(node: DocumentNode | undefined, ...path: string[]): Iterable<Entry> {
  const found = at(node, ...path);
  return found?.kind === "map" ? found.entries.values() : [];
}

/** The items of the list under a path of keys; none where there is no list. */
export function itemsAt(
  node: DocumentNode | undefined,
  ...path: string[]
): readonly DocumentNode[] {
  const found = at(node, ...path);
  return found?.kind === "list" ? found.items : [];
}

/** The string under a path of keys. */
export function textAt(node: DocumentNode | undefined, ...path: string[]): TextNode | undefined {
  const found = at(node, ...path);
  return found?.kind === "text" ? found : undefined;
}

/** True where `true` stands under a path of keys. */
export function isTrueAt(node: DocumentNode | undefined, ...path: string[]): boolean {
  const found = at(node, ...path);
  return found?.kind === "plain" && found.value === "true";
}
