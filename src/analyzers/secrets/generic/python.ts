import type { Region } from "../../../core/finding.ts";
import {
  children,
  type Expression,
  isKind,
  type ModuleFile,
  type Placed,
  walk,
} from "../../../python/index.ts";
import { wordsOf } from "../../name-words.ts";
import { commandsIn } from "./commands.ts";
import type { OptionPattern } from "./formats.ts";
import { TEXT_METHODS, writtenText } from "./written-text.ts";

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
  /** True for what stands in a dict that has the name. */
  readonly member?: true;
  /** True for what a function of the name gives. */
  readonly returned?: true;
  /** Its place in a value of a user and a password, where the name is one of both. */
  readonly half?: "user" | "password";
}

/** What the rules know of how Python programs hold and read texts. */
export interface Idioms {
  /** Words in the names of functions that give what a name stands for, and take what they give otherwise. */
  readonly readers: ReadonlySet<string>;
  /** Functions and types that hold their first argument. */
  readonly holders: ReadonlySet<string>;
  /** Attributes that are the value of what they belong to: `form.password.data`. */
  readonly carriers: ReadonlySet<string>;
  /** Words with which the name of a function begins that sets what the rest says: `set_password("...")`. */
  readonly setters: ReadonlySet<string>;
  /** Functions that hash the password that is their first argument. */
  readonly hashers: ReadonlySet<string>;
  /** Functions whose two arguments are a user and a password. */
  readonly entrances: ReadonlySet<string>;
  /** Functions that write their last text into what the one before it selects: `page.fill("#password", "...")`. */
  readonly fillers: ReadonlySet<string>;
  /** Options of programs that take a secret. */
  readonly options: readonly OptionPattern[];
  /** True for names that mean a secret. */
  means(name: string): boolean;
  /** True for names of a user and a password in one value. */
  isPair(name: string): boolean;
}

type Call = Extract<Expression, { nodeType: "Call" }>;

/** What schemas call a value that only shows how one looks: `example`, `x-example`. */
const EXAMPLE = /(?:^|[_-])examples?$/i;

const ALONE: ReadonlyMap<string, string> = new Map();
/** Beside no user, what stands for a password must look like one. */
const NOBODY: ReadonlyMap<string, string> = new Map([["user", ""]]);
/** A user and a password in one text. */
const LOGIN = /^([\w.@+-]{1,80}):(\S{6,200})$/;

/** Every literal text of a file that has a name, in the order of the file; one literal may have several. */
export function* namedLiterals(file: ModuleFile, idioms: Idioms): Generator<NamedLiteral> {
  const reader = new Reader(idioms);
  for (const statement of file.body) for (const node of walk(statement)) yield* reader.read(node);
}

/** Where the texts of several lines stand that a file uses for something. */
export function longTexts(file: ModuleFile): Region[] {
  const found: Region[] = [];
  for (const statement of file.body) {
    const documented = new Set<Placed>();
    for (const node of walk(statement)) {
      if (isKind(node, "Expr")) documented.add(node.value);
      if (!isKind(node, "Constant") || typeof node.value !== "string" || documented.has(node))
        continue;
      const region = file.region(node);
      if (region.endLine > region.startLine) found.push(region);
    }
  }
  return found;
}

/** Tells which literals a node gives a name. */
class Reader {
  readonly #idioms: Idioms;
  /** Comparisons with a value that the program refuses: it is known, and of no use. */
  readonly #refusing = new Set<Placed>();

  constructor(idioms: Idioms) {
    this.#idioms = idioms;
  }

  *read(given: Placed): Generator<NamedLiteral> {
    const node = given as Expression | ModuleFile["body"][number];
    switch (node.nodeType) {
      case "Assign":
        for (const target of node.targets) {
          yield* this.#pair(target, node.value);
          yield* this.#field(target, node.value);
        }
        return;
      case "AnnAssign":
        if (!node.value) return;
        yield* this.#pair(node.target, node.value);
        yield* this.#field(node.target, node.value);
        // The default of a field with a type may stand first: `token: str = Field("...")`.
        if (node.value.nodeType === "Call")
          yield* this.#named(this.#nameOf(node.target), node.value.args[0]);
        return;
      case "NamedExpr":
        yield* this.#pair(node.target, node.value);
        return;
      case "FunctionDef":
      case "AsyncFunctionDef":
      case "Lambda": {
        const { args } = node;
        const all = [...args.posonlyargs, ...args.args];
        for (const [index, value] of args.defaults.entries())
          yield* this.#named(all[all.length - args.defaults.length + index]?.arg, value);
        for (const [index, value] of args.kw_defaults.entries())
          if (value) yield* this.#named(args.kwonlyargs[index]?.arg, value);
        if (node.nodeType !== "Lambda" && this.#idioms.means(node.name))
          for (const value of returnsIn(node.body))
            yield* this.#named(node.name, value, { returned: true });
        return;
      }
      case "Dict": {
        const beside = textsOf(
          node.keys.map((key, index) => [key ? writtenText(key) : undefined, node.values[index]]),
        );
        for (const [index, key] of node.keys.entries())
          yield* this.#named(key ? writtenText(key) : undefined, node.values[index], { beside });
        return;
      }
      case "Call":
        yield* this.#ofCall(node);
        return;
      case "If":
        if (refuses(node.body.at(-1)))
          for (const one of equationsIn(node.test)) this.#refusing.add(one);
        return;
      case "Compare": {
        if (this.#refusing.has(node)) return;
        const [right] = node.comparators;
        const operator = node.ops[0]?.nodeType ?? "";
        if (right !== undefined && /^(?:Not)?In$/.test(operator))
          yield* this.#named(this.#nameOf(node.left), right);
        if (right === undefined || !/^(?:Not)?Eq$/.test(operator)) return;
        yield* this.#named(this.#nameOf(node.left), right, { compared: true });
        yield* this.#named(this.#nameOf(right), node.left, { compared: true });
        return;
      }
      case "Match":
        for (const { pattern } of node.cases)
          for (const part of pattern.nodeType === "MatchOr" ? pattern.patterns : [pattern])
            if (part.nodeType === "MatchValue")
              yield* this.#named(this.#nameOf(node.subject), part.value, { compared: true });
        return;
      case "List":
      case "Tuple":
        yield* commandsIn(node.elts, this.#idioms.options);
        return;
      default:
    }
  }

  /** What a field holds as long as nobody gives it a value: `token = attr.ib(default="...")`. */
  *#field(target: Expression, value: Expression): Generator<NamedLiteral> {
    if (value.nodeType === "Call")
      yield* this.#named(this.#nameOf(target), keyword(value, "default"));
  }

  *#ofCall(node: Call): Generator<NamedLiteral> {
    const beside = textsOf(node.keywords.map(({ arg, value }) => [arg, value]));
    for (const { arg, value } of node.keywords)
      yield* this.#named(arg ?? undefined, value, { beside });
    const callee = this.#nameOf(node.func);
    const [first, second] = node.args;
    // `os.environ.get("DB_PASSWORD", "...")`, and what a project calls its own way to read a name.
    const asked = first === undefined ? undefined : writtenText(first);
    if (asked !== undefined && callee !== undefined) {
      const otherwise = this.#isReader(callee) ? second : undefined;
      yield* this.#named(asked, keyword(node, "default") ?? otherwise);
    }
    if (callee !== undefined && this.#idioms.setters.has(wordsOf(callee)[0] ?? "")) {
      yield* this.#named(callee, first);
      // `config.set("smtp", "password", "...")`, `setattr(settings, "API_KEY", "...")`
      const third = node.args[2];
      yield* this.#named(second === undefined ? undefined : writtenText(second), third);
    }
    if (callee === "getattr")
      yield* this.#named(second === undefined ? undefined : writtenText(second), node.args[2]);
    if (callee !== undefined && this.#idioms.hashers.has(callee))
      yield* this.#named("password", first);
    if (callee !== undefined && this.#idioms.entrances.has(callee) && node.args.length === 2)
      yield* this.#named("password", second, { beside: new Map([["user", asked ?? ""]]) });
    if (callee !== undefined && this.#idioms.fillers.has(callee)) {
      yield* this.#named(asked, second);
      const field = node.func.nodeType === "Attribute" ? node.func.value : undefined;
      if (field?.nodeType === "Call" && second === undefined)
        yield* this.#named(field.args.map(writtenText).at(-1), first);
    }
    // `hmac.compare_digest(token, "...")`
    if (callee === "compare_digest" && first !== undefined && second !== undefined) {
      yield* this.#named(this.#nameOf(first), second, { compared: true });
      yield* this.#named(this.#nameOf(second), first, { compared: true });
    }
  }

  /** Both sides of an assignment, member by member where both are tuples. */
  *#pair(target: Expression, value: Expression): Generator<NamedLiteral> {
    if (target.nodeType === "Tuple" && value.nodeType === "Tuple") {
      for (const [index, element] of target.elts.entries()) {
        const member = value.elts[index];
        if (member !== undefined) yield* this.#pair(element, member);
      }
      return;
    }
    yield* this.#named(this.#nameOf(target), value);
  }

  *#named(
    name: string | undefined,
    value: Expression | undefined,
    more: Partial<NamedLiteral> = {},
  ): Generator<NamedLiteral> {
    if (name === undefined || value === undefined) return;
    if (value.nodeType === "Tuple" && value.elts.length === 2 && this.#idioms.isPair(name)) {
      const [user, password] = value.elts.map(writtenText);
      const [first, second] = value.elts;
      const given = { name, ...more, beside: new Map([["user", user ?? ""]]) };
      if (first !== undefined && user !== undefined && password === "")
        yield { ...given, value: user, node: first, half: "user" };
      if (second !== undefined && password !== undefined)
        yield { ...given, value: password, node: second, half: "password" };
      return;
    }
    for (const literal of this.#literalsOf(value)) {
      const login = this.#idioms.isPair(name) ? LOGIN.exec(literal.value) : null;
      if (login === null) yield { name, beside: ALONE, ...literal, ...more };
      else if (login[1] !== login[2])
        yield { name, ...literal, value: login[2] ?? "", beside: NOBODY, half: "password" };
    }
  }

  /** The literals that an expression may come to: `a or "..."`, `"..." if debug else b`, `SecretStr("...")`. */
  *#literalsOf(
    value: Expression,
  ): Generator<{ readonly value: string; readonly node: Placed; readonly member?: true }> {
    const text = writtenText(value);
    if (text !== undefined) {
      yield { value: text, node: value };
      return;
    }
    switch (value.nodeType) {
      case "BoolOp":
        for (const part of value.values) yield* this.#literalsOf(part);
        return;
      case "IfExp":
        yield* this.#literalsOf(value.body);
        yield* this.#literalsOf(value.orelse);
        return;
      case "Tuple":
        // Beside a type or a number, a text is one of the fields of a record.
        if (value.elts.some(isNoText)) return;
        for (const part of value.elts) yield* this.#literalsOf(part);
        return;
      case "List":
      case "Set":
        for (const part of value.elts) yield* this.#literalsOf(part);
        return;
      case "Dict":
        // Keys of users, or users by their keys; what has a number is a name of something.
        for (const [index, key] of value.keys.entries()) {
          const owner = value.values[index];
          const name = key ? writtenText(key) : undefined;
          // What a schema says of a key is none.
          if (name !== undefined && EXAMPLE.test(name)) continue;
          const text = owner === undefined ? undefined : writtenText(owner);
          if (key && name !== undefined && text !== undefined)
            yield { value: name, node: key, member: true };
          if (owner !== undefined && text !== undefined)
            yield { value: text, node: owner, member: true };
        }
        return;
      case "Call": {
        const { func } = value;
        // `"...".encode()`
        if (func.nodeType === "Attribute" && TEXT_METHODS.test(func.attr)) {
          yield* this.#literalsOf(func.value);
          return;
        }
        const callee = this.#nameOf(func);
        const [first, second] = value.args;
        // One argument in a type that only holds it, or a second one that a reader falls back to.
        if (callee !== undefined && this.#idioms.holders.has(callee)) {
          if (first !== undefined) yield* this.#literalsOf(first);
        } else if (callee !== undefined && this.#isReader(callee)) {
          const otherwise =
            keyword(value, "default") ??
            keyword(value, "fallback") ??
            (this.#asksFor(first) ? second : undefined);
          if (otherwise !== undefined) yield* this.#literalsOf(otherwise);
        }
        return;
      }
      default:
    }
  }

  /** False for a place or an owner, behind which the name stands that is asked for: `config.get("smtp", "password")`. */
  #asksFor(first: Expression | undefined): boolean {
    const text = first === undefined ? undefined : writtenText(first);
    return text === undefined || /^[A-Z][A-Z\d_]{0,80}$/.test(text) || this.#idioms.means(text);
  }

  #isReader(callee: string): boolean {
    return wordsOf(callee).some((word) => this.#idioms.readers.has(word));
  }

  /** The last part of a dotted name that is not only a carrier, or the constant that an object is asked for. */
  #nameOf(node: Expression): string | undefined {
    switch (node.nodeType) {
      case "Name":
        return node.id;
      case "Attribute":
        return (
          (this.#idioms.carriers.has(node.attr) ? this.#nameOf(node.value) : undefined) ?? node.attr
        );
      case "Subscript":
        return node.slice.nodeType === "Constant" && typeof node.slice.value === "string"
          ? node.slice.value
          : undefined;
      case "Call": {
        const [first] = node.args;
        if (node.func.nodeType === "Attribute" && TEXT_METHODS.test(node.func.attr))
          return this.#nameOf(node.func.value);
        if (first?.nodeType === "Constant" && typeof first.value === "string") return first.value;
        return node.func.nodeType === "Attribute" && first === undefined
          ? this.#nameOf(node.func.value)
          : undefined;
      }
      default:
        return undefined;
    }
  }
}

/** True for a statement with which a program ends rather than go on. */
function refuses(last: Placed | undefined): boolean {
  if (last === undefined || isKind(last, "Raise")) return last !== undefined;
  if (!isKind(last, "Expr") || !isKind(last.value, "Call")) return false;
  const { func } = last.value;
  if (isKind(func, "Name")) return /^(?:exit|quit)$/.test(func.id);
  return isKind(func, "Attribute") && /^_?exit$|^abort$/.test(func.attr);
}

/** The comparisons of which one holds where a condition does: with one text, or with those of a list. */
function* equationsIn(test: Expression): Generator<Placed> {
  if (test.nodeType === "BoolOp") for (const part of test.values) yield* equationsIn(part);
  if (test.nodeType === "Compare" && /^(?:In|Eq)$/.test(test.ops[0]?.nodeType ?? "")) yield test;
}

/** True for a type of Python's own, a number and the like. */
function isNoText(part: Expression): boolean {
  if (part.nodeType === "Name") return /^(?:str|int|bool|float|bytes|list|dict)$/.test(part.id);
  return part.nodeType === "Constant" && typeof part.value !== "string";
}

/** What a function gives; functions inside of it have names of their own. */
function* returnsIn(body: readonly Placed[]): Generator<Expression> {
  const waiting = [...body].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "ClassDef"))
      continue;
    if (isKind(node, "Return") && node.value) yield node.value;
    else waiting.push(...children(node).toReversed());
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
    const text = value === undefined ? undefined : writtenText(value);
    if (typeof name === "string" && text !== undefined) texts.set(name.toLowerCase(), text);
  }
  return texts;
}
