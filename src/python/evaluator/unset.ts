/** What a value is only because an environment variable is not set carries the variable's name, so that a rule can say so. */
import type { Writes } from "./heap.ts";
import type { Binding, EnvironmentRead, Value } from "./values.ts";

/** What a handler sets where a variable is not set is what that variable falls back to. */
export function markWrites(writes: Writes, environment: EnvironmentRead): Writes {
  return new Map(
    [...writes].map(([cell, content]) => [
      cell,
      isBinding(content) ? { ...content, value: markUnset(content.value, environment) } : content,
    ]),
  );
}

/** A value that stands because a variable is not set; what is marked already stays as it is. */
export function markUnset(value: Value, { name, site, file }: EnvironmentRead): Value {
  if (value.environment !== undefined || value.kind === "environment") return value;
  const isNone = value.kind === "constant" && value.value === null;
  const read = { name, site, ...(file && { file }) };
  return { ...value, environment: isNone ? { ...read, missing: true } : read };
}

function isBinding(content: unknown): content is Binding {
  return typeof content === "object" && content !== null && "value" in content && "when" in content;
}
/** A value that was decided by another: what that owes to a variable, it owes too. */
export function keepEnvironment(from: Value, value: Value): Value {
  return from.environment === undefined || value.environment !== undefined
    ? value
    : { ...value, environment: from.environment };
}
