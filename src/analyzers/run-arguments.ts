/**
 * Arguments that only a run of the program tells: what comes out of a file of the tree, as in
 * `FastAPI(debug=yaml.safe_load(path.read_text())["debug"])`, and what an object of settings holds, `FastAPI(debug=settings.debug)`. Who
 * follows data through a program sees the call that reads the file, and what the class of the settings says at first; here the file
 * is read, and the object made, as the program would.
 */
import {
  alternativesOf,
  asString,
  type CallObservation,
  type Expression,
  isKind,
  type Site,
  UNKNOWN,
  type Value,
  wayTo,
} from "../python/index.ts";
import type { FileUnit } from "./analyzer.ts";
import { valueIn } from "./by-default.ts";
import { programsBefore } from "./programs.ts";

/** A call with what some of its arguments come to where the program runs; undefined where that tells no more. */
export function asRun(
  call: CallObservation,
  wanted: ReadonlySet<number | string>,
  unit: FileUnit,
): CallObservation | undefined {
  const { node, file } = call.site;
  const { positional, keywords } = call.arguments;
  let isTold = false;
  const isSetBefore = programsBefore(file.path, unit.project).length > 0;
  const run = (place: number | string, given: Value, written: Expression | undefined): Value => {
    if (written === undefined || !wanted.has(place)) return given;
    const isMeant =
      isSetBefore ||
      isRead(given, unit.project.models.data) ||
      isOfObject(written, call.site, unit);
    const value = isMeant ? valueIn(written, call.site, unit) : undefined;
    if (value !== undefined) isTold = true;
    return value ?? given;
  };
  const told = (given: CallObservation["arguments"]) =>
    isTold ? { ...call, arguments: given } : undefined;
  if (!isKind(node, "Call")) {
    const statement = wayTo(node, file.body).find((one) => isKind(one, "Assign"));
    const [key = UNKNOWN, value = UNKNOWN] = positional;
    return told({ ...call.arguments, positional: [key, run(1, value, statement?.value)] });
  }
  if (node.args.some((one) => one.nodeType === "Starred")) return undefined;
  const named = [...keywords].map(([name, one]) => {
    const written = node.keywords.find(({ arg }) => arg === name)?.value;
    return [name, run(name, one, written)] as const;
  });
  const isAsked = [...wanted].some((one) => typeof one === "string" && !keywords.has(one));
  const spread = isAsked ? spreadIn(call, unit) : [];
  const entries = spread.flatMap(({ value }) =>
    value.kind === "dict" ? [...value.contents.content.entries.values()] : [],
  );
  const spreadNames = entries.flatMap(({ key, value }) => {
    const name = asString(key);
    return name !== undefined && wanted.has(name) ? [[name, value] as const] : [];
  });
  if (spreadNames.length > 0) isTold = true;
  const inOrder = positional.map((one, at) => run(at, one, node.args[at]));
  return told({
    ...call.arguments,
    positional: inOrder,
    keywords: new Map([...spreadNames, ...named]),
  });
}

/**
 * The mappings that calls of functions make, given in place of keyword arguments or as them, as `update(live())` and `update(**live())`
 * are; as far as they are known.
 */
export function spreadIn({ site, arguments: given }: CallObservation, unit: FileUnit) {
  const { node } = site;
  if (!isKind(node, "Call")) return [];
  const first = given.positional[0]?.kind === "dict" ? [] : node.args.slice(0, 1);
  const spread = node.keywords.filter(({ arg }) => arg === undefined).map((one) => one.value);
  return [...first, ...spread]
    .filter((one) => isKind(one, "Call"))
    .flatMap((written) => {
      const value = valueIn(written, site, unit);
      return value === undefined ? [] : [{ written, value }];
    });
}

/** True for what a call gave that reads data, or for a part of it. */
function isRead(whole: Value, data: ReadonlyMap<string, unknown>): boolean {
  return alternativesOf(whole).some((value) => {
    for (let at: Value | undefined = value; at?.kind === "symbol"; at = at.base)
      if (at.name.endsWith("()") && data.has(at.name.slice(0, -2))) return true;
    return false;
  });
}

/** True where an expression reads something off an object that the modules of the tree make: `settings.debug`, `str(load().key)`. */
function isOfObject(written: Expression, site: Site, unit: FileUnit): boolean {
  return ownersIn(written).some((one) => {
    const owner = valueIn(one, site, unit);
    return owner?.kind === "instance" || (owner?.kind === "dict" && owner.attributes);
  });
}

/** What the first attribute in an expression is read off, and what that is an attribute of. */
function ownersIn(written: Expression): readonly Expression[] {
  switch (written.nodeType) {
    case "Attribute":
    case "Subscript":
      return [...ownersIn(written.value), written.value];
    case "Call":
      return [written.func, ...written.args].flatMap(ownersIn);
    case "ListComp":
      return ownersIn(written.generators[0]?.iter ?? written.elt);
    case "UnaryOp":
      return ownersIn(written.operand);
    case "Compare":
      return ownersIn(written.left);
    case "BoolOp":
      return written.values.flatMap(ownersIn);
    default:
      return [];
  }
}
