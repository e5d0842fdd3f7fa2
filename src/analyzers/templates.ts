import * as z from "zod";
import { lineStarts, toRegion } from "../core/edits.ts";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { analyzer, type FileUnit, type Prepared } from "./analyzer.ts";

/** An element of a template that lacks something it should hold. */
const TemplateMatch = z.strictObject({
  element: z.string().min(1),
  /** Attributes the element must have, with the values that count, in lower case. */
  attributes: z.record(z.string().min(1), z.array(z.string())),
  /** Texts of which the element must hold one. */
  without: z.array(z.string().min(1)).min(1),
  /** Texts that show whose template language it is; without any of them, a file of the project must show it. */
  language: z.array(z.string().min(1)).default([]),
  project: z.strictObject({ file: z.string().min(1), mentions: z.string().min(1) }).optional(),
  /** True where only what a change took out counts: then that it was there shows whose template language it is. */
  removed: z.boolean().default(false),
  /** Files beside the folder `templates` that show that the templates belong to something else. */
  "not-project": z
    .array(z.strictObject({ file: z.string().min(1), mentions: z.string().min(1) }))
    .default([]),
  /** Texts of which the element must hold one for it to matter: a form that only a script can send is not sent as a form. */
  with: z.array(z.string().min(1)).default([]),
  /** Texts that show that it is another's. */
  "not-language": z.array(z.string().min(1)).default([]),
  /** Texts in the opening tag that make the rule pointless. */
  "unless-tag": z.array(z.string().min(1)).default([]),
  /** Decorators, by their last name, that make it pointless where each view that shows the template has one of them. */
  "unless-view": z.array(z.string().min(1)).default([]),
});
type TemplateMatch = z.infer<typeof TemplateMatch>;

/** What HTML templates lack. */
export const templates = analyzer({
  kind: "template",
  match: TemplateMatch,
  examplePath: "templates/page.html",
  prepare,
});

const TEMPLATE_PATH = /\.(?:html?|djhtml|jinja2?|j2|django)$/i;
/** No opening tag is longer. */
const MAX_TAG = 4000;
/** Documentation, mail and what a test compares with are never served as forms. */
const NOT_SERVED = /(?:^|\/)(?:node_modules|docs?|tests?|fixtures?|static|emails?)\//i;

/** True for paths of templates that become pages. */
export function isServedTemplate(path: string): boolean {
  return TEMPLATE_PATH.test(path) && !NOT_SERVED.test(path);
}

function prepare(rules: readonly Rule<TemplateMatch>[]): Prepared {
  return {
    triggers: rules.map((rule) => [{ text: `<${rule.match.element}`, whole: true }]),
    wants: isServedTemplate,
    inspect: (unit) => rules.flatMap((rule) => inspect(unit, rule)),
  };
}

function inspect(unit: FileUnit, rule: Rule<TemplateMatch>): RawFinding[] {
  const { match } = rule;
  const has = (texts: readonly string[], where: string) =>
    texts.some((text) => where.includes(text));
  if (has(match["not-language"], unit.text)) return [];
  if (match["not-project"].some((one) => isBeside(unit, one))) return [];
  if (match.project !== undefined)
    if (!has(match.language, unit.text) && !isProject(unit, match.project)) return [];
  const text = blankComments(unit.text);
  const found: RawFinding[] = [];
  const starts = lineStarts(unit.text);
  const closeAfter = finderOf(text, new RegExp(`</${match.element}`, "gi"));
  const finders = (texts: readonly string[]) =>
    texts.map((one) => finderOf(text, new RegExp(asPattern(one), "g")));
  const [without, withAny] = [finders(match.without), finders(match.with)];
  for (const tag of openingTags(text, match.element)) {
    const wrong = Object.entries(match.attributes).every(([name, values]) => {
      const value = attributeOf(tag.text, name);
      return value !== undefined && values.includes(value.toLowerCase());
    });
    if (!wrong || has(match["unless-tag"], tag.text)) continue;
    const close = closeAfter(tag.end);
    const holds = (next: (from: number) => number) => next(tag.end) < close;
    const isKept = without.some(holds);
    if ((isKept && !match.removed) || (match.with.length > 0 && !withAny.some(holds))) continue;
    found.push({
      ruleId: rule.id,
      path: unit.path,
      region: toRegion(starts, tag.start, tag.end),
      subject: tag.text.replace(/\s+/g, " "),
      ...(match.removed && { protection: isKept ? "kept" : "missing" }),
    });
  }
  return found.length > 0 && isShownOnlyBy(unit, match["unless-view"]) ? [] : found;
}

/** How many modules of views are asked which of them shows a template. */
const MAX_VIEWS = 20;

/** True where every function that names the template, in the views of the part of the project that it belongs to, is decorated so. */
function isShownOnlyBy(unit: FileUnit, decorators: readonly string[]): boolean {
  const [, app = "", name, part] = /^(.*?\/)?templates\/((?:(\w+)\/)?.+)$/.exec(unit.path) ?? [];
  if (name === undefined || decorators.length === 0) return false;
  const folder = part === undefined ? "/" : `/${part}/`;
  const isNear = (path: string) =>
    app === "" ? `/${path}`.includes(folder) : path.startsWith(app);
  const views = [...unit.project.paths]
    .filter((path) => /(?:^|\/)views?(?:\/[^/]+)?\.py$/.test(path) && isNear(path))
    .slice(0, MAX_VIEWS);
  const uses = views.flatMap((path) => decoratorsAt(unit.project.read(path) ?? "", name));
  return uses.length > 0 && uses.every((used) => decorators.some((one) => used.includes(one)));
}

/** For each place of a text that names a template, the decorators of the function around it, by their last names. */
function decoratorsAt(text: string, template: string): string[][] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    if (!line.includes(`"${template}"`) && !line.includes(`'${template}'`)) return [];
    const indent = line.length - line.trimStart().length;
    let head = at;
    while (head >= 0 && !isDefinition(lines[head] ?? "", indent)) head--;
    const found: string[] = [];
    for (let above = head - 1; /^\s*@/.test(lines[above] ?? ""); above--)
      found.push(/^\s*@(?:\w+\.)*(\w+)/.exec(lines[above] ?? "")?.[1] ?? "");
    return [found];
  });
}

function isDefinition(line: string, indent: number): boolean {
  return /^\s*(?:async\s+)?def\s/.test(line) && line.length - line.trimStart().length < indent;
}

/** True when a file of the given name, wherever it stands, mentions the text. */
function isProject(
  unit: FileUnit,
  { file, mentions }: NonNullable<TemplateMatch["project"]>,
): boolean {
  for (const path of unit.project.paths) {
    const fits = path === file || path.endsWith(`/${file}`);
    if (fits && unit.project.read(path)?.includes(mentions)) return true;
  }
  return false;
}

/** True when a file beside the `templates` folder, or in the folder of the template, mentions the text. */
function isBeside(
  unit: FileUnit,
  { file, mentions }: NonNullable<TemplateMatch["project"]>,
): boolean {
  const folder =
    /^(.*?)templates?\//.exec(unit.path)?.[1] ?? unit.path.slice(0, unit.path.lastIndexOf("/") + 1);
  return unit.project.read(`${folder}${file}`)?.includes(mentions) ?? false;
}

/**
 * Where a pattern stands next, for places that ascend; the length of the text where it does not. A text that opens something
 * ten thousand times and closes it once, or never, is searched once.
 */
function finderOf(text: string, pattern: RegExp): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    pattern.lastIndex = from;
    found = pattern.exec(text)?.index ?? text.length;
    return found;
  };
}

function asPattern(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Comments of the template language and of HTML, as spaces. */
export function blankComments(text: string): string {
  const ends = {
    hash: finderOf(text, /#\}/g),
    line: finderOf(text, /[\r\n]/g),
    block: finderOf(text, /\{%-?\s*endcomment\b/g),
    html: finderOf(text, /-->/g),
  };
  let blanked = "";
  let last = 0;
  for (const { 0: opening, index } of text.matchAll(/\{#|\{%-?\s*comment\b|<!--/g)) {
    if (index < last) continue;
    const from = index + opening.length;
    const end =
      opening === "{#" ? ends.hash(from) : opening === "<!--" ? ends.html(from) : ends.block(from);
    if (end === text.length || (opening === "{#" && ends.line(from) < end)) continue;
    blanked += text.slice(last, index) + text.slice(index, end).replace(/[^\n\r]/g, " ");
    last = end;
  }
  return blanked + text.slice(last);
}

/** The opening tags of an element. A `>` inside quotes or a template tag does not end one. */
function openingTags(
  text: string,
  element: string,
): { start: number; end: number; text: string }[] {
  const tags: { start: number; end: number; text: string }[] = [];
  const opening = new RegExp(`<${element}(?=[\\s>])`, "gi");
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const limit = Math.min(text.length, match.index + MAX_TAG);
    let quote = "";
    let at = opening.lastIndex;
    for (; at < limit; at++) {
      if (text.startsWith("{{", at) || text.startsWith("{%", at)) {
        const close = text.slice(at, limit).indexOf(text[at + 1] === "{" ? "}}" : "%}", 2);
        if (close < 0) break;
        at += close + 1;
        continue;
      }
      const char = text[at] ?? "";
      if (quote !== "") quote = char === quote ? "" : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === ">") break;
    }
    tags.push({ start: match.index, end: at + 1, text: text.slice(match.index, at + 1) });
    opening.lastIndex = at;
  }
  return tags;
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, "i").exec(
    tag,
  );
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3]);
}
