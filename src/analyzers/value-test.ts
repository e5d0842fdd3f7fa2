import * as z from "zod";
import { nameMatches } from "../core/name-pattern.ts";
import {
  alternativesOf,
  asString,
  Bytes,
  constant,
  isMissing,
  lengthOf,
  truth,
  type Value,
} from "../python/index.ts";
import { Series } from "./framework-version.ts";
import { namesRemoteHost } from "./remote-host.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A regular expression; `(?i)` at its beginning makes the case of letters no matter. */
const Pattern = z
  .string()
  .min(1)
  .refine((source) => isPattern(source), "must be a regular expression");

export const PlainTest = z.strictObject({
  /** `missing`: not given or not set. `constant`: a literal, or put together from literals. */
  is: z
    .enum(["missing", "given", "truthy", "falsy", "constant", "not-constant", "text", "not-a-dict"])
    .optional(),
  /** The value is one of these; a string also stands for the qualified name of a class or function. */
  in: z.array(Scalar).optional(),
  "not-in": z.array(Scalar).optional(),
  /** Unless the value is surely one of these; a call is named with `()`, and `*.` stands for whatever it is taken from. */
  unless: z.array(Scalar).optional(),
  /** A list, tuple, set, dict or text that holds one of these members, or none of them. */
  contains: z.union([Scalar, z.array(Scalar)]).optional(),
  lacks: z.union([z.string(), z.array(z.string())]).optional(),
  /** A text of fewer characters, of fewer different ones, or with this beginning. */
  "shorter-than": z.number().int().positive().optional(),
  "fewer-different-than": z.number().int().positive().optional(),
  "starts-with": z.string().optional(),
  /** A text in which the pattern is found, or not. */
  matches: Pattern.optional(),
  "matches-not": Pattern.optional(),
  /** A text that names a host, alone or in an address, to which others may listen on the way; or that names none. */
  "remote-host": z.boolean().optional(),
  /** A number below or above this one; durations count in seconds. */
  "less-than": z.number().optional(),
  "more-than": z.number().optional(),
  /** A number that has this bit, such as 2 in file modes that let everyone write. */
  "has-bit": z.number().int().positive().optional(),
});

/** What a rule may ask of a value. All that is named must hold. */
export const ValueTest = PlainTest.extend({
  /** A list with a member that passes. */
  some: PlainTest.optional(),
  /** A text of addresses between semicolons, or a list of them, of which one passes. */
  "some-address": PlainTest.optional(),
  /** A text of words between commas, or a list of them, of which one is none of these. */
  "words-not-in": z.array(z.string()).optional(),
  /** The same, of which the last is one of these. */
  "last-word-in": z.array(z.string()).optional(),
  /**
   * One of these tests must hold; of the members of a list, what `some` asks. `means` says in words what does then: `shorter than 50
   * characters`. Of settings each may be for some series of the framework alone.
   */
  "any-of": z
    .array(
      PlainTest.extend({
        means: z.string().min(1).optional(),
        some: PlainTest.optional(),
        from: Series.optional(),
        before: Series.optional(),
      }),
    )
    .optional(),
  /** A list whose first member passes. */
  first: PlainTest.optional(),
  /** A list in which the first of these stands behind one of the others. */
  "out-of-order": z.array(z.string()).min(2).optional(),
});
export type ValueTest = z.infer<typeof ValueTest>;

/** The member of a list because of which it passes; undefined where it is the list as a whole. */
export function culprit(test: ValueTest, value: Value): Value | undefined {
  return culprits(test, value)[0];
}

/** All such members, in order. */
export function culprits(test: ValueTest, value: Value): readonly Value[] {
  if (value.kind !== "sequence") return [];
  const { items } = value.contents.content;
  const { contains, first, "out-of-order": order, "words-not-in": words } = test;
  const some = test.some ?? test["some-address"] ?? test["any-of"]?.find((one) => one.some)?.some;
  if (contains !== undefined)
    return items.filter((item) => oneOf([contains].flat(), item) === true);
  if (some !== undefined) return items.filter((item) => passes(some, item) === true);
  if (first !== undefined) return items.slice(0, 1);
  if (words !== undefined) return items.filter((item) => !words.includes(asString(item) ?? ""));
  return order === undefined ? [] : items.filter((item) => asString(item) === order[0]).slice(0, 1);
}

/** Whether a value passes; undefined when it cannot be told. A value with alternatives passes when all of them do. */
export function passes(test: ValueTest, value: Value | undefined): boolean | undefined {
  if (value?.kind === "union") {
    const answers = new Set(alternativesOf(value).map((one) => passes(test, one)));
    return answers.size === 1 ? [...answers][0] : undefined;
  }
  if (value !== undefined && isMissing(value)) return undefined;
  const answers = [
    test.is === undefined ? true : passesIs(test.is, value),
    test.in === undefined ? true : oneOf(test.in, value),
    test["not-in"] === undefined ? true : negate(oneOf(test["not-in"], value)),
    test.unless === undefined ? true : oneOf(test.unless, value) !== true,
    test.contains === undefined ? true : holdsAny(test.contains, value),
    test.lacks === undefined ? true : negate(holdsAny(test.lacks, value)),
    test["shorter-than"] === undefined ? true : isShorter(value, test["shorter-than"]),
    test["fewer-different-than"] === undefined
      ? true
      : hasFewer(value, test["fewer-different-than"]),
    test.some === undefined ? true : somePasses(test.some, value),
    test["some-address"] === undefined ? true : someAddress(test["some-address"], value),
    test["words-not-in"] === undefined ? true : hasOtherWord(value, test["words-not-in"]),
    test["last-word-in"] === undefined ? true : endsInWord(value, test["last-word-in"]),
    test["starts-with"] === undefined ? true : value && startsWith(value, test["starts-with"]),
    test.matches === undefined ? true : isFound(test.matches, value),
    test["matches-not"] === undefined ? true : negate(isFound(test["matches-not"], value)),
    test["remote-host"] === undefined ? true : leadsFar(value, test["remote-host"]),
    test["less-than"] === undefined ? true : isLess(value, test["less-than"]),
    test["more-than"] === undefined ? true : isMore(value, test["more-than"]),
    test["has-bit"] === undefined ? true : hasBit(value, test["has-bit"]),
    test["any-of"] === undefined ? true : anyPasses(test["any-of"], value),
    test.first === undefined ? true : firstPasses(test.first, value),
    test["out-of-order"] === undefined ? true : isOutOfOrder(test["out-of-order"], value),
  ];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function negate(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function passesIs(is: NonNullable<ValueTest["is"]>, value: Value | undefined): boolean | undefined {
  switch (is) {
    case "missing":
      return value === undefined;
    case "given":
      return value !== undefined;
    case "truthy":
      return value === undefined ? false : truth(value);
    case "falsy":
      return value === undefined ? true : negate(truth(value));
    case "constant":
      return value !== undefined && isConstant(value);
    case "not-constant":
      return value !== undefined && !isConstant(value);
    case "text":
      return (
        value !== undefined &&
        (asString(value) !== undefined ||
          (value.kind === "constant" && value.value instanceof Bytes))
      );
    case "not-a-dict":
      return value === undefined || value.kind === "dict"
        ? false
        : value.kind === "constant" || value.kind === "sequence"
          ? true
          : undefined;
    default: {
      const never: never = is;
      return never;
    }
  }
}

/** True when the whole value stands in the code: a literal, or a container of literals. */
export function isConstant(value: Value, seen = new Set<unknown>()): boolean {
  // A list may hold another many times over; once is enough to judge it.
  if (value.kind === "sequence" || value.kind === "dict") {
    if (seen.has(value.contents)) return true;
    seen.add(value.contents);
  }
  switch (value.kind) {
    case "constant":
      return true;
    case "sequence":
      return (
        !value.contents.content.open &&
        value.contents.content.items.every((item) => isConstant(item, seen))
      );
    case "dict":
      return (
        !value.contents.content.open &&
        [...value.contents.content.entries.values()].every((entry) => isConstant(entry.value, seen))
      );
    case "union":
      return alternativesOf(value).every((one) => isConstant(one, seen));
    default:
      return false;
  }
}

function isPatternOfNames(one: z.infer<typeof Scalar>): one is string {
  return typeof one === "string" && one.startsWith("*.");
}

function oneOf(
  scalars: readonly z.infer<typeof Scalar>[],
  value: Value | undefined,
): boolean | undefined {
  if (value === undefined) return false;
  if (value.kind === "constant")
    return !(value.value instanceof Bytes) && scalars.some((scalar) => scalar === value.value);
  if (value.kind === "symbol") {
    const { name, characters } = value;
    if (scalars.includes(name)) return true;
    if (scalars.some((one) => isPatternOfNames(one) && nameMatches(one, name))) return true;
    const isAsLong = (one: z.infer<typeof Scalar>) =>
      typeof one === "string" && one.length === characters;
    if (characters !== undefined && !scalars.some(isAsLong)) return false;
    // What comes from outside may hold any plain value; only another name tells it apart from a name.
    const isName = (one: z.infer<typeof Scalar>) => typeof one === "string" && one.includes(".");
    // A class of another module of the tree may extend one of them.
    if (value.imported !== undefined) return undefined;
    return value.call === undefined && scalars.every(isName) ? false : undefined;
  }
  // A class counts as the ones that it extends.
  if (value.kind === "class") return ancestors(value).some((base) => oneOf(scalars, base) === true);
  if (value.kind === "sequence" || value.kind === "dict" || value.kind === "function") return false;
  if (value.kind === "text") {
    // A text can only be one that holds all that is known of it.
    const known = value.parts.filter((part) => typeof part === "string");
    const canBe = scalars.some(
      (one) => typeof one === "string" && known.every((part) => one.includes(part)),
    );
    return canBe ? undefined : false;
  }
  return undefined;
}

/** What a class extends that is no class of the project, near or far. */
function ancestors(value: Value): Value[] {
  const found = new Set<Value>();
  const waiting: Value[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    if (next.kind === "class") waiting.push(...next.bases);
  }
  return [...found].filter((one) => one.kind !== "class");
}

type CallArguments = NonNullable<(Value & { kind: "symbol" })["call"]>;

type Scalars = z.infer<typeof Scalar> | readonly z.infer<typeof Scalar>[];

function holdsAny(members: Scalars, value: Value | undefined): boolean | undefined {
  const list = typeof members === "object" && members !== null ? members : [members];
  const answers = list.map((member) => holds(member, value));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function holds(member: z.infer<typeof Scalar>, value: Value | undefined): boolean | undefined {
  if (value === undefined) return false;
  if (value.kind === "sequence") {
    const { items, open } = value.contents.content;
    if (items.some((item) => oneOf([member], item) === true)) return true;
    return open || items.some((item) => mayBe(item, member)) ? undefined : false;
  }
  if (value.kind === "dict") {
    const { entries, open } = value.contents.content;
    return entries.has(`s${String(member)}`) || (open ? undefined : false);
  }
  const text = asString(value);
  return text === undefined ? undefined : text.includes(String(member));
}

/** A constant by its name, and what was called or looked up, may hold anything; a class or function is what its name says. */
const HOLDS_ANYTHING = /[\])]$|(?:^|\.)[A-Z][A-Z0-9_]+$/;

/** False where a member of a list is surely another one. */
function mayBe(item: Value, member: z.infer<typeof Scalar>): boolean {
  if (item.kind === "constant") return false;
  return (
    item.kind !== "symbol" || HOLDS_ANYTHING.test(item.name) || oneOf([member], item) !== false
  );
}

function somePasses(test: ValueTest, value: Value | undefined): boolean | undefined {
  if (value?.kind !== "sequence") return value === undefined ? false : undefined;
  const answers = value.contents.content.items.map((item) => passes(test, item));
  return answers.includes(true)
    ? true
    : value.contents.content.open || answers.includes(undefined)
      ? undefined
      : false;
}

/** Each address is judged on its own: of several only one may lead far, or hold a password. */
function someAddress(test: ValueTest, value: Value | undefined): boolean | undefined {
  if (value?.kind === "sequence") return somePasses(test, value);
  const [first, ...others] = asString(value)?.split(";") ?? [];
  if (value === undefined || first === undefined || others.length === 0) return passes(test, value);
  const answers = [first, ...others].map((one) => passes(test, constant(one.trim())));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function hasOtherWord(value: Value | undefined, words: readonly string[]): boolean | undefined {
  const all = wordsIn(value);
  if (all !== undefined) return all.some((word) => !words.includes(word));
  // One that is known is enough, whatever the others are.
  const items = value?.kind === "sequence" ? value.contents.content.items : [];
  return items.some((item) => !words.includes(asString(item) ?? words[0] ?? "")) || undefined;
}

function endsInWord(value: Value | undefined, words: readonly string[]): boolean | undefined {
  const last = wordsIn(value)?.at(-1);
  return last === undefined ? undefined : words.includes(last);
}

/** The words of a text that has commas between them, or of a list; undefined where not all of them are known. */
export function wordsIn(value: Value | undefined): readonly string[] | undefined {
  if (value?.kind !== "sequence")
    return (value && asString(value))?.split(",").map((word) => word.trim());
  const { items, open } = value.contents.content;
  const words = items.flatMap((item) => asString(item) ?? []);
  return open || words.length < items.length ? undefined : words;
}

function hasFewer(value: Value | undefined, count: number): boolean | undefined {
  const text = value === undefined ? undefined : asString(value);
  return text === undefined ? undefined : new Set(text).size < count;
}

/** Of a text of which only the start is known, that decides where it is long enough. */
function startsWith(value: Value, start: string): boolean | undefined {
  if (value.kind !== "text") return asString(value)?.startsWith(start);
  const [known] = value.parts;
  return typeof known === "string" && known.length >= start.length
    ? known.startsWith(start)
    : undefined;
}

function isShorter(value: Value | undefined, length: number): boolean | undefined {
  const known = lengthOf(value);
  return known === undefined ? undefined : known < length;
}

function isPattern(source: string): boolean {
  try {
    return toRegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

function isFound(source: string, value: Value | undefined): boolean | undefined {
  if (value === undefined) return false;
  // What is sure of a text is sure whatever fills its holes.
  if (value.kind === "text" && toRegExp(source).test(withHoles(value).slice(0, MAX_MATCHED)))
    return true;
  const text =
    value.kind === "constant" && value.value instanceof Bytes
      ? value.value.text
      : asString(uncompiled(value));
  if (text === undefined) return value.kind === "constant" ? false : undefined;
  return toRegExp(source).test(text.slice(0, MAX_MATCHED));
}

/** Of a regular expression that was compiled, its text. */
export function uncompiled(value: Value): Value {
  const isCompiled = value.kind === "symbol" && value.name === "re.compile()";
  return (isCompiled ? value.call?.positional[0] : undefined) ?? value;
}

/** The literal parts of a text that is put together, and between them a character that no pattern means. */
function withHoles(value: Value & { kind: "text" }): string {
  return value.parts.map((part) => (typeof part === "string" ? part : "\uFFFC")).join("");
}

function leadsFar(value: Value | undefined, wanted: boolean): boolean | undefined {
  if (value === undefined) return !wanted;
  const text = asString(value);
  if (text === undefined) return value.kind === "constant" ? !wanted : undefined;
  return namesRemoteHost(text.slice(0, MAX_MATCHED)) === wanted;
}

function toRegExp(source: string): RegExp {
  const [, anyCase = "", rest = ""] = /^(\(\?i\))?(.*)$/s.exec(source) ?? [];
  return new RegExp(rest, anyCase === "" ? "u" : "iu");
}

/** Patterns are made for settings, not for books. */
const MAX_MATCHED = 2000;

/** A number; of a duration its seconds. */
export function numberOf(value: Value | undefined): number | undefined {
  if (value?.kind === "symbol" && value.name === "datetime.timedelta()")
    return secondsOf(value.call);
  return value?.kind === "constant" &&
    (typeof value.value === "number" || typeof value.value === "bigint")
    ? Number(value.value)
    : undefined;
}

/** By the names of `timedelta`'s parameters, in their order. */
const SECONDS = [
  ["days", 86_400],
  ["seconds", 1],
  ["microseconds", 1e-6],
  ["milliseconds", 1e-3],
  ["minutes", 60],
  ["hours", 3600],
  ["weeks", 604_800],
] as const;

function secondsOf(given: CallArguments | undefined): number | undefined {
  if (given === undefined || given.open) return undefined;
  const parts = SECONDS.map(([name, seconds], index) => {
    const part = given.positional[index] ?? given.keywords.get(name);
    return part === undefined ? 0 : (numberOf(part) ?? Number.NaN) * seconds;
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

function isLess(value: Value | undefined, limit: number): boolean | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : number < limit;
}

function isMore(value: Value | undefined, limit: number): boolean | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : number > limit;
}

function anyPasses(tests: readonly ValueTest[], value: Value | undefined): boolean | undefined {
  const answers = tests.map((test) => passes(test, value));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function hasBit(value: Value | undefined, bit: number): boolean | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : (number & bit) !== 0;
}

function firstPasses(test: ValueTest, value: Value | undefined): boolean | undefined {
  if (value?.kind !== "sequence") return value === undefined ? false : undefined;
  const { items, open, begins } = value.contents.content;
  // Where members are missing from what we know, the first that we know need not be the first.
  if (open) return begins && passes(test, begins);
  return items.length > 0 && passes(test, items[0]);
}

function isOutOfOrder(
  [late, ...others]: readonly string[],
  value: Value | undefined,
): boolean | undefined {
  if (value?.kind !== "sequence") return value === undefined ? false : undefined;
  const names = value.contents.content.items.map(asString);
  const at = names.indexOf(late);
  return others.some((other) => names.slice(0, Math.max(0, at)).includes(other));
}
