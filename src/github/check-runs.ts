import { z } from "zod";
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
  /** Of one that was just created: the App that it belongs to. */
  readonly appId?: number;
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
    const appId = data.app?.id;
    return { id: data.id, isCompleted: false, annotations: 0, ...(appId && { appId }) };
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
  const candidates = (await listRuns(api, headSha, name))
    .filter((run) => run.external_id === externalId)
    .sort((a, b) => b.id - a.id);
  for (const run of candidates) {
    try {
      await attempt("update the check run", NEEDED, () =>
        api.rest.checks.update({ ...api.name, check_run_id: run.id, external_id: externalId }),
      );
    } catch (error) {
      const isForeign = error instanceof GitHubError && FOREIGN_RUN.test(error.message);
      if (!isForeign) throw error;
      continue;
    }
    // GitHub shows the latest only. Nobody else would end what a process of the same moment has left behind it.
    const left = candidates.filter(
      ({ id, status, app }) => id < run.id && status !== "completed" && app?.id === run.app?.id,
    );
    for (const { id, output } of left) {
      const older = { id, isCompleted: false, annotations: output.annotations_count };
      await completeCheck(api, older, STOOD_IN_FOR);
    }
    return toCheckRun(run);
  }
  return undefined;
}

/** What a run says in whose place a later one speaks. */
export const STOOD_IN_FOR = {
  conclusion: "cancelled",
  title: "Another run stands in for this one",
  summary: "The same commit is reviewed by another run of this check, which began a moment later.",
} as const satisfies CompleteCheck;

const Suites = z
  .object({
    checkSuites: z
      .object({
        nodes: z.array(
          z
            .object({
              checkRuns: z
                .object({
                  nodes: z.array(z.object({ externalId: z.string().nullish() }).nullable()),
                })
                .nullable(),
            })
            .nullable(),
        ),
      })
      .nullish(),
  })
  .nullish();

/**
 * True when a later run of ours for the same is under way: two processes were told of a commit at the same moment, and each made one. GitHub
 * creates none on a condition and deletes none, but shows the latest alone, so that is the one to conclude. Asked along with other
 * questions, and only where it costs no call of its own; what it answers may differ a moment later.
 */
export async function isOvertaken(api: Api, run: CheckRun, start: StartCheck): Promise<boolean> {
  const { headSha, name, externalId } = start;
  if (run.appId === undefined) return false;
  const filter = `appId: ${run.appId}, checkName: ${JSON.stringify(name)}`;
  const runs = `checkRuns(first: 50, filterBy: { ${filter}, checkType: ALL, statuses: [QUEUED, IN_PROGRESS] }) { nodes { externalId } }`;
  const suites = `checkSuites(first: 1, filterBy: { ${filter} }) { nodes { ${runs} } }`;
  try {
    const answer = await api.queue.ask({
      repository: api.name,
      field: `object(oid: ${JSON.stringify(headSha)}) { ... on Commit { ${suites} } }`,
      task: "look for another check run",
      permission: "checks: read",
      bytes: 1_000,
      isSpare: true,
    });
    const [suite] = Suites.parse(answer)?.checkSuites?.nodes ?? [];
    const unfinished = suite?.checkRuns?.nodes ?? [];
    if (unfinished.filter((one) => one?.externalId === externalId).length < 2) return false;
    // The ids of runs have outgrown those of GraphQL, and its dates are to the second.
    return (await listRuns(api, headSha, name, run.appId)).some(
      ({ id, external_id, status }) =>
        id > run.id && external_id === externalId && status !== "completed",
    );
  } catch (error) {
    // Two checks are better than none.
    if (error instanceof GitHubError) return false;
    throw error;
  }
}

/** External ids of the runs with that name on a commit, each once. */
export async function listExternalIds(api: Api, headSha: string, name: string): Promise<string[]> {
  const runs = await listRuns(api, headSha, name);
  return [...new Set(runs.flatMap((run) => run.external_id ?? []))];
}

/** The runs with that name on a commit, of one App where that is given. */
async function listRuns(api: Api, headSha: string, name: string, appId?: number) {
  const { data } = await attempt("list the check runs", "checks: read", () =>
    api.rest.checks.listForRef({
      ...api.name,
      ref: headSha,
      check_name: name,
      ...(appId !== undefined && { app_id: appId }),
      filter: "all",
      per_page: 100,
    }),
  );
  return data.check_runs;
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
