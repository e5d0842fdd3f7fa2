import { at, type DocumentNode, entriesAt, itemsAt, textAt } from "../../core/document.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Root, standings } from "./graph.ts";
import { parseJson } from "./json.ts";

/** Composer's lock; what the project itself asks for stands in the composer.json beside it. */
export const composerLock = {
  id: "composer-lock",
  ecosystem: "Packagist",
  role: "lock",
  tool: "composer",
  matches: (path) => /(?:^|\/)composer\.lock$/.test(path),
  read(text, path, context) {
    const draft = new Draft("Packagist", text, path);
    const root = draft.takeOver(parseJson(text));
    const packages = [
      ...draft.items(root, "packages").map((node) => ({ node, scope: "main" as const })),
      ...draft.items(root, "packages-dev").map((node) => ({ node, scope: "dev" as const })),
    ].filter(({ node }) => {
      const isNamed = textAt(node, "name") !== undefined;
      if (!isNamed) draft.problem("a package without a name", node);
      return isNamed;
    });
    const keys = new Map(packages.map(({ node }) => [nameOf(node), keyOf(node)]));
    const edges = new Map(
      packages.map(({ node }) => [
        keyOf(node),
        [...entriesAt(node, "require")].flatMap(({ key }) => keys.get(key.toLowerCase()) ?? []),
      ]),
    );
    const beside = context.read(path.replace(/[^/]*$/, "composer.json"));
    const manifest = beside === undefined ? undefined : parseJson(beside).root;
    const roots = ["require", "require-dev"].flatMap((section) =>
      [...entriesAt(manifest, section)].flatMap((entry): Root[] => {
        const key = keys.get(entry.key.toLowerCase());
        return key === undefined ? [] : [{ key, scope: section === "require" ? "main" : "dev" }];
      }),
    );
    const graph = standings(edges, roots);
    for (const { node, scope } of packages) {
      const name = textAt(node, "name");
      if (name === undefined) continue;
      const abandoned = at(node, "abandoned");
      const [licence] = itemsAt(node, "license");
      const { direct, parents } = graph.get(keyOf(node)) ?? {};
      draft.add({
        name: name.value,
        version: textAt(node, "version")?.value,
        kind: "locked",
        scope,
        group: scope === "dev" ? "require-dev" : undefined,
        direct: manifest && (direct ?? false),
        parents,
        source: sourceIn(node),
        licence: licence?.kind === "text" ? licence.value : undefined,
        withdrawn:
          abandoned?.kind === "text"
            ? `abandoned in favour of ${abandoned.value}`
            : abandoned?.kind === "plain" && abandoned.value === "true"
              ? "abandoned"
              : undefined,
        span: node,
        nameSpan: name,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function nameOf(node: DocumentNode): string {
  return (textAt(node, "name")?.value ?? "").toLowerCase();
}

function keyOf(node: DocumentNode): string {
  const version = textAt(node, "version")?.value;
  return version === undefined ? nameOf(node) : `${nameOf(node)}@${version}`;
}

/** Packagist itself only names repositories, so a package with a distribution comes from it; one of a folder does not. */
function sourceIn(node: DocumentNode): PackageSource {
  const folder =
    textAt(node, "dist", "type")?.value === "path" ? textAt(node, "dist", "url") : undefined;
  return folder === undefined ? { kind: "registry" } : { kind: "path", path: folder.value };
}
