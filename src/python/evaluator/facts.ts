/**
 * What led to a yes or no, or to a value that stands for one: a function that finds out whether data is as it should be, and asks later
 * what it has found, knows then of the data what it found out.
 */
import type { Branch } from "./completion.ts";
import type { Fact, Frame, Machine } from "./machine.ts";
import { isBinding } from "./unset.ts";
import { derived, type Entries, type Items, isSurelyThere, type Value } from "./values.ts";

/** An answer tells of the tests right before it; of more, nobody can make sense. */
const MAX_FACTS = 8;

/** An answer that a function returns says what must have been so for it to get there. */
export function withFacts(value: Value, frame: Frame): Value {
  const isDecided = value.kind === "constant" && typeof value.value === "boolean";
  const isAnswer =
    value.test !== undefined || (value.kind === "symbol" && value.call !== undefined);
  if (frame.facts.length === 0 || (!isDecided && !isAnswer)) return value;
  const operands = frame.facts.slice(-MAX_FACTS).map(asTest);
  return isDecided ? { ...value, test: { kind: "and", operands } } : { ...value, known: operands };
}

/** The same for one that a function notes, `is_safe = True`, and asks for later. */
export function asNoted(machine: Machine, value: Value, frame: Frame): Value {
  const isPlain = value.kind === "constant" && value.test === undefined;
  return isPlain && !machine.eager && frame.function !== undefined
    ? withFacts(value, frame)
    : value;
}

/**
 * A branch, with what it says of constants that stand because it ran, and not the other one, which sets their names, and of lists that
 * are empty because of that: where `error` is still None, the test did not hold under which it is set.
 */
export function asLeftAlone(
  machine: Machine,
  frame: Frame,
  branch: Branch,
  other: Branch,
  fact: Fact,
): Branch {
  const isAsked = !machine.eager && frame.function !== undefined;
  if (!isAsked || branch.result.kind !== "normal") return branch;
  const writes = new Map(branch.writes);
  for (const [cell, content] of other.writes) {
    const before = cell.content;
    if (writes.has(cell)) continue;
    if (isContents(before) && isContents(content)) {
      if (isSurelyThere(before) || !isSurelyThere(content)) continue;
      const whenEmpty = [...(before.whenEmpty ?? []), asTest(fact)].slice(-MAX_FACTS);
      writes.set(cell, { ...before, whenEmpty });
    }
    if (!isBinding(content) || !isBinding(before)) continue;
    const { value } = before;
    if (value.kind !== "constant" || (value.test !== undefined && value.test.kind !== "and"))
      continue;
    const operands = [...(value.test?.operands ?? []), asTest(fact)].slice(-MAX_FACTS);
    writes.set(cell, { ...before, value: { ...value, test: { kind: "and", operands } } });
  }
  return writes.size === branch.writes.size ? branch : { ...branch, writes };
}

function isContents(content: unknown): content is Items | Entries {
  return (
    typeof content === "object" && content !== null && ("items" in content || "entries" in content)
  );
}

/** A test that holds where a fact does. */
export function asTest({ test, holds }: Fact): Value {
  return holds ? test : { ...derived([test]), test: { kind: "not", operand: test } };
}
