/**
 * Settings that a program names in its own code, in a call such as `app.config.from_object("shop.config.Live")`: the module,
 * and the class in it where it names one.
 */
import type { Models } from "../core/models.ts";
import { type Expression, isKind, type ModuleFile, type Placed, walk } from "../python/index.ts";
import type { Project } from "./analyzer.ts";

type Loads = NonNullable<Models["settings"][number]["loads"]>;

/** A module by its path, and the class of it that is meant, if it is one. */
export interface Loaded {
  readonly path: string;
  readonly class?: string;
}

/** What the calls in the files at some paths name; names that lead out of the tree are left out. */
export function loadedSettings(
  project: Project,
  { calls, files: ofData }: Loads,
  files: readonly string[],
): Loaded[] {
  const call = new RegExp(
    `\\.(?:${calls.join("|")})\\(\\s*(?:(["'])(?<text>[^"'\\n]{1,200})\\1|(?<name>[A-Za-z_][\\w.]*)\\s*(?:\\(\\s*\\))?)\\s*[,)]`,
    "g",
  );
  const loaded = files.flatMap((path) => {
    const text = project.read(path);
    if (text === undefined || !calls.some((one) => text.includes(`.${one}(`))) return [];
    return [...text.matchAll(call)].flatMap(({ groups }): Loaded[] => {
      const { text: written, name } = groups ?? {};
      if (written !== undefined) return atText(project, path, written);
      if (name === "__name__") return [{ path }];
      return name === undefined ? [] : atName(project, path, name);
    });
  });
  return [
    ...loaded,
    ...ofData.flatMap((form) => files.flatMap((path) => dataAt(project, form, path))),
  ];
}

/** The files of data that such calls in a file load, as far as the tree has them. */
function dataAt(project: Project, form: Loads["files"][number], path: string): Loaded[] {
  const text = project.read(path);
  if (text?.includes(`${form.call}(`) !== true) return [];
  const call = new RegExp(`\\b${form.call}\\(([^()]{0,${MAX_CALL}})\\)`, "g");
  const named = new RegExp(
    `\\b(?:${form.keywords.join("|")})\\s*=\\s*(\\[[^\\]]*\\]|["'][^"'\\n]*["'])`,
  );
  return [...text.matchAll(call)].flatMap(([, given = ""]) => {
    const [, written] = named.exec(given) ?? [];
    const names = [...(written ?? "").matchAll(/["']([\w./-]{1,200})["']/g)].map(
      ([, one = ""]) => one,
    );
    const found = (written === undefined ? form.usual : names).flatMap((one) =>
      atText(project, path, one),
    );
    return found.filter((one) => one.class === undefined && !one.path.endsWith(".py"));
  });
}

/** What an argument of such a call names, in a file; nothing where it names nothing in the tree. */
export function loadedBy(project: Project, file: ModuleFile, node: Expression): Loaded[] {
  if (isKind(node, "Constant"))
    return typeof node.value === "string" ? atText(project, file.path, node.value) : [];
  const named = isKind(node, "Call") && node.args.length === 0 ? node.func : node;
  const name = file.source(named);
  if (name === "__name__") return [{ path: file.path }];
  return /^[A-Za-z_][\w.]*$/.test(name) ? atName(project, file.path, name) : [];
}

/** Longer calls are not looked through. */
const MAX_CALL = 500;

/** What a program puts before the names of another package's settings, where it says so in one way: by the usual prefix. */
export function prefixesIn(
  project: Project,
  { prefixes }: Pick<Models["settings"][number], "prefixes">,
  files: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { prefix, call, keyword } of prefixes) {
    const pattern = new RegExp(
      `\\.${call}\\([^()]{0,${MAX_CALL}}\\b${keyword}\\s*=\\s*["'](\\w{0,50})["']`,
      "g",
    );
    const said = files.flatMap((path) =>
      [...(project.read(path) ?? "").matchAll(pattern)].map(([, name]) => (name ? `${name}_` : "")),
    );
    const [only, other] = new Set(said);
    if (only !== undefined && other === undefined && only !== prefix) found.set(prefix, only);
  }
  return found;
}

/** Beside a program, or in the folder that belongs to its installation. */
const FOLDERS = ["", "instance/"];

/** A dotted name, or the path of a file, of whatever extension, beside or above the one that names it. */
function atText(project: Project, path: string, written: string): Loaded[] {
  const folders = path.split("/").slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth--)
    for (const folder of FOLDERS) {
      const at = [...folders.slice(0, depth), folder + written].join("/");
      if (project.paths.has(at)) return [{ path: at }];
    }
  return written.endsWith(".py") ? [] : atDotted(project, path, written.replace(":", "."), 0);
}

function atDotted(project: Project, path: string, dotted: string, level: number): Loaded[] {
  const whole = project.resolve(path, dotted, level);
  if (whole.kind === "tree") return [{ path: whole.path }];
  const at = dotted.lastIndexOf(".");
  const module = dotted.slice(0, Math.max(at, 0));
  if (module === "" && level === 0) return [];
  const target = project.resolve(path, module, level);
  return target.kind === "tree" ? [{ path: target.path, class: dotted.slice(at + 1) }] : [];
}

/** A name that the file imports, wherever the import stands, or a class of the file itself. */
function atName(project: Project, path: string, name: string): Loaded[] {
  const file = project.file(path);
  const [first = "", ...rest] = name.split(".");
  const found = file && importOf(file, first);
  if (found === undefined) {
    if (rest.length > 0) return [];
    const fallback = file && fallbackOf(file, name);
    if (fallback !== undefined && isKind(fallback, "Constant"))
      return typeof fallback.value === "string" ? atText(project, path, fallback.value) : [];
    // A parameter's default is itself a name; one that leads back to the parameter leads nowhere.
    if (fallback !== undefined)
      return isKind(fallback, "Name") && fallback.id !== name
        ? atName(project, path, fallback.id)
        : [];
    return [{ path, class: name }];
  }
  return atDotted(project, path, [found.dotted, ...rest].filter(Boolean).join("."), found.level);
}

/** The default of a parameter of this name, in whichever function has one. */
function fallbackOf(file: ModuleFile, name: string): Placed | undefined {
  for (const statement of file.body)
    for (const node of walk(statement)) {
      if (!isKind(node, "FunctionDef")) continue;
      const names = [...node.args.posonlyargs, ...node.args.args].map((one) => one.arg);
      const at = names.indexOf(name) - (names.length - node.args.defaults.length);
      if (names.includes(name)) return node.args.defaults[at];
    }
  return undefined;
}

function importOf(file: ModuleFile, name: string) {
  for (const statement of file.body)
    for (const node of walk(statement)) {
      if (!isKind(node, "Import") && !isKind(node, "ImportFrom")) continue;
      for (const alias of node.names) {
        if ((alias.asname ?? alias.name) !== name) continue;
        if (isKind(node, "Import")) return { dotted: alias.name, level: 0 };
        const dotted = [node.module, alias.name].filter(Boolean).join(".");
        return { dotted, level: node.level ?? 0 };
      }
    }
  return undefined;
}
