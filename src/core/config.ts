import * as z from "zod";
import { ConfigError } from "./errors.ts";
import { severities } from "./finding.ts";
import { readYaml } from "./yaml.ts";

/** Where a repository keeps its configuration. It is read from the base revision only. */
export const CONFIG_PATH = ".github/portcullis.yml";

const text = z.string().trim().min(1);
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
    .describe("Where the code does not tell; empty means that it does."),
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

/** Reads a configuration file. Throws `ConfigError` with file, line and the nearest valid key. */
export function readConfig(path: string, yaml: string): Config {
  return readYaml(path, yaml, ConfigShape, ConfigError);
}

const TEST_PATH =
  /(?:^|\/)(?:(?:unit|integration|functional)?_?tests?|testing|test_?data|fixtures?|cassettes?|__tests__|specs?|e2e)\/|(?:^|\/)(?:test_[^/]*|tests?|conftest|[^/]*_tests?|factories)\.py$/i;

/** True for tests and what belongs to them. Their code runs nowhere that matters, so only live secrets count there. */
export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path);
}
