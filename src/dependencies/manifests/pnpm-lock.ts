/**
 * pnpm's lock, versions 5 to 9. A package's key holds its name and version, in each version in another manner: `/a/1.0.0_peer`,
 * `/a@1.0.0(peer)`, `a@1.0.0`. Since version 9 who asks for whom stands under `snapshots`.
 */

import {
  at,
  type DocumentNode,
  type Entry,
  entriesAt,
  isTrueAt,
  textAt,
} from "../../core/document.ts";
import type { ManifestFormat, PackageSource } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Links, link, type Root, standings } from "./graph.ts";
import { npmSource } from "./npm-spec.ts";
import { sectionsOf } from "./package-json.ts";
import { parsePlainYaml } from "./plain-yaml.ts";

export const pnpmLock = {
  id: "pnpm-lock",
  ecosystem: "npm",
  role: "lock",
  tool: "pnpm",
  matches: (path) => /(?:^|\/)pnpm-lock\.yaml$/.test(path) && !/(?:^|\/)node_modules\//.test(path),
  read(text, path) {
    const draft = new Draft("npm", text, path);
    const root = draft.takeOver(parsePlainYaml(text));
    const packages = [...draft.entries(root, "packages")].flatMap((entry) => {
      const identity = identityOf(entry);
      return identity === undefined ? [] : [{ entry, ...identity }];
    });
    const keys = new Map<string, string>();
    for (const { entry, name, version } of packages)
      keys.set(bare(entry.key), version === undefined ? name : `${name}@${version}`);
    const find = (name: string, reference: string) => {
      for (const candidate of [`${name}@`, `/${name}@`, `/${name}/`, ""]) {
        const key = keys.get(bare(candidate + reference));
        if (key !== undefined) return key;
      }
      return undefined;
    };
    const edges: Links = new Map();
    const snapshots = at(root, "snapshots");
    for (const { key, value } of draft.entries(
      root,
      snapshots === undefined ? "packages" : "snapshots",
    )) {
      const own = keys.get(bare(key));
      if (own !== undefined) link(edges, own, askedBy(value, find));
    }
    const roots = rootsIn(root, find);
    const graph = standings(edges, roots);
    for (const { entry, name, version, source } of packages) {
      const key = version === undefined ? name : `${name}@${version}`;
      const standing = graph.get(key);
      const integrity = textAt(entry.value, "resolution", "integrity")?.value;
      draft.add({
        name,
        version,
        kind: "locked",
        ...standing,
        scope: isTrueAt(entry.value, "dev") ? "dev" : (standing?.scope ?? "main"),
        source,
        hashes: integrity === undefined ? [] : [integrity],
        withdrawn: textAt(entry.value, "deprecated")?.value,
        span: { start: entry.start, end: Math.max(entry.end, entry.value.end) },
        nameSpan: entry,
      });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** A key or reference without the peers that it was resolved with. */
function bare(written: string): string {
  const [plain = ""] = written.split("(", 1);
  // Up to version 5.4 peers stand behind an underscore after the version.
  return plain.replace(/^((?:file:|\/?(?:@[^/]+\/)?[^/@]+[/@])[^_]*)_.*$/, "$1");
}

function identityOf(
  entry: Entry,
): { name: string; version: string | undefined; source: PackageSource } | undefined {
  const { key, value } = entry;
  const written = key.split("(", 1)[0] ?? "";
  const found =
    // `/a/1.0.0`, `host/a/1.0.0`, with a scope or without, then `/a@1.0.0` and `a@1.0.0`.
    /^(?:[^/@]*\/)?((?:@[^/@]+\/)?[^/@]+)\/(\d[^/_]*)(?:_.*)?$/.exec(written) ??
    /^\/?((?:@[^/@]+\/)?[^/@]+)@(.+)$/.exec(written);
  const name = textAt(value, "name")?.value ?? found?.[1];
  const version = textAt(value, "version")?.value ?? found?.[2];
  if (name === undefined) return undefined;
  const source = sourceIn(value, found?.[2] ?? written);
  const isVersion = version !== undefined && /^\d/.test(version);
  if (!isVersion && source.kind === "registry") return undefined;
  return { name, version: isVersion ? version.split("(", 1)[0] : undefined, source };
}

function sourceIn(value: DocumentNode, reference: string): PackageSource {
  const resolution = at(value, "resolution");
  const commit = textAt(resolution, "commit")?.value;
  const repository = textAt(resolution, "repo")?.value;
  if (commit !== undefined && repository !== undefined)
    return { kind: "vcs", url: repository.replace(/^git\+/, ""), revision: commit };
  const folder = textAt(resolution, "directory")?.value;
  if (folder !== undefined) return { kind: "path", path: folder };
  const tarball = textAt(resolution, "tarball")?.value;
  const archive = /^https:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/(.+)$/.exec(
    tarball ?? "",
  );
  if (archive?.[1] !== undefined && archive[2] !== undefined)
    return { kind: "vcs", url: `https://github.com/${archive[1]}`, revision: archive[2] };
  if (tarball !== undefined && /^file:/.test(tarball))
    return { kind: "path", path: tarball.slice(5) };
  const asked = /^\d/.test(reference) ? undefined : npmSource(reference);
  return asked ?? { kind: "registry" };
}

type Find = (name: string, reference: string) => string | undefined;

function askedBy(value: DocumentNode, find: Find): string[] {
  return ["dependencies", "optionalDependencies"].flatMap((list) =>
    [...entriesAt(value, list)].flatMap(({ key, value: reference }) =>
      reference.kind === "text" ? (find(key, reference.value) ?? []) : [],
    ),
  );
}

/** What the projects of the workspace ask for; a lock of a single project has them at its top. */
function rootsIn(root: DocumentNode, find: Find): Root[] {
  const importers = [...entriesAt(root, "importers")].map(({ value }) => value);
  return [root, ...importers].flatMap((project) =>
    [...sectionsOf(project)].flatMap(({ name, value, scope, group }) => {
      const reference = value.kind === "text" ? value : textAt(value, "version");
      const key = reference && find(name, reference.value);
      return key === undefined ? [] : [{ key, scope, group }];
    }),
  );
}
