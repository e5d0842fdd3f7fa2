import { realpathSync } from "node:fs";
import { resolve as toAbsolute } from "node:path";
import type { Change } from "../../core/change.ts";
import { RevisionError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";
import type { SourceTree } from "../../core/source-tree.ts";
import { requireFolder } from "../disk.ts";
import { changesBetween, EMPTY_TREES } from "./changes.ts";
import { historyBetween } from "./history.ts";
import { ObjectReader } from "./objects.ts";
import { runGit, toRevisionError } from "./process.ts";
import { folderReader, gitTree } from "./tree.ts";
import { changesOnDisk } from "./working-tree.ts";

interface Facts {
  readonly root: string;
  /** Where git keeps its own files: of a linked work tree, its part of the repository. */
  readonly gitFolder: string;
  readonly isBare: boolean;
  readonly isShallow: boolean;
}

/**
 * Opens the repository that a folder is, or is in. Throws `RevisionError` where there is none, where git does not trust it,
 * and where git is not installed.
 */
export async function openRepository(dir: string): Promise<GitRepository> {
  requireFolder(dir);
  const objects = new ObjectReader(dir);
  // Up while the other process looks around.
  objects.start();
  try {
    return new GitRepository(await lookAround(dir), objects);
  } catch (error) {
    objects.close();
    throw error;
  }
}

async function lookAround(dir: string): Promise<Facts> {
  const questions = [
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-cdup",
    "--absolute-git-dir",
  ];
  const { status, output, errors } = await runGit(dir, ["rev-parse", ...questions]);
  if (status !== 0) throw toRevisionError(dir, "rev-parse", errors);
  const [inside, shallow, ...rest] = output.toString("utf8").trimEnd().split("\n");
  const isBare = inside !== "true";
  // Outside of a work tree, git answers the third question with nothing at all.
  const up = isBare ? "" : (rest.shift() ?? "");
  const gitFolder = rest.join("\n");
  const root = isBare ? gitFolder : toAbsolute(realpathSync(dir), up);
  return { root, gitFolder, isBare, isShallow: shallow === "true" };
}

/**
 * A git repository, read without a checkout, without the network and without running anything it configures. It keeps one
 * process, so `close` it.
 */
export class GitRepository {
  /** The top folder of the work tree, or the repository's own folder where it is bare. Paths are relative to it. */
  readonly root: string;
  /** True where no files are on disk. */
  readonly isBare: boolean;
  readonly #gitFolder: string;
  readonly #isShallow: boolean;
  readonly #objects: ObjectReader;
  readonly #folders: ReturnType<typeof folderReader>;

  /** Use `openRepository`. */
  constructor(facts: Facts, objects: ObjectReader) {
    this.root = facts.root;
    this.isBare = facts.isBare;
    this.#gitFolder = facts.gitFolder;
    this.#isShallow = facts.isShallow;
    this.#objects = objects;
    this.#folders = folderReader(objects);
  }

  /** True where history was cut off by the clone. */
  isShallow(): boolean {
    return this.#isShallow;
  }

  /** Ends the repository's process; its trees cannot be read any more. */
  close(): void {
    this.#objects.close();
  }

  /**
   * The commit that a revision names, in full. A branch that exists at `origin` only needs no prefix; the empty tree's id
   * stands for itself. Throws `RevisionError` when there is no such commit.
   */
  async resolve(revision: string): Promise<string> {
    if (EMPTY_TREES.some((id) => id === revision)) return revision;
    if (revision === "" || /^-|[\n\0]/.test(revision)) {
      throw new RevisionError(`${JSON.stringify(revision)} is not a revision`, {
        hint: "Name a commit, branch or tag.",
      });
    }
    const names = revision === "HEAD" ? [revision] : [revision, `refs/remotes/origin/${revision}`];
    const commit = await this.#firstCommit(names);
    if (commit !== undefined) return commit;
    if (revision === "HEAD") {
      throw new RevisionError(`HEAD of ${this.root} names no commit`, {
        hint: "Name the revision: --head REV.",
      });
    }
    throw new RevisionError(`unknown revision ${revision}`, {
      hint: `Fetch it first: git fetch origin ${revision}`,
    });
  }

  /** The merge base of a revision with the default branch, as `origin` or else the repository itself has it. */
  async defaultBase(head: string): Promise<string> {
    const own = ["refs/heads/main", "refs/heads/master"];
    const branch =
      (await this.#firstCommit([
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
        "refs/remotes/origin/master",
        ...(this.isBare ? ["HEAD", ...own] : own),
      ])) ?? (await this.#configuredBranch());
    if (branch === undefined) {
      throw new RevisionError(`${this.root} has no default branch to compare with`, {
        hint: "Name the base: --base REV.",
      });
    }
    return (await this.mergeBase(branch, head)) ?? this.#throwUnrelated(branch, head);
  }

  /** The best common ancestor of two revisions, if the history that the clone has shows one. */
  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const [first, second] = await Promise.all([this.resolve(a), this.resolve(b)]);
    if (first === second) return first;
    const { status, output, errors } = await runGit(this.root, ["merge-base", first, second]);
    if (status === 1) return undefined;
    if (status !== 0) throw toRevisionError(this.root, "merge-base", errors);
    return output.toString("latin1").trim();
  }

  /**
   * The commit to compare `head` with when someone names `base`: their merge base where they have diverged; `base` itself
   * where one is an ancestor of the other, also of a reversed range. Throws `RevisionError` when they are unrelated.
   */
  async reviewBase(base: string, head: string): Promise<string> {
    const [from, to] = await Promise.all([this.resolve(base), this.resolve(head)]);
    if (
      from === to ||
      EMPTY_TREES.some((id) => id === from) ||
      (await this.#parents(to)).includes(from)
    )
      return from;
    const common = (await this.mergeBase(from, to)) ?? this.#throwUnrelated(from, to);
    return common === to ? from : common;
  }

  /**
   * What differs between two revisions: renames followed, a changed mode alone as `modified` with no hunk in its list, no
   * hunks for links, submodules, binaries, and files that are too large or that the clone lacks.
   */
  async changes(base: string, head: string): Promise<Change[]> {
    const [from, to] = await Promise.all([this.resolve(base), this.resolve(head)]);
    return changesBetween(this.#gitFolder, from, to);
  }

  /** What the commits that lead from one revision to another add; nothing where one commit does, which `changes` shows as well. */
  async history(base: string, head: string): Promise<History> {
    const [from, to] = await Promise.all([this.resolve(base), this.resolve(head)]);
    const isOneStep = from === to || (await this.#parents(to)).includes(from);
    return isOneStep
      ? { additions: [], isComplete: true }
      : historyBetween(this.#gitFolder, from, to);
  }

  /** What differs between a revision and the files on disk, new ones included that git does not ignore. Pairs with `directoryTree(root)`. */
  async changesOfWorkingTree(base: string): Promise<Change[]> {
    if (this.isBare) {
      throw new RevisionError(`${this.root} is bare: it has no files on disk`, {
        hint: "Name the head: --head REV.",
      });
    }
    return changesOnDisk(this.root, await this.resolve(base));
  }

  /** The files of a revision. Pass an id from `resolve`: whether it exists shows only when the tree is read. */
  tree(commit: string): SourceTree {
    return gitTree(this.#objects, this.#folders, commit);
  }

  async #firstCommit(revisions: readonly string[]): Promise<string | undefined> {
    const found = await Promise.all(
      revisions.map((revision) => this.#objects.read(`${revision}^{commit}`)),
    );
    for (const object of found) if (object.kind === "object") return object.id;
    return undefined;
  }

  async #configuredBranch(): Promise<string | undefined> {
    const { output } = await runGit(this.root, ["config", "init.defaultBranch"]);
    const name = output.toString("utf8").trim();
    return name === ""
      ? undefined
      : this.#firstCommit([`refs/remotes/origin/${name}`, `refs/heads/${name}`]);
  }

  async #parents(commit: string): Promise<readonly string[]> {
    const object = await this.#objects.read(commit);
    if (object.kind !== "object") return [];
    const [header = ""] = object.bytes.toString("latin1").split("\n\n", 1);
    return header.match(/(?<=^parent )[0-9a-f]+$/gm) ?? [];
  }

  #throwUnrelated(base: string, head: string): never {
    throw new RevisionError(`${base} and ${head} have no common ancestor in this clone`, {
      hint: this.#isShallow
        ? "The clone is shallow. Deepen it: git fetch --deepen=200 origin, or fetch-depth: 0 for actions/checkout."
        : "Their histories are unrelated: name another base.",
    });
  }
}
