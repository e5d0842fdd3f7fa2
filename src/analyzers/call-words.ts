/**
 * What a finding says of a call that sets something, as `app.config["X"] = …` and `add_middleware(…, allow_origins=…)` do: the value that
 * counts, where it stands if that is elsewhere, by way of which modules it came, and what it owes to a variable that is not set. Rules
 * put the parts into their messages, as those about settings modules do.
 */
import type { Step } from "../core/finding.ts";
import {
  alternativesOf,
  asString,
  type CallObservation,
  isKind,
  type Value,
} from "../python/index.ts";
import type { FileUnit } from "./analyzer.ts";
import { type ArgumentTest, passesArgument } from "./argument-test.ts";
import { conditionsIn, valueIn } from "./by-default.ts";
import { modulesPassed, writtenAt } from "./modules-passed.ts";
import { argumentAt, testedAt } from "./observed-call.ts";
import { placeInData } from "./settings-data.ts";
import { culprit, numberOf, uncompiled } from "./value-test.ts";
import {
  causeOf,
  code,
  environmentOf,
  listed,
  owedTo,
  readsOf,
  stateOfValue,
} from "./value-words.ts";

/** The words of a message about a call, and where the value stands that they speak of. */
export interface CallWords {
  readonly values: Readonly<Record<string, string>>;
  readonly related: readonly Step[];
}

/** True for a message that says what a call sets. */
export function saysWhatIsSet(message: string): boolean {
  return /\{(?:setting|state|why|beside)\}/.test(message);
}

/** What is said of a call that passes some tests, of which the first that asks a value is what the message is about. */
export function wordsOfCall(
  tests: readonly ArgumentTest[],
  call: CallObservation,
  unit: FileUnit,
): CallWords {
  const all = tests.flatMap((test) => toldBy(test, call, unit));
  const isGiven = ({ value }: Told) => value !== undefined;
  const [told, ...others] = [...all.filter(isGiven), ...all.filter((one) => !isGiven(one))];
  if (told === undefined) return { values: {}, related: [] };
  const { name, test, value } = told;
  const member = memberThatCounts(told);
  const read = value && (environmentOf(value) ?? (member && environmentOf(member)));
  const why =
    causeOf(value, conditionsIn(call.site, unit), read, false) +
    saidIn(told, call, unit) +
    (told.isDefault ? ", unless a caller says otherwise" : "");
  const more = others.flatMap((one) => one.value ?? []);
  const owed = readsOf(more);
  return {
    values: {
      setting: name,
      state: value === undefined ? `is not given${why}` : stateOfValue(test, value, why),
      why,
      beside: owed?.name === read?.name ? "" : owedTo(owed, false),
    },
    related: [told, ...others].flatMap((one) => standsAt(one, call, unit)),
  };
}

/** What a call sets, under which name, and what is asked of it. */
interface Told {
  readonly name: string;
  readonly test: ArgumentTest;
  readonly value: Value | undefined;
  /** True for what a parameter is that no caller gives. */
  readonly isDefault: boolean;
}

function toldBy(test: ArgumentTest, call: CallObservation, unit: FileUnit): readonly Told[] {
  const found = testedAt(call, test);
  if (found === "absent" || !asksValue(test)) return [];
  const fallback = found?.kind === "unknown" ? found.parameter?.fallback : undefined;
  // What is set under a key, or as an attribute: the key is no value of its own.
  const places = [test.argument].flat();
  if (places.every((one) => one === 0)) return [];
  const key = argumentAt(call, 0);
  const named = places.find((one) => typeof one === "string");
  const name = named ?? (places.includes(1) && key ? asString(key) : undefined);
  if (name === undefined) return [];
  const value = fallback ?? (found && (atLength(found, test, name, call, unit) ?? found));
  const isPlain = value === undefined || alternativesOf(value).every(isTold);
  return isPlain ? [{ name, test, value, isDefault: fallback !== undefined }] : [];
}

/** The same value as it is found by running what the file imports, which tells of variables that classes of settings read. */
function atLength(
  { kind }: Value,
  test: ArgumentTest,
  name: string,
  { site }: CallObservation,
  unit: FileUnit,
): Value | undefined {
  const written = writtenAt(site, name);
  if (test.of !== undefined || written === undefined || isKind(written, "Constant"))
    return undefined;
  const value = valueIn(written, site, unit);
  return value?.kind === kind && passesArgument(test, value) === true ? value : undefined;
}

/** True for a test of which one may say that the value is such. */
function asksValue(test: ArgumentTest): boolean {
  const { is, unless, form: _form, argument: _argument, of: _of, unseen: _unseen, ...asked } = test;
  if (is === "missing") return true;
  return unless === undefined && asked["not-in"] === undefined && Object.keys(asked).length > 0;
}

/** A class or an application that is handed over says what is set up, not how. */
function isTold(value: Value): boolean {
  return value.kind === "symbol"
    ? numberOf(value) !== undefined || uncompiled(value) !== value
    : value.kind !== "class" && value.kind !== "function";
}

/** `, as app/conf.py says by way of app/core.py`; empty where the value stands in the file of the call. */
function saidIn(told: Told, call: CallObservation, unit: FileUnit): string {
  const { name, isDefault } = told;
  const place = isDefault ? undefined : placeOfValue(told);
  if (place === undefined || place.path === call.site.file.path) return "";
  const passed = modulesPassed(
    writtenAt(call.site, name),
    call.site.file,
    place.path,
    unit.project,
  );
  const between = passed.length > 0 ? ` by way of ${listed(passed.map(code), "and")}` : "";
  return `, as ${code(place.path)} says${between}`;
}

function memberThatCounts({ test, value }: Told): Value | undefined {
  const [first] = value === undefined ? [] : alternativesOf(value);
  return first && culprit(test, first);
}

/** Where the value stands, or of a list the member that counts: the list may be made anew on the way. */
function placeOfValue(told: Told) {
  const { value } = told;
  const all = value === undefined ? [] : alternativesOf(value);
  const member = memberThatCounts(told);
  const read = member && (member.environment ?? value?.environment);
  // Of a list that is made anew, the field of a class of settings says what is in it.
  if (read !== undefined && !isKind(read.site.node, "Call"))
    return { path: read.site.file.path, site: read.site };
  const one = [member, ...all].find((part) => part?.site ?? part?.heldIn);
  if (one?.heldIn !== undefined) return { path: one.heldIn.path };
  return one?.site && { path: one.site.file.path, site: one.site };
}

function standsAt(told: Told, { site }: CallObservation, { project }: FileUnit): Step[] {
  const held = told.value && alternativesOf(told.value).find(({ heldIn }) => heldIn)?.heldIn;
  if (held !== undefined) return [placeInData(project, held)];
  const place = placeOfValue(told)?.site;
  if (place === undefined) return [];
  const { startLine } = place.file.region(place.node);
  const around = site.file.region(site.node);
  const isHere =
    place.file === site.file && startLine >= around.startLine && startLine <= around.endLine;
  return isHere
    ? []
    : [{ ...place.file.location(place.node), message: "is where the value stands" }];
}
