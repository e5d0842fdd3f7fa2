/** Where an import leads. */
export type ImportTarget =
  /** A module or package of the tree, by the path of its file. */
  | { readonly kind: "tree"; readonly path: string }
  /**
   * Not in the tree, by its dotted name. `absent` says that it could only have been in the tree (a relative import), `beside` that it
   * would be in the importing file's own package.
   */
  | {
      readonly kind: "external";
      readonly name: string;
      readonly absent: boolean;
      readonly beside?: true;
    };

/**
 * Resolves the module named in an import statement as Python would, without knowing `sys.path`: every folder above the
 * importing file that is not itself a package may be a root. `level` counts the leading dots.
 */
export function resolveModule(
  has: (path: string) => boolean,
  from: string,
  dotted: string,
  level: number,
): ImportTarget {
  const parts = dotted === "" ? [] : dotted.split(".");
  const folders = from.split("/").slice(0, -1);
  if (level > 0) {
    const base = folders.slice(0, folders.length - (level - 1));
    if (level - 1 > folders.length) return { kind: "external", name: dotted, absent: true };
    return (
      moduleAt(has, [...base, ...parts]) ?? {
        kind: "external",
        name: [...base, ...parts].join("."),
        absent: true,
      }
    );
  }
  for (let depth = folders.length; depth >= 0; depth--) {
    const root = folders.slice(0, depth);
    if (depth > 0 && has([...root, "__init__.py"].join("/"))) continue;
    const found = moduleAt(has, [...root, ...parts]);
    // A module that imports its own name means the installed package of that name; a package may well mean itself.
    if (found?.kind === "tree" && (found.path !== from || from.endsWith("/__init__.py")))
      return found;
  }
  const [top] = parts;
  const at = top === undefined ? -1 : folders.indexOf(top);
  const isBeside = at >= 0 && has([...folders.slice(0, at + 1), "__init__.py"].join("/"));
  return { kind: "external", name: dotted, absent: false, ...(isBeside && { beside: true }) };
}

function moduleAt(
  has: (path: string) => boolean,
  parts: readonly string[],
): ImportTarget | undefined {
  const path = parts.join("/");
  if (parts.length > 0 && has(`${path}.py`)) return { kind: "tree", path: `${path}.py` };
  const init = path === "" ? "__init__.py" : `${path}/__init__.py`;
  return has(init) ? { kind: "tree", path: init } : undefined;
}

/** The dotted name of a module's file, counted from the outermost folder that is not a package. */
export function moduleName(has: (path: string) => boolean, path: string): string {
  const parts = path.replace(/(?:\/__init__)?\.py$/, "").split("/");
  let start = parts.length - 1;
  while (start > 0 && has([...parts.slice(0, start), "__init__.py"].join("/"))) start--;
  return parts.slice(start).join(".");
}
