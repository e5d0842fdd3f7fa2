/** What the place of a text says about it: where no secret counts, where it counts less, and what is only put in a secret's place. */
import { isTestPath } from "../../core/config.ts";
import { type Severity, severities } from "../../core/finding.ts";

const NO_SECRETS_IN =
  /(?:^|\/)(?:node_modules|\.git)\/|\.(?:map|min\.js|min\.css|svg|lock|pot?)$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum)$/i;

/** True for paths whose text may hold a secret that someone wrote there: not locks, source maps or minified code. */
export function mayHoldSecrets(path: string): boolean {
  return !NO_SECRETS_IN.test(path);
}

const DOCUMENTATION =
  /(?:^|\/)(?:docs?|documentation|examples?|samples?)\/|\.(?:md|mdx|rst|adoc|markdown)$/i;

/** True for texts that explain, in which keys are mostly made up. */
export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** What a severity becomes at a path: one step milder in tests, low in documentation. */
export function severityIn(path: string, severity: Severity): Severity {
  if (isDocumentation(path)) return "low";
  return isTestPath(path) ? milder(severity) : severity;
}

function milder(severity: Severity): Severity {
  return severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)] ?? severity;
}

const PLACEHOLDER =
  /x{4}|\*{3}|EXAMPLE|PLACEHOLDER|REDACTED|CHANGE_?ME|YOUR[_-]|0123456789|1234567890|abcdefgh|deadbeef/i;
/** The share of a text that one repeated sign may take before the text is a placeholder, and the shortest run that counts. */
const MAX_RUN_SHARE = 0.2;
const MIN_RUN = 6;

/** The clearest signs that a text of the right form is not a secret. */
export function isPlaceholder(text: string): boolean {
  return (
    PLACEHOLDER.test(text) || longestRun(text) >= Math.max(MIN_RUN, text.length * MAX_RUN_SHARE)
  );
}

function longestRun(text: string): number {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    run = at > 0 && text[at] === text[at - 1] ? run + 1 : 1;
    if (run > longest) longest = run;
  }
  return longest;
}

/** Shannon's entropy of a text in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
