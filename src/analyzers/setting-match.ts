import * as z from "zod";
import { Series } from "./framework-version.ts";
import { SettingFix } from "./setting-fix.ts";
import { SettingTest } from "./setting-test.ts";

/** A setting whose value, after the whole module ran, passes the test. */
export const SettingMatch = SettingTest.extend({
  framework: z.string().default("django"),
  /** The series of the framework for which the rule holds; both count as newest where the project's is not known. */
  from: Series.optional(),
  before: Series.optional(),
  /** Further tests that must hold, of this and other settings. */
  and: z.array(SettingTest).default([]),
  /**
   * The framework's own names for the flaw, which depend on its series, on which of several settings has it, and on others: the first
   * of which all holds counts; none, no finding.
   */
  variants: z
    .array(
      z.strictObject({
        alias: z.string().min(1),
        setting: z.string().min(1).optional(),
        before: Series.optional(),
        and: z.array(SettingTest),
      }),
    )
    .default([]),
  /** What is wrong with the setting, in words to follow its name, where neither the tests nor the value say it. */
  state: z.string().min(1).optional(),
  /** What ought to be there, where the flaw is that it is not. */
  absent: z.string().optional(),
  /** Set where a smaller or larger number is a worse flaw: a change that makes it worse is told, though the flaw is an old one. */
  "worse-when": z.enum(["lower", "higher"]).optional(),
  fix: SettingFix.optional(),
  /**
   * True where it counts of the modules that servers are started with, whatever these are for. A review tells where a change put such a
   * one in the place of one without the flaw.
   */
  started: z.boolean().default(false),
  /** True where it is no flaw never to have had what a list lacks: a review tells where a change took it out. */
  dropped: z.boolean().default(false),
  /** True where the value is a secret and must not be shown. */
  secret: z.boolean().default(false),
  /** True where a development module is as bad as a deployed one. */
  everywhere: z.boolean().default(false),
});
export type SettingMatch = z.infer<typeof SettingMatch>;

/** What a list ought to hold, where the flaw is that it does not. */
export function absentIn(match: SettingMatch): string | undefined {
  return (
    match.absent ?? match["lacks-class"] ?? [match.lacks ?? []].flat()[0] ?? match["installs-not"]
  );
}
