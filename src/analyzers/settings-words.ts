/**
 * What a finding says of a setting: the value that counts, in which deployed module and through which others it got there, under
 * which condition, and what that owes to a variable that is not set. Rules put the parts into their messages.
 */
import {
  alternativesOf,
  asString,
  Bytes,
  bindingIn,
  type EnvironmentRead,
  truth,
  type Value,
  writeOut,
} from "../python/index.ts";
import type { PlaceCondition } from "./setting-conditions.ts";
import { absentIn, type SettingMatch } from "./setting-match.ts";
import { defaultOf, isFallback, mayBeElse, type Place } from "./setting-test.ts";
import { thatMatter, type Unmet } from "./setting-unmet.ts";
import type { SettingsModule } from "./settings-modules.ts";
import { culprit, numberOf, passes, uncompiled } from "./value-test.ts";

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
  const owed = value && environmentOf(value);
  const read = owed
    ? thatMatter(owed, match, setting, flaw.module)
    : (flaw.unmet?.environment ?? flaw.module.interpreter.chosen.get(flaw.path));
  const where = whereOf(flaw);
  const said = value?.heldIn === undefined ? "" : `, as ${code(value.heldIn.path)} says`;
  const doubt = mayBeElse(setting, flaw.module)
    ? ", unless what is loaded after it says otherwise"
    : "";
  const why = where + causeOf(flaw, read, false) + said + doubt;
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
    ...(match.secret ? {} : membersOf(match, value)),
  };
}

/** The variables that the other settings which a rule asks for are read from, and that are not set. */
function besides({ match, place, module }: Flaw): EnvironmentRead | undefined {
  const names = match.and.flatMap(({ setting }) => setting).filter((one) => one !== place.setting);
  const reads = names.flatMap((name) => {
    const value = bindingIn(module.scope, name)?.value;
    return (value && environmentOf(value)) ?? [];
  });
  const [first, ...others] = reads;
  if (first === undefined) return undefined;
  const also = new Set(others.map(({ name }) => name).filter((name) => name !== first.name));
  return also.size === 0 ? first : { ...first, also: [...also] };
}

/** What a value owes to a variable; where it is one of several, what all of them do. */
function environmentOf(value: Value): EnvironmentRead | undefined {
  const [first, ...others] = alternativesOf(value).map((one) => one.environment);
  const isShared = others.every((one) => one?.name === first?.name);
  return value.environment ?? (isShared ? first : undefined);
}

/** How Python writes a value, or each of several that it may be; undefined where it has no short form. */
function writeAny(value: Value): string | undefined {
  const texts = alternativesOf(value).map((one) => {
    const text = asString(one);
    return text === undefined ? (writeOut(one) ?? writeEmpty(one)) : JSON.stringify(text);
  });
  const known = texts.flatMap((one) => one ?? []);
  return known.length === texts.length ? listed([...new Set(known)].map(code), "or") : undefined;
}

/** How Python writes a list or dict that surely holds nothing; undefined for any other value. */
function writeEmpty(value: Value): string | undefined {
  if (value.kind !== "sequence" && value.kind !== "dict") return undefined;
  if (value.contents.content.open || truth(value) !== false) return undefined;
  return value.kind === "dict" ? "{}" : { list: "[]", tuple: "()", set: "set()" }[value.type];
}

/** `in production.py by way of common.py`, with a blank before it; empty where the setting was set in the module itself. */
function whereOf({ match, module, path, through }: Flaw): string {
  if (path === module.path) return "";
  const between = through.length > 0 ? ` by way of ${listed(through.map(code), "and")}` : "";
  return ` ${match.secret ? "for" : "in"} ${code(module.path)}${between}`;
}

/** `while the environment variable X is unset`, with a blank before it; empty where nothing decides that the value counts. */
function causeOf(
  { place: { value }, conditions }: Flaw,
  read: EnvironmentRead | undefined,
  isDefault: boolean,
): string {
  // Where several ways lead to the flaw, none of their conditions is the reason.
  const isOneOfSeveral = value?.environment !== undefined || value?.kind === "union";
  const condition = isOneOfSeveral
    ? undefined
    : (conditions.find((one) => one.environment !== undefined) ?? conditions[0]);
  if (condition === undefined || (read !== undefined && condition.environment === undefined))
    return owedTo(read, isDefault);
  return ` under ${condition.text}${owedTo(condition.environment, false)}`;
}

/** In words, what a value owes to a variable. `isDefault` where the value stands in the code for when it is unset. */
function owedTo(read: EnvironmentRead | undefined, isDefault: boolean): string {
  if (read === undefined) return "";
  const { name, also, setIn, file } = read;
  if (setIn !== undefined) return `, as \`${setIn}\` sets the environment variable \`${name}\``;
  if (file) return ` ${isDefault ? "for when" : "while"} the file \`${name}\` is missing`;
  if (also !== undefined)
    return ` ${isDefault ? "for when" : "while"} the environment variables ${listed([...also, name].map(code), "and")} are unset`;
  return isDefault
    ? ` as the default of the environment variable \`${name}\``
    : ` while the environment variable \`${name}\` is unset`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[], last: string): string {
  const head = words.slice(0, -1).join(", ");
  return [head, words.at(-1) ?? ""].filter(Boolean).join(` ${last} `);
}

/** A text as long as this is not read in the middle of a sentence. */
const MAX_SHOWN = 100;

/** The member of a list because of which it passes, and those before it that should not be. */
function membersOf(match: SettingMatch, value: Value | undefined): Record<string, string> {
  const [list] = value === undefined ? [] : alternativesOf(value);
  const order = match["out-of-order"];
  const items = list?.kind === "sequence" ? list.contents.content.items.map(asString) : [];
  const before = order === undefined ? [] : items.slice(0, items.indexOf(order[0]));
  const ahead = before.flatMap((one) => (one && order?.includes(one) ? (shown(one) ?? []) : []));
  return {
    member: memberOf(match, value) ?? "a member",
    ahead: ahead.length > 0 ? listed(ahead, "and") : "others",
  };
}

/** As it is written; undefined where it is not known, or too long to be read. */
function memberOf(match: SettingMatch, value: Value | undefined): string | undefined {
  const [list] = value === undefined ? [] : alternativesOf(value);
  // Of a rule that asks each member alone, the value is the member.
  const own = match.at !== undefined && list !== undefined ? uncompiled(list) : undefined;
  const member = list && (culprit(match, list) ?? (own?.kind === "constant" ? own : undefined));
  return shown(member && (asString(member) ?? writeOut(member)));
}

function shown(text: string | undefined): string | undefined {
  return text === undefined || text.length > MAX_SHOWN || text.includes("`")
    ? undefined
    : code(text);
}

/** Longer values are not written out. */
const MAX_WRITTEN = 62;

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
  if (match.contains !== undefined)
    return `lists ${memberOf(match, value) ?? listed([match.contains].flat().map(String).map(code), "or")}${why}`;
  if (match.secret)
    return `is written in ${value.heldIn === undefined ? "the code" : code(value.heldIn.path)}${whereOf(flaw)}${causeOf(flaw, read, isFallback(value))}`;
  const written = writeAny(value);
  if (written !== undefined && written.length <= MAX_WRITTEN) return `is ${written}${why}`;
  const seconds = value.kind === "symbol" ? numberOf(value) : undefined;
  if (seconds !== undefined) return `is ${writeDuration(seconds)}${why}`;
  return value.kind === "constant" && value.value instanceof Bytes
    ? `is a fixed text${why}`
    : `${match.state ?? "has an unsafe value"}${why}`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

function writeDuration(seconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => seconds % one === 0) ?? ["second", 1];
  const number = seconds / size;
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
