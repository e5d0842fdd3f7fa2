import { analyzers, isPython, type Prepared } from "../analyzers/index.ts";
import { defaultConfig, isTestPath } from "../core/config.ts";
import type { RuleSet } from "../rules/index.ts";
import { Prefilters } from "./prefilter.ts";

/** What a review after a change of some paths will read in a tree, where it has to look at more than the change. */
export interface ExpectedReads {
  /** Files that it begins with; it goes on with what they import. */
  readonly read: readonly string[];
  /** Files that it only searches. */
  readonly searched: readonly string[];
}

export function expectedReads(
  rules: RuleSet,
  paths: ReadonlySet<string>,
  touched: ReadonlySet<string>,
): ExpectedReads {
  const { prepared } = prepareOnce(rules);
  return {
    read: [...new Set(prepared.flatMap((one) => one.expects?.(paths, touched) ?? []))],
    searched: [...new Set(prepared.flatMap((one) => one.searches?.(paths, touched) ?? []))],
  };
}

/** True for paths after whose change a review mostly looks at other files, too. */
export function looksFurther(rules: RuleSet, path: string): boolean {
  if (isPython(path)) return !isTestPath(path);
  return prepareOnce(rules).prepared.some((one) => one.concerns?.(path, defaultConfig));
}

/** True for paths of which the lines that a change touches, with those around them, tell as much as the whole file. */
export function isToldByLines(rules: RuleSet, path: string): boolean {
  return prepareOnce(rules).prepared.every((one) => {
    const { inspect, wants, concerns, facts = [], byLines } = one;
    const isLookedAt =
      (inspect !== undefined && wants?.(path) !== false) ||
      concerns?.(path, defaultConfig) === true ||
      facts.some((fact) => fact.isIn(path));
    return !isLookedAt || byLines?.(path) === true;
  });
}

export interface PreparedRules {
  readonly prepared: readonly Prepared[];
  readonly prefilters: Prefilters;
}

/** Made once for each set of rules: it takes as long as the review of a small pull request. */
const preparedRules = new WeakMap<RuleSet, PreparedRules>();

/** Who has no rule to apply reads nothing. */
const NOTHING_TO_DO: Prepared = { triggers: [] };

export function prepareOnce(rules: RuleSet): PreparedRules {
  const known = preparedRules.get(rules);
  if (known !== undefined) return known;
  const prepared = analyzers.map((analyzer) => {
    const own = rules.rules.filter((rule) => rule.kind === analyzer.kind);
    return own.length === 0 ? NOTHING_TO_DO : analyzer.prepare(own, rules.models);
  });
  const made = { prepared, prefilters: new Prefilters(prepared) };
  preparedRules.set(rules, made);
  return made;
}

/** Made once for each set of rules, so that what is prepared for it is too. */
const treeRules = new WeakMap<RuleSet, RuleSet>();

/** The rules that a scan of a whole tree applies: all but those that speak of changes alone. */
export function forTrees(rules: RuleSet): RuleSet {
  const known = treeRules.get(rules);
  if (known !== undefined) return known;
  const kept = rules.rules.filter((rule) => !rule["only-in-changes"]);
  const made = { ...rules, rules: kept };
  treeRules.set(rules, made);
  return made;
}
