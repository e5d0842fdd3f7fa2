/**
 * Proves what analyzers propose: a fix is offered only when, applied in memory, the next scan of its files no longer shows
 * the finding, shows nothing that was not there before, and reads as much of them as before.
 */
import { diffArrays } from "diff";
import { applyEdits } from "../core/edits.ts";
import {
  compareFindings,
  compareText,
  type Edit,
  type Finding,
  type Fix,
  type ProposedFix,
  type Region,
  type Replacement,
} from "../core/finding.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import { type Hit, mask } from "./hit.ts";
import type { Observed } from "./observed.ts";
import type { Scanner } from "./scanner.ts";

/** Every proof is a scan of its own: beyond so many a report has fixes enough. The worst findings come first. */
const MAX_PROOFS = 100;
/** A file with so many flaws is a long one, as a rule, and each proof looks at all of it. */
const MAX_PROOFS_IN_FILE = 20;
/** A proof that needs the whole tree's settings costs more. */
const MAX_SURVEYS = 20;

/** One side of a review. */
interface Place {
  readonly tree: SourceTree;
  readonly scanner: Pick<Scanner, "inspect" | "survey">;
  readonly paths: () => Promise<ReadonlySet<string>>;
}

/** One side of a review, and what it showed. */
export interface Side extends Place {
  readonly inspected: Observed;
  readonly surveyed: Observed;
  /** Where some fixes were tried before. */
  readonly trials?: Trials;
}

/** A tree with a fix applied: the texts that it changes, and what is shown then. */
interface Trial {
  readonly changed: readonly {
    readonly path: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** The files that are inspected. */
  readonly paths: readonly string[];
  inspect(): Promise<Observed>;
  survey(): Promise<Observed>;
}

/** Fixes that change different places, applied at once. */
interface Joint {
  readonly proposals: ReadonlySet<ProposedFix>;
  readonly trial: Trial;
}

/** Applies fixes, each once. Undefined for one that changes nothing, or what is not plain text. */
export class Trials {
  readonly #place: Place;
  readonly #known = new Map<ProposedFix, Promise<Trial | undefined>>();
  #joint: Promise<Joint | undefined> | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  /**
   * Tries what findings of a survey propose. That takes long and has to be done anyway: best while other threads inspect the tree.
   * `asked` are the paths that a survey will read.
   */
  async tryAhead(hits: readonly Hit[], asked?: readonly string[]): Promise<void> {
    const candidates = candidatesOf(hits).slice(0, MAX_SURVEYS);
    const joint = await this.joint(candidates, asked);
    await joint?.trial.inspect();
    for (const hit of candidates) {
      const trial = await this.of(hit, asked);
      // In this order what the survey parses is there to be inspected.
      await trial?.survey();
      if (hit.proposal === undefined || joint?.proposals.has(hit.proposal) !== true)
        await trial?.inspect();
    }
  }

  /**
   * What a survey's findings propose, as far as it changes different places: of the findings for which this was asked first. Their
   * files need not be inspected for each. Undefined where there are no two.
   */
  joint(hits: readonly Hit[], asked: readonly string[] | undefined): Promise<Joint | undefined> {
    this.#joint ??= this.#join(hits, asked);
    return this.#joint;
  }

  async #join(hits: readonly Hit[], asked: readonly string[] | undefined) {
    const edits: Edit[] = [];
    const findings: Finding[] = [];
    const proposals = new Set<ProposedFix>();
    for (const hit of hits) {
      const { proposal, finding } = hit;
      if (proposal === undefined || proposals.has(proposal)) continue;
      if (proposal.edits.some((one) => edits.some((other) => isInTheWay(one, other)))) continue;
      if ((await this.of(hit, asked)) === undefined) continue;
      edits.push(...proposal.edits);
      findings.push(finding);
      proposals.add(proposal);
    }
    const trial = proposals.size < 2 ? undefined : await this.#make(edits, findings, asked);
    return trial && { proposals, trial };
  }

  /** One fix alone. */
  async of({ proposal, finding }: Hit, asked?: readonly string[]): Promise<Trial | undefined> {
    if (proposal === undefined) return undefined;
    const known = this.#known.get(proposal) ?? this.#make(proposal.edits, [finding], asked);
    this.#known.set(proposal, known);
    return known;
  }

  async #make(edits: readonly Edit[], findings: readonly Finding[], asked?: readonly string[]) {
    const { tree, scanner, paths: all } = this.#place;
    const paths = [...new Set(edits.map((edit) => edit.path))].sort(compareText);
    const before = await tree.read(paths);
    const changed: { path: string; from: string; to: string }[] = [];
    for (const path of paths) {
      const content = before.get(path);
      const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
      // What is not plain UTF-8 would be written back as something else.
      if (decoded === undefined || !("text" in decoded) || decoded.note !== undefined)
        return undefined;
      const own = edits.filter((edit) => edit.path === path);
      const to = applyEdits(decoded.text, own);
      if (to === decoded.text) return undefined;
      changed.push({ path, from: decoded.text, to });
    }
    const encoder = new TextEncoder();
    const fixed = overlay(tree, new Map(changed.map(({ path, to }) => [path, encoder.encode(to)])));
    const looksAt = [...new Set([...paths, ...findings.map((finding) => finding.path)])];
    let inspected: Promise<Observed> | undefined;
    let surveyed: Promise<Observed> | undefined;
    return {
      changed,
      paths: looksAt,
      inspect: () => {
        inspected ??= scanner.inspect(fixed, looksAt, all);
        return inspected;
      },
      survey: async () => {
        const ruleIds = new Set(findings.map((finding) => finding.ruleId));
        const trial = { ruleIds, paths: new Set(paths) };
        const options = { ...(asked !== undefined && { ahead: asked }), trial };
        surveyed ??= scanner.survey(fixed, await all(), options);
        return surveyed;
      },
    };
  }
}

/** True for edits that change one line, unless both only insert. */
function isInTheWay(a: Edit, b: Edit): boolean {
  const [one, other] = [a.region, b.region];
  const isApart =
    a.path !== b.path || one.endLine < other.startLine || other.endLine < one.startLine;
  return !isApart && !(isInsertion(one) && isInsertion(other));
}

function isInsertion({ startLine, startColumn, endLine, endColumn }: Region): boolean {
  return startLine === endLine && endColumn < startColumn;
}

/** The hits that propose a fix, the worst findings first. */
function candidatesOf(hits: readonly Hit[]): Hit[] {
  return hits
    .filter((hit) => hit.proposal !== undefined)
    .sort((a, b) => compareFindings(a.finding, b.finding));
}

/** The same hits in the same order, each with its fix where it has one that holds. */
export async function withFixes(hits: readonly Hit[], side: Side): Promise<Hit[]> {
  const inFile = new Map<string, number>();
  const candidates = candidatesOf(hits)
    .filter(({ finding: { path } }) => {
      const count = (inFile.get(path) ?? 0) + 1;
      inFile.set(path, count);
      return count <= MAX_PROOFS_IN_FILE;
    })
    .slice(0, MAX_PROOFS);
  if (candidates.length === 0) return [...hits];
  const surveyed = new Set(
    side.surveyed.hits.map((hit) => `${hit.finding.path}\0${hit.finding.fingerprint}`),
  );
  const isSurveyed = ({ finding }: Hit) => surveyed.has(`${finding.path}\0${finding.fingerprint}`);
  const { asked } = side.surveyed;
  const trials = side.trials ?? new Trials(side);
  const joint = await trials.joint(candidates.filter(isSurveyed).slice(0, MAX_SURVEYS), asked);
  const isJointHarmless =
    joint !== undefined &&
    isNoWorse(side.inspected, await joint.trial.inspect(), joint.trial.paths, undefined);
  const fixes = new Map<Hit, Fix>();
  let surveys = 0;
  for (const hit of candidates) {
    const { proposal } = hit;
    if (proposal === undefined || (isSurveyed(hit) && ++surveys > MAX_SURVEYS)) continue;
    const trial = await trials.of(hit, asked);
    if (trial === undefined) continue;
    const replacements = replacementsOf(trial, side);
    if (replacements === undefined) continue;
    const { fingerprint } = hit.finding;
    const isHarmless = isJointHarmless && joint.proposals.has(proposal);
    const isProved = isSurveyed(hit)
      ? await isGoneBySurvey(fingerprint, trial, side, isHarmless)
      : await isGoneByInspection(fingerprint, trial, side);
    if (isProved) fixes.set(hit, { ...proposal, replacements });
  }
  return hits.map((hit) => {
    const fix = fixes.get(hit);
    return fix === undefined ? hit : { ...hit, finding: { ...hit.finding, fix } };
  });
}

/** What a trial changes, as whole lines. Undefined where that would show a secret. */
function replacementsOf(
  { changed }: Trial,
  { inspected, surveyed }: Side,
): Replacement[] | undefined {
  const replacements: Replacement[] = [];
  for (const { path, from, to } of changed) {
    const secrets = [...inspected.hits, ...surveyed.hits]
      .filter((one) => one.finding.path === path)
      .flatMap((one) => one.secrets ?? []);
    const replaced = toReplacements(path, linesOf(from), linesOf(to), secrets);
    if (replaced === undefined) return undefined;
    replacements.push(...replaced);
  }
  return replacements;
}

/** `isHarmless` tells that the files themselves need not be inspected. */
async function isGoneBySurvey(
  fingerprint: string,
  trial: Trial,
  { inspected, surveyed }: Side,
  isHarmless: boolean,
): Promise<boolean> {
  return (
    (isHarmless || isNoWorse(inspected, await trial.inspect(), trial.paths, undefined)) &&
    isNoWorse(surveyed, await trial.survey(), undefined, fingerprint)
  );
}

async function isGoneByInspection(
  fingerprint: string,
  trial: Trial,
  { inspected, surveyed }: Side,
): Promise<boolean> {
  const now = await trial.inspect();
  return (
    isNoWorse(inspected, now, trial.paths, fingerprint) &&
    // What the files hold now may concern settings.
    (now.surveys.size === 0 || isNoWorse(surveyed, await trial.survey(), undefined, undefined))
  );
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
  const { free, readNow } = tree;
  const over =
    (readRest: SourceTree["read"]): SourceTree["read"] =>
    async (paths) => {
      const rest = paths.filter((path) => !contents.has(path));
      const read = new Map<string, FileContent>(rest.length > 0 ? await readRest(rest) : []);
      for (const path of paths) {
        const content = own(path);
        if (content !== undefined) read.set(path, content);
      }
      return read;
    };
  return {
    revision: tree.revision,
    list: () => tree.list(),
    read: over((paths) => tree.read(paths)),
    readBeside: over((paths) => tree.readBeside?.(paths) ?? tree.read(paths)),
    ...(free !== undefined && { free }),
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
