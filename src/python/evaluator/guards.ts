/**
 * A module that stops with an error while an environment variable is unset will run with the variable set: what follows
 * the check counts, and what the variable falls back to does not.
 */
import type { Statement } from "../ast.ts";
import type { Completion, StatementMachine } from "./completion.ts";
import { evaluate } from "./expressions.ts";
import type { Cell } from "./heap.ts";
import type { Frame } from "./machine.ts";
import type { Binding } from "./values.ts";

/** What a statement of a module, or of what it calls, comes to where it raised an error, and nothing around it takes that error. */
export function passGuard(
  machine: StatementMachine,
  node: Statement,
  frame: Frame,
  completion: Extract<Completion, { kind: "raise" }>,
): Completion {
  const { configurations } = machine;
  // Who sees to it that an error ends the program runs it where there is none.
  if (node.nodeType === "Try" && configurations !== undefined) {
    const catchers = machine.catchers.splice(0);
    const again = machine.run(node.body, frame);
    machine.catchers.push(...catchers);
    return again;
  }
  if (node.nodeType !== "If") return completion;
  const isSettings = machine.eager || configurations !== undefined;
  if (frame.function !== undefined && !isSettings) return completion;
  const { exception } = completion;
  if (machine.catchers.some((takes) => exception === undefined || takes(exception)))
    return completion;
  const read = evaluate(machine, node.test, frame).environment;
  if (read === undefined) {
    // A program that ends over what it is configured with is configured otherwise.
    return configurations?.refuse(node.test) ? { kind: "normal" } : completion;
  }
  const names = new Set([read.name, ...(read.also ?? [])]);
  for (const cell of frame.scope.names.values()) {
    const value = cell.content?.value;
    forget(machine, cell, names);
    if (value?.kind === "instance")
      for (const own of value.attributes.names.values()) forget(machine, own, names);
  }
  return { kind: "normal" };
}

/** Makes what some variables fall back to what they are set to. */
function forget(
  machine: StatementMachine,
  cell: Cell<Binding | undefined>,
  names: ReadonlySet<string>,
): void {
  const { content } = cell;
  const read = content?.value.environment;
  if (content === undefined || read === undefined || !names.has(read.name)) return;
  const { site } = content.value;
  const value = { kind: "environment", name: read.name, ...(site && { site }) } as const;
  machine.heap.write(cell, { ...content, value });
}
