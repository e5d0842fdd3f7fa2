/** What the URLs of a project say of the data in an address: which functions are views, and what text their parameters may hold. */
import { isTestPath } from "../../core/config.ts";
import type { Step } from "../../core/finding.ts";
import type { Urlconf } from "../../core/models.ts";
import { pathsThat } from "../../core/source-tree.ts";
import {
  type CallNode,
  type ClassNode,
  type Expression,
  type FunctionNode,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  type Site,
  walk,
} from "../../python/index.ts";
import { isProgram, type Project } from "../analyzer.ts";
import { quotable } from "../subject.ts";
import { asOwn, convertersFor } from "./converters.ts";
import { definitionAround } from "./definition.ts";
import { allowsOnlyHarmless } from "./regex.ts";
import { besidesParts, type PartKind, partsOf } from "./route-text.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** The URLs of a project, as its modules of URLs say. */
interface Routes {
  /** The text of all modules. */
  readonly text: string;
  /** What text a parameter may hold, by the name of what is called and the parameter's: a converter or a regex. */
  readonly parameters: Parameters;
  /** Whether no part of any route to what has a name may be a text that does harm. */
  readonly fixed: ReadonlyMap<string, boolean>;
  /** What the modules import of the tree. */
  readonly imports: ReadonlySet<string>;
}

type Parameters = ReadonlyMap<string, readonly Holds[]>;

type Holds = PartKind & {
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
  const name = owner ?? method;
  if (urlconf.sure === true) return judgeSure(urlconf, file, name, part, project);
  const isAction = decorators.some((one) => urlconf.decorators.includes(one));
  // What an object holds is the same in all of its methods.
  if (key === undefined && owner !== undefined && !isAction && !urlconf.methods.includes(method))
    return "internal";
  const own = () => ownRoutes(file, urlconf, project);
  if (urlconf.modules.length === 0)
    return isHarmlessPart(own(), name, part, urlconf) ? "harmless" : "hostile";
  const modules = pathsThat(project.paths, urlModuleTest(urlconf));
  const routes = readRoutes(urlconf, modules.slice(0, MAX_MODULES), project);
  // Only where the file is part of something whose URLs are there too. Elsewhere in a tree that has URLs, views stand among views.
  const isPart = modules.some((path) => file.path.startsWith(homeOf(path, urlconf)));
  if (!isPart && routes?.imports.has(file.path) !== true) {
    if (file.text.includes(urlconf.list) && isHarmlessPart(own(), name, part, urlconf))
      return "harmless";
    if (modules.length === 0 || owner !== undefined) return "hostile";
    return VIEWS.test(file.path) && !isCalled(name, project) ? "hostile" : "internal";
  }
  if (routes === undefined) return "hostile";
  const isRouted = [routes.text, file.text.includes(urlconf.list) ? file.text : ""].some((text) =>
    new RegExp(`\\b${name}\\b`).test(text),
  );
  if (!isRouted) return owner === undefined ? "internal" : "hostile";
  // What other routes say of a parameter of that name is nothing to one that has a route of its own.
  const isRegistered = new RegExp(
    `\\b(?:${urlconf.routers.join("|") || "(?!)"})\\([^()]*\\b${name}\\b`,
  ).test(routes.text);
  const holds = heldBy(routes.parameters, name, part);
  if (isRegistered && holds.length === 0)
    return isLookup(urlconf, file, name, parameter) ? "harmless" : "hostile";
  if (isHarmlessPart(routes.parameters, name, part, urlconf)) return "harmless";
  // A parameter that no route fills has its default: no address says what it is.
  const { parameters: filled, fixed } = routes;
  const isRead = fixed.has(name) && !filled.has(`${name} ${UNREAD}`);
  if (owner === undefined && holds.length === 0 && isRead && !filled.has(` ${parameter}`))
    return "internal";
  return openIn(holds, urlconf) ?? "hostile";
}

/** In a tree of more modules nobody looks for calls. */
const MAX_CALLING = 1500;
const calledIn = new WeakMap<Project, Map<string, boolean>>();

/** True where a program calls what has a name itself, as far as its modules are at hand: nobody calls a view. */
function isCalled(name: string, project: Project): boolean {
  const known = calledIn.get(project) ?? new Map<string, boolean>();
  calledIn.set(project, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const modules = pathsThat(project.paths, isProgram);
  if (modules.length > MAX_CALLING) return false;
  const call = new RegExp(`(?<!\\bdef\\s+)\\b${name}\\(`);
  const texts = modules.map((path) => project.atHand?.(path));
  const isFound = texts.some((text) => text !== undefined && call.test(text));
  // What is not at hand yet may call it.
  if (isFound || !texts.includes(undefined)) known.set(name, isFound);
  return isFound;
}

/** What routes say of a part that is one of an address for sure: those of the file itself or, where it has none, those of the project. */
function judgeSure(
  urlconf: Urlconf,
  file: ModuleFile,
  name: string,
  part: Part,
  project: Project,
): Judgement {
  const own = ownRoutes(file, urlconf, project);
  const isTold = (routes: Parameters) =>
    heldBy(routes, name, part).length > 0 || routes.has(`${name} ${UNREAD}`);
  const modules = pathsThat(project.paths, urlModuleTest(urlconf)).slice(0, MAX_MODULES);
  const all =
    modules.length > 0 && !isTold(own) ? readRoutes(urlconf, modules, project) : undefined;
  const routes =
    all !== undefined && (isTold(all.parameters) || own.size === 0) ? all.parameters : own;
  if (isHarmlessPart(routes, name, part, urlconf)) return "harmless";
  return openIn(heldBy(routes, name, part), urlconf) ?? "hostile";
}

/** What surely is any text, or any without a `/`, by all routes that say what a part is. */
function openIn(holds: readonly Holds[], urlconf: Urlconf): Judgement | undefined {
  const [first] = holds;
  if (first === undefined || !holds.every((one) => letsAnyThrough(one, urlconf))) return undefined;
  return { open: first.by, isSegment: holds.every((one) => isSegment(one, urlconf)) };
}

/** True where a class says of the part that a router reads for it that it is harmless. */
function isLookup(urlconf: Urlconf, file: ModuleFile, name: string, parameter: string): boolean {
  const { lookup } = urlconf;
  if (lookup === undefined) return false;
  const texts = new Map<string, string>();
  for (const node of file.body)
    for (const one of isKind(node, "ClassDef") && node.name === name ? node.body : [])
      if (isKind(one, "Assign") && one.value.nodeType === "Constant")
        for (const target of one.targets)
          if (target.nodeType === "Name") texts.set(target.id, String(one.value.value));
  const named = lookup.names.map((one) => texts.get(one)).find((one) => one !== undefined);
  if ((named ?? lookup.plain) !== parameter) return false;
  const [regex, converter] = [texts.get(lookup.regex), texts.get(lookup.converter)];
  return (
    (regex !== undefined && allowsOnlyHarmless(regex, "whole")) ||
    (converter !== undefined && urlconf.harmless.includes(converter))
  );
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

/** Files are asked for more than one part. */
const ownRoutesOf = new WeakMap<ModuleFile, Map<Urlconf, Parameters>>();

/** What the routes say that the file itself writes down. */
function ownRoutes(file: ModuleFile, urlconf: Urlconf, project: Project): Parameters {
  const known = ownRoutesOf.get(file) ?? new Map<Urlconf, Parameters>();
  ownRoutesOf.set(file, known);
  const before = known.get(urlconf);
  if (before !== undefined) return before;
  const parameters = new Map<string, Holds[]>();
  const isWhole = addRoutes(file, urlconf, { parameters, fixed: new Map() }, project);
  if (isWhole) known.set(urlconf, parameters);
  return parameters;
}

/** A part of an address, by the parameter that it fills and that one's place among those which parts fill. */
interface Part {
  readonly parameter: string;
  readonly at: number;
}

/** What the routes to what has a name say of a part: of that name, or of that place. */
function heldBy(parameters: Parameters, name: string, part: Part): readonly Holds[] {
  return parameters.get(`${name} ${part.parameter}`) ?? parameters.get(`${name} ${part.at}`) ?? [];
}

function isHarmlessPart(
  parameters: Parameters,
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
  let isWhole = true;
  for (const file of files) {
    if (file === undefined) continue;
    text += `${file.text}\n`;
    isWhole = addRoutes(file, urlconf, { parameters, fixed }, project) && isWhole;
    for (const { dotted, level, names } of importsIn(file.text))
      for (const path of modulesAt(project, file.path, dotted, level, names)) imports.add(path);
  }
  const routes = { text, parameters, fixed, imports };
  if (isWhole) known.set(urlconf, routes);
  return routes;
}

interface Found {
  readonly parameters: Map<string, Holds[]>;
  readonly fixed: Map<string, boolean>;
}

/** False where a module that may say more was not read yet. */
function addRoutes(file: ModuleFile, urlconf: Urlconf, found: Found, project: Project): boolean {
  // Few projects have any: they are looked for where a route names one that its framework does not have.
  let converters: ReturnType<typeof convertersFor> | undefined;
  const kindOf = (kind: PartKind) => {
    if (!("converter" in kind) || isKnown(kind.converter, urlconf)) return kind;
    converters ??= convertersFor(file, urlconf, project);
    return asOwn(kind, converters.own);
  };
  const add = (args: readonly Expression[], below: readonly string[]) =>
    addRoute(file, { args, below, kindOf }, urlconf, found);
  const isRoute = (node: Placed): node is CallNode =>
    isKind(node, "Call") && urlconf.calls.includes(lastName(node.func) ?? "");
  for (const statement of file.body)
    for (const node of walk(statement)) {
      if (isDefinition(node))
        for (const one of node.decorator_list)
          if (isRoute(one)) add(givenTo(one, urlconf), [node.name]);
      if (isRoute(node)) add(givenTo(node, urlconf), []);
      if (urlconf.pairs && isKind(node, "Tuple")) add(node.elts, []);
    }
  return converters?.isWhole !== false;
}

function isKnown(converter: string, { harmless, open, segments }: Urlconf): boolean {
  return [harmless, open, segments].some((names) => names.includes(converter));
}

function isDefinition(node: Placed): node is FunctionNode | ClassNode {
  return (
    isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "ClassDef")
  );
}

/** What a call is given, the route first where it is known to stand behind something else. */
function givenTo({ args, keywords }: CallNode, { at }: Urlconf): readonly Expression[] {
  const given = [...args, ...keywords.map((one) => one.value)];
  const [route] = at.flatMap((place) =>
    typeof place === "number"
      ? (args[place] ?? [])
      : keywords.flatMap(({ arg, value }) => (arg === place ? [value] : [])),
  );
  return route === undefined ? given : [route, ...given.filter((one) => one !== route)];
}

/** What stands in a route, or a regex, of which a part may be this or that. */
const VARIES = /[<>()[\]{}*+?|\\]/;

/** Stands in a parameter's place where a route to what has a name is no text that can be read. */
const UNREAD = "*";

interface WrittenRoute {
  /** What a call that routes is given. */
  readonly args: readonly Expression[];
  /** The name of what it decorates. */
  readonly below: readonly string[];
  /** A kind as what a converter of the project lets through. */
  kindOf(kind: PartKind): PartKind;
}

/** Of what a call that routes is given, the first text is the route and all else may name the view, as may what stands below it. */
function addRoute(
  file: ModuleFile,
  { args, below, kindOf }: WrittenRoute,
  urlconf: Urlconf,
  { parameters, fixed }: Found,
): void {
  const route = args.find(isText);
  const text = route && textOf(route, file);
  if (route === undefined || text === undefined) {
    for (const name of [...below, ...args.flatMap(namesIn)]) {
      fixed.set(name, false);
      parameters.set(`${name} ${UNREAD}`, []);
    }
    return;
  }
  const names = new Set(["", ...below, ...args.filter((one) => one !== route).flatMap(namesIn)]);
  const shown = quotable(file.source(route));
  const by = { ...file.location(route), message: `\`${shown}\` is a route that lets any text in` };
  const held = partsOf(text, urlconf).map(([name, kind]): [string, Holds] => [
    name,
    { ...kindOf(kind), by },
  ]);
  const isFixed =
    !VARIES.test(besidesParts(text, urlconf)) &&
    held.every(([, holds]) => isHarmless(holds, urlconf));
  for (const name of names) fixed.set(name, isFixed && fixed.get(name) !== false);
  for (const [parameter, holds] of held)
    for (const name of names) {
      const key = `${name} ${parameter}`;
      parameters.set(key, [...(parameters.get(key) ?? []), holds]);
    }
}

function isText(node: Expression): boolean {
  if (node.nodeType === "BinOp") return isText(node.left) || isText(node.right);
  return (
    node.nodeType === "JoinedStr" ||
    (node.nodeType === "Constant" && typeof node.value === "string")
  );
}

/** A text that is put together of literals and of those to which the module gives names; undefined for any other. */
function textOf(node: Expression, file: ModuleFile): string | undefined {
  switch (node.nodeType) {
    case "Constant":
      return typeof node.value === "string" ? node.value : undefined;
    case "Name":
      return namedText(node.id, file);
    case "FormattedValue":
      return node.conversion === -1 && !node.format_spec ? textOf(node.value, file) : undefined;
    case "JoinedStr":
      return joined(node.values, file);
    case "BinOp":
      return node.op.nodeType === "Add" ? joined([node.left, node.right], file) : undefined;
    default:
      return undefined;
  }
}

function joined(parts: readonly Expression[], file: ModuleFile): string | undefined {
  const texts = parts.map((one) => textOf(one, file));
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** The literal that is all a module gives a name to. */
function namedText(name: string, { body }: ModuleFile): string | undefined {
  const given = body.flatMap((node) =>
    node.nodeType === "Assign" && node.targets.some((one) => lastName(one) === name)
      ? [node.value]
      : [],
  );
  const [only] = given.length === 1 ? given : [];
  return only?.nodeType === "Constant" && typeof only.value === "string" ? only.value : undefined;
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
