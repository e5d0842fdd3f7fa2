import type { Change } from "../core/change.ts";
import type { Config } from "../core/config.ts";
import { fillHunks } from "../core/diff.ts";
import type { History } from "../core/history.ts";
import type { Profile } from "../core/rule.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import { type Review, review } from "../review/index.ts";
import type { RuleFile } from "../rules/index.ts";
import { buildRules } from "../setup/index.ts";
import type { Trees } from "./commits.ts";

/** What there is to analyse. Plain data but for the trees, the advisories and the history, so that another thread can do it. */
export interface AnalysisRequest extends Trees {
  readonly changes: readonly Change[];
  /** Paths whose hunks have to be made from the contents. */
  readonly needsDiff: readonly string[];
  readonly config: Config;
  readonly profile: Profile;
  readonly ownRules: readonly RuleFile[];
  /** The day as `YYYY-MM-DD`. */
  readonly today: string;
  /** Who is asked about packages. */
  readonly advisories?: AdvisorySource;
  /** What the commits between base and head added. Asked for once, and last. */
  readonly history?: () => Promise<History>;
  /**
   * Tells the trees and the advisories that more questions may come in a moment, until the function that it returns is called. Needed
   * where the analysis computes elsewhere while they answer.
   */
  readonly hold?: () => () => void;
}

/** Plain data. */
export interface Analysis {
  readonly review: Review;
  /** Those of the request, with hunks. */
  readonly changes: readonly Change[];
}

/** Ends with the signal's reason once that is aborted. */
export type Analyse = (request: AnalysisRequest, signal: AbortSignal) => Promise<Analysis>;

/** The analysis in this thread, which it keeps busy until it is done. */
export async function analyseHere(request: AnalysisRequest): Promise<Analysis> {
  const { base, head, needsDiff, config, profile, ownRules, today } = request;
  const rules = buildRules(profile, ownRules);
  const changes = await fillHunks(request.changes, needsDiff, base, head);
  const { advisories, history } = request;
  const asked = { base, head, changes, rules, config, today };
  return {
    review: await review({
      ...asked,
      ...(advisories !== undefined && { advisories }),
      ...(history !== undefined && { history }),
    }),
    changes,
  };
}
