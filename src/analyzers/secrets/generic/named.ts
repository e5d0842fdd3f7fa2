import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { lineStarts, toRegion } from "../../../core/edits.ts";
import { severities } from "../../../core/finding.ts";
import { type FileUnit, isPython } from "../../analyzer.ts";
import { wordsOf } from "../../name-words.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation, isForDevelopment, isSample } from "../context.ts";
import {
  CommandOption,
  decoded,
  hasNamedTexts,
  namedTexts,
  type OptionPattern,
  toOptionPatterns,
} from "./formats.ts";
import { candidate, type Group, groupOf, HOSTS, isSecretText, USERS } from "./groups.ts";
import {
  endings,
  type Mentions,
  mayHold,
  mentionsOf,
  namelessOf,
  namelessWords,
  spellings,
} from "./may-hold.ts";
import { NamePattern } from "./names.ts";
import { type Idioms, longTexts, type NamedLiteral, namedLiterals } from "./python.ts";
import { holdsLogin, isOwnMachine } from "./urls.ts";
import {
  isIdentifier,
  isPlaceholder,
  isSomethingElse,
  looksSecret,
  saysItIsNone,
  shapes,
} from "./values.ts";
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
        /** Words that mean it only at the end of the name. */
        ends: z.array(z.string().min(2)).default([]),
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
  /** Functions that hash the password that is their first argument. */
  hashers: z.array(z.string()).default([]),
  /** Functions of any library whose two arguments are a user and a password: `smtp.login("shop", "...")`. */
  entrances: z.array(z.string()).default([]),
  /** Functions that write their last text into what the one before it selects: `page.fill("#password", "...")`. */
  fillers: z.array(z.string()).default([]),
  /** Names of a user and a password in base64: what Docker keeps. */
  logins: z.array(z.string()).default([]),
  /** Names of JSON in base64 in which such names stand: what Kubernetes keeps for Docker. */
  wrappers: z.array(z.string()).default([]),
  /** Options of programs that take a secret, or `user:secret`. */
  options: z.array(CommandOption).default([]),
});
type NamedMatch = z.infer<typeof NamedMatch>;

/** What the rules say, made ready. */
interface Words extends Mentions {
  readonly options: readonly OptionPattern[];
  readonly logins: ReadonlySet<string>;
  readonly wrappers: ReadonlySet<string>;
  /** What a line has that names a secret in another way than `mention`. */
  readonly marks: readonly string[];
  readonly idioms: Idioms;
}

/** Finds passwords and keys by the names that code and configuration give them. */
export function findNamed(rules: readonly Part<NamedMatch>[]): Finder {
  const groups = rules.flatMap(({ rule, match: named }) =>
    named.groups.map(
      ({ what, opens, names, ends, shape, severity }): Group => ({
        rule,
        what,
        opens,
        pattern: new NamePattern(names, ends, named.without, named["not-last"]),
        shape,
        ...(severity !== undefined && { severity }),
      }),
    ),
  );
  const all = <
    Key extends
      | "pairs"
      | "readers"
      | "holders"
      | "carriers"
      | "setters"
      | "fillers"
      | "hashers"
      | "entrances"
      | "logins"
      | "wrappers",
  >(
    key: Key,
  ) => rules.flatMap(({ match }) => match[key]);
  const phrases = [
    ...new Set(rules.flatMap(({ match }) => match.groups.flatMap((group) => group.names))),
  ];
  const options = toOptionPatterns(rules.flatMap(({ match }) => match.options));
  const pairs = all("pairs");
  const ends = [...new Set(rules.flatMap(({ match }) => match.groups.flatMap((one) => one.ends)))];
  const hashers = all("hashers");
  const entrances = all("entrances");
  const logins = all("logins");
  const wrappers = all("wrappers");
  const programs = [...new Set(options.map(({ program }) => program.trimEnd()))];
  const firstWords = [...new Set(programs.map((program) => program.split(" ")[0] ?? ""))];
  const words: Words = {
    groups,
    mention: mentionsOf(phrases, ends),
    nameless: namelessOf(pairs, programs, hashers, entrances),
    options,
    logins: new Set(logins),
    wrappers: new Set(wrappers),
    marks: [
      ...logins.flatMap((word) => [`"${word}"`, `:${word}=`]),
      ...wrappers,
      ...options.map(({ program }) => program),
    ],
    idioms: {
      readers: new Set(all("readers")),
      holders: new Set(all("holders")),
      carriers: new Set(all("carriers")),
      setters: new Set(all("setters")),
      hashers: new Set(hashers),
      entrances: new Set(entrances),
      fillers: new Set(all("fillers")),
      options,
      means: (name) => groupOf(groups, name) !== undefined,
      isPair: (name) => pairs.includes(wordsOf(name).at(-1) ?? ""),
    },
  };
  return {
    triggers: [
      ...phrases.flatMap(spellings),
      ...ends.flatMap(endings),
      ...namelessWords(pairs, firstWords, entrances),
      ...options.map(({ program }) => program),
      ...(groups.length === 0
        ? []
        : ["Bearer ", "Basic ", "b64encode(", ":5432:", "IDENTIFIED BY", "identified by"]),
      ...logins.flatMap((word) => [`"${word}": "`, `:${word}=`]),
      ...wrappers.map((word) => `${word}: `),
    ].map((text) => [{ text, whole: false }]),
    wants: (path) =>
      !isTestPath(path) &&
      !isDocumentation(path) &&
      !isSample(path) &&
      (isPython(path) || hasNamedTexts(path)),
    find: (unit) => {
      if (describesApi(unit)) return [];
      const found = [
        ...(isPython(unit.path)
          ? [
              ...inPython(unit, words),
              ...inFiles(unit, words),
              ...inComments(unit, groups),
              ...inCommands(unit, groups, options),
            ]
          : inText(unit, words)),
        ...inPlaces(unit, groups),
      ];
      return isForDevelopment(unit.path)
        ? found.filter(({ start, end }) => !saysItIsNone(unit.text.slice(start, end)))
        : found;
    },
  };
}

/** How much of a file is looked at for what it is. */
const HEAD = 400;

/** True for a description of an API in the form of OpenAPI: its values are examples for those who read it. */
function describesApi({ path, text }: FileUnit): boolean {
  return (
    /\.(?:json|ya?ml)$/i.test(path) &&
    /^\s{0,8}(?:\{\s{0,8})?["']?(?:openapi|swagger)["']?:/im.test(text.slice(0, HEAD))
  );
}

function inPython(unit: FileUnit, words: Words): Candidate[] {
  if (!mayHold(unit.text, words)) return [];
  const file = unit.project.file(unit.path);
  if (file === undefined) return [];
  const starts = lineStarts(unit.text);
  const found: Candidate[] = [];
  for (const literal of namedLiterals(file, words.idioms)) {
    if (found.length >= MAX_FOUND) break;
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

function isSecretLiteral(
  { name, value, beside, compared, half, member, returned }: NamedLiteral,
  { shape, pattern }: Group,
): boolean {
  // Services take a key in the place of the user, and nothing in that of the password.
  if (half === "user") return looksSecret(value, name, "generated");
  if (half === "password") {
    const login = beside.get("user");
    // Beside a user that comes from elsewhere stands a word that a service asks for: `(token, "x-oauth-basic")`.
    return login !== value && looksSecret(value, name, login === "" ? "password" : "fixed");
  }
  if (shape !== "fixed" && pattern.isOtherName(value)) return false;
  if (member && shape === "password")
    return /s$/i.test(name) && looksSecret(value, name, "password");
  if (member) return looksSecret(value, name, "generated");
  // Functions of such names also tell of the secret: what it is called, where it is kept, what is wrong with it.
  if (returned) return looksSecret(value, name, shape === "password" ? "password" : "generated");
  // What is typed in is compared with it: no message or event is.
  if (compared && shape === "password" && value.length >= 6 && !/\s/.test(value)) {
    if (isSomethingElse(value, name)) return false;
    return !isPlaceholder(value, name, "fixed") || isWeakChoice(value, name);
  }
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

/** True for a word that everybody knows with a number behind it, `admin123`: what is typed in is let in by it. */
function isWeakChoice(value: string, name: string): boolean {
  const own = wordsOf(name);
  return /^[a-z]{4,20}\d{2,6}$/i.test(value) && !wordsOf(value).some((word) => own.includes(word));
}

function inText({ path, text }: FileUnit, words: Words): Candidate[] {
  return inNamedTexts(path, text, words, path);
}

/** What stands in the texts of files that a program holds, as it would in the files. Documentation of the program is none. */
function inFiles(unit: FileUnit, words: Words): Candidate[] {
  const { path, text } = unit;
  const found: Candidate[] = [];
  for (const [start, end] of quotedFiles(text)) {
    if (found.length >= MAX_FOUND) break;
    for (const one of inNamedTexts("file.yml", text.slice(start, end), words, path))
      found.push({ ...one, start: one.start + start, end: one.end + start });
  }
  if (found.length === 0) return [];
  // Only the tree tells a text from what stands between two of them.
  const file = unit.project.file(path);
  const starts = lineStarts(text);
  const lineOf = ({ start }: Candidate) => toRegion(starts, start, start + 1).startLine;
  const texts = file === undefined ? [] : longTexts(file);
  return found.filter((one) => {
    const line = lineOf(one);
    return texts.some(({ startLine, endLine }) => startLine < line && line <= endLine);
  });
}

/** Stretches between three quotes that code may use: what is none is told by the tree. */
function* quotedFiles(text: string): Generator<readonly [start: number, end: number]> {
  for (const quotes of ['"""', "'''"]) {
    let at = text.indexOf(quotes);
    while (at >= 0) {
      const end = text.indexOf(quotes, at + quotes.length);
      if (end < 0) break;
      const isUsed = USES.test(text.slice(Math.max(0, at - 24), at));
      if (isUsed) yield [at + quotes.length, end];
      at = isUsed ? text.indexOf(quotes, end + quotes.length) : end;
    }
  }
}

/** What stands before a text that is more than documentation. */
const USES = /[=(,:[]\s{0,20}[bBrRuU]{0,2}$/;

function inNamedTexts(style: string, text: string, words: Words, path: string): Candidate[] {
  const { groups, mention, options, logins } = words;
  const found: Candidate[] = [];
  const marks = words.marks.filter((mark) => text.includes(mark));
  const asks = (line: string) => {
    mention.lastIndex = 0;
    return (
      mention.test(line) ||
      ADDRESS_IN_BASE64.test(line) ||
      marks.some((mark) => line.includes(mark))
    );
  };
  for (const { name, value, start, end } of namedTexts(style, text, asks, options)) {
    if (found.length >= MAX_FOUND) break;
    const inside = decoded(value);
    if (inside !== undefined && holdsSecret(name, inside, words)) {
      const group = groupOf(groups, "password");
      if (group !== undefined) found.push(candidate(group, path, name, value, [start, end]));
      continue;
    }
    const login = logins.has(name) ? inside?.split(":", 2)[1] : undefined;
    const group = groupOf(groups, login === undefined ? name : "password");
    if (group === undefined) continue;
    if (group.shape !== "fixed" && group.pattern.isOtherName(value)) continue;
    const isSecret =
      isSecretText(name, login ?? value, group.shape) ||
      (inside !== undefined && group.shape === "password" && looksSecret(inside, name, "password"));
    // Where values have no quotes, words are words: `SECRET_KEY=build-key` is for a step that needs any.
    if (isSecret && !(group.shape === "fixed" && isIdentifier(value)))
      found.push(candidate(group, path, name, value, [start, end]));
  }
  return found;
}

/** `://` in base64, wherever it stands in it. */
const ADDRESS_IN_BASE64 = /(?:Oi8v|6Ly|ovL)[A-Za-z\d+/]{8}/;

/** True for what was in base64 and is an address with a password, or a file of logins. */
function holdsSecret(name: string, inside: string, words: Words): boolean {
  if (holdsLogin(inside)) return true;
  if (!words.wrappers.has(name.replace(/^\.{1,3}/, ""))) return false;
  return inNamedTexts("file.json", inside, words, "file.json").length > 0;
}
