import * as z from "zod";
import { alternativesOf, asString, constant, type Value } from "../python/index.ts";
import { isSlowPattern } from "./slow-pattern.ts";
import { PlainTest, passes, ValueTest } from "./value-test.ts";

const Place = z.union([z.number().int().min(0), z.string().min(1)]);
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const Plain = ValueTest.extend({
  /**
   * `built`: a text put together while the program runs, with a literal part; `built-of-values`: and with more than constants by
   * habit, names in capitals. `list`: a list or tuple that is written out;
   * `not-list`: not surely one; `dict` and `not-dict` likewise. `not-member`: not taken out of something. `not-text`: no text that the code says. `html-or-missing`: a content type that browsers show as a page.
   * `page`: what a view gives, be it the text alone or with a status and headers, unless it is data or its headers say that it is no page;
   * `html-answer`: a dict of which the `headers` do not say that it is no page. `html-headers`: headers that say that it is one.
   */
  form: z
    .enum([
      "built",
      "built-of-values",
      "list",
      "not-list",
      "dict",
      "not-dict",
      "not-member",
      "not-text",
      "html-or-missing",
      "page",
      "html-answer",
      "html-headers",
    ])
    .optional(),
  /** Of a text that is put together counts what it is sure to begin with. */
  "begins-with": z.array(z.string().min(1)).optional(),
  "begins-not-with": z.array(z.string().min(1)).optional(),
  /** Unless it surely begins with one of these, or, where it is a parameter, its default does. */
  "unless-begins-with": z.array(z.string().min(1)).optional(),
  /** A dict that holds these entries. */
  has: z.record(z.string(), Scalar).optional(),
  /** A dict of dicts, of which one has these values. */
  "some-entry": z.record(z.string(), PlainTest).optional(),
  /** Made with operators from one of these, by qualified name; or one of them itself. */
  "made-of": z.array(z.string().min(1)).optional(),
  /**
   * Judges a list as the text of its members with blanks between them, and a dict as that of its entries with semicolons: so headers are
   * put together.
   */
  joined: z.literal(true).optional(),
  /** A regex that may take exponentially long on some texts. */
  slow: z.literal(true).optional(),
  /** A whole number that has one of these bits set: of a file's mode, say. */
  bits: z.number().int().positive().optional(),
});

/** What a rule may ask of an argument of a call. All that is named must hold. */
export const ArgumentTest = Plain.extend({
  argument: z.union([Place, z.array(Place)]).describe("By position, by keyword, or either."),
  /** The first member of a list; of anything else, the value itself. */
  head: Plain.optional(),
  /** Asks the call by this qualified name that made what the method is called on, in place of the call itself. */
  of: z.string().min(1).optional(),
  /** Holds too where that call is out of sight: of an object of which only the type is known. */
  unseen: z.literal(true).optional(),
});
export type ArgumentTest = z.infer<typeof ArgumentTest>;
type Test = z.infer<typeof Plain> & { readonly head?: z.infer<typeof Plain> | undefined };

/** As `passes`: undefined when it cannot be told, and a value with alternatives passes when all of them do. */
export function passesArgument(test: Test, given: Value | undefined): boolean | undefined {
  if (given?.kind === "union") {
    const answers = new Set(alternativesOf(given).map((one) => passesArgument(test, one)));
    return answers.size === 1 ? [...answers][0] : undefined;
  }
  const value = test.joined ? joined(given) : given;
  const answers = [
    passes(test, value),
    test.form === undefined ? true : hasForm(test.form, value),
    test["begins-with"] === undefined ? true : beginsWith(value, test["begins-with"]),
    test["begins-not-with"] === undefined
      ? true
      : negate(beginsWith(value, test["begins-not-with"])),
    test["unless-begins-with"] === undefined
      ? true
      : beginsWith(plainly(value), test["unless-begins-with"]) !== true,
    test.has === undefined ? true : hasEntries(test.has, value),
    test["some-entry"] === undefined ? true : hasSome(test["some-entry"], value),
    test["made-of"] === undefined ? true : isMadeOf(value, test["made-of"]),
    test.slow === undefined ? true : isSlow(value),
    test.bits === undefined ? true : hasBits(value, test.bits),
    test.head === undefined ? true : passesArgument(test.head, headOf(value)),
  ];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** What a list or dict of texts comes to as one text; anything else itself, and so what is not known to its end. */
function joined(value: Value | undefined): Value | undefined {
  if (value?.kind !== "sequence" && value?.kind !== "dict") return value;
  if (value.contents.content.open) return value;
  const parts =
    value.kind === "sequence"
      ? value.contents.content.items.map(asString)
      : [...value.contents.content.entries.values()].map((entry) => {
          const inner = joined(entry.value);
          const [key, text] = [asString(entry.key), inner && asString(inner)];
          return key === undefined || text === undefined ? undefined : `${key} ${text}`;
        });
  return parts.includes(undefined)
    ? value
    : constant(parts.join(value.kind === "sequence" ? " " : "; "), value.site);
}

function negate(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function hasForm(form: NonNullable<Test["form"]>, value: Value | undefined): boolean {
  switch (form) {
    case "built":
      return value?.kind === "text" && value.parts.some((part) => typeof part === "string");
    case "built-of-values":
      return (
        value?.kind === "text" &&
        value.parts.some((part) => typeof part === "string") &&
        value.parts.some((part) => typeof part !== "string" && !isConstantByHabit(part))
      );
    case "list":
    case "not-list":
      return (value?.kind === "sequence") === (form === "list");
    case "dict":
    case "not-dict":
      return (value?.kind === "dict") === (form === "dict");
    case "not-member":
      return value?.kind !== "symbol" || !/(?:\[\]|\.(?:get|pop)\(\))$/.test(value.name);
    case "not-text":
      return asString(value) === undefined;
    case "html-or-missing":
      return value === undefined || /html|^$/i.test(asString(value) ?? "");
    case "page":
      return !isData(value) && !headersIn(value).some((one) => saysHtml(one) === false);
    case "html-answer":
      return (
        saysHtml(value?.kind === "dict" ? entryNamed(value, /^sheaders$/i) : undefined) !== false
      );
    case "html-headers":
      return saysHtml(value) === true;
    default: {
      const never: never = form;
      return never;
    }
  }
}

/** True for what is sent as JSON, alone or with a status and headers: a dict or a list. */
function isData(value: Value | undefined): boolean {
  if (value?.kind === "union") return alternativesOf(value).every(isData);
  if (value?.kind !== "sequence") return value?.kind === "dict";
  return value.type === "list" || (value.type === "tuple" && isData(headOf(value)));
}

/** The dicts beside a text: `(body, 200, {"Content-Type": "text/plain"})`. */
function headersIn(value: Value | undefined): readonly Value[] {
  return value?.kind === "sequence" ? value.contents.content.items : [];
}

/** Whether headers say that a text is a page; undefined where they say nothing of that. */
function saysHtml(headers: Value | undefined): boolean | undefined {
  const type = headers?.kind === "dict" ? entryNamed(headers, /^scontent-type$/i) : undefined;
  const text = type && asString(type);
  return text === undefined ? undefined : /html/i.test(text);
}

function entryNamed({ contents }: Value & { kind: "dict" }, name: RegExp): Value | undefined {
  return [...contents.content.entries].find(([key]) => name.test(key))?.[1].value;
}

function isConstantByHabit(value: Value): boolean {
  if (value.kind === "symbol") return /(?:^|\.)[A-Z][A-Z0-9_]*$/.test(value.name);
  if (value.kind === "unknown") return value.from.length > 0 && value.from.every(isConstantByHabit);
  return (
    value.kind === "constant" ||
    (value.kind === "union" && alternativesOf(value).every(isConstantByHabit))
  );
}

function headOf(value: Value | undefined): Value | undefined {
  return value?.kind === "sequence" ? value.contents.content.items[0] : value;
}

function beginsWith(value: Value | undefined, beginnings: readonly string[]): boolean | undefined {
  if (value?.kind !== "text" && asString(value) === undefined)
    return value?.kind === "constant" ? false : undefined;
  const first = value?.kind === "text" ? value.parts[0] : asString(value);
  if (typeof first !== "string") return undefined;
  if (beginnings.some((one) => first.startsWith(one))) return true;
  // A literal part that is shorter may still become one of them.
  return value?.kind === "text" && beginnings.some((one) => one.startsWith(first))
    ? undefined
    : false;
}

/** What a parameter is unless a caller says otherwise; of anything else, the value itself. */
function plainly(value: Value | undefined): Value | undefined {
  return value?.kind === "unknown" ? (value.parameter?.fallback ?? value) : value;
}

function hasEntries(
  wanted: Readonly<Record<string, z.infer<typeof Scalar>>>,
  value: Value | undefined,
): boolean | undefined {
  if (value?.kind !== "dict") return value === undefined ? false : undefined;
  const { entries, open } = value.contents.content;
  const answers = Object.entries(wanted).map(([key, scalar]) => {
    const entry = entries.get(`s${key}`);
    return entry === undefined ? (open ? undefined : false) : passes({ in: [scalar] }, entry.value);
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function hasSome(
  wanted: NonNullable<Test["some-entry"]>,
  value: Value | undefined,
): boolean | undefined {
  if (value?.kind !== "dict") return value === undefined ? false : undefined;
  const { entries, open } = value.contents.content;
  const isOne = [...entries.values()].some(({ value: inner }) => {
    if (inner.kind !== "dict") return false;
    const { content } = inner.contents;
    return Object.entries(wanted).every(([key, one]) => {
      const entry = content.entries.get(`s${key}`)?.value;
      return (entry !== undefined || !content.open) && passes(one, entry) === true;
    });
  });
  return isOne || (open ? undefined : false);
}

function isMadeOf(value: Value | undefined, names: readonly string[]): boolean | undefined {
  if (value?.kind === "symbol") return names.includes(value.name);
  if (value?.kind !== "unknown") return false;
  return value.from.some((one) => isMadeOf(one, names) === true) ? true : undefined;
}

function isSlow(value: Value | undefined): boolean | undefined {
  const pattern = value?.kind === "constant" ? asString(value) : undefined;
  return pattern === undefined ? undefined : isSlowPattern(pattern);
}

function hasBits(value: Value | undefined, bits: number): boolean | undefined {
  if (value?.kind !== "constant") return undefined;
  return typeof value.value === "number" && (value.value & bits) !== 0;
}
