/** What `from module import *` brings along. */
import { bindingIn, cellOf, type Machine } from "./machine.ts";
import { passOn } from "./passed-over.ts";
import { passUnknown } from "./unknown-names.ts";
import type { Scope } from "./values.ts";

/** Brings the public names of a module that ran, by its path, into another scope. */
export function takeAll(machine: Machine, from: Scope, into: Scope, path: string): void {
  const exported = bindingIn(from, "__all__")?.value;
  const listed =
    exported?.kind === "sequence" && !exported.contents.content.open
      ? new Set(
          exported.contents.content.items.map((item) =>
            item.kind === "constant" ? item.value : undefined,
          ),
        )
      : undefined;
  machine.step(from.names.size >> 3);
  const isTaken = (name: string) =>
    listed === undefined ? !name.startsWith("_") : listed.has(name);
  passOn(machine, from, into, isTaken);
  passUnknown(machine, from, into);
  for (const [name, cell] of from.names) {
    if (cell.content === undefined || !isTaken(name)) continue;
    // The binding keeps the place where the name was really set.
    machine.heap.write(cellOf(into, name), {
      ...cell.content,
      when: [...machine.conditions, ...cell.content.when],
      through: [...(cell.content.through ?? []), path],
    });
  }
}
