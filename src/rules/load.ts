import * as z from "zod";
import { RuleError } from "../core/errors.ts";
import { joinModels, type Model, ModelShape, type Models } from "../core/models.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Profile, type Rule, RuleShape } from "../core/rule.ts";
import { readYaml } from "../core/yaml.ts";

/** One YAML file of rules or models; the path is relative to the `rules` folder. */
export interface RuleFile {
  readonly path: string;
  readonly text: string;
}

/** Everything the analyzers know: checked, and in an order that does not depend on that of the files. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly byId: ReadonlyMap<string, Rule>;
  readonly models: Models;
}

/**
 * Reads rule and model files. `kinds` tells what the analyzer of each kind accepts under `match`.
 *
 * A rule's id is its path without `.yml`, so that it can be found; `prefix` goes before the paths of a repository's own rules.
 * Throws `RuleError` with file, line and the nearest valid key.
 */
export function loadRules(
  files: readonly RuleFile[],
  kinds: ReadonlyMap<string, z.ZodType>,
  options: { readonly profile?: Profile; readonly folder?: string } = {},
): RuleSet {
  const { profile = "default", folder = "rules" } = options;
  const models: Model[] = [];
  const rules: Rule[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const shown = `${folder}/${file.path}`;
    if (file.path.startsWith("models/")) {
      models.push(readYaml(shown, file.text, ModelShape, RuleError));
      continue;
    }
    const rule = readRule(shown, file, kinds);
    if (isIn(profile, rule)) rules.push(rule);
  }
  const byId = new Map<string, Rule>();
  for (const rule of rules) byId.set(rule.id, rule);
  return { rules, byId, models: joinModels(models) };
}

/** Adds a repository's own rules and models. Throws `RuleError` when one takes the id of a rule that is there. */
export function extendRules(own: RuleSet, added: RuleSet): RuleSet {
  const taken = added.rules.find((rule) => own.byId.has(rule.id));
  if (taken !== undefined) {
    throw new RuleError(`${taken.id}: the id belongs to a built-in rule`, {
      hint: "Give your rule an id of its own.",
    });
  }
  const rules = [...own.rules, ...added.rules];
  return {
    rules,
    byId: new Map(rules.map((rule) => [rule.id, rule])),
    models: mergeModels(own.models, added.models),
  };
}

function mergeModels(a: Models, b: Models): Models {
  const sources = new Map(a.sources);
  for (const [group, names] of b.sources)
    sources.set(group, [...(sources.get(group) ?? []), ...names]);
  return {
    types: new Map([...a.types, ...b.types]),
    environment: new Map([...a.environment, ...b.environment]),
    parameters: [...a.parameters, ...b.parameters],
    sources,
    settings: [...a.settings, ...b.settings],
    cleaners: [...a.cleaners, ...b.cleaners],
  };
}

function readRule(shown: string, file: RuleFile, kinds: ReadonlyMap<string, z.ZodType>): Rule {
  // The analyzer's part is checked together with the rest, so that its errors have lines too.
  const kind = /^kind:\s*["']?([\w-]+)/m.exec(file.text)?.[1];
  const match = kind === undefined ? undefined : kinds.get(kind);
  if (kind !== undefined && match === undefined) {
    const line = file.text.slice(0, file.text.search(/^kind:/m)).split("\n").length;
    throw new RuleError(
      `${shown}:${line}: no rule kind "${kind}".${didYouMean(kind, [...kinds.keys()])}`,
      {
        hint: "Use one of the kinds that an analyzer reads.",
      },
    );
  }
  const rule: Rule = readYaml(
    shown,
    file.text,
    RuleShape.extend({ match: match ?? z.unknown() }),
    RuleError,
  );
  const expected = file.path.replace(/\.ya?ml$/, "");
  if (rule.id !== expected) {
    throw new RuleError(
      `${shown}:1: the id is "${rule.id}", but the file's place says "${expected}"`,
      {
        hint: "A rule's id is its path, so that everyone finds it: rename the one or the other.",
      },
    );
  }
  return rule;
}

function isIn(profile: Profile, rule: Rule): boolean {
  return profile === "all" || rule.profile === "default" || rule.profile === profile;
}
