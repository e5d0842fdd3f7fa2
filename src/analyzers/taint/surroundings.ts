/**
 * What other files of the project say of data: the URLs, which functions are views at all and what text their parameters may
 * hold; the forms, which fields have a check of their own. Asked only of data that would otherwise be reported.
 */
import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Step } from "../../core/finding.ts";
import type { Declared, FormCheck, Limited, Models, OwnData } from "../../core/models.ts";
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
  type SymbolValue,
  type Value,
  walk,
} from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import { quotable } from "../subject.ts";
import { definitionAround } from "./definition.ts";
import {
  checksFieldIn,
  checksIn,
  classesAround,
  elementOf,
  givenAt,
  isCheckedBeside,
  isGivenCheck,
  isInClass,
  isLimited as limits,
} from "./form-checks.ts";
import { classesOfForm, withinClasses } from "./form-classes.ts";
import { inputAt } from "./matched.ts";
import { allowsOnlyHarmless } from "./regex.ts";
import { isPathFixed, type Judgement, judgePart, urlModules } from "./routes.ts";
import { importsIn, modulesAt } from "./sources.ts";

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

/** True for a part of an address of which the URLs say that it may be any text without a `/`. */
export function isSegment(value: SymbolValue, project: Project): boolean {
  const judgement = judge(value, project);
  return typeof judgement === "object" && judgement.isSegment;
}

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
    limited.some((fact) => isLimitedField(fact, value, project.models));
  return isHarmless ? "harmless" : "hostile";
}

/** Files of which `isVouchedFor` asks in nearly any project that has them. */
export function vouchers(paths: ReadonlySet<string>, { urlconfs }: Models): readonly string[] {
  return urlModules(
    paths,
    urlconfs.filter((one) => !one.rare),
  );
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
  return isOfForm && entryOf(value, project) === undefined;
}

/**
 * What lets data in as it is: the declaration of a field that any text goes through, where neither it nor a form beside it is given
 * a check, or the route with a part of an address of which the URLs say the same. Undefined for all other data.
 */
export function entryOf(value: SymbolValue, project: Project): Step | undefined {
  const judgement = judge(value, project);
  if (typeof judgement === "object") return judgement.open;
  for (const form of project.models.forms) {
    const declared = fieldsOf(form, value, project);
    if (declared === undefined || declared.isChecked) continue;
    const { fields } = declared;
    const [first] = fields;
    if (first !== undefined && fields.every((one) => one.isBare && form.open.includes(one.type)))
      return stepAt(first);
  }
  return undefined;
}

function stepAt({ path, text, start, end }: DeclaredField): Step {
  const message = `\`${quotable(text.slice(start, end))}\` is a field that lets harmful text in`;
  return { path, region: toRegion(lineStarts(text), start, end), message };
}

interface DeclaredFields {
  /** True where a method checks a field of that name; the method that the data is in may do so yet. */
  readonly isChecked: boolean;
  /** True where the data is what such a method is given. */
  readonly isHandedOver: boolean;
  readonly fields: readonly DeclaredField[];
}

interface DeclaredField {
  readonly path: string;
  readonly text: string;
  /** Where it stands in the text: from its name to the class. */
  readonly start: number;
  readonly end: number;
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
  // The form is known where its data is taken from it: a function may be handed all of that.
  const site = member?.holder.site ?? value.site;
  const { path } = site.file;
  const around = definitionAround(site.file, site.node.lineno ?? 1)?.method ?? "";
  const [prefix = ""] = form.method.split("{}");
  const key = isHandedOver ? around.slice(prefix.length) : (member?.key ?? "");
  const asked = { form, key, isHandedOver, project };
  const own = around === form.method.replace("{}", key) ? { path, line: site.node.lineno } : {};
  const classes = member && classesOfForm(member.holder, project);
  if (classes !== undefined) {
    const shown = [...new Set(classes.map((one) => one.path))].map((one) => {
      const text = project.read(one) ?? "";
      return { path: one, text, shown: withinClasses(one, text, classes) };
    });
    const declared = fieldsIn(shown, own, asked);
    if (declared.fields.length > 0) return declared;
  }
  const near = [path, ...besides(path, form.modules, project.paths)];
  const read = (one: string): FormText => {
    const text = project.read(one) ?? "";
    return { path: one, text, shown: text };
  };
  const texts = near.map(read);
  // A form may stand in any module that is imported.
  return texts.some(({ text }) => declares(text, key))
    ? fieldsIn(texts, own, asked)
    : fieldsIn([...texts, ...importedBy(site.file, project).map(read)], own, asked);
}

/** A module in which a form may stand, with blanks in the place of what is surely another one. */
interface FormText {
  readonly path: string;
  readonly text: string;
  readonly shown: string;
}

function fieldNamed(key: string): RegExp {
  return new RegExp(`^[ \\t]+${key}\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)*(\\w+)\\(`, "gm");
}

function declares(text: string, key: string): boolean {
  return [...text.matchAll(fieldNamed(key))].some(({ index }) => isInClass(text, index));
}

interface AskedField {
  readonly form: FormCheck;
  readonly key: string;
  readonly isHandedOver: boolean;
  readonly project: Project;
}

/** The fields of a name in some modules; `own` is the line of the method that the data is in, if that is the one that checks it. */
function fieldsIn(
  texts: readonly FormText[],
  own: { readonly path?: string; readonly line?: number | undefined },
  { form, key, isHandedOver, project: { models } }: AskedField,
): DeclaredFields {
  const check = new RegExp(`\\bdef\\s+${form.method.replace("{}", key)}\\s*\\(`);
  const whole = new RegExp(`\\bdef\\s+${form.method.replace("_{}", "")}\\s*\\(`);
  const fields = texts.flatMap(({ path, text, shown }) =>
    [...shown.matchAll(fieldNamed(key))].slice(0, MAX_FIELDS).flatMap((found) => {
      const { 0: start, 1: last = "", index } = found;
      if (!isInClass(text, index)) return [];
      const given = givenAt(text, index + start.length);
      const each = given === undefined ? undefined : elementOf({ type: last, given }, form.lists);
      const isBare =
        given !== undefined &&
        !/\bvalidat(?:e|ors)\s*=/.test(given) &&
        !classesAround(text, index).some((one) => checksFieldIn(one, whole, key, models));
      const isLimited =
        each !== undefined &&
        (limits(each, text, form.limits) || isGivenCheck(each.given, text, models));
      const place = {
        path,
        text,
        start: index + start.search(/\S/),
        end: index + start.length - 1,
      };
      return [{ ...place, type: each?.type ?? last, isBare, isLimited }];
    }),
  );
  const isChecked = texts.some(({ path, shown }) =>
    checksIn(shown, check, path === own.path ? own.line : undefined, models),
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

/** True for data of a field that is given something that lets only harmless values through, or that its class checks. */
function isLimitedField(
  { of, given, limits, method }: Limited,
  { name, base }: SymbolValue,
  models: Models,
): boolean {
  if (base?.kind !== "symbol" || base.call === undefined) return false;
  if (!of.some((one) => nameMatches(one, name))) return false;
  const { site } = base;
  if (method !== undefined && site !== undefined)
    if (isCheckedBeside(site.file.text, site.node.lineno ?? 0, method, models)) return true;
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

/** What `holder["key"]` and `holder.get("key")` are taken from, with its place, and the key; undefined for any other value. */
function memberIn(
  value: SymbolValue,
): { readonly of: string; readonly key: string; readonly holder: SymbolValue } | undefined {
  const isGet = value.call !== undefined && value.name.endsWith(".get()");
  const holder = isGet && value.base?.kind === "symbol" ? value.base.base : value.base;
  const key = asString(isGet ? value.call?.positional[0] : value.key);
  if (holder?.kind !== "symbol" || key === undefined || !/^\w+$/.test(key)) return undefined;
  return { of: holder.name, key, holder };
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
