/**
 * Functions and classes that a rule wants to be protected: by a decorator, a base class, an attribute or a parameter. What is
 * protected is told too: a review reports only what was protected before a change and is not after it.
 */
import * as z from "zod";
import type { RawFinding } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import { ownValue } from "../core/own-value.ts";
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
import { checksOf, letsEverybodyIn } from "./protection-checks.ts";
import {
  isClosedByUrls,
  isIncludedClosed,
  isProtectedElsewhere,
  type Unprotected,
} from "./protection-elsewhere.ts";
import { type Access, accessOf } from "./protection-facts.ts";
import { fieldsOf } from "./protection-fields.ts";
import { groupsOf, inclusionsOf } from "./protection-groups.ts";
import { findsOf, narrowsForAll } from "./protection-owners.ts";
import { homeOf, routedViews } from "./protection-urls.ts";

const ProtectionMatch = z.strictObject({
  /**
   * What a view has no more: what protected it from outside, a check in its body, or the condition that what it finds is the user's; what
   * a form has no more: fields that nobody sets.
   */
  lost: z.enum(["protection", "check", "owner", "fields"]),
});
type ProtectionMatch = z.infer<typeof ProtectionMatch>;

type FunctionNode = Extract<Statement, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;
type ClassNode = Extract<Statement, { nodeType: "ClassDef" }>;
type Definition = FunctionNode | ClassNode;
type Call = Extract<Expression, { nodeType: "Call" }>;

/** Access to what may not be open to everyone. */
export const protection = analyzer({
  kind: "protection",
  match: ProtectionMatch,
  examplePath: "views.py",
  prepare,
});

function prepare(rules: readonly Rule<ProtectionMatch>[], models: Models): Prepared {
  const known = models.access.map(accessOf);
  return {
    triggers: known.flatMap(({ facts }) => facts.words.map((text) => [{ text, whole: true }])),
    wants: isPython,
    inspect: (unit) =>
      known.flatMap((access) =>
        isMeantFile(unit, access) ? rules.flatMap((rule) => inspect(unit, rule, access)) : [],
      ),
  };
}

function isMeantFile({ path, words, project }: FileUnit, { facts }: Access): boolean {
  if (!facts.words.some((word) => words.has(word))) return false;
  const file = project.file(path);
  return file !== undefined && facts.importing.some((name) => importsPackage(file, name));
}

/** A file that a rule is asked about. */
interface Asked {
  readonly ruleId: string;
  readonly file: ModuleFile;
  readonly access: Access;
  readonly project: Project;
}

function inspect(
  { path, project }: FileUnit,
  { id, match }: Rule<ProtectionMatch>,
  access: Access,
): RawFinding[] {
  const file = project.file(path);
  if (file === undefined) return [];
  const asked: Asked = { ruleId: id, file, access, project };
  const definitions = file.body.filter(isDefinition);
  const views = definitions.filter((node) => isMeant(node, access));
  switch (match.lost) {
    case "protection":
      return [
        ...views.flatMap((node) => protectionOf(node, asked)),
        ...inspectUrls(asked),
        ...inspectGroups(asked),
      ];
    case "check":
      return [
        ...views.flatMap((node) => checksIn(node, asked)),
        ...definitions.flatMap((node) => answersIn(node, asked)),
      ];
    case "owner":
      return views.flatMap((node) => ownersIn(node, asked));
    case "fields":
      return definitions.flatMap((node) => fieldsIn(node, asked));
    default:
      return match.lost satisfies never;
  }
}

function protectionOf(node: Definition, asked: Asked): RawFinding[] {
  const isSafe = isSafeIn(node, asked);
  // What the URLs protect, or what includes a router, is told there.
  const own =
    !isSafe && isToldElsewhere(node, asked) ? [] : [report(asked, node, node.name, isSafe)];
  // A method that has a protection of its own may lose that alone.
  const methods = methodsOf(node).flatMap((method) =>
    isSafe || isSafeIn(method, asked)
      ? [report(asked, method, `${node.name}.${method.name}`, true)]
      : [],
  );
  return [...own, ...methods];
}

function isToldElsewhere(node: Definition, { file, project, access }: Asked): boolean {
  return (
    isClosedByUrls(node.name, file, project, access) ||
    routersOf(node).some((name) => isIncludedClosed(name, file, project, access))
  );
}

function methodsOf(node: Definition): FunctionNode[] {
  return isKind(node, "ClassDef") ? node.body.filter(isFunction) : [];
}

function isFunction(node: Statement): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

/** The methods of a class that answer whether someone is let in: one that lets everybody in answers nothing. */
function answersIn(node: Definition, asked: Asked): RawFinding[] {
  return methodsOf(node)
    .filter((method) => asked.access.answers.test(method.name))
    .map((method) =>
      report(asked, method, `${node.name}.${method.name}`, !letsEverybodyIn(method)),
    );
}

/** The checks in the body of a view or of its methods; a change of what stands around them may be their new place. */
function checksIn(node: Definition, asked: Asked): RawFinding[] {
  const isSafe = isSafeIn(node, asked);
  const place = `${isSafe} ${!isSafe && isToldElsewhere(node, asked)}`;
  if (!isKind(node, "ClassDef")) return checks(node, node.name, [place], asked);
  const methods = methodsOf(node);
  const around = [place, ...aroundClass(node, asked), ...methods.map((one) => one.name)];
  return methods
    .filter((method) => !asked.access.answers.test(method.name))
    .flatMap((method) => checks(method, `${node.name}.${method.name}`, around, asked));
}

function checks(
  node: FunctionNode,
  name: string,
  around: readonly string[],
  asked: Asked,
): RawFinding[] {
  const view = checksOf(node, asked.file, asked.access);
  if (view === undefined) return [];
  const place = [name, ...around, ...aroundFunction(node, asked)];
  const found = report(asked, node, name, view.isChecked);
  return view.remains.map((rest) => ({ ...found, subject: [...place, rest].join("\n") }));
}

/** The views that find things by who asks for them; what changes around them may say the same. */
function ownersIn(node: Definition, asked: Asked): RawFinding[] {
  const { file, access } = asked;
  const own = (one: FunctionNode, name: string, around: readonly string[]) => {
    const place = [name, ...around, ...aroundFunction(one, asked)];
    return findsOf(one, file, access).map(({ target, isOwn }) => ({
      ...report(asked, one, name, isOwn),
      subject: [...place, target].join("\n"),
    }));
  };
  if (!isKind(node, "ClassDef")) return own(node, node.name, []);
  const around = aroundClass(node, asked);
  const isKept = narrowsForAll(node, file, access);
  const all =
    isKept === undefined
      ? []
      : [{ ...report(asked, node, node.name, isKept), subject: [node.name, ...around].join("\n") }];
  return [
    ...all,
    ...methodsOf(node).flatMap((method) => own(method, `${node.name}.${method.name}`, around)),
  ];
}

/** What forms and serializers keep from being set. */
function fieldsIn(node: Definition, asked: Asked): RawFinding[] {
  if (!isKind(node, "ClassDef")) return [];
  return fieldsOf(node, asked.access).map(({ node: inner, name, isClosed }) => ({
    ...report(asked, node, `${node.name}.${name ?? "*"}`, isClosed),
    ...asked.file.location(inner),
    values: { name: name === undefined ? "every field" : `\`${name}\``, of: node.name },
  }));
}

/** What is said at a class that may be a check. */
function aroundClass(node: ClassNode, { file, access }: Asked): string[] {
  const { attributes, owners } = access.facts;
  const said = node.body.filter(
    (one) =>
      isAttribute(one) &&
      !namesOf(one).some(
        (name) => owners.attributes.includes(name) && !Object.hasOwn(attributes, name),
      ),
  );
  return [...node.bases, ...node.decorator_list, ...said].map((one) => file.source(one));
}

/** The same at a function. */
function aroundFunction(node: FunctionNode, { file }: Asked): string[] {
  const { posonlyargs, args, kwonlyargs, defaults, kw_defaults } = node.args;
  const handed = [...posonlyargs, ...args, ...kwonlyargs, ...defaults, ...kw_defaults];
  return [...node.decorator_list, ...handed].flatMap((one) =>
    one === null || one === undefined ? [] : [file.source(one)],
  );
}

function namesOf(node: Statement): string[] {
  const targets = isKind(node, "Assign")
    ? node.targets
    : isKind(node, "AnnAssign")
      ? [node.target]
      : [];
  return targets.flatMap((one) => (one.nodeType === "Name" ? [one.id] : []));
}

function isAttribute(node: Statement): boolean {
  return isKind(node, "Assign") || isKind(node, "AnnAssign");
}

function isSafeIn(node: Definition, asked: Asked): boolean {
  const { file, project, access } = asked;
  return (
    isProtected(node, access) || isProtectedElsewhere(described(node, asked), file, project, access)
  );
}

/** The views that the URLs wrap, and those that nothing protects any more when a wrapper goes. */
function inspectUrls(asked: Asked): RawFinding[] {
  const { file, access } = asked;
  if (!/\burlpatterns\b/.test(file.text)) return [];
  return routedViews(file, access.facts.routes, access.byDecorators).flatMap(
    ({ node, target, isWrapped }) => {
      if (isWrapped === undefined || (!isWrapped && !isOpen(target, asked))) return [];
      return [reportPart(asked, node, target, isWrapped)];
    },
  );
}

/** What views are put together in, as far as it is not told at the views. */
function inspectGroups(asked: Asked): RawFinding[] {
  const { file, project, access } = asked;
  const isOpenView = (node: Statement, from: ModuleFile) =>
    isDefinition(node) && !isSafeIn(node, { ...asked, file: from });
  return [
    ...groupsOf(file, project, access, isOpenView),
    ...inclusionsOf(file, project, access, isOpenView),
  ].map(({ node, target, isClosed }) => reportPart(asked, node, target, isClosed));
}

/** True for a view whose definition can be read and says nothing of who may use it. */
function isOpen(target: Expression, asked: Asked): boolean {
  const home = homeOf(target, asked.file, asked.project);
  const node = home?.file.body.find((one) => isDefinition(one) && one.name === home.name);
  if (home === undefined || node === undefined || !isDefinition(node)) return false;
  return (
    !asked.access.refuses.test(home.file.source(node)) &&
    !isSafeIn(node, { ...asked, file: home.file })
  );
}

/** Speaks of a call, and of something in it. */
function reportPart(
  { file, ruleId }: Asked,
  node: Placed,
  target: Expression,
  isKept: boolean,
): RawFinding {
  const subject = file.source(target);
  return {
    ruleId,
    ...file.location(node),
    subject,
    values: { name: lastName(target) ?? subject },
    protection: isKept ? "kept" : "missing",
  };
}

function report(
  { file, ruleId }: Asked,
  node: Definition,
  name: string,
  isKept: boolean,
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

function isMeant(node: Definition, { parameters, decorators, bases }: Access): boolean {
  if (isKind(node, "ClassDef")) return node.bases.some((base) => bases.test(nameOf(base) ?? ""));
  const first = [...node.args.posonlyargs, ...node.args.args][0]?.arg ?? "";
  return parameters.test(first) || decoratorNames(node).some((name) => decorators.test(name));
}

/** What is asked elsewhere of a definition that does not say itself who may use it. */
function described(node: Definition, { file, access }: Asked): Unprotected {
  const { attributes, defaults } = access.facts;
  const isClass = isKind(node, "ClassDef");
  return {
    wrappers: [
      ...decoratorNames(node),
      ...(isClass
        ? node.bases.flatMap((base) => nameOf(base) ?? [])
        : dependenciesOf(node).flatMap(({ args }) => args.flatMap((one) => nameOf(one) ?? []))),
    ],
    routers: routersOf(node),
    takesDefaults:
      isClass &&
      importsPackage(file, defaults.importing) &&
      !node.body.some((one) => namesOf(one).some((name) => Object.hasOwn(attributes, name))),
  };
}

/** Names of the objects whose methods the decorators are: `router` in `@router.get("/")`. */
function routersOf(node: Definition): string[] {
  return node.decorator_list.flatMap((one) => {
    const called = one.nodeType === "Call" ? one.func : one;
    return called.nodeType === "Attribute" ? (nameOf(called.value) ?? []) : [];
  });
}

function isProtected(node: Definition, access: Access): boolean {
  if (decoratorNames(node).some((name) => access.byDecorators.test(name))) return true;
  if (!isKind(node, "ClassDef"))
    return dependenciesOf(node).some((one) => isDependency(one, access.byDefaults));
  if (node.bases.some((base) => access.byBases.test(nameOf(base) ?? ""))) return true;
  return node.body.some((one) => isClosedBy(one, access.facts.attributes));
}

/** The calls that make the defaults of parameters, what stands in annotations, and `@router.get("/", dependencies=[Depends(user)])`. */
function dependenciesOf(node: FunctionNode): Call[] {
  const { args } = node;
  const annotations = [...args.posonlyargs, ...args.args, ...args.kwonlyargs].map(
    (one) => one.annotation,
  );
  const keywords = node.decorator_list.flatMap((one) =>
    one.nodeType === "Call" ? one.keywords.map((keyword) => keyword.value) : [],
  );
  const defaults = [...args.defaults, ...args.kw_defaults].filter(
    (one) => one?.nodeType === "Call",
  );
  const inside = [...annotations, ...keywords].flatMap((one) =>
    one === undefined || one === null ? [] : [...walk(one)],
  );
  return [...defaults, ...inside].flatMap((one) =>
    one !== null && one !== undefined && isKind(one, "Call") ? [one] : [],
  );
}

/** True for `Depends(get_current_user)`. */
function isDependency({ func, args }: Call, protects: RegExp): boolean {
  return [func, ...args].some((part) => protects.test(nameOf(part) ?? ""));
}

/** True for `permission_classes = [IsAdminUser]`. */
function isClosedBy(
  node: Statement,
  attributes: Readonly<Record<string, readonly string[]>>,
): boolean {
  if (!isKind(node, "Assign")) return false;
  const [target] = node.targets;
  const open = target?.nodeType === "Name" ? ownValue(attributes, target.id) : undefined;
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
