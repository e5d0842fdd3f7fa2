import type { Key, VersionSet } from "./key.ts";

/** A version that its scheme understands. */
export interface Version {
  readonly text: string;
  readonly key: Key;
  readonly isPrerelease: boolean;
  /** The numbers that name its branch: major, minor and so on, epochs left out. */
  readonly release: readonly (number | bigint)[];
}

/** How one ecosystem writes and orders versions. Nothing in it throws. */
export interface VersionScheme {
  /** Undefined for what is no version. */
  parse(text: string): Version | undefined;
  /** What an ecosystem's own words for a range allow, pre-releases included; undefined for what is no range. */
  range(text: string): VersionSet | undefined;
  /** The cut behind a version and all that counts as the same release (PEP 440's local versions). */
  behindRelease(version: Version): Key;
}
