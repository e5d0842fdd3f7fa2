import { at, type DocumentNode, itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { standings } from "./graph.ts";
import { withoutPassword } from "./requirement.ts";
import { hashesIn, keysByName, keysOf, lockedTables } from "./toml-lock.ts";

/** The standard lock of PEP 751. It does not say what the project itself asks for. */
export const pylock = {
  id: "pylock",
  ecosystem: "PyPI",
  role: "lock",
  matches: (path) => /(?:^|\/)pylock(?:\.[^./]+)?\.toml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseToml(text));
    const tables = lockedTables(draft, draft.items(root, "packages"));
    const keys = keysByName(tables);
    const edges = new Map(
      tables.map(({ key, table }) => [
        key,
        itemsAt(table, "dependencies").flatMap((node) =>
          keysOf(keys, textAt(node, "name")?.value ?? "", textAt(node, "version")?.value),
        ),
      ]),
    );
    const graph = standings(edges, []);
    for (const { table, key, name, version, span, nameSpan } of tables) {
      const parents = graph.get(key)?.parents ?? [];
      const marker = textAt(table, "marker")?.value;
      const hashes = hashesIn(table, "sdist", "wheels", "archive");
      draft.add({
        name,
        version,
        kind: "locked",
        scope: "main",
        parents,
        source: sourceIn(table),
        hashes,
        marker,
        span,
        nameSpan,
      });
    }
    const version = textAt(root, "lock-version");
    if (version !== undefined && !version.value.startsWith("1."))
      draft.problem("a version of the format that is not known", version);
    const creator = textAt(root, "created-by")?.value;
    const tool = (["uv", "pdm", "poetry", "pip"] as const).find((one) => one === creator);
    return draft.finish(tool && { tool });
  },
} as const satisfies ManifestFormat;

function sourceIn(table: DocumentNode): PackageSource {
  const vcs = at(table, "vcs");
  if (vcs !== undefined) {
    const revision = textAt(vcs, "commit-id")?.value ?? textAt(vcs, "requested-revision")?.value;
    const url = withoutPassword(textAt(vcs, "url")?.value ?? textAt(vcs, "path")?.value ?? "");
    return { kind: "vcs", url, ...(revision !== undefined && { revision }) };
  }
  const folder = textAt(table, "directory", "path")?.value;
  if (folder !== undefined) return { kind: "path", path: folder };
  const archive = textAt(table, "archive", "url")?.value;
  if (archive !== undefined) return { kind: "url", url: withoutPassword(archive) };
  const file = textAt(table, "archive", "path")?.value;
  if (file !== undefined) return { kind: "path", path: file };
  const index = textAt(table, "index")?.value;
  return { kind: "registry", ...(index !== undefined && { index: withoutPassword(index) }) };
}
