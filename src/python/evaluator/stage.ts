/**
 * Where a program runs, as far as it asks for that itself: nothing in the tree decides `ENV == "dev"`, but it says by its words that it
 * is meant for a developer's machine. A machine that is told so runs a program as it is deployed.
 */
import type { Expression } from "../ast.ts";
import type { Frame, Machine } from "./machine.ts";
import { tested } from "./special-methods.ts";
import { asString, keyOf, type Site, truth, union, type Value } from "./values.ts";

/** What tests and names say by their words. */
export interface Stage {
  /** How a test comes out that nothing decides, where a program is deployed. `decided` tells of its parts. */
  outcome(
    test: Expression,
    decided: (part: Expression) => boolean | undefined,
  ): boolean | undefined;
  /** False for a name of what is not deployed. */
  isDeployed(name: string): boolean;
}

/** Whether a test holds, by its value or, where that does not tell, by where the program runs; undefined where nothing decides it. */
export function holds(
  machine: Machine,
  test: Expression,
  value: Value,
  frame: Frame,
  site: Site,
): boolean | undefined {
  const known = truth(tested(machine, value, site));
  const { stage } = machine;
  if (known !== undefined || stage === undefined) return known;
  return stage.outcome(test, (part) =>
    // What the part does beside, it does where the test is run.
    truth(machine.heap.branch(() => machine.evaluate(part, frame)).result),
  );
}

/** What a dict may have for a program that is deployed under a key that is not known; undefined for anything else. */
export function memberDeployed(
  { stage }: Pick<Machine, "stage">,
  owner: Value,
  key: Value,
  site: Site,
): Value | undefined {
  if (stage === undefined || owner.kind !== "dict" || key.kind === "constant") return undefined;
  const { entries, open } = owner.contents.content;
  if (open || entries.has(keyOf(key) ?? "")) return undefined;
  const all = [...entries.values()];
  const deployed = all.filter((entry) => stage.isDeployed(asString(entry.key) ?? ""));
  const meant = new Set((deployed.length > 0 ? deployed : all).map((entry) => entry.value));
  return meant.size === 0
    ? undefined
    : union(
        [...meant].map((value) => ({ value })),
        site,
      );
}
