/** Which data a flow begins with, told so that the same data is known again when the code is written in another way. */
import type { Origin } from "../../core/finding.ts";
import { isKind, type ModuleFile, type Placed, type Statement } from "../../python/index.ts";
import { normalise } from "../subject.ts";
import type { Flow } from "./flow.ts";

/** Of a flow into a call in a file; undefined where the flow does not say where it begins. */
export function originIn(file: ModuleFile, { sites, data }: Flow): Origin | undefined {
  const [first, second] = sites;
  if (first === undefined) return undefined;
  const text = normalise(first.file.source(first.node)).replace(/^self\./, "");
  // `args["name"]`, `args.get("name")` and `args.getlist("name")` take the same.
  const key =
    second?.file === first.file && isPartOf(first.node, second.node)
      ? (/["']([^"']{0,100})["']/.exec(second.file.source(second.node))?.[1] ?? "")
      : "";
  const place = first.file === file ? "" : `${first.file.path}:`;
  return {
    within: `${place}${functionAround(first.node.lineno ?? 0, first.file.body)}`,
    data: JSON.stringify([data, text, key]),
  };
}

/** True for `request.args` in `request.args["name"]`. */
function isPartOf(inner: Placed, outer: Placed): boolean {
  const whole = isKind(outer, "Call") ? outer.func : outer;
  return (isKind(whole, "Attribute") || isKind(whole, "Subscript")) && whole.value === inner;
}

/** The name of the function that a line stands in, with those of the classes and functions around it. */
function functionAround(line: number, body: readonly Statement[]): string {
  const around = body.find(
    (node) =>
      (isKind(node, "FunctionDef") ||
        isKind(node, "AsyncFunctionDef") ||
        isKind(node, "ClassDef")) &&
      node.lineno <= line &&
      line <= (node.end_lineno ?? node.lineno),
  );
  if (around === undefined || !("body" in around) || !("name" in around)) return "";
  const inside = functionAround(line, around.body);
  return inside === "" ? around.name : `${around.name}.${inside}`;
}
