/** pixi's files. Only the packages that it takes from PyPI count: those of conda have versions and advisories of their own. */
import {
  at,
  type DocumentNode,
  entriesAt,
  isTrueAt,
  itemsAt,
  textAt,
} from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import { type ManifestFormat, normaliseName, type PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, standings } from "./graph.ts";
import { parsePlainYaml } from "./plain-yaml.ts";
import { addTableEntry, type Surroundings } from "./python-entries.ts";
import { parseRequirement, scopeOfGroup, withoutPassword } from "./requirement.ts";

const REQUIRED = { kind: "requirement", scope: "main", direct: true } as const;

export const pixiToml = {
  id: "pixi-toml",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pixi",
  matches: (path) => /(?:^|\/)pixi\.toml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    readPixi(draft, draft.takeOver(parseToml(text)));
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** What stands in pixi.toml, or under `tool.pixi`: a project's own packages, and those of its features, each also by platform. */
export function readPixi(draft: Draft, pixi: DocumentNode | undefined): void {
  addPackages(draft, pixi, REQUIRED);
  for (const { key: group, value } of entriesAt(pixi, "feature"))
    addPackages(draft, value, { ...REQUIRED, scope: scopeOfGroup(group, "extra"), group });
}

function addPackages(
  draft: Draft,
  place: DocumentNode | undefined,
  surroundings: Surroundings,
): void {
  const platforms = [...entriesAt(place, "target")].map(({ value }) => value);
  for (const one of [place, ...platforms])
    for (const entry of entriesAt(one, "pypi-dependencies"))
      addTableEntry(draft, entry, surroundings);
  const options = at(place, "pypi-options");
  const add = (node: DocumentNode | undefined, kind: "primary" | "extra") => {
    // As with uv, the first index that has a package is the only one it comes from.
    if (node?.kind === "text")
      draft.index({ url: withoutPassword(node.value), kind, explicit: kind === "extra" }, node);
  };
  add(at(options, "index-url"), "primary");
  for (const node of itemsAt(options, "extra-index-urls")) add(node, "extra");
}

/** Since version 6 of the format the address of a package stands under `pypi`, before it under `url` beside `kind: pypi`. */
export const pixiLock = {
  id: "pixi-lock",
  ecosystem: "PyPI",
  role: "lock",
  tool: "pixi",
  matches: (path) => /(?:^|\/)pixi\.lock$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parsePlainYaml(text));
    const entries = draft.items(root, "packages").flatMap((table) => {
      const address =
        textAt(table, "kind")?.value === "pypi" ? textAt(table, "url") : textAt(table, "pypi");
      const name = textAt(table, "name");
      const version = textAt(table, "version")?.value;
      // The project itself is listed as an editable folder.
      if (address === undefined || name === undefined || isTrueAt(table, "editable")) return [];
      const plain = normaliseName("PyPI", name.value);
      const own = version === undefined ? plain : `${plain}@${version}`;
      return [{ table, address: address.value, name, version, plain, own }];
    });
    const keys = new Map(entries.map(({ plain, own }) => [plain, own]));
    const edges: Links = new Map();
    for (const { table, own } of entries) {
      const asked = itemsAt(table, "requires_dist").flatMap((node) => {
        const found =
          node.kind === "text" ? parseRequirement(node.value, 0, node.value.length) : undefined;
        return (found && keys.get(normaliseName("PyPI", found.name))) ?? [];
      });
      link(edges, own, asked);
    }
    const graph = standings(edges, []);
    const seen = new Set<string>();
    for (const { table, address, name, version, own } of entries) {
      // Wheels of several platforms are listed one by one.
      if (seen.has(own)) continue;
      seen.add(own);
      const hash = textAt(table, "sha256")?.value;
      draft.add({
        name: name.value,
        version,
        kind: "locked",
        scope: "main",
        parents: graph.get(own)?.parents,
        source: sourceOf(address),
        hashes: hash === undefined ? [] : [`sha256:${hash}`],
        span: table,
        nameSpan: name,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function sourceOf(address: string): PackageSource {
  const repository = /^git\+([^#]+)(?:#(.*))?$/.exec(address);
  if (repository?.[1] !== undefined) {
    const [url = "", revision] = [withoutPassword(repository[1]), repository[2]];
    return { kind: "vcs", url, ...(revision !== undefined && { revision }) };
  }
  return /^https?:/.test(address) ? { kind: "registry" } : { kind: "path", path: address };
}
