import { analyzers } from "../analyzers/index.ts";
import type { RuleSet } from "../rules/index.ts";

type Hide = (text: string) => string;

/** Made once for each set of rules. */
const hiders = new WeakMap<RuleSet, Hide>();

/**
 * A text without what the rules know for a secret by its form alone. What an analyzer finds it hides itself; but a path, a package, a
 * revision or a key of a configuration may be a token too, and each is repeated by somebody who does not look at what it is.
 */
export function hideIn(text: string, rules: RuleSet): string {
  const hide = hiders.get(rules) ?? hiderOf(rules);
  hiders.set(rules, hide);
  return hide(text);
}

function hiderOf(rules: RuleSet): Hide {
  const each = analyzers.flatMap(
    ({ kind, hide }) => hide?.(rules.rules.filter((rule) => rule.kind === kind)) ?? [],
  );
  return (text) => each.reduce((left, hide) => hide(left), text);
}

/** The same for all texts of plain data. */
export function hideInAll<Data>(data: Data, rules: RuleSet): Data {
  const written = JSON.stringify(data);
  const hidden = hideIn(written, rules);
  if (hidden === written) return data;
  const plain: Data = JSON.parse(hidden);
  return plain;
}
