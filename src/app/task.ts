// What jobs are made of. Plain data that survives JSON: an engine may keep a job in a file, or hand it to another process.
import type { PullRequest } from "../github/index.ts";
import type { Command } from "../pull-request/index.ts";
import type { Job, Position } from "./queue/index.ts";

/** Where the work is. The name is the one of the delivery; the id stays when a repository is renamed or moved. */
export interface Place {
  readonly installation: number;
  readonly repositoryId: number;
  readonly owner: string;
  readonly repo: string;
}

export type Task =
  | { readonly kind: "review"; readonly place: Place; readonly pullRequest: PullRequest }
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
      readonly comment: { readonly kind: "review" | "conversation"; readonly id: number };
      readonly inReplyTo?: number;
    };

export type TaskJob = Job<Task>;

export function reviewJob(
  id: string,
  place: Place,
  pullRequest: PullRequest,
  options: { readonly again: boolean; readonly position?: Position },
): TaskJob {
  return {
    id,
    key: pullRequestKey(place, pullRequest.number),
    version: `${pullRequest.head.sha} on ${pullRequest.base.ref}`,
    task: { kind: "review", place, pullRequest },
    ...options,
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
