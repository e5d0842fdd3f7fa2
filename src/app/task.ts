// What jobs are made of. Plain data that survives JSON: an engine may keep a job in a file, or hand it to another process.
import type { PullRequest } from "../github/index.ts";
import type { Command, CommandRequest, Dismissal } from "../pull-request/index.ts";
import type { Job, Position } from "./queue/index.ts";

/** Where the work is. The name is the one of the delivery; the id stays when a repository is renamed or moved. */
export interface Place {
  readonly installation: number;
  readonly repositoryId: number;
  readonly owner: string;
  readonly repo: string;
}

export type Task =
  | {
      readonly kind: "review";
      readonly place: Place;
      readonly pullRequest: PullRequest;
      readonly dismissal?: Dismissal;
    }
  | {
      readonly kind: "merge-group";
      readonly place: Place;
      readonly headSha: string;
      readonly baseSha: string;
    }
  /** Someone asked for a check again: `externalId` is that of one run; otherwise all of ours on the commit are meant. */
  | {
      readonly kind: "rerun";
      readonly place: Place;
      readonly headSha: string;
      readonly externalId?: string;
    }
  | {
      readonly kind: "command";
      readonly place: Place;
      readonly number: number;
      readonly command: Command;
      readonly author: string;
      readonly comment: CommandRequest["comment"];
      readonly inReplyTo?: number;
    }
  /** Someone pressed a button of the check on that head. */
  | {
      readonly kind: "dismiss";
      readonly place: Place;
      readonly number: number;
      readonly headSha: string;
      readonly dismissal: Dismissal;
    };

export type TaskJob = Job<Task>;

export function reviewJob(
  id: string,
  place: Place,
  pullRequest: PullRequest,
  options: {
    readonly again: boolean;
    readonly position?: Position;
    readonly dismissal?: Dismissal;
  },
): TaskJob {
  const { dismissal, ...rest } = options;
  return {
    id,
    key: pullRequestKey(place, pullRequest.number),
    version: `${pullRequest.head.sha} on ${pullRequest.base.ref}`,
    task: { kind: "review", place, pullRequest, ...(dismissal !== undefined && { dismissal }) },
    ...rest,
  };
}

export function mergeGroupJob(
  id: string,
  place: Place,
  group: { readonly headSha: string; readonly baseSha: string; readonly again: boolean },
): TaskJob {
  const { headSha, baseSha, again } = group;
  return {
    id,
    key: mergeGroupKey(place, headSha),
    version: headSha,
    again,
    task: { kind: "merge-group", place, headSha, baseSha },
  };
}

/** A job that stands alone: nothing replaces it. */
export function singleJob(id: string, task: Task): TaskJob {
  return { id, key: `${task.place.repositoryId}/delivery/${id}`, version: id, again: true, task };
}

export function pullRequestKey(place: Place, number: number): string {
  return `${place.repositoryId}/pull/${number}`;
}

export function mergeGroupKey(place: Place, headSha: string): string {
  return `${place.repositoryId}/merge-group/${headSha}`;
}
