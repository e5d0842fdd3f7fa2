import type { Span } from "../../core/document.ts";

/** One `key = value` of an INI file as Python's configparser reads it; a value may go on in indented lines. */
export interface IniOption extends Span {
  readonly section: string;
  /** In lower case, as configparser has them. */
  readonly key: string;
  /** The lines of the value that are not blank and no comment; the first stands behind the key. */
  readonly lines: readonly (Span & { readonly text: string })[];
}

/** Reads what configparser would, and skips the rest. */
export function parseIni(text: string): IniOption[] {
  const options: IniOption[] = [];
  let section = "";
  let current: { lines: (Span & { text: string })[] } | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end);
    const content = line.trim();
    const offset = start + (line.length - line.trimStart().length);
    const header = /^\[([^\]]*)\]/.exec(line)?.[1];
    const pair = /^([^\s=:#;[][^=:]*?)\s*[=:]/.exec(line);
    if (content !== "" && !/^[#;]/.test(content)) {
      if (/^\s/.test(line)) current?.lines.push(piece(line, offset));
      else if (header !== undefined) {
        section = header.trim();
        current = undefined;
      } else if (pair?.[1] !== undefined) {
        const rest = line.slice(pair[0].length);
        const lines: (Span & { text: string })[] = [];
        if (rest.trim() !== "") {
          const gap = rest.length - rest.trimStart().length;
          lines.push(piece(rest, start + pair[0].length + gap));
        }
        const key = pair[1].trim().toLowerCase();
        const option = { section, key, lines, start, end: start + line.trimEnd().length };
        options.push(option);
        current = option;
      }
    }
    start = end + 1;
  }
  return options;
}

/** A line without what stands around it, and without a comment at its end. */
function piece(line: string, offset: number): Span & { text: string } {
  const text = line
    .trim()
    .replace(/\s#[\s\S]*$/, "")
    .trimEnd();
  return { text, start: offset, end: offset + text.length };
}
