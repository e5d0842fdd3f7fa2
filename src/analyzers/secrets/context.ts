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

const PLACEHOLDER = /x{4}|\*{3}|EXAMPLE|PLACEHOLDER|REDACTED|CHANGE_?ME|YOUR[_-]/i;
/** The share of a text that one repeated sign may take before the text is a placeholder, and the shortest run that counts. */
const MAX_RUN_SHARE = 0.2;
const MIN_RUN = 6;
/** The same for signs in the order of the alphabet: `1234567890abcdef` fills in, `1234` happens. */
const MAX_SEQUENCE_SHARE = 0.5;
const MIN_SEQUENCE = 4;

/** The clearest signs that a text of the right form is not a secret. */
export function isPlaceholder(text: string): boolean {
  if (PLACEHOLDER.test(text)) return true;
  const repeated = runs(text, 0, 1).reduce((most, length) => Math.max(most, length), 0);
  if (repeated >= Math.max(MIN_RUN, text.length * MAX_RUN_SHARE)) return true;
  const inOrder = runs(text.toLowerCase(), 1, MIN_SEQUENCE);
  return inOrder.reduce((sum, length) => sum + length, 0) >= text.length * MAX_SEQUENCE_SHARE;
}

/** Lengths of the stretches in which each character is so many code units behind the one before, if they are long enough. */
function runs(text: string, step: number, least: number): number[] {
  const found: number[] = [];
  let length = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at > 0 && at < text.length && text.charCodeAt(at) - text.charCodeAt(at - 1) === step) {
      length++;
      continue;
    }
    if (length >= least) found.push(length);
    length = 1;
  }
  return found;
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
