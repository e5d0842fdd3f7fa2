import { type DocumentNode, entriesAt } from "../../core/document.ts";
import type { Manifest, ManifestFormat, Package, ReadContext, Scope } from "../package.ts";
import { Draft } from "./draft.ts";
import { parseJson } from "./json.ts";
import { readNpmSpec } from "./npm-spec.ts";

type Section = Pick<Package, "kind" | "scope"> & Partial<Pick<Package, "group" | "direct">>;

/** Sections of package.json in the order in which npm lets one decide over another. */
const SECTIONS: ReadonlyMap<string, Section> = new Map([
  ["dependencies", { kind: "requirement", scope: "main", direct: true }],
  [
    "devDependencies",
    { kind: "requirement", scope: "dev", direct: true, group: "devDependencies" },
  ],
  [
    "optionalDependencies",
    { kind: "requirement", scope: "main", direct: true, group: "optionalDependencies" },
  ],
  [
    "peerDependencies",
    { kind: "requirement", scope: "main", direct: true, group: "peerDependencies" },
  ],
  ["resolutions", { kind: "constraint", scope: "main", group: "resolutions" }],
  ["overrides", { kind: "constraint", scope: "main", group: "overrides" }],
]);

/** The dependencies that a JavaScript project declares. */
export const packageJson = {
  id: "package-json",
  ecosystem: "npm",
  role: "manifest",
  tool: "npm",
  matches: (path) => /(?:^|\/)package\.json$/.test(path) && !/(?:^|\/)node_modules\//.test(path),
  read(text, path) {
    const draft = new Draft("npm", text, path);
    const root = draft.takeOver(parseJson(text));
    for (const [name, section] of SECTIONS) {
      for (const { key, value, ...place } of draft.entries(root, name)) {
        // Nested overrides are about packages below others, which no lock-free reading can place.
        if (value.kind !== "text") continue;
        // `parent/child` and `child@1` of resolutions name the last package.
        const target =
          section.kind === "constraint" ? /(?:@[^/@]+\/)?[^/@]+(?=@[^/]*$|$)/.exec(key)?.[0] : key;
        if (target === undefined || target === "") continue;
        const { versionAt, ...spec } = readNpmSpec(target, value.value);
        const start = value.start + 1 + (versionAt ?? 0);
        const isPlain = value.end - value.start === value.value.length + 2;
        draft.add({
          ...spec,
          ...section,
          span: { start: place.start, end: value.end },
          nameSpan: { start: place.start, end: place.end },
          versionSpan:
            versionAt !== undefined && isPlain && spec.version !== undefined
              ? { start, end: start + spec.version.length }
              : undefined,
        });
      }
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** The package.json beside a lock file. */
export function packageBeside(path: string, context: ReadContext): Manifest | undefined {
  const beside = path.replace(/[^/]*$/, "package.json");
  const text = context.read(beside);
  return text === undefined ? undefined : packageJson.read(text, beside);
}

/** What the sections of a project in a lock ask for, by name, and for whom. */
export function* sectionsOf(
  node: DocumentNode | undefined,
): Generator<{ name: string; value: DocumentNode; scope: Scope; group?: string }> {
  for (const [section, { kind, scope, group }] of SECTIONS) {
    if (kind !== "requirement") continue;
    for (const { key: name, value } of entriesAt(node, section))
      yield { name, value, scope, ...(group !== undefined && { group }) };
  }
}
