/**
 * npm's lock, versions 1 to 3. Versions 2 and 3 list folders of `node_modules`; version 1 nests packages in packages, which is the
 * same tree written in another way, so it is turned into folders first. Who is meant by a dependency's name depends on the folder
 * that asks, as Node resolves it.
 */

import {
  at,
  type DocumentNode,
  type Entry,
  entriesAt,
  isTrueAt,
  textAt,
} from "../../core/document.ts";
import type { ManifestFormat, PackageSource, Scope } from "../package.ts";
import { Draft } from "./draft.ts";
import { type Root, standings } from "./graph.ts";
import { parseJson } from "./json.ts";
import { npmSource } from "./npm-spec.ts";
import { packageBeside, sectionsOf } from "./package-json.ts";

export const packageLock = {
  id: "package-lock",
  ecosystem: "npm",
  role: "lock",
  tool: "npm",
  matches: (path) =>
    /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path) &&
    !/(?:^|\/)node_modules\//.test(path),
  read(text, path, context) {
    const draft = new Draft("npm", text, path);
    const root = draft.takeOver(parseJson(text));
    const packages = at(root, "packages");
    const listed = draft.entries(root, "packages");
    const folders: Folders =
      packages?.kind === "map"
        ? new Map([...listed].map((entry) => [entry.key, entry]))
        : unnested(draft, root);
    const roots: Root[] = [];
    const edges = new Map<string, readonly string[]>();
    for (const [folder, { value }] of folders) {
      if (isProject(folder)) {
        for (const { name, scope, group } of sectionsOf(value)) {
          const key = resolve(folders, folder, name);
          if (key !== undefined) roots.push({ key, scope, group });
        }
      } else
        edges.set(
          folder,
          askedBy(value).flatMap((name) => resolve(folders, folder, name) ?? []),
        );
    }
    if (packages === undefined) {
      for (const one of packageBeside(path, context)?.packages ?? []) {
        const key = resolve(folders, "", one.name);
        if (key !== undefined && one.kind === "requirement") roots.push({ key, scope: one.scope });
      }
    }
    const graph = standings(edges, roots);
    const identities = new Map(
      [...folders].map(([folder, { value }]) => [folder, identityOf(folder, value)]),
    );
    const keysOfFolders = (asking: readonly string[]): string[] => {
      const keys = asking.flatMap((folder) => {
        const { name, version } = identities.get(folder) ?? {};
        return (version === undefined ? name : `${name}@${version}`) ?? [];
      });
      return keys.length < 2 ? keys : [...new Set(keys)];
    };
    for (const [folder, entry] of folders) {
      // Links lead to folders of the tree, which are projects of their own.
      if (isProject(folder) || isTrueAt(entry.value, "link")) continue;
      const identity = identities.get(folder);
      if (identity === undefined) continue;
      const { direct, parents = [] } = graph.get(folder) ?? {};
      addLocked(draft, identity, entry, { direct, parents: keysOfFolders(parents) });
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

type Folders = ReadonlyMap<string, Entry>;

function addLocked(
  draft: Draft,
  identity: Identity,
  entry: Entry,
  standing: { direct?: boolean | undefined; parents?: readonly string[] | undefined },
): void {
  const { value } = entry;
  const integrity = textAt(value, "integrity")?.value;
  const isDev = isTrueAt(value, "dev") || isTrueAt(value, "devOptional");
  const scope: Scope = isDev ? "dev" : "main";
  draft.add({
    ...identity,
    kind: "locked",
    scope,
    group: isDev
      ? "devDependencies"
      : isTrueAt(value, "optional")
        ? "optionalDependencies"
        : undefined,
    ...standing,
    hashes: integrity === undefined ? [] : [integrity],
    licence: textAt(value, "license")?.value,
    withdrawn: textAt(value, "deprecated")?.value,
    span: { start: entry.start, end: value.end },
    nameSpan: entry,
  });
}

/** A folder that is no package of `node_modules`: the project, or a member of its workspace. */
function isProject(folder: string): boolean {
  return !/(?:^|\/)node_modules\//.test(folder);
}

interface Identity {
  readonly name: string;
  readonly version: string | undefined;
  readonly source: PackageSource;
}

/** Name, version and source of a locked package; an alias has a name of its own in the lock. */
function identityOf(folder: string, value: DocumentNode): Identity {
  const own = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const written = textAt(value, "version")?.value ?? "";
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)@(.+)$/.exec(written);
  const resolved = textAt(value, "resolved")?.value ?? "";
  const isTarball = /^https?:/.test(resolved);
  const source = npmSource(written) ?? (isTarball ? tarballSource(resolved) : npmSource(resolved));
  const version = alias?.[2] ?? written;
  return {
    name: alias?.[1] ?? textAt(value, "name")?.value ?? own,
    // Version 1 has the address of a package that is not from the registry in the place of its version.
    version: /^\d/.test(version) ? version : undefined,
    source: source ?? { kind: "registry" },
  };
}

/** An archive of a repository's host is no release of a registry. */
function tarballSource(url: string): PackageSource | undefined {
  const commit = /^https?:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/([^/]+)$/.exec(url);
  if (commit?.[1] === undefined || commit[2] === undefined) return undefined;
  return { kind: "vcs", url: `https://github.com/${commit[1]}`, revision: commit[2] };
}

function askedBy(value: DocumentNode): string[] {
  const lists = ["dependencies", "optionalDependencies", "peerDependencies", "requires"];
  return lists.flatMap((list) =>
    [...entriesAt(value, list)]
      .filter((entry) => entry.value.kind === "text")
      .map(({ key }) => key),
  );
}

/** The folder that a name means in another folder: the nearest `node_modules` above that has it. */
function resolve(folders: Folders, from: string, name: string): string | undefined {
  let base = from;
  for (;;) {
    const candidate = `${base === "" ? "" : `${base}/`}node_modules/${name}`;
    if (folders.has(candidate)) return candidate;
    if (base === "") return undefined;
    const above = base.lastIndexOf("/node_modules/");
    base = above >= 0 ? base.slice(0, above) : isProject(base) ? parentOf(base) : "";
  }
}

function parentOf(folder: string): string {
  const slash = folder.lastIndexOf("/");
  return slash < 0 ? "" : folder.slice(0, slash);
}

/** The folders of a lock of version 1. */
function unnested(draft: Draft, root: DocumentNode): Folders {
  const folders = new Map<string, Entry>();
  const waiting: { node: DocumentNode; base: string }[] = [{ node: root, base: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const below: typeof waiting = [];
    for (const entry of draft.entries(next.node, "dependencies")) {
      if (entry.value.kind !== "map") continue;
      const folder = `${next.base}node_modules/${entry.key}`;
      folders.set(folder, entry);
      below.push({ node: entry.value, base: `${folder}/` });
    }
    waiting.push(...below.reverse());
  }
  return folders;
}
