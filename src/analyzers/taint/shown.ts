/**
 * Which names a template shows without escaping them, or where escaping does not help: what a view gives it under such a name becomes
 * part of the page as it is. What a template includes, extends or calls shows them too, under the names that they have there.
 */
import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Location } from "../../core/finding.ts";
import type { Project } from "../analyzer.ts";
import { blankComments } from "../templates.ts";
import { type CodePlace, isCodePlace, type MarkupPlace, MarkupReader } from "./markup.ts";
import type { Language } from "./match.ts";

/** A name as the template shows it, and where. */
export interface Shown {
  readonly name: string;
  /** What is shown of what has that name: an attribute, an entry or, as `*`, each member; `*.a.b` is a part of a part. */
  readonly part?: string;
  readonly text: string;
  readonly location: Location;
  /** Where it stands in the markup, where it is escaped and that does not help. */
  readonly inside?: CodePlace;
}

/** A part of a template that has a name: a block, or a macro with the names of what it is given. */
interface Part {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** What a template shows as it is. */
interface Template {
  /** Of the context, with the blocks around. */
  readonly shown: readonly (Shown & { readonly blocks: readonly string[] })[];
  /** Of what a macro is given, by its name. */
  readonly macros: ReadonlyMap<string, { readonly macro: Part; readonly shown: readonly Shown[] }>;
  /** False where a template that it includes was not read yet. */
  readonly isWhole: boolean;
}

const NOTHING: Template = { shown: [], macros: new Map(), isWhole: true };

const VARIABLE = /\{\{-?\s*([A-Za-z_]\w*)(?:\.(\w+))?[^{}]{0,300}?\}\}/g;
const ESCAPED =
  /\|\s*(?:escape|force_escape|e|escapejs|tojson|json_script|striptags|urlencode|length|date|int|float)\b/;
/** What is shown as it is, apart from being escaped. */
const KEPT =
  /^\{\{-?\s*\w+(?:\.\w+)?\s*(?:\|\s*(?:e|escape|force_escape|d|default|default_if_none|lower|trim)\b(?:\([^()|]*\)|:(?:"[^"]*"|'[^']*'|[\w.]+))?\s*)*-?\}\}$/;
const MARKED_SAFE = /\|\s*safe(?:seq)?\b/;
const AUTOESCAPE =
  /\{%-?\s*(?:autoescape\s+(off|on|true|false|True|False)|(endautoescape))\s*-?%\}/g;
const BLOCK =
  /\{%-?\s*(?:(?:block|(macro))\s+(\w+)([^%{}]{0,500})|(endblock|endmacro)\b[^%]{0,100})%\}/g;
const EXTENDS = /\{%-?\s*extends\s+["']([^"'\n]{1,200})["']/;
const INCLUDE = /\{%-?\s*include\s+["']([^"'\n]{1,200})["']([^%{}]{0,500})%\}/g;
const IMPORT =
  /\{%-?\s*(?:from\s+["']([^"'\n]{1,200})["']\s+import\s([^%{}]{1,500})|import\s+["']([^"'\n]{1,200})["']\s+as\s+(\w+)[^%{}]{0,100})%\}/g;
const CALL =
  /\{[{%]-?\s*(?:call\s*(?:\([^(){}]{0,100}\)\s*)?)?(\w+(?:\.\w+)?)\s*\(([^(){}]{0,500})\)/g;
/** `{% with a=b %}`, `{% with b as a %}`, `{% set a = b %}`, `{% for a in b %}`. */
const NAMING = /\{%-?\s*(with|set|for)\s([^%{}]{1,500})%\}/g;
/** A name, what is taken from it, and filters. */
const PATH = "([A-Za-z_]\\w*)((?:[.|][\\w.:|\"']*)?)";

/**
 * What is looked for: names that are shown `raw`, marked as safe or where escaping is off; or those that are escaped, and stand in `code`,
 * where that does not help.
 */
export type ShownAs = "raw" | "code";

/** Read once for each text. */
const known = new WeakMap<Project, Map<string, Template>>();

/**
 * The names that a template shows so. Undefined where no template of the tree has the name, or it was not read yet. What it
 * includes, extends or calls is read where that costs no request, or `isWorth` one.
 */
export function shownBy(
  name: string,
  as: ShownAs,
  project: Project,
  isWorth: () => boolean,
): readonly Shown[] | undefined {
  const inside = (path: string) =>
    project.readFree?.(path) ?? (isWorth() ? project.read(path) : undefined);
  return templateOf(name, as, project, inside, (path) => project.read(path))?.shown;
}

/** The names that a template shows so whose text a program holds, at the place where it is used. */
export function shownInText(text: string, as: ShownAs, location: Location): readonly Shown[] {
  return read(location.path, text, as, () => NOTHING).shown.map((one) => ({ ...one, location }));
}

/** What a template of another language shows as it is; undefined where no file of the tree has the name. */
export function shownByLanguage(
  name: string,
  language: Language,
  project: Project,
): readonly Shown[] | undefined {
  const full = language.ending === undefined || /\.\w+$/.test(name) ? name : name + language.ending;
  const path = project.paths.has(full) ? full : templateNamed(full, project.paths, language.folder);
  const text = path === undefined ? undefined : project.read(path);
  if (path === undefined || text === undefined) return undefined;
  const stands = (pattern: string | undefined) =>
    pattern !== undefined && new RegExp(pattern).test(text);
  if (stands(language["escapes-all"])) return [];
  const more = stands(language["escapes-nothing"]) ? [language["shows-then"] ?? "(?!)"] : [];
  const starts = lineStarts(text);
  return [language.shows, ...more].flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, "g"))].flatMap(({ 0: shown, index, groups }) => {
      const { name: variable, part } = groups ?? {};
      if (variable === undefined) return [];
      if (language.unless !== undefined && new RegExp(language.unless).test(shown)) return [];
      const location = { path, region: toRegion(starts, index, index + shown.length) };
      return [{ name: variable, ...(part !== undefined && { part }), text: shown, location }];
    }),
  );
}

/** `inside` gives the texts of the templates that are parts of it. */
function templateOf(
  name: string,
  as: ShownAs,
  project: Project,
  inside: (path: string) => string | undefined,
  textOf = inside,
): Template | undefined {
  const path = templateNamed(name, project.paths);
  const text = path === undefined ? undefined : textOf(path);
  if (path === undefined || text === undefined) return undefined;
  const before = known.get(project) ?? new Map<string, Template>();
  known.set(project, before);
  const key = `${as} ${path}`;
  const found = before.get(key);
  if (found !== undefined) return found;
  // Templates may include each other.
  before.set(key, NOTHING);
  let isWhole = true;
  const made = read(path, text, as, (other) => {
    const template = templateOf(other, as, project, inside);
    if (template?.isWhole !== true && templateNamed(other, project.paths) !== undefined)
      isWhole = false;
    return template ?? NOTHING;
  });
  const template = { ...made, isWhole };
  if (isWhole) before.set(key, template);
  else before.delete(key);
  return template;
}

/** The file of a template: the shortest path that ends so, below a folder of templates. */
function templateNamed(
  name: string,
  paths: ReadonlySet<string>,
  folder = "templates",
): string | undefined {
  if (name === "" || name.startsWith("/")) return undefined;
  // Of a package, `shop:templates/item.html`.
  const inside = name.replace(/^[\w.]+:/, "");
  const below = inside.startsWith(`${folder}/`) ? inside : `${folder}/${inside}`;
  let found: string | undefined;
  for (const path of templatesIn(paths, folder).get(fileName(name)) ?? [])
    if (path.endsWith(below) && (found === undefined || path.length < found.length)) found = path;
  return found;
}

type ByFileName = ReadonlyMap<string, readonly string[]>;
const knownTemplates = new WeakMap<ReadonlySet<string>, Map<string, ByFileName>>();

/** What lies in folders of templates, by the name of its file: a tree has many paths, and each template that is named asks for one. */
function templatesIn(paths: ReadonlySet<string>, folder: string): ByFileName {
  const byFolder = knownTemplates.get(paths) ?? new Map<string, ByFileName>();
  knownTemplates.set(paths, byFolder);
  const known = byFolder.get(folder);
  if (known !== undefined) return known;
  const found = new Map<string, string[]>();
  for (const path of paths) {
    if (!path.includes(`${folder}/`)) continue;
    const alike = found.get(fileName(path));
    if (alike === undefined) found.set(fileName(path), [path]);
    else alike.push(path);
  }
  byFolder.set(folder, found);
  return found;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `other` gives another template by its name. */
function read(
  path: string,
  source: string,
  as: ShownAs,
  other: (name: string) => Template,
): Omit<Template, "isWhole"> {
  const text = blankComments(source);
  const starts = lineStarts(source);
  const isOff = escapingOff(text);
  const placeAt = as === "code" ? placesIn(text) : undefined;
  const parts = partsOf(text);
  const names = namesIn(text);
  const shown: (Shown & { readonly blocks: readonly string[] })[] = [];
  const macros = new Map<string, { readonly macro: Part; readonly shown: Shown[] }>();
  for (const [name, macro] of parts.macros) macros.set(name, { macro, shown: [] });
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, name = "", part] = match;
    const isRaw = MARKED_SAFE.test(whole) || isOff(match.index);
    const place = isRaw || !KEPT.test(whole) ? "other" : (placeAt?.(match.index) ?? "other");
    const inside = isCodePlace(place) ? place : undefined;
    if (as === "code" ? inside === undefined : !isRaw || ESCAPED.test(whole)) continue;
    const isAround = ({ start, end }: Part) => match.index > start && match.index < end;
    const region = toRegion(starts, match.index, match.index + whole.length);
    const location = { path, region };
    const shownHere = { name, ...(part && { part }), text: whole, location };
    const one = asMeant({ ...shownHere, ...(inside && { inside }) }, names);
    const around = [...macros.values()].find(({ macro }) => isAround(macro));
    if (around?.macro.parameters.includes(one.name)) around.shown.push(one);
    else shown.push({ ...one, blocks: parts.blocks.filter(isAround).map((block) => block.name) });
  }
  const elsewhere = [...included(text, other), ...called(text, macros, other)];
  shown.push(...elsewhere.map((one) => ({ ...asMeant(one, names), blocks: [] })));
  const base = EXTENDS.exec(text)?.[1];
  // What stands in a block is not shown where this template has another.
  const own = new Set(parts.blocks.map((block) => block.name));
  for (const one of base === undefined ? [] : other(base).shown)
    if (!one.blocks.some((block) => own.has(block))) shown.push(one);
  return { shown, macros };
}

/** What is shown between braces, and tags. */
const MARKS = /\{\{[\s\S]{0,500}?\}\}|\{%-?\s*(\w*)[\s\S]{0,500}?%\}/g;
/** Tags that show nothing themselves. */
const SILENT =
  /^(?:(?:end)?(?:if|for|with|block|macro|call|set|autoescape|filter|spaceless|blocktrans(?:late)?|cache)|else|elif|empty|load|extends|import|from|do)$/;

/** Where in the markup each thing stands that a template shows, by where that begins. */
function placesIn(text: string): (at: number) => MarkupPlace | undefined {
  const page = new MarkupReader();
  const places = new Map<number, MarkupPlace>();
  let last = 0;
  for (const { 0: mark, 1: tag, index } of text.matchAll(MARKS)) {
    page.read(text.slice(last, index));
    last = index + mark.length;
    if (tag === undefined) places.set(index, page.hole());
    else if (!SILENT.test(tag)) page.hole();
  }
  return (at) => places.get(at);
}

/** What included templates show, under the names that it has here. */
function included(text: string, other: (name: string) => Template): Shown[] {
  const found: Shown[] = [];
  for (const [, name = "", rest = ""] of text.matchAll(INCLUDE)) {
    const given = pairsIn(rest);
    const isAlone = /\bonly\s*-?$|\bwithout\s+context\b/.test(rest);
    for (const one of other(name).shown) {
      if (given.has(one.name)) found.push(...meaning(one, given.get(one.name)));
      else if (!isAlone) found.push(one);
    }
  }
  return found;
}

/** What macros show of what they are given. */
function called(text: string, own: Template["macros"], other: (name: string) => Template): Shown[] {
  const macros = new Map(own);
  for (const [, from, list = "", whole, as = ""] of text.matchAll(IMPORT)) {
    if (whole !== undefined)
      for (const [name, macro] of other(whole).macros) macros.set(`${as}.${name}`, macro);
    if (from === undefined) continue;
    const theirs = other(from).macros;
    for (const [, name = "", renamed] of list.matchAll(/(\w+)(?:\s+as\s+(\w+))?/g)) {
      const macro = theirs.get(name);
      if (macro !== undefined) macros.set(renamed ?? name, macro);
    }
  }
  if (macros.size === 0) return [];
  const found: Shown[] = [];
  for (const [, name = "", list = ""] of text.matchAll(CALL)) {
    const called = macros.get(name);
    if (called === undefined) continue;
    const named = pairsIn(list);
    const placed = list.split(",").filter((one) => !one.includes("="));
    for (const one of called.shown) {
      const place = called.macro.parameters.indexOf(one.name);
      found.push(...meaning(one, named.get(one.name) ?? pathIn(placed[place] ?? "")));
    }
  }
  return found;
}

/** The blocks and macros of a template. */
function partsOf(text: string): { readonly blocks: Part[]; readonly macros: Map<string, Part> } {
  const blocks: Part[] = [];
  const macros = new Map<string, Part>();
  const open: { readonly macro: boolean; readonly part: Omit<Part, "end"> }[] = [];
  for (const match of text.matchAll(BLOCK)) {
    const [, macro, name = "", rest = "", end] = match;
    if (end === undefined) {
      const parameters = [...rest.matchAll(/([A-Za-z_]\w*)\s*(?:=[^,()]*)?(?=[,)])/g)];
      const part = { name, parameters: parameters.map((one) => one[1] ?? ""), start: match.index };
      open.push({ macro: macro !== undefined, part });
      continue;
    }
    const last = open.pop();
    if (last === undefined) continue;
    const part = { ...last.part, end: match.index };
    if (last.macro) macros.set(part.name, part);
    else blocks.push(part);
  }
  return { blocks, macros };
}

/** What a name stands for: another name, or a part of what has that. */
interface Path {
  readonly name: string;
  readonly part?: string;
}

/** What names that a template sets stand for; undefined for what is escaped, or no name. */
type Names = ReadonlyMap<string, Path | undefined>;

function namesIn(text: string): Names {
  const names = new Map<string, Path | undefined>();
  for (const [, word, inner = ""] of text.matchAll(NAMING)) {
    if (word !== "for") for (const [to, from] of pairsIn(inner)) names.set(to, from);
    const as = new RegExp(`^\\s*(${PATH})\\s+as\\s+(\\w+)`).exec(inner);
    if (word === "with" && as !== null) names.set(as[4] ?? "", pathIn(as[1] ?? ""));
    const each = /^([\w\s,()]{1,100}?)\s+in\s+([A-Za-z_]\w*)/.exec(inner);
    if (word === "for" && each !== null)
      for (const [one] of (each[1] ?? "").matchAll(/\w+/g))
        names.set(one, { name: each[2] ?? "", part: "*" });
  }
  return names;
}

/** `a=b`: what each name is given. */
function pairsIn(text: string): Map<string, Path | undefined> {
  const pairs = new Map<string, Path | undefined>();
  const pair = new RegExp(`\\b([A-Za-z_]\\w*)\\s*=\\s*(?:(${PATH})(?=[\\s,)-]|$)|\\S)`, "g");
  for (const [, to = "", from = ""] of text.matchAll(pair)) pairs.set(to, pathIn(from));
  return pairs;
}

/** An expression that is a name, with what is taken from it. */
function pathIn(expression: string): Path | undefined {
  const [, name, rest = ""] = new RegExp(`^\\s*${PATH}\\s*$`).exec(expression) ?? [];
  if (name === undefined || ESCAPED.test(rest)) return undefined;
  const part = /^\.(\w+)/.exec(rest)?.[1];
  return { name, ...(part && { part }) };
}

/** What is shown, by the name that its own has elsewhere; nothing where that is none. */
function meaning(one: Shown, path: Path | undefined): Shown[] {
  if (path === undefined) return [];
  const part = [path.part, one.part].filter(Boolean).join(".");
  const { part: _, ...rest } = one;
  return [{ ...rest, name: path.name, ...(part !== "" && { part }) }];
}

/** What is shown, by the name in the context; one that stands for nothing there has an empty name. */
function asMeant(one: Shown, names: Names): Shown {
  let meant = one;
  const seen = new Set<string>();
  while (names.has(meant.name) && !seen.has(meant.name)) {
    seen.add(meant.name);
    meant = meaning(meant, names.get(meant.name))[0] ?? { ...meant, name: "" };
  }
  return meant;
}

/** Whether escaping is off at a place, for places that ascend. */
function escapingOff(text: string): (at: number) => boolean {
  const marks = [...text.matchAll(AUTOESCAPE)];
  const open: boolean[] = [];
  let next = 0;
  return (at) => {
    for (; (marks[next]?.index ?? text.length) < at; next++) {
      const [, value, end] = marks[next] ?? [];
      if (end !== undefined) open.pop();
      else open.push(/off|false/i.test(value ?? ""));
    }
    return open.at(-1) ?? false;
  };
}
