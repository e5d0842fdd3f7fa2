import { itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, type Root, standings } from "./graph.ts";
import { type LockedTable, lockedTables } from "./toml-lock.ts";

/** Cargo's lock. Packages without a source are the workspace's own: they are not listed, and what they ask for is direct. */
export const cargoLock = {
  id: "cargo-lock",
  ecosystem: "crates.io",
  role: "lock",
  tool: "cargo",
  matches: (path) => /(?:^|\/)Cargo\.lock$/.test(path),
  read(text, path) {
    const draft = new Draft("crates.io", text, path);
    const tables = lockedTables(draft, draft.items(draft.takeOver(parseToml(text)), "package"));
    const keys: Links = new Map();
    for (const one of tables) link(keys, one.name, [keyOf(one)]);
    const edges: Links = new Map();
    const roots: Root[] = [];
    for (const one of tables) {
      const targets = itemsAt(one.table, "dependencies").flatMap((node) => {
        // `name`, `name version` where there are several, `name version (source)` in old locks.
        const [name = "", version] = node.kind === "text" ? node.value.split(" ") : [];
        const all = [...(keys.get(name) ?? [])];
        return all.filter((key) => version === undefined || key === `${name}@${version}`);
      });
      if (isOwn(one)) roots.push(...targets.map((key): Root => ({ key, scope: "main" })));
      else link(edges, keyOf(one), targets);
    }
    const graph = standings(edges, roots);
    for (const one of tables) {
      if (isOwn(one)) continue;
      const checksum = textAt(one.table, "checksum")?.value;
      draft.add({
        name: one.name,
        version: one.version,
        kind: "locked",
        scope: "main",
        direct: graph.get(keyOf(one))?.direct,
        parents: graph.get(keyOf(one))?.parents,
        source: sourceIn(textAt(one.table, "source")?.value ?? ""),
        hashes: checksum === undefined ? [] : [`sha256:${checksum}`],
        span: one.span,
        nameSpan: one.nameSpan,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** Names of crates are compared as they are, unlike those of Python. */
function keyOf({ name, version }: LockedTable): string {
  return version === undefined ? name : `${name}@${version}`;
}

function isOwn({ table }: LockedTable): boolean {
  return textAt(table, "source") === undefined;
}

function sourceIn(source: string): PackageSource {
  const git = /^git\+([^?#]+)(?:\?[^#]*)?(?:#(.*))?$/.exec(source);
  if (git?.[1] !== undefined)
    return { kind: "vcs", url: git[1], ...(git[2] !== undefined && { revision: git[2] }) };
  return { kind: "registry" };
}
