/**
 * What the stand-in remembers: everything that GitHub stores beside git. Objects here are the
 * stand-in's own and may change; tests see them through readonly types.
 */

import { createHash, generateKeyPairSync } from "node:crypto";
import { GitRepository } from "./git.ts";
import type { Fields } from "./json.ts";
import type { Limits } from "./limits.ts";

export type Access = "read" | "write";
export type Permissions = Readonly<Record<string, Access>>;

/** Who acts: `login` as REST shows it, with the `[bot]` suffix of an App. */
export interface Actor {
  readonly login: string;
  /** Only check runs of the same App may be updated. */
  readonly appId: number | undefined;
}

export interface Token {
  readonly actor: Actor;
  readonly permissions: Permissions;
  readonly kind: "app" | "installation" | "actions" | "user";
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly createdAt: string;
  title: string;
  body: string;
  state: "open" | "closed";
  merged: boolean;
  draft: boolean;
  baseRef: string;
  /** The base tip as last recorded, which need not be the merge base. */
  baseSha: string;
  headRef: string;
  headSha: string;
  /** Full name of the repository that holds the head; null when the fork was deleted. */
  headRepository: string | null;
  mergeCommitSha: string | null;
  updatedAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  name: string;
  externalId: string;
  detailsUrl: string;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Fields[];
  actions: readonly Fields[];
  /** How often the run went from unfinished to completed. */
  completions: number;
}

export interface CheckSuite {
  readonly id: number;
  readonly headSha: string;
  readonly appId: number;
  status: string;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly commitId: string;
  readonly submittedAt: string;
  body: string;
  state: "COMMENTED" | "PENDING" | "APPROVED" | "CHANGES_REQUESTED";
}

export type Side = "LEFT" | "RIGHT";

export interface Anchor {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly startSide: Side | undefined;
  readonly startLine: number | undefined;
}

export interface ReviewComment {
  readonly id: number;
  readonly pull: number;
  readonly reviewId: number;
  readonly author: string;
  readonly path: string;
  /** Where it was put; `undefined` for a comment on the whole file. */
  readonly anchor: Anchor | undefined;
  readonly commitId: string;
  readonly mergeBase: string;
  readonly diffHunk: string;
  readonly position: number;
  readonly thread: Thread;
  readonly inReplyTo: number | undefined;
  readonly createdAt: string;
  updatedAt: string;
  body: string;
  minimized: string | undefined;
  readonly reactions: Reaction[];
}

export interface Thread {
  readonly id: string;
  readonly pull: number;
  readonly root: number;
  resolvedBy: string | undefined;
}

export interface IssueComment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  readonly createdAt: string;
  updatedAt: string;
  body: string;
  minimized: string | undefined;
  readonly reactions: Reaction[];
}

export interface Reaction {
  readonly id: number;
  readonly content: string;
  readonly author: string;
  readonly createdAt: string;
}

export interface SarifUpload {
  readonly id: string;
  readonly commitSha: string;
  readonly ref: string;
  readonly sarif: unknown;
}

/** One repository: its git data and all that hangs on it. */
export class Repository {
  readonly git: GitRepository;
  readonly id: number;
  readonly owner: string;
  /** Changes when the repository is renamed. */
  name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly pulls = new Map<number, PullRequest>();
  readonly checkRuns: CheckRun[] = [];
  readonly reviews: Review[] = [];
  readonly reviewComments: ReviewComment[] = [];
  readonly issueComments: IssueComment[] = [];
  readonly sarifUploads: SarifUpload[] = [];
  /** Branch tips that differ from git's own: the test moved them here. */
  readonly branches = new Map<string, string>();
  /** What the dependency graph answers; null means it is switched off (404). */
  dependencyChanges: readonly Fields[] | null | "forbidden" = null;

  readonly #ownsGit: boolean;

  constructor(given: {
    readonly repository: string | GitRepository;
    readonly owner: string;
    readonly name: string;
    readonly isPrivate: boolean;
    readonly defaultBranch: string;
  }) {
    const { repository } = given;
    this.#ownsGit = typeof repository === "string";
    this.git = typeof repository === "string" ? new GitRepository(repository) : repository;
    this.id = stableNumber(`${given.owner}/${given.name}`);
    this.owner = given.owner;
    this.name = given.name;
    this.isPrivate = given.isPrivate;
    this.defaultBranch = given.defaultBranch;
  }

  close(): void {
    if (this.#ownsGit) this.git.close();
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** The commit of a branch, tag, hash or `refs/pull/N/head`; heads of forks are found too. */
  async resolve(ref: string): Promise<string | undefined> {
    const short = ref.replace(/^refs\/(heads\/)?/, "");
    const [, number, kind] = /^pull\/(\d+)\/(head|merge)$/.exec(short) ?? [];
    if (number !== undefined) {
      const pull = this.pulls.get(Number(number));
      return (kind === "head" ? pull?.headSha : pull?.mergeCommitSha) ?? undefined;
    }
    const moved = this.branches.get(short);
    if (moved !== undefined) return moved;
    const head = [...this.pulls.values()].findLast(
      (pull) => pull.headRef === short && pull.headRepository === this.fullName,
    );
    // A name that git would read as an option or a range is no ref.
    if (/^-|\.\.|[\s^~:?*[\\]/.test(ref)) return undefined;
    return head?.headSha ?? (await this.git.resolve(ref));
  }

  async mergeBase(pull: PullRequest, head = pull.headSha): Promise<string> {
    return (await this.git.mergeBase(pull.baseSha, head)) ?? pull.baseSha;
  }
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** By App id: to make one takes a quarter of a second, and an App has the same in all worlds. */
const keyPairs = new Map<number, KeyPair>();

/** Everything that is not bound to one repository. */
export class World {
  readonly limits: Limits;
  readonly repositories: Repository[] = [];
  /** Old full names of renamed repositories. */
  readonly renamed = new Map<string, Repository>();
  readonly tokens = new Map<string, Token>();
  readonly collaborators = new Map<string, string>();
  readonly app: { readonly id: number; readonly slug: string; readonly owner: string };
  readonly installationId: number;
  permissions: Permissions;
  advisories: readonly Fields[] = [];
  #lastId = 1000;

  constructor(given: {
    readonly limits: Limits;
    readonly app: World["app"];
    readonly installationId: number;
    readonly permissions: Permissions;
  }) {
    this.limits = given.limits;
    this.app = given.app;
    this.installationId = given.installationId;
    this.permissions = given.permissions;
  }

  get botLogin(): string {
    return `${this.app.slug}[bot]`;
  }

  /** The App's key pair in PEM. */
  get keys(): KeyPair {
    const known = keyPairs.get(this.app.id);
    if (known !== undefined) return known;
    const pair = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    keyPairs.set(this.app.id, pair);
    return pair;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  find(owner: string, name: string): Repository | undefined {
    const wanted = `${owner}/${name}`.toLowerCase();
    return this.repositories.find((repository) => repository.fullName.toLowerCase() === wanted);
  }
}

/** Now, as GitHub writes times: seconds, in UTC. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** The same number for the same name in every run. */
export function stableNumber(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) >>> 4;
}
