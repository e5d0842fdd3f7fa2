/**
 * What a form's text tells of its fields. Whether a method that is to check one checks what is in it: one that only takes off
 * spaces, or counts letters, lets every text through, and whatever else it calls or compares may be a check. And whether what a
 * field is given leaves only harmless values.
 */
import { lineStarts } from "../../core/edits.ts";
import type { Limit, ListField, Models } from "../../core/models.ts";
import { definitionsIn } from "./importers.ts";
import { allowsOnlyHarmless } from "./regex.ts";

/** Errors and their texts: `ValidationError(_("…"))`. */
const ERROR = /^(?:_|u?n?p?gettext(?:_lazy|_noop)?|[A-Z]\w*(?:Error|Exception|Invalid))$/;
/** A comparison that may be with what is allowed; that with an empty text or with nothing is none. */
const COMPARES = /\b(?:not\s+)?in\b|[!=]=(?!\s*(?:""|''|None\b))/;
/** Texts and comments, in which anything may stand. */
const QUIET = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;

/** True where one of the methods that a pattern finds may check something; not the one around a line, if that is given. */
export function checksIn(
  text: string,
  method: RegExp,
  without: number | undefined,
  models: Models,
): boolean {
  for (const { index } of text.matchAll(new RegExp(method.source, "g"))) {
    const body = bodyAt(text, index);
    const first = text.slice(0, index).split("\n").length;
    const isAround =
      without !== undefined && without >= first && without < first + body.split("\n").length;
    if (!isAround && mayCheck(body, models)) return true;
  }
  return false;
}

/** True where the class in which a field is declared, on a line (from 1), has a method of that name for it that may check it. */
export function isCheckedBeside(
  text: string,
  line: number,
  method: string,
  models: Models,
): boolean {
  const start = lineStarts(text)[line - 1] ?? 0;
  const [, name] = /^[ \t]+(\w+)\s*(?::[^=\n]+)?=/.exec(text.slice(start, start + MAX_GIVEN)) ?? [];
  if (name === undefined) return false;
  const check = new RegExp(`\\bdef\\s+${method.replace("{}", name)}\\s*\\(`);
  return classesAround(text, start).some((one) => checksIn(one, check, undefined, models));
}

/** The class that a class extends may check, too. */
const INHERITED = /\bsuper\([^()]*\)\.\w+\([^()]*\)/g;
/** What walks through all fields, or hands on what may be all of them. */
const CONCERNS_ALL = /\bfor\b|[(,]\s*\*{0,2}(?:self\.)?\w+\s*[,)]/;

/** True where a method that checks a form as a whole may check what is in one of its fields. */
export function checksFieldIn(text: string, method: RegExp, key: string, models: Models): boolean {
  const { "no-checks": noChecks } = models;
  const isNamed = new RegExp(`["'.]${key}\\b`);
  return [...text.matchAll(new RegExp(method.source, "g"))].some(({ index }) => {
    const body = bodyAt(text, index);
    if (!mayCheck(body, models)) return false;
    const code = body.slice(body.indexOf(":")).replace(QUIET, '""').replace(INHERITED, "all");
    const own = [...code.matchAll(/\bself\.(\w+)\(/g)].map(([, name = ""]) => name);
    const handsOn = CONCERNS_ALL.test(code) || own.some((name) => !noChecks.includes(name));
    return isNamed.test(body) || handsOn;
  });
}

/** A function from its name to its last line. */
function bodyAt(text: string, start: number): string {
  const line = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const end = new RegExp(`\\n[ \\t]{0,${indent}}[^\\s)#]`, "g");
  end.lastIndex = start;
  return text.slice(start, end.exec(text)?.index ?? text.length);
}

function mayCheck(
  body: string,
  { "no-checks": noChecks, "tell-presence": present }: Models,
): boolean {
  const [, ...rest] = body.replace(QUIET, (quiet) => (quiet.length > 2 ? '"-"' : '""')).split(":");
  const asks = new RegExp(`\\.(?:${present.join("|") || "(?!)"})\\(`);
  const whole = rest.join(":");
  // `found = ….first()` and then `if found is not None:`
  const asked = new Set([...whole.matchAll(TESTS_PRESENCE)].map(([, name = ""]) => name));
  const code = whole
    .replace(ASSIGNS, (statement, _, name) =>
      asked.has(name) && asks.test(statement) ? "" : statement,
    )
    .replace(/\bif\s+(?!not\b)[^\n:]*:?/g, (test) =>
      test.endsWith(":") && asks.test(test) ? "if:" : test,
    );
  const called = [...code.matchAll(/(\w+)[ \t]*\(/g)].map(([, name = ""]) => name);
  return (
    COMPARES.test(code.replace(/\bfor\b[^\n:]*/g, "")) ||
    called.some((name) => !noChecks.includes(name) && !ERROR.test(name) && !/^clean/.test(name))
  );
}

const TESTS_PRESENCE = /\bif\s+(\w+)(?:\s+is\s+not\s+None)?\s*:/g;
/** An assignment to a name, which may go on over lines in parentheses. */
const ASSIGNS = /^([ \t]*)(\w+)[ \t]*=(?!=)[^\n]*(?:\n\1(?:[ \t]+|\))[^\n]*)*/gm;

/** True where a field is given a function of its own module, or a lambda, that may check what is in the field. */
export function isGivenCheck(given: string, text: string, models: Models): boolean {
  const [, listed = ""] = /\bvalidat(?:e|ors)\s*=\s*([\s\S]*)/.exec(given) ?? [];
  const [lambda] = /^[\s[(]*lambda\b[\s\S]*/.exec(listed) ?? [];
  if (lambda !== undefined) return mayCheck(lambda, models);
  return [...listed.replace(QUIET, "").matchAll(/\w+/g)].slice(0, MAX_LISTED).some(([name]) => {
    const at = text.search(new RegExp(`^def ${name}\\s*\\(`, "m"));
    return at >= 0 && mayCheck(bodyAt(text, at), models);
  });
}

/** What is given to a call, from behind its `(` to before its `)`; undefined where that is too much, or does not end. */
export function givenAt(text: string, start: number): string | undefined {
  const given = text.slice(start, start + MAX_GIVEN);
  let depth = 0;
  for (const { 0: token, index } of given.matchAll(TOKENS)) {
    if (OPENS.test(token)) depth++;
    else if (CLOSES.test(token) && depth-- === 0) return given.slice(0, index);
  }
  return undefined;
}

const MAX_GIVEN = 500;
const TOKENS = new RegExp(`${QUIET.source}|[()[\\]{}]`, "g");
const OPENS = /^[([{]$/;
const CLOSES = /^[)\]}]$/;

/** True for a name at the beginning of a line that stands in the body of a class, and is no variable of a function. */
export function isInClass(text: string, index: number): boolean {
  const lines = text.slice(0, index).split("\n").reverse();
  let limit = indentOf(text.slice(index));
  for (const line of lines) {
    const indent = indentOf(line);
    if (indent >= limit || indent === line.length) continue;
    const [, keyword] = /^\s*(class|def|async)\b/.exec(line) ?? [];
    if (keyword !== undefined) return keyword === "class";
    // Behind a definition of several lines its name has the same indent.
    limit = line.startsWith(")", indent) ? indent + 1 : indent;
  }
  return false;
}

/** The class at the left edge of a text that a place is in, and those of the text that it extends, near or far. */
export function classesAround(text: string, index: number): readonly string[] {
  const line = text.slice(0, index).split("\n").length;
  const all = definitionsIn(text);
  const own = all.findLast((one) => one.line <= line);
  const found = new Set(own === undefined ? [] : [own]);
  // A set grows while it is walked, and holds each class once.
  for (const one of found) {
    const [, bases = ""] = /^class\s+\w+\s*\(([^)]*)\)/m.exec(one.text) ?? [];
    const names = new Set(bases.match(/\w+/g));
    for (const other of all) if (names.has(other.name)) found.add(other);
  }
  return [...found].map((one) => one.text);
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}

/** A field of a form as its text says: the last name of its class, and what that is given. */
interface WrittenField {
  readonly type: string;
  readonly given: string;
}

/** How deep lists of lists are looked into. */
const MAX_LISTS = 3;

/** Of a field that is a list of others the field that each of its values is of; any other as it is. */
export function elementOf(
  field: WrittenField,
  lists: readonly ListField[],
  depth = 0,
): WrittenField {
  const list = lists.find((one) => one.call === field.type);
  if (list === undefined || depth === MAX_LISTS) return field;
  for (const place of list.of) {
    const before = typeof place === "number" ? "^" : `(?:^|,)\\s*${place}\\s*=`;
    const found = new RegExp(`${before}\\s*(?:\\w+\\.)*(\\w+)\\(`).exec(field.given);
    if (found === null) continue;
    const given = givenAt(field.given, found.index + found[0].length);
    if (given !== undefined) return elementOf({ type: found[1] ?? "", given }, lists, depth + 1);
  }
  return field;
}

/** True where a field's class, or something that the field is given, lets only harmless values through. */
export function isLimited(field: WrittenField, text: string, limits: readonly Limit[]): boolean {
  const [, listed = ""] = /\bvalidators\s*=\s*([\s\S]*)/.exec(field.given) ?? [];
  // A check may have a name of its own: `validators=[name_validator]`.
  const named = [...listed.replace(QUIET, "").matchAll(/\w+/g)]
    .slice(0, MAX_LISTED)
    .flatMap(([name]) => definitionOf(name, text) ?? []);
  const said = [`${field.type}(${field.given})`, ...named];
  return limits.some((limit) => said.some((one) => isWithin(one, limit, text)));
}

/** Words among the validators of a field that are looked up. */
const MAX_LISTED = 20;

function isWithin(said: string, { call, pattern, matches }: Limit, text: string): boolean {
  if (pattern.length === 0) return new RegExp(`\\b${call}\\b`).test(said.replace(QUIET, ""));
  return [...said.matchAll(new RegExp(`\\b${call}\\(`, "g"))].some(({ 0: start, index }) => {
    const given = givenAt(said, index + start.length);
    if (given === undefined || LETS_MORE.test(given)) return false;
    const places = pattern.filter((one) => typeof one === "string").join("|");
    const [, argument = given] =
      new RegExp(`(?:^|,)\\s*(?:${places || "(?!)"})\\s*=([\\s\\S]*)`).exec(given) ?? [];
    const regex =
      literalIn(argument) ??
      literalIn(definitionOf(/^\s*(\w+)/.exec(argument)?.[1] ?? "", text) ?? "");
    return regex !== undefined && allowsOnlyHarmless(regex, matches);
  });
}

/** Options that turn a regex round, or let more than one line be matched. */
const LETS_MORE = /\binverse_match\b|\bMULTILINE\b|\bre\.M\b/;
/** A text in quotes, without escapes unless it is a raw one; `re.compile` may be around it. */
const LITERAL =
  /^\s*(?:re\.compile\(\s*)?(?:[rR](["'])((?:\\.|(?!\1)[^\\\n])*)\1|(["'])((?:(?!\3)[^\\\n])*)\3)\s*(?:[,)]|$)/;

function literalIn(argument: string): string | undefined {
  const found = LITERAL.exec(argument);
  return found?.[2] ?? found?.[4];
}

/** What a name of the module is, up to the end of the line. */
function definitionOf(name: string, text: string): string | undefined {
  if (name === "") return undefined;
  return new RegExp(`^${name}\\s*=\\s*(.*(?:\\n[ \\t)\\]].*){0,6})`, "m").exec(text)?.[1];
}
