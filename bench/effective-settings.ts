/** What `effective-settings.mjs` needs of the engine, in TypeScript because Node 20 runs none. */
import { ruleFiles } from "#rules";
import type { Project } from "../src/analyzers/analyzer.ts";
import { settingsModules } from "../src/analyzers/settings-modules.ts";
import { defaultConfig } from "../src/core/config.ts";
import { Bytes, ModuleFile, moduleName, resolveModule, type Value } from "../src/python/index.ts";
import { loadRules } from "../src/rules/index.ts";

const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);

/** The settings of one module of a tree, written as JSON; `"?"` stands for what is not known. */
export function settingsIn(
  files: Readonly<Record<string, string>>,
  path: string,
  chosen?: string,
): Map<string, string> {
  const parsed = new Map<string, ModuleFile>();
  const has = (one: string) => one in files;
  const file = (one: string) => {
    const text = files[one];
    const known = parsed.get(one) ?? (text === undefined ? undefined : new ModuleFile(one, text));
    if (known !== undefined) parsed.set(one, known);
    return known;
  };
  const project: Project = {
    models,
    config: defaultConfig,
    paths: new Set(Object.keys(files)),
    read: (one) => files[one],
    file,
    resolve: (from, dotted, level) => resolveModule(has, from, dotted, level),
    nameOf: (one) => moduleName(has, one),
  };
  const module = settingsModules(project).find(
    (one) => one.path === path && (!chosen || one.class?.name === chosen),
  );
  const settings = new Map<string, string>();
  for (const [name, { content }] of module?.scope.names ?? []) {
    if (content === undefined || !/^[A-Z]/.test(name)) continue;
    const { value } = content;
    const known = value.kind === "symbol" ? (module?.interpreter.resolve(value) ?? value) : value;
    settings.set(name, JSON.stringify(plain(known)));
  }
  return settings;
}

function plain(value: Value, depth = 0): unknown {
  if (depth > 20) return "?";
  if (value.kind === "constant") {
    return value.value instanceof Bytes || typeof value.value === "bigint"
      ? String(value.value)
      : value.value;
  }
  if (value.kind === "sequence" && !value.contents.content.open)
    return value.contents.content.items.map((item) => plain(item, depth + 1));
  if (value.kind === "dict" && !value.contents.content.open)
    return Object.fromEntries(
      [...value.contents.content.entries.values()]
        .map((entry): [string, unknown] => [
          String(plain(entry.key, depth + 1)),
          plain(entry.value, depth + 1),
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return "?";
}
