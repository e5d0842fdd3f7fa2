import { beginningWith, dict, firstOf, membersOf, overlaid, sequence } from "./containers.ts";
import { durationOperator, secondsOf } from "./durations.ts";
import { formatPercent } from "./formatting.ts";
import { allBits, bitsOf, flagsOf, memberValue } from "./members.ts";
import { pathInTree, pathOperator } from "./paths.ts";
import {
  type Arguments,
  alternativesOf,
  asString,
  Bytes,
  constant,
  type DictValue,
  derived,
  identityOf,
  isSame,
  keyOf,
  MAX_TEXT,
  type SequenceValue,
  type Site,
  type SymbolValue,
  standsForValue,
  text,
  truth,
  type UnknownValue,
  type Value,
} from "./values.ts";

const PATH =
  /^pathlib\.\w*Path\(\)(?:\.(?:resolve|absolute|joinpath|expanduser|with_name|with_suffix)\(\)|\.parents?(?:\[\])?)*$/;
/** Longer results of folding are not kept. */
const MAX_ITEMS = 3000;
/** How many members one comparison of containers may compare: lists that hold one list twice grow without bound. */
const MAX_COMPARED = 10_000;
/** How deep in one another: a list may hold itself. */
const MAX_NESTED = 200;

/** What is left of the work that one comparison may cost. */
interface Budget {
  left: number;
  nested: number;
}

function newBudget(): Budget {
  return { left: MAX_COMPARED, nested: 0 };
}

/** The value of `left op right`; op is the name of CPython's operator node. Unknown results remember both operands. */
export function binary(op: string, a: Value, b: Value, site: Site): Value {
  // What can be added is a member whose class extends numbers or texts.
  const [left, right] = [memberValue(a) ?? a, memberValue(b) ?? b];
  const value =
    pathOperator(op, left, right, site) ??
    durationOperator(op, left, right, site) ??
    combined(a, b, fold(op, left, right, site), op, site) ??
    operatorMethod(op, left, right, site) ??
    derived([left, right], site);
  const environment = left.environment ?? right.environment;
  return environment === undefined || value.environment !== undefined
    ? value
    : { ...value, environment };
}

/** What an operator gives that puts flags together: flags of the same class. */
function combined(
  a: Value,
  b: Value,
  folded: Value | undefined,
  op: string,
  site: Site,
): Value | undefined {
  const like = bitsOf(a) === undefined ? b : a;
  const isFlags = op.startsWith("Bit") && folded?.kind === "constant" && like.kind === "instance";
  return isFlags && bitsOf(like) !== undefined && typeof folded.value === "number"
    ? flagsOf(like, folded.value, site)
    : folded;
}

/** `object % data` of what a call made is a call of its method: it may do more than put texts together. */
function operatorMethod(op: string, left: Value, right: Value, site: Site): Value | undefined {
  if (op !== "Mod" || left.kind !== "symbol" || left.call === undefined) return undefined;
  const method: SymbolValue = { kind: "symbol", name: `${left.name}.__mod__`, base: left, site };
  const call: Arguments = { positional: [right], keywords: new Map(), open: false };
  return { kind: "symbol", name: `${method.name}()`, base: method, call, site };
}

/** True for what is one text or another. */
function isOneOfTexts(value: Value): boolean {
  return value.kind === "union" && alternativesOf(value).every(isText);
}

function fold(op: string, left: Value, right: Value, site: Site): Value | undefined {
  if (op === "Add") {
    const bytes = addBytes(left, right, site);
    if (bytes !== undefined) return bytes;
    if (isText(left) || isText(right) || isOneOfTexts(left) || isOneOfTexts(right)) {
      if (left.kind === "sequence" || right.kind === "sequence") return undefined;
      return lengthOf(left) + lengthOf(right) > MAX_TEXT ? undefined : text([left, right], site);
    }
    if (left.kind === "sequence" && right.kind === "sequence") {
      const a = left.contents.content;
      const b = right.contents.content;
      const all = sequence(left.type, [...a.items, ...b.items], site, a.open || b.open, [
        ...(a.maybe ?? []),
        ...(b.maybe ?? []),
      ]);
      const isEmpty = a.items.length === 0 && !a.open;
      return beginningWith(firstOf(isEmpty ? right : left), all);
    }
    // A list that we know plus something that we do not is a list with at least what we know.
    if (left.kind === "sequence") return beginningWith(firstOf(left), withMore(left, right, site));
    if (right.kind === "sequence") return withMore(right, left, site);
  }
  if (op === "Mod" && isText(left)) return formatPercent(left, right, site);
  if (op === "Mult")
    return (
      repeat(left, right, site) ?? repeat(right, left, site) ?? foldNumbers(op, left, right, site)
    );
  if (op === "BitOr" && left.kind === "dict" && right.kind === "dict") {
    const whole = overlaid(left.contents.content, right.contents.content, site);
    return dict(whole.entries, site, whole.open, whole.variables);
  }
  if (op === "BitAnd" || op === "Sub") {
    const partly = ofUnknownSets(op, left, right, site);
    if (partly !== undefined) return partly;
  }
  if (
    (op === "BitOr" || op === "Sub" || op === "BitAnd" || op === "BitXor") &&
    left.kind === "sequence" &&
    right.kind === "sequence"
  ) {
    const a = membersOf(left);
    const b = membersOf(right);
    if (a === undefined || b === undefined) return undefined;
    if (op === "BitOr") return sequence(left.type, [...a, ...b], site);
    const others = new Set(b.map(identityOf));
    if (op === "BitXor") {
      const own = new Set(a.map(identityOf));
      return sequence(
        left.type,
        [
          ...a.filter((item) => !others.has(identityOf(item))),
          ...b.filter((item) => !own.has(identityOf(item))),
        ],
        site,
      );
    }
    return sequence(
      left.type,
      a.filter((item) => others.has(identityOf(item)) === (op === "BitAnd")),
      site,
    );
  }
  // A path of pathlib joined with anything is one.
  if (op === "Div" && left.kind === "symbol" && PATH.test(left.name))
    return {
      kind: "symbol",
      name: "pathlib.Path()",
      base: { kind: "symbol", name: "pathlib.Path", site },
      call: { positional: [left, right], keywords: new Map(), open: false },
      site,
    };
  // A path joined with `/` is a path, and no rule needs to know which; it stays a text with parts.
  if (op === "Div" && (isText(left) || isText(right))) return text([left, "/", right], site);
  return foldNumbers(op, left, right, site);
}

/** A list with what is in one that is known, and any of what something has that is not known. */
function withMore({ type, contents }: SequenceValue, more: Value, site: Site): SequenceValue {
  const { items, maybe = [] } = contents.content;
  return sequence(type, items, site, true, [...maybe, derived([more], site)]);
}

/** `"ab" * 3`, `[0] * 3`; undefined for anything else. */
function repeat(value: Value, count: Value, site: Site): Value | undefined {
  const times = numberOf(count);
  if (times === undefined || !Number.isInteger(times)) return undefined;
  if (value.kind === "sequence") {
    const { items, open } = value.contents.content;
    if (items.length === 0) return sequence(value.type, [], site, open);
    if (items.length * times > MAX_ITEMS) return undefined;
    return sequence(
      value.type,
      Array.from({ length: Math.max(0, times) }, () => items).flat(),
      site,
      open,
    );
  }
  if (value.kind === "constant" && value.value instanceof Bytes) {
    const { text: bytes } = value.value;
    return bytes.length * times > MAX_TEXT
      ? undefined
      : constant(new Bytes(bytes.repeat(Math.max(0, times))), site);
  }
  const repeated = asString(value);
  return repeated === undefined || repeated.length * times > MAX_TEXT
    ? undefined
    : constant(repeated === "" ? "" : repeated.repeat(Math.max(0, times)), site);
}

function addBytes(left: Value, right: Value, site: Site): Value | undefined {
  if (left.kind !== "constant" || right.kind !== "constant") return undefined;
  if (!(left.value instanceof Bytes) || !(right.value instanceof Bytes)) return undefined;
  const sum = left.value.text + right.value.text;
  return sum.length > MAX_TEXT ? undefined : constant(new Bytes(sum), site);
}

function isText(value: Value): boolean {
  return (
    (value.kind === "symbol" && value.path !== undefined) ||
    value.kind === "text" ||
    (value.kind === "constant" && typeof value.value === "string")
  );
}

function lengthOf(value: Value): number {
  if (value.kind === "constant" && typeof value.value === "string") return value.value.length;
  if (value.kind === "text")
    return value.parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 1), 0);
  return 0;
}

function numberOf(value: Value): number | undefined {
  if (value.kind !== "constant") return undefined;
  if (typeof value.value === "number") return value.value;
  return typeof value.value === "boolean" ? Number(value.value) : undefined;
}

function foldNumbers(op: string, left: Value, right: Value, site: Site): Value | undefined {
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  const result = compute(op, a, b);
  if (result === undefined || !Number.isFinite(result)) return undefined;
  // Python's integers have no limit; past this one ours are no longer exact.
  if (Number.isInteger(result) && !Number.isSafeInteger(result)) return undefined;
  // Of truth values these make a truth value.
  const isTruth = op.startsWith("Bit") && isBoolean(left) && isBoolean(right);
  return constant(isTruth ? result === 1 : result, site);
}

function isBoolean(value: Value): boolean {
  return value.kind === "constant" && typeof value.value === "boolean";
}

function compute(op: string, a: number, b: number): number | undefined {
  switch (op) {
    case "Add":
      return a + b;
    case "Sub":
      return a - b;
    case "Mult":
      return a * b;
    case "Div":
      return b === 0 ? undefined : a / b;
    case "FloorDiv":
      return b === 0 ? undefined : Math.floor(a / b);
    case "Mod":
      return b === 0 ? undefined : ((a % b) + b) % b;
    case "Pow":
      return a ** b;
    case "LShift":
      return b < 0 ? undefined : a * 2 ** b;
    case "RShift":
      return b < 0 ? undefined : Math.floor(a / 2 ** b);
    default:
      return Number.isSafeInteger(a) && Number.isSafeInteger(b)
        ? computeBits(op, BigInt(a), BigInt(b))
        : undefined;
  }
}

function computeBits(op: string, a: bigint, b: bigint): number | undefined {
  if (op === "BitOr") return Number(a | b);
  if (op === "BitAnd") return Number(a & b);
  return op === "BitXor" ? Number(a ^ b) : undefined;
}

/**
 * What sets of which not all members are known have in common, which is some of what one of them has where that is known; or what
 * one has beside the other, which is nothing only where the other has all of it. Undefined for sets that are known, and for others.
 */
export function ofUnknownSets(
  op: "BitAnd" | "Sub",
  left: Value,
  right: Value,
  site: Site,
): SequenceValue | UnknownValue | undefined {
  const sets = [left, right].filter(isSetLike);
  if (sets.length === 0) return undefined;
  const [a, b] = [left, right].map(membersOf);
  if (op === "Sub") {
    if (a !== undefined || !isSetLike(left)) return undefined;
    return { ...derived([left], site), empty: { kind: "compare", op: "LtE", left, right } };
  }
  if ((a === undefined) === (b === undefined)) return undefined;
  return sequence("set", [], site, true, a ?? b);
}

/** True for a set, and for the names in something that is not known: `data.keys()`. */
function isSetLike(value: Value): boolean {
  return value.kind === "sequence" ? value.type === "set" : isNames(value);
}

/** True for `data.keys()`. */
export function isNames(value: Value): value is SymbolValue & { readonly base: SymbolValue } {
  return (
    value.kind === "symbol" &&
    value.name.endsWith(".keys()") &&
    value.call?.positional.length === 0 &&
    value.base?.kind === "symbol"
  );
}

/** The truth of `left op right`; undefined when it is not known. */
export function compare(op: string, left: Value, right: Value): boolean | undefined {
  if (left.kind === "union" || right.kind === "union") {
    const answers = new Set(
      alternativesOf(left).flatMap((a) => alternativesOf(right).map((b) => compare(op, a, b))),
    );
    return answers.size === 1 ? [...answers][0] : undefined;
  }
  switch (op) {
    case "Eq":
    case "Is":
      return equal(left, right);
    case "NotEq":
    case "IsNot":
      return negate(equal(left, right));
    case "In":
      return isIn(left, right);
    case "NotIn":
      return negate(isIn(left, right));
    default:
      return order(op, left, right);
  }
}

function negate(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function equal(a: Value, b: Value, budget = newBudget()): boolean | undefined {
  if (budget.left-- <= 0 || budget.nested >= MAX_NESTED) return undefined;
  budget.nested++;
  const answer = areEqual(a, b, budget);
  budget.nested--;
  return answer;
}

function areEqual(a: Value, b: Value, budget: Budget): boolean | undefined {
  if (a.kind === "constant" && b.kind === "constant") {
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined) return x === y;
    return isSame(a, b);
  }
  if (a.kind === "instance" && b.kind === "instance" && a.class.node === b.class.node) {
    if (a.attributes === b.attributes) return true;
    const bits = bitsOf(a);
    if (bits !== undefined) return bits === bitsOf(b);
    return memberValue(a) !== undefined && memberValue(b) !== undefined ? false : undefined;
  }
  if (a.kind === "instance" || b.kind === "instance") {
    const [member, other] = a.kind === "instance" ? [a, b] : [b, a];
    const inner = asItsValue(member);
    return inner === member ? undefined : equal(inner, other, budget);
  }
  if (a.kind === "dict" && b.kind === "dict") return equalDicts(a, b, budget);
  if (isMark(a) || isMark(b)) return equalMarks(a, b);
  if (isType(a) || isType(b)) return equalTypes(a, b);
  if (a.kind === "class" || b.kind === "class") return equalClasses(a, b);
  const isNone = (value: Value) => value.kind === "constant" && value.value === null;
  const isThing = (value: Value) =>
    ["sequence", "dict", "text", "function", "class", "module", "instance"].includes(value.kind) ||
    (value.kind === "symbol" && value.name === "re.Match()");
  if ((isNone(a) && isThing(b)) || (isNone(b) && isThing(a))) return false;
  if (a.kind === "sequence" && b.kind === "sequence") {
    if (a.contents === b.contents) return true;
    const x = membersOf(a);
    const y = membersOf(b);
    if (a.type === "set" || b.type === "set") return equalSets(a, b);
    if (a.type !== b.type) return false;
    if (x === undefined || y === undefined) return undefined;
    if (x.length !== y.length) return false;
    let answer: boolean | undefined = true;
    for (const [index, item] of x.entries()) {
      const same = equal(item, y[index] ?? item, budget);
      if (same === false) return false;
      answer &&= same;
    }
    return answer;
  }
  return undefined;
}

/** A member of an enumeration whose members are equal to their values as that value; any other value as it is. */
function asItsValue(value: Value): Value {
  return value.kind === "instance" && standsForValue(value.class)
    ? (memberValue(value) ?? value)
    : value;
}

const TYPES = new Set(
  "bool bytes complex dict float frozenset int list object set str tuple type"
    .split(" ")
    .map((name) => `builtins.${name}`),
);

/** One of Python's own types, which programs hand on to say what is to be made of a text. */
function isType(value: Value): value is SymbolValue {
  return value.kind === "symbol" && value.call === undefined && TYPES.has(value.name);
}

function equalMarks(a: Value, b: Value): boolean | undefined {
  if (isMark(a) && isMark(b)) return a.call === b.call;
  const { kind } = isMark(a) ? b : a;
  return kind === "symbol" || kind === "unknown" ? undefined : false;
}

/** A class is itself alone: programs take one for what nobody gives, too. */
function equalClasses(a: Value, b: Value): boolean | undefined {
  if (a.kind === "class" && b.kind === "class") return a.node === b.node;
  const { kind } = a.kind === "class" ? b : a;
  return kind === "symbol" || kind === "unknown" ? undefined : false;
}

function equalTypes(a: Value, b: Value): boolean | undefined {
  if (isType(a) && isType(b)) return a.name === b.name;
  const { kind } = isType(a) ? b : a;
  return ["symbol", "unknown", "union", "environment"].includes(kind) ? undefined : false;
}

/** `object()`, which is made to be told apart from every other value. */
function isMark(value: Value): value is SymbolValue {
  return value.kind === "symbol" && value.name === "builtins.object()" && value.call !== undefined;
}

function equalDicts(a: DictValue, b: DictValue, budget: Budget): boolean | undefined {
  const [x, y] = [a.contents.content, b.contents.content];
  if (x.open || y.open) return undefined;
  if (x.entries.size !== y.entries.size) return false;
  let answer: boolean | undefined = true;
  for (const [id, entry] of x.entries) {
    const other = y.entries.get(id);
    if (other === undefined) return id.startsWith("?") ? undefined : false;
    const same = equal(entry.value, other.value, budget);
    if (same === false) return false;
    answer &&= same;
  }
  return answer;
}

function equalSets(a: SequenceValue, b: SequenceValue): boolean | undefined {
  const [x, y] = [a, b].map((set) => membersOf(set)?.map(keyOf));
  if (a.type !== b.type || x === undefined || y === undefined) return undefined;
  if (x.includes(undefined) || y.includes(undefined)) return undefined;
  return new Set(x).size === new Set(y).size && new Set([...x, ...y]).size === new Set(x).size;
}

function isIn(item: Value, container: Value): boolean | undefined {
  const needle = asString(item);
  const haystack = asString(container);
  const budget = newBudget();
  const [bits, all] = [bitsOf(item), bitsOf(container) ?? numberOf(container)];
  if (bits !== undefined && all !== undefined) return (bits & all) === bits;
  if (needle !== undefined && haystack !== undefined) return haystack.includes(needle);
  if (container.kind === "dict") {
    const known = [...container.contents.content.entries.values()].map((entry) =>
      equal(entry.key, item, budget),
    );
    if (known.includes(true)) return true;
    return container.contents.content.open || known.includes(undefined) ? undefined : false;
  }
  if (container.kind !== "sequence") return undefined;
  const known = container.contents.content.items.map((member) => equal(member, item, budget));
  if (known.includes(true)) return true;
  return container.contents.content.open || known.includes(undefined) ? undefined : false;
}

function order(op: string, left: Value, right: Value, depth = 0): boolean | undefined {
  if (left.kind === "sequence" && right.kind === "sequence") {
    if (left.type === "set" || right.type === "set") return orderSets(op, left, right);
    const [x, y] = [membersOf(left), membersOf(right)];
    if (left.type !== right.type || x === undefined || y === undefined || depth > 5)
      return undefined;
    for (const [index, item] of x.entries()) {
      const other = y[index];
      if (other === undefined) break;
      const same = equal(item, other);
      if (same === undefined) return undefined;
      if (!same) return order(op, item, other, depth + 1);
    }
    return order(op, constant(x.length), constant(y.length));
  }
  const [a, b] = [asItsValue(left), asItsValue(right)].map(
    (one) => numberOf(one) ?? asString(one) ?? pathInTree(one) ?? secondsOf(one),
  );
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  if (op === "Lt") return a < b;
  if (op === "LtE") return a <= b;
  if (op === "Gt") return a > b;
  return op === "GtE" ? a >= b : undefined;
}

/** A set is less than another that holds all of it and more. */
function orderSets(op: string, a: SequenceValue, b: SequenceValue): boolean | undefined {
  const [x, y] = [a, b].map((set) => membersOf(set)?.map(keyOf));
  if (x === undefined || y === undefined || x.includes(undefined) || y.includes(undefined))
    return undefined;
  const [small, large] = op.startsWith("Lt") ? [new Set(x), new Set(y)] : [new Set(y), new Set(x)];
  const isPart = [...small].every((key) => large.has(key));
  return isPart && (op.endsWith("E") || small.size < large.size);
}

/** The value of `not x`, `-x`, `+x`, `~x`. */
export function unary(op: string, operand: Value, site: Site): Value {
  if (op === "Not") {
    const known = truth(operand);
    const value =
      known === undefined
        ? { ...derived([operand], site), test: { kind: "not", operand } as const }
        : constant(!known, site);
    return operand.environment === undefined
      ? value
      : { ...value, environment: operand.environment };
  }
  const bits = op === "Invert" ? bitsOf(operand) : undefined;
  if (bits !== undefined && operand.kind === "instance")
    return flagsOf(operand, allBits(operand.class) & ~bits, site);
  const number = numberOf(operand);
  if (number !== undefined && op === "USub") return constant(-number, site);
  if (number !== undefined && op === "UAdd") return constant(number, site);
  if (number !== undefined && op === "Invert" && Number.isInteger(number))
    return constant(-number - 1, site);
  if (operand.kind === "constant" && operand.value instanceof Bytes) return operand;
  return derived([operand], site);
}
