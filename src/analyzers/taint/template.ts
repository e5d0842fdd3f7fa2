/**
 * Text with holes as it stands in the code, whichever way it is put together: an f-string, `%`, `.format` or a sum. Only what
 * is written in one piece is read: a template that we are not sure to understand is none.
 */
import type { Expression, ModuleFile } from "../../python/index.ts";

/** A place where the value of an expression goes. */
export interface Hole {
  /** The source of the expression. */
  readonly hole: string;
  readonly node: Expression;
  /** True where the format takes nothing but a number: `%d`. */
  readonly isNumber?: true;
}

/** Text is as it stands between the quotes. */
export type Part = { readonly text: string } | Hole;

/** One string literal. */
export interface Token {
  /** White space and comments before it. */
  readonly gap: string;
  /** Without `f`. */
  readonly prefix: string;
  readonly quote: string;
  readonly parts: readonly Part[];
}

/** The literals of a text with holes, in order; undefined where it is not surely understood. */
export function readTemplate(file: ModuleFile, node: Expression): readonly Token[] | undefined {
  const tokens = read(file, node);
  return tokens?.some((token) => token.parts.some((part) => "hole" in part)) ? tokens : undefined;
}

function read(file: ModuleFile, node: Expression): readonly Token[] | undefined {
  switch (node.nodeType) {
    case "JoinedStr": {
      const isPlain = node.values.every(
        (part) =>
          part.nodeType === "Constant" ||
          (part.nodeType === "FormattedValue" && part.conversion === -1 && !part.format_spec),
      );
      const values = node.values.flatMap((part) =>
        part.nodeType === "FormattedValue" ? [part.value] : [],
      );
      const tokens = isPlain ? literals(file.source(node), values) : undefined;
      const holes = tokens?.flatMap((token) => token.parts).filter((part) => "hole" in part);
      // `{x=}` writes more than x.
      return holes?.length === values.length && !holes.some((part) => /=\s*$/.test(part.hole))
        ? tokens
        : undefined;
    }
    case "BinOp":
      if (node.op.nodeType === "Mod") return readPercent(file, node.left, node.right);
      return node.op.nodeType === "Add" ? readSum(file, node) : undefined;
    case "Call":
      return node.func.nodeType === "Attribute" && node.func.attr === "format"
        ? readFormat(file, node.func.value, node)
        : undefined;
    default:
      return undefined;
  }
}

function plainLiterals(file: ModuleFile, node: Expression): readonly Token[] | undefined {
  const isText = node.nodeType === "Constant" && typeof node.value === "string";
  return isText ? literals(file.source(node), []) : undefined;
}

function readPercent(
  file: ModuleFile,
  format: Expression,
  values: Expression,
): readonly Token[] | undefined {
  const tokens = plainLiterals(file, format);
  const named = values.nodeType === "Dict" ? entriesIn(file, values) : undefined;
  if (values.nodeType === "Dict" && named === undefined) return undefined;
  const given = (values.nodeType === "Tuple" ? values.elts : [values]).map(holeIn(file));
  let next = 0;
  return fill(tokens, /%(?:\((?<name>\w+)\))?(?<type>.)/g, (mark, { name, type = "" } = {}) => {
    if (mark === "%%") return "%";
    if (!/[sdi]/.test(type) || (name === undefined) !== (named === undefined)) return undefined;
    const value = name === undefined ? given[next++] : named?.get(name);
    return type === "s" || value === undefined ? value : { ...value, isNumber: true };
  });
}

/** What stands in a dict by its keys; undefined where one of them is not written out. */
function entriesIn(
  file: ModuleFile,
  { keys, values }: Extract<Expression, { nodeType: "Dict" }>,
): ReadonlyMap<string, Hole> | undefined {
  const entries = values.flatMap((value, index): [string, Hole][] => {
    const key = keys[index];
    return key?.nodeType === "Constant" && typeof key.value === "string"
      ? [[key.value, holeIn(file)(value)]]
      : [];
  });
  return entries.length === values.length ? new Map(entries) : undefined;
}

function readFormat(
  file: ModuleFile,
  format: Expression,
  call: Extract<Expression, { nodeType: "Call" }>,
): readonly Token[] | undefined {
  const tokens = plainLiterals(file, format);
  const { args, keywords } = call;
  if (args.some((one) => one.nodeType === "Starred") || keywords.some((one) => !one.arg))
    return undefined;
  const given = args.map(holeIn(file));
  const named = new Map(keywords.map((one) => [one.arg ?? "", holeIn(file)(one.value)]));
  let next = 0;
  return fill(tokens, /\{\{|\}\}|\{[^{}]*\}?|\}/g, (mark) => {
    if (mark === "{{" || mark === "}}") return mark.slice(1);
    const name = /^\{(\w*)\}$/.exec(mark)?.[1];
    if (name === "") return given[next++];
    return name !== undefined && /^\d+$/.test(name) ? given[Number(name)] : named.get(name ?? "");
  });
}

function holeIn(file: ModuleFile): (node: Expression) => Hole {
  return (node) => ({ hole: file.source(node), node });
}

/** Puts texts and values where marks stand; undefined where a mark is not understood. */
function fill(
  tokens: readonly Token[] | undefined,
  marks: RegExp,
  meaning: (mark: string, groups?: Partial<Record<string, string>>) => string | Hole | undefined,
): readonly Token[] | undefined {
  let isSure = tokens !== undefined;
  const filled = (tokens ?? []).map((token) => {
    const parts: Part[] = [];
    for (const part of token.parts) {
      if (!("text" in part)) {
        isSure = false;
        continue;
      }
      let last = 0;
      let text = "";
      for (const match of part.text.matchAll(marks)) {
        text += part.text.slice(last, match.index);
        last = match.index + match[0].length;
        const means = meaning(match[0], match.groups);
        if (means === undefined) isSure = false;
        else if (typeof means === "string") text += means;
        else {
          parts.push({ text }, means);
          text = "";
        }
      }
      parts.push({ text: text + part.text.slice(last) });
    }
    return { ...token, parts };
  });
  return isSure ? filled : undefined;
}

/** A sum of literals and expressions, as one literal. */
function readSum(file: ModuleFile, node: Expression): readonly Token[] | undefined {
  const parts: Part[] = [];
  let style: Token | undefined;
  const waiting: Expression[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.nodeType === "BinOp" && next.op.nodeType === "Add") {
      waiting.push(next.right, next.left);
      continue;
    }
    const tokens =
      plainLiterals(file, next) ?? (next.nodeType === "JoinedStr" ? read(file, next) : undefined);
    if (tokens === undefined) {
      if (next.nodeType === "JoinedStr" || next.nodeType === "Constant") return undefined;
      parts.push(holeIn(file)(next));
      continue;
    }
    for (const token of tokens) {
      style ??= token;
      // Another kind of literal would need other escapes.
      if (token.prefix !== style.prefix || token.quote.length !== style.quote.length)
        return undefined;
      if (
        token.quote !== style.quote &&
        token.parts.some((part) => "text" in part && part.text.includes(style?.quote ?? ""))
      )
        return undefined;
      parts.push(...token.parts);
    }
  }
  return style === undefined ? undefined : [{ ...style, gap: "", parts }];
}

const OPENING = /^(?<gap>(?:\s|#[^\n]*\n)*)(?<prefix>[rRfFuU]{0,2})(?<quote>"""|'''|"|')/;

/** Splits the source of adjacent literals, in which values stand; undefined where there is anything else. */
function literals(source: string, values: readonly Expression[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let next = 0;
  for (let at = 0; at < source.length; ) {
    const { gap = "", prefix = "", quote = "" } = OPENING.exec(source.slice(at))?.groups ?? {};
    if (quote === "") return undefined;
    at += gap.length + prefix.length + quote.length;
    const isFormatted = /f/i.test(prefix);
    const parts: Part[] = [];
    let text = "";
    while (at < source.length && !source.startsWith(quote, at)) {
      const char = source[at] ?? "";
      if (char === "\\") {
        text += source.slice(at, at + 2);
        at += 2;
      } else if (isFormatted && (char === "{" || char === "}")) {
        if (source[at + 1] === char) {
          text += char;
          at += 2;
          continue;
        }
        const end = char === "{" ? closing(source, at) : undefined;
        const node = values[next++];
        if (end === undefined || node === undefined) return undefined;
        parts.push({ text }, { hole: source.slice(at + 1, end).trim(), node });
        text = "";
        at = end + 1;
      } else {
        text += char;
        at++;
      }
    }
    if (at >= source.length) return undefined;
    at += quote.length;
    tokens.push({ gap, prefix: prefix.replace(/f/i, ""), quote, parts: [...parts, { text }] });
  }
  return tokens.length === 0 ? undefined : tokens;
}

/** Where the brace that opens at a place is closed. */
function closing(source: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const char = source[at] ?? "";
    if (char === '"' || char === "'") {
      const end = source.indexOf(char, at + 1);
      if (end < 0) return undefined;
      at = end;
    } else if ("([{".includes(char)) depth++;
    else if (")]}".includes(char) && --depth === 0) return at;
  }
  return undefined;
}
