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
  sequence,
  type Value,
  writeOut,
} from "../python/index.ts";
import { analyzer, type Prepared, type Project } from "./analyzer.ts";
import { mayHoldSettings, type SettingsModule, settingsModules } from "./settings-modules.ts";
import { passes, ValueTest } from "./value-test.ts";

const Test = ValueTest.extend({
  /** A name, or a way into it: `TEMPLATES.*.BACKEND` is the list of what every entry has there. */
  setting: z.string().min(1),
  /** What the framework takes where the setting is not set; without it an absent setting is `missing`. */
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  /** A list of dotted paths that holds neither this class nor one of the tree that extends it. */
  "lacks-class": z.string().optional(),
});
type Test = z.infer<typeof Test>;

/** A setting whose value, after the whole module ran, passes the test. */
const SettingMatch = Test.extend({
  framework: z.string().default("django"),
  /** Further tests that must hold, of this and other settings. */
  and: z.array(Test).default([]),
  /** Where there are some, one of these must hold as well. */
  any: z.array(Test).default([]),
  /** The framework's own names for the flaw, which depend on other settings: the first whose tests hold counts; none, no finding. */
  variants: z.array(z.strictObject({ alias: z.string().min(1), and: z.array(Test) })).default([]),
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
    ...rules.map((rule) => nameOf(rule.match.setting)),
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
      const finding = judge(rule, module, project);
      if (finding === undefined) continue;
      // One problem in a module that several others build on is one finding.
      const key = `${finding.ruleId} ${finding.path}:${finding.region.startLine}:${finding.region.startColumn}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

function judge(
  rule: Rule<SettingMatch>,
  module: SettingsModule,
  project: Project,
): RawFinding | undefined {
  const { match } = rule;
  const test = (one: Test) => holds(one, module, project);
  if (!test(match) || !match.and.every(test) || (match.any.length > 0 && !match.any.some(test)))
    return undefined;
  const variant = match.variants.find((one) => one.and.every(test));
  if (match.variants.length > 0 && variant === undefined) return undefined;
  const aliases = variant === undefined ? rule.aliases : [variant.alias];
  if (isSilenced(aliases, module)) return undefined;
  const name = nameOf(match.setting);
  const binding = bindingIn(module.scope, name);
  const site = binding?.site;
  const path = site?.file.path ?? module.path;
  const region =
    site === undefined
      ? { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }
      : nameRegion(site);
  const secrets = match.secret && binding !== undefined ? secretRegions(binding.value) : [];
  const absent =
    match["lacks-class"] ?? (match.lacks === undefined ? undefined : [match.lacks].flat()[0]);
  return {
    ruleId: rule.id,
    path,
    region,
    subject: match.setting,
    values: { setting: match.setting, state: stateOf(match, binding), module: module.path },
    ...(variant !== undefined && { aliases }),
    // A list that lacks a member, or a setting that is not there, has no line that is wrong.
    ...(absent !== undefined ? { absent } : binding === undefined && { absent: name }),
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

/** True when the project has told Django not to show the check. Another rule says that it did. */
function isSilenced(aliases: readonly string[], module: SettingsModule): boolean {
  const silenced = bindingIn(module.scope, "SILENCED_SYSTEM_CHECKS")?.value;
  const ids = aliases
    .filter((alias) => alias.startsWith("django:"))
    .map((alias) => alias.slice("django:".length));
  return ids.length > 0 && silenced !== undefined && passes({ contains: ids }, silenced) === true;
}

function nameOf(setting: string): string {
  return setting.split(".", 1)[0] ?? setting;
}

function holds(test: Test, module: SettingsModule, project: Project): boolean {
  const [name = "", ...steps] = test.setting.split(".");
  const bound = bindingIn(module.scope, name)?.value;
  // A name that was only imported is what the other module has.
  const top = bound?.kind === "symbol" ? (module.interpreter.resolve(bound) ?? bound) : bound;
  const value = steps.length === 0 || top === undefined ? top : collect(top, steps);
  const judged = value ?? (test.default === undefined ? undefined : constant(test.default));
  if (
    test["lacks-class"] !== undefined &&
    !lacksClass(judged, test["lacks-class"], module, project)
  )
    return false;
  return passes(test, judged) === true;
}

/** What stands at the end of a way into nested lists and dicts: one value, or a list where the way has a `*`. */
function collect(value: Value, steps: readonly string[]): Value | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step !== "*") {
    const entry =
      value.kind === "dict" ? value.contents.content.entries.get(`s${step}`)?.value : undefined;
    return entry === undefined ? undefined : collect(entry, rest);
  }
  if (value.kind !== "sequence") return undefined;
  const { items, open } = value.contents.content;
  const found = items.map((item) => collect(item, rest)).filter((item) => item !== undefined);
  const flat = found.flatMap((item) =>
    item.kind === "sequence" ? item.contents.content.items : [item],
  );
  const isOpen =
    open || found.some((item) => item.kind === "sequence" && item.contents.content.open);
  return sequence("list", flat, value.site, isOpen);
}

function lacksClass(
  value: Value | undefined,
  wanted: string,
  module: SettingsModule,
  project: Project,
): boolean {
  if (value?.kind !== "sequence" || value.contents.content.open) return value === undefined;
  return value.contents.content.items.every((item) => {
    const path = asString(item);
    return path !== undefined && path !== wanted && !extendsClass(path, wanted, module, project);
  });
}

/** True when a dotted path leads to a class of the tree that extends the wanted one. */
function extendsClass(
  path: string,
  wanted: string,
  { interpreter, path: from }: SettingsModule,
  project: Project,
): boolean {
  const [, dotted = "", name = ""] = /^(.*)\.(\w+)$/.exec(path) ?? [];
  const target = project.resolve(from, dotted, 0);
  const scope = target.kind === "tree" ? interpreter.module(target.path) : undefined;
  const value = scope === undefined ? undefined : bindingIn(scope, name)?.value;
  const bases = (one: Value, depth: number): boolean =>
    (one.kind === "symbol" && one.name === wanted) ||
    (one.kind === "class" && depth < 10 && one.bases.some((base) => bases(base, depth + 1)));
  return value !== undefined && bases(value, 0);
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
  const lacks = match["lacks-class"] ?? match.lacks;
  if (lacks !== undefined) return `does not list \`${[lacks].flat()[0]}\`${unless}`;
  if (match.contains !== undefined)
    return `lists \`${[match.contains].flat().join("` or `")}\`${unless}`;
  if (match.secret)
    return `is written in the code${unless === "" ? "" : ` as the default of the environment variable ${value.environment?.name}`}`;
  const written = asString(value) === undefined ? writeOut(value) : JSON.stringify(asString(value));
  if (written !== undefined && written.length <= 60) return `is \`${written}\`${unless}`;
  return value.kind === "constant" && value.value instanceof Bytes
    ? `is a fixed text${unless}`
    : `has an unsafe value${unless}`;
}
