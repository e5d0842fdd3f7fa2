/**
 * Secrets in any text file. A finder proposes stretches of a file; what was proposed is sorted out in one place, so that each
 * secret is reported once, by the finder that knows it best. A secret's text leaves this folder only as a digest.
 */
import * as z from "zod";
import type { Models } from "../../core/models.ts";
import type { Rule } from "../../core/rule.ts";
import { analyzer, type FileUnit, type Prepared, type Trigger } from "../analyzer.ts";
import { startedInBuilds } from "../settings-entries.ts";
import { matchersOf } from "../settings-facts.ts";
import { type Finder, type Part, toFindings } from "./candidates.ts";
import { mayHoldSecrets } from "./context.ts";
import {
  ArgumentMatch,
  findArguments,
  findNamed,
  findUrls,
  isReadByLines,
  NamedMatch,
  UrlMatch,
} from "./generic/index.ts";
import { hideWith } from "./hide.ts";
import { findPrivateKeys, PemMatch } from "./pem.ts";
import { Formats, findTokens } from "./tokens.ts";

/** A rule says one of these. */
const SecretMatch = z
  .strictObject({
    /** Keys and tokens that their own form gives away, or their form and the provider's name before them. */
    formats: Formats.optional(),
    /** Private keys between two lines that say so. */
    pem: PemMatch.optional(),
    /** Passwords and keys that have no form of their own, by the names that code and configuration give them. */
    named: NamedMatch.optional(),
    /** Passwords in addresses. */
    urls: UrlMatch.optional(),
    /** Keys by what they are used for. */
    arguments: ArgumentMatch.optional(),
  })
  .refine((match) => Object.values(match).filter((part) => part !== undefined).length === 1, {
    message: "needs one of `formats`, `pem`, `urls`, `arguments` and `named`",
  });
type SecretMatch = z.infer<typeof SecretMatch>;

export const secrets = analyzer({
  kind: "secret",
  match: SecretMatch,
  examplePath: "example.py",
  prepare,
  hide: (rules) => hideWith(findersByForm(rules)),
});

function prepare(rules: readonly Rule<SecretMatch>[], models: Models): Prepared {
  // The surest first: of two candidates for one stretch, the earlier finder's stays.
  const inArguments = findArguments(
    partsOf(rules, (match) => match.arguments),
    models,
  );
  const named = findNamed(partsOf(rules, (match) => match.named));
  const finders: readonly Finder[] = [
    ...findersByForm(rules),
    inArguments,
    {
      ...named,
      find: (unit) => {
        const found = named.find(unit);
        return found.length > 0 && isOfBuild(unit, models) ? [] : found;
      },
    },
  ];
  const at = (path: string) => finders.filter((finder) => finder.wants?.(path) ?? true);
  // By those of the finders that look at a path.
  const lists = new Map<string, readonly Trigger[]>();
  return {
    triggers: finders.flatMap((finder) => finder.triggers),
    triggersAt: (path) => {
      const those = at(path);
      const key = those.map((finder) => finders.indexOf(finder)).join();
      const triggers = lists.get(key) ?? those.flatMap((finder) => finder.triggers);
      lists.set(key, triggers);
      return triggers;
    },
    wants: mayHoldSecrets,
    byLines: isReadByLines,
    inspect: (unit) =>
      toFindings(
        unit,
        at(unit.path).flatMap((finder) => finder.find(unit)),
      ),
    runsFor: () => inArguments.triggers,
  };
}

/** True for settings that only the making of an image starts: what they call a key opens nothing. */
function isOfBuild({ path, project }: FileUnit, models: Models): boolean {
  return models.settings.some(
    (facts) => matchersOf(facts).paths(path) && startedInBuilds(project, facts).has(path),
  );
}

/** Those that a text alone tells all, wherever it stands. */
function findersByForm(rules: readonly Rule<SecretMatch>[]) {
  return [
    findPrivateKeys(partsOf(rules, (match) => match.pem)),
    findTokens(partsOf(rules, (match) => match.formats)),
    findUrls(partsOf(rules, (match) => match.urls)),
  ];
}

/** The rules that say something of one kind, and what they say. */
function partsOf<Match>(
  rules: readonly Rule<SecretMatch>[],
  pick: (match: SecretMatch) => Match | undefined,
): Part<Match>[] {
  return rules.flatMap((rule) => {
    const match = pick(rule.match);
    return match === undefined ? [] : { rule, match };
  });
}
