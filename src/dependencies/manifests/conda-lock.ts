import { at, entriesAt, textAt } from "../../core/document.ts";
import { type ManifestFormat, normaliseName } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, standings } from "./graph.ts";
import { parsePlainYaml } from "./plain-yaml.ts";
import { scopeOfGroup } from "./requirement.ts";

/** The packages of a conda lock that pip installs; those of conda have versions and advisories of their own. */
export const condaLock = {
  id: "conda-lock",
  ecosystem: "PyPI",
  role: "lock",
  matches: (path) => /(?:^|\/)(?:[^/]*\.)?conda-lock\.ya?ml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parsePlainYaml(text));
    const entries = draft.items(root, "package").flatMap((table) => {
      const name = textAt(table, "name");
      const version = textAt(table, "version")?.value;
      if (textAt(table, "manager")?.value !== "pip" || name === undefined || version === undefined)
        return [];
      return [{ table, name, version, own: `${normaliseName("PyPI", name.value)}@${version}` }];
    });
    const keys = new Map(entries.map(({ name, own }) => [normaliseName("PyPI", name.value), own]));
    const edges: Links = new Map();
    for (const { table, own } of entries) {
      const asked = [...entriesAt(table, "dependencies")].flatMap(
        ({ key }) => keys.get(normaliseName("PyPI", key)) ?? [],
      );
      link(edges, own, asked);
    }
    const graph = standings(edges, []);
    const seen = new Set<string>();
    for (const { table, name, version, own } of entries) {
      // Each platform has its own list.
      if (seen.has(own)) continue;
      seen.add(own);
      const category = textAt(table, "category")?.value ?? "main";
      const hash = textAt(table, "hash", "sha256")?.value;
      const url = textAt(table, "url")?.value ?? "";
      draft.add({
        name: name.value,
        version,
        kind: "locked",
        scope: category === "main" ? "main" : scopeOfGroup(category, "extra"),
        group: category === "main" ? undefined : category,
        parents: graph.get(own)?.parents,
        source:
          /^git\+/.test(url) && at(table, "url")
            ? { kind: "vcs", url: url.slice(4) }
            : { kind: "registry" },
        hashes: hash === undefined ? [] : [`sha256:${hash}`],
        span: table,
        nameSpan: name,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;
