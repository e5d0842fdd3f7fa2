/**
 * Proves what analyzers propose: a fix is offered only when, applied in memory, the next scan of its files no longer shows
 * the finding, shows nothing that was not there before, and reads as much of them as before.
 */
import { diffArrays } from "diff";
import { applyEdits } from "../core/edits.ts";
import {
  compareFindings,
  compareText,
  type Fix,
  type Region,
  type Replacement,
} from "../core/finding.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import { type Hit, mask } from "./hit.ts";
import type { Observed, Scanner } from "./scanner.ts";

/** Every proof is a scan of its own: beyond so many a report has fixes enough. The worst findings come first. */
const MAX_PROOFS = 100;
/** A proof that needs the whole tree's settings costs more. */
const MAX_SURVEYS = 20;

/** One side of a review, and what it showed. */
export interface Side {
  readonly tree: SourceTree;
  readonly scanner: Pick<Scanner, "inspect" | "survey">;
  readonly paths: () => Promise<ReadonlySet<string>>;
  readonly inspected: Observed;
  readonly surveyed: Observed;
}

/** The same hits in the same order, each with its fix where it has one that holds. */
export async function withFixes(hits: readonly Hit[], side: Side): Promise<Hit[]> {
  const candidates = hits
    .filter((hit) => hit.proposal !== undefined)
    .sort((a, b) => compareFindings(a.finding, b.finding))
    .slice(0, MAX_PROOFS);
  if (candidates.length === 0) return [...hits];
  const surveyed = new Set(
    side.surveyed.hits.map((hit) => `${hit.finding.path}\0${hit.finding.fingerprint}`),
  );
  const fixes = new Map<Hit, Fix>();
  let surveys = 0;
  for (const hit of candidates) {
    const isSurveyed = surveyed.has(`${hit.finding.path}\0${hit.finding.fingerprint}`);
    if (isSurveyed && ++surveys > MAX_SURVEYS) continue;
    const fix = await prove(hit, isSurveyed, side);
    if (fix !== undefined) fixes.set(hit, fix);
  }
  return hits.map((hit) => {
    const fix = fixes.get(hit);
    return fix === undefined ? hit : { ...hit, finding: { ...hit.finding, fix } };
  });
}

async function prove(hit: Hit, isSurveyed: boolean, side: Side): Promise<Fix | undefined> {
  const { proposal, finding } = hit;
  if (proposal === undefined) return undefined;
  const paths = [...new Set(proposal.edits.map((edit) => edit.path))].sort(compareText);
  const before = await side.tree.read(paths);
  const after = new Map<string, Uint8Array>();
  const replacements: Replacement[] = [];
  for (const path of paths) {
    const content = before.get(path);
    const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
    // What is not plain UTF-8 would be written back as something else.
    if (decoded === undefined || !("text" in decoded) || decoded.note !== undefined)
      return undefined;
    const edits = proposal.edits.filter((edit) => edit.path === path);
    const text = applyEdits(decoded.text, edits);
    if (text === decoded.text) return undefined;
    after.set(path, new TextEncoder().encode(text));
    const secrets = [...side.inspected.hits, ...side.surveyed.hits]
      .filter((one) => one.finding.path === path)
      .flatMap((one) => one.secrets ?? []);
    const replaced = toReplacements(path, linesOf(decoded.text), linesOf(text), secrets);
    if (replaced === undefined) return undefined;
    replacements.push(...replaced);
  }
  const changed = overlay(side.tree, after);
  const inspected = [...new Set([...paths, finding.path])];
  const again = await side.scanner.inspect(changed, inspected, side.paths);
  const holds =
    isNoWorse(side.inspected, again, inspected, isSurveyed ? undefined : finding.fingerprint) &&
    ((!isSurveyed && again.surveys.size === 0) ||
      isNoWorse(
        side.surveyed,
        await side.scanner.survey(changed, await side.paths(), undefined, side.surveyed.asked),
        undefined,
        isSurveyed ? finding.fingerprint : undefined,
      ));
  return holds ? { ...proposal, replacements } : undefined;
}

/** True when nothing was added and, where a fingerprint is given, one finding of it is gone. */
function isNoWorse(
  before: Observed,
  after: Observed,
  paths: readonly string[] | undefined,
  gone: string | undefined,
): boolean {
  const count = (observed: Observed) => {
    const counts = new Map<string, number>();
    for (const { finding } of observed.hits) {
      if (paths !== undefined && !paths.includes(finding.path)) continue;
      counts.set(finding.fingerprint, (counts.get(finding.fingerprint) ?? 0) + 1);
    }
    return counts;
  };
  const unread = (observed: Observed) =>
    observed.skipped.filter((part) => paths === undefined || paths.includes(part.path)).length;
  const [old, now] = [count(before), count(after)];
  const isGone = gone === undefined || (now.get(gone) ?? 0) < (old.get(gone) ?? 0);
  return (
    isGone &&
    unread(after) <= unread(before) &&
    [...now].every(([fingerprint, number]) => number <= (old.get(fingerprint) ?? 0))
  );
}

/** The tree with other contents at some of its paths. */
function overlay(tree: SourceTree, contents: ReadonlyMap<string, Uint8Array>): SourceTree {
  const own = (path: string): FileContent | undefined => {
    const bytes = contents.get(path);
    return bytes && { kind: "bytes", bytes };
  };
  const { readNow } = tree;
  return {
    revision: tree.revision,
    list: () => tree.list(),
    read: async (paths) => {
      const rest = paths.filter((path) => !contents.has(path));
      const read = new Map<string, FileContent>(rest.length > 0 ? await tree.read(rest) : []);
      for (const path of paths) {
        const content = own(path);
        if (content !== undefined) read.set(path, content);
      }
      return read;
    },
    ...(readNow !== undefined && { readNow: (path: string) => own(path) ?? readNow(path) }),
  };
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * Where two versions of a file differ. A suggestion can only replace lines, so an insertion takes the line beside it along.
 * Undefined where the new lines hold a secret of the old ones: it must not be shown again.
 */
function toReplacements(
  path: string,
  before: readonly string[],
  after: readonly string[],
  secrets: readonly Region[],
): Replacement[] | undefined {
  const masked = before.map((line, index) => mask(line, index + 1, secrets));
  const replacements: Replacement[] = [];
  let line = 1;
  const parts = diffArrays([...before], [...after]);
  for (const [index, part] of parts.entries()) {
    if (part.added && parts[index - 1]?.removed === true) continue;
    if (part.added) {
      const beside = Math.max(1, line - 1);
      const removed = masked.slice(beside - 1, beside);
      const added = line === 1 ? [...part.value, ...removed] : [...removed, ...part.value];
      replacements.push({ path, startLine: beside, removed, added });
      continue;
    }
    const next = parts[index + 1];
    if (part.removed) {
      replacements.push({
        path,
        startLine: line,
        removed: masked.slice(line - 1, line - 1 + part.value.length),
        added: next?.added === true ? next.value : [],
      });
    }
    line += part.value.length;
  }
  const hidden = secrets
    .filter((secret) => secret.startLine === secret.endLine)
    .map((secret) =>
      (before[secret.startLine - 1] ?? "").slice(secret.startColumn - 1, secret.endColumn),
    );
  const shows = replacements.some(({ added }) =>
    added.some((text) => hidden.some((secret) => secret !== "" && text.includes(secret))),
  );
  return shows ? undefined : replacements;
}
