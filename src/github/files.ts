import { z } from "zod";
import type { FileContent, TreeEntry } from "../core/source-tree.ts";
import type { Api, RepositoryName } from "./api.ts";
import { attempt, GitHubError } from "./errors.ts";
import type { Question } from "./query-queue.ts";

export interface FileRequest {
  /** A commit id, or a name such as `HEAD`. */
  readonly sha: string;
  readonly path: string;
  /** Another repository than the client's own. Its files count as missing where the repository is, or is hidden from us. */
  readonly repository?: RepositoryName;
  /** Bytes and blob id, where known: a large file is then not asked for in vain. */
  readonly size?: number;
  readonly id?: string;
  /** True where it is known that the content does not come with others. */
  readonly isApart?: boolean;
  /** Given the blob that turns out to need a call of its own: what stands for it; undefined where that call may be made. */
  readonly instead?: (id: string) => FileContent | undefined;
}

export interface ReadFile {
  readonly content: FileContent;
  /** The blob's id, of what is a file. */
  readonly id?: string;
}

export interface CommitTree {
  readonly entries: readonly TreeEntry[];
  /** True when there are more than GitHub lists: 100,000 entries or 7 MB. */
  readonly truncated: boolean;
}

/** Larger files are not read: no source file or manifest of a real project comes near. */
const MAX_BLOB_BYTES = 5_000_000;
/** GraphQL cuts a text after so many bytes. */
const MAX_TEXT_BYTES = 512_000;
/** Blobs that are fetched one by one: how many per call of `files`, and how many at the same time. */
const MAX_RAW = 100;
const MAX_PARALLEL = 5;
/** Files of these kinds are text even where GitHub calls them binary, for being UTF-16 for example. */
const TEXT_KIND = /\.(?:pyw?|pyi|html?|jinja2?|j2|txt|in|toml|cfg|ini|ya?ml|json|lock|env)$/i;
/** Stands for the bytes of a binary file, which nobody reads: it is told by its NUL. */
const BINARY: FileContent = { kind: "bytes", bytes: Uint8Array.of(0) };

const Blob = z.object({
  __typename: z.literal("Blob"),
  oid: z.string(),
  byteSize: z.number(),
  isBinary: z.boolean().nullish(),
  isTruncated: z.boolean(),
  text: z.string().nullish(),
});
const GitObject = z.union([Blob, z.object({ __typename: z.string() })]).nullable();
const FIELDS = "{ __typename ... on Blob { oid byteSize isBinary isTruncated text } }";
const NEEDED = "contents: read";

/** What one file came to: its content, or the blob that has to be fetched for it. */
type Answer = ReadFile | { readonly fetch: string };

/**
 * The files, in the order asked. A file that cannot be had is `unreadable`. Throws `GitHubError` for a commit that does not exist, for
 * a permission that is missing, and when GitHub is down.
 */
export async function readFiles(
  api: Api,
  commits: Map<string, Promise<void>>,
  requests: readonly FileRequest[],
): Promise<ReadFile[]> {
  const unique = new Map(requests.map((request) => [keyOf(request), request]));
  const answers = new Map<string, ReadFile>();
  const toFetch: [key: string, id: string][] = [];
  await Promise.all(
    Array.from(unique, async ([key, request]) => {
      const [answer] = await Promise.all([ask(api, request), checkCommit(api, commits, request)]);
      if ("fetch" in answer) toFetch.push([key, answer.fetch]);
      else answers.set(key, answer);
    }),
  );
  for (const [key] of toFetch.splice(MAX_RAW))
    answers.set(key, { content: unreadable("too many large files to read them all") });
  const work = async () => {
    for (let next = toFetch.shift(); next !== undefined; next = toFetch.shift()) {
      const [key, id] = next;
      answers.set(key, { id, content: await blobOf(api, id) });
    }
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL }, work));
  return requests.map(
    (request) => answers.get(keyOf(request)) ?? { content: unreadable("GitHub gave no answer") },
  );
}

/**
 * What fits into queries that go out at the same time anyway, in the order asked; undefined for the rest, and for what would take a
 * call of its own. Never throws.
 */
export function readSpareFiles(
  api: Api,
  requests: readonly FileRequest[],
): Promise<(ReadFile | undefined)[]> {
  return Promise.all(
    requests.map(async (request) => {
      if ((request.size ?? 0) > MAX_TEXT_BYTES) return undefined;
      try {
        const value = await api.queue.ask({ ...questionFor(api, request), isSpare: true });
        if (value === undefined) return undefined;
        const answer = answerOf(GitObject.parse(value), request);
        return "fetch" in answer ? undefined : answer;
      } catch {
        return undefined;
      }
    }),
  );
}

/** Every file, link and submodule of a commit. */
export async function readTree(api: Api, sha: string): Promise<CommitTree> {
  const { data } = await attempt(`list the files of ${sha}`, NEEDED, () =>
    api.rest.git.getTree({ ...api.name, tree_sha: sha, recursive: "true" }),
  );
  const entries = data.tree.flatMap(({ path, mode, type, sha: id, size }): TreeEntry[] => {
    if (path === undefined || type === "tree") return [];
    const kind = type === "commit" ? "submodule" : mode === "120000" ? "symlink" : "file";
    return [{ path, kind, ...(size !== undefined && { size }), ...(id !== undefined && { id }) }];
  });
  return { entries, truncated: data.truncated };
}

async function ask(api: Api, request: FileRequest): Promise<Answer> {
  const { size = 0, id, isApart = size > MAX_TEXT_BYTES } = request;
  if (size > MAX_BLOB_BYTES) return { content: tooLarge(), ...(id !== undefined && { id }) };
  if (isApart && id !== undefined && request.repository === undefined) return { fetch: id };
  let value: unknown;
  try {
    value = await api.queue.ask(questionFor(api, request));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.status === 404 && request.repository !== undefined)
      return { content: { kind: "missing" } };
    if (id !== undefined && error.isUncertain) return { fetch: id };
    if ([400, 422].includes(error.status)) return { content: unreadable(error.message) };
    throw error;
  }
  const answer = answerOf(GitObject.parse(value), request);
  const content = "fetch" in answer ? request.instead?.(answer.fetch) : undefined;
  // Without the id: what stands for a blob is not the blob.
  return content === undefined ? answer : { content };
}

function questionFor(api: Api, { sha, path, repository, size }: FileRequest): Question {
  return {
    repository: repository ?? api.name,
    field: `object(expression: ${JSON.stringify(`${sha}:${path}`)}) ${FIELDS}`,
    task: `read files of ${sha}`,
    permission: NEEDED,
    ...(size !== undefined && { bytes: size }),
  };
}

function answerOf(object: z.infer<typeof GitObject>, request: FileRequest): Answer {
  if (object === null) return { content: { kind: "missing" } };
  if (!("oid" in object))
    return { content: unreadable(object.__typename === "Tree" ? "a folder" : "a submodule") };
  const { oid: id, byteSize, isBinary, isTruncated, text } = object;
  if (byteSize > MAX_BLOB_BYTES) return { id, content: tooLarge() };
  if (isBinary === true && !TEXT_KIND.test(request.path)) return { id, content: BINARY };
  const bytes = typeof text === "string" ? Buffer.from(text) : undefined;
  // Other encodings than UTF-8, and byte order marks, may not come through unchanged.
  const isExact = bytes?.length === byteSize && !isTruncated && isBinary !== true;
  if (bytes !== undefined && isExact) return { id, content: { kind: "bytes", bytes } };
  if (request.repository !== undefined)
    return { id, content: unreadable("not UTF-8 text of a usual size") };
  return { fetch: id };
}

/** Each once. */
function blobOf(api: Api, id: string): Promise<FileContent> {
  const known = api.blobs.get(id);
  if (known !== undefined) return known;
  const coming = fetchBlob(api, id);
  api.blobs.set(id, coming);
  // Asked again after a failure.
  coming.catch(() => api.blobs.delete(id));
  return coming;
}

/** As base64: Octokit would decode raw bytes as text. */
async function fetchBlob(api: Api, id: string): Promise<FileContent> {
  try {
    const { data } = await attempt(`read blob ${id}`, NEEDED, () =>
      api.rest.git.getBlob({ ...api.name, file_sha: id }),
    );
    return { kind: "bytes", bytes: Buffer.from(data.content, "base64") };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.missingPermission !== undefined) throw error;
    return unreadable(`GitHub did not give its content (${error.status})`);
  }
}

/** Files of a commit that does not exist would all look missing, as after a force push long ago. Asked once for each commit. */
function checkCommit(
  api: Api,
  commits: Map<string, Promise<void>>,
  { sha, repository }: FileRequest,
): Promise<void> {
  if (repository !== undefined) return Promise.resolve();
  const known = commits.get(sha);
  if (known !== undefined) return known;
  const check = async () => {
    const field = `object(expression: ${JSON.stringify(sha)}) { __typename }`;
    const task = `read files of ${sha}`;
    const question = { repository: api.name, field, task, permission: NEEDED, bytes: 100 };
    if ((await api.queue.ask(question)) !== null) return;
    commits.delete(sha);
    throw new GitHubError(`cannot ${task}: no such commit (404)`, {
      status: 404,
      hint: "It may have been replaced by a force push.",
    });
  };
  const started = check();
  // Asked again after a failure.
  commits.set(sha, started);
  started.catch(() => commits.delete(sha));
  return started;
}

function keyOf({ repository, sha, path }: FileRequest): string {
  return JSON.stringify([repository?.owner, repository?.repo, sha, path]);
}

function unreadable(reason: string): FileContent {
  return { kind: "unreadable", reason };
}

function tooLarge(): FileContent {
  return unreadable(`larger than ${MAX_BLOB_BYTES / 1_000_000} MB`);
}
