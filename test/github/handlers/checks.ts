/** Check runs. Sizes that the description states as a schema are refused before a handler runs. */

import {
  type Call,
  created,
  type Handlers,
  invalid,
  needs,
  notFound,
  numberParameter,
  ok,
  paged,
  parameter,
  Refusal,
} from "../call.ts";
import { type Fields, fields, integer, list, text } from "../json.ts";
import { checkRunObject } from "../objects.ts";
import { type CheckRun, type CheckSuite, now } from "../state.ts";

export const checks: Handlers = {
  "checks/create": {
    needs: [needs("checks", "write")],
    answer: async (call) => {
      const { repository, world } = call;
      const headSha = text(call.body, "head_sha") ?? "";
      const isKnown = /^[0-9a-f]{40}$/.test(headSha) && (await repository.git.resolve(headSha));
      if (!isKnown) throw new Refusal(422, `No commit found for SHA: ${headSha}`);
      const id = world.nextId();
      const run: CheckRun = {
        id,
        suite: suiteOf(call, headSha),
        name: text(call.body, "name") ?? "",
        externalId: "",
        detailsUrl: `${new URL(call.api).origin}/apps/${world.app.slug}`,
        status: "queued",
        conclusion: null,
        startedAt: now(),
        completedAt: null,
        title: null,
        summary: null,
        text: null,
        annotations: [],
        actions: [],
        completions: 0,
      };
      update(call, run);
      repository.checkRuns.push(run);
      dropOldest(call, run);
      return created(checkRunObject(call, run));
    },
  },
  "checks/update": {
    needs: [needs("checks", "write")],
    answer: (call) => {
      const run = findRun(call);
      if (run.suite.appId !== call.token.actor.appId) {
        throw new Refusal(
          403,
          "Invalid app_id - check run can only be modified by the GitHub App that created it.",
        );
      }
      update(call, run);
      return ok(checkRunObject(call, run));
    },
  },
  "checks/get": {
    needs: [needs("checks", "read")],
    answer: (call) => ok(checkRunObject(call, findRun(call))),
  },
  "checks/list-annotations": {
    needs: [needs("checks", "read")],
    answer: (call) => {
      const run = findRun(call);
      const { items, headers } = paged(call, run.annotations);
      const site = `${new URL(call.api).origin}/${call.repository.fullName}`;
      const body = items.map((annotation) => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...annotation,
        blob_href: `${site}/blob/${run.suite.headSha}/${text(annotation, "path")}`,
      }));
      return { status: 200, body, headers };
    },
  },
  "checks/rerequest-run": {
    needs: [needs("checks", "write")],
    answer: (call) => {
      // Resets the suite, not the run: the App decides what to do (description, same operation).
      findRun(call).suite.status = "queued";
      return created({});
    },
  },
  "checks/list-for-ref": {
    needs: [needs("checks", "read")],
    answer: async (call) => {
      const sha = await call.repository.resolve(parameter(call, "ref"));
      if (sha === undefined)
        throw new Refusal(422, `No commit found for SHA: ${parameter(call, "ref")}`);
      const name = call.query.get("check_name");
      const app = call.query.get("app_id");
      const status = call.query.get("status");
      const matching = call.repository.checkRuns.filter(
        (run) =>
          run.suite.headSha === sha &&
          (name === null || run.name === name) &&
          (app === null || run.suite.appId === Number(app)) &&
          (status === null || run.status === status),
      );
      const found = call.query.get("filter") === "all" ? matching : latest(matching);
      const { items, headers } = paged(call, found);
      const body = {
        total_count: found.length,
        check_runs: items.map((run) => checkRunObject(call, run)),
      };
      return { status: 200, body, headers };
    },
  },
};

function findRun(call: Call): CheckRun {
  const id = numberParameter(call, "check_run_id");
  const run = call.repository.checkRuns.find((candidate) => candidate.id === id);
  if (run === undefined) throw notFound();
  return run;
}

function suiteOf(call: Call, headSha: string): CheckSuite {
  const { appId } = call.token.actor;
  if (appId === undefined) throw new Refusal(403, "You must authenticate via a GitHub App.");
  const known = call.repository.checkRuns.find(
    ({ suite }) => suite.headSha === headSha && suite.appId === appId,
  );
  return known?.suite ?? { id: call.world.nextId(), headSha, appId, status: "queued" };
}

/** The newest run of each name and App. */
function latest(runs: readonly CheckRun[]): readonly CheckRun[] {
  const byName = new Map(runs.map((run) => [`${run.suite.appId} ${run.name}`, run]));
  return runs.filter((run) => byName.get(`${run.suite.appId} ${run.name}`) === run);
}

function dropOldest(call: Call, run: CheckRun): void {
  const { checkRuns } = call.repository;
  const same = checkRuns.filter(({ suite, name }) => suite === run.suite && name === run.name);
  const [oldest] = same;
  if (oldest && same.length > call.world.limits.checkRunsPerName) {
    checkRuns.splice(checkRuns.indexOf(oldest), 1);
  }
}

/** Lays the request over the run; refuses before anything is changed. */
function update(call: Call, run: CheckRun): void {
  const { body } = call;
  const conclusion = text(body, "conclusion");
  const completedAt = text(body, "completed_at");
  const status = conclusion !== undefined ? "completed" : text(body, "status");
  if (conclusion === undefined && (status === "completed" || completedAt !== undefined)) {
    throw invalid("CheckRun", "conclusion", "conclusion is required when the run is completed");
  }
  if (conclusion === "stale") {
    throw invalid("CheckRun", "conclusion", "conclusion stale can only be set by GitHub");
  }
  const isActions = call.token.kind === "actions";
  if (!isActions && status && ["waiting", "requested", "pending"].includes(status)) {
    throw invalid("CheckRun", "status", `only GitHub Actions can set the status ${status}`);
  }
  const output = body["output"] === undefined ? undefined : fields(body["output"]);
  const annotations = (output && list(output, "annotations")) ?? [];
  if (output) checkOutput(output);
  for (const annotation of annotations) checkAnnotation(call, annotation);

  run.name = text(body, "name") ?? run.name;
  run.externalId = text(body, "external_id") ?? run.externalId;
  run.detailsUrl = text(body, "details_url") ?? run.detailsUrl;
  run.startedAt = text(body, "started_at") ?? run.startedAt;
  if (output) {
    run.title = text(output, "title") ?? null;
    run.summary = text(output, "summary") ?? null;
    run.text = text(output, "text") ?? run.text;
    run.annotations.push(...annotations);
  }
  run.actions = list(body, "actions") ?? run.actions;
  if (status === undefined) return;
  if (status === "completed" && run.status !== "completed") run.completions += 1;
  run.status = status;
  run.conclusion = status === "completed" ? (conclusion ?? null) : null;
  run.completedAt = status === "completed" ? (completedAt ?? now()) : null;
  run.suite.status = status;
}

/** The schema of an update leaves `title` out; its text says that it is required. */
function checkOutput(output: Fields): void {
  if (text(output, "title") === undefined) {
    throw invalid("CheckRun", "output.title", "title is required with output");
  }
}

function checkAnnotation(call: Call, annotation: Fields): void {
  const { annotationBytes, annotationTitle } = call.world.limits;
  const refuse = (field: string, message: string) => invalid("CheckAnnotation", field, message);
  const start = integer(annotation, "start_line") ?? 0;
  const end = integer(annotation, "end_line") ?? 0;
  if (start < 1 || end < start)
    throw refuse("end_line", "lines start at 1, the end not before the start");
  const hasColumns =
    integer(annotation, "start_column") !== undefined ||
    integer(annotation, "end_column") !== undefined;
  if (hasColumns && start !== end) {
    throw refuse("start_column", "columns are only supported on a single line");
  }
  if ([...(text(annotation, "title") ?? "")].length > annotationTitle) {
    throw refuse("title", `title is too long (maximum is ${annotationTitle} characters)`);
  }
  for (const field of ["message", "raw_details"]) {
    if (Buffer.byteLength(text(annotation, field) ?? "") > annotationBytes) {
      throw refuse(field, `${field} is too large (maximum is 64 KB)`);
    }
  }
  if ((text(annotation, "message") ?? "") === "") throw refuse("message", "message can't be blank");
}
