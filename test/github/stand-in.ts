/**
 * The stand-in as a test holds it: starts and stops the server, plays the people and the git pushes
 * that happen on GitHub, and shows what was stored. See `index.ts` for a first example.
 */

import type { Injection, SeenRequest } from "./faults.ts";
import { secondaryLimit } from "./faults.ts";
import type { GitRepository } from "./git.ts";
import { installationToken } from "./handlers/apps.ts";
import { addReply } from "./handlers/reviews.ts";
import type { Fields } from "./json.ts";
import { GITHUB_LIMITS, type Limits } from "./limits.ts";
import type { Resource } from "./rate-limits.ts";
import { GitHubServer, type LoggedCall, type RequestHook } from "./server.ts";
import {
  type CheckRun,
  type IssueComment,
  now,
  type Permissions,
  type PullRequest,
  Repository,
  type Review,
  type ReviewComment,
  type SarifUpload,
  type Thread,
  World,
} from "./state.ts";

export interface RepositoryOptions {
  /** A git directory, bare or not; or one that is open, and that the caller closes. */
  readonly repository: string | GitRepository;
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
}

export interface GitHubOptions extends RepositoryOptions {
  /** Of the App's installation; what DESIGN.md asks users for by default. */
  readonly permissions?: Permissions;
  readonly app?: { readonly id?: number; readonly slug?: string; readonly owner?: string };
  readonly installationId?: number;
  /** Roles by login: admin, maintain, write, triage, read or none. */
  readonly collaborators?: Readonly<Record<string, string>>;
  readonly advisories?: readonly Fields[];
  /** Others of the same owner or not, such as `<owner>/.github`. */
  readonly others?: readonly RepositoryOptions[];
  readonly limits?: Partial<Limits>;
  /** Requests, and GraphQL points, per hour. */
  readonly rateLimit?: number;
}

export interface OpenPullRequest {
  readonly number?: number;
  /** A branch of the base repository. */
  readonly base?: string;
  /** Recorded tip of the base; where the branch is now by default. */
  readonly baseSha?: string;
  /** A branch or a commit hash. */
  readonly head: string;
  /** Name shown for the head's branch, when `head` is a hash. */
  readonly headRef?: string;
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
  readonly draft?: boolean;
  /** Full name of the fork that the head lives in; null for a deleted fork. */
  readonly fork?: string | null;
}

const PERMISSIONS: Permissions = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  checks: "write",
  merge_queues: "read",
};

/** App id of GitHub Actions on github.com. */
const ACTIONS_APP = 15368;

/** Starts a stand-in for GitHub on a free port of this machine. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubStandIn> {
  const github = new GitHubStandIn(options);
  await github.start();
  return github;
}

export class GitHubStandIn {
  readonly world: World;
  readonly #server: GitHubServer;
  #origin = "";

  constructor(options: GitHubOptions) {
    const { id = 4711, slug = "portcullis", owner = "portcullis-owner" } = options.app ?? {};
    this.world = new World({
      limits: { ...GITHUB_LIMITS, ...options.limits },
      app: { id, slug, owner },
      installationId: options.installationId ?? 5150,
      permissions: options.permissions ?? PERMISSIONS,
    });
    for (const given of [options, ...(options.others ?? [])]) {
      this.world.repositories.push(
        new Repository({
          repository: given.repository,
          owner: given.owner,
          name: given.name,
          isPrivate: given.private ?? false,
          defaultBranch: given.defaultBranch ?? "main",
        }),
      );
    }
    for (const [login, role] of Object.entries(options.collaborators ?? {})) {
      this.world.collaborators.set(login, role);
    }
    this.world.advisories = options.advisories ?? [];
    this.#server = new GitHubServer(this.world, options.rateLimit ?? 5000);
  }

  async start(): Promise<void> {
    this.#origin = `http://127.0.0.1:${await this.#server.listen()}`;
  }

  /** Ends the server, open connections and git. */
  async close(): Promise<void> {
    await this.#server.close();
    for (const repository of this.world.repositories) repository.close();
  }

  /** REST as on api.github.com; GraphQL is at `/graphql` below it. */
  get url(): string {
    return this.#origin;
  }

  /** REST as on GitHub Enterprise Server; GraphQL is at `/api/graphql` of the same host. */
  get enterpriseUrl(): string {
    return `${this.#origin}/api/v3`;
  }

  get installationId(): number {
    return this.world.installationId;
  }

  get appId(): number {
    return this.world.app.id;
  }

  /** The App's key in PEM, to sign its JSON Web Tokens with. */
  get privateKey(): string {
    return this.world.keys.privateKey;
  }

  /** A token of the App's installation, without the detour over a JSON Web Token. */
  installationToken(permissions: Permissions = this.world.permissions): string {
    return installationToken(this.world, permissions);
  }

  /**
   * A workflow's `GITHUB_TOKEN`: acts as `github-actions[bot]`. `readOnly` is what forks and
   * Dependabot get, whatever the workflow asks for.
   */
  actionsToken(
    options: { readonly permissions?: Permissions; readonly readOnly?: boolean } = {},
  ): string {
    const wanted: Permissions = options.permissions ?? { ...PERMISSIONS, security_events: "write" };
    const permissions = Object.fromEntries(
      Object.entries(wanted).map(
        ([name, access]) => [name, options.readOnly ? "read" : access] as const,
      ),
    );
    const token = installationToken(this.world, permissions);
    const actor = { login: "github-actions[bot]", appId: ACTIONS_APP };
    this.world.tokens.set(token, { actor, permissions, kind: "actions" });
    return token;
  }

  /** A person's token, to play other users over the API. */
  userToken(
    login: string,
    permissions: Permissions = { ...PERMISSIONS, contents: "write" },
  ): string {
    const token = installationToken(this.world, permissions);
    this.world.tokens.set(token, {
      actor: { login, appId: undefined },
      permissions,
      kind: "user",
    });
    return token;
  }

  /** Changes what the installation may do, for tokens made from now on and those in use. */
  setPermissions(permissions: Permissions): void {
    this.world.permissions = permissions;
    for (const [value, token] of this.world.tokens) {
      if (token.kind === "installation") this.world.tokens.set(value, { ...token, permissions });
    }
  }

  /** The first repository, or another by full name. */
  repository(fullName?: string): Repository {
    const [owner = "", name = ""] = fullName?.split("/") ?? [];
    const found =
      fullName === undefined ? this.world.repositories[0] : this.world.find(owner, name);
    if (found === undefined) throw new Error(`no repository ${fullName}`);
    return found;
  }

  async openPullRequest(given: OpenPullRequest): Promise<PullRequest> {
    const repository = this.repository();
    const baseRef = given.base ?? repository.defaultBranch;
    const isHash = /^[0-9a-f]{40}$/.test(given.head);
    const number = given.number ?? Math.max(0, ...repository.pulls.keys()) + 1;
    const pull: PullRequest = {
      id: this.world.nextId(),
      number,
      author: given.author ?? "contributor",
      createdAt: now(),
      updatedAt: now(),
      title: given.title ?? `Pull request ${number}`,
      body: given.body ?? "",
      state: "open",
      merged: false,
      draft: given.draft ?? false,
      baseRef,
      baseSha: given.baseSha ?? (await this.#commit(baseRef)),
      headRef: given.headRef ?? (isHash ? `head-of-${number}` : given.head),
      headSha: await this.#commit(given.head),
      headRepository: given.fork === undefined ? repository.fullName : given.fork,
      mergeCommitSha: null,
    };
    repository.pulls.set(number, pull);
    return pull;
  }

  /** Moves the head, forward or by force: GitHub shows both as `synchronize`. */
  async push(number: number, head: string): Promise<PullRequest> {
    const pull = this.pull(number);
    pull.headSha = await this.#commit(head);
    pull.updatedAt = now();
    return pull;
  }

  /** Edits title, body, draft or state. */
  edit(
    number: number,
    changes: Partial<
      Pick<PullRequest, "title" | "body" | "draft" | "state" | "merged" | "mergeCommitSha">
    >,
  ): PullRequest {
    return Object.assign(this.pull(number), changes, { updatedAt: now() });
  }

  closePullRequest(number: number, merged = false): PullRequest {
    return this.edit(number, { state: "closed", merged });
  }

  async changeBase(number: number, base: string): Promise<PullRequest> {
    const pull = this.pull(number);
    pull.baseRef = base;
    pull.baseSha = await this.#commit(base);
    return pull;
  }

  /** A person writes on the conversation of a pull request. */
  comment(number: number, author: string, body: string): IssueComment {
    const comment: IssueComment = {
      id: this.world.nextId(),
      issue: this.pull(number).number,
      author,
      createdAt: now(),
      updatedAt: now(),
      body,
      minimized: undefined,
      reactions: [],
    };
    this.repository().issueComments.push(comment);
    return comment;
  }

  /** A person answers a review comment, in its thread. */
  reply(to: number, author: string, body: string): ReviewComment {
    const repository = this.repository();
    const parent = repository.reviewComments.find(({ id }) => id === to);
    if (parent === undefined) throw new Error(`no review comment ${to}`);
    return addReply(this.world, repository, parent, author, body);
  }

  /** Somebody deletes a review comment; the replies to it stay. */
  deleteComment(id: number): void {
    const { reviewComments } = this.repository();
    const at = reviewComments.findIndex((comment) => comment.id === id);
    if (at < 0) throw new Error(`no review comment ${id}`);
    reviewComments.splice(at, 1);
  }

  /** Moves a branch without touching git; pull requests keep the base that was recorded. */
  async moveBranch(branch: string, to: string): Promise<void> {
    this.repository().branches.set(branch, await this.#commit(to));
  }

  /** Renames the repository; its old name redirects. */
  rename(name: string): void {
    const repository = this.repository();
    this.world.renamed.set(repository.fullName.toLowerCase(), repository);
    const own = repository.fullName;
    repository.name = name;
    for (const pull of repository.pulls.values()) {
      if (pull.headRepository === own) pull.headRepository = repository.fullName;
    }
  }

  pull(number: number): PullRequest {
    const pull = this.repository().pulls.get(number);
    if (pull === undefined) throw new Error(`no pull request ${number}`);
    return pull;
  }

  get checkRuns(): readonly Readonly<CheckRun>[] {
    return this.repository().checkRuns;
  }

  get reviews(): readonly Readonly<Review>[] {
    return this.repository().reviews;
  }

  get reviewComments(): readonly Readonly<ReviewComment>[] {
    return this.repository().reviewComments;
  }

  get issueComments(): readonly Readonly<IssueComment>[] {
    return this.repository().issueComments;
  }

  get threads(): readonly Readonly<Thread>[] {
    return [...new Set(this.repository().reviewComments.map(({ thread }) => thread))];
  }

  get sarifUploads(): readonly SarifUpload[] {
    return this.repository().sarifUploads;
  }

  /** Requests since the start or the last reset, in order of arrival. */
  get calls(): readonly LoggedCall[] {
    return this.#server.calls;
  }

  resetCalls(): void {
    this.#server.calls = [];
  }

  /** What a client, or the stand-in itself, did against GitHub's description and schema. */
  get violations(): readonly string[] {
    return this.#server.violations;
  }

  /** Throws when there was any violation; forgets them. */
  expectNoViolations(): void {
    const found = this.#server.violations.splice(0);
    if (found.length === 0) return;
    throw new Error(`${found.length} violations of GitHub's API:\n- ${found.join("\n- ")}`);
  }

  /** Takes the recorded violations, for tests that cause some. */
  takeViolations(): readonly string[] {
    return this.#server.violations.splice(0);
  }

  inject(injection: Injection): { readonly hits: number; remove(): void } {
    return this.#server.faults.add(injection);
  }

  /** Answers requests with the secondary limit; the next one by default. */
  limitSecondary(
    options: {
      readonly match?: (request: SeenRequest) => boolean;
      readonly times?: number;
      /** Seconds. */
      readonly retryAfter?: number;
    } = {},
  ): { readonly hits: number; remove(): void } {
    const { match = () => true, times = 1, retryAfter = 60 } = options;
    return this.inject({ match, times, fault: secondaryLimit(retryAfter) });
  }

  /** Leaves so many requests of the primary limit. */
  setRemaining(resource: Resource, remaining: number, resetInSeconds?: number): void {
    this.#server.rateLimits.set(resource, remaining, resetInSeconds);
  }

  /** Runs before each request is performed; a test may push, close or fail in it. Returns its end. */
  onRequest(hook: RequestHook): () => void {
    this.#server.hooks.add(hook);
    return () => this.#server.hooks.delete(hook);
  }

  async #commit(ref: string): Promise<string> {
    const sha = await this.repository().resolve(ref);
    if (sha === undefined) throw new Error(`no commit ${ref}`);
    return sha;
  }
}
