/** What a parameter is that no call gives: its annotation tells, or what the models know of the framework that fills it. */
import type { ParameterFact } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import type { Expression } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";
import { ancestry } from "./ancestry.ts";
import { evaluate } from "./expressions.ts";
import { type Machine, newFrame } from "./machine.ts";
import { alternativesOf, type ClassValue, type FunctionValue } from "./values.ts";

// By function: a fact about one parameter may ask what those before it are, and those ask again.
const known = new WeakMap<FunctionValue, Map<string, string | undefined>>();

/** The qualified name of what a parameter is; undefined when nothing tells. */
export function parameterType(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  owner: ClassValue | undefined,
): string | undefined {
  const types = known.get(callee) ?? new Map<string, string | undefined>();
  known.set(callee, types);
  if (!types.has(name)) types.set(name, findType(machine, callee, name, owner));
  return types.get(name);
}

function findType(
  machine: Machine,
  callee: FunctionValue,
  name: string,
  owner: ClassValue | undefined,
): string | undefined {
  const { args } = callee.node;
  const all = [...args.posonlyargs, ...args.args, ...args.kwonlyargs];
  const annotation = all.find((one) => one.arg === name)?.annotation;
  const types = annotation ? namesIn(machine, callee, annotation) : [];
  const annotated = types.find((type) => !type.startsWith("builtins."));
  const fallback = callee.defaults.get(name);
  const given = fallback === undefined ? [] : alternativesOf(fallback);
  const described = [
    ...types,
    ...given.flatMap((one) => (one.kind === "symbol" ? [one.name] : [])),
  ];
  const fact = machine.models.parameters.find((one) =>
    fits(machine, one, { callee, name, owner, described, all: all.map((other) => other.arg) }),
  );
  // What the framework fills in is data of the annotated type: the type alone does not say where it comes from.
  if (fact !== undefined && fact.decorated.length > 0) return fact.is;
  return annotated === undefined ? fact?.is : `${annotated}()`;
}

interface Parameter {
  readonly callee: FunctionValue;
  readonly name: string;
  readonly owner: ClassValue | undefined;
  /** Qualified names in its annotation and of its default. */
  readonly described: readonly string[];
  /** The names of all parameters, in order. */
  readonly all: readonly string[];
}

function fits(machine: Machine, fact: ParameterFact, parameter: Parameter): boolean {
  const { callee, name, owner, described, all } = parameter;
  if (fact.name !== undefined && fact.name !== name) return false;
  if (fact.name === undefined && (name === "self" || name === "cls")) return false;
  if (fact.importing !== undefined && !packagesOf(callee.file).has(fact.importing)) return false;
  if (fact["in-function"].length > 0 && !fact["in-function"].includes(callee.name)) return false;
  const decorators = callee.decorators.flatMap((one) => (one.kind === "symbol" ? [one.name] : []));
  if (!anyMatches(fact.decorated, decorators)) return false;
  if (fact["method-of"].length > 0) {
    if (owner === undefined) return false;
    const bases = ancestry(machine, owner).flatMap((one) =>
      one.kind === "symbol" ? [one.name] : [],
    );
    if (!anyMatches(fact["method-of"], bases)) return false;
  }
  if (fact.unless.some((pattern) => described.some((one) => nameMatches(pattern, one))))
    return false;
  if (fact.beside !== undefined && !all.includes(fact.beside)) return false;
  if (fact.after === undefined) return true;
  const before = all.slice(0, all.indexOf(name));
  return before.some((one) => parameterType(machine, callee, one, owner) === fact.after);
}

/** True where no pattern is given, too. */
function anyMatches(patterns: readonly string[], names: readonly string[]): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => names.some((name) => nameMatches(pattern, name)))
  );
}

/** The qualified names that an annotation names, those inside `Optional[…]`, `A | None` and `Annotated[…]` included. */
function namesIn(machine: Machine, callee: FunctionValue, annotation: Expression): string[] {
  const frame = newFrame(callee.file, callee.closure, callee.closure, 0);
  const names: string[] = [];
  const waiting: Expression[] = [annotation];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.nodeType === "BinOp") waiting.push(next.right, next.left);
    else if (next.nodeType === "Tuple") waiting.push(...[...next.elts].reverse());
    else if (next.nodeType === "Subscript") {
      const outer = evaluate(machine, next.value, frame);
      if (outer.kind === "symbol" && /\.(?:Optional|Union|Annotated)$/.test(outer.name))
        waiting.push(next.slice);
      else if (outer.kind === "symbol") names.push(outer.name);
    } else {
      for (const type of alternativesOf(evaluate(machine, next, frame)))
        if (type.kind === "symbol" && type.imported === undefined) names.push(type.name);
    }
  }
  return names;
}

const imported = new WeakMap<ModuleFile, ReadonlySet<string>>();

/** The packages that imports at the top of a file name. */
function packagesOf(file: ModuleFile): ReadonlySet<string> {
  const found =
    imported.get(file) ??
    new Set(
      file.body.flatMap((node) => {
        if (node.nodeType === "ImportFrom") return [node.module?.split(".")[0] ?? ""];
        return node.nodeType === "Import"
          ? node.names.map((alias) => alias.name.split(".")[0] ?? "")
          : [];
      }),
    );
  imported.set(file, found);
  return found;
}
