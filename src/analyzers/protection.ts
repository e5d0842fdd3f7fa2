/**
 * Functions and classes that a rule wants to be protected: by a decorator, a base class, an attribute or a parameter. What is
 * protected is told too: a review reports only what was protected before a change and is not after it.
 */
import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import {
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../python/index.ts";
import { analyzer, type FileUnit, isPython, type Prepared, type Project } from "./analyzer.ts";
import { importsPackage } from "./imports.ts";
import { type CheckPatterns, checksOf } from "./protection-checks.ts";
import {
  isClosedByUrls,
  isProtectedElsewhere,
  refuses,
  type Unprotected,
} from "./protection-elsewhere.ts";
import { homeOf, routedViews } from "./protection-urls.ts";

const Pattern = z.string().min(1);

const ProtectionMatch = z.strictObject({
  /** Words of which one stands in every file that is meant. */
  words: z.array(z.string().min(1)).min(1),
  importing: z.array(z.string().min(1)).min(1),
  /** What is to be protected: functions with a parameter or a decorator of such a name, classes with such a base. Regexes. */
  parameters: Pattern,
  decorators: Pattern,
  bases: Pattern,
  /** Functions that bind a URL to their second argument, a view. */
  routes: z.array(z.string().min(1)),
  /** Regexes for the last names of what protects: decorators and their arguments, bases, what a parameter's default is made of. */
  by: z.strictObject({
    decorators: Pattern,
    bases: Pattern,
    defaults: Pattern,
    /** Of what stands before all views, in the settings. */
    middleware: Pattern,
  }),
  /**
   * Of a rule for checks in a view's body alone. Regexes: what refuses, what is asked, and the names of functions that may do
   * both.
   */
  checks: z.strictObject({ refusals: Pattern, conditions: Pattern, helpers: Pattern }).optional(),
  /** Attributes of classes that protect unless they are empty or hold one of these names. */
  attributes: z.record(z.string().min(1), z.array(z.string())),
});
type ProtectionMatch = z.infer<typeof ProtectionMatch>;

type FunctionNode = Extract<Statement, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;
type Definition = FunctionNode | Extract<Statement, { nodeType: "ClassDef" }>;

/** Access to what may not be open to everyone. */
export const protection = analyzer({
  kind: "protection",
  match: ProtectionMatch,
  examplePath: "views.py",
  prepare,
});

function prepare(rules: readonly Rule<ProtectionMatch>[]): Prepared {
  const compiled = rules.map(({ id, match }) => ({ id, match, patterns: compile(match) }));
  return {
    triggers: rules.flatMap(({ match }) => match.words.map((text) => [{ text, whole: true }])),
    wants: isPython,
    inspect: (unit) => compiled.flatMap((rule) => inspect(unit, rule)),
  };
}

function compile(match: ProtectionMatch) {
  const regex = (source: string) => new RegExp(source, "i");
  return {
    parameters: regex(match.parameters),
    decorators: regex(match.decorators),
    bases: regex(match.bases),
    byDecorators: regex(match.by.decorators),
    byBases: regex(match.by.bases),
    byDefaults: regex(match.by.defaults),
    byMiddleware: regex(match.by.middleware),
    ...(match.checks !== undefined && {
      checks: {
        refusals: regex(match.checks.refusals),
        conditions: regex(match.checks.conditions),
        helpers: regex(match.checks.helpers),
      },
    }),
    byAnything: regex(`${match.by.decorators}|${match.by.bases}|current_user|current_active`),
  };
}
type Patterns = ReturnType<typeof compile>;

interface Compiled {
  readonly id: string;
  readonly match: ProtectionMatch;
  readonly patterns: Patterns;
}

function inspect(unit: FileUnit, rule: Compiled): RawFinding[] {
  const { match, patterns } = rule;
  if (!match.words.some((word) => unit.words.has(word))) return [];
  const { project } = unit;
  const file = project.file(unit.path);
  if (file === undefined || !match.importing.some((name) => importsPackage(file, name))) return [];
  const views = file.body.flatMap((node) => {
    if (!isDefinition(node) || !isMeant(node, patterns)) return [];
    const isSafe = isSafeIn(file, node, rule, project);
    // What the URLs protect is told there.
    const isLeft = !isSafe && isClosedByUrls(node.name, file, project, patterns.byAnything);
    if (patterns.checks !== undefined)
      return checksIn(node, `${isSafe} ${isLeft}`, file, rule.id, patterns.checks);
    const own = isLeft ? [] : [report(file, node, node.name, isSafe, rule.id)];
    // A method that has a protection of its own may lose that alone.
    const methods = methodsOf(node).flatMap((method) =>
      isSafe || isSafeIn(file, method, rule, project)
        ? [report(file, method, `${node.name}.${method.name}`, true, rule.id)]
        : [],
    );
    return [...own, ...methods];
  });
  return patterns.checks === undefined ? [...views, ...inspectUrls(file, rule, project)] : views;
}

function methodsOf(node: Definition): FunctionNode[] {
  return isKind(node, "ClassDef") ? node.body.filter(isFunction) : [];
}

function isFunction(node: Statement): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

/** The checks in the body of a view or of its methods; a change of what stands around them may be their new place. */
function checksIn(
  node: Definition,
  place: string,
  file: ModuleFile,
  ruleId: string,
  patterns: CheckPatterns,
): RawFinding[] {
  if (!isKind(node, "ClassDef")) return checks(file, node, node.name, place, ruleId, patterns);
  const methods = methodsOf(node);
  const around = [
    ...[...node.bases, ...node.decorator_list, ...node.body.filter(isAttribute)].map((one) =>
      file.source(one),
    ),
    ...methods.map((one) => one.name),
  ];
  return methods.flatMap((method) =>
    checks(
      file,
      method,
      `${node.name}.${method.name}`,
      [place, ...around].join(" "),
      ruleId,
      patterns,
    ),
  );
}

function checks(
  file: ModuleFile,
  node: FunctionNode,
  name: string,
  place: string,
  ruleId: string,
  patterns: CheckPatterns,
): RawFinding[] {
  const view = checksOf(node, file, patterns);
  if (view === undefined) return [];
  const { posonlyargs, args, kwonlyargs, defaults, kw_defaults } = node.args;
  const handed = [...posonlyargs, ...args, ...kwonlyargs, ...defaults, ...kw_defaults];
  const around = [...node.decorator_list, ...handed].flatMap((one) =>
    one === null || one === undefined ? [] : [file.source(one)],
  );
  const found = report(file, node, name, view.isChecked, ruleId);
  return view.remains.map((rest) => ({
    ...found,
    subject: [name, place, ...around, rest].join("\n"),
  }));
}

function isAttribute(node: Statement): boolean {
  return isKind(node, "Assign") || isKind(node, "AnnAssign");
}

function isSafeIn(file: ModuleFile, node: Definition, rule: Compiled, project: Project): boolean {
  return (
    isProtected(node, rule) ||
    isProtectedElsewhere(described(node, file, rule.match), file, project, rule.patterns)
  );
}

/** The views that the URLs wrap, and those that nothing protects any more when a wrapper goes. */
function inspectUrls(file: ModuleFile, rule: Compiled, project: Project): RawFinding[] {
  if (!/\burlpatterns\b/.test(file.text)) return [];
  const { routes } = rule.match;
  return routedViews(file, routes, rule.patterns.byDecorators).flatMap((view) => {
    const { node, target } = view;
    const subject = file.source(target);
    if (view.isWrapped === undefined) return [];
    if (!view.isWrapped && !isOpen(target, file, rule, project)) return [];
    const region = file.region(node);
    return [
      {
        ruleId: rule.id,
        path: file.path,
        region,
        subject,
        values: { name: lastName(target) ?? subject },
        protection: view.isWrapped ? ("kept" as const) : ("missing" as const),
      },
    ];
  });
}

/** True for a view whose definition can be read and says nothing of who may use it. */
function isOpen(target: Expression, from: ModuleFile, rule: Compiled, project: Project): boolean {
  const home = homeOf(target, from, project);
  const node = home?.file.body.find((one) => isDefinition(one) && one.name === home.name);
  if (home === undefined || node === undefined || !isDefinition(node)) return false;
  return !refuses(home.file.source(node)) && !isSafeIn(home.file, node, rule, project);
}

function report(
  file: ModuleFile,
  node: Definition,
  name: string,
  isKept: boolean,
  ruleId: string,
): RawFinding {
  const head = file.region(node);
  const line = file.lines[node.lineno - 1] ?? "";
  return {
    ruleId,
    path: file.path,
    region: { ...head, endLine: head.startLine, endColumn: line.trimEnd().length },
    subject: name,
    values: { name },
    protection: isKept ? "kept" : "missing",
  };
}

function isDefinition(node: Statement): node is Definition {
  return (
    isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef") || isKind(node, "ClassDef")
  );
}

function isMeant(node: Definition, { parameters, decorators, bases }: Patterns): boolean {
  if (isKind(node, "ClassDef")) return node.bases.some((base) => bases.test(nameOf(base) ?? ""));
  const first = [...node.args.posonlyargs, ...node.args.args][0]?.arg ?? "";
  return parameters.test(first) || decoratorNames(node).some((name) => decorators.test(name));
}

/** What is asked elsewhere of a definition that does not say itself who may use it. */
function described(node: Definition, file: ModuleFile, match: ProtectionMatch): Unprotected {
  const isClass = isKind(node, "ClassDef");
  return {
    name: node.name,
    wrappers: [
      ...decoratorNames(node),
      ...(isClass ? node.bases.flatMap((base) => nameOf(base) ?? []) : []),
    ],
    routers: node.decorator_list.flatMap((one) => {
      const called = one.nodeType === "Call" ? one.func : one;
      return called.nodeType === "Attribute" ? (nameOf(called.value) ?? []) : [];
    }),
    takesDefaults:
      isClass &&
      importsPackage(file, "rest_framework") &&
      !node.body.some(
        (one) =>
          isKind(one, "Assign") &&
          one.targets.some(
            (target) => target.nodeType === "Name" && Object.hasOwn(match.attributes, target.id),
          ),
      ),
  };
}

function isProtected(node: Definition, { match, patterns }: Compiled): boolean {
  if (decoratorNames(node).some((name) => patterns.byDecorators.test(name))) return true;
  if (!isKind(node, "ClassDef")) {
    const { args } = node;
    const annotations = [...args.posonlyargs, ...args.args, ...args.kwonlyargs].flatMap((one) =>
      one.annotation === undefined || one.annotation === null ? [] : [one.annotation],
    );
    // `@router.get("/", dependencies=[Depends(get_user)])`
    const keywords = node.decorator_list.flatMap((one) =>
      one.nodeType === "Call" ? one.keywords.map((keyword) => keyword.value) : [],
    );
    return (
      [...args.defaults, ...args.kw_defaults].some(
        (one) => one !== null && one !== undefined && isDependency(one, patterns.byDefaults),
      ) ||
      [...annotations, ...keywords].some((one) =>
        [...walk(one)].some((part) => isDependency(part, patterns.byDefaults)),
      )
    );
  }
  if (node.bases.some((base) => patterns.byBases.test(nameOf(base) ?? ""))) return true;
  return node.body.some((one) => isClosedBy(one, match.attributes));
}

/** True for `Depends(get_current_user)`. */
function isDependency(node: Placed, protects: RegExp): boolean {
  return (
    isKind(node, "Call") &&
    [node.func, ...node.args].some((part) => protects.test(nameOf(part) ?? ""))
  );
}

/** True for `permission_classes = [IsAdminUser]`. */
function isClosedBy(
  node: Statement,
  attributes: Readonly<Record<string, readonly string[]>>,
): boolean {
  if (!isKind(node, "Assign")) return false;
  const [target] = node.targets;
  const open = target?.nodeType === "Name" ? attributes[target.id] : undefined;
  if (open === undefined) return false;
  const { value } = node;
  const members = value.nodeType === "List" || value.nodeType === "Tuple" ? value.elts : [value];
  return members.length > 0 && !members.some((one) => open.includes(nameOf(one) ?? ""));
}

/** The last names of decorators, and of what they are given: `@method_decorator(login_required, name="dispatch")`. */
function decoratorNames(node: Definition): string[] {
  return node.decorator_list.flatMap((one) => {
    const parts = one.nodeType === "Call" ? [one.func, ...one.args] : [one];
    return parts.flatMap((part) => nameOf(part) ?? []);
  });
}

/** The last name of what is called, or taken a part of, too. */
function nameOf(node: Expression): string | undefined {
  if (node.nodeType === "Call") return nameOf(node.func);
  return node.nodeType === "Subscript" ? nameOf(node.value) : lastName(node);
}
