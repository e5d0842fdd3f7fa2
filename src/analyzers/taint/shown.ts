/** Which names a template shows without escaping them: what a view gives it under such a name becomes part of the page as it is. */
import { lineStarts, toRegion } from "../../core/edits.ts";
import type { Location } from "../../core/finding.ts";
import type { Project } from "../analyzer.ts";
import { blankComments } from "../templates.ts";

/** A name as the template shows it, and where. */
export interface Shown {
  readonly name: string;
  readonly text: string;
  readonly location: Location;
}

const VARIABLE = /\{\{-?\s*([A-Za-z_]\w*)[^{}]{0,300}?\}\}/g;
const ESCAPED =
  /\|\s*(?:escape|force_escape|e|escapejs|tojson|json_script|striptags|urlencode|length|date|int|float)\b/;
const MARKED_SAFE = /\|\s*safe(?:seq)?\b/;
const BLOCK = /\{%-?\s*(?:autoescape\s+(off|on|true|false|True|False)|(endautoescape))\s*-?%\}/g;

/** Read once for each text. */
const known = new WeakMap<Project, Map<string, readonly Shown[]>>();

/**
 * The names that a template shows as they are: marked as safe, or where escaping is off. Undefined where no template of the tree has
 * the name, or it was not read yet.
 */
export function shownAsTheyAre(name: string, project: Project): readonly Shown[] | undefined {
  const path = templateNamed(name, project.paths);
  const text = path === undefined ? undefined : project.read(path);
  if (path === undefined || text === undefined) return undefined;
  const read = known.get(project) ?? new Map<string, readonly Shown[]>();
  known.set(project, read);
  const found = read.get(path) ?? findShown(path, text);
  read.set(path, found);
  return found;
}

/** The names that a template shows as they are whose text a program holds, at the place where it is used. */
export function shownInText(text: string, location: Location): readonly Shown[] {
  return findShown(location.path, text).map((one) => ({ ...one, location }));
}

/** The file of a template: the shortest path that ends so, below a folder of templates. */
function templateNamed(name: string, paths: ReadonlySet<string>): string | undefined {
  if (name === "" || name.startsWith("/")) return undefined;
  let found: string | undefined;
  for (const path of paths)
    if (
      (path === `templates/${name}` || path.endsWith(`templates/${name}`)) &&
      (found === undefined || path.length < found.length)
    )
      found = path;
  return found;
}

function findShown(path: string, source: string): Shown[] {
  const text = blankComments(source);
  const starts = lineStarts(source);
  const isOff = escapingOff(text);
  const shown: Shown[] = [];
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, name = ""] = match;
    const isRaw = MARKED_SAFE.test(whole) || isOff(match.index);
    if (!isRaw || ESCAPED.test(whole)) continue;
    const region = toRegion(starts, match.index, match.index + whole.length);
    shown.push({ name, text: whole, location: { path, region } });
  }
  return shown;
}

/** Whether escaping is off at a place, for places that ascend. */
function escapingOff(text: string): (at: number) => boolean {
  const marks = [...text.matchAll(BLOCK)];
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
