/** Which entries of manifests ask for a version with a published advisory, and what to do about it. */
import type { AdvisoryIndex, Hit } from "./advisory-index.ts";
import { compileCommand, upgradeCommand } from "./commands.ts";
import { type Compilations, compilationsIn, isCompiled } from "./compiled.ts";
import type { ReadFile } from "./manifests/index.ts";
import type { Ecosystem, Manifest, Package } from "./package.ts";
import { satisfies, schemeOf } from "./versions/index.ts";
import { type WaysIn, waysIn } from "./ways-in.ts";

/** One entry with what is known to affect it. */
export interface VulnerableEntry {
  readonly file: ReadFile;
  readonly entry: Package;
  /** The version that gets in: the entry's own, or that of the lock file beside it. Absent where a range is affected as a whole. */
  readonly version?: string;
  readonly flaws: readonly Hit[];
  /** Where to go: the lowest clean version above, of a branch that is still looked after. */
  readonly target?: string;
  /** The lowest clean version of the branch in use, where that branch is not looked after any more. */
  readonly endOfBranch?: string;
  /** The lowest version that mends what can be mended, where no version above is clean. */
  readonly bestKnown?: string;
  /** Names from what the project asks for down to the package. */
  readonly wayIn?: readonly string[];
  /** What to run, where the file is not edited by hand. */
  readonly command?: string;
  /** The file whose requirement does not allow the target, so that the command alone does not get there. */
  readonly blockedBy?: string;
  /** The file that was compiled from this one, and how it is compiled anew, where that is known. */
  readonly compiled?: { readonly path: string; readonly command?: string };
  /** True where a program wrote the file: `compiled` by the command, or `exported` from what the command changes. */
  readonly written?: "compiled" | "exported";
  /** True where putting the target in the place of the version is all there is to do. */
  readonly isEditable: boolean;
}

interface Place {
  readonly file: ReadFile;
  readonly entry: Package;
}

/** A package of a lock file, and the first requirement of the folder that asks for it, where one does. */
interface LockedPackage extends Place {
  readonly asked?: Place;
}

/** What files say of the packages of others. */
export interface Locked {
  /** Locks that speak for a folder's manifests: their packages by folder, ecosystem and name. */
  readonly packages: ReadonlyMap<string, ByEcosystem>;
  readonly compilations: Compilations;
}
type ByEcosystem = Map<Ecosystem, Map<string, LockedPackage>>;

/** What the lock files and the compiled ones among some files say. */
export function lockedIn(files: readonly ReadFile[]): Locked {
  const locked = new Map<string, ByEcosystem>();
  for (const file of files) {
    if (file.format.role !== "lock") continue;
    const folder = folderOf(file.path);
    const here: ByEcosystem = locked.get(folder) ?? new Map();
    locked.set(folder, here);
    for (const entry of file.manifest.packages) {
      const { ecosystem, name, version } = entry;
      if (version === undefined) continue;
      const byName = here.get(ecosystem) ?? new Map<string, LockedPackage>();
      here.set(ecosystem, byName);
      if (!byName.has(name)) byName.set(name, { file, entry });
    }
  }
  for (const file of files) {
    // pip reads no lock files, and they are not written from what it reads.
    if (file.format.role === "lock" || isOfPip(file)) continue;
    const here = locked.get(folderOf(file.path));
    for (const entry of file.manifest.packages) {
      const byName = here?.get(entry.ecosystem);
      const known = byName?.get(entry.name);
      if (entry.kind === "requirement" && known !== undefined && known.asked === undefined)
        byName?.set(entry.name, { ...known, asked: { file, entry } });
    }
  }
  return { packages: locked, compilations: compilationsIn(files) };
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The lock's entry that decides what a requirement comes to. */
export function lockFor(locked: Locked, path: string, entry: Package) {
  return entry.kind === "locked" ? undefined : lockedAt(locked, path, entry);
}

function lockedAt(locked: Locked, path: string, entry: Package): LockedPackage | undefined {
  return locked.packages.get(folderOf(path))?.get(entry.ecosystem)?.get(entry.name);
}

/** True for entries that a registry is asked for: what comes from elsewhere has no version that an advisory could mean. */
export function isLookedUp({ source, ecosystem }: Package): boolean {
  return source.kind === "registry" && ecosystem !== "Docker";
}

/** The entries of one file that an advisory applies to, in the order of the file. */
export function vulnerableEntries(
  file: ReadFile,
  locked: Locked,
  index: AdvisoryIndex,
): VulnerableEntry[] {
  let ways: WaysIn | undefined;
  const wayOf = (entry: Package) => {
    ways ??= waysIn(file.manifest.packages);
    return ways(entry);
  };
  const found: VulnerableEntry[] = [];
  for (const entry of file.manifest.packages) {
    if (!isLookedUp(entry)) continue;
    const lock = lockFor(locked, file.path, entry);
    const version = entry.version ?? lock?.entry.version;
    const flaws = flawsOf(entry, version, index);
    if (flaws.length === 0) continue;
    const asked = askedFor(locked, file, entry);
    const compiled = isOfPip(file) ? locked.compilations.into.get(file.path) : undefined;
    found.push(describe({ file, entry, lock, version, flaws, wayOf, asked, compiled }, index));
  }
  return found;
}

/** The requirement that a locked or compiled package comes from, where one is read. */
function askedFor(locked: Locked, file: ReadFile, entry: Package): Place | undefined {
  const sources = locked.compilations.from.get(file.path) ?? [];
  for (const source of sources) {
    const asking = source.manifest.packages.find(
      ({ ecosystem, name, kind }) =>
        kind === "requirement" && ecosystem === entry.ecosystem && name === entry.name,
    );
    if (asking !== undefined) return { file: source, entry: asking };
  }
  return lockedAt(locked, file.path, entry)?.asked;
}

/** Flaws of the version that gets in; where that is not known those that affect everything that is allowed. */
export function flawsOf(
  { ecosystem, name, range }: Package,
  version: string | undefined,
  index: AdvisoryIndex,
): readonly Hit[] {
  if (version !== undefined) return index.find(ecosystem, name, version);
  const set = range === undefined ? undefined : schemeOf(ecosystem).range(range);
  return set === undefined ? [] : index.findInRange(ecosystem, name, set).all;
}

function describe(
  found: {
    readonly file: ReadFile;
    readonly entry: Package;
    readonly lock: Place | undefined;
    readonly version: string | undefined;
    readonly flaws: readonly Hit[];
    readonly wayOf: WaysIn;
    readonly asked: Place | undefined;
    readonly compiled: ReadFile | undefined;
  },
  index: AdvisoryIndex,
): VulnerableEntry {
  const { file, entry, version, flaws } = found;
  const { fix, clean, beside, supported } = wayOut(entry, version, index);
  const target = supported ?? clean ?? beside;
  const way = found.wayOf(entry);
  const { keeper, written } = keeperOf(file, entry, found.lock);
  // What allows nothing but affected versions has to be changed by hand.
  const command =
    target === undefined || version === undefined
      ? undefined
      : upgradeCommand(keeper, entry, target);
  const isBlocked = target !== undefined && found.asked && !allows(found.asked.entry, target);
  return {
    file,
    entry,
    flaws,
    ...(version !== undefined && { version }),
    ...(target !== undefined && { target }),
    ...(supported !== undefined && clean !== undefined && { endOfBranch: clean }),
    ...(clean === undefined && fix !== undefined && { bestKnown: fix }),
    ...(way !== undefined && { wayIn: way }),
    ...(command !== undefined && { command }),
    ...(isBlocked === true && { blockedBy: found.asked.file.path }),
    ...(written !== undefined && { written }),
    ...(found.compiled !== undefined && { compiled: compiledAnew(found.compiled, file) }),
    isEditable:
      supported === undefined &&
      written !== "exported" &&
      (found.lock === undefined || isOfPip(file)) &&
      entry.kind !== "locked" &&
      entry.version !== undefined &&
      entry.versionRegion !== undefined &&
      (entry.hashes ?? []).length === 0 &&
      isSameMajor(entry, target),
  };
}

function compiledAnew({ path, manifest }: ReadFile, source: ReadFile) {
  const command = compileCommand(manifest, source.path, path);
  return { path, ...(command !== undefined && { command }) };
}

function wayOut(
  { ecosystem, name, range }: Package,
  version: string | undefined,
  index: AdvisoryIndex,
) {
  if (version !== undefined) return index.wayFrom(ecosystem, name, version);
  const set = range === undefined ? undefined : schemeOf(ecosystem).range(range);
  return set === undefined ? {} : index.wayFromRange(ecosystem, name, set);
}

/** False where a requirement surely does not allow a version. */
function allows({ ecosystem, version, range }: Package, target: string): boolean {
  const asked = version === undefined ? range : `==${version}`;
  return (
    ecosystem !== "PyPI" || asked === undefined || satisfies(ecosystem, target, asked) !== false
  );
}

function isSameMajor({ ecosystem, version }: Package, target: string | undefined): boolean {
  const scheme = schemeOf(ecosystem);
  const [from, to] = [scheme.parse(version ?? ""), scheme.parse(target ?? "")];
  return from !== undefined && to !== undefined && (from.release[0] ?? 0) === (to.release[0] ?? 0);
}

function isOfPip({ format }: ReadFile): boolean {
  return format.tool === "pip";
}

/** Which program keeps an entry, and how a file that it wrote came about. */
function keeperOf(
  file: ReadFile,
  entry: Package,
  lock: Place | undefined,
): {
  readonly keeper: Pick<Manifest, "tool" | "compiledBy">;
  readonly written?: "compiled" | "exported";
} {
  const { tool } = file.manifest;
  if (isOfPip(file) && tool !== undefined) {
    const isLock = isCompiled(file) || tool === "rye";
    return { keeper: file.manifest, written: isLock ? "compiled" : "exported" };
  }
  const isPin = isOfPip(file) && entry.version !== undefined;
  // pip reads no lock file: a pin beside one that says the same is its export, and any other has nothing to do with it.
  if (isPin && lock?.entry.version !== entry.version) return { keeper: {} };
  return { keeper: toolOf(lock?.file ?? file), ...(isPin && { written: "exported" }) };
}

function toolOf({ format, manifest }: ReadFile): Pick<Manifest, "tool" | "compiledBy"> {
  const tool = manifest.tool ?? format.tool;
  return tool === undefined ? {} : { tool };
}
