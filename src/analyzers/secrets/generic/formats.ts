/**
 * Names and values in everything that is not Python, told by the syntax of a line: configuration, shells, containers, pages and
 * scripts. A line is enough, because a person reads them so too; whole parsers for twenty languages would find little more.
 */
import { Buffer } from "node:buffer";
import * as z from "zod";

/** A value with a name; offsets of the value are UTF-16 units of the file. */
export interface NamedText {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** An option with which a program takes a secret on its command line. */
export const CommandOption = z.strictObject({
  /** The program's name as it is written. */
  program: z.string().min(2),
  /** The option with its dashes; written together with the value where no sign stands between them. */
  option: z.string().min(2),
  /** `value`: the secret is all. `login`: it stands behind a user and a colon. `joined`: directly behind the option. */
  form: z.enum(["value", "login", "joined"]).default("value"),
});

export interface OptionPattern {
  /** The program with a space behind it. */
  readonly program: string;
  /** The option and its value. */
  readonly option: RegExp;
}

/** One pattern for each option. */
export function toOptionPatterns(
  options: readonly z.infer<typeof CommandOption>[],
): readonly OptionPattern[] {
  return options.map(({ program, option, form }) => {
    const user = form === "login" ? "[^\\s:\"'$`=]{0,100}:" : "";
    const between = form === "joined" ? "" : "(?:=| {1,4})";
    const value = "([^\\s\"'$`=][^\\s\"'$`]{5,1000})";
    return {
      program: `${program} `,
      option: new RegExp(`(?<=\\s)${option}${between}["']?${user}${value}`, "d"),
    };
  });
}

/** How a kind of file writes a value down. `bare`: without quotes too, to the end of the line. */
type Style = "bare" | "shell" | "quoted" | "notebook" | "spaced" | "columns";

const STYLES: readonly (readonly [RegExp, Style])[] = [
  [
    /(?:^|\/)\.(?:flask)?env(?:rc|\.[\w.-]{1,60})?$|\.env$|(?:^|\/)\.envs?\/|(?:^|\/)env\.\w{2,20}$/i,
    "bare",
  ],
  [/(?:^|\/)\.pgpass$/i, "columns"],
  [
    /\.(?:ya?ml|ini|cfg|conf|properties|toml|http|rest)$|(?:^|\/)\.(?:pypirc|npmrc|boto|s3cfg)$/i,
    "bare",
  ],
  [
    /(?:^|\/)(?:Dockerfile|Containerfile|Procfile|Makefile|Vagrantfile|Jenkinsfile)[\w.-]{0,60}$|\.dockerfile$|\.mk$/i,
    "shell",
  ],
  [/\.(?:sh|bash|zsh|fish|ps1|bat|cmd|service)$/i, "shell"],
  [/(?:^|\/)[._]netrc$/i, "spaced"],
  [/\.ipynb$/i, "notebook"],
  [
    /\.(?:json[5c]?|tf|tfvars|hcl|nomad|html?|jinja2?|j2|djhtml|vue|svelte|[cm]?[jt]sx?|xml|config|gradle|sql)$/i,
    "quoted",
  ],
];
/** Texts of an interface in many languages: `password` stands before a translation there. */
const CATALOGUE = /(?:^|\/)(?:locales?|i18n|l10n|lang|languages|translations?|messages)(?:\/|\.)/i;

function styleOf(path: string): Style | undefined {
  if (CATALOGUE.test(path)) return undefined;
  return STYLES.find(([pattern]) => pattern.test(path))?.[1];
}

/** Variables of Terraform stand below their names, and parameters of CloudFormation. */
const NAMED_ABOVE = /\.(?:tf|tfvars|hcl|template)$/i;

/** True for files that are read by `namedTexts`. */
export function hasNamedTexts(path: string): boolean {
  return styleOf(path) !== undefined;
}

/** False for files of which a line can only be understood with some that may stand far above it. */
export function isReadByLines(path: string): boolean {
  return styleOf(path) !== "notebook" && !NAMED_ABOVE.test(path);
}

const MAX_LINE = 4_000;

/**
 * Every value with a name on the lines of a file that `asks` for; lines longer than `MAX_LINE` are made by programs and are
 * passed over.
 */
export function* namedTexts(
  path: string,
  text: string,
  asks: (line: string) => boolean,
  commands: readonly OptionPattern[],
): Generator<NamedText> {
  const style = styleOf(path);
  if (style === undefined) return;
  let before = { line: "", isAsked: false };
  let variable: string | undefined;
  for (const [start, line] of style === "notebook" ? notebookLines(text) : linesOf(text)) {
    const isAsked = line.length <= MAX_LINE && (style === "columns" || asks(line));
    if (isAsked || (before.isAsked && line.length <= MAX_LINE)) {
      for (const found of ofLine(style, line, before.line, commands)) {
        const inner = otherwiseIn(assignmentIn(found));
        yield { ...inner, start: start + inner.start, end: start + inner.end };
      }
    }
    // Terraform and CloudFormation name a variable some lines above what it is otherwise.
    variable =
      (VARIABLE.exec(line) ?? PARAMETER.exec(line))?.[1] ??
      (line.startsWith("}") ? undefined : variable);
    const otherwise =
      variable === undefined ? null : (DEFAULT.exec(line) ?? PARAMETER_DEFAULT.exec(line));
    if (otherwise?.[1] !== undefined && variable !== undefined) {
      const [from = 0, to = 0] = otherwise.indices?.[1] ?? [];
      yield { name: variable, value: otherwise[1], start: start + from, end: start + to };
    }
    if (line.trim() !== "") before = { line: line.length <= MAX_LINE ? line : "", isAsked };
  }
}

/** A line with the offset at which it begins. */
type Line = readonly [start: number, line: string];

function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    yield [start, text.slice(start, end).replace(/\r$/, "")];
    start = end + 1;
  }
}

const VARIABLE = /^\s{0,8}variable\s{1,4}"([\w-]{2,80})"\s{0,4}\{/;
const DEFAULT = /^\s{0,8}default\s{0,8}=\s{0,4}"((?:[^"$\\]|\$(?!\{)){6,1000})"/d;
const PARAMETER = /^\s{2,12}([A-Za-z]\w{2,80}):\s{0,8}$/;
const PARAMETER_DEFAULT =
  /^\s{4,16}Default:\s{1,4}["']?([^\s"'#{}!&*|>$][^\s"']{5,200})["']?\s{0,8}$/d;

/** `Environment="NAME=value"`, `env = NAME=value`: the name that counts is the inner one. */
function assignmentIn(found: NamedText): NamedText {
  const match = /^([A-Z_][A-Z\d_]{2,60})=(?=\S{6})/.exec(found.value);
  if (match?.[1] === undefined) return found;
  const { length } = match[0];
  return {
    name: match[1],
    value: found.value.slice(length),
    start: found.start + length,
    end: found.end,
  };
}

/** `${NAME:-value}` as all of a value: what is taken where the environment has no such name. */
function otherwiseIn(found: NamedText): NamedText {
  const match = WHOLE_FALLBACK.exec(found.value);
  const [start, end] = match?.indices?.[1] ?? [0, 0];
  if (match?.[1] === undefined) return found;
  return { ...found, value: match[1], start: found.start + start, end: found.start + end };
}

const FALLBACK =
  /\$\{([A-Za-z_]\w{1,80})(?::[-=]?|[-=])["']?(?![?+])([^\s"'`{}$\\]{6,1000})["']?\}/dg;
const WHOLE_FALLBACK = /^\$\{[A-Za-z_]\w{1,80}(?::[-=]?|[-=])(?![?+])([^\s"'`{}$\\]{6,1000})\}$/d;

function* ofLine(
  style: Style,
  line: string,
  before: string,
  commands: readonly OptionPattern[],
): Generator<NamedText> {
  if (style === "notebook") {
    yield* quoted(line);
    yield* matches(line, MAGIC);
    for (const command of commands) yield* optionOf(line, command);
    return;
  }
  if (style === "spaced") {
    yield* matches(line, SPACED);
    return;
  }
  if (style === "columns") {
    yield* columns(line);
    return;
  }
  yield* quoted(line);
  yield* matches(line, HEADER);
  if (style === "quoted") {
    yield* matches(line, OTHERWISE);
    yield* matches(line, FIELD);
    yield* matches(line, ELEMENT);
    yield* matches(line, REMARK);
  } else yield* bare(line);
  yield* matches(line, FALLBACK);
  if (style !== "quoted") for (const command of commands) yield* optionOf(line, command);
  if (style !== "quoted") yield* options(line);
  if (style === "bare") yield* matches(line, FLOW);
  yield* nextLine(line, before);
}

const QUOTED =
  /(?:(?<![\w$[:@*(#.-])|(?<=\.|\benv:)|(?<=\()(?=[\w.]{1,80}=)|["'`])([A-Za-z_][\w.-]{0,80})\\?["'`]?\]?\s{0,8}(?::\s{0,4}[A-Za-z]{1,20}\s{0,4}=|===?|=>|\?=|::?=|=|:)\s{0,4}\(?\\?(?:"([^"\\\n]{6,1000})\\?"|'([^'\\\n]{6,1000})\\?'|`([^`\\\n]{6,1000})`)/dg;

/** `name = "value"`, `"name": "value"`, `name: 'value'`, `name="value"`, and what else gives a name a text in quotes. */
function* quoted(line: string): Generator<NamedText> {
  for (const match of line.matchAll(QUOTED)) {
    const group = [2, 3, 4].find((index) => match[index] !== undefined) ?? 2;
    const [start, end] = match.indices?.[group] ?? [0, 0];
    yield { name: match[1] ?? "", value: match[group] ?? "", start, end };
  }
}

/** `-H "Authorization: Bearer ..."` and `"X-Api-Key:..."`, in whatever calls a program. */
const HEADER =
  /(?<=(?:(?:-H|--header)[= ]{0,2}|\s(?=["'][A-Z]\w{0,30}-))\\?["'])([A-Za-z][\w-]{2,60}):\s{0,2}([^"'\\$`{<]{8,500})(?=\\?["'])/dg;
/** `process.env.NAME || "value"`. */
const OTHERWISE =
  /([A-Za-z_$][\w.$]{2,80})\s{0,4}(?:\|\||\?\?)\s{0,4}["']([^"'\\\n]{6,1000})["']/dg;
/** A field of a form that holds a value from the start. */
const FIELD =
  /\b(?:name|key)=["']([\w-]{3,60})["'][^<>]{0,80}?\s(?:value|content)=["']([^"'{}<>]{6,200})["']/dg;
/** `{host: db.shop.io, password: value}` */
const FLOW =
  /(?<=[{,]\s{0,4})([A-Za-z_][\w.-]{2,60}):\s{1,4}([^\s,{}"'[\]&*!|>%$#][^\s,{}"'[\]]{5,500})(?=\s{0,4}[,}])/dg;
/** `<password>value</password>`. */
const ELEMENT = /<([A-Za-z][\w.-]{2,60})>([^<>\s{}$]{6,500})<\//dg;
/** `<!-- password: value -->`. */
const REMARK =
  /<!--\s{0,4}([A-Za-z_][\w-]{2,60})\s{0,2}[:=]\s{0,2}([^\s<>{}"']{6,200})\s{0,4}-->/dg;
/** What a notebook tells its machine: `%env NAME=value`. */
const MAGIC = /%(?:set_)?env\s{1,4}([A-Za-z_]\w{2,80})[= ]([^\s"'\\$`]{6,1000})/dg;
/** `machine shop.io login me password value`. */
const SPACED = /(?:^|\s)(password)\s{1,8}(\S{6,500})/dg;

/** `host:port:database:user:password`, of PostgreSQL. */
const COLUMNS =
  /^((?!localhost|127\.|\*)[\w.-]{1,200}):[\d*]{1,5}:[^:\s]{1,100}:([^:\s]{1,100}):(\S{6,500})(?=\s|$)/d;

function* columns(line: string): Generator<NamedText> {
  const match = COLUMNS.exec(line);
  const [start, end] = match?.indices?.[3] ?? [0, 0];
  const value = match?.[3] ?? "";
  if (match !== null && match[2] !== value) yield { name: "password", value, start, end };
}

/** What a pattern finds on a line whose first group is the name and whose second one the value. */
function* matches(line: string, pattern: RegExp): Generator<NamedText> {
  for (const match of line.matchAll(pattern)) {
    const [start, end] = match.indices?.[2] ?? [0, 0];
    yield { name: match[1] ?? "", value: match[2] ?? "", start, end };
  }
}

/** How far behind a program its option may begin, how much of the line is read then, and how often a line may name the program. */
const MAX_COMMAND = 200;
const MAX_OPTION = 1_200;
const MAX_PROGRAMS = 5;

/** `curl -u shop:value`, `sshpass -p value`: the name is that of the option's meaning. */
export function* optionOf(line: string, { program, option }: OptionPattern): Generator<NamedText> {
  let at = line.indexOf(program);
  for (let count = 0; at >= 0 && count < MAX_PROGRAMS; count++) {
    const begins = at === 0 || !/[\w./-]/.test(line[at - 1] ?? "");
    const from = at + program.length - 1;
    const command = line.slice(from, from + MAX_COMMAND + MAX_OPTION);
    const end = command.search(/[|;&]/);
    const match = begins ? option.exec(command) : null;
    const [start, stop] = match?.indices?.[1] ?? [0, 0];
    if (match !== null && match.index <= MAX_COMMAND && (end < 0 || match.index < end))
      yield {
        name: "password",
        value: match[1] ?? "",
        start: from + start,
        end: from + stop,
      };
    at = line.indexOf(program, at + program.length);
  }
}

const BARE =
  /^\s{0,200}(?:-\s{1,8}|\/\/[^\s:]{1,200}:)?(?:(?:export|set|setx|ENV|ARG|declare|local|readonly)\s{1,8}|Environment=)?(?:-\w{1,8}\s{1,4})?(\.?[A-Za-z_][\w.-]{0,80})\s{0,8}(?:::?=|\?=|[:=])\s{0,8}((?:Bearer|Basic|Token|ApiKey) \S{8,1000}|(?:[a-z]{4} ){3}[a-z]{4}|[^\s"'`#]\S{5,1000})(?!\S)/d;
/** `ENV NAME value` of a container's recipe, `set -x NAME value` of a shell, `requirepass value` and `set_header NAME "value";`. */
const BESIDE =
  /^\s{0,80}(?:ENV\s{1,8}|set\s{1,4}-\w{1,4}\s{1,4}|[a-z]{1,10}_set_header\s{1,8}|(?=requirepass\s|masterauth\s))([A-Za-z_][\w-]{0,80})\s{1,8}"?([^\s"'`#=;$][^\s"';]{5,1000})"?;?(?!\S)/d;

/** `NAME=value` and `name: value` without quotes, one to a line. */
function* bare(line: string): Generator<NamedText> {
  const match = BARE.exec(line) ?? BESIDE.exec(line);
  const [start, end] = match?.indices?.[2] ?? [0, 0];
  const value = match?.[2] ?? "";
  if (match === null || !/^"?;?\s{0,200}(?:$|#)/.test(line.slice(end))) return;
  // References to somewhere else, and what YAML means by itself.
  if (/^\$(?!\{)|^\(\(/.test(value)) return;
  if (/^[!*&|>[{%]/.test(value) && line[start - 1] !== "=") return;
  yield { name: match[1] ?? "", value, start, end };
}

const OPTION =
  /(?:^|[\s"'])--?([A-Za-z][\w.-]{1,60})[= ]["']?(?![a-z][\w.-]{1,40}=)([^\s"'$`]{6,1000})|(?:^|\s)(?:-e|--env|--build-arg)[= ]["']?([A-Za-z_]\w{0,80})=["']?([^\s"'$`]{6,1000})|(?<=^|[\s,]|--from-literal=)([A-Za-z_][\w.]{2,80})=((?:[^\s"'$`,]|,(?![\w.]{1,30}=)){6,1000})/dg;

/** `--password=value`, `--password value`, `-e NAME=value`, `ENV A=b NAME=value`. */
function* options(line: string): Generator<NamedText> {
  for (const match of line.matchAll(OPTION)) {
    const group = [2, 4, 6].find((index) => match[index] !== undefined) ?? 2;
    const [start, end] = match.indices?.[group] ?? [0, 0];
    yield { name: match[group - 1] ?? "", value: match[group] ?? "", start, end };
  }
}

const NAMED_BEFORE =
  /^(?:-\s{1,8})?["']?(?:name|key)["']?\s{0,8}[:=]\s{0,8}["']?([A-Za-z_][\w.-]{0,80})["']?,?$/;
const VALUE_BEHIND =
  /^\s{0,200}["']?value["']?\s{0,8}[:=]\s{0,8}(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"'#]\S{0,1000}))(?![^\s,])/d;

/** Kubernetes, CI, Terraform and Postman: `- name: NAME` on one line, `value: ...` on the next. */
function* nextLine(line: string, before: string): Generator<NamedText> {
  const name = NAMED_BEFORE.exec(before.trim())?.[1];
  const value = name === undefined ? null : VALUE_BEHIND.exec(line);
  if (name === undefined || value === null) return;
  const group = [1, 2, 3].find((index) => value[index] !== undefined) ?? 1;
  const [start, end] = value.indices?.[group] ?? [0, 0];
  yield { name, value: value[group] ?? "", start, end };
}

/**
 * The lines of a notebook's code as they stand in the file, whether it has a line for each or is all on one. What the code printed
 * is not among them.
 */
function* notebookLines(text: string): Generator<Line> {
  const code = new Set<unknown>();
  for (const cell of listIn(parsed(text), "cells")) {
    if (fieldOf(cell, "cell_type") !== "code") continue;
    // One text with all lines in it says the same as a list of them.
    const whole = fieldOf(cell, "source");
    for (const line of typeof whole === "string" ? [whole] : listIn(cell, "source")) code.add(line);
  }
  let longest = 0;
  for (const line of code) if (typeof line === "string") longest = Math.max(longest, line.length);
  for (const [start, written] of quotedIn(text)) {
    // A sign takes six at most, `\u00e9`: what is longer is a picture.
    if (written.length > 6 * longest + 2 || !code.has(parsed(written))) continue;
    let from = 0;
    for (const { 0: escaped, index } of written.matchAll(/\\./g)) {
      if (escaped !== "\\n") continue;
      yield [start + from, written.slice(from, index)];
      from = index + escaped.length;
    }
    yield [start + from, written.slice(from)];
  }
}

/** The texts of a JSON document, quotes included, each with its offset. */
function* quotedIn(json: string): Generator<Line> {
  for (let start = json.indexOf('"'); start >= 0; ) {
    let end = json.indexOf('"', start + 1);
    while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
    if (end < 0) return;
    yield [start, json.slice(start, end + 1)];
    start = json.indexOf('"', end + 1);
  }
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (at - start) % 2 === 1;
}

const BACKSLASH = 92;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The text that a base64 value stands for, if it is one: what Kubernetes and Docker write their secrets in. */
export function decoded(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value) || value.length % 4 !== 0) return undefined;
  const text = Buffer.from(value, "base64").toString("latin1");
  return /^[\x20-\x7e]{6,}$/.test(text) ? text : undefined;
}
