/**
 * Two revisions in, what the change made worse out.
 *
 * Why both sides are scanned: what a change removes (a middleware, a flag) shows in no added line, so the rules judge the
 * state of base and of head, and only the difference is reported.
 */

export { hideIn, hideInAll } from "./hide.ts";
export { isIncluded, names as matchesRule } from "./hit.ts";
export { type Dependency, type Inventory, inventory, type KnownAdvisory } from "./inventory.ts";
export type { Observed } from "./observed.ts";
export { expectedReads, forTrees, isToldByLines, looksFurther } from "./prepared-rules.ts";
export type { Review, Suppressed, Suppression } from "./result.ts";
export { type ReviewRequest, review, type ScanRequest, scan } from "./review.ts";
export { mayBeText, Scanner } from "./scanner.ts";
