/** Semantic versions and npm's ranges, taken apart by npm's own `semver`. */
import type Comparator from "semver/classes/comparator.js";
// The whole package takes ten milliseconds of every start.
import Range from "semver/classes/range.js";
import SemVer from "semver/classes/semver.js";
import parse from "semver/functions/parse.js";
import { behind, FIRST, type Interval, type Key, LAST, unite, type VersionSet } from "./key.ts";
import type { Version, VersionScheme } from "./scheme.ts";

const MAX_LENGTH = 256;
const PRERELEASE = 0;
const FINAL = 1;

/** For npm; a leading `v` is allowed. */
export const npmVersions = {
  parse: parseVersion,
  range: npmRange,
  behindRelease: (version) => behind(version.key),
} satisfies VersionScheme;

/** The same order, where requirements are written as Cargo does: a bare version allows what `^` does, commas mean "and". */
export const cargoVersions = {
  ...npmVersions,
  range: (text) =>
    npmRange(
      text
        .split(",")
        .map((part) => part.trim().replace(/^(?=\d+(?:\.\d+)*(?:-\S*)?$)/, "^"))
        .join(" "),
    ),
} satisfies VersionScheme;

/** Go modules: one version or none, `+incompatible` means nothing for the order. */
export const goVersions = { ...npmVersions, range: () => undefined } satisfies VersionScheme;

function parseVersion(text: string): Version | undefined {
  const parsed = text.length > MAX_LENGTH ? null : parse(text.trim(), { loose: true });
  if (parsed === null) return undefined;
  return {
    text: text.trim(),
    key: keyOf(parsed),
    isPrerelease: parsed.prerelease.length > 0,
    release: [parsed.major, parsed.minor, parsed.patch],
  };
}

function keyOf({ major, minor, patch, prerelease }: SemVer): Key {
  const core = [major, minor, patch];
  if (prerelease.length === 0) return [...core, FINAL];
  // Numbers come before words.
  return [
    ...core,
    PRERELEASE,
    ...prerelease.flatMap((part): Key => (typeof part === "number" ? [0, part] : [1, part])),
  ];
}

function npmRange(text: string): VersionSet | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let range: Range;
  try {
    range = new Range(text, { loose: true, includePrerelease: true });
  } catch {
    return undefined;
  }
  return unite(range.set.flatMap(intervalOf));
}

/** Comparators that hold at the same time. */
function intervalOf(comparators: readonly Comparator[]): Interval[] {
  let [from, to]: Key[] = [FIRST, LAST];
  for (const { operator, semver: bound } of comparators) {
    // `*` and the like have no version.
    if (!(bound instanceof SemVer)) continue;
    const key = keyOf(bound);
    if (operator === ">=" || operator === ">" || operator === "" || operator === undefined)
      from = operator === ">" ? behind(key) : key;
    if (operator === "<" || operator === "<=" || operator === "" || operator === undefined)
      to = operator === "<" ? key : behind(key);
  }
  return [{ from: from ?? FIRST, to: to ?? LAST }];
}
