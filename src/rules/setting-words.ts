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

/** More names than this are not read in the middle of a sentence. */
const MAX_NAMES = 4;

/** The parts of a message about a setting by their names; undefined for a rule about something else. */
export function settingWords(match: unknown): Readonly<Record<string, string>> | undefined {
  const parsed = Words.safeParse(match);
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
