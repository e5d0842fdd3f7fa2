/** What comparisons say of what they compare, each by its operator and by how it came out. */
import type { Test, Value } from "./values.ts";

/** Comparisons with None, and the answer that says that something is None. */
export const NONE_TESTS: ReadonlyMap<string, boolean> = new Map([
  ["Is", true],
  ["Eq", true],
  ["IsNot", false],
  ["NotEq", false],
]);

/** Comparisons with 0 or 1 of how many there are, and the answer that says that there are none. */
const COUNTS: ReadonlyMap<string, boolean> = new Map([
  ["Eq 0", true],
  ["NotEq 0", false],
  ["LtE 0", true],
  ["Gt 0", false],
  ["Lt 1", true],
  ["GtE 1", false],
]);

/** True where what stands on the left of a comparison turned out to be 0, which is a number of things. */
export function countsNone(op: string, right: Value, holds: boolean): boolean {
  return right.kind === "constant" && COUNTS.get(`${op} ${String(right.value)}`) === holds;
}

/** What the place, or the number, of one text in another says where it is compared: whether it is in there at all. */
const SEARCHES: ReadonlyMap<string, boolean> = new Map([
  ["find Eq -1", false],
  ["find NotEq -1", true],
  ["find Lt 0", false],
  ["find GtE 0", true],
  ["find Gt -1", true],
  ["count Eq 0", false],
  ["count NotEq 0", true],
  ["count Lt 1", false],
  ["count GtE 1", true],
  ["count Gt 0", true],
]);

/** `data.find("x") == -1` asks whether "x" is in data; undefined for all other comparisons. */
export function asSearch(
  op: string,
  left: Value,
  right: Value,
): { test: Value; isThere: boolean } | undefined {
  if (right.kind !== "constant" || typeof right.value !== "number") return undefined;
  if (left.kind !== "symbol" || left.base?.kind !== "symbol" || left.base.base === undefined)
    return undefined;
  const method = left.name.slice(left.name.lastIndexOf(".") + 1).replace(/^r?(?=find)|\(\)$/g, "");
  const [text, ...more] = left.call?.positional ?? [];
  const isThere = SEARCHES.get(`${method} ${op} ${right.value}`);
  if (isThere === undefined || text === undefined || more.length > 0) return undefined;
  const test: Test = { kind: "compare", op: "In", left: text, right: left.base.base };
  return { test: { kind: "unknown", from: [], test }, isThere };
}

/** True for a comparison after which a value is one of few, or lacks something; what is larger or other than a value may be all else. */
export function saysMuch(
  op: string,
  side: "left" | "right",
  holds: boolean,
  { kind }: Value,
): boolean {
  // `ROOT in path.parents` is asked of the path.
  const isAbove = side === "right" && kind !== "constant";
  switch (op) {
    case "Eq":
    case "Is":
      return holds;
    case "NotEq":
    case "IsNot":
      return !holds;
    case "In":
      return isAbove || holds === (side === "left");
    case "NotIn":
      return isAbove || holds === (side === "right");
    default:
      return false;
  }
}
