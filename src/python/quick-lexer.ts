/**
 * A quick way through what most of Python consists of, for the parser's own lexer.
 *
 * Why: the package looks at every character through several calls, a regular expression made anew among them, which takes longer
 * than making the tree. It is exact, though, so it goes on reading whatever is rare; here only its step from one token to
 * the next is replaced, and a test compares the tokens of both.
 */
import { Lexer, TokenType } from "py-ast";

/** What the package keeps to itself; its version is pinned. */
interface LexerState {
  readonly source: string;
  readonly position: { line: number; column: number; index: number };
  readonly tokens: Token[];
  readonly indentStack: number[];
  atLineStart: boolean;
  parenLevel: number;
  bracketLevel: number;
  braceLevel: number;
  scanToken(): void;
}

/** One token as the package has it. */
export interface Token {
  readonly type: TokenType;
  readonly value: string;
  readonly lineno: number;
  readonly col_offset: number;
  readonly end_lineno: number;
  readonly end_col_offset: number;
}

const lexer: Pick<LexerState, "scanToken"> = Lexer.prototype as never;
/** One step of the package's own lexer. */
export const scanCarefully: (this: LexerState) => void = lexer.scanToken;

const [TAB, LINE_END, SPACE, DOUBLE_QUOTE, HASH, QUOTE] = [9, 10, 32, 34, 35, 39];
const [DOT, EQUALS, BACKSLASH] = [46, 61, 92];
/** By character code: 1 for letters and `_`, 2 for digits. */
const wordClass = new Uint8Array(128);
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
  wordClass[char.charCodeAt(0)] = 1;
for (const char of "0123456789") wordClass[char.charCodeAt(0)] = 2;

/** Words that are no names, by the kinds of tokens that they are. */
const keywords: ReadonlyMap<string, TokenType> = new Map(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  )
    .split(" ")
    .map((word) => [word, new Lexer(word).tokenize()[0]?.type ?? TokenType.NAME]),
);
const LONGEST_KEYWORD = Math.max(...[...keywords.keys()].map((word) => word.length));

lexer.scanToken = scan;

/** By character code: signs that stand alone, unless `=` follows. */
const signs: (TokenType | undefined)[] = [];
for (const [sign, type] of [
  ["(", TokenType.LPAR],
  [")", TokenType.RPAR],
  ["[", TokenType.LSQB],
  ["]", TokenType.RSQB],
  ["{", TokenType.LBRACE],
  ["}", TokenType.RBRACE],
  [",", TokenType.COMMA],
  [":", TokenType.COLON],
  [".", TokenType.DOT],
  ["=", TokenType.EQUAL],
] as const)
  signs[sign.charCodeAt(0)] = type;

function scan(this: LexerState): void {
  const { source, position } = this;
  let { index } = position;
  let code = source.charCodeAt(index);
  if (code === SPACE && !this.atLineStart) {
    while (code === SPACE) code = source.charCodeAt(++index);
    position.column += index - position.index;
    position.index = index;
    if (index >= source.length) return;
  }
  if (wordClass[code] === 1 && !this.atLineStart) scanWord(this, index);
  else if (code === LINE_END) endLine(this);
  else if (this.atLineStart) startLine(this);
  else if (wordClass[code] === 2) scanDigits(this, index);
  else if (code === HASH) {
    const end = source.indexOf("\n", index);
    add(this, TokenType.COMMENT, end < 0 ? source.length : end);
  } else if (code === DOUBLE_QUOTE || code === QUOTE) scanText(this, index, code);
  else scanSign(this, index, code);
}

function endLine(state: LexerState): void {
  const { position } = state;
  if (isWithinBrackets(state)) {
    position.line++;
    position.column = 0;
    position.index++;
  } else add(state, TokenType.NEWLINE, position.index + 1);
  state.atLineStart = true;
}

function startLine(state: LexerState): void {
  const { source, position, indentStack } = state;
  let end = position.index;
  while (source.charCodeAt(end) === SPACE) end++;
  const code = source.charCodeAt(end);
  const indent = end - position.index;
  const isBlank = code === LINE_END || code === HASH || end >= source.length;
  const isKept = isBlank || isWithinBrackets(state);
  if (
    code === TAB ||
    (!isKept && !indentStack.includes(indent) && indent < (indentStack.at(-1) ?? 0))
  ) {
    // Not only spaces, or back to where no block began.
    scanCarefully.call(state);
    return;
  }
  position.column += indent;
  position.index = end;
  state.atLineStart = false;
  if (isKept) return;
  if (indent > (indentStack.at(-1) ?? 0)) {
    indentStack.push(indent);
    addAscii(state, TokenType.INDENT, "", end);
  }
  for (; indent < (indentStack.at(-1) ?? 0); indentStack.pop())
    addAscii(state, TokenType.DEDENT, "", end);
}

function scanWord(state: LexerState, start: number): void {
  const { source } = state;
  let end = start + 1;
  let code = source.charCodeAt(end);
  while (code < 128 && wordClass[code] !== 0) code = source.charCodeAt(++end);
  if (code >= 128 || code === QUOTE || code === DOUBLE_QUOTE) {
    // A name with other letters, or a text with a prefix.
    scanCarefully.call(state);
    return;
  }
  const word = source.slice(start, end);
  const keyword = word.length > LONGEST_KEYWORD ? undefined : keywords.get(word);
  addAscii(state, keyword ?? TokenType.NAME, word, end);
}

function scanDigits(state: LexerState, start: number): void {
  const { source } = state;
  let end = start + 1;
  while (wordClass[source.charCodeAt(end)] === 2) end++;
  const code = source.charCodeAt(end);
  if (code === DOT || code >= 128 || wordClass[code] === 1) scanCarefully.call(state);
  else addAscii(state, TokenType.NUMBER, source.slice(start, end), end);
}

function scanText(state: LexerState, start: number, quote: number): void {
  const { source } = state;
  const isTriple = source.charCodeAt(start + 1) === quote && source.charCodeAt(start + 2) === quote;
  for (let at = start + (isTriple ? 3 : 1); at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === LINE_END && !isTriple) break;
    else if (code === quote) {
      if (!isTriple) {
        add(state, TokenType.STRING, at + 1);
        return;
      }
      if (source.charCodeAt(at + 1) === quote && source.charCodeAt(at + 2) === quote) {
        add(state, TokenType.STRING, at + 3);
        return;
      }
    }
  }
  // It does not end: the package says so.
  scanCarefully.call(state);
}

function scanSign(state: LexerState, index: number, code: number): void {
  const { source } = state;
  const type = signs[code];
  const next = source.charCodeAt(index + 1);
  const isLonger = next === EQUALS || (code === DOT && (next === DOT || wordClass[next] === 2));
  if (type === undefined || isLonger) {
    scanCarefully.call(state);
    return;
  }
  if (type === TokenType.LPAR) state.parenLevel++;
  else if (type === TokenType.RPAR) state.parenLevel--;
  else if (type === TokenType.LSQB) state.bracketLevel++;
  else if (type === TokenType.RSQB) state.bracketLevel--;
  else if (type === TokenType.LBRACE) state.braceLevel++;
  else if (type === TokenType.RBRACE) state.braceLevel--;
  addAscii(state, type, source.charAt(index), index + 1);
}

function isWithinBrackets(state: LexerState): boolean {
  // As the package has it: a closing bracket too many counts, too.
  return !(state.parenLevel === 0 && state.bracketLevel === 0 && state.braceLevel === 0);
}

/** Adds the token up to `end`, which holds no line end and nothing but ASCII. */
function addAscii({ position, tokens }: LexerState, type: TokenType, value: string, end: number) {
  const { line, column, index } = position;
  position.column += end - index;
  position.index = end;
  tokens.push({
    type,
    value,
    lineno: line,
    col_offset: column,
    end_lineno: line,
    end_col_offset: position.column,
  });
}

/** Adds the token up to `end`. */
function add({ source, position, tokens }: LexerState, type: TokenType, end: number): void {
  const { line, column, index } = position;
  let lines = line;
  let bytes = column;
  for (let at = index; at < end; at++) {
    const code = source.charCodeAt(at);
    if (code === LINE_END) {
      lines++;
      bytes = 0;
    } else if (code < 128) bytes++;
    else bytes += code < 2048 ? 2 : isSecondHalf(source, at) ? 0 : isFirstHalf(source, at) ? 4 : 3;
  }
  position.line = lines;
  position.column = bytes;
  position.index = end;
  tokens.push({
    type,
    value: source.slice(index, end),
    lineno: line,
    col_offset: column,
    end_lineno: lines,
    end_col_offset: bytes,
  });
}

function isFirstHalf(source: string, at: number): boolean {
  return isHigh(source.charCodeAt(at)) && isLow(source.charCodeAt(at + 1));
}

function isSecondHalf(source: string, at: number): boolean {
  return isLow(source.charCodeAt(at)) && isHigh(source.charCodeAt(at - 1));
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
