/** What a value is only because an environment variable is not set carries the variable's name, so that a rule can say so. */
import type { Writes } from "./heap.ts";
import type { Binding, EnvironmentRead, Site, Value } from "./values.ts";

/** What a block sets that runs because a variable is not set is what that variable falls back to. */
export function markWrites(writes: Writes, environment: EnvironmentRead): Writes {
  return new Map(
    [...writes].map(([cell, content]) => {
      if (!isBinding(content)) return [cell, content];
      const value = keepBoth({ environment }, markUnset(content.value, environment));
      return [cell, { ...content, value }];
    }),
  );
}

/** A value that stands because a variable is not set; what is marked already stays as it is. */
export function markUnset(value: Value, { name, site, also, file, setIn }: EnvironmentRead): Value {
  if (value.environment !== undefined || value.kind === "environment") return value;
  const isNone = value.kind === "constant" && value.value === null;
  const read = {
    name,
    site,
    ...(also && { also }),
    ...(file && { file }),
    ...(setIn !== undefined && { setIn }),
  };
  return { ...value, environment: isNone ? { ...read, missing: true } : read };
}

/** True for what a cell holds that belongs to a name. */
export function isBinding(content: unknown): content is Binding {
  return typeof content === "object" && content !== null && "value" in content && "when" in content;
}
/** A value that was decided by another: what that owes to a variable, it owes too. */
export function keepEnvironment(from: Pick<Value, "environment">, value: Value): Value {
  return from.environment === undefined || value.environment !== undefined
    ? value
    : { ...value, environment: from.environment };
}

/** Of two values of which the second counts because of what the first is, the second; it owes that to the variables of both. */
export function keepBoth(from: Pick<Value, "environment">, value: Value): Value {
  const [first, second] = [from.environment, value.environment];
  if (first === undefined || second === undefined) return keepEnvironment(from, value);
  const isUnset = (one: EnvironmentRead) => one.setIn === undefined && one.file === undefined;
  const also = new Set([...(first.also ?? []), first.name, ...(second.also ?? [])]);
  also.delete(second.name);
  return also.size > 0 && isUnset(first) && isUnset(second)
    ? { ...value, environment: { ...second, also: [...also] } }
    : value;
}

/** What is found in a dict or list: as data, it owes to a variable what its key does, and what it was found in. */
export function keepOfLookup(owner: Value, key: Value, found: Value): Value {
  if (!/^(?:constant|text|sequence|dict)$/.test(found.kind)) return found;
  const { environment } = key;
  const asKey = environment && { environment: { ...environment, isKey: true as const } };
  return keepEnvironment(owner, keepEnvironment(asKey ?? key, found));
}

/** The read of a variable that the program, or a file of the tree, sets to a value. */
export function readOf(name: string, site: Site, set: Value): EnvironmentRead {
  const setIn = set.listedIn ?? set.site?.file.path;
  return { name, site, ...(setIn !== undefined && { setIn }) };
}
