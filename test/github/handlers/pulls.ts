/** Pull requests, their files, comparisons and commits: what git knows, within GitHub's limits. */

import {
  type Answer,
  type Call,
  type Handlers,
  needs,
  notFound,
  numberParameter,
  ok,
  paged,
  parameter,
  Refusal,
} from "../call.ts";
import type { ChangedFile } from "../git.ts";
import type { Fields } from "../json.ts";
import type { Limits } from "../limits.ts";
import {
  commitObject,
  fileObject,
  pullObject,
  repositoryObject,
  simplePullObject,
} from "../objects.ts";
import type { PullRequest } from "../state.ts";

export const pulls: Handlers = {
  "repos/get": {
    needs: [needs("metadata", "read")],
    answer: (call) => ok(repositoryObject(call, "full-repository")),
  },
  "pulls/get": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => {
      const pull = findPull(call);
      const base = await call.repository.mergeBase(pull);
      return (await asDiff(call, base, pull.headSha)) ?? ok(await pullObject(call, pull));
    },
  },
  "pulls/list": {
    needs: [needs("pull_requests", "read")],
    answer: (call) => {
      const state = call.query.get("state") ?? "open";
      const head = call.query.get("head");
      const base = call.query.get("base");
      const found = [...call.repository.pulls.values()].reverse().filter((pull) => {
        const label = `${pull.headRepository?.split("/")[0]}:${pull.headRef}`;
        return (
          (state === "all" || pull.state === state) &&
          (head === null || head === label) &&
          (base === null || base === pull.baseRef)
        );
      });
      const { items, headers } = paged(call, found);
      return { ...ok(items.map((pull) => simplePullObject(call, pull))), headers };
    },
  },
  "pulls/list-files": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => {
      const pull = findPull(call);
      const { limits } = call.world;
      const base = await call.repository.mergeBase(pull);
      const files = await call.repository.git.changes(base, pull.headSha);
      const shown = withPatches(limits, files);
      const { items, headers } = paged(call, shown, limits.pullFiles);
      const body = items.map(({ file, patch }) => fileObject(call, file, pull.headSha, patch));
      return { status: 200, body, headers };
    },
  },
  "repos/compare-commits-with-basehead": {
    needs: [needs("contents", "read")],
    answer: compare,
  },
  "repos/get-commit": {
    needs: [needs("contents", "read")],
    answer: async (call) => {
      const sha = await commitOf(call, parameter(call, "ref"));
      if (/application\/vnd\.github\.(v3\.)?sha/.test(call.accept)) {
        return {
          status: 200,
          body: Buffer.from(sha),
          type: "application/vnd.github.sha; charset=utf-8",
        };
      }
      const { parents } = await call.repository.git.commit(sha);
      const base = parents[0] ?? EMPTY_TREE;
      const diff = await asDiff(call, base, sha);
      if (diff) return diff;
      const files = await call.repository.git.changes(base, sha);
      const { items, headers } = paged(call, withPatches(call.world.limits, files), 3000);
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      const body = {
        ...(await commitObject(call, sha)),
        stats: { additions, deletions, total: additions + deletions },
        files: items.map(({ file, patch }) => fileObject(call, file, sha, patch)),
      };
      return { status: 200, body, headers };
    },
  },
  "pulls/list-commits": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => {
      const pull = findPull(call);
      const base = await call.repository.mergeBase(pull);
      const commits = await call.repository.git.commitsBetween(base, pull.headSha);
      const { items, headers } = paged(call, commits, call.world.limits.compareCommits);
      return { status: 200, body: await commitObjects(call, items), headers };
    },
  },
  "repos/list-pull-requests-associated-with-commit": {
    needs: [needs("pull_requests", "read")],
    answer: async (call) => {
      const sha = await call.repository.resolve(parameter(call, "commit_sha"));
      const found: PullRequest[] = [];
      for (const pull of call.repository.pulls.values()) {
        const base = await call.repository.mergeBase(pull);
        const commits = await call.repository.git.commitsBetween(base, pull.headSha);
        if (pull.state === "open" && sha !== undefined && commits.includes(sha)) found.push(pull);
      }
      const { items, headers } = paged(call, found);
      return { ...ok(items.map((pull) => simplePullObject(call, pull))), headers };
    },
  },
};

/** Hash of the tree without entries, which git knows without storing it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export function findPull(call: Call, name = "pull_number"): PullRequest {
  const pull = call.repository.pulls.get(numberParameter(call, name));
  if (pull === undefined) throw notFound();
  return pull;
}

async function commitOf(call: Call, ref: string): Promise<string> {
  const sha = await call.repository.resolve(ref);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

async function compare(call: Call): Promise<Answer> {
  const { repository, world } = call;
  const { git } = repository;
  const [left = "", right = ""] = parameter(call, "basehead").split("...");
  // `user:branch` names a fork of the same network, whose objects are all here.
  const base = await repository.resolve(left.replace(/^[^:]+:/, ""));
  const head = await repository.resolve(right.replace(/^[^:]+:/, ""));
  if (base === undefined || head === undefined) throw notFound();
  const mergeBase = await git.mergeBase(base, head);
  if (mergeBase === undefined) throw notFound(`No common ancestor between ${left} and ${right}.`);
  const diff = await asDiff(call, mergeBase, head);
  if (diff) return diff;

  const ahead = await git.commitsBetween(base, head);
  const behind = await git.commitsBetween(head, base);
  const isPaged = call.query.has("page") || call.query.has("per_page");
  const { items, headers } = isPaged
    ? paged(call, ahead)
    : { items: ahead.slice(-world.limits.compareCommits), headers: {} };
  const isFirst = Number(call.query.get("page") ?? 1) === 1;
  const files = isFirst ? withPatches(world.limits, await git.changes(mergeBase, head)) : [];
  const url = `${call.api}/repos/${repository.fullName}/compare/${left}...${right}`;
  const body: Fields = {
    url,
    html_url: url,
    permalink_url: url,
    diff_url: `${url}.diff`,
    patch_url: `${url}.patch`,
    base_commit: await commitObject(call, base),
    merge_base_commit: await commitObject(call, mergeBase),
    status: relation(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: await commitObjects(call, items),
    files: files
      .slice(0, world.limits.compareFiles)
      .map(({ file, patch }) => fileObject(call, file, head, patch)),
  };
  return { status: 200, body, headers };
}

function relation(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

async function commitObjects(call: Call, hashes: readonly string[]): Promise<readonly Fields[]> {
  return Promise.all(hashes.map((sha) => commitObject(call, sha)));
}

/** The media types for diffs and patches: the text, or 406 when it is too long (docs, repository limits). */
async function asDiff(call: Call, base: string, head: string): Promise<Answer | undefined> {
  const [, , kind] = /application\/vnd\.github\.(v3\.)?(diff|patch)/.exec(call.accept) ?? [];
  if (kind === undefined) return undefined;
  const { limits } = call.world;
  const files = await call.repository.git.changes(base, head);
  const diff = await call.repository.git.diffText(base, head);
  if (files.length > limits.diffFiles) {
    throw new Refusal(
      406,
      `Sorry, the diff exceeded the maximum number of files (${limits.diffFiles}).`,
    );
  }
  if (diff.split("\n").length > limits.diffLines || diff.length > limits.diffBytes) {
    throw new Refusal(
      406,
      `Sorry, the diff exceeded the maximum number of lines (${limits.diffLines})`,
    );
  }
  return {
    status: 200,
    body: Buffer.from(kind === "diff" ? diff : await call.repository.git.patchText(base, head)),
    type: `application/vnd.github.${kind}; charset=utf-8`,
  };
}

/**
 * The files with the patches that GitHub would show: none for a file over its limit, and none once
 * the files before it used up what a whole diff may have.
 */
export function withPatches(
  limits: Limits,
  files: readonly ChangedFile[],
): readonly { readonly file: ChangedFile; readonly patch: string }[] {
  let bytes = 0;
  let lines = 0;
  return files.map((file) => {
    const ownBytes = Buffer.byteLength(file.patch);
    const ownLines = file.patch.split("\n").length;
    const fits =
      ownBytes <= limits.patchBytes &&
      ownLines <= limits.patchLines &&
      bytes + ownBytes <= limits.diffBytes &&
      lines + ownLines <= limits.diffLines;
    if (fits) {
      bytes += ownBytes;
      lines += ownLines;
    }
    return { file, patch: fits ? file.patch : "" };
  });
}
