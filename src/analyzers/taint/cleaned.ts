/** Whether a call makes whatever it is given harmless for one kind of harm. */
import type { Sanitizer } from "../../core/models.ts";
import {
  type Arguments,
  asString,
  everyArgument,
  ROOT,
  type SymbolValue,
  takesOut,
  type Value,
} from "../../python/index.ts";
import { isConstant } from "../value-test.ts";
import { inputAt, regexIn } from "./matched.ts";
import { isKeptOut, type Place } from "./place.ts";
import type { Question } from "./question.ts";
import { allowsOnlyHarmless, matchesEach } from "./regex.ts";

/** True for the result of a call that makes whatever it is given harmless. */
export function isCleaned(
  value: SymbolValue,
  question: Question,
  place: Place | undefined = question.place,
): boolean {
  const { call, base } = value;
  if (call === undefined) return false;
  const called = value.name.slice(0, -2);
  const receiver = base?.kind === "symbol" ? base.base : undefined;
  // `*.make_module().*` means every method of what that gives.
  const anyMethod = called.replace(/\.[^.]*$/, ".*");
  const known = [...question.cleaners.find(called), ...question.cleaners.find(anyMethod)];
  return known.some((one) => one === undefined || cleans(one, call, receiver, question, place));
}

function cleans(
  sanitizer: Sanitizer,
  given: Arguments,
  receiver: Value | undefined,
  question: Question,
  place: Place | undefined,
): boolean {
  if (sanitizer.splits !== undefined) return false;
  if (sanitizer.constant === true && !everyArgument(given).every((one) => isFixed(one, question)))
    return false;
  for (const [keyword, text] of Object.entries(sanitizer.given)) {
    const value = given.keywords.get(keyword);
    const isAsAsked = text === true ? value && isConstant(value) : asString(value) === text;
    if (isAsAsked !== true) return false;
  }
  for (const [keyword, characters] of Object.entries(sanitizer.lacking)) {
    const text = asString(given.keywords.get(keyword));
    if (text === undefined || [...characters].some((one) => text.includes(one))) return false;
  }
  if (sanitizer.converter !== undefined) {
    const type = inputAt(given, undefined, sanitizer.converter);
    return type?.kind === "symbol" && question.cleaners.find(type.name).includes(undefined);
  }
  const { removes, doubles, trims } = sanitizer;
  if (sanitizer.table !== undefined) {
    const table = inputAt(given, undefined, sanitizer.table);
    return removes.some((one) => isKeptOut(sanitizer.where, one, place) && takesOut(one, table));
  }
  if (trims !== undefined && asString(given.positional[0])?.includes(trims) !== true) return false;
  if (removes.length > 0 || doubles.length > 0) {
    const [replaced, put] = given.positional.map(asString);
    if (replaced === undefined || put === undefined) return false;
    const isRemoved = removes.includes(replaced) && !removes.some((one) => put.includes(one));
    const isDoubled = doubles.includes(replaced) && put === replaced.repeat(2);
    return (isRemoved || isDoubled) && isKeptOut(sanitizer.where, replaced, place);
  }
  if (!isKeptOut(sanitizer.where, "", place)) return false;
  if (sanitizer.pattern === undefined) return true;
  const pattern = regexIn(inputAt(given, receiver, sanitizer.pattern));
  if (pattern === undefined) return false;
  const put = sanitizer.puts === undefined ? "" : asString(given.positional[sanitizer.puts]);
  return allowsOnlyHarmless(pattern, "none") || isRejectedOut(pattern, put, question, place);
}

/** True where a regex takes out of a text what a guard rejects, and no other text puts it there again. */
function isRejectedOut(
  pattern: string,
  put: string | undefined,
  { guards }: Question,
  place: Place | undefined,
): boolean {
  // What a group of the match held may be put back.
  if (put === undefined || put.includes("\\")) return false;
  const isOut = (one: string) => !put.includes(one) && matchesEach(pattern, one);
  return guards.some(({ call, through, rejects, where }) => {
    if (call !== undefined || through.length > 0 || rejects.length === 0) return false;
    return where === undefined
      ? rejects.every(isOut)
      : rejects.some((one) => isKeptOut(where, one, place) && isOut(one));
  });
}

/** How deep calls in what a program is given are looked into. */
const MAX_FIXED_DEPTH = 10;

/** True for a constant, and for what is made of nothing but constants and the place where the program lies. */
function isFixed(value: Value, question: Question, depth = 0): boolean {
  if (depth > MAX_FIXED_DEPTH) return false;
  const areFixed = (values: readonly Value[]) =>
    values.every((one) => isFixed(one, question, depth + 1));
  if (value.kind === "text")
    return areFixed(value.parts.filter((part) => typeof part !== "string"));
  if (value.kind !== "symbol") return isConstant(value);
  if (value.name === ROOT.name) return true;
  if (value.call === undefined) return value.base !== undefined && areFixed([value.base]);
  const [pure] = question.pure.find(value.name.slice(0, -2));
  if (pure === undefined) return false;
  const owner = pure === "method" && value.base?.kind === "symbol" ? value.base.base : undefined;
  return areFixed([...(owner ? [owner] : []), ...everyArgument(value.call)]);
}
