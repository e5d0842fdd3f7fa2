import { at, type DocumentNode, entriesAt, itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, type Root, standings } from "./graph.ts";
import { scopeOfGroup, withoutPassword } from "./requirement.ts";
import { hashesIn, keysByName, keysOf, type LockedTable, lockedTables } from "./toml-lock.ts";

/**
 * uv's lock. The project and the other members of its workspace are packages of the lock themselves (`editable` or `virtual`
 * sources): they are not listed, and what they ask for is direct.
 */
export const uvLock = {
  id: "uv-lock",
  ecosystem: "PyPI",
  role: "lock",
  tool: "uv",
  matches: (path) => /(?:^|\/)uv\.lock$|\.py\.lock$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseToml(text));
    const tables = lockedTables(draft, draft.items(root, "package"));
    const keys = keysByName(tables);
    const targets = (nodes: readonly DocumentNode[]) =>
      nodes.flatMap((node) =>
        keysOf(keys, textAt(node, "name")?.value ?? "", textAt(node, "version")?.value),
      );
    const edges: Links = new Map();
    const roots: Root[] = [];
    const installed: LockedTable[] = [];
    for (const entry of tables) {
      const { key, table } = entry;
      if (isOwn(at(table, "source"))) {
        for (const root of rootsOf(table, targets)) roots.push(root);
        continue;
      }
      installed.push(entry);
      const extras = [...entriesAt(table, "optional-dependencies")].map(({ value }) => value);
      const asked = [at(table, "dependencies"), ...extras].flatMap((list) =>
        targets(itemsAt(list)),
      );
      link(edges, key, asked);
    }
    // A script's lock names what the script asks for in its header.
    for (const list of ["requirements", "dependencies"])
      for (const key of targets(itemsAt(root, "manifest", list)))
        roots.push({ key, scope: "main" });
    const graph = standings(edges, roots);
    for (const entry of installed) add(draft, entry, graph);
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function add(draft: Draft, entry: LockedTable, graph: ReturnType<typeof standings>): void {
  const hashes = hashesIn(entry.table, "sdist", "wheels");
  draft.add({
    name: entry.name,
    version: entry.version,
    kind: "locked",
    scope: "main",
    ...graph.get(entry.key),
    source: sourceIn(at(entry.table, "source")),
    hashes,
    span: entry.span,
    nameSpan: entry.nameSpan,
  });
}

function isOwn(source: DocumentNode | undefined): boolean {
  return at(source, "editable") !== undefined || at(source, "virtual") !== undefined;
}

/** What a member of the workspace asks for, itself and in its extras and groups. */
function rootsOf(
  table: DocumentNode,
  targets: (nodes: readonly DocumentNode[]) => readonly string[],
): Root[] {
  const roots: Root[] = targets(itemsAt(table, "dependencies")).map((key) => ({
    key,
    scope: "main",
  }));
  for (const { key: group, value } of entriesAt(table, "optional-dependencies")) {
    for (const key of targets(itemsAt(value)))
      roots.push({ key, scope: scopeOfGroup(group, "extra"), group });
  }
  for (const name of ["dev-dependencies", "dependency-groups"]) {
    for (const { key: group, value } of entriesAt(table, name)) {
      for (const key of targets(itemsAt(value)))
        roots.push({ key, scope: scopeOfGroup(group, "dev"), group });
    }
  }
  return roots;
}

function sourceIn(source: DocumentNode | undefined): PackageSource {
  const text = (key: string) => textAt(source, key)?.value;
  const git = text("git");
  if (git !== undefined) {
    // `https://host/repository?rev=main#0a1b…`: the commit stands behind the hash.
    const [address = "", commit] = withoutPassword(git).split("#", 2);
    const [url = ""] = address.split("?", 1);
    return { kind: "vcs", url, ...(commit !== undefined && { revision: commit }) };
  }
  const url = text("url");
  if (url !== undefined) return { kind: "url", url: withoutPassword(url) };
  const path = text("path") ?? text("directory");
  if (path !== undefined) return { kind: "path", path };
  const index = text("registry");
  return { kind: "registry", ...(index !== undefined && { index: withoutPassword(index) }) };
}
