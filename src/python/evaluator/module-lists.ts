/** Lists of the modules in folders of the tree, as `pkgutil` gives them. */
import { membersOf, sequence } from "./containers.ts";
import { argument, type Machine } from "./machine.ts";
import type { Files } from "./paths.ts";
import { fileText, pathInTree } from "./paths.ts";
import {
  type Arguments,
  asString,
  constant,
  type SequenceValue,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** How far packages within packages are looked into, and how many modules are listed. */
const MAX_DEPTH = 4;
const MAX_MODULES = 200;

/** The modules in some folders, each with its name and whether it is a package; undefined for any other call. */
export function callModuleList(
  { eager, files }: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  const isDeep = callee.name === "pkgutil.walk_packages";
  if (!eager || given.open || (!isDeep && callee.name !== "pkgutil.iter_modules")) return undefined;
  const folders = argument(given, 0, "path");
  const before = argument(given, 1, "prefix");
  const prefix = before === undefined ? "" : asString(before);
  const paths = folders && membersOf(folders);
  if (paths === undefined || prefix === undefined) return undefined;
  const found: SequenceValue[] = [];
  for (const path of paths)
    if (!addModules(files, path, prefix, isDeep ? MAX_DEPTH : 0, found, site)) return undefined;
  return sequence("list", found, site);
}

/** Adds those in a folder in the order of their names; false for a folder that is not known, or too many modules. */
function addModules(
  files: Files,
  folder: Value,
  prefix: string,
  depth: number,
  found: SequenceValue[],
  site: Site,
): boolean {
  const names = files.namesIn(folder);
  const at = pathInTree(folder);
  if (names === undefined || at === undefined) return false;
  for (const name of names) {
    const [, module] = /^([A-Za-z_]\w*)\.py$/.exec(name) ?? [];
    const below = fileText(at === "" ? name : `${at}/${name}`, site);
    const isPackage =
      module === undefined &&
      /^[A-Za-z_]\w*$/.test(name) &&
      files.exists(fileText(`${at === "" ? "" : `${at}/`}${name}/__init__.py`, site), "file") ===
        true;
    if (module === "__init__" || (module === undefined && !isPackage)) continue;
    if (found.length >= MAX_MODULES) return false;
    const full = prefix + (module ?? name);
    // Where they are found, they are found by the same finder: it tells none of them from another.
    const parts = [constant(at, site), constant(full, site), constant(isPackage, site)];
    found.push({
      ...sequence("tuple", parts, site),
      fields: ["module_finder", "name", "ispkg"],
    });
    if (isPackage && depth > 0 && !addModules(files, below, `${full}.`, depth - 1, found, site))
      return false;
  }
  return true;
}
