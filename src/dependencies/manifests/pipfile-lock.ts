import { type Entry, entriesAt, itemsAt, textAt } from "../../core/document.ts";
import { type ManifestFormat, normaliseName, type ReadContext } from "../package.ts";
import { Draft } from "./draft.ts";
import { parseJson } from "./json.ts";
import { categoryOf, pipfile } from "./pipfile.ts";
import { tableSource } from "./python-entries.ts";

/** Pipenv's lock. Who asks for whom is not in it; what the project itself asks for stands in the Pipfile beside it. */
export const pipfileLock = {
  id: "pipfile-lock",
  ecosystem: "PyPI",
  role: "lock",
  tool: "pipenv",
  matches: (path) => /(?:^|\/)Pipfile\.lock$/.test(path),
  read(text, path, context) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseJson(text));
    const direct = directNames(path, context);
    for (const { key: section } of entriesAt(root)) {
      if (section === "_meta") continue;
      for (const entry of draft.entries(root, section)) addLocked(draft, entry, section, direct);
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function addLocked(
  draft: Draft,
  entry: Entry,
  section: string,
  direct: ReadonlySet<string> | undefined,
): void {
  const version = /^===?\s*(.+)$/.exec(textAt(entry.value, "version")?.value ?? "")?.[1];
  const marker = textAt(entry.value, "markers")?.value;
  const hashes = itemsAt(entry.value, "hashes")
    .slice(0, 8)
    .flatMap((node) => (node.kind === "text" ? [node.value] : []));
  const extras = itemsAt(entry.value, "extras").flatMap((node) =>
    node.kind === "text" ? [node.value] : [],
  );
  draft.add({
    name: entry.key,
    version,
    kind: "locked",
    ...categoryOf(section),
    direct: direct?.has(normaliseName("PyPI", entry.key)),
    source: tableSource(entry.value),
    hashes,
    extras,
    marker,
    span: { start: entry.start, end: entry.value.end },
    nameSpan: entry,
  });
}

function directNames(path: string, context: ReadContext): ReadonlySet<string> | undefined {
  const beside = path.replace(/\.lock$/, "");
  const text = context.read(beside);
  if (text === undefined) return undefined;
  return new Set(pipfile.read(text, beside).packages.map(({ name }) => name));
}
