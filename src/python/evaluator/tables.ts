/** Tables of `csv`, read from lines that are known. */
import { dict, membersOf, sequence } from "./containers.ts";
import { keepEnvironment } from "./unset.ts";
import {
  type Arguments,
  asString,
  constant,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

const MAX_CELLS = 2000;

/** The rows that `csv.reader` or `csv.DictReader` gives; undefined for any other call, or where the lines are not known. */
export function callTable(callee: SymbolValue, given: Arguments, site: Site): Value | undefined {
  const isKeyed = callee.name === "csv.DictReader";
  if ((!isKeyed && callee.name !== "csv.reader") || given.open) return undefined;
  const [source] = given.positional;
  const read = source && textIn(source);
  const lines = linesOf(read);
  const [delimiter, quote] = [
    asString(given.keywords.get("delimiter") ?? constant(",")),
    asString(given.keywords.get("quotechar") ?? constant('"')),
  ];
  const plain = [...given.keywords.keys()].every((name) => OPTIONS.has(name));
  if (lines === undefined || delimiter?.length !== 1 || quote?.length !== 1 || !plain)
    return undefined;
  const rows = rowsOf(lines.join("\n"), delimiter, quote);
  if (rows.reduce((sum, row) => sum + row.length, 0) > MAX_CELLS) return undefined;
  // Where a variable says all of it, it says each cell.
  const from = read?.kind === "sequence" ? (membersOf(read)?.[0] ?? read) : read;
  const cell = (word: string | null) => {
    const value = constant(word, site);
    return from === undefined ? value : keepEnvironment(from, value);
  };
  const made = (items: readonly Value[]) =>
    sequence(
      "list",
      from === undefined ? items : items.map((one) => keepEnvironment(from, one)),
      site,
    );
  if (!isKeyed) return made(rows.map((row) => sequence("list", row.map(cell), site)));
  const named = given.keywords.get("fieldnames") ?? given.positional[1];
  const [first = [], ...others] = rows;
  const names = named === undefined ? first : membersOf(named)?.map(asString);
  if (names === undefined || names.includes(undefined)) return undefined;
  const records = (named === undefined ? others : rows).filter((row) => row.length > 0);
  return made(records.map((row) => recordOf(names, row.map(cell), site)));
}

const OPTIONS = new Set(["delimiter", "quotechar", "fieldnames"]);

function recordOf(
  names: readonly (string | undefined)[],
  row: readonly Value[],
  site: Site,
): Value {
  const entries = names.map((name = "", at) => {
    const cell = row[at];
    return [
      `s${name}`,
      { key: constant(name, site), value: cell ?? constant(null, site) },
    ] as const;
  });
  return dict(new Map(entries), site);
}

/** What is read where a text is read as a file, or else the list of lines itself. */
function textIn(source: Value): Value | undefined {
  return source.kind === "symbol" && source.name === "io.StringIO()"
    ? source.call?.positional[0]
    : source.kind === "sequence"
      ? source
      : undefined;
}

function linesOf(source: Value | undefined): readonly string[] | undefined {
  if (source === undefined) return undefined;
  if (source.kind !== "sequence") return asString(source)?.split(/\r?\n/);
  const lines = membersOf(source)?.map(asString);
  const known = lines?.flatMap((line) => (line === undefined ? [] : [line.replace(/\r?\n$/, "")]));
  return known?.length === lines?.length ? known : undefined;
}

/** Quotes hold a cell together, lines and all; twice they stand for themselves. An empty line is a row without cells. */
function rowsOf(text: string, delimiter: string, quote: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (isQuoted && char === quote && text[at + 1] === quote) {
      cell += quote;
      at++;
    } else if (char === quote && (isQuoted || cell === "")) isQuoted = !isQuoted;
    else if (!isQuoted && char === delimiter) {
      row.push(cell);
      cell = "";
    } else if (!isQuoted && char === "\n") {
      rows.push(row.length === 0 && cell === "" ? [] : [...row, cell]);
      [row, cell] = [[], ""];
    } else cell += char;
  }
  if (row.length > 0 || cell !== "") rows.push([...row, cell]);
  return rows;
}
