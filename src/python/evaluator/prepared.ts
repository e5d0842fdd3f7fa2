/**
 * What an attribute of an object is in a method that is looked at on its own, where a method that a framework calls first, such as
 * `setup`, sets it. That one runs when something is asked for that nothing has set yet. Each method is looked at with an object
 * of its own, of which nothing is known but its class, so what it leaves in one of them is what it leaves in all: it runs once for
 * the class, and what it wrote is written anew for each object.
 */
import { inherited } from "./ancestry.ts";
import type { Cell } from "./heap.ts";
import { bindIn, bindingIn, cellOf, type Machine, newScope } from "./machine.ts";
import {
  type Binding,
  constant,
  type FunctionValue,
  type InstanceValue,
  type Scope,
  type Site,
} from "./values.ts";

/** What a method left: the attributes of its object, and all else that it wrote. */
export interface Prepared {
  readonly attributes: ReadonlyMap<string, Binding>;
  readonly writes: readonly Write[];
}

interface Write {
  readonly cell: Cell<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

/** Before the name of a method it makes a name that no object has. */
const PREPARED = "__prepared__ ";
const NOTHING: Prepared = { attributes: new Map(), writes: [] };

/** What the methods that run before others set an attribute to that nothing has set yet; each runs at most once for an object. */
export function preparedAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  site: Site,
): Binding | undefined {
  if (machine.eager) return undefined;
  for (const preparer of machine.models.preparers) {
    const done = `${PREPARED}${preparer}`;
    if (bindingIn(owner.attributes, done) !== undefined) continue;
    const method = inherited(machine, owner.class, preparer);
    if (method?.kind !== "function") continue;
    bindIn(machine, owner.attributes, done, constant(true, site), site);
    const receiver = owner.self ?? owner;
    // What is known of an object may show in what is set.
    if (isLikeAny(receiver)) takeOver(machine, receiver, method, site);
    else prepare(machine, receiver, method, site);
    const set = bindingIn(owner.attributes, name);
    if (set !== undefined) return set;
  }
  return undefined;
}

/** True for an object of which nothing is known but its class, when a method of it is run: what that set itself came later. */
function isLikeAny({ call, attributes }: InstanceValue): boolean {
  if (call === undefined) return true;
  const isGiven = call.open || call.positional.length > 0 || call.keywords.size > 0;
  return (
    !isGiven &&
    [...attributes.names].every(
      ([name, { content }]) => content === undefined || name.startsWith(PREPARED),
    )
  );
}

function prepare(
  machine: Machine,
  receiver: InstanceValue,
  method: FunctionValue,
  site: Site,
): void {
  machine.call({ ...method, receiver }, { positional: [], keywords: new Map(), open: true }, site);
}

/** Gives an object what a method leaves in any of its class. What was set since stays. */
function takeOver(
  machine: Machine,
  receiver: InstanceValue,
  method: FunctionValue,
  site: Site,
): void {
  const { attributes, writes } = leftBy(machine, receiver, method, site);
  for (const { cell, before, after } of writes)
    if (cell.content === before) machine.heap.write(cell, after);
  for (const [name, binding] of attributes)
    if (bindingIn(receiver.attributes, name) === undefined)
      machine.heap.write(cellOf(receiver.attributes, name), {
        ...binding,
        when: [...machine.conditions, ...binding.when],
      });
}

function leftBy(
  machine: Machine,
  { class: type }: InstanceValue,
  method: FunctionValue,
  site: Site,
): Prepared {
  const known = machine.prepared.get(type.scope) ?? new Map<FunctionValue["node"], Prepared>();
  machine.prepared.set(type.scope, known);
  const before = known.get(method.node);
  if (before !== undefined) return before;
  // Before it runs: it asks for attributes, too.
  known.set(method.node, NOTHING);
  const attributes: Scope = newScope("class");
  const receiver: InstanceValue = { kind: "instance", class: type, attributes, site };
  const ran = machine.apart(method, () => {
    prepare(machine, receiver, method, site);
    return new Map(
      [...attributes.names].flatMap(([name, { content }]) =>
        content === undefined || name.startsWith(PREPARED) ? [] : [[name, content] as const],
      ),
    );
  });
  if (ran === undefined) {
    known.delete(method.node);
    return NOTHING;
  }
  const left: Prepared = {
    attributes: ran.result,
    // All of them have been taken back.
    writes: [...ran.writes].map(([cell, after]) => ({ cell, before: cell.content, after })),
  };
  known.set(method.node, left);
  return left;
}
