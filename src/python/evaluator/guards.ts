/**
 * A module that stops with an error while an environment variable is unset will run with the variable set: what follows
 * the check counts, and what the variable falls back to does not.
 */
import type { Statement } from "../ast.ts";
import type { Completion, StatementMachine } from "./completion.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./machine.ts";

/** What a statement of a module comes to where it raised an error, and nothing around it takes that error. */
export function passGuard(
  machine: StatementMachine,
  node: Statement,
  frame: Frame,
  completion: Extract<Completion, { kind: "raise" }>,
): Completion {
  if (node.nodeType !== "If" || frame.function !== undefined) return completion;
  const { exception } = completion;
  if (machine.catchers.some((takes) => exception === undefined || takes(exception)))
    return completion;
  const read = evaluate(machine, node.test, frame).environment;
  if (read === undefined) return completion;
  for (const cell of frame.scope.names.values()) {
    const { content } = cell;
    if (content?.value.environment?.name !== read.name) continue;
    const { site } = content.value;
    const value = { kind: "environment", name: read.name, ...(site && { site }) } as const;
    machine.heap.write(cell, { ...content, value });
  }
  return { kind: "normal" };
}
