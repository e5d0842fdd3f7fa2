/** Dotted paths that settings list: the classes of the tree that they lead to, and what these extend. */
import * as z from "zod";
import {
  asString,
  bindingIn,
  type Expression,
  type Interpreter,
  isKind,
  type Placed,
  type Value,
  walk,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { PlainTest, passes } from "./value-test.ts";

/** A class of another package, by what one of the tree that extends it may change without undoing it. */
export const Heir = z.strictObject({
  of: z.string().min(1),
  /** Methods that do its work: one that is written anew has to call the one that it replaces. */
  calls: z.array(z.string().min(1)).default([]),
  /** Methods whose result is its work: one that is written anew has to give something. */
  answers: z.array(z.string().min(1)).default([]),
});
type Heir = z.infer<typeof Heir>;

/** A class of the tree that extends one of another package, by what its attributes are, its own or those of a base in the tree. */
export const Subclass = z.strictObject({
  of: z.array(z.string().min(1)).min(1),
  with: z.record(z.string(), PlainTest),
});
type Subclass = z.infer<typeof Subclass>;

/** True for a list of dotted paths that surely holds neither the class, nor one that extends it or by its name may take its place. */
export function lacksClass(
  value: Value | undefined,
  wanted: string,
  module: SettingsModule,
  project: Project,
): boolean {
  if (value?.kind !== "sequence" || value.contents.content.open) return value === undefined;
  return value.contents.content.items.every((item) => {
    const path = asString(item);
    if (path === undefined || path === wanted) return false;
    const outside = isOutside(path, module, project) ? [path] : outsideBases(path, module, project);
    return outside.every((one) => one !== wanted && !isNamedLike(one, wanted));
  });
}

/** True for a list of dotted paths with a class that sets an attribute of an end, or may do so by its name where it cannot be read. */
export function setsAny(
  value: Value | undefined,
  end: string,
  module: SettingsModule,
  project: Project,
): boolean {
  if (value?.kind !== "sequence") return false;
  const name = end.slice(end.lastIndexOf(".") + 1);
  return value.contents.content.items.some((item) => {
    const path = asString(item);
    if (path === undefined) return false;
    if (isOutside(path, module, project))
      return !path.startsWith(`${module.framework}.`) && path.toLowerCase().includes(name);
    const target = leadsTo(path, module.lookUp, module, project);
    if (target?.kind !== "class" && target?.kind !== "function") return false;
    return [...walk(target.node)].some((node) => {
      if (!isKind(node, "Attribute") || node.ctx.nodeType !== "Store") return false;
      const written = dottedName(node);
      return written === end || written?.endsWith(`.${end}`) === true;
    });
  });
}

/** True for a dotted path to something in a module that is not in the tree. */
function isOutside(path: string, { path: from }: SettingsModule, project: Project): boolean {
  return project.resolve(from, path.replace(/\.\w+$/, ""), 0).kind === "external";
}

/** True where a class of another package is named as one that is wanted, at least at the end: `CachedSessionMiddleware`. */
function isNamedLike(path: string, wanted: string): boolean {
  const [top, name = ""] = [wanted.split(".")[0], wanted.split(".").at(-1)];
  return path.split(".")[0] !== top && (path.split(".").at(-1) ?? "").endsWith(name);
}

/** The members of a list that are texts. */
function pathsIn(value: Value | undefined): readonly string[] {
  if (value?.kind !== "sequence") return [];
  return value.contents.content.items.flatMap((item) => asString(item) ?? []);
}

/** True for a list of dotted paths with one of the classes, or one of the tree that extends one. */
export function holdsClass(
  value: Value | undefined,
  wanted: readonly string[],
  module: SettingsModule,
  project: Project,
): boolean {
  return pathsIn(value).some((path) => {
    const bases = outsideBases(path, module, project);
    return wanted.includes(path) || bases.some((base) => wanted.includes(base));
  });
}

/** True for a list of dotted paths with something of the tree that is the class, or extends it and lets its methods do their work. */
export function holdsHeir(
  value: Value | undefined,
  { of, calls, answers }: Heir,
  module: SettingsModule,
  project: Project,
): boolean {
  return pathsIn(value).some((path) => {
    if (isOutside(path, module, project)) return false;
    const line = lineageOf(path, module, project);
    return (
      line.some((one) => one.kind === "symbol" && one.name === of) &&
      line.every(
        (one) =>
          one.kind !== "class" ||
          (calls.every((name) => keeps(one, name, (node) => isReadAs(node, name))) &&
            answers.every((name) => keeps(one, name, givesSomething))),
      )
    );
  });
}

/** True for a dotted path to such a class of the tree. */
export function isSubclass(
  value: Value | undefined,
  { of, with: wanted }: Subclass,
  module: SettingsModule,
  project: Project,
): boolean {
  const path = value && asString(value);
  if (path === undefined || isOutside(path, module, project)) return false;
  const line = lineageOf(path, module, project);
  return (
    line.some((one) => one.kind === "symbol" && of.includes(one.name)) &&
    Object.entries(wanted).every(([name, test]) => {
      const owner = line.find((one) => one.kind === "class" && bindingIn(one.scope, name));
      const set = owner?.kind === "class" ? bindingIn(owner.scope, name)?.value : undefined;
      return set !== undefined && passes(test, set) === true;
    })
  );
}

/** True for a class that does not write a method anew, or so that something of its code passes. */
function keeps(
  { scope }: Value & { kind: "class" },
  name: string,
  passing: (node: Placed) => boolean,
): boolean {
  const own = bindingIn(scope, name)?.value;
  return own === undefined || (own.kind === "function" && [...walk(own.node)].some(passing));
}

/** `super().process_view`, or `Base.process_view`. */
function isReadAs(node: Placed, name: string): boolean {
  return isKind(node, "Attribute") && node.attr === name;
}

function givesSomething(node: Placed): boolean {
  if (!isKind(node, "Return") || !node.value) return false;
  return !isKind(node.value, "Constant") || node.value.value !== null;
}

/** What a dotted path means in the tree; undefined for anything that is not there. */
export function leadsTo(
  path: string,
  interpreter: Interpreter,
  module: SettingsModule,
  project: Project,
): Value | undefined {
  const [, dotted = "", name = ""] = /^(.*)\.(\w+)$/.exec(path) ?? [];
  if (dotted === "") return undefined;
  const target = project.resolve(module.path, dotted, 0);
  const scope = target.kind === "tree" ? interpreter.module(target.path) : undefined;
  const value = scope === undefined ? undefined : bindingIn(scope, name)?.value;
  return value?.kind === "symbol" ? (interpreter.resolve(value) ?? value) : value;
}

/** The qualified names of what the class at a dotted path extends outside the tree, near or far; of a name from outside, that name. */
export function outsideBases(path: string, module: SettingsModule, project: Project): string[] {
  return lineageOf(path, module, project).flatMap((one) =>
    one.kind === "symbol" ? [one.name] : [],
  );
}

/** What a dotted path leads to, and all that this extends, the nearest first, each looked up. */
function lineageOf(path: string, module: SettingsModule, project: Project): readonly Value[] {
  const { lookUp } = module;
  const found = new Set<Value>();
  const target = leadsTo(path, lookUp, module, project);
  const waiting = target === undefined ? [] : [target];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const one = next.kind === "symbol" ? (lookUp.resolve(next) ?? next) : next;
    if (found.has(one)) continue;
    found.add(one);
    if (one.kind === "class") waiting.push(...one.bases);
  }
  return [...found];
}

/** `record.request.body`, as it is written; undefined where something else is called or looked up on the way. */
export function dottedName(node: Expression): string | undefined {
  if (node.nodeType === "Name") return node.id;
  const owner = node.nodeType === "Attribute" ? dottedName(node.value) : undefined;
  return owner === undefined || node.nodeType !== "Attribute" ? undefined : `${owner}.${node.attr}`;
}
