/**
 * A quick way through what most of Python consists of, for the package's parser, as quick-lexer.ts is one for its lexer.
 *
 * Why: to find that a name is only a name, the package asks for one operator after the other whether it follows, makes a list for
 * each question, and puts texts together from their characters. Here all that is asked in one go; what is rare is left to
 * the package, and a test compares the trees of both.
 */
import { type ExprNode, type Module, parse, TokenType } from "py-ast";
import type { Token } from "./quick-lexer.ts";

/** What the package keeps to itself; its version is pinned. Of its tokens none is a comment, since we never ask for them. */
interface ParserState {
  readonly tokens: readonly Token[];
  current: number;
  parse(): Module;
  parseAtom(): ExprNode;
  parseConcatenatedStringLiteral(): ExprNode;
  parseFactor(): ExprNode;
  parseNumber(literal: string): unknown;
  parseTest(): ExprNode;
  decodeEscapes(content: string, isBytes: boolean): string;
  getLiteralKind(literal: string): string | null;
  getStringQuoteStyle(literal: string): string;
}

const prototype = prototypeOfParser();
const { decodeEscapes, getLiteralKind, getStringQuoteStyle, parseAtom, parseNumber, parseTest } =
  prototype;

/** The package exports no class: a parser is caught while it is made, by a field that it sets. */
function prototypeOfParser(): ParserState {
  let found: ParserState | undefined;
  Object.defineProperty(Object.prototype, "includeComments", {
    configurable: true,
    set() {
      found = Object.getPrototypeOf(this);
    },
  });
  parse("");
  Reflect.deleteProperty(Object.prototype, "includeComments");
  if (found === undefined) throw new Error("the package's parser is not the one that is known");
  return found;
}

const { EOF, NAME, NOT, NUMBER, STRING, TRUE, FALSE, NONE } = TokenType;
/** What is an expression where one of `ENDS` follows. */
const ATOMS: ReadonlySet<TokenType> = new Set([NAME, NUMBER, STRING, TRUE, FALSE, NONE]);
const ENDS: ReadonlySet<TokenType> = new Set([
  TokenType.COMMA,
  TokenType.RPAR,
  TokenType.RSQB,
  TokenType.RBRACE,
  TokenType.COLON,
  TokenType.EQUAL,
  TokenType.NEWLINE,
]);
const COMPARISONS: ReadonlySet<TokenType> = new Set([
  TokenType.LESS,
  TokenType.GREATER,
  TokenType.EQEQUAL,
  TokenType.GREATEREQUAL,
  TokenType.LESSEQUAL,
  TokenType.NOTEQUAL,
  TokenType.IN,
  TokenType.IS,
]);
const AUGMENTED: ReadonlySet<TokenType> = new Set([
  TokenType.PLUSEQUAL,
  TokenType.MINEQUAL,
  TokenType.STAREQUAL,
  TokenType.SLASHEQUAL,
  TokenType.PERCENTEQUAL,
  TokenType.AMPEREQUAL,
  TokenType.VBAREQUAL,
  TokenType.CIRCUMFLEXEQUAL,
  TokenType.LEFTSHIFTEQUAL,
  TokenType.RIGHTSHIFTEQUAL,
  TokenType.DOUBLESTAREQUAL,
  TokenType.DOUBLESLASHEQUAL,
  TokenType.ATEQUAL,
]);

/** What stands between two operands. */
interface Operator {
  /** The higher, the more closely it binds. */
  readonly level: number;
  readonly nodeType: Extract<ExprNode, { nodeType: "BinOp" }>["op"]["nodeType"];
}

const OPERATORS: ReadonlyMap<TokenType, Operator> = new Map<TokenType, Operator>([
  [TokenType.VBAR, { level: 1, nodeType: "BitOr" }],
  [TokenType.CIRCUMFLEX, { level: 2, nodeType: "BitXor" }],
  [TokenType.AMPER, { level: 3, nodeType: "BitAnd" }],
  [TokenType.LEFTSHIFT, { level: 4, nodeType: "LShift" }],
  [TokenType.RIGHTSHIFT, { level: 4, nodeType: "RShift" }],
  [TokenType.PLUS, { level: 5, nodeType: "Add" }],
  [TokenType.MINUS, { level: 5, nodeType: "Sub" }],
  [TokenType.STAR, { level: 6, nodeType: "Mult" }],
  [TokenType.AT, { level: 6, nodeType: "MatMult" }],
  [TokenType.SLASH, { level: 6, nodeType: "Div" }],
  [TokenType.DOUBLESLASH, { level: 6, nodeType: "FloorDiv" }],
  [TokenType.PERCENT, { level: 6, nodeType: "Mod" }],
]);

/** Nobody changes a context, so one of each kind does for all nodes. */
const LOAD = { nodeType: "Load" } as const;
const STORE = { nodeType: "Store" } as const;

const quick = {
  peek(this: ParserState): Token | undefined {
    return this.tokens[this.current];
  },
  advance(this: ParserState): Token | undefined {
    return this.tokens[this.current++];
  },
  isAtEnd(this: ParserState): boolean {
    return this.tokens[this.current]?.type === EOF;
  },
  check(this: ParserState, type: TokenType): boolean {
    return this.tokens[this.current]?.type === type && type !== EOF;
  },
  match(this: ParserState, first: TokenType, second?: TokenType, third?: TokenType): boolean {
    const type = this.tokens[this.current]?.type;
    if (type !== first && (second === undefined || (type !== second && type !== third)))
      return false;
    if (type === EOF) return false;
    this.current++;
    return true;
  },
  matchComparison(this: ParserState): boolean {
    const type = this.tokens[this.current]?.type ?? EOF;
    return (
      COMPARISONS.has(type) ||
      (type === NOT && this.tokens[this.current + 1]?.type === TokenType.IN)
    );
  },
  matchAugAssign(this: ParserState): boolean {
    return AUGMENTED.has(this.tokens[this.current]?.type ?? EOF);
  },
  createLoad: () => LOAD,
  createStore: () => STORE,
  parseTest(this: ParserState): ExprNode {
    const type = this.tokens[this.current]?.type ?? EOF;
    const next = this.tokens[this.current + 1]?.type ?? EOF;
    return ATOMS.has(type) && ENDS.has(next) ? this.parseAtom() : parseTest.call(this);
  },
  parseOrExpr(this: ParserState): ExprNode {
    return parseOperands(this, 1);
  },
  parseAtom(this: ParserState): ExprNode {
    const token = this.tokens[this.current];
    if (token?.type === STRING) return this.parseConcatenatedStringLiteral();
    if (token?.type !== NAME) return parseAtom.call(this);
    this.current++;
    const { value: id, lineno, col_offset, end_lineno, end_col_offset } = token;
    return { nodeType: "Name", id, ctx: LOAD, lineno, col_offset, end_lineno, end_col_offset };
  },
  parseNumber(this: ParserState, literal: string): unknown {
    return /^[1-9]\d{0,14}$|^0$/.test(literal) ? Number(literal) : parseNumber.call(this, literal);
  },
  getLiteralKind(this: ParserState, literal: string): string | null {
    return isQuote(literal.charCodeAt(0)) ? null : getLiteralKind.call(this, literal);
  },
  getStringQuoteStyle(this: ParserState, literal: string): string {
    if (!isQuote(literal.charCodeAt(0))) return getStringQuoteStyle.call(this, literal);
    const quote = literal.charAt(0);
    return literal.startsWith(quote.repeat(3)) ? quote.repeat(3) : quote;
  },
  decodeEscapes(this: ParserState, content: string, isBytes: boolean): string {
    return content.includes("\\") ? decodeEscapes.call(this, content, isBytes) : content;
  },
};

/** Operands and the operators between them that bind at least so closely. */
function parseOperands(state: ParserState, level: number): ExprNode {
  const start = state.tokens[state.current];
  let left = state.parseFactor();
  for (;;) {
    const operator = OPERATORS.get(state.tokens[state.current]?.type ?? EOF);
    if (operator === undefined || operator.level < level) return left;
    state.current++;
    const right = parseOperands(state, operator.level + 1);
    const end = state.tokens[state.current - 1];
    left = {
      nodeType: "BinOp",
      left,
      op: { nodeType: operator.nodeType },
      right,
      lineno: start?.lineno ?? 0,
      col_offset: start?.col_offset ?? 0,
      end_lineno: end?.end_lineno ?? 0,
      end_col_offset: end?.end_col_offset ?? 0,
    };
  }
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

const careful = Object.fromEntries(
  Object.keys(quick).map((name) => [name, Reflect.get(prototype, name)]),
);
Object.assign(prototype, quick);

/** What the package makes of a text in its own ways. */
export function parseCarefully(text: string): Module {
  const parser: ParserState = Reflect.construct(prototype.constructor, [text]);
  return Object.assign(parser, careful).parse();
}
