/**
 * The port through which the engine sees code: a read-only file tree at one revision. Reading is in batches, because one
 * of its adapters asks a server and pays per request.
 */
export interface SourceTree {
  /** The revision's name, as a person would write it: a commit id, or a folder. */
  readonly revision: string;
  /** Every entry of the tree, in no particular order. Throws `RevisionError` when the tree cannot be read at all. */
  list(): Promise<readonly TreeEntry[]>;
  /** The contents at `paths`; a path that cannot be read is there with its reason, none is missing. Never throws for one path. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>>;
  /**
   * The same for files beside what is looked at, where reading costs requests to a server: those that would cost more than may be spent
   * are spared.
   */
  readBeside?(paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>>;
  /** Once all files of the change and beside it are read: those that were put off, as far as there is room for them then. */
  readLast?(paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>>;
  /** Where reading may cost a request to a server: those of some paths that cost none. */
  free?(paths: readonly string[]): Promise<readonly string[]>;
  /** The same for one path without waiting, where the tree is at hand: whoever needs a file then need not begin again with it. */
  readNow?(path: string): FileContent;
}

const known = new WeakMap<
  ReadonlySet<string>,
  WeakMap<(path: string) => boolean, readonly string[]>
>();

/** Those of a tree's paths for which a test holds, in their order. They are looked for once for each set and each function. */
export function pathsThat(
  paths: ReadonlySet<string>,
  holds: (path: string) => boolean,
): readonly string[] {
  const byTest = known.get(paths) ?? new WeakMap<(path: string) => boolean, readonly string[]>();
  known.set(paths, byTest);
  const found = byTest.get(holds) ?? [...paths].filter(holds);
  byTest.set(holds, found);
  return found;
}

/** Why the file at a path that is a symbolic link is not read. */
export const LINK_NOT_FOLLOWED = "a symbolic link, which is not followed";

export interface TreeEntry {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly kind: "file" | "symlink" | "submodule";
  /** Bytes, where the tree knows it without reading. */
  readonly size?: number;
  /** Identity of the content (a git blob id), where the tree knows one. */
  readonly id?: string;
}

/** A package that a file names which nobody has read. */
export interface ToldPackage {
  /** As the OSV schema spells it. */
  readonly ecosystem: string;
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  readonly isForDevelopment: boolean;
}

export type FileContent =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** No such path at this revision: not an error, a file may be new or gone. */
  | { readonly kind: "missing" }
  /** There, but not to be had: too large, a link out of the tree, a blob that the clone lacks. */
  | {
      readonly kind: "unreadable";
      readonly reason: string;
      /** True where nobody tried: see `readBeside`. */
      readonly isSpared?: boolean;
      /** True where `readLast` may have it. */
      readonly isPutOff?: boolean;
      /** What a server tells of the packages that it names, apart from those that the other tree of a review names, too. */
      readonly packages?: readonly ToldPackage[];
      /** Where it is only too large to be had as a whole: its bytes in order, in parts, as far as anybody should read them. */
      readonly parts?: () => AsyncIterable<Uint8Array>;
    };
