import type { Octokit as RestOctokit } from "@octokit/rest";
import { z } from "zod";
import type { FileContent } from "../core/source-tree.ts";
import { attempt, GraphqlProblem } from "./errors.ts";
import type { QueryQueue } from "./query-queue.ts";

/** What is needed of an Octokit: Probot's, that of `@actions/github` and that of `@octokit/rest` all have it. */
export type Octokit = Pick<RestOctokit, "rest" | "graphql">;

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** What the parts of the client share. */
export interface Api {
  readonly rest: Octokit["rest"];
  readonly graphql: Octokit["graphql"];
  readonly name: RepositoryName;
  readonly queue: QueryQueue;
  /** Large contents by blob id: one file often stands at several paths, and at base as at head. */
  readonly blobs: Map<string, Promise<FileContent>>;
  /** What GitHub's database says of packages, by ecosystem and name; undefined where it was not asked after all. */
  readonly vulnerabilities: Map<string, Promise<readonly unknown[] | undefined>>;
}

export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly problems: readonly GraphqlProblem[];
}

/** What Octokit throws for an answer with errors, which may hold data all the same; by its shape, see `errors.ts`. */
const GraphqlFailure = z.object({
  errors: z.array(GraphqlProblem).min(1),
  data: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Sends one document. Problems of its parts are part of the answer; throws `GitHubError` when there is no answer at all. A query that
 * is too large fails every time: it is halved instead of tried again and again.
 */
export async function askGraphql(
  graphql: Octokit["graphql"],
  task: string,
  permission: string,
  document: string,
  retries = 1,
): Promise<GraphqlAnswer> {
  try {
    const data = await attempt(task, permission, () =>
      graphql<Record<string, unknown>>(document, { request: { retries } }),
    );
    return { data, problems: [] };
  } catch (error) {
    const failure = GraphqlFailure.safeParse(error);
    if (!failure.success) throw error;
    return { data: failure.data.data ?? {}, problems: failure.data.errors };
  }
}
