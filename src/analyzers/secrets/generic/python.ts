import { type Expression, type ModuleFile, type Placed, walk } from "../../../python/index.ts";
import { wordsOf } from "./names.ts";

/** A literal text of a Python file and the name that the code gives it. */
export interface NamedLiteral {
  readonly name: string;
  readonly value: string;
  /** The literal: one constant, or several with `+` between them. */
  readonly node: Placed;
  /** What stands beside it in the same call or dict, by name: who logs in, and where. */
  readonly beside: ReadonlyMap<string, string>;
  /** True where the code compares something with it. */
  readonly compared?: true;
  /** The statement, where the literal is all that a module gives a plain name: it can be read from the environment instead. */
  readonly constant?: Placed;
}

type Call = Extract<Expression, { nodeType: "Call" }>;

const ALONE: ReadonlyMap<string, string> = new Map();
/** Words in the names of functions that give what a name stands for, and take what they give otherwise. */
const READERS = new Set(
  `get getenv env environ environment config conf setting settings option secret pop setdefault str string bytes var variable
  value read lookup argument parameter param default`.split(/\s+/),
);

/** Every literal text of a file that has a name, in the order of the file; one literal may have several. */
export function* namedLiterals(file: ModuleFile): Generator<NamedLiteral> {
  const topLevel = new Set<Placed>(file.body);
  for (const statement of file.body)
    for (const node of walk(statement)) yield* ofNode(node, topLevel);
}

function* ofNode(given: Placed, topLevel: ReadonlySet<Placed>): Generator<NamedLiteral> {
  const node = given as Expression | ModuleFile["body"][number];
  switch (node.nodeType) {
    case "Assign":
      for (const target of node.targets)
        yield* pair(target, node.value, topLevel.has(node) ? node : undefined);
      return;
    case "AnnAssign":
      if (node.value) {
        yield* pair(node.target, node.value, topLevel.has(node) ? node : undefined);
        // The default of a field with a type: `token: str = Field(default="...")`.
        const name = nameOf(node.target);
        if (name !== undefined && node.value.nodeType === "Call") {
          const [first] = node.value.args;
          yield* named(name, keyword(node.value, "default") ?? first);
        }
      }
      return;
    case "NamedExpr":
      yield* pair(node.target, node.value);
      return;
    case "FunctionDef":
    case "AsyncFunctionDef":
    case "Lambda": {
      const { args } = node;
      const all = [...args.posonlyargs, ...args.args];
      for (const [index, value] of args.defaults.entries())
        yield* named(all[all.length - args.defaults.length + index]?.arg, value);
      for (const [index, value] of args.kw_defaults.entries())
        if (value) yield* named(args.kwonlyargs[index]?.arg, value);
      return;
    }
    case "Dict": {
      const beside = textsOf(
        node.keys.map((key, index) => [key ? textOf(key) : undefined, node.values[index]]),
      );
      for (const [index, key] of node.keys.entries())
        yield* named(key ? textOf(key) : undefined, node.values[index], { beside });
      return;
    }
    case "Call":
      yield* ofCall(node);
      return;
    case "Compare": {
      const [right] = node.comparators;
      if (right === undefined || !["Eq", "NotEq"].includes(node.ops[0]?.nodeType ?? "")) return;
      yield* named(nameOf(node.left), right, { compared: true });
      yield* named(nameOf(right), node.left, { compared: true });
      return;
    }
    default:
  }
}

function* ofCall(node: Call): Generator<NamedLiteral> {
  const beside = textsOf(node.keywords.map(({ arg, value }) => [arg, value]));
  for (const { arg, value } of node.keywords) yield* named(arg ?? undefined, value, { beside });
  const callee = nameOf(node.func);
  const [first, second] = node.args;
  // `os.environ.get("DB_PASSWORD", "...")`, and what a project calls its own way to read a name.
  const asked = first === undefined ? undefined : textOf(first);
  if (asked !== undefined && callee !== undefined) {
    const isReader = wordsOf(callee).some((word) => READERS.has(word));
    yield* named(asked, keyword(node, "default") ?? (isReader ? second : undefined));
  }
  // `hmac.compare_digest(token, "...")`
  if (callee === "compare_digest" && first !== undefined && second !== undefined) {
    yield* named(nameOf(first), second, { compared: true });
    yield* named(nameOf(second), first, { compared: true });
  }
}

/** Both sides of an assignment, member by member where both are tuples. */
function* pair(target: Expression, value: Expression, statement?: Placed): Generator<NamedLiteral> {
  if (target.nodeType === "Tuple" && value.nodeType === "Tuple") {
    for (const [index, element] of target.elts.entries()) {
      const member = value.elts[index];
      if (member !== undefined) yield* pair(element, member);
    }
    return;
  }
  const isPlain = target.nodeType === "Name" && value.nodeType === "Constant";
  yield* named(nameOf(target), value, {
    ...(statement !== undefined && isPlain && { constant: statement }),
  });
}

function* named(
  name: string | undefined,
  value: Expression | undefined,
  more: Partial<NamedLiteral> = {},
): Generator<NamedLiteral> {
  if (name === undefined || value === undefined) return;
  for (const literal of literalsOf(value)) yield { name, beside: ALONE, ...literal, ...more };
}

/** The literals that an expression may come to: `a or "..."`, `"..." if debug else b`, `SecretStr("...")`. */
function* literalsOf(value: Expression): Generator<{ value: string; node: Placed }> {
  const text = textOf(value);
  if (text !== undefined) {
    yield { value: text, node: value };
    return;
  }
  switch (value.nodeType) {
    case "BoolOp":
      for (const part of value.values) yield* literalsOf(part);
      return;
    case "IfExp":
      yield* literalsOf(value.body);
      yield* literalsOf(value.orelse);
      return;
    case "List":
    case "Tuple":
    case "Set":
      for (const part of value.elts) yield* literalsOf(part);
      return;
    case "Call": {
      const { func } = value;
      // `"...".encode()`
      if (func.nodeType === "Attribute" && textOf(func.value) !== undefined) {
        if (/^(?:encode|strip|format|lower|upper)$/.test(func.attr)) yield* literalsOf(func.value);
        return;
      }
      const callee = nameOf(func);
      const [first, second] = value.args;
      // One argument in a type that only holds it, or a second one that a reader falls back to.
      if (
        callee !== undefined &&
        /^(?:SecretStr|SecretBytes|Secret|str|bytes|b64decode|urlsafe_b64decode)$/.test(callee)
      ) {
        if (first !== undefined) yield* literalsOf(first);
      } else if (callee !== undefined && wordsOf(callee).some((word) => READERS.has(word))) {
        const otherwise = keyword(value, "default") ?? second;
        if (otherwise !== undefined) yield* literalsOf(otherwise);
      }
      return;
    }
    default:
  }
}

/** A text that is written out, in one piece or in several with `+` between them. */
function textOf(node: Expression): string | undefined {
  if (node.nodeType === "Constant") return typeof node.value === "string" ? node.value : undefined;
  if (node.nodeType !== "BinOp" || node.op.nodeType !== "Add") return undefined;
  const left = textOf(node.left);
  const right = left === undefined ? undefined : textOf(node.right);
  return left === undefined || right === undefined ? undefined : left + right;
}

/** The last part of a dotted name, or the constant that an object is asked for. */
function nameOf(node: Expression): string | undefined {
  switch (node.nodeType) {
    case "Name":
      return node.id;
    case "Attribute":
      return node.attr;
    case "Subscript":
      return node.slice.nodeType === "Constant" && typeof node.slice.value === "string"
        ? node.slice.value
        : undefined;
    case "Call": {
      const [first] = node.args;
      if (first?.nodeType === "Constant" && typeof first.value === "string") return first.value;
      return node.func.nodeType === "Attribute" && first === undefined
        ? nameOf(node.func.value)
        : undefined;
    }
    default:
      return undefined;
  }
}

function keyword(node: Call, name: string): Expression | undefined {
  return node.keywords.find(({ arg }) => arg === name)?.value;
}

function textsOf(
  pairs: readonly (readonly [string | null | undefined, Expression | undefined])[],
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of pairs) {
    const text = value === undefined ? undefined : textOf(value);
    if (typeof name === "string" && text !== undefined) texts.set(name.toLowerCase(), text);
  }
  return texts;
}
