import type { Project } from "../analyzers/index.ts";
import type { Config } from "../core/config.ts";
import type { Models } from "../core/models.ts";
import { type ImportTarget, ModuleFile } from "../python/index.ts";

/** A project that counts how often it was asked in vain for a file that is there. */
export interface CountingProject extends Project {
  readonly missed: number;
}

/** Of each thing so many are kept: one for base, one for head. */
const MAX_KEPT = 2;
/** Characters of files that are only lent, before the first of them is let go: some thirty megabytes of parsed code. */
const MAX_LENT = 1_500_000;

/**
 * What analyzers made of files, while one scanner looks at nearly the same files again: because some were missing at first, on the
 * other side of a change, or with a fix applied. It is used again where everything that it was made of is the same.
 */
export class Kept {
  readonly #made = new Map<string, { readonly watched: Watched; readonly thing: unknown }[]>();
  readonly #modules = new Map<string, ModuleFile>();
  /** By path, the one that was asked for last at the end. */
  readonly #lent = new Map<string, ModuleFile>();
  #lentCharacters = 0;

  /** A parsed file, kept from now on. */
  file(path: string, text: string): ModuleFile {
    const known = this.#kept(path, text);
    if (known !== undefined) return known;
    const file = new ModuleFile(path, text);
    this.#modules.set(path, file);
    return file;
  }

  /** A parsed file, kept until many others were asked for: modules that others import are asked for all over a tree. */
  lend(path: string, text: string): ModuleFile {
    const kept = this.#kept(path, text);
    if (kept !== undefined) return kept;
    const known = this.#lent.get(path);
    if (known !== undefined) this.#letGo(known);
    const file = known?.text === text ? known : new ModuleFile(path, text);
    this.#lent.set(path, file);
    this.#lentCharacters += text.length;
    for (const one of this.#lent.values()) {
      if (this.#lentCharacters <= MAX_LENT) break;
      this.#letGo(one);
    }
    return file;
  }

  #kept(path: string, text: string): ModuleFile | undefined {
    const known = this.#modules.get(path);
    return known?.text === text ? known : undefined;
  }

  #letGo({ path, text }: ModuleFile): void {
    this.#lent.delete(path);
    this.#lentCharacters -= text.length;
  }

  /**
   * What `make` makes of the files that it reads through the project it is given; the key says what that is. What was made of other
   * contents counts where it `mayBeOld`.
   */
  thing<T>(
    key: string,
    project: CountingProject,
    make: (watched: Project) => T,
    mayBeOld = false,
  ): T {
    const known = this.#made.get(key) ?? [];
    if (mayBeOld && known[0] !== undefined) return known[0].thing as T;
    const same = known.find(({ watched }) => watched.isSameIn(project));
    if (same !== undefined) {
      same.watched.project = project;
      return same.thing as T;
    }
    const watched = new Watched(project);
    const thing = make(watched);
    const others = known.filter((one) => !one.watched.isIncomplete);
    // What lacked a file is made anew in any case, and may hold half of the tree.
    const fresh = watched.isIncomplete ? [] : [{ watched, thing }];
    this.#made.set(key, [...fresh, ...others].slice(0, MAX_KEPT));
    return thing;
  }
}

/** Notes what is asked for, also by what lives on, such as an interpreter that enters modules later. */
class Watched implements Project {
  /** Where files are read at present. */
  project: CountingProject;
  /** True when some file was there and not read yet. */
  isIncomplete = false;
  readonly #texts = new Map<string, string | undefined>();

  constructor(project: CountingProject) {
    this.project = project;
  }

  get models(): Models {
    return this.project.models;
  }

  get config(): Config {
    return this.project.config;
  }

  get paths(): ReadonlySet<string> {
    return this.project.paths;
  }

  isSameIn(project: CountingProject): boolean {
    if (this.isIncomplete || !haveSamePaths(this.project, project)) return false;
    let isSame = true;
    // All are asked for, so that those that are missing are read in one go.
    for (const [path, text] of this.#texts) if (project.read(path) !== text) isSame = false;
    return isSame;
  }

  read(path: string): string | undefined {
    const { missed } = this.project;
    const text = this.project.read(path);
    if (this.project.missed > missed) this.isIncomplete = true;
    this.#texts.set(path, text);
    return text;
  }

  file(path: string): ModuleFile | undefined {
    this.read(path);
    return this.project.file(path);
  }

  resolve(from: string, dotted: string, level: number): ImportTarget {
    return this.project.resolve(from, dotted, level);
  }

  nameOf(path: string): string {
    return this.project.nameOf(path);
  }

  once<T>(_key: string, make: (project: Project) => T): T {
    return make(this);
  }
}

const comparedPaths = new WeakMap<ReadonlySet<string>, WeakMap<ReadonlySet<string>, boolean>>();

/** True when two trees hold files at the same paths, so that imports lead to the same places. */
function haveSamePaths({ paths: a }: Project, { paths: b }: Project): boolean {
  if (a === b) return true;
  const compared = comparedPaths.get(a) ?? new WeakMap();
  comparedPaths.set(a, compared);
  const known = compared.get(b);
  if (known !== undefined) return known;
  const isSame = a.size === b.size && [...a].every((path) => b.has(path));
  compared.set(b, isSame);
  return isSame;
}
