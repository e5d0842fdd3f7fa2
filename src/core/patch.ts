const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
/** What was not ASCII may have been in another encoding than the one it came in. */
const OUTSIDE_ASCII = /[^\0-\x7f]/;

/** False for a patch that `textBefore` cannot undo, whatever it leads to. */
export function mayBeUndone(patch: string): boolean {
  return !patch.split("\n").some((line) => line.startsWith("-") && OUTSIDE_ASCII.test(line));
}

/** The lines that a unified diff shows of one side of its file, each in its place; those between are empty. */
export function linesShown(patch: string, side: "before" | "after"): string {
  const [start, mark] = side === "before" ? [1, "-"] : [3, "+"];
  const lines: string[] = [];
  for (const line of patch.split("\n")) {
    const header = HUNK_HEADER.exec(line);
    if (header !== null) while (lines.length < Number(header[start]) - 1) lines.push("");
    // Some write an empty line of context without its space.
    else if (line.startsWith(mark) || /^(?:[ \r]|$)/.test(line)) lines.push(line.slice(1));
  }
  return lines.join("\n");
}

/**
 * The text that a unified diff of one file was made from, given the text that it leads to. Undefined where the two do not fit, line by
 * line, and where what was removed may not have come through unchanged.
 */
export function textBefore(after: string, patch: string): string | undefined {
  const lines = after === "" ? [] : after.split(/(?<=\n)/);
  const before: string[] = [];
  const patchLines = patch.split("\n");
  let at = 0;
  let compared = 0;
  for (let index = 0; index < patchLines.length; ) {
    const header = HUNK_HEADER.exec(patchLines[index++] ?? "");
    if (header === null) continue;
    let oldLeft = Number(header[2] ?? 1);
    let newLeft = Number(header[4] ?? 1);
    // A side without lines names the line before the hunk.
    const start = newLeft === 0 ? Number(header[3]) : Number(header[3]) - 1;
    if (start < at || start > lines.length) return undefined;
    for (; at < start; at++) before.push(lines[at] ?? "");
    while (oldLeft > 0 || newLeft > 0) {
      const line = patchLines[index++];
      if (line === undefined) return undefined;
      if (line.startsWith("\\")) continue;
      const isLastOfFile = patchLines[index]?.startsWith("\\") === true;
      const text = isLastOfFile ? line.slice(1) : `${line.slice(1)}\n`;
      // Some write an empty line of context without its space.
      const kind = line === "" || line === "\r" ? " " : line[0];
      if (kind === "-") {
        if (OUTSIDE_ASCII.test(text)) return undefined;
        before.push(text);
        oldLeft--;
        continue;
      }
      const known = lines[at++];
      const isSame = known === text || (line.length < 2 && known === `${line}\n`);
      if ((kind !== " " && kind !== "+") || known === undefined || !isSame) return undefined;
      compared++;
      newLeft--;
      if (kind === " ") {
        before.push(known);
        oldLeft--;
      }
    }
    if (oldLeft < 0 || newLeft < 0) return undefined;
  }
  // Something has to have shown that the patch is of this text.
  if (compared === 0) return undefined;
  for (; at < lines.length; at++) before.push(lines[at] ?? "");
  return before.join("");
}
