import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { lineStarts } from "../../../core/edits.ts";
import { severities } from "../../../core/finding.ts";
import { type FileUnit, isPython } from "../../analyzer.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation } from "../context.ts";
import {
  CommandOption,
  decoded,
  hasNamedTexts,
  namedTexts,
  type OptionPattern,
  toOptionPatterns,
} from "./formats.ts";
import { candidate, type Group, groupOf, HEADER, isSecretText } from "./groups.ts";
import { NamePattern, wordsOf } from "./names.ts";
import { type Idioms, type NamedLiteral, namedLiterals } from "./python.ts";
import { isOwnMachine } from "./urls.ts";
import { isIdentifier, isPlaceholder, looksSecret, shapes } from "./values.ts";
import { inCommands, inComments, inPlaces, MAX_FOUND } from "./written.ts";

/** Values whose name says that they are secret, and whose own form does not say otherwise. */
export const NamedMatch = z.strictObject({
  /** The first group whose words a name holds decides. */
  groups: z
    .array(
      z.strictObject({
        /** What it is, as a noun with its article. */
        what: z.string().min(3),
        /** What whoever has it does, as a verb with its object. */
        opens: z.string().min(3),
        /** Words in a row, in lower case, of which the name must have one. */
        names: z.array(z.string().min(2)).min(1),
        shape: z.enum(shapes),
        severity: z.enum(severities).optional(),
      }),
    )
    .min(1),
  /** Words with which a name speaks of no secret, wherever they stand in it; and those with which it must not end. */
  without: z.array(z.string()).default([]),
  "not-last": z.array(z.string()).default([]),
  /** Words with which names of a user and a password in one value end: `auth=("shop", "...")`. */
  pairs: z.array(z.string()).default([]),
  /** Words in the names of Python functions that read what a name stands for and take what they give otherwise. */
  readers: z.array(z.string()).default([]),
  /** Python functions and types that hold their first argument: `SecretStr("...")`. */
  holders: z.array(z.string()).default([]),
  /** Attributes in Python that are the value of what they belong to: `form.password.data`. */
  carriers: z.array(z.string()).default([]),
  /** Words with which the names of functions begin that set what the rest of the name says: `user.set_password("...")`. */
  setters: z.array(z.string()).default([]),
  /** Names of a user and a password in base64: what Docker keeps. */
  logins: z.array(z.string()).default([]),
  /** Options of programs that take a secret, or `user:secret`. */
  options: z.array(CommandOption).default([]),
});
type NamedMatch = z.infer<typeof NamedMatch>;

/** Finds passwords and keys by the names that code and configuration give them. */
export function findNamed(rules: readonly Part<NamedMatch>[]): Finder {
  const groups = rules.flatMap(({ rule, match: named }) =>
    named.groups.map(
      ({ what, opens, names, shape, severity }): Group => ({
        rule,
        what,
        opens,
        pattern: new NamePattern(names, named.without, named["not-last"]),
        shape,
        ...(severity !== undefined && { severity }),
      }),
    ),
  );
  const all = <Key extends "pairs" | "readers" | "holders" | "carriers" | "setters" | "logins">(
    key: Key,
  ) => rules.flatMap(({ match }) => match[key]);
  const phrases = [
    ...new Set(rules.flatMap(({ match }) => match.groups.flatMap((group) => group.names))),
  ];
  const options = toOptionPatterns(rules.flatMap(({ match }) => match.options));
  const pairs = all("pairs");
  const words: Words = {
    groups,
    mention: anyOf(phrases),
    pair: new RegExp(`(?:${anyOf(pairs).source})["']?\\]?\\s{0,4}[=:]\\s{0,4}\\(`, "i"),
    options,
    logins: new Set(all("logins")),
    idioms: {
      readers: new Set(all("readers")),
      holders: new Set(all("holders")),
      carriers: new Set(all("carriers")),
      setters: new Set(all("setters")),
      means: (name) => groupOf(groups, name) !== undefined,
      isPair: (name) => pairs.includes(wordsOf(name).at(-1) ?? ""),
    },
  };
  return {
    triggers: [
      ...phrases.flatMap(spellings),
      ...pairs.flatMap((word) => PAIR_ENDS.map((end) => word + end)),
      ...options.map(({ program }) => program),
      ...(groups.length === 0 ? [] : ["Bearer ", "Basic ", "IDENTIFIED BY", "identified by"]),
      ...all("logins").map((word) => `"${word}": "`),
    ].map((text) => [{ text, whole: false }]),
    wants: (path) =>
      !isTestPath(path) &&
      !isDocumentation(path) &&
      !SAMPLE.test(path) &&
      (isPython(path) || hasNamedTexts(path)),
    find: (unit) => [
      ...(isPython(unit.path)
        ? [
            ...inPython(unit, words),
            ...inComments(unit, groups),
            ...inCommands(unit, groups, options),
          ]
        : inText(unit, words)),
      ...inPlaces(unit, groups),
    ],
  };
}

/** What the rules say, made ready. */
interface Words {
  readonly groups: readonly Group[];
  /** A part of a name that may mean a secret. Global: whoever uses it sets where it begins. */
  readonly mention: RegExp;
  /** A name that ends as one of a pair does, and the beginning of a tuple. */
  readonly pair: RegExp;
  readonly options: readonly OptionPattern[];
  readonly logins: ReadonlySet<string>;
  readonly idioms: Idioms;
}

/** How the value of a pair begins, however code is laid out. */
const PAIR_ENDS = ["=(", " = (", '": (', "': (", '"] = (', "'] = ("];

function anyOf(phrases: readonly string[]): RegExp {
  return new RegExp(
    phrases.map((phrase) => phrase.replaceAll(" ", "[\\W_]?")).join("|") || "(?!)",
    "gi",
  );
}

/** A phrase as it stands in names of all habits, or enough of it. */
function spellings(phrase: string): string[] {
  const words = phrase.split(" ");
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  // `X-API-Key`
  const acronym = [words[0]?.toUpperCase(), ...capitals.slice(1)];
  return [
    ...new Set([
      words.join("_"),
      words.join("_").toUpperCase(),
      words.join("-"),
      words.join("-").toUpperCase(),
      words.join(""),
      words.join("").toUpperCase(),
      capitals.join(""),
      capitals.join("-"),
      capitals.join("_"),
      [words[0], ...capitals.slice(1)].join(""),
      acronym.join(""),
      acronym.join("-"),
    ]),
  ];
}

/** Files that are there to be copied and filled in. */
const SAMPLE =
  /\.(?:example|sample|template|tmpl|tpl|dist)(?:\.\w{1,10})?$|[._-](?:example|sample)\.\w{1,10}$/i;
/** How far behind a name its value may begin. */
const REACH = 200;
const LITERAL = /"([^"\\\n]{6,1000})"|'([^'\\\n]{6,1000})'/g;

/** Parsing costs more than looking: a file in which no name of a secret has a literal behind it that may be one is not parsed. */
function mayHold(text: string, { groups, mention, pair }: Words): boolean {
  if (pair.test(text)) return true;
  let done = 0;
  mention.lastIndex = 0;
  for (const { index } of text.matchAll(mention)) {
    if (index < done) continue;
    const [start, end] = nameAround(text, index);
    done = end;
    const name = text.slice(start, end);
    const group = groupOf(groups, name);
    if (group === undefined) continue;
    if (
      group.shape === "password" &&
      LITERAL_BEFORE.test(text.slice(Math.max(0, start - 100), start))
    )
      return true;
    // The sign that ends a name in quotes begins no text.
    const from = /["']/.test(text[end] ?? "") && text[end] === text[start - 1] ? end + 1 : end;
    const near = text.slice(from, from + REACH + 1_000);
    for (const [index, value] of literalsIn(near)) {
      if (index > REACH) break;
      // What stands beside it, which only the tree tells, may make a weaker password one.
      if (looksSecret(value, name, group.shape) || HEADER.test(value)) return true;
      if (group.shape === "password" && looksSecret(value, name, "fixed")) return true;
      if (group.shape === "password" && COMPARED.test(near.slice(0, index))) return true;
    }
  }
  return false;
}

/** The texts in quotes of a stretch; of pieces with nothing but a sign between them, what they come to. */
function* literalsIn(text: string): Generator<readonly [number, string]> {
  let pieces = "";
  let end = -1;
  for (const literal of text.matchAll(LITERAL)) {
    const value = literal[1] ?? literal[2] ?? "";
    const isPiece = end >= 0 && JOINED.test(text.slice(end, literal.index));
    pieces = isPiece ? pieces + value : value;
    end = literal.index + literal[0].length;
    yield [literal.index, value];
    if (isPiece) yield [literal.index, pieces];
  }
}

const JOINED = /^[\s+]{0,80}$/;
const COMPARED = /==|!=/;
/** A literal that what follows is compared with. */
const LITERAL_BEFORE = /["']\s{0,4}[=!]=\s{0,4}[\w.]{0,80}$/;

/** The whole name that a part of it stands in. */
function nameAround(text: string, at: number): readonly [number, number] {
  let start = at;
  let end = at;
  while (start > at - REACH && /[\w-]/.test(text[start - 1] ?? "")) start--;
  while (end < at + REACH && /[\w-]/.test(text[end] ?? "")) end++;
  return [start, end];
}

function inPython(unit: FileUnit, words: Words): Candidate[] {
  if (!mayHold(unit.text, words)) return [];
  const file = unit.project.file(unit.path);
  if (file === undefined) return [];
  const starts = lineStarts(unit.text);
  const found: Candidate[] = [];
  for (const literal of namedLiterals(file, words.idioms)) {
    const group = groupOf(words.groups, meaningOf(literal));
    if (group === undefined || !isSecretLiteral(literal, group)) continue;
    const region = file.region(literal.node);
    const start = (starts[region.startLine - 1] ?? 0) + region.startColumn - 1;
    const end = (starts[region.endLine - 1] ?? 0) + region.endColumn;
    found.push(
      candidate(
        group,
        unit.path,
        literal.name,
        literal.value,
        withoutQuotes(unit.text, start, end),
      ),
    );
  }
  return found;
}

/** The name to judge a literal by: half of a pair has none of its own. */
function meaningOf({ name, half }: NamedLiteral): string {
  if (half === undefined) return name;
  return half === "user" ? "token" : "password";
}

/** The stretch between the quotes of a literal, or all of it where it is made of several. */
function withoutQuotes(text: string, start: number, end: number): readonly [number, number] {
  const source = text.slice(start, end);
  const match = /^[bruBRU]{0,2}("""|'''|"|')/.exec(source);
  const quote = match?.[1] ?? "";
  const inner = source.slice(match?.[0].length ?? 0, source.length - quote.length);
  return quote !== "" && source.endsWith(quote) && !inner.includes(quote)
    ? [start + (match?.[0].length ?? 0), end - quote.length]
    : [start, end];
}

/** Who a password is for, and where: names that stand beside it. */
const USERS = ["user", "username", "login", "email"];
const HOSTS = ["host", "hostname", "server", "address", "url"];

function isSecretLiteral(
  { name, value, beside, compared, half, member }: NamedLiteral,
  { shape }: Group,
): boolean {
  // Services take a key in the place of the user, and nothing in that of the password.
  if (half === "user") return looksSecret(value, name, "generated");
  if (half === "password") {
    const login = beside.get("user");
    // Beside a user that comes from elsewhere stands a word that a service asks for: `(token, "x-oauth-basic")`.
    return login !== value && looksSecret(value, name, login === "" ? "password" : "fixed");
  }
  if (member) return shape !== "password" && looksSecret(value, name, "generated");
  // What is typed in is compared with it: no message or event is.
  if (compared && shape === "password" && value.length >= 6 && !/\s/.test(value))
    return !isPlaceholder(value, name, "fixed");
  const user = USERS.map((key) => beside.get(key)).find((one) => one !== undefined);
  const host = HOSTS.map((key) => beside.get(key)).find((one) => one !== undefined);
  if (user !== undefined && user === value) return false;
  if (shape === "password" && host !== undefined) {
    // A machine of one's own, with a password that nobody made.
    if (isOwnMachine(host)) return looksSecret(value, name, "generated");
    // Whatever logs in on another machine is one.
    if (user !== undefined && looksSecret(value, name, "fixed")) return true;
  }
  return isSecretText(name, value, shape);
}

function inText(unit: FileUnit, { groups, mention, options, logins }: Words): Candidate[] {
  const found: Candidate[] = [];
  const asks = (line: string) => {
    mention.lastIndex = 0;
    if (mention.test(line)) return true;
    if ([...logins].some((word) => line.includes(`"${word}"`))) return true;
    return options.some(({ program }) => line.includes(program));
  };
  for (const { name, value, start, end } of namedTexts(unit.path, unit.text, asks, options)) {
    if (found.length >= MAX_FOUND) break;
    const inside = decoded(value);
    const login = logins.has(name) ? inside?.split(":", 2)[1] : undefined;
    const group = groupOf(groups, login === undefined ? name : "password");
    if (group === undefined) continue;
    const isSecret =
      isSecretText(name, login ?? value, group.shape) ||
      (inside !== undefined && group.shape === "password" && looksSecret(inside, name, "password"));
    // Where values have no quotes, words are words: `SECRET_KEY=build-key` is for a step that needs any.
    if (isSecret && !(group.shape === "fixed" && isIdentifier(value)))
      found.push(candidate(group, unit.path, name, value, [start, end]));
  }
  return found;
}
