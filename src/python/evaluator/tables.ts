/** Tables of `csv`, read from lines that are known. */
import { dict, membersOf, sequence } from "./containers.ts";
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
  const lines = linesOf(given.positional[0]);
  const [delimiter, quote] = [
    asString(given.keywords.get("delimiter") ?? constant(",")),
    asString(given.keywords.get("quotechar") ?? constant('"')),
  ];
  const plain = [...given.keywords.keys()].every((name) => OPTIONS.has(name));
  if (lines === undefined || delimiter?.length !== 1 || quote?.length !== 1 || !plain)
    return undefined;
  const rows = rowsOf(lines.join("\n"), delimiter, quote);
  if (rows.reduce((sum, row) => sum + row.length, 0) > MAX_CELLS) return undefined;
  if (!isKeyed)
    return sequence(
      "list",
      rows.map((row) => textsOf(row, site)),
      site,
    );
  const named = given.keywords.get("fieldnames") ?? given.positional[1];
  const [first = [], ...others] = rows;
  const names = named === undefined ? first : membersOf(named)?.map(asString);
  if (names === undefined || names.includes(undefined)) return undefined;
  const records = (named === undefined ? others : rows).filter((row) => row.length > 0);
  return sequence(
    "list",
    records.map((row) => recordOf(names, row, site)),
    site,
  );
}

const OPTIONS = new Set(["delimiter", "quotechar", "fieldnames"]);

function textsOf(row: readonly string[], site: Site): Value {
  return sequence(
    "list",
    row.map((cell) => constant(cell, site)),
    site,
  );
}

function recordOf(
  names: readonly (string | undefined)[],
  row: readonly string[],
  site: Site,
): Value {
  const entries = names.map((name = "", at) => {
    const cell = row[at];
    return [
      `s${name}`,
      { key: constant(name, site), value: constant(cell ?? null, site) },
    ] as const;
  });
  return dict(new Map(entries), site);
}

/** The lines of a list of texts, or of a text that is read as a file. */
function linesOf(source: Value | undefined): readonly string[] | undefined {
  if (source?.kind === "symbol" && source.name === "io.StringIO()")
    return asString(source.call?.positional[0])?.split(/\r?\n/);
  const lines = source === undefined ? undefined : membersOf(source)?.map(asString);
  if (source?.kind !== "sequence" || lines === undefined) return undefined;
  const known = lines.flatMap((line) => (line === undefined ? [] : [line.replace(/\r?\n$/, "")]));
  return known.length === lines.length ? known : undefined;
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
