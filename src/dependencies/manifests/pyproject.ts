/**
 * pyproject.toml in all its dialects: the standard tables (PEP 621, PEP 735, PEP 518) and those of Poetry, PDM, uv, Rye, pixi,
 * Hatch, Flit and setuptools. Several may be there at once; each says something of its own.
 */

import {
  at,
  type DocumentNode,
  entriesAt,
  isTrueAt,
  itemsAt,
  textAt,
} from "../../core/document.ts";
import { parseToml } from "../../core/toml.ts";
import type { ManifestFormat, PackageIndex, PackageSource } from "../package.ts";
import { normaliseName } from "../package.ts";
import { Draft } from "./draft.ts";
import { insideOf } from "./installer-options.ts";
import { readPixi } from "./pixi.ts";
import {
  addRequirementTexts,
  addTableEntry,
  noteUnverified,
  tableSource,
} from "./python-entries.ts";
import { scopeOfGroup, withoutPassword } from "./requirement.ts";

/** The dependencies of a Python project as its pyproject.toml declares them. */
export const pyproject = {
  id: "pyproject",
  ecosystem: "PyPI",
  role: "manifest",
  matches: (path) => /(?:^|\/)pyproject\.toml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseToml(text));
    const tool = at(root, "tool");
    const sources = uvSources(at(tool, "uv", "sources"));
    readStandard(draft, root, sources);
    readPoetry(draft, at(tool, "poetry"));
    readUv(draft, at(tool, "uv"), sources);
    readPdm(draft, at(tool, "pdm"));
    readRye(draft, at(tool, "rye"));
    readPixi(draft, at(tool, "pixi"));
    readHatch(draft, at(tool, "hatch"));
    readFlit(draft, at(tool, "flit", "metadata"));
    readSetuptools(draft, at(tool, "setuptools", "dynamic"));
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** uv's configuration outside of a project: what pyproject.toml has under `tool.uv`, as far as it counts here. */
export const uvToml = {
  id: "uv-toml",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "uv",
  matches: (path) => /(?:^|\/)uv\.toml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    readUv(draft, draft.takeOver(parseToml(text)), new Map());
    return draft.finish();
  },
} as const satisfies ManifestFormat;

const REQUIRED = { kind: "requirement", scope: "main", direct: true } as const;
type Sources = ReadonlyMap<string, PackageSource>;

function readStandard(draft: Draft, root: DocumentNode, sources: Sources): void {
  addRequirementTexts(draft, draft.items(root, "project", "dependencies"), REQUIRED, sources);
  for (const { key: group, value } of draft.entries(root, "project", "optional-dependencies")) {
    const scope = scopeOfGroup(group, "extra");
    addRequirementTexts(draft, itemsAt(value), { ...REQUIRED, scope, group }, sources);
  }
  for (const { key: group, value } of draft.entries(root, "dependency-groups")) {
    const scope = scopeOfGroup(group, "dev");
    // `{include-group = "x"}` repeats what stands in another group.
    const texts = itemsAt(value).filter(({ kind }) => kind === "text");
    addRequirementTexts(draft, texts, { ...REQUIRED, scope, group }, sources);
  }
  addRequirementTexts(draft, itemsAt(root, "build-system", "requires"), {
    ...REQUIRED,
    scope: "dev",
    group: "build-system",
  });
}

function readPoetry(draft: Draft, poetry: DocumentNode | undefined): void {
  const add = (
    place: DocumentNode | undefined,
    list: "dependencies" | "dev-dependencies",
    scope: "main" | "dev" | "test",
    group?: string,
  ) => {
    for (const entry of draft.entries(place, list)) {
      if (entry.key.toLowerCase() === "python") continue;
      addTableEntry(draft, entry, { ...REQUIRED, scope, ...(group !== undefined && { group }) });
    }
  };
  add(poetry, "dependencies", "main");
  add(poetry, "dev-dependencies", "dev", "dev");
  for (const { key: group, value } of entriesAt(poetry, "group")) {
    const scope = group === "main" ? "main" : scopeOfGroup(group, "dev");
    add(
      value,
      "dependencies",
      scope === "test" ? "test" : scope === "main" ? "main" : "dev",
      group,
    );
  }
  for (const source of itemsAt(poetry, "source")) {
    const priority = textAt(source, "priority")?.value;
    const isPrimary =
      priority === "default" || priority === "primary" || isTrueAt(source, "default");
    // How Poetry before 1.5 said it.
    const isSecondary = isTrueAt(source, "secondary");
    addIndex(draft, source, {
      kind: isPrimary || (priority === undefined && !isSecondary) ? "primary" : "extra",
      explicit: priority === "explicit",
    });
  }
}

function readUv(draft: Draft, uv: DocumentNode | undefined, sources: Sources): void {
  addRequirementTexts(
    draft,
    itemsAt(uv, "dev-dependencies"),
    { ...REQUIRED, scope: "dev", group: "dev" },
    sources,
  );
  for (const key of ["constraint-dependencies", "override-dependencies"])
    addRequirementTexts(draft, itemsAt(uv, key), { kind: "constraint", scope: "main", group: key });
  addRequirementTexts(draft, itemsAt(uv, "build-constraint-dependencies"), {
    kind: "constraint",
    scope: "dev",
    group: "build-constraint-dependencies",
  });
  // An index of uv's is asked before the public one, and alone where it has the package, unless uv is told otherwise.
  const isFirst = (place: DocumentNode | undefined) =>
    !(textAt(place, "index-strategy") ?? textAt(uv, "index-strategy"))?.value.startsWith("unsafe-");
  for (const source of itemsAt(uv, "index")) {
    addIndex(draft, source, {
      kind: isTrueAt(source, "default") ? "primary" : "extra",
      explicit: isTrueAt(source, "explicit") || isFirst(uv),
    });
  }
  for (const place of [uv, at(uv, "pip")]) {
    addUrls(draft, [at(place, "index-url")], "primary");
    addUrls(draft, itemsAt(place, "extra-index-url"), "extra", isFirst(place));
    addUrls(draft, itemsAt(place, "find-links"), "links");
    for (const host of itemsAt(place, "allow-insecure-host"))
      if (host.kind === "text") draft.option("allow-insecure-host", host.value, host);
  }
}

/** Where uv takes single packages from, by normalised name. */
function uvSources(node: DocumentNode | undefined): Sources {
  const sources = new Map<string, PackageSource>();
  for (const { key, value } of entriesAt(node)) {
    // Of several sources with markers, one that is not the registry decides.
    const all = (value.kind === "list" ? value.items : [value]).map(tableSource);
    const source = all.find(({ kind }) => kind !== "registry") ?? all[0];
    if (source !== undefined) sources.set(normaliseName("PyPI", key), source);
  }
  return sources;
}

function readPdm(draft: Draft, pdm: DocumentNode | undefined): void {
  for (const { key: group, value } of entriesAt(pdm, "dev-dependencies")) {
    const scope = scopeOfGroup(group, "dev");
    addRequirementTexts(draft, itemsAt(value), { ...REQUIRED, scope, group });
  }
  for (const entry of entriesAt(pdm, "resolution", "overrides"))
    addTableEntry(draft, entry, { kind: "constraint", scope: "main", group: "overrides" });
  for (const source of itemsAt(pdm, "source")) {
    const isLinks = textAt(source, "type")?.value === "find_links";
    const isOwn = textAt(source, "name")?.value === "pypi";
    addIndex(draft, source, {
      kind: isLinks ? "links" : isOwn ? "primary" : "extra",
      explicit: isTrueAt(pdm, "resolution", "respect-source-order"),
    });
    noteUnverified(draft, source);
  }
}

function readRye(draft: Draft, rye: DocumentNode | undefined): void {
  addRequirementTexts(draft, itemsAt(rye, "dev-dependencies"), {
    ...REQUIRED,
    scope: "dev",
    group: "dev",
  });
}

function readHatch(draft: Draft, hatch: DocumentNode | undefined): void {
  for (const { key: group, value } of entriesAt(hatch, "envs")) {
    const scope = scopeOfGroup(group, "dev");
    for (const key of ["dependencies", "extra-dependencies"])
      addRequirementTexts(draft, itemsAt(value, key), { ...REQUIRED, scope, group });
  }
}

function readFlit(draft: Draft, metadata: DocumentNode | undefined): void {
  addRequirementTexts(draft, itemsAt(metadata, "requires"), REQUIRED);
  for (const { key: group, value } of entriesAt(metadata, "requires-extra")) {
    const scope = scopeOfGroup(group, "extra");
    addRequirementTexts(draft, itemsAt(value), { ...REQUIRED, scope, group });
  }
}

/** `dynamic.dependencies = {file = ["requirements.txt"]}`: the requirements stand in another file. */
function readSetuptools(draft: Draft, dynamic: DocumentNode | undefined): void {
  const extras = [...entriesAt(dynamic, "optional-dependencies")].map(({ value }) => value);
  for (const place of [at(dynamic, "dependencies"), ...extras]) {
    const file = at(place, "file");
    for (const node of file?.kind === "list" ? file.items : [file]) {
      if (node?.kind !== "text") continue;
      const target = insideOf(draft.path, node.value);
      if (target !== undefined) draft.include(target, "requirements", node);
      else draft.problem("includes a file that is not part of the tree", node);
    }
  }
}

function addIndex(
  draft: Draft,
  node: DocumentNode,
  index: Pick<PackageIndex, "kind" | "explicit">,
): void {
  const url = textAt(node, "url");
  const name = textAt(node, "name")?.value;
  if (url === undefined) return;
  draft.index(
    {
      url: withoutPassword(url.value),
      kind: index.kind,
      ...(name !== undefined && { name }),
      ...(index.kind === "extra" && index.explicit === true && { explicit: true }),
    },
    url,
  );
}

function addUrls(
  draft: Draft,
  nodes: readonly (DocumentNode | undefined)[],
  kind: PackageIndex["kind"],
  explicit = false,
): void {
  for (const node of nodes)
    if (node?.kind === "text")
      draft.index({ url: withoutPassword(node.value), kind, ...(explicit && { explicit }) }, node);
}
