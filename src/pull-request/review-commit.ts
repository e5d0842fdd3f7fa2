/**
 * One commit on GitHub reviewed against its base, from the check run that opens to the check run that closes.
 *
 * Every call can fail, and the process can end between any two of them. So the check run is opened first and closed last, the
 * comments carry their own state, and nothing is posted for a head that is no longer the pull request's.
 */

import type { Change } from "../core/change.ts";
import { CONFIG_PATH, type Config } from "../core/config.ts";
import { fillHunks } from "../core/diff.ts";
import { ConfigError, PortcullisError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Profile } from "../core/rule.ts";
import type { SourceTree } from "../core/source-tree.ts";
import {
  type Annotation,
  type ChangeList,
  type CheckRun,
  type CompleteCheck,
  GitHubError,
  type GitHubRepository,
  type PullRequest,
  type RepositoryName,
  type Thread,
} from "../github/index.ts";
import type { Report } from "../report/index.ts";
import { review } from "../review/index.ts";
import { type ConfigFile, checkConfig, RULES_FOLDER, type Setup, setUp } from "../setup/index.ts";
import { type BlobCache, githubTree } from "../trees/index.ts";
import { toCheck, toTroubleCheck } from "./conclusion.ts";
import { type Plan, planConversation, withoutDismissed } from "./conversation.ts";

/** The name under which branch protection knows our check. */
export const CHECK_NAME = "Portcullis";

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a door lends to a review. */
export interface Services {
  readonly github: GitHubRepository;
  readonly name: RepositoryName;
  /** Contents by blob id, kept between reviews. */
  readonly cache: BlobCache;
  readonly version: string;
  /** The day as `YYYY-MM-DD`. */
  readonly today: string;
  readonly log: Log;
  /** Aborted when the review is to end: a newer head, a closed pull request, a deadline. The reason says which. */
  readonly signal: AbortSignal;
  /** True when the caller will try again should this throw: then trouble with GitHub is thrown, and the check stays open for then. */
  readonly willRetry?: boolean;
  /** Overrides of the repository's configuration, from an action's inputs. */
  readonly override?: (config: Config) => Config;
  /** Which rules apply, and where in base the configuration stands, unless at its usual path. */
  readonly setup?: { readonly profile?: Profile; readonly configPath?: string };
  /** Both commits from somewhere nearer than GitHub; undefined where they are not all there. */
  readonly nearby?: (commits: {
    readonly base: string;
    readonly head: string;
  }) => Promise<Trees | undefined>;
}

/** What is compared. */
export interface Trees {
  readonly base: SourceTree;
  readonly head: SourceTree;
}

export interface Target {
  readonly headSha: string;
  /** The tip that the change is to be merged into; the merge base with it is what is compared. */
  readonly baseSha: string;
  /** Absent on the head of a merge queue: then there is a check and no conversation. */
  readonly pullRequest?: PullRequest;
  /**
   * True when someone asked for a new run. Otherwise a check run that the commit has already is taken up again where it was cut
   * off, and left alone where it is complete: a delivery may come twice.
   */
  readonly again: boolean;
}

export interface Outcome {
  /** Absent when the review did not come to an end. */
  readonly report?: Report;
  /** What the report speaks of; comes with it. */
  readonly trees?: Trees;
  readonly conclusion: CompleteCheck["conclusion"];
  /** False where the token may not write checks. */
  readonly hasCheck: boolean;
  /** False where the token may not write comments, or there was nothing to write. */
  readonly hasComments: boolean;
  /** Sentences about the run itself: missing permissions, limits. */
  readonly remarks: readonly string[];
}

/** Reason given to `signal` when the head under review is no longer the pull request's. */
export class Superseded extends Error {}

/** Reviews one commit. Throws only bugs of ours, after closing the check run. */
export async function reviewCommit(services: Services, target: Target): Promise<Outcome> {
  const remarks: string[] = [];
  const check = await openCheck(services, target, remarks);
  if (check?.isCompleted)
    return { conclusion: "skipped", hasCheck: true, hasComments: false, remarks };
  try {
    const outcome = await abortable(services.signal, run(services, target, remarks));
    await closeSurely(services, check, outcome.check);
    return {
      ...outcome,
      conclusion: outcome.check.conclusion,
      hasCheck: check !== undefined,
      remarks,
    };
  } catch (error) {
    if (services.willRetry === true && isPassing(error) && !services.signal.aborted) throw error;
    const trouble = troubleOf(error);
    await closeCheck(services, check, trouble);
    services.log.warn({ reason: trouble.title }, "review ended early");
    if (
      !(error instanceof PortcullisError || error instanceof Superseded || services.signal.aborted)
    )
      throw error;
    return {
      conclusion: trouble.conclusion,
      hasCheck: check !== undefined,
      hasComments: false,
      remarks: [...remarks, trouble.summary],
    };
  }
}

/** True for trouble that may be gone in a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof GitHubError && error.missingPermission === undefined;
}

async function openCheck(
  { github, log }: Services,
  target: Target,
  remarks: string[],
): Promise<CheckRun | undefined> {
  const { headSha, baseSha, pullRequest } = target;
  // Enough to review the commit again when somebody presses "Re-run".
  const externalId =
    pullRequest === undefined ? `merge-queue-${baseSha}` : `pull-request-${pullRequest.number}`;
  const start = { headSha, name: CHECK_NAME, externalId };
  try {
    const found = await github.startCheck({ ...start, resume: true });
    // A run that was cut off is brought to its end in any case: nobody else will.
    return found.isCompleted && target.again ? await github.startCheck(start) : found;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission === undefined) throw error;
    remarks.push(`The check could not be written: \`${error.missingPermission}\` is missing.`);
    log.warn({ permission: error.missingPermission }, "no check run");
    return undefined;
  }
}

async function closeCheck(
  { github }: Services,
  check: CheckRun | undefined,
  result: CompleteCheck,
): Promise<void> {
  if (check !== undefined) await github.completeCheck(check, result);
}

/** A second time where GitHub would not take it: what was found must not end as "could not be done". */
async function closeSurely(
  services: Services,
  check: CheckRun | undefined,
  result: CompleteCheck,
): Promise<void> {
  try {
    await closeCheck(services, check, result);
  } catch (error) {
    if (!isPassing(error)) throw error;
    await closeCheck(services, check, result);
  }
}

function troubleOf(error: unknown): CompleteCheck {
  if (error instanceof Superseded) {
    return {
      ...toTroubleCheck("Superseded", error.message),
      conclusion: "cancelled",
    };
  }
  if (error instanceof PortcullisError) {
    const hint = error.hint === undefined ? "" : `\n\n${error.hint}`;
    const title =
      error instanceof ConfigError ? "The configuration is wrong" : "The review could not be done";
    return toTroubleCheck(title, `${error.message}${hint}\n\nNothing was checked.`);
  }
  if (error instanceof Error && error.name === "AbortError") {
    const said = "The run was cancelled. Nothing can be said of this commit.";
    return { ...toTroubleCheck("Cancelled", said), conclusion: "cancelled" };
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return toTroubleCheck(
      "The review took too long",
      "The review was cut off by its deadline. Nothing can be said of this commit. Re-run the check to try again.",
    );
  }
  return toTroubleCheck(
    "The review failed",
    "Something went wrong on our side, and nothing was checked. Re-run the check to try again.",
  );
}

/** Ends with the signal's reason as soon as it is aborted, whatever the work still waits for. */
function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

interface Run {
  readonly report: Report;
  readonly trees: Trees;
  readonly check: CompleteCheck;
  readonly hasComments: boolean;
}

async function run(services: Services, target: Target, remarks: string[]): Promise<Run> {
  const { github, signal } = services;
  const { listed, mergeBase } = await listChanges(github, target);
  signal.throwIfAborted();
  if (listed.truncated) {
    remarks.push(
      "GitHub lists only a part of the files that this pull request changes; the others were not reviewed.",
    );
  }
  const read = await readAll(services, target, listed, mergeBase, remarks);
  signal.throwIfAborted();
  const { setup } = read;
  const config = services.override?.(setup.config) ?? setup.config;
  const reviewed = await review({
    base: read.base,
    head: read.head,
    changes: read.changes,
    rules: setup.rules,
    config,
    today: services.today,
  });
  signal.throwIfAborted();
  const result = withoutDismissed(reviewed, read.threads ?? []);
  const report: Report = {
    review: result,
    rules: setup.rules.byId,
    version: services.version,
    colour: false,
    failOn: config["fail-on"],
    command: "review",
  };
  const hasComments = await converse(
    services,
    target,
    { report, config, listed, threads: read.threads },
    remarks,
  );
  const { base, head } = read;
  const check = toCheck(report, remarks, read.configProblems);
  return { report, trees: { base, head }, check, hasComments };
}

/** The merge base and what the change does since. One call where GitHub's comparison lists every file. */
async function listChanges(
  github: GitHubRepository,
  target: Target,
): Promise<{ listed: ChangeList; mergeBase: string }> {
  const { pullRequest, baseSha, headSha } = target;
  const many = (pullRequest?.changedFiles ?? 0) > 300;
  let known: string | undefined;
  if (!many || pullRequest === undefined) {
    const comparison = await github.compare(baseSha, headSha);
    if (comparison === undefined) throw unrelated();
    const truncated =
      comparison.truncated && comparison.changes.length !== pullRequest?.changedFiles;
    if (!truncated || pullRequest === undefined)
      return { listed: { ...comparison, truncated }, mergeBase: comparison.mergeBase };
    known = comparison.mergeBase;
  }
  const [listed, mergeBase] = await Promise.all([
    github.changes(pullRequest.number, pullRequest.changedFiles),
    known ?? github.mergeBase(baseSha, headSha),
  ]);
  if (mergeBase === undefined) throw unrelated();
  if (listed.headSha !== undefined && listed.headSha !== headSha)
    throw new Superseded("The pull request has a newer commit.");
  return { listed, mergeBase };
}

function unrelated(): PortcullisError {
  return new PortcullisError("Base and head have no common ancestor.", {
    hint: "Rebase the branch on its base.",
  });
}

interface Reading extends Trees {
  readonly changes: readonly Change[];
  readonly setup: Setup;
  readonly threads: readonly Thread[] | undefined;
  /** What is wrong with the configuration that the change itself brings: said on its lines, and not used. */
  readonly configProblems: readonly Annotation[];
}

/** Reads everything that the review will surely need, at the same time, so that it goes out as one query. */
async function readAll(
  services: Services,
  target: Target,
  listed: ChangeList,
  mergeBase: string,
  remarks: string[],
): Promise<Reading> {
  const nearby = await services.nearby?.({ base: mergeBase, head: target.headSha });
  const { base, head } = nearby ?? (await treesAtGitHub(services, target, listed, mergeBase));
  const headPaths = listed.changes
    .filter((change) => change.status !== "removed")
    .map((change) => change.path);
  const basePaths = listed.changes
    .filter((change) => change.status !== "added")
    .map((change) => change.previousPath ?? change.path);
  const { pullRequest } = target;
  const [fallback, baseFiles, , threads] = await Promise.all([
    organisationConfig(services),
    base.read([CONFIG_PATH, RULES_FOLDER, ...basePaths]),
    head.read(headPaths),
    pullRequest === undefined ? undefined : readThreads(services, pullRequest.number, remarks),
  ]);
  const { profile = "default", configPath = CONFIG_PATH } = services.setup ?? {};
  const config =
    configPath === CONFIG_PATH ? undefined : await configAt(configPath, { base, head }, remarks);
  const setup = await setUp(base, {
    profile,
    // At GitHub a folder reads as one. Without it the tree need not be listed, which is a call.
    withoutOwnRules: nearby === undefined && baseFiles.get(RULES_FOLDER)?.kind === "missing",
    ...(config !== undefined && { config }),
    ...(fallback !== undefined && { fallback }),
  });
  const changes = await fillHunks(listed.changes, listed.needsDiff, base, head);
  return {
    base,
    head,
    changes,
    setup,
    threads,
    configProblems: await checkOwnConfig(configPath, head, listed.changes, setup),
  };
}

async function treesAtGitHub(
  { github, cache }: Services,
  target: Target,
  listed: ChangeList,
  mergeBase: string,
): Promise<Trees> {
  const known = listed.changes
    .filter((change) => change.status !== "removed")
    .map((change) => change.path);
  const head = githubTree(github, target.headSha, { cache, known });
  const base = githubTree(github, mergeBase, {
    cache,
    // A list of changes that is cut cannot tell what base held.
    ...(!listed.truncated && { before: { tree: head, changes: listed.changes } }),
  });
  return { base, head };
}

/** The configuration at a path that someone chose. Undefined where only head has it: then it rules from the next change on. */
async function configAt(
  path: string,
  { base, head }: Trees,
  remarks: string[],
): Promise<ConfigFile | undefined> {
  const read = async (tree: SourceTree) => (await tree.read([path])).get(path);
  const content = await read(base);
  if (content?.kind === "bytes") return { path, yaml: new TextDecoder().decode(content.bytes) };
  if ((await read(head))?.kind === "bytes") {
    remarks.push("The configuration is new in this change: it rules once it is merged.");
    return undefined;
  }
  const paths = (await base.list()).map((entry) => entry.path);
  const guess = nearest(
    path,
    paths.filter((one) => /\.ya?ml$/.test(one)),
  );
  throw new ConfigError(`There is no configuration at \`${path}\` in the base.`, {
    hint:
      guess === undefined
        ? "Name a file by its path from the root of the repository."
        : `Did you mean \`${guess}\`?`,
  });
}

/** Undefined where the token may not even read the conversation. */
async function readThreads(
  { github }: Services,
  number: number,
  remarks: string[],
): Promise<readonly Thread[] | undefined> {
  try {
    return await github.ownThreads(number);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission === undefined) throw error;
    remarks.push(
      `There are no comments: \`${error.missingPermission}\` is missing. Everything is listed here instead.`,
    );
    return undefined;
  }
}

/** The configuration for all repositories of an owner, in its repository `.github`. */
export async function organisationConfig({
  github,
  name,
}: Pick<Services, "github" | "name">): Promise<ConfigFile | undefined> {
  const { owner, repo } = name;
  if (repo === ".github") return undefined;
  const [file] = await github.files([
    { sha: "HEAD", path: CONFIG_PATH, repository: { owner, repo: ".github" } },
  ]);
  if (file?.content.kind !== "bytes") return undefined;
  return {
    path: `${owner}/.github:${CONFIG_PATH}`,
    yaml: new TextDecoder().decode(file.content.bytes),
  };
}

async function checkOwnConfig(
  path: string,
  head: SourceTree,
  changes: readonly Change[],
  setup: Setup,
): Promise<Annotation[]> {
  if (!changes.some((change) => change.path === path && change.status !== "removed")) return [];
  const content = (await head.read([path])).get(path);
  if (content?.kind !== "bytes") return [];
  try {
    checkConfig({ path, yaml: new TextDecoder().decode(content.bytes) }, setup.rules);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((problem): Annotation => {
      const line = Number(/:(\d+): /.exec(problem)?.[1] ?? 1);
      const region = { startLine: line, startColumn: 1, endLine: line, endColumn: 1 };
      return {
        path,
        region,
        level: "failure",
        title: "The new configuration is wrong",
        message: problem,
      };
    });
  }
}

interface Conversation {
  readonly report: Report;
  readonly config: Config;
  readonly listed: ChangeList;
  readonly threads: readonly Thread[] | undefined;
}

/** Writes to the conversation what is new and what is gone; true when it wrote something. */
async function converse(
  services: Services,
  target: Target,
  conversation: Conversation,
  remarks: string[],
): Promise<boolean> {
  const { github, signal } = services;
  const { pullRequest } = target;
  const { report, config, listed, threads } = conversation;
  if (pullRequest === undefined || threads === undefined || pullRequest.state === "closed")
    return false;
  const plan = planConversation({
    review: report.review,
    rules: report.rules,
    config,
    threads,
    changes: listed.changes,
    headSha: target.headSha,
  });
  if (pullRequest.draft && !config["comment-on-drafts"]) return false;
  if (plan.uncommented > 0) {
    remarks.push(
      `${plan.uncommented} more ${plan.uncommented === 1 ? "finding has" : "findings have"} no comment of their own: see below.`,
    );
  }
  if (plan.comments.length + plan.onFiles.length + plan.reopen.length + plan.close.length === 0)
    return false;
  // Deliveries may be late and out of order: nothing is written for a head that is not the pull request's any more.
  const now = await github.pullRequest(pullRequest.number);
  if (now.head.sha !== target.headSha) throw new Superseded("The pull request has a newer commit.");
  if (now.state === "closed") return false;
  signal.throwIfAborted();
  try {
    await write(services, pullRequest.number, target.headSha, plan, report, remarks);
    return true;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { missingPermission, status } = error;
    if (missingPermission === undefined && services.willRetry === true) throw error;
    const why =
      missingPermission === undefined
        ? `GitHub answered with status ${status}`
        : `\`${missingPermission}\` is missing`;
    remarks.push(`Comments could not be written: ${why}. Everything is listed here instead.`);
    return false;
  }
}

async function write(
  { github }: Services,
  number: number,
  headSha: string,
  plan: Plan,
  report: Report,
  remarks: string[],
): Promise<void> {
  if (plan.comments.length > 0) {
    const count = report.review.new.length;
    const body = `Portcullis found ${count} new ${count === 1 ? "problem" : "problems"} in this change. The check has the whole report.`;
    const { refused } = await github.postReview(number, { headSha, body, comments: plan.comments });
    if (refused.length > 0)
      remarks.push(
        `GitHub refused ${refused.length} of the comments; their findings are listed below.`,
      );
  }
  for (const { path, body } of plan.onFiles)
    await github.commentOnFile(number, { headSha, path }, body);
  for (const { thread, body } of plan.reopen) await github.updateComment(thread.comment.id, body);
  if (plan.reopen.length > 0) await github.unresolveThreads(plan.reopen.map((one) => one.thread));
  for (const { thread, body } of plan.close) await github.updateComment(thread.comment.id, body);
  if (plan.close.length > 0) await github.resolveThreads(plan.close.map((one) => one.thread));
}
