import { isTrueAt, itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, Scope } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, standings } from "./graph.ts";
import { tableSource } from "./python-entries.ts";
import { parseRequirement, scopeOfGroup } from "./requirement.ts";
import { hashesIn, keysByName, keysOf, lockedTables, projectBeside, rootsIn } from "./toml-lock.ts";

/** PDM's lock. A package that is wanted with extras stands there once more for them; the second entry is left out. */
export const pdmLock = {
  id: "pdm-lock",
  ecosystem: "PyPI",
  role: "lock",
  tool: "pdm",
  matches: (path) => /(?:^|\/)pdm(?:\.[\w-]+)?\.lock$/.test(path),
  read(text, path, context) {
    const draft = new Draft("PyPI", text, path);
    const tables = lockedTables(draft, draft.items(draft.takeOver(parseToml(text)), "package"));
    const keys = keysByName(tables);
    const edges: Links = new Map();
    for (const { key, table } of tables) {
      const asked = itemsAt(table, "dependencies").flatMap((node) => {
        if (node.kind !== "text") return [];
        const found = parseRequirement(node.value, 0, node.value.length);
        return found === undefined ? [] : keysOf(keys, found.name, found.version);
      });
      link(edges, key, asked);
    }
    const project = projectBeside(path, context);
    const graph = standings(edges, rootsIn(project, keys));
    const seen = new Set<string>();
    for (const { table, key, name, version, span, nameSpan } of tables) {
      if (seen.has(key)) continue;
      seen.add(key);
      const { direct, parents = [], scope, group } = graph.get(key) ?? {};
      const groups = itemsAt(table, "groups").flatMap((node) =>
        node.kind === "text" ? [node.value] : [],
      );
      const own = ownScope(groups);
      const hashes = hashesIn(table, "files");
      const marker = textAt(table, "marker")?.value;
      draft.add({
        name,
        version,
        kind: "locked",
        scope: own?.scope ?? scope ?? "main",
        group: own === undefined ? group : own.group,
        direct: project && (direct ?? false),
        parents,
        source:
          isTrueAt(table, "editable") && textAt(table, "path") === undefined
            ? { kind: "path", path: "." }
            : lockedSource(table),
        hashes,
        marker,
        span,
        nameSpan,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** In a lock the commit stands under `revision`, while `ref` is what was asked for. */
function lockedSource(table: Parameters<typeof tableSource>[0]): ReturnType<typeof tableSource> {
  const source = tableSource(table);
  const revision = textAt(table, "revision")?.value;
  return source.kind === "vcs" && revision !== undefined ? { ...source, revision } : source;
}

function ownScope(groups: readonly string[]): { scope: Scope; group?: string } | undefined {
  const [first] = groups;
  if (first === undefined) return undefined;
  if (groups.includes("default")) return { scope: "main" };
  return { scope: scopeOfGroup(first, "extra"), group: first };
}
