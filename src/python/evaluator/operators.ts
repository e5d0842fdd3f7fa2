import { dict, membersOf, sequence } from "./containers.ts";
import { formatPercent } from "./formatting.ts";
import {
  alternativesOf,
  asString,
  Bytes,
  constant,
  derived,
  isSame,
  type Site,
  text,
  truth,
  type Value,
} from "./values.ts";

/** Longer results of folding are not kept. */
const MAX_TEXT = 100_000;
const MAX_ITEMS = 3000;

/** The value of `left op right`; op is the name of CPython's operator node. Unknown results remember both operands. */
export function binary(op: string, left: Value, right: Value, site: Site): Value {
  const value = fold(op, left, right, site) ?? derived([left, right], site);
  const environment = left.environment ?? right.environment;
  return environment === undefined || value.environment !== undefined
    ? value
    : { ...value, environment };
}

function fold(op: string, left: Value, right: Value, site: Site): Value | undefined {
  if (op === "Add") {
    if (isText(left) || isText(right)) {
      if (left.kind === "sequence" || right.kind === "sequence") return undefined;
      return lengthOf(left) + lengthOf(right) > MAX_TEXT ? undefined : text([left, right], site);
    }
    if (left.kind === "sequence" && right.kind === "sequence") {
      const a = left.contents.content;
      const b = right.contents.content;
      return sequence(left.type, [...a.items, ...b.items], site, a.open || b.open);
    }
    // A list that we know plus something that we do not is a list with at least what we know.
    if (left.kind === "sequence")
      return sequence(left.type, left.contents.content.items, site, true);
    if (right.kind === "sequence")
      return sequence(right.type, right.contents.content.items, site, true);
  }
  if (op === "Mod" && isText(left)) return formatPercent(left, right, site);
  if (
    op === "Mult" &&
    left.kind === "sequence" &&
    right.kind === "constant" &&
    typeof right.value === "number"
  ) {
    const { items, open } = left.contents.content;
    if (items.length * right.value > MAX_ITEMS) return undefined;
    return sequence(
      left.type,
      Array.from({ length: Math.max(0, right.value) }, () => items).flat(),
      site,
      open,
    );
  }
  if (op === "Mult" && right.kind === "constant" && typeof right.value === "number") {
    const repeated = asString(left);
    if (repeated !== undefined && repeated.length * right.value <= MAX_TEXT)
      return constant(repeated.repeat(Math.max(0, right.value)), site);
  }
  if (op === "BitOr" && left.kind === "dict" && right.kind === "dict") {
    const a = left.contents.content;
    const b = right.contents.content;
    return dict(new Map([...a.entries, ...b.entries]), site, a.open || b.open);
  }
  if (
    (op === "BitOr" || op === "Sub" || op === "BitAnd") &&
    left.kind === "sequence" &&
    right.kind === "sequence"
  ) {
    const a = membersOf(left);
    const b = membersOf(right);
    if (a === undefined || b === undefined) return undefined;
    const has = (items: readonly Value[], item: Value) =>
      items.some((other) => isSame(other, item));
    if (op === "BitOr")
      return sequence(left.type, [...a, ...b.filter((item) => !has(a, item))], site);
    return sequence(
      left.type,
      a.filter((item) => has(b, item) === (op === "BitAnd")),
      site,
    );
  }
  // A path joined with `/` is a path, and no rule needs to know which; it stays a text with parts.
  if (op === "Div" && (isText(left) || isText(right))) return text([left, "/", right], site);
  return foldNumbers(op, left, right, site);
}

function isText(value: Value): boolean {
  return value.kind === "text" || (value.kind === "constant" && typeof value.value === "string");
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
  return result === undefined || !Number.isFinite(result) ? undefined : constant(result, site);
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
    case "BitOr":
      return a | b;
    case "BitAnd":
      return a & b;
    case "BitXor":
      return a ^ b;
    case "LShift":
      return b < 32 ? a << b : undefined;
    case "RShift":
      return a >> b;
    default:
      return undefined;
  }
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

function equal(a: Value, b: Value): boolean | undefined {
  if (a.kind === "constant" && b.kind === "constant") {
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined) return x === y;
    return isSame(a, b);
  }
  const isNone = (value: Value) => value.kind === "constant" && value.value === null;
  const isThing = (value: Value) =>
    ["sequence", "dict", "text", "function", "class", "module", "instance"].includes(value.kind);
  if ((isNone(a) && isThing(b)) || (isNone(b) && isThing(a))) return false;
  if (a.kind === "sequence" && b.kind === "sequence") {
    const x = membersOf(a);
    const y = membersOf(b);
    if (x === undefined || y === undefined) return undefined;
    if (x.length !== y.length) return false;
    const pairs = x.map((item, index) => equal(item, y[index] ?? item));
    return pairs.includes(false) ? false : pairs.includes(undefined) ? undefined : true;
  }
  return undefined;
}

function isIn(item: Value, container: Value): boolean | undefined {
  const needle = asString(item);
  const haystack = asString(container);
  if (needle !== undefined && haystack !== undefined) return haystack.includes(needle);
  if (container.kind === "dict") {
    const known = [...container.contents.content.entries.values()].map((entry) =>
      equal(entry.key, item),
    );
    if (known.includes(true)) return true;
    return container.contents.content.open || known.includes(undefined) ? undefined : false;
  }
  if (container.kind !== "sequence") return undefined;
  const known = container.contents.content.items.map((member) => equal(member, item));
  if (known.includes(true)) return true;
  return container.contents.content.open || known.includes(undefined) ? undefined : false;
}

function order(op: string, left: Value, right: Value): boolean | undefined {
  const a = numberOf(left) ?? asString(left);
  const b = numberOf(right) ?? asString(right);
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  if (op === "Lt") return a < b;
  if (op === "LtE") return a <= b;
  if (op === "Gt") return a > b;
  return op === "GtE" ? a >= b : undefined;
}

/** The value of `not x`, `-x`, `+x`, `~x`. */
export function unary(op: string, operand: Value, site: Site): Value {
  if (op === "Not") {
    const known = truth(operand);
    const value = known === undefined ? derived([operand], site) : constant(!known, site);
    return operand.environment === undefined
      ? value
      : { ...value, environment: operand.environment };
  }
  const number = numberOf(operand);
  if (number !== undefined && op === "USub") return constant(-number, site);
  if (number !== undefined && op === "UAdd") return constant(number, site);
  if (operand.kind === "constant" && operand.value instanceof Bytes) return operand;
  return derived([operand], site);
}
