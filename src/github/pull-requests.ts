import { z } from "zod";
import { type Change, type Hunk, parseHunks } from "../core/change.ts";
import type { Api } from "./api.ts";
import { attempt, GitHubError, ONCE } from "./errors.ts";

/** What a review needs to know of a pull request. */
export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly title: string;
  readonly author: { readonly login: string; readonly isBot: boolean };
  /** `sha` is the tip of the base as last recorded, not the merge base. */
  readonly base: { readonly ref: string; readonly sha: string };
  /** `repository` is a full name, undefined once the fork was deleted. */
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repository: string | undefined;
  };
  readonly isFork: boolean;
  /** Undefined where a webhook leaves it out. */
  readonly changedFiles: number | undefined;
}

export interface ChangeList {
  readonly changes: readonly Change[];
  /**
   * Paths of text files whose patch GitHub leaves out because it is too large. Their hunks are undefined, and no comment can be
   * placed in them; `fillHunks` makes them from the contents.
   */
  readonly needsDiff: readonly string[];
  /**
   * The whole patches of edited and new files, by path of head: with them what stood there before can be told from what stands there
   * now.
   */
  readonly patches: ReadonlyMap<string, string>;
  /** True when GitHub lists fewer files than there are. */
  readonly truncated: boolean;
  /** The head that was listed, where GitHub tells: it may have moved since it was asked for. */
  readonly headSha: string | undefined;
}

export interface Comparison extends ChangeList {
  readonly mergeBase: string;
  /** How many commits head has that base has not. */
  readonly commits: number;
}

/** The part of a file's entry that is read; comparisons and file lists have the same. */
interface FileEntry {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  readonly patch?: string;
  readonly contents_url: string;
}

const PAGE = 100;
/** What the patch is against is base, for these. */
const PATCHED: ReadonlySet<string> = new Set(["added", "modified", "renamed"]);
const MAX_FILES = 3_000;
const MAX_COMPARED = 300;
/** Pages on their way at the same time. */
const MAX_PARALLEL = 5;

const Branch = z.object({
  ref: z.string(),
  sha: z.string(),
  repo: z.object({ full_name: z.string() }).nullish(),
});
const PullRequestData = z.object({
  number: z.number(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  draft: z.boolean().nullish(),
  title: z.string(),
  user: z.object({ login: z.string(), type: z.string().nullish() }).nullish(),
  base: Branch,
  head: Branch,
  changed_files: z.number().nullish(),
});

/** Reads `pull_request` of a webhook, or REST's answer, which look alike. Throws when it is neither. */
export function toPullRequest(value: unknown): PullRequest {
  const data = PullRequestData.parse(value);
  const { base, head, user } = data;
  const repository = head.repo?.full_name;
  return {
    number: data.number,
    state: data.state,
    merged: data.merged ?? typeof data.merged_at === "string",
    draft: data.draft ?? false,
    title: data.title,
    // Accounts that were deleted show as this one.
    author: { login: user?.login ?? "ghost", isBot: user?.type === "Bot" },
    base: { ref: base.ref, sha: base.sha },
    head: { ref: head.ref, sha: head.sha, repository },
    isFork: repository?.toLowerCase() !== base.repo?.full_name.toLowerCase(),
    changedFiles: data.changed_files ?? undefined,
  };
}

export async function readPullRequest(api: Api, number: number): Promise<PullRequest> {
  const { data } = await attempt(`read pull request ${number}`, "pull_requests: read", () =>
    api.rest.pulls.get({ ...api.name, pull_number: number }),
  );
  return toPullRequest(data);
}

/** From the pull request's own list. Pages that are known to exist load at the same time, further ones after them. */
export async function listChanges(
  api: Api,
  number: number,
  changedFiles?: number,
): Promise<ChangeList> {
  const load = async (page: number): Promise<readonly FileEntry[]> => {
    const { data } = await attempt(
      `list the files of pull request ${number}`,
      "pull_requests: read",
      () => api.rest.pulls.listFiles({ ...api.name, pull_number: number, per_page: PAGE, page }),
    );
    return data;
  };
  const known = Math.max(1, Math.ceil(Math.min(changedFiles ?? 1, MAX_FILES) / PAGE));
  const pages: (readonly FileEntry[])[] = [];
  while (pages.length < known) {
    const next = Array.from(
      { length: Math.min(MAX_PARALLEL, known - pages.length) },
      (_, i) => pages.length + i + 1,
    );
    pages.push(...(await Promise.all(next.map(load))));
  }
  // A full page where fewer files are known of means that the pull request has grown since.
  const isFull = () => pages.at(-1)?.length === PAGE && pages.length * PAGE < MAX_FILES;
  while (isFull() && pages.length * PAGE !== changedFiles) pages.push(await load(pages.length + 1));
  const files = pages.flat();
  const truncated =
    changedFiles === undefined ? files.length >= MAX_FILES : files.length < changedFiles;
  return toChangeList(files, truncated);
}

/** Merge base and changes in one call; undefined where the two have no common ancestor. */
export async function compareCommits(
  api: Api,
  base: string,
  head: string,
): Promise<Comparison | undefined> {
  try {
    const { data } = await attempt(`compare ${base} with ${head}`, "contents: read", () =>
      api.rest.repos.compareCommitsWithBasehead({
        ...api.name,
        basehead: `${base}...${head}`,
        // Pages are of commits, which nobody needs; the files are all on the first.
        per_page: 1,
        page: 1,
      }),
    );
    const files = data.files ?? [];
    return {
      ...toChangeList(files, files.length >= MAX_COMPARED),
      mergeBase: data.merge_base_commit.sha,
      commits: data.total_commits,
    };
  } catch (error) {
    const hasNone = error instanceof GitHubError && /no common ancestor/i.test(error.message);
    if (hasNone) return undefined;
    throw error;
  }
}

/**
 * The patches of all commits between two as one text, as `git format-patch` writes them; merges are left out. GitHub refuses what is too
 * large with 406; undefined where a server answers with something else.
 */
export async function readPatches(
  api: Api,
  base: string,
  head: string,
): Promise<string | undefined> {
  const { data } = await attempt(`read the commits up to ${head}`, "contents: read", () =>
    api.rest.repos.compareCommitsWithBasehead({
      ...api.name,
      basehead: `${base}...${head}`,
      mediaType: { format: "patch" },
      // What is too large is so every time.
      ...ONCE,
    }),
  );
  // What Octokit says of the answer's type holds for JSON only.
  const text: unknown = data;
  return typeof text === "string" ? text : undefined;
}

function toChangeList(files: readonly FileEntry[], truncated: boolean): ChangeList {
  const listed = files.filter((file) => file.status !== "unchanged");
  const read = listed.map((file) => ({ file, hunks: hunksOf(file) }));
  return {
    changes: read.map(({ file, hunks }) => toChange(file, hunks)),
    patches: new Map(
      read.flatMap(({ file: { filename, status, patch }, hunks }) =>
        hunks !== undefined && patch !== undefined && PATCHED.has(status)
          ? [[filename, patch]]
          : [],
      ),
    ),
    needsDiff: read
      .filter(({ file, hunks }) => hunks === undefined && file.changes > 0)
      .map(({ file }) => file.filename),
    truncated,
    headSha: /[?&]ref=([0-9a-f]{40,64})$/.exec(files[0]?.contents_url ?? "")?.[1],
  };
}

function toChange(file: FileEntry, hunks: readonly Hunk[] | undefined): Change {
  const { filename: path, previous_filename: previousPath } = file;
  const optional = hunks === undefined ? {} : { hunks };
  switch (file.status) {
    case "added":
    case "copied":
      return { status: "added", path, ...optional };
    case "removed":
      return { status: "removed", path, ...optional };
    case "renamed":
      if (previousPath === undefined) break;
      return { status: "renamed", path, previousPath, ...optional };
    default:
  }
  return { status: "modified", path, ...optional };
}

/** Undefined where they are not to be had, or not all of them. */
function hunksOf(file: FileEntry): readonly Hunk[] | undefined {
  if (file.patch === undefined) {
    // Nothing but the name differs. Binary files, too, have no changed lines: only a pure rename is sure.
    return file.status === "renamed" && file.changes === 0 ? [] : undefined;
  }
  const hunks = parseHunks(file.patch);
  const count = (side: "added" | "removed") =>
    hunks
      .flatMap((hunk) => hunk[side])
      .reduce((lines, range) => lines + range.end - range.start + 1, 0);
  // A copied file's patch is against its source. For others a difference means that the patch was cut.
  const isWhole = count("added") === file.additions && count("removed") === file.deletions;
  return isWhole && file.status !== "copied" ? hunks : undefined;
}
