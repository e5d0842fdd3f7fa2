/** What the place of a text says about it: where no secret counts, where it counts less, and what is only put in a secret's place. */
import { isTestPath } from "../../core/config.ts";
import { type Severity, severities } from "../../core/finding.ts";

const NO_SECRETS_IN =
  /(?:^|\/)(?:node_modules|\.git|\.yarn)\/|\.(?:map|min\.js|min\.css|svg|lock|pot?)$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum|\.?gitleaks\.toml|\.gitleaksignore|\.gitleaks-baseline\.json|\.secrets\.baseline|\.secretlintignore)$/i;

/**
 * True for paths whose text may hold a secret that someone wrote there: not locks, source maps or minified code, nor what tells
 * another scanner which texts to let pass.
 */
export function mayHoldSecrets(path: string): boolean {
  return !NO_SECRETS_IN.test(path);
}

const DOCUMENTATION =
  /(?:^|\/)(?:docs?|documentation|examples?|samples?)\/|\.(?:md|mdx|rst|adoc|markdown)$/i;

/** True for texts that explain, in which keys are mostly made up. */
export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** Files that are there to be copied and filled in. */
const SAMPLE =
  /\.(?:example|sample|template|tmpl|tpl|dist)(?:\.\w{1,10})?$|[._-](?:example|sample)\.\w{1,10}$/i;

/** True for files of which each installation makes its own. */
export function isSample(path: string): boolean {
  return SAMPLE.test(path);
}

/** A file that says that it is made for tests, wherever it lies: `roles/ossec/files/test_admin_key.sec`. */
const FOR_TESTS = /(?:^|[/_.-])tests?[_.-][^/]{0,100}$/i;

const DEVELOPMENT =
  /(?:^|[/_.-])(?:dev|devel|develop|development|local|localdev|debug|demo|sandbox)(?=[/_.-])/i;

/** True for what a path says is for development. A real secret counts there too. */
export function isForDevelopment(path: string): boolean {
  return DEVELOPMENT.test(path);
}

/**
 * How a secret gets to where a file of this kind needs it, by the file's path, and by a text in it where one kind has more ways; the
 * first that fits is the one.
 */
const KEEPING: readonly (readonly [path: RegExp, advice: string, held?: string])[] = [
  [
    /\.pyw?$/i,
    "Read it with this module's own `config(…)`, without a default.",
    "from decouple import",
  ],
  [/\.pyw?$/i, "Read it with this module's own `env(…)`, without a default.", "environ.Env("],
  [
    /\.pyw?$/i,
    "Read it with this module's own `env.str(…)`, without a default.",
    "environs import",
  ],
  [
    /\.pyw?$/i,
    "Declare a field of the settings without a default: pydantic reads it from the environment variable of that name.",
    "BaseSettings",
  ],
  [
    /\.pyw?$/i,
    "Read it from the environment as `os.environ[…]`, or let `app.config.from_prefixed_env()` do it.",
    "from flask import",
  ],
  [
    /\.pyw?$/i,
    "Read it from the environment where the settings are made, as `os.environ[…]`, and from there as `settings.…`.",
    "django",
  ],
  [/\.pyw?$/i, "Read it from the environment where the program starts, as `os.environ[…]`."],
  [
    /(?:^|\/)\.env[.\w-]{0,60}$/i,
    "Keep this file out of git, and commit one that names the variables without their values.",
  ],
  [
    /^\.github\/workflows\//i,
    "Make it a secret of the repository, and read it as `secrets.…` in an expression.",
  ],
  [/(?:^|\/)\.gitlab-ci[\w.-]{0,60}\.ya?ml$/i, "Make it a masked variable of the project."],
  [
    /dockerfile[\w.-]{0,60}$|(?:^|\/)(?:docker-)?compose[\w.-]{0,60}\.ya?ml$/i,
    "Hand it over when the container starts: an image keeps whatever was in one of its layers.",
  ],
  [/\.tf(?:vars)?$/i, "Make it a sensitive variable, and set it outside of the repository."],
  [
    /\.(?:html?|djhtml|jinja2?|j2|[cm]?[jt]sx?|vue|svelte)$/i,
    "If this code runs in a browser, whoever opens the page has it: let the server make the call.",
  ],
  [/(?:)/, "Keep it in the environment or in a secret manager, and out of this file."],
];

/** A sentence on how to keep a secret out of a file of this kind. */
export function howToKeep(path: string, text: string): string {
  const fits = KEEPING.find(
    ([pattern, , held]) => pattern.test(path) && (held === undefined || text.includes(held)),
  );
  return fits?.[1] ?? "";
}

/**
 * What a severity becomes at a path: one step milder in tests, where nothing else is said of those (`inTests`), and low in
 * documentation. What is said of tests holds for files elsewhere too whose names say that they are made for tests; and what is
 * made anew for each of its places, as keys are, is milder in samples and for development.
 */
export function severityIn(path: string, severity: Severity, inTests?: Severity): Severity {
  if (isDocumentation(path)) return "low";
  if (isTestPath(path)) return inTests ?? milder(severity);
  if (inTests === undefined) return severity;
  if (FOR_TESTS.test(path)) return inTests;
  return isSample(path) || isForDevelopment(path) ? milder(milder(severity)) : severity;
}

export function milder(severity: Severity): Severity {
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
