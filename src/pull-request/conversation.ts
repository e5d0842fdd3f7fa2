/**
 * The life of a finding in the conversation. GitHub itself is the database: each comment of ours holds, hidden, the
 * fingerprint of its finding and the state it is in, so every step can be repeated without a second comment, after a crash,
 * a redelivery or by two workers at once. This file only decides; it asks and changes nothing.
 */
import type { Change } from "../core/change.ts";
import type { Config } from "../core/config.ts";
import { type Finding, isAtLeast } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import {
  type DraftComment,
  type Place,
  placeInHunks,
  type Thread,
  type Threads,
  withMarker,
} from "../github/index.ts";
import { renderFinding, suggestionOf } from "../report/index.ts";
import type { Review } from "../review/index.ts";
import { originalText } from "./original-text.ts";

/** What a push makes of the conversation. */
export interface Plan {
  /** New comments in the diff, worst first. */
  readonly comments: readonly DraftComment[];
  /** New comments on whole files, for findings outside of every hunk. */
  readonly onFiles: readonly { readonly path: string; readonly body: string }[];
  /** Findings that came back: the comment says so again. */
  readonly reopen: readonly { readonly thread: Thread; readonly body: string }[];
  /** Findings that are gone. */
  readonly close: readonly { readonly thread: Thread; readonly body: string }[];
  /** Findings beyond the limit of comments. */
  readonly uncommented: number;
}

export interface PlanRequest {
  readonly review: Review;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly config: Config;
  readonly threads: readonly Thread[];
  /** See `Threads`. */
  readonly saidByOthers: Threads["saidByOthers"];
  /** True where somebody listens to commands. */
  readonly listens: boolean;
  /** As GitHub lists them: it takes no comment on lines that it does not show. */
  readonly changes: readonly Change[];
  readonly headSha: string;
}

export function planConversation(request: PlanRequest): Plan {
  const { review, rules, config, threads, saidByOthers, listens, changes, headSha } = request;
  const byFingerprint = new Map(threads.map((thread) => [thread.marker.fingerprint, thread]));
  const present = new Set(review.new.map((finding) => finding.fingerprint));
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const bodyOf = (finding: Finding, suggest = false) => {
    const rule = rules.get(finding.ruleId);
    const text = `${renderFinding(finding, rule, { suggest })}\n\n${footer(rule, listens)}`;
    return withMarker(text.trim(), {
      fingerprint: finding.fingerprint,
      state: "open",
      rule: finding.ruleId,
    });
  };

  const comments: DraftComment[] = [];
  const onFiles: { path: string; body: string }[] = [];
  const reopen: { thread: Thread; body: string }[] = [];
  let uncommented = 0;
  for (const finding of review.new) {
    const thread = byFingerprint.get(finding.fingerprint);
    if (thread !== undefined) {
      if (thread.marker.state === "fixed") reopen.push({ thread, body: bodyOf(finding) });
      continue;
    }
    if (!isWorthAComment(finding, config) || saidByOthers.has(finding.fingerprint)) continue;
    if (comments.length + onFiles.length >= config["max-comments"]) {
      uncommented++;
      continue;
    }
    const change = byPath.get(finding.path);
    const suggested = change === undefined ? undefined : placeOfSuggestion(finding, change);
    const place =
      suggested ?? (change === undefined ? undefined : placeInHunks(finding.region, change));
    if (place !== undefined)
      comments.push({ ...place, body: bodyOf(finding, suggested !== undefined) });
    else if (change !== undefined && change.status !== "removed")
      onFiles.push({ path: finding.path, body: bodyOf(finding) });
    else uncommented++;
  }

  // What was not read cannot be said to be gone.
  const unread = new Set(review.skipped.map((part) => part.path));
  const silenced = new Set(review.suppressed.map((one) => one.finding.fingerprint));
  const close = threads
    .filter(
      ({ marker, path }) =>
        marker.state === "open" && !present.has(marker.fingerprint) && !unread.has(path),
    )
    .map((thread) => ({
      thread,
      body: closedBody(thread, headSha, silenced.has(thread.marker.fingerprint)),
    }));
  return { comments, onFiles, reopen, close, uncommented };
}

/** What there is to do with a comment beside reading it. */
function footer(rule: Rule | undefined, listens: boolean): string {
  const [reference] = rule?.references ?? [];
  const parts = [
    ...(reference === undefined ? [] : [`[More about this](<${new URL(reference).href}>)`]),
    ...(listens
      ? ["Dismiss it in this pull request only: reply `/portcullis dismiss` and the reason"]
      : []),
  ];
  return parts.length === 0 ? "" : `<sub>${parts.join(" · ")}</sub>`;
}

/** Where a comment stands whose fix can be taken over with one click: on exactly the lines that the fix replaces. */
function placeOfSuggestion(finding: Finding, change: Change): Place | undefined {
  const replacement = suggestionOf(finding);
  if (replacement === undefined) return undefined;
  const { startLine, removed } = replacement;
  const endLine = startLine + removed.length - 1;
  const place = placeInHunks({ startLine, startColumn: 1, endLine, endColumn: 1 }, change);
  const isWhole = place?.line === endLine && (place.startLine ?? endLine) === startLine;
  return isWhole ? place : undefined;
}

function isWorthAComment(finding: Finding, config: Config): boolean {
  const threshold = config["comment-on"];
  // What is only sometimes real belongs into the check, not into the conversation.
  return (
    threshold !== "never" && finding.confidence !== "low" && isAtLeast(finding.severity, threshold)
  );
}

function closedBody(thread: Thread, headSha: string, silenced: boolean): string {
  const said = silenced
    ? `Silenced as of ${headSha.slice(0, 12)}.`
    : `Fixed as of ${headSha.slice(0, 12)}.`;
  const original = originalText(thread.comment.body);
  return withMarker(
    `**${said}**\n\n<details><summary>What it was</summary>\n\n${original}\n\n</details>`,
    {
      ...thread.marker,
      state: "fixed",
      commit: headSha,
    },
  );
}
