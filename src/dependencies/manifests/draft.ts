import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Location, Region } from "../../core/finding.ts";
import type {
  Ecosystem,
  Manifest,
  Package,
  PackageIndex,
  PackageSource,
  Scope,
  Tool,
} from "../package.ts";
import { normaliseName } from "../package.ts";
import type { ParsedDocument, Span } from "./document.ts";

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
    const isReplaceable = versionSpan !== undefined && !(hashes && hashes.length > 0);
    this.#packages.push({
      ecosystem,
      name,
      ...(name !== entry.name && { shownName: entry.name }),
      ...(entry.version !== undefined && { version: entry.version }),
      ...(entry.range !== undefined && { range: entry.range }),
      kind: entry.kind,
      scope: entry.scope,
      ...(entry.group !== undefined && { group: entry.group }),
      ...(entry.direct !== undefined && { direct: entry.direct }),
      ...(entry.key !== undefined && { key: entry.key }),
      ...(entry.parents && entry.parents.length > 0 && { parents: entry.parents }),
      location: this.location(entry.span),
      ...(nameSpan && { nameRegion: this.region(nameSpan) }),
      ...(isReplaceable && { versionRegion: this.region(versionSpan) }),
      source: entry.source,
      ...(hashes && hashes.length > 0 && { hashes }),
      ...(entry.extras && entry.extras.length > 0 && { extras: entry.extras }),
      ...(entry.marker !== undefined && { marker: entry.marker }),
      ...(entry.licence !== undefined && { licence: entry.licence }),
      ...(entry.withdrawn !== undefined && { withdrawn: entry.withdrawn }),
    });
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

  finish(tool?: Tool): Manifest {
    return {
      packages: this.#packages,
      includes: this.#includes,
      indexes: this.#indexes,
      options: this.#options,
      problems: this.#problems,
      ...(tool !== undefined && { tool }),
    };
  }
}
