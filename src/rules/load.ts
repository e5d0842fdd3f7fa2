import * as z from "zod";
import { RuleError } from "../core/errors.ts";
import { joinModels, type Model, ModelShape, type Models, mergeModels } from "../core/models.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Profile, type Rule, RuleShape } from "../core/rule.ts";
import { readYaml } from "../core/yaml.ts";

/** One YAML file of rules or models; the path is relative to the `rules` folder. */
export interface RuleFile {
  readonly path: string;
  readonly text: string;
  /** The rule or model, where it was read and checked before: our own are when the bundle is built, not at every start. */
  readonly checked?: unknown;
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
 * A rule's id is its path without `.yml`, so that it can be found; `folder` is where errors say that the files are.
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
  for (const { path, checked } of checkFiles(files, kinds, folder)) {
    if (isModel(path)) {
      models.push(checked as Model);
      continue;
    }
    const rule = checked as Rule;
    if (!isIn(profile, rule)) continue;
    const isLifted =
      (profile === "all" || profile === "audit") && rule["only-in-changes"] === "by-default";
    rules.push(isLifted ? { ...rule, "only-in-changes": false } : rule);
  }
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    if (byId.has(rule.id))
      throw new RuleError(`${folder}/${rule.id}: two files hold the rule`, {
        hint: "Keep the one that ends in .yml.",
      });
    byId.set(rule.id, rule);
  }
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
    models: mergeModels([own.models, added.models]),
  };
}

/** Reads what was not read before, in the order of the paths. Throws as `loadRules` does. */
export function checkFiles(
  files: readonly RuleFile[],
  kinds: ReadonlyMap<string, z.ZodType>,
  folder = "rules",
): (RuleFile & { readonly checked: unknown })[] {
  // The analyzer's part is checked together with the rest, so that its errors have lines too.
  let schemas: ReadonlyMap<string, z.ZodType<Rule>> | undefined;
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => {
      if (file.checked !== undefined) return { ...file, checked: file.checked };
      const shown = `${folder}/${file.path}`;
      if (isModel(file.path))
        return { ...file, checked: readYaml(shown, file.text, ModelShape, RuleError) };
      schemas ??= new Map([...kinds].map(([kind, match]) => [kind, RuleShape.extend({ match })]));
      return { ...file, checked: readRule(shown, file, schemas) };
    });
}

function isModel(path: string): boolean {
  return path.startsWith("models/");
}

function readRule(
  shown: string,
  file: RuleFile,
  schemas: ReadonlyMap<string, z.ZodType<Rule>>,
): Rule {
  const { kind } = readYaml(shown, file.text, HasKind, RuleError);
  const schema = schemas.get(kind);
  if (schema === undefined) {
    const line = file.text.slice(0, file.text.search(/^kind:/m)).split("\n").length;
    throw new RuleError(
      `${shown}:${line}: no rule kind "${kind}".${didYouMean(kind, [...schemas.keys()])}`,
      {
        hint: "Use one of the kinds that an analyzer reads.",
      },
    );
  }
  const rule = readYaml(shown, file.text, schema, RuleError);
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

/** Enough of a rule to tell whose it is. */
const HasKind = z.looseObject({ kind: z.string() });

function isIn(profile: Profile, rule: Rule): boolean {
  return (
    profile === "all" || [rule.profile].flat().some((one) => one === "default" || one === profile)
  );
}
