/** Files of variables, `.env` and its like. Their readers differ in what a line says: only some expand `${X}` or drop a comment. */

/** How the lines of a file are read. */
export interface FileForm {
  /** `${NAME}` and `${NAME:-otherwise}` stand for the variable, and what follows ` #` is a comment. */
  readonly expands: boolean;
  /** What follows a `#` is a comment all the same. */
  readonly comments?: boolean;
  /** What stands in a section of another name does not count; undefined where there are no sections. */
  readonly section?: string;
}

const DOUBLE = String.raw`"(?<double>(?:[^"\\]|\\[\s\S])*)"`;
const SINGLE = String.raw`'(?<single>(?:[^'\\]|\\[\s\S])*)'`;
const NAME = String.raw`^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.]*)[ \t]*=[ \t]*`;
/** A quoted value may go on over several lines. */
const EXPANDING = new RegExp(`${NAME}(?:${DOUBLE}|${SINGLE}|(?<plain>[^\\n]*))`, "gm");
const LITERAL = new RegExp(`${NAME}(?<plain>[^\\n]*)`, "gm");
const SECTION = /^\[(?<name>[^\]\n]*)\]/gm;
const REFERENCE = /\$\{(?<name>[^}:]*)(?::-(?<otherwise>[^}]*))?\}/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const MAX_TEXT = 200_000;
/** A value that doubles in every line would fill the memory. */
const MAX_VALUE = 20_000;

/** The assignments of a file in the form of `.env` or of an `.ini`; `known` are variables that are set already. */
export function variablesIn(
  text: string | undefined,
  { expands, comments, section }: FileForm,
  known: (name: string) => string | undefined = () => undefined,
): ReadonlyMap<string, string> | undefined {
  if (text === undefined || text.length > MAX_TEXT) return undefined;
  const found = new Map<string, string>();
  const whole = section === undefined ? text : sectionOf(text, section);
  for (const { groups } of whole.matchAll(expands ? EXPANDING : LITERAL)) {
    const { name, double, single, plain = "" } = groups ?? {};
    if (name === undefined) continue;
    if (!expands) {
      const value = unquoted((comments ? withoutComment(plain) : plain).trim());
      found.set(name, section === undefined ? value : value.replaceAll("%%", "%"));
      continue;
    }
    const value =
      double?.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char) ??
      single?.replace(/\\([\\'])/g, "$1") ??
      plain.replace(/(?:^|\s)#.*$/, "").trim();
    const expanded = value.replace(REFERENCE, (_, wanted: string, otherwise: string | undefined) =>
      String(known(wanted) ?? found.get(wanted) ?? otherwise ?? ""),
    );
    if (expanded.length <= MAX_VALUE) found.set(name, expanded);
  }
  return found;
}

function withoutComment(plain: string): string {
  return /^\s*("[^"]*"|'[^']*'|[^#]*)/.exec(plain)?.[1] ?? plain;
}

function unquoted(value: string): string {
  const [, inner] = /^"(.*)"$/.exec(value) ?? /^'(.*)'$/.exec(value) ?? [];
  return inner ?? value;
}

function sectionOf(text: string, wanted: string): string {
  const headers = [...text.matchAll(SECTION)];
  const at = headers.findIndex(({ groups }) => groups?.["name"] === wanted);
  return at < 0 ? "" : text.slice(headers[at]?.index, headers[at + 1]?.index);
}
