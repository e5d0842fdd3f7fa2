/**
 * The formats of dependency files, one file each. A format is text in, data out; the only thing it may ask of the tree is a file
 * beside its own. Adding one is a file and a line here.
 */
import type { Manifest, ManifestFormat, ReadContext } from "../package.ts";
import { bunLock } from "./bun-lock.ts";
import { cargoLock } from "./cargo-lock.ts";
import { composerLock } from "./composer-lock.ts";
import { condaEnvironment } from "./conda-environment.ts";
import { condaLock } from "./conda-lock.ts";
import { dockerfile } from "./dockerfile.ts";
import { gemfileLock } from "./gemfile-lock.ts";
import { githubWorkflow } from "./github-workflow.ts";
import { goMod } from "./go-mod.ts";
import { packageJson } from "./package-json.ts";
import { packageLock } from "./package-lock.ts";
import { pdmLock } from "./pdm-lock.ts";
import { pipConf } from "./pip-conf.ts";
import { pipfile } from "./pipfile.ts";
import { pipfileLock } from "./pipfile-lock.ts";
import { pixiLock, pixiToml } from "./pixi.ts";
import { pnpmLock } from "./pnpm-lock.ts";
import { poetryLock } from "./poetry-lock.ts";
import { pylock } from "./pylock.ts";
import { pyproject, uvToml } from "./pyproject.ts";
import { constraints, requirements } from "./requirements.ts";
import { setupCfg } from "./setup-cfg.ts";
import { setupPy } from "./setup-py.ts";
import { uvLock } from "./uv-lock.ts";
import { yarnLock } from "./yarn-lock.ts";

export const manifestFormats: readonly ManifestFormat[] = [
  requirements,
  constraints,
  pyproject,
  poetryLock,
  uvLock,
  pdmLock,
  pylock,
  pipfile,
  pipfileLock,
  setupPy,
  setupCfg,
  pipConf,
  uvToml,
  condaEnvironment,
  condaLock,
  pixiToml,
  pixiLock,
  packageJson,
  packageLock,
  yarnLock,
  pnpmLock,
  bunLock,
  goMod,
  gemfileLock,
  cargoLock,
  composerLock,
  githubWorkflow,
  dockerfile,
];

/** Larger files are not read. A lock of 20,000 packages, more than real projects have, comes to about a third of it. */
export const MAX_MANIFEST_CHARACTERS = 40_000_000;
/** Files that include each other without end are cut off. */
const MAX_INCLUDES = 200;

/** The format of a path (relative to the root, with forward slashes); undefined for files that hold no dependencies. */
export function formatOf(path: string): ManifestFormat | undefined {
  return manifestFormats.find((format) => format.matches(path));
}

/** Reads one file. Never throws: what cannot be read is in the manifest's `problems`. */
export function readManifest(
  format: ManifestFormat,
  text: string,
  path: string,
  context: ReadContext,
): Manifest {
  if (text.length <= MAX_MANIFEST_CHARACTERS) return format.read(text, path, context);
  return {
    packages: [],
    includes: [],
    indexes: [],
    options: [],
    problems: [{ reason: `the file is larger than ${MAX_MANIFEST_CHARACTERS} characters` }],
  };
}

export interface ReadFile {
  readonly path: string;
  readonly format: ManifestFormat;
  readonly manifest: Manifest;
}

/**
 * Reads the manifests among the paths and the files that they include, each once, in the order of the paths; a file that only an
 * include names is read as what the include says. A loop ends where it closes. `readOne` may know some of them already.
 */
export function readManifests(
  paths: Iterable<string>,
  context: ReadContext,
  readOne: typeof readManifest = readManifest,
): ReadFile[] {
  const files = new Map<string, ReadFile>();
  const read = (path: string, format: ManifestFormat) => {
    if (files.has(path)) return;
    const text = context.read(path);
    if (text === undefined) return;
    files.set(path, { path, format, manifest: readOne(format, text, path, context) });
  };
  for (const path of paths) {
    const format = formatOf(path);
    if (format !== undefined) read(path, format);
  }
  let included = 0;
  // The map grows while it is walked: included files may include further ones.
  for (const { manifest } of files.values()) {
    for (const { target, kind } of manifest.includes) {
      if (files.has(target) || included++ >= MAX_INCLUDES) continue;
      read(target, kind === "constraints" ? constraints : requirements);
    }
  }
  return [...files.values()];
}
