/** The files of a tree, as paths that a program puts together lead to them. */
import { type Files, pathInTree, textOfPath } from "./paths.ts";
import { asString, type Value } from "./values.ts";

/** What is asked of the tree; what is absent is not known. */
interface Tree {
  read?(path: string): string | undefined;
  readonly paths?: ReadonlySet<string>;
}

/** Answers for the paths of one tree. */
export function filesOf(tree: Tree): Files {
  const inTree = (path: Value) => pathInTree(path) ?? relative(tree, path);
  const files: Files = {
    exists: (path, what) => {
      const { paths } = tree;
      const at = inTree(path);
      if (at === undefined || paths === undefined) return undefined;
      if (what !== "folder" && paths.has(at)) return true;
      return what !== "file" && (at === "" || foldersOf(paths).has(at));
    },
    matching: (pattern) => {
      if (!/[*?]/.test(pattern)) return [pattern];
      // Many of them would make a slow expression.
      if (pattern.split(/[*?]+/).length > 5) return [];
      const form = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*+/g, "[^/]*")
        .replaceAll("?", "[^/]");
      const whole = new RegExp(`^${form}$`);
      return [...(tree.paths ?? [])].filter((path) => whole.test(path)).sort();
    },
    namesIn: (folder) => {
      const at = pathInTree(folder);
      if (at === undefined || files.exists(folder, "folder") !== true) return undefined;
      const start = at === "" ? "" : `${at}/`;
      const names = new Set<string>();
      for (const path of tree.paths ?? [])
        if (path.startsWith(start)) names.add(path.slice(start.length).split("/", 1)[0] ?? "");
      return [...names].sort();
    },
    textOf: (path) => {
      const at = inTree(path);
      const text = at === undefined ? undefined : tree.read?.(at);
      return at === undefined || text === undefined ? undefined : { path: at, text };
    },
  };
  return files;
}

/** A relative path is one from where the program was started: the root of the tree, or a folder above the module. */
function relative({ paths }: Tree, path: Value): string | undefined {
  const text = asString(textOfPath(path) ?? path);
  const from = path.site?.file.path.split("/");
  if (text === undefined || from === undefined || text === "" || text.startsWith("/"))
    return undefined;
  const below = text.replace(/^(?:\.\/)+/, "");
  for (let depth = 0; depth < from.length; depth++) {
    const at = [...from.slice(0, depth), below].join("/");
    if (paths?.has(at)) return at;
  }
  return undefined;
}

/** Every folder that holds something, near or far, of a tree: many interpreters see the same one. */
function foldersOf(paths: ReadonlySet<string>): ReadonlySet<string> {
  const known = knownFolders.get(paths);
  if (known !== undefined) return known;
  const folders = new Set<string>();
  knownFolders.set(paths, folders);
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return folders;
}

const knownFolders = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();
