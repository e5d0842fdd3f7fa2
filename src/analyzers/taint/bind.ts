/**
 * SQL text with holes, rewritten so that the data of the holes is bound. Only where a driver surely takes a parameter, and
 * where what the statement does with harmless data stays the same.
 */
import type { Placeholders } from "../../core/models.ts";
import type { Expression } from "../../python/index.ts";
import type { Hole, Part, Token } from "./template.ts";

/** A text in which marks stand for values. */
export interface Rewritten {
  readonly text: string;
  readonly values: readonly string[];
  /** What the values are called, for styles that name them. */
  readonly names: readonly string[];
}

/** A text with its literals written anew. */
export function sourceOf(tokens: readonly Token[], write: (token: Token) => string): string {
  return tokens
    .map((token) => `${token.gap}${token.prefix}${token.quote}${write(token)}${token.quote}`)
    .join("");
}

/** A part of SQL: a quotation mark, what stands between two, or a hole. */
interface Piece {
  readonly token: Token;
  readonly part: Part;
  readonly isQuote: boolean;
}

const QUOTE = /(\\?')/;

function piecesOf(tokens: readonly Token[]): readonly Piece[] {
  return tokens.flatMap((token) =>
    token.parts.flatMap((part): Piece[] =>
      "hole" in part
        ? [{ token, part, isQuote: false }]
        : part.text
            .split(QUOTE)
            .filter((text) => text !== "")
            .map((text) => ({ token, part: { text }, isQuote: QUOTE.test(text) })),
    ),
  );
}

/** Statements that take parameters; what defines or sets things takes none. */
const STATEMENT = /^[\s(]*(?:select|insert|update|delete|replace|with|merge)\b/i;
/** A comment, an escape that is not understood, or a second statement. */
const UNCLEAR = /\\[^'"n]|--|\/\*|;\s*[^\s;]/;
/** The marks of each style that a text may hold already, and all that would be taken for one. */
const MARKS: Readonly<Partial<Record<Placeholders["style"], { mark: RegExp; like: RegExp }>>> = {
  qmark: { mark: /\?/g, like: /\?/g },
  format: { mark: /%s/g, like: /%/g },
  numeric: { mark: /:\d+/g, like: /:/g },
  dollar: { mark: /\$\d+/g, like: /\$/g },
  named: { mark: /:[a-z_]\w*/gi, like: /:/g },
};

/** What stands around a text that is to be rewritten. */
export interface Around {
  /** The values that its marks stand for; none are given where it has no parameters yet. */
  readonly given: readonly string[] | undefined;
  /** What stands before it in the statement. */
  readonly before: string;
}

/** The text with a parameter for each hole, and the values of all; undefined where one of them cannot surely be one. */
export function bindHoles(
  tokens: readonly Token[],
  rules: Placeholders,
  around: Around = { given: undefined, before: "" },
): Rewritten | undefined {
  const pieces = piecesOf(tokens);
  const literal = around.before + sqlOf(pieces);
  if (!STATEMENT.test(literal) || UNCLEAR.test(literal)) return undefined;
  const isByOrder = rules.style === "qmark" || rules.style === "format";
  const waiting = [...(around.given ?? [])];
  // Marks that count, or have names, need not be in the order of the values.
  const values: string[] = isByOrder ? [] : waiting.splice(0);
  const names: string[] = values.map(() => "");
  const taken = rules.style === "named" ? (literal.match(/(?<=:)[a-z_]\w*/gi) ?? []) : [];
  let marks = 0;
  const written = new Map<Token, string>();
  const write = ({ token }: Piece, text: string) =>
    written.set(token, (written.get(token) ?? "") + text);
  let { before } = around;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at];
    if (piece === undefined) break;
    const { isQuote: isQuoted } = piece;
    const end = isQuoted ? pieces.findIndex((one, next) => next > at && one.isQuote) : at;
    if (end < 0) return undefined;
    const whole = pieces.slice(at, end + 1);
    const inside = (isQuoted ? whole.slice(1, -1) : whole).map(({ part }) => part);
    const holes = inside.filter((part) => "hole" in part);
    if (holes.length === 0) {
      for (const one of whole) {
        const text = "text" in one.part ? one.part.text : "";
        const found = marksIn(text, rules, around.given, isQuoted);
        if (found === undefined) return undefined;
        marks += found.marks.length;
        if (isByOrder) values.push(...waiting.splice(0, found.marks.length));
        write(one, found.text);
      }
    } else {
      const value = boundValue(inside);
      const place = { before: before.slice(-NEAR), after: sqlOf(pieces.slice(end + 1)), isQuoted };
      if (value === undefined || !canBind(place, inside, rules)) return undefined;
      values.push(value);
      names.push(nameFor(holes, [...names, ...taken]));
      write(piece, markOf(rules.style, values.length, names.at(-1) ?? ""));
    }
    before += isQuoted ? "'x'" : sqlOf(whole);
    at = end;
  }
  if (rules.style !== "named" && rules.style !== "braces" && marks !== (around.given ?? []).length)
    return undefined;
  return { text: sourceOf(tokens, (token) => written.get(token) ?? ""), values, names };
}

/** The marks that stand in a literal part, which keeps its meaning once there are parameters; undefined where that is not sure. */
function marksIn(
  text: string,
  { style }: Placeholders,
  given: Around["given"],
  isQuoted: boolean,
): { readonly marks: readonly string[]; readonly text: string } | undefined {
  if (style === "braces") return { marks: [], text: text.replace(/[{}]/g, "$&$&") };
  const known = MARKS[style];
  if (known === undefined) return { marks: [], text };
  // Without parameters a percent sign is one; with them, two are.
  if (style === "format" && given === undefined)
    return { marks: [], text: text.replaceAll("%", "%%") };
  // In quotes it is text to the database; but not to a driver that puts the values in itself.
  if (isQuoted && style !== "format") return { marks: [], text };
  const read = style === "format" ? text.replaceAll("%%", "") : text;
  const marks = read.match(known.mark) ?? [];
  return marks.length === (read.match(known.like) ?? []).length && !(isQuoted && marks.length > 0)
    ? { marks, text }
    : undefined;
}

/** How SQL reads without Python's escapes; a hole is `\0`. */
function sqlOf(pieces: readonly Piece[]): string {
  return pieces
    .map(({ part }) =>
      "text" in part ? part.text.replace(/\\n/g, " ").replace(/\\(['"])/g, "$1") : "\0",
    )
    .join("");
}

/** How much of a statement is looked at in front of a hole. */
const NEAR = 1000;
/** A list that is compared with or inserted, and what stands in it before the hole. */
const LIST = /\b(?<kind>in|values)\s*\((?<items>[^()]*)$/i;
/** A list of values for a list of one column. */
const ONE_COLUMN = /\binto\s+[^\s(]+\s*\([^(),]*\)\s*values\s*\($/i;
const ARGUMENT = /\w\((?:[^()]*,)?\s*$/;
const COLUMNS = /\binto\s+[^\s(]+\s*\([^()]*$/i;
const TEXT_COMPARED = /(?:[=<>]|\b(?:i?like|glob|rlike|regexp|between|between\s+\S+\s+and))\s*$/i;
/** A column beside it, whose type says what the text is taken for. */
const COLUMN_COMPARED =
  /(?:\b[a-z_]\w*|["`\]])\s*(?:[=<>!]{1,2}|\bbetween|\bbetween\s+\S+\s+and)\s*$/i;
const COUNT = /\b(?:limit|offset)\s*$/i;

interface PlaceInSql {
  readonly before: string;
  readonly after: string;
  readonly isQuoted: boolean;
}

/** True where a parameter may stand for the hole, and means the same. */
function canBind(
  { before, after, isQuoted }: PlaceInSql,
  parts: readonly Part[],
  { "text-for-number": textForNumber }: Placeholders,
): boolean {
  const [only] = parts.length === 1 ? parts : [];
  const isNumber = only !== undefined && "hole" in only && isSurelyNumber(only);
  // It goes on: a table of which a column follows, a quoted quotation mark.
  if (/^[\w."'`([\0]|^\s*[.(]/.test(after)) return false;
  // A number would be compared with text.
  if (isQuoted && isNumber && textForNumber !== "anywhere") return false;
  const hasOwnType = textForNumber === "never";
  if (hasOwnType && (/^\s*::/.test(after) || (!isQuoted && !isNumber))) return false;
  const { kind, items = "" } = LIST.exec(before)?.groups ?? {};
  if (kind !== undefined) {
    // A hole of its own may be a list that was joined.
    const isAlone = items.trim() === "" && /^\s*\)/.test(after);
    return isAlone ? isNumber || ONE_COLUMN.test(before) : /(?:^|,)\s*$/.test(items);
  }
  if (isQuoted)
    return (
      TEXT_COMPARED.test(before) || (!hasOwnType && ARGUMENT.test(before) && !COLUMNS.test(before))
    );
  if (COUNT.test(before)) return isNumber || textForNumber === "anywhere";
  return (isNumber ? TEXT_COMPARED : COLUMN_COMPARED).test(before);
}

const NUMBER_MAKERS: ReadonlySet<string> = new Set(["int", "float", "len", "ord"]);

function isSurelyNumber({ node, isNumber }: Hole): boolean {
  return isNumber === true || makesNumber(node);
}

function makesNumber(node: Expression): boolean {
  switch (node.nodeType) {
    case "Constant":
      return typeof node.value === "number";
    case "Call":
      return node.func.nodeType === "Name" && NUMBER_MAKERS.has(node.func.id);
    case "BinOp":
      return makesNumber(node.left) && makesNumber(node.right);
    default:
      return false;
  }
}

/** What is bound: the value of the only hole, or an f-string of all that stood between the quotation marks. */
function boundValue(parts: readonly Part[]): string | undefined {
  const texts = parts.map((part) => ("text" in part ? part.text : part.hole));
  if (texts.some((text) => text.includes("\n"))) return undefined;
  const [only] = texts;
  if (texts.length === 1) return only;
  const quote = ['"', "'"].find((one) => !texts.some((text) => text.includes(one)));
  if (quote === undefined || texts.some((text) => text.includes("\\"))) return undefined;
  const isPlain = parts.every(
    (part) =>
      "text" in part ||
      !(part.hole.startsWith("{") || ["Lambda", "NamedExpr"].includes(part.node.nodeType)),
  );
  const inner = parts.map((part) =>
    "text" in part ? part.text.replace(/[{}]/g, "$&$&") : `{${part.hole}}`,
  );
  return isPlain ? `f${quote}${inner.join("")}${quote}` : undefined;
}

/** A name for a value: its own, where it is one that is not taken yet. */
function nameFor(holes: readonly Hole[], taken: readonly string[]): string {
  const [only] = holes.length === 1 ? holes : [];
  const own = only && /^(?:\w+\.)*([A-Za-z]\w*)$/.exec(only.hole)?.[1];
  return own === undefined || taken.includes(own) ? `value_${taken.length + 1}` : own;
}

function markOf(style: Placeholders["style"], index: number, name: string): string {
  switch (style) {
    case "qmark":
      return "?";
    case "format":
      return "%s";
    case "dollar":
      return `$${index}`;
    case "named":
      return `:${name}`;
    case "braces":
      return "{}";
    default:
      return `:${index}`;
  }
}
