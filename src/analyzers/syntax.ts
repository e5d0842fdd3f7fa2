/**
 * What the text of a program says by itself, without being run: imports, assertions, swallowed errors, classes that extend one,
 * settings that are written into an object. Names are resolved by the imports of the file; nothing is followed.
 */
import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import {
  bindingIn,
  type CallNode,
  type ClassNode,
  type Expression,
  type FunctionNode,
  Interpreter,
  isKind,
  type ModuleFile,
  type Placed,
  walk,
} from "../python/index.ts";
import { analyzer, type FileUnit, isPython, type Prepared, type Trigger } from "./analyzer.ts";
import { isLeftOutByDefault } from "./by-default.ts";
import { heirsOf } from "./heirs.ts";
import { type Imports, importedBy, importsPackage, qualifiedName } from "./imports.ts";
import { isOverwritten } from "./overwritten.ts";
import { provesSender } from "./sender-proof.ts";
import { normalise } from "./subject.ts";

const Names = z.array(z.string().min(1)).min(1);
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const SyntaxMatch = z.discriminatedUnion("node", [
  /** Imports of these modules, of what is in them, or of a name whose beginning is one of these. */
  z.strictObject({
    node: z.literal("import"),
    names: Names,
    /** Not where all that is taken from the module is one of these. */
    "unless-only": z.array(z.string()).default([]),
    /** Only where a file of the project whose name begins so mentions the text. */
    project: z
      .strictObject({ files: z.array(z.string().min(1)).min(1), mentions: z.string().min(1) })
      .optional(),
  }),
  z.strictObject({ node: z.literal("assert") }),
  /** A handler of any error whose body is this one statement. */
  z.strictObject({ node: z.literal("handler"), only: z.enum(["Pass", "Continue"]) }),
  /** A text that is one of these, or begins with one. Texts that stand alone, such as docstrings, are left out. */
  z.strictObject({
    node: z.literal("text"),
    equals: z.array(z.string()).default([]),
    "starts-with": z.array(z.string()).default([]),
  }),
  /** A class that extends one of these and, if the rule says so, defines one of these methods. */
  z.strictObject({
    node: z.literal("class"),
    extends: Names,
    defines: z.array(z.string()).default([]),
  }),
  /** A function or class under one of these decorators; `*.name` is one of that name, whatever it belongs to. */
  z.strictObject({
    node: z.literal("decorator"),
    names: Names,
    /** Methods under which a decorator means the class. */
    methods: z.array(z.string().min(1)).default([]),
    /** Only where what is decorated, or a class that has the method from there, holds one of these words. */
    mentions: z.array(z.string().min(1)).default([]),
    /** Words that count no more where that code proves who sends the request. */
    "proven-by-sender": z.array(z.string().min(1)).default([]),
  }),
  /** A constant, or what a qualified name stands for, is assigned to an attribute, be it by `setattr`, a member under a text, or a name. */
  z.strictObject({
    node: z.literal("assignment"),
    to: Names,
    values: z.array(Scalar).min(1),
    /** Only in what runs by default: not in a branch that is entered when a parameter is given another value than its own. */
    "by-default": z.boolean().default(false),
    /** Attributes, and the one beside which each says nothing more: where a function sets both of one object, that is told alone. */
    "told-by": z.record(z.string().min(1), z.string().min(1)).default({}),
    importing: z.array(z.string()).default([]),
  }),
  /** A call of anything with this keyword argument. */
  z.strictObject({
    node: z.literal("keyword"),
    name: z.string().min(1),
    /** What has the value is not the argument but its member under this key. */
    key: z.string().min(1).optional(),
    values: z.array(Scalar).min(1),
    /** Only where the first argument is a text that is put together. */
    "text-built": z.boolean().default(false),
    /** Unless one of these is called, which other rules know. */
    "unless-called": z.array(z.string().min(1)).default([]),
    /** Unless the call has one of these keyword arguments too, with this value. */
    unless: z.record(z.string().min(1), Scalar).default({}),
    /** Only in what runs by default, as for an assignment. */
    "by-default": z.boolean().default(false),
    importing: z.array(z.string()).default([]),
  }),
  /** A parameter whose default is one of these. */
  z.strictObject({ node: z.literal("default"), values: z.array(Scalar).min(1) }),
  /** These characters anywhere in the file, comments and texts included; each as its number in hexadecimal. */
  z.strictObject({
    node: z.literal("character"),
    codes: z.array(z.string().regex(/^[0-9A-F]{4}$/)),
  }),
]);
type SyntaxMatch = z.infer<typeof SyntaxMatch>;
type MatchOf<K extends SyntaxMatch["node"]> = Extract<SyntaxMatch, { node: K }>;

/** Forms of code that are a flaw by themselves. */
export const syntax = analyzer({
  kind: "syntax",
  match: SyntaxMatch,
  examplePath: "example.py",
  prepare,
});

function prepare(rules: readonly Rule<SyntaxMatch>[]): Prepared {
  return {
    triggers: rules.flatMap((rule) => triggersOf(rule.match)),
    wants: isPython,
    inspect: (unit) => inspect(unit, rules),
  };
}

function triggersOf(match: SyntaxMatch): Trigger[] {
  const words = (texts: readonly string[], packages: readonly string[] = []): Trigger[] =>
    texts.flatMap((text) => {
      const own = {
        text:
          text
            .replace(/^\*?\./, "")
            .split(".")
            .at(-1) ?? text,
        whole: true,
      };
      return packages.length === 0
        ? [[own]]
        : packages.map((name) => [own, { text: name, whole: true }]);
    });
  switch (match.node) {
    case "import":
    case "decorator":
      return words(match.names);
    case "assert":
      return words(["assert"]);
    case "handler":
      return [["except", match.only.toLowerCase()].map((text) => ({ text, whole: true }))];
    case "text":
      return [...match.equals, ...match["starts-with"]].map((text) => [{ text, whole: false }]);
    case "class":
      return words(match.extends);
    case "assignment":
      return words(match.to, match.importing);
    case "keyword":
      if (match.key !== undefined) return words([match.name], [match.key]);
      return words([match.name], match.importing.length > 0 ? match.importing : packagesOf(match));
    case "default":
      return words(match.values.map(String));
    case "character":
      // The search is one over bytes: each of them is written as the character of that number.
      return match.codes.map((code) => [{ text: utf8(code), whole: false }]);
    default: {
      const never: never = match;
      return never;
    }
  }
}

/** The packages that all values of a rule come from; none where one of them is a plain value. */
function packagesOf({ values }: MatchOf<"keyword">): readonly string[] {
  const names = values.map((value) => /^(\w+)\.[\w.]+$/.exec(String(value))?.[1]);
  const packages = names.flatMap((name) =>
    name === undefined || name === "builtins" ? [] : [name],
  );
  return packages.length === names.length ? [...new Set(packages)] : [];
}

function utf8(code: string): string {
  const bytes = new TextEncoder().encode(String.fromCharCode(Number.parseInt(code, 16)));
  return String.fromCharCode(...bytes);
}

function inspect(unit: FileUnit, rules: readonly Rule<SyntaxMatch>[]): RawFinding[] {
  const wanted = rules.filter((rule) =>
    triggersOf(rule.match).some((words) => words.every((word) => unit.words.has(word.text))),
  );
  const found: RawFinding[] = [];
  for (const { id, match } of wanted)
    if (match.node === "character") found.push(...charactersIn(unit, id, match.codes));
  const others = wanted.filter((rule) => rule.match.node !== "character");
  const file = others.length === 0 ? undefined : unit.project.file(unit.path);
  if (file === undefined) return found;
  const nodes = file.body.flatMap((statement) => [...walk(statement)]);
  const seen: Seen = {
    file,
    unit,
    imports: new Map(nodes.flatMap((node) => importedBy(node))),
    alone: new Set<Placed>(nodes.flatMap((node) => (isKind(node, "Expr") ? [node.value] : []))),
  };
  for (const { id, match } of others) {
    if ("importing" in match && !importsOneOf(file, match.importing)) continue;
    if ("project" in match && match.project && !isMentioned(match.project, unit)) continue;
    const told = new Map<Placed, Shape>();
    for (const node of nodes) {
      const hit = hitBy(match, node, seen);
      if (hit === undefined || told.has(hit.node)) continue;
      if ("by-default" in match && match["by-default"] && isLeftOutByDefault(node, file, unit))
        continue;
      if (match.node === "assignment" && isSetAgain(hit, unit)) continue;
      told.set(hit.node, hit);
    }
    const hits = [...told.values()];
    for (const hit of hits) {
      if (match.node === "assignment" && isToldBy(hit, hits, match["told-by"])) continue;
      const source = normalise(file.source(hit.node));
      found.push({
        ruleId: id,
        ...file.location(hit.node),
        subject: source,
        values: { name: hit.name },
      });
    }
  }
  return found;
}

/** How many lines apart two attributes of one object are set together. */
const TOGETHER = 3;

/** True where what is set says nothing more beside another attribute that is set of the same object, on a line nearby. */
function isToldBy(
  { node, name }: Shape,
  hits: readonly Shape[],
  tellers: Readonly<Record<string, string>>,
): boolean {
  const dot = name.lastIndexOf(".");
  const teller = tellers[name.slice(dot + 1)];
  return (
    teller !== undefined &&
    hits.some(
      (one) =>
        one.name === `${name.slice(0, dot)}.${teller}` &&
        Math.abs((one.node.lineno ?? 0) - (node.lineno ?? 0)) <= TOGETHER,
    )
  );
}

/** True where a later call surely sets anew what is assigned, or may have set it anew. */
function isSetAgain({ node, name }: Shape, unit: FileUnit): boolean {
  const calls = unit.python()?.calls ?? [];
  const call = calls.find(({ site }) => site.node === node);
  const key = name.slice(name.lastIndexOf(".") + 1);
  return call !== undefined && isOverwritten(call, [key], calls, unit);
}

/** True when a file of one of the names, in the folder of the unit's file or above it, mentions the text. */
function isMentioned(
  { files, mentions }: { readonly files: readonly string[]; readonly mentions: string },
  { path, project }: FileUnit,
): boolean {
  for (const other of project.paths) {
    const folder = other.slice(0, other.lastIndexOf("/") + 1);
    const name = other.slice(folder.length);
    const isNear = path.startsWith(folder.replace(/requirements\/$/, ""));
    if (isNear && files.some((one) => name.startsWith(one) || folder.endsWith(`${one}/`)))
      if (project.read(other)?.includes(mentions)) return true;
  }
  return false;
}

/** What the shapes have to know of the file around a node. */
interface Seen {
  readonly file: ModuleFile;
  readonly unit: FileUnit;
  readonly imports: Imports;
  /** Expressions that are statements: docstrings among them. */
  readonly alone: ReadonlySet<Placed>;
}

/** The place to be shown, and what it names. */
interface Shape {
  readonly node: Placed;
  readonly name: string;
}

function hitBy(match: SyntaxMatch, node: Placed, seen: Seen): Shape | undefined {
  switch (match.node) {
    case "import": {
      const loaded = modulesLoaded(node, seen).filter(
        (one) =>
          !match["unless-only"].some(
            (last) => one === last || one.endsWith(`.${last}`) || one.startsWith(`${last}.`),
          ),
      );
      const name = loaded.find((one) => match.names.some((known) => one.startsWith(known)));
      return name === undefined ? undefined : { node, name };
    }
    case "assert":
      return isKind(node, "Assert") ? { node, name: "assert" } : undefined;
    case "handler":
      return swallows(node, match.only) ? { node, name: match.only.toLowerCase() } : undefined;
    case "text": {
      if (!isKind(node, "Constant") || typeof node.value !== "string" || seen.alone.has(node))
        return undefined;
      const text = node.value;
      return match.equals.includes(text) || match["starts-with"].some((one) => text.startsWith(one))
        ? { node, name: text }
        : undefined;
    }
    case "class": {
      if (!isKind(node, "ClassDef")) return undefined;
      const name = node.bases
        .map((base) => qualifiedName(base, seen.imports) ?? "")
        .find((base) => match.extends.some((known) => names(known, base)));
      const defines = node.body.some(
        (one) => isKind(one, "FunctionDef") && match.defines.includes(one.name),
      );
      return name !== undefined && (match.defines.length === 0 || defines)
        ? { node: headOf(node), name }
        : undefined;
    }
    case "decorator": {
      const hit = decoratedBy(node, match, seen);
      return hit !== undefined && mentionsOneOf(node, match, seen) ? hit : undefined;
    }
    case "assignment":
      return assigns(node, match, seen);
    case "keyword": {
      if (!isKind(node, "Call")) return undefined;
      const given = node.keywords.find((one) => one.arg === match.name);
      if (match["text-built"] && !isBuilt(node.args[0])) return undefined;
      const called = qualifiedName(node.func, seen.imports);
      if (called !== undefined && match["unless-called"].includes(called)) return undefined;
      const isExcused = node.keywords.some(
        ({ arg, value }) =>
          arg !== undefined &&
          arg in match.unless &&
          isOneOf(value, [match.unless[arg] ?? null], seen),
      );
      if (isExcused) return undefined;
      const value = match.key === undefined ? given?.value : memberAt(match.key, given?.value);
      return value !== undefined && isOneOf(value, match.values, seen)
        ? { node, name: match.key ?? match.name }
        : undefined;
    }
    case "default": {
      const given = defaultsOf(node).find((one) => isOneOf(one, match.values, seen));
      return given === undefined ? undefined : { node: given, name: "default" };
    }
    default:
      return undefined;
  }
}

/**
 * True where the code of a function or class, or of one that has the class's methods, has one of some names, alone or with an attribute;
 * texts and comments do not count.
 */
function mentionsOneOf(
  node: Placed,
  { mentions, methods, "proven-by-sender": proven }: MatchOf<"decorator">,
  { file, unit }: Seen,
): boolean {
  const mentionsIn = (one: Placed, words: readonly string[]) => {
    for (const part of walk(one)) {
      const name = dottedName(part);
      if (name !== undefined && words.some((word) => name === word || name.startsWith(`${word}.`)))
        return true;
    }
    return false;
  };
  const unproven = mentions.filter((word) => !proven.includes(word));
  return (
    mentions.length === 0 ||
    mentionsIn(node, unproven) ||
    (mentionsIn(node, proven) && !provesSender(node, file, unit)) ||
    (isKind(node, "ClassDef") &&
      heirsOf(node, methods, unit).some((one) => mentionsIn(one, mentions)))
  );
}

function memberAt(key: string, node: Expression | undefined): Expression | undefined {
  if (node === undefined) return undefined;
  if (isKind(node, "Dict"))
    return node.values[
      node.keys.findIndex((one) => one != null && isKind(one, "Constant") && one.value === key)
    ];
  return isKind(node, "Call") && isKind(node.func, "Name") && node.func.id === "dict"
    ? node.keywords.find((one) => one.arg === key)?.value
    : undefined;
}

/** `a.b.c` as it is written; undefined for anything that is not names and dots. */
function dottedName(node: Placed): string | undefined {
  if (isKind(node, "Name")) return node.id;
  if (!isKind(node, "Attribute")) return undefined;
  const owner = dottedName(node.value);
  return owner === undefined ? undefined : `${owner}.${node.attr}`;
}

function isBuilt(node: Placed | undefined): boolean {
  if (node === undefined) return false;
  if (isKind(node, "JoinedStr"))
    return node.values.some((part) => part.nodeType === "FormattedValue");
  if (isKind(node, "BinOp")) return isText(node.left) || isText(node.right) || isBuilt(node.left);
  return (
    isKind(node, "Call") &&
    isKind(node.func, "Attribute") &&
    node.func.attr === "format" &&
    isText(node.func.value)
  );
}

function isText(node: Placed): boolean {
  return isKind(node, "JoinedStr") || (isKind(node, "Constant") && typeof node.value === "string");
}

function defaultsOf(node: Placed): Placed[] {
  if (!isKind(node, "FunctionDef") && !isKind(node, "AsyncFunctionDef") && !isKind(node, "Lambda"))
    return [];
  return [...node.args.defaults, ...node.args.kw_defaults].filter((one) => one != null);
}

/** The modules and members that a statement, or a call that imports by name, loads. */
function modulesLoaded(node: Placed, seen: Seen): string[] {
  if (!isKind(node, "Call")) return importedBy(node).map(([, name]) => name);
  const callee = qualifiedName(node.func, seen.imports);
  const [first] = node.args;
  if (first === undefined || !isKind(first, "Constant") || typeof first.value !== "string")
    return [];
  return callee === "importlib.import_module" || callee === "builtins.__import__"
    ? [first.value]
    : [];
}

function swallows(node: Placed, only: "Pass" | "Continue"): boolean {
  if (!isKind(node, "ExceptHandler") || node.body.length !== 1) return false;
  const any = node.type === undefined || node.type === null;
  const broad = node.type && isKind(node.type, "Name") && node.type.id === "Exception";
  return (any || broad === true) && node.body[0]?.nodeType === only;
}

function decoratedBy(
  node: Placed,
  { names: wanted, methods }: MatchOf<"decorator">,
  seen: Seen,
): Shape | undefined {
  if (!isDefinition(node)) return undefined;
  const inside = isKind(node, "ClassDef") ? node.body.filter(isDefinition) : [];
  const meant = [node, ...inside.filter(({ name }) => methods.includes(name))];
  for (const decorator of meant.flatMap((one) => one.decorator_list)) {
    // `@method_decorator(csrf_exempt, name="dispatch")` names it as an argument, alone or in a list.
    const named = isKind(decorator, "Call")
      ? [decorator.func, ...decorator.args.flatMap((one) => listedIn(one, seen))]
      : [decorator];
    for (const one of named) {
      const name = qualifiedName(one, seen.imports);
      if (name === undefined) continue;
      const isNamed = (called: string) => wanted.some((known) => names(known, called));
      if (isNamed(name) || isNamed(nameByMaker(one, name, wanted, seen.unit)))
        return { node: decorator, name };
    }
  }
  return undefined;
}

/** `shield.exempt` as `pkg.Shield().exempt`, where a module makes `shield` so and one of the names asks for such; otherwise the name. */
function nameByMaker(
  node: Placed,
  name: string,
  wanted: readonly string[],
  { path, project }: FileUnit,
): string {
  if (!isKind(node, "Attribute") || !isKind(node.value, "Name")) return name;
  const end = `().${node.attr}`;
  if (!wanted.some((known) => known.endsWith(end))) return name;
  const interpreter = new Interpreter(project, { eager: false });
  const scope = interpreter.module(path);
  const bound = scope && bindingIn(scope, node.value.id)?.value;
  const owner = bound?.kind === "symbol" ? (interpreter.resolve(bound) ?? bound) : bound;
  return owner?.kind === "symbol" ? `${owner.name}.${node.attr}` : name;
}

function isDefinition(node: Placed): node is FunctionNode | ClassNode {
  return (
    isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "ClassDef")
  );
}

/** The members of a list or tuple, be it named in the same module; anything else itself. */
function listedIn(node: Expression, { file }: Seen): readonly Expression[] {
  if (isKind(node, "List") || isKind(node, "Tuple")) return node.elts;
  if (!isKind(node, "Name")) return [node];
  const assigned = file.body.findLast(
    (one) =>
      isKind(one, "Assign") &&
      one.targets.some((target) => isKind(target, "Name") && target.id === node.id),
  );
  if (assigned === undefined || !isKind(assigned, "Assign")) return [node];
  const { value } = assigned;
  return isKind(value, "List") || isKind(value, "Tuple") ? value.elts : [node];
}

function assigns(node: Placed, match: MatchOf<"assignment">, seen: Seen): Shape | undefined {
  if (isKind(node, "Call")) return setsAttribute(node, match, seen);
  const [targets, value] = isKind(node, "Assign")
    ? [node.targets, node.value]
    : isKind(node, "AnnAssign")
      ? [[node.target], node.value]
      : [[], undefined];
  if (!value || !isOneOf(value, match.values, seen)) return undefined;
  for (const target of targets) {
    const name = targetName(target, seen);
    // What is set is the place, as it is for rules that evaluate what it is set to.
    if (name !== undefined && match.to.some((known) => names(known, name)))
      return { node: target, name };
  }
  return undefined;
}

/** `setattr(request, "checked", True)` is `request.checked = True`. */
function setsAttribute(
  node: CallNode,
  match: MatchOf<"assignment">,
  seen: Seen,
): Shape | undefined {
  const [owner, attribute, value] = node.args;
  if (qualifiedName(node.func, seen.imports) !== "builtins.setattr") return undefined;
  if (owner === undefined || value === undefined || !isOneOf(value, match.values, seen))
    return undefined;
  if (attribute?.nodeType !== "Constant" || typeof attribute.value !== "string") return undefined;
  const owned = (qualifiedName(owner, seen.imports) ?? "?").replace(/^builtins\./, "");
  const name = `${owned}.${attribute.value}`;
  return match.to.some((known) => names(known, name)) ? { node, name } : undefined;
}

/** `app.config["DEBUG"]` is `app.config.DEBUG` here: both set one member. */
function targetName(target: Placed, seen: Seen): string | undefined {
  if (!isKind(target, "Subscript")) return qualifiedName(target, seen.imports);
  const owner = qualifiedName(target.value, seen.imports) ?? "?";
  return isKind(target.slice, "Constant") && typeof target.slice.value === "string"
    ? `${owner.replace(/^builtins\./, "")}.${target.slice.value}`
    : undefined;
}

function isOneOf(node: Placed, scalars: readonly z.infer<typeof Scalar>[], seen: Seen): boolean {
  if (isKind(node, "Constant")) return scalars.some((scalar) => scalar === node.value);
  const name = qualifiedName(node, seen.imports);
  return name !== undefined && scalars.includes(name);
}

/** Whether a pattern means a name; `*.x` means whatever ends so. */
function names(pattern: string, name: string): boolean {
  if (pattern.startsWith("*.")) return name.endsWith(pattern.slice(1));
  return name === (pattern.includes(".") ? pattern : `builtins.${pattern}`);
}

/** The line on which a class begins: its body is not what the finding is about. */
function headOf(node: Placed): Placed {
  const { nodeType, lineno = 1, col_offset = 0 } = node;
  return { nodeType, lineno, col_offset, end_lineno: lineno, end_col_offset: 10_000 };
}

function importsOneOf(file: ModuleFile, packages: readonly string[]): boolean {
  return packages.length === 0 || packages.some((name) => importsPackage(file, name));
}

function charactersIn(unit: FileUnit, ruleId: string, codes: readonly string[]): RawFinding[] {
  const wanted = new Set(codes.map((code) => String.fromCharCode(Number.parseInt(code, 16))));
  const found: RawFinding[] = [];
  for (const [index, line] of unit.text.split(/\r\n|\r|\n/).entries()) {
    const at = [...line].findIndex((char) => wanted.has(char));
    if (at < 0) continue;
    const code = line.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
    const region = {
      startLine: index + 1,
      startColumn: at + 1,
      endLine: index + 1,
      endColumn: at + 1,
    };
    found.push({
      ruleId,
      path: unit.path,
      region,
      subject: `U+${code} ${normalise(line)}`,
      values: { name: `U+${code}` },
    });
  }
  return found;
}
