/**
 * Dismissals: findings that somebody with write access has judged acceptable in this pull request.
 *
 * They live in the markers of our comments and nowhere else. What has no comment of its own, because there were too many or the pull
 * request is a draft, is listed in the marker of one more comment, which stands at a file.
 */
import type { Change } from "../core/change.ts";
import type { Finding } from "../core/finding.ts";
import {
  type CheckAction,
  GitHubError,
  type GitHubRepository,
  type Marker,
  type Thread,
  withMarker,
} from "../github/index.ts";
import type { Review, Suppressed } from "../review/index.ts";
import { originalText } from "./original-text.ts";

/** Who dismisses, and why. */
export interface Dismissal {
  readonly by: string;
  readonly reason: string;
}

interface Button extends CheckAction {
  readonly reason: string;
}

/** As many as a check run may have. Their reasons are those that GitHub's own code scanning knows. */
const BUTTONS: readonly Button[] = [
  {
    identifier: "dismiss-false",
    label: "Dismiss: false alarm",
    description: "None of the findings is a real problem.",
    reason: "false alarm",
  },
  {
    identifier: "dismiss-accepted",
    label: "Dismiss: accepted",
    description: "The risk of all findings is accepted.",
    reason: "the risk is accepted",
  },
  {
    identifier: "dismiss-tests",
    label: "Dismiss: tests only",
    description: "The code of all findings is for tests.",
    reason: "used in tests only",
  },
];
/** Findings without a comment that a dismissal names one by one. */
const MAX_NAMED = 50;
const MAX_ALSO = 1_000;
/** Files at which the comment for these is tried. */
const MAX_PLACES = 3;

export const dismissButtons: readonly CheckAction[] = BUTTONS.map(
  ({ reason: _, ...action }) => action,
);

/** The reason that a button stands for; undefined for a button that is none of these. */
export function reasonOfButton(identifier: string): string | undefined {
  return BUTTONS.find((button) => button.identifier === identifier)?.reason;
}

/** The text of a comment whose finding is dismissed, or counts again. */
export function bodyAfter({ comment, marker }: Thread, dismissal: Dismissal | undefined): string {
  const text = originalText(comment.body).replace(/^\*\*Dismissed by [^\n]*\n+/, "");
  const { by: _by, reason: _why, ...rest } = marker;
  if (dismissal === undefined) return withMarker(text, { ...rest, state: "open" });
  return withMarker(`${heading(dismissal)}\n\n${text}`, toDismissed(rest, dismissal));
}

function heading({ by, reason }: Dismissal): string {
  return `**Dismissed by ${by}:** ${reason.replace(/[<>&@]/g, "")}`;
}

function toDismissed(marker: Marker, { by, reason }: Dismissal): Marker {
  return { ...marker, state: "dismissed", by, reason };
}

/** By the finding's fingerprint. */
export type Dismissals = ReadonlyMap<string, Dismissal>;

export function dismissalsIn(threads: readonly Thread[]): Dismissals {
  return new Map(
    threads.flatMap(({ marker: { state, fingerprint, also = [], by = "someone", reason = "" } }) =>
      state === "dismissed"
        ? [fingerprint, ...also].map((one) => [one, { by, reason }] as const)
        : [],
    ),
  );
}

/** Takes dismissed findings out. */
export function withoutDismissed(review: Review, dismissals: Dismissals): Review {
  if (dismissals.size === 0) return review;
  const suppressed: Suppressed[] = review.new.flatMap((finding) => {
    const dismissal = dismissals.get(finding.fingerprint);
    if (dismissal === undefined) return [];
    const { by: who, reason } = dismissal;
    return [{ finding, by: { kind: "dismissal" as const, who, reason } }];
  });
  return {
    ...review,
    new: review.new.filter((finding) => !dismissals.has(finding.fingerprint)),
    suppressed: [...review.suppressed, ...suppressed],
  };
}

export interface Rest {
  readonly github: GitHubRepository;
  readonly number: number;
  readonly headSha: string;
  readonly dismissal: Dismissal;
  /** What was found and not dismissed before. */
  readonly findings: readonly Finding[];
  readonly threads: readonly Thread[];
  readonly changes: readonly Change[];
}

export interface Dismissed {
  readonly dismissals: Dismissals;
  /** As they are now. */
  readonly threads: readonly Thread[];
}

/** Dismisses all findings that are left. It can be repeated: nothing is said twice. */
export async function dismissRest(rest: Rest): Promise<Dismissed> {
  const { github, dismissal, findings, threads } = rest;
  const left = new Set(findings.map((finding) => finding.fingerprint));
  const own: Thread[] = [];
  for (const thread of threads.filter(({ marker }) => left.has(marker.fingerprint))) {
    // What was deleted meanwhile carries no dismissal.
    if (await github.updateComment(thread.comment.id, bodyAfter(thread, dismissal)))
      own.push(thread);
  }
  if (own.length > 0) await github.resolveThreads(own);
  const said = new Set(own.map(({ marker }) => marker.fingerprint));
  const unsaid = findings.filter(({ fingerprint }) => !said.has(fingerprint));
  const carried = await carry(rest, unsaid.slice(0, MAX_ALSO));
  return {
    dismissals: new Map([...said, ...carried].map((fingerprint) => [fingerprint, dismissal])),
    threads: threads.map((thread) =>
      said.has(thread.marker.fingerprint)
        ? { ...thread, marker: toDismissed(thread.marker, dismissal) }
        : thread,
    ),
  };
}

/** One comment for findings that have none; the fingerprints of those that it is about. */
async function carry(rest: Rest, findings: readonly Finding[]): Promise<string[]> {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  const { github, number, headSha, dismissal, changes } = rest;
  const lines = findings
    .slice(0, MAX_NAMED)
    .map(
      ({ ruleId, path, region }) =>
        `- \`${ruleId}\` at \`${path.replace(/[`\n]/g, "'")}:${region.startLine}\``,
    );
  const more = findings.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  const text = `${heading(dismissal)}\n\nThese findings have no comment of their own:\n\n${lines.join("\n")}`;
  const also = others.map(({ fingerprint }) => fingerprint);
  const marker: Marker = { fingerprint: first.fingerprint, state: "dismissed", also };
  const body = withMarker(text, toDismissed(marker, dismissal));
  const listed = changes.filter(({ status }) => status !== "removed").map(({ path }) => path);
  for (const path of new Set([first.path, ...listed.slice(0, MAX_PLACES)])) {
    try {
      await github.commentOnFile(number, { headSha, path }, body);
      return [first.fingerprint, ...also];
    } catch (error) {
      // Not a file that the pull request shows.
      if (!(error instanceof GitHubError) || error.status !== 422) throw error;
    }
  }
  return [];
}
