/**
 * Views as the URLs write them down: `path("orders", login_required(views.orders))`. A wrapper here protects a view that says
 * nothing itself, so losing the wrapper is told here; what else happens to the view is told where it is defined.
 */
import {
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  resolveModule,
  walk,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";

/** A view at an URL. */
export interface RoutedView {
  readonly node: Placed;
  /** The view as it is written, without what wraps it. */
  readonly target: Expression;
  /** True where a wrapper protects it, false where there is none at all; undefined where nobody can tell. */
  readonly isWrapped: boolean | undefined;
}

/** Where a name of another module is defined, and what it is called there. */
export interface Home {
  readonly file: ModuleFile;
  readonly name: string;
}

/** The views that calls of these names route to. */
export function routedViews(
  file: ModuleFile,
  routes: readonly string[],
  protects: RegExp,
): RoutedView[] {
  const calls = file.body.flatMap((node) => [...walk(node)]).filter((node) => isKind(node, "Call"));
  const isRoute = (node: Placed) =>
    isKind(node, "Call") && routes.includes(lastName(node.func) ?? "");
  // `guarded(login_required, [path(…), …])` protects in a way of its own.
  const isHandedOn = calls.some(
    (call) =>
      !isRoute(call) &&
      call.args.some((one) => one.nodeType !== "Call" && protects.test(lastName(one) ?? "")),
  );
  return calls.filter(isRoute).flatMap((node) => {
    const view = node.args[1];
    if (view === undefined) return [];
    const { target, isWrapped } = unwrapped(view, protects);
    return [{ node, target, isWrapped: isWrapped === false && isHandedOn ? undefined : isWrapped }];
  });
}

function unwrapped(view: Expression, protects: RegExp): Omit<RoutedView, "node"> {
  let target = view;
  let isWrapped: boolean | undefined = false;
  while (target.nodeType === "Call") {
    const { func, args }: typeof target = target;
    if (lastName(func) === "as_view" && func.nodeType === "Attribute") {
      target = func.value;
      break;
    }
    // `permission_required("shop.view")(orders)` has the name one call further in.
    const wrapper = func.nodeType === "Call" ? func.func : func;
    if (protects.test(lastName(wrapper) ?? "")) isWrapped = true;
    else if (isWrapped === false) isWrapped = undefined;
    const [inner] = args;
    if (inner === undefined) return { target, isWrapped: undefined };
    target = inner;
  }
  return { target, isWrapped };
}

/** The module of the tree that a name, or a name of an imported module, comes from. */
export function homeOf(target: Expression, file: ModuleFile, project: Project): Home | undefined {
  const has = (path: string) => project.paths.has(path);
  const root = target.nodeType === "Attribute" ? target.value : target;
  if (root.nodeType !== "Name") return undefined;
  for (const node of file.body) {
    if (isKind(node, "Import") && target.nodeType === "Attribute")
      for (const { name, asname } of node.names) {
        if ((asname ?? name) !== root.id) continue;
        const found = resolveModule(has, file.path, name, 0);
        const home = found.kind === "tree" ? project.file(found.path) : undefined;
        return home && { file: home, name: target.attr };
      }
    if (isKind(node, "ImportFrom"))
      for (const { name, asname } of node.names) {
        if ((asname ?? name) !== root.id) continue;
        const level = node.level ?? 0;
        const module = node.module ?? "";
        const dotted = module === "" ? name : `${module}.${name}`;
        const [from, wanted] =
          target.nodeType === "Attribute" ? [dotted, target.attr] : [module, name];
        const found = resolveModule(has, file.path, from, level);
        const home = found.kind === "tree" ? project.file(found.path) : undefined;
        return home && { file: home, name: wanted };
      }
  }
  return target.nodeType === "Name" ? { file, name: target.id } : undefined;
}
