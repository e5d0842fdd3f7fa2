/**
 * What a finding says of a setting: the value that counts, in which deployed module and through which others it got there, under
 * which condition, and what that owes to a variable that is not set. Rules put the parts into their messages.
 */
import {
  alternativesOf,
  asString,
  bindingIn,
  type EnvironmentRead,
  isKind,
  type Value,
  walk,
  wayTo,
  writeOut,
} from "../python/index.ts";
import type { PlaceCondition } from "./setting-conditions.ts";
import { absentIn, type SettingMatch } from "./setting-match.ts";
import { defaultOf, isFallback, mayBeElse, type Place } from "./setting-test.ts";
import { changedBy, thatMatter, type Unmet } from "./setting-unmet.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { culprit, passes, uncompiled } from "./value-test.ts";
import {
  causeOf,
  code,
  environmentOf,
  listed,
  membersOf,
  owedTo,
  readsOf,
  shown,
  stateOfValue,
} from "./value-words.ts";

/** What is known of a flaw that is to be told. */
export interface Flaw {
  readonly match: SettingMatch;
  readonly place: Place;
  /** The settings module that has it. */
  readonly module: SettingsModule;
  /** The file in which the finding stands, and those that hand the setting on from there to the module. */
  readonly path: string;
  readonly through: readonly string[];
  /** What has to hold for the finding's place to count, the innermost first. */
  readonly conditions: readonly PlaceCondition[];
  /** What would have put it right, had a variable been set. */
  readonly unmet: Unmet | undefined;
}

/**
 * Fills a message: `setting` with its keys, `state` to follow it (`is True while the environment variable DEBUG is unset`), `where` and
 * `why` for the end of that alone, `beside` for what the other settings of the rule owe to a variable, `reason` for which of several
 * tests hold, and the `member` of a list that is meant, or what stands `ahead` of it.
 */
export function wordsOf(flaw: Flaw): Readonly<Record<string, string>> {
  const { match, place } = flaw;
  const { setting, keys, value } = place;
  // What brought a member into a list says why it is there; what the list itself owes to a variable says nothing of it.
  const own = ownMember(flaw);
  const owed = own === undefined ? value && environmentOf(value) : own.environment;
  const read = owed
    ? thatMatter(owed, match, setting, flaw.module)
    : (flaw.unmet?.environment ?? flaw.module.interpreter.chosen.get(flaw.path));
  const where = whereOf(flaw);
  const said = value?.heldIn === undefined ? "" : `, as ${code(value.heldIn.path)} says`;
  const doubt = mayBeElse(setting, flaw.module)
    ? ", unless what is loaded after it says otherwise"
    : "";
  const why = where + causeOf(own ?? value, flaw.conditions, read, false) + said + doubt;
  const tests = match["any-of"] ?? [];
  const surely = tests.filter((test) => passes(test, value) === true);
  const reasons = (surely.length > 0 ? surely : tests).flatMap(({ means }) => means ?? []);
  return {
    setting: [setting, ...keys].join("."),
    state: stateOf(flaw, read, why),
    where,
    why,
    beside: owedTo(besides(flaw), false),
    reason: listed(reasons, surely.length > 0 ? "and" : "or"),
    ...(match.secret ? {} : wordsOfMembers(match, value)),
  };
}

/**
 * The member of a list because of which that passes, where it tells by itself why it is there: a variable says it, or a statement of
 * its own puts it into the list, `HOSTS.append("*")`.
 */
function ownMember({ match, place: { value, setting } }: Flaw): Value | undefined {
  const member = value && culprit(match, value);
  if (member?.environment !== undefined) return member;
  const { site } = member ?? {};
  if (member === undefined || site === undefined || value?.environment === undefined)
    return undefined;
  const { node: read } = value.environment.site;
  const adding = wayTo(site.node, site.file.body).findLast((one) => changedBy(one) !== undefined);
  if (adding === undefined || changedBy(adding) !== setting) return undefined;
  const parts = [...walk(adding)];
  // What is set anew has nothing of what was there before.
  const isAnew =
    isKind(adding, "Assign") &&
    !parts.some((one) => isKind(one, "Name") && one.id === setting && one.ctx.nodeType === "Load");
  return isAnew || parts.includes(read) || !isKind(site.node, "Constant") ? undefined : member;
}

/** The variables that the other settings which a rule asks for are read from, and that are not set. */
function besides({ match, place, module }: Flaw): EnvironmentRead | undefined {
  const names = match.and.flatMap(({ setting }) => setting).filter((one) => one !== place.setting);
  return readsOf(names.flatMap((name) => bindingIn(module.scope, name)?.value ?? []));
}

/** `in production.py by way of common.py`, with a blank before it; empty where the setting was set in the module itself. */
function whereOf({ match, module, path, through }: Flaw): string {
  if (path === module.path) return "";
  const between = through.length > 0 ? ` by way of ${listed(through.map(code), "and")}` : "";
  return ` ${match.secret ? "for" : "in"} ${code(module.path)}${between}`;
}

/** The member of a list because of which it passes, and those before it that should not be. */
function wordsOfMembers(match: SettingMatch, value: Value | undefined): Record<string, string> {
  const [list] = value === undefined ? [] : alternativesOf(value);
  const order = match["out-of-order"];
  const items = list?.kind === "sequence" ? list.contents.content.items.map(asString) : [];
  const before = order === undefined ? [] : items.slice(0, items.indexOf(order[0]));
  const ahead = shown(before.flatMap((one) => (one && order?.includes(one) ? one : [])));
  // Of a rule that asks each member alone, the value is the member.
  const own = match.at !== undefined && list !== undefined ? uncompiled(list) : undefined;
  const written = own?.kind === "constant" ? (asString(own) ?? writeOut(own)) : undefined;
  const single = written === undefined ? undefined : shown([written]);
  return {
    member: membersOf(match, value) ?? single ?? "a member",
    ahead: ahead ?? "others",
  };
}

/** In words, to follow the setting's name: `is True`, `is not set`, `is True while the environment variable DEBUG is unset`. */
function stateOf(flaw: Flaw, read: EnvironmentRead | undefined, why: string): string {
  const { match, module } = flaw;
  const { value } = flaw.place;
  if (value === undefined) {
    const standard = defaultOf(match, module);
    const written = standard && (asString(standard) ?? writeOut(standard));
    return written === undefined || written === ""
      ? `is not set${why}`
      : `is not set${why}, which means \`${written}\``;
  }
  const lacks = absentIn(match);
  if (lacks !== undefined) return `does not list \`${lacks}\`${why}`;
  if (match.secret)
    return `is written in ${value.heldIn === undefined ? "the code" : code(value.heldIn.path)}${whereOf(flaw)}${causeOf(value, flaw.conditions, read, isFallback(value))}`;
  return stateOfValue(match, value, why);
}
