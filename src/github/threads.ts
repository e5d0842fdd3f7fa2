import { z } from "zod";
import { type Api, askGraphql } from "./api.ts";
import { type GraphqlProblem, problemError } from "./errors.ts";
import { type Marker, readMarker } from "./marker.ts";

/** A conversation that a comment of ours began. */
export interface Thread {
  /** GraphQL id. */
  readonly id: string;
  readonly path: string;
  /** Of head now; undefined for an outdated thread and for one on a whole file. */
  readonly line: number | undefined;
  readonly isResolved: boolean;
  readonly isOutdated: boolean;
  readonly canResolve: boolean;
  readonly marker: Marker;
  /** Its first comment, ours. */
  readonly comment: ThreadComment;
  /** The first 20, oldest first. */
  readonly replies: readonly ThreadComment[];
}

export interface ThreadComment {
  /** For REST, and for GraphQL. */
  readonly id: number;
  readonly nodeId: string;
  /** Without the `[bot]` that REST adds; undefined for a deleted account. */
  readonly author: string | undefined;
  /** Written by whoever the token stands for. */
  readonly isOwn: boolean;
  readonly isMinimized: boolean;
  /** The review that it came with, by its id for REST. */
  readonly reviewId: number | undefined;
  readonly body: string;
}

/** How far a thread could be closed: `edited` means that only the comment's text can tell. */
export type Closing = "resolved" | "minimized" | "edited";

const NEEDED = "pull_requests: read";
/** Mutations that go in one call, a fifth of what a minute may have. */
const MAX_MUTATIONS = 50;

// `databaseId` is a 32-bit number, which comments have outgrown.
const COMMENT =
  "id fullDatabaseId state body author { __typename login } viewerDidAuthor isMinimized pullRequestReview { fullDatabaseId }";
const THREAD = `id path line isResolved isOutdated viewerCanResolve comments(first: 21) { nodes { ${COMMENT} } }`;

const CommentData = z.object({
  id: z.string(),
  fullDatabaseId: z.coerce.number(),
  /** Of a review that is not submitted, only its author sees the comments. */
  state: z.enum(["PENDING", "SUBMITTED"]),
  body: z.string(),
  author: z.object({ __typename: z.string(), login: z.string() }).nullish(),
  viewerDidAuthor: z.boolean(),
  isMinimized: z.boolean(),
  pullRequestReview: z.object({ fullDatabaseId: z.coerce.number().nullish() }).nullish(),
});
const ThreadData = z.object({
  id: z.string(),
  path: z.string(),
  line: z.number().nullish(),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  viewerCanResolve: z.boolean(),
  comments: z.object({ nodes: z.array(CommentData.nullable()) }),
});
const THREADS = `pageInfo { hasNextPage endCursor } nodes { ${THREAD} }`;
/** Asks a pull request for its threads, as far as `threadsIn` reads them. */
export const FIRST_THREADS = `reviewThreads(first: 100) { ${THREADS} }`;
const PullRequestThreads = z.object({
  reviewThreads: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    nodes: z.array(ThreadData.nullable()),
  }),
});

/** The conversation as far as it is about findings. */
export interface Threads {
  /** Those that whoever the token stands for began with a marker, oldest first. */
  readonly own: readonly Thread[];
  /**
   * Fingerprints of findings that another bot began a thread about, with the id of its first comment: the Action's where the App
   * reviews as well, and the other way round. Nothing else is taken from there: whoever can make a bot repeat a text could forge it.
   */
  readonly saidByOthers: ReadonlyMap<string, number>;
}

/** One call for each hundred threads. */
export async function readThreads(api: Api, number: number): Promise<Threads> {
  const own: Thread[] = [];
  const saidByOthers = new Map<string, number>();
  let after = "";
  for (;;) {
    const answer = await api.queue.ask({
      repository: api.name,
      field: `pullRequest(number: ${number}) { reviewThreads(first: 100${after}) { ${THREADS} } }`,
      task: `read the comments of pull request ${number}`,
      permission: NEEDED,
      bytes: 500_000,
    });
    const next = takeThreads(answer, own, saidByOthers);
    if (next === undefined) return { own, saidByOthers };
    after = `, after: ${JSON.stringify(next)}`;
  }
}

/** The conversation in an answer to `FIRST_THREADS`; undefined where there is more of it. */
export function threadsIn(pullRequest: unknown): Threads | undefined {
  const own: Thread[] = [];
  const saidByOthers = new Map<string, number>();
  const next = takeThreads(pullRequest, own, saidByOthers);
  return next === undefined ? { own, saidByOthers } : undefined;
}

/** Adds a page; where the next one begins, if there is one. */
function takeThreads(
  pullRequest: unknown,
  own: Thread[],
  saidByOthers: Map<string, number>,
): string | undefined {
  const { pageInfo, nodes } = PullRequestThreads.parse(pullRequest).reviewThreads;
  for (const node of nodes) {
    const [first] = node?.comments.nodes ?? [];
    const marker = readMarker(first?.body ?? "");
    if (node === null || !first || marker === undefined || first.state === "PENDING") continue;
    if (first.viewerDidAuthor) own.push(toThread(node, marker, first));
    else if (first.author?.__typename === "Bot") {
      const { fingerprint } = marker;
      const id = Math.min(first.fullDatabaseId, saidByOthers.get(fingerprint) ?? Infinity);
      saidByOthers.set(fingerprint, id);
    }
  }
  return pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
}

/**
 * Threads of ours that say what another one says already: two processes, or the App and the Action, reviewed at the same moment. Nothing
 * of GitHub's API keeps them from it, so all go by the same rule afterwards: the comment with the lowest id stays, and whoever wrote
 * another takes it back, unless somebody has answered it.
 */
export function twinsIn({ own, saidByOthers }: Threads): Thread[] {
  const first = new Map(saidByOthers);
  for (const { marker, comment } of own) {
    const { fingerprint } = marker;
    first.set(fingerprint, Math.min(comment.id, first.get(fingerprint) ?? Infinity));
  }
  return own.filter(
    ({ marker, comment, replies }) =>
      marker.state === "open" &&
      replies.length === 0 &&
      comment.id !== first.get(marker.fingerprint),
  );
}

/**
 * Resolves what it may, else minimises the comment; one call for each of the two. Resolving takes `contents: write` as well, which
 * nobody should have to grant. Threads that are closed already count as what they are.
 */
export async function closeThreads(
  api: Api,
  threads: readonly Thread[],
): Promise<Map<string, Closing>> {
  const closed = new Map<string, Closing>();
  for (const { id, isResolved, comment } of threads) {
    if (isResolved) closed.set(id, "resolved");
    else if (comment.isMinimized) closed.set(id, "minimized");
  }
  const open = threads.filter(({ id }) => !closed.has(id));
  const resolvable = open.filter(({ canResolve }) => canResolve);
  const resolved = await mutate(api, resolvable, ({ id }) => resolving("resolve", id));
  for (const { id } of resolved) closed.set(id, "resolved");

  const rest = open.filter(({ id }) => !closed.has(id));
  const minimized = await mutate(
    api,
    rest,
    ({ comment }) =>
      `minimizeComment(input: { subjectId: ${JSON.stringify(comment.nodeId)}, classifier: RESOLVED }) { clientMutationId }`,
  );
  for (const { id } of minimized) closed.set(id, "minimized");
  for (const { id } of rest) if (!closed.has(id)) closed.set(id, "edited");
  return closed;
}

/** Undoes `closeThreads`, as far as permissions allow. */
export async function reopenThreads(api: Api, threads: readonly Thread[]): Promise<void> {
  await mutate(
    api,
    threads.filter(({ isResolved }) => isResolved),
    ({ id }) => resolving("unresolve", id),
  );
  await mutate(
    api,
    threads.filter(({ comment }) => comment.isMinimized),
    ({ comment }) =>
      `unminimizeComment(input: { subjectId: ${JSON.stringify(comment.nodeId)} }) { clientMutationId }`,
  );
}

function resolving(verb: "resolve" | "unresolve", id: string): string {
  return `${verb}ReviewThread(input: { threadId: ${JSON.stringify(id)} }) { clientMutationId }`;
}

/** Sends one mutation for each thread, many in a call, and returns those of the threads that succeeded. */
async function mutate(
  api: Api,
  threads: readonly Thread[],
  mutation: (thread: Thread) => string,
): Promise<Thread[]> {
  const done: Thread[] = [];
  for (let from = 0; from < threads.length; from += MAX_MUTATIONS) {
    const batch = threads.slice(from, from + MAX_MUTATIONS);
    const fields = batch.map((thread, index) => `m${index}: ${mutation(thread)}`);
    const task = "open or close comments";
    const permission = "pull_requests: write";
    const document = `mutation {\n${fields.join("\n")}\n}`;
    const { problems } = await askGraphql(api.graphql, task, permission, document);
    const failed = new Map<unknown, GraphqlProblem>();
    for (const problem of problems) {
      const error = problemError(task, permission, problem);
      // What is forbidden, or gone, is not done; all else is an accident.
      if (![403, 404, 422].includes(error.status) || problem.path === undefined) throw error;
      failed.set(problem.path[0], problem);
    }
    done.push(...batch.filter((_, index) => !failed.has(`m${index}`)));
  }
  return done;
}

function toThread(
  data: z.infer<typeof ThreadData>,
  marker: Marker,
  first: z.infer<typeof CommentData>,
): Thread {
  return {
    id: data.id,
    path: data.path,
    line: data.line ?? undefined,
    isResolved: data.isResolved,
    isOutdated: data.isOutdated,
    canResolve: data.viewerCanResolve,
    marker,
    comment: toComment(first),
    replies: data.comments.nodes.slice(1).flatMap((node) => (node ? [toComment(node)] : [])),
  };
}

function toComment(data: z.infer<typeof CommentData>): ThreadComment {
  return {
    id: data.fullDatabaseId,
    nodeId: data.id,
    author: data.author?.login,
    isOwn: data.viewerDidAuthor,
    isMinimized: data.isMinimized,
    reviewId: data.pullRequestReview?.fullDatabaseId ?? undefined,
    body: data.body,
  };
}
