// One commit at GitHub. Every question costs a call, so nothing is asked twice: contents are kept by blob id, in a cache that may
// outlive the review, and of base only that is asked for which head and the changes between them do not tell.
import { createHash } from "node:crypto";
import type { Change } from "../core/change.ts";
import { linesShown, textBefore } from "../core/patch.ts";
import type { FileContent, SourceTree, ToldPackage, TreeEntry } from "../core/source-tree.ts";
import { type Expected, type Glimpses, readAhead } from "./ahead.ts";
import { isInside, link, missing, outside, unreadable } from "./paths.ts";

interface FileRequest {
  readonly sha: string;
  readonly path: string;
  readonly size?: number;
  readonly id?: string;
  readonly isApart?: boolean;
  /** Given the blob that turns out to need a call of its own: what stands for it; undefined where that call may be made. */
  readonly instead?: (id: string) => FileContent | undefined;
}

interface ReadFile {
  readonly content: FileContent;
  readonly id?: string;
}

/** What the tree needs of a client for GitHub. Answers come in the order asked. */
export interface CommitReader {
  tree(
    sha: string,
  ): Promise<{ readonly entries: readonly TreeEntry[]; readonly truncated: boolean }>;
  files(requests: readonly FileRequest[]): Promise<readonly ReadFile[]>;
  /** What comes along with `files` for nothing, those asked first; undefined for the rest. */
  spareFiles(requests: readonly FileRequest[]): Promise<readonly (ReadFile | undefined)[]>;
}

export interface GitHubTreeOptions {
  /** Shared by the trees of a review, and of many; each tree has its own otherwise. */
  readonly cache?: BlobCache;
  /** Another tree and all changes from this one to it: listing this one then costs nothing. */
  readonly before?: { readonly tree: GitHubTree; readonly changes: readonly Change[] };
  /** What will probably be asked for of a tree with those paths. It comes along with what is asked for, once the tree was listed. */
  readonly expected?: (paths: ReadonlySet<string>) => Expected;
  /** What is known of files before they are read. */
  readonly glimpses?: Glimpses;
  /** Paths that are known to exist: they are listed even where GitHub's list is cut. */
  readonly known?: readonly string[];
  /**
   * Whole patches of files of which changed lines tell enough, by path. Those that are too large to come with others are not fetched, but
   * read as the lines that the patch shows. Where `after` is there, they lead to files of that tree, and the same go for both.
   */
  readonly shown?: {
    readonly patches: ReadonlyMap<string, { readonly path: string; readonly patch: string }>;
    readonly after?: GitHubTree;
  };
  readonly limit?: ReadingLimit;
  /** What is known otherwise of the packages that a file names which would cost too much. */
  readonly told?: (path: string) => Promise<readonly ToldPackage[] | undefined>;
  /** What another tree and whole patches tell of this one's contents, by its own paths. */
  readonly patched?: {
    readonly tree: SourceTree;
    readonly patches: ReadonlyMap<string, { readonly path: string; readonly patch: string }>;
  };
}

/**
 * What reading may cost. Files beside those that are looked at are spared where it would be more, unless they fit into calls that are
 * made anyway; and so are files that are a call of their own, such as large ones. Those of which little is to be said wait until all
 * else is read.
 */
export interface ReadingLimit {
  /** Paths that are looked at. */
  readonly own: ReadonlySet<string>;
  /** Calls that what follows will take, until the last is read. */
  readonly kept: number;
  /** True where so many further calls may be made. */
  readonly hasRoom: (calls: number) => boolean;
  /** The same, and takes them: they count until they are given back, which is when they have been made. */
  readonly claim: (calls: number) => boolean;
  readonly giveBack: (calls: number) => void;
  /** True for files of which the changed lines tell enough. */
  readonly isSlight: (path: string) => boolean;
  /** Calls that a large file costs: one for each tree of a review that has it and cannot tell it from the other. */
  readonly priceOf: (path: string) => number;
}

export interface GitHubTree extends SourceTree {
  /** False where GitHub lists only a part of the tree. Costs a call, as `list` does, and both together one. */
  isListedWhole(): Promise<boolean>;
  /** True for a file that is only read as lines of its patch; see `shown`. False as long as nobody has listed the tree. */
  isShown(path: string): Promise<boolean>;
  /** Bytes; undefined as long as nobody has listed the tree. */
  sizeOf(path: string): number | undefined;
}

/** Contents that GitHub may never list or give again have the size of a word or two; they are not counted exactly. */
const ENTRY_BYTES = 200;
const MAX_IDS = 100_000;
const SHA1_LENGTH = 40;
/** A text that is longer does not come with others. */
const MAX_TEXT_BYTES = 512_000;
/** And one that is longer than this takes much room from them. */
const MAX_SLIGHT_BYTES = 100_000;
const FILES_PER_CALL = 240;
const tooDear = {
  kind: "unreadable",
  reason:
    "it needs a request of its own, and the review would have cost more than it may; `portcullis review` in a checkout reads it",
  isPutOff: true,
} as const satisfies FileContent;
const spared: FileContent = {
  kind: "unreadable",
  reason: "it would have cost more calls than a review may",
  isSpared: true,
};
/** The bytes of an empty file, such as most packages have: nobody needs to fetch them. */
const NOTHING = new Uint8Array();

/** Contents by blob id, up to so many bytes; what was not used for longest goes first. */
export class BlobCache {
  readonly #maxBytes: number;
  readonly #contents = new Map<string, FileContent>();
  readonly #coming = new Map<string, Promise<FileContent | undefined>>();
  readonly #ids = new Map<string, string>();
  #bytes = 0;

  constructor(maxBytes = 128_000_000) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that it holds, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  has(id: string): boolean {
    return this.#contents.has(id);
  }

  get(id: string): FileContent | undefined {
    const content = this.#contents.get(id);
    if (content !== undefined) {
      this.#contents.delete(id);
      this.#contents.set(id, content);
    }
    return content;
  }

  /** A content that somebody is fetching now; undefined where nobody is, and in the end where it was not to be had. */
  coming(id: string): Promise<FileContent | undefined> | undefined {
    return this.#coming.get(id);
  }

  /** Tells others of contents that are on their way. Base and head of a review mostly have the same files, and ask at the same time. */
  announce(ids: readonly string[], fetched: Promise<ReadonlyMap<string, FileContent>>): void {
    // Whoever asked hears of a failure; here nobody may be waiting.
    const arrived = fetched.catch(() => new Map<string, FileContent>());
    for (const id of ids) {
      const content = arrived.then((contents) => contents.get(id));
      this.#coming.set(id, content);
      void content.then(() => this.#coming.delete(id));
    }
  }

  set(id: string, content: FileContent): void {
    const size = sizeOf(content);
    if (content.kind === "missing" || size > this.#maxBytes / 4) return;
    this.#drop(id);
    this.#contents.set(id, content);
    this.#bytes += size;
    for (const oldest of this.#contents.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  /** The blob's id at a path of a commit, where that was seen. */
  idAt(sha: string, path: string): string | undefined {
    return this.#ids.get(`${sha}:${path}`);
  }

  setIdAt(sha: string, path: string, id: string): void {
    this.#ids.set(`${sha}:${path}`, id);
    if (this.#ids.size > MAX_IDS) {
      for (const oldest of this.#ids.keys()) {
        this.#ids.delete(oldest);
        break;
      }
    }
  }

  #drop(id: string): void {
    const content = this.#contents.get(id);
    if (content === undefined) return;
    this.#contents.delete(id);
    this.#bytes -= sizeOf(content);
  }
}

/**
 * The tree of one commit. Reading does not need its list; once it was asked for, links and submodules are told from files and
 * blobs that the cache holds are not read again. Of a tree with more than 100,000 entries GitHub lists only a part.
 */
export function githubTree(
  reader: CommitReader,
  sha: string,
  options: GitHubTreeOptions = {},
): GitHubTree {
  const { cache = new BlobCache(), before, known = [], patched, shown } = options;
  const { expected, glimpses, limit } = options;
  let listing: Promise<Listing> | undefined;
  let listedNow: Listing["entries"] | undefined;
  const list = async (): Promise<Listing> => {
    const found = await (before === undefined ? load(reader, sha, known) : undo(before));
    listedNow = found.entries;
    return found;
  };
  const entries = () => {
    listing ??= list();
    // Asked again after a failure.
    listing.catch(() => {
      listing = undefined;
    });
    return listing;
  };
  // Of this review: what has no blob to be kept by, and the blobs of what does not come with others.
  const unkept = new Map<string, FileContent>();
  const apart = new Map<string, string>();

  const recall = (path: string, entry: TreeEntry | undefined): FileContent | undefined => {
    if (!isInside(path)) return outside;
    if (entry?.kind === "symlink") return link;
    if (entry?.kind === "submodule") return unreadable("a submodule, not a file");
    if (entry?.kind === "file" && entry.size === 0) return { kind: "bytes", bytes: NOTHING };
    const id = entry?.id ?? cache.idAt(sha, path);
    return (id === undefined ? undefined : cache.get(id)) ?? unkept.get(path);
  };

  const keep = (path: string, id: string | undefined, content: FileContent): void => {
    if (id !== undefined && content.kind === "bytes") {
      cache.setIdAt(sha, path, id);
      cache.set(id, content);
    } else if (content.kind !== "unreadable" || content.isPutOff !== true) {
      unkept.set(path, content);
    }
  };

  const isShown = async (path: string): Promise<boolean> => {
    const source = shown?.patches.get(path);
    if (source === undefined) return false;
    if (shown?.after !== undefined) return shown.after.isShown(source.path);
    return ((await listing)?.entries.get(path)?.size ?? 0) > MAX_SLIGHT_BYTES;
  };

  /** Puts into `contents` the lines that patches show of large files. They are never kept by the blob's id: they are not the blob. */
  const showLines = async (
    paths: readonly string[],
    contents: Map<string, FileContent>,
  ): Promise<void> => {
    const side = shown?.after === undefined ? "after" : "before";
    for (const path of paths) {
      const patch = (await isShown(path)) ? shown?.patches.get(path)?.patch : undefined;
      if (patch === undefined) continue;
      const lines = linesOf(patch, side);
      contents.set(path, lines);
      unkept.set(path, lines);
    }
  };

  /** Puts into `contents` what the patches tell. */
  const derive = async (
    paths: readonly string[],
    listed: ReadonlyMap<string, TreeEntry> | undefined,
    contents: Map<string, FileContent>,
  ): Promise<void> => {
    const known = paths.flatMap((path) => {
      const source = patched?.patches.get(path);
      return source === undefined ? [] : [{ path, source, id: listed?.get(path)?.id }];
    });
    if (patched === undefined || known.length === 0) return;
    const after = await patched.tree.read(known.map(({ source }) => source.path));
    for (const { path, source, id } of known) {
      const bytes = bytesBefore(after.get(source.path), source.patch, id);
      if (bytes === undefined) continue;
      const content: FileContent = { kind: "bytes", bytes };
      contents.set(path, content);
      keep(path, id ?? blobId(bytes), content);
    }
  };

  // What became of a file tells roughly how large it was.
  const later = new Map(
    before?.changes.map(({ path, previousPath = path }) => [previousPath, path] as const),
  );
  const sizeOf = (path: string): number | undefined =>
    listedNow?.get(path)?.size ?? before?.tree.sizeOf(later.get(path) ?? path);

  /** What is changed, and has more to be said of, comes before all else. */
  const keptFor = (path: string, kept: number): number =>
    limit?.own.has(path) === true && !limit.isSlight(path) ? 0 : kept;

  const read = async (
    paths: readonly string[],
    { maySpare = false, isLast = false } = {},
  ): Promise<Map<string, FileContent>> => {
    const listed = (await listing)?.entries;
    const contents = new Map<string, FileContent>();
    const unknown: string[] = [];
    for (const path of paths) asked.add(path);
    for (const path of new Set(paths)) {
      const content = recall(path, listed?.get(path));
      if (content === undefined) unknown.push(path);
      else contents.set(path, content);
    }
    await showLines(unknown, contents);
    await derive(
      unknown.filter((path) => !contents.has(path)),
      listed,
      contents,
    );
    const wanted = unknown.filter((path) => !contents.has(path));
    const others = new Map(
      wanted.flatMap((path) => {
        const coming = cache.coming(listed?.get(path)?.id ?? "");
        return coming === undefined ? [] : [[path, coming] as const];
      }),
    );
    const get = async (some: readonly string[]): Promise<void> => {
      const large = some.filter((path) => apart.has(path) || (sizeOf(path) ?? 0) > MAX_TEXT_BYTES);
      const isBeside = (path: string) => maySpare && limit?.own.has(path) === false;
      const together = some.length - large.length;
      const calls = together === 0 ? 0 : 1 + Math.floor(together / FILES_PER_CALL);
      const kept = isLast ? 0 : (limit?.kept ?? 0);
      const beside = limit?.hasRoom(calls + large.length) === false ? some.filter(isBeside) : [];
      let blobs = 0;
      const byWeight = [...large].sort((a, b) => keptFor(a, kept) - keptFor(b, kept));
      const dear = byWeight.filter((path) => {
        const price = limit?.priceOf(path) ?? 0;
        if (limit?.hasRoom(keptFor(path, kept) + calls + blobs + price) === false) return true;
        blobs += price;
        return false;
      });
      for (const path of dear) contents.set(path, isBeside(path) ? spared : tooDear);
      const left = new Set([...beside, ...dear]);
      await Promise.all([
        fetch(
          some.filter((path) => !left.has(path)),
          listed,
          contents,
          { kept, maySpare },
        ),
        fetchSpare(beside, listed, contents),
      ]);
    };
    await get(wanted.filter((path) => !others.has(path)));
    for (const [path, coming] of others) {
      const content = await coming;
      if (content !== undefined) contents.set(path, content);
    }
    // What others did not get either.
    await get(wanted.filter((path) => !contents.has(path)));
    for (const [path, content] of contents) {
      const isOwn = limit?.own.has(path) === true;
      const packages = isOwn && content === tooDear ? await options.told?.(path) : undefined;
      if (packages !== undefined) contents.set(path, { ...tooDear, packages });
    }
    return contents;
  };

  /** Of files beside what is looked at, puts into `contents` what comes along with calls that are made anyway. */
  const fetchSpare = async (
    paths: readonly string[],
    listed: ReadonlyMap<string, TreeEntry> | undefined,
    contents: Map<string, FileContent>,
  ): Promise<void> => {
    const files = await reader.spareFiles(paths.map((path) => requestFor(path, listed)));
    paths.forEach((path, index) => {
      const file = files[index];
      contents.set(path, file?.content ?? spared);
      if (file !== undefined) keep(path, file.id, file.content);
    });
  };

  const requestFor = (
    path: string,
    listed: ReadonlyMap<string, TreeEntry> | undefined,
  ): FileRequest => {
    const { size, id } = listed?.get(path) ?? {};
    const known = apart.get(path);
    if (known !== undefined) return { sha, path, id: known, isApart: true };
    return { sha, path, ...(size !== undefined && { size }), ...(id !== undefined && { id }) };
  };

  /** Puts into `contents` what the server has, within what that may cost. */
  const fetch = async (
    paths: readonly string[],
    listed: ReadonlyMap<string, TreeEntry> | undefined,
    contents: Map<string, FileContent>,
    { kept, maySpare }: { readonly kept: number; readonly maySpare: boolean },
  ): Promise<void> => {
    if (paths.length === 0) return;
    const spare = listed === undefined ? [] : ahead(paths, listed);
    let claimed = 0;
    const requests = [...paths, ...spare].map((path): FileRequest => {
      const request = requestFor(path, listed);
      const isOwn = limit?.own.has(path) === true;
      // Of those that are known to be large it is settled that they are fetched, and what a review rests on is had at any price.
      const isSettled = request.isApart || (request.size ?? 0) > MAX_TEXT_BYTES;
      if (limit === undefined || isSettled === true || !(isOwn || maySpare)) return request;
      const instead = (id: string) => {
        if (limit.hasRoom(keptFor(path, kept) + 1) && limit.claim(1)) {
          claimed++;
          return undefined;
        }
        const patch = shown?.after === undefined ? shown?.patches.get(path)?.patch : undefined;
        if (patch !== undefined) return linesOf(patch, "after");
        apart.set(path, id);
        return isOwn ? tooDear : spared;
      };
      return { ...request, instead };
    });
    const fetched = Promise.all([
      reader.files(requests.slice(0, paths.length)),
      reader.spareFiles(requests.slice(paths.length)),
    ]).then((both) => both.flat());
    cache.announce(
      requests.flatMap(({ id }) => id ?? []),
      fetched.then((files) => {
        const found = files.map((file) => [file?.id ?? "", file?.content ?? missing] as const);
        return new Map(found.filter(([id]) => id !== ""));
      }),
    );
    const files = await fetched.finally(() => limit?.giveBack(claimed));
    requests.forEach(({ path }, index) => {
      const isWanted = index < paths.length;
      const file = files[index] ?? (isWanted ? { content: missing } : undefined);
      if (file === undefined) return;
      if (isWanted) contents.set(path, file.content);
      keep(path, file.id, file.content);
    });
  };

  const asked = new Set<string>();
  let next: ReturnType<typeof readAhead> | undefined;

  const ahead = (
    paths: readonly string[],
    listed: ReadonlyMap<string, TreeEntry>,
  ): readonly string[] => {
    next ??= readAhead(listed, expected?.(new Set(listed.keys())), glimpses);
    const contentOf = (entry: TreeEntry) => {
      const { path, id = "" } = entry;
      const content = recall(path, entry);
      if (content?.kind === "bytes") return content.bytes;
      const isToBeHad =
        content !== undefined || cache.coming(id) !== undefined || patched?.patches.has(path);
      return isToBeHad === true ? "coming" : undefined;
    };
    return next({ paths, asked, contentOf }).map(({ path }) => path);
  };

  return {
    revision: sha,
    list: async () => [...(await entries()).entries.values()],
    isListedWhole: async () => (await entries()).isWhole,
    isShown,
    sizeOf,
    read: (paths) => read(paths),
    readBeside: (paths) => read(paths, { maySpare: true }),
    readLast: (paths) => read(paths, { isLast: true }),
    free: async (paths) => {
      const listed = (await listing)?.entries;
      return paths.filter((path) => {
        const entry = listed?.get(path);
        return recall(path, entry) !== undefined || cache.coming(entry?.id ?? "") !== undefined;
      });
    },
  };
}

interface Listing {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly isWhole: boolean;
}

/** A file as its patch shows it. */
function linesOf(patch: string, side: "before" | "after"): FileContent {
  return { kind: "bytes", bytes: Buffer.from(linesShown(patch, side)) };
}

/** Undefined where the patch does not fit, or does not lead to the blob of that id. */
function bytesBefore(
  after: FileContent | undefined,
  patch: string,
  id: string | undefined,
): Uint8Array | undefined {
  if (after?.kind !== "bytes") return undefined;
  let text: string | undefined;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = textBefore(decoder.decode(after.bytes), patch);
  } catch {
    return undefined;
  }
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  const isChecked = id !== undefined && id.length === SHA1_LENGTH;
  return isChecked && blobId(bytes) !== id ? undefined : bytes;
}

/** As git names it, in repositories that use SHA-1. */
function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

async function load(reader: CommitReader, sha: string, known: readonly string[]): Promise<Listing> {
  const { entries, truncated } = await reader.tree(sha);
  // Names that no git would make, but an attacker could.
  const listed = new Map(
    entries.filter(({ path }) => isInside(path)).map((entry) => [entry.path, entry]),
  );
  for (const path of known) {
    if (!listed.has(path) && isInside(path)) listed.set(path, { path, kind: "file" });
  }
  return { entries: listed, isWhole: !truncated };
}

/** The tree as it was before the changes. Of what they touch only the path is known. */
async function undo({ tree, changes }: NonNullable<GitHubTreeOptions["before"]>): Promise<Listing> {
  const listed = new Map((await tree.list()).map((entry) => [entry.path, entry]));
  const kinds = new Map(changes.map(({ path }) => [path, listed.get(path)?.kind ?? "file"]));
  for (const { path } of changes) listed.delete(path);
  for (const change of changes) {
    if (change.status === "added") continue;
    const path = change.previousPath ?? change.path;
    listed.set(path, { path, kind: kinds.get(change.path) ?? "file" });
  }
  return { entries: listed, isWhole: true };
}

function sizeOf(content: FileContent): number {
  return ENTRY_BYTES + (content.kind === "bytes" ? content.bytes.length : 0);
}
