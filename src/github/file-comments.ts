// Comments on whole files, many in one call: they are added to a review that only its author sees yet, and which is submitted then.
import { z } from "zod";
import { type Api, askGraphql } from "./api.ts";
import { toBody } from "./comments.ts";
import { discardDrafts } from "./drafts.ts";
import { GitHubError, type GraphqlProblem, problemError } from "./errors.ts";
import { FIRST_THREADS, type Threads, threadsIn } from "./threads.ts";

export interface FileComment {
  readonly path: string;
  readonly body: string;
}

const NEEDED = "pull_requests: write";
/** Mutations that go in one call, a fifth of what a minute may have. */
const MAX_FILES = 49;

const Submitted = z.object({
  submit: z.object({ pullRequestReview: z.object({ pullRequest: z.unknown() }) }),
});

/**
 * Adds comments to a draft of a review, and submits it. `left` are those that GitHub did not take. Undefined where it did not work
 * out, and the draft is gone.
 */
export async function submitWithFiles(
  api: Api,
  number: number,
  draft: { readonly id: number; readonly nodeId: string },
  body: string,
  onFiles: readonly FileComment[],
): Promise<
  { readonly left: readonly FileComment[]; readonly threads: Threads | undefined } | undefined
> {
  const review = `pullRequestReviewId: ${JSON.stringify(draft.nodeId)}`;
  const added = onFiles.slice(0, MAX_FILES);
  const fields = added.map(
    (comment, index) =>
      `f${index}: addPullRequestReviewThread(input: { ${review}, subjectType: FILE, path: ${JSON.stringify(comment.path)}, body: ${JSON.stringify(toBody(comment.body))} }) { clientMutationId }`,
  );
  const submit = `submit: submitPullRequestReview(input: { ${review}, event: COMMENT, body: ${JSON.stringify(toBody(body))} }) { pullRequestReview { pullRequest { ${FIRST_THREADS} } } }`;
  const task = `review pull request ${number}`;
  try {
    const document = `mutation {\n${[...fields, submit].join("\n")}\n}`;
    // Never a second time: it may have been done in part.
    const { data, problems } = await askGraphql(api.graphql, task, NEEDED, document, 0);
    const failed = new Map<unknown, GraphqlProblem>();
    for (const problem of problems) {
      const [field] = problem.path ?? [];
      if (field === undefined || field === "submit") throw problemError(task, NEEDED, problem);
      failed.set(field, problem);
    }
    const left = onFiles.filter((_, index) => index >= MAX_FILES || failed.has(`f${index}`));
    const answer = Submitted.parse(data).submit.pullRequestReview;
    return { left, threads: threadsIn(answer.pullRequest) };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const isGone = await discardDrafts(api, number, ({ id }) => id === draft.id);
    // Where there is no draft any more, it was submitted, and all comments before that.
    if (!isGone) return { left: onFiles.slice(MAX_FILES), threads: undefined };
    if (error.missingPermission !== undefined) throw error;
    return undefined;
  }
}
