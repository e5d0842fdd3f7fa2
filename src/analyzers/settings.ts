import { type Config, isTestPath } from "../core/config.ts";
import type { Affected, RawFinding, Region, Step } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { Rule } from "../core/rule.ts";
import {
  asString,
  type Binding,
  bindingIn,
  isKind,
  type Site,
  type Value,
  walk,
  wayTo,
} from "../python/index.ts";
import {
  analyzer,
  isPython,
  type Prepared,
  type Project,
  type SurveyedProject,
} from "./analyzer.ts";
import { factOfVersions, mayNameVersion } from "./framework-version.ts";
import { conditionsAt, evaluated } from "./setting-conditions.ts";
import { fixAt } from "./setting-fix.ts";
import { absentIn, SettingMatch } from "./setting-match.ts";
import {
  isBefore,
  mayBeElse,
  type Place,
  placesThatPass,
  type SettingTest,
  siteOf,
} from "./setting-test.ts";
import { unmetFor } from "./setting-unmet.ts";
import { importChain, importsBetween } from "./settings-chain.ts";
import { placeInData } from "./settings-data.ts";
import { mayListVariables, variablesListed } from "./settings-deployment.ts";
import { helpersOfSettings, mayHelpSettings } from "./settings-helpers.ts";
import {
  mayHoldSettings,
  mayNameSettings,
  mayTellOfSettings,
  namesOfSettings,
  type SettingsModule,
  settingsFiles,
  settingsModules,
} from "./settings-modules.ts";
import { wordsOf } from "./settings-words.ts";
import { culprit, numberOf, passes } from "./value-test.ts";

/** What a settings module comes to: flags, lists such as the middleware, keys. */
export const settings = analyzer({
  kind: "setting",
  match: SettingMatch,
  examplePath: "project/settings.py",
  prepare,
});

function prepare(rules: readonly Rule<SettingMatch>[], models: Models): Prepared {
  const names = new Set([
    ...rules.flatMap((rule) => rule.match.setting),
    ...models.settings.flatMap((facts) => [facts.variable, ...facts.marks]),
    // A change of the class behind a setting is one of the setting.
    ...rules.flatMap((rule) => rule.match["shared-field"]?.["named-by"] ?? []),
  ]);
  const readers = environmentWords(models);
  // What a program does beside loading settings may take their place.
  const loading = new Set(models.configurations.flatMap(({ methods }) => Object.keys(methods)));
  const words = new Set([...readers, ...loading]);
  return {
    triggers: [...names, ...words].map((text) => [{ text, whole: true }]),
    concerns: (path, config) => mayHoldSettings(path, models, config),
    tells: (path, text) =>
      mayTellOfSettings(path, text, names, models) || mayReadForSettings(path, text, words),
    facts: [
      { isIn: mayNameVersion, of: (project) => factOfVersions(project, models) },
      { isIn: (path) => mayNameSettings(path, models), of: namesOfSettings },
      { isIn: (path) => mayHelpSettings(path, models), of: helpersOfSettings },
      { isIn: (path) => mayListVariables(path, models), of: variablesListed },
    ],
    survey: (project) => survey(project, rules),
    expects: (paths) => settingsFiles(paths, models),
  };
}

/** The words by which a program names what reads the environment: `environ`, `getenv`, `decouple`. */
function environmentWords({ environment }: Models): ReadonlySet<string> {
  return new Set(
    [...environment.keys()].flatMap((call) => /^(?:os\.)?(\w+)/.exec(call)?.[1] ?? []),
  );
}

/** True for a module of the program's own that may decide what settings are while a variable is unset, or loads them. */
function mayReadForSettings(path: string, text: string, words: ReadonlySet<string>): boolean {
  if (!isPython(path) || isTestPath(path)) return false;
  return [...text.matchAll(/\b[A-Za-z_]\w*/g)].some(([word]) => words.has(word));
}

/**
 * The paths that a fix changes, where it mends what only deployed modules have; undefined where no fix is tried, or one that
 * development modules bear on.
 */
function changedAlone(
  { trial }: SurveyedProject,
  rules: readonly Rule<SettingMatch>[],
): ReadonlySet<string> | undefined {
  const isEverywhere = ({ id, match }: Rule<SettingMatch>) =>
    match.everywhere && trial?.ruleIds.has(id) === true;
  return rules.some(isEverywhere) ? undefined : trial?.paths;
}

function survey(project: SurveyedProject, rules: readonly Rule<SettingMatch>[]): RawFinding[] {
  const found = new Map<string, Shared>();
  // What a module lacks is told of the one that the others build on.
  const lacking = new Map<string, Shared[]>();
  const modules = settingsModules(
    project,
    (part) => project.skip(part),
    changedAlone(project, rules),
  ).sort((a, b) => a.buildsOn.size - b.buildsOn.size);
  const paths = modules.map((module) => module.path);
  for (const module of modules) {
    const own = { path: module.path, ...(module.class && { class: module.class.name }) };
    for (const rule of rules) {
      if (rule.match.framework !== module.framework) continue;
      if (rule.match.started) {
        for (const finding of startingWith(rule, module, project))
          found.set(`${rule.id} ${finding.path} ${module.path}`, { ...finding, affects: [] });
        continue;
      }
      if (!module.deployed && !rule.match.everywhere) continue;
      if (rule.match.dropped) {
        for (const finding of keptOrLost(rule, module, project)) {
          const owner = finding.protection === "kept" ? module.path : "";
          found.set(`${rule.id} ${finding.path} ${owner}`, { ...finding, affects: [] });
        }
        continue;
      }
      for (const finding of judge(limited(rule, project.config), module, project)) {
        // One problem in a module that several others build on is one finding.
        const { ruleId, path, region } = finding;
        const isLacking = finding.absent !== undefined && path === module.path;
        const flaw = `${ruleId} ${finding.subject}`;
        const lack = isLacking ? (lacking.get(flaw) ?? []) : [];
        const below = lack.find((one) => module.buildsOn.has(one.path));
        const key = `${ruleId} ${path}:${region.startLine}:${region.startColumn}`;
        // What nobody sets, all lack that build on one module.
        const foundations = region === FIRST ? paths.filter((one) => module.buildsOn.has(one)) : [];
        const told = below ??
          found.get(key) ?? {
            ...finding,
            affects: [],
            ...(foundations.length > 0 && { foundations }),
          };
        told.affects.push(own);
        if (below !== undefined) continue;
        found.set(key, told);
        if (isLacking) lacking.set(flaw, [...lack, told]);
      }
    }
  }
  return [...found.values()];
}

/** A finding, while it is not yet known which other modules have it too. */
interface Shared extends RawFinding {
  readonly affects: Affected[];
}

/** The rule with the limit that the configuration gives it; its fix leads to that limit too. */
function limited(rule: Rule<SettingMatch>, config: Config): Rule<SettingMatch> {
  const { match } = rule;
  const entry = config.rules[rule.id];
  const limit = typeof entry === "object" ? entry.limit : undefined;
  if (limit === undefined) return rule;
  const fix = match.fix !== undefined && "set" in match.fix ? { set: String(limit) } : match.fix;
  if (match["less-than"] !== undefined)
    return { ...rule, match: { ...match, "less-than": limit, ...(fix && { fix }) } };
  return match["more-than"] === undefined
    ? rule
    : { ...rule, match: { ...match, "more-than": limit } };
}

function judge(rule: Rule<SettingMatch>, module: SettingsModule, project: Project): RawFinding[] {
  const { match } = rule;
  if (match.from !== undefined && isBefore(module, match.from)) return [];
  if (match.before !== undefined && !isBefore(module, match.before)) return [];
  const test = (one: SettingTest) => placesThatPass(one, module, project).length > 0;
  // What a file of the deployment holds is told of that file, as a secret that stands there.
  const isTold = ({ value }: Place) =>
    !match.secret || !module.setBy.has(value?.environment?.setIn ?? "");
  // What is written in the code as a secret stands there, whatever may take its place.
  const isKnown = ({ setting }: Place) => match.secret || !mayBeElse(setting, module);
  const isInForce = ({ setting }: Place) => {
    const standing = module.standingOf(setting);
    return standing === "stands" || (standing === "open" && match.secret);
  };
  const places = placesThatPass(match, module, project).filter(
    (place) =>
      isTold(place) &&
      isKnown(place) &&
      isInForce(place) &&
      !isOfDevelopers(place, rule, module, project),
  );
  if (places.length === 0) return [];
  if (!match.and.every(test)) return [];
  return places.flatMap((place) => {
    const variant = match.variants.find(
      (one) =>
        (one.setting ?? place.setting) === place.setting &&
        (one.before === undefined || isBefore(module, one.before)) &&
        one.and.every(test),
    );
    if (match.variants.length > 0 && variant === undefined) return [];
    const aliases = variant === undefined ? rule.aliases : [variant.alias];
    if (isSilenced(aliases, module)) return [];
    return [
      {
        ...findingAt(rule, place, module, project),
        ...(variant !== undefined && { aliases }),
      },
    ];
  });
}

/** True for what is set only where a condition holds that nobody in the tree decides, and that asks for a developer's machine or a test. */
function isOfDevelopers(
  { setting }: Place,
  { match }: Rule<SettingMatch>,
  module: SettingsModule,
  project: Project,
): boolean {
  if (match.secret || match.everywhere) return false;
  const binding = bindingIn(module.scope, setting);
  const set = binding && whereSet(setting, binding, module, project);
  return set !== undefined && conditionsAt(set, module).some((one) => one.isForDevelopment);
}

/** The files that start servers with a module: whether they keep to one without the flaw. Of a deployed one its own findings tell. */
function startingWith(
  rule: Rule<SettingMatch>,
  module: SettingsModule,
  project: Project,
): RawFinding[] {
  if (module.startedAt.length === 0) return [];
  const [flaw] = module.deployed ? [] : judge(rule, module, project);
  const { state = "", where = "" } = flaw?.values ?? {};
  return module.startedAt.map(({ path, line }) => ({
    ruleId: rule.id,
    path,
    region: { startLine: line, startColumn: 1, endLine: line, endColumn: 1 },
    subject: path,
    // The module is named anyhow.
    values: {
      ...flaw?.values,
      state: state.replace(where, ""),
      module: module.class?.name ?? module.path,
    },
    protection: flaw === undefined ? "kept" : "missing",
  }));
}

/** A module that lost what a list of it ought to hold, or each file in which a change may take it out. */
function keptOrLost(
  rule: Rule<SettingMatch>,
  module: SettingsModule,
  project: Project,
): RawFinding[] {
  const lost = judge(rule, module, project);
  if (lost.length > 0) return lost.map((one) => ({ ...one, protection: "missing" }));
  const setting = [rule.match.setting].flat()[0] ?? "";
  const binding = bindingIn(module.scope, setting);
  const member = absentIn(rule.match);
  if (binding === undefined || member === undefined) return [];
  if (passes({ contains: member }, binding.value) !== true) return [];
  const set = whereSet(setting, binding, module, project);
  const paths = new Set([module.path, ...(binding.through ?? []), set.file.path]);
  return [...paths].map((path) => ({
    ruleId: rule.id,
    path,
    region: FIRST,
    subject: setting,
    protection: "kept",
  }));
}

/** What has to hold for a place to count, or for the name to have its value that it takes it from: `SECURE = secure`. */
function conditionsOf(site: Site, value: Value | undefined, module: SettingsModule) {
  const conditions = conditionsAt(site, module);
  if (conditions.length > 0 || value?.kind !== "constant" || value.site === undefined)
    return conditions;
  return conditionsAt(value.site, module);
}

function findingAt(
  { id, match }: Rule<SettingMatch>,
  place: Place,
  module: SettingsModule,
  project: Project,
): RawFinding {
  const binding = bindingIn(module.scope, place.setting);
  const member = place.value === undefined ? undefined : culprit(match, place.value);
  const inner = match.at === undefined ? undefined : siteOf(place);
  const unmet = unmetFor(match, place, module);
  const absent = absentIn(match);
  const taken = absent === undefined ? undefined : takenOut(absent, place.value);
  const set = binding && whereSet(place.setting, binding, module, project);
  const made = set && madeByFunction(member);
  const own = made === undefined ? member?.site : set;
  const turned = reordered(match, member, place.value, set);
  const site = taken ?? turned ?? own ?? inner ?? set ?? unmet?.site;
  const path = site?.file.path ?? module.path;
  const secret = match.secret ? place.value : undefined;
  const secrets =
    secret === undefined ? [] : secretRegions(culprit(match, secret) ?? secret, module);
  const name = [place.setting, ...place.keys].join(".");
  const conditions = site === undefined ? [] : conditionsOf(site, place.value, module);
  const isDoubtful =
    mayBeElse(place.setting, module) || module.standingOf(place.setting) === "open";
  // Where a member is taken out, to put it in once more does not put things right; nor is it sure what does where a variable decides.
  const isSure =
    taken === undefined &&
    unmet === undefined &&
    !isDoubtful &&
    conditions.every((one) => one.isSure);
  const fix =
    match.fix === undefined || !isSure || isOneOfSeveral(path, module, project)
      ? undefined
      : fixAt(match.fix, place, name, module);
  const related = [
    ...relatedTo(path, place, module, project),
    ...(made === undefined
      ? []
      : [{ ...made.file.location(made.node), message: "makes it of what it is given" }]),
  ];
  const passed = binding?.through ?? [];
  const through = path === module.path ? [] : passed.slice(passed.indexOf(path) + 1);
  return {
    ruleId: id,
    path,
    region: site === undefined ? FIRST : firstLine(site),
    subject: name,
    sets: `${id} ${name}`,
    values: wordsOf({ match, place, module, path, through, conditions, unmet }),
    // A list that lacks a member, or a setting that is not there, has no line that is wrong.
    ...(absent !== undefined
      ? taken === undefined && { absent }
      : binding === undefined && { absent: place.setting }),
    ...measureOf(match, place),
    ...(isDoubtful && { confidence: "low" as const }),
    ...(fix !== undefined && { fix }),
    ...(secrets.length > 0 && {
      secrets: secrets.filter((secret) => secret.path === path).map((secret) => secret.region),
    }),
    ...(related.length > 0 && { related }),
  };
}

/** True for a module that the deployed one imports only under a condition: what stands there is right for when it holds. */
function isOneOfSeveral(path: string, module: SettingsModule, project: Project): boolean {
  if (path === module.path) return false;
  return (
    module.interpreter.chosen.has(path) ||
    importsBetween(project, module.path, path).some((one) =>
      conditionsAt(one, module).some(({ isSure }) => !isSure),
    )
  );
}

/** How a setting reaches the module that is deployed, and where its value stands if that is elsewhere. */
function relatedTo(
  path: string,
  { value }: Place,
  module: SettingsModule,
  project: Project,
): readonly Step[] {
  const source = value?.kind === "constant" ? value.site : undefined;
  const held =
    value?.heldIn !== undefined
      ? [placeInData(project, value.heldIn)]
      : source === undefined || [path, module.path].includes(source.file.path)
        ? []
        : [{ ...source.file.location(source.node), message: "is where the value stands" }];
  if (path === module.path) return held;
  const chain = importChain(project, module.path, path);
  if (chain.length > 0) return [...chain, ...held];
  return [
    { path: module.path, region: FIRST, message: "is deployed, and builds on this module" },
    ...held,
  ];
}

/** Where a name was set: where a module takes it from another one by that name, it was there. */
function whereSet(
  name: string,
  binding: Binding,
  { interpreter }: SettingsModule,
  project: Project,
): Site {
  let { site } = binding;
  for (const seen = new Set<Site>(); !seen.has(site); ) {
    seen.add(site);
    const { node, file } = site;
    if (!isKind(node, "ImportFrom")) break;
    const isSame = node.names.some((one) => one.name === name && (one.asname ?? name) === name);
    const target = project.resolve(file.path, node.module ?? "", node.level ?? 0);
    if (!isSame || target.kind !== "tree") break;
    const scope = interpreter.moduleThatRan(target.path);
    site = (scope && bindingIn(scope, name)?.site) ?? site;
  }
  return site;
}

const FIRST: Region = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

/** True when the project has told Django not to show the check. Another rule says that it did. */
function isSilenced(aliases: readonly string[], module: SettingsModule): boolean {
  const silenced = bindingIn(module.scope, "SILENCED_SYSTEM_CHECKS")?.value;
  const ids = aliases
    .filter((alias) => alias.startsWith("django:"))
    .map((alias) => alias.slice("django:".length));
  return ids.length > 0 && silenced !== undefined && passes({ contains: ids }, silenced) === true;
}

/** How bad the flaw is, in the rule's own measure. */
function measureOf(match: SettingMatch, { value }: Place): { measure?: number } {
  const standard = typeof match.default === "number" ? match.default : undefined;
  const number = value === undefined ? standard : numberOf(value);
  if (match["worse-when"] === undefined || number === undefined) return {};
  return { measure: match["worse-when"] === "higher" ? number : -number };
}

/** Where a function puts a member of a list together, which is not wrong there: what the function is called with is. */
function madeByFunction(member: Value | undefined): Site | undefined {
  const site = member?.site;
  if (site === undefined || isKind(site.node, "Constant")) return undefined;
  const way = wayTo(site.node, site.file.body);
  return way.some((one) => /^(?:Async)?FunctionDef$/.test(one.nodeType)) ? site : undefined;
}

/** What brought a member of a list behind those that should follow it, where it had been written before them. */
function reordered(
  match: SettingMatch,
  member: Value | undefined,
  list: Value | undefined,
  set: Site | undefined,
): Site | undefined {
  const order = match["out-of-order"];
  if (order === undefined || member?.site === undefined || list?.kind !== "sequence")
    return undefined;
  const { site } = member;
  const { items } = list.contents.content;
  const ahead = items
    .slice(0, items.indexOf(member))
    .flatMap((one) => (one.site && order.includes(asString(one) ?? "") ? [one.site] : []));
  const isBehind = (one: Site) =>
    one.file !== site.file || linesOf(one).startLine < linesOf(site).startLine;
  if (ahead.length === 0 || ahead.some(isBehind)) return undefined;
  const last = ahead.at(-1);
  const statement = set && linesOf(set);
  // In one list or statement they are all old: what set the name last has turned them round.
  return statement !== undefined && statement.startLine > linesOf(site).endLine ? set : last;
}

function linesOf({ file, node }: Site): Region {
  return file.region(node);
}

/** Where a list that is shared was told to let go of a member. */
function takenOut(member: string, list: Value | undefined): Site | undefined {
  if (list?.kind !== "sequence") return undefined;
  return list.contents.content.taken?.findLast(({ value }) => asString(value) === member)?.site;
}

/** The first line of the statement that set the name last. */
function firstLine(site: Site): Region {
  const region = site.file.region(site.node);
  if (region.endLine === region.startLine) return region;
  return {
    ...region,
    endLine: region.startLine,
    endColumn: Math.max(1, (site.file.lines[region.startLine - 1] ?? "").trimEnd().length),
  };
}

function secretRegions(value: Value, module: SettingsModule): { path: string; region: Region }[] {
  if (value.kind === "union")
    return value.alternatives.flatMap((one) => secretRegions(one.value, module));
  if (value.site === undefined || value.kind !== "constant") return [];
  const sites = [value.site, ...passwordsIn(value, value.site, module)];
  return sites.map(({ file, node }) => ({ path: file.path, region: file.region(node) }));
}

/** Where the password of an address stands that was put together of names. */
function passwordsIn(address: Value, { file, node }: Site, module: SettingsModule): Site[] {
  const [, password] = /^[^:]*:\/\/[^:@/]*:([^@]+)@/.exec(asString(address) ?? "") ?? [];
  if (password === undefined) return [];
  return [...walk(node)].flatMap((one) => {
    const part = isKind(one, "Name") ? evaluated(one, file.path, module) : undefined;
    return part?.site && asString(part) === password ? [part.site] : [];
  });
}
