/**
 * Views that find things by who asks for them: `Order.objects.get(pk=pk, user=request.user)`. Without that condition one user is
 * shown what is another's. It counts as lost only where the view does nothing with the user any more that could be the check now.
 */
import {
  type Expression,
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../python/index.ts";
import type { Access } from "./protection-facts.ts";

type ClassNode = Extract<Statement, { nodeType: "ClassDef" }>;
type FunctionNode = Extract<Statement, { nodeType: "FunctionDef" | "AsyncFunctionDef" }>;
type Call = Extract<Expression, { nodeType: "Call" }>;

/** What a function finds. */
export interface Found {
  /** The name of what it is looked for in. */
  readonly target: string;
  /** True where it is found by who asks. */
  readonly isOwn: boolean;
}

/** What a function finds by who asks for it; where it asks nothing of the user, all that it finds. */
export function findsOf(node: FunctionNode, file: ModuleFile, access: Access): Found[] {
  const parts = node.body.flatMap((one) => [...walk(one)]);
  const lookups = parts.flatMap((part) =>
    isKind(part, "Call") && access.lookups.test(lastName(part.func) ?? "") ? [part] : [],
  );
  // What all methods of a class use is what it is, wherever it is looked for.
  const isForAll = access.facts.owners.methods.includes(node.name);
  const targetOf = (call: Call) => (isForAll ? "" : (rootOf(call) ?? ""));
  const own = lookups.filter((call) => isByUser(call, file, access));
  if (own.length > 0) return own.map((call) => ({ target: targetOf(call), isOwn: true }));
  if (asksUser(parts, file, access)) return [];
  const targets = isForAll ? [""] : lookups.map(targetOf);
  return [...new Set(targets)].map((target) => ({ target, isOwn: false }));
}

/** `Order` in `Order.objects.filter(…)`, `get_object_or_404(Order, …)` and `select(Order).where(…)`. */
function rootOf(node: Expression): string | undefined {
  let at = node;
  for (;;) {
    if (at.nodeType === "Name") return at.id;
    if (at.nodeType === "Attribute") at = at.value;
    else if (at.nodeType === "Call") {
      const [first]: readonly Expression[] = at.args;
      if (first?.nodeType === "Name" && /^[A-Z]/.test(first.id)) return first.id;
      at = at.func;
    } else return undefined;
  }
}

/** The same for a class, whose methods all use what one of some methods finds, or else an attribute. */
export function narrowsForAll(
  { body }: ClassNode,
  file: ModuleFile,
  access: Access,
): boolean | undefined {
  const { methods, attributes } = access.facts.owners;
  const finding = body.filter(isFunction).filter((one) => methods.includes(one.name));
  if (finding.some((one) => findsOf(one, file, access).some(({ isOwn }) => isOwn))) return true;
  const says = body.some(
    (one) =>
      isKind(one, "Assign") &&
      one.targets.some((target) => target.nodeType === "Name" && attributes.includes(target.id)),
  );
  const parts = body.filter(isFunction).flatMap((node) => [...walk(node)]);
  return finding.length === 0 && says && !asksUser(parts, file, access) ? false : undefined;
}

function isFunction(node: Statement): node is FunctionNode {
  return isKind(node, "FunctionDef") || isKind(node, "AsyncFunctionDef");
}

/** True for `get(owner=request.user)`, `filter(Order.user_id == current_user.id)` and `request.user.orders.get(…)`. */
function isByUser(call: Call, file: ModuleFile, { users }: Access): boolean {
  const isUser = (node: Placed) => users.test(file.source(node));
  const isBeside = (node: Placed) =>
    isKind(node, "Compare") && [node.left, ...node.comparators].some(isUser);
  return (
    call.keywords.some((one) => one.arg !== undefined && isUser(one.value)) ||
    call.args.some((one) => isUser(one) || [...walk(one)].some(isBeside)) ||
    isReached(call.func, isUser)
  );
}

/** True for `request.user.orders.get`: what comes from the user alone. */
function isReached(node: Expression, isUser: (node: Placed) => boolean): boolean {
  if (node.nodeType === "Attribute") return isUser(node.value) || isReached(node.value, isUser);
  return node.nodeType === "Call" && isReached(node.func, isUser);
}

/** True where something is done with who asks, or with the request, beside showing it. */
function asksUser(parts: readonly Placed[], file: ModuleFile, { users, shows }: Access): boolean {
  const shown = new Set<Placed>(
    parts.flatMap((part) =>
      isKind(part, "Call") && shows.test(lastName(part.func) ?? "")
        ? [...part.args, ...part.keywords.map((one) => one.value)].flatMap((one) => [...walk(one)])
        : [],
    ),
  );
  // What a part is taken of is looked at with that part.
  const whole = new Set<Placed>(
    parts.flatMap((part) => (isKind(part, "Attribute") ? [part.value] : [])),
  );
  return parts.some((part) => {
    if (shown.has(part)) return false;
    if (isKind(part, "Name") && part.id === "request") return !whole.has(part);
    if (!isKind(part, "Name") && !isKind(part, "Attribute") && !isKind(part, "Subscript"))
      return isKind(part, "Call") && users.test(file.source(part));
    const text = file.source(part);
    return users.test(text) || (text === "self.request" && !whole.has(part));
  });
}
