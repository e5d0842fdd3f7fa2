/**
 * Views that refuse some users in their own body: `if not request.user.is_staff: return HttpResponseForbidden()`. Such a check may
 * be written anew in many ways, so it counts as lost only where nothing else in the view changed that could be the check now: its
 * subject holds what the view calls, how it is decorated and what it is handed.
 */
import {
  isKind,
  lastName,
  type ModuleFile,
  type Placed,
  type Statement,
  walk,
} from "../python/index.ts";
import type { Access } from "./protection-facts.ts";

/** A view as far as its checks go. */
export interface CheckedView {
  readonly isChecked: boolean;
  /** What stays the same where a check was only taken away; a check may take with it what was worked out for it alone. */
  readonly remains: readonly string[];
}

/** Undefined where nobody can tell whether the function refuses someone. */
export function checksOf(node: Placed, file: ModuleFile, access: Access): CheckedView | undefined {
  const parts = [...walk(node)];
  const checks = parts.filter((part) => isCheck(part, file, access));
  if (checks.length === 0 && mayRefuse(parts, file, access)) return undefined;
  const inChecks = new Set(checks.flatMap((check) => [...walk(check)]));
  const rest = parts.filter((part) => !inChecks.has(part));
  const names = new Set([...inChecks].flatMap((part) => (isKind(part, "Name") ? [part.id] : [])));
  const prepared = new Set(
    rest.flatMap((part) =>
      isKind(part, "Assign") &&
      part.targets.every((one) => one.nodeType === "Name" && names.has(one.id))
        ? [...walk(part)]
        : [],
    ),
  );
  const whole = summary(rest, file, access);
  const without = summary(
    rest.filter((part) => !prepared.has(part)),
    file,
    access,
  );
  return {
    isChecked: checks.length > 0,
    remains: whole === without ? [whole] : [whole, without],
  };
}

function isCheck(node: Placed, file: ModuleFile, access: Access): boolean {
  if (!isKind(node, "If") || !access.conditions.test(file.source(node.test))) return false;
  const last = node.body.at(-1);
  return last !== undefined && isRefusal(last, file, access);
}

function isRefusal(node: Placed, file: ModuleFile, { refusals }: Access): boolean {
  return (
    (isKind(node, "Return") || isKind(node, "Raise") || isKind(node, "Expr")) &&
    refusals.test(file.source(node))
  );
}

/** True for a function that refuses somebody, asks something of the user or calls what may do so. */
function mayRefuse(parts: readonly Placed[], file: ModuleFile, access: Access): boolean {
  return parts.some((part) => {
    if (isKind(part, "If") || isKind(part, "IfExp") || isKind(part, "Assert"))
      return access.conditions.test(file.source(part.test));
    if (isKind(part, "Call")) return access.helpers.test(lastName(part.func) ?? "");
    return isRefusal(part, file, access);
  });
}

/** What is called, and what about the user is handed on. */
function summary(parts: readonly Placed[], file: ModuleFile, access: Access): string {
  const facts = parts.flatMap((part) => {
    if (!isKind(part, "Call")) return [];
    const handed = [...part.args, ...part.keywords]
      .map((one) => file.source(one))
      .filter((text) => access.conditions.test(text));
    return [file.source(part.func), ...handed];
  });
  return [...new Set(facts.map((text) => text.replace(/\s+/g, "")))].sort().join(" ");
}

/** True for a function that does nothing but answer yes. */
export function letsEverybodyIn(node: { readonly body: readonly Statement[] }): boolean {
  const [only, ...rest] = node.body.filter(
    // A documentation string.
    (one) => !(isKind(one, "Expr") && one.value.nodeType === "Constant"),
  );
  return (
    rest.length === 0 &&
    only !== undefined &&
    isKind(only, "Return") &&
    only.value?.nodeType === "Constant" &&
    only.value.value === true
  );
}
