/** Converters of parts of addresses that a project makes itself: the name that its routes use for one, and the regex of all it lets through. */
import type { Urlconf } from "../../core/models.ts";
import {
  type CallNode,
  type ClassNode,
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  walk,
} from "../../python/index.ts";
import type { Project } from "../analyzer.ts";
import type { PartKind } from "./route-text.ts";
import { importsIn, modulesAt } from "./sources.ts";

/** What a converter lets through: what a regex does, or the one that a route gives it at a place. */
type Lets = { readonly regex: string } | { readonly given: number };

/** By the names that routes use. */
export type OwnConverters = ReadonlyMap<string, Lets>;

interface Found {
  readonly own: OwnConverters;
  /** False where a module that may say more was not read yet. */
  readonly isWhole: boolean;
}

const NONE: Found = { own: new Map(), isWhole: true };
/** Modules that one imports and in which a converter may stand. */
const MAX_IMPORTED = 20;

/** The converters to which a module, or one that it imports, gives names. */
export function convertersFor(file: ModuleFile, urlconf: Urlconf, project: Project): Found {
  const { register, held } = urlconf.converters;
  const words = [...register.map(({ call }) => call), ...(held === undefined ? [] : [held])];
  if (words.length === 0) return NONE;
  const named = new RegExp(`\\b(?:${words.join("|")})\\b`);
  const imported = importedBy(file, project, (text) => named.test(text));
  const modules = named.test(file.text) ? [file, ...imported.files] : imported.files;
  const own = new Map<string, Lets>();
  let { isWhole } = imported;
  for (const one of modules)
    for (const [name, type] of registeredIn(one, urlconf)) {
      const made = classOf(one, type, project);
      isWhole &&= made !== "unread";
      const lets =
        made && made !== "unread" ? letsThrough(made, urlconf.converters.regex) : undefined;
      if (lets !== undefined) own.set(name, lets);
    }
  return { own, isWhole };
}

/** A part of an address whose kind is one of a project's own converters, as what that lets through. */
export function asOwn(kind: PartKind, own: OwnConverters): PartKind {
  const lets = "converter" in kind ? own.get(kind.converter) : undefined;
  if (lets === undefined || !("converter" in kind)) return kind;
  if ("regex" in lets) return lets;
  const texts = [...(kind.given ?? "").matchAll(/(["'])((?:\\.|(?!\1).)*)\1/g)];
  const regex = texts[lets.given]?.[2];
  return regex === undefined ? kind : { regex };
}

/** The names that a module gives to classes of converters, or to objects of them. */
function* registeredIn(
  { body }: ModuleFile,
  { converters: { register, held } }: Urlconf,
): Generator<readonly [string, string]> {
  for (const statement of body)
    for (const node of walk(statement)) {
      if (isKind(node, "Call"))
        for (const one of register) {
          if (lastName(node.func) !== one.call) continue;
          const name = textOf(givenAt(node, one.name));
          const type = typeOf(givenAt(node, one.class));
          if (name !== undefined && type !== undefined) yield [name, type];
        }
      if (!isKind(node, "Assign") || held === undefined) continue;
      for (const target of node.targets) {
        if (target.nodeType !== "Subscript" || lastName(target.value) !== held) continue;
        const [name, type] = [textOf(target.slice), typeOf(node.value)];
        if (name !== undefined && type !== undefined) yield [name, type];
      }
    }
}

function givenAt({ args, keywords }: CallNode, places: readonly (number | string)[]) {
  return places
    .map((place) =>
      typeof place === "number" ? args[place] : keywords.find(({ arg }) => arg === place)?.value,
    )
    .find((one) => one !== undefined);
}

function textOf(node: Expression | undefined): string | undefined {
  return node?.nodeType === "Constant" && typeof node.value === "string" ? node.value : undefined;
}

/** The last name of a class, or of the one that a call makes an object of. */
function typeOf(node: Expression | undefined): string | undefined {
  if (node === undefined) return undefined;
  return lastName(node.nodeType === "Call" ? node.func : node);
}

/** The class of that name in a module, or in one that it imports. */
function classOf(
  file: ModuleFile,
  name: string,
  project: Project,
): ClassNode | "unread" | undefined {
  const own = classIn(file, name);
  if (own !== undefined) return own;
  const defines = new RegExp(`^class\\s+${name}\\b`, "m");
  const { files, isWhole } = importedBy(file, project, (text) => defines.test(text));
  const found = files.map((one) => classIn(one, name)).find((one) => one !== undefined);
  return found ?? (isWhole ? undefined : "unread");
}

function classIn({ body }: ModuleFile, name: string): ClassNode | undefined {
  for (const statement of body)
    for (const node of walk(statement))
      if (isKind(node, "ClassDef") && node.name === name) return node;
  return undefined;
}

/** The regex that a class of converters has, or where it is given that when an object of it is made. */
function letsThrough(type: ClassNode, attribute: string): Lets | undefined {
  for (const node of type.body) {
    const targets = isKind(node, "Assign")
      ? node.targets
      : isKind(node, "AnnAssign")
        ? [node.target]
        : [];
    const value = isKind(node, "Assign") || isKind(node, "AnnAssign") ? node.value : undefined;
    if (!targets.some((one) => one.nodeType === "Name" && one.id === attribute)) continue;
    const regex = textOf(value ?? undefined);
    return regex === undefined ? undefined : { regex };
  }
  for (const node of type.body) {
    if (!isKind(node, "FunctionDef") || node.name !== "__init__") continue;
    const { args, vararg } = node.args;
    // The instance comes first, and then the map of routes.
    const names = args.slice(2).map(({ arg }) => arg);
    const set = setIn(node, attribute);
    if (set === undefined) return undefined;
    if (set.nodeType === "Name" && names.includes(set.id)) return { given: names.indexOf(set.id) };
    const isOfRest =
      set.nodeType === "Subscript" && set.value.nodeType === "Name" && set.value.id === vararg?.arg;
    const place = isOfRest && set.slice.nodeType === "Constant" ? set.slice.value : undefined;
    return typeof place === "number" && place >= 0 ? { given: names.length + place } : undefined;
  }
  return undefined;
}

/** What a function sets an attribute to. */
function setIn(within: Placed, attribute: string): Expression | undefined {
  for (const node of walk(within))
    if (
      isKind(node, "Assign") &&
      node.targets.some((one) => one.nodeType === "Attribute" && one.attr === attribute)
    )
      return node.value;
  return undefined;
}

/** Modules of the tree that one imports whose text is one that is looked for, and whether all of them were read. */
function importedBy(
  { path, text }: ModuleFile,
  project: Project,
  isWanted: (text: string) => boolean,
): { readonly files: readonly ModuleFile[]; readonly isWhole: boolean } {
  const paths = importsIn(text).flatMap(({ dotted, level, names }) =>
    modulesAt(project, path, dotted, level, names),
  );
  const texts = [...new Set(paths)]
    .slice(0, MAX_IMPORTED)
    .map((one) => [one, project.read(one)] as const);
  return {
    files: texts.flatMap(([one, read]) =>
      read !== undefined && isWanted(read) ? (project.file(one) ?? []) : [],
    ),
    isWhole: texts.every(([, read]) => read !== undefined),
  };
}
