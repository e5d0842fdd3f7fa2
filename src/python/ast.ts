/** The only file that knows which parser we use. Its trees are those of CPython's `ast`; columns count UTF-8 bytes from 0. */
import type {
  Arguments,
  Constant,
  ExceptHandler,
  ExprNode,
  Keyword,
  Module,
  StmtNode,
} from "py-ast";

import "./quick-lexer.ts";
import "./quick-parser.ts";

export { parse } from "py-ast";
export type { Arguments, Constant, ExceptHandler, Keyword, Module };
export type Expression = ExprNode;
export type Statement = StmtNode;
export type FunctionNode = Extract<StmtNode, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;
export type LambdaNode = Extract<ExprNode, { nodeType: "Lambda" }>;
export type ClassNode = Extract<StmtNode, { nodeType: "ClassDef" }>;
export type MatchNode = Extract<StmtNode, { nodeType: "Match" }>;
export type MatchCase = MatchNode["cases"][number];
export type Pattern = MatchCase["pattern"];
export type BinaryNode = Extract<ExprNode, { nodeType: "BinOp" }>;
export type ConstantNode = Extract<ExprNode, { nodeType: "Constant" }>;
export type SliceNode = Extract<ExprNode, { nodeType: "Slice" }>;
export type CallNode = Extract<ExprNode, { nodeType: "Call" }>;
export type Comprehension = Extract<ExprNode, { nodeType: "ListComp" }>["generators"][number];

/** Any node that has a place in the text. */
export interface Placed {
  readonly nodeType: string;
  readonly lineno?: number;
  readonly col_offset?: number;
  readonly end_lineno?: number;
  readonly end_col_offset?: number;
}

type AnyNode = Statement | Expression | Keyword | ExceptHandler | MatchCase | Comprehension;

/** Narrows a node to one kind. */
export function isKind<Kind extends AnyNode["nodeType"]>(
  node: Placed,
  kind: Kind,
): node is Extract<AnyNode, { nodeType: Kind }> {
  return node.nodeType === kind;
}

function isNode(value: object): value is Placed {
  return "nodeType" in value;
}

/** What every name and its like has and nobody asks for: whether it is read or set. */
function isContext({ nodeType }: Placed): boolean {
  return nodeType === "Load" || nodeType === "Store" || nodeType === "Del";
}

/** The nodes directly below a node, in the order of their fields, but for contexts, which have no place. */
export function children(node: Placed): readonly Placed[] {
  const found: Placed[] = [];
  for (const value of Object.values(node)) {
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value)
        if (typeof item === "object" && item !== null && isNode(item)) found.push(item);
    } else if (isNode(value) && !isContext(value)) found.push(value);
  }
  return found;
}

/** The node and everything below it, parents first. Its depth is bounded by what the parser accepts. */
export function* walk(node: Placed): Generator<Placed> {
  const waiting: Placed[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    addBelow(next, waiting);
  }
}

/** Puts the nodes below a node on a stack, the first of them on top. */
function addBelow(node: Placed, waiting: Placed[]): void {
  const below = children(node);
  for (let index = below.length - 1; index >= 0; index--) {
    const child = below[index];
    if (child !== undefined) waiting.push(child);
  }
}

/** The nodes that lead down to a node, from one of those in which it is looked for, both included; empty where none holds it. */
export function wayTo(node: Placed, within: Iterable<Placed>): readonly Placed[] {
  const line = node.lineno ?? 1;
  for (const one of within) {
    if (one === node) return [one];
    // A decorator stands above the line on which what it decorates begins.
    const isDecorated = "decorator_list" in one;
    if ((!isDecorated && (one.lineno ?? line) > line) || (one.end_lineno ?? line) < line) continue;
    const rest = wayTo(node, children(one));
    if (rest.length > 0) return [one, ...rest];
  }
  return [];
}

/** Adds to the line numbers of a body that was parsed as a text of its own. */
export function moveDown(body: readonly Statement[], lines: number): void {
  const moved = new Set<Movable>();
  for (const statement of body) {
    for (const node of walk(statement)) {
      const place: Movable = node;
      if (moved.has(place)) continue;
      moved.add(place);
      if (place.lineno !== undefined) place.lineno += lines;
      if (place.end_lineno !== undefined) place.end_lineno += lines;
    }
  }
}

interface Movable {
  lineno?: number;
  end_lineno?: number;
}

/** The blocks of statements that a statement holds, in the order of the text. */
export function blocksOf(node: Statement): readonly (readonly Statement[])[] {
  switch (node.nodeType) {
    case "FunctionDef":
    case "AsyncFunctionDef":
    case "ClassDef":
    case "With":
    case "AsyncWith":
      return [node.body];
    case "If":
    case "For":
    case "AsyncFor":
    case "While":
      return [node.body, node.orelse];
    case "Try":
    case "TryStar":
      return [
        node.body,
        ...node.handlers.map((handler) => handler.body),
        node.orelse,
        node.finalbody,
      ];
    case "Match":
      return node.cases.map((one) => one.body);
    default:
      return [];
  }
}

/** The last part of a name with dots; undefined for what is no name. */
export function lastName(node: Expression): string | undefined {
  if (node.nodeType === "Name") return node.id;
  return node.nodeType === "Attribute" ? node.attr : undefined;
}
