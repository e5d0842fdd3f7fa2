/** Numbers as Python writes them. */
import type { Value } from "./values.ts";

/**
 * True where a whole number is a float: `1.0`, `float(x)`, `a / b`. Our numbers do not tell, so the expression that made it is
 * asked; where a sum hides it, the number passes for an int.
 */
export function isFloat(value: Value): boolean {
  if (value.kind !== "constant" || typeof value.value !== "number") return false;
  if (!Number.isInteger(value.value)) return true;
  const { site } = value;
  const node = site?.node;
  if (site === undefined || node === undefined) return false;
  if (node.nodeType === "Constant") {
    const source = site.file.source(node);
    return /^[\d_.]+(?:e|$)/i.test(source) && /[.e]/i.test(source);
  }
  if (node.nodeType === "BinOp" && "op" in node)
    return (
      typeof node.op === "object" &&
      node.op !== null &&
      "nodeType" in node.op &&
      node.op.nodeType === "Div"
    );
  return node.nodeType === "Call" && /^float\b/.test(site.file.source(node).slice(0, 6));
}

/** A number as Python writes it. */
export function writeNumber(number: number, float: boolean): string {
  if (!float) return BigInt(number).toString();
  if (Number.isInteger(number) && Math.abs(number) < 1e16) return `${number}.0`;
  const [digits = "", exponent] = String(number).split("e");
  const size = Math.abs(number);
  if (exponent === undefined && size < 1e16 && (size >= 1e-4 || size === 0)) return digits;
  const [mantissa = "", power = ""] = number.toExponential().split("e");
  return `${mantissa}e${power.replace(/([+-])(\d)$/, "$10$2")}`;
}
