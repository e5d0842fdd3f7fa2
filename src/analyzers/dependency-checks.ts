/** What manifests show without asking anybody: from where packages come, and whether they are pinned. Names and hosts are in the rules. */
import * as z from "zod";
import type { Location, Region } from "../core/finding.ts";
import { editDistance } from "../core/nearest.ts";
import type { Rule } from "../core/rule.ts";
import { folderOf, type Package, type ReadFile, satisfies } from "../dependencies/index.ts";

const text = z.string().min(1);

/** What a rule about manifests looks for. */
export const DependencyMatch = z.discriminatedUnion("check", [
  z.strictObject({ check: z.literal("advisories") }),
  /** A range whose oldest version has a published flaw, where no lock file says that a newer one gets in. */
  z.strictObject({ check: z.literal("vulnerable-floor") }),
  /** An index over plain HTTP. */
  z.strictObject({ check: z.literal("insecure-index") }),
  /** An option for the installer, by any of its names. */
  z.strictObject({ check: z.literal("option"), names: z.array(text).min(1) }),
  /** An index beside the ecosystem's own; `except` are beginnings of addresses that hold public packages only. */
  z.strictObject({ check: z.literal("extra-index"), except: z.array(text).default([]) }),
  /** A repository at a branch or tag, which may hold something else tomorrow. */
  z.strictObject({ check: z.literal("moving-repository") }),
  /** A package of an ecosystem without a digest; `version` limits it to versions of that name, `trusted` leaves owners out. */
  z.strictObject({
    check: z.literal("moving-reference"),
    ecosystem: z.enum(["GitHub Actions", "Docker"]),
    version: text.optional(),
    trusted: z.array(text).default([]),
  }),
  /** A lock file that holds a version which the manifest beside it does not allow. */
  z.strictObject({ check: z.literal("lock-out-of-step") }),
  /** Packages of Python without a hash, in a file that may have them: which protects only those who keep it up. */
  z.strictObject({ check: z.literal("hash-checking") }),
  /** A release that the manifest itself says should not be used: yanked, deprecated, abandoned. */
  z.strictObject({ check: z.literal("withdrawn-release") }),
  /** A name that is one keystroke away from one of `popular`, and no known one itself. */
  z.strictObject({
    check: z.literal("look-alike"),
    popular: z.array(text).min(1),
    known: z.array(text).default([]),
  }),
]);
export type DependencyMatch = z.infer<typeof DependencyMatch>;

/** True for rules that tell what is published about packages. */
export function tellsOfAdvisories({ kind, match }: Rule): boolean {
  const read = kind === "dependency" ? DependencyMatch.safeParse(match) : undefined;
  return read?.data?.check === "advisories";
}

/** A finding without its rule. */
export interface Found extends Location {
  readonly subject: string;
  readonly values: Readonly<Record<string, string>>;
  readonly protection?: "kept" | "missing";
  readonly absent?: string;
}

type Check<Kind> = Extract<DependencyMatch, { check: Kind }>;

/** What one file shows; `files` are all that were read, for what stands beside it. */
export function check(match: DependencyMatch, file: ReadFile, files: readonly ReadFile[]): Found[] {
  switch (match.check) {
    case "insecure-index":
      return insecureIndexes(file);
    case "option":
      return options(match, file);
    case "extra-index":
      return extraIndexes(match, file);
    case "moving-repository":
      return movingRepositories(file, files);
    case "moving-reference":
      return movingReferences(match, file);
    case "lock-out-of-step":
      return lockOutOfStep(file, files);
    case "hash-checking":
      return hashChecking(file);
    case "withdrawn-release":
      return withdrawnReleases(file);
    case "look-alike":
      return lookAlikes(match, file);
    // These ask somebody.
    case "advisories":
    case "vulnerable-floor":
      return [];
    default:
      return match satisfies never;
  }
}

function at({ location, nameRegion }: Package): { path: string; region: Region } {
  return { path: location.path, region: nameRegion ?? location.region };
}

/** Machines that are not on the way to anywhere. */
const LOCAL = /^http:\/\/(?:localhost|127\.|\[::1\]|[\w-]+(?:[:/]|$))/i;

function insecureIndexes({ manifest }: ReadFile): Found[] {
  return manifest.indexes
    .filter(({ url }) => /^http:\/\//i.test(url) && !LOCAL.test(url))
    .map(({ url, path, region }) => ({ path, region, subject: url, values: { url } }));
}

function options({ names }: Check<"option">, { manifest }: ReadFile): Found[] {
  return manifest.options
    .filter(({ name }) => names.includes(name))
    .map(({ name, value = "", path, region }) => ({
      path,
      region,
      subject: `${name} ${value}`,
      values: { option: name, value },
    }));
}

function extraIndexes({ except }: Check<"extra-index">, { manifest }: ReadFile): Found[] {
  return manifest.indexes
    .filter(({ kind, explicit }) => kind === "extra" && explicit !== true)
    .filter(({ url }) => !except.some((start) => url.startsWith(start)))
    .map(({ url, path, region }) => ({ path, region, subject: url, values: { url } }));
}

const COMMIT = /^[\da-f]{7,64}$/i;

function movingRepositories(file: ReadFile, files: readonly ReadFile[]): Found[] {
  const { manifest, format } = file;
  // A lock file has the commit, or the tool that writes it knows why not.
  if (format.role === "lock") return [];
  const locked = new Set(
    locksOf(file, files).flatMap((lock) =>
      lock.manifest.packages.filter(({ source }) => source.kind === "vcs").map(({ name }) => name),
    ),
  );
  return manifest.packages.flatMap((entry): Found[] => {
    const { source } = entry;
    // Elsewhere a lock file, which every project has, holds the commit.
    if (entry.ecosystem !== "PyPI" || source.kind !== "vcs" || COMMIT.test(source.revision ?? ""))
      return [];
    if (locked.has(entry.name)) return [];
    const where = source.revision === undefined ? "the default branch" : `\`${source.revision}\``;
    const name = entry.shownName ?? entry.name;
    return [
      {
        ...at(entry),
        subject: entry.name || source.url,
        values: { name: name || source.url, where },
      },
    ];
  });
}

function movingReferences(
  { ecosystem, version, trusted }: Check<"moving-reference">,
  { manifest }: ReadFile,
): Found[] {
  return manifest.packages
    .filter((entry) => entry.ecosystem === ecosystem && (entry.hashes ?? []).length === 0)
    .filter((entry) => version === undefined || (entry.version ?? "latest") === version)
    .filter((entry) => !trusted.some((owner) => entry.name.startsWith(`${owner}/`)))
    .map((entry) => ({
      ...at(entry),
      subject: entry.name,
      values: {
        name: entry.shownName ?? entry.name,
        version: entry.version ?? entry.range ?? "latest",
      },
    }));
}

/** Which lock files belong to which manifest. */
const LOCKS: Readonly<Record<string, readonly string[]>> = {
  pyproject: ["poetry-lock", "uv-lock", "pdm-lock"],
  pipfile: ["pipfile-lock"],
  "pixi-toml": ["pixi-lock"],
};

/** The lock files beside a manifest that were written from it. */
function locksOf(manifest: ReadFile, files: readonly ReadFile[]): ReadFile[] {
  const ids = LOCKS[manifest.format.id] ?? [];
  return files.filter(
    ({ path, format }) => ids.includes(format.id) && folderOf(path) === folderOf(manifest.path),
  );
}

function lockOutOfStep(file: ReadFile, files: readonly ReadFile[]): Found[] {
  // Of two tools in one folder nobody knows which one counts.
  const [lock, ...others] = locksOf(file, files);
  if (lock === undefined || others.length > 0) return [];
  return file.manifest.packages.flatMap((entry): Found[] => {
    const asked = entry.version === undefined ? entry.range : `==${entry.version}`;
    if (asked === undefined || entry.kind !== "requirement" || entry.source.kind !== "registry")
      return [];
    if (entry.group === "build-system" || entry.marker !== undefined) return [];
    const locked = lock.manifest.packages.filter(({ name }) => name === entry.name);
    const isWrong = ({ version, source }: Package) =>
      source.kind === "registry" &&
      version !== undefined &&
      satisfies(entry.ecosystem, version, asked) === false;
    if (locked.length === 0 || !locked.every(isWrong)) return [];
    const version = locked.map((one) => one.version).join(", ");
    const values = { name: entry.shownName ?? entry.name, asked, version, lock: lock.path };
    return [{ ...at(entry), subject: entry.name, values }];
  });
}

/**
 * Whether any package has a hash, or pip is told to want them. One hash is enough: pip then refuses what has none
 * (https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode), and lock files have all or none.
 */
function hashChecking({ path, format, manifest }: ReadFile): Found[] {
  if (format.ecosystem !== "PyPI" || (format.role !== "lock" && format.id !== "requirements"))
    return [];
  const installed = manifest.packages.filter(
    ({ source, version }) => source.kind === "registry" && version !== undefined,
  );
  const [first] = installed;
  if (first === undefined) return [];
  const isKept =
    installed.some(({ hashes = [] }) => hashes.length > 0) ||
    manifest.options.some(({ name }) => name === "--require-hashes");
  return [
    {
      ...at(first),
      subject: "hashes",
      values: { file: path },
      protection: isKept ? "kept" : "missing",
      absent: "hash",
    },
  ];
}

function withdrawnReleases({ manifest }: ReadFile): Found[] {
  return manifest.packages.flatMap((entry) => {
    const { withdrawn, name, shownName, version = "" } = entry;
    if (withdrawn === undefined) return [];
    // Words of a stranger: only what surely means nothing in a comment stays.
    const reason = withdrawn.replace(/[^\w .,;:'()@/+-]/g, "").slice(0, MAX_REASON);
    return [
      {
        ...at(entry),
        subject: `${name} ${version}`,
        values: { name: shownName ?? name, version, reason },
      },
    ];
  });
}

const MAX_REASON = 200;

/** Shorter names have neighbours by chance. */
const MIN_LENGTH = 5;

function lookAlikes(
  { popular, known }: Check<"look-alike">,
  { manifest, format }: ReadFile,
): Found[] {
  if (format.role === "lock") return [];
  const fine = new Set([...popular, ...known]);
  return manifest.packages.flatMap((entry): Found[] => {
    const { name, ecosystem, source, direct } = entry;
    // What a resolver wrote down was not typed by anybody.
    if (direct !== true) return [];
    if (
      ecosystem !== "PyPI" ||
      source.kind !== "registry" ||
      name.length < MIN_LENGTH ||
      fine.has(name)
    )
      return [];
    const meant = popular.find(
      // People rarely miss the first letter, and names that differ in it are words of their own.
      (one) =>
        one[0] === name[0] &&
        Math.abs(one.length - name.length) <= 1 &&
        editDistance(one, name) === 1,
    );
    return meant === undefined
      ? []
      : [{ ...at(entry), subject: name, values: { name: entry.shownName ?? name, meant } }];
  });
}
