/** File contents, blobs and trees. */

import {
  type Answer,
  type Call,
  type Handlers,
  needs,
  notFound,
  ok,
  parameter,
  Refusal,
} from "../call.ts";
import type { TreeEntry } from "../git.ts";
import type { Fields } from "../json.ts";
import { contentObject } from "../objects.ts";

export const contents: Handlers = {
  "repos/get-content": {
    needs: [needs("contents", "read"), needs("single_file", "read")],
    answer: getContent,
  },
  "git/get-blob": {
    needs: [needs("contents", "read")],
    answer: async (call) => {
      const sha = parameter(call, "file_sha");
      if (!/^[0-9a-f]{40}$/.test(sha)) {
        throw new Refusal(
          422,
          "The sha parameter must be exactly 40 characters and contain only [0-9a-f].",
        );
      }
      const found = await call.repository.git.object(sha);
      if (found?.type !== "blob") throw notFound();
      refuseHuge(call, found.size);
      const content = (await call.repository.git.content(sha)) ?? Buffer.alloc(0);
      if (isRaw(call)) return rawAnswer(content);
      return ok({
        sha,
        node_id: `B_${sha}`,
        size: found.size,
        url: `${call.api}/repos/${call.repository.fullName}/git/blobs/${sha}`,
        content: wrapped(content),
        encoding: "base64",
      });
    },
  },
  "git/get-tree": {
    needs: [needs("contents", "read")],
    answer: async (call) => {
      const ref = parameter(call, "tree_sha");
      const { git } = call.repository;
      const commit = (await call.repository.resolve(ref)) ?? ref;
      const tree = /^[\w./-]+$/.test(commit) ? await git.object(`${commit}^{tree}`) : undefined;
      if (tree === undefined) throw notFound();
      // Any value turns it on, even "0" (description, `recursive`).
      const entries = await git.tree(tree.oid, call.query.has("recursive"));
      const url = `${call.api}/repos/${call.repository.fullName}/git`;
      const shown = withinTreeLimits(call, entries);
      return ok({
        sha: tree.oid,
        url: `${url}/trees/${tree.oid}`,
        truncated: shown.length < entries.length,
        tree: shown.map(({ path, mode, type, oid, size }) => ({
          path,
          mode,
          type,
          sha: oid,
          ...(size === undefined ? {} : { size }),
          ...(type === "commit" ? {} : { url: `${url}/${type}s/${oid}` }),
        })),
      });
    },
  },
};

async function getContent(call: Call): Promise<Answer> {
  const { repository, world } = call;
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const commit = await repository.resolve(ref);
  if (commit === undefined) throw notFound(`No commit found for the ref ${ref}`);
  const path = parameter(call, "path").replace(/^\/+|\/+$/g, "");
  const entry = await entryAt(call, commit, path);
  if (entry === undefined) throw notFound();
  if (entry.type === "tree") return directory(call, entry, ref);
  if (entry.type === "commit") {
    const gone = { git_url: null, html_url: null, download_url: null };
    const own = contentObject(call, entry, "submodule", ref);
    const links = { ...gone, _links: { self: own["url"], git: null, html: null } };
    return ok({
      ...own,
      ...links,
      size: 0,
      submodule_git_url: "https://example.com/submodule.git",
    });
  }

  const file = await followed(call, commit, entry);
  const content = (await repository.git.content(file.oid)) ?? Buffer.alloc(0);
  if (file.mode === "120000") {
    if (isRaw(call)) return rawAnswer(content);
    return ok({ ...contentObject(call, file, "symlink", ref), target: content.toString() });
  }
  refuseHuge(call, content.length);
  if (isRaw(call)) return rawAnswer(content);
  const isBig = content.length > world.limits.contentBytes;
  const asObject = /vnd\.github\.(v3\.)?object/.test(call.accept);
  if (isBig && !asObject) {
    throw new Refusal(403, "This API returns blobs up to 1 MB in size.", [
      { resource: "Blob", field: "data", code: "too_large" },
    ]);
  }
  return ok({
    ...contentObject(call, { ...entry, oid: file.oid, size: content.length }, "file", ref),
    content: isBig ? "" : wrapped(content),
    encoding: isBig ? "none" : "base64",
  });
}

async function entryAt(call: Call, commit: string, path: string): Promise<TreeEntry | undefined> {
  const { git } = call.repository;
  const slash = path.lastIndexOf("/");
  const parent = await git.object(
    `${commit}:${path === "" ? "" : path.slice(0, Math.max(slash, 0))}`,
  );
  if (parent?.type !== "tree") return undefined;
  if (path === "") return { path, mode: "040000", type: "tree", oid: parent.oid };
  const name = path.slice(slash + 1);
  const entry = (await git.tree(parent.oid, false)).find((candidate) => candidate.path === name);
  return entry && { ...entry, path };
}

/** A symbolic link to a file inside the repository stands for that file. */
async function followed(call: Call, commit: string, entry: TreeEntry): Promise<TreeEntry> {
  if (entry.mode !== "120000") return entry;
  const target = (await call.repository.git.content(entry.oid))?.toString() ?? "";
  const url = new URL(target, `file:///${entry.path}`);
  const found = await entryAt(call, commit, decodeURIComponent(url.pathname.slice(1)));
  return found?.type === "blob" && found.mode !== "120000" ? found : entry;
}

async function directory(call: Call, entry: TreeEntry, ref: string): Promise<Answer> {
  const { limits } = call.world;
  const all = await call.repository.git.tree(entry.oid, false);
  const listed = all.slice(0, limits.directoryEntries).map((child): Fields => {
    const path = entry.path === "" ? child.path : `${entry.path}/${child.path}`;
    return contentObject(call, { ...child, path }, typeInListing(child), ref);
  });
  if (!/vnd\.github\.(v3\.)?object/.test(call.accept)) return ok(listed);
  return ok({ ...contentObject(call, entry, "dir", ref), entries: listed });
}

/** Submodules are listed as files (description, "exists for backwards compatibility purposes"). */
function typeInListing(entry: TreeEntry): string {
  if (entry.type === "tree") return "dir";
  return entry.mode === "120000" ? "symlink" : "file";
}

function withinTreeLimits(call: Call, entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const { treeEntries, treeBytes } = call.world.limits;
  let bytes = 0;
  const end = entries.findIndex((entry, i) => {
    bytes += JSON.stringify(entry).length;
    return i >= treeEntries || bytes > treeBytes;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

function refuseHuge(call: Call, size: number): void {
  if (size <= call.world.limits.largestBytes) return;
  throw new Refusal(403, "This API returns blobs up to 100 MB in size.", [
    { resource: "Blob", field: "data", code: "too_large" },
  ]);
}

function isRaw(call: Call): boolean {
  return /application\/vnd\.github\.(v3\.)?raw/.test(call.accept);
}

function rawAnswer(content: Buffer): Answer {
  return { status: 200, body: content, type: "application/vnd.github.raw+json; charset=utf-8" };
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
function wrapped(content: Buffer): string {
  return content.toString("base64").replace(/.{60}/g, "$&\n");
}
