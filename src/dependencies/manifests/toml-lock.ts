/** What the lock files in TOML share: a list of tables, one for each package. */

import {
  at,
  type DocumentNode,
  itemsAt,
  type MapNode,
  type Span,
  type TextNode,
  textAt,
} from "../../core/document.ts";
import type { Manifest, ReadContext } from "../package.ts";
import { normaliseName } from "../package.ts";
import type { Draft } from "./draft.ts";
import { type Links, link, type Root } from "./graph.ts";
import { pyproject } from "./pyproject.ts";

/** One table of a lock with what every format has there. */
export interface LockedTable {
  readonly table: MapNode;
  readonly name: string;
  readonly version: string | undefined;
  /** `name@version` with the normalised name. */
  readonly key: string;
  /** The whole block, tables below it included. */
  readonly span: Span;
  readonly nameSpan: Span;
}

/** The tables that have a name, in the order of the file; those without one are noted. */
export function lockedTables(draft: Draft, nodes: readonly DocumentNode[]): LockedTable[] {
  return nodes.flatMap((table) => {
    if (table.kind !== "map") {
      draft.problem("a package that is no table", table);
      return [];
    }
    const name = textAt(table, "name");
    if (name === undefined || name.value === "") {
      draft.problem("a package without a name", table);
      return [];
    }
    const version = versionIn(textAt(table, "version"));
    const plain = normaliseName("PyPI", name.value);
    return {
      table,
      name: name.value,
      version,
      key: version === undefined ? plain : `${plain}@${version}`,
      span: { start: table.start, end: endOf(table, 3) },
      nameSpan: { start: table.entries.get("name")?.start ?? name.start, end: name.end },
    };
  });
}

function versionIn(node: TextNode | undefined): string | undefined {
  return node === undefined || node.value === "" ? undefined : node.value;
}

/** Where a table's last line ends, counting the tables below it. */
function endOf(table: MapNode, depth: number): number {
  let end = table.end;
  if (depth === 0) return end;
  for (const { value } of table.entries.values()) {
    if (value.kind === "map") end = Math.max(end, endOf(value, depth - 1));
  }
  return end;
}

/** The keys of a lock's packages by normalised name. */
export function keysByName(tables: readonly LockedTable[]): Links {
  const keys: Links = new Map();
  for (const { name, key } of tables) link(keys, normaliseName("PyPI", name), [key]);
  return keys;
}

/** Keys of packages named `name`; of several versions the one that is asked for, where the lock says which. */
export function keysOf(keys: Links, name: string, version?: string): readonly string[] {
  const plain = normaliseName("PyPI", name);
  const all = keys.get(plain);
  if (all === undefined) return [];
  if (!(all instanceof Set)) return all;
  const exact = version === undefined ? undefined : `${plain}@${version}`;
  return exact !== undefined && all.has(exact) ? [exact] : [...all].slice(0, MAX_VERSIONS);
}

/** Versions of one package that a name without a version may mean. */
const MAX_VERSIONS = 20;

/** What a manifest beside the lock asks for, as roots of its graph; none where there is no such file. */
export function rootsIn(manifest: Manifest | undefined, keys: Links): Root[] {
  return (manifest?.packages ?? [])
    .filter(({ kind, group }) => kind === "requirement" && group !== "build-system")
    .flatMap(({ name, scope, group }) => keysOf(keys, name).map((key) => ({ key, scope, group })));
}

/** The pyproject.toml beside a lock file. */
export function projectBeside(path: string, context: ReadContext): Manifest | undefined {
  const beside = path.replace(/[^/]*$/, "pyproject.toml");
  const text = context.read(beside);
  return text === undefined ? undefined : pyproject.read(text, beside);
}

/** Hashes of the files that a block lists, shortened where there are many. */
export function hashesIn(table: DocumentNode, ...lists: readonly string[]): readonly string[] {
  const files = lists.flatMap((list) => {
    const node = at(table, list);
    return node?.kind === "list"
      ? itemsAt(node).slice(0, MAX_HASHES)
      : node === undefined
        ? []
        : [node];
  });
  return files
    .flatMap((file) => {
      const plain = textAt(file, "hash")?.value;
      if (plain !== undefined) return [plain];
      const sha256 = textAt(file, "hashes", "sha256")?.value;
      return sha256 === undefined ? [] : [`sha256:${sha256}`];
    })
    .slice(0, MAX_HASHES);
}

const MAX_HASHES = 8;
