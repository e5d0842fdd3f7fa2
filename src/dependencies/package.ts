/**
 * What a manifest says, in one vocabulary for all formats. Readers of formats (`manifests/`) turn text into this; what compares
 * it with advisories or prints it knows no format.
 */
import type { Location, Region } from "../core/finding.ts";

/** As the OSV schema spells them, and Docker for images, which no advisory is about. */
export const ecosystems = [
  "PyPI",
  "npm",
  "Go",
  "RubyGems",
  "crates.io",
  "Packagist",
  "GitHub Actions",
  "Docker",
] as const;
export type Ecosystem = (typeof ecosystems)[number];

/** Who the package is for. What runs in production is `main`. */
export type Scope = "main" | "dev" | "test" | "extra";

/** One entry of a manifest. */
export interface Package {
  readonly ecosystem: Ecosystem;
  /** Normalised with `normaliseName`, so that equal names are equal packages. */
  readonly name: string;
  /** As it is written, where that differs. */
  readonly shownName?: string;
  /**
   * The one version that this entry gives, without operator or wildcard: of a pin (`==1.2`), or of a lock. Written as it is
   * there. Absent where the entry allows several, or says nothing.
   */
  readonly version?: string;
  /**
   * What an entry without one version allows, in the language of its ecosystem: PEP 440 specifiers (`>=2,<3`, `==1.4.*`; a
   * reader translates Poetry's `^1.2` and puts ` || ` between alternatives), npm ranges, and so on. Absent where anything goes.
   */
  readonly range?: string;
  /** `requirement` asks for the package, `constraint` only limits it, `locked` is what a resolver chose. */
  readonly kind: "requirement" | "constraint" | "locked";
  readonly scope: Scope;
  /** The extra, group or feature that the entry belongs to, as it is written. */
  readonly group?: string;
  /** Whether the project asks for it itself; undefined where the format does not tell. */
  readonly direct?: boolean;
  /** Tells entries of one manifest apart where names and versions do not; `name@version` (or `name`) where absent. */
  readonly key?: string;
  /** Keys of the packages of the same manifest that ask for this one, as far as the format tells. */
  readonly parents?: readonly string[];
  /** The whole entry: the requirement's line or lines, the lock's block. */
  readonly location: Location;
  /** The line that names the package, inside of `location`: where a comment belongs. `location` where absent. */
  readonly nameRegion?: Region;
  /** The version's own text without operator and quotes: what an edit replaces. Only where replacing it is all there is to do. */
  readonly versionRegion?: Region;
  readonly source: PackageSource;
  /** `sha256:…` and the like, as far as the entry lists them; a long list may be cut. */
  readonly hashes?: readonly string[];
  /** Extras of the package that are asked for: `argon2` of `django[argon2]`. */
  readonly extras?: readonly string[];
  /** The environment marker as it is written (PEP 508). */
  readonly marker?: string;
  /** SPDX expression, where the manifest itself says. */
  readonly licence?: string;
  /** Why the release should not be used, where the manifest itself says (yanked, deprecated). */
  readonly withdrawn?: string;
}

/** Where a package comes from. Only those of a registry are looked up. */
export type PackageSource =
  /** `index` is its URL where the entry names one. */
  | { readonly kind: "registry"; readonly index?: string }
  /** `revision` is a commit, tag or branch, absent where none is given. */
  | { readonly kind: "vcs"; readonly url: string; readonly revision?: string }
  | { readonly kind: "url"; readonly url: string }
  /** Part of the tree, editable or not. */
  | { readonly kind: "path"; readonly path: string };

/** What one file says. */
export interface Manifest {
  /** In the order of the file. */
  readonly packages: readonly Package[];
  /** Other files that are part of it (`-r`, `-c`), inside of the tree; their paths are relative to its root. */
  readonly includes: readonly Include[];
  readonly indexes: readonly PackageIndex[];
  readonly options: readonly ManifestOption[];
  /** Entries, or parts of them, that could not be read. */
  readonly problems: readonly ManifestProblem[];
  /** Which program keeps the file, where its text tells better than its format: the header of a compiled requirements file. */
  readonly tool?: Tool;
  /** The command that its header says it was compiled with: plain words, safe to be shown. */
  readonly compiledBy?: string;
}

/** The programs that write manifests, and whose commands change them. */
export type Tool =
  | "pip"
  | "pip-compile"
  | "uv"
  | "uv-pip"
  | "poetry"
  | "pdm"
  | "pipenv"
  | "pixi"
  | "rye"
  | "npm"
  | "yarn"
  | "yarn-berry"
  | "pnpm"
  | "bun"
  | "go"
  | "bundler"
  | "cargo"
  | "composer";

export interface Include extends Location {
  /** Path of the file that is included: `location` is where it is asked for. */
  readonly target: string;
  readonly kind: "requirements" | "constraints";
}

/** A place that packages come from, other than the ecosystem's own. */
export interface PackageIndex extends Location {
  readonly url: string;
  /** `primary` replaces the ecosystem's own, `extra` is asked beside it, `links` is a page or folder of files. */
  readonly kind: "primary" | "extra" | "links";
  readonly name?: string;
  /** True where a stranger's package of the same name is not taken for one of it: only packages that name it come from there, or
   * all that it has, whatever others have. */
  readonly explicit?: boolean;
}

/** An option for the installer: `--trusted-host example.org` is `{ name: "--trusted-host", value: "example.org" }`. */
export interface ManifestOption extends Location {
  readonly name: string;
  readonly value?: string;
}

export interface ManifestProblem {
  readonly reason: string;
  /** Lines count from 1. Absent where the whole file is meant. */
  readonly line?: number;
}

/** What a reader may ask of the tree around its file. */
export interface ReadContext {
  /** A file's text; undefined when it is not there or not text. Paths are relative to the root and may not leave it. */
  read(path: string): string | undefined;
}

/** One format: two questions, and no access to files but through `context`. */
export interface ManifestFormat {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** A `lock` says what is installed, a `manifest` what is asked for. */
  readonly role: "manifest" | "lock";
  /** The program whose command changes the file, unless its text says otherwise. */
  readonly tool?: Tool;
  /** True for paths of this format: relative to the root, with forward slashes. */
  matches(path: string): boolean;
  /** Never throws, whatever the text: what cannot be read is in `problems`. */
  read(text: string, path: string, context: ReadContext): Manifest;
}

/** The key under which other packages of a manifest name this one as a parent. */
export function keyOf(entry: Package): string {
  return entry.key ?? (entry.version === undefined ? entry.name : `${entry.name}@${entry.version}`);
}

/**
 * The form in which names are compared: PEP 503 for PyPI, lower case where the registry does not tell case apart, unchanged
 * elsewhere.
 */
export function normaliseName(ecosystem: Ecosystem, name: string): string {
  switch (ecosystem) {
    case "PyPI":
      return name.toLowerCase().replace(/[-_.]+/g, "-");
    case "Packagist":
    case "GitHub Actions":
    case "Docker":
      return name.toLowerCase();
    case "npm":
    case "Go":
    case "RubyGems":
    case "crates.io":
      return name;
    default:
      return ecosystem satisfies never;
  }
}
