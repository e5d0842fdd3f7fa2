import { applyEdits } from "../core/edits.ts";
import type { Finding } from "../core/finding.ts";
import { shorten } from "./escape.ts";

/** Longer lines and fixes are not for reading. */
const MAX_LINE = 200;
const MAX_LINES = 60;

/**
 * A finding's fix as the lines of a diff, `-` and `+` in front; empty where there is none. Where the excerpt does not show
 * what is replaced, only the new text is listed, under a line that says where it goes.
 */
export function diffLines(finding: Finding): string[] {
  const lines = allLines(finding).map((line) => shorten(line.replace(/\r$/, ""), MAX_LINE));
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `@@ ${rest} more lines @@`] : lines;
}

function allLines({ fix, excerpt, path }: Finding): string[] {
  if (fix === undefined) return [];
  const first = excerpt?.startLine ?? 0;
  const last = first + (excerpt?.lines.length ?? 0) - 1;
  const isShown = fix.edits.every(
    (edit) => edit.path === path && edit.region.startLine >= first && edit.region.endLine <= last,
  );
  if (excerpt === undefined || !isShown) {
    return fix.edits.flatMap(({ region, text }) => {
      const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
      return [
        `@@ line ${region.startLine} @@`,
        ...(text === "" ? ["(nothing)"] : lines.map((line) => `+${line}`)),
      ];
    });
  }
  const edits = fix.edits.map(({ region, text }) => ({
    text,
    region: {
      ...region,
      startLine: region.startLine - first + 1,
      endLine: region.endLine - first + 1,
    },
  }));
  const before = excerpt.lines;
  const after = applyEdits(`${before.join("\n")}\n`, edits)
    .replace(/\n$/, "")
    .split(/\r?\n/);
  return compare(before, after);
}

/** Leaves out what both sides share at the start and at the end, but for one line. */
function compare(before: readonly string[], after: readonly string[]): string[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [
    ...before.slice(Math.max(0, head - 1), head).map((line) => ` ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `-${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+${line}`),
    ...before
      .slice(before.length - tail)
      .slice(0, 1)
      .map((line) => ` ${line}`),
  ];
}
