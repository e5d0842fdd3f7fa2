/** What the URLs of a project say of the data in an address: which functions are views, and what text their parameters may hold. */
import { isTestPath } from "../../core/config.ts";
import type { Step } from "../../core/finding.ts";
import type { Urlconf } from "../../core/models.ts";
import { pathsThat } from "../../core/source-tree.ts";
import {
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Site,
  walk,
} from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import { quotable } from "../subject.ts";
import { definitionAround } from "./definition.ts";
import { allowsOnlyHarmless, groupsOf } from "./regex.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** The URLs of a project, as its modules of URLs say. */
interface Routes {
  /** The text of all modules. */
  readonly text: string;
  /** What text a parameter may hold, by the name of what is called and the parameter's: a converter or a regex. */
  readonly parameters: ReadonlyMap<string, readonly Holds[]>;
  /** Whether no part of any route to what has a name may be a text that does harm. */
  readonly fixed: ReadonlyMap<string, boolean>;
  /** What the modules import of the tree. */
  readonly imports: ReadonlySet<string>;
}

type Holds = ({ readonly converter: string } | { readonly regex: string }) & {
  /** The route that says so. */
  readonly by: Step;
};

/**
 * What other files say of data; `internal` where it does not come from outside, `open` where it surely may be any text, of a segment
 * any without a `/`.
 */
export type Judgement =
  | "hostile"
  | "harmless"
  | "internal"
  | { readonly open: Step; readonly isSegment: boolean };

/** Projects have fewer modules of URLs. */
const MAX_MODULES = 300;

/** A module of views, by its name or its package's. */
const VIEWS = /view|(?:^|\/)api(?:\/|\.py$)/i;

/** Read once for each project, whose files do not change. */
const routesOf = new WeakMap<Project, Map<Urlconf, Routes>>();

/** What the URLs say of a part of an address. */
export function judgePart(
  urlconf: Urlconf,
  site: Site,
  key: string | undefined,
  project: Project,
): Judgement {
  const { file, node } = site;
  const around = definitionAround(file, node.lineno ?? 1);
  const parameter = key ?? /^\w+/.exec(file.source(node))?.[0];
  if (around === undefined || parameter === undefined) return "hostile";
  const { method, owner, decorators } = around;
  const place = key === undefined ? around.parameters.indexOf(parameter) : -1;
  const part: Part = { parameter, at: place - (urlconf.unnamed ?? 0) };
  const isAction = decorators.some((name) => urlconf.decorators.includes(name));
  // What an object holds is the same in all of its methods.
  if (key === undefined && owner !== undefined && !isAction && !urlconf.methods.includes(method))
    return "internal";
  if (urlconf.modules.length === 0)
    return isHarmlessIn(file, owner ?? method, part, urlconf) ? "harmless" : "hostile";
  const modules = pathsThat(project.paths, urlModuleTest(urlconf));
  const routes = readRoutes(urlconf, modules.slice(0, MAX_MODULES), project);
  // Only where the file is part of something whose URLs are there too. Elsewhere in a tree that has URLs, views stand among views.
  const isPart = modules.some((path) => file.path.startsWith(homeOf(path, urlconf)));
  if (!isPart && routes?.imports.has(file.path) !== true) {
    if (file.text.includes(urlconf.list) && isHarmlessIn(file, owner ?? method, part, urlconf))
      return "harmless";
    return modules.length === 0 || owner !== undefined || VIEWS.test(file.path)
      ? "hostile"
      : "internal";
  }
  if (routes === undefined) return "hostile";
  const name = owner ?? method;
  const isRouted = [routes.text, file.text.includes(urlconf.list) ? file.text : ""].some((text) =>
    new RegExp(`\\b${name}\\b`).test(text),
  );
  if (!isRouted) return owner === undefined ? "internal" : "hostile";
  // What other routes say of a parameter of that name is nothing to one that has a route of its own.
  const isRegistered = new RegExp(
    `\\b(?:${urlconf.routers.join("|") || "(?!)"})\\([^()]*\\b${name}\\b`,
  ).test(routes.text);
  const holds = heldBy(routes.parameters, name, part);
  if (isRegistered && holds.length === 0) return "hostile";
  if (isHarmlessPart(routes.parameters, name, part, urlconf)) return "harmless";
  // A parameter that no route fills has its default: no address says what it is.
  const { parameters: filled, fixed } = routes;
  const isRead = fixed.has(name) && !filled.has(`${name} ${UNREAD}`);
  if (owner === undefined && holds.length === 0 && isRead && !filled.has(` ${parameter}`))
    return "internal";
  const [first] = holds;
  const isOpen = holds.every((one) => letsAnyThrough(one, urlconf));
  if (first === undefined || !isOpen) return "hostile";
  return { open: first.by, isSegment: holds.every((one) => isSegment(one, urlconf)) };
}

/** A regex of any text, or of one without slashes. */
const ANY_TEXT = /^(?:\.|\[\^\/\])[+*]$/;

function letsAnyThrough(holds: Holds, urlconf: Urlconf): boolean {
  return "converter" in holds ? urlconf.open.includes(holds.converter) : ANY_TEXT.test(holds.regex);
}

function isSegment(holds: Holds, urlconf: Urlconf): boolean {
  return "converter" in holds
    ? urlconf.segments.includes(holds.converter)
    : holds.regex.startsWith("[^/]");
}

/** True where the path of a request does no harm as far as its view is reached: of no route to that may a part be any text. */
export function isPathFixed(urlconf: Urlconf, { file, node }: Site, project: Project): boolean {
  const around = definitionAround(file, node.lineno ?? 1);
  const modules = pathsThat(project.paths, urlModuleTest(urlconf));
  const routes = readRoutes(urlconf, modules.slice(0, MAX_MODULES), project);
  if (around === undefined || routes === undefined) return false;
  const { fixed } = routes;
  return (
    fixed.get(around.owner ?? around.method) === true &&
    urlconf.includes.every((one) => fixed.get(one) !== false)
  );
}

/** True where all routes that the file itself writes down for what has a name say so of a part of the address. */
function isHarmlessIn(file: ModuleFile, name: string, part: Part, urlconf: Urlconf): boolean {
  const parameters = new Map<string, Holds[]>();
  addRoutes(file, urlconf, { parameters, fixed: new Map() });
  return isHarmlessPart(parameters, name, part, urlconf);
}

/** A part of an address, by the parameter that it fills and that one's place among those which parts fill. */
interface Part {
  readonly parameter: string;
  readonly at: number;
}

/** What the routes to what has a name say of a part: of that name, or of that place. */
function heldBy(parameters: Routes["parameters"], name: string, part: Part): readonly Holds[] {
  return parameters.get(`${name} ${part.parameter}`) ?? parameters.get(`${name} ${part.at}`) ?? [];
}

function isHarmlessPart(
  parameters: Routes["parameters"],
  name: string,
  part: Part,
  urlconf: Urlconf,
): boolean {
  if (parameters.has(`${name} ${UNREAD}`)) return false;
  const own = heldBy(parameters, name, part);
  const holds = own.length > 0 ? own : (parameters.get(` ${part.parameter}`) ?? []);
  return holds.length > 0 && holds.every((one) => isHarmless(one, urlconf));
}

function isHarmless(holds: Holds, urlconf: Urlconf): boolean {
  return "converter" in holds
    ? urlconf.harmless.includes(holds.converter)
    : allowsOnlyHarmless(holds.regex, "whole");
}

/** The modules of URLs of a project. */
export function urlModules(paths: ReadonlySet<string>, urlconfs: readonly Urlconf[]): string[] {
  const tests = urlconfs.map(urlModuleTest);
  return [...paths]
    .filter((path) => tests.some((isModule) => isModule(path)))
    .slice(0, MAX_MODULES);
}

const knownTests = new WeakMap<Urlconf, (path: string) => boolean>();

/** True for the path of a module of URLs; the same function each time. */
function urlModuleTest(urlconf: Urlconf): (path: string) => boolean {
  const { modules } = urlconf;
  const isModule = (path: string) => {
    if (!path.endsWith(".py") || isTestPath(path)) return false;
    const parts = path.slice(0, -".py".length).split("/");
    return parts.slice(-2).some((part) => modules.includes(part));
  };
  const test = knownTests.get(urlconf) ?? isModule;
  knownTests.set(urlconf, test);
  return test;
}

/** The folder whose URLs a module tells, with a slash at its end: the one that holds it, or the package that it is a part of. */
function homeOf(path: string, { modules }: Urlconf): string {
  const folders = path.split("/").slice(0, -1);
  if (modules.includes(folders.at(-1) ?? "")) folders.pop();
  return folders.length === 0 ? "" : `${folders.join("/")}/`;
}

/** Undefined as long as some module was not read yet. */
function readRoutes(
  urlconf: Urlconf,
  modules: readonly string[],
  project: Project,
): Routes | undefined {
  const known = routesOf.get(project) ?? new Map<Urlconf, Routes>();
  routesOf.set(project, known);
  const read = known.get(urlconf);
  if (read !== undefined) return read;
  const files = modules.map((path) => project.file(path));
  if (files.includes(undefined)) return undefined;
  const parameters = new Map<string, Holds[]>();
  const fixed = new Map<string, boolean>();
  const imports = new Set<string>();
  let text = "";
  for (const file of files) {
    if (file === undefined) continue;
    text += `${file.text}\n`;
    addRoutes(file, urlconf, { parameters, fixed });
    for (const { dotted, level, names } of importsIn(file.text))
      for (const path of modulesAt(project, file.path, dotted, level, names)) imports.add(path);
  }
  const routes = { text, parameters, fixed, imports };
  known.set(urlconf, routes);
  return routes;
}

interface Found {
  readonly parameters: Map<string, Holds[]>;
  readonly fixed: Map<string, boolean>;
}

function addRoutes(file: ModuleFile, urlconf: Urlconf, found: Found): void {
  for (const statement of file.body)
    for (const node of walk(statement)) {
      if (isKind(node, "Call") && urlconf.calls.includes(lastName(node.func) ?? ""))
        addRoute(file, [...node.args, ...node.keywords.map((one) => one.value)], urlconf, found);
      if (urlconf.pairs && isKind(node, "Tuple")) addRoute(file, node.elts, urlconf, found);
    }
}

const PARAMETER = /(?<!\?P)<(?:(\w+):)?(\w+)>/g;
/** What stands in a route, or a regex, of which a part may be this or that. */
const VARIES = /[<>()[\]{}*+?|\\]/;

/** Stands in a parameter's place where a route to what has a name is no text that can be read. */
const UNREAD = "*";

/** Of what a call that routes is given, the first text is the route and all else may name the view. */
function addRoute(
  file: ModuleFile,
  args: readonly Expression[],
  urlconf: Urlconf,
  { parameters, fixed }: Found,
): void {
  const route = args.find((one) => one.nodeType === "Constant" && typeof one.value === "string");
  if (route?.nodeType !== "Constant" || typeof route.value !== "string") {
    for (const name of args.flatMap(namesIn)) {
      fixed.set(name, false);
      parameters.set(`${name} ${UNREAD}`, []);
    }
    return;
  }
  const names = new Set(["", ...args.filter((one) => one !== route).flatMap(namesIn)]);
  const shown = quotable(file.source(route));
  const by = { ...file.location(route), message: `\`${shown}\` is a route that lets any text in` };
  const held = parametersIn(route.value, by, urlconf);
  const isFixed =
    !VARIES.test(route.value.replace(PARAMETER, "")) &&
    held.every(([, holds]) => isHarmless(holds, urlconf));
  for (const name of names) fixed.set(name, isFixed && fixed.get(name) !== false);
  for (const [parameter, holds] of held)
    for (const name of names) {
      const key = `${name} ${parameter}`;
      parameters.set(key, [...(parameters.get(key) ?? []), holds]);
    }
}

/** Every name in an expression; of a text, what stands behind its last dot. */
function namesIn(view: Expression): string[] {
  return [...walk(view)].flatMap((node) => {
    if (isKind(node, "Name")) return [node.id];
    if (isKind(node, "Attribute")) return [node.attr];
    return isKind(node, "Constant") && typeof node.value === "string"
      ? [node.value.slice(node.value.lastIndexOf(".") + 1)]
      : [];
  });
}

/** The parameters of a route: `<int:pk>`, `<name>`, or a group of a regex: a named one, or without any of those each by its place. */
function parametersIn(route: string, by: Step, { unnamed }: Urlconf): [string, Holds][] {
  const found: [string, Holds][] = [];
  for (const match of route.matchAll(PARAMETER))
    found.push([match[2] ?? "", { converter: match[1] ?? "str", by }]);
  for (const { name, source } of groupsOf(route))
    if (name !== undefined) found.push([name, { regex: source, by }]);
  if (found.length === 0 && unnamed !== undefined)
    for (const [index, { source }] of groupsOf(route).entries())
      found.push([String(index), { regex: source, by }]);
  return found;
}
