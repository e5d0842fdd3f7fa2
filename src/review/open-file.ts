import { isPython, type Trigger } from "../analyzers/index.ts";
import type { LineRange } from "../core/change.ts";
import type { FileContent } from "../core/source-tree.ts";
import { decodeText, searchable } from "../core/text.ts";
import type { AppliedRules } from "./applied-rules.ts";
import type { Collector } from "./observed.ts";
import type { Hits, Places } from "./prefilter.ts";

/** A file that was read and has to be looked at closely. */
export interface OpenFile {
  readonly path: string;
  readonly text: string;
  readonly hits: Hits;
  /** The analyzers that look at it, by their place in the list. */
  readonly inspectors: readonly number[];
  /** The lines on which words of triggers stand that it satisfies, ascending. */
  linesOf(triggers: Iterable<Trigger>): readonly number[];
  /** Modules that data goes through. */
  readonly entered: Set<string>;
  /** Where the change is that it is looked at for, if it does not change itself: the lines of each path. */
  readonly touched?: ReadonlyMap<string, readonly LineRange[]>;
}

/** Prefilters one file and notes whose survey it concerns; undefined when there is nothing to do in it. */
export function openFile(
  applied: AppliedRules,
  path: string,
  content: FileContent,
  total: Collector,
  only?: string,
): OpenFile | undefined {
  if (content.kind === "missing") return undefined;
  if (content.kind === "unreadable") {
    if (content.isPutOff === true) total.putOff.push(path);
    // Of text that is too large only secrets are told, which is all there is to say of most.
    if (content.parts === undefined || applied.wantsMoreThanSecrets(path))
      total.skipped.push({ path, reason: content.reason });
    return undefined;
  }
  total.files++;
  const bytes = searchable(content.bytes);
  const hits = applied.look(path, bytes, isPython(path), only);
  const inspectors = hits.analyzers.filter(
    (index) => applied.prepared[index]?.inspect !== undefined,
  );
  const surveyors = hits.analyzers.filter(
    (index) => applied.prepared[index]?.survey !== undefined && !total.surveys.has(index),
  );
  // A comment of ours with a fault is told even where there is nothing to silence.
  const isOpened = inspectors.length > 0 || (isPython(path) && hasOurComment(bytes));
  if (!isOpened && surveyors.length === 0) return undefined;
  const decoded = decodeText(content.bytes);
  if ("text" in decoded)
    for (const index of surveyors)
      if (applied.prepared[index]?.tells?.(path, decoded.text) ?? true) total.surveys.add(index);
  if (!isOpened) return undefined;
  if ("reason" in decoded) {
    // Images and archives are no surprise; a program that is not text is.
    if (isPython(path)) total.skipped.push({ path, reason: "contains NUL bytes" });
    return undefined;
  }
  if (decoded.note !== undefined && isPython(path)) total.notes.push(`${path}: ${decoded.note}.`);
  const linesOf = isPython(path) ? lineFinder(bytes, hits) : () => [];
  return { path, text: decoded.text, hits, inspectors, linesOf, entered: new Set() };
}

function hasOurComment(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("portcullis:");
}

/** The bytes themselves are not kept: a file is looked at when many others have been opened. */
function lineFinder(bytes: Uint8Array, { triggers }: Hits): OpenFile["linesOf"] {
  const lineAt = linesAt(bytes, ascending([...triggers.values()].flat()));
  return (wanted) => {
    const places = [...wanted].flatMap((trigger) => triggers.get(trigger) ?? []);
    return [...new Set(ascending(places).map((offset) => lineAt.get(offset) ?? 0))];
  };
}

function ascending(places: readonly Places[]): number[] {
  const offsets = new Set<number>();
  for (const some of new Set(places)) for (const offset of some) offsets.add(offset);
  return [...offsets].sort((a, b) => a - b);
}

/** The numbers of the lines at ascending offsets. */
function linesAt(bytes: Uint8Array, offsets: readonly number[]): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  let line = 1;
  let at = 0;
  for (const offset of offsets) {
    for (; at < offset; at++) {
      // Alone, a carriage return ends a line too.
      if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) line++;
    }
    lines.set(offset, line);
  }
  return lines;
}
