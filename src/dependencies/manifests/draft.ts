import {
  at,
  type DocumentNode,
  type Entry,
  entriesAt,
  itemsAt,
  type ParsedDocument,
  type Span,
} from "../../core/document.ts";
import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Location, Region } from "../../core/finding.ts";
import type {
  Ecosystem,
  Manifest,
  Package,
  PackageIndex,
  PackageSource,
  Scope,
} from "../package.ts";
import { normaliseName } from "../package.ts";

/**
 * A package as a reader finds it: places are spans of the text, the name is as it is written, and what is not known may be
 * undefined or left out.
 */
export interface DraftPackage {
  readonly ecosystem?: Ecosystem;
  readonly name: string;
  readonly version?: string | undefined;
  readonly range?: string | undefined;
  readonly kind: Package["kind"];
  readonly scope: Scope;
  readonly group?: string | undefined;
  readonly direct?: boolean | undefined;
  readonly key?: string | undefined;
  readonly parents?: readonly string[] | undefined;
  readonly source: PackageSource;
  readonly hashes?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
  readonly marker?: string | undefined;
  readonly licence?: string | undefined;
  readonly withdrawn?: string | undefined;
  readonly span: Span;
  readonly nameSpan?: Span | undefined;
  readonly versionSpan?: Span | undefined;
}

/** A package while it is put together; a lock has tens of thousands, so that no copies are made on the way. */
type Filled = { -readonly [Field in keyof Package]: Package[Field] };

/** More entries than this are no dependency list that anyone keeps. */
const MAX_PACKAGES = 200_000;
const MAX_PROBLEMS = 50;

/** The manifest that a reader is filling: turns spans into regions, and keeps what is noted within bounds. */
export class Draft {
  readonly text: string;
  readonly path: string;
  readonly #ecosystem: Ecosystem;
  readonly #starts: readonly number[];
  readonly #packages: Package[] = [];
  readonly #includes: Manifest["includes"][number][] = [];
  readonly #indexes: PackageIndex[] = [];
  readonly #options: Manifest["options"][number][] = [];
  readonly #problems: Manifest["problems"][number][] = [];

  constructor(ecosystem: Ecosystem, text: string, path: string) {
    this.text = text;
    this.path = path;
    this.#ecosystem = ecosystem;
    this.#starts = lineStarts(text);
  }

  region(span: Span): Region {
    return toRegion(this.#starts, span.start, span.end);
  }

  location(span: Span): Location {
    return { path: this.path, region: this.region(span) };
  }

  add(entry: DraftPackage): void {
    if (this.#packages.length >= MAX_PACKAGES) {
      this.problem(`only the first ${MAX_PACKAGES} entries are read`);
      return;
    }
    const { ecosystem = this.#ecosystem, hashes, nameSpan, versionSpan } = entry;
    const name = normaliseName(ecosystem, entry.name);
    // With hashes, another version needs other hashes as well.
    const filled: Filled = {
      ecosystem,
      name,
      kind: entry.kind,
      scope: entry.scope,
      location: this.location(entry.span),
      source: entry.source,
    };
    if (name !== entry.name) filled.shownName = entry.name;
    if (entry.version !== undefined) filled.version = entry.version;
    if (entry.range !== undefined) filled.range = entry.range;
    if (entry.group !== undefined) filled.group = entry.group;
    if (entry.direct !== undefined) filled.direct = entry.direct;
    if (entry.key !== undefined) filled.key = entry.key;
    if (entry.parents && entry.parents.length > 0) filled.parents = entry.parents;
    if (nameSpan !== undefined) filled.nameRegion = this.region(nameSpan);
    if (hashes && hashes.length > 0) filled.hashes = hashes;
    // With hashes, another version needs other hashes as well.
    else if (versionSpan !== undefined) filled.versionRegion = this.region(versionSpan);
    if (entry.extras && entry.extras.length > 0) filled.extras = entry.extras;
    if (entry.marker !== undefined) filled.marker = entry.marker;
    if (entry.licence !== undefined) filled.licence = entry.licence;
    if (entry.withdrawn !== undefined) filled.withdrawn = entry.withdrawn;
    this.#packages.push(filled);
  }

  include(target: string, kind: "requirements" | "constraints", span: Span): void {
    this.#includes.push({ target, kind, ...this.location(span) });
  }

  index(index: Omit<PackageIndex, "path" | "region">, span: Span): void {
    this.#indexes.push({ ...index, ...this.location(span) });
  }

  option(name: string, value: string | undefined, span: Span): void {
    this.#options.push({ name, ...(value !== undefined && { value }), ...this.location(span) });
  }

  problem(reason: string, span?: Span): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const line = span && this.region(span).startLine;
    if (this.#problems.some((known) => known.reason === reason && known.line === line)) return;
    this.#problems.push({ reason, ...(line !== undefined && { line }) });
  }

  /** Notes what a parser could not read, and hands over what it could: a mapping, as every format has one at its top. */
  takeOver({ root, problems }: ParsedDocument): DocumentNode {
    for (const { reason, offset } of problems)
      this.problem(reason, { start: offset, end: offset + 1 });
    const isEmpty = root.kind === "plain" && root.value === "";
    if (problems.length === 0 && root.kind !== "map" && !isEmpty)
      this.problem(`the file is ${nameOfKind(root)}, not a mapping`);
    return root;
  }

  /** The items of a list that the format has under a path of keys; something else in its place is noted. */
  items(node: DocumentNode | undefined, ...path: string[]): readonly DocumentNode[] {
    this.#expect("list", node, path);
    return itemsAt(node, ...path);
  }

  /** The entries of a mapping that the format has under a path of keys; something else in its place is noted. */
  entries(node: DocumentNode | undefined, ...path: string[]): Iterable<Entry> {
    this.#expect("map", node, path);
    return entriesAt(node, ...path);
  }

  #expect(kind: "list" | "map", node: DocumentNode | undefined, path: readonly string[]): void {
    const found = at(node, ...path);
    if (found === undefined || found.kind === kind || isNothing(found)) return;
    const expected = kind === "list" ? "a list" : "a mapping";
    this.problem(`\`${path.join(".")}\` is ${nameOfKind(found)}, not ${expected}`, found);
  }

  /** What was noted; `keeper` is who writes the file, where its text tells. */
  finish(keeper: Pick<Manifest, "tool" | "compiledBy"> = {}): Manifest {
    return {
      packages: this.#packages,
      includes: this.#includes,
      indexes: this.#indexes,
      options: this.#options,
      problems: this.#problems,
      ...keeper,
    };
  }
}

const KIND_NAMES = {
  map: "a mapping",
  list: "a list",
  text: "a text",
  plain: "a single value",
} as const satisfies Record<DocumentNode["kind"], string>;

function nameOfKind(node: DocumentNode): string {
  return node.kind === "plain" && node.value === "null" ? "null" : KIND_NAMES[node.kind];
}

/** Null, or a list or mapping of nothing, which some programs write for one another: no package is missed there. */
function isNothing(node: DocumentNode): boolean {
  if (node.kind === "plain") return ["", "~", "null"].includes(node.value);
  if (node.kind === "list") return node.items.length === 0;
  return node.kind === "map" && [...node.entries.values()].length === 0;
}
