import * as z from "zod";
import { ConfigError } from "./errors.ts";
import { severities } from "./finding.ts";
import { readYaml } from "./yaml.ts";

/** Where a repository keeps its configuration. It is read from the base revision only. */
export const CONFIG_PATH = ".github/portcullis.yml";

const text = z.string().trim().min(1);

/** An account's or repository's name as GitHub takes it, and a path that cannot leave its repository. */
const EXTENDED =
  /^(?:(?<owner>[A-Za-z\d](?:[A-Za-z\d-]{0,38}))\/)?(?<repo>[\w.-]{1,100})(?::(?<path>[\w./-]{1,200}\.ya?ml))?$/;
const Globs = z.array(text);
const Paths = z.strictObject({
  include: Globs.default([]).describe(
    "Only paths that match one of these globs are reviewed; empty means all.",
  ),
  exclude: Globs.default([]).describe("Paths that match one of these globs are not reviewed."),
});

const Off = z.union([z.literal("off"), z.literal(false)]).transform(() => "off" as const);
const RuleSetting = z.union([
  Off,
  z.enum(severities),
  z.strictObject({
    severity: z.union([Off, z.enum(severities)]).optional(),
    paths: Paths.optional().describe("Where the setting holds; elsewhere the rule is as it was."),
    limit: z
      .number()
      .optional()
      .describe(
        "By the rule's whole id: the number that a setting is held to, such as 15 characters.",
      ),
  }),
]);

const Allow = z
  .strictObject({
    fingerprint: text.optional(),
    rule: text.optional(),
    path: text.optional().describe("A glob."),
    advisory: text.optional().describe("An advisory's id or alias; needs `package`."),
    package: text.optional(),
    reason: text,
    expires: z.iso.date("must be a date such as 2027-01-31").optional(),
  })
  .refine(
    (entry) =>
      entry.fingerprint !== undefined ||
      (entry.rule !== undefined && entry.path !== undefined) ||
      (entry.advisory !== undefined && entry.package !== undefined),
    "needs `fingerprint`, or `rule` and `path`, or `advisory` and `package`",
  )
  // The same for the JSON Schema, which cannot see into a function.
  .meta({
    anyOf: [
      { required: ["fingerprint"] },
      { required: ["rule", "path"] },
      { required: ["advisory", "package"] },
    ],
  });

/** The configuration file. Every default of the product stands here. */
export const ConfigShape = z.strictObject({
  _extends: z
    .string()
    .regex(EXTENDED, "must be a repository: `repo`, `owner/repo` or `owner/repo:path.yml`")
    .optional()
    .describe(
      "The configuration that this one builds on, in another repository: `repo`, `owner/repo` or `owner/repo:path.yml`. Only at GitHub.",
    ),
  "fail-on": z
    .enum([...severities, "never"])
    .default("high")
    .describe("The check fails on new findings of this severity or worse."),
  "comment-on": z
    .enum([...severities, "never"])
    .default("low")
    .describe("New findings of this severity or worse get a comment in the pull request."),
  "comment-on-drafts": z
    .boolean()
    .default(false)
    .describe("Whether draft pull requests get comments too; their check is there in any case."),
  "max-comments": z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(30)
    .describe("How many comments one push may get, worst findings first; the check lists all."),
  paths: Paths.default({ include: [], exclude: [] }).describe(
    "Globs of what is reviewed (`include`, empty means all) and what is not (`exclude`).",
  ),
  rules: z
    .record(text, RuleSetting)
    .default({})
    .describe(
      "By rule id, glob (`secrets/*`) or alias (`bandit:B608`): off, a severity, or both by path.",
    ),
  frameworks: z
    .array(z.enum(["django", "flask", "fastapi"]))
    .default([])
    .describe(
      "Only the settings of these frameworks are judged; empty means those of all that are found.",
    ),
  "settings-modules": z
    .array(text)
    .default([])
    .describe(
      "Paths or globs of the settings modules that are deployed, where their names do not tell.",
    ),
  advisories: z
    .union([z.enum(["github", "osv", "off"]), text])
    .optional()
    .describe("Where advisories about dependencies come from: a service, a path, or off."),
  allow: z
    .array(Allow)
    .default([])
    .describe("Findings that someone has judged acceptable, each with a reason."),
});

export type Config = z.infer<typeof ConfigShape>;
export type AllowEntry = Config["allow"][number];

/** What a repository without a configuration file gets. */
export const defaultConfig: Config = ConfigShape.parse({});

/** Where `_extends` leads. */
export interface Extended {
  /** Undefined for the owner of the repository that is reviewed. */
  readonly owner: string | undefined;
  readonly repo: string;
  readonly path: string;
}

/** Reads a configuration file. Throws `ConfigError` with file, line and the nearest valid key. */
export function readConfig(path: string, yaml: string): Config {
  return readYaml(path, yaml, ConfigShape, ConfigError);
}

/** What a configuration builds on; undefined where that is nothing. */
export function extendedBy({ _extends: value }: Config): Extended | undefined {
  const { owner, repo, path = CONFIG_PATH } = EXTENDED.exec(value ?? "")?.groups ?? {};
  return repo === undefined ? undefined : { owner, repo, path };
}

/**
 * Lays configurations over one another, the first over all others, as Probot does: lists are joined, mappings are merged, of
 * anything else the first counts. All of them have been read before.
 */
export function mergeConfigs(
  files: readonly { readonly path: string; readonly yaml: string }[],
): Config {
  const merged = files
    .map(({ path, yaml }) => readYaml(path, yaml, z.record(z.string(), z.unknown()), ConfigError))
    .reduceRight<unknown>((below, above) => merge(below, above), {});
  return ConfigShape.parse(merged);
}

function merge(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isMapping(below) || !isMapping(above)) return above;
  // Those of `above` come last also in order, which counts among rules.
  const kept = Object.entries(below).filter(([key]) => !Object.hasOwn(above, key));
  const laid = Object.entries(above).map(([key, value]) =>
    Object.hasOwn(below, key)
      ? ([key, merge(below[key], value)] as const)
      : ([key, value] as const),
  );
  return Object.fromEntries([...kept, ...laid]);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const TEST_PATH =
  /(?:^|\/)(?:(?:(?:unit|integ(?:ration)?|functional|acceptance|system|smoke|api|app|ui|browser|selenium|e2e)[_-]?|_)?tests?|testing|test_?(?:data|project)|fixtures?|cassettes?|__tests__|__mocks__|__fixtures__|__snapshots__|specs?|e2e|cypress|molecule)\/|(?:^|\/)(?:test_[^/]*|tests?|testing|conftest|[^/]*_tests?|factories)\.py$|_test\.go$|\.(?:spec|test|stories)\.[cm]?[jt]sx?$|\.test\.ya?ml$|(?:^|\/)\.env\.test$/i;

/** True for tests and what belongs to them. Their code runs nowhere that matters, so only live secrets count there. */
export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path);
}
