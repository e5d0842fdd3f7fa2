/**
 * What a table has under a key that somebody else has written. Every object of JavaScript seems to have some more entries, such as
 * `constructor`, that nobody put there; undefined for those.
 */
export function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
