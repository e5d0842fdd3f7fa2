/**
 * What other files of the project say of data: the URLs, which functions are views at all and what text their parameters may
 * hold; the forms, which fields have a check of their own. Asked only of data that would otherwise be reported.
 */
import { isTestPath } from "../../core/config.ts";
import type { Declared, FormCheck, Limited, Models, OwnData, Urlconf } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  type Arguments,
  asString,
  type CallNode,
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  possibleItems,
  type Site,
  type SymbolValue,
  type Value,
  walk,
} from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import {
  checksFieldIn,
  checksIn,
  classesAround,
  givenAt,
  isInClass,
  isLimited as limits,
} from "./form-checks.ts";
import { inputAt } from "./matched.ts";
import { allowsOnlyHarmless, groupsOf } from "./regex.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** Projects have fewer modules of URLs. */
const MAX_MODULES = 300;

/** True for data that another file of the project shows to be harmless, or no data from outside at all. */
export function isVouchedFor(value: SymbolValue, harm: string, project: Project): boolean {
  if (project.models.own.some((one) => isOwn(one, value, harm))) return true;
  const judgement = judge(value, project);
  return judgement === "harmless" || judgement === "internal";
}

/** True for data of which another file of the project shows that it is a number or the like, whatever it is used for. */
export function isConverted(value: SymbolValue, project: Project): boolean {
  return judge(value, project) === "harmless";
}

/** What other files say of data; `internal` where it does not come from outside, `open` where it surely may be any text. */
type Judgement = "hostile" | "open" | "harmless" | "internal";

function judge(value: SymbolValue, project: Project): Judgement {
  const { urlconfs, forms, declared, limited } = project.models;
  const urlconf = urlconfs.find((one) => one.value === value.name);
  if (urlconf !== undefined && value.site !== undefined)
    return judgePart(urlconf, value.site, undefined, project);
  const member = memberIn(value);
  const holder =
    member && urlconfs.find((one) => one.members.some((of) => nameMatches(of, member.of)));
  if (member !== undefined && holder !== undefined && value.site !== undefined)
    return judgePart(holder, value.site, member.key, project);
  const pathed = urlconfs.find((one) => one.paths.some((path) => nameMatches(path, value.name)));
  if (pathed !== undefined && value.site !== undefined)
    return isPathFixed(pathed, value.site, project) ? "harmless" : "hostile";
  const isHarmless =
    forms.some((form) => hasOwnCheck(form, value, project)) ||
    declared.some((fact) => isDeclaredHarmless(fact, value)) ||
    limited.some((fact) => isLimitedField(fact, value));
  return isHarmless ? "harmless" : "hostile";
}

/** Files of which `isVouchedFor` asks in nearly any project that has them. */
export function vouchers(paths: ReadonlySet<string>, { urlconfs }: Models): readonly string[] {
  return [...paths]
    .filter((path) => urlconfs.some((urlconf) => !urlconf.rare && isUrlModule(path, urlconf)))
    .slice(0, MAX_MODULES);
}

/** True for what an administrator enters, where it only comes back to them: no link and no other site can enter it. */
function isOwn(fact: OwnData, value: SymbolValue, harm: string): boolean {
  if (fact.stops !== "all" && !fact.stops.includes(harm)) return false;
  if (value.site === undefined || !fact.of.some((of) => nameMatches(of, value.name))) return false;
  const { file, node } = value.site;
  const around = definitionAround(file, node.lineno ?? 1);
  return around?.decorators.some((name) => fact.decorators.includes(name)) ?? false;
}

/** True where `form.cleaned_data["x"]` is of a form that has a method `clean_x`, as far as the forms beside the file tell. */
function hasOwnCheck(form: FormCheck, value: SymbolValue, project: Project): boolean {
  const declared = fieldsOf(form, value, project);
  if (declared === undefined) return false;
  const { isChecked, isHandedOver, fields } = declared;
  return (
    isChecked ||
    (isHandedOver && fields.length === 0) ||
    (fields.length > 0 &&
      fields.every(({ type, isLimited }) => isLimited || form.fields.includes(type)))
  );
}

/** True for data of a form of which nothing shows that any text goes through. */
export function isOfUnknownField(value: SymbolValue, project: Project): boolean {
  const member = memberIn(value);
  const isOfForm = project.models.forms.some(
    (form) => value.name === form.given || (member && nameMatches(form.of, member.of)),
  );
  return isOfForm && !isUnchecked(value, project);
}

/**
 * True for data of a field that lets any text through, where neither it nor a form beside it is given a check, and for a part of an
 * address of which the URLs say the same.
 */
export function isUnchecked(value: SymbolValue, project: Project): boolean {
  if (judge(value, project) === "open") return true;
  return project.models.forms.some((form) => {
    const declared = fieldsOf(form, value, project);
    if (declared === undefined || declared.isChecked) return false;
    const { fields } = declared;
    return fields.length > 0 && fields.every((one) => one.isBare && form.open.includes(one.type));
  });
}

interface DeclaredFields {
  /** True where a method checks a field of that name; the method that the data is in may do so yet. */
  readonly isChecked: boolean;
  /** True where the data is what such a method is given. */
  readonly isHandedOver: boolean;
  readonly fields: readonly DeclaredField[];
}

interface DeclaredField {
  /** The last name of its class. */
  readonly type: string;
  /** True where it is given no check. */
  readonly isBare: boolean;
  /** True where what it is, or is given, lets only harmless values through. */
  readonly isLimited: boolean;
}

/** More fields of one name in a module are not written by hand. */
const MAX_FIELDS = 100;

/** The fields that the data may be of, as far as the forms beside the file tell; undefined for what is no data of a form. */
function fieldsOf(
  form: FormCheck,
  value: SymbolValue,
  project: Project,
): DeclaredFields | undefined {
  if (value.site === undefined) return undefined;
  // First, because hardly any data is of a form.
  const isHandedOver = value.name === form.given;
  const member = memberIn(value);
  if (!isHandedOver && (member === undefined || !nameMatches(form.of, member.of))) return undefined;
  const { path } = value.site.file;
  const around = definitionAround(value.site.file, value.site.node.lineno ?? 1)?.method ?? "";
  const [prefix = ""] = form.method.split("{}");
  const key = isHandedOver ? around.slice(prefix.length) : (member?.key ?? "");
  const check = new RegExp(`\\bdef\\s+${form.method.replace("{}", key)}\\s*\\(`);
  const whole = new RegExp(`\\bdef\\s+${form.method.replace("_{}", "")}\\s*\\(`);
  const field = new RegExp(`^[ \\t]+${key}\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)*(\\w+)\\(`, "gm");
  const read = (one: string) => project.read(one) ?? "";
  const isDeclaring = (text: string) =>
    [...text.matchAll(field)].some(({ index }) => isInClass(text, index));
  const near = [path, ...besides(path, form.modules, project.paths)].map(read);
  // A form may stand in any module that is imported.
  const texts = near.some(isDeclaring)
    ? near
    : [...near, ...importedBy(value.site.file, project).map(read)];
  const fields = texts.flatMap((text) =>
    [...text.matchAll(field)].slice(0, MAX_FIELDS).flatMap(({ 0: start, 1: type = "", index }) => {
      if (!isInClass(text, index)) return [];
      const given = givenAt(text, index + start.length);
      const isBare =
        given !== undefined &&
        !/\bvalidat(?:e|ors)\s*=/.test(given) &&
        !classesAround(text, index).some((one) => checksFieldIn(one, whole, key, project.models));
      const isLimited = given !== undefined && limits({ type, given }, text, form.limits);
      return [{ type, isBare, isLimited }];
    }),
  );
  const own = around === form.method.replace("{}", key) ? value.site.node.lineno : undefined;
  const isChecked = texts.some((text, index) =>
    checksIn(text, check, index === 0 ? own : undefined, project.models),
  );
  return { isChecked, isHandedOver, fields };
}

/** True where the file declares a name, wherever it does, with a type of which no value does harm, or with all its values. */
function isDeclaredHarmless(fact: Declared, value: SymbolValue): boolean {
  const { base, name, site } = value;
  const isAttribute = value.call === undefined && !name.endsWith("[]");
  const member =
    isAttribute && base?.kind === "symbol"
      ? { of: base.name, key: name.slice(base.name.length + 1) }
      : memberIn(value);
  if (member === undefined || site === undefined) return false;
  if (!fact.of.some((of) => nameMatches(of, member.of))) return false;
  const declarations = callsOf(fact.method, site.file).filter(
    (call) => declaredName(call) === member.key,
  );
  return (
    declarations.length > 0 &&
    declarations.every(({ keywords }) =>
      keywords.some(
        ({ arg, value: given }) =>
          arg === fact.choices ||
          (arg === fact.converter && fact.converters.includes(lastName(given) ?? "")),
      ),
    )
  );
}

/** The name under which an argument is kept: what it is told, or its own, that of its first long option. */
function declaredName({ args, keywords }: CallNode): string | undefined {
  const [own] = keywords.flatMap(({ arg, value }) => (arg === "dest" ? textIn(value) : []));
  const names = args.flatMap(textIn);
  const name = own ?? names.find((one) => one.startsWith("--")) ?? names[0];
  return name?.replace(/^-+/, "").replaceAll("-", "_");
}

function textIn(node: Expression): string[] {
  return node.nodeType === "Constant" && typeof node.value === "string" ? [node.value] : [];
}

/** True for data of a field that is given something that lets only harmless values through. */
function isLimitedField({ of, given, limits }: Limited, { name, base }: SymbolValue): boolean {
  if (base?.kind !== "symbol" || base.call === undefined) return false;
  if (!of.some((one) => nameMatches(one, name))) return false;
  const list = firstInput(base.call, given);
  return (list?.kind === "sequence" ? possibleItems(list) : []).some((one) => {
    if (one.kind !== "symbol" || one.call === undefined) return false;
    const called = one.name.slice(one.name.lastIndexOf(".") + 1, -"()".length);
    const { call } = one;
    return limits.some(({ call: limit, pattern, matches }) => {
      if (limit !== called) return false;
      // Flags may let more than one line be matched.
      if (pattern.length > 0 && firstInput(call, [1, "flags"]) !== undefined) return false;
      const regex = asString(firstInput(call, pattern));
      return pattern.length === 0 || (regex !== undefined && allowsOnlyHarmless(regex, matches));
    });
  });
}

function firstInput(given: Arguments, places: readonly (number | string)[]): Value | undefined {
  return places.map((place) => inputAt(given, undefined, place)).find((one) => one !== undefined);
}

function callsOf(method: string, file: ModuleFile): CallNode[] {
  return file.body.flatMap((statement) =>
    [...walk(statement)].flatMap((node) =>
      isKind(node, "Call") && lastName(node.func) === method ? [node] : [],
    ),
  );
}

/** What `holder["key"]` and `holder.get("key")` are taken from, with the key; undefined for any other value. */
function memberIn(value: SymbolValue): { of: string; key: string } | undefined {
  const isGet = value.call !== undefined && value.name.endsWith(".get()");
  const holder = isGet && value.base?.kind === "symbol" ? value.base.base : value.base;
  const key = asString(isGet ? value.call?.positional[0] : value.key);
  if (holder?.kind !== "symbol" || key === undefined || !/^\w+$/.test(key)) return undefined;
  return { of: holder.name, key };
}

/** Modules of the tree that one imports and that may hold a form. */
const MAX_IMPORTED = 20;

function importedBy({ path, text }: ModuleFile, project: Project): readonly string[] {
  const modules = importsIn(text).flatMap(({ dotted, level, names }) =>
    modulesAt(project, path, dotted, level, names),
  );
  return [...new Set(modules)].slice(0, MAX_IMPORTED);
}

/** Modules of the given names in the folder of a file or the one above, or in a package of that name there. */
function besides(
  path: string,
  names: readonly string[],
  paths: ReadonlySet<string>,
): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const above = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  const starts = [...new Set([folder, above])].flatMap((one) => names.map((name) => one + name));
  return [...paths].filter((one) =>
    starts.some(
      (start) =>
        one === `${start}.py` ||
        (one.startsWith(`${start}/`) &&
          one.endsWith(".py") &&
          !one.slice(start.length + 1).includes("/")),
    ),
  );
}

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

type Holds = { readonly converter: string } | { readonly regex: string };

/** A module of views, by its name or its package's. */
const VIEWS = /view|(?:^|\/)api(?:\/|\.py$)/i;

/** Read once for each project, whose files do not change. */
const routesOf = new WeakMap<Project, Map<Urlconf, Routes>>();

/** What the URLs say of a part of an address. */
function judgePart(
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
  const modules = [...project.paths].filter((path) => isUrlModule(path, urlconf));
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
  const isOpen = holds.length > 0 && holds.every((one) => letsAnyThrough(one, urlconf));
  return isOpen ? "open" : "hostile";
}

/** A regex of any text, or of one without slashes. */
const ANY_TEXT = /^(?:\.|\[\^\/\])[+*]$/;

function letsAnyThrough(holds: Holds, urlconf: Urlconf): boolean {
  return "converter" in holds ? urlconf.open.includes(holds.converter) : ANY_TEXT.test(holds.regex);
}

/** True where the path of a request does no harm as far as its view is reached: of no route to that may a part be any text. */
function isPathFixed(urlconf: Urlconf, { file, node }: Site, project: Project): boolean {
  const around = definitionAround(file, node.lineno ?? 1);
  const modules = [...project.paths].filter((path) => isUrlModule(path, urlconf));
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

function isUrlModule(path: string, { modules }: Urlconf): boolean {
  const parts = path.replace(/\.py$/, "").split("/");
  return (
    path.endsWith(".py") &&
    !isTestPath(path) &&
    parts.slice(-2).some((part) => modules.includes(part))
  );
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
        addRoute([...node.args, ...node.keywords.map((one) => one.value)], urlconf, found);
      if (urlconf.pairs && isKind(node, "Tuple")) addRoute(node.elts, urlconf, found);
    }
}

const PARAMETER = /(?<!\?P)<(?:(\w+):)?(\w+)>/g;
/** What stands in a route, or a regex, of which a part may be this or that. */
const VARIES = /[<>()[\]{}*+?|\\]/;

/** Stands in a parameter's place where a route to what has a name is no text that can be read. */
const UNREAD = "*";

/** Of what a call that routes is given, the first text is the route and all else may name the view. */
function addRoute(
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
  const held = parametersIn(route.value, urlconf);
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
function parametersIn(route: string, { unnamed }: Urlconf): [string, Holds][] {
  const found: [string, Holds][] = [];
  for (const match of route.matchAll(PARAMETER))
    found.push([match[2] ?? "", { converter: match[1] ?? "str" }]);
  for (const { name, source } of groupsOf(route))
    if (name !== undefined) found.push([name, { regex: source }]);
  if (found.length === 0 && unnamed !== undefined)
    for (const [at, { source }] of groupsOf(route).entries())
      found.push([String(at), { regex: source }]);
  return found;
}

interface Definition {
  readonly method: string;
  /** The class that it is a method of. */
  readonly owner: string | undefined;
  readonly decorators: readonly string[];
  /** What it is called with by place, apart from the instance. */
  readonly parameters: readonly string[];
}

/** The innermost function around a line. */
function definitionAround(file: ModuleFile, line: number): Definition | undefined {
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
