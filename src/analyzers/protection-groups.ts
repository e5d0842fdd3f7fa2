/**
 * What views are put together in: blueprints, routers, applications. What checks all requests for one is told at its views, where
 * they stand in the same file; where they stand elsewhere, at the place where it is made or included.
 */
import {
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import {
  isCallClosed,
  isGroupClosed,
  isHookedElsewhere,
  runsBefore,
} from "./protection-elsewhere.ts";
import type { Access } from "./protection-facts.ts";
import { homeOf } from "./protection-urls.ts";
import { importsIn, modulesAt } from "./taint/index.ts";

/** A place where it is said of several views who may use them, or is not. */
export interface Group {
  readonly node: Placed;
  /** What the views are put together in. */
  readonly target: Expression;
  readonly isClosed: boolean;
}

/** True for a view that can be read, of which nothing says who may use it. */
type IsOpenView = (node: Statement, file: ModuleFile) => boolean;

/** How many modules may hold the views of one. */
const MAX_MODULES = 20;
/** How many routers are followed that include each other. */
const MAX_DEPTH = 3;

/** What the file makes to put views together in, where these stand elsewhere. */
export function groupsOf(
  file: ModuleFile,
  project: Project,
  access: Access,
  isOpenView: IsOpenView,
): Group[] {
  if (!access.facts.groups.some((name) => file.text.includes(`${name}(`))) return [];
  const parts = file.body.flatMap((node) => [...walk(node)]);
  return parts.flatMap((node): Group[] => {
    if (!isKind(node, "Assign") || node.value.nodeType !== "Call") return [];
    const [target] = node.targets;
    if (target?.nodeType !== "Name") return [];
    if (!access.facts.groups.includes(lastName(node.value.func) ?? "")) return [];
    if (viewsOf(target.id, file, access).length > 0) return [];
    const byCall = isCallClosed(node.value, file, project, access);
    if (byCall === true || runsBefore(file, project, access))
      return [{ node, target, isClosed: true }];
    return byCall === undefined ||
      // What another module checks is told there.
      isHookedElsewhere(file, project, access) ||
      isOtherwiseClosed(target.id, file, project, access, isOpenView)
      ? []
      : [{ node, target, isClosed: false }];
  });
}

/** True where all that is put into it is closed, as far as that is found. */
function isOtherwiseClosed(
  name: string,
  file: ModuleFile,
  project: Project,
  access: Access,
  isOpenView: IsOpenView,
): boolean {
  const included = inclusionsIn(file, access).filter(({ into }) => into === name);
  if (included.length > 0)
    return included.every(({ call }) => isCallClosed(call, file, project, access) === true);
  const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
  const near = [...project.paths].filter(
    (path) =>
      path.startsWith(folder) && path.endsWith(".py") && !path.slice(folder.length).includes("/"),
  );
  const imported = importsIn(file.text).flatMap(({ dotted, level, names }) =>
    modulesAt(project, file.path, dotted, level, names),
  );
  const views = [...new Set([...imported, ...near])].slice(0, MAX_MODULES).flatMap((path) => {
    if (project.read(path)?.includes(`@${name}.`) !== true) return [];
    const home = project.file(path);
    return home === undefined ? [] : viewsOf(name, home, access).map((node) => ({ node, home }));
  });
  return views.length > 0 && views.every(({ node, home }) => !isOpenView(node, home));
}

/** The functions that decorators of an object of the file make views. */
function viewsOf(name: string, file: ModuleFile, { decorators }: Access): Statement[] {
  return file.body
    .flatMap((node) => [...walk(node)])
    .filter(isFunction)
    .filter((node) =>
      node.decorator_list.some((one) => {
        const called = one.nodeType === "Call" ? one.func : one;
        return (
          one.nodeType === "Call" &&
          called.nodeType === "Attribute" &&
          decorators.test(called.attr) &&
          called.value.nodeType === "Name" &&
          called.value.id === name
        );
      }),
    );
}

type FunctionNode = Extract<Statement, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;

function isFunction(node: Placed): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

interface Inclusion {
  readonly call: Extract<Expression, { nodeType: "Call" }>;
  readonly target: Expression;
  /** What it is included into. */
  readonly into: string | undefined;
}

function inclusionsIn(file: ModuleFile, { facts }: Access): Inclusion[] {
  if (!facts.inclusions.some((name) => file.text.includes(`${name}(`))) return [];
  return file.body
    .flatMap((node) => [...walk(node)])
    .flatMap((call): Inclusion[] => {
      if (!isKind(call, "Call") || call.func.nodeType !== "Attribute") return [];
      const [target] = call.args;
      if (target === undefined || !facts.inclusions.includes(call.func.attr)) return [];
      const { value } = call.func;
      return [{ call, target, into: value.nodeType === "Name" ? value.id : undefined }];
    });
}

/** The routers of other modules that the file includes. */
export function inclusionsOf(
  file: ModuleFile,
  project: Project,
  access: Access,
  isOpenView: IsOpenView,
): Group[] {
  return inclusionsIn(file, access).flatMap(({ call, target, into }): Group[] => {
    const isClosed = isCallClosed(call, file, project, access);
    if (isClosed === true) return [{ node: call, target, isClosed }];
    if (
      isClosed === undefined ||
      (into !== undefined && isGroupClosed(into, file, project, access) !== false) ||
      runsBefore(file, project, access) ||
      !holdsOpenView(target, file, project, access, isOpenView, MAX_DEPTH)
    )
      return [];
    return [{ node: call, target, isClosed }];
  });
}

/** True where a router, or one that it includes, surely holds a view that is open. */
function holdsOpenView(
  target: Expression,
  from: ModuleFile,
  project: Project,
  access: Access,
  isOpenView: IsOpenView,
  depth: number,
): boolean {
  const home = homeOf(target, from, project);
  if (home === undefined || depth === 0) return false;
  if (isGroupClosed(home.name, home.file, project, access) !== false) return false;
  if (viewsOf(home.name, home.file, access).some((node) => isOpenView(node, home.file)))
    return true;
  return inclusionsIn(home.file, access).some(
    ({ call, target: inner, into }) =>
      into === home.name &&
      isCallClosed(call, home.file, project, access) === false &&
      holdsOpenView(inner, home.file, project, access, isOpenView, depth - 1),
  );
}
