/**
 * Protection of a view that does not stand at the view: in a wrapper or a base class of the project's own, in what runs before
 * every request, at the router, where the URLs are written down, or in the defaults of the settings. Names tell what protects,
 * as they do at the view itself.
 */
import { pathsThat } from "../core/source-tree.ts";
import { type Expression, isKind, lastName, type ModuleFile, walk } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import type { Access } from "./protection-facts.ts";
import { modulesAt } from "./taint/index.ts";

/** The names at a view that may mean a protection of the project's own. */
export interface Unprotected {
  /** Last names of its decorators, and of what it depends on; of a class also those of its bases. */
  readonly wrappers: readonly string[];
  /** Names of the objects whose methods its decorators are: `router` in `@router.get("/")`. */
  readonly routers: readonly string[];
  /** True for a class that asks the settings for the protection that it does not name. */
  readonly takesDefaults: boolean;
}

/** How many modules of URLs or settings are asked. */
const MAX_MODULES = 60;

/** True where something other than the view itself, and other than the URLs or what includes a router, says who may use it. */
export function isProtectedElsewhere(
  view: Unprotected,
  file: ModuleFile,
  project: Project,
  access: Access,
): boolean {
  return (
    view.wrappers.some((name) => isGuardOfProject(name, file, project, access)) ||
    runsBefore(file, project, access) ||
    view.routers.some((name) => isGroupClosed(name, file, project, access) === true) ||
    (view.routers.length > 0 && isHookedElsewhere(file, project, access)) ||
    (view.takesDefaults && isClosedByDefault(file, project, access)) ||
    isBehindMiddleware(project, access)
  );
}

/** True for a function or class of this file, or of one that it is imported from, that refuses some users. */
function isGuardOfProject(
  name: string,
  file: ModuleFile,
  project: Project,
  { refuses, byAnything }: Access,
): boolean {
  return definitionsOf(name, file, project).some(
    (body) => refuses.test(body) || decoratesOrExtends(body, byAnything),
  );
}

/** The texts of functions and classes that a name may mean. */
function definitionsOf(name: string, file: ModuleFile, project: Project): string[] {
  const names = [name, ...importsOf(file, name).map((one) => one.name)];
  const texts = [
    file.text,
    ...homesOf(name, file, project).map((path) => project.read(path) ?? ""),
  ];
  return texts.flatMap((text) => {
    const bodies = names.map((one) => definitionIn(text, one));
    return bodies.find((one) => one !== undefined) ?? [];
  });
}

/** Files of the tree that an import of a name may mean. */
function homesOf(name: string, file: ModuleFile, project: Project): string[] {
  return importsOf(file, name).flatMap(({ module, level, name: there }) =>
    modulesAt(project, file.path, module, level, [there]),
  );
}

interface Imported {
  readonly module: string;
  readonly level: number;
  /** What it is called there. */
  readonly name: string;
}

function importsOf(file: ModuleFile, wanted: string): Imported[] {
  return file.body.flatMap((node) =>
    isKind(node, "ImportFrom")
      ? node.names
          .filter(({ name, asname }) => (asname ?? name) === wanted)
          .map(({ name }) => ({ module: node.module ?? "", level: node.level ?? 0, name }))
      : [],
  );
}

/** The text of a top-level function or class: up to the next line that is not indented. */
function definitionIn(text: string, name: string): string | undefined {
  const start = new RegExp(`^(?:async\\s+def|def|class)\\s+${name}\\b`, "m").exec(text)?.index;
  if (start === undefined) return undefined;
  const end = /\n(?=[^\s#)\]])/.exec(text.slice(start))?.index;
  return text.slice(start, end === undefined ? undefined : start + end);
}

/** True for text with a decorator, a base class or a call of what protects; the name that a function gives itself is no call. */
function decoratesOrExtends(body: string, protects: RegExp): boolean {
  const names = body.matchAll(/@[\w.]+|^class\s+\w+\(([^)]*)\)|(?<!\bdef\s)\b(\w+)\(/gm);
  return [...names].some((match) => protects.test(match[1] ?? match[2] ?? match[0]));
}

/**
 * True where a function that the file has run before each request refuses some users, be it the file's own, one that it hands on, or
 * one of a function that is given the application.
 */
export function runsBefore(file: ModuleFile, project: Project, access: Access): boolean {
  const { hooks, refuses, byAnything, facts } = access;
  const parts = file.body.flatMap((node) => [...walk(node)]);
  const groups = new Set(
    parts.flatMap((part) =>
      isKind(part, "Assign") &&
      part.value.nodeType === "Call" &&
      facts.groups.includes(lastName(part.value.func) ?? "")
        ? part.targets.flatMap((one) => (one.nodeType === "Name" ? [one.id] : []))
        : [],
    ),
  );
  const refusesIn = (text: string) => refuses.test(text) || decoratesOrExtends(text, byAnything);
  return parts.some((part) => {
    if (isKind(part, "FunctionDef") || isKind(part, "AsyncFunctionDef")) {
      const decorators = part.decorator_list.map((one) => file.source(one));
      return (
        decorators.some((one) => hooks.test(one)) &&
        (refuses.test(file.source(part)) || decorators.some((one) => byAnything.test(one)))
      );
    }
    if (!isKind(part, "Call")) return false;
    const given = part.args.flatMap((one) => (one.nodeType === "Name" ? [one.id] : []));
    if (hooks.test(`${file.source(part.func)}(`))
      return given.some((name) => definitionsOf(name, file, project).some(refusesIn));
    return (
      part.func.nodeType === "Name" &&
      given.some((name) => groups.has(name)) &&
      definitionsOf(part.func.id, file, project).some((text) => hooks.test(text) && refusesIn(text))
    );
  });
}

/**
 * Whether the object of a name checks whoever uses the views that are put together in it: `APIRouter(dependencies=[Depends(user)])`.
 * Undefined where what it has may be a check, or where it is not made here.
 */
export function isGroupClosed(
  name: string,
  file: ModuleFile,
  project: Project,
  access: Access,
): boolean | undefined {
  for (const node of file.body) {
    if (!isKind(node, "Assign") || node.value.nodeType !== "Call") continue;
    if (node.targets.some((one) => one.nodeType === "Name" && one.id === name))
      return isCallClosed(node.value, file, project, access);
  }
  return undefined;
}

type Call = Extract<Expression, { nodeType: "Call" }>;

/** The same of a call: false where it is handed nothing that could check all requests, undefined where nobody can tell. */
export function isCallClosed(
  { keywords }: Call,
  file: ModuleFile,
  project: Project,
  access: Access,
): boolean | undefined {
  const given = keywords.find((one) => one.arg === access.facts.keyword)?.value;
  if (given === undefined) return keywords.some((one) => !one.arg) ? undefined : false;
  if ((given.nodeType === "List" || given.nodeType === "Tuple") && given.elts.length === 0)
    return false;
  const text = file.source(given);
  if (access.byAnything.test(text)) return true;
  const isGuard = [...text.matchAll(/\w+(?=\s*\))/g)].some(
    ([last]) =>
      isGuardOfProject(last, file, project, access) ||
      importsOf(file, last).some(({ module }) => access.byModules.test(module)),
  );
  return isGuard || undefined;
}

/** What the modules that put an application together do for views that stand in others. */
interface Application {
  /** Those in which a function that runs before each request refuses some users. */
  readonly hooked: readonly string[];
  /** What calls include that check all requests: `users.router`. */
  readonly included: readonly string[];
}

/** What has to do with a path alone: the rest of a tree may be another program. */
function topOf({ path }: ModuleFile): string {
  return /^[^/]*\//.exec(path)?.[0] ?? "";
}

function applicationAround(file: ModuleFile, project: Project, access: Access): Application {
  const top = topOf(file);
  return project.once(`protection application ${top}`, (read) => {
    const { applications, facts, hooks, refuses, byAnything } = access;
    const inclusion = new RegExp(
      `\\b(?:${facts.inclusions.join("|")})\\(\\s*([\\w.]+)(?:[^()]|\\((?:[^()]|\\([^()]{0,200}\\)){0,300}\\)){0,300}?\\b${facts.keyword}\\s*=`,
      "g",
    );
    // Whoever makes the application may hand it to what puts the guard on.
    const isHooked = (path: string, text: string) => {
      if (!facts.groups.some((name) => text.includes(`${name}(`))) return false;
      const module = read.file(path);
      return module !== undefined && runsBefore(module, read, access);
    };
    const texts = pathsThat(read.paths, applications)
      .filter((path) => path.startsWith(top))
      .slice(0, MAX_MODULES)
      .map((path) => [path, read.read(path) ?? ""] as const);
    return {
      hooked: texts.flatMap(([path, text]) =>
        (hooks.test(text) && (refuses.test(text) || byAnything.test(text))) || isHooked(path, text)
          ? [path]
          : [],
      ),
      included: texts.flatMap(([, text]) =>
        [...text.matchAll(inclusion)].map(([, name = ""]) => name),
      ),
    };
  });
}

/** True where another module that puts the application together checks all requests. */
export function isHookedElsewhere(file: ModuleFile, project: Project, access: Access): boolean {
  return applicationAround(file, project, access).hooked.some((path) => path !== file.path);
}

/** True where whoever includes a router of the file checks all requests for it. */
export function isIncludedClosed(
  name: string,
  file: ModuleFile,
  project: Project,
  access: Access,
): boolean {
  const [stem = "", folder = ""] = file.path
    .replace(/\.\w+$/, "")
    .split("/")
    .reverse();
  const module = stem === "__init__" ? folder : stem;
  return applicationAround(file, project, access).included.some((one) => {
    const [last, owner] = one.split(".").reverse();
    return last === name && (owner === undefined || owner === module);
  });
}

/** True where the URLs wrap the view: `path("orders", login_required(views.orders))`. */
export function isClosedByUrls(
  name: string,
  file: ModuleFile,
  project: Project,
  access: Access,
): boolean {
  const top = topOf(file);
  const wrapped = new RegExp(`\\b(\\w+)\\((?:[^()]*\\))?\\s*\\(?\\s*(?:\\w+\\.)*${name}\\b`, "g");
  return pathsThat(project.paths, access.urls)
    .filter((path) => path.startsWith(top))
    .slice(0, MAX_MODULES)
    .some((path) => {
      const text = project.read(path) ?? "";
      // Most modules of URLs have nothing of the view, and to look for what wraps it takes long.
      if (!text.includes(name)) return false;
      return [...text.matchAll(wrapped)].some((match) =>
        access.byAnything.test(match[0].slice(0, match[0].lastIndexOf(name))),
      );
    });
}

function isClosedByDefault(file: ModuleFile, project: Project, access: Access): boolean {
  return settingsIn(project, access)
    .filter((path) => path !== file.path)
    .some((path) =>
      [...(project.read(path) ?? "").matchAll(access.defaultClasses)].some((found) =>
        isClosed(found, access.facts.defaults.open),
      ),
    );
}

/** True where the settings put something before all views that lets in known users alone. */
function isBehindMiddleware(project: Project, access: Access): boolean {
  return project.once(`protection middleware ${access.byMiddleware.source}`, (read) =>
    settingsIn(read, access).some((path) => access.byMiddleware.test(read.read(path) ?? "")),
  );
}

function settingsIn(project: Project, { settings }: Access): readonly string[] {
  return pathsThat(project.paths, settings).slice(0, MAX_MODULES);
}

/** Of several classes each has to agree: one that lets everybody through changes nothing. */
function isClosed([, entries = ""]: RegExpMatchArray, open: readonly string[]): boolean {
  const names = entries.replace(/#[^\n]*/g, "").match(/\w+(?=["'\s]{0,20}(?:,|$))/g) ?? [];
  return names.some((name) => !open.includes(name));
}
