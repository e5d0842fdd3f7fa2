import { isKind, type ModuleFile, type Placed } from "../python/index.ts";

/** What names mean in a file by its imports alone, wherever these stand; relative imports are left out. */
export type Imports = ReadonlyMap<string, string>;

/** The dotted names that an import statement loads, by the name that each gets. Empty for other nodes. */
export function importedBy(node: Placed): [string, string][] {
  if (isKind(node, "Import"))
    return node.names
      .map(({ name, asname }) => [asname ?? name, name] as const)
      .map(([a, b]) => [a, b]);
  if (!isKind(node, "ImportFrom") || (node.level ?? 0) > 0) return [];
  return node.names.map(({ name, asname }) => [asname ?? name, `${node.module ?? ""}.${name}`]);
}

/** Qualifies a dotted expression by the imports of its file; undefined for anything that is not names and dots. */
export function qualifiedName(node: Placed, imports: Imports): string | undefined {
  if (isKind(node, "Name")) return imports.get(node.id) ?? `builtins.${node.id}`;
  if (isKind(node, "Call")) {
    const callee = qualifiedName(node.func, imports);
    return callee === undefined ? undefined : `${callee}()`;
  }
  if (!isKind(node, "Attribute")) return undefined;
  const owner = qualifiedName(node.value, imports) ?? "?";
  // `import a.b` binds `a`; what stands behind the dots is written out anyway.
  return `${owner.replace(/^builtins\./, "")}.${node.attr}`;
}

/** True when a statement of the file imports the package or a part of it. */
export function importsPackage(file: ModuleFile, name: string): boolean {
  if (!file.text.includes(name)) return false;
  const escaped = name.replaceAll(".", "\\.");
  return new RegExp(`^[ \\t]*(?:from|import)[ \\t]+(?:[\\w., ]+,[ \\t]*)?${escaped}\\b`, "m").test(
    file.text,
  );
}
