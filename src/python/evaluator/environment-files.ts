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
/** As `configparser` reads it: quotes belong to the value. */
const OPTION = /^(?<name>[A-Za-z_][\w.]*)[ \t]*[=:][ \t]*(?<plain>[^\n]*)/gm;
const INTERPOLATION = /%(?:%|\((?<name>\w{1,100})\)s)/g;
/** Options that stand for one another many times over would go on for long. */
const MAX_INTERPOLATIONS = 500;
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
  if (section !== undefined) return optionsIn(sectionOf(text, section));
  const found = new Map<string, string>();
  for (const { groups } of text.matchAll(expands ? EXPANDING : LITERAL)) {
    const { name, double, single, plain = "" } = groups ?? {};
    if (name === undefined) continue;
    if (!expands) {
      found.set(name, unquoted((comments ? withoutComment(plain) : plain).trim()));
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

/** The options of a section, under their names as they are written and in capitals: case does not matter to who asks. */
function optionsIn(section: string): ReadonlyMap<string, string> {
  const written = [...section.matchAll(OPTION)].map(
    ({ groups }) => [groups?.["name"] ?? "", (groups?.["plain"] ?? "").trim()] as const,
  );
  const byName = new Map(written.map(([name, value]) => [name.toLowerCase(), value]));
  let left = MAX_INTERPOLATIONS;
  const expanded = (value: string, depth: number): string =>
    value.replace(INTERPOLATION, (whole, name: string | undefined) => {
      if (name === undefined) return "%";
      const other = byName.get(name.toLowerCase());
      return other === undefined || depth > 3 || left-- <= 0 ? whole : expanded(other, depth + 1);
    });
  const found = new Map<string, string>();
  for (const [name, value] of written) {
    const one = expanded(value, 0);
    if (one.length > MAX_VALUE) continue;
    found.set(name.toUpperCase(), one);
    found.set(name, one);
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
