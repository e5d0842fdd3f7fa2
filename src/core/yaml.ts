import { isNode, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import type { PortcullisError } from "./errors.ts";
import { didYouMean, nearest } from "./nearest.ts";

/** Larger files of ours do not occur; a larger one is a mistake or an attack. */
const MAX_BYTES = 1_000_000;

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw new Failure(
      `${path}:${lines.linePos(broken.pos[0]).line}: ${firstLine(broken.message)}`,
      {
        hint: "Correct the YAML at that line.",
      },
    );
  }
  const lineOf = (keys: readonly PropertyKey[]): number => {
    for (let depth = keys.length; depth > 0; depth--) {
      const steps = keys.slice(0, depth);
      const parent =
        steps.length === 1 ? document.contents : document.getIn(steps.slice(0, -1), true);
      const key = keyNode(parent, steps.at(-1));
      const node = key ?? document.getIn(steps, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
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
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, schema, lineOf));
  throw new Failure(
    problems.map((problem) => `${path}:${problem.line}: ${problem.message}`).join("\n"),
    {
      hint: "Correct the lines named above.",
    },
  );
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

function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  lineOf: (keys: readonly PropertyKey[]) => number,
): Problem[] {
  const at = issue.path.map(String).join(".");
  const where = at === "" ? "" : `${at}: `;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        line: lineOf([...issue.path, key]),
        message: `${where}unknown key "${key}".${didYouMean(key, keysAt(schema, issue.path))}`,
      }));
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const guess = typeof issue.input === "string" ? nearest(issue.input, allowed) : undefined;
      const hint = guess === undefined ? "" : ` Did you mean "${guess}"?`;
      return [
        {
          line: lineOf(issue.path),
          message: `${where}must be one of ${allowed.join(", ")}.${hint}`,
        },
      ];
    }
    case "invalid_union": {
      // The branch that got furthest is the one the author meant.
      const branches = issue.errors.map((errors) =>
        errors.flatMap((inner) =>
          describe({ ...inner, path: [...issue.path, ...inner.path] }, schema, lineOf),
        ),
      );
      const deepest = issue.errors.map((errors) =>
        Math.max(0, ...errors.map((inner) => inner.path.length)),
      );
      const best = deepest.indexOf(Math.max(...deepest));
      if (best >= 0 && (deepest[best] ?? 0) > 0) return branches[best] ?? [];
      const said = [
        ...new Set(branches.flat().map((problem) => problem.message.slice(where.length))),
      ];
      return [{ line: lineOf(issue.path), message: `${where}${said.join(" Or: ")}` }];
    }
    default:
      return [{ line: lineOf(issue.path), message: `${where}${issue.message}` }];
  }
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
