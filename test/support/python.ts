import { ruleFiles } from "#rules";
import {
  bindingIn,
  type CallObservation,
  Interpreter,
  ModuleFile,
  moduleName,
  resolveModule,
  type Scope,
  type Value,
} from "../../src/python/index.ts";
import { loadRules } from "../../src/rules/index.ts";

export const { models } = loadRules(
  ruleFiles.filter((file) => file.path.startsWith("models/")),
  new Map(),
);

/** What came of a module after it ran. */
export interface Ran {
  readonly interpreter: Interpreter;
  readonly scope: Scope;
  readonly calls: readonly CallObservation[];
  /** The final value of a name, as `show` writes it. */
  value(name: string): string;
}

/** Runs one module of a tree given by its texts. `eager` enters other modules as soon as one of their names is read. */
export function runModule(
  files: Readonly<Record<string, string>>,
  path: string,
  options: { readonly eager?: boolean; readonly functions?: boolean } = {},
): Ran {
  const { eager = true } = options;
  const parsed = new Map(
    Object.entries(files)
      .filter(([at]) => at.endsWith(".py"))
      .map(([at, text]) => [at, new ModuleFile(at, text)]),
  );
  const has = (one: string) => parsed.has(one);
  const calls: CallObservation[] = [];
  const interpreter = new Interpreter(
    {
      models,
      resolve: (from, dotted, level) => resolveModule(has, from, dotted, level),
      nameOf: (one) => moduleName(has, one),
      file: (one) => parsed.get(one),
      read: (one) => files[one],
      paths: new Set(Object.keys(files)),
    },
    { eager, observe: (call) => calls.push(call) },
  );
  const scope = interpreter.module(path);
  if (scope === undefined) throw new Error(`no module ${path}`);
  if (options.functions) interpreter.runFunctions(path, () => true);
  const value = (name: string) => {
    const bound = bindingIn(scope, name)?.value;
    return show(bound?.kind === "symbol" && eager ? (interpreter.resolve(bound) ?? bound) : bound);
  };
  return { interpreter, scope, calls, value };
}

/**
 * A value as a reader of Python would write it: `?` is unknown, `...` stands for members that are not known, `|` separates
 * alternatives, `<"a" + ?>` is a text with a hole, and `~NAME` follows what an environment variable falls back to.
 */
export function show(value: Value | undefined, depth = 0): string {
  if (value === undefined) return "unset";
  if (depth > 6) return "…";
  const mark = value.environment === undefined ? "" : `~${value.environment.name}`;
  return written(value, depth + 1) + mark;
}

function written(value: Value, depth: number): string {
  switch (value.kind) {
    case "constant":
      if (value.value === null) return "None";
      if (typeof value.value === "boolean") return value.value ? "True" : "False";
      if (typeof value.value === "string") return JSON.stringify(value.value);
      return typeof value.value === "object"
        ? `b${JSON.stringify(value.value.text)}`
        : String(value.value);
    case "text":
      return `<${value.parts
        .map((part) => (typeof part === "string" ? JSON.stringify(part) : show(part, depth)))
        .join(" + ")}>`;
    case "sequence": {
      const { items, open } = value.contents.content;
      const inner = [...items.map((item) => show(item, depth)), ...(open ? ["..."] : [])];
      if (value.type === "list") return `[${inner.join(", ")}]`;
      return value.type === "set" ? `{${inner.join(", ")}}` : `(${inner.join(", ")})`;
    }
    case "dict": {
      const { entries, open } = value.contents.content;
      const inner = [...entries]
        .filter(([id]) => !id.startsWith("?*"))
        .map(([, entry]) => `${show(entry.key, depth)}: ${show(entry.value, depth)}`);
      return `{${[...inner, ...(open ? ["..."] : [])].join(", ")}}`;
    }
    case "symbol":
      return value.name;
    case "environment":
      return `env ${value.name}`;
    case "function":
      return `function ${value.name}`;
    case "class":
      return `class ${value.name}`;
    case "instance":
      return `instance of ${value.class.name}`;
    case "module":
      return `module ${value.path}`;
    case "union":
      return value.alternatives.map((one) => show(one.value, depth)).join(" | ");
    case "unknown":
      return value.parameter === undefined ? "?" : `?${value.parameter.name}`;
    default: {
      const never: never = value;
      return never;
    }
  }
}
