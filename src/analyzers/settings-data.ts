/** Settings that stand in a file of data: an object of JSON, YAML or TOML whose keys in capitals are the settings. */
import { cellOf, type Interpreter, newScope, type Scope, type Site } from "../python/index.ts";
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
  for (const [name, value] of Object.entries(data)) {
    if (name !== name.toUpperCase()) continue;
    const site: Site = { file, node: lineOf(file.lines, name) };
    const content = { value: interpreter.dataValue(value, site), site, when: [] };
    cellOf(scope, name).content = content;
  }
  return scope;
}

/** The line on which a key stands, as a node; the first line where it cannot be found. */
function lineOf(lines: readonly string[], name: string) {
  const at = lines.findIndex((line) => /^[\s{,]*["']?([\w]+)["']?\s*[:=]/.exec(line)?.[1] === name);
  const lineno = Math.max(at, 0) + 1;
  const end_col_offset = (lines[lineno - 1] ?? "").trimEnd().length;
  return { nodeType: "Constant", lineno, col_offset: 0, end_lineno: lineno, end_col_offset };
}
