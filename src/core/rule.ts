import * as z from "zod";
import { confidences, severities } from "./finding.ts";

// Compiling each schema to code pays only where it is used thousands of times; ours are used a few times at every start.
z.config({ jitless: true });

const text = z.string().trim().min(1);

/** One example: the source of one file, or several files by path. Lines to be reported end with the comment `expect`. */
const Example = z.union([z.string(), z.record(text, z.string())]);
export type Example = z.infer<typeof Example>;

/** What every rule file says, whatever its kind. `match` belongs to the analyzer of that kind. */
export const RuleShape = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)+$/,
      "must look like family/kebab-name",
    ),
  kind: text,
  title: text,
  severity: z.enum(severities),
  confidence: z.enum(confidences),
  cwe: z.array(z.number().int().positive()).min(1),
  owasp: z.array(z.string().regex(/^A\d\d:20\d\d$/, "must look like A03:2021")).default([]),
  aliases: z.array(z.string().regex(/^[a-z-]+:\S+$/, "must look like bandit:B608")).default([]),
  /** `{name}` stands for a value that the analyzer fills in. */
  message: text,
  remedy: text,
  references: z.array(z.url()).default([]),
  /** Rules outside the default profile are loaded only when asked for: in one profile, or in each of several. */
  profile: z
    .union([z.enum(["default", "bandit", "audit"]), z.array(z.enum(["bandit", "audit"])).min(1)])
    .default("default"),
  /**
   * True for what only a change can do, such as take a protection away: no scan of a whole tree says it. `by-default` for a decision
   * that its author may well have thought about: worth a word when a change takes it, and elsewhere in the profiles `audit` and `all`.
   */
  "only-in-changes": z.union([z.boolean(), z.literal("by-default")]).optional(),
  /** Rules that say more: where one of them reports the same place, or one that the data goes through on its way, this one is silent. */
  "yields-to": z.array(text).optional(),
  match: z.unknown(),
  examples: z.strictObject({
    bad: z.record(text, Example),
    good: z.record(text, Example),
    /** What the fixes that the rule offers make of the bad example of the same name. */
    fixed: z.record(text, Example).default({}),
  }),
});

type RuleFields = z.infer<typeof RuleShape>;

/** A rule as an analyzer gets it: its `match` has passed the analyzer's own schema. */
export type Rule<Match = unknown> = Omit<Readonly<RuleFields>, "match"> & { readonly match: Match };

/**
 * Which rules run: what is worth a comment, that and everything that Bandit finds, that and what a security audit reads as
 * well, or every rule there is.
 */
export const profiles = ["default", "bandit", "audit", "all"] as const;
export type Profile = (typeof profiles)[number];
