import type { Outcome, Trees } from "../pull-request/index.ts";
import type { Report } from "../report/index.ts";
import { secretTexts } from "./secrets.ts";

/** What a run found, and how far it could be published. */
export interface Result extends Pick<Outcome, "report" | "conclusion" | "hasCheck" | "remarks"> {
  /** To be masked before anything is printed. */
  readonly secrets: ReadonlySet<string>;
}

/** The texts of all secrets that a report speaks of, whether they count or not. */
export async function everySecret(
  { review, rules }: Report,
  trees: Partial<Trees> | undefined,
): Promise<ReadonlySet<string>> {
  const { head, base } = trees ?? {};
  const now = [...review.new, ...review.unchanged, ...review.suppressed.map((one) => one.finding)];
  const texts = await Promise.all([
    ...(head === undefined ? [] : [secretTexts(now, rules, head)]),
    ...(base === undefined ? [] : [secretTexts(review.fixed, rules, base)]),
  ]);
  return new Set(texts.flatMap((set) => [...set]));
}
