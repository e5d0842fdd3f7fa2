/**
 * One commit on GitHub reviewed against its base, from the check run that opens to the check run that closes.
 *
 * Every call can fail, and the process can end between any two of them. So the check run is opened first and closed last, the
 * comments carry their own state, and nothing is posted for a head that is no longer the pull request's.
 */

import type { Change } from "../core/change.ts";
import { CONFIG_PATH } from "../core/config.ts";
import { ConfigError, PortcullisError } from "../core/errors.ts";
import {
  type Annotation,
  type CheckRun,
  type CompleteCheck,
  GitHubError,
  STOOD_IN_FOR,
  type StartCheck,
  type Threads,
} from "../github/index.ts";
import type { Report } from "../report/index.ts";
import { looksFurther, mayBeText, type Review } from "../review/index.ts";
import { buildRules, RULES_FOLDER, type Setup, setUp, withoutSecrets } from "../setup/index.ts";
import { advisorySource, askAhead } from "./advisories.ts";
import { analyseHere } from "./analysis.ts";
import { roundsOf } from "./budget.ts";
import { type Commits, isProgram, readCommits, type Trees } from "./commits.ts";
import { toCheck, toTroubleCheck } from "./conclusion.ts";
import { checkOwnConfig, configAt, extendedConfigs, organisationConfig } from "./configuration.ts";
import {
  type Dismissals,
  dismissalsIn,
  dismissButtons,
  dismissRest,
  withoutDismissed,
} from "./dismissal.ts";
import { converse } from "./publish.ts";
import type { Services, Target } from "./services.ts";
import { Overtaken, Superseded } from "./superseded.ts";

/** The name under which branch protection knows our check. */
export const CHECK_NAME = "Portcullis";

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

/** Reviews one commit. Throws only bugs of ours, after closing the check run. */
export async function reviewCommit(services: Services, target: Target): Promise<Outcome> {
  const remarks: string[] = [];
  const check = await openCheck(services, target, remarks);
  if (check?.isCompleted)
    return { conclusion: "skipped", hasCheck: true, hasComments: false, remarks };
  try {
    const outcome = await abortable(services.signal, () => run(services, target, check, remarks));
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
    const isExpected =
      error instanceof PortcullisError || error instanceof Superseded || error instanceof Overtaken;
    if (!isExpected && !services.signal.aborted) throw error;
    return {
      conclusion: error instanceof Overtaken ? "skipped" : trouble.conclusion,
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
  const start = beginningOf(target);
  try {
    const found = await github.startCheck({ ...start, resume: target.isFirst !== true });
    // A run that was cut off is brought to its end in any case: nobody else will.
    const isAnew = target.again || isFromBefore(found, target.since);
    return found.isCompleted && isAnew ? await github.startCheck(start) : found;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission === undefined) throw error;
    remarks.push(`The check could not be written: \`${error.missingPermission}\` is missing.`);
    log.warn({ permission: error.missingPermission }, "no check run");
    return undefined;
  }
}

function beginningOf({ headSha, baseSha, pullRequest }: Target): StartCheck {
  // Enough to review the commit again when somebody presses "Re-run".
  const externalId =
    pullRequest === undefined ? `merge-queue-${baseSha}` : `pull-request-${pullRequest.number}`;
  return { headSha, name: CHECK_NAME, externalId };
}

const SECOND = 1_000;

/**
 * True for a run that was over when the head was pushed: the branch has gone back to this commit, and the conversation has to, too.
 * GitHub tells a push to the second. Within one a run that was cut off is from before, and one that came to its end is of a delivery
 * that came twice.
 */
function isFromBefore({ completed }: CheckRun, pushed: number | undefined): boolean {
  if (completed === undefined || pushed === undefined) return false;
  const [then, now] = [completed.at, pushed].map((at) => Math.floor(at / SECOND));
  if (then === undefined || now === undefined) return false;
  return completed.conclusion === "cancelled" ? now >= then : now > then;
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
  if (error instanceof Overtaken) return STOOD_IN_FOR;
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
    return toTroubleCheck(title, `${withoutSecrets(error.message + hint)}\n\nNothing was checked.`);
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

/** Ends with the signal's reason as soon as it is aborted, whatever the work still waits for; does not begin where it is already. */
function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}

interface Run {
  readonly report: Report;
  readonly trees: Trees;
  readonly check: CompleteCheck;
  readonly hasComments: boolean;
}

async function run(
  services: Services,
  target: Target,
  opened: CheckRun | undefined,
  remarks: string[],
): Promise<Run> {
  const { signal } = services;
  const commits = await readCommits(services, target);
  signal.throwIfAborted();
  if (commits.truncated) {
    remarks.push(
      "This change touches more files than are looked at; the others were not reviewed.",
    );
  }
  const { base, head, needsDiff, withoutLines, history, budget } = commits;
  const { setup, threads, configProblems } = await readAll(
    services,
    target,
    { opened, commits },
    remarks,
  );
  signal.throwIfAborted();
  const config = services.override?.(setup.config) ?? setup.config;
  const analyse = services.analyse ?? analyseHere;
  const request = { base, head, changes: commits.changes, needsDiff, config };
  const { profile = "default" } = services.setup ?? {};
  const { today } = services;
  const reads = roundsOf(commits.changes.filter(isProgram).length);
  const range = { graph: commits.graph, budget, reads };
  const advisories = advisorySource(services.github, config, range);
  const analysed = await analyse(
    {
      ...request,
      profile,
      ownRules: setup.ownRules,
      today,
      ...(advisories !== undefined && { advisories }),
      ...(history !== undefined && { history: () => history(budget) }),
      hold: () => services.github.hold(),
    },
    signal,
  );
  signal.throwIfAborted();
  const found = withoutDismissed(analysed.review, dismissalsIn(threads?.own ?? []));
  const left = { review: found, threads, changes: commits.changes };
  const now = await dismissAll(services, target, left, remarks);
  const report: Report = {
    review: withoutDismissed(found, now.dismissals),
    rules: setup.rules.byId,
    version: services.version,
    colour: false,
    failOn: config["fail-on"],
    command: "review",
  };
  const changes = analysed.changes.map((change) =>
    withoutLines.has(change.path) ? withoutHunks(change) : change,
  );
  const conversation = { report, config, changes, threads: now.threads };
  const hasComments = await converse(services, target, conversation, remarks);
  const buttons =
    services.listens === true && target.pullRequest !== undefined && threads !== undefined
      ? dismissButtons
      : [];
  const check = toCheck(report, { remarks, annotations: configProblems, buttons });
  return { report, trees: { base, head }, check, hasComments };
}

interface Left {
  readonly review: Review;
  readonly threads: Threads | undefined;
  readonly changes: readonly Change[];
}

interface AfterDismissal {
  readonly dismissals: Dismissals;
  readonly threads: Threads | undefined;
}

/** Dismisses what is left in the review where someone has asked for it. */
async function dismissAll(
  { github, signal }: Services,
  { headSha, pullRequest, dismissal }: Target,
  { review, threads, changes }: Left,
  remarks: string[],
): Promise<AfterDismissal> {
  const { new: findings } = review;
  const nothing = { dismissals: new Map(), threads };
  if (dismissal === undefined || pullRequest === undefined || threads === undefined) return nothing;
  if (findings.length === 0) return nothing;
  const { number } = pullRequest;
  const now = await github.pullRequest(number);
  // What nobody has seen nobody has judged.
  if (now.head.sha !== headSha) throw new Superseded("The pull request has a newer commit.");
  signal.throwIfAborted();
  try {
    const rest = { github, number, headSha, dismissal, findings, threads: threads.own, changes };
    const { dismissals, threads: own } = await dismissRest(rest);
    return { dismissals, threads: { ...threads, own } };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission === undefined) throw error;
    remarks.push(`Nothing could be dismissed: \`${error.missingPermission}\` is missing.`);
    return nothing;
  }
}

function withoutHunks({ hunks: _, ...change }: Change): Change {
  return change;
}

interface Reading {
  readonly setup: Setup;
  readonly threads: Threads | undefined;
  /** What is wrong with the configuration that the change itself brings: said on its lines, and not used. */
  readonly configProblems: readonly Annotation[];
}

/** Reads everything that the review will surely need, at the same time, so that it goes out as one query. */
async function readAll(
  services: Services,
  target: Target,
  { opened, commits }: { readonly opened: CheckRun | undefined; readonly commits: Commits },
  remarks: string[],
): Promise<Reading> {
  const { base, head, changes, named, basePaths, isNearby } = commits;
  const headPaths = changes
    .filter((change) => change.status !== "removed" && !isMoved(change))
    .map((change) => change.path);
  const { pullRequest } = target;
  const { profile = "default", configPath = CONFIG_PATH } = services.setup ?? {};
  // Listed first, the tree tells what else will be read, and that comes in the same call.
  const builtIn = buildRules(profile);
  if (!isNearby && changes.some(({ path }) => looksFurther(builtIn, path))) await head.list();
  const [fallback, baseFiles, , threads, isOvertaken] = await Promise.all([
    organisationConfig(services),
    base.read([CONFIG_PATH, RULES_FOLDER, ...basePaths.filter(mayBeText)]),
    head.read(headPaths.filter(mayBeText)),
    pullRequest === undefined ? undefined : readThreads(services, pullRequest.number, remarks),
    opened !== undefined &&
      !target.again &&
      services.github.isOvertaken(opened, beginningOf(target)),
    askAhead(services.github, named),
  ]);
  if (isOvertaken) throw new Overtaken(STOOD_IN_FOR.title);
  const config =
    configPath === CONFIG_PATH ? undefined : await configAt(configPath, { base, head }, remarks);
  const setup = await setUp(base, {
    profile,
    extend: (file) => extendedConfigs(services, file),
    // At GitHub a folder reads as one. Without it the tree need not be listed, which is a call.
    withoutOwnRules: !isNearby && baseFiles.get(RULES_FOLDER)?.kind === "missing",
    ...(config !== undefined && { config }),
    ...(fallback !== undefined && { fallback }),
  });
  return {
    setup,
    threads,
    configProblems: await checkOwnConfig(services, configPath, head, changes, setup),
  };
}

/** Moved and nothing else: mostly nobody looks at its content. */
function isMoved({ status, hunks }: Change): boolean {
  return status === "renamed" && hunks?.length === 0;
}

/** Undefined where the token may not even read the conversation. */
async function readThreads(
  { github }: Services,
  number: number,
  remarks: string[],
): Promise<Threads | undefined> {
  try {
    return await github.threads(number);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission === undefined) throw error;
    remarks.push(
      `There are no comments: \`${error.missingPermission}\` is missing. Everything is listed here instead.`,
    );
    return undefined;
  }
}
