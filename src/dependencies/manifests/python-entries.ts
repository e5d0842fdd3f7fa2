/** Entries that several of the Python formats write in the same way: strings in PEP 508, and tables in Poetry's or Pipenv's manner. */

import {
  at,
  type DocumentNode,
  type Entry,
  isTrueAt,
  itemsAt,
  type TextNode,
  textAt,
} from "../../core/document.ts";
import type { Package, PackageSource } from "../package.ts";
import type { Draft, DraftPackage } from "./draft.ts";
import { readPoetryConstraint } from "./poetry-constraint.ts";
import {
  fieldsOf,
  parseRequirement,
  repositoryName,
  sourceOf,
  withoutPassword,
} from "./requirement.ts";

/** What the list or table around an entry settles for it. */
export type Surroundings = Pick<Package, "kind" | "scope"> &
  Partial<Pick<Package, "group" | "direct">>;

/** Adds the requirement that a string holds. Where the string has escapes its inner places are not known. */
export function addRequirementText(
  draft: Draft,
  node: DocumentNode,
  surroundings: Surroundings,
  sources?: ReadonlyMap<string, PackageSource>,
): void {
  if (node.kind !== "text") return;
  const quotes = node.end - node.start - node.value.length;
  const start = node.start + quotes / 2;
  const isPlain = draft.text.slice(start, node.end - quotes / 2) === node.value;
  // PDM lists editable packages in pip's manner.
  const written = node.value.replace(/^\s*-e\s+/, "");
  if (/^(?:[a-z+]+:\/\/|file:|\.{0,2}\/)/i.test(written)) {
    const source = sourceOf(written);
    const named = /[#&]egg=([\w.-]+)/i.exec(written)?.[1];
    const name = named ?? (source.kind === "vcs" ? repositoryName(source.url) : "");
    // A folder of the project has the name that it gives itself.
    if (name !== "") draft.add({ name, source, ...surroundings, span: node });
    return;
  }
  const found = isPlain
    ? parseRequirement(draft.text, start, start + node.value.length)
    : parseRequirement(node.value, 0, node.value.length);
  if (found === undefined) {
    draft.problem("not a requirement that pip would read", node);
    return;
  }
  const { nameSpan, versionSpan, ...fields } = fieldsOf(found);
  const source = sources?.get(found.name.toLowerCase().replace(/[-_.]+/g, "-"));
  draft.add({
    ...fields,
    ...(source !== undefined && { source }),
    ...surroundings,
    span: node,
    ...(isPlain && { nameSpan, versionSpan }),
  });
}

/** Adds each requirement of a list of strings. */
export function addRequirementTexts(
  draft: Draft,
  nodes: readonly DocumentNode[],
  surroundings: Surroundings,
  sources?: ReadonlyMap<string, PackageSource>,
): void {
  for (const node of nodes) addRequirementText(draft, node, surroundings, sources);
}

/** Adds `name = "^1.2"`, `name = {version = "^1.2", …}` or a list of such, as Poetry's and Pipenv's tables have them. */
export function addTableEntry(draft: Draft, entry: Entry, surroundings: Surroundings): void {
  const { value } = entry;
  const alternatives = value.kind === "list" ? value.items : [value];
  for (const one of alternatives) {
    const whole =
      value.kind === "list" ? one : { start: entry.start, end: Math.max(entry.end, one.end) };
    const version = one.kind === "map" ? textAt(one, "version") : textOf(one);
    const extras = itemsAt(one, "extras").flatMap((extra) =>
      extra.kind === "text" ? [extra.value] : [],
    );
    const marker = textAt(one, "markers")?.value;
    draft.add({
      name: entry.key,
      ...demandIn(version),
      source: tableSource(one),
      ...surroundings,
      ...(isTrueAt(one, "optional") && surroundings.scope === "main" && { scope: "extra" }),
      extras,
      ...(marker !== undefined && { marker }),
      span: whole,
      nameSpan: entry,
    });
  }
}

function textOf(node: DocumentNode): TextNode | undefined {
  return node.kind === "text" ? node : undefined;
}

function demandIn(
  node: TextNode | undefined,
): Pick<DraftPackage, "version" | "range" | "versionSpan"> {
  if (node === undefined) return {};
  const { pinAt, ...demand } = readPoetryConstraint(node.value);
  if (pinAt === undefined || demand.version === undefined) return demand;
  const start = node.start + 1 + pinAt;
  // A string with escapes has other places than its value.
  if (node.end - node.start !== node.value.length + 2) return demand;
  return { ...demand, versionSpan: { start, end: start + demand.version.length } };
}

/** Where a table says that its package comes from. */
export function tableSource(node: DocumentNode | undefined): PackageSource {
  for (const kind of ["git", "hg", "svn", "bzr"]) {
    const url = textAt(node, kind)?.value;
    if (url === undefined) continue;
    const revision = ["rev", "ref", "tag", "branch"]
      .map((key) => textAt(node, key)?.value)
      .find((one) => one !== undefined);
    return { kind: "vcs", url: withoutPassword(url), ...(revision !== undefined && { revision }) };
  }
  const url = textAt(node, "url")?.value;
  if (url !== undefined) return { kind: "url", url: withoutPassword(url) };
  const path = textAt(node, "path")?.value ?? textAt(node, "file")?.value;
  if (path !== undefined)
    return /^https?:/.test(path)
      ? { kind: "url", url: withoutPassword(path) }
      : { kind: "path", path };
  if (isTrueAt(node, "workspace")) return { kind: "path", path: "." };
  const index = textAt(node, "index")?.value;
  return { kind: "registry", ...(index !== undefined && at(node, "index") && { index }) };
}

/** Notes where a source of packages says that its certificate is not to be checked, as Pipenv and PDM have it. */
export function noteUnverified(draft: Draft, source: DocumentNode): void {
  const verify = at(source, "verify_ssl");
  const url = textAt(source, "url")?.value;
  if (url === undefined || verify?.kind !== "plain" || verify.value !== "false") return;
  const host = URL.canParse(url) ? new URL(url).host : withoutPassword(url);
  draft.option("verify_ssl", host, verify);
}
