/** Settings that stand in a file of data: an object of JSON, YAML or TOML whose keys in capitals are the settings. */
import type { Step } from "../core/finding.ts";
import {
  cellOf,
  type DataPlace,
  type Interpreter,
  newScope,
  type Scope,
  type Site,
  sectionedSettings,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";

const FORMATS = { json: "json", yaml: "yaml", yml: "yaml", toml: "toml" } as const;

/** The names that such a file sets; undefined for a file of another kind, or one that cannot be read. */
export function scopeOfData(
  project: Project,
  interpreter: Interpreter,
  path: string,
): Scope | undefined {
  const format = Object.entries(FORMATS).find(([ending]) => path.endsWith(`.${ending}`))?.[1];
  const file = format === undefined ? undefined : project.file(path);
  const data = format && file && interpreter.parseData(format, file.text);
  if (file === undefined || typeof data !== "object" || data === null) return undefined;
  const scope = newScope("module");
  const shared = project.models.settingsFiles.flatMap(({ sections }) => sections);
  const sectioned = sectionedSettings(interpreter, file, [...new Set(shared)]);
  for (const [name, said] of sectioned ?? []) {
    if (said === undefined) continue;
    const site: Site = { file, node: lineOf(file.lines, said.keys) };
    const content = { value: interpreter.dataValue(said.data, site), site, when: [] };
    cellOf(scope, name).content = content;
  }
  if (sectioned !== undefined) return scope;
  for (const [name, value] of Object.entries(data)) {
    if (name !== name.toUpperCase()) continue;
    const site: Site = { file, node: lineOf(file.lines, [name]) };
    const content = { value: interpreter.dataValue(value, site), site, when: [] };
    cellOf(scope, name).content = content;
  }
  return scope;
}

/** The line on which a key stands, behind those around it, as a node; the first line where it cannot be found. */
function lineOf(lines: readonly string[], keys: readonly string[]) {
  const lineno = lineOfKeys(lines, keys);
  const end_col_offset = (lines[lineno - 1] ?? "").trimEnd().length;
  return { nodeType: "Constant", lineno, col_offset: 0, end_lineno: lineno, end_col_offset };
}

/** Where a file of data says what a setting was given. */
export function placeInData(project: Project, { path, keys }: DataPlace): Step {
  const lines = (project.read(path) ?? "").split(/\r?\n/);
  const line = lineOfKeys(lines, keys);
  const endColumn = Math.max(1, (lines[line - 1] ?? "").trimEnd().length);
  const region = { startLine: line, startColumn: 1, endLine: line, endColumn };
  return { path, region, message: "is where the value stands" };
}

/** The line, from 1, of the last of some keys of which each stands behind the one before; as far as they are found. */
function lineOfKeys(lines: readonly string[], keys: readonly string[]): number {
  let line = 0;
  for (const key of keys) {
    const written = key.replace(/[^\w]/g, "\\$&");
    const form = new RegExp(`(?:^|[\\s{,[.])["']?${written}["']?\\s*[\\]:=.]`, "i");
    const found = lines.findIndex((text, at) => at >= line && form.test(text));
    if (found >= 0) line = found;
  }
  return line + 1;
}
