import type { ParsedDocument, Span } from "../../core/document.ts";
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

  /** Notes what a parser could not read, and hands over what it could. */
  takeOver(document: ParsedDocument): ParsedDocument["root"] {
    for (const { reason, offset } of document.problems)
      this.problem(reason, { start: offset, end: offset + 1 });
    return document.root;
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
