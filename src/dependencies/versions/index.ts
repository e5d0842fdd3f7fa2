/** How versions are written, ordered and asked for, by ecosystem. */
import type { Ecosystem } from "../package.ts";
import { dottedVersions } from "./dotted.ts";
import { compareKeys, holds } from "./key.ts";
import { pep440, satisfiesPep440 } from "./pep440.ts";
import type { Version, VersionScheme } from "./scheme.ts";
import { cargoVersions, goVersions, npmVersions } from "./semver.ts";

export {
  behind,
  compareKeys,
  complement,
  FIRST,
  holds,
  type Interval,
  intersect,
  isWithin,
  type Key,
  LAST,
  unite,
  type VersionSet,
} from "./key.ts";
export type { Version, VersionScheme } from "./scheme.ts";

const schemes: Readonly<Record<Ecosystem, VersionScheme>> = {
  PyPI: pep440,
  npm: npmVersions,
  Go: goVersions,
  RubyGems: dottedVersions,
  "crates.io": cargoVersions,
  Packagist: dottedVersions,
  "GitHub Actions": npmVersions,
  Docker: dottedVersions,
};

export function schemeOf(ecosystem: Ecosystem): VersionScheme {
  return schemes[ecosystem];
}

/** Whether a version is one that a range allows; undefined where either cannot be read. */
export function satisfies(
  ecosystem: Ecosystem,
  version: string,
  range: string,
): boolean | undefined {
  if (ecosystem === "PyPI") return satisfiesPep440(version, range);
  const scheme = schemeOf(ecosystem);
  const [parsed, set] = [scheme.parse(version), scheme.range(range)];
  return parsed === undefined || set === undefined ? undefined : holds(set, parsed.key);
}

export function compareVersions(a: Version, b: Version): number {
  return compareKeys(a.key, b.key);
}
