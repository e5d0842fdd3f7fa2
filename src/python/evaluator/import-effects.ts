/**
 * Whether a module changes what it imports while it is imported: `from .base import MIDDLEWARE` and `MIDDLEWARE.remove(…)`. Such a
 * module has to run where the import stands; of any other, running it can wait until one of its names is read.
 */
import { children, type Expression, isKind, type Placed } from "../ast.ts";
import type { ModuleFile } from "../module-file.ts";

const CHANGES = new Set(
  "append extend insert remove pop popitem update setdefault clear sort reverse add discard".split(
    " ",
  ),
);

const known = new WeakMap<ModuleFile, boolean>();

/** True for a module whose top level changes a list, dict or module that it imports. */
export function changesImported(file: ModuleFile): boolean {
  const answer = known.get(file) ?? changes(file);
  known.set(file, answer);
  return answer;
}

function changes(file: ModuleFile): boolean {
  const imported = new Set<string>();
  // With a star, whatever the module has not set itself may be another's.
  const own = new Set<string>();
  const isImported = (name: string) => imported.has(name) || (imported.has("*") && !own.has(name));
  const waiting: Placed[] = [...file.body].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isKind(node, "Import") || isKind(node, "ImportFrom")) {
      for (const { name, asname } of node.names) imported.add(asname ?? name.split(".")[0] ?? name);
      continue;
    }
    // What stands in a function or class of its own is not run, or changes nothing that was imported.
    if (isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "ClassDef"))
      continue;
    if (changedIn(node).some(isImported)) return true;
    const targets = isKind(node, "Assign")
      ? node.targets
      : isKind(node, "AnnAssign")
        ? [node.target]
        : [];
    for (const target of targets) if (target.nodeType === "Name") own.add(target.id);
    waiting.push(...children(node).toReversed());
  }
  return false;
}

/** The names of what a statement changes in place. */
function changedIn(node: Placed): string[] {
  if (isKind(node, "Expr")) {
    const { value } = node;
    return value.nodeType === "Call" &&
      value.func.nodeType === "Attribute" &&
      CHANGES.has(value.func.attr)
      ? rootOf(value.func.value)
      : [];
  }
  if (isKind(node, "AugAssign")) return rootOf(node.target);
  const targets = isKind(node, "Assign") || isKind(node, "Delete") ? node.targets : [];
  return targets.flatMap((target) =>
    target.nodeType === "Subscript" || target.nodeType === "Attribute" ? rootOf(target.value) : [],
  );
}

/** The name that a chain of attributes and subscripts begins with. */
function rootOf(node: Expression): string[] {
  let at = node;
  while (at.nodeType === "Attribute" || at.nodeType === "Subscript") at = at.value;
  return at.nodeType === "Name" ? [at.id] : [];
}
