/**
 * What did not run because an environment variable is not set. A name that only such code sets is bound to nothing, or to what it
 * was before, and nothing in its value tells why; the code that would have set it does.
 */
import type { Statement } from "../ast.ts";
import { type Effect, effectsOf } from "./effects.ts";
import { bindingIn, type Frame, type Machine } from "./machine.ts";
import {
  type Binding,
  constant,
  type EnvironmentRead,
  type Scope,
  type Site,
  type Value,
} from "./values.ts";

/** A statement that sets or changes a name, and did not run. */
export interface PassedOver extends Pick<Effect, "site" | "imported" | "rebinds"> {
  readonly environment: EnvironmentRead;
  /** What it would have bound the name to, where that is written there as it is. */
  readonly value?: Value;
  /** Where the name had been set at that time; if it was set elsewhere since, the statement makes no difference. */
  readonly before: Site | undefined;
}

/** Remembers for the names of modules and classes what a block would have done to them. */
export function passOver(
  machine: Machine,
  frame: Frame,
  body: readonly Statement[],
  environment: EnvironmentRead,
): void {
  if (!machine.eager || body.length === 0) return;
  const { raised } = machine;
  for (const { scope, name, site, rebinds, value, imported } of effectsOf(machine, frame, body)) {
    const before = bindingIn(scope, name)?.site;
    // It ran, before what the variable was asked for.
    if (before !== undefined && before.node === site.node) continue;
    const written = value?.nodeType === "Constant" ? value.value : undefined;
    const isPlain = typeof written === "boolean" || typeof written === "string";
    remember(machine, scope, name, {
      environment,
      site,
      before,
      rebinds,
      ...(imported && { imported }),
      ...((isPlain || typeof written === "number") && { value: constant(written, site) }),
    });
  }
  machine.raised = raised;
}

/**
 * Hands what was passed over on to a scope that takes a name from another. `inherited` tells where a name was set before that one:
 * what a class does not set is what its bases set.
 */
export function passOn(
  machine: Machine,
  from: Scope,
  to: Scope,
  isTaken: (name: string) => boolean,
  inherited: (name: string) => Site | undefined = () => undefined,
): void {
  for (const [name, statements] of machine.passedOver.get(from) ?? [])
    if (isTaken(name))
      for (const one of statements)
        remember(machine, to, name, { ...one, before: one.before ?? inherited(name) });
}

function remember(machine: Machine, scope: Scope, name: string, statement: PassedOver): void {
  const known = machine.passedOver.get(scope) ?? new Map<string, readonly PassedOver[]>();
  machine.passedOver.set(scope, known);
  known.set(name, [...(known.get(name) ?? []), statement]);
}

/** What was passed over and would have made a name something else than it is now. */
export function passedOver(
  machine: Machine,
  scope: Scope,
  name: string,
  binding: Binding | undefined,
): readonly PassedOver[] {
  const statements = machine.passedOver.get(scope)?.get(name) ?? [];
  return statements.filter(({ before }) => before?.node === binding?.site.node);
}
