import { at, type Entry, entriesAt, isTrueAt, itemsAt, textAt } from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, Scope } from "../package.ts";
import { Draft } from "./draft.ts";
import { addTableEntry, noteUnverified } from "./python-entries.ts";
import { scopeOfGroup, withoutPassword } from "./requirement.ts";

/** Sections of a Pipfile that are not categories of packages. */
const OTHER_SECTIONS = new Set(["source", "requires", "scripts", "pipenv"]);

/** Pipenv's manifest: `packages`, `dev-packages`, and categories of the project's own. */
export const pipfile = {
  id: "pipfile",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pipenv",
  matches: (path) => /(?:^|\/)Pipfile$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseToml(text));
    for (const [index, source] of itemsAt(root, "source").entries()) {
      const url = textAt(source, "url");
      const name = textAt(source, "name")?.value;
      if (url === undefined) continue;
      const kind = index === 0 ? "primary" : "extra";
      // Packages come from the first, unless they name another.
      const explicit = index > 0 && !isTrueAt(root, "pipenv", "install_search_all_sources");
      draft.index(
        {
          url: withoutPassword(url.value),
          kind,
          ...(name !== undefined && { name }),
          ...(explicit && { explicit }),
        },
        url,
      );
      noteUnverified(draft, source);
    }
    for (const { key: section } of entriesAt(root)) {
      if (OTHER_SECTIONS.has(section)) continue;
      const { scope, group } = categoryOf(section);
      for (const entry of draft.entries(root, section)) {
        addTableEntry(draft, withoutExtras(entry), {
          kind: "requirement",
          scope,
          direct: true,
          ...(group !== undefined && { group }),
        });
      }
    }
    if (isTrueAt(root, "pipenv", "allow_prereleases")) {
      const node = at(root, "pipenv", "allow_prereleases");
      if (node !== undefined) draft.option("allow_prereleases", "true", node);
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** Pipenv takes `"requests[socks]"` for a key, though it does not write it. */
function withoutExtras(entry: Entry): Entry {
  const [name = ""] = entry.key.split("[", 1);
  return name === "" ? entry : { ...entry, key: name };
}

/** Who a category is for; its names in the Pipfile and in its lock differ. */
export function categoryOf(section: string): { scope: Scope; group?: string } {
  switch (section) {
    case "packages":
    case "default":
      return { scope: "main" };
    case "dev-packages":
    case "develop":
      return { scope: "dev", group: "dev-packages" };
    default:
      return { scope: scopeOfGroup(section, "extra"), group: section };
  }
}
