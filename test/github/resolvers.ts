/** The GraphQL objects that the stand-in knows: git objects, pull requests, threads, comments. */

import { GraphQLError } from "graphql";
import { checkSuites } from "./check-nodes.ts";
import { currentAnchor } from "./comment-objects.ts";
import { connection, refusal } from "./connections.ts";
import type { TreeEntry } from "./git.ts";
import { addComment, diffAt } from "./handlers/reviews.ts";
import { type Fields, fields, list, text } from "./json.ts";
import { site } from "./objects.ts";
import type {
  Access,
  IssueComment,
  PullRequest,
  Repository,
  Review,
  ReviewComment,
  Thread,
  Token,
  World,
} from "./state.ts";
import { now } from "./state.ts";

export interface GraphqlContext {
  readonly api: string;
  readonly token: Token;
  readonly world: World;
  readonly rateLimit: Fields;
  /** What this query has read so far. */
  readonly read: { objects: number; bytes: number };
}

/** Resolvers are plain objects; methods take the field's arguments. */
export function rootValue(context: GraphqlContext): Fields {
  const { world, token } = context;
  return {
    repository: ({ owner, name }: Fields) => {
      // `followRenames` is true unless told otherwise.
      const repository =
        world.find(String(owner), String(name)) ??
        world.renamed.get(`${owner}/${name}`.toLowerCase());
      if (repository) return repositoryNode(context, repository);
      throw refusal(
        "NOT_FOUND",
        `Could not resolve to a Repository with the name '${owner}/${name}'.`,
      );
    },
    node: ({ id }: Fields) => nodeById(context, String(id)),
    nodes: ({ ids }: Fields) =>
      Array.isArray(ids) ? ids.map((id) => nodeById(context, String(id))) : [],
    viewer: { login: token.actor.login },
    rateLimit: context.rateLimit,
    securityVulnerabilities: (args: Fields) => vulnerabilities(context, args),
    addPullRequestReviewThread: ({ input }: Fields) => addThread(context, fields(input)),
    submitPullRequestReview: ({ input }: Fields) => submit(context, fields(input)),
    resolveReviewThread: ({ input }: Fields) => setResolved(context, fields(input), true),
    unresolveReviewThread: ({ input }: Fields) => setResolved(context, fields(input), false),
    minimizeComment: ({ input }: Fields) =>
      minimize(context, fields(input), text(fields(input), "classifier")?.toLowerCase()),
    unminimizeComment: ({ input }: Fields) => {
      const { minimizedComment, ...rest } = minimize(context, fields(input), undefined);
      return { ...rest, unminimizedComment: minimizedComment };
    },
  };
}

/** One for each range; the case of a package's name makes no difference (observed). */
function vulnerabilities({ world }: GraphqlContext, args: Fields): Promise<Fields> {
  const { ecosystem, package: name, severities, classifications } = args;
  const classified = (type: string | undefined) => (type === "malware" ? "MALWARE" : "GENERAL");
  const isIn = (wanted: unknown, value: string) => !Array.isArray(wanted) || wanted.includes(value);
  const found = world.advisories.flatMap((advisory) => {
    const severity = (text(advisory, "severity") ?? "low")
      .toUpperCase()
      .replace("MEDIUM", "MODERATE");
    if (text(advisory, "type") === "unreviewed") return [];
    if (!isIn(severities, severity)) return [];
    if (!isIn(classifications, classified(text(advisory, "type")))) return [];
    return (list(advisory, "vulnerabilities") ?? [])
      .map(fields)
      .filter((one) => {
        const [theirs, called] = ["ecosystem", "name"].map((key) =>
          text(fields(one["package"]), key)?.toLowerCase(),
        );
        const isNamed = typeof name !== "string" || called === name.toLowerCase();
        return isNamed && (ecosystem === undefined || theirs === String(ecosystem).toLowerCase());
      })
      .map((one) => vulnerabilityNode(advisory, severity, one));
  });
  return connection(args, "securityVulnerabilities", found, (node) => node);
}

function vulnerabilityNode(advisory: Fields, severity: string, one: Fields): Fields {
  const patched = text(one, "first_patched_version");
  const scores = fields(advisory["cvss_severities"]);
  const vector = (key: string) => {
    const found = text(fields(scores[key]), "vector_string");
    return found === undefined ? null : { vectorString: found };
  };
  const { ecosystem, name } = fields(one["package"]);
  return {
    __typename: "SecurityVulnerability",
    vulnerableVersionRange: text(one, "vulnerable_version_range") ?? "",
    firstPatchedVersion: patched === undefined ? null : { identifier: patched },
    package: { ecosystem: String(ecosystem).toUpperCase(), name },
    advisory: {
      __typename: "SecurityAdvisory",
      ghsaId: advisory["ghsa_id"],
      summary: advisory["summary"],
      severity,
      publishedAt: advisory["published_at"] ?? now(),
      withdrawnAt: advisory["withdrawn_at"] ?? null,
      identifiers: advisory["identifiers"] ?? [],
      epss: Array.isArray(advisory["epss"]) ? advisory["epss"][0] : (advisory["epss"] ?? null),
      cvssSeverities: { cvssV3: vector("cvss_v3"), cvssV4: vector("cvss_v4") },
    },
  };
}

function demand(context: GraphqlContext, permission: string, access: Access): void {
  if (!isAllowed(context, permission, access)) {
    throw refusal("FORBIDDEN", "Resource not accessible by integration");
  }
}

function isAllowed(context: GraphqlContext, permission: string, access: Access): boolean {
  const granted = context.token.permissions[permission];
  return granted === "write" || granted === access;
}

function repositoryNode(context: GraphqlContext, repository: Repository): Fields {
  return {
    __typename: "Repository",
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    isPrivate: repository.isPrivate,
    url: `${site(context.api)}/${repository.fullName}`,
    owner: ownerNode(repository.owner),
    defaultBranchRef: { __typename: "Ref", name: repository.defaultBranch },
    object: ({ expression, oid }: Fields) =>
      gitObject(context, repository, String(expression ?? oid ?? "")),
    pullRequest: ({ number }: Fields) => {
      demand(context, "pull_requests", "read");
      const pull = repository.pulls.get(Number(number));
      if (pull) return pullNode(context, repository, pull);
      throw refusal(
        "NOT_FOUND",
        `Could not resolve to a PullRequest with the number of ${number}.`,
      );
    },
  };
}

function ownerNode(login: string): Fields {
  return { __typename: "Organization", login };
}

/** `<revision>` or `<revision>:<path>`; null for what does not exist, as GitHub answers. */
async function gitObject(context: GraphqlContext, repository: Repository, expression: string) {
  demand(context, "contents", "read");
  context.read.objects += 1;
  const colon = expression.indexOf(":");
  const revision = colon < 0 ? expression : expression.slice(0, colon);
  const commit = await repository.resolve(revision);
  const path = colon < 0 ? "" : expression.slice(colon);
  const found = await repository.git.object(`${commit ?? revision}${path}`);
  if (found === undefined) return null;
  const { oid, size } = found;
  const common = { id: `G_${oid}`, oid, abbreviatedOid: oid.slice(0, 7) };
  if (found.type === "blob")
    return { __typename: "Blob", ...common, ...blobFields(context, repository, oid, size) };
  if (found.type === "tree") {
    const entries = async () =>
      (await repository.git.tree(oid, false)).map((entry) => treeEntry(context, repository, entry));
    return { __typename: "Tree", ...common, entries };
  }
  if (found.type === "tag") return { __typename: "Tag", ...common };
  return {
    __typename: "Commit",
    ...common,
    checkSuites: (args: Fields) => {
      demand(context, "checks", "read");
      return checkSuites(repository, oid, args);
    },
  };
}

function blobFields(
  context: GraphqlContext,
  repository: Repository,
  oid: string,
  size: number,
): Fields {
  const most = context.world.limits.graphqlTextBytes;
  const content = async () => (await repository.git.content(oid)) ?? Buffer.alloc(0);
  return {
    byteSize: size,
    isBinary: async () => isBinary(await content()),
    isTruncated: size > most,
    text: async () => {
      context.read.bytes += size;
      // Checked before reading: a refused query must not load what it was refused for.
      if (context.read.bytes > context.world.limits.graphqlBytes) return null;
      const bytes = await content();
      return isBinary(bytes) ? null : bytes.subarray(0, most).toString();
    },
  };
}

/** git's own test: a zero byte near the start. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}

function treeEntry(context: GraphqlContext, repository: Repository, entry: TreeEntry): Fields {
  return {
    __typename: "TreeEntry",
    name: entry.path,
    path: entry.path,
    type: entry.type,
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.oid,
    size: entry.size ?? 0,
    object: () => (entry.type === "commit" ? null : gitObject(context, repository, entry.oid)),
  };
}

function pullNode(context: GraphqlContext, repository: Repository, pull: PullRequest): Fields {
  return {
    __typename: "PullRequest",
    id: `PR_${pull.id}`,
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    url: `${site(context.api)}/${repository.fullName}/pull/${pull.number}`,
    state: pull.merged ? "MERGED" : pull.state.toUpperCase(),
    closed: pull.state === "closed",
    merged: pull.merged,
    isDraft: pull.draft,
    author: actorNode(pull.author),
    headRefOid: pull.headSha,
    headRefName: pull.headRef,
    baseRefOid: pull.baseSha,
    baseRefName: pull.baseRef,
    isCrossRepository: pull.headRepository !== repository.fullName,
    reviewThreads: (args: Fields) =>
      connection(args, "reviewThreads", threadsOf(context, repository, pull), (thread) =>
        threadNode(context, repository, thread),
      ),
    reviews: (args: Fields) =>
      connection(
        args,
        "reviews",
        repository.reviews.filter((review) => review.pull === pull.number),
        (review) => reviewNode(review),
      ),
    comments: (args: Fields) =>
      connection(
        args,
        "comments",
        repository.issueComments.filter(({ issue }) => issue === pull.number),
        issueCommentNode(context),
      ),
    files: async (args: Fields) => {
      const base = await repository.mergeBase(pull);
      const files = await repository.git.changes(base, pull.headSha);
      return connection(args, "files", files, ({ path, additions, deletions, status }) => ({
        __typename: "PullRequestChangedFile",
        path,
        additions,
        deletions,
        changeType: status === "removed" ? "DELETED" : status.toUpperCase(),
      }));
    },
  };
}

/** Threads with at least one comment left that is not part of a pending review, unless of one's own. */
function threadsOf(
  { token }: GraphqlContext,
  repository: Repository,
  pull: PullRequest,
): readonly Thread[] {
  const pending = new Set(
    repository.reviews
      .filter(({ state, author }) => state === "PENDING" && author !== token.actor.login)
      .map(({ id }) => id),
  );
  const shown = repository.reviewComments.filter(
    (comment) => comment.pull === pull.number && !pending.has(comment.reviewId),
  );
  return [...new Set(shown.map(({ thread }) => thread))];
}

async function threadNode(
  context: GraphqlContext,
  repository: Repository,
  thread: Thread,
): Promise<Fields> {
  const comments = repository.reviewComments.filter((comment) => comment.thread === thread);
  const [first] = comments;
  const anchor = first?.anchor;
  const current = first && (await currentAnchor(repository, first));
  const canResolve = isAllowed(context, "contents", "write");
  return {
    __typename: "PullRequestReviewThread",
    id: thread.id,
    isResolved: thread.resolvedBy !== undefined,
    resolvedBy: thread.resolvedBy === undefined ? null : { login: loginOf(thread.resolvedBy) },
    isOutdated: anchor !== undefined && current === undefined,
    isCollapsed: thread.resolvedBy !== undefined,
    path: first?.path,
    line: current?.line ?? null,
    startLine: current?.startLine ?? null,
    originalLine: anchor?.line ?? null,
    originalStartLine: anchor?.startLine ?? null,
    diffSide: anchor?.side ?? "RIGHT",
    startDiffSide: anchor?.startSide ?? null,
    subjectType: anchor === undefined ? "FILE" : "LINE",
    viewerCanResolve: canResolve && thread.resolvedBy === undefined,
    viewerCanUnresolve: canResolve && thread.resolvedBy !== undefined,
    viewerCanReply: isAllowed(context, "pull_requests", "write"),
    comments: (args: Fields) =>
      connection(args, "comments", comments, reviewCommentNode(context, repository)),
  };
}

function reviewCommentNode(context: GraphqlContext, repository: Repository) {
  return async (comment: ReviewComment): Promise<Fields> => {
    const current = await currentAnchor(repository, comment);
    return {
      __typename: "PullRequestReviewComment",
      id: `PRRC_${comment.id}`,
      ...commentFields(context, comment),
      state:
        repository.reviews.find(({ id }) => id === comment.reviewId)?.state === "PENDING"
          ? "PENDING"
          : "SUBMITTED",
      path: comment.path,
      diffHunk: comment.diffHunk,
      line: current?.line ?? null,
      startLine: current?.startLine ?? null,
      originalLine: comment.anchor?.line ?? null,
      outdated: comment.anchor !== undefined && current === undefined,
      originalCommit: { __typename: "Commit", oid: comment.commitId },
      pullRequestReview: {
        __typename: "PullRequestReview",
        id: `PRR_${comment.reviewId}`,
        databaseId: comment.reviewId,
        fullDatabaseId: String(comment.reviewId),
      },
      replyTo:
        comment.inReplyTo === undefined
          ? null
          : {
              __typename: "PullRequestReviewComment",
              id: `PRRC_${comment.inReplyTo}`,
              databaseId: comment.inReplyTo,
            },
      url: `${site(context.api)}/${repository.fullName}/pull/${comment.pull}#discussion_r${comment.id}`,
    };
  };
}

function issueCommentNode(context: GraphqlContext) {
  return (comment: IssueComment): Fields => ({
    __typename: "IssueComment",
    id: `IC_${comment.id}`,
    ...commentFields(context, comment),
  });
}

function commentFields(context: GraphqlContext, comment: ReviewComment | IssueComment): Fields {
  return {
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: actorNode(comment.author),
    viewerDidAuthor: comment.author === context.token.actor.login,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    isMinimized: comment.minimized !== undefined,
    reactionGroups: Object.entries(REACTIONS).map(([rest, content]) => ({
      content,
      viewerHasReacted: comment.reactions.some(
        (given) => given.content === rest && given.author === context.token.actor.login,
      ),
    })),
    minimizedReason: comment.minimized ?? null,
  };
}

/** GraphQL's names for what REST calls otherwise. */
const REACTIONS = {
  "+1": "THUMBS_UP",
  "-1": "THUMBS_DOWN",
  laugh: "LAUGH",
  hooray: "HOORAY",
  confused: "CONFUSED",
  heart: "HEART",
  rocket: "ROCKET",
  eyes: "EYES",
} as const;

function reviewNode(review: Review): Fields {
  return {
    __typename: "PullRequestReview",
    id: `PRR_${review.id}`,
    databaseId: review.id,
    body: review.body,
    state: review.state,
    author: actorNode(review.author),
    submittedAt: review.submittedAt,
    commit: { __typename: "Commit", oid: review.commitId },
  };
}

/** GraphQL shows an App's login without the `[bot]` that REST adds. */
function loginOf(login: string): string {
  return login.replace(/\[bot\]$/, "");
}

function actorNode(login: string): Fields {
  const isBot = login.endsWith("[bot]");
  return { __typename: isBot ? "Bot" : "User", login: loginOf(login) };
}

function nodeById(context: GraphqlContext, id: string): Promise<Fields> | Fields {
  for (const repository of context.world.repositories) {
    const number = Number(id.slice(id.indexOf("_") + 1));
    const comment = repository.reviewComments.find((candidate) => candidate.id === number);
    const issueComment = repository.issueComments.find((candidate) => candidate.id === number);
    const pull = [...repository.pulls.values()].find((candidate) => candidate.id === number);
    const review = repository.reviews.find((candidate) => candidate.id === number);
    const thread = repository.reviewComments.find((c) => c.thread.id === id)?.thread;
    if (id.startsWith("PRRT_") && thread) return threadNode(context, repository, thread);
    if (id.startsWith("PRRC_") && comment) return reviewCommentNode(context, repository)(comment);
    if (id.startsWith("IC_") && issueComment) return issueCommentNode(context)(issueComment);
    if (id.startsWith("PRR_") && review) return reviewNode(review);
    if (id.startsWith("PR_") && pull) return pullNode(context, repository, pull);
    if (id === `R_${repository.id}`) return repositoryNode(context, repository);
  }
  throw refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

/** A review of one's own that is not submitted yet. */
function draftOf(context: GraphqlContext, input: Fields) {
  demand(context, "pull_requests", "write");
  const id = text(input, "pullRequestReviewId") ?? "";
  for (const repository of context.world.repositories) {
    const review = repository.reviews.find((one) => `PRR_${one.id}` === id);
    const pull = review && repository.pulls.get(review.pull);
    if (review === undefined || pull === undefined) continue;
    if (review.author !== context.token.actor.login)
      throw refusal("FORBIDDEN", "You do not own this review.");
    if (review.state !== "PENDING")
      throw refusal("UNPROCESSABLE", "The review has been submitted already.");
    return { repository, review, pull };
  }
  throw refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

async function addThread(context: GraphqlContext, input: Fields): Promise<Fields> {
  const { repository, review, pull } = draftOf(context, input);
  const [path = "", body = ""] = [text(input, "path"), text(input, "body")];
  if (text(input, "subjectType") !== "FILE")
    throw new GraphQLError("the stand-in adds threads on files only");
  if (body.trim() === "" || [...body].length > context.world.limits.bodyCharacters)
    throw refusal("UNPROCESSABLE", "Body is invalid");
  const place = await diffAt(context.world, repository, pull, review.commitId);
  if (!place.patches.has(path)) throw refusal("UNPROCESSABLE", "Path could not be resolved");
  const draft = { path, anchor: undefined, body };
  const comment = addComment(context.world, repository, review, place, draft);
  return { ...mutation(input), thread: await threadNode(context, repository, comment.thread) };
}

function submit(context: GraphqlContext, input: Fields): Fields {
  const { repository, review, pull } = draftOf(context, input);
  const body = text(input, "body") ?? review.body;
  if (body.trim() === "") throw refusal("UNPROCESSABLE", "Body can't be blank");
  review.state = "COMMENTED";
  review.body = body;
  return {
    ...mutation(input),
    pullRequestReview: {
      ...reviewNode(review),
      pullRequest: pullNode(context, repository, pull),
    },
  };
}

/** Needs write on contents as well, for Apps and for Actions (observed, GITHUB.md section 2). */
async function setResolved(context: GraphqlContext, input: Fields, isResolved: boolean) {
  demand(context, "pull_requests", "write");
  demand(context, "contents", "write");
  const id = text(input, "threadId") ?? "";
  for (const repository of context.world.repositories) {
    const thread = repository.reviewComments.find((comment) => comment.thread.id === id)?.thread;
    if (thread === undefined) continue;
    thread.resolvedBy = isResolved ? context.token.actor.login : undefined;
    return { ...mutation(input), thread: await threadNode(context, repository, thread) };
  }
  throw refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

function minimize(context: GraphqlContext, input: Fields, reason: string | undefined): Fields {
  if (!isAllowed(context, "issues", "write")) demand(context, "pull_requests", "write");
  const id = text(input, "subjectId") ?? "";
  for (const repository of context.world.repositories) {
    const reviewComment = repository.reviewComments.find((c) => `PRRC_${c.id}` === id);
    const issueComment = repository.issueComments.find((c) => `IC_${c.id}` === id);
    const comment = reviewComment ?? issueComment;
    if (comment === undefined) continue;
    comment.minimized = reason;
    comment.updatedAt = now();
    const __typename = reviewComment ? "PullRequestReviewComment" : "IssueComment";
    const shown = { __typename, id, ...commentFields(context, comment) };
    return { ...mutation(input), minimizedComment: shown };
  }
  throw refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

function mutation(input: Fields): Fields {
  return { clientMutationId: text(input, "clientMutationId") ?? null };
}
