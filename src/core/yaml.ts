import { isNode, LineCounter, parseDocument, type Tags } from "yaml";
import * as z from "zod";
import type { PortcullisError } from "./errors.ts";
import { didYouMean, nearest } from "./nearest.ts";

/** Larger files of ours do not occur; a larger one is a mistake or an attack. */
const MAX_BYTES = 1_000_000;

/** The parser calls itself for each level, and where the stack ends Node may end with it. */
const MAX_DEPTH = 100;

type ErrorClass = new (
  message: string,
  options?: { hint?: string; cause?: unknown },
) => PortcullisError;

/**
 * Reads one YAML document and checks it against a schema.
 *
 * Throws an error of the given class that lists every problem as `path:line: what is wrong`, with the nearest valid key
 * or value where something is merely misspelt. An empty document counts as an empty mapping.
 */
export function readYaml<T>(
  path: string,
  text: string,
  schema: z.ZodType<T>,
  Failure: ErrorClass,
): T {
  if (text.length > MAX_BYTES) {
    throw new Failure(`${path}:1: the file is larger than ${MAX_BYTES} characters`, {
      hint: "Split it.",
    });
  }
  const deep = firstTooDeep(text);
  if (deep !== undefined) {
    throw new Failure(`${path}:${deep}: nested more than ${MAX_DEPTH} levels deep`, {
      hint: "Correct the YAML at that line.",
    });
  }
  const lines = new LineCounter();
  // Warnings would go to standard error as they are.
  const options = { lineCounter: lines, prettyErrors: false, logLevel: "error" } as const;
  const document = parseDocument(text, options);
  const broken = document.errors[0];
  if (broken !== undefined) {
    const isSecond = broken.code === "MULTIPLE_DOCS";
    const what = isSecond ? "a second document begins" : firstLine(broken.message);
    throw new Failure(`${path}:${lines.linePos(broken.pos[0]).line}: ${what}`, {
      hint: "Correct the YAML at that line.",
    });
  }
  const lineOf = (keys: readonly PropertyKey[]) => lineIn(document, lines, keys);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw new Failure(`${path}:1: too many aliases`, {
      hint: "Write the repeated values out.",
      cause,
    });
  }
  const result = schema.safeParse(data);
  const swallowed = swallowedKeys(data);
  if (result.success && swallowed.length === 0) return result.data;
  const issues = [...(result.error?.issues ?? []), ...swallowed];
  const all = issues.flatMap((issue) => describe(issue, { schema, data, lineOf }));
  // A mapping of fixed keys names the others itself.
  const problems = [...new Map(all.map((one) => [`${one.line} ${one.message}`, one])).values()];
  problems.sort((a, b) => a.line - b.line);
  throw new Failure(
    problems.map((problem) => `${path}:${problem.line}: ${problem.message}`).join("\n"),
    {
      hint: "Correct the lines named above.",
    },
  );
}

/** Keys that zod leaves out of a record without a word, wherever they stand. With aliases a value can hold itself. */
function swallowedKeys(
  data: unknown,
  path: readonly string[] = [],
  seen: Set<object> = new Set(),
): z.core.$ZodIssue[] {
  if (typeof data !== "object" || data === null || seen.has(data)) return [];
  seen.add(data);
  return Object.entries(data).flatMap(([key, value]) => [
    ...(key === "__proto__"
      ? [{ code: "unrecognized_keys" as const, keys: [key], path: [...path], message: "" }]
      : []),
    ...swallowedKeys(value, [...path, key], seen),
  ]);
}

/**
 * The first line at which brackets, list dashes or indentation alone come to more levels than any file of ours has. Brackets
 * in texts count too: a document with a hundred unbalanced ones is none that we want.
 */
export function firstTooDeep(text: string): number | undefined {
  let brackets = 0;
  for (const [index, line] of text.split("\n").entries()) {
    for (const char of line) {
      if (char === "[" || char === "{") brackets++;
      else if (char === "]" || char === "}") brackets = Math.max(0, brackets - 1);
      if (brackets > MAX_DEPTH) return index + 1;
    }
    const opening = /^[\s?:-]*/.exec(line)?.[0] ?? "";
    if (opening.replace(/\s/g, "").length > MAX_DEPTH) return index + 1;
  }
  return undefined;
}

/**
 * The data of a document of others, read as YAML 1.1 as Python's readers do (`no` is false, `<<` merges); undefined where it is
 * broken, or larger or deeper than anybody writes it.
 */
export function plainYaml(text: string): unknown {
  if (text.length > MAX_BYTES || firstTooDeep(text) !== undefined) return undefined;
  try {
    const document = parseDocument(text, {
      prettyErrors: false,
      version: "1.1",
      customTags: pythonTags,
    });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** As YAML 1.1 has them, but for `y`, `n` and a lone dot, which Python's readers take for texts. */
const pythonTags: TagsFunction = (tags) => [
  { tag: "tag:yaml.org,2002:str", default: true, test: /^\.$/, resolve: (text: string) => text },
  ...tags.filter((tag) => typeof tag !== "object" || tag.tag !== "tag:yaml.org,2002:bool"),
  ...[/^(?:yes|true|on)$/i, /^(?:no|false|off)$/i].map((test, index) => ({
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test,
    resolve: () => index === 0,
  })),
];

type TagsFunction = (tags: Tags) => Tags;

/** The line of the value at a path in a document that `readYaml` has taken, or that of the closest one around it. */
export function lineOfKey(text: string, keys: readonly PropertyKey[]): number {
  const lines = new LineCounter();
  return lineIn(parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines, keys);
}

function lineIn(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  keys: readonly PropertyKey[],
): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const steps = keys.slice(0, depth);
    const parent =
      steps.length === 1 ? document.contents : document.getIn(steps.slice(0, -1), true);
    const key = keyNode(parent, steps.at(-1));
    const node = key ?? document.getIn(steps, true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function keyNode(parent: unknown, key: PropertyKey | undefined): unknown {
  if (
    parent === null ||
    typeof parent !== "object" ||
    !("items" in parent) ||
    !Array.isArray(parent.items)
  )
    return undefined;
  for (const item of parent.items) {
    if (item?.key?.value === key) return item.key;
  }
  return undefined;
}

interface Problem {
  readonly line: number;
  readonly message: string;
}

interface Document {
  readonly schema: z.ZodType;
  readonly data: unknown;
  readonly lineOf: (keys: readonly PropertyKey[]) => number;
}

function describe(issue: z.core.$ZodIssue, document: Document): Problem[] {
  const { schema, data, lineOf } = document;
  const at = issue.path.map(String).join(".");
  const where = at === "" ? "" : `${at}: `;
  const value = valueAt(data, issue.path);
  const problem = (message: string): Problem[] => [
    { line: lineOf(issue.path), message: where + message },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        line: lineOf([...issue.path, key]),
        message: `${where}unknown key "${key}".${didYouMean(key, keysAt(schema, issue.path))}`,
      }));
    case "invalid_type":
    case "invalid_value":
      return problem(value === undefined ? "is missing" : mustBe([issue], value));
    case "invalid_union": {
      // The branch that got furthest is the one the author meant.
      const deepest = issue.errors.map((errors) =>
        Math.max(0, ...errors.map((inner) => inner.path.length)),
      );
      const best = deepest.indexOf(Math.max(...deepest));
      if (best >= 0 && (deepest[best] ?? 0) > 0) {
        return (issue.errors[best] ?? []).flatMap((inner) =>
          describe({ ...inner, path: [...issue.path, ...inner.path] }, document),
        );
      }
      return problem(mustBe([issue], value));
    }
    case "too_small":
    case "too_big":
      return problem(`must be ${boundOf(issue)}.`);
    default:
      return problem(issue.message);
  }
}

/** What a number or the length of a text or list is held to. */
function boundOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isLeast = issue.code === "too_small";
  const bound = isLeast ? issue.minimum : issue.maximum;
  if (issue.origin === "string" && isLeast && bound === 1) return "a text that is not empty";
  return `${bound} at the ${isLeast ? "least" : "most"}`;
}

/** What a value may be, from all that zod says against it. */
function mustBe(issues: readonly z.core.$ZodIssue[], value: unknown): string {
  const words: string[] = [];
  const kinds: string[] = [];
  const collect = (issue: z.core.$ZodIssue) => {
    if (issue.code === "invalid_value") words.push(...issue.values.map(String));
    else if (issue.code === "invalid_type") kinds.push(nameOfKind(issue.expected));
    else if (issue.code === "invalid_union") issue.errors.flat().forEach(collect);
    else kinds.push(issue.message);
  };
  issues.forEach(collect);
  const listed = words.length > 1 ? `one of ${words.join(", ")}` : words.join("");
  const all = [listed, ...new Set(kinds)].filter((part) => part !== "");
  const guess = typeof value === "string" ? nearest(value, words) : undefined;
  return `must be ${all.join(", or ")}.${guess === undefined ? "" : ` Did you mean "${guess}"?`}`;
}

function nameOfKind(kind: string): string {
  switch (kind) {
    case "string":
      return "a text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a mapping";
    default:
      return `a value of type ${kind}`;
  }
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

/** The keys that a schema allows at a path; empty where it takes any. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) return plain.options.flatMap((option) => keysAt(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  if (plain instanceof z.ZodObject) {
    const field: z.core.$ZodType | undefined = plain.shape[String(key)];
    return field === undefined ? [] : keysAt(field, rest);
  }
  if (plain instanceof z.ZodArray) return keysAt(plain.element, rest);
  if (plain instanceof z.ZodRecord) return keysAt(plain.valueType, rest);
  return [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let plain = schema;
  for (;;) {
    if (
      plain instanceof z.ZodOptional ||
      plain instanceof z.ZodDefault ||
      plain instanceof z.ZodNullable
    )
      plain = plain.unwrap();
    else if (plain instanceof z.ZodPipe) plain = plain.in;
    else return plain;
  }
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
