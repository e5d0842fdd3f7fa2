import * as z from "zod";
import { isTestPath } from "../../../core/config.ts";
import { lineStarts } from "../../../core/edits.ts";
import { severities } from "../../../core/finding.ts";
import type { Rule } from "../../../core/rule.ts";
import { Secret } from "../../../core/secret.ts";
import { type FileUnit, isPython } from "../../analyzer.ts";
import type { Candidate, Finder, Part } from "../candidates.ts";
import { isDocumentation, milder } from "../context.ts";
import { decoded, hasNamedTexts, namedTexts } from "./formats.ts";
import { NamePattern } from "./names.ts";
import { type NamedLiteral, namedLiterals } from "./python.ts";
import { isOwnMachine } from "./urls.ts";
import { isIdentifier, isPlaceholder, looksSecret, type Shape, shapes } from "./values.ts";

/** Values whose name says that they are secret, and whose own form does not say otherwise. */
export const NamedMatch = z.strictObject({
  /** The first group whose words a name holds decides. */
  groups: z
    .array(
      z.strictObject({
        /** What it is, as a noun with its article. */
        what: z.string().min(3),
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
});
type NamedMatch = z.infer<typeof NamedMatch>;

interface Group {
  readonly rule: Rule;
  readonly what: string;
  readonly pattern: NamePattern;
  readonly shape: Shape;
  readonly severity?: Candidate["severity"];
}

/** Finds passwords and keys by the names that code and configuration give them. */
export function findNamed(rules: readonly Part<NamedMatch>[]): Finder {
  const groups = rules.flatMap(({ rule, match: named }) =>
    named.groups.map(
      ({ what, names, shape, severity }): Group => ({
        rule,
        what,
        pattern: new NamePattern(names, named.without, named["not-last"]),
        shape,
        ...(severity !== undefined && { severity }),
      }),
    ),
  );
  const phrases = [
    ...new Set(rules.flatMap(({ match }) => match.groups.flatMap((group) => group.names))),
  ];
  const triggers = phrases.flatMap(spellings).map((text) => [{ text, whole: false }]);
  const mention = new RegExp(
    phrases.map((phrase) => phrase.replaceAll(" ", "[\\W_]?")).join("|") || "(?!)",
    "gi",
  );
  return {
    triggers,
    find: (unit) => {
      // Tests make passwords up, and manuals show them.
      if (isTestPath(unit.path) || isDocumentation(unit.path) || SAMPLE.test(unit.path)) return [];
      if (isPython(unit.path)) return inPython(unit, groups, mention);
      return hasNamedTexts(unit.path) ? inText(unit, groups, mention) : [];
    },
  };
}

/** A phrase as it stands in names of all habits, or enough of it. */
function spellings(phrase: string): string[] {
  const words = phrase.split(" ");
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return [
    ...new Set([
      words.join("_"),
      words.join("_").toUpperCase(),
      words.join("-"),
      words.join(""),
      words.join("").toUpperCase(),
      capitals.join(""),
      capitals.join("-"),
      [words[0], ...capitals.slice(1)].join(""),
    ]),
  ];
}

function groupOf(groups: readonly Group[], name: string): Group | undefined {
  return groups.find((group) => group.pattern.matches(name));
}

/** Files that are there to be copied and filled in. */
const SAMPLE =
  /\.(?:example|sample|template|tmpl|tpl|dist)(?:\.\w+)?$|[._-](?:example|sample)\.\w+$/i;
/** What builds and tests: its services live as long as it runs. */
const CI =
  /(?:^|\/)\.(?:github|gitlab|circleci|ci|devcontainer|azure[\w-]*|buildkite)\/|(?:^|\/)(?:\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|appveyor|\.drone|cloudbuild)\.ya?ml$/i;

/** How far behind a name its value may begin. */
const REACH = 200;
const LITERAL = /"([^"\\\n]{6,1000})"|'([^'\\\n]{6,1000})'/g;

/** Parsing costs more than looking: a file in which no name of a secret has a literal behind it that may be one is not parsed. */
function mayHold(text: string, groups: readonly Group[], mention: RegExp): boolean {
  let done = 0;
  mention.lastIndex = 0;
  for (const { index } of text.matchAll(mention)) {
    if (index < done) continue;
    const [start, end] = nameAround(text, index);
    done = end;
    const name = text.slice(start, end);
    const group = groupOf(groups, name);
    if (group === undefined) continue;
    const near = text.slice(end, end + REACH + 1_000);
    for (const literal of near.matchAll(LITERAL)) {
      if (literal.index > REACH) break;
      const value = literal[1] ?? literal[2] ?? "";
      // What stands beside it, which only the tree tells, may make a weaker password one.
      const shape = group.shape === "password" ? "fixed" : group.shape;
      if (looksSecret(value, name, shape) || HEADER.test(value)) return true;
      if (group.shape === "password" && COMPARED.test(near.slice(0, literal.index))) return true;
    }
  }
  return false;
}

const COMPARED = /==|!=/;

/** The whole name that a part of it stands in. */
function nameAround(text: string, at: number): readonly [number, number] {
  let start = at;
  let end = at;
  while (start > at - REACH && /[\w-]/.test(text[start - 1] ?? "")) start--;
  while (end < at + REACH && /[\w-]/.test(text[end] ?? "")) end++;
  return [start, end];
}

function inPython(unit: FileUnit, groups: readonly Group[], mention: RegExp): Candidate[] {
  if (!mayHold(unit.text, groups, mention)) return [];
  const file = unit.project.file(unit.path);
  if (file === undefined) return [];
  const starts = lineStarts(unit.text);
  const found: Candidate[] = [];
  for (const literal of namedLiterals(file)) {
    const group = groupOf(groups, literal.name);
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
  { name, value, beside, compared }: NamedLiteral,
  { shape }: Group,
): boolean {
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

const HEADER = /^(?:Bearer|Token|Basic|ApiKey|JWT)\s+(\S{8,1000})$/i;

function isSecretText(name: string, value: string, shape: Shape): boolean {
  const header = HEADER.exec(value)?.[1];
  if (header !== undefined) {
    const login = /^Basic/i.test(value) ? decoded(header)?.split(":")[1] : undefined;
    return login === undefined
      ? looksSecret(header, name, "generated")
      : looksSecret(login, name, "password");
  }
  return looksSecret(value, name, shape);
}

function inText(unit: FileUnit, groups: readonly Group[], mention: RegExp): Candidate[] {
  const found: Candidate[] = [];
  const asks = (line: string) => {
    mention.lastIndex = 0;
    return mention.test(line);
  };
  for (const { name, value, start, end } of namedTexts(unit.path, unit.text, asks)) {
    const group = groupOf(groups, name);
    if (group === undefined) continue;
    const inside = decoded(value);
    const isSecret =
      isSecretText(name, value, group.shape) ||
      (inside !== undefined && group.shape === "password" && looksSecret(inside, name, "password"));
    // Where values have no quotes, words are words: `SECRET_KEY=build-key` is for a step that needs any.
    if (isSecret && !(group.shape === "fixed" && isIdentifier(value)))
      found.push(candidate(group, unit.path, name, value, [start, end]));
  }
  return found;
}

function candidate(
  { rule, what, severity }: Group,
  path: string,
  name: string,
  value: string,
  [start, end]: readonly [number, number],
): Candidate {
  return {
    rule,
    start,
    end,
    secret: new Secret(value),
    values: { what, name: name.slice(0, 80), shown: `${value.length} characters` },
    ...(CI.test(path) ? { severity: milder(severity ?? rule.severity) } : severity && { severity }),
  };
}
