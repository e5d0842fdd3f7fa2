/**
 * How a value is told in a sentence: as Python writes it, what it owes to a variable that is not set, and under which condition it
 * counts. What is told of settings, and of calls that set something, is put together of these.
 */
import {
  alternativesOf,
  asString,
  Bytes,
  type EnvironmentRead,
  truth,
  type Value,
  writeOut,
} from "../python/index.ts";
import type { PlaceCondition } from "./setting-conditions.ts";
import { culprits, numberOf, type ValueTest, wordsIn } from "./value-test.ts";

/** What says that a value is wrong, and how to say it where the value has no short form. */
type Told = ValueTest & { readonly state?: string | undefined };

/** In words, to follow the name of what has the value: `is True`, `lists *`, and why that is so behind it. */
export function stateOfValue(test: Told, value: Value, why: string): string {
  if (test.contains !== undefined)
    return `lists ${membersOf(test, value) ?? listed([test.contains].flat().map(String).map(code), "or")}${why}`;
  const said = saidOfWords(test, value);
  if (said !== undefined) return `${said}${why}`;
  const written = writeAny(value) ?? (test.state === undefined ? writeTuple(value) : undefined);
  if (written !== undefined && written.length <= MAX_WRITTEN) return `is ${written}${why}`;
  const seconds = value.kind === "symbol" ? numberOf(value) : undefined;
  if (seconds !== undefined) return `is ${writeDuration(seconds)}${why}`;
  return value.kind === "constant" && value.value instanceof Bytes
    ? `is a fixed text${why}`
    : `${test.state ?? "has an unsafe value"}${why}`;
}

/** What is said of the words of a text, or of a list of them, of which only some are wrong. */
function saidOfWords(test: ValueTest, value: Value): string | undefined {
  const [only] = alternativesOf(value);
  const words = only && wordsIn(only);
  const { "words-not-in": known, "last-word-in": last } = test;
  const wrong = shown(words?.filter((word) => known?.includes(word) === false));
  if (wrong !== undefined) return `holds ${wrong}`;
  const isList = only?.kind === "sequence" || (words?.length ?? 0) > 1;
  const end = last && isList ? shown(words?.slice(-1)) : undefined;
  return end && `${words?.length === 1 ? "is" : "ends in"} ${end}`;
}

/** The members of a list because of which it passes, as they are written; undefined where none is known, or all are too long to be read. */
export function membersOf(test: ValueTest, value: Value | undefined): string | undefined {
  const [list] = value === undefined ? [] : alternativesOf(value);
  const members = list === undefined ? [] : culprits(test, list);
  return shown(members.flatMap((one) => asString(one) ?? writeOut(one) ?? []));
}

/** What a value owes to a variable; where it is one of several, what all of them do. */
export function environmentOf(value: Value): EnvironmentRead | undefined {
  const [first, ...others] = alternativesOf(value).map((one) => one.environment);
  const isShared = others.every((one) => one?.name === first?.name);
  return value.environment ?? (isShared ? first : undefined);
}

/** What several values owe to variables, as if they were one. */
export function readsOf(values: readonly Value[]): EnvironmentRead | undefined {
  const reads = values.flatMap((value) => environmentOf(value) ?? []);
  const [first, ...others] = reads;
  if (first === undefined) return undefined;
  const also = new Set(others.map(({ name }) => name).filter((name) => name !== first.name));
  return also.size === 0 ? first : { ...first, also: [...also] };
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

/** How Python writes a tuple of texts; undefined for any other value. */
function writeTuple(value: Value): string | undefined {
  if (value.kind !== "sequence" || value.type !== "tuple" || value.contents.content.open)
    return undefined;
  const texts = value.contents.content.items.map(asString);
  const known = texts.flatMap((one) => (one === undefined ? [] : JSON.stringify(one)));
  return known.length < texts.length ? undefined : code(`(${known.join(", ")})`);
}

/** `while the environment variable X is unset`, with a blank before it; empty where nothing decides that the value counts. */
export function causeOf(
  value: Value | undefined,
  conditions: readonly PlaceCondition[],
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
export function owedTo(read: EnvironmentRead | undefined, isDefault: boolean): string {
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

/** Between backquotes. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last: string): string {
  const head = words.slice(0, -1).join(", ");
  return [head, words.at(-1) ?? ""].filter(Boolean).join(` ${last} `);
}

/** A text as long as this is not read in the middle of a sentence, nor are more texts than these. */
const MAX_SHOWN = 100;
const MAX_LISTED = 6;

/** Between backquotes, as far as they can be read in a sentence, each once; undefined where none can. */
export function shown(texts: readonly string[] | undefined): string | undefined {
  const short = texts?.filter(
    (text) => text !== "" && text.length <= MAX_SHOWN && !text.includes("`"),
  );
  const words = [...new Set(short)].map(code);
  const more = words.length - MAX_LISTED;
  if (more > 1) words.splice(MAX_LISTED, more, `${more} more`);
  return words.length === 0 ? undefined : listed(words, "and");
}

/** Longer values are not written out. */
const MAX_WRITTEN = 62;

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
