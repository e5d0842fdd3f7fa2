/**
 * Webhooks: payloads that begin as real ones (`@octokit/webhooks-examples`) and are then made to
 * speak of the stand-in's state, signed and sent as GitHub does.
 */

import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { issueCommentObject, reviewCommentObject } from "./comment-objects.ts";
import { type Fields, fields, list, parseJson, text } from "./json.ts";
import { GITHUB_LIMITS } from "./limits.ts";
import {
  appObject,
  checkRunObject,
  type Place,
  pullObject,
  repositoryFacts,
  repositoryObject,
  userObject,
} from "./objects.ts";
import type { GitHubStandIn } from "./stand-in.ts";
import { now } from "./state.ts";

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A payload ready to post; `id` names the delivery and stays the same when it is sent again. */
export function signedDelivery(
  event: string,
  payload: Fields,
  secret: string,
  id: string = randomUUID(),
): Delivery {
  const body = JSON.stringify(payload);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/stand-in",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature-256": `sha256=${signature}`,
    },
  };
}

/** Posts a delivery and gives the receiver's answer. Throws over GitHub's payload limit of 25 MB. */
export async function deliver(
  url: string,
  event: string,
  payload: Fields,
  options: { readonly secret: string; readonly id?: string },
): Promise<{ readonly status: number; readonly body: string }> {
  const { headers, body } = signedDelivery(event, payload, options.secret, options.id);
  if (Buffer.byteLength(body) > GITHUB_LIMITS.payloadBytes)
    throw new Error("GitHub does not send over 25 MB");
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, body: await response.text() };
}

export type PullRequestAction =
  | "opened"
  | "reopened"
  | "synchronize"
  | "ready_for_review"
  | "converted_to_draft"
  | "edited"
  | "closed";

/** `before` and `after` belong to `synchronize`; `changes` to `edited`, see `baseChange`. */
export async function pullRequestPayload(
  github: GitHubStandIn,
  action: PullRequestAction,
  number: number,
  extra: { readonly before?: string; readonly changes?: Fields; readonly sender?: string } = {},
): Promise<Fields> {
  const { before, changes, sender } = extra;
  // The examples have no `edited`; it differs from `opened` in its changes only.
  const real = example("pull_request", action === "edited" ? "opened" : action);
  const pull = github.pull(number);
  const place = placeOf(github);
  return {
    ...common(place, real, sender ?? pull.author),
    action,
    number,
    pull_request: { ...fields(real["pull_request"]), ...(await pullObject(place, pull)) },
    ...(action === "synchronize" ? { before: before ?? "0".repeat(40), after: pull.headSha } : {}),
    ...(action === "edited" ? { changes: changes ?? {} } : {}),
  };
}

/** The `changes` of a pull request whose base branch was another before. */
export function baseChange(fromRef: string, fromSha: string): Fields {
  return { base: { ref: { from: fromRef }, sha: { from: fromSha } } };
}

export async function mergeGroupPayload(
  github: GitHubStandIn,
  action: "checks_requested" | "destroyed",
  group: { readonly number: number; readonly headSha: string; readonly reason?: string },
): Promise<Fields> {
  const real = example("merge_group", "checks_requested");
  const place = placeOf(github);
  const { baseRef, baseSha } = github.pull(group.number);
  const commit = await place.repository.git.commit(group.headSha);
  const person = ({ name, email }: { name: string; email: string }) => ({ name, email });
  return {
    ...common(place, real, "github-merge-queue[bot]"),
    action,
    ...(action === "destroyed" ? { reason: group.reason ?? "dequeued" } : {}),
    merge_group: {
      head_sha: group.headSha,
      head_ref: `refs/heads/gh-readonly-queue/${baseRef}/pr-${group.number}-${baseSha}`,
      base_sha: baseSha,
      base_ref: `refs/heads/${baseRef}`,
      head_commit: {
        id: commit.oid,
        tree_id: commit.tree,
        message: commit.message,
        timestamp: commit.author.date,
        author: person(commit.author),
        committer: person(commit.committer),
      },
    },
  };
}

/** `identifier` is the button's, for `requested_action`. */
export function checkRunPayload(
  github: GitHubStandIn,
  action: "rerequested" | "requested_action",
  runId: number,
  extra: { readonly identifier?: string; readonly sender?: string } = {},
): Fields {
  const real = example("check_run", action);
  const place = placeOf(github);
  const run = place.repository.checkRuns.find(({ id }) => id === runId);
  if (run === undefined) throw new Error(`no check run ${runId}`);
  const shown = checkRunObject(place, run);
  const realRun = fields(real["check_run"]);
  const suite = {
    ...fields(realRun["check_suite"]),
    ...suiteFacts(place, run.suite.id, run.suite.headSha),
    pull_requests: shown["pull_requests"],
    app: shown["app"],
  };
  return {
    ...common(place, real, extra.sender ?? "maintainer"),
    action,
    check_run: { ...realRun, ...shown, check_suite: suite },
    ...(action === "requested_action"
      ? { requested_action: { identifier: extra.identifier ?? "" } }
      : {}),
  };
}

export function checkSuitePayload(
  github: GitHubStandIn,
  headSha: string,
  sender = "maintainer",
): Fields {
  const real = example("check_suite", "rerequested");
  const place = placeOf(github);
  const runs = place.repository.checkRuns.filter(
    ({ suite }) => suite.headSha === headSha && suite.appId === github.appId,
  );
  const [run] = runs;
  if (run === undefined) throw new Error(`no check suite on ${headSha}`);
  const { pull_requests } = checkRunObject(place, run);
  return {
    ...common(place, real, sender),
    action: "rerequested",
    check_suite: {
      ...fields(real["check_suite"]),
      ...suiteFacts(place, run.suite.id, headSha),
      pull_requests,
      app: appObject(place),
      latest_check_runs_count: runs.length,
    },
  };
}

export function issueCommentPayload(github: GitHubStandIn, commentId: number): Fields {
  const real = example("issue_comment", "created");
  const place = placeOf(github);
  const comment = place.repository.issueComments.find(({ id }) => id === commentId);
  if (comment === undefined) throw new Error(`no comment ${commentId}`);
  const pull = github.pull(comment.issue);
  const api = `${place.api}/repos/${place.repository.fullName}`;
  const html = `${place.api}/${place.repository.fullName}/pull/${pull.number}`;
  const pullUrl = `${api}/pulls/${pull.number}`;
  return {
    ...common(place, real, comment.author),
    action: "created",
    issue: {
      ...fields(real["issue"]),
      id: pull.id,
      number: pull.number,
      title: pull.title,
      body: pull.body,
      state: pull.state,
      draft: pull.draft,
      user: userObject(place.api, pull.author),
      url: `${api}/issues/${pull.number}`,
      html_url: html,
      // Its presence tells a pull request from an issue.
      pull_request: {
        url: pullUrl,
        html_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
      },
    },
    comment: { ...fields(real["comment"]), ...issueCommentObject(place, comment) },
  };
}

export async function reviewCommentPayload(
  github: GitHubStandIn,
  commentId: number,
): Promise<Fields> {
  const real = example("pull_request_review_comment", "created");
  const place = placeOf(github);
  const comment = place.repository.reviewComments.find(({ id }) => id === commentId);
  if (comment === undefined) throw new Error(`no review comment ${commentId}`);
  const pull = await pullObject(place, github.pull(comment.pull));
  return {
    ...common(place, real, comment.author),
    action: "created",
    pull_request: { ...fields(real["pull_request"]), ...pull },
    comment: { ...fields(real["comment"]), ...(await reviewCommentObject(place, comment)) },
  };
}

export function installationPayload(github: GitHubStandIn): Fields {
  const real = example("installation", "created");
  const place = placeOf(github);
  const { world } = github;
  const repositories = world.repositories.map((repository) => {
    const {
      id,
      node_id,
      name,
      full_name,
      private: isPrivate,
    } = repositoryFacts({ ...place, repository });
    return { id, node_id, name, full_name, private: isPrivate };
  });
  return {
    action: "created",
    installation: {
      ...fields(real["installation"]),
      id: world.installationId,
      account: userObject(place.api, place.repository.owner),
      app_id: world.app.id,
      app_slug: world.app.slug,
      permissions: { ...world.permissions },
      created_at: now(),
      updated_at: now(),
    },
    repositories,
    sender: userObject(place.api, place.repository.owner),
  };
}

function placeOf(github: GitHubStandIn): Place {
  return { api: github.url, repository: github.repository(), world: github.world };
}

function common(place: Place, real: Fields, sender: string): Fields {
  const { repository: given, organization: _, ...rest } = real;
  const isPartial = Object.keys(fields(given)).length < 10;
  return {
    ...rest,
    repository: {
      ...(isPartial ? repositoryObject(place, "repository") : fields(given)),
      ...repositoryFacts(place),
    },
    installation: { id: place.world.installationId, node_id: `I_${place.world.installationId}` },
    sender: userObject(place.api, sender),
  };
}

function suiteFacts({ api, repository }: Place, id: number, headSha: string): Fields {
  const pull = [...repository.pulls.values()].find((candidate) => candidate.headSha === headSha);
  return {
    id,
    head_sha: headSha,
    head_branch: pull?.headRepository === repository.fullName ? pull.headRef : null,
    url: `${api}/repos/${repository.fullName}/check-suites/${id}`,
  };
}

let examples: readonly Fields[] | undefined;

/** The last, most complete example of an event and action. */
function example(event: string, action: string): Fields {
  if (examples === undefined) {
    const file = createRequire(import.meta.url).resolve("@octokit/webhooks-examples");
    examples = list({ all: parseJson(readFileSync(file, "utf8")) }, "all") ?? [];
  }
  const found = examples.find((entry) => text(entry, "name") === event);
  const real = list(fields(found), "examples")?.findLast(
    (given) => text(given, "action") === action,
  );
  if (real === undefined) throw new Error(`no example of ${event}.${action}`);
  return real;
}
