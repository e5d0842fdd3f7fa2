import type { Region } from "../core/finding.ts";
import type { Api } from "./api.ts";
import { cutBytes, cutCharacters } from "./cut.ts";
import { attempt, doOnce, GitHubError, ONCE } from "./errors.ts";

export interface StartCheck {
  readonly headSha: string;
  readonly name: string;
  /** Our own key of the run, to find it again. */
  readonly externalId: string;
  readonly detailsUrl?: string;
  /** Shown while it runs; both or none. */
  readonly title?: string;
  readonly summary?: string;
  /** Looks for a run with the same external id first: one more call, and another if there is one. For a redelivery or a restart. */
  readonly resume?: boolean;
}

/** A check run of ours, and how far it has come. */
export interface CheckRun {
  readonly id: number;
  readonly isCompleted: boolean;
  /** Annotations that it has: the first ones that `completeCheck` is given, which it does not send again. */
  readonly annotations: number;
  /** How and when it was completed, in milliseconds; absent where it was not, or just created. */
  readonly completed?: { readonly conclusion: string; readonly at: number };
}

export interface Annotation {
  readonly path: string;
  readonly region: Region;
  readonly level: "notice" | "warning" | "failure";
  readonly title?: string;
  readonly message: string;
  readonly details?: string;
}

/** A button. Cut to 20, 40 and 20 characters. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CompleteCheck {
  readonly conclusion:
    | "success"
    | "failure"
    | "neutral"
    | "cancelled"
    | "skipped"
    | "timed_out"
    | "action_required";
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  /** Worst first, and in the same order when the review is repeated. */
  readonly annotations?: readonly Annotation[];
  /** The first three are shown. */
  readonly actions?: readonly CheckAction[];
}

const NEEDED = "checks: write";
const MAX_TITLE = 255;
const MAX_OUTPUT_BYTES = 65_535;
const MAX_ANNOTATION_BYTES = 65_535;
const ANNOTATIONS_PER_CALL = 50;
/** Twenty calls. No total is documented; nobody reads more. */
const MAX_ANNOTATIONS = 1_000;
const MAX_ACTIONS = 3;
/** "Invalid app_id - check run can only be modified by the GitHub App that created it." (observed) */
const FOREIGN_RUN = /\bapp_id\b|App that created it/i;

/** Creates the run, in progress. */
export async function startCheck(api: Api, start: StartCheck): Promise<CheckRun> {
  const { headSha, name, externalId, detailsUrl, title, summary } = start;
  if (start.resume === true) {
    const found = await findCheck(api, start);
    if (found !== undefined) return found;
  }
  const create = async (): Promise<CheckRun> => {
    const { data } = await attempt("create the check run", NEEDED, () =>
      api.rest.checks.create({
        ...api.name,
        name,
        head_sha: headSha,
        external_id: externalId,
        status: "in_progress",
        started_at: new Date().toISOString(),
        ...(detailsUrl !== undefined && { details_url: detailsUrl }),
        ...(title !== undefined && { output: outputOf(title, summary ?? title) }),
        ...ONCE,
      }),
    );
    return { id: data.id, isCompleted: false, annotations: 0 };
  };
  return doOnce(create, async () => {
    const found = await findCheck(api, start);
    // One that is over is an earlier one, not the one that was to be created.
    return found?.isCompleted === true ? undefined : found;
  });
}

/**
 * Sends annotations in batches of 50 and the conclusion with the last: until then the run counts as unfinished. Annotations
 * that GitHub refuses are left out, so that the run concludes. Returns how many it has, 1,000 at most.
 */
export async function completeCheck(
  api: Api,
  run: CheckRun,
  result: CompleteCheck,
): Promise<number> {
  const all = (result.annotations ?? []).slice(0, MAX_ANNOTATIONS).map(toAnnotation);
  let sent = Math.min(run.annotations, all.length);
  let present = run.annotations;
  do {
    const batch = all.slice(sent, sent + ANNOTATIONS_PER_CALL);
    sent += batch.length;
    const isLast = sent >= all.length;
    const before = present;
    const send = (annotations: typeof batch) =>
      doOnce(
        () => update(api, run.id, result, annotations, isLast),
        async () => {
          const now = await readCheck(api, run.id);
          const isDone = isLast ? now.isCompleted : now.annotations >= before + annotations.length;
          return isDone ? now.annotations : undefined;
        },
      );
    try {
      present = await send(batch);
    } catch (error) {
      const isRefused = error instanceof GitHubError && error.status === 422 && batch.length > 0;
      if (!isRefused) throw error;
      if (isLast) present = await send([]);
    }
  } while (sent < all.length);
  return present;
}

async function update(
  api: Api,
  id: number,
  result: CompleteCheck,
  annotations: ReturnType<typeof toAnnotation>[],
  isLast: boolean,
): Promise<number> {
  const { title, summary, text, conclusion, actions = [] } = result;
  const output = {
    ...outputOf(title, summary),
    ...(annotations.length > 0 && { annotations }),
    ...(isLast && text !== undefined && { text: cutBytes(text, MAX_OUTPUT_BYTES) }),
  };
  const ending = isLast && {
    status: "completed" as const,
    conclusion,
    completed_at: new Date().toISOString(),
    actions: actions.slice(0, MAX_ACTIONS).map(toAction),
  };
  const { data } = await attempt("update the check run", NEEDED, () =>
    api.rest.checks.update({ ...api.name, check_run_id: id, output, ...ending, ...ONCE }),
  );
  return data.output.annotations_count;
}

/**
 * The latest run of ours with the same name and external id on the same commit. The App and a workflow may both have one: only whoever
 * made a run may touch it, so that is tried, with a change that changes nothing.
 */
async function findCheck(api: Api, start: StartCheck): Promise<CheckRun | undefined> {
  const { headSha, name, externalId } = start;
  const { data } = await attempt("find the check run", "checks: read", () =>
    api.rest.checks.listForRef({
      ...api.name,
      ref: headSha,
      check_name: name,
      filter: "all",
      per_page: 100,
    }),
  );
  const candidates = data.check_runs
    .filter((run) => run.external_id === externalId)
    .sort((a, b) => b.id - a.id);
  for (const run of candidates) {
    try {
      await attempt("update the check run", NEEDED, () =>
        api.rest.checks.update({ ...api.name, check_run_id: run.id, external_id: externalId }),
      );
      return toCheckRun(run);
    } catch (error) {
      const isForeign = error instanceof GitHubError && FOREIGN_RUN.test(error.message);
      if (!isForeign) throw error;
    }
  }
  return undefined;
}

/** External ids of the runs with that name on a commit, each once. */
export async function listExternalIds(api: Api, headSha: string, name: string): Promise<string[]> {
  const { data } = await attempt("list the check runs", "checks: read", () =>
    api.rest.checks.listForRef({
      ...api.name,
      ref: headSha,
      check_name: name,
      filter: "all",
      per_page: 100,
    }),
  );
  return [...new Set(data.check_runs.flatMap((run) => run.external_id ?? []))];
}

async function readCheck(api: Api, id: number): Promise<CheckRun> {
  const { data } = await attempt("read the check run", "checks: read", () =>
    api.rest.checks.get({ ...api.name, check_run_id: id }),
  );
  return toCheckRun(data);
}

function toCheckRun(data: {
  readonly id: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly completed_at: string | null;
  readonly output: { readonly annotations_count: number };
}): CheckRun {
  const { id, status, conclusion, completed_at: at, output } = data;
  return {
    id,
    isCompleted: status === "completed",
    annotations: output.annotations_count,
    ...(conclusion !== null && at !== null && { completed: { conclusion, at: Date.parse(at) } }),
  };
}

function outputOf(title: string, summary: string) {
  return {
    title: cutCharacters(title, MAX_TITLE),
    summary: cutBytes(summary, MAX_OUTPUT_BYTES),
  };
}

/** Columns belong to annotations of a single line only. */
function toAnnotation({ path, region, level, title, message, details }: Annotation) {
  const startLine = Math.max(1, region.startLine);
  const endLine = Math.max(startLine, region.endLine);
  const startColumn = Math.max(1, region.startColumn);
  const columns = startLine === endLine && {
    start_column: startColumn,
    end_column: Math.max(startColumn, region.endColumn),
  };
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...columns,
    annotation_level: level,
    message: cutBytes(message.trim() === "" ? (title ?? level) : message, MAX_ANNOTATION_BYTES),
    ...(title !== undefined && { title: cutCharacters(title, MAX_TITLE) }),
    ...(details !== undefined && { raw_details: cutBytes(details, MAX_ANNOTATION_BYTES) }),
  };
}

function toAction({ label, description, identifier }: CheckAction): CheckAction {
  return {
    label: cutCharacters(label, 20),
    description: cutCharacters(description, 40),
    identifier: identifier.slice(0, 20),
  };
}
