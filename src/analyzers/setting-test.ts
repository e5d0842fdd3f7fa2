/**
 * What a rule may ask of a setting, and how the answer is found: the test says which value it speaks of, by the setting's
 * name and a way into lists and dicts, and what must be true of it. A setting that is not set is judged by the default that
 * the project's version of the framework has.
 */
import * as z from "zod";
import {
  alternativesOf,
  asString,
  bindingIn,
  constant,
  dataOf,
  dict,
  isKind,
  isMissing,
  mayBind,
  placeOf,
  type Site,
  sequence,
  UNKNOWN,
  type Value,
  walk,
} from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import {
  dottedName,
  Heir,
  holdsClass,
  holdsHeir,
  isSubclass,
  lacksClass,
  leadsTo,
  outsideBases,
  Subclass,
  setsAny,
} from "./dotted-paths.ts";
import { compareSeries, Series } from "./framework-version.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { hasSharedField, SharedField } from "./user-model.ts";
import { PlainTest, passes, ValueTest } from "./value-test.ts";

const Default = z.json();

export const SettingTest = ValueTest.extend({
  /** One name, or several of which each is judged on its own. */
  setting: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /**
   * A way into the setting's value, or several: keys between dots, `*` for each member of a list or dict, `first` for the
   * first that is meant. What stands at the end is what is judged, each value on its own.
   */
  at: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  /** Judges what would stand at the end of the way also where the setting itself is not set. */
  "or-unset": z.literal(true).optional(),
  /** Which members the outermost `*` or `first` means: those that have these values, each named by its way into the member. */
  entry: z.record(z.string(), PlainTest).optional(),
  /** Members that surely have one of these values are not meant. */
  "not-entry": z.record(z.string(), PlainTest).optional(),
  /** Which keys of a dict `*` means. */
  "key-in": z.array(z.string()).optional(),
  /** A list or dict of which no member has these values. */
  "no-entry": z.record(z.string(), PlainTest).optional(),
  /** What the framework takes where nothing is set; without it that is `missing`. */
  default: Default.optional(),
  /** The same in series before a given one, the oldest first. */
  "older-defaults": z.array(z.strictObject({ before: Series, default: Default })).default([]),
  /**
   * A list of dotted paths that holds neither this class nor one of the tree that extends it. A class of the same name from a
   * package that cannot be read may well be made to take its place.
   */
  "lacks-class": z.string().optional(),
  /**
   * With `lacks-class`: nor a class of the tree that sets an attribute of this end, or of another package with the attribute's name in its
   * own: that may be made to take the place, too.
   */
  "or-sets": z.string().min(1).optional(),
  /** A list of dotted paths that holds, or does not, a class of the tree that stands in for this one. */
  heir: Heir.optional(),
  "no-heir": Heir.optional(),
  /** A list of dotted paths that holds one of these classes, or one of the tree that extends one. */
  "holds-class": z.array(z.string().min(1)).optional(),
  /** A dotted path to such a class. */
  subclass: Subclass.optional(),
  /** A list of apps that has, or has not, the package: by its own name, a class in it, or one of the tree that extends such a class. */
  installs: z.string().optional(),
  "installs-not": z.string().optional(),
  /**
   * Takes the None that an unset variable without a default leaves for the value, as a deployment has it that sets nothing.
   * Without it such a value is not known: a secret, say, will be given.
   */
  "unset-is-none": z.literal(true).optional(),
  /** Whether the value is what an unset environment variable leaves. */
  "from-environment": z.boolean().optional(),
  /** A function that gives this value, whatever it is called with. */
  returns: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  /** The name of a model that may hold the same value twice in a field that is to tell its rows apart. */
  "shared-field": SharedField.optional(),
  /** A dotted path that leads nowhere, or to a function that cannot be called with these arguments. */
  "leads-nowhere": z.literal(true).optional(),
  "not-callable-with": z
    .strictObject({ positional: z.number().int().min(0), keywords: z.array(z.string()) })
    .optional(),
  /** A class or function of the tree, or a dotted path to one, in whose text an attribute with one of these ends is read. */
  reads: z.array(z.string().min(1)).min(1).optional(),
  /** A path that is, lies in, or holds one that these settings name. */
  overlaps: z.array(z.string().min(1)).min(1).optional(),
});
export type SettingTest = z.infer<typeof SettingTest>;

/** A value that passed, and where it stands within the setting. */
export interface Place {
  readonly setting: string;
  /** Absent where nothing is there. */
  readonly value?: Value;
  /** The innermost list or dict member on the way that is in the code, for values that are not. */
  readonly around?: Value;
  /** The keys on the way, without the numbers of members of lists. */
  readonly keys: readonly string[];
  /** The last of these, which `around` does not have. */
  readonly missing: readonly string[];
}

/** The places of a setting that surely pass a test; empty where none does or it cannot be told. */
export function placesThatPass(
  test: SettingTest,
  module: SettingsModule,
  project: Project,
): readonly Place[] {
  return [test.setting].flat().flatMap((usual) => {
    const setting = nameIn(module, usual);
    const bound = settingOf(setting, module);
    if (bound === undefined && mayBeElse(setting, module)) return [];
    const top = bound && test["unset-is-none"] ? withNone(bound) : bound;
    const judge = (place: Omit<Place, "setting">) =>
      holdsAt(test, place.value, module, project) ? [{ ...place, setting }] : [];
    if (test.at === undefined) return judge({ keys: [], missing: [], ...(top && { value: top }) });
    const ways = [test.at].flat().map((way) => way.split("."));
    if (top === undefined)
      return test["or-unset"] ? ways.flatMap((keys) => judge({ keys, missing: keys })) : [];
    return ways.flatMap((way) => follow(top, way, test, [], judge));
  });
}

/** True where something that cannot be read may have given a setting another value than the one that is known, or its only one. */
export function mayBeElse(setting: string, { interpreter, scope, isElsewhere }: SettingsModule) {
  return mayBind(interpreter, scope, setting, isElsewhere);
}

/** The name of a setting in a module whose program puts another prefix before those of a package. */
function nameIn({ prefixes }: SettingsModule, usual: string): string {
  for (const [prefix, own] of prefixes)
    if (usual.startsWith(prefix)) return own + usual.slice(prefix.length);
  return usual;
}

/** The None of an unset variable as one that was meant. */
function withNone(value: Value): Value {
  if (!isMissing(value) || value.environment === undefined) return value;
  const { missing: _, ...read } = value.environment;
  return { ...value, environment: read };
}

/** What a settings module binds a name to, followed to where it comes from. */
export function settingOf(name: string, module: SettingsModule): Value | undefined {
  const bound = bindingIn(module.scope, name)?.value;
  const value = bound?.kind === "symbol" ? (module.interpreter.resolve(bound) ?? bound) : bound;
  // A dict or list of a class of one's own is a dict or list.
  return value?.kind === "instance" ? (dataOf(module.interpreter, value) ?? value) : value;
}

function holdsAt(
  test: SettingTest,
  value: Value | undefined,
  module: SettingsModule,
  project: Project,
): boolean {
  const judged = value ?? defaultOf(test, module);
  return (
    passes(inSeries(test, module), judged) === true &&
    (test["from-environment"] === undefined || test["from-environment"] === isFallback(judged)) &&
    (test["no-entry"] === undefined || hasNoEntry(judged, test["no-entry"])) &&
    (test["lacks-class"] === undefined ||
      lacksClass(judged, test["lacks-class"], module, project)) &&
    (test["or-sets"] === undefined || !setsAny(judged, test["or-sets"], module, project)) &&
    (test.heir === undefined || holdsHeir(judged, test.heir, module, project)) &&
    (test["no-heir"] === undefined || !holdsHeir(judged, test["no-heir"], module, project)) &&
    (test["holds-class"] === undefined ||
      holdsClass(judged, test["holds-class"], module, project)) &&
    (test.subclass === undefined || isSubclass(judged, test.subclass, module, project)) &&
    (test.installs === undefined ||
      appsOf(judged, test.installs, module, project).includes(true)) &&
    (test["installs-not"] === undefined ||
      appsOf(judged, test["installs-not"], module, project).every((one) => one === false)) &&
    (test.returns === undefined || returnsAlways(judged, test.returns, module)) &&
    (test["shared-field"] === undefined || hasSharedField(judged, test["shared-field"], project)) &&
    (test["leads-nowhere"] === undefined || leadsNowhere(judged, module, project)) &&
    (test["not-callable-with"] === undefined ||
      refuses(judged, test["not-callable-with"], module, project)) &&
    (test.reads === undefined || readsAny(judged, test.reads, module, project)) &&
    (test.overlaps === undefined || overlapsAny(judged, test.overlaps, module))
  );
}

/** A test as it is asked in the project's version of the framework. */
function inSeries(test: SettingTest, module: SettingsModule): SettingTest {
  const counts = ({ from, before }: { from?: string | undefined; before?: string | undefined }) =>
    !(from && isBefore(module, from)) && (before === undefined || isBefore(module, before));
  const any = test["any-of"];
  return any === undefined || any.every(counts) ? test : { ...test, "any-of": any.filter(counts) };
}

/** True for what counts in place of a variable that is not set. */
export function isFallback(value: Value | undefined): boolean {
  return value?.environment !== undefined && !value.environment.isKey;
}

/** What the framework takes where nothing is set, in the project's version of it; undefined where the test names nothing. */
export function defaultOf(test: SettingTest, module: SettingsModule): Value | undefined {
  const older = test["older-defaults"].find(({ before }) => isBefore(module, before));
  const given = older === undefined ? test.default : older.default;
  return given === undefined ? undefined : toValue(given);
}

/** True where the project is known to run a series of the framework before the given one. */
export function isBefore(module: SettingsModule, series: string): boolean {
  return (
    module.version !== undefined && compareSeries(module.version, series.split(".").map(Number)) < 0
  );
}

function toValue(json: z.infer<typeof Default>): Value {
  if (Array.isArray(json)) return sequence("list", json.map(toValue));
  if (typeof json === "object" && json !== null)
    return dict(
      new Map(
        Object.entries(json).map(([key, value]) => [
          `s${key}`,
          { key: constant(key), value: toValue(value) },
        ]),
      ),
    );
  return constant(json);
}

/** What says which members of a list or dict are meant. */
type MeantMembers = Pick<SettingTest, "entry" | "not-entry" | "key-in">;
const ofAllMembers: MeantMembers = {};

/** Follows a way into nested lists and dicts; a way that ends in what is neither leads nowhere. */
function follow(
  value: Value,
  steps: readonly string[],
  test: MeantMembers,
  keys: readonly string[],
  judge: (place: Omit<Place, "setting">) => readonly Place[],
): readonly Place[] {
  const [step, ...rest] = steps;
  if (step === undefined) return judge({ value, keys, missing: [] });
  if (value.kind === "union") {
    // Where it depends on an undecided condition, the flaw must be there either way.
    const either = alternativesOf(value).map((one) => follow(one, steps, test, keys, judge));
    return either.some((places) => places.length === 0) ? [] : (either[0] ?? []);
  }
  if (step === "*" || step === "first") {
    const members = membersOf(value).filter(
      ([key, member]) =>
        (test["key-in"] === undefined || test["key-in"].includes(key ?? "")) &&
        (test.entry === undefined || isEntry(member, test.entry)) &&
        !Object.entries(test["not-entry"] ?? {}).some(
          ([way, one]) => passes(one, valueAt(member, way)) === true,
        ),
    );
    const meant = step === "first" ? members.slice(0, 1) : members;
    return meant.flatMap(([key, member]) =>
      follow(
        inheriting(member, value),
        rest,
        ofAllMembers,
        key === undefined ? keys : [...keys, key],
        judge,
      ),
    );
  }
  if (value.kind !== "dict") return [];
  const { entries, open } = value.contents.content;
  const entry = entries.get(`s${step}`)?.value;
  if (entry !== undefined)
    return follow(inheriting(entry, value), rest, test, [...keys, step], judge);
  return open ? [] : judge({ around: value, keys: [...keys, ...steps], missing: steps });
}

/** What is part of a variable's fallback is what the variable falls back to. */
function inheriting(part: Value, { environment }: Value): Value {
  return environment === undefined || part.environment !== undefined
    ? part
    : { ...part, environment };
}

function membersOf(value: Value): (readonly [string | undefined, Value])[] {
  if (value.kind === "sequence")
    return value.contents.content.items.map((item) => [undefined, item]);
  if (value.kind !== "dict") return [];
  return [...value.contents.content.entries.values()].map((entry) => [
    asString(entry.key),
    entry.value,
  ]);
}

/** True when a member surely has the values that are asked for. */
function isEntry(member: Value, wanted: NonNullable<SettingTest["entry"]>): boolean {
  return Object.entries(wanted).every(([way, test]) => passes(test, valueAt(member, way)) === true);
}

/** The value at the end of a way of keys; undefined where it is surely not there. */
function valueAt(value: Value, way: string): Value | undefined {
  let at = value;
  for (const key of way.split(".")) {
    if (at.kind !== "dict") return at.kind === "constant" ? undefined : UNKNOWN;
    const { entries, open } = at.contents.content;
    const next = entries.get(`s${key}`)?.value;
    if (next === undefined) return open ? UNKNOWN : undefined;
    at = next;
  }
  return at;
}

function hasNoEntry(
  value: Value | undefined,
  wanted: NonNullable<SettingTest["no-entry"]>,
): boolean {
  if (value === undefined) return true;
  if (value.kind !== "sequence" && value.kind !== "dict") return false;
  return (
    !value.contents.content.open &&
    membersOf(value).every(([, member]) =>
      Object.entries(wanted).some(([way, test]) => passes(test, valueAt(member, way)) === false),
    )
  );
}

/** For each entry of a list of apps whether it is the package; undefined for what is not known. */
function appsOf(
  value: Value | undefined,
  wanted: string,
  module: SettingsModule,
  project: Project,
): (boolean | undefined)[] {
  if (value === undefined) return [];
  if (value.kind !== "sequence") return [undefined];
  const { items, open } = value.contents.content;
  const answers = items.map((item) => {
    const path = asString(item);
    if (path === undefined) return undefined;
    if (path === wanted || path.startsWith(`${wanted}.`)) return true;
    const target = leadsTo(path, module.lookUp, module, project);
    if (target?.kind !== "class") return false;
    return (
      asString(bindingIn(target.scope, "name")?.value) === wanted ||
      outsideBases(path, module, project).some((base) => base.startsWith(`${wanted}.`))
    );
  });
  return open ? [...answers, undefined] : answers;
}

/**
 * True when a dotted path surely cannot be imported: it has no dot, or its package is neither in the tree nor one that the
 * project is known to use. What is missing within a package that is there is another error.
 */
function leadsNowhere(value: Value | undefined, module: SettingsModule, project: Project): boolean {
  const path = asString(value);
  if (path === undefined) return false;
  const [top = "", ...below] = path.split(".");
  if (below.length === 0) return true;
  if (project.resolve(module.path, top, 0).kind !== "external") return false;
  if ([...project.paths].some((one) => one.startsWith(`${top}/`) || one.includes(`/${top}/`)))
    return false;
  // What is installed from elsewhere shows in some list of dotted paths.
  const lists = [...module.scope.names.keys()].flatMap((name) => {
    const one = settingOf(name, module);
    const isOfTexts =
      one?.kind === "sequence" &&
      one.contents.content.items.some((item) => asString(item) !== undefined);
    return isOfTexts ? [one] : [];
  });
  const used = lists.flatMap((list) => list.contents.content.items.map(asString));
  return (
    lists.length > 0 &&
    !used.includes(undefined) &&
    !lists.some((list) => list.contents.content.open) &&
    !used.some((one) => one === top || one?.startsWith(`${top}.`))
  );
}

/** True when a function surely gives one value, with arguments of which nothing is known. */
function returnsAlways(
  value: Value | undefined,
  wanted: string | number | boolean | null,
  { interpreter }: SettingsModule,
): boolean {
  if (value?.kind !== "function") return false;
  const given = { positional: [UNKNOWN, UNKNOWN], keywords: new Map(), open: true };
  const site = value.site ?? { file: value.file, node: value.node };
  let result: Value | undefined;
  interpreter.heap.branch(() => {
    result = interpreter.call(value, given, site);
  });
  return result !== undefined && passes({ in: [wanted] }, result) === true;
}

/** True when a dotted path leads to a function of the tree that cannot be called with the arguments. */
function refuses(
  value: Value | undefined,
  given: NonNullable<SettingTest["not-callable-with"]>,
  module: SettingsModule,
  project: Project,
): boolean {
  const path = asString(value);
  const target =
    path === undefined ? undefined : unwrapped(leadsTo(path, module.interpreter, module, project));
  if (target?.kind !== "function") return false;
  const { args } = target.node;
  const names = [...args.posonlyargs, ...args.args].map((one) => one.arg);
  const byPosition = new Set(names.slice(0, given.positional));
  const positionOnly = new Set(args.posonlyargs.map((one) => one.arg));
  const byKeyword = new Set([...names, ...args.kwonlyargs.map((one) => one.arg)]);
  const takesKeyword = (name: string) =>
    byKeyword.has(name) && !positionOnly.has(name) ? !byPosition.has(name) : Boolean(args.kwarg);
  const isFilled = (name: string) =>
    byPosition.has(name) || given.keywords.includes(name) || target.defaults.has(name);
  return (
    (given.positional > names.length && !args.vararg) ||
    !given.keywords.every(takesKeyword) ||
    ![...byKeyword].every(isFilled)
  );
}

/** True where the text of a class or function of the tree reads an attribute such as `request.body`, but for its length. */
function readsAny(
  value: Value | undefined,
  wanted: readonly string[],
  module: SettingsModule,
  project: Project,
): boolean {
  const path = asString(value);
  const target = path === undefined ? value : leadsTo(path, module.lookUp, module, project);
  if (target?.kind !== "class" && target?.kind !== "function") return false;
  const measured = new Set<unknown>();
  for (const node of walk(target.node)) {
    if (isKind(node, "Call") && isKind(node.func, "Name") && node.func.id === "len")
      for (const given of node.args) measured.add(given);
    if (!isKind(node, "Attribute") || measured.has(node)) continue;
    const name = dottedName(node);
    if (wanted.some((one) => name === one || name?.endsWith(`.${one}`))) return true;
  }
  return false;
}

function overlapsAny(
  value: Value | undefined,
  settings: readonly string[],
  module: SettingsModule,
): boolean {
  const own = value && placeOf(value);
  if (own === undefined) return false;
  const others = settings.flatMap((name) => pathsIn(settingOf(name, module)));
  const isIn = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  return others.some((other) => isIn(own, other) || isIn(other, own));
}

/** The paths that a setting names: one, or several of which some stand beside a prefix. */
function pathsIn(value: Value | undefined, depth = 0): string[] {
  if (value === undefined || depth > 2) return [];
  if (value.kind === "sequence")
    return value.contents.content.items.flatMap((item) => pathsIn(item, depth + 1));
  const path = placeOf(value);
  return path === undefined ? [] : [path];
}

/** The function whose parameters Python sees: what `functools.wraps` names stands for what it decorates. */
function unwrapped(value: Value | undefined): Value | undefined {
  let inner = value;
  for (let depth = 0; depth < 5 && inner?.kind === "function"; depth++) {
    const wraps = inner.decorators.find(
      (one) => one.kind === "symbol" && one.name === "functools.wraps()",
    );
    const named = wraps?.kind === "symbol" ? wraps.call?.positional[0] : undefined;
    if (named?.kind !== "function") break;
    inner = named;
  }
  return inner;
}

/** Where a value stands in the code; undefined for what nothing in the code made. */
export function siteOf({ value, around }: Place): Site | undefined {
  return value?.site ?? around?.site;
}
