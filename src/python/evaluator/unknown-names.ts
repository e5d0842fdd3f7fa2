/**
 * Names that a program gives a scope by a text that is not known: `globals()[name] = value` for names out of a file that is not
 * there, or `from company_settings import *`. What the scope does not bind may be one of those, so that nobody can say that it is
 * not set; and what had been set before may have been set anew.
 */
import { nameMatches } from "../../core/name-pattern.ts";
import { isKind, type Placed } from "../ast.ts";
import { bindingIn, type Machine } from "./machine.ts";
import { asString, derived, type Scope, type Site, type Value } from "./values.ts";

/** Names of one kind that a scope was given. */
interface Given {
  /** What they begin with. */
  readonly start: string;
  /** What outside the tree they come from, by its dotted name; absent where the program itself makes them. */
  readonly source?: string;
  /** Where names of the scope had been set by then. */
  readonly before: Map<string, Set<Placed>>;
}

/** By scope, each kind once. */
export type UnknownNames = WeakMap<Scope, Map<string, Given>>;

type Holder = Pick<Machine, "unknownNames" | "eager">;

/** Remembers that a scope got a name that is not known, as far as its start is. `written` is where the key is written. */
export function bindUnknown(
  machine: Holder & Pick<Machine, "conditions">,
  scope: Scope,
  key: Value,
  written?: Site,
): void {
  const [part] = key.kind === "text" ? key.parts : [];
  const start =
    typeof part === "string" ? part : (written && startAskedFor(machine, written)) || "";
  note(machine, scope, start, undefined, true);
}

/** `X_`, under `if key.startswith("X_")`, for the key as it is written. */
function startAskedFor(
  { conditions }: Pick<Machine, "conditions">,
  { file, node }: Site,
): string | undefined {
  const name = file.source(node);
  for (const { site, holds } of conditions) {
    if (!holds || site.file !== file) continue;
    const test = site.node;
    for (const one of isKind(test, "BoolOp") && test.op.nodeType === "And" ? test.values : [test]) {
      if (!isKind(one, "Call") || !isKind(one.func, "Attribute")) continue;
      const [start] = one.args;
      if (one.func.attr !== "startswith" || file.source(one.func.value) !== name) continue;
      if (start?.nodeType === "Constant" && typeof start.value === "string") return start.value;
    }
  }
  return undefined;
}

/** Remembers that a scope got names from outside the tree. `overwrites` where they take the place of names that it has. */
export function fillFrom(
  machine: Holder,
  scope: Scope,
  source: string,
  { overwrites }: { readonly overwrites: boolean },
): void {
  note(machine, scope, "", source, overwrites);
}

/** Remembers that a scope was handed to something that cannot be read, where the values of a call hold all its names. */
export function handOver(
  machine: Holder & Pick<Machine, "conditions" | "models">,
  scope: Scope,
  values: readonly Value[],
  called = "",
): void {
  if (!values.some((one) => one.kind === "dict" && one.scope === scope)) return;
  if (machine.models.leavesNames.some((one) => nameMatches(one, called))) return;
  bindUnknown(machine, scope, derived([]));
}

/** Hands what one scope may bind on to another that takes all its names. */
export function passUnknown(machine: Holder, from: Scope, to: Scope): void {
  for (const { start, source, before } of machine.unknownNames.get(from)?.values() ?? []) {
    const own = note(machine, to, start, source, before.size > 0);
    for (const [name, nodes] of before)
      own.set(name, new Set([...(own.get(name) ?? []), ...nodes]));
  }
}

/**
 * True where a name may be bound to something else than a scope says, or bound though it does not say so. `counts` tells of what
 * outside the tree may have names of this kind.
 */
export function mayBind(
  { unknownNames }: Pick<Machine, "unknownNames">,
  scope: Scope,
  name: string,
  counts: (source: string) => boolean,
): boolean {
  const node = bindingIn(scope, name)?.site.node;
  return [...(unknownNames.get(scope)?.values() ?? [])].some(
    ({ start, source, before }) =>
      name.startsWith(start) &&
      (source === undefined || counts(source)) &&
      (node === undefined || before.get(name)?.has(node) === true),
  );
}

/** True for a key that no name can be told from. */
export function isUnknownName(key: Value): boolean {
  return asString(key) === undefined && key.kind !== "constant";
}

/** Notes names of a kind, and gives where those that they may take the place of were set. */
function note(
  { unknownNames, eager }: Holder,
  scope: Scope,
  start: string,
  source: string | undefined,
  overwrites: boolean,
): Given["before"] {
  const kinds = unknownNames.get(scope) ?? new Map<string, Given>();
  unknownNames.set(scope, kinds);
  const key = `${start}\n${source ?? ""}`;
  const { before } = kinds.get(key) ?? { before: new Map<string, Set<Placed>>() };
  kinds.set(key, { start, ...(source !== undefined && { source }), before });
  if (!overwrites || !eager || scope.kind !== "module") return before;
  for (const [name, { content }] of scope.names)
    if (content !== undefined && name.startsWith(start))
      before.set(name, (before.get(name) ?? new Set()).add(content.site.node));
  return before;
}
