import {
  type CallObservation,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  walk,
} from "../../python/index.ts";

/** A function, by what tells how it is called. */
export interface Definition {
  readonly method: string;
  /** The class that it is a method of. */
  readonly owner: string | undefined;
  readonly decorators: readonly string[];
  /** What it is called with by place, apart from the instance. */
  readonly parameters: readonly string[];
}

/** The innermost function around a line. */
export function definitionAround(file: ModuleFile, line: number): Definition | undefined {
  let owner: string | undefined;
  let found: Definition | undefined;
  let body = file.body;
  for (;;) {
    const inner = body.find(
      (node) =>
        (node.nodeType === "ClassDef" ||
          node.nodeType === "FunctionDef" ||
          node.nodeType === "AsyncFunctionDef") &&
        line >= node.lineno &&
        line <= (node.end_lineno ?? node.lineno),
    );
    if (inner === undefined || !("body" in inner) || !("name" in inner)) return found;
    const isClass = inner.nodeType === "ClassDef";
    if (!isClass)
      found = {
        method: inner.name,
        owner,
        decorators: inner.decorator_list.flatMap(
          (one) => lastName(one.nodeType === "Call" ? one.func : one) ?? [],
        ),
        parameters: [...inner.args.posonlyargs, ...inner.args.args]
          .slice(owner === undefined ? 0 : 1)
          .map(({ arg }) => arg),
      };
    owner = isClass ? inner.name : undefined;
    body = inner.body;
  }
}

/** True for a call that is a statement of its own. */
export function isDropped({ site: { file, node }, within }: CallObservation): boolean {
  const around: readonly Placed[] = within === undefined ? file.body : [within.node];
  return around.some((outer) =>
    [...walk(outer)].some((one) => isKind(one, "Expr") && one.value === node),
  );
}
