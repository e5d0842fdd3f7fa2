/** Which classes of a tree have what another one says, by extending it. */
import {
  type ClassNode,
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  walk,
} from "../python/index.ts";
import type { FileUnit, Project } from "./analyzer.ts";
import { textsAround } from "./texts-around.ts";

interface ClassIn {
  readonly node: ClassNode;
  readonly path: string;
}

/**
 * The classes that have a method of the unit's class, directly or by way of others: their first base is one that has it, and they
 * define no such method themselves. What stands behind another base may be hidden by that one.
 */
export function heirsOf(
  node: ClassNode,
  methods: readonly string[],
  unit: Pick<FileUnit, "path" | "project">,
): readonly ClassNode[] {
  const { project } = unit;
  const owners: ClassIn[] = [{ node, path: unit.path }];
  const texts = textsAround(unit);
  for (const owner of owners)
    for (const other of texts) {
      if (!extendsName(other.text, owner.node.name)) continue;
      const file = project.file(other.path);
      for (const one of file?.body.flatMap((statement) => [...walk(statement)]) ?? []) {
        if (file === undefined || !isKind(one, "ClassDef")) continue;
        const [first] = one.bases;
        if (first === undefined) continue;
        if (owners.some((known) => known.node === one) || definesOneOf(one, methods)) continue;
        if (means(first, owner, file, project)) owners.push({ node: one, path: other.path });
      }
    }
  return owners.slice(1).map((one) => one.node);
}

/** True for a text in which a class may have a first base of the name. */
function extendsName(text: string, name: string): boolean {
  return text.includes(`(${name}`) || text.includes(`.${name}`);
}

function definesOneOf({ body }: ClassNode, methods: readonly string[]): boolean {
  return body.some(
    (one) =>
      (isKind(one, "FunctionDef") || isKind(one, "AsyncFunctionDef")) && methods.includes(one.name),
  );
}

/** True for an expression that names a class: in its own file, or by an import from its module or a package around that. */
function means(base: Expression, { node, path }: ClassIn, file: ModuleFile, project: Project) {
  if (lastName(base) !== node.name) return false;
  if (file.path === path) return isKind(base, "Name");
  const first = isKind(base, "Attribute") ? lastName(base.value) : node.name;
  return file.body.some(
    (one) =>
      isKind(one, "ImportFrom") &&
      one.names.some(({ name, asname }) => {
        if ((asname ?? name) !== first && name !== "*") return false;
        const dotted = [one.module, ...(isKind(base, "Attribute") ? [name] : [])];
        const target = project.resolve(file.path, dotted.filter(Boolean).join("."), one.level ?? 0);
        return target.kind === "tree" && holds(target.path, path);
      }),
  );
}

function holds(module: string, path: string): boolean {
  return module === path || path.startsWith(module.replace(/(?:^|\/)__init__\.py$/, "/"));
}
