/** The change that makes a program read a secret from the environment, where it is certain what that change is. */
import type { Edit, ProposedFix, Region } from "../../core/finding.ts";
import type { EnvironmentReader, Models } from "../../core/models.ts";
import { isKind, type ModuleFile, type Placed, walk } from "../../python/index.ts";
import { type FileUnit, isPython } from "../analyzer.ts";

/**
 * Replaces the whole literal at a region by a read of the environment: as the module reads it elsewhere, or else by
 * `os.environ`, with the import where the module lacks it. Undefined where the secret is only a part of a text, where the code
 * gives it no name, and where `os` is something else.
 */
export function readFromEnvironment(unit: FileUnit, secret: Region): ProposedFix | undefined {
  if (!isPython(unit.path)) return undefined;
  const file = unit.project.file(unit.path);
  if (file === undefined || file.unread.length > 0 || file.body.length > MAX_STATEMENTS)
    return undefined;
  const literal = namedLiteral(file, secret);
  const name = literal === undefined ? undefined : variableName(literal.name);
  if (literal === undefined || name === undefined) return undefined;
  const title = `Read it from the environment variable ${name}`;
  const region = file.region(literal.node);
  const reader = readerAbove(file, region.startLine, unit.project.models);
  if (reader !== undefined)
    return { title, edits: [{ path: unit.path, region, text: `${reader}("${name}")` }] };
  const os = moduleOs(file);
  if (os === "other") return undefined;
  const edits: Edit[] = [{ path: unit.path, region, text: `os.environ["${name}"]` }];
  if (os === "absent") edits.unshift(importOs(file));
  return { title, edits };
}

/** In a longer file, which a program has made, nobody wants a change. */
const MAX_STATEMENTS = 5_000;

/**
 * What the module itself reads the environment with, above a line: `config` of `from decouple import config`, `env` of
 * `env = environ.Env()`. Undefined where it has nothing of the kind, or more than one.
 */
function readerAbove(file: ModuleFile, line: number, models: Models): string | undefined {
  const origins = new Map<string, string>();
  const readers = new Set<string>();
  const keep = (name: string, origin: string) => {
    origins.set(name, origin);
    const reads = models.environment.get(origin);
    if (reads !== undefined && givesText(reads)) readers.add(name);
    else readers.delete(name);
  };
  for (const statement of file.body) {
    if (file.region(statement).endLine >= line) break;
    if (isKind(statement, "Import")) {
      for (const { name, asname } of statement.names) keep(asname || name, name);
    } else if (isKind(statement, "ImportFrom") && statement.module && !statement.level) {
      for (const { name, asname } of statement.names)
        keep(asname || name, `${statement.module}.${name}`);
    } else if (isKind(statement, "Assign") && isKind(statement.value, "Call")) {
      const called = file.source(statement.value.func);
      const [first = "", ...rest] = called.split(".");
      const name = statement.targets.length === 1 ? nameOf(statement.targets[0]) : undefined;
      if (name !== undefined && isKind(statement.targets[0] ?? statement, "Name"))
        keep(name, `${[origins.get(first) ?? first, ...rest].join(".")}()`);
    }
  }
  const [reader, ...others] = readers;
  return others.length === 0 ? reader : undefined;
}

/** False for calls that read a variable of their own, make something else of its text, or go on without it. */
function givesText(reader: EnvironmentReader): boolean {
  const { variable, attribute, under, cast, otherwise } = reader;
  return (
    (variable ?? attribute ?? under) === undefined &&
    (cast === "text" || cast === "by-argument") &&
    otherwise === "error"
  );
}

interface Named {
  readonly name: string;
  readonly node: Placed;
}

/** The literal that is the secret, if it is all that a name is given. */
function namedLiteral(file: ModuleFile, secret: Region): Named | undefined {
  const named = literalsOf.get(file) ?? namedLiterals(file);
  literalsOf.set(file, named);
  return named.get(secret.startLine)?.find(({ node }) => isWhole(file, node, secret));
}

/** Asked for each secret of a file, and a file may hold thousands. */
const literalsOf = new WeakMap<ModuleFile, ReadonlyMap<number, readonly Named[]>>();

/** The literals that a name is given, by the line on which they begin. */
function namedLiterals(file: ModuleFile): ReadonlyMap<number, readonly Named[]> {
  const byLine = new Map<number, Named[]>();
  for (const statement of file.body)
    for (const node of walk(statement))
      for (const named of namesOf(node)) {
        if (!isKind(named.node, "Constant")) continue;
        const { startLine } = file.region(named.node);
        const others = byLine.get(startLine);
        if (others === undefined) byLine.set(startLine, [named]);
        else others.push(named);
      }
  return byLine;
}

function* namesOf(node: Placed): Generator<Named> {
  if (isKind(node, "Assign") && node.targets.length === 1) {
    const name = nameOf(node.targets[0]);
    if (name !== undefined) yield { name, node: node.value };
  } else if (isKind(node, "AnnAssign") && node.value) {
    const name = nameOf(node.target);
    if (name !== undefined) yield { name, node: node.value };
  } else if (isKind(node, "Keyword") && node.arg) {
    yield { name: node.arg, node: node.value };
  } else if (isKind(node, "Dict")) {
    for (const [index, key] of node.keys.entries()) {
      const name = key === null ? undefined : textOf(key);
      const value = node.values[index];
      if (name !== undefined && value !== undefined) yield { name, node: value };
    }
  }
}

function nameOf(target: Placed | undefined): string | undefined {
  if (target === undefined) return undefined;
  if (isKind(target, "Name")) return target.id;
  if (isKind(target, "Attribute")) return target.attr;
  return isKind(target, "Subscript") ? textOf(target.slice) : undefined;
}

function textOf(node: Placed): string | undefined {
  return isKind(node, "Constant") && typeof node.value === "string" ? node.value : undefined;
}

/** True for one plain literal without prefix that holds the secret and nothing else. */
function isWhole(file: ModuleFile, node: Placed, secret: Region): boolean {
  const region = file.region(node);
  if (region.startLine !== secret.startLine || region.endLine !== secret.endLine) return false;
  const quoted = /^(["'])[^"'\\]*\1$/.test(file.slice(region));
  const inner =
    secret.startColumn === region.startColumn + 1 && secret.endColumn === region.endColumn - 1;
  const whole = secret.startColumn === region.startColumn && secret.endColumn === region.endColumn;
  return quoted && (inner || whole);
}

/** `stripeKey`, `stripe-key` and `STRIPE_KEY` become `STRIPE_KEY`; undefined for what says nothing by itself. */
function variableName(name: string): string | undefined {
  const variable = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_{1,100}|_{1,100}$/g, "")
    .toUpperCase();
  return /^[A-Z][A-Z0-9_]{2,59}$/.test(variable) ? variable : undefined;
}

type ModuleOs = "present" | "absent" | "other";

const osOf = new WeakMap<ModuleFile, ModuleOs>();

/** Whether the module has the standard library's `os` under that name, and nothing else in any of its scopes. */
function moduleOs(file: ModuleFile): ModuleOs {
  const answer = osOf.get(file) ?? findOs(file);
  osOf.set(file, answer);
  return answer;
}

function findOs(file: ModuleFile): ModuleOs {
  let isImported = false;
  for (const statement of file.body) {
    const imports = isKind(statement, "Import") ? statement.names : [];
    if (imports.some((one) => /^os(?:\.path)?$/.test(one.name) && !one.asname)) isImported = true;
    else if (givesOs(statement)) return "other";
  }
  return isImported ? "present" : "absent";
}

const GIVES_NAME = /^(?:Alias|Arg|ClassDef|(?:Async)?FunctionDef|ExceptHandler|Match\w+)$/;

/** True for a statement that gives the name `os` to something, or may. */
function givesOs(statement: Placed): boolean {
  for (const node of walk(statement)) {
    if (isKind(node, "Name") && node.id === "os" && node.ctx.nodeType !== "Load") return true;
    if (!GIVES_NAME.test(node.nodeType)) continue;
    const fields = new Map<string, unknown>(Object.entries(node));
    const given = fields.get("asname") || fields.get("name") || fields.get("arg");
    if (given === "os") return true;
  }
  return false;
}

/** `import os` before the first import, or else before the first statement; behind the docstring and `__future__`. */
function importOs(file: ModuleFile): Edit {
  const isHead = (statement: Placed, index: number) =>
    (index === 0 && isKind(statement, "Expr") && textOf(statement.value) !== undefined) ||
    (isKind(statement, "ImportFrom") && statement.module === "__future__");
  const rest = file.body.filter((statement, index) => !isHead(statement, index));
  const first = rest[0];
  const line = first === undefined ? 1 : file.region(first).startLine;
  const isImport = first !== undefined && /^Import/.test(first.nodeType);
  const end = file.text.includes("\r\n") ? "\r\n" : "\n";
  return {
    path: file.path,
    region: { startLine: line, startColumn: 1, endLine: line, endColumn: 0 },
    text: `import os${end}${isImport ? "" : end}`,
  };
}
