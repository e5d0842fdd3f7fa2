import type { Span } from "../../core/document.ts";
import type { Package, PackageSource } from "../package.ts";
import type { DraftPackage } from "./draft.ts";

/** A requirement as PEP 508 writes it, with the places of its parts in the text it was read from. */
export interface Requirement {
  readonly name: string;
  readonly nameSpan: Span;
  readonly extras: readonly string[];
  /** As the contract of `Package` has them: one of the two, or none. */
  readonly version?: string;
  readonly range?: string;
  /** Only where the version is all that there is to replace. */
  readonly versionSpan?: Span;
  readonly source: PackageSource;
  readonly marker?: string;
}

const NAME = /[A-Za-z0-9][\w.-]*/y;
const EXTRAS = /\s*\[([^\][\n]{0,1000})\]/y;
const CLAUSE = /\s*(===|==|~=|!=|<=|>=|<|>)\s*([\w.*+!-]+)\s*/y;

/**
 * Reads the requirement that stands between two offsets of a text; undefined where there is none. Continued lines may stand in
 * it: a backslash before the end of a line counts as a space.
 */
export function parseRequirement(
  text: string,
  start: number,
  end: number,
): Requirement | undefined {
  // Spans stay true, because the text keeps its length.
  const source = text.slice(start, end).replace(/\\\r?\n/g, (mark) => " ".repeat(mark.length));
  let at = /^\s*/.exec(source)?.[0].length ?? 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source) ?? undefined;
    if (found !== undefined) at = pattern.lastIndex;
    return found;
  };
  const nameStart = start + at;
  const name = take(NAME)?.[0].replace(/[-_.]+$/, "");
  if (name === undefined) return undefined;
  const nameSpan = spanOf(nameStart, name.length);
  const extras = splitList(take(EXTRAS)?.[1] ?? "");
  const rest = source.slice(at);
  const common = { name, nameSpan, extras };

  const direct = /^\s*@\s*(\S+)/.exec(rest);
  if (direct?.[1] !== undefined) {
    const marker = markerIn(rest.slice(direct[0].length));
    return { ...common, source: sourceOf(direct[1]), ...(marker !== undefined && { marker }) };
  }

  const clauses: { operator: string; version: string; span: Span }[] = [];
  const isBracketed = take(/\s*\(/y) !== undefined;
  for (;;) {
    const found = take(CLAUSE);
    if (found?.[1] === undefined || found[2] === undefined) break;
    const offset =
      found.index + found[0].indexOf(found[2], found[0].indexOf(found[1]) + found[1].length);
    clauses.push({
      operator: found[1],
      version: found[2],
      span: spanOf(start + offset, found[2].length),
    });
    take(/\s*,/y);
  }
  if (isBracketed) take(/\s*\)/y);
  const tail = source.slice(at);
  if (!/^\s*(?:;|$)/.test(tail)) return undefined;
  const marker = markerIn(tail);
  return {
    ...common,
    ...demandOf(clauses),
    source: { kind: "registry" },
    ...(marker !== undefined && { marker }),
  };
}

/** What clauses come to: one version, a range, or anything. */
export function demandOf(
  clauses: readonly { operator: string; version: string; span?: Span }[],
): Pick<Requirement, "version" | "range" | "versionSpan"> {
  const pin = clauses.find(
    ({ operator, version }) => operator === "===" || (operator === "==" && !version.endsWith("*")),
  );
  if (pin !== undefined) {
    const isAlone = clauses.length === 1;
    return {
      version: pin.version,
      ...(isAlone && pin.span !== undefined && { versionSpan: pin.span }),
    };
  }
  if (clauses.length === 0) return {};
  return { range: clauses.map(({ operator, version }) => operator + version).join(",") };
}

/** The fields of a package entry that a requirement settles. */
export function fieldsOf(
  requirement: Requirement,
): Pick<
  DraftPackage,
  "name" | "version" | "range" | "source" | "extras" | "marker" | "nameSpan" | "versionSpan"
> {
  const { extras, ...rest } = requirement;
  return { ...rest, ...(extras.length > 0 && { extras }) };
}

/** Where a direct reference leads: a repository with a revision, a file on the web, or a folder of the tree. */
export function sourceOf(reference: string): PackageSource {
  const [address = ""] = withoutPassword(reference).split("#", 1);
  const repository = /^(?:git|hg|svn|bzr)\+(.+)$/s.exec(address)?.[1];
  if (repository !== undefined) return vcs(repository);
  if (/^git:\/\//.test(address) || /^git@[\w.-]+:/.test(address)) return vcs(address);
  if (/^file:/i.test(address))
    return { kind: "path", path: address.replace(/^file:(?:\/\/)?/i, "") };
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(address)) return { kind: "url", url: address };
  return { kind: "path", path: address };
}

/** What a repository is called, by the end of its address. */
export function repositoryName(url: string): string {
  return /([^/:]+?)(?:\.git)?\/*$/.exec(url)?.[1] ?? "";
}

/** The address without the names, tokens and passwords that may stand in it: reports print addresses. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/)(?!git@)[^/@\s]*@/g, "$1");
}

function vcs(address: string): PackageSource {
  // `https://user@host/owner/name.git@revision`: the last `@` of the path.
  const found = /^((?:[a-z+]+:\/\/)?[^/]*\/.*)@([^@/]+(?:\/[^@]+)?)$/i.exec(address);
  if (found?.[1] === undefined || found[2] === undefined) return { kind: "vcs", url: address };
  return { kind: "vcs", url: found[1], revision: found[2] };
}

function markerIn(text: string): string | undefined {
  const marker = /^\s*;\s*([\s\S]*)$/.exec(text)?.[1]?.replace(/\s+/g, " ").trim();
  return marker === "" ? undefined : marker;
}

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function spanOf(start: number, length: number): Span {
  return { start, end: start + length };
}

/** Who a group of dependencies is for, as far as its name says; `otherwise` where it says nothing. */
export function scopeOfGroup(name: string, otherwise: Package["scope"]): Package["scope"] {
  const words = name.toLowerCase().split(/[^a-z]+/);
  if (words.some((word) => TEST_WORDS.has(word))) return "test";
  if (words.some((word) => DEV_WORDS.has(word))) return "dev";
  return otherwise;
}

const TEST_WORDS = new Set(["test", "tests", "testing", "pytest", "tox"]);
const DEV_WORDS = new Set([
  "dev",
  "devel",
  "develop",
  "development",
  "local",
  "doc",
  "docs",
  "documentation",
  "sphinx",
  "mkdocs",
  "lint",
  "linting",
  "linters",
  "typing",
  "types",
  "mypy",
  "ci",
  "style",
  "format",
  "quality",
  "debug",
  "release",
  "tooling",
  "tools",
  "benchmark",
  "benchmarks",
]);
