import {
  type DocumentNode,
  entriesAt,
  itemsAt,
  type TextNode,
  textAt,
} from "../../core/document.ts";
import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { parseYaml } from "./yaml.ts";

/**
 * The actions and reusable workflows that GitHub's workflows and actions use. A commit is in `hashes` (`sha1:…`), with the version
 * that a comment beside it names; a tag is the version, a branch the range.
 */
export const githubWorkflow = {
  id: "github-workflow",
  ecosystem: "GitHub Actions",
  role: "manifest",
  matches: (path) => /^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/.test(path),
  read(text, path) {
    const draft = new Draft("GitHub Actions", text, path);
    const root = draft.takeOver(parseYaml(text));
    for (const { value: job } of entriesAt(root, "jobs")) {
      addUse(draft, textAt(job, "uses"));
      addSteps(draft, itemsAt(job, "steps"));
    }
    addSteps(draft, itemsAt(root, "runs", "steps"));
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** Steps may stand side by side under a step that is no more than `parallel`. */
function addSteps(draft: Draft, steps: readonly DocumentNode[]): void {
  for (const step of steps) {
    addUse(draft, textAt(step, "uses"));
    addSteps(draft, itemsAt(step, "parallel"));
  }
}

function addUse(draft: Draft, node: TextNode | undefined): void {
  // Folders of the tree and images have no `owner/name@revision`.
  const found = /^([\w.-]+\/[\w.-]+)(?:\/[^@\s]*)?@(\S+)$/.exec(node?.value.trim() ?? "");
  if (node === undefined || found?.[1] === undefined || found[2] === undefined) return;
  if (/^\.{1,2}\//.test(node.value)) return;
  const [, name, revision] = found;
  const isCommit = /^[\da-f]{40}(?:[\da-f]{24})?$/i.test(revision);
  const line = draft.text.slice(node.end, draft.text.indexOf("\n", node.end) + 1 || undefined);
  const said = isCommit
    ? /^[ \t]*#[ \t]*(?:tag=|ratchet:\S*@)?(v?\d[\w.+-]*)/.exec(line)?.[1]
    : undefined;
  // `0a1b2c3` may be the beginning of a commit, which says nothing of a version.
  const isTag = /^(?:v\d|\d+(?:[.-]|$))/.test(revision) && !isCommit;
  const start = node.start + draft.text.slice(node.start, node.end).lastIndexOf(revision);
  draft.add({
    name,
    version: isCommit ? said : isTag ? revision : undefined,
    range: isCommit || isTag ? undefined : revision,
    kind: "requirement",
    scope: "main",
    direct: true,
    source: { kind: "registry" },
    hashes: isCommit ? [`sha1:${revision.toLowerCase()}`] : [],
    span: node,
    nameSpan: node,
    versionSpan: isTag ? { start, end: start + revision.length } : undefined,
  });
}
