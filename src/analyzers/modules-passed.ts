/**
 * By way of which modules of the tree a value reaches the file that uses it: the name by which that file has it is followed through
 * what other modules import, assign and return.
 */
import {
  type Expression,
  isKind,
  type ModuleFile,
  type Site,
  type Statement,
  walk,
  wayTo,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";

/** Names that are followed further than this say nothing to a reader. */
const MAX_STEPS = 8;

/** How an argument of a call, or what is assigned to a member, is written; undefined for what is not written at its place. */
export function writtenAt({ file, node }: Site, name: string): Expression | undefined {
  if (isKind(node, "Call"))
    return node.keywords.find(({ arg }) => arg === name)?.value ?? entryAt(node.args[0], name);
  return wayTo(node, file.body).find((one) => isKind(one, "Assign"))?.value;
}

/** What stands under a key of a dict that is written out. */
function entryAt(mapping: Expression | undefined, name: string): Expression | undefined {
  if (mapping === undefined || !isKind(mapping, "Dict")) return undefined;
  const at = mapping.keys.findLastIndex(
    (key) => key && isKind(key, "Constant") && key.value === name,
  );
  return mapping.values[at];
}

/** The modules between a file and the one in which a value stands, the nearest to that first; neither of the two is named. */
export function modulesPassed(
  written: Expression | undefined,
  from: ModuleFile,
  to: string,
  project: Project,
): readonly string[] {
  const passed: string[] = [];
  let [file, names]: [ModuleFile, readonly string[]] = [from, written ? namesIn(written) : []];
  for (let step = 0; step < MAX_STEPS; step++) {
    const [name, ...rest] = names;
    const next = name === undefined ? undefined : bound(name, file, project);
    if (next === undefined) break;
    if ("names" in next) {
      names = [...next.names, ...rest];
      continue;
    }
    const other = project.file(next.path);
    if (other === undefined || next.path === to) break;
    passed.unshift(next.path);
    [file, names] = [other, next.name === undefined ? rest : [next.name, ...rest]];
  }
  return [...new Set(passed)].filter((path) => path !== from.path && path !== to);
}

/** `["settings", "origins"]` of `[str(one) for one in settings.origins]`: the first name of what is read, with what is taken from it. */
function namesIn(written: Expression): readonly string[] {
  if (isKind(written, "Name")) return [written.id];
  if (isKind(written, "Attribute")) return [...namesIn(written.value), written.attr];
  if (isKind(written, "Call")) return namesIn(written.func);
  if (isKind(written, "Subscript")) return namesIn(written.value);
  if (isKind(written, "ListComp")) return namesIn(written.generators[0]?.iter ?? written.elt);
  return [];
}

/** Where another module has what a name of a file stands for, or how the file itself makes it of other names. */
function bound(
  name: string,
  file: ModuleFile,
  project: Project,
):
  | { readonly path: string; readonly name?: string }
  | { readonly names: readonly string[] }
  | undefined {
  for (const node of file.body.flatMap((one) => [...walk(one)])) {
    if (!isKind(node, "ImportFrom")) continue;
    const alias = node.names.find((one) => (one.asname ?? one.name) === name);
    if (alias === undefined) continue;
    const base = node.module ?? "";
    const level = node.level ?? 0;
    const inner = project.resolve(file.path, [base, alias.name].filter(Boolean).join("."), level);
    if (inner.kind === "tree") return { path: inner.path };
    const target = project.resolve(file.path, base, level);
    return target.kind === "tree" ? { path: target.path, name: alias.name } : undefined;
  }
  for (const one of file.body) {
    const names = namesMade(name, one);
    if (names !== undefined && names[0] !== name) return { names };
  }
  return undefined;
}

/** What a statement makes something of that it gives a name to. */
function namesMade(name: string, one: Statement): readonly string[] | undefined {
  if (isKind(one, "FunctionDef") && one.name === name) {
    const returned = one.body.at(-1);
    return returned && isKind(returned, "Return") && returned.value
      ? namesIn(returned.value)
      : undefined;
  }
  const target = isKind(one, "Assign")
    ? one.targets[0]
    : isKind(one, "AnnAssign")
      ? one.target
      : undefined;
  if (target === undefined || !isKind(target, "Name") || target.id !== name) return undefined;
  return (isKind(one, "Assign") || isKind(one, "AnnAssign")) && one.value
    ? namesIn(one.value)
    : undefined;
}
