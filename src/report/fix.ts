import type { Finding, Replacement } from "../core/finding.ts";
import { shorten } from "./escape.ts";

/** Longer lines and fixes are not for reading. */
const MAX_LINE = 200;
const MAX_LINES = 60;

/** A finding's fix as the lines of a diff, `-` and `+` in front; empty where there is none. */
export function diffLines(finding: Finding): string[] {
  const lines = allLines(finding).map((line) => shorten(line.replace(/\r$/, ""), MAX_LINE));
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `@@ ${rest} more lines @@`] : lines;
}

/**
 * The lines that a reader can put into the file with one click: those of a fix that is one change of the finding's own file.
 * Undefined where there is no such fix, or where what is shown would not be all of it.
 */
export function suggestionOf({ fix, path }: Finding): Replacement | undefined {
  const [only, ...others] = fix?.replacements ?? [];
  if (only === undefined || others.length > 0 || only.path !== path) return undefined;
  return only.added.length <= MAX_LINES ? only : undefined;
}

function allLines({ fix, path }: Finding): string[] {
  const replacements = fix?.replacements ?? [];
  return replacements.flatMap((one) => {
    const where = one.path === path ? "" : `${one.path}, `;
    const lines = compare(one.removed, one.added);
    // A single change of the finding's own file needs no heading: it stands beside the code.
    return replacements.length === 1 && where === ""
      ? lines
      : [`@@ ${where}line ${one.startLine} @@`, ...lines];
  });
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
