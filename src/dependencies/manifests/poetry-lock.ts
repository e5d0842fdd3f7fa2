import { type DocumentNode, entriesAt, itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, PackageSource, Scope } from "../package.ts";
import { Draft } from "./draft.ts";
import { standings } from "./graph.ts";
import { scopeOfGroup, withoutPassword } from "./requirement.ts";
import {
  hashesIn,
  keysByName,
  keysOf,
  type LockedTable,
  lockedTables,
  projectBeside,
  rootsIn,
} from "./toml-lock.ts";

/**
 * Poetry's lock, versions 1 and 2. What the project itself asks for stands in the pyproject.toml beside it; the groups of a
 * package in the lock (`category` in old ones, `groups` since Poetry 2), else they follow from who asks for it.
 */
export const poetryLock = {
  id: "poetry-lock",
  ecosystem: "PyPI",
  role: "lock",
  tool: "poetry",
  matches: (path) => /(?:^|\/)poetry\.lock$/.test(path),
  read(text, path, context) {
    const draft = new Draft("PyPI", text, path);
    const tables = lockedTables(draft, draft.items(draft.takeOver(parseToml(text)), "package"));
    const keys = keysByName(tables);
    const edges = new Map(
      tables.map(({ key, table }) => [
        key,
        [...entriesAt(table, "dependencies")].flatMap((entry) => keysOf(keys, entry.key)),
      ]),
    );
    const project = projectBeside(path, context);
    const graph = standings(edges, rootsIn(project, keys));
    for (const entry of tables) {
      const { direct, parents, scope, group } = graph.get(entry.key) ?? {};
      const own = ownGroup(entry);
      const hashes = hashesIn(entry.table, "files");
      draft.add({
        name: entry.name,
        version: entry.version,
        kind: "locked",
        scope: own?.scope ?? scope ?? "main",
        group: own === undefined ? group : own.group,
        direct: project && (direct ?? false),
        parents,
        source: sourceIn(entry.table),
        hashes,
        span: entry.span,
        nameSpan: entry.nameSpan,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** The group that the lock itself names: `main` where it is among several. */
function ownGroup({ table }: LockedTable): { scope: Scope; group?: string } | undefined {
  const category = textAt(table, "category")?.value;
  const groups = itemsAt(table, "groups").flatMap((node) =>
    node.kind === "text" ? [node.value] : [],
  );
  const names = category === undefined ? groups : [category];
  const [first] = names;
  if (first === undefined) return undefined;
  if (names.includes("main")) return { scope: "main" };
  return { scope: scopeOfGroup(first, "dev"), group: first };
}

function sourceIn(table: DocumentNode): PackageSource {
  const url = withoutPassword(textAt(table, "source", "url")?.value ?? "");
  const revision =
    textAt(table, "source", "resolved_reference")?.value ??
    textAt(table, "source", "reference")?.value;
  switch (textAt(table, "source", "type")?.value) {
    case "git":
    case "hg":
      return { kind: "vcs", url, ...(revision !== undefined && { revision }) };
    case "url":
      return { kind: "url", url };
    case "directory":
    case "file":
      return { kind: "path", path: url };
    case undefined:
      return { kind: "registry" };
    default:
      return { kind: "registry", ...(url !== "" && { index: url }) };
  }
}
