/** Whether a check that data has passed makes it harmless for one kind of harm. */
import type { Guard } from "../../core/models.ts";
import { nameMatches } from "../../core/name-pattern.ts";
import {
  alternativesOf,
  asString,
  type Check,
  JOINED,
  partsOf,
  possibleItems,
  type Value,
} from "../../python/index.ts";
import { fixesHost } from "./address.ts";
import { regexOf } from "./matched.ts";
import { isKeptOut, type Place } from "./place.ts";
import { allowsOnlyHarmless, beginsWithDomain, keepsToDomain, staysOnSiteBy } from "./regex.ts";

/** What is done to a text without making it another one: what is known of the result is known of the text. */
const TRANSPARENT =
  /^(?:builtins\.str\(\)|pathlib\.Path\(\)|.*\.(?:strip|lstrip|rstrip|lower|upper|casefold|title|capitalize|encode|decode|get|as_posix)\(\))$/;
/** True for what is done to a text without making it another one. */
export function isTransparent(name: string): boolean {
  return TRANSPARENT.test(name);
}

/** Harms that an address does by whom it leads to: most of its parts do not say that. */
export const ADDRESS_HARMS = new Set(["redirect", "ssrf"]);
/** Harms that an address does not do once it is known to begin with a host of the program's choice. */
const BEGUN = new Set([...ADDRESS_HARMS, "ssrf-path"]);
const NUMBERS =
  /^(?:builtins\.(?:int|float|bool|complex)|decimal\.Decimal|uuid\.UUID|datetime\.\w+|fractions\.Fraction)$/;
const TEXTS = /^builtins\.(?:str|bytes)$/;

/** What the checks are judged by. */
export interface Judge {
  readonly harm: string;
  readonly guards: readonly Guard[];
  /** Where the value stands in the text that reaches the sink, if that is known. */
  readonly place: Place | undefined;
  /** True where only objects and lists do harm: no text does. */
  readonly structureOnly: boolean;
  /** True for a value that an attacker may choose. */
  isTainted(value: Value): boolean;
  /** True for a value that whoever runs the program chose. */
  isOurs(value: Value): boolean;
}

/** True when the checks together say that a value cannot do the harm. */
export function isGuarded(value: Value, judge: Judge): boolean {
  const { checks = [] } = value;
  return (
    checks.some((check) => guards(check, value, judge)) ||
    (judge.harm === "code" && isQuotedLiteral(checks)) ||
    (ADDRESS_HARMS.has(judge.harm) && staysHere(checks))
  );
}

function guards(check: Check, value: Value, judge: Judge): boolean {
  // Whoever sends the data chooses what stands under a key in it, too.
  if (check.keyOf !== undefined && judge.isTainted(check.keyOf)) return false;
  switch (check.kind) {
    case "compare":
      return compares(check, value, judge);
    case "call":
      return calls(check, value, judge);
    case "characters":
      return isInWhole(check) && isMadeOfHarmless(check.among, judge);
    case "either":
      return check.of.every((checks) => isGuarded({ ...value, checks }, judge));
    default: {
      const never: never = check;
      return never;
    }
  }
}

/** True where no text does the harm of which every character, or part, is in a text or a list. */
function isMadeOfHarmless(among: Value, judge: Judge): boolean {
  if (among.kind === "constant") return areHarmless(asString(among) ?? "", judge);
  const members = among.kind === "sequence" ? among.contents.content : undefined;
  const texts = members?.items.map(asString) ?? [];
  const isSpelled = members?.open === false && texts.every((one) => one?.length === 1);
  // Of words that the program chose, whatever is joined is its own.
  return isSpelled ? areHarmless(texts.join(""), judge) : !judge.isTainted(among);
}

/** True where no text of these characters alone does the harm. */
function areHarmless(characters: string, { harm, guards: all }: Judge): boolean {
  if (/^[\w .@-]*$/.test(characters)) return true;
  // Without letters nothing has a name, and without quotes nothing is a text.
  if (harm === "code") return !/[\p{L}_"'`]/u.test(characters);
  const lacks = (text: string) => [...text].some((char) => !characters.includes(char));
  return all.some(({ rejects }) => rejects.length > 0 && rejects.every(lacks));
}

function compares(check: Check & { kind: "compare" }, value: Value, judge: Judge): boolean {
  const { op, other, side, holds } = check;
  const isMember = (op === "In" && holds) || (op === "NotIn" && !holds);
  const isEqual =
    ((op === "Eq" || op === "Is") && holds) || ((op === "NotEq" || op === "IsNot") && !holds);
  if (isEqual || (isMember && side === "left")) {
    if (other.kind === "constant" && other.value === null) return false;
    if (judge.isTainted(other)) return false;
    return (
      isInWhole(check) ||
      judge.guards.some(
        (guard) =>
          guard.call === undefined &&
          (guard.given === undefined || guard.given === asString(other)) &&
          guard.rejects.length === 0 &&
          guard.excludes.length === 0 &&
          wentThrough(guard, check, value),
      )
    );
  }
  if (side === "left" && isDirect(check) && differs(check, judge.guards)) return true;
  // `ROOT in path.parents`
  if (isMember && side === "right" && !judge.isTainted(other))
    return judge.guards.some(
      (guard) =>
        guard.call === undefined && guard.through.length > 0 && wentThrough(guard, check, value),
    );
  // `"x" in data` came out false: what it rejects is not in there.
  const isRejected = (op === "In" && !holds) || (op === "NotIn" && holds);
  if (!isRejected || side !== "right") return false;
  const rejected = asString(other);
  return (
    rejected !== undefined &&
    judge.guards.some(
      (guard) =>
        guard.rejects.includes(rejected) &&
        isKeptOut(guard.where, rejected, judge.place) &&
        (guard.through.length === 0 ? isInWhole(check) : wentThrough(guard, check, value)),
    )
  );
}

/** True where data turned out to be none of the texts that do the harm: `data == "x"`, `data in ("x", "y")`. */
function differs(
  { op, other, holds }: Check & { kind: "compare" },
  guards: readonly Guard[],
): boolean {
  const isUnequal = (op === "Eq" && !holds) || (op === "NotEq" && holds);
  const isNoMember = (op === "In" && !holds) || (op === "NotIn" && holds);
  if (!isUnequal && !isNoMember) return false;
  const others =
    isNoMember && other.kind === "sequence"
      ? other.contents.content.items
      : isUnequal
        ? [other]
        : [];
  return others.some((one) =>
    guards.some((guard) => guard.excludes.includes(asString(one)?.toLowerCase() ?? "")),
  );
}

/** A text of the program's own, with a letter for what is not known of it; undefined for what holds data. */
function wordingOf(value: Value, judge: Judge): string | undefined {
  if (value.kind !== "text") return asString(value);
  const parts = partsOf(value);
  return parts.some((part) => typeof part !== "string" && judge.isTainted(part))
    ? undefined
    : parts.map((part) => (typeof part === "string" ? part : "x")).join("");
}

function calls(check: Check & { kind: "call" }, value: Value, judge: Judge): boolean {
  const { call, place, given, holds } = check;
  if (call === "builtins.isinstance" && place === 0 && holds === true && isDirect(check))
    return alternativesOf(given.positional[1] ?? value)
      .flatMap((type) => (type.kind === "sequence" ? type.contents.content.items : [type]))
      .every(
        (type) =>
          type.kind === "symbol" &&
          (NUMBERS.test(type.name) || (judge.structureOnly && TEXTS.test(type.name))),
      );
  if (/\.startswith$/.test(call) && place === "receiver" && holds === true && isDirect(check)) {
    const [first] = given.positional;
    const starts = first?.kind === "sequence" ? first.contents.content.items : [first];
    const fixes = (one: Value | undefined) => {
      if (one !== undefined && isChosenByUs(membersGiven(one), judge)) return true;
      const start = one && wordingOf(one, judge);
      return start !== undefined && /:\/\//.test(start) && fixesHost(start);
    };
    if (BEGUN.has(judge.harm) && starts.every(fixes)) return true;
  }
  return judge.guards.some(
    (guard) =>
      guard.call !== undefined &&
      guard.when === holds &&
      nameMatches(guard.call, call) &&
      guard.subject === place &&
      wentThrough(guard, check, value) &&
      (guard.given === undefined || asString(given.positional[0]) === guard.given) &&
      (guard.beginning === undefined || beginsWith(given.positional[0], guard.beginning)) &&
      (guard["beginning-unlike"] === undefined ||
        beginsUnlike(given.positional[0], guard["beginning-unlike"])) &&
      (guard.pattern === undefined || hasSafePattern(guard, check, judge)),
  );
}

/** True where each text that a value may be, or holds, begins so; what is not known may. */
function beginsWith(value: Value | undefined, start: string): boolean {
  return textsIn(value).every((one) => asString(one)?.startsWith(start) ?? true);
}

/** True where each text that a value may be, or holds, is known and begins with another one. */
function beginsUnlike(value: Value | undefined, start: string): boolean {
  const texts = textsIn(value).map((one) => asString(one) ?? "");
  return texts.length > 0 && texts.every((one) => one !== "" && !one.startsWith(start));
}

function textsIn(value: Value | undefined): readonly Value[] {
  return (value === undefined ? [] : alternativesOf(value)).flatMap((one) =>
    one.kind === "sequence" ? possibleItems(one) : [one],
  );
}

/** True for what the configuration says, which no request does by the same name: what may pass is for whoever runs the program to say. */
function isChosenByUs(value: Value, { isOurs, isTainted }: Judge): boolean {
  return isOurs(value) && !isTainted(value);
}

/** The list that a tuple was made of, as `startswith` wants one. */
function membersGiven(value: Value): Value {
  const isTuple = value.kind === "symbol" && value.name === "builtins.tuple()";
  return (isTuple ? value.call?.positional[0] : undefined) ?? value;
}

function hasSafePattern(guard: Guard, check: Check & { kind: "call" }, judge: Judge): boolean {
  const { harm, place } = judge;
  const { pattern, matches } = guard;
  if (pattern === undefined) return true;
  const value =
    pattern === "receiver"
      ? check.receiver
      : typeof pattern === "number"
        ? check.given.positional[pattern]
        : check.given.keywords.get(pattern);
  const regex = value && regexOf(value);
  const text = asString(regex);
  if (text === undefined)
    return regex !== undefined && matches !== "none" && isChosenByUs(regex, judge);
  if (guard.host === true) return matches !== "none" && keepsToDomain(text, matches);
  const isWhole = check.through.length === 0 && matches !== "none";
  if (ADDRESS_HARMS.has(harm) && isWhole && staysOnSiteBy(text, matches)) return true;
  if (BEGUN.has(harm) && isWhole && beginsWithDomain(text, matches)) return true;
  // Without dots a path below a folder leads nowhere else.
  const isBelow = harm === "path" && !text.includes(".") && isKeptOut("below", "..", place);
  return allowsOnlyHarmless(text, matches, harm, isBelow ? "/" : "");
}

/** True when what was tested is the value itself. */
function isDirect(check: Check): boolean {
  return check.through.every((name) => TRANSPARENT.test(name));
}

/** True when what was tested is the value itself, or a text that it is a part of: what that lacks, the value lacks. */
function isInWhole(check: Check): boolean {
  return check.through.every((name) => name === JOINED || TRANSPARENT.test(name));
}

function wentThrough(guard: Guard, check: Check, value: Value): boolean {
  // A regex says which characters there are, in a part of the text as in all of it.
  if (guard.through.length === 0)
    return guard.pattern === undefined ? isDirect(check) : isInWhole(check);
  // The value may itself be what came out of the last step.
  const names = value.kind === "symbol" ? [...check.through, value.name] : check.through;
  return [guard.through, guard.and].every(
    (wanted) =>
      wanted.length === 0 ||
      names.some((name) => wanted.some((pattern) => nameMatches(pattern, name))),
  );
}

/** `'…'` with no quote in between is a text to Python, whatever it says. */
function isQuotedLiteral(checks: readonly Check[]): boolean {
  const starts = (method: string) =>
    checks.flatMap((check) =>
      check.kind === "call" &&
      check.call.endsWith(method) &&
      check.holds === true &&
      isDirect(check)
        ? [asString(check.given.positional[0])]
        : [],
    );
  const quotes = starts(".startswith").filter((quote) => starts(".endswith").includes(quote));
  return checks.some(
    (check) =>
      check.kind === "compare" &&
      check.side === "right" &&
      (check.op === "In") === !check.holds &&
      check.through.length > 0 &&
      quotes.includes(asString(check.other)),
  );
}

/** The address is a path of this site: it begins with one slash. */
function staysHere(checks: readonly Check[]): boolean {
  const start = (prefix: string, holds: boolean) =>
    checks.some((check) => {
      if (check.kind !== "call" || !check.call.endsWith(".startswith") || check.holds !== holds)
        return false;
      const [given] = check.given.positional;
      // What begins with none of several texts does not begin with one of them.
      const texts = !holds && given?.kind === "sequence" ? possibleItems(given) : [given];
      return texts.some((text) => asString(text) === prefix);
    });
  return start("/", true) && start("//", false);
}
