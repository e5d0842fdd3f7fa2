/**
 * Reading JSON that came over the wire. Requests are checked against GitHub's description before a
 * handler sees them, so these readers only narrow types: what is absent or of another type is
 * `undefined`.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; anything else is read as an empty one. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function text(from: Fields, key: string): string | undefined {
  const value = from[key];
  return typeof value === "string" ? value : undefined;
}

export function integer(from: Fields, key: string): number | undefined {
  const value = from[key];
  return typeof value === "number" ? value : undefined;
}

/** The objects of an array; `undefined` when the key is absent. */
export function list(from: Fields, key: string): readonly Fields[] | undefined {
  const value = from[key];
  return Array.isArray(value) ? value.map(fields) : undefined;
}

/** The value at a path of keys, `undefined` where the path ends early. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => fields(inner)[key], value);
}

/** Parsed JSON as an object; empty for text that is not JSON. */
export function parseFields(source: string): Fields {
  return fields(parseJson(source));
}

/** `undefined` for text that is not JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
