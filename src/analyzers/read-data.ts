/**
 * Arguments that come out of a file of the tree, as in `FastAPI(debug=yaml.safe_load(path.read_text())["debug"])`. Who follows data
 * through a program sees the call that reads it; here the file is read, as the program would.
 */
import {
  alternativesOf,
  type CallObservation,
  type Expression,
  everyArgument,
  Interpreter,
  isKind,
  UNKNOWN,
  type Value,
  wayTo,
} from "../python/index.ts";
import type { FileUnit } from "./analyzer.ts";
import { scopeIn } from "./by-default.ts";

const interpreters = new WeakMap<FileUnit, Interpreter>();

/** A call with what files of the tree say of its arguments; undefined where none comes out of a file. */
export function withFileData(call: CallObservation, unit: FileUnit): CallObservation | undefined {
  const { data } = unit.project.models;
  if (!everyArgument(call.arguments).some((one) => isRead(one, data))) return undefined;
  const { file, node } = call.site;
  const way = wayTo(node, file.body);
  const functions = way.filter(
    (one) => isKind(one, "FunctionDef") || isKind(one, "AsyncFunctionDef"),
  );
  const interpreter = interpreters.get(unit) ?? new Interpreter(unit.project, { eager: true });
  interpreters.set(unit, interpreter);
  const scope = scopeIn(interpreter, file, functions);
  if (scope === undefined) return undefined;
  const read = (given: Value, written: Expression | undefined) =>
    (isRead(given, data) && written && interpreter.valueIn(file.path, written, scope)) || given;
  if (isKind(node, "Call")) {
    if (node.args.some((one) => one.nodeType === "Starred")) return undefined;
    const positional = call.arguments.positional.map((one, at) => read(one, node.args[at]));
    const keywords = [...call.arguments.keywords].map(([name, one]) => {
      const written = node.keywords.find(({ arg }) => arg === name)?.value;
      return [name, read(one, written)] as const;
    });
    return { ...call, arguments: { ...call.arguments, positional, keywords: new Map(keywords) } };
  }
  const statement = way.find((one) => isKind(one, "Assign"));
  if (statement === undefined) return undefined;
  const [key = UNKNOWN, value = UNKNOWN] = call.arguments.positional;
  const positional = [key, read(value, statement.value)];
  return { ...call, arguments: { ...call.arguments, positional } };
}

/** True for what a call gave that reads data, or for a part of it. */
function isRead(whole: Value, data: ReadonlyMap<string, unknown>): boolean {
  return alternativesOf(whole).some((value) => {
    for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
      if (at.name.endsWith("()") && data.has(at.name.slice(0, -2))) return true;
    return false;
  });
}
