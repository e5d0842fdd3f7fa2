/**
 * What a rule about a setting means by it, where no finding fills that in: the setting, and the values that are wrong, read from the
 * rule's own match.
 */
import * as z from "zod";

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const OneOrMore = z.union([Scalar, z.array(Scalar)]).transform((one) => [one].flat());
const Names = z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat());

/** What of a match says which values are wrong. */
const Words = z.looseObject({
  setting: Names,
  at: Names.optional(),
  "key-in": Names.optional(),
  state: z.string().optional(),
  default: z.unknown().optional(),
  secret: z.boolean().optional(),
  absent: OneOrMore.optional(),
  "lacks-class": OneOrMore.optional(),
  lacks: OneOrMore.optional(),
  "installs-not": OneOrMore.optional(),
  contains: OneOrMore.optional(),
  in: OneOrMore.optional(),
  is: z.string().optional(),
  "not-in": OneOrMore.optional(),
  "less-than": z.number().optional(),
  "more-than": z.number().optional(),
  "remote-host": z.literal(true).optional(),
  "any-of": z.array(z.looseObject({ means: z.string().optional() })).default([]),
});
type Words = z.infer<typeof Words>;
const Places = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])
  .transform((one) => [one].flat());

/** More names than this are not read in the middle of a sentence. */
const MAX_NAMES = 4;

/** What a rule about calls asks of arguments. */
const Argument = Words.omit({ setting: true }).extend({ argument: Places });
const Calls = z.looseObject({
  calls: z.array(z.string()),
  where: z.array(Argument).default([]),
  either: z.array(z.array(Argument)).default([]),
});

/** A rule about what a call sets, as one about the settings that it sets; anything else as it is. */
function asSetting(match: unknown): unknown {
  const parsed = Calls.safeParse(match);
  if (!parsed.success) return match;
  const { either, where } = parsed.data;
  const tests = [...either.flat(), ...where];
  const keys = tests.filter(({ argument }) => argument.every((one) => one === 0));
  // One that also has a place is what is set up; one that excludes a value says nothing of what is wrong.
  const named = tests.filter(
    ({ argument, is = "missing", "not-in": others }) =>
      argument.every((one) => typeof one === "string") && is === "missing" && !others,
  );
  const keyed = tests.find(({ argument }) => argument.includes(1));
  const [first] = named;
  const { argument: _, ...asked } = keyed ?? first ?? { argument: [] };
  const setting =
    keys.length > 0
      ? keys.flatMap((one) => one.in ?? [])
      : (first?.argument ?? []).filter((one) => typeof one === "string");
  return { ...asked, setting };
}

/** The parts of a message about a setting by their names; undefined for a rule about something else. */
export function settingWords(match: unknown): Readonly<Record<string, string>> | undefined {
  const parsed = Words.safeParse(asSetting(match));
  if (!parsed.success) return undefined;
  const words = parsed.data;
  const [way] = words.at ?? [];
  const [key = "*"] = words["key-in"] ?? [];
  const below = way === undefined ? "" : `.${way.replace(/\*$/, key)}`;
  const names = words.setting.map((one) => code(one + below));
  const [name = ""] = names;
  const setting = names.length > MAX_NAMES ? `${name} or its like` : listed(names);
  return {
    setting,
    state: words.state ?? stateOf(words),
    reason: listed(words["any-of"].flatMap(({ means }) => means ?? [])),
  };
}

function stateOf(words: Words): string {
  if (words.secret) return "is written in the code";
  const missing =
    words.absent ?? words["lacks-class"] ?? words.lacks?.slice(0, 1) ?? words["installs-not"];
  if (missing !== undefined) return `does not list ${written(missing)}`;
  if (words.contains !== undefined) return `lists ${written(words.contains)}`;
  if (words.in !== undefined) return `is ${written(words.in)}`;
  if (words.is === "missing") return "is not given";
  if (words.is === "truthy") return `is ${code("True")}`;
  if (words.is === "falsy") {
    if (words.default === true) return `is ${code("False")}`;
    return typeof words.default === "string"
      ? "is empty or not set"
      : `is ${written([words.default === 0 ? 0 : false])} or not set`;
  }
  if (words.is === "not-a-dict") return "is no dictionary";
  if (words["not-in"] !== undefined) return `is not ${written(words["not-in"])}`;
  if (words["less-than"] !== undefined) return `is less than ${words["less-than"]}`;
  if (words["more-than"] !== undefined) return `is more than ${words["more-than"]}`;
  return words["remote-host"] ? "names another host" : "has an unsafe value";
}

const LITERALS = new Map<unknown, string>([
  [null, "None"],
  [true, "True"],
  [false, "False"],
]);

function written(values: readonly z.infer<typeof Scalar>[]): string {
  const literals = [...LITERALS.values()];
  return listed(
    values.map((one) => {
      const text = LITERALS.get(one) ?? String(one);
      return code(literals.includes(text) && text === one ? JSON.stringify(text) : text);
    }),
  );
}

function code(text: string): string {
  return `\`${text}\``;
}

/** `a`, `a or b`, `a, b or c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1) ?? ""].filter(Boolean).join(" or ");
}
