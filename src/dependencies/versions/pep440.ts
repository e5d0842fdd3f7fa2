/**
 * PEP 440. Texts are taken apart by `@renovatebot/pep440`. Its comparison and its specifiers are not used: it reads the local part
 * `1e5` as a number, compares numbers of more than 15 digits by their first ones, allows `==1.0a1.*`, passes `1.0.post1` for `<=1.0`
 * of a local version, and lets `>1.0` and `<1.0` decide by the release numbers alone. A specifier is a set of versions here, which
 * is also what tells whether all that a requirement allows is affected.
 */
import { parse as takeApart } from "@renovatebot/pep440";
import {
  behind,
  complement,
  FIRST,
  holds,
  type Interval,
  intersect,
  type Key,
  LAST,
  toNumber,
  unite,
  type VersionSet,
} from "./key.ts";
import type { VersionScheme } from "./scheme.ts";

/** No project writes longer ones; what reads them is linear, yet they come from a pull request. */
const MAX_LENGTH = 256;
const MAX_SPECIFIERS = 64;

const NEVER = Number.POSITIVE_INFINITY;
const RANKS: Readonly<Record<string, number>> = { a: 0, b: 1, rc: 2 };
/** A version that is nothing but a release number and `.devN` comes before its alphas; one without either behind its candidates. */
const [DEV_ONLY, FINAL] = [-1, 3];

/** `0.dev0`. */
const EARLIEST: Key = [0, -1, DEV_ONLY, 0, -1, 0];

interface Parts {
  readonly epoch: number | bigint;
  readonly release: readonly (number | bigint)[];
  readonly pre?: readonly [rank: number, number: number | bigint];
  readonly post?: number | bigint;
  readonly dev?: number | bigint;
  readonly local: readonly string[];
}

/** The PEP's own order, as `pip` has it. */
export const pep440 = {
  parse(text) {
    const parts = partsOf(text);
    if (parts === undefined) return undefined;
    return {
      text: text.trim(),
      key: keyOf(parts),
      isPrerelease: parts.pre !== undefined || parts.dev !== undefined,
      release: parts.release,
    };
  },
  range(text) {
    const alternatives = text.split("||");
    if (alternatives.length > MAX_SPECIFIERS) return undefined;
    const sets = alternatives.map(specifierSet);
    const known = sets.filter((set) => set !== undefined);
    return known.length < sets.length ? undefined : unite(known.flat());
  },
  behindRelease(version) {
    const parts = partsOf(version.text);
    return parts === undefined ? behind(version.key) : behindLocals(parts);
  },
} satisfies VersionScheme;

/**
 * Whether one version is allowed; undefined where either side cannot be read. Unlike a set it knows what `===` means: the same
 * text, whatever its case, and whether or not it is a version.
 */
export function satisfiesPep440(version: string, specifiers: string): boolean | undefined {
  const parsed = pep440.parse(version);
  const alternatives = specifiers.split("||").map((alternative) => {
    const parts = alternative.split(",").map((part) => part.trim());
    const exact = parts.filter((part) => part.startsWith("===") && part.slice(3).trim() !== "");
    if (exact.some((part) => part.slice(3).trim().toLowerCase() !== version.trim().toLowerCase()))
      return false;
    const others = parts.filter((part) => !exact.includes(part) && part !== "");
    if (others.length === 0) return true;
    const set = specifierSet(others.join(","));
    return set === undefined || parsed === undefined ? undefined : holds(set, parsed.key);
  });
  return alternatives.includes(true) ? true : alternatives.includes(undefined) ? undefined : false;
}

/** Only what PEP 440 itself allows, white space around it included. */
function partsOf(text: string): Parts | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH) return undefined;
  const parsed = takeApart(trimmed);
  if (parsed === null) return undefined;
  // The numbers are read again from the text: those of the library have lost digits where there are many.
  const written = /^v?(?:(\d+)!)?([\d.]*\d)/i.exec(trimmed);
  const rest = trimmed.slice(written?.[0].length ?? 0);
  const [publicRest = "", local] = rest.split("+");
  const pre = /^[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)(?![a-z])[-_.]?(\d*)/i.exec(publicRest);
  const post = /(?:^|[^a-z])-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*)/i.exec(
    publicRest.slice(pre?.[0].length ?? 0),
  );
  const dev = /dev[-_.]?(\d*)$/i.exec(publicRest);
  const rank = RANKS[String(parsed.pre?.[0])];
  return {
    epoch: toNumber(written?.[1] ?? "0"),
    release: (written?.[2] ?? "0").split(".").map(toNumber),
    ...(rank !== undefined && { pre: [rank, toNumber(pre?.[1] || "0")] as const }),
    ...(parsed.post !== null && { post: toNumber(post?.[1] || post?.[2] || "0") }),
    ...(parsed.dev !== null && { dev: toNumber(dev?.[1] || "0") }),
    local: local === undefined ? [] : local.toLowerCase().split(/[-_.]/),
  };
}

function keyOf({ epoch, release, pre, post, dev, local }: Parts): Key {
  let length = release.length;
  while (length > 0 && release[length - 1] === 0) length--;
  const isDevOnly = pre === undefined && post === undefined && dev !== undefined;
  return [
    epoch,
    ...release.slice(0, length),
    // Ends the release, whose parts are 0 or more.
    -1,
    ...(pre ?? [isDevOnly ? DEV_ONLY : FINAL, 0]),
    post ?? -1,
    dev ?? NEVER,
    // Words come before numbers.
    ...local.flatMap((part): Key => (/^\d+$/.test(part) ? [1, toNumber(part)] : [0, part])),
  ];
}

/**
 * The earliest version behind one and its local versions. Naming it, and not only a cut, is what makes a set that allows nothing
 * empty: `>1.0.post0,<1.0.post1`.
 */
function behindLocals(parts: Parts): Key {
  const { post, dev } = parts;
  return dev === undefined
    ? keyOf({ ...parts, post: post === undefined ? 0 : plusOne(post), dev: 0, local: [] })
    : keyOf({ ...parts, dev: plusOne(dev), local: [] });
}

/** The earliest version behind one and its post-releases; behind those of a final release there is none to name. */
function behindPosts(parts: Parts): Key {
  const { pre } = parts;
  return pre === undefined
    ? [...keyOf(parts).slice(0, -2), NEVER, NEVER, NEVER]
    : keyOf({ ...parts, pre: [pre[0], plusOne(pre[1])], dev: 0 });
}

function plusOne(number: number | bigint): number | bigint {
  return typeof number === "bigint" ? number + 1n : toNumber(String(number + 1));
}

/** What a comma-separated list of specifiers allows; undefined where one of them is none. */
function specifierSet(text: string): VersionSet | undefined {
  const specifiers = text.split(",").map((one) => one.trim());
  if (specifiers.length > MAX_SPECIFIERS) return undefined;
  let set: VersionSet = [{ from: EARLIEST, to: LAST }];
  // A trailing comma is allowed, and nothing at all allows everything.
  for (const specifier of specifiers.filter((one) => one !== "")) {
    const one = specifierIntervals(specifier);
    if (one === undefined) return undefined;
    set = intersect(set, one);
  }
  return set;
}

function specifierIntervals(specifier: string): VersionSet | undefined {
  const [, operator = "", written = ""] =
    /^(===|~=|==|!=|<=|>=|<|>)\s*(\S.*)$/s.exec(specifier) ?? [];
  if (operator === "") return undefined;
  const isPrefix = written.endsWith(".*");
  const parts = partsOf(isPrefix ? written.slice(0, -2) : written);
  if (parts === undefined) return undefined;
  const key = keyOf(parts);
  if (isPrefix) {
    const isPlain = parts.pre === undefined && parts.post === undefined && parts.dev === undefined;
    if (!isPlain || parts.local.length > 0) return undefined;
    const inside = { from: firstOf(parts, parts.release), to: firstOf(parts, next(parts.release)) };
    if (operator === "==") return [inside];
    return operator === "!=" ? complement([inside]) : undefined;
  }
  if (parts.local.length > 0 && !["==", "!=", "==="].includes(operator)) return undefined;
  const upTo = (to: Key): Interval[] => [{ from: FIRST, to }];
  const from = (from: Key): Interval[] => [{ from, to: LAST }];
  switch (operator) {
    case ">=":
      return from(key);
    case "<=":
      return upTo(behindLocals(parts));
    case ">":
      // A later post-release is no newer version, unless a post-release was named.
      return from(
        parts.post === undefined && parts.dev === undefined
          ? behindPosts(parts)
          : behindLocals(parts),
      );
    case "<":
      // Nor is a pre-release an older one, unless a pre-release was named.
      return parts.pre !== undefined || parts.dev !== undefined
        ? upTo(key)
        : upTo(keyOf({ ...parts, dev: 0 }));
    case "~=":
      if (parts.release.length < 2) return undefined;
      return [{ from: key, to: firstOf(parts, next(parts.release.slice(0, -1))) }];
    case "!=":
      return complement([
        { from: key, to: parts.local.length > 0 ? behind(key) : behindLocals(parts) },
      ]);
    case "===":
      // The text itself is meant: no local version is the same.
      return [{ from: key, to: behind(key) }];
    default:
      return [{ from: key, to: parts.local.length > 0 ? behind(key) : behindLocals(parts) }];
  }
}

/** The earliest version of a release: its first development release. */
function firstOf({ epoch }: Parts, release: Parts["release"]): Key {
  return keyOf({ epoch, release, dev: 0, local: [] });
}

/** `1.2` after `1.1`. */
function next(release: Parts["release"]): Parts["release"] {
  return [...release.slice(0, -1), plusOne(release.at(-1) ?? 0)];
}
