/**
 * Files that are too large to be read as a whole. Secrets are looked for in one window of them after the other, so that the time
 * grows with the length and the memory does not.
 */
import { lineStarts } from "../core/edits.ts";
import type { Region } from "../core/finding.ts";
import { decoderOf } from "../core/text.ts";
import type { Hit } from "./hit.ts";

/** A stretch of a file's text. Offsets are UTF-16 units of the stretch. */
export interface Window {
  readonly text: string;
  /** What begins from `from` on and before `to` is this window's; the rest is there to be seen around it. */
  readonly from: number;
  readonly to: number;
  /** Lines before the stretch, and signs before it on its first line. */
  readonly lines: number;
  readonly columns: number;
}

export interface WindowSizes {
  /** UTF-16 units that a window moves on. */
  readonly step: number;
  /** As far behind its beginning as a secret is looked at: a private key of 16,384 bits, indented. */
  readonly reach: number;
  /** As far before it as what belongs to it may stand: its name, or the id of the account. */
  readonly context: number;
}

const SIZES: WindowSizes = { step: 4_000_000, reach: 64_000, context: 2_000 };

/** The windows of a file, given its bytes in order; none where it is not text. */
export async function* windowsOf(
  parts: AsyncIterable<Uint8Array>,
  { step, reach, context }: WindowSizes = SIZES,
): AsyncGenerator<Window> {
  let decoder: ReturnType<typeof decoderOf>;
  let buffer = "";
  let from = 0;
  let place = { lines: 0, columns: 0 };
  for await (const part of parts) {
    decoder ??= decoderOf(part);
    if (decoder === undefined) return;
    buffer += decoder.decode(part, { stream: true });
    while (buffer.length >= from + step + reach) {
      const to = from + step;
      yield { text: buffer.slice(0, to + reach), from, to, ...place };
      // A line's end of two signs stays whole.
      const cut = to - context - (buffer[to - context - 1] === "\r" ? 1 : 0);
      place = behind(place, buffer.slice(0, cut));
      buffer = buffer.slice(cut);
      from = to - cut;
    }
  }
  buffer += decoder?.decode() ?? "";
  if (buffer.length > from) yield { text: buffer, from, to: buffer.length, ...place };
}

function behind({ lines, columns }: Pick<Window, "lines" | "columns">, text: string) {
  const starts = lineStarts(text);
  const last = text.length - (starts.at(-1) ?? 0);
  return { lines: lines + starts.length - 1, columns: starts.length > 1 ? last : columns + last };
}

/** True for what begins in a window's own part, given where the lines of its text begin. */
export function isOwn({ from, to }: Window, starts: readonly number[], region: Region): boolean {
  const start = (starts[region.startLine - 1] ?? 0) + region.startColumn - 1;
  return start >= from && start < to;
}

/** A finding of a window as one of the file. */
export function inFile({ lines, columns }: Window, hit: Hit): Hit {
  const moved = (region: Region): Region => ({
    startLine: region.startLine + lines,
    startColumn: region.startColumn + (region.startLine === 1 ? columns : 0),
    endLine: region.endLine + lines,
    endColumn: region.endColumn + (region.endLine === 1 ? columns : 0),
  });
  const { finding, secrets, suppression } = hit;
  const { excerpt, ...rest } = finding;
  // The first line of a window is only the end of one.
  const isWhole = excerpt !== undefined && (excerpt.startLine > 1 || columns === 0);
  return {
    ...hit,
    finding: {
      ...rest,
      region: moved(finding.region),
      ...(isWhole && { excerpt: { ...excerpt, startLine: excerpt.startLine + lines } }),
    },
    ...(secrets !== undefined && { secrets: secrets.map(moved) }),
    ...(suppression !== undefined && {
      suppression: {
        ...suppression,
        at: { ...suppression.at, region: moved(suppression.at.region) },
      },
    }),
  };
}
