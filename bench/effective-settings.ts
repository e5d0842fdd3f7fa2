/** What `effective-settings.mjs` and `settings-time.mjs` need of the engine, in TypeScript because Node 20 runs none. */
import { ruleFiles } from "#rules";
import type { Project } from "../src/analyzers/analyzer.ts";
import { settingsModules } from "../src/analyzers/settings-modules.ts";
import { defaultConfig } from "../src/core/config.ts";
import {
  Bytes,
  dataOf,
  Interpreter,
  ModuleFile,
  moduleName,
  resolveModule,
  type Value,
} from "../src/python/index.ts";
import { loadRules } from "../src/rules/index.ts";

const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);

/** A tree of which each file is parsed once, for as many evaluations as are wanted. */
export function projectOf(
  paths: ReadonlySet<string>,
  read: (path: string) => string | undefined,
): Project {
  const parsed = new Map<string, ModuleFile>();
  const has = (path: string) => paths.has(path);
  return {
    models,
    config: defaultConfig,
    paths,
    read,
    file(path) {
      const text = parsed.has(path) ? undefined : read(path);
      if (text !== undefined) parsed.set(path, new ModuleFile(path, text));
      return parsed.get(path);
    },
    resolve: (from, dotted, level) => resolveModule(has, from, dotted, level),
    nameOf: (path) => moduleName(has, path),
    once(_key, make) {
      return make(this);
    },
  };
}

/** The settings of one module of a tree, written as JSON; `"?"` stands for what is not known. */
export function settingsIn(
  files: Readonly<Record<string, string>>,
  path: string,
  chosen?: string,
): Map<string, string> {
  const project = projectOf(new Set(Object.keys(files)), (one) => files[one]);
  const module = settingsModules(project).find(
    (one) => one.path === path && (!chosen || one.class?.name === chosen),
  );
  const settings = new Map<string, string>();
  for (const [name, { content }] of module?.scope.names ?? []) {
    if (content === undefined || !/^[A-Z]/.test(name)) continue;
    const { value } = content;
    const known = value.kind === "symbol" ? (module?.interpreter.resolve(value) ?? value) : value;
    const held =
      module !== undefined && known.kind === "instance"
        ? (dataOf(module.interpreter, known) ?? known)
        : known;
    settings.set(name, JSON.stringify(plain(held)));
  }
  return settings;
}

/** The settings modules of a tree, and what there is to measure: `run` evaluates one of them anew, `find` finds them all. */
export function settingsTimes(project: Project) {
  return {
    modules: [...new Set(settingsModules(project).map((one) => one.path))],
    run: (path: string) => new Interpreter(project, { eager: true }).module(path),
    find: () => settingsModules(project),
  };
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
