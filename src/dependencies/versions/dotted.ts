/**
 * Versions of RubyGems and Packagist, as far as an order between releases needs it: numbers between dots, and words, which come
 * before numbers (`2.0.rc1` before `2.0`). Their ranges are written in manifests that are not read.
 */
import { behind, type Key, toNumber } from "./key.ts";
import type { Version, VersionScheme } from "./scheme.ts";

const MAX_LENGTH = 256;
const SHAPE = /^v?\d+(?:[.-]?[0-9a-z]+)*(?:\+[\w.-]*)?$/i;
/** Composer's words for how ready a release is, and Ruby's; any other word sorts with the first. */
const RANKS = ["dev", "pre", "a", "alpha", "b", "beta", "rc"];
const WORD = -1;

export const dottedVersions = {
  parse: parseVersion,
  range: () => undefined,
  behindRelease: (version) => behind(version.key),
} satisfies VersionScheme;

function parseVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH || !SHAPE.test(trimmed)) return undefined;
  const parts = trimmed.replace(/^v|\+.*$/gi, "").match(/\d+|[a-z]+/gi) ?? [];
  const firstWord = parts.findIndex((part) => /[a-z]/i.test(part));
  const release = (firstWord < 0 ? parts : parts.slice(0, firstWord)).map(toNumber);
  let length = release.length;
  while (length > 0 && release[length - 1] === 0) length--;
  const rest = firstWord < 0 ? [] : parts.slice(firstWord);
  // A patch level (`-p1`, `-patch1`) comes after the release, every other word before.
  const isPatch = /^(?:p|pl|patch)$/i.test(rest[0] ?? "");
  return {
    text: trimmed,
    key: [
      ...release.slice(0, length),
      ...(isPatch ? [-0.25] : rest.length > 0 ? [WORD] : [-0.5]),
      ...rest.flatMap(wordKey),
    ],
    isPrerelease: rest.length > 0 && !isPatch,
    release,
  };
}

function wordKey(part: string): Key {
  return /^\d+$/.test(part)
    ? [2, toNumber(part), ""]
    : [1, RANKS.indexOf(part.toLowerCase()), part.toLowerCase()];
}
