import * as z from "zod";
import type { RawFinding, Region } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { Rule } from "../core/rule.ts";
import {
  asString,
  type Binding,
  Bytes,
  bindingIn,
  constant,
  type Site,
  type Value,
  writeOut,
} from "../python/index.ts";
import { analyzer, type Prepared, type Project } from "./analyzer.ts";
import { mayHoldSettings, type SettingsModule, settingsModules } from "./settings-modules.ts";
import { passes, ValueTest } from "./value-test.ts";

const Test = ValueTest.extend({
  setting: z.string().min(1),
  /** What the framework takes where the setting is not set; without it an absent setting is `missing`. */
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
});

/** A setting whose value, after the whole module ran, passes the test. */
const SettingMatch = Test.extend({
  framework: z.string().default("django"),
  /** Further tests that must hold, of this and other settings. */
  and: z.array(Test).default([]),
  /** True where the value is a secret and must not be shown. */
  secret: z.boolean().default(false),
  /** True where a development module is as bad as a deployed one. */
  everywhere: z.boolean().default(false),
});
type SettingMatch = z.infer<typeof SettingMatch>;

/** What a settings module comes to: flags, lists such as the middleware, keys. */
export const settings = analyzer({
  kind: "setting",
  match: SettingMatch,
  examplePath: "project/settings.py",
  prepare,
});

function prepare(rules: readonly Rule<SettingMatch>[], models: Models): Prepared {
  const names = new Set([
    ...rules.map((rule) => rule.match.setting),
    ...models.settings.flatMap((facts) => [facts.variable, ...facts.marks]),
  ]);
  return {
    triggers: [...names].map((text) => [{ text, whole: true }]),
    concerns: (path, config) => mayHoldSettings(path, models, config),
    survey: (project) => survey(project, rules),
  };
}

function survey(project: Project, rules: readonly Rule<SettingMatch>[]): RawFinding[] {
  const found = new Map<string, RawFinding>();
  for (const module of settingsModules(project)) {
    for (const rule of rules) {
      if (rule.match.framework !== module.framework || !(module.deployed || rule.match.everywhere))
        continue;
      const finding = judge(rule, module);
      if (finding === undefined) continue;
      // One problem in a module that several others build on is one finding.
      const key = `${finding.ruleId} ${finding.path}:${finding.region.startLine}:${finding.region.startColumn}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

function judge(rule: Rule<SettingMatch>, module: SettingsModule): RawFinding | undefined {
  const { match } = rule;
  if (!holds(match, module) || !match.and.every((test) => holds(test, module))) return undefined;
  const binding = bindingIn(module.scope, match.setting);
  const site = binding?.site;
  const path = site?.file.path ?? module.path;
  const region =
    site === undefined
      ? { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }
      : nameRegion(site);
  const secrets = match.secret && binding !== undefined ? secretRegions(binding.value) : [];
  return {
    ruleId: rule.id,
    path,
    region,
    subject: match.setting,
    values: { setting: match.setting, state: stateOf(match, binding), module: module.path },
    // A list that lacks a member, or a setting that is not there, has no line that is wrong.
    ...(match.lacks !== undefined
      ? { absent: match.lacks }
      : binding === undefined && { absent: match.setting }),
    ...(secrets.length > 0 && {
      secrets: secrets.filter((secret) => secret.path === path).map((secret) => secret.region),
    }),
    ...(path !== module.path && {
      related: [
        {
          path: module.path,
          region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
          message: "is deployed, and builds on this module",
        },
      ],
    }),
  };
}

function holds(test: z.infer<typeof Test>, module: SettingsModule): boolean {
  const value =
    bindingIn(module.scope, test.setting)?.value ??
    (test.default === undefined ? undefined : constant(test.default));
  return passes(test, value) === true;
}

/** The first line of the statement that set the name last. */
function nameRegion(site: Site): Region {
  const region = site.file.region(site.node);
  if (region.endLine === region.startLine) return region;
  return {
    ...region,
    endLine: region.startLine,
    endColumn: Math.max(1, (site.file.lines[region.startLine - 1] ?? "").trimEnd().length),
  };
}

function secretRegions(value: Value): { path: string; region: Region }[] {
  if (value.kind === "union") return value.alternatives.flatMap((one) => secretRegions(one.value));
  if (value.site === undefined || value.kind !== "constant") return [];
  return [{ path: value.site.file.path, region: value.site.file.region(value.site.node) }];
}

/** In words, to follow the setting's name: `is True`, `is not set`, `is True unless DEBUG is set in the environment`. */
function stateOf(match: SettingMatch, binding: Binding | undefined): string {
  if (binding === undefined) return "is not set";
  const { value } = binding;
  const unless =
    value.environment === undefined
      ? ""
      : ` unless the environment variable ${value.environment.name} says otherwise`;
  if (match.lacks !== undefined) return `does not list \`${match.lacks}\`${unless}`;
  if (match.contains !== undefined) return `lists \`${String(match.contains)}\`${unless}`;
  if (match.secret)
    return `is written in the code${unless === "" ? "" : ` as the default of the environment variable ${value.environment?.name}`}`;
  const written = asString(value) === undefined ? writeOut(value) : JSON.stringify(asString(value));
  if (written !== undefined && written.length <= 60) return `is \`${written}\`${unless}`;
  return value.kind === "constant" && value.value instanceof Bytes
    ? `is a fixed text${unless}`
    : `has an unsafe value${unless}`;
}
