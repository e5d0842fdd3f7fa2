/**
 * Protection of a view that does not stand at the view: in a wrapper or a base class of the project's own, in what runs before
 * every request, at the router, where the URLs are written down, or in the defaults of the settings. Names tell what protects,
 * as they do at the view itself.
 */
import { isKind, type ModuleFile, type Statement } from "../python/index.ts";
import type { Project } from "./analyzer.ts";

/** What a view is called, and the names at it that may mean a protection of the project's own. */
export interface Unprotected {
  readonly name: string;
  /** Last names of its decorators; of a class also those of its bases. */
  readonly wrappers: readonly string[];
  /** Names of the objects whose methods its decorators are: `router` in `@router.get("/")`. */
  readonly routers: readonly string[];
  /** True for a class that asks the settings for the protection that it does not name. */
  readonly takesDefaults: boolean;
}

/** How many modules of URLs or settings are asked, and how many may hold a wrapper. */
const MAX_MODULES = 60;
const MAX_HOMES = 4;

/** Modules in which an application is put together. */
const APPLICATION =
  /(?:^|\/)(?:__init__|main|apps?|application|api|server|asgi|wsgi|factory|routers?|routes)\.py$/;

/** What a function says that lets only some users through, whatever it is called. */
const REFUSES =
  /\bis_authenticated\b|\bis_staff\b|\bis_superuser\b|\bPermissionDenied\b|\bNotAuthenticated\b|\babort\(\s*40[13]\b|\bHTTP_40[13]_|\bstatus(?:_code)?\s*=\s*40[13]\b|\bHttpResponseForbidden\b|\bHTTPException\(\s{0,20}40[13]\b|\bHTTPUnauthorized\b|\bredirect_to_login\b|\bhas_perms?\(|\bhas_permission\(/;

/** The entries of the REST framework's default, in settings. Bounded: settings may come from anybody. */
const DEFAULT_CLASSES =
  /\bDEFAULT_PERMISSION_CLASSES["']?\s{0,20}[:=]\s{0,20}[[(]([^\])]{0,1000})[\])]/g;

/** Names of what protects. */
export interface ProtectingNames {
  readonly byAnything: RegExp;
  readonly byMiddleware: RegExp;
}

/** True where something other than the view itself, and other than the URLs, says who may use it. */
export function isProtectedElsewhere(
  view: Unprotected,
  file: ModuleFile,
  project: Project,
  { byAnything: protects, byMiddleware }: ProtectingNames,
): boolean {
  return (
    view.wrappers.some((name) => isGuardOfProject(name, file, project, protects)) ||
    runsBefore(file, protects) ||
    view.routers.some(
      (name) =>
        isRouterClosed(name, file, project, protects) ||
        isClosedByApplication(name, file, project, protects),
    ) ||
    (view.takesDefaults && isClosedByDefault(file, project)) ||
    isBehindMiddleware(project, byMiddleware)
  );
}

/** True for the text of a function or class that lets only some users through. */
export function refuses(text: string): boolean {
  return REFUSES.test(text);
}

/** True for a function or class of this file, or of one that it is imported from, that refuses some users. */
function isGuardOfProject(
  name: string,
  file: ModuleFile,
  project: Project,
  protects: RegExp,
): boolean {
  const texts = [
    file.text,
    ...homesOf(name, file, project).map((path) => project.read(path) ?? ""),
  ];
  return texts.some((text) => {
    const body = definitionIn(text, name);
    return body !== undefined && (REFUSES.test(body) || decoratesOrExtends(body, protects));
  });
}

/** Files of the tree that an import of a name may mean. */
function homesOf(name: string, file: ModuleFile, project: Project): string[] {
  const module = importedFrom(file, name);
  if (module === undefined) return [];
  const end = module.replace(/^\.+/, "").replaceAll(".", "/");
  const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
  const isHome = (path: string) =>
    end === ""
      ? path === `${folder}__init__.py`
      : [`${end}.py`, `${end}/__init__.py`].some((one) => path === one || path.endsWith(`/${one}`));
  const near = (path: string) => (path.startsWith(folder) ? 0 : 1);
  return [...project.paths]
    .filter(isHome)
    .sort((a, b) => near(a) - near(b))
    .slice(0, MAX_HOMES);
}

function importedFrom(file: ModuleFile, name: string): string | undefined {
  for (const node of file.body)
    if (isKind(node, "ImportFrom"))
      for (const alias of node.names)
        if ((alias.asname ?? alias.name) === name)
          return `${".".repeat(node.level ?? 0)}${node.module ?? ""}`;
  return undefined;
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

/** True where a function of the file that runs before each request refuses some users. */
function runsBefore(file: ModuleFile, protects: RegExp): boolean {
  return file.body.some(
    (node) =>
      (isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef")) &&
      node.decorator_list.some((one) => /\.before_(?:app_)?request\b/.test(file.source(one))) &&
      (REFUSES.test(file.source(node)) ||
        node.decorator_list.some((one) => protects.test(file.source(one)))),
  );
}

/** True for `router = APIRouter(dependencies=[Depends(get_current_user)])`. */
function isRouterClosed(
  name: string,
  file: ModuleFile,
  project: Project,
  protects: RegExp,
): boolean {
  return file.body.some((node: Statement) => {
    if (!isKind(node, "Assign") || node.value.nodeType !== "Call") return false;
    if (!node.targets.some((one) => one.nodeType === "Name" && one.id === name)) return false;
    return node.value.keywords.some((keyword) => {
      if (keyword.arg !== "dependencies") return false;
      const text = file.source(keyword.value);
      if (protects.test(text)) return true;
      return [...text.matchAll(/\w+(?=\s*\))/g)].some(([last]) =>
        isGuardOfProject(last, file, project, protects),
      );
    });
  });
}

/** True where the module that puts an application together checks all requests, or those of a router that it includes. */
function isClosedByApplication(
  name: string,
  file: ModuleFile,
  project: Project,
  protects: RegExp,
): boolean {
  const included = new RegExp(
    `\\binclude_router\\([^()]{0,300}\\b${name}\\b(?:[^()]|\\([^()]{0,200}\\)){0,300}\\bdependencies\\s*=`,
  );
  const top = /^[^/]*\//.exec(file.path)?.[0] ?? "";
  return [...project.paths]
    .filter((path) => APPLICATION.test(path) && path.startsWith(top))
    .slice(0, MAX_MODULES)
    .some((path) => {
      const text = project.read(path) ?? "";
      return (
        included.test(text) ||
        (path !== file.path &&
          /\bbefore_(?:app_)?request\b/.test(text) &&
          (REFUSES.test(text) || protects.test(text)))
      );
    });
}

/** True where the URLs wrap the view: `path("orders", login_required(views.orders))`. */
export function isClosedByUrls(
  name: string,
  file: ModuleFile,
  project: Project,
  protects: RegExp,
): boolean {
  const top = /^[^/]*\//.exec(file.path)?.[0] ?? "";
  const wrapped = new RegExp(`\\b(\\w+)\\((?:[^()]*\\))?\\s*\\(?\\s*(?:\\w+\\.)*${name}\\b`, "g");
  return [...project.paths]
    .filter((path) => /(?:^|\/)urls(?:\/[^/]+)?\.py$/.test(path) && path.startsWith(top))
    .slice(0, MAX_MODULES)
    .some((path) =>
      [...(project.read(path) ?? "").matchAll(wrapped)].some((match) =>
        protects.test(match[0].slice(0, match[0].lastIndexOf(name))),
      ),
    );
}

function isClosedByDefault(file: ModuleFile, project: Project): boolean {
  return settingsIn(project)
    .filter((path) => path !== file.path)
    .some((path) => [...(project.read(path) ?? "").matchAll(DEFAULT_CLASSES)].some(isClosed));
}

/** True where the settings put something before all views that lets in known users alone. */
function isBehindMiddleware(project: Project, protects: RegExp): boolean {
  return project.once(`protection middleware ${protects.source}`, (read) =>
    settingsIn(read).some((path) => protects.test(read.read(path) ?? "")),
  );
}

function settingsIn(project: Project): string[] {
  return [...project.paths]
    .filter((path) => /(?:settings|config)[^/]*(?:\/[^/]+)?\.py$/.test(path))
    .slice(0, MAX_MODULES);
}

/** Of several classes each has to agree: one that lets everybody through changes nothing. */
function isClosed([, entries = ""]: RegExpMatchArray): boolean {
  const names = entries.replace(/#[^\n]*/g, "").match(/\w+(?=["'\s]{0,20}(?:,|$))/g) ?? [];
  return names.some((name) => name !== "AllowAny");
}
