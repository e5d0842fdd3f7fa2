import { type DocumentNode, entriesAt } from "../../core/document.ts";
import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, type Root, standings } from "./graph.ts";
import { parseJson } from "./json.ts";
import { npmSource } from "./npm-spec.ts";
import { sectionsOf } from "./package-json.ts";

/**
 * Bun's lock in text. Its keys are paths of names (`a/b` is the `b` that `a` gets), its values lists with `name@version` first and
 * what the package asks for in the first mapping.
 */
export const bunLock = {
  id: "bun-lock",
  ecosystem: "npm",
  role: "lock",
  tool: "bun",
  matches: (path) => /(?:^|\/)bun\.lock$/.test(path) && !/(?:^|\/)node_modules\//.test(path),
  read(text, path) {
    const draft = new Draft("npm", text, path);
    const root = draft.takeOver(parseJson(text));
    const packages = [...draft.entries(root, "packages")].flatMap((entry) => {
      const items = entry.value.kind === "list" ? entry.value.items : [];
      const [first] = items;
      const found =
        first?.kind === "text" ? /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/.exec(first.value) : undefined;
      if (found?.[1] === undefined || found[2] === undefined) {
        draft.problem("an entry without a name and a version", entry);
        return [];
      }
      const source = npmSource(found[2]);
      if (/^workspace:/.test(found[2])) return [];
      const version = source === undefined ? found[2] : undefined;
      const own = version === undefined ? found[1] : `${found[1]}@${version}`;
      const last = items.at(-1);
      const hash = last?.kind === "text" && /^sha\d+-/.test(last.value) ? [last.value] : [];
      const asks = items.find((item) => item.kind === "map");
      return [{ entry, name: found[1], version, own, source, hash, asks }];
    });
    const keys = new Map(packages.map(({ entry, own }) => [entry.key, own]));
    const edges: Links = new Map();
    for (const { entry, own, asks } of packages) {
      const targets = namesIn(asks).flatMap((name) => resolve(keys, entry.key, name) ?? []);
      link(edges, own, targets);
    }
    const roots: Root[] = [];
    for (const { value } of draft.entries(root, "workspaces")) {
      for (const { name, scope, group } of sectionsOf(value)) {
        const key = keys.get(name);
        if (key !== undefined) roots.push({ key, scope, group });
      }
    }
    const graph = standings(edges, roots);
    for (const { entry, name, version, own, source, hash } of packages) {
      draft.add({
        name,
        version,
        kind: "locked",
        scope: "main",
        ...graph.get(own),
        source: source ?? { kind: "registry" },
        hashes: hash,
        span: { start: entry.start, end: entry.value.end },
        nameSpan: entry,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function namesIn(asks: DocumentNode | undefined): string[] {
  return ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((list) =>
    [...entriesAt(asks, list)].map(({ key }) => key),
  );
}

/** The package that a name means below a path of names: the innermost one that is listed. */
function resolve(
  keys: ReadonlyMap<string, string>,
  from: string,
  name: string,
): string | undefined {
  let base = from;
  for (;;) {
    const found = keys.get(base === "" ? name : `${base}/${name}`);
    if (found !== undefined || base === "") return found;
    const slash = base.lastIndexOf("/");
    base = slash < 0 ? "" : base.slice(0, slash);
  }
}
