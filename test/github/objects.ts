/**
 * The stand-in's state as GitHub shows it over REST. `example` fills what the description requires;
 * a factory here adds what a client may look at.
 */

import { apiDescription } from "./description.ts";
import type { ChangedFile, CommitInfo, TreeEntry } from "./git.ts";
import type { Fields } from "./json.ts";
import type { CheckRun, PullRequest, Repository, World } from "./state.ts";
import { stableNumber } from "./state.ts";

/** Where objects are shown from: the API's address and a repository. A `Call` is one. */
export interface Place {
  readonly api: string;
  readonly repository: Repository;
  readonly world: World;
}

const CREATED = "2020-01-01T00:00:00Z";

/** Lays `overrides` over a minimal valid object. */
export function example(schema: string, overrides: Fields): Fields {
  return apiDescription().example(schema, overrides);
}

/** The address of the website that belongs to an API address. */
export function site(api: string): string {
  return new URL(api).origin;
}

export function repositoryUrl({ api, repository }: Place): string {
  return `${api}/repos/${repository.fullName}`;
}

export function pageUrl({ api, repository }: Place): string {
  return `${site(api)}/${repository.fullName}`;
}

export function userObject(api: string, login: string): Fields {
  const isBot = login.endsWith("[bot]");
  return example("simple-user", {
    login,
    id: stableNumber(login),
    node_id: `U_${stableNumber(login)}`,
    gravatar_id: "",
    avatar_url: `${site(api)}/avatars/${encodeURIComponent(login)}`,
    url: `${api}/users/${encodeURIComponent(login)}`,
    html_url: `${site(api)}/${isBot ? `apps/${login.slice(0, -5)}` : login}`,
    type: isBot ? "Bot" : "User",
    site_admin: false,
  });
}

/** Any of the description's repository schemas; `fullName` may be a fork's. */
export function repositoryObject(place: Place, schema: string, fullName?: string): Fields {
  return example(schema, repositoryFacts(place, fullName));
}

/** What is particular to a repository, without what a schema or a real payload adds. */
export function repositoryFacts(
  { api, repository }: Place,
  fullName: string = repository.fullName,
): Fields {
  const [owner = "", name = ""] = fullName.split("/");
  const id = fullName === repository.fullName ? repository.id : stableNumber(fullName);
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: fullName,
    owner: userObject(api, owner),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    fork: fullName !== repository.fullName,
    url: `${api}/repos/${fullName}`,
    html_url: `${site(api)}/${fullName}`,
    clone_url: `${site(api)}/${fullName}.git`,
    git_url: `${site(api)}/${fullName}.git`,
    ssh_url: `git@localhost:${fullName}.git`,
    svn_url: `${site(api)}/${fullName}`,
    default_branch: repository.defaultBranch,
    created_at: CREATED,
    updated_at: CREATED,
    pushed_at: CREATED,
    homepage: null,
    has_discussions: false,
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    topics: [],
    archived: false,
    disabled: false,
  };
}

export async function pullObject(place: Place, pull: PullRequest): Promise<Fields> {
  const { repository } = place;
  const mergeBase = await repository.mergeBase(pull);
  const files = await repository.git.changes(mergeBase, pull.headSha);
  const commits = await repository.git.commitsBetween(mergeBase, pull.headSha);
  return example("pull-request", {
    ...pullFields(place, pull),
    merged: pull.merged,
    mergeable: pull.state === "open" ? true : null,
    mergeable_state: pull.state === "open" ? "clean" : "unknown",
    rebaseable: null,
    merged_by: pull.merged ? userObject(place.api, pull.author) : null,
    comments: repository.issueComments.filter(({ issue }) => issue === pull.number).length,
    review_comments: repository.reviewComments.filter((c) => c.pull === pull.number).length,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
    changed_files: files.length,
  });
}

export function simplePullObject(place: Place, pull: PullRequest): Fields {
  return example("pull-request-simple", pullFields(place, pull));
}

function pullFields(place: Place, pull: PullRequest): Fields {
  const url = `${repositoryUrl(place)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(place)}/issues/${pull.number}`;
  const html = `${pageUrl(place)}/pull/${pull.number}`;
  const statuses = `${repositoryUrl(place)}/statuses/${pull.headSha}`;
  const closedAt = pull.state === "closed" ? pull.updatedAt : null;
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    comments_url: `${issue}/comments`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(place)}/pulls/comments{/number}`,
    statuses_url: statuses,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    user: userObject(place.api, pull.author),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: closedAt,
    merged_at: pull.merged ? closedAt : null,
    merge_commit_sha: pull.mergeCommitSha,
    author_association: "CONTRIBUTOR",
    labels: [],
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: branchObject(place, pull.headRef, pull.headSha, pull.headRepository),
    base: branchObject(place, pull.baseRef, pull.baseSha, place.repository.fullName),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      commits: { href: `${url}/commits` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(place)}/pulls/comments{/number}` },
      statuses: { href: statuses },
    },
  };
}

function branchObject(place: Place, ref: string, sha: string, fullName: string | null): Fields {
  const owner = (fullName ?? "unknown/repository").split("/")[0] ?? "";
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: fullName === null ? null : userObject(place.api, owner),
    repo: fullName === null ? null : repositoryObject(place, "repository", fullName),
  };
}

export function fileObject(place: Place, file: ChangedFile, commit: string, patch: string): Fields {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${pageUrl(place)}/blob/${commit}/${path}`,
    raw_url: `${pageUrl(place)}/raw/${commit}/${path}`,
    contents_url: `${repositoryUrl(place)}/contents/${path}?ref=${commit}`,
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
    ...(patch === "" ? {} : { patch }),
  };
}

export async function commitObject(place: Place, oid: string): Promise<Fields> {
  const commit = await place.repository.git.commit(oid);
  const url = `${repositoryUrl(place)}/commits/${oid}`;
  return example("commit", {
    sha: oid,
    node_id: `C_${oid}`,
    url,
    html_url: `${pageUrl(place)}/commit/${oid}`,
    comments_url: `${url}/comments`,
    commit: {
      author: { ...commit.author },
      committer: { ...commit.committer },
      message: commit.message,
      tree: { sha: commit.tree, url: `${repositoryUrl(place)}/git/trees/${commit.tree}` },
      url: `${repositoryUrl(place)}/git/commits/${oid}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: null,
    committer: null,
    parents: parentObjects(place, commit),
  });
}

function parentObjects(place: Place, commit: CommitInfo): readonly Fields[] {
  return commit.parents.map((sha) => ({
    sha,
    url: `${repositoryUrl(place)}/commits/${sha}`,
    html_url: `${pageUrl(place)}/commit/${sha}`,
  }));
}

/** An entry of the contents API; without `content`, as directory listings have it. */
export function contentObject(place: Place, entry: TreeEntry, type: string, ref: string): Fields {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${repositoryUrl(place)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const isDirectory = entry.type === "tree";
  const git = `${repositoryUrl(place)}/git/${isDirectory ? "trees" : "blobs"}/${entry.oid}`;
  const html = `${pageUrl(place)}/${isDirectory ? "tree" : "blob"}/${ref}/${path}`;
  return {
    type,
    name: entry.path.slice(entry.path.lastIndexOf("/") + 1),
    path: entry.path,
    sha: entry.oid,
    size: entry.size ?? 0,
    url,
    git_url: git,
    html_url: html,
    download_url: isDirectory ? null : `${pageUrl(place)}/raw/${ref}/${path}`,
    _links: { self: url, git, html },
  };
}

export function appObject(place: Pick<Place, "api" | "world">, appId = place.world.app.id): Fields {
  const { api, world } = place;
  const slug = appId === world.app.id ? world.app.slug : "github-actions";
  const owner = appId === world.app.id ? world.app.owner : "github";
  return example("integration", {
    id: appId,
    slug,
    node_id: `A_${appId}`,
    owner: userObject(api, owner),
    name: slug,
    description: "",
    external_url: `${site(api)}/apps/${slug}`,
    html_url: `${site(api)}/apps/${slug}`,
    created_at: CREATED,
    updated_at: CREATED,
    permissions: { ...world.permissions },
    events: [],
  });
}

export function checkRunObject(place: Place, run: CheckRun): Fields {
  const url = `${repositoryUrl(place)}/check-runs/${run.id}`;
  const pulls = [...place.repository.pulls.values()].filter(
    (pull) =>
      pull.state === "open" &&
      pull.headSha === run.suite.headSha &&
      pull.headRepository === place.repository.fullName,
  );
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    head_sha: run.suite.headSha,
    name: run.name,
    external_id: run.externalId,
    url,
    html_url: `${pageUrl(place)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appObject(place, run.suite.appId),
    // Empty for forks: GitHub does not see pushes to them.
    pull_requests: pulls.map((pull) => minimalPullObject(place, pull)),
  };
}

function minimalPullObject(place: Place, pull: PullRequest): Fields {
  const { id, name } = place.repository;
  const repo = { id, name, url: repositoryUrl(place) };
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(place)}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  };
}
